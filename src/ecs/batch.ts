import type { CallCounter } from './calls.ts'

/** How long a request is held so that others can join its batch, in milliseconds. */
const hold = 4

/**
 * Look at one, batch underneath: holds requests for a moment and sends them in as few calls as ECS allows.
 * A key that is asked for twice at once is sent once.
 */
export class BatchLoader<Answer> {
  readonly #send: (keys: readonly string[], tally: CallCounter) => Promise<ReadonlyMap<string, Answer>>
  readonly #size: number
  #batch: Map<string, PromiseWithResolvers<Answer | undefined>> | undefined

  /** `send` asks for at most `size` keys in one call; a key without an answer is absent. */
  constructor(
    size: number,
    send: (keys: readonly string[], tally: CallCounter) => Promise<ReadonlyMap<string, Answer>>,
  ) {
    this.#size = size
    this.#send = send
  }

  /** `tally` counts the call if this is the request that begins the batch. */
  load(key: string, tally: CallCounter): Promise<Answer | undefined> {
    const batch = this.#batch ?? this.#open(tally)
    const asked = batch.get(key) ?? deferred<Answer | undefined>()
    batch.set(key, asked)
    return asked.promise
  }

  #open(tally: CallCounter): Map<string, PromiseWithResolvers<Answer | undefined>> {
    const batch = new Map<string, PromiseWithResolvers<Answer | undefined>>()
    this.#batch = batch
    setTimeout(() => {
      this.#batch = undefined
      const asked = [...batch]
      for (let from = 0; from < asked.length; from += this.#size)
        void this.#flush(asked.slice(from, from + this.#size), tally)
    }, hold)
    return batch
  }

  async #flush(
    asked: readonly [string, PromiseWithResolvers<Answer | undefined>][],
    tally: CallCounter,
  ): Promise<void> {
    try {
      const answers = await this.#send(
        asked.map(([key]) => key),
        tally,
      )
      for (const [key, { resolve }] of asked) resolve(answers.get(key))
    } catch (error) {
      for (const [, { reject }] of asked) reject(error)
    }
  }
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (reason: unknown) => void
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function deferred<T>(): PromiseWithResolvers<T> {
  let resolve: (value: T) => void = () => {}
  let reject: (reason: unknown) => void = () => {}
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
