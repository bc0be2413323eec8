import type { ListNode, MapNode, Node, Place, Problem, ScalarNode } from '../particle.ts'
import type { Limit } from '../schema/limits.ts'
import { own } from '../schema/own.ts'
import { type NumberType, type StructType, type TextType, type Type, typeOf } from '../schema/types.ts'
import type { Report, Vocabulary } from '../schema/vocabulary.ts'
import { checkTags } from './rules/rows.ts'
import { closest, didYouMean } from './suggest.ts'
import { elementLabel, sayKey, sayLabel, sayValue, texted } from './written.ts'

/**
 * Checks what a manifest states as `aws_resource` against the API's model, and gives its scalars the types that the
 * model asks for: `cpu: 256` becomes `"256"` where a text is due, `"2"` becomes `2` where a number is due.
 *
 * PCF's names have been replaced by the API's, `region_name` and `custom_config` have been taken out. Variables have been put
 * in; inherited values are still open and may stand anywhere. Problems come in the manifest's order.
 * Coerced scalars keep their place and parts. What needs no change is returned as the same node.
 */
export function checkDefinition(node: MapNode, vocabulary: Vocabulary): { node: MapNode; problems: Problem[] } {
  const problems: Problem[] = []
  const walk = new Walk(problems)
  const checked = walk.definition(node, vocabulary)
  const isSound = problems.length === 0
  const report: Report = (at, message) => problems.push({ place: at.place, message })
  if (vocabulary.model) checkTags(checked, isSound, report)
  vocabulary.check?.(checked, isSound, report)
  problems.sort(byPlace)
  return { node: checked, problems }
}

/** What may have been meant by a member that is none. */
function remedy(key: string, vocabulary: Vocabulary, model: StructType | undefined): string {
  if (Object.hasOwn(vocabulary.options, key)) return '; it belongs in custom_config'
  // People start from what ECS describes, and that has members that no request takes.
  if (vocabulary.answer && typeOf(vocabulary.answer).members.has(key))
    return '; only answers of ECS have it, so leave it out'
  const known = [...(model?.members.keys() ?? [])].filter(name => !Object.hasOwn(vocabulary.refused, name))
  const ours = [
    ...Object.keys(vocabulary.ownMembers),
    ...Object.keys(vocabulary.aliases),
    'region_name',
    'custom_config',
  ]
  return didYouMean(key, [...known, ...ours])
}

const byPlace = (a: Problem, b: Problem): number =>
  (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0)

/** A step down from the definition, kept as a chain so that paths cost nothing while all is well. */
interface Step {
  readonly up: Step | undefined
  readonly step: string | readonly [list: ListNode, index: number] | { readonly key: string }
}

const sayPath = (at: Step | undefined): string => {
  if (!at) return 'aws_resource'
  const { step } = at
  if (typeof step === 'string') return `${sayPath(at.up)}.${sayKey(step)}`
  if ('key' in step) return `${sayPath(at.up)}[${sayLabel(step.key)}]`
  const [list, index] = step
  return `${sayPath(at.up)}[${elementLabel(list.items[index], index)}]`
}

