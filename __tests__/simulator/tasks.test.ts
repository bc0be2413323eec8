import {
  CreateClusterCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  type ListTasksRequest,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type RunTaskRequest,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { errorOf, openClient } from '../world/aws.ts'

const network = { awsvpcConfiguration: { subnets: ['subnet-a'] } }

async function jobs(image = 'team/migrate:3', container: object = {}) {
  const { simulator, client } = await openClient()
  await client.send(new CreateClusterCommand({ clusterName: 'main' }))
  await client.send(
    new RegisterTaskDefinitionCommand({
      family: 'job',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE', 'EC2'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'app', image, ...container }],
      tags: [{ key: 'team', value: 'blue' }],
    }),
  )
  const run = (more: Partial<RunTaskRequest> = {}) =>
    client.send(
      new RunTaskCommand({
        cluster: 'main',
        taskDefinition: 'job',
        launchType: 'FARGATE',
        networkConfiguration: network,
        ...more,
      }),
    )
  return { simulator, client, run }
}

const look = async (client: ECSClient, arn: string | undefined): Promise<Task> =>
  (await client.send(new DescribeTasksCommand({ cluster: 'main', tasks: [arn ?? ''], include: ['TAGS'] })))
    .tasks?.[0] as Task

const list = async (client: ECSClient, filter: ListTasksRequest) =>
  (await client.send(new ListTasksCommand({ cluster: 'main', ...filter }))).taskArns

describe('the life of a task', () => {
  test('goes through every status and ends with its exit code', async () => {
    const { simulator, client, run } = await jobs()
    const { tasks } = await run()
    const statuses = [tasks?.[0]?.lastStatus]
    for (let seconds = 0; seconds < 30; seconds++) {
      simulator.advance(1)
      const { lastStatus } = await look(client, tasks?.[0]?.taskArn)
      if (lastStatus !== statuses.at(-1)) statuses.push(lastStatus)
    }
    expect(statuses).toEqual(['PROVISIONING', 'PENDING', 'RUNNING', 'DEPROVISIONING', 'STOPPED'])
    expect(await look(client, tasks?.[0]?.taskArn)).toMatchObject({
      desiredStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'app', exitCode: 0, lastStatus: 'STOPPED' }],
    })
  })

  test.each([
    ['team/migrate:3', {}, 0],
    ['team/seed-job:1', {}, 0],
    ['app:failing', {}, 1],
    ['app:crash', {}, 1],
    ['localhost:5000/team/migrate', {}, 0],
    ['registry.example/app:1.2-broken', {}, 1],
    ['app:oom', {}, 137],
    ['app:1', { command: ['sh', '-c', 'sleep 2; exit 7'] }, 7],
  ])('image %s with %j exits with %i by itself', async (image, container, exitCode) => {
    const { simulator, client, run } = await jobs(image, container)
    const { tasks } = await run()
    simulator.advance(60)
    expect((await look(client, tasks?.[0]?.taskArn)).containers?.[0]?.exitCode).toBe(exitCode)
  })

  test('of any other image it runs until it is told to stop', async () => {
    const { simulator, client, run } = await jobs('app:1')
    const { tasks } = await run()
    simulator.advance(24 * 3600)
    expect((await look(client, tasks?.[0]?.taskArn)).lastStatus).toBe('RUNNING')
    simulator.exitTask(tasks?.[0]?.taskArn ?? '', 4)
    simulator.advance(10)
    expect((await look(client, tasks?.[0]?.taskArn)).containers?.[0]?.exitCode).toBe(4)
  })

  test('behaviours of an image are taken in turn', async () => {
    const { simulator, client, run } = await jobs('app:1')
    simulator.behave('app:*', [{ exitCode: 1 }, { exitCode: 0 }])
    const { tasks } = await run({ count: 3 })
    simulator.advance(60)
    const codes = await Promise.all(
      (tasks ?? []).map(async ({ taskArn }) => (await look(client, taskArn)).containers?.[0]?.exitCode),
    )
    expect(codes).toEqual([1, 0, 0])
  })

  test('a task that never starts says why and has no exit code', async () => {
    const { simulator, client, run } = await jobs('app:missing')
    const { tasks } = await run()
    simulator.advance(60)
    const task = await look(client, tasks?.[0]?.taskArn)
    expect(task).toMatchObject({ stopCode: 'TaskFailedToStart' })
    expect(task.stoppedReason).toMatch(/^CannotPullContainerError/)
    expect(task.startedAt).toBeUndefined()
    expect(task.containers?.[0]?.exitCode).toBeUndefined()
  })

  test('a sidecar is killed when the essential container exits, and may go alone', async () => {
    const { simulator, client } = await openClient()
    await client.send(new CreateClusterCommand({ clusterName: 'main' }))
    await client.send(
      new RegisterTaskDefinitionCommand({
        family: 'job',
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [
          { name: 'app', image: 'app:1', command: ['sleep 20'] },
          { name: 'log', image: 'log:1', essential: false },
          { name: 'init', image: 'init:1', essential: false, command: ['sleep 2'] },
        ],
      }),
    )
    const { tasks } = await client.send(
      new RunTaskCommand({
        cluster: 'main',
        taskDefinition: 'job',
        launchType: 'FARGATE',
        networkConfiguration: network,
      }),
    )
    simulator.advance(20)
    expect((await look(client, tasks?.[0]?.taskArn)).lastStatus).toBe('RUNNING')
    simulator.advance(60)
    const { containers } = await look(client, tasks?.[0]?.taskArn)
    expect(containers?.map(({ name, exitCode }) => [name, exitCode])).toEqual([
      ['app', 0],
      ['log', 137],
      ['init', 0],
    ])
  })

  test('is forgotten an hour after its end', async () => {
    const { simulator, client, run } = await jobs()
    const { tasks } = await run()
    simulator.advance(3600)
    expect((await look(client, tasks?.[0]?.taskArn)).lastStatus).toBe('STOPPED')
    simulator.advance(60)
    const { failures } = await client.send(
      new DescribeTasksCommand({ cluster: 'main', tasks: [tasks?.[0]?.taskArn ?? ''] }),
    )
    expect(failures).toEqual([{ arn: tasks?.[0]?.taskArn, reason: 'MISSING' }])
  })
})

