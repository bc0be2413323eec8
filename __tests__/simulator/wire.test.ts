import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  ListClustersCommand,
  ListServicesCommand,
  RegisterTaskDefinitionCommand,
  UpdateClusterCommand,
} from '@aws-sdk/client-ecs'
import { afterEach, describe, expect, test } from '@jest/globals'
import type { AdminRequest } from '../../simulator/admin.ts'
import { rates } from '../../simulator/buckets.ts'
import { operations } from '../../simulator/operations.ts'
import { operationExists } from '../../simulator/validation.ts'
import { clientFor, errorOf, openClient } from '../world/aws.ts'

const list = () => new ListClustersCommand({})
const create = (clusterName = 'main') => new CreateClusterCommand({ clusterName })

/** A request that no SDK would send. */
async function raw(url: string, operation: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ecs/aws4_request, SignedHeaders=host, Signature=x',
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const { __type, message } = (await response.json()) as { __type?: string; message?: string }
  return { status: response.status, __type, message }
}

describe('the wire', () => {
  test.each([
    [
      'a number for a string',
      'CreateCluster',
      { clusterName: 5 },
      'SerializationException',
      'NUMBER_VALUE can not be converted to a String',
    ],
    [
      'a string for a number',
      'RunTask',
      { taskDefinition: 'a', count: '1' },
      'SerializationException',
      'STRING_VALUE can not be converted to a Number',
    ],
    [
      'a string for a list',
      'DescribeServices',
      { services: 'web' },
      'SerializationException',
      'STRING_VALUE can not be converted to a list',
    ],
    [
      'a structure for a string',
      'CreateCluster',
      { clusterName: {} },
      'SerializationException',
      'Start of structure or map found where not expected.',
    ],
    ['no JSON', 'CreateCluster', '{', 'SerializationException', 'Unable to parse the request body as JSON.'],
    ['a required member left out', 'DescribeTasks', {}, 'InvalidParameterException', 'Tasks cannot be empty.'],
    [
      'a null for a required member',
      'DeleteService',
      { service: null },
      'InvalidParameterException',
      'Service cannot be empty.',
    ],
    ['no family', 'RegisterTaskDefinition', { containerDefinitions: [] }, 'ClientException', 'Family cannot be empty.'],
    [
      'an unknown launch type',
      'RunTask',
      { taskDefinition: 'a', launchType: 'MOON' },
      'InvalidParameterException',
      'launch type should be one of [EC2,EXTERNAL,FARGATE,MANAGED_INSTANCES]',
    ],
    [
      'an operation that is not simulated',
      'CreateTaskSet',
      { service: 'a', cluster: 'b', taskDefinition: 'c' },
      'UnknownOperationException',
      'CreateTaskSet is not simulated.',
    ],
    ['an operation that does not exist', 'MakeCoffee', {}, 'UnknownOperationException', ''],
  ])('refuses %s', async (_, operation, body, __type, message) => {
    const { simulator } = await openClient()
    expect(await raw(simulator.url, operation, body)).toEqual({ status: 400, __type, message })
  })

  test('drops members that ECS does not know', async () => {
    const { simulator } = await openClient()
    expect((await raw(simulator.url, 'CreateCluster', { clusterName: 'main', colour: 'blue' })).status).toBe(200)
  })

  test('wants a signature for ECS', async () => {
    const { simulator } = await openClient()
    expect((await raw(simulator.url, 'ListClusters', {}, { authorization: '' })).__type).toBe(
      'MissingAuthenticationTokenException',
    )
    const s3 = 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request'
    expect((await raw(simulator.url, 'ListClusters', {}, { authorization: s3 })).__type).toBe(
      'InvalidSignatureException',
    )
  })

  test('regions are told apart by the signature, partitions by the region', async () => {
    const { simulator, client } = await openClient({ accountId: '999999999999' })
    await client.send(create())
    for (const [region, arn] of [
      ['eu-west-1', 'arn:aws:ecs:eu-west-1:999999999999:cluster/main'],
      ['cn-north-1', 'arn:aws-cn:ecs:cn-north-1:999999999999:cluster/main'],
    ]) {
      const other = clientFor(simulator.url, region)
      expect((await other.send(list())).clusterArns).toEqual([])
      expect((await other.send(create())).cluster?.clusterArn).toBe(arn)
    }
  })

  test('every operation is one of the SDK, and stands in a bucket', () => {
    const held = Object.values(rates).flatMap(({ operations }) => operations)
    expect(Object.keys(operations).filter(name => !operationExists(name))).toEqual([])
    expect(Object.keys(operations).filter(name => !held.includes(name))).toEqual([])
  })

  test('the log has every call with its input, its time and its answer', async () => {
    const { simulator, client } = await openClient({ stepSeconds: 1 })
    await client.send(create())
    await errorOf(client.send(new UpdateClusterCommand({ cluster: 'nowhere' })))
    const start = Date.parse('2026-01-02T03:04:05Z')
    expect(simulator.calls).toEqual([
      {
        operation: 'CreateCluster',
        region: 'us-east-1',
        input: { clusterName: 'main' },
        at: start + 1000,
        status: 200,
      },
      {
        operation: 'UpdateCluster',
        region: 'us-east-1',
        input: { cluster: 'nowhere' },
        at: start + 2000,
        status: 400,
        error: 'ClusterNotFoundException',
      },
    ])
  })
})

