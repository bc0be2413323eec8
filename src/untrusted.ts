/**
 * Words of ECS, Docker or GitHub inside a sentence of this tool. They may repeat any value that was sent to these, so they
 * are marked where they enter a sentence, and the redactor takes hidden values out of them where the sentence is written.
 *
 * The marks are characters that Unicode keeps out of every text that is exchanged (noncharacters, chapter 23.7).
 */
const begins = '\ufdd0'
const ends = '\ufdd1'
const marks = /[\ufdd0\ufdd1]/g

/** The words with marks around them. Marks within the words are taken out. */
export const untrusted = (words: string): string => (words === '' ? '' : `${begins}${withoutMarks(words)}${ends}`)

/** The text without marks, for comparisons that are never shown. */
export const withoutMarks = (text: string): string => text.replace(marks, '')

/** The text without a full stop at its end, so that it can go on or end as part of a sentence. */
export const withoutFullStop = (text: string): string => text.replace(/\.([\ufdd0\ufdd1]*)$/, '$1')

/** The sentence has marked words. */
export const holdsUntrusted = (text: string): boolean => text.includes(begins)

/** Marks the words where a sentence repeats them, unless the sentence has marks already. */
export function markWithin(sentence: string, words: string): string {
  if (words === '' || holdsUntrusted(sentence)) return sentence
  return sentence.replace(words, () => untrusted(words))
}

/** A piece of a sentence: this tool's words, or others'. */
interface Piece {
  readonly text: string
  readonly untrusted: boolean
}

/** The sentence in pieces, without the marks. Words whose end was cut off reach to the end of the sentence. */
export function piecesOf(sentence: string): Piece[] {
  const pieces: Piece[] = []
  let isUntrusted = false
  let from = 0
  for (const { 0: mark, index } of sentence.matchAll(marks)) {
    if (index > from) pieces.push({ text: sentence.slice(from, index), untrusted: isUntrusted })
    isUntrusted = mark === begins
    from = index + 1
  }
  if (from < sentence.length) pieces.push({ text: sentence.slice(from), untrusted: isUntrusted })
  return pieces
}
