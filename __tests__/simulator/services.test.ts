import {
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceRequest,
  DeleteServiceCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListServiceDeploymentsCommand,
  ListServicesCommand,
  ListTasksCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
  type Service,
  StopServiceDeploymentCommand,
  StopTaskCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { errorOf, openClient, registered } from '../world/aws.ts'

const register = (client: ECSClient, image: string, memory = 256) =>
  client.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE', 'EC2'],
      cpu: '256',
      memory: String(Math.max(512, memory)),
      containerDefinitions: [{ name: 'app', image, portMappings: [{ containerPort: 80, name: 'http' }] }],
      volumes: [{ name: 'data', configuredAtLaunch: true }],
    }),
  )

const network = { awsvpcConfiguration: { subnets: ['subnet-a', 'subnet-b'] } }

async function fargate(service: Partial<CreateServiceRequest> = {}, image = 'web:1') {
  const { simulator, client } = await openClient()
  await client.send(new CreateClusterCommand({ clusterName: 'main' }))
  await register(client, image)
  const created = await client.send(
    new CreateServiceCommand({
      cluster: 'main',
      serviceName: 'web',
      taskDefinition: 'web',
      desiredCount: 2,
      launchType: 'FARGATE',
      networkConfiguration: network,
      ...service,
    }),
  )
  return { simulator, client, created: created.service as Service }
}

const look = async (client: ECSClient): Promise<Service> => {
  const { services } = await client.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }))
  return services?.[0] as Service
}

const shape = (service: Service) =>
  service.deployments?.map(
    ({ status, rolloutState, desiredCount, runningCount, pendingCount, taskDefinition }) =>
      `${status} ${rolloutState} ${taskDefinition?.split('/')[1]} ${runningCount}+${pendingCount}/${desiredCount}`,
  )

describe('a rolling deployment', () => {
  test('starts tasks, waits until they are healthy and completes', async () => {
    const { simulator, client, created } = await fargate()
    expect(shape(created)).toEqual(['PRIMARY IN_PROGRESS web:1 0+0/2'])
    simulator.advance(2)
    expect(shape(await look(client))).toEqual(['PRIMARY IN_PROGRESS web:1 0+2/2'])
    simulator.advance(14)
    expect(shape(await look(client))).toEqual(['PRIMARY IN_PROGRESS web:1 2+0/2'])
    simulator.advance(10)
    const service = await look(client)
    expect(shape(service)).toEqual(['PRIMARY COMPLETED web:1 2+0/2'])
    expect(service.deployments?.[0]?.id).toMatch(/^ecs-svc\/\d{19}$/)
    expect(service.events?.[0]?.message).toBe('(service web) has reached a steady state.')
  })

  test('keeps the old tasks until the new ones are there', async () => {
    const { simulator, client } = await fargate()
    simulator.advance(60)
    await register(client, 'web:2')
    const { service } = await client.send(
      new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web' }),
    )
    expect(shape(service as Service)).toEqual(['PRIMARY IN_PROGRESS web:2 0+0/2', 'ACTIVE COMPLETED web:1 2+0/2'])
    simulator.advance(15)
    expect(shape(await look(client))).toEqual(['PRIMARY IN_PROGRESS web:2 2+0/2', 'ACTIVE COMPLETED web:1 2+0/2'])
    simulator.advance(60)
    expect(shape(await look(client))).toEqual(['PRIMARY COMPLETED web:2 2+0/2'])
  })

  test('with a maximum of 100 and a minimum of 50 percent it goes half by half', async () => {
    const { simulator, client } = await fargate({
      deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 50 },
    })
    simulator.advance(60)
    await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', forceNewDeployment: true }))
    let most = 0
    let least = 2
    for (let seconds = 0; seconds < 120; seconds++) {
      simulator.advance(1)
      const { tasks } = simulator.region().cluster('main')
      const alive = [...tasks.values()].filter(({ wire }) => wire.desiredStatus === 'RUNNING')
      most = Math.max(most, alive.length)
      least = Math.min(least, alive.filter(({ wire }) => wire.lastStatus === 'RUNNING').length)
    }
    expect({ most, least }).toEqual({ most: 2, least: 1 })
    expect(shape(await look(client))).toEqual(['PRIMARY COMPLETED web:1 2+0/2'])
  })

  test('bakes before it completes', async () => {
    const { simulator, client } = await fargate({ deploymentConfiguration: { bakeTimeInMinutes: 2 } })
    simulator.advance(60)
    expect(shape(await look(client))).toEqual(['PRIMARY IN_PROGRESS web:1 2+0/2'])
    simulator.advance(120)
    expect(shape(await look(client))).toEqual(['PRIMARY COMPLETED web:1 2+0/2'])
  })

  test('changing the number of tasks is no deployment', async () => {
    const { simulator, client } = await fargate()
    simulator.advance(60)
    const before = await look(client)
    await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount: 4 }))
    simulator.advance(60)
    const more = await look(client)
    expect([more.runningCount, more.deployments?.[0]?.id]).toEqual([4, before.deployments?.[0]?.id])
    await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount: 1 }))
    simulator.advance(60)
    expect((await look(client)).runningCount).toBe(1)
  })
})

