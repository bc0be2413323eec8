import type { Container, RegisterTaskDefinitionRequest, RunTaskRequest, Tag, Task } from '@aws-sdk/client-ecs'
import { EcsError, isEcs, isThrottled } from '../ecs/errors.ts'
import { describe } from '../engine/compare.ts'
import type { Particle } from '../particle.ts'
import { stopping, summarizeStopped } from './containers.ts'
import {
  inHand,
  type LiveTaskDefinition,
  memories,
  type Revision,
  rememberedBefore,
  request,
  type TaskDefinitionDefinition,
} from './ecs_task_definition.ts'
import type { Act, Flavor, Observed, Surroundings, Verdict } from './flavor.ts'
import { hash, hasRunBefore, type RunRecord, recordOf, recordTag, runDigest, surplus } from './record.ts'
import { taskRules } from './rules/task.ts'
import { liveTaskDefinition } from './rules/taskDefinition.ts'
import { ownTagPrefix } from './tags.ts'
import { nameOf, vocabulary } from './vocabulary.ts'

const words = vocabulary.ecs_task

/** What RunTask takes, with this tool's name for the run and PCF's reason for stopping it. */
export type TaskDefinition = RunTaskRequest & { readonly taskName?: string; readonly stopReason?: string }

/** A run as it is found in AWS: its tasks by `startedBy`, and what is remembered of it. */
export interface LiveTask {
  /** Names what is to run; undefined while its definition is known only after apply. */
  readonly digest?: string
  /** Tasks of exactly this run, running or stopped within about an hour. */
  readonly runs: readonly Task[]
  /** Running tasks of this particle that run something else: an earlier definition. */
  readonly others: readonly Task[]
  /** Containers whose end counts. */
  readonly essential: readonly string[]
  readonly record?: RunRecord
  /** Counted up by `retry-tasks`. */
  readonly attempt: number
  /** The revision that holds the record. */
  readonly holder?: Holder
  /** The inputs ask for another run. */
  readonly asked: boolean
  /** Names what is stated, release variables aside. */
  readonly signature?: string
  /** The same has succeeded before with other values of release variables. */
  readonly knownRelease: boolean
  /** Milliseconds since 1970, when it was looked at. */
  readonly at: number
}

/** A revision that remembers runs, and whose record must stay there: those of all declared jobs. */
interface Holder {
  readonly arn: string
  readonly tags: readonly Tag[]
  readonly declared: readonly string[]
}

/** The tasks that a transition started or found under way. */
export interface Memo {
  /** Those that it started, and those that were there and count. */
  readonly arns: readonly string[]
  /** What ECS did not start, in its words. */
  readonly failures: readonly string[]
  /** What is remembered of the attempt, to be concluded with its outcome. */
  readonly record?: RunRecord
}

type TaskParticle = Particle<TaskDefinition>

/** An intent that is younger is taken up again with its own token, which ECS remembers longer than that. */
const takenUp = 45 * 60

/** A started task may be MISSING for a moment. */
const notVisibleYet = 30_000

/** Seconds by which the runner's clock and ECS's may differ. */
const skew = 5 * 60

/** How many tokens one start may go through: each is one run that never started, or one count that was raised. */
const mostTokens = 20

/** Attempts of a run without a record that are looked for among ECS's tasks. */
const mostAttempts = 20

const keptRunning = ({ options }: TaskParticle): boolean => options.wait === 'running'

const isRecorded = (particle: TaskParticle): boolean => !keptRunning(particle) && particle.options.record !== false

const countOf = ({ definition }: TaskParticle): number => definition.count ?? 1

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

