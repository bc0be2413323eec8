/** The words of plans and reports, which the comment and the log share. */
import type { Change } from '../compare/change.ts'
import { durationText } from '../duration.ts'
import {
  failedBefore,
  type Plan,
  type Report,
  type ReportStep,
  type Result,
  type Step,
  type StepResult,
  type Transition,
  type Unchanged,
} from '../engine/document.ts'
import { flavors } from '../flavors/index.ts'
import { isGone, type ParticleId } from '../particle.ts'
import { vocabularyOf } from '../schema/address.ts'
import { defaultPhrases, type Phrases } from '../schema/vocabulary.ts'
import { oneOrMany } from '../wording.ts'
import { cut, thousands } from './escape.ts'

/** `ecs_service` and `web` of `ecs_service:web`. A text without a colon, which no plan of this tool has, is a name. */
export function idParts(id: ParticleId): { readonly flavor: string; readonly name: string } {
  const colon = id.indexOf(':')
  return { flavor: id.slice(0, Math.max(0, colon)), name: id.slice(colon + 1) }
}

/** What the particle's flavor calls its steps. */
export const phrasesOf = (id: ParticleId): Phrases =>
  vocabularyOf(idParts(id).flavor, flavors)?.phrases ?? defaultPhrases

/** A sentence in pieces: text, names that Markdown sets as code, and signs that stay on the line of what follows them. */
export type Phrase = readonly (string | { readonly name: string } | { readonly sign: string })[]

/** A name in a phrase. */
export const name = (text: string): { readonly name: string } => ({ name: text })

/** A phrase without any markup. */
export const phraseText = (phrase: Phrase): string =>
  phrase.map(piece => (typeof piece === 'string' ? piece : 'sign' in piece ? `${piece.sign} ` : piece.name)).join('')

/** `1 task`, `1,234 tasks`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${thousands(number)} ${oneOrMany(number, one, many)}`

/** The items with the words between them: `a`, `a and b`, `a, b and 3 more`. */
function enumerated<T>(items: readonly T[], most: number): readonly (T | string)[] {
  const shown = items.slice(0, most)
  const pieces = shown.flatMap((item, index) =>
    index === 0 ? [item] : [index === items.length - 1 ? ' and ' : ', ', item],
  )
  return items.length > most ? [...pieces, ` and ${thousands(items.length - most)} more`] : pieces
}

/** The items as one text: `a, b and 3 more`. */
export const listed = (items: readonly string[], most = 3): string => enumerated(items, most).join('')

/** The texts as names, each cut to `longest` characters. */
export const nameList = (texts: readonly string[], most: number, longest: number): Phrase =>
  enumerated(
    texts.map(text => name(cut(text, longest))),
    most,
  )

/** `#10, #11 and #12` */
export const pullRequestList = (numbers: readonly number[]): string =>
  listed(
    numbers.map(number => `#${number}`),
    5,
  )

/** `4 min 12 s`, from two times in ISO 8601. Empty when one of them is missing. */
export function took(from: string | undefined, to: string | undefined): string {
  const milliseconds = from !== undefined && to !== undefined ? Date.parse(to) - Date.parse(from) : Number.NaN
  return Number.isNaN(milliseconds) || milliseconds < 0 ? '' : durationText(milliseconds)
}

/** What reviewers call a transition. A particle that can be started again is stopped; others are deleted. */
export type Word = 'start' | 'register' | 'update' | 'replace' | 'delete' | 'stop' | 'wait'

/** The word of a step, of a plan or of a report. */
export function wordOf({ particle, transition }: { particle: ParticleId; transition: Transition }): Word {
  if (transition === 'start') return phrasesOf(particle).startWord ?? 'start'
  if (transition !== 'stop' && transition !== 'terminate') return transition
  return phrasesOf(particle).ended === 'deleted' ? 'delete' : 'stop'
}

/** The sign before what a step does. */
export const emojiOf: Readonly<Record<Word, string>> = {
  start: '🟢',
  register: '🟢',
  update: '🟡',
  replace: '🟠',
  delete: '🔴',
  stop: '🔴',
  wait: '⏳',
}

const wordCounts: readonly (readonly [Word, one: string, many?: string])[] = [
  ['update', 'to change'],
  ['replace', 'to replace'],
  ['start', 'to start'],
  ['stop', 'to stop'],
  ['delete', 'to delete'],
  ['wait', 'still on its way', 'still on their way'],
]

/** Those that are not zero: `3 to change, 1 to delete`. */
export const counts = (all: readonly (readonly [number: number, one: string, many?: string | undefined])[]): string =>
  all
    .filter(([number]) => number > 0)
    .map(([number, one, many = one]) => count(number, one, many))
    .join(', ')

/** `3 to change, 1 to start, 1 to delete`. Empty when there is no step at all. */
export const toDo = ({ steps }: Plan): string =>
  counts(wordCounts.map(([word, ...text]) => [steps.filter(step => countedAs(step) === word).length, ...text]))

/** What is registered is counted with what is started. */
const countedAs = (step: Step): Word => (step.transition === 'start' ? 'start' : wordOf(step))

/**
 * What a reader must know before anything else: that no run has known this environment, or that nothing of the plan is
 * there yet, which a wrong environment, account or region looks like as well.
 */
