import { NormalizedSchema } from '@smithy/core/schema'
import type { StaticStructureSchema } from '@smithy/types'
import type { Rule, Rules } from './rules.ts'

/** One member of a request: its type and its row of the table, side by side. */
export interface Schema {
  readonly kind: 'value' | 'structure' | 'list' | 'map'
  readonly rule: Rule
  /** Whether an empty text says something here: the table says so, or the API requires the member. */
  readonly keepsEmpty: boolean
  /** Of a structure, in the order of the API model. */
  readonly members: ReadonlyMap<string, Schema>
  /** Of a list or map: what it holds. It shares the list's row. */
  readonly element?: Schema
}

const none: ReadonlyMap<string, Schema> = new Map()
const strict: Rule = {}

const compiled = new WeakMap<object, WeakMap<Rules, Schema>>()

/** The model with its table, walked once: schemas of the SDK are compact, but slow to read. */
export function schemaOf(schema: StaticStructureSchema, rules: Rules): Schema {
  let byRules = compiled.get(schema)
  if (!byRules) {
    byRules = new WeakMap()
    compiled.set(schema, byRules)
  }
  let shape = byRules.get(rules)
  if (!shape) {
    shape = compile(NormalizedSchema.of(schema), '', rules)
    byRules.set(rules, shape)
  }
  return shape
}

function compile(schema: NormalizedSchema, path: string, rules: Rules, required = false): Schema {
  const rule = rules[path] ?? strict
  // Where no text is due, an empty one is a wrong type and no absence.
  const row = { rule, keepsEmpty: required || rule.emptyIsValue === true || !schema.isStringSchema() }
  if (schema.isListSchema()) {
    return { kind: 'list', ...row, members: none, element: compile(schema.getValueSchema(), path, rules) }
  }
  if (schema.isMapSchema()) {
    return { kind: 'map', ...row, members: none, element: compile(schema.getValueSchema(), path, rules) }
  }
  if (!schema.isStructSchema()) return { kind: 'value', ...row, members: none }
  const members = new Map<string, Schema>()
  // The SDK's structures name their required members first, and say how many these are.
  const [, , , , names, , count = 0] = schema.getSchema() as StaticStructureSchema
  const needed = new Set(names.slice(0, count))
  for (const [name, member] of schema.structIterator()) {
    members.set(name, compile(member, path === '' ? name : `${path}.${name}`, rules, needed.has(name)))
  }
  return { kind: 'structure', ...row, members }
}

/** Every member of a request, nested ones too, as tables name them. */
export function memberPaths(schema: StaticStructureSchema): string[] {
  const paths: string[] = []
  const visit = (shape: Schema, path: string): void => {
    if (shape.element) visit(shape.element, path)
    for (const [name, member] of shape.members) {
      const at = path === '' ? name : `${path}.${name}`
      paths.push(at)
      visit(member, at)
    }
  }
  visit(schemaOf(schema, {}), '')
  return paths
}
