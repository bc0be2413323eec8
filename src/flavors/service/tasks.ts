/** How many tasks of a service run, in words, and whether they have come to rest. Pure. */
import type { Deployment, Service } from '@aws-sdk/client-ecs'
import { plural } from '../../wording.ts'
import {
  createdAt,
  isExternal,
  primaryDeployment,
  type ServiceParticle,
  shortTaskDefinition,
  taskSetOf,
} from './live.ts'

/** `1 of 2 tasks running`, or with another verb `1 of 2 tasks run`. */
export const taskCounts = ({ runningCount = 0, desiredCount = 0 }: Service, verb = 'running'): string =>
  desiredCount === 0 && runningCount > 0
    ? `${plural(runningCount, 'task')} still ${verb}`
    : `${runningCount} of ${plural(desiredCount, 'task')} ${verb}`

/**
 * `1 of 2 tasks running, deployment IN_PROGRESS`; while tasks of earlier deployments are there, each deployment has its own
 * count: `web:8: 1 of 2 running; web:7: 2 still running, deployment IN_PROGRESS`.
 */
export function rolloutSummary(service: Service): string {
  const own = primaryDeployment(service)
  if (!own) return taskCounts(service)
  const each = countsOfEach(service, own)
  if (own.rolloutState) return `${each ?? taskCounts(service)}, deployment ${own.rolloutState}`
  return each ?? settledSummary(service, own)
}

/** `web:8: 1 of 2 running; web:7: 2 still running`; undefined where the PRIMARY deployment alone has tasks. */
export function countsOfEach(service: Service, own: Deployment): string | undefined {
  const before = older(service, own)
  if (before.length === 0) return undefined
  const reference = shortTaskDefinition(own)
  const { running } = tasksOf(service, own)
  const earlier = before.map(
    ([other, count]) => `${other === reference ? `${other} before` : other}: ${count} still running`,
  )
  return [`${reference}: ${running} of ${service.desiredCount ?? 0} running`, ...earlier].join('; ')
}

/** `2 of 2 tasks run web:2, 2 of web:1 not cleaned up yet` */
export function settledSummary(service: Service, own: Deployment): string {
  const before = older(service, own)
  const { running } = tasksOf(service, own)
  const count = before.reduce((sum, [, tasks]) => sum + tasks, 0)
  const those = count > 0 ? `, ${count} of ${before.map(([reference]) => reference).join(', ')} not cleaned up yet` : ''
  return `${running} of ${plural(service.desiredCount ?? 0, 'task')} run ${shortTaskDefinition(own)}${those}`
}

/** Tasks of one deployment. Where it is the only one, the service's own counts are the newer ones. */
export function tasksOf(service: Service, deployment: Deployment): { running: number; pending: number } {
  const { runningCount = 0, pendingCount = 0 } = (service.deployments ?? []).length > 1 ? deployment : service
  return { running: runningCount, pending: pendingCount }
}

/** Deployments before the PRIMARY one that have tasks still, and how many. */
export function older({ deployments = [] }: Service, own: Deployment): [reference: string, tasks: number][] {
  return deployments
    .filter(other => other !== own)
    .map((other): [string, number] => [
      shortTaskDefinition(other),
      (other.runningCount ?? 0) + (other.pendingCount ?? 0),
    ])
    .filter(([, tasks]) => tasks > 0)
}

/**
 * Whether a rollout is under way, this tool's or another's. Where ECS answers no `rolloutState` (behind a Classic Load
 * Balancer, and for other deployment types), the counts decide, and whether the service has been steady since.
 */
export function isUnderWay(service: Service): boolean {
  const own = primaryDeployment(service)
  if (!own) return false
  if (own.rolloutState !== undefined) return own.rolloutState === 'IN_PROGRESS'
  if (older(service, own).length > 0) return true
  const { events = [] } = service
  // ECS answers the newest hundred events: an earlier steady state cannot be seen, or waited for.
  if (events.length >= 100) return false
  const later = events.filter(event => createdAt(event) >= createdAt(own))
  const isSettled = later.some(({ message = '' }) => message.endsWith('has reached a steady state.'))
  return !isSettled && !isFull(service, own)
}

/**
 * ECS's own word that tasks have come to rest: a crash loop has as many running as desired too, for moments. Without any event
 * there is no such word to wait for.
 */
export function isSteady({ events = [] }: Service): boolean {
  const newest = events.find(({ message = '' }) => steadiness.test(message))
  return newest === undefined || atRest.test(newest.message ?? '')
}

const atRest = /(?: has reached a steady state| deployment completed)\.$/
const steadiness = new RegExp(`${atRest.source}| has (?:started|stopped) \\d| was unable to `)

/** As many tasks of this deployment run as there are to be, and no more are on their way. */
export function isFull(service: Service, own: Deployment): boolean {
  const { running, pending } = tasksOf(service, own)
  return running >= (service.desiredCount ?? 0) && pending === 0
}

/** Warns of missing tasks of a service without a rollout under way; undefined while none is missing. */
export function unhealthyWarning({ id }: ServiceParticle, service: Service): string | undefined {
  const { runningCount = 0, desiredCount = 0 } = service
  if (isUnderWay(service) || primaryDeployment(service)?.rolloutState === 'FAILED' || runningCount >= desiredCount)
    return undefined
  if (isExternal(service)) return `${id} is deployed by EXTERNAL, not by this action: ${taskSetSummary(service)}`
  return `${id} is unwell: ${taskCounts(service)}, though no deployment is under way; its events and stopped tasks in ECS say why`
}

/** `2 of 3 tasks run web:1, in task sets of its external controller` */
export function taskSetSummary(service: Service): string {
  const set = taskSetOf(service)
  if (!set) return 'no task set of its external controller is there yet, and no task runs'
  return `${taskCounts(service, 'run')} ${shortTaskDefinition(set)}, in task sets of its external controller`
}
