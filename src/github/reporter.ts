import type { Clock } from '../clock.ts'
import type { Plan, Report } from '../engine/document.ts'
import type { Inputs } from '../inputs.ts'
import type { Problem } from '../particle.ts'
import { type Context, renderPlan, renderReport } from '../render/comment.ts'
import { planTitle, reportTitle } from '../render/words.ts'
import { GitHub } from './api.ts'
import { type ApplyBranches, applyBranches, branchIn } from './branches.ts'
import {
  appliedCheck,
  begunCheck,
  type CheckRequest,
  type Claims,
  planCheck,
  postCheck,
  refusedCheck,
  textLimit,
} from './check.ts'
import { bodyLimit, postComment } from './comment.ts'
import type { GitHubEvent } from './event.ts'
import { type History, type Reviewed, readHistory } from './review.ts'
import { type Subject, subjectLine } from './subject.ts'

/** GitHub's limit of a job summary, in bytes. */
const summaryLimit = 1024 * 1024

/** What a plan has to say beside itself. */
export interface PlanOutcome {
  readonly plan?: Plan
  readonly claims?: Claims
  readonly problems?: readonly Problem[]
  /** Why there is no plan although nothing is wrong. */
  readonly skipped?: string
  readonly merges?: boolean
}

/** What must be known to say something. */
export type ReporterInputs = Pick<
  Inputs,
  'githubToken' | 'environment' | 'comment' | 'region' | 'requireReview' | 'applyBranches'
>

/** What is said on GitHub about one environment: comments, checks and the summary. Refusals are warnings, never failures. */
export class PullRequestReporter {
  /** Missing without a token or outside of a repository. */
  readonly github: GitHub | undefined
  /** Undefined where nobody says which they are. */
  readonly branches: ApplyBranches | undefined
  /** Where the comment of the pull request stands, once there is one. */
  commentUrl: string | undefined
  readonly #event: GitHubEvent
  readonly #inputs: ReporterInputs
  readonly #histories = new Map<string, Promise<History>>()
  readonly #warn: (text: string) => void

  constructor(
    event: GitHubEvent,
    inputs: ReporterInputs,
    clock: Clock,
    signal: AbortSignal,
    warn: (text: string) => void,
  ) {
    this.#event = event
    this.#inputs = inputs
    this.#warn = warn
    const { repository, apiUrl } = event
    const { githubToken: token } = inputs
    this.branches = applyBranches(inputs.applyBranches, event.defaultBranch)
    this.github = token && repository ? new GitHub({ token, repository, apiUrl, clock, signal }) : undefined
  }

  /** The commit that a plan is shown for: on a pull request its head, which outlives the test merge. */
  get head(): string {
    const { pullRequest, mergeGroup, sha } = this.#event
    return pullRequest?.headSha ?? mergeGroup?.headSha ?? sha ?? ''
  }

  /** What a plan of this run is of. */
  get planned(): { subject?: string; commit: string } {
    const { subject } = this.#subject()
    return { ...(subject && { subject: subjectLine(subject) }), commit: this.head }
  }

