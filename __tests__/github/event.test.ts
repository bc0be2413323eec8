import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { applyBranches } from '../../src/github/branches.ts'
import { commandFor, EventError, type GitHubEvent, readEvent } from '../../src/github/event.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'event-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

const a = 'a'.repeat(40)
const b = 'b'.repeat(40)
const c = 'c'.repeat(40)

const environment = {
  GITHUB_SHA: c,
  GITHUB_REF: 'refs/heads/main',
  GITHUB_REPOSITORY: 'acme/infrastructure',
  GITHUB_RUN_ID: '123',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_SERVER_URL: 'https://github.example',
  GITHUB_API_URL: 'https://github.example/api/v3',
  GITHUB_ACTOR: 'ada',
}

async function event(name: string, payload: unknown): Promise<GitHubEvent> {
  const path = join(folder, `${name}.json`)
  await writeFile(path, typeof payload === 'string' ? payload : JSON.stringify(payload))
  return readEvent({ ...environment, GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: path })
}

const repository = { id: 1, default_branch: 'main', full_name: 'acme/infrastructure' }

const pull = (more: object = {}) => ({
  number: 7,
  user: { login: 'grace', type: 'User' },
  head: { sha: a, ref: 'change', repo: { id: 1, fork: false } },
  base: { sha: b, ref: 'main', repo: { id: 1 } },
  ...more,
})

describe('reading', () => {
  test('a pull request: its head, not the test merge', async () => {
    expect(await event('pull_request', { action: 'opened', repository, pull_request: pull() })).toEqual({
      name: 'pull_request',
      sha: c,
      ref: 'refs/heads/main',
      repository: { owner: 'acme', repo: 'infrastructure' },
      repositoryId: '1',
      defaultBranch: 'main',
      runId: 123,
      attempt: 2,
      repositoryUrl: 'https://github.example/acme/infrastructure',
      runUrl: 'https://github.example/acme/infrastructure/actions/runs/123/attempts/2',
      apiUrl: 'https://github.example/api/v3',
      pullRequest: {
        number: 7,
        headSha: a,
        baseSha: b,
        baseRef: 'main',
      },
    })
  })

  test.each([
    ['check_run', { check_run: { check_suite: { head_branch: 'change' } } }],
    ['check_suite', { check_suite: { head_branch: 'change' } }],
    ['status', { branches: [{ name: 'change' }] }],
    ['deployment', {}],
    ['issue_comment', { issue: { number: 7 } }],
  ])('%s of a commit on a branch of this repository is no fork', async (name, payload) => {
    const read = await event(name, { repository, ...payload })
    expect([read.fromFork, read.commentedPullRequest]).toEqual([undefined, undefined])
  })

  test('a comment on a pull request names its number alone', async () => {
    const issue = { number: 7, pull_request: { url: 'https://github.example/acme/infrastructure/pulls/7' } }
    expect((await event('issue_comment', { repository, issue })).commentedPullRequest).toBe(7)
  })

  test.each([
    ['another repository', { id: 2, fork: true }, true],
    ['a fork that is gone', null, true],
    ['a repository without an id', {}, true],
    ['a repository that is a fork itself', { id: 1, fork: true }, false],
  ])('a pull request from %s', async (_, repo, fromFork) => {
    const read = await event('pull_request', { repository, pull_request: pull({ head: { sha: a, repo } }) })
    expect(read.fromFork).toBe(fromFork || undefined)
  })

  test.each([
    ['of this repository', {}, undefined],
    ['of a fork', { head: { sha: a, repo: { id: 2, fork: true } } }, true],
  ])('a pull request %s that is merged: the run is one of the branch', async (_, more, fromFork) => {
    const merged = pull({ merged: true, merge_commit_sha: c, ...more })
    const read = await event('pull_request', { action: 'closed', repository, pull_request: merged })
    expect(read).toMatchObject({ name: 'pull_request', sha: c, ref: 'refs/heads/main' })
    expect([read.pullRequest, read.fromFork]).toEqual([undefined, fromFork])
  })

  test('a run by schedule, whose event names no repository, is one of the default branch', async () => {
    expect(await event('schedule', { schedule: '0 6 * * *' })).toMatchObject({
      ref: 'refs/heads/main',
      defaultBranch: 'main',
    })
    expect((await event('workflow_dispatch', {})).defaultBranch).toBeUndefined()
  })

  test('a push', async () => {
    const read = await event('push', { repository, before: a, after: b, forced: true, created: false })
    expect(read.push).toEqual({ before: a, after: b, forced: true })
  })

  test('a push that made the branch has nothing before', async () => {
    const read = await event('push', { repository, before: '0'.repeat(40), after: b, created: true })
    expect(read.push).toEqual({ after: b, forced: false })
  })

  test('a merge group', async () => {
    const headRef = `refs/heads/gh-readonly-queue/main/pr-12-${a}`
    const read = await event('merge_group', {
      repository,
      merge_group: { head_sha: b, head_ref: headRef, base_sha: a, base_ref: 'refs/heads/main' },
    })
    expect(read.mergeGroup).toEqual({ headSha: b, headRef, baseSha: a, baseRef: 'main' })
  })

  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['no object', '[]'],
    ['other shapes', '{"pull_request": 1, "repository": [], "merge_group": null, "after": {}}'],
  ])('%s leaves what is missing undefined', async (_, payload) => {
    const read = await event('push', payload)
    expect(read).toMatchObject({ name: 'push', runId: 123 })
    expect([read.push, read.pullRequest, read.mergeGroup, read.defaultBranch]).toEqual(Array(4).fill(undefined))
  })

  test('a run by hand outside of Actions', async () => {
    expect(await readEvent({})).toEqual({ name: '', attempt: 1, apiUrl: 'https://api.github.com' })
  })

  test.each([
    [{ repository: { id: 7 } }, '8', '7'],
    [{}, '8', '8'],
    [{ repository: { id: 'acme' } }, '', undefined],
    [{ repository: { id: 0 } }, 'x', undefined],
  ])('the id of the repository: of %j and %j it is %j', async (payload, id, expected) => {
    const path = join(folder, 'ids.json')
    await writeFile(path, JSON.stringify(payload))
    const { repositoryId } = await readEvent({ GITHUB_EVENT_PATH: path, GITHUB_REPOSITORY_ID: id })
    expect(repositoryId).toBe(expected)
  })

  test('an event file that is not there', async () => {
    expect(await readEvent({ GITHUB_EVENT_PATH: join(folder, 'missing.json') })).toMatchObject({ name: '' })
  })
})

