/** What a step does, why, and its dangers, for a reviewer. */
import type { Change } from '../compare/change.ts'
import { parsePath } from '../compare/path.ts'
import { isEnd, type Plan, type Step } from '../engine/document.ts'
import { hasRisk } from '../engine/risk.ts'
import type { ParticleId } from '../particle.ts'
import { cut, thousands } from './escape.ts'
import { originText, partsOf } from './origin.ts'
import { reasons } from './reasons.ts'
import { unknownOf } from './value.ts'
import { capital, count, name, nameList, type Phrase, phrasesOf, phraseText, wordOf } from './words.ts'

/** 0: the step ends or replaces its particle. 1: a reviewer must know a risk. 2: no danger. */
export function danger(step: Step): 0 | 1 | 2 {
  if (step.transition === 'replace' || isEnd(step)) return 0
  return step.risks.length > 0 ? 1 : 2
}

/** Dangerous steps, those that end or replace first; among equals in the plan's order. */
export const dangerous = (plan: Plan): readonly Step[] =>
  plan.steps.filter(step => danger(step) < 2).sort((a, b) => danger(a) - danger(b))

/** `Deletes 1 particle, replaces 2, restarts the tasks of 3 services` */
export function dangerCounts(plan: Plan): string {
  const risky = plan.steps.filter(step => danger(step) === 1)
  const restarts = risky.filter(step => hasRisk(step, 'restarts')).length
  const jobs = risky.filter(step => hasRisk(step, 'runs once')).length
  const parts = (['delete', 'stop', 'replace'] as const)
    .map(word => ({ word, number: plan.steps.filter(step => wordOf(step) === word).length }))
    .filter(({ number }) => number > 0)
    .map(({ word, number }, index) => `${word}s ${index === 0 ? count(number, 'particle') : thousands(number)}`)
  if (restarts > 0) parts.push(`restarts tasks of ${count(restarts, 'service')}`)
  if (jobs > 0) parts.push(`runs ${count(jobs, 'task')} once`)
  const others = risky.length - restarts - jobs
  if (others > 0)
    parts.push(parts.length > 0 ? `${thousands(others)} more to look at` : `${count(others, 'particle')} to look at`)
  return capital(parts.join(', '))
}

/** The risks of a dangerous step in one line; without any, what happens. */
export const risksOf = (step: Step): string =>
  step.risks.length > 0
    ? step.risks.map(risk => risk.trim().replace(/[.;]$/, '')).join('; ')
    : phraseText(whatHappens(step))

/** Particles that wait for the key before they start or change. A plan has thousands of steps, so callers make the map once. */
export function dependentsOf(steps: readonly Step[]): ReadonlyMap<ParticleId, readonly ParticleId[]> {
  const dependents = new Map<ParticleId, ParticleId[]>()
  for (const step of steps.filter(step => !isEnd(step)))
    for (const id of step.dependsOn) {
      const others = dependents.get(id)
      if (others) others.push(step.particle)
      else dependents.set(id, [step.particle])
    }
  return dependents
}

/** What a step does to a particle of this flavor. `dependents` wait for the step. */
export function whatHappens(step: Step, dependents: readonly ParticleId[] = []): Phrase {
  const { starts, ends, isRun } = phrasesOf(step.particle)
  switch (step.transition) {
    case 'start': {
      if (!isRun) return [starting(step)]
      const runs = hasRisk(step, 'runs once') ? `${starts} once` : starts
      return dependents.length > 0 ? [runs, ', before ', ...nameList(dependents, 2, 80)] : [runs]
    }
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

const memberOf = ({ path }: Change): string => parsePath(path)[0]?.member ?? ''

/** Why there is a step, and what of it is not this run's own. `by`: what carries the plan out. */
export function why(step: Step, plan: Pick<Plan, 'unapplied'>, by: string): Phrase {
  return partsOf(step).flatMap(({ origin, changes }, index) => {
    const text = reason({ ...step, changes })
    const isWhole = step.transition === 'start' || isEnd(step)
    const named: Phrase = origin ? [originText(origin, step, plan, by), ...(isWhole ? [] : [': ', ...text])] : text
    return index > 0 ? ['; ', ...named] : named
  })
}

/** The most important changes, or the state of the particle. */
function reason({ particle, transition, from, changes, why: given }: Step): Phrase {
  if (given) return [cut(given, 200)]
  if (transition === 'stop') return ['is to be stopped']
  if (transition === 'terminate') return ['is to be terminated']
  if (transition !== 'start') return reasons(changes)
  const awaitsRevision = changes.some(
    change => unknownOf(change.after) !== undefined && memberOf(change) === 'taskDefinition',
  )
  if (awaitsRevision && phrasesOf(particle).isRun && from !== 'terminated') return ['its definition changes']
  if (awaitsRevision) return ['is not there yet']
  return [from === 'stopped' ? 'is stopped' : from === 'pending' ? 'is not running yet' : 'is not there yet']
}
