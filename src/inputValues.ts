/** What the text of each input means. Pure. */
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { variableName } from './manifest/variables.ts'
import { inQuotes } from './manifest/words.ts'
import { ENVIRONMENT, type ParticleId } from './particle.ts'
import { isRegion } from './schema/arn.ts'

/** Reports a problem of the input that is being read. */
export type Refuse = (message: string) => void

/** A number, or a share of the running particles in percent. */
type TerminationLimit = { readonly count: number } | { readonly percent: number }

/** The lines with content; those that begin with `#` are comments. */
const contentLines = (text: string): { readonly text: string; readonly number: number }[] =>
  text
    .split('\n')
    .map((line, index) => ({ text: line.trim(), number: index + 1 }))
    .filter(line => line.text !== '' && !line.text.startsWith('#'))

/** Names of environments. */
const environmentForm = /^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}$/
/** Ids of AWS accounts. */
export const accountForm = /^\d{12}$/

/** Items, one a line or several with commas, each once. */
function itemsIn(text: string): string[] {
  const items = contentLines(text).flatMap(line => line.text.split(','))
  return [...new Set(items.map(item => item.trim()).filter(Boolean))]
}

/** The items. `problemOf` words the problem of one item. */
function itemsOf(text: string, refuse: Refuse, problemOf: (item: string) => string | false): string[] {
  const items = itemsIn(text)
  for (const item of items) {
    const problem = problemOf(item)
    if (problem) refuse(problem)
  }
  return items
}

/** One of these words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return (text: string, refuse: Refuse): Words[number] => {
    const word = words.find(candidate => candidate === text)
    if (word === undefined) refuse(`must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}, not ${inQuotes(text)}`)
    return word ?? words[0]
  }
}

/** The spellings of YAML 1.2's core schema, as getBooleanInput of @actions/core takes them. */
export function boolean(text: string, refuse: Refuse): boolean {
  if (/^(true|True|TRUE)$/.test(text)) return true
  if (!/^(false|False|FALSE)$/.test(text)) refuse(`must be true or false, not ${inQuotes(text)}`)
  return false
}

/** A whole number, both limits included. */
export function wholeNumber(least: number, most: number) {
  return (text: string, refuse: Refuse): number => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (number >= least && number <= most) return number
    refuse(`must be a whole number from ${least} to ${most}, not ${inQuotes(text)}`)
    return least
  }
}

// The check of `production / applied` would be the one that marks applied commits of `production`.
const spaceAtSlash = / \/|\/ /

/** Whether the input `environment` takes this text as it is; a space at its end it would drop. */
export const isEnvironmentName = (text: string): boolean =>
  environmentForm.test(text) && !text.endsWith(' ') && !spaceAtSlash.test(text)

/** The name is part of a comment's marker, of a check's name and, put into other letters, of a task's `startedBy`. */
export function environmentName(text: string, refuse: Refuse): string {
  if (!environmentForm.test(text)) {
    refuse(`must be up to 64 letters, digits, spaces, ".", "_", "/" or "-" and begin with one of the first two`)
  } else if (spaceAtSlash.test(text))
    refuse('must not have a space beside a slash: the names of its checks are made with those')
  return text
}

/** Globs and folders, one a line, of which one at least includes something. */
export function patterns(text: string, refuse: Refuse): string[] {
  const found = contentLines(text).map(line => line.text)
  if (found.every(pattern => pattern.startsWith('!'))) refuse('names no file or folder, only what is left out')
  return found
}

/** A path, which may not be empty. */
export function planFile(text: string, refuse: Refuse): string {
  if (!text) refuse('must say where the plan is, such as plan.json')
  return text
}

/** A folder of the workspace, relative to it, with forward slashes. */
export function folderOf(workspace: string) {
  return (text: string, refuse: Refuse): string => {
    const path = relative(workspace, resolve(workspace, text))
    if (path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) {
      refuse(`must be a folder of the workspace, not ${inQuotes(text)}`)
    }
    return path.split(sep).join('/') || '.'
  }
}

