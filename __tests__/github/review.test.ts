import { beforeEach, describe, expect, test } from '@jest/globals'
import type { MergeGroup, MergeMethod, Pull, Push } from '../../simulator/github/repository.ts'
import { actionsToken } from '../../simulator/github/server.ts'
import { GitHub } from '../../src/github/api.ts'
import { appliedCheck, planCheck, postCheck, refusedCheck } from '../../src/github/check.ts'
import { claimTexts } from '../../src/github/claimText.ts'
import { readHistory } from '../../src/github/history.ts'
import { reviewedForMergeGroup, reviewedForPush } from '../../src/github/review.ts'
import type { Reviewed, ReviewQuery } from '../../src/github/reviewSearch.ts'
import { supersededBy } from '../../src/github/supersede.ts'
import { type Api, mayOnly, openApi, token } from '../world/github.ts'

let world: Api
beforeEach(async () => {
  world = await openApi({ 'particles/web.yml': 'v0' })
})

const environment = 'production'
const claim = (number: number): string => number.toString(16).padStart(32, '0')
const claimsOf = (...pulls: Pull[]): Set<string> => new Set(pulls.map(({ number }) => claim(number)))

/** A pull request with a successful plan, whose one claim is its number. */
async function planned(more: Parameters<Api['repository']['open']>[1] & { commits?: number } = {}): Promise<Pull> {
  const edits = Array.from({ length: more.commits ?? 1 }, (_, index) => ({ [`file-${Math.random()}-${index}`]: 'x' }))
  const pull = world.repository.open(edits, more)
  await plan(pull.headSha, pull.number)
  return pull
}

const plan = (commit: string, number: number, more: Partial<Parameters<typeof postCheck>[1]> = {}) =>
  postCheck(world.github, {
    name: planCheck(environment),
    commit,
    conclusion: 'success',
    title: 'Plan',
    summary: '',
    digest: `sha256:${number}`,
    texts: claimTexts({ version: 2, hashes: [claim(number)] }, subjectOf(commit)),
    ...more,
  })

/** The pull request with this head, as its own run plans it. */
const subjectOf = (commit: string) => {
  const pull = [...world.repository.pulls.values()].find(({ headSha }) => headSha === commit)
  return { pullRequest: pull?.number ?? 0, base: pull?.base ?? 'main' }
}

const applied = (commit = world.repository.head()) =>
  postCheck(world.github, {
    name: appliedCheck(environment),
    commit,
    conclusion: 'success',
    title: 'Applied',
    summary: '',
    digest: 'sha256:0',
  })

async function forPush(push: Push | string, more: Partial<ReviewQuery> = {}): Promise<Reviewed> {
  const commit = typeof push === 'string' ? push : push.after
  const history = await readHistory(world.github, environment, commit)
  const event = typeof push === 'string' ? undefined : { ...push, forced: false, created: false }
  return reviewedForPush(world.github, history, event, { environment, branch: 'main', ...more })
}

async function forGroup({ baseRef, ...group }: MergeGroup): Promise<Reviewed> {
  const history = await readHistory(world.github, environment, group.headSha)
  const event = { ...group, baseRef: baseRef.replace('refs/heads/', '') }
  return reviewedForMergeGroup(world.github, history, event, { environment, branch: 'main' })
}

const enough = (wanted: ReadonlySet<string>) => (claims: ReadonlySet<string>) =>
  [...wanted].every(one => claims.has(one))

