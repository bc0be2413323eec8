import type { Clock } from '../clock.ts'
import { hadNothingToDo, type Plan, pausedDeployments, pausedSteps, type Report } from '../engine/document.ts'
import type { Inputs } from '../inputs.ts'
import type { Problem } from '../particle.ts'
import type { Context, NeverApplied } from '../render/comment.ts'
import { renderReportText } from '../render/log.ts'
import { planTitle } from '../render/origin.ts'
import { renderPlan } from '../render/plan.ts'
import { renderReport } from '../render/report.ts'
import { reportTitle } from '../render/words.ts'
import { plural } from '../wording.ts'
import { GitHub } from './api.ts'
import { type ApplyBranches, applyBranches, branchIn } from './branches.ts'
import {
  appliedCheck,
  begunCheck,
  type CheckRequest,
  pausedCheck,
  planCheck,
  postCheck,
  refusedCheck,
} from './check.ts'
import { claimTexts, type PublishedClaims, type Subject, subjectLine, textLimit } from './claimText.ts'
import { bodyLimit, postComment } from './comment.ts'
import type { GitHubEvent } from './event.ts'
import { type History, readHistory } from './history.ts'
import type { AffectedPullRequests } from './reviewSearch.ts'
import type { Runner } from './runner.ts'

/** GitHub's limit of a job summary, in bytes. */
const summaryLimit = 1024 * 1024

/** The outcome of the command `plan`. */
export interface PlanOutcome {
  readonly plan?: Plan | undefined
  readonly claims?: PublishedClaims
  readonly problems?: readonly Problem[]
  /** Why there is no plan although nothing is wrong. */
  readonly skipped?: string
  readonly merges?: boolean
}

type ReporterInputs = Pick<
  Inputs,
  'githubToken' | 'environment' | 'comment' | 'region' | 'requireReview' | 'applyBranches'
>

/** Where warnings go, the time, and the signal of a cancelled run. */
interface ReporterHost {
  readonly runner: Pick<Runner, 'warn'>
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Reports on one environment to GitHub: comment, checks and job summary. Refusals of GitHub are warnings, never failures. */
export class PullRequestReporter {
  /** Missing without a token and outside of a repository. */
  readonly github: GitHub | undefined
  /** Undefined when neither the input nor the event names a branch. */
  readonly branches: ApplyBranches | undefined
  /** Address of the pull request's comment, once it is written. */
  commentUrl: string | undefined
  readonly #event: GitHubEvent
  readonly #inputs: ReporterInputs
  readonly #histories = new Map<string, Promise<History>>()
  readonly #runner: ReporterHost['runner']

  constructor(event: GitHubEvent, inputs: ReporterInputs, { runner, clock, signal }: ReporterHost) {
    this.#event = event
    this.#inputs = inputs
    this.#runner = runner
    const { repository, apiUrl } = event
    const { githubToken: token } = inputs
    this.branches = applyBranches(inputs.applyBranches, event.defaultBranch)
    this.github = token && repository ? new GitHub({ token, repository, apiUrl, clock, signal }) : undefined
  }

  /** The commit that checks are written on: of a pull request its head, as the test merge is forgotten. */
  get head(): string {
    const { pullRequest, mergeGroup, sha } = this.#event
    return pullRequest?.headSha ?? mergeGroup?.headSha ?? sha ?? ''
  }

  /** Subject and commit of a plan file, for a job that posts it. */
  get planned(): { subject?: string; commit: string } {
    const subject = this.#subject
    return { ...(subject && { subject: subjectLine(subject) }), commit: this.head }
  }

