/** What each comment has: its marker, its heading, where and for which commit the plan was made, and its links. */

import type { Plan } from '../engine/document.ts'
import type { Problem } from '../particle.ts'
import { code, cut, inComment, link, webAddress } from './escape.ts'
import { alert, message, sentences } from './markdown.ts'
import { name, type Phrase } from './words.ts'

/** The base of a pull request that is none of `apply-branches`, and what is applied instead. */
export interface NeverApplied {
  readonly base: string
  readonly applied: string
}

/** What a plan says first where no merge carries it out. */
export const mergesNothing = 'Merging applies nothing'

/** Follows `mergesNothing`: `next is not among apply-branches (main).` */
export const neverAppliedPhrase = ({ base, applied }: NeverApplied): Phrase => [
  name(cut(base, 200)),
  ' is not among ',
  name('apply-branches'),
  ` (${cut(applied, 200)}).`,
]

/** What a comment shows beside the plan or the report itself. */
export interface Context {
  readonly environment: string
  /** Where there is no plan that names one. */
  readonly region?: string | undefined
  /** The commit that was planned: on a pull request its head. Empty where none is known. */
  readonly head: string
  readonly runId: string | number
  readonly attempt: string | number
  readonly runUrl?: string | undefined
  /**
   * In bytes of UTF-8, which are never fewer than characters. GitHub takes 65,536 characters of a comment, 65,535 of a check run's
   * summary (https://docs.github.com/en/rest/checks/runs#create-a-check-run) and 1 MiB of a job summary
   * (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits).
   */
  readonly limit: number
  /** What stops the plan: errors of manifests, and refusals. */
  readonly problems?: readonly Problem[] | undefined
  /** Why there is no plan although nothing is wrong: a pull request from a fork has no credentials. */
  readonly skipped?: string | undefined
  /** The commit that an apply is for. */
  readonly mergeCommit?: string | undefined
  /** The pull requests that an apply carries out, the one whose merge is its commit, and the one whose comment this is. */
  readonly carries?:
    | { readonly pullRequests: readonly number[]; readonly merged?: number | undefined; readonly here?: number }
    | undefined
  /** False where no merge follows: a plan by schedule or by hand, a refused one. */
  readonly merges: boolean
  readonly neverApplied?: NeverApplied | undefined
  /** False with `require-review: false`: then an apply may do more than the plan has shown. */
  readonly reviewed: boolean
  /** Address of the repository's files at the planned commit, `…/blob/<sha>`: source lines become links. */
  readonly sourceUrl?: string | undefined
}

/** The beginning of each comment of this environment, by which later runs find it. Environments are compared in this form. */
export const marker = (environment: string): string => `<!-- ecs-particles:${inComment(environment)} -->`

/** The marker with the run that wrote the text, and the heading. */
export function firstBlocks(context: Context, status = ''): readonly [firstLine: string, heading: string] {
  const { environment, runId, attempt, head } = context
  return [
    `${marker(environment)}<!-- run=${inComment(String(runId))}/${inComment(String(attempt))} head=${inComment(head)} -->`,
    `### ECS particles · ${message(environment, 100)}${status && ` · ${status}`}`,
  ]
}

/** `3f2a9c1`; what is no commit stands as it is, cut. */
export const shortCommit = (sha: string): string => (/^[0-9a-f]{8,}$/i.test(sha) ? sha.slice(0, 7) : cut(sha, 60))

/** ` for 3f2a9c1`; empty where no commit is known, as for a plan by hand outside of a repository. */
export const forCommit = (sha: string): string => (sha === '' ? '' : ` for ${code(shortCommit(sha))}`)

/** `account 123456789012, us-east-1` */
export function target(plan: Plan | undefined, context: Context): string {
  const account = plan?.account
  const region = context.region ?? plan?.region
  return [account && `account ${message(account, 40)}`, region && message(region, 200)].filter(Boolean).join(', ')
}

/** `[Run](…)`; empty outside of GitHub, and where the address is not one of the web. */
export const runLink = ({ runUrl = '' }: Context): string => (webAddress(runUrl) ? link('Run', runUrl) : '')

/** The note that names what was left out for the limit. */
export const limitNote = ({ runUrl }: Context, leftOut: readonly string[]): string =>
  alert(
    'NOTE',
    sentences(
      `Left out, because it does not fit here: ${leftOut.map(part => message(part, 240)).join('; ')}.`,
      runUrl && `${link('The run', runUrl)} has everything.`,
    ),
  )
