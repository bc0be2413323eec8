/** The record of jobs is never lost, whoever registers, deregisters, copies or deletes revisions of the family. */
import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  type Tag,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecs'
import { describe, expect } from '@jest/globals'
import { markerTag, recordTag } from '../../src/flavors/record/tags.ts'
import { cluster, definition, job } from '../world/manifests.ts'
import { Shop } from '../world/shop.ts'
import { story } from '../world/story.ts'

const hour = 3600
const family = 'migrate'
const id = 'ecs_task:migrate'

const base = cluster + definition({ family, image: 'migrate:1' })
const shop = base + job()
const other = job({ name: 'other', family })
const both = shop + other

const ignoring = (memory = 512) =>
  cluster +
  definition({
    family,
    image: 'migrate:1',
    more: '  custom_config: {ignore: ["containerDefinitions[migrate].image"]}',
  }).replace('memory: 512', `memory: ${memory}`)

const revisions = (made: Shop) => made.simulator.region().families.get(family) ?? []

const tagsOf = (made: Shop, number: number) => revisions(made).find(({ revision }) => revision === number)?.tags ?? []

/** What a colleague registers: what is there, with another image perhaps, and with the tags of another revision perhaps. */
async function byHand(made: Shop, image = 'migrate:1', tags: Tag[] = []): Promise<void> {
  await made.somebody().send(
    new RegisterTaskDefinitionCommand({
      family,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: family, image }],
      ...(tags.length > 0 && { tags }),
    }),
  )
}

const deregister = (made: Shop, number: number) =>
  made.somebody().send(new DeregisterTaskDefinitionCommand({ taskDefinition: `${family}:${number}` }))

/** After the job of these manifests has run once, and ECS has forgotten its task. */
async function ran(manifests = shop): Promise<Shop> {
  const made = await Shop.open({ throttling: false })
  expect((await made.apply(manifests)).report.result).toBe('succeeded')
  made.simulator.advance(2 * hour)
  return made
}

const whyOf = (plan: Awaited<ReturnType<Shop['plan']>>['plan'], particle = id) =>
  plan.unchanged.find(one => one.particle === particle)

async function runsOnlyOther(made: Shop, manifests = both): Promise<void> {
  const applied = await made.apply(manifests)
  expect(applied.report.result).toBe('succeeded')
  expect(applied.plan.steps.filter(({ particle }) => particle === id)).toEqual([])
}

/** As an earlier release left it: records, and no mark. */
async function unmark(made: Shop): Promise<void> {
  const client = made.somebody()
  for (const { arn, tags } of revisions(made))
    if (tags.some(({ key }) => key === 'ecs-particles:record'))
      await client.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ['ecs-particles:record'] }))
}

