/** A text as it was meant: without the changes that servers make to a value that they repeat. */

/** A part of a text, by code units of the original. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** A text that was made of another one. */
export interface Reading {
  readonly text: string
  /** The text in small letters, unit by unit. */
  readonly small: string
  /** Where each code unit of `text` begins and ends in the original. */
  readonly spans: readonly Span[]
}

/** In small letters, and as long as before: `İ` alone has a small form that is longer. */
export const inSmall = (text: string): string => text.replaceAll('İ', 'i').toLowerCase()

const reading = (text: string, spans: readonly Span[]): Reading => ({ text, small: inSmall(text), spans })

const original = (text: string): Reading =>
  reading(
    text,
    Array.from({ length: text.length }, (_, from) => ({ from, to: from + 1 })),
  )

/** The reading with each match in another form; itself without a match. */
function rewrite(read: Reading, pattern: RegExp, becomes: (match: RegExpExecArray) => string): Reading {
  let text = ''
  const spans: Span[] = []
  let at = 0
  for (const match of read.text.matchAll(pattern)) {
    const end = match.index + match[0].length
    text += read.text.slice(at, match.index)
    for (; at < match.index; at++) spans.push(spanAt(read, at, 1))
    const made = becomes(match)
    const span = spanAt(read, at, match[0].length)
    for (let unit = 0; unit < made.length; unit++) spans.push(span)
    text += made
    at = end
  }
  return at === 0 ? read : reading(text + read.text.slice(at), [...spans, ...read.spans.slice(at)])
}

/** The part of the original that so many units of a reading were made of. */
export const spanAt = ({ spans }: Reading, at: number, length: number): Span => ({
  from: spans[at]?.from ?? 0,
  to: spans[at + length - 1]?.to ?? 0,
})

const escapes = /((?:\s|\\+[nrtfv])+)|\\+u([\da-f]{4})|\\+x([\da-f]{2})|\\+/gi

/** White space of any length, as such or as `\n`, becomes one blank; escapes of JSON and of Go's quotes are undone. */
const fold = (read: Reading): Reading =>
  rewrite(read, escapes, ([, blank, unit, byte]) => {
    const code = unit ?? byte
    const made = code ? String.fromCharCode(Number.parseInt(code, 16)) : ''
    return blank || /\s/.test(made) ? ' ' : made
  })

const ofUtf8 =
  '%[0-7][\\da-f]|%[cd][\\da-f]%[89ab][\\da-f]|%e[\\da-f](?:%[89ab][\\da-f]){2}|%f[0-7](?:%[89ab][\\da-f]){3}'
const encoded = new RegExp(`(${ofUtf8})|&(?:#(\\d{1,6})|#x([\\da-f]{1,5})|(amp|lt|gt|quot|apos|nbsp));`, 'gi')
const named = new Map(Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }))
/** An encoding is undone so often: each time takes as long as the text is. */
const deepest = 3

/** The codes of URLs and of HTML are undone, and what was encoded is folded. */
function decode(read: Reading): Reading {
  let decoded = read
  for (let depth = 0; depth < deepest; depth++) {
    const next = rewrite(decoded, encoded, ([, bytes, decimal, hex, name = '']) => {
      if (bytes) return Buffer.from(bytes.replaceAll('%', ''), 'hex').toString()
      return (
        named.get(name.toLowerCase()) ?? String.fromCodePoint(Number.parseInt(decimal ?? hex ?? '', decimal ? 10 : 16))
      )
    })
    if (next === decoded) break
    decoded = next
  }
  return decoded === read ? read : fold(decoded)
}

/** What may be base64: the 6 characters of 4 bytes or more, over several lines where these are long. */
const runs = /(?:[\w+/-]{60,} )*[\w+/-]{6,}/g

/**
 * Everything that may be base64, of either alphabet, as the bytes that it stands for, each part in quotes. A part that
 * has a sign of the alphabet, which may also come before the base64, is read from each of its first four characters.
 */
function decodeBase64(read: Reading): Reading {
  let text = '"'
  const spans: Span[] = [spanAt(read, 0, 1)]
  for (const { 0: run, index } of read.text.matchAll(runs)) {
    const places = Array.from({ length: run.length }, (_, at) => index + at).filter(at => read.text[at] !== ' ')
    const characters = run.replaceAll(' ', '')
    for (let start = 0; start < (/[^a-z\d]/i.test(characters) ? 4 : 1); start++) {
      const bytes = Buffer.from(characters.slice(start), 'base64').toString('latin1')
      for (let byte = 0; byte < bytes.length; byte++) {
        const first = places[start + Math.floor((byte * 8) / 6)] ?? index
        const last = places[start + Math.floor((byte * 8 + 7) / 6)] ?? index
        spans.push({ from: spanAt(read, first, 1).from, to: spanAt(read, last, 1).to })
      }
      text += `${bytes}"`
      spans.push(spanAt(read, index, 1))
    }
  }
  return fold(reading(text, spans))
}

/** The reading without its blanks: a long value that was broken over lines stays one. */
export const squeeze = (read: Reading): Reading => rewrite(read, / +/g, () => '')

/** The forms in which a value is searched for: folded, and by what its codes and its bytes stand for, where they differ. */
export function formsOf(value: string): string[] {
  // Most values hold no blank, no code and ASCII alone: they have one form.
  if (/^[!-$'-[\]-~]*$/.test(value)) return [value]
  const folded = fold(original(value))
  const forms = [folded.text, decode(folded).text]
  return [...new Set([...forms, ...forms.map(form => Buffer.from(form).toString('latin1'))])].map(form => form.trim())
}

/** The text in each way in which it may be read. The first one is only folded; a text without any code has no other. */
export function readingsOf(text: string): Reading[] {
  const folded = fold(original(text))
  const decoded = decode(folded)
  const readings = [folded, decoded]
  // A form's blanks; a plus that was a code is one.
  if (folded.text.includes('+')) readings.push(decode(rewrite(folded, /\+/g, () => ' ')))
  if (decoded.text.search(runs) >= 0) readings.push(decodeBase64(decoded))
  return [...new Set(readings)]
}
