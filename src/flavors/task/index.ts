import type { RegisterTaskDefinitionRequest, Tag, Task } from '@aws-sdk/client-ecs'
import { additions } from '../../compare/compare.ts'
import type { Sensitivity } from '../../compare/sensitivity.ts'
import type { Comparison, Flavor, FlavorContext, Observed } from '../../engine/flavor.ts'
import type { JobContent } from '../../engine/release.ts'
import type { Particle } from '../../particle.ts'
import { resourceName } from '../../schema/address.ts'
import { plural, stopping, summarizeStopped } from '../containers.ts'
import { type FamilyRecord, readRecord } from '../record/family.ts'
import { definitionContent, hasRunBefore, recordOf, recordTag, runDigest } from '../record/record.ts'
import {
  type LiveTaskDefinition,
  type Revision,
  request,
  type TaskDefinitionDefinition,
} from '../taskDefinition/revisions.ts'
import { liveTaskDefinition } from '../taskDefinition/rules.ts'
import { assume, assumedRuns, assumedWrongly, assumption, clearAssumed } from './assume.ts'
import { foreignRunWarnings, stopsEarlier } from './earlier.ts'
import { type DigestedTask, startJob, startKept, stop } from './launch.ts'
import { remember, seconds } from './remember.ts'
import { taskRules } from './rules.ts'
import { isNamed, isOurs, lastAttempt, nameIn, ownerOf, runName, runPrefix } from './runNames.ts'
import {
  byAge,
  counting,
  countOf,
  type Holder,
  isAssumed,
  isRecorded,
  isUnknown,
  isUp,
  jobProgress,
  keptRunning,
  keptRunProgress,
  type LiveTask,
  type Memo,
  type RunDefinition,
  readJob,
  readKept,
  readLeaving,
  sortRuns,
  type TaskParticle,
} from './runs.ts'
import { notVisibleYet } from './runTask.ts'
import { vocabulary } from './vocabulary.ts'

function observe(particle: TaskParticle, live: LiveTask | undefined): Observed {
  if (!live) return { state: 'terminated' }
  const warnings = foreignRunWarnings(particle, live)
  const observed =
    particle.desired !== 'running'
      ? readLeaving(live)
      : keptRunning(particle)
        ? readKept(particle, live)
        : readJob(particle, live)
  return { ...observed, ...(warnings.length > 0 && { warnings }) }
}

function differences(particle: TaskParticle, live: LiveTask): Comparison {
  const { running, succeeded } = sortRuns(live)
  const have = keptRunning(particle) ? live.runs.filter(isUp).length : running.length + succeeded.length
  if (have > countOf(particle)) {
    const message = `${plural(have, 'task')} of this run are running or have succeeded, more than aws_resource.count (${countOf(particle)}); stop what is too much, or raise count`
    return { changes: [], problems: [{ at: ['count'], message }] }
  }
  const instead = keptRunning(particle)
    ? 'but kept running: to start it anew, stop it, or change it'
    : 'but still running: it is waited for, and not started again'
  const early = live.asked && running.length > 0
  return {
    ...(keptRunning(particle)
      ? { ...stopsEarlier(live), ...assumedWrongly(particle, live) }
      : running.length > 0
        ? { changes: [] }
        : assumption(particle, live)),
    ...(early && { warnings: [`${particle.id} is named in retry-tasks, ${instead}`] }),
  }
}

function additionsOf(particle: TaskParticle, live: LiveTask | undefined, sensitivity: Sensitivity): Comparison {
  const { taskName: _name, stopReason: _reason, ...stated } = particle.definition
  const changes = additions(stated, {
    schema: vocabulary.model,
    rules: taskRules,
    whole: false,
    ignore: [],
    sensitivity,
  })
  // Run again by a person who names it, or run before but for the values of release variables.
  const ranBefore = live !== undefined && (live.record !== undefined || live.runs.length > 0)
  const preapproved = (live?.asked && ranBefore) || live?.knownRelease
  const earlier = keptRunning(particle) && live ? stopsEarlier(live) : { changes: [], risks: [] }
  return {
    changes: [...changes, ...earlier.changes],
    ...(preapproved && { preapproved }),
    risks: keptRunning(particle)
      ? earlier.risks
      : [live?.asked ? 'runs once more: retry-tasks names it' : 'runs once', ...unattended(live)],
    ...assumedWrongly(particle, live),
  }
}

