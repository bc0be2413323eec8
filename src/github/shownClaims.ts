/** The claims that a pull request's plan check showed to its reviewers. */
import { claimsVersion } from '../engine/claims.ts'
import type { GitHub } from './api.ts'
import { continued, type FoundCheck, findChecks, planCheck } from './check.ts'
import { isClaim, isOf, readClaims, subjectLine } from './claimText.ts'
import type { Pull } from './pulls.ts'

/** A check of the same second counts. An unreadable time never does. */
const isInTime = (completed: string, merged: string): boolean => Date.parse(completed) <= Date.parse(merged)

/** The claims of a plan check, or why it has none; `format`: claims of another format, which are never guessed. */
export type ShownClaims =
  | { readonly claims: readonly string[] }
  | { readonly why: string }
  | { readonly format: number }

/**
 * The claims of the newest successful plan check of a pull request, made for its present base before its merge: a plan that was
 * completed later was reviewed by no one. Throws `GitHubError`.
 */
export async function shownClaims(github: GitHub, pull: Pull, environment: string): Promise<ShownClaims> {
  const { number, head, merged_at: merged } = pull
  const name = planCheck(environment)
  const { successful: all, others } = await findChecks(github, head.sha, name)
  const subjectOf = ({ text }: FoundCheck) => readClaims(text)?.subject
  // Another pull request may have the same head commit.
  const successful = all.filter(check => !subjectOf(check) || isOf(subjectOf(check), number))
  const newest = successful.find(({ completedAt }) => !merged || isInTime(completedAt, merged))
  if (!newest) {
    const [late] = successful
    if (late && merged)
      return {
        why: `its plan "${name}" was completed at ${late.completedAt}, after it was merged at ${merged}, so nobody can have reviewed it; wait for the plan before merging`,
      }
    const other = all.map(subjectOf).find(subject => subject !== undefined)
    if (other)
      return {
        why: `the plans "${name}" of its head commit are of ${subjectLine(other)}, not of this one; have this one planned too`,
      }
    return { why: await whyNone(github, name, others) }
  }
  return claimsIn(github, newest, pull, environment)
}

/** The claims of one plan check and its continuations. */
async function claimsIn(
  github: GitHub,
  newest: FoundCheck,
  { number, head, base }: Pull,
  environment: string,
): Promise<ShownClaims> {
  const name = planCheck(environment)
  const first = readClaims(newest.text)
  if (first?.part !== 1) return { why: `its check "${name}" holds no claims` }
  if (first.version !== claimsVersion) return { format: first.version }
  const { subject } = first
  if (!subject)
    return { why: `its plan "${name}" does not say which pull request it is of; have it planned again by this release` }
  if (subject.base !== base.ref)
    return {
      why: `its newest plan "${name}" was made for the base ${subject.base}, not for ${base.ref}; have it planned again after its base is changed (on: pull_request, types: edited)`,
    }
  const claims = [...first.hashes]
  for (let part = 2; part <= first.parts; part++) {
    const { successful: parts } = await findChecks(github, head.sha, continued(name, part))
    // Equal digests have equal claims, so every continuation with this digest fits.
    const found = parts
      .filter(({ digest }) => digest !== undefined && digest === newest.digest)
      .map(({ text }) => readClaims(text))
      .find(read => read?.part === part && continues(read, first) && isOf(read.subject, number))
    if (!found) return { why: `its plan is incomplete: "${continued(name, part)}" is missing` }
    claims.push(...found.hashes)
  }
  return claims.every(isClaim) ? { claims } : { why: `its check "${name}" holds no claims` }
}

type ClaimPart = NonNullable<ReturnType<typeof readClaims>>

const continues = (part: ClaimPart, first: ClaimPart): boolean =>
  part.version === first.version && part.parts === first.parts && part.subject?.base === first.subject?.base

/** Why no check of the name counts. */
async function whyNone(github: GitHub, name: string, others: readonly ('failed' | 'another app')[]): Promise<string> {
  const { app, login } = await github.identity()
  if (!app) return `the token is ${login}'s own, and only checks of the token's own app count; use GITHUB_TOKEN`
  if (others.includes('failed')) return `its plan "${name}" did not succeed`
  if (others.includes('another app')) return `its check "${name}" was written by another app, which does not count`
  return `it has no check "${name}"`
}
