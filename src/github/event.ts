/** The event that started the run, as one value, and the command that follows from it. */
import { readFile } from 'node:fs/promises'
import type { Inputs } from '../inputs.ts'
import { isJsonObject, type JsonObject, parsedJson } from '../json.ts'
import { type ApplyBranches, branchIn } from './branches.ts'

/** `OWNER/REPO`, apart. */
export interface Repository {
  readonly owner: string
  readonly repo: string
}

/** Members of `pull_request`. https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request */
interface PullRequestEvent {
  readonly number: number
  /** The proposed commit. `GITHUB_SHA` is a test merge, which no later event names. */
  readonly headSha: string
  readonly baseSha: string
  /** Without `refs/heads/`. */
  readonly baseRef: string
}

/** Members of `push`. https://docs.github.com/en/webhooks/webhook-events-and-payloads#push */
export interface PushEvent {
  /** Missing when the branch was created by this push. */
  readonly before?: string | undefined
  readonly after: string
  readonly forced: boolean
}

/** Members of `merge_group`. https://docs.github.com/en/webhooks/webhook-events-and-payloads#merge_group */
export interface MergeGroupEvent {
  readonly headSha: string
  readonly baseSha: string
  /** `refs/heads/gh-readonly-queue/main/pr-12-<sha>` */
  readonly headRef: string
  /** Without `refs/heads/`. */
  readonly baseRef: string
}

/** Members that the environment does not name are missing; a run outside of Actions has no event at all. */
export interface GitHubEvent {
  /** `pull_request`, `push`, …; empty outside of Actions. */
  readonly name: string
  readonly sha?: string | undefined
  readonly ref?: string | undefined
  readonly repository?: Repository | undefined
  /** GitHub's numeric id of the repository, which outlives its name. */
  readonly repositoryId?: string | undefined
  readonly defaultBranch?: string | undefined
  readonly runId?: number | undefined
  readonly attempt: number
  readonly runUrl?: string | undefined
  /** The repository's page. */
  readonly repositoryUrl?: string | undefined
  readonly apiUrl: string
  readonly pullRequest?: PullRequestEvent | undefined
  /** The event is about code that comes from another repository, or that no repository is named for. */
  readonly fromFork?: true | undefined
  /**
   * GitHub gives the run none of the repository's secrets: it is a fork's, or one that Dependabot began, which has secrets of its own.
   * https://docs.github.com/code-security/reference/supply-chain-security/dependabot-on-actions
   */
  readonly lacksSecrets?: true | undefined
  /** A comment on this pull request started the run. Its event does not say where the pull request comes from. */
  readonly commentedPullRequest?: number | undefined
  readonly push?: PushEvent | undefined
  readonly mergeGroup?: MergeGroupEvent | undefined
}

/** What the action does in this run. */
export type Command = Exclude<Inputs['command'], 'auto'>

/** Why an event cannot be served, in one line with the remedy. */
export class EventError extends Error {
  override readonly name = 'EventError'
}

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isJsonObject(inner) ? inner[key] : undefined), value)
}

/** A string that is not empty: Actions passes unset variables as empty strings. */
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** A number, as the payload has it or as the environment spells it. */
const idOf = (value: unknown): string | undefined => (/^[1-9]\d*$/.test(String(value)) ? String(value) : undefined)

/** The name of a commit. Forty zeros mean that no commit came before. */
const sha = (value: unknown): string | undefined => /^(?!0+$)[0-9a-f]{40,64}$/.exec(text(value) ?? '')?.[0]

/**
 * Whether a repository is another one than this. The head repository of a deleted fork is null. The member `fork` is no
 * test: it is true of this repository too when that is a fork.
 */
export function isForeign(repository: unknown, ours: unknown): boolean {
  const id = at(repository, 'id')
  return typeof id !== 'number' || id !== at(ours, 'id')
}

const isForeignPull = ({ pull_request: pull }: JsonObject): boolean =>
  isForeign(at(pull, 'head', 'repo'), at(pull, 'base', 'repo'))

/** A `workflow_run` has the rights of the default branch, and often checks out the commit of another run. */
const isForeignRun = ({ workflow_run: run, repository }: JsonObject): boolean =>
  isJsonObject(run) && isForeign(run.head_repository, repository)

/**
 * Whether an event about a commit names no branch of this repository that has the commit, as for a fork's: these run with
 * the rights of the default branch. https://docs.github.com/rest/checks/suites and
 * https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#deployment
 */
function isOnNoBranch(name: string, { check_run: run, check_suite: suite, branches }: JsonObject, ref = ''): boolean {
  switch (name) {
    case 'check_run':
      return text(at(run, 'check_suite', 'head_branch')) === undefined
    case 'check_suite':
      return text(at(suite, 'head_branch')) === undefined
    case 'status':
      return !Array.isArray(branches) || branches.length === 0
    case 'deployment':
    case 'deployment_status':
      return !/^refs\/(?:heads|tags)\//.test(ref)
    default:
      return false
  }
}

function commentedPullRequestIn({ issue }: JsonObject): number | undefined {
  const number = at(issue, 'number')
  return typeof number === 'number' && isJsonObject(at(issue, 'pull_request')) ? number : undefined
}

function pullRequestIn(payload: JsonObject): PullRequestEvent | undefined {
  const pull = payload.pull_request
  const number = at(pull, 'number')
  const headSha = sha(at(pull, 'head', 'sha'))
  const baseSha = sha(at(pull, 'base', 'sha'))
  if (typeof number !== 'number' || !headSha || !baseSha) return undefined
  return { number, headSha, baseSha, baseRef: text(at(pull, 'base', 'ref')) ?? '' }
}

