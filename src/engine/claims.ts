import { type Change, type FoundChange, isNothing, type Value } from '../compare/change.ts'
import { holdsVariable, partsByName, type SensitivityPolicy } from '../compare/sensitivity.ts'
import { sha256, withSortedKeys } from '../digest.ts'
import { inheritsIn, type Node, nodeAt, type Particle, type ParticleId, type Path, pathKey } from '../particle.ts'
import { type ClaimContext, claimHash, subjectOf } from './claimSubject.ts'
import type { Decision } from './decide.ts'
import type { Step } from './document.ts'
import { isRelease } from './release.ts'

/** Format of claims. A release reads its own format and never guesses another. */
export const claimsVersion = 2

/** A claim: one thing that a reviewer has to allow. */
interface ChangeClaim {
  readonly claim: string
  /** AWS has no value there, so that the change overwrites nothing. */
  readonly adds: boolean
  /** A claim of the whole definition does not cover this change. */
  readonly apart?: true
}

/** All claims of a step. */
export interface StepClaims {
  /** One per change; a step that stops or terminates has one in all. */
  readonly changes: readonly ChangeClaim[]
  /** The whole desired definition, as a start and as a replacement. Missing when the step stops or terminates. */
  readonly whole?: { readonly start: string; readonly replace: string }
}

/**
 * A manifest's value as claims hold it: release and secret variables by name, other variables by value. A hidden value
 * is kept as the manifest writes it, so that its parts cannot be guessed from the claim.
 */
function claimed(node: Node, path: Path, hidden: Pick<ReadonlySet<string>, 'has'>, policy: SensitivityPolicy): unknown {
  const inside = (item: Node, step: string | number) => claimed(item, [...path, step], hidden, policy)
  if (node.kind === 'list') return node.items.map(inside)
  if (node.kind === 'map') {
    return Object.fromEntries([...node.entries].map(([key, { node: value }]) => [key, inside(value, key)]))
  }
  if (node.inherit) return { inherit: node.inherit.from, key: node.inherit.key }
  if (!node.parts) return node.value
  const byName = hidden.has(pathKey(path))
  return partsByName(
    node.parts,
    name => byName || policy.releaseVariables.has(name) || policy.secretVariables.has(name),
  )
}

type Decisions = ReadonlyMap<ParticleId, Decision>

/** Turns a claim into text: its hash, or JSON for a plan file. */
type Write = (claim: readonly unknown[]) => string

/** Claims of one particle's step. */
export function claimsOf(
  decision: Decision,
  context: ClaimContext,
  decisions: Decisions,
  write: Write = claimHash,
): StepClaims {
  const { particle, transition, changes } = decision
  if (!transition || transition === 'wait') return { changes: [] }
  const subject = named(particle, context)
  if (transition === 'stop' || transition === 'terminate') {
    return { changes: [{ claim: write(['gone', subject, transition]), adds: false }] }
  }
  const found: ChangeClaim[] = [
    ...changes.flatMap(change => claimOf(change, decision, context, decisions, write)),
    // An ignored value that AWS holds goes live with the new definition.
    ...decision.kept.map(({ path, after, sensitive }) => ({
      claim: write(['kept', subject, path, ...(sensitive ? [] : [withSortedKeys(after) ?? null])]),
      adds: false,
    })),
  ]
  const claims = [...new Map(found.map(one => [one.claim, one])).values()]
  if (decision.preapproved) return { changes: claims.filter(({ apart }) => apart) }
  const { source, options } = particle
  const definition = claimHash([
    withSortedKeys(claimed(source, [], decision.hidden, context.sensitivity)),
    withSortedKeys(options),
  ])
  const origins = inheritedFrom(source).map(id => subjectAt(id, context, decisions))
  const whole = (as: 'start' | 'replace') => write(['whole', subject, as, definition, origins])
  return {
    changes: claims.sort((one, other) => (one.claim < other.claim ? -1 : 1)),
    whole: { start: whole('start'), replace: whole('replace') },
  }
}

/** Every variable by its name. */
const everywhere = { has: () => true }

