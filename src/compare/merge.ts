import { type CompareOptions, distanceOf, rootOf } from './compare.ts'
import { withoutEmpty } from './empty.ts'
import { type LinkedPath, pathSteps } from './linkedPath.ts'
import type { ElementList, EntryMap, Normalized, Structure } from './normalize.ts'
import { pairsOf } from './pairing.ts'
import { childrenOf, ElementLabels, isCoveredByAny, type PathStep } from './path.ts'
import type { Members } from './rules.ts'
import { type Schema, schemaOf } from './schema.ts'

/**
 * What to send so that nothing of somebody else's is lost: the stated definition, with the live value of what is ignored,
 * and, where structures may be partial, with what the definition leaves out of a structure that it states, because ECS
 * replaces a structure as it is said. Members that are left out at the top stay out. Afterwards `compare` finds nothing.
 */
export function mergeLive<Definition extends object>(
  stated: Definition,
  live: object,
  options: CompareOptions,
): Definition {
  const shape = schemaOf(options.schema, options.rules)
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
): Definition => withoutEmpty(stated, schemaOf(schema, rules))

class Overlay {
  readonly #options: CompareOptions

  constructor(options: CompareOptions) {
    this.#options = options
  }

  structure(
    stated: Structure,
    live: Structure | undefined,
    shape: Schema,
    steps: LinkedPath<PathStep>,
    whole: boolean,
  ): Members {
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

  #laid(
    stated: Normalized | undefined,
    live: Normalized | undefined,
    shape: Schema,
    steps: LinkedPath<PathStep>,
    whole: boolean,
  ): unknown {
    if (this.#ignored(steps)) return live?.raw
    if (!stated) return live && this.#kept(live, steps)
    if (live && live.kind !== stated.kind) return stated.raw
    if (stated.kind === 'structure') return this.structure(stated, live as Structure | undefined, shape, steps, whole)
    if (stated.kind === 'elements') return this.#elements(stated, live as ElementList | undefined, steps)
    if (stated.kind === 'entries') return this.#entries(stated, live as EntryMap | undefined, steps)
    return stated.raw
  }

  #elements(stated: ElementList, live: ElementList | undefined, steps: LinkedPath<PathStep>): unknown[] {
    const labels = new ElementLabels()
    const list: unknown[] = []
    for (const pair of pairsOf(stated, live, distanceOf(stated.schema, this.#options))) {
      const element = pair.stated ?? pair.live
      if (!element) continue
      const path = { up: steps, step: labels.of(element, at => this.#options.sensitivity.isSecret(pathSteps(at))) }
      if (!pair.stated && !this.#ignored(path)) continue
      const laid = this.#laid(pair.stated?.value, pair.live?.value, stated.schema, path, true)
      if (laid !== undefined) list.push(laid)
    }
    return list
  }

  #entries(stated: EntryMap, live: EntryMap | undefined, steps: LinkedPath<PathStep>): Members {
    const both: [string, unknown][] = []
    for (const key of new Set([...stated.entries.keys(), ...(live?.entries.keys() ?? [])])) {
      const from = this.#ignored({ up: steps, step: { in: key } }) ? live : stated
      const entry = from?.entries.get(key)
      if (entry) both.push([key, entry.raw])
    }
    return Object.fromEntries(both)
  }

  /** Of what the definition leaves out, the parts that are ignored; elements that are to go take theirs along. */
  #kept(live: Normalized, steps: LinkedPath<PathStep>): unknown {
    if (this.#ignored(steps)) return live.raw
    const kept: [PathStep, unknown][] = []
    for (const [step, inner] of childrenOf(live)) {
      const path = { up: steps, step: step }
      const part = live.kind === 'structure' ? this.#kept(inner, path) : this.#ignored(path) ? inner.raw : undefined
      if (part !== undefined) kept.push([step, part])
    }
    if (kept.length === 0) return undefined
    if (live.kind === 'elements') return kept.map(([, part]) => part)
    return Object.fromEntries(kept.map(([step, part]) => [typeof step === 'object' ? step.in : step, part]))
  }

  #ignored(steps: LinkedPath<PathStep>): boolean {
    return isCoveredByAny(this.#options.ignore, steps)
  }
}
