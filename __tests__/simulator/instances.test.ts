import {
  CreateClusterCommand,
  DeleteAttributesCommand,
  DeregisterContainerInstanceCommand,
  DescribeContainerInstancesCommand,
  ListAttributesCommand,
  ListContainerInstancesCommand,
  type ListContainerInstancesRequest,
  PutAttributesCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  UpdateContainerInstancesStateCommand,
} from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { errorOf, openClient } from '../world/aws.ts'

async function two() {
  const { simulator, client } = await openClient()
  await client.send(new CreateClusterCommand({ clusterName: 'main' }))
  const [a, b] = ['i-a', 'i-b'].map(
    ec2InstanceId =>
      simulator.registerContainerInstance({
        cluster: 'main',
        ec2InstanceId,
        attributes: [{ name: 'stack', value: ec2InstanceId === 'i-a' ? 'blue' : 'green' }],
      }).containerInstanceArn,
  ) as [string, string]
  const list = async (input: ListContainerInstancesRequest) =>
    (await client.send(new ListContainerInstancesCommand({ cluster: 'main', ...input }))).containerInstanceArns
  const describeIt = async (containerInstance: string) =>
    (
      await client.send(
        new DescribeContainerInstancesCommand({ cluster: 'main', containerInstances: [containerInstance] }),
      )
    ).containerInstances?.[0]
  const setState = (status: 'ACTIVE' | 'DRAINING', ...containerInstances: string[]) =>
    client.send(new UpdateContainerInstancesStateCommand({ cluster: 'main', containerInstances, status }))
  return { simulator, client, a, b, list, describeIt, setState }
}

describe('finding instances', () => {
  test.each([
    ['ec2InstanceId == i-a', ['a']],
    ['ec2InstanceId in [i-a, i-b]', ['a', 'b']],
    ['ec2InstanceId in [i-x]', []],
    ['attribute:stack == green', ['b']],
    ['attribute:stack != green', ['a']],
    ['attribute:stack exists and ec2InstanceId == i-b', ['b']],
    ['attribute:none !exists', ['a', 'b']],
  ])('%s', async (filter, expected) => {
    const { a, b, list } = await two()
    expect(await list({ filter })).toEqual(expected.map(name => (name === 'a' ? a : b)))
  })

  test('a filter that makes no sense is refused', async () => {
    const { list } = await two()
    expect((await errorOf(list({ filter: 'nonsense' }))).message).toMatch(/Invalid filter expression/)
  })

  test('by status, and what is missing is a failure', async () => {
    const { client, a, b, list, setState } = await two()
    await setState('DRAINING', a)
    expect(await list({ status: 'DRAINING' })).toEqual([a])
    expect(await list({ status: 'ACTIVE' })).toEqual([b])
    const { failures } = await client.send(
      new DescribeContainerInstancesCommand({ cluster: 'main', containerInstances: ['nowhere'] }),
    )
    expect(failures?.[0]?.reason).toBe('MISSING')
  })
})

describe('tasks on an instance', () => {
  test('take its resources, stay while it drains, and keep it from being deregistered', async () => {
    const { simulator, client, a, b, describeIt, setState } = await two()
    await client.send(
      new RegisterTaskDefinitionCommand({
        family: 'job',
        containerDefinitions: [
          { name: 'app', image: 'app:1', cpu: 100, memory: 500, portMappings: [{ containerPort: 80, hostPort: 8080 }] },
        ],
      }),
    )
    await setState('DRAINING', b)
    const { tasks } = await client.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'job' }))
    expect(tasks?.[0]?.containerInstanceArn).toBe(a)
    simulator.advance(10)
    const { remainingResources = [], runningTasksCount } = (await describeIt(a)) ?? {}
    expect(remainingResources.slice(0, 2).map(({ integerValue }) => integerValue)).toEqual([1948, 3384])
    expect(remainingResources[2]?.stringSetValue).toContain('8080')
    expect(runningTasksCount).toBe(1)
    expect(
      (await client.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'job' }))).failures?.[0]?.reason,
    ).toBe('RESOURCE:PORTS')
    await setState('DRAINING', a)
    simulator.advance(600)
    expect((await describeIt(a))?.runningTasksCount).toBe(1)
    const deregister = (force: boolean) =>
      client.send(new DeregisterContainerInstanceCommand({ cluster: 'main', containerInstance: a, force }))
    expect((await errorOf(deregister(false))).message).toBe('Found running tasks on the instance.')
    expect((await deregister(true)).containerInstance?.status).toBe('INACTIVE')
    expect(simulator.findTask(tasks?.[0]?.taskArn ?? '')?.wire).toMatchObject({ lastStatus: 'STOPPED' })
  })

  test('at most ten instances change their state in a call', async () => {
    const { setState } = await two()
    expect((await errorOf(setState('DRAINING', ...Array.from({ length: 11 }, (_, i) => `i${i}`)))).message).toMatch(
      /at most 10/,
    )
  })
})

describe('attributes', () => {
  test('are put, listed and deleted', async () => {
    const { client, a, b } = await two()
    await client.send(
      new PutAttributesCommand({
        cluster: 'main',
        attributes: [
          { name: 'disk', value: 'ssd', targetId: a },
          { name: 'stack', value: 'red', targetId: b.split('/').at(-1), targetType: 'container-instance' },
        ],
      }),
    )
    const list = async (attributeName: string) =>
      (
        await client.send(
          new ListAttributesCommand({ cluster: 'main', targetType: 'container-instance', attributeName }),
        )
      ).attributes
    expect(await list('disk')).toEqual([{ name: 'disk', value: 'ssd', targetId: a, targetType: 'container-instance' }])
    expect((await list('stack'))?.map(({ value }) => value)).toEqual(['blue', 'red'])
    await client.send(new DeleteAttributesCommand({ cluster: 'main', attributes: [{ name: 'disk', targetId: a }] }))
    expect(await list('disk')).toEqual([])
  })

  test.each([
    ['no target', { name: 'x' }, 'InvalidParameterException'],
    [
      'a missing target',
      { name: 'x', targetId: 'nowhere', targetType: 'container-instance' },
      'TargetNotFoundException',
    ],
    ['a reserved name', { name: 'ecs.os-type', value: 'x' }, 'InvalidParameterException'],
    ['a long value', { name: 'x', value: 'y'.repeat(129) }, 'InvalidParameterException'],
  ] as const)('with %s are refused', async (_, attribute, name) => {
    const { client, a } = await two()
    const target = _.includes('target') ? {} : { targetId: a }
    const call = client.send(new PutAttributesCommand({ cluster: 'main', attributes: [{ ...attribute, ...target }] }))
    expect((await errorOf(call)).name).toBe(name)
  })
})
