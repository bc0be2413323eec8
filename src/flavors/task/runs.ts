/** The tasks of one run, and facts that follow from them alone. Pure. */

import type { RunTaskRequest, Task } from '@aws-sdk/client-ecs'
import type { Particle } from '../../particle.ts'
import type { Records, RunRecord } from '../record/tags.ts'
import type { RecordStore } from '../record/write.ts'
import { type Outcome, outcome } from './outcome.ts'

/** RunTask's input, with this tool's name for the run and PCF's reason for stopping it. */
export type RunDefinition = RunTaskRequest & { readonly taskName?: string; readonly stopReason?: string }

/** A particle that states members of RunTask. */
export type TaskParticle = Particle<RunDefinition>

/** A run in AWS: its tasks, and its record. */
export interface LiveTask {
  /** The job's digest; undefined while its definition is known only after apply. */
  readonly digest: string | undefined
  /** Tasks of exactly this run, running or stopped within about an hour. */
  readonly runs: readonly Task[]
  /** Running tasks that this repository started for this particle with another definition, and that are to stop. */
  readonly outdated: readonly Task[]
  /**
   * Running tasks with a name of this particle's that are left alone: this repository is not known to have started them, or
   * `persist_on_termination` keeps them.
   */
  readonly unowned: readonly Task[]
  /** GitHub's id of this repository; undefined where none is known. */
  readonly repository: string | undefined
  /** `web:7`, which an undeclared definition's name stands for: another one may be registered before the run begins. */
  readonly revision?: string | undefined
  /** Names of essential containers. */
  readonly essential: readonly string[]
  /** What the job would run instead of what its digest stands for. */
  readonly wouldRunOther?: string | undefined
  readonly record: RunRecord | undefined
  /** The job is done, and the revisions that remember it are being deleted. */
  readonly isVanishing: boolean
  /** Records of this job that `custom_config.assume` has written, by their digests. */
  readonly assumed: Records
  /** Counted up by `retry-tasks`. */
  readonly attempt: number
  readonly store: RecordStore | undefined
  /** Why the job may have run although no record was found. */
  readonly uncertain: string | undefined
  /** The `retry-tasks` input names the particle. */
  readonly requested: boolean
  /** The release signature; missing without release variables, and where a part is known only after apply. */
  readonly signature: string | undefined
  /** Another value of a release variable may run the job again without a review. */
  readonly releasable: boolean
  /** The job has succeeded before with other values of release variables. */
  readonly knownRelease: boolean
  /** Milliseconds since 1970 by AWS's clock, when the run was described. */
  readonly at: number
}

/** The tasks that a transition started or found under way. */
export interface Memo {
  readonly arns: readonly string[]
  /** Failures of tasks that ECS did not start, in ECS's words. */
  readonly failures: readonly string[]
  /** The attempt's record, to be completed with its outcome. */
  readonly record?: RunRecord | undefined
  /** ARNs of the outdated tasks in the reviewed plan, which stop once the new tasks run. */
  readonly stops?: readonly string[]
  /** Nothing ran: a record was written. */
  readonly recorded?: true
}

/** Seconds for which an intent is taken up again with its own token: ECS remembers client tokens for longer. */
const tokenLifetime = 45 * 60

/** Seconds by which the times in AWS's answers may differ, generously. */
const skew = 5 * 60

/** The task is kept running, and is no job. */
export const keptRunning = ({ options }: Pick<TaskParticle, 'options'>): boolean => options.wait === 'running'

/** The job's outcome is recorded, so that it does not run again. */
export const isRecorded = (particle: Pick<TaskParticle, 'options'>): boolean =>
  !keptRunning(particle) && particle.options.record !== false

/** The manifest states that the job ran by hand. */
export const isAssumed = ({ options }: TaskParticle): boolean => options.assume === 'done'

/** Tasks of a run; RunTask starts one where `count` is missing. */
export const countOf = ({ definition }: TaskParticle): number => definition.count ?? 1

/** A task that is kept running counts no more once its desired status is STOPPED. */
export const isUp = ({ lastStatus, desiredStatus }: Task): boolean =>
  lastStatus !== 'STOPPED' && desiredStatus !== 'STOPPED'

/** The tasks of a run by what became of them; those that never started are left out. */
export function runsByOutcome({ runs, essential }: Pick<LiveTask, 'runs' | 'essential'>) {
  const by = (wanted: Outcome) => runs.filter(task => outcome(task, essential) === wanted)
  return { running: by('running'), succeeded: by('succeeded'), failed: by('failed') }
}

/** Running tasks that end with the particle, those of earlier definitions among them. */
export const tasksLeft = (live: LiveTask): readonly Task[] => [...runsByOutcome(live).running, ...live.outdated]

/** Tasks that a run is judged by: a task that never started is no outcome. */
export function judgedRuns(particle: TaskParticle, live: Pick<LiveTask, 'runs' | 'essential'>): readonly Task[] {
  if (keptRunning(particle)) return live.runs.filter(isUp)
  return live.runs.filter(run => outcome(run, live.essential) !== 'never started')
}

/** The tasks' ARNs. */
export const arnsOf = (tasks: readonly Task[]): string[] => tasks.map(({ taskArn = '' }) => taskArn)

/** Oldest first; tasks of the same moment by ARN. */
export const byAge = (one: Task, other: Task): number =>
  (one.createdAt?.getTime() ?? 0) - (other.createdAt?.getTime() ?? 0) ||
  ((one.taskArn ?? '') < (other.taskArn ?? '') ? -1 : 1)

/** Whether a task may have been made after this was recorded. */
export const isSince = ({ createdAt }: Task, { at }: RunRecord): boolean =>
  (createdAt?.getTime() ?? 0) / 1000 >= at - skew

/**
 * Whether an intent was recorded too long ago to ask ECS with its token, and ECS may have forgotten tasks of it: none exists, or
 * too few of several. An intent from the future was written with a wrong clock, so its age is unknown as well.
 */
export function isOutcomeUnknown(
  particle: TaskParticle,
  { record, runs, at, essential }: Pick<LiveTask, 'record' | 'runs' | 'at' | 'essential'>,
): boolean {
  if (record?.status !== 'intent') return false
  const age = at / 1000 - record.at
  if (age <= tokenLifetime && age >= -skew) return false
  const since = runs.filter(task => isSince(task, record))
  const count = countOf(particle)
  return since.length === 0 || (count > 1 && judgedRuns(particle, { runs: since, essential }).length < count)
}

/** Whether `retry-tasks` starts another attempt: the last one must be over, and its outcome found out. */
export function runsAgain(particle: TaskParticle, live: LiveTask): boolean {
  const { failed, running } = runsByOutcome(live)
  const isOpen = live.record?.status === 'intent' && failed.length === 0 && !isOutcomeUnknown(particle, live)
  return live.requested && running.length === 0 && !isOpen
}
