import { describe, expect, test } from '@jest/globals'
import { cluster, job, migrate } from '../world/manifests.ts'
import { type Manifests, Shop } from '../world/shop.ts'

const minute = 60

const base = cluster + migrate
const shop = cluster + migrate + job()
const id = 'ecs_task:migrate'

describe('an apply that dies', () => {
  const count = async (manifests: Manifests, modifying: boolean) => {
    let last = 0
    for (const step of [32, 8, 1]) {
      for (;;) {
        const made = await Shop.open()
        const { killed } = await made.apply(manifests, { killedAt: { call: last + step, when: 'before', modifying } })
        if (!killed) break
        last += step
      }
    }
    return last
  }

  test.each([
    ['a job', shop, 1, 'migrate:1'],
    ['a job of three', base + job({ more: '  count: 3' }), 3, 'migrate:1'],
    ['a job without a record', base + job({ options: 'record: false' }), 1, 'migrate:1'],
    ['a job under its own startedBy', base + job({ more: '  startedBy: ops/me' }), 1, 'migrate:1'],
    ['two jobs in a row', shop + job({ name: 'seed', parents: [id] }), 2, 'migrate:1'],
  ] as const)(
    'at any call of %s leaves what the next one finishes, and everything ran once',
    async (_what, manifests, runs, image) => {
      const calls = await count(manifests, true)
      expect(calls).toBeGreaterThanOrEqual(3)
      for (let call = 1; call <= calls; call++) {
        for (const when of ['before', 'after'] as const) {
          for (const pause of when === 'after' && runs === 1 ? [0, 30 * minute] : [0]) {
            const made = await Shop.open({ consistencySeconds: 5 })
            made.simulator.behave(image, { runSeconds: 20, exitCode: 0 })
            const dead = await made.apply(manifests, { killedAt: { call, when, modifying: true } })
            expect(dead.killed).toBe(true)
            expect(dead.report.result).toBe('running')
            made.simulator.advance(pause)
            const next = await made.apply(manifests)
            expect([call, when, pause, next.report.result, next.report.steps.map(({ error }) => error)]).toEqual([
              call,
              when,
              pause,
              'succeeded',
              next.report.steps.map(() => undefined),
            ])
            expect([call, when, pause, made.runs.size]).toEqual([call, when, pause, runs])
            expect((await made.plan(manifests)).plan.steps).toEqual([])
          }
        }
      }
    },
    120_000,
  )

  test('at any look of a job leaves what the next one finishes, and it ran once', async () => {
    const calls = await count(shop, false)
    expect(calls).toBeGreaterThan(10)
    for (let call = 1; call <= calls; call++) {
      const made = await Shop.open()
      expect((await made.apply(shop, { killedAt: { call, when: 'after' } })).killed).toBe(true)
      expect((await made.apply(shop)).report.result).toBe('succeeded')
      expect([call, made.runs.size]).toEqual([call, 1])
    }
  }, 120_000)
})
