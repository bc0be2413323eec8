/** What the tasks of one run amount to: how each ended, and what that says of the particle. Pure. */

import type { RunTaskRequest, Task } from '@aws-sdk/client-ecs'
import type { ReportStep } from '../../engine/document.ts'
import type { Diagnosis } from '../../engine/failure.ts'
import type { Observed, Progress } from '../../engine/flavor.ts'
import type { Remedy } from '../../engine/remedy.ts'
import type { Particle } from '../../particle.ts'
import { untrusted } from '../../untrusted.ts'
import { definitionOf, diagnoseStopped, plural, summarizeStopped } from '../containers.ts'
import type { FamilyRecord } from '../record/family.ts'
import type { RunRecord } from '../record/record.ts'
import { lackedCapacity, type Outcome, outcome } from './outcome.ts'

/** What RunTask takes, with this tool's name for the run and PCF's reason for stopping it. */
export type RunDefinition = RunTaskRequest & { readonly taskName?: string; readonly stopReason?: string }

export type TaskParticle = Particle<RunDefinition>

/** Where runs are remembered, and whose records must keep a tag of their own: those of all declared jobs. */
export interface Holder {
  readonly record: FamilyRecord
  readonly declared: readonly string[]
}

/** A run as it is found in AWS: its tasks by `startedBy`, and what is remembered of it. */
export interface LiveTask {
  /** Names what is to run; undefined while its definition is known only after apply. */
  readonly digest?: string
  /** Tasks of exactly this run, running or stopped within about an hour. */
  readonly runs: readonly Task[]
  /** Running tasks that this repository started for this particle, and that run something else: an earlier definition. */
  readonly others: readonly Task[]
  /** Running tasks that are called like this particle's, and that this repository is not known to have started. */
  readonly strangers: readonly Task[]
  /** GitHub's id of this repository, as far as it is known. */
  readonly repository?: string
  /** Containers whose end counts. */
  readonly essential: readonly string[]
  readonly record?: RunRecord
  /** Records of runs of this job that a person said were done, by their digests. */
  readonly assumed: ReadonlyMap<string, RunRecord>
  /** Counted up by `retry-tasks`. */
  readonly attempt: number
  /** Where the record is written. */
  readonly holder?: Holder
  /** Why it may have run although no record was found. */
  readonly uncertain?: string
  /** The inputs ask for another run. */
  readonly asked: boolean
  /** Names what is stated, release variables aside; missing without any, and where a part is known only after apply. */
  readonly signature?: string
  /** A release variable stands in it, and another value of it may run it again without a review. */
  readonly releasable: boolean
  /** The same has succeeded before with other values of release variables. */
  readonly knownRelease: boolean
  /** Milliseconds since 1970 by AWS's clock, when it was looked at. */
  readonly at: number
}

/** The tasks that a transition started or found under way. */
export interface Memo {
  /** Those that it started, and those that were there and count. */
  readonly arns: readonly string[]
  /** What ECS did not start, in its words. */
  readonly failures: readonly string[]
  /** What is remembered of the attempt, to be concluded with its outcome. */
  readonly record?: RunRecord
  /** Tasks that stop once the new ones run: those that the step showed. */
  readonly stops?: readonly string[]
  /** Nothing ran: something was put on record. */
  readonly recorded?: true
}

/** An intent that is younger is taken up again with its own token, which ECS remembers longer than that. */
const takenUp = 45 * 60

/** Seconds by which the times of AWS's own answers may differ, generously. */
const skew = 5 * 60

export const keptRunning = ({ options }: TaskParticle): boolean => options.wait === 'running'

export const isRecorded = (particle: TaskParticle): boolean =>
  !keptRunning(particle) && particle.options.record !== false

export const countOf = ({ definition }: TaskParticle): number => definition.count ?? 1

/** A task that is kept running is as good as gone once it was told to stop. */
export const isUp = ({ lastStatus, desiredStatus }: Task): boolean =>
  lastStatus !== 'STOPPED' && desiredStatus !== 'STOPPED'

export function sortRuns({ runs, essential }: Pick<LiveTask, 'runs' | 'essential'>) {
  const by = (wanted: Outcome) => runs.filter(task => outcome(task, essential) === wanted)
  return {
    running: by('running'),
    succeeded: by('succeeded'),
    failed: by('failed'),
    neverStarted: by('never started'),
  }
}

