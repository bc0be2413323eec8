import { beforeEach, describe, expect, test } from '@jest/globals'
import { bodyLimit, type CommentRequest, postComment, type Run } from '../../src/github/comment.ts'
import { marker } from '../../src/render/comment.ts'
import { withoutMarks } from '../../src/untrusted.ts'
import { type Api, mayOnly, openApi, token } from '../world/github.ts'

let world: Api
beforeEach(async () => {
  world = await openApi()
})

const bot = { login: 'github-actions[bot]', type: 'Bot' } as const
const ada = { login: 'ada', type: 'User' } as const

/** The first line as a run writes it. */
const firstLine = ({ id, attempt }: Run, environment = 'production'): string =>
  `${marker(environment)}<!-- run=${id}/${attempt} head=${'a'.repeat(40)} -->`

/** `body` is what stands below the first line. */
const post = ({ body = '### Plan', ...more }: Partial<CommentRequest> = {}) => {
  const { environment = 'production', run = { id: 10, attempt: 1 } } = more
  return postComment(world.github, {
    pullRequest: 7,
    environment,
    mode: 'on-changes',
    noteworthy: true,
    run,
    body: `${firstLine(run, environment)}\n${body}`,
    ...more,
  })
}

const bodies = () => world.server.comments.map(({ body }) => body)
const listings = () => world.server.called('GET /repos/{owner}/{repo}/issues').length

