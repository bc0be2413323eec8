import type {
  ContinueServiceDeploymentRequest,
  ContinueServiceDeploymentResponse,
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse,
  DescribeServiceRevisionsRequest,
  DescribeServiceRevisionsResponse,
  Failure,
  ListServiceDeploymentsRequest,
  ListServiceDeploymentsResponse,
  ServiceDeployment,
  ServiceDeploymentBrief,
  ServiceRevision,
  ServiceRevisionSummary,
  StopServiceDeploymentRequest,
} from '@aws-sdk/client-ecs'
import { monitored, pendingOf, runningOf, tasksOf } from './deployments.ts'
import { EcsError, invalidParameter, serviceNotFound } from './errors.ts'
import { page } from './paging.ts'
import type { Region, ServiceRecord } from './region.ts'
import { find } from './services.ts'
import { wake } from './serviceTasks.ts'

/** Newest first. */
export function listServiceDeployments(
  region: Region,
  input: ListServiceDeploymentsRequest,
): ListServiceDeploymentsResponse {
  const service = find(region.cluster(input.cluster ?? clusterIn(input.service)), input.service ?? '')
  if (service.status === 'INACTIVE') throw serviceNotFound()
  const { before, after } = input.createdAt ?? {}
  const found = service.rollouts
    .filter(({ status }) => !input.status?.length || (status !== undefined && input.status.includes(status)))
    .filter(({ createdAt }) => !before || (createdAt !== undefined && createdAt < before))
    .filter(({ createdAt }) => !after || (createdAt !== undefined && createdAt > after))
  const { items, nextToken } = page(found, input, 20)
  return { serviceDeployments: items.map(brief), nextToken }
}

export function describeServiceDeployments(
  region: Region,
  input: DescribeServiceDeploymentsRequest,
): DescribeServiceDeploymentsResponse {
  const arns = input.serviceDeploymentArns ?? []
  if (arns.length === 0) throw invalidParameter('serviceDeploymentArns cannot be empty.')
  if (arns.length > 20) throw invalidParameter('serviceDeploymentArns can have at most 20 items.')
  const serviceDeployments: ServiceDeployment[] = []
  const failures: Failure[] = []
  for (const arn of arns) {
    const found = findRollout(region, arn)
    if (found) serviceDeployments.push(described(found.service, found.rollout))
    else failures.push({ arn, reason: 'MISSING' })
  }
  return { serviceDeployments, failures }
}

export function describeServiceRevisions(
  region: Region,
  input: DescribeServiceRevisionsRequest,
): DescribeServiceRevisionsResponse {
  const arns = input.serviceRevisionArns ?? []
  if (arns.length === 0) throw invalidParameter('serviceRevisionArns cannot be empty.')
  if (arns.length > 20) throw invalidParameter('serviceRevisionArns can have at most 20 items.')
  const known = services(region).flatMap(({ revisions }) => revisions)
  const serviceRevisions: ServiceRevision[] = []
  const failures: Failure[] = []
  for (const arn of arns) {
    const revision = known.find(({ serviceRevisionArn }) => serviceRevisionArn === arn)
    if (revision) serviceRevisions.push(revision)
    else failures.push({ arn, reason: 'MISSING' })
  }
  return { serviceRevisions, failures }
}

/** Stops a rollout that is under way: as it is, or by going back to what ran before. */
export function stopServiceDeployment(
  region: Region,
  input: StopServiceDeploymentRequest,
): { serviceDeploymentArn: string | undefined } {
  const { service, rollout } = existing(region, input.serviceDeploymentArn, 'StopServiceDeployment')
  if (rollout.finishedAt) throw new EcsError('ConflictException', 'The service deployment is not in progress.')
  // One that is stopping or going back already goes on with it.
  if (isUnderWay(rollout))
    request(region, service, rollout, input.stopType ?? 'ROLLBACK', 'Service deployment stopped by user.')
  return { serviceDeploymentArn: rollout.serviceDeploymentArn }
}

