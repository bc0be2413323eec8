import { ListContainerInstancesCommand } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { family, main, particle, stated } from '../world/particles.ts'
import { Shop } from '../world/shop.ts'

const ec2 = particle('ec2_instance', 'host', { InstanceId: 'i-1' })

const host = (definition: object = {}, around: { options?: object; top?: object } = {}) =>
  particle(
    'ecs_instance',
    'host',
    { ...definition },
    {
      ...(around.options && { options: { ...around.options } }),
      top: { parents: ['ecs_cluster:main', 'ec2_instance:host'], ...around.top },
    },
  )

const instance = (definition: object = {}, around: { options?: object; top?: object } = {}) =>
  stated(main, ec2, host(definition, around))

/** A cluster with one container instance that knows some attributes already. */
async function open(attributes: { name: string; value?: string }[] = []): Promise<Shop> {
  const shop = await Shop.open()
  await shop.apply(stated(main))
  shop.simulator.registerContainerInstance({ cluster: 'main', ec2InstanceId: 'i-1', attributes })
  return shop
}

const live = (shop: Shop) => [...(shop.simulator.region().clusters.get('main')?.instances.values() ?? [])]

const custom = (shop: Shop) =>
  Object.fromEntries(
    (live(shop)[0]?.attributes ?? [])
      .filter(({ name = '' }) => !/^(ecs|com\.amazonaws\.ecs)\./.test(name))
      .map(({ name, value = '' }) => [name, value]),
  )

const onInstances = (name: string) =>
  family(name, `${name}:1`, {
    networkMode: 'bridge',
    requiresCompatibilities: ['EC2'],
    cpu: undefined,
    memory: undefined,
    containerDefinitions: [{ name, image: `${name}:1`, memory: 128 }],
  })