describe('stopping a task', () => {
  test('says who and why, and loses its tags', async () => {
    const { simulator, client, run } = await jobs('app:1')
    const { tasks } = await run({ tags: [{ key: 'a', value: 'b' }] })
    simulator.advance(30)
    expect((await look(client, tasks?.[0]?.taskArn)).tags).toEqual([{ key: 'a', value: 'b' }])
    await client.send(new StopTaskCommand({ cluster: 'main', task: tasks?.[0]?.taskArn ?? '', reason: 'enough' }))
    simulator.advance(30)
    expect(await look(client, tasks?.[0]?.taskArn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'enough',
      tags: [],
      containers: [{ exitCode: 137 }],
    })
  })

  test('of a task that is not there is an error', async () => {
    const { client } = await jobs()
    expect(await errorOf(client.send(new StopTaskCommand({ cluster: 'main', task: 'nowhere' })))).toMatchObject({
      name: 'InvalidParameterException',
      message: 'The referenced task was not found.',
    })
  })
})

describe('a clientToken', () => {
  test('answers the first run again', async () => {
    const { simulator, run } = await jobs()
    const first = await run({ clientToken: 'token', count: 2 })
    simulator.advance(8)
    const second = await run({ clientToken: 'token', count: 2 })
    expect(second.tasks?.map(({ taskArn }) => taskArn)).toEqual(first.tasks?.map(({ taskArn }) => taskArn))
    expect(second.tasks?.[0]?.lastStatus).toBe('PENDING')
  })

  test('with other parameters is a conflict that names the tasks', async () => {
    const { run } = await jobs()
    const first = await run({ clientToken: 'token' })
    expect(await errorOf(run({ clientToken: 'token', count: 2 }))).toMatchObject({
      name: 'ConflictException',
      resourceIds: [first.tasks?.[0]?.taskArn],
    })
  })

  test('counts for one cluster', async () => {
    const { client, run } = await jobs()
    await client.send(new CreateClusterCommand({ clusterName: 'other' }))
    const first = await run({ clientToken: 'token' })
    const second = await run({ clientToken: 'token', cluster: 'other' })
    expect(second.tasks?.[0]?.taskArn).not.toBe(first.tasks?.[0]?.taskArn)
  })

  test.each([
    ['an hour after the end of a task', 'team/migrate:3', 3600 + 60, 3600 - 60],
    ['a day after the start of one that still runs', 'app:1', 24 * 3600 + 1, 24 * 3600 - 1],
  ])('is forgotten %s', async (_, image, late, early) => {
    for (const [seconds, same] of [
      [early, true],
      [late, false],
    ] as const) {
      const { simulator, run } = await jobs(image)
      const first = await run({ clientToken: 'token' })
      simulator.advance(seconds)
      const second = await run({ clientToken: 'token' })
      expect(second.tasks?.[0]?.taskArn === first.tasks?.[0]?.taskArn).toBe(same)
    }
  })
})

