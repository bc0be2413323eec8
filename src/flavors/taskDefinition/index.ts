import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import type { FoundChange } from '../../compare/change.ts'
import { additions } from '../../compare/compare.ts'
import type { Sensitivity } from '../../compare/sensitivity.ts'
import type { Comparison, Flavor, FlavorContext, TransitionContext } from '../../engine/flavor.ts'
import { type Particle, Unknown } from '../../particle.ts'
import { readRecord } from '../record/family.ts'
import { runDigest } from '../record/record.ts'
import { carriedTags, roomBeside } from '../record/tags.ts'
import { recordsOf } from '../record/write.ts'
import { retryWhile } from '../retry.ts'
import type { LiveService } from '../service/live.ts'
import { isReservedTag, setTags } from '../tags.ts'
import {
  currentRevision,
  differences,
  differencesInUse,
  isTag,
  keptFrom,
  type LiveTaskDefinition,
  optionsOf,
  type Revision,
  registrationOf,
  request,
  revisionArn,
  revisionNumber,
  revisionsOf,
  shortReference,
  type TaskDefinitionDefinition,
  type TaskDefinitionParticle,
} from './revisions.ts'
import { vocabulary } from './vocabulary.ts'

export { request, type TaskDefinitionDefinition }

/** The revision that a transition made, or nothing when it only took away. */
export interface Memo {
  readonly arn?: string
}

/** How the manifest differs from the revision that it is compared with. */
function comparison(
  particle: TaskDefinitionParticle,
  live: LiveTaskDefinition,
  revision: Revision,
  changes: readonly FoundChange[],
  sensitivity: Sensitivity,
): Comparison {
  const different = changes.filter(change => !isTag(change))
  const refused = tooManyJobs(particle, live, revision)
  if (particle.definition.revision === undefined) {
    if (different.length === 0) return { changes, risks: [], ...refused }
    const kept = keptFrom(particle, revision, sensitivity)
    const risks = severalInUse(revision, live)
    return { changes, newReference: true, ...(kept.length > 0 && { kept }), risks, ...refused }
  }
  if (different.length === 0) return { changes, pinned: true, ...refused }
  const paths = different.map(({ path }) => path).join(', ')
  const message = `aws_resource.revision pins ${shortReference(revision)}, which says something else: ${paths}; state what it says, or leave revision out to register a new one`
  return { changes: [], problems: [{ at: ['revision'], message }] }
}

function additionsOf(
  particle: TaskDefinitionParticle,
  live: LiveTaskDefinition | undefined,
  revision: Revision | undefined,
  sensitivity: Sensitivity,
): Comparison {
  const changes = additions(request(particle.definition), optionsOf(particle, sensitivity))
  if (particle.definition.revision === undefined) return { changes, ...tooManyJobs(particle, live, revision) }
  const pinned = `${particle.definition.family}:${particle.definition.revision}`
  const message = `aws_resource.revision pins ${pinned}, which is not there or not ACTIVE; name an ACTIVE revision, or leave revision out to register a new one`
  return { changes, problems: [{ at: ['revision'], message }] }
}

