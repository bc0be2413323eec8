import type { FoundChange } from '../compare/change.ts'
import { sensitivityOf } from '../compare/sensitivity.ts'
import { isGone, type Particle, type ParticleId, type Problem, pathKey, placeAt, Unknown } from '../particle.ts'
import type { Reason, Transition } from './document.ts'
import type { AnyFlavor, Assessment, Comparison, Refusal } from './flavor.ts'
import { withParents } from './inherited.ts'
import { type EngineContext, flavorOf } from './refresh.ts'

/** A problem of one particle, and the same within a sentence that is about the particle. */
interface RefusedStatement extends Problem {
  readonly cause: string
}

/** The transition of one particle, and the facts of the decision. */
export interface Decision extends Pick<Assessment, 'observed' | 'reference' | 'currentDefinition' | 'memo'> {
  /** The particle with the members that its parents fill. */
  readonly particle: Particle
  readonly live: unknown
  /** Missing when nothing happens. */
  readonly transition?: Transition
  /** Set when nothing happens. */
  readonly reason?: Reason
  readonly why?: string
  /** Changes that the transition carries out; empty for an end, and for a wait. */
  readonly changes: readonly FoundChange[]
  /** Ignored values that the transition takes over from AWS. */
  readonly kept: readonly FoundChange[]
  /** Differences that are left alone. */
  readonly protected: readonly FoundChange[]
  readonly risks: readonly string[]
  /** Minutes that the transition takes at least. */
  readonly leastMinutes: number
  readonly warnings: readonly string[]
  readonly problems: readonly RefusedStatement[]
  /** Places of stated values that are hidden, whether they change or not: see `pathKey`. */
  readonly hidden: ReadonlySet<string>
  /** Members that parents filled, because the manifest leaves them to their links. */
  readonly filled: ReadonlyMap<string, ParticleId>
  /** No change is left to review. */
  readonly preapproved: boolean
  /** Revisions child services run that differ from the manifest, keyed `web:41`. */
  readonly staleRevisions: ReadonlyMap<string, readonly FoundChange[]>
  /** The reference before an update, which children's members in AWS are compared with. */
  readonly previousReference: Assessment['reference']
}

/** Decisions by particle. */
export type Decisions = ReadonlyMap<ParticleId, Decision>

/** Decides from the manifest and AWS's answer. Pure: the same answers, the same decision. */
export function decide(stated: Particle, live: unknown, engine: EngineContext, parents: Decisions): Decision {
  const flavor = flavorOf(engine, stated)
  const { inheriting, refused } = withParents(stated, flavor, parents, engine.sensitivity)
  const { particle, filled } = withNeeds(inheriting, flavor, parents)
  const assessment = flavor.assess(particle, live, sensitivityOf(particle, engine.sensitivity))
  const { observed, reference, currentDefinition, memo } = assessment
  const choice = flavor.referenceOnly
    ? { reason: 'reference' as const, comparison: nothing }
    : choose(particle, assessment)
  const { comparison, ...chosen } = choice
  const { transition, reason } = chosen
  const changes = transition && transition !== 'wait' ? comparison.changes : []
  return {
    particle,
    live,
    observed,
    ...chosen,
    changes,
    kept: changes.length > 0 ? (comparison.kept ?? []) : [],
    protected: [...(comparison.protected ?? []), ...(reason === 'protected' ? comparison.changes : [])],
    risks: comparison.risks ?? [],
    leastMinutes: comparison.leastMinutes ?? 0,
    warnings: [...(comparison.warnings ?? []), ...(observed.warnings ?? [])],
    problems: problemsOf(particle, [...refused, ...(comparison.problems ?? [])]),
    hidden: hiddenPlaces(transition === 'start' || changes.length === 0 ? changes : assessment.additions().changes),
    filled,
    preapproved: comparison.preapproved === true,
    staleRevisions: assessment.staleRevisions?.() ?? new Map(),
    reference: changes.length > 0 && comparison.newReference ? new Unknown(particle.id) : reference,
    previousReference: transition === 'update' ? reference : undefined,
    currentDefinition,
    memo,
  }
}

/** Refusals with their places in the manifest. An option is outside the definition, at a place of its own. */
function problemsOf({ id, source, optionPlaces }: Particle, found: readonly Refusal[]): RefusedStatement[] {
  return found.map(({ at, message, unnamed }) => {
    const [member, option] = at
    const ofOption = member === 'custom_config' ? optionPlaces?.get(String(option)) : undefined
    return { place: ofOption ?? placeAt(source, at), message: unnamed ? `${id}: ${message}` : message, cause: message }
  })
}