describe('the circuit breaker', () => {
  const breaker = (rollback: boolean) => ({
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback } },
  })

  test('rolls back to the deployment that completed', async () => {
    const { simulator, client } = await fargate(breaker(true))
    simulator.advance(60)
    const first = (await look(client)).deployments?.[0]?.id
    await register(client, 'web:broken')
    await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web' }))
    simulator.advance(600)
    const service = await look(client)
    expect(shape(service)).toEqual(['PRIMARY COMPLETED web:1 2+0/2'])
    expect(service.deployments?.[0]?.id).toBe(first)
    expect(service.taskDefinition).toMatch(/web:1$/)
    const { serviceDeployments = [] } = await client.send(
      new ListServiceDeploymentsCommand({ cluster: 'main', service: 'web' }),
    )
    expect(serviceDeployments.map(({ status }) => status)).toEqual(['ROLLBACK_SUCCESSFUL', 'SUCCESSFUL'])
    const detail = await client.send(
      new DescribeServiceDeploymentsCommand({
        serviceDeploymentArns: [serviceDeployments[0]?.serviceDeploymentArn ?? ''],
      }),
    )
    expect(detail.serviceDeployments?.[0]).toMatchObject({
      deploymentCircuitBreaker: { status: 'TRIGGERED', threshold: 3 },
      rollback: { reason: expect.stringContaining('circuit breaker') },
    })
  })

  test('shows the failed deployment beside the one it goes back to', async () => {
    const { simulator, client } = await fargate(breaker(true))
    simulator.advance(60)
    await register(client, 'web:broken')
    await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web' }))
    let seen: Service | undefined
    for (let seconds = 0; seconds < 200 && !seen; seconds++) {
      simulator.advance(1)
      const service = await look(client)
      if (service.deployments?.some(({ rolloutState }) => rolloutState === 'FAILED')) seen = service
    }
    expect(seen?.deployments?.map(({ status, rolloutState }) => `${status} ${rolloutState}`)).toEqual([
      'PRIMARY IN_PROGRESS',
      'ACTIVE FAILED',
    ])
    expect(seen?.deployments?.[0]?.rolloutStateReason).toMatch(/rolling back to deploymentId ecs-svc/)
    expect(seen?.deployments?.[1]).toMatchObject({
      failedTasks: 3,
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
    })
  })

  test('without rollback it leaves the failed deployment as PRIMARY and the old tasks running', async () => {
    const { simulator, client } = await fargate(breaker(false))
    simulator.advance(60)
    await register(client, 'web:broken')
    await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web' }))
    simulator.advance(600)
    expect(shape(await look(client))).toEqual(['PRIMARY FAILED web:2 0+0/2', 'ACTIVE COMPLETED web:1 2+0/2'])
    const { serviceDeployments = [] } = await client.send(
      new ListServiceDeploymentsCommand({ cluster: 'main', service: 'web', status: ['STOPPED'] }),
    )
    expect(serviceDeployments).toHaveLength(1)
  })

  test('a service that it has failed can still be scaled to nothing and deleted', async () => {
    const { simulator, client } = await fargate(breaker(false))
    simulator.advance(60)
    await register(client, 'web:broken')
    await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web' }))
    simulator.advance(600)
    await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount: 0 }))
    simulator.advance(60)
    expect(shape(await look(client))).toEqual(['PRIMARY FAILED web:2 0+0/0'])
    await client.send(new DeleteServiceCommand({ cluster: 'main', service: 'web' }))
    simulator.advance(60)
    expect((await look(client)).status).toBe('INACTIVE')
  })

  test('switched off it lets a rollout fail for ever', async () => {
    const { simulator, client } = await fargate({}, 'web:crash')
    simulator.advance(6 * 3600)
    const [deployment] = (await look(client)).deployments ?? []
    expect(deployment?.rolloutState).toBe('IN_PROGRESS')
    expect(deployment?.failedTasks).toBeGreaterThan(50)
  })

  test('is reset by every healthy task, so tasks that die late never trip it', async () => {
    const { simulator, client } = await fargate({}, 'web:1')
    simulator.behave('web:late', { runSeconds: 30, exitCode: 1 })
    simulator.advance(60)
    await register(client, 'web:late')
    await client.send(
      new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web', ...breaker(true) }),
    )
    simulator.advance(3600)
    expect((await look(client)).deployments?.[0]).toMatchObject({
      status: 'PRIMARY',
      taskDefinition: expect.stringMatching(/web:2$/),
    })
  }, 20_000)

  test.each([
    [1, undefined, 3],
    [20, undefined, 10],
    [1000, undefined, 200],
    [20, { type: 'COUNT', value: 2 }, 2],
    [20, { type: 'UNBOUNDED_PERCENT', value: 10 }, 2],
  ] as const)(
    'with %i tasks and %j it trips after %i failures',
    async (desiredCount, thresholdConfiguration, threshold) => {
      const { client } = await fargate({
        desiredCount,
        deploymentConfiguration: {
          deploymentCircuitBreaker: {
            enable: true,
            rollback: false,
            ...(thresholdConfiguration && { thresholdConfiguration }),
          },
        },
      })
      const { currentServiceDeployment } = await look(client)
      const { serviceDeployments } = await client.send(
        new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [currentServiceDeployment ?? ''] }),
      )
      expect(serviceDeployments?.[0]?.deploymentCircuitBreaker?.threshold).toBe(threshold)
    },
  )
})

