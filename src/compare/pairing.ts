import { canonicalJson } from '../digest.ts'
import { compareText } from '../order.ts'
import { Unknown } from '../particle.ts'
import { type Element, type ElementList, normalForm } from './normalize.ts'

/** A stated element and the live one that it is compared with, each in one pair only. A missing side is an addition or a removal. */
export interface Pair {
  readonly stated?: Element
  readonly live?: Element
}

/** How far two elements are from each other, in changes. */
export type Distance = (stated: Element, live: Element) => number

/** A live element without a partner. Its texts are made on demand. */
class Candidate {
  readonly element: Element
  #text: string | undefined
  #raw: string | undefined

  constructor(element: Element) {
    this.element = element
  }

  get text(): string {
    this.#text ??= JSON.stringify(normalForm(this.element.value))
    return this.#text
  }

  /** Keeps elements apart that are equal but for defaults that ECS answers or not. */
  get raw(): string {
    this.#raw ??= canonicalJson(this.element.value.raw)
    return this.#raw
  }
}

const byText = (one: Candidate, other: Candidate): number =>
  compareText(one.text, other.text) || compareText(one.raw, other.raw)

const pair = (stated: Element | undefined, live: Element | undefined): Pair => ({
  ...(stated && { stated }),
  ...(live && { live }),
})

/** A live answer in another order gives the same pairs: ties are settled by content, never by position. */
export function pairsOf(stated: ElementList, live: ElementList | undefined, distance: Distance): Pair[] {
  const { rule, elements: wanted } = stated
  const there = live?.elements ?? []
  if (rule.unordered || rule.key) {
    return (rule.key && pairsByName(wanted, there)) || new Matching(wanted, there, distance).pairs(rule)
  }
  return Array.from({ length: Math.max(wanted.length, there.length) }, (_, index) => pair(wanted[index], there[index]))
}

/** The common case, in which every element has a unique name. */
function pairsByName(wanted: readonly Element[], there: readonly Element[]): Pair[] | undefined {
  const [stated, live] = [wanted, there].map(elements => new Map(elements.map(element => [element.name, element])))
  if (stated?.size !== wanted.length || live?.size !== there.length) return undefined
  if (stated.has(undefined) || live.has(undefined)) return undefined
  const removed = there.filter(({ name }) => !stated.has(name))
  return [
    ...wanted.map(element => pair(element, live.get(element.name))),
    ...removed
      .sort((one, other) => compareText(one.name ?? '', other.name ?? ''))
      .map(element => pair(undefined, element)),
  ]
}

class Matching {
  readonly #wanted: readonly Element[]
  readonly #free: Set<Candidate>
  readonly #distance: Distance
  readonly #partners = new Map<Element, Element>()

  constructor(wanted: readonly Element[], there: readonly Element[], distance: Distance) {
    this.#wanted = wanted
    this.#free = new Set(there.map(element => new Candidate(element)))
    this.#distance = distance
  }

  pairs({ key, matchOn = [] }: ElementList['rule']): Pair[] {
    const identifying = key ? [key] : matchOn
    if (identifying.length > 0) {
      const groups = grouped([...this.#free], ({ element }) => identityOf(element, identifying))
      for (const [identity, open] of grouped(this.#wanted, element => identityOf(element, identifying)))
        this.#match(open, groups.get(identity) ?? [])
    }
    // Another key is another element; without a key, the elements that are left are taken for changed ones.
    if (!key) this.#match(this.#wanted, [...this.#free])
    const removed = this.#free.size > 1 ? [...this.#free].sort(byText) : [...this.#free]
    return [
      ...this.#wanted.map(element => pair(element, this.#partners.get(element))),
      ...removed.map(({ element }) => pair(undefined, element)),
    ]
  }

  /** Equal elements first, then the nearest. */
  #match(elements: readonly Element[], candidates: readonly Candidate[]): void {
    const open = elements.filter(element => !this.#partners.has(element))
    const [first] = open
    const [only] = candidates
    if (!first || !only) return
    if (open.length === 1 && candidates.length === 1) {
      this.#take(first, only)
      return
    }
    for (const element of open) {
      const text = JSON.stringify(normalForm(element.value))
      const equal = candidates.filter(other => this.#free.has(other) && other.text === text).sort(byText)[0]
      if (equal) this.#take(element, equal)
    }
    const left = candidates.filter(other => this.#free.has(other))
    const ranked = open
      .filter(element => !this.#partners.has(element))
      .flatMap(element => left.map(other => ({ element, other, changes: this.#distance(element, other.element) })))
      .sort((a, b) => a.changes - b.changes || a.element.index - b.element.index || byText(a.other, b.other))
    for (const { element, other } of ranked)
      if (!this.#partners.has(element) && this.#free.has(other)) this.#take(element, other)
  }

  #take(element: Element, candidate: Candidate): void {
    this.#partners.set(element, candidate.element)
    this.#free.delete(candidate)
  }
}

/** Things without an identity are in no group. */
function grouped<T>(all: readonly T[], identify: (one: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const identity = identify(one)
    if (identity !== undefined) groups.set(identity, [...(groups.get(identity) ?? []), one])
  }
  return groups
}

/** One text of the members that distinguish elements; undefined where one of them is known only after an apply. */
function identityOf({ value: node }: Element, members: readonly string[]): string | undefined {
  if (node.kind !== 'structure') return undefined
  const values = members.map(name => node.members.get(name))
  if (values.some(value => value?.kind === 'leaf' && value.value instanceof Unknown)) return undefined
  return JSON.stringify(values.map(value => (value?.isSet ? normalForm(value) : null)))
}
