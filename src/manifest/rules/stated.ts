import type { MapNode, Node, ScalarNode } from '../../particle.ts'
import type { Report } from '../../schema/vocabulary.ts'
import { didYouMean } from '../suggest.ts'
import { elementLabel, sayText, sayValue, texted } from '../written.ts'

/** Names with the scalars that state them, where a manifest does. */
export type Names = ReadonlyMap<string, ScalarNode | undefined>

/**
 * A map of a checked definition, with its path. A member that is missing, of another type or still to be inherited reads as
 * undefined; an empty text reads as missing, because no check here asks for a member whose empty text has a meaning.
 */
export class Stated {
  readonly node: MapNode
  /** `aws_resource.containerDefinitions[web]`. */
  readonly path: string
  /** False where the definition does not fit the model: a member that seems to be missing may only be misspelt. */
  readonly sound: boolean
  /** The whole definition. */
  readonly root: Stated
  readonly #report: Report
  readonly #elements = new Map<string, readonly Stated[]>()

  constructor(node: MapNode, sound: boolean, report: Report, path = 'aws_resource', root?: Stated) {
    this.node = node
    this.path = path
    this.sound = sound
    this.root = root ?? this
    this.#report = report
  }

  member(name: string): Node | undefined {
    const value = this.node.entries.get(name)?.node
    return value?.kind === 'scalar' && value.value === '' && !value.inherit ? undefined : value
  }

  /** Whether a member is stated that is not an empty list. */
  given(name: string): boolean {
    const value = this.member(name)
    return value !== undefined && !(value.kind === 'list' && value.items.length === 0)
  }

  scalar(name: string): ScalarNode | undefined {
    const value = this.member(name)
    return value?.kind === 'scalar' && !value.inherit && value.value !== null ? value : undefined
  }

  text(name: string): string | undefined {
    const value = this.scalar(name)
    return value && texted(value)
  }

  number(name: string): number | undefined {
    const value = this.scalar(name)?.value
    return typeof value === 'number' ? value : undefined
  }

  flag(name: string): boolean | undefined {
    const value = this.scalar(name)?.value
    return typeof value === 'boolean' ? value : undefined
  }

  /** A member that is a map. */
  at(name: string): Stated | undefined {
    const value = this.member(name)
    return value?.kind === 'map' ? this.#inner(value, `.${name}`) : undefined
  }

  /** The elements of a list that are maps. */
  elements(name: string): readonly Stated[] {
    const known = this.#elements.get(name)
    if (known) return known
    const list = this.member(name)
    const items = list?.kind === 'list' ? list.items : []
    const elements = items.flatMap((item, index) =>
      item.kind === 'map' ? [this.#inner(item, `.${name}[${elementLabel(item, index)}]`)] : [],
    )
    this.#elements.set(name, elements)
    return elements
  }

  /** The scalars of a list whose values are known. */
  scalars(name: string): readonly (readonly [node: ScalarNode, text: string])[] {
    const list = this.member(name)
    if (list?.kind !== 'list') return []
    return list.items.flatMap(item => {
      const text = item.kind === 'scalar' && !item.inherit ? texted(item) : undefined
      return item.kind === 'scalar' && text !== undefined ? [[item, text] as const] : []
    })
  }

  /** Whether a list, or `member` of one of its elements, is still to be inherited; without `member`, an element itself. */
  partlyUnknown(list: string, member?: string): boolean {
    const value = this.member(list)
    if (value?.kind === 'scalar') return value.inherit !== undefined
    if (value?.kind !== 'list') return false
    return value.items.some(item => {
      const node = item.kind === 'map' ? item.entries.get(member ?? '')?.node : item
      return node?.kind === 'scalar' && node.inherit !== undefined
    })
  }

  /** A scalar member as it is written, for the middle of a sentence. */
  written(name: string): string {
    const value = this.scalar(name)
    return value ? sayText(value) : ''
  }

  /** A member as it is written, in quotes where it is a text. */
  quoted(name: string): string {
    const value = this.member(name)
    return value ? sayValue(value) : ''
  }

  /** Reports a problem of a member, or with an empty name of this map. */
  report(name: string, message: string, at: Node = this.member(name) ?? this.node): void {
    this.#report(at, `${this.path}${name && `.${name}`} ${message}`)
  }

  /** Reports a member that is none of the known names. No name is guessed from a variable's value, and none that holds one. */
  reportUnknown(name: string, known: Names, message: string, wanted = this.scalar(name), otherwise = ''): void {
    if (!wanted || known.has(String(wanted.value))) return
    const shown = [...known].flatMap(([text, node]) => (node?.parts ? [] : [text]))
    const guess = wanted.parts ? '' : didYouMean(String(wanted.value), shown)
    this.report(name, `${sayValue(wanted)} ${message}${guess || otherwise}`, wanted)
  }

  #inner(node: MapNode, step: string): Stated {
    return new Stated(node, this.sound, this.#report, this.path + step, this.root)
  }
}
