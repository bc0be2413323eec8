/** One side of a comparison, read by its model: positions kept, spelled the normal way, nothing changed in place. */
import { compareText } from '../order.ts'
import { Unknown } from '../particle.ts'
import type { LinkedPath } from './linkedPath.ts'
import type { Members, Rule, ValueContext } from './rules.ts'
import type { Schema } from './schema.ts'

/** Where a value stands in its own side's definition. */
export type SourcePath = LinkedPath<string | number>

interface Common {
  readonly at: SourcePath
  /** As it was given. */
  readonly raw: unknown
  readonly around: ValueContext
  readonly rule: Rule
  /** It says something that leaving it out would not say. */
  readonly isSet: boolean
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
export interface ValueList extends Common {
  readonly kind: 'values'
  readonly values: readonly unknown[]
}

export interface Structure extends Common {
  readonly kind: 'structure'
  readonly schema: Schema
  /** What stands around its members. */
  readonly memberContext: ValueContext
  readonly members: ReadonlyMap<string, Normalized>
}

/** A list of structures. */
export interface ElementList extends Common {
  readonly kind: 'elements'
  readonly schema: Schema
  readonly elements: readonly Element[]
}

export interface Element {
  readonly index: number
  /** Which one it is, for lists whose elements have names that tell them apart. */
  readonly name: string | undefined
  readonly value: Normalized
}

export interface EntryMap extends Common {
  readonly kind: 'entries'
  readonly entries: ReadonlyMap<string, Normalized>
}

export type Normalized = Leaf | ValueList | Structure | ElementList | EntryMap

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Unknown)

/** One text for equal values, once they are `shown`. */
export const textOf = (value: unknown): string => JSON.stringify(value) ?? 'undefined'

/** What ECS takes when the member is left out here. */
export function defaultOf(rule: Rule, around: ValueContext, value?: unknown): unknown {
  return typeof rule.default === 'function' ? rule.default(around, value) : rule.default
}

/** The definition as a tree; undefined where nothing stands. */
export function normalize(
  value: unknown,
  shape: Schema,
  around: ValueContext,
  at: SourcePath = undefined,
  key?: string,
): Normalized | undefined {
  if (value === undefined || value === null) return undefined
  const { rule } = shape
  if (shape.kind === 'list' && shape.element && Array.isArray(value)) {
    return shape.element.kind === 'structure'
      ? readElements(value, shape.element, around, at)
      : readValues(value, rule, around, at)
  }
  if (shape.kind === 'structure' && isMembers(value)) return readStructure(value, shape, around, at)
  if (shape.kind === 'map' && shape.element && isMembers(value)) {
    const inside: ValueContext = { side: around.side, root: around.root, holder: value, outer: around }
    const entries = new Map<string, Normalized>()
    for (const [entry, held] of Object.entries(value)) {
      const tree = normalize(held, shape.element, inside, { up: at, step: entry }, entry)
      if (tree) entries.set(entry, tree)
    }
    return { kind: 'entries', at, raw: value, around, rule, entries, isSet: entries.size > 0 }
  }
  const spelled = rule.spelling && !(value instanceof Unknown) ? rule.spelling(value, around) : value
  // The keys of a string map have no default: to be there says something.
  const says = key !== undefined || value instanceof Unknown || spelled !== defaultOf(rule, around, spelled)
  return { kind: 'leaf', at, raw: value, around, rule, value: spelled, isSet: says, ...(key !== undefined && { key }) }
}

function readValues(list: readonly unknown[], rule: Rule, around: ValueContext, at: SourcePath): ValueList {
  const values = list
    .filter(value => value !== null && value !== undefined)
    .map(value => (rule.spelling && !(value instanceof Unknown) ? rule.spelling(value, around) : value))
  return { kind: 'values', at, raw: list, around, rule, values, isSet: values.length > 0 }
}

function readStructure(value: Members, shape: Schema, around: ValueContext, at: SourcePath): Structure {
  const { rule } = shape
  // The root is its own surroundings.
  const inside: ValueContext =
    at === undefined ? around : { side: around.side, root: around.root, holder: value, outer: around }
  const members = new Map<string, Normalized>()
  let says = rule.significantWhenEmpty === true
  for (const name of Object.keys(value)) {
    const member = shape.members.get(name)
    if (!member) continue
    const tree = normalize(value[name], member, inside, { up: at, step: name })
    if (!tree) continue
    members.set(name, tree)
    says ||= tree.isSet
  }
  return { kind: 'structure', at, raw: value, around, rule, schema: shape, memberContext: inside, members, isSet: says }
}

function readElements(list: readonly unknown[], shape: Schema, around: ValueContext, at: SourcePath): ElementList {
  const { rule } = shape
  const elements: Element[] = []
  for (const [index, value] of list.entries()) {
    if (rule.unowned && isMembers(value) && rule.unowned(value)) continue
    // The list's own row is about the list: whether an element says something is asked of its members.
    const tree = normalize(value, shape, around, { up: at, step: index })
    if (!tree) continue
    const name = rule.key && isMembers(value) ? value[rule.key] : undefined
    elements.push({ index, name: typeof name === 'string' ? name : undefined, value: tree })
  }
  const says = rule.omittable ? elements.some(element => !isOmittable(element)) : elements.length > 0
  return { kind: 'elements', at, raw: list, around, rule, schema: shape, elements, isSet: says }
}

/** True for an element that says nothing but its name and defaults, in lists where that equals none. */
export function isOmittable({ value: tree }: Element): boolean {
  if (!tree.rule.omittable || tree.kind !== 'structure') return false
  for (const [name, member] of tree.members) if (name !== tree.rule.key && member.isSet) return false
  return true
}

/** Plain JSON in one normal spelling, without defaults; unordered lists sorted. Undefined where nothing is said. */
export function normalForm(tree: Normalized, kept: (tree: Normalized) => boolean = () => true): unknown {
  switch (tree.kind) {
    case 'leaf':
      return printable(tree.value)
    case 'values':
      return plainValues(tree)
    case 'structure':
      return ordered(tree.members, member => member.isSet && kept(member), kept)
    case 'elements': {
      const elements = tree.elements
        .filter(element => !isOmittable(element) && kept(element.value))
        .map(element => normalForm(element.value, kept))
      return tree.rule.unordered ? sorted(elements) : elements
    }
    case 'entries':
      return ordered(tree.entries, kept, kept)
  }
}

/** Own properties whatever they are called: a label may be called `__proto__`. */
function ordered(
  trees: ReadonlyMap<string, Normalized>,
  worth: (tree: Normalized) => boolean,
  kept: (tree: Normalized) => boolean,
): Record<string, unknown> {
  const entries = [...trees].filter(([, tree]) => worth(tree)).sort(([a], [b]) => compareText(a, b))
  return Object.fromEntries(entries.map(([name, tree]) => [name, normalForm(tree, kept)]))
}

/** The values of a plain list: where the order means nothing, each once and sorted. */
export function plainValues({ values, rule }: ValueList): unknown[] {
  const plain = values.map(printable)
  return rule.unordered ? sorted([...new Map(plain.map(value => [textOf(value), value])).values()]) : plain
}

function sorted(values: readonly unknown[]): unknown[] {
  return values
    .map(value => ({ value, text: textOf(value) }))
    .sort((a, b) => compareText(a.text, b.text))
    .map(({ value }) => value)
}

/** JSON with its keys sorted, and with `{unknown: id}` for what only an apply will tell. */
export function printable(value: unknown): unknown {
  if (value instanceof Unknown) return { unknown: value.unknown }
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(printable)
  if (!isMembers(value)) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map(key => [key, printable(value[key])]))
}
