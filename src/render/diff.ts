/** Changes as the lines of a `diff` fence, or of the log: `+`, `-` or `!` in column 0, paths grouped, values in line. */
import { actionOf, type Change } from '../compare/change.ts'
import { parsePath } from '../compare/path.ts'
import { isEnd, type Plan, type Step } from '../engine/document.ts'
import type { ParticleId } from '../particle.ts'
import { boundary, cut, isPlain, thousands, visible } from './escape.ts'
import { whatHappens } from './explain.ts'
import { originText, partsOf } from './origin.ts'
import { shortPath, valueText } from './value.ts'
import { count, phrasesOf, phraseText } from './words.ts'

/** Longer pairs of values, in characters, take two lines: readers would have to scroll sideways. */
const ONE_LINE = 80
/** Widest label that others are aligned with, in characters. */
const LABEL = 44
/** Equal characters that are shown before and after a difference. */
const AROUND = 40
/** Longer values, in characters, lose their equal parts, so that readers see the difference without scrolling. */
const SCREEN = 240

interface Branch {
  readonly label: string
  readonly changes: Change[]
  readonly branches: Map<string, Branch>
}

const branch = (label: string): Branch => ({ label, changes: [], branches: new Map() })

function grow(changes: readonly Change[]): Branch {
  const root = branch('')
  for (const change of changes) {
    let at = root
    for (const { text } of parsePath(change.path)) {
      const next = at.branches.get(text) ?? branch(text)
      at.branches.set(text, next)
      at = next
    }
    at.changes.push(change)
  }
  return root
}

/** A value, or a side of one, with its mark. */
type Marked = readonly [mark: ' ' | '+' | '-' | '!', value: string]

interface Line {
  readonly label: string
  readonly marked: Marked
}

/** One line for each change, or two where the values are long, under the heading of their common path. */
function linesOf(at: Branch, above: string, indent: string, showing: Showing): readonly Line[] {
  const here = above === '' ? at.label : `${above}.${at.label}`
  const below = [...at.branches.values()]
  const isHeading = here !== '' && (below.length > 1 || at.changes.length > 0)
  const heading: Marked[] = isHeading && at.changes.length === 0 ? [[' ', '']] : []
  const own = [...heading, ...at.changes.flatMap(change => show(change, showing))]
  const lines: Line[] = own.map(marked => ({ label: indent + pathLabel(here), marked }))
  for (const next of below)
    lines.push(...linesOf(next, isHeading ? '' : here, isHeading ? `${indent}  ` : indent, showing))
  return lines
}

/** A path without the `.value` of a named element, in quotes where a reader could take part of the key for something else. */
function pathLabel(path: string): string {
  const shortened = shortPath(path, 200)
  return /→|…|\s/.test(shortened) || !isPlain(shortened) ? visible(JSON.stringify(shortened)) : shortened
}

/** How values of one particle are shown. */
interface Showing {
  readonly particle: ParticleId
  /** Longest value in characters. */
  readonly most: number
}

/** The width in characters that aligns the values beside these labels. */
const widthOf = (lines: readonly { readonly label: string }[]): number =>
  lines.reduce((width, { label }) => Math.max(width, Math.min(LABEL, label.length)), 0)

/** The lines of a diff, without a fence. Each is one line of visible text. */
export function diffLines(changes: readonly Change[], showing: Showing): readonly string[] {
  const all = changes.flatMap(change => [change, ...(change.removes ?? [])])
  const lines = linesOf(grow(all), '', '', showing)
  const width = widthOf(lines.filter(({ marked: [, value] }) => value !== ''))
  return lines.map(
    ({ label, marked: [mark, value] }) => `${mark} ${value === '' ? label : `${label.padEnd(width)}  ${value}`}`,
  )
}

