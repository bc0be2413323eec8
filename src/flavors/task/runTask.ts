/** Calls RunTask, and waits until ECS has placed the tasks. */

import type { Failure, RunTaskRequest, Task } from '@aws-sdk/client-ecs'
import { backoff } from '../../backoff.ts'
import { durationText } from '../../duration.ts'
import { EcsError, isEcs, isThrottled } from '../../ecs/errors.ts'
import { DiagnosedEcsError } from '../../engine/failure.ts'
import type { TransitionContext } from '../../engine/flavor.ts'
import { consistencyLag, heartbeat } from '../../engine/poll.ts'
import type { Remedy } from '../../engine/remedy.ts'
import { nameOf } from '../../schema/arn.ts'
import { untrusted } from '../../untrusted.ts'
import { type Retryable, retryWhile } from '../retry.ts'
import { isCapacity } from './outcome.ts'
import { arnsOf } from './runs.ts'

interface RunTaskAnswer {
  /** The tasks that the client token has started, now or before. */
  readonly tasks: readonly Task[]
  /** Failures of tasks that ECS did not start, with reasons. */
  readonly failures: readonly Failure[]
}

/** Refusals of RunTask in a cluster that has only just been made, and in an account that is new to ECS. */
const notYet = [
  { when: ['Unable to assume the service linked role'], atMost: 120_000, because: 'ECS does not see its own role yet' },
  { when: ['ClusterNotFoundException'], atMost: 30_000, because: 'ECS does not see the cluster yet' },
] satisfies Retryable[]

/** Calls RunTask. A lack of capacity is an answer, in any of its forms; any other refusal is an `EcsError`. */
export async function runTask(input: RunTaskRequest, context: TransitionContext): Promise<RunTaskAnswer> {
  try {
    const { tasks = [], failures = [] } = await retryWhile(() => context.ecs.call('RunTask', input), notYet, context)
    if (tasks.length + failures.length === 0) throw namesNothing()
    return { tasks, failures }
  } catch (error) {
    if (startedNothing(error) && isCapacity(error.said)) return { tasks: [], failures: [{ reason: error.said }] }
    // The token was used before with other input: with another revision of the same content, with another count, or by a
    // release that wrote no tags.
    if (!isEcs(error, 'ConflictException') || error.resourceIds.length === 0) throw error
    const described = await context.ecs.tasks(input.cluster ?? 'default', error.resourceIds)
    const byArn = new Map(described.map(task => [task.taskArn, task]))
    // A task that is not visible yet is on its way.
    const tasks = error.resourceIds.map(arn => byArn.get(arn) ?? { taskArn: arn, lastStatus: 'PROVISIONING' })
    return { tasks, failures: [] }
  }
}

/** Nobody knows whether the token has started something, so it is used again. */
const namesNothing = (): EcsError =>
  new EcsError({
    call: 'RunTask',
    code: 'UnreadableAnswer',
    said: '',
    message: 'ecs:RunTask: the answer names neither tasks nor failures; run the workflow again',
    unsure: true,
  })

/** Whether ECS refused, and no task runs for the call. A conflict means that the token has started tasks. */
export const startedNothing = (error: unknown): error is EcsError =>
  error instanceof EcsError && !error.unsure && !isThrottled(error) && error.code !== 'ConflictException'

/** The error of a start for which ECS has started nothing, for these reasons. */
export function startRefusal(reasons: readonly string[], code = 'Failure'): EcsError {
  const said = reasons.join('; ')
  const message = `ECS started nothing: ${said}`
  const error = new EcsError({ call: 'RunTask', code, said, message, unsure: false })
  const remedy: Remedy = { kind: 'rerun', fix: { kind: 'placement' } }
  return new DiagnosedEcsError(error, message, { code: 'NotStarted', cause: untrusted(said), remedy })
}

/** `RESOURCE:MEMORY on 12 container instances`, `AGENT 4f0c…`: each reason once. */
export function placementFailures(failures: readonly Failure[]): string[] {
  const instances = new Map<string, string[]>()
  for (const { reason, detail, arn } of failures) {
    const why = [reason, detail].filter(Boolean).join(' ')
    instances.set(why, [...(instances.get(why) ?? []), ...(arn ? [nameOf(arn)] : [])])
  }
  return [...instances].map(([why, [first, ...more]]) => {
    if (first === undefined) return why
    return more.length === 0 ? `${why} ${first}` : `${why} on ${more.length + 1} container instances`
  })
}

/** Whether ECS has neither placed the task nor stopped it for lack of capacity. */
const isPending = ({ lastStatus, desiredStatus, startedAt }: Task): boolean =>
  lastStatus === 'PROVISIONING' || (desiredStatus === 'STOPPED' && lastStatus !== 'STOPPED' && startedAt === undefined)

/**
 * Waits until ECS has placed the tasks or given up: Fargate and capacity providers accept tasks before they know whether
 * there is capacity. Tasks that stay invisible are returned as RunTask answered them. Throws `EcsError`.
 */
export async function awaitPlacement(
  cluster: string,
  tasks: readonly Task[],
  context: TransitionContext,
): Promise<readonly Task[]> {
  const since = context.clock.now()
  const latest = new Map(tasks.map(task => [task.taskArn ?? '', task]))
  const visible = new Set<string>()
  let nextSentence = 0
  for (let attempt = 0; ; attempt++) {
    const pending = [...latest].filter(([, task]) => isPending(task)).map(([arn]) => arn)
    const elapsed = context.clock.now() - since
    const isInvisible = elapsed >= consistencyLag && pending.every(arn => !visible.has(arn))
    if (pending.length === 0 || isInvisible) return [...latest.values()]
    if (elapsed >= nextSentence) {
      context.say(`the task is ${latest.get(pending[0] ?? '')?.lastStatus}, ${durationText(elapsed)}`)
      nextSentence = elapsed + heartbeat
    }
    await context.pause(backoff(attempt, 500, 10_000))
    for (const task of await context.ecs.tasks(cluster, pending)) {
      visible.add(task.taskArn ?? '')
      latest.set(task.taskArn ?? '', task)
    }
  }
}

/**
 * Waits until DescribeTasks answers these tasks, so that another apply finds them; at most `consistencyLag`. Throws
 * `EcsError`.
 */
export async function awaitVisible(cluster: string, tasks: readonly Task[], context: TransitionContext): Promise<void> {
  const until = context.clock.now() + consistencyLag
  const arns = arnsOf(tasks)
  while ((await context.ecs.tasks(cluster, arns)).length < arns.length && context.clock.now() < until)
    await context.pause(1_000)
}
