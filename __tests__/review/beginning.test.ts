import { beforeEach, describe, expect, test } from '@jest/globals'
import { cluster, definition, file, manifests, service } from '../world/manifests.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
})

describe('a new environment', () => {
  const staged = {
    ...manifests.web,
    'particles/main.yml': file(cluster).replace('aws_resource:', 'environments: { staging: {} }\naws_resource:'),
  }

  test('that no manifest names is told first, with the name that was meant, and is no error', async () => {
    const { ran, ...pull } = await world.propose(staged, { environment: 'stagin' })
    expect(ran.failed).toBe(false)
    const [comment = ''] = world.comments(pull)
    expect(comment.split('\n\n')[2]).toMatch(
      /nvironment stagin is new, and everything would start: no manifest and no earlier apply knows it \(did you mean staging\?\)/,
    )
    expect(ran.said.join('\n')).toContain('Environment stagin is new, and everything would start')
  })

  test('that a manifest names is none, but a plan that starts everything says so', async () => {
    const pull = await world.propose(staged, { environment: 'staging' })
    const [comment = ''] = world.comments(pull)
    expect(comment).not.toContain('is new')
    expect(comment.split('\n\n')[2]).toContain('Everything would start: look whether')
  })

  test('is known from its first apply on', async () => {
    await world.settle(manifests.web)
    const more = { 'particles/two.yml': file(definition({ family: 'two' }), service({ name: 'two', family: 'two' })) }
    const [comment = ''] = world.comments(await world.propose(more))
    expect(comment).toContain('**2 to start**')
    expect(comment).not.toMatch(/is new|would start/)
  })

  test('is not taken for one where more commits lie behind the last apply than are read', async () => {
    await world.settle(manifests.web)
    for (let count = 0; count < 60; count++) world.repository.push({ 'README.md': String(count) })
    const more = { 'particles/two.yml': file(definition({ family: 'two' })) }
    const [comment = ''] = world.comments(await world.propose(more))
    expect(comment).not.toContain('is new')
  })
})

test('a start of a definition is called registered', async () => {
  const [comment = ''] = world.comments(await world.propose(manifests.web))
  expect(comment).toMatch(/🟢&nbsp;register<br>.*`ecs_task_definition:web`.* \| is registered \|/)
  expect(comment).toMatch(/🟢&nbsp;start<br>.*`ecs_service:web`.* \| is created with 1 task \|/)
})

test('what a pull request deletes is no longer declared, and what an earlier one deleted names it', async () => {
  await world.settle(manifests.web)
  const removal = await world.propose(
    { 'particles/web.yml': null },
    { 'on-removed': 'terminate', 'max-terminations': '9' },
  )
  expect(world.comments(removal)[0]).toMatch(
    /ecs_service:web.*\| no longer declared \(deleted in this pull request\) \|/,
  )
  const { number } = removal
  await world.land(removal)
  const later = await world.propose({ 'README.md': 'x' }, { 'on-removed': 'terminate', 'max-terminations': '9' })
  expect(world.comments(later)[0]).toContain(`no longer declared (deleted in #&#8288;${number})`)
})
