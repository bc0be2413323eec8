import { backoff } from '../backoff.ts'
import type { Clock } from '../clock.ts'
import { Cancelled } from './failure.ts'

/** First and longest pause between two polls, in milliseconds; each pause is half as long again as the one before. */
const firstPause = 500
const longestPause = 10_000
/** Pauses end on a common grid, so that polls of different particles meet in one call. */
const grid = 250

interface Polling {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** No pause ends later, in milliseconds since 1970; a poll is made then. */
  readonly deadline?: number
  /** A change that was requested only just now cannot show yet. */
  readonly pauseFirst?: true
}

/**
 * Calls `look` until it answers, with growing pauses. Throws what `look` throws, and `Cancelled` once the signal is
 * aborted.
 */
export async function poll<T>(
  look: () => Promise<T | undefined>,
  { clock, signal, deadline = Number.POSITIVE_INFINITY, pauseFirst }: Polling,
): Promise<T> {
  for (let pauses = pauseFirst ? 1 : 0; ; pauses++) {
    const pause = backoff(pauses - 1, firstPause, longestPause)
    if (pauses > 0) await sleep(Math.min(pause, Math.max(grid, deadline - clock.now())), clock, signal)
    const answer = await look()
    if (answer !== undefined) return answer
  }
}

/** Milliseconds before the second and further tries of a call whose answer was lost. */
export const pauseBeforeTry = (attempt: number): number => backoff(attempt, firstPause, longestPause, 2)

/** Sleeps up to the next line of the grid. Throws `Cancelled` when the signal is aborted first. */
export async function sleep(milliseconds: number, clock: Clock, signal: AbortSignal): Promise<void> {
  const now = clock.now()
  const end = Math.ceil((now + milliseconds) / grid) * grid
  try {
    await clock.sleep(end - now, signal)
  } catch {
    throw new Cancelled()
  }
}

/** `40 s`, `4 min 12 s`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
