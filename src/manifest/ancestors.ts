import { shortestPath } from '../order.ts'
import { inheritsWithPlaces, type Particle, type ParticleId, type Place } from '../particle.ts'
import type { ParticleDraft } from './draft.ts'
import type { ReportProblem } from './problems.ts'

/** Parents by child, and the place that names each. */
export type Parents = ReadonlyMap<ParticleId, ReadonlyMap<ParticleId, Place>>

/** The facts by which particles are made, parents before children. */
export interface Linking {
  readonly drafts: ReadonlyMap<ParticleId, ParticleDraft>
  /** A file cannot be read, so that missing particles may be declared there. */
  readonly incomplete: boolean
  readonly parents: Parents
  /** The particles that are made already, and the places that state their states. */
  readonly made: ReadonlyMap<ParticleId, Particle>
  readonly statePlaces: ReadonlyMap<ParticleId, Place>
  /** The drafts that an id means, seen from a particle. */
  readonly find: (id: string, from: ParticleDraft) => readonly ParticleDraft[] | undefined
  /** Whether a particle hides a path of its definition, or a value below it. */
  readonly hides: (particle: Particle, path: readonly string[]) => boolean
  readonly report: ReportProblem
}

/** Whether the first particle is a parent of the second, or a parent of one. */
export const isAncestor = (id: ParticleId, of: ParticleId, { parents }: Linking): boolean =>
  shortestPath(of, id, child => parents.get(child)?.keys() ?? []) !== undefined

/**
 * The ids by which one particle needs another one, by links and by inherited members, each with the place of its need.
 */
export function needPath(
  from: ParticleId,
  to: ParticleId,
  { drafts, parents, find }: Linking,
): readonly { readonly id: ParticleId; readonly place: Place }[] | undefined {
  const needs = (id: ParticleId): Map<ParticleId, Place> => {
    const draft = drafts.get(id)
    const all = new Map(parents.get(id))
    for (const { inherit, place } of draft ? inheritsWithPlaces(draft.definition) : [])
      for (const { id: parent } of (draft && find(inherit.from, draft)) ?? [])
        if (!all.has(parent)) all.set(parent, place)
    return all
  }
  const path = shortestPath(from, to, id => needs(id).keys())
  return path?.slice(0, -1).flatMap((id, index) => {
    const place = needs(id).get(path[index + 1] ?? to)
    return place ? [{ id, place }] : []
  })
}
