/** The way to GitHub: one client, its patience, and its errors in one sentence. */
import type { getOctokit } from '@actions/github'
import { type Clock, wallClock } from '../clock.ts'
import { untrusted } from '../untrusted.ts'
import type { Repository } from './event.ts'

type Octokit = ReturnType<typeof getOctokit>

/** Octokit's typed `request`: the route is GitHub's own, `GET /repos/{owner}/{repo}/pulls`. */
export type Request = Octokit['request']

/** What a job's `permissions` must grant. */
export type Permission =
  | 'checks: read'
  | 'checks: write'
  | 'contents: read'
  | 'pull-requests: read'
  | 'pull-requests: write'

/** What a call is for, so that a refusal can say what is missing. */
export interface CallPurpose {
  /** Completes "GitHub refused to …". */
  readonly to: string
  readonly needs: Permission
  /** The call must not be sent twice when it is unknown whether it was carried out. */
  readonly once?: true
}

/** Who the token is. */
export interface Identity {
  /** As comments name their author: `github-actions[bot]`. */
  readonly login: string
  /** The app's slug; missing for a person's token. */
  readonly app?: string
}

/** A call that GitHub refused or did not answer, in one sentence. The token is never part of it. */
export class GitHubError extends Error {
  override readonly name = 'GitHubError'
  /** Missing when no answer came. */
  readonly status?: number
  /** What the token probably lacks. */
  readonly missing?: Permission
  /** A limit kept the call from being carried out. */
  readonly limited: boolean

  constructor(message: string, more: { status?: number; missing?: Permission; limited?: boolean } = {}) {
    super(message)
    if (more.status !== undefined) this.status = more.status
    if (more.missing !== undefined) this.missing = more.missing
    this.limited = more.limited === true
  }
}

interface Answer<T> {
  readonly data: T
  readonly headers: { readonly link?: string | undefined }
}

interface Page {
  readonly page: number
  readonly per_page: number
}

export interface GitHubOptions {
  readonly token: string
  readonly repository: Repository
  /** `GITHUB_API_URL`. */
  readonly apiUrl: string
  readonly clock?: Clock
  readonly signal?: AbortSignal
  /** Milliseconds of a second that is waited for a limit or before another try; tests have shorter ones. */
  readonly second?: number
}

// 2026-03-10 leaves `merge_commit_sha` out of pull requests; this version is answered until March 2028 at least.
const apiVersion = '2022-11-28'

/** No call of ours takes GitHub longer than ten seconds, at which it gives up itself. */
const answerTimeout = 30_000

/** The longest that one call may wait for limits to pass, in seconds, and how often. */
const patience = 120
const patientTries = 5

const isWorthWaiting = (seconds: number, _options: object, _octokit: object, tries: number): boolean =>
  seconds * (tries + 1) <= patience && tries < patientTries

/**
 * A group of calls that holds nobody back. By default writes are a second apart, and three where somebody is notified: a run writes
 * a handful of times, and GitHub says when that is too fast.
 */
const unhurried = {
  key: () => ({
    schedule: <Given extends unknown[], T>(_: object, run: (...given: Given) => Promise<T>, ...given: Given) =>
      run(...given),
  }),
}

/** How long a GitHub that did not answer at all is left alone, in milliseconds. */
const silence = 60_000

export class GitHub {
  readonly repository: Repository
  readonly clock: Clock
  readonly #options: GitHubOptions
  #octokit: Promise<Octokit> | undefined
  #identity: Promise<Identity> | undefined
  /** After no answer at all, in spite of every try, nobody waits for the next one for a while. */
  #silent: { readonly until: number; readonly failure: Failure } | undefined

  constructor(options: GitHubOptions) {
    this.#options = options
    this.repository = options.repository
    this.clock = options.clock ?? wallClock
  }

