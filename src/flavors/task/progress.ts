/** Judges a run: the state that a plan sees, and how far a transition is. Pure. */

import type { Task } from '@aws-sdk/client-ecs'
import { changeAt, type FoundChange } from '../../compare/change.ts'
import type { ReportStep } from '../../engine/document.ts'
import type { Diagnosis } from '../../engine/failure.ts'
import type { Observed, Progress } from '../../engine/flavor.ts'
import type { Remedy } from '../../engine/remedy.ts'
import { nameOf } from '../../schema/arn.ts'
import { untrusted } from '../../untrusted.ts'
import { oneOrMany, plural } from '../../wording.ts'
import { counted, definitionOf, diagnoseStopped, summarizeStopped } from '../containers.ts'
import { isOf, isOfKept, repositoryTag } from './naming.ts'
import { lackedCapacity, outcome } from './outcome.ts'
import {
  arnsOf,
  countOf,
  isAssumed,
  isOutcomeUnknown,
  isRecorded,
  isUp,
  judgedRuns,
  keptRunning,
  type LiveTask,
  type Memo,
  runsAgain,
  runsByOutcome,
  type TaskParticle,
} from './runs.ts'

/** The state of tasks that are kept running. */
export function observeKept(particle: TaskParticle, live: LiveTask): Observed {
  const up = live.runs.filter(isUp)
  if (up.length < countOf(particle)) {
    if (up.length === 0 && live.outdated.length > 0 && particle.persistOnUpdate) return { state: 'running' }
    if (up.length > 0) return { state: 'pending', incomplete: true }
    return { state: live.runs.length > 0 ? 'stopped' : 'terminated' }
  }
  const starting = up.find(({ lastStatus }) => lastStatus !== 'RUNNING')
  if (starting) return { state: 'pending', unsettled: true, why: `the task is ${starting.lastStatus}` }
  return { state: 'running' }
}

/** A step in the plan, so that a reviewer sees what is recorded. */
const unsettled = (why: string): Observed => ({ state: 'stopped', unsettled: true, why })

const failed = (why: string): Observed => ({ state: 'stopped', failed: true, why })

/** The state of a job, which runs once. */
export function observeJob(particle: TaskParticle, live: LiveTask): Observed {
  const { running, succeeded, failed: failures } = runsByOutcome(live)
  const { record } = live
  const enough = running.length + succeeded.length >= countOf(particle)
  const hasFailed = failures.length > 0 || record?.status === 'failed'
  if (running.length > 0) {
    // One failed task fails the job; and no task is added while the outcome of the last start is unknown.
    if (!enough && !hasFailed && !isOutcomeUnknown(particle, live)) return { state: 'pending', incomplete: true }
    return { state: 'pending', unsettled: true, why: `its task is ${running[0]?.lastStatus}` }
  }
  // Before `retry-tasks`: a workflow that is run again has the same inputs.
  if (record?.status === 'done') {
    if (live.isVanishing) return unsettled('it has succeeded, and the revision with its record is being deleted')
    const isSettled = isAssumed(particle) || live.assumed.size === 0
    return isSettled ? doneJob(live) : unsettled('custom_config.assume is taken out')
  }
  if (isAssumed(particle)) return unsettled('custom_config.assume says that it is done')
  if (runsAgain(particle, live) && (hasFailed || !enough)) return { state: 'terminated' }
  if (hasFailed) return failedJob(particle, live, failures)
  if (enough) {
    if (isRecorded(particle)) return unsettled('it has succeeded, which is not on record yet')
    // The comparison refuses more tasks than the count.
    return succeeded.length > countOf(particle) ? unsettled('too many have succeeded') : doneJob(live)
  }
  const unknown = unknownOutcome(particle, live)
  return unknown === undefined ? { state: 'terminated' } : failed(`whether it ran is unknown: ${unknown}`)
}

const doneJob = (live: LiveTask): Observed => ({
  state: 'stopped',
  done: true,
  ...(live.requested && {
    why: 'it has succeeded, so retry-tasks does not run it again; raise custom_config.retry to run it once more',
  }),
})

