/** Finds the pull requests that commits came from, and collects the claims their plan checks showed. */
import { claimsVersion } from '../engine/claims.ts'
import type { GitHub } from './api.ts'
import { GitHubError } from './apiErrors.ts'
import type { History } from './history.ts'
import { latestPulls, mergeAmong, type Pull, pullAt, pullsOf } from './pulls.ts'
import { type ShownClaims, shownClaims } from './shownClaims.ts'

/** The listing of a commit's pull requests is behind the merge for so many milliseconds at most. */
const lagLimit = 90_000
const lagPauses = [2_000, 3_000, 5_000, 8_000, 12_000, 15_000]

/** What pull requests have shown before their merge. */
export interface Reviewed {
  readonly claims: ReadonlySet<string>
  /** Pull requests merged since, by number. Their comments become the record of the apply. */
  readonly pullRequests: readonly number[]
  /** The pull request whose merge made the commit itself. */
  readonly merged?: number | undefined
  /** Why a review may be missing, each a sentence; part of a refusal. */
  readonly notes: readonly string[]
}

/** Pull requests whose comments become the record of an apply, and the one whose merge is applied. */
export interface AffectedPullRequests extends Pick<Reviewed, 'pullRequests' | 'merged'> {
  /** There is nothing new: only a comment that does not speak of the applied commit yet becomes its record. */
  readonly madeUp?: true
}

/** The claims that are wanted, and the branch that is applied. */
export interface ReviewQuery {
  readonly environment: string
  /** True once these claims suffice; ends the wait for a listing that lags. */
  readonly enough?: (claims: ReadonlySet<string>) => boolean
  /** The branch that is applied: only pull requests into it are reviews. */
  readonly branch: string
}

