import type {
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
  StopServiceDeploymentRequest,
} from '@aws-sdk/client-ecs'
import { endRollout, monitored, pendingOf, rollBack, runningOf, tasksOf } from './deployments.ts'
import { EcsError, invalidParameter, serviceNotFound } from './errors.ts'
import { page } from './paging.ts'
import { primaryOf, type Region, type ServiceRecord } from './region.ts'
import { wake } from './scheduler.ts'
import { find } from './services.ts'

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

/** Stops a rollout that is under way: at once, or by going back to what ran before. */
export function stopServiceDeployment(
  region: Region,
  input: StopServiceDeploymentRequest,
): { serviceDeploymentArn: string | undefined } {
  const found = findRollout(region, input.serviceDeploymentArn ?? '')
  if (!found)
    throw new EcsError(
      'ServiceDeploymentNotFoundException',
      "The service deploy ARN that you specified in the StopServiceDeployment doesn't exist.",
    )
  const { service, rollout } = found
  const primary = primaryOf(service)
  if (!primary || primary.rollout !== rollout || !['PENDING', 'IN_PROGRESS'].includes(rollout.status ?? ''))
    throw new EcsError('ConflictException', 'The service deployment is not in progress.')
  const reason = 'Service deployment stopped by user.'
  primary.rolloutState = 'FAILED'
  primary.rolloutStateReason = reason
  if (!((input.stopType ?? 'ROLLBACK') === 'ROLLBACK' && rollBack(region, primary, reason)))
    endRollout(region, rollout, 'STOPPED', reason)
  wake(region, service)
  return { serviceDeploymentArn: rollout.serviceDeploymentArn }
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
  const counted = (arn: string | undefined) => {
    const deployment = service.deployments.find(({ revision }) => revision.serviceRevisionArn === arn)
    const tasks = deployment ? tasksOf(service, deployment) : []
    return {
      arn,
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
    sourceServiceRevisions: rollout.sourceServiceRevisions?.map(({ arn }) => counted(arn)),
    targetServiceRevision: counted(rollout.targetServiceRevision?.arn),
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
