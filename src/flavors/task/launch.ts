/** Starts and stops tasks, and records each attempt before ECS is called. */

import type { Failure, RunTaskRequest, Task } from '@aws-sdk/client-ecs'
import { backoff } from '../../backoff.ts'
import { creationOf } from '../../compare/merge.ts'
import { durationText } from '../../duration.ts'
import type { TransitionContext } from '../../engine/flavor.ts'
import type { Remedy } from '../../engine/remedy.ts'
import { nameOf } from '../../schema/arn.ts'
import { plural } from '../../wording.ts'
import { hash } from '../record/digest.ts'
import { type RunRecord, recordsIn } from '../record/tags.ts'
import { recordRun, recordTime, revisionToWrite, takenOver } from '../record/write.ts'
import { clearAssumed } from './assume.ts'
import { isCalledFormerly, isNamed, isUnnamed, keptName, runName, tagsOf } from './naming.ts'
import { isCapacity, lackedCapacity, outcome } from './outcome.ts'
import { withPropagatedTags } from './propagatedTags.ts'
import { taskRules } from './rules.ts'
import {
  arnsOf,
  countOf,
  isRecorded,
  isUp,
  judgedRuns,
  keptRunning,
  type LiveTask,
  type Memo,
  runsAgain,
  type TaskParticle,
} from './runs.ts'
import { awaitPlacement, awaitVisible, placementFailures, runTask, startedNothing, startRefusal } from './runTask.ts'
import { vocabulary } from './vocabulary.ts'

/** How many client tokens one start may use: each is a run that never started, or a count that was raised. */
const maxTokens = 20

/** Milliseconds until RunTask is called again for capacity: the first time, and the longest. */
const firstBackoff = 5_000
const longestBackoff = 60_000

/** A described run whose digest is known. */
export type DigestedTask = LiveTask & { readonly digest: string }

/** How the tasks of a start are named, and how its client tokens are made. */
interface Start {
  /** The run's name. */
  readonly name: string
  readonly firstToken: number
  token(n: number): string
  /** Records each attempt. Without a record only the token keeps two attempts from being two runs. */
  readonly record?: AttemptRecord
}

interface AttemptRecord {
  /**
   * Records the start before RunTask: a run that cannot be recorded must not begin.
   *
   * @param since seconds since 1970 of the run's first task, where ECS may forget that one before the others
   */
  intent(token: number, since?: number): Promise<void>
  /** Records after RunTask that ECS started nothing with the token. `isPartial`: tokens before it have started tasks. */
  refused(isPartial: boolean): Promise<void>
  /** The number of the token after one that ECS started nothing with. */
  nextToken(token: number): Promise<number>
}

/** Starts tasks that are kept running. Throws `EcsError`. */
export async function startKept(particle: TaskParticle, live: DigestedTask, context: TransitionContext): Promise<Memo> {
  const { environment } = context
  // The tasks that are replaced make the token, so that each is replaced once: stopped ones, and those of a former name.
  const former = live.outdated.filter(task => isCalledFormerly(task, particle, environment, live.digest))
  const replaced = arnsOf([...live.runs.filter(run => !isUp(run)), ...former])
  const start: Start = {
    name: keptName(particle, environment, live.digest),
    firstToken: 0,
    token: n => hash([live.digest, environment, replaced, n]),
  }
  const memo = await new Launch(particle, { ...live, runs: live.runs.filter(isUp) }, start, context).run()
  return { ...memo, stops: arnsOf(live.outdated) }
}

