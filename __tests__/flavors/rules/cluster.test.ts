import { expect, test } from '@jest/globals'
import { compare } from '../../../src/compare/compare.ts'
import { frozen, lines, cluster as options } from '../../compare/kit.ts'

const insights = (value: string) => ({ settings: [{ name: 'containerInsights' as const, value }] })
const command = (executeCommandConfiguration: object) => ({ configuration: { executeCommandConfiguration } })
const strategy = (...defaultCapacityProviderStrategy: object[]) => ({ defaultCapacityProviderStrategy })
const connect = (namespace: string) => ({ serviceConnectDefaults: { namespace } })

test.each<[name: string, stated: object, live: object]>([
  [
    'nothing is stated',
    { clusterName: 'main' },
    { clusterName: 'main', ...insights('enabled'), capacityProviders: ['FARGATE'] },
  ],
  ['a setting that was never made', insights('disabled'), {}],
  ['a setting that is off', { settings: [] }, insights('disabled')],
  ['a setting', insights('enhanced'), insights('enhanced')],
  ['logging', command({ logging: 'DEFAULT' }), {}],
  [
    'logging without encryption',
    command({
      logging: 'OVERRIDE',
      logConfiguration: { s3BucketName: 'a', s3EncryptionEnabled: false, cloudWatchEncryptionEnabled: false },
    }),
    command({ logging: 'OVERRIDE', logConfiguration: { s3BucketName: 'a' } }),
  ],
  [
    'providers in any order',
    { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] },
    { capacityProviders: ['FARGATE_SPOT', 'FARGATE'] },
  ],
  [
    'a strategy in any order',
    strategy({ capacityProvider: 'a', weight: 1 }, { capacityProvider: 'b' }),
    strategy({ capacityProvider: 'b', weight: 0, base: 0 }, { capacityProvider: 'a', weight: 1, base: 0 }),
  ],
  ['no strategy', strategy(), {}],
  ['a namespace by name or ARN', connect('internal'), connect('arn:aws:servicediscovery:us-east-1:1:namespace/ns-1')],
  ['no namespace', connect(''), {}],
])('no difference: %s', (_name, stated, live) => {
  expect(lines(compare(frozen(stated), frozen(live), options))).toEqual([])
})

test.each<[name: string, stated: object, live: object, ...expected: string[]]>([
  ['a setting', insights('enabled'), insights('disabled'), 'settings[containerInsights].value: "disabled" → "enabled"'],
  ['a setting that was never made', insights('enabled'), {}, 'settings[containerInsights].value: ∅ → "enabled"'],
  ['a setting that goes', { settings: [] }, insights('enabled'), 'settings[containerInsights].value: "enabled" → ∅'],
  [
    'a setting that goes off',
    insights('disabled'),
    insights('enabled'),
    'settings[containerInsights].value: "enabled" → "disabled"',
  ],
  [
    'a key',
    command({ kmsKeyId: 'a' }),
    command({ kmsKeyId: 'b' }),
    'configuration.executeCommandConfiguration.kmsKeyId: "b" → "a"',
  ],
  [
    'storage keys',
    { configuration: { managedStorageConfiguration: { kmsKeyId: 'a' } } },
    {},
    'configuration.managedStorageConfiguration.kmsKeyId: ∅ → "a"',
  ],
  [
    'providers',
    { capacityProviders: ['FARGATE'] },
    { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] },
    'capacityProviders: ["FARGATE","FARGATE_SPOT"] → ["FARGATE"]',
  ],
  [
    'a strategy that goes',
    strategy(),
    strategy({ capacityProvider: 'a', weight: 1, base: 0 }),
    'defaultCapacityProviderStrategy[0].capacityProvider: "a" → ∅',
    'defaultCapacityProviderStrategy[0].weight: 1 → ∅',
  ],
  [
    'a base',
    strategy({ capacityProvider: 'a' }),
    strategy({ capacityProvider: 'a', base: 1 }),
    'defaultCapacityProviderStrategy[0].base: 1 → ∅',
  ],
  ['a namespace', connect('a'), connect('b'), 'serviceConnectDefaults.namespace: "b" → "a"'],
  ['a namespace that goes', connect(''), connect('arn:b'), 'serviceConnectDefaults.namespace: "arn:b" → ""'],
])('a difference: %s', (_name, stated, live, ...expected) => {
  expect(lines(compare(frozen(stated), frozen(live), options))).toEqual(expected)
})
