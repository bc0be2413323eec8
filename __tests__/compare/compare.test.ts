import { describe, expect, test } from '@jest/globals'
import { type CompareOptions, canonical, compare, additions as describeStart } from '../../src/compare/compare.ts'
import { Unknown } from '../../src/particle.ts'
import { cluster, drawn, frozen, lines, open, service, taskDefinition } from './kit.ts'

const web = (container: object): object => ({ containerDefinitions: [{ name: 'web', ...container }] })

const ignoring = (...ignore: string[]): CompareOptions => ({ ...taskDefinition, ignore })

type Row = [name: string, stated: object, live: object, expected: string[]]

const table = (options: CompareOptions, rows: Row[]): void => {
  test.each(rows)('%s', (_name, stated, live, expected) => {
    expect(lines(compare(frozen(stated), frozen(live), options))).toEqual(expected)
  })
}

describe('stated whole: what is left out is to go', () => {
  table(taskDefinition, [
    ['nothing and nothing', {}, {}, []],
    ['a value', { family: 'web' }, { family: 'api' }, ['family: "api" → "web"']],
    ['a value that comes', { pidMode: 'task' }, {}, ['pidMode: ∅ → "task"']],
    ['a value that goes', {}, { pidMode: 'task' }, ['pidMode: "task" → ∅']],
    ['null is none', { pidMode: null }, { ipcMode: null }, []],
    ['null is none, beside something', { pidMode: null }, { pidMode: 'task' }, ['pidMode: "task" → ∅']],
    ['an empty text is nothing', web({ user: '' }), web({}), []],
    ['an empty text is not 0', web({ memory: '' }), web({ memory: 0 }), ['containerDefinitions[web].memory: 0 → ""']],
    ['0 is not nothing', web({ memory: 0 }), web({}), ['containerDefinitions[web].memory: ∅ → 0']],
    ['false is not nothing', web({ memory: false }), web({}), ['containerDefinitions[web].memory: ∅ → false']],
    [
      'a text is no number',
      web({ memory: '128' }),
      web({ memory: 128 }),
      ['containerDefinitions[web].memory: 128 → "128"'],
    ],
    ['an empty list equals none', { volumes: [] }, {}, []],
    ['none equals an empty list', {}, { volumes: [], placementConstraints: [] }, []],
    ['an empty structure equals none', { runtimePlatform: {} }, {}, []],
    [
      'nested empty structures equal none',
      {},
      web({ linuxParameters: { capabilities: { add: [], drop: [] } } }),
      ['containerDefinitions[web].name: "web" → ∅'],
    ],
    ['an empty map equals none', web({ dockerLabels: {} }), web({}), []],
    [
      'members that only answers have',
      {},
      {
        taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:7',
        revision: 7,
        status: 'ACTIVE',
        registeredAt: new Date(0),
        registeredBy: 'arn:aws:iam::123456789012:user/anna',
        requiresAttributes: [{ name: 'ecs.capability.task-eni' }],
        compatibilities: ['EC2', 'FARGATE'],
      },
      [],
    ],
    ['members that the model does not know', { made: 'up' }, { also: 'made up' }, []],
    [
      'a structure that comes, leaf by leaf',
      { runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' } },
      {},
      ['runtimePlatform.cpuArchitecture: ∅ → "ARM64"', 'runtimePlatform.operatingSystemFamily: ∅ → "LINUX"'],
    ],
    [
      'a structure that goes, leaf by leaf',
      {},
      { runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' } },
      ['runtimePlatform.cpuArchitecture: "ARM64" → ∅', 'runtimePlatform.operatingSystemFamily: "LINUX" → ∅'],
    ],
    [
      'a structure in part',
      { runtimePlatform: { cpuArchitecture: 'ARM64' } },
      { runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' } },
      ['runtimePlatform.operatingSystemFamily: "LINUX" → ∅'],
    ],
    [
      'the wrong type stays visible',
      { runtimePlatform: 'ARM64' },
      { runtimePlatform: { cpuArchitecture: 'ARM64' } },
      ['runtimePlatform: {"cpuArchitecture":"ARM64"} → "ARM64"'],
    ],
  ])
})

describe('stated in part: what is left out belongs to AWS', () => {
  table(service, [
    ['nothing is stated', {}, { desiredCount: 4, placementConstraints: [{ type: 'distinctInstance' }] }, []],
    ['a count that the autoscaler owns', { serviceName: 'web' }, { serviceName: 'web', desiredCount: 17 }, []],
    ['a count of our own', { desiredCount: 2 }, { desiredCount: 1 }, ['desiredCount: 1 → 2']],
    [
      'a structure in part',
      { deploymentConfiguration: { maximumPercent: 150 } },
      { deploymentConfiguration: { maximumPercent: 150, minimumHealthyPercent: 50 } },
      [],
    ],
    [
      'a structure in part that differs',
      { deploymentConfiguration: { maximumPercent: 150 } },
      { deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 50 } },
      ['deploymentConfiguration.maximumPercent: 200 → 150'],
    ],
    ['a default that is stated, and not answered', { enableExecuteCommand: false, propagateTags: 'NONE' }, {}, []],
    [
      'a list is whole',
      { placementConstraints: [{ type: 'distinctInstance' }] },
      { placementConstraints: [{ type: 'distinctInstance' }, { type: 'memberOf', expression: 'attribute:a == b' }] },
      ['placementConstraints[1].type: "memberOf" → ∅', 'placementConstraints[1].expression: "attribute:a == b" → ∅'],
    ],
    [
      'its elements are whole too',
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] },
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1, base: 2 }] },
      ['capacityProviderStrategy[0].base: 2 → ∅'],
    ],
    [
      'an empty list takes all away',
      { loadBalancers: [] },
      { loadBalancers: [{ targetGroupArn: 'arn:tg/a', containerName: 'web', containerPort: 80 }] },
      [
        'loadBalancers[0].targetGroupArn: "arn:tg/a" → ∅',
        'loadBalancers[0].containerName: "web" → ∅',
        'loadBalancers[0].containerPort: 80 → ∅',
      ],
    ],
    [
      'an empty list of plain values takes all away',
      { networkConfiguration: { awsvpcConfiguration: { securityGroups: [] } } },
      { networkConfiguration: { awsvpcConfiguration: { securityGroups: ['sg-1'] } } },
      ['networkConfiguration.awsvpcConfiguration.securityGroups: ["sg-1"] → []'],
    ],
    ['an empty list where nothing is', { loadBalancers: [], placementStrategy: [] }, {}, []],
    [
      'a string map is whole',
      { serviceConnectConfiguration: { logConfiguration: { options: { 'awslogs-group': 'a' } } } },
      {
        serviceConnectConfiguration: {
          logConfiguration: { options: { 'awslogs-group': 'a', 'awslogs-region': 'us-east-1' } },
        },
      },
      ['serviceConnectConfiguration.logConfiguration.options[awslogs-region]: "us-east-1" → ∅'],
    ],
    [
      'a structure that is not there yet',
      { networkConfiguration: { awsvpcConfiguration: { subnets: ['a'], assignPublicIp: 'DISABLED' } } },
      {},
      [
        'networkConfiguration.awsvpcConfiguration.subnets: ∅ → ["a"]',
        'networkConfiguration.awsvpcConfiguration.assignPublicIp: ∅ → "DISABLED"',
      ],
    ],
    ['members that only answers have', {}, { status: 'ACTIVE', runningCount: 3, events: [{ id: '1' }] }, []],
  ])
})

