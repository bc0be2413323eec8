/**
 * Task definitions as people write them, and the shop, from the first plan to the end: on the simulated ECS, on moto and on ministack.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { clientFor } from '../world/aws.ts'
import { bundle, root } from '../world/bundle.ts'
import { Checkout, type Ended, errorsOf } from '../world/checkout.ts'
import { ministackUrl, motoUrl, servers } from './everyServer.ts'
import { hasMinistack } from './ministack.ts'
import { hasMoto, join as joinCluster, network, newInstance } from './moto.ts'

jest.setTimeout(60_000)

beforeAll(() => {
  bundle()
}, 240_000)

const folder = join(root, '__tests__/fixtures/task-definitions')
const samples = readdirSync(folder)
  .filter(file => file.endsWith('.json'))
  .map(file => file.replace('.json', ''))

/** Two of each family, one for instances and one for Fargate: they live in two regions. */
const regionOf = (sample: string) => (sample.endsWith('_fargate') ? 'us-west-2' : 'us-east-1')

interface Sample {
  readonly family: string
  readonly containerDefinitions: readonly { readonly name: string; readonly image: string }[]
}

const read = (sample: string): Sample => JSON.parse(readFileSync(join(folder, `${sample}.json`), 'utf8')) as Sample

function manifest(sample: string, tag = ''): string {
  const { containerDefinitions, ...rest } = read(sample)
  return JSON.stringify({
    flavor: 'ecs_task_definition',
    pcf_name: sample,
    aws_resource: {
      region_name: regionOf(sample),
      // Some samples leave the role to be filled in, and ECS refuses awslogs on Fargate without one.
      executionRoleArn: 'ecsTaskExecutionRole',
      ...rest,
      containerDefinitions: containerDefinitions.map(one => ({ ...one, image: `${one.image}${tag}` })),
    },
  })
}

const ended = (sample: string) => JSON.stringify({ ...JSON.parse(manifest(sample)), desired_state: 'terminated' })

const write = (here: Checkout, text: (sample: string) => string) =>
  here.write(Object.fromEntries(samples.map(sample => [`particles/${sample}.json`, text(sample)])))

function expectDone(run: Ended): void {
  expect(errorsOf(run)).toEqual([])
  expect(run.report?.result).toBe('succeeded')
  expect(run.code).toBe(0)
}

async function expectApplied(here: Checkout): Promise<void> {
  expectDone(await here.apply())
  expect((await here.plan()).plan?.steps).toEqual([])
}

async function startShop(here: Checkout): Promise<void> {
  const planned = await here.plan()
  expect(planned.plan?.steps.map(({ particle }) => particle)).toEqual([
    'ecs_cluster:shop',
    'ecs_task_definition:web',
    'ecs_service:web',
  ])
  await expectApplied(here)
}

async function updateShop(here: Checkout): Promise<void> {
  here.edit('particles/web.yml', 'shop/web:1.8.2', 'shop/web:1.9.0')
  await expectApplied(here)
}

describe.each(servers)('the sample task definitions on $name', server => {
  let here: Checkout

  beforeAll(async () => {
    here = await server.start()
  }, 90_000)

  /** The one step of each sample, or undefined where there is none. */
  const step = ({ plan }: Ended, sample: string) =>
    plan?.steps.find(({ particle }) => particle === `ecs_task_definition:${sample}`)

  test('plan: each is to start', async () => {
    const run = await write(here, sample => manifest(sample)).plan()
    expect(errorsOf(run)).toEqual([])
    for (const sample of samples) expect(step(run, sample)).toMatchObject({ transition: 'start', from: 'terminated' })
    expect(run.plan?.summary.start).toBe(samples.length)
  })

  test('apply, and then nothing to do', async () => {
    await expectApplied(here)
  })

  test('another image is one change and a new revision', async () => {
    const planned = await write(here, sample => manifest(sample, ':2')).plan()
    for (const sample of samples) {
      const changes = read(sample).containerDefinitions.map(({ name, image }) => ({
        path: `containerDefinitions[${name}].image`,
        before: image,
        after: `${image}:2`,
      }))
      expect(step(planned, sample)).toMatchObject({ transition: 'update', changes })
    }
    expectDone(await here.apply())
    const again = await here.plan()
    expect(again.plan?.steps).toEqual([])
    expect(again.outputs['has-changes']).toBe('false')
  })

  test('the end, and then nothing to do', async () => {
    const run = await write(here, ended).apply()
    expectDone(run)
    expect(run.report?.steps).toHaveLength(samples.length)
    const last = await here.plan()
    expect(last.plan?.steps).toEqual([])
    expect(last.code).toBe(0)
  })
})

