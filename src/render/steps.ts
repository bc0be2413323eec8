/** The steps of a plan in Markdown: the warning, the table and the diffs. */

import { isEnd, type Plan, type Step } from '../engine/document.ts'
import type { Context } from './comment.ts'
import { amount, endLine, stepDiff } from './diff.ts'
import { cut } from './escape.ts'
import { danger, dangerCounts, dangerous, dependentsOf, risksOf, whatHappens, why } from './explain.ts'
import type { FoldedDiff, Rendered, Rung } from './fit.ts'
import {
  alert,
  blocks,
  bold,
  bullets,
  doneTo,
  folded,
  message,
  particleCode,
  phraseMarkdown,
  sourceLink,
  sourceTag,
  table,
} from './markdown.ts'
import { ownFirst } from './origin.ts'
import { changing, count, emojiOf, sentence, wordOf } from './words.ts'

/** What the plan deletes, replaces or restarts: the numbers of several, then the particles. */
export function warning(plan: Plan, rung: Rung): string {
  const steps = dangerous(plan)
  if (steps.length === 0) return ''
  const entries = steps.map(
    step =>
      `${emojiOf[wordOf(step)]} ${particleCode(step.particle)}: ${message(sentence(risksOf(step)), rung.characters)}`,
  )
  const list = rung.table !== 'none' && bullets(entries, Math.min(rung.entries, 40), ', in the table below')
  // A single entry says what its title would.
  return alert('WARNING', blocks((entries.length > 1 || !list) && `**${dangerCounts(plan)}.**`, list))
}

/** A row for each step that the rung shows, or a line where the rung has no room for the whole table. */
export function overview(plan: Plan, context: Context, rung: Rung): Rendered {
  const { steps } = plan
  if (steps.length === 0) return { text: '', leftOut: [] }
  if (rung.table === 'none') return { text: '', leftOut: [`all ${count(steps.length, 'particle')} and their changes`] }
  const shown = rung.table === 'dangerous' ? dangerous(plan) : ownFirst(steps)
  const left = steps.length - shown.length
  const leftOut = left > 0 ? [`the rows of ${count(left, 'particle')} whose change holds no danger`] : []
  if (shown.length === 0) return { text: '', leftOut }
  const subject = (step: Step) => `${emojiOf[wordOf(step)]} ${wordOf(step)} ${particleCode(step.particle)}`
  if (rung.table === 'names')
    return { text: bullets(shown.map(step => `${subject(step)}${isEnd(step) ? '' : `, ${amount(step)}`}`)), leftOut }
  const dependents = dependentsOf(plan.steps)
  const whatAndWhy = (step: Step): readonly [string, string] => [
    phraseMarkdown(whatHappens(step, dependents.get(step.particle))),
    phraseMarkdown(why(step, plan, carriedOutBy(context))),
  ]
  // Without its link, which is most of a row's length.
  if (rung.table === 'lines')
    return { text: bullets(shown.map(step => `${subject(step)}: ${whatAndWhy(step).join('; ')}`)), leftOut }
  const rows = shown.map(step => {
    const particle = sourceLink(particleCode(step.particle), step.source, context.sourceUrl)
    return [doneTo(emojiOf[wordOf(step)], wordOf(step), particle), ...whatAndWhy(step)]
  })
  return { text: table(['particle', 'what happens', 'why'], rows), leftOut }
}

/** What carries the plan out. */
const carriedOutBy = ({ merges, neverApplied }: Context): string => (merges && !neverApplied ? 'merging' : 'an apply')

/** Diffs of at most this many lines, all together, are not folded. */
const UNFOLDED = 12

/** The diff of each step. All are open if they have at most `unfolded` lines together, else folded. */
export function planDiffs(plan: Plan, context: Context, rung: Rung, unfolded = UNFOLDED): readonly FoldedDiff[] {
  const diffs = ownFirst(changing(plan)).map(step => ({
    step,
    lines: [...stepDiff(step, plan, rung.characters * 2), ...(isEnd(step) ? [endLine(step)] : [])],
  }))
  const isOpen = diffs.reduce((sum, { lines }) => sum + lines.length, 0) <= unfolded
  return diffs
    .filter(({ lines }) => lines.length > 0)
    .map(({ step, lines }) => {
      const summary = `${bold(cut(step.particle, 160))} · ${amount(step)} · ${sourceTag(step.source, context.sourceUrl)}`
      return { particle: step.particle, rank: danger(step), lines, frame: body => folded(summary, body, isOpen) }
    })
}
