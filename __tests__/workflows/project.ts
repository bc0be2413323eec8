/** A repository with workflows: its history on a simulated GitHub, its settings, and accounts of a simulated ECS. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MergeGroup, Pull, Push } from '../../simulator/github/repository.ts'
import { FakeGitHub } from '../../simulator/github/server.ts'
import { type RunningSimulator, startSimulator } from '../../simulator/server.ts'
import { root } from '../world/bundle.ts'
import {
  type Event,
  githubVariables,
  mergeGroupEvent,
  payloadOf,
  pullRequestEvent,
  pushEvent,
} from '../world/github.ts'
import type { Play } from '../world/run.ts'
import { accountA, accountB } from './accounts.ts'
import { type Around, type Artifacts, steps } from './actions.ts'
import { Groups } from './interpreter/concurrency.ts'
import type { Json } from './interpreter/language.ts'
import type { RunEnd, Values } from './interpreter/model.ts'
import type { Occasion } from './interpreter/trigger.ts'
import { runWorkflow } from './interpreter/workflow.ts'
import { trustOf } from './trust.ts'

export interface Settings {
  readonly files?: Values
  readonly vars?: Values
  /** Variables of environments. */
  readonly environments?: Readonly<Record<string, Values>>
  readonly secrets?: Values
  /** Secrets of the workflows that Dependabot starts. */
  readonly dependabotSecrets?: Values
  readonly isEnterpriseServer?: boolean
  /** Runs the action as a process; without it, it is called here, which is quicker. */
  readonly play?: Play | undefined
}

/** An event, and the files that its run checks out. */
export type Started = Event &
  Pick<Occasion, 'base' | 'type'> & {
    readonly files: ReadonlyMap<string, string>
    readonly before?: ReadonlyMap<string, string>
    readonly fork?: boolean
    readonly actor?: string
    readonly inputs?: Readonly<Record<string, Json>>
  }

interface Releases {
  /** Commits by tag. */
  readonly tags: Values
  readonly releases: Readonly<Record<string, { readonly latest: boolean }>>
  /** GitHub's own token may not move a tag where workflow files differ. */
  readonly workflowsDiffer?: boolean
}

/** The workflow file of another repository, or the text of one. */
export type Workflow = string | { readonly name: string; readonly text: string }

interface Attempt {
  readonly runId: number
  readonly attempt: number
  /** What happens once a job has come to its action. */
  readonly meanwhile: (job: string) => Promise<void>
  /** Is called when the run, or a job of it, waits for a concurrency group. */
  readonly waits: () => void
}

