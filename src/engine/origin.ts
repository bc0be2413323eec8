/**
 * Where each difference of a plan comes from: from this run's manifests, from manifests that nobody has applied yet, or from
 * somebody's change in AWS. It is no part of the plan's meaning: digest and claims are made without it. Pure.
 */
import type { FoundChange } from '../compare/change.ts'
import { canonicalJson } from '../digest.ts'
import { ENVIRONMENT, memberOf, type Node, nodeAt, type Particle, scalarsIn, valueAt } from '../particle.ts'
import { type Vocabularies, vocabularyOf } from '../schema/address.ts'
import type { Decision, Decisions } from './decide.ts'
import type { Origin, Plan, Step } from './document.ts'
import { isRelease } from './release.ts'

/** Today's decisions, and those that earlier manifests would lead to with today's answers of AWS. */
interface Compared {
  readonly decisions: Decisions
  /** By the manifests of the last applied commit. */
  readonly applied?: Decisions
  /** By further manifests that AWS may have something of: what an apply of them has changed is nobody's drift. */
  readonly further: readonly Decisions[]
  /** By the manifests that a pull request or a merge group starts from. */
  readonly base?: Decisions
  /** Nothing is proposed: what is not drift is not applied yet. */
  readonly isAllMerged: boolean
  readonly vocabularies: Vocabularies
}

/** The plan with the origin of each difference that this run's manifests have not made. */
export const withOrigins = (plan: Plan, compared: Compared): Plan => ({
  ...plan,
  steps: plan.steps.map(step => withOrigin(step, compared)),
})

function withOrigin(step: Step, compared: Compared): Step {
  const decision = compared.decisions.get(step.particle)
  if (!decision || step.transition === 'wait') return step
  if (step.transition === 'start' || step.changes.length === 0) {
    const origin = originOfWhole(decision, compared)
    return origin ? { ...step, origin } : step
  }
  const changes = step.changes.map((change, index) => {
    const found = decision.changes[index]
    const origin = found && originOf(found, decision, compared)
    return origin ? { ...change, origin } : change
  })
  const origin = leading(changes.map(change => change.origin))
  return { ...step, changes, ...(origin && { origin }) }
}

/** Of a start or an end, which is one thing. */
function originOfWhole(decision: Decision, compared: Compared): Origin | undefined {
  const { particle, changes, transition } = decision
  const all = changes.length > 0 ? leading(changes.map(change => originOf(change, decision, compared))) : undefined
  const origin = whence(decisions => decisions?.get(particle.id)?.transition === transition, compared)
  if (origin !== 'drift') return origin && (changes.length === 0 ? origin : all)
  // A run that has ended is started again because it ended, not because somebody changed it.
  const isRun = vocabularyOf(particle.flavor, compared.vocabularies)?.phrases?.isRun === true
  // Under a name that a variable makes since today there never was a resource that somebody could have deleted.
  const isKnown = !isRun && (transition !== 'start' || !isNamedByVariable(decision, compared))
  return isKnown && (changes.length === 0 || all === 'drift') ? origin : undefined
}

/** Whether a variable that may have changed went into the resource's name, or into that of a parent which is part of it. */
function isNamedByVariable({ particle, filled }: Decision, compared: Compared): boolean {
  const members = vocabularyOf(particle.flavor, compared.vocabularies)?.identifiedBy ?? []
  return members.some(member => {
    const node = memberOf(particle.source, member)
    if (node) return variablesIn(node).some(name => name !== ENVIRONMENT)
    const parent = filled.get(member)
    const decision = parent && compared.decisions.get(parent)
    return decision !== undefined && isNamedByVariable(decision, compared)
  })
}

/** `changesOf`: the changes of an earlier decision that this one may be among. */
function originOf(
  change: FoundChange,
  { particle, filled }: Decision,
  compared: Compared,
  changesOf = (earlier: Decision): readonly FoundChange[] => earlier.changes,
): Origin | undefined {
  if (change.requested || isFromVariables(change, particle)) return undefined
  const parent = filled.get(change.path)
  const leader = parent && compared.decisions.get(parent)
  const inside = leader ? changesBehind(change, leader) : []
  if (leader && inside.length > 0)
    return leading(inside.map(one => originOf(one, leader, compared, earlier => changesBehind(change, earlier))))
  return whence(decisions => {
    const earlier = decisions?.get(particle.id)
    return earlier && changesOf(earlier).some(one => isSame(one, earlier.particle, change, particle))
  }, compared)
}

/** Drift, where every commit that may have been applied would make the difference too. */
function whence(
  isIn: (decisions: Decisions | undefined) => boolean | undefined,
  { applied, base, further, isAllMerged }: Compared,
): Origin | undefined {
  if ([applied, ...(base ? [base] : []), ...further].every(isIn)) return 'drift'
  return (base ? isIn(base) : isAllMerged) ? 'unapplied' : undefined
}

/** A manifest's own change comes before one that is not applied yet, and both before drift. */
function leading(origins: readonly (Origin | undefined)[]): Origin | undefined {
  if (origins.includes(undefined)) return undefined
  return origins.includes('unapplied') ? 'unapplied' : origins[0]
}

/** Differences between the revision that a service runs and the definition that it follows. */
const changesBehind = ({ before }: FoundChange, leader: Decision): readonly FoundChange[] =>
  (typeof before === 'string' ? leader.staleRevisions.get(before) : undefined) ?? leader.changes

/** Whether two manifests want the same of one live value. */
function isSame(one: FoundChange, oneOf: Particle, other: FoundChange, otherOf: Particle): boolean {
  if (one.path !== other.path || (one.at === undefined) !== (other.at === undefined)) return false
  const stated = ({ at }: FoundChange, { definition }: Particle) => at && canonicalJson(valueAt(definition, at) ?? null)
  if (stated(one, oneOf) === stated(other, otherOf)) return true
  const isShown = !one.sensitive && !other.sensitive
  return isShown && canonicalJson(one.after ?? null) === canonicalJson(other.after ?? null)
}

/** Whether another value of a variable explains the live value: earlier values are not known, so nobody is blamed. */
function isFromVariables({ at, live, before }: FoundChange, { source }: Particle): boolean {
  const node = at && nodeAt(source, at)
  if (!node) return false
  const names = new Set(variablesIn(node))
  return names.size > 0 && isRelease(node, live ?? before, { releaseVariables: names })
}

/** Whether a step, or a change of one, comes from there. */
export const comesFrom = (origin: Origin, steps: readonly Step[]): boolean =>
  steps.some(step => [step, ...step.changes].some(one => one.origin === origin))

/** Names of the variables that went into a value. */
export const variablesIn = (node: Node): string[] =>
  scalarsIn(node).flatMap(({ parts = [] }) => parts.flatMap(part => (typeof part === 'string' ? [] : part.variable)))
