/**
 * The list of orphans as checks carry it from commit to commit: one line of JSON for each resource that was declared once, is
 * not any more and is still in AWS. `complete: false` keeps older lists valid when an apply could not read everything.
 */
import { sha256 } from '../digest.ts'
import type { Source } from '../engine/document.ts'
import type { Undeclared } from '../engine/removal.ts'
import type { RememberedMember } from '../engine/undeclaredMembers.ts'
import { isJsonObject, isText, parsedJson } from '../json.ts'
import type { GitHub } from './api.ts'
import { unlessRefused } from './apiErrors.ts'
import { appliedCheck, type Conclusion, continued, findChecks, refusedCheck } from './check.ts'
import { textLimit } from './claimText.ts'

/** The format of the list. Other formats are reported, never guessed. */
const formatVersion = 1

/** What a commit's check lists: declared once, no longer declared, and still in AWS. */
export interface DeclaredList {
  readonly entries: readonly Undeclared[]
  /** Members of resources that are still declared. Releases that do not know them pass over their lines. */
  readonly members: readonly RememberedMember[]
  /** False when an earlier list or earlier manifests could not be read: lists on earlier commits count too. */
  readonly complete: boolean
}

const saidOfNone = 'Whatever was declared once is declared still, or gone, or let go.'
const saidOfSome =
  'Declared once, not declared any more, and still there. Each line is kept until the thing is gone or the repository lets it go.'

const header = (part: number, parts: number, list: string, whole: boolean): string =>
  `ecs-particles declared once, format ${formatVersion}, part ${part} of ${parts}, list ${list}${whole ? '' : ', not whole'}`
const headerForm = /^ecs-particles declared once, format (\d+), part (\d+) of (\d+), list ([0-9a-f]{16})(, not whole)?$/
const anyHeader = /^ecs-particles declared once, format (\d+)/

/** Four spaces make a block of code, so that the list can be read on the check's page. */
const indent = '    '

const digest = (lines: readonly string[]): string => sha256(lines.join('\n')).slice(0, 16)

/** The list as one text per check. The same list makes the same texts. */
export function declaredTexts({ entries, members, complete: whole }: DeclaredList): [string, ...string[]] {
  const lines = entries.map(undeclaredLine).sort()
  const all = [...lines, ...members.map(memberLine).sort()]
  const room = textLimit - header(9_999, 9_999, digest([]), false).length - saidOfSome.length - 10
  const parts: string[][] = [[]]
  let left = room
  for (const line of all) {
    const size = indent.length + line.length + 1
    if (size > left && (parts.at(-1) ?? []).length > 0) {
      parts.push([])
      left = room
    }
    parts.at(-1)?.push(line)
    left -= size
  }
  const list = digest(lines)
  const [first = '', ...more] = parts.map((its, index) =>
    [
      header(index + 1, parts.length, list, whole),
      '',
      all.length > 0 ? saidOfSome : saidOfNone,
      '',
      ...its.map(line => indent + line),
    ].join('\n'),
  )
  return [first, ...more]
}

/** One entry. Identities that hold a secret variable were left out before. */
function undeclaredLine({ source, persistOnTermination: kept, parents, members, options, ...one }: Undeclared): string {
  return JSON.stringify({
    thing: one.address,
    pcf_name: one.name,
    since: one.since,
    pull_request: one.pullRequest,
    declared_in: `${source.file}:${source.line}`,
    declared_at: one.commit,
    account: one.account,
    persist_on_termination: kept || undefined,
    renamed_to: one.renamedTo,
    parents: parents.length > 0 ? parents : undefined,
    members: Object.keys(members).length > 0 ? members : undefined,
    options: Object.keys(options).length > 0 ? options : undefined,
  })
}

/** The place that `declared_in` names: `particles/web.yml:12`. */
function sourceIn(at: unknown): Source | undefined {
  const [, file, line] = isText(at) ? (/^(.+):(\d+)$/s.exec(at) ?? []) : []
  return file === undefined ? undefined : { file, line: Number(line) }
}

const memberMark = 'member '

const memberLine = ({ address: thing, path, declared: { file, line, commit } }: RememberedMember): string =>
  memberMark + JSON.stringify({ thing, member: path, declared_in: `${file}:${line}`, declared_at: commit })

function memberOf(line: string): RememberedMember[] {
  const value = parsedJson(line.slice(memberMark.length))
  if (!isJsonObject(value)) return []
  const { thing, member: path, declared_in: at, declared_at: commit } = value
  const source = sourceIn(at)
  if (!isText(thing) || !isText(path) || !isText(commit) || !source) return []
  return [{ address: thing, path, declared: { ...source, commit } }]
}

