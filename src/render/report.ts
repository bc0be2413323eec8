/** The comment of an apply: done, failed, refused, cancelled or superseded. A report of an apply that was killed is `running`. */

import {
  failedBefore,
  type Plan,
  pausedSteps,
  type Report,
  type ReportError,
  type ReportStep,
  type Unchanged,
} from '../engine/document.ts'
import { oneOrMany } from '../wording.ts'
import { carriedPhrase, heldBackPhrase, runsOn, staysDone, wayBack } from './applied.ts'
import { type Context, firstBlocks, runLink, target } from './comment.ts'
import { code, cut, fence, fencedLine, thousands } from './escape.ts'
import { changeText, remedyText, revertIsNamed, type Setting } from './failures.ts'
import { firstThatFits, type Rendered, type Rung, type RungDraft } from './fit.ts'
import { logEnds, logList } from './logs.ts'
import {
  blocks,
  bold,
  bullets,
  doneTo,
  folded,
  message,
  particleCode,
  particleList,
  phraseMarkdown,
  sentences,
  sourceCode,
  table,
} from './markdown.ts'
import { answerNotes } from './pauses.ts'
import { warningList } from './plan.ts'
import { leftInAws } from './removed.ts'
import { overview, planDiffs, warning } from './steps.ts'
import {
  capital,
  capitalSentence,
  count,
  doneCounts,
  ending,
  protectedDifferences,
  resultWords,
  sentence,
  stepOutcome,
  stepResultEmoji,
  took,
  wordOf,
} from './words.ts'

/** A report as Markdown of at most `context.limit` bytes. With the plan, it has the changes and links to manifests. */
export function renderReport(report: Report, plan: Plan | undefined, context: Context): Rendered {
  return firstThatFits(context, rung => reportDraft(report, plan, context, rung))
}

function reportDraft(report: Report, plan: Plan | undefined, context: Context, rung: Rung): RungDraft {
  const { result } = report
  const { text, leftOut } = results(report, plan, rung)
  const before = [
    ...firstBlocks(context, `${resultWords[result][0]} ${ending(report)}`),
    opening(report, plan, context, rung),
    // What to do comes before what has been done: a long table must not push it off the screen.
    logList(report, rung),
    nextSteps(report, plan, context, rung),
    goBack(report, context),
    text,
    rung.extras || rung.table === 'full' ? errorDetails(report, rung) : '',
    logEnds(report, rung),
    result === 'superseded' || !plan ? '' : leftInAws(plan, context, rung, result === 'succeeded'),
    // Warnings of the plan hold after the apply, too.
    result === 'succeeded' || result === 'failed' ? warningList(plan?.warnings ?? [], rung, true) : '',
  ]
  if (plan === undefined || rung.table === 'none') return { before, leftOut }
  const diffs = planDiffs(plan, context, rung, 0)
  // Nobody has to decide on steps that an apply has carried out: no diff is more urgent than another.
  if (result !== 'refused')
    return {
      before: [...before, diffs.length > 0 ? '**What was planned:**' : ''],
      diffs: diffs.map(diff => ({ ...diff, rank: 2 })),
      leftOut,
    }
  // The report is a record: its merge has happened.
  const planned = overview(plan, { ...context, merges: false }, rung)
  return { before: [...before, warning(plan, rung), planned.text], diffs, leftOut: [...leftOut, ...planned.leftOut] }
}

const failedSteps = ({ steps }: Report): readonly ReportStep[] => steps.filter(({ result }) => result === 'failed')

/** What happened, for which commit and where, and the cause. */
function opening(report: Report, plan: Plan | undefined, context: Context, rung: Rung): string {
  const { result, steps, error } = report
  const where = target(plan, context)
  const commit = phraseMarkdown(carriedPhrase(context))
  const forAndIn = `${commit}${where && `${commit && ','} in ${where}`}.`
  const earlier = earlierFailures(report, plan).map(one => earlierFailure(one, rung))
  const cause = error && result !== 'succeeded' && earlier.length === 0 && message(causeOf(error), rung.characters)
  const paragraph = (happened: string) => sentences(`${happened}${forAndIn}`, cause, runLink(context))
  // A single failure or pause is the headline; of several the counts are.
  const counted = (all: readonly string[]) => {
    const [only = ''] = all
    if (all.length === 1) return blocks(only, paragraph(capital(doneCounts(report))))
    return blocks(paragraph(`**${capital(doneCounts(report))}**`), bullets(all, rung.entries))
  }
  switch (result) {
    case 'succeeded':
    case 'superseded':
    case 'cancelled':
      return paragraph(`**${capital(doneCounts(report))}**`)
    case 'refused':
      return paragraph('**Refused before anything was changed**')
    case 'paused':
      return counted(pausedSteps(report).map(pausedText))
    case 'rolled-back':
      return paragraph(
        `**Went back to what ran before**: ${particleList(
          steps.map(({ particle }) => particle),
          20,
        )}; not applied`,
      )
    default:
      return blocks(
        counted([...failedSteps(report).map(step => failure(step, rung)), ...earlier]),
        bullets(pausedSteps(report).map(pausedText), rung.entries),
      )
  }
}

