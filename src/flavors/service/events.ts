/** What happens to a service while its transition settles: ECS's events, tasks that stop, and the cause of a failure in them. */
import type { Service, ServiceDeployment, ServiceEvent, Task } from '@aws-sdk/client-ecs'
import type { Ecs } from '../../ecs/client.ts'
import { EcsError } from '../../ecs/errors.ts'
import type { Diagnosis } from '../../engine/failure.ts'
import type { TransitionContext, Watch } from '../../engine/flavor.ts'
import { familyOf, nameOf } from '../../schema/arn.ts'
import { untrusted } from '../../untrusted.ts'
import { containerLogs } from '../containerLogs.ts'
import { definitionOf, diagnoseStopped, summarizeStopped } from '../containers.ts'
import { rolloutOf } from './history.ts'
import { createdAt, type LiveService, type Memo, primaryDeployment, type ServiceParticle } from './live.ts'
import { describeRollout } from './rollout.ts'

/** `12:04:11  (service web) has started 3 tasks` */
const eventLine = ({ createdAt: at, message = '' }: ServiceEvent): string =>
  `${at?.toISOString().slice(11, 19)}  ${untrusted(message)}`

/** Reports events and stopped tasks, each once. */
export function watchService(
  particle: ServiceParticle,
  before: LiveService | undefined,
  memo: Memo,
  context: TransitionContext,
): Watch<LiveService> {
  // Events of one service have rising times.
  let newest = newestEvent(before?.service)
  let last = before?.service
  let started = 0
  const seen = new Set<string>()
  const eventLines = async (live: LiveService | undefined): Promise<string[]> => {
    if (!live) return []
    const { service } = live
    const since = newest
    const events = (service.events ?? []).filter(event => createdAt(event) > since).reverse()
    newest = Math.max(newest, newestEvent(service))
    const starts = events.reduce((sum, event) => sum + startedBy(event), 0)
    started += starts
    const isRestart = starts > 0 && started > (service.desiredCount ?? 0)
    const mayHaveStopped = isRestart || fewerTasks(last, service) || events.some(isFailure)
    last = service
    const stopped = mayHaveStopped ? await failedTasks(particle, service, memo, context.ecs).catch(unknownTasks) : []
    const fresh = stopped.filter(({ taskArn = '' }) => !seen.has(taskArn))
    for (const { taskArn = '' } of fresh) seen.add(taskArn)
    return [...events.map(eventLine), ...summarizeStopped(fresh)]
  }
  return { eventLines }
}

const newestEvent = (service: Service | undefined): number => Math.max(0, ...(service?.events ?? []).map(createdAt))

/** `has started 3 tasks`: more of them than desired means that tasks have stopped between. */
const startedBy = ({ message = '' }: ServiceEvent): number => Number(/ has started (\d+) tasks/.exec(message)?.[1] ?? 0)

const isFailure = ({ message = '' }: ServiceEvent): boolean => message.includes(' was unable to ')

/** Tasks of the PRIMARY deployment have failed, or are missing again. */
function fewerTasks(before: Service | undefined, now: Service): boolean {
  const [old, own] = [before && primaryDeployment(before), primaryDeployment(now)]
  if (!own) return false
  if (!old || old.id !== own.id) return (own.failedTasks ?? 0) > 0
  const { failedTasks = 0, runningCount = 0 } = own
  const isMissing = runningCount < (old.runningCount ?? 0) && runningCount < (now.desiredCount ?? 0)
  return isMissing || failedTasks > (old.failedTasks ?? 0)
}

/** Stopped tasks can wait for the next poll: a call that fails must not fail the step. */
function unknownTasks(error: unknown): Task[] {
  if (error instanceof EcsError) return []
  throw error
}

/**
 * Tasks of about the last hour that ECS did not take away itself: of the deployment that the transition made; where
 * there are none, of the service since then. Throws `EcsError`.
 */
async function failedTasks(
  { definition: { cluster = 'default', serviceName = '' } }: ServiceParticle,
  service: Service,
  memo: Memo,
  ecs: Ecs,
): Promise<Task[]> {
  const ofService = await ecs.listedTasks(cluster, { serviceName, desiredStatus: 'STOPPED' })
  const own = ofService.filter(({ startedBy: by }) => by !== undefined && by === memo.deployment)
  const family = familyOf(service.taskDefinition)
  const isListed = ofService.length > 0 || !family
  const listed = isListed ? ofService : await ecs.listedTasks(cluster, { family, desiredStatus: 'STOPPED' })
  const ofGroup = listed.filter(task => task.group === `service:${serviceName}` && isRecent(task, memo))
  return (own.length > 0 ? own : ofGroup).filter(
    ({ stoppedReason }) => !stoppedReason?.startsWith('Scaling activity initiated by'),
  )
}

/** Milliseconds by which what belongs to a transition may be older than it. */
const margin = 1_000

/** The event or task is no older than the transition. */
const isRecent = (one: ServiceEvent | Task, { since }: Memo): boolean => createdAt(one) >= since - margin

/** Events of a rollout that a failure shows. */
const mostEvents = 20

/** The failure of a rollout with its cause: the tasks of its deployment that stopped, else ECS's events. Throws `EcsError`. */
export async function diagnoseRollout(
  particle: ServiceParticle,
  live: LiveService | undefined,
  memo: Memo,
  failure: Diagnosis,
  context: TransitionContext,
): Promise<Diagnosis> {
  if (!live) return failure
  const { status, events = [] } = live.service
  // Tasks of a service that is deleted stop because they are to.
  const failed = status === 'DRAINING' ? [] : await failedTasks(particle, live.service, memo, context.ecs)
  const rollout = live.rollout ?? (await rolloutOf(live, memo, context).catch(() => 'unknown' as const))
  const logs = await containerLogs(failed, context)
  const lines = rollout === 'unknown' ? [] : [describeRollout(rollout)]
  if (!isCausedByTasks(failed, failure, rollout)) {
    return { ...failure, details: [...eventLines(events, memo), ...lines, ...summarizeStopped(failed)], logs }
  }
  const definition = definitionOf(particle.parents)
  const which = `of ${nameOf(failed[0]?.taskDefinitionArn ?? '')}`
  const { cause, fix, reason, details } = diagnoseStopped(failed, { which, definition })
  return {
    ...failure,
    cause,
    ...(failure.code === 'TimedOut' && failure.cause && { now: failure.cause }),
    details: [...eventLines(events, memo, reason), ...lines, ...details],
    remedy: { kind: 'release', fix: fix ?? { kind: 'change', ...(definition && { in: definition }) } },
    logs,
  }
}

/**
 * An alarm, a hook or a person ends a rollout in spite of healthy tasks; the circuit breaker and the time end it for
 * its tasks.
 */
function isCausedByTasks(
  failed: readonly Task[],
  { code }: Diagnosis,
  rollout: ServiceDeployment | 'unknown',
): boolean {
  if (failed.length === 0) return false
  if (code === 'TimedOut') return true
  if (code !== 'RolledBack' && code !== 'DeploymentFailed') return false
  return rollout === 'unknown' || rollout.deploymentCircuitBreaker?.status === 'TRIGGERED'
}

/** ECS's events since the transition began, oldest first. Events that only repeat `reason` are left out. */
const eventLines = (events: readonly ServiceEvent[], memo: Memo, reason?: string): string[] =>
  events
    .filter(event => isRecent(event, memo))
    .filter(({ message = '' }) => reason === undefined || !message.includes(reason))
    .reverse()
    .slice(-mostEvents)
    .map(eventLine)
