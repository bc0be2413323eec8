import type { ServiceDeployment, ServiceRevision } from '@aws-sdk/client-ecs'
import {
  type DeploymentRecord,
  pace,
  primaryOf,
  type Region,
  type RevisionRecord,
  type ServiceRecord,
  type ServiceSpec,
  type TaskRecord,
  wanted,
} from './region.ts'
import { enterStage, shiftTraffic, stagesOf } from './stages.ts'
import { resolvedPlatform } from './tasks.ts'

/** The members that belong to a deployment; a rollback restores them. */
export const deployed = [
  'taskDefinition',
  'networkConfiguration',
  'platformVersion',
  'loadBalancers',
  'serviceRegistries',
  'serviceConnectConfiguration',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
] as const satisfies readonly (keyof ServiceSpec)[]

/** Makes a new PRIMARY; what was under way before is no longer. */
export function beginDeployment(region: Region, service: ServiceRecord, definition: RevisionRecord): DeploymentRecord {
  // ECS gives a deployment and the service revision that it rolls out the same number.
  const number = region.ids.digits()
  const id = `ecs-svc/${number}`
  const now = region.clock.date()
  const before = primaryOf(service)
  if (before) {
    before.status = 'ACTIVE'
    endRollout(region, before.rollout, 'STOPPED', 'Deployment stopped: a newer deployment has replaced it.')
  }
  const revision = reviseService(region, service, definition, number)
  const stages = stagesOf(service.spec, service.deployments.length > 1)
  // The one that serves comes first: that is the one that completed.
  const serving = service.deployments.filter(({ completed }) => completed)
  const sources = stages.length > 0 ? [...new Set([...serving, ...service.deployments])] : before ? [before] : []
  const rollout: ServiceDeployment = {
    serviceDeploymentArn: region.arn(
      `service-deployment/${service.cluster.name}/${service.name}/${region.ids.hex().slice(0, 21)}`,
    ),
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    createdAt: now,
    startedAt: now,
    updatedAt: now,
    status: 'PENDING',
    deploymentConfiguration: service.spec.deploymentConfiguration,
    sourceServiceRevisions: sources.map(({ revision }) => ({ arn: revision.serviceRevisionArn })),
    targetServiceRevision: { arn: revision.serviceRevisionArn },
  }
  const deployment: DeploymentRecord = {
    id,
    service,
    definition,
    revision,
    rollout,
    stages,
    stageBegan: region.clock.now,
    spec: { ...service.spec },
    status: 'PRIMARY',
    desiredCount: service.spec.desiredCount ?? 0,
    failedTasks: 0,
    failuresInARow: 0,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    createdAt: now,
    updatedAt: now,
    completed: false,
    bakedAt: undefined,
    cleanUpAt: 0,
    retryAt: 0,
  }
  service.rollouts.unshift(rollout)
  service.deployments.unshift(deployment)
  service.steady = false
  service.complaint = undefined
  const [first] = stages
  if (first) {
    shiftTraffic(rollout, { test: 0, production: 0 })
    enterStage(region, deployment, first)
  }
  return deployment
}