describe('lists of plain values are one change', () => {
  table(taskDefinition, [
    [
      'order counts',
      web({ command: ['a', 'b'] }),
      web({ command: ['b', 'a'] }),
      ['containerDefinitions[web].command: ["b","a"] → ["a","b"]'],
    ],
    [
      'how often counts where order does',
      web({ command: ['a', 'a'] }),
      web({ command: ['a'] }),
      ['containerDefinitions[web].command: ["a"] → ["a","a"]'],
    ],
    ['it comes', web({ entryPoint: ['sh'] }), web({}), ['containerDefinitions[web].entryPoint: ∅ → ["sh"]']],
    ['it goes', web({}), web({ entryPoint: ['sh'] }), ['containerDefinitions[web].entryPoint: ["sh"] → ∅']],
    [
      'it is emptied',
      web({ entryPoint: [] }),
      web({ entryPoint: ['sh'] }),
      ['containerDefinitions[web].entryPoint: ["sh"] → []'],
    ],
    [
      'order means nothing',
      { requiresCompatibilities: ['FARGATE', 'EC2'] },
      { requiresCompatibilities: ['EC2', 'FARGATE'] },
      [],
    ],
    [
      'twice is once where order means nothing',
      { requiresCompatibilities: ['EC2', 'EC2'] },
      { requiresCompatibilities: ['EC2'] },
      [],
    ],
    [
      'what both have stands in the stated order',
      web({ links: ['c', 'a', 'd'] }),
      web({ links: ['x', 'a', 'b', 'c'] }),
      ['containerDefinitions[web].links: ["c","a","b","x"] → ["c","a","d"]'],
    ],
    [
      'numbers',
      web({ restartPolicy: { enabled: true, ignoredExitCodes: [2, 1] } }),
      web({ restartPolicy: { enabled: true, ignoredExitCodes: [1, 2] } }),
      [],
    ],
  ])
})

