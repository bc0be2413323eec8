/** Finds out whether all of a plan was reviewed: its claims must be in the checks of merged pull requests. */
import { type Answer, hadNothingToDo, type Report, type Step } from '../engine/document.ts'
import { comesFrom } from '../engine/origin.ts'
import type { Planned } from '../engine/plan.ts'
import { unlessRefused } from '../github/apiErrors.ts'
import { branchIn } from '../github/branches.ts'
import { mergedPulls } from '../github/pulls.ts'
import { reviewedForMergeGroup, reviewedForPush } from '../github/review.ts'
import type { AffectedPullRequests, Reviewed } from '../github/reviewSearch.ts'
import type { Problem } from '../particle.ts'
import type { Invocation } from './invocation.ts'

/** Why a plan may not be applied, and the pull requests that it carries out. */
export interface ReviewResult {
  /** Empty when the plan may be applied. */
  readonly problems: readonly Problem[]
  readonly affected: AffectedPullRequests
}

/**
 * A plan may be applied when its digest is approved, when all its claims are reviewed, or when no review is required; a rollback
 * carries out nothing of it. A refusal of GitHub is among the reasons.
 */
export async function reviewPlan(invocation: Invocation, planned: Planned, answer?: Answer): Promise<ReviewResult> {
  if (answer === 'rollback') return { problems: [], affected: await lookUp(invocation, () => true) }
  const { approvedDigest, requireReview } = invocation.inputs
  const { plan, claims: planClaims } = planned
  if (approvedDigest && approvedDigest !== plan.digest) {
    const cause = `the plan is not the approved one any more, whose digest is ${approvedDigest}`
    const message = `nothing was applied: the plan is not the approved one any more: its digest is ${plan.digest}, approved-digest is ${approvedDigest}; look at the plan again and approve that`
    return { problems: [{ message, cause }], affected: await pullRequestsFor(invocation) }
  }
  if (approvedDigest || !requireReview) return { problems: [], affected: await pullRequestsFor(invocation) }
  const missing = (claims: ReadonlySet<string>) => planClaims.unreviewed(plan.steps, claims)
  const { claims, notes, ...affected } = await lookUp(invocation, found => missing(found).length === 0)
  const steps = missing(claims)
  const happens = `${subject(steps)} would change in a way that no merged pull request showed`
  const drift = comesFrom('drift', steps) ? ' (drift in AWS counts as a change too)' : ''
  const message = `nothing was applied: ${happens}${because(notes)}; open a pull request that shows it${drift}, or let it through with approved-digest: ${plan.digest}`
  const cause = `${happens}${drift}${because(notes)}`
  return { problems: refusalProblems(steps, { message, cause }), affected }
}

/** Pull requests that this apply was for: none where GitHub refuses to tell. A run by hand belongs to no merge. */
export async function pullRequestsFor(invocation: Invocation): Promise<AffectedPullRequests> {
  return invocation.event.push ? lookUp(invocation, () => true) : { pullRequests: [] }
}

/**
 * The pull requests whose comments become the record of an apply. A commit that was applied before has nothing left to review, but
 * may fail when its run is repeated: its rollout was not waited for, or a task has failed since. The comment of its merge is the
 * place for that, and for what a person then deploys, answers or runs again. A repeated run without news makes up for a comment
 * that GitHub refused to edit.
 */
export async function recordedOn(
  { event, inputs, reporter }: Invocation,
  report: Report,
  reviewed: AffectedPullRequests,
): Promise<AffectedPullRequests> {
  const { github } = reporter
  const { sha, push } = event
  const byHand = [...inputs.redeploy, ...inputs.retryTasks, ...inputs.deployments]
  const isOfMerge = push !== undefined || byHand.length > 0
  const isNews = report.result === 'failed' || report.steps.length > 0
  const madeUp = hadNothingToDo(report)
  if (!github || !sha || !isOfMerge || !(isNews || madeUp) || reviewed.pullRequests.length > 0) return reviewed
  if ((await reporter.history(github, sha)).applied !== sha) return reviewed
  return unlessRefused(
    async () => {
      const pullRequests = await mergedPulls(github, [sha])
      return { pullRequests, merged: pullRequests[0], ...(madeUp && { madeUp }) }
    },
    () => reviewed,
  )
}

const nothing = (why: string): Reviewed => ({ claims: new Set(), pullRequests: [], notes: [why] })
const noToken = 'there is no github-token to look up what was reviewed'

/** `enough` ends the wait for GitHub's listing of pull requests, which is behind for a while after a merge. */
async function lookUp(
  { inputs, event, reporter }: Invocation,
  enough: (claims: ReadonlySet<string>) => boolean,
): Promise<Reviewed> {
  const { github } = reporter
  if (!github) return nothing(noToken)
  if (!event.sha) return nothing('the event names no commit')
  const branch = branchIn(event.ref)
  if (!branch) return nothing('the event names no branch')
  if (!reporter.branches)
    return nothing('the event does not say which branch is the default one; name the branches in apply-branches')
  const history = await reporter.history(github, event.sha)
  const query = { environment: inputs.environment, branch, enough }
  return reviewedForPush(github, history, event.push, query)
}

/** Steps of a merge group's plan that none of its pull requests showed, as problems. */
export async function unreviewedInGroup(
  { event, inputs, reporter }: Invocation,
  { plan, claims: planClaims }: Planned,
): Promise<Problem[]> {
  const { mergeGroup } = event
  if (!mergeGroup || !inputs.requireReview) return []
  const query = { environment: inputs.environment, branch: mergeGroup.baseRef }
  const { github } = reporter
  const { claims, notes } = github
    ? await reviewedForMergeGroup(github, await reporter.history(github, mergeGroup.headSha), mergeGroup, query)
    : nothing(noToken)
  const steps = planClaims.unreviewed(plan.steps, claims)
  const message = `this merge group must not be merged: ${subject(steps)} would change in a way that its pull requests did not show${because(notes)}; bring the pull request up to date with its base, so that its plan shows it, and queue it again`
  return refusalProblems(steps, { message })
}

const subject = (steps: readonly Step[]): string =>
  steps.length === 1 && steps[0] ? steps[0].particle : `${steps.length} particles`

const because = (notes: readonly string[]): string => (notes.length > 0 ? ` (${notes.join('; ')})` : '')

/** One problem for each step at its manifest's line, then what follows from them. */
const refusalProblems = (steps: readonly Step[], sum: Problem): Problem[] =>
  steps.length === 0 ? [] : [...steps.map(notReviewed), sum]

const pathsShown = 5

function notReviewed({ particle, transition, changes, source }: Step): Problem {
  const paths = changes.slice(0, pathsShown).map(({ path }) => path)
  const what = [...paths, ...(changes.length > pathsShown ? ['…'] : [])].join(', ')
  return {
    place: { ...source, column: 1 },
    message: `${particle}: ${transition}${what ? ` (${what})` : ''} was not reviewed`,
  }
}
