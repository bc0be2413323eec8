import { beforeEach, describe, expect, test } from '@jest/globals'
import type { MergeMethod, Pull } from '../../simulator/github/repository.ts'
import { actionsToken } from '../../simulator/github/server.ts'
import { token } from '../world/github.ts'
import { clusterAt, manifests, setting } from '../world/manifests.ts'
import type { Ran } from '../world/run.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
})

const plan = 'particles / production'
const applied = `${plan} / applied`
const refused = `${plan} / refused`

/** Files of one cluster with a setting. */

const insightsOf = (name: string): unknown =>
  world.simulator
    .region()
    .clusters.get(name)
    ?.settings?.find(one => one.name === 'containerInsights')?.value

function expectApplied(ran: Ran, commit: string): void {
  expect(ran.problems).toEqual([])
  expect(ran.report?.result).toBe('succeeded')
  expect(world.checks(commit, applied)).toMatchObject([{ conclusion: 'success' }])
}

/** Refused: nothing was changed, the check stands on the commit, and the message says how to go on. */
function expectRefused(ran: Ran, commit: string, mark: number): string {
  expect(ran.failed).toBe(true)
  expect(world.modifying(mark)).toEqual([])
  expect(ran.report?.result).toBe('refused')
  expect(world.checks(commit, applied)).toEqual([])
  const [check] = world.checks(commit, refused)
  expect(check).toMatchObject({
    conclusion: 'failure',
    externalId: ran.plan?.digest,
    output: { text: expect.not.stringContaining('claims') },
  })
  const [said = ''] = ran.problems.slice(-1)
  expect(said).toContain(`approved-digest: ${ran.plan?.digest}`)
  expect(said).toContain('open a pull request')
  return said
}

describe('merged by', () => {
  test.each<MergeMethod>(['merge', 'squash', 'rebase'])('%s', async method => {
    const pull = world.repository.open([setting('other', 'enabled'), manifests.cluster, manifests.web])
    await world.plan(pull)
    const push = world.repository.merge(pull, method)
    expectApplied(await world.push(push), push.after)
  })

  test('a merge queue: each group shows nothing new, and the push applies them all', async () => {
    const pulls = [await world.propose(manifests.web), await world.propose(setting('other', 'enabled'))]
    const groups = world.repository.enqueue(pulls)
    for (const group of groups) expect((await world.mergeGroup(group)).problems).toEqual([])
    const push = world.repository.land(groups)
    expectApplied(await world.push(push), push.after)
    for (const pull of pulls) expect(world.comments(pull)[0]).toContain('applied')
  })

  test('a push of several pull requests', async () => {
    const pulls: Pull[] = []
    for (const name of ['one', 'two', 'three']) pulls.push(await world.propose(setting(name, 'enabled')))
    const before = world.repository.head()
    for (const pull of pulls) world.repository.merge(pull, 'squash')
    const after = world.repository.head()
    expectApplied(await world.push({ before, after }), after)
    expect(['one', 'two', 'three'].map(insightsOf)).toEqual(['enabled', 'enabled', 'enabled'])
  })

  test('two within a minute, to one particle, applied by the second push alone', async () => {
    await world.settle({ ...manifests.web, ...setting('main', 'disabled') })
    const one = await world.propose(setting('main', 'enabled'))
    const two = await world.propose({
      'particles/web.yml': manifests.web['particles/web.yml'].replace('desiredCount: 1', 'desiredCount: 2'),
    })
    const first = world.repository.merge(one, 'squash')
    world.simulator.advance(20)
    const second = world.repository.merge(two, 'squash')
    expectApplied(await world.push(second), second.after)
    const late = await world.push(first)
    expect(late.report?.result).toBe('superseded')
    expect(insightsOf('main')).toBe('enabled')
  })

  test('a squash whose pull request GitHub lists a minute later', async () => {
    world.github.lag.ofCommit = 60_000
    world.github.lag.closed = 60_000
    const pull = await world.propose(manifests.cluster)
    const push = world.repository.merge(pull, 'squash')
    const began = world.now()
    expectApplied(await world.push(push), push.after)
    expect(world.now() - began).toBeGreaterThanOrEqual(60_000)
    expect(world.now() - began).toBeLessThan(90_000)
  })
})

