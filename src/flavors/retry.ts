import { backoff } from '../backoff.ts'
import { EcsError, isEcs } from '../ecs/errors.ts'
import type { TransitionContext } from '../engine/flavor.ts'
import { untrusted } from '../untrusted.ts'

/** A refusal that ends with time. */
export interface Retryable {
  /** Error codes, or parts of ECS's sentence. */
  readonly when: readonly string[]
  /** Milliseconds after which the refusal is final. `Infinity`: the step's own time is the limit. */
  readonly atMost: number
  /** For the log: the cause of the wait, or how to find it. */
  readonly because: string | (() => Promise<string>)
}

/** Repeats a call while ECS refuses it as one of the rows describes, after pauses of 0.5 s that grow to 10 s. Throws the last `EcsError`. */
export async function retryWhile<T>(
  call: () => Promise<T>,
  rows: Retryable | readonly Retryable[],
  context: TransitionContext,
): Promise<T> {
  const since = context.clock.now()
  for (let attempt = 0; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      const notYet = [rows].flat().find(({ when }) => isEcs(error, ...when))
      if (!notYet || !(error instanceof EcsError) || context.clock.now() - since >= notYet.atMost) throw error
      const because = typeof notYet.because === 'string' ? notYet.because : await notYet.because()
      context.say(`${because}: ${untrusted(error.said)}`)
      await context.pause(backoff(attempt, 500, 10_000))
    }
  }
}