describe('attributes', () => {
  test.each([
    ['a list', [{ name: 'stack', value: 'blue' }, { name: 'gpu' }], ''],
    ['a map', { stack: 'blue', gpu: 'no' }, 'no'],
  ])('of %s are put, and others left alone', async (_name, attributes, gpu) => {
    const shop = await open([
      { name: 'stack', value: 'green' },
      { name: 'theirs', value: '1' },
    ])
    const calls = shop.simulator.calls.length
    const { plan, report } = await shop.apply(instance({ attributes }))
    expect(plan.steps).toMatchObject([
      {
        particle: 'ecs_instance:host',
        transition: 'update',
        changes: [
          { path: 'attributes[stack]', before: 'green', after: 'blue' },
          { path: 'attributes[gpu]', after: gpu },
        ],
      },
    ])
    expect(report.result).toBe('succeeded')
    expect(shop.modifying(calls)).toEqual(['PutAttributes'])
    expect(custom(shop)).toEqual({ stack: 'blue', gpu, theirs: '1' })
    expect((await shop.plan(instance({ attributes }))).plan.steps).toEqual([])
    expect((await shop.plan(instance())).plan.steps).toEqual([])
  })

  test.each([
    [
      'a list',
      [
        { name: 'old', value: null },
        { name: 'never', value: null },
      ],
    ],
    ['a map', { old: null, never: null }],
  ])('of %s that are null are removed', async (_name, attributes) => {
    const shop = await open([{ name: 'old', value: '1' }])
    const calls = shop.simulator.calls.length
    const { plan, report } = await shop.apply(instance({ attributes }))
    expect(plan.steps).toMatchObject([{ changes: [{ path: 'attributes[old]', before: '1' }] }])
    expect(report.result).toBe('succeeded')
    expect(shop.modifying(calls)).toEqual(['DeleteAttributes'])
    expect(shop.sent('DeleteAttributes', calls)).toEqual([
      {
        cluster: 'main',
        attributes: [{ name: 'old', targetType: 'container-instance', targetId: live(shop)[0]?.arn }],
      },
    ])
    expect(custom(shop)).toEqual({})
  })

  test('whose names are protected are never compared nor written', async () => {
    const shop = await open()
    const attributes = {
      'instance-id': 'i-9',
      'ecs.os-type': 'windows',
      'ecs.availability-zone': null,
      'com.amazonaws.ecs.capability.x': '1',
      'ecsy.own': '1',
    }
    const { plan } = await shop.apply(instance({ attributes }))
    expect(plan.steps).toMatchObject([{ changes: [{ path: 'attributes[ecsy.own]', after: '1' }] }])
    expect(shop.sent('PutAttributes').flatMap(({ attributes }) => attributes)).toHaveLength(1)
    expect((await shop.plan(instance({ attributes }))).plan.steps).toEqual([])
  })

  const next = family('next', 'next:1', {
    containerDefinitions: [{ name: 'next', image: 'next:1', dockerLabels: { stack: 'blue' } }],
  })

  const inheriting = (attributes?: string) =>
    stated(
      main,
      ec2,
      host(),
      next,
      particle('ec2_instance', 'other', { InstanceId: 'i-2' }),
      particle('ecs_instance', 'other', attributes ? { attributes: `$inherit$${attributes}` } : {}, {
        top: {
          parents: ['ecs_cluster:main', 'ec2_instance:other', 'ecs_instance:host', 'ecs_task_definition:next'],
        },
      }),
    )

  /** A cluster with two container instances. */
  async function openTwo(): Promise<Shop> {
    const shop = await open([{ name: 'stack', value: 'blue' }])
    shop.simulator.registerContainerInstance({ cluster: 'main', ec2InstanceId: 'i-2', attributes: [] })
    return shop
  }

  test.each([
    ['a text', 'networkMode', 'a string'],
    ['a list of something else', 'requiresCompatibilities', 'a list'],
    ['a map of something else', 'containerDefinitions.0', 'a map'],
  ])('that are inherited and are %s are refused at their line', async (_name, key, kind) => {
    const shop = await openTwo()
    await shop.apply(inheriting())
    await expect(shop.plan(inheriting(`ecs_task_definition:next$${key}`))).rejects.toThrow(
      `ecs_instance:other inherits ${key} from ecs_task_definition:next, which is ${kind}, and a map of names and values is due`,
    )
  })

  test('that are inherited from a particle that is yet to come are one unknown value, and then put', async () => {
    const shop = await openTwo()
    const manifest = inheriting('ecs_task_definition:next$containerDefinitions.0.dockerLabels')
    const { step, done } = await shop.apply(manifest)
    expect(step('ecs_instance:other').changes).toEqual([
      { path: 'attributes', after: { unknown: 'ecs_task_definition:next' } },
    ])
    expect(done('ecs_instance:other').error).toBeUndefined()
    expect(shop.sent('PutAttributes')).toMatchObject([{ attributes: [{ name: 'stack', value: 'blue' }] }])
    expect((await shop.plan(manifest)).plan.steps).toEqual([])
  })

  test('that are inherited from another instance are put', async () => {
    const shop = await openTwo()
    const manifest = inheriting('ecs_instance:host$attributes')
    const { done } = await shop.apply(manifest)
    expect(done('ecs_instance:other').error).toBeUndefined()
    expect(shop.sent('PutAttributes')).toMatchObject([{ attributes: [{ name: 'stack', value: 'blue' }] }])
    expect((await shop.plan(manifest)).plan.steps).toEqual([])
  })

  test('that are ignored are left', async () => {
    const shop = await open([{ name: 'stack', value: 'green' }])
    const options = { ignore: ['attributes[stack]'] }
    expect((await shop.plan(instance({ attributes: { stack: 'blue' } }, { options }))).plan.steps).toEqual([])
  })

  test('are put and deleted ten at a time', async () => {
    const old = Array.from({ length: 12 }, (_, index) => ({ name: `old-${index}`, value: '1' }))
    const shop = await open(old)
    const attributes = Object.fromEntries([
      ...Array.from({ length: 25 }, (_, index) => [`new-${index}`, String(index)]),
      ...old.map(({ name }) => [name, null]),
    ])
    const { report } = await shop.apply(instance({ attributes }))
    expect(report.result).toBe('succeeded')
    const sizes = (operation: string) => shop.sent(operation).map(input => (input.attributes as unknown[]).length)
    expect([sizes('PutAttributes'), sizes('DeleteAttributes')]).toEqual([
      [10, 10, 5],
      [10, 2],
    ])
    expect(Object.keys(custom(shop))).toHaveLength(25)
  })
})

