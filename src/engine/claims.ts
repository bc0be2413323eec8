import { type Change, type FoundChange, isNothing, type Value } from '../compare/change.ts'
import { holdsVariable, partsByName, type SensitivityPolicy } from '../compare/sensitivity.ts'
import { sha256, withSortedKeys } from '../digest.ts'
import { memoized } from '../memoized.ts'
import {
  inheritsIn,
  type Node,
  nodeAt,
  type Particle,
  type ParticleId,
  type Path,
  pathKey,
  plainWith,
} from '../particle.ts'
import { type ClaimContext, claimHash, subjectOf } from './claimSubject.ts'
import type { Decision, Decisions } from './decide.ts'
import { isEnd, type Step } from './document.ts'
import { isRelease } from './release.ts'

/** Format of claims. A release reads its own format and never guesses another. */
export const claimsVersion = 2

/** A claim before it is hashed: one thing that a reviewer has to allow. */
export type Claim = readonly unknown[]

interface HashedClaim {
  readonly claim: Claim
  readonly hash: string
}

interface ChangeClaim extends HashedClaim {
  /** AWS has no value there, so that the change overwrites nothing. */
  readonly adds: boolean
  /** A claim of the whole definition does not cover this change. */
  readonly apart?: true
}

/** All claims of a step. */
interface StepClaims {
  /** One per change; a step that stops or terminates has one in all. */
  readonly changes: readonly ChangeClaim[]
  /** The whole desired definition, as a start and as a replacement. Missing when the step stops or terminates. */
  readonly whole?: { readonly start: HashedClaim; readonly replace: HashedClaim }
}

const hashed = (claim: Claim): HashedClaim => ({ claim, hash: claimHash(claim) })

const sorted = (value: unknown): unknown => withSortedKeys(value) ?? null

/**
 * A manifest's value as claims hold it: release and secret variables by name, other variables by value. A hidden value
 * is kept as the manifest writes it, so that its parts cannot be guessed from the claim.
 */
function claimed(node: Node, path: Path, hidden: Pick<ReadonlySet<string>, 'has'>, policy: SensitivityPolicy): unknown {
  const { releaseVariables: release, secretVariables: secret } = policy
  return plainWith(
    node,
    ({ inherit, parts, value }, at) => {
      if (inherit) return { inherit: inherit.from, key: inherit.key }
      const byName = hidden.has(pathKey(at))
      return parts ? partsByName(parts, name => byName || release.has(name) || secret.has(name)) : value
    },
    path,
  )
}

/** Every variable by its name. */
const everywhere = { has: () => true }

/** Claims of steps, as the decisions of all particles stand. Those of a decision are made once. */
export class Claims {
  readonly #context: ClaimContext
  readonly #decisions: Decisions
  readonly #of = memoized((decision: Decision) => this.#make(decision))

  constructor(context: ClaimContext, decisions: Decisions) {
    this.#context = context
    this.#decisions = decisions
  }