  /** The branch that this run applies, or would apply; undefined where it is none of those. */
  get branch(): string | undefined {
    const branch = branchIn(this.#event.ref)
    return branch !== undefined && this.branches?.has(branch) ? branch : undefined
  }

  /** The way back from a commit to the last one that was applied. Asked once. */
  history(github: GitHub, commit: string): Promise<History> {
    const known = this.#histories.get(commit) ?? readHistory(github, this.#inputs.environment, commit)
    this.#histories.set(commit, known)
    return known
  }

  planSummary(news: PlanOutcome): string {
    return renderPlan(news.plan, this.#context(summaryLimit, news)).text
  }

  reportSummary(report: Report, plan: Plan | undefined): string {
    return renderReport(report, plan, this.#context(summaryLimit)).text
  }

  /** On a pull request: its comment and the check that is its review. In a merge group: the check alone. */
  async showPlan(news: PlanOutcome): Promise<void> {
    const { pullRequest, mergeGroup } = this.#event
    if (pullRequest)
      await this.#comment(
        pullRequest.number,
        renderPlan(news.plan, this.#context(bodyLimit, news)).text,
        isNoteworthy(news),
      )
    if (!pullRequest && !mergeGroup) return
    const failed = (news.problems ?? []).length > 0
    const { plan, claims, problems = [], skipped } = news
    await this.#check({
      name: planCheck(this.#inputs.environment),
      // A plan that was skipped shows nothing that could be applied.
      conclusion: failed ? 'failure' : plan ? 'success' : 'neutral',
      title: failed
        ? `${problems.length} problem${problems.length === 1 ? '' : 's'}`
        : plan
          ? planTitle(plan)
          : (skipped ?? 'no plan'),
      summary: renderPlan(plan, this.#context(textLimit, news)).text,
      problems,
      ...(plan && { digest: plan.digest }),
      ...(claims && !failed && { claims, ...this.#subject() }),
    })
  }

  /** After an apply, or what would have been one: the pull requests' comments become its record, and a success marks the commit. */
  async showReport(
    report: Report,
    plan: Plan | undefined,
    { pullRequests, merged }: Pick<Reviewed, 'pullRequests' | 'merged'>,
    marks: boolean,
    texts?: CheckRequest['texts'],
  ): Promise<void> {
    for (const number of pullRequests) {
      const context = this.#context(bodyLimit, { merges: number === merged })
      await this.#comment(number, renderReport(report, plan, context).text, true)
    }
    if (!marks || report.result !== 'succeeded') return
    await this.#check({
      name: appliedCheck(this.#inputs.environment),
      conclusion: 'success',
      title: reportTitle(report),
      summary: renderReport(report, plan, this.#context(textLimit)).text,
      ...(plan && { digest: plan.digest }),
      ...(texts && { texts }),
    })
  }

  /** Right before its first modifying call, an apply says so: however it ends, what is older must not follow it. */
  async showBegun(): Promise<void> {
    await this.#check({
      name: begunCheck(this.#inputs.environment),
      conclusion: 'neutral',
      title: 'Begun to apply',
      summary:
        'This commit has begun to be applied. Applies of older commits do nothing from now on; how this one ended, its run says.',
    })
  }

  /** A refused apply publishes its plan where nobody takes it for a review. */
  async showRefusal(plan: Plan, problems: readonly Problem[], texts?: CheckRequest['texts']): Promise<void> {
    await this.#check({
      name: refusedCheck(this.#inputs.environment),
      conclusion: 'failure',
      title: 'Refused: not everything was reviewed',
      summary: renderPlan(plan, this.#context(textLimit, { problems, merges: false })).text,
      digest: plan.digest,
      ...(texts && { texts }),
    })
  }

  async #comment(pullRequest: number, body: string, noteworthy: boolean): Promise<void> {
    if (!this.github) return
    const { runId, attempt } = this.#event
    const { environment, comment: mode } = this.#inputs
    const run = { id: runId ?? 0, attempt }
    const { url, warning } = await postComment(this.github, { pullRequest, environment, mode, noteworthy, run, body })
    if (warning) this.#refused(warning)
    this.commentUrl = url ?? this.commentUrl
  }

  async #check(check: Omit<CheckRequest, 'commit' | 'url'>): Promise<void> {
    if (!this.github || !this.head) return
    const { runUrl } = this.#event
    const { warning } = await postCheck(this.github, { ...check, commit: this.head, ...(runUrl && { url: runUrl }) })
    if (warning) this.#refused(warning)
  }

  /** A fork's run has a token that may only read, and no workflow can give it more: nobody is asked for that. */
  #refused(warning: string): void {
    if (!this.#event.fromFork) this.#warn(warning)
  }

  #subject(): { subject?: Subject } {
    const { pullRequest, mergeGroup } = this.#event
    if (pullRequest) return { subject: { pullRequest: pullRequest.number, base: pullRequest.baseRef } }
    return mergeGroup ? { subject: { mergeGroup: true, base: mergeGroup.baseRef } } : {}
  }

  /** A branch that a pull request goes into and that nothing is applied from. */
  #neverApplied(): { base: string; applied: string } | undefined {
    const base = this.#event.pullRequest?.baseRef
    const { branches } = this
    return base && branches && !branches.has(base) ? { base, applied: branches.named } : undefined
  }

  #context(limit: number, { problems, skipped, merges }: PlanOutcome = {}): Context {
    const { environment, region, requireReview } = this.#inputs
    const { runId, attempt, runUrl, repositoryUrl, sha, push, pullRequest } = this.#event
    const neverApplied = this.#neverApplied()
    return {
      environment,
      regions: region ? [region] : [],
      head: this.head,
      runId: runId ?? 0,
      attempt,
      limit,
      reviewed: requireReview,
      merges: merges ?? pullRequest !== undefined,
      ...(neverApplied && { neverApplied }),
      ...(runUrl && { runUrl }),
      ...(repositoryUrl && this.head && { sourceUrl: `${repositoryUrl}/blob/${this.head}` }),
      ...(problems && problems.length > 0 && { problems }),
      ...(skipped && { skipped }),
      ...(push && sha && { mergeCommit: sha }),
    }
  }
}

/** Worth a comment of its own: something to do, something wrong, or something that was there and is no longer declared. */
const isNoteworthy = ({ plan, problems = [], skipped }: PlanOutcome): boolean =>
  problems.length > 0 ||
  skipped !== undefined ||
  (plan !== undefined &&
    (plan.steps.length > 0 ||
      (plan.removed ?? []).length > 0 ||
      plan.unchanged.some(({ reason }) => reason === 'failed')))
