/** `on-failure: rollback`: the update that restores the service's members from before another one. */
import type { UpdateServiceRequest } from '@aws-sdk/client-ecs'
import { ignoredPaths, isCoveredByAny } from '../../compare/path.ts'
import { nothingSensitive } from '../../compare/sensitivity.ts'
import { EcsError } from '../../ecs/errors.ts'
import type { TransitionContext } from '../../engine/flavor.ts'
import { nameOf } from '../../schema/arn.ts'
import { putBackTag } from './history.ts'
import {
  addressOf,
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

/**
 * Restores members that the manifest states and the update changed; undefined when none is left to restore. Throws
 * `EcsError`.
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
