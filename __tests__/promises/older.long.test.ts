/** Applies that come late, twice or side by side: an older one never goes back behind a newer one. */
import { beforeEach, describe, expect } from '@jest/globals'
import type { Push } from '../../simulator/github/repository.ts'
import { actionsToken } from '../../simulator/github/server.ts'
import { mergedEvent, token } from '../world/github.ts'
import { manifests, setting } from '../world/manifests.ts'
import type { Ran } from '../world/run.ts'
import { story } from '../world/story.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
  world.simulator.setThrottling(false)
})

const applied = 'particles / production / applied'
const begun = 'particles / production / begun'
const insightsOf = (name: string): unknown =>
  world.simulator
    .region()
    .clusters.get(name)
    ?.settings?.find(one => one.name === 'containerInsights')?.value

const merged = async (edits: Readonly<Record<string, string>>): Promise<Push> =>
  world.repository.merge(await world.propose(edits), 'squash')

/** Something that happens at the moment when a call reaches ECS, once. */
function at(operation: string, happen: () => void): void {
  let happened = false
  world.simulator.inject({
    operation,
    fault: { kind: 'deny' },
    when: () => {
      if (!happened) {
        happened = true
        happen()
      }
      return false
    },
  })
}

const marked = (commit: string, name: string, conclusion = 'success') =>
  world.github.check({ name, commit, conclusion, app: 'github-actions' })

/** Passed, and nothing that was not begun was done. */
function expectSuperseded(ran: Ran): string {
  expect(ran.problems).toEqual([])
  expect(ran.failed).toBe(false)
  expect(ran.report?.result).toBe('superseded')
  return ran.report?.error?.message ?? ''
}

const resultsOf = ({ report }: Ran) =>
  Object.fromEntries(report?.steps.map(({ particle, result }) => [particle, result]) ?? [])