describe('token buckets', () => {
  test('run dry and fill with virtual time', async () => {
    const { simulator, client } = await openClient()
    for (let i = 0; i < 20; i++) await client.send(create())
    expect(await errorOf(client.send(create()))).toMatchObject({
      name: 'ThrottlingException',
      message: 'Rate exceeded',
      $metadata: { httpStatusCode: 400 },
    })
    // The other groups and regions have their own.
    await client.send(list())
    await clientFor(simulator.url, 'eu-west-1').send(create())
    simulator.advance(2)
    await client.send(create())
    await client.send(create())
    expect((await errorOf(client.send(create()))).name).toBe('ThrottlingException')
  })

  test('can be switched off', async () => {
    const { client } = await openClient({ throttling: false })
    for (let i = 0; i < 30; i++) await client.send(create())
  })

  test('the SDK waits and tries again', async () => {
    const { simulator } = await openClient({ speed: 60 })
    const client = clientFor(simulator.url, 'us-east-1', 4)
    simulator.inject({ operation: 'ListClusters', fault: { kind: 'unavailable' }, times: 2 })
    await client.send(list())
    expect(simulator.calls.map(({ status }) => status)).toEqual([500, 500, 200])
  })
})

describe('faults', () => {
  test('strike the nth call, so many times, of an operation with an input', async () => {
    const { simulator, client } = await openClient()
    const fault = { kind: 'throttle' } as const
    simulator.inject({ operation: 'CreateCluster', input: { clusterName: 'b' }, nth: 2, times: 2, fault })
    const answers = []
    for (const name of ['a', 'b', 'b', 'a', 'b', 'b'])
      answers.push(
        await client.send(create(name)).then(
          () => 'ok',
          ({ name }: Error) => name,
        ),
      )
    expect(answers).toEqual(['ok', 'ok', 'ThrottlingException', 'ok', 'ThrottlingException', 'ok'])
  })

  test.each([
    [{ kind: 'throttle' }, 'ThrottlingException', 400],
    [{ kind: 'unavailable' }, 'ServerException', 500],
    [{ kind: 'unavailable', status: 503 }, 'ServerException', 503],
    [{ kind: 'error', name: 'ClientException', message: 'Too many concurrent attempts' }, 'ClientException', 400],
    [{ kind: 'deny' }, 'AccessDeniedException', 400],
  ] as const)('%j', async (fault, name, httpStatusCode) => {
    const { simulator, client } = await openClient()
    simulator.inject({ fault, always: true })
    expect(await errorOf(client.send(create()))).toMatchObject({ name, $metadata: { httpStatusCode } })
    expect(simulator.calls[0]).toMatchObject({ status: httpStatusCode, fault: fault.kind })
    simulator.clearFaults()
    expect((await client.send(list())).clusterArns).toEqual([])
  })

  test.each([
    ['reset', 0],
    ['lose', 1],
  ] as const)('%s cuts the connection with %i clusters made', async (kind, made) => {
    const { simulator, client } = await openClient()
    simulator.inject({ operation: 'CreateCluster', fault: { kind } })
    expect((await errorOf(client.send(create()))).message).toMatch(/socket hang up|ECONNRESET/)
    expect((await client.send(list())).clusterArns).toHaveLength(made)
  })

  test('delay holds the answer back until its time has come', async () => {
    const { simulator, client } = await openClient()
    simulator.inject({ operation: 'CreateCluster', fault: { kind: 'delay', seconds: 60 } })
    let answered = false
    const call = client.send(create()).then(() => {
      answered = true
    })
    expect((await client.send(list())).clusterArns).toHaveLength(1)
    expect(answered).toBe(false)
    simulator.advance(60)
    await call
  })

  test('hang never answers', async () => {
    const { simulator, client } = await openClient()
    simulator.inject({ operation: 'CreateCluster', fault: { kind: 'hang' } })
    const call = errorOf(client.send(create(), { abortSignal: AbortSignal.timeout(20) }))
    expect((await call).name).toMatch(/Abort|Timeout/)
    expect((await client.send(list())).clusterArns).toEqual([])
  })

  test('denied actions say who may not do what', async () => {
    const { simulator, client } = await openClient()
    simulator.deny(['ecs:Describe*', 'ecs:ListClusters'])
    await client.send(create())
    expect((await errorOf(client.send(list()))).name).toBe('AccessDeniedException')
    expect(await errorOf(client.send(new DescribeServicesCommand({ cluster: 'main', services: ['a'] })))).toMatchObject(
      {
        name: 'AccessDeniedException',
        message: expect.stringMatching(
          /^User: arn:aws:sts::123456789012:assumed-role\/\S+ is not authorized to perform: ecs:DescribeServices on resource: arn:aws:ecs:us-east-1:123456789012:cluster\/main/,
        ),
      },
    )
    simulator.deny([])
    await client.send(list())
  })
})

