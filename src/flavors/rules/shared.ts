/** Tables of structures that several requests have. */
import { isHiddenLogOption, isHiddenVariable } from '../../compare/hidden.ts'
import { nested, type Rule, type Rules } from '../../compare/rules.ts'
import { isReservedTag } from '../tags.ts'
import { byName, placementField } from './spelling.ts'

/** A manifest's tags are all tags but AWS's own and this tool's; none stated, no opinion. */
export const tags: Rules = nested(
  'tags',
  {
    unordered: true,
    key: 'key',
    unmanagedWhenOmitted: true,
    unowned: ({ key }) => typeof key === 'string' && isReservedTag(key),
  },
  { key: {}, value: { default: '', emptyIsValue: true } },
)

export const environment: Rules = nested(
  'environment',
  { unordered: true, key: 'name' },
  {
    name: {},
    value: {
      default: '',
      // ECS drops a variable that is sent without a value.
      emptyIsValue: true,
      hidden: ({ holder: { name } }, _key, sensitivity) => isHiddenVariable(name, one => sensitivity.revealed(one)),
    },
  },
)

/** The order says which file wins. */
export const environmentFiles: Rules = nested('environmentFiles', {}, { value: {}, type: { default: 's3' } })

export const resourceRequirements: Rules = nested(
  'resourceRequirements',
  { unordered: true, matchOn: ['type'] },
  {
    type: {},
    value: {},
    sharingStrategy: {},
    'sharingStrategy.nvidiaMps': {},
    'sharingStrategy.nvidiaMps.memory': {},
    'sharingStrategy.nvidiaMps.maxComputePercent': {},
  },
)

export const logConfiguration: Rules = nested(
  'logConfiguration',
  {},
  {
    logDriver: {},
    options: { hidden: (_around, key) => isHiddenLogOption(key) },
    ...nested('secretOptions', { unordered: true, key: 'name' }, { name: {}, valueFrom: {} }),
  },
)

const strategyItem: Readonly<Record<string, Rule>> = {
  capacityProvider: {},
  weight: { default: 0 },
  base: { default: 0 },
}

export const capacityProviderStrategy = (member: string): Rules =>
  nested(member, { unordered: true, matchOn: ['capacityProvider'] }, strategyItem)

export const networkConfiguration: Rules = nested(
  'networkConfiguration',
  {},
  {
    awsvpcConfiguration: {},
    'awsvpcConfiguration.subnets': { unordered: true },
    'awsvpcConfiguration.securityGroups': { unordered: true },
    'awsvpcConfiguration.assignPublicIp': { default: 'DISABLED' },
  },
)

export const placementConstraints: Rules = nested(
  'placementConstraints',
  { unordered: true, matchOn: ['type', 'expression'] },
  { type: {}, expression: {} },
)

/** Earlier strategies outrank later ones: the order counts. */
export const placementStrategy: Rules = nested(
  'placementStrategy',
  {},
  { type: {}, field: { spelling: placementField } },
)

const managedVolume: Rules = {
  roleArn: { spelling: byName },
  encrypted: { default: true },
  kmsKeyId: {},
  volumeType: {},
  sizeInGiB: {},
  snapshotId: {},
  volumeInitializationRate: {},
  iops: {},
  throughput: {},
  ...nested(
    'tagSpecifications',
    { unordered: true, matchOn: ['resourceType'] },
    { resourceType: {}, ...tags, propagateTags: { default: 'NONE' } },
  ),
  filesystemType: { default: 'xfs' },
}

/** Volumes that are made at launch, for the volume of the task definition that has the name. */
export const volumeConfigurations = (more: Rules = {}): Rules =>
  nested(
    'volumeConfigurations',
    { unordered: true, key: 'name' },
    { name: {}, ...nested('managedEBSVolume', {}, { ...managedVolume, ...more }) },
  )