function failedJob(particle: TaskParticle, { record }: LiveTask, failures: readonly Task[]): Observed {
  if (isRecorded(particle) && record?.status !== 'failed') return unsettled('it has failed, which is not on record yet')
  // Without tasks only the record is left: ECS has forgotten them.
  const [words] = summarizeStopped(failures)
  return failed(
    `its last run failed${words ? `: ${words}` : ''}; change what it runs, raise custom_config.retry, or name ${particle.id} in retry-tasks`,
  )
}

/** Why the outcome of a job is unknown, and what a person can do; undefined where it is known. */
function unknownOutcome(particle: TaskParticle, live: LiveTask): string | undefined {
  const { record, uncertain } = live
  const remedy = `find out, then set custom_config.assume: done, or name ${particle.id} in retry-tasks to run it`
  if (record && isOutcomeUnknown(particle, live)) {
    const found = judgedRuns(particle, live).length
    const trace = found > 0 ? `shows ${found} of its ${plural(countOf(particle), 'task')} only` : 'has no trace of it'
    const why =
      record.at > 0
        ? `its start was recorded at ${new Date(record.at * 1000).toISOString()} and ECS ${trace}`
        : 'what was recorded of it is lost with a deleted revision'
    return `${why}; ${remedy} again`
  }
  const mayHaveRun = (!record || record.status === 'refused') && live.runs.length === 0
  return uncertain && mayHaveRun ? `${uncertain}; ${remedy}` : undefined
}

/** Outdated tasks stop, which is a change with a separate claim. Revisions and counts are in no claim. */
export function outdatedStops({ outdated }: LiveTask): { changes: FoundChange[]; risks: string[] } {
  if (outdated.length === 0) return { changes: [], risks: [] }
  const revisions = [...new Set(outdated.map(({ taskDefinitionArn = '' }) => nameOf(taskDefinitionArn)))].sort()
  const change = changeAt(['earlierTasks'], { before: 'running', after: 'stopped', reviewedApart: true })
  const risk = `${plural(outdated.length, 'task')} of its earlier definition (${revisions.join(', ')}) ${oneOrMany(outdated.length, 'stops', 'stop')} when the new one runs`
  return { changes: [change], risks: [risk] }
}

/** Warnings in every plan about tasks that are left running: unowned ones, and those that the manifest keeps. */
export function unownedWarnings(particle: TaskParticle, { unowned, repository }: LiveTask): Pick<Observed, 'warnings'> {
  const { id } = particle
  const ours = unowned.filter(task => isOf(repository, task))
  const others = unowned.filter(task => !ours.includes(task))
  const why =
    repository === undefined
      ? 'this run does not know its repository (neither the event nor GITHUB_REPOSITORY_ID names its id)'
      : `${oneOrMany(others.length, 'it does not carry', 'not one of them carries')} the tag ${repositoryTag} of this repository (${repository})`
  const isJob = particle.desired === 'running' && !keptRunning(particle)
  const former = isJob ? ours.filter(task => isOfKept(task, particle)) : []
  const whyKept = isJob ? 'what a job ran before it changed ends by itself' : 'persist_on_termination keeps it'
  const kept = ours.filter(task => !former.includes(task))
  const warnings = [
    ...leftAlone(id, others, why),
    ...leftAlone(id, former, 'no job stops what was kept running before it was a job'),
    ...leftAlone(id, kept, whyKept),
  ]
  return warnings.length > 0 ? { warnings } : {}
}

function leftAlone(id: string, tasks: readonly Task[], why: string): string[] {
  if (tasks.length === 0) return []
  const ids = arnsOf(tasks).map(nameOf).sort()
  const shown = ids.length > 5 ? `${ids.slice(0, 5).join(', ')} and ${ids.length - 5} more` : ids.join(', ')
  return [
    `${id}: ${plural(tasks.length, 'running task')} called like its own (${shown}) and left alone, because ${why}; stop by hand what is not needed`,
  ]
}

