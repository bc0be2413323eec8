import { childrenOf, isIgnored } from './children.ts'
import { type CompareOptions, pairsWithPaths } from './compare.ts'
import {
  type ElementList,
  type EntryMap,
  type Normalized,
  normalizeRoot,
  type RequestModel,
  type Structure,
} from './normalize.ts'
import type { PathStep, StepPath } from './path.ts'
import { type Members, mayStay } from './rules.ts'
import { asSent, schemaOf } from './schema.ts'

/**
 * The request of an update that takes no value from other owners: the stated definition with the live value of every
 * ignored member and, where structures may be partial, with the live members that a stated structure leaves out, because
 * ECS replaces structures as a whole. Members left out at the top stay out. Afterwards `compare` finds nothing.
 */
export function mergeLive<Definition extends object>(
  stated: Definition,
  live: object,
  options: CompareOptions,
): Definition {
  const [wanted, there] = [normalizeRoot(stated, options, 'stated'), normalizeRoot(live, options, 'live')]
  return requestOf(new Merge(options).structure(wanted, there, [], options.whole), options) as Definition
}

/** The request of a start: the stated definition as ECS gets it. */
export const requestOf = <Definition extends object>(stated: Definition, { schema, rules }: RequestModel): Definition =>
  asSent(stated, schemaOf(schema, rules))

/** The same without members that are empty lists: a new resource has none of theirs, and ECS refuses some of them. */
export const creationOf = <Definition extends object>(stated: Definition, request: RequestModel): Definition =>
  Object.fromEntries(
    Object.entries(requestOf(stated, request)).filter(([, value]) => !Array.isArray(value) || value.length > 0),
  ) as Definition

class Merge {
  readonly #options: CompareOptions

  constructor(options: CompareOptions) {
    this.#options = options
  }

  structure(stated: Structure, live: Structure | undefined, path: StepPath, whole: boolean): Members {
    const merged: Record<string, unknown> = { ...(stated.raw as Members) }
    for (const name of stated.schema.members.keys()) {
      const one = stated.members.get(name)
      const other = live?.members.get(name)
      // A call leaves members alone that are left out at the top; left out of a structure, ECS forgets them.
      const untouched = path.length > 0 && other && this.#isKept(other, stated, live) ? other.raw : undefined
      const value = one || whole ? this.#merged(one, other, [...path, name], whole) : untouched
      if (value !== undefined) merged[name] = value
      else delete merged[name]
    }
    return merged
  }

  /** A block at its defaults is no loss, and ECS refuses some of these blocks even where they turn nothing on. */
  #isKept(member: Normalized, stated: Structure, live: Structure | undefined): boolean {
    return (member.kind !== 'structure' || member.isSet) && mayStay(member.rule, stated.raw, live?.raw)
  }

  #merged(stated: Normalized | undefined, live: Normalized | undefined, path: StepPath, whole: boolean): unknown {
    if (this.#isIgnored(path, stated ?? live)) return live?.raw
    if (!stated) return live && this.#ignoredIn(live, path)
    if (live && live.kind !== stated.kind) return stated.raw
    if (stated.kind === 'structure') return this.structure(stated, live as Structure | undefined, path, whole)
    if (stated.kind === 'elements') return this.#elements(stated, live as ElementList | undefined, path)
    if (stated.kind === 'entries') return this.#entries(stated, live as EntryMap | undefined, path)
    return stated.raw
  }

  #elements(stated: ElementList, live: ElementList | undefined, path: StepPath): unknown[] {
    return pairsWithPaths(stated, live, path, this.#options).flatMap(pair => {
      if (!pair.stated && !this.#isIgnored(pair.path, pair.live?.value)) return []
      const value = this.#merged(pair.stated?.value, pair.live?.value, pair.path, true)
      return value === undefined ? [] : [value]
    })
  }

  #entries(stated: EntryMap, live: EntryMap | undefined, path: StepPath): Members {
    const keys = [...new Set([...stated.members.keys(), ...(live?.members.keys() ?? [])])]
    const entries = keys.flatMap(key => {
      const entry = (this.#isIgnored([...path, { in: key }]) ? live : stated)?.members.get(key)
      return entry ? [[key, entry.raw] as const] : []
    })
    return Object.fromEntries(entries)
  }

  /** Ignored live values under an unstated member; dropped with removed elements. */
  #ignoredIn(live: Normalized, path: StepPath): unknown {
    const kept: [PathStep, unknown][] = []
    for (const [step, inner] of childrenOf(live, path, this.#options.sensitivity)) {
      const below = [...path, step]
      const value = this.#isIgnored(below, inner)
        ? inner.raw
        : live.kind === 'structure'
          ? this.#ignoredIn(inner, below)
          : undefined
      if (value !== undefined) kept.push([step, value])
    }
    if (kept.length === 0) return undefined
    if (live.kind === 'elements') return kept.map(([, value]) => value)
    return Object.fromEntries(kept.map(([step, value]) => [typeof step === 'object' ? step.in : step, value]))
  }

  #isIgnored(path: StepPath, node?: Normalized): boolean {
    return isIgnored(this.#options.ignore, path, node)
  }
}
