/** Runs of the action on a repository and an account, in virtual time. */
import { setMaxListeners } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { jest } from '@jest/globals'
import type { MergeGroup, Pull, Push } from '../../simulator/github/repository.ts'
import type { FakeGitHub } from '../../simulator/github/server.ts'
import type { RunningSimulator } from '../../simulator/server.ts'
import { CancelledRun } from '../../src/commands/cancellation.ts'
import { main } from '../../src/main.ts'
import { post } from '../../src/post.ts'
import { afterTest } from './afterwards.ts'
import { Account, openEcs } from './aws.ts'
import {
  type Event,
  githubVariables,
  mergeGroupEvent,
  openGitHub,
  payloadOf,
  pullRequestEvent,
  pushEvent,
  token,
} from './github.ts'
import { type Given, inputVariables, type Play, type Ran, recorder } from './run.ts'

/** The whole of it: a simulated ECS, a fake GitHub and runs of the action between them, in virtual time. */
export class World extends Account {
  readonly github: FakeGitHub
  readonly #url: string
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
    super(simulator)
    this.github = github
    this.#url = url
    this.given = given
    afterTest(() => rmSync(this.#folder, { recursive: true }))
  }

  /** Opens a world that is closed after the test. */
  static async open(files: Readonly<Record<string, string>> = {}, given: Given = {}): Promise<World> {
    hideMasks()
    const simulator = await openEcs()
    const { server, url } = await openGitHub(() => simulator.clock.now, { files })
    return new World(simulator, server, url, given)
  }

  /** From here on runs have credentials for another, empty account. Its clock stands still but for the runs' own waits. */
  async enterAccount(accountId: string): Promise<void> {
    this.simulator = await openEcs({ start: new Date(this.now()), accountId })
  }

  get repository(): FakeGitHub['repository'] {
    return this.github.repository
  }

  /** Opens a pull request of one commit and plans it. */
  async propose(edits: Readonly<Record<string, string | null>>, given: Given = {}): Promise<Pull & { ran: Ran }> {
    const pull = this.repository.open([edits])
    return Object.assign(pull, { ran: await this.plan(pull, given) })
  }

  /** The run of a pull request: on the test merge with its base as it is now. */
  plan(pull: Pull, given: Given = {}): Promise<Ran> {
    const event = pullRequestEvent(pull, this.repository.head(pull.base))
    return this.run({ ...event, files: this.repository.proposal(pull) }, given)
  }

  /** The run of a push to a branch. */
  push(push: Push, given: Given = {}, branch = 'main'): Promise<Ran> {
    return this.run(pushEvent(push, branch), given)
  }

  /** A run by hand, or by schedule, of a branch as it is. */
  byHand(given: Given = {}, name = 'workflow_dispatch', branch = 'main'): Promise<Ran> {
    return this.run({ name, sha: this.repository.head(branch), ref: `refs/heads/${branch}`, payload: {} }, given)
  }

  mergeGroup(group: MergeGroup, given: Given = {}): Promise<Ran> {
    return this.run(mergeGroupEvent(group), given)
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

  async run(event: Event, given: Given = {}): Promise<Ran> {
    const { env, runner, ran } = this.#stage(event, given)
    if (this.play) return { ...(await this.play(env)), id: ran().id }
    this.#cancel = new AbortController()
    await main({ env, runner, clock: this.clock, signal: listenedTo(this.#cancel) })
    return ran()
  }

  /** Cancels the run that began last, as the runner does by a signal. */
  cancel(signal = 'SIGTERM'): void {
    this.#cancel.abort(new CancelledRun(signal))
  }

  /** The run of the action that only posts. */
  async post(pull: Pull, planFile: string | undefined, given: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const files = new Map(planFile === undefined ? [] : [['kept/plan.json', planFile]])
    const { env, runner, ran } = this.#stage({ ...pullRequestEvent(pull), files }, {})
    Object.assign(env, inputVariables({ 'plan-file': 'kept/plan.json', ...given }))
    await post({ env, runner, clock: this.clock, signal: listenedTo(new AbortController()) })
    return ran()
  }

  #stage(event: Event, given: Given) {
    const id = 1_000 + ++this.#runs
    const eventPath = join(this.#folder, `${id}.event.json`)
    writeFileSync(eventPath, JSON.stringify(payloadOf(this.github, event)))
    const inputs = {
      'github-token': token,
      'aws-region': 'us-east-1',
      environment: 'production',
      ...this.given,
      ...given,
    }
    const env: NodeJS.ProcessEnv = {
      ...inputVariables(inputs),
      ...githubVariables(this.github, this.#url, event, id),
      GITHUB_WORKSPACE: this.#checkOut(event.files ?? this.repository.files(event.sha), String(id)),
      GITHUB_EVENT_PATH: eventPath,
    }
    return { env, ...recorder(id) }
  }

  #checkOut(files: ReadonlyMap<string, string>, name: string): string {
    const workspace = join(this.#folder, name)
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
    return workspace
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

/** The runner hides what it is told to; what tells it would only clutter the tests' own output. */
function hideMasks(): void {
  const write = process.stdout.write.bind(process.stdout)
  const spy = jest
    .spyOn(process.stdout, 'write')
    .mockImplementation((chunk: string | Uint8Array) => String(chunk).startsWith('::add-mask::') || write(chunk))
  afterTest(() => spy.mockRestore())
}

function listenedTo({ signal }: AbortController): AbortSignal {
  setMaxListeners(0, signal)
  return signal
}