export class Project {
  vars: Values
  secrets: Values
  readonly accounts = new Map<string, RunningSimulator>()
  readonly artifacts = new Map<number, Artifacts>()
  readonly #folder = mkdtempSync(join(tmpdir(), 'project-'))
  readonly images = join(this.#folder, 'images')
  readonly #releases = join(this.#folder, 'releases.json')
  readonly groups = new Groups()
  #runs = 1_000

  private constructor(
    readonly settings: Settings,
    readonly github: FakeGitHub,
    readonly url: string,
  ) {
    this.vars = settings.vars ?? {}
    this.secrets = settings.secrets ?? {}
    mkdirSync(this.images)
    writeFileSync(this.#releases, JSON.stringify({ tags: {}, releases: {} }))
  }

  static async open(settings: Settings = {}): Promise<Project> {
    let project: Project | undefined
    const github = new FakeGitHub(() => project?.now() ?? Date.parse('2026-01-02T03:04:05Z'), settings.files)
    project = new Project(settings, github, await github.start())
    await project.openAccounts()
    return project
  }

  /** Accounts in which nothing is, in place of those that there are. */
  async openAccounts(): Promise<void> {
    const start = new Date(this.accounts.size > 0 ? this.now() : '2026-01-02T03:04:05Z')
    for (const accountId of [accountA, accountB]) {
      await this.accounts.get(accountId)?.close()
      this.accounts.set(accountId, await startSimulator({ start, accountId }))
    }
  }

  async close(): Promise<void> {
    rmSync(this.#folder, { recursive: true })
    await this.github.stop()
    for (const simulator of this.accounts.values()) await simulator.close()
    if (this.github.violations.length > 0) throw new Error(this.github.violations.join('\n'))
  }

  /** Milliseconds since 1970, of the account that is ahead. */
  now(): number {
    return Math.max(...[...this.accounts.values()].map(({ clock }) => clock.now))
  }

  /** Seconds pass everywhere. */
  advance(seconds: number): void {
    const until = this.now() + seconds * 1_000
    for (const simulator of this.accounts.values()) simulator.advance((until - simulator.clock.now) / 1_000)
  }

  get repository(): FakeGitHub['repository'] {
    return this.github.repository
  }

  pull(pull: Pull, more: Partial<Started> = {}): Started {
    return {
      ...pullRequestEvent(pull, this.repository.head(pull.base)),
      files: this.repository.proposal(pull),
      before: this.repository.files(this.repository.head(pull.base)),
      base: pull.base,
      type: 'synchronize',
      fork: pull.fork !== false,
      ...more,
    }
  }

  push(push: Push, branch = 'main'): Started {
    return {
      ...pushEvent(push, branch),
      files: this.repository.files(push.after),
      before: this.repository.files(push.before),
    }
  }

  /** Tags and releases, of which events of branches know nothing. */
  get releases(): Releases {
    return JSON.parse(readFileSync(this.#releases, 'utf8'))
  }

  set releases(releases: Releases) {
    writeFileSync(this.#releases, JSON.stringify(releases))
  }

  tag(name: string): Started {
    const sha = this.repository.head()
    const { tags } = this.releases
    this.releases = { ...this.releases, tags: { ...tags, [name]: sha } }
    return { name: 'push', ref: `refs/tags/${name}`, sha, payload: { after: sha }, files: this.repository.files(sha) }
  }

  mergeGroup(group: MergeGroup): Started {
    const base = group.baseRef.replace('refs/heads/', '')
    return { ...mergeGroupEvent(group), base, type: 'checks_requested', files: this.repository.files(group.headSha) }
  }

  schedule(): Started {
    return this.#ofBranch('schedule', 'main', {})
  }

  dispatch(inputs: Readonly<Record<string, Json>> = {}, branch = 'main'): Started {
    return this.#ofBranch('workflow_dispatch', branch, inputs)
  }

  #ofBranch(name: string, branch: string, inputs: Readonly<Record<string, Json>>): Started {
    const sha = this.repository.head(branch)
    return { name, sha, ref: `refs/heads/${branch}`, payload: { inputs }, files: this.repository.files(sha), inputs }
  }

  /** A run, or another attempt of one. */
  run(workflow: Workflow, event: Started, again: Partial<Attempt> = {}): Promise<RunEnd> {
    const attempt = { runId: again.runId ?? ++this.#runs, attempt: again.attempt ?? 1 }
    const { name, text } = typeof workflow === 'string' ? { name: workflow, text: textOf(workflow) } : workflow
    const artifacts = this.artifacts.get(attempt.runId) ?? new Map()
    this.artifacts.set(attempt.runId, artifacts)
    const payload = payloadOf(this.github, event)
    const variables = {
      ...githubVariables(this.github, this.url, event, attempt.runId),
      GITHUB_RUN_ATTEMPT: String(attempt.attempt),
      GITHUB_ACTOR: event.actor ?? 'ada',
    }
    const github = contextOf(variables, payload, nameOf(text) ?? name, event)
    return runWorkflow({
      file: name,
      text,
      occasion: { ...event, changed: changed(event) },
      github,
      inputs: event.inputs ?? {},
      // Neither reaches a run of a fork's pull request.
      vars: event.fork ? {} : this.vars,
      environments: this.settings.environments ?? {},
      secrets: event.fork
        ? {}
        : event.actor === 'dependabot[bot]'
          ? (this.settings.dependabotSecrets ?? {})
          : this.secrets,
      readsOnly: event.fork === true,
      called: uses =>
        uses.startsWith('./')
          ? (event.files.get(uses.slice(2)) ?? '')
          : textOf(uses.replace(/^OWNER\/ecs-particles\//, '').replace(/@.*$/, '')),
      enter: (group, cancel) => this.groups.enter(group, cancel, again.waits ?? (() => {})),
      steps: steps({
        ...this.#around(),
        meanwhile: again.meanwhile ?? (async () => {}),
        trust: trustOf(text, [this.vars, ...Object.values(this.settings.environments ?? {})]),
        event,
        payload,
        variables,
        artifacts,
      }),
    })
  }

  /**
   * Two runs. The second one is started when this job of the first has come to its action, and goes as far as it can before
   * the job goes on.
   */
  async runDuring(workflow: string, event: Started, job: string, next: () => Started): Promise<RunEnd> {
    let second: Promise<RunEnd> | undefined
    const first = await this.run(workflow, event, {
      meanwhile: async name => {
        if (name !== job || second) return
        await new Promise<void>(done => {
          second = this.run(workflow, next(), { waits: done })
          second.then(
            () => done(),
            () => done(),
          )
        })
      },
    })
    const end = await second
    if (!end) throw new Error(`no job ${job} came to its action`)
    const jobs = end.jobs.map(one => ({ ...one, name: `${one.name} of the second` }))
    return { ...first, jobs: [...first.jobs, ...jobs] }
  }

  #around(): Pick<Around, 'isEnterpriseServer' | 'accounts' | 'images' | 'releases' | 'play' | 'grant' | 'advance'> {
    return {
      accounts: this.accounts,
      images: this.images,
      isEnterpriseServer: this.settings.isEnterpriseServer ?? false,
      releases: this.#releases,
      play: this.settings.play,
      advance: seconds => this.advance(seconds),
      grant: (token, permissions) =>
        void this.github.tokens.set(token, { login: 'github-actions[bot]', app: 'github-actions', permissions }),
    }
  }
}

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')

const nameOf = (text: string): string | undefined => /^name: (.*)$/m.exec(text)?.[1]

/** The context `github` of a run. */
function contextOf(variables: Values, payload: object, workflow: string, event: Started): Record<string, Json> {
  const member = (name: string): string => variables[`GITHUB_${name}`] ?? ''
  return {
    event_name: event.name,
    event: payload as { [name: string]: Json },
    ref: event.ref,
    ref_name: event.ref.replace(/^refs\/(heads|tags|pull)\//, ''),
    base_ref: event.name === 'pull_request' ? (event.base ?? '') : '',
    sha: event.sha,
    repository: member('REPOSITORY'),
    repository_owner: member('REPOSITORY').split('/')[0] ?? '',
    run_id: member('RUN_ID'),
    run_attempt: member('RUN_ATTEMPT'),
    server_url: member('SERVER_URL'),
    api_url: member('API_URL'),
    workflow,
    actor: event.actor ?? 'ada',
  }
}

function changed({ files, before = new Map() }: Started): string[] {
  const names = new Set([...files.keys(), ...before.keys()])
  return [...names].filter(name => files.get(name) !== before.get(name))
}