describe('listing tasks', () => {
  test('startedBy must be the only filter', async () => {
    const { client, run } = await jobs('app:1')
    const { tasks } = await run({ startedBy: 'me' })
    await run({ startedBy: 'you' })
    expect(await list(client, { startedBy: 'me' })).toEqual([tasks?.[0]?.taskArn])
    for (const other of [{ family: 'job' }, { desiredStatus: 'STOPPED' as const }, { launchType: 'FARGATE' as const }])
      expect((await errorOf(list(client, { startedBy: 'me', ...other }))).message).toBe(
        'cannot specify startedBy with other arguments',
      )
  })

  test('shows running ones unless told, and never PENDING ones', async () => {
    const { simulator, client, run } = await jobs()
    await run()
    expect(await list(client, {})).toHaveLength(1)
    expect(await list(client, { desiredStatus: 'PENDING' })).toEqual([])
    simulator.advance(60)
    expect(await list(client, {})).toEqual([])
    expect(await list(client, { family: 'job', desiredStatus: 'STOPPED' })).toHaveLength(1)
    expect(await list(client, { family: 'other', desiredStatus: 'STOPPED' })).toEqual([])
  })

  test('comes in pages', async () => {
    const { client, run } = await jobs()
    await run({ count: 5 })
    const first = await client.send(new ListTasksCommand({ cluster: 'main', maxResults: 3 }))
    const second = await client.send(
      new ListTasksCommand({ cluster: 'main', maxResults: 3, nextToken: first.nextToken }),
    )
    expect([first.taskArns?.length, second.taskArns?.length, second.nextToken]).toEqual([3, 2, undefined])
    expect(new Set([...(first.taskArns ?? []), ...(second.taskArns ?? [])]).size).toBe(5)
  })
})

describe('RunTask', () => {
  test.each([
    ['eleven tasks', { count: 11 }, /between 1 and 10/],
    ['propagateTags NONE', { propagateTags: 'NONE' }, /propagateTags/],
    ['a startedBy with a colon', { startedBy: 'a:b' }, /startedBy/],
    ['long overrides', { overrides: { containerOverrides: [{ name: 'app', command: ['x'.repeat(8192)] }] } }, /8192/],
    ['an override of no container', { overrides: { containerOverrides: [{ name: 'nobody' }] } }, /not a container/],
    ['no network', { networkConfiguration: undefined }, /Network Configuration must be provided/],
    ['a missing definition', { taskDefinition: 'nowhere' }, /TaskDefinition not found/],
    ['no instance', { launchType: 'EC2' }, /No Container Instances were found/],
    ['a missing cluster', { cluster: 'nowhere' }, /Cluster not found/],
  ] as const)('with %s is refused', async (_, wrong, message) => {
    const { run } = await jobs()
    expect((await errorOf(run(wrong as Partial<RunTaskRequest>))).message).toMatch(message)
  })

  test('answers failures where instances have no room, and starts what fits', async () => {
    const { simulator, run } = await jobs('app:1')
    const { containerInstanceArn } = simulator.registerContainerInstance({ cluster: 'main', memory: 1024 })
    const { tasks, failures } = await run({ launchType: 'EC2', count: 3 })
    expect(tasks).toHaveLength(2)
    expect(failures).toEqual([{ arn: containerInstanceArn, reason: 'RESOURCE:MEMORY' }])
  })

  test.each([
    [{ cpu: 128 }, undefined, 'RESOURCE:CPU'],
    [{ agentConnected: false }, undefined, 'AGENT'],
    [{}, [{ type: 'memberOf', expression: 'attribute:disk == ssd' }], 'MemberOf placement constraint unsatisfied.'],
  ] as const)(
    'on an instance with %j and constraints %j fails with %s',
    async (instance, placementConstraints, reason) => {
      const { simulator, run } = await jobs('app:1')
      simulator.registerContainerInstance({ cluster: 'main', ...instance })
      const { tasks, failures } = await run({
        launchType: 'EC2',
        ...(placementConstraints && { placementConstraints: [...placementConstraints] }),
      })
      expect([tasks, failures?.[0]?.reason]).toEqual([[], reason])
    },
  )

  test('on Fargate may find no capacity', async () => {
    const { simulator, run } = await jobs('app:1')
    simulator.setCapacity({ fargate: 1 })
    const { tasks, failures } = await run({ count: 2 })
    expect([tasks?.length, failures?.[0]?.reason]).toEqual([1, expect.stringMatching(/Capacity is unavailable/)])
    expect(await errorOf(run())).toMatchObject({ name: 'ClientException' })
  })

  test('gives tags of the definition, of the call and of ECS', async () => {
    const { run } = await jobs()
    const { tasks } = await run({
      propagateTags: 'TASK_DEFINITION',
      enableECSManagedTags: true,
      tags: [{ key: 'run', value: '1' }],
    })
    expect(Object.fromEntries((tasks?.[0]?.tags ?? []).map(({ key, value }) => [key, value]))).toEqual({
      team: 'blue',
      run: '1',
      'aws:ecs:clusterName': 'main',
    })
  })
})

test('an ARN of another cluster is an error, an id that is not there a failure', async () => {
  const { client, run } = await jobs()
  await client.send(new CreateClusterCommand({ clusterName: 'other' }))
  const { tasks } = await run()
  const call = client.send(new DescribeTasksCommand({ cluster: 'other', tasks: [tasks?.[0]?.taskArn ?? ''] }))
  expect((await errorOf(call)).message).toBe('Identifier is for main. Your cluster is other')
})
