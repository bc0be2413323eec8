import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Plan, Report, Step, Transition } from '../../src/engine/document.ts'
import type { Context } from '../../src/render/comment.ts'
import { byteSize } from '../../src/render/fit.ts'
import { renderPlan } from '../../src/render/plan.ts'
import { renderReport } from '../../src/render/report.ts'
import { structure } from './structure.ts'

const context = (limit: number): Context => ({
  environment: 'production',
  region: 'us-east-1',
  head: '3f2a9c1d5b7e8f0a1b2c3d4e5f60718293a4b5c6',
  runId: 1,
  attempt: 1,
  limit,
  merges: true,
  reviewed: true,
})

const planOf = (steps: readonly Step[]): Plan => ({
  version: 1,
  environment: 'production',
  region: 'us-east-1',
  account: '123456789012',
  digest: 'sha256:0',
  summary: { start: 0, update: 0, replace: 0, stop: 0, terminate: 0, wait: 0, unchanged: 0, protected: 0 },
  steps,
  unchanged: [],
})

const step = (name: string, transition: Transition, changes: number, width = 10): Step => ({
  particle: `ecs_service:${name}`,
  transition,
  from: 'running',
  to: 'running',
  changes: Array.from({ length: changes }, (_, index) => ({
    path: `tags[key-${index}]`,
    before: 'a'.repeat(width),
    after: 'b'.repeat(width),
  })),
  dependsOn: [],
  risks: transition === 'terminate' ? ['is deleted (2 running tasks)'] : [],
  source: { file: 'particles/shop.yml', line: 1 },
})

const numbered = (index: number): string => String(index).padStart(2, '0')

const many = (number: number, make: (index: number) => Step) =>
  planOf(Array.from({ length: number }, (_, index) => make(index)))

describe('a comment of 65,536', () => {
  test.each([
    ['500 small changes', many(500, index => step(`shop-${index}`, 'update', 2))],
    ['500 large changes', many(500, index => step(`shop-${index}`, 'update', 60))],
    ['500 starts', many(500, index => step(`shop-${index}`, 'start', 40))],
    ['500 deletions', many(500, index => step(`shop-${index}`, 'terminate', 1))],
    ['5,000 changes with long names', many(5000, index => step(`${'shop'.repeat(30)}-${index}`, 'update', 3))],
    ['one change of a megabyte', many(1, () => step('shop', 'update', 3, 350_000))],
    ['one of 20,000 changes', many(1, () => step('shop', 'update', 20_000))],
  ])('takes %s', (_, plan) => {
    const { text } = renderPlan(plan, context(65_536))
    expect(byteSize(text)).toBeLessThanOrEqual(65_536)
    structure(text)
  })

  test('names every particle of 500', () => {
    const plan = many(500, index => step(`shop-${index}`, index % 50 ? 'update' : 'terminate', 8))
    const { text } = renderPlan(plan, context(65_536))
    for (const { particle } of plan.steps) expect(text).toContain(`\`${particle}\``)
  })

  test('says in the text what is left out, and that nothing is when nothing is', () => {
    const small = renderPlan(planOf([step('a', 'update', 2)]), context(65_536))
    expect(small.leftOut).toEqual([])
    expect(small.text).not.toContain('Left out')
    const large = renderPlan(
      many(500, index => step(`shop-${index}`, 'update', 60)),
      context(65_536),
    )
    expect(large.leftOut).not.toEqual([])
    expect(large.text).toContain('> Left out, because it does not fit here: ')
  })
})

