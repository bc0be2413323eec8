/** Which of several comes first. Pure. */

/** By UTF-16 code units: the same on every machine, with any locale. */
export const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

/** Sorted by a text of each, which is made once. */
export function sortedBy<T>(all: readonly T[], textOf: (one: T) => string): T[] {
  if (all.length < 2) return [...all]
  return all
    .map(one => ({ one, text: textOf(one) }))
    .sort((first, second) => compareText(first.text, second.text))
    .map(({ one }) => one)
}

/**
 * Ids in waves: each needs only ids of earlier waves, and is in the earliest that is possible. Within a wave ids are in
 * the order in which the last of their needs is met. Needs that are no key of the map are passed over. A cycle is
 * reported, each id followed by its need; its last link is then cut, so that all ids are in a wave.
 */
export function waves<Id extends string>(
  needs: ReadonlyMap<Id, Iterable<Id>>,
  onCycle: (cycle: readonly Id[]) => void = () => {},
): Id[][] {
  const unmet = new Map<Id, Set<Id>>()
  const dependents = new Map<Id, Id[]>([...needs.keys()].map(id => [id, []]))
  for (const [id, needed] of needs) {
    unmet.set(id, new Set([...needed].filter(need => needs.has(need))))
    for (const need of unmet.get(id) ?? []) dependents.get(need)?.push(id)
  }
  const found: Id[][] = []
  let wave = [...unmet].flatMap(([id, { size }]) => (size === 0 ? [id] : []))
  while (unmet.size > 0) {
    if (wave.length === 0) wave = cutCycle(unmet, onCycle)
    else {
      found.push(wave)
      for (const id of wave) unmet.delete(id)
      wave = wave.flatMap(id =>
        (dependents.get(id) ?? []).filter(dependent => {
          const left = unmet.get(dependent)
          return left?.delete(id) && left.size === 0
        }),
      )
    }
  }
  return found
}

/** Cuts the last link of the cycle that the smallest ids lead into, and returns the ids that need nothing then. */
function cutCycle<Id extends string>(unmet: ReadonlyMap<Id, Set<Id>>, onCycle: (cycle: readonly Id[]) => void): Id[] {
  const path: Id[] = []
  const visited = new Set<Id>()
  let id = smallest(unmet.keys())
  // Each id that is left needs another one that is left, so the path returns to itself.
  for (; !visited.has(id); id = smallest(unmet.get(id) ?? [])) {
    visited.add(id)
    path.push(id)
  }
  onCycle(path.slice(path.indexOf(id)))
  const last = path.at(-1) ?? id
  unmet.get(last)?.delete(id)
  return unmet.get(last)?.size === 0 ? [last] : []
}

const smallest = <Id extends string>(ids: Iterable<Id>): Id =>
  [...ids].reduce((one, other) => (compareText(other, one) < 0 ? other : one))

/** The shortest path of one link or more between two ids, both included; undefined where no path leads there. */
export function shortestPath<Id>(from: Id, to: Id, linksOf: (id: Id) => Iterable<Id>): readonly Id[] | undefined {
  const previous = new Map<Id, Id | undefined>([[from, undefined]])
  for (const id of previous.keys()) {
    for (const next of linksOf(id)) {
      if (next !== to) {
        if (!previous.has(next)) previous.set(next, id)
        continue
      }
      const path = [to]
      for (let step: Id | undefined = id; step !== undefined; step = previous.get(step)) path.unshift(step)
      return path
    }
  }
  return undefined
}
