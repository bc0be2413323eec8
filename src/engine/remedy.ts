import type { ParticleId } from '../particle.ts'

/** What a person can do about a failure, as data: `render/remedy.ts` puts it into words. */
export type Remedy =
  /** A rollout failed because of its release: change that, revert it, or deploy it again by name. */
  | { readonly kind: 'release'; readonly fix?: Fix }
  /** A job ran and failed: it runs again only by request, in one of three ways. */
  | { readonly kind: 'job'; readonly fix?: Fix }
  /** Nothing ran, or the call was refused: the next run of the workflow tries again. */
  | { readonly kind: 'rerun'; readonly fix?: Fix }
  /** The time was up while ECS was still at work. */
  | { readonly kind: 'wait' }
  /** Another tool or person changed the resource meanwhile. */
  | { readonly kind: 'plan' }
  /** AWS took the change, and describes something else. */
  | { readonly kind: 'equivalence' }
  /** The sentence itself holds the remedy. */
  | { readonly kind: 'said' }

/** The fault that must be corrected first. `in`: the particle whose manifest states it. */
export type Fix =
  | { readonly kind: 'image'; readonly image: string; readonly error: string; readonly in?: ParticleId }
  | { readonly kind: 'initialization'; readonly in?: ParticleId }
  | { readonly kind: 'memory'; readonly container: string; readonly in?: ParticleId }
  | { readonly kind: 'change'; readonly in?: ParticleId }
  | { readonly kind: 'capacity' }
  | { readonly kind: 'placement' }
  | { readonly kind: 'allow'; readonly action: string; readonly resource: string; readonly otherwise?: string }
  /** A policy denies it explicitly: no statement that allows it helps. */
  | { readonly kind: 'denied'; readonly action: string; readonly policy: string }