/** Starts a job. Throws `EcsError`, and Error where another apply has started the same attempt. */
export async function startJob(particle: TaskParticle, live: DigestedTask, context: TransitionContext): Promise<Memo> {
  const again = runsAgain(particle, live)
  const attempt = live.attempt + (again ? 1 : 0)
  const last = again ? undefined : live.record
  const open = last?.status === 'intent' ? last : undefined
  // A token that ECS has started nothing with is answered with nothing again.
  const firstToken = open?.token ?? (last ? last.token + 1 : 0)
  let recorded: RunRecord | undefined
  const write = (record: RunRecord) => recordRun(live.store, live.digest, record, context.ecs)
  const record: AttemptRecord = {
    async intent(token, since = recordTime(context.ecs)) {
      // An intent that is taken up keeps its time, because the lifetime of its token counts from there.
      const isOpen = token === open?.token
      recorded = isOpen ? open : { status: 'intent', at: since, attempt, token, claim: live.signature }
      if (!isOpen) await write(recorded)
    },
    async refused(isPartial) {
      if (!recorded) return
      // A run that has begun in part stays open, with a token that ECS does not know.
      if (isPartial) recorded = { ...recorded, token: recorded.token + 1 }
      await write(isPartial ? recorded : { ...recorded, status: 'refused' })
    },
    nextToken: token => nextToken(live, attempt, token, context),
  }
  await clearAssumed(live, context)
  const start: Start = {
    name: runName(particle, context.environment, live.digest, attempt),
    firstToken,
    // The same name from every runner and environment, so that RunTask starts the run once.
    token: n => hash([live.digest, attempt, n]),
    ...(isRecorded(particle) && { record }),
  }
  const memo = await new Launch(particle, { ...live, runs: again ? [] : live.runs }, start, context).run()
  return { ...memo, record: recorded }
}

/** Reads the record again: another apply may have started the same attempt meanwhile. */
async function nextToken(
  { digest, store }: DigestedTask,
  attempt: number,
  token: number,
  { ecs }: TransitionContext,
): Promise<number> {
  const arn = store && revisionToWrite(store.record)?.arn
  const revision = arn === undefined ? undefined : await ecs.taskDefinition(nameOf(arn))
  const record = recordsIn(revision?.tags ?? []).get(digest)
  if (!record) return token + 1
  if (record.attempt !== attempt || record.status === 'done' || record.status === 'failed') throw takenOver()
  return record.status === 'intent' ? Math.max(token, record.token) : Math.max(token, record.token) + 1
}

/** The outcome of one RunTask call. */
interface CallOutcome {
  readonly tasks: readonly Task[]
  /** Failures of tasks that ECS did not start, or did not place. */
  readonly lacking: readonly Failure[]
  /** No task of the answer was placed. */
  readonly startedNone: boolean
}

/** One start: calls RunTask until `count` tasks run. */
class Launch {
  readonly #particle: TaskParticle
  readonly #start: Start
  readonly #context: TransitionContext
  readonly #request: RunTaskRequest
  readonly #cluster: string
  readonly #startedBy: string
  readonly #essential: readonly string[]
  /** Tasks of the run by ARN, as they were described last. */
  readonly #tasks: Map<string, Task>
  /** ARNs of tasks that this start began. */
  readonly #begun = new Set<string>()

  constructor(
    particle: TaskParticle,
    { runs, essential, revision }: Pick<LiveTask, 'runs' | 'essential' | 'revision'>,
    start: Start,
    context: TransitionContext,
  ) {
    this.#particle = particle
    this.#start = start
    this.#context = context
    const { taskName: _name, stopReason: _reason, ...definition } = particle.definition
    const request = creationOf(definition, { schema: vocabulary.model, rules: taskRules })
    this.#request = revision === undefined ? request : { ...request, taskDefinition: revision }
    this.#cluster = this.#request.cluster ?? 'default'
    this.#startedBy = this.#request.startedBy ?? start.name
    this.#essential = essential
    this.#tasks = new Map(runs.map(run => [run.taskArn ?? '', run]))
  }

