import { NormalizedSchema } from '@smithy/core/schema'
import type { StaticStructureSchema } from '@smithy/types'
import { enums } from './enums.ts'
import { type Limit, limits, required } from './limits.ts'

/** The API's model as a plain table, so that thousands of definitions can be checked quickly. */
export type Type =
  | TextType
  | NumberType
  | ListType
  | MapType
  | StructType
  | { readonly kind: 'flag' }
  /** JSON of any shape. */
  | { readonly kind: 'any' }

/** A string of the API. */
export interface TextType {
  readonly kind: 'text'
  /** Allowed values, as the API spells them. */
  readonly values?: readonly string[]
  readonly limit?: Limit
  /** Null is allowed too, and means something else than a missing member. */
  readonly nullable?: true
}

/** A number of the API. */
export interface NumberType {
  readonly kind: 'number'
  /** Only whole numbers. */
  readonly whole: boolean
  readonly limit?: Limit
}

/** A list of the API. */
export interface ListType {
  readonly kind: 'list'
  readonly of: Type
  /** Its elements are a name and a value, by these members: a map is taken for the list. */
  readonly pairs?: PairMembers
  readonly limit?: Limit
}

/** The members of an element that is nothing but a name and a value. */
export type PairMembers = readonly [name: string, value: string]

/** A map with keys of the user's choice. */
export interface MapType {
  readonly kind: 'map'
  readonly of: Type
  readonly keys?: Limit
  /** A list of such pairs is taken for the map. */
  readonly pairs?: StructType
}

/** A structure of the API. */
export interface StructType {
  readonly kind: 'struct'
  /** The API's name of the shape: `ContainerDefinition`. */
  readonly name: string
  /** Exactly one member may be set. */
  readonly union: boolean
  readonly members: ReadonlyMap<string, Type>
  readonly required: readonly string[]
}

const pairs: Readonly<Record<string, PairMembers>> = { KeyValuePair: ['name', 'value'], Tag: ['key', 'value'] }

const compiled = new Map<string, StructType>()

/**
 * A shape of the SDK's run-time schema, with the enums and limits that the schema does not know. A shape is compiled on the
 * first call, the shapes of its members when `members` is first read.
 */
export const typeOf = (schema: StaticStructureSchema): StructType => structOf(NormalizedSchema.of(schema))

/** The name of what a definition becomes, in problems: `CreateService`; without a request the flavor. */
export const requestName = ({
  model,
  name,
}: {
  readonly model?: StaticStructureSchema
  readonly name: string
}): string => (model ? typeOf(model).name.replace(/Request$/, '') : name)

function structOf(schema: NormalizedSchema): StructType {
  const shape = schema.getSchema() as StaticStructureSchema
  const name = shape[2]
  const known = compiled.get(name)
  if (known) return known
  let members: ReadonlyMap<string, Type> | undefined
  const type: StructType = {
    kind: 'struct',
    name,
    union: schema.isUnionSchema(),
    required: [...shape[4].slice(0, shape[6] ?? 0), ...(required[name] ?? [])],
    // Later, not now: shapes may contain themselves.
    get members() {
      members ??= new Map(
        [...schema.structIterator()].map(([member, of]) => [
          member,
          typeFor(of, limits[name]?.[member], enums[name]?.[member]),
        ]),
      )
      return members
    },
  }
  compiled.set(name, type)
  return type
}

function typeFor(schema: NormalizedSchema, limit: Limit | undefined, values: object | undefined): Type {
  const limited = limit && { limit }
  const inner = () => typeFor(schema.getValueSchema(), limit?.each, values)
  if (schema.isStructSchema()) return structOf(schema)
  if (schema.isListSchema()) {
    const of = inner()
    const pair = of.kind === 'struct' ? pairs[of.name] : undefined
    return { kind: 'list', of, ...(pair && { pairs: pair }), ...limited }
  }
  if (schema.isMapSchema()) return { kind: 'map', of: inner() }
  if (schema.isBooleanSchema()) return { kind: 'flag' }
  if (schema.isNumericSchema()) return { kind: 'number', whole: !limit?.fraction, ...limited }
  if (!schema.isStringSchema()) return { kind: 'any' }
  const allowed = values ? Object.values<string>({ ...values }) : limit?.values
  return { kind: 'text', ...(allowed && !limit?.open && { values: allowed }), ...limited }
}
