import type { MapNode, Node, Place, ScalarNode } from '../particle.ts'
import { isRegion, nameOf } from '../schema/arn.ts'
import type { Vocabulary } from '../schema/vocabulary.ts'
import { ignoredAstray } from './knownPaths.ts'
import { didYouMean } from './suggest.ts'
import { asBoolean, asWhole, kindOf, lineOf, quote, scalarText, sourceText } from './words.ts'

type Wrong = (place: Place, message: string) => void

/** What `aws_resource` says. */
export interface Resource {
  /** False where there was nothing to read, which has been said already. */
  readonly given: boolean
  readonly definition: MapNode
  readonly options: Readonly<Record<string, unknown>>
  readonly optionPlaces: ReadonlyMap<string, Place>
  readonly region: string | undefined
}

/** `aws_resource` in the API's own words, without what is not sent. */
export function readResource(
  map: MapNode,
  name: string,
  vocabulary: Vocabulary,
  copy: number | undefined,
  wrong: Wrong,
): Resource {
  const given = map.entries.get('aws_resource')
  const empty: MapNode = { kind: 'map', place: given?.node.place ?? map.place, entries: new Map() }
  if (given?.node.kind !== 'map') {
    if (given)
      wrong(given.node.place, `aws_resource must be a map, not ${kindOf(given.node)}; write {} for an empty one`)
    else wrong(map.place, 'aws_resource is missing; it holds the definition')
    return { given: false, definition: empty, options: {}, optionPlaces: new Map(), region: undefined }
  }
  const entries = new Map<string, { at: Place; node: Node }>()
  let region: string | undefined
  let options: Readonly<Record<string, unknown>> = {}
  const optionPlaces = new Map<string, Place>()
  for (const [key, entry] of given.node.entries) {
    if (key === 'region_name') {
      region = scalarText(entry.node)
      if (!region || !isRegion(region)) {
        wrong(
          entry.node.place,
          `aws_resource.region_name must be a region such as us-east-1, not ${kindOf(entry.node)}`,
        )
        region = undefined
      }
    } else if (key === 'custom_config') {
      options = readOptions(entry.node, vocabulary, wrong)
      if (entry.node.kind === 'map') for (const [name, { at }] of entry.node.entries) optionPlaces.set(name, at)
    } else if (!Object.hasOwn(vocabulary.aliases, key)) entries.set(key, entry)
  }
  for (const [key, entry] of given.node.entries) {
    const member = Object.hasOwn(vocabulary.aliases, key) ? vocabulary.aliases[key] : undefined
    if (!member) continue
    const other = entries.get(member)
    if (!other) entries.set(member, entry)
    else if (!sameName(entry.node, other.node)) {
      wrong(
        entry.at,
        `aws_resource.${key} is PCF's name for ${member}, which says something else at ${lineOf(other.node.place)}; keep one of them`,
      )
    }
  }
  if (copy !== undefined) {
    for (const member of namingMembers(vocabulary)) {
      const entry = entries.get(member)
      if (entry) entries.set(member, { at: entry.at, node: suffixed(entry.node, `-${copy}`, member, wrong) })
    }
  }
  const { pcfNameMember: named } = vocabulary
  if (named !== undefined && !entries.has(named)) {
    const node = namedBy(map, name, copy)
    entries.set(named, { at: node.place, node })
  }
  return { given: true, definition: { kind: 'map', place: given.node.place, entries }, options, optionPlaces, region }
}

/** The particle's name as a member of its definition: a copy's with its number, and made from the same variables. */
function namedBy(map: MapNode, name: string, copy: number | undefined): ScalarNode {
  const stated = map.entries.get('pcf_name')?.node
  if (stated?.kind !== 'scalar') return { kind: 'scalar', place: map.place, value: name }
  const parts = stated.parts && (copy === undefined ? stated.parts : [...stated.parts, `-${copy}`])
  return { kind: 'scalar', place: stated.place, value: name, ...(parts && { parts }) }
}

/** Members that say which one a thing is, apart from where it is. The first is its name. */
export const namingMembers = (vocabulary: Vocabulary): readonly string[] =>
  vocabulary.required.filter(member => !member.includes('['))

const sameName = (left: Node, right: Node): boolean => {
  const [one, other] = [scalarText(left), scalarText(right)]
  if (one === undefined || other === undefined) return false
  return one === other || nameOf(one) === nameOf(other)
}

function suffixed(node: Node, suffix: string, name: string, wrong: Wrong): Node {
  const text = scalarText(node)
  if (node.kind !== 'scalar' || !text) {
    // Anything else is said where the member is checked.
    if (node.kind === 'scalar' && node.inherit) {
      wrong(node.place, `aws_resource.${name} gets a number for every copy, so it cannot be inherited; write it out`)
    }
    return node
  }
  const parts = node.parts ? { parts: [...node.parts, suffix] } : {}
  return { kind: 'scalar', place: node.place, value: text + suffix, ...parts }
}