/** ECS has started some of the tasks, and will not start the others. */
const startedInPart = ({ failures }: Memo): Diagnosis => ({
  code: 'NotStarted',
  happened: 'was started in part only',
  cause: untrusted(failures.join('; ')),
  remedy: { kind: 'rerun', fix: { kind: 'placement' } },
})

/** Progress of a task that is kept running: settled while all of its tasks are RUNNING. */
export function keptRunProgress({ parents }: TaskParticle, runs: readonly Task[], memo: Memo): Progress {
  const stopped = runs.filter(run => !isUp(run))
  const task = reported(runs)
  if (stopped.length > 0) {
    const definition = definitionOf(parents)
    const { cause, fix, details } = diagnoseStopped(stopped, { definition })
    const remedy: Remedy = { kind: 'rerun', fix: fix ?? { kind: 'change', ...(definition && { in: definition }) } }
    const failure = { happened: 'stopped instead of running', brief: 'stopped', cause, details, remedy }
    return { is: 'failed', failure, task }
  }
  const starting = runs.find(({ lastStatus }) => lastStatus !== 'RUNNING')
  if (starting) return { is: 'moving', because: `the task is ${starting.lastStatus}`, near: true }
  if (memo.failures.length > 0) return { is: 'failed', failure: startedInPart(memo), task }
  return { is: 'settled', because: `${plural(runs.length, 'task')} running`, task }
}

/** Progress of a job: settled once all of its tasks have ended with exit code 0. */
export function jobProgress(
  particle: TaskParticle,
  runs: readonly Task[],
  essential: readonly string[],
  memo: Memo,
): Progress {
  if (memo.recorded) return { is: 'settled', because: 'on record, and nothing ran' }
  const running = runs.filter(({ lastStatus }) => lastStatus !== 'STOPPED')
  if (running.length > 0) {
    // On its way out, a task has its exit code already.
    const near = running.every(({ desiredStatus }) => desiredStatus === 'STOPPED')
    return { is: 'moving', because: `the task is ${running[0]?.lastStatus}`, near }
  }
  const bad = runs.filter(run => outcome(run, essential) !== 'succeeded')
  const task = reported(runs)
  if (bad.length > 0) return { is: 'failed', failure: jobFailure(particle, bad, essential), task }
  if (memo.failures.length > 0) return { is: 'failed', failure: startedInPart(memo), task }
  return { is: 'settled', because: 'exit code 0', task }
}

/** Why a job's tasks did not succeed: one that ran decides for all. */
function jobFailure({ parents }: TaskParticle, bad: readonly Task[], essential: readonly string[]): Diagnosis {
  const ran = bad.filter(run => outcome(run, essential) === 'failed')
  const diagnosis = diagnoseStopped(ran.length > 0 ? ran : bad, { essential, definition: definitionOf(parents) })
  const details = ran.length > 0 && ran.length < bad.length ? summarizeStopped(bad) : diagnosis.details
  if (ran.length === 0) {
    const fix =
      diagnosis.fix ?? (bad.some(run => lackedCapacity(run, essential)) ? { kind: 'capacity' as const } : undefined)
    return { code: 'NotStarted', cause: diagnosis.cause, details, remedy: { kind: 'rerun', ...(fix && { fix }) } }
  }
  const ended = ran.flatMap(({ containers }) => counted(containers, essential))
  const codes = [...new Set(ended.flatMap(({ exitCode }) => exitCode || []))]
  return {
    code: 'JobFailed',
    ...(codes.length > 0 && { brief: `exit code ${codes.join(', ')}` }),
    cause: diagnosis.cause,
    details,
    remedy: { kind: 'job', ...(diagnosis.fix && { fix: diagnosis.fix }) },
  }
}

/** For the report: one map of exit codes for each ARN, empty while no container has ended. */
const reported = (runs: readonly Task[]): NonNullable<ReportStep['task']> => ({
  arns: arnsOf(runs),
  exitCodes: runs.map(({ containers = [] }) =>
    Object.fromEntries(
      containers.flatMap(({ name, exitCode }) => (exitCode === undefined ? [] : [[name ?? '', exitCode]])),
    ),
  ),
})
