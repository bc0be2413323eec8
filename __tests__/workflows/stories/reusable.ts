import { accountA, accountB } from '../accounts.ts'
import type { Project, Workflow } from '../project.ts'
import type { Row, Story } from '../story.ts'
import { cluster, firstQueued, noRole, refusedDigest, target } from './given.ts'

export const workflow = 'examples/workflows/reusable.yml'
const file = '.github/ecs-environments.json'
const listed = (...targets: readonly object[]) => ({ [file]: JSON.stringify(targets, null, 2) })

const rights = '{ contents: read, id-token: write, pull-requests: write, checks: write }'

interface Called {
  readonly with?: Readonly<Record<string, string | boolean>>
  readonly permissions?: string
  readonly secrets?: string
  readonly on?: string
}

/** A caller as a user writes one. */
export const caller = ({ with: given = {}, permissions = rights, secrets, on }: Called = {}): Workflow => ({
  name: 'ecs.yml',
  text: `name: ECS
on: ${on ?? '[pull_request, merge_group, push, schedule, workflow_dispatch]'}
permissions: ${permissions}
jobs:
  particles:
    uses: OWNER/ecs-particles/.github/workflows/particles.yml@v1
    with: ${JSON.stringify({ name: 'ecs-particles', ...given })}
${secrets ? `    secrets: ${secrets}` : ''}`,
})

export const proposes = (
  event: string,
  edits: Readonly<Record<string, string>>,
  how: Called = {},
  fork = false,
): Row => ({
  event,
  play: project => project.run(caller(how), project.pull(project.repository.open([edits], { fork }))),
})
const byHand = (event: string, how: Called, branch = 'main'): Row => ({
  event,
  play: project => project.run(caller(how), project.dispatch({}, branch)),
})
const merged = (project: Project, number: number) => project.push(project.repository.merge({ number }, 'squash'))

export const one = listed(target('production'))
const two = listed(target('staging', {}, accountB), target('production'))

const withSecret = {
  'particles/web.yml': `flavor: ecs_task_definition
pcf_name: web
aws_resource:
  family: web
  containerDefinitions:
    - name: web
      image: registry.example/web:1
      memory: 128
      environment: [{ name: PASSWORD, value: "\${PASSWORD}" }]
`,
}
const handsSecrets: Called = {
  with: { 'secret-variables': 'PASSWORD' },
  secrets: '{ variables: "${{ secrets.VARIABLES }}" }',
}