describe('lists of structures are paired one to one', () => {
  const ports = (...portMappings: object[]) => web({ portMappings })
  table(taskDefinition, [
    [
      'by name, in any order',
      {
        containerDefinitions: [
          { name: 'a', image: '1' },
          { name: 'b', image: '2' },
        ],
      },
      {
        containerDefinitions: [
          { name: 'b', image: '2' },
          { name: 'a', image: '1' },
        ],
      },
      [],
    ],
    [
      'another name is another container',
      { containerDefinitions: [{ name: 'a', image: '1' }] },
      { containerDefinitions: [{ name: 'b', image: '1' }] },
      ['containerDefinitions[a].image: ∅ → "1"', 'containerDefinitions[b].image: "1" → ∅'],
    ],
    [
      'what goes is sorted, however it is answered',
      { containerDefinitions: [] },
      {
        containerDefinitions: [
          { name: 'b', image: '2' },
          { name: 'a', image: '1' },
        ],
      },
      ['containerDefinitions[a].image: "1" → ∅', 'containerDefinitions[b].image: "2" → ∅'],
    ],
    [
      'defaults of what goes are no loss',
      { containerDefinitions: [] },
      { containerDefinitions: [{ name: 'a', image: '1', cpu: 0, essential: true, mountPoints: [], environment: [] }] },
      ['containerDefinitions[a].image: "1" → ∅'],
    ],
    ['an element that is nothing but a name', { volumes: [{ name: 'data' }] }, {}, ['volumes[data].name: ∅ → "data"']],
    [
      'a variable needs no line for its name',
      web({ environment: [{ name: 'X', value: '1' }] }),
      web({}),
      ['containerDefinitions[web].environment[X].value: ∅ → "1"'],
    ],
    [
      'a variable that goes',
      web({}),
      web({ environment: [{ name: 'X', value: '1' }] }),
      ['containerDefinitions[web].environment[X].value: "1" → ∅'],
    ],
    [
      'the same name twice',
      web({
        environment: [
          { name: 'X', value: '1' },
          { name: 'X', value: '2' },
        ],
      }),
      web({ environment: [{ name: 'X', value: '2' }] }),
      ['containerDefinitions[web].environment[X].value: ∅ → "1"'],
    ],
    [
      'the same name twice, both different',
      web({
        environment: [
          { name: 'X', value: '1' },
          { name: 'X', value: '2' },
        ],
      }),
      web({
        environment: [
          { name: 'X', value: '3' },
          { name: 'X', value: '4' },
        ],
      }),
      [
        'containerDefinitions[web].environment[X].value: "3" → "1"',
        'containerDefinitions[web].environment[1].value: "4" → "2"',
      ],
    ],
    [
      'by natural key, in any order',
      ports({ containerPort: 80 }, { containerPort: 443 }),
      ports({ containerPort: 443 }, { containerPort: 80 }),
      [],
    ],
    [
      'a change beside a natural key',
      ports({ containerPort: 80, hostPort: 8080 }, { containerPort: 443 }),
      ports({ containerPort: 443 }, { containerPort: 80, hostPort: 80 }),
      ['containerDefinitions[web].portMappings[0].hostPort: 80 → 8080'],
    ],
    [
      'one port, two protocols',
      ports({ containerPort: 53, protocol: 'udp' }, { containerPort: 53 }),
      ports({ containerPort: 53, protocol: 'tcp' }, { containerPort: 53, protocol: 'udp' }),
      [],
    ],
    [
      'a changed key is a change, not a loss',
      ports({ containerPort: 81 }),
      ports({ containerPort: 80 }),
      ['containerDefinitions[web].portMappings[0].containerPort: 80 → 81'],
    ],
    [
      'one stays, one changes',
      ports({ containerPort: 81 }, { containerPort: 443 }),
      ports({ containerPort: 443 }, { containerPort: 80 }),
      ['containerDefinitions[web].portMappings[0].containerPort: 80 → 81'],
    ],
    [
      'one more',
      ports({ containerPort: 80 }, { containerPort: 81 }),
      ports({ containerPort: 80 }),
      ['containerDefinitions[web].portMappings[1].containerPort: ∅ → 81'],
    ],
    [
      'one less, at its live position',
      ports({ containerPort: 80 }),
      ports({ containerPort: 81, protocol: 'udp' }, { containerPort: 80 }),
      [
        'containerDefinitions[web].portMappings[0].containerPort: 81 → ∅',
        'containerDefinitions[web].portMappings[0].protocol: "udp" → ∅',
      ],
    ],
    [
      'a port has a name of its own',
      ports({ containerPort: 80, name: 'http', appProtocol: 'http2' }),
      ports({ containerPort: 80, name: 'http' }),
      ['containerDefinitions[web].portMappings[http].appProtocol: ∅ → "http2"'],
    ],
    [
      'the same thing twice against once',
      web({ mountPoints: [{ containerPath: '/a' }, { containerPath: '/a' }] }),
      web({ mountPoints: [{ containerPath: '/a' }] }),
      ['containerDefinitions[web].mountPoints[1].containerPath: ∅ → "/a"'],
    ],
    [
      'the nearest are paired',
      { placementConstraints: [{ type: 'memberOf', expression: 'x' }] },
      { placementConstraints: [{ type: 'distinctInstance' }, { type: 'memberOf', expression: 'y' }] },
      ['placementConstraints[0].expression: "y" → "x"', 'placementConstraints[0].type: "distinctInstance" → ∅'],
    ],
    [
      'an element with nothing in it',
      web({ extraHosts: [{}] }),
      web({}),
      ['containerDefinitions[web].extraHosts[0]: ∅ → {}'],
    ],
    [
      'an element with nothing in it that goes',
      web({}),
      web({ extraHosts: [{}] }),
      ['containerDefinitions[web].extraHosts[0]: {} → ∅'],
    ],
    [
      'by position where the order counts',
      web({
        environmentFiles: [
          { value: 'a', type: 's3' },
          { value: 'b', type: 's3' },
        ],
      }),
      web({
        environmentFiles: [
          { value: 'b', type: 's3' },
          { value: 'a', type: 's3' },
        ],
      }),
      [
        'containerDefinitions[web].environmentFiles[0].value: "b" → "a"',
        'containerDefinitions[web].environmentFiles[1].value: "a" → "b"',
      ],
    ],
  ])
})

