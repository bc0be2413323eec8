/** Claims that one job hands on to another in a plan file, and whether they say what the file's own steps show. */
import type { ParticleId } from '../particle.ts'
import { type Claim, hash, readClaim } from './claims.ts'
import type { Step } from './document.ts'

/** What a plan file has for whoever posts it. */
export interface HandedOn {
  readonly version: number
  readonly hashes: readonly string[]
  /** `pull request #12 into main`; missing where the plan is of none. */
  readonly subject?: string
  readonly commit: string
  /** The claims before they were hashed, by particle. */
  readonly made: Readonly<Record<ParticleId, readonly Claim[]>>
}

/**
 * Why claims do not follow from what is shown, in one sentence, or undefined: each is of a step, of what the step does, at a path
 * that it shows, from the value that it shows; a hidden value is claimed where one is shown to be hidden and nowhere else.
 */
export function unfounded(
  steps: readonly Step[],
  { hashes, made }: Pick<HandedOn, 'hashes' | 'made'>,
): string | undefined {
  const byId = new Map<string, Step>(steps.map(step => [step.particle, step]))
  const followed = new Set<string>()
  for (const [id, claims] of Object.entries(made)) {
    const step = byId.get(id)
    if (!step) return `there is a claim of ${id}, which has no step`
    for (const claim of claims) {
      const why = unlike(claim, step)
      if (why) return `${id}: ${why}`
      followed.add(hash(claim))
    }
  }
  const more = hashes.find(one => !followed.has(one))
  return more === undefined ? undefined : `the claim ${more} is that of no step`
}

/** Why a claim is none of a step's. */
function unlike(claim: Claim, { particle, transition, changes }: Step): string | undefined {
  const { kind, particle: claimed, what, before, after } = readClaim(claim)
  if (claimed !== particle) return `a claim is that of ${String(claimed)}`
  const goes = transition === 'stop' || transition === 'terminate'
  if (kind === 'gone') return goes && what === transition ? undefined : `${String(what)} is claimed, not ${transition}`
  if (goes || transition === 'wait') return `a ${kind} is claimed of a step that is to ${transition}`
  if (kind === 'whole') {
    return transition === 'update' ? 'a whole definition is claimed of an update' : undefined
  }
  const change = changes.find(({ path }) => path === what)
  if (!change) return `${String(what)} is claimed and not shown`
  if (kind === 'follow') return undefined
  if (kind !== 'change') return `a ${kind} is claimed, which this release does not know`
  if (isHidden(after) !== (change.sensitive === true))
    return `${change.path} is claimed as a hidden value, or shown as one`
  if (before !== undefined && !same(before, change.before ?? null))
    return `${change.path} is claimed from another value`
  return undefined
}

/**
 * Values that are claimed in other words than they are shown in: a text with release variables, a value that is inherited, another
 * spelling. Nobody can tell here whether they mean the same, so a reviewer sees both.
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

const isHidden = (value: unknown): boolean => typeof value === 'object' && value !== null && 'hidden' in value

/** A number and its text are one value: which of them is meant, the API's model decides. */
function same(one: unknown, other: unknown): boolean {
  const isPlain = (value: unknown) => typeof value !== 'object'
  return isPlain(one) && isPlain(other) ? String(one) === String(other) : text(one) === text(other)
}

/** JSON with sorted keys. */
const text = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
