import { completeDeployment, goBack, tasksOf } from './deployments.ts'
import {
  type DeploymentRecord,
  type Region,
  type ServiceRecord,
  type Stage,
  type TaskRecord,
  wanted,
} from './region.ts'
import { onItsWayOut, startSome, stopAll, stopUnhealthy, wake, wakeAt } from './serviceTasks.ts'
import { enterStage, judgeStage, nextJudgement } from './stages.ts'

/**
 * One run of the scheduler for a deployment that shifts traffic: the new revision is scaled up beside the one that
 * serves, and that one is only stopped in CLEAN_UP. A deployment that failed without a rollback stays as it is.
 */
export function reconcileShifting(region: Region, service: ServiceRecord, primary: DeploymentRecord): void {
  const [stage] = primary.stages
  const desired = service.spec.desiredCount ?? 0
  primary.desiredCount = desired
  stopUnhealthy(region, service)
  if (!stage || primary.rolloutState === 'FAILED') return
  const serving = service.deployments.find(({ completed }) => completed)
  const staying = [
    primary.stages.some(({ name }) => name === 'PRE_SCALE_UP') ? undefined : primary,
    stage.name === 'CLEAN_UP' ? undefined : serving,
  ]
  for (const deployment of staying) if (deployment) keep(region, service, deployment, desired)
  const leaving = tasksOf(service).filter(task => wanted(task) && !staying.includes(task.deployment))
  stopAll(region, service, primary, leaving)
  advance(region, service, primary, stage, desired)
}

/** As many tasks of a deployment as are desired. */
function keep(region: Region, service: ServiceRecord, deployment: DeploymentRecord, desired: number): void {
  const tasks = settled(service, deployment)
  if (tasks.length < desired) startSome(region, service, deployment, desired - tasks.length)
  else stopAll(region, service, deployment, tasks.slice(desired))
}

const settled = (service: ServiceRecord, deployment: DeploymentRecord): TaskRecord[] =>
  tasksOf(service, deployment).filter(task => wanted(task) && !onItsWayOut(task))

/** On to the next stage once this one is over; after the last one the deployment is complete. */
function advance(
  region: Region,
  service: ServiceRecord,
  primary: DeploymentRecord,
  stage: Stage,
  desired: number,
): void {
  const judged = judgeStage(region, primary, stage)
  if (typeof judged === 'object') {
    goBack(region, primary, `Service deployment rolled back because ${judged.back}.`)
    wake(region, service)
  } else if (judged === 'waiting') wakeAt(region, service, nextJudgement(region, primary, stage))
  else if (isScaled(service, primary, stage, desired)) {
    primary.stages.shift()
    const [next] = primary.stages
    if (next) enterStage(region, primary, next)
    else completeDeployment(region, primary)
    wake(region, service)
  }
}

/** Whether the tasks are as the stage is to leave them; a change of a task wakes the scheduler. */
function isScaled(service: ServiceRecord, primary: DeploymentRecord, { name }: Stage, desired: number): boolean {
  if (name === 'SCALE_UP') return settled(service, primary).filter(({ healthy }) => healthy).length >= desired
  return name !== 'CLEAN_UP' || tasksOf(service).every(task => !wanted(task) || task.deployment === primary)
}
