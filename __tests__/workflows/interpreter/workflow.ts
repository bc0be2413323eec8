/** A run of a workflow, as GitHub starts its jobs. */

import { calledWorkflows, inputsOf, StartupFailure } from './calls.ts'
import { concurrencyOf } from './concurrency.ts'
import { dispatchedInputs } from './dispatch.ts'
import { runJob } from './job.ts'
import {
  type Contexts,
  entries,
  holds,
  type Json,
  member,
  parseWorkflow,
  type Status,
  type Token,
  text,
  valueIn,
} from './language.ts'
import { legsOf } from './matrix.ts'
import type { Concurrency, JobEnd, JobResult, Leg, RunEnd, Start, Values } from './model.ts'
import { type Permissions, permissionsOf, restricted } from './permissions.ts'
import { isTriggered } from './trigger.ts'

/** Runs what an event starts. */
export async function runWorkflow(start: Start): Promise<RunEnd> {
  const { root, problems } = parseWorkflow(start.file, start.text)
  const none = { jobs: [], outputs: {}, concurrency: undefined }
  if (problems.length > 0) return { ...none, conclusion: 'startup_failure', problem: problems.join('; ') }
  if (!isTriggered(member(root, 'on'), start.occasion)) return { ...none, conclusion: 'none' }
  try {
    return await new Run(start, root).run()
  } catch (error) {
    if (!(error instanceof StartupFailure)) throw error
    return { ...none, conclusion: 'startup_failure', problem: error.message }
  }
}

/** Where jobs stand: in the workflow itself, or in one that it calls. */
interface Scope {
  readonly inputs: Readonly<Record<string, Json>>
  readonly secrets: Values
  readonly permissions: Permissions
  readonly env: Values
  readonly prefix: string
}

type Done = Map<string, { result: JobResult; outputs: Values }>

class Run {
  readonly #jobs: JobEnd[] = []
  readonly #cancelled = new AbortController()
  readonly #outputs: Record<string, Values> = {}

  constructor(
    readonly start: Start,
    readonly root: Token | undefined,
  ) {}

  async run(): Promise<RunEnd> {
    const { github, vars, secrets, occasion } = this.start
    const inputs = occasion.name === 'workflow_dispatch' ? dispatchedInputs(this.root, this.start.inputs ?? {}) : {}
    const contexts = { github, vars, inputs }
    const permissions = permissionsOf(member(this.root, 'permissions'), restricted)
    const called = calledWorkflows(member(this.root, 'jobs'), permissions, this.start.called)
    const env = valueIn(member(this.root, 'env'), { ...contexts, secrets }) as Values | null
    const scope = { inputs, secrets, permissions, env: env ?? {}, prefix: '' }
    const concurrency = concurrencyOf(member(this.root, 'concurrency'), contexts)
    const leave = await this.#enter(concurrency, this.#cancelled)
    const done = await this.#runJobs(member(this.root, 'jobs'), scope, called)
    leave()
    return { conclusion: overall(done), jobs: this.#jobs, outputs: this.#outputs, concurrency }
  }

  #enter(concurrency: Concurrency | undefined, controller: AbortController): Promise<() => void> {
    return this.start.enter(concurrency, () => controller.abort())
  }

  async #runJobs(jobs: Token | undefined, scope: Scope, called: ReadonlyMap<string, Token>): Promise<Done> {
    const done: Done = new Map()
    const left = new Map(entries(jobs))
    const needs = (id: string): string[] => {
      const stated = valueIn(member(jobs, id, 'needs'), {})
      return stated === null ? [] : [stated].flat().map(name => text(name as Json))
    }
    const ancestors = (id: string): string[] => needs(id).flatMap(one => [one, ...ancestors(one)])
    for (let next = first(left, needs, done); next; next = first(left, needs, done)) {
      const [id, job] = next
      left.delete(id)
      const before = ancestors(id).map(one => done.get(one)?.result)
      const status = {
        success: !this.#cancelled.signal.aborted && before.every(one => one === 'success'),
        failure: before.includes('failure'),
        cancelled: this.#cancelled.signal.aborted,
        always: true,
      }
      const given = Object.fromEntries(
        needs(id).map(one => [one, { result: 'skipped', outputs: {}, ...done.get(one) }]),
      )
      const contexts = { github: this.start.github, vars: this.start.vars, inputs: scope.inputs, needs: given }
      done.set(id, await this.#runOne(id, job, contexts, status, scope, called.get(id)))
    }
    return done
  }

