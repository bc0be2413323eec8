import { memoized } from '../memoized.ts'
import { compareText, waves } from '../order.ts'
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
  const sorted = [...particles].sort((one, other) => compareText(one.id, other.id))
  const byId = new Map(sorted.map(particle => [particle.id, particle]))
  const children = new Map<ParticleId, ParticleId[]>(sorted.map(({ id }) => [id, []]))
  for (const { id, parents } of sorted) for (const parent of parents) children.get(parent)?.push(id)
  const before = new Map(sorted.map(({ id, parents }) => [id, parents]))
  return { particles: byId, order: inOrder(before), children }
}

/** An order in which each particle comes after its needs; where there is a choice, by id. */
export const inOrder = (before: ReadonlyMap<ParticleId, readonly ParticleId[]>): ParticleId[] =>
  waves(before).flatMap(wave => wave.sort())

/** By id, the nearest particles where `isEnd` holds, in the direction of `next`, through those where it does not. */
export function nearest(
  isEnd: (id: ParticleId) => boolean,
  next: (id: ParticleId) => readonly ParticleId[],
): (id: ParticleId) => ParticleId[] {
  const find: (id: ParticleId) => ReadonlySet<ParticleId> = memoized(
    id => new Set(next(id).flatMap(one => (isEnd(one) ? one : [...find(one)]))),
  )
  return id => [...find(id)]
}
