/** How a hidden value is found in a text that repeats it. Lengths and classes are argued in docs/decisions/0016. */
import { type Folded, fold, squeeze } from './folded.ts'

/** A part of a text, by code units of the original. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** What is looked for, folded: anywhere, as a whole word, or as all that stands between two quotes. */
export interface Needle {
  readonly text: string
  readonly where: 'anywhere' | 'whole' | 'quoted'
  /** Without blanks, for a value that is long enough to be known again so. */
  readonly squeezed?: string
}

/** Shorter than this a value cannot be told from the text around it. */
export const shortestNeedle = 4
/** From here on a value is found inside of words too. */
const shortestInside = 8
/** From here on a value is looked for with its blanks taken away, and by its beginning where a text was cut off. */
const shortestPart = 12
/** What is left of a value that was cut off must be this long. */
const shortestBeginning = 8

const letters = /^[A-Za-z]+$/
const number = /^[\d.,:+-]+$/

/** Words that ECS's own sentences are made of, from eight letters on: blanked there, they would give a value away. */
const vocabulary = new Set(
  `accessible activity application associate associated attempted attempting attribute attributes authorized available
balancer capacity cluster complete completed completes configuration configured connect connected connection connections
container containers contained credentials current currently deadline definition definitions deleting deployment
deployments deregister deregistered deregistering desired disconnected draining elastic encountered error essential
exceeded executable execution exited expected experienced failed failures following forbidden found healthcheck
immediately image inactive incorrect initialization initialized initiated instance instances insufficient interface
internal invalid load maintenance manifest matching maximum memory minimum missing necessary network operation parameter
parameters permission permissions pipeline placement platform possible primary private progress provider providers
provision provisioning provisioned reached reason received registered registering registers registration registry
replaced repository required requirement requirements requires resource resources response rollback rollbacks rolling
running scheduled scheduler security service services space specified stabilize started starting startup state steady
stopped stopping strategy succeeded successful successfully target targetgroup targets task tasks temporary terminated
terminating threshold throttled timeout unable unavailable unexpected unhealthy unknown unreachable unsupported
unauthorized updating validation value versions within`.split(/\s+/),
)

/** One word that is short or ECS's own, or a phrase of nothing but ECS's words. */
function isOrdinary(text: string): boolean {
  const words = text.split(' ')
  const short = words.length === 1 ? shortestInside - 1 : 3
  return words.every(word => letters.test(word) && (word.length <= short || vocabulary.has(word.toLowerCase())))
}

/** How a value is looked for in others' words; undefined for one that is too short. */
function needleOf(value: string): Needle | undefined {
  const text = fold(value).text.trim()
  if (text.length < shortestNeedle) return undefined
  if (isOrdinary(text)) return { text, where: 'quoted' }
  if (letters.test(text) || number.test(text)) return { text, where: text.length < shortestInside ? 'quoted' : 'whole' }
  return needle(text)
}

const needle = (text: string): Needle => ({
  text,
  where: text.length < shortestInside ? 'whole' : 'anywhere',
  ...(text.length >= shortestPart && { squeezed: text.replaceAll(' ', '') }),
})

/** A hidden value, each of its lines and each of its words that is no mere word: others repeat parts of what they were given. */
export function needlesOf(value: string): Needle[] {
  const parts = [value, ...value.split(/[\r\n]+/), ...value.split(/\s+/).filter(isDistinct)]
  return [...new Set(parts)].flatMap(part => needleOf(part) ?? [])
}

const isDistinct = (word: string): boolean => word.length >= shortestInside && !letters.test(word) && !number.test(word)

/** What a secret variable holds, with its lines: looked for whatever it says, as it is to be shown nowhere. */
export function secretNeedles(value: string): Needle[] {
  const long = value.split(/[\r\n]+/).filter(line => line.trim().length >= shortestInside)
  return [...new Set([value, ...long])].flatMap(part => {
    const text = fold(part).text.trim()
    return text.length < shortestNeedle ? [] : [needle(text)]
  })
}

/** A text in which needles are looked for. */
export class Haystack {
  readonly #original: string
  readonly #folded: Folded
  #squeezed: Folded | undefined

  constructor(original: string) {
    this.#original = original
    this.#folded = fold(original)
  }

  /** Wherever the needle stands. */
  find({ text, where, squeezed }: Needle): Span[] {
    const { text: all } = this.#folded
    const spans: Span[] = []
    for (let at = all.indexOf(text); at >= 0; at = all.indexOf(text, at + 1)) {
      const [before, after] = [all.charAt(at - 1), all.charAt(at + text.length)]
      if (where === 'whole' && (isWord(before) || isWord(after))) continue
      if (where === 'quoted' && !(isQuote(before) && isQuote(after))) continue
      spans.push(this.#span(this.#folded, at, text.length))
    }
    return squeezed ? [...spans, ...this.#broken(squeezed)] : spans
  }

  /** The beginning of a needle that was cut off: at the end of the text, or before an ellipsis. */
  findCut({ text, where }: Needle): Span[] {
    if (where !== 'anywhere' || text.length < shortestPart) return []
    const { text: all } = this.#folded
    const beginning = text.slice(0, shortestBeginning)
    if (!all.includes(beginning)) return []
    const ends = [all.length, ...[...all.matchAll(/\.\.\.|…/g)].map(({ index }) => index)]
    return ends.flatMap(end => {
      const at = end < shortestBeginning ? -1 : all.lastIndexOf(beginning, end - shortestBeginning)
      return at >= 0 && text.startsWith(all.slice(at, end)) ? [this.#span(this.#folded, at, end - at)] : []
    })
  }

  /** Broken over lines, or with its blanks taken away. */
  #broken(squeezed: string): Span[] {
    this.#squeezed ??= squeeze(this.#folded)
    const { text: all } = this.#squeezed
    const spans: Span[] = []
    for (let at = all.indexOf(squeezed); at >= 0; at = all.indexOf(squeezed, at + 1))
      spans.push(this.#span(this.#squeezed, at, squeezed.length))
    return spans
  }

  #span({ from, to }: Folded, at: number, length: number): Span {
    return { from: from[at] ?? 0, to: to[at + length - 1] ?? this.#original.length }
  }
}

const isWord = (character: string): boolean => /[\p{L}\p{N}_]/u.test(character)
const isQuote = (character: string): boolean => /["'`“”‘’]/.test(character)

/** The text with `(hidden)` for each span; spans that touch are one. */
export function blank(text: string, spans: readonly Span[]): string {
  const sorted = [...spans].sort((one, other) => one.from - other.from || other.to - one.to)
  let left = ''
  let at = 0
  for (const { from, to } of sorted) {
    if (from > at || left === '') left += `${text.slice(at, from)}(hidden)`
    at = Math.max(at, to)
  }
  return left + text.slice(at)
}
