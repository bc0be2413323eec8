import type { ParticleId } from '../particle.ts'
import type { Answer } from './document.ts'
import type { TransitionContext } from './flavor.ts'

/** Where an apply reports its progress. */
export interface Log {
  /** One sentence about one particle. Lines of several particles may come in turns. */
  say(particle: ParticleId, sentence: string): void
  /** The particle has ended: no more sentences about it follow. */
  close(particle: ParticleId): void
}

/** What the inputs ask of an apply, and where it reports. */
export interface ApplySettings {
  /** Longest wait for one transition, in milliseconds. */
  readonly waitTimeout: number
  readonly onFailure: 'stop' | 'rollback'
  /** The answer that a person gives to the rollouts of these particles. */
  readonly answer?: { readonly is: Answer; readonly to: ReadonlySet<ParticleId> }
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal
  readonly log: Log
  /** Reads the last lines of failed containers; missing where none are wanted. */
  readonly readLog?: TransitionContext['readLog']
  /** Called before each step: the reason why it must not begin, in one sentence, when a newer apply has taken over. */
  readonly mayBegin?: (modifies: boolean) => Promise<string | undefined>
}
