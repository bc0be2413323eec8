import type { Clock } from '../clock.ts'

/** Time by AWS's clock, which the `Date` header of every answer tells: a runner's own clock may be hours off. */
export class ServerTime {
  readonly #clock: Clock
  /** Milliseconds by which AWS's clock is ahead of the runner's; 0 until the first answer. */
  #ahead = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Milliseconds since 1970, to the second. */
  get now(): number {
    return this.#clock.now() + this.#ahead
  }

  /** Sets the clock by an answer, whatever its status. An answer without a readable header changes nothing. */
  learn(response: unknown): void {
    const { headers } = (response ?? {}) as { readonly headers?: Readonly<Record<string, string>> }
    const date = Date.parse(headers?.date ?? '')
    if (!Number.isNaN(date)) this.#ahead = date - this.#clock.now()
  }
}
