import type { ListNode, MapEntry, MapNode, Node, Place, ScalarNode } from '../particle.ts'
import { elementLabel, quote } from './words.ts'

/** A map with other values, without those that are undefined now; the same object where nothing changes. */
export function withValues(node: MapNode, made: (value: Node, key: string, at: Place) => Node | undefined): MapNode {
  let entries: Map<string, MapEntry> | undefined
  for (const [key, { at, node: value }] of node.entries) {
    const other = made(value, key, at)
    if (other === value) continue
    entries ??= new Map(node.entries)
    if (other) entries.set(key, { at, node: other })
    else entries.delete(key)
  }
  return entries ? { ...node, entries } : node
}

/** A list with other elements; the same object where nothing changes. */
export function withItems(node: ListNode, made: (item: Node, index: number) => Node): ListNode {
  const items = node.items.map(made)
  return items.some((item, index) => item !== node.items[index]) ? { ...node, items } : node
}

/** Makes the path for messages: `aws_resource.containerDefinitions[web].image`. `say`: how it has a key, by default short and in quotes. */
export type SayPath = (say?: (key: string) => string) => string

interface Visitor {
  /** The scalars to visit. */
  readonly matters: (scalar: ScalarNode) => boolean
  readonly scalar: (scalar: ScalarNode, pathOf: SayPath) => ScalarNode
  readonly key?: (key: string, at: Place, pathOf: SayPath) => void
}

/** A tree with some of its scalars replaced. Nodes without one below are kept as the same objects. */
export function replaceScalars(root: MapNode, start: string, { matters, scalar, key: visitKey }: Visitor): MapNode {
  const path: (string | readonly [item: Node, index: number])[] = []
  const pathOf: SayPath = (say = quote) => {
    const steps = path.map(step => (typeof step === 'string' ? `.${say(step)}` : `[${elementLabel(...step)}]`))
    return (start + steps.join('')).replace(/^\./, '')
  }
  const replaced = (node: Node): Node => {
    if (node.kind === 'map') return inMap(node)
    if (node.kind === 'scalar') return matters(node) ? scalar(node, pathOf) : node
    return withItems(node, (item, index) => {
      path.push([item, index])
      const made = replaced(item)
      path.pop()
      return made
    })
  }
  const inMap = (map: MapNode): MapNode =>
    withValues(map, (value, key, at) => {
      path.push(key)
      visitKey?.(key, at, pathOf)
      const made = replaced(value)
      path.pop()
      return made
    })
  return inMap(root)
}
