/** Somebody tries to have tasks stopped, or taken for run, that no reviewer saw. */
import { RunTaskCommand, StopTaskCommand } from '@aws-sdk/client-ecs'
import { describe, expect } from '@jest/globals'
import type { Account } from '../world/aws.ts'
import { cluster, definition, job } from '../world/manifests.ts'
import { Shop } from '../world/shop.ts'
import { story } from '../world/story.ts'
import { World } from '../world/world.ts'

const id = 'ecs_task:worker'

interface Kept {
  readonly image?: string
  readonly top?: string
  readonly options?: string
}

const worker = ({ image = 'worker:1', top = '', options = 'wait: running' }: Kept = {}) =>
  definition({ family: 'worker', image }) + job({ name: 'worker', family: 'worker', options, top })

const files = (kept: Kept = {}) => ({ 'particles/main.yml': cluster, 'particles/worker.yml': worker(kept) })

/** Somebody with credentials runs a task of ours by hand. */
async function byHand(where: Account, environment: string, repository?: string): Promise<string> {
  const { tasks } = await where.somebody().send(
    new RunTaskCommand({
      cluster: 'main',
      taskDefinition: 'worker',
      launchType: 'FARGATE',
      startedBy: `particles/${environment}/worker/0123456789abcdef0123456789abcdef`,
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
      ...(repository !== undefined && { tags: [{ key: 'ecs-particles:repository', value: repository }] }),
    }),
  )
  return tasks?.[0]?.taskArn ?? ''
}

const short = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1)

async function inWorld(play: (world: World) => Promise<void>, settled: Kept | null = {}): Promise<void> {
  const world = await World.open()
  if (settled) await world.settle(files(settled))
  await play(world)
}

const running = (world: World | Shop) =>
  [...(world.simulator.region().clusters.get('main')?.tasks.values() ?? [])]
    .filter(({ wire }) => wire.desiredStatus === 'RUNNING')
    .map(({ arn }) => arn)

