import type { MapNode, Node, Place, ScalarNode } from '../particle.ts'
import { quote } from './words.ts'
import { elementLabel } from './written.ts'

/** Where a walk stands, for messages: `aws_resource.containerDefinitions[web].image`. */
export type Where = () => string

interface Steps {
  /** What is worth a visit. Anything else, with all that is in it, stays the very object that it is. */
  readonly matters: (scalar: ScalarNode) => boolean
  readonly scalar: (scalar: ScalarNode, where: Where) => ScalarNode
  readonly key?: (key: string, at: Place, where: Where) => void
}

/** A tree with some of its scalars replaced. Most trees hold none, so a look comes before the walk that keeps its path. */
export function replaceScalars(root: MapNode, start: string, { matters, scalar, key: visitKey }: Steps): MapNode {
  const path = [start]
  const where = () => path.join('').replace(/^\./, '')

  const concerns = (node: Node): boolean => {
    if (node.kind === 'scalar') return matters(node)
    if (node.kind === 'list') return node.items.some(concerns)
    for (const [key, entry] of node.entries) if ((visitKey && key.includes('$')) || concerns(entry.node)) return true
    return false
  }
  const inside = <Made>(step: string, visit: () => Made): Made => {
    path.push(step)
    const made = visit()
    path.pop()
    return made
  }
  const node = (given: Node): Node => {
    if (given.kind === 'map') return map(given)
    if (given.kind === 'scalar') return matters(given) ? scalar(given, where) : given
    const items = given.items.map((item, index) =>
      concerns(item) ? inside(`[${elementLabel(item, index)}]`, () => node(item)) : item,
    )
    return { ...given, items }
  }
  const map = (given: MapNode): MapNode => {
    const entries = new Map<string, { at: Place; node: Node }>()
    for (const [key, entry] of given.entries) {
      const made = inside(`.${quote(key)}`, () => {
        visitKey?.(key, entry.at, where)
        return concerns(entry.node) ? node(entry.node) : entry.node
      })
      entries.set(key, made === entry.node ? entry : { at: entry.at, node: made })
    }
    return { ...given, entries }
  }
  return concerns(root) ? map(root) : root
}
