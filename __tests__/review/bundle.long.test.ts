/** The pull request's story by the bundle that users run, each step a process of its own, with a GitHub to talk to. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, jest, test } from '@jest/globals'
import type { Pull, Push } from '../../simulator/github/repository.ts'
import { actionsToken, type FakeGitHub } from '../../simulator/github/server.ts'
import type { RunningSimulator } from '../../simulator/server.ts'
import { afterFile } from '../world/afterwards.ts'
import { bundle } from '../world/bundle.ts'
import { Checkout, checkout, errorsOf } from '../world/checkout.ts'
import {
  type Event,
  githubVariables,
  openGitHub,
  payloadOf,
  pullRequestEvent,
  pushEvent,
  token,
} from '../world/github.ts'
import { clusterWith, manifests } from '../world/manifests.ts'

jest.setTimeout(60_000)

let github: FakeGitHub
let url: string
let ecs: RunningSimulator
let runs = 0

beforeAll(async () => {
  bundle()
  ;({ ecs } = await checkout())
  ;({ server: github, url } = await openGitHub(() => Date.now(), { until: afterFile }))
}, 240_000)

/** A fresh checkout of some files, as each job has one. */
function at(files: ReadonlyMap<string, string>): Checkout {
  return new Checkout(ecs.url, ecs.calls).write(Object.fromEntries(files))
}

const on = (event: Event) => ({
  env: githubVariables(github, url, event, ++runs),
  event: { name: event.name, payload: payloadOf(github, event) },
})
const onPull = (pull: Pull) => on(pullRequestEvent(pull))
const onPush = (pushed: Push) => on(pushEvent(pushed))

const inputs = { 'github-token': token }
const plan = (pull: Pull) => at(github.repository.proposal(pull)).step(inputs, onPull(pull))
const push = (pushed: Push) => at(github.repository.files(pushed.after)).step(inputs, onPush(pushed))
const comment = ({ number }: Pull) => github.comments.filter(({ issue }) => issue === number).map(({ body }) => body)

test('a pull request is planned, merged and applied, and its comment tells', async () => {
  const pull = github.repository.open([manifests.shop])
  const planned = await plan(pull)
  expect(errorsOf(planned)).toEqual([])
  expect(planned.stderr).toBe('')
  expect(comment(pull)).toEqual([expect.stringContaining('**5 to start**')])
  const applied = await push(github.repository.merge(pull, 'squash'))
  expect(errorsOf(applied)).toEqual([])
  expect(applied.stderr).toBe('')
  expect(applied.report?.result).toBe('succeeded')
  expect(applied.outputs['comment-url']).toContain('#issuecomment-')
  expect(comment(pull)).toEqual([expect.stringContaining('✅ applied')])
  expect(github.violations).toEqual([])
})

test('a merge that no plan was waited for is refused, and the step fails', async () => {
  const pull = github.repository.open([{ 'particles/main.yml': clusterWith('main', 'enabled') }])
  const ended = await push(github.repository.merge(pull, 'squash'))
  expect(ended.code).toBe(1)
  expect(ended.modifying).toEqual([])
  expect(ended.report?.result).toBe('refused')
  expect(errorsOf(ended)[0]).toMatchObject({ file: 'particles/main.yml', line: 1 })
  expect(comment(pull)).toEqual([expect.stringContaining('Refused before anything was changed')])
  // Any pull request that shows it lets it through.
  const shown = github.repository.open([{ 'README.md': 'words' }])
  await plan(shown)
  expect((await push(github.repository.merge(shown, 'squash'))).report?.result).toBe('succeeded')
})

test('an apply that is killed is finished by the same run again', async () => {
  const web = manifests.shop['particles/web.yml'].replace('web:1', 'web:2')
  const migrate = manifests.shop['particles/migrate.yml'].replace('migrate:1', 'migrate:2')
  const pull = github.repository.open([{ 'particles/web.yml': web, 'particles/migrate.yml': migrate }])
  await plan(pull)
  const pushed = github.repository.merge(pull, 'squash')
  const mark = ecs.calls.length
  const { process: killed, finished } = await at(github.repository.files(pushed.after)).start(inputs, onPush(pushed))
  while (!ecs.calls.slice(mark).some(({ operation }) => operation === 'RunTask') && killed.exitCode === null)
    await new Promise(resolve => setTimeout(resolve, 5))
  killed.kill('SIGKILL')
  expect((await finished).code).toBeNull()
  const again = await push(pushed)
  expect(errorsOf(again)).toEqual([])
  expect(again.report?.result).toBe('succeeded')
  expect(
    new Set(
      ecs.calls.slice(mark).flatMap(({ operation, input }) => (operation === 'RunTask' ? JSON.stringify(input) : [])),
    ).size,
  ).toBe(1)
})

test('what one job has planned, another posts', async () => {
  const pull = github.repository.open([
    { 'particles/web.yml': manifests.shop['particles/web.yml'].replace('web:1', 'web:3') },
  ])
  github.tokens.set(token, {
    ...actionsToken,
    permissions: { contents: 'read', 'pull-requests': 'read', checks: 'read' },
  })
  const planned = await at(github.repository.proposal(pull)).step({ ...inputs, comment: 'never' }, onPull(pull))
  github.tokens.set(token, actionsToken)
  expect(planned.code).toBe(0)
  const here = at(new Map())
  writeFileSync(join(here.workspace, 'plan.json'), planned.planText ?? '')
  const { env, event } = onPull(pull)
  const noAws = { AWS_ENDPOINT_URL_ECS: '', AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }
  const options = { event, env: { ...env, ...noAws, ECS_PARTICLES_ACTION: 'post' } }
  const posted = await here.step({ ...inputs, 'plan-file': 'plan.json' }, options)
  expect(errorsOf(posted)).toEqual([])
  expect(posted.code).toBe(0)
  expect(posted.calls).toEqual([])
  expect(comment(pull)).toEqual([expect.stringContaining('web:3')])
  expect((await push(github.repository.merge(pull, 'squash'))).report?.result).toBe('succeeded')
  rmSync(join(here.workspace, 'plan.json'))
  const missing = await here.step({ ...inputs, 'plan-file': 'plan.json' }, options)
  expect(missing.code).toBe(1)
  expect(errorsOf(missing)[0]?.message).toContain('there is no plan file')
})
