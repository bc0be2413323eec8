import { describe, expect, test } from '@jest/globals'
import { flavors } from '../../../src/flavors/index.ts'
import { checkTogether as checkAll } from '../../../src/manifest/load.ts'
import type { Particle, ParticleId } from '../../../src/particle.ts'
import { particle } from './stated.ts'

const checkTogether = (particles: readonly Particle[]) => checkAll(particles, flavors)

const parent: ParticleId = 'ecs_task_definition:web'
const called = 'ecs_task_definition:web (ecs_task_definition.yml:3)'

const bridge = `
family: web
placementConstraints: []
volumes: [{name: data, configuredAtLaunch: true}, {name: scratch}]
containerDefinitions:
  - name: web
    image: nginx
    memory: 64
    portMappings: [{containerPort: 80, name: http}, {containerPortRange: 8000-8010}]
  - {name: log, image: fluent, memory: 64}
`
const awsvpc = `${bridge}networkMode: awsvpc\n`
const network = 'networkConfiguration: {awsvpcConfiguration: {subnets: [subnet-1]}}'

/** The problems of a child beside its parent, as `line:column message`. */
function together(
  definition: string,
  child: ParticleId,
  text: string,
  variables: Record<string, string> = {},
): string[] {
  const particles = [
    particle(parent, definition, { variables }),
    particle(child, text, { parents: [parent], variables }),
  ]
  const problems = checkTogether(particles)
  expect(checkTogether([...particles].reverse())).toEqual(problems)
  return problems.map(({ place, message }) => `${place?.line}:${place?.column} ${message}`)
}

