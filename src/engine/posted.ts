/** Claims in a plan file, for a job that posts the plan; and whether they follow from the steps that the file shows. */

import type { Change } from '../compare/change.ts'
import { canonicalJson } from '../digest.ts'
import type { ParticleId } from '../particle.ts'
import { claimHash } from './claimSubject.ts'
import type { Claim } from './claims.ts'
import { isEnd, type Plan, type Step } from './document.ts'

/** A claim's members, by name. */
interface ClaimRead {
  readonly kind: string
  readonly particle: unknown
  readonly account: unknown
  readonly environment: unknown
  /** `shop/web`; of a task definition its family. */
  readonly identity: unknown
  /** Path of a change, or transition of a whole step. */
  readonly what: unknown
  /** Missing where the change is hidden or holds a release variable. */
  readonly before?: unknown
  readonly after?: unknown
  /** The particle whose revision a member follows. */
  readonly followed?: ClaimRead
}

/** The parts of a claim, for sentences. */
function readClaim([kind, subject, ...rest]: Claim): ClaimRead {
  const [particle, account, environment, , , identity] = Array.isArray(subject) ? subject : []
  const read = { kind: String(kind), particle, account, environment, identity }
  const [first, second, third] = rest
  if (kind === 'change') return { ...read, what: second, ...(third as Pick<ClaimRead, 'before' | 'after'>) }
  if (kind === 'follow') return { ...read, what: second, followed: readClaim(['', third]) }
  if (kind === 'kept') return { ...read, what: first, ...(rest.length > 1 && { after: second }) }
  if (kind === 'states') return { ...read, what: first, after: second }
  return { ...read, what: first }
}

/** The member `claims` of a plan file. */
export interface HandedOn {
  readonly version: number
  readonly hashes: readonly string[]
  /** `pull request #12 into main`; missing when the plan was made for neither pull request nor merge group. */
  readonly subject?: string
  readonly commit: string
  /** Claims before hashing, by particle. */
  readonly made: Readonly<Record<ParticleId, readonly Claim[]>>
}

/**
 * Why claims do not follow from the shown steps, in one sentence; undefined when they do. Every claim must belong to a step, to
 * its transition, to a path and an earlier value that it shows, and be hidden exactly where the step hides.
 */
export function unfounded(
  { steps, account, environment }: Pick<Plan, 'steps' | 'account' | 'environment'>,
  { hashes, made }: Pick<HandedOn, 'hashes' | 'made'>,
): string | undefined {
  const byId = new Map<string, Step>(steps.map(step => [step.particle, step]))
  const followed = new Set<string>()
  for (const [id, claims] of Object.entries(made)) {
    const step = byId.get(id)
    if (!step) return `there is a claim of ${id}, which has no step`
    const read = claims.map(readClaim)
    for (const [index, claim] of claims.entries()) {
      const one = read[index] as ClaimRead
      const elsewhere = one.account !== (account ?? null) || one.environment !== environment
      const why = elsewhere ? 'a claim is of another account or environment' : unlike(one, step, read, byId)
      if (why) return `${id}: ${why}`
      followed.add(claimHash(claim))
    }
  }
  const more = hashes.find(one => !followed.has(one))
  return more === undefined ? undefined : `the claim ${more} is that of no step`
}

/** Why a claim is none of a step's. `all`: every claim of the step. */
function unlike(
  claim: ClaimRead,
  step: Step,
  all: readonly ClaimRead[],
  steps: ReadonlyMap<string, Step>,
): string | undefined {
  const { kind, particle: claimed, what } = claim
  const { particle, transition, changes, kept = [], follows = [] } = step
  if (claimed !== particle) {
    // A changed revision is claimed by the task definition that the service follows.
    const leader = kind === 'change' && all.find(one => one.followed?.particle === claimed)
    if (!leader || !isFollowed(leader, step)) return `a claim is that of ${String(claimed)}`
    // Where that one has a step, the change may be shown there alone.
    return unlikeChange(claim, [...follows, ...(steps.get(String(claimed))?.changes ?? [])])
  }
  const goes = isEnd(step)
  if (kind === 'gone') return goes && what === transition ? undefined : `${String(what)} is claimed, not ${transition}`
  if (goes || transition === 'wait') return `a ${kind} is claimed of a step that is to ${transition}`
  if (kind === 'whole') {
    return what === transition ? undefined : `a whole definition is claimed to ${String(what)}, not to ${transition}`
  }
  if (kind === 'change') return unlikeChange(claim, changes)
  if (kind === 'kept') return unlikeChange(claim, kept)
  if (kind !== 'follow' && kind !== 'states') return `a ${kind} is claimed, which this release does not know`
  if (!changes.some(({ path }) => path === what)) return `${String(what)} is claimed and not shown`
  return kind === 'states' || isFollowed(claim, step)
    ? undefined
    : `${String(what)} is claimed to follow what it does not`
}

/** Whether a step shows that it follows the particle that a claim names. */
function isFollowed({ what, followed }: ClaimRead, { changes }: Step): boolean {
  const after = changes.find(({ path }) => path === what)?.after
  if (typeof after === 'object' && after !== null) return 'unknown' in after && after.unknown === followed?.particle
  return typeof after === 'string' && (after === followed?.identity || after.startsWith(`${followed?.identity}:`))
}

/** Why a claimed change is not among the changes that are shown. */
function unlikeChange({ kind, what, before, after }: ClaimRead, shown: readonly Change[]): string | undefined {
  const change = shown.find(({ path }) => path === what)
  if (!change) return `${String(what)} is claimed and not shown`
  if (kind === 'kept') {
    return after === undefined || same(after, change.after ?? null)
      ? undefined
      : `${change.path} is claimed with another value`
  }
  if (isHidden(after) !== (change.sensitive === true))
    return `${change.path} is claimed as a hidden value, or shown as one`
  if (change.sensitive && change.action && (change.action === 'remove') !== same(after, hiddenNothing))
    return `${change.path} is claimed to stay and shown to go, or the other way round`
  if (before !== undefined && !same(before, change.before ?? null))
    return `${change.path} is claimed from another value`
  return undefined
}

/**
 * Values whose claim has other words than the comment: a text with release variables, an inherited value, another
 * spelling. Their equality cannot be verified here, so a reviewer sees both.
 */
export function unlikeShown(steps: readonly Step[], made: HandedOn['made']): string[] {
  return steps.flatMap(({ particle, changes }) =>
    (made[particle] ?? []).flatMap(claim => {
      const { kind, what, after } = readClaim(claim)
      const change = changes.find(({ path }) => path === what)
      if (kind !== 'change' || !change || change.sensitive || same(after, change.after ?? null)) return []
      return [`${particle}: ${change.path} is to be reviewed as ${JSON.stringify(after)}`]
    }),
  )
}

/** What is claimed of a hidden value that goes. */
const hiddenNothing = { hidden: claimHash([null]) }

const isHidden = (value: unknown): boolean => typeof value === 'object' && value !== null && 'hidden' in value

/** A number and its text are one value: which of them is meant, the API's model decides. */
function same(one: unknown, other: unknown): boolean {
  const isPlain = (value: unknown) => typeof value !== 'object'
  return isPlain(one) && isPlain(other) ? String(one) === String(other) : canonicalJson(one) === canonicalJson(other)
}