test('tasks carry the deployment that started them, and stopped ones say why', async () => {
  const { simulator, client } = await fargate({}, 'web:missing')
  simulator.advance(12)
  const [deployment] = (await look(client)).deployments ?? []
  const { taskArns = [] } = await client.send(
    new ListTasksCommand({ cluster: 'main', family: 'web', desiredStatus: 'STOPPED' }),
  )
  const { tasks } = await client.send(new DescribeTasksCommand({ cluster: 'main', tasks: taskArns }))
  expect(tasks?.[0]).toMatchObject({
    startedBy: deployment?.id,
    group: 'service:web',
    stopCode: 'TaskFailedToStart',
    stoppedReason: expect.stringContaining('CannotPullContainerError'),
  })
  expect(tasks?.[0]?.containers?.[0]?.exitCode).toBeUndefined()
})

test('a task that somebody stops is replaced and no failure', async () => {
  const { simulator, client } = await fargate()
  simulator.advance(60)
  const { taskArns = [] } = await client.send(new ListTasksCommand({ cluster: 'main', serviceName: 'web' }))
  await client.send(new StopTaskCommand({ cluster: 'main', task: taskArns[0] ?? '' }))
  simulator.advance(60)
  const service = await look(client)
  expect([service.runningCount, service.deployments?.[0]?.failedTasks]).toEqual([2, 0])
})

test('an unhealthy task is replaced and counts as a failure', async () => {
  const { simulator, client } = await fargate()
  simulator.advance(60)
  await client.send(
    registered('web:unhealthy', {
      containerDefinitions: [{ name: 'app', image: 'web:unhealthy', healthCheck: { command: ['CMD', 'true'] } }],
    }),
  )
  await client.send(
    new UpdateServiceCommand({
      cluster: 'main',
      service: 'web',
      taskDefinition: 'web',
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    }),
  )
  simulator.advance(1800)
  const service = await look(client)
  expect(service.taskDefinition).toMatch(/web:1$/)
  expect(service.events?.some(({ message }) => message?.includes('rolling back to deployment'))).toBe(true)
})

