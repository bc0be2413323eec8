import { under } from "../../engine/rules.js";
import { capacityProviderStrategy, tags } from "./shared.js";
import { sameNamespace } from "./spelling.js";
/** What is known of the members of CreateCluster. */
export const clusterRules = {
    clusterName: { default: 'default' },
    ...tags,
    // A setting that was never made is answered as disabled.
    ...under('settings', { unordered: true, named: 'name', implied: true }, { name: {}, value: { default: 'disabled' } }),
    configuration: {},
    ...under('configuration.executeCommandConfiguration', {}, {
        kmsKeyId: {},
        logging: { default: 'DEFAULT' },
        logConfiguration: {},
        'logConfiguration.cloudWatchLogGroupName': {},
        'logConfiguration.cloudWatchEncryptionEnabled': { default: false },
        'logConfiguration.s3BucketName': {},
        'logConfiguration.s3EncryptionEnabled': { default: false },
        'logConfiguration.s3KeyPrefix': {},
    }),
    ...under('configuration.managedStorageConfiguration', {}, { kmsKeyId: {}, fargateEphemeralStorageKmsKeyId: {} }),
    capacityProviders: { unordered: true },
    ...capacityProviderStrategy('defaultCapacityProviderStrategy'),
    ...under('serviceConnectDefaults', {}, { namespace: { default: '', alike: sameNamespace } }),
};
/** A described cluster has the members of the request that made it, under their own names. */
export function liveCluster(described) {
    return described;
}
