/**
 * The examples by a runner that others wrote, a second opinion beside the interpreter of `__tests__/workflows`. Nothing is
 * asserted that act does otherwise than GitHub: docs/decisions/0035 says what that is.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { accountA, accountB } from '../workflows/accounts.ts'
import { cluster, roles, rolesOfTwo, target } from '../workflows/stories/given.ts'
import { root } from '../world/bundle.ts'
import { act, type RunEnd } from './act.ts'
import { openProject } from './project.ts'

/** Its log is what a failure shows. */
function expectSuccess({ succeeded, log }: RunEnd): void {
  if (!succeeded) throw new Error(`the run failed:\n${log.slice(-6_000)}`)
}

const example = (name: string): string => readFileSync(join(root, 'examples/workflows', name), 'utf8')

/** A job of the caller that reads what the called workflow hands on. */
const reader = `
  reader:
    needs: particles
    runs-on: ubuntu-latest
    steps:
      - env:
          RESULTS: \${{ needs.particles.outputs.results }}
        run: echo "handed-on=$RESULTS" >> "$GITHUB_OUTPUT"
`

const outcomes = ({ outputs }: RunEnd): Readonly<Record<string, string>> => {
  const results: Readonly<Record<string, { readonly outcome: string }>> = JSON.parse(outputs['handed-on'] || '{}')
  return Object.fromEntries(Object.entries(results).map(([name, { outcome }]) => [name, outcome]))
}

if (act === '' && process.env.CI)
  test('act', () => {
    throw new Error(
      'there is no act, which CI must play the workflows with: run script/act FOLDER, and set ACT=FOLDER/bin/act',
    )
  })

// Without it, as on a contributor's machine, they are skipped.
const played = act === '' ? describe.skip : describe

const nothingYet = { 'README.md': '' }

/** A run takes some seconds, on a busy machine many. */
const longestTest = 240_000

played.each([
  { file: 'one-step.yml', vars: roles, accounts: [accountA] },
  { file: 'rights-apart.yml', vars: roles, accounts: [accountA] },
  { file: 'several-environments.yml', vars: rolesOfTwo, accounts: [accountA, accountB] },
])('$file', ({ file, vars, accounts }) => {
  const workflow = example(file)

  test(
    'plans a pull request, and applies its merge',
    async () => {
      const project = await openProject(nothingYet, vars)
      const pull = project.github.repository.open([cluster()])

      expectSuccess(await project.pull(workflow, pull))
      expect(project.github.comments.length).toBe(accounts.length)
      // Of a name only the last: with act a plan job that may write no check writes one too.
      const checks = new Map(project.github.checks.map(({ name, conclusion }) => [name, conclusion]))
      expect([...checks.values()]).toEqual(accounts.map(() => 'success'))
      for (const account of accounts) expect(project.changes(account)).toEqual([])

      expectSuccess(await project.merge(workflow, pull))
      for (const account of accounts) expect(project.changes(account)).toEqual(['CreateCluster'])
      expect(project.github.violations).toEqual([])
    },
    longestTest,
  )

  test(
    "validates a fork's pull request without credentials",
    async () => {
      const project = await openProject(nothingYet, vars)

      expectSuccess(await project.pull(workflow, project.github.repository.open([cluster()], { fork: true })))
      expect(project.github.comments).toEqual([])
      for (const account of accounts) expect(project.changes(account)).toEqual([])
    },
    longestTest,
  )
})

played('reusable.yml', () => {
  const workflow = `${example('reusable.yml')}${reader}`
  const environments = [target('staging', {}, accountB), target('production')]
  const listed = { '.github/ecs-environments.json': JSON.stringify(environments) }

  test(
    'plans a pull request, applies its merge and finds no drift, for two environments in two accounts',
    async () => {
      const project = await openProject(listed)
      const pull = project.github.repository.open([cluster()])

      const planned = await project.pull(workflow, pull)
      expectSuccess(planned)
      expect(outcomes(planned)).toEqual({ production: 'success', staging: 'success' })
      expect(project.github.comments.length).toBe(2)
      expect(project.github.checks.map(({ conclusion }) => conclusion)).toEqual(['success', 'success'])

      const applied = await project.merge(workflow, pull)
      expectSuccess(applied)
      expect(outcomes(applied)).toEqual({ production: 'success', staging: 'success' })
      for (const account of [accountA, accountB]) expect(project.changes(account)).toEqual(['CreateCluster'])

      const looked = await project.schedule(workflow)
      expectSuccess(looked)
      expect(outcomes(looked)).toEqual({ production: 'success', staging: 'success' })
      expect(project.github.violations).toEqual([])
    },
    longestTest,
  )

  test(
    "validates a fork's pull request without credentials",
    async () => {
      const project = await openProject(listed)

      const pull = project.github.repository.open([cluster()], { fork: true })
      expectSuccess(await project.pull(workflow, pull))
      expect(project.github.comments).toEqual([])
    },
    longestTest,
  )
})

played('drift.yml and approved-digest.yml', () => {
  test(
    'find what is not there, and apply it by hand',
    async () => {
      const project = await openProject(cluster(), roles)
      expect((await project.schedule(example('drift.yml'))).succeeded).toBe(false)

      expectSuccess(await project.dispatch(example('approved-digest.yml')))
      expect(project.changes(accountA)).toEqual(['CreateCluster'])

      expectSuccess(await project.schedule(example('drift.yml')))
      expect(project.github.violations).toEqual([])
    },
    longestTest,
  )
})
