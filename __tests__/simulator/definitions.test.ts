import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionRequest,
} from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { errorOf, openClient } from '../world/aws.ts'

const app = { name: 'app', image: 'app:1', memory: 128 }
const fargate: RegisterTaskDefinitionRequest = {
  family: 'web',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '.5 vCPU',
  memory: '1 gb',
  containerDefinitions: [{ ...app, portMappings: [{ containerPort: 80 }] }],
}

describe('registering a task definition', () => {
  test('fills in what was not said', async () => {
    const { client } = await openClient()
    const { taskDefinition } = await client.send(new RegisterTaskDefinitionCommand(fargate))
    expect(taskDefinition).toMatchObject({
      taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
      revision: 1,
      status: 'ACTIVE',
      cpu: '512',
      memory: '1024',
      compatibilities: ['EC2', 'FARGATE', 'MANAGED_INSTANCES'],
      volumes: [],
      placementConstraints: [],
      registeredAt: new Date('2026-01-02T03:04:05Z'),
    })
    expect(taskDefinition?.containerDefinitions?.[0]).toEqual({
      ...app,
      cpu: 0,
      essential: true,
      environment: [],
      mountPoints: [],
      volumesFrom: [],
      systemControls: [],
      portMappings: [{ containerPort: 80, hostPort: 80, protocol: 'tcp' }],
    })
  })

  test('in bridge mode host ports are dynamic, and other defaults are there too', async () => {
    const { client } = await openClient()
    const { taskDefinition } = await client.send(
      new RegisterTaskDefinitionCommand({
        family: 'web',
        containerDefinitions: [
          {
            ...app,
            portMappings: [{ containerPort: 80 }],
            healthCheck: { command: ['CMD', 'true'] },
            linuxParameters: { capabilities: { add: ['NET_ADMIN'] } },
          },
        ],
        volumes: [{ name: 'shared', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }, { name: 'scratch' }],
      }),
    )
    expect(taskDefinition?.networkMode).toBeUndefined()
    expect(taskDefinition?.containerDefinitions?.[0]).toMatchObject({
      portMappings: [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }],
      healthCheck: { interval: 30, timeout: 5, retries: 3 },
      linuxParameters: { capabilities: { add: ['NET_ADMIN'], drop: [] } },
    })
    expect(taskDefinition?.volumes).toEqual([
      { name: 'scratch', host: {} },
      { name: 'shared', efsVolumeConfiguration: { fileSystemId: 'fs-1', rootDirectory: '/' } },
    ])
  })

  // After answers that people published; only what a reason is known for.
  test('says what an instance must have to run it, and where it can run', async () => {
    const { client } = await openClient({ reorder: false })
    const role = 'arn:aws:iam::123456789012:role/run'
    const register = async (input: Partial<RegisterTaskDefinitionRequest>) => {
      const { taskDefinition } = await client.send(
        new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions: [app], ...input }),
      )
      return [
        taskDefinition?.requiresAttributes?.map(({ name }) => name?.replace(/^.*capability\./, '')),
        taskDefinition?.compatibilities,
      ]
    }
    const secret = (valueFrom: string) => ({ name: 'KEY', valueFrom })
    const busy = {
      ...app,
      image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1',
      logConfiguration: { logDriver: 'awslogs' as const },
      secrets: [secret('/web/key'), secret('arn:aws:secretsmanager:us-east-1:123456789012:secret:key')],
      healthCheck: { command: ['CMD', 'true'] },
      dependsOn: [{ containerName: 'side', condition: 'START' as const }],
    }
    expect(await register({})).toEqual([[], ['EC2', 'EXTERNAL']])
    expect(await register({ networkMode: 'host', taskRoleArn: role })).toEqual([
      ['task-iam-role-network-host'],
      ['EC2', 'EXTERNAL'],
    ])
    expect(
      await register({
        ...fargate,
        taskRoleArn: role,
        executionRoleArn: role,
        containerDefinitions: [busy, { ...app, name: 'side' }],
        volumes: [{ name: 'data', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }],
      }),
    ).toEqual([
      [
        'logging-driver.awslogs',
        'docker-remote-api.1.19',
        'execution-role-awslogs',
        'ecr-auth',
        'execution-role-ecr-pull',
        'secrets.ssm.environment-variables',
        'secrets.asm.environment-variables',
        'container-health-check',
        'container-ordering',
        'efs',
        'docker-remote-api.1.25',
        'task-iam-role',
        'docker-remote-api.1.18',
        'task-eni',
      ],
      ['EC2', 'FARGATE', 'MANAGED_INSTANCES'],
    ])
    expect(
      await register({
        networkMode: 'awsvpc',
        containerDefinitions: [{ ...app, privileged: true, memoryReservation: 64 }],
        volumes: [{ name: 'data', dockerVolumeConfiguration: {} }],
      }),
    ).toEqual([
      [
        'docker-remote-api.1.21',
        'privileged-container',
        'docker-plugin.local',
        'docker-remote-api.1.25',
        'docker-remote-api.1.18',
        'task-eni',
      ],
      ['EC2'],
    ])
  })

  test('lists whose order means nothing come back in another one, unless told', async () => {
    for (const [reorder, names] of [
      [true, ['B', 'A']],
      [false, ['A', 'B']],
    ] as const) {
      const { client } = await openClient({ reorder })
      const environment = [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ]
      const { taskDefinition } = await client.send(
        new RegisterTaskDefinitionCommand({
          family: 'web',
          containerDefinitions: [{ ...app, environment, command: ['first', 'second'] }],
        }),
      )
      const [container] = taskDefinition?.containerDefinitions ?? []
      expect(container?.environment?.map(({ name }) => name)).toEqual(names)
      expect(container?.command).toEqual(['first', 'second'])
    }
  })

  test.each([
    ['an invalid combination of cpu and memory', { ...fargate, cpu: '333' }, /No Fargate configuration exists/],
    ['Fargate in bridge mode', { ...fargate, networkMode: 'bridge' }, /network mode/],
    ['no container', { ...fargate, containerDefinitions: [] }, /Container list cannot be empty/],
    ['no image', { ...fargate, containerDefinitions: [{ name: 'app' }] }, /Container.image should not be null/],
    ['two containers of one name', { ...fargate, containerDefinitions: [app, app] }, /should be unique/],
    [
      'no memory anywhere',
      { family: 'web', containerDefinitions: [{ name: 'app', image: 'a' }] },
      /'memory' or 'memoryReservation'/,
    ],
    ['nothing essential', { ...fargate, containerDefinitions: [{ ...app, essential: false }] }, /essential/],
    ['an empty list of tags', { ...fargate, tags: [] }, /Tags can not be empty/],
    ['an aws: tag', { ...fargate, tags: [{ key: 'aws:x', value: 'y' }] }, /aws:/],
    ['an unknown network mode', { ...fargate, networkMode: 'wifi' }, /network mode should be one of/],
    ['a family with a blank', { ...fargate, family: 'a b' }, /Family/],
  ])('with %s is a ClientException', async (_, input, message) => {
    const { client } = await openClient()
    const command = new RegisterTaskDefinitionCommand(input as RegisterTaskDefinitionRequest)
    expect(await errorOf(client.send(command))).toMatchObject({
      name: 'ClientException',
      message: expect.stringMatching(message),
    })
  })
})

