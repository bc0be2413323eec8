import { describe, expect, test } from '@jest/globals'
import { type CompareOptions, canonical, compare, additions as describeStart } from '../../src/compare/compare.ts'
import { creationOf, mergeLive, requestOf } from '../../src/compare/merge.ts'
import { type Schema, schemaOf } from '../../src/compare/schema.ts'
import { cluster, frozen, lines, service, task, taskDefinition } from './kit.ts'

const web = (members: object) => ({ containerDefinitions: [{ name: 'web', ...members }] })

type Row = [name: string, options: CompareOptions, withEmpty: object, without: object]

const none: Row[] = [
  ['a role', taskDefinition, { family: 'web', taskRoleArn: '' }, { family: 'web' }],
  [
    'what ministack answers',
    taskDefinition,
    { family: 'web', taskRoleArn: '', executionRoleArn: '', pidMode: '', ipcMode: '' },
    { family: 'web' },
  ],
  ['a member of a container', taskDefinition, web({ user: '', hostname: '' }), web({})],
  [
    'a member deep inside',
    taskDefinition,
    { volumes: [{ name: 'a', efsVolumeConfiguration: { fileSystemId: 'fs-1', rootDirectory: '' } }] },
    { volumes: [{ name: 'a', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }] },
  ],
  ['of a service', service, { serviceName: 'web', platformVersion: '', role: '' }, { serviceName: 'web' }],
  [
    'of a cluster',
    cluster,
    { configuration: { executeCommandConfiguration: { logging: 'NONE', kmsKeyId: '' } } },
    { configuration: { executeCommandConfiguration: { logging: 'NONE' } } },
  ],
  ['of a task', task, { group: '', overrides: { taskRoleArn: '', cpu: '512' } }, { overrides: { cpu: '512' } }],
]

describe('an empty text is none', () => {
  test.each(none)('%s', (_name, options, withEmpty, without) => {
    expect(lines(compare(frozen(withEmpty), frozen(without), options))).toEqual([])
    expect(lines(compare(frozen(without), frozen(withEmpty), options))).toEqual([])
    expect(lines(describeStart(withEmpty, options))).toEqual(lines(describeStart(without, options)))
    expect(requestOf(withEmpty, options)).toEqual(without)
    expect(mergeLive(withEmpty, without, options)).toEqual(without)
    expect(requestOf(without, options)).toBe(without)
  })

  test('one that is stated takes away what is there, where everything is stated', () => {
    expect(lines(compare({ executionRoleArn: '' }, { executionRoleArn: 'role' }, taskDefinition))).toEqual([
      'executionRoleArn: "role" → ∅',
    ])
    expect(lines(compare({ platformVersion: '' }, { platformVersion: '1.4.0' }, service))).toEqual([])
  })

  test('what depends on such a member sees none', () => {
    const mode = { networkMode: '', ...web({ portMappings: [{ containerPort: 80 }] }) }
    const live = { networkMode: 'bridge', ...web({ portMappings: [{ containerPort: 80, hostPort: 0 }] }) }
    expect(lines(compare(mode, live, taskDefinition))).toEqual([])
  })
})