function claimOf(
  change: FoundChange,
  decision: Decision,
  context: ClaimContext,
  decisions: Decisions,
  write: Write = claimHash,
  transition = decision.transition,
): ChangeClaim[] {
  const { particle } = decision
  const { sensitivity: policy } = context
  const { path, before, after, sensitive, at, requested, replacing, reviewedApart: apart, states } = change
  if (requested || replacing) return []
  // A change that is reviewed apart is claimed without the transition: it is the same with a start or later.
  const does = apart ? null : (transition ?? null)
  const subject = named(particle, context)
  const own = apart && { apart }
  if (states) {
    const stated = statedBy([particle, ...states.map(parent => decisions.get(parent)?.particle)], policy)
    return [{ claim: write(['states', subject, path, withSortedKeys(after) ?? null, stated]), adds: false, ...own }]
  }
  const parent = decision.filled.get(path)
  if (parent) return followClaims(change, ['follow', subject, does, path], parent, context, decisions, write)
  const node = at && nodeAt(particle.source, at)
  if (node && isRelease(node, change.live ?? before, policy)) return []
  const stated = node ? claimed(node, at, decision.hidden, policy) : withSortedKeys(after)
  const origins = (node ? inheritedFrom(node) : []).map(id => subjectAt(id, context, decisions))
  // No claim holds the live side of a hidden value, nor an earlier value of a release variable.
  const unsaid = sensitive || (node && holdsVariable(node, policy.releaseVariables) && before === undefined)
  const value = {
    ...(!unsaid && { before: withSortedKeys(before) ?? null }),
    // Hashed, so that the plan file may hold the claim.
    after: sensitive ? { hidden: claimHash([withSortedKeys(stated) ?? null]) } : (withSortedKeys(stated) ?? null),
  }
  const claim = write(['change', subject, does, path, value, origins])
  return [{ claim, adds: node !== undefined && before === undefined && isNothing(change.live), ...own }]
}

/** Hash of what particles state, every variable by its name. */
const statedBy = (particles: readonly (Particle | undefined)[], policy: SensitivityPolicy): string =>
  claimHash(
    particles.map(
      one => one && [one.id, withSortedKeys(claimed(one.source, [], everywhere, policy)), withSortedKeys(one.options)],
    ),
  )

/** Claims of a member that a parent fills: the parent's content, as a revision's number means nothing. */
function followClaims(
  { before }: FoundChange,
  follow: readonly unknown[],
  parent: ParticleId,
  context: ClaimContext,
  decisions: Decisions,
  write: Write,
): ChangeClaim[] {
  const leader = decisions.get(parent)
  const stale = leader && typeof before === 'string' ? leader.staleRevisions.get(before) : undefined
  // Always claimed as an update: whether the revision is registered in this apply or was before makes no difference.
  const inside = leader ? (stale ?? []).flatMap(one => claimOf(one, leader, context, decisions, write, 'update')) : []
  // The running revision differs by release variables alone: nothing is left to review.
  if (stale && stale.length > 0 && inside.length === 0) return []
  // Another tool registered this revision: no plan has shown its differences.
  const unseen = !stale && leader !== undefined && isNewerThanKnown(before, leader) ? [before] : []
  return [{ claim: write([...follow, subjectAt(parent, context, decisions), ...unseen]), adds: false }, ...inside]
}

/** A revision of the parent's own family that the parent does not know. */
function isNewerThanKnown(
  before: unknown,
  { previousReference, reference, staleRevisions }: Decision,
): before is string {
  if (typeof before !== 'string' || before === previousReference || before === reference) return false
  const family = (text: unknown) => (typeof text === 'string' ? text.replace(/:\d+$/, '') : undefined)
  return [previousReference, reference, ...staleRevisions.keys()].some(known => family(known) === family(before))
}

/** A particle as claims name it: id, account, environment, flavor, region, identity. */
const named = (particle: Particle, context: ClaimContext): unknown[] => [particle.id, ...subjectOf(particle, context)]

function subjectAt(id: ParticleId, context: ClaimContext, decisions: Decisions): unknown[] {
  const other = decisions.get(id)
  return other ? named(other.particle, context) : [id]
}

function inheritedFrom(node: Node): ParticleId[] {
  return [...new Set(inheritsIn(node).map(({ from }) => from))].sort()
}

