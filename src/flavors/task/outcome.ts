/** How a task ended, by what DescribeTasks answers. Pure. */

import type { Container, Task } from '@aws-sdk/client-ecs'
import { counted } from '../containers.ts'

/** How a task of a job ended. A task that never started is no outcome of the job. */
export type Outcome = 'running' | 'succeeded' | 'failed' | 'never started'

/** How a task of a job ended, if at all. Only essential containers count; without their names, all of them. */
export function outcome(task: Task, essential: readonly string[]): Outcome {
  if (task.lastStatus !== 'STOPPED') return 'running'
  const counts = counted(task.containers, essential)
  if (neverStarted(task, counts)) return 'never started'
  return counts.length > 0 && counts.every(({ exitCode }) => exitCode === 0) ? 'succeeded' : 'failed'
}

/** Reasons after which a container had no process. After a start that failed or timed out there may have been one. */
const withoutProcess = /^(?:CannotPull|CannotCreate)/

/** No trace of a process: no exit code, and no id of Docker's unless the reason is that no container was made. */
const isUntouched = ({ exitCode, runtimeId, reason = '' }: Container): boolean =>
  exitCode === undefined && (runtimeId === undefined || withoutProcess.test(reason))

/**
 * Whether it is proved that no container that counts ever ran. Without proof the task may have done half its work: a task
 * whose host or Docker daemon was lost has no exit code either.
 *
 * Proof is the stop code `TaskFailedToStart`, a task that was never placed, or a task that was stopped through the API while
 * its agent was connected. Stop codes: Amazon ECS Developer Guide, "Stopped tasks error codes".
 */
function neverStarted(task: Task, counts: readonly Container[]): boolean {
  const { startedAt, stopCode, connectivity, launchType, containerInstanceArn } = task
  if (startedAt !== undefined || !counts.every(isUntouched)) return false
  if (stopCode === 'TaskFailedToStart') return true
  if (counts.length > 0 && counts.every(({ reason = '' }) => withoutProcess.test(reason))) return true
  if (stopCode === 'UserInitiated') return connectivity !== 'DISCONNECTED'
  return launchType === 'EC2' && containerInstanceArn === undefined
}

/** Reasons that pass when other tasks end, or when instances come. */
const passing = [
  /^(?:TaskFailedToStart: )?(?:RESOURCE:|AGENT\b|EMPTY CAPACITY PROVIDER|NO ACTIVE INSTANCES)/,
  /Capacity is unavailable at this time/i,
  /DistinctInstance placement constraint unsatisfied/i,
  /reached the limit on the number of/i,
]

/**
 * Whether the reason is a lack of capacity, which may come. ATTRIBUTE, LOCATION, MISSING and unsatisfied memberOf
 * constraints do not pass by waiting. Source: Amazon ECS Developer Guide, "API failure reasons".
 */
export const isCapacity = (reason: string | undefined): boolean =>
  reason !== undefined && passing.some(pattern => pattern.test(reason))

/** Whether ECS accepted the task, and found no capacity for it after all. */
export const lackedCapacity = (task: Task, essential: readonly string[]): boolean =>
  outcome(task, essential) === 'never started' && isCapacity(task.stoppedReason)