export const reusable: readonly Story[] = [
  {
    workflow,
    settings: { files: one },
    rows: [
      {
        event: 'pull request',
        play: project => project.run(workflow, project.pull(project.repository.open([cluster()]))),
      },
      { event: 'merge group', play: project => project.run(workflow, firstQueued(project)) },
      { event: 'its merge', play: project => project.run(workflow, merged(project, 1)) },
      { event: 'schedule', play: project => project.run(workflow, project.schedule()) },
      {
        event: 'push without a pull request',
        play: project => project.run(workflow, project.push(project.repository.push(cluster('second')))),
      },
      {
        event: 'by hand with the digest that this refusal names',
        play: project => {
          const given = { apply: true, 'approved-digest': `production=${refusedDigest(project)}` }
          return project.run(workflow, project.dispatch(given))
        },
      },
      {
        event: 'by hand without `apply`: a look for drift',
        play: project => project.run(workflow, project.dispatch({ apply: false })),
      },
      {
        event: 'pull request from a fork',
        play: project =>
          project.run(workflow, project.pull(project.repository.open([cluster('other')], { fork: true }))),
      },
      {
        event: 'pull request from a fork that was deleted',
        play: project =>
          project.run(workflow, project.pull(project.repository.open([cluster('other')], { fork: 'deleted' }))),
      },
    ],
  },
  {
    workflow,
    given: 'two environments in two accounts',
    settings: { files: two },
    rows: [
      proposes('pull request', cluster()),
      { event: 'its merge', play: project => project.run(caller(), merged(project, 1)) },
      {
        event: 'push to another branch',
        play: project => {
          project.repository.branch('feature')
          return project.run(
            caller(),
            project.push(project.repository.push(cluster('x'), 'Change', 'feature'), 'feature'),
          )
        },
      },
      byHand('by hand', {}),
      byHand('by hand with `apply`', { with: { apply: true } }),
      byHand('by hand with `apply`, on another branch', { with: { apply: true } }, 'feature'),
      byHand('by hand with `approved-digest`, without `apply`', {
        with: { 'approved-digest': `production=sha256:${'0'.repeat(64)}` },
      }),
      byHand('by hand with `retry-tasks`, without `apply`', { with: { 'retry-tasks': 'ecs_task:migrate' } }),
      byHand('by hand with the digest of another plan for one environment', {
        with: { apply: true, 'approved-digest': `production=sha256:${'0'.repeat(64)}` },
      }),
      byHand('by hand with a digest for an environment that is not there', {
        with: { apply: true, 'approved-digest': `prod=sha256:${'0'.repeat(64)}` },
      }),
    ],
  },
  {
    workflow,
    given: 'an environment that somebody must approve (`protected`)',
    settings: { files: listed(target('production', { protected: 'live' })) },
    rows: [
      proposes('pull request', cluster()),
      { event: 'its merge', play: project => project.run(caller(), merged(project, 1)) },
    ],
  },
  {
    workflow,
    given: 'one of two roles is missing in AWS',
    settings: {
      files: listed(
        target('good'),
        target('bad', {
          'plan-role': noRole.replace('999999999999', accountB),
          account: accountB,
          'apply-role': noRole.replace('999999999999', accountB),
        }),
      ),
    },
    rows: [proposes('pull request', cluster())],
  },
  {
    workflow,
    given: 'without a list',
    settings: {},
    rows: [
      proposes('pull request', cluster()),
      proposes('pull request from a fork', cluster(), {}, true),
      proposes('pull request with a mistake', { 'particles/a.yml': 'flavor: ecs_clutser\npcf_name: a\n' }),
      proposes(
        'pull request from a fork, the list in a variable of the repository',
        cluster(),
        { with: { environments: '${{ vars.ECS_ENVIRONMENTS }}' } },
        true,
      ),
    ],
  },
  {
    workflow,
    given: 'with a list that is wrong',
    settings: {
      files: listed(
        { region: 'us-east-1', account: 123456789012, 'plan-role': 'plan' },
        target('prod', { account: undefined }),
        target('prod', { acount: '1' }, accountB),
      ),
    },
    rows: [proposes('pull request', cluster())],
  },
  {
    workflow,
    given: 'a role of another account than the list says',
    settings: { files: listed(target('production', { account: accountB })) },
    rows: [proposes('pull request', cluster())],
  },
  {
    workflow,
    given: 'names that differ by case',
    settings: { files: listed(target('prod'), target('Prod', {}, accountB)) },
    rows: [proposes('pull request', cluster())],
  },
  {
    workflow,
    given: 'a secret that is a word, `true`, and all secrets handed on',
    settings: { files: one, secrets: { FLAG: 'true', NAME: 'production' } },
    rows: [proposes('pull request', cluster(), { secrets: 'inherit' })],
  },
  {
    workflow,
    given: 'secret variables',
    settings: { files: one, secrets: { VARIABLES: 'PASSWORD=hunter2hunter2' } },
    rows: [
      proposes('pull request', withSecret, handsSecrets),
      proposes('pull request from a fork', withSecret, handsSecrets, true),
      {
        event: 'pull request by Dependabot, which has no such secret',
        play: project =>
          project.run(
            caller(handsSecrets),
            project.pull(project.repository.open([withSecret]), { actor: 'dependabot[bot]' }),
          ),
      },
    ],
  },
  {
    workflow,
    given: 'a secret of Dependabot too',
    settings: { files: one, dependabotSecrets: { VARIABLES: 'PASSWORD=hunter2hunter2' } },
    rows: [
      {
        event: 'pull request by Dependabot',
        play: project =>
          project.run(
            caller(handsSecrets),
            project.pull(project.repository.open([withSecret]), { actor: 'dependabot[bot]' }),
          ),
      },
    ],
  },
  {
    workflow,
    given: 'a second attempt of all jobs, and the role is gone',
    settings: { files: one },
    rows: [
      {
        event: 'pull request',
        play: project => project.run(caller(), project.pull(project.repository.open([cluster()])), { runId: 7 }),
      },
      {
        event: 'second attempt',
        play: async project => {
          const [pull] = project.repository.pulls.values()
          if (!pull) throw new Error('no pull request')
          await project.accounts.get(accountA)?.close()
          project.accounts.delete(accountA)
          return project.run(caller(), project.pull(pull), { runId: 7, attempt: 2 })
        },
      },
    ],
  },
  {
    workflow,
    given: 'two calls, one with a name that begins like the other',
    settings: {},
    rows: [
      {
        event: 'pull request',
        play: project => {
          const call = (name: string, target: object) => `
  ${name}:
    uses: OWNER/ecs-particles/.github/workflows/particles.yml@v1
    with: ${JSON.stringify({ name, environments: JSON.stringify([target]) })}`
          const calls = [call('ecs', target('production')), call('ecs-staging', target('staging', {}, accountB))]
          const text = `on: [pull_request]\npermissions: ${rights}\njobs:${calls.join('')}`
          return project.run({ name: 'ecs.yml', text }, project.pull(project.repository.open([cluster()])))
        },
      },
    ],
  },
]
