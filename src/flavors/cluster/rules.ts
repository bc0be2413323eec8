import type { Rules } from '../../compare/rules.ts'
import { capacityProviderItem, capacityProviderStrategy, sharedRules, tags } from '../rules/shared.ts'
import { byName, sameNamespace } from '../rules/spelling.ts'

/** Rules for the structures of CreateCluster. */
export const clusterRules: Rules = {
  ...sharedRules,
  CapacityProviderStrategyItem: capacityProviderItem,
  CreateClusterRequest: {
    clusterName: { default: 'default' },
    tags,
    // ECS answers a setting that was never made as disabled.
    settings: { unordered: true, key: 'name', omittable: true },
    capacityProviders: { unordered: true, spelling: byName },
    defaultCapacityProviderStrategy: capacityProviderStrategy,
  },
  ClusterSetting: { value: { default: 'disabled' } },
  ExecuteCommandConfiguration: { logging: { default: 'DEFAULT' } },
  ExecuteCommandLogConfiguration: {
    cloudWatchEncryptionEnabled: { default: false },
    s3EncryptionEnabled: { default: false },
  },
  ClusterServiceConnectDefaultsRequest: { namespace: { default: '', indistinguishable: sameNamespace } },
}