export const byAge = (one: Task, other: Task): number =>
  (one.createdAt?.getTime() ?? 0) - (other.createdAt?.getTime() ?? 0) ||
  ((one.taskArn ?? '') < (other.taskArn ?? '') ? -1 : 1)

/**
 * A start was recorded too long ago to ask ECS about it, and nothing that is to be seen came of it. One that was recorded
 * by a clock that was ahead tells no age at all.
 */
export function isUnknown({ record, runs, at }: Pick<LiveTask, 'record' | 'runs' | 'at'>): boolean {
  if (record?.status !== 'intent') return false
  const age = at / 1000 - record.at
  if (age <= takenUp && age >= -skew) return false
  return !runs.some(({ createdAt }) => (createdAt?.getTime() ?? 0) / 1000 >= record.at - skew)
}

/** A person wants another run, and nothing is left of the last one that has to be found out or written down first. */
export function isAskedAgain(live: LiveTask): boolean {
  const { failed, running } = sortRuns(live)
  const open = live.record?.status === 'intent' && failed.length === 0 && !isUnknown(live)
  return live.asked && running.length === 0 && !open
}

export function readLeaving(live: LiveTask): Observed {
  return sortRuns(live).running.length + live.others.length > 0 ? { state: 'running' } : { state: 'stopped' }
}

export function readKept(particle: TaskParticle, live: LiveTask): Observed {
  const up = live.runs.filter(isUp)
  if (up.length < countOf(particle)) {
    if (up.length > 0) return { state: 'pending', incomplete: true }
    return { state: live.runs.length > 0 ? 'stopped' : 'terminated' }
  }
  const starting = up.filter(({ lastStatus }) => lastStatus !== 'RUNNING')
  if (starting.length > 0) return { state: 'pending', unsettled: true, why: `the task is ${starting[0]?.lastStatus}` }
  return { state: 'running' }
}

const doneJob = (live: LiveTask): Observed => ({
  state: 'stopped',
  done: true,
  ...(live.asked && {
    why: 'it has succeeded, so retry-tasks does not run it again; raise custom_config.retry to run it once more',
  }),
})

/** A step of their own, so that a reviewer sees what is put on record. */
const assumedNow: Observed = { state: 'stopped', unsettled: true, why: 'custom_config.assume says that it is done' }
const noLongerAssumed: Observed = { state: 'stopped', unsettled: true, why: 'custom_config.assume is taken out' }

export const isAssumed = ({ options }: TaskParticle): boolean => options.assume === 'done'

export function readJob(particle: TaskParticle, live: LiveTask): Observed {
  const { running, succeeded, failed } = sortRuns(live)
  const { record } = live
  const enough = running.length + succeeded.length >= countOf(particle)
  const hasFailed = failed.length > 0 || record?.status === 'failed'
  if (running.length > 0) {
    // One that failed decides for all; and nothing is added to a run while it is unknown what came of the last start.
    if (!enough && !hasFailed && !isUnknown(live)) return { state: 'pending', incomplete: true }
    return { state: 'pending', unsettled: true, why: `its task is ${running[0]?.lastStatus}` }
  }
  // Before anything that a person may ask: a workflow that is started again asks again.
  if (record?.status === 'done') return isAssumed(particle) || live.assumed.size === 0 ? doneJob(live) : noLongerAssumed
  if (isAssumed(particle)) return assumedNow
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
      why: `whether it ran is unknown: ${record.at > 0 ? `its start was recorded at ${new Date(record.at * 1000).toISOString()} and ECS has no trace of it` : 'what was recorded of it is lost with a deleted revision'}; find out, then set custom_config.assume: done, or name ${particle.id} in retry-tasks to run it again`,
    }
  }
  if (live.uncertain && (!record || record.status === 'refused') && live.runs.length === 0) {
    return {
      state: 'stopped',
      failed: true,
      why: `whether it ran is unknown: ${live.uncertain}; find out, then set custom_config.assume: done, or name ${particle.id} in retry-tasks to run it`,
    }
  }
  return { state: 'terminated' }
}

