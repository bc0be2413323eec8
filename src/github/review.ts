/** What was reviewed: the claims that merged pull requests showed, since the last commit that was applied. */
import { type GitHub, GitHubError } from './api.ts'
import { appliedCheck, findChecks, shownOn } from './check.ts'
import type { MergeGroupEvent, PushEvent } from './event.ts'

/** How far back the last applied commit is looked for. */
const historyLimit = 50

/** How long the listing of a commit's pull requests may lag behind the merge, in milliseconds. */
const lagLimit = 90_000
const lagPauses = [2_000, 3_000, 5_000, 8_000, 12_000, 15_000]

/** The way back from a commit to the last one that was applied. */
export interface History {
  /** Newest first, each the first parent of the one before, without the applied one. Fifty at most. */
  readonly commits: readonly string[]
  /** The last applied commit; missing when there is none among them. It may be the commit itself. */
  readonly applied?: string
  /** Why this is not known, in one sentence. */
  readonly problem?: string
}

export interface Reviewed {
  readonly claims: ReadonlySet<string>
  /** Those that were merged since, in order of their numbers. Their comments show what was applied. */
  readonly pullRequests: readonly number[]
  /** The last applied commit. */
  readonly since?: string
  /** What a refusal has to say about where a review is missing, each a sentence. */
  readonly notes: readonly string[]
}

export interface ReviewQuestion {
  readonly environment: string
  /** The format of the claims that this release understands. */
  readonly version: number
  /** True once nothing more is needed, so that nobody waits for a listing that lags. */
  readonly enough?: (claims: ReadonlySet<string>) => boolean
}

const short = (sha: string): string => sha.slice(0, 7)

/** Looks back from a commit. Never fails: what GitHub refuses is the history's `problem`. */
export async function readHistory(github: GitHub, environment: string, commit: string): Promise<History> {
  try {
    const commits = await firstParents(github, commit)
    const index = await firstApplied(github, environment, commits)
    const applied = commits[index]
    return applied ? { commits: commits.slice(0, index), applied } : { commits }
  } catch (error) {
    if (error instanceof GitHubError) return { commits: [], problem: error.message }
    throw error
  }
}

/**
 * The branch as it was pushed to: first parents, newest first. The listing has every commit of every merged branch in
 * between, so it is followed by parents and asked again where it ends too early.
 */
async function firstParents(github: GitHub, commit: string): Promise<string[]> {
  const parent = new Map<string, string | undefined>()
  const found: string[] = []
  for (let next: string | undefined = commit; next && found.length < historyLimit; next = parent.get(next)) {
    if (!parent.has(next)) {
      const from: string = next
      const { data } = await github.call({ to: 'read the history', needs: 'contents: read' }, request =>
        request('GET /repos/{owner}/{repo}/commits', { ...github.repository, sha: from, per_page: 100 }),
      )
      for (const { sha, parents } of data) parent.set(sha, parents[0]?.sha)
      if (!parent.has(from)) break
    }
    found.push(next)
  }
  return found
}

/** The first of the commits that carries the check of a succeeded apply; -1 when none does. */
async function firstApplied(github: GitHub, environment: string, commits: readonly string[]): Promise<number> {
  const name = appliedCheck(environment)
  // Nearly always it is the second; the further back, the more are asked at once.
  for (let from = 0, size = 2; from < commits.length; from += size, size = Math.min(size * 2, 16)) {
    const found = await Promise.all(commits.slice(from, from + size).map(commit => findChecks(github, commit, name)))
    const index = found.findIndex(({ successful }) => successful.length > 0)
    if (index >= 0) return from + index
  }
  return -1
}

/**
 * What was reviewed for a push: the claims of every pull request merged since the last applied commit, or in the push itself where none is found.
 *
 * Never fails: what GitHub refuses is among the notes.
 */
export async function reviewedForPush(
  github: GitHub,
  history: History,
  push: PushEvent | undefined,
  question: ReviewQuestion,
): Promise<Reviewed> {
  const review = new Review(github, question, history)
  return review.run(async () => {
    const own = await pushed(github, history, push)
    if (!history.applied) review.note(noneApplied(question.environment, 'the commits of this push'))
    await review.merged(history.applied ? history.commits : own, own)
  })
}

/**
 * What was reviewed for a merge group: the claims of the pull requests in it and before it in the queue, and of those that were merged
 * but not applied yet. `history` is that of the group's head.
 *
 * Never fails: what GitHub refuses is among the notes.
 */
