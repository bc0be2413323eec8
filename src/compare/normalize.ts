/** One side of a comparison, read by its model: positions kept, spelled the normal way, nothing changed in place. */
import { Unknown } from '../particle.ts'
import type { Trail } from './linkedPath.ts'
import type { Around, Members, Rule } from './rules.ts'
import type { Shape } from './schema.ts'

/** Where a value stands in its own side's definition. */
export type Spot = Trail<string | number>

interface Common {
  readonly at: Spot
  /** As it was given. */
  readonly raw: unknown
  readonly around: Around
  readonly rule: Rule
  /** It says something that leaving it out would not say. */
  readonly says: boolean
}

/** A value that is compared as one: a string, a number, a document, something only an apply will tell, or the wrong type. */
export interface Leaf extends Common {
  readonly kind: 'leaf'
  /** In its normal spelling. */
  readonly value: unknown
  /** Key of the string map that it stands in. */
  readonly key?: string
}

/** A list of plain values: shown, and changed, as a whole. */
export interface Values extends Common {
  readonly kind: 'values'
  readonly values: readonly unknown[]
}

export interface Structure extends Common {
  readonly kind: 'structure'
  readonly shape: Shape
  /** What stands around its members. */
  readonly inside: Around
  readonly members: ReadonlyMap<string, Tree>
}

/** A list of structures. */
export interface Elements extends Common {
  readonly kind: 'elements'
  readonly shape: Shape
  readonly elements: readonly Element[]
}

export interface Element {
  readonly index: number
  /** Which one it is, for lists whose elements have names that tell them apart. */
  readonly name: string | undefined
  readonly tree: Tree
}

export interface Entries extends Common {
  readonly kind: 'entries'
  readonly entries: ReadonlyMap<string, Tree>
}

export type Tree = Leaf | Values | Structure | Elements | Entries

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Unknown)

/** One text for equal values, once they are `shown`. */
export const textOf = (value: unknown): string => JSON.stringify(value) ?? 'undefined'

/** By code units: the same everywhere, whatever the locale. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** What ECS takes when the member is left out here. */
export function defaultOf(rule: Rule, around: Around, value?: unknown): unknown {
  return typeof rule.default === 'function' ? rule.default(around, value) : rule.default
}

/** The definition as a tree; undefined where nothing stands. */
export function read(
  value: unknown,
  shape: Shape,
  around: Around,
  at: Spot = undefined,
  key?: string,
): Tree | undefined {
  if (value === undefined || value === null) return undefined
  const { rule } = shape
  if (shape.kind === 'list' && shape.of && Array.isArray(value)) {
    return shape.of.kind === 'structure'
      ? readElements(value, shape.of, around, at)
      : readValues(value, rule, around, at)
  }
  if (shape.kind === 'structure' && isMembers(value)) return readStructure(value, shape, around, at)
  if (shape.kind === 'map' && shape.of && isMembers(value)) {
    const inside: Around = { side: around.side, root: around.root, holder: value, outer: around }
    const entries = new Map<string, Tree>()
    for (const [entry, held] of Object.entries(value)) {
      const tree = read(held, shape.of, inside, { up: at, step: entry }, entry)
      if (tree) entries.set(entry, tree)
    }
    return { kind: 'entries', at, raw: value, around, rule, entries, says: entries.size > 0 }
  }
  const spelled = rule.spelling && !(value instanceof Unknown) ? rule.spelling(value, around) : value
  // The keys of a string map have no default: to be there says something.
  const says = key !== undefined || value instanceof Unknown || spelled !== defaultOf(rule, around, spelled)
  return { kind: 'leaf', at, raw: value, around, rule, value: spelled, says, ...(key !== undefined && { key }) }
}

function readValues(list: readonly unknown[], rule: Rule, around: Around, at: Spot): Values {
  const values = list
    .filter(value => value !== null && value !== undefined)
    .map(value => (rule.spelling && !(value instanceof Unknown) ? rule.spelling(value, around) : value))
  return { kind: 'values', at, raw: list, around, rule, values, says: values.length > 0 }
}

