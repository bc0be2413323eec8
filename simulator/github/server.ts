import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { findOperation, type Operation, shape } from './description.ts'
import { type Account, blobSha, type Commit, type Pull, Repository } from './repository.ts'

type Json = Record<string, unknown>
type Right = 'checks' | 'contents' | 'pull-requests'
type Level = 'none' | 'read' | 'write'

/** A token: its account, and its permissions. */
export interface Token {
  readonly login: string
  /** The slug of the app that it belongs to; missing for a person's. */
  readonly app?: string
  readonly permissions: Readonly<Partial<Record<Right, Level>>>
}

export interface Comment {
  readonly id: number
  readonly issue: number
  readonly author: Account
  body: string
}

export interface CheckRun {
  readonly id: number
  readonly name: string
  readonly commit: string
  readonly app: string
  readonly conclusion: string
  readonly externalId: string | null
  output: { title: string; summary: string; text: string | null }
  readonly annotations: Json[]
  /** Milliseconds since 1970. */
  readonly completedAt: number
}

/** A call as it came in and went out. */
export interface Call {
  readonly name: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
  readonly status: number
}

/** Something that goes wrong on the way. */
export interface Fault {
  /** Which calls: a part of their name, such as `POST /repos/{owner}/{repo}/issues`. */
  readonly on?: string
  /** Asked at each of these calls; false lets the call through. */
  readonly when?: () => boolean
  readonly status: number
  readonly message?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The work is done, and only its answer is lost. */
  readonly done?: boolean
  /** The work is done, and its answer, whose status stays, ends in the middle. */
  readonly cut?: boolean
  /** The work is done, and the connection ends without any answer. */
  readonly reset?: boolean
  times: number
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message)
  }
}