function readOptions(node: Node, vocabulary: Vocabulary, wrong: Wrong): Readonly<Record<string, unknown>> {
  if (node.kind !== 'map') {
    wrong(node.place, `aws_resource.custom_config must be a map, not ${kindOf(node)}`)
    return {}
  }
  // What PCF keeps there to make an instance from is not ours, and an instance is not made here.
  if (vocabulary.open) return {}
  const known = Object.keys(vocabulary.options)
  const options: Record<string, unknown> = {}
  for (const [key, { at, node: value }] of node.entries) {
    const path = `aws_resource.custom_config.${quote(key)}`
    const kind = Object.hasOwn(vocabulary.options, key) ? vocabulary.options[key] : undefined
    if (!kind) {
      const meant =
        didYouMean(key, known) || `; there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ') || 'none'}`
      wrong(at, `${path} is not an option of ${vocabulary.name}${meant}`)
      continue
    }
    const [option, due] = readOption(value, kind)
    if (option === undefined) wrong(value.place, `${path} must be ${due}, not ${kindOf(value)}`)
    else options[key] = option
    if (key === 'ignore') checkIgnored(value, vocabulary, wrong)
  }
  return options
}

function checkIgnored(paths: Node, vocabulary: Vocabulary, wrong: Wrong): void {
  if (paths.kind !== 'list') return
  for (const [index, item] of paths.items.entries()) {
    const text = scalarText(item)
    const astray = text === undefined ? undefined : ignoredAstray(text, vocabulary)
    if (astray === undefined || item.kind !== 'scalar') continue
    // What a variable made of it would be told by what is missing.
    const why = item.parts ? '' : `: ${astray}`
    wrong(item.place, `aws_resource.custom_config.ignore[${index}]: ${quote(sourceText(item))} leads nowhere${why}`)
  }
}

function readOption(node: Node, kind: Vocabulary['options'][string]): [value: unknown, due: string] {
  if (kind === 'boolean') return [asBoolean(node), 'true or false']
  if (kind === 'number') return [asWhole(node), 'a whole number']
  if (kind === 'strings') {
    const texts = node.kind === 'list' ? node.items.map(scalarText) : [undefined]
    return [texts.includes(undefined) ? undefined : texts, 'a list of texts']
  }
  const text = scalarText(node)
  return [text !== undefined && kind.includes(text) ? text : undefined, kind.join(' or ')]
}

/** The members that PCF calls unique keys: there, told apart by them, and known before AWS is asked. */
export function checkRequired(definition: MapNode, vocabulary: Vocabulary, wrong: Wrong): void {
  for (const path of vocabulary.required) {
    const [list, member] = path.split('[].')
    if (!list) continue
    const node = definition.entries.get(list)?.node
    if (!member) {
      const otherwise = list === vocabulary.pcfNameMember ? ', or leave it out: pcf_name is the name then' : ''
      if (!isName(node))
        wrong(node?.place ?? definition.place, missing(`aws_resource.${list}`, node, vocabulary) + otherwise)
      continue
    }
    // A list of another kind is the model's to refuse.
    if (node && node.kind !== 'list') continue
    if (!node || node.items.length === 0) {
      wrong(
        node?.place ?? definition.place,
        `aws_resource.${list} is ${node ? 'empty' : 'missing'}; state at least one`,
      )
      continue
    }
    const seen = new Map<string, Place>()
    for (const [index, item] of node.items.entries()) {
      if (item.kind !== 'map') continue
      const at = `aws_resource.${list}[${index}].${member}`
      const name = item.entries.get(member)?.node
      const text = scalarText(name)
      if (!isName(name) || text === undefined) wrong(name?.place ?? item.place, missing(at, name, vocabulary))
      else {
        const first = seen.get(text)
        if (first) wrong(name.place, `${at} is the name of another one at ${lineOf(first)} as well; give each its own`)
        else seen.set(text, name.place)
      }
    }
  }
}

// An inherited name may yet be resolved, from what the parent's own definition says.
const isName = (node: Node | undefined): node is ScalarNode =>
  node?.kind === 'scalar' && (node.inherit !== undefined || (scalarText(node) ?? '') !== '')

function missing(path: string, node: Node | undefined, vocabulary: Vocabulary): string {
  const what = node
    ? `must be a name, not ${node.kind === 'scalar' && node.value === '' ? 'an empty text' : kindOf(node)}`
    : 'is missing'
  const remedy = vocabulary.open
    ? 'state it: it names one that is there, which is never started or changed here'
    : 'state it: it tells one from another'
  return `${path} ${what}; ${remedy}`
}
