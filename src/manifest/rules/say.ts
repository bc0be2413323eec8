import type { Node, ScalarNode } from '../../particle.ts'
import { didYouMean } from '../suggest.ts'
import { sayText } from '../written.ts'
import { scalar } from './reading.ts'

/** Says what is wrong, at the node it is about. */
export type Say = (at: Node, message: string) => void

/** What every path begins with. */
export const root = 'aws_resource'

/** What `didYouMean` may say of a reference: nothing that a variable's value would show through. */
export const guess = (wanted: ScalarNode, candidates: Iterable<string>): string =>
  wanted.parts ? '' : didYouMean(String(wanted.value), candidates)

/** A scalar member as it was written. */
export const said = (node: Node, name: string): string => {
  const value = scalar(node, name)
  return value ? sayText(value) : ''
}

/** Characters of a value's JSON without spaces; what must be escaped counts as one, so that it is never too many. */
export function jsonLength(node: Node): number {
  if (node.kind === 'scalar') return String(node.value).length + (typeof node.value === 'string' ? 2 : 0)
  let length = 1
  if (node.kind === 'list') for (const item of node.items) length += jsonLength(item) + 1
  else for (const [key, { node: value }] of node.entries) length += key.length + 4 + jsonLength(value)
  return Math.max(length, 2)
}