describe('what is not finished', () => {
  test('is finished by the next commit: claims add up since the last applied one', async () => {
    await world.settle(manifests.cluster)
    const one = await world.propose(setting('other', 'enabled'))
    const denied = ['ecs:CreateCluster']
    world.simulator.deny(denied)
    const failed = await world.land(one)
    expect(failed.report?.result).toBe('failed')
    world.simulator.deny([])
    const two = await world.propose(setting('main', 'enabled'))
    const push = world.repository.merge(two, 'squash')
    expectApplied(await world.push(push), push.after)
    expect([insightsOf('main'), insightsOf('other')]).toEqual(['enabled', 'enabled'])
    expect(world.comments(one)[0]).toContain('applied')
  })

  test('a run that is started again does nothing twice, and marks the commit', async () => {
    const pull = await world.propose(manifests.shop)
    const push = world.repository.merge(pull)
    await world.push(push)
    const mark = world.mark
    const again = await world.push(push)
    expect(again.report).toMatchObject({ result: 'succeeded', steps: [] })
    expect(world.modifying(mark)).toEqual([])
    expect(world.checks(push.after, applied)).toHaveLength(2)
  })

  test('the applied check is written with nothing to do', async () => {
    await world.settle(manifests.cluster)
    const pull = await world.propose({ 'README.md': 'words' })
    const push = world.repository.merge(pull, 'squash')
    expectApplied(await world.push(push), push.after)
  })
})

