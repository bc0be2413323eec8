import type { DescribeTaskDefinitionResponse, RegisterTaskDefinitionRequest, Tag } from '@aws-sdk/client-ecs'
import type { Ecs } from '../ecs/ecs.ts'
import { compare, describe } from '../engine/compare.ts'
import { openCurtain } from '../engine/curtain.ts'
import { overlay, requestOf } from '../engine/overlay.ts'
import { ignoredPaths } from '../engine/path.ts'
import { type Particle, Unknown } from '../particle.ts'
import type { LiveService } from './ecs_service.ts'
import type { Act, Curtain, Flavor, Surroundings } from './flavor.ts'
import { insist } from './insist.ts'
import { carriedForward, holdsRecords, runDigest } from './record.ts'
import { liveTaskDefinition, taskDefinitionRules } from './rules/taskDefinition.ts'
import { isReservedTag, setTags } from './tags.ts'
import { nameOf, vocabulary } from './vocabulary.ts'

const words = vocabulary.ecs_task_definition

/** What RegisterTaskDefinition takes, and the revision that a manifest may pin. */
export type TaskDefinitionDefinition = RegisterTaskDefinitionRequest & { readonly revision?: number }

/** One revision with its tags, as DescribeTaskDefinition answers. */
export type Revision = Pick<DescribeTaskDefinitionResponse, 'taskDefinition' | 'tags'>

/** A family in AWS: its latest ACTIVE revision, those that its services run, and the pinned one. */
export interface LiveTaskDefinition {
  readonly latest?: Revision
  /** ACTIVE revisions that the particle's own services run, newest first. */
  readonly running: readonly Revision[]
  readonly pinned?: Revision
  /** What an older revision remembers of jobs, where those in hand remember nothing. */
  readonly remembered?: readonly Tag[]
  /** Digests of the runs that the particle's jobs are: their records must stay. */
  readonly declared?: readonly string[]
}

/** The revision that a transition made, or nothing when it only took away. */
export interface Memo {
  readonly arn?: string
}

type TaskDefinitionParticle = Particle<TaskDefinitionDefinition>

const options = (particle: TaskDefinitionParticle, curtain: Curtain) => ({
  schema: words.model,
  rules: taskDefinitionRules,
  whole: true,
  ignore: ignoredPaths(particle.options.ignore),
  curtain,
})

/** Without the revision, which is this tool's word and not the request's. */
export function request({ revision: _pin, ...definition }: TaskDefinitionDefinition): RegisterTaskDefinitionRequest {
  return definition
}

const arnOf = (revision: Revision | undefined): string | undefined => revision?.taskDefinition?.taskDefinitionArn

/** `web:7` of a revision or its ARN. */
export const shortReference = (revision: Revision): string =>
  `${revision.taskDefinition?.family}:${revision.taskDefinition?.revision}`

const differences = (particle: TaskDefinitionParticle, revision: Revision, curtain: Curtain) =>
  compare(request(particle.definition), liveTaskDefinition(revision), options(particle, curtain))

const isTag = ({ path }: { readonly path: string }): boolean => path.startsWith('tags')

const saysTheSame = (particle: TaskDefinitionParticle, revision: Revision): boolean =>
  differences(particle, revision, openCurtain).every(isTag)

/**
 * The revision in hand: the one its services run, if it says what the manifest says, of several the newest;
 * otherwise the family's latest ACTIVE one.
 */
export function inHand(particle: TaskDefinitionParticle, live: LiveTaskDefinition | undefined): Revision | undefined {
  if (!live) return undefined
  return live.pinned ?? live.running.find(revision => saysTheSame(particle, revision)) ?? live.latest
}

