/** Rollouts of each strategy and controller, played from the plan to their end. `docs/rollouts.md` shows what was said. */
import type { Pull } from '../../simulator/github/repository.ts'
import { cluster, definition, file, manifests, service } from '../world/manifests.ts'
import type { Ran } from '../world/run.ts'
import type { World } from '../world/world.ts'

/** One row of a table: what happened, what the plan of the service said before, and the run that followed. */
export interface Row {
  readonly event: string
  readonly plan: Ran
  readonly ran: Ran
  readonly comment: string
}

type Files = Readonly<Record<string, string>>

export interface Section {
  readonly title: string
  readonly rows: readonly ((world: World) => Promise<Row[]>)[]
}

const shop = (image: string, more = '', options = ''): Files => ({
  ...manifests.cluster,
  'particles/web.yml': file(definition({ image: `registry.example/${image}` }), service({ more, options })),
})

const deployed = (...lines: readonly string[]): string =>
  ['  deploymentConfiguration:', ...lines.map(line => `    ${line}`), ''].join('\n')

const breaker = 'deploymentCircuitBreaker: { enable: true, rollback: true }'
const blueGreen = ['strategy: BLUE_GREEN', 'bakeTimeInMinutes: 5']
const pause = [
  'lifecycleHooks:',
  '  - targetType: PAUSE',
  '    lifecycleStages: [POST_TEST_TRAFFIC_SHIFT]',
  '    timeoutConfiguration: { timeoutInMinutes: 60, action: ROLLBACK }',
]

interface Release {
  /** Left out where the row would say what another has said. */
  readonly event?: string
  readonly before?: Files
  /** What another tool does before the release. */
  readonly meanwhile?: (world: World) => void
  readonly after: Files
}

interface Next {
  readonly event: string
  /** Seconds that pass before. */
  readonly later?: number
  /** An answer to the paused rollout; without it another pull request is merged, which leaves the service alone. */
  readonly command?: 'continue' | 'rollback'
}

/** A release by pull request and merge, and what is run after it. */
const played =
  ({ event, before = shop('web:1'), meanwhile, after }: Release, ...nexts: readonly Next[]) =>
  async (world: World): Promise<Row[]> => {
    const merged = async (files: Files) => {
      const pull = await world.propose(files)
      return { pull, plan: pull.ran, ran: await world.land(pull) }
    }
    await world.settle(before)
    meanwhile?.(world)
    const first = await merged(after)
    const said = (pull: Pull) => world.comments(pull).join('\n')
    const rows: Row[] = event ? [{ ...first, event, comment: said(first.pull) }] : []
    for (const { event: next, later = 0, command } of nexts) {
      if (later > 0) world.simulator.advance(later)
      if (command) {
        const ran = await world.byHand({ command, deployment: String(first.ran.outputs.deployment) })
        rows.push({ event: next, plan: ran, ran, comment: said(first.pull) })
      } else {
        const other = await merged({ 'README.md': next })
        rows.push({ ...other, event: next, comment: said(other.pull) })
      }
    }
    return rows
  }

const paused = (event: string | undefined, ...nexts: readonly Next[]) =>
  played({ ...(event && { event }), after: shop('web:2', deployed(...blueGreen, ...pause)) }, ...nexts)

const controlled = (type: string, image: string, more = ''): Files =>
  shop(image, `  deploymentController: { type: ${type} }\n${more}`)

/** A service whose task sets somebody else makes: it has no task definition and no network. */
const external = (image: string, count: number): Files => ({
  'particles/main.yml': file(cluster),
  'particles/web.yml': file(
    definition({ image: `registry.example/${image}` }),
    `flavor: ecs_service
pcf_name: web
parents: [ecs_cluster:main]
aws_resource:
  serviceName: web
  desiredCount: ${count}
  deploymentController: { type: EXTERNAL }
`,
  ),
})

