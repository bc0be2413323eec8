/** What reviewers and operators are shown, each by a run of the bundle: everything that came out, by the name of its file. */
import type { Edits, Pull } from '../../simulator/github/repository.ts'
import { bundled } from '../world/bundled.ts'
import type { Given, Ran } from '../world/run.ts'
import type { World } from '../world/world.ts'
import {
  absentMachine,
  answered,
  besides,
  crowd,
  crowds,
  follower,
  hostile,
  impossible,
  mistakes,
  newRelease,
  release,
  shop,
} from './shop.ts'

export type Texts = Record<string, string>
const hour = 3_600_000

type Scenario = (world: World, texts: Texts) => Promise<void>

/** Plays a run by the bundle, from a full hour on; what is not to be shown is played in this process, in its own time. */
async function shown<T>(world: World, run: () => Promise<T>, signal?: string): Promise<T> {
  world.simulator.advance((hour - (world.now() % hour)) / 1000)
  world.play = bundled(signal)
  try {
    return await run()
  } finally {
    world.play = undefined
  }
}

const comment = (world: World, pull: Pull): string => world.comments(pull).join('\n')

function check(world: World, commit: string, name = 'particles / production'): string {
  const found = world.checks(commit, name)[0]
  if (!found) throw new Error(`there is no check ${name}`)
  const annotations = found.annotations.map(one => `\n${one.path}:${one.start_line} ${one.message}`)
  return `# ${name}: ${found.conclusion}, ${found.output.title}\n\n${found.output.summary}\n${annotations.join('')}`
}

/** The job's log without the lines of steps, which run side by side, and without what the runner takes out. */
const log = ({ said }: Ran): string =>
  said
    .filter(line => !line.startsWith('::add-mask::'))
    .join('\n')
    .replace(/^::group::[\s\S]*^::endgroup::\n/m, '(steps)\n')

const handle = (world: World, operation: string, input: object): void => {
  world.simulator.handle('us-east-1', operation, input)
}

/** Makes AWS as the files say, by the bundle: ids of what it made are shown later, and must be the same each time. */
async function settle(world: World, files: Edits): Promise<void> {
  const pull = await world.propose(files)
  const { failed, problems } = await shown(world, () => world.land(pull))
  if (failed) throw new Error(problems.join('\n'))
}

/** The shop in its 41st revision of web. */
async function openShop(world: World): Promise<void> {
  world.simulator.behave('registry.example/migrate:1.*.0', { runSeconds: 40 })
  const revisionOf = (family: string) => ({
    family,
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: family, image: `registry.example/${family}:1` }],
  })
  for (let revision = 1; revision <= 40; revision++) handle(world, 'RegisterTaskDefinition', revisionOf('web'))
  handle(world, 'RegisterTaskDefinition', revisionOf('proxy'))
  await settle(world, shop)
}

const clusterFile = (name: string) => ({
  [`particles/${name}.yml`]: `flavor: ecs_cluster\npcf_name: ${name}\naws_resource: { clusterName: ${name} }\n`,
})

const words = (text: string) => ({ 'README.md': text })