export async function reviewedForMergeGroup(
  github: GitHub,
  history: History,
  group: MergeGroupEvent,
  question: ReviewQuestion,
): Promise<Reviewed> {
  const review = new Review(github, question, history)
  return review.run(async () => {
    const base = history.commits.indexOf(group.baseSha)
    if (!history.applied) review.note(noneApplied(question.environment, 'the commits of this group'))
    const commits = history.applied || base < 0 ? history.commits : history.commits.slice(0, base)
    const queued = await queuedIn(github, group)
    await review.queued([...queued].filter(([commit]) => commits.includes(commit)).map(([, number]) => number))
    const merged = commits.filter(commit => !queued.has(commit))
    await review.merged(merged, merged)
  })
}

const noneApplied = (environment: string, instead: string): string =>
  `none of the last ${historyLimit} commits carries the check “${appliedCheck(environment)}”, so only ${instead} count`

/** The commits of the push itself, newest first. */
async function pushed(
  github: GitHub,
  { commits, applied }: History,
  push: PushEvent | undefined,
): Promise<readonly string[]> {
  const [commit] = commits
  if (!commit) return []
  // Started by hand: the commit alone.
  if (push?.after !== commit) return [commit]
  const { before } = push
  if (!before) return commits
  const index = commits.indexOf(before)
  if (index >= 0) return commits.slice(0, index)
  // The applied commit is newer than the push's beginning.
  if (applied && !push.forced) return commits
  const added = await between(github, before, commit)
  return commits.filter(sha => added.has(sha))
}

/** What the second commit has that the first one has not, oldest first. */
async function between(github: GitHub, from: string, to: string): Promise<Set<string>> {
  const added = new Set<string>()
  const pages = github.pages({ to: 'compare commits', needs: 'contents: read' }, async (request, page) => {
    const { data, headers } = await request('GET /repos/{owner}/{repo}/compare/{basehead}', {
      ...github.repository,
      basehead: `${from}...${to}`,
      ...page,
    })
    return { data: data.commits, headers }
  })
  for await (const commits of pages) {
    for (const { sha } of commits) added.add(sha)
    // Nobody is far behind for long; a bound all the same.
    if (added.size >= 1_000) break
  }
  return added
}

/**
 * The heads of the merge queue's entries, each with the number of its pull request. Each entry stands on the one before it, and has a branch
 * that only GitHub can write; a commit's message could name any pull request.
 */
async function queuedIn(github: GitHub, group: MergeGroupEvent): Promise<Map<string, number>> {
  const prefix = `refs/heads/gh-readonly-queue/${group.baseRef}/`
  const numberOf = (ref: string): number | undefined => {
    const [, number] = ref.startsWith(prefix) ? (/^pr-(\d+)-[0-9a-f]+$/.exec(ref.slice(prefix.length)) ?? []) : []
    return number ? Number(number) : undefined
  }
  const queued = new Map<string, number>()
  const own = numberOf(group.headRef)
  if (own) queued.set(group.headSha, own)
  const pages = github.pages({ to: 'read the merge queue', needs: 'contents: read' }, (request, page) =>
    request('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', {
      ...github.repository,
      ref: prefix.slice('refs/'.length),
      ...page,
    }),
  )
  for await (const refs of pages)
    for (const { ref, object } of refs) {
      const number = numberOf(ref)
      if (number) queued.set(object.sha, number)
    }
  return queued
}

/** A pull request as both listings and the single look show it. */
interface Pull {
  readonly number: number
  readonly merged_at: string | null
  readonly merge_commit_sha: string | null
  readonly user: { readonly login: string; readonly type: string } | null
  readonly head: { readonly sha: string; readonly repo: { readonly id: number | bigint } | null }
  readonly base: { readonly repo: { readonly id: number | bigint } | null }
}

class Review {
  readonly #github: GitHub
  readonly #question: ReviewQuestion
  readonly #history: History
  readonly #claims = new Set<string>()
  readonly #numbers = new Set<number>()
  readonly #notes: string[] = []

  constructor(github: GitHub, question: ReviewQuestion, history: History) {
    this.#github = github
    this.#question = question
    this.#history = history
  }

  note(sentence: string): void {
    this.#notes.push(sentence)
  }

