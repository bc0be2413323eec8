/** Getting a text under a limit, and saying what that has cost. */
import { fence, thousands } from './escape.ts'
import { listed } from './words.ts'

/** A text that fits, and what is missing from it, each as a few words. */
export interface Rendered {
  readonly text: string
  readonly leftOut: readonly string[]
}

/** How much is shown. From one rung to the next it is less. */
export interface Rung {
  readonly table: 'full' | 'lines' | 'dangerous' | 'none'
  /** Order, graph and what stays as it is. */
  readonly extras: boolean
  /** Entries of any other list. */
  readonly entries: number
  /** Characters of any message that somebody else wrote. */
  readonly characters: number
}

export const rungs: readonly Rung[] = [
  { table: 'full', extras: true, entries: 1000, characters: 1000 },
  { table: 'full', extras: false, entries: 50, characters: 400 },
  { table: 'lines', extras: false, entries: 30, characters: 200 },
  { table: 'dangerous', extras: false, entries: 20, characters: 160 },
  { table: 'none', extras: false, entries: 5, characters: 120 },
]

/** Changes of one particle, which may be shown whole, in part, or not. */
export interface FoldedDiff {
  readonly particle: string
  /** 0 is the most dangerous. */
  readonly rank: number
  readonly lines: readonly string[]
  /** Around the fence. */
  frame(body: string): string
}

export interface RungDraft {
  /** Blocks before and after the diffs. */
  readonly before: readonly string[]
  readonly diffs: readonly FoldedDiff[]
  readonly after: readonly string[]
  readonly leftOut: readonly string[]
}

/**
 * GitHub counts characters in some places and bytes in others, and does not say where. There are never more characters, by any
 * count, than bytes of UTF-8.
 */
export const size = (text: string): number => Buffer.byteLength(text, 'utf8')

const join = (blocks: readonly string[]): string => blocks.filter(block => block !== '').join('\n\n')

/** What the words about what is left out may cost. */
const NOTE = 600
/** Where not all have room, no single diff gets more than this share of the limit. */
const SHARE = 1 / 8
/** In less room than this, part of a diff tells nothing. */
const LEAST = 400
/** The first rung that fits, with as many diffs as have room. `note` says what is left out. */
export function firstThatFits(
  limit: number,
  draft: (rung: Rung) => RungDraft,
  note: (leftOut: readonly string[]) => string,
): Rendered {
  for (const rung of rungs) {
    const { before, diffs, after, leftOut } = draft(rung)
    const base = size(join([...before, ...after])) + (leftOut.length > 0 ? NOTE : 0)
    // Diffs of what is dangerous are worth more than the next rung's loss.
    const wanted = diffs.filter(({ rank }) => rank < 2).reduce((sum, diff) => sum + size(whole(diff)) + 2, 0)
    if (base + Math.min(wanted, limit / 4) > limit && rung !== rungs.at(-1)) continue
    const chosen = choose(diffs, limit - base, limit * SHARE)
    const missing = [...leftOut, ...chosen.leftOut]
    const text = join([...before, ...chosen.blocks, ...after, missing.length > 0 ? note(missing) : ''])
    if (size(text) <= limit) return { text, leftOut: missing }
  }
  const { before, leftOut } = draft(rungs[rungs.length - 1] as Rung)
  const missing = [...leftOut, 'everything after the first lines']
  return { text: firstBlocks(before, limit), leftOut: missing }
}

/** As many whole blocks from the start as have room: a block cut in two could leave something open. */
function firstBlocks(blocks: readonly string[], limit: number): string {
  let text = ''
  for (const block of blocks) {
    const more = join([text, block])
    if (size(more) > limit) break
    text = more
  }
  return text
}

const whole = ({ lines, frame }: FoldedDiff): string => frame(fence('diff', lines))

function choose(
  diffs: readonly FoldedDiff[],
  room: number,
  share: number,
): { readonly blocks: readonly string[]; readonly leftOut: readonly string[] } {
  const all = diffs.map(diff => {
    const text = whole(diff)
    return { diff, text, bytes: size(text) + 2 }
  })
  if (all.reduce((sum, { bytes }) => sum + bytes, 0) <= room)
    return { blocks: all.map(({ text }) => text), leftOut: [] }

  const shown = new Map<FoldedDiff, string>()
  const cutShort: string[] = []
  let left = room - NOTE
  // What is dangerous first, then the smallest: so most particles keep their changes, and a giant is cut short.
  for (const { diff, text, bytes } of all.sort((a, b) => a.diff.rank - b.diff.rank || a.bytes - b.bytes)) {
    const most = Math.min(left, share)
    const part = bytes <= most ? text : most < LEAST ? undefined : inPart(diff, most)
    if (part === undefined) continue
    shown.set(diff, part)
    left -= size(part) + 2
    if (part !== text) cutShort.push(diff.particle)
  }

  const without = diffs.filter(diff => !shown.has(diff)).map(({ particle }) => particle)
  return {
    blocks: diffs.flatMap(diff => shown.get(diff) ?? []),
    leftOut: [
      ...(without.length > 0
        ? [`the changes of ${without.length === 1 ? '' : `${thousands(without.length)} particles: `}${listed(without)}`]
        : []),
      ...(cutShort.length > 0 ? [`part of the changes of ${listed(cutShort)}`] : []),
    ],
  }
}

/** The first lines of a diff, and how many there are beside; undefined where that would be too few to tell anything. */
function inPart(diff: FoldedDiff, room: number): string | undefined {
  let low = 0
  let high = diff.lines.length
  const text = (lines: number) =>
    diff.frame(
      fence('diff', [
        ...diff.lines.slice(0, lines),
        `  … ${thousands(diff.lines.length - lines)} more lines are left out`,
      ]),
    )
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (size(text(middle)) + 2 <= room) low = middle
    else high = middle - 1
  }
  return low >= Math.min(3, diff.lines.length) && low > 0 ? text(low) : undefined
}
