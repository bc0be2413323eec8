import { describe, expect, jest, test } from '@jest/globals'
import { NormalizedSchema } from '@smithy/core/schema'
import fc from 'fast-check'
import { type CompareOptions, canonical, compare, additions as describeStart } from '../../src/compare/compare.ts'
import { mergeLive } from '../../src/compare/merge.ts'
import { runs } from '../runs.ts'
import { cluster, drawn, frozen, service, task, taskDefinition } from './kit.ts'

// Whole definitions by the hundred: a busy machine takes its time.
jest.setTimeout(60_000)

type Definition = Record<string, unknown>

// Kept apart from the tables on purpose: what stands here is what the API's documentation says, not what they say.
const ordered = new Set([
  'containerDefinitions.command',
  'containerDefinitions.entryPoint',
  'containerDefinitions.environmentFiles',
  'containerDefinitions.healthCheck.command',
  'containerDefinitions.dnsServers',
  'containerDefinitions.dnsSearchDomains',
  'containerDefinitions.linuxParameters.tmpfs.mountOptions',
  'placementStrategy',
  'overrides.containerOverrides.command',
  'overrides.containerOverrides.environmentFiles',
])

/** What some other member's default depends on: a change of it may show in more than one place. */
const farReaching = new Set([
  'networkMode',
  'requiresCompatibilities',
  'schedulingStrategy',
  'containerDefinitions.firelensConfiguration.type',
  'deploymentConfiguration.strategy',
])

const words = ['a', 'b', 'c', 'x.y', 'p]q[0']

/** Any definition that the model allows, with few values, so that things often are equal. */
function anything(schema: NormalizedSchema, path: string): fc.Arbitrary<unknown> {
  if (schema.isStructSchema()) {
    const members: Record<string, fc.Arbitrary<unknown>> = {}
    for (const [name, member] of schema.structIterator()) {
      members[name] = anything(member, path === '' ? name : `${path}.${name}`)
    }
    return fc.record(members, { requiredKeys: [] })
  }
  if (schema.isListSchema()) {
    const of = schema.getValueSchema()
    const element = anything(of, path)
    if (!of.isStructSchema()) return fc.uniqueArray(element, { maxLength: 3 })
    return fc.array(element, { maxLength: 3 })
  }
  if (schema.isMapSchema()) return fc.dictionary(fc.constantFrom(...words), fc.constantFrom(...words), { maxKeys: 3 })
  if (schema.isBooleanSchema()) return fc.boolean()
  if (schema.isNumericSchema()) return fc.nat({ max: 3 })
  if (schema.isDocumentSchema()) return fc.constantFrom<unknown>('a', { a: 1, b: [1, 2] }, { b: [2, 1] }, 1)
  if (path === 'networkMode') return fc.constantFrom('bridge', 'awsvpc', 'host', 'none')
  if (path.endsWith('.protocol')) return fc.constantFrom('tcp', 'udp')
  if (path === 'cpu') return fc.constantFrom('256', '.5 vCPU', '512')
  return fc.constantFrom(...words)
}

const definitions = (options: CompareOptions): fc.Arbitrary<Definition> =>
  anything(NormalizedSchema.of(options.schema), '') as fc.Arbitrary<Definition>

/** Another order wherever order means nothing, and other members first. */
function shuffled(value: unknown, path: string, dice: () => number): unknown {
  const shuffle = <T>(list: readonly T[]): T[] =>
    list
      .map(item => ({ item, at: dice() }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item)
  if (Array.isArray(value)) {
    const list = value.map(item => shuffled(item, path, dice))
    return ordered.has(path) || path.includes('hookDetails') ? list : shuffle(list)
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = shuffle(Object.entries(value))
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, shuffled(inner, path === '' ? key : `${path}.${key}`, dice)]),
  )
}

const dice = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })).map(stream => () => stream.next().value)

const all: [name: string, options: CompareOptions][] = [
  ['task definitions', taskDefinition],
  ['services', service],
  ['clusters', cluster],
  ['tasks', task],
]

const whole: [name: string, options: CompareOptions][] = [
  ['task definitions', taskDefinition],
  ['tasks', task],
]

const few = { numRuns: runs(50) }

