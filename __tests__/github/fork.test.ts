import { expect, test } from '@jest/globals'
import type { GitHub } from '../../src/github/api.ts'
import { readEvent } from '../../src/github/event.ts'
import { originOf } from '../../src/github/fork.ts'

test.each([
  ['this repository', { id: 1 }, 'own'],
  ['another one', { id: 2 }, 'fork'],
  // GitHub's description of its API leaves out that the repository is null then.
  ['one that was deleted', null, 'fork'],
])('a pull request of %s that was commented on', async (_, repo, origin) => {
  const github = { call: async () => ({ data: { head: { repo }, base: { repo: { id: 1 } } } }) } as unknown as GitHub
  expect(await originOf({ ...(await readEvent({})), commentedPullRequest: 7 }, github)).toBe(origin)
})
