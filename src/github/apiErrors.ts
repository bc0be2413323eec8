/** Refusals of GitHub, in one sentence with the remedy. */
import { untrusted } from '../untrusted.ts'

/** Permissions that a job's `permissions` must grant. */
export type Permission =
  | 'checks: read'
  | 'checks: write'
  | 'contents: read'
  | 'pull-requests: read'
  | 'pull-requests: write'

/** The purpose of a call, for the sentence of its refusal. */
export interface CallPurpose {
  /** Completes "GitHub refused to …". */
  readonly to: string
  readonly needs: Permission
  /** The call must not be sent twice when it is unknown whether it was carried out. */
  readonly once?: true
}

/** A call that GitHub refused or did not answer, in one sentence. The token is never part of it. */
export class GitHubError extends Error {
  override readonly name = 'GitHubError'
  /** Missing when no answer came. */
  readonly status?: number
  /** The permission that the token probably lacks. */
  readonly missing?: Permission
  /** A rate limit refused the call. */
  readonly limited: boolean

  constructor(message: string, more: { status?: number; missing?: Permission; limited?: boolean } = {}) {
    super(message)
    if (more.status !== undefined) this.status = more.status
    if (more.missing !== undefined) this.missing = more.missing
    this.limited = more.limited === true
  }
}

/** Runs `work`; a refusal of GitHub becomes `refused(sentence)`, every other error is thrown. */
export async function unlessRefused<T, R>(work: () => Promise<T>, refused: (why: string) => R): Promise<T | R> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof GitHubError) return refused(error.message)
    throw error
  }
}

/** The sentence for a refused call: what was tried, why GitHub refused, what to do. The token is cut out of GitHub's words. */
export function refusal({ to, needs }: CallPurpose, failure: Failure, token: string, now: number): GitHubError {
  const { status, message, headers, limited } = failure
  const words = message.replaceAll(token, '***').replace(/\s+/g, ' ').trim().slice(0, 300)
  if (limited) {
    const end = limitEnd(headers, now)
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
    // GitHub answers 404 for resources that a token may not read.
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

/** A failed call, as far as the answer describes it. */
export interface Failure {
  readonly status?: number
  readonly message: string
  readonly headers: Readonly<Record<string, string | undefined>>
  /** A limit, so the call was not carried out. */
  readonly limited: boolean
}

type Loose = Readonly<Record<string, unknown>>
const isLoose = (value: unknown): value is Loose => typeof value === 'object' && value !== null

/** Octokit's errors are recognized by their form: the class would have to be loaded, and may exist twice. */
export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error)
  if (!isLoose(error)) return { message, headers: {}, limited: false }
  // GraphQL answers errors with status 200; `type` distinguishes a limit from a refusal.
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
  // Octokit appends the address of a manual to its own message.
  const said = isLoose(error.response.data) ? error.response.data.message : undefined
  return { status, message: typeof said === 'string' ? said : message, headers, limited }
}

/** Errors are in octokit's own error, or in the throttling plugin's. */
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

/** The end of a limit in milliseconds since 1970; undefined when GitHub does not name it. */
function limitEnd(headers: Failure['headers'], now: number): number | undefined {
  const after = Number(headers['retry-after'])
  if (after > 0) return now + after * 1_000
  const reset = Number(headers['x-ratelimit-reset'])
  return headers['x-ratelimit-remaining'] === '0' && reset > 0 ? reset * 1_000 : undefined
}
