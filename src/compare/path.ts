/** The displayed path of a value: in plans, in claims, and in `custom_config.ignore`. */

/** A member's name, or the text in brackets after a list or a string map; `as` replaces a name that is secret. */
export type PathStep = string | { readonly in: string | number; readonly as?: number }

/** Steps from the root on. */
export type StepPath = readonly PathStep[]

/** `containerDefinitions[web].dockerLabels[com.example.x]`. Names in brackets are not escaped, dots and brackets included. */
export const displayPath = (path: StepPath): string =>
  path
    .map((step, index) => (typeof step === 'object' ? `[${step.as ?? step.in}]` : index === 0 ? step : `.${step}`))
    .join('')

/** A member of a displayed path with the brackets after it. */
interface PathSegment {
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
 * Whether a pattern of `custom_config.ignore` covers a path: the path itself, or one above it. `[*]` is any element or
 * key. The path's names are searched for in the pattern instead of parsing the pattern, as keys may hold dots and
 * brackets.
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

/** The paths of `custom_config.ignore`. */
export const ignoredPaths = (ignore: unknown): readonly string[] => (ignore as readonly string[] | undefined) ?? []