describe('Nothing is applied that was not reviewed', () => {
  story(
    'an old run is started again by hand after a newer apply has failed half way',
    'nothing is done: an apply that has begun to write counts, however it ended',
    async () => {
      await world.settle({ ...setting('main', 'disabled'), ...setting('other', 'disabled') })
      const old = world.repository.head()
      const newer = await merged({ ...setting('main', 'enabled'), ...setting('other', 'enabled') })
      world.simulator.inject({ operation: 'UpdateCluster', nth: 2, always: true, fault: { kind: 'deny' } })
      expect((await world.push(newer)).report?.result).toBe('failed')
      world.simulator.clearFaults()
      expect(world.checks(newer.after, begun)).toMatchObject([{ conclusion: 'neutral', output: { text: null } }])
      const mark = world.mark
      const ran = await world.push({ before: old, after: old })
      expect(expectSuperseded(ran)).toBe(
        `commit ${newer.after.slice(0, 7)}, which is newer, has begun to be applied: nothing is done`,
      )
      expect(world.mark).toBe(mark)
      // The newer one itself is finished by its own run.
      expect((await world.push(newer)).report?.result).toBe('succeeded')
    },
  )

  story(
    'pull requests are applied when they are closed, and the run of an older one is started again',
    'the commit of the merge is marked, and the older run does nothing',
    async () => {
      const pulls = []
      for (const insights of ['disabled', 'enabled'] as const) {
        const pull = await world.propose(setting('main', insights))
        const event = mergedEvent(pull, world.repository.merge(pull, 'squash'))
        expect((await world.run(event, { command: 'apply' })).problems).toEqual([])
        expect(world.checks(event.sha, applied)).toHaveLength(1)
        expect(world.comments(pull).join()).toContain('applied')
        pulls.push(event)
      }
      const [older, newer] = pulls
      if (older) expectSuperseded(await world.run(older, { command: 'apply' }))
      // What is only planned then is no pull request's plan any more, and takes the place of no record.
      const before = world.github.comments.map(({ body }) => body)
      if (newer) await world.run(newer)
      expect(world.github.comments.map(({ body }) => body)).toEqual(before)
    },
  )

  story(
    'a newer apply is killed right after its first call',
    'its commit says that it has begun, and the older run does nothing',
    async () => {
      await world.settle(setting('main', 'disabled'))
      const old = world.repository.head()
      const newer = await merged(setting('main', 'enabled'))
      let alreadyMarked = 0
      at('UpdateCluster', () => {
        alreadyMarked = world.checks(newer.after, begun).length
      })
      world.simulator.inject({ operation: 'UpdateCluster', always: true, fault: { kind: 'deny' } })
      await world.push(newer)
      expect(alreadyMarked).toBe(1)
      world.simulator.clearFaults()
      expectSuperseded(await world.push({ before: old, after: old }))
    },
  )

  story(
    'a newer commit is applied while the older apply is between two steps',
    'what is not begun is not begun any more, the result is superseded and no success is claimed',
    async () => {
      const old = await merged(manifests.web)
      at('RegisterTaskDefinition', () => {
        marked(world.repository.push({ 'README.md': 'x' }).after, applied)
        world.simulator.advance(11)
      })
      const ran = await world.push(old)
      expect(expectSuperseded(ran)).toContain('which is newer, is applied already')
      expect(resultsOf(ran)).toEqual({
        'ecs_cluster:main': 'succeeded',
        'ecs_task_definition:web': 'succeeded',
        'ecs_service:web': 'skipped',
      })
      expect(ran.report?.steps.find(({ result }) => result === 'skipped')?.error).toMatchObject({ code: 'Superseded' })
      expect(world.modifying()).not.toContain('CreateService')
      expect(world.checks(old.after, applied)).toEqual([])
      expect(world.comments({ number: 1 } as never)[0]).toMatch(
        /\*\*2 of 3 done, 1 skipped\*\*.*which is newer, is applied already/,
      )
    },
  )

  story(
    'a newer apply begins while the older one plans',
    'the older one looks again before its first call, and makes none',
    async () => {
      await world.settle(setting('main', 'disabled'))
      const old = await merged(setting('main', 'enabled'))
      const mark = world.mark
      at('DescribeClusters', () => marked(world.repository.push({ 'README.md': 'x' }).after, begun, 'neutral'))
      const ran = await world.push(old)
      expectSuperseded(ran)
      expect(world.modifying(mark)).toEqual([])
      expect(world.checks(old.after, begun)).toEqual([])
      expect(insightsOf('main')).toBe('disabled')
    },
  )

  story(
    'the older apply has waited in the queue until a newer one was done',
    'it does nothing, says so and passes',
    async () => {
      await world.settle(setting('main', 'disabled'))
      const old = await merged(setting('main', 'enabled'))
      const newer = await merged(setting('main', 'enhanced'))
      expect((await world.push({ before: old.before, after: newer.after })).report?.result).toBe('succeeded')
      world.simulator.advance(3_600)
      const mark = world.mark
      expectSuperseded(await world.push(old))
      expect(world.mark).toBe(mark)
    },
  )

  story(
    'two commits are pushed one second apart, and both runs apply at once',
    'the newer one wins, whichever is faster, and the older one takes nothing back',
    async () => {
      await world.settle({ ...manifests.web, ...setting('main', 'disabled') })
      const web = manifests.web['particles/web.yml']
      const first = await merged({
        ...setting('main', 'enabled'),
        'particles/web.yml': web.replace('web:1', 'web:2'),
      })
      const second = await merged({
        ...setting('main', 'enhanced'),
        'particles/web.yml': web.replace('web:1', 'web:3'),
      })
      const older = world.push(first)
      world.simulator.advance(1)
      const newer = world.push({ before: first.before, after: second.after })
      await Promise.all([older, newer])
      // Should both have written at the same moment, the newer one says so, and its next run finishes.
      const again = await world.push({ before: first.before, after: second.after })
      expect(again.report?.result).toBe('succeeded')
      expect(insightsOf('main')).toBe('enhanced')
      const mark = world.mark
      expectSuperseded(await world.push(first))
      expect(world.mark).toBe(mark)
    },
  )

  story(
    'sixty pull requests are merged after the commit whose old run is started again',
    'the applied one behind them is found: nothing is done',
    async () => {
      await world.settle(setting('main', 'disabled'))
      const old = world.repository.head()
      await world.settle(setting('main', 'enabled'))
      for (let index = 0; index < 60; index++) {
        const pull = world.repository.open([{ [`a${index}`]: '1' }, { [`b${index}`]: '1' }, { [`c${index}`]: '1' }])
        world.repository.merge(pull)
      }
      const mark = world.mark
      expectSuperseded(await world.push({ before: old, after: old }))
      expect(world.mark).toBe(mark)
    },
  )

  story(
    'a commit of a side branch carries an applied check, and that branch is merged',
    'it supersedes nothing: only what stood on the branch itself was applied there',
    async () => {
      await world.settle(setting('main', 'disabled'))
      const old = await merged(setting('main', 'enabled'))
      const side = world.repository.open([{ 'README.md': 'x' }], { from: old.before })
      marked(side.headSha, applied)
      marked(side.headSha, begun, 'neutral')
      world.repository.merge(side, 'merge')
      expect((await world.push(old)).report?.result).toBe('succeeded')
    },
  )

  story('another app writes checks that say a newer commit has begun', 'they do not count', async () => {
    const old = await merged(setting('main', 'enabled'))
    const newer = world.repository.push({ 'README.md': 'x' })
    for (const [name, conclusion] of [
      [begun, 'neutral'],
      [applied, 'success'],
    ] as const)
      world.github.check({ name, conclusion, commit: newer.after, app: 'somebody-else' })
    expect((await world.push(old)).report?.result).toBe('succeeded')
  })

  story(
    'the branch is put back by force to a commit older than the one that was applied',
    'the branch counts as it stands, and the old commit is applied',
    async () => {
      await world.settle(setting('main', 'disabled'))
      const old = world.repository.head()
      await world.settle(setting('main', 'enabled'))
      const push = world.repository.reset(old)
      const shown = await world.push(push)
      // Going back was reviewed by nobody; that it is older is no reason any more.
      expect(shown.report?.result).toBe('refused')
      const ran = await world.push(push, { 'approved-digest': shown.plan?.digest ?? '' })
      expect(ran.report?.result).toBe('succeeded')
      expect(insightsOf('main')).toBe('disabled')
    },
  )

  story(
    'a newer apply had nothing to do, or was refused',
    'it has not begun, and says so by the absence of the check',
    async () => {
      await world.settle(setting('main', 'disabled'))
      const idle = await merged({ 'README.md': 'words' })
      expect((await world.push(idle)).report?.result).toBe('succeeded')
      expect(world.checks(idle.after, begun)).toEqual([])
      const direct = world.repository.push(setting('main', 'enabled'))
      expect((await world.push(direct)).report?.result).toBe('refused')
      expect(world.checks(direct.after, begun)).toEqual([])
    },
  )

  story(
    'the token may not write the check that says that an apply has begun',
    'the apply goes on with a warning that names the right',
    async () => {
      const old = await merged(setting('main', 'enabled'))
      world.github.tokens.set(token, {
        ...actionsToken,
        permissions: { contents: 'read', checks: 'read', 'pull-requests': 'write' },
      })
      const ran = await world.push(old)
      expect(ran.report?.result).toBe('succeeded')
      expect(ran.warnings[0]).toBe(
        `GitHub refused to write the check "${begun}" (403): the token lacks "checks: write"; add it to the job's permissions`,
      )
    },
  )
})

