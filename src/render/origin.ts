/** What a plan has besides this run's own changes: merged and not applied yet, or changed by somebody in AWS. */
import { failedBefore, isEnd, type Origin, type Plan, type Step, type StepChange } from '../engine/document.ts'
import type { NeverApplied } from './comment.ts'
import { beginsIdle, capital, changing, count, counts, pullRequestList, toDo } from './words.ts'

/** `not applied yet (#12)` */
const notApplied = ({ unapplied = [] }: Pick<Plan, 'unapplied'>): string =>
  `not applied yet${unapplied.length > 0 ? ` (${pullRequestList(unapplied)})` : ''}`

/** Why a step, or part of it, is not this run's own. `by`: what carries it out, such as `merging`; without it, in a word. */
export function originText(origin: Origin, step: Step, plan: Pick<Plan, 'unapplied'>, by?: string): string {
  if (origin === 'unapplied') return notApplied(plan)
  if (by === undefined) return 'drift'
  if (step.transition === 'start') return `drift: somebody ended it in AWS; ${by} starts it again`
  if (isEnd(step)) return `drift: somebody started it in AWS; ${by} ends it again`
  return `drift: somebody changed it in AWS; ${by} puts it back`
}

/** The manifest's own comes first, drift last. */
const origins = [undefined, 'unapplied', 'drift'] as const

/** The parts of a step by where they come from, the manifest's own first. A start and an end are one part. */
export function partsOf(step: Step): readonly StepPart[] {
  if (step.transition === 'start' || step.changes.length === 0) return [step]
  return origins
    .map(origin => ({ origin, changes: step.changes.filter(change => change.origin === origin) }))
    .filter(({ changes }) => changes.length > 0)
}

interface StepPart {
  readonly origin?: Origin | undefined
  readonly changes: readonly StepChange[]
}

/** Steps with a change of the manifest's own first, drift last; among equals in the plan's order. */
export const ownFirst = (steps: readonly Step[]): readonly Step[] =>
  origins.flatMap(origin => steps.filter(step => step.origin === origin))

/** `3 to change, 1 to start`, then what is not applied yet and what is drift, each counted apart. */
export function countsByOrigin(plan: Plan): readonly string[] {
  const of = (origin: Origin | undefined) => toDo({ ...plan, steps: plan.steps.filter(step => step.origin === origin) })
  const [own, unapplied, drift] = [of(undefined), of('unapplied'), of('drift')]
  const mixed = changing(plan).filter(
    step => step.origin !== 'drift' && step.changes.some(change => change.origin === 'drift'),
  ).length
  const also = mixed > 0 ? `in part of ${count(mixed, 'particle')}` : ''
  return [
    own,
    unapplied && `${notApplied(plan)}: ${unapplied}`,
    (drift || also) && `drift: ${[drift, also].filter(Boolean).join(', and ')}`,
  ].filter(Boolean)
}

/** One line for a check run's title or an output: `3 to change, 1 to delete`. */
export const planTitle = (plan: Plan, neverApplied?: NeverApplied): string =>
  [
    capital(countsByOrigin(plan).join('; ')) || beginsIdle(plan),
    counts([
      [failedBefore(plan).length, 'failed earlier'],
      [(plan.removed ?? []).length + (plan.undeclared ?? []).length, 'no longer declared and still there'],
    ]),
  ]
    .filter(Boolean)
    .join(', ') +
  (neverApplied && changing(plan).length > 0 ? `; merging into ${neverApplied.base} applies nothing` : '')
