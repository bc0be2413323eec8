import { Composer, type Document, isAlias, isMap, isScalar, isSeq, Lexer, type ParsedNode, Parser, Scalar } from 'yaml'
import type { ListNode, MapNode, Node, Place, Problem, ScalarNode } from '../particle.ts'
import { inQuotes, lineOf, quote } from './words.ts'

/** What one file holds: a tree for every document that can be read, a problem for all that cannot. */
export interface Parsed {
  readonly documents: readonly Node[]
  readonly problems: readonly Problem[]
}

/** Aliases allowed in one file. */
const ALIASES = 100
// A hundred aliases of aliases stand for more values than there are atoms; nobody means more than this.
const ALIASED_VALUES = 20_000
// ECS's deepest request is nine levels. The parser's own recursion ends the whole process at some thousands.
const DEPTH = 64

// Unique keys are checked here, where both places can be named and a large map costs no square.
const OPTIONS = {
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  strict: true,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const

/** Reads YAML 1.2 (of which JSON is a part), one or many documents. Never throws on bad input. */
export function parseManifest(file: string, text: string): Parsed {
  const problems: Problem[] = []
  const place = placesIn(file, text)
  const documents: Node[] = []
  const composed = compose(text, offset => {
    problems.push({
      place: place(offset),
      message: `nested more than ${DEPTH} deep, which no definition is; check the brackets`,
    })
  })
  if (!composed) return { documents, problems }
  if (composed.every(isEmpty)) {
    const message = 'the file holds no particle; write one, write [] to say so, or remove the file'
    return { documents, problems: [{ place: place(0), message }] }
  }
  const aliases = { left: ALIASES, values: ALIASED_VALUES }
  for (const [index, document] of composed.entries()) {
    const [wrong] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0])
    // One mistake of syntax makes many more further down: the first one is the one to repair.
    if (wrong) problems.push({ place: place(wrong.pos[0]), message: syntaxMessage(wrong, file, text) })
    else if (document.directives?.yaml.version === '1.1') {
      const message = '%YAML 1.1 reads yes, no and 010 differently; remove the line, manifests are YAML 1.2'
      problems.push({ place: place(0), message })
    } else if (!isEmpty(document)) {
      const root = read(document.contents as ParsedNode, place, aliases, problems)
      if (root) documents.push(root)
    } else if (index < composed.length - 1) {
      const message = 'an empty document; remove one of the --- around it'
      problems.push({ place: place(document.range[0]), message })
    }
  }
  return { documents, problems }
}

type Composed = Document.Parsed<ParsedNode, true>

const isEmpty = ({ contents, errors }: Composed): boolean =>
  errors.length === 0 &&
  (!contents || (isScalar(contents) && contents.source === '' && !contents.anchor && !contents.tag))

/** Documents, or undefined for what nests too deeply to be composed. */
function compose(text: string, tooDeep: (offset: number) => void): Composed[] | undefined {
  const parser = new Parser()
  const tokens = []
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token)
    // A level takes up to two places on the stack: a list in a map is two tokens.
    if (parser.stack.length > 2 * DEPTH) {
      tooDeep(parser.offset)
      return undefined
    }
  }
  for (const token of parser.end()) tokens.push(token)
  return [...new Composer<ParsedNode, true>(OPTIONS).compose(tokens)]
}

/** From offsets to places. Offsets come almost in order, so the line is seldom far from the last one. */
function placesIn(file: string, text: string): (offset: number) => Place {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  let line = 0
  return offset => {
    while (line > 0 && (starts[line] ?? 0) > offset) line--
    while (line + 1 < starts.length && (starts[line + 1] ?? 0) <= offset) line++
    return { file, line: line + 1, column: offset - (starts[line] ?? 0) + 1 }
  }
}

interface Anchor {
  /** undefined while it is being read: an alias inside itself. */
  node?: Node
  values: number
  depth: number
}

/**
 * One document's tree; undefined where so much of it cannot be told that the rest would be misunderstood. An alias is the
 * very node of its anchor, so an expansion costs no memory.
 */