/** Tasks that a run is judged by: one that never started is nobody's outcome. */
export function counting(particle: TaskParticle, live: Pick<LiveTask, 'runs' | 'essential'>): readonly Task[] {
  if (keptRunning(particle)) return live.runs.filter(isUp)
  return live.runs.filter(run => outcome(run, live.essential) !== 'never started')
}

export function keptRunProgress({ parents }: TaskParticle, runs: readonly Task[]): Progress {
  const stopped = runs.filter(run => !isUp(run))
  const task = reported(runs)
  if (stopped.length > 0) {
    const definition = definitionOf(parents)
    const { cause, fix, details } = diagnoseStopped(stopped, { definition })
    const remedy: Remedy = { kind: 'rerun', fix: fix ?? { kind: 'change', ...(definition && { in: definition }) } }
    const failure = { happened: 'stopped instead of running', brief: 'stopped', cause, details, remedy }
    return { is: 'failed', failure, task }
  }
  const starting = runs.filter(({ lastStatus }) => lastStatus !== 'RUNNING')
  if (starting.length > 0) return { is: 'moving', because: `the task is ${starting[0]?.lastStatus}` }
  return { is: 'settled', because: `${plural(runs.length, 'task')} running`, task }
}

export function jobProgress(
  particle: TaskParticle,
  runs: readonly Task[],
  essential: readonly string[],
  memo: Memo,
): Progress {
  if (memo.recorded) return { is: 'settled', because: 'on record, and nothing ran' }
  const running = runs.filter(({ lastStatus }) => lastStatus !== 'STOPPED')
  if (running.length > 0) return { is: 'moving', because: `the task is ${running[0]?.lastStatus}` }
  const bad = runs.filter(run => outcome(run, essential) !== 'succeeded')
  const task = reported(runs)
  if (bad.length > 0) return { is: 'failed', failure: jobFailure(particle, bad, essential), task }
  if (memo.failures.length === 0) return { is: 'settled', because: 'exit code 0', task }
  const failure: Diagnosis = {
    code: 'NotStarted',
    happened: 'was started in part only',
    cause: untrusted(memo.failures.join('; ')),
    remedy: { kind: 'rerun', fix: { kind: 'placement' } },
  }
  return { is: 'failed', failure, task }
}

/** Why a job's tasks did not succeed: one that ran decides for all. */
function jobFailure({ parents }: TaskParticle, bad: readonly Task[], essential: readonly string[]): Diagnosis {
  const ran = bad.filter(run => outcome(run, essential) === 'failed')
  const told = diagnoseStopped(ran.length > 0 ? ran : bad, { essential, definition: definitionOf(parents) })
  const details = ran.length > 0 && ran.length < bad.length ? summarizeStopped(bad) : told.details
  if (ran.length === 0) {
    const fix =
      told.fix ?? (bad.some(run => lackedCapacity(run, essential)) ? { kind: 'capacity' as const } : undefined)
    return { code: 'NotStarted', cause: told.cause, details, remedy: { kind: 'rerun', ...(fix && { fix }) } }
  }
  const codes = [...new Set(ran.flatMap(exitCodes(essential)))]
  return {
    code: 'JobFailed',
    ...(codes.length > 0 && { brief: `exit code ${codes.join(', ')}` }),
    cause: told.cause,
    details,
    remedy: { kind: 'job', ...(told.fix && { fix: told.fix }) },
  }
}

/** For the report: one map of exit codes per ARN, empty while nothing has ended. */
const reported = (runs: readonly Task[]): NonNullable<ReportStep['task']> => ({
  arns: runs.map(({ taskArn = '' }) => taskArn),
  exitCodes: runs.map(run =>
    Object.fromEntries(
      (run.containers ?? []).flatMap(({ name, exitCode }) => (exitCode === undefined ? [] : [[name ?? '', exitCode]])),
    ),
  ),
})

const exitCodes =
  (essential: readonly string[]) =>
  (run: Task): number[] =>
    (run.containers ?? []).flatMap(({ name, exitCode }) =>
      exitCode !== undefined && exitCode !== 0 && (essential.length === 0 || essential.includes(name ?? ''))
        ? [exitCode]
        : [],
    )
