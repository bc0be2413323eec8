import { additions, comparedBy } from '../../compare/compare.ts'
import type { Sensitivity } from '../../compare/sensitivity.ts'
import type { Diagnosis } from '../../engine/failure.ts'
import type { Comparison, Flavor, Observed } from '../../engine/flavor.ts'
import { consistencyLag } from '../../engine/poll.ts'
import { riskOf } from '../../engine/risk.ts'
import { plural } from '../../wording.ts'
import { containerLogs } from '../containerLogs.ts'
import { stopping, summarizeStopped } from '../containers.ts'
import { recordRun, recordTime } from '../record/write.ts'
import { assume, assumeChanges, assumeProblems, clearAssumed } from './assume.ts'
import { describeTask } from './describe.ts'
import { type DigestedTask, startJob, startKept, stop } from './launch.ts'
import { jobProgress, keptRunProgress, observeJob, observeKept, outdatedStops, unownedWarnings } from './progress.ts'
import { taskRules } from './rules.ts'
import {
  arnsOf,
  byAge,
  countOf,
  isAssumed,
  isOutcomeUnknown,
  isRecorded,
  isUp,
  judgedRuns,
  keptRunning,
  type LiveTask,
  type Memo,
  type RunDefinition,
  runsByOutcome,
  type TaskParticle,
  tasksLeft,
} from './runs.ts'
import { vocabulary } from './vocabulary.ts'

function observe(particle: TaskParticle, live: LiveTask): Observed {
  if (particle.desired !== 'running') return { state: tasksLeft(live).length > 0 ? 'running' : 'stopped' }
  return keptRunning(particle) ? observeKept(particle, live) : observeJob(particle, live)
}

function differences(particle: TaskParticle, live: LiveTask): Comparison {
  const { running, succeeded } = runsByOutcome(live)
  const isKept = keptRunning(particle)
  const have = isKept ? live.runs.filter(isUp).length : running.length + succeeded.length
  if (have > countOf(particle)) {
    const message = `${plural(have, 'task')} of this run are running or have succeeded, more than aws_resource.count (${countOf(particle)}); stop what is too much, or raise count`
    return { changes: [], problems: [{ at: ['count'], message }] }
  }
  const comparison = isKept
    ? { ...outdatedStops(live), ...assumeProblems(particle, live) }
    : assumeChanges(particle, live)
  const instead = live.requested && insteadOfAnotherRun(particle, running.length > 0)
  return instead ? { ...comparison, warnings: [`${particle.id} is named in retry-tasks, but ${instead}`] } : comparison
}

/** What happens to a task that is named in `retry-tasks` where that starts nothing. */
function insteadOfAnotherRun(particle: TaskParticle, isRunning: boolean): string | undefined {
  if (isRunning) {
    return keptRunning(particle)
      ? 'kept running: to start it anew, stop it, or change it'
      : 'still running: it is waited for, and not started again'
  }
  return isAssumed(particle) ? 'custom_config.assume says that it is done, so that nothing runs' : undefined
}

function additionsOf(particle: TaskParticle, live: LiveTask | undefined, sensitivity: Sensitivity): Comparison {
  const { taskName: _name, stopReason: _reason, ...stated } = particle.definition
  const changes = additions(stated, comparedBy(vocabulary.model, taskRules)(particle, sensitivity))
  // `retry-tasks` requests another attempt; another value of a release variable needs no review.
  const ranBefore = live !== undefined && (live.record !== undefined || live.runs.length > 0)
  const preapproved = (live?.requested && ranBefore) || live?.knownRelease
  const stops = keptRunning(particle) && live ? outdatedStops(live) : { changes: [], risks: [] }
  const runs = riskOf('runs once', live?.requested ? 'more: retry-tasks names it' : '')
  const unreviewed =
    'once it has succeeded, another value of a release variable in it runs it again without a review, unless custom_config.review says always'
  return {
    changes: [...changes, ...stops.changes],
    ...(preapproved && { preapproved }),
    risks: keptRunning(particle) ? stops.risks : [runs, ...(live?.releasable ? [unreviewed] : [])],
    ...assumeProblems(particle, live),
    ...(live?.wouldRunOther && !keptRunning(particle) && wrongRevision(particle, live.wouldRunOther)),
  }
}

/** A run of one definition must not be recorded as that of another. */
const wrongRevision = ({ id }: TaskParticle, other: string): Pick<Comparison, 'problems'> => ({
  problems: [{ at: [], message: `${id} would run ${other}; state what is there, or take persist_on_update out` }],
})

function memoUnderWay(particle: TaskParticle, live: LiveTask | undefined): Memo {
  const arns = live ? arnsOf(judgedRuns(particle, live)) : []
  return { arns, failures: [], record: live?.record }
}

/** The next apply calls RunTask again, with the token that the task was started with. */
const withoutTrace = (cause: string): Diagnosis => ({ cause, remedy: { kind: 'rerun' } })

