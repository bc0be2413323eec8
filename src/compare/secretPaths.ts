/** Where secret variables stand in a definition, by what things are called, so that places in definitions of other times can be compared. */
import { type Node, valueAt } from '../particle.ts'
import type { Step } from './path.ts'

/** Steps to a place: members, keys and names of elements; `*` for an element without a name that may be shown. */
export type Way = readonly string[]

const any = '*'

/** Members that say which element of a list it is. */
const naming = ['name', 'key'] as const

/** The ways to every value that one of these variables went into. */
export function secretWays(node: Node, isSecret: (variable: string) => boolean, up: Way = []): Way[] {
  if (node.kind === 'scalar') return holdsSecret(node, isSecret) ? [up] : []
  if (node.kind === 'map')
    return [...node.entries].flatMap(([key, entry]) => secretWays(entry.node, isSecret, [...up, key]))
  return node.items.flatMap(item => {
    const name = item.kind === 'map' ? naming.map(key => item.entries.get(key)?.node).find(Boolean) : undefined
    const open = name?.kind === 'scalar' && typeof name.value === 'string' && !holdsSecret(name, isSecret)
    return secretWays(item, isSecret, [...up, open ? String(name.value) : any])
  })
}

const holdsSecret = (node: Node, isSecret: (variable: string) => boolean): boolean =>
  node.kind === 'scalar' && (node.parts ?? []).some(part => typeof part !== 'string' && isSecret(part.variable))

/** The way that a displayed path goes. */
export const wayOf = (steps: readonly Step[]): Way =>
  steps.map(step => (typeof step === 'string' ? step : typeof step.in === 'string' ? step.in : any))

/** The way that a dotted key goes in an answer, whose lists are counted. */
export function wayIn(root: unknown, path: readonly string[]): Way {
  return path.map((key, index) => {
    if (!Array.isArray(valueAt(root, path.slice(0, index)))) return key
    const names = naming.map(name => valueAt(root, [...path.slice(0, index + 1), name]))
    return String(names.find(name => typeof name === 'string') ?? any)
  })
}

const meet = (one: string, other: string): boolean => one === other || one === any || other === any

/** Whether a secret stands at the place, in it or around it. */
export const holdsWay = (ways: readonly Way[], place: Way): boolean =>
  ways.some(way => way.slice(0, place.length).every((step, index) => meet(step, place[index] ?? any)))

/** Whether some element of the list at the place has a secret for its name. */
export const namesSecretly = (ways: readonly Way[], list: Way): boolean =>
  ways.some(
    way =>
      way.length === list.length + 2 &&
      way.at(-2) === any &&
      naming.some(name => name === way.at(-1)) &&
      list.every((step, index) => meet(step, way[index] ?? any)),
  )
