import { type MapEntry, type MapNode, memberOf, type Node, type Place, type ScalarNode } from '../particle.ts'
import { isRegion, nameOf } from '../schema/arn.ts'
import type { Vocabulary } from '../schema/vocabulary.ts'
import { ignoredPathProblem } from './knownPaths.ts'
import { namingMembers } from './naming.ts'
import type { ReportProblem } from './problems.ts'
import { didYouMean } from './suggest.ts'
import { asBoolean, asWhole, kindOf, lineOf, quote, scalarText, sourceText } from './words.ts'

/** The content of `aws_resource`. */
export interface Resource {
  readonly definition: MapNode
  readonly options: Readonly<Record<string, unknown>>
  readonly optionPlaces: ReadonlyMap<string, Place>
  readonly region: string | undefined
}

type Entries = Map<string, MapEntry>

/** Members of `aws_resource` that are not sent to AWS. */
const LOCAL = ['region_name', 'custom_config']

/**
 * `aws_resource` in the API's own words, without keys that are not sent. `region` is that of particles that name none,
 * `copy` the number of a multiplied member's copy.
 */
export function readResource(
  map: MapNode,
  name: string,
  vocabulary: Vocabulary,
  region: string | undefined,
  copy: number | undefined,
  report: ReportProblem,
): Resource {
  const given = memberOf(map, 'aws_resource')
  if (given?.kind !== 'map') {
    if (given) report(given.place, `aws_resource must be a map, not ${kindOf(given)}; write {} for an empty one`)
    else report(map.place, 'aws_resource is missing; it holds the definition')
    const empty: MapNode = { kind: 'map', place: given?.place ?? map.place, entries: new Map() }
    return { definition: empty, options: {}, optionPlaces: new Map(), region }
  }
  const entries = membersOf(given, vocabulary, report)
  if (copy !== undefined) numberNames(entries, `-${copy}`, vocabulary, report)
  const { pcfNameMember: named } = vocabulary
  if (named !== undefined && !entries.has(named)) {
    const node = namedBy(map, name, copy)
    entries.set(named, { at: node.place, node })
  }
  const config = memberOf(given, 'custom_config')
  return {
    definition: { kind: 'map', place: given.place, entries },
    options: config ? readOptions(config, vocabulary, given, report) : {},
    optionPlaces: new Map(config?.kind === 'map' ? [...config.entries].map(([key, { at }]) => [key, at]) : []),
    region: readRegion(memberOf(given, 'region_name'), report) ?? region,
  }
}

/** The definition's members, with PCF's names replaced by the API's. */
function membersOf(given: MapNode, { aliases }: Vocabulary, report: ReportProblem): Entries {
  const isAlias = (key: string) => Object.hasOwn(aliases, key)
  const entries = new Map([...given.entries].filter(([key]) => !LOCAL.includes(key) && !isAlias(key)))
  for (const [key, entry] of given.entries) {
    const member = isAlias(key) ? aliases[key] : undefined
    if (!member) continue
    const other = entries.get(member)
    if (!other) entries.set(member, entry)
    else if (!sameName(entry.node, other.node)) {
      const what = `aws_resource.${key} is PCF's name for ${member}, which says something else`
      report(entry.at, `${what} at ${lineOf(other.node.place)}; keep one of them`)
    }
  }
  return entries
}

const sameName = (left: Node, right: Node): boolean => {
  const [one, other] = [scalarText(left), scalarText(right)]
  if (one === undefined || other === undefined) return false
  return one === other || nameOf(one) === nameOf(other)
}

/** Gives a copy's number to its names. A name that is no text is reported where the member is checked. */
function numberNames(entries: Entries, suffix: string, vocabulary: Vocabulary, report: ReportProblem): void {
  for (const member of namingMembers(vocabulary)) {
    const { at, node } = entries.get(member) ?? {}
    if (!at || node?.kind !== 'scalar') continue
    const text = scalarText(node)
    if (text) {
      const parts = node.parts && { parts: [...node.parts, suffix] }
      entries.set(member, { at, node: { kind: 'scalar', place: node.place, value: text + suffix, ...parts } })
    } else if (node.inherit) {
      const why = 'gets a number for every copy, so it cannot be inherited; write it out'
      report(node.place, `aws_resource.${member} ${why}`)
    }
  }
}

/** The particle's name as a member of its definition: a copy's with its number, and made from the same variables. */
function namedBy(map: MapNode, name: string, copy: number | undefined): ScalarNode {
  const stated = memberOf(map, 'pcf_name')
  if (stated?.kind !== 'scalar') return { kind: 'scalar', place: map.place, value: name }
  const parts = stated.parts && (copy === undefined ? stated.parts : [...stated.parts, `-${copy}`])
  return { kind: 'scalar', place: stated.place, value: name, ...(parts && { parts }) }
}

