import type { Particle, ParticleId, Place } from '../particle.ts'
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
