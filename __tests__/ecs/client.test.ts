import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { RunningSimulator, ServerOptions } from '../../simulator/server.ts'
import { wallClock } from '../../src/clock.ts'
import { type CallName, calls } from '../../src/ecs/calls.ts'
import { Ecs } from '../../src/ecs/client.ts'
import { EcsError } from '../../src/ecs/errors.ts'
import type { EcsSettings } from '../../src/ecs/transport.ts'
import { withoutMarks } from '../../src/untrusted.ts'
import { openEcs } from '../world/aws.ts'

let simulator: RunningSimulator
const servers: Server[] = []

async function simulate(options: ServerOptions = {}): Promise<RunningSimulator> {
  simulator = await openEcs(options)
  return simulator
}

beforeEach(() => simulate())

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

const settingsOf = (more: Partial<EcsSettings> = {}): EcsSettings => ({
  clock: { now: () => simulator.clock.now, sleep: simulator.sleep },
  maxConcurrency: 10,
  ...more,
})

const open = (more: Partial<EcsSettings> = {}): Ecs => new Ecs('us-east-1', settingsOf(more))

const made = (from = 0) => simulator.calls.slice(from).map(({ operation }) => operation)

/** A server that answers everything the same way. */
async function answering(status: number, body: unknown): Promise<void> {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    })
  })
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  process.env.AWS_ENDPOINT_URL_ECS = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)

async function failing(promise: Promise<unknown>): Promise<EcsError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof EcsError)) throw new Error(`not refused by ECS: ${error}`)
  return error
}

const definition = { family: 'web', containerDefinitions: [{ name: 'web', image: 'web:1', memory: 64 }] }

