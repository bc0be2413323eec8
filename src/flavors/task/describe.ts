/** Finds a job or its kept tasks in AWS: its definition, its record, and its tasks. */

import type { RegisterTaskDefinitionRequest, Task } from '@aws-sdk/client-ecs'
import type { FlavorContext } from '../../engine/flavor.ts'
import type { JobContent } from '../../engine/release.ts'
import type { Particle } from '../../particle.ts'
import { nameOf } from '../../schema/arn.ts'
import { definitionContent, runDigest } from '../record/digest.ts'
import { type FamilyRecord, readRecord } from '../record/read.ts'
import { hasRunBefore, type Records } from '../record/tags.ts'
import type { RecordStore } from '../record/write.ts'
import { type LiveTaskDefinition, request, type TaskDefinitionDefinition } from '../taskDefinition/revisions.ts'
import { liveTaskDefinition, type Revision } from '../taskDefinition/rules.ts'
import { assumedRecords } from './assume.ts'
import { isNamed, isOurs, lastAttempt, nameIn, ownerOf, runName, runPrefix } from './naming.ts'
import { byAge, isRecorded, keptRunning, type LiveTask, type TaskParticle } from './runs.ts'

/** The definition of a job, and where its runs are recorded. */
interface Job extends JobContent {
  readonly digest?: string
  readonly family?: string
  readonly essential: readonly string[]
  readonly store?: RecordStore
  readonly records: Records
  /** The reason why a job without a record may have one nevertheless. */
  readonly uncertain?: string
}

/**
 * The runs of a task and the record of its job.
 *
 * @throws EcsError
 */
export async function describeTask(particle: TaskParticle, context: FlavorContext): Promise<LiveTask> {
  const job = await jobOf(particle, context)
  const { digest, family, records } = job
  const record = digest !== undefined && isRecorded(particle) ? records.get(digest) : undefined
  const signatures = context.releaseSignatures(particle, job)
  const mayRelease = signatures !== undefined && particle.options.review !== 'always'
  const live = {
    requested: context.requested,
    at: context.ecs.time,
    ...(context.repository !== undefined && { repository: context.repository }),
    assumed: keptRunning(particle) ? new Map() : assumedRecords(particle, records),
    essential: job.essential,
    ...(signatures?.signature && { signature: signatures.signature }),
    releasable: mayRelease && isRecorded(particle),
    knownRelease: mayRelease && hasRunBefore(signatures, records),
    ...(job.store && { store: job.store }),
    ...(job.uncertain && isRecorded(particle) && { uncertain: job.uncertain }),
    ...(digest !== undefined && { digest }),
    ...(record && { record }),
    attempt: record?.attempt ?? 0,
  }
  const isDone = record?.status === 'done' && particle.desired === 'running' && !context.requested
  if (family === undefined || isDone) return { ...live, runs: [], outdated: [], unowned: [] }
  return { ...live, ...(await tasksOf(particle, family, live, context)) }
}

type Tasks = Pick<LiveTask, 'runs' | 'outdated' | 'unowned' | 'attempt'>

async function tasksOf(
  particle: TaskParticle,
  family: string,
  { digest, record }: Pick<LiveTask, 'digest' | 'record'>,
  { ecs, environment, repository }: FlavorContext,
): Promise<Tasks> {
  const cluster = particle.definition.cluster ?? 'default'
  const isLeaving = particle.desired !== 'running'
  const name = (attempt: number) => runName(particle, environment, digest ?? '', attempt)
  // By family where more than one name is wanted: those of earlier definitions, or of attempts that no record counts.
  const byName = digest !== undefined && !isLeaving && isRecorded(particle)
  const [up, stopped] = await Promise.all([
    byName
      ? ecs.tasksStartedBy(cluster, particle.definition.startedBy ?? name(record?.attempt ?? 0))
      : ecs.tasksOfFamily(cluster, family, 'RUNNING'),
    isLeaving ? [] : ecs.tasksOfFamily(cluster, family, 'STOPPED'),
  ])
  const all = [...new Map([...up, ...stopped].map(task => [task.taskArn, task])).values()].sort(byAge)
  const attempt = isRecorded(particle) ? (record?.attempt ?? 0) : lastAttempt(particle, all, name)
  const runs = digest === undefined ? [] : all.filter(task => isNamed(task, particle, name(attempt)))
  const prefix = runPrefix(particle, environment)
  const named = up.filter(task => !runs.includes(task) && nameIn(task, particle)?.startsWith(prefix)).sort(byAge)
  const ours = (task: Task) => isOurs(task, repository)
  const theirs = (task: Task) => !ours(task)
  // A task that an earlier release started has no tag, and needs no warning.
  const isAnothers = (task: Task) => theirs(task) && ownerOf(task) !== undefined
  // A task that this repository did not start counts as the run all the same, and must not be stopped.
  const own = { attempt, runs: isLeaving ? runs.filter(ours) : runs }
  // The last run of a job that has changed ends by itself.
  if (!keptRunning(particle) && !isLeaving) return { ...own, outdated: [], unowned: [] }
  const unowned = [...runs.filter(isLeaving ? theirs : isAnothers), ...named.filter(theirs)]
  return { ...own, outdated: named.filter(ours), unowned }
}