/** How a task of a job ended, or that it has not. Only essential containers count: a killed sidecar means nothing. */
function outcome(task: Task, essential: readonly string[]): 'running' | 'succeeded' | 'failed' | 'never started' {
  if (task.lastStatus !== 'STOPPED') return 'running'
  const counts = (task.containers ?? []).filter(({ name }) => essential.length === 0 || essential.includes(name ?? ''))
  if (counts.every(({ exitCode }) => exitCode === undefined) && !hasStarted(task, counts)) return 'never started'
  return counts.length > 0 && counts.every(({ exitCode }) => exitCode === 0) ? 'succeeded' : 'failed'
}

/** A container that was lost with its host has no exit code either, and may have done half its work. */
function hasStarted({ startedAt, stopCode }: Task, counts: readonly Container[]): boolean {
  if (startedAt !== undefined) return true
  return stopCode !== 'TaskFailedToStart' && counts.some(({ runtimeId }) => runtimeId !== undefined)
}

/** A task that is kept running is as good as gone once it was told to stop. */
const isUp = ({ lastStatus, desiredStatus }: Task): boolean => lastStatus !== 'STOPPED' && desiredStatus !== 'STOPPED'

function sort({ runs, essential }: Pick<LiveTask, 'runs' | 'essential'>) {
  const by = (wanted: ReturnType<typeof outcome>) => runs.filter(task => outcome(task, essential) === wanted)
  return {
    running: by('running'),
    succeeded: by('succeeded'),
    failed: by('failed'),
    neverStarted: by('never started'),
  }
}

