/** What was reviewed: the claims that merged pull requests showed since the last applied commit. */
import type { GitHub } from './api.ts'
import { appliedCheck } from './check.ts'
import type { MergeGroupEvent, PushEvent } from './event.ts'
import { type History, historyLimit } from './history.ts'
import { type Reviewed, type ReviewQuery, ReviewSearch } from './reviewSearch.ts'

/**
 * Claims reviewed for a push: of pull requests merged since the last applied commit, or in the push itself when no commit was
 * applied. Never fails: refusals of GitHub are among the notes.
 */
export async function reviewedForPush(
  github: GitHub,
  history: History,
  push: PushEvent | undefined,
  question: ReviewQuery,
): Promise<Reviewed> {
  const review = new ReviewSearch(github, question, history)
  return review.run(async () => {
    const own = await pushed(github, history, push)
    review.tip = history.commits[0]
    if (!history.applied) review.note(noneApplied(question.environment, 'the commits of this push'))
    await review.merged(history.applied ? history.commits : own, own)
  })
}

/**
 * Claims reviewed for a merge group: of pull requests in it and before it in the queue, and of those merged and not applied yet.
 * `history` starts at the group's head. Never fails: refusals of GitHub are among the notes.
 */
export async function reviewedForMergeGroup(
  github: GitHub,
  history: History,
  group: MergeGroupEvent,
  question: ReviewQuery,
): Promise<Reviewed> {
  const review = new ReviewSearch(github, question, history)
  return review.run(async () => {
    const entries = (await queuedIn(github, group)).filter(({ head }) => history.commits.includes(head))
    const bases = entries.map(({ base }) => history.commits.indexOf(base))
    if (!history.applied) review.note(noneApplied(question.environment, 'the commits of the queue up to this group'))
    // Without an applied commit, only the queue's own commits are known to have been planned.
    const queueOnly = !history.applied && bases.length > 0 && !bases.includes(-1)
    const commits = queueOnly ? history.commits.slice(0, Math.max(...bases)) : history.commits
    await review.queued(entries.map(({ number }) => number))
    const queued = new Set(entries.flatMap(entry => commitsOf(entry, [...commits, history.applied ?? group.baseSha])))
    const merged = commits.filter(commit => !queued.has(commit))
    await review.merged(merged, merged)
  })
}

/** The commits of one queue entry (a rebase has several). `commits` ends with the base of the last entry. */
function commitsOf({ head, base }: Entry, commits: readonly string[]): readonly string[] {
  const end = commits.indexOf(base)
  const from = commits.indexOf(head)
  return end > from ? commits.slice(from, end) : [head]
}

const noneApplied = (environment: string, instead: string): string =>
  `none of the last ${historyLimit} commits carries the check "${appliedCheck(environment)}", so only ${instead} count`

/** Commits of the push itself, newest first. */
async function pushed(
  github: GitHub,
  { commits, applied }: History,
  push: PushEvent | undefined,
): Promise<readonly string[]> {
  const [commit] = commits
  if (!commit) return []
  // A run by hand reviews one commit.
  if (push?.after !== commit) return [commit]
  const { before } = push
  if (!before) return commits
  const index = commits.indexOf(before)
  if (index >= 0) return commits.slice(0, index)
  // The applied commit is newer than the push's first.
  if (applied && !push.forced) return commits
  const added = await between(github, before, commit)
  return commits.filter(sha => added.has(sha))
}

/** Commits of `to` that `from` lacks, a thousand at most. */
async function between(github: GitHub, from: string, to: string): Promise<Set<string>> {
  const added = new Set<string>()
  const pages = github.pages(
    { to: 'compare commits', needs: 'contents: read' },
    'GET /repos/{owner}/{repo}/compare/{basehead}',
    { basehead: `${from}...${to}` },
  )
  for await (const { data } of pages) {
    for (const { sha } of data.commits) added.add(sha)
    if (added.size >= 1_000) break
  }
  return added
}

interface Entry {
  readonly number: number
  readonly head: string
  /** The entry before it, or the branch. */
  readonly base: string
}

/** Entries of the merge queue, by their branches: only GitHub can write those, while a commit message could name any pull request. */
async function queuedIn(github: GitHub, group: MergeGroupEvent): Promise<Entry[]> {
  const prefix = `refs/heads/gh-readonly-queue/${group.baseRef}/`
  const entry = (ref: string, head: string, base?: string): Entry[] => {
    const [, number, named] = ref.startsWith(prefix)
      ? (/^pr-(\d+)-([0-9a-f]+)$/.exec(ref.slice(prefix.length)) ?? [])
      : []
    return number && named ? [{ number: Number(number), head, base: base ?? named }] : []
  }
  // GitHub answers all matching refs at once.
  const { data } = await github.call(
    { to: 'read the merge queue', needs: 'contents: read' },
    'GET /repos/{owner}/{repo}/git/matching-refs/{ref}',
    { ref: prefix.slice('refs/'.length) },
  )
  return [
    ...entry(group.headRef, group.headSha, group.baseSha),
    ...data.flatMap(({ ref, object }) => (object.sha === group.headSha ? [] : entry(ref, object.sha))),
  ]
}
