import { UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { cluster, clusterOf, definition, job, service } from '../world/manifests.ts'
import { type Asked, Shop } from '../world/shop.ts'

const web = (image: string, environment = '[]') => definition({ image, more: `      environment: ${environment}` })

const all = cluster + web('web:1') + service()

const opened = (manifests = all, asked: Asked = {}) => Shop.running(manifests, asked)

describe('claims', () => {
  test('are thirty-two hex digits each, sorted, whatever the order of files and particles', async () => {
    const shop = await Shop.open()
    const { claims } = await shop.plan({ 'a.yml': cluster, 'b.yml': web('web:1'), 'c.yml': service() })
    expect(claims.length).toBeGreaterThan(5)
    for (const claim of claims) expect(claim).toMatch(/^[0-9a-f]{32}$/)
    expect(claims).toEqual([...claims].sort())
    const other = await shop.plan({ '1.yml': service(), '2.yml': cluster + web('web:1') })
    expect(other.claims).toEqual(claims)
  })

  test('of several pull requests add up', async () => {
    const shop = await opened()
    const wide = await shop.plan(cluster + web('web:1') + service({ count: 2 }))
    const open = await shop.plan(cluster + web('web:1') + service({ more: '  enableExecuteCommand: true' }))
    const both = await shop.plan(cluster + web('web:1') + service({ count: 2, more: '  enableExecuteCommand: true' }))
    expect(wide.claims).toHaveLength(1)
    expect(both.unreviewed(wide.claims)).toEqual(['ecs_service:web'])
    expect(both.unreviewed([...wide.claims, ...open.claims])).toEqual([])
    expect(wide.unreviewed(both.claims)).toEqual([])
    expect(wide.unreviewed([])).toEqual(['ecs_service:web'])
  })

  test('of a change are not those of another value, particle, region or transition', async () => {
    const shop = await opened()
    const plans = [
      cluster + web('web:1') + service({ count: 2 }),
      cluster + web('web:1') + service({ count: 3 }),
      cluster + web('web:1') + service({ top: 'desired_state: terminated' }),
      cluster + web('web:1') + service({ top: 'desired_state: stopped' }),
    ]
    const claims = await Promise.all(plans.map(async manifests => (await shop.plan(manifests)).claims.join()))
    expect(new Set(claims).size).toBe(claims.length)
  })

  test('of a change name what was there: reviewed from one state is not reviewed from another', async () => {
    const shop = await opened()
    const reviewed = await shop.plan(cluster + web('web:1') + service({ count: 3 }))
    await shop.somebody().send(new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount: 7 }))
    shop.simulator.advance(120)
    const now = await shop.plan(cluster + web('web:1') + service({ count: 3 }))
    expect(now.unreviewed(reviewed.claims)).toEqual(['ecs_service:web'])
  })

  test('of a start cover that very definition alone', async () => {
    const shop = await Shop.open()
    const { claims } = await shop.plan(all)
    expect((await shop.plan(all)).unreviewed(claims)).toEqual([])
    for (const other of [
      cluster + web('web:1') + service({ count: 2 }),
      cluster + web('web:1') + service({ options: 'allow_replace: true' }),
      cluster + web('web:1') + service({ more: '  enableExecuteCommand: true' }),
    ])
      expect((await shop.plan(other)).unreviewed(claims)).toEqual(['ecs_service:web'])
  })

  test('of a start allow to finish it when it died half way, and nothing else', async () => {
    const tagged = all.replace('desiredCount: 1', 'desiredCount: 1\n  tags: [{key: a, value: b}]')
    const shop = await Shop.open()
    const { claims } = await shop.plan(tagged)
    await shop.apply(tagged)
    const there = shop.simulator.region().clusters.get('main')?.services.get('web')
    if (there) there.tags = []
    const rest = await shop.plan(tagged)
    expect(rest.step('ecs_service:web').transition).toBe('update')
    expect(rest.unreviewed(claims)).toEqual([])
    const more = await shop.plan(tagged.replace('value: b', 'value: c'))
    expect(more.unreviewed(claims)).toEqual(['ecs_service:web'])
  })

  test('of a replacement cover the whole of it, also when it died after the deletion', async () => {
    const wide = all.replace('[FARGATE]', '[EC2, FARGATE]')
    const shop = await opened(wide)
    const daemon = wide
      .replace('  desiredCount: 1\n', '  custom_config: {allow_replace: true}\n  schedulingStrategy: DAEMON\n')
      .replace('launchType: FARGATE', 'launchType: EC2')
    const { claims, step } = await shop.plan(daemon)
    expect(step('ecs_service:web').transition).toBe('replace')
    const { killed } = await shop.apply(daemon, { killedAt: { call: 2, when: 'after', modifying: true } })
    expect(killed).toBe(true)
    shop.simulator.advance(300)
    const rest = await shop.plan(daemon)
    expect(rest.step('ecs_service:web').transition).toBe('start')
    expect(rest.unreviewed(claims)).toEqual([])
    expect(
      (await shop.plan(daemon.replace('launchType: EC2', 'launchType: EC2\n  enableExecuteCommand: true'))).unreviewed(
        claims,
      ),
    ).toEqual(['ecs_service:web'])
  })

  test('hold no revision number: what follows a reviewed definition is reviewed', async () => {
    const shop = await opened()
    const next = cluster + web('web:2') + service()
    const { claims, step } = await shop.plan(next)
    expect(step('ecs_service:web').changes).toEqual([
      { path: 'taskDefinition', before: 'web:1', after: { unknown: 'ecs_task_definition:web' } },
    ])
    await shop.apply(definition({ image: 'web:5' }))
    const later = await shop.plan(next)
    expect(later.step('ecs_service:web').changes).toMatchObject([{ before: 'web:1' }])
    // What somebody else registered and nobody runs changes nothing of what was reviewed.
    expect(later.unreviewed(claims)).toEqual([])
    await shop.apply(web('web:2'))
    const followed = await shop.plan(next)
    expect(followed.step('ecs_service:web').changes).toEqual([
      { path: 'taskDefinition', before: 'web:1', after: 'web:3' },
    ])
    expect(followed.unreviewed(claims)).toEqual([])
  })

  test('hold no count that an autoscaler owns', async () => {
    const scaled = all.replace('  desiredCount: 1\n', '  custom_config: {initial_desired_count: 1}\n')
    const shop = await opened(scaled)
    const change = scaled.replace('launchType: FARGATE', 'launchType: FARGATE\n  enableExecuteCommand: true')
    const { claims } = await shop.plan(change)
    await shop.somebody().send(new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount: 4 }))
    shop.simulator.advance(120)
    const later = await shop.plan(change)
    expect(later.claims).toEqual(claims)
    expect(later.unreviewed(claims)).toEqual([])
  })

  test('hold no secret and no hidden value: they are the same whatever it is', async () => {
    const shop = await opened()
    const secret = (TOKEN: string, LEVEL = 'debug') =>
      shop.plan(
        cluster + web('web:1', '[{name: TOKEN, value: "x-${TOKEN}"}, {name: LEVEL, value: "${LEVEL}"}]') + service(),
        { variables: { TOKEN, LEVEL }, secret: ['TOKEN'], revealed: name => name === 'LEVEL' },
      )
    const [one, other, another] = [await secret('one-1'), await secret('two-2'), await secret('one-1', 'info')]
    expect(other.claims).toEqual(one.claims)
    expect(other.plan.digest).toBe(one.plan.digest)
    expect(another.claims).not.toEqual(one.claims)
    const text = (value: string) => shop.plan(cluster + web('web:1', `[{name: A, value: ${value}}]`) + service())
    expect((await text('x')).claims).not.toEqual((await text('y')).claims)
  })

  test('hold nothing of what AWS has behind a hidden value', async () => {
    const wanted = cluster + web('web:1', '[{name: A, value: wanted}]') + service()
    const from = async (value: string) =>
      (await (await opened(cluster + web('web:1', `[{name: A, value: ${value}}]`) + service())).plan(wanted)).claims
    expect(await from('one-secret')).toEqual(await from('two-secret'))
  })

  test('for what is removed hold what goes', async () => {
    const shop = await opened(
      cluster + web('web:1') + service({ more: '  tags: [{key: a, value: b}, {key: c, value: d}]' }),
    )
    const without = async (tags: string) =>
      (await shop.plan(cluster + web('web:1') + service({ more: `  tags: ${tags}` }))).claims
    expect(await without('[{key: a, value: b}]')).not.toEqual(await without('[{key: c, value: d}]'))
  })

  test('of a plan that only waits are none, and its digest is that of nothing to do', async () => {
    const shop = await Shop.open()
    shop.simulator.behave('web:1', { startSeconds: 600 })
    await shop.apply(all, { waitTimeout: 10_000 })
    const waiting = await shop.plan(all)
    expect(waiting.plan.steps.map(({ transition }) => transition)).toEqual(['wait'])
    expect(waiting.claims).toEqual([])
    shop.simulator.advance(900)
    const settled = await shop.plan(all)
    expect(settled.plan.steps).toEqual([])
    expect(waiting.plan.digest).toBe(settled.plan.digest)
  })
})