export const taskDefinition: Flavor<TaskDefinitionDefinition, LiveTaskDefinition, Memo> = {
  ...vocabulary,

  calls: [
    'DescribeTaskDefinition',
    'ListTaskDefinitions',
    'RegisterTaskDefinition',
    'DeregisterTaskDefinition',
    'TagResource',
    'UntagResource',
  ],

  assess(particle, live, sensitivity) {
    const known = new Map<Revision, FoundChange[]>()
    /** Each revision is compared once. */
    const differencesFrom = (revision: Revision): FoundChange[] => {
      const changes = known.get(revision) ?? differences(particle, revision, sensitivity)
      known.set(revision, changes)
      return changes
    }
    const revision = currentRevision(particle, live, differencesFrom)
    return {
      observed: { state: revision ? 'running' : 'terminated' },
      reference: revision ? shortReference(revision) : new Unknown(particle.id),
      currentDefinition: revision?.taskDefinition && {
        ...revision.taskDefinition,
        taskDefinition: shortReference(revision),
      },
      memo: {},
      additions: () => additionsOf(particle, live, revision, sensitivity),
      ...(live && {
        differences: () =>
          revision ? comparison(particle, live, revision, differencesFrom(revision), sensitivity) : { changes: [] },
        removalRisks: () => ['every ACTIVE revision of the family is deregistered'],
        staleRevisions() {
          const inUse = [...live.running, ...live.failed, ...live.inactive, ...live.elsewhere]
          return new Map(
            inUse
              .map(one => [one, differencesInUse(particle, one, revision, differencesFrom(one), sensitivity)] as const)
              .filter(([one, changes]) => one !== revision || changes.length > 0)
              .map(([one, changes]) => [shortReference(one), changes]),
          )
        },
      }),
    }
  },

  progress(particle, live, goal, memo) {
    if (goal !== 'running') {
      return live?.latest
        ? { is: 'moving', because: 'some revisions are still ACTIVE' }
        : { is: 'settled', because: 'no revision is ACTIVE any more' }
    }
    const revision = memo.arn ? live?.registered : currentRevision(particle, live)
    if (!live || !revision) return { is: 'moving', because: 'the new revision is not visible yet' }
    if (revision.taskDefinition?.status === 'INACTIVE') {
      return { is: 'failed', because: `somebody else has deregistered ${shortReference(revision)} already; plan again` }
    }
    const newer =
      live.latest && revisionNumber(live.latest) > revisionNumber(revision) ? shortReference(live.latest) : undefined
    const because = `${shortReference(revision)}${newer && memo.arn ? `; ${newer} is newer: somebody else registered it meanwhile` : ''}`
    return { is: 'settled', because }
  },

  async describe(particle, around) {
    const { family, revision } = particle.definition
    if (!family) return undefined
    const made = (around.memo as Memo | undefined)?.arn
    const [found, pinned, run] = await Promise.all([
      around.ecs.taskDefinition(family),
      revision === undefined ? undefined : around.ecs.taskDefinition(`${family}:${revision}`),
      revisionsInUse(family, around),
    ])
    const registered = made === undefined || revisionArn(found) === made ? found : await around.ecs.taskDefinition(made)
    // Documented as the latest ACTIVE revision; another answer must not read as something that is there.
    const latest = found?.taskDefinition?.status === 'INACTIVE' ? undefined : found
    const described = async (references: ReadonlySet<string>): Promise<Revision[]> => {
      const all: (Revision | undefined)[] = await Promise.all(
        [...references].map(reference =>
          latest && shortReference(latest) === reference ? latest : around.ecs.taskDefinition(reference),
        ),
      )
      return all.filter(isThere).sort((one, other) => revisionNumber(other) - revisionNumber(one))
    }
    const [runs, failed, elsewhere] = await Promise.all([run.runs, run.failed, run.elsewhere].map(described))
    const isActive = ({ taskDefinition }: Revision) => taskDefinition?.status === 'ACTIVE'
    const live: LiveTaskDefinition = {
      ...(latest && { latest }),
      running: (runs ?? []).filter(isActive),
      failed: (failed ?? []).filter(isActive),
      inactive: (runs ?? []).filter(one => !isActive(one)),
      elsewhere: elsewhere ?? [],
      ...(made !== undefined && registered && { registered }),
    }
    const isPinned = revision !== undefined && particle.desired === 'running'
    if (isPinned && pinned?.taskDefinition?.status !== 'ACTIVE') return undefined
    const whole = isPinned && pinned ? { ...live, pinned } : live
    const jobs = particle.desired === 'running' ? jobsOf(around) : []
    const digests = jobs.flatMap(job => runDigest(job, request(particle.definition), particle.options.ignore) ?? [])
    const seen = [...whole.running, ...whole.failed, ...[whole.latest, whole.pinned, registered].filter(isThere)]
    if (![digests, seen, live.inactive, live.elsewhere].some(some => some.length > 0)) return undefined
    const record = await readRecord(family, [...seen, ...live.inactive], digests, around.ecs)
    return { ...whole, record }
  },

  start: (particle, live, context) => register(particle, live, context),

  async update(particle, live, changes, context) {
    const revision = currentRevision(particle, live)
    if (!revision || !changes.every(isTag)) return register(particle, live, context)
    await setTags(context.ecs, revisionArn(revision) ?? '', particle.definition.tags ?? [], revision.tags ?? [])
    return {}
  },

  async terminate(particle, _live, { ecs }) {
    const arns = await ecs.revisions(particle.definition.family ?? '')
    // Oldest first: should it be cut off, the family's latest revision still is what it was.
    for (const arn of arns.reverse()) await ecs.call('DeregisterTaskDefinition', { taskDefinition: arn })
    return {}
  },
}