describe('refused before anything is changed', () => {
  test('a push without a pull request', async () => {
    await world.settle(manifests.cluster)
    const push = world.repository.push(setting('main', 'enabled'))
    const mark = world.mark
    const ran = await world.push(push)
    const said = expectRefused(ran, push.after, mark)
    expect(said).toContain(`commit ${push.after.slice(0, 7)} came without a pull request that GitHub knows of`)
    expect(ran.problems[0]).toContain('particles/main.yml:1:1 ecs_cluster:main: update (settings[containerInsights]')
    expect(world.checks(push.after, refused)[0]?.output.summary).toContain('was not reviewed')
  })

  test('and is let through by its digest', async () => {
    await world.settle(manifests.cluster)
    const push = world.repository.push(setting('main', 'enabled'))
    const { plan: shown } = await world.push(push)
    const approved = await world.push(push, { 'approved-digest': shown?.digest ?? '' })
    expectApplied(approved, push.after)
    expect(insightsOf('main')).toBe('enabled')
  })

  test('the whole of a push, when one of two changes was not reviewed', async () => {
    await world.settle(manifests.cluster)
    const pull = await world.propose(setting('main', 'enabled'))
    world.repository.merge(pull, 'squash')
    const push = world.repository.push(setting('other', 'enabled'))
    const mark = world.mark
    const ran = await world.push(push)
    expectRefused(ran, push.after, mark)
    expect(ran.problems[0]).toContain('ecs_cluster:other: start')
    expect(ran.problems.join()).not.toContain('ecs_cluster:main')
    // Whoever merged the pull request learns from its comment why it is not applied.
    const [comment = ''] = world.comments(pull)
    expect(comment).toContain('Refused before anything was changed')
    expect(comment).toMatch(/particles\/other\.yml:1:1 ecs_cluster:other: start \(clusterName.*\) was not reviewed/)
    expect(ran.report?.error?.details).toEqual([expect.stringContaining('ecs_cluster:other: start')])
  })

  test('and the comment names the digest that lets it through once', async () => {
    await world.settle(manifests.cluster)
    const pull = await world.propose(setting('main', 'enabled'))
    world.repository.merge(pull, 'squash')
    const push = world.repository.push(setting('other', 'enabled'))
    for (const given of [{}, { 'approved-digest': `sha256:${'0'.repeat(64)}` }]) {
      const ran = await world.push(push, given)
      const [comment = ''] = world.comments(pull)
      expect(comment.split(ran.plan?.digest ?? '')).toHaveLength(2)
      expect(ran.report?.error?.message).toContain(ran.plan?.digest)
    }
  })

  test('a revert has a plan of its own, a revert by push has not', async () => {
    await world.settle(manifests.cluster)
    await world.settle(setting('main', 'enabled'))
    const revert = await world.propose(setting('main', 'disabled'))
    const push = world.repository.merge(revert, 'squash')
    expectApplied(await world.push(push), push.after)
    const mark = world.mark
    const back = world.repository.push(setting('main', 'enabled'))
    expectRefused(await world.push(back), back.after, mark)
  })

  test('a pull request from a fork, whose manifests were only validated', async () => {
    await world.settle(manifests.cluster)
    const fork = world.repository.open([setting('main', 'enabled')], { fork: true })
    const push = world.repository.merge(fork, 'squash')
    const mark = world.mark
    expect(expectRefused(await world.push(push), push.after, mark)).toContain('it came from a fork')
  })

  test("a pull request that the workflow's own token opened, whose workflows never ran", async () => {
    await world.settle(manifests.cluster)
    const author = { login: 'github-actions[bot]', type: 'Bot' } as const
    const pull = world.repository.open([setting('main', 'enabled')], { author })
    const push = world.repository.merge(pull, 'squash')
    const mark = world.mark
    expect(expectRefused(await world.push(push), push.after, mark)).toContain(
      'what GITHUB_TOKEN opens starts no workflow',
    )
  })

  test('a plan that another app has written', async () => {
    await world.settle(manifests.cluster)
    const pull = await world.propose(setting('main', 'enabled'))
    const [own] = world.checks(pull.headSha, plan)
    if (!own) throw new Error('there is no plan')
    world.github.checks.splice(world.github.checks.indexOf(own), 1)
    world.github.check({ ...own, app: 'somebody-else' })
    const push = world.repository.merge(pull, 'squash')
    const mark = world.mark
    expect(expectRefused(await world.push(push), push.after, mark)).toContain('written by another app')
  })

  test('a plan of another release, which is not understood', async () => {
    await world.settle(manifests.cluster)
    const pull = await world.propose(setting('main', 'enabled'))
    const [check] = world.checks(pull.headSha, plan)
    if (!check) throw new Error('there is no plan')
    check.output.text = check.output.text?.replace('format 2', 'format 3') ?? null
    const push = world.repository.merge(pull, 'squash')
    const mark = world.mark
    expect(expectRefused(await world.push(push), push.after, mark)).toContain(
      `the plan of pull request #${pull.number} was made by a later release, in format 3 of claims, and this one reads format 2, so it reviewed nothing: plan open pull requests again with this release`,
    )
  })

  test('a plan that was completed only after the merge', async () => {
    await world.settle(manifests.cluster)
    const pull = world.repository.open([setting('main', 'enabled')])
    const push = world.repository.merge(pull, 'squash')
    world.simulator.advance(30)
    await world.plan(pull)
    const mark = world.mark
    const said = expectRefused(await world.push(push), push.after, mark)
    expect(said).toMatch(
      /pull request #2 reviewed nothing: its plan "particles \/ production" was completed at \S+Z, after it was merged at \S+Z, so nobody can have reviewed it; wait for the plan before merging/,
    )
  })

  test('what a later plan shows beside what was shown before the merge', async () => {
    await world.settle(manifests.cluster)
    const pull = await world.propose(setting('main', 'enabled'))
    const push = world.repository.merge(pull, 'squash')
    world.simulator.advance(30)
    // Somebody changes AWS, and has the plan made once more: the merged pull request now shows that too.
    world.simulator.region().clusters.delete('main')
    await world.plan(pull)
    const mark = world.mark
    const ran = await world.push(push)
    expectRefused(ran, push.after, mark)
    expect(ran.problems[0]).toContain('ecs_cluster:main: start')
  })

  test('drift that nobody reviewed', async () => {
    await world.settle({ ...manifests.cluster, ...setting('other', 'disabled') })
    const other = world.simulator.region().clusters.get('other')
    if (!other) throw new Error('there is no cluster')
    other.settings = [{ name: 'containerInsights', value: 'enhanced' }]
    const push = world.repository.push({ 'README.md': 'words' })
    const mark = world.mark
    const said = expectRefused(await world.push(push), push.after, mark)
    expect(said).toContain('drift in AWS counts as a change too')
  })

  test('what was shown on another environment only', async () => {
    await world.settle(manifests.cluster)
    const pull = await world.propose(setting('main', 'enabled'), { environment: 'staging' })
    const push = world.repository.merge(pull, 'squash')
    const mark = world.mark
    expect(expectRefused(await world.push(push), push.after, mark)).toContain(
      'it has no check "particles / production"',
    )
  })

  test('the plan of a refused push is no review of the next one', async () => {
    await world.settle(manifests.cluster)
    const push = world.repository.push(setting('main', 'enabled'))
    await world.push(push)
    const mark = world.mark
    expectRefused(await world.push(push), push.after, mark)
  })

  test('a plan that was skipped or failed is none', async () => {
    await world.settle(manifests.cluster)
    const pull = world.repository.open([{ [clusterAt('main')]: 'flavor: nonsense' }])
    expect((await world.plan(pull)).failed).toBe(true)
    world.repository.push(setting('main', 'enabled'), 'More', pull.head)
    const push = world.repository.merge(pull, 'squash')
    world.repository.push(setting('main', 'enabled'))
    const mark = world.mark
    const after = world.repository.head()
    const ran = await world.push({ before: push.before, after })
    expect(expectRefused(ran, after, mark)).toContain('did not succeed')
  })

  test.each([
    ['checks: read', { contents: 'read', 'pull-requests': 'write' }],
    ['pull-requests: read', { contents: 'read', checks: 'write' }],
    ['contents: read', { checks: 'write', 'pull-requests': 'write' }],
  ] as const)('and names the right that is missing: %s', async (right, permissions) => {
    await world.settle(manifests.cluster)
    const pull = await world.propose(setting('main', 'enabled'))
    const push = world.repository.merge(pull, 'squash')
    world.github.tokens.set(token, { ...actionsToken, permissions })
    const mark = world.mark
    const ran = await world.push(push)
    expect(ran.failed).toBe(true)
    expect(world.modifying(mark)).toEqual([])
    expect(ran.problems.at(-1)).toContain(`the token lacks "${right}"; add it to the job's permissions`)
    // Said once.
    expect(ran.problems.at(-1)?.split('the token lacks')).toHaveLength(2)
  })

  test('without a token', async () => {
    await world.settle(manifests.cluster)
    const push = world.repository.merge(await world.propose(setting('main', 'enabled')), 'squash')
    const mark = world.mark
    const ran = await world.push(push, { 'github-token': '' })
    expect(ran.failed).toBe(true)
    expect(world.modifying(mark)).toEqual([])
    expect(ran.problems.at(-1)).toContain('there is no github-token to look up what was reviewed')
  })
})

