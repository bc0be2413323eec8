import {
  ContinueServiceDeploymentCommand,
  DescribeServiceDeploymentsCommand,
  UpdateClusterCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { beforeEach, describe, expect } from '@jest/globals'
import type { Pull, Push } from '../../simulator/github/repository.ts'
import { clusterAt, manifests, setting } from '../world/manifests.ts'
import type { Given, Ran } from '../world/run.ts'
import { story } from '../world/story.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
})

const strategy = `  deploymentConfiguration:
    strategy: BLUE_GREEN
    bakeTimeInMinutes: 1
    lifecycleHooks:
      - targetType: PAUSE
        lifecycleStages: [POST_TEST_TRAFFIC_SHIFT]
        timeoutConfiguration: { timeoutInMinutes: 60, action: ROLLBACK }
`

/** The web with a pause in its rollout, and a worker that starts after it. */
const shop = (image: string, worker = ''): Record<string, string> => ({
  ...manifests.web,
  'particles/web.yml': manifests.web['particles/web.yml'].replace('web:1', image).trimEnd().concat(`\n${strategy}`),
  ...(worker && {
    'particles/worker.yml': `flavor: ecs_task_definition
pcf_name: worker
aws_resource:
  family: worker
  requiresCompatibilities: [FARGATE]
  networkMode: awsvpc
  cpu: 256
  memory: 512
  containerDefinitions: [{ name: worker, image: ${worker} }]
---
flavor: ecs_service
pcf_name: worker
parents: [ecs_cluster:main, ecs_task_definition:worker, ecs_service:web]
aws_resource:
  serviceName: worker
  desiredCount: 1
  launchType: FARGATE
  networkConfiguration: { awsvpcConfiguration: { subnets: [subnet-1] } }
`,
  }),
})

const paused = 'particles / production / paused'
const applied = 'particles / production / applied'

interface Release {
  /** What the comment says before the merge. */
  readonly planned: string
  readonly pull: Pull
  readonly push: Push
  readonly ran: Ran
  /** ARN of the paused service deployment. */
  readonly deployment: string
}

/** A release of the web that has come to its pause. */
async function release(image = 'registry.example/web:2', worker = 'registry.example/worker:1'): Promise<Release> {
  await world.settle(manifests.web)
  const pull = await world.propose(shop(image, worker))
  const [planned = ''] = world.comments(pull)
  world.simulator.advance(5)
  const push = world.repository.merge(pull, 'squash')
  const ran = await world.push(push)
  return { planned, pull, push, ran, deployment: String(ran.outputs.deployment) }
}

const answer = (command: 'continue' | 'rollback', deployment: string, more: Given = {}): Promise<Ran> =>
  world.byHand({ command, deployment, ...more })

const step = ({ report }: Ran, particle: string) => report?.steps.find(one => one.particle === particle)

/** Calls that change something, since a number of calls. */
const changing = (from: number): string[] =>
  world.simulator.calls
    .slice(from)
    .map(({ operation }) => operation)
    .filter(operation => !/^(?:Describe|List)/.test(operation))