describe('what a child says of its task definition', () => {
  test.each<
    [
      name: string,
      definition: string,
      child: ParticleId,
      text: string,
      problems: string[],
      variables?: Record<string, string>,
    ]
  >([
    [
      'a load balancer of no container',
      bridge,
      'ecs_service:web',
      'serviceName: web\nloadBalancers: [{targetGroupArn: arn, containerName: wbe, containerPort: 80}]',
      [`2:54 aws_resource.loadBalancers[0].containerName "wbe" is no container of ${called}; did you mean web?`],
    ],
    [
      'a load balancer of no port',
      bridge,
      'ecs_service:web',
      'serviceName: web\nloadBalancers: [{targetGroupArn: arn, containerName: web, containerPort: 8080}]',
      [`2:74 aws_resource.loadBalancers[0].containerPort 8080 is in no portMappings of container web of ${called}`],
    ],
    [
      'a registry of no port',
      bridge,
      'ecs_service:web',
      'serviceName: web\nserviceRegistries: [{registryArn: arn, containerName: log, containerPort: 80}]',
      [`2:75 aws_resource.serviceRegistries[0].containerPort 80 is in no portMappings of container log of ${called}`],
    ],
    [
      'an EXTERNAL service of a task definition',
      bridge,
      'ecs_service:web',
      'serviceName: web\ndeploymentController: {type: EXTERNAL}',
      [
        '2:30 aws_resource.deploymentController.type EXTERNAL takes no task definition, its task sets state one: remove ecs_task_definition:web from its parents',
      ],
    ],
    [
      'an endpoint of no port',
      bridge,
      'ecs_service:web',
      'serviceName: web\nserviceConnectConfiguration: {enabled: true, services: [{portName: htp}]}',
      [
        `2:68 aws_resource.serviceConnectConfiguration.services[0].portName "htp" is the name of no port mapping of ${called}; did you mean http?`,
      ],
    ],
    [
      'a lattice of no port',
      bridge,
      'ecs_service:web',
      'serviceName: web\nvpcLatticeConfigurations: [{roleArn: r, targetGroupArn: t, portName: grpc}]',
      [`2:70 aws_resource.vpcLatticeConfigurations[0].portName "grpc" is the name of no port mapping of ${called}`],
    ],
    [
      'an override of no container',
      bridge,
      'ecs_task:migrate',
      'taskName: migrate\noverrides: {containerOverrides: [{name: app, command: [a]}]}',
      [`2:41 aws_resource.overrides.containerOverrides[app].name "app" is no container of ${called}`],
    ],
    [
      'an override by a variable',
      bridge,
      'ecs_task:migrate',
      'taskName: migrate\noverrides: {containerOverrides: [{name: "${NAME}", command: [a]}]}',
      [`2:41 aws_resource.overrides.containerOverrides[\${NAME}].name "\${NAME}" is no container of ${called}`],
      { NAME: 'wbe' },
    ],
    [
      'a network where there is none',
      bridge,
      'ecs_service:web',
      `serviceName: web\n${network}`,
      [`2:23 aws_resource.networkConfiguration is only for networkMode awsvpc, and ${called} has bridge: leave it out`],
    ],
    [
      'a task without its network',
      awsvpc,
      'ecs_task:migrate',
      'taskName: migrate',
      [
        `1:1 aws_resource needs networkConfiguration: ${called} has networkMode awsvpc; state it, or name it in custom_config.ignore where somebody else owns it`,
      ],
    ],
    [
      'a service without its network',
      awsvpc,
      'ecs_service:web',
      'serviceName: web',
      [
        `1:1 aws_resource needs networkConfiguration: ${called} has networkMode awsvpc; state it, or name it in custom_config.ignore where somebody else owns it`,
      ],
    ],
    [
      'a network that says nothing',
      awsvpc,
      'ecs_service:web',
      'serviceName: web\nnetworkConfiguration: {}',
      [
        `2:23 aws_resource needs networkConfiguration.awsvpcConfiguration: ${called} has networkMode awsvpc; state it, or name it in custom_config.ignore where somebody else owns it`,
      ],
    ],
    [
      'Fargate in a bridge',
      bridge,
      'ecs_service:web',
      'serviceName: web\nlaunchType: FARGATE',
      [`2:13 aws_resource.launchType FARGATE needs networkMode awsvpc, and ${called} has bridge`],
    ],
    [
      'Fargate of a definition for EC2',
      `${awsvpc}requiresCompatibilities: [EC2]`,
      'ecs_service:web',
      `serviceName: web\nlaunchType: FARGATE\n${network}`,
      [`2:13 aws_resource.launchType FARGATE needs FARGATE in requiresCompatibilities of ${called}, not EC2 alone`],
    ],
    [
      'Fargate Spot of a definition for EC2',
      `${awsvpc}requiresCompatibilities: [EC2]`,
      'ecs_service:web',
      `serviceName: web\ncapacityProviderStrategy: [{capacityProvider: FARGATE_SPOT, weight: 1}]\n${network}`,
      [
        `2:47 aws_resource.capacityProviderStrategy[0].capacityProvider FARGATE_SPOT needs FARGATE in requiresCompatibilities of ${called}, not EC2 alone`,
      ],
    ],
    [
      'a volume that is not configured at launch',
      bridge,
      'ecs_service:web',
      'serviceName: web\nvolumeConfigurations: [{name: date, managedEBSVolume: {roleArn: r, sizeInGiB: 1}}]',
      [
        `2:31 aws_resource.volumeConfigurations[date].name "date" is no volume with configuredAtLaunch: true of ${called}; did you mean data?`,
      ],
    ],
  ])('%s', (_name, definition, child, text, problems, variables = {}) => {
    expect(together(definition, child, text, variables)).toEqual(problems)
  })

  test.each<[name: string, definition: string, child: ParticleId, text: string]>([
    [
      'all that is there',
      awsvpc,
      'ecs_service:web',
      `serviceName: web
${network}
loadBalancers: [{targetGroupArn: a, containerName: web, containerPort: 80}, {targetGroupArn: b, containerName: web, containerPort: 8005}]
serviceConnectConfiguration: {enabled: true, services: [{portName: http}]}
volumeConfigurations: [{name: data, managedEBSVolume: {roleArn: r, sizeInGiB: 1}}]`,
    ],
    [
      'a task with overrides',
      bridge,
      'ecs_task:migrate',
      'taskName: migrate\noverrides: {containerOverrides: [{name: log, command: [a]}]}',
    ],
    [
      'Fargate of a definition that leaves it to ECS',
      awsvpc,
      'ecs_service:web',
      `serviceName: web\nlaunchType: FARGATE\n${network}`,
    ],
    [
      'a revision that only AWS knows',
      'family: web\nrevision: 3',
      'ecs_task:migrate',
      `taskName: migrate\nlaunchType: FARGATE\n${network}\noverrides: {containerOverrides: [{name: any}]}`,
    ],
    [
      'containers that are still to be inherited',
      'family: web\nnetworkMode: $inherit$ecs_cluster:a$b\ncontainerDefinitions: [{name: $inherit$ecs_cluster:a$b, image: i, memory: 64}]',
      'ecs_task:migrate',
      `taskName: migrate\n${network}\noverrides: {containerOverrides: [{name: any}]}`,
    ],
    [
      'ports that are still to be inherited',
      'family: web\ncontainerDefinitions: [{name: web, image: i, memory: 64, portMappings: [{containerPort: $inherit$ecs_cluster:a$b, name: $inherit$ecs_cluster:a$c}]}]',
      'ecs_service:web',
      'serviceName: web\nloadBalancers: [{targetGroupArn: a, containerName: web, containerPort: 80}]\nvpcLatticeConfigurations: [{roleArn: r, targetGroupArn: t, portName: any}]',
    ],
  ])('nothing is said of %s', (_name, definition, child, text) => {
    expect(together(definition, child, text)).toEqual([])
  })

  test('nothing is said of a network that somebody else owns', () => {
    const service = particle('ecs_service:web', 'serviceName: web', { parents: [parent] })
    const owned = { ...service, options: { ignore: ['networkConfiguration'] } }
    expect(checkTogether([particle(parent, awsvpc), owned])).toEqual([])
  })

  test('nothing is said of what is to go, and of other parents', () => {
    const text = 'taskName: migrate\noverrides: {containerOverrides: [{name: any}]}'
    const definition = particle(parent, bridge)
    expect(
      checkTogether([definition, particle('ecs_task:a', text, { parents: [parent], desired: 'terminated' })]),
    ).toEqual([])
    expect(
      checkTogether([definition, particle('ecs_task:a', text, { parents: ['ecs_task:b', 'ecs_task_definition:c'] })]),
    ).toEqual([])
  })
})

