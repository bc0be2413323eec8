/** Service deployments, which only ECS's deployment API shows. A role without the right to ask knows less, and that is no error. */
import type {
  ListServiceDeploymentsRequest,
  Service,
  ServiceDeployment,
  ServiceDeploymentBrief,
  ServiceDeploymentStatus,
  ServiceRevision,
} from '@aws-sdk/client-ecs'
import type { FoundChange } from '../../compare/change.ts'
import { compare } from '../../compare/compare.ts'
import { nothingSensitive } from '../../compare/sensitivity.ts'
import type { Ecs } from '../../ecs/client.ts'
import type { TransitionContext } from '../../engine/flavor.ts'
import { nameOf } from '../../schema/arn.ts'
import { ownTagPrefix } from '../tags.ts'
import {
  compareOptions,
  type LiveService,
  liveService,
  type Memo,
  member,
  type RolloutHistory,
  type ServiceParticle,
  shortTaskDefinition,
} from './live.ts'
import { mayPause } from './pause.ts'
import { triggerOf, whatEnded } from './rollout.ts'
import { restarts } from './rules.ts'
import { isUnderWay } from './tasks.ts'

/** Tag of a service: the deployment that `on-failure: rollback` undid, which ECS lists as merely replaced. */
export const putBackTag = `${ownTagPrefix}put-back`

/** Milliseconds by which clocks differ, and a service deployment may be older than the deployment that it makes. */
const margin = 60_000

/** ECS, and where it matters the log for a missing right. */
type HistoryReader = Pick<TransitionContext, 'ecs'> & Partial<Pick<TransitionContext, 'say'>>

/** Undefined where the role has no right to ask, or ECS has forgotten it. */
const serviceDeployment = ({ ecs, say }: HistoryReader, arn: string): Promise<ServiceDeployment | undefined> =>
  ecs.ifAllowed('DescribeServiceDeployments', () => ecs.serviceDeployment(arn), say)

/** Undefined where the role has no right to ask. */
const list = (
  { ecs, say }: HistoryReader,
  { service: { clusterArn: cluster, serviceArn: service } }: LiveService,
  which: Pick<ListServiceDeploymentsRequest, 'status' | 'createdAt'>,
): Promise<ServiceDeploymentBrief[] | undefined> =>
  ecs.ifAllowed('ListServiceDeployments', () => ecs.serviceDeployments({ cluster, service, ...which }), say)

/**
 * The service deployment that rolls out what a transition made, found by its number, as the newest may be another
 * tool's. Throws `EcsError`.
 */
export async function rolloutOf(
  live: LiveService,
  memo: Memo,
  reading: HistoryReader,
): Promise<ServiceDeployment | 'unknown'> {
  if (!memo.deployment) return 'unknown'
  const number = nameOf(memo.deployment)
  // Most often one of these two, which saves the listing.
  for (const arn of new Set([memo.serviceDeployment, live.service.currentServiceDeployment])) {
    const found = arn === undefined ? undefined : await serviceDeployment(reading, arn)
    if (found && nameOf(found.targetServiceRevision?.arn ?? '') === number) return found
  }
  const briefs = await list(reading, live, { createdAt: { after: new Date(memo.since - margin) } })
  const ours = briefs?.find(({ targetServiceRevisionArn = '' }) => nameOf(targetServiceRevisionArn) === number)
  const found = ours?.serviceDeploymentArn && (await serviceDeployment(reading, ours.serviceDeploymentArn))
  return found || 'unknown'
}

/** The service deployment that is under way, where it may be paused: only it shows stages and hooks. Throws `EcsError`. */
export async function pausableDeployment(service: Service, ecs: Ecs): Promise<ServiceDeployment | undefined> {
  const { currentServiceDeployment: arn } = service
  if (arn === undefined || !isUnderWay(service) || !mayPause(service)) return undefined
  return serviceDeployment({ ecs }, arn)
}

/** Statuses of service deployments that did not come to a good end. */
const unsuccessful: ServiceDeploymentStatus[] = [
  'STOP_REQUESTED',
  'STOPPED',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
  'ROLLBACK_SUCCESSFUL',
  'ROLLBACK_FAILED',
]