function show(change: Change, { particle, most }: Showing): readonly Marked[] {
  const { before, after, sensitive } = change
  const action = actionOf(change)
  if (sensitive && action === 'add') return [['+', '(hidden)']]
  // Nothing is left to be hidden.
  if (sensitive && action === 'remove') return [['-', '']]
  if (sensitive) return [['!', '(hidden, changes)']]
  const [was, is] = [valueText(before, particle), valueText(after, particle)]
  if (action === 'add') return [['+', cut(is, most)]]
  if (action === 'remove') return [['-', cut(was, most)]]
  if (was.length + is.length <= ONE_LINE) return [['!', `${was} → ${is}`]]
  const [from, to] = aroundTheDifference(was, is, Math.min(most, SCREEN), most)
  return [
    ['-', from],
    ['+', to],
  ]
}

/** Two texts; where one is longer than `whole` characters, both without equal beginnings and ends, then cut to `most`. */
export function aroundTheDifference(was: string, is: string, whole: number, most = whole): readonly [string, string] {
  if (was.length <= whole && is.length <= whole) return [was, is]
  const shorter = Math.min(was.length, is.length)
  let start = 0
  while (start < shorter && was[start] === is[start]) start++
  let end = 0
  while (end < shorter - start && was.at(-1 - end) === is.at(-1 - end)) end++
  const skipped = start > 2 * AROUND ? start - AROUND : 0
  const dropped = end > 2 * AROUND ? end - AROUND : 0
  const middle = (text: string) => {
    const from = boundary(text, skipped)
    const to = boundary(text, text.length - dropped)
    return [
      from > 0 ? `… ${thousands(from)} equal characters …` : '',
      cut(text.slice(from, to), most),
      to < text.length ? `… ${thousands(text.length - to)} equal characters …` : '',
    ].join('')
  }
  return [middle(was), middle(is)]
}

/**
 * The changes of a step, the manifest's own first; a step that ends its particle has none. `by`: what carries the plan out, such as
 * `merging`, where no table above says it. `most`: the longest value in characters.
 */
export function stepDiff(step: Step, plan: Pick<Plan, 'unapplied'>, most: number, by?: string): readonly string[] {
  const showing = { particle: step.particle, most }
  return [
    ...partsOf(step).flatMap(({ origin, changes }) => {
      const lines = diffLines(changes, showing)
      if (!origin) return lines
      const text = originText(origin, step, plan, by)
      // Of an end there is the reason alone, where no table has it.
      return lines.length === 0 && by !== undefined ? [`  ${text}`] : below(`${text}:`, lines)
    }),
    ...below('what it runs changes with that:', diffLines(step.follows ?? [], showing)),
    ...below('kept from what runs, because the manifest ignores it:', keptLines(step.kept ?? [], showing)),
  ]
}

/** `- ecs_service:web is deleted`: the diff of a step that ends its particle. */
export const endLine = (step: Step): string => `- ${pathLabel(step.particle)} ${phraseText(whatHappens(step))}`

/** Lines under a heading; without lines, no heading. */
const below = (heading: string, lines: readonly string[]): readonly string[] =>
  lines.length > 0 ? [`  ${heading}`, ...lines] : []

/** Live values that the manifest ignores, as the new revision keeps them. */
function keptLines(kept: readonly Change[], { particle, most }: Showing): readonly string[] {
  const value = ({ after, sensitive }: Change): string => {
    if (sensitive) return '(hidden)'
    return after === undefined ? '(left out)' : cut(valueText(after, particle), most)
  }
  const lines = kept.map(change => ({ label: pathLabel(change.path), value: value(change) }))
  const width = widthOf(lines)
  return lines.map(({ label, value }) => `  ${label.padEnd(width)}  ${value}`)
}

/** The size of a step: `3 changes`, `12 settings`, `deleted`. */
export const amount = (step: Step): string =>
  isEnd(step)
    ? phrasesOf(step.particle).ended
    : count(step.changes.length, step.transition === 'start' ? 'setting' : 'change')
