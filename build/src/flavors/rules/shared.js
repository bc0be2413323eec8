/** Tables of structures that several requests have. */
import { under } from "../../engine/rules.js";
import { isReservedTag } from "../tags.js";
import { byName, placementField } from "./spelling.js";
/** A manifest's tags are all tags but AWS's own and this tool's; none stated, no opinion. */
export const tags = under('tags', {
    unordered: true,
    named: 'key',
    silent: true,
    foreign: ({ key }) => typeof key === 'string' && isReservedTag(key),
}, { key: {}, value: { default: '' } });
/** Values are hidden unless a user has named the variable: nobody can tell a password from a log level by its looks. */
export const environment = under('environment', { unordered: true, named: 'name' }, {
    name: {},
    value: {
        default: '',
        hidden: ({ holder: { name } }, _key, curtain) => typeof name !== 'string' || !curtain.revealed(name),
    },
});
/** The order says which file wins. */
export const environmentFiles = under('environmentFiles', {}, { value: {}, type: { default: 's3' } });
export const resourceRequirements = under('resourceRequirements', { unordered: true, natural: ['type'] }, {
    type: {},
    value: {},
    sharingStrategy: {},
    'sharingStrategy.nvidiaMps': {},
    'sharingStrategy.nvidiaMps.memory': {},
    'sharingStrategy.nvidiaMps.maxComputePercent': {},
});
/** Options may hold tokens of a log service; those of `awslogs` name groups and streams. */
export const logConfiguration = under('logConfiguration', {}, {
    logDriver: {},
    options: { hidden: (_around, key) => !key?.startsWith('awslogs-') },
    ...under('secretOptions', { unordered: true, named: 'name' }, { name: {}, valueFrom: {} }),
});
/** A share of 1 is what ECS gives to a provider that is alone, 0 to every other one. */
const strategyItem = {
    capacityProvider: {},
    weight: { default: 0 },
    base: { default: 0 },
};
export const capacityProviderStrategy = (member) => under(member, { unordered: true, natural: ['capacityProvider'] }, strategyItem);
export const networkConfiguration = under('networkConfiguration', {}, {
    awsvpcConfiguration: {},
    'awsvpcConfiguration.subnets': { unordered: true },
    'awsvpcConfiguration.securityGroups': { unordered: true },
    'awsvpcConfiguration.assignPublicIp': { default: 'DISABLED' },
});
export const placementConstraints = under('placementConstraints', { unordered: true, natural: ['type', 'expression'] }, { type: {}, expression: {} });
/** Earlier strategies outrank later ones: the order counts. */
export const placementStrategy = under('placementStrategy', {}, { type: {}, field: { spelling: placementField } });
const managedVolume = {
    roleArn: { spelling: byName },
    encrypted: { default: true },
    kmsKeyId: {},
    volumeType: {},
    sizeInGiB: {},
    snapshotId: {},
    volumeInitializationRate: {},
    iops: {},
    throughput: {},
    ...under('tagSpecifications', { unordered: true, natural: ['resourceType'] }, { resourceType: {}, ...tags, propagateTags: { default: 'NONE' } }),
    filesystemType: { default: 'xfs' },
};
/** Volumes that are made at launch, for the volume of the task definition that has the name. */
export const volumeConfigurations = (more = {}) => under('volumeConfigurations', { unordered: true, named: 'name' }, { name: {}, ...under('managedEBSVolume', {}, { ...managedVolume, ...more }) });
