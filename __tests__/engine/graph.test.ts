import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { graphOf, inOrder } from '../../src/engine/graph.ts'
import type { ParticleId } from '../../src/particle.ts'
import { cluster, definition, service } from '../world/manifests.ts'
import { read } from '../world/shop.ts'

const id = (n: number): ParticleId => `flavor:${n}`

/** Who comes after whom: only ever after somebody with a smaller number, so that nothing runs in circles. */
const before = fc
  .array(fc.array(fc.nat()), { maxLength: 30 })
  .map(all => new Map(all.map((needed, n) => [id(n), n === 0 ? [] : needed.map(other => id(other % n))] as const)))

describe('an order', () => {
  test('has everybody once, and nobody before who they need', () => {
    fc.assert(
      fc.property(before, needs => {
        const order = inOrder(needs)
        expect([...order].sort()).toEqual([...needs.keys()].sort())
        for (const [one, needed] of needs)
          for (const other of needed) expect(order.indexOf(other)).toBeLessThan(order.indexOf(one))
      }),
    )
  })

  test('is the same whatever the order they are told in', () => {
    fc.assert(
      fc.property(before, needs => {
        const backwards = new Map([...needs].reverse().map(([one, needed]) => [one, [...needed].reverse()]))
        expect(inOrder(backwards)).toEqual(inOrder(needs))
      }),
    )
  })
})

describe('a graph', () => {
  test('knows links both ways, and is the same whatever the order of particles', () => {
    const particles = read(cluster + definition() + service() + service({ name: 'api', parents: ['ecs_service:web'] }))
    const graph = graphOf(particles)
    expect(graph.order).toEqual(['ecs_cluster:main', 'ecs_task_definition:web', 'ecs_service:web', 'ecs_service:api'])
    expect(graph.children.get('ecs_task_definition:web')).toEqual(['ecs_service:api', 'ecs_service:web'])
    expect(graphOf([...particles].reverse())).toEqual(graph)
  })
})
