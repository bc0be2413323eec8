/** Finds a job or its kept tasks in AWS: its definition, its record, and its tasks. */

import type { RegisterTaskDefinitionRequest, Task } from '@aws-sdk/client-ecs'
import { nothingSensitive } from '../../compare/sensitivity.ts'
import type { Ecs, TaskFilter } from '../../ecs/client.ts'
import type { FlavorContext } from '../../engine/flavor.ts'
import type { JobContent } from '../../engine/release.ts'
import type { Particle } from '../../particle.ts'
import { familyOf, nameOf } from '../../schema/arn.ts'
import { definitionOf } from '../containers.ts'
import { definitionContent, runDigest } from '../record/digest.ts'
import { type FamilyRecord, readRecord } from '../record/read.ts'
import { hasRunBefore, type Records } from '../record/tags.ts'
import {
  currentRevision,
  differences,
  isTag,
  type LiveTaskDefinition,
  request,
  shortReference,
  type TaskDefinitionDefinition,
} from '../taskDefinition/revisions.ts'
import { liveTaskDefinition, type Revision } from '../taskDefinition/rules.ts'
import { assumedRecords } from './assume.ts'
import { isCalledLike, isNamed, isOf, isOfKept, isUnnamed, keptName, lastAttempt, ownerOf, runName } from './naming.ts'
import { byAge, countOf, isRecorded, isSince, isUp, keptRunning, type LiveTask, type TaskParticle } from './runs.ts'

/** The definition of a job, and where its runs are recorded. */
interface Job extends JobContent, Pick<LiveTask, 'digest' | 'revision' | 'essential' | 'store' | 'wouldRunOther'> {
  readonly family: string | undefined
}

/** The runs of a task and the record of its job. Throws `EcsError`. */
export async function describeTask(particle: TaskParticle, context: FlavorContext): Promise<LiveTask> {
  const job = await jobOf(particle, context)
  const { definition: _declared, undeclared: _named, family, ...run } = job
  const { digest, store } = run
  const records: Records = store?.record.records ?? new Map()
  const record = digest !== undefined && isRecorded(particle) ? records.get(digest) : undefined
  const isConfirmed = store?.record.confirmed.has(digest ?? '')
  const signatures = context.releaseSignatures(particle, job)
  const mayRelease = signatures !== undefined && particle.options.review !== 'always'
  const live = {
    ...run,
    record,
    isVanishing: record !== undefined && store?.record.isVanishing(digest ?? '') === true,
    assumed: keptRunning(particle) ? new Map() : assumedRecords(particle, records),
    attempt: record?.attempt ?? 0,
    store,
    uncertain: isRecorded(particle) && !isConfirmed ? store?.record.uncertain : undefined,
    repository: context.repository,
    requested: context.requested,
    signature: signatures?.signature,
    releasable: mayRelease && isRecorded(particle),
    knownRelease: mayRelease && hasRunBefore(signatures, records),
    at: context.ecs.time,
  }
  const isDone = record?.status === 'done' && particle.desired === 'running' && !context.requested
  if (isDone || (family === undefined && particle.desired === 'running'))
    return { ...live, runs: [], outdated: [], unowned: [] }
  return { ...live, ...(await tasksOfRun(particle, family, live, context)) }
}

async function tasksOfRun(
  particle: TaskParticle,
  family: string | undefined,
  live: Pick<LiveTask, 'digest' | 'record' | 'uncertain'>,
  context: FlavorContext,
): Promise<Pick<LiveTask, 'runs' | 'outdated' | 'unowned' | 'attempt'>> {
  const { digest, record } = live
  const { ecs, environment } = context
  const name = (attempt: number) => runName(particle, environment, digest ?? '', attempt)
  // What was begun and has not ended may run under an earlier name of the particle, or another `startedBy`.
  const isByName = digest !== undefined && isRecorded(particle) && record !== undefined && record.status !== 'intent'
  const filters = taskFilters(particle, family, isByName ? name(record.attempt) : undefined)
  const isSuccessors = await tasksOfSuccessor(particle, context)
  const lists = filters.map(filter => ecs.listedTasks(particle.definition.cluster ?? 'default', filter))
  const [up = [], stopped = []] = await Promise.all(lists)
  const all = [...new Map([...up, ...stopped].map(task => [task.taskArn, task])).values()]
    .filter(task => !isSuccessors(task))
    .sort(byAge)
  const attempt = isRecorded(particle) ? (record?.attempt ?? 0) : lastAttempt(particle, all, name)
  const own = keptRunning(particle) ? keptName(particle, environment, digest ?? '') : name(attempt)
  const isRun = (task: Task) =>
    isNamed(task, particle, own) || (isUnnamed(task, particle) && mayBelong(task, particle, live))
  const ofRun = digest === undefined ? [] : all.filter(isRun)
  const runs = keptRunning(particle) && digest !== undefined ? withFormerlyNamed(particle, ofRun, all, name(0)) : ofRun
  const others = up.filter(
    task => all.includes(task) && !runs.includes(task) && !isOfOtherKept(task, particle, context),
  )
  const named = others.filter(task => isCalledLike(task, particle, environment, digest)).sort(byAge)
  return { attempt, ...byOwner(particle, family, { runs, named }, context) }
}

