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

/** Says to one that waits whether it is its turn, or another has taken its place. */
type Waiting = (isTurn: boolean) => void

/**
 * Who is in a group, and who waits for it. Names ignore case.
 * https://docs.github.com/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
 */
export class Groups {
  readonly #inside = new Map<string, { readonly cancel: () => void; readonly waiting: Waiting[] }>()

  /**
   * Waits until a run or a job may begin, and answers how it leaves. Without `queue: max` it takes the place of one that
   * waits, and with `cancel-in-progress` that of the one inside as well.
   *
   * @param cancel ends it; it leaves the group all the same
   * @param waits is called where it has to wait
   */
  async enter(concurrency: Concurrency | undefined, cancel: () => void, waits: () => void): Promise<() => void> {
    if (!concurrency?.group) return () => {}
    const name = concurrency.group.toLowerCase()
    const inside = this.#inside.get(name)
    const waiting = inside?.waiting ?? []
    if (inside) {
      if (concurrency.queue !== 'max') for (const replaced of waiting.splice(0)) replaced(false)
      if (concurrency.cancels) inside.cancel()
      const isTurn = await new Promise<boolean>(answer => {
        waiting.push(answer)
        waits()
      })
      if (!isTurn) {
        cancel()
        return () => {}
      }
    }
    this.#inside.set(name, { cancel, waiting })
    return () => {
      this.#inside.delete(name)
      waiting.shift()?.(true)
    }
  }
}
