import type { ListNode, MapNode, Node, Place, Problem, ScalarNode } from '../particle.ts'
import type { Limit } from '../schema/limits.ts'
import { checkTags } from '../schema/refusals.ts'
import {
  type ListType,
  type MapType,
  type NumberType,
  type PairMembers,
  requestName,
  type StructType,
  type TextType,
  type Type,
  typeOf,
} from '../schema/types.ts'
import type { Vocabulary } from '../schema/vocabulary.ts'
import { plural } from '../wording.ts'
import { Pasted } from './pasted.ts'
import { isPath } from './patchPath.ts'
import { byPlace, type ReportProblem, reportTo } from './problems.ts'
import { StatedMap } from './statedMap.ts'
import { didYouMean } from './suggest.ts'
import { withItems, withValues } from './walk.ts'
import { elementLabel, isHiddenPath, replacedHint, sayKey, sayLabel, sayValue, texted } from './words.ts'

/**
 * Checks what a manifest states as `aws_resource` against the API's model, and gives its scalars the types that the
 * model asks for: `cpu: 256` becomes `"256"` where a text is due, `"2"` becomes `2` where a number is due.
 *
 * `node` has the API's names, no `region_name` and no `custom_config`, and the values of variables; inherited values may still
 * be open. `ignored`: paths whose value somebody else owns. Problems come in the manifest's order. Coerced scalars keep their
 * place and parts; a node without a change is returned as the same object.
 */
export function checkDefinition(
  node: MapNode,
  vocabulary: Vocabulary,
  ignored: readonly string[] = [],
): { node: MapNode; problems: Problem[] } {
  const problems: Problem[] = []
  const report = reportTo(problems)
  const pasted = new Pasted(vocabulary)
  const checked = new ModelCheck(report, pasted).definition(node, vocabulary)
  problems.push(...pasted.problems(node))
  const stated = new StatedMap(checked, problems.length === 0, report, ignored)
  if (vocabulary.model) checkTags(stated)
  vocabulary.check?.(stated)
  problems.sort(byPlace)
  return { node: checked, problems }
}

/** The end of a sentence about an unknown member: where the key belongs, or the member with the nearest name. */
function remedy(key: string, vocabulary: Vocabulary, model: StructType | undefined): string {
  if (Object.hasOwn(vocabulary.options, key)) return '; it belongs in custom_config'
  if (isPath(key)) return '; a path into the definition is for patches under environments'
  const { ownMembers, aliases, refused } = vocabulary
  const members = [...(model?.members.keys() ?? [])].filter(name => !Object.hasOwn(refused, name))
  const others = Object.keys({ ...ownMembers, ...aliases })
  return didYouMean(key, [...members, ...others, 'region_name', 'custom_config'])
}

/** Makes a value's path, which costs nothing while all is well. */
type PathOf = () => string

/** `, not "x"`: the value that stands in the place of another; nothing where values are hidden. */
const otherwise = (node: Node, at: PathOf): string =>
  node.kind === 'scalar' && isHiddenPath(at()) ? '' : `, not ${sayValue(node)}`

/** A key without a colon where values are hidden: what a comma or a missing blank has torn off one, as in `{ KEY:value }`. */
const isTorn = (node: Node, key: Place, at: PathOf): boolean =>
  node.kind === 'scalar' && node.value === null && node.place === key && isHiddenPath(at())

const isEmptyText = (node: Node, type: Type): type is TextType =>
  type.kind === 'text' && node.kind === 'scalar' && node.value === '' && !node.inherit

const isNull = (node: Node, type: Type): boolean =>
  node.kind === 'scalar' && node.value === null && type.kind !== 'any' && !(type.kind === 'text' && type.nullable)

/** A map of names to values as the API's list. */
const listOfPairs = ({ place, entries }: MapNode, [name, value]: PairMembers): ListNode => ({
  kind: 'list',
  place,
  items: [...entries].map(([key, { at, node }]) => ({
    kind: 'map',
    place: at,
    entries: new Map([
      [name, { at, node: { kind: 'scalar', place: at, value: key } }],
      [value, { at, node }],
    ]),
  })),
})

/** An empty text leaves an optional member out, unless the API documents that it must not be empty. */
const isLeftOut = (node: Node, type: Type): boolean => isEmptyText(node, type) && !type.limit?.minLength

