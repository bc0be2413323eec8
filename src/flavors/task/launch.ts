/** Starting and stopping tasks, with what must be written down before and after. */

import type { RunTaskRequest, Tag, Task } from '@aws-sdk/client-ecs'
import { requestOf } from '../../compare/merge.ts'
import { EcsError } from '../../ecs/errors.ts'
import type { TransitionContext } from '../../engine/flavor.ts'
import { resourceName } from '../../schema/address.ts'
import { plural } from '../containers.ts'
import { hash, type RunRecord, recordsIn } from '../record/record.ts'
import { holderFor } from '../record/write.ts'
import { clearAssumed } from './assume.ts'
import { lackedCapacity, outcome } from './outcome.ts'
import { remember, seconds } from './remember.ts'
import { taskRules } from './rules.ts'
import { isNamed, repositoryTag, runName, runTag } from './runNames.ts'
import {
  counting,
  countOf,
  isAskedAgain,
  isRecorded,
  isUp,
  keptRunning,
  type LiveTask,
  type Memo,
  type TaskParticle,
} from './runs.ts'
import { passes, placed, placementFailures, runTask, startedNothing, visible } from './runTask.ts'
import { vocabulary } from './vocabulary.ts'

/** How many tokens one start may go through: each is one run that never started, or one count that was raised. */
const mostTokens = 20

/** Milliseconds until ECS is asked for capacity again: the first time, and the longest. */
const firstBackoff = 5_000
const longestBackoff = 60_000

/** A look that knows what is to run. */
export type DigestedTask = LiveTask & { readonly digest: string }

export async function startKept(particle: TaskParticle, live: DigestedTask, context: TransitionContext): Promise<Memo> {
  // Started again for each that has stopped: what has stopped makes the token.
  const turn = live.runs.filter(run => !isUp(run)).map(({ taskArn }) => taskArn)
  const token = (n: number) => hash([live.digest, context.environment, turn, n])
  const up = { ...live, runs: live.runs.filter(isUp) }
  const name = runName(particle, context.environment, live.digest, 0)
  const memo = await launch(particle, up, { name, first: 0, token }, context)
  return { ...memo, stops: live.others.map(({ taskArn = '' }) => taskArn) }
}

export async function startJob(particle: TaskParticle, live: DigestedTask, context: TransitionContext): Promise<Memo> {
  const asked = isAskedAgain(live)
  const attempt = live.attempt + (asked ? 1 : 0)
  const open = !asked && live.record?.status === 'intent' ? live.record : undefined
  // A token that ECS is known to have started nothing with is not used again: it would be answered with that nothing.
  const first = asked || !live.record ? 0 : open ? open.token : live.record.token + 1
  let record: RunRecord | undefined
  const runs = asked ? [] : live.runs
  await clearAssumed(live, context)
  const start = {
    name: runName(particle, context.environment, live.digest, attempt),
    first,
    // Whoever asks with this token gets the same run, from whatever machine and environment.
    token: (n: number) => hash([live.digest, attempt, n]),
    ...(isRecorded(particle) && {
      written: {
        // Before anything runs: a run that nobody could remember must not begin.
        async before(n: number) {
          // An intent that is taken up keeps its time: how long ECS remembers its token counts from there.
          record = open && n === open.token ? open : intent(live, attempt, n, context)
          if (record !== open) await remember(live, record, context)
        },
        async refused() {
          if (record) await remember(live, { ...record, status: 'refused' }, context)
        },
        next: (n: number) => nextToken(live, attempt, n, context),
      },
    }),
  }
  const memo = await launch(particle, { ...live, runs }, start, context)
  return { ...memo, ...(record && { record }) }
}

const intent = (live: LiveTask, attempt: number, token: number, context: TransitionContext): RunRecord => ({
  status: 'intent',
  at: seconds(context),
  attempt,
  token,
  ...(live.signature && { claim: live.signature }),
})

/** The token after one that ECS started nothing with, as the record has it by now: another apply may be at the same run. */
async function nextToken(
  { digest = '', holder }: LiveTask,
  attempt: number,
  n: number,
  { ecs }: TransitionContext,
): Promise<number> {
  const arn = holder && holderFor(holder.record)?.arn
  const revision = arn === undefined ? undefined : await ecs.taskDefinition(resourceName(arn))
  const record = recordsIn(revision?.tags ?? []).get(digest)
  if (!record) return n + 1
  if (record.attempt !== attempt || record.status === 'done' || record.status === 'failed')
    throw new Error('another apply has taken this run over meanwhile; see what came of it, and apply again')
  return record.status === 'intent' ? Math.max(n, record.token) : Math.max(n, record.token) + 1
}

interface Launch {
  readonly name: string
  /** The token to begin with. */
  readonly first: number
  token(n: number): string
  /** What is written down of each try. Without it the token alone keeps two tries from being two runs. */
  readonly written?: {
    before(n: number): Promise<void>
    /** ECS started nothing with the token. */
    refused(): Promise<void>
    next(n: number): Promise<number>
  }
}

/**
 * Calls RunTask until there is as much as is asked for. A token that was used before is answered with the tasks that it
 * started then; the next token makes up what is missing still. What ECS has no capacity for is asked for again until the
 * step's time is up.
 */