  /** The branch of this run, if it is one that is applied. */
  get branch(): string | undefined {
    const branch = branchIn(this.#event.ref)
    return branch !== undefined && this.branches?.has(branch) ? branch : undefined
  }

  /** Set when the base of the pull request, or of the merge group, is a branch that is never applied. */
  get neverApplied(): NeverApplied | undefined {
    const { pullRequest, mergeGroup } = this.#event
    const base = (pullRequest ?? mergeGroup)?.baseRef
    const { branches } = this
    return base && branches && !branches.has(base) ? { base, applied: branches.named } : undefined
  }

  /**
   * History back to the last applied commit, read once for each commit. A refusal of GitHub is the history's `problem`.
   */
  history(github: GitHub, commit: string): Promise<History> {
    const known = this.#histories.get(commit) ?? readHistory(github, this.#inputs.environment, commit)
    this.#histories.set(commit, known)
    return known
  }

  planSummary(outcome: PlanOutcome): string {
    return renderPlan(outcome.plan, this.#context(summaryLimit, outcome)).text
  }

  reportSummary(report: Report, plan: Plan | undefined, carries?: AffectedPullRequests): string {
    return renderReport(report, plan, this.#context(summaryLimit, { carries })).text
  }

  reportLog(report: Report, plan: Plan, carries: AffectedPullRequests): string {
    return renderReportText(report, plan, this.#context(summaryLimit, { carries }))
  }

  /**
   * On a pull request: the comment, and the check that a later apply reads. In a merge group: the check alone. A
   * refusal of GitHub is a warning.
   */
  async showPlan(outcome: PlanOutcome): Promise<void> {
    const { pullRequest, mergeGroup } = this.#event
    const { plan, claims, problems = [], skipped } = outcome
    if (pullRequest) {
      const body = renderPlan(plan, this.#context(bodyLimit, outcome)).text
      await this.#comment(pullRequest.number, body, isNoteworthy(outcome))
    }
    if (!pullRequest && !mergeGroup) return
    const subject = this.#subject
    const failed = problems.length > 0
    const title = plan ? planTitle(plan, this.neverApplied) : (skipped ?? 'no plan')
    await this.#check({
      name: planCheck(this.#inputs.environment),
      // A skipped plan shows nothing that may be applied.
      conclusion: failed ? 'failure' : plan ? 'success' : 'neutral',
      title: failed ? plural(problems.length, 'problem') : title,
      summary: renderPlan(plan, this.#context(textLimit, outcome)).text,
      problems,
      digest: plan?.digest,
      // Without a subject the claims would be nobody's.
      texts: claims && subject && !failed ? claimTexts(claims, subject) : undefined,
    })
  }

  /**
   * After an apply or its refusal: the comments of the pull requests become its record, and a success, or a pause whatever else
   * failed beside it, marks the commit of a branch that is applied. A refusal is a warning.
   */
  async showReport(
    report: Report,
    plan: Plan | undefined,
    carries: AffectedPullRequests,
    texts?: CheckRequest['texts'],
  ): Promise<void> {
    // The check comes first: later runs depend on it, and a run may be cancelled between the two.
    await this.#markApplied(report, plan, carries, texts)
    for (const here of carries.pullRequests) {
      const context = this.#context(bodyLimit, { carries: { ...carries, here } })
      await this.#comment(
        here,
        renderReport(report, plan, context).text,
        !hadNothingToDo(report),
        carries.madeUp && this.head,
      )
    }
  }

  async #markApplied(
    report: Report,
    plan: Plan | undefined,
    carries: AffectedPullRequests,
    texts: CheckRequest['texts'],
  ): Promise<void> {
    const paused = pausedDeployments(report)
    if (!this.branch || (report.result !== 'succeeded' && paused.length === 0)) return
    const { environment } = this.#inputs
    const summary = renderReport(report, plan, this.#context(textLimit, { carries })).text
    await this.#check(
      report.result === 'succeeded'
        ? {
            name: appliedCheck(environment),
            conclusion: 'success',
            title: reportTitle(report),
            summary,
            digest: plan?.digest,
            texts,
          }
        : {
            name: pausedCheck(environment),
            // Neither success nor failure: the commit is not applied yet.
            conclusion: 'neutral',
            title: pausedTitle(report),
            summary,
            // Read by `continue` and `rollback`.
            texts: [paused.join('\n')],
          },
    )
  }

  /** Marks the commit before the first modifying call: however this apply ends, an older one must not run after it. */
  async showBegun(): Promise<void> {
    await this.#check({
      name: begunCheck(this.#inputs.environment),
      conclusion: 'neutral',
      title: 'Begun to apply',
      summary:
        'This commit has begun to be applied. Applies of older commits do nothing from now on; how this one ended, its run says.',
    })
  }

  /** Publishes the plan of a refused apply under a name that never counts as a review. */
  async showRefusal(plan: Plan, problems: readonly Problem[], texts?: CheckRequest['texts']): Promise<void> {
    await this.#check({
      name: refusedCheck(this.#inputs.environment),
      conclusion: 'failure',
      title: 'Refused: not everything was reviewed',
      summary: renderPlan(plan, this.#context(textLimit, { problems, merges: false })).text,
      digest: plan.digest,
      texts,
    })
  }

  async #comment(pullRequest: number, body: string, noteworthy: boolean, unlessOf?: string): Promise<void> {
    if (!this.github) return
    const { runId, attempt } = this.#event
    const { environment, comment: mode } = this.#inputs
    const run = { id: runId ?? 0, attempt }
    const request = { pullRequest, environment, mode, noteworthy, run, body, unlessOf }
    const { url, warning } = await postComment(this.github, request)
    if (warning) this.#refused(warning)
    this.commentUrl = url ?? this.commentUrl
  }

  async #check(check: Omit<CheckRequest, 'commit' | 'url'>): Promise<void> {
    if (!this.github || !this.head) return
    const { runUrl } = this.#event
    const { warning } = await postCheck(this.github, { ...check, commit: this.head, url: runUrl })
    if (warning) this.#refused(warning)
  }

