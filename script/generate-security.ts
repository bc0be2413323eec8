/**
 * Writes the tables of docs/security.md: every story under __tests__/promises, by the promise that it tries to break. With
 * --check it only says whether the document is fresh.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const root = join(import.meta.dirname, '..')
const document = join(root, 'docs/security.md')
const folder = '__tests__/promises'

/** Titles of `describe`, in the document's order. */
const promises = [
  'Nothing is applied that was not reviewed',
  'No task runs twice',
  'No failure is reported as success',
  'What is hidden stays hidden',
  'Never silent, never stuck',
]

interface Row {
  readonly promise: string
  readonly attempt: string
  readonly outcome: string
  readonly file: string
}

function rowsOf(file: string): Row[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, folder, file), 'utf8'), ts.ScriptTarget.Latest, true)
  const rows: Row[] = []
  const visit = (node: ts.Node, promise: string): void => {
    let inside = promise
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const [first, second] = node.arguments.map(argument => (ts.isStringLiteralLike(argument) ? argument.text : ''))
      if (node.expression.text === 'describe') inside = first ?? ''
      if (node.expression.text === 'story') {
        if (!promises.includes(promise))
          throw new Error(`${folder}/${file}: a story stands under "${promise}", which is no promise`)
        if (!first || !second) throw new Error(`${folder}/${file}: a story is told in two plain strings`)
        rows.push({ promise, attempt: first, outcome: second, file })
      }
    }
    ts.forEachChild(node, child => visit(child, inside))
  }
  visit(source, '')
  return rows
}

const rows = readdirSync(join(root, folder))
  .filter(file => file.endsWith('.test.ts'))
  .sort()
  .flatMap(rowsOf)

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
const cell = (text: string): string => text.replaceAll('|', '\\|')

const tables = promises
  .flatMap(promise => {
    const its = rows.filter(row => row.promise === promise)
    if (its.length === 0) return []
    const lines = its.map(
      ({ attempt, outcome, file }) =>
        `| ${capital(cell(attempt))} | ${capital(cell(outcome))} | [${file.replace('.test.ts', '')}](../${folder}/${file}) |`,
    )
    return [`### ${promise}`, '', '| what is tried | what happens | test |', '| --- | --- | --- |', ...lines, '']
  })
  .join('\n')

const before = readFileSync(document, 'utf8')
const after = before.replace(
  /(<!-- generated: promises -->\n)[\s\S]*?(<!-- end -->)/,
  (_, begin: string, end: string) => `${begin}\n${tables}\n${end}`,
)

if (!process.argv.includes('--check')) writeFileSync(document, after)
else if (after !== before) {
  process.stderr.write('docs/security.md is stale: run npx tsx script/generate-security.ts\n')
  process.exitCode = 1
}