test('a newer deployment takes over one that is under way', async () => {
  const { simulator, client } = await fargate()
  simulator.advance(10)
  await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', forceNewDeployment: true }))
  simulator.advance(120)
  const { serviceDeployments = [] } = await client.send(
    new ListServiceDeploymentsCommand({ cluster: 'main', service: 'web' }),
  )
  expect(serviceDeployments.map(({ status }) => status)).toEqual(['SUCCESSFUL', 'STOPPED'])
  expect(shape(await look(client))).toEqual(['PRIMARY COMPLETED web:1 2+0/2'])
})

test('a rollout can be stopped and goes back', async () => {
  const { simulator, client } = await fargate()
  simulator.advance(60)
  await register(client, 'web:2')
  const { service } = await client.send(
    new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web' }),
  )
  await client.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: service?.currentServiceDeployment ?? '' }))
  simulator.advance(60)
  expect(shape(await look(client))).toEqual(['PRIMARY COMPLETED web:1 2+0/2'])
  const { serviceDeployments = [] } = await client.send(
    new ListServiceDeploymentsCommand({ cluster: 'main', service: 'web' }),
  )
  expect(serviceDeployments[0]?.status).toBe('ROLLBACK_SUCCESSFUL')
})

describe('what UpdateService does with members', () => {
  test.each([
    ['networkConfiguration', { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-c'] } } }, true],
    ['platformVersion', { platformVersion: '1.4.0' }, true],
    ['serviceConnectConfiguration', { serviceConnectConfiguration: { enabled: true, namespace: 'ns' } }, true],
    [
      'the same subnets in another order',
      { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-b', 'subnet-a'] } } },
      false,
    ],
    ['enableExecuteCommand', { enableExecuteCommand: true }, false],
    ['propagateTags', { propagateTags: 'SERVICE' as const }, false],
    ['deploymentConfiguration', { deploymentConfiguration: { maximumPercent: 150 } }, false],
    ['nothing', {}, false],
    ['forceNewDeployment', { forceNewDeployment: true }, true],
  ])('%s', async (_, change, starts) => {
    const { client, created } = await fargate()
    const { service } = await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', ...change }))
    expect(service?.deployments?.[0]?.id === created.deployments?.[0]?.id).toBe(!starts)
  })

  test('what is left out is kept, an empty list takes away', async () => {
    const { client } = await fargate({
      loadBalancers: [{ targetGroupArn: 'arn:tg', containerName: 'app', containerPort: 80 }],
      serviceRegistries: [{ registryArn: 'arn:registry' }],
    })
    const { service } = await client.send(
      new UpdateServiceCommand({ cluster: 'main', service: 'web', loadBalancers: [] }),
    )
    expect([service?.loadBalancers, service?.serviceRegistries]).toEqual([[], [{ registryArn: 'arn:registry' }]])
  })

  test('a change of the capacity provider strategy must be forced', async () => {
    const { simulator, client } = await openClient()
    await client.send(new CreateClusterCommand({ clusterName: 'main', capacityProviders: ['FARGATE', 'FARGATE_SPOT'] }))
    simulator.advance(10)
    await register(client, 'web:1')
    await client.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'web',
        taskDefinition: 'web',
        desiredCount: 3,
        launchType: 'FARGATE',
        networkConfiguration: network,
      }),
    )
    const change = {
      cluster: 'main',
      service: 'web',
      capacityProviderStrategy: [
        { capacityProvider: 'FARGATE', base: 1 },
        { capacityProvider: 'FARGATE_SPOT', weight: 1 },
      ],
    }
    expect((await errorOf(client.send(new UpdateServiceCommand(change)))).message).toMatch(
      /must force a new deployment/,
    )
    const { service } = await client.send(new UpdateServiceCommand({ ...change, forceNewDeployment: true }))
    expect(service?.launchType).toBeUndefined()
    simulator.advance(120)
    const providers = [...simulator.region().cluster('main').tasks.values()]
      .filter(({ wire }) => wire.lastStatus === 'RUNNING')
      .map(({ wire }) => wire.capacityProviderName)
    expect(providers.sort()).toEqual(['FARGATE', 'FARGATE_SPOT', 'FARGATE_SPOT'])
    const back = await client.send(
      new UpdateServiceCommand({
        cluster: 'main',
        service: 'web',
        capacityProviderStrategy: [],
        forceNewDeployment: true,
      }),
    )
    expect(back.service?.launchType).toBe('FARGATE')
  })

  test.each([
    ['CODE_DEPLOY', { taskDefinition: 'web:1' }, /Unable to update task definition/],
    ['CODE_DEPLOY', { networkConfiguration: network }, /Unable to update network configuration/],
    ['CODE_DEPLOY', { desiredCount: 3 }, undefined],
    ['EXTERNAL', { deploymentConfiguration: { maximumPercent: 200 } }, /Unable to update deployment configuration/],
    ['EXTERNAL', { desiredCount: 3 }, undefined],
  ] as const)('the controller %s and %j', async (type, change, refusal) => {
    const { client } = await fargate({
      deploymentController: { type },
      ...(type === 'EXTERNAL' && { taskDefinition: undefined, launchType: undefined, networkConfiguration: undefined }),
    })
    const call = client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', ...change }))
    if (refusal)
      expect(await errorOf(call)).toMatchObject({
        name: 'InvalidParameterException',
        message: expect.stringMatching(refusal),
      })
    else expect((await call).service?.desiredCount).toBe(3)
  })
})

