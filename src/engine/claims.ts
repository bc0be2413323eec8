import type { FoundChange, Value } from '../compare/change.ts'
import { holdsVariable, partsByName, type SensitivityPolicy } from '../compare/sensitivity.ts'
import { sha256, withSortedKeys } from '../digest.ts'
import { inheritsIn, type Node, nodeAt, type Particle, type ParticleId, type Path, pathKey } from '../particle.ts'
import { type ClaimContext, claimHash, subjectOf } from './claimSubject.ts'
import type { Decision } from './decide.ts'
import type { Step } from './document.ts'
import { isRelease } from './release.ts'

/** The form of claims. Claims of another form are not understood, never guessed. */
export const claimsVersion = 2

/** What one change asks a reviewer to allow. */
interface ChangeClaim {
  readonly claim: string
  /** There is nothing of it in AWS, so that it takes nothing back. */
  readonly adds: boolean
  /** The claim of a whole definition does not cover it. */
  readonly apart?: true
}

/** What a step asks a reviewer to allow. */
export interface StepClaims {
  /** One for each change; for what goes, one for its going. */
  readonly changes: readonly ChangeClaim[]
  /** The whole desired definition, as one that is started and as one that replaces. Missing for what goes. */
  readonly whole?: { readonly start: string; readonly replace: string }
}

/**
 * A stated value as claims know it: release and secret variables by name, every other variable by its value;
 * a hidden value as the manifest writes it, so that nobody can guess from a claim what went into it.
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

/** What becomes of a claim: its hash, unless somebody asks for the claim itself. */
type Write = (claim: readonly unknown[]) => string

/** Claims of what one particle's step does. */
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
    // Somebody else's value goes live with it, whatever it is.
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

/** With these hidden, every variable stands by its name. */
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
  const {
    path,
    before,
    after,
    sensitive,
    at,
    requested: asked,
    replacing: onTheWay,
    reviewedApart: apart,
    states,
  } = change
  if (asked || onTheWay) return []
  // What stands apart is allowed as such, whether it goes along with a start or is done later.
  const does = apart ? null : (transition ?? null)
  const subject = named(particle, context)
  const own = apart && { apart }
  if (states) {
    const stating = [particle, ...states.map(parent => decisions.get(parent)?.particle)]
    const texts = stating.map(
      one => one && [one.id, withSortedKeys(claimed(one.source, [], everywhere, policy)), withSortedKeys(one.options)],
    )
    const stated = claimHash(texts)
    return [{ claim: write(['states', subject, path, withSortedKeys(after) ?? null, stated]), adds: false, ...own }]
  }
  const parent = decision.filled.get(path)
  if (parent) {
    // What a parent fills is claimed by the parent: a revision's number says nothing.
    const own = decisions.get(parent)
    // It follows a revision that nobody needs to review: what it runs differs by release variables alone.
    const behind = own && typeof before === 'string' ? own.staleRevisions.get(before) : undefined
    // Whether the revision is registered in this apply, or was before it, is no part of what runs.
    const inside = own ? (behind ?? []).flatMap(one => claimOf(one, own, context, decisions, write, 'update')) : []
    if (behind && behind.length > 0 && inside.length === 0) return []
    // Somebody else's revision of the same thing, which the parent knows nothing of: what it changes was shown to nobody.
    const unseen = !behind && own !== undefined && isNewerThanKnown(before, own) ? [before] : []
    const follows = ['follow', subject, does, path, subjectAt(parent, context, decisions), ...unseen]
    return [{ claim: write(follows), adds: false }, ...inside]
  }
  const node = at && nodeAt(particle.source, at)
  if (node && isRelease(node, change.live ?? before, policy)) return []
  const stated = node ? claimed(node, at, decision.hidden, policy) : withSortedKeys(after)
  const origins = (node ? inheritedFrom(node) : []).map(id => subjectAt(id, context, decisions))
  // What AWS holds behind a hidden value is in no claim, nor is what a release variable was before.
  const unsaid = sensitive || (node && holdsVariable(node, policy.releaseVariables) && before === undefined)
  const value = {
    ...(!unsaid && { before: withSortedKeys(before) ?? null }),
    // A hidden value stands in a claim by its hash, so that the claim itself may be shown to whoever posts it.
    after: sensitive ? { hidden: claimHash([withSortedKeys(stated) ?? null]) } : (withSortedKeys(stated) ?? null),
  }
  const claim = write(['change', subject, does, path, value, origins])
  return [{ claim, adds: node !== undefined && before === undefined && isNothing(change.live), ...own }]
}

/** An empty list says as little as none. */
const isNothing = (live: unknown): boolean => live === undefined || (Array.isArray(live) && live.length === 0)