/** `ecs_task`: a job that runs once for its digest, or a task that is kept running. */
export const task: Flavor<RunDefinition, LiveTask, Memo> = {
  ...vocabulary,

  calls: [
    'DescribeTaskDefinition',
    'ListTaskDefinitions',
    'ListTasks',
    'DescribeTasks',
    'RunTask',
    'StopTask',
    'TagResource',
    'UntagResource',
  ],

  assess: (particle, live, sensitivity) => ({
    observed: live ? { ...observe(particle, live), ...unownedWarnings(particle, live) } : { state: 'terminated' },
    reference: particle.definition.taskName,
    currentDefinition: live?.runs[0] && { ...live.runs[0] },
    memo: memoUnderWay(particle, live),
    additions: () => additionsOf(particle, live, sensitivity),
    ...(live && {
      differences: () => differences(particle, live),
      removalRisks: () => [stopping(tasksLeft(live).length)],
    }),
  }),

  progress(particle, live, goal, memo, elapsed) {
    if (goal !== 'running') {
      const left = live ? tasksLeft(live).length : 0
      return left > 0
        ? { is: 'moving', because: `${plural(left, 'task')} still running` }
        : { is: 'settled', because: 'no task is running' }
    }
    const runs = (live?.runs ?? []).filter(({ taskArn = '' }) => memo.arns.includes(taskArn))
    if (runs.length < memo.arns.length) {
      return elapsed < consistencyLag
        ? { is: 'moving', because: `${plural(memo.arns.length - runs.length, 'task')} not visible yet`, near: true }
        : { is: 'failed', failure: withoutTrace('ECS has no trace of the task that it started') }
    }
    if (keptRunning(particle)) return keptRunProgress(particle, runs, memo)
    if (!memo.recorded && runs.length === 0 && live?.record?.status !== 'done') {
      return { is: 'failed', failure: withoutTrace('ECS has no trace of its task') }
    }
    return jobProgress(particle, runs, live?.essential ?? [], memo)
  },

  describe: describeTask,

  readsParents: true,

  async poll(particle, live, memo, context) {
    if (!live) return task.describe(particle, context)
    const cluster = particle.definition.cluster ?? 'default'
    // A stopped task is not described again: ECS forgets it while other tasks of the run may run for hours.
    const stopped = live.runs.filter(
      ({ taskArn = '', lastStatus }) => lastStatus === 'STOPPED' && memo.arns.includes(taskArn),
    )
    const over = new Set(arnsOf(stopped))
    const left = memo.arns.filter(arn => !over.has(arn))
    const [moving, outdated] = await Promise.all([
      context.ecs.tasks(cluster, left),
      context.ecs.tasks(cluster, arnsOf(live.outdated)),
    ])
    const runs = [...stopped, ...moving].sort(byAge)
    return { ...live, runs, outdated: outdated.filter(({ lastStatus }) => lastStatus !== 'STOPPED') }
  },

  start(particle, live, context) {
    if (!live?.digest) {
      const { taskDefinition } = particle.definition
      const missing = typeof taskDefinition === 'string' ? `: there is no task definition ${taskDefinition}` : ''
      throw new Error(`what it is to run is not known${missing}; register it, or declare it`)
    }
    const known: DigestedTask = { ...live, digest: live.digest }
    return keptRunning(particle) ? startKept(particle, known, context) : startJob(particle, known, context)
  },

  // A changed task is a new run. An update stops outdated tasks, or records an assumption.
  async update(particle, live, _changes, context) {
    if (keptRunning(particle)) return { ...memoUnderWay(particle, live), stops: arnsOf(live.outdated) }
    if (isAssumed(particle)) await assume(particle, live, context)
    else await clearAssumed(live, context)
    return { arns: [], failures: [], recorded: true }
  },

  async terminate(particle, live, context) {
    const arns = arnsOf(tasksLeft(live))
    await stop(particle, arns, context)
    return { arns, failures: [] }
  },

  async onEnded(particle, live, memo, progress, context) {
    if (!live || particle.desired !== 'running') return
    if (keptRunning(particle)) {
      // The new tasks run, so outdated ones may stop: those in the reviewed plan, and no others.
      if (progress.is === 'settled') await stop(particle, memo.stops ?? [], context)
      return
    }
    if (!isRecorded(particle)) return
    if (live.isVanishing && live.record) await recordRun(live.store, live.digest, live.record, context.ecs)
    const seen = new Set(arnsOf(live.runs))
    // A task that was not described has not ended: the intent stays.
    if (memo.arns.length === 0 || !memo.arns.every(arn => seen.has(arn))) return
    const { running, failed, succeeded } = runsByOutcome(live)
    if (running.length > 0) return
    const status = failed.length > 0 ? 'failed' : succeeded.length >= countOf(particle) ? 'done' : 'refused'
    const known = memo.record ?? { attempt: 0, token: 0, claim: live.signature }
    // What has begun in part stays open: an hour later ECS shows none of it.
    const isOpen = succeeded.length > 0 || isOutcomeUnknown(particle, { ...live, record: memo.record ?? live.record })
    if (status === 'refused' && isOpen) return
    await recordRun(live.store, live.digest, { ...known, status, at: recordTime(context.ecs) }, context.ecs)
  },

  async diagnose(_particle, live, { arns }, failure, context) {
    const stopped = (live?.runs ?? []).filter(({ lastStatus }) => lastStatus === 'STOPPED')
    const ours = stopped.filter(({ taskArn = '' }) => arns.includes(taskArn))
    const logs = await containerLogs(ours, context)
    return { ...failure, details: failure.details ?? summarizeStopped(stopped), logs }
  },
}
