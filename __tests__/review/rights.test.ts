import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { actionsToken } from '../../simulator/github/server.ts'
import { calls } from '../../src/ecs/calls.ts'
import { token } from '../world/github.ts'
import { clusterOf, manifests } from '../world/manifests.ts'
import { World } from '../world/world.ts'

const root = join(import.meta.dirname, '../..')

interface Statement {
  readonly Sid?: string
  readonly Action: string | readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

const statements = (file: string): readonly Statement[] =>
  JSON.parse(readFileSync(join(root, 'docs/iam', file), 'utf8')).Statement

const allowedBy = (file: string): Set<string> =>
  new Set(statements(file).flatMap(({ Action }) => (typeof Action === 'string' ? [Action] : [...Action])))

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  // The logs are another service's, with a policy of their own.
  .filter(file => file.endsWith('.ts') && file !== 'ecs/calls.ts' && !file.startsWith('logs/'))
  .map(file => readFileSync(join(root, 'src', file), 'utf8'))

test('every call of the table is made somewhere, and every call that is made stands in it', () => {
  const made = sources.flatMap(text => [...text.matchAll(/\bcall\(\s*'([A-Z]\w+)'/g)].map(([, name = '']) => name))
  expect([...new Set(made)].sort()).toEqual(Object.keys(calls).sort())
})

test('nobody goes around the table', () => {
  for (const text of sources) expect(text).not.toMatch(/new \w+Command\(/)
})

test('the right to read logs stands apart', () => {
  expect([...allowedBy('log-tail-policy.json')]).toEqual(['logs:GetLogEvents'])
  for (const file of ['plan-policy.json', 'apply-policy.json'])
    expect([...allowedBy(file)]).not.toContain('logs:GetLogEvents')
})

describe('the policies', () => {
  test('allow to apply every call of the table, and to plan those that read', () => {
    const all = Object.keys(calls).map(name => `ecs:${name}`)
    const deciding = allowedBy('decide-policy.json')
    expect([...allowedBy('apply-policy.json')].sort()).toEqual(
      [...all.filter(action => !deciding.has(action)), 'iam:PassRole'].sort(),
    )
    expect([...deciding].sort()).toEqual(['ecs:ContinueServiceDeployment', 'ecs:StopServiceDeployment'])
    expect([...allowedBy('plan-policy.json')].sort()).toEqual(
      all.filter(name => /^ecs:(Describe|List)/.test(name)).sort(),
    )
  })

  test('pass roles to ECS alone', () => {
    const passing = statements('apply-policy.json').filter(({ Action }) => Action === 'iam:PassRole')
    expect(passing.map(({ Condition }) => Condition?.StringEquals?.['iam:PassedToService'])).toEqual([
      'ecs-tasks.amazonaws.com',
      'ecs.amazonaws.com',
    ])
  })

  const trusts = readdirSync(join(root, 'docs/iam')).filter(file => /-trust/.test(file))

  test.each(trusts)('%s trusts one repository, and no branch that anybody may push', file => {
    const [statement] = statements(file)
    const { StringEquals, StringLike } = statement?.Condition ?? {}
    const key = 'token.actions.githubusercontent.com'
    expect(StringEquals?.[`${key}:aud`]).toBe('sts.amazonaws.com')
    const subjects = [StringEquals?.[`${key}:sub`] ?? [], StringLike?.[`${key}:sub`] ?? []].flat() as string[]
    const repository = file.includes('-with-ids') ? /^repo:ORG@ORG_ID\/REPO@REPO_ID:[a-z]/ : /^repo:ORG\/REPO:[a-z]/
    expect(subjects.length).toBeGreaterThan(0)
    for (const subject of subjects) {
      expect(subject).toMatch(repository)
      expect(subject.replace('gh-readonly-queue/main/*', '')).not.toContain('*')
      if (file.startsWith('apply')) expect(subject).toMatch(/:(environment:production|ref:refs\/heads\/main)$/)
    }
  })

  test('both formats of a subject are there for every role', () => {
    const names = trusts.filter(file => !file.includes('-with-ids'))
    expect(trusts).toHaveLength(names.length * 2)
    for (const file of names) expect(trusts).toContain(file.replace('-trust', '-trust-with-ids'))
  })
})

describe('with the rights of the policies and no other', () => {
  let world: World
  beforeEach(async () => {
    world = await World.open()
  })

  /** Everything that ECS knows is denied, but for a policy's actions. */
  const only = (file: string) => {
    const allowed = allowedBy(file)
    const operations = new Set(
      readdirSync(join(root, 'node_modules/@aws-sdk/client-ecs/dist-types/commands'))
        .map(name => /^(\w+)Command\.d\.ts$/.exec(name)?.[1])
        .filter(name => name !== undefined),
    )
    world.simulator.deny([...operations].map(name => `ecs:${name}`).filter(action => !allowed.has(action)))
  }

  test('a plan is made, an apply is not; and a shop is made, changed and taken away', async () => {
    only('plan-policy.json')
    const pull = await world.propose(manifests.shop)
    expect(pull.ran.problems).toEqual([])
    const push = world.repository.merge(pull, 'squash')
    expect((await world.push(push)).report?.result).toBe('failed')
    only('apply-policy.json')
    expect((await world.push(push)).problems).toEqual([])
    const gone = Object.fromEntries(
      Object.entries(manifests.shop).map(([file, text]) => [
        file,
        text.replaceAll(/^(pcf_name: \w+)$/gm, '$1\ndesired_state: terminated'),
      ]),
    )
    await world.settle(gone)
    expect(world.simulator.region().clusters.get('main')?.status ?? 'INACTIVE').toBe('INACTIVE')
  })

  test('the account is asked for where the particles are: the same credentials are good for no other partition', async () => {
    const given = { 'aws-region': '', 'allowed-account-ids': '123456789012' }
    const inChina = clusterOf({ more: '  region_name: cn-north-1' })
    const { ran } = await world.propose({ 'particles/main.yml': inChina }, given)
    expect(ran.problems).toEqual([])
    expect(new Set(world.simulator.calls.map(({ region }) => region))).toEqual(new Set(['cn-north-1']))
  })
})

describe('with the permissions of the workflow and no other', () => {
  test.each([
    ['examples/workflows/drift.yml', ['permissions']],
    ['examples/workflows/approved-digest.yml', ['jobs', 'plan', 'permissions']],
    ['.github/workflows/particles.yml', ['jobs', 'drift', 'permissions']],
  ])('%s names the pull request of what is not applied yet', async (file, path) => {
    const world = await World.open()
    await world.settle(manifests.cluster)
    const pull = await world.propose(manifests.web)
    world.repository.merge(pull, 'squash')
    const workflow = parse(readFileSync(join(root, file), 'utf8'))
    const permissions = path.reduce((inner, key) => inner[key], workflow)
    world.github.tokens.set(token, { ...actionsToken, permissions })
    const { said, warnings } = await world.byHand()
    expect(said.join('\n')).toContain(`not applied yet (#${pull.number})`)
    expect(warnings).toEqual([])
  })
})
