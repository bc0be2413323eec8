import { DeregisterTaskDefinitionCommand, TagResourceCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { registered } from '../world/aws.ts'
import { cluster, definition, job, service } from '../world/manifests.ts'
import { Shop } from '../world/shop.ts'

const id = 'ecs_task_definition:web'

const revisions = (shop: Shop, family = 'web') => shop.simulator.region().families.get(family) ?? []

const images = (shop: Shop) =>
  revisions(shop).map(({ definition }) => definition.containerDefinitions?.map(({ image }) => image).join())

const serviceOf = (shop: Shop, name = 'web') => shop.simulator.region().clusters.get('main')?.services.get(name)

async function opened(manifests: string): Promise<Shop> {
  const shop = await Shop.open()
  expect((await shop.apply(manifests)).report.result).toBe('succeeded')
  return shop
}

describe('a task definition', () => {
  test('is registered once, and again only when it says something else', async () => {
    const shop = await opened(definition())
    const calls = shop.simulator.calls.length
    expect((await shop.apply(definition())).plan.steps).toEqual([])
    expect(shop.modifying(calls)).toEqual([])
    const changed = await shop.apply(definition({ image: 'web:2' }))
    expect(changed.step(id)).toMatchObject({
      transition: 'update',
      changes: [{ path: 'containerDefinitions[web].image', before: 'web:1', after: 'web:2' }],
    })
    expect(changed.done(id)).toMatchObject({ result: 'succeeded', because: 'web:2' })
    expect((await shop.apply(definition({ image: 'web:2' }))).plan.steps).toEqual([])
    expect(images(shop)).toEqual(['web:1', 'web:2'])
  })

  test('that the services run is in hand, though the latest says something else', async () => {
    const manifests = cluster + definition() + service()
    const shop = await opened(manifests)
    await shop.somebody().send(registered('web:9'))
    expect((await shop.apply(manifests)).plan.steps).toEqual([])
    expect(images(shop)).toEqual(['web:1', 'web:9'])
  })

  test('whose latest revision says it, while the services run another, is not registered: the services follow', async () => {
    const shop = await opened(cluster + definition() + service())
    await shop.somebody().send(registered('web:2'))
    const applied = await shop.apply(cluster + definition({ image: 'web:2' }) + service())
    expect(applied.plan.steps.map(({ particle }) => particle)).toEqual(['ecs_service:web'])
    expect(applied.step('ecs_service:web').changes).toEqual([
      { path: 'taskDefinition', before: 'web:1', after: 'web:2' },
    ])
    expect(images(shop)).toEqual(['web:1', 'web:2'])
  })

  test('whose services run several revisions that say it takes the newest, and brings the others to it', async () => {
    const two = cluster + definition() + service() + service({ name: 'api' })
    const shop = await opened(two)
    const client = shop.somebody()
    await client.send(registered('web:1'))
    await client.send(registered('web:5'))
    await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'api', taskDefinition: 'web:2' }))
    shop.simulator.advance(300)
    const applied = await shop.apply(two)
    expect(applied.plan.steps.map(({ particle }) => particle)).toEqual(['ecs_service:web'])
    expect(applied.report.result).toBe('succeeded')
    expect(images(shop)).toHaveLength(3)
    expect(serviceOf(shop)?.spec.taskDefinition).toMatch(/web:2$/)
    expect((await shop.plan(two)).plan.steps).toEqual([])
  })

  test('of which the services run an INACTIVE revision is registered anew, and they leave it', async () => {
    const manifests = cluster + definition() + service()
    const shop = await opened(manifests)
    await shop.somebody().send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web:1' }))
    const applied = await shop.apply(manifests)
    expect(applied.step(id).transition).toBe('start')
    expect(applied.report.result).toBe('succeeded')
    expect(serviceOf(shop)?.spec.taskDefinition).toMatch(/web:2$/)
    expect((await shop.plan(manifests)).plan.steps).toEqual([])
  })

  test('of which only tags change gets no new revision, and renews nothing', async () => {
    const tagged = (tags: string) => cluster + definition({ more: `  tags: [${tags}]` }) + service()
    const shop = await opened(tagged('{key: a, value: "1"}, {key: b, value: "1"}'))
    const changed = tagged('{key: a, value: "2"}, {key: c, value: "1"}')
    const applied = await shop.apply(changed)
    expect(applied.plan.steps.map(({ particle }) => particle)).toEqual([id])
    expect(applied.report.result).toBe('succeeded')
    expect(revisions(shop)).toHaveLength(1)
    expect(revisions(shop)[0]?.tags).toEqual(
      expect.arrayContaining([
        { key: 'a', value: '2' },
        { key: 'c', value: '1' },
      ]),
    )
    expect(revisions(shop)[0]?.tags).toHaveLength(2)
    expect((await shop.plan(changed)).plan.steps).toEqual([])
  })

  test('without tags takes live ones along to the new revision', async () => {
    const shop = await opened(definition())
    const [first] = revisions(shop)
    const tags = [{ key: 'cost', value: 'shop' }]
    await shop.somebody().send(new TagResourceCommand({ resourceArn: first?.arn ?? '', tags }))
    expect((await shop.plan(definition())).plan.steps).toEqual([])
    await shop.apply(definition({ image: 'web:2' }))
    expect(revisions(shop)[1]?.tags).toEqual(tags)
  })

  test('that leaves out what is there says so, and the new revision is without it', async () => {
    const shop = await Shop.open()
    await shop
      .somebody()
      .send(registered('web:1', { containerDefinitions: [{ name: 'web', image: 'web:1', user: 'root' }] }))
    const applied = await shop.apply(definition())
    expect(applied.step(id).changes).toEqual([{ path: 'containerDefinitions[web].user', before: 'root' }])
    expect(revisions(shop)[1]?.definition.containerDefinitions?.[0]).not.toHaveProperty('user')
  })

  test.each([
    ['a member', 'containerDefinitions[web].image', { image: 'web:9' }],
    ['any of a list', 'containerDefinitions[*].image', { image: 'web:9' }],
    ['what the manifest leaves out', 'containerDefinitions[web].user', { image: 'web:1', user: 'root' }],
    ['a container', 'containerDefinitions[agent]', undefined],
  ])('keeps the live value of %s that it ignores, in a new revision too', async (_what, path, live) => {
    const containers = live
      ? [{ name: 'web', ...live }]
      : [
          { name: 'web', image: 'web:1' },
          { name: 'agent', image: 'agent:3' },
        ]
    const shop = await Shop.open()
    await shop.somebody().send(registered('', { containerDefinitions: containers }))
    const ignoring = (memory: number) =>
      definition({ more: `  custom_config: {ignore: ["${path}"]}` }).replace('memory: 512', `memory: ${memory}`)
    expect((await shop.plan(ignoring(512))).plan.steps).toEqual([])
    const applied = await shop.apply(ignoring(1024))
    expect(applied.step(id).changes).toEqual([{ path: 'memory', before: '512', after: '1024' }])
    expect(applied.report.result).toBe('succeeded')
    const [, second] = revisions(shop)
    expect(second?.definition.memory).toBe('1024')
    expect(second?.definition.containerDefinitions).toMatchObject(containers)
    expect((await shop.plan(ignoring(1024))).plan.steps).toEqual([])
  })

  test('that was ignored from its start says what the manifest says', async () => {
    const shop = await opened(definition({ more: '  custom_config: {ignore: ["containerDefinitions[*].image"]}' }))
    expect(images(shop)).toEqual(['web:1'])
  })

  test('that is to go loses every ACTIVE revision, over all pages, oldest first', async () => {
    const shop = await Shop.open({ throttling: false })
    const client = shop.somebody()
    for (let n = 0; n < 130; n++) await client.send(registered(`web:${n}`))
    await client.send(registered('other', { family: 'web-2' }))
    const applied = await shop.apply(definition().replace('aws_resource', 'desired_state: terminated\naws_resource'))
    expect(applied.step(id)).toMatchObject({
      transition: 'terminate',
      risks: ['every ACTIVE revision of the family is deregistered'],
    })
    expect(applied.report.result).toBe('succeeded')
    expect(revisions(shop).filter(({ status }) => status === 'ACTIVE')).toEqual([])
    expect(revisions(shop, 'web-2').map(({ status }) => status)).toEqual(['ACTIVE'])
    const order = shop.simulator.calls
      .filter(({ operation }) => operation === 'DeregisterTaskDefinition')
      .map(({ input }) => (input as { taskDefinition: string }).taskDefinition.split(':').at(-1))
    expect(order).toEqual(Array.from({ length: 130 }, (_, n) => String(n + 1)))
    const again = definition().replace('aws_resource', 'desired_state: terminated\naws_resource')
    expect((await shop.plan(again)).plan.steps).toEqual([])
  }, 30_000)

  test('that is to go loses revisions that the first listing does not show', async () => {
    const shop = await Shop.open()
    const client = shop.somebody()
    for (let n = 0; n < 3; n++) await client.send(registered(`web:${n}`))
    const body = JSON.stringify({ taskDefinitionArns: [] })
    shop.simulator.inject({ operation: 'ListTaskDefinitions', fault: { kind: 'garble', body } })
    const applied = await shop.apply(definition().replace('aws_resource', 'desired_state: terminated\naws_resource'))
    expect(applied.report.result).toBe('succeeded')
    expect(revisions(shop).filter(({ status }) => status === 'ACTIVE')).toEqual([])
  })

  test('whose registration meets another of the same family is tried again', async () => {
    const shop = await Shop.open()
    shop.simulator.inject({
      operation: 'RegisterTaskDefinition',
      times: 3,
      fault: {
        kind: 'error',
        name: 'ClientException',
        status: 400,
        message: 'Too many concurrent attempts to create a new revision of the specified family.',
      },
    })
    const applied = await shop.apply(definition())
    expect(applied.report.result).toBe('succeeded')
    expect(applied.log.join('\n')).toContain('another revision of the family is being registered')
    expect(revisions(shop)).toHaveLength(1)
  })

  test.each(['lose', 'reset', 'unavailable', 'throttle'] as const)(
    'whose registration is answered by a %s is registered once',
    async kind => {
      const shop = await opened(cluster + definition() + service())
      shop.simulator.inject({ operation: 'RegisterTaskDefinition', fault: { kind } })
      const next = cluster + definition({ image: 'web:2' }) + service()
      expect((await shop.apply(next)).report.result).toBe('succeeded')
      expect(images(shop)).toEqual(['web:1', 'web:2'])
      expect((await shop.plan(next)).plan.steps).toEqual([])
    },
  )

  test('with a secret in it shows that it changes, not to what', async () => {
    const secret = (value: string) =>
      definition({ more: `      environment: [{name: TOKEN, value: ${value}}, {name: LEVEL, value: ${value}}]` })
    const shop = await opened(secret('hunter22'))
    const { plan, step } = await shop.plan(secret('hunter23'), { revealed: name => name === 'LEVEL' })
    expect(step(id).changes).toEqual([
      { path: 'containerDefinitions[web].environment[TOKEN].value', sensitive: true },
      { path: 'containerDefinitions[web].environment[LEVEL].value', before: 'hunter22', after: 'hunter23' },
    ])
    const hidden = await shop.plan(secret('hunter23'))
    expect(JSON.stringify(hidden.plan)).not.toContain('hunter')
    expect(plan.digest).not.toBe(hidden.plan.digest)
  })
})