  async #runOne(id: string, job: Token, contexts: Contexts, status: Status, scope: Scope, called: Token | undefined) {
    const name = scope.prefix + id
    const failed = (error: unknown) => {
      this.#jobs.push({ name, result: 'failure', outputs: {}, steps: [], problem: (error as Error).message })
      return { result: 'failure' as const, outputs: {} }
    }
    let legs: Leg[]
    try {
      if (!holds(member(job, 'if'), contexts, status)) {
        this.#jobs.push({ name, result: 'skipped', outputs: {}, steps: [] })
        return { result: 'skipped' as const, outputs: {} }
      }
      if (called) return await this.#call(id, job, contexts, scope, called)
      legs = legsOf(member(job, 'strategy'), contexts)
    } catch (error) {
      if (error instanceof StartupFailure) throw error
      return failed(error)
    }
    return this.#runLegs(id, job, legs, contexts, scope)
  }

  async #runLegs(id: string, job: Token, legs: readonly Leg[], contexts: Contexts, scope: Scope) {
    const ends: JobEnd[] = []
    const permissions = permissionsOf(member(job, 'permissions'), scope.permissions)
    const { secrets, env, prefix } = scope
    const { start } = this
    for (const leg of legs) {
      const its = { ...contexts, ...leg }
      const concurrency = concurrencyOf(member(job, 'concurrency'), its)
      const controller = new AbortController()
      const leave = await this.#enter(concurrency, controller)
      const signal = AbortSignal.any([controller.signal, this.#cancelled.signal])
      ends.push(await runJob({ id, job, prefix, secrets, env, permissions, contexts: its, concurrency, signal, start }))
      leave()
    }
    this.#jobs.push(...ends)
    // A matrix has one set of outputs: of each the last that is not empty.
    const outputs = Object.fromEntries(
      ends.flatMap(end => Object.entries(end.outputs).filter(([, value]) => value !== '')),
    )
    return { result: worst(ends.map(({ result }) => result)), outputs }
  }

  async #call(id: string, job: Token, contexts: Contexts, scope: Scope, called: Token) {
    const inputs = inputsOf(called, member(job, 'with'), contexts)
    const stated = member(job, 'secrets')
    const inner: Scope = {
      inputs,
      secrets: handedSecrets(stated, contexts, scope.secrets),
      permissions: permissionsOf(
        member(called, 'permissions'),
        permissionsOf(member(job, 'permissions'), scope.permissions),
      ),
      env: {},
      prefix: `${scope.prefix}${id} / `,
    }
    const done = await this.#runJobs(member(called, 'jobs'), inner, new Map())
    const { github, vars } = this.start
    const jobs = Object.fromEntries(done)
    const outputs = Object.fromEntries(
      entries(member(called, 'on', 'workflow_call', 'outputs')).map(([name, stated]) => [
        name,
        text(valueIn(member(stated, 'value'), { github, vars, inputs, jobs })),
      ]),
    )
    this.#outputs[id] = outputs
    return { result: overall(done), outputs }
  }
}

/** `secrets: inherit`, or those that are named. */
function handedSecrets(stated: Token | undefined, contexts: Contexts, secrets: Values): Values {
  if (entries(stated).length > 0)
    return Object.fromEntries(
      entries(stated).map(([name, value]) => [name, text(valueIn(value, { ...contexts, secrets }))]),
    )
  return valueIn(stated, {}) === 'inherit' ? secrets : {}
}

/** A job whose needs are all over, whatever came of them. */
const first = (left: ReadonlyMap<string, Token>, needs: (id: string) => string[], done: Done) =>
  [...left].find(([id]) => needs(id).every(one => done.has(one)))

const worst = (results: readonly JobResult[]): JobResult =>
  results.includes('cancelled') ? 'cancelled' : results.includes('failure') ? 'failure' : 'success'

function overall(done: Done): JobResult {
  const results = [...done.values()].map(({ result }) => result)
  return results.every(one => one === 'skipped') ? 'skipped' : worst(results)
}
