/** A service through its rollouts: on the simulated ECS, on moto and on ministack. */
import { DescribeServicesCommand, type Service } from '@aws-sdk/client-ecs'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { clientFor } from '../world/aws.ts'
import { bundle } from '../world/bundle.ts'
import { Checkout, type Ended, errorsOf, simulatedEcs } from '../world/checkout.ts'
import { anyNetwork, type Server, servers } from './everyServer.ts'
import { hasMoto, network, startMoto } from './moto.ts'

jest.setTimeout(60_000)

beforeAll(() => {
  bundle()
}, 240_000)

const web = 'particles/web.yml'

const manifest = ({ subnet, securityGroup }: Awaited<ReturnType<Server['network']>>) => `flavor: ecs_cluster
pcf_name: rolling
aws_resource: {clusterName: rolling}
---
flavor: ecs_task_definition
pcf_name: rolling
aws_resource:
  family: rolling
  requiresCompatibilities: [FARGATE]
  networkMode: awsvpc
  cpu: 256
  memory: 512
  containerDefinitions: [{name: web, image: "registry.example/web:1"}]
---
flavor: ecs_service
pcf_name: web
parents: [ecs_cluster:rolling, ecs_task_definition:rolling]
aws_resource:
  serviceName: web
  desiredCount: 2
  launchType: FARGATE
  networkConfiguration:
    awsvpcConfiguration: {subnets: [${subnet}], securityGroups: [${securityGroup}]}
`

async function service({ endpoint }: Checkout): Promise<Service> {
  const { services } = await clientFor(endpoint).send(
    new DescribeServicesCommand({ cluster: 'rolling', services: ['web'] }),
  )
  return services?.[0] ?? {}
}

const primary = ({ deployments }: Service) => deployments?.find(({ status }) => status === 'PRIMARY')

function expectDone(ended: Ended): void {
  expect(errorsOf(ended)).toEqual([])
  expect(ended.report?.result).toBe('succeeded')
  expect(ended.code).toBe(0)
}

const results = ({ report }: Ended) => report?.steps.map(({ particle, result }) => `${particle} ${result}`)

async function expectNothingToDo(here: Checkout): Promise<void> {
  const { plan } = await here.plan()
  expect(plan?.steps).toEqual([])
  expect(plan?.unchanged).toContainEqual({ particle: 'ecs_service:web', state: 'running', reason: 'equivalent' })
}

describe.each(servers)('a service on $name', server => {
  let here: Checkout

  beforeAll(async () => {
    here = await server.start()
    here.write({ [web]: manifest(await server.network()) })
    expectDone(await here.apply())
  }, 90_000)

  test('another image: the new revision runs in full, and there is nothing left to do', async () => {
    const before = await service(here)
    expect(before.taskDefinition).toMatch(/\/rolling:1$/)
    const ended = await here.edit(web, 'web:1', 'web:2').apply()
    expectDone(ended)
    expect(results(ended)).toEqual(['ecs_task_definition:rolling succeeded', 'ecs_service:web succeeded'])
    const after = await service(here)
    expect(after).toMatchObject({ desiredCount: 2, runningCount: 2 })
    expect(after.taskDefinition).toMatch(/rolling:2$/)
    expect(primary(after)?.rolloutState).toBe('COMPLETED')
    await expectNothingToDo(here)
  })

  test('deployed again by hand: another deployment of the same revision', async () => {
    const before = await service(here)
    const ended = await here.apply({ redeploy: 'ecs_service:web' })
    expectDone(ended)
    expect(results(ended)).toEqual(['ecs_service:web succeeded'])
    const after = await service(here)
    expect(after.taskDefinition).toBe(before.taskDefinition)
    expect(primary(after)?.id).not.toBe(primary(before)?.id)
    await expectNothingToDo(here)
  })

  test('another count is no rollout', async () => {
    const before = await service(here)
    expectDone(await here.edit(web, 'desiredCount: 2', 'desiredCount: 3').apply())
    const after = await service(here)
    expect(after).toMatchObject({ desiredCount: 3, runningCount: 3 })
    expect(primary(after)?.id).toBe(primary(before)?.id)
    await expectNothingToDo(here)
  })
})

/** ministack's tasks cannot fail without Docker. moto's service claims to run one task, whatever is desired. */
describe('a rollout that does not get there', () => {
  const stuck = [
    { name: 'the simulator', start: () => halfPlaced(), network: anyNetwork },
    ...(hasMoto ? [{ name: 'moto', start: () => startMoto(1), network }] : []),
  ]

  test.each(stuck)('fails after wait-timeout on $name, with how far it came', async one => {
    const url = await one.start()
    const here = new Checkout(url).write({ [web]: manifest(await one.network(url)) })
    const ended = await here.apply({ 'wait-timeout': '5s' })
    expect(ended.code).toBe(1)
    expect(ended.report?.result).toBe('failed')
    expect(results(ended)).toContain('ecs_service:web failed')
    expect(errorsOf(ended).map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /ecs_service:web was not done after \d+ s \(wait-timeout\): .*1 of 2 tasks running, deployment IN_PROGRESS/,
      ),
    ])
  })
})

async function halfPlaced(): Promise<string> {
  const ecs = await simulatedEcs()
  ecs.behave('*web:*', [{}, { neverPlaced: 'no capacity' }])
  return ecs.url
}