function readStructure(value: Members, shape: Shape, around: Around, at: Spot): Structure {
  const { rule } = shape
  // The root is its own surroundings.
  const inside: Around =
    at === undefined ? around : { side: around.side, root: around.root, holder: value, outer: around }
  const members = new Map<string, Tree>()
  let says = rule.presence === true
  for (const name of Object.keys(value)) {
    const member = shape.members.get(name)
    if (!member) continue
    const tree = read(value[name], member, inside, { up: at, step: name })
    if (!tree) continue
    members.set(name, tree)
    says ||= tree.says
  }
  return { kind: 'structure', at, raw: value, around, rule, shape, inside, members, says }
}

function readElements(list: readonly unknown[], shape: Shape, around: Around, at: Spot): Elements {
  const { rule } = shape
  const elements: Element[] = []
  for (const [index, value] of list.entries()) {
    if (rule.foreign && isMembers(value) && rule.foreign(value)) continue
    // The list's own row is about the list: whether an element says something is asked of its members.
    const tree = read(value, shape, around, { up: at, step: index })
    if (!tree) continue
    const name = rule.named && isMembers(value) ? value[rule.named] : undefined
    elements.push({ index, name: typeof name === 'string' ? name : undefined, tree })
  }
  const says = rule.implied ? elements.some(element => !isImplied(element)) : elements.length > 0
  return { kind: 'elements', at, raw: list, around, rule, shape, elements, says }
}

/** True for an element that says nothing but its name and defaults, in lists where that equals none. */
export function isImplied({ tree }: Element): boolean {
  if (!tree.rule.implied || tree.kind !== 'structure') return false
  for (const [name, member] of tree.members) if (name !== tree.rule.named && member.says) return false
  return true
}

/** Plain JSON in one normal spelling, without defaults; unordered lists sorted. Undefined where nothing is said. */
export function normalOf(tree: Tree, kept: (tree: Tree) => boolean = () => true): unknown {
  switch (tree.kind) {
    case 'leaf':
      return shown(tree.value)
    case 'values':
      return valuesOf(tree)
    case 'structure':
      return ordered(tree.members, member => member.says && kept(member), kept)
    case 'elements': {
      const elements = tree.elements
        .filter(element => !isImplied(element) && kept(element.tree))
        .map(element => normalOf(element.tree, kept))
      return tree.rule.unordered ? sorted(elements) : elements
    }
    case 'entries':
      return ordered(tree.entries, kept, kept)
  }
}

/** Own properties whatever they are called: a label may be called `__proto__`. */
function ordered(
  trees: ReadonlyMap<string, Tree>,
  worth: (tree: Tree) => boolean,
  kept: (tree: Tree) => boolean,
): Record<string, unknown> {
  const entries = [...trees].filter(([, tree]) => worth(tree)).sort(([a], [b]) => compareText(a, b))
  return Object.fromEntries(entries.map(([name, tree]) => [name, normalOf(tree, kept)]))
}

/** The values of a plain list: where the order means nothing, each once and sorted. */
export function valuesOf({ values, rule }: Values): unknown[] {
  const plain = values.map(shown)
  return rule.unordered ? sorted([...new Map(plain.map(value => [textOf(value), value])).values()]) : plain
}

function sorted(values: readonly unknown[]): unknown[] {
  return values
    .map(value => ({ value, text: textOf(value) }))
    .sort((a, b) => compareText(a.text, b.text))
    .map(({ value }) => value)
}

/** JSON with its keys sorted, and with `{unknown: id}` for what only an apply will tell. */
export function shown(value: unknown): unknown {
  if (value instanceof Unknown) return { unknown: value.unknown }
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(shown)
  if (!isMembers(value)) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map(key => [key, shown(value[key])]))
}
