/** Progress of a rollout, judged by the deployment that a transition made. Pure. */
import type { Deployment, Service, ServiceDeployment } from '@aws-sdk/client-ecs'
import { ignoredPaths, isCoveredByAny } from '../../compare/path.ts'
import type { Diagnosis } from '../../engine/failure.ts'
import type { Failed, Moving, Progress, Settled } from '../../engine/flavor.ts'
import { consistencyLag } from '../../engine/poll.ts'
import { untrusted } from '../../untrusted.ts'
import { plural } from '../../wording.ts'
import {
  isExternal,
  isWaitedFor,
  type LiveService,
  type Memo,
  primaryDeployment,
  reasonGiven,
  type ServiceParticle,
  shortTaskDefinition,
} from './live.ts'
import { pauseOf } from './pause.ts'
import {
  countsOfEach,
  isFull,
  isSteady,
  isUnderWay,
  older,
  rolloutSummary,
  settledSummary,
  taskCounts,
  taskSetSummary,
  tasksOf,
} from './tasks.ts'

/** Somebody else takes the service away, or has done so. */
export const gone = (happened: string): Failed =>
  failedWith({ code: 'GoneMeanwhile', happened, remedy: { kind: 'plan' } })

const failedWith = (failure: Diagnosis): Failed => ({ is: 'failed', failure })

/** Judges by the id of the deployment that the transition made: PRIMARY and COMPLETED could be what ECS rolled back to. */
export function judgeRollout(live: LiveService, memo: Memo, particle: ServiceParticle, elapsed: number): Progress {
  const { service } = live
  if (service.status === 'DRAINING') return gone('is being deleted by somebody else')
  if (isExternal(service)) return { is: 'settled', because: taskSetSummary(service) }
  const now = primaryDeployment(service)
  if (!isWaitedFor(particle) && now?.rolloutState !== 'FAILED') {
    const accepted = `deployment of ${shortTaskDefinition(now ?? service)} accepted, its rollout is not waited for`
    return { is: 'settled', because: now?.rolloutState === 'COMPLETED' ? settledSummary(service, now) : accepted }
  }
  if (now && memo.deployment && now.id !== memo.deployment) return replaced(live, now, memo.deployment, elapsed)
  // Under CODE_DEPLOY the answer has no deployments.
  return now ? own(live, now, memo, particle) : uncontrolled(service, memo)
}

function uncontrolled(service: Service, { unmoved }: Memo): Progress {
  const { runningCount = 0, desiredCount = 0, pendingCount = 0 } = service
  if (!unmoved && (runningCount !== desiredCount || pendingCount > 0 || !isSteady(service)))
    return { is: 'moving', because: rolloutSummary(service), near: runningCount >= desiredCount }
  return { is: 'settled', because: `${taskCounts(service, 'run')} ${shortTaskDefinition(service)}` }
}

function own(live: LiveService, now: Deployment, memo: Memo, { definition, options }: ServiceParticle): Progress {
  const { service, rollout } = live
  if (now.rolloutState === 'FAILED') return failed(now, rollout)
  const { desiredCount = 0, schedulingStrategy, deploymentConfiguration } = service
  const { running, pending } = tasksOf(service, now)
  const settled: Settled = { is: 'settled', because: settledSummary(service, now) }
  if (memo.unmoved && !isUnderWay(service)) return settled
  const early = deploymentConfiguration?.earlySuccessCriteria
  const needed = early?.enable ? Math.ceil((desiredCount * (early.healthyPercent ?? 100)) / 100) : desiredCount
  const paused = pauseOf(live)
  const near = running >= needed && !paused
  const moving: Moving = { is: 'moving', because: rolloutSummary(service), near, ...paused }
  if (now.rolloutState === 'IN_PROGRESS') return moving
  if (now.rolloutState === undefined)
    return isFull(service, now) && older(service, now).length === 0 && isSteady(service) ? settled : moving
  // The wait was for the rollout only, not for its tasks.
  if (memo.underWay || schedulingStrategy === 'DAEMON') return settled
  // An autoscaler may be on its way down all the time; a count that the manifest states is to be met.
  const isIgnored = isCoveredByAny(ignoredPaths(options.ignore), ['desiredCount'])
  const isStated = definition.desiredCount !== undefined && !isIgnored
  const unsteady = isStated && (running > desiredCount || (memo.kept && !isSteady(service)))
  return running < needed || unsteady || (pending > 0 && !early?.enable) ? moving : settled
}

/** A circuit breaker or an alarm without rollback ended the deployment. */
function failed(now: Deployment, rollout: LiveService['rollout']): Failed {
  const trigger = rollout !== undefined && rollout !== 'unknown' ? triggerOf(rollout) : undefined
  const failure = failedWith({
    code: 'DeploymentFailed',
    happened: `failed to deploy ${shortTaskDefinition(now)}`,
    cause: endedBy(trigger, now.rolloutStateReason),
    remedy: { kind: 'release' },
  })
  return rollout === undefined ? { ...failure, inconclusive: true } : failure
}

/** Another deployment is PRIMARY: ECS rolled back to it, or someone else made it. */
function replaced(live: LiveService, now: Deployment, id: string, elapsed: number): Moving | Failed {
  const { service, rollout } = live
  if (isGoingBack(now)) return goingBack(service, now)
  if (rollout === undefined) return { ...replacedAsSeen(service, now, id, elapsed), inconclusive: true }
  if (rollout === 'unknown') return replacedAsSeen(service, now, id, elapsed)
  const trigger = triggerOf(rollout)
  const reason = rollout.rollback?.reason ?? rollout.statusReason
  switch (rollout.status) {
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS':
      return goingBack(service, now)
    case 'ROLLBACK_SUCCESSFUL':
      return rolledBack(service, now, true, reason, trigger)
    case 'ROLLBACK_FAILED':
      return rolledBack(service, now, false, reason, trigger)
    case 'SUCCESSFUL':
      return deployedMeanwhile(now, 'its own deployment completed')
    case 'STOPPED':
    case 'STOP_REQUESTED':
      return deployedMeanwhile(now, trigger && `${trigger} ended its own deployment`)
    default:
      // The service deployment is under way: the description is older than that answer.
      return replacedAsSeen(service, now, id, elapsed)
  }
}

