import { renderPlan, renderReport } from "../render/comment.js";
import { planTitle, reportTitle } from "../render/words.js";
import { GitHub } from "./api.js";
import { appliedCheck, planCheck, postCheck, refusedCheck, textLimit } from "./check.js";
import { bodyLimit, postComment } from "./comment.js";
/** GitHub's limit of a job summary, in bytes. */
const summaryLimit = 1024 * 1024;
/** What is said on GitHub about one environment: comments, checks and the summary. Refusals are warnings, never failures. */
export class Conversation {
    /** Missing without a token or outside of a repository. */
    github;
    /** Where the comment of the pull request stands, once there is one. */
    commentUrl;
    #event;
    #inputs;
    #warn;
    constructor(event, inputs, clock, signal, warn) {
        this.#event = event;
        this.#inputs = inputs;
        this.#warn = warn;
        const { repository, apiUrl } = event;
        const { githubToken: token } = inputs;
        this.github = token && repository ? new GitHub({ token, repository, apiUrl, clock, signal }) : undefined;
    }
    /** The commit that a plan is shown for: on a pull request its head, which outlives the test merge. */
    get head() {
        const { pullRequest, mergeGroup, sha } = this.#event;
        return pullRequest?.headSha ?? mergeGroup?.headSha ?? sha ?? '';
    }
    planSummary(news) {
        return renderPlan(news.plan, this.#context(summaryLimit, news)).text;
    }
    reportSummary(report, plan) {
        return renderReport(report, plan, this.#context(summaryLimit)).text;
    }
    /** On a pull request: its comment and the check that is its review. In a merge group: the check alone. */
    async showPlan(news) {
        const { pullRequest, mergeGroup } = this.#event;
        if (pullRequest)
            await this.#comment(pullRequest.number, renderPlan(news.plan, this.#context(bodyLimit, news)).text, isNoteworthy(news));
        if (!pullRequest && !mergeGroup)
            return;
        const failed = (news.problems ?? []).length > 0;
        const { plan, claims, problems = [], skipped } = news;
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
            ...(claims && !failed && { claims }),
        });
    }
    /** After an apply: the pull requests' comments become its record, and a success marks the commit. */
    async showReport(report, plan, pullRequests, marks) {
        const context = this.#context(bodyLimit);
        for (const number of pullRequests)
            await this.#comment(number, renderReport(report, plan, context).text, true);
        if (!marks || report.result !== 'succeeded')
            return;
        await this.#check({
            name: appliedCheck(this.#inputs.environment),
            conclusion: 'success',
            title: reportTitle(report),
            summary: renderReport(report, plan, this.#context(textLimit)).text,
            ...(plan && { digest: plan.digest }),
        });
    }
    /** A refused apply publishes its plan where nobody takes it for a review. */
    async showRefusal(plan, problems) {
        await this.#check({
            name: refusedCheck(this.#inputs.environment),
            conclusion: 'failure',
            title: 'Refused: not everything was reviewed',
            summary: renderPlan(plan, this.#context(textLimit, { problems, merges: false })).text,
            digest: plan.digest,
        });
    }
    async #comment(pullRequest, body, noteworthy) {
        if (!this.github)
            return;
        const { runId, attempt } = this.#event;
        const { environment, comment: mode } = this.#inputs;
        const run = { id: runId ?? 0, attempt, head: this.head };
        const { url, warning } = await postComment(this.github, { pullRequest, environment, mode, noteworthy, run, body });
        if (warning)
            this.#warn(warning);
        this.commentUrl = url ?? this.commentUrl;
    }
    async #check(check) {
        if (!this.github || !this.head)
            return;
        const { runUrl } = this.#event;
        const { warning } = await postCheck(this.github, { ...check, commit: this.head, ...(runUrl && { url: runUrl }) });
        if (warning)
            this.#warn(warning);
    }
    #context(limit, { problems, skipped, merges } = {}) {
        const { environment, region, requireReview } = this.#inputs;
        const { runId, attempt, runUrl, sha, push, pullRequest } = this.#event;
        return {
            environment,
            regions: region ? [region] : [],
            head: this.head,
            runId: runId ?? 0,
            attempt,
            limit,
            reviewed: requireReview,
            merges: merges ?? pullRequest !== undefined,
            ...(runUrl && { runUrl }),
            ...(problems && problems.length > 0 && { problems }),
            ...(skipped && { skipped }),
            ...(push && sha && { mergeCommit: sha }),
        };
    }
}
/** Worth a comment of its own: something to do, something wrong, or something that was there and is no longer declared. */
const isNoteworthy = ({ plan, problems = [], skipped }) => problems.length > 0 ||
    skipped !== undefined ||
    (plan !== undefined &&
        (plan.steps.length > 0 ||
            (plan.removed ?? []).length > 0 ||
            plan.unchanged.some(({ reason }) => reason === 'failed')));
