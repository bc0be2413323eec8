import type { Rules } from '../../compare/rules.ts'
import { capacityProviderStrategy, sharedRules, tags } from '../rules/shared.ts'
import { sameNamespace } from '../rules/spelling.ts'

/** Rules for the structures of CreateCluster. */
export const clusterRules: Rules = {
  ...sharedRules,
  CreateClusterRequest: {
    clusterName: { default: 'default' },
    tags,
    // ECS answers a setting that was never made as disabled.
    settings: { unordered: true, key: 'name', omittable: true },
    capacityProviders: { unordered: true },
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
