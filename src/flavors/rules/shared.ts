/** Tables of structures that several requests have. */
import { isHiddenLogOption, isHiddenVariable } from '../../compare/hidden.ts'
import { type Rule, type Rules, under } from '../../compare/rules.ts'
import { isReservedTag } from '../tags.ts'
import { byName, placementField } from './spelling.ts'

/** A manifest's tags are all tags but AWS's own and this tool's; none stated, no opinion. */
export const tags: Rules = under(
  'tags',
  {
    unordered: true,
    named: 'key',
    silent: true,
    foreign: ({ key }) => typeof key === 'string' && isReservedTag(key),
  },
  { key: {}, value: { default: '', emptyIsValue: true } },
)

export const environment: Rules = under(
  'environment',
  { unordered: true, named: 'name' },
  {
    name: {},
    value: {
      default: '',
      // ECS drops a variable that is sent without a value.
      emptyIsValue: true,
      hidden: ({ holder: { name } }, _key, curtain) => isHiddenVariable(name, one => curtain.revealed(one)),
    },
  },
)

/** The order says which file wins. */
export const environmentFiles: Rules = under('environmentFiles', {}, { value: {}, type: { default: 's3' } })

export const resourceRequirements: Rules = under(
  'resourceRequirements',
  { unordered: true, natural: ['type'] },
  {
    type: {},
    value: {},
    sharingStrategy: {},
    'sharingStrategy.nvidiaMps': {},
    'sharingStrategy.nvidiaMps.memory': {},
    'sharingStrategy.nvidiaMps.maxComputePercent': {},
  },
)

export const logConfiguration: Rules = under(
  'logConfiguration',
  {},
  {
    logDriver: {},
    options: { hidden: (_around, key) => isHiddenLogOption(key) },
    ...under('secretOptions', { unordered: true, named: 'name' }, { name: {}, valueFrom: {} }),
  },
)

const strategyItem: Readonly<Record<string, Rule>> = {
  capacityProvider: {},
  weight: { default: 0 },
  base: { default: 0 },
}

export const capacityProviderStrategy = (member: string): Rules =>
  under(member, { unordered: true, natural: ['capacityProvider'] }, strategyItem)

export const networkConfiguration: Rules = under(
  'networkConfiguration',
  {},
  {
    awsvpcConfiguration: {},
    'awsvpcConfiguration.subnets': { unordered: true },
    'awsvpcConfiguration.securityGroups': { unordered: true },
    'awsvpcConfiguration.assignPublicIp': { default: 'DISABLED' },
  },
)

export const placementConstraints: Rules = under(
  'placementConstraints',
  { unordered: true, natural: ['type', 'expression'] },
  { type: {}, expression: {} },
)

/** Earlier strategies outrank later ones: the order counts. */
export const placementStrategy: Rules = under(
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
  ...under(
    'tagSpecifications',
    { unordered: true, natural: ['resourceType'] },
    { resourceType: {}, ...tags, propagateTags: { default: 'NONE' } },
  ),
  filesystemType: { default: 'xfs' },
}

/** Volumes that are made at launch, for the volume of the task definition that has the name. */
export const volumeConfigurations = (more: Rules = {}): Rules =>
  under(
    'volumeConfigurations',
    { unordered: true, named: 'name' },
    { name: {}, ...under('managedEBSVolume', {}, { ...managedVolume, ...more }) },
  )
