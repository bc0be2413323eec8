/** Workflows, actions and expressions as GitHub reads them: by its own parser and its own evaluator. */
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as data from '@actions/expressions/data/index'
import type * as evaluator from '@actions/expressions/evaluator'
import type * as lexer from '@actions/expressions/lexer'
import type * as parser from '@actions/expressions/parser'
import type * as actions from '@actions/workflow-parser/actions/action-parser'
import type * as condition from '@actions/workflow-parser/model/converter/if-condition'
import type { MappingToken } from '@actions/workflow-parser/templates/tokens/mapping-token'
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token'
import type * as guards from '@actions/workflow-parser/templates/tokens/type-guards'
import type * as workflows from '@actions/workflow-parser/workflows/workflow-parser'
import { build } from 'esbuild'

export type Token = TemplateToken
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
/** What an expression may name: `github`, `inputs`, `needs`, … */
export type Contexts = Readonly<Record<string, Json>>
/** What `success()`, `failure()`, `cancelled()` and `always()` answer. */
export type Status = Readonly<Record<'success' | 'failure' | 'cancelled' | 'always', boolean>>

type Library = typeof evaluator &
  typeof lexer &
  typeof parser &
  typeof data &
  typeof actions &
  typeof condition &
  typeof guards &
  typeof workflows

const modules = [
  'expressions/data/index',
  'expressions/lexer',
  'expressions/parser',
  'expressions/evaluator',
  'workflow-parser/templates/tokens/type-guards',
  'workflow-parser/model/converter/if-condition',
  'workflow-parser/workflows/workflow-parser',
  'workflow-parser/actions/action-parser',
]

/** The packages are ES modules that import JSON in a way no Node accepts: bundled they run. */
async function bundled(): Promise<Library> {
  const outfile = join(tmpdir(), `github-language-${process.pid}.cjs`)
  const contents = modules.map(name => `export * from '@actions/${name}'`).join('\n')
  const stdin = { contents, resolveDir: process.cwd() }
  await build({ stdin, bundle: true, platform: 'node', format: 'cjs', outfile, logLevel: 'silent' })
  return createRequire(import.meta.url)(outfile) as Library
}

const github = await bundled()

const silent = { error: () => {}, info: () => {}, verbose: () => {} }

/** A file as GitHub reads it, or everything that it objects to. */
export interface Parsed {
  readonly root: Token | undefined
  readonly problems: readonly string[]
}

const parsed = ({ value, context }: ReturnType<Library['parseWorkflow']>): Parsed => ({
  root: value,
  problems: context.errors.getErrors().map(({ message }) => message),
})

export const parseWorkflow = (name: string, content: string): Parsed =>
  parsed(github.parseWorkflow({ name, content }, silent))
export const parseAction = (name: string, content: string): Parsed =>
  parsed(github.parseAction({ name, content }, silent))

const isMapping = (token: Token | undefined): token is MappingToken => token !== undefined && github.isMapping(token)

/** The members of a mapping whose keys are plain texts, in order. */
export const entries = (token: Token | undefined): [string, Token][] =>
  isMapping(token) ? [...token].map(({ key, value }) => [text(valueIn(key, {})), value]) : []

/** A member, by its path. */
export const member = (token: Token | undefined, ...path: readonly string[]): Token | undefined =>
  path.reduce<Token | undefined>((inner, name) => (isMapping(inner) ? inner.find(name) : undefined), token)

/** The value of a token with its expressions evaluated; null where there is none. */
export function valueIn(token: Token | undefined, contexts: Contexts): Json {
  if (token === undefined) return null
  if (github.isBasicExpression(token)) return evaluate(token.expression, contexts)
  if (github.isMapping(token))
    return Object.fromEntries(
      [...token].map(({ key, value }) => [text(valueIn(key, contexts)), valueIn(value, contexts)]),
    )
  if (github.isSequence(token)) return [...token].map(item => valueIn(item, contexts))
  return github.isString(token) || github.isNumber(token) || github.isBoolean(token) ? token.value : null
}

/** Whether an `if` holds. Without a status function in it, `success()` is asked as well. */
export function holds(token: Token | undefined, contexts: Contexts, status: Status): boolean {
  if (token === undefined) return status.success
  const problem: { message?: string } = {}
  const context = { error: (_: unknown, error: Error) => Object.assign(problem, { message: error.message }) }
  const made = github.convertToIfCondition(context as never, token)
  if (!made) throw new Error(problem.message)
  return isTrue(evaluate(made.expression, contexts, status))
}

function evaluate(expression: string, contexts: Contexts, status: Partial<Status> = {}): Json {
  const dictionary = new github.Dictionary()
  for (const [name, value] of Object.entries(contexts)) dictionary.add(name, toData(value))
  const functions = Object.entries(status).map(([name, answer]) => ({
    name,
    minArgs: 0,
    maxArgs: 99,
    call: () => new github.BooleanData(answer),
  }))
  const { tokens } = new github.Lexer(expression).lex()
  const tree = new github.Parser(tokens, Object.keys(contexts), functions).parse()
  const answer = new github.Evaluator(tree, dictionary, new Map(functions.map(one => [one.name, one]))).evaluate()
  return JSON.parse(JSON.stringify(answer, github.replacer))
}

const toData = (value: Json): data.ExpressionData => JSON.parse(JSON.stringify(value), github.reviver)

const isTrue = (value: Json): boolean => !(value === null || value === false || value === 0 || value === '')

/** A value in the middle of a text. */
export function text(value: Json): string {
  if (value === null) return ''
  return typeof value === 'object' ? (Array.isArray(value) ? 'Array' : 'Object') : String(value)
}
