import {
  CreateClusterCommand,
  CreateClusterRequest$,
  DeleteClusterCommand,
  DescribeClustersCommand,
  TagResourceCommand,
} from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { family, network, particle, serviceOf, stated } from '../world/particles.ts'
import { Shop } from '../world/shop.ts'

const cluster = (definition: object = {}, around = {}) =>
  stated(particle('ecs_cluster', 'main', { clusterName: 'main', ...definition }, around))

async function described(shop: Shop) {
  const { clusters } = await shop
    .somebody()
    .send(new DescribeClustersCommand({ clusters: ['main'], include: ['TAGS', 'SETTINGS', 'CONFIGURATIONS'] }))
  return clusters?.[0]
}

const full = {
  clusterName: 'main',
  tags: [{ key: 'team', value: 'shop' }],
  settings: [{ name: 'containerInsights', value: 'enhanced' }],
  configuration: {
    executeCommandConfiguration: {
      kmsKeyId: 'key',
      logging: 'OVERRIDE',
      logConfiguration: {
        cloudWatchLogGroupName: 'exec',
        cloudWatchEncryptionEnabled: true,
        s3BucketName: 'bucket',
        s3EncryptionEnabled: true,
        s3KeyPrefix: 'exec/',
      },
    },
    managedStorageConfiguration: { kmsKeyId: 'key', fargateEphemeralStorageKmsKeyId: 'other' },
  },
  capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
  defaultCapacityProviderStrategy: [
    { capacityProvider: 'FARGATE', base: 1, weight: 1 },
    { capacityProvider: 'FARGATE_SPOT', weight: 4 },
  ],
  serviceConnectDefaults: { namespace: 'shop' },
}

const wholeUpdate = {
  settings: [{ name: 'containerInsights', value: 'disabled' }],
  configuration: {
    ...full.configuration,
    executeCommandConfiguration: { ...full.configuration.executeCommandConfiguration, kmsKeyId: 'next' },
  },
}

