import type { CallCounter } from './calls.ts'

/** Milliseconds for which a request is held so that others can join its batch. */
const hold = 4

/** Answers by key; a key without an answer is absent. */
export type Answers<Answer> = ReadonlyMap<string, Answer>

/** The call, or calls, that answer for some keys. */
export type Send<Answer> = (keys: string[], counter: CallCounter) => Promise<Answers<Answer>>

interface Batch<Answer> {
  readonly keys: Set<string>
  /** By key, the call that the key is sent with. */
  readonly sent: Promise<ReadonlyMap<string, Promise<Answers<Answer>>>>
}

/**
 * Asks for one key, and sends a batch: holds requests for a moment and sends them in as few calls as ECS allows. A key
 * that several ask for at once is sent once. Nothing is kept: a later request is sent anew.
 */
export class BatchLoader<Answer> {
  readonly #size: number
  readonly #send: Send<Answer>
  readonly #isOfOne: (error: unknown) => boolean
  #batch: Batch<Answer> | undefined

  /**
   * `send` is given at most `size` keys. `isOfOne`: whether an error of a call may be about one of its keys alone; each key
   * is then sent once more, by itself.
   */
  constructor(size: number, send: Send<Answer>, isOfOne: (error: unknown) => boolean = () => false) {
    this.#size = size
    this.#send = send
    this.#isOfOne = isOfOne
  }

  /** `counter` counts the batch's calls if this request is the first of its batch. Throws what `send` throws. */
  async load(key: string, counter: CallCounter): Promise<Answer | undefined> {
    this.#batch ??= this.#open(counter)
    const { keys, sent } = this.#batch
    keys.add(key)
    const answers = await (await sent).get(key)
    return answers?.get(key)
  }

  #open(counter: CallCounter): Batch<Answer> {
    const keys = new Set<string>()
    const held = new Promise(resolve => setTimeout(resolve, hold))
    return { keys, sent: held.then(() => this.#flush([...keys], counter)) }
  }

  #flush(keys: readonly string[], counter: CallCounter): ReadonlyMap<string, Promise<Answers<Answer>>> {
    this.#batch = undefined
    const calls = new Map<string, Promise<Answers<Answer>>>()
    for (let from = 0; from < keys.length; from += this.#size) {
      const some = keys.slice(from, from + this.#size)
      const call = this.#send(some, counter)
      const alone = (key: string) =>
        call.catch(error => {
          if (!this.#isOfOne(error)) throw error
          return this.#send([key], counter)
        })
      for (const key of some) calls.set(key, some.length > 1 ? alone(key) : call)
    }
    return calls
  }
}
