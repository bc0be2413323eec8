import type { Node, ScalarNode } from '../../particle.ts'

/** The text in the manifest that a scalar was read from, where the parser keeps it: `0.50`, `True`, `1_000`. */
const rawOf = (node: ScalarNode): string | undefined => node.raw

/**
 * A scalar as text, exactly as it was written: `1.10` stays `1.10`. Undefined for null, and for a number that JavaScript
 * cannot hold when its source text is not known.
 */
export function textOf(node: ScalarNode): string | undefined {
  const { value } = node
  if (typeof value === 'string') return value
  if (value === null) return undefined
  const raw = rawOf(node)
  if (raw !== undefined) return raw
  if (
    typeof value === 'number' &&
    (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
  ) {
    return undefined
  }
  return String(value)
}

/** What was written, for messages: variables by name, never by value; one line; not longer than helps. */
export function sayValue(node: Node): string {
  if (node.kind === 'list') return 'a list'
  if (node.kind === 'map') return 'a map'
  if (node.inherit) return `$inherit$${node.inherit.from}$${node.inherit.key}`
  if (node.parts) return quote(withVariables(node.parts))
  if (typeof node.value === 'string') return quote(node.value)
  return rawOf(node) ?? String(node.value)
}

/** The text with `${NAME}` for each variable, unquoted. */
export function sayText(node: ScalarNode): string {
  return shorten(node.parts ? withVariables(node.parts) : (textOf(node) ?? String(node.value)))
}

const withVariables = (parts: NonNullable<ScalarNode['parts']>): string =>
  parts.map(part => (typeof part === 'string' ? part : `\${${part.variable}}`)).join('')

const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text)

const quote = (text: string): string => JSON.stringify(shorten(text))

/** A key as a step of a path; what would break the line or the path is put in quotes. */
export const sayKey = (key: string): string => (/^[^\s\p{Cc}.[\]"]+$/u.test(key) ? shorten(key) : quote(key))

/** How a list element is called in a path: by its `name`, else by its index. */
export function elementLabel(element: Node | undefined, index: number): string {
  const name = element?.kind === 'map' ? element.entries.get('name')?.node : undefined
  if (name?.kind !== 'scalar' || name.inherit || name.value === null || name.value === '') return String(index)
  const text = sayText(name)
  return /[\p{Cc}\]]/u.test(text) ? String(index) : text
}