  /** Claims by other decisions, in the same account and environment. */
  with(decisions: Decisions): Claims {
    return new Claims(this.#context, decisions)
  }

  /** All hashes that a plan publishes, sorted. */
  published(): string[] {
    const all = [...this.#decisions.values()].flatMap(decision => this.publishedFor(decision))
    return [...new Set(all.map(({ hash }) => hash))].sort()
  }

  /** Published claims before hashing, by particle. Hidden values are hashed in them. */
  beforeHashing(): Readonly<Record<ParticleId, readonly Claim[]>> {
    const made = [...this.#decisions].map(([id, decision]) => {
      const texts = this.publishedFor(decision).map(({ claim }) => JSON.stringify(claim))
      return [id, [...new Set(texts)].sort().map((text): Claim => JSON.parse(text))] as const
    })
    return Object.fromEntries(made.filter(([, claims]) => claims.length > 0))
  }

  /** Claims that a plan publishes for a step; a start and a replacement publish the whole definition too. */
  publishedFor(decision: Decision): readonly HashedClaim[] {
    const { changes, whole } = this.#of(decision)
    const { transition } = decision
    return whole && (transition === 'start' || transition === 'replace') ? [...changes, whole[transition]] : changes
  }

  /** Steps with a claim that no review has, in the plan's order. */
  unreviewed(steps: readonly Step[], reviewed: ReadonlySet<string>): Step[] {
    return steps.filter(({ particle }) => {
      const decision = this.#decisions.get(particle)
      return decision !== undefined && !this.isCovered(decision, reviewed)
    })
  }

  /**
   * Whether a step was reviewed. A start needs its whole definition, reviewed as a start or as a replacement; a replacement
   * needs its whole definition as a replacement and every difference. An update needs each change; a change that overwrites
   * nothing is also covered by the reviewed start or replacement that an earlier run did not finish.
   */
  isCovered(decision: Decision, reviewed: ReadonlySet<string>): boolean {
    const { changes, whole } = this.#of(decision)
    const { transition } = decision
    const all = changes.every(({ hash }) => reviewed.has(hash))
    if (!whole) return all
    if (changes.some(({ hash, apart }) => apart && !reviewed.has(hash))) return false
    const completes = reviewed.has(whole.start.hash) || reviewed.has(whole.replace.hash)
    if (transition === 'start') return completes
    if (transition === 'replace') return all && reviewed.has(whole.replace.hash)
    return changes.every(({ hash, adds }) => reviewed.has(hash) || (adds && completes))
  }

  /** `sha256:…` over account, environment and every step that acts: subject, shown changes, hidden values as written, claims. */
  digest(steps: readonly Step[]): string {
    const acting = steps
      .filter(({ transition }) => transition !== 'wait')
      .map(({ particle, transition, to, changes, kept, follows, protected: left }) => {
        const decision = this.#decisions.get(particle)
        return withSortedKeys({
          particle,
          transition,
          to,
          changes: changes.map(countedChange),
          kept: kept?.map(countedChange),
          follows: follows?.map(countedChange),
          left: left?.map(countedChange),
          subject: decision ? subjectOf(decision.particle, this.#context) : undefined,
          hidden: decision ? hiddenTexts(decision, this.#context.sensitivity) : [],
          claims: decision ? this.publishedFor(decision).map(({ hash }) => hash) : undefined,
        })
      })
    const { account, environment } = this.#context
    return `sha256:${sha256(JSON.stringify([claimsVersion, account ?? null, environment, acting]))}`
  }

  #make(decision: Decision): StepClaims {
    const { particle, transition, changes, kept } = decision
    if (!transition || transition === 'wait') return { changes: [] }
    const subject = this.#subject(particle)
    if (isEnd(decision)) {
      return { changes: [{ ...hashed(['gone', subject, transition]), adds: false }] }
    }
    const found: ChangeClaim[] = [
      ...changes.flatMap(change => this.#ofChange(change, decision)),
      // An ignored value that AWS holds goes live with the new definition.
      ...kept.map(({ path, after, sensitive }) => ({
        ...hashed(['kept', subject, path, ...(sensitive ? [] : [sorted(after)])]),
        adds: false,
      })),
    ]
    const claims = [...new Map(found.map(one => [one.hash, one])).values()]
    if (decision.preapproved) return { changes: claims.filter(({ apart }) => apart) }
    const stated = claimed(particle.source, [], decision.hidden, this.#context.sensitivity)
    const definition = claimHash([withSortedKeys(stated), withSortedKeys(particle.options)])
    const origins = this.#originsOf(particle.source)
    const whole = (as: 'start' | 'replace') => hashed(['whole', subject, as, definition, origins])
    return {
      changes: claims.sort((one, other) => (one.hash < other.hash ? -1 : 1)),
      whole: { start: whole('start'), replace: whole('replace') },
    }
  }

  #ofChange(change: FoundChange, decision: Decision, transition = decision.transition): ChangeClaim[] {
    const { particle } = decision
    const { sensitivity: policy } = this.#context
    const { path, before, after, sensitive, at, reviewedApart: apart, states } = change
    if (change.requested || change.replacing) return []
    // A change that is reviewed apart is claimed without the transition: it is the same with a start or later.
    const does = apart ? null : (transition ?? null)
    const subject = this.#subject(particle)
    const own = apart && { apart }
    if (states) {
      const stated = statedBy([particle, ...states.map(parent => this.#decisions.get(parent)?.particle)], policy)
      return [{ ...hashed(['states', subject, path, sorted(after), stated]), adds: false, ...own }]
    }
    const parent = decision.filled.get(path)
    if (parent) return this.#ofFollowed(change, ['follow', subject, does, path], parent)
    const node = at && nodeAt(particle.source, at)
    if (node && isRelease(node, change.live ?? before, policy)) return []
    const stated = sorted(node ? claimed(node, at, decision.hidden, policy) : after)
    // No claim holds the live side of a hidden value, nor an earlier value of a release variable.
    const unsaid = sensitive || (node && holdsVariable(node, policy.releaseVariables) && before === undefined)
    const value = {
      ...(!unsaid && { before: sorted(before) }),
      // Hashed, so that the plan file may hold the claim.
      after: sensitive ? { hidden: claimHash([stated]) } : stated,
    }
    const claim = hashed(['change', subject, does, path, value, node ? this.#originsOf(node) : []])
    return [{ ...claim, adds: node !== undefined && before === undefined && isNothing(change.live), ...own }]
  }

  /** Claims of a member that a parent fills: the parent's content, as a revision's number means nothing. */
  #ofFollowed({ before }: FoundChange, follow: Claim, parent: ParticleId): ChangeClaim[] {
    const leader = this.#decisions.get(parent)
    const stale = leader && typeof before === 'string' ? leader.staleRevisions.get(before) : undefined
    // Always claimed as an update: whether the revision is registered in this apply or was before makes no difference.
    const inside = leader ? (stale ?? []).flatMap(one => this.#ofChange(one, leader, 'update')) : []
    // The running revision differs by release variables alone: nothing is left to review.
    if (stale && stale.length > 0 && inside.length === 0) return []
    // Another tool registered this revision: no plan has shown its differences.
    const unseen = !stale && leader !== undefined && isNewerThanKnown(before, leader) ? [before] : []
    return [{ ...hashed([...follow, this.#subjectAt(parent), ...unseen]), adds: false }, ...inside]
  }

  /** A particle as claims name it: id, account, environment, flavor, region, identity. */
  #subject(particle: Particle): unknown[] {
    return [particle.id, ...subjectOf(particle, this.#context)]
  }

  #subjectAt(id: ParticleId): unknown[] {
    const other = this.#decisions.get(id)
    return other ? this.#subject(other.particle) : [id]
  }

  /** The particles that a value inherits from. */
  #originsOf(node: Node): unknown[] {
    return [...new Set(inheritsIn(node).map(({ from }) => from))].sort().map(id => this.#subjectAt(id))
  }
}

/** Hash of what particles state, every variable by its name. */
const statedBy = (particles: readonly (Particle | undefined)[], policy: SensitivityPolicy): string =>
  claimHash(
    particles.map(
      one => one && [one.id, withSortedKeys(claimed(one.source, [], everywhere, policy)), withSortedKeys(one.options)],
    ),
  )

/** A revision of the parent's own family that the parent does not know. */
function isNewerThanKnown(before: unknown, { previousReference, reference, staleRevisions }: Decision): boolean {
  if (typeof before !== 'string' || before === previousReference || before === reference) return false
  const family = (text: unknown) => (typeof text === 'string' ? text.replace(/:\d+$/, '') : undefined)
  return [previousReference, reference, ...staleRevisions.keys()].some(known => family(known) === family(before))
}

/** What a digest counts of a change: its other members say the same once more, for readers. */
const countedChange = ({ path, before, after, sensitive }: Change): Change => ({
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
