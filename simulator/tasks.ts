import type { Attachment, Container, NetworkConfiguration, Task, TaskOverride, TaskStopCode } from '@aws-sdk/client-ecs'
import type { Behaviour } from './images.ts'
import {
  type ClusterRecord,
  type ContainerRecord,
  type DeploymentRecord,
  type InstanceRecord,
  pace,
  type Region,
  type RevisionRecord,
  type TaskRecord,
  wanted,
} from './region.ts'

/** A task to start, once its place is known. */
export interface Launch {
  readonly cluster: ClusterRecord
  readonly definition: RevisionRecord
  readonly instance: InstanceRecord | undefined
  readonly launchType: Task['launchType']
  readonly capacityProviderName: string | undefined
  readonly group: string
  readonly startedBy: string | undefined
  readonly deployment: DeploymentRecord | undefined
  readonly networkConfiguration: NetworkConfiguration | undefined
  readonly overrides: TaskOverride | undefined
  readonly platformVersion: string | undefined
  readonly enableExecuteCommand: boolean
  readonly tags: TaskRecord['tags']
}

/** Begins the life of one task: PROVISIONING (only with a network interface of its own), PENDING, ACTIVATING (only behind a load balancer), RUNNING. */
export function launch(region: Region, start: Launch): TaskRecord {
  const id = region.ids.hex()
  const arn = region.arn(`task/${start.cluster.name}/${id}`)
  const { definition } = start.definition
  const ownInterface = definition.networkMode === 'awsvpc'
  const fargate = start.instance === undefined
  const now = region.clock.date()
  const attachments: Attachment[] = ownInterface
    ? [interfaceOf(region, start.networkConfiguration, start.cluster.tasks.size)]
    : []
  const task: TaskRecord = {
    id,
    arn,
    cluster: start.cluster,
    definition: start.definition,
    instance: start.instance,
    deployment: start.deployment,
    createdAt: region.clock.now,
    tags: start.tags,
    next: undefined,
    healthy: false,
    stoppedAt: undefined,
    containers: containersOf(region, arn, start),
    wire: {
      taskArn: arn,
      clusterArn: start.cluster.arn,
      taskDefinitionArn: start.definition.arn,
      containerInstanceArn: start.instance?.arn,
      availabilityZone:
        start.instance?.attributes.find(({ name }) => name === 'ecs.availability-zone')?.value ?? `${region.name}a`,
      attachments,
      attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
      capacityProviderName: start.capacityProviderName,
      connectivity: 'CONNECTED',
      connectivityAt: now,
      cpu: start.overrides?.cpu ?? definition.cpu,
      memory: start.overrides?.memory ?? definition.memory,
      createdAt: now,
      desiredStatus: 'RUNNING',
      lastStatus: ownInterface ? 'PROVISIONING' : 'PENDING',
      enableExecuteCommand: start.enableExecuteCommand,
      group: start.group,
      healthStatus: 'UNKNOWN',
      launchType: start.launchType,
      overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [], ...start.overrides },
      platformVersion: fargate ? resolvedPlatform(start.platformVersion) : undefined,
      platformFamily: fargate ? 'Linux' : undefined,
      ephemeralStorage: fargate ? (definition.ephemeralStorage ?? { sizeInGiB: 20 }) : undefined,
      startedBy: start.startedBy,
      version: 1,
    },
  }
  start.cluster.tasks.set(id, task)
  const unplaced = task.containers.find(({ behaviour }) => behaviour.neverPlaced)?.behaviour.neverPlaced
  task.next = region.after(ownInterface ? pace.taskProvisioning : 0, () => {
    if (unplaced === undefined) return pull(region, task)
    leave(region, task, unplaced, 'TaskFailedToStart')
    deprovision(region, task)
  })
  return task
}

/** Requests the end of a task; a task that has stopped, or is about to, is left alone. */
export function stop(region: Region, task: TaskRecord, stoppedReason: string, stopCode: TaskStopCode): void {
  if (!wanted(task)) return
  const started = task.wire.startedAt !== undefined
  if (started && isBalanced(task)) {
    leave(region, task, stoppedReason, stopCode)
    step(region, task, 'DEACTIVATING', pace.deactivating, () => windDown(region, task))
  } else {
    leave(region, task, stoppedReason, stopCode)
    if (started) windDown(region, task)
    else deprovision(region, task)
  }
}

/** An essential container, or the named one, exits by itself: for tests that end a job when they like. */
export function exitContainer(
  region: Region,
  task: TaskRecord,
  exitCode: number,
  name?: string,
  reason?: string,
): void {
  const container = task.containers.find(({ wire, essential }) => (name ? wire.name === name : essential))
  if (container) exited(region, task, container, exitCode, reason)
}

