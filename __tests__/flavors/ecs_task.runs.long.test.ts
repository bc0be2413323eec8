import { RegisterTaskDefinitionCommand, RunTaskCommand, TagResourceCommand } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { recordsIn } from '../../src/flavors/record/tags.ts'
import { cluster, definition, job, migrate } from '../world/manifests.ts'
import { type Applied, type Asked, type Manifests, Shop } from '../world/shop.ts'

const minute = 60
const hour = 60 * minute

const base = cluster + migrate
const shop = cluster + migrate + job()
const id = 'ecs_task:migrate'

/** A shop where the job has run, and what it ran as. */
async function done(manifests = shop, asked: Asked = {}): Promise<Shop> {
  const made = await Shop.open()
  expect((await made.apply(manifests, asked)).report.result).toBe('succeeded')
  return made
}

const reasonOf = ({ plan }: Pick<Applied, 'plan'>, particle = id) =>
  plan.unchanged.find(unchanged => unchanged.particle === particle)?.reason

const whyOf = ({ plan }: Pick<Applied, 'plan'>, particle = id) =>
  plan.unchanged.find(unchanged => unchanged.particle === particle)?.why

/** Tags of this tool on a revision, without the digests in their keys. */
const records = (made: Shop, family = 'migrate') =>
  (made.simulator.region().families.get(family) ?? []).map(({ tags }) =>
    tags.filter(({ key }) => key?.startsWith('ecs-particles:run/')).map(({ value }) => value?.split(' ')[1]),
  )

const runTasks = (made: Shop) => made.modifying().filter(name => name === 'RunTask').length