const plural = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`

const isEmptyText = (node: Node, type: Type): boolean =>
  type.kind === 'text' && node.kind === 'scalar' && node.value === '' && !node.inherit

/** An empty text leaves an optional member out, unless the API documents that it must not be empty. */
const saysNothing = (node: Node, type: Type): boolean =>
  isEmptyText(node, type) && type.kind === 'text' && !type.limit?.shortest

class Walk {
  readonly #problems: Problem[]

  constructor(problems: Problem[]) {
    this.#problems = problems
  }

  #problem(place: Place, at: Step | undefined, message: string): void {
    this.#problems.push({ place, message: `${sayPath(at)} ${message}` })
  }

  definition(node: MapNode, vocabulary: Vocabulary): MapNode {
    const model = vocabulary.model && typeOf(vocabulary.model)
    return this.#eachEntry(node, (key, value, place) => {
      const ours = Object.hasOwn(vocabulary.ownMembers, key) ? vocabulary.ownMembers[key] : undefined
      const at: Step = { up: undefined, step: key }
      if (Object.hasOwn(vocabulary.refused, key)) {
        this.#problem(place, at, `cannot be stated; ${vocabulary.refused[key]}`)
        return value
      }
      if (ours) return this.#value(value, own[ours], at)
      const type = model?.members.get(key)
      // Whether a name is there at all is asked where particles are told from each other.
      if (type) return saysNothing(value, type) ? value : this.#value(value, type, at)
      if (!vocabulary.open) {
        const of = model ? model.name.replace(/Request$/, '') : vocabulary.name
        this.#problem(place, at, `is not a member of ${of}${remedy(key, vocabulary, model)}`)
      }
      return value
    })
  }

  #value(node: Node, type: Type, at: Step): Node {
    if (node.kind === 'scalar' && node.inherit) return node
    if (type.kind === 'any') return node
    if (node.kind === 'scalar' && node.value === null) {
      if (type.kind === 'attribute') return node
      this.#problem(node.place, at, 'is null: leave it out or give it a value')
      return node
    }
    switch (type.kind) {
      case 'attribute':
      case 'text':
        return this.#text(node, type, at)
      case 'number':
        return this.#number(node, type, at)
      case 'flag':
        return this.#flag(node, at)
      case 'list':
        if (node.kind !== 'list') {
          this.#problem(node.place, at, `must be a list, not ${sayValue(node)}`)
          return node
        }
        this.#size(node, type.limit, at)
        return this.#list(node, type.of, at)
      case 'textMap':
        if (node.kind !== 'map') {
          this.#problem(node.place, at, `must be a map, not ${sayValue(node)}`)
          return node
        }
        return this.#eachEntry(node, (key, value) => this.#value(value, type.of, { up: at, step: { key } }))
      case 'attributes':
        if (node.kind === 'map') {
          return this.#eachEntry(node, (key, value, place) => {
            const entry: Step = { up: at, step: { key } }
            this.#textLimit({ kind: 'scalar', place, value: key }, key, type.name, entry)
            return this.#value(value, type.value, entry)
          })
        }
        if (node.kind === 'list') return this.#list(node, type.pair, at)
        this.#problem(node.place, at, `must be a list of names and values, or a map, not ${sayValue(node)}`)
        return node
      case 'struct':
        if (node.kind !== 'map') {
          this.#problem(node.place, at, `must be a map, not ${sayValue(node)}`)
          return node
        }
        return this.#struct(node, type, at)
    }
  }

  #struct(node: MapNode, type: StructType, at: Step): MapNode {
    const { members } = type
    for (const name of type.required) {
      if (!node.entries.has(name)) this.#problem(node.place, at, `lacks ${name}, which ${type.name} requires`)
    }
    if (type.union && node.entries.size !== 1) {
      this.#problem(node.place, at, `must have exactly one of ${[...members.keys()].join(', ')}`)
    }
    return this.#eachEntry(node, (key, value, place) => {
      const member = members.get(key)
      if (member && type.required.includes(key)) return this.#required(value, member, { up: at, step: key })
      if (member) return saysNothing(value, member) ? value : this.#value(value, member, { up: at, step: key })
      this.#problem(place, { up: at, step: key }, `is not a member of ${type.name}${didYouMean(key, members.keys())}`)
      return value
    })
  }

  #required(node: Node, type: Type, at: Step): Node {
    if (!isEmptyText(node, type) || (type.kind === 'text' && type.limit?.mayBeEmpty)) return this.#value(node, type, at)
    this.#problem(node.place, at, 'must not be empty')
    return node
  }

  #list(node: ListNode, of: Type, at: Step): ListNode {
    let items: Node[] | undefined
    for (const [index, item] of node.items.entries()) {
      const checked = this.#value(item, of, { up: at, step: [node, index] })
      if (checked !== item) {
        items ??= [...node.items]
        items[index] = checked
      }
    }
    return items ? { ...node, items } : node
  }

  #eachEntry(node: MapNode, check: (key: string, value: Node, place: Place) => Node): MapNode {
    let entries: Map<string, { readonly at: Place; readonly node: Node }> | undefined
    for (const [key, entry] of node.entries) {
      const checked = check(key, entry.node, entry.at)
      if (checked !== entry.node) {
        entries ??= new Map(node.entries)
        entries.set(key, { at: entry.at, node: checked })
      }
    }
    return entries ? { ...node, entries } : node
  }

  #size(node: ListNode, limit: Limit | undefined, at: Step): void {
    const { fewest = 0, greatest = Number.POSITIVE_INFINITY, because } = limit ?? {}
    const size = node.items.length
    const why = because ? `: ${because}` : ''
    if (size < fewest) this.#problem(node.place, at, `must have at least ${plural(fewest, 'element')}, not ${size}`)
    if (size > greatest)
      this.#problem(node.place, at, `must have at most ${plural(greatest, 'element')}, not ${size}${why}`)
  }

  #text(node: Node, { values, limit }: Pick<TextType, 'values' | 'limit'>, at: Step): Node {
    if (node.kind !== 'scalar') {
      this.#problem(node.place, at, `must be a text, not ${sayValue(node)}`)
      return node
    }
    const text = texted(node)
    if (text === undefined) {
      this.#problem(node.place, at, `must be a text, not ${sayValue(node)}: put it in quotes`)
      return node
    }
    if (values && !values.includes(text)) {
      // A guess would be made from the variable's value, which is nobody's business.
      const meant = node.parts ? undefined : closest(text, values)
      const guess = meant === undefined ? '' : `; did you mean ${meant}?`
      const one = values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`
      this.#problem(node.place, at, `must be ${one}, not ${sayValue(node)}${guess}`)
    }
    if (limit) this.#textLimit(node, text, limit, at)
    return typeof node.value === 'string' ? node : { ...node, value: text }
  }

  #textLimit(node: ScalarNode, text: string, limit: Limit, at: Step): void {
    const { shortest = 0, longest = Number.POSITIVE_INFINITY, pattern, says } = limit
    if (text.length >= shortest && text.length <= longest && (!pattern || pattern.test(text))) return
    // Characters, as people count them; only where the quick count in code units speaks against it.
    const length = [...text].length
    if (length < shortest) {
      this.#problem(
        node.place,
        at,
        length === 0 ? 'must not be empty' : `must have at least ${plural(shortest, 'character')}`,
      )
    } else if (length > longest) {
      this.#problem(
        node.place,
        at,
        `must have at most ${plural(longest, 'character')}${node.parts ? '' : `, not ${length}`}`,
      )
    } else if (pattern && !pattern.test(text)) {
      this.#problem(node.place, at, `must be ${says}, not ${sayValue(node)}`)
    }
  }

  #number(node: Node, { whole, limit }: NumberType, at: Step): Node {
    const due = whole ? 'a whole number' : 'a number'
    const number = node.kind === 'scalar' ? numberOf(node) : undefined
    if (node.kind !== 'scalar' || number === undefined || (whole && !Number.isInteger(number))) {
      this.#problem(node.place, at, `must be ${due}, not ${sayValue(node)}`)
      return node
    }
    if (whole && !Number.isSafeInteger(number)) {
      this.#problem(
        node.place,
        at,
        `must be between -${Number.MAX_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}, not ${sayValue(node)}`,
      )
      return node
    }
    const { least, most } = limit ?? {}
    if ((least !== undefined && number < least) || (most !== undefined && number > most)) {
      const range =
        most === undefined
          ? `at least ${least}`
          : least === undefined
            ? `at most ${most}`
            : `between ${least} and ${most}`
      this.#problem(node.place, at, `must be ${range}, not ${sayValue(node)}`)
    }
    return node.value === number ? node : { ...node, value: number }
  }

  #flag(node: Node, at: Step): Node {
    if (node.kind === 'scalar') {
      if (typeof node.value === 'boolean') return node
      if (node.value === 'true' || node.value === 'false') return { ...node, value: node.value === 'true' }
    }
    this.#problem(node.place, at, `must be true or false, not ${sayValue(node)}`)
    return node
  }
}

/** A number, or a text that is nothing but a decimal number; never NaN, and '' is not 0. */
function numberOf({ value }: ScalarNode): number | undefined {
  const number =
    typeof value === 'string' && /^[+-]?\d+(\.\d+)?$/.test(value)
      ? Number(value)
      : typeof value === 'number'
        ? value
        : Number.NaN
  return Number.isFinite(number) ? number : undefined
}