describe('superseded', () => {
  test('an old run that is started again passes and does nothing', async () => {
    const one = await world.propose(setting('main', 'disabled'))
    const old = world.repository.merge(one, 'squash')
    expectApplied(await world.push(old), old.after)
    await world.settle(setting('main', 'enabled'))
    const mark = world.mark
    const ran = await world.push(old)
    expect(ran.failed).toBe(false)
    expect(ran.report).toMatchObject({ result: 'superseded', error: { code: 'Superseded' } })
    expect(world.mark).toBe(mark)
    expect(insightsOf('main')).toBe('enabled')
    expect(ran.said.join('\n')).toContain(
      `commit ${world.repository.head().slice(0, 7)}, which is newer, is applied already`,
    )
  })

  test('also one that was approved, and one by hand', async () => {
    await world.settle(setting('main', 'disabled'))
    const sha = world.repository.head()
    await world.settle(setting('main', 'enabled'))
    const mark = world.mark
    const happening = { name: 'workflow_dispatch', sha, ref: 'refs/heads/main', payload: {} }
    const given = { command: 'apply', 'approved-digest': `sha256:${'0'.repeat(64)}` }
    const ran = await world.run(happening, given)
    expect(ran.report?.result).toBe('superseded')
    expect(world.mark).toBe(mark)
  })
})

