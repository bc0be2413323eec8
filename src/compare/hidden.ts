/**
 * Values that are hidden by their place: in a request, in ECS's answer, in a deployment, a revision or an override inside
 * of it. The comparison and the redaction ask the same questions, so that no value is hidden in one and open in the other.
 */
import { isJsonObject, isText } from '../json.ts'
import { type Path, Unknown, valueAt } from '../particle.ts'

/** Whether a container environment variable of this name may be shown. */
export type Revealed = (name: string) => boolean

/**
 * Variables are hidden unless a user has named them: the text of a password does not differ from that of a log level.
 */
const isHiddenVariable = (name: unknown, revealed: Revealed): boolean => typeof name !== 'string' || !revealed(name)

/** String maps with keys that users choose: a label may be called `environment`. */
const chosenKeys: ReadonlySet<string | undefined> = new Set(['dockerLabels', 'labels', 'driverOpts'])

/** Whether a value is hidden by its place. `holder`: the structure, list or map that has the value. */
function hides(path: Path, value: unknown, holder: unknown, revealed: Revealed): boolean {
  if (!path.includes('environment') && !path.includes('options')) return false
  const member = path.at(-1)
  const [of, outer] = path.slice(0, -1).reverse().filter(isText)
  if (of === 'environment') {
    if (typeof member === 'number') return typeof value !== 'object'
    // A manifest may write a map of names to values instead of ECS's list.
    const isElement = typeof path.at(-2) === 'number'
    if (!isElement) return isHiddenVariable(member, revealed)
    return member !== 'name' && isHiddenVariable(isJsonObject(holder) ? holder.name : undefined, revealed)
  }
  // Options may hold tokens of a log service; those of `awslogs` name groups and streams.
  if (of === 'options' && outer === 'logConfiguration') return !String(member).startsWith('awslogs-')
  if (of === 'options' && outer === 'firelensConfiguration') return true
  // A value of the wrong type is not taken apart, and may be a secret as a whole.
  const isPlain = typeof value !== 'object' || value === null
  const isOptions = member === 'options' && (of === 'logConfiguration' || of === 'firelensConfiguration')
  return isPlain && (isOptions || (member === 'environment' && !chosenKeys.has(of)))
}

/** What is directly inside of a list or an object of JSON, with the step to each. */
function stepsInto(value: unknown): [string | number, unknown][] {
  if (value instanceof Unknown || value instanceof Date || ArrayBuffer.isView(value)) return []
  if (Array.isArray(value)) return value.map((item, index): [number, unknown] => [index, item])
  return isJsonObject(value) ? Object.entries(value) : []
}

/** A plain value in a definition or an answer, as text. */
interface TextLeaf {
  readonly text: string
  /** The member that has the value, or that has the list of the value; of a string map, the key. */
  readonly member: string
  readonly hidden: boolean
}

/** Every text and number in a definition or an answer, hidden or not. */
export function leavesOf(value: unknown, revealed: Revealed, path: Path = []): TextLeaf[] {
  const leaves: TextLeaf[] = []
  // One path for all leaves: a copy for each would be most of the garbage of a run.
  const steps = [...path]
  const collect = (value: unknown, hidden: boolean): void => {
    if (typeof value === 'string' || typeof value === 'number') {
      leaves.push({ text: String(value), member: steps.findLast(isText) ?? '', hidden })
      return
    }
    for (const [step, inner] of stepsInto(value)) {
      steps.push(step)
      collect(inner, hidden || hides(steps, inner, value, revealed))
      steps.pop()
    }
  }
  collect(value, false)
  return leaves
}

/** Whether the value at a path is hidden, or holds a hidden value. Indices may be numbers or texts. */
export function isHiddenAt(root: unknown, path: Path, revealed: Revealed): boolean {
  let value = root
  const at: (string | number)[] = []
  for (const key of path) {
    const holder = value
    const step = Array.isArray(holder) ? Number(key) : key
    value = valueAt(holder, [step])
    if (value === undefined) return false
    at.push(step)
    if (hides(at, value, holder, revealed)) return true
  }
  return leavesOf(value, revealed, at).some(({ hidden }) => hidden)
}
