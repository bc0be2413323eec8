/** Runs of workflows by act, on this machine and without containers. */
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { bundle, root } from '../world/bundle.ts'
import { temporaryFolder } from '../world/checkout.ts'
import { artifactActions } from './artifacts.ts'

/** That of `script/act`, which `.ci/run` makes. */
export const act = process.env.ACT ?? ''

/** Actions that are made with GitHub's own client of artifacts. */
const ofArtifacts = /^actions\/(upload|download)-artifact@/
let artifacts: Promise<string> | undefined

/** A run takes seconds. One that hangs is ended and fails. */
const longestRun = 60_000

/** Actions in place of others', by the name of their folder. */
const standIns: Readonly<Record<string, string>> = {
  'actions/checkout': 'checkout',
  'aws-actions/configure-aws-credentials': 'credentials',
  'aws-actions/amazon-ecr-login': 'nothing',
  'docker/setup-buildx-action': 'nothing',
  'docker/build-push-action': 'image',
}

export interface Run {
  readonly event: string
  readonly payload: object
  /** Text of the workflow. */
  readonly workflow: string
  readonly env: Readonly<Record<string, string>>
  readonly vars: Readonly<Record<string, string>>
  readonly token: string
  /** What its jobs check out. */
  readonly files: ReadonlyMap<string, string>
}

export interface RunEnd {
  readonly succeeded: boolean
  /** Results of jobs, by name; those that were skipped have none. */
  readonly jobs: Readonly<Record<string, string>>
  /** Outputs of a called workflow, and of steps; of equal names the last. */
  readonly outputs: Readonly<Record<string, string>>
  /** All that was said, to be shown with a failure. */
  readonly log: string
}

/** Plays a workflow for an event. */
export async function play(run: Run): Promise<RunEnd> {
  const folder = temporaryFolder()
  const product = ofRelease(join(folder, 'product'))
  const write = (file: string, text: string): string => {
    const path = join(folder, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return path
  }
  write('work/.github/workflows/ecs.yml', asActKnows(run.workflow))
  const sha = run.env.GITHUB_SHA ?? ''
  for (const [file, text] of run.files) write(join('commits', sha, file), text)
  const folders = { COMMITS: 'commits', IMAGES: 'images' }
  const places = Object.fromEntries(Object.entries(folders).map(([name, at]) => [name, join(folder, at)]))
  const env = { ...run.env, SHA_REF: sha, ...places }
  const used = [
    ...new Set(`${run.workflow}${readFileSync(join(product, called), 'utf8')}`.match(/[\w-]+\/[\w-]+@[0-9a-f]{40}/g)),
  ]
  artifacts ??= artifactActions(join(dirname(act), '../artifact-client'))
  const builtActions = await artifacts
  const words = [
    ...[run.event, '--json', '--platform', 'ubuntu-latest=-self-hosted', '--no-skip-checkout', '--no-cache-server'],
    ...['--actor', 'ada', '--defaultbranch', 'main', '--workflows', '.github/workflows/ecs.yml'],
    ...['--eventpath', write('event.json', JSON.stringify(run.payload)), '--secret', `GITHUB_TOKEN=${run.token}`],
    ...['--use-new-action-cache', '--action-cache-path', join(folder, 'cache')],
    // Nothing comes from the folder or the home of whoever runs this.
    ...['env', 'secret', 'var', 'input'].flatMap(kind => [`--${kind}-file`, '/dev/null']),
    ...pairs('--env', env),
    ...pairs('--var', run.vars),
    ...pairs('--local-repository', { 'OWNER/ecs-particles@v1': product }),
    ...used.flatMap(uses => pairs('--local-repository', { [uses]: standInFor(uses, builtActions) })),
  ]
  const { code, log } = await ended(words, join(folder, 'work'))
  return { succeeded: code === 0, log, ...said(log) }
}

const pairs = (option: string, values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).flatMap(([name, value]) => [option, `${name}=${value}`])

function standInFor(uses: string, built: string): string {
  const [, action] = ofArtifacts.exec(uses) ?? []
  if (action) return join(built, action)
  const name = standIns[uses.replace(/@.*/, '')]
  if (!name) throw new Error(`there is no stand-in for ${uses} in __tests__/runner/actions`)
  return join(import.meta.dirname, 'actions', name)
}

const called = '.github/workflows/particles.yml'

/** The actions as a release has them, with the bundle to test and with what act does not know said otherwise. */
function ofRelease(folder: string): string {
  for (const action of ['plan', 'apply', 'post', 'validate', 'targets'])
    cpSync(join(root, action), join(folder, action), { recursive: true })
  cpSync(join(root, 'action.yml'), join(folder, 'action.yml'))
  cpSync(dirname(bundle()), join(folder, 'dist'), { recursive: true })
  mkdirSync(join(folder, dirname(called)), { recursive: true })
  writeFileSync(join(folder, called), asActKnows(readFileSync(join(root, called), 'utf8')))
  return folder
}

/** A workflow without what act refuses or leaves empty. What it ignores is in docs/decisions/0033. */
const asActKnows = (workflow: string): string =>
  workflow
    .replace(/^ +queue: max\n/gm, '')
    .replace(/uses: \$\/(\w+)/g, 'uses: OWNER/ecs-particles/$1@v1')
    .replaceAll('strategy.job-index', 'matrix.environment.slug')

/** It and all that it started are gone afterwards. */
function ended(words: readonly string[], cwd: string): Promise<{ code: number | null; log: string }> {
  // `aws` is a stand-in too.
  const path = `${join(root, '__tests__/workflows/bin')}:${dirname(process.execPath)}:${process.env.PATH}`
  const child = spawn(act, words, {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: path, HOME: cwd },
  })
  const chunks: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => chunks.push(String(chunk)))
  const end = () => {
    try {
      if (child.pid) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // Nothing of it is left.
    }
  }
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      end()
      reject(new Error(`act did not end within ${longestRun / 1_000} s:\n${chunks.join('').slice(-4_000)}`))
    }, longestRun)
    child.on('error', reject)
    child.on('close', code => {
      clearTimeout(timer)
      end()
      resolve({ code, log: chunks.join('') })
    })
  })
}

interface Line {
  readonly jobResult?: string
  readonly job?: string
  readonly command?: string
  readonly name?: string
  readonly arg?: string
}

function said(log: string): Pick<RunEnd, 'jobs' | 'outputs'> {
  const jobs: Record<string, string> = {}
  const outputs: Record<string, string> = {}
  for (const text of log.split('\n').filter(line => line.startsWith('{'))) {
    const { jobResult, job, command, name, arg }: Line = JSON.parse(text)
    if (jobResult && job) jobs[job.trim()] = jobResult
    if (command === 'set-output' && name) outputs[name] = arg ?? ''
  }
  return { jobs, outputs }
}