describe('an instance', () => {
  test('that is not registered is a warning, no error', async () => {
    const shop = await Shop.open()
    await shop.apply(stated(main))
    const { plan, report } = await shop.apply(instance({ attributes: { stack: 'blue' } }))
    const why = 'i-1 is not registered in the cluster main: nothing can be done until its agent joins'
    expect(plan.steps).toEqual([])
    expect(plan.unchanged).toContainEqual({ particle: 'ecs_instance:host', state: 'stopped', reason: 'reference', why })
    expect(plan.warnings).toEqual([`ecs_instance:host: ${why}`])
    expect(report.result).toBe('succeeded')
  })

  test('of a cluster that is yet to come is a warning too', async () => {
    const shop = await Shop.open()
    const { plan, report } = await shop.apply(instance())
    expect(plan.steps.map(({ particle }) => particle)).toEqual(['ecs_cluster:main'])
    expect(plan.warnings).toHaveLength(1)
    expect(report.result).toBe('succeeded')
  })

  test('whose agent is lost is a warning, and nothing is written', async () => {
    const shop = await open()
    shop.simulator.setAgentConnected('i-1', false)
    const { plan } = await shop.apply(instance({ attributes: { stack: 'blue' } }))
    expect(plan.steps).toEqual([])
    expect(plan.warnings).toEqual([
      'ecs_instance:host: the agent of i-1 is not connected: nothing can be done until it is',
    ])
    expect((await shop.plan(instance({}, { top: { desired_state: 'stopped' } }))).plan.steps).toEqual([])
  })

  test('whose registration failed is a warning with the reason, and can only be deregistered', async () => {
    const shop = await open()
    Object.assign(live(shop)[0] ?? {}, { status: 'REGISTRATION_FAILED', statusReason: 'no trunk interface' })
    const { plan, report } = await shop.apply(instance())
    expect([plan.steps, report.result]).toEqual([[], 'succeeded'])
    expect(plan.warnings).toEqual([
      'ecs_instance:host: its registration failed (no trunk interface): nothing can be done until i-1 is registered anew',
    ])
    const stopped = { top: { desired_state: 'stopped' } }
    expect((await shop.plan(instance({}, stopped))).plan.steps).toEqual([])
    const gone = await shop.apply(instance({}, { ...stopped, options: { deregister: true } }))
    expect(gone.report.result).toBe('succeeded')
    expect(shop.sent('UpdateContainerInstancesState')).toEqual([])
    expect(live(shop)).toEqual([])
  })

  test('whose registration fails while it is waited for is a failure at once', async () => {
    const shop = await open()
    Object.assign(live(shop)[0] ?? {}, { status: 'REGISTERING' })
    const { plan, done } = await shop.apply(instance(), {
      onSay: () => Object.assign(live(shop)[0] ?? {}, { status: 'REGISTRATION_FAILED', statusReason: 'no interface' }),
    })
    expect(plan.steps).toMatchObject([{ transition: 'wait', why: 'the instance is REGISTERING' }])
    expect(done('ecs_instance:host').error?.message).toBe(
      'ecs_instance:host failed: its registration failed (no interface).',
    )
  })

  test('that is REGISTERING still is drained once it is registered', async () => {
    const shop = await open()
    Object.assign(live(shop)[0] ?? {}, { status: 'REGISTERING' })
    const { plan, report } = await shop.apply(instance({}, { top: { desired_state: 'stopped' } }), {
      onSay: (_id, sentence) => {
        if (sentence.includes('REGISTERING')) Object.assign(live(shop)[0] ?? {}, { status: 'ACTIVE' })
      },
    })
    expect(plan.steps).toMatchObject([{ transition: 'stop', from: 'pending' }])
    expect(report.result).toBe('succeeded')
    expect(live(shop)[0]?.status).toBe('DRAINING')
  })

  test('that is DRAINING becomes ACTIVE again, with its attributes', async () => {
    const shop = await open()
    await shop.apply(instance({}, { top: { desired_state: 'stopped' } }))
    expect(live(shop)[0]?.status).toBe('DRAINING')
    const calls = shop.simulator.calls.length
    const { plan, report } = await shop.apply(instance({ attributes: { stack: 'blue' } }))
    expect(plan.steps).toMatchObject([
      {
        transition: 'start',
        from: 'stopped',
        changes: [
          { path: 'status', before: 'DRAINING', after: 'ACTIVE' },
          { path: 'attributes[stack]', after: 'blue' },
        ],
      },
    ])
    expect(report.result).toBe('succeeded')
    expect(shop.modifying(calls)).toEqual(['UpdateContainerInstancesState', 'PutAttributes'])
    expect(live(shop)[0]?.status).toBe('ACTIVE')
  })

  test('is left alone when protected', async () => {
    const shop = await open()
    const kept = { top: { desired_state: 'stopped', persist_on_termination: true } }
    const { plan } = await shop.apply(instance({}, kept))
    expect(plan.steps).toEqual([])
    expect(live(shop)[0]?.status).toBe('ACTIVE')
  })

  test('that registered twice is the connected one', async () => {
    const shop = await open()
    shop.simulator.setAgentConnected('i-1', false)
    shop.simulator.registerContainerInstance({ cluster: 'main', ec2InstanceId: 'i-1' })
    const { report } = await shop.apply(instance({ attributes: { stack: 'blue' } }))
    expect(report.result).toBe('succeeded')
    const [lost, connected] = live(shop)
    expect(shop.sent('PutAttributes')).toMatchObject([{ attributes: [{ targetId: connected?.arn }] }])
    expect(lost?.attributes?.find(({ name }) => name === 'stack')).toBeUndefined()
  })

  test('outlives lost answers', async () => {
    const shop = await open()
    for (const operation of ['PutAttributes', 'UpdateContainerInstancesState', 'DeregisterContainerInstance']) {
      shop.simulator.inject({ operation, fault: { kind: 'lose' } })
    }
    expect((await shop.apply(instance({ attributes: { stack: 'blue' } }))).report.result).toBe('succeeded')
    const { report } = await shop.apply(
      instance({}, { options: { deregister: true }, top: { desired_state: 'stopped' } }),
    )
    expect(report.result).toBe('succeeded')
    expect(live(shop)).toEqual([])
  })
})

