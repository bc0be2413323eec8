import type { Rules } from '../../compare/rules.ts'
import {
  capacityProviderStrategy,
  elementsByName,
  inferenceAccelerators,
  managedVolume,
  placementConstraints,
  resourceRequirements,
  sharedRules,
  tags,
} from '../rules/shared.ts'
import { byName, cpuUnits, mebibytes } from '../rules/spelling.ts'

/** Rules for the structures of RunTask. */
export const taskRules: Rules = {
  ...sharedRules,
  RunTaskRequest: {
    taskDefinition: { spelling: byName },
    capacityProviderStrategy,
    cluster: { spelling: byName, default: 'default' },
    count: { default: 1 },
    enableECSManagedTags: { default: false },
    enableExecuteCommand: { default: false },
    placementConstraints,
    platformVersion: { default: 'LATEST' },
    propagateTags: { default: 'NONE' },
    tags,
    volumeConfigurations: elementsByName,
  },
  TaskOverride: {
    containerOverrides: { ...elementsByName, omittable: true },
    cpu: { spelling: cpuUnits },
    inferenceAcceleratorOverrides: inferenceAccelerators,
    executionRoleArn: { spelling: byName },
    memory: { spelling: mebibytes },
    taskRoleArn: { spelling: byName },
  },
  ContainerOverride: { environment: elementsByName, resourceRequirements },
  TaskManagedEBSVolumeConfiguration: managedVolume,
  TaskManagedEBSVolumeTerminationPolicy: { deleteOnTermination: { default: true } },
}
