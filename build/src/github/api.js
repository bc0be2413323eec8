import { wallClock } from "../clock.js";
/** A call that GitHub refused or did not answer, in one sentence. The token is never part of it. */
export class GitHubError extends Error {
    name = 'GitHubError';
    /** Missing when no answer came. */
    status;
    /** What the token probably lacks. */
    missing;
    constructor(message, more = {}) {
        super(message);
        if (more.status !== undefined)
            this.status = more.status;
        if (more.missing !== undefined)
            this.missing = more.missing;
    }
}
// 2026-03-10 leaves `merge_commit_sha` out of pull requests; this version is answered until March 2028 at least.
const apiVersion = '2022-11-28';
/** No call of ours takes GitHub longer than ten seconds, at which it gives up itself. */
const answerTimeout = 30_000;
/** Calls under way at once; GitHub suspects more than a hundred. */
const callsAtOnce = 10;
const pauses = [500, 2_000, 5_000];
export class GitHub {
    repository;
    clock;
    #options;
    #octokit;
    #identity;
    #free = callsAtOnce;
    #waiting = [];
    constructor(options) {
        this.#options = options;
        this.repository = options.repository;
        this.clock = options.clock ?? wallClock;
    }
    /**
     * Sends one call, waits for limits and tries again where that is safe.
     *
     * @throws GitHubError
     */
    async call(purpose, send) {
        if (this.#free > 0)
            this.#free--;
        else
            await new Promise(resolve => this.#waiting.push(resolve));
        try {
            return await this.#call(purpose, send);
        }
        finally {
            const next = this.#waiting.shift();
            if (next)
                next();
            else
                this.#free++;
        }
    }
    async #call(purpose, send) {
        const octokit = await this.#open();
        let waited = 0;
        for (let failures = 0;; failures++) {
            try {
                const timeout = AbortSignal.timeout(answerTimeout);
                const signal = this.#options.signal ? AbortSignal.any([this.#options.signal, timeout]) : timeout;
                return await send(octokit.request.defaults({ headers: { 'x-github-api-version': apiVersion }, request: { signal } }), signal);
            }
            catch (error) {
                this.#options.signal?.throwIfAborted();
                const failure = read(error);
                const pause = pauseAfter(failure, failures, this.clock.now(), purpose.once === true);
                if (pause === undefined || waited + pause > (this.#options.patience ?? 120_000))
                    throw this.#explain(purpose, failure, pause);
                waited += pause;
                await this.clock.sleep(pause, this.#options.signal);
            }
        }
    }
    /** A list, page after page, a hundred at a time. Whoever stops reading stops asking. */
    async *pages(purpose, send) {
        for (let page = 1;; page++) {
            const { data, headers } = await this.call(purpose, request => send(request, { page, per_page: 100 }));
            yield data;
            if (!headers.link?.includes('rel="next"'))
                return;
        }
    }
    /** Who the token is. Asked once. */
    identity() {
        this.#identity ??= this.#ask().catch(error => {
            this.#identity = undefined;
            throw error;
        });
        return this.#identity;
    }
    async #ask() {
        const purpose = { to: 'say who the token belongs to', needs: 'contents: read' };
        const octokit = await this.#open();
        try {
            // `GET /user` is refused to every app's token, GITHUB_TOKEN among them; GraphQL answers all of them.
            const { viewer } = await this.call(purpose, (_, signal) => octokit.graphql('query { viewer { login } }', { request: { signal } }));
            return identityOf(viewer.login);
        }
        catch (error) {
            if (!(error instanceof GitHubError) || error.status === 401)
                throw error;
        }
        try {
            const { data } = await this.call(purpose, request => request('GET /user'));
            return identityOf(data.login);
        }
        catch (error) {
            if (!(error instanceof GitHubError) || error.status === 401)
                throw error;
            // A server without GraphQL that refuses `/user` has met an app; nearly always it is Actions itself.
            return identityOf('github-actions[bot]');
        }
    }
    #open() {
        this.#octokit ??= (async () => {
            // Loaded when it is first needed: a plan without GitHub does not pay for it.
            const github = await import('@actions/github');
            const { token, apiUrl } = this.#options;
            const quiet = { debug() { }, info() { }, warn() { }, error() { } };
            try {
                return github.getOctokit(token, { baseUrl: apiUrl, log: quiet });
            }
            catch {
                throw new GitHubError('there is no token for GitHub; set github-token');
            }
        })();
        return this.#octokit;
    }
    #explain({ to, needs }, failure, pause) {
        const { status, message, headers, limited } = failure;
        const said = message.replaceAll(this.#options.token, '***').replace(/\s+/g, ' ').trim().slice(0, 300);
        if (limited) {
            const at = new Date(this.clock.now() + (pause ?? 0)).toISOString().slice(0, 16).replace('T', ' ');
            return new GitHubError(`GitHub's rate limit kept us from trying to ${to}; try again after ${at} UTC`, {
                ...(status === undefined ? {} : { status }),
            });
        }
        if (status === undefined)
            return new GitHubError(`GitHub did not answer when asked to ${to}: ${said}`);
        if (status === 401)
            return new GitHubError(`GitHub does not accept the token (401) to ${to}; check github-token, and that the job has not outlived it`, { status });
        if (status === 403 && /not accessible by|must authenticate via a github app|permission/i.test(said)) {
            const why = /github app/i.test(said)
                ? 'only the token of an app, such as GITHUB_TOKEN, may do that'
                : `the token lacks "${needs}"; add it to the job's permissions`;
            return new GitHubError(`GitHub refused to ${to} (403): ${why}`, { status, missing: needs });
        }
        if (status === 404)
            // What a token may not see does not exist for it.
            return new GitHubError(`GitHub found nothing (404) to ${to}: it is not there, or the token lacks "${needs}"`, {
                status,
                missing: needs,
            });
        if (status >= 500)
            return new GitHubError(`GitHub failed to ${to} (${status}): ${said}`, { status });
        const accepted = headers['x-accepted-github-permissions'];
        return new GitHubError(`GitHub refused to ${to} (${status}): ${said}${status === 403 && accepted ? ` (needs ${accepted})` : ''}`, { status });
    }
}
function identityOf(login) {
    return login.endsWith('[bot]') ? { login, app: login.slice(0, -'[bot]'.length) } : { login };
}
const isLoose = (value) => typeof value === 'object' && value !== null;
/** Octokit's errors by their shape: the class would have to be loaded, and exists twice in some trees. */
function read(error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!isLoose(error))
        return { message, headers: {}, limited: false };
    // GraphQL answers its errors with 200; the type tells a limit from a refusal.
    if (Array.isArray(error.errors)) {
        const types = error.errors.map(item => (isLoose(item) ? item.type : undefined));
        const limited = types.includes('RATE_LIMITED');
        return { status: types.includes('FORBIDDEN') ? 403 : 422, message, headers: headersIn(error), limited };
    }
    // Without a response, octokit's status is an invented 500.
    if (!isLoose(error.response) || typeof error.status !== 'number')
        return { message, headers: {}, limited: false };
    const { status } = error;
    const headers = headersIn(error.response);
    const limited = status === 429 ||
        (status === 403 &&
            (headers['retry-after'] !== undefined ||
                headers['x-ratelimit-remaining'] === '0' ||
                /secondary rate limit|abuse detection/i.test(message)));
    // Octokit's own message ends with the address of a manual.
    const said = isLoose(error.response.data) ? error.response.data.message : undefined;
    return { status, message: typeof said === 'string' ? said : message, headers, limited };
}
function headersIn(value) {
    const headers = {};
    for (const [name, said] of Object.entries(isLoose(value.headers) ? value.headers : {}))
        if (typeof said === 'string' || typeof said === 'number')
            headers[name] = String(said);
    return headers;
}
/** How long to wait before the next try; undefined when there is to be none. */
function pauseAfter(failure, failures, now, once) {
    const { status, headers, limited } = failure;
    if (limited) {
        const after = Number(headers['retry-after']);
        if (after > 0)
            return after * 1_000;
        if (headers['x-ratelimit-remaining'] === '0')
            return Math.max(0, Number(headers['x-ratelimit-reset']) * 1_000 - now) + 1_000;
        // GitHub's advice where a secondary limit names no time: a minute, then longer and longer.
        return 60_000 * 2 ** failures;
    }
    if (once || (status !== undefined && status < 500))
        return undefined;
    return pauses[failures];
}
