import { JumpingClock } from '../../simulator/github/jumping-clock.ts'
import { actionsToken, FakeGitHub, type Token } from '../../simulator/github/server.ts'
import { GitHub } from '../../src/github/api.ts'

export const secret = 'ghs_kept-to-itself'

/** Milliseconds of a second that is waited before another try: long enough to be measured. */
export const second = 10

/** A GitHub of our own, and a client of it on a clock that jumps. */
export async function openWorld(files: Record<string, string> = {}, token: Token = actionsToken) {
  const clock = new JumpingClock()
  const server = new FakeGitHub(() => clock.now(), files)
  server.tokens.set(secret, token)
  const url = await server.start()
  const github = new GitHub({
    token: secret,
    repository: { owner: server.owner, repo: server.repo },
    apiUrl: url,
    clock,
    second,
  })
  return { clock, server, github, url, repository: server.repository }
}

export type World = Awaited<ReturnType<typeof openWorld>>

/** The same token with less to it. */
export const mayOnly = (permissions: Token['permissions']): Token => ({ ...actionsToken, permissions })
