/** Why a step updates its particle: what comes and goes, then what changes. */
import { actionOf, type Change, type ChangeAction, type Value } from '../compare/change.ts'
import { parsePath } from '../compare/path.ts'
import { valueNoun, type WholeElement, wholeElements } from '../flavors/elements.ts'
import { cut } from './escape.ts'
import { shortPath, unknownOf, valueText } from './value.ts'
import { count, name, nameList, type Phrase } from './words.ts'

const signs: Readonly<Record<ChangeAction, { readonly sign: string }>> = { add: { sign: '+' }, remove: { sign: '−' } }

/** Reasons that are named; the others are counted. */
const MOST = 3

/** Changes that one phrase names. */
interface ReasonPhrase {
  /** 0: what goes. 1: what comes. 2: what changes. */
  readonly rank: 0 | 1 | 2
  readonly phrase: (number: number) => Phrase
  /** Paths of its changes, or of its whole elements. */
  readonly paths: Set<string>
}

/** `− load balancer web-tg:8080, + variables A and B, image, 1 variable, desiredCount 4 → 6` */
export function reasons(changes: readonly Change[]): Phrase {
  const all = changes.flatMap(change => [change, ...(change.removes ?? [])])
  const found = [...reasonsOf(all)].sort((one, other) => one.rank - other.rank)
  const shown = found
    .slice(0, MOST)
    .flatMap(({ phrase, paths }, index) => [...(index > 0 ? [', '] : []), ...phrase(paths.size)])
  return found.length > MOST ? [...shown, ` and ${count(found.length - MOST, 'more', 'more')}`] : shown
}

function reasonsOf(changes: readonly Change[]): Iterable<ReasonPhrase> {
  const places = changes.map(change => ({ change, ...placeOf(change) }))
  const hasSeveral = new Set(places.map(({ container }) => container)).size > 1
  const elements = wholeElements(changes)
  const found = new Map<string, ReasonPhrase>()
  const add = (key: string, path: string, rank: ReasonPhrase['rank'], phrase: ReasonPhrase['phrase']) => {
    const reason = found.get(key) ?? { rank, phrase, paths: new Set() }
    found.set(key, reason)
    reason.paths.add(path)
  }
  for (const { change, container, path, member } of places) {
    const of = container !== undefined && hasSeveral ? ` of ${cut(container, 40)}` : ''
    const element = elements.get(change)
    if (element) {
      const { action, noun, within } = element
      const alike = () => [...elements.values()].filter(one => isAlike(one, element))
      add(`${action} ${noun} ${within}`, element.path, action === 'remove' ? 0 : 1, () => coming(alike(), within && of))
      continue
    }
    const action = actionOf(change)
    const noun = valueNoun(member)
    if (noun) add(`${noun}${of}`, change.path, 2, number => [`${count(number, noun)}${of}`])
    else if (member === 'taskDefinition' && unknownOf(change.after))
      add('follows', change.path, 2, () => ['follows its definition'])
    else add(`${path}${of}`, change.path, action === 'remove' ? 0 : 2, () => because(path, of, change))
  }
  return found.values()
}

const isAlike = (one: WholeElement, other: WholeElement): boolean =>
  one.action === other.action && one.noun === other.noun && one.within === other.within

/** `+ variables A, B and 3 more`. Elements without a name are counted. */
function coming(alike: readonly WholeElement[], of: string): Phrase {
  const all = [...new Map(alike.map(one => [one.path, one])).values()]
  const [first] = all
  if (!first) return []
  const sign = signs[first.action]
  const names = all.flatMap(one => one.name ?? [])
  if (names.length < all.length || names.length === 0)
    return [sign, `${all.length === 1 ? first.noun : count(all.length, first.noun)}${of}`]
  return [sign, `${first.noun}${all.length > 1 ? 's' : ''} `, ...nameList(names, 2, 40), of]
}

/** The container of a change, and the path inside the container. */
function placeOf({ path }: Change): { readonly container?: string; readonly path: string; readonly member: string } {
  const [first, ...below] = parsePath(path)
  const member = first?.member ?? ''
  if (member !== 'containerDefinitions' || first?.key === undefined) return { path, member }
  const inside = below.map(({ text }) => text).join('.') || member
  return { container: first.key, path: inside, member: below[0]?.member ?? member }
}

/** An image in two parts, because its tag is enough where the repository stays. Nobody recognises a digest. */
function tagOf(image: Value | undefined): { readonly repository: string; readonly tag: string } | undefined {
  const [, repository, tag] = typeof image === 'string' ? (/^(.*):([\w.-]{1,24})$/.exec(image) ?? []) : []
  return repository === undefined || tag === undefined || repository.includes('@') ? undefined : { repository, tag }
}

function because(path: string, of: string, change: Change): Phrase {
  const { before, after, sensitive } = change
  const label = name(shortPath(path, 60))
  const [old, next] = [tagOf(before), tagOf(after)]
  if (path === 'image' && !sensitive && old && next && old.repository === next.repository)
    return [label, `${of} `, name(old.tag), ' → ', name(next.tag)]
  const brief = (value: Value | undefined) =>
    (typeof value === 'string' && value.length <= 24) || typeof value === 'number' || typeof value === 'boolean'
  const action = actionOf(change)
  if (action) {
    const value = action === 'add' ? after : before
    return [signs[action], label, sensitive || !brief(value) ? of : `${of} ${valueText(value)}`]
  }
  if (sensitive || !brief(before) || !brief(after)) return [label, of]
  return [label, `${of} ${valueText(before)} → ${valueText(after)}`]
}
