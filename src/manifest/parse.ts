import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type ParsedNode,
  Parser,
  Scalar,
} from 'yaml'
import { type MapEntry, type MapNode, type Node, type Place, type ScalarNode, valuesOf } from '../particle.ts'
import type { ReportProblem } from './problems.ts'
import { slashesBefore, syntaxMessage } from './syntax.ts'
import { lineOf, quote } from './words.ts'

/** Aliases allowed in one file. */
const ALIASES = 100
// A hundred aliases of aliases mean more values than there are atoms; no manifest needs more than these.
const ALIASED_VALUES = 20_000
// ECS's deepest request is nine levels. The composer recurses, and some thousand levels exhaust the stack.
const DEPTH = 64
const TOO_DEEP = `nested more than ${DEPTH} deep, which no definition is; check the brackets`

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

/**
 * Reads YAML 1.2 (of which JSON is a part), one or many documents: a tree for every one that can be read, a problem for all
 * that cannot. Never throws on bad input.
 */
export function parseManifest(file: string, text: string, report: ReportProblem): Node[] {
  const documents: Node[] = []
  const place = placesIn(file, text)
  const composed = compose(text, offset => report(place(offset), TOO_DEEP))
  if (!composed) return documents
  if (composed.every(isEmpty)) {
    report(place(0), 'the file holds no particle; write one, write [] to say so, or remove the file')
    return documents
  }
  const reader = new TreeReader(place, report)
  for (const [index, document] of composed.entries()) {
    const [first] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0])
    // One mistake of syntax makes many more further down: the first one is the one to repair.
    if (first) {
      const [offset] = first.pos
      report(place(offset), syntaxMessage(first, text.slice(offset, offset + 40), /\.json$/i.test(file)))
    } else if (document.directives?.yaml.version === '1.1') {
      report(place(0), '%YAML 1.1 reads yes, no and 010 differently; remove the line, manifests are YAML 1.2')
    } else if (!isEmpty(document)) {
      const root = reader.read(document.contents as ParsedNode)
      if (root) documents.push(root)
    } else if (index < composed.length - 1) {
      report(place(document.range[0]), 'an empty document; remove one of the --- around it')
    }
  }
  return documents
}

type ParsedDocument = Document.Parsed<ParsedNode, true>

const isEmpty = ({ contents, errors }: ParsedDocument): boolean =>
  errors.length === 0 &&
  (!contents || (isScalar(contents) && contents.source === '' && !contents.anchor && !contents.tag))

/** Documents, or undefined for what nests too deeply to be composed. */
function compose(text: string, tooDeep: (offset: number) => void): ParsedDocument[] | undefined {
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

/** Places from offsets. The parser's own calls of `addNewLine` pass over line breaks that follow some errors. */
function placesIn(file: string, text: string): (offset: number) => Place {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1)
  return offset => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col }
  }
}

/** Makes the trees of one file's documents. An alias is the very node of its anchor, so an expansion costs no memory. */
class TreeReader {
  readonly #place: (offset: number) => Place
  readonly #report: ReportProblem
  /** Nodes by anchor; undefined while the anchor's own value is being read. */
  readonly #anchors = new Map<string, Node | undefined>()
  #isLegible = true
  /** How many aliases the file may still have, and how many values these may still add. */
  readonly #left = { aliases: ALIASES, values: ALIASED_VALUES }

  constructor(place: (offset: number) => Place, report: ReportProblem) {
    this.#place = place
    this.#report = report
  }

  /** The tree, or undefined where so much cannot be read that the rest would be misunderstood. */
  read(root: ParsedNode): Node | undefined {
    this.#anchors.clear()
    this.#isLegible = true
    const tree = this.#node(root, 1)
    return this.#isLegible ? tree : undefined
  }

