import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { actionsToken } from '../../simulator/github/server.ts'
import { token } from '../world/github.ts'
import { manifests, setting } from '../world/manifests.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
})

const plan = 'particles / production'
const marker = '<!-- ecs-particles:production -->'

describe('the comment', () => {
  test('is one, begun with the marker once, from the first plan to the record of the apply', async () => {
    const pull = await world.propose(manifests.web)
    const [planned = ''] = world.comments(pull)
    expect(planned.startsWith(marker)).toBe(true)
    expect(planned.split('<!-- ecs-particles:')).toHaveLength(2)
    expect(planned).toContain('**3 to start**')
    expect(planned).toContain('Merging applies exactly this')
    world.repository.push(
      { 'particles/web.yml': manifests.web['particles/web.yml'].replace('desiredCount: 1', 'desiredCount: 2') },
      'More',
      pull.head,
    )
    pull.headSha = world.repository.head(pull.head)
    await world.plan(pull)
    expect(world.comments(pull)).toEqual([expect.stringContaining('is created with 2 tasks')])
    const ran = await world.land(pull)
    const [record = ''] = world.comments(pull)
    expect(world.comments(pull)).toHaveLength(1)
    expect(record.startsWith(`${marker}<!-- run=${ran.id}/1 `)).toBe(true)
    expect(record).toContain('✅ applied')
    expect(record).toContain('3 of 3 done')
    expect(ran.outputs['comment-url']).toMatch(/pull\/1#issuecomment-\d+$/)
  })

  test('is the record of an apply that failed, too', async () => {
    world.simulator.behave('registry.example/migrate:1', { exitCode: 3 })
    const pull = await world.propose(manifests.shop)
    const ran = await world.land(pull)
    expect(ran.report?.result).toBe('failed')
    expect(world.comments(pull)).toEqual([expect.stringMatching(/❌ failed[\s\S]*exit code 3/)])
  })

  test('and of one that could not begin', async () => {
    await world.settle(manifests.cluster)
    const pull = await world.propose(setting('main', 'enabled'))
    const push = world.repository.merge(pull, 'squash')
    world.simulator.deny(['ecs:DescribeClusters'])
    const ran = await world.push(push)
    expect(ran.report?.result).toBe('failed')
    expect(world.comments(pull)).toEqual([expect.stringMatching(/❌ failed[\s\S]*ecs:DescribeClusters/)])
  })

  test('and of one whose manifests were wrong by then, each at its place', async () => {
    await world.settle(manifests.cluster)
    const pull = await world.propose(setting('main', 'enabled'))
    world.repository.merge(pull, 'squash')
    const push = world.repository.push({ 'particles/other.yml': 'flavor: nonsense\npcf_name: [x]\n' })
    const ran = await world.push(push)
    expect(ran.report).toMatchObject({ result: 'failed', error: { code: 'Refused' } })
    const [comment = ''] = world.comments(pull)
    expect(comment).toContain('❌ failed')
    expect(comment).toContain('particles/other.yml:1')
  })

  test('that could not be written is made up for by a repeated run, which leaves a record as it is', async () => {
    const pull = await world.propose(manifests.cluster)
    const push = world.repository.merge(pull, 'squash')
    world.github.faults.push({
      on: 'PATCH /repos/{owner}/{repo}/issues/comments/',
      status: 403,
      message: 'Forbidden',
      times: 1,
    })
    const ran = await world.push(push)
    expect([ran.report?.result, ran.warnings.join()]).toEqual([
      'succeeded',
      expect.stringContaining('edit the comment'),
    ])
    expect(world.comments(pull)).toEqual([expect.not.stringContaining('✅ applied')])
    expect((await world.push(push)).report?.steps).toEqual([])
    const made = world.comments(pull)
    expect(made).toEqual([expect.stringContaining('✅ applied')])
    await world.push(push)
    expect(world.comments(pull)).toEqual(made)
  })

  test('is not begun by an apply that has nothing to do, nor when its run is repeated', async () => {
    await world.settle(manifests.cluster)
    const pull = await world.propose({ 'README.md': 'more words\n' })
    const push = world.repository.merge(pull, 'squash')
    await world.push(push)
    await world.push(push)
    expect(world.comments(pull)).toEqual([])
  })

  test('every pull request of a push has its own, and names the merge that it was', async () => {
    const pulls = [await world.propose(setting('one', 'enabled')), await world.propose(setting('two', 'enabled'))]
    const pushes = pulls.map(pull => world.repository.merge(pull, 'squash'))
    const [first, last] = pushes
    if (!first || !last) throw new Error('nothing was pushed')
    await world.push({ before: first.before, after: last.after })
    for (const pull of pulls) expect(world.comments(pull)).toEqual([expect.stringContaining('✅ applied')])
    const [one = '', two = ''] = pulls.map(pull => world.comments(pull).join())
    expect(two).toContain('the merge of this pull request')
    expect(one).not.toContain('the merge of this pull request')
  })

  test('one for each environment', async () => {
    const pull = await world.propose(manifests.cluster)
    await world.plan(pull, { environment: 'staging' })
    expect(world.comments(pull).map(body => body.slice(0, body.indexOf(' -->')))).toEqual([
      '<!-- ecs-particles:production',
      '<!-- ecs-particles:staging',
    ])
  })

  test('is found behind 300 others by four list calls, and never one of another author', async () => {
    const pull = world.repository.open([manifests.cluster])
    const ada = { login: 'ada', type: 'User' } as const
    for (let index = 0; index < 300; index++) world.github.comment(pull.number, ada, `${marker} ${index}`)
    await world.plan(pull)
    world.github.calls.length = 0
    await world.plan(pull)
    expect(world.github.called('GET /repos/{owner}/{repo}/issues')).toHaveLength(4)
    expect(world.comments(pull)).toHaveLength(1)
    expect(world.github.comments.filter(({ author, body }) => author.login === 'ada' && body.length < 60)).toHaveLength(
      300,
    )
  })

  test.each([
    ['on-changes', 0],
    ['always', 1],
    ['never', 0],
  ] as const)('with nothing to do, in the mode %s', async (comment, count) => {
    await world.settle(manifests.cluster)
    const pull = await world.propose({ 'README.md': 'words' }, { comment })
    expect(world.comments(pull)).toHaveLength(count)
    expect(world.checks(pull.headSha, plan)).toHaveLength(1)
  })

  test('in the mode on-changes is brought up to date once it is there', async () => {
    await world.settle(manifests.cluster)
    const pull = await world.propose(setting('main', 'enabled'))
    world.repository.push(manifests.cluster, 'Back', pull.head)
    pull.headSha = world.repository.head(pull.head)
    await world.plan(pull)
    expect(world.comments(pull)).toEqual([expect.stringContaining('**Nothing to do**')])
  })

  test('in the mode never is not written after the merge either', async () => {
    const pull = await world.propose(manifests.cluster, { comment: 'never' })
    await world.land(pull, { comment: 'never' })
    expect(world.comments(pull)).toEqual([])
  })

  test('of a newer run stays: a plan that is late does not cover the record of the apply', async () => {
    const pull = await world.propose(manifests.cluster)
    await world.land(pull)
    const [record] = world.comments(pull)
    world.github.comments.splice(0, 1, {
      id: 1,
      issue: pull.number,
      author: { login: 'github-actions[bot]', type: 'Bot' },
      body: String(record).replace(/run=\d+/, 'run=999999'),
    })
    const late = await world.plan(pull)
    expect(late.warnings).toEqual(['the comment was written by a newer run and stays as it is'])
    expect(world.comments(pull)[0]).toContain('✅ applied')
  })
})

describe('the check', () => {
  test('is one completed run on the head, with digest, claims and run', async () => {
    const pull = await world.propose(manifests.web)
    const [check, ...more] = world.checks(pull.headSha, plan)
    expect(more).toEqual([])
    expect(check).toMatchObject({
      conclusion: 'success',
      externalId: pull.ran.plan?.digest,
      output: { title: '3 to start' },
    })
    expect(check?.output.text?.split('\n')).toEqual([
      'ecs-particles claims, format 2, part 1 of 1',
      `pull request #${pull.number} into main`,
      ...(pull.ran.plan?.claims?.hashes ?? []),
    ])
    for (const hash of pull.ran.plan?.claims?.hashes ?? []) expect(hash).toMatch(/^[0-9a-f]{32}$/)
  })

  test('of manifests with errors has each at its file and line, and claims nothing', async () => {
    const wrong = manifests.cluster['particles/main.yml'].replace(
      'clusterName: main',
      'clusterName: main\n  nonsense: 1',
    )
    const pull = await world.propose({ 'particles/main.yml': wrong })
    expect(pull.ran.failed).toBe(true)
    expect(world.checks(pull.headSha, plan)).toMatchObject([
      {
        conclusion: 'failure',
        output: { text: null },
        annotations: [
          {
            path: 'particles/main.yml',
            start_line: 5,
            annotation_level: 'failure',
            message: expect.stringContaining('nonsense'),
          },
        ],
      },
    ])
    expect(world.comments(pull)).toEqual([expect.stringContaining('nonsense')])
  })
})

describe('a pull request from a fork', () => {
  const keys = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']
  const nowhere = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
    AWS_CONFIG_FILE: '/nowhere',
  }

  beforeEach(() => {
    for (const key of keys) delete process.env[key]
    Object.assign(process.env, nowhere)
    world.github.tokens.set(token, {
      ...actionsToken,
      permissions: { contents: 'read', checks: 'read', 'pull-requests': 'read' },
    })
  })
  afterEach(() => {
    for (const key of Object.keys(nowhere)) delete process.env[key]
  })

  test('is validated, its plan is said to be skipped, and the step passes', async () => {
    const pull = world.repository.open([manifests.web], { fork: true })
    const ran = await world.plan(pull)
    expect(ran.failed).toBe(false)
    expect(ran.said.join()).toContain('plan skipped: what a fork proposes is never planned')
    expect(ran.summary).toContain('**No plan:**')
    expect(world.github.checks).toEqual([])
    expect(ran.warnings).toEqual([])
  })

  test('is planned by nobody without a region either, which the step for credentials would have set', async () => {
    const ran = await world.plan(world.repository.open([manifests.web], { fork: true }), { 'aws-region': '' })
    expect(ran.failed).toBe(false)
    expect(ran.said.join()).toContain('plan skipped: what a fork proposes is never planned')
    const own = await world.plan(world.repository.open([manifests.web]), { 'aws-region': '' })
    expect(own.failed).toBe(true)
    expect(own.problems.join()).toContain('set the aws-region input or AWS_REGION')
  })

  test('whose manifests are wrong fails', async () => {
    const pull = world.repository.open([{ 'particles/main.yml': 'flavor: nonsense' }], { fork: true })
    expect((await world.plan(pull)).failed).toBe(true)
  })

  test('and one of our own without credentials fails', async () => {
    const ran = await world.plan(world.repository.open([manifests.web]))
    expect(ran.failed).toBe(true)
    expect(ran.problems[0]).toContain('no AWS credentials')
  })
})

