import { beforeEach, expect, test } from '@jest/globals'
import { clusterWith, manifests } from '../world/manifests.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
  world.simulator.setThrottling(false)
})

/** A change of everything: cluster, two definitions, a service and a job; and a service that is new. */
const shop = (version: number): Record<string, string> => {
  const at = (text: string) => text.replaceAll(/(registry\.example\/\w+):1/g, `$1:${version}`)
  const web = at(manifests.shop['particles/web.yml'])
  return {
    'particles/main.yml': clusterWith('main', version % 2 === 0 ? 'enabled' : 'disabled'),
    'particles/web.yml': web.replace('desiredCount: 1', `desiredCount: ${1 + (version % 2)}`),
    'particles/migrate.yml': at(manifests.shop['particles/migrate.yml']),
    'particles/new.yml': web.replaceAll(/\bweb\b/g, `new-${version}`),
  }
}

const runs = (): number =>
  world.simulator.calls.filter(({ operation, status }) => operation === 'RunTask' && status === 200).length

const startedBy = (): number =>
  new Set(
    [...(world.simulator.region().clusters.get('main')?.tasks.values() ?? [])].flatMap(({ wire }) =>
      wire.startedBy?.startsWith('particles/') ? wire.taskArn : [],
    ),
  ).size

/** From this call on nothing is carried out any more: to AWS, that is a process that was killed. */
const dieAt = (call: number): void =>
  world.simulator.inject({
    nth: call,
    always: true,
    fault: { kind: 'error', name: 'AccessDeniedException', status: 400, message: 'dead' },
  })

test('an apply that is killed at any call is finished by the same run again, reviewed as it was, and no job runs twice', async () => {
  await world.settle(shop(1))
  let version = 1
  let finished = false
  let looking = 0
  // Of the calls that only look before anything begins, the first stands for all.
  for (let call = 1; !finished; call = Math.max(call + 1, looking)) {
    version++
    const mark = world.mark
    const pull = await world.propose(shop(version))
    looking = world.mark - mark
    const before = startedBy()
    const push = world.repository.merge(pull, 'squash')
    dieAt(call)
    const died = await world.push(push)
    finished = !died.failed
    world.simulator.clearFaults()
    // GitHub was not told either.
    const again = await world.push(push)
    expect({ call, problems: again.problems }).toEqual({ call, problems: [] })
    expect({ call, runs: startedBy() - before }).toEqual({ call, runs: 1 })
    const after = await world.byHand({ command: 'plan' })
    expect({ call, steps: after.plan?.steps }).toEqual({ call, steps: [] })
    if (call > 200) throw new Error('no end of calls')
    // The next round begins with one service less, which is let go: a list that grows would make every round longer.
    const gone = [`ecs_service us-east-1 main/new-${version}`, `ecs_task_definition us-east-1 new-${version}`]
    world.repository.push({ 'particles/new.yml': null, 'particles/gone.yml': `unmanaged: [${gone.join(', ')}]\n` })
  }
  expect(version).toBeGreaterThan(10)
  expect(runs()).toBe(version)
}, 300_000)