describe('a job', () => {
  test('runs once: not again right away, and not when ECS has forgotten it', async () => {
    const made = await Shop.open()
    const first = await made.apply(shop)
    expect(first.report.result).toBe('succeeded')
    expect(first.done(id).task).toEqual({ arns: [...made.runs], exitCodes: [{ migrate: 0 }] })
    const calls = made.simulator.calls.length
    for (const pause of [0, 50 * minute, 2 * hour, 400 * 24 * hour]) {
      made.simulator.advance(pause)
      const again = await made.apply(shop)
      expect(again.plan.steps).toEqual([])
      expect(again.plan.unchanged).toContainEqual({ particle: id, state: 'stopped', reason: 'done' })
      expect(again.report.result).toBe('succeeded')
    }
    expect(made.modifying(calls)).toEqual([])
    expect(made.runs.size).toBe(1)
  })

  test('does not run again when an older definition comes back, nor the newer one after that', async () => {
    const newer = cluster + definition({ family: 'migrate', image: 'migrate:2' }) + job()
    const made = await done()
    expect((await made.apply(newer)).report.result).toBe('succeeded')
    expect(made.runs.size).toBe(2)
    made.simulator.advance(2 * hour)
    for (const manifests of [shop, newer, shop]) {
      const applied = await made.apply(manifests)
      expect(applied.report.result).toBe('succeeded')
      expect(applied.plan.steps.map(({ particle }) => particle)).not.toContain(id)
      expect(reasonOf(applied)).toBe('done')
      made.simulator.advance(2 * hour)
    }
    expect(made.runs.size).toBe(2)
  })

  const again: readonly (readonly [string, Manifests])[] = [
    ['its definition', cluster + definition({ family: 'migrate', image: 'migrate:2' }) + job()],
    [
      'overrides',
      base + job({ more: '  overrides: {containerOverrides: [{name: migrate, environment: [{name: A, value: b}]}]}' }),
    ],
    ['launch settings', base + job({ more: '  enableExecuteCommand: true' })],
    ['retry', base + job({ options: 'retry: 1' })],
    ['its taskName', base + job().replace('taskName: migrate', 'taskName: other')],
  ]
  test.each(again)('whose %s changed runs once more', async (_what, changed) => {
    const made = await done()
    made.simulator.advance(2 * hour)
    expect((await made.apply(changed)).report.result).toBe('succeeded')
    expect((await made.apply(changed)).plan.steps).toEqual([])
    expect(made.runs.size).toBe(2)
  })

  const same: readonly (readonly [string, Manifests])[] = [
    ['count', base + job({ more: '  count: 2' })],
    ['tags', base + job({ more: '  tags: [{key: a, value: b}]' })],
    ['stopReason', base + job({ more: '  stopReason: enough' })],
    ['startedBy', base + job({ more: '  startedBy: me' })],
    ['pcf_name', base + job().replace('pcf_name: migrate', 'pcf_name: renamed')],
    [
      'tags of its definition',
      cluster + definition({ family: 'migrate', image: 'migrate:1', more: '  tags: [{key: a, value: b}]' }) + job(),
    ],
    ['spelling', cluster + migrate.replace('cpu: 256', 'cpu: .25 vCPU') + job()],
    [
      'ignored members of its definition',
      cluster +
        definition({
          family: 'migrate',
          image: 'migrate:7',
          more: '  custom_config: {ignore: ["containerDefinitions[migrate].image"]}',
        }) +
        job(),
    ],
  ]
  test.each(same.slice(0, -1))('whose %s changed does not run again', async (_what, changed) => {
    const made = await done()
    made.simulator.advance(2 * hour)
    const applied = await made.apply(changed)
    expect(applied.report.result).toBe('succeeded')
    expect(made.runs.size).toBe(1)
  })

  test('does not run again for what its definition ignores', async () => {
    const ignoring = (image: string) =>
      cluster +
      definition({
        family: 'migrate',
        image,
        more: '  custom_config: {ignore: ["containerDefinitions[migrate].image"]}',
      }) +
      job()
    const made = await done(ignoring('migrate:1'))
    made.simulator.advance(2 * hour)
    expect((await made.apply(ignoring('migrate:2'))).plan.steps).toEqual([])
    expect(made.runs.size).toBe(1)
  })

  test('says so when it fails, with exit code and ECS own words, fails every apply and holds back what depends on it', async () => {
    const manifests =
      cluster + definition({ family: 'migrate', image: 'failing:1' }) + job() + job({ name: 'later', parents: [id] })
    const made = await Shop.open()
    const first = await made.apply(manifests)
    expect(first.report.result).toBe('failed')
    expect(first.done(id)).toMatchObject({
      result: 'failed',
      error: { code: 'JobFailed', message: 'ecs_task:migrate failed: container migrate exited 1.' },
      task: { arns: [...made.runs], exitCodes: [{ migrate: 1 }] },
    })
    expect(first.done('ecs_task:later')).toMatchObject({ result: 'skipped' })
    for (const pause of [0, 2 * hour]) {
      made.simulator.advance(pause)
      const next = await made.apply(manifests)
      expect(reasonOf(next)).toBe('failed')
      expect(next.report.result).toBe('failed')
      expect(next.report.error?.message).toContain('ecs_task:migrate: its last run failed')
      expect(next.step('ecs_task:later').risks).toContain('held back until ecs_task:migrate has succeeded')
      expect(next.done('ecs_task:later')).toMatchObject({
        result: 'skipped',
        error: { message: expect.stringContaining('needs ecs_task:migrate, which has failed') },
      })
    }
    expect(made.runs.size).toBe(1)
  })

  test('that failed runs again when retry goes up, when retry-tasks names it, when its definition changes', async () => {
    const failing = (options = '') => cluster + definition({ family: 'migrate', image: 'failing:1' }) + job({ options })
    const made = await Shop.open()
    await made.apply(failing())
    await made.apply(failing('retry: 1'))
    expect(made.runs.size).toBe(2)
    const asked = await made.apply(failing('retry: 1'), { asked: [id] })
    expect(asked.step(id).risks).toEqual(['runs once more: retry-tasks names it'])
    expect(asked.claims).toEqual([])
    expect(made.runs.size).toBe(3)
    made.simulator.advance(2 * hour)
    expect(reasonOf(await made.apply(failing('retry: 1')))).toBe('failed')
    made.simulator.behave('failing:1', { runSeconds: 1, exitCode: 0 })
    expect((await made.apply(failing('retry: 1'), { asked: [id] })).report.result).toBe('succeeded')
    expect(made.runs.size).toBe(4)
    expect(reasonOf(await made.apply(failing('retry: 1')))).toBe('done')
    made.simulator.advance(2 * hour)
    expect(reasonOf(await made.apply(failing('retry: 1')))).toBe('done')
    expect((await made.apply(cluster + migrate + job({ options: 'retry: 1' }))).report.result).toBe('succeeded')
    expect(made.runs.size).toBe(5)
  })

  test('that was done never runs again, also when retry-tasks names it: a run that is started again asks again', async () => {
    const made = await done()
    for (const hours of [0, 2]) {
      made.simulator.advance(hours * hour)
      const { plan, report } = await made.apply(shop, { asked: [id] })
      expect(report.result).toBe('succeeded')
      expect(plan.steps).toEqual([])
      expect(plan.warnings).toEqual([
        `${id}: it has succeeded, so retry-tasks does not run it again; raise custom_config.retry to run it once more`,
      ])
      expect(made.runs.size).toBe(1)
    }
  })

  test('whose sidecar is killed has succeeded; only essential containers count', async () => {
    const sidecar = '    - {name: proxy, image: "proxy:1", essential: false}'
    const made = await Shop.open()
    const applied = await made.apply(
      cluster + definition({ family: 'migrate', image: 'migrate:1', more: sidecar }) + job(),
    )
    expect(applied.report.result).toBe('succeeded')
    expect(applied.done(id).task?.exitCodes).toEqual([{ migrate: 0, proxy: 137 }])
  })

  test('one of whose essential containers fails has failed', async () => {
    const second = '    - {name: proxy, image: "crash:1"}'
    const made = await Shop.open()
    made.simulator.behave('migrate:1', { runSeconds: 1, exitCode: 0, startSeconds: 1 })
    made.simulator.behave('crash:1', { runSeconds: 1, exitCode: 3, startSeconds: 1 })
    const applied = await made.apply(
      cluster + definition({ family: 'migrate', image: 'migrate:1', more: second }) + job(),
    )
    expect(applied.done(id)).toMatchObject({
      result: 'failed',
      error: { message: 'ecs_task:migrate failed: container proxy exited 3.' },
    })
  })

  test('whose image is missing has never started, and is tried again', async () => {
    const missing = cluster + definition({ family: 'migrate', image: 'missing:1' }) + job()
    const made = await Shop.open()
    const first = await made.apply(missing)
    expect(first.done(id)).toMatchObject({
      result: 'failed',
      error: {
        code: 'NotStarted',
        message:
          'ecs_task:migrate did not start: image missing:1 could not be pulled (CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref missing:1: missing:1: not found).',
        details: [],
      },
    })
    const second = await made.apply(missing)
    expect(second.done(id).result).toBe('failed')
    expect(made.runs.size).toBe(2)
    made.simulator.behave('missing:1', { runSeconds: 1, exitCode: 0 })
    const third = await made.apply(missing)
    expect(third.report.result).toBe('succeeded')
    expect(third.done(id).task?.exitCodes).toEqual([{ migrate: 0 }])
    expect((await made.apply(missing)).plan.steps).toEqual([])
    expect(made.runs.size).toBe(3)
  })

  test('whose host was lost under it may have done half its work: it has failed, and is not run again', async () => {
    const made = await Shop.open()
    made.simulator.behave('migrate:1', { runSeconds: 600, exitCode: 0 })
    await made.apply(shop, { waitTimeout: 60_000 })
    const lost = made.simulator.findTask([...made.runs][0] ?? '')
    made.simulator.advance(20 * minute)
    for (const { wire } of lost?.containers ?? []) delete wire.exitCode
    if (lost)
      Object.assign(lost.wire, { stopCode: 'TerminationNotice', stoppedReason: 'Host EC2 (instance i-1) terminated.' })
    const applied = await made.apply(shop)
    expect(applied.report.result).toBe('failed')
    expect(applied.done(id).error).toMatchObject({
      message: 'ecs_task:migrate failed: Host EC2 (instance i-1) terminated.',
      details: [],
    })
    made.simulator.advance(2 * hour)
    expect(whyOf(await made.apply(shop))).toMatch(/^its last run failed; change what it runs/)
    expect(made.runs.size).toBe(1)
  })

  test('that is running is waited for, not started again', async () => {
    const made = await Shop.open()
    made.simulator.behave('migrate:1', { runSeconds: 600, exitCode: 0 })
    const first = await made.apply(shop, { waitTimeout: 60_000 })
    expect(first.done(id)).toMatchObject({
      result: 'failed',
      error: {
        message: expect.stringMatching(
          /^ecs_task:migrate was not done after 1 min \(wait-timeout\): the task is RUNNING\.$/,
        ),
      },
    })
    const second = await made.apply(shop)
    expect(second.step(id)).toMatchObject({ transition: 'wait', why: 'its task is RUNNING', changes: [] })
    expect(second.claims).toEqual([])
    expect(second.done(id)).toMatchObject({ result: 'succeeded', task: { arns: [...made.runs] } })
    expect(made.runs.size).toBe(1)
    expect(reasonOf(await made.apply(shop))).toBe('done')
  })

  test('that ended while nobody looked is put on record, and not run again', async () => {
    for (const [exitCode, reason, result] of [
      [0, 'done', 'succeeded'],
      [2, 'failed', 'failed'],
    ] as const) {
      const made = await Shop.open()
      made.simulator.behave('migrate:1', { runSeconds: 600, exitCode })
      await made.apply(shop, { waitTimeout: 60_000 })
      made.simulator.advance(20 * minute)
      expect((await made.apply(shop)).report.result).toBe(result)
      made.simulator.advance(2 * hour)
      const later = await made.apply(shop)
      expect([reasonOf(later), whyOf(later)?.split(';')[0]]).toEqual([
        reason,
        reason === 'failed' ? 'its last run failed' : undefined,
      ])
      expect(made.runs.size).toBe(1)
    }
  })

  test('is unknown when its start is on record for 45 minutes and nothing is to be seen; a person decides', async () => {
    const start = async () => {
      const made = await Shop.open()
      const { killed } = await made.apply(shop, { killedAt: { call: 4, when: 'before', modifying: true } })
      expect(killed).toBe(true)
      expect(records(made)).toEqual([['intent']])
      made.simulator.advance(46 * minute)
      return made
    }
    const made = await start()
    const applied = await made.apply(shop)
    expect(applied.report.result).toBe('failed')
    expect(whyOf(applied)).toMatch(/^whether it ran is unknown: its start was recorded at 2026-01-02T03:04:/)
    expect(made.runs.size).toBe(0)
    const assumed = await made.apply(base + job({ options: 'assume: done' }))
    expect(assumed.report.result).toBe('succeeded')
    expect(assumed.step(id).transition).toBe('update')
    expect(reasonOf(await made.apply(base + job({ options: 'assume: done' })))).toBe('done')
    expect(made.runs.size).toBe(0)
    const asked = await start()
    expect((await asked.apply(shop, { asked: [id] })).report.result).toBe('succeeded')
    expect(reasonOf(await asked.apply(shop))).toBe('done')
    expect(asked.runs.size).toBe(1)
    const other = await start()
    expect((await other.apply(base + job({ options: 'retry: 1' }))).report.result).toBe('succeeded')
    expect(other.runs.size).toBe(1)
  })

  test('whose start is on record for less is taken up, as often as it takes', async () => {
    const made = await Shop.open()
    await made.apply(shop, { killedAt: { call: 4, when: 'after', modifying: true } })
    expect(made.runs.size).toBe(1)
    made.simulator.advance(44 * minute)
    await made.apply(shop, { killedAt: { call: 1, when: 'before', modifying: true } })
    made.simulator.advance(15 * minute)
    const applied = await made.apply(shop)
    expect(applied.report.result).toBe('succeeded')
    made.simulator.advance(2 * hour)
    expect(reasonOf(await made.apply(shop))).toBe('done')
    expect(made.runs.size).toBe(1)
  })

  test('taken up late does not seem young: the time of its start stays', async () => {
    const made = await Shop.open()
    made.simulator.behave('migrate:1', { runSeconds: 1, exitCode: 0 })
    await made.apply(shop, { killedAt: { call: 4, when: 'after', modifying: true } })
    made.simulator.inject({
      operation: 'ListTasks',
      always: true,
      fault: { kind: 'error', name: 'ClusterNotFoundException', message: 'Cluster not found.', status: 400 },
    })
    made.simulator.advance(40 * minute)
    await made.apply(shop, { killedAt: { call: 1, when: 'after', modifying: true } })
    made.simulator.advance(30 * minute)
    expect((await made.apply(shop)).report.result).toBe('failed')
    expect(made.runs.size).toBe(1)
  })

  test('does not run when it cannot be put on record, and says what to do', async () => {
    const made = await Shop.open()
    made.simulator.deny(['ecs:TagResource'])
    const applied = await made.apply(shop)
    expect(applied.done(id)).toMatchObject({ result: 'failed', error: { code: 'AccessDeniedException' } })
    expect(applied.done(id).error?.message).toMatch(
      /^ecs_task:migrate was not started: the run cannot be recorded on migrate:1: User: .* is not authorized to perform: ecs:TagResource/,
    )
    expect(made.runs.size).toBe(0)
    const without = await made.apply(base + job({ options: 'record: false' }))
    expect(without.report.result).toBe('succeeded')
    expect(made.runs.size).toBe(1)
  })

  test('without a record is known for an hour', async () => {
    const manifests = base + job({ options: 'record: false' })
    const made = await done(manifests)
    expect(records(made)).toEqual([[]])
    made.simulator.advance(50 * minute)
    expect((await made.apply(manifests)).plan.steps).toEqual([])
    made.simulator.advance(hour)
    await made.apply(manifests)
    expect(made.runs.size).toBe(2)
  })

  test('without a record is run again by retry-tasks, each time once', async () => {
    const manifests =
      cluster + definition({ family: 'migrate', image: 'failing:1' }) + job({ options: 'record: false' })
    const made = await Shop.open()
    await made.apply(manifests)
    expect(reasonOf(await made.apply(manifests))).toBe('failed')
    await made.apply(manifests, { asked: [id] })
    expect(made.runs.size).toBe(2)
    made.simulator.behave('failing:1', { runSeconds: 1, exitCode: 0 })
    const asked = await made.apply(manifests, { asked: [id] })
    expect(asked.report.result).toBe('succeeded')
    expect(asked.claims).toEqual([])
    expect(made.runs.size).toBe(3)
    expect(reasonOf(await made.apply(manifests))).toBe('done')
    expect(made.runs.size).toBe(3)
  })
})