/** Answers the hook for which a deployment waits. Each is answered once. */
export function continueServiceDeployment(
  region: Region,
  input: ContinueServiceDeploymentRequest,
): ContinueServiceDeploymentResponse {
  const { service, rollout } = existing(region, input.serviceDeploymentArn, 'ContinueServiceDeployment')
  const hook = rollout.lifecycleHookDetails?.find(({ hookId }) => hookId !== undefined && hookId === input.hookId)
  // The reference names the error; its words are not known.
  if (!hook) throw invalidParameter('The specified hookId does not exist in the service deployment.')
  if (!isUnderWay(rollout) || hook.status !== 'AWAITING_ACTION')
    throw invalidParameter('The specified lifecycle hook is not awaiting action.')
  const back = input.action === 'ROLLBACK'
  hook.status = back ? 'FAILED' : 'SUCCEEDED'
  if (back) request(region, service, rollout, 'ROLLBACK', 'Service deployment rolled back by user.')
  else wake(region, service)
  return { serviceDeploymentArn: rollout.serviceDeploymentArn }
}

const isUnderWay = ({ status }: ServiceDeployment) => status === 'PENDING' || status === 'IN_PROGRESS'

/** The scheduler carries it out. */
function request(
  region: Region,
  service: ServiceRecord,
  rollout: ServiceDeployment,
  stopType: string,
  reason: string,
): void {
  rollout.status = stopType === 'ABORT' ? 'STOP_REQUESTED' : 'ROLLBACK_REQUESTED'
  rollout.statusReason = reason
  rollout.updatedAt = region.clock.date()
  wake(region, service)
}

const services = (region: Region) => [...region.clusters.values()].flatMap(({ services }) => [...services.values()])

/** A service's ARN names its cluster. */
const clusterIn = (service: string | undefined) => /^arn:[^/]+\/([^/]+)\/[^/]+$/.exec(service ?? '')?.[1]

function findRollout(region: Region, arn: string): { service: ServiceRecord; rollout: ServiceDeployment } | undefined {
  for (const service of services(region)) {
    const rollout = service.rollouts.find(({ serviceDeploymentArn }) => serviceDeploymentArn === arn)
    if (rollout) return { service, rollout }
  }
  return undefined
}

function existing(region: Region, arn = '', operation: string) {
  const found = findRollout(region, arn)
  if (found) return found
  throw new EcsError(
    'ServiceDeploymentNotFoundException',
    `The service deploy ARN that you specified in the ${operation} doesn't exist.`,
  )
}

function brief(rollout: ServiceDeployment): ServiceDeploymentBrief {
  const { serviceDeploymentArn, serviceArn, clusterArn, startedAt, createdAt, finishedAt, status, statusReason } =
    rollout
  const targetServiceRevisionArn = rollout.targetServiceRevision?.arn
  return {
    serviceDeploymentArn,
    serviceArn,
    clusterArn,
    startedAt,
    createdAt,
    finishedAt,
    targetServiceRevisionArn,
    status,
    statusReason,
  }
}

function described(service: ServiceRecord, rollout: ServiceDeployment): ServiceDeployment {
  const counted = ({ arn, ...weights }: ServiceRevisionSummary = {}) => {
    const deployment = service.deployments.find(({ revision }) => revision.serviceRevisionArn === arn)
    const tasks = deployment ? tasksOf(service, deployment) : []
    return {
      arn,
      ...weights,
      requestedTaskCount: deployment?.desiredCount ?? 0,
      runningTaskCount: runningOf(tasks),
      pendingTaskCount: pendingOf(tasks),
    }
  }
  const target = service.deployments.find(
    ({ revision }) => revision.serviceRevisionArn === rollout.targetServiceRevision?.arn,
  )
  return {
    ...rollout,
    sourceServiceRevisions: rollout.sourceServiceRevisions?.map(counted),
    targetServiceRevision: counted(rollout.targetServiceRevision),
    deploymentCircuitBreaker: rollout.deploymentCircuitBreaker ?? (target && monitored(target)) ?? unmonitored(rollout),
    alarms: rollout.alarms ?? watched(rollout),
  }
}

/** A deployment that is gone was not failed by its breaker. */
const unmonitored = ({ deploymentConfiguration }: ServiceDeployment) =>
  ({
    status: deploymentConfiguration?.deploymentCircuitBreaker?.enable ? 'MONITORING_COMPLETE' : 'DISABLED',
    failureCount: 0,
    threshold: 0,
  }) as const

function watched({ deploymentConfiguration, finishedAt }: ServiceDeployment): NonNullable<ServiceDeployment['alarms']> {
  const { enable, alarmNames } = deploymentConfiguration?.alarms ?? {}
  if (!enable) return { status: 'DISABLED' }
  return { status: finishedAt ? 'MONITORING_COMPLETE' : 'MONITORING', alarmNames, triggeredAlarmNames: [] }
}
