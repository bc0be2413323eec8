import { expect, test } from '@jest/globals'
import { leaveLevels, levelsLeft } from '../src/commands/tokenBuckets.ts'
import { recorder } from './world/run.ts'

test('the next step of a job goes on with the token buckets as they were left', () => {
  const { runner } = recorder(1)
  const levels = new Map([['task definition modify', { tokens: -2.5, at: 1_767_323_045_063 }]])
  leaveLevels(runner, new Map([['us-east-1', levels]]))
  expect(levelsLeft(runner)).toEqual(new Map([['us-east-1', levels]]))
})

test.each([undefined, '', 'null', '[]', '{"us-east-1":7}', '{"us-east-1":{"service read":{"tokens":"7","at":null}}}'])(
  'a file that says %s leaves every bucket full',
  text => {
    const { runner } = recorder(1)
    if (text !== undefined) runner.file('token-buckets.json', text)
    expect([...levelsLeft(runner).values()].flatMap(levels => [...levels])).toEqual([])
  },
)
