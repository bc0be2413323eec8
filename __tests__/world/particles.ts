/** Particles as data, for tests that change one member after the other. */
import type { Progress } from '../../src/engine/flavor.ts'
import { withoutMarks } from '../../src/untrusted.ts'

type Data = Readonly<Record<string, unknown>>

interface Around {
  /** `custom_config`. */
  readonly options?: Data
  /** Keys beside `aws_resource`: `parents`, `desired_state`, `persist_on_update`. */
  readonly top?: Data
}

/** A manifest is JSON too. */
export const stated = (...particles: readonly Data[]): string => JSON.stringify(particles)

export const particle = (flavor: string, name: string, definition: Data, { options, top }: Around = {}): Data => ({
  flavor,
  pcf_name: name,
  aws_resource: { ...definition, ...(options && { custom_config: options }) },
  ...top,
})

export const main = particle('ecs_cluster', 'main', { clusterName: 'main' })

/** A family whose one container has its name. */
export const family = (name: string, image: string, more: Data = {}): Data =>
  particle('ecs_task_definition', name, {
    family: name,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name, image }],
    ...more,
  })

export const network = { awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2'] } }

/** A service of the cluster `main` and the family of its own name. */
export const serviceOf = (name: string, definition: Data = {}, { options, top }: Around = {}): Data =>
  particle(
    'ecs_service',
    name,
    { serviceName: name, desiredCount: 1, launchType: 'FARGATE', networkConfiguration: network, ...definition },
    { top: { parents: ['ecs_cluster:main', `ecs_task_definition:${name}`], ...top }, ...(options && { options }) },
  )

/** A judgement in one line: why it moves or has settled, or code, cause and what runs now. */
export function told(progress: Progress): string {
  if (progress.is !== 'failed') return progress.because
  const { code, happened, cause, now } = progress.failure
  return withoutMarks(`${code}: ${[cause ?? happened, now].filter(Boolean).join('; ')}`)
}
