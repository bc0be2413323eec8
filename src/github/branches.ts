/** Which branches are applied: pull requests into them are reviews, and nothing is applied from another. */
import picomatch from 'picomatch'

export interface ApplyBranches {
  /** The branch is one of them. Its name stands without `refs/heads/`. */
  has(branch: string): boolean
  /** The names and globs, for a sentence. */
  readonly named: string
  /** A workflow names them; otherwise it is the default branch. */
  readonly chosen: boolean
}

/**
 * The branches that the input names, `!` excludes; the default branch where it names none. Undefined where nobody says which that is.
 */
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

/** As in GitHub's own filters, `*` stops at a slash. A branch may be called what looks like a glob, so the name itself counts too. */
function matcher(name: string): Matcher {
  const glob = picomatch(name, { dot: true, nonegate: true })
  return branch => branch === name || glob(branch)
}

/** The branch that a full name names, or undefined where that is a tag, the test merge of a pull request, or nothing. */
export const branchIn = (ref: string | undefined): string | undefined => /^refs\/heads\/(.+)$/s.exec(ref ?? '')?.[1]

/** Why nothing may be applied from a ref, in one sentence; undefined where it may. */
export function whyNotAppliedFrom(ref: string | undefined, branches: ApplyBranches): string | undefined {
  const branch = branchIn(ref)
  if (branch === undefined)
    return `nothing was applied: ${ref ?? 'a run without GITHUB_REF'} is no branch; run this on one of apply-branches (${branches.named})`
  if (branches.has(branch)) return undefined
  return `nothing was applied: the branch ${branch} is not among apply-branches (${branches.named}), and nothing is applied from another; merge it into one of those by a pull request, or name it in apply-branches`
}
