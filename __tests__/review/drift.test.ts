import { beforeEach, describe, expect, test } from '@jest/globals'
import { cluster, definition, file, manifests, service, setting } from '../world/manifests.ts'
import { type Ran, tag } from '../world/run.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
})

const web = (count: number, more = '') => ({
  'particles/web.yml': file(definition({ image: 'registry.example/web:1' }), service({ count, more })),
})
const scaleBy = (desiredCount: number) =>
  world.simulator.handle('us-east-1', 'UpdateService', { cluster: 'main', service: 'web', desiredCount })
const commentOn = async (edits: Readonly<Record<string, string | null>>, given = {}): Promise<string> =>
  world.comments(await world.propose(edits, { comment: 'always', ...given })).join()

describe('what somebody changed in AWS', () => {
  beforeEach(async () => {
    await world.settle(manifests.web)
  })

  test('is drift, apart from what the pull request changes', async () => {
    scaleBy(3)
    const comment = await commentOn(web(1, '  enableExecuteCommand: true\n'))
    expect(comment).toContain('**1 to change**; **drift: in part of 1 particle**')
    expect(comment).toContain('enableExecuteCommand')
    expect(comment).toMatch(/! enableExecuteCommand +false → true\n {2}drift:\n! desiredCount +3 → 1\n/)
    expect(comment).toMatch(/; drift: somebody changed it in AWS; merging puts it back: `?desiredCount`? 3 → 1 \|/)
  })

  test('is counted apart, and stands below what the pull request changes', async () => {
    scaleBy(3)
    const comment = await commentOn({ 'particles/two.yml': file(cluster).replaceAll('main', 'two') })
    expect(comment).toContain('**1 to start**; **drift: 1 to change**')
    expect(comment.indexOf('`ecs_cluster:two`')).toBeLessThan(comment.indexOf('`ecs_service:web`'))
  })

  test('is what a run by schedule finds', async () => {
    scaleBy(3)
    const { summary, plan, said } = await world.byHand({}, 'schedule')
    expect(summary).toContain('**Drift: 1 to change**, 2 as they should be')
    expect(summary).toContain('drift: somebody changed it in AWS; an apply puts it back')
    expect(said.join('\n')).toContain('Drift: 1 to change; 2 as they should be.')
    expect(plan?.steps).toMatchObject([{ origin: 'drift', changes: [{ path: 'desiredCount', origin: 'drift' }] }])
  })

  test('an apply by schedule puts it back only where no review is asked for, and marks the commit then', async () => {
    const apply = (given = {}) => world.byHand({ command: 'apply', ...given }, 'schedule')
    const applied = () => world.github.checks.filter(({ name }) => name === 'particles / production / applied').length
    const before = applied()
    scaleBy(3)
    expect((await apply()).problems.join('\n')).toContain('no merged pull request showed')
    expect(applied()).toBe(before)
    expect((await apply({ 'require-review': 'false' })).problems).toEqual([])
    expect(applied()).toBe(before + 1)
  })

  test('is drift in a pull request that gives its particles another pcf_name too', async () => {
    scaleBy(3)
    const { ran } = await world.propose({
      'particles/web.yml': web(1)
        ['particles/web.yml'].replaceAll('pcf_name: web', 'pcf_name: shop')
        .replace('ecs_task_definition:web', 'ecs_task_definition:shop'),
    })
    expect(ran.plan?.steps).toMatchObject([
      { particle: 'ecs_service:shop', origin: 'drift', changes: [{ path: 'desiredCount', origin: 'drift' }] },
    ])
  })

  test('also where it is gone, or another revision', async () => {
    world.simulator.handle('us-east-1', 'DeleteService', { cluster: 'main', service: 'web', force: true })
    const { plan } = await world.byHand({}, 'schedule')
    expect(plan?.steps).toMatchObject([{ particle: 'ecs_service:web', transition: 'start', origin: 'drift' }])
  })

  test('in a revision that somebody registered and deployed', async () => {
    world.simulator.handle('us-east-1', 'RegisterTaskDefinition', {
      family: 'web',
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'web', image: 'registry.example/web:hotfix' }],
    })
    world.simulator.handle('us-east-1', 'UpdateService', { cluster: 'main', service: 'web', taskDefinition: 'web:2' })
    const drifted = await world.byHand({}, 'schedule')
    expect(drifted.plan?.steps.map(({ particle, origin }) => [particle, origin])).toEqual([
      ['ecs_task_definition:web', 'drift'],
      ['ecs_service:web', 'drift'],
    ])
    const pull = await world.propose({
      'particles/web.yml': file(definition({ image: 'registry.example/web:2' }), service()),
    })
    expect(pull.ran.plan?.steps.map(({ origin }) => origin)).toEqual([undefined, undefined])
  })

  test('never goes into the digest or the claims', async () => {
    scaleBy(3)
    const pull = await world.propose(web(1, '  enableExecuteCommand: true\n'))
    const { plan: told } = pull.ran
    world.github.checks.splice(0, world.github.checks.length)
    const { plan: untold } = await world.plan(pull)
    expect(JSON.stringify(told)).toContain('"drift"')
    expect(JSON.stringify(untold)).not.toContain('"drift"')
    expect([untold?.digest, untold?.claims?.hashes]).toEqual([told?.digest, told?.claims?.hashes])
  })

  test('is named by a refusal only where there is some', async () => {
    const pull = await world.propose({ 'README.md': 'x' })
    scaleBy(3)
    expect((await world.land(pull)).problems.join()).toContain('drift in AWS counts as a change too')
    scaleBy(1)
    const unseen = world.repository.push(web(2))
    const refused = await world.push(unseen)
    expect(refused.failed).toBe(true)
    expect(refused.problems.join()).not.toContain('drift')
  })
})