test('begins with the marker and says which run wrote it', async () => {
  const { url, warning } = await post()
  expect(bodies()).toEqual([`<!-- ecs-particles:production --><!-- run=10/1 head=${'a'.repeat(40)} -->\n### Plan`])
  expect(url).toMatch(/pull\/7#issuecomment-\d+$/)
  expect(warning).toBeUndefined()
})

test('is edited in place by the next run', async () => {
  const first = await post()
  const second = await post({ run: { id: 11, attempt: 1 }, body: '### Applied' })
  expect(second.url).toBe(first.url)
  expect(bodies()).toEqual([expect.stringContaining('### Applied')])
})

test('one for each environment', async () => {
  await post()
  await post({ environment: 'staging' })
  await post({ environment: 'production-eu' })
  await post({ body: 'again' })
  expect(bodies().map(body => body.split(' -->')[0])).toEqual([
    '<!-- ecs-particles:production',
    '<!-- ecs-particles:staging',
    '<!-- ecs-particles:production-eu',
  ])
})

test('one for each pull request', async () => {
  await post()
  await post({ pullRequest: 8 })
  expect(world.server.comments.map(({ issue }) => issue)).toEqual([7, 8])
})

test('is never one of another author, even with the marker', async () => {
  const forged = '<!-- ecs-particles:production --><!-- run=99/1 head=x -->'
  world.server.comment(7, ada, forged)
  await post()
  expect(bodies()).toEqual([forged, expect.stringContaining('### Plan')])
})

test('is never one of our own that only quotes the marker', async () => {
  world.server.comment(7, bot, '> <!-- ecs-particles:production -->')
  await post()
  expect(bodies()).toHaveLength(2)
})

test('is found after 300 others with four calls', async () => {
  for (let index = 0; index < 300; index++) world.server.comment(7, ada, `comment ${index}`)
  world.server.comment(7, bot, '<!-- ecs-particles:production -->\nold')
  await post()
  expect(bodies()).toHaveLength(301)
  expect(bodies().at(-1)).toContain('### Plan')
  expect(listings()).toBe(4)
})

test('an environment cannot end the marker', async () => {
  const environment = 'x --><img src=y>\nz'
  await post({ environment })
  await post({ environment, body: 'again' })
  expect(bodies()).toEqual([
    expect.stringMatching(/^<!-- ecs-particles:x --%3E%3Cimg src%3Dy%3E%0Az --><!-- run=10\/1 [^\n]+\nagain$/),
  ])
})

test('a body at the limit fits', async () => {
  const body = 'x'.repeat(bodyLimit - firstLine({ id: 10, attempt: 1 }).length - 1)
  expect((await post({ body })).warning).toBeUndefined()
})

describe('the mode', () => {
  test('on-changes writes none for nothing', async () => {
    expect(await post({ noteworthy: false })).toEqual({})
    expect(bodies()).toEqual([])
  })

  test('on-changes always updates one that is there', async () => {
    await post()
    await post({ noteworthy: false, body: 'nothing to do any more' })
    expect(bodies()).toEqual([expect.stringContaining('nothing to do any more')])
  })

  test('always writes one for nothing', async () => {
    await post({ mode: 'always', noteworthy: false })
    expect(bodies()).toHaveLength(1)
  })

  test('never writes none, and asks nothing', async () => {
    expect(await post({ mode: 'never' })).toEqual({})
    expect(world.server.calls).toEqual([])
  })
})

describe('runs at the same time', () => {
  test.each([
    ['an older run', { id: 9, attempt: 3 }],
    ['an earlier attempt', { id: 10, attempt: 1 }],
  ])('%s does not overwrite a newer one', async (_, run) => {
    const { url } = await post({ run: { id: 10, attempt: 2 }, body: 'newer' })
    const late = await post({ run, body: 'older' })
    expect(bodies()).toEqual([expect.stringContaining('newer')])
    expect(late).toEqual({ url, warning: 'the comment was written by a newer run and stays as it is' })
  })

  test('the same run may write again', async () => {
    await post()
    expect((await post({ body: 'again' })).warning).toBeUndefined()
    expect(bodies()).toEqual([expect.stringContaining('again')])
  })

  test('doubles of ours are removed, the first stays', async () => {
    const first = world.server.comment(7, bot, '<!-- ecs-particles:production --><!-- run=3/1 head=h -->\none')
    world.server.comment(7, ada, 'between')
    world.server.comment(7, bot, '<!-- ecs-particles:production --><!-- run=4/1 head=h -->\ntwo')
    await post()
    expect(world.server.comments.map(({ id }) => id)).toEqual([first.id, first.id + 1])
    expect(first.body).toContain('### Plan')
  })

  test.each([
    [404, undefined],
    [403, 'GitHub refused to remove a double of the comment (403): Forbidden'],
  ])('a double that cannot be removed, %d', async (status, warning) => {
    world.server.comment(7, bot, '<!-- ecs-particles:production --><!-- run=3/1 head=h -->\none')
    world.server.comment(7, bot, '<!-- ecs-particles:production -->\ntwo')
    world.server.faults.push({ on: 'DELETE', status, message: 'Forbidden', times: 1 })
    const { url, warning: said } = await post()
    expect(url).toMatch(/#issuecomment-1$/)
    expect(said && withoutMarks(said)).toBe(warning)
  })

  test('a double of a newer run is left to it', async () => {
    world.server.comment(7, bot, '<!-- ecs-particles:production --><!-- run=3/1 head=h -->\none')
    world.server.comment(7, bot, '<!-- ecs-particles:production --><!-- run=14/1 head=h -->\ntwo')
    await post()
    expect(bodies()).toEqual([expect.stringContaining('one'), expect.stringContaining('two')])
  })
})

describe('what GitHub refuses is a warning', () => {
  test('reading', async () => {
    world.server.tokens.set(token, mayOnly({ contents: 'read' }))
    expect((await post()).warning).toContain('the token lacks "pull-requests: read"')
  })

  test('writing', async () => {
    world.server.tokens.set(token, mayOnly({ 'pull-requests': 'read' }))
    expect(await post()).toEqual({
      warning: `GitHub refused to write the comment (403): the token lacks "pull-requests: write"; add it to the job's permissions`,
    })
  })

  test('editing', async () => {
    await post()
    world.server.tokens.set(token, mayOnly({ 'pull-requests': 'read' }))
    expect((await post()).warning).toContain('edit the comment (403): the token lacks "pull-requests: write"')
  })

  test('a conversation that is locked is not a missing permission', async () => {
    world.server.locked.add(7)
    expect(withoutMarks((await post()).warning ?? '')).toBe(
      'GitHub refused to write the comment (403): Unable to create comment because issue is locked.',
    )
  })

  test('a token that has run out', async () => {
    world.server.tokens.clear()
    expect((await post()).warning).toContain('(401)')
  })
})

test.each([
  ['POST', 'lost', { status: 502, done: true }],
  ['POST', 'cut off', { status: 200, cut: true }],
  ['POST', 'not there at all', { status: 200, reset: true }],
  ['GET', 'cut off', { status: 200, cut: true }],
] as const)('an answer to %s that is %s does not make a second comment', async (method, _, fault) => {
  await post()
  if (method === 'POST') world.server.comments.length = 0
  world.server.faults.push({ on: `${method} /repos/{owner}/{repo}/issues`, ...fault, times: 1 })
  expect((await post()).url).toContain('#issuecomment-')
  expect(bodies()).toHaveLength(1)
})

test('a write that failed is tried again', async () => {
  world.server.faults.push({ on: 'POST /repos/{owner}/{repo}/issues', status: 502, times: 2 })
  await post()
  expect(bodies()).toHaveLength(1)
})
