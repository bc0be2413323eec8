/** Finds hidden values in a text that repeats them: folded, broken over lines, or cut off. */

/** Values of this length are searched for without blanks too, and by their beginnings where a text was cut off. */
export const shortestPart = 12
/** The shortest beginning of a value that was cut off. */
const shortestBeginning = 8

/** A folded text to search for: anywhere, as a whole word, or as the whole text between two quotes. */
export interface Needle {
  readonly text: string
  readonly where: 'anywhere' | 'whole' | 'quoted'
  /** The text without blanks, where it is long enough to be recognized that way. */
  readonly squeezed?: string
}

/** A part of a text, by code units of the original. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** A text without the changes that servers make to a value that they repeat. */
interface Folded {
  readonly text: string
  /** Where each code unit of `text` begins and ends in the original. */
  readonly spans: readonly Span[]
}

const units = /(\s+|\\+[nrtfv])|\\+u([0-9a-fA-F]{4})|\\|./gs

/**
 * White space of any length, as such or as `\n`, becomes one blank; the escapes of JSON and of Go's quotes are taken away.
 * A value and the text that repeats it are folded alike.
 */
export function fold(original: string): Folded {
  let text = ''
  const spans: Span[] = []
  for (const { 0: unit, 1: blank, 2: code, index } of original.matchAll(units)) {
    if (unit === '\\' || (blank && text.endsWith(' '))) continue
    text += blank ? ' ' : code ? String.fromCharCode(Number.parseInt(code, 16)) : unit
    spans.push({ from: index, to: index + unit.length })
  }
  return { text, spans }
}

/** Without its blanks: a long value that was broken over lines stays one. */
const squeeze = ({ text, spans }: Folded): Folded => ({
  text: text.replaceAll(' ', ''),
  spans: spans.filter((_, index) => text[index] !== ' '),
})

/** A text that needles are searched in. */
export class Haystack {
  readonly #folded: Folded
  #squeezed: Folded | undefined

  constructor(original: string) {
    this.#folded = fold(original)
  }

  find({ text, where, squeezed }: Needle): Span[] {
    const spans = occurrences(this.#folded, text, (before, after) => {
      if (where === 'whole') return !isWord(before) && !isWord(after)
      return where === 'anywhere' || (isQuote(before) && isQuote(after))
    })
    if (!squeezed) return spans
    this.#squeezed ??= squeeze(this.#folded)
    return [...spans, ...occurrences(this.#squeezed, squeezed)]
  }

  /** The beginning of a needle that was cut off: at the end of the text, or before an ellipsis. */
  findCut({ text, where }: Needle): Span[] {
    const { text: all } = this.#folded
    const beginning = text.slice(0, shortestBeginning)
    if (where !== 'anywhere' || text.length < shortestPart || !all.includes(beginning)) return []
    const ends = [all.length, ...[...all.matchAll(/\.\.\.|…/g)].map(({ index }) => index)]
    return ends.flatMap(end => {
      const at = end < shortestBeginning ? -1 : all.lastIndexOf(beginning, end - shortestBeginning)
      return at >= 0 && text.startsWith(all.slice(at, end)) ? [spanOf(this.#folded, at, end - at)] : []
    })
  }
}

function occurrences(
  folded: Folded,
  text: string,
  fits: (before: string, after: string) => boolean = () => true,
): Span[] {
  const { text: all } = folded
  const spans: Span[] = []
  for (let at = all.indexOf(text); at >= 0; at = all.indexOf(text, at + 1))
    if (fits(all.charAt(at - 1), all.charAt(at + text.length))) spans.push(spanOf(folded, at, text.length))
  return spans
}

const spanOf = ({ spans }: Folded, at: number, length: number): Span => ({
  from: spans[at]?.from ?? 0,
  to: spans[at + length - 1]?.to ?? 0,
})

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