const hiddenPlaces = (changes: readonly FoundChange[]): ReadonlySet<string> =>
  new Set(changes.flatMap(({ sensitive, at }) => (sensitive && at ? [pathKey(at)] : [])))

type Choice = Pick<Decision, 'transition' | 'reason' | 'why'> & { readonly comparison: Comparison }

const nothing: Comparison = { changes: [] }

function choose(particle: Particle, assessment: Assessment): Choice {
  const { observed } = assessment
  if (particle.desired !== 'running') return chooseLeaving(particle, assessment)
  if (observed.done) {
    const { why } = observed
    return why
      ? { reason: 'done', why, comparison: { ...nothing, warnings: [`${particle.id}: ${why}`] } }
      : { reason: 'done', comparison: nothing }
  }
  const isMissing = isGone(observed.state) && !observed.failed && !observed.unsettled
  return isMissing || observed.incomplete ? chooseStart(particle, assessment) : chooseUpdate(particle, assessment)
}

function chooseLeaving(particle: Particle, { observed, removalRisks }: Assessment): Choice {
  if (isGone(observed.state) && !observed.unsettled) return { reason: 'equivalent', comparison: nothing }
  if (particle.persistOnTermination) return { reason: 'protected', comparison: nothing }
  if (observed.unsettled) {
    return { transition: 'wait', ...(observed.why && { why: observed.why }), comparison: nothing }
  }
  const transition = particle.desired === 'stopped' ? 'stop' : 'terminate'
  return { transition, comparison: { changes: [], risks: removalRisks?.() ?? [] } }
}

function chooseStart(particle: Particle, assessment: Assessment): Choice {
  const comparison = assessment.additions()
  if (comparison.absent === undefined) return { transition: 'start', comparison }
  const warnings = [`${particle.id}: ${comparison.absent}`, ...(comparison.warnings ?? [])]
  return { reason: 'reference', why: comparison.absent, comparison: { ...nothing, warnings } }
}

/** What keeps a thing from being made keeps it from being deleted first as well. */
function withProblems(comparison: Comparison, more: Comparison['problems'] = []): Comparison {
  const { problems = [] } = comparison
  const known = new Set(problems.map(({ message }) => message))
  return { ...comparison, problems: [...problems, ...more.filter(({ message }) => !known.has(message))] }
}

function chooseUpdate(particle: Particle, { observed, differences, additions }: Assessment): Choice {
  const comparison = differences?.() ?? nothing
  const why = observed.why && { why: observed.why }
  if (comparison.replaces && comparison.replaces.length > 0 && !particle.persistOnUpdate) {
    const isKept = particle.persistOnTermination
    if (particle.options.allow_replace === true && !isKept)
      return { transition: 'replace', comparison: withProblems(comparison, additions().problems) }
    const paths = comparison.replaces.map(({ path }) => path).join(', ')
    const remedy = isKept
      ? 'take persist_on_termination out, which keeps it from being deleted and made anew'
      : 'set custom_config.allow_replace: true to delete it and make it anew'
    const refusal: Refusal = {
      at: [String(comparison.replaces[0]?.steps[0])],
      message: `${paths} cannot change in place; state what is there, or ${remedy}`,
      unnamed: true,
    }
    return { transition: 'replace', comparison: withProblems(comparison, [refusal]) }
  }
  if (comparison.heldBack !== undefined && !particle.persistOnUpdate) {
    return { reason: 'failed', why: comparison.heldBack, comparison: { ...comparison, changes: [] } }
  }
  if (comparison.changes.length > 0) {
    return particle.persistOnUpdate ? { reason: 'protected', comparison } : { transition: 'update', comparison }
  }
  if (observed.failed) return { reason: 'failed', ...why, comparison }
  if (observed.unsettled) return { transition: 'wait', ...why, comparison }
  if (comparison.protected && comparison.protected.length > 0) return { reason: 'protected', comparison }
  return { reason: comparison.pinned ? 'pinned' : 'equivalent', comparison }
}

/** Fills members from parents' references, unless the manifest states them itself. */
function withNeeds(particle: Particle, flavor: AnyFlavor, parents: Decisions): Pick<Decision, 'particle' | 'filled'> {
  const filled = new Map<string, ParticleId>()
  const members: Record<string, unknown> = {}
  for (const [needed, member] of Object.entries(flavor.needs)) {
    if (particle.definition[member] !== undefined) continue
    const parent = particle.parents.flatMap(id => parents.get(id) ?? []).find(one => one.particle.flavor === needed)
    if (parent?.reference === undefined) continue
    filled.set(member, parent.particle.id)
    members[member] = parent.reference
  }
  return { particle: { ...particle, definition: { ...particle.definition, ...members } }, filled }
}
