/** Progress of a rollout, judged by the deployment that a transition made. Pure. */
import type { Deployment, Service, ServiceDeployment } from '@aws-sdk/client-ecs'
import type { Diagnosis } from '../../engine/failure.ts'
import type { Failed, Moving, Progress, Settled } from '../../engine/flavor.ts'
import { untrusted } from '../../untrusted.ts'
import { plural } from '../containers.ts'
import {
  counts,
  isWaitedFor,
  type LiveService,
  type Memo,
  primaryDeployment,
  reasonGiven,
  type ServiceParticle,
  shortTaskDefinition,
} from './live.ts'
import { restOf } from './pause.ts'

/** Milliseconds for which a new service or deployment may be missing from ECS's answers. */
export const notVisibleYet = 30_000

/**
 * `1 of 2 tasks running, deployment IN_PROGRESS`; while tasks of earlier deployments are there, each deployment has its own
 * count: `web:8: 1 of 2 running; web:7: 2 still running, deployment IN_PROGRESS`.
 */
export function rolloutSummary(service: Service): string {
  const own = primaryDeployment(service)
  if (!own) return counts(service)
  const each = countsOfEach(service, own)
  if (own.rolloutState) return `${each ?? counts(service)}, deployment ${own.rolloutState}`
  return each ?? standing(service, own)
}

/** `web:8: 1 of 2 running; web:7: 2 still running`; undefined where the PRIMARY deployment alone has tasks. */
function countsOfEach(service: Service, own: Deployment): string | undefined {
  const before = older(service, own)
  if (before.length === 0) return undefined
  const reference = shortTaskDefinition(own)
  const { running } = tasksOf(service, own)
  const earlier = before.map(
    ([other, count]) => `${other === reference ? `${other} before` : other}: ${count} still running`,
  )
  return [`${reference}: ${running} of ${service.desiredCount ?? 0} running`, ...earlier].join('; ')
}

/** `2 of 2 tasks run web:2, 2 of web:1 not cleaned up yet` */
function standing(service: Service, own: Deployment): string {
  const before = older(service, own)
  const { running } = tasksOf(service, own)
  const count = before.reduce((sum, [, tasks]) => sum + tasks, 0)
  const those = count > 0 ? `, ${count} of ${before.map(([reference]) => reference).join(', ')} not cleaned up yet` : ''
  return `${running} of ${plural(service.desiredCount ?? 0, 'task')} run ${shortTaskDefinition(own)}${those}`
}

/** Tasks of one deployment. Where it is the only one, the service's own counts are the newer ones. */
function tasksOf(service: Service, deployment: Deployment): { running: number; pending: number } {
  const { runningCount = 0, pendingCount = 0 } = (service.deployments ?? []).length > 1 ? deployment : service
  return { running: runningCount, pending: pendingCount }
}

/** Deployments before the PRIMARY one that have tasks still, and how many. */
function older({ deployments = [] }: Service, own: Deployment): [reference: string, tasks: number][] {
  return deployments
    .filter(other => other !== own)
    .map((other): [string, number] => {
      const { runningCount = 0, pendingCount = 0 } = other
      return [shortTaskDefinition(other), runningCount + pendingCount]
    })
    .filter(([, tasks]) => tasks > 0)
}

/**
 * Whether a rollout is under way, this tool's or another's. Where ECS answers no `rolloutState` (behind a Classic Load
 * Balancer, and for other deployment types), the counts decide, and whether the service has been steady since.
 */
export function isUnderWay(service: Service): boolean {
  const own = primaryDeployment(service)
  if (!own) return false
  if (own.rolloutState !== undefined) return own.rolloutState === 'IN_PROGRESS'
  if (older(service, own).length > 0) return true
  const since = own.createdAt?.getTime() ?? 0
  const { events = [] } = service
  // ECS answers the newest hundred events: an earlier steady state cannot be seen, or waited for.
  const steady =
    events.length >= 100 ||
    events.some(
      ({ message = '', createdAt }) =>
        message.endsWith('has reached a steady state.') && (createdAt?.getTime() ?? 0) >= since,
    )
  return !steady && !isFull(service, own)
}

/**
 * ECS's own word that tasks have come to rest: a crash loop has as many running as desired too, for moments. Without any event
 * there is no such word to wait for.
 */
