/**
 * The bundle from outside: a step of a workflow with its inputs, its event and its checkout, against the simulated ECS,
 * and everything that it leaves behind.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from '@jest/globals'
import { transformSync } from '@swc/core'
import { type Run, type RunOptions, run, type Started, start } from '../../simulator/runner.ts'
import { type RunningSimulator, type ServerOptions, startSimulator } from '../../simulator/server.ts'
import type { Call } from '../../simulator/simulator.ts'
import { afterFile } from './afterwards.ts'
import { awsVariables, modifies } from './aws.ts'
import { bundle, root } from './bundle.ts'

/** An empty folder that is gone after the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-particles-test-'))
  afterFile(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

let preloaded: string | undefined

/** The environment variables by which a process of the bundle has the simulator's clock, which must not move by itself. */
export function inVirtualTime(): Record<string, string> {
  preloaded ??= preload()
  return { NODE_OPTIONS: `--import=${preloaded}` }
}

/** Node 20 reads no TypeScript. */
function preload(): string {
  const source = readFileSync(new URL('virtualTime.ts', import.meta.url), 'utf8')
  const file = join(temporaryFolder(), 'virtualTime.mjs')
  writeFileSync(file, transformSync(source, { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }).code)
  return pathToFileURL(file).href
}

export type StepOptions = Partial<Omit<RunOptions, 'bundle' | 'workspace'>>

/** What a step came to, and what it asked of ECS. */
export interface Ended extends Run {
  readonly calls: readonly Call[]
  /** Operations that change something, in order. */
  readonly modifying: readonly string[]
}

/** A checkout with manifests, and an account to apply them to. */
export class Checkout {
  readonly workspace = temporaryFolder()
  readonly #bundle = bundle()
  /** Of the ECS. */
  readonly endpoint: string
  readonly #calls: readonly Call[]
  readonly #isVirtual: boolean

  /** @param endpoint of an ECS; `calls` is its log, if it keeps one; `isVirtual` where runs share its clock and never wait. */
  constructor(endpoint: string, calls: readonly Call[] = [], isVirtual = false) {
    this.endpoint = endpoint
    this.#calls = calls
    this.#isVirtual = isVirtual
  }

  write(texts: Readonly<Record<string, string>>): this {
    for (const [file, text] of Object.entries(texts)) {
      const path = join(this.workspace, file)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    }
    return this
  }

  copy(from: string): this {
    cpSync(join(root, from), this.workspace, { recursive: true })
    return this
  }

  edit(file: string, before: string | RegExp, after: string): this {
    const path = join(this.workspace, file)
    const text = readFileSync(path, 'utf8')
    const edited = text.replace(before, after)
    if (edited === text) throw new Error(`${file} does not say ${before}`)
    writeFileSync(path, edited)
    return this
  }

  async step(inputs: Readonly<Record<string, string>> = {}, more: StepOptions = {}): Promise<Ended> {
    const from = this.#calls.length
    return this.#ended(await run(this.#options(inputs, more)), from)
  }

  /** For whoever means to kill it. */
  async start(
    inputs: Readonly<Record<string, string>>,
    more: StepOptions = {},
  ): Promise<{ process: Started['process']; finished: Promise<Ended> }> {
    const from = this.#calls.length
    const { process, finished } = await start(this.#options(inputs, more))
    return { process, finished: finished.then(ended => this.#ended(ended, from)) }
  }

  plan(more: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.step({ command: 'plan', ...more })
  }

  /** Whatever the plan says: what needs a review is another test's matter. */
  apply(more: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.step({ command: 'apply', 'require-review': 'false', ...more })
  }

  #options(inputs: Readonly<Record<string, string>>, { env, ...more }: StepOptions): RunOptions {
    return {
      ...more,
      bundle: this.#bundle,
      workspace: this.workspace,
      inputs: { environment: 'production', 'aws-region': 'us-east-1', ...inputs },
      env: { ...awsVariables(this.endpoint), ...(this.#isVirtual && inVirtualTime()), ...env },
    }
  }

  #ended(ended: Run, from: number): Ended {
    const calls = this.#calls.slice(from)
    return { ...ended, calls, modifying: calls.filter(modifies).map(({ operation }) => operation) }
  }
}

/** A simulated ECS that is gone after the test file. A minute there takes less than a second here. */
export async function simulatedEcs(options: ServerOptions = {}): Promise<RunningSimulator> {
  const simulator = await startSimulator({ speed: 80, throttling: false, ...options })
  afterFile(() => simulator.close())
  return simulator
}

/** A checkout and a simulated ECS of its own. With `speed: 0` runs share its clock, and whatever they wait for takes no time. */
export async function checkout(options: ServerOptions = {}): Promise<{ here: Checkout; ecs: RunningSimulator }> {
  const ecs = await simulatedEcs(options)
  return { here: new Checkout(ecs.url, ecs.calls, ecs.clock.speed === 0), ecs }
}

/** The step's problems as GitHub annotates them: message, and place where there is one. */
export function errorsOf({ stdout }: Pick<Run, 'stdout'>): { message: string; file?: string; line?: number }[] {
  return [...stdout.matchAll(/^::error(?: ([^:]*))?::(.*)$/gm)].map(([, properties = '', message = '']) => {
    const file = /(?:^|,)file=([^,]*)/.exec(properties)?.[1]
    const line = /(?:^|,)line=(\d+)/.exec(properties)?.[1]
    return { message: unescaped(message), ...(file && { file }), ...(line && { line: Number(line) }) }
  })
}

const unescaped = (text: string): string =>
  text.replace(/%0A/g, '\n').replace(/%0D/g, '\r').replace(/%3A/g, ':').replace(/%2C/g, ',').replace(/%25/g, '%')

/** What holds for whatever is wrong: a clear line each, no stack trace, nothing changed. */
export function expectRefusal(ended: Ended): ReturnType<typeof errorsOf> {
  const { code, stdout, stderr, modifying } = ended
  const errors = errorsOf(ended)
  expect(stderr).toBe('')
  expect(stdout).not.toMatch(/^\s+at \S.*:\d+:\d+\)?$/m)
  expect(stdout).not.toMatch(/\[object |undefined|TypeError|node:internal/)
  expect(errors.length).toBeGreaterThan(0)
  for (const { message } of errors) expect(message).not.toMatch(/[\r\n]/)
  expect(modifying).toEqual([])
  expect(code).toBe(1)
  return errors
}

/** The address of a server that accepts connections and never says a word. */
export async function silentServer(): Promise<string> {
  const server = createServer(() => {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  afterFile(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
