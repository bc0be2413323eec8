import { beforeEach, describe, expect, test } from '@jest/globals'
import { actionsToken } from '../../simulator/github/server.ts'
import { GitHub } from '../../src/github/api.ts'
import { type CallPurpose, GitHubError } from '../../src/github/apiErrors.ts'
import { withoutMarks } from '../../src/untrusted.ts'
import { type Api, openApi, second, token } from '../world/github.ts'

let world: Api
beforeEach(async () => {
  world = await openApi()
})

const reading: CallPurpose = { to: 'read the history', needs: 'contents: read' }
const history = (github = world.github) => github.call(reading, 'GET /repos/{owner}/{repo}/commits', {})

const refusal = async (call: Promise<unknown>): Promise<GitHubError> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof GitHubError)) throw new Error(`expected a refusal, not ${String(error)}`)
  expect(error.message).not.toContain(token)
  expect(error.message).not.toContain('\n')
  return error
}

describe('identity', () => {
  test('of GITHUB_TOKEN is the app and its bot, by one call', async () => {
    expect(await world.github.identity()).toEqual({ login: 'github-actions[bot]', app: 'github-actions' })
    await world.github.identity()
    expect(world.server.calls.map(({ name }) => name)).toEqual(['POST /graphql'])
  })

  test('of another app', async () => {
    world.server.tokens.set(token, { ...actionsToken, login: 'acme-deploys[bot]', app: 'acme-deploys' })
    expect(await world.github.identity()).toEqual({ login: 'acme-deploys[bot]', app: 'acme-deploys' })
  })

  test('of a person has no app', async () => {
    world.server.tokens.set(token, { login: 'ada', permissions: {} })
    expect(await world.github.identity()).toEqual({ login: 'ada' })
  })

  test('of a person on a server without GraphQL', async () => {
    world.server.graphql = false
    world.server.tokens.set(token, { login: 'ada', permissions: {} })
    expect(await world.github.identity()).toEqual({ login: 'ada' })
  })

  test('is asked again after a limit of GraphQL, which answers 200', async () => {
    world.server.resetAt = Date.now() + 3_000
    world.server.graphqlErrors.push('RATE_LIMITED')
    expect(await world.github.identity()).toEqual({ login: 'github-actions[bot]', app: 'github-actions' })
    expect(world.server.called('/graphql')).toHaveLength(2)
  })

  test('is not guessed because of a limit that is not over soon', async () => {
    world.server.tokens.set(token, { ...actionsToken, login: 'acme-deploys[bot]', app: 'acme-deploys' })
    world.server.resetAt = Date.now() + 3_600_000
    world.server.graphqlErrors.push('RATE_LIMITED')
    expect((await refusal(world.github.identity())).message).toContain("GitHub's rate limit kept us from trying")
  })

  test('of a person to whom GraphQL is forbidden', async () => {
    world.server.graphqlErrors.push('FORBIDDEN')
    world.server.tokens.set(token, { login: 'ada', permissions: {} })
    expect(await world.github.identity()).toEqual({ login: 'ada' })
  })

  test('is not guessed for a token that GitHub does not accept, and asked again later', async () => {
    world.server.tokens.clear()
    await refusal(world.github.identity())
    world.server.tokens.set(token, actionsToken)
    expect(await world.github.identity()).toMatchObject({ app: 'github-actions' })
  })

  test.each([
    ['the first question', '/graphql'],
    ['every question', ''],
  ])('is not guessed while GitHub fails to answer %s', async (_, on) => {
    world.server.tokens.set(token, { ...actionsToken, login: 'acme-deploys[bot]', app: 'acme-deploys' })
    world.server.faults.push({ on, status: 502, times: 8 })
    expect(withoutMarks((await refusal(world.github.identity())).message)).toBe(
      'GitHub failed to say who the token belongs to (502): Server Error',
    )
  })

  test('is not guessed where no answer comes, and asked again later', async () => {
    world.server.tokens.set(token, { login: 'ada', permissions: {} })
    const { server, url } = world
    await server.stop()
    await refusal(world.github.identity())
    await server.start(Number(new URL(url).port))
    world.clock.jump(60_000)
    expect(await world.github.identity()).toEqual({ login: 'ada' })
  })

  test('of an app on a server without GraphQL is taken to be Actions', async () => {
    world.server.graphql = false
    expect(await world.github.identity()).toEqual({ login: 'github-actions[bot]', app: 'github-actions' })
  })
})