function isSteady({ events = [] }: Service): boolean {
  const newest = events.find(({ message = '' }) => steadiness.test(message))
  return newest === undefined || atRest.test(newest.message ?? '')
}

const atRest = /(?: has reached a steady state| deployment completed)\.$/
const steadiness = new RegExp(`${atRest.source}| has (?:started|stopped) \\d| was unable to `)

/** As many tasks of this deployment run as there are to be, and no more are on their way. */
function isFull(service: Service, own: Deployment): boolean {
  const { running, pending } = tasksOf(service, own)
  return running >= (service.desiredCount ?? 0) && pending === 0
}

/** Warns of missing tasks of a service without a rollout under way; undefined while none is missing. */
export function unhealthyWarning({ id }: ServiceParticle, service: Service): string | undefined {
  const { runningCount = 0, desiredCount = 0 } = service
  if (isUnderWay(service) || primaryDeployment(service)?.rolloutState === 'FAILED' || runningCount >= desiredCount)
    return undefined
  return `${id} is unwell: ${counts(service)}, though no deployment is under way; its events and stopped tasks in ECS say why`
}

const isBeingDeleted: Failed = {
  is: 'failed',
  failure: { code: 'GoneMeanwhile', happened: 'is being deleted by somebody else', remedy: { kind: 'plan' } },
}

/** Judges by the id of the deployment that the transition made: PRIMARY and COMPLETED could be what ECS rolled back to. */
export function judgeRollout(live: LiveService, memo: Memo, particle: ServiceParticle, elapsed: number): Progress {
  const { service } = live
  if (service.status === 'DRAINING') return isBeingDeleted
  const now = primaryDeployment(service)
  if (!isWaitedFor(particle) && now?.rolloutState !== 'FAILED')
    return { is: 'settled', because: accepted(service, now) }
  if (now && memo.deployment && now.id !== memo.deployment) return replaced(live, now, memo.deployment, elapsed)
  // Deployments of another controller have no PRIMARY.
  return now ? own(live, now, memo, particle) : uncontrolled(service)
}

/** `deployment of web:42 accepted, its rollout is not waited for` */
const accepted = (service: Service, now: Deployment | undefined): string =>
  now?.rolloutState === 'COMPLETED'
    ? standing(service, now)
    : `deployment of ${shortTaskDefinition(now ?? service)} accepted, its rollout is not waited for`

function uncontrolled(service: Service): Progress {
  const { runningCount = 0, desiredCount = 0, pendingCount = 0 } = service
  const moving = runningCount !== desiredCount || pendingCount > 0 || !isSteady(service)
  if (moving && service.deploymentController?.type !== 'EXTERNAL')
    return { is: 'moving', because: rolloutSummary(service), near: runningCount >= desiredCount }
  return { is: 'settled', because: `${counts(service).replace(' running', ' run')} ${shortTaskDefinition(service)}` }
}

function own(live: LiveService, now: Deployment, memo: Memo, { definition }: ServiceParticle): Progress {
  const { service, rollout } = live
  if (now.rolloutState === 'FAILED') return failed(now, rollout)
  const { desiredCount = 0, schedulingStrategy, deploymentConfiguration, deploymentController } = service
  const { running, pending } = tasksOf(service, now)
  const settled: Settled = { is: 'settled', because: standing(service, now) }
  if (deploymentController?.type === 'EXTERNAL') return settled
  const early = deploymentConfiguration?.earlySuccessCriteria
  const needed = early?.enable ? Math.ceil((desiredCount * (early.healthyPercent ?? 100)) / 100) : desiredCount
  const rest = restOf(live)
  const moving: Moving = { is: 'moving', because: rolloutSummary(service), near: running >= needed && !rest, ...rest }
  if (now.rolloutState === 'IN_PROGRESS') return moving
  if (now.rolloutState === undefined)
    return isFull(service, now) && older(service, now).length === 0 && isSteady(service) ? settled : moving
  // The wait was for the rollout only, not for its tasks.
  if (memo.underWay || schedulingStrategy === 'DAEMON') return settled
  // An autoscaler may be on its way down all the time; a count that the manifest states is to be met.
  const isStated = definition.desiredCount !== undefined
  const unsteady = isStated && (running > desiredCount || (memo.kept && !isSteady(service)))
  return running < needed || unsteady || (pending > 0 && !early?.enable) ? moving : settled
}