/** The rollout's end as far as the described service shows it. */
function replacedAsSeen(service: Service, now: Deployment, id: string, elapsed: number): Moving | Failed {
  const ours = service.deployments?.find(deployment => deployment.id === id)
  // Once the rollback is complete, its deployment is not listed any more, and only an event shows how it ended.
  const event = service.events?.find(({ message = '' }) => message.includes(`(deployment ${id}) deployment failed`))
  if (!ours && !event && elapsed < consistencyLag) {
    return { is: 'moving', because: 'the deployment is not visible yet' }
  }
  const goesBack = /roll(ing|ed)? ?back/i.test(now.rolloutStateReason ?? '')
  if (!event && ours?.rolloutState !== 'FAILED' && !goesBack) return deployedMeanwhile(now)
  if (now.rolloutState === 'IN_PROGRESS') return goingBack(service, now)
  const reasonOfEvent = event?.message?.replace(/^\(service \S+\) \(deployment \S+\) /, '')
  const reason = ours?.rolloutStateReason ?? reasonOfEvent ?? now.rolloutStateReason
  return rolledBack(service, now, now.rolloutState !== 'FAILED', reason)
}

const isGoingBack = ({ rolloutState, rolloutStateReason = '' }: Deployment): boolean =>
  rolloutState === 'IN_PROGRESS' && /rolling back/i.test(rolloutStateReason)

const goingBack = (service: Service, now: Deployment): Moving => ({
  is: 'moving',
  because: `ECS is rolling back to ${countsOfEach(service, now) ?? `${shortTaskDefinition(now)}, ${taskCounts(service)}`}`,
  near: tasksOf(service, now).running >= (service.desiredCount ?? 0),
})

const endedBy = (trigger: string | undefined, reason: string | undefined): string =>
  trigger ? `${trigger} ended the deployment` : reasonGiven(reason)

/** ECS went back to another deployment, or failed to. */
function rolledBack(service: Service, now: Deployment, isBack: boolean, reason?: string, trigger?: string): Failed {
  const { runningCount = 0, desiredCount = 0 } = service
  const runs = `${shortTaskDefinition(now)} runs${isBack ? ' again' : ''}, ${runningCount} of ${plural(desiredCount, 'task')}`
  return failedWith({
    code: 'RolledBack',
    ...(!trigger && isByPerson(reason) && { happened: 'was rolled back by a person' }),
    cause: endedBy(trigger, reason),
    now: isBack ? runs : `The rollback failed too: ${runs}`,
    remedy: { kind: 'release' },
  })
}

/** `before`: what became of our own deployment before another one took its place. */
function deployedMeanwhile(now: Deployment, before?: string): Failed {
  const other = `deployment ${now.id} of ${shortTaskDefinition(now)} took its place`
  const cause = before ? `${before}, and then ${other}` : other
  return failedWith({ code: 'DeployedMeanwhile', cause, remedy: { kind: 'plan' } })
}

/** The circuit breaker or the alarms that ended a service deployment, in words; undefined where neither did. */
export function triggerOf({ deploymentCircuitBreaker: breaker, alarms }: ServiceDeployment): string | undefined {
  if (breaker?.status === 'TRIGGERED') {
    const { failureCount, threshold } = breaker
    const numbers = failureCount !== undefined && threshold !== undefined
    return `the deployment circuit breaker${numbers ? ` (${failureCount} of ${threshold} tasks failed)` : ''}`
  }
  const ringing = alarms?.triggeredAlarmNames ?? []
  if (ringing.length > 0) return `the alarm${ringing.length === 1 ? '' : 's'} ${ringing.join(', ')}`
  if (alarms?.status === 'TRIGGERED') return `an alarm of ${(alarms.alarmNames ?? []).join(', ')}`
  return undefined
}

/** ECS names whoever called StopServiceDeployment, or answered a hook, a user: `Service deployment stopped by user.` */
const isByPerson = (reason = ''): boolean => /\bby (?:a |the )?user\b/i.test(reason)

/** Who or what ended a service deployment: its breaker, its alarms, or a person or ECS with ECS's own sentence. */
export function whatEnded(rollout: ServiceDeployment): string {
  const why = rollout.rollback?.reason ?? rollout.statusReason
  const who = isByPerson(why) ? 'a person' : 'ECS'
  return triggerOf(rollout) ?? `${who}${why ? ` (${untrusted(why.replace(/\.$/, ''))})` : ''}`
}

/** One line about a service deployment: status, stage, and what watches over it. */
export function describeRollout(rollout: ServiceDeployment): string {
  const { status = '', lifecycleStage, statusReason, deploymentCircuitBreaker: breaker, alarms } = rollout
  const watched = breaker?.status === 'MONITORING' || breaker?.status === 'TRIGGERED'
  const parts = [
    `service deployment ${status}`,
    lifecycleStage && `stage ${lifecycleStage}`,
    watched && `circuit breaker ${breaker.failureCount ?? 0} of ${breaker.threshold ?? 0} tasks failed`,
    alarms?.alarmNames?.length &&
      alarms.status !== 'DISABLED' &&
      `alarms ${alarms.alarmNames.join(', ')} ${alarms.status}`,
    statusReason && untrusted(statusReason),
  ]
  return parts.filter(Boolean).join(', ')
}