/**
 * Earlier releases named tasks that are kept running like the first run of a job: such a task counts where one is missing. Where
 * none is, the name is that of a job that the particle was meanwhile.
 */
function withFormerlyNamed(
  particle: TaskParticle,
  kept: readonly Task[],
  all: readonly Task[],
  formerName: string,
): readonly Task[] {
  const missing = Math.max(0, countOf(particle) - kept.filter(isUp).length)
  const named = all.filter(task => !kept.includes(task) && isNamed(task, particle, formerName))
  const counted = [...named.filter(isUp).slice(0, missing), ...named.filter(task => !isUp(task))]
  return [...kept, ...counted].sort(byAge)
}

/** Whether another particle keeps the task running, which has the `pcf_name` that this one had, and stops the task itself. */
function isOfOtherKept(task: Task, particle: TaskParticle, context: FlavorContext): boolean {
  if (isOfKept(task, particle)) return false
  const particles: readonly Particle<object>[] = [...context.particles()]
  const tasks = particles.filter(({ flavor }) => flavor === particle.flavor) as TaskParticle[]
  return tasks.some(other => {
    const isKept = other.id !== particle.id && other.desired === 'running' && keptRunning(other)
    return isKept && isBeside(other, particle) && isOfKept(task, other)
  })
}

const clusterOf = ({ definition }: TaskParticle): string => nameOf(definition.cluster ?? 'default')

/** Whether two tasks run in one cluster. */
const isBeside = (one: TaskParticle, other: TaskParticle): boolean =>
  one.region === other.region && clusterOf(one) === clusterOf(other)

/** An intent is recorded before a run begins: a run without one has not begun, and has no task that is older. */
function mayBelong(
  task: Task,
  particle: TaskParticle,
  { record, uncertain }: Pick<LiveTask, 'record' | 'uncertain'>,
): boolean {
  if (particle.desired !== 'running' || !isRecorded(particle) || uncertain) return true
  if (!record || record.status === 'refused') return false
  return record.status !== 'intent' || isSince(task, record)
}

/**
 * Tasks that count, that stop, and that are left alone: of a run, and of the other running ones that are called like the
 * particle's.
 */
function byOwner(
  particle: TaskParticle,
  family: string | undefined,
  { runs, named }: { readonly runs: readonly Task[]; readonly named: readonly Task[] },
  { repository }: FlavorContext,
): Pick<LiveTask, 'runs' | 'outdated' | 'unowned'> {
  const isLeaving = particle.desired !== 'running'
  const isOurs = (task: Task) => isOf(repository, task)
  // A task that an earlier release started has no tag, and needs no warning.
  const isAnothers = (task: Task) => !isOurs(task) && ownerOf(task) !== undefined
  const ours = named.filter(isOurs)
  // Another repository may use the name for a family of its own.
  const theirs = named.filter(
    task => !isOurs(task) && (familyOf(task.taskDefinitionArn) === family || !isAnothers(task)),
  )
  // A task that this repository did not start counts as the run all the same, and must not be stopped.
  const counted = isLeaving ? runs.filter(isOurs) : runs
  // The last run of a job that has changed ends by itself; a task that was kept running before it was a job does not.
  if (!keptRunning(particle) && !isLeaving) return { runs: counted, outdated: [], unowned: ours }
  const foreign = [...runs.filter(task => (isLeaving ? !isOurs(task) : isAnothers(task))), ...theirs]
  return particle.persistOnTermination && !isLeaving
    ? { runs: counted, outdated: [], unowned: [...foreign, ...ours] }
    : { runs: counted, outdated: ours, unowned: foreign }
}

/**
 * The tasks of a task that was declared before under a `pcf_name` which is another's now, with another `taskName`: tasks are called
 * by the `pcf_name` alone. One that is kept running stops all the earlier ones itself; of a job only its run is its own.
 */
