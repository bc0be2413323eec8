/** Finds a family of task definitions in AWS: its latest revision, those that services run, and its record of jobs. */

import type { Service } from '@aws-sdk/client-ecs'
import type { FlavorContext } from '../../engine/flavor.ts'
import type { Particle } from '../../particle.ts'
import { nameOf } from '../../schema/arn.ts'
import { runDigest } from '../record/digest.ts'
import { readRecord } from '../record/read.ts'
import { type LiveService, primaryDeployment } from '../service/live.ts'
import { isRecorded } from '../task/runs.ts'
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

/** The family's revisions and the services that run them; undefined where the family has none. Throws `EcsError`. */
export async function describeTaskDefinition(
  particle: TaskDefinitionParticle,
  context: FlavorContext,
): Promise<LiveTaskDefinition | undefined> {
  const { definition, desired, options } = particle
  const { family, revision } = definition
  if (!family) return undefined
  const { ecs } = context
  const made = revisionArn((context.memo as Memo | undefined)?.registered)
  const latestOne = ecs.taskDefinition(family)
  const [latest, pinned, inUse] = await Promise.all([
    latestOne,
    revision === undefined ? undefined : ecs.taskDefinition(`${family}:${revision}`),
    revisionsInUse(family, latestOne, context),
  ])
  const isPinned = revision !== undefined && desired === 'running'
  const registered = made === undefined || made === revisionArn(latest) ? latest : await ecs.taskDefinition(made)
  const live: LiveTaskDefinition = {
    latest,
    ...inUse,
    registered: made === undefined ? undefined : registered,
    pinned: isPinned ? pinned : undefined,
  }
  if (isPinned && pinned?.taskDefinition?.status !== 'ACTIVE') return undefined
  const jobs = desired === 'running' ? jobsOf(context) : []
  const digests = jobs.flatMap(job => runDigest(job, request(definition), options.ignore) ?? [])
  const described = [
    ...live.running,
    ...live.failed,
    ...[latest, live.pinned, registered].filter(one => one !== undefined),
  ]
  if (![digests, described, live.inactive, live.elsewhere].some(some => some.length > 0)) return undefined
  return { ...live, record: await readRecord(family, [...described, ...live.inactive], digests, ecs) }
}

const isActive = ({ taskDefinition }: Revision): boolean => taskDefinition?.status === 'ACTIVE'

/** Children that run once, and are recorded. */
const jobsOf = ({ children, particle }: FlavorContext): Particle[] =>
  children.flatMap(id => {
    const child = id.startsWith('ecs_task:') ? particle(id) : undefined
    return child && isRecorded(child) ? [child] : []
  })

/**
 * The revision of a service's PRIMARY deployment, also during its rollout, because that is what was deployed last. Where
 * the rollout FAILED, the service runs the revision of a COMPLETED deployment before it.
 */
function revisionsOf(service: Service): { readonly runs: string; readonly failed?: string } {
  const deployed = nameOf(service.taskDefinition ?? '')
  if (primaryDeployment(service)?.rolloutState !== 'FAILED') return { runs: deployed }
  const before = service.deployments?.find(({ rolloutState }) => rolloutState === 'COMPLETED')
  return before?.taskDefinition ? { runs: nameOf(before.taskDefinition), failed: deployed } : { runs: deployed }
}

/** What the particle's services run or failed to roll out, newest first. `latest` spares another call. */
async function revisionsInUse(
  family: string,
  latest: Promise<Revision | undefined>,
  { children, live, ecs }: FlavorContext,
): Promise<Pick<LiveTaskDefinition, 'running' | 'failed' | 'inactive' | 'elsewhere'>> {
  const services = children.filter(id => id.startsWith('ecs_service:'))
  const lives = (await Promise.all(services.map(id => live(id)))) as (LiveService | undefined)[]
  const uses = lives.flatMap(one => (one ? [revisionsOf(one.service)] : []))
  const runs = uses.flatMap(use => use.runs || [])
  const notRunning = uses.flatMap(use => use.failed ?? []).filter(reference => !runs.includes(reference))
  const known = await latest
  const described = async (references: readonly string[]): Promise<Revision[]> => {
    const all: (Revision | undefined)[] = await Promise.all(
      [...new Set(references)].map(reference =>
        known && shortReference(known) === reference ? known : ecs.taskDefinition(reference),
      ),
    )
    return all.filter(one => one !== undefined).sort((one, other) => revisionNumber(other) - revisionNumber(one))
  }
  const isOwn = (reference: string) => reference.startsWith(`${family}:`)
  const [own, failed, elsewhere] = await Promise.all([
    described(runs.filter(isOwn)),
    described(notRunning.filter(isOwn)),
    described(runs.filter(reference => !isOwn(reference))),
  ])
  return {
    running: own.filter(isActive),
    failed: failed.filter(isActive),
    inactive: own.filter(one => !isActive(one)),
    elsewhere,
  }
}
