/** What plans and reports are told in: the same words for the comment and for the log. */
import type { Change, Value } from '../engine/change.ts'
import type { Plan, Report, ReportStep, Result, Step, StepResult, Transition, Unchanged } from '../engine/document.ts'
import type { ParticleId } from '../particle.ts'
import { cut, isPlain, thousands, visible } from './escape.ts'

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

/** What a reviewer calls a transition. A task or an instance is stopped; everything else that goes is deleted. */
export type Word = 'start' | 'update' | 'replace' | 'delete' | 'stop' | 'wait'

export function wordOf({ particle, transition }: { particle: ParticleId; transition: Transition }): Word {
  if (transition !== 'stop' && transition !== 'terminate') return transition
  return ['ecs_task', 'ecs_instance'].includes(flavorOf(particle)) ? 'stop' : 'delete'
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
export const asTheyShouldBe = (plan: Plan): readonly Unchanged[] =>
  plan.unchanged.filter(({ reason }) => reason !== 'failed' && reason !== 'protected')

/** `9 as they should be, 1 protected, 1 failed before`. */
export function standing(plan: Plan): string {
  const [settled, failed] = [asTheyShouldBe(plan).length, failedBefore(plan).length]
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
  const [failed, skipped, cancelled, running] = [
    number('failed'),
    number('skipped'),
    number('cancelled'),
    number('running'),
  ]
  return [
    `${thousands(number('succeeded'))} of ${thousands(report.steps.length)} done`,
    failed > 0 && `${thousands(failed)} failed`,
    skipped > 0 && `${thousands(skipped)} skipped`,
    cancelled > 0 && `${thousands(cancelled)} cancelled`,
    running > 0 && `${thousands(running)} under way`,
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
  return step.because || step.error?.message || exits || (step.result === 'running' ? 'begun, no end is known' : '')
}

// ---- danger -------------------------------------------------------------------------------------------------------

/** 0: something goes. 1: something that a reviewer must know. 2: neither. */
export const danger = (step: Step): 0 | 1 | 2 =>
  step.transition === 'replace' || step.transition === 'stop' || step.transition === 'terminate'
    ? 0
    : step.risks.length > 0
      ? 1
      : 2

/** Dangerous steps, what goes first; among equals the plan's order. */
export const dangerous = (plan: Plan): readonly Step[] =>
  plan.steps.filter(step => danger(step) < 2).sort((a, b) => danger(a) - danger(b))

/** `Deletes 1 particle, replaces 2, restarts the tasks of 3 services` */
export function dangerCounts(plan: Plan): string {
  const risky = plan.steps.filter(step => danger(step) === 1)
  const restarts = risky.filter(({ risks }) => risks.some(risk => /\brestart/i.test(risk))).length
  const jobs = risky.filter(once).length
  const verbs = [
    ['deletes', plan.steps.filter(step => wordOf(step) === 'delete').length],
    ['stops', plan.steps.filter(step => wordOf(step) === 'stop').length],
    ['replaces', plan.steps.filter(step => wordOf(step) === 'replace').length],
  ] as const
  const parts = verbs
    .filter(([, number]) => number > 0)
    .map(([verb, number], index) => `${verb} ${index === 0 ? count(number, 'particle') : thousands(number)}`)
  if (restarts > 0) parts.push(`restarts tasks of ${count(restarts, 'service')}`)
  if (jobs > 0) parts.push(`runs ${count(jobs, 'task')} once`)
  const others = risky.length - restarts - jobs
  if (others > 0)
    parts.push(parts.length > 0 ? `${thousands(others)} more to look at` : `${count(others, 'particle')} to look at`)
  return capital(parts.join(', '))
}

/** What a reviewer must know of a dangerous step, as one line. */
export const risksOf = (step: Step): string =>
  step.risks.length > 0
    ? step.risks.map(risk => risk.trim().replace(/[.;]$/, '')).join('; ')
    : plainly(whatHappens(step))

// ---- what happens, and why ----------------------------------------------------------------------------------------

/** What the other steps of a plan tell about one: gathered once, for plans may be large. */
export interface Around {
  /** Particles that wait for this one on their way up. */
  readonly waiting: ReadonlyMap<ParticleId, readonly ParticleId[]>
  /** The revision that a definition's services run before it changes. */
  readonly revision: ReadonlyMap<ParticleId, string>
}

export function around(steps: readonly Step[]): Around {
  const waiting = new Map<ParticleId, ParticleId[]>()
  const revision = new Map<ParticleId, string>()
  for (const step of steps) {
    if (isUp(step))
      for (const id of step.dependsOn) {
        const others = waiting.get(id)
        if (others) others.push(step.particle)
        else waiting.set(id, [step.particle])
      }
    for (const { before, after } of step.changes) {
      const id = unknownOf(after)
      if (id !== undefined && typeof before === 'string' && !revision.has(id)) revision.set(id, before)
    }
  }
  return { waiting, revision }
}

const alone: Around = { waiting: new Map(), revision: new Map() }

/** What a transition does to a thing of this flavor. */
export function whatHappens(step: Step, { waiting, revision }: Around = alone): Phrase {
  const before = waiting.get(step.particle) ?? []
  const until: Phrase = before.length === 0 || !isUp(step) ? [] : [', before ', ...enumerated(before)]
  const flavor = flavorOf(step.particle)
  switch (step.transition) {
    case 'start':
      if (flavor === 'ecs_task') return [once(step) ? 'runs once' : 'runs', ...until]
      if (flavor === 'ecs_service') return [starting(step)]
      return [starts[flavor] ?? 'is started']
    case 'update':
      return updating(step, revision.get(step.particle))
    case 'replace':
      return ['is deleted, then started anew']
    case 'wait':
      return ['waits']
    default:
      return [goes[flavor] ?? 'is stopped']
  }
}

/** A job says so among what a reviewer must know; a task that is kept running does not. */
const once = ({ risks }: Step): boolean => risks.some(risk => /^runs once\b/.test(risk))

const isUp = ({ transition }: Step): boolean => transition !== 'stop' && transition !== 'terminate'

const starts: Readonly<Record<string, string>> = {
  ecs_cluster: 'is created',
  ecs_task_definition: 'new revision',
  ecs_instance: 'takes tasks again',
}

const goes: Readonly<Record<string, string>> = {
  ecs_cluster: 'is deleted',
  ecs_task_definition: 'every revision is deregistered',
  ecs_service: 'is deleted',
  ecs_task: 'is stopped',
  ecs_instance: 'is drained',
}

function starting(step: Step): string {
  const tasks = step.changes.find(({ path }) => path === 'desiredCount')?.after
  return typeof tasks === 'number' ? `is created with ${count(tasks, 'task')}` : 'is created'
}

function updating(step: Step, revision: string | undefined): Phrase {
  const flavor = flavorOf(step.particle)
  if (flavor === 'ecs_task_definition') {
    if (step.changes.length > 0 && step.changes.every(({ path }) => head(path) === 'tags')) return ['in place']
    return revision === undefined ? ['new revision'] : ['new revision after ', name(cut(revision, 80))]
  }
  if (flavor === 'ecs_service' && step.changes.some(({ path }) => head(path) === 'taskDefinition'))
    return ['new deployment']
  return ['in place']
}

/** Names in a phrase: `a`, `a and b`, `a, b and 3 more`. */
function enumerated(ids: readonly ParticleId[], most = 2): Phrase {
  const shown = ids.slice(0, most)
  const pieces: (string | { name: string })[] = []
  shown.forEach((id, index) => {
    if (index > 0) pieces.push(index === ids.length - 1 ? ' and ' : ', ')
    pieces.push(name(cut(id, 80)))
  })
  return ids.length > shown.length ? [...pieces, ` and ${thousands(ids.length - shown.length)} more`] : pieces
}

const head = (path: string): string => /^[^.[]*/.exec(path)?.[0] ?? ''

/** The two or three things that say most about why there is a step. */
export function why(step: Step): Phrase {
  if (step.why !== undefined && step.why !== '') return [cut(step.why, 200)]
  const { transition, from, changes } = step
  if (transition === 'stop' || transition === 'terminate')
    return [transition === 'stop' ? 'is to be stopped' : 'is to be terminated']
  if (transition === 'start') {
    if (changes.some(change => unknownOf(change.after) !== undefined && head(change.path) === 'taskDefinition'))
      return flavorOf(step.particle) === 'ecs_task' && from !== 'terminated'
        ? ['its definition changes']
        : ['is not there yet']
    return [from === 'stopped' ? 'is stopped' : from === 'pending' ? 'is not running yet' : 'is not there yet']
  }
  return reasons(changes)
}

/** `image, 1 variable, desiredCount 4 → 6` */
function reasons(changes: readonly Change[]): Phrase {
  const several = new Set(changes.map(({ path }) => /^containerDefinitions\[(.*?)\]/.exec(path)?.[1]))
  const phrases = new Map<string, { phrase: (number: number) => Phrase; number: number }>()
  const add = (key: string, phrase: (number: number) => Phrase) => {
    const known = phrases.get(key)
    if (known) known.number++
    else phrases.set(key, { phrase, number: 1 })
  }
  for (const change of changes) {
    const inside = /^containerDefinitions\[(.*?)\]\.?(.*)$/s.exec(change.path)
    const [container, path] = inside ? [inside[1] ?? '', inside[2] || 'containerDefinitions'] : [undefined, change.path]
    const member = head(path)
    const of = container !== undefined && several.size > 1 ? ` of ${cut(container, 40)}` : ''
    if (member === 'environment') add(`variable${of}`, number => [`${count(number, 'variable')}${of}`])
    else if (member === 'secrets') add(`secret${of}`, number => [`${count(number, 'secret')}${of}`])
    else if (member === 'tags') add('tags', () => ['tags'])
    else if (member === 'taskDefinition' && unknownOf(change.after)) add('follows', () => ['follows its definition'])
    else add(`${path}${of}`, () => because(path, of, change))
  }
  const all = [...phrases.values()]
  const shown = all
    .slice(0, 3)
    .flatMap(({ phrase, number }, index) => [...(index > 0 ? [', '] : []), ...phrase(number)])
  return all.length > 3 ? [...shown, ` and ${count(all.length - 3, 'more', 'more')}`] : shown
}

function because(path: string, of: string, { before, after, sensitive }: Change): Phrase {
  const label = name(cut(path.replace(/(?<=\])\.value$/, ''), 60))
  const brief = (value: Value | undefined) =>
    (typeof value === 'string' && value.length <= 24) || typeof value === 'number' || typeof value === 'boolean'
  if (sensitive || !brief(before) || !brief(after)) return [label, of]
  return [label, `${of} ${say(before)} → ${say(after)}`]
}

// ---- values -------------------------------------------------------------------------------------------------------

/** The particle whose start or change will tell the value, or undefined when the value is known. */
export function unknownOf(value: Value | undefined): ParticleId | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const keys = Object.keys(value)
  const id = (value as { readonly unknown?: unknown }).unknown
  return keys.length === 1 && typeof id === 'string' ? (id as ParticleId) : undefined
}

function sayUnknown(id: ParticleId, step?: Place): string {
  if (flavorOf(id) === 'ecs_task_definition' && step?.particle !== id) return `the new revision of ${bareName(id)}`
  return step?.particle === id || step === undefined ? '(known after apply)' : `(known after apply of ${bareName(id)})`
}

const bareName = (id: string): string => (isBare(id) ? id : quoted(id))

/** Where a value stands: whose it is. */
interface Place {
  readonly particle: ParticleId
}

/**
 * A value on one line. Text stands bare where nobody can take it for anything else, and between quotes otherwise: `"4"` is
 * text, 4 a number, and a text that says `(hidden)` is not hidden.
 */
export function say(value: Value | undefined, of?: Place): string {
  if (typeof value === 'string') return isBare(value) ? value : quoted(value)
  return sayNested(value, of)
}

function sayNested(value: Value | undefined, of?: Place): string {
  if (typeof value === 'string') return quoted(value)
  if (value === undefined) return ''
  if (value === null || typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[${value.map(each => sayNested(each, of)).join(', ')}]`
  const unknown = unknownOf(value)
  if (unknown !== undefined) return sayUnknown(unknown, of)
  return `{${Object.entries(value)
    .map(([key, each]) => `${quoted(key)}: ${sayNested(each, of)}`)
    .join(', ')}}`
}

const quoted = (text: string): string => visible(JSON.stringify(text))

const isBare = (text: string): boolean =>
  /^[^\s"'([{\\](?:[^\\"]*[^\s\\"])?$/s.test(text) &&
  !/^(?:true|false|null|[-+]?[\d.]+(?:e[-+]?\d+)?|the new revision of .*)$/i.test(text) &&
  !/→|…| {2}/.test(text) &&
  isPlain(text)
