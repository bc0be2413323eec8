import { isEcs } from '../ecs/errors.ts'
import type { Act } from './flavor.ts'

/** ECS refuses, but says it in words that mean "not yet". */
export interface NotYet {
  /** Error codes, or parts of ECS's sentence. */
  readonly when: readonly string[]
  /** Milliseconds after which it is taken for a no. */
  readonly atMost: number
  /** For the log: what we wait for. */
  readonly because: string
}

/** Makes a call again while ECS says that it is only a matter of time, slowing down from half a second to ten. */
export async function insist<T>(call: () => Promise<T>, notYet: NotYet, act: Act): Promise<T> {
  const until = act.clock.now() + notYet.atMost
  for (let pause = 500; ; pause = Math.min(pause * 1.5, 10_000)) {
    try {
      return await call()
    } catch (error) {
      if (!isEcs(error, ...notYet.when) || act.clock.now() >= until) throw error
      act.say(`${notYet.because}: ${error.said}`)
      await act.pause(pause)
    }
  }
}
