import type { ParticleId, Path } from '../particle.ts'

/** JSON, or `{unknown: id}`: a value known only after that particle has been started or changed. */
export type Value =
  | string
  | number
  | boolean
  | null
  | { readonly unknown: ParticleId }
  | readonly Value[]
  | { readonly [key: string]: Value }

/**
 * One difference between what is stated and what is there, as a plan shows it. A missing side is nothing.
 *
 * `path` is dotted; named list elements `containerDefinitions[web]`, keys of string maps `dockerLabels[a.b]`, other
 * elements an index (the manifest's; for what is removed, the live one).
 */
export interface Change {
  readonly path: string
  readonly before?: Value
  readonly after?: Value
  /** Hidden: neither side is shown anywhere. */
  readonly sensitive?: true
}

/** A change as it is found: with where the stated value stands, which claims are made from. Never shown. */
export interface FoundChange extends Change {
  /** Path into the particle's definition; undefined for what is removed. */
  readonly at?: Path
  /** What AWS holds, also when hidden: it stays in memory, for whoever must know whether it changed. */
  readonly live?: unknown
  /** A person asked for exactly this in the inputs: nothing of it is left to review. */
  readonly requested?: true
  /** It is on its way to be deleted and made anew: the claim of the whole replacement covers what was done for that. */
  readonly replacing?: true
  /** Needs a review of its own, which that of a whole definition is not: what stops tasks, what is declared done. */
  readonly reviewedApart?: true
  /** Its claim names what the particle and these parents state, in the manifests' words. */
  readonly states?: readonly ParticleId[]
}