describe('draining', () => {
  const stopped = { top: { desired_state: 'stopped' } }

  test('moves the tasks of services, and is done when none is left', async () => {
    const shop = await open()
    const service = (count: number) =>
      particle(
        'ecs_service',
        'web',
        { serviceName: 'web', desiredCount: count, launchType: 'EC2' },
        { top: { parents: ['ecs_cluster:main', 'ecs_task_definition:web'] } },
      )
    await shop.apply(stated(main, onInstances('web'), service(2)))
    shop.simulator.registerContainerInstance({ cluster: 'main', ec2InstanceId: 'i-2' })
    const { plan, report, done, log } = await shop.apply(instance({}, stopped))
    expect(plan.steps).toMatchObject([
      { transition: 'stop', risks: ['it is drained, 2 running tasks must end or move'] },
    ])
    expect(report.result).toBe('succeeded')
    expect(done('ecs_instance:host').because).toBe('drained: no task is left')
    expect(log.some(line => /draining, \d tasks? left/.test(line))).toBe(true)
    const tasks = [...(shop.simulator.region().clusters.get('main')?.tasks.values() ?? [])]
    const running = tasks.filter(({ wire }) => wire.lastStatus === 'RUNNING')
    expect(running.map(({ instance }) => instance?.ec2InstanceId)).toEqual(['i-2', 'i-2'])
    expect((await shop.plan(instance({}, stopped))).plan.steps).toEqual([])
  })

  test('waits for a task that no service runs, and says so', async () => {
    const shop = await open()
    await shop.apply(stated(main, onInstances('batch')))
    shop.simulator.handle('us-east-1', 'RunTask', { cluster: 'main', taskDefinition: 'batch', startedBy: 'cron' })
    shop.simulator.advance(60)
    const { done, log } = await shop.apply(instance({}, stopped), { waitTimeout: 60_000 })
    const sentence = 'draining, 1 task left (those of services move, others stay until they end or are stopped)'
    expect(log.some(line => line.startsWith(`ecs_instance:host: ${sentence}`))).toBe(true)
    expect(done('ecs_instance:host')).toMatchObject({
      result: 'failed',
      error: {
        message: expect.stringContaining(sentence),
        details: [expect.stringMatching(/^[0-9a-f]{32} of batch:1 is RUNNING, that no service runs, started by cron$/)],
      },
    })
    const waiting = await shop.plan(instance({}, stopped))
    expect(waiting.plan.steps).toMatchObject([{ transition: 'wait', why: sentence }])
    const again = await shop.apply(instance({}, stopped), {
      onSay: (_id, said) => {
        if (!said.startsWith('draining')) return
        for (const task of shop.simulator.region().clusters.get('main')?.tasks.keys() ?? []) {
          shop.simulator.handle('us-east-1', 'StopTask', { cluster: 'main', task })
        }
      },
    })
    expect(again.report.result).toBe('succeeded')
  })
})