function readRegion(node: Node | undefined, report: ReportProblem): string | undefined {
  if (!node) return undefined
  const region = scalarText(node)
  if (region && isRegion(region)) return region
  report(node.place, `aws_resource.region_name must be a region such as us-east-1, not ${kindOf(node)}`)
  return undefined
}

function readOptions(
  node: Node,
  vocabulary: Vocabulary,
  definition: MapNode,
  report: ReportProblem,
): Readonly<Record<string, unknown>> {
  if (node.kind !== 'map') {
    report(node.place, `aws_resource.custom_config must be a map, not ${kindOf(node)}`)
    return {}
  }
  // PCF keeps there what an instance is made from, and no instance is made here.
  if (vocabulary.open) return {}
  const options: Record<string, unknown> = {}
  for (const [key, { at, node: value }] of node.entries) {
    const path = `aws_resource.custom_config.${quote(key)}`
    const kind = Object.hasOwn(vocabulary.options, key) ? vocabulary.options[key] : undefined
    if (!kind) {
      const known = Object.keys(vocabulary.options)
      const list = `; there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ') || 'none'}`
      report(at, `${path} is not an option of ${vocabulary.name}${didYouMean(key, known) || list}`)
      continue
    }
    const [option, expected] = readOption(value, kind)
    if (option === undefined) report(value.place, `${path} must be ${expected}, not ${kindOf(value)}`)
    else options[key] = option
    if (key === 'ignore') checkIgnored(value, vocabulary, definition, report)
  }
  return options
}

function readOption(node: Node, kind: Vocabulary['options'][string]): [value: unknown, expected: string] {
  if (kind === 'boolean') return [asBoolean(node), 'true or false']
  if (kind === 'number') return [asWhole(node), 'a whole number']
  if (kind === 'strings') {
    const texts = node.kind === 'list' ? node.items.map(scalarText) : [undefined]
    return [texts.includes(undefined) ? undefined : texts, 'a list of texts']
  }
  const text = scalarText(node)
  return [text !== undefined && kind.includes(text) ? text : undefined, kind.join(' or ')]
}

function checkIgnored(paths: Node, vocabulary: Vocabulary, definition: MapNode, report: ReportProblem): void {
  if (paths.kind !== 'list') return
  for (const [index, item] of paths.items.entries()) {
    const text = scalarText(item)
    const problem = text === undefined ? undefined : ignoredPathProblem(text, vocabulary, definition)
    if (problem === undefined || item.kind !== 'scalar') continue
    // The reason would repeat the values of variables.
    const why = item.parts ? '' : `: ${problem}`
    report(item.place, `aws_resource.custom_config.ignore[${index}]: ${quote(sourceText(item))} leads nowhere${why}`)
  }
}

/** The members that PCF calls unique keys: required, unique among particles, and known before AWS is called. */
export function checkRequired(definition: MapNode, vocabulary: Vocabulary, report: ReportProblem): void {
  for (const required of vocabulary.required) {
    const [member = '', name] = required.split('[].')
    const path = `aws_resource.${member}`
    const node = memberOf(definition, member)
    const place = node?.place ?? definition.place
    if (!name) {
      if (isName(node)) continue
      const otherwise = member === vocabulary.pcfNameMember ? ', or leave it out: pcf_name is the name then' : ''
      report(place, missing(path, node, vocabulary) + otherwise)
    } else if (!node || (node.kind === 'list' && node.items.length === 0))
      report(place, `${path} is ${node ? 'empty' : 'missing'}; state at least one`)
    else checkElementNames(node, path, name, vocabulary, report)
  }
}

/** Each element has a unique name. The model's check refuses a list of another kind. */
function checkElementNames(
  list: Node,
  path: string,
  member: string,
  vocabulary: Vocabulary,
  report: ReportProblem,
): void {
  const seen = new Map<string, Place>()
  for (const [index, item] of list.kind === 'list' ? list.items.entries() : []) {
    if (item.kind !== 'map') continue
    const at = `${path}[${index}].${member}`
    const name = memberOf(item, member)
    const text = scalarText(name)
    if (!isName(name) || text === undefined) report(name?.place ?? item.place, missing(at, name, vocabulary))
    else {
      const first = seen.get(text)
      if (first) report(name.place, `${at} is the name of another one at ${lineOf(first)} as well; give each its own`)
      else seen.set(text, name.place)
    }
  }
}

// An inherited name may yet be resolved, from the parent's own definition.
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
