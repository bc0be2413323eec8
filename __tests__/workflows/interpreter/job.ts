/** A job, as GitHub's runner plays its steps: real bash, and actions that the host plays. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileCommands, masksIn, masksOf } from './commands.ts'
import { type Contexts, entries, holds, type Json, member, type Token, text, valueIn } from './language.ts'
import type { Concurrency, JobEnd, JobResult, Start, StepEnd, Values } from './model.ts'
import { type Permissions, readOnly } from './permissions.ts'

export interface JobStart {
  readonly id: string
  readonly job: Token
  readonly prefix: string
  readonly secrets: Values
  readonly env: Values
  readonly permissions: Permissions
  readonly contexts: Contexts
  readonly concurrency: Concurrency | undefined
  readonly signal: AbortSignal
  readonly start: Start
}

export async function runJob(given: JobStart): Promise<JobEnd> {
  const folder = mkdtempSync(join(tmpdir(), 'job-'))
  try {
    return await new Job(given, folder).run()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Ended {
  readonly failed: boolean
  readonly log: string
  readonly outputs: Values
}

class Job {
  readonly #given: JobStart
  readonly #folder: string
  readonly #env: Record<string, string>
  readonly #permissions: Permissions
  readonly #token: string
  readonly #masks: string[]
  readonly #ends: StepEnd[] = []
  readonly #steps: Record<string, Json> = {}
  #result: JobResult = 'success'
  #summary = ''

  constructor(given: JobStart, folder: string) {
    this.#given = given
    this.#folder = folder
    for (const name of ['workspace', 'temp']) mkdirSync(join(folder, name))
    this.#permissions = given.start.readsOnly ? readOnly(given.permissions) : given.permissions
    this.#token = given.start.steps.token(this.#permissions)
    this.#masks = Object.values(given.secrets).flatMap(masksOf)
    this.#env = { ...given.env }
    Object.assign(this.#env, valueIn(member(given.job, 'env'), this.#contexts()) ?? {})
  }

  async run(): Promise<JobEnd> {
    const { job, id, prefix, contexts, concurrency, signal } = this.#given
    const stated = member(job, 'steps') as Iterable<Token> | undefined
    let number = 0
    for (const step of stated ?? []) await this.#step(step, text(valueIn(member(step, 'id'), {})) || `__${++number}`)
    const name = text(valueIn(member(job, 'name'), contexts))
    const environment = this.#environment()
    return {
      name: prefix + (name || id),
      result: signal.aborted ? 'cancelled' : this.#result,
      steps: this.#ends,
      summary: this.#summary,
      concurrency,
      ...(environment && { environment }),
      ...this.#outputs(),
    }
  }

  #environment(): string {
    const stated = valueIn(member(this.#given.job, 'environment'), this.#given.contexts)
    return text(stated !== null && typeof stated === 'object' ? ((stated as { name?: Json }).name ?? '') : stated)
  }

  /** An output that a mask would change is not handed on (actions/runner, JobExtension.cs). */
  #outputs(): Pick<JobEnd, 'outputs' | 'problem'> {
    const all = entries(member(this.#given.job, 'outputs')).map(
      ([name, value]) => [name, text(valueIn(value, this.#contexts()))] as const,
    )
    const hides = (value: string) => this.#masks.some(mask => value.includes(mask))
    const hidden = all.filter(([, value]) => hides(value)).map(([name]) => name)
    return {
      outputs: Object.fromEntries(all.filter(([, value]) => !hides(value))),
      ...(hidden.length > 0 && { problem: `Skip output '${hidden.join("', '")}' since it may contain secret.` }),
    }
  }

  #contexts(): Contexts {
    const { contexts, secrets, id, start } = this.#given
    const workspace = join(this.#folder, 'workspace')
    const github = { ...(contexts.github as Readonly<Record<string, Json>>), token: this.#token, workspace, job: id }
    const runner = { temp: join(this.#folder, 'temp'), os: 'Linux', arch: 'X64' }
    const all = { ...secrets, GITHUB_TOKEN: this.#token }
    return {
      ...contexts,
      vars: { ...start.vars, ...start.environments[this.#environment()] },
      github,
      runner,
      secrets: all,
      env: this.#env,
      steps: this.#steps,
      job: { status: this.#result },
    }
  }

  async #step(step: Token, id: string): Promise<void> {
    const name =
      text(valueIn(member(step, 'name') ?? member(step, 'uses') ?? member(step, 'id'), this.#contexts())) || 'run'
    const end = await this.#play(step).catch(error => ({ failed: true, log: String(error), outputs: {} }))
    const outcome: JobResult = end === undefined ? 'skipped' : end.failed ? 'failure' : 'success'
    const goesOn = valueIn(member(step, 'continue-on-error'), this.#contexts()) === true
    const conclusion = outcome === 'failure' && goesOn ? 'success' : outcome
    if (conclusion === 'failure') this.#result = 'failure'
    const outputs = end?.outputs ?? {}
    this.#steps[id] = { outputs, outcome, conclusion }
    this.#ends.push({ name, outcome, conclusion, outputs, log: end?.log ?? '' })
  }

  async #play(step: Token): Promise<Ended | undefined> {
    const { aborted: cancelled } = this.#given.signal
    const [success, failure] = [!cancelled && this.#result === 'success', !cancelled && this.#result === 'failure']
    if (!holds(member(step, 'if'), this.#contexts(), { success, failure, cancelled, always: true })) return undefined
    const contexts = this.#contexts()
    const env = { ...this.#env, ...(valueIn(member(step, 'env'), contexts) as Values | null) }
    const files = Object.fromEntries(['output', 'env', 'summary'].map(name => [name, join(this.#folder, name)]))
    for (const file of Object.values(files)) writeFileSync(file, '')
    const around = { ...this.#around(files), ...asTexts(env) }
    const ended = await (member(step, 'uses')
      ? this.#use(step, around, { ...contexts, env })
      : this.#shell(step, around, { ...contexts, env }))
    this.#masks.push(...masksIn(ended.log))
    const written = (name: string) => readFileSync(files[name] ?? '', 'utf8')
    Object.assign(this.#env, fileCommands(written('env')), ended.env)
    this.#summary += written('summary')
    return { ...ended, outputs: { ...ended.outputs, ...fileCommands(written('output')) } }
  }

  #around(files: Values): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.#folder,
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: join(this.#folder, 'workspace'),
      RUNNER_TEMP: join(this.#folder, 'temp'),
      GITHUB_JOB: this.#given.id,
      GITHUB_OUTPUT: files.output ?? '',
      GITHUB_ENV: files.env ?? '',
      GITHUB_STEP_SUMMARY: files.summary ?? '',
      ...this.#given.start.steps.env,
    }
  }

  #use(step: Token, env: Values, contexts: Contexts) {
    return this.#given.start.steps.use({
      uses: text(valueIn(member(step, 'uses'), {})),
      with: asTexts((valueIn(member(step, 'with'), contexts) ?? {}) as Readonly<Record<string, Json>>),
      env,
      workspace: join(this.#folder, 'workspace'),
      permissions: this.#permissions,
      job: this.#given.id,
      signal: this.#given.signal,
      environment: this.#environment(),
      contexts,
    })
  }

  /** Without `shell` the runner says `bash -e`; `shell: bash` means more. */
  async #shell(step: Token, env: Values, contexts: Contexts): Promise<Ended & { readonly env?: Values }> {
    const script = join(this.#folder, 'script.sh')
    writeFileSync(script, text(valueIn(member(step, 'run'), contexts)))
    const at = resolve(
      join(this.#folder, 'workspace'),
      text(valueIn(member(step, 'working-directory'), contexts)) || '.',
    )
    const options = member(step, 'shell') ? ['--noprofile', '--norc', '-eo', 'pipefail'] : ['-e']
    const { code, log } = await spawned('bash', [...options, script], at, env)
    return { failed: code !== 0, log, outputs: {} }
  }
}

/** Runs a program to its end. */
export function spawned(program: string, given: readonly string[], cwd: string, env: Values) {
  return new Promise<{ readonly code: number | null; readonly log: string }>((done, failed) => {
    const child = spawn(program, given, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let log = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => {
        log += part
      })
    child.once('error', failed).once('close', code => done({ code, log }))
  })
}

const asTexts = (values: Readonly<Record<string, Json>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, text(value)]))
