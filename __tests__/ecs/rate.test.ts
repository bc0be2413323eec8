import { describe, expect, test } from '@jest/globals'
import type { Clock } from '../../src/clock.ts'
import { RateLimiter, Semaphore } from '../../src/ecs/rate.ts'

/** A clock whose sleepers wake when told. */
function still(): Clock & { pass(milliseconds: number): Promise<void> } {
  let now = 0
  let sleepers: { readonly at: number; readonly wake: () => void }[] = []
  return {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { at: now + milliseconds, wake: resolve }
        sleepers.push(sleeper)
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter(other => other !== sleeper)
          reject(signal.reason)
        })
      }),
    async pass(milliseconds) {
      now += milliseconds
      for (const sleeper of sleepers.filter(({ at }) => at <= now)) sleeper.wake()
      sleepers = sleepers.filter(({ at }) => at > now)
      await settle()
    },
  }
}

const settle = () => new Promise(resolve => setImmediate(resolve))

/** Work that ends when told. */
function job() {
  let end: () => void = () => {}
  let begun = false
  const ended = new Promise<void>(resolve => {
    end = resolve
  })
  return {
    work: () => {
      begun = true
      return ended
    },
    end: () => end(),
    get begun() {
      return begun
    },
  }
}

describe('places', () => {
  test('are given in the order they were asked for, no more than there are', async () => {
    const places = new Semaphore(2)
    const order: number[] = []
    await places.acquire()
    await places.acquire()
    const waiting = [1, 2, 3].map(async number => {
      await places.acquire()
      order.push(number)
    })
    await settle()
    expect(order).toEqual([])
    for (const length of [1, 2, 3]) {
      places.release()
      await settle()
      expect(order).toHaveLength(length)
    }
    await Promise.all(waiting)
    expect(order).toEqual([1, 2, 3])
  })

  test('of those who give up go to the next', async () => {
    const places = new Semaphore(1)
    await places.acquire()
    const cancel = new AbortController()
    const given = places.acquire(cancel.signal)
    const patient = places.acquire()
    cancel.abort(new Error('cancelled'))
    await expect(given).rejects.toThrow('cancelled')
    places.release()
    await patient
    places.release()
    await places.acquire()
  })

  test('are not given to who is cancelled already, nor lost to who is cancelled later', async () => {
    const places = new Semaphore(1)
    await expect(places.acquire(AbortSignal.abort(new Error('before')))).rejects.toThrow('before')
    const cancel = new AbortController()
    await places.acquire(cancel.signal)
    const next = places.acquire(cancel.signal)
    places.release()
    await next
    cancel.abort(new Error('too late'))
    places.release()
    await places.acquire()
  })
})

describe('the pace', () => {
  test('lets a burst through, then what ECS refills, less the share of others', async () => {
    const clock = still()
    const pace = new RateLimiter(clock, new Semaphore(1000))
    let begun = 0
    const all = Array.from({ length: 30 }, () => pace.schedule('cluster modify', async () => void begun++))
    await settle()
    // 20 at once and, from when the first has arrived, one a second, of which we take four fifths.
    expect(begun).toBe(20)
    await clock.pass(1_749)
    expect(begun).toBe(20)
    await clock.pass(1)
    expect(begun).toBe(21)
    await clock.pass(2_500)
    expect(begun).toBe(23)
    await clock.pass(100_000)
    expect(begun).toBe(30)
    await Promise.all(all)
    let again = 0
    const later = Array.from({ length: 21 }, () => pace.schedule('cluster modify', async () => void again++))
    await settle()
    expect(again).toBe(20)
    await clock.pass(2_000)
    await Promise.all(later)
  })

  test('goes on from what a process before has left, and no clock that was set back stops it', async () => {
    const clock = still()
    const levels = new Map([['cluster modify', { tokens: 1, at: 0 }]])
    const pace = new RateLimiter(clock, new Semaphore(1000), levels)
    let begun = 0
    const all = Array.from({ length: 2 }, () => pace.schedule('cluster modify', async () => void begun++))
    await settle()
    expect(begun).toBe(1)
    await clock.pass(1_250)
    await Promise.all(all)
    levels.set('cluster modify', { tokens: 0, at: 3_600_000 })
    const last = pace.schedule('cluster modify', async () => {})
    await clock.pass(1_750)
    await last
  })

  test('holds back after a call that ECS refused for want of a token', async () => {
    const clock = still()
    const pace = new RateLimiter(clock, new Semaphore(1000))
    pace.drained('cluster modify')
    let begun = false
    const late = pace.schedule('cluster modify', async () => {
      begun = true
    })
    await clock.pass(1_249)
    expect(begun).toBe(false)
    await clock.pass(1)
    await late
  })

  test('of one group does not hold back another', async () => {
    const clock = still()
    const pace = new RateLimiter(clock, new Semaphore(1000))
    const modify = Array.from({ length: 21 }, () => pace.schedule('cluster modify', async () => {}))
    let read = false
    await pace.schedule('cluster read', async () => {
      read = true
    })
    expect(read).toBe(true)
    await clock.pass(10_000)
    await Promise.all(modify)
  })

  test('does not take a place while it waits for a token', async () => {
    const clock = still()
    const pace = new RateLimiter(clock, new Semaphore(1))
    const modify = Array.from({ length: 21 }, () => pace.schedule('cluster modify', async () => {}))
    await settle()
    await pace.schedule('cluster read', async () => {})
    await clock.pass(10_000)
    await Promise.all(modify)
  })

  test('holds as many places as it was given, and gives them back when work fails', async () => {
    const pace = new RateLimiter(still(), new Semaphore(2))
    const jobs = Array.from({ length: 4 }, job)
    const turns = jobs.map(({ work }) => pace.schedule('service read', work))
    await settle()
    expect(jobs.map(({ begun }) => begun)).toEqual([true, true, false, false])
    jobs[1]?.end()
    await settle()
    expect(jobs.map(({ begun }) => begun)).toEqual([true, true, true, false])
    for (const { end } of jobs) end()
    await Promise.all(turns)
    for (let attempt = 0; attempt < 3; attempt++) {
      await expect(pace.schedule('service read', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    }
    await pace.schedule('service read', async () => {})
  })

  test('is given up when cancelled: nothing that waits is begun any more', async () => {
    const clock = still()
    const pace = new RateLimiter(clock, new Semaphore(1))
    const cancel = new AbortController()
    const first = job()
    const held = pace.schedule('service read', first.work, cancel.signal)
    const forPlace = job()
    const waiting = pace.schedule('service read', forPlace.work, cancel.signal)
    const modify = Array.from({ length: 21 }, job)
    const tokens = modify.map(({ work }) => pace.schedule('cluster modify', work, cancel.signal))
    await settle()
    cancel.abort(new Error('cancelled'))
    await expect(waiting).rejects.toThrow('cancelled')
    expect((await Promise.allSettled(tokens)).map(({ status }) => status)).toEqual(modify.map(() => 'rejected'))
    expect(forPlace.begun).toBe(false)
    first.end()
    await held
    await pace.schedule('service read', async () => {})
  })
})
