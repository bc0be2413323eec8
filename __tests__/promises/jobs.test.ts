/** Somebody, or bad timing, tries to run a job twice, or to have a job that never ran taken for one that did. */

import { StopTaskCommand } from '@aws-sdk/client-ecs'
import { describe, expect } from '@jest/globals'
import { failureAnnotations } from '../../src/render/failures.ts'
import { cluster, definition, job, migrate } from '../world/manifests.ts'
import { type Applied, type Manifests, Shop } from '../world/shop.ts'
import { story } from '../world/story.ts'

const minute = 60
const hour = 60 * minute
const id = 'ecs_task:migrate'
const base = cluster + migrate
const shop = base + job()
const threeHours = 3 * 3_600_000

/** The cluster, the revision and the intent are written before RunTask, which is the fourth call that changes something. */
const atRunTask = (when: 'before' | 'after') => ({ call: 4, when, modifying: true }) as const

const records = (made: Shop) =>
  (made.simulator.region().families.get('migrate') ?? []).flatMap(({ tags }) =>
    tags.filter(({ key }) => key?.startsWith('ecs-particles:run/')).map(({ value }) => value?.split(' ')),
  )

const statuses = (made: Shop) => records(made).map(record => record?.[1])

const tokens = (made: Shop) => made.sent('RunTask').map(({ clientToken }) => clientToken)

const whyOf = ({ plan }: Pick<Applied, 'plan'>) => plan.unchanged.find(({ particle }) => particle === id)?.why ?? ''

const reasonOf = ({ plan }: Pick<Applied, 'plan'>) => plan.unchanged.find(({ particle }) => particle === id)?.reason

/** A job on a machine of the cluster, which must be big enough. */
const onInstances =
  base.replace('requiresCompatibilities: [FARGATE]', 'requiresCompatibilities: [EC2]') +
  job().replace('launchType: FARGATE', 'launchType: EC2')

async function withInstances(cpu: number): Promise<Shop> {
  const made = await Shop.open()
  await made.apply(cluster)
  made.simulator.registerContainerInstance({ cluster: 'main', cpu, memory: 8192 })
  return made
}

const three = base + job({ more: '  count: 3' })

/** A job of three tasks, of which one has run before the time for the others was up. */
async function roomForOne(): Promise<Shop> {
  const made = await Shop.open()
  made.simulator.setCapacity({ fargate: 1 })
  made.simulator.clock.schedule(3_000, () => made.simulator.setCapacity({ fargate: 0 }))
  const applied = await made.apply(three, { waitTimeout: 120_000 })
  expect([applied.report.result, made.runs.size]).toEqual(['failed', 1])
  made.simulator.setCapacity({ fargate: 10 })
  return made
}