function list(commits: readonly string[]): string {
  const shown = commits.slice(0, 5).map(sha => sha.slice(0, 7))
  const more = commits.length - shown.length
  return `commit${commits.length > 1 ? 's' : ''} ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** Collects the claims of pull requests, and notes why claims may be missing. */
export class ReviewSearch {
  readonly #github: GitHub
  readonly #question: ReviewQuery
  readonly #history: History
  readonly #claims = new Set<string>()
  readonly #numbers = new Set<number>()
  readonly #notes: string[] = []
  /** Pull requests whose claims have another format, by format. */
  readonly #formats = new Map<number, number[]>()
  /** Pull requests that were merged into another branch first, and that branch. */
  readonly #elsewhere = new Map<number, string>()
  #merged: number | undefined
  /** The commit to be applied. */
  tip: string | undefined

  constructor(github: GitHub, question: ReviewQuery, history: History) {
    this.#github = github
    this.#question = question
    this.#history = history
  }

  note(sentence: string): void {
    this.#notes.push(sentence)
  }

  /** What `gather` has found. A refusal of GitHub is one of the notes. */
  async run(gather: () => Promise<void>): Promise<Reviewed> {
    if (this.#history.problem) this.note(this.#history.problem)
    else
      try {
        await gather()
        for (const [number, base] of this.#elsewhere)
          this.note(
            `pull request #${number} was merged into ${base}, not into ${this.#question.branch}, and so reviewed nothing here`,
          )
      } catch (error) {
        if (!(error instanceof GitHubError)) throw error
        this.note(error.message)
      }
    for (const [format, numbers] of this.#formats) this.note(inOtherFormat(format, numbers))
    return {
      claims: this.#claims,
      pullRequests: [...this.#numbers].sort((a, b) => a - b),
      merged: this.#merged,
      notes: this.#notes,
    }
  }

  /** Pull requests in the merge queue are still open, so each is read by its number. Throws `GitHubError`. */
  async queued(numbers: readonly number[]): Promise<void> {
    await this.#add(await Promise.all(numbers.map(number => pullAt(this.#github, number))))
  }

  /**
   * Pull requests whose merges made the commits. For commits in `recent`, the listing may be behind and is read again.
   * Throws `GitHubError`.
   */
  async merged(commits: readonly string[], recent: readonly string[]): Promise<void> {
    const missing = await this.#findPulls(commits, commits)
    const late = missing.filter(commit => !recent.includes(commit))
    let open = missing.filter(commit => recent.includes(commit))
    const { clock } = this.#github
    const end = clock.now() + lagLimit
    for (let round = 0; open.length > 0 && !this.#question.enough?.(this.#claims); round++) {
      const pause = Math.min(lagPauses[Math.min(round, lagPauses.length - 1)] ?? 0, end - clock.now())
      if (pause <= 0) break
      await clock.sleep(pause)
      open = await this.#findPulls(commits, open)
    }
    const alone = commits.filter(commit => open.includes(commit) || late.includes(commit))
    if (alone.length > 0) this.note(`${list(alone)} came without a pull request that GitHub knows of`)
  }

  /** Reads the pull requests of commits; returns the commits that still have none. */
  async #findPulls(commits: readonly string[], open: readonly string[]): Promise<string[]> {
    const github = this.#github
    const left = new Set(open)
    const made: Pull[] = []
    const settle = (pulls: readonly Pull[]) => {
      for (const pull of pulls) {
        const commit = mergeAmong(commits, pull)
        if (!commit) continue
        // Its branch was brought here later without a pull request.
        if (pull.base.ref !== this.#question.branch) this.#elsewhere.set(pull.number, pull.base.ref)
        else if (left.delete(commit)) made.push(pull)
      }
    }
    const listings = await Promise.all(open.map(async commit => ({ commit, pulls: await pullsOf(github, commit) })))
    for (const { commit, pulls } of listings) {
      settle(pulls)
      // Earlier commits of a rebase merge: its last commit carries the merge.
      if (pulls.some(pull => mergeAmong(commits, pull) && pull.base.ref === this.#question.branch)) left.delete(commit)
    }
    // The listing by commit is behind a squash merge; the listing by date seldom is, but has the latest 30 only.
    if (left.size > 0) settle(await latestPulls(github))
    await this.#add(made)
    return [...left]
  }

  async #add(pulls: readonly Pull[]): Promise<void> {
    const unread = pulls.filter(({ number }) => !this.#numbers.has(number))
    const added = await Promise.all(unread.map(async pull => ({ pull, shown: await this.#shown(pull) })))
    for (const { pull, shown } of added) {
      this.#numbers.add(pull.number)
      if (this.tip !== undefined && pull.merge_commit_sha === this.tip) this.#merged = pull.number
      if ('format' in shown) this.#formats.set(shown.format, [...(this.#formats.get(shown.format) ?? []), pull.number])
      else if ('why' in shown) this.note(`pull request #${pull.number} reviewed nothing: ${shown.why}${because(pull)}`)
      else for (const claim of shown.claims) this.#claims.add(claim)
    }
  }

  async #shown(pull: Pull): Promise<ShownClaims> {
    try {
      return await shownClaims(this.#github, pull, this.#question.environment)
    } catch (error) {
      // The head commit of a deleted fork may be gone; other pull requests still count.
      if (error instanceof GitHubError && (error.status === 404 || error.status === 422)) return { why: error.message }
      throw error
    }
  }
}

/** One note for all pull requests of a format. */
function inOtherFormat(format: number, numbers: readonly number[]): string {
  const all = [...numbers].sort((a, b) => a - b).map(number => `#${number}`)
  const [whose, its] =
    all.length === 1
      ? [`the plan of pull request ${all[0]} was`, 'it reviewed nothing']
      : [`the plans of pull requests ${all.slice(0, -1).join(', ')} and ${all.at(-1)} were`, 'they reviewed nothing']
  const release = format < claimsVersion ? 'an earlier release' : 'a later release'
  return `${whose} made by ${release}, in format ${format} of claims, and this one reads format ${claimsVersion}, so ${its}: plan open pull requests again with this release`
}

/** Known reasons for a pull request without a plan. */
function because({ head, base, user }: Pull): string {
  if (head.repo?.id !== base.repo?.id) return ' (it came from a fork, whose manifests are only validated)'
  if (user?.login === 'github-actions[bot]') return ' (what GITHUB_TOKEN opens starts no workflow)'
  if (user?.login === 'dependabot[bot]')
    return " (Dependabot's runs have no secrets, and may write checks only where the workflow's permissions say so)"
  return ''
}
