/**
 * What is hidden wherever it stands: in a request, in ECS's answer, in a deployment, a revision or an override inside of
 * it. The tables of the comparison ask the same questions, so that nothing is hidden in one place and open in another.
 */
import { Unknown } from '../particle.ts'

/** Whether a container environment variable of this name may be shown. */
export type Revealed = (name: string) => boolean

/** Values are hidden unless a user has named the variable: nobody can tell a password from a log level by its looks. */
export const isHiddenVariable = (name: unknown, revealed: Revealed): boolean =>
  typeof name !== 'string' || !revealed(name)

/** Options may hold tokens of a log service; those of `awslogs` name groups and streams. */
export const isHiddenLogOption = (option: string | undefined): boolean => !option?.startsWith('awslogs-')

type Step = string | number

/** Where a walk stands: the members that lead there, the nearest first, without indices, and what holds the value. */
interface Around {
  readonly path: readonly string[]
  readonly holder: unknown
}

/** Whether the value of a member is hidden by where it stands. */
function hides(member: Step, value: unknown, { path: [of, outer], holder }: Around, revealed: Revealed): boolean {
  if (of === 'environment') {
    // An element of ECS's list, or a member of the map of names to values that a manifest may write instead.
    if (typeof member === 'number') return typeof value !== 'object'
    const named = isRecord(holder) && 'name' in holder && Object.keys(holder).every(key => elementKeys.has(key))
    return named ? member === 'value' && isHiddenVariable(holder.name, revealed) : isHiddenVariable(member, revealed)
  }
  if (of === 'options' && typeof member === 'string') {
    if (outer === 'logConfiguration') return isHiddenLogOption(member)
    if (outer === 'firelensConfiguration') return true
  }
  // Of the wrong type it is not taken apart, and may be anything.
  const isPlain = typeof value !== 'object' || value === null
  return isPlain && (member === 'environment' || (member === 'options' && isOptions(of)))
}

const elementKeys = new Set(['name', 'value'])

const isOptions = (of: string | undefined): boolean => of === 'logConfiguration' || of === 'firelensConfiguration'

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function inside(value: unknown): [Step, unknown][] {
  if (value instanceof Unknown || value instanceof Date || ArrayBuffer.isView(value)) return []
  if (Array.isArray(value)) return value.map((item, index): [Step, unknown] => [index, item])
  return isRecord(value) ? Object.entries(value) : []
}

/** A plain value in a definition or an answer, as text. */
export interface Leaf {
  readonly text: string
  /** The member that holds it, or that holds the list or map that it stands in. */
  readonly member: string
  readonly hidden: boolean
}

/** Every plain value that stands in a definition or an answer, hidden or not. */
export function* leavesOf(value: unknown, revealed: Revealed): Generator<Leaf> {
  yield* leaves(value, { path: [], holder: undefined }, false, revealed)
}

function* leaves(value: unknown, around: Around, hidden: boolean, revealed: Revealed): Generator<Leaf> {
  if (typeof value === 'string' || typeof value === 'number') {
    yield { text: String(value), member: around.path[0] ?? '', hidden }
    return
  }
  for (const [step, inner] of inside(value)) {
    const here: Around = { path: around.path, holder: value }
    const path = typeof step === 'number' ? around.path : [step, ...around.path]
    yield* leaves(inner, { path, holder: value }, hidden || hides(step, inner, here, revealed), revealed)
  }
}

/** Whether what stands at a path is hidden, or holds something that is. */
export function isHiddenAt(root: unknown, path: readonly string[], revealed: Revealed): boolean {
  let value = root
  let around: Around = { path: [], holder: undefined }
  for (const key of path) {
    const step: Step = Array.isArray(value) ? Number(key) : key
    const holder = value
    value = inside(holder).find(([one]) => one === step)?.[1]
    if (value === undefined) return false
    if (hides(step, value, { path: around.path, holder }, revealed)) return true
    around = { path: typeof step === 'number' ? around.path : [step, ...around.path], holder }
  }
  for (const { hidden } of leaves(value, around, false, revealed)) if (hidden) return true
  return false
}
