/** A run that is asked to end, at whatever moment: it says what happened and what to do, and leaves a report. */
import { beforeEach, describe, expect } from '@jest/globals'
import { manifests } from '../world/manifests.ts'
import { story } from '../world/story.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
  world.simulator.setThrottling(false)
})

/** The run is cancelled when a call reaches ECS. */
function cancelAt(operation: string): void {
  world.simulator.inject({
    operation,
    fault: { kind: 'deny' },
    when: () => {
      world.cancel()
      return false
    },
  })
}

/** The run is cancelled when a call reaches GitHub, which asks for patience. */
function cancelAtGitHub(on: string): void {
  const when = () => {
    world.cancel()
    return true
  }
  world.github.faults.push({ on, when, status: 429, headers: { 'retry-after': '5' }, times: 1 })
}

const planning =
  'the run was cancelled (SIGTERM) while it planned, before anything was changed: run the workflow again, unless a newer run has taken the place of this one'

describe('Never silent, never stuck', () => {
  story(
    'a plan is cancelled while it looks at AWS',
    'one sentence says what happened and what to do, and no check is left behind',
    async () => {
      cancelAt('DescribeClusters')
      const { ran, headSha } = await world.propose(manifests.web)
      expect(ran.failed).toBe(true)
      expect(ran.problems).toEqual([planning])
      expect(ran.report).toBeUndefined()
      expect(world.github.checks.filter(({ commit }) => commit === headSha)).toEqual([])
    },
  )

  story(
    'an apply is cancelled while it plans',
    'the step fails with one sentence, the report says cancelled, and nothing was changed',
    async () => {
      const pull = await world.propose(manifests.web)
      cancelAt('DescribeClusters')
      const ran = await world.land(pull)
      expect(ran.failed).toBe(true)
      expect(ran.problems).toEqual([planning])
      expect(ran.report).toMatchObject({
        result: 'cancelled',
        finishedAt: expect.any(String),
        steps: [],
        error: { code: 'Cancelled', message: planning },
      })
      expect(ran.outputs['report-file']).toBeDefined()
      expect(ran.summary).toContain('cancelled in')
      expect(world.modifying()).toEqual([])
    },
  )

  story(
    'an apply is cancelled while it waits for GitHub to list the merged pull request',
    'the report says cancelled, and nothing was changed',
    async () => {
      world.github.lag.ofCommit = 60_000
      world.github.lag.closed = 60_000
      const pull = await world.propose(manifests.web)
      const push = world.repository.merge(pull, 'squash')
      const running = world.push(push)
      await world.simulator.sleep(20_000)
      world.cancel('SIGINT')
      const ran = await running
      expect(ran.problems).toEqual([planning.replace('SIGTERM', 'SIGINT')])
      expect(ran.report?.result).toBe('cancelled')
      expect(world.modifying()).toEqual([])
    },
  )

  story(
    'an apply is cancelled while it acts',
    'what is under way is told once, as before, and not a second time by its signal’s name',
    async () => {
      const pull = await world.propose(manifests.web)
      cancelAt('RegisterTaskDefinition')
      const ran = await world.land(pull)
      expect(ran.failed).toBe(true)
      expect(ran.report?.result).toBe('cancelled')
      expect(ran.problems).toEqual([
        'the run was cancelled in the middle of its apply; what ECS is doing goes on, and the next apply takes it up: run the workflow again, unless a newer run has taken the place of this one',
      ])
    },
  )
})

describe('No failure is reported as success', () => {
  story(
    'an apply has succeeded and is cancelled before GitHub was told',
    'the step fails, says so, and the report keeps what was done',
    async () => {
      const pull = await world.propose(manifests.cluster)
      cancelAtGitHub('GET /repos/{owner}/{repo}/issues')
      const ran = await world.land(pull)
      expect(ran.failed).toBe(true)
      expect(ran.problems).toEqual([
        expect.stringMatching(/^the run was cancelled \(SIGTERM\) after its apply had ended \(succeeded\)/),
      ])
      expect(ran.report?.result).toBe('succeeded')
    },
  )
})
