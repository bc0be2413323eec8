import { beforeEach, describe, expect, test } from '@jest/globals'
import { manifests } from '../world/manifests.ts'
import { type Given, type Ran, tag } from '../world/run.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
})

const tagged = (text: string): string => text.replaceAll(/(registry\.example\/\w+):1/g, '$1:${TAG}')

const shop = {
  'particles/main.yml': manifests.shop['particles/main.yml'],
  'particles/web.yml': tagged(manifests.shop['particles/web.yml']),
  'particles/migrate.yml': tagged(manifests.shop['particles/migrate.yml']),
}
const web = { 'particles/main.yml': shop['particles/main.yml'], 'particles/web.yml': shop['particles/web.yml'] }

const imageOf = (family: string): unknown => {
  const revisions = world.simulator.region().families.get(family) ?? []
  return [...revisions].at(-1)?.definition.containerDefinitions?.[0]?.image
}

const runs = (): number => world.simulator.calls.filter(({ operation }) => operation === 'RunTask').length

const expectRefused = (ran: Ran, mark: number): void => {
  expect(ran.report?.result).toBe('refused')
  expect(world.modifying(mark)).toEqual([])
}

describe('a release variable', () => {
  test('differs between review and apply: nobody needs to look at its value', async () => {
    const pull = await world.propose(shop, tag('1.0'))
    const ran = await world.land(pull, tag('1.1'))
    expect(ran.problems).toEqual([])
    expect([imageOf('web'), imageOf('migrate')]).toEqual(['registry.example/web:1.1', 'registry.example/migrate:1.1'])
  })

  test('alone changes: revision, service and job go without a new review', async () => {
    await world.settle(shop, tag('1.0'))
    const push = world.repository.push({ 'README.md': 'words' })
    const ran = await world.push(push, tag('2.0'))
    expect(ran.problems).toEqual([])
    expect(ran.plan?.summary).toMatchObject({ start: 1, update: 3 })
    expect([imageOf('web'), runs()]).toEqual(['registry.example/web:2.0', 2])
  })

  test('and any other change beside it does need one', async () => {
    await world.settle(shop, tag('1.0'))
    const memory = web['particles/web.yml'].replace('memory: 512', 'memory: 1024')
    const push = world.repository.push({ 'particles/web.yml': memory })
    const mark = world.mark
    const ran = await world.push(push, tag('2.0'))
    expectRefused(ran, mark)
    expect(ran.problems[0]).toContain('ecs_task_definition:web: update (memory')
  })

  test('a job whose definition changed beside it does need one', async () => {
    await world.settle(shop, tag('1.0'))
    const other = shop['particles/migrate.yml'].replace(
      'name: migrate\n      image',
      "name: migrate\n      command: ['down']\n      image",
    )
    const push = world.repository.push({ 'particles/migrate.yml': other })
    const mark = world.mark
    expectRefused(await world.push(push, tag('2.0')), mark)
    expect(runs()).toBe(1)
  })

  test('whose text cannot produce what is there is a change to review', async () => {
    await world.settle(web, tag('1.0'))
    const other = web['particles/web.yml'].replace('registry.example/web:', 'registry.example/other:')
    const push = world.repository.push({ 'particles/web.yml': other })
    const mark = world.mark
    const ran = await world.push(push, tag('1.0'))
    expectRefused(ran, mark)
    expect(ran.problems[0]).toContain('containerDefinitions[web].image')
  })

  test('an image that somebody put there by hand, from another place, is drift', async () => {
    await world.settle(web, tag('1.0'))
    const push = world.repository.push({ 'README.md': 'words' })
    const revision = (world.simulator.region().families.get('web') ?? []).at(-1)
    const [container] = revision?.definition.containerDefinitions ?? []
    if (!container) throw new Error('there is no container')
    container.image = 'registry.example/somebody-else:1.0'
    const mark = world.mark
    expectRefused(await world.push(push, tag('1.0')), mark)
  })

  test('every other variable counts by its value', async () => {
    const pull = await world.propose(web, { variables: 'TAG=1.0' })
    const push = world.repository.merge(pull, 'squash')
    const mark = world.mark
    expectRefused(await world.push(push, { variables: 'TAG=1.1' }), mark)
    expect((await world.push(push, { variables: 'TAG=1.0' })).problems).toEqual([])
  })
})

