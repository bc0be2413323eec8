import type { MapNode, Node, Place, ScalarNode } from '../particle.ts'
import { quote } from './words.ts'
import { elementLabel } from './written.ts'

interface Visitor {
  /** The scalars to visit. Every other node, with everything below, is kept as the same object. */
  readonly matters: (scalar: ScalarNode) => boolean
  /** `pathOf` makes the path for messages: `aws_resource.containerDefinitions[web].image`. */
  readonly scalar: (scalar: ScalarNode, pathOf: () => string) => ScalarNode
  readonly key?: (key: string, at: Place, pathOf: () => string) => void
}

/** A tree with some of its scalars replaced. Most trees hold none, so a search comes before the walk that keeps a path. */
export function replaceScalars(root: MapNode, start: string, { matters, scalar, key: visitKey }: Visitor): MapNode {
  const path = [start]
  const pathOf = () => path.join('').replace(/^\./, '')

  const concerns = (node: Node): boolean => {
    if (node.kind === 'scalar') return matters(node)
    if (node.kind === 'list') return node.items.some(concerns)
    for (const [key, entry] of node.entries) if ((visitKey && key.includes('$')) || concerns(entry.node)) return true
    return false
  }
  const replaced = (node: Node): Node => {
    if (node.kind === 'map') return map(node)
    if (node.kind === 'scalar') return scalar(node, pathOf)
    const items = node.items.map((item, index) => {
      if (!concerns(item)) return item
      path.push(`[${elementLabel(item, index)}]`)
      const made = replaced(item)
      path.pop()
      return made
    })
    return { ...node, items }
  }
  const map = (node: MapNode): MapNode => {
    const entries = new Map(node.entries)
    for (const [key, entry] of node.entries) {
      path.push(`.${quote(key)}`)
      visitKey?.(key, entry.at, pathOf)
      if (concerns(entry.node)) entries.set(key, { at: entry.at, node: replaced(entry.node) })
      path.pop()
    }
    return { ...node, entries }
  }
  return concerns(root) ? map(root) : root
}
