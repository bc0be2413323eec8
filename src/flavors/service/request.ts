/** Inputs of CreateService and UpdateService, also of the update that undoes one. */
import type { CreateServiceRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import { changeAt } from '../../compare/change.ts'
import { mergeLive } from '../../compare/merge.ts'
import { ignoredPaths, isCoveredByAny } from '../../compare/path.ts'
import { nothingSensitive } from '../../compare/sensitivity.ts'
import type { Ecs } from '../../ecs/client.ts'
import { EcsError, isEcs } from '../../ecs/errors.ts'
import type { TransitionContext } from '../../engine/flavor.ts'
import { nameOf } from '../../schema/arn.ts'
import { putBackTag } from './history.ts'
import {
  addressOf,
  compareOptions,
  differences,
  isAnyRevision,
  isDeployedAnew,
  type LiveService,
  liveService,
  type Memo,
  member,
  memoOf,
  primaryDeployment,
  type ServiceParticle,
} from './live.ts'
import { fixed, forcing, restarts } from './rules.ts'

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

/**
 * `on-failure: rollback`: restores members that the manifest states and the update changed; undefined when none is left to
 * restore. Throws `EcsError`.
 */
export async function rollBack(
  particle: ServiceParticle,
  before: LiveService,
  now: LiveService | undefined,
  context: TransitionContext,
): Promise<Memo | undefined> {
  // A deployment that someone else made meanwhile stays.
  if (!now || isDeployedByOthers(particle, before, now)) return undefined
  const back = putBack(particle, before, now)
  // The circuit breaker was faster, or no other deployment ran before.
  if (Object.keys(back).length === 0) return undefined
  const answer = await context.ecs.call('UpdateService', { ...back, ...addressOf(particle) })
  await remember(before, now, context)
  return memoOf(answer.service, context.clock.now())
}

/** Tags the failed deployment, so that the next merge does not make it again: ECS lists it as merely replaced. */
async function remember(before: LiveService, now: LiveService, context: TransitionContext): Promise<void> {
  const { service } = now
  const failed = primaryDeployment(service)?.id
  if (failed === undefined || !isDeployedAnew(now, before)) return
  try {
    await context.ecs.call('TagResource', {
      resourceArn: service.serviceArn,
      tags: [{ key: putBackTag, value: failed }],
    })
  } catch (error) {
    if (!(error instanceof EcsError)) throw error
    context.say(
      `the next apply will deploy it again, because it could not be written down that it failed: ${error.message}`,
    )
  }
}

/** Someone else deployed meanwhile: PRIMARY is neither the old deployment nor the manifest's, or not the update's own. */
function isDeployedByOthers(particle: ServiceParticle, before: LiveService, now: LiveService): boolean {
  if (!isDeployedAnew(now, before)) return false
  const { rollout, service } = now
  if (rollout && rollout !== 'unknown' && !rollout.status?.startsWith('ROLLBACK')) {
    const own = nameOf(rollout.targetServiceRevision?.arn ?? '')
    if (own !== nameOf(primaryDeployment(service)?.id ?? '')) return true
  }
  return differences(particle, now, nothingSensitive).some(
    change => restarts.includes(member(change)) && !isAnyRevision(change, particle, now),
  )
}

/** UpdateService input that restores stated members to their values before the update. */
function putBack(
  { definition, options }: ServiceParticle,
  before: LiveService,
  now: LiveService,
): Partial<UpdateServiceRequest> {
  const old = liveService(before)
  const there = liveService(now)
  const back: Record<string, unknown> = {}
  const ignored = ignoredPaths(options.ignore)
  // A stated launch type may have replaced a strategy.
  const names = Object.keys(definition).map(name => (name === 'launchType' ? 'capacityProviderStrategy' : name))
  for (const name of names) {
    // What somebody else owns may have changed during the rollout, as a count that an autoscaler sets.
    if (name === 'tags' || fixed.includes(name) || isCoveredByAny(ignored, [name])) continue
    if (JSON.stringify(old[name]) === JSON.stringify(there[name])) continue
    const nothing = name === 'serviceConnectConfiguration' ? { enabled: false } : Array.isArray(there[name]) && []
    const value = old[name] ?? nothing
    if (value !== false || old[name] === false) back[name] = value
  }
  if (Object.keys(back).some(name => forcing.has(name))) back.forceNewDeployment = true
  return back
}
