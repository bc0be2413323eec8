/** Earlier commits that declared more: the last applied commit, the one before this, and their checks. */
import type { Undeclared } from '../engine/removal.ts'
import { GitHubError } from './apiErrors.ts'
import { type DeclaredRecord, declaredListOn } from './declared.ts'
import type { GitHubEvent } from './event.ts'
import { appliedBefore } from './history.ts'
import type { PullRequestReporter } from './reporter.ts'

/** A commit whose declarations are compared with today's. */
export interface EarlierCommit {
  readonly commit: string
  /** The list in its checks. */
  readonly entries: readonly Undeclared[]
  /** Its manifests are to be compared with today's. */
  readonly comparable: boolean
  /** The commit that removed what its manifests declare and today's do not. */
  readonly since?: string
  /** The pull request that did. */
  readonly pullRequest?: number
}

/** The earlier commits that this run's manifests are compared with. */
export interface EarlierCommits {
  /** Nearest first. */
  readonly past: readonly EarlierCommit[]
  readonly warnings: readonly string[]
  /** False when a list exists and could not be read. */
  readonly complete: boolean
}

/** How many applied commits are read back while the newer list is incomplete. */
const furthest = 5

/** The last applied commit and those that its list depends on, else the base. A refusal of GitHub becomes a warning. */
export async function findEarlierCommits(
  reporter: PullRequestReporter,
  event: GitHubEvent,
  environment: string,
): Promise<EarlierCommits> {
  const { github } = reporter
  const { pullRequest, mergeGroup, push, sha } = event
  const base = pullRequest?.baseSha ?? mergeGroup?.baseSha ?? push?.before
  const by = pullRequest ? { pullRequest: pullRequest.number } : {}
  const alone: EarlierCommit[] = base ? [{ commit: base, entries: [], comparable: true, ...by }] : []
  if (!github) return { past: alone, warnings: [], complete: true }
  const tip = pullRequest?.baseSha ?? mergeGroup?.headSha ?? sha
  if (!tip) return { past: [], warnings: [], complete: true }
  const { commits, applied, problem } = await reporter.history(github, tip)
  if (problem)
    return { past: alone, warnings: [`what earlier commits remember is not known: ${problem}`], complete: false }
  const past: EarlierCommit[] = []
  const warnings: string[] = []
  let whole = true
  const add = (told: DeclaredRecord, more: Omit<EarlierCommit, 'entries'>): DeclaredRecord => {
    if (told && 'why' in told) {
      warnings.push(`what was declared once is not all known: ${told.why}`)
      whole = false
    }
    past.push({ ...more, entries: told && 'entries' in told ? told.entries : [] })
    return told
  }
  // The commit before this one still declared what this one removed.
  const [before, since] = pullRequest ? [commits[0]] : [commits[1], tip]
  const nearest = before ?? (applied || pullRequest ? undefined : base)
  // A run by hand or by schedule does not know the start of the push that was refused here.
  if (!applied && !pullRequest && !push && !mergeGroup)
    add(await declaredListOn(github, tip, environment, 'refused'), { commit: tip, comparable: false })
  const from = !applied && base && !pullRequest ? base : nearest
  if (from)
    add(await declaredListOn(github, from, environment, 'refused'), {
      commit: from,
      comparable: true,
      ...by,
      ...(since && from === before && { since }),
    })
  let next = applied
  for (let count = 0; next && count < furthest; count++) {
    const commit: string = next
    next = undefined
    const isNearest = count === 0 && from === undefined
    const told = add(await declaredListOn(github, commit, environment, 'applied'), {
      commit,
      comparable: commit !== tip || pullRequest !== undefined,
      ...(isNearest && by),
      ...(isNearest && since && commit !== tip && { since }),
    })
    if (!told || 'why' in told || told.complete) return { past, warnings, complete: whole }
    try {
      next = await appliedBefore(github, environment, commit)
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error
      warnings.push(`what was declared once is not all known: ${error.message}`)
      whole = false
    }
  }
  return { past, warnings, complete: whole && next === undefined }
}