/** The instance under a task is gone, and with it every trace of how it went. */
export function lose(region: Region, task: TaskRecord): void {
  leave(region, task, 'Container instance was deregistered', 'InfrastructureHealth')
  for (const { wire } of task.containers) wire.lastStatus = 'STOPPED'
  stopped(region, task)
}

export const resolvedPlatform = (version: string | undefined) =>
  version === undefined || version === 'LATEST' ? '1.4.0' : version

const isBalanced = ({ deployment }: TaskRecord) =>
  Boolean(deployment?.spec.loadBalancers?.length || deployment?.spec.serviceRegistries?.length)

/** Moves a task to its next status, and on from there after a while. */
function step(region: Region, task: TaskRecord, status: string, seconds: number, next: () => void): void {
  task.wire.lastStatus = status
  task.wire.version = (task.wire.version ?? 0) + 1
  task.next = region.after(seconds, next)
  region.taskChanged(task)
}

function pull(region: Region, task: TaskRecord): void {
  const usual = task.instance ? pace.instanceStart : pace.fargateStart
  const seconds = Math.max(...task.containers.map(({ behaviour }) => behaviour.startSeconds ?? usual))
  const never = task.containers.find(({ behaviour }) => behaviour.neverStarts)
  task.wire.pullStartedAt = region.clock.date()
  connect(task)
  step(region, task, 'PENDING', seconds, () => {
    task.wire.pullStoppedAt = region.clock.date()
    if (never) {
      never.wire.reason = never.behaviour.neverStarts
      leave(region, task, never.behaviour.neverStarts ?? '', 'TaskFailedToStart')
      deprovision(region, task)
    } else if (isBalanced(task)) step(region, task, 'ACTIVATING', pace.activating, () => run(region, task))
    else run(region, task)
  })
}

/** Each container of a task with an interface of its own shows it. */
function connect(task: TaskRecord): void {
  const [attachment] = task.wire.attachments ?? []
  const address = attachment?.details?.find(({ name }) => name === 'privateIPv4Address')?.value
  if (address === undefined) return
  for (const { wire } of task.containers)
    wire.networkInterfaces = [{ attachmentId: attachment?.id, privateIpv4Address: address }]
}

function run(region: Region, task: TaskRecord): void {
  task.wire.startedAt = region.clock.date()
  task.next = undefined
  task.wire.lastStatus = 'RUNNING'
  task.wire.version = (task.wire.version ?? 0) + 1
  for (const container of task.containers) {
    const { runSeconds, exitCode = 0, reason } = container.behaviour
    container.wire.lastStatus = 'RUNNING'
    container.wire.runtimeId = runtimeId(region, task)
    if (runSeconds !== undefined)
      container.exit = region.after(runSeconds, () => exited(region, task, container, exitCode, reason))
  }
  watchHealth(region, task)
  region.taskChanged(task)
}

/** Fargate names a container by its task; the agent of an instance takes Docker's id. */
const runtimeId = (region: Region, { id, instance }: TaskRecord) =>
  instance ? region.ids.hex() + region.ids.hex() : `${id}-${region.ids.digits().slice(0, 10)}`

/** With a health check the containers decide when the task is healthy; without one, time does. */
function watchHealth(region: Region, task: TaskRecord): void {
  const checks = (task.definition.definition.containerDefinitions ?? []).flatMap(({ name, healthCheck }) => {
    const container = task.containers.find(({ wire }) => wire.name === name)
    return healthCheck && container ? [{ healthCheck, container }] : []
  })
  if (checks.length === 0) {
    region.after(pace.steady, () => setHealth(region, task, true))
    return
  }
  for (const { healthCheck, container } of checks) {
    const { interval = 30, retries = 3, startPeriod = 0 } = healthCheck
    const healthy = container.behaviour.healthy ?? true
    region.after(startPeriod + interval * (healthy ? 1 : retries), () => {
      if (task.wire.lastStatus !== 'RUNNING') return
      container.wire.healthStatus = healthy ? 'HEALTHY' : 'UNHEALTHY'
      if (!healthy && container.essential) task.wire.healthStatus = 'UNHEALTHY'
      else if (checks.every(check => check.container.wire.healthStatus === 'HEALTHY'))
        task.wire.healthStatus = 'HEALTHY'
      if (task.wire.healthStatus !== 'UNKNOWN') setHealth(region, task, task.wire.healthStatus === 'HEALTHY')
    })
  }
}

