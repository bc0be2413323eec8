import type { MapNode, Node } from '../particle.ts'
import type { ReportProblem } from './problems.ts'
import { withItems, withValues } from './walk.ts'
import { lineOf } from './words.ts'

/** Keys of particles as PCF's documentation spells them too → the key. */
export const SPELLINGS: Readonly<Record<string, string>> = { persist_on_terminate: 'persist_on_termination' }

/** A particle with every key in one spelling, in its patches and members as well. Both spellings side by side are a problem. */
export function withOneSpelling(map: MapNode, report: ReportProblem): MapNode {
  const entries = new Map(map.entries)
  for (const [key, name] of Object.entries(SPELLINGS)) {
    const [other, known] = [entries.get(key), entries.get(name)]
    if (!other) continue
    entries.delete(key)
    if (!known) entries.set(name, other)
    else report(other.at, `${key} is another spelling of ${name} (${lineOf(known.at)}); keep one of them`)
  }
  const inMap = (node: Node): Node => (node.kind === 'map' ? withOneSpelling(node, report) : node)
  return withValues({ ...map, entries }, (value, key) => {
    if (key === 'environments' && value.kind === 'map') return withValues(value, inMap)
    return key === 'particles' && value.kind === 'list' ? withItems(value, inMap) : value
  })
}
