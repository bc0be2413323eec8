/** The repository that tests act on: a fake GitHub, what its events tell a run, and a client of its API. */
import { expect } from '@jest/globals'
import { JumpingClock } from '../../simulator/github/jumping-clock.ts'
import type { MergeGroup, Pull, Push } from '../../simulator/github/repository.ts'
import { actionsToken, FakeGitHub, type Token } from '../../simulator/github/server.ts'
import { GitHub } from '../../src/github/api.ts'
import { afterTest } from './afterwards.ts'

export const token = 'ghs_kept-to-itself'

/** The same token with less to it. */
export const mayOnly = (permissions: Token['permissions']): Token => ({ ...actionsToken, permissions })

interface GitHubOptions {
  readonly files?: Readonly<Record<string, string>>
  readonly rights?: Token
  /** How long it lives: a test unless told. */
  readonly until?: typeof afterTest
}

/** Starts a GitHub whose token is `token`. When it stops, every call that it had must have fitted GitHub's description. */
export async function openGitHub(
  now: () => number,
  { files = {}, rights = actionsToken, until = afterTest }: GitHubOptions = {},
): Promise<{ server: FakeGitHub; url: string }> {
  const server = new FakeGitHub(now, files)
  server.tokens.set(token, rights)
  const url = await server.start()
  until(async () => {
    await server.stop()
    expect(server.violations).toEqual([])
  })
  return { server, url }
}

/** Milliseconds of a second that is waited before another try: long enough to be measured, as Node's timers may fire some milliseconds early on a busy machine. */
export const second = 25

/** A GitHub, and a client of it on a clock that jumps. */
export async function openApi(files: Readonly<Record<string, string>> = {}, rights: Token = actionsToken) {
  const clock = new JumpingClock()
  const { server, url } = await openGitHub(() => clock.now(), { files, rights })
  const repository = { owner: server.owner, repo: server.repo }
  const github = new GitHub({ token, repository, apiUrl: url, clock, second })
  return { clock, server, github, url, repository: server.repository }
}

export type Api = Awaited<ReturnType<typeof openApi>>

/** What starts a run. */
export interface Event {
  readonly name: string
  readonly sha: string
  readonly ref: string
  readonly payload: object
  /** The checked out files; those of `sha` unless told. */
  readonly files?: ReadonlyMap<string, string>
}

/** As an event shows it: the repository of a fork that was deleted is null. */
const headRepository = ({ fork }: Pull): object | null =>
  fork === 'deleted' ? null : { id: fork ? 2 : 1, fork: fork === true }

/** The event of a pull request, whose run checks out the test merge with its base. */
export const pullRequestEvent = (pull: Pull, baseSha = pull.baseSha): Event => ({
  name: 'pull_request',
  sha: pull.mergeCommitSha,
  ref: `refs/pull/${pull.number}/merge`,
  payload: {
    action: 'synchronize',
    pull_request: {
      number: pull.number,
      head: { sha: pull.headSha, repo: headRepository(pull) },
      base: { sha: baseSha, ref: pull.base, repo: { id: 1 } },
      user: pull.author,
    },
  },
})

/** The event of a pull request that was merged by this push, as on `types: [closed]`: the run is one of its base. */
export function mergedEvent(pull: Pull, { before, after }: Push): Event {
  const { name, payload } = pullRequestEvent(pull, before)
  const { pull_request } = payload as { pull_request: object }
  return {
    name,
    sha: after,
    ref: `refs/heads/${pull.base}`,
    payload: { action: 'closed', pull_request: { ...pull_request, merged: true, merge_commit_sha: after } },
  }
}

export const pushEvent = ({ before, after, forced = false }: Push, branch = 'main'): Event => ({
  name: 'push',
  sha: after,
  ref: `refs/heads/${branch}`,
  payload: { before, after, forced, created: false },
})

export const mergeGroupEvent = ({ headSha, headRef, baseSha, baseRef }: MergeGroup): Event => ({
  name: 'merge_group',
  sha: headSha,
  ref: headRef,
  payload: {
    action: 'checks_requested',
    merge_group: { head_sha: headSha, base_sha: baseSha, head_ref: headRef, base_ref: baseRef },
  },
})

/** An event's payload as the runner writes it; that of a schedule says nothing of the repository. */
export const payloadOf = ({ owner, repo }: FakeGitHub, { name, payload }: Event): object => ({
  ...(name !== 'schedule' && { repository: { id: 1, full_name: `${owner}/${repo}`, default_branch: 'main' } }),
  ...payload,
})

/** The environment variables that GitHub's runner sets for a run of the repository. */
export const githubVariables = ({ owner, repo }: FakeGitHub, url: string, { name, sha, ref }: Event, id: number) => ({
  GITHUB_EVENT_NAME: name,
  GITHUB_REPOSITORY: `${owner}/${repo}`,
  GITHUB_REPOSITORY_ID: '1',
  GITHUB_SHA: sha,
  GITHUB_REF: ref,
  GITHUB_REF_NAME: ref.replace(/^refs\/(heads|tags|pull)\//, ''),
  GITHUB_RUN_ID: String(id),
  GITHUB_RUN_ATTEMPT: '1',
  GITHUB_API_URL: url,
  GITHUB_SERVER_URL: 'https://github.test',
})