describe('a job that still runs', () => {
  test('is not started again by retry-tasks, which says so', async () => {
    const made = await Shop.open()
    made.simulator.behave('migrate:1', { runSeconds: 600, exitCode: 0 })
    await made.apply(shop, { waitTimeout: 60_000 })
    const applied = await made.apply(shop, { asked: [id] })
    expect(applied.plan.warnings).toEqual([
      'ecs_task:migrate is named in retry-tasks, but still running: it is waited for, and not started again',
    ])
    expect(applied.report.result).toBe('succeeded')
    expect(made.runs.size).toBe(1)
  })
})

describe('a start of a job', () => {
  const started = async (inject: (made: Shop) => void) => {
    const made = await Shop.open()
    inject(made)
    const applied = await made.apply(shop)
    return { made, applied }
  }

  test.each(['lose', 'reset', 'unavailable'] as const)('whose answer is a %s runs once', async kind => {
    const { made, applied } = await started(({ simulator }) =>
      simulator.inject({ operation: 'RunTask', fault: { kind } }),
    )
    expect(applied.report.result).toBe('succeeded')
    expect(made.runs.size).toBe(1)
    expect((await made.apply(shop)).plan.steps).toEqual([])
  })

  test('whose every answer is lost runs once, and is found by the next apply', async () => {
    const { made, applied } = await started(({ simulator }) =>
      simulator.inject({ operation: 'RunTask', fault: { kind: 'lose' }, times: 4 }),
    )
    expect(applied.report.result).toBe('succeeded')
    expect(made.runs.size).toBe(1)
  }, 30_000)

  test('that is throttled runs once', async () => {
    const { made, applied } = await started(({ simulator }) =>
      simulator.inject({ operation: 'RunTask', fault: { kind: 'throttle' } }),
    )
    expect(applied.report.result).toBe('succeeded')
    expect(made.runs.size).toBe(1)
  }, 30_000)

  test.each([
    ['ClusterNotFoundException', 'Cluster not found.'],
    [
      'InvalidParameterException',
      'Unable to assume the service linked role. Please verify that the ECS service linked role exists.',
    ],
  ])('that comes too early for ECS is made again (%s), and runs once', async (name, message) => {
    const { made, applied } = await started(({ simulator }) =>
      simulator.inject({ operation: 'RunTask', fault: { kind: 'error', name, message }, times: 2 }),
    )
    expect(applied.report.result).toBe('succeeded')
    expect(applied.log.join('\n')).toMatch(/does not see .* yet: /)
    expect([made.runs.size, records(made)]).toEqual([1, [['done']]])
  })

  test('that is refused after an answer was lost is in doubt: the same run is found', async () => {
    const { made, applied } = await started(({ simulator }) => {
      simulator.inject({ operation: 'RunTask', fault: { kind: 'lose' } })
      simulator.inject({ operation: 'RunTask', nth: 2, fault: { kind: 'deny' } })
    })
    expect(applied.report.result).toBe('succeeded')
    expect(made.runs.size).toBe(1)
    made.simulator.advance(2 * hour)
    expect((await made.apply(shop)).plan.steps).toEqual([])
  }, 30_000)

  test('that ECS answers with failures alone is followed by the next token', async () => {
    const made = await Shop.open()
    const tokens: unknown[] = []
    made.simulator.inject({
      operation: 'RunTask',
      always: true,
      when: input => Boolean(tokens.push((input as { clientToken: string }).clientToken)) && false,
      fault: { kind: 'reset' },
    })
    const instances =
      base.replace('requiresCompatibilities: [FARGATE]', 'requiresCompatibilities: [EC2]') +
      job({}).replace('launchType: FARGATE', 'launchType: EC2')
    await made.apply(cluster)
    made.simulator.registerContainerInstance({ cluster: 'main', cpu: 64, memory: 64 })
    const first = await made.apply(instances, { waitTimeout: 600_000 })
    expect(first.done(id)).toMatchObject({
      result: 'failed',
      error: {
        message: expect.stringMatching(
          /^ecs_task:migrate was not done after 10 min \(wait-timeout\): 1 task without capacity: RESOURCE:CPU /,
        ),
      },
    })
    expect(records(made)).toEqual([['refused']])
    made.simulator.registerContainerInstance({ cluster: 'main', cpu: 4096, memory: 8192 })
    const second = await made.apply(instances)
    expect(second.report.result).toBe('succeeded')
    expect(made.runs.size).toBe(1)
    expect(new Set(tokens).size).toBe(tokens.length)
  })

  test('that ECS refuses outright may be tried again, also hours later', async () => {
    const made = await Shop.open()
    made.simulator.setCapacity({ fargate: 0 })
    expect((await made.apply(shop)).report.result).toBe('failed')
    made.simulator.advance(3 * hour)
    made.simulator.setCapacity({ fargate: 10 })
    expect((await made.apply(shop)).report.result).toBe('succeeded')
    expect(made.runs.size).toBe(1)
  })

  test('whose token was used with other words is that run', async () => {
    const made = await Shop.open()
    await made.apply(shop, { killedAt: { call: 4, when: 'after', modifying: true }, environment: 'one' })
    expect(made.runs.size).toBe(1)
    const applied = await made.apply(shop, { environment: 'two' })
    expect(applied.report.result).toBe('succeeded')
    expect(made.runs.size).toBe(1)
    expect(reasonOf(await made.apply(shop))).toBe('done')
  })
})

