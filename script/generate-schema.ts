/**
 * Makes schema/particles.schema.json, by which editors complete and check manifests: from the same model, enums and limits
 * as the action's own check. With --check nothing is written, and a stale schema is a failure.
 */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { flavors as registry } from '../src/flavors/index.ts'
import { KEYS, SPELLINGS } from '../src/manifest/draft.ts'
import { regionPattern } from '../src/schema/arn.ts'
import type { Limit } from '../src/schema/limits.ts'
import { type StructType, type Type, typeOf } from '../src/schema/types.ts'
import type { Vocabulary } from '../src/schema/vocabulary.ts'
import { readDeclarations, version, writeOrCheck } from './generate-enums.ts'

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }
type Schema = Readonly<Record<string, Json | undefined>>

/** A variable anywhere in a text, or a value to be inherited: both may stand for any plain value. */
const OPEN = '\\$\\{|^\\$inherit\\$'
/** A list or a map cannot come from a variable, but it can be inherited. */
const INHERITED = '^\\$inherit\\$'

const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` })

/** Where a value is free, also one that YAML takes for a boolean: `DEBUG: true`. */
const text: Schema = { type: ['string', 'number', 'boolean'] }
/** A name or an amount: no editor offers `true` for it. */
const word: Schema = { type: ['string', 'number'] }

/** One schema or another, by a condition. */
const when = (condition: Schema, met: Schema, otherwise?: Schema): Schema => ({
  if: condition,
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word
  then: met,
  else: otherwise,
})

/** An object that has no other members. */
const closed = (properties: Record<string, Schema>): Schema => ({
  type: 'object',
  properties,
  additionalProperties: false,
})

/** A text of a few, or a variable. */
const choice = (values: readonly string[]): Schema => ({ anyOf: [{ enum: values }, ref('open')] })

const { comments, enums, types } = readDeclarations()

/** A pattern, with the sentence that editors show instead of it. */
const patterned = (pattern: string, must: string): Schema => ({ pattern, errorMessage: `must be ${must}` })

const flag: Schema = { type: ['boolean', 'string'], ...patterned(`^(true|false)$|${OPEN}`, 'true or false') }

// ---- Words

/** A documentation comment as plain text: its first sentences, as far as they fit a tooltip. */
export function plainText(comment: string, longest = 240): string {
  const paragraph = comment
    .replace(/^\/\*\*|\*\/$/g, '')
    .replace(/^\s*\* ?/gm, '')
    .replace(/^@\w+[\s\S]*$/m, '')
    .replace(/<note>[\s\S]*?<\/note>|<important>[\s\S]*?<\/important>/g, '')
    .replace(/<\/p>[\s\S]*$/, '')
    .replace(/<[^>]+>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\\([{}])/g, '$1')
    .replace(/\s+/g, ' ')
    .trim()
  let said = ''
  for (const sentence of paragraph.split(/(?<=[.:])\s+(?=[A-Z])/)) {
    if (said !== '' && said.length + sentence.length >= longest) break
    said = said === '' ? sentence : `${said} ${sentence}`
  }
  // A long sentence ends with a whole word.
  return said.length > longest ? `${said.slice(0, longest - 1).replace(/[\s,;:(]+\S*$/, '')}…` : said
}

function described(schema: Schema, key: string): Schema {
  const comment = comments.get(key)
  const description = comment && plainText(comment)
  return description ? { description, ...schema } : schema
}

// ---- The model

/** JSON Schema has no flags: letters of a pattern that ignores case become classes. */
function patternOf({ source, flags }: RegExp): string {
  if (!flags.includes('i')) return source
  return source.replace(/\\.|[a-z]/gi, part =>
    part.length > 1 ? part : `[${part.toLowerCase()}${part.toUpperCase()}]`,
  )
}

function textSchema(limit: Limit | undefined, isFree = false): Schema {
  const of = isFree ? text : word
  if (!limit) return of
  const { minLength, maxLength, pattern, form } = limit
  return {
    ...of,
    minLength,
    maxLength,
    ...(pattern && patterned(`${patternOf(pattern)}|${OPEN}`, form ?? 'as documented')),
  }
}

const numberSchema = (whole: boolean, limit: Limit | undefined): Schema => ({
  type: [whole ? 'integer' : 'number', 'string'],
  ...patterned(`^[+-]?\\d+${whole ? '' : '(\\.\\d+)?'}$|${OPEN}`, whole ? 'a whole number' : 'a number'),
  minimum: limit?.minimum,
  maximum: limit?.maximum,
})

const inherited = (what: string): Schema => patterned(INHERITED, `${what}, or inherited: $inherit$flavor:pcf_name$key`)

/**
 * What a member may be. `partial`: as a patch states it, where maps are merged, lists are whole and null removes.
 * Shapes are put into `shapes` as they are met.
 */
function schemaOf(type: Type, key: string, shapes: Shapes, partial = false, isFree = false): Schema {
  switch (type.kind) {
    case 'text': {
      const name = types.get(key) ?? ''
      if (type.values && enums.has(name)) return ref(shapes.enum(name))
      if (type.limit?.open) return { anyOf: [{ enum: enums.get(name) ?? [] }, textSchema(type.limit)] }
      const schema = textSchema(type.limit, isFree || key.endsWith('.value'))
      return type.values ? choice(type.values) : type.nullable ? orNull(schema) : schema
    }
    case 'number':
      return numberSchema(type.whole, type.limit)
    case 'flag':
      return ref('flag')
    case 'list':
      return {
        type: type.pairs ? ['array', 'object', 'string'] : ['array', 'string'],
        ...inherited(type.pairs ? 'a list, or a map of names to values' : 'a list'),
        additionalProperties: type.pairs && text,
        items: schemaOf(type.of, key, shapes, false, true),
        minItems: type.limit?.minItems,
        maxItems: type.limit?.maxItems,
      }
    case 'map':
      return {
        type: type.pairs ? ['array', 'object', 'string'] : ['object', 'string'],
        ...inherited('a map'),
        items: type.pairs && ref(shapes.add(type.pairs, false)),
        propertyNames: type.keys && {
          ...(type.keys.pattern && patterned(type.keys.pattern.source, type.keys.form ?? 'as documented')),
          maxLength: type.keys.maxLength,
        },
        additionalProperties: partial
          ? orNull(schemaOf(type.of, key, shapes, false, true))
          : schemaOf(type.of, key, shapes, false, true),
      }
    case 'struct':
      return ref(shapes.add(type, partial))
    case 'any':
      return {}
  }
}

const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] })

/** Members that this tool asks for where the API does not. */
const alsoRequired: Readonly<Record<string, readonly string[]>> = {
  ContainerDefinition: ['name', 'image'],
  ContainerOverride: ['name'],
}

class Shapes {
  readonly defs = new Map<string, Schema>()
  readonly enums = new Map<string, Schema>()

  enum(name: string): string {
    this.enums.set(name, choice(enums.get(name) ?? []))
    return name
  }

  /** The name of a shape's schema, which is made when it is first asked for. */
  add(type: StructType, partial: boolean): string {
    const name = partial ? `${type.name}.patch` : type.name
    if (this.defs.has(name)) return name
    // Before its members: a shape may contain itself.
    this.defs.set(name, {})
    const required = [...type.required, ...(alsoRequired[type.name] ?? [])]
    this.defs.set(name, {
      type: ['object', 'string'],
      ...inherited('a map'),
      properties: this.members(type, partial),
      ...(partial || required.length === 0 ? {} : { required }),
      ...(type.union ? { minProperties: 1, maxProperties: 1 } : {}),
      additionalProperties: false,
    })
    return name
  }

  members(type: StructType, partial: boolean, without: Readonly<Record<string, string>> = {}): Record<string, Schema> {
    return Object.fromEntries(
      [...type.members]
        .filter(([member]) => !Object.hasOwn(without, member))
        .map(([member, of]) => {
          const key = `${type.name}.${member}`
          const schema = schemaOf(of, key, this, partial)
          return [member, described(partial ? orNull(schema) : schema, key)]
        }),
    )
  }
}

// ---- Particles

const ignoreDescription =
  'Paths of members whose live value stays, whatever the manifest says: somebody else owns them.'

const optionsDescription = ({ options, open }: Vocabulary): string =>
  open
    ? 'What PCF makes an instance from; it has no meaning here.'
    : `Options of this tool, never sent to AWS: ${Object.keys(options).join(', ') || 'none for this flavor'}.`

/** `custom_config` of a flavor. */
function optionsSchema({ options, open, descriptions }: Vocabulary): Schema {
  // What PCF keeps there to make an instance from has no meaning here.
  if (open) return { type: 'object' }
  const describe = (name: string) => (name === 'ignore' ? ignoreDescription : descriptions[name])
  const schema = (kind: Vocabulary['options'][string]): Schema =>
    kind === 'boolean'
      ? ref('flag')
      : kind === 'number'
        ? numberSchema(true, { minimum: 0 })
        : kind === 'strings'
          ? { type: 'array', items: text }
          : choice(kind)
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(options).map(([name, kind]) => [name, { description: describe(name), ...schema(kind) }]),
    ),
    additionalProperties: false,
  }
}

/** `aws_resource` of a flavor, whole or as a patch of it. */
function resourceSchema(words: Vocabulary, shapes: Shapes, partial: boolean): Schema {
  const model = words.model && typeOf(words.model)
  const maybe = (schema: Schema): Schema => (partial ? orNull(schema) : schema)
  const properties: Record<string, Schema> = {}
  for (const [name, type] of Object.entries(words.ownMembers)) {
    properties[name] = { description: words.descriptions[name], ...maybe(schemaOf(type, name, shapes)) }
  }
  if (model) Object.assign(properties, shapes.members(model, partial, words.refused))
  for (const [alias, name] of Object.entries(words.aliases)) {
    properties[alias] = { description: `PCF’s name for ${name}.`, ...maybe(text) }
  }
  const required = words.required.filter(name => !name.includes('[') && name !== words.pcfNameMember)
  const lists = words.required.flatMap(name => (name.includes('[') ? [name.slice(0, name.indexOf('['))] : []))
  return {
    type: 'object',
    properties: {
      ...properties,
      region_name: {
        description: 'The region, where it is not that of the action.',
        ...maybe({ type: 'string', ...patterned(`${regionPattern.source}|${OPEN}`, 'a region such as us-east-1') }),
      },
      custom_config: { description: optionsDescription(words), ...maybe(ref(`${words.name}.options`)) },
    },
    // A patch may change one value in a list by its path.
    ...(partial && { patternProperties: { '^[A-Za-z]\\w*[.\\[]': {} } }),
    ...(partial || required.length + lists.length === 0 ? {} : { required: [...required, ...lists] }),
    ...(words.open ? {} : { additionalProperties: false }),
  }
}

const ids: Schema = {
  type: 'array',
  items: { type: 'string', ...patterned(`^[^:\\s]+:.|${OPEN}`, 'an id, flavor:pcf_name, such as ecs_cluster:main') },
}

const shared: Readonly<Record<string, Schema>> = {
  pcf_name: {
    description: 'The name: flavor:pcf_name is the id, unique over all manifests.',
    ...text,
    minLength: 1,
    maxLength: 255,
  },
  desired_state: {
    description: 'What it is to be: running, unless its cluster is to go.',
    anyOf: [
      { enum: ['running', 'stopped', 'terminated'] },
      // As PCF's enumeration prints.
      {
        type: 'string',
        ...patterned(`^State\\.(running|stopped|terminated)$|${OPEN}`, 'running, stopped or terminated'),
      },
    ],
  },
  parents: { description: 'Ids of the particles that must be there first.', ...ids },
  children: { description: 'Ids of the particles that need this one; either side may name the link.', ...ids },
  persist_on_termination: { description: 'true: never stopped or terminated.', ...ref('flag') },
  persist_on_terminate: { description: 'PCF’s other spelling of persist_on_termination.', ...ref('flag') },
  persist_on_update: { description: 'true: differences are shown, never applied.', ...ref('flag') },
  multiplier: {
    description: 'So many copies; -0, -1 and so on are appended to their names.',
    ...numberSchema(true, { minimum: 1, maximum: 1000 }),
  },
  base_particle_config: {
    description: 'The name of an earlier member of the same flavor, which this one starts from.',
    ...text,
  },
}

const environments = (patch: string): Schema => ({
  type: 'object',
  description: 'By environment: a patch merged into the particle, or false where it is not to be.',
  additionalProperties: { anyOf: [ref(patch), { const: false }] },
})

/** The particle keys of one kind, in the order in which people write them. */
const keysOf = (keys: readonly string[], given: Readonly<Record<string, Schema>>): Record<string, Schema> =>
  Object.fromEntries(keys.map(key => [key, given[key] ?? shared[key] ?? {}]))

const order = ['flavor', 'pcf_name', 'aws_resource', 'particles']
const sorted = (keys: readonly string[]): readonly string[] => [
  ...order.filter(key => keys.includes(key)),
  ...keys.filter(key => !order.includes(key)),
  ...Object.keys(SPELLINGS),
]

function particleSchemas(words: Vocabulary, shapes: Shapes): Record<string, Schema> {
  const { name } = words
  const whole = resourceSchema(words, shapes, false)
  const partial = resourceSchema(words, shapes, true)
  const resource = (kind: string): Schema => ({ properties: { aws_resource: ref(`${name}.${kind}`) } })
  const particle = (keys: readonly string[], required: readonly string[], starts: readonly string[]): Schema => ({
    type: 'object',
    description: words.description,
    properties: keysOf(sorted(keys), {
      flavor: { const: name },
      aws_resource: { description: 'The definition, in the words of the ECS API.' },
      environments: environments(`${name}.patch`),
    }),
    required,
    additionalProperties: false,
    // What a patch or a base completes need not be complete itself.
    ...when({ anyOf: starts.map(key => ({ required: [key] })) }, resource('partial'), {
      required: ['aws_resource'],
      ...resource('resource'),
    }),
  })
  return {
    [name]: particle(KEYS.particle, ['flavor', 'pcf_name'], ['environments']),
    [`${name}.member`]: particle(KEYS.member, ['flavor'], ['environments', 'base_particle_config']),
    [`${name}.patch`]: closed(patchKeys(KEYS.particle, { aws_resource: ref(`${name}.partial`) })),
    [`${name}.resource`]: whole,
    [`${name}.partial`]: partial,
    [`${name}.options`]: optionsSchema(words),
  }
}

/** Keys that a patch may have, each of which null removes. */
const patchKeys = (keys: readonly string[], given: Readonly<Record<string, Schema>>): Record<string, Schema> =>
  Object.fromEntries(
    sorted(keys)
      .filter(key => !['flavor', 'pcf_name', 'environments'].includes(key))
      .map(key => [key, orNull(given[key] ?? shared[key] ?? {})]),
  )

/** One of several kinds, told apart by `flavor`, so that editors complete and complain about the right one. */
const byFlavor = (names: readonly string[], suffix = ''): Schema => ({
  type: 'object',
  required: ['flavor'],
  // Which one a variable means only the action knows.
  properties: { flavor: { description: 'What it is.', ...choice(names) } },
  allOf: names.map(name =>
    when({ properties: { flavor: { const: name } }, required: ['flavor'] }, ref(`${name}${suffix}`)),
  ),
})

const sortedByName = (schemas: ReadonlyMap<string, Schema>): Record<string, Schema> =>
  Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1)))

/** Lines that let go. A reference is never changed, so that there is nothing to let go. */
function unmanagedSchema(flavors: readonly Vocabulary[]): Schema {
  const names = flavors.filter(({ open }) => !open).map(({ name }) => name)
  const addresses: Schema = {
    type: 'array',
    items: {
      type: 'string',
      description: 'Flavor, region and name, as a plan prints them: ecs_service us-east-1 shop/web',
      ...patterned(
        `^(${names.join('|')}) ${regionPattern.source.slice(1, -1)} \\S(.*\\S)?$|${OPEN}`,
        'flavor, region and name, such as ecs_service us-east-1 shop/web',
      ),
    },
  }
  const environments: Schema = {
    type: 'object',
    description: 'By environment: other things, or false where nothing is let go.',
    additionalProperties: { anyOf: [closed({ unmanaged: orNull(addresses) }), { const: false }] },
  }
  return {
    type: 'object',
    description: 'What was declared once, is not any more, and is somebody else’s from now on.',
    properties: { unmanaged: addresses, environments },
    required: ['unmanaged'],
    additionalProperties: false,
  }
}

const quasiparticle: Schema = {
  type: 'object',
  description: 'Several particles as one.',
  properties: keysOf(sorted(KEYS.quasiparticle), {
    flavor: { const: 'quasiparticle' },
    particles: { description: 'Its members.', type: 'array', items: ref('member') },
    environments: environments('quasiparticle.patch'),
  }),
  required: ['flavor', 'pcf_name'],
  additionalProperties: false,
  anyOf: [{ required: ['particles'] }, { required: ['environments'] }],
}

/** The schema of manifests with these flavors, as one document. */
export function generateSchema(flavors: readonly Vocabulary[] = Object.values(registry)): Schema {
  const shapes = new Shapes()
  const names = flavors.map(({ name }) => name)
  const particles = Object.assign({}, ...flavors.map(words => particleSchemas(words, shapes)))
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $comment: `Made by script/generate-schema.ts: run it again, do not edit. Descriptions of the API are taken from the documentation comments of @aws-sdk/client-ecs ${version}, Copyright Amazon.com, Inc. or its affiliates, Apache-2.0.`,
    title: 'ECS Particles manifest',
    description: 'A particle, a list of particles, or what is let go.',
    ...when({ type: 'array' }, { items: ref('document') }, ref('document')),
    $defs: {
      document: when({ type: 'object', required: ['unmanaged'] }, ref('unmanaged'), ref('particle')),
      unmanaged: unmanagedSchema(flavors),
      particle: byFlavor([...names, 'quasiparticle']),
      member: byFlavor(names, '.member'),
      quasiparticle,
      'quasiparticle.patch': closed(
        patchKeys(KEYS.quasiparticle, { particles: { type: 'array', items: ref('member') } }),
      ),
      ...particles,
      open: { type: 'string', ...patterned(OPEN, 'one of the values, a variable or $inherit$flavor:pcf_name$key') },
      flag,
      ...sortedByName(shapes.enums),
      ...sortedByName(shapes.defs),
    },
  }
}

/** The file's text. */
export const schemaText = (): string => `${JSON.stringify(generateSchema(), null, 1)}\n`

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..')
  writeOrCheck(join(root, 'schema/particles.schema.json'), schemaText(), 'npx tsx script/generate-schema.ts')
}
