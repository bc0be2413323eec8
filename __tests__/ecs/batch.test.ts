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
