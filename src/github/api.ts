/** The GitHub client: typed calls, pages, waits for rate limits, retries. Errors are in apiErrors.ts. */
import type { getOctokit } from '@actions/github'
import type { Endpoints } from '@octokit/types'
import { type Clock, wallClock } from '../clock.ts'
import { type CallPurpose, type Failure, failureOf, GitHubError, refusal } from './apiErrors.ts'
import type { Repository } from './event.ts'

type Octokit = ReturnType<typeof getOctokit>

/** A route about one repository, in GitHub's own words: `GET /repos/{owner}/{repo}/pulls`. */
type Route = Extract<keyof Endpoints, `${string} /repos/{owner}/{repo}${string}`>
type ParametersOf<R extends Route> = Omit<Endpoints[R]['parameters'], 'owner' | 'repo'>
type AnswerOf<R extends Route> = Endpoints[R]['response']

/** Who the token is. */
export interface Identity {
  /** As comments name their author: `github-actions[bot]`. */
  readonly login: string
  /** The app's slug; missing for a person's token. */
  readonly app?: string
}

/** The repository, its token and its API. */
export interface GitHubOptions {
  readonly token: string
  readonly repository: Repository
  /** `GITHUB_API_URL`. */
  readonly apiUrl: string
  readonly clock?: Clock
  readonly signal?: AbortSignal
  /** Milliseconds per second of waiting for a limit or a retry; shorter in tests. */
  readonly second?: number
}

// 2026-03-10 leaves `merge_commit_sha` out of pull requests; this version is answered until March 2028 at least.
const versioned = { 'x-github-api-version': '2022-11-28' }

/** GitHub itself gives up a request after ten seconds. */
const answerTimeout = 30_000

/** The longest wait of one call for rate limits, in seconds, and how often it waits. */
const patience = 120
const patientTries = 5

const isWorthWaiting = (seconds: number, _options: object, _octokit: object, tries: number): boolean =>
  seconds * (tries + 1) <= patience && tries < patientTries

/**
 * Statuses that the retry plugin leaves alone: those of its own list, and 429. The throttling plugin waits for a 429 as long as
 * GitHub says (`retry-after`), and the retry plugin would ask again after a second.
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately
 */
const finalStatuses = [400, 401, 403, 404, 410, 422, 429, 451]

/**
 * Throttling group without a delay. The plugin spaces writes by one to three seconds; a run makes a handful, and GitHub
 * answers with a limit when that is too fast.
 */
const unhurried = {
  key: () => ({
    schedule: <Given extends unknown[], T>(_: object, run: (...given: Given) => Promise<T>, ...given: Given) =>
      run(...given),
  }),
}

const unreadable = 'its answer cannot be read'

/** After no answer at all, calls fail at once for so many milliseconds. */
const outagePause = 60_000

/** The only client of GitHub's REST and GraphQL API, for one repository and one token. Every call throws GitHubError. */
export class GitHub {
  readonly repository: Repository
  readonly clock: Clock
  readonly #options: GitHubOptions
  #octokit: Promise<Octokit> | undefined
  #identity: Promise<Identity> | undefined
  /** Set after a call that none of its tries brought an answer for. */
  #outage: { readonly until: number; readonly failure: Failure } | undefined

  constructor(options: GitHubOptions) {
    this.#options = options
    this.repository = options.repository
    this.clock = options.clock ?? wallClock
  }

  /**
   * Sends one call about the repository. Octokit's plugins wait for limits and retry where that is safe.
   *
   * @throws GitHubError
   */
  call<R extends Route>(purpose: CallPurpose, route: R, parameters: ParametersOf<R>): Promise<AnswerOf<R>> {
    const options = {
      ...this.repository,
      ...parameters,
      headers: versioned,
      request: purpose.once ? { retries: 0 } : {},
    }
    return this.#explained(purpose, ({ request }) => request<Route>(route, options) as Promise<AnswerOf<R>>)
  }

  async #explained<T>(purpose: CallPurpose, send: (octokit: Octokit) => Promise<T>): Promise<T> {
    const { signal } = this.#options
    const octokit = await this.#open()
    signal?.throwIfAborted()
    if (this.#outage && this.clock.now() < this.#outage.until) throw this.#refusal(purpose, this.#outage.failure)
    try {
      return await unlessAborted(send(octokit), signal)
    } catch (error) {
      signal?.throwIfAborted()
      const failure = failureOf(error)
      // A single try may have met a connection that ended just then: the next call finds out.
      const isOutage = failure.status === undefined && !failure.limited && !purpose.once
      this.#outage = isOutage ? { until: this.clock.now() + outagePause, failure } : undefined
      throw this.#refusal(purpose, failure)
    }
  }

