import { describe, expect, test } from '@jest/globals'
import type { Report } from '../../src/engine/document.ts'
import { Journal } from '../../src/engine/journal.ts'

function journal() {
  let now = Date.parse('2026-01-02T03:04:05Z')
  const written: Report[] = []
  const clock = {
    now: () => {
      now += 1000
      return now
    },
    sleep: () => Promise.resolve(),
  }
  return { written, journal: new Journal('default', clock, report => written.push(structuredClone(report))) }
}

const failure = { code: 'Code', message: 'said hunter22', details: ['and hunter22 again'] }

describe('a journal', () => {
  test('is written from the first moment, before a step and after it', () => {
    const { written, journal: it } = journal()
    expect(written).toEqual([
      { version: 1, environment: 'default', result: 'running', startedAt: '2026-01-02T03:04:06.000Z', steps: [] },
    ])
    it.begin('a:b', 'start')
    expect(written.at(-1)?.steps).toEqual([
      { particle: 'a:b', transition: 'start', result: 'running', startedAt: '2026-01-02T03:04:07.000Z', calls: 0 },
    ])
    it.end('a:b', { result: 'succeeded', calls: 3, because: 'it runs' })
    expect(written.at(-1)?.steps).toEqual([
      {
        particle: 'a:b',
        transition: 'start',
        result: 'succeeded',
        startedAt: '2026-01-02T03:04:07.000Z',
        finishedAt: '2026-01-02T03:04:08.000Z',
        calls: 3,
        because: 'it runs',
      },
    ])
    expect(written.at(-1)?.result).toBe('running')
    const report = it.finish('succeeded')
    expect(written.at(-1)).toEqual(report)
    expect(report).toMatchObject({ result: 'succeeded', finishedAt: '2026-01-02T03:04:09.000Z' })
    expect(written).toHaveLength(4)
  })

  test('says of a step that never began no time', () => {
    const { journal: it } = journal()
    it.skip('a:c', 'update', 'cancelled', failure)
    expect(it.report().steps[0]).toEqual({
      particle: 'a:c',
      transition: 'update',
      result: 'cancelled',
      calls: 0,
      error: failure,
    })
  })
})
