import { test, jest, expect } from '@jest/globals'
import { World, manifests } from '../review/world.ts'
import { bundled } from './bundled.ts'
import { bundle } from '../bundle/harness.ts'
import { shop, newRelease } from './shop.ts'

test('x', async () => {
  bundle()
  const world = await World.open()
  let t = Date.now()
  const lap = (n: string) => { process.stderr.write(`${n} ${Date.now() - t}\n`); t = Date.now() }
  const register = (family: string, times: number) => { for (let n = 0; n < times; n++) 
   world.simulator.handle('us-east-1', 'RegisterTaskDefinition', { family, networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512', containerDefinitions: [{ name: family, image: `registry.example/${family}:1` }]})}
  world.simulator.setThrottling(false); try {
  world.simulator.behave('registry.example/migrate:1.*.0', {runSeconds: 40}); register('web', 40); register('proxy', 1)
  await world.settle(shop)
  lap('settle')
  world.play = bundled()
  const pull = await world.propose(newRelease)
  lap('plan')
  process.stderr.write(world.comments(pull).join('\n'))
  const ran = await world.land(pull)
  lap('apply')
  process.stderr.write(world.comments(pull).join('\n') + ran.said.join('\n'))
} finally {  await world.close() }
}, 600_000)
