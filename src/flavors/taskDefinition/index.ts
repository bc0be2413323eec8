import type { RegisterTaskDefinitionRequest, Tag } from '@aws-sdk/client-ecs'
import type { FoundChange } from '../../compare/change.ts'
import { additions } from '../../compare/compare.ts'
import type { Sensitivity } from '../../compare/sensitivity.ts'
import type { Comparison, Flavor, TransitionContext } from '../../engine/flavor.ts'
import { Unknown } from '../../particle.ts'
import { oneOrMany, plural } from '../../wording.ts'
import { carriedTags, roomBeside } from '../record/tags.ts'
import { recordsToCarry } from '../record/write.ts'
import { retryWhile } from '../retry.ts'
import { isReservedTag, setTags } from '../tags.ts'
import { describeTaskDefinition, type Memo } from './describe.ts'
import {
  currentRevision,
  differences,
  differencesInUse,
  isTag,
  keptFrom,
  type LiveTaskDefinition,
  optionsOf,
  registrationOf,
  request,
  revisionArn,
  revisionNumber,
  shortReference,
  type TaskDefinitionDefinition,
  type TaskDefinitionParticle,
} from './revisions.ts'
import type { Revision } from './rules.ts'
import { vocabulary } from './vocabulary.ts'

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
    if (different.length === 0) return { changes, ...refused }
    const kept = keptFrom(particle, revision, sensitivity)
    return { changes, newReference: true, kept, risks: severalInUse(revision, live), ...refused }
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

/** `ecs_task_definition`: a family, of which each change registers a new revision. */
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
        ? { is: 'moving', because: 'some revisions are still ACTIVE', near: true }
        : { is: 'settled', because: 'no revision is ACTIVE any more' }
    }
    const revision = memo.registered ? live?.registered : currentRevision(particle, live)
    if (!live || !revision) return { is: 'moving', because: 'the new revision is not visible yet', near: true }
    if (revision.taskDefinition?.status === 'INACTIVE') {
      const cause = `somebody else has deregistered ${shortReference(revision)} already`
      return { is: 'failed', failure: { code: 'GoneMeanwhile', happened: 'failed', cause, remedy: { kind: 'plan' } } }
    }
    return { is: 'settled', because: shortReference(revision) }
  },

  describe: describeTaskDefinition,

  answered(_particle, before, { registered }) {
    if (!registered?.taskDefinition) return undefined
    return { running: [], failed: [], inactive: [], elsewhere: [], ...before, latest: registered, registered }
  },

  start: register,

  async update(particle, live, changes, context) {
    const revision = currentRevision(particle, live)
    if (!revision || !changes.every(isTag)) return register(particle, live, context)
    await setTags(context.ecs, revisionArn(revision) ?? '', registrationOf(particle, revision).tags, revision.tags)
    return {}
  },

  async terminate(particle, live, { ecs }) {
    const { family = '' } = particle.definition
    const gone = new Set<string>()
    // A listing may lag behind, and miss revisions: as long as one of them is the latest, there is more to deregister.
    const isLeft = (latest: Revision | undefined): latest is Revision =>
      !gone.has(revisionArn(latest) ?? '') &&
      revisionNumber(latest) > 0 &&
      revisionNumber(latest) <= revisionNumber(live.latest)
    for (let { latest } = live; isLeft(latest); latest = await ecs.taskDefinition(family)) {
      const arns = new Set([revisionArn(latest) ?? '', ...(await ecs.revisions(family))])
      // Oldest first: after an interruption the family's latest revision is still the same.
      for (const arn of [...arns].filter(arn => !gone.has(arn)).reverse()) {
        await ecs.call('DeregisterTaskDefinition', { taskDefinition: arn })
        gone.add(arn)
      }
    }
    return {}
  },
}

/** A new revision is built on one of the services' revisions; the other services lose what differs. */
function severalInUse(revision: Revision, { running }: LiveTaskDefinition): string[] {
  const others = running.filter(one => one !== revision).map(shortReference)
  if (others.length === 0 || !running.includes(revision)) return []
  const compared = `${shortReference(revision)}, which it is compared with`
  return [`its services run several revisions: ${compared}, and ${others.join(', ')}`]
}

/** A declared job whose record finds no room would run again: the plan refuses such a job. */
function tooManyJobs(
  particle: TaskDefinitionParticle,
  live: LiveTaskDefinition | undefined,
  revision: Revision | undefined,
): Pick<Comparison, 'problems'> {
  const declared = new Set(live?.record?.digests).size
  const beside = tagsBeside(particle, revision)
  const room = roomBeside(beside)
  if (declared <= room) return {}
  const jobs = `${plural(declared, 'job')} ${oneOrMany(declared, 'runs', 'run')}`
  const remedy = declared === 1 ? 'let tags go' : 'give some of them a task definition of their own'
  const message = `${jobs} on ${particle.id}, and a revision has room for the records of ${room} beside ${plural(beside.length, 'tag')} of its own; ${remedy}, or set custom_config.record: false where an hour's memory is enough`
  return { problems: [{ at: [], message }] }
}

/**
 * The tags of a new revision beside its records. Without tags in the manifest, it keeps those of the old one, as an updated
 * resource does; ignored ones are kept in any case.
 */
function tagsBeside(particle: TaskDefinitionParticle, old: Revision | undefined): readonly Tag[] {
  const { tags = [] } = particle.definition.tags ? registrationOf(particle, old) : (old ?? {})
  return tags.filter(({ key }) => !isReservedTag(key ?? ''))
}

async function register(
  particle: TaskDefinitionParticle,
  live: LiveTaskDefinition | undefined,
  context: TransitionContext,
): Promise<Memo> {
  const old = currentRevision(particle, live)
  const stated = tagsBeside(particle, old)
  const record = live?.record
  const tags = [...stated, ...(record ? carriedTags(recordsToCarry(record), stated, record.digests) : [])]
  // Ignored members keep the values of the old revision.
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
  return { registered: answer }
}
