import type { ListNode, Node, ScalarNode } from '../particle.ts'
import { inQuotes, lineOf, sourceText } from './words.ts'

/** A scalar as text, exactly as a manifest writes the scalar: `1.10` stays `1.10`. Undefined for null, NaN and infinity. */
export function texted({ value, raw }: ScalarNode): string | undefined {
  if (typeof value === 'string') return value
  if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return undefined
  return raw ?? String(value)
}

/** A value as a manifest writes the value, for messages: variables by name, one short line, texts in quotes. */
export function sayValue(node: Node): string {
  if (node.kind !== 'scalar') return `a ${node.kind}`
  return typeof node.value === 'string' || node.parts ? inQuotes(sourceText(node)) : sourceText(node)
}

/** A scalar like `sayValue`, without quotes: names and numbers in the middle of a sentence. */
export const sayText = (node: ScalarNode): string => inQuotes(sourceText(node)).slice(1, -1)

/** A key as a step of a path, in quotes where the key would break the line or the path. */
export const sayKey = (key: string): string => (/^[\w:/@$-]{1,80}$/.test(key) ? key : inQuotes(key))

/** A string map's key between brackets, and a list element's name. */
export const sayLabel = (label: string): string =>
  /^[^\p{Cc}\p{Zl}\p{Zp}[\]]{1,80}$/u.test(label) ? label : inQuotes(label)

/** The label of a list element in a path: the element's `name`, without one its index. */
export function elementLabel(element: Node | undefined, index: number): string {
  const name = element?.kind === 'map' ? element.entries.get('name')?.node : undefined
  if (name?.kind !== 'scalar' || name.inherit || name.value === null || name.value === '') return String(index)
  return sayLabel(sourceText(name))
}

/** What explains a member that an element of a list lacks: the list stands for another one as a whole. */
export const replacedHint = ({ replaces }: ListNode): string =>
  replaces
    ? `; the list replaces the whole of that at ${lineOf(replaces)}: to change one value, write a path as the key, such as containerDefinitions[web].environment[LOG_LEVEL].value`
    : ''