export function completeDeployment(region: Region, deployment: DeploymentRecord): void {
  const { service, rollout } = deployment
  deployment.rolloutState = 'COMPLETED'
  deployment.rolloutStateReason = `ECS deployment ${deployment.id} completed.`
  deployment.completed = true
  deployment.updatedAt = region.clock.date()
  // After an early success with a deferred clean-up, what ran before goes on running for a while.
  const early = service.spec.deploymentConfiguration?.earlySuccessCriteria
  const deferred = early?.enable === true && early.sourceServiceRevisionCleanup === 'DEFERRED'
  if (deferred) deployment.cleanUpAt = region.clock.now + pace.deferredCleanUp * 1000
  for (const other of service.deployments) {
    if (other !== deployment) other.status = deferred && tasksOf(service, other).length > 0 ? 'ACTIVE' : 'INACTIVE'
  }
  service.deployments = service.deployments.filter(({ status }) => status !== 'INACTIVE')
  endRollout(region, rollout, rollout.rollback ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL')
  say(region, service, `(deployment ${deployment.id}) deployment completed.`)
}

/** What ended a deployment: the circuit breaker, or the alarms of these names. */
export type Trigger = 'breaker' | readonly string[]

/** Nothing is started any more, and with rollback the last completed deployment comes back. */
export function failDeployment(region: Region, deployment: DeploymentRecord, trigger: Trigger): void {
  const { service, rollout } = deployment
  const { deploymentCircuitBreaker, alarms } = service.spec.deploymentConfiguration ?? {}
  const byBreaker = trigger === 'breaker'
  const reason = byBreaker ? 'tasks failed to start.' : 'alarm detected.'
  deployment.rolloutState = 'FAILED'
  deployment.rolloutStateReason = `ECS deployment ${byBreaker ? 'circuit breaker' : 'failed'}: ${reason}`
  deployment.updatedAt = region.clock.date()
  say(region, service, `(deployment ${deployment.id}) deployment failed: ${reason}`)
  if (rollout.rollback) {
    endRollout(region, rollout, 'ROLLBACK_FAILED', 'Circuit breaker threshold exceeded during rollback.')
    return
  }
  // A deployment that is over is described by its state at the end.
  rollout.deploymentCircuitBreaker = { ...monitored(deployment), ...(byBreaker && { status: 'TRIGGERED' }) }
  if (!byBreaker)
    rollout.alarms = { status: 'TRIGGERED', alarmNames: alarms?.alarmNames, triggeredAlarmNames: [...trigger] }
  const because = byBreaker ? 'the circuit breaker threshold was exceeded' : 'a CloudWatch alarm was triggered'
  const backAsWell = (byBreaker ? deploymentCircuitBreaker : alarms)?.rollback
  if (!(backAsWell && rollBack(region, deployment, `Service deployment rolled back because ${because}.`)))
    endRollout(region, rollout, 'STOPPED', `Service deployment failed because ${because}.`)
}

/** What the circuit breaker has counted of a deployment so far. */
export function monitored({ service, failuresInARow, rollout }: DeploymentRecord) {
  const enabled = rollout.deploymentConfiguration?.deploymentCircuitBreaker?.enable === true
  return {
    status: !enabled ? 'DISABLED' : rollout.finishedAt ? 'MONITORING_COMPLETE' : 'MONITORING',
    failureCount: failuresInARow,
    threshold: breakerThreshold(service),
  } as const
}

/** Back to the last deployment that completed; false when there is none. */
export function rollBack(region: Region, from: DeploymentRecord, reason: string): boolean {
  const { service, rollout } = from
  const to = service.deployments.find(({ completed }) => completed)
  if (!to || to === from) return false
  const now = region.clock.date()
  from.status = 'ACTIVE'
  from.desiredCount = 0
  to.status = 'PRIMARY'
  to.rolloutState = 'IN_PROGRESS'
  to.rolloutStateReason = `ECS deployment circuit breaker: rolling back to deploymentId ${to.id}.`
  to.updatedAt = now
  to.rollout = rollout
  to.failuresInARow = 0
  to.bakedAt = undefined
  to.retryAt = 0
  service.deployments = [to, ...service.deployments.filter(deployment => deployment !== to)]
  service.spec = { ...service.spec, ...Object.fromEntries(deployed.map(member => [member, to.spec[member]])) }
  rollout.status = 'ROLLBACK_IN_PROGRESS'
  rollout.statusReason = reason
  rollout.updatedAt = now
  closeHooks(rollout)
  if (from.stages.length > 0) shiftTraffic(rollout, { test: 0, production: 0 })
  rollout.rollback = { reason, startedAt: now, serviceRevisionArn: to.revision.serviceRevisionArn }
  say(region, service, `rolling back to deployment ${to.id}.`)
  return true
}

/** Returns to the deployment before this one; where there is none, it is merely stopped. */
export function goBack(region: Region, from: DeploymentRecord, reason: string): void {
  from.rolloutState = 'FAILED'
  from.rolloutStateReason = reason
  if (!rollBack(region, from, reason)) endRollout(region, from.rollout, 'STOPPED', reason)
}

/** How many failures in a row trip the circuit breaker. */
export function breakerThreshold({ spec }: ServiceRecord): number {
  const { type = 'BOUNDED_PERCENT', value = 50 } =
    spec.deploymentConfiguration?.deploymentCircuitBreaker?.thresholdConfiguration ?? {}
  if (type === 'COUNT') return value
  const share = Math.ceil(((spec.desiredCount ?? 0) * value) / 100)
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : Math.min(200, Math.max(3, share))
}

/** Every task of a service that has not stopped yet; with a deployment, its alone. */
export function tasksOf(service: ServiceRecord, deployment?: DeploymentRecord): TaskRecord[] {
  return [...service.cluster.tasks.values()].filter(
    task =>
      task.wire.lastStatus !== 'STOPPED' &&
      task.deployment?.service === service &&
      (deployment === undefined || task.deployment === deployment),
  )
}

export const runningOf = (tasks: readonly TaskRecord[]) =>
  tasks.filter(({ wire }) => wire.lastStatus === 'RUNNING').length

export const pendingOf = (tasks: readonly TaskRecord[]) =>
  tasks.filter(task => wanted(task) && task.wire.lastStatus !== 'RUNNING').length

/** An entry in the service's list of events, newest first. */
export function say(region: Region, service: ServiceRecord, message: string): void {
  // Events of one moment have rising times too: clients show events that are newer than the last one they know.
  const last = service.events[0]?.createdAt?.getTime() ?? 0
  const createdAt = new Date(Math.max(region.clock.now, last + 1))
  service.events = [
    { id: region.ids.uuid(), createdAt, message: `(service ${service.name}) ${message}` },
    ...service.events.slice(0, 99),
  ]
}

const over = new Set(['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'])

export function endRollout(
  region: Region,
  rollout: ServiceDeployment,
  status: NonNullable<ServiceDeployment['status']>,
  statusReason?: string,
): void {
  if (over.has(rollout.status ?? '')) return
  const now = region.clock.date()
  rollout.status = status
  if (statusReason !== undefined) rollout.statusReason = statusReason
  if (status === 'STOPPED') rollout.stoppedAt = now
  rollout.finishedAt = now
  rollout.updatedAt = now
  rollout.lifecycleStage = 'CLEAN_UP'
  closeHooks(rollout)
}

/** A hook that still waits when its deployment ends waits no longer. */
function closeHooks(rollout: ServiceDeployment): void {
  rollout.lifecycleHookDetails = rollout.lifecycleHookDetails?.filter(
    ({ status }) => status !== 'AWAITING_ACTION' && status !== 'IN_PROGRESS',
  )
}

function reviseService(
  region: Region,
  service: ServiceRecord,
  definition: RevisionRecord,
  number: string,
): ServiceRevision {
  const { spec } = service
  const fargate = spec.platformVersion !== undefined
  const revision: ServiceRevision = {
    serviceRevisionArn: region.arn(`service-revision/${service.cluster.name}/${service.name}/${number}`),
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    taskDefinition: definition.arn,
    createdAt: region.clock.date(),
    launchType: spec.launchType,
    capacityProviderStrategy: spec.capacityProviderStrategy,
    platformVersion: fargate ? resolvedPlatform(spec.platformVersion) : undefined,
    platformFamily: fargate ? 'Linux' : undefined,
    loadBalancers: spec.loadBalancers,
    serviceRegistries: spec.serviceRegistries,
    networkConfiguration: spec.networkConfiguration,
    serviceConnectConfiguration: spec.serviceConnectConfiguration,
    volumeConfigurations: spec.volumeConfigurations,
    vpcLatticeConfigurations: spec.vpcLatticeConfigurations,
    gatewayConnectors: spec.gatewayConnectors,
    monitoring: spec.monitoring,
    guardDutyEnabled: false,
    containerImages: (definition.definition.containerDefinitions ?? []).map(({ name, image }) => ({
      containerName: name,
      image,
    })),
  }
  service.revisions.unshift(revision)
  return revision
}