describe('No task runs twice', () => {
  for (const skew of [-threeHours, threeHours]) {
    const direction = skew < 0 ? 'behind' : 'ahead'
    const crash = async (first: number, then: number) => {
      const made = await Shop.open()
      await made.apply(shop, { killedAt: atRunTask('after'), skew: first })
      made.simulator.advance(10 * minute)
      const applied = await made.apply(shop, { skew: then })
      expect([direction, applied.report.result, made.runs.size]).toEqual([direction, 'succeeded', 1])
      const [record] = records(made)
      expect(Math.abs(Number(record?.[2]) * 1000 - made.simulator.clock.now)).toBeLessThan(hour * 1000)
    }
    if (skew < 0) {
      story(
        'a runner whose clock is three hours behind dies as it starts a job',
        'the next runner takes the run up, and it ran once',
        () => crash(skew, 0),
      )
      story(
        'a runner whose clock is three hours behind finds the intent of one that died two hours ago',
        'whether it ran is unknown by the clock of AWS, and it is not started on a guess',
        async () => {
          const made = await Shop.open()
          await made.apply(shop, { killedAt: atRunTask('before') })
          made.simulator.advance(2 * hour)
          const applied = await made.apply(shop, { skew })
          expect(applied.report.result).toBe('failed')
          expect(whyOf(applied)).toMatch(/^whether it ran is unknown/)
          expect(made.runs.size).toBe(0)
        },
      )
    } else {
      story(
        'a runner whose clock is three hours ahead dies as it starts a job',
        'the next runner takes the run up, and it ran once',
        () => crash(skew, 0),
      )
      story(
        'a runner whose clock is three hours ahead finds the intent of one that died ten minutes ago',
        'the intent is as young as it is by the clock of AWS, so the run is taken up',
        () => crash(0, skew),
      )
    }
  }

  const otherName = base + job({ name: 'other' }).replace('taskName: other', 'taskName: migrate')

  /** A job that runs still after an hour is asked for again, by manifests that call its run otherwise. */
  async function calledOtherwise(manifests: string, asked: string, environment = 'default'): Promise<void> {
    const made = await Shop.open()
    made.simulator.behave('migrate:1', { runSeconds: hour + 5 * minute })
    await made.apply(shop, { waitTimeout: 30_000 })
    made.simulator.advance(hour)
    const { plan } = await made.apply(manifests, { environment, asked: [asked], waitTimeout: 30_000 })
    expect([plan.steps[0]?.transition, made.runs.size]).toEqual(['wait', 1])
    const ended = await made.apply(manifests, { environment, waitTimeout: 600_000 })
    expect([ended.report.result, statuses(made), made.runs.size]).toEqual(['succeeded', ['done'], 1])
  }

  story(
    'the startedBy of a job changes that has been running for an hour, and retry-tasks names it',
    'its run is found and waited for, and the job ran once',
    () => calledOtherwise(base + job({ more: '  startedBy: somebody' }), id),
  )

  story(
    'the pcf_name of a job changes, and its taskName does not, when it has been running for an hour, and retry-tasks names it',
    'its run is found and waited for, and the job ran once',
    () => calledOtherwise(otherName, 'ecs_task:other'),
  )

  story(
    'an environment gets another name while a job of it has been running for an hour, and retry-tasks names it',
    'its run is found and waited for, and the job ran once',
    () => calledOtherwise(shop, id, 'other'),
  )

  story(
    'a job with a startedBy of its own is stopped by hand, which takes its tags, and what it runs changes; another job has the same startedBy',
    'the stopped task is the run of neither the next definition nor the other job, and each runs once',
    async () => {
      const startedBy = { more: '  startedBy: ops/me' }
      const first = base + job(startedBy)
      const made = await Shop.open()
      made.simulator.behave('migrate:1', [{ runSeconds: 3 * hour }, { runSeconds: 5 }])
      await made.apply(first, { waitTimeout: 30_000 })
      await made.somebody().send(new StopTaskCommand({ cluster: 'main', task: [...made.runs][0] }))
      made.simulator.advance(minute)
      const { plan } = await made.plan(first + job({ name: 'other', family: 'migrate', ...startedBy }))
      expect(plan.steps.map(({ particle, transition }) => [particle, transition])).toEqual([
        [id, 'wait'],
        ['ecs_task:other', 'start'],
      ])
      const changed = cluster + definition({ family: 'migrate', image: 'migrate:2' }) + job(startedBy)
      expect((await made.apply(changed)).report.result).toBe('succeeded')
      expect(made.runs.size).toBe(2)
      expect(reasonOf(await made.plan(changed))).toBe('done')
    },
  )

  story(
    'a job with a startedBy of its own is stopped by hand and asked for again, and the apply dies once that run has begun',
    'the stopped task is no task of the run that follows, which succeeds',
    async () => {
      const manifests = base + job({ more: '  startedBy: ops/me' })
      const made = await Shop.open()
      made.simulator.behave('migrate:1', [{ runSeconds: 3 * hour }, { runSeconds: 10 * minute, exitCode: 0 }])
      await made.apply(manifests, { waitTimeout: 30_000 })
      await made.somebody().send(new StopTaskCommand({ cluster: 'main', task: [...made.runs][0] }))
      made.simulator.advance(10 * minute)
      expect((await made.apply(manifests)).report.result).toBe('failed')
      await made.apply(manifests, { asked: [id], killedAt: { call: 2, when: 'after', modifying: true } })
      expect((await made.apply(manifests)).report.result).toBe('succeeded')
      expect([made.runs.size, statuses(made)]).toEqual([2, ['done']])
    },
  )

  story(
    'an intent was written by an earlier version on a runner whose clock was hours ahead',
    'an intent from the future has no age, so a person is asked',
    async () => {
      const made = await Shop.open()
      await made.apply(shop, { killedAt: atRunTask('before') })
      const [revision] = made.simulator.region().families.get('migrate') ?? []
      for (const tag of revision?.tags ?? [])
        if (tag.value) tag.value = tag.value.replace(/\d{10}/, at => String(Number(at) + 3 * hour))
      made.simulator.advance(2 * hour)
      expect(whyOf(await made.apply(shop))).toMatch(/^whether it ran is unknown/)
      expect(made.runs.size).toBe(0)
    },
  )

  story(
    'a job is started by a version that set no tag of the repository, dies, and is taken up by one that does',
    'ECS answers that the token was used with other words, and the run is the one that it names',
    async () => {
      const made = await Shop.open()
      await made.apply(shop, { killedAt: atRunTask('after'), repository: null })
      made.simulator.setConsistencySeconds(20)
      const applied = await made.apply(shop)
      expect(applied.report.result).toBe('succeeded')
      expect(made.runs.size).toBe(1)
      expect(new Set(tokens(made)).size).toBe(1)
    },
  )

  story(
    'ECS answers a start with a conflict that names no tasks',
    'the intent stays open, since the token has started something, and no other token is used',
    async () => {
      const made = await Shop.open()
      await made.apply(shop, { killedAt: atRunTask('after') })
      made.simulator.setConsistencySeconds(60)
      const fault = { kind: 'error', name: 'ConflictException', message: 'used', status: 400 } as const
      made.simulator.inject({ operation: 'RunTask', fault })
      expect((await made.apply(shop)).report.result).toBe('failed')
      expect(statuses(made)).toEqual(['intent'])
      made.simulator.advance(2 * minute)
      expect((await made.apply(shop)).report.result).toBe('succeeded')
      expect(made.runs.size).toBe(1)
    },
  )

  story(
    'the answer to a start is cut off, or is a page of a proxy, or names neither tasks nor failures',
    'nobody knows then whether the job runs, so the same token is used again, and the job ran once',
    async () => {
      for (const body of ['{"tasks": [{"taskArn": "arn:aws:ecs:us-ea', '<html>Bad Gateway</html>', '', '{}']) {
        const made = await Shop.open()
        made.simulator.inject({ operation: 'RunTask', fault: { kind: 'garble', body } })
        expect([body, (await made.apply(shop)).report.result]).toEqual([body, 'succeeded'])
        expect([made.runs.size, new Set(tokens(made)).size, statuses(made)]).toEqual([1, 1, ['done']])
      }
    },
  )

  story('no answer to any start can be read', 'the intent stays open, and the next apply finds the run', async () => {
    const made = await Shop.open()
    made.simulator.inject({ operation: 'RunTask', always: true, fault: { kind: 'garble', body: '{}' } })
    const { report } = await made.apply(shop)
    expect([report.result, statuses(made), made.runs.size]).toEqual(['succeeded', ['done'], 1])
  })

  story(
    'Fargate has no capacity for two minutes',
    'each try is a new intent with the next token, and in the end the job ran exactly once',
    async () => {
      const made = await Shop.open()
      made.simulator.setCapacity({ fargate: 0 })
      made.simulator.clock.schedule(120_000, () => made.simulator.setCapacity({ fargate: 10 }))
      const applied = await made.apply(shop)
      expect(applied.report.result).toBe('succeeded')
      expect(made.runs.size).toBe(1)
      expect(tokens(made).length).toBeGreaterThan(3)
      expect(new Set(tokens(made)).size).toBe(tokens(made).length)
      expect(applied.log.join('\n')).toMatch(/1 task without capacity: Capacity is unavailable at this time/)
      made.simulator.advance(2 * hour)
      expect((await made.apply(shop)).plan.steps).toEqual([])
      expect(made.runs.size).toBe(1)
    },
  )

  story(
    'Fargate takes tasks on and finds no capacity for them after all',
    'the tries that never started are followed by the next, and the job ran once',
    async () => {
      const made = await Shop.open()
      const neverPlaced =
        'Capacity is unavailable at this time. Please try again later or in a different availability zone'
      made.simulator.behave('migrate:1', [{ neverPlaced }, { neverPlaced }, { runSeconds: 5, exitCode: 0 }])
      const applied = await made.apply(shop)
      expect(applied.report.result).toBe('succeeded')
      expect(applied.done(id).task?.exitCodes).toEqual([{ migrate: 0 }])
      expect(new Set(tokens(made)).size).toBe(3)
      expect(statuses(made)).toEqual(['done'])
      expect((await made.apply(shop)).plan.steps).toEqual([])
    },
  )

  story(
    'an apply dies between a refusal for want of capacity and its next try',
    'wherever it dies, the next apply goes on with the next token, and the job ran once',
    async () => {
      for (let call = 3; call <= 9; call++) {
        for (const when of ['before', 'after'] as const) {
          const made = await Shop.open({ consistencySeconds: 5 })
          made.simulator.setCapacity({ fargate: 0 })
          made.simulator.clock.schedule(12_000, () => made.simulator.setCapacity({ fargate: 10 }))
          await made.apply(shop, { killedAt: { call, when, modifying: true } })
          made.simulator.advance(minute)
          const applied = await made.apply(shop)
          expect([call, when, applied.report.result, made.runs.size]).toEqual([call, when, 'succeeded', 1])
        }
      }
    },
    60_000,
  )

  story(
    'a second apply starts the job while the first one waits for capacity',
    'the first one finds that run and waits for it, and the job ran once',
    async () => {
      const made = await Shop.open()
      made.simulator.behave('migrate:1', { runSeconds: 120, exitCode: 0 })
      made.simulator.setCapacity({ fargate: 0 })
      let second: Promise<Applied> | undefined
      const first = made.apply(shop, {
        onSay: (_, sentence) => {
          if (second || !sentence.includes('without capacity')) return
          made.simulator.setCapacity({ fargate: 10 })
          second = made.apply(shop)
        },
      })
      const results = [(await first).report.result, (await second)?.report.result]
      expect(results).toEqual(['succeeded', 'succeeded'])
      expect(made.runs.size).toBe(1)
    },
  )

  story(
    'two applies plan a job, and one of them has run it with its second token when the other one begins',
    'the other one starts nothing, and the job stays done',
    async () => {
      const first = await Shop.running(shop)
      const tags = first.simulator.region().families.get('migrate')?.[0]?.tags ?? []
      const made = await Shop.running(base)
      let isRun = false
      const runMeanwhile = (input: unknown): boolean => {
        const [revision] = made.simulator.region().families.get('migrate') ?? []
        if (!isRun && revision && (input as { taskDefinition?: string }).taskDefinition === 'migrate:1')
          revision.tags.push(...tags.map(({ key, value }) => ({ key, value: value?.replace(/ 0 0$/, ' 0 1') })))
        isRun ||= (revision?.tags.length ?? 0) > 0
        return false
      }
      made.simulator.inject({ operation: 'DescribeTaskDefinition', when: runMeanwhile, fault: { kind: 'reset' } })
      const applied = await made.apply(shop)
      expect(applied.done(id).error?.message).toContain('another apply has taken this run over meanwhile')
      expect([made.runs.size, isRun, statuses(made)]).toEqual([0, true, ['done']])
      expect(reasonOf(await made.plan(shop))).toBe('done')
    },
  )

  story(
    'there is room for one of three tasks, and the apply dies while it waits for the rest',
    'the next apply counts the one that runs and makes up two, never more',
    async () => {
      for (let call = 4; call <= 8; call++) {
        const made = await Shop.open({ consistencySeconds: 20 })
        made.simulator.behave('migrate:1', { runSeconds: 200, exitCode: 0 })
        made.simulator.setCapacity({ fargate: 1 })
        made.simulator.clock.schedule(90_000, () => made.simulator.setCapacity({ fargate: 10 }))
        await made.apply(three, { killedAt: { call, when: 'after', modifying: true } })
        made.simulator.setCapacity({ fargate: 10 })
        const applied = await made.apply(three)
        expect([call, applied.report.result, made.runs.size]).toEqual([call, 'succeeded', 3])
      }
    },
    60_000,
  )

  story(
    'the definition of a job is protected, and the manifest states another image for it',
    'the plan is an error: the old image would run again, and the new one count as done',
    async () => {
      const made = await Shop.running(shop)
      const next = (top: string) =>
        cluster +
        definition({ family: 'migrate', image: 'migrate:2' }).replace('aws_resource:', `${top}aws_resource:`) +
        job()
      await expect(made.apply(next('persist_on_update: true\n'))).rejects.toThrow(
        'ecs_task:migrate would run migrate:1, and not what ecs_task_definition:migrate states, which persist_on_update leaves as it is; state what is there, or take persist_on_update out',
      )
      expect(made.runs.size).toBe(1)
      await made.apply(next(''))
      expect(made.sent('RunTask').map(({ taskDefinition }) => taskDefinition)).toEqual(['migrate:1', 'migrate:2'])
      expect((await made.apply(next('persist_on_update: true\n'))).report.result).toBe('succeeded')
    },
  )

  story(
    'there is room for one of three tasks until the time is up, and the job is applied again the next day',
    'what has run does not run again on a guess: a person is asked',
    async () => {
      const made = await roomForOne()
      made.simulator.advance(24 * hour)
      const applied = await made.apply(three)
      expect(applied.report.result).toBe('failed')
      expect(whyOf(applied)).toMatch(/^whether it ran is unknown: its start was recorded at \S+ and ECS has no trace/)
      expect(made.runs.size).toBe(1)
    },
  )

  story(
    'there is room for one of three tasks until the time is up, and the job is applied again at once',
    'the one that ran counts, and two are made up',
    async () => {
      const made = await roomForOne()
      made.simulator.advance(20 * minute)
      const applied = await made.apply(three)
      expect([applied.report.result, made.runs.size]).toEqual(['succeeded', 3])
    },
  )

  story(
    'of three tasks one has ended and is forgotten, one has only just ended, and one was never started',
    'what ECS shows of the run may not be all of it, so a person is asked',
    async () => {
      const made = await roomForOne()
      made.simulator.behave('migrate:1', { runSeconds: 100 * minute, exitCode: 0 })
      made.simulator.advance(20 * minute)
      made.simulator.setCapacity({ fargate: 1 })
      await made.apply(three, { waitTimeout: 120_000 })
      expect(made.runs.size).toBe(2)
      made.simulator.setCapacity({ fargate: 10 })
      made.simulator.advance(2 * hour)
      const applied = await made.apply(three)
      expect(applied.report.result).toBe('failed')
      expect(whyOf(applied)).toContain('ECS shows 1 of its 3 tasks only')
      expect(made.runs.size).toBe(2)
    },
  )

  story(
    'the image of one of three tasks cannot be pulled, and the job is applied again the next day',
    'the two that have succeeded do not run again on a guess: a person is asked',
    async () => {
      const made = await Shop.open()
      const neverStarts = 'CannotPullContainerError: pull image manifest has been retried 7 time(s)'
      made.simulator.behave('migrate:1', [{ exitCode: 0 }, { exitCode: 0 }, { neverStarts }, { exitCode: 0 }])
      expect((await made.apply(three)).report.result).toBe('failed')
      expect(made.runs.size).toBe(3)
      made.simulator.advance(24 * hour)
      expect((await made.apply(three)).report.result).toBe('failed')
      expect(made.runs.size).toBe(3)
    },
  )

  story(
    'a job without a record waits for capacity, and its apply dies as ECS starts it',
    'the same token was used for every try, so the next apply is answered with the run that there is',
    async () => {
      const manifests = base + job({ options: 'record: false' })
      const made = await Shop.open()
      made.simulator.setCapacity({ fargate: 0 })
      made.simulator.clock.schedule(20_000, () => made.simulator.setCapacity({ fargate: 10 }))
      made.simulator.setConsistencySeconds(25)
      let calls = 3
      for (; made.runs.size === 0; calls++)
        await made.apply(manifests, { killedAt: { call: calls, when: 'after', modifying: true } })
      expect((await made.apply(manifests)).report.result).toBe('succeeded')
      expect(made.runs.size).toBe(1)
      expect(new Set(tokens(made)).size).toBe(1)
    },
  )

  for (const [sign, left] of [
    ['a start time', { startedAt: new Date('2026-01-02T03:05:00Z') }],
    ['the end of its pull', { pullStoppedAt: new Date('2026-01-02T03:05:00Z') }],
    ['nothing but a machine that was lost', {}],
  ] as const) {
    const play = async () => {
      const made = await Shop.open()
      made.simulator.behave('migrate:1', { runSeconds: 600, exitCode: 0 })
      await made.apply(shop, { waitTimeout: 60_000 })
      const lost = made.simulator.findTask([...made.runs][0] ?? '')
      made.simulator.advance(20 * minute)
      for (const { wire } of lost?.containers ?? []) {
        delete wire.exitCode
        delete wire.runtimeId
      }
      if (lost) {
        delete lost.wire.startedAt
        delete lost.wire.pullStoppedAt
        Object.assign(lost.wire, left, { stopCode: 'TerminationNotice', stoppedReason: 'Host EC2 (i-1) terminated.' })
      }
      expect((await made.apply(shop)).report.result).toBe('failed')
      expect(reasonOf(await made.apply(shop))).toBe('failed')
      expect([sign, made.runs.size]).toEqual([sign, 1])
    }
    if (sign === 'a start time')
      story('a task stops without an exit code and with a start time', 'it has failed, and is not run again', play)
    else if (sign === 'the end of its pull')
      story('the machine of a task is lost once its image was there', 'it may have run, so it has failed', play)
    else story('the machine of a task is lost and nothing was told of it', 'it may have run, so it has failed', play)
  }

  story(
    'Docker does not say in time whether it started a container, and ECS says that the task failed to start',
    'the container may have run, so the run has failed, and is not run again',
    async () => {
      const made = await Shop.open()
      made.simulator.behave('migrate:1', { neverStarts: 'DockerTimeoutError: Could not transition to started' })
      const { taskChanged } = made.simulator.region()
      made.simulator.region().taskChanged = task => {
        for (const { wire } of task.containers) wire.runtimeId = 'f00d'
        taskChanged(task)
      }
      expect((await made.apply(shop)).done(id)).toMatchObject({
        error: { message: expect.stringMatching(/^ecs_task:migrate failed: /) },
      })
      expect(reasonOf(await made.apply(shop))).toBe('failed')
      expect(made.runs.size).toBe(1)
    },
  )

  story(
    'the Docker daemon under a job is lost, and its container leaves no exit code',
    'the run has failed, and is not run again before a person says so',
    async () => {
      const made = await Shop.open()
      made.simulator.behave('migrate:1', { runSeconds: 20, withoutExitCode: true })
      const applied = await made.apply(shop)
      expect(applied.done(id)).toMatchObject({
        result: 'failed',
        error: { message: expect.stringMatching(/^ecs_task:migrate failed: /) },
      })
      for (const pause of [0, 2 * hour]) {
        made.simulator.advance(pause)
        expect(reasonOf(await made.apply(shop))).toBe('failed')
      }
      expect(made.runs.size).toBe(1)
    },
  )

  story(
    'a job that stated its name leaves it out, since its particle has the same',
    'it is the same run, and does not run again',
    async () => {
      const made = await Shop.open()
      await made.apply(shop)
      made.simulator.advance(2 * hour)
      expect((await made.apply(shop.replace('  taskName: migrate\n', ''))).plan.steps).toEqual([])
      expect(made.runs.size).toBe(1)
    },
  )

  story(
    'a job that a person has assumed to be done loses the line that says so',
    'it stays done, and does not run',
    async () => {
      const made = await Shop.open()
      await made.apply(base + job({ options: 'assume: done' }))
      made.simulator.advance(2 * hour)
      const out = await made.apply(shop)
      expect(out.step(id)).toMatchObject({
        transition: 'update',
        changes: [{ path: 'custom_config.assume', before: 'done' }],
      })
      expect(out.claims).toEqual([])
      expect(out.report.result).toBe('succeeded')
      const later = await made.apply(shop)
      expect(later.plan.steps).toEqual([])
      expect(reasonOf(later)).toBe('done')
      expect(made.runs.size).toBe(0)
    },
  )
})