/** The check of types, enums and limits. Each method returns the node, coerced where the model has another type. */
class ModelCheck {
  readonly #report: ReportProblem
  readonly #pasted: Pasted

  constructor(report: ReportProblem, pasted: Pasted) {
    this.#report = report
    this.#pasted = pasted
  }

  #problem(place: Place, at: PathOf, message: string): void {
    this.#report(place, `${at()} ${message}`)
  }

  #refuse(node: Node, at: PathOf, due: string): Node {
    this.#problem(node.place, at, `must be ${due}${otherwise(node, at)}`)
    return node
  }

  definition(node: MapNode, vocabulary: Vocabulary): MapNode {
    const model = vocabulary.model && typeOf(vocabulary.model)
    const { ownMembers, refused } = vocabulary
    return withValues(node, (value, key, place) => {
      const at = () => `aws_resource.${sayKey(key)}`
      const own = Object.hasOwn(ownMembers, key) ? ownMembers[key] : undefined
      if (own) return this.#value(value, own, at)
      const type = model?.members.get(key)
      if (Object.hasOwn(refused, key)) this.#problem(place, at, `cannot be stated; ${refused[key]}`)
      // A missing name is reported where particles are compared by their names.
      else if (type && model?.required.includes(key) && !isLeftOut(value, type)) return this.#value(value, type, at)
      else if (type) return this.#member(value, type, at)
      else if (this.#pasted.isAnswered(key, place)) return value
      else if (!vocabulary.open) {
        this.#problem(place, at, `is not a member of ${requestName(vocabulary)}${remedy(key, vocabulary, model)}`)
      }
      return value
    })
  }

  /** A member that may be left out; undefined for one that is, by a null. */
  #member(node: Node, type: Type, at: PathOf, pair?: PairMembers): Node | undefined {
    if (isLeftOut(node, type)) return node
    return isNull(node, type) && this.#pasted.isAbsent(type, pair) ? undefined : this.#value(node, type, at)
  }

  #value(node: Node, type: Type, at: PathOf): Node {
    if (type.kind === 'any' || (node.kind === 'scalar' && node.inherit)) return node
    if (node.kind === 'scalar' && node.value === null) {
      if (isNull(node, type)) this.#pasted.nulls.push({ place: node.place, path: at() })
      return node
    }
    switch (type.kind) {
      case 'text':
        return this.#text(node, type, at)
      case 'number':
        return this.#number(node, type, at)
      case 'flag':
        return this.#flag(node, at)
      case 'list':
        return this.#list(node, type, at)
      case 'map':
        return this.#map(node, type, at)
      case 'struct':
        return node.kind === 'map' ? this.#struct(node, type, at) : this.#refuse(node, at, 'a map')
    }
  }

  #withoutTorn(node: MapNode, at: PathOf): MapNode {
    return withValues(node, (value, _, place) => {
      if (!isTorn(value, place, at)) return value
      this.#problem(
        place,
        at,
        'has a key without a colon and a blank; write both, and put a value with a comma in quotes',
      )
      return undefined
    })
  }

  #struct(
    given: MapNode,
    { name: shape, members, required, union }: StructType,
    at: PathOf,
    list?: ListNode,
    pair?: PairMembers,
  ): MapNode {
    const node = this.#withoutTorn(given, at)
    for (const name of required) {
      if (node.entries.has(name)) continue
      const hint = list ? replacedHint(list) : ''
      this.#problem(node.place, at, `lacks ${name}, which ${shape} requires${hint}`)
    }
    if (union && node.entries.size !== 1)
      this.#problem(node.place, at, `must have exactly one of ${[...members.keys()].join(', ')}`)
    return withValues(node, (value, key, place) => {
      const inner = () => `${at()}.${sayKey(key)}`
      const type = members.get(key)
      if (!type) this.#problem(place, inner, `is not a member of ${shape}${didYouMean(key, members.keys())}`)
      else if (!required.includes(key)) return this.#member(value, type, inner, pair)
      else if (!isEmptyText(value, type) || type.limit?.mayBeEmpty) return this.#value(value, type, inner)
      else this.#problem(value.place, inner, 'must not be empty')
      return value
    })
  }

  #map(node: Node, { of, keys, pairs }: MapType, at: PathOf): Node {
    if (node.kind === 'list' && pairs) return this.#list(node, { kind: 'list', of: pairs }, at)
    if (node.kind !== 'map') return this.#refuse(node, at, pairs ? 'a list of names and values, or a map' : 'a map')
    return withValues(this.#withoutTorn(node, at), (value, key, place) => {
      const inner = () => `${at()}[${sayLabel(key)}]`
      if (keys) this.#textLimit({ kind: 'scalar', place, value: key }, key, keys, inner)
      return this.#value(value, of, inner)
    })
  }

  #list(given: Node, { of, limit, pairs }: ListType, at: PathOf): Node {
    const node = given.kind === 'map' && pairs ? listOfPairs(this.#withoutTorn(given, at), pairs) : given
    if (node.kind !== 'list') return this.#refuse(node, at, pairs ? 'a list, or a map of names to values' : 'a list')
    const size = node.items.length
    const { minItems = 0, maxItems = size, because } = limit ?? {}
    const why = because ? `: ${because}` : ''
    if (size < minItems) this.#problem(node.place, at, `must have at least ${plural(minItems, 'element')}, not ${size}`)
    if (size > maxItems)
      this.#problem(node.place, at, `must have at most ${plural(maxItems, 'element')}, not ${size}${why}`)
    return withItems(node, (item, index) => {
      const inner = () => `${at()}[${elementLabel(item, index)}]`
      return item.kind === 'map' && of.kind === 'struct'
        ? this.#struct(item, of, inner, node, pairs)
        : this.#value(item, of, inner)
    })
  }

  #text(node: Node, { values, limit }: TextType, at: PathOf): Node {
    if (node.kind !== 'scalar') return this.#refuse(node, at, 'a text')
    const text = texted(node)
    if (text === undefined) {
      this.#problem(node.place, at, `must be a text${otherwise(node, at)}: put it in quotes`)
      return node
    }
    if (values && !values.includes(text)) {
      // A suggestion would show the value of a variable.
      const guess = node.parts ? '' : didYouMean(text, values)
      const one = values.length === 1 ? values[0] : `one of ${values.join(', ')}`
      this.#problem(node.place, at, `must be ${one}${otherwise(node, at)}${guess}`)
    }
    if (limit) this.#textLimit(node, text, limit, at)
    return typeof node.value === 'string' ? node : { ...node, value: text }
  }

  #textLimit(node: ScalarNode, text: string, limit: Limit, at: PathOf): void {
    const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern, form } = limit
    // Characters, as people count them: fewer than code units, or as many.
    const length = text.length < minLength || text.length > maxLength ? [...text].length : text.length
    if (length === 0 && minLength > 0) this.#problem(node.place, at, 'must not be empty')
    else if (length < minLength) this.#problem(node.place, at, `must have at least ${plural(minLength, 'character')}`)
    else if (length > maxLength) {
      const counted = node.parts ? '' : `, not ${length}`
      this.#problem(node.place, at, `must have at most ${plural(maxLength, 'character')}${counted}`)
    } else if (pattern && !pattern.test(text)) this.#refuse(node, at, form ?? '')
  }

  #number(node: Node, { whole, limit: { minimum, maximum } = {} }: NumberType, at: PathOf): Node {
    const number = node.kind === 'scalar' ? numberOf(node) : undefined
    if (node.kind !== 'scalar' || number === undefined || (whole && !Number.isInteger(number)))
      return this.#refuse(node, at, whole ? 'a whole number' : 'a number')
    if (whole && !Number.isSafeInteger(number))
      return this.#refuse(node, at, `between -${Number.MAX_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}`)
    if (number < (minimum ?? number) || number > (maximum ?? number))
      this.#refuse(node, at, maximum === undefined ? `at least ${minimum}` : `between ${minimum} and ${maximum}`)
    return node.value === number ? node : { ...node, value: number }
  }

  #flag(node: Node, at: PathOf): Node {
    if (node.kind === 'scalar' && typeof node.value === 'boolean') return node
    if (node.kind === 'scalar' && (node.value === 'true' || node.value === 'false'))
      return { ...node, value: node.value === 'true' }
    return this.#refuse(node, at, 'true or false')
  }
}

/** A number, or a text that is nothing but a decimal number; never NaN, and '' is not 0. */
function numberOf({ value }: ScalarNode): number | undefined {
  const isDecimal = typeof value === 'string' && /^[+-]?\d+(\.\d+)?$/.test(value)
  const number = isDecimal || typeof value === 'number' ? Number(value) : Number.NaN
  return Number.isFinite(number) ? number : undefined
}
