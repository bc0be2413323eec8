/** A step of a path as it is shown: a member's name, or what stands in brackets behind a list or a string map. */
export type Step = string | { readonly in: string | number }

/** `containerDefinitions[web].dockerLabels[com.example.x]`. Names in brackets stand as they are, dots and brackets too. */
export function display(steps: readonly Step[]): string {
  let text = ''
  for (const step of steps) {
    if (typeof step === 'object') text += `[${step.in}]`
    else text += text === '' ? step : `.${step}`
  }
  return text
}

/**
 * Whether a pattern of `custom_config.ignore` covers what stands at these steps: the path itself, or one above it.
 * `[*]` stands for any element or key. The pattern is held against the names that are there instead of being taken apart,
 * so that a key with dots or brackets in it is no riddle.
 */
export function covers(pattern: string, steps: readonly Step[]): boolean {
  return from(pattern, steps, 0, 0)
}

function from(pattern: string, steps: readonly Step[], position: number, depth: number): boolean {
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