export const scenarios: Readonly<Record<string, Scenario>> = {
  async 'the life of a shop'(world, texts) {
    await openShop(world)
    const quiet = await shown(world, () => world.propose(words('quiet'), { comment: 'always' }))
    texts['nothing.comment.md'] = comment(world, quiet)
    texts['applied-nothing.summary.md'] = (await shown(world, () => world.land(quiet))).summary

    const planned = await world.propose(words('nothing to do, when it was planned'))
    handle(world, 'UpdateService', { cluster: 'main', service: 'web', desiredCount: 9 })
    texts['drift.summary.md'] = (await shown(world, () => world.byHand({}, 'schedule'))).summary
    await shown(world, () => world.land(planned))
    texts['refused.comment.md'] = comment(world, planned)
    texts['refused.check.md'] = check(world, world.repository.head(), 'particles / production / refused')
    handle(world, 'UpdateService', { cluster: 'main', service: 'web', desiredCount: 4 })

    const pull = await shown(world, () => world.propose(newRelease))
    texts['decide.comment.md'] = comment(world, pull)
    texts['decide.check.md'] = check(world, pull.headSha)
    texts['decide.log.txt'] = log(pull.ran)
    const applied = await shown(world, () => world.land(pull))
    texts['applied.comment.md'] = comment(world, pull)
    texts['applied.log.txt'] = log(applied)
    texts['applied.summary.md'] = applied.summary

    const older = world.repository.merge(await world.propose(release({ tag: '1.10.0' })), 'squash')
    const cancelled = await shown(world, () => world.push(older), 'SIGTERM@21')
    texts['cancelled.summary.md'] = cancelled.summary
    texts['cancelled.log.txt'] = log(cancelled)
    await world.settle(words('newer'))
    texts['superseded.summary.md'] = (await shown(world, () => world.push(older))).summary
  },

  async 'releases that fail'(world, texts) {
    await openShop(world)
    const oom = await world.propose(release({ tag: '1.9.0-oom', migration: '1.8.2' }))
    const failed = await shown(world, () => world.land(oom))
    texts['failed.comment.md'] = comment(world, oom)
    texts['failed.log.txt'] = log(failed)
    texts['failed.summary.md'] = failed.summary
    const next = await shown(world, () => world.propose(words('next')))
    texts['failed-before.comment.md'] = comment(world, next)
    texts['failed-before.log.txt'] = log(next.ran)
    const job = await world.propose(release({ tag: '1.9.1', migration: '1.9.1-fail' }))
    texts['failed-job.log.txt'] = log(await shown(world, () => world.land(job)))
    texts['failed-job.comment.md'] = comment(world, job)
    world.simulator.behave('registry.example/web:1.9.3', { startSeconds: 3600 })
    const slow = await world.propose(release({ tag: '1.9.3', migration: '1.8.2' }))
    texts['timed-out.log.txt'] = log(await shown(world, () => world.land(slow, { 'wait-timeout': '2m' })))
    texts['timed-out.comment.md'] = comment(world, slow)
    const both = await world.propose(release({ tag: '1.9.4-oom', migration: '1.9.4' }))
    await shown(world, () => world.land(both))
    texts['failed-after-job.comment.md'] = comment(world, both)
    const denied = await world.propose(release({ insights: 'enabled', tag: '1.9.2' }))
    world.simulator.deny(['ecs:UpdateClusterSettings', 'ecs:UpdateCluster', 'ecs:RegisterTaskDefinition'])
    await shown(world, () => world.land(denied))
    texts['failed-rights.comment.md'] = comment(world, denied)
  },

  async 'an apply after a failure'(world, texts) {
    await openShop(world)
    await world.land(await world.propose(release({ tag: '1.9.0-oom', migration: '1.8.2' })))
    const next = await world.propose(words('next'))
    texts['failed-again.log.txt'] = log(await shown(world, () => world.land(next)))
    texts['failed-again.comment.md'] = comment(world, next)
  },

  async 'a rollout that waits for an answer'(world, texts) {
    await openShop(world)
    world.repository.merge(await world.propose(release({ insights: 'enabled' })), 'squash')
    const next = { insights: 'enabled', tag: '1.9.0', migration: '1.8.2', deployment: answered } as const
    const pull = await world.propose({ ...release(next), ...follower })
    const paused = await shown(world, () => world.land(pull))
    texts['paused.comment.md'] = comment(world, pull)
    texts['paused.summary.md'] = paused.summary
    texts['paused.log.txt'] = log(paused)
    const deployment = String(paused.outputs.deployment)
    const meanwhile = await shown(world, () => world.propose(words('meanwhile')))
    texts['waiting.comment.md'] = comment(world, meanwhile)
    texts['waiting.log.txt'] = log(meanwhile.ran)
    const back = await shown(world, () => world.byHand({ command: 'rollback', deployment }))
    texts['rolled-back.comment.md'] = comment(world, pull)
    texts['rolled-back.summary.md'] = back.summary
    texts['rolled-back.log.txt'] = log(back)
    texts['held-back.summary.md'] = (await shown(world, () => world.byHand({ command: 'plan' }))).summary
  },

  async 'a rollout that goes on'(world, texts) {
    await openShop(world)
    const pull = await world.propose({
      ...release({ tag: '1.9.0', migration: '1.8.2', deployment: answered }),
      ...follower,
    })
    const { outputs } = await world.land(pull)
    const answer = { command: 'continue', deployment: String(outputs.deployment) }
    const baking = await shown(world, () => world.byHand({ ...answer, 'wait-timeout': '3m' }))
    texts['baking.comment.md'] = comment(world, pull)
    texts['baking.log.txt'] = log(baking)
    const next = await world.propose({ ...release({ tag: '1.9.1', migration: '1.8.2', deployment: answered }) })
    const again = { ...answer, deployment: String((await world.land(next)).outputs.deployment) }
    const continued = await shown(world, () => world.byHand(again))
    texts['continued.comment.md'] = comment(world, next)
    texts['continued.summary.md'] = continued.summary
    texts['continued.log.txt'] = log(continued)
  },

  async 'what there is besides'(world, texts) {
    await world.settle({ 'particles/main.yml': shop['particles/main.yml'] ?? '' })
    world.simulator.registerContainerInstance({ cluster: 'main', ec2InstanceId: 'i-0a1b2c3d4e5f60718', cpu: 4096 })
    await world.land(await world.propose(besides.before))
    const pull = await shown(world, () => {
      handle(world, 'UpdateService', { cluster: 'main', service: 'slow', forceNewDeployment: true })
      return world.propose(besides.after)
    })
    texts['mixed.comment.md'] = comment(world, pull)
    texts['mixed.log.txt'] = log(pull.ran)
    const removing = await shown(world, () => world.plan(pull, { 'on-removed': 'terminate' }))
    texts['removed.summary.md'] = removing.summary
  },

  async 'what is not this pull request’s own'(world, texts) {
    await openShop(world)
    await world.settle(clusterFile('spare'))
    handle(world, 'UpdateService', { cluster: 'main', service: 'web', desiredCount: 9 })
    world.repository.merge(await world.propose(release({ insights: 'enabled' })), 'squash')
    const pull = await shown(world, () =>
      world.propose({
        ...clusterFile('another'),
        'particles/spare.yml': null,
        'particles/web.yml': (shop['particles/web.yml'] ?? '').replace(
          / {2}deploymentConfiguration:\n.*\n/,
          '  enableExecuteCommand: true\n',
        ),
      }),
    )
    texts['not-its-own.comment.md'] = comment(world, pull)
    texts['not-its-own.log.txt'] = log(pull.ran)
  },

  async 'from nothing'(world, texts) {
    const { 'particles/legacy.yml': legacy = '', 'particles/main.yml': main = '' } = shop
    const pull = await shown(world, () => world.propose({ 'particles/main.yml': main, 'particles/web.yml': legacy }))
    texts['first.comment.md'] = comment(world, pull)
    const unreviewed = await shown(world, () => world.plan(pull, { 'require-review': 'false' }))
    texts['unreviewed.summary.md'] = unreviewed.summary
  },

  async 'more than fits'(world, texts) {
    await settle(world, crowds.before)
    const hundreds = await shown(world, () => world.propose(crowd(600)))
    texts['hundreds.comment.md'] = comment(world, hundreds)
    const pull = await shown(world, () => world.propose(crowds.after))
    texts['many.comment.md'] = comment(world, pull)
    await shown(world, () => world.land(pull))
    texts['many-failed.comment.md'] = comment(world, pull)
  },

  async 'what is not planned'(world, texts) {
    await world.settle(besides.machine)
    const plan = (name: string, edits: Edits, given: Given = {}) =>
      shown(world, async () => {
        const pull = await world.propose(edits, given)
        texts[`${name}.comment.md`] = comment(world, pull)
        return pull
      })
    texts['problems.check.md'] = check(world, (await plan('problems', mistakes)).headSha)
    await plan('impossible', impossible)
    await plan('hostile', hostile)
    await plan('calm', absentMachine, { comment: 'always' })
    const fork = world.repository.open([release({ tag: '2' })], { fork: true })
    texts['fork.summary.md'] = (await shown(world, () => world.plan(fork))).summary
    world.repository.branch('next')
    const aside = world.repository.open([release()], { base: 'next' })
    await shown(world, () => world.plan(aside))
    texts['never-applied.comment.md'] = comment(world, aside)
    world.simulator.deny(['ecs:DescribeServices'])
    await plan('no-access', release())
  },
}
