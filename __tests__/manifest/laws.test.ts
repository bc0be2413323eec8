import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isGone, plain, sayProblem } from '../../src/particle.ts'
import { runs } from '../runs.ts'
import { CLUSTER, cluster, DEFINITION, documents, read, SERVICE } from './manifests.ts'

const QUASI = `flavor: quasiparticle
pcf_name: fleet
parents: [ecs_cluster:main]
particles:
  - flavor: ecs_task_definition
    multiplier: 2
    aws_resource: &base {family: fleet, containerDefinitions: [{name: a, image: "a:\${TAG}", memory: 128}]}
  - {flavor: ecs_task_definition, pcf_name: other, base_particle_config: fleet, aws_resource: {family: other}}
  - {flavor: ecs_service, multiplier: 2, parents: [ecs_task_definition:fleet], aws_resource: {serviceName: fleet, platformVersion: $inherit$ecs_task_definition:fleet$family, desiredCount: 1}}
`
const PATCHED = cluster(`aws_resource: {clusterName: "main-\${SECRET:-x}", tags: [{key: a, value: 1.10}]}
desired_state: running
children: [ecs_service:web]
environments:
  production: {aws_resource: {tags: null}}
  staging: false
`)
const whole = documents(CLUSTER, DEFINITION, SERVICE)
const SOURCES = [
  whole,
  documents(CLUSTER, QUASI),
  documents(PATCHED, DEFINITION, SERVICE),
  JSON.stringify([{ flavor: 'ecs_cluster', pcf_name: 'main', aws_resource: { clusterName: 'main' } }], null, 2),
]

// Whatever YAML, JavaScript, variables and this tool give a meaning to.
const WORDS = [
  '---\n',
  '...\n',
  '\n',
  '  ',
  '\t',
  '- ',
  ': ',
  '? ',
  '[',
  ']',
  '{',
  '}',
  ',',
  '#',
  '&a ',
  '*a',
  '<<: *a\n',
  '!Ref ',
  '|\n',
  '>-\n',
  '"',
  "'",
  '%YAML 1.1\n',
  '\u0000',
  '\ufeff',
  '\u2028',
  '\ud800',
  '__proto__: ',
  'constructor: 1\n',
  'toString',
  'null',
  'true',
  '~',
  '.nan',
  '-1',
  '1e999',
  '0x',
  '9'.repeat(30),
  '${',
  '${TAG}',
  '${SECRET}',
  '$${',
  '${NO:?why\n}',
  '$inherit$',
  '$inherit$ecs_cluster:main$clusterName',
  'ecs_cluster:main',
  'quasiparticle:fleet',
  'ecs_service:web',
  'flavor: ',
  'pcf_name: ',
  'particles: ',
  'environments: ',
  'production: ',
  'multiplier: 3\n',
  'desired_state: terminated\n',
  'custom_config: ',
  'region_name: eu-west-1\n',
]

const spot = fc.double({ min: 0, max: 1, noNaN: true })
const mutation = fc.oneof(
  fc.record({ kind: fc.constant('insert' as const), at: spot, word: fc.constantFrom(...WORDS) }),
  fc.record({ kind: fc.constant('remove' as const), at: spot, length: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ kind: fc.constant('line' as const), at: spot, to: spot }),
  fc.record({ kind: fc.constant('noise' as const), at: spot, word: fc.string({ maxLength: 4, unit: 'binary' }) }),
)
type Mutation = typeof mutation extends fc.Arbitrary<infer Kind> ? Kind : never

function mutate(text: string, change: Mutation): string {
  const at = Math.floor(change.at * text.length)
  if (change.kind === 'insert' || change.kind === 'noise') return text.slice(0, at) + change.word + text.slice(at)
  if (change.kind === 'remove') return text.slice(0, at) + text.slice(at + change.length)
  const lines = text.split('\n')
  const line = lines[Math.floor(change.at * lines.length)] ?? ''
  lines.splice(Math.floor(change.to * lines.length), 0, line)
  return lines.join('\n')
}

const broken = fc
  .tuple(fc.constantFrom(...SOURCES), fc.array(mutation, { minLength: 1, maxLength: 5 }))
  .map(([text, changes]) => changes.reduce(mutate, text))

const around = { variables: { TAG: '1', SECRET: 'hunter2' } }

describe('whatever is written', () => {
  test('ends in particles or problems, each with a place in its file, on one line, and without a secret', () => {
    fc.assert(
      fc.property(broken, fc.constantFrom('a.yml', 'a.json'), (text, file) => {
        const loaded = read({ [file]: text }, around)
        const lines = text.split('\n').length
        for (const { place, message } of loaded.problems) {
          if (place?.file !== file || place.line < 1 || place.line > lines || place.column < 1) throw new Error(message)
          if (/[\p{Cc}\u2028\u2029]|hunter2/u.test(message)) throw new Error(JSON.stringify(message))
        }
        for (const particle of loaded.particles) {
          expect(particle.definition).toEqual(plain(particle.source))
        }
      }),
      { numRuns: runs(10_000) },
    )
  }, 120_000)

  test('says the same in any order of the files', () => {
    fc.assert(
      fc.property(broken, broken, (one, other) => {
        const forth = read({ 'a.yml': one, 'b.yml': other }, around)
        const back = read({ 'b.yml': other, 'a.yml': one }, around)
        expect(back).toEqual(forth)
      }),
      { numRuns: 300 },
    )
  }, 60_000)

  test('links to what is there, in an order without cycles, and nothing runs under what goes', () => {
    fc.assert(
      fc.property(broken, text => {
        const loaded = read({ 'a.yml': text }, around)
        if (loaded.problems.length > 0) return
        const byId = new Map(loaded.particles.map(particle => [particle.id, particle]))
        const left = new Map(loaded.particles.map(particle => [particle.id, new Set(particle.parents)]))
        for (let before = -1; before !== left.size; ) {
          before = left.size
          for (const [id, parents] of left) {
            if ([...parents].some(parent => left.has(parent))) continue
            left.delete(id)
          }
        }
        expect(left.size).toBe(0)
        for (const { parents, desired, flavor } of loaded.particles) {
          for (const parent of parents) {
            const above = byId.get(parent)
            expect(above).toBeDefined()
            if (flavor === 'ecs_service' && above?.flavor !== 'ecs_service' && above && isGone(above.desired))
              expect(isGone(desired)).toBe(true)
          }
        }
      }),
      { numRuns: 1_000 },
    )
  }, 60_000)

  test('a manifest without a mistake has no problem', () => {
    for (const text of SOURCES) expect(read({ 'a.yml': text }, around).problems.map(sayProblem)).toEqual([])
  })
})
