import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'

type Json = Record<string, unknown>
const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly schema: Json
}

interface Described {
  readonly method: string
  readonly path: string
  readonly parameters: readonly Parameter[]
  readonly request: Json | null
  readonly answers: Readonly<Record<string, Json | null>>
}

interface Description {
  readonly operations: readonly Described[]
  readonly schemas: Readonly<Record<string, Json>>
}

/** One call of GitHub's REST API, as GitHub describes it. */
export interface Operation {
  /** `GET /repos/{owner}/{repo}/pulls` */
  readonly name: string
  /** The problem of a request, or undefined. */
  checkRequest(path: Readonly<Record<string, string>>, query: URLSearchParams, body: unknown): string | undefined
  /** The problem of an answer, or undefined. */
  checkAnswer(status: number, body: unknown): string | undefined
}

const described: Description = JSON.parse(readFileSync(new URL('./fixtures/openapi.json', import.meta.url), 'utf8'))

// Ajv would take most of its time to check the schemas, which GitHub publishes, and to optimize code that runs a few times.
const quick = { strict: false, meta: false, validateSchema: false, code: { optimize: false } } as const
const ajv = new Ajv(quick)
formats.default(ajv)
// Query parameters and path parameters are text, while their schemas describe numbers.
const coercing = new Ajv({ ...quick, coerceTypes: true })
formats.default(coercing)
for (const one of [ajv, coercing]) one.addSchema({ $id: 'github', schemas: described.schemas })

function remembered<K, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>()
  return key => {
    const value = known.get(key) ?? make(key)
    known.set(key, value)
    return value
  }
}

/** References inside of the description, made absolute for the validator. */
function absolute(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(absolute)
  if (!isMap(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) =>
      key === '$ref' && typeof item === 'string' ? [key, `github${item}`] : [key, absolute(item)],
    ),
  )
}

const compile = (one: Ajv, schema: Json): ValidateFunction =>
  one.compile(isMap(schema) ? (absolute(schema) as Json) : {})

/** The smallest value that a schema allows; null where that is one. */
function sample(schema: unknown): unknown {
  if (!isMap(schema)) return null
  if (typeof schema.$ref === 'string') return sample(described.schemas[schema.$ref.slice('#/schemas/'.length)])
  if (Array.isArray(schema.enum)) return schema.enum.includes(null) ? null : schema.enum[0]
  const choices = schema.anyOf ?? schema.oneOf
  if (Array.isArray(choices))
    return choices.some(choice => isMap(choice) && choice.type === 'null') ? null : sample(choices[0])
  if (Array.isArray(schema.allOf)) return Object.assign({}, ...schema.allOf.map(sample))
  const types = Array.isArray(schema.type) ? schema.type : [schema.type]
  if (types.includes('null')) return null
  switch (types[0]) {
    case 'string':
      if (schema.format === 'date-time') return '2026-01-01T00:00:00Z'
      return '0'.repeat(typeof schema.minLength === 'number' ? schema.minLength : 0)
    case 'integer':
    case 'number':
      return 0
    case 'boolean':
      return false
    case 'array':
      return []
    default: {
      const members = isMap(schema.properties) ? schema.properties : {}
      const required = Array.isArray(schema.required) ? schema.required.map(String) : []
      return Object.fromEntries(required.map(name => [name, sample(members[name])]))
    }
  }
}

const leastOf = remembered((name: string): Json => {
  const schema = described.schemas[name]
  if (!schema) throw new Error(`GitHub's description has no ${name}`)
  const least = sample({ ...schema, type: 'object' })
  return isMap(least) ? least : {}
})

/** The smallest value of one of GitHub's named schemas that is not null, with the known members laid over it. */
export const shape = (name: string, known: Json): Json => ({ ...leastOf(name), ...known })

/** Ajv takes half a second for the schemas of all operations, and a test file calls few of them. */
const operationOf = remembered((one: Described): Operation => {
  const name = `${one.method} ${one.path}`
  // Coercing happens in place, so a parameter is given something to be in.
  const parameters = new Map(
    one.parameters.map(({ name: its, required, schema }) => [
      its,
      { required, check: compile(coercing, { type: 'object', properties: { value: schema } }) },
    ]),
  )
  const request = one.request ? compile(ajv, one.request) : undefined
  const answers = new Map(
    Object.entries(one.answers).map(([status, schema]) => [Number(status), schema ? compile(ajv, schema) : undefined]),
  )
  return {
    name,
    checkRequest(path, query, body) {
      const given = new Map([...Object.entries(path), ...query])
      for (const [key, value] of given) {
        const parameter = parameters.get(key)
        if (!parameter) return `${name} has no parameter ${key}`
        if (!parameter.check({ value })) return `${name} ${key}: ${coercing.errorsText(parameter.check.errors)}`
      }
      for (const [key, { required }] of parameters)
        if (required && !given.has(key)) return `${name} needs the parameter ${key}`
      if (!request) return body === undefined ? undefined : `${name} has no body`
      return request(body) ? undefined : `${name} body: ${ajv.errorsText(request.errors)}`
    },
    checkAnswer(status, body) {
      if (!answers.has(status)) return status < 300 ? `${name} never answers ${status}` : undefined
      const check = answers.get(status)
      if (!check) return body === undefined ? undefined : `${name} answers ${status} without a body`
      return check(body) ? undefined : `${name} answer: ${ajv.errorsText(check.errors)}`
    },
  }
})

/** Finds the call for a path, and the path's values of its parameters. */
export function findOperation(
  method: string,
  pathname: string,
): { operation: Operation; path: Record<string, string> } | undefined {
  for (const { form, described: found } of forms) {
    const match = found.method === method ? form.exec(pathname) : null
    if (match)
      return {
        operation: operationOf(found),
        path: Object.fromEntries(
          Object.entries(match.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]),
        ),
      }
  }
  return undefined
}

const forms = described.operations.map(one => ({
  described: one,
  // A ref may hold slashes.
  form: new RegExp(
    `^${one.path.replace(/\{(\w+)\}/g, (_, name) => `(?<${name}>${name === 'ref' && one.path.endsWith('}') ? '.+' : '[^/]+'})`)}$`,
  ),
}))