export const task: Flavor<TaskDefinition, LiveTask, Memo> = {
  ...words,

  read(particle, live) {
    if (!live) return { state: 'terminated' }
    if (particle.desired !== 'running') return readLeaving(live)
    return keptRunning(particle) ? readKept(particle, live) : readJob(particle, live)
  },

  compare(particle, live) {
    const { running, succeeded } = sort(live)
    const have = keptRunning(particle) ? live.runs.filter(isUp).length : running.length + succeeded.length
    if (have <= countOf(particle)) {
      const instead = keptRunning(particle)
        ? 'but kept running: to start it anew, stop it, or change it'
        : 'but still running: it is waited for, and not started again'
      const early = live.asked && running.length > 0
      return { changes: [], ...(early && { warnings: [`${particle.id} is named in retry-tasks, ${instead}`] }) }
    }
    return {
      changes: [],
      problems: [
        {
          at: ['count'],
          message: `${plural(have, 'task')} of this run are running or have succeeded, more than aws_resource.count (${countOf(particle)}); stop what is too much, or raise count`,
        },
      ],
    }
  },

  describe(particle, live, curtain) {
    const { taskName: _name, stopReason: _reason, ...asked } = particle.definition
    const changes = describe(asked, { schema: words.model, rules: taskRules, whole: false, ignore: [], curtain })
    // Run again by a person who names it, or run before but for the values of release variables.
    const ranBefore = live !== undefined && (live.record !== undefined || live.runs.length > 0)
    const sanctioned = (live?.asked && ranBefore) || live?.knownRelease
    return {
      changes,
      ...(sanctioned && { sanctioned }),
      risks: keptRunning(particle)
        ? (live?.others.length ?? 0) > 0
          ? [`${plural(live?.others.length ?? 0, 'task')} of its earlier definition stop when the new one runs`]
          : []
        : [live?.asked ? 'runs once more: retry-tasks names it' : 'runs once'],
    }
  },

  goodbye(_particle, live) {
    const { running } = sort(live)
    return [stopping(running.length + live.others.length)]
  },

  reference: particle => particle.definition.taskName,

  current: (_particle, live) => live?.runs[0] && { ...live.runs[0] },

  resume(particle, live) {
    const arns = live ? counting(particle, live).map(({ taskArn = '' }) => taskArn) : []
    return { arns, failures: [], ...(live?.record && { record: live.record }) }
  },

  settled(particle, live, goal, memo, elapsed) {
    if (goal !== 'running') {
      const left = live ? sort(live).running.length + live.others.length : 0
      return left > 0
        ? { is: 'moving', because: `${plural(left, 'task')} still running` }
        : { is: 'settled', because: 'no task is running' }
    }
    const runs = (live?.runs ?? []).filter(({ taskArn = '' }) => memo.arns.includes(taskArn))
    if (runs.length < memo.arns.length) {
      return elapsed < notVisibleYet
        ? { is: 'moving', because: `${plural(memo.arns.length - runs.length, 'task')} not visible yet` }
        : { is: 'failed', because: 'ECS has no trace of the task that it started' }
    }
    if (keptRunning(particle)) return settledKept(runs)
    if (runs.length === 0 && live?.record?.status !== 'done') {
      return { is: 'failed', because: 'ECS has no trace of its task' }
    }
    return settledJob(runs, live?.essential ?? [], memo)
  },

  async look(particle, around) {
    const parts = await runOf(particle, around)
    const signature = around.releaseSignature
    const base = {
      asked: around.asked,
      at: around.clock.now(),
      essential: parts.essential,
      ...(signature && { signature }),
      knownRelease: signature !== undefined && hasRunBefore(signature, parts.tagLists),
    }
    const holder = parts.holder && { holder: parts.holder }
    const { digest, family } = parts
    if (family === undefined) return { ...base, ...holder, attempt: 0, runs: [], others: [] }
    const cluster = particle.definition.cluster ?? 'default'
    const record = digest !== undefined && isRecorded(particle) ? recordOf(digest, parts.tagLists) : undefined
    // Done is done: there is nothing to look for.
    if (record?.status === 'done' && particle.desired === 'running' && !around.asked) {
      return { ...base, ...holder, ...(digest && { digest }), attempt: record.attempt, runs: [], others: [], record }
    }
    const name = (attempt: number) => runName(particle, around.environment, digest ?? '', attempt)
    // By family where more than one name is looked for: earlier definitions, or attempts that no record counts.
    const byName = digest !== undefined && particle.desired === 'running' && isRecorded(particle)
    const [up, stopped] = await Promise.all([
      byName
        ? around.ecs.tasksStartedBy(cluster, particle.definition.startedBy ?? name(record?.attempt ?? 0))
        : around.ecs.tasksOfFamily(cluster, family, 'RUNNING'),
      particle.desired === 'running' ? around.ecs.tasksOfFamily(cluster, family, 'STOPPED') : [],
    ])
    const all = [...new Map([...up, ...stopped].map(task => [task.taskArn, task])).values()].sort(byAge)
    const named = (attempt: number) => all.filter(task => isNamed(task, particle, name(attempt)))
    const attempt = isRecorded(particle) ? (record?.attempt ?? 0) : lastAttempt(particle, all, name)
    const runs = digest === undefined ? [] : named(attempt)
    const prefix = runPrefix(particle, around.environment)
    const others = up.filter(task => !runs.includes(task) && nameIn(task, particle)?.startsWith(prefix)).sort(byAge)
    return {
      ...base,
      ...holder,
      ...(digest !== undefined && { digest }),
      attempt,
      runs,
      // A job that has changed lets its last run end by itself.
      others: keptRunning(particle) || particle.desired !== 'running' ? others : [],
      ...(record && { record }),
    }
  },

  async watch(particle, live, memo, act) {
    if (!live) return task.look(particle, act)
    const cluster = particle.definition.cluster ?? 'default'
    // What has stopped stays as it was seen: ECS forgets it while its siblings may run for hours.
    const stopped = live.runs.filter(
      ({ taskArn = '', lastStatus }) => lastStatus === 'STOPPED' && memo.arns.includes(taskArn),
    )
    const over = new Set(stopped.map(({ taskArn }) => taskArn))
    const [moving, others] = await Promise.all([
      act.ecs.tasks(
        cluster,
        memo.arns.filter(arn => !over.has(arn)),
      ),
      act.ecs.tasks(
        cluster,
        live.others.map(({ taskArn = '' }) => taskArn),
      ),
    ])
    const runs = [...stopped, ...moving].sort(byAge)
    return { ...live, runs, others: others.filter(({ lastStatus }) => lastStatus !== 'STOPPED') }
  },

  start(particle, live, act) {
    if (!live?.digest) {
      const { taskDefinition } = particle.definition
      const missing = typeof taskDefinition === 'string' ? `: there is no task definition ${taskDefinition}` : ''
      throw new Error(`what it is to run is not known${missing}; register it, or declare it`)
    }
    const known: Known = { ...live, digest: live.digest }
    return keptRunning(particle) ? startKept(particle, known, act) : startJob(particle, known, act)
  },

  update: () => Promise.reject(new Error('a task is never updated: a changed task is a new run')),

  async terminate(particle, live, act) {
    const running = [...sort(live).running, ...live.others]
    await stop(particle, running, act)
    return { arns: running.map(({ taskArn = '' }) => taskArn), failures: [] }
  },

  async conclude(particle, live, memo, verdict, act) {
    if (!live || particle.desired !== 'running') return
    if (keptRunning(particle)) {
      // The new ones run: only now may the earlier ones go.
      if (verdict.is === 'settled') await stop(particle, live.others, act)
      return
    }
    if (!isRecorded(particle)) return
    const seen = new Set(live.runs.map(({ taskArn }) => taskArn))
    // What was not seen to end has not ended: the intent stays, and is asked about again.
    if (memo.arns.length === 0 || !memo.arns.every(arn => seen.has(arn))) return
    const { running, failed, succeeded } = sort(live)
    if (running.length > 0) return
    const status = failed.length > 0 ? 'failed' : succeeded.length >= countOf(particle) ? 'done' : 'refused'
    const known = memo.record ?? { attempt: 0, token: 0, ...(live.signature && { claim: live.signature }) }
    if (status === 'refused' && isUnknown({ ...live, ...(memo.record && { record: memo.record }) })) return
    await remember(live, { ...known, status, at: seconds(act) }, act)
  },

  explain: async (_particle, live) =>
    summarizeStopped((live?.runs ?? []).filter(({ lastStatus }) => lastStatus === 'STOPPED')),
}