function pushIn(payload: JsonObject): PushEvent | undefined {
  const after = sha(payload.after)
  return after ? { before: sha(payload.before), after, forced: payload.forced === true } : undefined
}

function mergeGroupIn(payload: JsonObject): MergeGroupEvent | undefined {
  const group = payload.merge_group
  const headSha = sha(at(group, 'head_sha'))
  const baseSha = sha(at(group, 'base_sha'))
  const headRef = text(at(group, 'head_ref'))
  const baseRef = text(at(group, 'base_ref'))
  if (!headSha || !baseSha || !headRef || !baseRef) return undefined
  return { headSha, baseSha, headRef, baseRef: baseRef.replace(/^refs\/heads\//, '') }
}

/** A run by hand may do without an event: members are required where they are used. */
async function payloadAt(path: string | undefined): Promise<JsonObject> {
  const payload = parsedJson(path ? await readFile(path, 'utf8').catch(() => '') : '')
  return isJsonObject(payload) ? payload : {}
}

/** Reads the event that Actions describes in environment variables and in the file GITHUB_EVENT_PATH. Never fails. */
export async function readEvent(environment: Readonly<Record<string, string | undefined>>): Promise<GitHubEvent> {
  const payload = await payloadAt(text(environment.GITHUB_EVENT_PATH))
  const name = text(environment.GITHUB_EVENT_NAME) ?? ''
  const full = text(environment.GITHUB_REPOSITORY) ?? text(at(payload, 'repository', 'full_name'))
  const [owner, repo] = full?.split('/') ?? []
  const server = text(environment.GITHUB_SERVER_URL) ?? 'https://github.com'
  const run = Number(text(environment.GITHUB_RUN_ID) ?? Number.NaN)
  const runId = Number.isSafeInteger(run) ? run : undefined
  const attempt = Number(text(environment.GITHUB_RUN_ATTEMPT) ?? 1)
  const pullRequest = pullRequestIn(payload)
  const ref = text(environment.GITHUB_REF)
  const fromFork =
    (pullRequest !== undefined && isForeignPull(payload)) || isForeignRun(payload) || isOnNoBranch(name, payload, ref)
  const isMerged = at(payload, 'pull_request', 'merged') === true
  return {
    name,
    sha: sha(environment.GITHUB_SHA),
    ref,
    repository: owner && repo ? { owner, repo } : undefined,
    repositoryId: idOf(at(payload, 'repository', 'id')) ?? idOf(environment.GITHUB_REPOSITORY_ID),
    // A schedule runs on the default branch, and its event names no repository: https://github.com/github/codeql-action/pull/1211
    defaultBranch:
      text(at(payload, 'repository', 'default_branch')) ?? (name === 'schedule' ? branchIn(ref) : undefined),
    runId,
    attempt: Number.isSafeInteger(attempt) ? attempt : 1,
    repositoryUrl: owner && repo ? `${server}/${owner}/${repo}` : undefined,
    runUrl: full && runId !== undefined ? `${server}/${full}/actions/runs/${runId}/attempts/${attempt}` : undefined,
    apiUrl: text(environment.GITHUB_API_URL) ?? 'https://api.github.com',
    // A run that a merged pull request starts, such as on `closed`, is one of the branch that it was merged into: GITHUB_REF and
    // GITHUB_SHA are those. https://github.blog/changelog/2023-09-13-github-actions-updates-to-github_ref-and-github-ref/
    pullRequest: isMerged ? undefined : pullRequest,
    fromFork: fromFork || undefined,
    lacksSecrets: fromFork || environment.GITHUB_ACTOR === 'dependabot[bot]' || undefined,
    commentedPullRequest: commentedPullRequestIn(payload),
    push: name === 'push' ? pushIn(payload) : undefined,
    mergeGroup: mergeGroupIn(payload),
  }
}

interface Chosen {
  readonly command: Command
  /** Why this command, in one sentence; missing when the input names it. */
  readonly because?: string
}

/**
 * The command for an event.
 *
 * @throws EventError for `pull_request_target` with any input, and where `auto` would be a guess.
 */
export function commandFor(event: GitHubEvent, input: Inputs['command'], branches: ApplyBranches | undefined): Chosen {
  if (event.name === 'pull_request_target')
    throw new EventError(
      "pull_request_target is refused: it gives a stranger's manifests the rights of this repository; use pull_request",
    )
  const byHand = event.name === '' || /^(?:workflow|repository)_dispatch$/.test(event.name)
  if ((input === 'continue' || input === 'rollback') && !byHand)
    throw new EventError(
      `command ${input} answers a paused rollout, which a person does by hand: run it by workflow_dispatch, not on ${event.name}`,
    )
  if (input !== 'auto') return { command: input }
  switch (event.name) {
    case 'pull_request':
      return { command: 'plan', because: 'a pull request is planned' }
    case 'merge_group':
      return { command: 'plan', because: 'a merge group is planned' }
    case 'schedule':
    case 'workflow_dispatch':
      return { command: 'plan', because: `${event.name} looks for drift` }
    case 'push': {
      // Guessing "plan" would show a green run that applied nothing.
      if (!branches || !event.ref)
        throw new EventError(
          'the event does not say which branch is the default one; set apply-branches, or command: apply or command: plan',
        )
      const branch = branchIn(event.ref)
      if (branch !== undefined && branches.has(branch))
        return { command: 'apply', because: `a push to ${branch} is applied` }
      const where = branch ?? event.ref.replace(/^refs\/tags\//, '')
      return { command: 'plan', because: `only a push to ${branches.named} is applied; ${where} is planned` }
    }
    default:
      throw new EventError(
        `command: auto does not know what to do for ${event.name ? `the event ${event.name}` : 'a run without an event'}; set command: validate, plan or apply`,
      )
  }
}
