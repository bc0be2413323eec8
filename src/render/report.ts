/** The faces of an apply: done, failed, refused, cancelled or superseded. Only the file of an apply that died says `running`. */

import type { Plan, Report, ReportStep } from '../engine/document.ts'
import {
  atMost,
  type Context,
  firstLine,
  forCommit,
  heading,
  listedParticles,
  note,
  runLink,
  sentences,
  target,
} from './context.ts'
import { code, cut, fence, fencedLine, thousands } from './escape.ts'
import { changeText, remedyText, type Setting } from './failures.ts'
import { firstThatFits, type Rendered, type Rung, type RungDraft } from './fit.ts'
import { bold, bullets, details, particle, sourceCode, table, words } from './markdown.ts'
import { overview, planDiffs, warning, warnings } from './plan.ts'
import { removedNote } from './removed.ts'
import {
  capital,
  count,
  done,
  ending,
  opened,
  outcome,
  protectedDifferences,
  resultWords,
  sentence,
  stepResultEmoji,
  took,
  wordOf,
} from './words.ts'

/** What an apply has done, as Markdown. With the plan it also says what was changed, and where it is written. */
export function renderReport(report: Report, plan: Plan | undefined, context: Context): Rendered {
  return firstThatFits(context.limit, rung => reportDraft(report, plan, context, rung), note(context))
}

function reportDraft(report: Report, plan: Plan | undefined, context: Context, rung: Rung): RungDraft {
  const leftOut: string[] = []
  const [emoji] = resultWords[report.result]
  const before = [
    firstLine(context),
    heading(context, `${emoji} ${ending(report)}`),
    opening(report, plan, context, rung),
    results(report, rung, leftOut),
    ...(rung.extras || rung.table === 'full' ? [said(report, rung)] : []),
    toGoOn(report, plan, context, rung),
    // What does not go live, and what is unwell, is as true after an apply as before.
    isCarriedOut(report) ? warnings(plan?.warnings ?? [], rung, true) : '',
  ]
  if (plan === undefined || rung.table === 'none') return { before, diffs: [], after: [], leftOut }
  const planned =
    report.result === 'refused'
      ? [warning(plan, rung), overview(plan, context, rung, leftOut)]
      : ['**What was planned:**']
  // What was done needs no decision: it folds, and nothing in it is more urgent than the rest.
  const diffs = planDiffs(plan, context, rung, 0).map(diff => ({
    ...diff,
    rank: report.result === 'refused' ? diff.rank : 2,
  }))
  return { before: [...before, ...(diffs.length > 0 ? planned : [])], diffs, after: [], leftOut }
}

const isCarriedOut = ({ result }: Report): boolean => result === 'succeeded' || result === 'failed'

const isDone = ({ result }: ReportStep): boolean => result === 'succeeded'

function opening(report: Report, plan: Plan | undefined, context: Context, rung: Rung): string {
  const sha = context.mergeCommit ?? context.head
  const merge = context.mergeCommit !== undefined && context.merges ? ', the merge of this pull request' : ''
  const where = target(plan, context)
  const commit = forCommit(sha)
  const there = `${commit && `${commit}${merge}`}${where && `${commit && ','} in ${where}`}.`
  const cause = report.error ? words(opened(sentence(report.error.message)), rung.characters) : ''
  switch (report.result) {
    case 'succeeded':
      return sentences(
        report.steps.length > 0 ? `**${done(report)}**${there}` : `**Nothing to do**${there}`,
        runLink(context),
      )
    case 'refused':
      return sentences(`**Refused before anything was changed**${there}`, cause, runLink(context))
    case 'superseded':
      return sentences(
        report.steps.length > 0
          ? `**A newer commit has taken over: ${done(report)}**${there}`
          : `**A newer commit has taken over**; nothing was done${there}`,
        cause,
        runLink(context),
      )
    case 'cancelled':
      return sentences(`**Cancelled: ${done(report)}**${there}`, cause, runLink(context))
    default:
      return failedOpening(report, there, cause, context, rung)
  }
}

/** One failure stands first; of several the counts do. */
function failedOpening(report: Report, there: string, cause: string, context: Context, rung: Rung): string {
  const failed = report.steps.filter(({ result }) => result === 'failed').map(step => failure(step, rung))
  if (failed.length === 1)
    return [...failed, '', sentences(`${done(report)}${there}`, cause, runLink(context))].join('\n')
  const counts = sentences(`**${done(report)}**${there}`, cause, runLink(context))
  return [counts, ...(failed.length > 1 ? ['', ...bullets(atMost(failed, rung.entries))] : [])].join('\n')
}

/** **`ecs_service:web` was rolled back by ECS**: 4 tasks of web:42 stopped, … */
function failure(step: ReportStep, rung: Rung): string {
  const { particle: id, error } = step
  const { message = outcome(step), headline = '' } = error ?? {}
  const isWhole = headline.startsWith(`${id} `) && message.startsWith(headline)
  const happened = isWhole ? words(headline.slice(id.length + 1), rung.characters) : 'failed'
  const rest = (isWhole ? message.slice(headline.length) : message).replace(/^[:.] ?/, '')
  return `**${particle(id)} ${happened}**${rest ? `: ${words(sentence(rest), rung.characters)}` : '.'}`
}

