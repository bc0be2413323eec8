import { describe, expect, test } from '@jest/globals'
import { check, type FlavorName } from './stated.ts'

const task = (containers: string, rest = '') => `family: web\ncontainerDefinitions:\n${containers}\n${rest}`.trimEnd()
const web = '- {name: web, image: nginx, memory: 64}'
const fargate = (rest: string, more = '') =>
  `family: web\nrequiresCompatibilities: [FARGATE]\nnetworkMode: awsvpc\n${rest}\ncontainerDefinitions: [{name: web, image: nginx${more}}]`

type Row = readonly [
  name: string,
  flavor: FlavorName,
  text: string,
  problems: readonly string[],
  variables?: Readonly<Record<string, string>>,
]

const bad: readonly Row[] = [
  // members
  [
    'a misspelt member',
    'ecs_service',
    'serviceName: web\ndesiredCout: 2',
    ['2:1 aws_resource.desiredCout is not a member of CreateService; did you mean desiredCount?'],
  ],
  [
    'a member in another case',
    'ecs_service',
    'serviceName: web\nDesiredCount: 2',
    ['2:1 aws_resource.DesiredCount is not a member of CreateService; did you mean desiredCount?'],
  ],
  [
    'a member of nothing',
    'ecs_service',
    'serviceName: web\nreplicas: 2',
    ['2:1 aws_resource.replicas is not a member of CreateService'],
  ],
  [
    'a misspelt member further in',
    'ecs_task_definition',
    task('- name: web\n  image: nginx\n  memory: 64\n  portMappings: [{containerPrt: 80}]'),
    [
      '6:19 aws_resource.containerDefinitions[web].portMappings[0].containerPrt is not a member of PortMapping; did you mean containerPort?',
    ],
  ],
  [
    'an answer of ECS as a definition',
    'ecs_task_definition',
    task(web, 'compatibilities: [EC2]\nrequiresAttributes: []'),
    ['4:1 aws_resource is an answer of ECS: leave out what only answers have: compatibilities, requiresAttributes'],
  ],
  [
    'a misspelt own member',
    'ecs_task',
    'taskNam: migrate',
    ['1:1 aws_resource.taskNam is not a member of RunTask; did you mean taskName?'],
  ],
  [
    'a misspelt option block',
    'ecs_cluster',
    'clusterName: main\ncustom_confg: {}',
    ['2:1 aws_resource.custom_confg is not a member of CreateCluster; did you mean custom_config?'],
  ],
  [
    'a member of another shape',
    'ecs_cluster',
    'clusterName: main\ndesiredCount: 1',
    ['2:1 aws_resource.desiredCount is not a member of CreateCluster'],
  ],
  [
    'a member that only answers have',
    'ecs_service',
    'serviceName: web\nrunningCount: 1',
    ['2:1 aws_resource.runningCount is not a member of CreateService; only answers of ECS have it, so leave it out'],
  ],
  [
    'a member of answers, of a flavor that no request makes',
    'ecs_instance',
    'tags: {a: b}',
    ['1:1 aws_resource.tags is not a member of ecs_instance; only answers of ECS have it, so leave it out'],
  ],
  [
    'an option outside of its block',
    'ecs_task',
    'taskName: migrate\nwait: running',
    ['2:1 aws_resource.wait is not a member of RunTask; it belongs in custom_config'],
  ],
  [
    'a refused member of a service',
    'ecs_service',
    'serviceName: web\nclientToken: abc',
    ['2:1 aws_resource.clientToken cannot be stated; leave it out: this tool makes its own'],
  ],
  [
    'a refused member of a task',
    'ecs_task',
    'taskName: migrate\nclientToken: abc',
    ['2:1 aws_resource.clientToken cannot be stated; leave it out: this tool makes it from what is to run'],
  ],
  [
    'a key that would break the line',
    'ecs_cluster',
    '"cluster\\nName": main',
    ['1:1 aws_resource."cluster\\nName" is not a member of CreateCluster; did you mean clusterName?'],
  ],
  [
    'a key like a property of every object',
    'ecs_cluster',
    'clusterName: main\nconstructor: 1\n__proto__: 2',
    [
      '2:1 aws_resource.constructor is not a member of CreateCluster',
      '3:1 aws_resource.__proto__ is not a member of CreateCluster',
    ],
  ],
  [
    'a member of an instance that is unknown',
    'ecs_instance',
    'ec2InstanceID: i-1',
    ['1:1 aws_resource.ec2InstanceID is not a member of ecs_instance; did you mean ec2InstanceId?'],
  ],
  // types
  [
    'a text where a number is due',
    'ecs_service',
    'serviceName: web\ndesiredCount: two',
    ['2:15 aws_resource.desiredCount must be a whole number, not "two"'],
  ],
  [
    'an empty text where the API needs one',
    'ecs_task_definition',
    task(
      "- {name: web, image: nginx, memory: 64, secrets: [{name: A, valueFrom: ''}], ulimits: [{name: '', softLimit: 1, hardLimit: 1}]}",
    ),
    [
      '3:72 aws_resource.containerDefinitions[web].secrets[A].valueFrom must not be empty',
      '3:95 aws_resource.containerDefinitions[web].ulimits[0].name must not be empty',
    ],
  ],
  [
    'an image that is empty',
    'ecs_task_definition',
    task("- {name: web, image: '', memory: 64}"),
    ['3:22 aws_resource.containerDefinitions[web].image must not be empty'],
  ],
  [
    'an empty size where Fargate needs one',
    'ecs_task_definition',
    fargate("cpu: ''\nmemory: 512"),
    ['1:1 aws_resource needs cpu for FARGATE'],
  ],
  [
    'an empty text where a number is due',
    'ecs_service',
    "serviceName: web\ndesiredCount: ''",
    ['2:15 aws_resource.desiredCount must be a whole number, not ""'],
  ],
  [
    'blanks around a number',
    'ecs_service',
    "serviceName: web\ndesiredCount: ' 2'",
    ['2:15 aws_resource.desiredCount must be a whole number, not " 2"'],
  ],
  [
    'another notation of a number in a text',
    'ecs_service',
    "serviceName: web\ndesiredCount: '0x10'",
    ['2:15 aws_resource.desiredCount must be a whole number, not "0x10"'],
  ],
  [
    'a fraction where a whole number is due',
    'ecs_service',
    'serviceName: web\ndesiredCount: 1.5',
    ['2:15 aws_resource.desiredCount must be a whole number, not 1.5'],
  ],
  [
    'a number that is not exact',
    'ecs_service',
    'serviceName: web\ndesiredCount: 9007199254740993',
    ['2:15 aws_resource.desiredCount must be between -9007199254740991 and 9007199254740991, not 9007199254740993'],
  ],
  [
    'a number beyond numbers',
    'ecs_service',
    "serviceName: web\ndesiredCount: '1${NINES}'",
    ['2:15 aws_resource.desiredCount must be a whole number, not "1${NINES}"'],
    { NINES: '9'.repeat(400) },
  ],
  [
    'a boolean where a number is due',
    'ecs_service',
    'serviceName: web\ndesiredCount: true',
    ['2:15 aws_resource.desiredCount must be a whole number, not true'],
  ],
  [
    'a number where a boolean is due',
    'ecs_service',
    'serviceName: web\nenableExecuteCommand: 1',
    ['2:23 aws_resource.enableExecuteCommand must be true or false, not 1'],
  ],
  [
    'a word where a boolean is due',
    'ecs_service',
    'serviceName: web\nenableExecuteCommand: yes',
    ['2:23 aws_resource.enableExecuteCommand must be true or false, not "yes"'],
  ],
  [
    'a map where a text is due',
    'ecs_cluster',
    'clusterName: {name: main}',
    ['1:14 aws_resource.clusterName must be a text, not a map'],
  ],
  [
    'a list where a text is due',
    'ecs_cluster',
    'clusterName: [main]',
    ['1:14 aws_resource.clusterName must be a text, not a list'],
  ],
  [
    'a text where a list is due',
    'ecs_task_definition',
    task('- name: web\n  image: nginx\n  memory: 64\n  command: echo hello'),
    ['6:12 aws_resource.containerDefinitions[web].command must be a list, not "echo hello"'],
  ],
  [
    'a map where a list is due',
    'ecs_task_definition',
    task('- name: web\n  image: nginx\n  memory: 64\n  portMappings: {http: 80}'),
    ['6:17 aws_resource.containerDefinitions[web].portMappings must be a list, not a map'],
  ],
  [
    'a list where a map is due',
    'ecs_service',
    'serviceName: web\nnetworkConfiguration: [subnet-1]',
    ['2:23 aws_resource.networkConfiguration must be a map, not a list'],
  ],
  [
    'a text where a map is due',
    'ecs_service',
    'serviceName: web\nnetworkConfiguration: subnet-1',
    ['2:23 aws_resource.networkConfiguration must be a map, not "subnet-1"'],
  ],
  [
    'a list where a string map is due',
    'ecs_task_definition',
    task('- name: web\n  image: nginx\n  memory: 64\n  dockerLabels: [{a: b}]'),
    ['6:17 aws_resource.containerDefinitions[web].dockerLabels must be a map, not a list'],
  ],
  [
    'a map in a string map',
    'ecs_task_definition',
    task('- name: web\n  image: nginx\n  memory: 64\n  dockerLabels:\n    com.example.team: {name: a}'),
    ['7:23 aws_resource.containerDefinitions[web].dockerLabels[com.example.team] must be a text, not a map'],
  ],
  [
    'nothing where a value is due',
    'ecs_cluster',
    'clusterName:',
    ['1:13 aws_resource.clusterName is null: leave it out or give it a value'],
  ],
  [
    'null in a list',
    'ecs_task_definition',
    task('- name: web\n  image: nginx\n  memory: 64\n  command: [echo, ~]'),
    ['6:19 aws_resource.containerDefinitions[web].command[1] is null: leave it out or give it a value'],
  ],
  [
    'null in a string map',
    'ecs_task_definition',
    task('- name: web\n  image: nginx\n  memory: 64\n  dockerLabels: {a: null}'),
    ['6:21 aws_resource.containerDefinitions[web].dockerLabels[a] is null: leave it out or give it a value'],
  ],
  [
    'null as an element',
    'ecs_task_definition',
    'family: web\ncontainerDefinitions: [null]',
    ['2:24 aws_resource.containerDefinitions[0] is null: leave it out or give it a value'],
  ],
  [
    'a text among numbers',
    'ecs_task_definition',
    task('- name: web\n  image: nginx\n  memory: 64\n  restartPolicy: {enabled: true, ignoredExitCodes: [0, none]}'),
    [
      '6:56 aws_resource.containerDefinitions[web].restartPolicy.ignoredExitCodes[1] must be a whole number, not "none"',
    ],
  ],
  // required members
  [
    'a required member further in',
    'ecs_task_definition',
    task('- name: web\n  image: nginx\n  memory: 64\n  healthCheck: {interval: 10}'),
    ['6:16 aws_resource.containerDefinitions[web].healthCheck lacks command, which HealthCheck requires'],
  ],
  [
    'two required members',
    'ecs_task_definition',
    task('- name: web\n  image: nginx\n  memory: 64\n  dependsOn: [{}]'),
    [
      '6:15 aws_resource.containerDefinitions[web].dependsOn[0] lacks condition, which ContainerDependency requires',
      '6:15 aws_resource.containerDefinitions[web].dependsOn[0] lacks containerName, which ContainerDependency requires',
    ],
  ],
  [
    'a union without a member',
    'ecs_task_definition',
    task('- name: web\n  image: nginx\n  memory: 64\n  resourceRequirements: [{type: GPU, sharingStrategy: {}}]'),
    [
      '6:55 aws_resource.containerDefinitions[web].resourceRequirements[0].sharingStrategy must have exactly one of nvidiaMps',
    ],
  ],
  // enums
  [
    'an enum in another case',
    'ecs_service',
    'serviceName: web\nlaunchType: fargate',
    [
      '2:13 aws_resource.launchType must be one of EC2, EXTERNAL, FARGATE, MANAGED_INSTANCES, not "fargate"; did you mean FARGATE?',
    ],
  ],
  [
    'an enum that is none',
    'ecs_service',
    'serviceName: web\nlaunchType: LAMBDA',
    ['2:13 aws_resource.launchType must be one of EC2, EXTERNAL, FARGATE, MANAGED_INSTANCES, not "LAMBDA"'],
  ],
  [
    'an enum of one',
    'ecs_task_definition',
    task(web, 'placementConstraints: [{type: member, expression: a}]'),
    ['4:31 aws_resource.placementConstraints[0].type must be memberOf, not "member"; did you mean memberOf?'],
  ],
  [
    'an enum in a list',
    'ecs_task_definition',
    task(web, 'requiresCompatibilities: [EC2, FARGAET]'),
    [
      '4:32 aws_resource.requiresCompatibilities[1] must be one of EC2, EXTERNAL, FARGATE, MANAGED_INSTANCES, not "FARGAET"; did you mean FARGATE?',
    ],
  ],
  [
    'an enum of the words alone',
    'ecs_cluster',
    'clusterName: main\nsettings: [{name: containerInsights, value: on}]',
    ['2:45 aws_resource.settings[containerInsights].value must be one of disabled, enabled, enhanced, not "on"'],
  ],
  [
    'an enum from a variable',
    'ecs_service',
    'serviceName: web\nlaunchType: ${LAUNCH}',
    ['2:13 aws_resource.launchType must be one of EC2, EXTERNAL, FARGATE, MANAGED_INSTANCES, not "${LAUNCH}"'],
    { LAUNCH: 'fargate' },
  ],
  // limits
  [
    'a name with a blank',
    'ecs_cluster',
    'clusterName: my cluster',
    ['1:14 aws_resource.clusterName must be made of letters, digits, "-" and "_", not "my cluster"'],
  ],
  [
    'a name that is too long',
    'ecs_task_definition',
    `family: ${'w'.repeat(256)}\ncontainerDefinitions: [{name: web, image: nginx, memory: 64}]`,
    ['1:9 aws_resource.family must have at most 255 characters, not 256'],
  ],
  [
    'a name from a variable',
    'ecs_cluster',
    'clusterName: ${TEAM}-main',
    ['1:14 aws_resource.clusterName must be made of letters, digits, "-" and "_", not "${TEAM}-main"'],
    { TEAM: 'secret team' },
  ],
  [
    'eleven containers',
    'ecs_task_definition',
    `family: web\ncontainerDefinitions: [${Array.from({ length: 11 }, (_, i) => `{name: c${i}, image: nginx, memory: 64}`).join(', ')}]`,
    ['2:23 aws_resource.containerDefinitions must have at most 10 elements, not 11'],
  ],
  [
    'a port beyond ports',
    'ecs_task_definition',
    task('- name: web\n  image: nginx\n  memory: 64\n  portMappings: [{containerPort: 65536}]'),
    [
      '6:34 aws_resource.containerDefinitions[web].portMappings[0].containerPort must be between 0 and 65535, not 65536',
    ],
  ],
  [
    'a health check too often',
    'ecs_task_definition',
    task('- name: web\n  image: nginx\n  memory: 64\n  healthCheck: {command: [CMD, ls], interval: 1}'),
    ['6:47 aws_resource.containerDefinitions[web].healthCheck.interval must be between 5 and 300, not 1'],
  ],
  [
    'less than nothing',
    'ecs_service',
    'serviceName: web\ndesiredCount: -1',
    ['2:15 aws_resource.desiredCount must be at least 0, not -1'],
  ],
  [
    'more tasks than a call takes',
    'ecs_task',
    'taskName: migrate\ncount: 11',
    ['2:8 aws_resource.count must be between 1 and 10, not 11'],
  ],
  [
    'a startedBy that ECS refuses',
    'ecs_task',
    "taskName: migrate\nstartedBy: 'me@home'",
    ['2:12 aws_resource.startedBy must be made of letters, digits, "-", "/" and "_", not "me@home"'],
  ],
  [
    'storage below the least',
    'ecs_task_definition',
    task(web, 'ephemeralStorage: {sizeInGiB: 20}'),
    ['4:31 aws_resource.ephemeralStorage.sizeInGiB must be between 21 and 200, not 20'],
  ],
  [
    'a percentage that is none',
    'ecs_service',
    'serviceName: web\ndeploymentConfiguration: {canaryConfiguration: {canaryPercent: 100.5}}',
    [
      '2:64 aws_resource.deploymentConfiguration.canaryConfiguration.canaryPercent must be between 0.1 and 100, not 100.5',
    ],
  ],
  [
    'too many subnets',
    'ecs_service',
    `serviceName: web\nnetworkConfiguration: {awsvpcConfiguration: {subnets: [${Array.from({ length: 17 }, (_, i) => `subnet-${i}`).join(', ')}]}}`,
    ['2:55 aws_resource.networkConfiguration.awsvpcConfiguration.subnets must have at most 16 elements, not 17'],
  ],
  [
    'more tags than this tool leaves',
    'ecs_cluster',
    `clusterName: main\ntags: [${Array.from({ length: 31 }, (_, i) => `{key: k${i}}`).join(', ')}]`,
    [
      `2:7 aws_resource.tags must have at most 30 elements, not 31: this tool keeps the rest of AWS's 50 for its own records`,
    ],
  ],
  [
    'a tag with a character that is not allowed',
    'ecs_cluster',
    "clusterName: main\ntags: [{key: 'a#b', value: x}]",
    ['2:14 aws_resource.tags[0].key must be made of letters, digits, spaces and + - = . _ : / @, not "a#b"'],
  ],
  [
    "a tag of AWS's own",
    'ecs_cluster',
    "clusterName: main\ntags: [{key: 'AWS:x', value: x}]",
    [`2:14 aws_resource.tags[0].key must not begin with "aws:", which is AWS's own, like "AWS:x"`],
  ],
  [
    "a tag of this tool's own",
    'ecs_cluster',
    "clusterName: main\ntags: [{key: 'ecs-particles:run/x', value: x}]",
    [
      `2:14 aws_resource.tags[0].key must not begin with "ecs-particles:", which is this tool's own, like "ecs-particles:run/x"`,
    ],
  ],
  [
    'a tag twice',
    'ecs_cluster',
    'clusterName: main\ntags:\n- {key: team, value: a}\n- {key: team, value: b}',
    ['4:9 aws_resource.tags[1].key "team" is there twice: keep one'],
  ],
  [
    'a size that ends with a point',
    'ecs_task_definition',
    task(web, 'cpu: 1. vCPU'),
    ['4:6 aws_resource.cpu must be CPU units such as 512, or vCPUs such as .5 vCPU, not "1. vCPU"'],
  ],
  [
    'a size that is none',
    'ecs_task_definition',
    task(web, 'cpu: half a vCPU'),
    ['4:6 aws_resource.cpu must be CPU units such as 512, or vCPUs such as .5 vCPU, not "half a vCPU"'],
  ],
  [
    'a revision that is none',
    'ecs_task_definition',
    'family: web\nrevision: 0',
    ['2:11 aws_resource.revision must be at least 1, not 0'],
  ],
  [
    'an attribute with a character that is not allowed',
    'ecs_instance',
    'ec2InstanceId: i-1\nattributes: {"a b": c, stack: "x,y"}',
    [
      '2:14 aws_resource.attributes[a b] must be made of letters, digits, "-", "_", "/", "\\" and ".", not "a b"',
      '2:31 aws_resource.attributes[stack] must be made of letters, digits, - _ . @ / \\ : and spaces, none at its ends, not "x,y"',
    ],
  ],
  [
    'an attribute without a name',
    'ecs_instance',
    'ec2InstanceId: i-1\nattributes: [{value: a}]',
    ['2:14 aws_resource.attributes[0] lacks name, which Attribute requires'],
  ],
  [
    'attributes as a text',
    'ecs_instance',
    'ec2InstanceId: i-1\nattributes: stack=blue',
    ['2:13 aws_resource.attributes must be a list of names and values, or a map, not "stack=blue"'],
  ],
  // clusters
  [
    'a strategy with an unknown provider',
    'ecs_cluster',
    'clusterName: main\ncapacityProviders: [FARGATE, FARGATE_SPOT]\ndefaultCapacityProviderStrategy: [{capacityProvider: FARGATE_SPT, weight: 1}]',
    [
      '3:54 aws_resource.defaultCapacityProviderStrategy[0].capacityProvider "FARGATE_SPT" is not among capacityProviders; did you mean FARGATE_SPOT?',
    ],
  ],
  [
    'two bases',
    'ecs_cluster',
    'clusterName: main\ndefaultCapacityProviderStrategy:\n- {capacityProvider: a, base: 1, weight: 1}\n- {capacityProvider: b, base: 1}',
    [
      '4:3 aws_resource.defaultCapacityProviderStrategy[1].base is a second one: only one capacity provider of a strategy may have a base',
    ],
  ],
  [
    'no weight at all',
    'ecs_service',
    'serviceName: web\ncapacityProviderStrategy: [{capacityProvider: a}, {capacityProvider: b, weight: 0}]',
    [
      '2:27 aws_resource.capacityProviderStrategy needs a weight above 0 for at least one of its capacity providers: left out it is 0',
    ],
  ],
  [
    'a provider twice',
    'ecs_service',
    'serviceName: web\ncapacityProviderStrategy: [{capacityProvider: a, weight: 1}, {capacityProvider: a}]',
    ['2:81 aws_resource.capacityProviderStrategy[1].capacityProvider "a" is there twice: keep one'],
  ],
  [
    'an override of nothing',
    'ecs_cluster',
    'clusterName: main\nconfiguration: {executeCommandConfiguration: {logging: OVERRIDE}}',
    ['2:46 aws_resource.configuration.executeCommandConfiguration.logging OVERRIDE needs a logConfiguration beside it'],
  ],
  // task definitions
  [
    'a container without an image',
    'ecs_task_definition',
    task('- {name: web, memory: 64}'),
    ['3:3 aws_resource.containerDefinitions[web] lacks image: ECS needs one for every container'],
  ],
  [
    'a container without memory',
    'ecs_task_definition',
    task('- {name: web, image: nginx}'),
    [
      '3:3 aws_resource.containerDefinitions[web] needs memory or memoryReservation: the task definition has no memory of its own',
    ],
  ],
  [
    'a limit below its reservation',
    'ecs_task_definition',
    task('- {name: web, image: nginx, memory: 64, memoryReservation: 128}'),
    ['3:37 aws_resource.containerDefinitions[web].memory must not be below memoryReservation: 64 is less than 128'],
  ],
  [
    'more memory than the task has',
    'ecs_task_definition',
    task(`${web}\n- {name: log, image: fluent, memory: 512}`, 'memory: 512'),
    ['5:9 aws_resource.memory "512" is less than its containers reserve: 576 MiB'],
  ],
  [
    'more memory than the task has, by a variable',
    'ecs_task_definition',
    task('- {name: web, image: nginx, memory: "${MEMORY}"}', 'memory: 512'),
    ['4:9 aws_resource.memory "512" is less than its containers reserve'],
    { MEMORY: '777' },
  ],
  [
    'more CPU units than a task on Fargate has',
    'ecs_task_definition',
    task(
      '- {name: web, image: nginx, cpu: 256}\n- {name: log, image: fluent, cpu: 1}',
      'cpu: 256, memory: 512, networkMode: awsvpc, requiresCompatibilities: [FARGATE]'.replaceAll(', ', '\n'),
    ),
    ['5:6 aws_resource.cpu "256" is less than its containers reserve: 257 CPU units'],
  ],
  [
    'no essential container',
    'ecs_task_definition',
    task('- {name: web, image: nginx, memory: 64, essential: false}'),
    ['3:1 aws_resource.containerDefinitions needs at least one essential container: all say essential: false'],
  ],
  [
    'a dependency on nothing',
    'ecs_task_definition',
    task(`${web}\n- {name: log, image: fluent, memory: 64, dependsOn: [{containerName: wbe, condition: START}]}`),
    [
      '4:70 aws_resource.containerDefinitions[log].dependsOn[0].containerName "wbe" is no container of this definition; did you mean web?',
    ],
  ],
  [
    'a dependency on nothing near',
    'ecs_task_definition',
    task(`- {name: web, image: nginx, memory: 64, dependsOn: [{containerName: database, condition: START}]}`),
    [
      '3:69 aws_resource.containerDefinitions[web].dependsOn[0].containerName "database" is no container of this definition, which has web',
    ],
  ],
  [
    'a dependency by a variable',
    'ecs_task_definition',
    task(`- {name: web, image: nginx, memory: 64, dependsOn: [{containerName: "\${DB}", condition: START}]}`),
    [
      '3:69 aws_resource.containerDefinitions[web].dependsOn[0].containerName "${DB}" is no container of this definition, which has web',
    ],
    { DB: 'wbe' },
  ],
  [
    'a circle',
    'ecs_task_definition',
    task(
      '- {name: a, image: i, memory: 64, dependsOn: [{containerName: b, condition: START}]}\n- {name: b, image: i, memory: 64, dependsOn: [{containerName: a, condition: START}]}',
    ),
    [
      '4:63 aws_resource.containerDefinitions[b].dependsOn[0].containerName closes a circle: a → b → a; leave one of them out',
    ],
  ],
  [
    'a circle of one',
    'ecs_task_definition',
    task('- {name: "${A}", image: i, memory: 64, dependsOn: [{containerName: "${A}", condition: START}]}'),
    [
      '3:68 aws_resource.containerDefinitions[${A}].dependsOn[0].containerName closes a circle: ${A} → ${A}; leave one of them out',
    ],
    { A: 'hidden' },
  ],
  [
    'health of a container without a check',
    'ecs_task_definition',
    task(`${web}\n- {name: log, image: fluent, memory: 64, dependsOn: [{containerName: web, condition: HEALTHY}]}`),
    [
      '4:86 aws_resource.containerDefinitions[log].dependsOn[0].condition HEALTHY needs a healthCheck in aws_resource.containerDefinitions[web]; one in the image does not count',
    ],
  ],
  [
    'the end of an essential container',
    'ecs_task_definition',
    task(`${web}\n- {name: log, image: fluent, memory: 64, dependsOn: [{containerName: web, condition: COMPLETE}]}`),
    [
      '4:86 aws_resource.containerDefinitions[log].dependsOn[0].condition COMPLETE needs essential: false in aws_resource.containerDefinitions[web]',
    ],
  ],
  [
    'a link to nothing',
    'ecs_task_definition',
    task('- {name: web, image: nginx, memory: 64, links: ["db:database"]}'),
    ['3:49 aws_resource.containerDefinitions[web].links[0] "db" is no container of this definition, which has web'],
  ],
  [
    'a link without a bridge',
    'ecs_task_definition',
    task(`${web}\n- {name: log, image: fluent, memory: 64, links: [web]}`, 'networkMode: host'),
    ['4:49 aws_resource.containerDefinitions[log].links only work with networkMode bridge, not host: leave them out'],
  ],
  [
    'a volume that is not there',
    'ecs_task_definition',
    task(
      '- {name: web, image: nginx, memory: 64, mountPoints: [{sourceVolume: data, containerPath: /data}]}',
      'volumes: [{name: date}]',
    ),
    [
      '3:70 aws_resource.containerDefinitions[web].mountPoints[0].sourceVolume "data" is no volume of this definition; did you mean date?',
    ],
  ],
  [
    'a volume twice',
    'ecs_task_definition',
    task(web, 'volumes: [{name: data}, {name: data}]'),
    ['4:32 aws_resource.volumes[data].name "data" is there twice: volume names must differ'],
  ],
  [
    'a volume of two kinds',
    'ecs_task_definition',
    task(web, 'volumes: [{name: data, dockerVolumeConfiguration: {}, efsVolumeConfiguration: {fileSystemId: fs-1}}]'),
    [
      '4:79 aws_resource.volumes[data].efsVolumeConfiguration is not possible beside dockerVolumeConfiguration: a volume has one kind',
    ],
  ],
  [
    'an access point without encryption',
    'ecs_task_definition',
    task(
      web,
      'volumes: [{name: data, efsVolumeConfiguration: {fileSystemId: fs-1, rootDirectory: /a, authorizationConfig: {accessPointId: fsap-1}}}]',
    ),
    [
      '4:84 aws_resource.volumes[data].efsVolumeConfiguration.rootDirectory must be left out beside an access point, which has its own, not "/a"',
      '4:109 aws_resource.volumes[data].efsVolumeConfiguration.authorizationConfig.accessPointId needs transitEncryption: ENABLED',
    ],
  ],
  [
    'two volumes at launch',
    'ecs_task_definition',
    task(web, 'volumes: [{name: a, configuredAtLaunch: true}, {name: b, configuredAtLaunch: true}]'),
    ['4:78 aws_resource.volumes[b].configuredAtLaunch is a second one: a task definition may have one such volume'],
  ],
  [
    'volumes from nothing',
    'ecs_task_definition',
    task('- {name: web, image: nginx, memory: 64, volumesFrom: [{sourceContainer: data}]}'),
    [
      '3:73 aws_resource.containerDefinitions[web].volumesFrom[0].sourceContainer "data" is no container of this definition, which has web',
    ],
  ],
  [
    'a proxy that is not there',
    'ecs_task_definition',
    task(web, 'networkMode: awsvpc\nproxyConfiguration: {containerName: envoy}'),
    ['5:37 aws_resource.proxyConfiguration.containerName "envoy" is no container of this definition, which has web'],
  ],
  [
    'a host port twice',
    'ecs_task_definition',
    task(
      '- {name: web, image: nginx, memory: 64, portMappings: [{containerPort: 80, hostPort: 80}]}\n- {name: log, image: nginx, memory: 64, portMappings: [{containerPort: 8080, hostPort: 80}]}',
    ),
    [
      '4:88 aws_resource.containerDefinitions[log].portMappings[0].hostPort 80 is already taken by aws_resource.containerDefinitions[web].portMappings[0]',
    ],
  ],
  [
    'a port twice in one network',
    'ecs_task_definition',
    task(
      '- {name: web, image: nginx, memory: 64, portMappings: [{containerPort: 80}]}\n- {name: log, image: nginx, memory: 64, portMappings: [{containerPort: 80}]}',
      'networkMode: awsvpc',
    ),
    [
      '4:72 aws_resource.containerDefinitions[log].portMappings[0].containerPort 80 is already taken by aws_resource.containerDefinitions[web].portMappings[0]',
    ],
  ],
  [
    'a port without a network',
    'ecs_task_definition',
    task('- {name: web, image: nginx, memory: 64, portMappings: [{containerPort: 80}]}', 'networkMode: none'),
    ['3:55 aws_resource.containerDefinitions[web].portMappings are not possible with networkMode none: leave them out'],
  ],
  [
    'another port on the host',
    'ecs_task_definition',
    task(
      '- {name: web, image: nginx, memory: 64, portMappings: [{containerPort: 8080, hostPort: 80}]}',
      'networkMode: host',
    ),
    [
      '3:88 aws_resource.containerDefinitions[web].portMappings[0].hostPort must be the same as containerPort with networkMode host: 80 is not 8080; leave it out',
    ],
  ],
  [
    'a range of ports backwards',
    'ecs_task_definition',
    task('- {name: web, image: nginx, memory: 64, portMappings: [{containerPortRange: 90-80}]}'),
    [
      '3:77 aws_resource.containerDefinitions[web].portMappings[0].containerPortRange must go from a lower to a higher port, both between 1 and 65535, not "90-80"',
    ],
  ],
  [
    'a host name in a task network',
    'ecs_task_definition',
    task('- {name: web, image: nginx, memory: 64, hostname: web}', 'networkMode: awsvpc'),
    ['3:51 aws_resource.containerDefinitions[web].hostname is not possible with networkMode awsvpc: leave it out'],
  ],
  [
    'logs without a router',
    'ecs_task_definition',
    task('- {name: web, image: nginx, memory: 64, logConfiguration: {logDriver: awsfirelens}}'),
    [
      '3:71 aws_resource.containerDefinitions[web].logConfiguration.logDriver awsfirelens needs a container with a firelensConfiguration in this definition',
    ],
  ],
  [
    'a router without logs',
    'ecs_task_definition',
    task('- {name: log, image: fluent, memory: 64, firelensConfiguration: {type: fluentbit}}'),
    [
      '3:3 aws_resource.containerDefinitions[log].firelensConfiguration needs a container whose logDriver is awsfirelens',
    ],
  ],
  [
    'awslogs without a group',
    'ecs_task_definition',
    task(
      '- {name: web, image: nginx, memory: 64, logConfiguration: {logDriver: awslogs, options: {awslogs-region: us-east-1}}}',
    ),
    ['3:59 aws_resource.containerDefinitions[web].logConfiguration.options lacks awslogs-group, which awslogs needs'],
  ],
  [
    'a secret and a variable of one name',
    'ecs_task_definition',
    task(
      '- {name: web, image: nginx, memory: 64, environment: [{name: TOKEN, value: a}], secrets: [{name: TOKEN, valueFrom: b}]}',
      'executionRoleArn: role',
    ),
    [
      '3:98 aws_resource.containerDefinitions[web].secrets[TOKEN].name "TOKEN" is set twice: by an environment variable or another secret as well',
    ],
  ],
  [
    'a health check without CMD',
    'ecs_task_definition',
    task('- {name: web, image: nginx, memory: 64, healthCheck: {command: [curl, localhost]}}'),
    ['3:65 aws_resource.containerDefinitions[web].healthCheck.command must begin with CMD or CMD-SHELL, not "curl"'],
  ],
  // Fargate
  ['Fargate without a size', 'ecs_task_definition', fargate('cpu: 256'), ['1:1 aws_resource needs memory for FARGATE']],
  [
    'Fargate with a cpu that it does not have',
    'ecs_task_definition',
    fargate('cpu: 333\nmemory: 512'),
    ['4:6 aws_resource.cpu must be one of 256, 512, 1024, 2048, 4096, 8192, 16384 for FARGATE, not "333"'],
  ],
  [
    'Fargate with a pair that it does not have',
    'ecs_task_definition',
    fargate('cpu: .5 vCPU\nmemory: 512'),
    ['5:9 aws_resource.memory must be 1024 to 4096 in steps of 1024 MiB with cpu .5 vCPU for FARGATE, not "512"'],
  ],
  [
    'Fargate with a memory between steps',
    'ecs_task_definition',
    fargate('cpu: 256\nmemory: 1536'),
    ['5:9 aws_resource.memory must be 512, 1024 or 2048 MiB with cpu 256 for FARGATE, not "1536"'],
  ],
  [
    'Fargate in another network',
    'ecs_task_definition',
    'family: web\nrequiresCompatibilities: [FARGATE]\nnetworkMode: bridge\ncpu: 256\nmemory: 512\ncontainerDefinitions: [{name: web, image: nginx}]',
    ['3:14 aws_resource.networkMode must be awsvpc for FARGATE, not "bridge"'],
  ],
  [
    'Fargate without a network',
    'ecs_task_definition',
    'family: web\nrequiresCompatibilities: [FARGATE]\ncpu: 256\nmemory: 512\ncontainerDefinitions: [{name: web, image: nginx}]',
    ['1:1 aws_resource.networkMode must be awsvpc for FARGATE: left out it is bridge'],
  ],
  [
    'Fargate with privileges',
    'ecs_task_definition',
    fargate('cpu: 256\nmemory: 512', ', privileged: true'),
    ['6:62 aws_resource.containerDefinitions[web].privileged is not possible on FARGATE: leave it out'],
  ],
  [
    'Fargate with a host volume',
    'ecs_task_definition',
    fargate('cpu: 256\nmemory: 512\nvolumes: [{name: a, host: {sourcePath: /a}}]'),
    ['6:40 aws_resource.volumes[a].host.sourcePath is not possible on FARGATE: leave it out'],
  ],
  [
    'Fargate with another host port',
    'ecs_task_definition',
    fargate('cpu: 256\nmemory: 512', ', portMappings: [{containerPort: 8080, hostPort: 80}]'),
    [
      '6:97 aws_resource.containerDefinitions[web].portMappings[0].hostPort must be the same as containerPort with networkMode awsvpc: 80 is not 8080; leave it out',
    ],
  ],
  [
    'Fargate with patience',
    'ecs_task_definition',
    fargate('cpu: 256\nmemory: 512', ', stopTimeout: 121'),
    ['6:63 aws_resource.containerDefinitions[web].stopTimeout must be between 2 and 120 on FARGATE, not 121'],
  ],
  [
    'Fargate with a driver it does not have',
    'ecs_task_definition',
    fargate('cpu: 256\nmemory: 512', ', logConfiguration: {logDriver: json-file}'),
    [
      '6:80 aws_resource.containerDefinitions[web].logConfiguration.logDriver must be one of awslogs, splunk, awsfirelens on FARGATE, not "json-file"',
    ],
  ],
  // services and tasks
  [
    'a launch type and a strategy',
    'ecs_service',
    'serviceName: web\nlaunchType: EC2\ncapacityProviderStrategy: [{capacityProvider: a, weight: 1}]',
    ['3:27 aws_resource.capacityProviderStrategy and launchType exclude each other: leave one out'],
  ],
  [
    'placement on Fargate',
    'ecs_service',
    'serviceName: web\nlaunchType: FARGATE\nplacementStrategy: [{type: random}]',
    ['3:20 aws_resource.placementStrategy is not possible with launchType FARGATE: leave it out'],
  ],
  [
    'an empty strategy without a launch type',
    'ecs_service',
    'serviceName: web\ncapacityProviderStrategy: []',
    [
      "2:27 aws_resource.capacityProviderStrategy is empty: leave it out for the cluster's default strategy, or state a launchType beside it for none",
    ],
  ],
  [
    'an empty strategy of a task',
    'ecs_task',
    'taskName: migrate\ncapacityProviderStrategy: []',
    [
      "2:27 aws_resource.capacityProviderStrategy is empty: leave it out for the cluster's default strategy, or state a launchType beside it for none",
    ],
  ],
  [
    'a platform version on EC2',
    'ecs_task',
    'taskName: migrate\nlaunchType: EC2\nplatformVersion: LATEST',
    ['3:18 aws_resource.platformVersion is only for Fargate, not for launchType EC2: leave it out'],
  ],
  [
    'a daemon with a count',
    'ecs_service',
    'serviceName: web\nschedulingStrategy: DAEMON\ndesiredCount: 1',
    ['3:15 aws_resource.desiredCount is not possible with schedulingStrategy DAEMON: leave it out'],
  ],
  [
    'a daemon on Fargate',
    'ecs_service',
    'serviceName: web\nschedulingStrategy: DAEMON\nlaunchType: FARGATE',
    ['2:21 aws_resource.schedulingStrategy DAEMON is not possible with launchType FARGATE'],
  ],
  [
    'a daemon with a placement strategy',
    'ecs_service',
    'serviceName: web\nschedulingStrategy: DAEMON\nplacementStrategy: [{type: random}]',
    ['3:20 aws_resource.placementStrategy is not possible with schedulingStrategy DAEMON: leave it out'],
  ],
  [
    'a daemon by a capacity provider',
    'ecs_service',
    'serviceName: web\nschedulingStrategy: DAEMON\ncapacityProviderStrategy: [{capacityProvider: own}]',
    [
      '3:27 aws_resource.capacityProviderStrategy is not possible with schedulingStrategy DAEMON: leave it out, and state launchType EC2',
    ],
  ],
  [
    'a daemon with more tasks than one an instance',
    'ecs_service',
    'serviceName: web\nschedulingStrategy: DAEMON\ndeploymentConfiguration: {maximumPercent: 200}',
    [
      '3:43 aws_resource.deploymentConfiguration.maximumPercent must be at most 100 with schedulingStrategy DAEMON, not 200',
    ],
  ],
  [
    'early success with another strategy',
    'ecs_service',
    'serviceName: web\ndeploymentConfiguration: {strategy: CANARY, earlySuccessCriteria: {enable: true, healthyPercent: 90, sourceServiceRevisionCleanup: DEFERRED}}',
    [
      '2:67 aws_resource.deploymentConfiguration.earlySuccessCriteria is only for strategy ROLLING, not CANARY: leave it out',
    ],
  ],
  [
    'an EXTERNAL service with what its task sets state',
    'ecs_service',
    'serviceName: web\ndeploymentController: {type: EXTERNAL}\ntaskDefinition: web:1\nlaunchType: EC2\nloadBalancers: []\nnetworkConfiguration: {awsvpcConfiguration: {subnets: [a]}}',
    [
      '3:17 aws_resource.taskDefinition is not possible with deploymentController EXTERNAL, whose task sets state it: leave it out',
      '4:13 aws_resource.launchType is not possible with deploymentController EXTERNAL, whose task sets state it: leave it out',
      '6:23 aws_resource.networkConfiguration is not possible with deploymentController EXTERNAL, whose task sets state it: leave it out',
    ],
  ],
  [
    'a role without a load balancer',
    'ecs_service',
    'serviceName: web\nrole: ecsServiceRole',
    ['2:7 aws_resource.role is only for services with loadBalancers: leave it out'],
  ],
  [
    'two kinds of load balancer',
    'ecs_service',
    'serviceName: web\nloadBalancers: [{targetGroupArn: arn, loadBalancerName: lb, containerName: a, containerPort: 1}]',
    ['2:57 aws_resource.loadBalancers[0].loadBalancerName and targetGroupArn exclude each other: leave one out'],
  ],
  [
    'two ways to register',
    'ecs_service',
    'serviceName: web\nserviceRegistries: [{registryArn: arn, port: 80, containerName: a}]',
    [
      '2:46 aws_resource.serviceRegistries[0].port is not possible beside containerName and containerPort: leave one out',
    ],
  ],
  [
    'a canary in a linear deployment',
    'ecs_service',
    'serviceName: web\ndeploymentConfiguration: {strategy: LINEAR, canaryConfiguration: {canaryPercent: 5}}',
    [
      '2:66 aws_resource.deploymentConfiguration.canaryConfiguration is only for strategy CANARY, not LINEAR: leave it out',
    ],
  ],
  [
    'a hook without a function',
    'ecs_service',
    'serviceName: web\ndeploymentConfiguration: {lifecycleHooks: [{lifecycleStages: [PRE_SCALE_UP]}]}',
    ['2:44 aws_resource.deploymentConfiguration.lifecycleHooks[0] needs a hookTargetArn, the function to call'],
  ],
  [
    'an expression that does nothing',
    'ecs_service',
    'serviceName: web\nplacementConstraints: [{type: distinctInstance, expression: a}]',
    ['2:61 aws_resource.placementConstraints[0].expression is not possible with type distinctInstance: leave it out'],
  ],
  [
    'a volume without a size',
    'ecs_service',
    'serviceName: web\nvolumeConfigurations: [{name: data, managedEBSVolume: {roleArn: arn}}]',
    ['2:55 aws_resource.volumeConfigurations[data].managedEBSVolume needs sizeInGiB or snapshotId'],
  ],
  [
    'a deployment that can replace nothing',
    'ecs_service',
    'serviceName: web\ndeploymentConfiguration: {maximumPercent: 100, minimumHealthyPercent: 100}',
    [
      '2:43 aws_resource.deploymentConfiguration.maximumPercent and minimumHealthyPercent cannot both be 100: no task could be replaced',
    ],
  ],
  [
    'a variable that is set twice',
    'ecs_task_definition',
    'family: web\ncontainerDefinitions: [{name: web, image: nginx, memory: 64, environment: [{name: A, value: a}, {name: B}, {name: A, value: b}]}]',
    ['2:115 aws_resource.containerDefinitions[web].environment[A].name "A" is set twice: keep one'],
  ],
  [
    'an attribute that is there twice',
    'ecs_instance',
    'attributes: [{name: a, value: b}, {name: c}, {name: a}]',
    ['1:53 aws_resource.attributes[a].name "a" is there twice: keep one'],
  ],
  [
    'a text that a variable makes too long',
    'ecs_cluster',
    'clusterName: "${NAME}"',
    ['1:14 aws_resource.clusterName must have at most 255 characters'],
    { NAME: 'n'.repeat(300) },
  ],
  [
    'binpack by something else',
    'ecs_service',
    'serviceName: web\nplacementStrategy: [{type: binpack, field: disk}]',
    ['2:44 aws_resource.placementStrategy[0].field must be cpu or memory with type binpack, not "disk"'],
  ],
  [
    'NONE, which RunTask refuses',
    'ecs_task',
    'taskName: migrate\npropagateTags: NONE',
    ['2:16 aws_resource.propagateTags NONE is refused by RunTask: leave it out'],
  ],
  [
    'SERVICE, which RunTask refuses',
    'ecs_task',
    'taskName: migrate\npropagateTags: SERVICE',
    [
      '2:16 aws_resource.propagateTags SERVICE is refused by RunTask: a task has no service; say TASK_DEFINITION or leave it out',
    ],
  ],
  [
    'overrides that are too long',
    'ecs_task',
    `taskName: migrate\noverrides: {containerOverrides: [{name: web, command: [${'x'.repeat(8200)}]}]}`,
    ['2:12 aws_resource.overrides must have at most 8192 characters as JSON, and has 8254'],
  ],
  [
    'an override of no container',
    'ecs_task',
    'taskName: migrate\noverrides: {containerOverrides: [{command: [a]}]}',
    ['2:34 aws_resource.overrides.containerOverrides[0] lacks name: which container it overrides'],
  ],
]

describe('what ECS would refuse, or drop without a word', () => {
  test.each(bad)('%s', (_name, flavor, text, problems, variables = {}) => {
    expect(check(flavor, text, variables).problems).toEqual(problems)
  })

  test('every message is one line that begins with the path', () => {
    for (const [, flavor, text, , variables] of bad) {
      for (const problem of check(flavor, text, variables).problems) {
        expect(problem).toMatch(/^\d+:\d+ aws_resource[^\n\r\u2028]*$/)
      }
    }
  })

  test('no message shows what a variable was', () => {
    for (const [, flavor, text, , variables] of bad) {
      const said = check(flavor, text, variables).problems.join()
      for (const value of Object.values(variables ?? {})) expect(said).not.toContain(value)
    }
  })
})