function readLeaving(live: LiveTask): Observed {
  return sort(live).running.length + live.others.length > 0 ? { state: 'running' } : { state: 'stopped' }
}

function readKept(particle: TaskParticle, live: LiveTask): Observed {
  const up = live.runs.filter(isUp)
  if (up.length < countOf(particle)) {
    if (up.length > 0) return { state: 'pending', incomplete: true }
    return { state: live.runs.length > 0 ? 'stopped' : 'terminated' }
  }
  const starting = up.filter(({ lastStatus }) => lastStatus !== 'RUNNING')
  if (starting.length > 0) return { state: 'pending', unsettled: true, why: `the task is ${starting[0]?.lastStatus}` }
  if (live.others.length > 0) {
    return {
      state: 'running',
      unsettled: true,
      why: `${plural(live.others.length, 'task')} of its earlier definition still running`,
    }
  }
  return { state: 'running' }
}

/** A start was recorded too long ago to ask ECS about it, and nothing that is to be seen came of it. */
function isUnknown({ record, runs, at }: Pick<LiveTask, 'record' | 'runs' | 'at'>): boolean {
  if (record?.status !== 'intent' || at / 1000 - record.at <= takenUp) return false
  return !runs.some(({ createdAt }) => (createdAt?.getTime() ?? 0) / 1000 >= record.at - skew)
}

/** A person wants another run, and nothing is left of the last one that has to be found out or written down first. */
function isAskedAgain(live: LiveTask): boolean {
  const { failed, running } = sort(live)
  const open = live.record?.status === 'intent' && failed.length === 0 && !isUnknown(live)
  return live.asked && running.length === 0 && !open
}

