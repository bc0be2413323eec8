/** One side of a comparison, read by the API's model: every value in its normal spelling, beside its source path. */

import type { StaticStructureSchema } from '@smithy/types'
import { withSortedKeys } from '../digest.ts'
import { compareText, sortedBy } from '../order.ts'
import { type Path, Unknown } from '../particle.ts'
import type { Members, Rule, Rules, ValueContext } from './rules.ts'
import { isMembers, type Schema, schemaOf, withoutEmpty } from './schema.ts'

interface Common {
  /** Path into the definition on the value's own side. */
  readonly at: Path
  /** The value as the definition has it. */
  readonly raw: unknown
  readonly context: ValueContext
  readonly rule: Rule
  /** Differs from the default. */
  readonly isSet: boolean
}

/** A value that is compared as one: a string, a number, a document, an Unknown, or a value of the wrong type. */
export interface Leaf extends Common {
  readonly kind: 'leaf'
  /** In its normal spelling. */
  readonly value: unknown
}

/** A list of plain values: shown, and changed, as a whole. */
interface ValueList extends Common {
  readonly kind: 'values'
  readonly values: readonly unknown[]
}

/** A value with members, such as a container definition. */
export interface Structure extends Common {
  readonly kind: 'structure'
  readonly schema: Schema
  /** The context of its members. */
  readonly memberContext: ValueContext
  readonly members: ReadonlyMap<string, Normalized>
}

/** A list of structures. */
export interface ElementList extends Common {
  readonly kind: 'elements'
  readonly elements: readonly Element[]
}

/** An element of a list of structures. */
export interface Element {
  readonly index: number
  /** The text of the key, in lists whose rule has one. */
  readonly name: string | undefined
  readonly value: Normalized
}

/** A string map. */
export interface EntryMap extends Common {
  readonly kind: 'entries'
  readonly members: ReadonlyMap<string, Normalized>
}

/** A value as the comparison takes it: defaults filled in, spellings made one, lists without order sorted. */
export type Normalized = Leaf | ValueList | Structure | ElementList | EntryMap

/** The value that ECS assumes when the member is left out in this context. */
export function defaultOf(rule: Rule, context: ValueContext, value?: unknown): unknown {
  return typeof rule.default === 'function' ? rule.default(context, value) : rule.default
}

/** The model of a request, and the rules of its members. */
export interface RequestModel {
  readonly schema: StaticStructureSchema
  readonly rules: Rules
}

/** A whole definition, in which an empty text is none. */
export const normalizeRoot = (definition: object, request: RequestModel, side: ValueContext['side']): Structure =>
  normalizeAsWritten(withoutEmpty(definition, schemaOf(request.schema, request.rules)), request, side)

/** A whole definition. An empty text is kept. */
export function normalizeAsWritten(
  definition: object,
  { schema, rules }: RequestModel,
  side: ValueContext['side'],
): Structure {
  const root = definition as Members
  return structure(root, schemaOf(schema, rules), { side, holder: root, root }, [])
}

/** A value and everything in it; undefined for none. */
function normalize(value: unknown, schema: Schema, context: ValueContext, at: Path): Normalized | undefined {
  if (value === undefined || value === null) return undefined
  const { kind, rule, element } = schema
  if (kind === 'list' && element && Array.isArray(value)) {
    return element.kind === 'structure' ? elementList(value, element, context, at) : valueList(value, rule, context, at)
  }
  if (kind === 'structure' && isMembers(value)) return structure(value, schema, context, at)
  if (kind === 'map' && element && isMembers(value)) {
    const members = membersOf(value, () => element, { ...context, holder: value, outer: context }, at)
    return { kind: 'entries', at, raw: value, context, rule, members, isSet: members.size > 0 }
  }
  const spelled = spell(value, rule, context)
  const isSet = value instanceof Unknown || spelled !== defaultOf(rule, context, spelled)
  return { kind: 'leaf', at, raw: value, context, rule, value: spelled, isSet }
}

