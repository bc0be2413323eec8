import { nested, type Rules } from '../../compare/rules.ts'
import { capacityProviderStrategy, tags } from '../rules/shared.ts'
import { sameNamespace } from '../rules/spelling.ts'

/** What is known of the members of CreateCluster. */
export const clusterRules: Rules = {
  clusterName: { default: 'default' },
  ...tags,
  // A setting that was never made is answered as disabled.
  ...nested(
    'settings',
    { unordered: true, key: 'name', omittable: true },
    { name: {}, value: { default: 'disabled' } },
  ),
  configuration: {},
  ...nested(
    'configuration.executeCommandConfiguration',
    {},
    {
      kmsKeyId: {},
      logging: { default: 'DEFAULT' },
      logConfiguration: {},
      'logConfiguration.cloudWatchLogGroupName': {},
      'logConfiguration.cloudWatchEncryptionEnabled': { default: false },
      'logConfiguration.s3BucketName': {},
      'logConfiguration.s3EncryptionEnabled': { default: false },
      'logConfiguration.s3KeyPrefix': {},
    },
  ),
  ...nested('configuration.managedStorageConfiguration', {}, { kmsKeyId: {}, fargateEphemeralStorageKmsKeyId: {} }),
  capacityProviders: { unordered: true },
  ...capacityProviderStrategy('defaultCapacityProviderStrategy'),
  ...nested('serviceConnectDefaults', {}, { namespace: { default: '', indistinguishable: sameNamespace } }),
}