async function launch(
  particle: TaskParticle,
  { runs, essential }: Pick<LiveTask, 'runs' | 'essential'>,
  { name, first, token, written }: Launch,
  context: TransitionContext,
): Promise<Memo> {
  const { taskName: _name, stopReason: _reason, ...definition } = particle.definition
  const stated: RunTaskRequest = requestOf(definition, { schema: vocabulary.model, rules: taskRules })
  const cluster = stated.cluster ?? 'default'
  const startedBy = stated.startedBy ?? name
  const known = new Map(runs.map(run => [run.taskArn ?? '', run]))
  const see = (tasks: readonly Task[]) => tasks.forEach(task => void known.set(task.taskArn ?? '', task))
  const now = () => ({ runs: [...known.values()], essential })
  const missing = () => countOf(particle) - counting(particle, now()).length
  // Those that ran when they were started, and must not have stopped by the end.
  const begun = new Set<string>()
  let failures: readonly string[] = []
  let backoff = firstBackoff
  let n = first
  for (let used = 0; used < mostTokens && missing() > 0; ) {
    await written?.before(n)
    const input: RunTaskRequest = {
      ...stated,
      count: missing(),
      startedBy,
      clientToken: token(n),
      ...tagsOf(stated.tags, stated.startedBy !== undefined ? name : undefined, context.repository),
    }
    const answer = await runTask(input, context).catch(async (error: unknown) => {
      if (startedNothing(error)) await written?.refused().catch(() => {})
      throw error
    })
    // What was seen may be newer than what the token is answered with.
    const fresh = answer.tasks.filter(({ taskArn = '' }) => !known.has(taskArn))
    for (const { taskArn = '', lastStatus } of fresh) if (lastStatus !== 'STOPPED') begun.add(taskArn)
    const seen = await placed(cluster, fresh, context)
    see(seen)
    if (counting(particle, now()).some(task => outcome(task, essential) === 'failed')) break
    const without = seen.filter(task => lackedCapacity(task, essential))
    const lacking = [...answer.failures, ...without.map(({ stoppedReason = '' }) => ({ reason: stoppedReason }))]
    if (lacking.length === 0) {
      n++
      used++
      continue
    }
    const nothing = without.length === answer.tasks.length
    if (nothing) await written?.refused()
    if (!passes(lacking)) {
      if (nothing) throw refusal(placementFailures(lacking), lacking[0]?.reason)
      failures = placementFailures(lacking)
      break
    }
    await wait(
      `${plural(missing(), 'task')} without capacity: ${placementFailures(lacking).join('; ')}`,
      backoff,
      context,
    )
    backoff = Math.min(backoff * 1.5, longestBackoff)
    // A process that dies with the next intent written leaves it to the next to count what was started before.
    if (!nothing) await visible(cluster, answer.tasks, context)
    // Whoever else is at the same run may have started it meanwhile, and what was started may have ended.
    const [listed, mine] = await Promise.all([
      context.ecs.tasksStartedBy(cluster, startedBy),
      context.ecs.tasks(cluster, [...known.keys()]),
    ])
    see([...listed.filter(task => isNamed(task, particle, name)), ...mine])
    if (hasFallen(particle, now(), begun)) break
    // A token that started something is used up. One that started nothing is used again where nothing is written down: a
    // process that dies begins with the first token again, and must be answered with what that has started.
    if (written && nothing) n = await written.next(n)
    else if (answer.tasks.length > 0) n++
  }
  const arns = new Set(counting(particle, now()).map(({ taskArn = '' }) => taskArn))
  if (keptRunning(particle)) for (const arn of begun) if (isFallen(known.get(arn), essential)) arns.add(arn)
  return { arns: [...arns], failures }
}

const isFallen = (task: Task | undefined, essential: readonly string[]): boolean =>
  task !== undefined && !isUp(task) && !lackedCapacity(task, essential)

/** A job's task has failed, or one that is to be kept running has stopped: more of them is no remedy. */
function hasFallen(
  particle: TaskParticle,
  { runs, essential }: Pick<LiveTask, 'runs' | 'essential'>,
  begun: ReadonlySet<string>,
): boolean {
  return keptRunning(particle)
    ? runs.some(task => begun.has(task.taskArn ?? '') && isFallen(task, essential))
    : runs.some(task => outcome(task, essential) === 'failed')
}

function refusal(words: readonly string[], code = 'Failure'): EcsError {
  const said = words.join('; ')
  const remedy = 'waiting does not help: change what the task asks for, or what its cluster has, and apply again'
  return new EcsError('RunTask', code, said, `ECS started nothing: ${said}; ${remedy}`, false)
}

async function wait(why: string, milliseconds: number, context: TransitionContext): Promise<void> {
  context.say(`${why}; asked again every ${Math.round(milliseconds / 1000)} s or so`)
  await context.pause(milliseconds)
}

/** A task's own tags, and ours: which run it is where `startedBy` does not say, and which repository's it is. */
function tagsOf(stated: readonly Tag[] = [], run: string | undefined, repository: string | undefined) {
  const tags = [
    ...stated,
    ...(run === undefined ? [] : [{ key: runTag, value: run }]),
    ...(repository === undefined ? [] : [{ key: repositoryTag, value: repository }]),
  ]
  return tags.length > 0 ? { tags } : {}
}

export async function stop(
  { definition }: TaskParticle,
  arns: readonly string[],
  { ecs }: Pick<TransitionContext, 'ecs'>,
): Promise<void> {
  const cluster = definition.cluster ?? 'default'
  const reason = definition.stopReason ?? 'PCF default stop action'
  for (const task of arns) await ecs.call('StopTask', { cluster, task, reason })
}