const meant: Row[] = [
  [
    'of a variable',
    taskDefinition,
    web({ environment: [{ name: 'A', value: '' }] }),
    web({ environment: [{ name: 'A' }] }),
  ],
  [
    'of a variable that an override sets',
    task,
    { overrides: { containerOverrides: [{ name: 'web', environment: [{ name: 'A', value: '' }] }] } },
    { overrides: { containerOverrides: [{ name: 'web', environment: [{ name: 'A' }] }] } },
  ],
  ['of a tag', service, { tags: [{ key: 'a', value: '' }] }, { tags: [{ key: 'a' }] }],
  ['of a label', taskDefinition, web({ dockerLabels: { a: '' } }), web({ dockerLabels: {} })],
  [
    'of a log option',
    taskDefinition,
    web({ logConfiguration: { logDriver: 'json-file', options: { labels: '' } } }),
    web({ logConfiguration: { logDriver: 'json-file' } }),
  ],
  ['of a command', taskDefinition, web({ command: ['sh', ''] }), web({ command: ['sh'] })],
  [
    'of a kernel parameter',
    taskDefinition,
    web({ systemControls: [{ namespace: 'net.ipv4.ip_local_reserved_ports', value: '' }] }),
    web({ systemControls: [{ namespace: 'net.ipv4.ip_local_reserved_ports' }] }),
  ],
  [
    'of a property of a proxy',
    taskDefinition,
    { proxyConfiguration: { containerName: 'envoy', properties: [{ name: 'EgressIgnoredIPs', value: '' }] } },
    { proxyConfiguration: { containerName: 'envoy', properties: [{ name: 'EgressIgnoredIPs' }] } },
  ],
  [
    "of a cluster's default namespace",
    cluster,
    { serviceConnectDefaults: { namespace: '' } },
    { serviceConnectDefaults: {} },
  ],
  ['of a member that the API requires', taskDefinition, web({ secrets: [{ name: '', valueFrom: 'a' }] }), web({})],
  ['where a number is due', taskDefinition, web({ memory: '' }), web({})],
]

describe('an empty text is sent, because it means something', () => {
  test.each(meant)('%s', (_name, options, withEmpty) => {
    expect(requestOf(withEmpty, options)).toBe(withEmpty)
    expect(mergeLive(withEmpty, {}, options)).toEqual(withEmpty)
    expect(lines(compare(withEmpty, withEmpty, options))).toEqual([])
  })
})

test.each([taskDefinition, service, cluster, task])(
  'where the default is an empty text, it is a value',
  ({ schema, rules }) => {
    const visit = (shape: Schema): void => {
      if (shape.kind === 'value' && shape.rule.default === '') expect(shape.keepsEmpty).toBe(true)
      if (shape.element) visit(shape.element)
      for (const member of shape.members.values()) visit(member)
    }
    visit(schemaOf(schema, rules))
  },
)

test('what a job is named by has an empty text as it is stated', () => {
  const stated = { family: 'web', taskRoleArn: '', ...web({ image: 'a', user: '' }) }
  expect(canonical(stated, taskDefinition)).toEqual({
    containerDefinitions: [{ image: 'a', name: 'web', user: '' }],
    family: 'web',
    taskRoleArn: '',
  })
})

describe('what is sent', () => {
  test.each<Row>([
    [
      'an empty value for a variable that has none, because ECS would drop the variable',
      taskDefinition,
      web({ environment: [{ name: 'A' }, { name: 'B', value: 'b' }] }),
      web({
        environment: [
          { name: 'A', value: '' },
          { name: 'B', value: 'b' },
        ],
      }),
    ],
    [
      'the same for an override',
      task,
      { overrides: { containerOverrides: [{ name: 'web', environment: [{ name: 'A' }] }] } },
      { overrides: { containerOverrides: [{ name: 'web', environment: [{ name: 'A', value: '' }] }] } },
    ],
    ['an empty value for a tag', service, { tags: [{ key: 'a' }] }, { tags: [{ key: 'a', value: '' }] }],
  ])('%s', (_name, options, without, withEmpty) => {
    expect(requestOf(frozen(without), options)).toEqual(withEmpty)
    expect(mergeLive(frozen(without), {}, options)).toEqual(withEmpty)
    expect(lines(compare(without, withEmpty, options))).toEqual([])
    expect(lines(compare(withEmpty, without, options))).toEqual([])
    // The name of a job does not depend on it.
    expect(canonical(without, options)).toEqual(canonical(withEmpty, options))
  })

  test.each([
    ['a cluster', cluster, { clusterName: 'main' }],
    ['a service', service, { serviceName: 'web' }],
    ['a task', task, { group: 'a' }],
  ] as const)('no empty list of tags with the start of %s', (_name, options, definition) => {
    expect(creationOf({ ...definition, tags: [] }, options)).toEqual(definition)
  })
})
