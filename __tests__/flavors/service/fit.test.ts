import { RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { family, main, network, serviceOf, stated } from '../../world/particles.ts'
import { Shop } from '../../world/shop.ts'

type Data = Readonly<Record<string, unknown>>

const role = 'arn:aws:iam::123456789012:role/infra'
const targetGroup = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/1'
const registryArn = 'arn:aws:servicediscovery:us-east-1:123456789012:service/srv-1'

const container = (name: string, port: number, portName: string, image = 'web:1') => [
  { name, image, portMappings: [{ containerPort: port, name: portName }] },
]

const before = {
  requiresCompatibilities: ['FARGATE', 'EC2'],
  containerDefinitions: container('web', 80, 'http'),
  volumes: [{ name: 'data', configuredAtLaunch: true }],
}

const web = (definition: Data, service: Data = {}, options: Data = {}) =>
  stated(main, family('web', 'web:1', { ...before, ...definition }), serviceOf('web', service, { options }))

const kept = {
  loadBalancers: [{ targetGroupArn: targetGroup, containerName: 'web', containerPort: 80 }],
  serviceRegistries: [{ registryArn, containerName: 'web', containerPort: 80 }],
  serviceConnectConfiguration: { enabled: true, namespace: 'shop', services: [{ portName: 'http' }] },
  vpcLatticeConfigurations: [{ roleArn: role, targetGroupArn: targetGroup, portName: 'http' }],
  volumeConfigurations: [{ name: 'data', managedEBSVolume: { roleArn: role, sizeInGiB: 20 } }],
}

const renamed = { containerDefinitions: container('app', 80, 'http') }
const moved = { containerDefinitions: container('web', 81, 'http') }
const unnamed = { containerDefinitions: container('web', 80, 'grpc') }
const called = 'ecs_task_definition:web \\(shop.yml:1\\)'

describe('what a service keeps must fit the task definition that it goes to', () => {
  test.each<[string, keyof typeof kept, Data, string, Data]>([
    [
      'container of a load balancer',
      'loadBalancers',
      renamed,
      `a load balancer for container web, port 80, .* ${called} has no such container; .* loadBalancers: \\[\\] to`,
      { loadBalancers: [] },
    ],
    [
      'port of a load balancer',
      'loadBalancers',
      moved,
      `port 80, .* ${called} maps no such port; .* loadBalancers: \\[\\]`,
      { loadBalancers: [{ ...kept.loadBalancers[0], containerPort: 81 }] },
    ],
    [
      'container of a registry',
      'serviceRegistries',
      renamed,
      `a registry for container web, .* has no such container; .* serviceRegistries: \\[\\]`,
      { serviceRegistries: [] },
    ],
    [
      'port of a registry',
      'serviceRegistries',
      moved,
      `a registry for container web, port 80, .* maps no such port`,
      { serviceRegistries: [] },
    ],
    [
      'port name of Service Connect',
      'serviceConnectConfiguration',
      unnamed,
      `a Service Connect service of port http, .* has no port mapping of that name; .* enabled: false`,
      { serviceConnectConfiguration: { enabled: false } },
    ],
    [
      'port name of VPC Lattice',
      'vpcLatticeConfigurations',
      unnamed,
      `a VPC Lattice target of port http, .* vpcLatticeConfigurations: \\[\\]`,
      { vpcLatticeConfigurations: [] },
    ],
    [
      'volume',
      'volumeConfigurations',
      { volumes: undefined },
      `a configuration of volume data, .* has no such volume that is configured at launch; .* volumeConfigurations: \\[\\]`,
      { volumeConfigurations: [] },
    ],
    [
      'volume that is configured in the definition now',
      'volumeConfigurations',
      { volumes: [{ name: 'data' }] },
      'a configuration of volume data',
      { volumeConfigurations: [] },
    ],
  ])('%s', async (_name, member, change, sentence, wayOut) => {
    const shop = await Shop.running(web({}, { [member]: kept[member] }))
    const calls = shop.simulator.calls.length
    await expect(shop.apply(web(change))).rejects.toThrow(new RegExp(`ecs_service:web keeps .*${sentence}`))
    expect(shop.modifying(calls)).toEqual([])
    expect((await shop.apply(web(change, wayOut))).report.result).toBe('succeeded')
    expect((await shop.plan(web(change, wayOut))).plan.steps).toEqual([])
  })

  test('the launch type that stays', async () => {
    const shop = await Shop.running(web({}))
    const ec2 = { requiresCompatibilities: ['EC2'] }
    await expect(shop.plan(web(ec2, { launchType: undefined }))).rejects.toThrow(
      /keeps its launch on FARGATE, .* is for EC2 alone; state a launchType or capacityProviderStrategy that goes with it/,
    )
  })

  test('what still fits is no problem', async () => {
    const shop = await Shop.running(web({}, kept))
    const image = { containerDefinitions: [{ ...before.containerDefinitions[0], image: 'web:2' }] }
    expect((await shop.apply(web(image))).report.result).toBe('succeeded')
  })

  test('a revision that somebody else registered', async () => {
    const shop = await Shop.running(web({}, { loadBalancers: kept.loadBalancers }))
    await shop.somebody().send(
      new RegisterTaskDefinitionCommand({
        family: 'other',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [{ name: 'other', image: 'other:1' }],
      }),
    )
    const elsewhere = stated(
      main,
      serviceOf('web', { taskDefinition: 'other:1' }, { top: { parents: ['ecs_cluster:main'] } }),
    )
    await expect(shop.plan(elsewhere)).rejects.toThrow(/and other:1 has no such container/)
  })
})

describe('a network configuration that stays when the network mode leaves awsvpc', () => {
  const onInstances = { requiresCompatibilities: ['EC2'] }
  const awsvpc = web(onInstances, { launchType: 'EC2', desiredCount: 0 })
  const bridge = (options: Data = {}) =>
    web(
      { ...onInstances, networkMode: 'bridge' },
      { launchType: 'EC2', desiredCount: 0, networkConfiguration: undefined },
      options,
    )

  test('cannot be taken off in place, and the plan names the way out', async () => {
    const shop = await Shop.running(awsvpc)
    const calls = shop.simulator.calls.length
    await expect(shop.apply(bridge())).rejects.toThrow(
      /ecs_service:web keeps a networkConfiguration that no update takes off, .* has networkMode bridge; keep awsvpc, or set custom_config.allow_replace: true/,
    )
    expect(shop.modifying(calls)).toEqual([])
  })

  test('is gone once the service is made anew', async () => {
    const shop = await Shop.running(awsvpc)
    const { plan, report } = await shop.apply(bridge({ allow_replace: true }))
    expect(plan.steps.at(-1)).toMatchObject({ particle: 'ecs_service:web', transition: 'replace' })
    expect(plan.steps.at(-1)?.changes).toContainEqual({
      path: 'networkConfiguration.awsvpcConfiguration.subnets',
      before: network.awsvpcConfiguration.subnets,
    })
    expect(report.result).toBe('succeeded')
    expect((await shop.plan(bridge({ allow_replace: true }))).plan.steps).toEqual([])
  })
})

test('an inherited part of the next definition is left to ECS', async () => {
  const inheriting = (image: string) =>
    stated(
      main,
      family('web', 'web:1', { ...before, containerDefinitions: container('web', 80, 'http', image) }),
      {
        ...family('api', 'api:1', { containerDefinitions: '$inherit$ecs_task_definition:web$containerDefinitions' }),
        parents: ['ecs_task_definition:web'],
      },
      serviceOf('api'),
    )
  const shop = await Shop.running(inheriting('web:1'))
  expect((await shop.plan(inheriting('web:2'))).step('ecs_service:api').transition).toBe('update')
})