const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  isJsonObject(value) && Object.values(value).every(isText)
const isOptions = (value: unknown): value is Undeclared['options'] =>
  isJsonObject(value) && Object.values(value).every(one => ['string', 'number', 'boolean'].includes(typeof one))

/** Undefined for a line that no release of this format has written. */
function entryOf(line: string): Undeclared | undefined {
  const value = parsedJson(line)
  if (!isJsonObject(value)) return undefined
  const { thing, pcf_name: name, since, pull_request: pullRequest, declared_in: at, declared_at: commit } = value
  const { account, persist_on_termination: kept = false, renamed_to: renamedTo } = value
  const { parents = [], members = {}, options = {} } = value
  const source = sourceIn(at)
  const maybe = (text: unknown): text is string | undefined => text === undefined || isText(text)
  if (!isText(thing) || !isText(name) || !isText(commit) || !source) return undefined
  if (!maybe(since) || !maybe(account) || !maybe(renamedTo) || typeof kept !== 'boolean') return undefined
  if (pullRequest !== undefined && typeof pullRequest !== 'number') return undefined
  if (!Array.isArray(parents) || !parents.every(isText) || !isTexts(members) || !isOptions(options)) return undefined
  return {
    address: thing,
    name,
    source,
    commit,
    since,
    pullRequest,
    parents,
    members,
    options,
    persistOnTermination: kept,
    renamedTo,
    account,
  }
}

interface ListPart {
  readonly part: number
  readonly parts: number
  readonly list: string
  readonly whole: boolean
  readonly lines: readonly string[]
  readonly members: readonly RememberedMember[]
}

/** One check's part of the list; undefined when the text is no list. */
function partOf(text: string | null): ListPart | { readonly format: string } | undefined {
  const [first = '', ...more] = (text ?? '').split(/\r?\n/)
  const [, format, part, parts, list, partly] = headerForm.exec(first.trim()) ?? []
  const named = format ?? anyHeader.exec(first.trim())?.[1]
  if (named === undefined) return undefined
  if (Number(named) !== formatVersion || list === undefined) return { format: named }
  const linesWith = (mark: string) =>
    more.filter(line => line.startsWith(indent + mark)).map(line => line.slice(indent.length))
  return {
    part: Number(part),
    parts: Number(parts),
    list,
    whole: partly === undefined,
    lines: linesWith('{'),
    members: linesWith(memberMark).flatMap(memberOf),
  }
}

/** A commit's list. `why`: there is a list and it cannot be read. */
export type DeclaredRecord = DeclaredList | { readonly why: string } | undefined

/** The list in the newest check of a name. Older releases wrote none. */
async function listIn(github: GitHub, commit: string, name: string, conclusion: Conclusion): Promise<DeclaredRecord> {
  const { successful } = await findChecks(github, commit, name, conclusion)
  const first = partOf(successful[0]?.text ?? null)
  if (!first) return undefined
  const where = `the check "${name}" of commit ${commit.slice(0, 7)}`
  if ('format' in first)
    return {
      why: `${where} keeps what was declared once in format ${first.format}, and this release knows only ${formatVersion}; plan and apply with one release`,
    }
  const lines = [...first.lines]
  const members = [...first.members]
  for (let part = 2; part <= first.parts; part++) {
    const { successful: more } = await findChecks(github, commit, continued(name, part), conclusion)
    const found = more
      .map(({ text }) => partOf(text))
      .find(one => one && !('format' in one) && one.list === first.list && one.part === part)
    if (!found || 'format' in found) return { why: `${where} is incomplete: "${continued(name, part)}" is missing` }
    lines.push(...found.lines)
    members.push(...found.members)
  }
  const entries = lines.flatMap(line => entryOf(line) ?? [])
  if (entries.length !== lines.length || digest(lines) !== first.list)
    return { why: `${where} keeps a list of what was declared once that is not as it was written` }
  return { entries, members, complete: first.whole }
}

/** The list in a commit's checks. Never fails: a refusal of GitHub is a `why`. */
export async function declaredListOn(
  github: GitHub,
  commit: string,
  environment: string,
  by: 'applied' | 'refused',
): Promise<DeclaredRecord> {
  const name = by === 'applied' ? appliedCheck(environment) : refusedCheck(environment)
  const conclusion = by === 'applied' ? 'success' : 'failure'
  return unlessRefused(
    () => listIn(github, commit, name, conclusion),
    why => ({ why }),
  )
}
