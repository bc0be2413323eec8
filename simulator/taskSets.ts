import type { CreateTaskSetRequest, TaskSet } from '@aws-sdk/client-ecs'
import { beginDeployment, pendingOf, runningOf, tasksOf } from './deployments.ts'
import { checkFit, checkParts, networkOf, runsOnFargate, whereTo } from './launching.ts'
import type { DeploymentRecord, Region, ServiceRecord } from './region.ts'
import { wake } from './serviceTasks.ts'
import { launchable } from './taskDefinitions.ts'
import { resolvedPlatform } from './tasks.ts'

/** The task set that the tool behind a deployment controller EXTERNAL makes. */
export type NewTaskSet = Pick<
  CreateTaskSetRequest,
  'cluster' | 'service' | 'taskDefinition' | 'launchType' | 'networkConfiguration'
>

/**
 * CreateTaskSet and UpdateServicePrimaryTaskSet in one, as the tool of an EXTERNAL service calls them: the settings of the
 * primary task set become the service's.
 */
export function makeTaskSet(region: Region, { cluster, service: name = '', ...asked }: NewTaskSet): void {
  const service = region.cluster(cluster).services.get(name)
  if (!service) throw new Error(`There is no service ${name}`)
  if (!isExternal(service)) throw new Error(`The deployment controller of ${name} is not EXTERNAL`)
  const definition = launchable(region, asked.taskDefinition ?? '')
  const where = whereTo(service.cluster, asked)
  checkFit(definition, where, asked.networkConfiguration)
  checkParts(definition, service.spec)
  service.spec = {
    ...service.spec,
    taskDefinition: definition.arn,
    launchType: where.launchType,
    platformVersion: runsOnFargate(where) ? 'LATEST' : undefined,
    networkConfiguration: networkOf(asked.networkConfiguration),
  }
  beginDeployment(region, service, definition)
  wake(region, service)
}

export const isExternal = ({ spec }: ServiceRecord): boolean => spec.deploymentController?.type === 'EXTERNAL'

/** A deployment as the task set that it stands for. */
export function describedTaskSet(deployment: DeploymentRecord): TaskSet {
  const { spec, service } = deployment
  const tasks = tasksOf(service, deployment)
  const running = runningOf(tasks)
  const isFargate = spec.platformVersion !== undefined
  return {
    id: deployment.id,
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    status: deployment.status,
    taskDefinition: deployment.definition.arn,
    computedDesiredCount: deployment.desiredCount,
    pendingCount: pendingOf(tasks),
    runningCount: running,
    createdAt: deployment.createdAt,
    updatedAt: deployment.updatedAt,
    launchType: spec.launchType,
    platformVersion: isFargate ? resolvedPlatform(spec.platformVersion) : undefined,
    platformFamily: isFargate ? 'Linux' : undefined,
    networkConfiguration: spec.networkConfiguration,
    loadBalancers: [],
    serviceRegistries: [],
    scale: { value: 100, unit: 'PERCENT' },
    stabilityStatus: running === deployment.desiredCount ? 'STEADY_STATE' : 'STABILIZING',
    tags: [],
  }
}
