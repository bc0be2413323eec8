/** Rules of members that several structures have, and of structures that several requests have. */
import type { Rule, Rules } from '../../compare/rules.ts'
import { isReservedTag } from '../tags.ts'
import { byName, placementField } from './spelling.ts'

/** A manifest's tags are all tags but AWS's own and this tool's. A manifest without tags does not manage them. */
export const tags: Rule = {
  unordered: true,
  key: 'key',
  unmanagedWhenOmitted: true,
  unowned: ({ key }) => typeof key === 'string' && isReservedTag(key),
}

/** A list without order whose elements have names of their own. */
export const elementsByName: Rule = { unordered: true, key: 'name' }
/** CapacityProviderStrategyItem: one for each provider. */
export const capacityProviderStrategy: Rule = { unordered: true, matchOn: ['capacityProvider'] }
/**
 * CapacityProviderStrategyItem of clusters and services, which ECS answers by name where an ARN was stated. Jobs keep the
 * spelling of their manifest, as a digest is made of it.
 */
export const capacityProviderItem: Rules[string] = {
  capacityProvider: { spelling: byName },
  weight: { default: 0 },
  base: { default: 0 },
}
/** PlacementConstraint: an element is its type and expression. */
export const placementConstraints: Rule = { unordered: true, matchOn: ['type', 'expression'] }
/** InferenceAccelerator: one for each device. */
export const inferenceAccelerators: Rule = { unordered: true, matchOn: ['deviceName'] }
/** ResourceRequirement: one for each type. */
export const resourceRequirements: Rule = { unordered: true, matchOn: ['type'] }

/** ServiceManagedEBSVolumeConfiguration and TaskManagedEBSVolumeConfiguration. */
export const managedVolume: Rules[string] = {
  roleArn: { spelling: byName },
  encrypted: { default: true },
  tagSpecifications: { unordered: true, matchOn: ['resourceType'] },
  filesystemType: { default: 'xfs' },
}

/** Rules by structure of the API, wherever a request has it. */
export const sharedRules: Rules = {
  Tag: { value: { default: '', emptyIsValue: true } },
  // ECS drops an environment variable that is sent without a value, so that an empty one is sent.
  KeyValuePair: { value: { default: '', emptyIsValue: true } },
  // Lists without a rule keep their order: the last environment file wins, and placement strategies have a rank.
  EnvironmentFile: { type: { default: 's3' } },
  LogConfiguration: { secretOptions: elementsByName },
  CapacityProviderStrategyItem: { weight: { default: 0 }, base: { default: 0 } },
  AwsVpcConfiguration: {
    subnets: { unordered: true },
    securityGroups: { unordered: true },
    assignPublicIp: { default: 'DISABLED' },
  },
  PlacementStrategy: { field: { spelling: placementField } },
  EBSTagSpecification: { tags, propagateTags: { default: 'NONE' } },
}
