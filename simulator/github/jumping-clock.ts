import type { Clock } from '../../src/clock.ts'

/** A clock on which waiting takes no time at all: it jumps to the moment that is waited for. */
export class JumpingClock implements Clock {
  #now: number
  /** Milliseconds of each wait, in order. */
  readonly waits: number[] = []

  constructor(start = Date.UTC(2026, 10, 22, 12)) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.waits.push(milliseconds)
    this.#now += milliseconds
  }

  jump(milliseconds: number): void {
    this.#now += milliseconds
  }

  /** All waits together, in milliseconds. */
  get waited(): number {
    return this.waits.reduce((sum, wait) => sum + wait, 0)
  }
}
