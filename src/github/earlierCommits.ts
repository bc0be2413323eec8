/** Earlier commits that declared more: the last applied commit, the one before this, and their checks. */
import type { Undeclared } from '../engine/removal.ts'
import type { RememberedMember } from '../engine/undeclaredMembers.ts'
import type { GitHub } from './api.ts'
import { unlessRefused } from './apiErrors.ts'
import { type DeclaredRecord, declaredListOn } from './declared.ts'
import type { GitHubEvent } from './event.ts'
import { type AppliedSearch, appliedBefore, appliedBeyond } from './history.ts'
import type { PullRequestReporter } from './reporter.ts'

/** A commit whose declarations are compared with today's. */
export interface EarlierCommit {
  readonly commit: string
  /** The list in its checks. */
  readonly entries: readonly Undeclared[]
  /** The members in it. */
  readonly members: readonly RememberedMember[]
  /** Its manifests are to be compared with today's. */
  readonly comparable: boolean
  /** The commit that removed what its manifests declare and today's do not. */
  readonly since?: string | undefined
  /** The pull request that did. */
  readonly pullRequest?: number | undefined
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

/**
 * The last applied commit and those that its list depends on, else the base, and those whose applies began since. A refusal of
 * GitHub becomes a warning.
 */
export async function findEarlierCommits(
  reporter: PullRequestReporter,
  event: GitHubEvent,
  search: AppliedSearch,
): Promise<EarlierCommits> {
  const { github } = reporter
  const { pullRequest, mergeGroup, push, sha } = event
  const base = pullRequest?.baseSha ?? mergeGroup?.baseSha ?? push?.before
  const by = pullRequest?.number
  const alone = base ? [{ commit: base, entries: [], members: [], comparable: true, pullRequest: by }] : []
  if (!github) return { past: alone, warnings: [], complete: true }
  const tip = pullRequest?.baseSha ?? mergeGroup?.headSha ?? sha
  if (!tip) return { past: [], warnings: [], complete: true }
  const { commits, begun, problem, ...near } = await reporter.history(github, tip)
  if (problem)
    return { past: alone, warnings: [`what earlier commits remember is not known: ${problem}`], complete: false }
  const lists = new DeclaredLists(github, search)
  const applied = near.applied ?? (await lists.appliedBeyond(commits))
  // The commit before this one still declared what this one removed.
  const [before, since] = pullRequest ? [commits[0]] : [commits[1], tip]
  const nearest = before ?? (applied || pullRequest ? undefined : base)
  // A run by hand or by schedule does not know the start of the push that was refused here, nor what a push by force left.
  if (applied !== tip && !pullRequest && !push && !mergeGroup)
    await lists.read('refused', { commit: tip, comparable: false })
  const from = !applied && base && !pullRequest ? base : nearest
  const removedBy = { pullRequest: by, since: from === before ? since : undefined }
  if (from) await lists.read('refused', { commit: from, comparable: true, ...removedBy })
  for (const commit of begun) if (commit !== from) lists.compare({ commit, comparable: true })
  if (push?.forced && base) await lists.readLeft(reporter, base)
  return lists.readApplied(applied, (commit, isFirst) => {
    const isNearest = isFirst && from === undefined
    return {
      commit,
      comparable: commit !== tip || pullRequest !== undefined,
      pullRequest: isNearest ? by : undefined,
      since: isNearest && commit !== tip ? since : undefined,
    }
  })
}

/** The lists in the checks of earlier commits, and what could not be read of them. */
class DeclaredLists {
  readonly #github: GitHub
  readonly #search: AppliedSearch
  readonly #past: EarlierCommit[] = []
  readonly #warnings: string[] = []

  constructor(github: GitHub, search: AppliedSearch) {
    this.#github = github
    this.#search = search
  }

  /** The last applied commit behind a history that is too long to be read whole. */
  appliedBeyond(commits: readonly string[]): Promise<string | undefined> {
    return unlessRefused(
      () => appliedBeyond(this.#github, this.#search, commits),
      why => this.#warn(why),
    )
  }

  compare(commit: Omit<EarlierCommit, 'entries' | 'members'>): void {
    this.#past.push({ ...commit, entries: [], members: [] })
  }

  async read(by: 'refused' | 'applied', commit: Omit<EarlierCommit, 'entries' | 'members'>): Promise<DeclaredRecord> {
    const list = await declaredListOn(this.#github, commit.commit, this.#search.environment, by)
    if (list && 'why' in list) this.#warn(list.why)
    const { entries, members } = list && 'entries' in list ? list : { entries: [], members: [] }
    this.#past.push({ ...commit, entries, members })
    return list
  }

  /** Applied commits, newest first, until a list is complete. */
  async readApplied(
    applied: string | undefined,
    describe: (commit: string, isFirst: boolean) => Omit<EarlierCommit, 'entries' | 'members'>,
  ): Promise<EarlierCommits> {
    let next = applied
    for (let count = 0; next && count < furthest; count++) {
      const commit: string = next
      const list = await this.read('applied', describe(commit, count === 0))
      next = undefined
      if (!list || 'why' in list || list.complete) break
      next = await unlessRefused(
        () => appliedBefore(this.#github, this.#search, commit),
        why => this.#warn(why),
      )
    }
    return { past: this.#past, warnings: this.#warnings, complete: this.#warnings.length === 0 && next === undefined }
  }

  /** A commit that the branch was on before a push by force, and those behind it. */
  async readLeft(reporter: PullRequestReporter, tip: string): Promise<void> {
    const { applied, begun, problem } = await reporter.history(this.#github, tip)
    if (problem) return this.#warn(problem)
    await this.read('refused', { commit: tip, comparable: true })
    for (const commit of begun) this.compare({ commit, comparable: true })
    await this.readApplied(applied, commit => ({ commit, comparable: true }))
  }

  #warn(why: string): undefined {
    this.#warnings.push(`what was declared once is not all known: ${why}`)
  }
}
