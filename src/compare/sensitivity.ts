import { memberOf, type Node, nodeAt, type Particle, type Path, type TextPart, valueAt, valuesOf } from '../particle.ts'
import { isHiddenAt, type Revealed } from './hidden.ts'
import type { StepPath } from './path.ts'

/** Which values of one particle are hidden: those made with secret variables, and environment variables by their names. */
export interface Sensitivity {
  /** Whether a secret variable went into the stated value at this path, or into a value inside of it. */
  isSecret(at: Path): boolean
  /** Whether a live value holds the value of a secret variable. */
  holdsSecret?(live: unknown): boolean
  /** Whether the live value at these steps was made with a secret variable before, or may have been. */
  wasSecret?(path: StepPath): boolean
  /** Whether an element of the list at these steps has, or had, a secret for its name. */
  hasSecretNames?(path: StepPath): boolean
  /** Whether the value at this path of the definition, stated or live, is hidden or holds a hidden value. */
  hidesAt?(root: unknown, path: readonly string[]): boolean
  /** Whether a container environment variable of this name may be shown. */
  readonly revealed: Revealed
}

/** Values that the inputs hide. */
export interface SensitivityPolicy {
  /** Variables whose values are hidden everywhere. */
  readonly secretVariables: ReadonlySet<string>
  /** The values of these: AWS still holds values that a manifest no longer states. */
  readonly secretValues?: readonly string[]
  /** Variables that claims hold by name instead of by value. */
  readonly releaseVariables: ReadonlySet<string>
  /** Secrets in earlier manifests of a particle. Missing: there were none. */
  readonly formerSecrets?: (particle: Particle) => FormerSecrets
  /** Whether a container environment variable of this name may be shown. */
  readonly revealed: Revealed
}

/** Places of secret variables in earlier manifests. */
export interface FormerSecrets {
  readonly paths: readonly SecretPath[]
  /** The earlier manifests could not be read: any place may have held a secret. */
  readonly unknown?: true
}

/** The policy of inputs that hide nothing. */
export const revealEverything: SensitivityPolicy = {
  secretVariables: new Set(),
  releaseVariables: new Set(),
  revealed: () => true,
}

/** Hides nothing: for comparisons that are never shown. */
export const nothingSensitive: Sensitivity = { isSecret: () => false, revealed: () => true }

/** What the policy hides in one particle: by its manifest, by earlier manifests, and by the values of secrets. */
export function sensitivityOf(particle: Particle, policy: SensitivityPolicy): Sensitivity {
  const { revealed } = policy
  const former = policy.formerSecrets?.(particle) ?? { paths: [] }
  let stated: readonly SecretPath[] | undefined
  const now = () => {
    stated ??= secretPaths(particle.source, policy.secretVariables)
    return stated
  }
  const holdsSecret = (live: unknown) => holdsText(live, policy.secretValues ?? [])
  return {
    revealed,
    isSecret(at) {
      const node = nodeAt(particle.source, at)
      return node !== undefined && holdsVariable(node, policy.secretVariables)
    },
    holdsSecret,
    wasSecret: path => former.unknown === true || holdsSecretPath(former.paths, secretPathOf(path)),
    // With another value the variable makes another name, so that the one in AWS is known by its list alone.
    hasSecretNames: path =>
      former.unknown === true || [now(), former.paths].some(paths => hasSecretNames(paths, secretPathOf(path))),
    hidesAt(root, path) {
      if (isHiddenAt(root, path, revealed) || holdsSecret(valueAt(root, path))) return true
      return holdsSecretPath([...now(), ...former.paths], secretPathIn(root, path))
    },
  }
}

/** Shorter values are a part of many texts by chance: they count as whole texts only. */
const shortestInside = 5

function holdsText(live: unknown, values: readonly string[]): boolean {
  if (values.length === 0 || live === null || live === undefined) return false
  if (typeof live === 'object') return Object.values(live).some(inner => holdsText(inner, values))
  const text = String(live)
  return values.some(value => text === value || (value.length >= shortestInside && text.includes(value)))
}

