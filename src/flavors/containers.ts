/** Why tasks stopped: in ECS's words, and as the cause of a failure. */
import type { Container, Task } from '@aws-sdk/client-ecs'
import type { Fix } from '../engine/remedy.ts'
import type { ParticleId } from '../particle.ts'
import { untrusted } from '../untrusted.ts'
import { oneOrMany, plural } from '../wording.ts'

/** One stopped task in ECS's words: why it stopped, and how its containers ended. */
function stopped(task: Task): string {
  const containers = (task.containers ?? []).filter(hasFailed).map(({ name, exitCode, reason }) => {
    const code = exitCode === undefined ? 'no exit code' : `exited ${exitCode}`
    return `${name} ${code}${reason ? `, ${untrusted(reason)}` : ''}`
  })
  return [task.stoppedReason ? untrusted(task.stoppedReason) : 'no reason given', ...containers].join('; ')
}

/** The container ended with another exit code than 0, or ECS gives a reason for its end. */
export const hasFailed = ({ exitCode, reason }: Container): boolean =>
  (exitCode !== undefined && exitCode !== 0) || !!reason

/** Containers whose end counts: the essential ones, or all where none is named. */
export const counted = (containers: readonly Container[] = [], essential: readonly string[] = []): Container[] =>
  containers.filter(({ name = '' }) => essential.length === 0 || essential.includes(name))

/** Tasks that stopped in the same way, most frequent first. */
function groups(tasks: readonly Task[]): (readonly [words: string, tasks: readonly Task[]])[] {
  const alike = new Map<string, Task[]>()
  for (const task of tasks) {
    const words = stopped(task)
    alike.set(words, [...(alike.get(words) ?? []), task])
  }
  return [...alike].sort(([one, a], [other, b]) => b.length - a.length || (one < other ? -1 : 1))
}

/** `12 × stopped: Essential container in task exited; web exited 137, OutOfMemoryError`, most frequent first. */
export const summarizeStopped = (tasks: readonly Task[]): string[] =>
  groups(tasks)
    .slice(0, 5)
    .map(([words, alike]) => `${alike.length} × stopped: ${words}`)

/** Why tasks have stopped, as far as ECS knows. */
interface StoppedDiagnosis {
  /** `4 tasks of web:42 stopped, container web exited 137 (OutOfMemoryError: …)`. */
  readonly cause: string
  readonly fix: Fix | undefined
  /** ECS's own words in the cause. */
  readonly reason: string | undefined
  /** ECS's words that the cause leaves out. */
  readonly details: readonly string[]
}

interface StoppedContext {
  /** `of web:42`. Without it a single task is not counted. */
  readonly which?: string
  readonly essential?: readonly string[]
  /** The particle whose manifest states image and memory. */
  readonly definition?: ParticleId | undefined
}

/** The reason that most of the stopped tasks have in common. There is one task at least. */
export function diagnoseStopped(tasks: readonly Task[], context: StoppedContext): StoppedDiagnosis {
  const [first, ...others] = groups(tasks)
  const [task = {}] = first?.[1] ?? []
  const { words, fix, reason, isWhole } = causeOf(task, context)
  const { which } = context
  const count = `${plural(tasks.length, 'task')}${which ? ` ${which}` : ''} stopped`
  const most = others.length > 0 ? `${first?.[1].length} of them: ` : ''
  return {
    cause: which === undefined && tasks.length === 1 ? words : `${count}, ${most}${words}`,
    fix,
    reason,
    details: summarizeStopped(tasks).slice(isWhole ? 1 : 0),
  }
}

interface Cause {
  readonly words: string
  readonly fix?: Fix
  readonly reason?: string | undefined
  /** ECS knows nothing of the task beyond these words. */
  readonly isWhole: boolean
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html */
const cannotPull = /^(?:TaskFailedToStart: )?(CannotPull\w*)/
const cannotInitialize = /^(?:TaskFailedToStart: )?ResourceInitializationError/
/** These reasons explain nothing; the exit of the container does. */
const containerExited = /^Essential container in task exited/

function causeOf(task: Task, { essential, definition }: StoppedContext): Cause {
  const { stoppedReason = '', containers = [] } = task
  const within = definition && { in: definition }
  const failed = containers.filter(hasFailed)
  const pull = failed.find(({ reason = '' }) => cannotPull.test(reason))
  const reason = pull?.reason ?? stoppedReason
  const [, error] = cannotPull.exec(reason) ?? []
  if (error !== undefined) {
    const { image = 'an image' } =
      pull ?? containers.find(each => each.image && reason.includes(each.image)) ?? containers[0] ?? {}
    const words = `image ${image} could not be pulled (${untrusted(reason)})`
    return { words, reason, fix: { kind: 'image', image, error, ...within }, isWhole: failed.length <= 1 }
  }
  if (stoppedReason !== '' && !containerExited.test(stoppedReason)) {
    const fix: Fix | undefined = cannotInitialize.test(stoppedReason)
      ? { kind: 'initialization', ...within }
      : undefined
    return { words: untrusted(stoppedReason), reason: stoppedReason, ...(fix && { fix }), isWhole: failed.length === 0 }
  }
  const container = telling(counted(failed, essential))
  if (!container) return { words: 'ECS gives no reason', isWhole: failed.length === 0 }
  const { name = '', exitCode } = container
  const ended = exitCode === undefined ? 'ended without an exit code' : `exited ${exitCode}`
  const isMemory = container.reason?.startsWith('OutOfMemory') === true
  return {
    words: `container ${name} ${ended}${container.reason ? ` (${untrusted(container.reason)})` : ''}`,
    reason: container.reason,
    ...(isMemory && { fix: { kind: 'memory', container: name, ...within } }),
    isWhole: failed.length === 1,
  }
}

/** Exit codes of SIGKILL and SIGTERM: how ECS ends the containers beside the one that failed. */
export const killed: ReadonlySet<number> = new Set([137, 143])

const telling = (failed: readonly Container[]): Container | undefined =>
  failed.find(({ reason }) => reason) ?? failed.find(({ exitCode = 0 }) => !killed.has(exitCode)) ?? failed[0]

/** The task definition that a particle runs, where the manifests declare it. */
export const definitionOf = (parents: readonly ParticleId[]): ParticleId | undefined =>
  parents.find(id => id.startsWith('ecs_task_definition:'))

/** `1 running task stops`, `4 running tasks stop`. */
export const stopping = (count: number): string =>
  `${plural(count, 'running task')} ${oneOrMany(count, 'stops', 'stop')}`