/** Why the apply ended like that. */
const causeOf = ({ rest, message: whole }: ReportError): string => capitalSentence(sentence(rest ?? whole))

/** **`ecs_service:web` was rolled back by ECS**: 4 tasks of web:42 stopped, … */
function failure(step: ReportStep, rung: Rung): string {
  const { happened = 'failed', message: whole = stepOutcome(step), rest = whole } = step.error ?? {}
  const subject = `${particleCode(step.particle)} ${message(happened, rung.characters)}`
  return `**${subject}**${rest ? `: ${message(sentence(rest), rung.characters)}` : '.'}`
}

/** What failed before this apply and fails it. */
const earlierFailures = ({ result }: Report, plan: Plan | undefined): readonly Unchanged[] =>
  result === 'failed' && plan ? failedBefore(plan) : []

/** **`ecs_service:web` failed earlier**: web:42 was rolled back …; how to go on is in the cause. */
const earlierFailure = ({ particle, why = '' }: Unchanged, { characters }: Rung): string =>
  `**${particleCode(particle)} failed earlier**${why ? `: ${message(sentence(why), characters)}` : '.'}`

/** **`ecs_service:web` is paused at POST_TEST_TRAFFIC_SHIFT, …, rolls back by itself at 14:05 unless answered.** */
const pausedText = ({ particle, because = '' }: ReportStep): string =>
  `**${particleCode(particle)} is ${message(sentence(because), 300)}**`

/** A pause stands whole above the table, with how to answer it. */
const outcomeCell = (step: ReportStep): string => (step.paused ? `paused at ${step.paused.stage}` : stepOutcome(step))

/** How each step ended, and a word on the steps that this rung leaves out. */
function results({ steps }: Report, plan: Plan | undefined, rung: Rung): Rendered {
  if (steps.length === 0) return { text: '', leftOut: [] }
  const open = steps.filter(({ result }) => result !== 'succeeded')
  const shown = rung.table === 'dangerous' ? open : rung.table === 'none' ? [] : steps
  const all = count(steps.length, 'step')
  if (shown.length === 0) return { text: '', leftOut: [`all ${all}`] }
  const left = steps.length - shown.length
  const leftOut = left > 0 ? [`${thousands(left)} of ${all}, ${oneOrMany(left, 'which is', 'all of them')} done`] : []
  if (rung.table !== 'full') {
    const lines = shown.map(
      step => `${stepResultEmoji[step.result]} ${wordOf(step)} ${particleCode(step.particle)}, ${step.result}`,
    )
    return { text: bullets(lines), leftOut }
  }
  const rows = shown.map(step => [
    doneTo(stepResultEmoji[step.result], wordOf(step), particleCode(step.particle)),
    took(step.startedAt, step.finishedAt),
    message([outcomeCell(step), runsOn(step, plan)].filter(Boolean).join('; '), Math.min(rung.characters, 300)),
  ])
  return { text: table(['particle', 'took', ''], rows), leftOut }
}