  /** A list in pages of a hundred; each page is fetched when it is read. */
  async *pages<R extends Route>(
    purpose: CallPurpose,
    route: R,
    parameters: ParametersOf<R>,
  ): AsyncGenerator<AnswerOf<R>> {
    for (let page = 1; ; page++) {
      const answer = await this.call(purpose, route, { ...parameters, page, per_page: 100 })
      yield answer
      if (!answer.headers.link?.includes('rel="next"')) return
    }
  }

  /** The account of the token. Read once. */
  identity(): Promise<Identity> {
    this.#identity ??= this.#ask().catch(error => {
      this.#identity = undefined
      throw error
    })
    return this.#identity
  }

  #refusal(purpose: CallPurpose, failure: Failure): GitHubError {
    return refusal(purpose, failure, this.#options.token, this.clock.now())
  }

  async #ask(): Promise<Identity> {
    const purpose: CallPurpose = { to: 'say who the token belongs to', needs: 'contents: read' }
    try {
      // `GET /user` is refused to every app's token, GITHUB_TOKEN among them; GraphQL answers all of them.
      const { viewer } = await this.#explained(purpose, ({ graphql }) =>
        graphql<{ viewer: { login: string } }>('query { viewer { login } }'),
      )
      return identityFor(viewer.login)
    } catch (error) {
      if (!isAnswer(error)) throw error
    }
    try {
      const { data } = await this.#explained(purpose, ({ request }) => request('GET /user', { headers: versioned }))
      return identityFor(data.login)
    } catch (error) {
      if (!isAnswer(error)) throw error
      // A server without GraphQL that refuses `/user` has refused an app; nearly always it is Actions itself.
      return identityFor('github-actions[bot]')
    }
  }

  #open(): Promise<Octokit> {
    this.#octokit ??= (async () => {
      // Loaded with the first call: a plan without GitHub does not pay for it.
      const [github, { retry }, { throttling }] = await Promise.all([
        import('@actions/github'),
        import('@octokit/plugin-retry'),
        import('@octokit/plugin-throttling'),
      ])
      const { token, apiUrl, second = 1_000 } = this.#options
      const quiet = { debug() {}, info() {}, warn() {}, error() {} }
      const settings = {
        baseUrl: apiUrl,
        log: quiet,
        retry: { retries: 3, retryAfterBaseValue: second, doNotRetry: finalStatuses },
        throttle: {
          onRateLimit: isWorthWaiting,
          onSecondaryRateLimit: isWorthWaiting,
          retryAfterBaseValue: second,
          // The plugin calls nothing else of these groups.
          write: unhurried as never,
          notifications: unhurried as never,
        },
      }
      try {
        return github.getOctokit(token, settings, impatient(this.#options.signal), retry, throttling)
      } catch {
        throw new GitHubError('there is no token for GitHub; set github-token')
      }
    })()
    return this.#octokit
  }
}

/** Whether GitHub has refused to say whose the token is: a limit, an outage and a token that is not accepted tell nothing. */
const isAnswer = (error: unknown): boolean =>
  error instanceof GitHubError && (error.status ?? 500) < 500 && error.status !== 401 && !error.limited

function identityFor(login: string): Identity {
  return login.endsWith('[bot]') ? { login, app: login.slice(0, -'[bot]'.length) } : { login }
}

/**
 * An octokit plugin: a time limit for each try, and an error for an answer that cannot be read. It comes first, so that the other
 * plugins wait outside of it, and try again.
 */
const impatient = (cancelled: AbortSignal | undefined) => (octokit: Pick<Octokit, 'hook'>) => {
  octokit.hook.wrap('request', async (request, options) => {
    const timeout = AbortSignal.timeout(answerTimeout)
    const signal = cancelled ? AbortSignal.any([cancelled, timeout]) : timeout
    const answer = await request({ ...options, request: { ...options.request, signal } })
    // Octokit takes an answer that was cut off on its way, the page of a proxy, and a redirection that leads nowhere, for data.
    if (answer.status === 204 || (answer.status < 300 && typeof answer.data === 'object')) return answer
    throw Object.assign(new Error(unreadable), { status: 502, request: { ...options }, response: answer })
  })
}

/** The plugins' own waits ignore the signal. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  let abort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