describe('revisions', () => {
  async function three() {
    const { simulator, client } = await openClient()
    for (let i = 0; i < 3; i++) await client.send(new RegisterTaskDefinitionCommand({ ...fargate, family: 'web' }))
    await client.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web:3' }))
    const describeIt = async (taskDefinition: string) =>
      (await client.send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition
    return { simulator, client, describeIt }
  }

  test('a family is its latest ACTIVE one', async () => {
    const { describeIt } = await three()
    expect((await describeIt('web'))?.revision).toBe(2)
  })

  test('a deregistered one is still described', async () => {
    const { describeIt } = await three()
    expect(await describeIt('web:3')).toMatchObject({ status: 'INACTIVE', deregisteredAt: expect.any(Date) })
  })

  test('numbers are never used again', async () => {
    const { client } = await three()
    expect((await client.send(new RegisterTaskDefinitionCommand(fargate))).taskDefinition?.revision).toBe(4)
  })

  test('lists go by family, status and order', async () => {
    const { client } = await three()
    await client.send(new RegisterTaskDefinitionCommand({ ...fargate, family: 'web-other' }))
    const list = async (input: object) =>
      (await client.send(new ListTaskDefinitionsCommand(input))).taskDefinitionArns?.map(arn => arn.split('/')[1])
    expect(await list({ familyPrefix: 'web' })).toEqual(['web:1', 'web:2'])
    expect(await list({ familyPrefix: 'web', sort: 'DESC' })).toEqual(['web:2', 'web:1'])
    expect(await list({ status: 'INACTIVE' })).toEqual(['web:3'])
    expect((await client.send(new ListTaskDefinitionFamiliesCommand({}))).families).toEqual(['web', 'web-other'])
  })

  test('only INACTIVE ones can be deleted', async () => {
    const { client } = await three()
    const { taskDefinitions, failures } = await client.send(
      new DeleteTaskDefinitionsCommand({ taskDefinitions: ['web:1', 'web:3', 'web:9'] }),
    )
    expect(taskDefinitions?.map(({ status }) => status)).toEqual(['DELETE_IN_PROGRESS'])
    expect(failures).toHaveLength(2)
  })

  test.each(['nowhere', 'web:9'])('%s cannot be described', async name => {
    const { describeIt } = await three()
    expect(await errorOf(describeIt(name))).toMatchObject({
      name: 'ClientException',
      message: 'Unable to describe task definition.',
    })
  })
})

test('tags stand beside the definition, and only when asked for', async () => {
  const { client } = await openClient()
  await client.send(new RegisterTaskDefinitionCommand({ ...fargate, tags: [{ key: 'a', value: 'b' }] }))
  const plain = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web' }))
  expect(plain.tags).toBeUndefined()
  const tagged = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web', include: ['TAGS'] }))
  expect(tagged.tags).toEqual([{ key: 'a', value: 'b' }])
})