const isThere = (revision: Revision | undefined): revision is Revision => revision !== undefined

/** Children that run once, and are remembered. */
const jobsOf = ({ children, particle }: FlavorContext): Particle[] =>
  children.flatMap(id => {
    const child = id.startsWith('ecs_task:') ? particle(id) : undefined
    return child && child.options.wait !== 'running' && child.options.record !== false ? [child] : []
  })

/** `family:revision` of what the particle's own services run, of this family and of others, or failed at. */
async function revisionsInUse(
  family: string,
  around: FlavorContext,
): Promise<Readonly<Record<'runs' | 'failed' | 'elsewhere', ReadonlySet<string>>>> {
  const services = around.children.filter(id => id.startsWith('ecs_service:'))
  const lives = (await Promise.all(services.map(id => around.live(id)))) as (LiveService | undefined)[]
  const runs = new Set<string>()
  const failed = new Set<string>()
  const elsewhere = new Set<string>()
  for (const live of lives) {
    const use = live && revisionsOf(live.service)
    if (use?.runs) (use.runs.startsWith(`${family}:`) ? runs : elsewhere).add(use.runs)
    if (use?.failed?.startsWith(`${family}:`)) failed.add(use.failed)
  }
  for (const reference of runs) failed.delete(reference)
  return { runs, failed, elsewhere }
}

/** Of several services' revisions one is built on; the others lose what differs. */
function severalInUse(revision: Revision, { running }: LiveTaskDefinition): string[] {
  const others = running.filter(one => one !== revision).map(shortReference)
  if (others.length === 0 || !running.includes(revision)) return []
  return [
    `its services run several revisions: ${shortReference(revision)}, which it is compared with, and ${others.join(', ')}`,
  ]
}

/** A declared job whose record no revision has room for would run again: that is refused before anything is done. */
function tooManyJobs(
  particle: TaskDefinitionParticle,
  live: LiveTaskDefinition | undefined,
  revision: Revision | undefined,
): Pick<Comparison, 'problems'> {
  const declared = new Set(live?.record?.digests).size
  const beside = tagsBeside(particle, revision)
  const room = roomBeside(beside)
  if (declared <= room) return {}
  return {
    problems: [
      {
        at: [],
        message: `${declared} jobs run on ${particle.id}, and a revision has room for the records of ${room} beside ${beside.length} tags of its own; give some of them a task definition of their own, or set custom_config.record: false where an hour's memory is enough`,
      },
    ],
  }
}

/** Tags that the manifest has no opinion about stay with the family, as they stay with a resource that is updated. */
const tagsBeside = (particle: TaskDefinitionParticle, old: Revision | undefined) =>
  particle.definition.tags ?? (old?.tags ?? []).filter(({ key }) => !isReservedTag(key ?? ''))

async function register(
  particle: TaskDefinitionParticle,
  live: LiveTaskDefinition | undefined,
  context: TransitionContext,
): Promise<Memo> {
  const old = currentRevision(particle, live)
  const stated = tagsBeside(particle, old)
  const record = live?.record
  const tags = [...stated, ...(record ? carriedTags(recordsOf(record), stated, record.digests) : [])]
  // What the manifest ignores is somebody else's: the new revision says of it what the old one did.
  const { tags: _stated, ...definition }: RegisterTaskDefinitionRequest = registrationOf(particle, old)
  const answer = await retryWhile(
    () => context.ecs.call('RegisterTaskDefinition', { ...definition, ...(tags.length > 0 && { tags }) }),
    {
      when: ['Too many concurrent attempts'],
      atMost: 120_000,
      because: 'another revision of the family is being registered',
    },
    context,
  )
  const arn = answer.taskDefinition?.taskDefinitionArn
  return arn ? { arn } : {}
}
