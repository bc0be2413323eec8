import { backoff } from '../backoff.ts'
import type { Clock } from '../clock.ts'
import { EcsError, isPassing } from '../ecs/errors.ts'
import { Cancelled } from './failure.ts'

/**
 * Pauses between two polls, in milliseconds: the shortest while the end is near, and otherwise. Both grow with the time
 * that has passed.
 */
const paces = {
  near: { shortest: 1_000, longest: 2_000 },
  far: { shortest: 2_000, longest: 5_000 },
} as const

/**
 * Milliseconds for which AWS's answers may miss what was changed or started: ECS is consistent eventually. Source: API reference,
 * "Eventual consistency in the Amazon ECS API".
 */
export const consistencyLag = 30_000

/** A sentence that does not change is logged again after so many milliseconds. */
export const heartbeat = 10_000

/** Polls without an answer are made again for so many milliseconds. */
const longestOutage = 300_000

interface Polling {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** One sentence for the log: AWS gives no answer. */
  say(sentence: string): void
  /** No pause ends later, in milliseconds since 1970; a poll is made then. */
  readonly deadline?: number
  /** A change that was requested only just now cannot show yet. */
  readonly pauseFirst?: true
  /** Whether the last answer said that the end is near. */
  readonly isNear?: () => boolean
}

/**
 * Calls `pollOnce` until it answers, more often when the end is near, and through outages of AWS. Throws what `pollOnce`
 * throws otherwise, and `Cancelled` once the signal is aborted.
 */
export async function poll<T>(
  pollOnce: () => Promise<T | undefined>,
  { clock, signal, say, deadline = Number.POSITIVE_INFINITY, pauseFirst, isNear = () => false }: Polling,
): Promise<T> {
  const patiently = throughOutages(pollOnce, { clock, say }, deadline)
  let since = clock.now()
  let begun = since
  let pace: keyof typeof paces = 'far'
  for (let polls = pauseFirst ? 1 : 0; ; polls++) {
    const now = clock.now()
    if (polls > 0) {
      const next = isNear() ? 'near' : 'far'
      if (next !== pace) since = now
      pace = next
      const end = nextPoll(now, pauseAfter(now - since, pace), now - begun)
      // At the deadline is the last poll; after it, only a last word of it is waited for.
      await sleep(Math.min(end, Math.max(now + paces.near.shortest / 4, deadline)) - now, clock, signal)
    }
    begun = clock.now()
    const answer = await patiently()
    if (answer !== undefined) return answer
  }
}

/**
 * Polls on while AWS gives no answer: the transition goes on there meanwhile, and what became of it is known afterwards. Throws
 * what ECS refuses, and the last error of an outage that outlasts the deadline or five minutes.
 */
function throughOutages<T>(
  pollOnce: () => Promise<T | undefined>,
  { clock, say }: Pick<Polling, 'clock' | 'say'>,
  deadline: number,
): () => Promise<T | undefined> {
  let since: number | undefined
  let said = Number.NEGATIVE_INFINITY
  return async () => {
    const begun = clock.now()
    try {
      const answer = await pollOnce()
      since = undefined
      return answer
    } catch (error) {
      if (!(error instanceof EcsError) || !isPassing(error)) throw error
      since ??= begun
      const now = clock.now()
      if (now >= Math.min(deadline, since + longestOutage)) throw error
      if (now - said >= heartbeat) {
        say(`${error.message}; asked again, as what was begun goes on`)
        said = now
      }
      return undefined
    }
  }
}

/** A pause of whole seconds: a second more for each minute that has passed, within the pace. */
const pauseAfter = (elapsed: number, pace: keyof typeof paces): number =>
  Math.min(Math.max(paces[pace].shortest, Math.floor(elapsed / 60_000) * 1_000), paces[pace].longest)

/**
 * When to poll next, in milliseconds since 1970. Polls are made at multiples of the pause, so that those of different
 * particles meet in one call. A poll that took long, because calls wait for their turn, is followed by as long a pause:
 * polls never keep the token buckets from other calls.
 */
const nextPoll = (now: number, pause: number, took: number): number =>
  Math.ceil((now + Math.max(pause / 2, took)) / pause) * pause

/** Milliseconds before the second and further tries of a call whose answer was lost. */
export const pauseBeforeTry = (attempt: number): number => backoff(attempt, 500, 10_000, 2)

/** Throws `Cancelled` when the signal is aborted first. */
export async function sleep(milliseconds: number, clock: Clock, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(milliseconds, signal)
  } catch {
    throw new Cancelled()
  }
}
