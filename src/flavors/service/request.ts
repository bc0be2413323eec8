/** Inputs of CreateService and UpdateService. */
import type { CreateServiceRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import { changeAt } from '../../compare/change.ts'
import { mergeLive } from '../../compare/merge.ts'
import { nothingSensitive } from '../../compare/sensitivity.ts'
import type { Ecs } from '../../ecs/client.ts'
import { isEcs } from '../../ecs/errors.ts'
import {
  addressOf,
  compareOptions,
  isDeployedAnew,
  type LiveService,
  liveService,
  type ServiceParticle,
} from './live.ts'
import { forcing } from './rules.ts'

/** The change that the input `redeploy` requests. */
export const redeployment = changeAt(['forceNewDeployment'], { before: false, after: true, requested: true })

/** The definition with `initial_desired_count`, which an autoscaler takes over later. */
export function createRequest({ definition, options }: ServiceParticle): CreateServiceRequest {
  const initial = options.initial_desired_count as number | undefined
  if (definition.desiredCount !== undefined || initial === undefined) return definition
  return { ...definition, desiredCount: initial }
}

/** The definition as stated, with the live values of ignored members, and of those that a stated structure leaves out. */
export const withLive = (particle: ServiceParticle, live: LiveService): CreateServiceRequest =>
  mergeLive(particle.definition, liveService(live), compareOptions(particle, nothingSensitive))

/**
 * UpdateService input with the changed members alone; undefined when only tags changed. `before`: the service before the
 * step's first try.
 */
export function updateRequest(
  particle: ServiceParticle,
  live: LiveService,
  changed: ReadonlySet<string>,
  before: LiveService,
): UpdateServiceRequest | undefined {
  const { definition } = particle
  const whole: Readonly<Record<string, unknown>> = { ...withLive(particle, live) }
  const input: Record<string, unknown> = {}
  for (const name of changed) {
    if (name === 'tags' || name === 'launchType' || name === redeployment.path) continue
    input[name] = whole[name]
  }
  // UpdateService takes no further members beside `enabled: false`.
  if (changed.has('serviceConnectConfiguration') && definition.serviceConnectConfiguration?.enabled === false) {
    input.serviceConnectConfiguration = { enabled: false }
  }
  // An empty strategy takes the service back to its launch type (API reference of UpdateService).
  if (changed.has('launchType')) input.capacityProviderStrategy = []
  // A try whose answer was lost may have been carried out: a deployment that is new since then is the requested one.
  const isRequested = changed.has(redeployment.path) && !isDeployedAnew(live, before)
  if (isRequested || [...changed].some(name => forcing.has(name))) input.forceNewDeployment = true
  if (Object.keys(input).length === 0) return undefined
  return { ...input, ...addressOf(particle) }
}

/**
 * Calls UpdateService. ECS looks for the load balancer that a grace period needs among those that are there, and refuses
 * both in one call; the second call makes no deployment. Throws `EcsError`.
 */
export async function updateService(input: UpdateServiceRequest, ecs: Ecs) {
  const { healthCheckGracePeriodSeconds, ...others } = input
  try {
    return await ecs.call('UpdateService', input)
  } catch (error) {
    if (!others.loadBalancers || !isEcs(error, 'Health check grace period is only valid')) throw error
    await ecs.call('UpdateService', others)
    const { cluster, service } = input
    return ecs.call('UpdateService', { cluster, service, healthCheckGracePeriodSeconds })
  }
}
