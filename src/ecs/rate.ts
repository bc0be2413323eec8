import type { Clock } from '../clock.ts'

/**
 * ECS's token buckets, per account and region and shared by the calls of a group: burst, and tokens a second.
 * Source: Amazon ECS API Reference, "Request throttling for the Amazon ECS API".
 */
const buckets = {
  'cluster modify': { burst: 20, perSecond: 1 },
  'cluster read': { burst: 50, perSecond: 20 },
  'task definition modify': { burst: 20, perSecond: 1 },
  'task definition read': { burst: 50, perSecond: 20 },
  'cluster resource modify': { burst: 100, perSecond: 40 },
  'cluster resource read': { burst: 100, perSecond: 20 },
  'service modify': { burst: 50, perSecond: 5 },
  'service read': { burst: 100, perSecond: 20 },
  'service deployment read': { burst: 50, perSecond: 20 },
  'tag modify': { burst: 20, perSecond: 10 },
} as const

/** A token bucket of ECS, which one or several calls draw from. */
export type Bucket = keyof typeof buckets

/** The share of each bucket that this program draws: other tools in the account keep the rest. */
const share = 0.8

/** Bounds the calls under way at once, over all regions and buckets. `p-limit` has no way to give up a wait. */
export class Semaphore {
  readonly #waiting = new Set<() => void>()
  #free: number

  constructor(most: number) {
    this.#free = most
  }

  /** Resolves when a slot is free. An abort ends the wait: the promise rejects with the signal's reason. */
  acquire(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    if (this.#free > 0) {
      this.#free--
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const turn = () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      }
      // A slot that goes to a waiter that has given up would never be released.
      const abort = () => {
        this.#waiting.delete(turn)
        reject(signal?.reason)
      }
      this.#waiting.add(turn)
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  /** The slot goes straight to the oldest waiter, so that no new one can take it in between. */
  release(): void {
    const [next] = this.#waiting
    if (!next) {
      this.#free++
      return
    }
    this.#waiting.delete(next)
    next()
  }
}

/** Runs work in turn: never more at once than the semaphore allows, never faster than ECS refills a bucket. */
export class RateLimiter {
  readonly #clock: Clock
  readonly #semaphore: Semaphore
  readonly #levels = new Map<Bucket, { tokens: number; at: number }>()

  constructor(clock: Clock, semaphore: Semaphore) {
    this.#clock = clock
    this.#semaphore = semaphore
  }

  /** Runs `work` when its turn has come. Throws what `work` throws, or the signal's reason. */
  async schedule<T>(bucket: Bucket, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const wait = this.#draw(bucket)
    if (wait > 0) await this.#clock.sleep(wait, signal)
    await this.#semaphore.acquire(signal)
    try {
      return await work()
    } finally {
      this.#semaphore.release()
    }
  }

  /** Takes a token, on credit if need be. Milliseconds until the token is there. */
  #draw(bucket: Bucket): number {
    const { burst, perSecond } = buckets[bucket]
    const rate = (perSecond * share) / 1000
    const now = this.#clock.now()
    const level = this.#levels.get(bucket) ?? { tokens: burst * share, at: now }
    const tokens = Math.min(burst * share, level.tokens + (now - level.at) * rate) - 1
    this.#levels.set(bucket, { tokens, at: now })
    return tokens >= 0 ? 0 : Math.ceil(-tokens / rate)
  }
}