describe('a cluster', () => {
  test('with every member is made, and then there is nothing left to do', async () => {
    expect(Object.keys(full).sort()).toEqual([...CreateClusterRequest$[4]].sort())
    const shop = await Shop.open()
    const { report, done } = await shop.apply(stated(particle('ecs_cluster', 'main', full)))
    expect(report.result).toBe('succeeded')
    expect(done('ecs_cluster:main').because).toBe('the cluster is ACTIVE')
    expect(shop.sent('CreateCluster')).toEqual([full])
    expect((await shop.plan(stated(particle('ecs_cluster', 'main', full)))).plan.steps).toEqual([])
  })

  const put = {
    capacityProviders: full.capacityProviders,
    defaultCapacityProviderStrategy: expect.arrayContaining(
      full.defaultCapacityProviderStrategy.map(item => expect.objectContaining(item)),
    ),
  }
  test.each<[string, object, string, object]>([
    ['settings', { settings: wholeUpdate.settings }, 'UpdateCluster', { settings: wholeUpdate.settings }],
    [
      'settings to none',
      { settings: [] },
      'UpdateCluster',
      // Left out, ECS would keep it.
      { settings: [{ name: 'containerInsights', value: 'disabled' }] },
    ],
    [
      'a part of configuration',
      { configuration: { executeCommandConfiguration: { kmsKeyId: 'next' } } },
      'UpdateCluster',
      { configuration: wholeUpdate.configuration },
    ],
    [
      'serviceConnectDefaults',
      { serviceConnectDefaults: { namespace: 'store' } },
      'UpdateCluster',
      { serviceConnectDefaults: { namespace: 'store' } },
    ],
    [
      'serviceConnectDefaults to none',
      { serviceConnectDefaults: { namespace: '' } },
      'UpdateCluster',
      { serviceConnectDefaults: { namespace: '' } },
    ],
    [
      'capacityProviders, the strategy is said again',
      { capacityProviders: ['FARGATE', 'FARGATE_SPOT', 'own'] },
      'PutClusterCapacityProviders',
      { ...put, capacityProviders: ['FARGATE', 'FARGATE_SPOT', 'own'] },
    ],
    [
      'defaultCapacityProviderStrategy, the providers are said again',
      { defaultCapacityProviderStrategy: [] },
      'PutClusterCapacityProviders',
      { capacityProviders: expect.arrayContaining(full.capacityProviders), defaultCapacityProviderStrategy: [] },
    ],
  ])('changes %s with one call', async (_name, change, operation, told) => {
    const shop = await Shop.open()
    shop.simulator.registerCapacityProvider('own')
    await shop.apply(stated(particle('ecs_cluster', 'main', full)))
    const calls = shop.simulator.calls.length
    const { report } = await shop.apply(cluster(change))
    expect(report.steps).toMatchObject([{ result: 'succeeded' }])
    expect(shop.modifying(calls)).toEqual([operation])
    expect(shop.sent(operation, calls)).toEqual([{ cluster: 'main', ...told }])
    expect((await shop.plan(cluster(change))).plan.steps).toEqual([])
  })

  test('says nothing of what it does not state', async () => {
    const shop = await Shop.open()
    await shop.apply(stated(particle('ecs_cluster', 'main', full)))
    expect((await shop.plan(cluster())).plan.steps).toEqual([])
  })

  test('owns its tags but the reserved ones', async () => {
    const shop = await Shop.open()
    await shop.apply(cluster({ tags: [{ key: 'old', value: '1' }] }))
    const { clusterArn } = (await described(shop)) ?? {}
    await shop
      .somebody()
      .send(new TagResourceCommand({ resourceArn: clusterArn, tags: [{ key: 'ecs-particles:x', value: '1' }] }))
    const next = cluster({ tags: [{ key: 'new', value: '2' }] })
    expect((await shop.apply(next)).report.result).toBe('succeeded')
    expect((await described(shop))?.tags).toEqual(
      expect.arrayContaining([
        { key: 'ecs-particles:x', value: '1' },
        { key: 'new', value: '2' },
      ]),
    )
    expect((await described(shop))?.tags).toHaveLength(2)
    expect((await shop.plan(next)).plan.steps).toEqual([])
    expect((await shop.apply(cluster({ tags: [] }))).report.result).toBe('succeeded')
    expect((await described(shop))?.tags).toEqual([{ key: 'ecs-particles:x', value: '1' }])
  })

  test('that is the first of its account waits for the role that ECS makes', async () => {
    const shop = await Shop.open()
    const message = 'Unable to assume the service linked role. Please verify that the ECS service linked role exists.'
    const fault = { kind: 'error', name: 'InvalidParameterException', message } as const
    shop.simulator.inject({ operation: 'CreateCluster', times: 3, fault })
    const { report, log } = await shop.apply(cluster())
    expect(report.result).toBe('succeeded')
    expect(log).toContain(`ecs_cluster:main: ECS does not see its service linked role yet: ${message}`)
  })

  test('is not left to CreateCluster when it is there already: it is updated', async () => {
    const shop = await Shop.open()
    await shop.somebody().send(new CreateClusterCommand({ clusterName: 'main' }))
    const calls = shop.simulator.calls.length
    const { plan, report } = await shop.apply(cluster({ settings: full.settings }))
    expect(plan.steps).toMatchObject([{ transition: 'update' }])
    expect(report.result).toBe('succeeded')
    expect(shop.modifying(calls)).toEqual(['UpdateCluster'])
  })

  test('that somebody makes between plan and apply is not taken for ours', async () => {
    const shop = await Shop.open()
    const made = shop.apply(cluster({ settings: full.settings }), {
      onSay: (_id, sentence) => {
        if (sentence !== 'is created') return
        shop.simulator.handle('us-east-1', 'CreateCluster', { clusterName: 'main' })
      },
    })
    const { done } = await made
    expect(done('ecs_cluster:main').result).toBe('failed')
    expect(done('ecs_cluster:main').error?.message).toMatch(
      /^ecs_cluster:main is not equivalent to what is declared: settings/,
    )
  })

  test('that is INACTIVE is made anew', async () => {
    const shop = await Shop.open()
    await shop.apply(cluster())
    await shop.somebody().send(new DeleteClusterCommand({ cluster: 'main' }))
    const { plan, report } = await shop.apply(cluster())
    expect(plan.steps).toMatchObject([{ transition: 'start', from: 'terminated' }])
    expect(report.result).toBe('succeeded')
  })

  test('that FAILED fails every apply', async () => {
    const shop = await Shop.open()
    await shop.apply(cluster())
    Object.assign(shop.simulator.region().clusters.get('main') ?? {}, { status: 'FAILED' })
    const { plan, report } = await shop.apply(cluster())
    expect(plan.unchanged).toMatchObject([{ reason: 'failed', why: expect.stringMatching(/FAILED; delete it/) }])
    expect(report.result).toBe('failed')
  })

  test('whose update is refused for the moment is updated a moment later', async () => {
    const shop = await Shop.open()
    shop.simulator.registerCapacityProvider('own')
    await shop.apply(cluster({ capacityProviders: ['FARGATE'] }))
    await shop.apply(cluster({ capacityProviders: ['FARGATE', 'own'] }), { waitTimeout: 1 })
    const next = cluster({ capacityProviders: ['own'] })
    const { report, log } = await shop.apply(next)
    expect(report.result).toBe('succeeded')
    expect(log).toContainEqual(expect.stringMatching(/waiting for the cluster: .*busy state/))
    expect((await described(shop))?.capacityProviders).toEqual(['own'])
  })

  test.each([
    ['a setting', { settings: full.settings }],
    ['its providers', { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] }],
  ])('that is PROVISIONING still gets %s once it is ACTIVE', async (_name, change) => {
    const shop = await Shop.open()
    shop.simulator.handle('us-east-1', 'CreateCluster', { clusterName: 'main', capacityProviders: ['FARGATE'] })
    const { plan, report, log } = await shop.apply(cluster(change))
    expect(plan.steps).toMatchObject([{ transition: 'update', from: 'pending' }])
    expect(log).toContain('ecs_cluster:main: waiting for the cluster: Cluster was not ACTIVE.')
    expect(report.result).toBe('succeeded')
    expect((await shop.plan(cluster(change))).plan.steps).toEqual([])
  })

  test('waits until capacity providers are attached', async () => {
    const shop = await Shop.open()
    await shop.apply(cluster())
    const next = cluster({ capacityProviders: ['FARGATE'] })
    const cut = await shop.apply(next, { waitTimeout: 1 })
    expect(cut.done('ecs_cluster:main').error?.message).toMatch(/its capacity providers are being changed/)
    const { plan, report } = await shop.apply(next)
    expect(plan.steps).toMatchObject([{ transition: 'wait', why: 'its capacity providers are being changed' }])
    expect(report.result).toBe('succeeded')
    expect((await shop.plan(next)).plan.steps).toEqual([])
  })

  test('whose capacity providers could not be attached fails until they are changed, if they are its own', async () => {
    const shop = await Shop.open()
    shop.simulator.registerCapacityProvider('own')
    await shop.apply(cluster({ capacityProviders: ['own'] }))
    Object.assign(shop.simulator.region().clusters.get('main') ?? {}, { attachmentsStatus: 'UPDATE_FAILED' })
    const again = await shop.apply(cluster({ capacityProviders: ['own'] }))
    expect(again.report.result).toBe('failed')
    expect(again.report.error?.message).toMatch(/^ecs_cluster:main: ECS could not change its capacity providers/)
    expect((await shop.apply(cluster())).report.result).toBe('succeeded')
    expect((await shop.apply(cluster({ capacityProviders: ['FARGATE'] }))).report.result).toBe('succeeded')
  })

  test('whose description still shows the failure before its providers were put anew is described again', async () => {
    const shop = await Shop.running(cluster({ capacityProviders: ['FARGATE'] }))
    const live = () => shop.simulator.region().clusters.get('main') ?? {}
    Object.assign(live(), { attachmentsStatus: 'UPDATE_FAILED' })
    const both = cluster({ capacityProviders: ['FARGATE', 'FARGATE_SPOT'] })
    let isStale = true
    const { done } = await shop.apply(both, {
      onSay: (_id, sentence) => {
        if (sentence.includes('its capacity providers are being changed') && isStale) {
          isStale = false
          Object.assign(live(), { attachmentsStatus: 'UPDATE_FAILED' })
        } else if (sentence.includes('UPDATE_FAILED')) Object.assign(live(), { attachmentsStatus: 'UPDATE_COMPLETE' })
      },
    })
    expect(isStale).toBe(false)
    expect(done('ecs_cluster:main').error).toBeUndefined()
    expect((await shop.plan(both)).plan.steps).toEqual([])
  })

  test.each([
    ['providers', { capacityProviders: ['arn:aws:ecs:us-east-1:123456789012:capacity-provider/own'] }],
    [
      'a strategy',
      {
        capacityProviders: ['own'],
        defaultCapacityProviderStrategy: [
          { capacityProvider: 'arn:aws:ecs:us-east-1:123456789012:capacity-provider/own', weight: 1 },
        ],
      },
    ],
  ])('that states %s by ARN, which ECS answers by name, has nothing left to do', async (_name, definition) => {
    const shop = await Shop.open()
    shop.simulator.registerCapacityProvider('own')
    const named = {
      capacityProviders: ['own'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'own', weight: 1 }],
    }
    await shop.apply(cluster(named))
    expect((await shop.plan(cluster(definition))).plan.steps).toEqual([])
  })

  test('whose strategy would name a provider that goes is refused in the plan', async () => {
    const shop = await Shop.open()
    await shop.apply(stated(particle('ecs_cluster', 'main', full)))
    await expect(shop.plan(cluster({ capacityProviders: ['FARGATE'] }))).rejects.toThrow(
      'ecs_cluster:main: FARGATE_SPOT is in its default strategy and would not be among its capacityProviders; state aws_resource.defaultCapacityProviderStrategy without it',
    )
    const both = {
      capacityProviders: ['FARGATE'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
    }
    expect((await shop.apply(cluster(both))).report.result).toBe('succeeded')
  })

  describe('with a provider that only its own API associates', () => {
    const providers = ['FARGATE', 'FARGATE_SPOT']
    const spot = (weight: number) => [{ capacityProvider: 'FARGATE_SPOT', weight }]

    async function open(): Promise<Shop> {
      const shop = await Shop.running(
        cluster({ capacityProviders: providers, defaultCapacityProviderStrategy: spot(1) }),
      )
      shop.simulator.registerCapacityProvider('managed', undefined, 'main')
      return shop
    }

    test.each([
      ['left out', providers],
      ['stated', [...providers, 'managed']],
    ])('%s, it is no difference', async (_name, capacityProviders) => {
      const shop = await open()
      expect((await shop.plan(cluster({ capacityProviders }))).plan.steps).toEqual([])
    })

    test.each([
      ['left out', { capacityProviders: providers }],
      ['stated', { capacityProviders: [...providers, 'managed'] }],
      ['left to AWS', {}],
    ])('%s, it is never sent, and the default strategy can change', async (_name, stated) => {
      const shop = await open()
      const calls = shop.simulator.calls.length
      const manifest = cluster({ ...stated, defaultCapacityProviderStrategy: spot(2) })
      expect((await shop.apply(manifest)).report.result).toBe('succeeded')
      expect(shop.sent('PutClusterCapacityProviders', calls)).toEqual([
        {
          cluster: 'main',
          capacityProviders: expect.arrayContaining(providers),
          defaultCapacityProviderStrategy: spot(2),
        },
      ])
      expect(shop.sent('PutClusterCapacityProviders', calls)[0]?.capacityProviders).toHaveLength(2)
      expect((await shop.plan(manifest)).plan.steps).toEqual([])
    })

    test('it may be in the default strategy', async () => {
      const shop = await open()
      const defaultCapacityProviderStrategy = [{ capacityProvider: 'managed', weight: 1 }]
      expect((await shop.apply(cluster({ defaultCapacityProviderStrategy }))).report.result).toBe('succeeded')
      expect((await described(shop))?.capacityProviders).toContain('managed')
    })

    test('and without the right to ask which one that is, a change says so', async () => {
      const shop = await open()
      shop.simulator.deny(['DescribeCapacityProviders'])
      const { plan } = await shop.plan(cluster({ capacityProviders: ['FARGATE_SPOT'] }))
      expect(plan.steps).toMatchObject([{ transition: 'update' }])
      expect(plan.warnings).toEqual([
        'ecs_cluster:main: which of its capacity providers only their own API associates is not known; allow the action ecs:DescribeCapacityProviders in the policy of the role that this workflow assumes',
      ])
    })
  })

  const inherited = '$inherit$ecs_cluster:other$'
  test.each<[string, Record<string, unknown>]>([
    ['providers', { capacityProviders: `${inherited}capacityProviders` }],
    ['one provider', { capacityProviders: [`${inherited}capacityProviders.0`] }],
    ['a strategy', { defaultCapacityProviderStrategy: `${inherited}defaultCapacityProviderStrategy` }],
    [
      'a part of a strategy',
      {
        capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
        defaultCapacityProviderStrategy: [{ capacityProvider: `${inherited}capacityProviders.0`, weight: 1 }],
      },
    ],
  ])('%s of a cluster that is yet to come are known after apply', async (_name, definition) => {
    const shop = await Shop.running(cluster({ capacityProviders: ['FARGATE_SPOT'] }))
    const manifest = stated(
      particle('ecs_cluster', 'other', {
        clusterName: 'other',
        capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
        defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
      }),
      particle(
        'ecs_cluster',
        'main',
        { clusterName: 'main', ...definition },
        { top: { parents: ['ecs_cluster:other'] } },
      ),
    )
    const { step } = await shop.plan(manifest)
    expect(JSON.stringify(step('ecs_cluster:main').changes)).toContain('{"unknown":"ecs_cluster:other"}')
    const { done } = await shop.apply(manifest)
    expect(done('ecs_cluster:main').error).toBeUndefined()
    expect((await shop.plan(manifest)).plan.steps).toEqual([])
  })

  test('a provider of an Auto Scaling group that is stated no more is taken away', async () => {
    const shop = await Shop.open()
    shop.simulator.registerCapacityProvider('own')
    await shop.apply(cluster({ capacityProviders: ['FARGATE', 'own'] }))
    expect((await shop.apply(cluster({ capacityProviders: ['FARGATE'] }))).report.result).toBe('succeeded')
    expect((await described(shop))?.capacityProviders).toEqual(['FARGATE'])
  })

  test('a provider that a service leaves in the same change is in use still, and the failure says how it can go', async () => {
    const shopOf = (capacityProviders: string[], capacityProvider: string) =>
      stated(
        ...JSON.parse(cluster({ capacityProviders })),
        family('web', 'web:1'),
        serviceOf('web', { launchType: undefined, capacityProviderStrategy: [{ capacityProvider, weight: 1 }] }),
      )
    const shop = await Shop.running(shopOf(['FARGATE', 'FARGATE_SPOT'], 'FARGATE_SPOT'))
    const { done } = await shop.apply(shopOf(['FARGATE'], 'FARGATE'))
    expect(done('ecs_cluster:main').error).toMatchObject({
      code: 'ResourceInUseException',
      message:
        'ecs_cluster:main failed: ecs:PutClusterCapacityProviders in us-east-1: ResourceInUseException: The specified capacity provider is in use and cannot be removed; take it out of capacityProviders in a later change, once the services that leave it are deployed.',
    })
    expect((await shop.apply(shopOf(['FARGATE', 'FARGATE_SPOT'], 'FARGATE'))).report.result).toBe('succeeded')
    expect((await shop.apply(shopOf(['FARGATE'], 'FARGATE'))).report.result).toBe('succeeded')
  })

  test('keeps what is ignored', async () => {
    const shop = await Shop.open()
    await shop.apply(stated(particle('ecs_cluster', 'main', full)))
    const options = { ignore: ['configuration.executeCommandConfiguration.kmsKeyId', 'capacityProviders'] }
    const next = cluster(
      {
        configuration: { executeCommandConfiguration: { kmsKeyId: 'mine', logging: 'NONE' } },
        capacityProviders: ['FARGATE'],
        defaultCapacityProviderStrategy: [],
      },
      { options },
    )
    const calls = shop.simulator.calls.length
    expect((await shop.apply(next)).report.result).toBe('succeeded')
    const { executeCommandConfiguration } = full.configuration
    expect(shop.sent('UpdateCluster', calls)).toEqual([
      {
        cluster: 'main',
        configuration: {
          ...full.configuration,
          executeCommandConfiguration: { ...executeCommandConfiguration, logging: 'NONE' },
        },
      },
    ])
    expect(shop.sent('PutClusterCapacityProviders', calls)).toMatchObject([
      { capacityProviders: expect.arrayContaining(full.capacityProviders), defaultCapacityProviderStrategy: [] },
    ])
  })

  test.each(['lose', 'reset', 'unavailable', 'throttle'] as const)('outlives a %s', async kind => {
    const shop = await Shop.open()
    for (const operation of ['CreateCluster', 'UpdateCluster', 'DeleteCluster']) {
      shop.simulator.inject({ operation, fault: { kind } })
    }
    for (const manifest of [
      cluster(),
      cluster({ settings: full.settings }),
      cluster({}, { top: { desired_state: 'terminated' } }),
    ]) {
      expect((await shop.apply(manifest)).report.result).toBe('succeeded')
    }
    expect((await described(shop))?.status).toBe('INACTIVE')
  })
})

