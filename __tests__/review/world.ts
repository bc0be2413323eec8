import { setMaxListeners } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { jest } from '@jest/globals'
import type { MergeGroup, Pull, Push } from '../../simulator/github/repository.ts'
import { actionsToken, FakeGitHub } from '../../simulator/github/server.ts'
import { type RunningSimulator, startSimulator } from '../../simulator/server.ts'
import type { Clock } from '../../src/clock.ts'
import { CancelledRun } from '../../src/commands/cancellation.ts'
import type { Plan, Report } from '../../src/engine/document.ts'
import type { Runner } from '../../src/github/runner.ts'
import type { InputName } from '../../src/inputs.ts'
import { main } from '../../src/main.ts'
import { type Problem, sayProblem } from '../../src/particle.ts'
import { post } from '../../src/post.ts'

export const token = 'ghs_kept-to-itself'

export type Given = Partial<Record<InputName, string>>

/** What one run left behind. */
export interface Ran {
  readonly id: number
  readonly failed: boolean
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
  readonly said: readonly string[]
  readonly outputs: Readonly<Record<string, string | boolean>>
  readonly summary: string
  readonly files: ReadonlyMap<string, string>
  readonly plan:
    | (Plan & { readonly claims?: { readonly version: number; readonly hashes: readonly string[] } })
    | undefined
  readonly report: Report | undefined
}

interface Happening {
  readonly name: string
  readonly sha: string
  readonly ref: string
  readonly payload: object
  /** The checked out files; those of `sha` unless told. */
  readonly files?: ReadonlyMap<string, string>
}

const cluster = `flavor: ecs_cluster
pcf_name: main
aws_resource:
  clusterName: main
`
const definition = `flavor: ecs_task_definition
pcf_name: web
aws_resource:
  family: web
  requiresCompatibilities: [FARGATE]
  networkMode: awsvpc
  cpu: 256
  memory: 512
  containerDefinitions:
    - name: web
      image: registry.example/web:1
`
const network = `  launchType: FARGATE
  networkConfiguration:
    awsvpcConfiguration:
      subnets: [subnet-0a1b2c3d4e5f60718]
`
const service = `flavor: ecs_service
pcf_name: web
parents: [ecs_cluster:main, ecs_task_definition:web]
aws_resource:
  serviceName: web
  desiredCount: 1
${network}`

const job = `flavor: ecs_task_definition
pcf_name: migrate
aws_resource:
  family: migrate
  requiresCompatibilities: [FARGATE]
  networkMode: awsvpc
  cpu: 256
  memory: 512
  containerDefinitions:
    - name: migrate
      image: registry.example/migrate:1
---
flavor: ecs_task
pcf_name: migrate
parents: [ecs_cluster:main, ecs_task_definition:migrate]
aws_resource:
  taskName: migrate
${network}`

/** Manifests that the tests are told in, by their path. */
export const manifests = {
  cluster: { 'particles/main.yml': cluster },
  web: { 'particles/main.yml': cluster, 'particles/web.yml': `${definition}---\n${service}` },
  shop: {
    'particles/main.yml': cluster,
    'particles/web.yml': `${definition}---\n${service}`,
    'particles/migrate.yml': job,
  },
}

/** A cluster with a setting, which is the smallest thing that changes in place. */
export const clusterWith = (name: string, insights: 'enabled' | 'disabled' | 'enhanced'): string => `flavor: ecs_cluster
pcf_name: ${name}
aws_resource:
  clusterName: ${name}
  settings: [{ name: containerInsights, value: ${insights} }]
`

export const clusterAt = (name: string): string => `particles/${name}.yml`

/** Runs the action in a process of its own, and says what it left behind. */
export type Play = (env: NodeJS.ProcessEnv) => Promise<Omit<Ran, 'id'>>

/** The whole of it: a simulated ECS, a fake GitHub and runs of the action between them, in virtual time. */
export class World {
  /** The account that runs have credentials for. */
  simulator: RunningSimulator
  readonly #accounts: RunningSimulator[]
  readonly github: FakeGitHub
  readonly url: string
  readonly clock: Clock
  /** Milliseconds by which the runners' clock is ahead of everybody else's. */
  skew = 0
  /** Inputs of every run. */
  readonly given: Given
  /** Symbolic links in every checkout from now on, each in place of whatever file has its name. */
  readonly links = new Map<string, string>()
  /** How runs are played; without it `main` is called here, which is quicker. */
  play: Play | undefined
  readonly #folder = mkdtempSync(join(tmpdir(), 'review-'))
  #runs = 0
  #cancel = new AbortController()

  private constructor(simulator: RunningSimulator, github: FakeGitHub, url: string, given: Given) {
    this.simulator = simulator
    this.#accounts = [simulator]
    this.github = github
    this.url = url
    this.given = given
    this.clock = clockOf(simulator, () => this.skew)
  }