describe('no drift', () => {
  test('is what is merged and not applied yet, which names its pull request', async () => {
    await world.settle(manifests.web)
    const first = await world.propose(web(2))
    world.repository.merge(first, 'squash')
    const comment = await commentOn({ 'particles/two.yml': file(cluster).replaceAll('main', 'two') })
    expect(comment).toContain(`**1 to start**; **not applied yet (#&#8288;${first.number}): 1 to change**`)
    expect(comment).toMatch(/ {2}not applied yet \(#2\):\n! desiredCount +1 → 2\n/)
    expect(comment).not.toMatch(/drift/i)
    expect((await world.byHand({}, 'schedule')).plan?.steps).toMatchObject([{ origin: 'unapplied' }])
  })

  test('is what an apply changed before it failed, and the next pull request takes back', async () => {
    await world.settle(manifests.web)
    world.simulator.deny(['ecs:CreateCluster'])
    await world.land(await world.propose({ ...web(2), ...setting('other', 'enabled') }))
    world.simulator.deny([])
    const back = await world.propose(web(1))
    expect(world.comments(back)[0]).not.toMatch(/drift/i)
    expect(back.ran.plan?.steps).toContainEqual(expect.not.objectContaining({ origin: expect.anything() }))
    const landed = await world.push(world.repository.merge(back, 'squash'))
    expect([landed.problems, landed.plan?.steps.map(({ origin }) => origin)]).toEqual([[], [undefined, undefined]])
    expect(landed.summary).not.toMatch(/drift/i)
  })

  test('is what a release variable explains', async () => {
    const released = { ...manifests.web, 'particles/web.yml': file(definition({ image: 'web:${TAG}' }), service()) }
    await world.settle(released, tag('1'))
    const comment = await commentOn({ 'README.md': 'x' }, tag('2'))
    expect(comment).toContain('**2 to change**, 1 as it should be')
    expect(comment).not.toMatch(/drift|not applied/i)
  })

  describe('is what a variable in a name may explain', () => {
    const named = {
      'particles/web.yml': file(
        cluster.replace('clusterName: main', 'clusterName: ${TEAM}'),
        definition(),
        service({ count: 1 }),
      ),
    }
    const startsIn = ({ plan }: Ran) =>
      plan?.steps.flatMap(({ particle, transition, origin }) => (transition === 'start' ? [[particle, origin]] : []))

    test('that has another value: the cluster under its new name, and the service in it', async () => {
      await world.settle(named, { variables: 'TEAM=one' })
      const drift = await world.byHand({ variables: 'TEAM=two' }, 'schedule')
      expect(startsIn(drift)).toEqual([
        ['ecs_cluster:main', undefined],
        ['ecs_service:web', undefined],
      ])
    })

    test('but for the environment, which has one name at all times', async () => {
      await world.settle({ 'particles/main.yml': cluster.replaceAll('main', '${ENVIRONMENT}') })
      world.simulator.handle('us-east-1', 'DeleteCluster', { cluster: 'production' })
      const drift = await world.byHand({}, 'schedule')
      expect(startsIn(drift)).toEqual([['ecs_cluster:production', 'drift']])
    })
  })

  test('is in a comment where nothing has drifted', async () => {
    await world.settle(manifests.web)
    expect(await commentOn(web(2))).not.toMatch(/drift/i)
    expect(await commentOn({ 'README.md': 'x' })).not.toMatch(/drift/i)
  })
})
