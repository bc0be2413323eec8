/** What runs is what is compared: whatever else was registered in the family does not go live unseen. */
import { DeregisterTaskDefinitionCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { describe, expect } from '@jest/globals'
import { registered } from '../world/aws.ts'
import { cluster, definition, service } from '../world/manifests.ts'
import { Shop } from '../world/shop.ts'
import { story } from '../world/story.ts'

const web = 'ecs_task_definition:web'

const images = (shop: Shop) =>
  (shop.simulator.region().families.get('web') ?? []).map(
    ({ definition: { containerDefinitions } }) => containerDefinitions?.[0]?.image,
  )

const running = (shop: Shop, name = 'web') =>
  shop.simulator.region().clusters.get('main')?.services.get(name)?.spec.taskDefinition?.replace(/.*\//, '')

const ignoring = (memory = 512, image = 'web:1') =>
  cluster +
  definition({ image, more: '  custom_config: {ignore: ["containerDefinitions[web].image"]}' }).replace(
    'memory: 512',
    `memory: ${memory}`,
  ) +
  service()

const image = 'containerDefinitions[web].image'

describe('Nothing is applied that was not reviewed', () => {
  story(
    'another pipeline registers an image that it never deploys, and the manifest, which ignores images, raises the memory',
    'the new revision keeps the image that runs, and the claims of before still cover it',
    async () => {
      const shop = await Shop.running(ignoring())
      const reviewed = await shop.plan(ignoring(1024))
      await shop.somebody().send(registered('web:unreleased'))
      const applied = await shop.apply(ignoring(1024))
      expect(applied.plan.digest).toBe(reviewed.plan.digest)
      expect(applied.unreviewed(reviewed.claims)).toEqual([])
      expect(applied.report.result).toBe('succeeded')
      expect(images(shop)).toEqual(['web:1', 'web:unreleased', 'web:1'])
      expect(running(shop)).toBe('web:3')
      expect((await shop.plan(ignoring(1024))).plan.steps).toEqual([])
    },
  )

  story(
    'an image that is ignored is released by its own pipeline between the review and the apply of something else',
    'the plan names the other image, its digest and its claims differ, and nobody has reviewed them',
    async () => {
      const shop = await Shop.running(ignoring())
      const reviewed = await shop.plan(ignoring(1024))
      const client = shop.somebody()
      await client.send(registered('web:9'))
      await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web:2' }))
      shop.simulator.advance(300)
      const now = await shop.plan(ignoring(1024))
      expect(now.step(web).kept).toEqual([{ path: image, after: 'web:9' }])
      expect(now.step(web).changes).toEqual([{ path: 'memory', before: '512', after: '1024' }])
      expect(now.plan.digest).not.toBe(reviewed.plan.digest)
      expect(now.unreviewed(reviewed.claims)).toContain(web)
      expect(now.unreviewed(now.claims)).toEqual([])
    },
  )

  story(
    'an unreleased revision says what the manifest now says, but for the image that is ignored',
    'that revision is not used: one with the image that runs is registered',
    async () => {
      const shop = await Shop.running(ignoring())
      await shop.somebody().send(registered('web:unreleased', { memory: '1024' }))
      const applied = await shop.apply(ignoring(1024))
      expect(applied.step(web).transition).toBe('update')
      expect(applied.report.result).toBe('succeeded')
      expect(images(shop)).toEqual(['web:1', 'web:unreleased', 'web:1'])
      expect(running(shop)).toBe('web:3')
    },
  )

  story(
    'an image was registered by another pipeline and rolled back by ECS, and the manifest, which ignores images, raises the memory',
    'the bad image does not come back with the next revision',
    async () => {
      const shop = await Shop.running(
        ignoring().replace(
          'desiredCount: 1',
          'desiredCount: 1\n  deploymentConfiguration: {deploymentCircuitBreaker: {enable: true, rollback: true}}',
        ),
      )
      shop.simulator.behave('web:bad', { exitCode: 1, runSeconds: 1 })
      const client = shop.somebody()
      await client.send(registered('web:bad'))
      await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web:2' }))
      shop.simulator.advance(3600)
      expect(running(shop)).toBe('web:1')
      await shop.apply(ignoring(1024))
      expect(images(shop)).toEqual(['web:1', 'web:bad', 'web:1'])
    },
  )

  story(
    'the image that the manifest now states stands in a newer revision that no service runs',
    'the image change of the running service is in the plan',
    async () => {
      const shop = await Shop.running(cluster + definition() + service())
      await shop.somebody().send(registered('web:4'))
      const next = cluster + definition({ image: 'web:4' }).replace('memory: 512', 'memory: 1024') + service()
      const applied = await shop.apply(next)
      expect(applied.step(web).changes).toEqual([
        { path: 'memory', before: '512', after: '1024' },
        { path: image, before: 'web:1', after: 'web:4' },
      ])
      expect(applied.step(web).after).toBe('web:1')
      expect(applied.report.result).toBe('succeeded')
      expect((await shop.plan(next)).plan.steps).toEqual([])
    },
  )

  story(
    'a revision that nobody deployed says all that the manifest says',
    'it is used, and the step of the service shows what changes in what runs',
    async () => {
      const shop = await Shop.running(cluster + definition() + service())
      await shop.somebody().send(registered('web:4'))
      const next = cluster + definition({ image: 'web:4' }) + service()
      const planned = await shop.plan(next)
      expect(planned.plan.steps.map(({ particle }) => particle)).toEqual(['ecs_service:web'])
      expect(planned.step('ecs_service:web').follows).toEqual([{ path: image, before: 'web:1', after: 'web:4' }])
      // Whoever reviewed that the service follows to another image did not review this one.
      const other = await shop.plan(cluster + definition({ image: 'web:5' }) + service())
      expect(planned.unreviewed(other.claims)).toEqual(['ecs_service:web'])
      expect(images(shop)).toEqual(['web:1', 'web:4'])
    },
  )

  story(
    'the revision that a service runs was deregistered by hand, and another one stands in its place',
    'the step of the service shows what changes in what runs',
    async () => {
      const shop = await Shop.running(cluster + definition() + service())
      const client = shop.somebody()
      await client.send(registered('web:4'))
      await client.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web:1' }))
      const planned = await shop.plan(cluster + definition({ image: 'web:4' }) + service())
      expect(planned.step('ecs_service:web').follows).toEqual([{ path: image, before: 'web:1', after: 'web:4' }])
    },
  )

  story(
    'a service is linked to the definition of another family, which was registered already and says the rest alike',
    'the step of the service shows which image it loses and which it gets',
    async () => {
      const shop = await Shop.running(
        cluster + definition() + service() + definition({ family: 'api', image: 'api:7' }),
      )
      const moved = cluster + definition() + definition({ family: 'api', image: 'api:7' }) + service({ family: 'api' })
      const planned = await shop.plan(moved)
      expect(planned.plan.steps.map(({ particle }) => particle)).toEqual(['ecs_service:web'])
      expect(JSON.stringify(planned.step('ecs_service:web').follows)).toMatch(/web:1.*api:7|api:7.*web:1/)
      expect((await shop.apply(moved)).report.result).toBe('succeeded')
    },
  )

  story(
    'two services of one family run revisions with different images, and the manifest, which ignores images, raises the memory',
    'the newest is in hand, the other is named, and its step shows which image it loses',
    async () => {
      const two = (memory?: number) => ignoring(memory) + service({ name: 'api' })
      const shop = await Shop.running(two())
      const client = shop.somebody()
      await client.send(registered('web:9'))
      await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'api', taskDefinition: 'web:2' }))
      shop.simulator.advance(300)
      const planned = await shop.plan(two(1024))
      expect(planned.step(web).risks).toEqual([
        'its services run several revisions: web:2, which it is compared with, and web:1',
      ])
      expect(planned.step(web).kept).toEqual([{ path: image, after: 'web:9' }])
      expect(planned.step('ecs_service:web').follows).toEqual([
        { path: 'memory', before: '512', after: '1024' },
        { path: image, before: 'web:1', after: 'web:9' },
      ])
      expect(planned.step('ecs_service:api').follows).toBeUndefined()
    },
  )

  story(
    'another pipeline is rolling out an image that is ignored when the memory is raised',
    'the image that is being rolled out is kept, and shown',
    async () => {
      const shop = await Shop.running(ignoring())
      const client = shop.somebody()
      await client.send(registered('web:9'))
      await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web:2' }))
      const planned = await shop.plan(ignoring(1024))
      expect(planned.step(web).kept).toEqual([{ path: image, after: 'web:9' }])
    },
  )

  story(
    'a variable that is ignored and hidden is kept from somebody else',
    'the plan says that it is kept, and not what it holds',
    async () => {
      const secretly = (memory: number) =>
        cluster +
        definition({
          more: '      environment: [{name: TOKEN, value: stated-once}]\n  custom_config: {ignore: ["containerDefinitions[web].environment[TOKEN].value"]}',
        }).replace('memory: 512', `memory: ${memory}`) +
        service()
      const shop = await Shop.running(secretly(512))
      const client = shop.somebody()
      const environment = [{ name: 'TOKEN', value: 'hunter22' }]
      await client.send(registered('', { containerDefinitions: [{ name: 'web', image: 'web:1', environment }] }))
      await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web:2' }))
      shop.simulator.advance(300)
      const planned = await shop.plan(secretly(1024))
      expect(planned.step(web).kept).toEqual([
        { path: 'containerDefinitions[web].environment[TOKEN].value', sensitive: true },
      ])
      expect(JSON.stringify(planned.plan)).not.toMatch(/hunter22|stated-once/)
    },
  )

  story(
    'nothing of a definition is somebody else’s, and a new revision is registered',
    'the plan lists nothing as kept',
    async () => {
      const shop = await Shop.running(ignoring())
      const { step } = await shop.plan(ignoring(1024))
      expect(step(web)).not.toHaveProperty('kept')
      expect(step('ecs_service:web')).not.toHaveProperty('follows')
    },
  )
})