async function jobOf(particle: TaskParticle, context: FlavorContext): Promise<Job> {
  const parentId = particle.parents.find(id => id.startsWith('ecs_task_definition:'))
  const parent = parentId && (context.particle(parentId) as Particle<TaskDefinitionDefinition> | undefined)
  if (parent) return jobOfParent(particle, parent, context)
  const reference = particle.definition.taskDefinition
  const nothing: Job = { essential: [], records: new Map() }
  if (typeof reference !== 'string') return nothing
  // The definition is not declared: its named revision runs, and the latest one may have records too.
  const { ecs } = context
  const revision = await ecs.taskDefinition(nameOf(reference))
  const family = revision?.taskDefinition?.family
  const latest = family && /:\d+$/.test(reference) ? await ecs.taskDefinition(family) : revision
  if (!revision?.taskDefinition) return nothing
  const described: Revision[] = [revision, ...(latest?.taskDefinition ? [latest] : [])]
  const definition = liveTaskDefinition(revision)
  const content = contentOf(particle, definition, undefined)
  const digests = isRecorded(particle) && content.digest ? [content.digest] : []
  const record = family ? await readRecord(family, described, digests, ecs) : undefined
  return {
    undeclared: definitionContent(definition, undefined),
    ...content,
    ...recorded(content.digest, record, digests),
  }
}

async function jobOfParent(
  particle: TaskParticle,
  parent: Particle<TaskDefinitionDefinition>,
  context: FlavorContext,
): Promise<Job> {
  const live = (await context.live(parent.id)) as LiveTaskDefinition | undefined
  const content = contentOf(particle, request(parent.definition), parent.options.ignore)
  const { digest, family } = content
  const described = [live?.latest, ...(live?.running ?? []), live?.pinned].filter(revision => revision !== undefined)
  // The digest that the parent has read the record for may differ: more of the job may be known by now.
  const isRead = !digest || !isRecorded(particle) || live?.record?.digests.includes(digest)
  const record = isRead || !family ? live?.record : await readRecord(family, described, [digest], context.ecs)
  return { definition: parent, ...content, ...recorded(digest, record, live?.record?.digests ?? []) }
}

const recorded = (
  digest: string | undefined,
  record: FamilyRecord | undefined,
  declared: readonly string[],
): Pick<Job, 'store' | 'records' | 'uncertain'> => ({
  ...(record && { store: { record, declared } }),
  records: record?.records ?? new Map(),
  ...(record?.uncertain && !record.confirmed.has(digest ?? '') && { uncertain: record.uncertain }),
})

/** The definition that runs, and which of its containers count. */
function contentOf(
  particle: TaskParticle,
  taskDefinition: object,
  ignore: unknown,
): Pick<Job, 'digest' | 'family' | 'essential'> {
  const { family, containerDefinitions = [] } = taskDefinition as RegisterTaskDefinitionRequest
  const essential = containerDefinitions.filter(({ essential }) => essential !== false).map(({ name = '' }) => name)
  const digest = family ? runDigest(particle, taskDefinition, ignore) : undefined
  return { ...(digest && { digest }), ...(family && { family }), essential }
}