describe('a service that names a part of its task definition that is not there', () => {
  const balanced = (containerName: string, containerPort: number) => ({
    loadBalancers: [{ targetGroupArn: 'arn:tg', containerName, containerPort }],
  })
  const port = (portName: string) => ({
    serviceConnectConfiguration: { enabled: true, namespace: 'ns', services: [{ portName }] },
  })
  const volume = (name: string) => ({
    volumeConfigurations: [{ name, managedEBSVolume: { roleArn: 'arn:role', sizeInGiB: 10 } }],
  })

  test.each([
    [balanced('web', 80), 'The container web does not exist in the task definition.'],
    [balanced('app', 81), 'The container app did not have a container port 81 defined.'],
    [
      { serviceRegistries: [{ registryArn: 'arn:r', containerName: 'web', containerPort: 80 }] },
      'The container web does not exist in the task definition.',
    ],
    [port('grpc'), 'The port name grpc does not exist in the task definition.'],
    [
      volume('other'),
      'Volume configuration provided but no matching configuredAtLaunch volume found in task definition',
    ],
  ])('is refused: %j', async (part, message) => {
    expect(await errorOf(fargate(part))).toMatchObject({ name: 'InvalidParameterException', message })
    const { client } = await fargate()
    const update = client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', ...part }))
    expect(await errorOf(update)).toMatchObject({ message })
  })

  test.each([
    [balanced('app', 80), { loadBalancers: [] }],
    [port('http'), { serviceConnectConfiguration: { enabled: false } }],
    [volume('data'), { volumeConfigurations: [] }],
  ])('keeps %j until it is taken off, so that a new one without that part is refused', async (part, off) => {
    const { client } = await fargate(part)
    await client.send(
      new RegisterTaskDefinitionCommand({
        family: 'bare',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [{ name: 'bare', image: 'bare:1' }],
      }),
    )
    const update = (more: object) =>
      client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'bare', ...more }))
    expect(await errorOf(update({}))).toMatchObject({ name: 'InvalidParameterException' })
    expect((await update(off)).service?.taskDefinition).toMatch(/bare:1$/)
  })
})

test('from CODE_DEPLOY to ECS with a new deployment', async () => {
  const { client, created } = await fargate({ deploymentController: { type: 'CODE_DEPLOY' } })
  const { service } = await client.send(
    new UpdateServiceCommand({ cluster: 'main', service: 'web', deploymentController: { type: 'ECS' } }),
  )
  expect(service?.deploymentController?.type).toBe('ECS')
  expect(service?.deployments?.[0]?.id).not.toBe(created.deployments?.[0]?.id)
})