describe('a release variable', () => {
  const released = cluster + web('shop/web:${TAG}', '[{name: VERSION, value: "${TAG}"}]') + service()
  const asked = (TAG: string, release = ['TAG']): Asked => ({ variables: { TAG }, release })

  test('makes a change that needs no review, nor do its services', async () => {
    const shop = await opened(released, asked('1'))
    const next = await shop.plan(released, asked('2'))
    expect(next.plan.steps.map(({ particle }) => particle)).toEqual(['ecs_task_definition:web', 'ecs_service:web'])
    expect(next.claims).toEqual([])
    expect(next.unreviewed([])).toEqual([])
    expect((await shop.plan(released, asked('2', []))).unreviewed([])).toEqual([
      'ecs_task_definition:web',
      'ecs_service:web',
    ])
  })

  test('is reviewed by name: the plan of one value lets another through', async () => {
    const shop = await opened(released, asked('1'))
    const more = released.replace('desiredCount: 1', 'desiredCount: 2').replace('memory: 512', 'memory: 1024')
    const { claims } = await shop.plan(more, asked('1'))
    const pushed = await shop.plan(more, asked('2'))
    expect(pushed.plan.steps).toHaveLength(2)
    expect(pushed.unreviewed(claims)).toEqual([])
    expect(pushed.unreviewed([])).toEqual(['ecs_task_definition:web', 'ecs_service:web'])
  })

  test('in a first start is covered by the plan of another value', async () => {
    const shop = await Shop.open()
    const { claims } = await shop.plan(released, asked('1'))
    expect((await shop.plan(released, asked('2'))).unreviewed(claims)).toEqual([])
  })

  test('does not cover a live value that its text cannot produce', async () => {
    const shop = await opened(cluster + web('elsewhere/web:1', '[{name: VERSION, value: "1"}]') + service())
    const plan = await shop.plan(released, asked('2'))
    expect(plan.unreviewed([])).toEqual(['ecs_task_definition:web', 'ecs_service:web'])
    expect(plan.unreviewed(plan.claims)).toEqual([])
  })

  test('does not cover what changes beside it', async () => {
    const shop = await opened(released, asked('1'))
    const plan = await shop.plan(released.replace('memory: 512', 'memory: 1024'), asked('2'))
    expect(plan.unreviewed([])).toEqual(['ecs_task_definition:web', 'ecs_service:web'])
  })

  const migration = cluster + definition({ family: 'migrate', image: 'migrate:${TAG}' }) + job()

  test('lets a job run with other values once it has run, however long ago', async () => {
    const shop = await opened(migration, asked('1'))
    shop.simulator.advance(7200)
    const next = await shop.plan(migration, asked('2'))
    expect(next.step('ecs_task:migrate').transition).toBe('start')
    expect(next.unreviewed([])).toEqual([])
    expect((await shop.apply(migration, asked('2'))).report.result).toBe('succeeded')
    expect(shop.runs.size).toBe(2)
    const other = migration.replace('launchType: FARGATE', 'launchType: FARGATE\n  enableExecuteCommand: true')
    expect((await shop.plan(other, asked('3'))).unreviewed([])).toEqual(['ecs_task:migrate'])
  })

  test('lets no job run that has never succeeded', async () => {
    const failing = migration.replace('migrate:${TAG}', 'failing:${TAG}')
    const shop = await Shop.open()
    await shop.apply(failing, asked('1'))
    expect((await shop.plan(failing, asked('2'))).unreviewed([])).toEqual(['ecs_task:migrate'])
  })
})

