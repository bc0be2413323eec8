/** What comes or goes as a whole inside a definition, and what a person calls it. Pure. */
import { actionOf, type Change, type ChangeAction } from '../compare/change.ts'
import { parsePath } from '../compare/path.ts'
import { nameOf } from '../schema/arn.ts'

/** A container, a load balancer, a variable: whatever is there or not. */
export interface WholeElement {
  readonly action: ChangeAction
  readonly noun: string
  /** Missing where it has none, or a hidden one. */
  readonly name?: string
  /** The element that it is inside of: `containerDefinitions[web]`. Empty at the top. */
  readonly within: string
  /** Its own path. */
  readonly path: string
}

/** A kind of list element. */
interface Kind {
  readonly noun: string
  /** Members that an element has from its beginning to its end; without any, an element is nothing but its value. */
  readonly identity?: readonly string[]
  /** A name for people, from values by member; elements that are labelled by their name need none. */
  readonly naming?: (value: (member: string) => unknown) => unknown
}

/** The name of a target group: `web-tg` of `arn:aws:elasticloadbalancing:…:targetgroup/web-tg/0123456789abcdef`. */
const targetGroupName = (arn: unknown): string | undefined =>
  typeof arn === 'string' ? (/:targetgroup\/([^/]+)/.exec(arn)?.[1] ?? nameOf(arn)) : undefined

/** By the member that holds the list. */
const kinds: Readonly<Record<string, Kind>> = {
  containerDefinitions: { noun: 'container', identity: ['image'] },
  environment: { noun: 'variable' },
  secrets: { noun: 'secret' },
  tags: { noun: 'tag' },
  loadBalancers: {
    noun: 'load balancer',
    identity: ['targetGroupArn', 'loadBalancerName'],
    naming: value => {
      const name = value('loadBalancerName') ?? targetGroupName(value('targetGroupArn'))
      const port = value('containerPort')
      return typeof name === 'string' && typeof port === 'number' ? `${name}:${port}` : name
    },
  },
  serviceRegistries: {
    noun: 'discovery service',
    identity: ['registryArn'],
    naming: value => nameOf(String(value('registryArn') ?? '')),
  },
  capacityProviderStrategy: {
    noun: 'capacity provider',
    identity: ['capacityProvider'],
    naming: value => value('capacityProvider'),
  },
}

const elementKind = (member: string): Kind | undefined => (Object.hasOwn(kinds, member) ? kinds[member] : undefined)

/** What one element of this list is called, where it is nothing but its value: `variable`. */
export function valueNoun(member: string): string | undefined {
  const kind = elementKind(member)
  return kind?.identity ? undefined : kind?.noun
}

/** Structures that are always there, and are on or off by their member `enable`. */
const switches: Readonly<Record<string, string>> = {
  'deploymentConfiguration.deploymentCircuitBreaker': 'circuit breaker',
  'deploymentConfiguration.alarms': 'deployment alarms',
}

/** The whole element that each change is a part of, the outermost one; changes of what stays are not among them. */
export function wholeElements(changes: readonly Change[]): ReadonlyMap<Change, WholeElement> {
  const places = changes.flatMap(placesOf)
  const found = new Map<Change, WholeElement>()
  for (const place of places) {
    if (found.has(place.change)) continue
    const others = places.filter(({ path, action }) => path === place.path && action === place.action)
    const { identity } = place.kind
    if (identity && !others.some(({ member }) => identity.includes(member))) continue
    found.set(place.change, elementAt(place, others))
  }
  for (const [path, noun] of Object.entries(switches)) {
    const enable = changes.find(change => change.path === `${path}.enable`)
    if (!enable || (enable.before === true) === (enable.after === true)) continue
    const action = enable.after === true ? 'add' : 'remove'
    for (const change of changes)
      if (change.path.startsWith(`${path}.`)) found.set(change, { action, noun, within: '', path })
  }
  return found
}

/** Each element of a list with a kind that a change is in. `member`: the one of the element, empty for the element itself. */
function placesOf(change: Change) {
  const action = actionOf(change)
  const segments = action ? parsePath(change.path) : []
  const texts = segments.map(({ text }) => text)
  return segments.flatMap(({ member: list, key }, index) => {
    const kind = elementKind(list)
    if (!action || !kind || key === undefined) return []
    const [path, within] = [texts.slice(0, index + 1).join('.'), texts.slice(0, index).join('.')]
    return [{ change, action, kind, path, within, key, member: segments[index + 1]?.member ?? '' }]
  })
}

type ElementChange = ReturnType<typeof placesOf>[number]

function elementAt({ action, kind, path, within, key }: ElementChange, all: readonly ElementChange[]): WholeElement {
  const valueAt = (name: string): unknown => {
    const change = all.find(({ member }) => member === name)?.change
    return action === 'add' ? change?.after : change?.before
  }
  // A number stands for a name that is hidden, or for an element without one.
  const name = kind.naming ? kind.naming(valueAt) : /^\d+$/.test(key) ? undefined : key
  return { action, noun: kind.noun, ...(typeof name === 'string' && name !== '' && { name }), within, path }
}
