/** Branches that are applied: pull requests into them are reviews, and nothing is applied from any other branch. */
import picomatch from 'picomatch'

/** The branches from which is applied, and whose pull requests are reviews. */
export interface ApplyBranches {
  /** `branch` has no `refs/heads/` before its name. */
  has(branch: string): boolean
  /** Names and globs, for a sentence. */
  readonly named: string
  /** The input names them; otherwise the default branch is the only one. */
  readonly chosen: boolean
}

/** The branches of the input, where `!` excludes, or the default branch. Undefined when neither is known. */
export function applyBranches(names: readonly string[], defaultBranch: string | undefined): ApplyBranches | undefined {
  const chosen = names.length > 0
  if (!chosen && !defaultBranch) return undefined
  const all = chosen ? names : [defaultBranch ?? '']
  const excluded = all.filter(name => name.startsWith('!')).map(name => matcher(name.slice(1)))
  const included = all.filter(name => !name.startsWith('!')).map(matcher)
  const matches = (some: readonly Matcher[], branch: string) => some.some(is => is(branch))
  return {
    has: branch => matches(included, branch) && !matches(excluded, branch),
    named: all.join(', '),
    chosen,
  }
}

type Matcher = (branch: string) => boolean

/**
 * As in GitHub's own filters, `*` ends at a slash. A branch's name may be a valid glob, so the name itself matches too.
 */
function matcher(name: string): Matcher {
  const glob = picomatch(name, { dot: true, nonegate: true })
  return branch => branch === name || glob(branch)
}

/** The branch of a full ref; undefined for a tag, a pull request's test merge, or no ref. */
export const branchIn = (ref: string | undefined): string | undefined => /^refs\/heads\/(.+)$/s.exec(ref ?? '')?.[1]

/** Why nothing may be applied from a ref, in one sentence; undefined when it may. */
export function whyNotAppliedFrom(ref: string | undefined, branches: ApplyBranches): string | undefined {
  const branch = branchIn(ref)
  if (branch === undefined)
    return `nothing was applied: ${ref ?? 'a run without GITHUB_REF'} is no branch; run this on one of apply-branches (${branches.named})`
  if (branches.has(branch)) return undefined
  return `nothing was applied: the branch ${branch} is not among apply-branches (${branches.named}), and nothing is applied from another; merge it into one of those by a pull request, or name it in apply-branches`
}
