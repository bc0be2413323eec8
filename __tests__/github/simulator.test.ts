import { beforeEach, describe, expect, test } from '@jest/globals'
import { type Api, openApi, token } from '../world/github.ts'

/** The fake holds what it is asked and what it answers against GitHub's own description. These are the proofs that it looks. */

let world: Api
beforeEach(async () => {
  world = await openApi({ a: '1' })
})

const ask = async (method: string, path: string, body?: unknown) => {
  const response = await fetch(`${world.url}/repos/acme/infrastructure${path}`, {
    method,
    headers: { authorization: `token ${token}`, 'x-github-api-version': '2022-11-28' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text ? JSON.parse(text) : undefined, headers: response.headers }
}

describe('a request that GitHub does not describe is refused', () => {
  test.each([
    ['an unknown path', 'GET', '/commit-s', undefined, /is not described/],
    ['an unknown parameter', 'GET', '/commits?branch=main', undefined, /has no parameter branch/],
    ['a parameter of another type', 'GET', '/commits?per_page=many', undefined, /per_page/],
    ['a body without what it needs', 'POST', '/issues/1/comments', {}, /required property 'body'/],
    ['a member of another type', 'PATCH', '/issues/comments/1', { body: 1 }, /must be string/],
    [
      'a text that is too long',
      'POST',
      '/check-runs',
      {
        name: 'n',
        head_sha: 'x',
        status: 'completed',
        conclusion: 'success',
        output: { title: '', summary: '', text: 'x'.repeat(65_536) },
      },
      /NOT have more than 65535 characters/,
    ],
    [
      'too many annotations',
      'POST',
      '/check-runs',
      {
        name: 'n',
        head_sha: 'x',
        status: 'completed',
        conclusion: 'success',
        output: {
          title: '',
          summary: '',
          annotations: Array.from({ length: 51 }, () => ({
            path: 'a',
            start_line: 1,
            end_line: 1,
            annotation_level: 'failure',
            message: 'm',
          })),
        },
      },
      /NOT have more than 50 items/,
    ],
  ])('%s', async (_, method, path, body, said) => {
    const { status } = await ask(method, path, body)
    expect([404, 422]).toContain(status)
    expect(world.server.violations.splice(0)).toEqual([expect.stringMatching(said)])
  })
})

test('lists come in pages that say where the next one is', async () => {
  for (let index = 0; index < 35; index++) world.server.comment(1, { login: 'ada', type: 'User' }, String(index))
  const first = await ask('GET', '/issues/1/comments')
  expect(first.body).toHaveLength(30)
  const [, next = ''] = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '') ?? []
  expect(new URL(next, world.url).searchParams.get('page')).toBe('2')
  expect((await ask('GET', '/issues/1/comments?page=2')).body).toHaveLength(5)
  expect(world.server.violations).toEqual([])
})

test('the later versions of the API leave out the merge commit', async () => {
  world.repository.merge(world.repository.open([{ b: '1' }]))
  const [now] = (await ask('GET', '/pulls?state=closed')).body
  expect(now.merge_commit_sha).toBe(world.repository.head())
  const response = await fetch(`${world.url}/repos/acme/infrastructure/pulls?state=closed`, {
    headers: { authorization: `token ${token}`, 'x-github-api-version': '2026-03-10' },
  })
  const [later] = (await response.json()) as { merge_commit_sha: string | null }[]
  expect(later?.merge_commit_sha).toBeNull()
})
