import { type Node, nodeAt, type Particle, type Path, type TextPart, valueAt } from '../particle.ts'
import { isHiddenAt } from './hidden.ts'
import type { PathStep } from './path.ts'
import {
  hasSecretNames,
  holdsSecretPath,
  type SecretPath,
  secretPathIn,
  secretPathOf,
  secretPaths,
} from './secretPaths.ts'

/** What hides values: secret variables by their place in the definition, environment variables by name. */
export interface Sensitivity {
  /** A value at this path was made with a secret variable. */
  isSecret(at: Path): boolean
  /** A value in AWS holds what a secret variable stands for. */
  holdsSecret?(live: unknown): boolean
  /** What stands at this place in AWS was made with a secret variable before, or may have been. */
  wasSecret?(steps: readonly PathStep[]): boolean
  /** Some element of the list at this place has, or had, a secret for its name. */
  hasSecretNames?(steps: readonly PathStep[]): boolean
  /** What stands at this path in the particle's definition, stated or live, is hidden or holds something hidden. */
  hidesAt?(root: unknown, path: readonly string[]): boolean
  /** This container environment variable may be shown. */
  revealed(name: string): boolean
}

/** What the inputs say of what may be seen. */
export interface SensitivityPolicy {
  /** Variables whose values are hidden everywhere. */
  readonly secretVariables: ReadonlySet<string>
  /** What these stand for: what a manifest no longer says is still in AWS. */
  readonly secretValues?: readonly string[]
  /** Variables that stand in claims by their names. */
  readonly releaseVariables: ReadonlySet<string>
  /** What earlier manifests said of a particle. Without it, nothing was ever secret. */
  readonly formerSecrets?: (particle: Particle) => FormerSecrets
  /** Whether a container environment variable of this name may be shown. */
  revealed(name: string): boolean
}

/** What is known of where secret variables stood before. */
export interface FormerSecrets {
  readonly paths: readonly SecretPath[]
  /** The earlier manifests could not be read: a secret may have stood anywhere. */
  readonly unknown?: true
}

/** What the inputs say where there are none. */
export const revealEverything: SensitivityPolicy = {
  secretVariables: new Set(),
  releaseVariables: new Set(),
  revealed: () => true,
}

/** Hides nothing: for questions whose answer nobody sees, such as whether two definitions say the same. */
export const nothingSensitive: Sensitivity = { isSecret: () => false, revealed: () => true }

/** What is hidden of one particle: what a secret variable went into, also deep inside a value. */
export function sensitivityOf(particle: Particle, policy: SensitivityPolicy): Sensitivity {
  const revealed = (name: string) => policy.revealed(name)
  const formerly = policy.formerSecrets?.(particle) ?? { paths: [] }
  const holdsSecret = (live: unknown) => holdsText(live, policy.secretValues ?? [])
  const now = once(() => secretPaths(particle.source, name => policy.secretVariables.has(name)))
  return {
    revealed,
    isSecret(at: Path) {
      const node = nodeAt(particle.source, at)
      return node !== undefined && holdsVariable(node, policy.secretVariables)
    },
    holdsSecret,
    wasSecret: steps => formerly.unknown === true || holdsSecretPath(formerly.paths, secretPathOf(steps)),
    // With another value the variable makes another name, so that the one in AWS is known by its list alone.
    hasSecretNames: steps =>
      formerly.unknown === true || [now(), formerly.paths].some(ways => hasSecretNames(ways, secretPathOf(steps))),
    hidesAt(root, path) {
      if (isHiddenAt(root, path, revealed) || holdsSecret(valueAt(root, path))) return true
      const way = secretPathIn(root, path)
      return holdsSecretPath(now(), way) || holdsSecretPath(formerly.paths, way)
    },
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Shorter values stand in half of all texts by chance: they count only as a whole. */
const shortestPart = 5

function holdsText(live: unknown, values: readonly string[]): boolean {
  if (values.length === 0 || live === null || live === undefined) return false
  if (typeof live === 'object') return Object.values(live).some(inner => holdsText(inner, values))
  const text = String(live)
  return values.some(value => text === value || (value.length >= shortestPart && text.includes(value)))
}

/** Whether one of these variables went into the value, or into anything inside it. */
export function holdsVariable(node: Node, names: ReadonlySet<string>): boolean {
  if (names.size === 0) return false
  if (node.kind === 'scalar')
    return (node.parts ?? []).some(part => typeof part !== 'string' && names.has(part.variable))
  const inside = node.kind === 'list' ? node.items : [...node.entries.values()].map(entry => entry.node)
  return inside.some(item => holdsVariable(item, names))
}

/** The text as the manifest writes it, where a variable is among those that stand by name; its value elsewhere. */
export function writtenText(parts: readonly TextPart[], byName: (variable: string) => boolean): string {
  return parts
    .map(part => {
      if (typeof part === 'string') return part
      return byName(part.variable) ? `\${${part.variable}}` : part.value
    })
    .join('')
}

/**
 * The same, where it must be told from a text that merely reads so: `$${TAG}` is no variable. A text without such a
 * variable is its value.
 */
export function partsByName(parts: readonly TextPart[], byName: (variable: string) => boolean): unknown {
  const said: (string | { readonly variable: string })[] = []
  for (const part of parts) {
    if (typeof part !== 'string' && byName(part.variable)) {
      said.push({ variable: part.variable })
      continue
    }
    const text = typeof part === 'string' ? part : part.value
    const last = said.at(-1)
    if (typeof last === 'string') said[said.length - 1] = last + text
    else said.push(text)
  }
  return said.some(part => typeof part !== 'string') ? { parts: said } : said.join('')
}
