import { say, tasksOf } from './deployments.ts'
import { capacityUnavailable, fargateIsFull, isOwn, nextProvider } from './launching.ts'
import { memberships, needsOf, place } from './placement.ts'
import {
  type DeploymentRecord,
  type InstanceRecord,
  pace,
  type Region,
  type ServiceRecord,
  type TaskRecord,
  wanted,
} from './region.ts'
import { mergeTags } from './tags.ts'
import { launch, stop } from './tasks.ts'

/** Schedules the service scheduler soon, after a change that concerns it. */
export function wake(region: Region, service: ServiceRecord, seconds: number = pace.scheduler): void {
  const due = region.clock.now + seconds * 1000
  if (service.tick && service.tick.at <= due) return
  service.tick?.cancel()
  service.tick = region.after(seconds, () => {
    service.tick = undefined
    region.reconcile(service)
  })
}

export const unhealthy = 'Task failed container health checks'

export const isRunning = (task: TaskRecord) => task.wire.lastStatus === 'RUNNING'
export const onItsWayOut = ({ instance }: TaskRecord) => instance !== undefined && instance.status !== 'ACTIVE'
export const groupOf = (service: ServiceRecord) => `service:${service.name}`
export const constraintsOf = (service: ServiceRecord, { definition }: DeploymentRecord) => [
  ...(service.spec.placementConstraints ?? []),
  ...memberships(definition.definition.placementConstraints),
]

export function wakeAt(region: Region, service: ServiceRecord, at: number): void {
  wake(region, service, Math.max(0, at - region.clock.now) / 1000)
}

export function stopUnhealthy(region: Region, service: ServiceRecord): void {
  for (const task of tasksOf(service))
    if (wanted(task) && task.wire.healthStatus === 'UNHEALTHY')
      stop(region, task, unhealthy, 'ServiceSchedulerInitiated')
}

export function stopAll(
  region: Region,
  service: ServiceRecord,
  primary: DeploymentRecord,
  tasks: readonly TaskRecord[],
): void {
  if (tasks.length === 0) return
  for (const task of tasks)
    stop(region, task, `Scaling activity initiated by (deployment ${primary.id})`, 'ServiceSchedulerInitiated')
  say(region, service, `has stopped ${tasks.length} running tasks: ${names(tasks)}.`)
}

const names = (tasks: readonly TaskRecord[]) => tasks.map(({ id }) => `(task ${id})`).join(' ')

export function startSome(region: Region, service: ServiceRecord, primary: DeploymentRecord, count: number): void {
  if (region.clock.now < primary.retryAt) {
    wakeAt(region, service, primary.retryAt)
    return
  }
  const started: TaskRecord[] = []
  let trouble: string | undefined
  while (started.length < count && trouble === undefined) {
    const next = startOne(region, service, primary)
    if (typeof next === 'string') trouble = next
    else started.push(next)
  }
  if (started.length > 0) say(region, service, `has started ${started.length} tasks: ${names(started)}.`)
  if (trouble !== undefined) wake(region, service, pace.placementRetry)
  if (trouble !== undefined && trouble !== service.complaint) say(region, service, trouble)
  service.complaint = trouble
}

/** One more task, or the reason why there is none. */
function startOne(region: Region, service: ServiceRecord, primary: DeploymentRecord): TaskRecord | string {
  const { capacityProviderStrategy: strategy = [], launchType } = primary.spec
  const used = new Map<string, number>()
  for (const { capacityProviderName: name = '' } of tasksOf(service, primary).map(({ wire }) => wire))
    used.set(name, (used.get(name) ?? 0) + 1)
  const provider = nextProvider(strategy, used)
  if (launchType === 'FARGATE' || (provider !== undefined && !isOwn(provider))) {
    if (fargateIsFull(region)) return `was unable to place a task. Reason: ${capacityUnavailable}.`
    return begin(region, service, primary, undefined, provider)
  }
  const placed = place(service.cluster, {
    needs: needsOf(primary.definition),
    constraints: constraintsOf(service, primary),
    strategy: service.spec.placementStrategy ?? [],
    group: groupOf(service),
    capacityProvider: provider,
  })
  if (placed.instance) return begin(region, service, primary, placed.instance, provider)
  const [closest] = placed.failures
  const reason = closest
    ? `The closest matching (container-instance ${closest.instance.id}) ${objections[closest.reason] ?? `fails with: ${closest.reason}`}.`
    : 'Reason: No Container Instances were found in your cluster.'
  return `was unable to place a task because no container instance met all of its requirements. ${reason}`
}

const objections: Readonly<Record<string, string>> = {
  AGENT: 'has an agent that is disconnected',
  'RESOURCE:CPU': 'has insufficient CPU units available',
  'RESOURCE:MEMORY': 'has insufficient memory available',
  'RESOURCE:PORTS': 'is already using a port required by your task',
  'RESOURCE:PORTS_UDP': 'is already using a port required by your task',
}

export function begin(
  region: Region,
  service: ServiceRecord,
  primary: DeploymentRecord,
  instance: InstanceRecord | undefined,
  provider: string | undefined,
): TaskRecord {
  const { spec } = service
  return launch(region, {
    cluster: service.cluster,
    definition: primary.definition,
    deployment: primary,
    instance,
    launchType: instance ? 'EC2' : 'FARGATE',
    capacityProviderName: provider,
    group: groupOf(service),
    startedBy: primary.id,
    networkConfiguration: primary.spec.networkConfiguration,
    overrides: undefined,
    platformVersion: primary.spec.platformVersion,
    enableExecuteCommand: spec.enableExecuteCommand ?? false,
    tags: mergeTags(
      spec.propagateTags === 'TASK_DEFINITION' ? primary.definition.tags : [],
      spec.propagateTags === 'SERVICE' ? service.tags : [],
      spec.enableECSManagedTags
        ? [
            { key: 'aws:ecs:clusterName', value: service.cluster.name },
            { key: 'aws:ecs:serviceName', value: service.name },
          ]
        : [],
    ),
  })
}