  /**
   * Sends one call, waits for limits and tries again where that is safe: octokit's own plugins do.
   *
   * @throws GitHubError
   */
  call<T>(purpose: CallPurpose, send: (request: Request) => Promise<T>): Promise<T> {
    return this.#explained(purpose, ({ request }) =>
      send(
        request.defaults({
          headers: { 'x-github-api-version': apiVersion },
          request: purpose.once ? { retries: 0 } : {},
        }),
      ),
    )
  }

  async #explained<T>(purpose: CallPurpose, send: (octokit: Octokit) => Promise<T>): Promise<T> {
    const { signal } = this.#options
    const octokit = await this.#open()
    signal?.throwIfAborted()
    if (this.#silent && this.clock.now() < this.#silent.until) throw this.#explain(purpose, this.#silent.failure)
    try {
      return await unlessAborted(send(octokit), signal)
    } catch (error) {
      signal?.throwIfAborted()
      const failure = read(error)
      const silent = failure.status === undefined && !failure.limited
      this.#silent = silent ? { until: this.clock.now() + silence, failure } : undefined
      throw this.#explain(purpose, failure)
    }
  }

  /** A list, page after page, a hundred at a time. Whoever stops reading stops asking. */
  async *pages<T>(purpose: CallPurpose, send: (request: Request, page: Page) => Promise<Answer<T>>): AsyncGenerator<T> {
    for (let page = 1; ; page++) {
      const { data, headers } = await this.call(purpose, request => send(request, { page, per_page: 100 }))
      yield data
      if (!headers.link?.includes('rel="next"')) return
    }
  }

  /** Who the token is. Asked once. */
  identity(): Promise<Identity> {
    this.#identity ??= this.#ask().catch(error => {
      this.#identity = undefined
      throw error
    })
    return this.#identity
  }

  async #ask(): Promise<Identity> {
    const purpose: CallPurpose = { to: 'say who the token belongs to', needs: 'contents: read' }
    try {
      // `GET /user` is refused to every app's token, GITHUB_TOKEN among them; GraphQL answers all of them.
      const { viewer } = await this.#explained(purpose, ({ graphql }) =>
        graphql<{ viewer: { login: string } }>('query { viewer { login } }'),
      )
      return identityOf(viewer.login)
    } catch (error) {
      // A limit says nothing about who asks.
      if (!(error instanceof GitHubError) || error.status === 401 || error.limited) throw error
    }
    try {
      const { data } = await this.call(purpose, request => request('GET /user'))
      return identityOf(data.login)
    } catch (error) {
      if (!(error instanceof GitHubError) || error.status === 401) throw error
      // A server without GraphQL that refuses `/user` has met an app; nearly always it is Actions itself.
      return identityOf('github-actions[bot]')
    }
  }

  #open(): Promise<Octokit> {
    this.#octokit ??= (async () => {
      // Loaded when it is first needed: a plan without GitHub does not pay for it.
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
        retry: { retries: 3, retryAfterBaseValue: second },
        throttle: {
          onRateLimit: isWorthWaiting,
          onSecondaryRateLimit: isWorthWaiting,
          retryAfterBaseValue: second,
          // Of the groups that it expects, the plugin asks for no more than this.
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

  #explain({ to, needs }: CallPurpose, failure: Failure): GitHubError {
    const { status, message, headers, limited } = failure
    const words = message.replaceAll(this.#options.token, '***').replace(/\s+/g, ' ').trim().slice(0, 300)
    if (limited) {
      const end = limitEnd(headers, this.clock.now())
      const at = end === undefined ? 'later' : `after ${new Date(end).toISOString().slice(0, 16).replace('T', ' ')} UTC`
      return new GitHubError(`GitHub's rate limit kept us from trying to ${to}; try again ${at}`, {
        ...(status === undefined ? {} : { status }),
        limited: true,
      })
    }
    if (status === undefined) return new GitHubError(`GitHub did not answer when asked to ${to}: ${untrusted(words)}`)
    if (status === 401)
      return new GitHubError(
        `GitHub does not accept the token (401) to ${to}; check github-token, and that the job has not outlived it`,
        { status },
      )
    if (status === 403 && /not accessible by|must authenticate via a github app|permission/i.test(words)) {
      const why = /github app/i.test(words)
        ? 'only the token of an app, such as GITHUB_TOKEN, may do that'
        : `the token lacks "${needs}"; add it to the job's permissions`
      return new GitHubError(`GitHub refused to ${to} (403): ${why}`, { status, missing: needs })
    }
    if (status === 404)
      // What a token may not see does not exist for it.
      return new GitHubError(`GitHub found nothing (404) to ${to}: it is not there, or the token lacks "${needs}"`, {
        status,
        missing: needs,
      })
    if (status >= 500) return new GitHubError(`GitHub failed to ${to} (${status}): ${untrusted(words)}`, { status })
    const accepted = headers['x-accepted-github-permissions']
    return new GitHubError(
      `GitHub refused to ${to} (${status}): ${untrusted(words)}${status === 403 && accepted ? ` (needs ${accepted})` : ''}`,
      { status },
    )
  }
}