describe('a job of several tasks', () => {
  const three = base + job({ more: '  count: 3' })

  test('is done when all of them are', async () => {
    const made = await done(three)
    expect(made.runs.size).toBe(3)
    expect((await made.apply(three)).plan.steps).toEqual([])
  })

  test('of which ECS starts only some waits for the rest, and the next apply makes it up when the time is up', async () => {
    const made = await Shop.open()
    made.simulator.behave('migrate:1', { runSeconds: 1200, exitCode: 0 })
    made.simulator.setCapacity({ fargate: 2 })
    const first = await made.apply(three, { waitTimeout: 300_000 })
    expect(first.done(id)).toMatchObject({
      result: 'failed',
      error: {
        message: expect.stringMatching(
          /^ecs_task:migrate was not done after 5 min .*: 1 task without capacity: Capacity is un/,
        ),
      },
    })
    expect(made.runs.size).toBe(2)
    made.simulator.setCapacity({ fargate: 10 })
    const second = await made.apply(three)
    expect(second.report.result).toBe('succeeded')
    expect(second.done(id).task?.arns).toHaveLength(3)
    expect(made.runs.size).toBe(3)
    made.simulator.advance(2 * hour)
    expect(reasonOf(await made.apply(three))).toBe('done')
  })

  test('of which more than asked for run is an error', async () => {
    const made = await Shop.open()
    made.simulator.behave('migrate:1', { runSeconds: 600, exitCode: 0 })
    await made.apply(three, { waitTimeout: 60_000 })
    await expect(made.apply(shop)).rejects.toThrow(
      '3 tasks of this run are running or have succeeded, more than aws_resource.count (1); stop what is too much, or raise count',
    )
  })

  test('of which some run makes up the rest while they do', async () => {
    const made = await Shop.open()
    made.simulator.behave('migrate:1', { runSeconds: 600, exitCode: 0 })
    await made.apply(shop, { waitTimeout: 60_000 })
    const applied = await made.apply(three)
    expect(applied.report.result).toBe('succeeded')
    expect(made.runs.size).toBe(3)
  })

  test('one of which fails is not made up: the run has failed', async () => {
    const made = await Shop.open()
    made.simulator.behave('migrate:1', [
      { runSeconds: 5, exitCode: 9 },
      { runSeconds: 300, exitCode: 0 },
    ])
    await made.apply(three, { waitTimeout: 60_000 })
    const second = await made.apply(three)
    expect(second.step(id).transition).toBe('wait')
    expect(second.done(id)).toMatchObject({
      result: 'failed',
      error: { message: 'ecs_task:migrate failed: container migrate exited 9.' },
    })
    expect(made.runs.size).toBe(3)
    made.simulator.advance(2 * hour)
    expect(reasonOf(await made.apply(three))).toBe('failed')
  })

  test('of which only one is to be seen yet is not made up with others', async () => {
    const made = await Shop.open()
    made.simulator.behave('migrate:1', { runSeconds: 300, exitCode: 0 })
    await made.apply(three, { killedAt: { call: 4, when: 'after', modifying: true } })
    const [, ...late] = made.runs
    const seenAt = made.simulator.clock.now + 20_000
    for (const arn of late) Object.assign(made.simulator.findTask(arn) ?? {}, { createdAt: seenAt })
    const applied = await made.apply(three)
    expect(applied.step(id).transition).toBe('start')
    expect(applied.report.result).toBe('succeeded')
    expect(made.runs.size).toBe(3)
    expect((await made.apply(three)).plan.steps).toEqual([])
  })

  test('that ECS shows nothing of for long is not taken for refused', async () => {
    const made = await Shop.open()
    made.simulator.setConsistencySeconds(120)
    const applied = await made.apply(shop)
    expect(applied.done(id).error?.message).toBe(
      'ecs_task:migrate failed: ECS has no trace of the task that it started.',
    )
    expect(records(made)).toEqual([['intent']])
    made.simulator.advance(300)
    expect((await made.apply(shop)).report.result).toBe('succeeded')
    expect(made.runs.size).toBe(1)
  })

  test('that are not all to be seen yet is not started again', async () => {
    const made = await Shop.open({ consistencySeconds: 20 })
    await made.apply(three, { killedAt: { call: 4, when: 'after', modifying: true } })
    const applied = await made.apply(three)
    expect(applied.report.result).toBe('succeeded')
    expect(made.runs.size).toBe(3)
  })
})