function memoUnderWay(particle: TaskParticle, live: LiveTask | undefined): Memo {
  const arns = live ? counting(particle, live).map(({ taskArn = '' }) => taskArn) : []
  return { arns, failures: [], ...(live?.record && { record: live.record }) }
}

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
    observed: observe(particle, live),
    reference: particle.definition.taskName,
    currentDefinition: live?.runs[0] && { ...live.runs[0] },
    memo: memoUnderWay(particle, live),
    additions: () => additionsOf(particle, live, sensitivity),
    ...(live && {
      differences: () => differences(particle, live),
      removalRisks: () => [stopping(sortRuns(live).running.length + live.others.length)],
    }),
  }),

  progress(particle, live, goal, memo, elapsed) {
    if (goal !== 'running') {
      const left = live ? sortRuns(live).running.length + live.others.length : 0
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
    if (keptRunning(particle)) return keptRunProgress(runs)
    if (!memo.recorded && runs.length === 0 && live?.record?.status !== 'done') {
      return { is: 'failed', because: 'ECS has no trace of its task' }
    }
    return jobProgress(runs, live?.essential ?? [], memo)
  },

  async describe(particle, around) {
    const parts = await runOf(particle, around)
    const signatures = around.releaseSignatures(particle, parts)
    const base = {
      asked: around.requested,
      at: around.ecs.time,
      ...(around.repository !== undefined && { repository: around.repository }),
      assumed: keptRunning(particle) ? new Map() : assumedRuns(particle, parts.tagLists),
      essential: parts.essential,
      ...(signatures?.signature && { signature: signatures.signature }),
      releasable: signatures !== undefined && isRecorded(particle) && !alwaysReviewed(particle),
      knownRelease: signatures !== undefined && !alwaysReviewed(particle) && hasRunBefore(signatures, parts.tagLists),
    }
    const holder = {
      ...(parts.holder && { holder: parts.holder }),
      ...(parts.uncertain && isRecorded(particle) && { uncertain: parts.uncertain }),
    }
    const { digest, family } = parts
    if (family === undefined) return { ...base, ...holder, attempt: 0, runs: [], others: [], strangers: [] }
    const cluster = particle.definition.cluster ?? 'default'
    const record = digest !== undefined && isRecorded(particle) ? recordOf(digest, parts.tagLists) : undefined
    // Done is done: there is nothing to look for.
    if (record?.status === 'done' && particle.desired === 'running' && !around.requested) {
      const { attempt } = record
      return { ...base, ...holder, ...(digest && { digest }), attempt, runs: [], others: [], strangers: [], record }
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
    const called = up.filter(task => !runs.includes(task) && nameIn(task, particle)?.startsWith(prefix)).sort(byAge)
    const ours = (task: Task) => isOurs(task, around.repository)
    const theirs = (task: Task) => !ours(task)
    // A run that an earlier version started has no tag, and is no news.
    const isAnothers = (task: Task) => theirs(task) && ownerOf(task) !== undefined
    const leaves = particle.desired !== 'running'
    // A job that has changed lets its last run end by itself.
    const concerned = keptRunning(particle) || leaves
    return {
      ...base,
      ...holder,
      ...(digest !== undefined && { digest }),
      attempt,
      // What this repository did not start counts as the run all the same, and is not this repository's to stop.
      runs: leaves ? runs.filter(ours) : runs,
      others: concerned ? called.filter(ours) : [],
      strangers: concerned ? [...runs.filter(leaves ? theirs : isAnothers), ...called.filter(theirs)] : [],
      ...(record && { record }),
    }
  },

  async poll(particle, live, memo, context) {
    if (!live) return task.describe(particle, context)
    const cluster = particle.definition.cluster ?? 'default'
    // What has stopped stays as it was seen: ECS forgets it while its siblings may run for hours.
    const stopped = live.runs.filter(
      ({ taskArn = '', lastStatus }) => lastStatus === 'STOPPED' && memo.arns.includes(taskArn),
    )
    const over = new Set(stopped.map(({ taskArn }) => taskArn))
    const [moving, others] = await Promise.all([
      context.ecs.tasks(
        cluster,
        memo.arns.filter(arn => !over.has(arn)),
      ),
      context.ecs.tasks(
        cluster,
        live.others.map(({ taskArn = '' }) => taskArn),
      ),
    ])
    const runs = [...stopped, ...moving].sort(byAge)
    return { ...live, runs, others: others.filter(({ lastStatus }) => lastStatus !== 'STOPPED') }
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

  // A changed task is a new run. What an update carries out is what was left undone, or is to be put on record.
  async update(particle, live, _changes, context) {
    if (keptRunning(particle)) return { ...memoUnderWay(particle, live), stops: arnsOf(live.others) }
    if (isAssumed(particle)) await assume(particle, live, context)
    else await clearAssumed(live, context)
    return { arns: [], failures: [], recorded: true }
  },

  async terminate(particle, live, context) {
    const arns = arnsOf([...sortRuns(live).running, ...live.others])
    await stop(particle, arns, context)
    return { arns, failures: [] }
  },

  async onEnded(particle, live, memo, verdict, context) {
    if (!live || particle.desired !== 'running') return
    if (keptRunning(particle)) {
      // The new ones run: only now may the earlier ones go, and of these only what the step was reviewed for.
      if (verdict.is === 'settled') await stop(particle, memo.stops ?? [], context)
      return
    }
    if (!isRecorded(particle)) return
    const seen = new Set(live.runs.map(({ taskArn }) => taskArn))
    // What was not seen to end has not ended: the intent stays, and is asked about again.
    if (memo.arns.length === 0 || !memo.arns.every(arn => seen.has(arn))) return
    const { running, failed, succeeded } = sortRuns(live)
    if (running.length > 0) return
    const status = failed.length > 0 ? 'failed' : succeeded.length >= countOf(particle) ? 'done' : 'refused'
    const known = memo.record ?? { attempt: 0, token: 0, ...(live.signature && { claim: live.signature }) }
    if (status === 'refused' && isUnknown({ ...live, ...(memo.record && { record: memo.record }) })) return
    await remember(live, { ...known, status, at: seconds(context) }, context)
  },

  diagnose: async (_particle, live) =>
    summarizeStopped((live?.runs ?? []).filter(({ lastStatus }) => lastStatus === 'STOPPED')),
}

const alwaysReviewed = ({ options }: TaskParticle): boolean => options.review === 'always'

/** What a reviewer allows beside this run. */
const unattended = (live: LiveTask | undefined): string[] =>
  live?.releasable
    ? [
        'once it has succeeded, another value of a release variable in it runs it again without a review, unless custom_config.review says always',
      ]
    : []
const arnsOf = (tasks: readonly Task[]): string[] => tasks.map(({ taskArn = '' }) => taskArn)

/** What is to run, and where it is remembered. */
interface Run extends JobContent {
  readonly digest?: string
  readonly family?: string
  readonly essential: readonly string[]
  readonly holder?: Holder
  readonly tagLists: readonly (readonly Tag[])[]
  /** Why a run without a record may have one all the same. */
  readonly uncertain?: string
}

async function runOf(particle: TaskParticle, around: FlavorContext): Promise<Run> {
  const parentId = particle.parents.find(id => id.startsWith('ecs_task_definition:'))
  const parent = parentId && (around.particle(parentId) as Particle<TaskDefinitionDefinition> | undefined)
  if (parent) {
    const live = (await around.live(parent.id)) as LiveTaskDefinition | undefined
    const what = content(particle, request(parent.definition), parent.options.ignore)
    const { family } = parent.definition
    const seen = [live?.latest, ...(live?.running ?? []), live?.pinned].filter(revision => revision !== undefined)
    // What the parent knew of the job may be less than what is known now, and another digest.
    const isRead = !what.digest || !isRecorded(particle) || live?.record?.digests.includes(what.digest)
    const record = isRead || !family ? live?.record : await readRecord(family, seen, [what.digest ?? ''], around.ecs)
    return { definition: parent, ...what, ...remembered(what.digest, record, live?.record?.digests ?? []) }
  }
  const named = particle.definition.taskDefinition
  if (typeof named !== 'string') return { essential: [], tagLists: [] }
  // Somebody else's definition: what it says is what is to run, other revisions are where records may stand too.
  const revision = await around.ecs.taskDefinition(resourceName(named))
  const family = revision?.taskDefinition?.family
  const latest = family && /:\d+$/.test(named) ? await around.ecs.taskDefinition(family) : revision
  if (!revision?.taskDefinition) return { essential: [], tagLists: [] }
  const seen: Revision[] = [revision, ...(latest?.taskDefinition ? [latest] : [])]
  const says = liveTaskDefinition(revision)
  const what = content(particle, says, undefined)
  const digests = isRecorded(particle) && what.digest ? [what.digest] : []
  const record = family ? await readRecord(family, seen, digests, around.ecs) : undefined
  return { foreign: definitionContent(says, undefined), ...what, ...remembered(what.digest, record, digests) }
}

const remembered = (
  digest: string | undefined,
  record: FamilyRecord | undefined,
  declared: readonly string[],
): Pick<Run, 'holder' | 'tagLists' | 'uncertain'> => ({
  ...(record && { holder: { record, declared } }),
  tagLists: record ? [[...record.records].map(([digest, run]) => recordTag(digest, run))] : [],
  ...(record?.uncertain && !record.believed.has(digest ?? '') && { uncertain: record.uncertain }),
})

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
