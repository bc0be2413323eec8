/** Starting and stopping tasks, with what must be written down before and after. */

import type { RunTaskRequest, Task } from '@aws-sdk/client-ecs'
import { EcsError, isEcs, isThrottled } from '../ecs/errors.ts'
import { requestOf } from '../engine/overlay.ts'
import type { Act } from './flavor.ts'
import { hash, type RunRecord, recordTag, surplus } from './record.ts'
import { taskRules } from './rules/task.ts'
import { runName, runTag } from './runNames.ts'
import {
  counting,
  countOf,
  isAskedAgain,
  isRecorded,
  isUp,
  keptRunning,
  type LiveTask,
  type Memo,
  sort,
  type TaskParticle,
} from './runs.ts'
import { nameOf, vocabulary } from './vocabulary.ts'

/** How many tokens one start may go through: each is one run that never started, or one count that was raised. */
const mostTokens = 20

/** A look that knows what is to run. */
export type Known = LiveTask & { readonly digest: string }

export async function startKept(particle: TaskParticle, live: Known, act: Act): Promise<Memo> {
  // Started again for each that has stopped: what has stopped makes the token.
  const turn = live.runs.filter(run => !isUp(run)).map(({ taskArn }) => taskArn)
  const token = (n: number) => hash([live.digest, act.environment, turn, n])
  const up = { ...live, runs: live.runs.filter(isUp) }
  return launch(particle, up, { name: runName(particle, act.environment, live.digest, 0), first: 0, token }, act)
}

export async function startJob(particle: TaskParticle, live: Known, act: Act): Promise<Memo> {
  const asked = isAskedAgain(live)
  const attempt = live.attempt + (asked ? 1 : 0)
  const open = !asked && live.record?.status === 'intent' ? live.record : undefined
  // A token that ECS is known to have started nothing with is not used again: it would be answered with that nothing.
  const first = asked || !live.record ? 0 : open ? open.token : live.record.token + 1
  let record: RunRecord | undefined
  const runs = asked ? [] : live.runs
  const start = {
    name: runName(particle, act.environment, live.digest, attempt),
    first,
    // Whoever asks with this token gets the same run, from whatever machine and environment.
    token: (n: number) => hash([live.digest, attempt, n]),
    // Before anything runs: a run that nobody could remember must not begin.
    before: async (n: number) => {
      if (!isRecorded(particle)) return
      // An intent that is taken up keeps its time: how long ECS remembers its token counts from there.
      record = open && n === open.token ? open : intent(live, attempt, n, act)
      if (record !== open) await remember(live, record, act)
    },
    refused: async () => {
      if (record) await remember(live, { ...record, status: 'refused' }, act)
    },
  }
  const memo = await launch(particle, { ...live, runs }, start, act)
  return { ...memo, ...(record && { record }) }
}

const intent = (live: LiveTask, attempt: number, token: number, act: Act): RunRecord => ({
  status: 'intent',
  at: seconds(act),
  attempt,
  token,
  ...(live.signature && { claim: live.signature }),
})

interface Launch {
  readonly name: string
  /** The token to begin with. */
  readonly first: number
  token(n: number): string
  before?(n: number): Promise<void>
  refused?(): Promise<void>
}

/**
 * Calls RunTask until there is as much as is asked for. A token that was used before is answered with the tasks that it
 * started then; the next token makes up what is missing still.
 */
