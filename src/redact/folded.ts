/** A text as it is searched: what others do to a value that they repeat is undone, and every character knows where it was. */
export interface Folded {
  readonly text: string
  /** Where each code unit of `text` begins and ends in the original. */
  readonly from: readonly number[]
  readonly to: readonly number[]
}

const blanks = /\s+/y
const escapedBlank = /\\+[nrtfv]/y
const escapedUnit = /\\+u([0-9a-fA-F]{4})/y

/**
 * White space of any length is one blank, whether it stands there or is written as `\n`; the escapes of JSON and of Go's
 * quotes are taken away. A value and the text that repeats it are folded alike.
 */
export function fold(original: string): Folded {
  let text = ''
  const from: number[] = []
  const to: number[] = []
  for (let index = 0, length = 1; index < original.length; index += length) {
    const blank = matchAt(blanks, original, index) ?? matchAt(escapedBlank, original, index)
    const unit = blank ? undefined : matchAt(escapedUnit, original, index)
    length = (blank ?? unit)?.[0].length ?? 1
    if (!blank && !unit && original[index] === '\\') continue
    if (blank && text.endsWith(' ')) continue
    text += blank ? ' ' : unit ? String.fromCharCode(Number.parseInt(unit[1] ?? '', 16)) : original.charAt(index)
    from.push(index)
    to.push(index + length)
  }
  return { text, from, to }
}

function matchAt(pattern: RegExp, text: string, index: number): RegExpExecArray | null {
  pattern.lastIndex = index
  return pattern.exec(text)
}

/** Without its blanks: a long value that was broken over lines stays one. */
export function squeeze({ text, from, to }: Folded): Folded {
  const indices = Array.from(from.keys()).filter(index => text[index] !== ' ')
  return {
    text: indices.map(index => text[index]).join(''),
    from: indices.map(index => from[index] ?? 0),
    to: indices.map(index => to[index] ?? 0),
  }
}