describe('the command', () => {
  const main = applyBranches([], 'main')

  const on = (name: string, more: Partial<GitHubEvent> = {}): GitHubEvent => ({
    name,
    attempt: 1,
    apiUrl: '',
    defaultBranch: 'main',
    ref: 'refs/heads/main',
    ...more,
  })

  test.each([
    ['pull_request', 'plan'],
    ['merge_group', 'plan'],
    ['schedule', 'plan'],
    ['workflow_dispatch', 'plan'],
    ['push', 'apply'],
  ])('auto: %s → %s', (name, command) => {
    expect(commandFor(on(name), 'auto', main)).toMatchObject({ command, because: expect.any(String) })
  })

  test.each([
    ['refs/heads/next', 'next'],
    ['refs/tags/main', 'main'],
  ])('auto: a push to %s only plans, and says so', (ref, where) => {
    expect(commandFor(on('push', { ref }), 'auto', main)).toEqual({
      command: 'plan',
      because: `only a push to main is applied; ${where} is planned`,
    })
  })

  test.each([
    ['refs/heads/release/1', 'apply', 'a push to release/1 is applied'],
    ['refs/heads/release/1/fix', 'plan', 'only a push to release/* is applied; release/1/fix is planned'],
    ['refs/heads/main', 'plan', 'only a push to release/* is applied; main is planned'],
    ['refs/tags/release/1', 'plan', 'only a push to release/* is applied; release/1 is planned'],
  ])('auto: with apply-branches, a push to %s: %s', (ref, command, because) => {
    const branches = applyBranches(['release/*'], 'main')
    expect(commandFor(on('push', { ref }), 'auto', branches)).toEqual({ command, because })
  })

  test('auto does not guess the default branch', () => {
    const { defaultBranch: _, ...event } = on('push')
    expect(() => commandFor(event, 'auto', undefined)).toThrow('command: apply or command: plan')
  })

  test.each(['issue_comment', 'workflow_run', ''])('auto does not know %j', name => {
    expect(() => commandFor(on(name), 'auto', main)).toThrow(EventError)
  })

  test.each(['validate', 'plan', 'apply'] as const)('what the input says is done: %s', command => {
    expect(commandFor(on('issue_comment'), command, main)).toEqual({ command })
  })

  test.each(['auto', 'validate', 'plan', 'apply'] as const)('pull_request_target is refused: %s', input => {
    expect(() => commandFor(on('pull_request_target'), input, main)).toThrow(
      /pull_request_target is refused.*use pull_request$/,
    )
  })
})
