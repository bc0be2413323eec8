/** Plan and report for the job log: the comment's words without its markup. */
import {
  failedBefore,
  isEnd,
  type Plan,
  type Removed,
  type Report,
  type ReportError,
  type ReportStep,
  type Step,
} from '../engine/document.ts'
import { type Applied, carriedPhrase, heldBackPhrase, runsOn } from './applied.ts'
import { mergesNothing, type NeverApplied, neverAppliedPhrase } from './comment.ts'
import { amount, diffLines, stepDiff } from './diff.ts'
import { cut, logLine } from './escape.ts'
import { dangerCounts, dangerous, dependentsOf, risksOf, whatHappens, why } from './explain.ts'
import { countsByOrigin } from './origin.ts'
import { answerPhrase } from './pauses.ts'
import { isLetGo, letGoTitle, removedPhrase, removedRemedy, undeclaredPhrase, undeclaredTitle } from './removed.ts'
import {
  beginning,
  beginsIdle,
  capital,
  count,
  doneCounts,
  ending,
  failedBeforeTitle,
  listed,
  phraseText,
  protectedDifferences,
  sentence,
  stepOutcome,
  took,
  upToDate,
  upToDateSummary,
  wordOf,
} from './words.ts'

/** Longest value in a log, in characters. The plan file has each value whole. */
const VALUE = 400

/** What carries a plan out: a log does not know of a pull request. */
const BY = 'an apply'

type Lines = readonly string[]

/** Lines that are safe to print. */
const printed = (...all: readonly (string | false | Lines)[]): string =>
  all
    .flat()
    .filter(line => line !== false)
    .map(line => logLine(line).trimEnd())
    .join('\n')

/** Lines under a title; without lines, no title. */
const section = (title: string, lines: Lines): Lines => (lines.length > 0 ? ['', title, ...lines] : [])

const title = (environment: string, ...rest: readonly (string | undefined | false)[]): string =>
  ['ECS particles', environment, ...rest].filter(Boolean).join(' · ')

/** `ecs_service:web update 2 changes`: one step as one line. */
function stepLine(step: Step): string {
  const subject = `${cut(step.particle, 200)} ${wordOf(step)}`
  if (isEnd(step)) return subject
  if (step.transition !== 'wait') return `${subject} ${amount(step)}`
  const cause = phraseText(why(step, {}, BY))
  return `${subject}${cause && `: ${cause}`}`
}

/** The plan as lines of text without Markdown, safe to print into a job log. */
export function renderPlanText(plan: Plan, neverApplied?: NeverApplied): string {
  const dependents = dependentsOf(plan.steps)
  const [todo, rest] = [capital(countsByOrigin(plan).join('; ')), upToDateSummary(plan)]
  const first = beginning(plan)
  return printed(
    title(plan.environment, plan.account && `account ${plan.account}`, plan.region),
    first !== '' && `${capital(first)}.`,
    `${[todo || beginsIdle(plan), rest].filter(Boolean).join(todo ? '; ' : ': ')}.`,
    todo !== '' && neverApplied !== undefined && `${mergesNothing}: ${phraseText(neverAppliedPhrase(neverApplied))}`,
    section(
      `${dangerCounts(plan)}:`,
      dangerous(plan).map(step => `  ${cut(step.particle, 200)}: ${cut(sentence(risksOf(step)), 1000)}`),
    ),
    ...plan.steps.map(step => [
      '',
      stepLine(step),
      `  ${phraseText(whatHappens(step, dependents.get(step.particle)))} (${step.source.file}:${step.source.line})`,
      ...(step.dependsOn.length > 0 ? [`  after ${listed(step.dependsOn, 5)}`] : []),
      ...stepDiff(step, plan, VALUE, BY).map(line => `  ${line}`),
    ]),
    section(
      'Different, and left as it is:',
      protectedDifferences(plan).flatMap(({ particle, changes }) => [
        `  ${particle} (protected)`,
        ...diffLines(changes, { particle, most: VALUE }).map(line => `    ${line}`),
      ]),
    ),
    section(
      `${failedBeforeTitle}:`,
      failedBefore(plan).map(({ particle, why: cause }) => `  ${particle}${cause ? `: ${cause}` : ''}`),
    ),
    leftAlone(plan),
    section(
      'Stays as it is:',
      upToDate(plan).map(({ particle, state, reason }) => `  ${particle} ${state} (${reason})`),
    ),
  )
}

