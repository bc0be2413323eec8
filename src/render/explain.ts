/** What a step does, why, and what is dangerous about it, for somebody who has to decide. */
import type { Change, Value } from '../compare/change.ts'
import { parsePath } from '../compare/path.ts'
import type { Plan, Step } from '../engine/document.ts'
import type { ParticleId } from '../particle.ts'
import { cut, thousands } from './escape.ts'
import { phrasesOf } from './phrases.ts'
import { say, unknownOf } from './value.ts'
import { capital, count, name, type Phrase, plainly, wordOf } from './words.ts'

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

/** What the other steps of a plan tell about one: gathered once, for plans may be large. */
export interface StepNeighbours {
  /** Particles that wait for this one on their way up. */
  readonly waiting: ReadonlyMap<ParticleId, readonly ParticleId[]>
}

export function neighboursOf(steps: readonly Step[]): StepNeighbours {
  const waiting = new Map<ParticleId, ParticleId[]>()
  for (const step of steps) {
    if (isUp(step))
      for (const id of step.dependsOn) {
        const others = waiting.get(id)
        if (others) others.push(step.particle)
        else waiting.set(id, [step.particle])
      }
  }
  return { waiting }
}

const alone: StepNeighbours = { waiting: new Map() }

/** What a transition does to a thing of this flavor. */
export function whatHappens(step: Step, { waiting }: StepNeighbours = alone): Phrase {
  const before = waiting.get(step.particle) ?? []
  const until: Phrase = before.length === 0 || !isUp(step) ? [] : [', before ', ...enumerated(before)]
  const { starts, ends, isRun } = phrasesOf(step.particle)
  switch (step.transition) {
    case 'start':
      return isRun ? [once(step) ? `${starts} once` : starts, ...until] : [starting(step)]
    case 'update':
      return updating(step)
    case 'replace':
      return ['is deleted, then started anew']
    case 'wait':
      return ['waits']
    default:
      return [ends]
  }
}

/** A job says so among what a reviewer must know; a task that is kept running does not. */
const once = ({ risks }: Step): boolean => risks.some(risk => /^runs once\b/.test(risk))

const isUp = ({ transition }: Step): boolean => transition !== 'stop' && transition !== 'terminate'

function starting({ particle, changes }: Step): string {
  const { starts, taskCount } = phrasesOf(particle)
  const tasks = taskCount && changes.find(({ path }) => path === taskCount)?.after
  return typeof tasks === 'number' ? `${starts} with ${count(tasks, 'task')}` : starts
}

function updating({ particle, changes, after }: Step): Phrase {
  const { revisedUnless, deployedBy } = phrasesOf(particle)
  const members = changes.map(memberOf)
  if (revisedUnless) {
    if (members.length > 0 && members.every(member => revisedUnless.includes(member))) return ['in place']
    return after === undefined ? ['new revision'] : ['new revision after ', name(cut(after, 80))]
  }
  return [members.some(member => deployedBy?.includes(member)) ? 'new deployment' : 'in place']
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

const memberOf = ({ path }: Change): string => parsePath(path)[0]?.member ?? ''

/** The two or three things that say most about why there is a step. */
export function why(step: Step): Phrase {
  if (step.why !== undefined && step.why !== '') return [cut(step.why, 200)]
  const { transition, from, changes } = step
  if (transition === 'stop' || transition === 'terminate')
    return [transition === 'stop' ? 'is to be stopped' : 'is to be terminated']
  if (transition === 'start') {
    if (changes.some(change => unknownOf(change.after) !== undefined && memberOf(change) === 'taskDefinition'))
      return phrasesOf(step.particle).isRun && from !== 'terminated' ? ['its definition changes'] : ['is not there yet']
    return [from === 'stopped' ? 'is stopped' : from === 'pending' ? 'is not running yet' : 'is not there yet']
  }
  return reasons(changes)
}

/** The container that a change is in, and the path below it. */
function placeOf({ path }: Change): { readonly container?: string; readonly path: string; readonly member: string } {
  const [first, ...below] = parsePath(path)
  const member = first?.member ?? ''
  if (member !== 'containerDefinitions' || first?.key === undefined) return { path, member }
  const inside = below.map(({ text }) => text).join('.') || member
  return { container: first.key, path: inside, member: below[0]?.member ?? member }
}

/** `image, 1 variable, desiredCount 4 → 6` */
function reasons(changes: readonly Change[]): Phrase {
  const places = changes.map(change => ({ change, ...placeOf(change) }))
  const several = new Set(places.map(({ container }) => container))
  const phrases = new Map<string, { phrase: (number: number) => Phrase; number: number }>()
  const add = (key: string, phrase: (number: number) => Phrase) => {
    const known = phrases.get(key)
    if (known) known.number++
    else phrases.set(key, { phrase, number: 1 })
  }
  for (const { change, container, path, member } of places) {
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

/** An image is known by its tag where the rest of its name stays. A digest tells nobody anything. */
function tagOf(image: Value | undefined): { readonly repository: string; readonly tag: string } | undefined {
  const [, repository, tag] = typeof image === 'string' ? (/^(.*):([\w.-]{1,24})$/.exec(image) ?? []) : []
  return repository === undefined || tag === undefined || repository.includes('@') ? undefined : { repository, tag }
}

function because(path: string, of: string, { before, after, sensitive }: Change): Phrase {
  const label = name(cut(path.replace(/(?<=\])\.value$/, ''), 60))
  const [old, next] = [tagOf(before), tagOf(after)]
  if (path === 'image' && !sensitive && old && next && old.repository === next.repository)
    return [label, `${of} `, name(old.tag), ' → ', name(next.tag)]
  const brief = (value: Value | undefined) =>
    (typeof value === 'string' && value.length <= 24) || typeof value === 'number' || typeof value === 'boolean'
  if (sensitive || !brief(before) || !brief(after)) return [label, of]
  return [label, `${of} ${say(before)} → ${say(after)}`]
}