export const taskDefinition: Flavor<TaskDefinitionDefinition, LiveTaskDefinition, Memo> = {
  ...words,

  read: (particle, live) => ({ state: inHand(particle, live) ? 'running' : 'terminated' }),

  compare(particle, live, curtain) {
    const revision = inHand(particle, live)
    if (!revision) return { changes: [] }
    const changes = differences(particle, revision, curtain)
    if (particle.definition.revision === undefined) return { changes }
    const different = changes.filter(change => !isTag(change))
    if (different.length === 0) return { changes, pinned: true }
    return {
      changes: [],
      problems: [
        {
          at: ['revision'],
          message: `aws_resource.revision pins ${shortReference(revision)}, which says something else: ${different.map(({ path }) => path).join(', ')}; state what it says, or leave revision out to register a new one`,
        },
      ],
    }
  },

  describe(particle, _live, curtain) {
    const changes = describe(request(particle.definition), options(particle, curtain))
    if (particle.definition.revision === undefined) return { changes }
    const pinned = `${particle.definition.family}:${particle.definition.revision}`
    return {
      changes,
      problems: [
        {
          at: ['revision'],
          message: `aws_resource.revision pins ${pinned}, which is not there or not ACTIVE; name an ACTIVE revision, or leave revision out to register a new one`,
        },
      ],
    }
  },

  goodbye: () => ['every ACTIVE revision of the family is deregistered'],

  reference(particle, live, changes) {
    const revision = inHand(particle, live)
    return revision && changes.every(isTag) ? shortReference(revision) : new Unknown(particle.id)
  },

  behind(particle, live, curtain) {
    const others = live.running.filter(revision => !saysTheSame(particle, revision))
    return new Map(
      others.map(revision => [
        shortReference(revision),
        differences(particle, revision, curtain).filter(change => !isTag(change)),
      ]),
    )
  },

  current(particle, live) {
    const revision = inHand(particle, live)
    return revision?.taskDefinition && { ...revision.taskDefinition, taskDefinition: shortReference(revision) }
  },

  resume: () => ({}),

  settled(particle, live, goal, memo) {
    if (goal !== 'running') {
      return live?.latest
        ? { is: 'moving', because: 'some revisions are still ACTIVE' }
        : { is: 'settled', because: 'no revision is ACTIVE any more' }
    }
    const revision = inHand(particle, live)
    if (!revision) return { is: 'moving', because: 'the new revision is not visible yet' }
    if (memo.arn && !revisions(live).some(seen => arnOf(seen) === memo.arn)) {
      return { is: 'moving', because: 'the new revision is not visible yet' }
    }
    return { is: 'settled', because: shortReference(revision) }
  },

  async look(particle, around) {
    const { family, revision } = particle.definition
    if (!family) return undefined
    const [found, pinned, run] = await Promise.all([
      around.ecs.taskDefinition(family),
      revision === undefined ? undefined : around.ecs.taskDefinition(`${family}:${revision}`),
      revisionsOfServices(family, around),
    ])
    // Documented as the latest ACTIVE revision; another answer must not read as something that is there.
    const latest = found?.taskDefinition?.status === 'INACTIVE' ? undefined : found
    const running: Revision[] = []
    for (const reference of run) {
      const known = latest && shortReference(latest) === reference ? latest : await around.ecs.taskDefinition(reference)
      if (known?.taskDefinition?.status === 'ACTIVE') running.push(known)
    }
    running.sort((one, other) => (other.taskDefinition?.revision ?? 0) - (one.taskDefinition?.revision ?? 0))
    if (revision !== undefined && particle.desired === 'running') {
      return pinned?.taskDefinition?.status === 'ACTIVE' ? { ...(latest && { latest }), running, pinned } : undefined
    }
    if (!latest && running.length === 0) return undefined
    const live: LiveTaskDefinition = { ...(latest && { latest }), running }
    const jobs = jobsOf(around)
    if (jobs.length === 0) return live
    const remembered = await rememberedBefore(family, revisions(live), around.ecs)
    const declared = jobs.flatMap(job => runDigest(job, request(particle.definition), particle.options.ignore) ?? [])
    return { ...live, declared, ...(remembered.length > 0 && { remembered }) }
  },

  start: (particle, live, act) => register(particle, live, act),

  async update(particle, live, changes, act) {
    const revision = inHand(particle, live)
    if (!revision || !changes.every(isTag)) return register(particle, live, act)
    await setTags(act.ecs, arnOf(revision) ?? '', particle.definition.tags ?? [], revision.tags ?? [])
    return {}
  },

  async terminate(particle, _live, { ecs }) {
    const arns = await ecs.revisions(particle.definition.family ?? '')
    // Oldest first: should it be cut off, the family's latest revision still is what it was.
    for (const arn of arns.reverse()) await ecs.call('DeregisterTaskDefinition', { taskDefinition: arn })
    return {}
  },
}

