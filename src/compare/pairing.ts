import { canonicalJson } from '../digest.ts'
import { compareText, sortedBy } from '../order.ts'
import { Unknown } from '../particle.ts'
import { type Element, type ElementList, elementText, normalForm } from './normalize.ts'

/** A stated element and the live one that it is compared with, each in one pair only. A missing side is an addition or a removal. */
export interface Pair {
  readonly stated?: Element
  readonly live?: Element
}

/** How far two elements are from each other, in changes. */
type Distance = (stated: Element, live: Element) => number

type Partners = ReadonlyMap<Element, Element>

const pair = (stated: Element | undefined, live: Element | undefined): Pair => ({
  ...(stated && { stated }),
  ...(live && { live }),
})

/** A live answer in another order gives the same pairs: ties are settled by content, never by position. */
export function pairsOf(stated: ElementList, live: ElementList | undefined, distance: Distance): Pair[] {
  const { rule, elements: wanted } = stated
  const there = live?.elements ?? []
  if (rule.unordered || rule.key) {
    return (rule.key && pairsByName(wanted, there)) || pairsByContent(stated, there, distance)
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

/** Elements that agree in the members that distinguish them are paired first, then the others. */
function pairsByContent(
  { rule, elements: wanted }: ElementList,
  there: readonly Element[],
  distance: Distance,
): Pair[] {
  const partners = new Map<Element, Element>()
  const free = new Set(there)
  const match = (elements: readonly Element[], candidates: readonly Element[]) => {
    for (const [element, other] of nearestPartners(elements, candidates, distance)) {
      partners.set(element, other)
      free.delete(other)
    }
  }
  const identifying = rule.key ? [rule.key] : (rule.matchOn ?? [])
  if (identifying.length > 0) {
    const groups = grouped(there, element => distinguishingText(element, identifying))
    for (const [identity, open] of grouped(wanted, element => distinguishingText(element, identifying)))
      match(open, groups.get(identity) ?? [])
  }
  // Another key is another element; without a key, the elements that are left are taken for changed ones.
  if (!rule.key) {
    const open = wanted.filter(element => !partners.has(element))
    match(open, [...free])
  }
  return [
    ...wanted.map(element => pair(element, partners.get(element))),
    ...byContent([...free]).map(element => pair(undefined, element)),
  ]
}

/** Equal elements first, then the nearest. */
function nearestPartners(wanted: readonly Element[], there: readonly Element[], distance: Distance): Partners {
  const partners = new Map<Element, Element>()
  const [first] = wanted
  const [only] = there
  if (!first || !only) return partners
  if (wanted.length === 1 && there.length === 1) return partners.set(first, only)
  const free = new Set(byContent(there))
  const take = (element: Element, other: Element | undefined) => {
    if (other && !partners.has(element) && free.delete(other)) partners.set(element, other)
  }
  const equal = grouped([...free], elementText)
  for (const element of wanted) take(element, equal.get(elementText(element))?.shift())
  const left = [...free]
  const ranked = wanted
    .filter(element => !partners.has(element))
    .flatMap(element => left.map(other => ({ element, other, changes: distance(element, other) })))
    .sort((one, other) => one.changes - other.changes)
  for (const { element, other } of ranked) take(element, other)
  return partners
}

/** In an order that does not depend on ECS's. The second text keeps elements apart that are equal but for stated defaults. */
const byContent = (elements: readonly Element[]): readonly Element[] =>
  sortedBy(elements, element => `${elementText(element)}\0${canonicalJson(element.value.raw)}`)

/** Elements without an identity are in no group. */
function grouped(
  elements: readonly Element[],
  identify: (element: Element) => string | undefined,
): Map<string, Element[]> {
  const groups = new Map<string, Element[]>()
  for (const element of elements) {
    const identity = identify(element)
    if (identity !== undefined) groups.set(identity, [...(groups.get(identity) ?? []), element])
  }
  return groups
}

/** One text of the members that distinguish elements; undefined where one of them is known only after an apply. */
function distinguishingText({ value: node }: Element, members: readonly string[]): string | undefined {
  if (node.kind !== 'structure') return undefined
  const values = members.map(name => node.members.get(name))
  if (values.some(value => value?.kind === 'leaf' && value.value instanceof Unknown)) return undefined
  return JSON.stringify(values.map(value => (value?.isSet ? normalForm(value) : null)))
}
