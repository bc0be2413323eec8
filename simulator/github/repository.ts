import { createHash } from 'node:crypto'

export interface Commit {
  readonly sha: string
  readonly parents: readonly string[]
  readonly message: string
  readonly files: ReadonlyMap<string, string>
  /** Milliseconds since 1970. */
  readonly at: number
  /** How many were made before it. */
  readonly order: number
}

export interface Account {
  readonly login: string
  readonly type: 'User' | 'Bot'
}

export interface Pull {
  readonly number: number
  readonly author: Account
  readonly head: string
  /** The branch to merge into; the author may choose another one while the pull request is open. */
  base: string
  /** The head is in another repository, which may be gone by now. */
  readonly fork: boolean | 'deleted'
  headSha: string
  baseSha: string
  state: 'open' | 'closed'
  updatedAt: number
  mergedAt?: number
  /** Before the merge: a test merge that is on no branch. */
  mergeCommitSha: string
  /** The commits that the merge brought to the base branch. */
  introduced: readonly string[]
}

export type MergeMethod = 'merge' | 'squash' | 'rebase'

/** Files to write; null removes. */
export type Edits = Readonly<Record<string, string | null>>

/** The payload of a push event. */
export interface Push {
  readonly before: string
  readonly after: string
  readonly forced?: boolean
}

export interface MergeGroup {
  readonly headSha: string
  readonly baseSha: string
  readonly headRef: string
  readonly baseRef: string
}

export const defaultBranch = 'main'

/** The name that git gives to a content. */
export const blobSha = (text: string): string =>
  createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex')

/** A repository with its history and its pull requests, as GitHub merges them. */
export class Repository {
  readonly commits = new Map<string, Commit>()
  /** Full names: `refs/heads/main`. */
  readonly refs = new Map<string, string>()
  readonly pulls = new Map<number, Pull>()
  readonly #now: () => number
  #numbers = 0

  constructor(now: () => number, files: Edits = {}) {
    this.#now = now
    this.#move(defaultBranch, this.#make([], 'Begin', apply(new Map(), files)))
  }

  head(branch = defaultBranch): string {
    const sha = this.refs.get(`refs/heads/${branch}`)
    if (!sha) throw new Error(`there is no branch ${branch}`)
    return sha
  }

  /** A commit straight to a branch, with no pull request. */
  push(edits: Edits, message = 'Change', branch = defaultBranch): Push {
    const before = this.head(branch)
    const after = this.#make([before], message, apply(this.files(before), edits))
    this.#move(branch, after)
    return { before, after }
  }

  /** Puts a branch elsewhere by force. */
  reset(sha: string, branch = defaultBranch): Push {
    const before = this.head(branch)
    this.#move(branch, sha)
    return { before, after: sha, forced: true }
  }

  /** Makes a branch at another one's commit. */
  branch(name: string, from = this.head()): string {
    this.#move(name, from)
    return name
  }

  /** Moves a branch forward to a descendant of its commit, as a push of that commit does. */
  fastForward(sha: string, branch = defaultBranch): Push {
    if (!this.log(sha).some(one => one.sha === this.head(branch))) throw new Error(`${branch} is no part of ${sha}`)
    const { before, after } = this.reset(sha, branch)
    return { before, after }
  }

  /** Another base for an open pull request. */
  retarget({ number }: Pull, base: string): void {
    const pull = this.#pull(number)
    pull.base = base
    pull.baseSha = this.head(base)
    pull.updatedAt = this.#now()
  }

  /** Opens a pull request of one commit for each of the edits. */
  open(
    edits: readonly Edits[],
    more: { fork?: Pull['fork']; author?: Account; base?: string; from?: string; head?: string } = {},
  ): Pull {
    const number = ++this.#numbers
    const base = more.base ?? defaultBranch
    const head = more.head ?? `change-${number}`
    const baseSha = this.head(base)
    if (!more.head) this.#move(head, more.from ?? baseSha)
    for (const [index, edit] of edits.entries()) this.push(edit, `Change ${number}.${index + 1}`, head)
    const pull: Pull = {
      number,
      author: more.author ?? { login: 'ada', type: 'User' },
      head,
      base,
      fork: more.fork ?? false,
      headSha: this.head(head),
      baseSha,
      state: 'open',
      updatedAt: this.#now(),
      mergeCommitSha: createHash('sha1').update(`test merge ${number}`).digest('hex'),
      introduced: [],
    }
    this.pulls.set(number, pull)
    return pull
  }

  /** The files of a test merge onto the base's current commit. */
  proposal({ number }: Pull): ReadonlyMap<string, string> {
    const pull = this.#pull(number)
    return this.#merged(pull, this.head(pull.base))
  }

  merge({ number }: Pick<Pull, 'number'>, method: MergeMethod = 'merge'): Push {
    const pull = this.#pull(number)
    const before = this.head(pull.base)
    const made = this.#mergeOnto(pull, before, method)
    this.#move(pull.base, made.at(-1) ?? before)
    this.#close(pull, made)
    return { before, after: this.head(pull.base) }
  }

