import { describe, expect, test } from '@jest/globals'
import { removedSince } from '../../src/engine/removed.ts'
import { vocabulary } from '../../src/flavors/vocabulary.ts'
import { cluster, definition, service } from '../flavors/manifests.ts'
import { read, Shop } from '../flavors/shop.ts'

const gone = (before: string, now: string) => removedSince(read(before), read(now), vocabulary)

describe('what was removed', () => {
  test('is what is declared nowhere any more, whatever it was called', () => {
    const before = cluster + definition() + service()
    expect(gone(before, before)).toEqual([])
    expect(gone(before, before.replace('ecs_service\npcf_name: web', 'ecs_service\npcf_name: renamed'))).toEqual([])
    expect(gone(before, cluster + definition())).toMatchObject([
      {
        id: 'ecs_service:web',
        desired: 'terminated',
        desiredIsOwn: false,
        parents: ['ecs_cluster:main', 'ecs_task_definition:web'],
      },
    ])
  })

  test('is told apart from what took its name', () => {
    const moved = service().replace('serviceName: web', 'serviceName: other')
    expect(gone(cluster + definition() + service(), cluster + definition() + moved)).toMatchObject([
      { id: 'ecs_service:web-removed', name: 'web' },
    ])
  })

  test('is not what nobody here may take down', () => {
    const reference = `
flavor: ec2_instance
pcf_name: one
aws_resource: {InstanceId: i-0123456789abcdef0}
`
    expect(gone(cluster + reference, cluster)).toEqual([])
  })

  test('goes in the right order, and counts as a termination that nobody asked for by name', async () => {
    const before = cluster + definition() + service()
    const shop = await Shop.open()
    await shop.apply(before)
    const asked = { gone: (now: Parameters<typeof removedSince>[1]) => removedSince(read(before), now, vocabulary) }
    await expect(shop.plan(cluster, { ...asked, maxTerminations: { count: 1 } })).rejects.toThrow('max-terminations')
    const applied = await shop.apply(cluster, asked)
    expect(applied.plan.steps.map(({ particle, transition, dependsOn }) => [particle, transition, dependsOn])).toEqual([
      ['ecs_service:web', 'terminate', []],
      ['ecs_task_definition:web', 'terminate', ['ecs_service:web']],
    ])
    expect(applied.report.result).toBe('succeeded')
    expect((await shop.plan(cluster, asked)).plan.steps).toEqual([])
  })

  test('takes down what moved to another name once, and makes the new one', async () => {
    const before = cluster + definition() + service()
    const moved = cluster + definition() + service().replace('serviceName: web', 'serviceName: other')
    const shop = await Shop.open()
    await shop.apply(before)
    const asked = { gone: (now: Parameters<typeof removedSince>[1]) => removedSince(read(before), now, vocabulary) }
    const applied = await shop.apply(moved, asked)
    expect(applied.report.result).toBe('succeeded')
    const services = shop.simulator.region().clusters.get('main')?.services
    expect([services?.get('web')?.status, services?.get('other')?.status]).toEqual(['INACTIVE', 'ACTIVE'])
    expect((await shop.plan(moved, asked)).plan.steps).toEqual([])
  })
})
