import { describe, expect, test } from '@jest/globals'
import type { Clock } from '../../src/clock.ts'
import { poll } from '../../src/engine/poll.ts'

/** Seconds at which polls are made that take so long each, until `until`. */
async function polls(until: number, given: { near?: (at: number) => boolean; took?: number; begin?: number } = {}) {
  const { near = () => false, took = 0, begin = 0 } = given
  let now = begin * 1000
  const clock: Clock = {
    now: () => now,
    async sleep(milliseconds) {
      now += milliseconds
    },
  }
  const made: number[] = []
  const look = async () => {
    made.push(now / 1000)
    now += took * 1000
    return now >= until * 1000 ? true : undefined
  }
  await poll(look, { clock, signal: new AbortController().signal, say: () => {}, isNear: () => near(now / 1000) })
  return made
}

const pauses = (made: readonly number[]) => made.slice(1).map((at, index) => at - (made[index] ?? 0))

describe('polls', () => {
  test('are made at whole seconds, so that those of different particles meet', async () => {
    const [one, other] = await Promise.all([polls(20, { begin: 0.3 }), polls(20, { begin: 3.7, near: () => true })])
    expect(one.slice(1)).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20])
    expect(other.slice(1)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20])
  })

  test('come every second once the end is near, at first', async () => {
    const made = await polls(400, { near: at => at >= 30 })
    expect(pauses(made.filter(at => at > 31 && at < 150))).toEqual(Array(117).fill(1))
    expect(pauses(made.filter(at => at > 155))).toEqual(Array(122).fill(2))
  })

  test('become rarer in long waits, and never rarer than every five seconds', async () => {
    const found = pauses(await polls(1800))
    expect(found.slice(0, 50)).toEqual(Array(50).fill(2))
    expect(Math.max(...found)).toBe(5)
    expect(found).toHaveLength(90 + 20 + 15 + 300)
  })

  test('that wait for their turn are followed by as long a pause', async () => {
    for (const pause of pauses(await polls(60, { took: 3, near: () => true }))) expect(pause).toBeGreaterThanOrEqual(6)
  })
})
