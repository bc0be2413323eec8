/** Finds a family of task definitions in AWS: its latest revision, those that services run, and its record of jobs. */

import type { Service } from '@aws-sdk/client-ecs'
import type { FlavorContext } from '../../engine/flavor.ts'
import type { Particle } from '../../particle.ts'
import { nameOf } from '../../schema/arn.ts'
import { runDigest } from '../record/digest.ts'
import { readRecord } from '../record/read.ts'
import type { LiveService } from '../service/live.ts'
import {
  type LiveTaskDefinition,
  request,
  revisionArn,
  revisionNumber,
  shortReference,
  type TaskDefinitionParticle,
} from './revisions.ts'
import type { Revision } from './rules.ts'

/** The revision that a transition registered, as ECS answered; missing when it registered none. */
export interface Memo {
  readonly registered?: Revision
}

/**
 * The family's revisions and the services that run them; undefined where the family has none.
 *
 * @throws EcsError
 */
export async function describeTaskDefinition(
  particle: TaskDefinitionParticle,
  context: FlavorContext,
): Promise<LiveTaskDefinition | undefined> {
  const { definition, desired, options } = particle
  const { family, revision } = definition
  if (!family) return undefined
  const { ecs } = context
  const [latest, pinned, inUse] = await Promise.all([
    ecs.taskDefinition(family),
    revision === undefined ? undefined : ecs.taskDefinition(`${family}:${revision}`),
    revisionsInUse(family, context),
  ])
  const made = revisionArn((context.memo as Memo | undefined)?.registered)
  const registered = made === undefined || revisionArn(latest) === made ? latest : await ecs.taskDefinition(made)
  const isPinned = revision !== undefined && desired === 'running'
  const live: LiveTaskDefinition = {
    ...(latest && { latest }),
    ...(await describeInUse(inUse, latest, context)),
    ...(made !== undefined && registered && { registered }),
    ...(isPinned && pinned && { pinned }),
  }
  if (isPinned && pinned?.taskDefinition?.status !== 'ACTIVE') return undefined
  const jobs = desired === 'running' ? jobsOf(context) : []
  const digests = jobs.flatMap(job => runDigest(job, request(definition), options.ignore) ?? [])
  const described = [...live.running, ...live.failed, ...[latest, live.pinned, registered].filter(isThere)]
  if (![digests, described, live.inactive, live.elsewhere].some(some => some.length > 0)) return undefined
  return { ...live, record: await readRecord(family, [...described, ...live.inactive], digests, ecs) }
}

const isThere = (revision: Revision | undefined): revision is Revision => revision !== undefined

const isActive = ({ taskDefinition }: Revision): boolean => taskDefinition?.status === 'ACTIVE'

/** Children that run once, and are recorded. */
const jobsOf = ({ children, particle }: FlavorContext): Particle[] =>
  children.flatMap(id => {
    const child = id.startsWith('ecs_task:') ? particle(id) : undefined
    return child && child.options.wait !== 'running' && child.options.record !== false ? [child] : []
  })

/** `family:revision` of what the particle's services run, of its family and of others, or failed to roll out. */
interface InUse {
  readonly runs: ReadonlySet<string>
  readonly failed: ReadonlySet<string>
  readonly elsewhere: ReadonlySet<string>
}

async function revisionsInUse(family: string, { children, live }: FlavorContext): Promise<InUse> {
  const services = children.filter(id => id.startsWith('ecs_service:'))
  const lives = (await Promise.all(services.map(id => live(id)))) as (LiveService | undefined)[]
  const runs = new Set<string>()
  const failed = new Set<string>()
  const elsewhere = new Set<string>()
  for (const use of lives.flatMap(one => (one ? [revisionsOf(one.service)] : []))) {
    if (use.runs) (use.runs.startsWith(`${family}:`) ? runs : elsewhere).add(use.runs)
    if (use.failed?.startsWith(`${family}:`)) failed.add(use.failed)
  }
  for (const reference of runs) failed.delete(reference)
  return { runs, failed, elsewhere }
}

/**
 * The revision of a service's PRIMARY deployment, also during its rollout, because that is what was deployed last. Where
 * the rollout FAILED, the service runs the revision of a COMPLETED deployment before it.
 */
function revisionsOf(service: Service): { readonly runs: string; readonly failed?: string } {
  const deployments = service.deployments ?? []
  const deployed = nameOf(service.taskDefinition ?? '')
  const primary = deployments.find(({ status }) => status === 'PRIMARY')
  const before =
    primary?.rolloutState === 'FAILED'
      ? deployments.find(({ rolloutState }) => rolloutState === 'COMPLETED')
      : undefined
  return before?.taskDefinition ? { runs: nameOf(before.taskDefinition), failed: deployed } : { runs: deployed }
}

/** Revisions in use, newest first. */
async function describeInUse(
  inUse: InUse,
  latest: Revision | undefined,
  { ecs }: FlavorContext,
): Promise<Pick<LiveTaskDefinition, 'running' | 'failed' | 'inactive' | 'elsewhere'>> {
  const described = async (references: ReadonlySet<string>): Promise<Revision[]> => {
    const all: (Revision | undefined)[] = await Promise.all(
      [...references].map(reference =>
        latest && shortReference(latest) === reference ? latest : ecs.taskDefinition(reference),
      ),
    )
    return all.filter(isThere).sort((one, other) => revisionNumber(other) - revisionNumber(one))
  }
  const [runs = [], failed = [], elsewhere = []] = await Promise.all(
    [inUse.runs, inUse.failed, inUse.elsewhere].map(described),
  )
  return {
    running: runs.filter(isActive),
    failed: failed.filter(isActive),
    inactive: runs.filter(one => !isActive(one)),
    elsewhere,
  }
}