describe('looks', () => {
  test('at 25 services in two clusters take four calls', async () => {
    const ecs = open()
    for (const clusterName of ['a', 'b']) await ecs.call('CreateCluster', { clusterName })
    await ecs.call('RegisterTaskDefinition', definition)
    await Promise.all(
      numbers(25).map(index =>
        ecs.call('CreateService', {
          cluster: index < 13 ? 'a' : 'b',
          serviceName: `s-${index}`,
          taskDefinition: 'web',
          desiredCount: 0,
        }),
      ),
    )
    const from = simulator.calls.length
    const found = await Promise.all(numbers(25).map(index => ecs.service(index < 13 ? 'a' : 'b', `s-${index}`)))
    expect(found.map(service => service?.serviceName)).toEqual(numbers(25).map(index => `s-${index}`))
    expect(made(from)).toEqual(Array(4).fill('DescribeServices'))
  })

  test('at one service by the name and by the ARN of its cluster take one', async () => {
    const ecs = open()
    const { cluster } = await ecs.call('CreateCluster', { clusterName: 'a' })
    const from = simulator.calls.length
    await Promise.all([ecs.service('a', 'web'), ecs.service(cluster?.clusterArn ?? '', 'web')])
    expect(made(from)).toEqual(['DescribeServices'])
    // Which of its names ECS refuses is its own business: another region's cluster is not ours of that name.
    const elsewhere = 'arn:aws:ecs:eu-west-1:123456789012:cluster/a'
    await ecs.service(elsewhere, 'web')
    expect(simulator.calls.at(-1)?.input).toMatchObject({ cluster: elsewhere })
  })

  test('at 150 clusters take two', async () => {
    const ecs = open()
    const found = await Promise.all(numbers(150).map(index => ecs.cluster(`c-${index}`)))
    expect(found).toEqual(Array(150).fill(undefined))
    expect(made()).toEqual(['DescribeClusters', 'DescribeClusters'])
  })

  test('at a family’s 120 tasks take two pages and two descriptions', async () => {
    simulator.setCapacity({ fargate: 1000 })
    const ecs = open()
    await ecs.call('CreateCluster', { clusterName: 'a' })
    await ecs.call('RegisterTaskDefinition', {
      ...definition,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
    })
    for (let round = 0; round < 12; round++) {
      await ecs.call('RunTask', {
        cluster: 'a',
        taskDefinition: 'web',
        count: 10,
        launchType: 'FARGATE',
        startedBy: 'test',
        clientToken: `round-${round}`,
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
      })
    }
    const from = simulator.calls.length
    const filter = { startedBy: 'test' }
    const [tasks, again] = await Promise.all([ecs.listedTasks('a', filter), ecs.listedTasks('a', filter)])
    expect(new Set(tasks.map(({ taskArn }) => taskArn)).size).toBe(120)
    expect(again).toEqual(tasks)
    expect(made(from)).toEqual(['ListTasks', 'ListTasks', 'DescribeTasks', 'DescribeTasks'])
  })

  test('at 25 instances take two', async () => {
    const ecs = open()
    await ecs.call('CreateCluster', { clusterName: 'a' })
    for (const index of numbers(25)) simulator.registerContainerInstance({ cluster: 'a', ec2InstanceId: `i-${index}` })
    const from = simulator.calls.length
    const found = await Promise.all(numbers(26).map(index => ecs.instance('a', `i-${index}`)))
    expect(found.map(instance => instance?.ec2InstanceId)).toEqual([
      ...numbers(25).map(index => `i-${index}`),
      undefined,
    ])
    expect(made(from)).toEqual(['ListContainerInstances', 'DescribeContainerInstances'])
  })

  test('at an instance that registered twice find the connected one, else the younger one', async () => {
    const ecs = open()
    await ecs.call('CreateCluster', { clusterName: 'a' })
    const twin = { cluster: 'a', ec2InstanceId: 'i-1' }
    const first = simulator.registerContainerInstance(twin)
    simulator.advance(1)
    const second = simulator.registerContainerInstance(twin)
    const found = async () => (await ecs.instance('a', 'i-1'))?.containerInstanceArn
    simulator.setAgentConnected(first.containerInstanceArn, false)
    expect(await found()).toBe(second.containerInstanceArn)
    simulator.setAgentConnected(first.containerInstanceArn, true)
    simulator.setAgentConnected(second.containerInstanceArn, false)
    expect(await found()).toBe(first.containerInstanceArn)
    simulator.setAgentConnected(first.containerInstanceArn, false)
    expect(await found()).toBe(second.containerInstanceArn)
  })

  test('in a cluster that is not there find nothing', async () => {
    const ecs = open()
    const arn = 'arn:aws:ecs:us-east-1:123456789012:task/nowhere/0123456789abcdef0123456789abcdef'
    expect(
      await Promise.all([
        ecs.cluster('nowhere'),
        ecs.service('nowhere', 'web'),
        ecs.instance('nowhere', 'i-1'),
        ecs.tasks('nowhere', [arn]),
        ecs.listedTasks('nowhere', { startedBy: 'me' }),
        ecs.listedTasks('nowhere', { family: 'web', desiredStatus: 'STOPPED' }),
        ecs.listedTasks('nowhere', { serviceName: 'web', desiredStatus: 'STOPPED' }),
        ecs.listedTasks('nowhere', { containerInstance: 'arn' }),
        ecs.taskDefinition('nothing'),
        ecs.revisions('nothing'),
      ]),
    ).toEqual([undefined, undefined, undefined, [], [], [], [], [], undefined, []])
  })

  test('take what is INACTIVE for absent', async () => {
    const ecs = open()
    await ecs.call('CreateCluster', { clusterName: 'a' })
    await ecs.call('RegisterTaskDefinition', definition)
    await ecs.call('CreateService', { cluster: 'a', serviceName: 'web', taskDefinition: 'web', desiredCount: 0 })
    await ecs.call('DeleteService', { cluster: 'a', service: 'web' })
    simulator.advance(600)
    expect(await ecs.service('a', 'web')).toBeUndefined()
    await ecs.call('DeleteCluster', { cluster: 'a' })
    expect(await ecs.cluster('a')).toBeUndefined()
  })

  test('find all of 120 revisions of a family, and of no other', async () => {
    simulator.setThrottling(false)
    const ecs = open()
    for (const family of ['web', 'web-2'])
      for (const _round of numbers(family === 'web' ? 120 : 1)) {
        await ecs.call('RegisterTaskDefinition', { ...definition, family })
      }
    const found = await ecs.revisions('web')
    expect(found).toHaveLength(120)
    expect(found[0]).toMatch(/task-definition\/web:120$/)
  })

  test.each([
    ['clusters', (ecs: Ecs) => ecs.cluster('a'), { clusters: [] }],
    ['services', (ecs: Ecs) => ecs.service('a', 'web'), { services: [] }],
    ['tasks', (ecs: Ecs) => ecs.tasks('a', ['arn:aws:ecs:us-east-1:123456789012:task/a/1']), { tasks: [] }],
    ['service revisions', (ecs: Ecs) => ecs.serviceRevision('arn'), { serviceRevisions: [] }],
  ])('at %s take a failure that is not MISSING for an error, never for absence', async (_name, look, empty) => {
    await answering(200, { ...empty, failures: [{ arn: 'arn:x', reason: 'ACCESS_DENIED', detail: 'no' }] })
    const error = await failing(look(open()))
    expect([error.code, withoutMarks(error.message)]).toEqual([
      'ACCESS_DENIED',
      expect.stringMatching(/^ecs:\w+: arn:x: ACCESS_DENIED: no$/),
    ])
    await answering(200, { ...empty, failures: [{ arn: 'arn:x', reason: 'MISSING' }] })
    expect([undefined, []]).toContainEqual(await look(open()))
  })
})