test('the same calls give the same history', async () => {
  const histories = []
  for (let i = 0; i < 2; i++) {
    const { simulator, client } = await openClient()
    await client.send(create())
    simulator.registerContainerInstance({ cluster: 'main' })
    const containerDefinitions = [{ name: 'a', image: 'a:crash', memory: 64 }]
    await client.send(new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions }))
    await client.send(
      new CreateServiceCommand({ cluster: 'main', serviceName: 'web', taskDefinition: 'web', desiredCount: 3 }),
    )
    simulator.advance(300)
    const { services } = await client.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }))
    histories.push(services)
  }
  expect(histories[0]).toEqual(histories[1])
})

test('what was just made may not be seen yet', async () => {
  const { simulator, client } = await openClient({ consistencySeconds: 30 })
  await client.send(create())
  await client.send(
    new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions: [{ name: 'a', image: 'a', memory: 64 }] }),
  )
  await client.send(
    new CreateServiceCommand({ cluster: 'main', serviceName: 'web', taskDefinition: 'web', desiredCount: 0 }),
  )
  const look = () => client.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }))
  expect((await look()).failures?.[0]?.reason).toBe('MISSING')
  expect((await client.send(new ListServicesCommand({ cluster: 'main' }))).serviceArns).toEqual([])
  simulator.advance(30)
  expect((await look()).services).toHaveLength(1)
})

