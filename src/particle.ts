/** The types that every folder shares. Pure. */

/** A place in a manifest. Lines and columns count from 1, as editors do. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** `flavor:pcf_name`, unique over all manifests. */
export type ParticleId = `${string}:${string}`

/** A state that a manifest may state. */
export type DesiredState = 'running' | 'stopped' | 'terminated'

/** The state of a resource in AWS; `pending` is on its way to another one. */
export type State = DesiredState | 'pending'

/** Stopped and terminated are equivalent for every flavor, running is neither (PCF's `equivalent_states`). */
export const isGone = (state: State): boolean => state === 'stopped' || state === 'terminated'

/** Steps into a definition: member names, keys of string maps, indices of lists. */
export type Path = readonly (string | number)[]

/** Something wrong in a manifest or an input: what, where and what to do, in one line. */
export interface Problem {
  readonly place?: Place
  readonly message: string
  /** Of an unset variable, whose places are one problem: the message without the path. */
  readonly unset?: string
  /** Of a refusal to apply: the cause alone, where a comment says beside it what follows and what to do. */
  readonly cause?: string
}

/** `file:line:column message`, or the message alone where there is no place. */
export function sayProblem({ place, message }: Problem): string {
  return place ? `${place.file}:${place.line}:${place.column} ${message}` : message
}

/** A value that AWS makes when the particle `unknown` is started or changed. Definitions and plans hold it, no call sends it. */
export class Unknown {
  readonly unknown: ParticleId
  constructor(unknown: ParticleId) {
    this.unknown = unknown
  }
}

/** Whether the value, or a value in it, is known only after apply. */
export function holdsUnknown(value: unknown): boolean {
  if (value instanceof Unknown) return true
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsUnknown)
}

/** A piece of a string: literal text, or a variable with the value that was put in. */
export type TextPart = string | { readonly variable: string; readonly value: string }

/** The one variable that no workflow sets: it follows the `environment` input. */
export const ENVIRONMENT = 'ENVIRONMENT'

/** `$inherit$flavor:pcf_name$key`: a value taken from a parent's live definition. */
export interface Inherit {
  readonly from: ParticleId
  readonly key: string
}

/** A manifest's value with its place. `plain` drops the places. */
export type Node = ScalarNode | ListNode | MapNode

/** A plain value of a manifest. */
export interface ScalarNode {
  readonly kind: 'scalar'
  readonly place: Place
  readonly value: string | number | boolean | null
  /**
   * The text as written, where the value prints otherwise: `1.10`, `0x10`, `012`, `True`, a number too large to be
   * exact.
   */
  readonly raw?: string
  /** Set where variables were put in. The text as written is the literals and `${NAME}` for each variable. */
  readonly parts?: readonly TextPart[]
  readonly inherit?: Inherit
}

/** A list of a manifest. */
export interface ListNode {
  readonly kind: 'list'
  readonly place: Place
  readonly items: readonly Node[]
  /** The place of the list that this one stands for in an environment. */
  readonly replaces?: Place
}

/** A map of a manifest. */
export interface MapNode {
  readonly kind: 'map'
  readonly place: Place
  /** In the manifest's order. */
  readonly entries: ReadonlyMap<string, MapEntry>
}

/** A value of a map, and the place of its key. */
export interface MapEntry {
  readonly at: Place
  readonly node: Node
}

/** What a map states under a key; undefined for a key that is not there, and for any other node. */
export const memberOf = (node: Node | undefined, key: string): Node | undefined =>
  node?.kind === 'map' ? node.entries.get(key)?.node : undefined

/** The values of a list or a map, in the manifest's order. */
export const valuesOf = (node: ListNode | MapNode): readonly Node[] =>
  node.kind === 'list' ? node.items : [...node.entries.values()].map(entry => entry.node)

/** The node at a path, or undefined where the manifest has none. */
export function nodeAt(root: Node, path: Path): Node | undefined {
  let node: Node | undefined = root
  for (const step of path) {
    node = node?.kind === 'list' ? node.items[Number(step)] : memberOf(node, String(step))
  }
  return node
}

/** The place of a path, or of the nearest node above it that the manifest has. */
export function placeAt(root: Node, path: Path): Place {
  for (let length = path.length; length > 0; length--) {
    const node = nodeAt(root, path.slice(0, length))
    if (node) return node.place
  }
  return root.place
}

/** Plain data in the form of the node, with what `dataOf` makes of each scalar. */
export function plainWith(node: Node, dataOf: (scalar: ScalarNode, path: Path) => unknown, path: Path = []): unknown {
  if (node.kind === 'scalar') return dataOf(node, path)
  if (node.kind === 'list') return node.items.map((item, index) => plainWith(item, dataOf, [...path, index]))
  return Object.fromEntries(
    [...node.entries].map(([key, { node: value }]) => [key, plainWith(value, dataOf, [...path, key])]),
  )
}

/** The value without its places. `inherited` resolves inherited values; by default they are unknown until apply. */
export const plain = (
  node: Node,
  inherited: (inherit: Inherit, path: Path) => unknown = ({ from }) => new Unknown(from),
): unknown => plainWith(node, ({ inherit, value }, path) => (inherit ? inherited(inherit, path) : value))

/** The value at a path of plain data, or undefined. Members of Object.prototype are no values. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inside, step) => {
    if (typeof inside !== 'object' || inside === null || !Object.hasOwn(inside, step)) return undefined
    return (inside as Readonly<Record<string | number, unknown>>)[step]
  }, value)
}

/** All scalars of a value, in the manifest's order. */
export const scalarsIn = (node: Node): ScalarNode[] =>
  node.kind === 'scalar' ? [node] : valuesOf(node).flatMap(scalarsIn)

/** Everything that a definition inherits, in the manifest's order. */
export const inheritsIn = (node: Node): Inherit[] => scalarsIn(node).flatMap(({ inherit }) => inherit ?? [])

/**
 * A resource that manifests declare (the particle of PCF, the Particle Cloud Framework).
 *
 * `definition` is what the manifest states, in the API's own words: PCF's names are replaced, scalars are
 * coerced, `region_name` and `custom_config` are taken out. `source` is the same value with every place, so
 * `nodeAt(source, path)` explains any value of `definition`.
 */
export interface Particle<Definition extends object = Readonly<Record<string, unknown>>> {
  readonly id: ParticleId
  readonly flavor: string
  readonly name: string
  readonly place: Place
  readonly desired: DesiredState
  /**
   * True when the manifest itself states `desired_state`; false when the state follows from the cluster or the default.
   */
  readonly desiredIsOwn: boolean
  readonly parents: readonly ParticleId[]
  readonly persistOnTermination: boolean
  readonly persistOnUpdate: boolean
  /** Empty only when neither the manifest nor the inputs name one. */
  readonly region: string
  readonly definition: Definition
  /** `custom_config`: this tool's own options, never sent to AWS. */
  readonly options: Readonly<Record<string, unknown>>
  /** The place of each option's key. */
  readonly optionPlaces?: ReadonlyMap<string, Place>
  readonly source: MapNode
}

/** The particle with other values for what it inherits. */
export function withInherited(particle: Particle, inherited: (inherit: Inherit, path: Path) => unknown): Particle {
  return { ...particle, definition: plain(particle.source, inherited) as Particle['definition'] }
}

/** A path as a key of sets. */
export const pathKey = (path: Path): string => JSON.stringify(path)