describe('No failure is reported as success', () => {
  const assumed = base + job({ options: 'assume: done' })
  const next = (options = '') => cluster + definition({ family: 'migrate', image: 'migrate:2' }) + job({ options })

  story(
    'a job that ran by hand is assumed to be done, and its next definition is stated beside that line',
    'the line is an error that says to take it out, and nothing is taken for done that did not run',
    async () => {
      const made = await Shop.open()
      const adopted = await made.apply(assumed)
      expect(adopted.step(id)).toMatchObject({
        transition: 'update',
        changes: [{ path: 'custom_config.assume', after: 'done' }],
        risks: ['is put on record as done, and nothing runs; take custom_config.assume out once this is applied'],
      })
      expect(adopted.report.result).toBe('succeeded')
      expect(reasonOf(await made.apply(assumed))).toBe('done')
      const line =
        next('assume: done')
          .split('\n')
          .findIndex(text => text.includes('assume')) + 1
      await expect(made.plan(next('assume: done'))).rejects.toThrow(
        new RegExp(
          `^shop.yml:${line}:\\d+ custom_config.assume: done was stated for another definition of ecs_task:migrate, and would keep this one from running; take it out$`,
        ),
      )
      expect((await made.apply(next())).report.result).toBe('succeeded')
      expect(made.runs.size).toBe(1)
      expect(reasonOf(await made.apply(next()))).toBe('done')
    },
  )

  story(
    'a release variable gives an assumed job another image, and nobody looks',
    'the release stops at the line that is still there',
    async () => {
      const manifests =
        cluster + definition({ family: 'migrate', image: '"migrate:${TAG}"' }) + job({ options: 'assume: done' })
      const made = await Shop.open()
      const given = (TAG: string) => ({ variables: { TAG }, release: ['TAG'] })
      expect((await made.apply(manifests, given('1'))).report.result).toBe('succeeded')
      await expect(made.apply(manifests, given('2'))).rejects.toThrow('take it out')
      expect(made.runs.size).toBe(0)
    },
  )

  story(
    'a person assumes one job, takes the line out, and later assumes another definition of the same job',
    'each holds for what it was stated for, and what comes after it runs',
    async () => {
      const made = await Shop.open()
      for (const manifests of [assumed, shop, next('assume: done'), next()])
        expect((await made.apply(manifests)).report.result).toBe('succeeded')
      expect(made.runs.size).toBe(0)
      const third = cluster + definition({ family: 'migrate', image: 'migrate:3' }) + job()
      expect((await made.apply(third)).report.result).toBe('succeeded')
      expect(made.runs.size).toBe(1)
    },
  )

  story('two jobs share a definition, and one of them is assumed to be done', 'the other one runs', async () => {
    const made = await Shop.open()
    const two = base + job({ options: 'assume: done' }) + job({ name: 'seed' })
    expect((await made.apply(two)).report.result).toBe('succeeded')
    expect(made.runs.size).toBe(1)
    expect((await made.apply(two)).plan.steps).toEqual([])
  })

  story(
    'an apply dies as it puts an assumption on record',
    'the next one puts it on record, and nothing runs',
    async () => {
      for (const when of ['before', 'after'] as const) {
        const made = await Shop.open()
        await made.apply(assumed, { killedAt: { call: 3, when, modifying: true } })
        expect((await made.apply(assumed)).report.result).toBe('succeeded')
        expect(statuses(made)).toEqual(['done'])
        expect(made.runs.size).toBe(0)
      }
    },
  )

  story(
    'a job is assumed to be done where nothing is recorded',
    'the line is an error, since nothing could tell for which definition it was stated',
    async () => {
      const made = await Shop.open()
      await expect(made.plan(base + job({ options: 'assume: done, record: false' }))).rejects.toThrow(
        'custom_config.assume is kept in the record of ecs_task:migrate, which record: false forgoes; take one of them out',
      )
      await expect(made.plan(base + job({ options: 'assume: done, wait: running' }))).rejects.toThrow(
        'custom_config.assume is for jobs, and ecs_task:migrate is kept running; take it out',
      )
    },
  )
})

