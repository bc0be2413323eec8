/** Finds hidden values in a text that repeats them: encoded, folded, broken over lines, or cut off. */
import { memoized } from '../memoized.ts'
import { inSmall, type Reading, readingsOf, type Span, spanAt, squeeze } from './encodings.ts'

/** Shorter values cannot be distinguished from the surrounding text. */
export const shortestNeedle = 4
/** Values of this length are searched for without blanks too, and by their beginnings where a text was cut off. */
export const shortestPart = 12
/** The shortest beginning of a value that was cut off. */
const shortestBeginning = 8

/** A folded text to search for: anywhere, as a whole word, or as the whole text between two quotes. */
export interface Needle {
  readonly text: string
  readonly where: 'anywhere' | 'whole' | 'quoted'
  /** Capital and small letters are the same. */
  readonly anyCase?: boolean
  /** The text without blanks, where it is long enough to be recognized that way. */
  readonly squeezed?: string
}

/** A needle, and where it was found. */
export interface Match {
  readonly needle: Needle
  readonly span: Span
}

/** A text that needles are searched in. */
export class Haystack {
  readonly readings: readonly Reading[]
  readonly squeezed = memoized(squeeze)

  constructor(original: string) {
    this.readings = readingsOf(original)
  }
}

/** A needle with the text by which it is found. */
interface Sought {
  readonly needle: Needle
  /** In small letters where case means nothing. */
  readonly text: string
}

/** Needles by how they begin, so that a text is gone through once, however many are searched for. */
export class Needles {
  readonly #texts = new Set<string>()
  readonly #beginnings = new Map<string, Sought[]>()
  readonly #squeezedBeginnings = new Map<string, Sought[]>()

  get isEmpty(): boolean {
    return this.#texts.size === 0
  }

  add(needle: Needle): void {
    const { text, squeezed } = needle
    if (text.length < shortestNeedle || this.#texts.has(text)) return
    this.#texts.add(text)
    keep(this.#beginnings, text, needle)
    if (squeezed) keep(this.#squeezedBeginnings, squeezed, needle)
  }

  /** Every match in one reading of the haystack. `cut`: also of beginnings, at the text's end or before an ellipsis. */
  *find(haystack: Haystack, reading: Reading, cut = false): Generator<Match> {
    for (const { needle, text, at } of candidates(reading, this.#beginnings)) {
      const length = common(reading, at, text, needle)
      const isWhole = length === text.length
      const found = isWhole ? length : cut ? cutAfter(reading, at, length, needle) : 0
      if (found > 0 && (!isWhole || fits(reading, at, needle))) yield { needle, span: spanAt(reading, at, found) }
    }
    if (this.#squeezedBeginnings.size === 0) return
    const squeezed = haystack.squeezed(reading)
    for (const { needle, text, at } of candidates(squeezed, this.#squeezedBeginnings))
      if (common(squeezed, at, text, needle) === text.length) yield { needle, span: spanAt(squeezed, at, text.length) }
  }
}

function keep(beginnings: Map<string, Sought[]>, text: string, needle: Needle): void {
  const small = inSmall(text)
  const beginning = small.slice(0, shortestNeedle)
  const sought = { needle, text: needle.anyCase ? small : text }
  const alike = beginnings.get(beginning)
  if (alike) alike.push(sought)
  else beginnings.set(beginning, [sought])
}

/** What begins like the reading does somewhere. */
function* candidates(
  { small }: Reading,
  beginnings: ReadonlyMap<string, readonly Sought[]>,
): Generator<Sought & { at: number }> {
  if (beginnings.size === 0) return
  for (let at = 0; at + shortestNeedle <= small.length; at++)
    for (const { needle, text } of beginnings.get(small.slice(at, at + shortestNeedle)) ?? [])
      yield { needle, text, at }
}

/** How many units of the text stand at a place of the reading. */
function common(reading: Reading, at: number, text: string, { anyCase }: Needle): number {
  const all = anyCase ? reading.small : reading.text
  let length = 0
  while (length < text.length && all[at + length] === text[length]) length++
  return length
}

/** How much of a needle stands before the text was cut off: 0 where it was not, or too little is left. */
function cutAfter({ text }: Reading, at: number, length: number, needle: Needle): number {
  if (needle.where !== 'anywhere' || needle.text.length < shortestPart) return 0
  const shown = text.slice(at, at + length + 3)
  const dots = Math.max(shown.lastIndexOf('...', length), shown.lastIndexOf('…', length))
  const end = at + length === text.length ? length : dots
  return end < shortestBeginning ? 0 : end
}

function fits({ text }: Reading, at: number, needle: Needle): boolean {
  const [before, after] = [text.charAt(at - 1), text.charAt(at + needle.text.length)]
  if (needle.where === 'whole') return !isWord(before) && !isWord(after)
  return needle.where === 'anywhere' || (isQuote(before) && isQuote(after))
}

const isWord = (character: string): boolean => /[\p{L}\p{N}_]/u.test(character)
const isQuote = (character: string): boolean => /["'`“”‘’]/.test(character)

/** The text with `(hidden)` for each span; spans that touch are one. */
export function blank(text: string, spans: readonly Span[]): string {
  const sorted = [...spans].sort((one, other) => one.from - other.from || other.to - one.to)
  let blanked = ''
  let at = 0
  for (const { from, to } of sorted) {
    if (from > at || blanked === '') blanked += `${text.slice(at, from)}(hidden)`
    at = Math.max(at, to)
  }
  return blanked + text.slice(at)
}