/** A circuit breaker or an alarm without rollback ended the deployment. */
function failed(now: Deployment, rollout: LiveService['rollout']): Failed {
  const trigger = rollout !== undefined && rollout !== 'unknown' ? triggerOf(rollout) : undefined
  const failure: Diagnosis = {
    code: 'DeploymentFailed',
    happened: `failed to deploy ${shortTaskDefinition(now)}`,
    cause: trigger ? `${trigger} ended the deployment` : reasonGiven(now.rolloutStateReason),
    remedy: { kind: 'release' },
  }
  return { is: 'failed', failure, ...(rollout === undefined && { inconclusive: true }) }
}

/** Another deployment is PRIMARY: ECS rolled back to it, or someone else made it. */
function replaced(live: LiveService, now: Deployment, id: string, elapsed: number): Moving | Failed {
  const { service, rollout } = live
  if (isGoingBack(now)) return goingBack(service, now)
  if (rollout === undefined) return { ...replacedAsSeen(service, now, id, elapsed), inconclusive: true }
  if (rollout === 'unknown') return replacedAsSeen(service, now, id, elapsed)
  const { status = '', rollback, statusReason } = rollout
  const trigger = triggerOf(rollout)
  const reason = rollback?.reason ?? statusReason
  const why = trigger ? `${trigger} ended the deployment` : reasonGiven(reason)
  switch (status) {
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS':
      return goingBack(service, now)
    case 'ROLLBACK_SUCCESSFUL':
      return rolledBack(service, now, why, true)
    case 'ROLLBACK_FAILED':
      return rolledBack(service, now, why, false)
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
  if (!ours && !event && elapsed < notVisibleYet) {
    return { is: 'moving', because: 'the deployment is not visible yet' }
  }
  const goesBack = /roll(ing|ed)? ?back/i.test(now.rolloutStateReason ?? '')
  if (!event && ours?.rolloutState !== 'FAILED' && !goesBack) return deployedMeanwhile(now)
  if (now.rolloutState === 'IN_PROGRESS') return goingBack(service, now)
  const reasonOfEvent = event?.message?.replace(/^\(service \S+\) \(deployment \S+\) /, '')
  const why = reasonGiven(ours?.rolloutStateReason ?? reasonOfEvent ?? now.rolloutStateReason)
  return rolledBack(service, now, why, now.rolloutState !== 'FAILED')
}

const isGoingBack = ({ rolloutState, rolloutStateReason = '' }: Deployment): boolean =>
  rolloutState === 'IN_PROGRESS' && /rolling back/i.test(rolloutStateReason)

const goingBack = (service: Service, now: Deployment): Moving => ({
  is: 'moving',
  because: `ECS is rolling back to ${countsOfEach(service, now) ?? `${shortTaskDefinition(now)}, ${counts(service)}`}`,
  near: tasksOf(service, now).running >= (service.desiredCount ?? 0),
})

/** ECS went back to another deployment, or failed to. */
function rolledBack(service: Service, now: Deployment, cause: string, isBack: boolean): Failed {
  const { runningCount = 0, desiredCount = 0 } = service
  const runs = `${shortTaskDefinition(now)} runs${isBack ? ' again' : ''}, ${runningCount} of ${plural(desiredCount, 'task')}`
  return {
    is: 'failed',
    failure: {
      code: 'RolledBack',
      cause,
      now: isBack ? runs : `The rollback failed too: ${runs}`,
      remedy: { kind: 'release' },
    },
  }
}

/** `before`: what became of our own deployment before another one took its place. */
function deployedMeanwhile(now: Deployment, before?: string): Failed {
  const other = `deployment ${now.id} of ${shortTaskDefinition(now)} took its place`
  return {
    is: 'failed',
    failure: {
      code: 'DeployedMeanwhile',
      cause: before ? `${before}, and then ${other}` : other,
      remedy: { kind: 'plan' },
    },
  }
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

/** The cause of a service deployment's end: its breaker, its alarms, or ECS's own sentence. */
export function whatEnded(rollout: ServiceDeployment): string {
  const why = rollout.rollback?.reason ?? rollout.statusReason
  return triggerOf(rollout) ?? `ECS${why ? ` (${untrusted(why.replace(/\.$/, ''))})` : ''}`
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