describe('what Fargate needs of a service or a task whose definition is not declared here', () => {
  const alone = (child: ParticleId, text: string, options: Record<string, unknown> = {}) =>
    checkTogether([{ ...particle(child, text), options }]).map(
      ({ place, message }) => `${place?.line}:${place?.column} ${message}`,
    )
  const remedy = 'state it, or name it in custom_config.ignore where somebody else owns it'

  test.each<[child: ParticleId, text: string, problem: string]>([
    [
      'ecs_service:web',
      'serviceName: web\nlaunchType: FARGATE',
      `2:13 aws_resource needs networkConfiguration: aws_resource.launchType FARGATE has networkMode awsvpc alone; ${remedy}`,
    ],
    [
      'ecs_task:migrate',
      'taskName: migrate\ncapacityProviderStrategy: [{capacityProvider: own}, {capacityProvider: FARGATE_SPOT, weight: 1}]',
      `2:72 aws_resource needs networkConfiguration: aws_resource.capacityProviderStrategy[1].capacityProvider FARGATE_SPOT has networkMode awsvpc alone; ${remedy}`,
    ],
    [
      'ecs_service:web',
      'serviceName: web\nlaunchType: FARGATE\nnetworkConfiguration: {}',
      `3:23 aws_resource needs networkConfiguration.awsvpcConfiguration: aws_resource.launchType FARGATE has networkMode awsvpc alone; ${remedy}`,
    ],
  ])('%s %#', (child, text, problem) => {
    expect(alone(child, text)).toEqual([problem])
    expect(alone(child, `${text.replace('\nnetworkConfiguration: {}', '')}\n${network}`)).toEqual([])
    expect(alone(child, text, { ignore: ['networkConfiguration'] })).toEqual([])
  })

  test('nothing is said where nobody speaks of Fargate', () => {
    expect(alone('ecs_service:web', 'serviceName: web\nlaunchType: EC2')).toEqual([])
    expect(
      alone('ecs_service:web', 'serviceName: web\nlaunchType: FARGATE\nnetworkConfiguration: $inherit$a:b$c'),
    ).toEqual([])
  })
})

test('a daemon does not take the default strategy of its cluster', () => {
  const cluster = particle(
    'ecs_cluster:main',
    'clusterName: main\ndefaultCapacityProviderStrategy: [{capacityProvider: own}]',
  )
  const plainCluster = particle('ecs_cluster:main', 'clusterName: main')
  const daemon = (more: string, parent = cluster) =>
    checkTogether([
      parent,
      particle('ecs_service:web', `serviceName: web\nschedulingStrategy: DAEMON${more}`, {
        parents: ['ecs_cluster:main'],
      }),
    ]).map(({ place, message }) => `${place?.line}:${place?.column} ${message}`)
  expect(daemon('')).toEqual([
    '2:21 aws_resource.schedulingStrategy DAEMON needs launchType EC2 beside it: the defaultCapacityProviderStrategy of ecs_cluster:main is not possible with it',
  ])
  expect(daemon('\nlaunchType: EC2')).toEqual([])
  expect(daemon('', plainCluster)).toEqual([])
})
