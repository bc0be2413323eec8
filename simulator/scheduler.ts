import {
  breakerThreshold,
  completeDeployment,
  endRollout,
  failDeployment,
  runningOf,
  say,
  tasksOf,
} from './deployments.ts'
import { capacityUnavailable, fargateIsFull, isOwn, nextProvider } from './launching.ts'
import { memberships, needsOf, place } from './placement.ts'
import {
  type ClusterRecord,
  type DeploymentRecord,
  type InstanceRecord,
  pace,
  primaryOf,
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
    reconcile(region, service)
  })
}

export function wakeServices(region: Region, cluster: ClusterRecord): void {
  for (const service of cluster.services.values()) if (service.status !== 'INACTIVE') wake(region, service)
}

/** Counts failed and healthy tasks, and schedules the next run. */
export function taskChanged(region: Region, task: TaskRecord): void {
  const { deployment } = task
  if (!deployment) return
  if (task.wire.lastStatus === 'STOPPED') {
    if (task.wire.stopCode === 'TaskFailedToStart')
      say(region, deployment.service, `was unable to place a task. Reason: ${sentence(task.wire.stoppedReason)}`)
    if (failedByItself(task)) countFailure(region, deployment)
  } else if (task.healthy && wanted(task) && resets(deployment)) deployment.failuresInARow = 0
  wake(region, deployment.service)
}

const sentence = (text = '') => (/[.!?]$/.test(text) ? text : `${text}.`)

const unhealthy = 'Task failed container health checks'

/** Never healthy, and neither stopped by a request nor lost with its instance: a failure to start. */
function failedByItself({ healthy, wire }: TaskRecord): boolean {
  if (wire.stoppedReason === unhealthy) return true
  return !healthy && (wire.stopCode === 'EssentialContainerExited' || wire.stopCode === 'TaskFailedToStart')
}

const resets = ({ spec }: DeploymentRecord) =>
  spec.deploymentConfiguration?.deploymentCircuitBreaker?.resetOnHealthyTask !== false

function countFailure(region: Region, deployment: DeploymentRecord): void {
  deployment.failuresInARow++
  const wait = Math.min(2 ** (deployment.failuresInARow - 1), pace.longestBackoff)
  deployment.retryAt = region.clock.now + wait * 1000
  if (deployment.status !== 'PRIMARY' || deployment.rolloutState !== 'IN_PROGRESS') return
  deployment.failedTasks++
  const { service } = deployment
  const breaker = service.spec.deploymentConfiguration?.deploymentCircuitBreaker
  if (breaker?.enable && deployment.failuresInARow >= breakerThreshold(service))
    failDeployment(region, deployment, 'breaker')
  else if (deployment.failuresInARow === 3) say(region, service, 'is unable to consistently start tasks successfully.')
}

function reconcile(region: Region, service: ServiceRecord): void {
  if (service.status === 'INACTIVE') return
  if (service.status === 'DRAINING') {
    drain(region, service)
    return
  }
  const primary = primaryOf(service)
  if (!primary) return
  if (primary.rollout.status === 'PENDING') primary.rollout.status = 'IN_PROGRESS'
  const ringing = ringingAlarms(region, primary)
  if (ringing.length > 0) {
    failDeployment(region, primary, ringing)
    wake(region, service)
    return
  }
  if (service.spec.schedulingStrategy === 'DAEMON') reconcileDaemon(region, service, primary)
  else reconcileReplica(region, service, primary)
  forgetEmpty(service)
}

/** The alarms that end a deployment. They are watched while the deployment is under way, but not during a rollback. */
function ringingAlarms(region: Region, { rollout, rolloutState, service }: DeploymentRecord): string[] {
  const { enable, alarmNames = [] } = service.spec.deploymentConfiguration?.alarms ?? {}
  if (!enable || rolloutState !== 'IN_PROGRESS' || rollout.rollback) return []
  return alarmNames.filter(name => region.alarms.has(name))
}

function reconcileReplica(region: Region, service: ServiceRecord, primary: DeploymentRecord): void {
  const desired = service.spec.desiredCount ?? 0
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = service.spec.deploymentConfiguration ?? {}
  const least = Math.ceil((desired * minimumHealthyPercent) / 100)
  const most = Math.floor((desired * maximumPercent) / 100)
  primary.desiredCount = desired
  stopUnhealthy(region, service)
  const tasks = tasksOf(service).filter(wanted)
  if (succeedsEarly(service, primary, tasks, desired)) completeDeployment(region, primary)
  const staying = tasks.filter(task => task.deployment === primary && !onItsWayOut(task))
  const leaving = tasks.filter(task => !staying.includes(task))

  // Those that never ran first, then the newest.
  const spare = [...staying].reverse().sort((a, b) => Number(a.healthy) - Number(b.healthy))
  stopAll(region, service, primary, spare.slice(0, Math.max(0, staying.length - desired)))

  const missing = Math.min(desired - staying.length, most - tasks.length)
  if (missing > 0 && primary.rolloutState !== 'FAILED') startSome(region, service, primary, missing)

  const [running, idle] = [leaving.filter(isRunning), leaving.filter(task => !isRunning(task))]
  const healthy = staying.filter(task => task.healthy && wanted(task)).length
  const free = Math.max(0, healthy + running.length - least)
  if (region.clock.now < primary.cleanUpAt) wakeAt(region, service, primary.cleanUpAt)
  else stopAll(region, service, primary, [...idle, ...running.slice(0, free)])

  settle(region, service, primary, desired)
}