/** How long something took, in whole seconds as they are waited here: timers may end a little early by the other clock. */
async function seconds(work: Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work
  return Math.round((performance.now() - began) / second)
}

describe('patience', () => {
  const secondary = 'You have exceeded a secondary rate limit.'

  test('a primary limit is waited for when it ends soon', async () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1_000) + 10) }
    world.server.faults.push({ status: 403, message: 'API rate limit exceeded', headers, times: 1 })
    expect(await seconds(history())).toBeGreaterThanOrEqual(10)
    expect(world.server.calls).toHaveLength(2)
  })

  test('and is an error that names the time when it does not', async () => {
    world.server.remaining = 0
    world.server.resetAt = Date.now() + 3_600_000
    const until = new Date(Math.ceil(world.server.resetAt / 1_000) * 1_000).toISOString().slice(0, 16).replace('T', ' ')
    const { message, limited } = await refusal(history())
    expect(message).toBe(`GitHub's rate limit kept us from trying to read the history; try again after ${until} UTC`)
    expect(limited).toBe(true)
    expect(world.server.calls).toHaveLength(1)
  })

  test('a secondary limit says how long', async () => {
    world.server.faults.push({ status: 403, message: secondary, headers: { 'retry-after': '7' }, times: 2 })
    expect(await seconds(history())).toBeGreaterThanOrEqual(14)
  })

  test('or does not, which makes it a minute', async () => {
    world.server.faults.push({ status: 403, message: secondary, times: 1 })
    expect(await seconds(history())).toBeGreaterThanOrEqual(60)
  })

  test('429 is a limit as well', async () => {
    world.server.faults.push({ status: 429, message: secondary, headers: { 'retry-after': '3' }, times: 1 })
    expect(await seconds(history())).toBeGreaterThanOrEqual(3)
  })

  test('a limit that lasts is an error after two minutes', async () => {
    world.server.faults.push({ status: 403, message: secondary, headers: { 'retry-after': '50' }, times: 9 })
    expect((await refusal(history())).message).toContain("GitHub's rate limit kept us from trying to read the history")
    expect(world.server.calls).toHaveLength(3)
  })

  test('5xx is tried again three times', async () => {
    world.server.faults.push({ status: 502, times: 3 })
    expect(await seconds(history())).toBeGreaterThanOrEqual(1 + 4 + 9)
    expect(world.server.calls).toHaveLength(4)
  })

  test('and no more', async () => {
    world.server.faults.push({ status: 502, message: 'Bad Gateway', times: 4 })
    expect(withoutMarks((await refusal(history())).message)).toBe(
      'GitHub failed to read the history (502): Bad Gateway',
    )
    expect(world.server.calls).toHaveLength(4)
  })

  test('an answer that is cut off, or a page of a proxy, is asked for again', async () => {
    world.server.faults.push({ status: 200, cut: true, times: 2 })
    await history()
    expect(world.server.calls).toHaveLength(3)
  })

  test.each([
    ['an answer that stays cut off', { status: 200, cut: true }, 'its answer cannot be read'],
    ['a redirection that leads nowhere', { status: 301, message: 'Moved Permanently' }, 'Moved Permanently'],
  ])('%s is an error in the end', async (_, fault, words) => {
    world.server.faults.push({ ...fault, times: 4 })
    expect(withoutMarks((await refusal(history())).message)).toBe(`GitHub failed to read the history (502): ${words}`)
  })

  test.each([400, 401, 403, 404, 422])('%d is an answer', async status => {
    world.server.faults.push({ status, message: 'No', times: 1 })
    await refusal(history())
    expect(world.server.calls).toHaveLength(1)
  })

  test('a call that must not be repeated is not, unless a limit kept it from being carried out', async () => {
    world.server.faults.push(
      { status: 403, message: secondary, headers: { 'retry-after': '1' }, times: 1 },
      { status: 500, times: 1 },
    )
    const once = world.github.call({ ...reading, once: true }, 'GET /repos/{owner}/{repo}/commits', {})
    await refusal(once)
    expect(world.server.calls).toHaveLength(2)
  })

  test('writing does not wait between two calls', async () => {
    const check = () =>
      world.github.call({ to: 'write', needs: 'checks: write' }, 'POST /repos/{owner}/{repo}/check-runs', {
        name: 'n',
        head_sha: world.repository.head(),
        status: 'completed',
        conclusion: 'success',
      })
    const comment = () =>
      world.github.call(
        { to: 'write', needs: 'pull-requests: write' },
        'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
        { issue_number: 1, body: 'b' },
      )
    const began = performance.now()
    for (let index = 0; index < 5; index++) await check()
    for (let index = 0; index < 5; index++) await comment()
    // By the plugin's own pace this would be twenty seconds.
    expect(performance.now() - began).toBeLessThan(3_000)
  })

  test('a connection that fails is no answer', async () => {
    const nowhere = new GitHub({
      token,
      repository: world.github.repository,
      apiUrl: 'http://127.0.0.1:9',
      clock: world.clock,
      second,
    })
    const { message, status } = await refusal(history(nowhere))
    expect(status).toBeUndefined()
    expect(message).toMatch(/^GitHub did not answer when asked to read the history: /)
    // After every try, the next question is not waited for all over again.
    expect(await seconds(refusal(history(nowhere)))).toBeLessThan(2)
  })

  test('is over when the run is cancelled, also in the middle of a wait', async () => {
    const cancel = new AbortController()
    const github = new GitHub({
      token,
      repository: world.github.repository,
      apiUrl: world.url,
      clock: world.clock,
      signal: cancel.signal,
      second,
    })
    world.server.faults.push({ status: 403, message: secondary, times: 1 })
    const waiting = history(github)
    setTimeout(() => cancel.abort(new Error('the run was cancelled')), 50)
    await expect(waiting).rejects.toThrow('the run was cancelled')
    await expect(history(github)).rejects.toThrow('the run was cancelled')
  })
})

