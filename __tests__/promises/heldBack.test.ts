import { describe, expect } from '@jest/globals'
import { manifests, setting } from '../world/manifests.ts'
import type { Ran } from '../world/run.ts'
import { story } from '../world/story.ts'
import { World } from '../world/world.ts'

describe('No failure is reported as success', () => {
  let world: World

  const guarded = '  deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } }\n'
  const shopFiles = (image: string) => ({
    ...manifests.web,
    'particles/web.yml': `${manifests.web['particles/web.yml'].replace('registry.example/web:1', image)}${guarded}`,
  })
  const bad = 'registry.example/web:2-crash'

  /** A merged release that ECS has rolled back. */
  async function rolledBack(): Promise<Ran> {
    world = await World.open()
    await world.settle(shopFiles('registry.example/web:1'))
    const pull = await world.propose(shopFiles(bad))
    const ran = await world.land(pull)
    expect([ran.failed, ran.problems.join('\n')]).toEqual([
      true,
      expect.stringMatching(
        /ecs_service:web was rolled back by ECS: \d tasks of web:2 stopped, container web exited 1\./,
      ),
    ])
    return ran
  }

  story(
    'after a rollback only the README is pushed',
    'the known bad release is not tried again, the run fails and says why',
    async () => {
      await rolledBack()
      const { mark } = world
      const ran = await world.push(world.repository.push({ 'README.md': 'more words\n' }))
      expect(ran.failed).toBe(true)
      expect(world.modifying(mark)).toEqual([])
      expect(ran.problems).toEqual([
        expect.stringMatching(
          /^particles\/web\.yml:\d+:\d+ ecs_service:web: web:2 was rolled back by the deployment circuit breaker \(3 of 3 tasks failed\)/,
        ),
      ])
    },
  )

  story(
    'an unrelated pull request is opened after a rollback, and merged',
    'its plan shows the held back release first, its own change is applied, and the run fails all the same',
    async () => {
      await rolledBack()
      const pull = await world.propose(setting('other', 'enabled'))
      expect(pull.ran.plan?.steps).toMatchObject([{ particle: 'ecs_cluster:other', transition: 'start' }])
      const [comment = ''] = world.comments(pull)
      expect(comment.indexOf('was rolled back by the deployment circuit breaker')).toBeGreaterThan(0)
      expect(comment.indexOf('was rolled back by')).toBeLessThan(comment.indexOf('ecs_cluster:other'))
      const { mark } = world
      const ran = await world.land(pull)
      expect(world.modifying(mark)).toEqual(['CreateCluster'])
      expect(ran.report?.steps).toMatchObject([{ particle: 'ecs_cluster:other', result: 'succeeded' }])
      expect([ran.failed, ran.report?.result]).toEqual([true, 'failed'])
    },
  )

  story(
    'a person names the rolled back service in redeploy, once its cause is gone',
    'it is deployed without a new review, and the next push is green',
    async () => {
      await rolledBack()
      world.simulator.behave(bad, {})
      const named = await world.byHand({ command: 'apply', redeploy: 'ecs_service:web' })
      expect(named.problems).toEqual([])
      expect(named.report?.steps).toMatchObject([{ particle: 'ecs_service:web', result: 'succeeded' }])
      const { mark } = world
      const ran = await world.push(world.repository.push({ 'README.md': 'more words\n' }))
      expect([ran.failed, ran.problems]).toEqual([false, []])
      expect(world.modifying(mark)).toEqual([])
    },
  )

  story(
    'ECS rolls back a release that was not waited for, and the run of its merge is repeated',
    'the comment that said applied says failed and why, and applied again once a person has deployed it again',
    async () => {
      world = await World.open()
      const unwatched = (image: string) => {
        const files = shopFiles(image)
        return { ...files, 'particles/web.yml': `${files['particles/web.yml']}  custom_config: { wait: started }\n` }
      }
      await world.settle(unwatched('registry.example/web:1'))
      const pull = await world.propose(unwatched(bad))
      world.simulator.advance(5)
      const merge = world.repository.merge(pull, 'squash')
      expect((await world.push(merge)).report?.result).toBe('succeeded')
      expect(world.comments(pull).join()).toContain('✅ applied')
      world.simulator.advance(3_600)
      expect((await world.push(merge)).report?.result).toBe('failed')
      expect(world.comments(pull)).toEqual([
        expect.stringMatching(/❌ failed[\s\S]*name `ecs_service:web` in redeploy/),
      ])
      expect(world.checks(merge.after, 'particles / production / applied')).toHaveLength(1)
      world.simulator.behave(bad, {})
      await world.byHand({ command: 'apply', redeploy: 'ecs_service:web' })
      const after = world.comments(pull)
      expect(after).toEqual([expect.stringContaining('✅ applied')])
      world.simulator.advance(3_600)
      expect((await world.push(merge)).problems).toEqual([])
      expect(world.comments(pull)).toEqual(after)
    },
  )

  story('a new image is merged after a rollback', 'it goes, and the failure is over', async () => {
    await rolledBack()
    const pull = await world.propose(shopFiles('registry.example/web:3'))
    const ran = await world.land(pull)
    expect([ran.failed, ran.problems]).toEqual([false, []])
  })

  story(
    'an image is merged that only another controller could bring live',
    'report, summary and log of the apply name what does not run',
    async () => {
      world = await World.open()
      const controlled = (image: string) => ({
        ...manifests.web,
        'particles/web.yml': `${manifests.web['particles/web.yml'].replace('registry.example/web:1', image)}  deploymentController: { type: CODE_DEPLOY }\n`,
      })
      await world.settle(controlled('registry.example/web:1'))
      const ran = await world.land(await world.propose(controlled('registry.example/web:2')))
      expect(ran.failed).toBe(false)
      // A warning is a line of the log too.
      for (const told of [ran.summary, ran.warnings.join('\n')])
        expect(told).toMatch(/is deployed by CODE.?_DEPLOY, not by this action: .* does not go live/)
    },
  )
})