/**
 * Whether a step was reviewed. A start needs its whole definition, reviewed as a start or as a replacement; a replacement needs
 * its whole definition as a replacement and every difference. An update needs each change; a change that overwrites nothing is
 * also covered by the reviewed start or replacement that an earlier run did not finish.
 */
export function isCovered(
  { changes, whole }: StepClaims,
  transition: Step['transition'],
  reviewed: ReadonlySet<string>,
): boolean {
  const all = changes.every(({ claim }) => reviewed.has(claim))
  if (!whole) return all
  if (changes.some(({ claim, apart }) => apart && !reviewed.has(claim))) return false
  const completes = reviewed.has(whole.start) || reviewed.has(whole.replace)
  if (transition === 'start') return completes
  if (transition === 'replace') return all && reviewed.has(whole.replace)
  return changes.every(({ claim, adds }) => reviewed.has(claim) || (adds && completes))
}

/** Claims that a plan publishes for a step; a start and a replacement publish the whole definition too. */
export function publishedFor({ changes, whole }: StepClaims, transition: Decision['transition']): string[] {
  const own = changes.map(({ claim }) => claim)
  return whole && (transition === 'start' || transition === 'replace') ? [...own, whole[transition]] : own
}

/** Steps with a claim that no review has, in the plan's order. */
export function unreviewed(
  steps: readonly Step[],
  decisions: Decisions,
  context: ClaimContext,
  reviewed: ReadonlySet<string>,
): Step[] {
  return steps.filter(({ particle, transition }) => {
    const decision = decisions.get(particle)
    return decision !== undefined && !isCovered(claimsOf(decision, context, decisions), transition, reviewed)
  })
}

/** All claims that a plan publishes, sorted. */
export function publishedClaims(decisions: Decisions, context: ClaimContext): string[] {
  const all = new Set<string>()
  for (const decision of decisions.values()) {
    for (const claim of publishedFor(claimsOf(decision, context, decisions), decision.transition)) all.add(claim)
  }
  return [...all].sort()
}

/** A claim before it is hashed. */
export type Claim = readonly unknown[]

/** Published claims before hashing, by particle. Hidden values are hashed in them. */
export function claimsMade(
  decisions: Decisions,
  context: ClaimContext,
): Readonly<Record<ParticleId, readonly Claim[]>> {
  const made = [...decisions].map(([id, decision]) => {
    const texts = publishedFor(claimsOf(decision, context, decisions, JSON.stringify), decision.transition)
    return [id, [...new Set(texts)].sort().map((text): Claim => JSON.parse(text))] as const
  })
  return Object.fromEntries(made.filter(([, claims]) => claims.length > 0))
}

/** `sha256:…` over account, environment and every step that acts: subject, shown changes, hidden values as written, claims. */
export function digestOf(steps: readonly Step[], decisions: Decisions, context: ClaimContext): string {
  const acting = steps
    .filter(({ transition }) => transition !== 'wait')
    .map(({ particle, transition, to, changes, kept, follows, protected: left }) => {
      const decision = decisions.get(particle)
      return withSortedKeys({
        particle,
        transition,
        to,
        changes: changes.map(counted),
        kept: kept?.map(counted),
        follows: follows?.map(counted),
        left: left?.map(counted),
        subject: decision ? subjectOf(decision.particle, context) : undefined,
        hidden: decision ? hiddenTexts(decision, context.sensitivity) : [],
        claims: decision ? publishedFor(claimsOf(decision, context, decisions), transition) : undefined,
      })
    })
  const { account, environment } = context
  return `sha256:${sha256(JSON.stringify([claimsVersion, account ?? null, environment, acting]))}`
}

/** What a digest counts of a change: its other members say the same once more, for readers. */
const counted = ({ path, before, after, sensitive }: Change): Change => ({
  path,
  ...(before !== undefined && { before }),
  ...(after !== undefined && { after }),
  ...(sensitive && { sensitive }),
})

function hiddenTexts(decision: Decision, policy: SensitivityPolicy): Value[] {
  return decision.changes
    .filter(({ sensitive }) => sensitive)
    .map(({ at }) => {
      const node = at && nodeAt(decision.particle.source, at)
      return node ? (withSortedKeys(claimed(node, at, decision.hidden, policy)) as Value) : null
    })
}