test('no more than ten calls are under way at once', async () => {
  await Promise.all(Array.from({ length: 40 }, () => history()))
  expect(world.server.calls).toHaveLength(40)
  expect(world.server.busiest).toBeLessThanOrEqual(10)
})

describe('refusals', () => {
  test('403 names the permission that is missing', async () => {
    world.server.tokens.set(token, { ...actionsToken, permissions: {} })
    const { message } = await refusal(history())
    expect(message).toBe(
      `GitHub refused to read the history (403): the token lacks "contents: read"; add it to the job's permissions`,
    )
  })

  test('404 says that it may be the permission', async () => {
    world.server.faults.push({ status: 404, message: 'Not Found', times: 1 })
    const { message } = await refusal(history())
    expect(message).toBe(
      'GitHub found nothing (404) to read the history: it is not there, or the token lacks "contents: read"',
    )
  })

  test('401 is the token', async () => {
    world.server.tokens.clear()
    expect((await refusal(history())).message).toContain('does not accept the token (401)')
  })

  test('what the server repeats of the token is hidden', async () => {
    world.server.faults.push({ status: 400, message: `Bad header\nAuthorization: token ${token}`, times: 1 })
    expect(withoutMarks((await refusal(history())).message)).toBe(
      'GitHub refused to read the history (400): Bad header Authorization: token ***',
    )
  })

  test('no token at all', async () => {
    const github = new GitHub({ token: '', repository: world.github.repository, apiUrl: world.url })
    expect((await refusal(history(github))).message).toBe('there is no token for GitHub; set github-token')
  })
})