/** The details of each error, newest last. Of too many the oldest are left out: the end explains more than the beginning. */
function errorDetails({ error: whole, steps, result }: Report, rung: Rung): string {
  const refused = result === 'refused'
  const most = rung.extras ? 60 : 15
  const block = (summary: string, { details }: ReportError) => {
    const lines = details.flatMap(detail => detail.split(/\r?\n/))
    const shown = lines.slice(-most).map(line => fencedLine(cut(line, rung.characters)))
    const earlier = lines.length - shown.length
    const text = fence('text', [...(earlier > 0 ? [`… ${count(earlier, 'earlier line')}`] : []), ...shown])
    // Of a refusal a person must decide on the claims that nobody reviewed, so the block is open.
    return folded(summary, text, refused)
  }
  const errors = [
    { summary: '<b>In detail</b>', error: whole },
    ...steps.map(({ particle, error }) => ({ summary: `<b>What ECS said</b> · ${bold(cut(particle, 160))}`, error })),
  ]
  // A skipped step has no details; its row in the table has the reason.
  return errors
    .flatMap(({ summary, error }) => (error && error.details.length > 0 ? [{ summary, error }] : []))
    .slice(0, rung.entries)
    .map(({ summary, error }) => block(summary, error))
    .join('\n')
}

/** What a person can do now; after a success, what the apply has left alone. */
function nextSteps(report: Report, plan: Plan | undefined, context: Context, rung: Rung): string {
  switch (report.result) {
    case 'failed': {
      const way =
        earlierFailures(report, plan).length > 0
          ? 'do what stands with the failure: an apply that is only run again fails again.'
          : 'remove the cause, then run the workflow again.'
      return blocks(
        failedSteps(report).length > 0
          ? remedies(report, plan, context)
          : sentences(`**To go on:** ${way}`, phraseMarkdown(staysDone(report))),
        answerNotes(pausedSteps(report), rung, false),
      )
    }
    case 'refused':
      // Other refusals say in their message what to do.
      return plan && report.error?.rest
        ? `**To go on:** open a new pull request, whose plan shows what is to be applied; or, having read what stands here, run the workflow with ${code(`approved-digest: ${cut(plan.digest, 100)}`)}.`
        : ''
    case 'cancelled':
      return '**To go on:** nothing, if a newer commit has taken over; otherwise run the workflow again. What is done stays done, and what was begun is taken up where AWS has it: no job runs twice.'
    case 'paused':
      return answerNotes(pausedSteps(report), rung)
    case 'rolled-back':
      return `**To go on:** ${phraseMarkdown(heldBackPhrase(report, context))}`
    case 'succeeded':
      return plan && rung.extras ? protectedNote(plan) : ''
    default:
      return ''
  }
}

/** How to undo what this apply did, where nothing above says it. */
function goBack(report: Report, context: Context): string {
  const { result, steps } = report
  const isSaid = result === 'failed' && failedSteps(report).some(({ error }) => revertIsNamed(error?.remedy))
  const isOver = result === 'succeeded' || result === 'cancelled' || result === 'failed'
  const hasBegun = steps.some(
    one => one.result === 'succeeded' || (one.startedAt && one.error?.remedy?.kind !== 'rerun'),
  )
  const way = isOver && hasBegun && !isSaid ? wayBack(report, context) : []
  return way.length > 0 ? `**To go back:** ${phraseMarkdown(way)}` : ''
}

/** Number of remedies that a comment words. */
const REMEDIES = 5

/** The remedy of each failure; equal ones are given once. */
function remedies(report: Report, plan: Plan | undefined, context: Context): string {
  const failed = failedSteps(report)
  const setting: Setting = {
    name: text => code(cut(text, 1000)),
    at: id => {
      const source = plan?.steps.find(step => step.particle === id)?.source
      return `${particleCode(id)}${source ? ` at ${sourceCode(source, context.sourceUrl)}` : ''}`
    },
  }
  const withRemedy = failed.filter(({ error }) => error?.remedy !== undefined)
  const others = failed.filter(({ error }) => error?.remedy === undefined)
  const all = [
    ...new Set(withRemedy.map(step => remedyText(step, setting))),
    others.length > 0 ? changeText(others.map(({ particle }) => setting.at(particle))) : '',
  ].filter(Boolean)
  const stays = phraseMarkdown(staysDone(report))
  const [only] = all
  if (all.length < 2) return sentences('**To go on:**', only && `${only}.`, stays)
  const shown = all.map(text => `${capital(text)}.`)
  return blocks('**To go on:**', [bullets(shown, REMEDIES), stays && bullets([stays])].filter(Boolean).join('\n'))
}

/** Names the protected differences, so that nobody reads "applied" as "everything is as declared". */
function protectedNote(plan: Plan): string {
  const ids = protectedDifferences(plan).map(({ particle }) => particle)
  if (ids.length === 0) return ''
  return `Protected, and left as ${oneOrMany(ids.length, 'it is', 'they are')}: ${particleList(ids, 20)}.`
}
