/** How a manifest differs from a service, with risks and warnings. Pure. */
import type { DeploymentControllerType } from '@aws-sdk/client-ecs'
import { type Change, type FoundChange, shownChange, type Value } from '../../compare/change.ts'
import type { Sensitivity } from '../../compare/sensitivity.ts'
import { withSortedKeys } from '../../digest.ts'
import type { Comparison } from '../../engine/flavor.ts'
import { riskOf } from '../../engine/risk.ts'
import { holdsUnknown, valueAt } from '../../particle.ts'
import { nameOf } from '../../schema/arn.ts'
import { untrusted } from '../../untrusted.ts'
import { plural } from '../../wording.ts'
import { stopping } from '../containers.ts'
import { wholeElements } from '../elements.ts'
import { blocksOfOtherStrategies, incompatibleMembers, networkInTheWay } from './fit.ts'
import {
  controllerOf,
  differences,
  isAnyRevision,
  type LiveService,
  member,
  type ServiceParticle,
  shortTaskDefinition,
  taskSetOf,
} from './live.ts'
import { redeployment, withLive } from './request.ts'
import { deployedBy, fixed, restarts, updatable } from './rules.ts'
import { rolloutRisks, startRisks } from './strategy.ts'
import { unhealthyWarning } from './tasks.ts'

/** What an update of the service changes, and what of that its deployment controller may not. */
export function comparison(particle: ServiceParticle, live: LiveService, sensitivity: Sensitivity): Comparison {
  const found = differences(particle, live, sensitivity)
    .filter(change => !isAnyRevision(change, particle, live) && !isLatestPlatform(change, live))
    .map((change, index, all) => insteadOf(change, !all.slice(0, index).some(isOfMember(change)), live, sensitivity))
  const controller = controllerAfter(particle, live)
  const allowed = controller === 'ECS' ? undefined : updatable[controller]
  const possible = allowed ? found.filter(change => allowed.includes(member(change))) : found
  const requested = live.redeploy ? [redeployment] : []
  const refused = allowed ? [...found.filter(change => !possible.includes(change)), ...requested] : []
  const network = networkInTheWay(particle, live, sensitivity)
  const replaces = [...possible.filter(change => isFixed(change, particle, live)), ...network]
  const isReplaced = replaces.length > 0
  // A replacement scales to nothing before it deletes: a service found between the two is the same replacement still.
  const isScaledDown = isReplaced && !live.service.desiredCount
  const stated = [...possible, ...network].map(change =>
    isScaledDown && change.path === 'desiredCount' ? { ...change, replacing: true as const } : change,
  )
  const changes = allowed ? stated : [...knownToFail(stated, live), ...requested]
  const isReconfigured = possible.some(change => member(change) === 'deploymentConfiguration')
  return {
    changes,
    ...(refused.length > 0 && { protected: refused }),
    problems: [
      ...(isReplaced ? [] : incompatibleMembers(particle, live)),
      ...(isReconfigured ? blocksOfOtherStrategies(particle, live.service) : []),
    ],
    warnings: warningsOf(particle, live, refused, changes),
    ...heldBack(particle, live, possible),
    replaces,
    ...(isReplaced ? replacementRisks(particle, live) : updateRisks(changes, particle, live)),
  }
}

const isOfMember = (change: FoundChange) => (other: FoundChange) => member(other) === member(change)

/**
 * The controller that decides what an update may change. A service goes from CodeDeploy to ECS in place, with everything
 * that the manifest changes besides. From "Migrating from a CodeDeploy blue/green to an Amazon ECS blue/green service
 * deployment" in the developer guide.
 */
function controllerAfter({ definition }: ServiceParticle, { service }: LiveService): DeploymentControllerType {
  const now = controllerOf(service)
  return now === 'CODE_DEPLOY' && definition.deploymentController?.type === 'ECS' ? 'ECS' : now
}

/** A task set shows the platform version that LATEST was when the set was made. */
const isLatestPlatform = ({ path, after }: FoundChange, { service }: LiveService): boolean =>
  path === 'platformVersion' && after === 'LATEST' && controllerOf(service) !== 'ECS'

/** Members that do not affect how a deployment ends. */
const unrelatedToRollout: ReadonlySet<string> = new Set(['desiredCount', 'tags'])

/**
 * Why an update is held back: the deployment that it would make has failed for this service before, and no change could
 * make it end otherwise. Without this, every merge would deploy a release that is known to be bad.
 */
function heldBack(
  { id }: ServiceParticle,
  { past, service, redeploy }: LiveService,
  changes: readonly FoundChange[],
): Pick<Comparison, 'heldBack'> {
  const isSame = changes.every(change => restarts.includes(member(change)) || unrelatedToRollout.has(member(change)))
  if (past?.is !== 'failed' || redeploy || !isSame) return {}
  return { heldBack: `${past.how}; it runs ${shortTaskDefinition(service)}; change it, or name ${id} in redeploy` }
}

/** A deployment that failed before is made again only where a person names the service: its changes are requested then. */
function knownToFail(changes: readonly FoundChange[], { past, redeploy }: LiveService): readonly FoundChange[] {
  if (past?.is !== 'failed' || !redeploy) return changes
  return changes.map(change => (restarts.includes(member(change)) ? { ...change, requested: true } : change))
}

/** Members whose change makes new tasks or another count of them. */
const moving: readonly string[] = [...fixed, ...deployedBy, 'desiredCount']