function setHealth(region: Region, task: TaskRecord, healthy: boolean): void {
  if (task.wire.lastStatus !== 'RUNNING' || !wanted(task)) return
  task.healthy = healthy
  region.taskChanged(task)
}

function exited(region: Region, task: TaskRecord, container: ContainerRecord, exitCode: number, reason?: string): void {
  if (container.wire.lastStatus !== 'RUNNING') return
  container.wire.lastStatus = 'STOPPED'
  if (!container.behaviour.withoutExitCode) container.wire.exitCode = exitCode
  if (reason) container.wire.reason = reason
  const last = task.containers.every(({ wire }) => wire.lastStatus === 'STOPPED')
  if (!wanted(task) || !(container.essential || last)) return
  leave(region, task, 'Essential container in task exited', 'EssentialContainerExited')
  if (last) deprovision(region, task)
  else windDown(region, task)
}

function leave(region: Region, task: TaskRecord, stoppedReason: string, stopCode: TaskStopCode): void {
  task.next?.cancel()
  task.wire.desiredStatus = 'STOPPED'
  task.wire.stoppingAt = region.clock.date()
  task.wire.stoppedReason = stoppedReason
  task.wire.stopCode = stopCode
}

/** Containers that still run are killed, which shows in their exit code alone. */
function windDown(region: Region, task: TaskRecord): void {
  const running = task.containers.filter(({ wire }) => wire.lastStatus === 'RUNNING')
  const seconds = Math.max(0, ...running.map(({ behaviour }) => behaviour.stopSeconds ?? pace.stopping))
  step(region, task, 'STOPPING', seconds, () => {
    for (const { wire, exit } of running) {
      exit?.cancel()
      if (wire.lastStatus === 'STOPPED') continue
      wire.lastStatus = 'STOPPED'
      wire.exitCode = 137
    }
    deprovision(region, task)
  })
}

function deprovision(region: Region, task: TaskRecord): void {
  for (const { wire } of task.containers) wire.lastStatus = 'STOPPED'
  if (task.wire.attachments?.length)
    step(region, task, 'DEPROVISIONING', pace.deprovisioning, () => stopped(region, task))
  else stopped(region, task)
}

function stopped(region: Region, task: TaskRecord): void {
  task.next?.cancel()
  task.next = undefined
  for (const { exit } of task.containers) exit?.cancel()
  task.wire.lastStatus = 'STOPPED'
  task.wire.version = (task.wire.version ?? 0) + 1
  task.wire.stoppedAt = region.clock.date()
  if (task.wire.startedAt) task.wire.executionStoppedAt = region.clock.date()
  task.stoppedAt = region.clock.now
  for (const attachment of task.wire.attachments ?? []) attachment.status = 'DELETED'
  region.after(pace.remembered, () => task.cluster.tasks.delete(task.id))
  region.taskChanged(task)
}

function containersOf(region: Region, taskArn: string, start: Launch): ContainerRecord[] {
  return (start.definition.definition.containerDefinitions ?? []).map(container => {
    const override = start.overrides?.containerOverrides?.find(({ name }) => name === container.name)
    const behaviour: Behaviour = region.images.of(container, override, start.deployment === undefined)
    const wire: Container = {
      containerArn: region.arn(`container/${start.cluster.name}/${taskArn.slice(-32)}/${region.ids.uuid()}`),
      taskArn,
      name: container.name,
      image: container.image,
      lastStatus: 'PENDING',
      healthStatus: 'UNKNOWN',
      networkBindings: [],
      networkInterfaces: [],
      cpu: String(override?.cpu ?? container.cpu ?? 0),
      memory: container.memory === undefined ? undefined : String(override?.memory ?? container.memory),
      memoryReservation: container.memoryReservation === undefined ? undefined : String(container.memoryReservation),
    }
    return { wire, essential: container.essential ?? true, behaviour }
  })
}

function interfaceOf(region: Region, network: NetworkConfiguration | undefined, nth: number): Attachment {
  const subnet = network?.awsvpcConfiguration?.subnets?.[0] ?? 'subnet-0'
  return {
    id: region.ids.uuid(),
    type: 'ElasticNetworkInterface',
    status: 'ATTACHED',
    details: [
      { name: 'subnetId', value: subnet },
      { name: 'networkInterfaceId', value: `eni-${region.ids.hex().slice(0, 17)}` },
      { name: 'privateIPv4Address', value: `10.0.${(nth >> 8) & 255}.${nth & 255}` },
    ],
  }
}
