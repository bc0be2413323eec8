/** Changes as the lines of a `diff` fence, or of the log: `+`, `-` or `!` in column 0, paths grouped, values in line. */
import { actionOf, type Change } from '../compare/change.ts'
import { parsePath } from '../compare/path.ts'
import type { Plan, Step } from '../engine/document.ts'
import type { ParticleId } from '../particle.ts'
import { boundary, cut, isPlain, thousands, visible } from './escape.ts'
import { whatHappens } from './explain.ts'
import { originText, partsOf } from './origin.ts'
import { valueText } from './value.ts'
import { count, isEnd, phrasesOf, phraseText } from './words.ts'

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

interface Line {
  readonly mark: ' ' | '+' | '-' | '!'
  readonly label: string
  readonly value: string
}

/** One line for each change, or two where the values are long, under the heading of their common path. */
function linesOf(
  at: Branch,
  above: string,
  indent: string,
  show: (change: Change) => readonly Line[],
): readonly Line[] {
  const lines: Line[] = []
  const here = above === '' ? at.label : `${above}.${at.label}`
  if (at.changes.length > 0)
    for (const line of at.changes.flatMap(show)) lines.push({ ...line, label: indent + pathLabel(here) })
  const below = [...at.branches.values()]
  const isHeading = here !== '' && (below.length > 1 || at.changes.length > 0)
  if (isHeading && below.length > 0 && at.changes.length === 0)
    lines.push({ mark: ' ', label: indent + pathLabel(here), value: '' })
  for (const next of below)
    lines.push(...linesOf(next, isHeading ? '' : here, isHeading ? `${indent}  ` : indent, show))
  return lines
}

/** A path without the `.value` of a named element, in quotes where a reader could take part of the key for something else. */
function pathLabel(path: string): string {
  const shortened = cut(path.replace(/(?<=\])\.value$/, ''), 200)
  return /→|…|\s/.test(shortened) || !isPlain(shortened) ? visible(JSON.stringify(shortened)) : shortened
}

/** How values of one particle are shown. */
export interface Showing {
  readonly particle: ParticleId
  /** Longest value in characters. */
  readonly most: number
}

/** The lines of a diff, without a fence. Each is one line of visible text. */
export function diffLines(changes: readonly Change[], showing: Showing): readonly string[] {
  const all = changes.flatMap(change => [change, ...(change.removes ?? [])])
  const lines = linesOf(grow(all), '', '', change => show(change, showing))
  const widest = lines.reduce((most, { label, value }) => (value === '' ? most : Math.max(most, label.length)), 0)
  const width = Math.min(LABEL, widest)
  return lines.map(({ mark, label, value }) => `${mark} ${value === '' ? label : `${label.padEnd(width)}  ${value}`}`)
}

function show(change: Change, showing: Showing): readonly Line[] {
  const { before, after, sensitive } = change
  const action = actionOf(change)
  const line = (mark: Line['mark'], value: string): Line => ({ mark, label: '', value })
  if (sensitive && action === 'add') return [line('+', '(hidden)')]
  // Nothing is left to be hidden.
  if (sensitive && action === 'remove') return [line('-', '')]
  if (sensitive) return [line('!', '(hidden, changes)')]
  const [was, is] = [valueText(before, showing), valueText(after, showing)]
  if (action === 'add') return [line('+', cut(is, showing.most))]
  if (action === 'remove') return [line('-', cut(was, showing.most))]
  if (was.length + is.length <= ONE_LINE) return [line('!', `${was} → ${is}`)]
  const [from, to] = aroundTheDifference(was, is, Math.min(showing.most, SCREEN), showing.most)
  return [line('-', from), line('+', to)]
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

/** How a step's diff is shown. */
export interface StepShowing {
  /** Longest value in characters. */
  readonly most: number
  /** Merged and not applied yet. */
  readonly unapplied?: Plan['unapplied']
  /** What carries the plan out: `merging`. */
  readonly by: string
}

/**
 * The changes of a step, the manifest's own first. Of a step that ends its particle every line begins with `-`, and the last
 * one is what happens.
 */
export function stepDiff(step: Step, { most, unapplied, by }: StepShowing): readonly string[] {
  const showing = { particle: step.particle, most }
  const lines = [
    ...partsOf(step).flatMap(({ origin, changes }) => [
      ...(origin ? [`  ${originText(origin, step, { ...(unapplied && { unapplied }) }, by)}:`] : []),
      ...diffLines(changes, showing),
    ]),
    ...below('what it runs changes with that:', diffLines(step.follows ?? [], showing)),
    ...below('kept from what runs, because the manifest ignores it:', keptLines(step.kept ?? [], showing)),
  ]
  if (!isEnd(step)) return lines
  const gone = `- ${pathLabel(step.particle)} ${phraseText(whatHappens(step))}`
  return [...lines.map(line => line.replace(/^[!+]/, '-')), gone]
}

/** Lines under a heading; without lines, no heading. */
const below = (heading: string, lines: readonly string[]): readonly string[] =>
  lines.length > 0 ? [`  ${heading}`, ...lines] : []

/** Live values that the manifest ignores, as the new revision keeps them. */
function keptLines(kept: readonly Change[], showing: Showing): readonly string[] {
  const value = ({ after, sensitive }: Change): string => {
    if (sensitive) return '(hidden)'
    return after === undefined ? '(left out)' : cut(valueText(after, showing), showing.most)
  }
  const labels = kept.map(({ path }) => pathLabel(path))
  const width = Math.min(LABEL, Math.max(0, ...labels.map(({ length }) => length)))
  return kept.map((change, index) => `  ${(labels[index] ?? '').padEnd(width)}  ${value(change)}`)
}

/** The size of a step: `3 changes`, `12 settings`, `deleted`. */
export const amount = (step: Step): string =>
  isEnd(step)
    ? phrasesOf(step.particle).ended
    : count(step.changes.length, step.transition === 'start' ? 'setting' : 'change')