async function tasksOfSuccessor(particle: TaskParticle, context: FlavorContext): Promise<(task: Task) => boolean> {
  const next = context.particle(`${particle.flavor}:${particle.name}`) as TaskParticle | undefined
  if (!next || next.id === particle.id || next.desired !== 'running') return () => false
  if (!isBeside(next, particle)) return () => false
  if (keptRunning(next)) return () => true
  const { digest, attempt } = ((await context.live(next.id)) ?? {}) as Partial<LiveTask>
  if (digest === undefined || attempt === undefined) return () => false
  const names = [attempt, attempt + 1].map(one => runName(next, context.environment, digest, one))
  return task => names.some(name => isNamed(task, next, name))
}

/**
 * ListTasks' filters for running tasks, and for stopped ones. Tasks of earlier definitions may be of any family; ListTasks has
 * no filter for the beginning of a name.
 *
 * @param known the name of the only run that is wanted
 */
function taskFilters(particle: TaskParticle, family: string | undefined, known: string | undefined): TaskFilter[] {
  const running = { desiredStatus: 'RUNNING' } as const
  if (particle.desired !== 'running') return [running]
  const stopped: TaskFilter[] = family === undefined ? [] : [{ family, desiredStatus: 'STOPPED' }]
  if (keptRunning(particle)) return [running, ...stopped]
  // Attempts that no record counts have other names each.
  const byName = known !== undefined && { startedBy: particle.definition.startedBy ?? known }
  return [byName || { ...running, ...(family !== undefined && { family }) }, ...stopped]
}

async function jobOf(particle: TaskParticle, context: FlavorContext): Promise<Job> {
  const { ecs } = context
  const parentId = definitionOf(particle.parents)
  const parent = parentId && (context.particle(parentId) as Particle<TaskDefinitionDefinition> | undefined)
  if (parent) {
    const live = (await context.live(parent.id)) as LiveTaskDefinition | undefined
    const described = [live?.latest, ...(live?.running ?? []), live?.pinned].filter(revision => revision !== undefined)
    const other = otherRevision(parent, live)
    // What is kept running is named by what runs, so that a change waits for its definition; a job is refused.
    const definition = other && keptRunning(particle) ? liveTaskDefinition(other) : request(parent.definition)
    const run = await runOf(particle, definition, parent.options.ignore, described, live?.record, ecs)
    const wouldRunOther =
      other && `${shortReference(other)}, and not what ${parentId} states, which persist_on_update leaves as it is`
    return { definition: parent, ...run, wouldRunOther }
  }
  const { taskDefinition: reference } = particle.definition
  const revision = typeof reference === 'string' ? await ecs.taskDefinition(nameOf(reference)) : undefined
  if (!reference || !revision?.taskDefinition)
    return { digest: undefined, essential: [], store: undefined, family: undefined }
  // The definition is not declared: its named revision runs, and the latest one may have records too.
  const { family } = revision.taskDefinition
  const latest = family && /:\d+$/.test(reference) ? await ecs.taskDefinition(family) : undefined
  const definition = liveTaskDefinition(revision)
  const run = await runOf(particle, definition, undefined, latest ? [revision, latest] : [revision], undefined, ecs)
  return { undeclared: definitionContent(definition, undefined), revision: shortReference(revision), ...run }
}

/** The revision that a protected definition stands for, where it says something else than the manifest. */
function otherRevision(parent: Particle<TaskDefinitionDefinition>, live: LiveTaskDefinition | undefined) {
  const revision = parent.persistOnUpdate ? currentRevision(parent, live) : undefined
  return revision && differences(parent, revision, nothingSensitive).every(isTag) ? undefined : revision
}

/** The run that a definition makes. `known`: the record as its family's particle has read it. */
async function runOf(
  particle: TaskParticle,
  taskDefinition: object,
  ignore: unknown,
  described: readonly Revision[],
  known: FamilyRecord | undefined,
  ecs: Ecs,
): Promise<Omit<Job, keyof JobContent>> {
  const { family, containerDefinitions = [] } = taskDefinition as RegisterTaskDefinitionRequest
  const essential = containerDefinitions.filter(({ essential }) => essential !== false).map(({ name = '' }) => name)
  if (!family) return { digest: undefined, essential, store: undefined, family }
  const digest = runDigest(particle, taskDefinition, ignore)
  const digests = digest !== undefined && isRecorded(particle) ? [digest] : []
  // The digest that the family's particle has read the record for may differ: more of the job may be known by now.
  const isRead = known && digests.every(one => known.digests.includes(one))
  const record = isRead ? known : await readRecord(family, described, digests, ecs)
  return { digest, essential, store: { record, declared: known?.digests ?? digests }, family }
}
