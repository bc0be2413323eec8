import { readdirSync, readFileSync } from 'node:fs'
import { ECSClient, RegisterTaskDefinitionCommand, type RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { flavors } from '../../../src/flavors/index.ts'
import { checkDefinition } from '../../../src/manifest/definition.ts'
import { nodeAt, plain } from '../../../src/particle.ts'
import { check, type FlavorName, parsed, stated } from './stated.ts'

const samples = new URL('../../fixtures/task-definitions/', import.meta.url)

describe('definitions as people write them', () => {
  test.each(readdirSync(samples).filter(name => name.endsWith('.json')))('%s', name => {
    const text = readFileSync(new URL(name, samples), 'utf8')
    const { definition, problems } = check('ecs_task_definition', text)
    expect(definition).toEqual(JSON.parse(text))
    // These are to be filled in: ECS refuses them without a role.
    const isWithoutRole = /_fargate/.test(name) && !text.includes('executionRoleArn')
    const missing = 'aws_resource.executionRoleArn is missing, and ECS needs the role for awslogs on Fargate'
    expect(problems).toEqual(isWithoutRole ? [expect.stringContaining(missing)] : [])
  })

  test.each<[string, FlavorName, string]>([
    [
      'a cluster of everything',
      'ecs_cluster',
      `
clusterName: main
capacityProviders: [FARGATE, FARGATE_SPOT]
defaultCapacityProviderStrategy:
  - {capacityProvider: FARGATE, base: 1, weight: 1}
  - {capacityProvider: FARGATE_SPOT, weight: 4}
settings: [{name: containerInsights, value: enhanced}]
configuration:
  executeCommandConfiguration: {logging: OVERRIDE, logConfiguration: {s3BucketName: logs, s3EncryptionEnabled: true}}
serviceConnectDefaults: {namespace: internal}
tags: [{key: team, value: 'Café & more @ home'}, {key: empty}]
`.replace(' & more', ''),
    ],
    ['a cluster without a word', 'ecs_cluster', '{}'],
    [
      'a service on Fargate',
      'ecs_service',
      `
serviceName: web
cluster: main
taskDefinition: web
desiredCount: 2
launchType: FARGATE
platformVersion: LATEST
networkConfiguration: {awsvpcConfiguration: {subnets: [subnet-1], securityGroups: [], assignPublicIp: ENABLED}}
loadBalancers: [{targetGroupArn: 'arn:aws:elasticloadbalancing:x', containerName: web, containerPort: 80}]
deploymentConfiguration:
  strategy: BLUE_GREEN
  bakeTimeInMinutes: 5
  deploymentCircuitBreaker: {enable: true, rollback: true, thresholdConfiguration: {type: COUNT, value: 3}}
  lifecycleHooks:
    - {hookTargetArn: 'arn:aws:lambda:x', roleArn: arn, lifecycleStages: [POST_TEST_TRAFFIC_SHIFT], hookDetails: {any: [thing, 1, null]}}
    - {targetType: PAUSE, lifecycleStages: [PRE_SCALE_UP]}
serviceConnectConfiguration:
  enabled: true
  services: [{portName: http, clientAliases: [{port: 80, dnsName: web}], timeout: {idleTimeoutSeconds: 0}}]
`,
    ],
    [
      'a launch type beside an empty strategy',
      'ecs_service',
      'serviceName: web\nlaunchType: EC2\ncapacityProviderStrategy: []',
    ],
    [
      'a daemon',
      'ecs_service',
      'serviceName: agent\nschedulingStrategy: DAEMON\nplacementConstraints: [{type: distinctInstance}]',
    ],
    [
      'a task',
      'ecs_task',
      `
taskName: migrate
stopReason: told to
count: 10
startedBy: ci/migrate_1
overrides: {containerOverrides: [{name: web, command: [rake, 'db:migrate'], environment: [{name: A, value: ''}]}]}
`,
    ],
    ['a revision alone', 'ecs_task_definition', 'family: web\nrevision: 7'],
    [
      'a task definition on EC2',
      'ecs_task_definition',
      `
family: web
networkMode: bridge
executionRoleArn: ecs-execution
volumes:
  - {name: data, host: {}}
  - {name: docker, dockerVolumeConfiguration: {scope: shared, autoprovision: true, driverOpts: {type: nfs}}}
  - name: efs
    efsVolumeConfiguration:
      fileSystemId: fs-1
      transitEncryption: ENABLED
      authorizationConfig: {accessPointId: fsap-1, iam: ENABLED}
containerDefinitions:
  - name: web
    image: nginx
    memoryReservation: 64
    links: ['db:database']
    portMappings: [{containerPort: 53, hostPort: 53, protocol: tcp}, {containerPort: 53, hostPort: 53, protocol: udp}, {containerPort: 80}, {containerPort: 81, hostPort: 0}, {containerPortRange: 8000-8010}]
    mountPoints: [{sourceVolume: data, containerPath: /data}]
    dependsOn: [{containerName: db, condition: HEALTHY}, {containerName: init, condition: SUCCESS}]
    logConfiguration: {logDriver: awsfirelens}
    secrets: [{name: TOKEN, valueFrom: arn}]
    environment: [{name: LEVEL, value: info}]
  - {name: db, image: postgres, memory: 64, healthCheck: {command: [CMD-SHELL, pg_isready], timeout: 120}}
  - {name: init, image: busybox, memory: 64, essential: false, volumesFrom: [{sourceContainer: web, readOnly: true}]}
  - {name: log, image: fluent, memory: 64, firelensConfiguration: {type: fluentbit}}
`,
    ],
    [
      'a large task',
      'ecs_task_definition',
      `
family: big
requiresCompatibilities: [FARGATE, EC2]
networkMode: awsvpc
cpu: 16 vCPU
memory: 120GB
pidMode: task
containerDefinitions: [{name: web, image: nginx, memory: 122880, linuxParameters: {initProcessEnabled: true, capabilities: {add: [SYS_PTRACE]}}, portMappings: [{containerPort: 80, hostPort: 80}]}]
`,
    ],
    ['an instance', 'ecs_instance', 'ec2InstanceId: i-1\nattributes: {stack: blue, old: null, "a/b": "x: y"}'],
    [
      'an instance with pairs',
      'ecs_instance',
      'ec2InstanceId: i-1\nattributes: [{name: stack, value: blue}, {name: old, value: null}, {name: bare}]',
    ],
    [
      "a reference with what is nobody's business",
      'ec2_instance',
      'InstanceId: i-1\nImageId: ami-1\nTags: [{a: null}]',
    ],
    [
      'what is still to be inherited',
      'ecs_service',
      `
serviceName: $inherit$ecs_task:a$taskName
desiredCount: $inherit$ecs_service:b$desiredCount
enableExecuteCommand: $inherit$ecs_service:b$enableExecuteCommand
launchType: $inherit$ecs_service:b$launchType
networkConfiguration: $inherit$ecs_service:b$networkConfiguration
loadBalancers: $inherit$ecs_service:b$loadBalancers
role: $inherit$ecs_service:b$role
`,
    ],
    [
      'empty texts where they say nothing',
      'ecs_task_definition',
      `
family: web
pidMode: ''
taskRoleArn: ''
networkMode: ''
cpu: ''
containerDefinitions:
  - {name: web, image: nginx, memory: 64, user: '', portMappings: [{containerPort: 80, name: '', protocol: ''}]}
`,
    ],
    [
      'an empty text that takes a default namespace away',
      'ecs_cluster',
      "clusterName: main\nserviceConnectDefaults: {namespace: ''}",
    ],
    [
      'containers that are still to be inherited',
      'ecs_task_definition',
      `
family: web
networkMode: $inherit$ecs_task_definition:a$networkMode
containerDefinitions:
  - {name: $inherit$ecs_task_definition:a$family, image: nginx, memory: 64}
  - {name: log, image: fluent, memory: 64, links: [any], dependsOn: [{containerName: any, condition: HEALTHY}]}
`,
    ],
  ])('%s', (_name, flavor, text) => {
    expect(check(flavor, text).problems).toEqual([])
  })
})

describe('scalars become what the model asks for', () => {
  const container = 'containerDefinitions: [{name: web, image: nginx, memory: 64'
  test.each<[string, FlavorName, string, (string | number)[], unknown, Record<string, string>?]>([
    ['a number where a text is due', 'ecs_task_definition', `family: web\ncpu: 256\n${container}}]`, ['cpu'], '256'],
    [
      'a number as it is written',
      'ecs_task_definition',
      `family: web\n${container}, dockerLabels: {version: 1.10}}]`,
      ['containerDefinitions', 0, 'dockerLabels', 'version'],
      '1.10',
    ],
    [
      'a number in another notation',
      'ecs_task_definition',
      `family: web\n${container}, command: [0x10]}]`,
      ['containerDefinitions', 0, 'command', 0],
      '0x10',
    ],
    [
      'a number with leading zeros',
      'ecs_task_definition',
      `family: web\n${container}, user: 0100}]`,
      ['containerDefinitions', 0, 'user'],
      '0100',
    ],
    [
      'a number too large to be exact',
      'ecs_task_definition',
      `family: web\n${container}, user: 12345678901234567890}]`,
      ['containerDefinitions', 0, 'user'],
      '12345678901234567890',
    ],
    [
      'a boolean where a text is due',
      'ecs_task_definition',
      `family: web\n${container}, environment: [{name: DEBUG, value: true}]}]`,
      ['containerDefinitions', 0, 'environment', 0, 'value'],
      'true',
    ],
    [
      'a boolean as it is written',
      'ecs_task_definition',
      `family: web\n${container}, environment: [{name: DEBUG, value: True}]}]`,
      ['containerDefinitions', 0, 'environment', 0, 'value'],
      'True',
    ],
    [
      'an empty text stays one',
      'ecs_task_definition',
      `family: web\n${container}, environment: [{name: DEBUG, value: ''}]}]`,
      ['containerDefinitions', 0, 'environment', 0, 'value'],
      '',
    ],
    [
      'a variable where a number is due',
      'ecs_service',
      'serviceName: web\ndesiredCount: ${COUNT}',
      ['desiredCount'],
      3,
      { COUNT: '3' },
    ],
    ['a text where a number is due', 'ecs_service', "serviceName: web\ndesiredCount: '03'", ['desiredCount'], 3],
    [
      'a whole number with a fraction of nothing',
      'ecs_service',
      'serviceName: web\ndesiredCount: 2.0',
      ['desiredCount'],
      2,
    ],
    [
      'a text where a fraction is due',
      'ecs_service',
      "serviceName: web\ndeploymentConfiguration: {canaryConfiguration: {canaryPercent: '0.5'}}",
      ['deploymentConfiguration', 'canaryConfiguration', 'canaryPercent'],
      0.5,
    ],
    [
      'a text where a boolean is due',
      'ecs_service',
      'serviceName: web\nenableExecuteCommand: ${EXEC}',
      ['enableExecuteCommand'],
      false,
      { EXEC: 'false' },
    ],
    ['a number for a name', 'ecs_cluster', 'clusterName: 7', ['clusterName'], '7'],
    ['an attribute', 'ecs_instance', 'ec2InstanceId: i-1\nattributes: {rack: 12}', ['attributes', 'rack'], '12'],
    ['a revision', 'ecs_task_definition', 'family: web\nrevision: ${REVISION}', ['revision'], 12, { REVISION: '12' }],
  ])('%s', (_name, flavor, text, path, value, variables = {}) => {
    const before = stated(text, variables)
    const { node, problems } = checkDefinition(before, flavors[flavor])
    expect(problems).toEqual([])
    // Only the value is another; its place, and what it was made from, stay.
    expect(nodeAt(node, path)).toEqual({ ...nodeAt(before, path), value })
  })

  test('what needs no change stays the same object', () => {
    const node = stated(
      'family: web\ncontainerDefinitions: [{name: web, image: nginx, memory: 64, user: 1}, {name: log, image: fluent, memory: 64}]',
    )
    const checked = checkDefinition(node, flavors.ecs_task_definition).node
    expect(checked).not.toBe(node)
    expect(nodeAt(checked, ['containerDefinitions', 1])).toBe(nodeAt(node, ['containerDefinitions', 1]))
    expect(checkDefinition(checked, flavors.ecs_task_definition).node).toBe(checked)
  })
})

describe('what is accepted', () => {
  const sent: string[] = []
  const client = new ECSClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: { body: Uint8Array }) => {
        sent.push(new TextDecoder().decode(request.body))
        throw new Error('seen enough')
      },
    },
  })

  const digits = fc.integer({ min: 4, max: 9999 })
  const scalar = fc.oneof(
    { weight: 4, arbitrary: digits },
    { weight: 3, arbitrary: digits.map(String) },
    { weight: 2, arbitrary: fc.boolean() },
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom('', ' 1', '1e3', 'true', 'false', 'yes', '0x10', 'NaN', null),
  )
  const number = fc.oneof({ weight: 9, arbitrary: digits }, { weight: 3, arbitrary: digits.map(String) }, scalar)
  const flag = fc.oneof(
    { weight: 9, arbitrary: fc.boolean() },
    { weight: 3, arbitrary: fc.constantFrom('true', 'false') },
    scalar,
  )
  const container = fc.record(
    {
      name: fc.constant('web'),
      image: scalar,
      memory: digits,
      cpu: number,
      user: scalar,
      command: fc.array(scalar, { maxLength: 3 }),
      environment: fc.array(fc.record({ name: scalar, value: scalar }, { requiredKeys: [] }), { maxLength: 3 }),
      dockerLabels: fc.dictionary(fc.string(), scalar, { maxKeys: 3 }),
      readonlyRootFilesystem: flag,
      ulimits: fc.array(fc.record({ name: fc.constant('nofile'), softLimit: number, hardLimit: number }), {
        maxLength: 2,
      }),
    },
    { requiredKeys: ['name', 'image', 'memory'] },
  )

  test('is sent as it is, and says what was written', async () => {
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(container, async stated => {
        const value = { family: 'web', containerDefinitions: [stated] }
        const { node, problems } = checkDefinition(parsed(JSON.stringify(value)), flavors.ecs_task_definition)
        if (problems.length > 0) return
        accepted++
        const definition = plain(node) as RegisterTaskDefinitionRequest
        await expect(client.send(new RegisterTaskDefinitionCommand(definition))).rejects.toThrow('seen enough')
        expect(JSON.parse(sent.pop() ?? '')).toEqual(definition)
        const said = (part: unknown): unknown =>
          Array.isArray(part)
            ? part.map(said)
            : part !== null && typeof part === 'object'
              ? Object.fromEntries(
                  // A null of a task definition equals absence.
                  Object.entries(part).flatMap(([key, inner]) => (inner === null ? [] : [[key, said(inner)]])),
                )
              : JSON.parse(JSON.stringify(String(part)))
        expect(said(definition)).toEqual(said(value))
      }),
      { numRuns: 400 },
    )
    expect(accepted).toBeGreaterThan(20)
  })

  test('is accepted, or refused with a place, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(flavors)),
        fc.dictionary(
          fc.constantFrom(
            'tags',
            'cluster',
            'desiredCount',
            'overrides',
            'containerDefinitions',
            'volumes',
            'attributes',
            'loadBalancers',
            'placementStrategy',
            '__proto__',
          ),
          fc.jsonValue(),
        ),
        (words, value) => {
          const { problems } = checkDefinition(parsed(JSON.stringify(value)), words)
          for (const { place, message } of problems) {
            expect(place).toBeDefined()
            expect(message).toMatch(/^aws_resource[^\n]*$/)
          }
        },
      ),
    )
  })
})
