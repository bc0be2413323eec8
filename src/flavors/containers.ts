import type { Task } from '@aws-sdk/client-ecs'
import { untrusted } from '../untrusted.ts'

/** One stopped task in ECS's words: why it stopped, and how its containers ended. */
function stopped(task: Task): string {
  const containers = (task.containers ?? [])
    .filter(({ exitCode, reason }) => (exitCode !== undefined && exitCode !== 0) || reason)
    .map(({ name, exitCode, reason }) => {
      const code = exitCode === undefined ? 'no exit code' : `exited ${exitCode}`
      return `${name} ${code}${reason ? `, ${untrusted(reason)}` : ''}`
    })
  return [task.stoppedReason ? untrusted(task.stoppedReason) : 'no reason given', ...containers].join('; ')
}

/** `12 × stopped: Essential container in task exited; web exited 137, OutOfMemoryError`, most frequent first. */
export function summarizeStopped(tasks: readonly Task[]): string[] {
  const times = new Map<string, number>()
  for (const task of tasks) times.set(stopped(task), (times.get(stopped(task)) ?? 0) + 1)
  return [...times]
    .sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1))
    .slice(0, 5)
    .map(([words, count]) => `${count} × stopped: ${words}`)
}

/** `1 running task stops`, `4 running tasks stop`. */
export const stopping = (count: number): string =>
  count === 1 ? '1 running task stops' : `${count} running tasks stop`

/** `1 task`, `2 tasks`. */
export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
