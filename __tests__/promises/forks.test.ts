/** What a stranger proposes is read and never planned, whatever credentials lie about. */
import { beforeEach, describe, expect } from '@jest/globals'
import type { Pull } from '../../simulator/github/repository.ts'
import { actionsToken } from '../../simulator/github/server.ts'
import { token } from '../world/github.ts'
import { manifests } from '../world/manifests.ts'
import type { Ran } from '../world/run.ts'
import { story } from '../world/story.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  // The credentials of every run lie about, as on a runner of one's own.
  world = await World.open()
  world.github.tokens.set(token, {
    ...actionsToken,
    permissions: { contents: 'read', checks: 'read', 'pull-requests': 'read' },
  })
})

/** Validated and no more: no call to AWS, no warning about what cannot be given, and the step passes. */
function expectSkipped(ran: Ran): void {
  expect(ran.problems).toEqual([])
  expect(ran.failed).toBe(false)
  expect(ran.said.join('\n')).toContain('plan skipped: what a fork proposes is never planned')
  expect(ran.summary).toContain('**No plan:**')
  expect(ran.warnings).toEqual([])
  expect(ran.plan).toBeUndefined()
  expect(world.mark).toBe(0)
}

const payload = (pull: Pull, head: object) => ({
  pull_request: {
    number: pull.number,
    head: { sha: pull.headSha, ...head },
    base: { sha: world.repository.head(pull.base), ref: pull.base, repo: { id: 1 } },
    user: pull.author,
  },
})

describe('Nothing is applied that was not reviewed', () => {
  story(
    'a fork opens a pull request where the runner has AWS credentials of its own',
    'its manifests are validated, no call to AWS is made, and the step passes',
    async () => {
      const pull = world.repository.open([manifests.web], { fork: true })
      expectSkipped(await world.plan(pull))
      expectSkipped(await world.plan(pull, { command: 'plan', 'allowed-account-ids': '123456789012' }))
      expect(world.github.checks).toEqual([])
    },
  )

  story(
    'the fork is deleted while its pull request is open, so that no repository can be compared',
    'it still counts as a fork',
    async () => {
      expectSkipped(await world.plan(world.repository.open([manifests.web], { fork: 'deleted' })))
    },
  )

  story('an event shows neither repository’s id', 'it counts as a fork', async () => {
    const pull = world.repository.open([manifests.web])
    const sha = pull.mergeCommitSha
    const files = world.repository.proposal(pull)
    const event = payload(pull, { repo: {} })
    const { base } = event.pull_request
    const ran = await world.run({
      name: 'pull_request',
      sha,
      ref: 'refs/pull/1/merge',
      files,
      payload: { pull_request: { ...event.pull_request, base: { ...base, repo: {} } } },
    })
    expectSkipped(ran)
  })

  story(
    'a workflow of reviews or of finished runs checks out a fork and plans it',
    'every event that names a fork is skipped alike',
    async () => {
      const pull = world.repository.open([manifests.web], { fork: true })
      const files = world.repository.proposal(pull)
      const sha = world.repository.head()
      const given = { command: 'plan' }
      const review = { action: 'submitted', ...payload(pull, { repo: { id: 2, fork: true } }) }
      expectSkipped(
        await world.run({ name: 'pull_request_review', sha, ref: 'refs/pull/1/merge', files, payload: review }, given),
      )
      for (const head of [{ id: 2, fork: true }, null]) {
        const finished = { workflow_run: { head_sha: pull.headSha, head_repository: head } }
        expectSkipped(
          await world.run({ name: 'workflow_run', sha, ref: 'refs/heads/main', files, payload: finished }, given),
        )
      }
    },
  )

  const comment = (pull: Pull) => ({
    name: 'issue_comment',
    sha: world.repository.head(),
    ref: 'refs/heads/main',
    files: world.repository.proposal(pull),
    payload: { action: 'created', issue: { number: pull.number, pull_request: { url: 'a' } }, repository: { id: 1 } },
  })

  story(
    'a comment on a fork’s pull request starts a workflow that checks the fork out, and plans or applies it',
    'GitHub is asked where the pull request comes from; the plan is skipped, and the apply fails',
    async () => {
      const pull = world.repository.open([manifests.web], { fork: true })
      expectSkipped(await world.run(comment(pull), { command: 'plan' }))
      const ran = await world.run(comment(pull), { command: 'apply', 'require-review': 'false' })
      expect(ran.problems.join()).toContain('what a fork proposes is never planned')
      expect(world.mark).toBe(0)
      const own = await world.run(comment(world.repository.open([manifests.web])), { command: 'plan' })
      expect(own.plan?.summary.start).toBe(3)
    },
  )

  story(
    'GitHub does not say where the pull request comes from that was commented on',
    'nothing is planned, and the step fails and says why',
    async () => {
      const pull = world.repository.open([manifests.web])
      world.github.tokens.set(token, { ...actionsToken, permissions: { contents: 'read' } })
      for (const [given, why] of [
        [{}, 'GitHub refused to read pull request #1'],
        [{ 'github-token': '' }, 'there is no github-token'],
      ] as const) {
        const ran = await world.run(comment(pull), { command: 'plan', ...given })
        expect(ran.problems.join()).toContain(`comes from a fork is not known: ${why}`)
        expect(world.mark).toBe(0)
      }
    },
  )

  story(
    'a check, a status or a deployment of a fork’s commit starts a workflow that checks the commit out',
    'a commit for which no branch of this repository is named counts as a fork’s',
    async () => {
      const pull = world.repository.open([manifests.web], { fork: true })
      const [files, sha] = [world.repository.proposal(pull), world.repository.head()]
      for (const [name, ref, payload] of [
        ['check_run', 'refs/heads/main', { check_run: { check_suite: { head_branch: null } } }],
        ['check_suite', 'refs/heads/main', { check_suite: { head_branch: null } }],
        ['status', 'refs/heads/main', { branches: [] }],
        ['deployment', '', { deployment: { sha: pull.headSha } }],
        ['deployment_status', 'refs/pull/1/head', { deployment: { sha: pull.headSha } }],
      ] as const)
        expectSkipped(await world.run({ name, sha, ref, files, payload }, { command: 'plan' }))
    },
  )

  story('a fork’s pull request runs with command: apply and no review asked for', 'the step fails', async () => {
    const pull = world.repository.open([manifests.web], { fork: true })
    const ran = await world.plan(pull, { command: 'apply', 'require-review': 'false' })
    expect(ran.failed).toBe(true)
    expect(world.mark).toBe(0)
  })

  story(
    'the workflow of a fork’s pull request hands a plan file of its own making to the job that posts',
    'nothing of it is posted',
    async () => {
      const own = await world.plan(world.repository.open([manifests.web]))
      world.github.tokens.set(token, actionsToken)
      const pull = world.repository.open([manifests.web], { fork: true })
      const ran = await world.post(pull, own.files.get('production.plan.json'))
      expect(ran.failed).toBe(false)
      expect(ran.said.join()).toContain('plan skipped')
      expect(world.checks(pull.headSha, 'particles / production')).toMatchObject([
        { conclusion: 'neutral', output: { text: null } },
      ])
    },
  )
})
