/** Whether a run is about what a fork proposes, where only GitHub's API says so. */

import type { GitHub } from './api.ts'
import { unlessRefused } from './apiErrors.ts'
import { type GitHubEvent, isForeign } from './event.ts'
import { pullAt } from './pulls.ts'

/** What the run is about: a fork's code, or this repository's own; or why that is not known, in one sentence. */
type CodeOrigin = 'fork' | 'own' | { readonly unknown: string }

/** A comment names its pull request by number alone, and its workflow has the rights of the default branch. */
export async function originOf(event: GitHubEvent, github: GitHub | undefined): Promise<CodeOrigin> {
  const { fromFork, commentedPullRequest: number } = event
  if (fromFork) return 'fork'
  if (number === undefined) return 'own'
  const unknown = (why: string) => ({
    unknown: `whether pull request #${number}, which was commented on, comes from a fork is not known: ${why}`,
  })
  if (!github) return unknown('there is no github-token')
  return unlessRefused(async () => {
    const { head, base } = await pullAt(github, number)
    return isForeign(head.repo, base.repo) ? 'fork' : 'own'
  }, unknown)
}
