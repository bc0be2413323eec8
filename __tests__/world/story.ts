/** A promise as somebody tries to break it: what is tried, and what happens instead. `docs/security.md` lists all of them. */
import { test } from '@jest/globals'

/** Both are plain strings in the source, because the table in the documents is read from there. */
export const story = (attempt: string, outcome: string, play: () => Promise<void> | void, timeout?: number): void =>
  test(`${attempt}: ${outcome}`, play, timeout)