describe('an apply that dies', () => {
  test('twice, wherever, still runs it once', async () => {
    for (const first of [3, 4, 5]) {
      for (const second of [1, 2]) {
        const made = await Shop.open({ consistencySeconds: 20 })
        await made.apply(shop, { killedAt: { call: first, when: 'after', modifying: true } })
        await made.apply(shop, { killedAt: { call: second, when: 'after', modifying: true } })
        expect((await made.apply(shop)).report.result).toBe('succeeded')
        expect(made.runs.size).toBe(1)
      }
    }
  }, 60_000)

  test('while a person asked for another run leaves one more run, not two', async () => {
    const calls = 4
    for (let call = 1; call < calls; call++) {
      for (const when of ['before', 'after'] as const) {
        const made = await Shop.open()
        made.simulator.behave('migrate:1', { startSeconds: 1, runSeconds: 1, exitCode: 1 })
        expect((await made.apply(shop)).report.result).toBe('failed')
        made.simulator.behave('migrate:1', { startSeconds: 1, runSeconds: 1, exitCode: 0 })
        const dead = await made.apply(shop, { asked: [id], killedAt: { call, when, modifying: true } })
        expect([call, when, dead.killed]).toEqual([call, when, true])
        const next = await made.apply(shop, { asked: [id] })
        expect(next.report.result).toBe('succeeded')
        expect([call, when, made.runs.size]).toEqual([call, when, 2])
      }
    }
  }, 60_000)
})