describe('calls', () => {
  test.each(['throttle', 'unavailable', 'reset', 'lose'] as const)('that may be repeated outlive a %s', async kind => {
    const ecs = open()
    simulator.inject({ operation: 'CreateCluster', times: 3, fault: { kind } })
    const { cluster } = await ecs.call('CreateCluster', { clusterName: 'a' })
    expect(cluster?.clusterName).toBe('a')
    expect(made()).toEqual(Array(4).fill('CreateCluster'))
  })

  test('that may be repeated are given up after four', async () => {
    simulator.inject({ operation: 'DescribeClusters', always: true, fault: { kind: 'unavailable', status: 503 } })
    const error = await failing(open().cluster('a'))
    expect(error).toMatchObject({ unsure: true, call: 'DescribeClusters' })
    expect(error.message).toMatch(/^ecs:DescribeClusters in us-east-1: ECS failed with HTTP 503/)
    expect(made()).toHaveLength(4)
  })

  test.each(['unavailable', 'reset', 'lose'] as const)(
    'that must not be repeated are made once, and their end is unsure after a %s',
    async kind => {
      simulator.inject({ operation: 'RegisterTaskDefinition', fault: { kind } })
      const error = await failing(open().call('RegisterTaskDefinition', definition))
      expect(error.unsure).toBe(true)
      expect(made()).toEqual(['RegisterTaskDefinition'])
    },
  )

  test.each(['{"clusters": [{"clusterName": "a"', '<html>Forbidden</html>', '', 'null', '{}'])(
    'whose answer is %j are repeated, and never take it for "not there"',
    async body => {
      const ecs = open()
      await ecs.call('CreateCluster', { clusterName: 'a' })
      simulator.inject({ operation: 'DescribeClusters', times: 3, fault: { kind: 'garble', body } })
      expect((await ecs.cluster('a'))?.clusterName).toBe('a')
      simulator.inject({ operation: 'DescribeClusters', always: true, fault: { kind: 'garble', body } })
      const error = await failing(ecs.cluster('a'))
      expect(error).toMatchObject({ code: 'UnreadableAnswer', unsure: true, said: '' })
      expect(error.message).toBe(
        'ecs:DescribeClusters in us-east-1: the answer cannot be read (HTTP 200); try again, and look for a proxy between this runner and AWS',
      )
    },
  )

  test.each([
    ['an answer that is cut off', 200, '{"taskDefinition": {"secret": "hunter2'],
    ['a page of a proxy', 403, '<html>hunter2</html>'],
    ['an error without a name', 400, '{"message": "hunter2"}'],
  ])('that must not be repeated are made once, and their end is unsure after %s', async (_name, status, body) => {
    await answering(status, body)
    const error = await failing(open().call('RegisterTaskDefinition', definition))
    expect(error).toMatchObject({ code: 'UnreadableAnswer', unsure: true })
    expect(error.message).toContain(`the answer cannot be read (HTTP ${status})`)
    expect(error.message).not.toContain('hunter2')
  })

  test('that must not be repeated are repeated all the same when they were throttled: nothing was done', async () => {
    simulator.inject({ operation: 'RegisterTaskDefinition', times: 3, fault: { kind: 'throttle' } })
    const { taskDefinition } = await open().call('RegisterTaskDefinition', definition)
    expect(taskDefinition?.revision).toBe(1)
    expect(made()).toHaveLength(4)
  })

  test('that are throttled for ever end', async () => {
    simulator.inject({ always: true, fault: { kind: 'throttle' } })
    const error = await failing(open().cluster('a'))
    expect(error).toMatchObject({ code: 'ThrottlingException', unsure: false })
    expect(made()).toHaveLength(8)
  })

  test.each(['CreateService', 'RunTask'] as const)('of %s keep their token over every try', async operation => {
    const ecs = open()
    await ecs.call('CreateCluster', { clusterName: 'a' })
    await ecs.call('RegisterTaskDefinition', definition)
    simulator.registerContainerInstance({ cluster: 'a' })
    simulator.inject({ operation, nth: 1, fault: { kind: 'throttle' } })
    simulator.inject({ operation, nth: 2, fault: { kind: 'lose' } })
    simulator.inject({ operation, nth: 3, fault: { kind: 'unavailable' } })
    const common = { cluster: 'a', taskDefinition: 'web', launchType: 'EC2', clientToken: 'mine' } as const
    if (operation === 'RunTask') await ecs.call(operation, common)
    else await ecs.call(operation, { ...common, serviceName: 'web', desiredCount: 1 })
    const tries = simulator.calls.filter(call => call.operation === operation)
    expect(tries.map(({ input }) => (input as { clientToken: string }).clientToken)).toEqual(Array(4).fill('mine'))
    simulator.advance(60)
    expect(simulator.region().clusters.get('a')?.tasks.size).toBe(1)
  })

  test('that were refused at last may have been carried out at first', async () => {
    const refused = { kind: 'error', name: 'InvalidParameterException', message: 'no' } as const
    simulator.inject({ operation: 'CreateCluster', nth: 1, fault: { kind: 'lose' } })
    simulator.inject({ operation: 'CreateCluster', nth: 2, fault: refused })
    const error = await failing(open().call('CreateCluster', { clusterName: 'a' }))
    expect(error).toMatchObject({ code: 'InvalidParameterException', unsure: true })
    simulator.inject({ operation: 'CreateCluster', nth: 1, fault: { kind: 'lose' } })
    simulator.inject({ operation: 'CreateCluster', nth: 2, always: true, fault: { kind: 'throttle' } })
    expect((await failing(open().call('CreateCluster', { clusterName: 'b' }))).unsure).toBe(true)
  })

  test('that ECS refuses are sure: nothing was done', async () => {
    const error = await failing(open().call('DeleteCluster', { cluster: 'a' }))
    expect(error).toMatchObject({ code: 'ClusterNotFoundException', unsure: false })
    expect(withoutMarks(error.message)).toBe(
      'ecs:DeleteCluster in us-east-1: ClusterNotFoundException: Cluster not found.',
    )
    expect(made()).toHaveLength(1)
  })

  test('to where nobody listens are tried again, and say where', async () => {
    const { url } = simulator
    await simulator.close()
    const clock = { now: () => 0, sleep: () => Promise.resolve() }
    const tally = { calls: 0 }
    const error = await failing(open({ clock }).countedBy(tally).cluster('a'))
    expect(error.message).toMatch(new RegExp(`no answer from ${url} \\(.*ECONNREFUSED`))
    expect(tally.calls).toBe(4)
    await simulate()
  })

  test('that are denied name the action, and the account all the same', async () => {
    simulator.deny(['ecs:DescribeClusters'])
    const ecs = open()
    const error = await failing(ecs.cluster('a'))
    expect(error.message).toMatch(
      /^AWS refuses ecs:DescribeClusters in us-east-1: .*; allow the action ecs:DescribeClusters in the policy of the role that this workflow assumes$/,
    )
    expect(ecs.account).toBe('123456789012')
    expect(await ecs.findAccount()).toBe('123456789012')
    expect(await open().findAccount()).toBe('123456789012')
  })

  test('that may be refused are made again once a thing of theirs has gone, and no more once the role has no right', async () => {
    const ecs = open()
    await ecs.call('CreateCluster', { clusterName: 'main' })
    const said: string[] = []
    const list = (cluster: string, service: string) =>
      ecs.ifAllowed(
        'ListServiceDeployments',
        () => ecs.serviceDeployments({ cluster, service }),
        text => said.push(text),
      )
    expect(await list('main', 'gone')).toBeUndefined()
    expect(said).toEqual([])
    const before = simulator.calls.length
    await list('main', 'gone')
    expect(made(before)).toEqual(['ListServiceDeployments'])
    simulator.deny(['ecs:ListServiceDeployments'])
    expect(await list('main', 'gone')).toBeUndefined()
    expect(said).toEqual(['more is known of rollouts where the policy of the role allows ecs:ListServiceDeployments'])
    const denied = simulator.calls.length
    expect(await list('main', 'gone')).toBeUndefined()
    expect(made(denied)).toEqual([])
  })

  test('without credentials say what is missing', async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, HOME } = process.env
    Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nowhere' })
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name]
    try {
      const error = await failing(open().cluster('a'))
      expect(error).toMatchObject({ code: 'NoCredentials', unsure: false })
      expect(error.message).toContain('aws-actions/configure-aws-credentials')
    } finally {
      Object.assign(process.env, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, HOME })
    }
  })

  test('are counted where they are made for', async () => {
    const ecs = open()
    const tally = { calls: 0 }
    simulator.inject({ operation: 'DescribeClusters', fault: { kind: 'throttle' } })
    await ecs.countedBy(tally).cluster('a')
    await ecs.cluster('a')
    expect(tally.calls).toBe(2)
  })

  test('all have a bucket, and those that change something say whether they may be repeated', () => {
    const once = Object.entries(calls).filter(([, call]) => 'modifies' in call && !('repeatable' in call))
    expect(once.map(([name]) => name)).toEqual(['RegisterTaskDefinition', 'UpdateService', 'ContinueServiceDeployment'])
    const reads = (Object.keys(calls) as CallName[]).filter(name => /^(Describe|List)/.test(name))
    expect(reads.filter(name => 'modifies' in calls[name])).toEqual([])
    expect(Object.keys(calls).length - reads.length).toBe(
      Object.values(calls).filter(call => 'modifies' in call).length,
    )
  })
})

