/** How a place in a definition is called: in plans, and in `custom_config.ignore`. */
import { compareText } from '../order.ts'
import { type LinkedPath, pathSteps } from './linkedPath.ts'
import { type Element, type Normalized, normalForm, type SourcePath, type Structure, textOf } from './normalize.ts'

/**
 * A step of a path as it is shown: a member's name, or what stands in brackets behind a list or
 * a string map. `as`: what stands there instead of a name that may not be shown.
 */
export type PathStep = string | { readonly in: string | number; readonly as?: number }

/** `containerDefinitions[web].dockerLabels[com.example.x]`. Names in brackets stand as they are, dots and brackets too. */
export function displayPath(trail: LinkedPath<PathStep>): string {
  let text = ''
  for (const step of pathSteps(trail)) {
    if (typeof step === 'object') text += `[${step.as ?? step.in}]`
    else text += text === '' ? step : `.${step}`
  }
  return text
}

/**
 * Whether a pattern of `custom_config.ignore` covers a place: the place itself, or one above it.
 * `[*]` stands for any element or key. The pattern is held against the names that are there instead of being taken apart,
 * so that a key with dots or brackets in it is no riddle.
 */
export function isCoveredByAny(patterns: readonly string[], trail: LinkedPath<PathStep>): boolean {
  if (patterns.length === 0) return false
  const steps = pathSteps(trail)
  return patterns.some(pattern => from(pattern, steps, 0, 0))
}

function from(pattern: string, steps: readonly PathStep[], position: number, depth: number): boolean {
  if (position === pattern.length) return depth > 0
  const step = steps[depth]
  if (step === undefined) return false
  if (typeof step === 'object') {
    return [`[${step.in}]`, '[*]'].some(
      text => pattern.startsWith(text, position) && from(pattern, steps, position + text.length, depth + 1),
    )
  }
  const text = depth === 0 ? step : `.${step}`
  const end = position + text.length
  if (!pattern.startsWith(text, position)) return false
  return (
    (end === pattern.length || pattern[end] === '.' || pattern[end] === '[') && from(pattern, steps, end, depth + 1)
  )
}

/**
 * What a tree holds, with the step that leads there: of a definition in its own order, of a live answer in an order that
 * does not depend on the answer's.
 */
export function* childrenOf(
  tree: Normalized,
  hides?: (at: SourcePath) => boolean,
  unnamed = false,
): Generator<[PathStep, Normalized]> {
  const stated = tree.around.side === 'stated'
  if (tree.kind === 'structure') {
    for (const name of stated ? tree.members.keys() : tree.schema.members.keys()) {
      const member = tree.members.get(name)
      if (member) yield [name, member]
    }
  } else if (tree.kind === 'entries') {
    const keys = [...tree.entries.keys()]
    for (const key of stated ? keys : keys.sort()) {
      const entry = tree.entries.get(key)
      if (entry) yield [{ in: key }, entry]
    }
  } else if (tree.kind === 'elements') {
    const labels = new ElementLabels()
    for (const element of stated || !tree.rule.unordered ? tree.elements : byText(tree.elements)) {
      yield [labels.of(element, hides, unnamed), element.value]
    }
  }
}

const byText = (elements: readonly Element[]): readonly Element[] =>
  elements
    .map(element => ({ element, text: textOf(normalForm(element.value)) }))
    .sort((a, b) => compareText(a.text, b.text))
    .map(({ element }) => element)

/** What the elements of one list are called: by name where they have one, else by position. */
export class ElementLabels {
  readonly #taken = new Set<string>()

  /** `unnamed`: names in ECS's answer may be secrets. They are known by them, and not shown. */
  of({ index, value: tree }: Element, hides?: (at: SourcePath) => boolean, unnamed = false): PathStep {
    const name = tree.kind === 'structure' ? tree.members.get(keyMember(tree)) : undefined
    if (name?.kind !== 'leaf' || typeof name.value !== 'string' || name.value === '') return { in: index }
    // A secret in a path would be shown; a second one of the same name would be taken for the first.
    if (this.#taken.has(name.value) || (name.around.side === 'stated' && hides?.(name.at))) return { in: index }
    this.#taken.add(name.value)
    return { in: name.value, ...(unnamed && name.around.side === 'live' && { as: index }) }
  }
}

/** The member that an element is called by. */
export const keyMember = (tree: Structure): string => tree.rule.key ?? 'name'

/** The member of the definition that a displayed path is in or below. */
export const memberOf = (path: string): string => path.split(/[.[]/, 1)[0] ?? ''

/** The paths of `custom_config.ignore`. */
export const ignoredPaths = (ignore: unknown): readonly string[] => (ignore as readonly string[] | undefined) ?? []
