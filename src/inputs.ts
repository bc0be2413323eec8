import { isAbsolute, relative, resolve, sep } from 'node:path'
import { setSecret } from '@actions/core'
import type { ParticleId, Problem } from './particle.ts'
import { isRegion } from './schema/arn.ts'

const commands = ['auto', 'validate', 'plan', 'apply'] as const
const comments = ['on-changes', 'always', 'never'] as const
const onFailure = ['stop', 'rollback'] as const
const onRemoved = ['report', 'terminate'] as const

export type CommandInput = (typeof commands)[number]

/** What a workflow asks for, read once and checked. Everything below takes values from here. */
export interface Inputs {
  readonly command: CommandInput
  /** Globs and folders, `!` excludes, relative to `workingDirectory`. */
  readonly manifests: readonly string[]
  /** Absolute: the root that places in problems and plans are relative to. */
  readonly workspace: string
  /** Relative to the workspace, with forward slashes; `.` is the workspace itself. */
  readonly workingDirectory: string
  readonly environment: string
  /** What `${NAME}` in a manifest may stand for, `ENVIRONMENT` among them. */
  readonly variables: ReadonlyMap<string, string>
  /** Names whose values may differ between review and apply. */
  readonly releaseVariables: ReadonlySet<string>
  /** Names whose values are hidden everywhere. */
  readonly secretVariables: ReadonlySet<string>
  /** Region of particles that name none; undefined when nobody says one. */
  readonly region: string | undefined
  /** Empty: any account. */
  readonly allowedAccountIds: readonly string[]
  readonly githubToken: string | undefined
  readonly comment: (typeof comments)[number]
  /** Names or globs of container environment variables whose values may be shown. */
  readonly revealEnvironment: readonly string[]
  readonly requireReview: boolean
  /** Names or globs of the branches that are applied, without `refs/heads/`; empty: the default branch. */
  readonly applyBranches: readonly string[]
  /** `sha256:` and 64 hex digits. */
  readonly approvedDigest: string | undefined
  /** Ids of `ecs_task` particles to run again. */
  readonly retryTasks: readonly ParticleId[]
  /** Ids of `ecs_service` particles to deploy again. */
  readonly redeploy: readonly ParticleId[]
  /** Milliseconds. */
  readonly waitTimeout: number
  readonly maxConcurrency: number
  readonly failOnChanges: boolean
  readonly maxTerminations: TerminationLimit
  readonly onFailure: (typeof onFailure)[number]
  readonly onRemoved: (typeof onRemoved)[number]
}

/** A number, or a share of the running particles between 0 and 1. */
export type TerminationLimit = { readonly count: number } | { readonly share: number }

/**
 * Every input with what an empty one means. GitHub puts in the defaults of action.yml only where a workflow leaves an
 * input out; one that it sets to an empty expression (`${{ inputs.missing }}`) arrives empty, and means the same.
 */
export const defaults = {
  command: 'auto',
  manifests: 'particles',
  'working-directory': '.',
  environment: 'default',
  variables: '',
  'release-variables': '',
  'secret-variables': '',
  'aws-region': '',
  'allowed-account-ids': '',
  'github-token': '',
  comment: 'on-changes',
  'reveal-environment': '',
  'require-review': 'true',
  'apply-branches': '',
  'approved-digest': '',
  'retry-tasks': '',
  redeploy: '',
  'wait-timeout': '30m',
  'max-concurrency': '10',
  'fail-on-changes': 'false',
  'max-terminations': '25%',
  'on-failure': 'stop',
  'on-removed': 'report',
} as const

export type InputName = keyof typeof defaults

/** The one variable that no workflow sets: it follows the `environment` input. */
const ENVIRONMENT = 'ENVIRONMENT'

const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/
const hour = 3_600_000

/** Says what is wrong with the input being read. */
type Refuse = (message: string) => void

/**
 * The action's inputs as one value, or everything that is wrong with them at once. Secrets are registered with the
 * runner before any problem is said. No problem repeats a value that may be secret.
 */