describe('one pull request', () => {
  test.each<MergeMethod>(['merge', 'squash', 'rebase'])('merged by %s', async method => {
    await applied()
    const pull = await planned({ commits: 3 })
    const reviewed = await forPush(world.repository.merge(pull, method))
    expect(reviewed).toEqual({ claims: claimsOf(pull), pullRequests: [1], merged: 1, notes: [] })
    expect(world.clock.waited).toBe(0)
  })

  test('costs few calls', async () => {
    await applied()
    const pull = await planned()
    const push = world.repository.merge(pull, 'squash')
    world.server.calls.length = 0
    await forPush(push)
    const names = world.server.calls.map(({ name }) => name.replace('/repos/{owner}/{repo}', ''))
    // The first two are asked at once.
    expect([...names.slice(0, 2).sort(), ...names.slice(2)]).toEqual([
      'GET /commits',
      'POST /graphql',
      'GET /commits/{ref}/check-runs',
      'GET /commits/{ref}/check-runs',
      'GET /commits/{commit_sha}/pulls',
      'GET /commits/{ref}/check-runs',
    ])
  })

  test('counts with what was shown before it was merged, in the same second too', async () => {
    await applied()
    const pull = await planned()
    await plan(pull.headSha, 91)
    const push = world.repository.merge(pull)
    world.clock.jump(1_000)
    await plan(pull.headSha, 92)
    expect((await forPush(push)).claims).toEqual(new Set([claim(91)]))
  })

  test('does not count when it was merged before its plan was there', async () => {
    await applied()
    const pull = world.repository.open([{ a: '1' }])
    const push = world.repository.merge(pull)
    world.clock.jump(1_000)
    await plan(pull.headSha, 1)
    const { claims, notes } = await forPush(push)
    expect(claims).toEqual(new Set())
    expect(notes).toEqual([
      'pull request #1 reviewed nothing: its plan "particles / production" was completed at 2026-11-22T12:00:01Z, after it was merged at 2026-11-22T12:00:00Z, so nobody can have reviewed it; wait for the plan before merging',
    ])
  })

  test('counts with the newest successful plan of the head that was merged', async () => {
    await applied()
    const pull = world.repository.open([{ a: '1' }])
    await plan(pull.headSha, 90)
    world.repository.push({ a: '2' }, 'More', pull.head)
    pull.headSha = world.repository.head(pull.head)
    await plan(pull.headSha, 91)
    await plan(pull.headSha, 92)
    await plan(pull.headSha, 93, { conclusion: 'failure' })
    expect((await forPush(world.repository.merge(pull))).claims).toEqual(new Set([claim(92)]))
  })

  test('is not counted for being listed first: its merge commit decides', async () => {
    await applied()
    const stacked = await planned()
    const pull = await planned()
    const push = world.repository.merge(pull, 'rebase')
    // Another one, still open, stands on the commit that was pushed.
    const later = world.repository.open([{ z: '1' }], { from: push.after })
    later.baseSha = world.repository.commit(push.after).parents[0] ?? ''
    await plan(later.headSha, later.number)
    world.server.lag.closed = Number.POSITIVE_INFINITY
    expect(await forPush(push)).toMatchObject({ claims: claimsOf(pull), pullRequests: [pull.number] })
    expect(stacked.state).toBe('open')
  })

  test('its test merge before it is merged is none', async () => {
    await applied()
    const pull = await planned()
    const push = world.repository.push({ a: '1' })
    pull.mergeCommitSha = push.after
    pull.state = 'closed'
    expect((await forPush(push)).claims).toEqual(new Set())
  })
})

describe('several pull requests', () => {
  test('merged since the last applied commit add up', async () => {
    await applied()
    const one = await planned()
    const two = await planned()
    const three = await planned()
    world.repository.merge(one, 'squash')
    world.repository.merge(two, 'merge')
    const push = world.repository.merge(three, 'rebase')
    expect(await forPush(push)).toMatchObject({ claims: claimsOf(one, two, three), pullRequests: [1, 2, 3], notes: [] })
  })

  test('what was merged before the last applied commit does not count', async () => {
    const old = await planned()
    world.repository.merge(old)
    await applied()
    const pull = await planned()
    expect((await forPush(world.repository.merge(pull))).claims).toEqual(claimsOf(pull))
  })

  test('a merge queue lands them in one push', async () => {
    await applied()
    const pulls = [await planned(), await planned(), await planned()]
    const push = world.repository.land(world.repository.enqueue(pulls))
    expect(await forPush(push)).toMatchObject({ claims: claimsOf(...pulls), pullRequests: [1, 2, 3] })
  })

  test('a revert has a plan of its own', async () => {
    await applied()
    const pull = await planned()
    world.repository.merge(pull)
    await applied()
    const revert = await planned()
    expect((await forPush(world.repository.merge(revert))).claims).toEqual(claimsOf(revert))
  })

  test('a stack merged into a branch counts by the pull request that brings it home', async () => {
    await applied()
    const lower = await planned()
    const upper = await planned({ base: lower.head, from: lower.headSha })
    world.repository.merge(upper, 'squash')
    lower.headSha = world.repository.head(lower.head)
    await plan(lower.headSha, 77)
    expect(await forPush(world.repository.merge(lower, 'merge'))).toMatchObject({
      claims: new Set([claim(77)]),
      pullRequests: [lower.number],
    })
  })
})

