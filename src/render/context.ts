/** What every face of the comment has: its marker, its heading, where and for which commit, and its links. */

import type { Plan } from '../engine/document.ts'
import type { ParticleId, Problem } from '../particle.ts'
import { code, cut, inComment, link, thousands } from './escape.ts'
import { alert, particle, words } from './markdown.ts'

/** What a text says beside the plan or the report itself. Values only: nothing is looked up. */
export interface Context {
  readonly environment: string
  /** Where there is no plan that names one. */
  readonly region?: string
  /** The commit that was planned: on a pull request its head. Empty where none is known. */
  readonly head: string
  readonly runId: string | number
  readonly attempt: string | number
  readonly runUrl?: string
  /** Bytes of UTF-8, which no way of counting characters exceeds. */
  readonly limit: number
  /** What stops the plan: errors of manifests, and what is refused. */
  readonly problems?: readonly Problem[]
  /** Why there is no plan although nothing is wrong: a pull request from a fork has no credentials. */
  readonly skipped?: string
  /** The commit that an apply is for. */
  readonly mergeCommit?: string
  /** False where no merge follows: a plan by schedule or by hand, a refused one. */
  readonly merges: boolean
  /** The pull request goes into a branch that is none of `apply-branches`. */
  readonly neverApplied?: { readonly base: string; readonly applied: string }
  /** False with `require-review: false`: then more may be applied than what was shown. */
  readonly reviewed: boolean
  /** Address of the repository's files at the planned commit, `…/blob/<sha>`: source lines become links. */
  readonly sourceUrl?: string
}

/** What a comment of this environment begins with, and is found by. Environments are compared as they are written here. */
export const marker = (environment: string): string => `<!-- ecs-particles:${inComment(environment)} -->`

/** The marker, and which run wrote the text, on one line. */
export const firstLine = ({ environment, runId, attempt, head }: Context): string =>
  `${marker(environment)}<!-- run=${inComment(String(runId))}/${inComment(String(attempt))} head=${inComment(head)} -->`

export const heading = ({ environment }: Context, end = ''): string =>
  `### ECS particles · ${words(environment, 100)}${end && ` · ${end}`}`

/** ` for 3f2a9c1`, or nothing where no commit is known: a plan by hand, out of a checkout. */
export const forCommit = (sha: string, preposition = 'for'): string =>
  sha === '' ? '' : ` ${preposition} ${code(/^[0-9a-f]{8,}$/i.test(sha) ? sha.slice(0, 7) : cut(sha, 60))}`

/** `account 123456789012, us-east-1` */
export function target(plan: Plan | undefined, context: Context): string {
  const account = plan?.account
  const region = context.region ?? plan?.region
  return [account && `account ${words(account, 40)}`, region && words(region, 200)].filter(Boolean).join(', ')
}

/** `[Run](…)`; nothing outside of GitHub, or where the address is none that a link may have. */
export function runLink({ runUrl }: Context): string {
  const made = runUrl === undefined ? '' : link('Run', runUrl)
  return made.startsWith('[') ? made : ''
}

export const sentences = (...parts: readonly (string | false | undefined)[]): string => parts.filter(Boolean).join(' ')

export const note =
  (context: Context) =>
  (leftOut: readonly string[]): string =>
    alert('NOTE', [
      sentences(
        `Left out, because it does not fit here: ${leftOut.map(each => words(each, 240)).join('; ')}.`,
        context.runUrl && `${link('The run', context.runUrl)} has everything.`,
      ),
    ])

/** The first entries, and a line that counts the others. */
export const atMost = (items: readonly string[], most: number, what = ''): readonly string[] =>
  items.length > most ? [...items.slice(0, most), `and ${thousands(items.length - most)} more${what}`] : items

/** Names as code, and a count of the others. */
export const listedParticles = (ids: readonly ParticleId[], most: number): string =>
  atMost(ids.map(particle), most).join(', ')
