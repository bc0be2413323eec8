import { describe, expect, test } from '@jest/globals'
import { Shop } from '../world/shop.ts'
import { down, phases, result } from './life.ts'

describe('a disturbed apply', () => {
  const operations = async () => {
    const shop = await Shop.open()
    for (const manifests of phases) await shop.apply(manifests)
    return [...new Set(shop.modifying())].sort()
  }

  test.each(['lose', 'unavailable', 'reset', 'throttle'] as const)(
    'whose calls are answered by a %s converges all the same',
    async kind => {
      const all = await operations()
      expect(all).toEqual(
        expect.arrayContaining([
          'CreateCluster',
          'CreateService',
          'DeleteCluster',
          'DeleteService',
          'DeregisterTaskDefinition',
          'RegisterTaskDefinition',
          'RunTask',
          'TagResource',
          'UpdateCluster',
          'UpdateService',
        ]),
      )
      for (const operation of all) {
        const shop = await Shop.open()
        shop.simulator.inject({ operation, fault: { kind } })
        const ends: unknown[] = []
        for (const manifests of phases) ends.push([operation, ...(await result(shop, manifests))])
        expect(ends).toEqual(phases.map(() => [operation, 'succeeded']))
        expect([operation, shop.runs.size]).toEqual([operation, 2])
        expect((await shop.plan(down)).plan.steps).toEqual([])
      }
    },
    120_000,
  )

  test('every call of which is in doubt again and again says so, and the next one converges', async () => {
    for (const operation of await operations()) {
      const shop = await Shop.open()
      shop.simulator.inject({ operation, fault: { kind: 'lose' }, times: 12 })
      for (const manifests of phases) {
        for (let tries = 0; tries < 4 && (await shop.apply(manifests)).report.result !== 'succeeded'; tries++);
        expect([operation, (await shop.plan(manifests)).plan.steps]).toEqual([operation, []])
      }
      expect([operation, shop.runs.size]).toEqual([operation, 2])
    }
  }, 120_000)

  test('at any call of a whole life leaves what the next one finishes', async () => {
    for (const [index, manifests] of phases.entries()) {
      for (let call = 1; ; call++) {
        const shop = await Shop.open()
        for (const earlier of phases.slice(0, index)) await shop.apply(earlier)
        const { killed } = await shop.apply(manifests, { killedAt: { call, when: 'after', modifying: true } })
        if (!killed) break
        expect([index, call, ...(await result(shop, manifests))]).toEqual([index, call, 'succeeded'])
        expect((await shop.plan(manifests)).plan.steps).toEqual([])
        expect([index, call, shop.runs.size]).toEqual([index, call, Math.min(index + 1, 2)])
      }
    }
  }, 180_000)
})