describe('what GitHub refuses is a warning, never a failure', () => {
  test('of a plan', async () => {
    world.github.tokens.set(token, { ...actionsToken, permissions: { contents: 'read' } })
    const pull = await world.propose(manifests.cluster)
    expect(pull.ran.failed).toBe(false)
    expect(pull.ran.warnings).toEqual([
      expect.stringMatching(/^what earlier commits remember is not known: .*"checks: read"/),
      expect.stringContaining('"pull-requests: read"'),
      expect.stringContaining('"checks: write"'),
    ])
    expect(pull.ran.summary).toContain('**1 to start**')
  })

  test('of an apply', async () => {
    const pull = await world.propose(manifests.cluster)
    const push = world.repository.merge(pull, 'squash')
    world.github.tokens.set(token, {
      ...actionsToken,
      permissions: { contents: 'read', checks: 'read', 'pull-requests': 'read' },
    })
    const ran = await world.push(push)
    expect(ran.failed).toBe(false)
    expect(ran.report?.result).toBe('succeeded')
    expect(ran.warnings).toEqual([
      expect.stringMatching(/"particles \/ production \/ begun" .*"checks: write"/),
      expect.stringMatching(/"particles \/ production \/ applied" .*"checks: write"/),
      expect.stringContaining('"pull-requests: write"'),
    ])
  })

  test('a drift run, by schedule, writes no comment and no check', async () => {
    await world.settle(manifests.cluster)
    world.github.calls.length = 0
    const ran = await world.byHand({ 'fail-on-changes': 'true' }, 'schedule')
    expect(ran.failed).toBe(false)
    // It looks for what was declared once, so it reads: it needs no right to write.
    const names = world.github.calls.map(({ name }) => name)
    expect(names.filter(name => !name.startsWith('GET '))).toEqual(['POST /graphql'])
    world.simulator.region().clusters.delete('main')
    expect((await world.byHand({ 'fail-on-changes': 'true' }, 'schedule')).failed).toBe(true)
  })
})