function identityOf(login: string): Identity {
  return login.endsWith('[bot]') ? { login, app: login.slice(0, -'[bot]'.length) } : { login }
}

interface Failure {
  readonly status?: number
  readonly message: string
  readonly headers: Readonly<Record<string, string | undefined>>
  /** A limit, so the call was not carried out. */
  readonly limited: boolean
}

type Loose = Readonly<Record<string, unknown>>
const isLoose = (value: unknown): value is Loose => typeof value === 'object' && value !== null

/** Octokit's errors by their shape: the class would have to be loaded, and exists twice in some trees. */
function read(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error)
  if (!isLoose(error)) return { message, headers: {}, limited: false }
  // GraphQL answers its errors with 200; the type tells a limit from a refusal.
  const said200 = graphqlErrors(error)
  if (said200) {
    const types = said200.map(item => (isLoose(item) ? item.type : undefined))
    const headers = headersIn(isLoose(error.response) ? error.response : error)
    return {
      status: types.includes('FORBIDDEN') ? 403 : 422,
      message,
      headers,
      limited: types.includes('RATE_LIMITED'),
    }
  }
  // Without a response, octokit's status is an invented 500.
  if (!isLoose(error.response) || typeof error.status !== 'number') return { message, headers: {}, limited: false }
  const { status } = error
  const headers = headersIn(error.response)
  const limited =
    status === 429 ||
    (status === 403 &&
      (headers['retry-after'] !== undefined ||
        headers['x-ratelimit-remaining'] === '0' ||
        /secondary rate limit|abuse detection/i.test(message)))
  // Octokit's own message ends with the address of a manual.
  const said = isLoose(error.response.data) ? error.response.data.message : undefined
  return { status, message: typeof said === 'string' ? said : message, headers, limited }
}

/** In octokit's own error, or in that of its plugin for limits. */
function graphqlErrors({ errors, data }: Loose): readonly unknown[] | undefined {
  if (Array.isArray(errors)) return errors
  return isLoose(data) && Array.isArray(data.errors) ? data.errors : undefined
}

function headersIn(value: Loose): Failure['headers'] {
  const headers: Record<string, string> = {}
  for (const [name, said] of Object.entries(isLoose(value.headers) ? value.headers : {}))
    if (typeof said === 'string' || typeof said === 'number') headers[name] = String(said)
  return headers
}

/** When a limit is over, in milliseconds since 1970, as far as GitHub says. */
function limitEnd(headers: Failure['headers'], now: number): number | undefined {
  const after = Number(headers['retry-after'])
  if (after > 0) return now + after * 1_000
  const reset = Number(headers['x-ratelimit-reset'])
  return headers['x-ratelimit-remaining'] === '0' && reset > 0 ? reset * 1_000 : undefined
}

/** A plugin of octokit: each try has its own time. It must be the first, so that the others wait around it. */
const impatient = (cancelled: AbortSignal | undefined) => (octokit: Pick<Octokit, 'hook'>) => {
  octokit.hook.wrap('request', (request, options) => {
    const timeout = AbortSignal.timeout(answerTimeout)
    const signal = cancelled ? AbortSignal.any([cancelled, timeout]) : timeout
    return request({ ...options, request: { ...options.request, signal } })
  })
}

/** The plugins wait without a look at the signal. */
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
