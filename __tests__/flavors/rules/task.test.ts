import { expect, test } from '@jest/globals'
import { canonical, additions as describeStart } from '../../../src/compare/compare.ts'
import { drawn, frozen, lines, task as options } from '../../compare/kit.ts'

const container = (members: object) => ({ overrides: { containerOverrides: [{ name: 'job', ...members }] } })

test.each<[name: string, one: object, other: object]>([
  [
    'nothing but defaults',
    {},
    {
      count: 1,
      cluster: 'default',
      platformVersion: 'LATEST',
      enableExecuteCommand: false,
      enableECSManagedTags: false,
      overrides: {},
    },
  ],
  ['cluster by name or ARN', { cluster: 'main' }, { cluster: 'arn:aws:ecs:us-east-1:1:cluster/main' }],
  ['sizes', { overrides: { cpu: '.5 vCPU', memory: '1 GB' } }, { overrides: { cpu: '512', memory: '1024' } }],
  ['roles', { overrides: { taskRoleArn: 'a' } }, { overrides: { taskRoleArn: 'arn:aws:iam::1:role/a' } }],
  ['an override that says nothing', container({}), { overrides: { containerOverrides: [] } }],
  [
    'environment in any order',
    container({
      environment: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    }),
    container({
      environment: [
        { name: 'B', value: '2' },
        { name: 'A', value: '1' },
      ],
    }),
  ],
  [
    'subnets in any order',
    { networkConfiguration: { awsvpcConfiguration: { subnets: ['a', 'b'] } } },
    { networkConfiguration: { awsvpcConfiguration: { subnets: ['b', 'a'], assignPublicIp: 'DISABLED' } } },
  ],
  [
    'volumes that go with the task',
    { volumeConfigurations: [{ name: 'a', managedEBSVolume: { roleArn: 'r' } }] },
    {
      volumeConfigurations: [
        { name: 'a', managedEBSVolume: { roleArn: 'r', terminationPolicy: { deleteOnTermination: true } } },
      ],
    },
  ],
])('the same run: %s', (_name, one, other) => {
  expect(canonical(frozen(one), options)).toEqual(canonical(frozen(other), options))
})

test.each<[name: string, one: object, other: object]>([
  ['command', container({ command: ['a', 'b'] }), container({ command: ['b', 'a'] })],
  [
    'environment',
    container({ environment: [{ name: 'A', value: '1' }] }),
    container({ environment: [{ name: 'A', value: '2' }] }),
  ],
  ['container', container({ cpu: 1 }), { overrides: { containerOverrides: [{ name: 'other', cpu: 1 }] } }],
  ['count', { count: 2 }, {}],
  ['size', { overrides: { cpu: '512' } }, { overrides: { cpu: '1024' } }],
  ['launch type', { launchType: 'FARGATE' }, {}],
])('another run: %s', (_name, one, other) => {
  expect(canonical(frozen(one), options)).not.toEqual(canonical(frozen(other), options))
})

test('values of environment variables are hidden in overrides too', () => {
  const stated = container({ environment: [{ name: 'PASSWORD', value: 'x' }], command: ['run'] })
  expect(lines(describeStart(stated, { ...options, sensitivity: drawn }))).toEqual([
    'overrides.containerOverrides[job].environment[PASSWORD].value: hidden',
    'overrides.containerOverrides[job].command: ∅ → ["run"]',
  ])
})

// What this says decides whether a job has run before: a new version of the canonical form, never another text.
test('the canonical form of a run, version 1', () => {
  const stated = {
    cluster: 'arn:aws:ecs:us-east-1:1:cluster/main',
    count: 1,
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['b', 'a'], assignPublicIp: 'DISABLED' } },
    overrides: {
      cpu: '1 vCPU',
      containerOverrides: [
        { name: 'log' },
        {
          name: 'job',
          command: ['migrate', '--all'],
          environment: [
            { name: 'B', value: '' },
            { name: 'A', value: '1' },
          ],
        },
      ],
    },
    placementStrategy: [{ type: 'spread', field: 'host' }],
  }
  expect(JSON.stringify(canonical(frozen(stated), options))).toBe(
    '{"cluster":"main","launchType":"FARGATE","networkConfiguration":{"awsvpcConfiguration":{"subnets":["a","b"]}},' +
      '"overrides":{"containerOverrides":[{"command":["migrate","--all"],"environment":[{"name":"A","value":"1"},' +
      '{"name":"B"}],"name":"job"}],"cpu":"1024"},"placementStrategy":[{"field":"instanceId","type":"spread"}],' +
      '"platformVersion":"1.4.0"}',
  )
})
