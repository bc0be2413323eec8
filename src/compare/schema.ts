import { NormalizedSchema } from '@smithy/core/schema'
import type { StaticStructureSchema } from '@smithy/types'
import { isJsonObject } from '../json.ts'
import { Unknown } from '../particle.ts'
import type { Members, Rule, Rules } from './rules.ts'

/** One member of a request: its type and its rule. */
export interface Schema {
  readonly kind: 'value' | 'structure' | 'list' | 'map'
  readonly rule: Rule
  /** Whether an empty text is a value: its rule demands it, the API requires the member, or the API expects no text. */
  readonly keepsEmpty: boolean
  /** Members of a structure, in the order of the API model. */
  readonly members: ReadonlyMap<string, Schema>
  /** The schema of a list's or map's values, which share the rule of the list. */
  readonly element?: Schema
}

const noMembers: ReadonlyMap<string, Schema> = new Map()
const noRule: Rule = {}

const compiled = new WeakMap<object, WeakMap<Rules, Schema>>()

/** The request's model with its rules, compiled once: the SDK's schemas are compact, but slow to read. */
export function schemaOf(model: StaticStructureSchema, rules: Rules): Schema {
  const byRules = compiled.get(model) ?? new WeakMap<Rules, Schema>()
  compiled.set(model, byRules)
  const schema = byRules.get(rules) ?? compile(NormalizedSchema.of(model), noRule, rules)
  byRules.set(rules, schema)
  return schema
}

function compile(model: NormalizedSchema, rule: Rule, rules: Rules, required = false): Schema {
  const keepsEmpty = required || rule.emptyIsValue === true || !model.isStringSchema()
  const common = { rule, keepsEmpty, members: noMembers }
  if (model.isListSchema() || model.isMapSchema()) {
    const kind = model.isListSchema() ? 'list' : 'map'
    return { kind, ...common, element: compile(model.getValueSchema(), rule, rules) }
  }
  if (!model.isStructSchema()) return { kind: 'value', ...common }
  // The SDK's structures name their required members first, and then the number of these.
  const [, , shape, , names, , count = 0] = model.getSchema() as StaticStructureSchema
  const needed = new Set(names.slice(0, count))
  const members = new Map<string, Schema>()
  for (const [name, member] of model.structIterator())
    members.set(name, compile(member, rules[shape]?.[name] ?? noRule, rules, needed.has(name)))
  return { kind: 'structure', ...common, members }
}

/** What a member becomes, `undefined` to leave the member out. */
type Edit = (value: unknown, schema: Schema) => unknown

const emptyIsNone: Edit = (value, { keepsEmpty }) => (value === '' && !keepsEmpty ? undefined : value)

/**
 * The definition without members whose empty text means none: ECS takes `taskRoleArn: ""` for no role, and some servers
 * answer an empty text for none. Elements of lists and values of string maps stay. A definition without such a member is
 * returned as the same object.
 */
export const withoutEmpty = <Definition extends object>(definition: Definition, schema: Schema): Definition =>
  edited(definition, schema, emptyIsNone) as Definition

/**
 * The definition as ECS gets it: without members whose empty text means none, and with an empty text where ECS would drop the
 * element that lacks one (a variable).
 */
export const asSent = <Definition extends object>(definition: Definition, schema: Schema): Definition =>
  edited(definition, schema, (value, member) =>
    value === undefined && member.rule.default === '' ? '' : emptyIsNone(value, member),
  ) as Definition

function edited(value: unknown, schema: Schema, edit: Edit): unknown {
  const { element } = schema
  if (schema.kind === 'list' && element && element.kind !== 'value' && Array.isArray(value)) {
    const items = value.map(item => edited(item, element, edit))
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  if (schema.kind !== 'structure' || !isMembers(value)) return value
  const kept: Record<string, unknown> = { ...value }
  let isEdited = false
  for (const [name, member] of schema.members) {
    const inner = edited(edit(kept[name], member), member, edit)
    if (inner === kept[name]) continue
    isEdited = true
    if (inner === undefined) delete kept[name]
    else kept[name] = inner
  }
  return isEdited ? kept : value
}

/** A plain object, not a list and not `Unknown`. */
export const isMembers = (value: unknown): value is Members => isJsonObject(value) && !(value instanceof Unknown)