const doneJob = (live: LiveTask): Observed => ({
  state: 'stopped',
  done: true,
  ...(live.asked && {
    why: 'it has succeeded, so retry-tasks does not run it again; raise custom_config.retry to run it once more',
  }),
})

function readJob(particle: TaskParticle, live: LiveTask): Observed {
  const { running, succeeded, failed } = sort(live)
  const { record } = live
  const enough = running.length + succeeded.length >= countOf(particle)
  const hasFailed = failed.length > 0 || record?.status === 'failed'
  if (running.length > 0) {
    // One that failed decides for all; and nothing is added to a run while it is unknown what came of the last start.
    if (!enough && !hasFailed && !isUnknown(live)) return { state: 'pending', incomplete: true }
    return { state: 'pending', unsettled: true, why: `its task is ${running[0]?.lastStatus}` }
  }
  // Before anything that a person may ask: a workflow that is started again asks again.
  if (particle.options.assume === 'done' || record?.status === 'done') return doneJob(live)
  if (isAskedAgain(live) && (hasFailed || !enough)) return { state: 'terminated' }
  if (hasFailed && isRecorded(particle) && record?.status !== 'failed') {
    return { state: 'stopped', unsettled: true, why: 'it has failed, which is not on record yet' }
  }
  if (hasFailed) {
    // Seen, or remembered: in two hours only the record tells.
    const [words] = summarizeStopped(failed)
    return {
      state: 'stopped',
      failed: true,
      why: `its last run failed${words ? `: ${words}` : ''}; change what it runs, raise custom_config.retry, or name ${particle.id} in retry-tasks`,
    }
  }
  if (enough) {
    if (isRecorded(particle)) {
      return { state: 'stopped', unsettled: true, why: 'it has succeeded, which is not on record yet' }
    }
    // More than were asked for is no mere success: the comparison names it.
    if (succeeded.length > countOf(particle))
      return { state: 'stopped', unsettled: true, why: 'too many have succeeded' }
    return doneJob(live)
  }
  if (record && isUnknown(live)) {
    return {
      state: 'stopped',
      failed: true,
      why: `whether it ran is unknown: its start was recorded at ${new Date(record.at * 1000).toISOString()} and ECS has no trace of it; find out, then set custom_config.assume: done, or name ${particle.id} in retry-tasks to run it again`,
    }
  }
  return { state: 'terminated' }
}

/** Tasks that a run is judged by: one that never started is nobody's outcome. */
function counting(particle: TaskParticle, live: Pick<LiveTask, 'runs' | 'essential'>): readonly Task[] {
  if (keptRunning(particle)) return live.runs.filter(isUp)
  return live.runs.filter(run => outcome(run, live.essential) !== 'never started')
}

function settledKept(runs: readonly Task[]): Verdict {
  const stopped = runs.filter(run => !isUp(run))
  const task = reported(runs)
  if (stopped.length > 0) {
    return {
      is: 'failed',
      because: `${plural(stopped.length, 'task')} stopped instead of running`,
      details: summarizeStopped(stopped),
      task,
    }
  }
  const starting = runs.filter(({ lastStatus }) => lastStatus !== 'RUNNING')
  if (starting.length > 0) return { is: 'moving', because: `the task is ${starting[0]?.lastStatus}` }
  return { is: 'settled', because: `${plural(runs.length, 'task')} running`, task }
}

/** For the report: one map of exit codes per ARN, empty while nothing has ended. */
const reported = (runs: readonly Task[]): NonNullable<Verdict['task']> => ({
  arns: runs.map(({ taskArn = '' }) => taskArn),
  exitCodes: runs.map(run =>
    Object.fromEntries(
      (run.containers ?? []).flatMap(({ name, exitCode }) => (exitCode === undefined ? [] : [[name ?? '', exitCode]])),
    ),
  ),
})