describe('the blocks of a deployment strategy', () => {
  const canary = { canaryPercent: 20, canaryBakeTimeInMinutes: 2 }
  const linear = { stepPercent: 25, stepBakeTimeInMinutes: 1 }
  const early = { enable: true, healthyPercent: 90, sourceServiceRevisionCleanup: 'BLOCKING' } as const

  test.each([
    [
      { strategy: 'CANARY', linearConfiguration: linear },
      'Linear configuration can only be present with LINEAR deployment strategy',
    ],
    [
      { strategy: 'LINEAR', canaryConfiguration: canary },
      'Canary configuration can only be present with CANARY deployment strategy',
    ],
    [{ linearConfiguration: linear }, 'Linear configuration can only be present with LINEAR deployment strategy'],
    [
      { strategy: 'BLUE_GREEN', earlySuccessCriteria: early },
      'Early success criteria not supported for BLUE_GREEN deployment strategy',
    ],
  ] as const)('%j is refused', async (deploymentConfiguration, message) => {
    expect(await errorOf(fargate({ deploymentConfiguration }))).toMatchObject({ message })
    const { client } = await fargate()
    const update = client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', deploymentConfiguration }))
    expect(await errorOf(update)).toMatchObject({ message })
  })

  test('are gone with their strategy', async () => {
    const { client } = await fargate({ deploymentConfiguration: { strategy: 'CANARY', canaryConfiguration: canary } })
    const deploymentConfiguration = { strategy: 'ROLLING' } as const
    await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', deploymentConfiguration }))
    expect((await look(client)).deploymentConfiguration).not.toHaveProperty('canaryConfiguration')
  })
})

