/** Whether a newer apply of the same branch has taken over: an older one never goes back behind it. */
import type { Clock } from '../clock.ts'
import { type GitHub, GitHubError } from './api.ts'
import { appliedCheck, begunCheck, findChecks } from './check.ts'
import { firstParents } from './review.ts'

/** A newer commit of the branch, and how far its apply has come. */
export interface NewerApply {
  readonly commit: string
  readonly state: 'applied' | 'begun'
}

/**
 * The newest commit of the branch that was applied, or whose apply has begun to write however it ended, although it is newer than
 * this one. Only first parents count: what is on a branch that was merged was never applied here. A branch that was put back by
 * force counts as it stands: what is not on it any more supersedes nothing.
 *
 * Never fails: where GitHub refuses to tell, nothing is superseded, and a warning says so.
 */
export async function supersededBy(
  github: GitHub,
  environment: string,
  commit: string,
  branch: string,
): Promise<{ readonly by?: NewerApply; readonly warning?: string }> {
  try {
    const by = await newerThan(github, environment, commit, branch)
    return by ? { by } : {}
  } catch (error) {
    if (error instanceof GitHubError) return { warning: error.message }
    throw error
  }
}

async function newerThan(
  github: GitHub,
  environment: string,
  commit: string,
  branch: string,
): Promise<NewerApply | undefined> {
  const head = await headOf(github, branch)
  if (!head || head === commit) return undefined
  // How many first parents are newer is not said, but they are no more than this.
  const most = await countAhead(github, commit, head)
  const found = await newestMarked(github, environment, newerParents(github, commit, head, most))
  // A commit that was dropped from the branch meets no first parent of the branch; what it stands on itself is older all the same.
  return found && (await countAhead(github, commit, found.commit)) > 0 ? found : undefined
}

async function headOf(github: GitHub, branch: string): Promise<string | undefined> {
  const { data } = await github.call({ to: `read the branch ${branch}`, needs: 'contents: read' }, request =>
    request('GET /repos/{owner}/{repo}/commits', { ...github.repository, sha: branch, per_page: 1 }),
  )
  return data[0]?.sha
}

/** How many commits the second one has that the first one has not, those of merged branches among them. */
async function countAhead(github: GitHub, from: string, to: string): Promise<number> {
  const { data } = await github.call({ to: 'compare commits', needs: 'contents: read' }, request =>
    request('GET /repos/{owner}/{repo}/compare/{basehead}', {
      ...github.repository,
      basehead: `${from}...${to}`,
      per_page: 1,
    }),
  )
  return data.ahead_by
}

async function* newerParents(github: GitHub, commit: string, head: string, most: number): AsyncGenerator<string> {
  let left = most
  for await (const parent of firstParents(github, head, most)) {
    if (parent === commit || left-- <= 0) return
    yield parent
  }
}

/** Newest first, a few at once: nearly always the answer is near the head. */
async function newestMarked(
  github: GitHub,
  environment: string,
  commits: AsyncIterable<string>,
): Promise<NewerApply | undefined> {
  let batch: string[] = []
  let size = 2
  const look = async (): Promise<NewerApply | undefined> => {
    const states = await Promise.all(batch.map(commit => stateOf(github, environment, commit)))
    return states.find(state => state !== undefined)
  }
  for await (const commit of commits) {
    if (batch.push(commit) < size) continue
    const found = await look()
    if (found) return found
    batch = []
    size = Math.min(size * 2, 16)
  }
  return look()
}

async function stateOf(github: GitHub, environment: string, commit: string): Promise<NewerApply | undefined> {
  const [applied, begun] = await Promise.all([
    findChecks(github, commit, appliedCheck(environment)),
    findChecks(github, commit, begunCheck(environment), 'neutral'),
  ])
  if (applied.successful.length > 0) return { commit, state: 'applied' }
  return begun.successful.length > 0 ? { commit, state: 'begun' } : undefined
}

/** For so many milliseconds an answer holds, for all steps together. */
const freshness = 10_000

/** The longest that a step waits for GitHub, in milliseconds: an apply must not stand still because GitHub does. */
const patience = 10_000

export interface SupersessionOptions {
  readonly github: GitHub
  readonly environment: string
  /** The commit that is applied, and the branch that it is applied from. */
  readonly commit: string
  readonly branch: string
  readonly clock: Clock
  /** Leaves word that this apply writes from now on. What GitHub refuses is its own to say. */
  readonly begin: () => Promise<void>
  readonly warn: (text: string) => void
}

/** An apply's place among the applies of its branch. */
export class Supersession {
  readonly #options: SupersessionOptions
  #asked: { readonly at: number; readonly answer: Promise<string | undefined> } | undefined
  #begun: Promise<void> | undefined
  #lost: string | undefined
  #warned = false

  constructor(options: SupersessionOptions) {
    this.#options = options
  }

  /** Why nothing may be applied any more, in one sentence; undefined while this is the newest apply that GitHub knows of. */
  async overtaken(): Promise<string | undefined> {
    return this.#look(supersededBy(...this.#question))
  }

  /** The same before a step. Before the first one that modifies anything, others are told, and asked about once more. */
  async mayBegin(modifies: boolean): Promise<string | undefined> {
    const taken = await this.#fresh()
    if (taken || !modifies) return taken
    this.#begun ??= this.#begin()
    await this.#begun
    return this.#fresh()
  }

  get #question(): Parameters<typeof supersededBy> {
    const { github, environment, commit, branch } = this.#options
    return [github, environment, commit, branch]
  }

  #fresh(): Promise<string | undefined> {
    const now = this.#options.clock.now()
    if (this.#lost === undefined && (!this.#asked || now - this.#asked.at >= freshness)) {
      const asked = within(supersededBy(...this.#question), { warning: 'GitHub did not answer in time' })
      this.#asked = { at: now, answer: this.#look(asked) }
    }
    return this.#asked?.answer ?? Promise.resolve(this.#lost)
  }

  async #look(asked: ReturnType<typeof supersededBy>): Promise<string | undefined> {
    const { by, warning } = await asked
    if (by)
      this.#lost ??= `commit ${by.commit.slice(0, 7)}, which is newer, ${by.state === 'applied' ? 'is applied already' : 'has begun to be applied'}`
    if (warning && !this.#warned) {
      this.#warned = true
      this.#options.warn(`whether a newer commit is applied already is not known, so this apply goes on: ${warning}`)
    }
    return this.#lost
  }

  async #begin(): Promise<void> {
    await within(this.#options.begin(), undefined)
    // Who begins at the same time has left word by now, or will find ours.
    this.#asked = undefined
  }
}

/** What comes of the work in time; the work itself goes on. In real time, as the answers come in that. */
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
