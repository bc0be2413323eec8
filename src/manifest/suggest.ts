import { quote } from './words.ts'

// More than two letters are seldom mistyped, and the word would be hard to recognize.
const FARTHEST = 2

/**
 * Letters to insert, remove, replace or swap with their neighbour (the optimal string alignment distance); anything beyond
 * `limit` is `limit + 1`.
 */
function distance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) > limit) return limit + 1
  // The last three rows of the table. Its borders: that many letters of one word against none of the other.
  const rows: number[][] = []
  const cost = (row: number, column: number) => rows[row % 3]?.[column] ?? row + column
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    rows[row % 3] = current
    let least = row
    for (let column = 1; column <= right.length; column++) {
      const replaced = cost(row - 1, column - 1) + (left[row - 1] === right[column - 1] ? 0 : 1)
      const isSwap = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      const swapped = isSwap && row > 1 && column > 1 ? cost(row - 2, column - 2) + 1 : replaced
      const cheapest = Math.min(cost(row - 1, column) + 1, cost(row, column - 1) + 1, replaced, swapped)
      current.push(cheapest)
      least = Math.min(least, cheapest)
    }
    if (least > limit) return limit + 1
  }
  return Math.min(cost(left.length, right.length), limit + 1)
}

/** The candidate nearest to a word, of several equally near the first in the alphabet; undefined when none is near. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  // In a short word two letters are most of it.
  let least = word.length < 4 ? 1 : FARTHEST
  for (const candidate of candidates) {
    if (candidate === word) continue
    const far = distance(word.toLowerCase(), candidate.toLowerCase(), least)
    if (far < least || (far === least && (best === undefined || candidate < best))) {
      best = candidate
      least = far
    }
  }
  return best
}

/** `; did you mean X?`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const best = closest(word, candidates)
  return best === undefined ? '' : `; did you mean ${quote(best)}?`
}
