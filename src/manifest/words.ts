import type { Node, Path, Place, ScalarNode } from '../particle.ts'

// What problems are worded with. Whatever a user wrote is made harmless first: one line, of a length that can be read.

const LONGEST = 80

/** A user's text in quotes, on one line. */
export function inQuotes(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
  return JSON.stringify(short).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

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
  if (node?.kind !== 'scalar' || node.inherit || node.value === null || typeof node.value === 'boolean')
    return undefined
  return typeof node.value === 'string' ? node.value : (node.raw ?? String(node.value))
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

/** `containerDefinitions[0].image`. */
export function dotted(path: Path): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else text += text === '' ? quote(step) : `.${quote(step)}`
  }
  return text
}

/** `particles/web.yml:12`. */
export const lineOf = ({ file, line }: Place): string => `${file}:${line}`
