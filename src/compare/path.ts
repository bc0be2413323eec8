/** The displayed path of a value: in plans, in claims, and in `custom_config.ignore`. */
import { compareText, type Element, type Normalized, normalForm, type Structure } from './normalize.ts'
import type { Sensitivity } from './sensitivity.ts'

/** A member's name, or what stands in brackets behind a list or a string map; `as` stands there for a name that is secret. */
export type PathStep = string | { readonly in: string | number; readonly as?: number }

/** From the root on. */
export type StepPath = readonly PathStep[]

/** `containerDefinitions[web].dockerLabels[com.example.x]`. Names in brackets are not escaped, dots and brackets included. */
export const displayPath = (path: StepPath): string =>
  path
    .map((step, index) => (typeof step === 'object' ? `[${step.as ?? step.in}]` : index === 0 ? step : `.${step}`))
    .join('')

/** A member of a displayed path with the brackets behind it. */
export interface PathSegment {
  /** `containerDefinitions[web]` */
  readonly text: string
  /** `containerDefinitions` */
  readonly member: string
  /** `web` */
  readonly key?: string
}

/** The opposite of `displayPath`, for readers of a plan file, which has no steps: parted at the dots outside of brackets. */
export function parsePath(path: string): readonly PathSegment[] {
  const texts: string[] = ['']
  let depth = 0
  for (const character of path) {
    if (character === '[') depth++
    else if (character === ']') depth = Math.max(0, depth - 1)
    if (character === '.' && depth === 0) texts.push('')
    else texts.push(texts.pop() + character)
  }
  return texts.map(text => {
    const [, member = '', key] = /^([^[]*)(?:\[(.*?)\])?/s.exec(text) ?? []
    return { text, member, ...(key !== undefined && { key }) }
  })
}

/**
 * Whether a pattern of `custom_config.ignore` covers a path: the path itself, or one above it. `[*]` is any element or key.
 * The path's own names are looked for in the pattern instead of parsing the pattern, as keys may hold dots and brackets.
 */
export const isCoveredByAny = (patterns: readonly string[], path: StepPath): boolean =>
  patterns.some(pattern => covers(pattern, path))

function covers(rest: string, [step, ...below]: StepPath, isRoot = true): boolean {
  if (rest === '') return !isRoot
  if (step === undefined) return false
  if (typeof step === 'object')
    return [`[${step.in}]`, '[*]'].some(text => rest.startsWith(text) && covers(rest.slice(text.length), below, false))
  const text = isRoot ? step : `.${step}`
  const end = rest.slice(text.length)
  return rest.startsWith(text) && (end === '' || end[0] === '.' || end[0] === '[') && covers(end, below, false)
}

/**
 * The values directly inside of a node, with the step to each: of a definition in its own order, of a live answer in an
 * order that does not depend on the answer's.
 */
export function childrenOf(node: Normalized, path: StepPath, sensitivity: Sensitivity): [PathStep, Normalized][] {
  const isStated = node.context.side === 'stated'
  if (node.kind === 'elements') {
    const labels = new ElementLabels(path, sensitivity)
    const elements = isStated || !node.rule.unordered ? node.elements : byText(node.elements)
    return elements.map(element => [labels.of(element), element.value])
  }
  if (node.kind !== 'structure' && node.kind !== 'entries') return []
  const names = [...(isStated || node.kind === 'entries' ? node.members : node.schema.members).keys()]
  if (!isStated && node.kind === 'entries') names.sort()
  return names.flatMap((name): [PathStep, Normalized][] => {
    const member = node.members.get(name)
    return member ? [[node.kind === 'entries' ? { in: name } : name, member]] : []
  })
}

const byText = (elements: readonly Element[]): readonly Element[] =>
  elements
    .map(element => ({ element, text: JSON.stringify(normalForm(element.value)) }))
    .sort((one, other) => compareText(one.text, other.text))
    .map(({ element }) => element)

/** Steps to the elements of one list: by name where an element has one, else by position. */
export class ElementLabels {
  readonly #taken = new Set<string>()
  readonly #path: StepPath
  readonly #sensitivity: Sensitivity

  constructor(path: StepPath, sensitivity: Sensitivity) {
    this.#path = path
    this.#sensitivity = sensitivity
  }

  of({ index, value: node }: Element): PathStep {
    const name = node.kind === 'structure' ? node.members.get(keyMember(node)) : undefined
    if (name?.kind !== 'leaf' || typeof name.value !== 'string' || name.value === '') return { in: index }
    const isStated = name.context.side === 'stated'
    // A secret in a path would be shown; a second element of the same name would be taken for the first.
    if (this.#taken.has(name.value) || (isStated && this.#sensitivity.isSecret(name.at))) return { in: index }
    this.#taken.add(name.value)
    // Names in ECS's answer may be secrets: elements are known by them, and not shown.
    const isHidden = !isStated && this.#sensitivity.hasSecretNames?.(this.#path) === true
    return { in: name.value, ...(isHidden && { as: index }) }
  }
}

/** The member that elements are labelled by. */
export const keyMember = (node: Structure): string => node.rule.key ?? 'name'

/** The paths of `custom_config.ignore`. */
export const ignoredPaths = (ignore: unknown): readonly string[] => (ignore as readonly string[] | undefined) ?? []