describe('creating a service', () => {
  test.each([
    [{ launchType: undefined, networkConfiguration: undefined }, 'TaskDefinition must be blank'],
    [{ taskDefinition: undefined, launchType: undefined }, 'NetworkConfiguration must be blank'],
  ])('of another controller, EXTERNAL, with %j is refused', async (more, message) => {
    expect(await errorOf(fargate({ deploymentController: { type: 'EXTERNAL' }, ...more }))).toMatchObject({ message })
  })

  const again = {
    cluster: 'main',
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount: 2,
    launchType: 'FARGATE',
    networkConfiguration: network,
  } as const

  test('with the same parameters answers the one that is there', async () => {
    const { client, created } = await fargate()
    const { service } = await client.send(new CreateServiceCommand({ ...again, clientToken: 'another' }))
    expect(service?.deployments?.[0]?.id).toBe(created.deployments?.[0]?.id)
  })

  test('with other parameters is refused', async () => {
    const { client } = await fargate()
    expect(await errorOf(client.send(new CreateServiceCommand({ ...again, desiredCount: 3 })))).toMatchObject({
      name: 'InvalidParameterException',
      message: 'Creation of service was not idempotent.',
    })
  })

  test('while the one before is draining is refused, and works once it is INACTIVE', async () => {
    const { simulator, client } = await fargate()
    simulator.advance(60)
    await client.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }))
    expect((await errorOf(client.send(new CreateServiceCommand(again)))).message).toBe(
      'Unable to Start a service that is still Draining.',
    )
    simulator.advance(60)
    expect((await look(client)).status).toBe('INACTIVE')
    expect((await client.send(new CreateServiceCommand(again))).service?.status).toBe('ACTIVE')
  })

  test.each([
    ['no desired count', { desiredCount: undefined }, /DesiredCount/],
    ['a missing task definition', { taskDefinition: 'nowhere' }, /TaskDefinition not found/],
    ['no network', { networkConfiguration: undefined }, /Network Configuration must be provided/],
    ['launch type and strategy', { capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] }, /is not supported/],
    ['a daemon on Fargate', { schedulingStrategy: 'DAEMON', desiredCount: undefined }, /daemon/],
    ['a daemon with a count', { schedulingStrategy: 'DAEMON' }, /does not support a desired count for services/],
    [
      'a daemon with a placement strategy',
      { schedulingStrategy: 'DAEMON', desiredCount: undefined, placementStrategy: [{ type: 'random' }] },
      /does not support placement strategies\. Remove/,
    ],
    [
      'a daemon of more than 100 percent',
      {
        schedulingStrategy: 'DAEMON',
        desiredCount: undefined,
        deploymentConfiguration: { maximumPercent: 150, minimumHealthyPercent: 50 },
      },
      /does not support values above 100 for maximumPercent/,
    ],
  ] as const)('with %s is refused', async (_, wrong, message) => {
    const { client } = await fargate()
    const input = { ...again, serviceName: 'other', ...wrong } as CreateServiceRequest
    expect((await errorOf(client.send(new CreateServiceCommand(input)))).message).toMatch(message)
  })

  test('of a daemon is refused the default strategy of its cluster', async () => {
    const { client } = await fargate()
    await client.send(
      new PutClusterCapacityProvidersCommand({
        cluster: 'main',
        capacityProviders: ['FARGATE'],
        defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
      }),
    )
    const { launchType: _, desiredCount: __, ...daemon } = again
    const command = new CreateServiceCommand({ ...daemon, serviceName: 'other', schedulingStrategy: 'DAEMON' })
    expect((await errorOf(client.send(command))).message).toBe(
      'Specifying a capacity provider strategy is not supported when you create a service using the DAEMON scheduling strategy.',
    )
  })

  test('fills in what was not said', async () => {
    const { created } = await fargate()
    expect(created).toMatchObject({
      schedulingStrategy: 'REPLICA',
      deploymentController: { type: 'ECS' },
      platformVersion: 'LATEST',
      platformFamily: 'Linux',
      propagateTags: 'NONE',
      availabilityZoneRebalancing: 'ENABLED',
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ['subnet-b', 'subnet-a'], securityGroups: [], assignPublicIp: 'DISABLED' },
      },
      deploymentConfiguration: {
        maximumPercent: 200,
        minimumHealthyPercent: 100,
        strategy: 'ROLLING',
        bakeTimeInMinutes: 0,
        deploymentCircuitBreaker: {
          enable: false,
          rollback: false,
          resetOnHealthyTask: true,
          thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
        },
      },
      placementConstraints: [],
      placementStrategy: [],
      loadBalancers: [],
    })
    expect(created.deployments?.[0]?.platformVersion).toBe('1.4.0')
  })

  test('shows some members only on its deployment, others only on its revision', async () => {
    const { client, created } = await fargate({
      serviceConnectConfiguration: { enabled: true, namespace: 'ns' },
      volumeConfigurations: [{ name: 'data', managedEBSVolume: { roleArn: 'arn:role', sizeInGiB: 10 } }],
      monitoring: {},
    })
    expect(created).not.toHaveProperty('serviceConnectConfiguration')
    expect(created).not.toHaveProperty('monitoring')
    expect(created.deployments?.[0]).toMatchObject({
      serviceConnectConfiguration: { enabled: true, namespace: 'ns' },
      volumeConfigurations: [{ managedEBSVolume: { encrypted: true, filesystemType: 'xfs' } }],
    })
    const { serviceRevisions } = await client.send(
      new DescribeServiceRevisionsCommand({
        serviceRevisionArns: [created.currentServiceRevisions?.[0]?.arn ?? ''],
      }),
    )
    expect(serviceRevisions?.[0]).toHaveProperty('monitoring')
  })

  test('takes the default strategy of its cluster', async () => {
    const { simulator, client } = await openClient()
    await client.send(
      new CreateClusterCommand({
        clusterName: 'main',
        capacityProviders: ['FARGATE'],
        defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
      }),
    )
    simulator.advance(5)
    await register(client, 'web:1')
    const { service } = await client.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'web',
        taskDefinition: 'web',
        desiredCount: 1,
        networkConfiguration: network,
      }),
    )
    expect(service).toMatchObject({
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1, base: 0 }],
      platformVersion: 'LATEST',
    })
    expect(service?.launchType).toBeUndefined()
  })
})

describe('deleting a service', () => {
  test('is refused while it is scaled above 0, and while deployments are active', async () => {
    const { simulator, client } = await fargate()
    simulator.advance(60)
    const remove = () => client.send(new DeleteServiceCommand({ cluster: 'main', service: 'web' }))
    expect((await errorOf(remove())).message).toBe('The service cannot be stopped while it is scaled above 0.')
    await client.send(
      new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount: 0, forceNewDeployment: true }),
    )
    expect((await errorOf(remove())).message).toBe('The service cannot be stopped while deployments are active.')
    simulator.advance(60)
    expect((await remove()).service?.status).toBe('DRAINING')
  })

  test('leaves the lists at once, drains, is INACTIVE and at last forgotten', async () => {
    const { simulator, client } = await fargate()
    simulator.advance(60)
    await client.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }))
    expect((await client.send(new ListServicesCommand({ cluster: 'main' }))).serviceArns).toEqual([])
    expect(await look(client)).toMatchObject({ status: 'DRAINING', desiredCount: 0 })
    simulator.advance(60)
    expect(await look(client)).toMatchObject({ status: 'INACTIVE', runningCount: 0, deployments: [] })
    simulator.advance(3600)
    const { failures } = await client.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }))
    expect(failures).toEqual([{ arn: 'arn:aws:ecs:us-east-1:123456789012:service/main/web', reason: 'MISSING' }])
  })
})

