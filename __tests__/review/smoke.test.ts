import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { manifests, World } from './world.ts'
let world: World
beforeEach(async () => { world = await World.open() })
afterEach(async () => { await world.close() })
test('smoke', async () => {
  const pull = await world.propose(manifests.shop)
  console.log(pull.ran.problems, pull.ran.warnings, world.comments(pull), world.github.checks)
  const ran = await world.land(pull)
  console.log(ran, world.comments(pull), world.github.checks.map(c => [c.name, c.conclusion]), world.github.calls.map(c=>c.name))
  expect(world.github.violations).toEqual([])
})