describe('No failure is reported as success', () => {
  story(
    'a newer commit takes over an apply of which one step has failed already',
    'the result is failed, and so is the step',
    async () => {
      const old = await merged({ ...manifests.web, ...setting('other', 'enabled') })
      at('RegisterTaskDefinition', () => {
        marked(world.repository.push({ 'README.md': 'x' }).after, applied)
        world.simulator.advance(11)
      })
      world.simulator.inject({
        operation: 'CreateCluster',
        input: { clusterName: 'other' },
        always: true,
        fault: { kind: 'error', name: 'AccessDeniedException', status: 400, message: 'no' },
      })
      const ran = await world.push(old)
      expect(ran.failed).toBe(true)
      expect(ran.report?.result).toBe('failed')
      expect(resultsOf(ran)).toMatchObject({ 'ecs_cluster:other': 'failed', 'ecs_service:web': 'skipped' })
    },
  )
})

describe('Never silent, never stuck', () => {
  story(
    'GitHub stops answering in the middle of an apply',
    'the apply goes on, waits no more than some seconds, and says so once',
    async () => {
      const old = await merged(manifests.web)
      at('RegisterTaskDefinition', () => {
        void world.github.stop()
        world.simulator.advance(11)
      })
      const began = Date.now()
      const ran = await world.push(old)
      expect(ran.report?.result).toBe('succeeded')
      const lines = ran.warnings.filter(text => text.includes('whether a newer commit is applied already'))
      expect(lines).toHaveLength(1)
      expect(Date.now() - began).toBeLessThan(60_000)
    },
    90_000,
  )
})