  /** Puts pull requests into the merge queue, in order; each is merged onto the one before. */
  enqueue(pulls: readonly Pull[], method: MergeMethod = 'squash'): MergeGroup[] {
    let base = this.head()
    return pulls.map(({ number }) => {
      const pull = this.#pull(number)
      const baseSha = base
      const made = this.#mergeOnto(pull, baseSha, method)
      base = made.at(-1) ?? baseSha
      pull.introduced = made
      const headRef = `refs/heads/gh-readonly-queue/${pull.base}/pr-${number}-${baseSha}`
      this.refs.set(headRef, base)
      return { headSha: base, baseSha, headRef, baseRef: `refs/heads/${pull.base}` }
    })
  }

  /** Merges all of the queue in one push. */
  land(groups: readonly MergeGroup[]): Push {
    const before = this.head()
    for (const { headRef, headSha } of groups) {
      const pull = this.#pull(Number(/pr-(\d+)-/.exec(headRef)?.[1]))
      this.#move(pull.base, headSha)
      this.refs.delete(headRef)
      this.#close(pull, pull.introduced)
    }
    return { before, after: this.head() }
  }

  /** A commit and all its ancestors, newest first. */
  log(sha: string): Commit[] {
    const seen = new Set<string>()
    const left = [sha]
    for (let next = left.pop(); next; next = left.pop()) {
      if (seen.has(next)) continue
      seen.add(next)
      left.push(...this.commit(next).parents)
    }
    return [...seen].map(one => this.commit(one)).sort((a, b) => b.at - a.at || b.order - a.order)
  }

  /** As `git log -- path`: a merge that is like one of its parents there is left out, and so are its other parents. */
  logOf(sha: string, path: string): Commit[] {
    const seen = new Set<string>()
    const left = [sha]
    const changing: Commit[] = []
    for (let next = left.pop(); next; next = left.pop()) {
      if (seen.has(next)) continue
      seen.add(next)
      const commit = this.commit(next)
      const like = commit.parents.find(parent => this.#below(parent, path) === this.#below(commit.sha, path))
      if (!like && (commit.parents.length > 0 || this.#below(commit.sha, path) !== '[]')) changing.push(commit)
      left.push(...(like ? [like] : commit.parents))
    }
    return changing.sort((a, b) => b.at - a.at || b.order - a.order)
  }

  /** The files of a path, as one text that can be compared. */
  #below(sha: string, path: string): string {
    const files = [...this.commit(sha).files].filter(([file]) => file === path || file.startsWith(`${path}/`))
    return JSON.stringify(files.sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  commit(sha: string): Commit {
    const found = this.commits.get(sha)
    if (!found) throw new Error(`there is no commit ${sha}`)
    return found
  }

  files(sha: string): ReadonlyMap<string, string> {
    return this.commit(sha).files
  }

  #pull(number: number): Pull {
    const pull = this.pulls.get(number)
    if (!pull) throw new Error(`there is no pull request ${number}`)
    return pull
  }

  /** The commits that a merge brings to its base, oldest first. */
  #mergeOnto(pull: Pull, base: string, method: MergeMethod): string[] {
    const own = this.#own(pull, base)
    const merged = this.#merged(pull, base)
    if (method === 'merge')
      return [
        ...own.map(({ sha }) => sha),
        this.#make([base, pull.headSha], `Merge pull request #${pull.number}`, merged),
      ]
    if (method === 'squash') return [this.#make([base], `Change ${pull.number} (#${pull.number})`, merged)]
    const made: string[] = []
    for (const commit of own) {
      const onto = made.at(-1) ?? base
      made.push(this.#make([onto], commit.message, apply(this.files(onto), this.#edits(commit))))
    }
    return made
  }

  /** The commits of a pull request that its base has not, oldest first. */
  #own({ headSha }: Pull, base: string): Commit[] {
    const has = new Set(this.log(base).map(({ sha }) => sha))
    return this.log(headSha)
      .filter(({ sha }) => !has.has(sha))
      .reverse()
  }

  #merged(pull: Pull, base: string): ReadonlyMap<string, string> {
    return this.#own(pull, base).reduce((files, commit) => apply(files, this.#edits(commit)), this.files(base))
  }

  #edits(commit: Commit): Edits {
    const [parent] = commit.parents
    const before = parent ? this.files(parent) : new Map<string, string>()
    const edits: Record<string, string | null> = {}
    for (const [file, text] of commit.files) if (before.get(file) !== text) edits[file] = text
    for (const file of before.keys()) if (!commit.files.has(file)) edits[file] = null
    return edits
  }

  #close(pull: Pull, made: readonly string[]): void {
    pull.state = 'closed'
    pull.introduced = made
    pull.mergedAt = this.#now()
    pull.updatedAt = this.#now()
    pull.mergeCommitSha = made.at(-1) ?? this.head(pull.base)
  }

  #move(branch: string, sha: string): void {
    this.refs.set(`refs/heads/${branch}`, sha)
  }

  #make(parents: readonly string[], message: string, files: ReadonlyMap<string, string>): string {
    const sha = createHash('sha1')
      .update(JSON.stringify([parents, message, [...files], this.commits.size]))
      .digest('hex')
    this.commits.set(sha, { sha, parents, message, files, at: this.#now(), order: this.commits.size })
    return sha
  }
}

function apply(files: ReadonlyMap<string, string>, edits: Edits): Map<string, string> {
  const edited = new Map(files)
  for (const [file, text] of Object.entries(edits))
    if (text === null) edited.delete(file)
    else edited.set(file, text)
  return edited
}