function read(
  root: ParsedNode,
  place: (offset: number) => Place,
  aliases: { left: number; values: number },
  problems: Problem[],
): Node | undefined {
  let legible = true
  const anchors = new Map<string, Anchor>()
  let values = 0
  let deepest = 0
  const wrong = (at: Place, message: string): ScalarNode => {
    problems.push({ place: at, message })
    return { kind: 'scalar', place: at, value: null }
  }

  function node(parsed: ParsedNode, depth: number): Node {
    const at = place(parsed.range[0])
    if (isAlias(parsed)) return alias(parsed.source, at, depth)
    values++
    if (depth > deepest) deepest = depth
    if (depth > DEPTH) return wrong(at, `nested more than ${DEPTH} deep, which no definition is; check the brackets`)
    if (!parsed.anchor) return content(parsed, at, depth)
    const anchor: Anchor = { values: 0, depth: 0 }
    anchors.set(parsed.anchor, anchor)
    const [valuesBefore, deepestBefore] = [values, deepest]
    deepest = depth
    anchor.node = content(parsed, at, depth)
    anchor.values = values - valuesBefore + 1
    anchor.depth = deepest - depth
    deepest = Math.max(deepest, deepestBefore)
    return anchor.node
  }

  function alias(name: string, at: Place, depth: number): Node {
    const anchor = anchors.get(name)
    if (!anchor) {
      const message = `*${quote(name)}: no anchor &${quote(name)} stands above it in this document; quote it if it is text`
      return wrong(at, message)
    }
    if (!anchor.node)
      return wrong(at, `*${quote(name)} stands inside the very value that it names; write the value out`)
    aliases.left--
    if (aliases.left < 0) {
      // Said once; there may be thousands.
      if (aliases.left < -1) return { kind: 'scalar', place: at, value: null }
      return wrong(at, `*${quote(name)}: more than ${ALIASES} aliases in one file; split it, or use a quasiparticle`)
    }
    values += anchor.values
    aliases.values -= anchor.values
    deepest = Math.max(deepest, depth + anchor.depth)
    if (aliases.values < 0 || depth + anchor.depth > DEPTH) {
      // This too is said once.
      if (aliases.values < 0) aliases.left = Math.min(aliases.left, -1)
      const what = aliases.values < 0 ? `stand for more than ${ALIASED_VALUES} values` : `nest more than ${DEPTH} deep`
      return wrong(at, `*${quote(name)}: the aliases of this file ${what}; write out what they stand for`)
    }
    return anchor.node
  }

  function content(parsed: ParsedNode, at: Place, depth: number): Node {
    if (isMap(parsed)) return map(parsed.items, at, depth)
    if (isSeq(parsed)) {
      const items: Node[] = []
      for (const item of parsed.items) items.push(node(item as ParsedNode, depth + 1))
      return { kind: 'list', place: at, items } satisfies ListNode
    }
    return isScalar(parsed) ? scalar(parsed, at) : wrong(at, 'cannot be read; write a map, a list or a plain value')
  }

  function scalar({ value, source }: Scalar.Parsed, at: Place): ScalarNode {
    if (typeof value === 'string' || value === null) return { kind: 'scalar', place: at, value }
    if (typeof value === 'number') {
      if (!Number.isFinite(value))
        return wrong(at, `${quote(source)} is no number that AWS takes; quote it if it is text`)
      // Minus nothing is nothing.
      const number = value === 0 ? 0 : value
      return String(number) === source
        ? { kind: 'scalar', place: at, value: number }
        : { kind: 'scalar', place: at, value: number, raw: source }
    }
    if (typeof value !== 'boolean') return wrong(at, `${quote(source)} is no plain value; quote it`)
    return String(value) === source
      ? { kind: 'scalar', place: at, value }
      : { kind: 'scalar', place: at, value, raw: source }
  }

  function map(pairs: readonly { key: unknown; value: unknown }[], at: Place, depth: number): MapNode {
    const entries = new Map<string, { at: Place; node: Node }>()
    const merges: Node[] = []
    let mergedAt: Place | undefined
    for (const pair of pairs) {
      const key = pair.key as ParsedNode
      const keyAt = place(key.range[0])
      const value: Node = pair.value
        ? node(pair.value as ParsedNode, depth + 1)
        : { kind: 'scalar', place: keyAt, value: null }
      if (!isScalar(key) || typeof key.value !== 'string') {
        wrong(keyAt, keyMessage(key))
        continue
      }
      const name = key.value
      if (key.type === Scalar.PLAIN && name.startsWith('//')) {
        wrong(keyAt, '// begins no comment; remove it, or begin it with #')
        // The key behind it is part of it.
        legible = false
        continue
      }
      const isMerge = name === '<<' && key.type === Scalar.PLAIN
      const first = isMerge ? mergedAt : entries.get(name)?.at
      if (first) {
        const remedy = isMerge ? 'write one << with a list of aliases' : 'keep one of them'
        wrong(keyAt, `${quote(name)} stands twice in one map, here and at ${lineOf(first)}; ${remedy}`)
      } else if (isMerge) {
        mergedAt = keyAt
        for (const merge of value.kind === 'list' ? value.items : [value]) merges.push(merge)
      } else entries.set(name, { at: keyAt, node: value })
    }
    for (const merge of merges) {
      if (merge.kind !== 'map') wrong(merge.place, '<<: takes a map, or a list of maps; write << : *anchor of a map')
      // What stands in the map itself wins, then what is merged first.
      else for (const [name, entry] of merge.entries) if (!entries.has(name)) entries.set(name, entry)
    }
    return { kind: 'map', place: at, entries }
  }

  const tree = node(root, 1)
  return legible ? tree : undefined
}