const rights: readonly [RegExp, Right][] = [
  [/\/check-runs/, 'checks'],
  [/\/pulls|\/issues\//, 'pull-requests'],
  [/\/commits|\/compare|\/git\//, 'contents'],
]

const home = 'https://github.test'

/** Permissions of an app's token of GitHub Actions in a job with the permissions that this action needs. */
export const actionsToken: Token = {
  login: 'github-actions[bot]',
  app: 'github-actions',
  permissions: { checks: 'write', contents: 'read', 'pull-requests': 'write' },
}

/**
 * As much of GitHub's API as the action calls, over loopback. Every request and every answer is checked against
 * GitHub's own description of its API: what does not fit is in `violations`.
 */
export class FakeGitHub {
  readonly owner = 'acme'
  readonly repo = 'infrastructure'
  readonly repository: Repository
  readonly tokens = new Map<string, Token>()
  readonly comments: Comment[] = []
  readonly checks: CheckRun[] = []
  readonly calls: Call[] = []
  readonly violations: string[] = []
  readonly faults: Fault[] = []
  readonly locked = new Set<number>()
  /** Milliseconds until a merged pull request is listed for its commit, and among the closed ones. */
  readonly lag = { ofCommit: 0, closed: 0 }
  /** Calls left until the hour is over. */
  remaining = 5_000
  resetAt: number
  /** Servers without GraphQL answer 404. */
  graphql = true
  /** Types of errors that the next GraphQL queries are answered with; the status stays 200. */
  readonly graphqlErrors: string[] = []
  /** A tree so large that GitHub lists only its beginning. */
  truncated = false
  readonly #now: () => number
  readonly #server: Server
  #ids = 0
  #underWay = 0
  /** The most calls that were under way at once. */
  busiest = 0

  constructor(now: () => number, files: Readonly<Record<string, string>> = {}) {
    this.#now = now
    this.repository = new Repository(now, files)
    this.resetAt = now() + 3_600_000
    this.#server = createServer((request, response) => {
      void this.#serve(request, response)
    })
  }

  /** Listens, at any free port unless told, and returns the address. */
  async start(at = 0): Promise<string> {
    await new Promise<void>(resolve => this.#server.listen(at, '127.0.0.1', resolve))
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }

  /** The calls whose names hold a text. */
  called(part: string): Call[] {
    return this.calls.filter(({ name }) => name.includes(part))
  }

  comment(issue: number, author: Account, body: string): Comment {
    const comment = { id: ++this.#ids, issue, author, body }
    this.comments.push(comment)
    return comment
  }

  check(run: Partial<CheckRun> & Pick<CheckRun, 'name' | 'commit'>): CheckRun {
    const made: CheckRun = {
      app: 'github-actions',
      conclusion: 'success',
      externalId: null,
      output: { title: run.name, summary: '', text: null },
      annotations: [],
      completedAt: this.#now(),
      ...run,
      id: ++this.#ids,
    }
    this.checks.push(made)
    return made
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.busiest = Math.max(this.busiest, ++this.#underWay)
    response.once('finish', () => this.#underWay--)
    const url = new URL(request.url ?? '/', 'http://localhost')
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('utf8')
    const body: unknown = text ? JSON.parse(text) : undefined
    const found = findOperation(request.method ?? 'GET', url.pathname)
    const name = found?.operation.name ?? `${request.method} ${url.pathname}`
    const send = (status: number, answer: unknown, headers: Readonly<Record<string, string>> = {}) => {
      this.calls.push({ name, path: url.pathname, query: url.searchParams, body, status })
      if (fault?.reset) return void response.destroy()
      response.writeHead(status, {
        'content-type': 'application/json; charset=utf-8',
        'x-ratelimit-limit': '5000',
        'x-ratelimit-remaining': String(Math.max(0, this.remaining)),
        'x-ratelimit-reset': String(Math.ceil(this.resetAt / 1_000)),
        ...headers,
      })
      const text = answer === undefined ? undefined : JSON.stringify(answer)
      response.end(fault?.cut ? text?.slice(0, text.length / 2) : text)
    }
    const fault = this.faults.find(
      ({ on, when, times }) => times > 0 && (!on || name.includes(on)) && when?.() !== false,
    )
    if (fault) fault.times--
    try {
      const refuse = () => {
        if (fault && !fault.cut && !fault.reset)
          throw new Refusal(fault.status, fault.message ?? 'Server Error', fault.headers)
      }
      if (!fault?.done) refuse()
      const token = this.#token(request)
      this.#count()
      if (url.pathname === '/graphql') {
        if (!this.graphql) throw new Refusal(404, 'Not Found')
        refuse()
        const type = this.graphqlErrors.shift()
        if (type) return send(200, { data: null, errors: [{ type, message: `${type}, says GraphQL` }] })
        return send(200, { data: { viewer: { login: token.login } } })
      }
      if (!found) {
        this.violations.push(`${name} is not described`)
        throw new Refusal(404, 'Not Found')
      }
      this.#allow(token, found.operation)
      const wrong = found.operation.checkRequest(found.path, url.searchParams, body)
      if (wrong) {
        this.violations.push(wrong)
        throw new Refusal(422, wrong)
      }
      const version = request.headers['x-github-api-version']
      const answer = this.#answer(found.operation.name, found.path, url, body as Json, token, String(version ?? ''))
      refuse()
      const unfit = found.operation.checkAnswer(answer.status, answer.body)
      if (unfit) this.violations.push(unfit)
      send(answer.status, answer.body, answer.headers)
    } catch (error) {
      if (!(error instanceof Refusal)) this.violations.push(`${name}: ${String(error)}`)
      const status = error instanceof Refusal ? error.status : 500
      const message = error instanceof Error ? error.message : String(error)
      const headers = error instanceof Refusal ? error.headers : {}
      send(status, { message, documentation_url: 'https://docs.github.com/rest', status: String(status) }, headers)
    }
  }

  #token(request: IncomingMessage): Token {
    const [, value = ''] = /^(?:token|bearer) (.+)$/i.exec(request.headers.authorization ?? '') ?? []
    const token = this.tokens.get(value)
    if (!token) throw new Refusal(401, 'Bad credentials')
    return token
  }

  #count(): void {
    if (this.#now() >= this.resetAt) {
      this.remaining = 5_000
      this.resetAt = this.#now() + 3_600_000
    }
    if (this.remaining <= 0) throw new Refusal(403, 'API rate limit exceeded for installation ID 1.')
    this.remaining--
  }

  #allow(token: Token, { name }: Operation): void {
    const kind = token.app ? 'integration' : 'personal access token'
    if (name === 'GET /user') {
      if (token.app) throw new Refusal(403, 'Resource not accessible by integration')
      return
    }
    const writes = !name.startsWith('GET ')
    if (name.includes('/check-runs') && writes && !token.app)
      throw new Refusal(403, 'You must authenticate via a GitHub App.')
    const right = rights.find(([form]) => form.test(name))?.[1]
    const level = right ? (token.permissions[right] ?? 'none') : 'none'
    if (level === 'write' || (level === 'read' && !writes)) return
    throw new Refusal(403, `Resource not accessible by ${kind}`, {
      'x-accepted-github-permissions': `${right?.replace('-', '_')}=${writes ? 'write' : 'read'}`,
    })
  }

  #answer(name: string, path: Json, url: URL, body: Json, token: Token, version: string): Answer {
    const page = <T>(all: readonly T[], show: (one: T) => unknown): Answer => paged(url, all, show)
    const author: Account = { login: token.login, type: token.app ? 'Bot' : 'User' }
    const { repository } = this
    switch (name.replace('/repos/{owner}/{repo}', '')) {
      case 'GET /user':
        return { status: 200, body: shape('public-user', { login: token.login, type: 'User' }) }
      case 'GET /issues/{issue_number}/comments':
        return page(
          this.comments.filter(({ issue }) => issue === Number(path.issue_number)),
          comment => this.#showComment(comment),
        )
      case 'POST /issues/{issue_number}/comments': {
        const issue = Number(path.issue_number)
        if (this.locked.has(issue)) throw new Refusal(403, 'Unable to create comment because issue is locked.')
        return { status: 201, body: this.#showComment(this.comment(issue, author, checkedBody(body))) }
      }
      case 'PATCH /issues/comments/{comment_id}': {
        const comment = this.#comment(Number(path.comment_id))
        comment.body = checkedBody(body)
        return { status: 200, body: this.#showComment(comment) }
      }
      case 'DELETE /issues/comments/{comment_id}':
        this.comments.splice(this.comments.indexOf(this.#comment(Number(path.comment_id))), 1)
        return { status: 204, body: undefined }
      case 'POST /check-runs': {
        const commit = String(body.head_sha)
        if (!repository.commits.has(commit)) throw new Refusal(422, `No commit found for SHA: ${commit}`)
        const output = isJson(body.output) ? body.output : {}
        const run = this.check({
          name: String(body.name),
          commit,
          app: token.app ?? '',
          conclusion: String(body.conclusion),
          externalId: typeof body.external_id === 'string' ? body.external_id : null,
          output: outputOf(output),
          annotations: Array.isArray(output.annotations) ? [...output.annotations] : [],
        })
        return { status: 201, body: this.#showCheck(run) }
      }
      case 'PATCH /check-runs/{check_run_id}': {
        const run = this.checks.find(({ id }) => id === Number(path.check_run_id))
        if (!run) throw new Refusal(404, 'Not Found')
        if (isJson(body.output)) {
          run.output = outputOf(body.output)
          if (Array.isArray(body.output.annotations)) run.annotations.push(...body.output.annotations)
        }
        return { status: 200, body: this.#showCheck(run) }
      }
      case 'GET /commits/{ref}/check-runs': {
        const commit = this.#commit(String(path.ref), 422)
        const wanted = url.searchParams.get('check_name')
        const runs = this.checks
          .filter(run => run.commit === commit.sha && (!wanted || run.name === wanted))
          .sort((a, b) => b.id - a.id)
        const all = url.searchParams.get('filter') === 'all'
        const latest = runs.filter(
          (run, index) => all || runs.findIndex(one => one.name === run.name && one.app === run.app) === index,
        )
        const { body: shown, ...rest } = page(latest, run => this.#showCheck(run))
        return { ...rest, body: { total_count: latest.length, check_runs: shown } }
      }
      case 'GET /commits': {
        const { sha } = this.#commit(url.searchParams.get('sha') ?? 'main', 404)
        const changed = url.searchParams.get('path')
        return page(changed ? repository.logOf(sha, changed) : repository.log(sha), showCommit)
      }
      case 'GET /commits/{commit_sha}/pulls': {
        const { sha } = this.#commit(String(path.commit_sha), 422)
        return page(
          // Also those that only contain the commit, and those first: the listing promises no order.
          [...repository.pulls.values()].filter(
            pull =>
              (pull.introduced.includes(sha) && this.#isListed(pull, this.lag.ofCommit)) ||
              (pull.state === 'open' &&
                repository.log(pull.headSha).some(commit => commit.sha === sha && sha !== pull.baseSha)),
          ),
          pull => this.#showPull('pull-request-simple', pull, version),
        )
      }
      case 'GET /compare/{basehead}': {
        const [from = '', to = ''] = String(path.basehead).split('...')
        return this.#compare(url, this.#commit(from, 404), this.#commit(to, 404))
      }
      case 'GET /pulls': {
        const state = url.searchParams.get('state') ?? 'open'
        const pulls = [...repository.pulls.values()]
          .filter(pull => (state === 'all' || pull.state === state) && this.#isListed(pull, this.lag.closed))
          .sort((a, b) => b.updatedAt - a.updatedAt || b.number - a.number)
        return page(pulls, pull => this.#showPull('pull-request-simple', pull, version))
      }
      case 'GET /pulls/{pull_number}': {
        const pull = repository.pulls.get(Number(path.pull_number))
        if (!pull) throw new Refusal(404, 'Not Found')
        return { status: 200, body: this.#showPull('pull-request', pull, version) }
      }
      case 'GET /git/matching-refs/{ref}': {
        const start = `refs/${String(path.ref)}`
        return page(
          [...repository.refs].filter(([ref]) => ref.startsWith(start)),
          ([ref, sha]) => shape('git-ref', { ref, object: { type: 'commit', sha, url: '' } }),
        )
      }
      case 'GET /git/trees/{tree_sha}': {
        const { sha, files } = this.#commit(String(path.tree_sha), 404)
        const tree = [...files].map(([file, text]) =>
          // A link's content is its target; here its name states the kind.
          ({
            path: file,
            mode: file.endsWith('.link') ? '120000' : '100644',
            type: 'blob',
            sha: blobSha(text),
            size: text.length,
          }),
        )
        return {
          status: 200,
          body: { sha, url: '', truncated: this.truncated, tree: this.truncated ? tree.slice(0, 1) : tree },
        }
      }
      case 'GET /git/blobs/{file_sha}': {
        for (const { files } of repository.commits.values())
          for (const text of files.values())
            if (blobSha(text) === path.file_sha) {
              const content = Buffer.from(text)
                .toString('base64')
                .replace(/(.{60})/g, '$1\n')
              return {
                status: 200,
                body: shape('blob', { sha: path.file_sha, size: text.length, content, encoding: 'base64' }),
              }
            }
        throw new Refusal(404, 'Not Found')
      }
      default:
        throw new Refusal(404, 'Not Found')
    }
  }

  #compare(url: URL, from: Commit, to: Commit): Answer {
    const old = this.repository.log(from.sha)
    const all = this.repository.log(to.sha)
    const before = new Set(old.map(({ sha }) => sha))
    const after = new Set(all.map(({ sha }) => sha))
    const ahead = all.filter(({ sha }) => !before.has(sha)).reverse()
    const behind = old.filter(({ sha }) => !after.has(sha)).length
    const common = all.find(({ sha }) => before.has(sha)) ?? from
    const status = ahead.length ? (behind ? 'diverged' : 'ahead') : behind ? 'behind' : 'identical'
    const { body: commits, ...rest } = paged(url, ahead, showCommit)
    return {
      ...rest,
      body: shape('commit-comparison', {
        base_commit: showCommit(from),
        merge_base_commit: showCommit(common),
        status,
        ahead_by: ahead.length,
        behind_by: behind,
        total_commits: ahead.length,
        commits,
      }),
    }
  }

  #commit(ref: string, status: number): Commit {
    const sha = this.repository.commits.has(ref) ? ref : this.repository.refs.get(`refs/heads/${ref}`)
    const commit = sha ? this.repository.commits.get(sha) : undefined
    if (!commit) throw new Refusal(status, status === 404 ? 'Not Found' : `No commit found for SHA: ${ref}`)
    return commit
  }

  #comment(id: number): Comment {
    const comment = this.comments.find(one => one.id === id)
    if (!comment) throw new Refusal(404, 'Not Found')
    return comment
  }

  #isListed({ mergedAt }: Pull, lag: number): boolean {
    return mergedAt === undefined || mergedAt + lag <= this.#now()
  }

  #showComment({ id, issue, author, body }: Comment): Json {
    return shape('issue-comment', {
      id,
      body,
      user: showAccount(author),
      html_url: `${home}/${this.owner}/${this.repo}/pull/${issue}#issuecomment-${id}`,
    })
  }

  #showCheck({ id, name, commit, app, conclusion, externalId, output, annotations, completedAt }: CheckRun): Json {
    const at = secondsOf(completedAt)
    return shape('check-run', {
      started_at: at,
      completed_at: at,
      id,
      name,
      head_sha: commit,
      status: 'completed',
      conclusion,
      external_id: externalId,
      html_url: `${home}/${this.owner}/${this.repo}/runs/${id}`,
      app: shape('nullable-integration', {
        id: app.length,
        slug: app,
        name: app,
        owner: showAccount({ login: 'github', type: 'User' }),
      }),
      output: { ...output, annotations_count: annotations.length, annotations_url: '' },
    })
  }

  #showPull(schema: string, pull: Pull, version: string): Json {
    const place = (id: number | undefined, ref: string, sha: string) => ({
      label: ref,
      ref,
      sha,
      user: showAccount(pull.author),
      repo:
        id === undefined
          ? null
          : shape('repository', { id, full_name: `${this.owner}/${this.repo}`, owner: showAccount(pull.author) }),
    })
    return {
      ...shape(schema, {
        number: pull.number,
        state: pull.state,
        user: showAccount(pull.author),
        head: place(pull.fork === 'deleted' ? undefined : pull.fork ? 2 : 1, pull.head, pull.headSha),
        base: place(1, pull.base, pull.baseSha),
        merged_at: pull.mergedAt === undefined ? null : secondsOf(pull.mergedAt),
        _links: links,
      }),
      // Newer versions of the API leave it out.
      merge_commit_sha: version === '2022-11-28' ? pull.mergeCommitSha : null,
    }
  }
}

/** GitHub's form of times: to the second. */
const secondsOf = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const link = { href: home }
const links = {
  comments: link,
  commits: link,
  statuses: link,
  html: link,
  issue: link,
  review_comments: link,
  review_comment: link,
  self: link,
}

const showAccount = ({ login, type }: Account): Json => shape('simple-user', { login, type })

function showCommit({ sha, parents, message, at }: Commit): Json {
  const date = new Date(at).toISOString()
  const person = { name: 'Ada', email: 'ada@example.com', date }
  return shape('commit', {
    sha,
    parents: parents.map(parent => ({ sha: parent, url: '' })),
    commit: {
      url: '',
      author: person,
      committer: person,
      message,
      comment_count: 0,
      tree: { sha, url: '' },
    },
  })
}

function checkedBody(body: Json): string {
  const text = String(body.body)
  if (text.length > 65_536) throw new Refusal(422, 'Validation Failed: body is too long (maximum is 65536 characters)')
  return text
}

const outputOf = (output: Json) => ({
  title: String(output.title),
  summary: String(output.summary),
  text: typeof output.text === 'string' ? output.text : null,
})

function paged<T>(url: URL, all: readonly T[], show: (one: T) => unknown): Answer {
  const page = Number(url.searchParams.get('page') ?? 1)
  const size = Math.min(100, Number(url.searchParams.get('per_page') ?? 30))
  const last = Math.max(1, Math.ceil(all.length / size))
  const to = (number: number, rel: string) => {
    const target = new URL(url)
    target.searchParams.set('page', String(number))
    return `<${target}>; rel="${rel}"`
  }
  const next = page < last ? [to(page + 1, 'next'), to(last, 'last')] : []
  return {
    status: 200,
    body: all.slice((page - 1) * size, page * size).map(show),
    headers: next.length ? { link: next.join(', ') } : {},
  }
}
