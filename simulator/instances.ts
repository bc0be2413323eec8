import type {
  Attribute,
  ContainerInstance,
  DeregisterContainerInstanceRequest,
  DescribeContainerInstancesRequest,
  DescribeContainerInstancesResponse,
  Failure,
  ListContainerInstancesRequest,
  ListContainerInstancesResponse,
  UpdateContainerInstancesStateRequest,
  UpdateContainerInstancesStateResponse,
} from '@aws-sdk/client-ecs'
import { invalidParameter } from './errors.ts'
import { page } from './paging.ts'
import { resourcesOf } from './placement.ts'
import { matchesQuery, tasksOn } from './query.ts'
import { type ClusterRecord, type InstanceRecord, type Region, tagsIf, within } from './region.ts'
import { wakeServices } from './scheduler.ts'
import { checkTags } from './tags.ts'
import { lose } from './tasks.ts'

/** What the back door needs to know to register a container instance. */
export interface NewInstance {
  readonly cluster?: string
  readonly region?: string
  readonly ec2InstanceId?: string
  /** CPU units, 2048 by default. */
  readonly cpu?: number
  /** MiB, 3884 by default. */
  readonly memory?: number
  readonly attributes?: readonly Attribute[]
  readonly availabilityZone?: string
  readonly capacityProviderName?: string
  readonly agentConnected?: boolean
  readonly tags?: { key: string; value: string }[]
}

/** What an agent would do. There is no operation for it: the simulator has no agents. */
export function addInstance(region: Region, input: NewInstance): InstanceRecord {
  const cluster = region.cluster(input.cluster)
  const id = region.ids.hex()
  const zone = input.availabilityZone ?? `${region.name}a`
  const instance: InstanceRecord = {
    id,
    arn: region.arn(`container-instance/${cluster.name}/${id}`),
    ec2InstanceId: input.ec2InstanceId ?? `i-${region.ids.hex().slice(0, 17)}`,
    cluster,
    cpu: input.cpu ?? 2048,
    memory: input.memory ?? 3884,
    registeredAt: region.clock.date(),
    capacityProviderName: input.capacityProviderName,
    status: 'ACTIVE',
    agentConnected: input.agentConnected ?? true,
    version: 1,
    tags: checkTags(input.tags),
    attributes: [
      { name: 'ecs.capability.task-eni' },
      { name: 'com.amazonaws.ecs.capability.task-iam-role' },
      { name: 'ecs.availability-zone', value: zone },
      { name: 'ecs.instance-type', value: 't3.medium' },
      { name: 'ecs.os-type', value: 'linux' },
      { name: 'ecs.cpu-architecture', value: 'x86_64' },
      ...(input.attributes ?? []),
    ],
  }
  cluster.instances.set(id, instance)
  wakeServices(region, cluster)
  return instance
}

export function listContainerInstances(
  region: Region,
  input: ListContainerInstancesRequest,
): ListContainerInstancesResponse {
  const { filter } = input
  const instances = [...region.cluster(input.cluster).instances.values()]
    .filter(({ status }) => input.status === undefined || status === input.status)
    .filter(instance => filter === undefined || matchesQuery(instance, filter))
  const { items, nextToken } = page(instances, input)
  return { containerInstanceArns: items.map(({ arn }) => arn), nextToken }
}

export function describeContainerInstances(
  region: Region,
  input: DescribeContainerInstancesRequest,
): DescribeContainerInstancesResponse {
  const cluster = region.cluster(input.cluster)
  const { found, failures } = pick(region, cluster, input.containerInstances, 100)
  return { containerInstances: found.map(instance => described(instance, input.include)), failures }
}

export function updateContainerInstancesState(
  region: Region,
  input: UpdateContainerInstancesStateRequest,
): UpdateContainerInstancesStateResponse {
  const cluster = region.cluster(input.cluster)
  const { status } = input
  if (status !== 'ACTIVE' && status !== 'DRAINING')
    throw invalidParameter('Container instance status should be one of [ACTIVE,DRAINING]')
  const { found, failures } = pick(region, cluster, input.containerInstances, 10)
  for (const instance of found) {
    if (instance.status !== status) instance.version++
    instance.status = status
  }
  wakeServices(region, cluster)
  return { containerInstances: found.map(instance => described(instance)), failures }
}

export function deregisterContainerInstance(region: Region, input: DeregisterContainerInstanceRequest): object {
  const cluster = region.cluster(input.cluster)
  const instance = cluster.instances.get(within(cluster, input.containerInstance ?? ''))
  if (!instance) throw invalidParameter('The referenced container instance was not found.')
  const tasks = tasksOn(instance)
  if (tasks.length > 0 && !input.force) throw invalidParameter('Found running tasks on the instance.')
  instance.status = 'INACTIVE'
  instance.agentConnected = false
  // What runs there is orphaned: service tasks are replaced, the others are gone from ECS's sight.
  for (const task of tasks) lose(region, task)
  cluster.instances.delete(instance.id)
  wakeServices(region, cluster)
  return { containerInstance: described(instance) }
}

/** The requested instances, and a failure for each that does not exist. */
function pick(
  region: Region,
  cluster: ClusterRecord,
  names: readonly string[] | undefined,
  most: number,
): { found: InstanceRecord[]; failures: Failure[] } {
  if (!names?.length) throw invalidParameter('Container instances cannot be empty.')
  if (names.length > most) throw invalidParameter(`instanceIds can have at most ${most} items.`)
  const found: InstanceRecord[] = []
  const failures: Failure[] = []
  for (const name of new Set(names)) {
    const id = within(cluster, name)
    const instance = cluster.instances.get(id)
    if (instance) found.push(instance)
    else failures.push({ arn: region.arn(`container-instance/${cluster.name}/${id}`), reason: 'MISSING' })
  }
  return { found, failures }
}

function described(instance: InstanceRecord, include?: readonly string[]): ContainerInstance {
  const tasks = tasksOn(instance)
  return {
    containerInstanceArn: instance.arn,
    ec2InstanceId: instance.ec2InstanceId,
    capacityProviderName: instance.capacityProviderName,
    version: instance.version,
    versionInfo: { agentVersion: '1.96.0', agentHash: '5b5a4b3e', dockerVersion: 'DockerVersion: 25.0.8' },
    remainingResources: resourcesOf(instance, true),
    registeredResources: resourcesOf(instance, false),
    status: instance.status,
    ...(instance.statusReason && { statusReason: instance.statusReason }),
    agentConnected: instance.agentConnected,
    runningTasksCount: tasks.filter(({ wire }) => wire.lastStatus === 'RUNNING').length,
    pendingTasksCount: tasks.filter(({ wire }) => wire.lastStatus === 'PENDING').length,
    attributes: instance.attributes,
    registeredAt: instance.registeredAt,
    attachments: [],
    tags: tagsIf(include, instance.tags) ?? [],
  }
}