function keyMessage(key: ParsedNode): string {
  if (isScalar(key) && key.source !== '') return `the key ${quote(key.source)} is no text; put it in quotes`
  if (isScalar(key)) return 'a key is missing before the colon; write one'
  return `a key must be a text, not ${isAlias(key) ? 'an alias' : isMap(key) ? 'a map' : 'a list'}; write it out, in quotes if it begins with [, { or *`
}

/** The parser's finding in our words: what is wrong and what to do. */
function syntaxMessage(
  error: { code: string; message: string; pos: [number, number] },
  file: string,
  text: string,
): string {
  const rest = text.slice(error.pos[0], error.pos[0] + 40)
  const json = file.toLowerCase().endsWith('.json')
  const language = json ? 'JSON' : 'YAML'
  if (json && /^\s*\/\//.test(rest)) return 'not valid JSON: // begins no comment here; remove it, or begin it with #'
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return 'a tab indents this line; YAML wants spaces: replace it'
    case 'TAG_RESOLVE_FAILED': {
      const tag = /^!\S*/.exec(rest)?.[0] ?? '!'
      const fits = ['!!str', '!!int', '!!float', '!!bool', '!!null'].includes(tag)
        ? 'does not fit the value'
        : 'means nothing here'
      return `the tag ${quote(tag)} ${fits}; remove it, or put the value in quotes if it is text`
    }
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'not valid YAML: a second key on one line; put the value in quotes if it holds a colon and a blank, or begin a new line'
    case 'BAD_SCALAR_START':
      return `not valid ${language}: a value cannot begin with ${inQuotes(rest.slice(0, 1))}; put it in quotes`
    case 'BAD_INDENT':
      return `not valid ${language}: this does not line up with what stands above, or a bracket is not closed; align it`
    case 'MULTILINE_IMPLICIT_KEY':
      return `not valid ${language}: a key must stand on one line, with a colon and a blank behind it; check the line above it too`
    case 'BAD_DIRECTIVE':
      return 'a line that begins with % is a directive, and this one is not known; remove it, or put it in quotes'
    case 'BLOCK_IN_FLOW':
      return `not valid ${language}: a comma is missing behind this, or a bracket or brace is not closed; add it`
    case 'MISSING_CHAR': {
      const [, kind, quoted] = /^(Flow \w+|Missing closing) (?:must end with a |(.)quote)/.exec(error.message) ?? []
      if (kind === 'Flow map') return `not valid ${language}: a brace is opened and not closed; add } here or before`
      if (kind === 'Flow sequence')
        return `not valid ${language}: a bracket is opened and not closed; add ] here or before`
      if (quoted)
        return `not valid ${language}: a text is opened with ${quoted} and not closed; add ${quoted} where it ends`
      return `not valid ${language}: a key needs a colon, a blank and a value; write them, or align this with the text it belongs to`
    }
    case 'UNEXPECTED_TOKEN':
      return `not valid ${language}: there is more text where the value has ended; remove it, or align it with what it belongs to`
    default:
      // The parser's words, as far as they are words: it may repeat the text, which may be anything.
      return `not valid ${language}: ${sentence(error.message)}; check brackets, quotes and indentation around it`
  }
}

const sentence = (message: string): string =>
  message
    .replace(/: ".*$/s, '')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .slice(0, 120)
    .replace(/^[A-Z](?=[a-z ])/, letter => letter.toLowerCase())