describe('string maps', () => {
  const labels = (dockerLabels: object) => web({ dockerLabels })
  table(taskDefinition, [
    [
      'a key changes',
      labels({ 'com.example.x': '1' }),
      labels({ 'com.example.x': '2' }),
      ['containerDefinitions[web].dockerLabels[com.example.x]: "2" → "1"'],
    ],
    [
      'a key comes and one goes',
      labels({ a: '1' }),
      labels({ b: '1' }),
      ['containerDefinitions[web].dockerLabels[a]: ∅ → "1"', 'containerDefinitions[web].dockerLabels[b]: "1" → ∅'],
    ],
    [
      'keys that go are sorted',
      labels({}),
      labels({ c: '', a: '', b: '' }),
      [
        'containerDefinitions[web].dockerLabels[a]: "" → ∅',
        'containerDefinitions[web].dockerLabels[b]: "" → ∅',
        'containerDefinitions[web].dockerLabels[c]: "" → ∅',
      ],
    ],
    [
      'names that look like paths',
      labels({ 'a]b.c[0]': '1', '': '2' }),
      labels({}),
      [
        'containerDefinitions[web].dockerLabels[a]b.c[0]]: ∅ → "1"',
        'containerDefinitions[web].dockerLabels[]: ∅ → "2"',
      ],
    ],
    [
      'names that objects have by themselves',
      labels({ constructor: 'x' }),
      labels({ toString: 'y' }),
      [
        'containerDefinitions[web].dockerLabels[constructor]: ∅ → "x"',
        'containerDefinitions[web].dockerLabels[toString]: "y" → ∅',
      ],
    ],
  ])
})

describe('tags', () => {
  const tags = (pairs: Record<string, string>) => ({
    tags: Object.entries(pairs).map(([key, value]) => ({ key, value })),
  })
  const rows: Row[] = [
    ['none stated, no opinion', {}, tags({ team: 'a' }), []],
    ['by key, in any order', tags({ a: '1', b: '2' }), tags({ b: '2', a: '1' }), []],
    ['another value', tags({ team: 'a' }), tags({ team: 'b' }), ['tags[team].value: "b" → "a"']],
    [
      'one comes, one goes',
      tags({ team: 'a' }),
      tags({ owner: 'b' }),
      ['tags[team].value: ∅ → "a"', 'tags[owner].value: "b" → ∅'],
    ],
    ['an empty value', tags({ team: '' }), { tags: [{ key: 'team' }] }, []],
    ['a tag without a value comes', tags({ team: '' }), {}, ['tags[team].value: ∅ → ""']],
    ['an empty list takes all away', { tags: [] }, tags({ team: 'a' }), ['tags[team].value: "a" → ∅']],
    [
      "AWS's own and ours are nobody's business",
      { tags: [] },
      tags({ 'aws:cloudformation:stack-name': 'x', 'ecs-particles:run/1': 'y' }),
      [],
    ],
    ['ours stay when others go', tags({ team: 'a' }), tags({ 'ecs-particles:run/1': 'y', team: 'a' }), []],
  ]
  describe('of task definitions', () => table(taskDefinition, rows))
  describe('of services', () => table(service, rows))
  describe('of clusters', () => table(cluster, rows))
})

