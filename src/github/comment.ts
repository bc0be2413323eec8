/** The one comment that a pull request has for each environment. */
import type { Inputs } from '../inputs.ts'
import { marker } from '../render/comment.ts'
import type { GitHub } from './api.ts'
import { GitHubError, type Posted, unlessRefused } from './apiErrors.ts'

/** The run that wrote a comment: ids grow with time, and a re-run counts its attempts. */
export interface Run {
  readonly id: number
  readonly attempt: number
}

/** A comment to write or to renew. */
export interface CommentRequest {
  readonly pullRequest: number
  readonly environment: string
  readonly mode: Inputs['comment']
  /** Something to do, or an error: worth a new comment in the mode `on-changes`. */
  readonly noteworthy: boolean
  readonly run: Run
  /** A commit: a comment that was written for it stays. */
  readonly unlessOf?: string | undefined
  /** Markdown of at most `bodyLimit` characters. The first line is the marker and names the run. */
  readonly body: string
}

/** GitHub's limit of a comment, in characters. */
export const bodyLimit = 65_536

interface Ours {
  readonly id: number
  readonly url: string
  readonly run: Run | undefined
  /** The commit that it was written for. */
  readonly head: string | undefined
}

async function ours(github: GitHub, pullRequest: number, environment: string): Promise<Ours[]> {
  const { login } = await github.identity()
  const start = marker(environment)
  const found: Ours[] = []
  const pages = github.pages(
    { to: 'list the comments', needs: 'pull-requests: read' },
    'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
    { issue_number: pullRequest },
  )
  for await (const { data } of pages)
    for (const { id, html_url: url, user, body } of data) {
      // Any user may write the marker, and the token could edit any user's comment.
      if (user?.login !== login || !body?.startsWith(start)) continue
      const [, run, attempt, head] = /^<!-- run=(\d+)\/(\d+) (?:head=(\S+) )?/.exec(body.slice(start.length)) ?? []
      found.push({ id: Number(id), url, run: run ? { id: Number(run), attempt: Number(attempt) } : undefined, head })
    }
  return found.sort((a, b) => a.id - b.id)
}

const isNewer = (one: Run, other: Run): boolean =>
  one.id > other.id || (one.id === other.id && one.attempt > other.attempt)

/**
 * Writes the comment, or edits the oldest one of ours; doubles, left by runs side by side, are removed. A comment that a newer
 * run wrote stays. Never fails: a refusal of GitHub is a warning.
 */
export async function postComment(github: GitHub, request: CommentRequest): Promise<Posted> {
  if (request.mode === 'never') return {}
  return unlessRefused(
    () => write(github, request),
    warning => ({ warning }),
  )
}

async function write(github: GitHub, wanted: CommentRequest): Promise<Posted> {
  const { body } = wanted
  for (let tries = 0; ; tries++) {
    const [first, ...others] = await ours(github, wanted.pullRequest, wanted.environment)
    if (first) return edit(github, wanted, first, others)
    if (wanted.mode === 'on-changes' && !wanted.noteworthy) return {}
    try {
      return { url: await create(github, wanted.pullRequest, body) }
    } catch (error) {
      // Without an answer the comment may have been written: list the comments before writing another.
      const unsure = error instanceof GitHubError && (error.status === undefined || error.status >= 500)
      if (!unsure || tries > 1) throw error
      await github.clock.sleep(2_000)
    }
  }
}

async function create(github: GitHub, pullRequest: number, body: string): Promise<string> {
  const { data } = await github.call(
    { to: 'write the comment', needs: 'pull-requests: write', once: true },
    'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
    { issue_number: pullRequest, body },
  )
  return data.html_url
}

async function edit(
  github: GitHub,
  { run, body, unlessOf }: CommentRequest,
  first: Ours,
  others: Ours[],
): Promise<Posted> {
  if (unlessOf && first.head === unlessOf) return { url: first.url }
  const newer = [first, ...others].find(comment => comment.run && isNewer(comment.run, run))
  // The newer run removes doubles too.
  if (newer) return { url: newer.url, warning: 'the comment was written by a newer run and stays as it is' }
  const needs = 'pull-requests: write'
  const route = '/repos/{owner}/{repo}/issues/comments/{comment_id}'
  await github.call({ to: 'edit the comment', needs }, `PATCH ${route}`, { comment_id: first.id, body })
  try {
    for (const { id } of others)
      await github.call({ to: 'remove a double of the comment', needs }, `DELETE ${route}`, { comment_id: id })
  } catch (error) {
    // Another run may have removed the double already.
    if (!(error instanceof GitHubError)) throw error
    if (error.status !== 404) return { url: first.url, warning: error.message }
  }
  return { url: first.url }
}