describe('the digest', () => {
  test('is the same tomorrow, and another for anything that is shown', async () => {
    const shop = await opened()
    const digest = async (manifests: string) => (await shop.plan(manifests)).plan.digest
    const plan = cluster + web('web:2') + service({ count: 2 })
    const first = await digest(plan)
    expect(first).toMatch(/^sha256:[0-9a-f]{64}$/)
    shop.simulator.advance(86_400)
    expect(await digest(plan)).toBe(first)
    const others = [
      cluster + web('web:3') + service({ count: 2 }),
      cluster + web('web:2') + service({ count: 3 }),
      cluster + web('web:2') + service(),
      cluster + web('web:2', '[{name: A, value: hidden}]') + service({ count: 2 }),
      cluster + web('web:2', '[{name: A, value: hidden, }, {name: B, value: hidden}]') + service({ count: 2 }),
      cluster + web('web:2') + service({ top: 'desired_state: terminated' }),
      all,
    ]
    const digests = await Promise.all(others.map(digest))
    expect(new Set([first, ...digests]).size).toBe(others.length + 1)
  })

  test('is another when only the hidden text is', async () => {
    const shop = await opened()
    const digest = async (value: string) =>
      (await shop.plan(cluster + web('web:1', `[{name: A, value: ${value}}]`) + service())).plan.digest
    expect(await digest('one')).not.toBe(await digest('two'))
  })

  test('counts nothing that is said for readers alone, and stays the one of earlier releases', async () => {
    const cluster = clusterOf({ more: '  capacityProviders: [FARGATE_SPOT]' })
    const launched = (more: string) => service({ more }).replace(/^ {2}launchType: FARGATE\n/m, '')
    const shop = await opened(
      cluster + web('web:1', '[{name: OLD, value: a}, {name: LEVEL, value: b}]') + launched('  launchType: FARGATE'),
    )
    const { plan, step } = await shop.plan(
      cluster +
        web('web:1', '[{name: LEVEL, value: c}, {name: NEW, value: d}]') +
        launched('  capacityProviderStrategy: [{ capacityProvider: FARGATE_SPOT, weight: 1 }]'),
    )
    expect(plan.digest).toBe('sha256:f437ae0ed90918271fdb19d610653804e913226e8cc036572a9929eb68ed94f9')
    expect(step('ecs_task_definition:web').changes).toEqual([
      { path: 'containerDefinitions[web].environment[LEVEL].value', sensitive: true },
      { path: 'containerDefinitions[web].environment[NEW].value', sensitive: true, action: 'add' },
      { path: 'containerDefinitions[web].environment[OLD].value', sensitive: true, action: 'remove' },
    ])
    expect(step('ecs_service:web').changes).toContainEqual(
      expect.objectContaining({ removes: [{ path: 'launchType', before: 'FARGATE' }] }),
    )
  })
})
