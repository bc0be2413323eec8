import { sortedBy } from '../order.ts'
import { type Element, elementText, type Normalized, type Structure } from './normalize.ts'
import { isCoveredByAny, type PathStep, type StepPath } from './path.ts'
import type { Sensitivity } from './sensitivity.ts'

/**
 * The values directly inside of a node, with the step to each: of a definition in the definition's order, of a live
 * answer in an order that does not depend on the answer's.
 */
export function childrenOf(node: Normalized, path: StepPath, sensitivity: Sensitivity): [PathStep, Normalized][] {
  const isStated = node.context.side === 'stated'
  if (node.kind === 'elements') {
    const label = elementLabels(path, sensitivity)
    const elements = isStated || !node.rule.unordered ? node.elements : sortedBy(node.elements, elementText)
    return elements.map(element => [label(element), element.value])
  }
  if (node.kind !== 'structure' && node.kind !== 'entries') return []
  const names = isStated || node.kind === 'entries' ? [...node.members.keys()] : [...node.schema.members.keys()]
  if (!isStated && node.kind === 'entries') names.sort()
  return names.flatMap((name): [PathStep, Normalized][] => {
    const member = node.members.get(name)
    return member ? [[node.kind === 'entries' ? { in: name } : name, member]] : []
  })
}

/** Labels the elements of one list, one after another: by name where an element has one, else by position. */
export function elementLabels(path: StepPath, sensitivity: Sensitivity): (element: Element) => PathStep {
  const taken = new Set<string>()
  return ({ index, value: node }) => {
    const name = node.kind === 'structure' ? node.members.get(keyMember(node)) : undefined
    if (name?.kind !== 'leaf' || typeof name.value !== 'string' || name.value === '') return { in: index }
    const isStated = name.context.side === 'stated'
    // A secret in a path would be shown; a second element of the same name would be taken for the first.
    if (taken.has(name.value) || (isStated && sensitivity.isSecret(name.at))) return { in: index }
    taken.add(name.value)
    // Names in ECS's answer may be secrets: elements are known by them, and not shown.
    const isHidden = !isStated && sensitivity.hasSecretNames?.(path) === true
    return { in: name.value, ...(isHidden && { as: index }) }
  }
}

/**
 * Whether `custom_config.ignore` covers a node: its path, or one above it. An element that is a name and a value is covered
 * by the value's path, which is the one that plans show of the element.
 */
export function isIgnored(ignore: readonly string[], path: StepPath, node?: Normalized): boolean {
  if (ignore.length === 0) return false
  if (isCoveredByAny(ignore, path)) return true
  if (node?.kind !== 'structure' || node.schema.members.size !== 2 || typeof path.at(-1) !== 'object') return false
  const [value, more] = [...node.schema.members.keys()].filter(name => name !== keyMember(node))
  return value !== undefined && more === undefined && isCoveredByAny(ignore, [...path, value])
}

/** The member that elements are labelled by. */
export const keyMember = (node: Structure): string => node.rule.key ?? 'name'