describe('the record', () => {
  test('is carried to new revisions, and found on them after hours', async () => {
    const made = await done()
    for (const image of ['migrate:2', 'migrate:3'])
      await made.apply(cluster + definition({ family: 'migrate', image }) + job())
    expect(records(made)).toEqual([['done'], ['done', 'done'], ['done', 'done', 'done']])
  })

  test('outlives a revision that somebody else registered without it', async () => {
    const made = await done()
    made.simulator.advance(2 * hour)
    const foreign = await made.apply(cluster + definition({ family: 'migrate', image: 'migrate:9' }))
    expect(foreign.report.result).toBe('succeeded')
    const [, latest] = made.simulator.region().families.get('migrate') ?? []
    if (latest) latest.tags = []
    const applied = await made.apply(shop)
    expect(applied.report.result).toBe('succeeded')
    expect(made.runs.size).toBe(1)
    expect(records(made)).toEqual([['done'], [], ['done']])
  })

  test('keeps every run, also with as many tags as a manifest may state', async () => {
    const made = await Shop.open({ throttling: false })
    const tags = Array.from({ length: 30 }, (_, n) => `{key: t${n}, value: v}`).join(', ')
    const retried = (retry: number) =>
      cluster +
      definition({ family: 'migrate', image: 'migrate:1', more: `  tags: [${tags}]` }) +
      job({ options: `retry: ${retry}` })
    for (let retry = 0; retry < 23; retry++) expect((await made.apply(retried(retry))).report.result).toBe('succeeded')
    const remembered = () =>
      (made.simulator.region().families.get('migrate') ?? []).map(revision => recordsIn(revision.tags).size)
    expect(remembered()).toEqual([23])
    expect(made.runs.size).toBe(23)
    made.simulator.advance(2 * hour)
    for (const retry of [22, 11, 0]) expect(reasonOf(await made.apply(retried(retry)))).toBe('done')
    const next = cluster + definition({ family: 'migrate', image: 'migrate:2', more: `  tags: [${tags}]` }) + job()
    expect((await made.apply(next)).report.result).toBe('succeeded')
    expect(remembered()).toEqual([23, 24])
    expect(made.runs.size).toBe(24)
  }, 60_000)

  test('of jobs that are declared stays, however many there are', async () => {
    const toolbox = (changed: string) =>
      cluster +
      definition({ family: 'tools', image: 'tools:1' }) +
      Array.from({ length: 24 }, (_, n) =>
        job({
          name: `j${n}`,
          family: 'tools',
          more: `  overrides: {containerOverrides: [{name: tools, command: [run, "${n === 0 ? changed : n}", exit 0]}]}`,
        }),
      ).join('')
    const made = await Shop.open()
    expect((await made.apply(toolbox('a'))).report.result).toBe('succeeded')
    for (const changed of ['b', 'c']) {
      made.simulator.advance(2 * hour)
      const applied = await made.apply(toolbox(changed))
      expect(applied.plan.steps.map(({ particle }) => particle)).toEqual(['ecs_task:j0'])
      expect(applied.report.result).toBe('succeeded')
    }
    await made.somebody().send(
      new RegisterTaskDefinitionCommand({
        family: 'tools',
        containerDefinitions: [{ name: 'tools', image: 'tools:2', memory: 512 }],
      }),
    )
    made.simulator.advance(2 * hour)
    const back = await made.apply(toolbox('c'))
    expect(back.plan.steps.map(({ particle }) => particle)).toEqual(['ecs_task_definition:tools'])
    expect((await made.apply(toolbox('c'))).plan.steps).toEqual([])
    expect(made.runs.size).toBe(26)
  }, 30_000)

  test('finds room beside live tags that the manifest has no opinion about', async () => {
    const made = await done()
    const [revision] = made.simulator.region().families.get('migrate') ?? []
    const client = made.somebody()
    const foreign = Array.from({ length: 48 }, (_, n) => ({ key: `t${n}`, value: 'v' }))
    await client.send(new TagResourceCommand({ resourceArn: revision?.arn ?? '', tags: foreign }))
    for (const image of ['migrate:2', 'migrate:3', 'migrate:4'])
      expect((await made.apply(cluster + definition({ family: 'migrate', image }) + job())).report.result).toBe(
        'succeeded',
      )
    // One tag is the mark, so one run finds room beside it; those before it are found at the revisions before.
    expect(records(made).at(-1)).toHaveLength(1)
    made.simulator.advance(2 * hour)
    for (const image of ['migrate:2', 'migrate:1'])
      expect(
        (await made.plan(cluster + definition({ family: 'migrate', image }) + job())).plan.unchanged,
      ).toContainEqual(expect.objectContaining({ particle: id, reason: 'done' }))
  })
})

describe('startedBy', () => {
  const startedBy = (made: Shop) =>
    made.simulator.calls
      .filter(({ operation }) => operation === 'RunTask')
      .map(({ input }) => (input as { startedBy: string }).startedBy)

  test('names the run', async () => {
    const made = await done(shop, { environment: 'production' })
    expect(startedBy(made)).toEqual([expect.stringMatching(/^particles\/production\/migrate\/[0-9a-f]{32}$/)])
  })

  test.each([
    ['a.b', 'prod.eu'],
    ['ünï/cödé x', 'default'],
    ['x'.repeat(200), 'y'.repeat(100)],
  ])('takes the name %j in the environment %j', async (name, environment) => {
    const made = await done(base + job().replace('pcf_name: migrate', `pcf_name: ${JSON.stringify(name)}`), {
      environment,
    })
    const [said = ''] = startedBy(made)
    expect(said).toMatch(/^particles\/[A-Za-z0-9/_-]+\/[0-9a-f]{32}$/)
    expect(said.length).toBeLessThanOrEqual(128)
  })

  test('of the manifest finds its run, and a changed definition is another run', async () => {
    const own = (image: string) =>
      cluster +
      definition({ family: 'migrate', image }) +
      job({ more: '  startedBy: ops/me', options: 'record: false' })
    const made = await done(own('migrate:1'))
    expect(startedBy(made)).toEqual(['ops/me'])
    expect((await made.apply(own('migrate:1'))).plan.steps).toEqual([])
    expect((await made.apply(own('migrate:2'))).report.result).toBe('succeeded')
    expect((await made.apply(own('migrate:2'))).plan.steps).toEqual([])
    expect(made.runs.size).toBe(2)
  })

  test('and everything else that would let hidden values be guessed is shown nowhere', async () => {
    const made = await Shop.open()
    const manifests =
      cluster +
      definition({
        family: 'migrate',
        image: 'failing:1',
        more: '      environment: [{name: PASSWORD, value: correct-horse}]',
      }) +
      job()
    const applied = await made.apply(manifests)
    const next = await made.apply(manifests)
    const [, digest = 'none'] = /\/([0-9a-f]{32})$/.exec(startedBy(made)[0] ?? '') ?? []
    expect(digest).toMatch(/^[0-9a-f]{32}$/)
    const said = JSON.stringify([applied.plan, applied.log, applied.written, next.plan, next.log, next.written])
    expect(said).not.toContain(digest)
    expect(said).not.toContain('correct-horse')
    expect(said).toContain('its last run failed')
  })
})

