/** Reading checked nodes without trusting them: what is missing, of another type or still to be inherited is undefined. */
import type { MapNode, Node, ScalarNode } from '../../particle.ts'
import { elementLabel, texted } from '../written.ts'

/** The value of a member, whatever it is. An empty text is none: no rule here asks for a member that it would mean something to. */
export function member(node: Node | undefined, name: string): Node | undefined {
  const value = node?.kind === 'map' ? node.entries.get(name)?.node : undefined
  return value?.kind === 'scalar' && value.value === '' && !value.inherit ? undefined : value
}

/** A scalar whose value is known. */
export function scalar(node: Node | undefined, name: string): ScalarNode | undefined {
  const value = member(node, name)
  return value?.kind === 'scalar' && !value.inherit && value.value !== null ? value : undefined
}

export function text(node: Node | undefined, name: string): string | undefined {
  const value = scalar(node, name)
  return value && texted(value)
}

export function number(node: Node | undefined, name: string): number | undefined {
  const value = scalar(node, name)?.value
  return typeof value === 'number' ? value : undefined
}

export function flag(node: Node | undefined, name: string): boolean | undefined {
  const value = scalar(node, name)?.value
  return typeof value === 'boolean' ? value : undefined
}

/** One element of a list that is a map, with its path. */
export interface Element {
  readonly node: MapNode
  readonly path: string
}

/** The elements of a list that are maps, with their paths under `path`. */
export function elements(node: Node | undefined, name: string, path: string): readonly Element[] {
  const list = member(node, name)
  if (list?.kind !== 'list') return []
  return list.items.flatMap((item, index) =>
    item.kind === 'map' ? [{ node: item, path: `${path}.${name}[${elementLabel(item, index)}]` }] : [],
  )
}

/** The scalars of a list whose values are known. */
export function scalars(node: Node | undefined, name: string): readonly (readonly [node: ScalarNode, text: string])[] {
  const list = member(node, name)
  if (list?.kind !== 'list') return []
  return list.items.flatMap(item => {
    const value = item.kind === 'scalar' && !item.inherit ? texted(item) : undefined
    return item.kind === 'scalar' && value !== undefined ? [[item, value] as const] : []
  })
}

/** Whether something is stated that is not an empty list. */
export function given(node: Node | undefined, name: string): boolean {
  const value = member(node, name)
  return value !== undefined && !(value.kind === 'list' && value.items.length === 0)
}

/** Whether a list, or a name in it, is inherited, so that nobody knows yet what is in it. */
export function partlyUnknown(node: Node | undefined, list: string, name: string): boolean {
  const value = member(node, list)
  if (value?.kind === 'scalar') return value.inherit !== undefined
  if (value?.kind !== 'list') return false
  return value.items.some(item => {
    const named = item.kind === 'map' ? member(item, name) : item
    return named?.kind === 'scalar' && named.inherit !== undefined
  })
}
