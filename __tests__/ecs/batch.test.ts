import { describe, expect, test } from '@jest/globals'
import { BatchLoader } from '../../src/ecs/batch.ts'

const echo = (calls: string[][]) => async (keys: readonly string[]) => {
  calls.push([...keys])
  return new Map(keys.filter(key => !key.startsWith('missing')).map(key => [key, key.toUpperCase()]))
}

describe('gathering', () => {
  test('makes the fewest calls of what is asked for at once, each key once', async () => {
    const calls: string[][] = []
    const gather = new BatchLoader(2, echo(calls))
    const tally = { calls: 0 }
    const asked = await Promise.all(['a', 'b', 'a', 'c', 'missing', 'b'].map(key => gather.load(key, tally)))
    expect(asked).toEqual(['A', 'B', 'A', 'C', undefined, 'B'])
    expect(calls).toEqual([
      ['a', 'b'],
      ['c', 'missing'],
    ])
  })

  test('asks anew later on', async () => {
    const calls: string[][] = []
    const gather = new BatchLoader(10, echo(calls))
    await gather.load('a', { calls: 0 })
    await gather.load('a', { calls: 0 })
    expect(calls).toEqual([['a'], ['a']])
  })

  test('asks for each key alone where one of them has a call refused', async () => {
    const calls: string[][] = []
    const send = async (keys: readonly string[]) => {
      const found = await echo(calls)(keys)
      if (keys.includes('gone')) throw new Error('gone')
      return found
    }
    const gather = new BatchLoader(10, send, error => error instanceof Error && error.message === 'gone')
    const asked = await Promise.allSettled(['a', 'gone', 'b'].map(key => gather.load(key, { calls: 0 })))
    expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(calls).toEqual([['a', 'gone', 'b'], ['a'], ['gone'], ['b']])
  })

  test('tells everybody in a call that failed, and nobody else', async () => {
    let call = 0
    const gather = new BatchLoader<string>(1, async ([key = '']) => {
      if (++call === 1) throw new Error(`not ${key}`)
      return new Map([[key, key]])
    })
    const asked = await Promise.allSettled(['a', 'a', 'b'].map(key => gather.load(key, { calls: 0 })))
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
  })
})
