import { describe, expect, test } from '@jest/globals'
import { cluster, definition, job, migrate, service } from './manifests.ts'
import { Shop } from './shop.ts'

const hour = 3600

describe('a job', () => {
  test('runs once: not again right away, and not when ECS has forgotten it', async () => {
    const shop = await Shop.open()
    const manifests = cluster + migrate + job()
    const first = await shop.apply(manifests)
    console.log(first.log.join('\n'), JSON.stringify(first.report, null, 1))
    expect(first.report.result).toBe('succeeded')
    expect(first.done('ecs_task:migrate').task).toEqual({ arns: [...shop.runs], exitCodes: [{ migrate: 0 }] })
    const calls = shop.simulator.calls.length
    for (const pause of [0, 50 * 60, 2 * hour]) {
      shop.simulator.advance(pause)
      const again = await shop.apply(manifests)
      expect(again.plan.steps).toEqual([])
      expect(again.plan.unchanged).toContainEqual({ particle: 'ecs_task:migrate', state: 'stopped', reason: 'done' })
      expect(again.report.result).toBe('succeeded')
    }
    expect(shop.modifying(calls)).toEqual([])
    expect(shop.runs.size).toBe(1)
  })
})