describe('Nothing is applied that was not reviewed', () => {
  story(
    'a push changes a text while a task runs that somebody started by hand under a name of ours',
    'the task is named in a warning and goes on running',
    () =>
      inWorld(async world => {
        const foreign = await byHand(world, 'production')
        world.simulator.advance(60)
        const ran = await world.push(world.repository.push({ 'README.md': 'hello' }))
        expect(ran.failed).toBe(false)
        expect(ran.warnings.join()).toMatch(
          `${id}: 1 running task called like its own (${short(foreign)}) and left alone, because it does not carry the tag ecs-particles:repository of this repository (1); stop by hand what is not needed`,
        )
        expect(running(world)).toContain(foreign)
        expect(world.modifying()).not.toContain('StopTask')
      }),
  )

  story(
    'another repository keeps a task of the same name running in the same environment, and ours changes',
    'only the earlier task of our own stops',
    () =>
      inWorld(async world => {
        const [ours = ''] = running(world)
        const theirs = await byHand(world, 'production', '2')
        world.simulator.advance(60)
        await world.settle(files({ image: 'worker:2' }))
        expect(running(world)).toContain(theirs)
        expect(running(world)).not.toContain(ours)
        expect(running(world)).toHaveLength(2)
      }),
  )

  story(
    'a task is to go while another repository runs one of the same name, and somebody one by hand',
    'ours stops, as reviewed, and the others are named and go on running',
    () =>
      inWorld(async world => {
        const [ours = ''] = running(world)
        const theirs = [await byHand(world, 'production', '2'), await byHand(world, 'production')]
        world.simulator.advance(60)
        const pull = await world.propose(files({ top: 'desired_state: terminated' }))
        expect(pull.ran.plan?.steps.map(({ transition, risks }) => [transition, risks])).toEqual([
          ['terminate', ['1 running task stops']],
        ])
        expect(pull.ran.warnings.join()).toContain('2 running tasks called like its own')
        expect((await world.land(pull)).failed).toBe(false)
        world.simulator.advance(60)
        expect(running(world).sort()).toEqual(theirs.sort())
        expect(running(world)).not.toContain(ours)
      }),
  )

  story(
    'somebody starts a task by hand with our name and our tag, and a text is pushed',
    'that it would stop is a step that nobody reviewed, so the push is refused',
    () =>
      inWorld(async world => {
        const tagged = await byHand(world, 'production', '1')
        world.simulator.advance(60)
        const ran = await world.push(world.repository.push({ 'README.md': 'hello' }))
        expect(ran.failed).toBe(true)
        expect(ran.plan?.steps).toMatchObject([
          {
            particle: id,
            transition: 'update',
            changes: [{ path: 'earlierTasks', before: 'running', after: 'stopped' }],
          },
        ])
        expect(running(world)).toContain(tagged)
        expect(world.modifying()).not.toContain('StopTask')
      }),
  )

  story(
    'a reviewed change of a kept task starts the new one, and the right to stop the old one is missing',
    'the next push stops the old one, because the change that was reviewed said so',
    () =>
      inWorld(async world => {
        const [old = ''] = running(world)
        const pull = await world.propose(files({ image: 'worker:2' }))
        expect(pull.ran.plan?.steps.find(({ particle }) => particle === id)?.risks).toEqual([
          '1 task of its earlier definition (worker:1) stops when the new one runs',
        ])
        world.simulator.deny(['ecs:StopTask'])
        expect((await world.land(pull)).failed).toBe(true)
        expect(running(world)).toContain(old)
        world.simulator.deny([])
        const ran = await world.push(world.repository.push({ 'README.md': 'hello' }))
        expect(ran.problems).toEqual([])
        expect(ran.plan?.steps).toMatchObject([{ particle: id, transition: 'update' }])
        expect(running(world)).not.toContain(old)
        expect(running(world)).toHaveLength(1)
      }),
  )

  story(
    'a start was reviewed while nothing ran, and an earlier task runs again by the time it is applied',
    'the review of the whole definition does not cover that the earlier task stops',
    async () => {
      const shop = await Shop.open()
      const first = cluster + worker()
      const second = cluster + worker({ image: 'worker:2' })
      await shop.apply(first)
      await shop.somebody().send(new StopTaskCommand({ cluster: 'main', task: running(shop)[0] }))
      shop.simulator.advance(60)
      const { claims } = await shop.plan(second)
      await shop.apply(first)
      const later = await shop.plan(second)
      expect(later.unreviewed(claims)).toEqual([id])
      expect(later.unreviewed(later.claims)).toEqual([])
    },
  )

  story(
    'retry-tasks names a kept task of which one is missing while a task of its earlier definition runs',
    'the run that is asked for needs no review, and that the earlier task stops does',
    async () => {
      const shop = await Shop.open()
      await shop.apply(cluster + worker())
      await byHand(shop, 'default', '1')
      await shop.somebody().send(new StopTaskCommand({ cluster: 'main', task: [...shop.runs][0] }))
      shop.simulator.advance(60)
      const asked = await shop.plan(cluster + worker(), { asked: [id] })
      expect(asked.unreviewed([])).toEqual([id])
    },
  )

  story(
    'another repository declares the very same task, which then is to go here',
    'it counts as running and is named, and is not stopped from here',
    async () => {
      const shop = await Shop.open()
      await shop.apply(cluster + worker(), { repository: '2' })
      const { plan } = await shop.apply(cluster + worker())
      expect(plan.steps).toEqual([])
      expect(plan.warnings?.join()).toMatch(/1 running task called like its own .* of this repository \(1\)/)
      const gone = cluster + worker({ top: 'desired_state: terminated' })
      expect((await shop.apply(gone)).report.result).toBe('succeeded')
      expect(shop.sent('StopTask')).toEqual([])
      await shop.apply(gone, { repository: '2' })
      expect(shop.sent('StopTask')).toHaveLength(1)
    },
  )

  story(
    'a run outside GitHub does not know its repository, and a task is to go',
    'nothing is stopped, and the plan says why',
    async () => {
      const shop = await Shop.open()
      await shop.apply(cluster + worker())
      const gone = cluster + worker({ top: 'desired_state: terminated' })
      const applied = await shop.apply(gone, { repository: null })
      expect(applied.plan.warnings).toEqual([
        expect.stringMatching(
          /^ecs_task:worker: 1 running task called like its own \([0-9a-f]{32}\) and left alone, because this run does not know its repository/,
        ),
      ])
      expect(shop.sent('StopTask')).toEqual([])
      await shop.apply(gone)
      expect(shop.sent('StopTask')).toHaveLength(1)
    },
  )

  story(
    'a step only waits for a task to come up while a task of its earlier definition runs',
    'it is no mere wait: what stops is in its claims',
    async () => {
      const shop = await Shop.open()
      await shop.apply(cluster + worker())
      const next = cluster + worker({ image: 'worker:2' })
      shop.simulator.behave('worker:2', { startSeconds: 300 })
      await shop.apply(next, { waitTimeout: 30_000 })
      const planned = await shop.plan(next)
      expect(planned.step(id)).toMatchObject({ transition: 'update' })
      expect(planned.unreviewed([])).toEqual([id])
      expect((await shop.apply(next)).report.result).toBe('succeeded')
      expect(running(shop)).toHaveLength(1)
    },
  )

  const ofFamily = (family: string, rest: Kept = {}) => {
    const { image = 'worker:1', options = 'wait: running', top = '' } = rest
    return cluster + definition({ family, image }) + job({ name: 'worker', family, options, top })
  }

  story(
    'the definition of a kept task moves to another family',
    'the task of the family before is shown in the plan, and stops when the new one runs',
    async () => {
      const shop = await Shop.open()
      await shop.apply(ofFamily('worker'))
      const [old = ''] = running(shop)
      const { step, unreviewed } = await shop.plan(ofFamily('reports'))
      expect(step(id).risks).toEqual(['1 task of its earlier definition (worker:1) stops when the new one runs'])
      expect(unreviewed([])).toContain(id)
      expect((await shop.apply(ofFamily('reports'))).report.result).toBe('succeeded')
      expect(running(shop)).toHaveLength(1)
      expect(running(shop)).not.toContain(old)
      expect((await shop.plan(ofFamily('reports'))).plan.steps).toEqual([])
    },
  )

  story('a task is to go whose running task was started from another family', 'that task stops too', async () => {
    for (const options of ['wait: running', '']) {
      const shop = await Shop.open()
      if (options === '') shop.simulator.behave('worker:1', { runSeconds: 10_000 })
      await shop.apply(ofFamily('worker', { options }), { waitTimeout: 30_000 })
      expect(running(shop)).toHaveLength(1)
      const gone = ofFamily('reports', { options, top: 'desired_state: terminated' })
      expect((await shop.plan(gone)).step(id).risks).toEqual(['1 running task stops'])
      expect((await shop.apply(gone)).report.result).toBe('succeeded')
      expect(running(shop)).toEqual([])
    }
  })

  story('a task is to go whose task definition is not there any more', 'it stops all the same', async () => {
    const shop = await Shop.open()
    await shop.apply(ofFamily('worker'))
    const gone = `${cluster}flavor: ecs_task
pcf_name: worker
parents: [ecs_cluster:main]
desired_state: terminated
aws_resource:
  taskName: worker
  taskDefinition: elsewhere:7
  launchType: FARGATE
  custom_config: { wait: running }
---
`
    expect((await shop.apply(gone)).report.result).toBe('succeeded')
    expect(running(shop)).toEqual([])
  })

  story(
    "the manifest's own startedBy of a kept task changes",
    'the task that runs is the same one, and goes on',
    async () => {
      const startedBy = (text: string) => cluster + worker().replace('launchType', `startedBy: ${text}\n  launchType`)
      const shop = await Shop.open()
      await shop.apply(startedBy('one'))
      expect((await shop.plan(startedBy('two'))).plan.steps).toEqual([])
      expect((await shop.plan(cluster + worker())).plan.steps).toEqual([])
    },
  )

  story(
    'another repository keeps a task of the same name running in the same cluster, of a family of its own',
    'each has its own, and no plan speaks of the other',
    async () => {
      const shop = await Shop.open()
      await shop.apply(ofFamily('reports'), { repository: '2' })
      const { plan } = await shop.apply(ofFamily('worker'))
      expect([plan.warnings, running(shop).length]).toEqual([undefined, 2])
      const gone = ofFamily('worker', { top: 'desired_state: terminated' })
      expect((await shop.apply(gone)).plan.warnings).toBeUndefined()
      expect(running(shop)).toHaveLength(1)
    },
  )

  const called = (taskName: string, rest: Kept = {}) => ({
    ...files(rest),
    'particles/worker.yml': worker(rest).replace('taskName: worker', `taskName: ${taskName}`),
  })
  const terminate = { 'on-removed': 'terminate', 'max-terminations': '5' } as const

  story(
    'the taskName of a kept task changes and its pcf_name does not, and what is removed is terminated',
    'the task of the name before stops once, and the one of the new name is not taken for it',
    () =>
      inWorld(async world => {
        await world.settle(called('one'))
        const [old = ''] = running(world)
        const pull = await world.propose(called('two'), terminate)
        expect(pull.ran.plan?.steps.map(({ particle, transition }) => [particle, transition])).toEqual([[id, 'start']])
        const landed = await world.land(pull, terminate)
        expect([landed.problems, running(world).length]).toEqual([[], 1])
        expect(running(world)).not.toContain(old)
        const now = running(world)
        world.simulator.advance(60)
        const ran = await world.push(world.repository.push({ 'README.md': 'hello' }), terminate)
        expect([ran.problems, ran.plan?.steps, ran.plan?.removed, running(world)]).toEqual([[], [], undefined, now])
      }, null),
  )

  story(
    'the pcf_name of a kept task changes, and its taskName does not',
    'the task of the name before is shown in the plan, and stops when the new one runs',
    async () => {
      const shop = await Shop.open()
      await shop.apply(cluster + worker())
      const [old = ''] = running(shop)
      const other = cluster + worker().replaceAll('pcf_name: worker\nparents', 'pcf_name: crunch\nparents')
      const { plan, unreviewed } = await shop.plan(other)
      expect(plan.steps.map(({ particle, risks }) => [particle, risks])).toEqual([
        ['ecs_task:crunch', ['1 task of its earlier definition (worker:1) stops when the new one runs']],
      ])
      expect(unreviewed([])).toEqual(['ecs_task:crunch'])
      expect((await shop.apply(other)).report.result).toBe('succeeded')
      expect([running(shop).includes(old), running(shop).length]).toEqual([false, 1])
      expect((await shop.plan(other)).plan.steps).toEqual([])
    },
  )

  story(
    'a kept task was started by an earlier release, which named it like a job, and its pcf_name changes later',
    'it is the same task and goes on, and under another name it is the earlier one',
    async () => {
      const once = await Shop.open()
      once.simulator.behave('worker:1', { runSeconds: 5, exitCode: 0 })
      await once.apply(cluster + worker({ options: '' }))
      const shop = await Shop.open()
      await shop.apply(cluster + worker())
      const [old = ''] = running(shop)
      Object.assign(shop.simulator.findTask(old)?.wire ?? {}, { startedBy: once.sent('RunTask')[0]?.startedBy })
      expect((await shop.plan(cluster + worker())).plan.steps).toEqual([])
      const other = cluster + worker().replaceAll('pcf_name: worker\nparents', 'pcf_name: crunch\nparents')
      expect((await shop.apply(other)).report.result).toBe('succeeded')
      expect([running(shop).includes(old), running(shop).length]).toEqual([false, 1])
    },
  )

  story(
    'the definition of a kept task is protected, and the manifest states another image for it',
    'the task goes on as it is, and gives way to the new image once the definition may change',
    async () => {
      const next = (image: string, top: string) =>
        cluster + worker({ image }).replace('aws_resource:', `${top}aws_resource:`)
      const top = 'persist_on_update: true\n'
      const shop = await Shop.open()
      await shop.apply(next('worker:1', top))
      expect((await shop.plan(next('worker:2', top))).plan.steps).toEqual([])
      expect((await shop.apply(next('worker:2', ''))).report.result).toBe('succeeded')
      expect(shop.sent('RunTask').map(({ taskDefinition }) => taskDefinition)).toEqual(['worker:1', 'worker:2'])
      expect(running(shop)).toHaveLength(1)
    },
  )

  story(
    'the pcf_name of a kept task and what it runs change in one commit, and its taskName does not',
    'the task of the name before is shown in the plan, and stops when the new one runs',
    async () => {
      const shop = await Shop.open()
      await shop.apply(cluster + worker())
      const [old = ''] = running(shop)
      const image = 'worker:2'
      const other = cluster + worker({ image }).replaceAll('pcf_name: worker\nparents', 'pcf_name: crunch\nparents')
      const { step, unreviewed } = await shop.plan(other)
      expect(step('ecs_task:crunch').risks).toEqual([
        '1 task of its earlier definition (worker:1) stops when the new one runs',
      ])
      expect(unreviewed([])).toContain('ecs_task:crunch')
      expect((await shop.apply(other)).report.result).toBe('succeeded')
      expect([running(shop).includes(old), running(shop).length]).toEqual([false, 1])
      expect((await shop.plan(other)).plan.steps).toEqual([])
    },
  )

  story(
    'a task that was kept running becomes a job of the same definition, and is stopped by hand',
    'it is no run of the job, whether it runs or has stopped, so the job runs once',
    async () => {
      for (const more of ['', '  startedBy: ops/me']) {
        const ofKind = (options: string) =>
          cluster +
          definition({ family: 'worker', image: 'worker:1' }) +
          job({ name: 'worker', family: 'worker', options, more })
        const shop = await Shop.open()
        shop.simulator.behave('worker:1', [{}, { runSeconds: 5, exitCode: 0 }])
        await shop.apply(ofKind('wait: running'))
        const [old = ''] = running(shop)
        const { plan, step } = await shop.plan(ofKind(''))
        expect(step(id)).toMatchObject({ transition: 'start' })
        expect(plan.warnings?.join()).toContain(short(old))
        await shop.somebody().send(new StopTaskCommand({ cluster: 'main', task: old }))
        shop.simulator.advance(60)
        expect((await shop.apply(ofKind(''))).report.result).toBe('succeeded')
        expect(shop.runs.size).toBe(2)
        expect((await shop.plan(ofKind(''))).plan.unchanged).toContainEqual(
          expect.objectContaining({ particle: id, reason: 'done' }),
        )
      }
    },
  )

  story(
    'a task that was kept running becomes a job that runs something else',
    'the plan names the task that goes on running',
    async () => {
      const shop = await Shop.open()
      await shop.apply(cluster + worker())
      const [old = ''] = running(shop)
      const once = cluster + worker({ image: 'migrate:1', options: '' })
      const { warnings } = (await shop.plan(once)).plan
      expect(warnings).toEqual([
        `${id}: 1 running task called like its own (${short(old)}) and left alone, because no job stops what was kept running before it was a job; stop by hand what is not needed`,
      ])
      expect((await shop.apply(once)).report.result).toBe('succeeded')
      expect(running(shop)).toEqual([old])
    },
  )

  story(
    'two kept tasks swap their pcf_names, and their taskNames stay',
    'each stops its own earlier task alone, so that neither is missing before its new one runs',
    async () => {
      const named = (name: string, taskName: string) =>
        job({ name, family: 'worker', options: 'wait: running' }).replace(`taskName: ${name}`, `taskName: ${taskName}`)
      const both = (one: string, other: string) =>
        cluster + definition({ family: 'worker', image: 'worker:1' }) + named(one, 'first') + named(other, 'second')
      const shop = await Shop.running(both('a', 'b'))
      const swapped = await shop.plan(both('b', 'a'))
      for (const name of ['a', 'b'])
        expect(swapped.step(`ecs_task:${name}`).risks).toEqual([
          '1 task of its earlier definition (worker:1) stops when the new one runs',
        ])
      expect((await shop.apply(both('b', 'a'))).report.result).toBe('succeeded')
      shop.simulator.advance(60)
      expect(running(shop)).toHaveLength(2)
      expect((await shop.plan(both('b', 'a'))).plan.steps).toEqual([])
    },
  )

  story(
    'a kept task becomes a job of the same definition, and is to be kept again while the job still runs',
    'the run of the job is no kept task too many: it stops, as the plan shows',
    async () => {
      const kept = cluster + worker()
      const shop = await Shop.running(kept)
      shop.simulator.behave('worker:1', { runSeconds: 10_000 })
      await shop.apply(cluster + worker({ options: '' }), { waitTimeout: 30_000 })
      expect(running(shop)).toHaveLength(2)
      const again = await shop.plan(kept)
      expect(again.step(id)).toMatchObject({
        transition: 'update',
        risks: ['1 task of its earlier definition (worker:1) stops when the new one runs'],
      })
      expect((await shop.apply(kept)).report.result).toBe('succeeded')
      shop.simulator.advance(60)
      expect(running(shop)).toHaveLength(1)
      expect((await shop.plan(kept)).plan.steps).toEqual([])
    },
  )

  story(
    'the taskName of a job changes and its pcf_name does not, and the run of the new name takes long',
    'it is not taken for a run of the name before, and goes on',
    () =>
      inWorld(async world => {
        await world.settle(called('one', { image: 'migrate:1', options: '' }))
        world.simulator.behave('migrate:2', { runSeconds: 10_000 })
        const given = { ...terminate, 'wait-timeout': '1m' }
        const changed = called('two', { image: 'migrate:2', options: '' })
        expect((await world.land(await world.propose(changed, given), given)).failed).toBe(true)
        const now = running(world)
        const { ran } = await world.propose({ 'README.md': 'hello' }, given)
        expect([ran.plan?.steps.map(({ particle, transition }) => [particle, transition]), now.length]).toEqual([
          [[id, 'wait']],
          1,
        ])
      }, null),
  )

  const assumed = { options: 'assume: done' }

  story(
    'a push states that a job is done which ECS does not know, and nobody reviewed it',
    'the push is refused, and nothing is put on record',
    () =>
      inWorld(async world => {
        await world.settle({
          'particles/main.yml': cluster,
          'particles/worker.yml': definition({ family: 'worker', image: 'migrate:1' }),
        })
        const from = world.mark
        const ran = await world.push(world.repository.push(files({ image: 'migrate:1', ...assumed })))
        expect(ran.failed).toBe(true)
        expect(ran.plan?.steps).toMatchObject([
          { particle: id, transition: 'update', changes: [{ path: 'custom_config.assume', after: 'done' }] },
        ])
        expect(world.modifying(from)).toEqual([])
      }, null),
  )

  story(
    'one pull request assumes that a job is done, another one changes what it runs, and both are merged',
    'the assumption was reviewed for another definition, so the apply is refused',
    () =>
      inWorld(async world => {
        const split = (image: string, options: string) => ({
          'particles/main.yml': cluster,
          'particles/definition.yml': definition({ family: 'worker', image }),
          'particles/job.yml': job({ name: 'worker', family: 'worker', options }),
        })
        const { 'particles/job.yml': _job, ...bare } = split('migrate:1', '')
        await world.settle(bare)
        const changes = await world.propose({
          'particles/definition.yml': split('migrate:2', '')['particles/definition.yml'],
        })
        const assumes = await world.propose({ 'particles/job.yml': split('', 'assume: done')['particles/job.yml'] })
        world.simulator.advance(5)
        world.repository.merge(changes, 'squash')
        const from = world.mark
        const ran = await world.push(world.repository.merge(assumes, 'squash'))
        expect(ran.problems.join()).toMatch(/ecs_task:worker/)
        expect(ran.problems.join()).not.toMatch(/ecs_task_definition:worker/)
        expect(ran.failed).toBe(true)
        expect(world.modifying(from)).toEqual([])
      }, null),
  )
})