const spell = (value: unknown, { spelling }: Rule, context: ValueContext): unknown =>
  spelling && !(value instanceof Unknown) ? spelling(value, context) : value

function valueList(list: readonly unknown[], rule: Rule, context: ValueContext, at: Path): ValueList {
  const values = list.filter(value => value !== null && value !== undefined).map(value => spell(value, rule, context))
  return { kind: 'values', at, raw: list, context, rule, values, isSet: values.length > 0 }
}

/** In the place of a structure that is missing: its members are compared with their defaults. */
export const emptyStructure = ({ schema, at }: Structure, context: ValueContext): Structure =>
  structure({}, schema, context, at)

function structure(value: Members, schema: Schema, context: ValueContext, at: Path): Structure {
  const { rule } = schema
  // The members of the root have the root's own context.
  const memberContext = at.length === 0 ? context : { ...context, holder: value, outer: context }
  const members = membersOf(value, name => schema.members.get(name), memberContext, at)
  const isSet = rule.significantWhenEmpty === true || [...members.values()].some(member => member.isSet)
  return { kind: 'structure', at, raw: value, context, rule, schema, memberContext, members, isSet }
}

function membersOf(
  value: Members,
  schemaOfMember: (name: string) => Schema | undefined,
  context: ValueContext,
  at: Path,
): ReadonlyMap<string, Normalized> {
  const members = new Map<string, Normalized>()
  for (const name of Object.keys(value)) {
    const schema = schemaOfMember(name)
    const member = schema && normalize(value[name], schema, context, [...at, name])
    if (member) members.set(name, member)
  }
  return members
}

function elementList(list: readonly unknown[], schema: Schema, context: ValueContext, at: Path): ElementList {
  const { rule } = schema
  const elements: Element[] = []
  for (const [index, item] of list.entries()) {
    if (rule.unowned && isMembers(item) && rule.unowned(item)) continue
    const value = normalize(item, schema, context, [...at, index])
    if (!value) continue
    const name = rule.key && isMembers(item) ? item[rule.key] : undefined
    elements.push({ index, name: typeof name === 'string' ? name : undefined, value })
  }
  const isSet = elements.some(element => !isOmittable(element))
  return { kind: 'elements', at, raw: list, context, rule, elements, isSet }
}

/** Whether an element equals none, as nothing but its name differs from the defaults. */
export function isOmittable({ value: node }: Element): boolean {
  if (!node.rule.omittable || node.kind !== 'structure') return false
  return [...node.members].every(([name, member]) => name === node.rule.key || !member.isSet)
}

/** Plain JSON in the normal spelling, without defaults and unset members; unordered lists and keys sorted. */
export function normalForm(node: Normalized, leftOut?: ReadonlySet<Normalized>): unknown {
  if (node.kind === 'leaf') return withSortedKeys(node.value)
  if (node.kind === 'values') return plainValues(node)
  if (node.kind === 'elements') {
    const elements = node.elements
      .filter(element => !isOmittable(element) && !leftOut?.has(element.value))
      .map(element => normalForm(element.value, leftOut))
    return node.rule.unordered ? sortedBy(elements, JSON.stringify) : elements
  }
  const members = [...node.members]
    .filter(([, member]) => member.isSet && !leftOut?.has(member))
    .sort(([one], [other]) => compareText(one, other))
  // Own properties under any key: a label may be called `__proto__`.
  return Object.fromEntries(members.map(([name, member]) => [name, normalForm(member, leftOut)]))
}

/** The values of a plain list; where their order has no meaning, sorted and each once. */
export function plainValues({ values, rule }: ValueList): unknown[] {
  const plain = values.map(withSortedKeys)
  if (!rule.unordered) return plain
  return sortedBy([...new Map(plain.map(value => [JSON.stringify(value), value])).values()], JSON.stringify)
}

/** Equal for elements that mean the same. */
export const elementText = ({ value }: Element): string => JSON.stringify(normalForm(value))