function settledJob(runs: readonly Task[], essential: readonly string[], memo: Memo): Verdict {
  const running = runs.filter(({ lastStatus }) => lastStatus !== 'STOPPED')
  if (running.length > 0) return { is: 'moving', because: `the task is ${running[0]?.lastStatus}` }
  const ended = runs.map(run => outcome(run, essential))
  const report = reported(runs)
  if (ended.includes('failed') || ended.includes('never started')) {
    const bad = runs.filter(run => outcome(run, essential) !== 'succeeded')
    const codes = [...new Set(bad.flatMap(exitCodes(essential)))]
    const because = ended.includes('failed')
      ? `its task failed${codes.length > 0 ? `: exit code ${codes.join(', ')}` : ''}`
      : 'its task never started'
    return { is: 'failed', because, details: summarizeStopped(bad), task: report }
  }
  if (memo.failures.length > 0) {
    return { is: 'failed', because: `ECS did not start all of it: ${memo.failures.join('; ')}`, task: report }
  }
  return { is: 'settled', because: 'exit code 0', task: report }
}

const exitCodes =
  (essential: readonly string[]) =>
  (run: Task): number[] =>
    (run.containers ?? []).flatMap(({ name, exitCode }) =>
      exitCode !== undefined && exitCode !== 0 && (essential.length === 0 || essential.includes(name ?? ''))
        ? [exitCode]
        : [],
    )

const byAge = (one: Task, other: Task): number =>
  (one.createdAt?.getTime() ?? 0) - (other.createdAt?.getTime() ?? 0) ||
  ((one.taskArn ?? '') < (other.taskArn ?? '') ? -1 : 1)

async function stop({ definition }: TaskParticle, tasks: readonly Task[], { ecs }: Act): Promise<void> {
  const cluster = definition.cluster ?? 'default'
  const reason = definition.stopReason ?? 'PCF default stop action'
  for (const { taskArn } of tasks) await ecs.call('StopTask', { cluster, task: taskArn, reason })
}

/** What is to run, and where it is remembered. */
interface Run {
  readonly digest?: string
  readonly family?: string
  readonly essential: readonly string[]
  readonly holder?: Holder
  readonly tagLists: readonly (readonly Tag[])[]
}

async function runOf(particle: TaskParticle, around: Surroundings): Promise<Run> {
  const parentId = particle.parents.find(id => id.startsWith('ecs_task_definition:'))
  const parent = parentId && (around.particle(parentId) as Particle<TaskDefinitionDefinition> | undefined)
  if (parent) {
    const live = (await around.live(parent.id)) as LiveTaskDefinition | undefined
    const hand = inHand(parent, live)
    return {
      ...content(particle, request(parent.definition), parent.options.ignore),
      ...holder(hand, live?.declared),
      tagLists: memories(live),
    }
  }
  const named = particle.definition.taskDefinition
  if (typeof named !== 'string') return { essential: [], tagLists: [] }
  // Somebody else's definition: what it says is what is to run, other revisions are where records may stand too.
  const revision = await around.ecs.taskDefinition(nameOf(named))
  const family = revision?.taskDefinition?.family
  const latest = family && /:\d+$/.test(named) ? await around.ecs.taskDefinition(family) : revision
  if (!revision?.taskDefinition) return { essential: [], tagLists: [] }
  const seen = [revision, ...(latest?.taskDefinition ? [latest] : [])]
  const remembered = isRecorded(particle) && family ? await rememberedBefore(family, seen, around.ecs) : []
  return {
    ...content(particle, liveTaskDefinition(revision), undefined),
    ...holder(revision),
    tagLists: [...seen.map(({ tags }) => tags ?? []), remembered],
  }
}

const holder = (revision: Revision | undefined, declared: readonly string[] = []): Pick<Run, 'holder'> =>
  revision?.taskDefinition?.taskDefinitionArn
    ? { holder: { arn: revision.taskDefinition.taskDefinitionArn, tags: revision.tags ?? [], declared } }
    : {}