describe('Never silent, never stuck', () => {
  story(
    'there is no room in the cluster until the time is up',
    'the failure names the resource, and the next apply tries with the next token',
    async () => {
      const made = await withInstances(64)
      const first = await made.apply(onInstances, { waitTimeout: 300_000 })
      expect(first.done(id).error).toMatchObject({
        code: 'TimedOut',
        message: expect.stringMatching(
          /^ecs_task:migrate was not done after 5 min \(wait-timeout\): 1 task without capacity: RESOURCE:CPU /,
        ),
      })
      expect(statuses(made)).toEqual(['refused'])
      const before = tokens(made)
      made.simulator.registerContainerInstance({ cluster: 'main', cpu: 4096, memory: 8192 })
      made.simulator.advance(3 * hour)
      expect((await made.apply(onInstances)).report.result).toBe('succeeded')
      expect(before).not.toContain(tokens(made).at(-1))
      expect(made.runs.size).toBe(1)
    },
  )

  story(
    'the agent of the only instance comes back after a minute',
    'the job waits for it and says so, then runs',
    async () => {
      const made = await withInstances(4096)
      const [instance] = [...(made.simulator.region().clusters.get('main')?.instances.values() ?? [])]
      const connect = (on: boolean) => made.simulator.setAgentConnected(instance?.ec2InstanceId ?? '', on)
      connect(false)
      made.simulator.clock.schedule(60_000, () => connect(true))
      const applied = await made.apply(onInstances)
      expect(applied.report.result).toBe('succeeded')
      expect(applied.log.join('\n')).toMatch(/1 task without capacity: AGENT /)
      expect(made.runs.size).toBe(1)
    },
  )

  for (const reason of ['ATTRIBUTE', 'LOCATION', 'MISSING'] as const) {
    const play = async () => {
      const made = await withInstances(4096)
      const since = made.simulator.clock.now
      made.simulator.refusePlacement(reason)
      const applied = await made.apply(onInstances)
      expect(applied.done(id).error).toMatchObject({
        code: reason,
        message: expect.stringMatching(new RegExp(`^ecs_task:migrate did not start: ${reason} `)),
      })
      const [annotation] = failureAnnotations(applied.ended, applied.plan, () => undefined)
      expect(annotation?.message).toMatch(/what its cluster has: waiting does not help/)
      expect(made.simulator.clock.now - since).toBeLessThan(20_000)
      expect(statuses(made)).toEqual(['refused'])
    }
    if (reason === 'ATTRIBUTE')
      story('no instance has what the task definition requires', 'the failure is said at once, with what to do', play)
    else if (reason === 'LOCATION')
      story('the subnets of a task are in another zone than the instances', 'the failure is said at once', play)
    else story('what a task is to run on is not there', 'the failure is said at once', play)
  }

  story(
    'a task that is kept running finds no capacity for two minutes',
    'it is waited for, and runs once',
    async () => {
      const kept: Manifests =
        cluster + definition({ family: 'migrate', image: 'worker:1' }) + job({ options: 'wait: running' })
      const made = await Shop.open()
      made.simulator.setCapacity({ fargate: 0 })
      made.simulator.clock.schedule(120_000, () => made.simulator.setCapacity({ fargate: 10 }))
      expect((await made.apply(kept)).report.result).toBe('succeeded')
      expect(made.runs.size).toBe(1)
      expect((await made.apply(kept)).plan.steps).toEqual([])
    },
  )

  story(
    'there is room for one of three tasks, and for the others a minute later',
    'the others are made up within the same apply',
    async () => {
      const made = await Shop.open()
      made.simulator.behave('migrate:1', { runSeconds: 200, exitCode: 0 })
      made.simulator.setCapacity({ fargate: 1 })
      made.simulator.clock.schedule(60_000, () => made.simulator.setCapacity({ fargate: 10 }))
      const applied = await made.apply(three)
      expect(applied.report.result).toBe('succeeded')
      expect(applied.log.join('\n')).toMatch(/2 tasks without capacity: Capacity is unavailable/)
      expect(made.runs.size).toBe(3)
    },
  )

  story(
    'one of three tasks fails while the others wait for capacity',
    'the run has failed, and is not filled up',
    async () => {
      const made = await Shop.open()
      made.simulator.behave('migrate:1', { runSeconds: 5, exitCode: 3 })
      made.simulator.setCapacity({ fargate: 1 })
      const applied = await made.apply(three)
      expect(applied.done(id)).toMatchObject({
        result: 'failed',
        error: { message: 'ecs_task:migrate failed: container migrate exited 3.' },
      })
      expect(made.runs.size).toBe(1)
      expect(statuses(made)).toEqual(['failed'])
    },
  )
})
