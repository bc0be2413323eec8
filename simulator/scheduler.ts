import {
  breakerThreshold,
  completeDeployment,
  endRollout,
  failDeployment,
  goBack,
  runningOf,
  say,
  tasksOf,
} from './deployments.ts'
import { needsOf, place } from './placement.ts'
import {
  type ClusterRecord,
  type DeploymentRecord,
  pace,
  primaryOf,
  type Region,
  type ServiceRecord,
  type TaskRecord,
  wanted,
} from './region.ts'
import {
  begin,
  constraintsOf,
  groupOf,
  isRunning,
  onItsWayOut,
  startSome,
  stopAll,
  stopUnhealthy,
  unhealthy,
  wake,
  wakeAt,
} from './serviceTasks.ts'
import { reconcileShifting } from './shifting.ts'
import { stop } from './tasks.ts'

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

/** Brings a service one step nearer to what it should be. */
export function reconcile(region: Region, service: ServiceRecord): void {
  if (service.status === 'INACTIVE') return
  if (service.status === 'DRAINING') {
    drain(region, service)
    return
  }
  const primary = primaryOf(service)
  if (!primary) return
  if (primary.rollout.status === 'PENDING') primary.rollout.status = 'IN_PROGRESS'
  if (carryOut(region, primary)) {
    wake(region, service)
    return
  }
  const ringing = ringingAlarms(region, primary)
  if (ringing.length > 0) {
    failDeployment(region, primary, ringing)
    wake(region, service)
    return
  }
  if (primary.stages.length > 0) reconcileShifting(region, service, primary)
  else if (service.spec.schedulingStrategy === 'DAEMON') reconcileDaemon(region, service, primary)
  else reconcileReplica(region, service, primary)
  forgetEmpty(service)
}

/** Stops a deployment as it was requested, or goes back. */
function carryOut(region: Region, primary: DeploymentRecord): boolean {
  const { status, statusReason = '' } = primary.rollout
  if (status === 'ROLLBACK_REQUESTED') goBack(region, primary, statusReason)
  else if (status === 'STOP_REQUESTED') {
    primary.rolloutState = 'FAILED'
    primary.rolloutStateReason = statusReason
    endRollout(region, primary.rollout, 'STOPPED')
  } else return false
  return true
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
    const bakeMs = primary.rollout.rollback
      ? 0
      : (service.spec.deploymentConfiguration?.bakeTimeInMinutes ?? 0) * 60_000
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
