/** A review belongs to one pull request and one branch, and nothing is applied from anywhere else. */
import { beforeEach, describe, expect } from '@jest/globals'
import { manifests, setting } from '../world/manifests.ts'
import type { Ran } from '../world/run.ts'
import { story } from '../world/story.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
})

const plan = 'particles / production'
const digestOf = (ran: Ran): string => ran.plan?.digest ?? ''

/** Refused, and nothing was changed. Returns the sentence that says why. */
function expectRefused(ran: Ran, mark: number): string {
  expect(ran.failed).toBe(true)
  expect(ran.report?.result).toBe('refused')
  expect(world.modifying(mark)).toEqual([])
  return ran.problems.at(-1) ?? ''
}

describe('Nothing is applied that was not reviewed', () => {
  story(
    "a pull request is merged into its author's own branch, and that branch is applied by hand",
    'the apply is refused and names the branch and apply-branches',
    async () => {
      await world.settle(manifests.cluster)
      world.repository.branch('ada/own')
      const pull = world.repository.open([setting('main', 'enabled')], { base: 'ada/own' })
      await world.plan(pull)
      world.repository.merge(pull, 'squash')
      const mark = world.mark
      const said = expectRefused(await world.byHand({ command: 'apply' }, 'workflow_dispatch', 'ada/own'), mark)
      expect(said).toBe(
        'nothing was applied: the branch ada/own is not among apply-branches (main), and nothing is applied from another; merge it into one of those by a pull request, or name it in apply-branches',
      )
      expect(world.mark).toBe(mark)
    },
  )

  story(
    "a pull request is merged into its author's own branch, and main is put forward to it by a push",
    'the push is refused: what was reviewed into another branch is no review of this one',
    async () => {
      await world.settle(manifests.cluster)
      world.repository.branch('ada/own')
      const pull = world.repository.open([setting('main', 'enabled')], { base: 'ada/own' })
      await world.plan(pull)
      const { after } = world.repository.merge(pull, 'squash')
      const mark = world.mark
      const said = expectRefused(await world.push(world.repository.fastForward(after)), mark)
      expect(said).toContain('pull request #2 was merged into ada/own, not into main, and so reviewed nothing here')
    },
  )

  story(
    'a merge commit of somebody’s own branch carries a pull request that was merged there by rebase',
    'the push is refused',
    async () => {
      await world.settle(manifests.cluster)
      world.repository.branch('ada/own')
      const pull = world.repository.open([setting('main', 'enabled'), setting('other', 'enabled')], { base: 'ada/own' })
      await world.plan(pull)
      const { after } = world.repository.merge(pull, 'rebase')
      const mark = world.mark
      expectRefused(await world.push(world.repository.fastForward(after)), mark)
    },
  )

  story(
    'two pull requests have the same head commit, and only the one into another branch was planned',
    'the plan of the one is no review of the other',
    async () => {
      await world.settle(manifests.cluster)
      world.repository.branch('next')
      const planned = world.repository.open([setting('main', 'enabled')], { base: 'next' })
      await world.plan(planned)
      const twin = world.repository.open([], { head: planned.head })
      expect(twin.headSha).toBe(planned.headSha)
      const push = world.repository.merge(twin, 'squash')
      const mark = world.mark
      expect(expectRefused(await world.push(push), mark)).toContain(
        `pull request #3 reviewed nothing: the plans "${plan}" of its head commit are of pull request #2 into next, not of this one`,
      )
    },
  )

  story(
    'two pull requests have the same head commit, and the newest plan there is that of the other one',
    'the older plan that is its own still counts',
    async () => {
      await world.settle(manifests.cluster)
      world.repository.branch('next')
      const pull = await world.propose(setting('main', 'enabled'))
      await world.plan(world.repository.open([], { base: 'next', head: pull.head }))
      expect((await world.land(pull)).report?.result).toBe('succeeded')
    },
  )

  story(
    'the base of a pull request is changed after its plan, and it is merged without a new one',
    'the push is refused, and says which base the plan was for',
    async () => {
      await world.settle(manifests.cluster)
      world.repository.branch('next')
      const pull = world.repository.open([setting('main', 'enabled')], { base: 'next' })
      await world.plan(pull)
      world.repository.retarget(pull, 'main')
      const push = world.repository.merge(pull, 'squash')
      const mark = world.mark
      expect(expectRefused(await world.push(push), mark)).toContain(
        `pull request #2 reviewed nothing: its newest plan "${plan}" was made for the base next, not for main; have it planned again after its base is changed (on: pull_request, types: edited)`,
      )
    },
  )

  story(
    'the base of a pull request is changed there and back again, and the plan in between is the newest',
    'the plan that was looked at last is for another base and does not count, and neither does an older one',
    async () => {
      await world.settle(manifests.cluster)
      world.repository.branch('next')
      const pull = await world.propose(setting('main', 'enabled'))
      world.repository.retarget(pull, 'next')
      await world.plan(pull)
      world.repository.retarget(pull, 'main')
      const mark = world.mark
      expect(expectRefused(await world.land(pull), mark)).toContain('was made for the base next, not for main')
    },
  )

  story('the base is changed and planned again', 'the new plan counts', async () => {
    await world.settle(manifests.cluster)
    world.repository.branch('next')
    const pull = world.repository.open([setting('main', 'enabled')], { base: 'next' })
    await world.plan(pull)
    world.repository.retarget(pull, 'main')
    await world.plan(pull)
    expect((await world.land(pull)).report?.result).toBe('succeeded')
  })

  story('an apply is started on a tag of a reviewed commit', 'it is refused: a tag is no branch', async () => {
    await world.settle(manifests.cluster)
    world.repository.merge(await world.propose(setting('main', 'enabled')), 'squash')
    const mark = world.mark
    const happening = { name: 'workflow_dispatch', sha: world.repository.head(), ref: 'refs/tags/v1', payload: {} }
    expect(expectRefused(await world.run(happening, { command: 'apply' }), mark)).toBe(
      'nothing was applied: refs/tags/v1 is no branch; run this on one of apply-branches (main)',
    )
  })

  story(
    'command: apply is set in a workflow of pull requests',
    'it is refused: the test merge of a pull request is no branch',
    async () => {
      await world.settle(manifests.cluster)
      const pull = await world.propose(setting('main', 'enabled'))
      const mark = world.mark
      expect(expectRefused(await world.plan(pull, { command: 'apply' }), mark)).toContain('is no branch')
    },
  )

  story(
    'somebody approves the digest of what stands on a feature branch, and applies it from there',
    'it is refused: a digest lets through a plan, and no other branch',
    async () => {
      await world.settle(manifests.cluster)
      world.repository.branch('feature/x')
      world.repository.push(setting('main', 'enabled'), 'Change', 'feature/x')
      const shown = await world.byHand({ command: 'plan' }, 'workflow_dispatch', 'feature/x')
      const mark = world.mark
      const given = { command: 'apply', 'approved-digest': digestOf(shown) }
      expect(expectRefused(await world.byHand(given, 'workflow_dispatch', 'feature/x'), mark)).toContain(
        'the branch feature/x is not among apply-branches (main)',
      )
    },
  )

  story(
    'apply-branches names another branch by a glob',
    'pull requests into that one are reviews, and the default branch is applied no more',
    async () => {
      const given = { 'apply-branches': 'release/*' }
      world.repository.branch('release/1')
      const pull = world.repository.open([manifests.cluster], { base: 'release/1' })
      await world.plan(pull, given)
      expect(world.comments(pull)[0]).toContain('Merging applies exactly this')
      const push = world.repository.merge(pull, 'squash')
      const ran = await world.push(push, given, 'release/1')
      expect(ran.problems).toEqual([])
      expect(ran.report?.result).toBe('succeeded')
      expect(world.checks(push.after, `${plan} / applied`)).toHaveLength(1)
      const direct = await world.push(world.repository.push(setting('main', 'enabled')), given)
      expect(direct.report).toBeUndefined()
      expect(direct.said[0]).toBe('plan: only a push to release/* is applied; main is planned')
      const mark = world.mark
      expectRefused(await world.byHand({ ...given, command: 'apply' }), mark)
    },
  )

  story(
    'a pull request was merged into one of two branches of apply-branches, and the other is put forward to it',
    'the push of the other is refused',
    async () => {
      const given = { 'apply-branches': 'main, release/*' }
      await world.settle(manifests.cluster, given)
      world.repository.branch('release/1')
      const pull = world.repository.open([setting('main', 'enabled')], { base: 'release/1' })
      await world.plan(pull, given)
      const { after } = world.repository.merge(pull, 'squash')
      const mark = world.mark
      expect(expectRefused(await world.push(world.repository.fastForward(after), given), mark)).toContain(
        'was merged into release/1, not into main',
      )
    },
  )

  story(
    'a pull request is opened into a branch that is never applied',
    'comment, check, summary and log show its plan, and each says that merging applies nothing',
    async () => {
      await world.settle(manifests.cluster)
      world.simulator.region().clusters.clear()
      world.repository.branch('next')
      const pull = world.repository.open([manifests.web], { base: 'next' })
      const ran = await world.plan(pull)
      const [comment = ''] = world.comments(pull)
      const [check] = world.checks(pull.headSha, plan)
      const says = '**Merging applies nothing**: `next` is not among `apply-branches` (main).'
      for (const text of [comment, ran.summary, check?.output.summary ?? '']) {
        expect(text.split('\n').find(line => line.startsWith('**'))).toContain(says)
        expect(text.toLowerCase().match(/merging[^;.*]*/g)).toEqual(['merging applies nothing'])
      }
      expect(check?.output.title).toBe('2 to start; drift: 1 to start; merging into next applies nothing')
      const log = ran.said.join('\n')
      expect(log).toContain('Merging applies nothing: next is not among apply-branches (main).')
      expect(log.match(/merging/gi)).toHaveLength(1)
    },
  )

  story(
    'a merge queue stands before a branch that is never applied',
    'the check of its groups says that merging applies nothing',
    async () => {
      await world.settle(manifests.cluster)
      world.repository.branch('next')
      const pull = world.repository.open([setting('main', 'enabled')], { base: 'next' })
      await world.plan(pull)
      const [group] = world.repository.enqueue([pull])
      if (!group) throw new Error('the queue is empty')
      await world.mergeGroup(group)
      expect(world.checks(group.headSha, plan)[0]?.output.title).toBe('1 to change; merging into next applies nothing')
    },
  )

  story(
    'a repository without require-review names its branches',
    'nothing is applied from another one all the same',
    async () => {
      world.repository.branch('sandbox')
      world.repository.push(manifests.cluster, 'Try', 'sandbox')
      const given = { command: 'apply', 'require-review': 'false' }
      const named = await world.byHand({ ...given, 'apply-branches': 'main' }, 'workflow_dispatch', 'sandbox')
      expectRefused(named, 0)
      const open = await world.byHand(given, 'workflow_dispatch', 'sandbox')
      expect(open.report?.result).toBe('succeeded')
      expect(world.github.checks).toEqual([])
    },
  )

  story(
    'the check of a plan is copied by hand to another pull request',
    'it names the pull request and the base that it was made for',
    async () => {
      const pull = await world.propose(manifests.cluster)
      const [check] = world.checks(pull.headSha, plan)
      expect(check?.output.text?.split('\n').slice(0, 2)).toEqual([
        expect.stringMatching(/^ecs-particles claims, format \d+, part 1 of 1$/),
        'pull request #1 into main',
      ])
      const [group] = world.repository.enqueue([pull])
      if (!group) throw new Error('the queue is empty')
      await world.mergeGroup(group)
      expect(world.checks(group.headSha, plan)[0]?.output.text?.split('\n')[1]).toBe('merge group into main')
    },
  )
})
