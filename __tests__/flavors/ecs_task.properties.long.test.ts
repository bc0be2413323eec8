import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { runs } from '../runs.ts'
import { cluster, definition, job } from '../world/manifests.ts'
import { Shop } from '../world/shop.ts'

const id = 'ecs_task:migrate'

const trouble = fc.record({
  call: fc.integer({ min: 1, max: 24 }),
  when: fc.constantFrom('before', 'after', 'never'),
  pause: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5400 })),
  fault: fc.constantFrom('lose', 'unavailable', 'reset', 'throttle', 'deny', undefined),
  operation: fc.constantFrom('RunTask', 'TagResource', 'ListTasks', 'DescribeTasks'),
  times: fc.integer({ min: 1, max: 5 }),
  seen: fc.constantFrom(0, 20),
})

describe('whatever happens', () => {
  test('a job runs at most once, and a failure is never taken for success', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(trouble, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(5, 300, 3000),
        fc.constantFrom(1, 3),
        fc.constantFrom('', '  startedBy: ops/me'),
        async (troubles, runSeconds, count, startedBy) => {
          const manifests =
            cluster +
            definition({ family: 'migrate', image: 'migrate:1' }) +
            job({ more: `  count: ${count}\n${startedBy}` })
          const shop = await Shop.open()
          shop.simulator.behave('migrate:1', { runSeconds, exitCode: 0 })
          for (const { call, when, pause, fault, operation, times, seen } of troubles) {
            shop.simulator.setConsistencySeconds(seen)
            if (fault) shop.simulator.inject({ operation, times, fault: { kind: fault } })
            try {
              const killedAt = when === 'never' ? undefined : { call, when, modifying: false }
              await shop.apply(manifests, { waitTimeout: 600_000, ...(killedAt && { killedAt }) })
            } catch {
              // The plan itself met the trouble: nothing was done.
            }
            shop.simulator.clearFaults()
            expect(shop.runs.size).toBeLessThanOrEqual(count)
            shop.simulator.advance(pause)
          }
          const last = await shop.apply(manifests, { waitTimeout: 4 * 3600_000 })
          expect(shop.runs.size).toBeLessThanOrEqual(count)
          if (last.report.result === 'succeeded') expect(shop.runs.size).toBe(count)
          else
            expect(last.plan.unchanged.find(({ particle }) => particle === id)?.why).toMatch(
              /^whether it ran is unknown/,
            )
          shop.simulator.advance(7200)
          await shop.apply(manifests)
          expect(shop.runs.size).toBeLessThanOrEqual(count)
        },
      ),
      { numRuns: runs(12), seed: Number(process.env.SEED ?? 20260102), endOnFailure: true },
    )
  }, 600_000)
})
