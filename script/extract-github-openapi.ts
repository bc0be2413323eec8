/**
 * Makes simulator/github/fixtures/openapi.json: what GitHub's own description of its REST API says about the few calls that we
 * make, as plain JSON Schema. The description is far too large to depend on, so it is fetched by hand when a call is added:
 *
 *   npm pack @octokit/openapi && tar xzf octokit-openapi-*.tgz package/generated/api.github.com.json
 *   tsx script/extract-github-openapi.ts package/generated/api.github.com.json
 */
import { readFile, writeFile } from 'node:fs/promises'

const calls = [
  'GET /user',
  'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
  'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
  'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}',
  'POST /repos/{owner}/{repo}/check-runs',
  'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}',
  'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
  'GET /repos/{owner}/{repo}/commits',
  'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
  'GET /repos/{owner}/{repo}/compare/{basehead}',
  'GET /repos/{owner}/{repo}/pulls',
  'GET /repos/{owner}/{repo}/pulls/{pull_number}',
  'GET /repos/{owner}/{repo}/git/matching-refs/{ref}',
  'GET /repos/{owner}/{repo}/git/trees/{tree_sha}',
  'GET /repos/{owner}/{repo}/git/blobs/{file_sha}',
]

type Json = { [key: string]: unknown }
const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What validates nothing. `format: uri` is left out too: GitHub answers templates such as `{/sha}` under it. */
const silent = new Set(['description', 'example', 'examples', 'title', 'default', 'externalDocs', 'deprecated', 'xml'])

function at(root: unknown, pointer: string): unknown {
  return pointer
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((value, key) => (isMap(value) ? value[key] : undefined), root)
}

const [file = ''] = process.argv.slice(2)
const description: unknown = JSON.parse(await readFile(file, 'utf8'))
const schemas: Json = {}

/** OpenAPI 3.0 has its own word for null; JSON Schema has a type for it. */
function orNull(schema: Json): Json {
  if (typeof schema.type === 'string') {
    const withNull: Json = { ...schema, type: [schema.type, 'null'] }
    if (Array.isArray(schema.enum) && !schema.enum.includes(null)) withNull.enum = [...schema.enum, null]
    return withNull
  }
  return { anyOf: [{ type: 'null' }, schema] }
}

function resolve(value: unknown): Json {
  if (!isMap(value)) return {}
  return typeof value.$ref === 'string' ? resolve(at(description, value.$ref)) : value
}

function bare(value: unknown, named = false): unknown {
  if (Array.isArray(value)) return value.map(item => bare(item))
  if (!isMap(value)) return value
  if (typeof value.$ref === 'string') {
    const name = value.$ref.slice(value.$ref.lastIndexOf('/') + 1)
    if (!(name in schemas)) {
      schemas[name] = {}
      schemas[name] = bare(at(description, value.$ref))
    }
    return { $ref: `#/schemas/${name}` }
  }
  const kept: Json = {}
  for (const [key, item] of Object.entries(value)) {
    // Under `properties` a key is a member's name, even if that name is `title`.
    if (!named && (silent.has(key) || key.startsWith('x-') || key === 'nullable')) continue
    if (!named && key === 'format' && item !== 'date-time') continue
    kept[key] = bare(item, !named && key === 'properties')
  }
  return !named && value.nullable === true ? orNull(kept) : kept
}

const bodyOf = (value: unknown): unknown => {
  const schema = at(resolve(value), 'content')
  const json = isMap(schema) ? schema['application/json'] : undefined
  return isMap(json) ? json.schema : undefined
}

const operations = calls.map(call => {
  const [method = '', path = ''] = call.split(' ')
  const paths = at(description, '#/paths')
  const item = isMap(paths) ? paths[path] : undefined
  const operation = isMap(item) ? item[method.toLowerCase()] : undefined
  if (!isMap(operation)) throw new Error(`${call} is not in ${file}`)
  const listed = Array.isArray(operation.parameters) ? operation.parameters.map(resolve) : []
  const answers: Json = {}
  for (const [status, answer] of Object.entries(isMap(operation.responses) ? operation.responses : {}))
    if (status.startsWith('2')) answers[status] = bare(bodyOf(answer)) ?? null
  return {
    method,
    path,
    parameters: listed.map(({ name, in: place, required, schema }) => ({
      name,
      in: place,
      required: required === true,
      schema: bare(schema),
    })),
    request: bare(bodyOf(operation.requestBody)) ?? null,
    answers,
  }
})

const line = (value: unknown): string => JSON.stringify(value)
const byName = Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))
// One line for each call and each schema, so that what changed can be read.
const text = `{
"from": "@octokit/openapi, MIT, GitHub, Inc.",
"version": ${line(at(description, '#/info/version'))},
"operations": [
${operations.map(line).join(',\n')}
],
"schemas": {
${byName.map(([name, schema]) => `${line(name)}: ${line(schema)}`).join(',\n')}
}
}
`
await writeFile(new URL('../simulator/github/fixtures/openapi.json', import.meta.url), text)
