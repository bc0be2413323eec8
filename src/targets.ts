/** What a run of the reusable workflow does, and for which environments: its first job. Everything wrong is said at once. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { isMap, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Host } from './commands/invocation.ts'
import { applyBranches, branchIn, whyNotAppliedFrom } from './github/branches.ts'
import { type GitHubEvent, readEvent } from './github/event.ts'
import { readTargetInputs, type TargetInputs } from './inputs.ts'
import { accountForm, isEnvironmentName } from './inputValues.ts'
import { isJsonObject } from './json.ts'
import { didYouMean } from './manifest/suggest.ts'
import type { Place, Problem } from './particle.ts'
import { isRegion } from './schema/arn.ts'

/** The job that runs after this one. */
type WorkflowJob = 'plan' | 'apply' | 'drift' | 'validate' | 'nothing'

/** An element of the list: texts all. */
type Target = Readonly<Record<string, string>>

/** Outputs `command`, and `list`, a JSON text in which every character is an escape. */
export async function targets({ env, runner }: Host): Promise<void> {
  const read = readTargetInputs(env)
  if ('problems' in read) return runner.fail(read.problems)
  const { inputs } = read
  const event = await readEvent(env)
  const { list, problems } = listIn(inputs)
  const all = [...problems, ...misplaced(inputs, event), ...unknownDigests(inputs, list)]
  if (all.length > 0) return runner.fail(all)
  const task = list.length === 0 ? 'validate' : taskOf(event, inputs)
  const empty = 'no environment is listed, so manifests are validated and nothing is planned or applied'
  if (task === 'validate')
    (event.name === 'pull_request' ? runner.info : runner.warn)(`${inputs.environmentsFile}: ${empty}`)
  runner.output('command', task)
  runner.output('list', escaped(JSON.stringify(forJobs(list, inputs))))
}

/**
 * A JSON text of escapes alone, which an expression reads with `fromJSON`. The runner empties an output of a job that
 * holds a secret, and a secret may be any word, such as `true`.
 */
const escaped = (text: string): string =>
  `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`

function taskOf(event: GitHubEvent, { apply, applyBranches: names }: TargetInputs): WorkflowJob {
  switch (event.name) {
    case 'pull_request':
    case 'merge_group':
      return 'plan'
    case 'push':
      return applyBranches(names, event.defaultBranch)?.has(branchIn(event.ref) ?? '') ? 'apply' : 'nothing'
    case 'workflow_dispatch':
      return apply ? 'apply' : 'drift'
    case 'schedule':
      return 'drift'
    default:
      return 'nothing'
  }
}

/** Inputs that only an apply by hand takes, given to another run; and an apply from a branch that is never applied. */
function misplaced(inputs: TargetInputs, event: GitHubEvent): Problem[] {
  if (event.name === 'workflow_dispatch' && inputs.apply) {
    const branches = applyBranches(inputs.applyBranches, event.defaultBranch)
    const why = branches && whyNotAppliedFrom(event.ref, branches)
    return why ? [{ message: `input apply: ${why}` }] : []
  }
  const given = {
    'approved-digest': inputs.approved.size > 0,
    'retry-tasks': inputs.retryTasks,
    redeploy: inputs.redeploy,
  }
  return Object.entries(given)
    .filter(([, isGiven]) => isGiven)
    .map(([name]) => ({
      message: `input ${name}: only an apply by hand takes it; run the workflow by hand with \`apply\``,
    }))
}

const unknownDigests = ({ approved }: TargetInputs, list: readonly Target[]): Problem[] =>
  [...approved.keys()]
    .filter(name => list.length > 0 && !list.some(target => target.name === name))
    .map(name => ({
      message: `input approved-digest: there is no environment ${JSON.stringify(name)} in the list${didYouMean(name, namesIn(list))}`,
    }))

const namesIn = (list: readonly Target[]): string[] => list.flatMap(({ name }) => name ?? [])

/** What the jobs get. With approved digests the environments that they name; the others are left alone. */
const forJobs = (list: readonly Target[], { approved }: TargetInputs): Target[] =>
  list.flatMap(target => {
    const { name = '' } = target
    if (approved.size > 0 && !approved.has(name)) return []
    return { ...target, slug: slugOf(name), 'approved-digest': approved.get(name) ?? '' }
  })

interface Listed {
  readonly list: readonly Target[]
  readonly problems: readonly Problem[]
}

function listIn({ environments, environmentsFile, workspace }: TargetInputs): Listed {
  if (environments) return listOf(environments, undefined)
  const path = resolve(workspace, environmentsFile)
  if (!existsSync(path)) return { list: [], problems: [] }
  if (!statSync(path).isFile())
    return unread('this is no file; write the list into a file of that name', environmentsFile)
  return listOf(readFileSync(path, 'utf8'), environmentsFile)
}

/** @param file where the text stands; undefined: in an input */
const unread = (why: string, file: string | undefined): Listed => ({
  list: [],
  problems: [{ ...placeIn(file, 1, 1), message: `${inputName(file)}${why}` }],
})

