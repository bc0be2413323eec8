import { type ListNode, type MapNode, memberOf, type Node, type ScalarNode } from '../particle.ts'
import type { Names, Stated } from '../schema/refusals.ts'
import type { ReportProblem } from './problems.ts'
import { didYouMean } from './suggest.ts'
import { elementLabel, replacedHint, sayText, sayValue, texted } from './words.ts'

/** The map that holds another one, the step between them as a part of a path, and the list that the other is an element of. */
interface Within {
  readonly holder: StatedMap
  readonly step: () => string
  readonly list: ListNode | undefined
}

/** A map of a manifest as the rules of a flavor read it. */
export class StatedMap implements Stated {
  readonly node: MapNode
  readonly wellFormed: boolean
  readonly root: StatedMap
  readonly #report: ReportProblem
  readonly #ignored: readonly string[]
  readonly #within: Within | undefined
  readonly #elements = new Map<string, readonly StatedMap[]>()

  /** `ignored`: paths of `custom_config.ignore`, for a whole definition. */
  constructor(
    node: MapNode,
    wellFormed: boolean,
    report: ReportProblem,
    ignored: readonly string[] = [],
    within?: Within,
  ) {
    this.node = node
    this.wellFormed = wellFormed
    this.root = within?.holder.root ?? this
    this.#report = report
    this.#ignored = ignored
    this.#within = within
  }

  get path(): string {
    return this.#within ? this.#within.holder.path + this.#within.step() : 'aws_resource'
  }

  member(name: string): Node | undefined {
    const value = memberOf(this.node, name)
    return value?.kind === 'scalar' && value.value === '' && !value.inherit ? undefined : value
  }

  given(name: string): boolean {
    const value = this.member(name)
    if (value?.kind === 'list') return value.items.length > 0
    return value !== undefined && !(value.kind === 'scalar' && value.value === null && !value.inherit)
  }

  ignores(name: string): boolean {
    return this.root.#ignored.includes(name)
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

  at(name: string): StatedMap | undefined {
    const value = this.member(name)
    return value?.kind === 'map' ? this.#inner(value, () => `.${name}`) : undefined
  }

  elements(name: string): readonly StatedMap[] {
    const known = this.#elements.get(name)
    if (known) return known
    const list = this.member(name)
    if (list?.kind !== 'list') return []
    const elements = list.items.flatMap((item, index) =>
      item.kind === 'map' ? this.#inner(item, () => `.${name}[${elementLabel(item, index)}]`, list) : [],
    )
    this.#elements.set(name, elements)
    return elements
  }

  scalars(name: string): readonly (readonly [node: ScalarNode, text: string])[] {
    const list = this.member(name)
    if (list?.kind !== 'list') return []
    return list.items.flatMap(item => {
      const text = item.kind === 'scalar' && !item.inherit ? texted(item) : undefined
      return item.kind === 'scalar' && text !== undefined ? [[item, text] as const] : []
    })
  }

  partlyUnknown(list: string, member?: string): boolean {
    const value = this.member(list)
    if (value?.kind === 'scalar') return value.inherit !== undefined
    if (value?.kind !== 'list') return false
    return value.items.some(item => {
      const node = item.kind === 'map' ? item.entries.get(member ?? '')?.node : item
      return node?.kind === 'scalar' && node.inherit !== undefined
    })
  }

  written(of: string | ScalarNode): string {
    const value = typeof of === 'string' ? this.scalar(of) : of
    return value ? sayText(value) : ''
  }

  quoted(of: string | Node): string {
    const value = typeof of === 'string' ? this.member(of) : of
    return value ? sayValue(value) : ''
  }

  report(name: string, message: string, at: Node = this.member(name) ?? this.node): void {
    const { list } = this.#within ?? {}
    const hint = name === '' && list ? replacedHint(list) : ''
    this.#report(at.place, `${this.path}${name && `.${name}`} ${message}${hint}`)
  }

  reportUnknown(name: string, known: Names, message: string, wanted = this.scalar(name), otherwise = ''): void {
    if (!wanted || known.has(String(wanted.value))) return
    const shown = [...known].flatMap(([text, node]) => (node?.parts ? [] : [text]))
    const guess = wanted.parts ? '' : didYouMean(String(wanted.value), shown)
    this.report(name, `${sayValue(wanted)} ${message}${guess || otherwise}`, wanted)
  }

  #inner(node: MapNode, step: () => string, list?: ListNode): StatedMap {
    return new StatedMap(node, this.wellFormed, this.#report, [], { holder: this, step, list })
  }
}
