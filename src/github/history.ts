/** The branch's own history: first parents back to the commit that was applied last. */
import type { GitHub } from './api.ts'
import { unlessRefused } from './apiErrors.ts'
import { appliedCheck, begunCheck, findChecks } from './check.ts'
import { pullsOf } from './pulls.ts'

/** How many commits are read back for the last applied one. */
export const historyLimit = 50

/** The way back from a commit to the last one that was applied. */
export interface History {
  /** Newest first, each the first parent of the one before, without the applied one. Fifty at most. */
  readonly commits: readonly string[]
  /** The last applied commit, which may be the first commit itself; missing when none of them was applied. */
  readonly applied?: string | undefined
  /** Of the commits after the first those whose applies began and did not succeed: AWS may still have what they declared. */
  readonly begun: readonly string[]
  /** Why the history is unknown, in one sentence. */
  readonly problem?: string
}

/** Reads back from a commit. Never fails: a refusal of GitHub is the history's `problem`. */
export async function readHistory(github: GitHub, environment: string, commit: string): Promise<History> {
  // Checks are matched by their author, so its name is needed with the second call; a failure shows there.
  github.identity().catch(() => undefined)
  return unlessRefused(
    async () => {
      const history = await untilApplied(github, environment, firstParents(github, commit))
      return { ...history, begun: await begunAmong(github, environment, history.commits.slice(1)) }
    },
    problem => ({ commits: [], begun: [], problem }),
  )
}

/**
 * A commit and its first parents, newest first. GitHub's listing mixes in every commit of merged branches, so parents
 * are followed through it, and the next listing starts where it ends.
 * https://docs.github.com/en/rest/commits/commits#list-commits
 *
 * @throws GitHubError
 */
export async function* firstParents(github: GitHub, commit: string, most = historyLimit): AsyncGenerator<string> {
  const parent = new Map<string, string | undefined>()
  let next: string | undefined = commit
  // The applied commit is nearly always near, and a page of a hundred commits is half a megabyte.
  for (let count = 0, size = 10; next && count < most; count++, next = parent.get(next)) {
    if (!parent.has(next)) {
      const from: string = next
      const { data } = await github.call(
        { to: 'read the history', needs: 'contents: read' },
        'GET /repos/{owner}/{repo}/commits',
        { sha: from, per_page: size },
      )
      for (const { sha, parents } of data) parent.set(sha, parents[0]?.sha)
      if (!parent.has(from)) return
      size = 100
    }
    yield next
  }
}

/** Whose applied commits are looked for, and the folder of its manifests from the repository's root; empty: the root. */
export interface AppliedSearch {
  readonly environment: string
  readonly folder: string
}

/**
 * The commit that was applied last before this one, if any is found.
 *
 * @throws GitHubError
 */
export async function appliedBefore(
  github: GitHub,
  search: AppliedSearch,
  commit: string,
): Promise<string | undefined> {
  const parents = firstParents(github, commit)
  await parents.next()
  const { commits, applied } = await untilApplied(github, search.environment, parents)
  return applied ?? appliedBeyond(github, search, [commit, ...commits])
}

/** How many commits that changed manifests are looked at beyond the history's limit. */
const beyondLimit = 10

/**
 * The commit that was applied last beyond a history that ends at its limit, if any is found. A workflow that runs only where
 * manifests change marks no other commits, so the commits that changed the folder of the manifests are asked, and the
 * merges of their pull requests: GitHub's listing leaves out merges that changed nothing themselves.
 * https://docs.github.com/en/rest/commits/commits#list-commits
 *
 * @throws GitHubError
 */
export async function appliedBeyond(
  github: GitHub,
  { environment, folder }: AppliedSearch,
  commits: readonly string[],
): Promise<string | undefined> {
  const last = commits[historyLimit - 1]
  if (!last || folder === '') return undefined
  const { data } = await github.call(
    { to: 'read the history of the manifests', needs: 'contents: read' },
    'GET /repos/{owner}/{repo}/commits',
    { sha: last, path: folder, per_page: beyondLimit },
  )
  const isApplied = async (commit: string) =>
    (await findChecks(github, commit, appliedCheck(environment))).successful.length > 0
  const { found } = await findFirst(
    data.map(({ sha }) => sha),
    async commit => {
      if (await isApplied(commit)) return commit
      // The commits themselves count all the same where the token may not read pull requests.
      const pulls = await unlessRefused(
        () => pullsOf(github, commit),
        () => [],
      )
      for (const { merged_at, merge_commit_sha: merge } of pulls)
        if (merged_at && merge && merge !== commit && (await isApplied(merge))) return merge
      return undefined
    },
  )
  return found
}

async function begunAmong(github: GitHub, environment: string, commits: readonly string[]): Promise<string[]> {
  const name = begunCheck(environment)
  const found = await Promise.all(commits.map(commit => findChecks(github, commit, name, 'neutral')))
  return commits.filter((_, index) => found[index]?.successful.length)
}

async function untilApplied(
  github: GitHub,
  environment: string,
  all: AsyncIterable<string>,
): Promise<Pick<History, 'commits' | 'applied'>> {
  const name = appliedCheck(environment)
  const { passed, found } = await findFirst(all, async commit => {
    const { successful } = await findChecks(github, commit, name)
    return successful.length > 0 ? commit : undefined
  })
  return { commits: passed, applied: found }
}

/**
 * The first commit for which `probe` answers, and the commits before it. Commits are probed in growing batches: the answer is
 * nearly always among the first two. Throws what `probe` throws.
 */
export async function findFirst<T>(
  commits: AsyncIterable<string> | Iterable<string>,
  probe: (commit: string) => Promise<T | undefined>,
): Promise<{ passed: string[]; found: T | undefined }> {
  const passed: string[] = []
  let batch: string[] = []
  const ask = async (): Promise<T | undefined> => {
    const answers = await Promise.all(batch.map(probe))
    const index = answers.findIndex(answer => answer !== undefined)
    passed.push(...batch.slice(0, index < 0 ? undefined : index))
    batch = []
    return answers[index]
  }
  let size = 2
  for await (const commit of commits) {
    if (batch.push(commit) < size) continue
    const found = await ask()
    if (found !== undefined) return { passed, found }
    size = Math.min(size * 2, 16)
  }
  const found = await ask()
  return { passed, found }
}