export function beginning(plan: Plan): string {
  const { steps, unchanged, newEnvironment, environment } = plan
  const starts = steps.filter(({ transition }) => transition === 'start').length
  const isAll =
    starts > 1 && starts === steps.length && unchanged.every(one => one.reason === 'reference' || isGone(one.state))
  if (newEnvironment) {
    const meant = newEnvironment.meant === undefined ? '' : ` (did you mean ${newEnvironment.meant}?)`
    return `environment ${environment} is new${isAll ? ', and everything would start' : ''}: no manifest and no earlier apply knows it${meant}`
  }
  return isAll ? 'everything would start: look whether environment, account and region are meant' : ''
}

/** Steps that change something. */
export const changing = (plan: Plan): readonly Step[] => plan.steps.filter(step => step.transition !== 'wait')

/** Heads what failed earlier, each with what to do about it. */
export const failedBeforeTitle = 'Failed earlier, and fails every apply'

/** Differences that no apply changes: of protected particles, and of steps with protected members. */
export const protectedDifferences = (
  plan: Plan,
): readonly { readonly particle: ParticleId; readonly changes: readonly Change[] }[] => [
  ...plan.steps.flatMap(step => (step.protected?.length ? [{ particle: step.particle, changes: step.protected }] : [])),
  ...plan.unchanged.flatMap(({ particle, reason, changes }) =>
    reason === 'protected' ? [{ particle, changes: changes ?? [] }] : [],
  ),
]

/** Particles that are as their manifests state them, or that no apply changes. */
export const upToDate = (plan: Plan): readonly Unchanged[] =>
  plan.unchanged.filter(({ reason }) => reason !== 'failed' && reason !== 'protected')

/** What a plan without changes begins with: not that nothing is to do where every apply fails until somebody does something. */
export const beginsIdle = (plan: Plan): string => (failedBefore(plan).length > 0 ? '' : 'Nothing to do')

/** `1 failed earlier, 9 as they should be, 1 protected and left as it is, 2 no longer declared and still there` */
export function upToDateSummary(plan: Plan): string {
  const [current, failed] = [upToDate(plan).length, failedBefore(plan).length]
  const { removed = [], undeclared = [] } = plan
  return counts([
    [failed, 'failed earlier'],
    [current, 'as it should be', 'as they should be'],
    [plan.unchanged.length - current - failed, 'protected and left as it is', 'protected and left as they are'],
    [removed.length + undeclared.length, 'no longer declared and still there'],
  ])
}

/** How the comment of an apply begins, by its result. */
export const resultWords: Readonly<Record<Result, readonly [emoji: string, word: string]>> = {
  running: ['⏳', 'applying'],
  succeeded: ['✅', 'applied'],
  paused: ['⏸️', 'paused'],
  'rolled-back': ['↩️', 'rolled back'],
  failed: ['❌', 'failed'],
  refused: ['⛔', 'refused'],
  cancelled: ['⏹️', 'cancelled'],
  superseded: ['⏩', 'superseded'],
}

/** The sign before how a step ended. */
export const stepResultEmoji: Readonly<Record<StepResult, string>> = {
  running: '⏳',
  succeeded: '✅',
  paused: '⏸️',
  failed: '❌',
  skipped: '⏭️',
  cancelled: '⏹️',
}

/** `applied in 4 min 12 s`, `failed after 6 min 3 s`, `failed in under 1 s`, `refused`. */
export function ending(report: Report): string {
  const time = took(report.startedAt, report.finishedAt)
  const [, word] = resultWords[report.result]
  if (time === '' || report.result === 'refused' || report.result === 'superseded') return word
  return `${word} ${report.result === 'succeeded' || time.startsWith('under') ? 'in' : 'after'} ${time}`
}

/** `5 of 6 done, 1 failed` */
export function doneCounts({ steps, result }: Report): string {
  // An apply that failed without a step had something to do.
  if (steps.length === 0) return result === 'succeeded' ? 'nothing to do' : 'nothing was changed'
  const number = (end: StepResult) => steps.filter(step => step.result === end).length
  const others = (['paused', 'failed', 'skipped', 'cancelled'] as const).map(end => [number(end), end] as const)
  return [`${thousands(number('succeeded'))} of ${thousands(steps.length)} done`, counts(others)]
    .filter(Boolean)
    .join(', ')
}

/** One line for a check run's title or an output. */
export const reportTitle = (report: Report): string =>
  report.steps.length > 0 ? `${capital(ending(report))}: ${doneCounts(report)}` : capital(ending(report))

/** The text with a capital at its beginning. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** A message after a full stop. Only a word gets a capital: an id or a commit keeps its spelling. */
export const capitalSentence = (text: string): string => (/^[a-z]+[ ,]/.test(text) ? capital(text) : text)

/** A message with one full stop at its end, whether AWS or a manifest's author wrote one or not. */
export const sentence = (text: string): string => {
  const trimmed = text.trim()
  return trimmed === '' || /[.!?…:]$/.test(trimmed) ? trimmed : `${trimmed}.`
}

/** How a step ended, in a few words. */
export function stepOutcome({ task, because, error }: ReportStep): string {
  const codes = (task?.exitCodes ?? []).flatMap(each => Object.entries(each))
  const [only] = codes
  const exits = codes.map(([container, code]) => `${container} exited ${code}`)
  return (
    because ||
    error?.brief ||
    error?.message ||
    (only && codes.length === 1 ? `exit code ${only[1]}` : listed(exits, 4))
  )
}
