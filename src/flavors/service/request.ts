/** What CreateService and UpdateService are asked for. */
import type { CreateServiceRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import { changeAt } from '../../compare/change.ts'
import { mergeLive } from '../../compare/merge.ts'
import { nothingSensitive } from '../../compare/sensitivity.ts'
import { comparableService, compareOptions, type LiveService, primaryDeployment, type ServiceParticle } from './live.ts'

/** Only revisions show these: the described service leaves them out. */
export const onRevisionOnly = ['gatewayConnectors', 'monitoring'] as const

/**
 * Members that take effect with a new deployment only, which must be asked for. Between launch type and capacity provider
 * strategy a service moves in place; what only revisions show is only had with a new revision.
 */
export const forcing: ReadonlySet<string> = new Set(['launchType', 'capacityProviderStrategy', ...onRevisionOnly])

/** A person asked for a new deployment in the inputs. */
export const redeployment = changeAt(['forceNewDeployment'], { before: false, after: true, requested: true })

/** The definition as it is created: with the count that an autoscaler takes over later. */
export function createRequest({ definition, options }: ServiceParticle): CreateServiceRequest {
  const initial = options.initial_desired_count as number | undefined
  if (definition.desiredCount !== undefined || initial === undefined) return definition
  return { ...definition, desiredCount: initial }
}

/** A try whose answer was lost may have been carried out: a deployment that is new since then is the one we asked for. */
const isDeployedAnew = (live: LiveService, before: LiveService): boolean =>
  primaryDeployment(live.service)?.id !== primaryDeployment(before.service)?.id

/**
 * The request for what has changed; undefined when only tags have. Members that did not change stay unsaid. `before`: the
 * service before the step's first try.
 */
export function updateRequest(
  particle: ServiceParticle,
  live: LiveService,
  changed: ReadonlySet<string>,
  before: LiveService,
): UpdateServiceRequest | undefined {
  const { definition } = particle
  const whole: Readonly<Record<string, unknown>> = {
    ...mergeLive(definition, comparableService(live), compareOptions(particle, nothingSensitive)),
  }
  const said: Record<string, unknown> = {}
  for (const name of changed) {
    if (name === 'tags' || name === 'launchType' || name === redeployment.path) continue
    said[name] = whole[name]
  }
  // Switched off, Service Connect has nothing else to say.
  if (changed.has('serviceConnectConfiguration') && definition.serviceConnectConfiguration?.enabled === false) {
    said.serviceConnectConfiguration = { enabled: false }
  }
  // Back to the launch type: an empty strategy says so.
  if (changed.has('launchType')) said.capacityProviderStrategy = []
  const asked = changed.has(redeployment.path) && !isDeployedAnew(live, before)
  if (asked || [...changed].some(name => forcing.has(name))) said.forceNewDeployment = true
  if (Object.keys(said).length === 0) return undefined
  return { ...said, cluster: definition.cluster ?? 'default', service: definition.serviceName }
}
