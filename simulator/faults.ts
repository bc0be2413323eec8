/** What can go wrong with a call. */
export type Fault =
  | { readonly kind: 'throttle' }
  /** An outage of ECS: 500 by default. */
  | { readonly kind: 'unavailable'; readonly status?: 500 | 502 | 503 | 504 }
  /** Any error that ECS knows, by name and message. */
  | {
      readonly kind: 'error'
      readonly name: string
      readonly message?: string
      readonly status?: number
      readonly members?: Readonly<Record<string, unknown>>
    }
  | { readonly kind: 'deny' }
  /** The connection is cut before anything is done. */
  | { readonly kind: 'reset' }
  /** The work is done, and then the connection is cut. */
  | { readonly kind: 'lose' }
  /** The work is done, and the answer has this body in place of its own. */
  | { readonly kind: 'garble'; readonly body: string }
  /** The work is done at once; the answer comes after so many virtual seconds. */
  | { readonly kind: 'delay'; readonly seconds: number }
  /** Nothing is done and nothing is answered. */
  | { readonly kind: 'hang' }

export interface Injection {
  readonly fault: Fault
  /** Such as `RunTask`; any when left out. */
  readonly operation?: string
  readonly region?: string
  /** Members that the input must have, each with this very value. */
  readonly input?: Readonly<Record<string, unknown>>
  /** In process only. */
  readonly when?: (input: unknown) => boolean
  /** The first matching call that it strikes, from 1. */
  readonly nth?: number
  /** How many calls the fault strikes from there on, 1 by default. */
  readonly times?: number
  readonly always?: boolean
}

/** Faults waiting for their call. */
export class Faults {
  #waiting: { readonly injection: Injection; seen: number }[] = []

  inject(injection: Injection): void {
    this.#waiting.push({ injection, seen: 0 })
  }

  clear(): void {
    this.#waiting = []
  }

  /** The fault that strikes this call, the one injected first if there are several. Every injection counts the call. */
  strike(region: string, operation: string, input: unknown): Fault | undefined {
    let struck: Fault | undefined
    for (const entry of this.#waiting) {
      const { injection } = entry
      if (!matches(injection, region, operation, input)) continue
      entry.seen++
      const { nth = 1, times = 1, always = false } = injection
      if (entry.seen >= nth && (always || entry.seen < nth + times)) struck ??= injection.fault
    }
    return struck
  }
}

function matches(injection: Injection, region: string, operation: string, input: unknown): boolean {
  const members = (input ?? {}) as Readonly<Record<string, unknown>>
  return (
    (injection.operation ?? operation) === operation &&
    (injection.region ?? region) === region &&
    Object.entries(injection.input ?? {}).every(
      ([member, value]) => JSON.stringify(members[member]) === JSON.stringify(value),
    ) &&
    (injection.when?.(input) ?? true)
  )
}
