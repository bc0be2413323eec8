/** Plan and report for the job log: the comment's words without its markup. */
import type { Plan, Report, ReportError, ReportStep, Step } from '../engine/document.ts'
import { amount, diffLines, stepDiff } from './diff.ts'
import { cut, logLine, thousands } from './escape.ts'
import { dangerCounts, dangerous, neighboursOf, risksOf, whatHappens, why } from './explain.ts'
import { removedLines } from './removed.ts'
import {
  capital,
  done,
  ending,
  failedBefore,
  listed,
  outcome,
  plainly,
  protectedDifferences,
  sentence,
  toDo,
  took,
  upToDate,
  upToDateSummary,
  wordOf,
} from './words.ts'

/** What a log may show of one value, in characters. The plan file has all of it. */
const VALUE = 400

/** Lines of a log, each safe to print. */
const lines = (...all: readonly (string | false | readonly (string | false)[])[]): string =>
  all
    .flat()
    .filter(line => line !== false)
    .map(line => logLine(line).trimEnd())
    .join('\n')

const title = (plan: { readonly environment: string }, rest: readonly (string | undefined | false)[]): string =>
  ['ECS particles', plan.environment, ...rest].filter(Boolean).join(' · ')

/** `ecs_service:web update 2 changes`: one step as one line. */
export const renderStepText = (step: Step): string => {
  const word = wordOf(step)
  const size = word === 'delete' || word === 'stop' || word === 'wait' ? '' : ` ${amount(step)}`
  const reason = word === 'wait' ? plainly(why(step)) : ''
  return logLine(`${cut(step.particle, 200)} ${word}${size}${reason && `: ${reason}`}`)
}

/** The plan as lines of text without Markdown, safe to print into a job log. */
export function renderPlanText(plan: Plan): string {
  const others = neighboursOf(plan.steps)
  const todo = toDo(plan)
  const stays = upToDateSummary(plan)
  const dangers = dangerous(plan)
  const differs = protectedDifferences(plan)
  return lines(
    title(plan, [plan.account && `account ${plan.account}`, plan.region]),
    todo ? `${todo}${stays && `; ${stays}`}.` : `Nothing to do${stays && `: ${stays}`}.`,
    dangers.length > 0 && [
      '',
      `${dangerCounts(plan)}:`,
      ...dangers.map(step => `  ${cut(step.particle, 200)}: ${cut(sentence(risksOf(step)), 1000)}`),
    ],
    ...plan.steps.map(step => [
      '',
      renderStepText(step),
      `  ${plainly(whatHappens(step, others))} (${step.source.file}:${step.source.line})`,
      step.dependsOn.length > 0 && `  after ${listed(step.dependsOn, 5)}`,
      ...stepDiff(step, VALUE).map(line => `  ${line}`),
    ]),
    differs.length > 0 && [
      '',
      'Different, and left as it is:',
      ...differs.flatMap(({ particle, changes }) => [
        `  ${particle} (protected)`,
        ...diffLines(changes, { particle, most: VALUE }).map(line => `    ${line}`),
      ]),
    ],
    failedBefore(plan).length > 0 && [
      '',
      'Failed earlier, and fails every apply until it changes:',
      ...failedBefore(plan).map(({ particle, why: cause }) => `  ${particle}${cause ? `: ${cause}` : ''}`),
    ],
    removedLines(plan.removed ?? []),
    (plan.warnings?.length ?? 0) > 0 && ['', ...(plan.warnings ?? []).map(warning => `Warning: ${warning}`)],
    upToDate(plan).length > 0 && [
      '',
      'Stays as it is:',
      ...upToDate(plan).map(({ particle, state, reason }) => `  ${particle} ${state} (${reason})`),
    ],
  )
}

/** `ecs_service:web update succeeded in 2 min 51 s: 6 of 6 tasks run web:42`: how one step ended, as one line. */
export function renderReportStepText(step: ReportStep): string {
  const time = took(step.startedAt, step.finishedAt)
  const end = outcome(step)
  return logLine(
    `${cut(step.particle, 200)} ${wordOf(step)} ${step.result}${time && ` in ${time}`}${end && `: ${cut(end, 1000)}`}`,
  )
}

/**
 * The report as lines of text without Markdown, safe to print into a job log. The log has ECS's own words above, and the
 * sentence of each failure below, as an annotation.
 */
export function renderReportText(report: Report, plan?: Plan): string {
  return lines(
    title(report, [plan?.account && `account ${plan.account}`, capital(ending(report))]),
    report.steps.length > 0 && `${done(report)}.`,
    report.error && report.result !== 'failed' ? errorLines(report.error) : false,
    report.steps.length > 0 && ['', ...report.steps.map(renderReportStepText)],
    (report.result === 'succeeded' || report.result === 'failed') &&
      (plan?.warnings ?? []).map(warning => `Warning: ${warning}`),
  )
}

/** Newest lines are the ones that explain; the oldest are left out first. */
function errorLines({ code, message, details }: ReportError): readonly string[] {
  const most = 100
  const shown = details.slice(-most)
  return [
    `${code ? `${code}: ` : ''}${message}`,
    ...(details.length > shown.length ? [`  (${thousands(details.length - shown.length)} earlier lines)`] : []),
    ...shown.flatMap(detail => detail.split(/\r?\n/)).map(detail => `  ${cut(detail, 2000)}`),
  ]
}