describe('the pace of calls', () => {
  test('of three hundred keeps within the buckets: nothing is throttled', async () => {
    await simulate({ unhurried: true })
    const ecs = open({ maxConcurrency: 50 })
    const since = simulator.clock.now
    await Promise.all([
      ...numbers(100).map(index => ecs.call('CreateCluster', { clusterName: `c-${index}` })),
      ...numbers(100).map(() => ecs.call('DescribeClusters', {})),
      ...numbers(100).map(() => ecs.call('ListTaskDefinitions', { familyPrefix: 'web' })),
    ])
    expect(simulator.calls).toHaveLength(300)
    expect(simulator.calls.filter(({ status }) => status !== 200)).toEqual([])
    // 20 at once, then four every five seconds.
    expect((simulator.clock.now - since) / 1000).toBeCloseTo((100 - 20) / 0.8, -1)
  })

  test('has no more under way than allowed, over all regions with the same settings', async () => {
    let underWay = 0
    let most = 0
    const server = createServer((request, response) => {
      most = Math.max(most, ++underWay)
      request.resume()
      request.on('end', () =>
        setTimeout(() => {
          underWay--
          response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
          response.end('{"clusters": []}')
        }, 5),
      )
    })
    servers.push(server)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    process.env.AWS_ENDPOINT_URL_ECS = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const settings: EcsSettings = { clock: wallClock, maxConcurrency: 3 }
    const regions = ['us-east-1', 'eu-west-1'].map(region => new Ecs(region, settings))
    await Promise.all(regions.flatMap(ecs => numbers(12).map(() => ecs.call('DescribeClusters', {}))))
    expect(most).toBe(3)
  })

  test('ends with an abort: what waits is given up, for its place and for its token', async () => {
    const cancel = new AbortController()
    const ecs = open({ signal: cancel.signal, maxConcurrency: 1 })
    simulator.inject({ operation: 'DescribeClusters', fault: { kind: 'delay', seconds: 5 } })
    const first = ecs.call('DescribeClusters', {})
    while (made().length === 0) await new Promise(resolve => setTimeout(resolve, 5))
    const waiting = ecs.call('DescribeServices', { cluster: 'a', services: ['web'] })
    const reason = new Error('cancelled')
    cancel.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    simulator.advance(5)
    await first
    await expect(ecs.call('DescribeClusters', {})).rejects.toBe(reason)
    expect(made()).toEqual(['DescribeClusters'])
  })

  test('ends with an abort between two tries as well', async () => {
    const cancel = new AbortController()
    const clock = { now: () => simulator.clock.now, sleep: wallClock.sleep }
    const ecs = open({ signal: cancel.signal, clock })
    simulator.inject({ always: true, fault: { kind: 'throttle' } })
    const call = ecs.call('DescribeClusters', {})
    await new Promise(resolve => setTimeout(resolve, 30))
    const reason = new Error('cancelled')
    cancel.abort(reason)
    await expect(call).rejects.toBe(reason)
    expect(made()).toHaveLength(1)
  })
})

describe('the account', () => {
  test('is known from any ARN, also where nothing is there', async () => {
    await simulate({ accountId: '210987654321' })
    const ecs = open()
    expect(ecs.account).toBeUndefined()
    expect(await ecs.findAccount()).toBe('210987654321')
    expect(await ecs.findAccount()).toBe('210987654321')
    expect(made()).toEqual(['DescribeClusters'])
  })

  test('that nobody tells is an error', async () => {
    await answering(400, { __type: 'ClientException', message: 'no' })
    expect((await failing(open().findAccount())).code).toBe('ClientException')
  })
})