  /**
   * RunTask answers a used token with the tasks that it started then; the next token starts the missing ones. Where ECS
   * lacks capacity, RunTask is called again until the step's time is up.
   */
  async run(): Promise<Memo> {
    const { firstToken, record } = this.#start
    let failures: readonly string[] = []
    let token = firstToken
    for (let used = 0, waits = 0; used < maxTokens && this.#missing > 0; ) {
      const { tasks, lacking, startedNone } = await this.#ask(token)
      if (this.#hasFailed) break
      if (lacking.length === 0) {
        token++
        used++
        continue
      }
      if (startedNone) await record?.refused(this.#judged.length > 0)
      const reasons = placementFailures(lacking)
      if (!lacking.some(({ reason }) => isCapacity(reason))) {
        if (startedNone) throw startRefusal(reasons, lacking[0]?.reason)
        failures = reasons
        break
      }
      await this.#waitForCapacity(reasons, backoff(waits++, firstBackoff, longestBackoff))
      // Should this process die after the next intent, the next apply has to find the tasks of this answer.
      if (!startedNone) await awaitVisible(this.#cluster, tasks, this.#context)
      await this.#describe()
      if (this.#hasFailed || this.#fallen.length > 0) break
      // A token that started tasks is used up. Without a record a token that started nothing is used again: another process
      // would begin with the first token, and must be answered with the tasks of that token.
      if (record && startedNone) token = await record.nextToken(token)
      else if (tasks.length > 0) token++
    }
    return { arns: [...new Set([...arnsOf(this.#judged), ...this.#fallen])], failures }
  }

  async #ask(token: number): Promise<CallOutcome> {
    const { name, record } = this.#start
    const context = this.#context
    const request = await withPropagatedTags(this.#request, context.ecs)
    await record?.intent(token, this.#since)
    const input: RunTaskRequest = {
      ...request,
      count: this.#missing,
      startedBy: this.#startedBy,
      clientToken: this.#start.token(token),
      ...tagsOf(request, name, context.repository),
    }
    const answer = await runTask(input, context).catch(async (error: unknown) => {
      if (startedNothing(error)) await record?.refused(this.#judged.length > 0).catch(() => {})
      throw error
    })
    // A known task may have been described since the token was used.
    const fresh = answer.tasks.filter(({ taskArn = '' }) => !this.#tasks.has(taskArn))
    for (const { taskArn = '', lastStatus } of fresh) if (lastStatus !== 'STOPPED') this.#begun.add(taskArn)
    const placed = await awaitPlacement(this.#cluster, fresh, context)
    this.#see(placed)
    const without = placed.filter(task => lackedCapacity(task, this.#essential))
    const lacking = [...answer.failures, ...without.map(({ stoppedReason = '' }) => ({ reason: stoppedReason }))]
    return { tasks: answer.tasks, lacking, startedNone: without.length === answer.tasks.length }
  }

  async #waitForCapacity(reasons: readonly string[], milliseconds: number): Promise<void> {
    const cause = `${plural(this.#missing, 'task')} without capacity: ${reasons.join('; ')}`
    this.#context.say(`${cause}; asked again every ${durationText(milliseconds)} or so`)
    const remedy: Remedy = { kind: 'rerun', fix: { kind: 'capacity' } }
    await this.#context.pause(milliseconds, { brief: 'no capacity', cause, remedy })
  }

  /** Another apply may have started tasks of this run meanwhile, and tasks may have ended. */
  async #describe(): Promise<void> {
    const { ecs } = this.#context
    const [listed, known] = await Promise.all([
      ecs.listedTasks(this.#cluster, { startedBy: this.#startedBy }),
      ecs.tasks(this.#cluster, [...this.#tasks.keys()]),
    ])
    const isRun = (task: Task) => isNamed(task, this.#particle, this.#start.name) || isUnnamed(task, this.#particle)
    this.#see([...listed.filter(isRun), ...known])
  }

  #see(tasks: readonly Task[]): void {
    for (const task of tasks) this.#tasks.set(task.taskArn ?? '', task)
  }

  get #judged(): readonly Task[] {
    return judgedRuns(this.#particle, { runs: [...this.#tasks.values()], essential: this.#essential })
  }

  /** Seconds since 1970 at which the first task of the run was made. */
  get #since(): number | undefined {
    const [first] = this.#judged.flatMap(({ createdAt }) => createdAt?.getTime() ?? []).sort((a, b) => a - b)
    return first && Math.floor(first / 1000)
  }

  get #missing(): number {
    return countOf(this.#particle) - this.#judged.length
  }

  /** A task of a job has failed: more tasks are no remedy. */
  get #hasFailed(): boolean {
    return this.#judged.some(task => outcome(task, this.#essential) === 'failed')
  }

  /** ARNs of tasks that this start began, that were to be kept running, and have stopped: more tasks are no remedy. */
  get #fallen(): readonly string[] {
    if (!keptRunning(this.#particle)) return []
    const begun = [...this.#tasks.values()].filter(({ taskArn = '' }) => this.#begun.has(taskArn))
    return arnsOf(begun.filter(task => !isUp(task) && !lackedCapacity(task, this.#essential)))
  }
}

/** Stops tasks one after the other. Throws `EcsError`. */
export async function stop(
  { definition }: TaskParticle,
  arns: readonly string[],
  { ecs }: TransitionContext,
): Promise<void> {
  const cluster = definition.cluster ?? 'default'
  const reason = definition.stopReason ?? 'PCF default stop action'
  for (const task of arns) await ecs.call('StopTask', { cluster, task, reason })
}
