import * as ecs from '@aws-sdk/client-ecs'
import { NormalizedSchema } from '@smithy/core/schema'
import { clientException, type EcsError, invalidParameter, serialization } from './errors.ts'

const schemas: Readonly<Record<string, unknown>> = ecs

/** Enumerations by the member that uses them; the run-time schemas know only strings. */
const enums: Readonly<Record<string, readonly string[]>> = {
  assignPublicIp: Object.values(ecs.AssignPublicIp),
  availabilityZoneRebalancing: Object.values(ecs.AvailabilityZoneRebalancing),
  desiredStatus: Object.values(ecs.DesiredStatus),
  launchType: Object.values(ecs.LaunchType),
  networkMode: Object.values(ecs.NetworkMode),
  propagateTags: Object.values(ecs.PropagateTags),
  protocol: Object.values(ecs.TransportProtocol),
  requiresCompatibilities: Object.values(ecs.Compatibility),
  schedulingStrategy: Object.values(ecs.SchedulingStrategy),
}

/** Operations that answer any problem of their input by a ClientException. */
const clientExceptions = new Set(['RegisterTaskDefinition', 'DeregisterTaskDefinition', 'DescribeTaskDefinition'])

export function operationExists(operation: string): boolean {
  return Array.isArray(schemas[`${operation}Request$`])
}

/**
 * The operation's input from the wire: types are checked by the SDK's own schemas, times become dates, nulls and
 * members that ECS does not know are dropped.
 */
export function parseInput(operation: string, body: unknown): unknown {
  const refuse = clientExceptions.has(operation) ? clientException : invalidParameter
  return parse(NormalizedSchema.of(schemas[`${operation}Request$`] as never), body, operation, refuse)
}

function parse(
  schema: NormalizedSchema,
  value: unknown,
  name: string,
  refuse: (message: string) => EcsError,
  top = true,
): unknown {
  if (schema.isDocumentSchema()) return value
  if (schema.isStructSchema()) {
    if (!isObject(value)) throw mistyped(value, 'structure')
    const parsed: Record<string, unknown> = {}
    for (const [member, memberSchema] of schema.structIterator()) {
      const given = value[member]
      if (given !== undefined && given !== null) parsed[member] = parse(memberSchema, given, member, refuse, false)
    }
    for (const member of requiredMembers(schema))
      if (parsed[member] === undefined) throw refuse(missing(top ? '' : name, member))
    return parsed
  }
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw mistyped(value, 'list')
    return value.map(item => parse(schema.getValueSchema(), item, name, refuse, false))
  }
  if (schema.isMapSchema()) {
    if (!isObject(value)) throw mistyped(value, 'map')
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, parse(schema.getValueSchema(), item, name, refuse, false)]),
    )
  }
  if (schema.isTimestampSchema()) {
    if (typeof value !== 'number') throw mistyped(value, 'Date')
    return new Date(value * 1000)
  }
  if (schema.isBooleanSchema() && typeof value !== 'boolean') throw mistyped(value, 'Boolean')
  if (schema.isNumericSchema() && typeof value !== 'number') throw mistyped(value, 'Number')
  if (schema.isStringSchema() && typeof value !== 'string') throw mistyped(value, 'String')
  const values = typeof value === 'string' ? enums[name] : undefined
  if (values && !values.includes(value as string))
    throw refuse(`${name.replace(/[A-Z]/g, capital => ` ${capital.toLowerCase()}`)} should be one of [${values}]`)
  return value
}

/** The members before the count of required ones: `[3, namespace, name, traits, names, schemas, count]`. */
function requiredMembers(schema: NormalizedSchema): readonly string[] {
  const tuple = schema.getSchema() as unknown as readonly unknown[]
  return (tuple[4] as readonly string[]).slice(0, Number(tuple[6] ?? 0))
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function missing(owner: string, member: string): string {
  if (!owner && member === 'taskDefinition') return 'TaskDefinition can not be blank.'
  const name = member.charAt(0).toUpperCase() + member.slice(1)
  return owner ? `${owner}.${member} should not be null or empty.` : `${name} cannot be empty.`
}

function mistyped(value: unknown, due: string): EcsError {
  if (typeof value === 'object' && value !== null)
    return serialization('Start of structure or map found where not expected.')
  if (typeof value === 'boolean')
    return serialization(`${String(value).toUpperCase()}_VALUE can not be converted to a ${due}`)
  const kind = typeof value === 'number' ? 'NUMBER_VALUE' : 'STRING_VALUE'
  return serialization(`${kind} can not be converted to a ${due}`)
}
