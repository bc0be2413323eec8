import { nested, type Rules } from '../../compare/rules.ts'
import {
  capacityProviderStrategy,
  environment,
  environmentFiles,
  networkConfiguration,
  placementConstraints,
  placementStrategy,
  resourceRequirements,
  tags,
  volumeConfigurations,
} from '../rules/shared.ts'
import { byName, cpuUnits, mebibytes } from '../rules/spelling.ts'

const containerOverride: Rules = {
  name: {},
  command: {},
  ...environment,
  ...environmentFiles,
  cpu: {},
  memory: {},
  memoryReservation: {},
  ...resourceRequirements,
}

/** What is known of the members of RunTask. */
export const taskRules: Rules = {
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
  ...nested('overrides.containerOverrides', { unordered: true, key: 'name', omittable: true }, containerOverride),
  'overrides.cpu': { spelling: cpuUnits },
  ...nested(
    'overrides.inferenceAcceleratorOverrides',
    { unordered: true, matchOn: ['deviceName'] },
    { deviceName: {}, deviceType: {} },
  ),
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
}
