import { type CompareOptions, distanceOf, rootOf } from './compare.ts'
import { withoutEmpty } from './empty.ts'
import { stepsOf, type Trail } from './linkedPath.ts'
import type { Elements, Entries, Structure, Tree } from './normalize.ts'
import { pairsOf } from './pairing.ts'
import { covered, inside, Labels, type Step } from './path.ts'
import type { Members } from './rules.ts'
import { type Shape, shapeOf } from './schema.ts'

/**
 * What to send so that nothing of somebody else's is lost: the stated definition, with the live value of what is ignored,
 * and, where structures may be partial, with what the definition leaves out of a structure that it states, because ECS
 * replaces a structure as it is said. Members that are left out at the top stay out. Afterwards `compare` finds nothing.
 */
export function overlay<Definition extends object>(
  stated: Definition,
  live: object,
  options: CompareOptions,
): Definition {
  const shape = shapeOf(options.schema, options.rules)
  const root = rootOf(withoutEmpty(stated, shape), shape, 'stated')
  if (!root) return stated
  return new Overlay(options).structure(
    root,
    rootOf(withoutEmpty(live, shape), shape, 'live'),
    shape,
    undefined,
    options.whole,
  ) as Definition
}

/** What to send for a start: the stated definition, but for what says nothing. */
export const requestOf = <Definition extends object>(
  stated: Definition,
  { schema, rules }: Pick<CompareOptions, 'schema' | 'rules'>,
): Definition => withoutEmpty(stated, shapeOf(schema, rules))

class Overlay {
  readonly #options: CompareOptions

  constructor(options: CompareOptions) {
    this.#options = options
  }

  structure(stated: Structure, live: Structure | undefined, shape: Shape, steps: Trail<Step>, whole: boolean): Members {
    const both: Record<string, unknown> = { ...(stated.raw as Members) }
    for (const [name, member] of shape.members) {
      const path = { up: steps, step: name }
      const one = stated.members.get(name)
      const other = live?.members.get(name)
      // Left out at the top means that the call leaves it alone; left out of a structure, that ECS forgets it.
      const untouched = steps ? other?.raw : undefined
      const value = one || whole ? this.#laid(one, other, member, path, whole) : untouched
      if (value !== undefined) both[name] = value
      else delete both[name]
    }
    return both
  }

  #laid(stated: Tree | undefined, live: Tree | undefined, shape: Shape, steps: Trail<Step>, whole: boolean): unknown {
    if (this.#ignored(steps)) return live?.raw
    if (!stated) return live && this.#kept(live, steps)
    if (live && live.kind !== stated.kind) return stated.raw
    if (stated.kind === 'structure') return this.structure(stated, live as Structure | undefined, shape, steps, whole)
    if (stated.kind === 'elements') return this.#elements(stated, live as Elements | undefined, steps)
    if (stated.kind === 'entries') return this.#entries(stated, live as Entries | undefined, steps)
    return stated.raw
  }

  #elements(stated: Elements, live: Elements | undefined, steps: Trail<Step>): unknown[] {
    const labels = new Labels()
    const list: unknown[] = []
    for (const pair of pairsOf(stated, live, distanceOf(stated.shape, this.#options))) {
      const element = pair.stated ?? pair.live
      if (!element) continue
      const path = { up: steps, step: labels.of(element, at => this.#options.curtain.secret(stepsOf(at))) }
      if (!pair.stated && !this.#ignored(path)) continue
      const laid = this.#laid(pair.stated?.tree, pair.live?.tree, stated.shape, path, true)
      if (laid !== undefined) list.push(laid)
    }
    return list
  }

  #entries(stated: Entries, live: Entries | undefined, steps: Trail<Step>): Members {
    const both: [string, unknown][] = []
    for (const key of new Set([...stated.entries.keys(), ...(live?.entries.keys() ?? [])])) {
      const from = this.#ignored({ up: steps, step: { in: key } }) ? live : stated
      const entry = from?.entries.get(key)
      if (entry) both.push([key, entry.raw])
    }
    return Object.fromEntries(both)
  }

  /** Of what the definition leaves out, the parts that are ignored; elements that are to go take theirs along. */
  #kept(live: Tree, steps: Trail<Step>): unknown {
    if (this.#ignored(steps)) return live.raw
    const kept: [Step, unknown][] = []
    for (const [step, inner] of inside(live)) {
      const path = { up: steps, step: step }
      const part = live.kind === 'structure' ? this.#kept(inner, path) : this.#ignored(path) ? inner.raw : undefined
      if (part !== undefined) kept.push([step, part])
    }
    if (kept.length === 0) return undefined
    if (live.kind === 'elements') return kept.map(([, part]) => part)
    return Object.fromEntries(kept.map(([step, part]) => [typeof step === 'object' ? step.in : step, part]))
  }

  #ignored(steps: Trail<Step>): boolean {
    return covered(this.#options.ignore, steps)
  }
}
