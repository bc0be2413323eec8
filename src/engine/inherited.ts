import type { PathStep } from '../compare/path.ts'
import { type SensitivityPolicy, sensitivityOf } from '../compare/sensitivity.ts'
import { isJsonObject } from '../json.ts'
import { inheritsIn, type Particle, type ParticleId, type Path, Unknown, valueAt, withInherited } from '../particle.ts'
import { type MapType, type Type, typeOf } from '../schema/types.ts'
import type { Vocabulary } from '../schema/vocabulary.ts'
import type { Transition } from './document.ts'
import type { Assessment, Comparison, Refusal } from './flavor.ts'

/** The decision about a parent, as far as its children inherit from it. */
interface InheritedFrom extends Pick<Assessment, 'reference' | 'currentDefinition'>, Pick<Comparison, 'changes'> {
  readonly particle: Particle
  readonly transition?: Transition
}

/**
 * The particle with the values that it inherits, each of the type of its member. A value of a parent that is started or
 * replaced is unknown until apply, and so is one that its parent changes. One that is hidden, that an unchanged parent does
 * not have, or that the member does not take is refused.
 */
export function withParents(
  stated: Particle,
  vocabulary: Pick<Vocabulary, 'model' | 'ownMembers'>,
  parents: ReadonlyMap<ParticleId, InheritedFrom>,
  policy: SensitivityPolicy,
): { readonly inheriting: Particle; readonly refused: readonly Refusal[] } {
  if (inheritsIn(stated.source).length === 0) return { inheriting: stated, refused: [] }
  const refused: Refusal[] = []
  const inheriting = withInherited(stated, ({ from, key }, at) => {
    const parent = parents.get(from)
    if (!parent || isUnsettled(parent)) return new Unknown(from)
    const refuse = (why: string) => refused.push({ at, message: `${stated.id} inherits ${key} from ${from}${why}` })
    const { particle, currentDefinition, transition } = parent
    const path = key.split('.')
    const isHidden = sensitivityOf(particle, policy).hidesAt?.(currentDefinition, path) === true
    const value = isHidden || isChanged(parent, path) ? undefined : valueAt(currentDefinition, path)
    if (isHidden) refuse(` (${particle.place.file}:${particle.place.line}), which hides it; ${hiddenInherit}`)
    else if (value === undefined && transition !== 'update')
      refuse(`, which has no such value in AWS; ${missingInherit}`)
    if (value === undefined) return new Unknown(from)
    const { fitting, due } = fitted(value, typeAt(vocabulary, at))
    if (!due) return fitting
    refuse(`, which is ${valueKind(value)}, and ${due} is due; ${missingInherit}`)
    // No flavor is given a value that its member cannot hold.
    return new Unknown(from)
  })
  return { inheriting, refused: stated.desired === 'running' ? refused : [] }
}

const hiddenInherit = 'here it would be shown: state the value itself, or inherit something that may be shown'
const missingInherit = 'state the value, or inherit one that it has'

const isUnsettled = ({ transition, reference }: InheritedFrom): boolean =>
  transition === 'start' || transition === 'replace' || reference instanceof Unknown

/** Whether the parent changes the value, or an element of a list that may be the one that an index means. */
const isChanged = ({ transition, changes }: InheritedFrom, path: readonly string[]): boolean =>
  transition === 'update' &&
  changes.some(({ steps }) => steps.slice(0, path.length).every((step, index) => mayMean(step, path[index] ?? '')))

const mayMean = (step: PathStep, name: string): boolean =>
  typeof step === 'string' ? step === name : step.in === name || /^\d+$/.test(name)

/** The type of the value at a path of a definition; undefined where the vocabulary knows none. */
function typeAt({ model, ownMembers }: Pick<Vocabulary, 'model' | 'ownMembers'>, path: Path): Type | undefined {
  const [member = '', ...rest] = path.map(String)
  const own = Object.hasOwn(ownMembers, member) ? ownMembers[member] : undefined
  return rest.reduce<Type | undefined>(
    (type, step) => {
      if (type?.kind === 'struct') return type.members.get(step)
      return type?.kind === 'list' || (type?.kind === 'map' && !type.pairs) ? type.of : undefined
    },
    own ?? (model && typeOf(model).members.get(member)),
  )
}

/** The value as the API takes it there, or the kind of value that is due instead. */
function fitted(value: unknown, type: Type | undefined): { readonly fitting: unknown; readonly due?: string } {
  const text = value instanceof Date ? value.toISOString() : typeof value === 'object' ? undefined : String(value)
  const isDue = (fits: boolean, due: string, fitting = value) => (fits ? { fitting } : { fitting: value, due })
  switch (type?.kind) {
    case 'text':
      return isDue(text !== undefined, 'a text', text)
    case 'number':
      return isDue(/^[+-]?\d+(\.\d+)?$/.test(text ?? ''), 'a number', Number(text))
    case 'flag':
      return isDue(text === 'true' || text === 'false', 'true or false', text === 'true')
    case 'list':
      return isDue(Array.isArray(value), 'a list')
    case 'map':
      return isDue(holdsFitting(value, type), type.pairs ? 'a map of names and values' : 'a map')
    case 'struct':
      return isDue(isJsonObject(value), 'a map')
    default:
      return { fitting: value }
  }
}

/** Whether a map, or a list of names and values that is taken for the map, holds values as the API takes them there. */
function holdsFitting(value: unknown, { of, pairs }: MapType): boolean {
  const fits = (inner: unknown, type: Type | undefined) => fitted(inner, type).due === undefined
  if (isJsonObject(value)) return Object.values(value).every(inner => fits(inner, of))
  if (!pairs || !Array.isArray(value)) return false
  return value.every(
    pair =>
      isJsonObject(pair) &&
      pairs.required.every(name => pair[name] !== undefined) &&
      [...pairs.members].every(([name, type]) => pair[name] === undefined || fits(pair[name], type)),
  )
}

const valueKind = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'a map' : `a ${typeof value}`