  /** No workflow can give a fork's run the right to write, so no warning recommends it. */
  #refused(warning: string): void {
    if (!this.#event.fromFork) this.#runner.warn(warning)
  }

  get #subject(): Subject | undefined {
    const { pullRequest, mergeGroup } = this.#event
    if (pullRequest) return { pullRequest: pullRequest.number, base: pullRequest.baseRef }
    return mergeGroup && { mergeGroup: true, base: mergeGroup.baseRef }
  }

  #context(limit: number, { problems, skipped, merges, carries }: PlanOutcome & Pick<Context, 'carries'>): Context {
    const { environment, region, requireReview } = this.#inputs
    const { runId, attempt, runUrl, repositoryUrl, sha, push, pullRequest } = this.#event
    return {
      environment,
      region,
      head: this.head,
      runId: runId ?? 0,
      attempt,
      runUrl,
      limit,
      problems,
      skipped,
      reviewed: requireReview,
      merges: merges ?? pullRequest !== undefined,
      neverApplied: this.neverApplied,
      sourceUrl: repositoryUrl && this.head ? `${repositoryUrl}/blob/${this.head}` : undefined,
      mergeCommit: push && sha,
      carries,
    }
  }
}

/** `ecs_service:web is paused at POST_TEST_TRAFFIC_SHIFT, …` */
const pausedTitle = (report: Report): string =>
  pausedSteps(report)
    .map(({ particle, because }) => `${particle} is ${because}`)
    .join('; ')

/** Worth a new comment: something to do, something wrong, or what is no longer declared, a resource or a member of one. */
const isNoteworthy = ({ plan, problems = [], skipped }: PlanOutcome): boolean =>
  problems.length > 0 ||
  skipped !== undefined ||
  (plan !== undefined &&
    (plan.steps.length > 0 ||
      (plan.removed ?? []).length > 0 ||
      (plan.undeclared ?? []).length > 0 ||
      plan.unchanged.some(({ reason }) => reason === 'failed')))
