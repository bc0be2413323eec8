import { calls } from '../../src/ecs/calls.ts'
import type { Ecs } from '../../src/ecs/client.ts'

/** The call at which a process is killed, counted from 1: before it is sent, or when its work is done. */
export interface KilledAt {
  readonly call: number
  readonly when: 'before' | 'after'
  /** Counts calls that change something, and no other. */
  readonly modifying?: boolean
}

/** A process that can be killed at a call: what it does afterwards reaches nobody, and nothing reaches it. */
export class Mortal {
  readonly death: Promise<undefined>
  dead = false
  #calls = 0
  readonly #killedAt: KilledAt | undefined
  #die: () => void = () => {}

  constructor(killedAt: KilledAt | undefined) {
    this.#killedAt = killedAt
    this.death = new Promise(resolve => {
      this.#die = () => {
        this.dead = true
        resolve(undefined)
      }
    })
  }

  over(ecs: Ecs): Ecs {
    if (!this.#killedAt) return ecs
    return new Proxy(ecs, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target)
        if (typeof member !== 'function') return member
        if (name === 'countedBy') return (...args: unknown[]) => this.over(member.apply(target, args))
        return (...args: unknown[]) => this.#through(() => member.apply(target, args), name === 'call' ? args[0] : name)
      },
    })
  }

  async #through(work: () => Promise<unknown>, name: unknown): Promise<unknown> {
    const never = new Promise<never>(() => {})
    if (this.dead) return never
    const counts = !this.#killedAt?.modifying || 'modifies' in (calls[name as keyof typeof calls] ?? {})
    const mine = counts && ++this.#calls === this.#killedAt?.call
    if (mine && this.#killedAt?.when === 'before') {
      this.#die()
      return never
    }
    const answer = await work().catch((error: unknown) => {
      if (this.dead) return never
      throw error
    })
    if (mine) this.#die()
    return this.dead ? never : answer
  }
}