describe('by hand', () => {
  const byHand = (given: Given) => world.byHand({ command: 'apply', ...given })

  test('redeploy deploys again without another review', async () => {
    await world.settle(manifests.web)
    const mark = world.mark
    const ran = await byHand({ redeploy: 'ecs_service:web' })
    expect(ran.problems).toEqual([])
    expect(world.modifying(mark)).toEqual(['UpdateService'])
  })

  test('redeploy lets nothing else through', async () => {
    await world.settle(manifests.web)
    world.repository.push({
      'particles/web.yml': manifests.web['particles/web.yml'].replace('desiredCount: 1', 'desiredCount: 2'),
    })
    const mark = world.mark
    expectRefused(await byHand({ redeploy: 'ecs_service:web' }), mark)
  })

  test('redeploy goes along with what was reviewed', async () => {
    await world.settle(manifests.web)
    const pull = await world.propose({
      'particles/web.yml': manifests.web['particles/web.yml'].replace('desiredCount: 1', 'desiredCount: 2'),
    })
    world.repository.merge(pull, 'squash')
    const mark = world.mark
    const ran = await byHand({ redeploy: 'ecs_service:web' })
    expect(ran.problems).toEqual([])
    expect(
      world.simulator.calls.slice(mark).find(({ operation }) => operation === 'UpdateService')?.input,
    ).toMatchObject({
      desiredCount: 2,
      forceNewDeployment: true,
    })
  })

  test('retry-tasks runs a failed task again without another review, and lets nothing else through', async () => {
    world.simulator.behave('registry.example/migrate:1', [{ exitCode: 1 }, { exitCode: 0 }])
    const pull = await world.propose(manifests.shop)
    expect((await world.land(pull)).report?.result).toBe('failed')
    world.repository.push({
      'particles/main.yml': `${manifests.cluster['particles/main.yml']}  settings: [{ name: containerInsights, value: enabled }]\n`,
    })
    const mark = world.mark
    expectRefused(await byHand({ 'retry-tasks': 'ecs_task:migrate' }), mark)
    world.repository.push(manifests.cluster)
    const ran = await byHand({ 'retry-tasks': 'ecs_task:migrate' })
    expect(ran.problems).toEqual([])
    expect(runs()).toBe(2)
  })

  test('an id that nobody declares is no "nothing to do"', async () => {
    await world.settle(manifests.web)
    expect((await byHand({ redeploy: 'ecs_service:wbe' })).problems).toEqual([
      'input redeploy: ecs_service:wbe is not declared; did you mean ecs_service:web?',
    ])
  })

  const stating = (file: 'web' | 'migrate', text: string): Record<string, string> => ({
    [`particles/${file}.yml`]: `${manifests.shop[`particles/${file}.yml`].trimEnd()}\n${text}\n`,
  })

  test.each([
    ['desired_state: terminated', 'is to be terminated (particles/web.yml:13), so that it is not deployed again'],
    ['desired_state: stopped', 'is to be stopped (particles/web.yml:13), so that it is not deployed again'],
    ['persist_on_update: true', 'has persist_on_update (particles/web.yml:13), so that it is not deployed again'],
    ['environments: {production: false}', 'is not in this environment (particles/web.yml:23)'],
  ])('nor is one of a service with %s', async (stated, why) => {
    await world.settle(manifests.web)
    world.repository.push(stating('web', stated))
    const mark = world.mark
    expect((await byHand({ redeploy: 'ecs_service:web' })).problems).toEqual([`input redeploy: ecs_service:web ${why}`])
    expect(world.modifying(mark)).toEqual([])
  })

  test.each([
    ['desired_state: stopped', 'is to be stopped (particles/migrate.yml:13), so that it is not run again'],
    ['environments: {production: false}', 'is not in this environment (particles/migrate.yml:22)'],
  ])('nor one of a job with %s', async (stated, why) => {
    world.repository.push({ ...manifests.shop, ...manifests.web, ...stating('migrate', stated) })
    expect((await byHand({ 'retry-tasks': 'ecs_task:migrate' })).problems).toEqual([
      `input retry-tasks: ecs_task:migrate ${why}`,
    ])
  })

  test('a job that is to be put on record is not run again by its name, and that is said', async () => {
    world.repository.push({ ...manifests.shop, ...stating('migrate', '  custom_config: {assume: done}') })
    expect((await world.byHand({ command: 'plan', 'retry-tasks': 'ecs_task:migrate' })).warnings).toEqual([
      'ecs_task:migrate is named in retry-tasks, but custom_config.assume says that it is done, so that nothing runs',
    ])
  })
})

describe('what is not declared any more', () => {
  const gone = { 'particles/web.yml': null }

  test('is reported on the pull request, against its base, and left alone', async () => {
    await world.settle(manifests.web)
    const pull = await world.propose(gone)
    const declared = { file: 'particles/web.yml', commit: world.repository.head() }
    const { number: pullRequest } = pull
    expect(pull.ran.plan?.removed).toEqual([
      {
        particle: 'ecs_service:web',
        state: 'running',
        thing: 'ecs_service us-east-1 main/web',
        pullRequest,
        declared: { ...declared, line: 13 },
      },
      {
        particle: 'ecs_task_definition:web',
        state: 'running',
        thing: 'ecs_task_definition us-east-1 web',
        pullRequest,
        declared: { ...declared, line: 1 },
      },
    ])
    expect(world.comments(pull)[0]).toContain('Not declared any more, still there, and left alone')
    const mark = world.mark
    expect((await world.land(pull)).problems).toEqual([])
    expect(world.modifying(mark)).toEqual([])
  })

  test('or taken away, since the last applied commit, when the pull request showed it', async () => {
    const given = { 'on-removed': 'terminate', 'max-terminations': '5' }
    await world.settle(manifests.web)
    const pull = await world.propose(gone, given)
    expect(pull.ran.plan?.summary).toMatchObject({ terminate: 2 })
    // The push right after it applies both: nothing was applied in between.
    world.repository.merge(pull, 'squash')
    const push = world.repository.merge(await world.propose({ 'README.md': 'words' }), 'squash')
    const ran = await world.push(push, given)
    expect(ran.problems).toEqual([])
    expect(world.simulator.region().clusters.get('main')?.services.get('web')?.status ?? 'INACTIVE').toBe('INACTIVE')
  })

  test('and refused when nobody showed it', async () => {
    await world.settle(manifests.web)
    const push = world.repository.push(gone)
    const mark = world.mark
    expectRefused(await world.push(push, { 'on-removed': 'terminate', 'max-terminations': '5' }), mark)
  })
})