/** How a person answers each paused rollout: below a plan that nobody carries out, since the log of an apply ends with it. */
export const renderAnswersText = ({ steps }: Plan): string =>
  printed(
    steps.flatMap(({ particle, paused }) =>
      paused ? [`To go on with ${cut(particle, 200)}: ${phraseText(answerPhrase(paused))}`] : [],
    ),
  )

/** What is in AWS and in no manifest. */
const leftAlone = ({ undeclared = [], removed = [] }: Plan): Lines => [
  ...section(
    `${undeclaredTitle}:`,
    undeclared.map(member => `  ${phraseText(undeclaredPhrase(member))}`),
  ),
  ...removedLines(removed),
]

function removedLines(all: readonly Removed[]): Lines {
  const stays = all.filter(one => !isLetGo(one))
  const line = (one: Removed) => {
    const thing = one.thing === undefined ? '' : `, ${one.thing}`
    return `  ${one.particle} (${one.state})${thing}${phraseText(removedPhrase(one))}`
  }
  const remedy = stays.length > 0 ? [phraseText(removedRemedy(stays))] : []
  const letGo = all.flatMap(one =>
    one.unmanaged ? [`${line(one)}, let go at ${one.unmanaged.file}:${one.unmanaged.line}`] : [],
  )
  return [
    ...section('Not declared any more, and still there:', [...stays.map(line), ...remedy]),
    ...section(letGoTitle, letGo),
  ]
}

/** How a step ended, what runs on where it never began, where its containers wrote, and how to answer it. */
const stepLines = (step: ReportStep, plan: Plan): Lines => [
  [reportStepLine(step), runsOn(step, plan)].filter(Boolean).join('; '),
  ...(step.error?.logs ?? []).map(
    ({ container, task, group, stream, region }) =>
      `  log of container ${container} in task ${task}: group ${group}, stream ${stream} in ${region}`,
  ),
  ...(step.paused ? [`  to go on: ${phraseText(answerPhrase(step.paused))}`] : []),
]

/** `ecs_service:web update succeeded in 2 min 51 s: 6 of 6 tasks run web:42`: how one step ended, as one line. */
function reportStepLine(step: ReportStep): string {
  const subject = `${cut(step.particle, 200)} ${wordOf(step)}`
  const time = took(step.startedAt, step.finishedAt)
  const end = cut(stepOutcome(step), 1000)
  // The sentence of a pause begins with that word.
  if (step.paused) return `${subject} ${end}${time && `, after ${time}`}`
  return `${subject} ${step.result}${time && ` in ${time}`}${end && `: ${end}`}`
}

/**
 * The report as lines of text without Markdown, safe to print into a job log. The log has the plan and ECS's own words above, and the
 * sentence of each failure below, as an annotation.
 */
export function renderReportText(report: Report, plan: Plan, applied: Applied): string {
  const { steps, result, error } = report
  return printed(
    title(report.environment, plan.account && `account ${plan.account}`, capital(ending(report))),
    `${capital(doneCounts(report))}${phraseText(carriedPhrase(applied))}.`,
    error && result !== 'failed' ? errorLines(error) : [],
    steps.length > 0 && ['', ...steps.flatMap(step => stepLines(step, plan))],
    result === 'rolled-back' && `To go on: ${phraseText(heldBackPhrase(report, applied))}`,
  )
}

/** The newest lines explain most, so the oldest are left out. */
function errorLines({ code, message, details }: ReportError): Lines {
  const lines = details.flatMap(detail => detail.split(/\r?\n/))
  const shown = lines.slice(-100)
  const earlier = lines.length - shown.length
  return [
    `${code ? `${code}: ` : ''}${message}`,
    ...(earlier > 0 ? [`  (${count(earlier, 'earlier line')})`] : []),
    ...shown.map(line => `  ${cut(line, 2000)}`),
  ]
}
