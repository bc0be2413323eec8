import { type Node, nodeAt, type Part, type Particle, type Path, valueAt } from '../particle.ts'
import { isHiddenAt } from './hidden.ts'
import type { Step } from './path.ts'
import { holdsWay, namesSecretly, secretWays, type Way, wayIn, wayOf } from './secretPaths.ts'

/** What hides values: secret variables by their place in the definition, environment variables by name. */
export interface Curtain {
  /** A value at this path was made with a secret variable. */
  secret(at: Path): boolean
  /** A value in AWS holds what a secret variable stands for. */
  holdsSecret?(live: unknown): boolean
  /** What stands at this place in AWS was made with a secret variable before, or may have been. */
  wasSecret?(steps: readonly Step[]): boolean
  /** Some element of the list at this place has, or had, a secret for its name. */
  namesSecretly?(steps: readonly Step[]): boolean
  /** What stands at this path in the particle's definition, stated or live, is hidden or holds something hidden. */
  hidesAt?(root: unknown, path: readonly string[]): boolean
  /** This container environment variable may be shown. */
  revealed(name: string): boolean
}

/** What the inputs say of what may be seen. */
export interface Veil {
  /** Variables whose values are hidden everywhere. */
  readonly secretVariables: ReadonlySet<string>
  /** What these stand for: what a manifest no longer says is still in AWS. */
  readonly secretValues?: readonly string[]
  /** Variables that stand in claims by their names. */
  readonly releaseVariables: ReadonlySet<string>
  /** What earlier manifests said of a particle. Without it, nothing was ever secret. */
  readonly formerly?: (particle: Particle) => Formerly
  /** Whether a container environment variable of this name may be shown. */
  revealed(name: string): boolean
}

/** What is known of where secret variables stood before. */
export interface Formerly {
  readonly ways: readonly Way[]
  /** The earlier manifests could not be read: a secret may have stood anywhere. */
  readonly unknown?: true
}

/** What the inputs say where there are none. */
export const nothingHidden: Veil = { secretVariables: new Set(), releaseVariables: new Set(), revealed: () => true }

/** Hides nothing: for questions whose answer nobody sees, such as whether two definitions say the same. */
export const openCurtain: Curtain = { secret: () => false, revealed: () => true }

/** What is hidden of one particle: what a secret variable went into, also deep inside a value. */
export function curtainOf(particle: Particle, veil: Veil): Curtain {
  const revealed = (name: string) => veil.revealed(name)
  const formerly = veil.formerly?.(particle) ?? { ways: [] }
  const holdsSecret = (live: unknown) => holdsText(live, veil.secretValues ?? [])
  const now = once(() => secretWays(particle.source, name => veil.secretVariables.has(name)))
  return {
    revealed,
    secret(at: Path) {
      const node = nodeAt(particle.source, at)
      return node !== undefined && holdsVariable(node, veil.secretVariables)
    },
    holdsSecret,
    wasSecret: steps => formerly.unknown === true || holdsWay(formerly.ways, wayOf(steps)),
    // With another value the variable makes another name, so that the one in AWS is known by its list alone.
    namesSecretly: steps =>
      formerly.unknown === true || [now(), formerly.ways].some(ways => namesSecretly(ways, wayOf(steps))),
    hidesAt(root, path) {
      if (isHiddenAt(root, path, revealed) || holdsSecret(valueAt(root, path))) return true
      const way = wayIn(root, path)
      return holdsWay(now(), way) || holdsWay(formerly.ways, way)
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
export function written(parts: readonly Part[], byName: (variable: string) => boolean): string {
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
export function partsByName(parts: readonly Part[], byName: (variable: string) => boolean): unknown {
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