describe('No failure is reported as success', () => {
  story(
    'a release comes to a hook that waits for a person, at night',
    'the apply ends there and passes, the commit is paused and not applied, and what depends on it is not begun',
    async () => {
      const { pull, push, ran, deployment } = await release()
      expect(ran.problems).toEqual([])
      expect(ran.failed).toBe(false)
      expect(ran.outputs.result).toBe('paused')
      expect(ran.report?.result).toBe('paused')
      expect(step(ran, 'ecs_service:web')).toMatchObject({
        result: 'paused',
        paused: { deployment, stage: 'POST_TEST_TRAFFIC_SHIFT', until: expect.stringMatching(/Z$/) },
      })
      expect(step(ran, 'ecs_service:web')?.paused?.then).toBe('ROLLBACK')
      expect(step(ran, 'ecs_service:worker')).toMatchObject({ result: 'skipped' })
      expect(world.checks(push.after, applied)).toEqual([])
      expect(world.checks(push.after, paused)).toMatchObject([{ conclusion: 'neutral' }])
      const last = deployment.split('/').pop()
      for (const text of [world.comments(pull)[0], ran.summary, world.checks(push.after, paused)[0]?.output.summary]) {
        expect(text?.replaceAll('`', '')).toMatch(
          /paused at POST_TEST_TRAFFIC_SHIFT, test traffic on web:2, rolls back by itself at \S+ unless answered/,
        )
        expect(text?.replaceAll('`', '')).toContain('command: continue')
        expect(text?.replaceAll('`', '')).toContain(`deployment: ${last}`)
      }
    },
  )

  story(
    'another apply, and a look for drift, run while it waits',
    'they say paused with the same deployment and change nothing of the service',
    async () => {
      const { push, deployment } = await release()
      const from = world.simulator.calls.length
      const again = await world.push(push)
      expect(again.failed).toBe(false)
      expect(again.outputs).toMatchObject({ result: 'paused', deployment })
      const drift = await world.byHand({ command: 'plan' })
      expect(drift.failed).toBe(false)
      expect(drift.outputs.deployment).toBe(deployment)
      expect(drift.plan?.steps.find(({ particle }) => particle === 'ecs_service:web')).toMatchObject({
        transition: 'wait',
        paused: { deployment },
      })
      expect(changing(from)).toEqual([])
    },
  )

  story(
    'the pause that a pull request showed is answered with continue, as its comment says after the merge',
    'the rollout ends, what depends on it is done, and the commit is applied',
    async () => {
      const { planned, pull, push } = await release()
      expect(planned).toMatch(/blue\/green: they run until .* has taken over, all traffic at once, 1 min at least/)
      expect(planned).toMatch(/pauses at .* until a person says .*; after 1 h it rolls back by itself/)
      expect(world.checks(push.after, applied)).toEqual([])
      const [, deployment = ''] = /deployment: (\w+)/.exec(world.comments(pull)[0] ?? '') ?? []
      const went = await answer('continue', deployment)
      expect(went.outputs.result).toBe('succeeded')
      expect(step(went, 'ecs_service:worker')).toMatchObject({ result: 'succeeded' })
      expect(world.comments(pull)[0]).toMatch(/^### .* applied/m)
      expect(world.checks(push.after, applied)).toMatchObject([{ conclusion: 'success' }])
    },
  )

  story(
    'a bake lasts longer than wait-timeout',
    'the apply ends paused at the bake, and a later one finds it done',
    async () => {
      const { push, deployment } = await release()
      const baking = await answer('continue', deployment, { 'wait-timeout': '45s' })
      expect(baking.report?.result).toBe('paused')
      expect(step(baking, 'ecs_service:web')?.paused).toMatchObject({ stage: 'BAKE_TIME' })
      expect(world.checks(push.after, applied)).toEqual([])
      world.simulator.advance(600)
      const later = await world.push(push)
      expect(later.report?.result).toBe('succeeded')
      expect(world.checks(push.after, applied)).toMatchObject([{ conclusion: 'success' }])
    },
  )

  story(
    'the steps of a linear deployment are longer apart than wait-timeout',
    'the apply ends paused between two steps, and offers no answer that ECS would not take',
    async () => {
      await world.settle(manifests.web)
      const linear = `  deploymentConfiguration:
    strategy: LINEAR
    linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 60 }
`
      const text = manifests.web['particles/web.yml'].replace('web:1', 'web:2')
      const pull = await world.propose({ ...manifests.web, 'particles/web.yml': `${text.trimEnd()}\n${linear}` })
      const ran = await world.land(pull, { 'wait-timeout': '5m' })
      expect(ran.report?.result).toBe('paused')
      expect(step(ran, 'ecs_service:web')?.paused).toMatchObject({ stage: 'PRODUCTION_TRAFFIC_SHIFT' })
      for (const told of [world.comments(pull)[0], ran.summary]) {
        expect(told).toContain('command: rollback')
        expect(told).not.toContain('command: continue')
      }
    },
  )

  story('nobody answers in time and ECS rolls back', 'the next apply fails and holds the revision back', async () => {
    const { push } = await release()
    world.simulator.advance(2 * 3600)
    const next = await world.push(push)
    expect(next.failed).toBe(true)
    expect(next.report?.result).toBe('failed')
    expect(next.plan?.unchanged.find(({ particle }) => particle === 'ecs_service:web')).toMatchObject({
      reason: 'failed',
    })
    expect(world.checks(push.after, applied)).toEqual([])
  })

  story(
    'the pause is answered with rollback',
    'it passes as rolled back, the commit is not applied, nothing else begins, and the revision is held back from then on',
    async () => {
      const { push, deployment } = await release()
      const back = await answer('rollback', deployment)
      expect(back.problems).toEqual([])
      expect(back.failed).toBe(false)
      expect(back.outputs.result).toBe('rolled-back')
      expect(step(back, 'ecs_service:worker')).toBeUndefined()
      expect(world.checks(push.after, applied)).toEqual([])
      const from = world.simulator.calls.length
      const next = await world.push(push)
      expect(next.report?.result).toBe('failed')
      expect(changing(from).filter(operation => operation === 'UpdateService')).toEqual([])
    },
  )

  story(
    'an apply of a newer commit begins just before a pause is answered',
    'the step fails: nothing was answered, and the newer apply answers nothing',
    async () => {
      const { deployment } = await release()
      for (const command of ['continue', 'rollback'] as const) {
        const sha = world.repository.head()
        world.simulator.inject({
          operation: 'DescribeServices',
          fault: { kind: 'deny' },
          when: () => {
            if (world.repository.head() !== sha) return false
            const { after: commit } = world.repository.push({ 'README.md': command })
            world.github.check({ name: 'particles / production / begun', commit, conclusion: 'neutral' })
            return false
          },
        })
        const from = world.mark
        const ran = await answer(command, deployment)
        world.simulator.clearFaults()
        expect(ran.problems).toEqual([
          `nothing was answered: commit ${world.repository.head().slice(0, 7)}, which is newer, has begun to be applied`,
        ])
        expect([ran.failed, ran.outputs.result]).toEqual([true, 'failed'])
        expect(changing(from)).toEqual([])
      }
    },
  )
})

describe('Never silent, never stuck', () => {
  /** The release waits, and what the service needs is not as it is declared, or has failed. */
  const goesBack = async (deployment: string, more: Given = {}) => {
    const from = world.mark
    const back = await answer('rollback', deployment, more)
    expect([back.problems, back.outputs.result]).toEqual([[], 'rolled-back'])
    expect(changing(from)).toEqual(['StopServiceDeployment'])
  }

  story(
    'somebody changes the cluster of a service whose rollout waits, and rollback is asked for it',
    'it goes back at once: a rollback waits for nothing that it leaves alone',
    async () => {
      await world.settle({ ...manifests.web, ...setting('main', 'enabled') })
      const { 'particles/main.yml': _cluster, ...files } = shop('registry.example/web:2')
      const { outputs } = await world.land(await world.propose(files))
      const settings = [{ name: 'containerInsights', value: 'disabled' }] as const
      await world.somebody().send(new UpdateClusterCommand({ cluster: 'main', settings: [...settings] }))
      world.repository.push({ 'README.md': 'without a pull request' })
      const since = world.now()
      await goesBack(String(outputs.deployment))
      expect(world.now() - since).toBeLessThan(30_000)
    },
  )

  story(
    'a service is deployed again by hand at a commit that is applied already, and its rollout comes to the pause',
    'the pause can be answered either way, and the comment says what came of it',
    async () => {
      const { pull, deployment } = await release()
      expect((await answer('continue', deployment)).outputs.result).toBe('succeeded')
      for (const command of ['rollback', 'continue'] as const) {
        const again = await world.byHand({ command: 'apply', redeploy: 'ecs_service:web' })
        expect(again.outputs.result).toBe('paused')
        expect(world.comments(pull)[0]).toMatch(/^### .* paused/m)
        const { outputs, problems } = await answer(command, String(again.outputs.deployment))
        expect([outputs.result, problems]).toEqual([command === 'continue' ? 'succeeded' : 'rolled-back', []])
        expect(world.comments(pull)[0]).toMatch(command === 'continue' ? /^### .* applied/m : /^### .* rolled back/m)
      }
    },
  )

  /** The run is cancelled while GitHub, which asks for patience, is told what came of it. */
  function cancelAtTheEnd(): void {
    const when = () => {
      world.cancel()
      return true
    }
    const on = 'GET /repos/{owner}/{repo}/issues'
    world.github.faults.push({ on, when, status: 429, headers: { 'retry-after': '5' }, times: 1 })
  }

  story(
    'an apply that has come to a pause is cancelled before GitHub was told, and so is the rollback that answers it',
    'each fails and says so; the first run again tells of the pause, so that it can be answered',
    async () => {
      await world.settle(manifests.web)
      const pull = await world.propose(shop('registry.example/web:2'))
      const push = world.repository.merge(pull, 'squash')
      cancelAtTheEnd()
      const cut = await world.push(push)
      expect([cut.report?.result, cut.failed]).toEqual(['paused', true])
      expect(cut.problems.join()).toContain(
        'after its apply had ended (paused), while GitHub was told: run the workflow again',
      )
      const again = await world.push(push)
      expect(again.report?.result).toBe('paused')
      cancelAtTheEnd()
      const back = await answer('rollback', String(again.outputs.deployment))
      expect([back.report?.result, back.failed]).toEqual(['rolled-back', true])
      expect(back.problems.join()).toContain('after the rollback had ended, while GitHub was told')
    },
  )

  story(
    'a service is deployed again by hand and its rollout waits; a push that is refused comes before the answer',
    'the pause of the commit before can be answered',
    async () => {
      const { deployment } = await release()
      expect((await answer('continue', deployment)).outputs.result).toBe('succeeded')
      const again = await world.byHand({ command: 'apply', redeploy: 'ecs_service:web' })
      const refused = await world.push(world.repository.push(setting('main', 'enabled')))
      expect(refused.report?.result).toBe('refused')
      const { outputs, problems } = await answer('rollback', String(again.outputs.deployment))
      expect([outputs.result, problems]).toEqual(['rolled-back', []])
    },
  )

  story(
    'the word of ECS on an answer to a pause is lost, or the answer never came to ECS',
    'what became of it is looked for; a hook that waits still is said to be unanswered at once, and not answered a second time',
    async () => {
      for (const kind of ['lose', 'reset', 'unavailable'] as const)
        for (const command of ['rollback', 'continue'] as const) {
          world = await World.open()
          const { deployment } = await release('registry.example/web:2', '')
          const operation = command === 'continue' ? 'ContinueServiceDeployment' : 'StopServiceDeployment'
          // A rollback is asked for several times: asked twice it is the same.
          const times = command === 'rollback' && kind === 'reset' ? 4 : 1
          world.simulator.inject({ operation, fault: { kind }, times })
          const [from, since] = [world.mark, world.now()]
          const { problems, outputs } = await answer(command, deployment)
          const isAnswered = kind === 'lose' || (command === 'rollback' && times === 1)
          const result = command === 'continue' ? 'succeeded' : 'rolled-back'
          expect([command, kind, outputs.result]).toEqual([command, kind, isAnswered ? result : 'failed'])
          if (isAnswered) continue
          expect(problems.join()).toMatch(
            /ecs_service:web was not answered: it waits still at POST_TEST_TRAFFIC_SHIFT: ecs:.* run the workflow again/,
          )
          expect(changing(from)).toEqual(Array(times).fill(operation))
          expect(world.now() - since).toBeLessThan(120_000)
          expect((await answer(command, deployment)).outputs.result).toBe(result)
        }
    },
  )

  story(
    'a rollout comes to its pause in an apply of which another step fails',
    'the apply fails, says how to answer, and the pause can be answered either way',
    async () => {
      const failing = manifests.shop['particles/migrate.yml'].replace('migrate:1', 'migrate:1-fail')
      await world.settle(manifests.web)
      for (const image of ['web:2', 'web:3']) {
        const pull = await world.propose({ ...shop(`registry.example/${image}`), 'particles/migrate.yml': failing })
        const { outputs, report } = await world.land(pull)
        expect(report?.result).toBe('failed')
        expect(world.checks(world.repository.head(), applied)).toEqual([])
        const deployment = String(outputs.deployment)
        const last = deployment.split('/').pop()
        const [told] = world.comments(pull).map(text => text.replaceAll('`', ''))
        expect(told).toContain('ecs_service:web is paused at POST_TEST_TRAFFIC_SHIFT, test traffic on ')
        expect(told).toMatch(new RegExp(`deployment: ${last} and command: continue .* or command: rollback`))
        if (image === 'web:2') await goesBack(deployment)
        else expect(step(await answer('continue', deployment), 'ecs_service:web')?.result).toBe('succeeded')
      }
    },
  )

  story(
    'a plan may not be applied for something else, and rollback is asked for a rollout that waits',
    'it goes back: nothing else of the plan is carried out',
    async () => {
      const others = { ...setting('one', 'disabled'), ...setting('other', 'disabled') }
      await world.settle({ ...manifests.web, ...others })
      const { outputs } = await world.land(await world.propose(shop('registry.example/web:2')))
      world.repository.push({ [clusterAt('one')]: null, [clusterAt('other')]: null })
      const inputs = { 'on-removed': 'terminate', 'max-terminations': '1' }
      expect((await world.byHand({ command: 'apply', ...inputs })).problems.join()).toContain('max-terminations')
      await goesBack(String(outputs.deployment), inputs)
    },
  )

  story(
    'a job that a service needs fails while its rollout waits, and rollback is asked for it',
    'it goes back: only what goes forward is held back',
    async () => {
      const needing = (files: Readonly<Record<string, string>>) => ({
        ...files,
        'particles/migrate.yml': manifests.shop['particles/migrate.yml'],
        'particles/web.yml': (files['particles/web.yml'] ?? '').replace(/parents: .*web/, '$&, ecs_task:migrate'),
      })
      await world.settle(needing(manifests.web))
      const { outputs } = await world.land(await world.propose(needing(shop('registry.example/web:2'))))
      const failing = manifests.shop['particles/migrate.yml'].replace('migrate:1', 'migrate:2-fail')
      const failed = await world.land(await world.propose({ 'particles/migrate.yml': failing }))
      expect(failed.report?.result).toBe('failed')
      await goesBack(String(outputs.deployment))
    },
  )
})

describe('Nothing is applied that was not reviewed', () => {
  const refused = async (command: 'continue' | 'rollback', deployment: string, why: RegExp) => {
    const from = world.simulator.calls.length
    const ran = await answer(command, deployment)
    expect(ran.failed).toBe(true)
    expect(ran.problems.join('\n')).toMatch(why)
    expect(changing(from)).toEqual([])
  }

  story(
    'somebody deploys another revision by hand, and continue is asked for it',
    'it is refused without a call',
    async () => {
      await release()
      const client = world.somebody()
      await client.send(
        new UpdateServiceCommand({
          cluster: 'main',
          service: 'web',
          taskDefinition: 'web:1',
          forceNewDeployment: true,
        }),
      )
      world.simulator.advance(300)
      const drift = await world.byHand({ command: 'plan' })
      const other = world.simulator.calls.length && String(drift.outputs.deployment)
      for (const command of ['continue', 'rollback'] as const)
        await refused(command, other || 'aBcDeFgHiJkLmNoPqRsTu', /nothing was answered/)
    },
  )

  story(
    'somebody makes by hand what the branch declares and no apply was paused at',
    'continue is refused without a call',
    async () => {
      const { deployment } = await release()
      const client = world.somebody()
      await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', forceNewDeployment: true }))
      world.simulator.advance(300)
      const drift = await world.byHand({ command: 'plan' })
      const made = String(drift.outputs.deployment)
      expect(made).toMatch(/service-deployment/)
      expect(made).not.toBe(deployment)
      await refused('continue', made, /was never reviewed/)
      await refused('continue', deployment, /is no rollout that is paused now/)
    },
  )

  story('the same hook is answered twice', 'the second answer is refused without a call', async () => {
    const { deployment } = await release()
    const [rollout] =
      (await world.somebody().send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [deployment] })))
        .serviceDeployments ?? []
    const hookId = rollout?.lifecycleHookDetails?.[0]?.hookId ?? ''
    await world
      .somebody()
      .send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn: deployment, hookId, action: 'CONTINUE' }))
    world.simulator.advance(30)
    await refused('continue', deployment, /waits for no answer|is no rollout that is paused now/)
  })

  story(
    'an answer comes from a branch that is never applied, or from a pull request',
    'it is refused without a call',
    async () => {
      const { deployment } = await release()
      const from = world.simulator.calls.length
      world.repository.branch('feature')
      const elsewhere = await world.byHand({ command: 'continue', deployment }, 'workflow_dispatch', 'feature')
      const pull = await world.propose({ 'README.md': 'changed' }, { command: 'continue', deployment })
      for (const ran of [elsewhere, pull.ran]) expect(ran.failed).toBe(true)
      expect(pull.ran.problems.join()).toMatch(/by hand/)
      expect(changing(from)).toEqual([])
    },
  )
})