function revisions(live: LiveTaskDefinition | undefined): readonly Revision[] {
  if (!live) return []
  return [...live.running, ...(live.latest ? [live.latest] : []), ...(live.pinned ? [live.pinned] : [])]
}

/** Tags of every revision that is known to remember jobs. */
export const memories = (live: LiveTaskDefinition | undefined): readonly (readonly Tag[])[] => [
  ...revisions(live).map(({ tags }) => tags ?? []),
  live?.remembered ?? [],
]

/** How far back records are looked for. */
const furthestBack = 10

/**
 * What the newest older revision with records remembers. A revision that somebody else registered takes no tags along,
 * and a job that was done must not run again for that.
 */
export async function rememberedBefore(family: string, seen: readonly Revision[], ecs: Ecs): Promise<readonly Tag[]> {
  if (seen.some(({ tags }) => holdsRecords(tags))) return []
  if (seen.every(({ taskDefinition }) => taskDefinition?.revision === 1)) return []
  const known = new Set(seen.map(arnOf))
  const older = (await ecs.revisions(family)).filter(arn => !known.has(arn)).slice(0, furthestBack)
  for (const arn of older) {
    const revision = await ecs.taskDefinition(arn)
    if (holdsRecords(revision?.tags)) return revision?.tags ?? []
  }
  return []
}

/** Children that run once, and are remembered. */
const jobsOf = ({ children, particle }: Surroundings): Particle[] =>
  children.flatMap(id => {
    const child = id.startsWith('ecs_task:') ? particle(id) : undefined
    return child && child.options.wait !== 'running' && child.options.record !== false ? [child] : []
  })

/** `family:revision` of the revisions of this family that the particle's own services run. */
async function revisionsOfServices(family: string, around: Surroundings): Promise<ReadonlySet<string>> {
  const services = around.children.filter(id => id.startsWith('ecs_service:'))
  const lives = (await Promise.all(services.map(id => around.live(id)))) as (LiveService | undefined)[]
  const references = lives.map(live => nameOf(live?.service.taskDefinition ?? ''))
  return new Set(references.filter(reference => reference.startsWith(`${family}:`)))
}

async function register(
  particle: TaskDefinitionParticle,
  live: LiveTaskDefinition | undefined,
  act: Act,
): Promise<Memo> {
  const old = inHand(particle, live)
  // Tags that the manifest has no opinion about stay with the family, as they stay with a resource that is updated.
  const stated = particle.definition.tags ?? (old?.tags ?? []).filter(({ key }) => !isReservedTag(key ?? ''))
  const tags = [...stated, ...carriedForward(memories(live), stated, live?.declared)]
  // What the manifest ignores is somebody else's: the new revision says of it what the old one did.
  const whole = request(particle.definition)
  const { tags: _stated, ...definition } = old
    ? overlay(whole, liveTaskDefinition(old), options(particle, openCurtain))
    : requestOf(whole, options(particle, openCurtain))
  const answer = await insist(
    () => act.ecs.call('RegisterTaskDefinition', { ...definition, ...(tags.length > 0 && { tags }) }),
    {
      when: ['Too many concurrent attempts'],
      atMost: 120_000,
      because: 'another revision of the family is being registered',
    },
    act,
  )
  const arn = answer.taskDefinition?.taskDefinitionArn
  return arn ? { arn } : {}
}
