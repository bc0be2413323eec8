/** Manifests as they were before: at the base of a pull request, and at the last applied commit. */
import { join } from 'node:path'
import type { GitHubEvent } from '../github/event.ts'
import { type CommitManifests, manifestsAt } from '../github/manifestsAt.ts'
import type { PullRequestReporter } from '../github/reporter.ts'
import type { Inputs } from '../inputs.ts'
import { choosesManifest } from '../manifest/files.ts'

/** Reads each commit once, whoever asks. */
export type ManifestReader = (commit: string) => Promise<CommitManifests>

export function manifestReader(inputs: Inputs, { github }: PullRequestReporter): ManifestReader {
  const directory = join(inputs.workspace, inputs.workingDirectory)
  const known = new Map<string, Promise<CommitManifests>>()
  return commit => {
    const wanted = choosesManifest(inputs.manifests, directory, inputs.workspace)
    const texts = known.get(commit) ?? manifestsAt(github, commit, wanted, { workspace: inputs.workspace })
    known.set(commit, texts)
    return texts
  }
}

/**
 * The manifests that what is in AWS may have been made from: those of the last applied commit, and of the base, which the
 * next apply has before it. None where no commit is known that came before.
 */
export async function baselineManifests(
  event: GitHubEvent,
  conversation: PullRequestReporter,
  { secretVariables }: Inputs,
  read: ManifestReader,
): Promise<CommitManifests[]> {
  const { pullRequest, mergeGroup, sha, push } = event
  const { github } = conversation
  const base = pullRequest?.baseSha ?? mergeGroup?.baseSha
  const from = base ?? sha
  const history = github && from ? await conversation.history(github, from) : undefined
  // Of a run without a base, the commit before it is the nearest thing to one.
  const before = base ?? push?.before ?? history?.commits[1]
  const commits = new Set([base, history?.applied ?? before].filter(commit => commit !== undefined))
  // A run that may not read on GitHub and names no secret is not left without what was before.
  if (commits.size === 0 && secretVariables.size > 0)
    return [{ why: history?.problem ?? 'no commit before this one is known' }]
  return Promise.all([...commits].map(read))
}
