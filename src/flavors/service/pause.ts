/** Paused rollouts: at a lifecycle hook until somebody answers, or baking. Pure. */
import type { DeploymentLifecycleHookDetail, Service, ServiceDeployment } from '@aws-sdk/client-ecs'
import type { Pause } from '../../engine/document.ts'
import type { Moving } from '../../engine/flavor.ts'
import { nameOf } from '../../schema/arn.ts'
import { type LiveService, primaryDeployment, shortTaskDefinition } from './live.ts'
import { stepMinutes } from './strategy.ts'

/** A rolling update without hooks and bake time is never paused, so its service deployment need not be read. */
export function mayPause({ deploymentConfiguration = {} }: Service): boolean {
  const { strategy = 'ROLLING', lifecycleHooks = [], bakeTimeInMinutes = 0 } = deploymentConfiguration
  return strategy !== 'ROLLING' || lifecycleHooks.length > 0 || bakeTimeInMinutes > 0
}

const waiting = ({ lifecycleHookDetails = [] }: ServiceDeployment) =>
  lifecycleHookDetails.filter(({ status }) => status === 'AWAITING_ACTION')

/** Ids of the hooks that wait for an answer. */
export const waitingHooks = (rollout: ServiceDeployment): string[] =>
  waiting(rollout).flatMap(({ hookId }) => hookId ?? [])

/** To the second: `2026-11-28T14:05:00Z`. */
const isoTime = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`

/** Where the rollout is paused, and a sentence about that; undefined while it moves on. */
export function pauseOf({ service, current }: LiveService): Required<Pick<Moving, 'pause' | 'because'>> | undefined {
  if (current?.status !== 'IN_PROGRESS') return undefined
  // The service has been deployed again since: that deployment is older.
  if (nameOf(current.targetServiceRevision?.arn ?? '') !== nameOf(primaryDeployment(service)?.id ?? ''))
    return undefined
  const hook = decidingHook(waiting(current))
  const minutes = minutesOfStage(current)
  if (!hook && minutes === 0) return undefined
  // ECS does not say when a stage began; the service deployment has not changed since then.
  const began = current.updatedAt ?? current.startedAt
  const until = hook ? hook.expiresAt : began && new Date(began.getTime() + minutes * 60_000)
  const action = hook ? (hook.timeoutAction ?? 'ROLLBACK') : 'CONTINUE'
  const pause: Pause = {
    deployment: current.serviceDeploymentArn ?? '',
    stage: current.lifecycleStage ?? '',
    ...(until && { until: isoTime(until) }),
    // biome-ignore lint/suspicious/noThenProperty: a member of the report file, and no function.
    then: action,
    ...(hook && { awaitsAnswer: true }),
  }
  const end = `${action === 'ROLLBACK' ? 'rolls back' : 'goes on'} by itself${pause.until ? ` at ${pause.until}` : ''}`
  return {
    pause,
    because: `at ${pause.stage}${traffic(service, current)}, ${end}${hook ? ' unless answered' : ''}`,
  }
}

/**
 * The hook whose end decides what becomes of the deployment when nobody answers: the first one to roll back, or where all
 * of them go on, the last one.
 */
function decidingHook(hooks: readonly DeploymentLifecycleHookDetail[]): DeploymentLifecycleHookDetail | undefined {
  const ends = ({ expiresAt }: DeploymentLifecycleHookDetail) => expiresAt?.getTime() ?? Number.POSITIVE_INFINITY
  const sorted = [...hooks].sort((one, other) => (ends(one) < ends(other) ? -1 : ends(one) > ends(other) ? 1 : 0))
  return sorted.find(({ timeoutAction }) => timeoutAction !== 'CONTINUE') ?? sorted.at(-1)
}

/** Minutes that the stage lasts by its settings. */
function minutesOfStage({
  lifecycleStage,
  deploymentConfiguration = {},
  targetServiceRevision = {},
}: ServiceDeployment): number {
  if (lifecycleStage === 'BAKE_TIME') return deploymentConfiguration.bakeTimeInMinutes ?? 0
  if (lifecycleStage !== 'PRODUCTION_TRAFFIC_SHIFT' || targetServiceRevision.requestedProductionTrafficWeight === 100)
    return 0
  return stepMinutes(deploymentConfiguration)
}

/** `, test traffic on web:42`, `, 25 % of production traffic on web:42` */
function traffic(service: Service, { targetServiceRevision = {} }: ServiceDeployment): string {
  const { requestedTestTrafficWeight: test = 0, requestedProductionTrafficWeight: production = 0 } =
    targetServiceRevision
  const on = ` traffic on ${shortTaskDefinition(primaryDeployment(service))}`
  if (production > 0) return `, ${production === 100 ? 'production' : `${production} % of production`}${on}`
  return test > 0 ? `, test${on}` : ''
}