describe('No task runs twice', () => {
  story(
    'an identical revision is registered by hand, and a new job is declared beside the finished one',
    'the new job runs, the finished one stays finished',
    async () => {
      const made = await ran()
      await byHand(made)
      await runsOnlyOther(made)
      expect(made.runs.size).toBe(2)
      made.simulator.advance(2 * hour)
      expect((await made.plan(both)).plan.steps).toEqual([])
      await byHand(made)
      expect((await made.plan(both)).plan.steps).toEqual([])
    },
  )

  story(
    'eleven revisions with other images are registered by another pipeline over a definition whose image is ignored',
    'the finished job stays finished, also beside a new one',
    async () => {
      const made = await ran(ignoring() + job())
      for (let n = 0; n < 11; n++) await byHand(made, `migrate:foreign-${n}`)
      expect((await made.plan(ignoring() + job())).plan.steps).toEqual([])
      await runsOnlyOther(made, ignoring() + job() + other)
      expect(made.runs.size).toBe(2)
    },
  )

  story(
    'the revision that remembers a job is deregistered',
    'a new revision is registered, and the job does not run again',
    async () => {
      const made = await ran()
      await deregister(made, 1)
      const applied = await made.apply(shop)
      expect(applied.plan.steps.map(({ particle }) => particle)).toEqual(['ecs_task_definition:migrate'])
      expect(applied.report.result).toBe('succeeded')
      expect(made.runs.size).toBe(1)
      made.simulator.advance(2 * hour)
      expect((await made.plan(shop)).plan.steps).toEqual([])
    },
  )

  story(
    'the revision that remembers a job is deregistered, and the family is registered anew by hand',
    'the finished job stays finished, also beside a new one',
    async () => {
      const made = await ran()
      await deregister(made, 1)
      await byHand(made)
      await runsOnlyOther(made)
      made.simulator.advance(2 * hour)
      expect((await made.plan(both)).plan.steps).toEqual([])
      expect(made.runs.size).toBe(2)
    },
  )

  story(
    'a newer revision that remembers a job is deregistered while an older one stays',
    'the job is looked for among the deregistered too, and stays finished',
    async () => {
      const next = cluster + definition({ family, image: 'migrate:2' }) + job()
      const made = await ran()
      expect((await made.apply(next)).report.result).toBe('succeeded')
      made.simulator.advance(2 * hour)
      await deregister(made, 2)
      const applied = await made.apply(next)
      expect(applied.report.result).toBe('succeeded')
      expect(made.runs.size).toBe(2)
    },
  )

  story(
    'a revision is copied in the console with its tags, and its original remembers more by now',
    'the copy is recognised, and the jobs that the original remembers stay finished',
    async () => {
      const made = await ran()
      const older = [...tagsOf(made, 1)]
      expect((await made.apply(both)).report.result).toBe('succeeded')
      made.simulator.advance(2 * hour)
      await byHand(made, 'migrate:1', older)
      expect((await made.plan(both)).plan.steps).toEqual([])
      const third = both + job({ name: 'third', family })
      expect((await made.apply(third)).report.result).toBe('succeeded')
      expect(made.runs.size).toBe(3)
    },
  )

  story(
    'a revision was copied while a job had only been begun, and the job is done by now',
    'the copied intent is not taken for what became of the job',
    async () => {
      const made = await ran()
      const digest = tagsOf(made, 1)
        .find(({ key }) => key?.startsWith('ecs-particles:run/'))
        ?.key?.slice('ecs-particles:run/'.length)
      const refused = recordTag(digest ?? '', { status: 'refused', at: 0, attempt: 0, token: 0 })
      await byHand(made, 'migrate:1', [refused, markerTag(1, 0)])
      const { plan } = await made.plan(shop)
      expect(plan.steps).toEqual([])
      expect(whyOf(plan)).toMatchObject({ reason: 'done' })
    },
  )

  story(
    'an earlier release left records without a mark, and foreign revisions stand above them',
    'they are found, and the next run marks the newest revision, so that nobody pays for the search again',
    async () => {
      const made = await ran(ignoring() + job())
      await unmark(made)
      for (let n = 0; n < 60; n++) await byHand(made, `migrate:foreign-${n}`)
      await runsOnlyOther(made, ignoring() + job() + other)
      const from = made.simulator.calls.length
      expect((await made.apply(ignoring() + job() + other + job({ name: 'third', family }))).report.result).toBe(
        'succeeded',
      )
      const looks = made.simulator.calls.slice(from).filter(({ operation }) => operation === 'DescribeTaskDefinition')
      expect(looks.length).toBeLessThan(20)
      expect(made.runs.size).toBe(3)
    },
    60_000,
  )

  story(
    'a family of a thousand revisions gets a new migration',
    'it takes a handful of calls to know that it has not run',
    async () => {
      const made = await Shop.open({ throttling: false })
      for (let n = 0; n < 999; n++) await byHand(made, `migrate:${n}`)
      await byHand(made, 'migrate:1')
      const { arn } = revisions(made).at(-1) ?? {}
      const client = made.somebody()
      await client.send(new TagResourceCommand({ resourceArn: arn ?? '', tags: [markerTag(1000, 0)] }))
      const from = made.simulator.calls.length
      expect((await made.apply(shop)).report.result).toBe('succeeded')
      const looks = made.simulator.calls.slice(from).filter(({ operation }) => /TaskDefinition/.test(operation))
      expect(looks.length).toBeLessThan(15)
      expect(made.runs.size).toBe(1)
    },
    60_000,
  )

  story(
    'a family of a thousand revisions that somebody else registered gets its first job',
    'whether it ran is unknown, nothing is started, and a person decides once',
    async () => {
      const made = await Shop.open({ throttling: false })
      for (let n = 0; n < 1000; n++) await byHand(made, 'migrate:1')
      const from = made.simulator.calls.length
      const { plan } = await made.plan(shop)
      expect(whyOf(plan)).toMatchObject({ reason: 'failed', why: expect.stringMatching(/^whether it ran is unknown/) })
      expect(made.simulator.calls.length - from).toBeLessThan(300)
      expect((await made.apply(shop)).report.result).toBe('failed')
      expect(made.runs.size).toBe(0)
      expect((await made.apply(shop, { asked: [id] })).report.result).toBe('succeeded')
      expect(made.runs.size).toBe(1)
      made.simulator.advance(2 * hour)
      expect((await made.plan(shop)).plan.steps).toEqual([])
      // The next ones are looked for where the last search ended.
      for (const name of ['a', 'b', 'c']) await made.plan(shop + job({ name, family }))
    },
    120_000,
  )

  story(
    'the right to list task definitions is taken away',
    'whether a new job ran is unknown and nothing is started, while what is known to be done stays done',
    async () => {
      const made = await ran()
      await byHand(made)
      made.simulator.deny(['ecs:ListTaskDefinitions'])
      expect((await made.plan(shop)).plan.steps).toEqual([])
      const { plan } = await made.plan(both)
      expect(whyOf(plan, 'ecs_task:other')).toMatchObject({
        reason: 'failed',
        why: expect.stringMatching(/whether it ran is unknown: .*ecs:ListTaskDefinitions/),
      })
      expect((await made.apply(both)).report.result).toBe('failed')
      expect(made.runs.size).toBe(1)
    },
  )

  story(
    'the revision that remembers a job is deleted for good',
    'whether the job ran is unknown, and nothing is started',
    async () => {
      const made = await ran()
      await byHand(made, 'migrate:1', [markerTag(1, 0)])
      await deregister(made, 1)
      await made.somebody().send(new DeleteTaskDefinitionsCommand({ taskDefinitions: [`${family}:1`] }))
      made.simulator.advance(2 * hour)
      const list = made.simulator.region().families.get(family)
      list?.splice(0, 1)
      const { plan } = await made.plan(shop)
      expect(whyOf(plan)).toMatchObject({ reason: 'failed', why: expect.stringMatching(/unknown: .*migrate:1/) })
    },
  )

  story(
    'a revision remembers jobs, and a task of it propagates the tags of its definition',
    'the task gets the tags that the definition states, and the records take none of the fifty that it may have',
    async () => {
      const tagged =
        cluster + definition({ family, image: 'migrate:1', more: '  tags: {team: shop, tier: definition}' })
      const made = await Shop.open({ throttling: false })
      const more = '  propagateTags: TASK_DEFINITION\n  tags: {tier: task}'
      for (const options of ['', 'wait: running']) {
        const manifests = tagged + job({ name: 'first', family }) + job({ name: 'second', family, options, more })
        expect((await made.apply(manifests)).report.result).toBe('succeeded')
        const task = made.simulator.findTask([...made.runs].at(-1) ?? '')
        expect(Object.fromEntries(task?.tags.map(({ key, value }) => [key, value]) ?? [])).toEqual({
          team: 'shop',
          tier: 'task',
          'ecs-particles:repository': '1',
        })
      }
    },
  )

  story(
    'the newest revision, which alone remembers a job, is deregistered and deleted, and ECS has not finished yet',
    'the job does not run again, also when the deletion has come to its end',
    async () => {
      const next = cluster + definition({ family, image: 'migrate:2' }) + job()
      for (const isOnly of [false, true]) {
        const made = await ran(isOnly ? next : shop)
        if (!isOnly) expect((await made.apply(next)).report.result).toBe('succeeded')
        made.simulator.advance(2 * hour)
        const runs = made.runs.size
        await deregister(made, runs)
        await made.somebody().send(new DeleteTaskDefinitionsCommand({ taskDefinitions: [`${family}:${runs}`] }))
        const applied = await made.apply(next)
        expect(applied.plan.steps.map(({ transition }) => transition)).toEqual([isOnly ? 'start' : 'update', 'wait'])
        expect(applied.report.result).toBe('succeeded')
        revisions(made).splice(runs - 1, 1)
        expect((await made.plan(next)).plan.steps).toEqual([])
        expect(made.runs.size).toBe(runs)
      }
    },
  )

  story(
    'the newest revision, which alone remembers a job, is deleted, and an older one says the same',
    'the older one takes the record over before the deletion has come to its end',
    async () => {
      const made = await ran()
      await byHand(made)
      await runsOnlyOther(made)
      made.simulator.advance(2 * hour)
      await deregister(made, 2)
      await made.somebody().send(new DeleteTaskDefinitionsCommand({ taskDefinitions: [`${family}:2`] }))
      const applied = await made.apply(both)
      expect(applied.plan.steps).toMatchObject([{ particle: 'ecs_task:other', transition: 'wait' }])
      expect(applied.report.result).toBe('succeeded')
      expect((await made.plan(both)).plan.steps).toEqual([])
      revisions(made).splice(1, 1)
      expect((await made.plan(both)).plan.steps).toEqual([])
      expect(made.runs.size).toBe(2)
    },
  )

  story(
    'a job that never started is tried again on the newest revision and succeeds, and that revision is deregistered',
    'the older revision, which remembers the first try alone, does not let the job run again',
    async () => {
      const made = await Shop.open({ throttling: false })
      made.simulator.setCapacity({ fargate: 0 })
      expect((await made.apply(shop, { waitTimeout: 20_000 })).report.result).toBe('failed')
      made.simulator.setCapacity({ fargate: 10 })
      const next = cluster + definition({ family, image: 'migrate:2' }) + job()
      expect((await made.apply(next)).report.result).toBe('succeeded')
      expect((await made.apply(shop)).report.result).toBe('succeeded')
      made.simulator.advance(2 * hour)
      const runs = made.runs.size
      await deregister(made, 3)
      const { plan } = await made.plan(shop)
      expect(plan.steps.map(({ particle }) => particle)).toEqual(['ecs_task_definition:migrate'])
      expect((await made.apply(shop)).report.result).toBe('succeeded')
      expect(made.runs.size).toBe(runs)
    },
  )

  story(
    'the newest revision remembers the jobs and is deregistered, ECS takes no tags on it, and a new job is declared',
    'the job fails before anything runs, because nobody could remember it',
    async () => {
      const made = await ran()
      const next = cluster + definition({ family, image: 'migrate:2' }) + job()
      expect((await made.apply(next)).report.result).toBe('succeeded')
      made.simulator.advance(2 * hour)
      await deregister(made, 2)
      made.simulator.inject({
        operation: 'TagResource',
        when: input => String((input as { resourceArn?: string }).resourceArn).endsWith(':2'),
        always: true,
        fault: { kind: 'error', name: 'InvalidParameterException', status: 400, message: 'It is inactive.' },
      })
      const applied = await made.apply(both)
      expect(applied.done('ecs_task:other').error?.message).toMatch(
        /^ecs_task:other was not started: the run cannot be recorded on migrate:2: /,
      )
      expect(made.runs.size).toBe(2)
      // Whatever revision comes after it takes the record over.
      await byHand(made)
      expect((await made.apply(both)).report.result).toBe('succeeded')
      expect(made.runs.size).toBe(3)
    },
  )

  story(
    'sixty jobs are declared on one task definition',
    'the plan refuses them, because no revision has room to remember them all',
    async () => {
      const made = await Shop.open({ throttling: false })
      const jobs = (count: number) =>
        base + Array.from({ length: count }, (_, n) => job({ name: `j${n}`, family })).join('')
      await expect(made.plan(jobs(60))).rejects.toThrow(
        /60 jobs run on ecs_task_definition:migrate, and a revision has room for the records of 49 beside 0 tags/,
      )
      expect((await made.plan(jobs(49))).plan.steps.length).toBeGreaterThan(49)
      await made.apply(base)
      const [revision] = made.simulator.region().families.get(family) ?? []
      const foreign = Array.from({ length: 49 }, (_, n) => ({ key: `t${n}`, value: 'v' }))
      await made.somebody().send(new TagResourceCommand({ resourceArn: revision?.arn ?? '', tags: foreign }))
      await expect(made.plan(jobs(1))).rejects.toThrow(
        /1 job runs on ecs_task_definition:migrate, .* of 0 beside 49 tags of its own; let tags go, or set/,
      )
    },
  )

  story(
    'a dozen runs are made from one family, whose own tags leave room to remember five',
    'none of them runs again when it is declared again',
    async () => {
      const made = await Shop.open({ throttling: false })
      const client = made.somebody()
      expect((await made.apply(shop)).report.result).toBe('succeeded')
      const [first] = revisions(made)
      const foreign = Array.from({ length: 44 }, (_, n) => ({ key: `t${n}`, value: 'v' }))
      await client.send(new TagResourceCommand({ resourceArn: first?.arn ?? '', tags: foreign }))
      const release = (n: number) => cluster + definition({ family, image: `migrate:${n}` }) + job()
      for (let n = 2; n <= 12; n++) expect((await made.apply(release(n))).report.result).toBe('succeeded')
      made.simulator.advance(2 * hour)
      for (const n of [1, 3, 7, 12]) {
        const { plan } = await made.plan(release(n))
        expect(plan.steps.map(({ particle }) => particle)).not.toContain(id)
      }
    },
    60_000,
  )

  story(
    'an apply is killed at each of its calls while it registers a revision and runs a job on it',
    'the next apply finishes it, and every finished job is still remembered',
    async () => {
      for (let call = 1; call <= 12; call++) {
        const made = await ran()
        const next = cluster + definition({ family, image: 'migrate:2' }) + job()
        const { killed } = await made.apply(next, { killedAt: { call, when: 'after', modifying: true } })
        if (!killed) break
        made.simulator.advance(60)
        expect((await made.apply(next)).report.result).toBe('succeeded')
        made.simulator.advance(2 * hour)
        expect((await made.plan(next)).plan.steps).toEqual([])
        const back = await made.plan(shop)
        expect(back.plan.steps.map(({ particle }) => particle)).not.toContain(id)
        expect(made.runs.size).toBe(2)
      }
    },
    120_000,
  )
})
