/**
 * The bundle from outside: a step of a workflow with its inputs, its event and its checkout, against the simulated ECS,
 * and everything that it leaves behind.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect } from '@jest/globals'
import { type RunOptions, run, type Started, start } from '../../simulator/runner.ts'
import { type RunningSimulator, type ServerOptions, startSimulator } from '../../simulator/server.ts'
import type { Call } from '../../simulator/simulator.ts'

export const root = join(import.meta.dirname, '../..')

/** A checkout writes its files within seconds of each other, in any order. */
const oneCheckout = 10_000

/**
 * The bundle to test: dist/index.js, or one built aside when the sources are newer than that. Never dist/ itself, or a
 * stale bundle that was committed would mend itself here and pass.
 */
export function bundle(): string {
  chosen ??= choose()
  return chosen
}

let chosen: string | undefined

function choose(): string {
  const committed = join(root, 'dist/index.js')
  const sources = [
    ...files('src'),
    ...['package-lock.json', 'tsconfig.json', 'script/build', 'script/tsconfig.build.json'],
  ]
  const newest = Math.max(...sources.map(file => statSync(join(root, file)).mtimeMs))
  if (existsSync(committed) && statSync(committed).mtimeMs + oneCheckout > newest) return committed
  const hash = createHash('sha256')
  for (const file of sources) hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  return built(join(root, 'node_modules/.cache/ecs-particles', hash.digest('hex').slice(0, 16)))
}

function files(folder: string): string[] {
  const found = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  return found
    .filter(file => file.endsWith('.ts'))
    .map(file => join(folder, file))
    .sort()
}

/** Test files run side by side: the first builds, the others wait. */
function built(folder: string): string {
  const bundle = join(folder, 'index.js')
  const lock = `${folder}.lock`
  mkdirSync(dirname(folder), { recursive: true })
  // A bundle for every edit would fill the disk; one that is in use was built a moment ago.
  for (const name of readdirSync(dirname(folder))) {
    const old = join(dirname(folder), name)
    if (old !== folder && (statSync(old, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) < Date.now() - 3_600_000)
      rmSync(old, { recursive: true, force: true })
  }
  for (let waited = 0; !existsSync(bundle); waited++) {
    try {
      mkdirSync(lock)
    } catch {
      if (waited > 180) throw new Error(`${lock} was left behind: remove it`)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
      continue
    }
    try {
      const { status, stderr, stdout } = spawnSync(join(root, 'script/build'), [`${folder}.new`], { encoding: 'utf8' })
      if (status !== 0) throw new Error(`the bundle is older than src, and script/build failed:\n${stdout}${stderr}`)
      renameSync(`${folder}.new`, folder)
    } finally {
      rmdirSync(lock)
    }
  }
  return bundle
}

const open: (() => void | Promise<void>)[] = []

afterAll(async () => {
  for (const close of open.splice(0)) await close()
})

/** An empty folder that is gone after the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-particles-test-'))
  open.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export type StepOptions = Partial<Omit<RunOptions, 'bundle' | 'workspace'>>

type Run = Awaited<ReturnType<typeof run>>

/** What a step came to, and what it asked of ECS. */
export interface Ended extends Run {
  readonly calls: readonly Call[]
  /** Operations that change something, in order. */
  readonly modifying: readonly string[]
}

export const modifies = ({ operation }: Pick<Call, 'operation'>): boolean => !/^(Describe|List)/.test(operation)

/** A checkout with manifests, and an account to apply them to. */
export class Checkout {
  readonly workspace = temporaryFolder()
  readonly #bundle = bundle()
  readonly #endpoint: string
  readonly #calls: readonly Call[]

  /** @param endpoint of an ECS; `calls` is its log, if it keeps one. */
  constructor(endpoint: string, calls: readonly Call[] = []) {
    this.#endpoint = endpoint
    this.#calls = calls
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
      env: {
        AWS_ENDPOINT_URL_ECS: this.#endpoint,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_EC2_METADATA_DISABLED: 'true',
        ...env,
      },
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
  open.push(() => simulator.close())
  return simulator
}

/** A checkout and a simulated ECS of its own. */
export async function checkout(options: ServerOptions = {}): Promise<{ here: Checkout; ecs: RunningSimulator }> {
  const ecs = await simulatedEcs(options)
  return { here: new Checkout(ecs.url, ecs.calls), ecs }
}

/** Something to close after the test file. */
export function closeAfterwards(close: () => void | Promise<void>): void {
  open.push(close)
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
  closeAfterwards(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