describe('on container instances', () => {
  async function ec2(instances: number, memory = 1024) {
    const { simulator, client } = await openClient()
    await client.send(new CreateClusterCommand({ clusterName: 'main' }))
    const hosts = Array.from({ length: instances }, () =>
      simulator.registerContainerInstance({ cluster: 'main', memory }),
    )
    await client.send(
      new RegisterTaskDefinitionCommand({
        family: 'web',
        containerDefinitions: [{ name: 'app', image: 'web:1', memory: 512 }],
      }),
    )
    const create = (service: Partial<CreateServiceRequest>) =>
      client.send(new CreateServiceCommand({ cluster: 'main', serviceName: 'web', taskDefinition: 'web', ...service }))
    const on = () =>
      hosts.map(
        host =>
          [...simulator.region().cluster('main').tasks.values()].filter(
            ({ instance, wire }) => instance?.arn === host.containerInstanceArn && wire.lastStatus === 'RUNNING',
          ).length,
      )
    const drain = () =>
      client.send(
        new UpdateContainerInstancesStateCommand({
          cluster: 'main',
          containerInstances: [hosts[0]?.containerInstanceArn ?? ''],
          status: 'DRAINING',
        }),
      )
    return { simulator, client, hosts, create, on, drain }
  }

  test('tasks are spread', async () => {
    const { simulator, create, on } = await ec2(2, 2048)
    await create({ desiredCount: 4 })
    simulator.advance(60)
    expect(on()).toEqual([2, 2])
  })

  test('binpack fills one first', async () => {
    const { simulator, create, on } = await ec2(2, 2048)
    await create({ desiredCount: 3, placementStrategy: [{ type: 'binpack', field: 'memory' }] })
    simulator.advance(60)
    expect(on()).toEqual([3, 0])
  })

  test('where there is no room the events say so, and new room is used', async () => {
    const { simulator, client, create, on } = await ec2(1)
    await create({ desiredCount: 3 })
    simulator.advance(60)
    expect(on()).toEqual([2])
    const service = await look(client)
    expect(
      service.events?.some(({ message }) => /was unable to place a task .* insufficient memory/.test(message ?? '')),
    ).toBe(true)
    expect(service.deployments?.[0]?.rolloutState).toBe('IN_PROGRESS')
    simulator.registerContainerInstance({ cluster: 'main' })
    simulator.advance(60)
    expect((await look(client)).deployments?.[0]?.rolloutState).toBe('COMPLETED')
  })

  test('draining an instance replaces service tasks', async () => {
    const { simulator, create, on, drain } = await ec2(2)
    await create({ desiredCount: 2 })
    simulator.advance(60)
    expect(on()).toEqual([1, 1])
    await drain()
    simulator.advance(60)
    expect(on()).toEqual([0, 2])
  })

  test('a daemon runs once on every ACTIVE instance and follows them', async () => {
    const { simulator, client, create, on, drain } = await ec2(2)
    await create({ schedulingStrategy: 'DAEMON' })
    simulator.advance(60)
    expect(on()).toEqual([1, 1])
    expect(await look(client)).toMatchObject({
      desiredCount: 2,
      deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 0 },
    })
    await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', forceNewDeployment: true }))
    simulator.advance(60)
    expect(shape(await look(client))).toEqual(['PRIMARY COMPLETED web:1 2+0/2'])
    await drain()
    simulator.advance(60)
    expect(on()).toEqual([0, 1])
    expect((await errorOf(client.send(new DeleteServiceCommand({ cluster: 'main', service: 'web' })))).message).toMatch(
      /scaled above 0/,
    )
    await client.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }))
    simulator.advance(60)
    expect((await look(client)).status).toBe('INACTIVE')
  })
})
