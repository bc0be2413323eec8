/**
 * Writes the table of docs/workflows.md from what the tests of the workflows have played. With --check it only says whether
 * the document is fresh.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const document = join(root, 'docs/workflows.md')

interface Played {
  readonly workflow: string
  readonly given?: string
  readonly rows: readonly {
    readonly event: string
    readonly jobs: readonly string[]
    readonly roles: readonly string[]
    readonly checks: readonly string[]
    readonly comments: readonly string[]
  }[]
}
const played: readonly Played[] = JSON.parse(
  readFileSync(join(root, '__tests__/fixtures/workflows/outcomes.json'), 'utf8'),
)

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
const list = (texts: readonly string[]): string => texts.map(cell).join('<br>') || '–'

const tables = played
  .flatMap(({ workflow, given, rows }) => [
    `### [${workflow}](../${workflow})${given ? `, ${given}` : ''}`,
    '',
    '| event | jobs | roles | checks | comments |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(
      ({ event, jobs, roles, checks, comments }) =>
        `| ${[cell(event), ...[jobs, roles, checks, comments].map(list)].join(' | ')} |`,
    ),
    '',
  ])
  .join('\n')

const before = readFileSync(document, 'utf8')
const after = before.replace(
  /(<!-- generated: table -->\n)[\s\S]*?(<!-- end -->)/,
  (_, begin: string, end: string) => `${begin}\n${tables}\n${end}`,
)

if (!process.argv.includes('--check')) writeFileSync(document, after)
else if (after !== before) {
  process.stderr.write('docs/workflows.md is stale: run npx tsx script/generate-workflows.ts\n')
  process.exitCode = 1
}
