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

/** The share of each bucket's refill that this program draws: other tools in the account keep the rest. */
const share = 0.8

/**
 * Milliseconds for which a full bucket counts no refill once it is drawn from: ECS's own is full, and takes no more, until
 * the first call has arrived.
 */
const arrival = 500

/** How full a bucket was, and when, in milliseconds since 1970. Fewer than no tokens: calls that wait for theirs. */
export interface Level {
  readonly tokens: number
  readonly at: number
}

/** How full the buckets of one region are. A bucket that is missing is full. */
export type Levels = Map<string, Level>

/** Bounds the calls under way at once, over all regions and buckets. A wait can be given up alone, which `p-limit` cannot. */
export class Semaphore {
  readonly #waiting = new Set<() => void>()
  #free: number

  constructor(most: number) {
    this.#free = most
  }

  /** Resolves when a slot is free. An abort ends the wait: the promise rejects with the signal's reason. */
  async acquire(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (this.#free > 0) {
      this.#free--
      return
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

/** Runs work in turn: never more at once than the semaphore allows, never faster than a bucket of ECS allows. */
export class RateLimiter {
  readonly #clock: Clock
  readonly #semaphore: Semaphore
  readonly #levels: Levels

  constructor(clock: Clock, semaphore: Semaphore, levels: Levels = new Map()) {
    this.#clock = clock
    this.#semaphore = semaphore
    this.#levels = levels
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

  /** ECS has refused a call for want of a token: somebody else has drawn from the bucket as well. */
  drained(bucket: Bucket): void {
    const { tokens, at } = this.#level(bucket)
    this.#levels.set(bucket, { tokens: Math.min(0, tokens), at })
  }

  /** Takes a token, on credit if need be. Milliseconds until the token is there. */
  #draw(bucket: Bucket): number {
    const level = this.#level(bucket)
    const now = this.#clock.now()
    const at = level.tokens === buckets[bucket].burst ? now + arrival : level.at
    const tokens = level.tokens - 1
    this.#levels.set(bucket, { tokens, at })
    return tokens >= 0 ? 0 : at - now + Math.ceil((-tokens / rateOf(bucket)) * 1000)
  }

  /** Refilled until now. */
  #level(bucket: Bucket): Level {
    const { burst } = buckets[bucket]
    const now = this.#clock.now()
    const { tokens, at } = this.#levels.get(bucket) ?? { tokens: burst, at: now }
    if (at > now) return { tokens, at: Math.min(at, now + arrival) }
    return { tokens: Math.min(burst, tokens + ((now - at) / 1000) * rateOf(bucket)), at: now }
  }
}

/** Tokens a second. */
const rateOf = (bucket: Bucket): number => buckets[bucket].perSecond * share
