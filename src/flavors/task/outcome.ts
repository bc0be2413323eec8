/** How a task ended, read from what ECS says of it. Pure. */

import type { Container, Task } from '@aws-sdk/client-ecs'

export type Outcome = 'running' | 'succeeded' | 'failed' | 'never started'

/** How a task of a job ended, or that it has not. Only essential containers count: a killed sidecar means nothing. */
export function outcome(task: Task, essential: readonly string[]): Outcome {
  if (task.lastStatus !== 'STOPPED') return 'running'
  const counts = (task.containers ?? []).filter(({ name }) => essential.length === 0 || essential.includes(name ?? ''))
  if (neverStarted(task, counts)) return 'never started'
  return counts.length > 0 && counts.every(({ exitCode }) => exitCode === 0) ? 'succeeded' : 'failed'
}

/** Reasons that leave a container without a process. A start that failed or timed out may have left one. */
const withoutProcess = /^(?:CannotPull|CannotCreate)/

/** Not a trace of a process: neither how it ended, nor an id of Docker's, unless a reason says what became of that. */
const isUntouched = ({ exitCode, runtimeId, reason = '' }: Container): boolean =>
  exitCode === undefined && (runtimeId === undefined || withoutProcess.test(reason))

/**
 * Whether it is proved that no container that counts ever ran. Without proof the task may have done half its work, as one
 * whose host or Docker daemon was lost: that leaves no exit code either.
 *
 * Proof is that ECS says so (`TaskFailedToStart`), or that the task never had a place to run, or that it was stopped
 * through the API while its agent was there to tell. Stop codes: Amazon ECS Developer Guide, "Stopped tasks error codes".
 */
function neverStarted(task: Task, counts: readonly Container[]): boolean {
  const { startedAt, stopCode, connectivity, launchType, containerInstanceArn } = task
  if (startedAt !== undefined || !counts.every(isUntouched)) return false
  if (stopCode === 'TaskFailedToStart') return true
  if (counts.length > 0 && counts.every(({ reason = '' }) => withoutProcess.test(reason))) return true
  if (stopCode === 'UserInitiated') return connectivity !== 'DISCONNECTED'
  return launchType === 'EC2' && containerInstanceArn === undefined
}

/** `RESOURCE:MEMORY`, `AGENT` and what else passes when others end, or when instances come, by its beginning or as a whole. */
const passing = [
  /^(?:TaskFailedToStart: )?(?:RESOURCE:|AGENT\b|EMPTY CAPACITY PROVIDER|NO ACTIVE INSTANCES)/,
  /Capacity is unavailable at this time/i,
  /DistinctInstance placement constraint unsatisfied/i,
  /reached the limit on the number of/i,
]

/**
 * Whether ECS lacks capacity that may come, for a reason in its words. ATTRIBUTE, LOCATION, MISSING and unsatisfied
 * memberOf constraints stay as they are. Source: Amazon ECS Developer Guide, "API failure reasons".
 */
export const isCapacity = (reason: string | undefined): boolean =>
  reason !== undefined && passing.some(pattern => pattern.test(reason))

/** It was taken on, and ECS found no place for it after all. */
export const lackedCapacity = (task: Task, essential: readonly string[]): boolean =>
  outcome(task, essential) === 'never started' && isCapacity(task.stoppedReason)
