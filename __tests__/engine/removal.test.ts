import { describe, expect, test } from '@jest/globals'
import { particlesToRemove, undeclaredSince } from '../../src/engine/removal.ts'
import { flavors } from '../../src/flavors/index.ts'
import type { Particle } from '../../src/particle.ts'
import { cluster, definition, service } from '../world/manifests.ts'
import { read, Shop } from '../world/shop.ts'

const nobody: ReadonlySet<string> = new Set()

const goneSince = (before: string, now: readonly Particle[]): Particle[] => {
  const entries = undeclaredSince({ commit: 'c0ffee', particles: read(before) }, now, flavors, nobody)
  return [...particlesToRemove(entries, now, flavors).values()]
}

const gone = (before: string, now: string) => goneSince(before, read(now))

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
        // An order is for those that go alone.
        parents: [],
      },
    ])
  })

  test('is told apart from what took its name', () => {
    const moved = service().replace('serviceName: web', 'serviceName: other')
    expect(gone(cluster + definition() + service(), cluster + definition() + moved)).toMatchObject([
      { id: 'ecs_service:web$us-east-1 main/web', name: 'web' },
    ])
  })

  test('has another name, whatever the order of its members', () => {
    const named = (name: string, setting: string) =>
      `{flavor: ecs_cluster, pcf_name: ${name}, aws_resource: {clusterName: ${name}, settings: [{${setting}}]}}`
    const before = read(named('one', 'name: containerInsights, value: enabled'))
    const now = read(named('two', 'value: enabled, name: containerInsights'))
    expect(undeclaredSince({ commit: 'c0ffee', particles: before }, now, flavors, nobody)).toMatchObject([
      { renamedTo: 'ecs_cluster us-east-1 two' },
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
    const asked = { gone: (now: readonly Particle[]) => goneSince(before, now) }
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
    const asked = { gone: (now: readonly Particle[]) => goneSince(before, now) }
    const applied = await shop.apply(moved, asked)
    expect(applied.report.result).toBe('succeeded')
    const services = shop.simulator.region().clusters.get('main')?.services
    expect([services?.get('web')?.status, services?.get('other')?.status]).toEqual(['INACTIVE', 'ACTIVE'])
    expect((await shop.plan(moved, asked)).plan.steps).toEqual([])
  })
})