describe('a task whose definition is named, not declared', () => {
  const named = (reference: string) =>
    cluster +
    `
flavor: ecs_task
pcf_name: migrate
parents: [ecs_cluster:main]
aws_resource:
  taskName: migrate
  taskDefinition: ${reference}
  launchType: FARGATE
  networkConfiguration: {awsvpcConfiguration: {subnets: [subnet-1]}}
`
  test.each(['migrate', 'migrate:1'])('%s runs once, and is remembered on it', async reference => {
    const made = await Shop.open()
    await made.apply(base)
    expect((await made.apply(named(reference))).report.result).toBe('succeeded')
    made.simulator.advance(2 * hour)
    expect((await made.apply(named(reference))).plan.steps).toEqual([])
    expect(made.runs.size).toBe(1)
    expect(records(made)).toEqual([['done']])
  })

  test('is remembered when somebody registers a revision that says the same', async () => {
    const made = await Shop.open()
    await made.apply(base)
    await made.apply(named('migrate'))
    made.simulator.advance(2 * hour)
    await made.apply(cluster + definition({ family: 'migrate', image: 'migrate:2' }))
    await made.apply(base)
    for (const revision of made.simulator.region().families.get('migrate')?.slice(1) ?? []) revision.tags = []
    expect((await made.apply(named('migrate'))).plan.steps).toEqual([])
    expect(made.runs.size).toBe(1)
  })

  test('runs the revision that its run is recorded for, also when another is registered before it starts', async () => {
    const made = await Shop.open()
    await made.apply(base)
    const family = made.simulator.region().families.get('migrate') ?? []
    const [first] = family
    if (!first) throw new Error('there is no revision')
    const arn = first.arn.replace(/1$/, '2')
    const numbered = { ...first.definition, revision: 2, taskDefinitionArn: arn }
    const second = { ...first, revision: 2, arn, definition: numbered, tags: [] }
    const register = () => family.length < 2 && family.push(second) < 0
    made.simulator.inject({ operation: 'TagResource', when: register, fault: { kind: 'reset' } })
    expect((await made.apply(named('migrate'))).report.result).toBe('succeeded')
    expect([family.length, made.sent('RunTask')[0]?.taskDefinition]).toEqual([2, 'migrate:1'])
  })

  test('that is missing is an error that says so, and nothing runs', async () => {
    const made = await Shop.open()
    const applied = await made.apply(named('nowhere'))
    expect(applied.done(id)).toMatchObject({ result: 'failed', error: { message: expect.stringContaining('nowhere') } })
    expect(runTasks(made)).toBe(0)
  })
})

