import { beforeEach, describe, expect, test } from '@jest/globals'
import { actionsToken } from '../../simulator/github/server.ts'
import { token } from '../world/github.ts'
import { manifests } from '../world/manifests.ts'
import type { Ran } from '../world/run.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
})

const plan = 'particles / production'
const reading = { ...actionsToken, permissions: { contents: 'read', checks: 'read', 'pull-requests': 'read' } } as const

const fileOf = (ran: Ran): string | undefined => ran.files.get('production.plan.json')

/** The plan job: AWS, and no right to write on GitHub. */
async function planned(edits: Readonly<Record<string, string>>) {
  world.github.tokens.set(token, reading)
  const pull = await world.propose(edits, { comment: 'never' })
  world.github.tokens.set(token, actionsToken)
  return pull
}

/** The post job: GitHub, and nothing of AWS. */
const post: World['post'] = async (...given) => {
  const mark = world.mark
  const ran = await world.post(...given)
  expect(world.mark).toBe(mark)
  return ran
}

describe('planning and posting in two jobs', () => {
  test('leave the same comment and the same check as one', async () => {
    const apart = await planned(manifests.web)
    expect(world.github.comments).toEqual([])
    expect(world.github.checks).toEqual([])
    expect(
      (await post(apart, fileOf(apart.ran), { environment: 'production', 'github-token': token })).problems,
    ).toEqual([])
    const together = world.repository.open([manifests.web])
    await world.plan(together)
    const bare = (text = '') => text.replaceAll(/run=\d+|head=\w+|runs\/\d+|blob\/\w+|`[0-9a-f]{7}`/g, '')
    expect(bare(world.comments(apart)[0])).toBe(bare(world.comments(together)[0]))
    const [one, other] = [apart, together].map(({ headSha }) => world.checks(headSha, plan)[0])
    expect(one).toMatchObject({
      conclusion: 'success',
      externalId: other?.externalId,
      output: { title: other?.output.title, text: other?.output.text?.replace('#2 into', '#1 into') },
    })
  })

  test('are a review like any other', async () => {
    const pull = await planned(manifests.web)
    const ran = await post(pull, fileOf(pull.ran))
    expect(ran.outputs['comment-url']).toMatch(/#issuecomment-/)
    expect((await world.land(pull)).problems).toEqual([])
  })

  test('without the post job nothing was reviewed', async () => {
    const pull = await planned(manifests.web)
    expect((await world.land(pull)).report?.result).toBe('refused')
  })
})

describe('a check that fails and points to the run', () => {
  const expectFailed = (pull: { headSha: string; number: number }, ran: Ran, why: RegExp) => {
    expect(ran.failed).toBe(true)
    expect(ran.problems).toEqual([expect.stringMatching(why)])
    expect(ran.problems[0]).toContain(
      'look at the job that plans: https://github.test/acme/infrastructure/actions/runs/',
    )
    expect(world.checks(pull.headSha, plan)).toMatchObject([
      { conclusion: 'failure', externalId: null, output: { text: null } },
    ])
  }

  test('where there is no plan file', async () => {
    const pull = world.repository.open([manifests.web])
    const ran = await post(pull, undefined)
    expectFailed(pull, ran, /^there is no plan file .*plan\.json: nothing was planned/)
    expect(ran.problems[0]).toContain('the plan job calls the file of this environment production.plan.json')
    expect(world.comments(pull)).toEqual([expect.stringContaining('Nothing was planned')])
  })

  test('where the plan has problems: it shows what nobody may apply', async () => {
    const replaced = manifests.web['particles/web.yml']
      .replace('launchType: FARGATE', 'launchType: EC2')
      .replace('[FARGATE]', '[EC2]')
    await world.settle(manifests.web)
    const pull = await planned({ 'particles/web.yml': replaced })
    expect(pull.ran.failed).toBe(true)
    expect(pull.ran.plan).toBeDefined()
    expect(pull.ran.plan?.claims).toBeUndefined()
    expectFailed(pull, await post(pull, fileOf(pull.ran)), /the plan has problems/)
  })

  test.each([
    ['is no JSON', () => '{'],
    ['is of another release', (text: string) => text.replace('"version": 1', '"version": 2')],
    [
      'has claims that are none',
      (text: string) => text.replace(/"hashes": \[\s*"[0-9a-f]{32}"/, '"hashes": ["**all**"'),
    ],
    ['has steps that are none', (text: string) => text.replace('"steps": [', '"steps": [null,')],
    ['has no digest', (text: string) => text.replace('"digest": "sha256:', '"digest": "md5:')],
    ['is a list', () => '[]'],
  ])('where the file %s', async (_, spoil) => {
    const pull = await planned(manifests.web)
    expectFailed(
      pull,
      await post(pull, spoil(fileOf(pull.ran) ?? '')),
      /is no plan file of this release; plan and post with one release/,
    )
  })

  test('where the plan is that of another environment', async () => {
    const pull = await planned(manifests.web)
    const ran = await post(pull, fileOf(pull.ran), { environment: 'staging' })
    expect(ran.problems).toEqual([expect.stringContaining('is the plan of the environment production, not of staging')])
    expect(world.checks(pull.headSha, plan)).toEqual([])
  })
})

test('a fork has no plan, which is said and no failure', async () => {
  world.github.tokens.set(token, reading)
  const ran = await post(world.repository.open([manifests.web], { fork: true }), undefined)
  expect(ran.failed).toBe(false)
  expect(ran.said).toEqual([expect.stringContaining('plan skipped: what a fork proposes is never planned')])
  expect(ran.warnings).toEqual([])
})

test('without plan-file there is nothing to post', async () => {
  const ran = await post(world.repository.open([]), undefined, { 'plan-file': '' })
  expect(ran.problems).toEqual(['input plan-file: must say where the plan is, such as plan.json'])
})

test('hidden values are in no file that jobs hand on', async () => {
  const web = manifests.web['particles/web.yml'].replace(
    'image: registry.example/web:1',
    'image: registry.example/web:1\n      environment: [{ name: KEY, value: hidden-key }]',
  )
  const pull = await planned({ ...manifests.web, 'particles/web.yml': web })
  expect(fileOf(pull.ran)).toContain('"sensitive": true')
  expect(fileOf(pull.ran)).not.toContain('hidden-key')
})