describe.each(all)('of %s', (_name, options) => {
  const any = definitions(options)

  test('a thing equals itself', () => {
    fc.assert(
      fc.property(any, definition => {
        expect(compare(definition, structuredClone(definition), options)).toEqual([])
      }),
      few,
    )
  })

  test('order means nothing where it means nothing', () => {
    fc.assert(
      fc.property(any, dice, (definition, roll) => {
        const other = shuffled(definition, '', roll) as Definition
        expect(compare(definition, other, options)).toEqual([])
        expect(JSON.stringify(canonical(definition, options))).toBe(JSON.stringify(canonical(other, options)))
      }),
      few,
    )
  })

  test('the order of the answer never shows, but in positions of what goes', () => {
    fc.assert(
      fc.property(any, any, dice, (stated, live, roll) => {
        const plain = (side: Definition) =>
          compare(stated, side, options)
            .map(({ path, before, after }) => JSON.stringify([path.replace(/\[\d+\]/g, '[]'), before, after]))
            .join('\n')
        expect(plain(shuffled(live, '', roll) as Definition)).toBe(plain(live))
      }),
      few,
    )
  })

  test('neither side is touched, whatever is stated', () => {
    fc.assert(
      fc.property(any, any, (stated, live) => {
        frozen(stated)
        frozen(live)
        compare(stated, live, { ...options, sensitivity: drawn, ignore: ['tags', 'containerDefinitions[*].image'] })
        describeStart(stated, options)
        canonical(stated, options)
        mergeLive(stated, live, options)
      }),
      few,
    )
  })

  test('once it is laid over what is there, nothing is left to change', () => {
    fc.assert(
      fc.property(
        any,
        any,
        fc.subarray(['tags', 'volumes[a]', 'containerDefinitions[*].image']),
        (stated, live, ignore) => {
          const own = { ...options, ignore }
          const sent = mergeLive(stated, live, own)
          // What is left out of a call stays as it is.
          const after = options.whole ? sent : { ...live, ...sent }
          expect(compare(stated, after, own)).toEqual([])
        },
      ),
      few,
    )
  })

  test('a change to one leaf is seen, and only where it is', () => {
    fc.assert(
      fc.property(any, fc.nat(), (definition, pick) => {
        const leaves = leavesOf(definition)
        const leaf = leaves[pick % Math.max(leaves.length, 1)]
        fc.pre(leaf !== undefined)
        const schemaPath = leaf.filter(step => typeof step === 'string').join('.')
        // An element that says nothing but its name is none, whatever the name.
        fc.pre(!['settings.name', 'overrides.containerOverrides.name'].includes(schemaPath))
        fc.pre(!schemaPath.includes('hookDetails'))
        const other = mutated(definition, leaf) as Definition
        const changes = compare(other, definition, options)
        // Leaving it to compare both ways keeps a change from hiding behind the side it is on.
        expect(changes.length + compare(definition, other, options).length).toBeGreaterThan(0)
        if (farReaching.has(schemaPath)) return
        const inner = leaf.some(step => typeof step === 'number') || schemaPath.includes('options')
        for (const { path } of changes) {
          if (inner) expect(path.split(/[.[]/, 1)).toEqual([leaf[0]])
          else expect(path).toBe(schemaPath)
        }
      }),
      { numRuns: runs(150) },
    )
  })

  test('a start shows every leaf once, with its place', () => {
    fc.assert(
      fc.property(any, definition => {
        const changes = describeStart(definition, options)
        const places = changes.map(({ at }) => JSON.stringify(at))
        expect(new Set(places).size).toBe(places.length)
        for (const { at, after } of changes) {
          expect(at).toBeDefined()
          const value = (at ?? []).reduce<unknown>((held, step) => (held as Definition)[step], definition)
          if (typeof value === 'boolean') expect(after).toBe(value)
        }
      }),
      few,
    )
  })
})

describe.each(whole)('of %s, which are stated whole', (_name, options) => {
  test('equal text is no difference, and no difference is equal text', () => {
    // Tags that are left out are nobody's opinion: there the two questions part.
    const any = definitions(options).map(({ tags: _tags, ...definition }) => definition)
    const pair = fc.oneof(
      fc.tuple(any, any),
      fc.tuple(any, fc.nat()).map(([definition, pick]): [Definition, Definition] => {
        const leaves = leavesOf(definition)
        const leaf = leaves[pick % Math.max(leaves.length, 1)]
        return [definition, leaf ? (mutated(definition, leaf) as Definition) : definition]
      }),
      fc
        .tuple(any, dice)
        .map(([definition, roll]): [Definition, Definition] => [
          definition,
          shuffled(definition, '', roll) as Definition,
        ]),
    )
    fc.assert(
      fc.property(pair, ([one, other]) => {
        const same = JSON.stringify(canonical(one, options)) === JSON.stringify(canonical(other, options))
        expect(compare(one, other, options).length === 0).toBe(same)
      }),
      { numRuns: runs(200) },
    )
  })
})

/** Paths of all leaves, positions included. */
function leavesOf(value: unknown, at: (string | number)[] = []): (string | number)[][] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leavesOf(item, [...at, index]))
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...at, key]))
  }
  return [at]
}

/** The same with one leaf replaced by something that is nothing else. */
function mutated(value: unknown, [step, ...rest]: readonly (string | number)[]): unknown {
  if (step === undefined) {
    if (typeof value === 'boolean') return !value
    return typeof value === 'number' ? 977 : 'never seen'
  }
  if (Array.isArray(value)) return value.map((item, index) => (index === step ? mutated(item, rest) : item))
  const held = value as Definition
  return { ...held, [step]: mutated(held[step], rest) }
}
