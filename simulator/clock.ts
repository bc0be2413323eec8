/** An event that has not happened yet. */
export interface Scheduled {
  readonly at: number
  cancel(): void
}

interface Event extends Scheduled {
  readonly order: number
  readonly run: () => void
}

/**
 * The simulator's own time, in milliseconds since the epoch. It moves only on request, so a lifecycle of an hour takes
 * no time at all, and the same calls give the same history.
 */
export class Clock {
  #now: number
  #order = 0
  #real = performance.now()
  readonly #queue: Event[] = []

  /** @param speed virtual seconds per real second; with 0 time rests until `advance`. */
  constructor(
    start: number,
    readonly speed: number,
  ) {
    this.#now = start
  }

  get now(): number {
    return this.#now
  }

  date(): Date {
    return new Date(this.#now)
  }

  /** Runs something once the given virtual milliseconds have passed. Events of the same moment run in the order they were made. */
  schedule(delay: number, run: () => void): Scheduled {
    const event: Event = {
      at: this.#now + Math.max(0, delay),
      order: this.#order++,
      run,
      cancel: () => {
        const index = this.#queue.indexOf(event)
        if (index >= 0) this.#queue.splice(index, 1)
      },
    }
    let low = 0
    let high = this.#queue.length
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.#queue[middle]
      if (other && (other.at < event.at || (other.at === event.at && other.order < event.order))) low = middle + 1
      else high = middle
    }
    this.#queue.splice(low, 0, event)
    return event
  }

  /** Moves on, and runs each event that is due at the event's own moment. */
  advance(ms: number): void {
    const until = this.#now + ms
    for (let next = this.#queue[0]; next && next.at <= until; next = this.#queue[0]) {
      this.#queue.shift()
      this.#now = Math.max(this.#now, next.at)
      next.run()
    }
    this.#now = until
  }

  /**
   * Moves on by the real time that has passed since the last call, at the clock's speed. No timer is needed: each
   * reader of the clock calls this first.
   */
  catchUp(): void {
    const real = performance.now()
    if (this.speed > 0) this.advance((real - this.#real) * this.speed)
    this.#real = real
  }
}