  #refuse(at: Place, message: string): ScalarNode {
    this.#report(at, message)
    return nothing(at)
  }

  #node(parsed: ParsedNode, depth: number): Node {
    const at = this.#place(parsed.range[0])
    if (isAlias(parsed)) return this.#alias(parsed.source, at, depth)
    if (depth > DEPTH) return this.#refuse(at, TOO_DEEP)
    if (!parsed.anchor) return this.#content(parsed, at, depth)
    this.#anchors.set(parsed.anchor, undefined)
    const node = this.#content(parsed, at, depth)
    this.#anchors.set(parsed.anchor, node)
    return node
  }

  #alias(name: string, at: Place, depth: number): Node {
    const alias = `*${quote(name)}`
    const node = this.#anchors.get(name)
    if (!node) {
      const message = this.#anchors.has(name)
        ? `${alias} stands inside the very value that it names; write the value out`
        : // The name may be a hidden value without its quotes.
          'a value that begins with * is an alias, and its anchor stands nowhere above it in this document; quote it if it is text'
      return this.#refuse(at, message)
    }
    const left = this.#left
    // A spent budget is reported once: thousands of aliases may follow.
    if (left.aliases < 0 || left.values < 0) return nothing(at)
    const { values, levels } = sizeOf(node)
    left.aliases--
    if (left.aliases < 0)
      return this.#refuse(at, `${alias}: more than ${ALIASES} aliases in one file; split it, or use a quasiparticle`)
    left.values -= values
    if (left.values >= 0 && depth + levels <= DEPTH) return node
    const what = left.values < 0 ? `stand for more than ${ALIASED_VALUES} values` : `nest more than ${DEPTH} deep`
    return this.#refuse(at, `${alias}: the aliases of this file ${what}; write out what they stand for`)
  }

  #content(parsed: ParsedNode, at: Place, depth: number): Node {
    if (isMap(parsed)) return this.#map(parsed.items, at, depth)
    if (isSeq(parsed)) {
      const items = parsed.items.map(item => this.#node(item as ParsedNode, depth + 1))
      return { kind: 'list', place: at, items }
    }
    if (isScalar(parsed)) return this.#scalar(parsed, at)
    return this.#refuse(at, 'cannot be read; write a map, a list or a plain value')
  }

  #scalar({ value, source }: Scalar.Parsed, at: Place): ScalarNode {
    if (typeof value === 'string' || value === null) return { kind: 'scalar', place: at, value }
    if (typeof value !== 'number' && typeof value !== 'boolean')
      return this.#refuse(at, `${quote(source)} is no plain value; quote it`)
    if (typeof value === 'number' && !Number.isFinite(value))
      return this.#refuse(at, `${quote(source)} is no number that AWS takes; quote it if it is text`)
    // Normalises -0.
    const known = value === 0 ? 0 : value
    return { kind: 'scalar', place: at, value: known, ...(String(known) !== source && { raw: source }) }
  }

  #map(pairs: readonly { key: unknown; value: unknown }[], at: Place, depth: number): MapNode {
    const entries = new Map<string, MapEntry>()
    const merges: Node[] = []
    let mergedAt: Place | undefined
    for (const pair of pairs) {
      const key = pair.key as ParsedNode
      const keyAt = this.#place(key.range[0])
      const value = pair.value ? this.#node(pair.value as ParsedNode, depth + 1) : nothing(keyAt)
      const name = this.#key(key, keyAt, !pair.value)
      if (name === undefined) continue
      const isMerge = name === '<<' && (key as Scalar).type === Scalar.PLAIN
      const first = isMerge ? mergedAt : entries.get(name)?.at
      if (first) {
        const remedy = isMerge ? 'write one << with a list of aliases' : 'keep one of them'
        this.#report(keyAt, `${quote(name)} stands twice in one map, here and at ${lineOf(first)}; ${remedy}`)
      } else if (isMerge) {
        mergedAt = keyAt
        for (const merge of value.kind === 'list' ? value.items : [value]) merges.push(merge)
      } else entries.set(name, { at: keyAt, node: value })
    }
    this.#merge(entries, merges)
    return { kind: 'map', place: at, entries }
  }

  /** A key's text, or undefined for a key that cannot be read. */
  #key(key: ParsedNode, at: Place, isBare: boolean): string | undefined {
    if (!isScalar(key) || typeof key.value !== 'string') {
      this.#report(at, keyMessage(key, isBare))
      return undefined
    }
    const isPlain = key.type === Scalar.PLAIN
    const slashes = isPlain ? slashesBefore(key.value) : undefined
    if (slashes) {
      this.#report(at, `${slashes} begins no comment; remove it, or begin it with #`)
      // The key after the comment is part of this one, and so is missing.
      this.#isLegible = false
      return undefined
    }
    if (!isBare || !isPlain || !/:./.test(key.value)) return key.value
    // A patch would remove what nobody has, and never say so.
    this.#report(at, 'a blank is missing behind the colon of this key; write one')
    return undefined
  }

  /** https://yaml.org/type/merge.html: the map's own keys win, then those of the map that is merged first. */
  #merge(entries: Map<string, MapEntry>, merges: readonly Node[]): void {
    for (const merge of merges) {
      if (merge.kind !== 'map')
        this.#report(merge.place, '<<: takes a map, or a list of maps; write << : *anchor of a map')
      else for (const [name, entry] of merge.entries) if (!entries.has(name)) entries.set(name, entry)
    }
  }
}

const nothing = (place: Place): ScalarNode => ({ kind: 'scalar', place, value: null })

function keyMessage(key: ParsedNode, isBare: boolean): string {
  // It may be the rest of a hidden value: `{ PIN: 12,34 }`.
  if (isScalar(key) && isBare) return 'a key without a colon is no text; put a value with a comma in quotes'
  if (isScalar(key) && key.source !== '') return `the key ${quote(key.source)} is no text; put it in quotes`
  if (isScalar(key)) return 'a key is missing before the colon; write one'
  return `a key must be a text, not ${isAlias(key) ? 'an alias' : isMap(key) ? 'a map' : 'a list'}; write it out, in quotes if it begins with [, { or *`
}

interface TreeSize {
  readonly values: number
  /** Levels below the node itself. */
  readonly levels: number
}

const sizes = new WeakMap<Node, TreeSize>()

/** Aliases share nodes, so each node is measured once: twenty aliases of aliases stand for millions of values. */
function sizeOf(node: Node): TreeSize {
  if (node.kind === 'scalar') return { values: 1, levels: 0 }
  const known = sizes.get(node)
  if (known) return known
  let [values, levels] = [1, 0]
  for (const item of valuesOf(node)) {
    const inside = sizeOf(item)
    values += inside.values
    levels = Math.max(levels, inside.levels + 1)
  }
  sizes.set(node, { values, levels })
  return { values, levels }
}
