import { expect, test } from '@jest/globals'
import { Ecs } from '../../src/ecs/client.ts'
import { ServerTime } from '../../src/ecs/transport.ts'
import { openEcs } from '../world/aws.ts'

const clock = { now: () => 5_000, sleep: () => Promise.resolve() }

test('is the runner’s until an answer tells it, and an answer without a date tells nothing', () => {
  const time = new ServerTime(clock)
  expect(time.now).toBe(5_000)
  time.learn({ headers: { date: 'Fri, 02 Jan 2026 03:04:05 GMT' } })
  const told = Date.parse('2026-01-02T03:04:05Z')
  expect(time.now).toBe(told)
  for (const answer of [undefined, null, {}, { headers: {} }, { headers: { date: 'soon' } }]) time.learn(answer)
  expect(time.now).toBe(told)
})

test('is told by answers and by refusals, over all views of a region', async () => {
  const simulator = await openEcs()
  const ecs = new Ecs('us-east-1', { clock: { now: () => 0, sleep: simulator.sleep }, maxConcurrency: 1 })
  await ecs.countedBy({ calls: 0 }).cluster('main')
  expect(ecs.time).toBe(simulator.clock.now)
  simulator.advance(3600)
  const calls = simulator.calls.length
  await expect(ecs.call('DeleteCluster', { cluster: 'main' })).rejects.toThrow('Cluster not found.')
  expect(ecs.time).toBe(simulator.clock.now)
  // That the client has set its clock by a refusal does not make the refusal one of the clock.
  expect(simulator.calls.length).toBe(calls + 1)
})
