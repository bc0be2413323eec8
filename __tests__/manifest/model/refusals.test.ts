/** What RegisterTaskDefinition refuses, in its words where they are known: said at its line before anything is called. */
import { RegisterTaskDefinitionCommand, type RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { plain } from '../../../src/particle.ts'
import { errorOf, openClient } from '../../world/aws.ts'
import { read } from '../manifests.ts'
import { check, type FlavorName, parsed } from './stated.ts'

const one = (container: string, rest = '') =>
  `family: web\ncontainerDefinitions:\n- {name: web, image: nginx, memory: 64, ${container}}\n${rest}`
const fargate = (container: string) =>
  `family: web\nrequiresCompatibilities: [FARGATE]\nnetworkMode: awsvpc\ncpu: 256\nmemory: 512\ncontainerDefinitions:\n- {name: web, ${container}}`
const proxy = (properties: string, mode = 'awsvpc') =>
  one('cpu: 0', `networkMode: ${mode}\nproxyConfiguration: {containerName: web, properties: [${properties}]}`)
const ecr = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:1'
const logs = 'awslogs-group: g, awslogs-region: eu-west-1, awslogs-stream-prefix: p'

const role = 'aws_resource.executionRoleArn is missing, and ECS needs the role for'
const container = 'aws_resource.containerDefinitions[web]'

type Row = readonly [name: string, definition: string, problem: string, words: string]

const worded: readonly Row[] = [
  [
    'secrets without a role',
    one('secrets: [{name: A, valueFrom: /a}]'),
    `3:50 ${role} secrets`,
    "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
  ],
  [
    'an empty role beside secrets',
    one('secrets: [{name: A, valueFrom: /a}]', "executionRoleArn: ''"),
    `3:50 ${role} secrets`,
    "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
  ],
  [
    'a private registry without a role',
    one('repositoryCredentials: {credentialsParameter: arn}'),
    `3:64 ${role} repositoryCredentials`,
    'Private repository authentication requires that the task definition specify a value for executionRoleArn.',
  ],
  [
    'an image of ECR on Fargate without a role',
    fargate(`image: '${ecr}'`),
    `7:22 ${role} an image of ECR on Fargate`,
    'Fargate requires task definition to have execution role ARN to support ECR images.',
  ],
  [
    'awslogs on Fargate without a role',
    fargate(`image: nginx, logConfiguration: {logDriver: awslogs, options: {${logs}}}`),
    `7:59 ${role} awslogs on Fargate`,
    'Fargate requires task definition to have execution role ARN to support log driver awslogs.',
  ],
  [
    'a mesh outside of awsvpc',
    proxy('{name: AppPorts, value: 80}', 'bridge'),
    '5:21 aws_resource.proxyConfiguration of type APPMESH needs networkMode awsvpc in the task definition',
    'APPMESH proxy configuration is only supported in networkMode=awsvpc.',
  ],
  [
    'a property of a proxy without a value',
    proxy('{name: IgnoredGID}'),
    `5:55 aws_resource.proxyConfiguration.properties[IgnoredGID] lacks value: write '' for an empty one`,
    'ProxyConfiguration properties value cannot be null.',
  ],
  [
    'a variable with an empty name',
    one("environment: [{name: '', value: x}]"),
    `3:62 ${container}.environment[0].name must not be empty`,
    'Environment variable name cannot be null or blank.',
  ],
  [
    'a variable with a blank name',
    one("environment: [{name: ' ', value: x}]"),
    `3:62 ${container}.environment[ ].name must be more than blanks, not " "`,
    'Environment variable name cannot be null or blank.',
  ],
  [
    'a variable without a name',
    one('environment: [{value: x}]'),
    `3:55 ${container}.environment[0] lacks name, which KeyValuePair requires`,
    'Environment variable name cannot be null or blank.',
  ],
  [
    'an empty secret for the registry',
    one("repositoryCredentials: {credentialsParameter: ''}"),
    `3:87 ${container}.repositoryCredentials.credentialsParameter must not be empty`,
    'RepositoryCredentials.credentialsParameter should not be null or empty.',
  ],
  [
    'an empty path of the host',
    one('cpu: 0', "volumes: [{name: v, host: {sourcePath: ''}}]"),
    '4:40 aws_resource.volumes[v].host.sourcePath must not be empty',
    'host.sourcePath should not be blank.',
  ],
  [
    'a port mapping of nothing',
    one('portMappings: [{}]'),
    `3:56 ${container}.portMappings[0] needs a containerPort`,
    "Invalid 'containerPort' setting for container 'web'.",
  ],
  [
    'a port mapping of the host alone',
    one('portMappings: [{hostPort: 80}]'),
    `3:56 ${container}.portMappings[0] needs a containerPort`,
    "Invalid 'containerPort' setting for container 'web'.",
  ],
]

describe.each(worded)('%s', (_name, definition, problem, words) => {
  test('is a problem at its line', () => {
    expect(check('ecs_task_definition', definition).problems).toEqual([problem])
  })

  test('is refused by ECS, in its words', async () => {
    const { client } = await openClient()
    const raw = plain(parsed(definition)) as unknown as RegisterTaskDefinitionCommandInput
    const input = {
      ...raw,
      ...(raw.cpu && { cpu: String(raw.cpu) }),
      ...(raw.memory && { memory: String(raw.memory) }),
      ...(raw.proxyConfiguration && {
        proxyConfiguration: {
          ...raw.proxyConfiguration,
          properties: raw.proxyConfiguration.properties?.map(each => ({
            ...each,
            ...(each.value !== undefined && { value: String(each.value) }),
          })),
        },
      }),
    } as RegisterTaskDefinitionCommandInput
    expect(await errorOf(client.send(new RegisterTaskDefinitionCommand(input)))).toMatchObject({
      name: 'ClientException',
      message: words,
    })
  })
})

describe('what only the documentation words', () => {
  test.each<[name: string, flavor: FlavorName, definition: string, problem: string]>([
    [
      'secrets of a log driver without a role',
      'ecs_task_definition',
      one('logConfiguration: {logDriver: splunk, secretOptions: [{name: splunk-token, valueFrom: /t}]}'),
      `3:94 ${role} secretOptions`,
    ],
    [
      'several reasons for the role are one problem',
      'ecs_task_definition',
      fargate(`image: '${ecr}', secrets: [{name: A, valueFrom: /a}, {name: B, valueFrom: /b}]`),
      `7:22 ${role} an image of ECR on Fargate, secrets`,
    ],
    [
      'a mount without a volume',
      'ecs_task_definition',
      one('mountPoints: [{containerPath: /a}]'),
      `3:55 ${container}.mountPoints[0] lacks sourceVolume, which MountPoint requires`,
    ],
    [
      'volumes from nobody',
      'ecs_task_definition',
      one('volumesFrom: [{readOnly: true}]'),
      `3:55 ${container}.volumesFrom[0] lacks sourceContainer, which VolumeFrom requires`,
    ],
    [
      'a file system without a name',
      'ecs_task_definition',
      one('cpu: 0', 'volumes: [{efsVolumeConfiguration: {fileSystemId: fs-1}}]'),
      '4:11 aws_resource.volumes[0] lacks name, by which it is mounted',
    ],
    [
      'a range of ports of the host',
      'ecs_task_definition',
      one('portMappings: [{containerPortRange: 80-90}]', 'networkMode: host'),
      `3:77 ${container}.portMappings[0].containerPortRange is not possible with networkMode host: state each containerPort`,
    ],
    [
      'two ways to find the beginning of an entry',
      'ecs_task_definition',
      one(
        `logConfiguration: {logDriver: awslogs, options: {${logs}, awslogs-datetime-format: '%H', awslogs-multiline-pattern: '^a'}}`,
      ),
      `3:89 ${container}.logConfiguration.options cannot have both awslogs-datetime-format and awslogs-multiline-pattern: leave one out`,
    ],
    [
      'a file of variables with another extension',
      'ecs_task_definition',
      one("environmentFiles: [{type: s3, value: 'arn:aws:s3:::b/web.txt'}]"),
      `3:78 ${container}.environmentFiles[0].value must end with .env, the extension that ECS requires`,
    ],
    [
      'a root beside an access point of S3',
      'ecs_task_definition',
      one(
        'cpu: 0',
        'volumes: [{name: v, s3filesVolumeConfiguration: {fileSystemArn: a, accessPointArn: b, rootDirectory: /x}}]',
      ),
      '4:102 aws_resource.volumes[v].s3filesVolumeConfiguration.rootDirectory must be left out beside an access point, which has its own, not "/x"',
    ],
    [
      'some of all Neuron devices',
      'ecs_task_definition',
      one("resourceRequirements: [{type: NeuronDevice, value: '1'}]"),
      `3:92 ${container}.resourceRequirements[0].value must be ALL with type NeuronDevice, not "1"`,
    ],
    [
      'name servers on Fargate',
      'ecs_task_definition',
      fargate('image: nginx, dnsServers: [10.0.0.2]'),
      `7:41 ${container}.dnsServers is not possible on FARGATE: leave it out`,
    ],
    [
      'a GPU on Fargate',
      'ecs_task_definition',
      fargate("image: nginx, resourceRequirements: [{type: GPU, value: '1'}]"),
      `7:59 ${container}.resourceRequirements[0].type must not be GPU for FARGATE, which has none: leave the requirement out`,
    ],
    [
      'no network on Fargate',
      'ecs_task_definition',
      fargate('image: nginx, disableNetworking: true'),
      `7:48 ${container}.disableNetworking is not possible on FARGATE: leave it out`,
    ],
    [
      'a driver that Fargate does not have',
      'ecs_task_definition',
      fargate('image: nginx, logConfiguration: {logDriver: etwlogs}'),
      `7:59 ${container}.logConfiguration.logDriver must be one of awslogs, splunk, awsfirelens on FARGATE, not "etwlogs"`,
    ],
    [
      'a size with a leading zero',
      'ecs_task_definition',
      one('cpu: 0', "cpu: '0512'"),
      '4:6 aws_resource.cpu must be CPU units such as 512, or vCPUs such as .5 vCPU, not "0512"',
    ],
    [
      'such a size in an override',
      'ecs_task',
      "taskName: job\noverrides: {cpu: ' 512', memory: 1 GiB}",
      '2:18 aws_resource.overrides.cpu must be CPU units such as 512, or vCPUs such as .5 vCPU, not " 512"',
    ],
    [
      'a variable of an override without a name',
      'ecs_task',
      "taskName: job\noverrides: {containerOverrides: [{name: web, environment: [{name: '', value: x}]}]}",
      '2:67 aws_resource.overrides.containerOverrides[web].environment[0].name must not be empty',
    ],
    [
      'a tag without a key',
      'ecs_cluster',
      'tags: [{value: a}]',
      '1:8 aws_resource.tags[0] lacks key, which Tag requires',
    ],
  ])('%s', (_name, flavor, definition, problem) => {
    expect(check(flavor, definition).problems[0]).toBe(problem)
  })
})

describe('what ECS takes', () => {
  test.each<[name: string, definition: string]>([
    ['a public image of ECR on Fargate', fargate('image: public.ecr.aws/nginx/nginx')],
    ['an image of ECR on instances', one('cpu: 0').replace('nginx', ecr)],
    ['secrets with a role', one('secrets: [{name: A, valueFrom: /a}]', 'executionRoleArn: role')],
    [
      'a role that is still to be inherited',
      one('secrets: [{name: A, valueFrom: /a}]', 'executionRoleArn: $inherit$ecs_task_definition:a$executionRoleArn'),
    ],
    ["a driver of Docker's own on instances", one('logConfiguration: {logDriver: etwlogs}')],
    ['an empty value of a proxy', proxy("{name: EgressIgnoredIPs, value: ''}")],
    ['a port range', one('portMappings: [{containerPortRange: 8000-8010}]')],
    ['a volume of the host without a path', one('cpu: 0', 'volumes: [{name: v, host: {}}, {name: w}]')],
  ])('%s', (_name, definition) => {
    expect(check('ecs_task_definition', definition).problems).toEqual([])
  })

  test('a role that somebody else owns is not missed', () => {
    const particle = (config: string) =>
      `flavor: ecs_task_definition\npcf_name: web\naws_resource:\n  family: web\n  containerDefinitions: [{name: web, image: nginx, memory: 64, secrets: [{name: A, valueFrom: /a}]}]\n${config}`
    expect(read({ 'a.yml': particle('') }).problems).toHaveLength(1)
    expect(read({ 'a.yml': particle('  custom_config: {ignore: [executionRoleArn]}') }).problems).toEqual([])
  })
})