export function readInputs(env: NodeJS.ProcessEnv = process.env): { inputs: Inputs } | { problems: Problem[] } {
  const { read, problems } = reader<InputName>(env, defaults)
  const githubToken = read('github-token', secretToken)

  const environment = read('environment', environmentName)
  const variables = read('variables', assignments)
  const declared = (text: string, refuse: Refuse) => namesOf(text, variables, refuse)
  const secretVariables = read('secret-variables', declared)
  for (const name of secretVariables) {
    const value = variables.get(name)
    if (value) setSecret(value)
  }
  const releaseVariables = read('release-variables', declared)
  variables.set(ENVIRONMENT, environment)

  const workspace = resolve(env.GITHUB_WORKSPACE || process.cwd())
  const inputs: Inputs = {
    command: read('command', oneOf(commands)),
    manifests: read('manifests', patterns),
    workspace,
    workingDirectory: read('working-directory', inside(workspace)),
    environment,
    variables,
    releaseVariables,
    secretVariables,
    region: read('aws-region', regionOr(env.AWS_REGION || env.AWS_DEFAULT_REGION)),
    allowedAccountIds: read('allowed-account-ids', accountIds),
    githubToken,
    comment: read('comment', oneOf(comments)),
    revealEnvironment: read('reveal-environment', environmentNames),
    requireReview: read('require-review', boolean),
    applyBranches: read('apply-branches', branchNames),
    approvedDigest: read('approved-digest', digest),
    retryTasks: read('retry-tasks', idsOf('ecs_task')),
    redeploy: read('redeploy', idsOf('ecs_service')),
    waitTimeout: read('wait-timeout', duration),
    maxConcurrency: read('max-concurrency', wholeNumber(1, 100)),
    failOnChanges: read('fail-on-changes', boolean),
    maxTerminations: read('max-terminations', limit),
    onFailure: read('on-failure', oneOf(onFailure)),
    onRemoved: read('on-removed', oneOf(onRemoved)),
  }
  for (const name of secretVariables) {
    const shown = [environment, inputs.region].find(text => text !== undefined && text === variables.get(name))
    if (shown === undefined) continue
    const message = `input secret-variables: ${name} holds the name of the environment or of the region, which are shown; take it out`
    problems.push({ message })
  }
  return problems.length > 0 ? { problems } : { inputs }
}

/** Inputs of the door that only posts, with what an empty one means. */
export const postDefaults = {
  'plan-file': '',
  environment: defaults.environment,
  'github-token': '',
  comment: defaults.comment,
  'apply-branches': defaults['apply-branches'],
} as const

export interface PostInputs
  extends Pick<Inputs, 'workspace' | 'environment' | 'githubToken' | 'comment' | 'applyBranches'> {
  /** Absolute, or relative to the workspace. */
  readonly planFile: string
}

/** The inputs of the door that only posts, or everything that is wrong with them at once. */
export function readPostInputs(env: NodeJS.ProcessEnv): { inputs: PostInputs } | { problems: Problem[] } {
  const { read, problems } = reader(env, postDefaults)
  const inputs: PostInputs = {
    githubToken: read('github-token', secretToken),
    workspace: resolve(env.GITHUB_WORKSPACE || process.cwd()),
    planFile: read('plan-file', (text, refuse) => {
      if (!text) refuse('must say where the plan is, such as plan.json')
      return text
    }),
    environment: read('environment', environmentName),
    comment: read('comment', oneOf(comments)),
    applyBranches: read('apply-branches', branchNames),
  }
  return problems.length > 0 ? { problems } : { inputs }
}

/** Reads inputs by name, and gathers what is wrong with them. */
function reader<Name extends string>(env: NodeJS.ProcessEnv, defaults: Readonly<Record<Name, string>>) {
  const problems: Problem[] = []
  const read = <Value>(name: Name, parse: (text: string, refuse: Refuse) => Value): Value =>
    // As @actions/core reads it; spelled out because that one looks at process.env alone.
    parse(env[`INPUT_${name.toUpperCase()}`]?.trim() || defaults[name], message =>
      problems.push({ message: `input ${name}: ${message}` }),
    )
  return { read, problems }
}

/** The token, hidden from the log before anything is said. */
function secretToken(text: string): string | undefined {
  if (text) setSecret(text)
  return text || undefined
}

/** Lines that say something; those that begin with `#` are comments. */
const lines = (text: string): { readonly text: string; readonly number: number }[] =>
  text
    .split('\n')
    .map((line, index) => ({ text: line.trim(), number: index + 1 }))
    .filter(line => line.text !== '' && !line.text.startsWith('#'))

/** One a line or several with commas, each once. */
const listed = (text: string): string[] => [
  ...new Set(lines(text).flatMap(line => line.text.split(',').flatMap(item => item.trim() || []))),
]

const shown = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text)

const listOf = (words: readonly string[]): string => `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`

function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return (text: string, refuse: Refuse): Words[number] => {
    const word = words.find(candidate => candidate === text)
    if (word === undefined) refuse(`must be ${listOf(words)}, not ${shown(text)}`)
    return word ?? words[0]
  }
}

/** The spellings of YAML 1.2's core schema, as GitHub's own toolkit takes them. */
function boolean(text: string, refuse: Refuse): boolean {
  if (/^(true|True|TRUE)$/.test(text)) return true
  if (!/^(false|False|FALSE)$/.test(text)) refuse(`must be true or false, not ${shown(text)}`)
  return false
}

function wholeNumber(least: number, most: number) {
  return (text: string, refuse: Refuse): number => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (number >= least && number <= most) return number
    refuse(`must be a whole number from ${least} to ${most}, not ${shown(text)}`)
    return least
  }
}

/** It stands in a comment's marker, in a check's name and, put into other letters, in a task's `startedBy`. */
function environmentName(text: string, refuse: Refuse): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}$/.test(text)) {
    refuse(`must be up to 64 letters, digits, spaces, ".", "_", "/" or "-" and begin with one of the first two`)
  } else if (/ \/|\/ /.test(text)) {
    // `production / applied` would share its check with what `production` says it has applied.
    refuse('must not have a space beside a slash: the names of its checks are made with those')
  }
  return text
}