/**
 * The shop without what moto cannot do:
 * - the migration, since moto stops a task without an exit code, and moves it on whenever somebody looks;
 * - the instance's attribute, since moto knows a target by its short id alone, while ECS documents the ARN as well;
 * - the circuit breaker, since moto drops `deploymentConfiguration` of CreateService;
 * - a failing rollout, since moto's services claim to run what an environment variable says.
 */
const onMoto = hasMoto ? describe : describe.skip
onMoto('the shop on moto', () => {
  let here: Checkout
  let url: string
  let instance: string

  beforeAll(async () => {
    url = await motoUrl()
    instance = await newInstance(url)
    const { subnet, securityGroup } = await network(url)
    here = new Checkout(url).copy('examples/shop')
    here.edit('particles/migrate.yml', /[\s\S]*/, 'flavor: quasiparticle\npcf_name: none\nparticles: []\n')
    here.edit('particles/reports.yml', /i-[0-9a-f]+/g, instance)
    here.edit('particles/reports.yml', /aws_resource:\n {2}attributes:\n.*\n/, 'aws_resource: {}\n')
    here.edit('particles/web.yml', ', ecs_task:migrate]', ']')
    here.edit('particles/web.yml', / {2}deploymentConfiguration:[\s\S]*?(?=environments:)/, '')
    here.edit('particles/web.yml', /subnets: .*/, `subnets: [${subnet}]`)
    here.edit('particles/web.yml', /securityGroups: .*/, `securityGroups: [${securityGroup}]`)
  }, 90_000)

  test('plan and apply', () => startShop(here))

  test('the instance, once it has joined', async () => {
    await joinCluster(clientFor(url), 'shop', instance)
    const run = await here.plan()
    expect(run.plan?.steps).toEqual([])
    expect(run.plan?.unchanged).toContainEqual({
      particle: 'ecs_instance:reports',
      state: 'running',
      reason: 'equivalent',
    })
  })

  test('another image', () => updateShop(here))

  test('the end', async () => {
    for (const file of ['cluster.yml', 'web.yml'])
      here.edit(`particles/${file}`, /^(flavor: ecs_.*\npcf_name: .*)$/gm, '$1\ndesired_state: terminated')
    here.edit(
      'particles/reports.yml',
      /(flavor: ecs_instance\npcf_name: .*)\n([\s\S]*)aws_resource: \{\}/,
      '$1\ndesired_state: terminated\n$2aws_resource:\n  custom_config:\n    deregister: true',
    )
    await expectApplied(here)
  })
})

/**
 * The shop without what ministack cannot do:
 * - the migration, since its tasks never end;
 * - the instance, since it knows no container instances.
 */
const onMinistack = hasMinistack ? describe : describe.skip
onMinistack('the shop on ministack', () => {
  let here: Checkout
  const none = 'flavor: quasiparticle\npcf_name: NAME\nparticles: []\n'

  beforeAll(async () => {
    here = new Checkout(await ministackUrl()).copy('examples/shop')
    for (const name of ['migrate', 'reports'])
      here.edit(`particles/${name}.yml`, /[\s\S]*/, none.replace('NAME', `no-${name}`))
    here.edit('particles/web.yml', ', ecs_task:migrate]', ']')
  }, 90_000)

  test('plan and apply', () => startShop(here))

  test('another image', () => updateShop(here))

  test('the end', async () => {
    for (const file of ['cluster.yml', 'web.yml'])
      here.edit(`particles/${file}`, /^(flavor: ecs_.*\npcf_name: .*)$/gm, '$1\ndesired_state: terminated')
    await expectApplied(here)
  })
})
