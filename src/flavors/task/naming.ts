/**
 * How a run is identified in ECS: by `startedBy`, `particles/<environment>/<pcf_name>/<32 hex digits>`, where the digits
 * are the job's digest, or a hash of the digest and the attempt; of tasks that are kept running, hashes of `taskName` and of
 * the digest. Under a manifest's own `startedBy` the same name is in the tag `ecs-particles:run`. `startedBy` has at most
 * 128 letters, digits, hyphens, underscores and slashes (RunTask in the API reference).
 */

import type { RunTaskRequest, Task } from '@aws-sdk/client-ecs'
import { hash } from '../record/digest.ts'
import { ownTagPrefix } from '../tags.ts'
import { keptRunning, type TaskParticle } from './runs.ts'

/** Attempts of a run without a record that are searched for among ECS's tasks. */
const maxAttempts = 20

const allowed = (text: string): string => text.replace(/[^A-Za-z0-9_-]/g, '-')

/** Characters that are left for the prefix beside 32 hex digits and a slash. */
const maxPrefix = 128 - 32 - 1

const environmentPrefix = (environment: string): string => `particles/${allowed(environment)}/`

/** `particles/<environment>/<pcf_name>/`. Where characters are replaced or cut off, eight hex digits keep the prefix unique. */
function runPrefix({ name }: TaskParticle, environment: string): string {
  const prefix = `${environmentPrefix(environment)}${allowed(name)}`
  if (prefix === `particles/${environment}/${name}` && prefix.length <= maxPrefix) return `${prefix}/`
  const suffix = `-${hash([environment, name]).slice(0, 8)}`
  return `${prefix.slice(0, maxPrefix - suffix.length)}${suffix}/`
}

/** The name of one attempt at a run. Each has another, as the tasks of the attempt before must not count as its tasks. */
export function runName(particle: TaskParticle, environment: string, digest: string, attempt: number): string {
  const key = attempt === 0 ? digest : hash([digest, 'attempt', attempt]).slice(0, 32)
  return `${runPrefix(particle, environment)}${key}`
}

/** The tag with the run's name. */
const runTag = `${ownTagPrefix}run`

/** The tag with GitHub's id of the repository that the task was started from. */
export const repositoryTag = `${ownTagPrefix}repository`

/** The manifest's tags, and this tool's: the run's name where `startedBy` is the manifest's, and the repository. */
export function tagsOf({ tags: stated = [], startedBy }: RunTaskRequest, name: string, repository: string | undefined) {
  const tags = [
    ...stated,
    ...(startedBy === undefined ? [] : [{ key: runTag, value: name }]),
    ...(repository === undefined ? [] : [{ key: repositoryTag, value: repository }]),
  ]
  return tags.length > 0 ? { tags } : {}
}

/** GitHub's id of the repository that started a task; undefined for a task that another tool started. */
export const ownerOf = ({ tags }: Task): string | undefined => tags?.find(({ key }) => key === repositoryTag)?.value

/** Whether the repository started the task: its name alone is no proof, since others may use the same. */
export const isOf = (repository: string | undefined, task: Task): boolean =>
  repository !== undefined && ownerOf(task) === repository

/**
 * The name of a task's run; undefined for a task with the manifest's own `startedBy` and no tag. The tag comes first: the manifest
 * may have had another `startedBy` when the task was started.
 */
const nameIn = ({ tags, startedBy }: Task, { definition }: TaskParticle): string | undefined =>
  tags?.find(({ key }) => key === runTag)?.value ?? (startedBy === definition.startedBy ? undefined : startedBy)

/** The name's last part, which the digest and the attempt make alone. */
const keyOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1)

/** Begins the keys of a particle's tasks that are kept running, whatever their definition and `pcf_name`. */
const keptPrefix = ({ definition }: TaskParticle): string => hash(['kept', definition.taskName]).slice(0, 16)

/** The name of tasks that are kept running: another one than a job's of the same digest, as neither counts as the other. */
export const keptName = (particle: TaskParticle, environment: string, digest: string): string =>
  `${runPrefix(particle, environment)}${keptPrefix(particle)}${hash([digest]).slice(0, 16)}`

/**
 * Whether a task belongs to the run of this name. The run of a job that is to run goes by its key alone, as its record and
 * its client token do: particle and environment may have had another name when it was started.
 */
export function isNamed(task: Task, particle: TaskParticle, name: string): boolean {
  const known = nameIn(task, particle)
  const goesByKey = particle.desired === 'running' && !keptRunning(particle)
  return known === name || (goesByKey && known !== undefined && keyOf(known) === keyOf(name))
}

/** Whether the particle started the task to be kept running, under any `pcf_name` and with any definition. */
export const isOfKept = (task: Task, particle: TaskParticle): boolean =>
  keyOf(nameIn(task, particle) ?? '').startsWith(keptPrefix(particle))

/** Whether a task has the manifest's own `startedBy` and has lost its tags, as StopTask makes it: any run may be its own. */
export const isUnnamed = (task: Task, particle: TaskParticle): boolean =>
  task.startedBy !== undefined && nameIn(task, particle) === undefined

/**
 * Whether a task that is kept running is called by another `pcf_name`, which the particle had when the task was started.
 * Earlier releases named such a task like a job, by its digest alone.
 */
export function isCalledFormerly(
  task: Task,
  particle: TaskParticle,
  environment: string,
  digest: string | undefined,
): boolean {
  const name = nameIn(task, particle) ?? ''
  return (
    (keyOf(name) === digest || isOfKept(task, particle)) &&
    name.startsWith(environmentPrefix(environment)) &&
    !name.startsWith(runPrefix(particle, environment))
  )
}

/** Whether a task has a name of the particle's, of whatever definition; one that is kept running also by its former `pcf_name`. */
export function isCalledLike(
  task: Task,
  particle: TaskParticle,
  environment: string,
  digest: string | undefined,
): boolean {
  const isOwn = nameIn(task, particle)?.startsWith(runPrefix(particle, environment)) === true
  return isOwn || (keptRunning(particle) && isCalledFormerly(task, particle, environment, digest))
}

/** The newest attempt that a task exists of. */
export function lastAttempt(particle: TaskParticle, tasks: readonly Task[], name: (attempt: number) => string): number {
  for (let attempt = maxAttempts; attempt > 0; attempt--)
    if (tasks.some(task => isNamed(task, particle, name(attempt)))) return attempt
  return 0
}