async function launch(
  particle: TaskParticle,
  live: Pick<LiveTask, 'runs' | 'essential'>,
  { name, first, token, before, refused }: Launch,
  act: Act,
): Promise<Memo> {
  const { taskName: _name, stopReason: _reason, ...stated } = particle.definition
  const asked: RunTaskRequest = requestOf(stated, { schema: vocabulary.ecs_task.model, rules: taskRules })
  const known = new Map(live.runs.map(run => [run.taskArn ?? '', run]))
  const now = () => ({ runs: [...known.values()], essential: live.essential })
  const missing = () => {
    const { running, succeeded } = sort(now())
    return countOf(particle) - running.length - (keptRunning(particle) ? 0 : succeeded.length)
  }
  let words: readonly string[] = []
  for (let n = first; n < first + mostTokens && missing() > 0 && words.length === 0; n++) {
    await before?.(n)
    const input = {
      ...asked,
      count: missing(),
      startedBy: asked.startedBy ?? name,
      clientToken: token(n),
      ...(asked.startedBy !== undefined && { tags: [...(asked.tags ?? []), { key: runTag, value: name }] }),
    }
    const answer = await runTask(input, act).catch(async error => {
      if (isNo(error)) await refused?.().catch(() => {})
      throw error
    })
    // What was seen may be newer than what the token is answered with.
    for (const run of answer.tasks) if (!known.has(run.taskArn ?? '')) known.set(run.taskArn ?? '', run)
    words = answer.failures
    if (sort(now()).failed.length > 0 && !keptRunning(particle)) break
  }
  return { arns: counting(particle, now()).map(({ taskArn = '' }) => taskArn), failures: words }
}

/** ECS said no, and nothing runs for it. */
const isNo = (error: unknown): boolean => error instanceof EcsError && !error.unsure && !isThrottled(error)

/** The tasks that a token stands for, whether it was used just now or before. Throws where ECS started nothing. */
async function runTask(
  input: RunTaskRequest,
  act: Act,
): Promise<{ readonly tasks: readonly Task[]; readonly failures: readonly string[] }> {
  try {
    const { tasks = [], failures = [] } = await act.ecs.call('RunTask', input)
    const words = failures.map(({ reason, detail, arn }) =>
      [reason, detail, arn && nameOf(arn)].filter(Boolean).join(' '),
    )
    if (tasks.length > 0) return { tasks, failures: words }
    const said = words.join('; ') || 'ECS gives no reason'
    const code = failures[0]?.reason ?? 'Failure'
    throw new EcsError('RunTask', code, said, `ECS started nothing: ${said}; the next apply tries again`, false)
  } catch (error) {
    // The token was used before, with other words: by another revision that says the same, or for another count.
    if (!isEcs(error, 'ConflictException') || error.resourceIds.length === 0) throw error
    const seen = new Map((await act.ecs.tasks(input.cluster ?? 'default', error.resourceIds)).map(t => [t.taskArn, t]))
    // One that is not to be seen yet is on its way.
    const tasks = error.resourceIds.map(arn => seen.get(arn) ?? { taskArn: arn, lastStatus: 'PROVISIONING' })
    return { tasks, failures: [] }
  }
}

export async function stop({ definition }: TaskParticle, tasks: readonly Task[], { ecs }: Act): Promise<void> {
  const cluster = definition.cluster ?? 'default'
  const reason = definition.stopReason || 'PCF default stop action'
  for (const { taskArn } of tasks) await ecs.call('StopTask', { cluster, task: taskArn, reason })
}

export const seconds = ({ clock }: Act): number => Math.floor(clock.now() / 1000)

export async function remember(live: LiveTask, record: RunRecord, { ecs }: Act): Promise<void> {
  const { digest, holder } = live
  if (!holder || !digest) throw new Error('there is no task definition revision to record the run on')
  const tooMany = surplus(digest, holder.tags, holder.declared)
  try {
    if (tooMany.length > 0) await ecs.call('UntagResource', { resourceArn: holder.arn, tagKeys: tooMany })
    await ecs.call('TagResource', { resourceArn: holder.arn, tags: [recordTag(digest, record)] })
  } catch (error) {
    if (!(error instanceof EcsError)) throw error
    throw new EcsError(
      error.call,
      error.code,
      error.said,
      `the run cannot be recorded on ${nameOf(holder.arn)}, ${record.status === 'intent' ? 'so nothing was started' : `so its outcome (${record.status}) is not remembered`}: ${error.message}; allow it, or set custom_config.record: false if an hour's memory is enough`,
      error.unsure,
    )
  }
}
