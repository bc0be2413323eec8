import { EcsError, isEcs } from '../ecs/errors.ts'
import type { TransitionContext } from '../engine/flavor.ts'
import { untrusted } from '../untrusted.ts'

/** ECS refuses, but says it in words that mean "not yet". */
export interface Retryable {
  /** Error codes, or parts of ECS's sentence. */
  readonly when: readonly string[]
  /** Milliseconds after which it is taken for a no. `Infinity`: the step's own time is the limit. */
  readonly atMost: number
  /** For the log: what we wait for, or how to find out. */
  readonly because: string | (() => Promise<string>)
}

/** Makes a call again while ECS says that it is only a matter of time, slowing down from half a second to ten. */
export async function retryWhile<T>(
  call: () => Promise<T>,
  rows: Retryable | readonly Retryable[],
  context: TransitionContext,
): Promise<T> {
  const since = context.clock.now()
  for (let pause = 500; ; pause = Math.min(pause * 1.5, 10_000)) {
    try {
      return await call()
    } catch (error) {
      const notYet = [rows].flat().find(({ when }) => isEcs(error, ...when))
      if (!notYet || !(error instanceof EcsError) || context.clock.now() - since >= notYet.atMost) throw error
      const because = typeof notYet.because === 'string' ? notYet.because : await notYet.because()
      context.say(`${because}: ${untrusted(error.said)}`)
      await context.pause(pause)
    }
  }
}
