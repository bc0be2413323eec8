/** Whether everything that a plan does was reviewed: the engine's claims held against what GitHub knows. */
import { claimsVersion, unreviewed } from '../engine/claims.ts'
import type { Step } from '../engine/document.ts'
import type { Planned } from '../engine/plan.ts'
import { branchIn } from '../github/branches.ts'
import type { GitHubEvent } from '../github/event.ts'
import type { PullRequestReporter } from '../github/reporter.ts'
import { type Reviewed, reviewedForMergeGroup, reviewedForPush } from '../github/review.ts'
import type { Inputs } from '../inputs.ts'
import type { Problem } from '../particle.ts'

/** Who asks, and for what. */
export interface ReviewContext {
  readonly inputs: Inputs
  readonly event: GitHubEvent
  readonly conversation: PullRequestReporter
}

export interface ReviewResult {
  /** Empty when it may be applied. */
  readonly problems: readonly Problem[]
  readonly told: AffectedPullRequests
}

/** The pull requests whose comments tell what comes of an apply, and the one whose merge it is for. */
export type AffectedPullRequests = Pick<Reviewed, 'pullRequests' | 'merged'>

/** Whether a plan may be carried out: approved as it is, reviewed, or asked to be applied without. */
export async function reviewPlan(question: ReviewContext, planned: Planned): Promise<ReviewResult> {
  const { approvedDigest, requireReview } = question.inputs
  const { digest } = planned.plan
  if (approvedDigest && approvedDigest !== digest) {
    const message = `nothing was applied: the plan is not the approved one any more: its digest is ${digest}, approved-digest is ${approvedDigest}; look at the plan again and approve that`
    return { problems: [{ message }], told: await pullRequestsFor(question) }
  }
  // Where nothing needs a review, the look-up is for the comments alone, and nobody waits for a listing that lags.
  if (approvedDigest || !requireReview) return { problems: [], told: await pullRequestsFor(question) }
  const missing = (claims: ReadonlySet<string>) =>
    unreviewed(planned.plan.steps, planned.decisions, planned.claimContext, claims)
  const { claims, notes, ...told } = await lookUp(question, shown => missing(shown).length === 0)
  return { problems: refusal(missing(claims), digest, notes), told }
}

/** The pull requests that wait for this apply: their comments tell what comes of it. */
export async function pullRequestsFor(question: ReviewContext): Promise<AffectedPullRequests> {
  // A run by hand belongs to no merge.
  return question.event.push ? lookUp(question, () => true) : { pullRequests: [] }
}

const nothing = (why: string): Reviewed => ({ claims: new Set(), pullRequests: [], notes: [why] })

/** `enough` is true once nobody needs to wait for more. */
async function lookUp(
  { inputs, event, conversation }: ReviewContext,
  enough: (claims: ReadonlySet<string>) => boolean,
): Promise<Reviewed> {
  const { github } = conversation
  if (!github) return nothing('there is no github-token to look up what was reviewed')
  if (!event.sha) return nothing('the event names no commit')
  const branch = branchIn(event.ref)
  if (!branch) return nothing('the event names no branch')
  if (!conversation.branches)
    return nothing('the event does not say which branch is the default one; name the branches in apply-branches')
  const history = await conversation.history(github, event.sha)
  const question = { environment: inputs.environment, version: claimsVersion, branch, enough }
  return reviewedForPush(github, history, event.push, question)
}

function refusal(steps: readonly Step[], digest: string, notes: readonly string[]): Problem[] {
  if (steps.length === 0) return []
  return [
    ...steps.map(notReviewed),
    {
      message: `nothing was applied: ${subject(steps)} would change in a way that no merged pull request showed${because(notes)}; open a pull request that shows it (drift in AWS counts as a change too), or let it through with approved-digest: ${digest}`,
    },
  ]
}

/** A merge group must hold nothing that its pull requests did not show. */
export async function unreviewedInGroup(
  { event, inputs, conversation }: ReviewContext,
  { plan, decisions, claimContext }: Planned,
): Promise<Problem[]> {
  const { github } = conversation
  const { mergeGroup } = event
  if (!mergeGroup || !inputs.requireReview) return []
  const look = async (): Promise<Reviewed> => {
    if (!github) return nothing('there is no github-token to look up what was reviewed')
    const history = await conversation.history(github, mergeGroup.headSha)
    return reviewedForMergeGroup(github, history, mergeGroup, {
      environment: inputs.environment,
      version: claimsVersion,
      branch: mergeGroup.baseRef,
    })
  }
  const { claims, notes } = await look()
  const steps = unreviewed(plan.steps, decisions, claimContext, claims)
  if (steps.length === 0) return []
  return [
    ...steps.map(notReviewed),
    {
      message: `this merge group must not be merged: ${subject(steps)} would change in a way that its pull requests did not show${because(notes)}; bring the pull request up to date with its base, so that its plan shows it, and queue it again`,
    },
  ]
}

const subject = (steps: readonly Step[]): string =>
  steps.length === 1 && steps[0] ? steps[0].particle : `${steps.length} particles`

const because = (notes: readonly string[]): string => (notes.length > 0 ? ` (${notes.join('; ')})` : '')

const pathsShown = 5

function notReviewed({ particle, transition, changes, source }: Step): Problem {
  const paths = changes.slice(0, pathsShown).map(({ path }) => path)
  const what = [...paths, ...(changes.length > pathsShown ? ['…'] : [])].join(', ')
  return {
    place: { ...source, column: 1 },
    message: `${particle}: ${transition}${what ? ` (${what})` : ''} was not reviewed`,
  }
}
