import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CapacityProvider, Tag } from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { capacityProvider } from './capacityProvider/index.ts'

// The registry with one line more. Nothing else of src is told.
const registry = '../../src/flavors/index.ts'
const { flavors } = await import(registry)
jest.unstable_mockModule(registry, () => ({ flavors: { ...flavors, ecs_capacity_provider: capacityProvider } }))
const { flavors: all } = await import(registry)
const { policies } = await import('../../script/generate-iam.ts')
const { generateSchema } = await import('../../script/generate-schema.ts')
const { Ecs } = await import('../../src/ecs/client.ts')
const { applyPlan: apply } = await import('../../src/engine/apply.ts')
const { graphOf } = await import('../../src/engine/graph.ts')
const { Journal } = await import('../../src/engine/journal.ts')
const { makePlan } = await import('../../src/engine/plan.ts')
const { load } = await import('../../src/manifest/load.ts')
const { renderPlan } = await import('../../src/render/plan.ts')

/** Capacity providers of one account, by name. */
const providers = new Map<string, CapacityProvider>()

const answers: Readonly<Record<string, (input: never) => object>> = {
  DescribeClusters: () => ({
    clusters: [],
    failures: [{ arn: 'arn:aws:ecs:us-east-1:123456789012:cluster/default', reason: 'MISSING' }],
  }),
  DescribeCapacityProviders: ({
    capacityProviders: [name = ''],
  }: {
    readonly capacityProviders: readonly string[]
  }) => ({
    capacityProviders: [providers.get(name)].filter(Boolean),
  }),
  CreateCapacityProvider({ name, tags }: { readonly name: string; readonly tags: Tag[] }) {
    const capacityProviderArn = `arn:aws:ecs:us-east-1:123456789012:capacity-provider/${name}`
    providers.set(name, { capacityProviderArn, name, tags, status: 'ACTIVE' })
    return { capacityProvider: providers.get(name) }
  },
  DeleteCapacityProvider({ capacityProvider: name }: { readonly capacityProvider: string }) {
    providers.delete(name)
    return {}
  },
  TagResource({ resourceArn, tags }: { readonly resourceArn: string; readonly tags: Tag[] }) {
    const name = resourceArn.slice(resourceArn.indexOf('/') + 1)
    providers.set(name, { ...providers.get(name), tags })
    return {}
  },
}

const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? ''
  response.setHeader('content-type', 'application/x-amz-json-1.1')
  response.end(JSON.stringify(answers[operation]?.(JSON.parse(body) as never) ?? {}))
})

beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  process.env.AWS_ENDPOINT_URL_ECS = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  process.env.AWS_ACCESS_KEY_ID = 'test'
  process.env.AWS_SECRET_ACCESS_KEY = 'test'
})

afterAll(() => new Promise(resolve => server.close(resolve)))

let now = 0
const clock = {
  now: () => now,
  sleep: async (milliseconds: number) => {
    now += milliseconds
  },
}

const manifest = ({ team = 'web', state = 'running' } = {}) => `
flavor: ecs_capacity_provider
pcf_name: burst
desired_state: ${state}
aws_resource:
  capacityProviderName: burst
  tags: [{key: team, value: ${team}}]
`

const loaded = (text: string) =>
  load([{ file: 'burst.yml', text }], {
    environment: 'production',
    variables: new Map(),
    region: 'us-east-1',
    vocabularies: all,
  })

async function planOf(text: string) {
  const { particles, problems } = loaded(text)
  expect(problems).toEqual([])
  const ecs = new Ecs('us-east-1', { clock, maxConcurrency: 10 })
  const context = {
    flavors: all,
    ecs: () => ecs,
    clock,
    environment: 'production',
    requested: new Set<never>(),
    sensitivity: { releaseVariables: new Set<never>(), secretVariables: new Set<never>(), revealed: () => true },
  }
  const graph = graphOf(particles)
  const planned = await makePlan(graph, context, { region: 'us-east-1', maxTerminations: { percent: 100 } })
  return { planned, graph, context }
}

async function applied(text: string) {
  const { planned, graph, context } = await planOf(text)
  const journal = new Journal('production', clock, () => {})
  const log = { say: () => {}, close: () => {} }
  const signal = new AbortController().signal
  return apply(planned, graph, context, journal, { waitTimeout: 60_000, onFailure: 'stop', signal, log })
}

async function comment(text: string): Promise<string> {
  const context = {
    environment: 'production',
    head: '',
    runId: 1,
    attempt: 1,
    limit: 65_536,
    merges: true,
    reviewed: true,
  }
  return renderPlan((await planOf(text)).planned.plan, context).text
}

describe('a flavor of its own folder and one line of the registry', () => {
  test('is read from manifests, checked by the model and by its own words', () => {
    expect(loaded(manifest()).particles.map(({ id, definition }) => [id, definition])).toEqual([
      ['ecs_capacity_provider:burst', { name: 'burst', tags: [{ key: 'team', value: 'web' }] }],
    ])
    const [problem] = loaded(`${manifest()}  managedInstancesProvider: {}\n`).problems
    expect(problem?.message).toContain('only auto scaling groups are supported')
  })

  test('stands in the JSON schema of manifests', () => {
    const { $defs } = generateSchema() as { readonly $defs: Readonly<Record<string, object>> }
    expect($defs.ecs_capacity_provider).toMatchObject({ description: 'A capacity provider.' })
    expect($defs['ecs_capacity_provider.resource']).toMatchObject({
      properties: { tags: {}, capacityProviderName: { description: 'PCF’s name for name.' } },
    })
  })

  test('stands in the IAM policies', () => {
    const { 'plan-policy.json': reading, 'apply-policy.json': writing } = policies()
    expect(JSON.stringify(reading)).toContain('ecs:DescribeCapacityProviders')
    expect(JSON.stringify(reading)).not.toContain('ecs:CreateCapacityProvider')
    expect(JSON.stringify(writing)).toContain('ecs:CreateCapacityProvider')
  })

  test('is planned, shown and applied', async () => {
    expect((await planOf(manifest())).planned.plan.steps).toMatchObject([
      { particle: 'ecs_capacity_provider:burst', transition: 'start', from: 'terminated' },
    ])
    expect(await comment(manifest())).toContain('is set up')
    expect((await applied(manifest())).result).toBe('succeeded')
    expect((await planOf(manifest())).planned.plan.steps).toEqual([])

    const other = manifest({ team: 'data' })
    expect((await planOf(other)).planned.plan.steps).toMatchObject([
      { transition: 'update', changes: [{ path: 'tags[team].value', before: 'web', after: 'data' }] },
    ])
    expect((await applied(other)).result).toBe('succeeded')
    expect(providers.get('burst')?.tags).toEqual([{ key: 'team', value: 'data' }])

    const going = manifest({ state: 'terminated' })
    expect(await comment(going)).toContain('is taken down')
    expect((await applied(going)).result).toBe('succeeded')
    expect(providers.size).toBe(0)
  })
})