/** Whether an update would deploy a revision that is registered already. */
export function wouldDeploy(changes: readonly FoundChange[]): boolean {
  const restarting = changes.filter(change => restarts.includes(member(change)))
  // A revision that is not registered yet was never deployed.
  const to = restarting.find(({ path }) => path === 'taskDefinition')
  return restarting.length > 0 && (to === undefined || (typeof to.after === 'string' && /:\d+$/.test(nameOf(to.after))))
}

/** Revisions in one call of DescribeServiceRevisions, whose limit is 20 ARNs. */
const atOnce = 20

/** How the deployment that an update would make ended before, if this service has had the same. Throws `EcsError`. */
export async function rolloutHistory(
  particle: ServiceParticle,
  live: LiveService,
  changes: readonly FoundChange[],
  ecs: Ecs,
): Promise<RolloutHistory> {
  const reading = { ecs }
  const briefs = await list(reading, live, { status: unsuccessful })
  if (!briefs) return { is: 'unknown', call: 'ListServiceDeployments' }
  const putBack = nameOf(live.service.tags?.find(({ key }) => key === putBackTag)?.value ?? '')
  const same = (all: readonly ServiceDeploymentBrief[]) =>
    ofRevisions(all, revision => wouldBe(revision, particle, live, changes), ecs)
  for await (const { brief, revision } of same(briefs)) {
    if (revision === 'refused') return { is: 'unknown', call: 'DescribeServiceRevisions' }
    const how = await howItFailed(brief, putBack, reading)
    if (!how) continue
    // The same deployment has succeeded since, where a person named the service in `redeploy`.
    const better = await list(reading, live, { status: ['SUCCESSFUL'], createdAt: { after: brief.createdAt } })
    for await (const _success of same(better ?? [])) return { is: 'fine' }
    return { is: 'failed', how: `${shortTaskDefinition(revision)} ${how}` }
  }
  return { is: 'fine' }
}

/**
 * Service deployments of the revisions that are looked for, in the order of `briefs`; `refused` where the role has no right
 * to ask. Throws `EcsError`.
 */
async function* ofRevisions(
  briefs: readonly ServiceDeploymentBrief[],
  isWanted: (revision: ServiceRevision) => boolean,
  ecs: Ecs,
): AsyncGenerator<{ brief: ServiceDeploymentBrief; revision: ServiceRevision | 'refused' }> {
  for (let from = 0; from < briefs.length; from += atOnce) {
    const found = await Promise.all(
      briefs.slice(from, from + atOnce).map(async brief => {
        const arn = brief.targetServiceRevisionArn
        const read = async () => ({ brief, revision: arn ? await ecs.serviceRevision(arn) : undefined })
        return (await ecs.ifAllowed('DescribeServiceRevisions', read)) ?? { brief, revision: 'refused' as const }
      }),
    )
    for (const { brief, revision } of found)
      if (revision === 'refused' || (revision && isWanted(revision))) yield { brief, revision }
  }
}

/** Whether an update would make this service revision once more, as far as the manifest states it. */
function wouldBe(
  revision: ServiceRevision,
  particle: ServiceParticle,
  live: LiveService,
  changes: readonly FoundChange[],
): boolean {
  const shown: Readonly<Record<string, unknown>> = { ...revision }
  // A revision shows the platform that LATEST was at the time, which proves nothing unless the update changes it.
  const compared = restarts.filter(
    name => name !== 'platformVersion' || changes.some(change => member(change) === name),
  )
  const members = {
    ...liveService(live),
    ...Object.fromEntries(compared.map(name => [name, shown[name]])),
  }
  const left = compare(particle.definition, members, compareOptions(particle, nothingSensitive))
  return left.every(change => !compared.includes(member(change)))
}

/** How a service deployment failed; undefined where a newer one replaced it. */
async function howItFailed(
  brief: ServiceDeploymentBrief,
  putBack: string,
  reading: HistoryReader,
): Promise<string | undefined> {
  const rollout = await serviceDeployment(reading, brief.serviceDeploymentArn ?? '')
  const trigger = rollout && triggerOf(rollout)
  if (brief.status?.startsWith('ROLLBACK')) return `was rolled back by ${whatEnded(rollout ?? brief)}`
  if (putBack !== '' && nameOf(brief.targetServiceRevisionArn ?? '') === putBack)
    return `failed${trigger ? ` (${trigger})` : ''} and was put back by this action`
  return trigger && `failed: ${trigger} ended it`
}
