/** Members that earlier manifests stated, today's do not, and AWS still has. Pure. */
import type { FoundChange } from '../compare/change.ts'
import { displayPath, type StepPath } from '../compare/path.ts'
import { type Node, nodeAt, type Particle, type Place, valueAt } from '../particle.ts'
import type { Source } from './document.ts'

/** A member that is no longer declared, and the place of its key in the earlier manifest. */
interface StayingMember {
  readonly path: string
  readonly place: Place
  readonly toRemove?: string
}

/** A member that an applied check remembers: the resource's address, and the member's path. */
export interface RememberedMember {
  readonly address: string
  readonly path: string
  readonly declared: Source & { readonly commit: string }
}

/** What to state to remove the member, if it is not stated and AWS has it still; undefined if not. */
export function stillStaying(
  { definition }: Particle,
  path: string,
  unstated: readonly FoundChange[],
  toRemove: Readonly<Record<string, string>> = {},
): { readonly toRemove?: string } | undefined {
  if (valueAt(definition, path.split('.')) !== undefined) return undefined
  const isThere = unstated.some(one => one.path === path || ['.', '['].some(end => one.path.startsWith(path + end)))
  const remedy = toRemove[path.replace(/\[.*$/s, '[]')]
  return isThere ? (remedy === undefined ? {} : { toRemove: remedy }) : undefined
}

/** The members by the live values that today's manifest leaves out. `toRemove`: see `Vocabulary`. */
export function stayingMembers(
  now: Particle,
  earlier: Particle,
  unstated: readonly FoundChange[],
  toRemove: Readonly<Record<string, string>> = {},
): StayingMember[] {
  const found = new Map<string, StayingMember>()
  for (const { steps } of unstated) {
    const member = stayingMember(now, earlier, steps, toRemove)
    if (member) found.set(member.path, member)
  }
  return [...found.values()]
}

function stayingMember(
  now: Particle,
  { source }: Particle,
  steps: StepPath,
  toRemove: Readonly<Record<string, string>>,
): StayingMember | undefined {
  const length = steps.findIndex(step => typeof step !== 'string')
  const members = (length < 0 ? steps : steps.slice(0, length)).map(String)
  const list = nodeAt(source, members)
  if (!list || statesNothing(list)) return undefined
  const missing = members.map((_, index) => members.slice(0, index + 1)).filter(path => !isStated(now, path))
  if (missing.length === 0) return stayingElement(list, steps.slice(0, length + 1), toRemove)
  const path = missing.find(one => one.join('.') in toRemove) ?? members
  return memberAt(path.join('.'), keyPlace(source, path) ?? list.place, toRemove[path.join('.')])
}

/** Of a list whose elements are owned one by one, such as the attributes of an instance. */
function stayingElement(
  list: Node,
  steps: StepPath,
  toRemove: Readonly<Record<string, string>>,
): StayingMember | undefined {
  const last = steps.at(-1)
  if (typeof last !== 'object') return undefined
  const isIt = (item: Node) => item.kind === 'map' && textOf(item.entries.get('name')?.node) === last.in
  const place =
    list.kind === 'map' ? list.entries.get(String(last.in))?.at : list.kind === 'list' && list.items.find(isIt)?.place
  return place ? memberAt(displayPath(steps), place, toRemove[`${displayPath(steps.slice(0, -1))}[]`]) : undefined
}

const memberAt = (path: string, place: Place, toRemove: string | undefined): StayingMember => ({
  path,
  place,
  ...(toRemove !== undefined && { toRemove }),
})

const isStated = ({ definition }: Particle, path: readonly string[]): boolean => valueAt(definition, path) !== undefined

/** Whether the manifest stated that there is none. */
const statesNothing = (node: Node): boolean =>
  node.kind === 'scalar'
    ? node.value === null
    : node.kind === 'list'
      ? node.items.length === 0
      : node.entries.size === 0

const textOf = (node: Node | undefined): unknown => (node?.kind === 'scalar' ? node.value : undefined)

function keyPlace(source: Node, path: readonly string[]): Place | undefined {
  const holder = nodeAt(source, path.slice(0, -1))
  return holder?.kind === 'map' ? holder.entries.get(path.at(-1) ?? '')?.at : undefined
}