function warningsOf(
  particle: ServiceParticle,
  { service, past, unreleased }: LiveService,
  refused: readonly FoundChange[],
  changes: readonly FoundChange[],
): string[] {
  const { id } = particle
  const controller = controllerOf(service)
  const release = refused.find(({ path }) => path === 'taskDefinition')
  const others = refused.filter(change => change !== release).map(({ path }) => path)
  const [what, now] = release
    ? [
        referenceOr('the new revision of its task definition', release.after),
        referenceOr('what it ran', release.before),
      ]
    : [unreleased && `the revision that ${unreleased} states`, shortTaskDefinition(taskSetOf(service))]
  const until = controller === 'CODE_DEPLOY' ? 'CodeDeploy deploys it' : 'its controller makes a task set of it'
  return [
    what &&
      `${id} is deployed by ${controller}, not by this action: ${what} does not go live, it runs ${now} until ${until}`,
    others.length > 0 && `${id} is deployed by ${controller}: UpdateService refuses ${others.join(', ')}`,
    past?.is === 'unknown' &&
      `${id}: whether what it is to run was rolled back before is not known; allow the action ecs:${past.call} in the policy of the role that this workflow assumes`,
    !changes.some(change => moving.includes(member(change))) && unhealthyWarning(particle, service),
  ].filter(warning => typeof warning === 'string')
}

const referenceOr = (otherwise: string, reference: unknown): string =>
  typeof reference === 'string' ? nameOf(reference) : otherwise

/**
 * Launch type and capacity provider strategy replace each other: the first change to the one that comes shows the one that
 * goes.
 */
function insteadOf(
  change: FoundChange,
  isFirst: boolean,
  { service }: LiveService,
  { holdsSecret, wasSecret }: Sensitivity,
): FoundChange {
  const strategy = service.capacityProviderStrategy ?? []
  const gone = {
    launchType: strategy.length > 0 ? strategy : undefined,
    capacityProviderStrategy: strategy.length > 0 ? undefined : service.launchType,
  }[member(change)]
  if (gone === undefined || change.before !== undefined) return change
  const path = member(change) === 'launchType' ? 'capacityProviderStrategy' : 'launchType'
  const removed: Change =
    holdsSecret?.(gone) || wasSecret?.([path])
      ? { path, sensitive: true, action: 'remove' }
      : { path, before: withSortedKeys(gone) as Value }
  return { ...change, live: gone, ...(isFirst && { removes: [removed] }) }
}

/** Whether UpdateService cannot make the change. */
function isFixed(change: FoundChange, { definition }: ServiceParticle, { service }: LiveService): boolean {
  const changed = member(change)
  // A value that a particle yet to come hands down may be the one that is there: the step decides.
  if (change.at && holdsUnknown(valueAt(definition, change.at))) return false
  // From a strategy to a launch type the service moves in place; from one launch type to another it does not.
  if (changed === 'launchType') return (service.capacityProviderStrategy?.length ?? 0) === 0
  return fixed.includes(changed)
}

type Risks = Pick<Comparison, 'risks' | 'leastMinutes'>

function replacementRisks(particle: ServiceParticle, { service }: LiveService): Risks {
  const rollout = startRisks(particle)
  return { ...rollout, risks: [`${stopping(service.runningCount ?? 0)} before it is made anew`, ...rollout.risks] }
}

function updateRisks(changes: readonly FoundChange[], particle: ServiceParticle, live: LiveService): Risks {
  const { service } = live
  const lost = losses(changes)
  const running = service.runningCount ?? 0
  if (running === 0 || !changes.some(change => deployedBy.includes(member(change)))) return { risks: lost }
  const after = withLive(particle, live)
  const configuration = after.deploymentConfiguration ?? service.deploymentConfiguration ?? {}
  const healthy = configuration.minimumHealthyPercent ?? (service.schedulingStrategy === 'DAEMON' ? 0 : 100)
  const desired = after.desiredCount ?? service.desiredCount ?? 0
  const least = Math.min(running, Math.ceil((desired * healthy) / 100))
  const stay = holdsUnknown([configuration, desired])
    ? 'how many of them stay is known only after apply'
    : least > 0
      ? `never below ${least} running`
      : `may be down: 0 of ${plural(desired || running, 'task')} must stay`
  const rolling = riskOf('restarts', `${plural(running, 'task')}, ${stay}`)
  const rollout = rolloutRisks(particle, configuration, running, rolling)
  return { ...rollout, risks: [...rollout.risks, ...lost] }
}

/**
 * What the service will not be reached or guarded by any more: `loses its load balancer web-tg:8080: no requests reach it
 * that way any more`.
 */
function losses(changes: readonly FoundChange[]): string[] {
  const shown = changes.map(shownChange)
  const lost = [...wholeElements(shown).values()].filter(({ action, noun }) => action === 'remove' && noun in effects)
  const said = lost.map(({ noun, name }) => {
    const named = name === undefined ? '' : ` ${untrusted(name)}`
    return `loses its ${noun}${named}: ${effects[noun]}`
  })
  const alarms = lost.some(({ noun }) => noun === alarmNoun) ? [] : lostAlarms(shown)
  const fewer =
    alarms.length > 0 ? [`loses ${plural(alarms.length, 'alarm')}: ${alarms.map(untrusted).join(', ')}`] : []
  return [...new Set([...said, ...fewer])]
}

const alarmNoun = 'deployment alarms'

const effects: Readonly<Record<string, string>> = {
  'load balancer': 'no requests reach it that way any more',
  'circuit breaker': 'ECS stops no deployment that fails',
  [alarmNoun]: 'they stop no deployment any more',
}

/** Alarms that others of the list outlive. */
function lostAlarms(shown: readonly Change[]): string[] {
  const names = shown.find(({ path }) => path === 'deploymentConfiguration.alarms.alarmNames')
  const [before, after] = [names?.before, names?.after ?? []]
  return Array.isArray(before) && Array.isArray(after) ? before.map(String).filter(one => !after.includes(one)) : []
}
