import { test, jest, expect } from '@jest/globals'
import { World, manifests } from '../review/world.ts'
import { bundled } from './bundled.ts'
import { bundle } from '../bundle/harness.ts'

test('x', async () => {
  bundle()
  const world = await World.open()
  world.play = bundled()
  let t = Date.now()
  const lap = (n: string) => { process.stderr.write(`${n} ${Date.now() - t}\n`); t = Date.now() }
  const pull = await world.propose(manifests.shop)
  lap('plan')
  process.stderr.write(world.comments(pull).join('\n'))
  const ran = await world.land(pull)
  lap('apply')
  process.stderr.write(world.comments(pull).join('\n') + ran.said.join('\n'))
  await world.close()
}, 600_000)