/** `NAME=value`, one a line. A line that is none is named by its number alone: it may be the rest of a secret. */
export function assignments(text: string, refuse: Refuse): Map<string, string> {
  const found = new Map<string, string>()
  for (const line of contentLines(text)) {
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

/** Names of variables, set or not; a text that is no name is left out. */
export const namesIn = (text: string): string[] => itemsIn(text).filter(name => variableName.test(name))

/** Names of variables. One that is not set is refused: a typing error would show a secret or let nothing through. */
export function variableNames(variables: ReadonlyMap<string, string>) {
  return (text: string, refuse: Refuse): Set<string> =>
    new Set(
      itemsOf(text, refuse, name => {
        // A text that is no name may be a value in the wrong input, so the message does not repeat it.
        if (!variableName.test(name)) return 'takes names of variables, without values'
        return !variables.has(name) && `${name} is not set by the variables input`
      }),
    )
}

/** A region, or without one that of the environment (AWS_REGION). */
export function regionOr(fallback: string | undefined) {
  return (text: string, refuse: Refuse): string | undefined => {
    const region = text || fallback?.trim() || undefined
    if (region && !isRegion(region)) {
      refuse(`must be a region such as us-east-1, not ${inQuotes(region)}${text ? '' : ' (from the environment)'}`)
    }
    return region
  }
}

/** AWS account ids: 12 digits each. */
export const accountIds = (text: string, refuse: Refuse): string[] =>
  itemsOf(text, refuse, id => !accountForm.test(id) && `an account id has 12 digits; ${inQuotes(id)} has not`)

/** Names or globs of environment variables. */
export const environmentNames = (text: string, refuse: Refuse): string[] =>
  itemsOf(text, refuse, name => /[\s=]/.test(name) && 'takes names or globs of environment variables, without values')

/** Names or globs of branches, without `refs/heads/`. */
export function branchNames(text: string, refuse: Refuse): string[] {
  const names = itemsOf(
    text,
    refuse,
    name => /\s/.test(name) && `takes names of branches or globs, not ${inQuotes(name)}`,
  )
  for (const name of names) {
    if (/^!?refs\//.test(name)) refuse(`takes names of branches without refs/heads/, not ${inQuotes(name)}`)
  }
  if (names.length > 0 && names.every(name => name.startsWith('!'))) refuse('names no branch, only what is left out')
  return names
}

/** `sha256:` and 64 hex digits; undefined when empty. */
export function planDigest(text: string, refuse: Refuse): string | undefined {
  if (text === '') return undefined
  if (!/^sha256:[0-9a-f]{64}$/.test(text)) {
    refuse(`must be sha256: and 64 hex digits, as the plan shows it, not ${inQuotes(text)}`)
  }
  return text
}

/** `environment=sha256:…`, one a line. */
export function digestsByEnvironment(text: string, refuse: Refuse): Map<string, string> {
  const found = new Map<string, string>()
  for (const line of contentLines(text)) {
    const [, name = '', digest = ''] = /^(.*?)\s*=\s*(.*)$/.exec(line.text) ?? []
    if (!name) refuse(`line ${line.number} must name its environment: production=sha256:…`)
    else if (found.has(name)) refuse(`line ${line.number} names ${inQuotes(name)} a second time`)
    else found.set(name, planDigest(digest, refuse) ?? '')
    if (name && !digest) refuse(`line ${line.number} has no digest`)
  }
  return found
}

/** A part of names of artifacts, in which other parts are told apart by dots. */
export function callName(text: string, refuse: Refuse): string {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) refuse(`must be letters, digits, "_" and "-", not ${inQuotes(text)}`)
  return text
}

/** Ids of particles of one flavor: `ecs_task:migrate`. */
export function idsOf(flavor: string) {
  const isId = (text: string): text is ParticleId => text.startsWith(`${flavor}:`) && text.length > flavor.length + 1
  return (text: string, refuse: Refuse): ParticleId[] =>
    itemsOf(text, refuse, item => !isId(item) && `takes ids such as ${flavor}:name, not ${inQuotes(item)}`).filter(isId)
}

/** `90s`, `30m` or `1h30m`, in milliseconds. */
export function milliseconds(text: string, refuse: Refuse): number {
  const [, hours = 0, minutes = 0, seconds = 0] = /^(?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? []
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  // Nothing of ECS takes a day, and timers count no further than 24 of them.
  if (total === 0 || total > 24 * 3600)
    refuse(`must be a time from 1s to 24h such as 90s, 30m or 1h30m, not ${inQuotes(text)}`)
  return total * 1000
}

/** `3` or `25%`. */
export function terminationLimit(text: string, refuse: Refuse): TerminationLimit {
  const [, number, percent] = /^(\d+(?:\.\d+)?) ?(%)?$/.exec(text) ?? []
  const value = Number(number)
  if (number === undefined || (percent ? value > 100 : !Number.isSafeInteger(value))) {
    refuse(`must be a whole number or a share up to 100%, such as 25%, not ${inQuotes(text)}`)
  }
  return percent ? { percent: value } : { count: value }
}

/** `arn:aws:ecs:us-east-1:123456789012:service-deployment/shop/web/0aB…` or its last part, one a line. */
export function deploymentArns(text: string, refuse: Refuse): string[] {
  const all = [...new Set(text.split(/\s*\n\s*/).filter(Boolean))]
  for (const one of all)
    if (!/^(?:arn:[\w-]+:ecs:[\w-]+:\d{12}:service-deployment\/[\w-]+\/[\w-]+\/)?[\w-]{1,64}$/.test(one))
      refuse(
        `takes ARNs of service deployments or their last parts, as the comment and the output deployment name them, not ${inQuotes(one)}`,
      )
  return all
}