const inputName = (file: string | undefined): string => (file ? '' : 'input environments: ')

/** @param file where the text stands; undefined: in an input */
function listOf(given: string, file: string | undefined): Listed {
  // Editors of Windows begin a file with a byte order mark, which JSON does not know.
  const text = given.replace(/^\ufeff/, '')
  const where = inputName(file)
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch (error) {
    return unread(`this is no JSON: ${(error as Error).message.replace(/\s+/g, ' ')}`, file)
  }
  if (!Array.isArray(list)) return unread('this is no list; write [{"name": …}]', file)
  const { placeOf, repeated } = placesIn(text, file)
  const problems = [
    // JSON.parse takes the last of them, which may be another account or role than the first.
    ...repeated.map(({ key, ...at }) => ({ ...at, message: `${where}${key} stands twice; keep one of them` })),
    ...list.flatMap((target, index) =>
      faultsOf(target, list.slice(0, index)).map(([key, fault]) => ({
        ...placeOf(index, key),
        message: `${where}environment ${index + 1}${nameOfTarget(target)}: ${fault}`,
      })),
    ),
  ]
  if (list.length > 256)
    problems.push({ ...placeOf(256), message: `${where}a matrix has at most 256 jobs, not ${list.length}` })
  return { list, problems }
}

const nameOfTarget = (target: unknown): string =>
  isJsonObject(target) && typeof target.name === 'string' ? ` (${JSON.stringify(target.name)})` : ''

const placeIn = (file: string | undefined, line: number, column: number): { place?: Place } =>
  file ? { place: { file, line, column } } : {}

/** JSON is YAML, whose parser knows lines. */
function placesIn(text: string, file: string | undefined) {
  const lines = new LineCounter()
  const { contents, errors } = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const placeAt = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return placeIn(file, line, col)
  }
  return {
    repeated: errors
      .filter(({ code }) => code === 'DUPLICATE_KEY')
      .map(({ pos: [offset] }) => ({
        ...placeAt(offset),
        key: /^"(?:[^"\\]|\\.)*"/.exec(text.slice(offset))?.[0] ?? 'a key',
      })),
    placeOf: (index: number, key?: string) => {
      const item = isSeq(contents) ? contents.get(index, true) : undefined
      const node = isMap(item) && key !== undefined ? (item.get(key, true) ?? item) : item
      return placeAt((node as { range?: [number] } | undefined)?.range?.[0] ?? 0)
    },
  }
}

const role = /^arn:aws[a-z-]*:iam::(\d{12}):role\/\S+$/

/** What each key must be. A missing or misspelt account would let any account pass. */
const forms: Readonly<
  Record<string, { readonly is: (text: string) => boolean; readonly what: string; readonly optional?: true }>
> = {
  name: {
    is: isEnvironmentName,
    what: 'up to 64 letters, digits, spaces, ".", "_", "/" or "-", with no space at an end or beside a slash',
  },
  region: { is: isRegion, what: 'a region such as "us-east-1"' },
  account: { is: text => accountForm.test(text), what: 'the account, 12 digits in quotes' },
  'plan-role': { is: text => role.test(text), what: 'the ARN of a role' },
  'apply-role': { is: text => role.test(text), what: 'the ARN of a role' },
  protected: { is: () => true, what: 'the name of a GitHub environment', optional: true },
  variables: { is: () => true, what: 'a text, NAME=value, one a line', optional: true },
}

/** What is wrong with one target, each with the key that it is about. */
function faultsOf(target: unknown, before: readonly unknown[]): [string | undefined, string][] {
  if (!isJsonObject(target)) return [[undefined, 'this is no object; write {"name": …}']]
  const faults: [string | undefined, string][] = []
  for (const [key, { is, what, optional }] of Object.entries(forms)) {
    const value = target[key]
    if (value === undefined) {
      if (!optional) faults.push([undefined, `${key} is missing; it is ${what}`])
    } else if (typeof value !== 'string' || !is(value))
      faults.push([key, `${key} must be ${what}, not ${shown(value)}`])
    else if (role.test(value) && typeof target.account === 'string' && role.exec(value)?.[1] !== target.account)
      faults.push([key, `${key} is a role of another account than ${shown(target.account)}`])
  }
  for (const key of Object.keys(target))
    if (!Object.hasOwn(forms, key)) faults.push([key, `${key} is unknown; there are ${Object.keys(forms).join(', ')}`])
  if (before.some(one => isJsonObject(one) && one.name !== undefined && one.name === target.name))
    faults.push(['name', 'this name stands in the list already'])
  return faults
}

/** The value, unless it is a list or an object: these may be long, and hold anything. */
const shown = (value: unknown): string =>
  isJsonObject(value) || Array.isArray(value) ? 'a list or an object' : JSON.stringify(value).slice(0, 80)

/**
 * The name as a part of a concurrency group, whose names ignore case: a capital letter becomes `^` and the small one, which no
 * name holds. Without spaces, which part a group.
 */
export const slugOf = (name: string): string =>
  name.replace(/[A-Z]/g, letter => `^${letter.toLowerCase()}`).replaceAll(' ', '%20')
