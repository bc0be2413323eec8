/** Inputs of CreateService and UpdateService. */
import type { CreateServiceRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import type { FoundChange } from '../../compare/change.ts'
import { mergeLive } from '../../compare/merge.ts'
import { nothingSensitive } from '../../compare/sensitivity.ts'
import type { TransitionContext } from '../../engine/flavor.ts'
import { comparableService, compareOptions, type LiveService, primaryDeployment, type ServiceParticle } from './live.ts'

/** Members that DescribeServices leaves out and DescribeServiceRevisions shows. */
export const onRevisionOnly = ['gatewayConnectors', 'monitoring'] as const

/**
 * Members that need `forceNewDeployment` to take effect: UpdateService moves between launch type and capacity provider
 * strategy in place, and members of revisions come with a new revision.
 */
export const forcing: ReadonlySet<string> = new Set(['launchType', 'capacityProviderStrategy', ...onRevisionOnly])

/** The change that the input `redeploy` asks for. */
export const redeployment: FoundChange = { path: 'forceNewDeployment', before: false, after: true, requested: true }

/** The definition with `initial_desired_count`, which an autoscaler takes over later. */
export function createRequest({ definition, options }: ServiceParticle): CreateServiceRequest {
  const initial = options.initial_desired_count as number | undefined
  if (definition.desiredCount !== undefined || initial === undefined) return definition
  return { ...definition, desiredCount: initial }
}

/** Client tokens by step. */
const tokens = new WeakMap<TransitionContext, string>()

/**
 * 36 ASCII characters at most, the same for every try of one step, so that no two tries create two services. The next
 * run finds a service that was created before a crash.
 */
export function clientToken(context: TransitionContext): string {
  const token =
    tokens.get(context) ?? `ecs-particles-${context.clock.now()}-${Math.random().toString(36).slice(2, 8)}`.slice(0, 36)
  tokens.set(context, token)
  return token
}

/** PRIMARY deployments before the first try, by step that forces a deployment. */
const forcedSince = new WeakMap<TransitionContext, string>()

/** A try whose answer was lost may have been carried out: a deployment that is new since then is the requested one. */
function isDeployedAnew(live: LiveService, context: TransitionContext): boolean {
  const now = primaryDeployment(live.service)?.id ?? ''
  const before = forcedSince.get(context) ?? now
  forcedSince.set(context, before)
  return now !== before
}

/** UpdateService input with the changed members alone; undefined when only tags changed. */
export function updateRequest(
  particle: ServiceParticle,
  live: LiveService,
  changed: ReadonlySet<string>,
  context: TransitionContext,
): UpdateServiceRequest | undefined {
  const { definition } = particle
  const whole: Readonly<Record<string, unknown>> = {
    ...mergeLive(definition, comparableService(live), compareOptions(particle, nothingSensitive)),
  }
  const input: Record<string, unknown> = {}
  for (const name of changed) {
    if (name === 'tags' || name === 'launchType' || name === redeployment.path) continue
    input[name] = whole[name]
  }
  // UpdateService takes no further members beside `enabled: false`.
  if (changed.has('serviceConnectConfiguration') && definition.serviceConnectConfiguration?.enabled === false) {
    input.serviceConnectConfiguration = { enabled: false }
  }
  // An empty strategy takes the service back to its launch type (API reference of UpdateService).
  if (changed.has('launchType')) input.capacityProviderStrategy = []
  const isRequested = changed.has(redeployment.path) && !isDeployedAnew(live, context)
  if (isRequested || [...changed].some(name => forcing.has(name))) input.forceNewDeployment = true
  if (Object.keys(input).length === 0) return undefined
  return { ...input, cluster: definition.cluster ?? 'default', service: definition.serviceName }
}
