/**
 * What a job is named by, pinned for a corpus of definitions and jobs. Another digest would run every finished job again,
 * so a line of `digests.json` may be added and never changed.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { flavors } from '../../src/flavors/index.ts'
import { runDigest } from '../../src/flavors/record/digest.ts'
import { runName } from '../../src/flavors/task/naming.ts'
import type { TaskParticle } from '../../src/flavors/task/runs.ts'
import { request, type TaskDefinitionDefinition } from '../../src/flavors/taskDefinition/revisions.ts'
import { load } from '../../src/manifest/load.ts'
import type { Particle } from '../../src/particle.ts'

const fixtures = join(import.meta.dirname, '../fixtures')
const pinned = join(fixtures, 'jobs/digests.json')

/** The sample definitions, each with a job on Fargate or on instances. */
function samples(): { file: string; text: string }[] {
  const folder = join(fixtures, 'task-definitions')
  return readdirSync(folder)
    .filter(file => file.endsWith('.json'))
    .map(file => {
      const definition = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { networkMode?: string }
      const name = file.replace('.json', '')
      // Some samples leave the role to whoever fills them in; a member that is ignored and not stated is no part of a digest.
      const config = { custom_config: { ignore: ['executionRoleArn'] } }
      const particles = [
        { flavor: 'ecs_task_definition', pcf_name: name, aws_resource: { ...definition, ...config, family: name } },
        {
          flavor: 'ecs_task',
          pcf_name: name,
          parents: [`ecs_task_definition:${name}`],
          aws_resource: {
            taskName: name,
            cluster: 'samples',
            ...(definition.networkMode === 'awsvpc' && {
              networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d4e5f60718'] } },
            }),
          },
        },
      ]
      return { file, text: JSON.stringify(particles) }
    })
}

function names(): Record<string, string> {
  const file = 'jobs/kinds.yml'
  const shop = join(import.meta.dirname, '../../examples/shop/particles')
  const texts = [
    { file, text: readFileSync(join(fixtures, file), 'utf8') },
    ...['cluster.yml', 'migrate.yml'].map(name => ({ file: name, text: readFileSync(join(shop, name), 'utf8') })),
    ...samples(),
  ]
  const { particles, problems } = load(texts, {
    environment: 'production',
    variables: new Map(),
    region: 'us-east-1',
    vocabularies: flavors,
  })
  expect(problems).toEqual([])
  const byId = new Map(particles.map(particle => [particle.id, particle]))
  const found: Record<string, string> = {}
  for (const particle of particles) {
    if (particle.flavor !== 'ecs_task') continue
    const needed = (flavor: string) => byId.get(particle.parents.find(id => id.startsWith(`${flavor}:`)) ?? 'x:')
    const parent = needed('ecs_task_definition') as unknown as Particle<TaskDefinitionDefinition>
    const cluster = needed('ecs_cluster')?.definition.clusterName
    const job = { ...particle, definition: { cluster, ...particle.definition } } as unknown as TaskParticle
    const digest = runDigest(job, request(parent.definition), parent.options.ignore) ?? ''
    found[particle.id] = digest
    found[`${particle.id} startedBy`] = runName(job, 'production', digest, 0)
    found[`${particle.id} startedBy, second attempt`] = runName(job, 'eu/prod', digest, 1)
  }
  return found
}

test('every digest is what it was', () => {
  const found = names()
  if (process.env.PIN_NEW_DIGESTS) {
    const known = JSON.parse(readFileSync(pinned, 'utf8')) as object
    writeFileSync(pinned, `${JSON.stringify({ ...found, ...known }, null, 2)}\n`)
  }
  expect(found).toEqual(JSON.parse(readFileSync(pinned, 'utf8')))
})

test('another spelling of the same makes no job another job', () => {
  const job = 'flavor: ecs_task\npcf_name: job\nparents: [ecs_task_definition:job]\naws_resource:\n  cluster: main\n'
  const definition = (rest: string) =>
    `flavor: ecs_task_definition\npcf_name: job\naws_resource:\n  family: job\n  containerDefinitions:\n${rest}`
  const digest = (text: string) => {
    const settings = { environment: 'production', variables: new Map(), region: 'us-east-1', vocabularies: flavors }
    const { particles, problems } = load([{ file: 'a.yml', text }], settings)
    expect(problems).toEqual([])
    const [run, parent] = ['ecs_task:job', 'ecs_task_definition:job'].map(id => particles.find(each => each.id === id))
    return runDigest(
      run as unknown as TaskParticle,
      request(parent?.definition as unknown as TaskDefinitionDefinition),
      undefined,
    )
  }
  const container = '    - {name: job, image: job, memory: 64, environment'
  const plain = digest(`${definition(`${container}: [{name: A, value: b}, {name: C, value: ''}]}\n`)}---\n${job}`)
  const spellings = [
    `${definition(`${container}: {A: b, C: ''}}\n`)}---\n${job}`,
    `${definition(`${container}: [{name: A, value: b}, {name: C}], links: null}\n  volumes: null\n`)}---\n${job}  group: null\n`,
    `${definition(`${container}: {A: x, C: ''}}\n`)}environments: {production: {aws_resource: {"containerDefinitions[job].environment[A].value": b}}}\n---\n${job}`,
    `${definition(`${container}: [{name: A, value: b}, {name: C}]}\n  tags: {team: shop}\n`)}persist_on_terminate: true\n---\n${job}  tags: {a: b}\n`,
  ]
  expect(spellings.map(digest)).toEqual(spellings.map(() => plain))
})