describe('where nothing was reviewed', () => {
  test('a push without a pull request, after 90 s of asking', async () => {
    await applied()
    const push = world.repository.push({ a: '1' })
    const { claims, pullRequests, notes } = await forPush(push)
    expect([claims, pullRequests]).toEqual([new Set(), []])
    expect(notes).toEqual([`commit ${push.after.slice(0, 7)} came without a pull request that GitHub knows of`])
    expect(world.clock.waited).toBe(90_000)
  })

  test('nobody waits when nothing needs a review', async () => {
    await applied()
    await forPush(world.repository.push({ a: '1' }), { enough: () => true })
    expect(world.clock.waited).toBe(0)
  })

  test('a pull request from a fork', async () => {
    await applied()
    const pull = world.repository.open([{ a: '1' }], { fork: true })
    expect((await forPush(world.repository.merge(pull))).notes).toEqual([
      'pull request #1 reviewed nothing: it has no check "particles / production" (it came from a fork, whose manifests are only validated)',
    ])
  })

  test("a pull request that the workflow's own token opened", async () => {
    await applied()
    const author = { login: 'github-actions[bot]', type: 'Bot' } as const
    const pull = world.repository.open([{ a: '1' }], { author })
    expect((await forPush(world.repository.merge(pull))).notes).toEqual([
      'pull request #1 reviewed nothing: it has no check "particles / production" (what GITHUB_TOKEN opens starts no workflow)',
    ])
  })

  test('a pull request of Dependabot', async () => {
    await applied()
    const pull = world.repository.open([{ a: '1' }], { author: { login: 'dependabot[bot]', type: 'Bot' } })
    expect((await forPush(world.repository.merge(pull))).notes).toEqual([
      'pull request #1 reviewed nothing: it has no check "particles / production" (Dependabot\'s runs have no secrets, and may write checks only where the workflow\'s permissions say so)',
    ])
  })

  test('a pull request whose plan failed', async () => {
    await applied()
    const pull = world.repository.open([{ a: '1' }])
    await plan(pull.headSha, 1, { conclusion: 'failure' })
    expect((await forPush(world.repository.merge(pull))).notes).toEqual([
      'pull request #1 reviewed nothing: its plan "particles / production" did not succeed',
    ])
  })

  test('a pull request whose head is gone, which takes nothing from the others', async () => {
    await applied()
    const one = await planned()
    const two = await planned()
    world.repository.merge(one)
    const push = world.repository.merge(two)
    one.headSha = 'f'.repeat(40)
    expect(await forPush(push)).toMatchObject({
      claims: claimsOf(two),
      notes: [expect.stringMatching(/^pull request #1 reviewed nothing: .*No commit found/)],
    })
  })

  test("a person's token knows no checks of its own", async () => {
    await applied()
    const push = world.repository.merge(await planned())
    world.server.tokens.set(token, { login: 'ada', permissions: actionsToken.permissions })
    const github = new GitHub({
      token,
      repository: world.github.repository,
      apiUrl: world.url,
      clock: world.clock,
    })
    const history = await readHistory(github, environment, push.after)
    const reviewed = await reviewedForPush(github, history, undefined, { environment, branch: 'main' })
    expect(reviewed.notes.at(-1)).toBe(
      "pull request #1 reviewed nothing: the token is ada's own, and only checks of the token's own app count; use GITHUB_TOKEN",
    )
  })

  test('many pushes without pull requests are told in one line', async () => {
    await applied()
    for (let index = 0; index < 7; index++) world.repository.push({ a: String(index) })
    const { notes } = await forPush(world.repository.push({ a: 'last' }))
    expect(notes).toEqual([expect.stringMatching(/^commits (\w{7}, ){4}\w{7} and 3 more came without a pull request/)])
  })

  test('a plan that was refused on a commit is no review', async () => {
    await applied()
    const push = world.repository.push({ a: '1' })
    await plan(push.after, 1, { name: refusedCheck(environment) })
    await plan(push.after, 2)
    expect((await forPush(push)).claims).toEqual(new Set())
  })

  test('the applied commit itself, run again', async () => {
    const pull = await planned()
    const push = world.repository.merge(pull)
    await applied()
    expect(await forPush(push)).toEqual({ claims: new Set(), pullRequests: [], notes: [] })
  })
})

describe('the last applied commit', () => {
  test('is that of the environment', async () => {
    const first = world.repository.head()
    await applied(first)
    const push = world.repository.push({ a: '1' })
    await postCheck(world.github, {
      name: appliedCheck('staging'),
      commit: push.after,
      conclusion: 'success',
      title: '',
      summary: '',
    })
    expect((await readHistory(world.github, environment, push.after)).applied).toBe(first)
  })

  test.each([
    ['of another app', { app: 'somebody-else' }],
    ['that failed', { conclusion: 'failure' }],
  ])('is none with a check %s', async (_, more) => {
    world.server.check({ name: appliedCheck(environment), commit: world.repository.head(), ...more })
    expect((await readHistory(world.github, environment, world.repository.head())).applied).toBeUndefined()
  })

  test('is found 49 commits back, along first parents, through the commits of merged branches', async () => {
    const since = world.repository.head()
    await applied()
    for (let index = 0; index < 49; index++)
      world.repository.merge(
        world.repository.open([{ [`a${index}`]: '1' }, { [`b${index}`]: '1' }, { [`c${index}`]: '1' }]),
      )
    const history = await readHistory(world.github, environment, world.repository.head())
    expect(history.applied).toBe(since)
    expect(history.commits).toHaveLength(49)
  })

  test("is not looked for further than 50 commits: then the push's own range counts", async () => {
    await applied()
    const before = await planned()
    world.repository.merge(before)
    for (let index = 0; index < 55; index++) world.repository.push({ a: String(index) })
    const pulls = [await planned(), await planned()]
    const push = world.repository.land(world.repository.enqueue(pulls))
    expect(await forPush(push)).toEqual({
      claims: claimsOf(...pulls),
      pullRequests: pulls.map(({ number }) => number),
      merged: pulls.at(-1)?.number,
      notes: [
        'none of the last 50 commits carries the check "particles / production / applied", so only the commits of this push count',
      ],
    })
  })

  test('is missing at the first push of an environment', async () => {
    const pull = await planned()
    expect(await forPush(world.repository.merge(pull))).toMatchObject({ claims: claimsOf(pull) })
  })

  test('is missing for a run by hand: the commit alone counts', async () => {
    const one = await planned()
    const two = await planned()
    world.repository.merge(one)
    const { after } = world.repository.merge(two)
    expect(await forPush(after)).toMatchObject({ claims: claimsOf(two), pullRequests: [2] })
  })

  test('is missing and the push was forced: what it brought counts', async () => {
    const root = world.repository.head()
    world.repository.push({ dropped: '1' })
    const before = world.repository.head()
    world.repository.reset(root)
    const pull = await planned()
    const { after } = world.repository.merge(pull)
    const history = await readHistory(world.github, environment, after)
    const push = { before, after, forced: true, created: false }
    const reviewed = await reviewedForPush(world.github, history, push, { environment, branch: 'main' })
    expect(reviewed).toMatchObject({ claims: claimsOf(pull), pullRequests: [pull.number] })
  })
})

describe('a listing that lags', () => {
  test.each([10_000, 45_000, 85_000])('is asked again until it knows, %d ms', async lag => {
    await applied()
    world.server.lag.ofCommit = lag
    world.server.lag.closed = lag
    const pull = await planned()
    const reviewed = await forPush(world.repository.merge(pull, 'squash'))
    expect(reviewed).toMatchObject({ claims: claimsOf(pull), notes: [] })
    expect(world.clock.waited).toBeGreaterThanOrEqual(lag)
    expect(world.clock.waited).toBeLessThanOrEqual(lag + 15_000)
  })

  test('for longer than 90 s leaves it unreviewed', async () => {
    await applied()
    world.server.lag.ofCommit = 120_000
    world.server.lag.closed = 120_000
    const pull = await planned()
    expect((await forPush(world.repository.merge(pull, 'squash'))).claims).toEqual(new Set())
    expect(world.clock.waited).toBe(90_000)
  })

  test('of commits alone is not waited for', async () => {
    await applied()
    world.server.lag.ofCommit = 60_000
    const pull = await planned()
    expect((await forPush(world.repository.merge(pull, 'squash'))).claims).toEqual(claimsOf(pull))
    expect(world.clock.waited).toBe(0)
  })

  test('is not waited for once everything needed is covered', async () => {
    await applied()
    const one = await planned()
    world.repository.push({ direct: '1' })
    const push = world.repository.merge(one)
    await forPush(
      { ...push, before: world.repository.log(push.after).at(-1)?.sha ?? '' },
      { enough: enough(claimsOf(one)) },
    )
    expect(world.clock.waited).toBe(0)
  })

  test("is not waited for on behalf of older commits than the push's own", async () => {
    await applied()
    const direct = world.repository.push({ direct: '1' })
    const pull = await planned()
    const { notes } = await forPush(world.repository.merge(pull))
    expect(notes).toEqual([`commit ${direct.after.slice(0, 7)} came without a pull request that GitHub knows of`])
    expect(world.clock.waited).toBe(0)
  })

  test('the earlier commits of a rebase are not waited for', async () => {
    await applied()
    const pull = await planned({ commits: 4 })
    const { notes } = await forPush(world.repository.merge(pull, 'rebase'))
    expect(notes).toEqual([])
    expect(world.clock.waited).toBe(0)
  })

  test('a pull request older than the hundred last ones is found by its commit', async () => {
    await applied()
    const pull = await planned()
    const push = world.repository.merge(pull)
    world.clock.jump(1_000)
    for (let index = 0; index < 101; index++) {
      const other = world.repository.open([])
      other.state = 'closed'
    }
    expect((await forPush(push)).claims).toEqual(claimsOf(pull))
  })
})

describe('a merge group', () => {
  test.each<MergeMethod>(['merge', 'squash', 'rebase'])('has what its pull request showed, by %s', async method => {
    await applied()
    const pull = await planned({ commits: 3 })
    const [group] = world.repository.enqueue([pull], method)
    if (!group) throw new Error('the queue is empty')
    expect(await forGroup(group)).toMatchObject({ claims: claimsOf(pull), pullRequests: [1], notes: [] })
    expect(world.clock.waited).toBe(0)
  })

  test.each<MergeMethod>(['merge', 'squash', 'rebase'])(
    'has what those before it in the queue showed, and not those behind it, by %s',
    async method => {
      await applied()
      const [one, two, three] = [await planned({ commits: 2 }), await planned({ commits: 2 }), await planned()]
      const [, group] = world.repository.enqueue([one, two, three], method)
      if (!group) throw new Error('the queue is empty')
      expect(await forGroup(group)).toMatchObject({ claims: claimsOf(one, two), pullRequests: [1, 2], notes: [] })
      expect(world.clock.waited).toBe(0)
    },
  )

  test('has what was merged and not applied yet', async () => {
    await applied()
    const merged = await planned()
    world.repository.merge(merged, 'squash')
    const pull = await planned()
    const [group] = world.repository.enqueue([pull])
    if (!group) throw new Error('the queue is empty')
    expect(await forGroup(group)).toMatchObject({ claims: claimsOf(merged, pull), pullRequests: [1, 2] })
  })

  test('has only its own where no commit was ever applied', async () => {
    const merged = await planned()
    world.repository.merge(merged)
    const pull = await planned()
    const [group] = world.repository.enqueue([pull])
    if (!group) throw new Error('the queue is empty')
    expect(await forGroup(group)).toMatchObject({ claims: claimsOf(pull), pullRequests: [2] })
  })

  test("is not fooled by what a commit's message says", async () => {
    await applied()
    const other = await planned()
    const pull = world.repository.open([{ a: '1' }])
    world.repository.push({ b: '1' }, `Merge pull request #${other.number}`, pull.head)
    pull.headSha = world.repository.head(pull.head)
    const [group] = world.repository.enqueue([pull], 'rebase')
    if (!group) throw new Error('the queue is empty')
    expect(await forGroup(group)).toMatchObject({ claims: new Set(), pullRequests: [pull.number] })
  })
})

describe('a right that is missing is named', () => {
  test.each([
    ['checks: read', mayOnly({ contents: 'read', 'pull-requests': 'read' })],
    ['pull-requests: read', mayOnly({ contents: 'read', checks: 'read' })],
    ['contents: read', mayOnly({ checks: 'read', 'pull-requests': 'read' })],
  ])('%s', async (right, rights) => {
    await applied()
    const pull = await planned()
    const push = world.repository.merge(pull)
    world.server.tokens.set(token, rights)
    const { claims, notes } = await forPush(push)
    expect(claims).toEqual(new Set())
    expect(notes).toEqual([expect.stringContaining(`the token lacks "${right}"; add it to the job's permissions`)])
  })
})

describe('superseded', () => {
  const superseded = (commit: string) => supersededBy({ github: world.github, environment, commit, branch: 'main' })

  test('not the newest commit, by one call', async () => {
    const { after } = world.repository.push({ a: '1' })
    expect(await superseded(after)).toEqual({})
    expect(world.server.calls.filter(({ name }) => name !== 'POST /graphql')).toHaveLength(1)
  })

  test('by a newer commit that was applied', async () => {
    const { after } = world.repository.push({ a: '1' })
    world.repository.push({ a: '2' })
    const newer = world.repository.push({ a: '3' })
    await applied(newer.after)
    world.repository.push({ a: '4' })
    expect(await superseded(after)).toEqual({ by: { commit: newer.after, state: 'applied' } })
  })

  test('not by a newer commit that was not applied', async () => {
    await applied()
    const { after } = world.repository.push({ a: '1' })
    await applied(after)
    world.repository.push({ a: '2' })
    expect(await superseded(after)).toEqual({})
  })

  test('not by one that was dropped from the branch by force', async () => {
    const { after } = world.repository.push({ a: '1' })
    const dropped = world.repository.push({ a: '2' })
    await applied(dropped.after)
    world.repository.reset(after)
    expect(await superseded(after)).toEqual({})
  })

  test('when the commit itself was dropped, by what was applied in its place', async () => {
    const root = world.repository.head()
    const dropped = world.repository.push({ a: '1' })
    world.repository.reset(root)
    const instead = world.repository.push({ a: '2' })
    await applied(instead.after)
    expect(await superseded(dropped.after)).toEqual({ by: { commit: instead.after, state: 'applied' } })
  })

  test('not by an older commit when the branch was merged into another, which took its place', async () => {
    const root = world.repository.head()
    await applied()
    const { after } = world.repository.push({ a: '1' })
    const other = world.repository.open([{ b: '1' }], { from: root })
    const backwards = world.repository.open([], { base: other.head, from: after })
    world.repository.reset(world.repository.merge(backwards).after)
    expect(world.repository.commit(world.repository.head()).parents).toEqual([other.headSha, after])
    expect(await superseded(after)).toEqual({})
    expect((await readHistory(world.github, environment, world.repository.head())).applied).toBe(root)
  })

  test('not known without the right, which is a warning', async () => {
    const { after } = world.repository.push({ a: '1' })
    world.repository.push({ a: '2' })
    world.server.tokens.set(token, mayOnly({ contents: 'read' }))
    expect((await superseded(after)).warning).toContain('the token lacks "checks: read"')
  })
})
