/** Whether a workflow runs for an event. https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#on */
import { type Json, type Token, text, valueIn } from './language.ts'

export interface Occasion {
  readonly name: string
  /** `refs/heads/main`, `refs/tags/v1.2.3`, `refs/pull/1/merge`. */
  readonly ref: string
  /** The branch that a pull request, or a merge group, goes to. */
  readonly base?: string
  readonly type?: string
  /** The files that it changes. */
  readonly changed: readonly string[]
}

const pullRequestTypes = ['opened', 'synchronize', 'reopened']

export function isTriggered(on: Token | undefined, occasion: Occasion): boolean {
  const stated = valueIn(on, {})
  if (typeof stated === 'string') return startsOn({ [stated]: null }, occasion)
  if (Array.isArray(stated)) return startsOn(Object.fromEntries(stated.map(name => [text(name), null])), occasion)
  return startsOn(stated as Readonly<Record<string, Json>>, occasion)
}

function startsOn(events: Readonly<Record<string, Json>>, occasion: Occasion): boolean {
  if (!(occasion.name in events)) return false
  const filters = (events[occasion.name] ?? {}) as Readonly<Record<string, Json>>
  const list = (name: string): string[] | undefined => {
    const stated = filters[name]
    return stated === undefined || stated === null ? undefined : [stated].flat().map(item => text(item as Json))
  }
  if (occasion.name === 'pull_request' && !(list('types') ?? pullRequestTypes).includes(occasion.type ?? ''))
    return false
  const [, kind = '', name = ''] = /^refs\/(heads|tags)\/(.*)$/.exec(occasion.ref) ?? []
  const branches = list('branches')
  const tags = list('tags')
  if (occasion.name === 'push') {
    // With a filter for one kind alone, the other kind starts nothing.
    if (kind === 'heads' ? tags && !branches : branches && !tags) return false
    const filter = kind === 'heads' ? branches : tags
    if (filter && !isMatch(filter, name)) return false
  } else if (branches && !isMatch(branches, occasion.base ?? '')) return false
  const paths = list('paths')
  return !paths || occasion.changed.some(file => isMatch(paths, file))
}

/** The last pattern that matches decides. */
function isMatch(patterns: readonly string[], name: string): boolean {
  return patterns.reduce((is, pattern) => {
    const excludes = pattern.startsWith('!')
    return expression(excludes ? pattern.slice(1) : pattern).test(name) ? !excludes : is
  }, false)
}

/** `?` and `+` mean none or one, and one or more, of the character before. */
const expression = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern.replace(/\*\*|\*|[.^$(){}|\\]/g, found => (found === '**' ? '.*' : found === '*' ? '[^/]*' : `\\${found}`))}$`,
  )
