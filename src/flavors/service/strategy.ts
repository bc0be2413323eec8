/** What a deployment that shifts traffic does, in words. Pure. */
import type { DeploymentConfiguration, DeploymentLifecycleHook } from '@aws-sdk/client-ecs'
import { durationText } from '../../duration.ts'
import type { Comparison } from '../../engine/flavor.ts'
import { riskOf } from '../../engine/risk.ts'
import { holdsUnknown } from '../../particle.ts'
import { plural } from '../../wording.ts'
import { isWaitedFor, type ServiceParticle } from './live.ts'

const names: Readonly<Record<string, string>> = { BLUE_GREEN: 'blue/green', LINEAR: 'linear', CANARY: 'canary' }

/** What a reviewer must know of a rollout beside the tasks that a rolling one restarts, which `restarts` says. */
export function rolloutRisks(
  particle: ServiceParticle,
  configuration: DeploymentConfiguration,
  running: number,
  restarts?: string,
): Required<Pick<Comparison, 'risks'>> & Pick<Comparison, 'leastMinutes'> {
  // Members that are inherited from a particle that is yet to come say nothing of steps and times.
  const isKnown = !holdsUnknown(configuration)
  const risks = (isKnown && shiftingRisks(configuration, running)) || (restarts ? [restarts] : [])
  if (!isWaitedFor(particle)) return { risks: [...risks, 'its rollout is not waited for'] }
  return isKnown ? { risks, leastMinutes: leastMinutes(configuration) } : { risks }
}

/** The same of a service that is made, or made anew. */
export const startRisks = (particle: ServiceParticle): ReturnType<typeof rolloutRisks> =>
  rolloutRisks(particle, particle.definition.deploymentConfiguration ?? {}, 0)

/**
 * The steps of the deployment, how long it takes at least, and who decides at its hooks. Undefined for a rolling one,
 * which starts and stops tasks in turn. `running`: tasks that it replaces, 0 for a new service. Defaults are those of the API reference of DeploymentConfiguration.
 */
export function shiftingRisks(configuration: DeploymentConfiguration, running: number): string[] | undefined {
  const { strategy = 'ROLLING', bakeTimeInMinutes: bake = 0, lifecycleHooks = [] } = configuration
  const name = names[strategy]
  if (name === undefined) return undefined
  const { shift } = trafficOf(configuration)
  const least = leastMinutes(configuration)
  const atLeast = least > 0 ? `, ${time(least)} at least` : ''
  const baking = bake > 0 ? `, of which ${time(bake)} of bake` : ''
  const replaced = `${plural(running, 'task')}, ${name}: they run until a full set of the new revision has taken over`
  const what = running > 0 ? riskOf('restarts', replaced) : `starts ${name}`
  return [`${what}, ${shift}${atLeast}${baking}`, ...lifecycleHooks.map(decision)]
}

/** Minutes that a deployment takes at least: those between its steps of traffic, and its bake. */
const leastMinutes = (configuration: DeploymentConfiguration): number =>
  trafficOf(configuration).minutes + (configuration.bakeTimeInMinutes ?? 0)

/** Minutes between two steps of production traffic: none where it moves at once. */
export function stepMinutes({ strategy, linearConfiguration, canaryConfiguration }: DeploymentConfiguration): number {
  if (strategy === 'LINEAR') return linearConfiguration?.stepBakeTimeInMinutes ?? 6
  return strategy === 'CANARY' ? (canaryConfiguration?.canaryBakeTimeInMinutes ?? 10) : 0
}

/** How production traffic moves, and the minutes between its first and its last step. */
function trafficOf(configuration: DeploymentConfiguration) {
  const { strategy, linearConfiguration, canaryConfiguration } = configuration
  const minutes = stepMinutes(configuration)
  const { canaryPercent = 5 } = canaryConfiguration ?? {}
  if (strategy === 'CANARY' && canaryPercent < 100) {
    const rest = minutes > 0 ? `after ${time(minutes)}` : 'at once'
    return { shift: `${canaryPercent} % of traffic first, the rest ${rest}`, minutes }
  }
  const { stepPercent = 10 } = linearConfiguration ?? {}
  const steps = Math.ceil(100 / stepPercent)
  if (strategy === 'LINEAR' && steps > 1) {
    const apart = minutes > 0 ? `${time(minutes)} apart` : 'one right after the other'
    const shift = `${plural(steps, 'step')} of ${stepPercent} % of traffic, ${apart}`
    return { shift, minutes: (steps - 1) * minutes }
  }
  return { shift: 'all traffic at once', minutes: 0 }
}

/** Who decides at a hook, and what becomes of the deployment when nobody does. */
function decision({ targetType, lifecycleStages = [], timeoutConfiguration }: DeploymentLifecycleHook): string {
  const { timeoutInMinutes = 1440, action = 'ROLLBACK' } = timeoutConfiguration ?? {}
  const otherwise = `after ${time(timeoutInMinutes)} it ${action === 'CONTINUE' ? 'goes on' : 'rolls back'} by itself`
  const stages = lifecycleStages.join(', ')
  return targetType === 'PAUSE'
    ? `pauses at ${stages} until a person says continue or rollback; ${otherwise}`
    : `asks a function at ${stages} whether to go on; ${otherwise}`
}

const time = (minutes: number): string => durationText(minutes * 60_000)
