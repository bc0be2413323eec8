import type { MapNode, Node, Place, ScalarNode } from '../particle.ts'

// Nearly every line of nearly every manifest is a key, a key with a plain value, or an element of a list. Reading just
// that takes a tenth of the time of a parser of all of YAML, which is what hundreds of files wait for. Whatever is
// beyond it, or wrong, makes this give up: then the parser decides, and words the problem. The tests hold the two
// to the same answer, places included.

/** A line that is neither blank nor a comment; of an element of a list, what follows the dash. */
interface Line {
  readonly number: number
  indent: number
  text: string
}

class NotSimple extends Error {}
const giveUp = (): never => {
  throw new NotSimple()
}

const DEEPEST = 32
// YAML wants the colon of a key within 1,024 characters.
const KEY = /^([A-Za-z_][\w./-]{0,200}):(?: +(.*))?$/
// These are no texts, in a key or a value.
const WORDS = /^(?:true|false|null)$/i
// What begins with a digit is a text when a character of it stands in no number: 10.0.0.0/8.
const PLAIN = /^(?:[A-Za-z_/$]|\d(?=.*[g-mp-wyzG-MP-WYZ/]))(?:[^:#]|:(?=[^ ])|(?<! )#)*$/
const IN_LIST = /^[A-Za-z_/](?:[\w./-]|:(?=\w))*$/

/** The documents of a file that is simple throughout; undefined for every other. */
export function readSimple(file: string, text: string): readonly Node[] | undefined {
  if (!/^[\n\x20-\x7e]*$/.test(text)) return undefined
  try {
    const documents = split(text)
    return documents?.map(lines => readDocument(file, lines))
  } catch (error) {
    if (error instanceof NotSimple) return undefined
    throw error
  }
}

/** Lines by document; undefined where one is empty that may not be. */
function split(text: string): Line[][] | undefined {
  const documents: Line[][] = [[]]
  for (const [index, whole] of text.split('\n').entries()) {
    const line = whole.trimEnd()
    const content = line.trimStart()
    if (content === '' || content.startsWith('#')) continue
    if (line === '---') documents.push([])
    else if (line.startsWith('---') || line.startsWith('...')) return undefined
    else documents.at(-1)?.push({ number: index + 1, indent: line.length - content.length, text: content })
  }
  // Nothing before the first separator and nothing after the last is no document.
  if (documents[0]?.length === 0) documents.shift()
  if (documents.at(-1)?.length === 0) documents.pop()
  return documents.length === 0 || documents.some(lines => lines.length === 0) ? undefined : documents
}

function readDocument(file: string, lines: Line[]): Node {
  let at = 0
  const placeOf = (line: Line, offset = 0): Place => ({ file, line: line.number, column: line.indent + offset + 1 })
  const isElement = (line: Line) => line.text.startsWith('- ')

  function block(line: Line, depth: number): Node {
    if (depth > DEEPEST) giveUp()
    if (isElement(line)) return list(line, line.indent, depth)
    return KEY.test(line.text) ? map(line, depth) : giveUp()
  }

  function list(first: Line, indent: number, depth: number): Node {
    const place = placeOf(first)
    const items: Node[] = []
    for (let line = lines[at]; line && line.indent === indent && isElement(line); line = lines[at]) {
      const content = line.text.slice(2)
      if (content.startsWith(' ')) giveUp()
      // What follows the dash is a line of its own, that much further in.
      line.indent += 2
      line.text = content
      if (isElement(line) || KEY.test(content)) items.push(block(line, depth + 1))
      else {
        at++
        items.push(value(line, 0, content))
        if ((lines[at]?.indent ?? 0) > indent) giveUp()
      }
    }
    if ((lines[at]?.indent ?? -1) > indent) giveUp()
    return { kind: 'list', place, items }
  }

  function map(first: Line, depth: number): MapNode {
    const { indent } = first
    const place = placeOf(first)
    const entries = new Map<string, { at: Place; node: Node }>()
    for (let line = lines[at]; line && line.indent === indent; line = lines[at]) {
      const [, key, rest] = KEY.exec(line.text) ?? []
      if (key === undefined || WORDS.test(key) || entries.has(key)) return giveUp()
      at++
      const next = lines[at]
      if (rest !== undefined && rest !== '' && !rest.startsWith('#')) {
        entries.set(key, { at: placeOf(line), node: value(line, line.text.length - rest.length, rest) })
        // A text over several lines.
        if (next && next.indent > indent) giveUp()
      } else if (next && (next.indent > indent || (next.indent === indent && isElement(next)))) {
        entries.set(key, { at: placeOf(line), node: block(next, depth + 1) })
      } else giveUp()
    }
    if ((lines[at]?.indent ?? -1) > indent) giveUp()
    return { kind: 'map', place, entries }
  }

  function value(line: Line, offset: number, written: string): Node {
    const place = placeOf(line, offset)
    const first = written[0]
    if (first === '"' || first === "'") {
      const inside = written.slice(1, -1)
      const isWhole = written.length > 1 && written.at(-1) === first
      return isWhole && !inside.includes(first) && !inside.includes('\\')
        ? { kind: 'scalar', place, value: inside }
        : giveUp()
    }
    if (written === '{}') return { kind: 'map', place, entries: new Map() }
    if (first === '[') return written.at(-1) === ']' ? flow(line, offset, written.slice(1, -1), place) : giveUp()
    const comment = written.indexOf(' #')
    const text = comment === -1 ? written : written.slice(0, comment).trimEnd()
    return scalar(text, place, PLAIN)
  }

  /** `[a, b]`, of plain values alone. */
  function flow(line: Line, offset: number, inside: string, place: Place): Node {
    let column = offset + 1
    const items = (inside === '' ? [] : inside.split(', ')).map(item => {
      const at = placeOf(line, column)
      column += item.length + 2
      return scalar(item, at, IN_LIST)
    })
    return { kind: 'list', place, items }
  }

  const root = block(lines[0] ?? giveUp(), 1)
  // What is left does not line up.
  return at === lines.length ? root : giveUp()
}

function scalar(text: string, place: Place, isText: RegExp): ScalarNode {
  if (/^(?:0|[1-9]\d{0,14})$/.test(text)) return { kind: 'scalar', place, value: Number(text) }
  if (text === 'true' || text === 'false') return { kind: 'scalar', place, value: text === 'true' }
  return isText.test(text) && !WORDS.test(text) ? { kind: 'scalar', place, value: text } : giveUp()
}
