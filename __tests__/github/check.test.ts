import { beforeEach, describe, expect, test } from '@jest/globals'
import { appliedCheck, findChecks, planCheck, postCheck, refusedCheck } from '../../src/github/check.ts'
import { claimTexts, type PublishedClaims, readClaims, type Subject, textLimit } from '../../src/github/claimText.ts'
import { shownClaims } from '../../src/github/shownClaims.ts'
import { type Api, mayOnly, openApi, token } from '../world/github.ts'

let world: Api
let commit: string
beforeEach(async () => {
  world = await openApi()
  commit = world.repository.head()
})

const claim = (number: number): string => number.toString(16).padStart(32, '0')
const many = (count: number): string[] => Array.from({ length: count }, (_, index) => claim(index))

interface Planned extends Partial<Parameters<typeof postCheck>[1]> {
  readonly claims?: PublishedClaims
  readonly subject?: Subject
}

const plan = (
  hashes: readonly string[],
  { claims = { version: 2, hashes }, subject: of = subject, ...more }: Planned = {},
) =>
  postCheck(world.github, {
    name: planCheck('production'),
    commit,
    conclusion: 'success',
    title: '1 to update',
    summary: '### Plan',
    digest: 'sha256:d1',
    texts: claimTexts(claims, of),
    ...more,
  })

const subject = { pullRequest: 7, base: 'main' }
const shown = ({ number = 7, base = 'main' } = {}) => {
  const merge = { merged_at: null, merge_commit_sha: null, user: null }
  const pull = { number, ...merge, head: { sha: commit, repo: null }, base: { ref: base, repo: null } }
  return shownClaims(world.github, pull, 'production')
}

test('the names', () => {
  expect([planCheck('p'), appliedCheck('p'), refusedCheck('p')]).toEqual([
    'particles / p',
    'particles / p / applied',
    'particles / p / refused',
  ])
})

