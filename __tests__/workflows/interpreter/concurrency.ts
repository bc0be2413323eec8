import { StartupFailure } from './calls.ts'
import { type Contexts, type Json, type Token, text, valueIn } from './language.ts'
import type { Concurrency } from './model.ts'

/** `concurrency`, in a workflow or in a job. */
export function concurrencyOf(token: Token | undefined, contexts: Contexts): Concurrency | undefined {
  if (token === undefined) return undefined
  const stated = valueIn(token, contexts)
  const all = typeof stated === 'object' ? (stated as Readonly<Record<string, Json>>) : { group: stated }
  const cancels = all['cancel-in-progress'] === true
  const queue = text(all.queue ?? 'single')
  if (cancels && queue === 'max') throw new StartupFailure('queue: max and cancel-in-progress: true exclude each other')
  return { group: text(all.group ?? ''), cancels, queue }
}
