import { type ListNode, memberOf, type Node, type Place, type ScalarNode } from '../particle.ts'
import { shortened } from '../wording.ts'

// What problems are worded with. Whatever a user wrote is made harmless first: one line, of a length that can be read.

const LONGEST = 80

/** A user's text in quotes, on one line, with characters that nobody sees, such as a pasted space of no width, written out. */
export const inQuotes = (text: string): string =>
  JSON.stringify(shortened(text, LONGEST)).replace(
    /[\p{Cc}\p{Cf}\u00a0\u2028\u2029]/gu,
    character => `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`,
  )

/** A word of a manifest: bare where that is clear, in quotes where it holds blanks or worse. */
export const quote = (text: string): string =>
  text.length <= LONGEST && /^[\w.:/!${}[\]-]+$/.test(text) ? text : inQuotes(text)

/** The text of a scalar as the manifest writes it: variables by name, never by value, numbers unconverted. */
export function sourceText(node: ScalarNode): string {
  if (!node.parts) return node.raw ?? String(node.value)
  return node.parts.map(part => (typeof part === 'string' ? part : `\${${part.variable}}`)).join('')
}

/** The text of a scalar with the values of its variables; undefined for a scalar that is no text. Never to be shown. */
export function scalarText(node: Node | undefined): string | undefined {
  if (node?.kind !== 'scalar' || node.inherit || typeof node.value === 'boolean') return undefined
  return texted(node)
}

/** True or false, also as the text that a variable made. */
export function asBoolean(node: Node): boolean | undefined {
  const text = node.kind === 'scalar' && !node.inherit ? String(node.value) : ''
  return text === 'true' ? true : text === 'false' ? false : undefined
}

/** A whole number of at most nine digits, also one that a variable made. */
export function asWhole(node: Node): number | undefined {
  const text = scalarText(node)
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

/** The found value, for "must be a map, not …". */
export function kindOf(node: Node): string {
  if (node.kind !== 'scalar') return `a ${node.kind}`
  if (node.value === null) return 'nothing'
  if (typeof node.value === 'string') return `the text ${inQuotes(sourceText(node))}`
  return `${typeof node.value === 'number' ? 'the number ' : ''}${sourceText(node)}`
}

/** Like `kindOf`, without the value: for a place that a path from elsewhere leads to. */
export const sortOf = (node: Node): string =>
  node.kind !== 'scalar' || node.value === null
    ? kindOf(node)
    : `a ${typeof node.value === 'string' ? 'text' : typeof node.value}`

/** Paths of values that are hidden, so that a message about one must not quote it. */
const hiddenPath = /(?:^|\.)(?:environment|(?:log|firelens)Configuration\.options)(?:$|[.[])/

/** Whether the values at a path as problems write it are hidden: `aws_resource.containerDefinitions[web].environment[A]`. */
export const isHiddenPath = (path: string): boolean => hiddenPath.test(path) && !path.endsWith('].name')

/** `particles/web.yml:12`. */
export const lineOf = ({ file, line }: Place): string => `${file}:${line}`

/** A scalar as text, exactly as a manifest writes the scalar: `1.10` stays `1.10`. Undefined for null. */
export function texted({ value, raw }: ScalarNode): string | undefined {
  if (typeof value === 'string') return value
  return value === null ? undefined : (raw ?? String(value))
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
  /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}[\]]{1,80}$/u.test(label) ? label : inQuotes(label)

/** The label of a list element in a path: the element's `name`, without one its index. */
export function elementLabel(element: Node | undefined, index: number): string {
  const name = memberOf(element, 'name')
  if (name?.kind !== 'scalar' || name.inherit || name.value === null || name.value === '') return String(index)
  return sayLabel(sourceText(name))
}

/** What explains a member that an element of a list lacks: the list stands for another one as a whole. */
export const replacedHint = ({ replaces }: ListNode): string =>
  replaces
    ? `; the list replaces the whole of that at ${lineOf(replaces)}: to change one value, write a path as the key, such as containerDefinitions[web].environment[LOG_LEVEL].value`
    : ''
