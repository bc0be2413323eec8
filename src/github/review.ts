/** What was reviewed: the claims that merged pull requests showed, since the last commit that was applied. */
import { type GitHub, GitHubError } from './api.ts'
import { appliedCheck, findChecks, type ShownClaims, type ShownClaimsQuery, shownClaims } from './check.ts'
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
  /** The one whose merge is the commit in question itself. */
  readonly merged?: number
  /** The last applied commit. */
  readonly since?: string
  /** What a refusal has to say about where a review is missing, each a sentence. */
  readonly notes: readonly string[]
}

export interface ReviewQuery extends ShownClaimsQuery {
  /** True once nothing more is needed, so that nobody waits for a listing that lags. */
  readonly enough?: (claims: ReadonlySet<string>) => boolean
  /** The branch that is applied or merged into: only pull requests into that one are reviews. */
  readonly branch: string
}

function list(commits: readonly string[]): string {
  const shown = commits.slice(0, 5).map(sha => sha.slice(0, 7))
  const more = commits.length - shown.length
  return `commit${commits.length > 1 ? 's' : ''} ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** Looks back from a commit. Never fails: what GitHub refuses is the history's `problem`. */
export async function readHistory(github: GitHub, environment: string, commit: string): Promise<History> {
  // Whose checks count is needed for the second call, and asked for beside the first; a failure shows there.
  github.identity().catch(() => undefined)
  try {
    return await untilApplied(github, environment, firstParents(github, commit))
  } catch (error) {
    if (error instanceof GitHubError) return { commits: [], problem: error.message }
    throw error
  }
}

/**
 * The branch as it was pushed to: first parents, newest first. The listing has every commit of every merged branch in
 * between, so it is followed by parents and asked again where it ends too early.
 */
export async function* firstParents(github: GitHub, commit: string, most = historyLimit): AsyncGenerator<string> {
  const parent = new Map<string, string | undefined>()
  let next: string | undefined = commit
  // Nearly always the answer is near, and a hundred commits are half a megabyte.
  for (let count = 0, size = 10; next && count < most; count++, next = parent.get(next)) {
    if (!parent.has(next)) {
      const from: string = next
      const { data } = await github.call({ to: 'read the history', needs: 'contents: read' }, request =>
        request('GET /repos/{owner}/{repo}/commits', { ...github.repository, sha: from, per_page: size }),
      )
      for (const { sha, parents } of data) parent.set(sha, parents[0]?.sha)
      if (!parent.has(from)) return
      size = 100
    }
    yield next
  }
}

/**
 * The commit before this one that was applied last, if any among fifty.
 *
 * @throws GitHubError
 */
export async function appliedBefore(github: GitHub, environment: string, commit: string): Promise<string | undefined> {
  const parents = firstParents(github, commit)
  await parents.next()
  const { applied } = await untilApplied(github, environment, parents)
  return applied
}

/** Goes through commits until one carries the check of a succeeded apply. */
async function untilApplied(
  github: GitHub,
  environment: string,
  all: AsyncIterable<string> | Iterable<string>,
): Promise<{ commits: string[]; applied?: string }> {
  const name = appliedCheck(environment)
  const commits: string[] = []
  let batch: string[] = []
  const look = async (): Promise<string | undefined> => {
    const found = await Promise.all(batch.map(commit => findChecks(github, commit, name)))
    const index = found.findIndex(({ successful }) => successful.length > 0)
    commits.push(...batch.slice(0, index < 0 ? undefined : index))
    const applied = batch[index]
    batch = []
    return applied
  }
  // It is nearly always the second; the further back, the more are asked at once.
  let size = 2
  for await (const commit of all) {
    if (batch.push(commit) < size) continue
    const applied = await look()
    if (applied) return { commits, applied }
    size = Math.min(size * 2, 16)
  }
  const applied = await look()
  return applied ? { commits, applied } : { commits }
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
  question: ReviewQuery,
): Promise<Reviewed> {
  const review = new Review(github, question, history)
  return review.run(async () => {
    const own = await pushed(github, history, push)
    review.tip = history.commits[0]
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
  question: ReviewQuery,
): Promise<Reviewed> {
  const review = new Review(github, question, history)
  return review.run(async () => {
    const entries = (await queuedIn(github, group)).filter(({ head }) => history.commits.includes(head))
    const bases = entries.map(({ base }) => history.commits.indexOf(base))
    if (!history.applied) review.note(noneApplied(question.environment, 'the commits of the queue up to this group'))
    // Without an applied commit, what stands on the branch was looked at by nobody; what is before it in the queue was.
    const queueOnly = !history.applied && bases.length > 0 && !bases.includes(-1)
    const commits = queueOnly ? history.commits.slice(0, Math.max(...bases)) : history.commits
    await review.queued(entries.map(({ number }) => number))
    const queued = new Set(entries.flatMap(entry => commitsOf(entry, [...commits, history.applied ?? group.baseSha])))
    const merged = commits.filter(commit => !queued.has(commit))
    await review.merged(merged, merged)
  })
}

/** The commits of one entry, those of a rebase are several, among commits that end with what the last one stands on. */
function commitsOf({ head, base }: Entry, commits: readonly string[]): readonly string[] {
  const end = commits.indexOf(base)
  const from = commits.indexOf(head)
  return end > from ? commits.slice(from, end) : [head]
}

const noneApplied = (environment: string, instead: string): string =>
  `none of the last ${historyLimit} commits carries the check "${appliedCheck(environment)}", so only ${instead} count`

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

/** One pull request in the merge queue. */
interface Entry {
  readonly number: number
  readonly head: string
  /** What it stands on: the entry before it, or the branch. */
  readonly base: string
}

/**
 * The merge queue's entries. Each has a branch that only GitHub can write; a commit's message could name any pull request.
 */
async function queuedIn(github: GitHub, group: MergeGroupEvent): Promise<Entry[]> {
  const prefix = `refs/heads/gh-readonly-queue/${group.baseRef}/`
  const entry = (ref: string, head: string, base?: string): Entry[] => {
    const [, number, named] = ref.startsWith(prefix)
      ? (/^pr-(\d+)-([0-9a-f]+)$/.exec(ref.slice(prefix.length)) ?? [])
      : []
    return number && named ? [{ number: Number(number), head, base: base ?? named }] : []
  }
  // Not in pages: GitHub answers all that match.
  const { data } = await github.call({ to: 'read the merge queue', needs: 'contents: read' }, request =>
    request('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', {
      ...github.repository,
      ref: prefix.slice('refs/'.length),
    }),
  )
  return [
    ...entry(group.headRef, group.headSha, group.baseSha),
    ...data.flatMap(({ ref, object }) => (object.sha === group.headSha ? [] : entry(ref, object.sha))),
  ]
}

/** A pull request as both listings and the single look show it. */
interface Pull {
  readonly number: number
  readonly merged_at: string | null
  readonly merge_commit_sha: string | null
  readonly user: { readonly login: string; readonly type: string } | null
  readonly head: { readonly sha: string; readonly repo: { readonly id: number | bigint } | null }
  readonly base: { readonly ref: string; readonly repo: { readonly id: number | bigint } | null }
}

class Review {
  readonly #github: GitHub
  readonly #question: ReviewQuery
  readonly #history: History
  readonly #claims = new Set<string>()
  readonly #numbers = new Set<number>()
  readonly #notes: string[] = []
  /** Pull requests whose plans are in another format, by format. */
  readonly #formats = new Map<number, number[]>()
  /** Pull requests whose merges made commits of this branch, but of another one before, and where they went. */
  readonly #elsewhere = new Map<number, string>()
  #merged: number | undefined
  /** The commit in question, where a pull request may have been merged as it. */
  tip: string | undefined

  constructor(github: GitHub, question: ReviewQuery, history: History) {
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
        for (const [number, base] of this.#elsewhere)
          this.note(
            `pull request #${number} was merged into ${base}, not into ${this.#question.branch}, and so reviewed nothing here`,
          )
      } catch (error) {
        if (!(error instanceof GitHubError)) throw error
        this.note(error.message)
      }
    for (const [format, numbers] of this.#formats) this.note(inOtherFormat(format, this.#question.version, numbers))
    return {
      claims: this.#claims,
      pullRequests: [...this.#numbers].sort((a, b) => a - b),
      ...(this.#merged === undefined ? {} : { merged: this.#merged }),
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
    const alone = commits.filter(commit => open.includes(commit) || late.includes(commit))
    if (alone.length > 0) this.note(`${list(alone)} came without a pull request that GitHub knows of`)
  }

  /** Looks for the pull requests of the open commits, and returns the commits that stay open. */
  async #look(commits: readonly string[], open: readonly string[]): Promise<string[]> {
    const github = this.#github
    const left = new Set(open)
    const made: Pull[] = []
    const settle = (pulls: readonly Pull[]) => {
      // One that is not merged has a merge_commit_sha too: that of a test merge.
      for (const pull of pulls) {
        const { number, merged_at, merge_commit_sha: commit, base } = pull
        if (!merged_at || !commit || !commits.includes(commit)) continue
        // The branch that it was merged into has since been brought here by other ways than a pull request.
        if (base.ref !== this.#question.branch) this.#elsewhere.set(number, base.ref)
        else if (left.delete(commit)) made.push(pull)
      }
    }
    const asked = await Promise.all(
      open.map(async commit => {
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
      if (pulls.some(pull => this.#made(pull, commits))) left.delete(commit)
    }
    if (left.size > 0) {
      // That listing lags behind a squash; this one seldom does, but is long and ends somewhere.
      const { data } = await github.call({ to: 'read the pull requests', needs: 'pull-requests: read' }, request =>
        request('GET /repos/{owner}/{repo}/pulls', {
          ...github.repository,
          state: 'closed',
          sort: 'updated',
          direction: 'desc',
          per_page: 30,
        }),
      )
      settle(data)
    }
    await this.#add(made)
    return [...left]
  }

  #made({ merged_at, merge_commit_sha: commit, base }: Pull, commits: readonly string[]): boolean {
    return Boolean(merged_at && commit && commits.includes(commit)) && base.ref === this.#question.branch
  }

  async #add(pulls: readonly Pull[]): Promise<void> {
    const looked = await Promise.all(
      pulls
        .filter(({ number }) => !this.#numbers.has(number))
        .map(async pull => ({ pull, shown: await this.#shown(pull) })),
    )
    for (const { pull, shown } of looked) {
      this.#numbers.add(pull.number)
      if (this.tip !== undefined && pull.merge_commit_sha === this.tip) this.#merged = pull.number
      if ('format' in shown) this.#formats.set(shown.format, [...(this.#formats.get(shown.format) ?? []), pull.number])
      else if ('why' in shown) this.note(`pull request #${pull.number} reviewed nothing: ${shown.why}${because(pull)}`)
      else for (const claim of shown.claims) this.#claims.add(claim)
    }
  }

  async #shown({ number, head, base, merged_at: merged }: Pull): Promise<ShownClaims> {
    try {
      const proposed = { number, head: head.sha, base: base.ref, ...(merged && { merged }) }
      return await shownClaims(this.#github, proposed, this.#question)
    } catch (error) {
      // The head of a fork that is gone may be gone too; that says nothing about the other pull requests.
      if (error instanceof GitHubError && (error.status === 404 || error.status === 422)) return { why: error.message }
      throw error
    }
  }
}

/** Said once for all of them: what every pull request would say is one fact. */
function inOtherFormat(format: number, known: number, numbers: readonly number[]): string {
  const all = [...numbers].sort((a, b) => a - b).map(number => `#${number}`)
  const [whose, its] =
    all.length === 1
      ? [`the plan of pull request ${all[0]} was`, 'it reviewed nothing']
      : [`the plans of pull requests ${all.slice(0, -1).join(', ')} and ${all.at(-1)} were`, 'they reviewed nothing']
  const release = format < known ? 'an earlier release' : 'a later release'
  return `${whose} made by ${release}, in format ${format} of claims, and this one reads format ${known}, so ${its}: plan open pull requests again with this release`
}

/** Why a pull request may have no plan. */
function because({ head, base, user }: Pull): string {
  if (head.repo?.id !== base.repo?.id) return ' (it came from a fork, whose manifests are only validated)'
  if (user?.login === 'github-actions[bot]') return ' (what GITHUB_TOKEN opens starts no workflow)'
  if (user?.login === 'dependabot[bot]')
    return " (Dependabot's runs have no secrets, and may write checks only where the workflow's permissions say so)"
  return ''
}
