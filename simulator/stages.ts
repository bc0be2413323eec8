import type {
  DeploymentConfiguration,
  DeploymentLifecycleHook,
  DeploymentLifecycleHookDetail,
  ServiceDeployment,
  ServiceDeploymentLifecycleStage,
} from '@aws-sdk/client-ecs'
import { type DeploymentRecord, pace, type Region, type ServiceSpec, type Stage, type StageName } from './region.ts'

/** The stages that a service of these settings goes through; a rolling deployment has none. */
export function stagesOf(spec: ServiceSpec, reconciling: boolean): Stage[] {
  const { strategy = 'ROLLING', bakeTimeInMinutes = 0, ...configuration } = spec.deploymentConfiguration ?? {}
  if (strategy === 'ROLLING' || (spec.deploymentController?.type ?? 'ECS') !== 'ECS') return []
  const { shares, minutesBetween } = trafficSteps(strategy, configuration)
  const shift = pace.trafficShift
  return [
    ...(reconciling ? [stage('RECONCILE_SERVICE')] : []),
    stage('PRE_SCALE_UP'),
    stage('SCALE_UP'),
    stage('POST_SCALE_UP'),
    { name: 'TEST_TRAFFIC_SHIFT', seconds: shift, test: 100 },
    stage('POST_TEST_TRAFFIC_SHIFT'),
    ...shares.flatMap((production, nth): Stage[] => {
      const last = nth === shares.length - 1
      const seconds = shift + (last ? 0 : minutesBetween * 60)
      return [stage('PRE_PRODUCTION_TRAFFIC_SHIFT'), { name: 'PRODUCTION_TRAFFIC_SHIFT', seconds, production }]
    }),
    stage('POST_PRODUCTION_TRAFFIC_SHIFT'),
    { name: 'BAKE_TIME', seconds: bakeTimeInMinutes * 60 },
    stage('CLEAN_UP'),
  ]
}

const stage = (name: StageName): Stage => ({ name, seconds: 0 })

/** The new revision's share of production traffic after each step. */
function trafficSteps(strategy: string, { linearConfiguration, canaryConfiguration }: DeploymentConfiguration) {
  if (strategy === 'CANARY') {
    const { canaryPercent = 5, canaryBakeTimeInMinutes = 10 } = canaryConfiguration ?? {}
    return { shares: canaryPercent < 100 ? [canaryPercent, 100] : [100], minutesBetween: canaryBakeTimeInMinutes }
  }
  if (strategy !== 'LINEAR') return { shares: [100], minutesBetween: 0 }
  const { stepPercent = 10, stepBakeTimeInMinutes = 6 } = linearConfiguration ?? {}
  const count = Math.ceil(100 / stepPercent)
  const shares = Array.from({ length: count }, (_, nth) => Math.min(100, Math.round((nth + 1) * stepPercent * 10) / 10))
  return { shares, minutesBetween: stepBakeTimeInMinutes }
}

/** Begins the deployment's next stage: its traffic, and its hooks, each with an id of its own. */
export function enterStage(region: Region, deployment: DeploymentRecord, { name, test, production }: Stage): void {
  const { rollout } = deployment
  deployment.stageBegan = region.clock.now
  rollout.lifecycleStage = name as ServiceDeploymentLifecycleStage
  rollout.updatedAt = region.clock.date()
  shiftTraffic(rollout, { test, production })
  const hooks = rollout.deploymentConfiguration?.lifecycleHooks ?? []
  const here = hooks.filter(({ lifecycleStages }) => lifecycleStages?.some(stage => stage === name))
  if (here.length > 0) rollout.lifecycleHookDetails = here.map(hook => beginHook(region, hook))
}

function beginHook(region: Region, hook: DeploymentLifecycleHook): DeploymentLifecycleHookDetail {
  const { targetType = 'AWS_LAMBDA', hookTargetArn, timeoutConfiguration } = hook
  const { timeoutInMinutes = 1440, action = 'ROLLBACK' } = timeoutConfiguration ?? {}
  const pause = targetType === 'PAUSE'
  return {
    hookId: pause ? `ecs-pause-${region.ids.token()}` : undefined,
    targetType,
    targetArn: pause ? undefined : hookTargetArn,
    status: pause ? 'AWAITING_ACTION' : 'IN_PROGRESS',
    expiresAt: new Date(region.clock.now + timeoutInMinutes * 60_000),
    timeoutAction: action,
  }
}

/** Gives the new revision these shares of the traffic, and the one that served before the rest. */
export function shiftTraffic(
  rollout: ServiceDeployment,
  { test, production }: Pick<Stage, 'test' | 'production'>,
): void {
  const { targetServiceRevision: target = {}, sourceServiceRevisions: [serving, ...others] = [] } = rollout
  if (test !== undefined) target.requestedTestTrafficWeight = test
  if (production !== undefined) target.requestedProductionTrafficWeight = production
  for (const source of [serving, ...others]) {
    if (source === undefined) continue
    const share = (weight = 0) => (source === serving ? 100 - weight : 0)
    source.requestedTestTrafficWeight = share(target.requestedTestTrafficWeight)
    source.requestedProductionTrafficWeight = share(target.requestedProductionTrafficWeight)
  }
}

/** What becomes of the stage: still `waiting`, `over`, or the reason for which the deployment goes back. */
export function judgeStage(region: Region, { rollout, stageBegan }: DeploymentRecord, { seconds }: Stage) {
  const hooks = rollout.lifecycleHookDetails ?? []
  for (const hook of hooks) judgeHook(region, hook, stageBegan)
  const bad = hooks.find(hook => hook.status === 'FAILED' || (hook.status === 'TIMED_OUT' && goesBack(hook)))
  if (bad) return { back: bad.status === 'FAILED' ? 'a lifecycle hook failed' : 'a lifecycle hook timed out' }
  const open = hooks.some(({ status }) => status === 'AWAITING_ACTION' || status === 'IN_PROGRESS')
  return open || region.clock.now < stageBegan + seconds * 1000 ? 'waiting' : 'over'
}

const goesBack = ({ timeoutAction }: DeploymentLifecycleHookDetail) => timeoutAction !== 'CONTINUE'

function judgeHook(region: Region, hook: DeploymentLifecycleHookDetail, began: number): void {
  if (hook.status !== 'AWAITING_ACTION' && hook.status !== 'IN_PROGRESS') return
  const answered = hook.targetType === 'AWS_LAMBDA' && region.clock.now >= began + pace.lambda * 1000
  if (answered) hook.status = region.hookStatuses.get(hook.targetArn ?? '') ?? 'SUCCEEDED'
  const { expiresAt, status } = hook
  if (status !== 'SUCCEEDED' && status !== 'FAILED' && expiresAt && region.clock.date() >= expiresAt)
    hook.status = 'TIMED_OUT'
}

/** When the stage has to be judged again, in virtual milliseconds since the epoch. */
export function nextJudgement(region: Region, { rollout, stageBegan }: DeploymentRecord, { seconds }: Stage): number {
  const { now } = region.clock
  const ends = stageBegan + seconds * 1000
  const hooks = (rollout.lifecycleHookDetails ?? []).flatMap(({ status, expiresAt }) => {
    if (status === 'AWAITING_ACTION') return [expiresAt?.getTime() ?? now]
    return status === 'IN_PROGRESS' ? [now + pace.lambda * 1000] : []
  })
  return Math.min(...[ends, ...hooks].filter(at => at > now), now + 3_600_000)
}
