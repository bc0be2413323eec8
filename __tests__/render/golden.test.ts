import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { Plan, Report } from '../../src/engine/document.ts'
import { type Context, type Rendered, renderPlan, renderReport } from '../../src/render/comment.ts'
import { size } from '../../src/render/fit.ts'
import { renderPlanText, renderReportText } from '../../src/render/text.ts'

const folder = new URL('fixtures/', import.meta.url)

interface Fixture {
  readonly context: Context
  /** A plan, or the name of the fixture that has it. */
  readonly plan?: Plan | string
  readonly report?: Report
}

const read = (name: string): Fixture => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))

const planOf = ({ plan }: Fixture): Plan | undefined =>
  typeof plan === 'string' ? planOf(read(`${plan}.plan.json`)) : plan

/** The text that is on file. With UPDATE_GOLDEN=1 it is written first, to be read before it is committed. */
function golden(name: string, text: string): string {
  const file = new URL(name, folder)
  if (process.env.UPDATE_GOLDEN) writeFileSync(file, text)
  return readFileSync(file, 'utf8')
}

const render = (fixture: Fixture): Rendered =>
  fixture.report
    ? renderReport(fixture.report, planOf(fixture), fixture.context)
    : renderPlan(planOf(fixture), fixture.context)

const fixtures = readdirSync(folder)
  .filter(name => name.endsWith('.json'))
  .sort()

describe('the comment', () => {
  test.each(fixtures)('%s', name => {
    const fixture = read(name)
    const { text } = render(fixture)
    expect(`${text}\n`).toBe(golden(name.replace(/json$/, 'md'), `${text}\n`))
    expect(size(text)).toBeLessThanOrEqual(fixture.context.limit)
  })
})

describe('the log', () => {
  const whole = fixtures.filter(name => !name.startsWith('many-') && planOf(read(name)))
  test.each(whole)('%s', name => {
    const fixture = read(name)
    const plan = planOf(fixture)
    const text = fixture.report ? renderReportText(fixture.report, plan) : plan ? renderPlanText(plan) : ''
    expect(`${text}\n`).toBe(golden(name.replace(/json$/, 'txt'), `${text}\n`))
  })
})
