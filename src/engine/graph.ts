import type { Particle, ParticleId } from '../particle.ts'

/** Particles with their links both ways. The manifests were checked: every parent is there, nothing runs in circles. */
export interface Graph {
  readonly particles: ReadonlyMap<ParticleId, Particle>
  /** Parents before children; beside each other by id. */
  readonly order: readonly ParticleId[]
  readonly children: ReadonlyMap<ParticleId, readonly ParticleId[]>
}

/** The graph of particles. The same particles in any order make the same graph. */
export function graphOf(particles: readonly Particle[]): Graph {
  const sorted = [...particles].sort((one, other) => compareIds(one.id, other.id))
  const byId = new Map(sorted.map(particle => [particle.id, particle]))
  const children = new Map<ParticleId, ParticleId[]>(sorted.map(({ id }) => [id, []]))
  for (const { id, parents } of sorted) for (const parent of parents) children.get(parent)?.push(id)
  const before = new Map(sorted.map(({ id, parents }) => [id, parents.filter(parent => byId.has(parent))]))
  return { particles: byId, order: inOrder(before), children }
}

export const compareIds = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

/** An order in which everything comes after what stands before it; where there is a choice, by id. */
export function inOrder(before: ReadonlyMap<ParticleId, readonly ParticleId[]>): ParticleId[] {
  const missing = new Map([...before].map(([id, needed]) => [id, new Set(needed).size]))
  const after = new Map<ParticleId, ParticleId[]>()
  for (const [id, needed] of before) {
    for (const one of new Set(needed)) after.set(one, [...(after.get(one) ?? []), id])
  }
  let ready = [...missing].filter(([, count]) => count === 0).map(([id]) => id)
  const order: ParticleId[] = []
  while (ready.length > 0) {
    ready.sort(compareIds)
    order.push(...ready)
    const next: ParticleId[] = []
    for (const id of ready) {
      for (const later of after.get(id) ?? []) {
        const left = (missing.get(later) ?? 0) - 1
        missing.set(later, left)
        if (left === 0) next.push(later)
      }
    }
    ready = next
  }
  return order
}