const taskSet = ({ simulator }: World): void => {
  const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'] } }
  simulator.makeTaskSet({
    cluster: 'main',
    service: 'web',
    taskDefinition: 'web:1',
    launchType: 'FARGATE',
    networkConfiguration,
  })
  simulator.advance(120)
}

export const sections: readonly Section[] = [
  {
    title: 'Controller ECS: each strategy',
    rows: [
      played({ event: 'rolling', after: shop('web:2') }),
      played({ event: 'blue/green', after: shop('web:2', deployed(...blueGreen)) }),
      played({
        event: 'linear',
        after: shop(
          'web:2',
          deployed('strategy: LINEAR', 'linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 6 }'),
        ),
      }),
      played({
        event: 'canary',
        after: shop(
          'web:2',
          deployed('strategy: CANARY', 'canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 10 }'),
        ),
      }),
    ],
  },
  {
    title: 'Controller ECS: a release that crashes',
    rows: [
      played(
        { event: 'rolling, the breaker rolls back', after: shop('web:2-crash', deployed(breaker)) },
        {
          event: 'after it, another merge',
        },
      ),
      played({
        event: 'blue/green, the breaker rolls back',
        after: shop('web:2-crash', deployed(...blueGreen, breaker)),
      }),
    ],
  },
  {
    title: 'Controller ECS: a pause at a hook',
    rows: [
      paused('the merge', { event: 'meanwhile, another merge' }, { event: '`command: continue`', command: 'continue' }),
      paused(
        undefined,
        { event: 'instead of that, `command: rollback`', command: 'rollback' },
        { event: 'after it, another merge' },
      ),
      paused(undefined, { event: 'nobody answered in time; then another merge', later: 7200 }),
    ],
  },
  {
    title: 'Controller ECS: longer than `wait-timeout`',
    rows: [
      played(
        { event: 'a bake of 60 min', after: shop('web:2', deployed('strategy: BLUE_GREEN', 'bakeTimeInMinutes: 60')) },
        { event: 'after it, another merge', later: 4000 },
      ),
      played(
        {
          event: 'linear, steps 60 min apart',
          after: shop(
            'web:2',
            deployed('strategy: LINEAR', 'linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 60 }'),
          ),
        },
        { event: 'after it, another merge', later: 4000 },
      ),
    ],
  },
  {
    title: 'Controller ECS: `custom_config.wait: started`',
    rows: [
      played({ event: 'rolling', after: shop('web:2', '', 'wait: started') }),
      played({ event: 'blue/green', after: shop('web:2', deployed(...blueGreen), 'wait: started') }),
      played(
        { event: 'rolling, it crashes', after: shop('web:2-crash', deployed(breaker), 'wait: started') },
        { event: 'after it, another merge', later: 4000 },
      ),
    ],
  },
  {
    title: 'Controllers CODE_DEPLOY and EXTERNAL',
    rows: [
      played({
        event: 'CODE_DEPLOY: another image',
        before: controlled('CODE_DEPLOY', 'web:1'),
        after: controlled('CODE_DEPLOY', 'web:2'),
      }),
      played({
        event: 'CODE_DEPLOY: two tasks instead of one, and execute command',
        before: controlled('CODE_DEPLOY', 'web:1'),
        after: {
          ...manifests.cluster,
          'particles/web.yml': file(
            definition({ image: 'registry.example/web:1' }),
            service({
              count: 2,
              more: '  deploymentController: { type: CODE_DEPLOY }\n  enableExecuteCommand: true\n',
            }),
          ),
        },
      }),
      played({
        event: 'EXTERNAL: another image',
        before: external('web:1', 1),
        meanwhile: taskSet,
        after: external('web:2', 1),
      }),
      played({
        event: 'EXTERNAL: two tasks instead of one',
        before: external('web:1', 1),
        meanwhile: taskSet,
        after: external('web:1', 2),
      }),
      played({
        event: 'EXTERNAL: another image, before there is a task set',
        before: external('web:1', 1),
        after: external('web:2', 1),
      }),
    ],
  },
]
