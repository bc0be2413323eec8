/** Whether a newer apply of the same branch has begun: an older apply stops, so that it never takes the branch back. */
import type { GitHub } from './api.ts'
import { unlessRefused } from './apiErrors.ts'
import { appliedCheck, begunCheck, findChecks } from './check.ts'
import { findFirst, firstParents } from './history.ts'

/** A newer commit of the branch and the state of its apply. */
interface NewerApply {
  readonly commit: string
  readonly state: 'applied' | 'begun'
}

/** The commit being applied, its branch, and the environment. */
interface AppliedCommit {
  readonly github: GitHub
  readonly environment: string
  readonly commit: string
  readonly branch: string
}

/**
 * The newest commit of the branch, newer than this one, that was applied or whose apply has begun to modify AWS, however it
 * ended. Only first parents count: commits of merged branches are never applied themselves. After a force push, commits that
 * left the branch supersede nothing.
 *
 * Never fails: after a refusal of GitHub nothing is superseded, and `warning` says so.
 */
export async function supersededBy(
  apply: AppliedCommit,
): Promise<{ readonly by?: NewerApply | undefined; readonly warning?: string }> {
  return unlessRefused(
    async () => ({ by: await newerThan(apply) }),
    warning => ({ warning }),
  )
}

async function newerThan({ github, environment, commit, branch }: AppliedCommit): Promise<NewerApply | undefined> {
  const head = await headOf(github, branch)
  if (!head || head === commit) return undefined
  // An upper bound for the first parents that are newer: commits of merged branches are counted too.
  const most = await countAhead(github, commit, head)
  const { found } = await findFirst(newerParents(github, commit, head, most), newer =>
    stateOf(github, environment, newer),
  )
  // A commit that a force push dropped is no first parent of the branch; its own ancestors are older nevertheless.
  return found && (await countAhead(github, commit, found.commit)) > 0 ? found : undefined
}

async function headOf(github: GitHub, branch: string): Promise<string | undefined> {
  const { data } = await github.call(
    { to: `read the branch ${branch}`, needs: 'contents: read' },
    'GET /repos/{owner}/{repo}/commits',
    { sha: branch, per_page: 1 },
  )
  return data[0]?.sha
}

/** Commits of `to` that `from` lacks, commits of merged branches included. */
async function countAhead(github: GitHub, from: string, to: string): Promise<number> {
  const { data } = await github.call(
    { to: 'compare commits', needs: 'contents: read' },
    'GET /repos/{owner}/{repo}/compare/{basehead}',
    { basehead: `${from}...${to}`, per_page: 1 },
  )
  return data.ahead_by
}

async function* newerParents(github: GitHub, commit: string, head: string, most: number): AsyncGenerator<string> {
  for await (const parent of firstParents(github, head, most)) {
    if (parent === commit) return
    yield parent
  }
}

async function stateOf(github: GitHub, environment: string, commit: string): Promise<NewerApply | undefined> {
  const [applied, begun] = await Promise.all([
    findChecks(github, commit, appliedCheck(environment)),
    findChecks(github, commit, begunCheck(environment), 'neutral'),
  ])
  if (applied.successful.length > 0) return { commit, state: 'applied' }
  return begun.successful.length > 0 ? { commit, state: 'begun' } : undefined
}

/** An answer is valid for so many milliseconds, for all steps. */
const freshness = 10_000

/** The longest wait of a step for GitHub, in milliseconds: an apply must not stop because GitHub is slow. */
const patience = 10_000

/** The apply that a newer one may take over from. */
interface SupersessionOptions extends AppliedCommit {
  /** Writes the check that this apply has begun; never fails. */
  readonly begin: () => Promise<void>
  readonly warn: (text: string) => void
}

/** Finds out during an apply whether a newer apply of its branch has superseded it. */
export class Supersession {
  readonly #options: SupersessionOptions
  #latest: { readonly at: number; readonly answer: Promise<string | undefined> } | undefined
  #begun: Promise<void> | undefined
  #superseded: string | undefined
  #warned = false

  constructor(options: SupersessionOptions) {
    this.#options = options
  }

  /**
   * Why nothing may be applied any more, in one sentence; undefined while this is the newest apply known to GitHub. A refusal
   * of GitHub is a warning.
   */
  async overtaken(): Promise<string | undefined> {
    return this.#read(supersededBy(this.#options))
  }

  /**
   * `overtaken`, before a step. Before the first modifying step the check "begun" is written, and GitHub's checks are
   * read once more.
   */
  async mayBegin(modifies: boolean): Promise<string | undefined> {
    const taken = await this.#current()
    if (taken || !modifies) return taken
    this.#begun ??= this.#begin()
    await this.#begun
    return this.#current()
  }

  #current(): Promise<string | undefined> {
    const now = this.#options.github.clock.now()
    if (this.#superseded === undefined && (!this.#latest || now - this.#latest.at >= freshness)) {
      const asking = within(supersededBy(this.#options), { warning: 'GitHub did not answer in time' })
      this.#latest = { at: now, answer: this.#read(asking) }
    }
    return this.#latest?.answer ?? Promise.resolve(this.#superseded)
  }

  async #read(asking: ReturnType<typeof supersededBy>): Promise<string | undefined> {
    const { by, warning } = await asking
    if (by)
      this.#superseded ??= `commit ${by.commit.slice(0, 7)}, which is newer, ${by.state === 'applied' ? 'is applied already' : 'has begun to be applied'}`
    if (warning && !this.#warned) {
      this.#warned = true
      this.#options.warn(`whether a newer commit is applied already is not known, so this apply goes on: ${warning}`)
    }
    return this.#superseded
  }

  async #begin(): Promise<void> {
    await within(this.#options.begin(), undefined)
    // An apply that begins at the same time has written its check by now, or will find this one.
    this.#latest = undefined
  }
}

/** The result of `work`, or `otherwise` after ten seconds of real time. The work itself goes on. */
async function within<T>(work: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<T>(resolve => {
    timer = setTimeout(() => resolve(otherwise), patience)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
