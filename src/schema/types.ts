import { NormalizedSchema } from '@smithy/core/schema'
import type { StaticStructureSchema } from '@smithy/types'
import { enumOf, enumValues } from './enums.ts'
import { type Limit, limits } from './limits.ts'

/** The API's model as a plain table, so that thousands of definitions can be checked quickly. */
export type Type =
  | TextType
  | NumberType
  | FlagType
  | ListType
  | TextMapType
  | StructType
  | AttributesType
  | AttributeType
  | AnyType

export interface TextType {
  readonly kind: 'text'
  /** Allowed values, as the API spells them. */
  readonly values?: readonly string[]
  readonly limit?: Limit
}

export interface NumberType {
  readonly kind: 'number'
  /** Only whole numbers. */
  readonly whole: boolean
  readonly limit?: Limit
}

export interface FlagType {
  readonly kind: 'flag'
}

export interface ListType {
  readonly kind: 'list'
  readonly of: Type
  readonly limit?: Limit
}

/** A map with keys of the user's choice. */
export interface TextMapType {
  readonly kind: 'textMap'
  readonly of: Type
}

export interface StructType {
  readonly kind: 'struct'
  /** The API's name of the shape: `ContainerDefinition`. */
  readonly name: string
  /** Exactly one member may be set. */
  readonly union: boolean
  readonly members: ReadonlyMap<string, Type>
  readonly required: readonly string[]
}

/** A container instance's attributes: a list of pairs, or a map. */
export interface AttributesType {
  readonly kind: 'attributes'
  readonly pair: StructType
  /** What a name looks like. */
  readonly name: Limit
  readonly value: AttributeType
}

/** A text, or null: then the attribute is removed. */
export interface AttributeType {
  readonly kind: 'attribute'
  readonly limit?: Limit
}

/** JSON of any shape. */
export interface AnyType {
  readonly kind: 'any'
}

const compiled = new Map<string, StructType>()

/**
 * A shape of the SDK's run-time schema, with the enums and limits that the schema does not know. Compiled when it is
 * first asked for, nested shapes when they are first reached.
 */
export function typeOf(schema: StaticStructureSchema): StructType {
  return structOf(NormalizedSchema.of(schema))
}

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
    required: shape[4].slice(0, shape[6] ?? 0),
    // Later, not now: shapes may contain themselves.
    get members() {
      members ??= new Map(
        [...schema.structIterator()].map(([member, of]) => [member, typeFor(of, `${name}.${member}`)]),
      )
      return members
    },
  }
  compiled.set(name, type)
  return type
}

function typeFor(schema: NormalizedSchema, key: string, own?: Limit): Type {
  const limit = own ?? limits[key]
  const limited = limit ? { limit } : {}
  if (schema.isStructSchema()) return structOf(schema)
  if (schema.isListSchema())
    return { kind: 'list', of: typeFor(schema.getValueSchema(), key, limit?.each ?? {}), ...limited }
  if (schema.isMapSchema()) return { kind: 'textMap', of: typeFor(schema.getValueSchema(), key, limit?.each ?? {}) }
  if (schema.isBooleanSchema()) return { kind: 'flag' }
  if (schema.isNumericSchema()) return { kind: 'number', whole: !limit?.fraction, ...limited }
  if (schema.isStringSchema()) {
    const values = enumValues[enumOf[key] ?? ''] ?? limit?.oneOf
    return values ? { kind: 'text', values, ...limited } : { kind: 'text', ...limited }
  }
  return { kind: 'any' }
}
