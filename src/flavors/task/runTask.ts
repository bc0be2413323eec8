/** RunTask, and what its answers amount to. */

import type { Failure, RunTaskRequest, Task } from '@aws-sdk/client-ecs'
import { EcsError, isEcs, isThrottled } from '../../ecs/errors.ts'
import type { TransitionContext } from '../../engine/flavor.ts'
import { resourceName } from '../../schema/address.ts'
import { isCapacity } from './outcome.ts'

/** A started task may be MISSING for so many milliseconds. */
export const notVisibleYet = 30_000

/** Seconds until the same is said again. */
const heartbeat = 10

interface Answer {
  /** The tasks that the token stands for, whether it was used just now or before. */
  readonly tasks: readonly Task[]
  /** What ECS did not start, and why. */
  readonly failures: readonly Failure[]
}

/** Asks ECS for tasks. A lack of capacity is an answer, however ECS says it; any other refusal is thrown. */
export async function runTask(input: RunTaskRequest, context: TransitionContext): Promise<Answer> {
  try {
    const { tasks = [], failures = [] } = await context.ecs.call('RunTask', input)
    return { tasks, failures: tasks.length + failures.length > 0 ? failures : [{ reason: 'ECS gives no reason' }] }
  } catch (error) {
    if (startedNothing(error) && isCapacity(error.said)) return { tasks: [], failures: [{ reason: error.said }] }
    // The token was used before, with other words: by another revision that says the same, for another count, or before
    // tasks were given our tags.
    if (!isEcs(error, 'ConflictException') || error.resourceIds.length === 0) throw error
    const seen = new Map(
      (await context.ecs.tasks(input.cluster ?? 'default', error.resourceIds)).map(t => [t.taskArn, t]),
    )
    // One that is not to be seen yet is on its way.
    const tasks = error.resourceIds.map(arn => seen.get(arn) ?? { taskArn: arn, lastStatus: 'PROVISIONING' })
    return { tasks, failures: [] }
  }
}

/** ECS said no, and nothing runs for it. A conflict says that something was started with the token. */
export const startedNothing = (error: unknown): error is EcsError =>
  error instanceof EcsError && !error.unsure && !isThrottled(error) && error.code !== 'ConflictException'

/** Whether any of it may pass by itself. */
export const passes = (failures: readonly Failure[]): boolean => failures.some(({ reason }) => isCapacity(reason))

/** `RESOURCE:MEMORY on 12 container instances; AGENT 4f0c…`, each reason once. */
export function placementFailures(failures: readonly Failure[]): string[] {
  const where = new Map<string, string[]>()
  for (const { reason, detail, arn } of failures) {
    const words = [reason, detail].filter(Boolean).join(' ')
    where.set(words, [...(where.get(words) ?? []), ...(arn ? [resourceName(arn)] : [])])
  }
  return [...where].map(([words, [first, ...more]]) => {
    if (first === undefined) return words
    return more.length === 0 ? `${words} ${first}` : `${words} on ${more.length + 1} container instances`
  })
}

/** It has no place yet, or is on its way out without ever having had one. */
const isUndecided = ({ lastStatus, desiredStatus, startedAt }: Task): boolean =>
  lastStatus === 'PROVISIONING' || (desiredStatus === 'STOPPED' && lastStatus !== 'STOPPED' && startedAt === undefined)

/**
 * Tasks as they are once ECS has found them a place, or has not: Fargate and capacity providers take tasks on before they
 * know whether there is room. Tasks that are not to be seen for long are left as they were answered.
 */
export async function placed(
  cluster: string,
  tasks: readonly Task[],
  context: TransitionContext,
): Promise<readonly Task[]> {
  const since = context.clock.now()
  const seen = new Map(tasks.map(task => [task.taskArn ?? '', task]))
  const found = new Set<string>()
  let said = 0
  for (let pause = 500; ; pause = Math.min(pause * 1.5, 10_000)) {
    const waiting = [...seen].filter(([, task]) => isUndecided(task)).map(([arn]) => arn)
    const invisible = context.clock.now() - since >= notVisibleYet && waiting.every(arn => !found.has(arn))
    if (waiting.length === 0 || invisible) return [...seen.values()]
    const elapsed = Math.round((context.clock.now() - since) / 1000)
    if (elapsed >= said) {
      context.say(`the task is ${seen.get(waiting[0] ?? '')?.lastStatus}, ${elapsed} s`)
      said = elapsed + heartbeat
    }
    await context.pause(pause)
    for (const task of await context.ecs.tasks(cluster, waiting)) {
      found.add(task.taskArn ?? '')
      seen.set(task.taskArn ?? '', task)
    }
  }
}

/** Waits until a look shows these tasks, so that whoever takes over finds them; not for long. */
export async function visible(cluster: string, tasks: readonly Task[], context: TransitionContext): Promise<void> {
  const until = context.clock.now() + notVisibleYet
  const arns = tasks.map(({ taskArn = '' }) => taskArn)
  while ((await context.ecs.tasks(cluster, arns)).length < arns.length && context.clock.now() < until)
    await context.pause(1_000)
}
