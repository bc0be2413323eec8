import { describe, expect, test } from '@jest/globals'
import { type CompareOptions, canonical, compare, additions as describeStart } from '../../src/compare/compare.ts'
import { mergeLive } from '../../src/compare/merge.ts'
import { cluster, frozen, lines, service, taskDefinition } from './kit.ts'

const web = (members: object) => ({ containerDefinitions: [{ name: 'web', ...members }] })

type Row = [name: string, ignore: string[], stated: object, live: object, sent: object]

const table = (options: CompareOptions, rows: Row[]): void => {
  test.each(rows)('%s', (_name, ignore, stated, live, sent) => {
    const own = { ...options, ignore }
    expect(mergeLive(frozen(stated), frozen(live), own)).toEqual(sent)
    const after = options.whole ? sent : { ...live, ...sent }
    expect(lines(compare(stated, after, own))).toEqual([])
  })
}

describe('stated whole', () => {
  table(taskDefinition, [
    ['nothing is ignored', [], web({ image: 'a' }), web({ image: 'b', user: 'u' }), web({ image: 'a' })],
    [
      'it is sent as it is written',
      [],
      { cpu: '.5 vCPU', volumes: [] },
      { cpu: '256' },
      { cpu: '.5 vCPU', volumes: [] },
    ],
    ['a value', ['cpu'], { cpu: '256', memory: '512' }, { cpu: '1024', memory: '1' }, { cpu: '1024', memory: '512' }],
    ['a value that only AWS has', ['cpu'], {}, { cpu: '1024', memory: '1' }, { cpu: '1024' }],
    ['a value that only the manifest has', ['cpu'], { cpu: '256' }, {}, {}],
    [
      'an image',
      ['containerDefinitions[web].image'],
      web({ image: 'a', cpu: 1 }),
      web({ image: 'b', cpu: 2 }),
      web({ image: 'b', cpu: 1 }),
    ],
    [
      'every image',
      ['containerDefinitions[*].image'],
      {
        containerDefinitions: [
          { name: 'a', image: '1' },
          { name: 'b', image: '1' },
        ],
      },
      {
        containerDefinitions: [
          { name: 'b', image: '3' },
          { name: 'a', image: '2' },
        ],
      },
      {
        containerDefinitions: [
          { name: 'a', image: '2' },
          { name: 'b', image: '3' },
        ],
      },
    ],
    [
      'the values of variables that one side has',
      ['containerDefinitions[web].environment[X].value', 'containerDefinitions[web].environment[Z].value'],
      web({
        environment: [
          { name: 'A', value: '1' },
          { name: 'Z', value: '1' },
        ],
      }),
      web({ environment: [{ name: 'X', value: '2' }] }),
      web({
        environment: [
          { name: 'A', value: '1' },
          { name: 'X', value: '2' },
        ],
      }),
    ],
    [
      'the values of variables that only AWS has',
      ['containerDefinitions[web].environment[X].value'],
      web({ image: 'a' }),
      web({ image: 'b', environment: [{ name: 'X', value: '2' }, { name: 'Y' }] }),
      web({ image: 'a', environment: [{ name: 'X', value: '2' }] }),
    ],
    [
      'an image of what goes',
      ['containerDefinitions[*].image'],
      web({ image: 'a' }),
      {
        containerDefinitions: [
          { name: 'web', image: 'b' },
          { name: 'log', image: 'c' },
        ],
      },
      web({ image: 'b' }),
    ],
    [
      'a container of somebody else',
      ['containerDefinitions[agent]'],
      web({ image: 'a' }),
      {
        containerDefinitions: [
          { name: 'agent', image: 'x', cpu: 0 },
          { name: 'web', image: 'b' },
        ],
      },
      {
        containerDefinitions: [
          { name: 'web', image: 'a' },
          { name: 'agent', image: 'x', cpu: 0 },
        ],
      },
    ],
    [
      'a variable of somebody else',
      ['containerDefinitions[web].environment[X]'],
      web({}),
      web({
        environment: [
          { name: 'Y', value: '2' },
          { name: 'X', value: '1' },
        ],
      }),
      web({ environment: [{ name: 'X', value: '1' }] }),
    ],
    [
      'a label of somebody else',
      ['containerDefinitions[web].dockerLabels[x]'],
      web({ dockerLabels: { y: '1' } }),
      web({ dockerLabels: { x: '2', z: '3' } }),
      web({ dockerLabels: { y: '1', x: '2' } }),
    ],
    [
      'a label of nobody else',
      ['containerDefinitions[web].dockerLabels[x]'],
      web({}),
      web({ dockerLabels: { x: '2', z: '3' } }),
      web({ dockerLabels: { x: '2' } }),
    ],
    [
      'part of a structure that is left out',
      ['runtimePlatform.cpuArchitecture'],
      {},
      { runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' } },
      { runtimePlatform: { cpuArchitecture: 'ARM64' } },
    ],
  ])
})

describe('stated in part', () => {
  const vpc = (awsvpcConfiguration: object) => ({ networkConfiguration: { awsvpcConfiguration } })
  table(service, [
    [
      'what is left out at the top stays out',
      [],
      { desiredCount: 1 },
      { desiredCount: 2, propagateTags: 'SERVICE' },
      { desiredCount: 1 },
    ],
    [
      'what is left out of a structure is said again',
      [],
      vpc({ subnets: ['a'] }),
      vpc({ subnets: ['b'], securityGroups: ['sg'] }),
      vpc({ subnets: ['a'], securityGroups: ['sg'] }),
    ],
    [
      'deeper, too',
      [],
      { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true } } },
      { deploymentConfiguration: { maximumPercent: 150, deploymentCircuitBreaker: { enable: false, rollback: true } } },
      { deploymentConfiguration: { maximumPercent: 150, deploymentCircuitBreaker: { enable: true, rollback: true } } },
    ],
    [
      'what the new strategy excludes is left out',
      [],
      { deploymentConfiguration: { strategy: 'LINEAR' } },
      {
        deploymentConfiguration: {
          strategy: 'CANARY',
          canaryConfiguration: { canaryPercent: 20 },
          bakeTimeInMinutes: 5,
          maximumPercent: 150,
        },
      },
      { deploymentConfiguration: { strategy: 'LINEAR', bakeTimeInMinutes: 5, maximumPercent: 150 } },
    ],
    [
      'a block at its defaults is left out',
      [],
      { deploymentConfiguration: { maximumPercent: 150 } },
      {
        deploymentConfiguration: {
          maximumPercent: 200,
          deploymentCircuitBreaker: { enable: false, rollback: false, resetOnHealthyTask: true },
        },
      },
      { deploymentConfiguration: { maximumPercent: 150 } },
    ],
    [
      'a list is whole',
      [],
      { capacityProviderStrategy: [{ capacityProvider: 'a' }] },
      { capacityProviderStrategy: [{ capacityProvider: 'a', base: 1 }, { capacityProvider: 'b' }] },
      { capacityProviderStrategy: [{ capacityProvider: 'a' }] },
    ],
    [
      'a map is whole',
      [],
      { serviceConnectConfiguration: { enabled: true, logConfiguration: { options: { a: '1' } } } },
      {
        serviceConnectConfiguration: { enabled: true, logConfiguration: { logDriver: 'awslogs', options: { b: '1' } } },
      },
      {
        serviceConnectConfiguration: { enabled: true, logConfiguration: { logDriver: 'awslogs', options: { a: '1' } } },
      },
    ],
    ['an ignored member', ['desiredCount'], { desiredCount: 1 }, { desiredCount: 2 }, { desiredCount: 2 }],
    [
      'an ignored list',
      ['networkConfiguration.awsvpcConfiguration.securityGroups'],
      vpc({ subnets: ['a'], securityGroups: ['x'] }),
      vpc({ subnets: ['b'], securityGroups: ['y'] }),
      vpc({ subnets: ['a'], securityGroups: ['y'] }),
    ],
    ['nothing is there yet', [], vpc({ subnets: ['a'] }), {}, vpc({ subnets: ['a'] })],
  ])
  table(cluster, [
    [
      'logging',
      [],
      { configuration: { executeCommandConfiguration: { logging: 'NONE' } } },
      {
        configuration: {
          executeCommandConfiguration: { kmsKeyId: 'k', logging: 'DEFAULT' },
          managedStorageConfiguration: { kmsKeyId: 'm' },
        },
      },
      {
        configuration: {
          executeCommandConfiguration: { kmsKeyId: 'k', logging: 'NONE' },
          managedStorageConfiguration: { kmsKeyId: 'm' },
        },
      },
    ],
  ])
})

test('a label may have any name', () => {
  const stated = JSON.parse('{"containerDefinitions":[{"name":"web","dockerLabels":{"__proto__":"a"}}]}') as object
  expect(lines(describeStart(stated, taskDefinition))).toEqual([
    'containerDefinitions[web].dockerLabels[__proto__]: ∅ → "a"',
  ])
  expect(JSON.stringify(canonical(stated, taskDefinition))).toBe(
    JSON.stringify({ containerDefinitions: [{ dockerLabels: JSON.parse('{"__proto__":"a"}'), name: 'web' }] }),
  )
  expect(JSON.stringify(mergeLive(stated, {}, taskDefinition))).toBe(JSON.stringify(stated))
})