type NameSet = Pick<ReadonlySet<string>, 'has'>

/** Whether one of these variables went into the value, or into a value inside of it. */
export function holdsVariable(node: Node, names: NameSet): boolean {
  if (node.kind !== 'scalar') return valuesOf(node).some(inner => holdsVariable(inner, names))
  return (node.parts ?? []).some(part => typeof part !== 'string' && names.has(part.variable))
}

/**
 * The place of a secret variable: members, keys and names of elements, so that definitions of different times can be
 * compared; `*` for an element without a name that may be shown.
 */
export type SecretPath = readonly string[]

const any = '*'

/** Members that name the elements of a list. */
const naming = ['name', 'key'] as const

/** Paths to all values that one of these variables went into. */
export function secretPaths(node: Node, variables: NameSet, path: SecretPath = []): SecretPath[] {
  if (node.kind === 'scalar') return holdsVariable(node, variables) ? [path] : []
  if (node.kind === 'map')
    return [...node.entries].flatMap(([key, entry]) => secretPaths(entry.node, variables, [...path, key]))
  return node.items.flatMap(item => {
    const name = naming.map(key => memberOf(item, key)).find(Boolean)
    const isOpen = name?.kind === 'scalar' && typeof name.value === 'string' && !holdsVariable(name, variables)
    return secretPaths(item, variables, [...path, isOpen ? String(name.value) : any])
  })
}

const secretPathOf = (path: StepPath): SecretPath =>
  path.map(step => (typeof step === 'string' ? step : typeof step.in === 'string' ? step.in : any))

/** From a path into plain data, which has indices for the elements of lists. */
function secretPathIn(root: unknown, path: readonly string[]): SecretPath {
  return path.map((key, index) => {
    if (!Array.isArray(valueAt(root, path.slice(0, index)))) return key
    const names = naming.map(name => valueAt(root, [...path.slice(0, index + 1), name]))
    return String(names.find(name => typeof name === 'string') ?? any)
  })
}

const agree = (one: string, other: string): boolean => one === other || one === any || other === any

/** Whether a secret is at the place, below it or above it. */
const holdsSecretPath = (paths: readonly SecretPath[], place: SecretPath): boolean =>
  paths.some(path => path.slice(0, place.length).every((step, index) => agree(step, place[index] ?? any)))

/** Whether an element of the list has a secret for its name. */
const hasSecretNames = (paths: readonly SecretPath[], list: SecretPath): boolean =>
  paths.some(
    path =>
      path.length === list.length + 2 &&
      path.at(-2) === any &&
      naming.some(name => name === path.at(-1)) &&
      list.every((step, index) => agree(step, path[index] ?? any)),
  )

/** The text as the manifest writes it, with the names of some variables and the values of the others. */
export const writtenText = (parts: readonly TextPart[], byName: (variable: string) => boolean): string =>
  parts
    .map(part => {
      if (typeof part === 'string') return part
      return byName(part.variable) ? `\${${part.variable}}` : part.value
    })
    .join('')

/**
 * The text with the names of some variables, apart from any text that only reads like one: `$${TAG}` is no variable. A text
 * without such a variable is its value, any other is `{parts}`, with `{variable}` for each.
 */
export function partsByName(parts: readonly TextPart[], byName: (variable: string) => boolean): unknown {
  const written: (string | { readonly variable: string })[] = []
  for (const part of parts) {
    if (typeof part !== 'string' && byName(part.variable)) {
      written.push({ variable: part.variable })
      continue
    }
    const text = typeof part === 'string' ? part : part.value
    const last = written.at(-1)
    if (typeof last === 'string') written[written.length - 1] = last + text
    else written.push(text)
  }
  return written.some(part => typeof part !== 'string') ? { parts: written } : written.join('')
}
