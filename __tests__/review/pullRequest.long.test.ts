import { beforeEach, describe, expect, test } from '@jest/globals'
import { manifests } from '../world/manifests.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
})

const plan = 'particles / production'

describe('the check', () => {
  test('of a plan of 600 particles holds every claim, and everything fits', async () => {
    const all = Array.from({ length: 300 }, (_, index) =>
      manifests.web['particles/web.yml'].replaceAll(/\bweb\b/g, `web-${index}`),
    ).join('---\n')
    world.simulator.setThrottling(false)
    const pull = await world.propose({ ...manifests.cluster, 'particles/all.yml': all })
    expect(pull.ran.plan?.summary.start).toBe(601)
    const [body = ''] = world.comments(pull)
    expect(body.length).toBeLessThanOrEqual(65_536)
    expect(body).toContain('601 to start')
    const checks = world.github.checks.filter(({ name }) => name.startsWith(plan))
    const hashes = checks.flatMap(({ output }) => output.text?.split('\n').slice(2) ?? [])
    expect(new Set(hashes)).toEqual(new Set(pull.ran.plan?.claims?.hashes))
    expect(checks.length).toBeGreaterThan(1)
    for (const { output } of checks) expect(output.summary.length).toBeLessThanOrEqual(65_535)
    expect(Buffer.byteLength(pull.ran.summary)).toBeLessThanOrEqual(1024 * 1024)
    // What was shown in several checks lets a push through.
    const push = world.repository.merge(pull, 'squash')
    const ran = await world.push(push)
    expect(ran.problems).toEqual([])
  }, 120_000)
})