/** A reference that the parent should know, and does not: of the same thing, and not the one in hand. */
function isNewerThanKnown(
  before: unknown,
  { previousReference: standing, reference, staleRevisions: behind }: Decision,
): before is string {
  if (typeof before !== 'string' || before === standing || before === reference) return false
  const thing = (text: unknown) => (typeof text === 'string' ? text.replace(/:\d+$/, '') : undefined)
  return [standing, reference, ...behind.keys()].some(known => thing(known) === thing(before))
}

/** A particle as claims name it: its id, and whose and which thing it is. */
const named = (particle: Particle, context: ClaimContext): unknown[] => [particle.id, ...subjectOf(particle, context)]

/** Another particle, as one that a claim names. */
function subjectAt(id: ParticleId, context: ClaimContext, decisions: Decisions): unknown[] {
  const other = decisions.get(id)
  return other ? named(other.particle, context) : [id]
}

/** Particles that a value is inherited from, each once. */
function inheritedFrom(node: Node): ParticleId[] {
  return [...new Set(inheritsIn(node).map(({ from }) => from))].sort()
}

/**
 * Whether a step may be carried out. A start needs its whole definition reviewed, as a start or as what comes after a
 * replacement's deletion; a replacement its own, and every difference that makes it one. An update needs each of its
 * changes reviewed; but what a reviewed start or replacement left out when it died may be added, as it takes nothing back.
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

/** What a step publishes to be reviewed. Only what is started or replaced publishes its whole definition. */
export function publishedFor({ changes, whole }: StepClaims, transition: Decision['transition']): string[] {
  const own = changes.map(({ claim }) => claim)
  return whole && (transition === 'start' || transition === 'replace') ? [...own, whole[transition]] : own
}

/** Steps that ask for something that nobody reviewed, in the plan's order. */
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

/** What a plan publishes to be reviewed. */
export function publishedClaims(decisions: Decisions, context: ClaimContext): string[] {
  const all = new Set<string>()
  for (const decision of decisions.values()) {
    for (const claim of publishedFor(claimsOf(decision, context, decisions), decision.transition)) all.add(claim)
  }
  return [...all].sort()
}

/** A claim before it is hashed. */
export type Claim = readonly unknown[]

/** The same claims before they are hashed, by particle. They hold nothing that a plan hides: what is hidden is hashed in them. */
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

/** What a claim says, read from where its members stand. */
export interface ClaimRead {
  readonly kind: string
  readonly particle: unknown
  readonly account: unknown
  readonly environment: unknown
  /** Of a task definition its family. */
  readonly identity: unknown
  /** The path of a change; the transition of what goes. */
  readonly what: unknown
  /** Of a change, where it is no secret and no release variable hides it. */
  readonly before?: unknown
  readonly after?: unknown
  /** Of what follows another particle: that one. */
  readonly followed?: ClaimRead
}

export function readClaim([kind, subject, ...rest]: Claim): ClaimRead {
  const [particle, account, environment, , , identity] = Array.isArray(subject) ? subject : []
  const read = { kind: String(kind), particle, account, environment, identity }
  const [first, second, third] = rest
  if (kind === 'change') return { ...read, what: second, ...(third as Pick<ClaimRead, 'before' | 'after'>) }
  if (kind === 'follow') return { ...read, what: second, followed: readClaim(['', third]) }
  if (kind === 'kept') return { ...read, what: first, ...(rest.length > 1 && { after: second }) }
  if (kind === 'states') return { ...read, what: first, after: second }
  return { ...read, what: first }
}

/**
 * `sha256:…` over account, environment, and every step but those that only wait: whose it is, what is shown, how hidden
 * values are written, the claims.
 */
export function digestOf(steps: readonly Step[], decisions: Decisions, context: ClaimContext): string {
  const told = steps
    .filter(({ transition }) => transition !== 'wait')
    .map(({ particle, transition, to, changes, kept, follows, protected: left }) => {
      const decision = decisions.get(particle)
      return withSortedKeys({
        particle,
        transition,
        to,
        changes,
        kept,
        follows,
        left,
        subject: decision ? subjectOf(decision.particle, context) : undefined,
        hidden: decision ? hiddenTexts(decision, context.sensitivity) : [],
        claims: decision ? publishedFor(claimsOf(decision, context, decisions), transition) : undefined,
      })
    })
  const { account, environment } = context
  return `sha256:${sha256(JSON.stringify([claimsVersion, account ?? null, environment, told]))}`
}

function hiddenTexts(decision: Decision, policy: SensitivityPolicy): Value[] {
  return decision.changes
    .filter(({ sensitive }) => sensitive)
    .map(({ at }) => {
      const node = at && nodeAt(decision.particle.source, at)
      return node ? (withSortedKeys(claimed(node, at, decision.hidden, policy)) as Value) : null
    })
}