describe('what only an apply will tell', () => {
  const later = new Unknown('ecs_task_definition:web')
  table(service, [
    [
      'is never equal',
      { taskDefinition: later },
      { taskDefinition: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:7' },
      ['taskDefinition: "web:7" → {"unknown":"ecs_task_definition:web"}'],
    ],
    ['comes', { taskDefinition: later }, {}, ['taskDefinition: ∅ → {"unknown":"ecs_task_definition:web"}']],
    [
      'in a list of plain values',
      { networkConfiguration: { awsvpcConfiguration: { subnets: ['a', later] } } },
      { networkConfiguration: { awsvpcConfiguration: { subnets: ['a'] } } },
      ['networkConfiguration.awsvpcConfiguration.subnets: ["a"] → ["a",{"unknown":"ecs_task_definition:web"}]'],
    ],
    [
      'in place of a list',
      { networkConfiguration: { awsvpcConfiguration: { subnets: later } } },
      { networkConfiguration: { awsvpcConfiguration: { subnets: ['a'] } } },
      ['networkConfiguration.awsvpcConfiguration.subnets: ["a"] → {"unknown":"ecs_task_definition:web"}'],
    ],
    [
      'in place of a structure',
      { networkConfiguration: later },
      { networkConfiguration: { awsvpcConfiguration: { subnets: ['a'] } } },
      ['networkConfiguration: {"awsvpcConfiguration":{"subnets":["a"]}} → {"unknown":"ecs_task_definition:web"}'],
    ],
    [
      'in an element',
      { loadBalancers: [{ targetGroupArn: later, containerName: 'web', containerPort: 80 }] },
      { loadBalancers: [{ targetGroupArn: 'arn:tg/a', containerName: 'web', containerPort: 80 }] },
      ['loadBalancers[0].targetGroupArn: "arn:tg/a" → {"unknown":"ecs_task_definition:web"}'],
    ],
  ])

  test('as the name of an element', () => {
    const changes = compare(
      { containerDefinitions: [{ name: later, image: 'a' }] },
      web({ image: 'a' }),
      taskDefinition,
    )
    expect(lines(changes)).toEqual([
      'containerDefinitions[0].name: ∅ → {"unknown":"ecs_task_definition:web"}',
      'containerDefinitions[0].image: ∅ → "a"',
      'containerDefinitions[web].image: "a" → ∅',
    ])
  })
})

describe('hidden', () => {
  const hiding = { ...taskDefinition, sensitivity: drawn }
  const some = { ...taskDefinition, sensitivity: { ...drawn, revealed: (name: string) => name === 'LOG_LEVEL' } }
  const secret = (...places: string[]): CompareOptions => ({
    ...taskDefinition,
    sensitivity: { ...open, isSecret: at => places.includes(at.join('.')) },
  })
  const variables = (environment: object) =>
    web({ environment: Object.entries(environment).map(([name, value]) => ({ name, value })) })

  describe('environment variables', () => {
    table(hiding, [
      [
        'change',
        variables({ A: '1' }),
        variables({ A: '2' }),
        ['containerDefinitions[web].environment[A].value: hidden'],
      ],
      ['come', variables({ A: '1' }), web({}), ['containerDefinitions[web].environment[A].value: hidden']],
      ['go', web({}), variables({ A: '1' }), ['containerDefinitions[web].environment[A].value: hidden']],
      ['stay', variables({ A: '1' }), variables({ A: '1' }), []],
      [
        'a label of that name is none',
        web({ dockerLabels: { environment: 'a' } }),
        web({ dockerLabels: { environment: 'b' } }),
        ['containerDefinitions[web].dockerLabels[environment]: "b" → "a"'],
      ],
      [
        'without a name',
        web({ environment: [{ value: '1' }] }),
        web({}),
        ['containerDefinitions[web].environment[0].value: hidden'],
      ],
      [
        'all at once',
        web({ environment: new Unknown('ecs_task_definition:other') }),
        variables({ A: '1' }),
        ['containerDefinitions[web].environment: hidden'],
      ],
    ])
    table(some, [
      [
        'that may be shown',
        variables({ A: '1', LOG_LEVEL: 'debug' }),
        variables({ A: '2', LOG_LEVEL: 'info' }),
        [
          'containerDefinitions[web].environment[A].value: hidden',
          'containerDefinitions[web].environment[LOG_LEVEL].value: "info" → "debug"',
        ],
      ],
    ])
  })

  describe('log options', () => {
    const log = (options: object) => web({ logConfiguration: { logDriver: 'splunk', options } })
    table(taskDefinition, [
      [
        'but those of awslogs',
        log({ 'splunk-token': 'a', 'awslogs-group': 'x' }),
        log({ 'splunk-token': 'b', 'awslogs-group': 'y' }),
        [
          'containerDefinitions[web].logConfiguration.options[splunk-token]: hidden',
          'containerDefinitions[web].logConfiguration.options[awslogs-group]: "y" → "x"',
        ],
      ],
      [
        'that go',
        log({}),
        log({ 'splunk-token': 'b' }),
        ['containerDefinitions[web].logConfiguration.options[splunk-token]: hidden'],
      ],
      [
        'of a log router',
        web({ firelensConfiguration: { type: 'fluentbit', options: { a: '1' } } }),
        web({ firelensConfiguration: { type: 'fluentbit', options: { a: '2' } } }),
        ['containerDefinitions[web].firelensConfiguration.options[a]: hidden'],
      ],
      [
        'secrets are references, and shown',
        web({ secrets: [{ name: 'A', valueFrom: 'arn:1' }] }),
        web({ secrets: [{ name: 'A', valueFrom: 'arn:2' }] }),
        ['containerDefinitions[web].secrets[A].valueFrom: "arn:2" → "arn:1"'],
      ],
    ])
  })

  test('what a secret variable went into', () => {
    const options = secret('containerDefinitions.0.image', 'containerDefinitions.0.command.1')
    const changes = compare(
      web({ image: 'a', command: ['x', 'y'], user: 'u' }),
      web({ image: 'b', command: ['x'] }),
      options,
    )
    expect(lines(changes)).toEqual([
      'containerDefinitions[web].image: hidden',
      'containerDefinitions[web].command: hidden',
      'containerDefinitions[web].user: ∅ → "u"',
    ])
  })

  test('a secret inside a document', () => {
    const hooks = (token: string) => ({
      deploymentConfiguration: { lifecycleHooks: [{ hookDetails: { keys: [token] } }] },
    })
    const sensitivity = { ...open, isSecret: (at: readonly unknown[]) => at.join('.').endsWith('hookDetails.keys.0') }
    expect(lines(compare(hooks('a'), hooks('b'), { ...service, sensitivity }))).toEqual([
      'deploymentConfiguration.lifecycleHooks[0].hookDetails: hidden',
    ])
  })

  test('a secret name does not show in a path', () => {
    const changes = compare(web({ image: 'a' }), {}, secret('containerDefinitions.0.name'))
    expect(lines(changes)).toEqual(['containerDefinitions[0].name: hidden', 'containerDefinitions[0].image: ∅ → "a"'])
  })

  test('what AWS holds stays in memory, and what is hidden says neither side', () => {
    expect(compare(variables({ A: '1' }), variables({ A: '2' }), hiding)).toEqual([
      {
        path: 'containerDefinitions[web].environment[A].value',
        steps: ['containerDefinitions', { in: 'web' }, 'environment', { in: 'A' }, 'value'],
        sensitive: true,
        at: ['containerDefinitions', 0, 'environment', 0, 'value'],
        live: '2',
      },
    ])
  })
})

describe('ignored', () => {
  const two = (image: string, extra: object = {}) => ({
    containerDefinitions: [
      { name: 'web', image, ...extra },
      { name: 'log', image },
    ],
  })
  test.each<[name: string, ignore: string[], stated: object, live: object, expected: string[]]>([
    ['a leaf', ['containerDefinitions[web].image'], two('a'), two('b'), ['containerDefinitions[log].image: "b" → "a"']],
    ['a leaf of every element', ['containerDefinitions[*].image'], two('a'), two('b'), []],
    [
      'a whole element',
      ['containerDefinitions[web]'],
      two('a'),
      two('b'),
      ['containerDefinitions[log].image: "b" → "a"'],
    ],
    ['a whole member', ['containerDefinitions'], two('a'), { family: 'x' }, ['family: "x" → ∅']],
    [
      'an element that only AWS has',
      ['containerDefinitions[agent]'],
      web({}),
      { containerDefinitions: [{ name: 'web' }, { name: 'agent', image: 'x' }] },
      [],
    ],
    [
      'a variable that only AWS has',
      ['containerDefinitions[web].environment[X]'],
      web({}),
      web({
        environment: [
          { name: 'X', value: '1' },
          { name: 'Y', value: '2' },
        ],
      }),
      ['containerDefinitions[web].environment[Y].value: "2" → ∅'],
    ],
    [
      'the value of a variable that only one side has, by the path that plans show',
      [
        'containerDefinitions[web].environment[*].value',
        'tags[t].value',
        'containerDefinitions[web].secrets[S].valueFrom',
      ],
      { ...web({ environment: [{ name: 'Z', value: '1' }] }), tags: [{ key: 'u', value: '1' }] },
      {
        ...web({ environment: [{ name: 'X', value: '1' }], secrets: [{ name: 'S', valueFrom: 's' }] }),
        tags: [
          { key: 't', value: '2' },
          { key: 'u', value: '2' },
        ],
      },
      ['tags[u].value: "2" → "1"'],
    ],
    [
      'part of what comes',
      ['containerDefinitions[log].image'],
      two('a'),
      web({ image: 'a' }),
      ['containerDefinitions[log].name: ∅ → "log"'],
    ],
    [
      'a key with dots',
      ['containerDefinitions[web].dockerLabels[com.example.x]'],
      web({ dockerLabels: { 'com.example.x': '1', 'com.example.xy': '1' } }),
      web({}),
      ['containerDefinitions[web].dockerLabels[com.example.xy]: ∅ → "1"'],
    ],
    [
      'a key with brackets',
      ['containerDefinitions[web].dockerLabels[a]b[c]'],
      web({ dockerLabels: { 'a]b[c': '1' } }),
      web({}),
      [],
    ],
    [
      'a key that only begins the same',
      ['containerDefinitions[web].dockerLabels[a]'],
      web({ dockerLabels: { 'a]b': '1' } }),
      web({}),
      ['containerDefinitions[web].dockerLabels[a]b]: ∅ → "1"'],
    ],
    ['a member that only begins the same', ['pid'], { pidMode: 'task' }, {}, ['pidMode: ∅ → "task"']],
    [
      'a position',
      ['placementConstraints[0]'],
      { placementConstraints: [{ type: 'memberOf', expression: 'a' }] },
      { placementConstraints: [{ type: 'memberOf', expression: 'b' }] },
      [],
    ],
    ['nothing at all', [''], { pidMode: 'task' }, {}, ['pidMode: ∅ → "task"']],
    ['something that is not there', ['containerDefinitions[other].image', 'nonsense[', '[*]'], two('a'), two('a'), []],
  ])('%s', (_name, ignore, stated, live, expected) => {
    expect(lines(compare(frozen(stated), frozen(live), ignoring(...ignore)))).toEqual(expected)
  })
})

describe('order and places', () => {
  test('changes stand in the order of the definition, what goes behind them in the order of the model', () => {
    const stated = { pidMode: 'task', family: 'web', cpu: '256' }
    const live = { ipcMode: 'none', runtimePlatform: { cpuArchitecture: 'ARM64' }, taskRoleArn: 'role', family: 'api' }
    expect(compare(stated, live, taskDefinition).map(({ path }) => path)).toEqual([
      'pidMode',
      'family',
      'cpu',
      'taskRoleArn',
      'ipcMode',
      'runtimePlatform.cpuArchitecture',
    ])
  })

  test('a change knows where the stated value stands; what goes has no such place', () => {
    const stated = {
      containerDefinitions: [{ name: 'log' }, { name: 'web', command: ['a'], dockerLabels: { x: '1' } }],
    }
    const live = { containerDefinitions: [{ name: 'web', user: 'u' }, { name: 'log' }] }
    expect(compare(stated, live, taskDefinition)).toEqual([
      {
        path: 'containerDefinitions[web].command',
        steps: ['containerDefinitions', { in: 'web' }, 'command'],
        after: ['a'],
        at: ['containerDefinitions', 1, 'command'],
      },
      {
        path: 'containerDefinitions[web].dockerLabels[x]',
        steps: ['containerDefinitions', { in: 'web' }, 'dockerLabels', { in: 'x' }],
        after: '1',
        at: ['containerDefinitions', 1, 'dockerLabels', 'x'],
      },
      {
        path: 'containerDefinitions[web].user',
        steps: ['containerDefinitions', { in: 'web' }, 'user'],
        before: 'u',
        live: 'u',
      },
    ])
  })

  test('foreign elements do not move the places of the others', () => {
    const stated = {
      tags: [
        { key: 'aws:x', value: '' },
        { key: 'team', value: 'a' },
      ],
    }
    expect(compare(stated, {}, taskDefinition).map(({ at }) => at)).toEqual([['tags', 1, 'value']])
  })
})

describe('a start', () => {
  test('stands leaf by leaf, as it is written', () => {
    const stated = {
      family: 'web',
      containerDefinitions: [
        {
          name: 'web',
          image: 'nginx',
          essential: true,
          command: ['a', 'b'],
          entryPoint: [],
          environment: [{ name: 'A', value: '1' }],
          portMappings: [{ containerPort: 80 }],
          dockerLabels: { 'a.b': 'c' },
        },
      ],
      cpu: '.5 vCPU',
      volumes: [{ name: 'data' }],
      tags: [{ key: 'team', value: 'a' }],
    }
    expect(lines(describeStart(frozen(stated), { ...taskDefinition, sensitivity: drawn }))).toEqual([
      'family: ∅ → "web"',
      'containerDefinitions[web].image: ∅ → "nginx"',
      'containerDefinitions[web].essential: ∅ → true',
      'containerDefinitions[web].command: ∅ → ["a","b"]',
      'containerDefinitions[web].environment[A].value: hidden',
      'containerDefinitions[web].portMappings[0].containerPort: ∅ → 80',
      'containerDefinitions[web].dockerLabels[a.b]: ∅ → "c"',
      'cpu: ∅ → "512"',
      'volumes[data].name: ∅ → "data"',
      'tags[team].value: ∅ → "a"',
    ])
  })

  test('says what is ignored too: there is no live value to keep', () => {
    expect(lines(describeStart({ family: 'web' }, ignoring('family')))).toEqual(['family: ∅ → "web"'])
  })

  test('knows its places', () => {
    expect(describeStart(web({ cpu: 1 }), taskDefinition)).toEqual([
      {
        path: 'containerDefinitions[web].cpu',
        steps: ['containerDefinitions', { in: 'web' }, 'cpu'],
        after: 1,
        at: ['containerDefinitions', 0, 'cpu'],
      },
    ])
  })
})

describe('the canonical form', () => {
  const full = {
    family: 'web',
    requiresCompatibilities: ['FARGATE', 'EC2', 'EC2'],
    cpu: '.5 vCPU',
    memory: '1GB',
    networkMode: 'awsvpc',
    executionRoleArn: 'arn:aws:iam::123456789012:role/service/run',
    volumes: [],
    containerDefinitions: [
      {
        name: 'web',
        image: 'nginx',
        essential: true,
        cpu: 0,
        command: ['b', 'a'],
        portMappings: [
          { containerPort: 443, hostPort: 443, protocol: 'tcp' },
          { containerPort: 80, name: 'http' },
        ],
        environment: [
          { name: 'B', value: '2' },
          { name: 'A', value: '1' },
        ],
        healthCheck: { command: ['CMD', 'true'], interval: 30, timeout: 6 },
        dockerLabels: { b: '1', a: '2' },
      },
      { name: 'log', image: new Unknown('ecs_task:build'), essential: false },
    ],
  }

  // What this says decides whether a job has run before: a new version, never another text.
  test('version 1', () => {
    expect(JSON.stringify(canonical(frozen(full), taskDefinition))).toBe(
      '{"containerDefinitions":[{"command":["b","a"],"dockerLabels":{"a":"2","b":"1"},"environment":[{"name":"A","value":"1"},' +
        '{"name":"B","value":"2"}],"healthCheck":{"command":["CMD","true"],"timeout":6},"image":"nginx","name":"web",' +
        '"portMappings":[{"containerPort":443},{"containerPort":80,"name":"http"}]},{"essential":false,"image":' +
        '{"unknown":"ecs_task:build"},"name":"log"}],"cpu":"512","executionRoleArn":"run","family":"web","memory":"1024",' +
        '"networkMode":"awsvpc","requiresCompatibilities":["EC2","FARGATE"]}',
    )
  })

  test('does not care how it is spelled', () => {
    const again = {
      containerDefinitions: [full.containerDefinitions[1], full.containerDefinitions[0]],
      networkMode: 'awsvpc',
      memory: '1024',
      cpu: '0.5 vcpu',
      requiresCompatibilities: ['EC2', 'FARGATE'],
      executionRoleArn: 'run',
      family: 'web',
      placementConstraints: [],
      enableFaultInjection: false,
    }
    expect(canonical(again, taskDefinition)).toEqual(canonical(full, taskDefinition))
  })

  test('leaves out what is ignored', () => {
    const options = ignoring('containerDefinitions[*].image', 'containerDefinitions[web].environment[A]', 'cpu')
    const stated = {
      cpu: '1',
      ...web({
        image: 'x',
        environment: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      }),
    }
    expect(canonical(stated, options)).toEqual({
      containerDefinitions: [{ environment: [{ name: 'B', value: '2' }], name: 'web' }],
    })
  })

  test('of nothing is nothing', () => {
    expect(canonical({}, taskDefinition)).toEqual({})
  })
})
