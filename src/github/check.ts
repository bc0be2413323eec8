/** Check runs: where a plan's claims are kept for a later apply. */
import type { Problem } from '../particle.ts'
import { shortened } from '../wording.ts'
import type { GitHub } from './api.ts'
import { type Posted, unlessRefused } from './apiErrors.ts'
import { textLimit } from './claimText.ts'

/** `particles / production` */
export const planCheck = (environment: string): string => `particles / ${environment}`
/** Success: the commit is applied. Its texts list what is no longer declared. */
export const appliedCheck = (environment: string): string => `${planCheck(environment)} / applied`
/** Neutral: an apply modifies AWS from now on, however it ends. */
export const begunCheck = (environment: string): string => `${planCheck(environment)} / begun`
/** Neutral: a rollout of this commit is paused. Its text names the service deployments, one a line. */
export const pausedCheck = (environment: string): string => `${planCheck(environment)} / paused`
/** Failure: the apply was refused before anything changed. Its texts list what is no longer declared. */
export const refusedCheck = (environment: string): string => `${planCheck(environment)} / refused`

/** The name of a part of a check whose texts are too many for one. */
export const continued = (name: string, part: number): string => (part === 1 ? name : `${name} (${part})`)

/** The conclusions of GitHub's check runs that are written here. */
export type Conclusion = 'success' | 'failure' | 'neutral'

/** A check to write. */
export interface CheckRequest {
  readonly name: string
  /** The commit that the check is written on. */
  readonly commit: string
  readonly conclusion: Conclusion
  readonly title: string
  /** Markdown. */
  readonly summary: string
  /** The plan's digest: continuations of one plan share it. */
  readonly digest?: string | undefined
  /** What later runs read: the first text, then one per continuation. */
  readonly texts?: readonly [string, ...string[]] | undefined
  /** Problems with a place become annotations; the summary has all of them. */
  readonly problems?: readonly Problem[]
  /** Address of the workflow run. */
  readonly url?: string | undefined
}

/** GitHub's limit per request. https://docs.github.com/en/rest/checks/runs */
const annotationLimit = 50
/** GitHub allows 64 KB; no character takes more than four bytes. */
const messageLimit = 16_000

type Annotation = ReturnType<typeof annotations>[number]

function annotations(problems: readonly Problem[]) {
  return problems.flatMap(({ place, message }) =>
    place
      ? {
          path: place.file,
          start_line: place.line,
          end_line: place.line,
          start_column: place.column,
          end_column: place.column,
          annotation_level: 'failure' as const,
          message: message.slice(0, messageLimit),
        }
      : [],
  )
}

/** Writes a completed check run, with as many continuations as its texts need. Never fails: a refusal of GitHub is a warning. */
export async function postCheck(github: GitHub, check: CheckRequest): Promise<Posted> {
  return unlessRefused(
    async () => {
      const [text, ...more] = check.texts ?? [undefined]
      // Continuations first: a later run that finds the first part finds them all.
      for (const [index, part] of more.entries()) await create(github, check, index + 2, part, [])
      return { url: await create(github, check, 1, text, annotations(check.problems ?? [])) }
    },
    warning => ({ warning }),
  )
}

async function create(
  github: GitHub,
  check: CheckRequest,
  part: number,
  text: string | undefined,
  notes: readonly Annotation[],
): Promise<string> {
  const name = continued(check.name, part)
  const needs = 'checks: write'
  const output = (batch: readonly Annotation[]) => ({
    title: shortened(part === 1 ? check.title : `${check.title} (${part})`, 255),
    summary: shortened(part === 1 ? check.summary : `Continues "${check.name}".`, textLimit),
    ...(text === undefined ? {} : { text }),
    annotations: [...batch],
  })
  const { data } = await github.call(
    { to: `write the check "${name}"`, needs },
    'POST /repos/{owner}/{repo}/check-runs',
    {
      name,
      head_sha: check.commit,
      // A check left in progress by a dead process would block the merge for ever.
      status: 'completed',
      conclusion: check.conclusion,
      ...(check.digest ? { external_id: check.digest } : {}),
      ...(check.url ? { details_url: check.url } : {}),
      output: output(notes.slice(0, annotationLimit)),
    },
  )
  for (let from = annotationLimit; from < notes.length; from += annotationLimit)
    await github.call(
      { to: `annotate the check "${name}"`, needs },
      'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}',
      { check_run_id: Number(data.id), output: output(notes.slice(from, from + annotationLimit)) },
    )
  return data.html_url ?? data.url
}

/** A check run that was found on a commit. */
export interface FoundCheck {
  readonly id: number
  readonly digest?: string
  readonly text: string | null
  /** ISO 8601, UTC, to the second. */
  readonly completedAt: string
}

/**
 * Check runs of one name and conclusion that the token's own app wrote on a commit, newest first; `others` are the reasons
 * for which further ones do not count.
 *
 * @throws GitHubError
 */
export async function findChecks(
  github: GitHub,
  commit: string,
  name: string,
  conclusion: Conclusion = 'success',
): Promise<{ successful: FoundCheck[]; others: ('failed' | 'another app')[] }> {
  const { app } = await github.identity()
  const successful: FoundCheck[] = []
  const others: ('failed' | 'another app')[] = []
  const pages = github.pages(
    { to: 'read the checks', needs: 'checks: read' },
    'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
    // `latest` would hide a success behind a later failure.
    { ref: commit, check_name: name, filter: 'all' },
  )
  for await (const { data } of pages)
    for (const run of data.check_runs) {
      if (run.name !== name) continue
      // Any app may use this name; only checks of the token's app come from a workflow of this repository.
      if (!app || run.app?.slug !== app) others.push('another app')
      else if (run.conclusion !== conclusion) others.push('failed')
      else
        successful.push({
          id: Number(run.id),
          ...(run.external_id ? { digest: run.external_id } : {}),
          text: run.output.text,
          completedAt: run.completed_at ?? '',
        })
    }
  successful.sort((a, b) => b.id - a.id)
  return { successful, others }
}