function patterns(text: string, refuse: Refuse): string[] {
  const found = lines(text).map(line => line.text)
  if (found.every(pattern => pattern.startsWith('!'))) refuse('names no file or folder, only what is left out')
  return found
}

function inside(workspace: string) {
  return (text: string, refuse: Refuse): string => {
    const path = relative(workspace, resolve(workspace, text))
    if (path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) {
      refuse(`must be a folder of the workspace, not ${shown(text)}`)
    }
    return path.split(sep).join('/') || '.'
  }
}

/** `NAME=value`, one a line. A line that is none is told by its number alone: it may be the rest of a secret. */
function assignments(text: string, refuse: Refuse): Map<string, string> {
  const found = new Map<string, string>()
  for (const line of lines(text)) {
    const split = line.text.indexOf('=')
    const name = line.text.slice(0, Math.max(split, 0)).trimEnd()
    if (!variableName.test(name)) {
      refuse(`line ${line.number} is not NAME=value; a name is letters, digits and "_", a value stays on its line`)
    } else if (name === ENVIRONMENT) {
      refuse(`line ${line.number} sets ${ENVIRONMENT}, which is always the environment input`)
    } else if (found.has(name)) {
      refuse(`line ${line.number} sets ${name} a second time`)
    } else {
      found.set(name, line.text.slice(split + 1).trimStart())
    }
  }
  return found
}

/** Names of variables. One that is not set is refused: a typing error would show a secret or let nothing through. */
function namesOf(text: string, variables: ReadonlyMap<string, string>, refuse: Refuse): Set<string> {
  const names = listed(text)
  for (const name of names) {
    // Somebody may have put the value where its name belongs, so what is no name is not repeated.
    if (!variableName.test(name)) refuse('takes names of variables, without values')
    else if (!variables.has(name)) refuse(`${name} is not set by the variables input`)
  }
  return new Set(names)
}

function regionOr(surrounding: string | undefined) {
  return (text: string, refuse: Refuse): string | undefined => {
    const region = text || surrounding?.trim() || undefined
    if (region && !isRegion(region)) {
      refuse(`must be a region such as us-east-1, not ${shown(region)}${text ? '' : ' (from the environment)'}`)
    }
    return region
  }
}

function accountIds(text: string, refuse: Refuse): string[] {
  const ids = listed(text)
  for (const id of ids) {
    if (!/^\d{12}$/.test(id)) refuse(`an account id has 12 digits; ${shown(id)} has not`)
  }
  return ids
}

function environmentNames(text: string, refuse: Refuse): string[] {
  const names = listed(text)
  for (const name of names) {
    if (/[\s=]/.test(name)) refuse('takes names or globs of environment variables, without values')
  }
  return names
}

function branchNames(text: string, refuse: Refuse): string[] {
  const names = listed(text)
  for (const name of names) {
    if (/\s/.test(name)) refuse(`takes names of branches or globs, not ${shown(name)}`)
    if (/^!?refs\//.test(name)) refuse(`takes names of branches without refs/heads/, not ${shown(name)}`)
  }
  if (names.length > 0 && names.every(name => name.startsWith('!'))) refuse('names no branch, only what is left out')
  return names
}

function digest(text: string, refuse: Refuse): string | undefined {
  if (text === '') return undefined
  if (!/^sha256:[0-9a-f]{64}$/.test(text)) {
    refuse(`must be sha256: and 64 hex digits, as the plan shows it, not ${shown(text)}`)
  }
  return text
}

function idsOf(flavor: string) {
  const isId = (text: string): text is ParticleId => text.startsWith(`${flavor}:`) && text.length > flavor.length + 1
  return (text: string, refuse: Refuse): ParticleId[] =>
    listed(text).flatMap(item => {
      if (isId(item)) return item
      refuse(`takes ids such as ${flavor}:name, not ${shown(item)}`)
      return []
    })
}

function duration(text: string, refuse: Refuse): number {
  const [, hours = 0, minutes = 0, seconds = 0] = /^(?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? []
  const milliseconds = Number(hours) * hour + Number(minutes) * 60_000 + Number(seconds) * 1000
  // Nothing of ECS takes a day, and timers count no further than 24 of them.
  if (milliseconds === 0 || milliseconds > 24 * hour) {
    refuse(`must be a time from 1s to 24h such as 90s, 30m or 1h30m, not ${shown(text)}`)
  }
  return milliseconds
}

function limit(text: string, refuse: Refuse): TerminationLimit {
  const [, number, percent] = /^(\d+(?:\.\d+)?) ?(%)?$/.exec(text) ?? []
  const value = Number(number)
  if (number === undefined || (percent ? value > 100 : !Number.isSafeInteger(value))) {
    refuse(`must be a whole number or a share such as 25%, not ${shown(text)}`)
  }
  return percent ? { share: value / 100 } : { count: value }
}