describe('a merge group', () => {
  test('fails when it holds what its pull request did not show', async () => {
    await world.settle(manifests.cluster)
    const pull = await world.propose(setting('main', 'enabled'))
    // Drift, since the plan was made.
    await world.simulator.sleep(1_000)
    const main = world.simulator.region().clusters.get('main')
    if (!main) throw new Error('there is no cluster')
    main.settings = [{ name: 'containerInsights', value: 'enhanced' }]
    const [group] = world.repository.enqueue([pull])
    if (!group) throw new Error('the queue is empty')
    const ran = await world.mergeGroup(group)
    expect(ran.failed).toBe(true)
    expect(ran.problems[0]).toContain('ecs_cluster:main: update (settings[containerInsights]')
    expect(ran.problems.at(-1)).toContain('this merge group must not be merged')
    expect(world.checks(group.headSha, plan)).toMatchObject([{ conclusion: 'failure', output: { text: null } }])
    expect(ran.plan?.claims).toBeUndefined()
  })

  test('fails without a token, as nobody can tell what was shown', async () => {
    const [group] = world.repository.enqueue([await world.propose(manifests.cluster)])
    if (!group) throw new Error('the queue is empty')
    expect((await world.mergeGroup(group, { 'github-token': '' })).problems.at(-1)).toContain(
      'there is no github-token',
    )
  })

  test('passes when nothing needs a review', async () => {
    const [group] = world.repository.enqueue([world.repository.open([manifests.cluster])])
    if (!group) throw new Error('the queue is empty')
    expect((await world.mergeGroup(group, { 'require-review': 'false' })).problems).toEqual([])
    expect((await world.mergeGroup(group)).failed).toBe(true)
  })
})

describe('let through', () => {
  test('an approved digest: a plan job shows it, an apply job does exactly that', async () => {
    await world.settle(manifests.cluster)
    world.repository.push(setting('main', 'enabled'))
    const { outputs } = await world.byHand({ command: 'plan' })
    expect(outputs['has-changes']).toBe(true)
    const ran = await world.byHand({ command: 'apply', 'approved-digest': String(outputs.digest) })
    expectApplied(ran, world.repository.head())
  })

  test('or nothing, when AWS has changed since', async () => {
    await world.settle(manifests.cluster)
    world.repository.push(setting('main', 'enabled'))
    const { outputs } = await world.byHand({ command: 'plan' })
    world.simulator.region().clusters.delete('main')
    const mark = world.mark
    const ran = await world.byHand({ command: 'apply', 'approved-digest': String(outputs.digest) })
    expect(ran.failed).toBe(true)
    expect(world.modifying(mark)).toEqual([])
    expect(ran.problems[0]).toContain(`approved-digest is ${outputs.digest}; look at the plan again`)
  })

  test('an approved push tells the comment of its pull request', async () => {
    await world.settle(manifests.cluster)
    const pull = await world.propose(setting('main', 'enabled'))
    const push = world.repository.merge(pull, 'squash')
    await world.push(push, { 'approved-digest': pull.ran.plan?.digest ?? '' })
    expect(world.comments(pull)).toEqual([expect.stringContaining('✅ applied')])
  })

  test('without require-review anything is applied, and comments are kept all the same', async () => {
    await world.settle(manifests.cluster)
    const pull = await world.propose(setting('main', 'enabled'), { 'require-review': 'false' })
    expect(world.comments(pull)[0]).toContain('`require-review` is off')
    const main = world.simulator.region().clusters.get('main')
    if (!main) throw new Error('there is no cluster')
    main.settings = [{ name: 'containerInsights', value: 'enhanced' }]
    const push = world.repository.merge(pull, 'squash')
    expectApplied(await world.push(push, { 'require-review': 'false' }), push.after)
    expect(world.comments(pull)).toEqual([expect.stringContaining('✅ applied')])
  })
})
