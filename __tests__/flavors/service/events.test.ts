import { expect, test } from '@jest/globals'
import { family, main, serviceOf, stated } from '../../world/particles.ts'
import { Shop } from '../../world/shop.ts'

const web = (image: string) => stated(main, family('web', image), serviceOf('web', { desiredCount: 2 }))

/** Lines of the log about the service, without its name. */
const linesOf = (log: readonly string[]): string[] =>
  log.filter(line => line.startsWith('ecs_service:web: ')).map(line => line.replace('ecs_service:web: ', ''))

test('events are told as they come, each once, and a quiet rollout asks for no task', async () => {
  const shop = await Shop.running(web('web:1'))
  const calls = shop.simulator.calls.length
  const lines = linesOf((await shop.apply(web('web:2'))).log)
  const events = lines.filter(line => line.includes('(service web)'))
  expect(events.map(line => line.replace(/^\d\d:\d\d:\d\d {2}\(service web\) /, '').replace(/: \(task.*/, ''))).toEqual(
    [
      'has started 2 tasks',
      'has stopped 2 running tasks',
      expect.stringMatching(/^\(deployment \S+\) deployment completed\.$/),
      'has reached a steady state.',
    ],
  )
  expect(lines.at(-1)).toMatch(/^done: /)
  expect(shop.counted(calls).ListTasks).toBeUndefined()
})

test('each deployment has a count of its own', async () => {
  const shop = await Shop.running(web('web:1'))
  const lines = linesOf((await shop.apply(web('web:2'))).log)
  expect(lines).toContainEqual(
    expect.stringMatching(/^web:2: 0 of 2 running; web:1: 2 still running, deployment IN_PROGRESS, \d+ s$/),
  )
  expect(lines.join('\n')).not.toMatch(/[34] of 2/)
})

test('a crash without a circuit breaker is told while it is waited for, and nothing is told twice', async () => {
  const shop = await Shop.running(web('web:1'))
  shop.simulator.behave('web:2', { startSeconds: 1, runSeconds: 1, exitCode: 3 })
  let crashed: number | undefined
  const { log, done } = await shop.apply(web('web:2'), {
    waitTimeout: 120_000,
    onSay: (_, sentence) => {
      if (sentence.includes('web exited 3')) crashed ??= shop.clock.now()
    },
  })
  const { startedAt = '', error } = done('ecs_service:web')
  expect((crashed ?? Number.POSITIVE_INFINITY) - Date.parse(startedAt)).toBeLessThan(20_000)
  const lines = linesOf(log).map(line => line.trim())
  const events = lines.filter(line => line.includes('(service web)'))
  expect(new Set(events).size).toBe(events.length)
  const stopped = [...(shop.simulator.region().clusters.get('main')?.tasks.values() ?? [])].filter(
    ({ wire }) => wire.stopCode === 'EssentialContainerExited',
  )
  const counted = lines.flatMap(line => Number(/^(\d+) × stopped: .*; web exited 3$/.exec(line)?.[1] ?? 0))
  // A task may stop between the last look and the search for the cause.
  expect(counted.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(stopped.length - 3)
  expect(counted.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(stopped.length)
  expect(error?.message).toMatch(/: \d+ tasks of web:2 stopped, container web exited 3\./)
})

test('tasks that nothing names as the deployment’s are found by their group and time', async () => {
  const shop = await Shop.running(web('web:1'))
  shop.simulator.behave('web:2', { neverStarts: 'CannotPullContainerError: no such image' })
  const region = shop.simulator.region()
  const changed = region.taskChanged
  region.taskChanged = task => {
    task.wire.startedBy = 'ecs-svc/0'
    changed(task)
  }
  const { done } = await shop.apply(web('web:2'), { waitTimeout: 60_000 })
  expect(done('ecs_service:web').error?.message).toMatch(
    /: \d+ tasks of web:2 stopped, image web:2 could not be pulled \(CannotPullContainerError: no such image\)/,
  )
})

test('without the right to list tasks a rollout is judged all the same', async () => {
  const shop = await Shop.running(web('web:1'))
  shop.simulator.behave('web:2', { startSeconds: 1, runSeconds: 1, exitCode: 3 })
  shop.simulator.deny(['ecs:ListTasks'])
  const { done } = await shop.apply(web('web:2'), { waitTimeout: 60_000 })
  expect(done('ecs_service:web').error?.code).toBe('TimedOut')
})
