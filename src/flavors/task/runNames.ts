/** How the tasks of a run are called, so that they are found again and nobody else's are. */

import type { Task } from '@aws-sdk/client-ecs'
import { hash } from '../record/record.ts'
import { ownTagPrefix } from '../tags.ts'
import type { TaskParticle } from './runs.ts'

/** Attempts of a run without a record that are looked for among ECS's tasks. */
const mostAttempts = 20

/** What one attempt at a run is called: an attempt that a person asked for must not find the tasks of the last one. */
const runKey = (digest: string, attempt: number): string =>
  attempt === 0 ? digest : hash([digest, 'attempt', attempt]).slice(0, 32)

const spelled = (text: string): string => text.replace(/[^A-Za-z0-9_-]/g, '-')

/** The longest prefix that leaves room for a run's key in the 128 characters of startedBy. */
const longestPrefix = 128 - 32 - 1

/**
 * `particles/<environment>/<pcf_name>/`, in the characters that startedBy allows. Names that lose something on the way
 * get a few hex digits in its place: a task of somebody else's must not look like one of ours.
 */
export function runPrefix({ name }: TaskParticle, environment: string): string {
  const said = `particles/${spelled(environment)}/${spelled(name)}`
  if (said === `particles/${environment}/${name}` && said.length <= longestPrefix) return `${said}/`
  const mark = `-${hash([environment, name]).slice(0, 8)}`
  return `${said.slice(0, longestPrefix - mark.length)}${mark}/`
}

/** What one attempt at a run is called. */
export const runName = (particle: TaskParticle, environment: string, digest: string, attempt: number): string =>
  `${runPrefix(particle, environment)}${runKey(digest, attempt)}`

/** Tasks that run under a manifest's own `startedBy` carry their run's name in this tag. */
export const runTag = `${ownTagPrefix}run`

/** Whose a task is: GitHub's id of the repository that it was started from. */
export const repositoryTag = `${ownTagPrefix}repository`

/** The id of the repository that started it, where it says so. */
export const ownerOf = ({ tags }: Task): string | undefined => tags?.find(({ key }) => key === repositoryTag)?.value

/** Started from this repository. A name alone proves nothing: another repository, or a person, may use the same. */
export const isOurs = (task: Task, repository: string | undefined): boolean =>
  repository !== undefined && ownerOf(task) === repository

/** The run that a task belongs to, by its name; undefined under a manifest's own `startedBy` without a tag. */
export const nameIn = (task: Task, { definition }: TaskParticle): string | undefined =>
  task.startedBy === definition.startedBy ? task.tags?.find(({ key }) => key === runTag)?.value : task.startedBy

export function isNamed(task: Task, particle: TaskParticle, name: string): boolean {
  const said = nameIn(task, particle)
  if (said !== undefined) return said === name
  // StopTask takes tags away. Nobody can tell then: at most once is the promise, so it counts as this run.
  return task.startedBy !== undefined && task.startedBy === particle.definition.startedBy
}

/** The newest attempt that there is a task of. */
export function lastAttempt(particle: TaskParticle, tasks: readonly Task[], name: (attempt: number) => string): number {
  const names = new Set(tasks.map(task => nameIn(task, particle)))
  for (let attempt = mostAttempts; attempt > 0; attempt--) if (names.has(name(attempt))) return attempt
  return 0
}