describe('a cluster that goes', () => {
  const gone = { top: { desired_state: 'terminated' } }
  const [main] = JSON.parse(cluster({}, gone))
  const service = serviceOf('web')
  const web = family('web', 'web:1')

  test('takes what is declared in it along, children first', async () => {
    const shop = await Shop.open()
    await shop.apply(stated(...JSON.parse(cluster()), web, service))
    const calls = shop.simulator.calls.length
    const { plan, report } = await shop.apply(stated(main, web, service))
    expect(plan.steps.map(({ particle, transition, risks }) => [particle, transition, risks])).toEqual([
      ['ecs_service:web', 'terminate', ['it is deleted and 1 running task stops']],
      ['ecs_cluster:main', 'terminate', ['it is deleted; now it holds 1 service, 1 task']],
    ])
    expect(report.result).toBe('succeeded')
    expect(shop.modifying(calls)).toEqual(['UpdateService', 'DeleteService', 'DeleteCluster'])
    expect((await described(shop))?.status).toBe('INACTIVE')
  })

  test('that is to be stopped is deleted, and the plan says so', async () => {
    const shop = await Shop.open()
    await shop.apply(cluster())
    const { plan, report } = await shop.apply(cluster({}, { top: { desired_state: 'stopped' } }))
    expect(plan.steps).toMatchObject([{ transition: 'stop', risks: ['a cluster that is to be stopped is deleted'] }])
    expect(report.result).toBe('succeeded')
    expect((await shop.plan(cluster({}, { top: { desired_state: 'stopped' } }))).plan.steps).toEqual([])
  })

  test('waits for what is on its way out', async () => {
    const shop = await Shop.open()
    await shop.apply(stated(...JSON.parse(cluster()), web))
    shop.simulator.handle('us-east-1', 'RunTask', {
      cluster: 'main',
      taskDefinition: 'web',
      launchType: 'FARGATE',
      networkConfiguration: network,
    })
    let stopped = false
    const { report, log } = await shop.apply(stated(main), {
      onSay: (_id, sentence) => {
        if (!sentence.includes('holds 1 task') || stopped) return
        stopped = true
        const [task] = shop.simulator.region().clusters.get('main')?.tasks.keys() ?? []
        shop.simulator.handle('us-east-1', 'StopTask', { cluster: 'main', task })
      },
    })
    expect(report.result).toBe('succeeded')
    expect(log).toContainEqual(
      'ecs_cluster:main: the cluster still holds 1 task: The Cluster cannot be deleted while Tasks are active.',
    )
  })

  test('says at wait-timeout what it still holds', async () => {
    const shop = await Shop.open()
    await shop.apply(stated(...JSON.parse(cluster()), web, service))
    const { done } = await shop.apply(stated(main), { waitTimeout: 120_000 })
    expect(done('ecs_cluster:main')).toMatchObject({
      result: 'failed',
      error: {
        code: 'TimedOut',
        message:
          'ecs_cluster:main was not done after 2 min (wait-timeout): the cluster still holds 1 service, 1 task: The Cluster cannot be deleted while Services are active.',
      },
    })
    expect((await described(shop))?.status).toBe('ACTIVE')
  })

  test('and is DEPROVISIONING is waited for', async () => {
    const shop = await Shop.open()
    shop.simulator.registerCapacityProvider('own')
    await shop.apply(cluster({ capacityProviders: ['own'] }))
    const { report } = await shop.apply(stated(main))
    expect(report.result).toBe('succeeded')
    expect((await described(shop))?.status).toBe('INACTIVE')
  })

  test('and is PROVISIONING still is deleted, not waited for', async () => {
    const shop = await Shop.open()
    shop.simulator.handle('us-east-1', 'CreateCluster', { clusterName: 'main', capacityProviders: ['FARGATE'] })
    const { plan, report } = await shop.apply(stated(main))
    expect(plan.steps).toMatchObject([{ transition: 'terminate', from: 'pending' }])
    expect(report.result).toBe('succeeded')
    expect((await described(shop))?.status).toBe('INACTIVE')
  })

  test('and is to be there again is made anew once it is gone', async () => {
    const shop = await Shop.open()
    shop.simulator.registerCapacityProvider('own')
    const manifest = cluster({ capacityProviders: ['own'] })
    await shop.apply(manifest)
    shop.simulator.handle('us-east-1', 'DeleteCluster', { cluster: 'main' })
    const { plan, report } = await shop.apply(manifest)
    const risks = ['the cluster of this name is still DEPROVISIONING: its end is waited for']
    expect(plan.steps).toMatchObject([{ transition: 'start', from: 'pending', risks }])
    expect(report.result).toBe('succeeded')
    expect((await described(shop))?.status).toBe('ACTIVE')
    expect((await shop.plan(manifest)).plan.steps).toEqual([])
  })

  test.each([
    ['at once', []],
    ['after a while', ['own']],
  ])('by the hand of somebody else while it is waited for, %s, is a failure soon', async (_name, capacityProviders) => {
    const shop = await Shop.open()
    shop.simulator.registerCapacityProvider('own')
    await shop.apply(cluster({ capacityProviders }))
    const { done } = await shop.apply(cluster({ capacityProviders: [...capacityProviders, 'FARGATE'] }), {
      onSay: (_id, sentence) => {
        if (!sentence.startsWith('its capacity providers are being changed')) return
        Object.assign(shop.simulator.region().clusters.get('main') ?? {}, { attachmentsStatus: 'UPDATE_COMPLETE' })
        shop.simulator.handle('us-east-1', 'DeleteCluster', { cluster: 'main' })
      },
    })
    expect(done('ecs_cluster:main').error).toMatchObject({
      code: 'GoneMeanwhile',
      message: expect.stringMatching(/^ecs_cluster:main was taken away by somebody else meanwhile/),
    })
  })

  test('and was not there is nothing to do', async () => {
    const shop = await Shop.open()
    const { plan } = await shop.apply(stated(main))
    expect(plan.steps).toEqual([])
    expect(shop.counted()).toEqual({ DescribeClusters: 1 })
  })
})

test('150 clusters are planned with two calls', async () => {
  const shop = await Shop.open()
  const many = stated(
    ...Array.from({ length: 150 }, (_, index) => particle('ecs_cluster', `c-${index}`, { clusterName: `c-${index}` })),
  )
  await shop.plan(many)
  expect(shop.counted()).toEqual({ DescribeClusters: 2 })
})