test('a plan is one completed check run with its digest and its claims', async () => {
  const { url, warning } = await plan([claim(2), claim(1), claim(2)], { url: 'https://github.test/run' })
  expect(warning).toBeUndefined()
  expect(url).toMatch(/^https:\/\/github\.test\//)
  expect(world.server.checks).toMatchObject([
    {
      name: 'particles / production',
      commit,
      conclusion: 'success',
      externalId: 'sha256:d1',
      output: {
        title: '1 to update',
        summary: '### Plan',
        text: `ecs-particles claims, format 2, part 1 of 1\npull request #7 into main\n${claim(1)}\n${claim(2)}`,
      },
    },
  ])
  const [call] = world.server.called('POST')
  expect(call?.body).toMatchObject({ status: 'completed', details_url: 'https://github.test/run' })
})

test('its claims are read back', async () => {
  await plan([claim(2), claim(1)])
  expect(await shown()).toEqual({ claims: [claim(1), claim(2)] })
})

test('a plan with nothing to do shows no claims, which is something else than no plan', async () => {
  await plan([])
  expect(await shown()).toEqual({ claims: [] })
})

test('claims that do not fit are continued', async () => {
  const hashes = many(4_500)
  await plan(hashes)
  expect(world.server.checks.map(({ name }) => name).sort()).toEqual([
    'particles / production',
    'particles / production (2)',
    'particles / production (3)',
  ])
  for (const { output } of world.server.checks) expect(output.text?.length).toBeLessThanOrEqual(textLimit)
  expect(await shown()).toEqual({ claims: hashes })
})

test('a continuation that is missing leaves the plan incomplete', async () => {
  await plan(many(4_500))
  world.server.checks.splice(
    world.server.checks.findIndex(({ name }) => name.endsWith('(2)')),
    1,
  )
  expect(await shown()).toEqual({ why: 'its plan is incomplete: "particles / production (2)" is missing' })
})

test('a continuation of another plan does not count', async () => {
  await plan(many(4_500))
  for (const [index, check] of world.server.checks.entries())
    if (check.name.endsWith('(3)')) world.server.checks[index] = { ...check, externalId: 'sha256:other' }
  expect(await shown()).toEqual({ why: 'its plan is incomplete: "particles / production (3)" is missing' })
})

describe('which plan counts', () => {
  test('the newest successful one', async () => {
    await plan([claim(1)])
    await plan([claim(2)], { digest: 'sha256:d2' })
    await plan([claim(3)], { digest: 'sha256:d3', conclusion: 'failure' })
    expect(await shown()).toEqual({ claims: [claim(2)] })
  })

  test('none of another pull request with the same head commit, however new', async () => {
    await plan([claim(1)])
    await plan([claim(2)], { subject: { pullRequest: 8, base: 'main' } })
    expect(await shown()).toEqual({ claims: [claim(1)] })
    expect(await shown({ number: 9 })).toEqual({
      why: 'the plans "particles / production" of its head commit are of pull request #8 into main, not of this one; have this one planned too',
    })
  })

  test('none of a merge group', async () => {
    await plan([claim(1)], { subject: { mergeGroup: true, base: 'main' } })
    expect(await shown()).toEqual({ why: expect.stringContaining('are of merge group into main, not of this one') })
  })

  test('none for another base, nor one before it', async () => {
    await plan([claim(1)])
    await plan([claim(2)], { subject: { pullRequest: 7, base: 'release/1' } })
    expect(await shown()).toEqual({ why: expect.stringContaining('was made for the base release/1, not for main') })
    expect(await shown({ base: 'release/1' })).toEqual({ claims: [claim(2)] })
  })

  test('none that does not say what it is of', async () => {
    const text = `ecs-particles claims, format 2, part 1 of 1\n${claim(1)}`
    world.server.check({ name: planCheck('production'), commit, output: { title: '', summary: '', text } })
    expect(await shown()).toEqual({ why: expect.stringContaining('does not say which pull request it is of') })
  })

  test('with continuations of its own alone, though another pull request has the same plan', async () => {
    const hashes = many(9_000)
    await plan(hashes)
    await plan(hashes, { subject: { pullRequest: 8, base: 'main' } })
    world.server.checks.splice(
      world.server.checks.findIndex(({ name, output }) => name.endsWith('(2)') && output.text?.includes('#7')),
      1,
    )
    expect(await shown()).toEqual({ why: 'its plan is incomplete: "particles / production (2)" is missing' })
    expect(await shown({ number: 8 })).toEqual({ claims: hashes })
  })

  test('none that failed', async () => {
    await plan([claim(1)], { conclusion: 'failure' })
    expect(await shown()).toEqual({ why: 'its plan "particles / production" did not succeed' })
  })

  test('none that was neutral', async () => {
    await plan([claim(1)], { conclusion: 'neutral' })
    expect(await shown()).toEqual({ why: 'its plan "particles / production" did not succeed' })
  })

  test('none of another app, whatever its name', async () => {
    const [text] = claimTexts({ version: 2, hashes: [claim(1)] }, subject)
    world.server.check({
      name: 'particles / production',
      commit,
      app: 'somebody-else',
      output: { title: '', summary: '', text },
    })
    expect(await shown()).toEqual({
      why: 'its check "particles / production" was written by another app, which does not count',
    })
    await plan([claim(2)])
    expect(await shown()).toEqual({ claims: [claim(2)] })
  })

  test("none that a person's token asks for: it wrote none", async () => {
    await plan([claim(1)])
    const person = await openApi({}, { login: 'ada', permissions: { checks: 'write' } })
    person.server.check({ name: 'particles / production', commit: person.repository.head() })
    expect((await findChecks(person.github, person.repository.head(), 'particles / production')).successful).toEqual([])
  })

  test('none in a format of another release', async () => {
    for (const [version, hash] of [
      [1, '0123456789abcdef'],
      [3, claim(1)],
    ] as const) {
      await plan([], { claims: { version, hashes: [hash] } })
      expect(await shown()).toEqual({ format: version })
    }
  })

  test('none without claims', async () => {
    world.server.check({ name: 'particles / production', commit })
    expect(await shown()).toEqual({ why: 'its check "particles / production" holds no claims' })
  })

  test('none of another environment', async () => {
    await plan([claim(1)], { name: planCheck('staging') })
    expect(await shown()).toEqual({ why: 'it has no check "particles / production"' })
  })

  test('not the refused plan', async () => {
    await plan([claim(1)], { name: refusedCheck('production') })
    expect(await shown()).toEqual({ why: 'it has no check "particles / production"' })
  })

  test('found after a hundred others of its name', async () => {
    await plan([claim(1)])
    for (let index = 0; index < 150; index++)
      world.server.check({ name: 'particles / production', commit, conclusion: 'failure' })
    expect(await shown()).toEqual({ claims: [claim(1)] })
  })
})

describe('annotations', () => {
  const problem = (line: number) => ({
    place: { file: 'particles/web.yml', line, column: 3 },
    message: `problem ${line}`,
  })

  test('stand at file and line', async () => {
    await plan([], { conclusion: 'failure', problems: [problem(12), { message: 'somewhere' }] })
    expect(world.server.checks[0]?.annotations).toEqual([
      {
        path: 'particles/web.yml',
        start_line: 12,
        end_line: 12,
        start_column: 3,
        end_column: 3,
        annotation_level: 'failure',
        message: 'problem 12',
      },
    ])
  })

  test('more than fifty follow in batches of fifty', async () => {
    const problems = Array.from({ length: 120 }, (_, index) => problem(index + 1))
    await plan([claim(1)], { conclusion: 'failure', problems })
    expect(world.server.checks[0]?.annotations).toHaveLength(120)
    expect(world.server.called('PATCH')).toHaveLength(2)
    expect(world.server.checks[0]?.output.text).toContain(claim(1))
  })
})

test('a summary that is too long is cut, so that the claims are not lost with it', async () => {
  const { warning } = await plan([claim(1)], { summary: 'x'.repeat(70_000), title: 'y'.repeat(300) })
  expect(warning).toBeUndefined()
  expect(await shown()).toEqual({ claims: [claim(1)] })
})

describe('what GitHub refuses is a warning', () => {
  test('the permission', async () => {
    world.server.tokens.set(token, mayOnly({ checks: 'read' }))
    expect(await plan([claim(1)])).toEqual({
      warning: `GitHub refused to write the check "particles / production" (403): the token lacks "checks: write"; add it to the job's permissions`,
    })
  })

  test("a token that is no app's", async () => {
    world.server.tokens.set(token, { login: 'ada', permissions: { checks: 'write' } })
    expect((await plan([claim(1)])).warning).toContain('only the token of an app, such as GITHUB_TOKEN, may do that')
  })
})

test.each([16, 31, 33])('a claim of %i digits is none of this format', async digits => {
  await plan(['a'.repeat(digits)])
  expect(await shown()).toEqual({ why: 'its check "particles / production" holds no claims' })
})

test.each([
  ['nothing', null],
  ['other text', 'All good.'],
  ['a claim that is none', 'ecs-particles claims, format 2, part 1 of 1\nxyz'],
  ['a subject that is none', 'ecs-particles claims, format 2, part 1 of 1\npull request 7 into main'],
  [
    'a subject that stands later',
    `ecs-particles claims, format 2, part 1 of 1\n${'a'.repeat(32)}\npull request #7 into main`,
  ],
])('%s is no claims', (_, text) => {
  expect(readClaims(text)).toBeUndefined()
})

test('equal claims leave equal texts', () => {
  const hashes = many(50)
  expect(claimTexts({ version: 2, hashes: hashes.toReversed() }, subject)).toEqual(
    claimTexts({ version: 2, hashes }, subject),
  )
})