  async run(gather: () => Promise<void>): Promise<Reviewed> {
    if (this.#history.problem) this.note(this.#history.problem)
    else
      try {
        await gather()
      } catch (error) {
        if (!(error instanceof GitHubError)) throw error
        this.note(error.message)
      }
    return {
      claims: this.#claims,
      pullRequests: [...this.#numbers].sort((a, b) => a - b),
      ...(this.#history.applied ? { since: this.#history.applied } : {}),
      notes: this.#notes,
    }
  }

  /** Pull requests in the merge queue: still open, so each is looked at by its number. */
  async queued(numbers: readonly number[]): Promise<void> {
    const github = this.#github
    const looked = await Promise.all(
      numbers.map(number =>
        github.call({ to: `read pull request #${number}`, needs: 'pull-requests: read' }, request =>
          request('GET /repos/{owner}/{repo}/pulls/{pull_number}', { ...github.repository, pull_number: number }),
        ),
      ),
    )
    await this.#add(looked.map(({ data }) => data))
  }

  /**
   * Pull requests whose merge made one of the commits. Those that have none are asked for again while `recent` says that the
   * listing may lag.
   */
  async merged(commits: readonly string[], recent: readonly string[]): Promise<void> {
    let open = await this.#look(commits, commits)
    const fresh = new Set(recent)
    const late = open.filter(commit => !fresh.has(commit))
    open = open.filter(commit => fresh.has(commit))
    const { clock } = this.#github
    const end = clock.now() + lagLimit
    for (let round = 0; open.length > 0 && !this.#question.enough?.(this.#claims); round++) {
      const pause = Math.min(lagPauses[Math.min(round, lagPauses.length - 1)] ?? 0, end - clock.now())
      if (pause <= 0) break
      await clock.sleep(pause)
      open = await this.#look(commits, open)
    }
    for (const commit of [...open, ...late])
      this.note(`commit ${short(commit)} came without a pull request that GitHub knows of`)
  }

  /** Looks for the pull requests of the open commits, and returns the commits that stay open. */
  async #look(commits: readonly string[], open: readonly string[]): Promise<string[]> {
    const github = this.#github
    const left = new Set(open)
    const made: Pull[] = []
    const settle = (pulls: readonly Pull[]) => {
      // One that is not merged has a merge_commit_sha too: that of a test merge.
      for (const pull of pulls)
        if (pull.merged_at && pull.merge_commit_sha && left.delete(pull.merge_commit_sha)) made.push(pull)
    }
    const closed = await github.call({ to: 'read the pull requests', needs: 'pull-requests: read' }, request =>
      request('GET /repos/{owner}/{repo}/pulls', {
        ...github.repository,
        state: 'closed',
        sort: 'updated',
        direction: 'desc',
        per_page: 100,
      }),
    )
    settle(closed.data)
    // The listing above goes back a hundred pull requests; this one goes back for ever, but lags.
    const asked = await Promise.all(
      [...left].map(async commit => {
        const { data } = await github.call(
          { to: 'read the pull requests of a commit', needs: 'pull-requests: read' },
          request =>
            request('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', {
              ...github.repository,
              commit_sha: commit,
              per_page: 100,
            }),
        )
        return { commit, pulls: data }
      }),
    )
    for (const { commit, pulls } of asked) {
      settle(pulls)
      // The earlier commits of one that was rebased: its last commit is the one that counts.
      if (pulls.some(pull => pull.merged_at && pull.merge_commit_sha && commits.includes(pull.merge_commit_sha)))
        left.delete(commit)
    }
    await this.#add(made)
    return [...left]
  }

  async #add(pulls: readonly Pull[]): Promise<void> {
    const { environment, version } = this.#question
    const looked = await Promise.all(
      pulls
        .filter(({ number }) => !this.#numbers.has(number))
        .map(async pull => ({ pull, shown: await shownOn(this.#github, pull.head.sha, environment, version) })),
    )
    for (const { pull, shown } of looked) {
      this.#numbers.add(pull.number)
      if ('why' in shown) this.note(`pull request #${pull.number} reviewed nothing: ${shown.why}${because(pull)}`)
      else for (const claim of shown.claims) this.#claims.add(claim)
    }
  }
}

/** Why a pull request may have no plan. */
function because({ head, base, user }: Pull): string {
  if (head.repo?.id !== base.repo?.id) return ' (it came from a fork, whose manifests are only validated)'
  // Of all bots: which token opened it cannot be seen.
  if (user?.type === 'Bot') return ` (it was opened by ${user.login}; what GITHUB_TOKEN opens starts no workflow)`
  return ''
}

/**
 * The commit of the branch that was applied although it is newer than this one, so that applying this one would go back.
 *
 * A branch that was put back by force counts as it stands: what is not on it any more supersedes nothing.
 * Never fails: where GitHub refuses to tell, nothing is superseded, and a warning says so.
 */
export async function supersededBy(
  github: GitHub,
  environment: string,
  commit: string,
  branch: string,
): Promise<{ readonly by?: string; readonly warning?: string }> {
  try {
    const { data } = await github.call({ to: 'read the default branch', needs: 'contents: read' }, request =>
      request('GET /repos/{owner}/{repo}/commits', { ...github.repository, sha: branch, per_page: 1 }),
    )
    const head = data[0]?.sha
    if (!head || head === commit) return {}
    const newer = [...(await between(github, commit, head))].reverse().slice(0, historyLimit)
    const by = newer[await firstApplied(github, environment, newer)]
    return by ? { by } : {}
  } catch (error) {
    if (error instanceof GitHubError) return { warning: error.message }
    throw error
  }
}
