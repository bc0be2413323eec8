import type {
  DeploymentConfiguration,
  DeploymentStrategy,
  PlacementStrategy,
  SchedulingStrategy,
  ServiceVolumeConfiguration,
} from '@aws-sdk/client-ecs'
import { invalidParameter } from './errors.ts'
import { networkOf, runsOnFargate, type Where } from './launching.ts'
import type { RevisionRecord, ServiceSpec } from './region.ts'

/** A service's settings as ECS keeps them, with defaults for unset members. */
export function fillIn(asked: ServiceSpec, where: Where, definition: RevisionRecord | undefined): ServiceSpec {
  const { launchType: _, capacityProviderStrategy: __, ...rest } = asked
  const daemon = asked.schedulingStrategy === 'DAEMON'
  return {
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    availabilityZoneRebalancing: daemon ? 'DISABLED' : 'ENABLED',
    enableECSManagedTags: false,
    enableExecuteCommand: false,
    propagateTags: 'NONE',
    placementConstraints: [],
    loadBalancers: [],
    serviceRegistries: [],
    ...rest,
    taskDefinition: definition?.arn,
    launchType: where.launchType,
    capacityProviderStrategy: where.strategy.length > 0 ? [...where.strategy] : undefined,
    platformVersion: runsOnFargate(where) ? (asked.platformVersion ?? 'LATEST') : undefined,
    networkConfiguration: networkOf(asked.networkConfiguration),
    placementStrategy: placementOf(asked.placementStrategy ?? []),
    volumeConfigurations: volumesOf(asked.volumeConfigurations),
    healthCheckGracePeriodSeconds: asked.healthCheckGracePeriodSeconds ?? (asked.loadBalancers?.length ? 0 : undefined),
    deploymentConfiguration: mergeDeploymentConfiguration(
      undefined,
      asked.deploymentConfiguration,
      asked.schedulingStrategy,
    ),
  }
}

/** The request's members over the existing ones, over ECS's defaults. */
export function mergeDeploymentConfiguration(
  before: DeploymentConfiguration | undefined,
  asked: DeploymentConfiguration | undefined,
  scheduling: SchedulingStrategy | undefined,
): DeploymentConfiguration {
  const daemon = scheduling === 'DAEMON'
  const strategy = asked?.strategy ?? before?.strategy ?? 'ROLLING'
  if (asked) checkStrategy(asked, strategy)
  const kept = before && (strategy === before.strategy ? before : withoutStrategy(before))
  const breaker = asked?.deploymentCircuitBreaker ?? kept?.deploymentCircuitBreaker
  const early = asked?.earlySuccessCriteria ?? kept?.earlySuccessCriteria
  const hooks = asked?.lifecycleHooks ?? kept?.lifecycleHooks
  return {
    maximumPercent: daemon ? 100 : 200,
    minimumHealthyPercent: daemon ? 0 : 100,
    strategy: 'ROLLING',
    bakeTimeInMinutes: 0,
    ...kept,
    ...asked,
    deploymentCircuitBreaker: {
      enable: false,
      rollback: false,
      resetOnHealthyTask: true,
      thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
      ...breaker,
    },
    earlySuccessCriteria: { enable: false, healthyPercent: 100, sourceServiceRevisionCleanup: 'BLOCKING', ...early },
    ...(hooks && {
      lifecycleHooks: hooks.map(hook => ({
        targetType: 'AWS_LAMBDA' as const,
        ...hook,
        timeoutConfiguration: { timeoutInMinutes: 1440, action: 'ROLLBACK' as const, ...hook.timeoutConfiguration },
      })),
    }),
  }
}

/** The words for the canary block are made after those for the linear one. */
function checkStrategy(asked: DeploymentConfiguration, strategy: DeploymentStrategy): void {
  if (asked.linearConfiguration && strategy !== 'LINEAR')
    throw invalidParameter('Linear configuration can only be present with LINEAR deployment strategy')
  if (asked.canaryConfiguration && strategy !== 'CANARY')
    throw invalidParameter('Canary configuration can only be present with CANARY deployment strategy')
  if (asked.earlySuccessCriteria?.enable && strategy !== 'ROLLING')
    throw invalidParameter(`Early success criteria not supported for ${strategy} deployment strategy`)
}

/** What one strategy leaves to another. */
function withoutStrategy(before: DeploymentConfiguration): DeploymentConfiguration {
  const {
    linearConfiguration: _,
    canaryConfiguration: __,
    earlySuccessCriteria: ___,
    lifecycleHooks: ____,
    bakeTimeInMinutes: _____,
    ...kept
  } = before
  return kept
}

/** Fields are kept in ECS's own spelling: `host` is `instanceId`, `memory` is `MEMORY`. */
export function placementOf(strategy: readonly PlacementStrategy[]): PlacementStrategy[] {
  return strategy.map(item => {
    const field = item.field?.toLowerCase()
    if (field === 'host' || field === 'instanceid') return { ...item, field: 'instanceId' }
    return item.type === 'binpack' && field !== undefined ? { ...item, field: field.toUpperCase() } : { ...item }
  })
}

export function volumesOf(
  volumes: readonly ServiceVolumeConfiguration[] | undefined,
): ServiceVolumeConfiguration[] | undefined {
  return volumes?.map(volume => ({
    ...volume,
    ...(volume.managedEBSVolume && {
      managedEBSVolume: { encrypted: true, filesystemType: 'xfs' as const, ...volume.managedEBSVolume },
    }),
  }))
}
