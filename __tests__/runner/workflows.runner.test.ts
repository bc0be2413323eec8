/**
 * The examples by a runner that others wrote, a second opinion beside the interpreter of `__tests__/workflows`. Nothing is
 * asserted that act does otherwise than GitHub; act.ts says what that is.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { accountA, accountB } from '../workflows/accounts.ts'
import { cluster, roles, target } from '../workflows/stories/given.ts'
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

played('one-step.yml', () => {
  const workflow = example('one-step.yml')

  test('plans a pull request, and applies its merge', async () => {
    const project = await openProject(workflow, { 'README.md': '' }, roles)
    const pull = project.github.repository.open([cluster()])

    expectSuccess(await project.pull(pull))
    expect(project.github.comments.length).toBe(1)
    expect(project.github.checks.map(({ conclusion }) => conclusion)).toEqual(['success'])
    expect(project.changes(accountA)).toEqual([])

    expectSuccess(await project.merge(pull))
    expect(project.changes(accountA)).toEqual(['CreateCluster'])
    expect(project.github.violations).toEqual([])
  }, 180_000)

  test("validates a fork's pull request without credentials", async () => {
    const project = await openProject(workflow, { 'README.md': '' }, roles)

    expectSuccess(await project.pull(project.github.repository.open([cluster()], { fork: true })))
    expect(project.github.comments).toEqual([])
    expect(project.changes(accountA)).toEqual([])
  }, 180_000)
})

played('reusable.yml', () => {
  const environments = [target('staging', {}, accountB), target('production')]

  test('plans a pull request, and applies its merge, for two environments in two accounts', async () => {
    const project = await openProject(`${example('reusable.yml')}${reader}`, {
      '.github/ecs-environments.json': JSON.stringify(environments),
    })
    const pull = project.github.repository.open([cluster()])

    const planned = await project.pull(pull)
    expectSuccess(planned)
    expect(outcomes(planned)).toEqual({ production: 'success', staging: 'success' })
    expect(project.github.comments.length).toBe(2)
    expect(project.github.checks.map(({ conclusion }) => conclusion)).toEqual(['success', 'success'])

    const applied = await project.merge(pull)
    expectSuccess(applied)
    expect(outcomes(applied)).toEqual({ production: 'success', staging: 'success' })
    for (const account of [accountA, accountB]) expect(project.changes(account)).toEqual(['CreateCluster'])
    expect(project.github.violations).toEqual([])
  }, 240_000)
})
