/** Pull requests as GitHub lists them, and the commits that their merges made. */
import type { GitHub } from './api.ts'

/** A pull request, as both listings and the single endpoint return it. */
export interface Pull {
  readonly number: number
  readonly merged_at: string | null
  readonly merge_commit_sha: string | null
  readonly user: { readonly login: string } | null
  readonly head: { readonly sha: string; readonly repo: { readonly id: number | bigint } | null }
  readonly base: { readonly ref: string; readonly repo: { readonly id: number | bigint } | null }
}

/** One pull request, open or not. Throws `GitHubError`. */
export async function pullAt(github: GitHub, number: number): Promise<Pull> {
  const { data } = await github.call(
    { to: `read pull request #${number}`, needs: 'pull-requests: read' },
    'GET /repos/{owner}/{repo}/pulls/{pull_number}',
    { pull_number: number },
  )
  return data
}

/** The pull requests that a commit is part of. Throws `GitHubError`. */
export async function pullsOf(github: GitHub, commit: string): Promise<readonly Pull[]> {
  const { data } = await github.call(
    { to: 'read the pull requests of a commit', needs: 'pull-requests: read' },
    'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
    { commit_sha: commit, per_page: 100 },
  )
  return data
}

/** The closed pull requests that changed last, thirty at most. Throws `GitHubError`. */
export async function latestPulls(github: GitHub): Promise<readonly Pull[]> {
  const { data } = await github.call(
    { to: 'read the pull requests', needs: 'pull-requests: read' },
    'GET /repos/{owner}/{repo}/pulls',
    { state: 'closed', sort: 'updated', direction: 'desc', per_page: 30 },
  )
  return data
}

/** Numbers of the merged pull requests that the commits came from, sorted. Throws `GitHubError`. */
export async function mergedPulls(github: GitHub, commits: readonly string[]): Promise<number[]> {
  const pulls = (await Promise.all(commits.map(commit => pullsOf(github, commit)))).flat()
  const merged = pulls.filter(pull => mergeAmong(commits, pull))
  return [...new Set(merged.map(({ number }) => number))].sort((a, b) => a - b)
}

/** Which of the commits the merge made. An open pull request has a `merge_commit_sha` too: of its test merge. */
export const mergeAmong = (
  commits: readonly string[],
  { merged_at, merge_commit_sha: commit }: Pull,
): string | undefined => (merged_at && commit && commits.includes(commit) ? commit : undefined)
