import { compareText } from '../order.ts'
import { Unknown } from '../particle.ts'
import { type Element, type ElementList, normalForm, printable, textOf } from './normalize.ts'

/** Which stated element is which live one, each at most once. A missing side is an element that comes or goes. */
export interface Pair {
  readonly stated?: Element
  readonly live?: Element
}

/** How far two elements are from each other, in changes. */
export type Distance = (stated: Element, live: Element) => number

/** A live element that may be taken. Its texts are made only where they are asked for. */
class Candidate {
  readonly element: Element
  #text: string | undefined
  #raw: string | undefined

  constructor(element: Element) {
    this.element = element
  }

  get text(): string {
    this.#text ??= textOf(normalForm(this.element.value))
    return this.#text
  }

  /** Tells apart what is equal but for defaults that are answered or not. */
  get raw(): string {
    this.#raw ??= textOf(printable(this.element.value.raw))
    return this.#raw
  }
}

const byText = (a: Candidate, b: Candidate): number => compareText(a.text, b.text) || compareText(a.raw, b.raw)

/** The same live answer in another order gives the same pairs: ties are settled by content, never by position. */
export function pairsOf(stated: ElementList | undefined, live: ElementList | undefined, distance: Distance): Pair[] {
  const wanted = stated?.elements ?? []
  const there = live?.elements ?? []
  const rule = (stated ?? live)?.rule
  if (!rule?.unordered && !rule?.key) {
    // Where the order means something, the first is the first.
    return Array.from({ length: Math.max(wanted.length, there.length) }, (_, index) =>
      pair(wanted[index], there[index]),
    )
  }
  const byName = rule.key ? partnersByName(wanted, there) : undefined
  if (byName) return byName
  const partners = new Map<Element, Element>()
  const free = new Set(there.map(element => new Candidate(element)))
  const match = (open: readonly Element[], among: readonly Candidate[]): void => {
    const [only, another] = among
    if (open.length === 1 && open[0] && only && !another) {
      partners.set(open[0], only.element)
      free.delete(only)
      return
    }
    const left = new Set(among)
    const take = (element: Element, found: Candidate): void => {
      partners.set(element, found.element)
      left.delete(found)
      free.delete(found)
    }
    // What is the same stays the same, whatever is near it.
    for (const element of open) {
      const text = textOf(normalForm(element.value))
      const same = [...left].filter(other => other.text === text).sort(byText)[0]
      if (same) take(element, same)
    }
    if (left.size === 0) return
    const ranked = open
      .filter(element => !partners.has(element))
      .flatMap(element => [...left].map(other => ({ element, other, far: distance(element, other.element) })))
      .sort((a, b) => a.far - b.far || a.element.index - b.element.index || byText(a.other, b.other))
    for (const { element, other } of ranked) if (!partners.has(element) && left.has(other)) take(element, other)
  }

  const natural = rule.key ? [rule.key] : (rule.matchOn ?? [])
  if (natural.length > 0) {
    const groups = grouped([...free], ({ element }) => keyOf(element, natural))
    for (const [key, open] of grouped(wanted, element => keyOf(element, natural))) {
      const among = groups.get(key)
      if (among) match(open, among)
    }
  }
  // Another name is another element; other elements that are left over are taken for changed ones.
  if (!rule.key) {
    const open = wanted.filter(element => !partners.has(element))
    if (open.length > 0 && free.size > 0) match(open, [...free])
  }
  const goes = free.size > 1 ? [...free].sort(byText) : [...free]
  return [
    ...wanted.map(element => pair(element, partners.get(element))),
    ...goes.map(({ element }) => pair(undefined, element)),
  ]
}

/** The common case, in which every element has a name of its own. */
function partnersByName(wanted: readonly Element[], there: readonly Element[]): Pair[] | undefined {
  const free = new Map<string, Element>()
  for (const element of there) {
    if (element.name === undefined || free.has(element.name)) return undefined
    free.set(element.name, element)
  }
  const pairs: Pair[] = []
  const taken = new Set<string>()
  for (const element of wanted) {
    if (element.name === undefined || taken.has(element.name)) return undefined
    taken.add(element.name)
    pairs.push(pair(element, free.get(element.name)))
    free.delete(element.name)
  }
  for (const name of [...free.keys()].sort(compareText)) pairs.push(pair(undefined, free.get(name)))
  return pairs
}

const pair = (stated: Element | undefined, live: Element | undefined): Pair => ({
  ...(stated && { stated }),
  ...(live && { live }),
})

/** What has no key is in no group. */
function grouped<T>(all: readonly T[], keyed: (one: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const key = keyed(one)
    if (key === undefined) continue
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return groups
}

/** One text for the members that tell elements apart; undefined where one of them is not known yet. */
function keyOf({ value: tree }: Element, members: readonly string[]): string | undefined {
  if (tree.kind !== 'structure') return undefined
  const values: unknown[] = []
  for (const member of members) {
    const held = tree.members.get(member)
    if (held?.kind === 'leaf' && held.value instanceof Unknown) return undefined
    values.push(held?.isSet ? normalForm(held) : null)
  }
  return textOf(values)
}
