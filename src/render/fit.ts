/** Cuts a comment to GitHub's limit, and names what was left out. */
import { type Context, limitNote } from './comment.ts'
import { fence, thousands } from './escape.ts'
import { blocks } from './markdown.ts'
import { count, listed } from './words.ts'

/** A text, and what was left out of it for its limit, each as a few words: `part of the changes of ecs_service:web`. */
export interface Rendered {
  readonly text: string
  readonly leftOut: readonly string[]
}

/** How much a comment shows. Each rung shows less than the one before; a comment takes the first rung that fits. */
export interface Rung {
  readonly table: 'full' | 'lines' | 'names' | 'dangerous' | 'none'
  /** The order of steps, its picture, and the particles without a step. */
  readonly extras: boolean
  /** Number of entries of any other list. */
  readonly entries: number
  /** Longest message from AWS or a manifest, in characters. */
  readonly characters: number
}

const rungs: readonly Rung[] = [
  { table: 'full', extras: true, entries: 1000, characters: 1000 },
  { table: 'full', extras: false, entries: 50, characters: 400 },
  { table: 'lines', extras: false, entries: 30, characters: 200 },
  { table: 'names', extras: false, entries: 30, characters: 200 },
  { table: 'dangerous', extras: false, entries: 20, characters: 160 },
  { table: 'none', extras: false, entries: 5, characters: 120 },
]

/** Changes of one particle, which may be shown whole, in part, or not. */
export interface FoldedDiff {
  readonly particle: string
  /** 0 is the most dangerous. */
  readonly rank: number
  readonly lines: readonly string[]
  /** Puts the fenced lines into a folded block. */
  frame(fenced: string): string
}

/** A comment before it is cut to the limit. */
export interface RungDraft {
  /** Blocks before the diffs. Empty blocks are passed over. */
  readonly before: readonly string[]
  readonly diffs?: readonly FoldedDiff[]
  /** Blocks after the diffs. */
  readonly after?: readonly string[]
  readonly leftOut?: readonly string[]
}

/**
 * In bytes of UTF-8, which are never fewer than characters. GitHub's answer to a comment that is too long counts characters
 * (`body is too long (maximum is 65536 characters)`); docs.github.com does not define them.
 */
export const byteSize = (text: string): number => Buffer.byteLength(text, 'utf8')

/** Room for the note on what is left out, in bytes. */
const NOTE = 600
/** Where not all diffs have room, no single one gets more than this share of the limit. */
const SHARE = 1 / 8
/** In less room than this, in bytes, part of a diff shows nothing useful. */
const LEAST = 400

/** A text within the context's limit: the first rung that fits, with as many diffs as have room, and a note on what is left out. */
export function firstThatFits(context: Context, draft: (rung: Rung) => RungDraft): Rendered {
  const { limit } = context
  for (const rung of rungs) {
    const { before, diffs = [], after = [], leftOut = [] } = draft(rung)
    const base = byteSize(blocks(...before, ...after)) + (leftOut.length > 0 ? NOTE : 0)
    // A reviewer needs the diffs of dangerous steps more than what the next rung leaves out.
    const wanted = diffs.filter(({ rank }) => rank < 2).reduce((sum, diff) => sum + byteSize(wholeDiff(diff)) + 2, 0)
    if (base + Math.min(wanted, limit / 4) > limit && rung !== rungs.at(-1)) continue
    const chosen = choose(diffs, limit - base, limit * SHARE)
    const missing = [...leftOut, ...chosen.leftOut]
    const text = blocks(...before, ...chosen.shown, ...after, missing.length > 0 && limitNote(context, missing))
    if (byteSize(text) <= limit) return { text, leftOut: missing }
  }
  const { before, leftOut = [] } = draft(rungs[rungs.length - 1] as Rung)
  return { text: firstWhole(before, limit), leftOut: [...leftOut, 'everything after the first lines'] }
}

/** As many whole blocks from the start as have room: part of a block could leave a tag or a fence open. */
function firstWhole(all: readonly string[], limit: number): string {
  let text = ''
  for (const block of all) {
    const more = blocks(text, block)
    if (byteSize(more) > limit) break
    text = more
  }
  return text
}

const wholeDiff = ({ lines, frame }: FoldedDiff): string => frame(fence('diff', lines))

/** The diffs that have room, whole or in part, in the plan's order. */
function choose(
  diffs: readonly FoldedDiff[],
  room: number,
  share: number,
): { readonly shown: readonly string[]; readonly leftOut: readonly string[] } {
  const all = diffs.map(diff => {
    const text = wholeDiff(diff)
    return { diff, text, bytes: byteSize(text) + 2 }
  })
  if (all.reduce((sum, { bytes }) => sum + bytes, 0) <= room) return { shown: all.map(({ text }) => text), leftOut: [] }

  const shown = new Map<FoldedDiff, string>()
  const partial: string[] = []
  let left = room - NOTE
  // Dangerous diffs first, then the smallest: most particles keep their changes, and a very long diff is cut.
  for (const { diff, text, bytes } of all.sort((a, b) => a.diff.rank - b.diff.rank || a.bytes - b.bytes)) {
    const most = Math.min(left, share)
    const part = bytes <= most ? text : most < LEAST ? undefined : inPart(diff, most)
    if (part === undefined) continue
    shown.set(diff, part)
    left -= byteSize(part) + 2
    if (part !== text) partial.push(diff.particle)
  }

  const without = diffs.filter(diff => !shown.has(diff)).map(({ particle }) => particle)
  const number = without.length === 1 ? '' : `${thousands(without.length)} particles: `
  return {
    shown: diffs.flatMap(diff => shown.get(diff) ?? []),
    leftOut: [
      ...(without.length > 0 ? [`the changes of ${number}${listed(without)}`] : []),
      ...(partial.length > 0 ? [`part of the changes of ${listed(partial)}`] : []),
    ],
  }
}

/** The first lines of a diff and the number of the others; undefined where only one or two lines have room. */
function inPart(diff: FoldedDiff, room: number): string | undefined {
  const text = (lines: number) => {
    const left = count(diff.lines.length - lines, 'more line is', 'more lines are')
    return diff.frame(fence('diff', [...diff.lines.slice(0, lines), `  … ${left} left out`]))
  }
  let low = 0
  let high = diff.lines.length
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (byteSize(text(middle)) + 2 <= room) low = middle
    else high = middle - 1
  }
  return low >= Math.min(3, diff.lines.length) && low > 0 ? text(low) : undefined
}