describe('a task that is kept running', () => {
  const kept = (image = 'worker:1', more = '', top = '') =>
    cluster + definition({ family: 'migrate', image }) + job({ options: 'wait: running', more, top })

  const up = (made: Shop) =>
    [...made.runs].map(arn => made.simulator.findTask(arn)).filter(task => task?.wire.lastStatus === 'RUNNING')

  test('is settled when it runs, and left alone while it does', async () => {
    const made = await done(kept())
    made.simulator.advance(5 * hour)
    expect((await made.apply(kept())).plan.steps).toEqual([])
    expect(made.runs.size).toBe(1)
    expect(records(made)).toEqual([[]])
  })

  test('is started again whenever it is found stopped, soon or late', async () => {
    const made = await done(kept())
    for (const [runs, pause] of [
      [2, minute],
      [3, minute],
      [4, 2 * hour],
      [5, minute],
    ] as const) {
      made.simulator.exitTask([...made.runs].at(-1) ?? '', 1)
      made.simulator.advance(pause)
      expect((await made.apply(kept())).report.result).toBe('succeeded')
      expect(made.runs.size).toBe(runs)
      expect(up(made)).toHaveLength(1)
      expect((await made.apply(kept())).plan.steps).toEqual([])
    }
  })

  test.each(['', '  startedBy: ops/me'])('gives way to a changed one only once that runs (%j)', async more => {
    const made = await done(kept('worker:1', more))
    const [old = ''] = made.runs
    const next = kept('worker:2', more)
    const broken = await made.apply(kept('missing:2', more))
    expect(broken.done(id).result).toBe('failed')
    expect(made.simulator.findTask(old)?.wire.lastStatus).toBe('RUNNING')
    const applied = await made.apply(next)
    expect(applied.step(id).risks).toEqual(['1 task of its earlier definition (migrate:1) stops when the new one runs'])
    expect(applied.report.result).toBe('succeeded')
    expect(made.simulator.findTask(old)?.wire).toMatchObject({
      desiredStatus: 'STOPPED',
      stoppedReason: 'PCF default stop action',
    })
    made.simulator.advance(minute)
    expect(up(made)).toHaveLength(1)
    expect((await made.apply(next)).plan.steps).toEqual([])
  })

  test('whose change was cut off after the new one ran stops the old one next time', async () => {
    const made = await done(kept())
    const next = kept('worker:2')
    await made.apply(next, { killedAt: { call: 2, when: 'after', modifying: true } })
    expect(made.runs.size).toBe(2)
    made.simulator.advance(minute)
    const applied = await made.apply(next)
    expect(applied.step(id)).toMatchObject({ transition: 'update' })
    expect(applied.report.result).toBe('succeeded')
    made.simulator.advance(minute)
    expect(up(made)).toHaveLength(1)
    expect(made.runs.size).toBe(2)
  })

  test('that was started again is waited for without regard to those that stopped before', async () => {
    const made = await done(kept())
    made.simulator.exitTask([...made.runs][0] ?? '', 1)
    made.simulator.advance(minute)
    await made.apply(kept(), { killedAt: { call: 1, when: 'after', modifying: true } })
    expect((await made.apply(kept())).report.result).toBe('succeeded')
    expect(made.runs.size).toBe(2)
  })

  test('does not stop a task of somebody whose name only looks the same', async () => {
    const two =
      cluster +
      definition({ family: 'migrate', image: 'worker:1' }) +
      job({ name: 'a.b', options: 'wait: running' }) +
      job({ name: 'a-b', options: 'wait: running' })
    const made = await done(two)
    expect((await made.apply(two)).plan.steps).toEqual([])
    expect(up(made)).toHaveLength(2)
  })

  test.each([
    ['terminated', 'terminate', '', 'PCF default stop action'],
    ['stopped', 'stop', '  stopReason: maintenance', 'maintenance'],
  ])('that is to be %s is stopped, with a reason', async (state, transition, more, reason) => {
    const made = await done(kept())
    const applied = await made.apply(kept('worker:1', more, `desired_state: ${state}`))
    expect(applied.step(id)).toMatchObject({ transition, risks: ['1 running task stops'] })
    expect(applied.report.result).toBe('succeeded')
    expect(made.simulator.findTask([...made.runs][0] ?? '')?.wire.stoppedReason).toBe(reason)
    made.simulator.advance(minute)
    expect((await made.apply(kept('worker:1', more, `desired_state: ${state}`))).plan.steps).toEqual([])
  })

  test('of an earlier definition stops too when it is to go', async () => {
    const made = await done(kept())
    const gone = kept('worker:2', '', 'desired_state: terminated')
    expect((await made.apply(gone)).report.result).toBe('succeeded')
    expect(up(made)).toHaveLength(0)
  })

  test('is left alone when persist_on_termination says so', async () => {
    const made = await done(kept())
    const applied = await made.apply(kept('worker:1', '', 'desired_state: terminated\npersist_on_termination: true'))
    expect(applied.plan.steps).toEqual([])
    expect(reasonOf(applied)).toBe('protected')
    expect(up(made)).toHaveLength(1)
  })

  test('of an earlier definition is never stopped while persist_on_termination says so', async () => {
    const top = 'persist_on_termination: true'
    const made = await done(kept('worker:1', '', top))
    const applied = await made.apply(kept('worker:2', '', top))
    expect(applied.report.result).toBe('succeeded')
    expect(applied.step(id).risks).toEqual([])
    expect(applied.plan.warnings?.join()).toMatch(
      /1 running task .* left alone, because persist_on_termination keeps it;/,
    )
    expect(made.modifying()).not.toContain('StopTask')
    expect(up(made)).toHaveLength(2)
    expect((await made.apply(kept('worker:2', '', top))).plan.steps).toEqual([])
    expect((await made.apply(kept('worker:2'))).report.result).toBe('succeeded')
    expect(up(made)).toHaveLength(1)
  })

  test('of an earlier definition runs on while persist_on_update says so', async () => {
    const top = 'persist_on_update: true'
    const made = await done(kept('worker:1', '', top))
    const applied = await made.apply(kept('worker:2', '', top))
    expect(applied.plan.unchanged).toContainEqual({
      particle: id,
      state: 'running',
      reason: 'protected',
      changes: [{ path: 'earlierTasks', before: 'running', after: 'stopped' }],
    })
    expect(runTasks(made)).toBe(1)
    expect(up(made)).toHaveLength(1)
    expect((await made.apply(kept('worker:2'))).report.result).toBe('succeeded')
    expect(up(made)).toHaveLength(1)
    expect(runTasks(made)).toBe(2)
  })

  test('of which one of two stopped is made up to two', async () => {
    const two = kept('worker:1', '  count: 2')
    const made = await done(two)
    made.simulator.exitTask([...made.runs][0] ?? '', 1)
    made.simulator.advance(minute)
    expect((await made.apply(two)).report.result).toBe('succeeded')
    expect(up(made)).toHaveLength(2)
    const three = kept('worker:1', '  count: 3')
    expect((await made.apply(three)).report.result).toBe('succeeded')
    expect(up(made)).toHaveLength(3)
  })

  test('of which ECS places only one of two says so, and the earlier ones go on', async () => {
    const two = (image: string) => kept(image, '  count: 2')
    const made = await done(two('worker:1'))
    const [one] = made.runs
    const tasks = [{ taskArn: one, lastStatus: 'RUNNING', desiredStatus: 'RUNNING' }]
    const failures = [{ reason: 'MemberOf placement constraint unsatisfied.' }]
    const fault = { kind: 'garble', body: JSON.stringify({ tasks, failures }) } as const
    made.simulator.inject({ operation: 'RunTask', fault })
    const applied = await made.apply(two('worker:2'))
    expect(applied.done(id)).toMatchObject({
      result: 'failed',
      error: {
        code: 'NotStarted',
        message: expect.stringMatching('was started in part only: MemberOf placement constraint unsatisfied'),
      },
    })
    expect(made.modifying()).not.toContain('StopTask')
  })
})

describe('other tasks', () => {
  test('that somebody runs from the same definition are nobody business of ours', async () => {
    const made = await done()
    const client = made.somebody()
    await client.send(
      new RunTaskCommand({
        cluster: 'main',
        taskDefinition: 'migrate',
        launchType: 'FARGATE',
        startedBy: 'somebody',
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
      }),
    )
    expect((await made.apply(shop)).plan.steps).toEqual([])
  })
})