describe('a pinned revision', () => {
  const pinned = (revision: number, image = 'web:1') => definition({ image, more: `  revision: ${revision}` })

  test('that says the same is pinned, never registered', async () => {
    const shop = await opened(definition())
    await shop.apply(definition({ image: 'web:2' }))
    const { plan } = await shop.plan(pinned(1))
    expect(plan.steps).toEqual([])
    expect(plan.unchanged).toEqual([{ particle: id, state: 'running', reason: 'pinned' }])
  })

  test('is what the services run', async () => {
    const shop = await opened(cluster + definition({ image: 'web:1' }) + service())
    await shop.apply(cluster + definition({ image: 'web:2' }) + service())
    const back = cluster + pinned(1) + service()
    const applied = await shop.apply(back)
    expect(applied.plan.steps.map(({ particle }) => particle)).toEqual(['ecs_service:web'])
    expect(serviceOf(shop)?.spec.taskDefinition).toMatch(/web:1$/)
    expect((await shop.plan(back)).plan.steps).toEqual([])
  })

  test('that says something else is an error that names what', async () => {
    const shop = await opened(definition())
    await expect(shop.plan(pinned(1, 'web:2'))).rejects.toThrow(
      /^shop\.yml:\d+:\d+ aws_resource\.revision pins web:1, which says something else: containerDefinitions\[web\]\.image; state what it says, or leave revision out to register a new one$/,
    )
  })

  test('that is missing or INACTIVE is an error', async () => {
    const shop = await opened(definition())
    const wanted = /pins web:\d, which is not there or not ACTIVE/
    await expect(shop.plan(pinned(2))).rejects.toThrow(wanted)
    await shop.apply(definition({ image: 'web:2' }))
    await shop.somebody().send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web:1' }))
    await expect(shop.plan(pinned(1))).rejects.toThrow(wanted)
  })
})

describe('records of jobs', () => {
  test('stay on a revision whose manifest owns its tags', async () => {
    const tagged = (value: string) =>
      cluster +
      definition({ image: 'job:1', more: `  tags: [{key: a, value: ${value}}]` }) +
      job({ name: 'web', family: 'web' })
    const shop = await opened(tagged('x'))
    expect((await shop.plan(tagged('x'))).plan.steps).toEqual([])
    expect((await shop.apply(tagged('y'))).report.result).toBe('succeeded')
    expect(revisions(shop)[0]?.tags.map(({ key }) => key?.replace(/[0-9a-f]{32}/, '…'))).toEqual(
      expect.arrayContaining(['a', 'ecs-particles:run/…']),
    )
    shop.simulator.advance(7200)
    expect((await shop.plan(tagged('y'))).plan.steps).toEqual([])
  })
})