function reconcileDaemon(region: Region, service: ServiceRecord, primary: DeploymentRecord): void {
  const constraints = constraintsOf(service, primary)
  const wish = { needs: needsOf(primary.definition), constraints, strategy: [], group: groupOf(service) }
  const hosts = [...service.cluster.instances.values()].filter(({ status }) => status === 'ACTIVE')
  const least = Math.ceil((hosts.length * (service.spec.deploymentConfiguration?.minimumHealthyPercent ?? 0)) / 100)
  service.spec.desiredCount = hosts.length
  primary.desiredCount = hosts.length
  stopUnhealthy(region, service)
  const tasks = tasksOf(service).filter(wanted)
  stopAll(region, service, primary, tasks.filter(onItsWayOut))
  let running = runningOf(tasks)
  for (const host of hosts) {
    const [here] = tasksOf(service).filter(({ instance }) => instance === host)
    if (here?.deployment === primary && wanted(here)) continue
    if (!here) {
      if (primary.rolloutState === 'FAILED') continue
      if (region.clock.now < primary.retryAt) wakeAt(region, service, primary.retryAt)
      else if (place(service.cluster, { ...wish, capacityProvider: undefined }, host).instance)
        begin(region, service, primary, host, undefined)
    } else if (wanted(here) && running > least) {
      running--
      stopAll(region, service, primary, [here])
    }
  }
  settle(region, service, primary, hosts.length)
}

/** A deleted service's tasks stop, then the service is gone; its name is remembered for a while. */
function drain(region: Region, service: ServiceRecord): void {
  for (const task of tasksOf(service))
    stop(region, task, `Service ${service.name} was deleted`, 'ServiceSchedulerInitiated')
  if (tasksOf(service).length > 0 || service.complaint === 'draining') return
  service.complaint = 'draining'
  region.after(pace.draining, () => {
    service.status = 'INACTIVE'
    for (const { rollout } of service.deployments) endRollout(region, rollout, 'STOPPED', 'The service was deleted.')
    service.deployments = []
  })
  region.after(pace.draining + pace.remembered, () => {
    if (service.cluster.services.get(service.name) === service) service.cluster.services.delete(service.name)
  })
}

const isRunning = (task: TaskRecord) => task.wire.lastStatus === 'RUNNING'
const onItsWayOut = ({ instance }: TaskRecord) => instance !== undefined && instance.status !== 'ACTIVE'
const groupOf = (service: ServiceRecord) => `service:${service.name}`
const constraintsOf = (service: ServiceRecord, { definition }: DeploymentRecord) => [
  ...(service.spec.placementConstraints ?? []),
  ...memberships(definition.definition.placementConstraints),
]

function wakeAt(region: Region, service: ServiceRecord, at: number): void {
  wake(region, service, Math.max(0, at - region.clock.now) / 1000)
}

function stopUnhealthy(region: Region, service: ServiceRecord): void {
  for (const task of tasksOf(service))
    if (wanted(task) && task.wire.healthStatus === 'UNHEALTHY')
      stop(region, task, unhealthy, 'ServiceSchedulerInitiated')
}

function stopAll(
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

function startSome(region: Region, service: ServiceRecord, primary: DeploymentRecord, count: number): void {
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

function begin(
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

/** Judges whether the service is where it should be, and whether the rollout is over. */
function settle(region: Region, service: ServiceRecord, primary: DeploymentRecord, desired: number): void {
  const tasks = tasksOf(service).filter(wanted)
  const there =
    tasks.length === desired && tasks.every(task => task.deployment === primary && task.healthy && !onItsWayOut(task))
  if (!there) {
    service.steady = false
    primary.bakedAt = undefined
    return
  }
  if (primary.rolloutState === 'IN_PROGRESS') {
    const bakeMs = (service.spec.deploymentConfiguration?.bakeTimeInMinutes ?? 0) * 60_000
    primary.bakedAt ??= region.clock.now + bakeMs
    if (region.clock.now < primary.bakedAt) {
      primary.rollout.lifecycleStage = 'BAKE_TIME'
      wakeAt(region, service, primary.bakedAt)
      return
    }
    completeDeployment(region, primary)
  }
  const steadily = `(service ${service.name}) has reached a steady state.`
  // Without a change of the service, steady state is not reported again.
  if (!service.steady && service.events[0]?.message !== steadily) say(region, service, 'has reached a steady state.')
  service.steady = true
}

/** Enough of the new tasks are healthy; what ran before may stay, where its clean-up is deferred. */
function succeedsEarly(
  { spec }: ServiceRecord,
  primary: DeploymentRecord,
  tasks: readonly TaskRecord[],
  desired: number,
): boolean {
  const early = spec.deploymentConfiguration?.earlySuccessCriteria
  if (!early?.enable || primary.rolloutState !== 'IN_PROGRESS') return false
  const healthy = tasks.filter(task => task.deployment === primary && task.healthy).length
  const old = tasks.filter(task => task.deployment !== primary).length
  if (old > 0 && early.sourceServiceRevisionCleanup !== 'DEFERRED') return false
  return healthy >= Math.ceil((desired * (early.healthyPercent ?? 100)) / 100)
}

/** A replaced deployment is over when its last task is gone, but the completed one stays while a rollout may still go back to it. */
function forgetEmpty(service: ServiceRecord): void {
  const underWay = primaryOf(service)?.rolloutState === 'IN_PROGRESS'
  for (const deployment of service.deployments) {
    if (deployment.status !== 'ACTIVE') continue
    const tasks = tasksOf(service, deployment)
    deployment.desiredCount = tasks.filter(wanted).length
    if (tasks.length === 0 && !(deployment.completed && underWay)) deployment.status = 'INACTIVE'
  }
  service.deployments = service.deployments.filter(({ status }) => status !== 'INACTIVE')
}
