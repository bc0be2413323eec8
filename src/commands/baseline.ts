/** Earlier manifests: of the pull request's base, and of the last applied commit. What AWS runs was made from one of them. */
import { join } from 'node:path'
import { type FormerSecrets, type SecretPath, secretPaths } from '../compare/sensitivity.ts'
import type { Plan } from '../engine/document.ts'
import { variablesIn } from '../engine/origin.ts'
import { flavors } from '../flavors/index.ts'
import { historyLimit } from '../github/history.ts'
import { type CommitManifestReader, type CommitManifests, manifestsAt } from '../github/manifestsAt.ts'
import type { PullRequestReporter } from '../github/reporter.ts'
import type { Inputs } from '../inputs.ts'
import { choosesManifest } from '../manifest/files.ts'
import { load } from '../manifest/load.ts'
import { closest } from '../manifest/suggest.ts'
import { FormerVariables } from '../manifest/variables.ts'
import { memoized } from '../memoized.ts'
import type { Particle } from '../particle.ts'
import { addressText } from '../schema/address.ts'
import type { Invocation } from './invocation.ts'

/** Each commit is read once. */
export function commitManifestReader(inputs: Inputs, { github }: PullRequestReporter): CommitManifestReader {
  const { workspace } = inputs
  return memoized(commit => {
    const wanted = choosesManifest(inputs.manifests, join(workspace, inputs.workingDirectory), workspace)
    return manifestsAt(github, commit, wanted, workspace)
  })
}

/** The commits that a run's manifests are compared with. */
export interface Baseline {
  /** Where a pull request or a merge group starts from. */
  readonly base?: string | undefined
  /** The last applied commit. */
  readonly applied?: string | undefined
  /** Commits since then, newest first. */
  readonly unapplied: readonly string[]
  /** Further ones that AWS may have something of: those whose applies began since, and where a push by force found the branch. */
  readonly further: readonly string[]
  /** The commit before a run's own. */
  readonly before?: string | undefined
  readonly problem?: string | undefined
}

/** The commits that came before. A refusal of GitHub is a `problem`. */
export async function baselineOf({
  event: { pullRequest, mergeGroup, sha, push },
  reporter,
}: Pick<Invocation, 'event' | 'reporter'>): Promise<Baseline> {
  const { github } = reporter
  const base = pullRequest?.baseSha ?? mergeGroup?.baseSha
  const from = base ?? sha
  const history = github && from ? await reporter.history(github, from) : undefined
  const { applied, problem, commits = [], begun = [] } = history ?? {}
  // A run without a base takes the commit before its own.
  const before = base ?? push?.before ?? commits[1]
  const left = push?.forced ? push.before : undefined
  const behind = github && left ? await reporter.history(github, left) : { begun: [], applied: undefined }
  const further = [...begun, left, ...behind.begun, behind.applied].filter(commit => commit !== undefined)
  return { base, applied, unapplied: commits, further: [...new Set(further)], before, problem }
}

/**
 * Manifests of the base, of the last applied commit, and of further ones that AWS may have something of; a refusal of GitHub is a
 * `why`. Empty when no earlier commit is known.
 */
export async function baselineManifests(
  { inputs, manifestsAt }: Invocation,
  { base, applied, further, before, problem }: Baseline,
): Promise<CommitManifests[]> {
  const commits = new Set([base, applied ?? before, ...further].filter(commit => commit !== undefined))
  const found = await Promise.all([...commits].map(manifestsAt))
  const why = problem ?? (commits.size === 0 ? 'no commit before this one is known' : undefined)
  // Without secret variables no earlier value has to be hidden, so an unknown baseline is nothing to report.
  return why && inputs.secretVariables.size > 0 ? [...found, { why }] : found
}

/**
 * Set where the input `environment` is a name that no manifest and no earlier apply knows. The default is no name: nobody
 * wrote it. Where earlier applies are unknown, or lie further back than the history is read, the name must be much like
 * one that manifests name.
 */
export function newEnvironment(
  { inputs: { environment }, reporter: { github } }: Invocation,
  { applied, problem, unapplied }: Baseline,
  named: readonly string[],
): Plan['newEnvironment'] {
  if (environment === 'default' || named.includes(environment) || applied) return undefined
  const meant = closest(environment, named)
  if (meant !== undefined) return { meant }
  return github && !problem && unapplied.length < historyLimit ? {} : undefined
}

/** Places of secret variables in earlier manifests of a particle. */
export type FormerSecretsOf = (particle: Particle) => FormerSecrets

/** Secret places of the baseline. Where some of it cannot be read, any place may have held a secret. */
export function formerSecretsIn(
  baseline: readonly CommitManifests[],
  now: readonly Particle[],
  inputs: Inputs,
): FormerSecretsOf {
  const used = new Set(now.flatMap(({ source }) => variablesIn(source)))
  // A variable that is neither given nor used any more may have been a secret one.
  const secrets = {
    has: (name: string) => inputs.secretVariables.has(name) || !(inputs.variables.has(name) || used.has(name)),
  }
  const paths = new Map<string, SecretPath[]>()
  for (const found of baseline) {
    if ('why' in found) continue
    const variables = new FormerVariables(inputs.variables)
    const { particles } = load(found.texts, { ...inputs, variables, vocabularies: flavors })
    for (const particle of particles) {
      const secret = secretPaths(particle.source, secrets)
      if (secret.length === 0) continue
      for (const key of keysOf(particle)) paths.set(key, [...(paths.get(key) ?? []), ...secret])
    }
  }
  const unknown = baseline.some(found => 'why' in found)
  return particle => ({
    paths: keysOf(particle).flatMap(key => paths.get(key) ?? []),
    ...(unknown && { unknown: true as const }),
  })
}

/** A particle under another id is found by its address in AWS. */
function keysOf(particle: Particle): string[] {
  const address = addressText(particle, flavors)
  return [particle.id, ...(address ? [address] : [])]
}