  static async open(files: Readonly<Record<string, string>> = {}, given: Given = {}): Promise<World> {
    // The runner hides what it is told to; what tells it would only clutter the tests' own output.
    const write = process.stdout.write.bind(process.stdout)
    jest
      .spyOn(process.stdout, 'write')
      .mockImplementation((chunk: string | Uint8Array) => String(chunk).startsWith('::add-mask::') || write(chunk))
    const simulator = await startSimulator({ start: new Date('2026-01-02T03:04:05Z') })
    const github = new FakeGitHub(() => simulator.clock.now, files)
    github.tokens.set(token, actionsToken)
    process.env.AWS_ENDPOINT_URL_ECS = simulator.url
    process.env.AWS_ACCESS_KEY_ID = 'test'
    process.env.AWS_SECRET_ACCESS_KEY = 'test'
    return new World(simulator, github, await github.start(), given)
  }

  async close(): Promise<void> {
    for (const account of this.#accounts) await account.close()
    await this.github.stop()
    rmSync(this.#folder, { recursive: true })
    jest.restoreAllMocks()
  }

  /** From here on runs have credentials for another, empty account. Its clock stands still but for the runs' own waits. */
  async enterAccount(accountId: string): Promise<void> {
    this.simulator = await startSimulator({ start: new Date(this.clock.now()), accountId })
    this.#accounts.push(this.simulator)
    process.env.AWS_ENDPOINT_URL_ECS = this.simulator.url
  }

  get repository(): FakeGitHub['repository'] {
    return this.github.repository
  }

  now(): number {
    return this.clock.now()
  }

  /** Opens a pull request of one commit and plans it. */
  async propose(edits: Readonly<Record<string, string | null>>, given: Given = {}): Promise<Pull & { ran: Ran }> {
    const pull = this.repository.open([edits])
    return Object.assign(pull, { ran: await this.plan(pull, given) })
  }

  /** The run of a pull request: on the test merge with its base as it is now. */
  plan(pull: Pull, given: Given = {}): Promise<Ran> {
    return this.run(
      {
        name: 'pull_request',
        sha: pull.mergeCommitSha,
        ref: `refs/pull/${pull.number}/merge`,
        files: this.repository.proposal(pull),
        payload: {
          action: 'synchronize',
          pull_request: {
            number: pull.number,
            head: { sha: pull.headSha, repo: headRepository(pull) },
            base: { sha: this.repository.head(pull.base), ref: pull.base, repo: { id: 1 } },
            user: pull.author,
          },
        },
      },
      given,
    )
  }

  /** The run of a push to a branch. */
  push(push: Push, given: Given = {}, branch = 'main'): Promise<Ran> {
    return this.run(
      {
        name: 'push',
        sha: push.after,
        ref: `refs/heads/${branch}`,
        payload: { before: push.before, after: push.after, forced: false, created: false },
      },
      given,
    )
  }

  /** A run by hand, or by schedule, of a branch as it is. */
  byHand(given: Given = {}, name = 'workflow_dispatch', branch = 'main'): Promise<Ran> {
    return this.run({ name, sha: this.repository.head(branch), ref: `refs/heads/${branch}`, payload: {} }, given)
  }

  mergeGroup(group: MergeGroup, given: Given = {}): Promise<Ran> {
    return this.run(
      {
        name: 'merge_group',
        sha: group.headSha,
        ref: group.headRef,
        payload: {
          action: 'checks_requested',
          merge_group: {
            head_sha: group.headSha,
            base_sha: group.baseSha,
            head_ref: group.headRef,
            base_ref: group.baseRef,
          },
        },
      },
      given,
    )
  }

  /** Merges and applies. */
  async land(pull: Pull, given: Given = {}): Promise<Ran> {
    this.simulator.advance(5)
    return this.push(this.repository.merge(pull, 'squash'), given)
  }

  /** Makes AWS as the files say by a reviewed pull request, so that a test can begin in the middle of things. */
  async settle(files: Readonly<Record<string, string | null>>, given: Given = {}): Promise<void> {
    const pull = await this.propose(files, given)
    const { failed, problems } = await this.land(pull, given)
    if (failed) throw new Error(problems.join('\n'))
  }

  async run(happening: Happening, given: Given = {}): Promise<Ran> {
    const { env, runner, ran } = this.#stage(happening, given)
    if (this.play) return { ...(await this.play(env)), id: ran().id }
    this.#cancel = new AbortController()
    await main({ env, runner, clock: this.clock, signal: listenedTo(this.#cancel) })
    return ran()
  }

  /** Cancels the run that began last, as the runner does by a signal. */
  cancel(signal = 'SIGTERM'): void {
    this.#cancel.abort(new CancelledRun(signal))
  }

  /** The run of the door that only posts. */
  async post(pull: Pull, planFile: string | undefined, given: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const { env, runner, ran } = this.#stage(
      {
        name: 'pull_request',
        sha: pull.mergeCommitSha,
        ref: `refs/pull/${pull.number}/merge`,
        files: new Map(planFile === undefined ? [] : [['kept/plan.json', planFile]]),
        payload: {
          pull_request: {
            number: pull.number,
            head: { sha: pull.headSha, repo: headRepository(pull) },
            base: { sha: pull.baseSha, ref: pull.base, repo: { id: 1 } },
            user: pull.author,
          },
        },
      },
      {},
    )
    env['INPUT_PLAN-FILE'] = 'kept/plan.json'
    for (const [name, value] of Object.entries(given)) env[`INPUT_${name.toUpperCase()}`] = value
    await post({ env, runner, clock: this.clock, signal: listenedTo(new AbortController()) })
    return ran()
  }

  #stage(happening: Happening, given: Given) {
    const id = ++this.#runs
    const workspace = join(this.#folder, String(id))
    const files = happening.files ?? this.repository.files(happening.sha)
    mkdirSync(workspace)
    for (const [file, text] of files) {
      mkdirSync(dirname(join(workspace, file)), { recursive: true })
      writeFileSync(join(workspace, file), text)
    }
    for (const [link, target] of this.links) {
      mkdirSync(dirname(join(workspace, link)), { recursive: true })
      rmSync(join(workspace, link), { force: true })
      symlinkSync(target, join(workspace, link))
    }
    const { owner, repo } = this.github
    const eventPath = join(this.#folder, `${id}.event.json`)
    const repository = { id: 1, full_name: `${owner}/${repo}`, default_branch: 'main' }
    writeFileSync(eventPath, JSON.stringify({ repository, ...happening.payload }))
    const inputs: Given = {
      'github-token': token,
      'aws-region': 'us-east-1',
      environment: 'production',
      ...this.given,
      ...given,
    }
    const env: NodeJS.ProcessEnv = {
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      GITHUB_WORKSPACE: workspace,
      GITHUB_EVENT_PATH: eventPath,
      GITHUB_EVENT_NAME: happening.name,
      GITHUB_REPOSITORY: `${owner}/${repo}`,
      GITHUB_SHA: happening.sha,
      GITHUB_REF: happening.ref,
      GITHUB_RUN_ID: String(1_000 + id),
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_API_URL: this.url,
      GITHUB_SERVER_URL: 'https://github.test',
    }
    const { runner, ran } = recorder(1_000 + id)
    return { env, runner, ran }
  }

  /** The bodies of our comments on a pull request. */
  comments({ number }: Pull): string[] {
    return this.github.comments
      .filter(({ issue, author }) => issue === number && author.login === 'github-actions[bot]')
      .map(({ body }) => body)
  }

  /** The checks of one name on a commit, newest first. */
  checks(commit: string, name: string) {
    return this.github.checks.filter(run => run.commit === commit && run.name === name).reverse()
  }

  /** Calls to ECS that change something, since the mark. */
  modifying(from = 0): string[] {
    return this.simulator.calls
      .slice(from)
      .map(({ operation }) => operation)
      .filter(operation => !/^(Describe|List)/.test(operation))
  }

  /** Where the calls to ECS stand now. */
  get mark(): number {
    return this.simulator.calls.length
  }

  /** Everything that was said to anybody: comments, checks, summaries, logs, files. */
  everything(...runs: readonly Ran[]): string {
    return JSON.stringify([
      this.github.comments,
      this.github.checks,
      ...runs.map(({ problems, warnings, said, outputs, summary, files }) => [
        problems,
        warnings,
        said,
        outputs,
        summary,
        ...files,
      ]),
    ])
  }
}

/** As an event shows it: the repository of a fork that was deleted is null. */
const headRepository = ({ fork }: Pull): object | null =>
  fork === 'deleted' ? null : { id: fork ? 2 : 1, fork: fork === true }

function listenedTo({ signal }: AbortController): AbortSignal {
  setMaxListeners(0, signal)
  return signal
}

function clockOf(simulator: RunningSimulator, skew: () => number): Clock {
  return {
    now: () => simulator.clock.now + skew(),
    sleep: (milliseconds, signal) => simulator.sleep(milliseconds, signal),
  }
}

/** A job that remembers. */
function recorder(id: number): { runner: Runner; ran: () => Ran } {
  const problems: Problem[] = []
  const warnings: string[] = []
  const said: string[] = []
  const outputs: Record<string, string | boolean> = {}
  const files = new Map<string, string>()
  let failed = false
  let summary = ''
  const runner: Runner = {
    log: { say: (particle, sentence) => void said.push(`${particle} ${sentence}`), close: () => undefined },
    info: text => void said.push(text),
    warn: text => void warnings.push(text),
    fail(all) {
      failed = true
      problems.push(...all)
    },
    output(name, value) {
      outputs[name] = value
    },
    async summary(markdown) {
      summary += markdown
    },
    file(name, text) {
      files.set(name, text)
      return `/kept/${name}`
    },
  }
  const parsed = <T>(end: string): T | undefined => {
    const text = [...files].find(([name]) => name.endsWith(end))?.[1]
    return text === undefined ? undefined : JSON.parse(text)
  }
  const ran = (): Ran => ({
    id,
    failed,
    problems: problems.map(sayProblem),
    warnings,
    said,
    outputs,
    summary,
    files,
    plan: parsed('.plan.json'),
    report: parsed('.report.json'),
  })
  return { runner, ran }
}