describe('deregistering', () => {
  const leaves = { options: { deregister: true }, top: { desired_state: 'terminated' } }

  test('comes after draining, and lets the cluster go', async () => {
    const shop = await open()
    const calls = shop.simulator.calls.length
    const manifest = stated({ ...main, desired_state: 'terminated' }, ec2, host({}, { options: { deregister: true } }))
    const { plan, report } = await shop.apply(manifest)
    expect(plan.steps.map(({ particle, risks }) => [particle, risks])).toEqual([
      ['ecs_instance:host', ['it is drained, 0 running tasks must end or move', 'then it is deregistered']],
      ['ecs_cluster:main', ['it is deleted; now it holds 1 container instance']],
    ])
    expect(report.result).toBe('succeeded')
    expect(shop.modifying(calls)).toEqual([
      'UpdateContainerInstancesState',
      'DeregisterContainerInstance',
      'DeleteCluster',
    ])
    expect((await shop.plan(manifest)).plan.steps).toEqual([])
  })

  test('of one that is drained already is a change that is shown, no mere wait', async () => {
    const shop = await open()
    await shop.apply(instance({}, { top: { desired_state: 'stopped' } }))
    const { plan, report } = await shop.apply(instance({}, leaves))
    expect(plan.steps).toMatchObject([
      { transition: 'terminate', risks: [expect.anything(), 'then it is deregistered'] },
    ])
    expect(report.result).toBe('succeeded')
    expect(live(shop)).toEqual([])
    expect((await shop.plan(instance({}, leaves))).plan.steps).toEqual([])
  })

  test('of one whose agent is lost needs no draining', async () => {
    const shop = await open()
    await shop.apply(stated(main, onInstances('batch')))
    shop.simulator.handle('us-east-1', 'RunTask', { cluster: 'main', taskDefinition: 'batch' })
    shop.simulator.advance(60)
    shop.simulator.setAgentConnected('i-1', false)
    const { plan, report } = await shop.apply(instance({}, leaves))
    expect(plan.steps).toMatchObject([
      { risks: ['its agent is not connected: it is deregistered with 1 task that nobody can reach'] },
    ])
    expect(report.result).toBe('succeeded')
    expect(shop.sent('DeregisterContainerInstance')).toMatchObject([{ force: true }])
    expect(live(shop)).toEqual([])
  })

  test('that ECS refuses is no success', async () => {
    const shop = await open()
    shop.simulator.inject({
      operation: 'UpdateContainerInstancesState',
      fault: { kind: 'error', name: 'InvalidParameterException', message: 'no' },
    })
    const { report, done } = await shop.apply(instance({}, leaves))
    expect(report.result).toBe('failed')
    expect(done('ecs_instance:host').error?.message).toMatch(/InvalidParameterException: no/)
  })
})

test('25 instances are planned with the fewest calls', async () => {
  const shop = await Shop.open()
  await shop.apply(stated(main))
  const ids = Array.from({ length: 25 }, (_, index) => `i-${index}`)
  for (const ec2InstanceId of ids) shop.simulator.registerContainerInstance({ cluster: 'main', ec2InstanceId })
  const listed = await shop.somebody().send(new ListContainerInstancesCommand({ cluster: 'main' }))
  expect(listed.containerInstanceArns).toHaveLength(25)
  const calls = shop.simulator.calls.length
  const { plan } = await shop.plan(
    stated(
      main,
      ...ids.map(ec2InstanceId =>
        particle('ecs_instance', ec2InstanceId, { ec2InstanceId }, { top: { parents: ['ecs_cluster:main'] } }),
      ),
    ),
  )
  expect(plan.steps).toEqual([])
  expect(shop.counted(calls)).toEqual({
    DescribeClusters: 1,
    ListContainerInstances: 1,
    DescribeContainerInstances: 1,
  })
})

describe('an ec2_instance', () => {
  test('is a reference: never looked at, never changed, never a change', async () => {
    const shop = await Shop.open()
    for (const state of [{}, { desired_state: 'terminated' }]) {
      const { plan, report } = await shop.apply(stated({ ...ec2, ...state }))
      expect(plan.steps).toEqual([])
      expect(plan.unchanged).toMatchObject([{ particle: 'ec2_instance:host', reason: 'reference' }])
      expect(report.result).toBe('succeeded')
    }
    expect(shop.simulator.calls).toEqual([])
  })

  test('lends its id to instances', async () => {
    const shop = await open()
    expect((await shop.apply(instance({ attributes: { stack: 'blue' } }))).report.result).toBe('succeeded')
    expect(shop.sent('ListContainerInstances')[0]).toMatchObject({ filter: 'ec2InstanceId == i-1' })
  })
})
