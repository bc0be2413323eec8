/** Where secret variables stand in a definition, by what things are called, so that places in definitions of other times can be compared. */
import { type Node, valueAt } from '../particle.ts'
import type { PathStep } from './path.ts'

/** Steps to a place: members, keys and names of elements; `*` for an element without a name that may be shown. */
export type SecretPath = readonly string[]

const any = '*'

/** Members that say which element of a list it is. */
const naming = ['name', 'key'] as const

/** The ways to every value that one of these variables went into. */
export function secretPaths(node: Node, isSecret: (variable: string) => boolean, up: SecretPath = []): SecretPath[] {
  if (node.kind === 'scalar') return holdsSecret(node, isSecret) ? [up] : []
  if (node.kind === 'map')
    return [...node.entries].flatMap(([key, entry]) => secretPaths(entry.node, isSecret, [...up, key]))
  return node.items.flatMap(item => {
    const name = item.kind === 'map' ? naming.map(key => item.entries.get(key)?.node).find(Boolean) : undefined
    const open = name?.kind === 'scalar' && typeof name.value === 'string' && !holdsSecret(name, isSecret)
    return secretPaths(item, isSecret, [...up, open ? String(name.value) : any])
  })
}

const holdsSecret = (node: Node, isSecret: (variable: string) => boolean): boolean =>
  node.kind === 'scalar' && (node.parts ?? []).some(part => typeof part !== 'string' && isSecret(part.variable))

/** The way that a displayed path goes. */
export const secretPathOf = (steps: readonly PathStep[]): SecretPath =>
  steps.map(step => (typeof step === 'string' ? step : typeof step.in === 'string' ? step.in : any))

/** The way that a dotted key goes in an answer, whose lists are counted. */
export function secretPathIn(root: unknown, path: readonly string[]): SecretPath {
  return path.map((key, index) => {
    if (!Array.isArray(valueAt(root, path.slice(0, index)))) return key
    const names = naming.map(name => valueAt(root, [...path.slice(0, index + 1), name]))
    return String(names.find(name => typeof name === 'string') ?? any)
  })
}

const meet = (one: string, other: string): boolean => one === other || one === any || other === any

/** Whether a secret stands at the place, in it or around it. */
export const holdsSecretPath = (ways: readonly SecretPath[], place: SecretPath): boolean =>
  ways.some(way => way.slice(0, place.length).every((step, index) => meet(step, place[index] ?? any)))

/** Whether some element of the list at the place has a secret for its name. */
export const hasSecretNames = (ways: readonly SecretPath[], list: SecretPath): boolean =>
  ways.some(
    way =>
      way.length === list.length + 2 &&
      way.at(-2) === any &&
      naming.some(name => name === way.at(-1)) &&
      list.every((step, index) => meet(step, way[index] ?? any)),
  )