/** What is to run, and which of its containers count. */
function content(
  particle: TaskParticle,
  taskDefinition: object,
  ignore?: unknown,
): Pick<Run, 'digest' | 'family' | 'essential'> {
  const { family, containerDefinitions = [] } = taskDefinition as RegisterTaskDefinitionRequest
  const essential = containerDefinitions
    .filter(container => container.essential !== false)
    .map(({ name }) => name ?? '')
  const digest = runDigest(particle, taskDefinition, ignore)
  return { ...(digest && { digest }), ...(family && { family }), essential }
}

/** What one attempt at a run is called: an attempt that a person asked for must not find the tasks of the last one. */
const runKey = (digest: string, attempt: number): string =>
  attempt === 0 ? digest : hash([digest, 'attempt', attempt]).slice(0, 32)

const spelled = (text: string): string => text.replace(/[^A-Za-z0-9_-]/g, '-')

/** The longest prefix that leaves room for a run's key in the 128 characters of startedBy. */
const longestPrefix = 128 - 32 - 1

/**
 * `particles/<environment>/<pcf_name>/`, in the characters that startedBy allows. Names that lose something on the way
 * get a few hex digits in its place: a task of somebody else's must not look like one of ours.
 */
function runPrefix({ name }: TaskParticle, environment: string): string {
  const said = `particles/${spelled(environment)}/${spelled(name)}`
  if (said === `particles/${environment}/${name}` && said.length <= longestPrefix) return `${said}/`
  const mark = `-${hash([environment, name]).slice(0, 8)}`
  return `${said.slice(0, longestPrefix - mark.length)}${mark}/`
}

/** What one attempt at a run is called. */
const runName = (particle: TaskParticle, environment: string, digest: string, attempt: number): string =>
  `${runPrefix(particle, environment)}${runKey(digest, attempt)}`

/** Tasks that run under a manifest's own `startedBy` carry their run's name in this tag. */
const runTag = `${ownTagPrefix}run`

/** The run that a task belongs to, by its name; undefined under a manifest's own `startedBy` without a tag. */
const nameIn = (task: Task, { definition }: TaskParticle): string | undefined =>
  task.startedBy === definition.startedBy ? task.tags?.find(({ key }) => key === runTag)?.value : task.startedBy

function isNamed(task: Task, particle: TaskParticle, name: string): boolean {
  const said = nameIn(task, particle)
  if (said !== undefined) return said === name
  // StopTask takes tags away. Nobody can tell then: at most once is the promise, so it counts as this run.
  return task.startedBy !== undefined && task.startedBy === particle.definition.startedBy
}

/** The newest attempt that there is a task of. */
function lastAttempt(particle: TaskParticle, tasks: readonly Task[], name: (attempt: number) => string): number {
  const names = new Set(tasks.map(task => nameIn(task, particle)))
  for (let attempt = mostAttempts; attempt > 0; attempt--) if (names.has(name(attempt))) return attempt
  return 0
}

const seconds = ({ clock }: Act): number => Math.floor(clock.now() / 1000)

async function remember(live: LiveTask, record: RunRecord, { ecs }: Act): Promise<void> {
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

/** A look that knows what is to run. */
type Known = LiveTask & { readonly digest: string }

async function startKept(particle: TaskParticle, live: Known, act: Act): Promise<Memo> {
  // Started again for each that has stopped: what has stopped makes the token.
  const turn = live.runs.filter(run => !isUp(run)).map(({ taskArn }) => taskArn)
  const token = (n: number) => hash([live.digest, act.environment, turn, n])
  const up = { ...live, runs: live.runs.filter(isUp) }
  return launch(particle, up, { name: runName(particle, act.environment, live.digest, 0), first: 0, token }, act)
}

async function startJob(particle: TaskParticle, live: Known, act: Act): Promise<Memo> {
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
  const { taskName: _name, stopReason: _reason, ...asked } = particle.definition
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
