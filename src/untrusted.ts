/**
 * Words that somebody else wrote, inside a sentence of ours: what ECS, Docker or GitHub answered. They may repeat any
 * value that they were sent, so they are marked where they enter a sentence, and lose hidden values where it leaves.
 *
 * The marks are characters that Unicode keeps out of every text that is exchanged (noncharacters, chapter 23.7).
 */
const begins = '\ufdd0'
const ends = '\ufdd1'
const marks = /[\ufdd0\ufdd1]/g

/** The words as others' words. Marks that they bring along are none of ours. */
export const untrusted = (words: string): string => (words === '' ? '' : `${begins}${withoutMarks(words)}${ends}`)

/** The text as it reads, for whoever compares it and shows it to nobody. */
export const withoutMarks = (text: string): string => text.replace(marks, '')

/** The text without a full stop at its end, whoever wrote that, so that it can go on or end as part of a sentence. */
export const withoutFullStop = (text: string): string => text.replace(/\.([\ufdd0\ufdd1]*)$/, '$1')

export const holdsUntrusted = (text: string): boolean => text.includes(begins)

/** Marks the words where a sentence repeats them. A sentence that has marks already was made by somebody who knew better. */
export function markWithin(sentence: string, words: string): string {
  if (words === '' || holdsUntrusted(sentence)) return sentence
  return sentence.replace(words, () => untrusted(words))
}

/** A piece of a sentence: ours, or others' words. */
export interface Piece {
  readonly text: string
  readonly untrusted: boolean
}

/** The sentence in pieces, without the marks. Words that were cut off before their end are others' to the end. */
export function piecesOf(sentence: string): Piece[] {
  const pieces: Piece[] = []
  let foreign = false
  let from = 0
  for (const { 0: mark, index } of sentence.matchAll(marks)) {
    if (index > from) pieces.push({ text: sentence.slice(from, index), untrusted: foreign })
    foreign = mark === begins
    from = index + 1
  }
  if (from < sentence.length) pieces.push({ text: sentence.slice(from), untrusted: foreign })
  return pieces
}