describe('each rung shows less than the one before', () => {
  const plan = many(40, index => step(`shop-${numbered(index)}`, index % 10 === 9 ? 'terminate' : 'update', 4))
  const report: Report = {
    version: 1,
    environment: 'production',
    result: 'failed',
    startedAt: '2026-03-01T12:00:00Z',
    steps: plan.steps.map(({ particle, transition }, index) => ({
      particle,
      transition,
      result: index % 10 === 3 ? 'failed' : 'succeeded',
      calls: 1,
    })),
  }
  const row = /^\| 🟡&nbsp;update<br>/m
  const line = /^- 🟡 update /m
  const dangerousRow = /^\| 🔴&nbsp;delete<br>/m
  const order = '<b>Order</b>'

  test.each([
    [20_000, [row, dangerousRow, order], [line, 'Left out']],
    [4_300, [line, '- 🔴 delete'], [row, dangerousRow]],
    [3_200, [dangerousRow, 'the rows of 36 particles whose change holds no danger'], [row, line]],
    [1_100, ['36 to change, 4 to delete', 'all 40 particles and their changes'], [row, line, dangerousRow]],
    [350, ['36 to change, 4 to delete', '[!WARNING]'], [row, line, dangerousRow]],
  ] as const)('a plan in %d bytes', (limit, has, hasNot) => {
    const { text } = renderPlan(plan, context(limit))
    for (const one of has) expect(text).toMatch(one)
    for (const one of hasNot) expect(text).not.toMatch(one)
  })

  test.each([
    [20_000, [/^\| ✅&nbsp;update<br>/m, /^\| ❌&nbsp;update<br>/m], []],
    [2_850, [/^- ✅ update /m, /^- ❌ update /m], [/^\| ❌/m]],
    [2_000, [/^- ❌ update /m, '36 of 40 steps, all of them done'], [/^- ✅/m]],
    [1_000, ['36 of 40 done, 4 failed', 'all 40 steps'], [/^- ❌ update /m]],
  ] as const)('a report in %d bytes', (limit, has, hasNot) => {
    const { text } = renderReport(report, plan, context(limit))
    for (const one of has) expect(text).toMatch(one)
    for (const one of hasNot) expect(text).not.toMatch(one)
  })
})

describe('one giant', () => {
  const giant = step('giant', 'terminate', 5000)
  const others = Array.from({ length: 20 }, (_, index) => step(`shop-${index}`, 'update', 3))
  const { text, leftOut } = renderPlan(planOf([giant, ...others]), context(65_536))

  test('leaves room for everybody else', () => {
    for (const { particle } of others) expect(text).toContain(`<b>${particle}</b> · 3 changes`)
  })

  test('is shown in part, with a count', () => {
    expect(text).toMatch(/… \d,\d{3} more lines are left out/)
    expect(leftOut).toEqual(['part of the changes of ecs_service:giant'])
  })
})

test('the dangerous keep their changes longest', () => {
  const plan = many(40, index => step(`shop-${index}`, index === 17 ? 'replace' : 'update', 20))
  for (const limit of [16_000, 12_000, 9_000]) {
    const { text, leftOut } = renderPlan(plan, context(limit))
    expect(text).toContain('<b>ecs_service:shop-17</b>')
    expect(leftOut.join()).toContain('the changes of')
  }
})

test('never more than the limit, whatever the limit', () => {
  const plan = many(30, index => step(`shop-${index}`, index % 3 ? 'update' : 'terminate', index))
  const report: Report = {
    version: 1,
    environment: 'production',
    result: 'failed',
    startedAt: '2026-03-01T12:00:00Z',
    steps: plan.steps.map(({ particle, transition }, index) => ({
      particle,
      transition,
      result: index % 4 ? 'succeeded' : 'failed',
      calls: 1,
      error: {
        code: 'X',
        message: 'ü'.repeat(index * 20),
        details: Array.from({ length: index * 5 }, () => '日本 '.repeat(30)),
      },
    })),
  }
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 70_000 }), limit => {
      for (const { text } of [renderPlan(plan, context(limit)), renderReport(report, plan, context(limit))]) {
        expect(byteSize(text)).toBeLessThanOrEqual(limit)
        if (text) structure(text)
      }
    }),
  )
})

test('more room never shows less', () => {
  const plan = many(30, index => step(`shop-${index}`, index % 3 ? 'update' : 'terminate', 4))
  const rows = [2000, 4000, 8000, 16_000, 32_000, 64_000].map(limit => {
    const { text } = renderPlan(plan, context(limit))
    return new Set(text.match(/ecs_service:shop-\d+/g)).size
  })
  expect(rows).toEqual([...rows].sort((a, b) => a - b))
})

test('steps that were skipped take no room from the words of ECS about the one that failed', () => {
  const done = { transition: 'update', calls: 0 } as const
  const report: Report = {
    version: 1,
    environment: 'production',
    result: 'failed',
    startedAt: '2026-03-01T12:00:00Z',
    steps: [
      ...Array.from({ length: 60 }, (_, index) => ({
        ...done,
        particle: `ecs_service:shop-${index}` as const,
        result: 'skipped' as const,
        error: { code: 'Skipped', message: 'needs ecs_task:migrate', details: [] },
      })),
      {
        ...done,
        particle: 'ecs_task:migrate',
        result: 'failed',
        error: { code: 'Failed', message: 'x'.repeat(900), details: ['exec format error'] },
      },
    ],
  }
  const { text } = renderReport(report, undefined, context(65_536))
  // The next rung shows fewer entries and shorter messages.
  for (const limit of [65_536, byteSize(text) - 1])
    expect(renderReport(report, undefined, context(limit)).text).toContain('exec format error')
})