describe('time', () => {
  test('stands still, steps, or runs at a speed', async () => {
    const still = await openClient()
    await still.client.send(list())
    expect(still.simulator.clock.date().toISOString()).toBe('2026-01-02T03:04:05.000Z')
    const fast = await openClient({ speed: 100_000 })
    await fast.client.send(list())
    await fast.client.send(list())
    expect(fast.simulator.clock.now).toBeGreaterThan(Date.parse('2026-01-02T03:04:06Z'))
  })

  test('sleepers wake in the order of their time, and make it pass', async () => {
    const { simulator } = await openClient()
    const woken: number[] = []
    const sleep = (ms: number) => simulator.sleep(ms).then(() => woken.push(ms))
    await Promise.all([sleep(3000), sleep(1000), sleep(2000), sleep(1000)])
    expect(woken).toEqual([1000, 1000, 2000, 3000])
    expect(simulator.clock.date().toISOString()).toBe('2026-01-02T03:04:08.000Z')
  })

  test('a sleeper can be called off', async () => {
    const { simulator } = await openClient()
    const controller = new AbortController()
    const sleeping = simulator.sleep(10_000, controller.signal)
    controller.abort(new Error('enough'))
    await expect(sleeping).rejects.toThrow('enough')
    await expect(simulator.sleep(1, controller.signal)).rejects.toThrow('enough')
  })
})

describe('the back door over HTTP', () => {
  const knock = async (url: string, request?: AdminRequest | object) => {
    const response = await fetch(`${url}/_simulator`, request ? { method: 'POST', body: JSON.stringify(request) } : {})
    const answer = (await response.json()) as Record<string, unknown>
    return { ...answer, status: response.status } as Record<string, unknown>
  }

  test('does what the one in process does', async () => {
    const { simulator, client } = await openClient()
    await client.send(create())
    expect(await knock(simulator.url)).toMatchObject({ accountId: '123456789012', callCount: 1 })
    expect(await knock(simulator.url, { action: 'advance', seconds: 5 })).toMatchObject({
      time: '2026-01-02T03:04:10.000Z',
    })
    expect(
      await knock(simulator.url, {
        action: 'registerContainerInstance',
        instance: { cluster: 'main', ec2InstanceId: 'i-1' },
      }),
    ).toMatchObject({ ec2InstanceId: 'i-1', containerInstanceArn: expect.stringMatching(/container-instance\/main\//) })
    await knock(simulator.url, { action: 'inject', injection: { fault: { kind: 'throttle' } } })
    expect((await errorOf(client.send(list()))).name).toBe('ThrottlingException')
    await knock(simulator.url, { action: 'deny', actions: ['*'] })
    expect((await errorOf(client.send(list()))).name).toBe('AccessDeniedException')
    const { calls } = await knock(simulator.url, { action: 'calls', from: 1 })
    expect(calls).toMatchObject([{ error: 'ThrottlingException' }, { error: 'AccessDeniedException' }])
    for (const request of [
      { action: 'behave', image: 'a', behaviour: { exitCode: 1 } },
      { action: 'registerCapacityProvider', name: 'own' },
      { action: 'setCapacity', capacity: { fargate: 1 } },
      { action: 'setAgentConnected', instance: 'i-1', connected: false },
      { action: 'clearFaults' },
      { action: 'setThrottling', on: false },
      { action: 'setConsistencySeconds', seconds: 1 },
    ] satisfies AdminRequest[])
      expect((await knock(simulator.url, request)).status).toBe(200)
    expect(await knock(simulator.url, { action: 'dance' })).toEqual({ status: 400, message: 'unknown action "dance"' })
    expect((await knock(simulator.url, { action: 'exitTask', task: 'x' })).status).toBe(400)
  })
})

describe('as a process', () => {
  let child: ChildProcess | undefined

  afterEach(async () => {
    if (!child || child.exitCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    await gone
  })

  test('prints its address and goes when it is told to', async () => {
    const root = fileURLToPath(new URL('../..', import.meta.url))
    child = spawn(process.execPath, ['--import', 'tsx', 'simulator/server.ts', '--port', '0', '--speed', '600'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, NODE_OPTIONS: '' },
    })
    const [line] = (await once(child.stdout as NonNullable<typeof child.stdout>, 'data')) as [Buffer]
    const url = line.toString().trim()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const client = clientFor(url)
    await client.send(create())
    expect((await client.send(new DescribeClustersCommand({ clusters: ['main'] }))).clusters).toHaveLength(1)
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await gone).toEqual([0, null])
  }, 30_000)
})
