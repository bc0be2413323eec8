/**
 * The tables of `docs/rollouts.md`, held against what runs say. `UPDATE_GOLDEN=1 script/test __tests__/rollouts` writes them
 * anew, to be read before they are committed.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { World } from '../world/world.ts'
import { type Row, sections } from './rollouts.ts'

const document = new URL('../../docs/rollouts.md', import.meta.url)
const web = 'ecs_service:web'

/** On one line, without times of the clock, which say nothing here. */
const cell = (texts: readonly string[]): string =>
  texts
    .join('; ')
    .replace(/\d{4}-\d\d-\d\dT\S+?Z/g, '…')
    .replaceAll('|', '\\|')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^$/, '–')

function planned({ plan }: Row): string[] {
  const step = plan.plan?.steps.find(({ particle }) => particle === web)
  const kept = plan.plan?.unchanged.find(({ particle }) => particle === web)
  const pausedAt = step?.paused && `paused at ${step.paused.stage}`
  const warnings = plan.plan?.warnings?.filter(warning => warning.includes(web)) ?? []
  return [
    step ? [`**${step.transition}**`, pausedAt].filter(text => text).join(', ') : `no step: ${kept?.reason}`,
    ...(step?.risks ?? []),
    ...warnings,
  ]
}

function ended({ report, failed, problems }: Row['ran']): string[] {
  const step = report?.steps.find(({ particle }) => particle === web)
  const why = step?.error?.message ?? step?.because
  const result = step ? [`web ${step.result}${why ? `: ${why}` : ''}`] : problems.filter(text => text.includes(web))
  return [`**${report?.result}**, exit ${failed ? 1 : 0}`, ...result]
}

/** The heading of the comment. Seconds hang on when the polls fall, so only whole minutes are shown. */
function headline({ comment }: Row): string[] {
  const [, said] = /^### .* · (.*)$/m.exec(comment) ?? []
  if (said === undefined) return []
  return [said.replace(/( min) \d+ s$/, '$1').replace(/(?:in|after) (?:under )?\d+ s$/, 'in under 1 min')]
}

const tableOf = (rows: readonly Row[]): string =>
  [
    '| | plan | last line of the log | comment | report |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(row => {
      const last = row.ran.said.findLast(line => line.startsWith(`${web} `))?.slice(web.length + 1)
      const cells = [[row.event], planned(row), last ? [last] : [], headline(row), ended(row.ran)]
      return `| ${cells.map(cell).join(' | ')} |`
    }),
  ].join('\n')

test('docs/rollouts.md says of each strategy and controller what runs say', async () => {
  const tables: string[] = []
  for (const { title, rows } of sections) {
    const all: Row[] = []
    for (const play of rows) {
      const world = await World.open({}, { 'max-concurrency': '1' })
      world.simulator.setThrottling(false)
      all.push(...(await play(world)))
    }
    tables.push(`### ${title}\n\n${tableOf(all)}\n`)
  }
  const before = readFileSync(document, 'utf8')
  const after = before.replace(
    /(<!-- generated: table -->\n)[\s\S]*?(<!-- end -->)/,
    (_, begin: string, end: string) => `${begin}\n${tables.join('\n')}\n${end}`,
  )
  if (process.env.UPDATE_GOLDEN) writeFileSync(document, after)
  expect(after).toBe(readFileSync(document, 'utf8'))
}, 120_000)
