/** Refusals of GitHub, in one sentence with the remedy. */

import { isJsonObject, type JsonObject } from '../json.ts'
import { messageOf } from '../thrown.ts'
import { untrusted } from '../untrusted.ts'

/** Permissions that a job's `permissions` must grant. */
type Permission = 'checks: read' | 'checks: write' | 'contents: read' | 'pull-requests: read' | 'pull-requests: write'

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
  /** Undefined when no answer came. */
  readonly status: number | undefined
  /** A rate limit refused the call. */
  readonly limited: boolean

  constructor(message: string, { status, limited = false }: Partial<Pick<Failure, 'status' | 'limited'>> = {}) {
    super(message)
    this.status = status
    this.limited = limited
  }
}

/** The address of what was written on GitHub, if anything was, and why it was not written as wanted, in one sentence. */
export interface Posted {
  readonly url?: string
  readonly warning?: string
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

/** The error for a refused call. The token is cut out of GitHub's words. */
export function refusal(purpose: CallPurpose, failure: Failure, token: string, now: number): GitHubError {
  const words = failure.message.replaceAll(token, '***').replace(/\s+/g, ' ').trim().slice(0, 300)
  return new GitHubError(refusalSentence(purpose, failure, words, now), failure)
}

/** What was tried, why GitHub refused, what to do. */
function refusalSentence(
  { to, needs }: CallPurpose,
  { status, headers, limited }: Failure,
  words: string,
  now: number,
): string {
  if (limited) return `GitHub's rate limit kept us from trying to ${to}; try again ${afterLimit(headers, now)}`
  if (status === undefined) return `GitHub did not answer when asked to ${to}: ${untrusted(words)}`
  if (status === 401)
    return `GitHub does not accept the token (401) to ${to}; check github-token, and that the job has not outlived it`
  if (status === 403 && /not accessible by|must authenticate via a github app|permission/i.test(words)) {
    const why = /github app/i.test(words)
      ? 'only the token of an app, such as GITHUB_TOKEN, may do that'
      : `the token lacks "${needs}"; add it to the job's permissions`
    return `GitHub refused to ${to} (403): ${why}`
  }
  // GitHub answers 404 for resources that a token may not read.
  if (status === 404) return `GitHub found nothing (404) to ${to}: it is not there, or the token lacks "${needs}"`
  if (status >= 500) return `GitHub failed to ${to} (${status}): ${untrusted(words)}`
  const accepted = headers['x-accepted-github-permissions']
  return `GitHub refused to ${to} (${status}): ${untrusted(words)}${status === 403 && accepted ? ` (needs ${accepted})` : ''}`
}

/** `after 2026-01-02 09:00 UTC`; `later` when GitHub does not name the end of the limit. */
function afterLimit(headers: Failure['headers'], now: number): string {
  const seconds = Number(headers['retry-after'])
  const reset = headers['x-ratelimit-remaining'] === '0' ? Number(headers['x-ratelimit-reset']) * 1_000 : Number.NaN
  const end = seconds > 0 ? now + seconds * 1_000 : reset
  return end > 0 ? `after ${new Date(end).toISOString().slice(0, 16).replace('T', ' ')} UTC` : 'later'
}

/** A failed call, as far as the answer describes it. */
export interface Failure {
  readonly status?: number
  readonly message: string
  readonly headers: Readonly<Record<string, string | undefined>>
  /** A limit, so the call was not carried out. */
  readonly limited: boolean
}

/** Octokit's errors are recognized by their form: the class would have to be loaded, and may exist twice. */
export function failureOf(error: unknown): Failure {
  const message = messageOf(error)
  const unanswered = { message, headers: {}, limited: false }
  if (!isJsonObject(error)) return unanswered
  // GraphQL answers errors with status 200; `type` distinguishes a limit from a refusal.
  const said200 = graphqlErrors(error)
  if (said200) {
    const types = said200.map(item => (isJsonObject(item) ? item.type : undefined))
    const headers = headersIn(isJsonObject(error.response) ? error.response : error)
    const status = types.includes('FORBIDDEN') ? 403 : 422
    return { status, message, headers, limited: types.includes('RATE_LIMITED') }
  }
  // Without a response, octokit's status is an invented 500.
  if (!isJsonObject(error.response) || typeof error.status !== 'number') return unanswered
  const { status } = error
  const headers = headersIn(error.response)
  const limited =
    status === 429 ||
    (status === 403 &&
      (headers['retry-after'] !== undefined ||
        headers['x-ratelimit-remaining'] === '0' ||
        /secondary rate limit|abuse detection/i.test(message)))
  // Octokit appends the address of a manual to its own message.
  const said = isJsonObject(error.response.data) ? error.response.data.message : undefined
  return { status, message: typeof said === 'string' ? said : message, headers, limited }
}

/** Errors are in octokit's own error, or in the throttling plugin's. */
function graphqlErrors({ errors, data }: JsonObject): readonly unknown[] | undefined {
  if (Array.isArray(errors)) return errors
  return isJsonObject(data) && Array.isArray(data.errors) ? data.errors : undefined
}

function headersIn(value: JsonObject): Failure['headers'] {
  const headers: Record<string, string> = {}
  for (const [name, said] of Object.entries(isJsonObject(value.headers) ? value.headers : {}))
    if (typeof said === 'string' || typeof said === 'number') headers[name] = String(said)
  return headers
}
