import { under } from "../../engine/rules.js";
import { capacityProviderStrategy, environment, environmentFiles, networkConfiguration, placementConstraints, placementStrategy, resourceRequirements, tags, volumeConfigurations, } from "./shared.js";
import { byName, cpuUnits, mebibytes } from "./spelling.js";
const containerOverride = {
    name: {},
    command: {},
    ...environment,
    ...environmentFiles,
    cpu: {},
    memory: {},
    memoryReservation: {},
    ...resourceRequirements,
};
/** What is known of the members of RunTask. */
export const taskRules = {
    taskDefinition: { spelling: byName },
    ...capacityProviderStrategy('capacityProviderStrategy'),
    cluster: { spelling: byName, default: 'default' },
    count: { default: 1 },
    enableECSManagedTags: { default: false },
    enableExecuteCommand: { default: false },
    group: {},
    launchType: {},
    ...networkConfiguration,
    overrides: {},
    ...under('overrides.containerOverrides', { unordered: true, named: 'name', implied: true }, containerOverride),
    'overrides.cpu': { spelling: cpuUnits },
    ...under('overrides.inferenceAcceleratorOverrides', { unordered: true, natural: ['deviceName'] }, { deviceName: {}, deviceType: {} }),
    'overrides.executionRoleArn': { spelling: byName },
    'overrides.memory': { spelling: mebibytes },
    'overrides.taskRoleArn': { spelling: byName },
    'overrides.ephemeralStorage': {},
    'overrides.ephemeralStorage.sizeInGiB': {},
    ...placementConstraints,
    ...placementStrategy,
    platformVersion: { default: 'LATEST' },
    propagateTags: { default: 'NONE' },
    referenceId: {},
    startedBy: {},
    ...tags,
    clientToken: {},
    ...volumeConfigurations({ terminationPolicy: {}, 'terminationPolicy.deleteOnTermination': { default: true } }),
};
