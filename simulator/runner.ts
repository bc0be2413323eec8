/** GitHub's runner for a JavaScript action, as far as the action can observe it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Plan, Report } from '../src/engine/document.ts'

export interface RunOptions {
  /** The file that is run. */
  readonly bundle: string
  /** The binary of Node that runs it, by default this process's own. */
  readonly node?: string
  /** The checkout. */
  readonly workspace: string
  /** As a workflow's `with:` has them. */
  readonly inputs?: Readonly<Record<string, string>>
  /** `workflow_dispatch` with an empty payload by default. */
  readonly event?: { readonly name: string; readonly payload?: object }
  /** Added to what a runner sets; an empty text takes away. */
  readonly env?: Readonly<Record<string, string>>
}

/** The results of a step that is over. */
export interface Run {
  /** The exit code; null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly outputs: Readonly<Record<string, string>>
  /** The job summary, Markdown. */
  readonly summary: string
  /** The contents of the files that the outputs name. */
  readonly plan: Plan | undefined
  readonly report: Report | undefined
  /** The plan file, unchanged. */
  readonly planText: string | undefined
  readonly milliseconds: number
}

export interface Started {
  readonly process: ChildProcess
  readonly finished: Promise<Run>
}

/** Runs an action to its end. */
export async function run(options: RunOptions): Promise<Run> {
  return (await start(options)).finished
}

/** Starts an action without waiting for its end, for tests that kill it. */
export async function start({ bundle, node, workspace, inputs = {}, event, env = {} }: RunOptions): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), 'ecs-particles-run-'))
  const files = {
    output: join(folder, 'output'),
    summary: join(folder, 'summary.md'),
    event: join(folder, 'event.json'),
  }
  await Promise.all([
    mkdir(join(folder, 'temp')),
    writeFile(files.output, ''),
    writeFile(files.summary, ''),
    writeFile(files.event, JSON.stringify(event?.payload ?? {})),
  ])
  const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])
  const surroundings: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: workspace,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: '3f2a9c1d5e8b4a7f90c6d2e1b3a4958677665544',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_EVENT_NAME: event?.name ?? 'workflow_dispatch',
    GITHUB_EVENT_PATH: files.event,
    GITHUB_OUTPUT: files.output,
    GITHUB_STEP_SUMMARY: files.summary,
    RUNNER_TEMP: join(folder, 'temp'),
    // The runner starts the action with its own Node, which may be newer than the one that runs this test.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...Object.fromEntries(given),
    ...env,
  }
  const began = performance.now()
  const child = spawn(node ?? process.execPath, [bundle], {
    cwd: workspace,
    env: Object.fromEntries(Object.entries(surroundings).filter(([, value]) => value !== '')),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const code = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  const finished = code.then(async (code): Promise<Run> => {
    const milliseconds = performance.now() - began
    const outputs = outputsIn(await readFile(files.output, 'utf8'))
    const planText = await textAt(outputs['plan-file'])
    const report = await textAt(outputs['report-file'])
    const summary = await readFile(files.summary, 'utf8')
    await rm(folder, { recursive: true, force: true })
    return {
      code,
      stdout,
      stderr,
      outputs,
      summary,
      plan: planText === undefined ? undefined : (JSON.parse(planText) as Plan),
      report: report === undefined ? undefined : (JSON.parse(report) as Report),
      planText,
      milliseconds,
    }
  })
  return { process: child, finished }
}

async function textAt(path: string | undefined): Promise<string | undefined> {
  return path && existsSync(path) ? readFile(path, 'utf8') : undefined
}

/** The runner's own format: `name<<DELIMITER`, the value's lines, the delimiter again. A later value replaces an earlier one. */
export function outputsIn(text: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [, name = '', , value = ''] of text.matchAll(/^([\w-]+)<<(\S+)\r?\n([\s\S]*?)\r?\n?^\2\r?$/gm))
    found[name] = value
  return found
}
