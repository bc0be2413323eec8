import { isText } from '../json.ts'
import { type ListNode, type MapNode, memberOf, type Node, type Place } from '../particle.ts'
import { didYouMean } from './suggest.ts'
import { inQuotes, quote, scalarText, sortOf } from './words.ts'

/** A member, or the name of a list's element or a map's key between brackets. */
type PatchStep = string | { readonly element: string }

/** One value of a patch, and where it goes. */
interface PathChange {
  /** Null removes. */
  readonly value: Node
  /** The place of the path. */
  readonly at: Place
  /** Makes a value of what is there, if anything, and the patch's own. */
  readonly combine: (there: Node | undefined, value: Node) => Node
}

/** Why a path leads nowhere. */
class InvalidPath extends Error {}

/** Whether a key of `aws_resource` is a path: no member of the API has a dot or a bracket in its name. */
export const isPath = (key: string): boolean => /[.[]/.test(key)

// A name may hold brackets and dots: it ends where a path can go on.
const STEP = /\[(.+?)\](?=$|[.[])|(?:^(?=[A-Za-z])|\.)([\w-]+)/gy

function stepsOf(path: string): PatchStep[] {
  const found = [...path.matchAll(STEP)]
  if (found.map(([text]) => text).join('') !== path)
    throw new InvalidPath('is no path such as containerDefinitions[web].environment[LOG_LEVEL].value; correct it')
  return found.map(([, element, member = '']) => (element === undefined ? member : { element }))
}

/** A definition with the value of a path changed, or why there is no such thing. */
export function changedAt(definition: MapNode, path: string, change: PathChange): MapNode | string {
  try {
    const made = changed(definition, stepsOf(path), change, '')
    return made?.kind === 'map' ? made : definition
  } catch (error) {
    if (error instanceof InvalidPath) return error.message
    throw error
  }
}

/** The node with the rest of the path changed; undefined where nothing is left of it. `name`: the member that holds it. */
function changed(
  node: Node | undefined,
  [step, ...rest]: readonly PatchStep[],
  change: PathChange,
  name: string,
): Node | undefined {
  const { value, at, combine } = change
  const removes = value.kind === 'scalar' && value.value === null
  if (step === undefined) return removes ? undefined : combine(node, value)
  // What is not there and would have a value under a key is a map: an element of a list would have members.
  const isKey = !node && rest.length === 0 && value.kind === 'scalar' && !removes
  if (typeof step !== 'string' && node?.kind !== 'map' && !isKey) return inList(node, step.element, rest, change, name)
  if (node && node.kind !== 'map')
    throw new InvalidPath(`leads into ${sortOf(node)}, which has no ${quote(String(step))}`)
  const key = typeof step === 'string' ? step : step.element
  // The value of a name in a map of names to values is what the name leads to.
  const below = typeof step !== 'string' && rest.length === 1 && rest[0] === 'value' ? [] : rest
  const old = node?.entries.get(key)
  const made = changed(old?.node, below, change, key)
  const entries = new Map(node?.entries)
  if (made) entries.set(key, { at: old?.at ?? at, node: made })
  else entries.delete(key)
  return { kind: 'map', place: node?.place ?? at, entries }
}

function inList(
  node: Node | undefined,
  element: string,
  rest: readonly PatchStep[],
  change: PathChange,
  member: string,
): ListNode {
  if (node && node.kind !== 'list') throw new InvalidPath(`leads into ${sortOf(node)}, which has no elements`)
  const items = node?.items ?? []
  const key = member === 'tags' ? 'key' : 'name'
  const names = items.map(item => scalarText(memberOf(item, key)))
  const named = names.indexOf(element)
  const index = named < 0 && /^\d+$/.test(element) && names[Number(element)] === undefined ? Number(element) : named
  const list = (elements: readonly (Node | undefined)[]): ListNode => ({
    ...(node ?? { kind: 'list', place: change.at }),
    items: elements.filter(item => item !== undefined),
  })
  const there = items[index]
  if (there) return list(items.with(index, changed(there, rest, change, element) as Node))
  const [last, ...more] = rest
  const states = more.length === 0 && (last === 'value' || last === 'valueFrom')
  // A name with a value is all that such an element is; of others the path could only make a part.
  if (!states || (change.value.kind === 'scalar' && change.value.value === null))
    throw new InvalidPath(
      `leads nowhere: ${quote(member)} has no ${inQuotes(element)}${didYouMean(element, names.filter(isText)) || '; correct it'}`,
    )
  const scalar: Node = { kind: 'scalar', place: change.at, value: element }
  const added: Node = { kind: 'map', place: change.at, entries: new Map([[key, { at: change.at, node: scalar }]]) }
  return list([...items, changed(added, rest, change, element)])
}