describe('Never silent, never stuck', () => {
  story(
    'two applies side by side register a revision each of one family',
    'each goes on at once, and the one that comes second to the service says that somebody else changed it',
    async () => {
      const shop = await Shop.running(cluster + definition() + service())
      const next = (image: string) => shop.apply(cluster + definition({ image }) + service())
      const began = shop.clock.now()
      const applies = await Promise.all([next('web:2'), next('web:3')])
      expect(shop.clock.now() - began).toBeLessThan(10 * 60_000)
      expect(images(shop).toSorted()).toEqual(['web:1', 'web:2', 'web:3'])
      for (const applied of applies) expect(applied.done(web)).toMatchObject({ result: 'succeeded' })
      const ends = applies.map(applied => applied.done('ecs_service:web'))
      const lost = ends.filter(({ result }) => result === 'failed')
      expect(lost).toHaveLength(1)
      expect(lost[0]?.error?.message).toMatch(/was deployed by somebody else meanwhile|somebody else changed it/)
    },
    60_000,
  )

  story(
    'two applies side by side register a revision each for a service of their own',
    'each service runs the revision of its own plan',
    async () => {
      const both = cluster + definition() + service() + service({ name: 'api' })
      const shop = await Shop.running(both)
      const next = (image: string, name: string) => shop.apply(cluster + definition({ image }) + service({ name }))
      const applies = await Promise.all([next('web:2', 'web'), next('web:3', 'api')])
      for (const { report } of applies) expect(report.result).toBe('succeeded')
      const told = images(shop)
      const imageOf = (name: string) => told[Number(running(shop, name)?.split(':')[1]) - 1]
      expect([imageOf('web'), imageOf('api')]).toEqual(['web:2', 'web:3'])
    },
    60_000,
  )
})