function results(report: Report, rung: Rung, leftOut: string[]): string {
  const { steps } = report
  if (steps.length === 0) return ''
  const open = steps.filter(step => !isDone(step))
  const shown = rung.table === 'dangerous' ? open : rung.table === 'none' ? [] : steps
  if (shown.length < steps.length)
    leftOut.push(
      shown.length === 0
        ? `all ${count(steps.length, 'step')}`
        : `${thousands(steps.length - shown.length)} of ${count(steps.length, 'step')}, all of them done`,
    )
  if (shown.length === 0) return ''
  if (rung.table !== 'full')
    return bullets(
      shown.map(step => `${stepResultEmoji[step.result]} ${wordOf(step)} ${particle(step.particle)}, ${step.result}`),
    ).join('\n')
  return table(
    ['', 'particle', 'took', ''],
    shown.map(step => [
      `${stepResultEmoji[step.result]}&nbsp;${wordOf(step)}`,
      particle(step.particle),
      took(step.startedAt, step.finishedAt),
      words(outcome(step), Math.min(rung.characters, 300)),
    ]),
  )
}

/** ECS's own words, newest last. Where there are too many, the oldest go first: the end explains more than the beginning. */
function said(report: Report, rung: Rung): string {
  const errors = [
    ...(report.error ? [{ of: '', error: report.error }] : []),
    ...report.steps.flatMap(({ particle: id, error }) => (error ? [{ of: id, error }] : [])),
  ].filter(({ error }) => error.details.length > 0 || error.code !== '')
  const most = rung.extras ? 60 : 15
  const blocks = errors.slice(0, rung.entries).flatMap(({ of, error }) => {
    const lines = error.details.flatMap(detail => detail.split(/\r?\n/))
    // What was skipped has nothing to tell but why, and the table says that.
    if (lines.length === 0) return []
    const shown = lines.slice(-most).map(line => fencedLine(cut(line, rung.characters)))
    const earlier = lines.length - shown.length
    return details(
      of === ''
        ? `<b>${report.result === 'refused' ? 'What was not reviewed' : 'In detail'}</b>`
        : `<b>What ECS said</b> · ${bold(cut(of, 160))}`,
      fence('text', [...(earlier > 0 ? [`… ${count(earlier, 'earlier line')}`] : []), ...shown]),
      // Which claims nobody reviewed is what a person has to decide on.
      report.result === 'refused',
    )
  })
  return blocks.join('\n')
}

/** What a person can do now. */
function toGoOn(report: Report, plan: Plan | undefined, context: Context, rung: Rung): string {
  const failed = report.steps.filter(({ result }) => result === 'failed')
  switch (report.result) {
    case 'failed':
      return failed.length === 0
        ? '**To go on:** remove the cause, then run the workflow again. What is done stays done.'
        : remedies(failed, plan, context)
    case 'refused':
      return sentences(
        '**To go on:** open a new pull request, whose plan shows what is to be applied; or, having read what stands here, run the workflow with',
        plan
          ? `${code(`approved-digest: ${cut(plan.digest, 100)}`)}.`
          : `${code('approved-digest')}, the digest of this plan.`,
      )
    case 'cancelled':
      return '**To go on:** nothing, if a newer commit has taken over; otherwise run the workflow again. What is done stays done, and what was begun is taken up where AWS has it.'
    default:
      return report.result === 'succeeded' && rung.extras
        ? [protectedNote(plan), removedNote(plan?.removed ?? [], rung)].filter(Boolean).join('\n\n')
        : ''
  }
}

/** Steps whose remedies are worded. */
const mostRemedies = 5

/** What fits the cause of each failure; where several failures need the same, once. */
function remedies(failed: readonly ReportStep[], plan: Plan | undefined, context: Context): string {
  const setting: Setting = {
    name: text => code(cut(text, 1000)),
    at: id => {
      const source = plan?.steps.find(other => other.particle === id)?.source
      return `${particle(id)}${source ? ` at ${sourceCode(source, context.sourceUrl)}` : ''}`
    },
  }
  const plain = failed.filter(({ error }) => error?.remedy === undefined)
  const texts = [
    ...new Set(failed.filter(step => !plain.includes(step)).map(step => remedyText(step, setting))),
    plain.length > 0 ? changeText(plain.map(({ particle: id }) => setting.at(id))) : '',
  ].filter(Boolean)
  const shown = texts.slice(0, mostRemedies).map(text => `${capital(text)}.`)
  const [only = ''] = shown
  const done = 'What is done stays done: the next apply begins with what AWS has.'
  const more = texts.length > mostRemedies ? [`and ${thousands(texts.length - mostRemedies)} more`] : []
  if (shown.length < 2)
    return sentences(only ? `**To go on:** ${only.charAt(0).toLowerCase()}${only.slice(1)}` : '**To go on:**', done)
  return ['**To go on:**', '', ...bullets([...shown, ...more, done])].join('\n')
}

/** What an apply has left alone, so that "applied" is not read as "everything is as declared". */
function protectedNote(plan: Plan | undefined): string {
  const differences = plan ? protectedDifferences(plan) : []
  if (differences.length === 0) return ''
  return `Protected, and left as ${differences.length === 1 ? 'it is' : 'they are'}: ${listedParticles(
    differences.map(({ particle: id }) => id),
    20,
  )}.`
}
