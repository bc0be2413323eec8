/** The failure of a rollout with its cause: pure. */
import type { ServiceDeployment, ServiceEvent, Task } from '@aws-sdk/client-ecs'
import type { Diagnosis } from '../../engine/failure.ts'
import { nameOf } from '../../schema/arn.ts'
import { definitionOf, diagnoseStopped, summarizeStopped } from '../containers.ts'
import { eventLine, isRecent } from './events.ts'
import type { Memo, ServiceParticle } from './live.ts'
import { describeRollout } from './rollout.ts'

/** ECS's answers about a rollout that has failed. */
interface RolloutEvidence {
  readonly events: readonly ServiceEvent[]
  /** Tasks that stopped, but for those that ECS took away. */
  readonly failed: readonly Task[]
  readonly rollout: ServiceDeployment | 'unknown'
}

/** Events of a rollout that a failure shows. */
const mostEvents = 20

/** The failure of a rollout with its cause: the tasks of its deployment that stopped, else ECS's events. */
export function rolloutDiagnosis(
  { parents }: ServiceParticle,
  memo: Memo,
  failure: Diagnosis,
  { events, failed, rollout }: RolloutEvidence,
): Diagnosis {
  const lines = rollout === 'unknown' ? [] : [describeRollout(rollout)]
  if (!isCausedByTasks(failed, failure, rollout)) {
    return { ...failure, details: [...eventLines(events, memo), ...lines, ...summarizeStopped(failed)] }
  }
  const definition = definitionOf(parents)
  const which = `of ${nameOf(failed[0]?.taskDefinitionArn ?? '')}`
  const { cause, fix, reason, details } = diagnoseStopped(failed, { which, definition })
  return {
    ...failure,
    cause,
    ...(failure.code === 'TimedOut' && failure.cause && { now: failure.cause }),
    details: [...eventLines(events, memo, reason), ...lines, ...details],
    remedy: { kind: 'release', fix: fix ?? { kind: 'change', ...(definition && { in: definition }) } },
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
