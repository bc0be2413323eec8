/** What plans and reports are told in: the same words for the comment and for the log. */
import type { Change } from '../compare/change.ts'
import type { Plan, Report, ReportStep, Result, Step, StepResult, Transition, Unchanged } from '../engine/document.ts'
import type { ParticleId } from '../particle.ts'
import { thousands } from './escape.ts'
import { phrasesOf } from './phrases.ts'

/** A sentence in pieces: text as it is, and names that Markdown sets as code. */
export type Phrase = readonly (string | { readonly name: string })[]

export const name = (text: string): { readonly name: string } => ({ name: text })

/** A phrase without any markup. */
export const plainly = (phrase: Phrase): string =>
  phrase.map(piece => (typeof piece === 'string' ? piece : piece.name)).join('')

/** `1 task`, `1,234 tasks`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${thousands(number)} ${number === 1 ? one : many}`

/** `a`, `a and b`, `a, b and 3 more`. */
export function listed(items: readonly string[], most = 3): string {
  const shown = items.length > most ? items.slice(0, most) : items
  if (items.length > shown.length) return `${shown.join(', ')} and ${thousands(items.length - shown.length)} more`
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

export const flavorOf = (id: ParticleId): string => id.slice(0, Math.max(0, id.indexOf(':')))

export const nameOf = (id: ParticleId): string => id.slice(id.indexOf(':') + 1)

/** `4 min 12 s`, from two times in ISO 8601. Empty when one of them is missing. */
export function took(from: string | undefined, to: string | undefined): string {
  const milliseconds = from !== undefined && to !== undefined ? Date.parse(to) - Date.parse(from) : Number.NaN
  return Number.isNaN(milliseconds) || milliseconds < 0 ? '' : duration(milliseconds)
}

/** `48 s`, `4 min 12 s`, `1 h 2 min`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return 'under 1 s'
  const seconds = Math.round(milliseconds / 1000)
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  if (hours > 0) return minutes > 0 ? `${thousands(hours)} h ${minutes} min` : `${thousands(hours)} h`
  if (minutes > 0) return rest > 0 ? `${minutes} min ${rest} s` : `${minutes} min`
  return `${rest} s`
}

/** What a reviewer calls a transition. Things that can be started again are stopped; all others that go are deleted. */
export type Word = 'start' | 'update' | 'replace' | 'delete' | 'stop' | 'wait'

export function wordOf({ particle, transition }: { particle: ParticleId; transition: Transition }): Word {
  if (transition !== 'stop' && transition !== 'terminate') return transition
  return phrasesOf(particle).ended === 'deleted' ? 'delete' : 'stop'
}

export const emojiOf: Readonly<Record<Word, string>> = {
  start: '🟢',
  update: '🟡',
  replace: '🟠',
  delete: '🔴',
  stop: '🔴',
  wait: '⏳',
}

const counted: readonly (readonly [Word, one: string, many: string])[] = [
  ['update', 'to change', 'to change'],
  ['replace', 'to replace', 'to replace'],
  ['start', 'to start', 'to start'],
  ['stop', 'to stop', 'to stop'],
  ['delete', 'to delete', 'to delete'],
  ['wait', 'still on its way', 'still on their way'],
]

/** `3 to change, 1 to start, 1 to delete`. Empty when there is no step at all. */
export function toDo(plan: Plan): string {
  return counted
    .map(([word, one, many]) => {
      const number = plan.steps.filter(step => wordOf(step) === word).length
      return number === 0 ? '' : `${thousands(number)} ${number === 1 ? one : many}`
    })
    .filter(Boolean)
    .join(', ')
}

/** Steps that change something. */
export const changing = (plan: Plan): readonly Step[] => plan.steps.filter(step => step.transition !== 'wait')

export const failedBefore = (plan: Plan): readonly Unchanged[] =>
  plan.unchanged.filter(({ reason }) => reason === 'failed')

/** Differences that stay: of particles that are left alone, and of steps that leave a part alone. */
export const protectedDifferences = (
  plan: Plan,
): readonly { readonly particle: ParticleId; readonly changes: readonly Change[] }[] => [
  ...plan.steps.flatMap(step => (step.protected?.length ? [{ particle: step.particle, changes: step.protected }] : [])),
  ...plan.unchanged.flatMap(({ particle, reason, changes }) =>
    reason === 'protected' ? [{ particle, changes: changes ?? [] }] : [],
  ),
]

/** Unchanged, and rightly so. */
export const upToDate = (plan: Plan): readonly Unchanged[] =>
  plan.unchanged.filter(({ reason }) => reason !== 'failed' && reason !== 'protected')

/** `9 as they should be, 1 protected, 1 failed before`. */
export function upToDateSummary(plan: Plan): string {
  const [settled, failed] = [upToDate(plan).length, failedBefore(plan).length]
  const left = plan.unchanged.length - settled - failed
  return [
    settled > 0 && `${thousands(settled)} as ${settled === 1 ? 'it' : 'they'} should be`,
    left > 0 && `${thousands(left)} protected and left as ${left === 1 ? 'it is' : 'they are'}`,
    failed > 0 && `${thousands(failed)} failed earlier`,
  ]
    .filter(Boolean)
    .join(', ')
}

/** One line for a check run's title or an output: `3 to change, 1 to delete`. */
export const planTitle = (plan: Plan): string => {
  const failed = failedBefore(plan).length
  return [toDo(plan) || 'Nothing to do', failed > 0 && `${thousands(failed)} failed earlier`].filter(Boolean).join(', ')
}

export const resultWords: Readonly<Record<Result, readonly [emoji: string, words: string]>> = {
  running: ['⏳', 'applying'],
  succeeded: ['✅', 'applied'],
  failed: ['❌', 'failed'],
  refused: ['⛔', 'refused'],
  cancelled: ['⏹️', 'cancelled'],
  superseded: ['⏩', 'superseded'],
}

export const stepResultEmoji: Readonly<Record<StepResult, string>> = {
  running: '⏳',
  succeeded: '✅',
  failed: '❌',
  skipped: '⏭️',
  cancelled: '⏹️',
}

/** `applied in 4 min 12 s`, `failed after 6 min 3 s`, `refused`. */
export function ending(report: Report): string {
  const time = took(report.startedAt, report.finishedAt)
  const words = resultWords[report.result][1]
  if (time === '' || report.result === 'refused' || report.result === 'superseded') return words
  return `${words} ${report.result === 'succeeded' ? 'in' : 'after'} ${time}`
}

/** `5 of 5 done`, with what was not. */
export function done(report: Report): string {
  const number = (result: StepResult) => report.steps.filter(step => step.result === result).length
  const [failed, skipped, cancelled] = [number('failed'), number('skipped'), number('cancelled')]
  return [
    `${thousands(number('succeeded'))} of ${thousands(report.steps.length)} done`,
    failed > 0 && `${thousands(failed)} failed`,
    skipped > 0 && `${thousands(skipped)} skipped`,
    cancelled > 0 && `${thousands(cancelled)} cancelled`,
  ]
    .filter(Boolean)
    .join(', ')
}

/** One line for a check run's title or an output. */
export const reportTitle = (report: Report): string =>
  report.steps.length > 0 ? `${capital(ending(report))}: ${done(report)}` : capital(ending(report))

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** Somebody else's sentence after a full stop. Only a word gets a capital: an id or a commit stays as it is. */
export const opened = (text: string): string => (/^[a-z]+[ ,]/.test(text) ? capital(text) : text)

/** A sentence that somebody else wrote, with a full stop and no more than one. */
export const sentence = (text: string): string => {
  const trimmed = text.trim()
  return trimmed === '' || /[.!?…:]$/.test(trimmed) ? trimmed : `${trimmed}.`
}

/** How a step ended, in a few words. */
export function outcome(step: ReportStep): string {
  const codes = (step.task?.exitCodes ?? []).flatMap(each => Object.entries(each))
  const exits =
    codes.length === 1
      ? `exit code ${codes[0]?.[1]}`
      : listed(
          codes.map(([container, exit]) => `${container} exited ${exit}`),
          4,
        )
  return step.because || step.error?.brief || step.error?.message || exits
}
