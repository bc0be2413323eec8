import type { Vocabulary } from '../flavors/flavor.ts'
import { nameOf } from '../flavors/vocabulary.ts'
import type { DesiredState, MapNode, Node, ParticleId, Place, Problem, ScalarNode } from '../particle.ts'
import { checkDefinition } from './model/check.ts'
import { didYouMean } from './suggest.ts'
import { kindOf, lineOf, quote, textOf, written } from './words.ts'

const COMMON = [
  'flavor',
  'pcf_name',
  'desired_state',
  'parents',
  'children',
  'persist_on_termination',
  'persist_on_update',
  'environments',
]
/** What a document may say of a particle, of a quasiparticle, and of a quasiparticle's member. */
export const KEYS = {
  particle: [...COMMON, 'aws_resource'],
  quasiparticle: [...COMMON, 'particles'],
  member: [...COMMON, 'aws_resource', 'multiplier', 'base_particle_config'],
} as const

/** Keys of PCF's own that a file can hold and that nothing can be done with here. */
const LEFT_BEHIND: Readonly<Record<string, string>> = {
  callbacks:
    'are functions of a Python program, which a manifest cannot call; remove them, or do it in a job of the workflow',
}

/** A name that a particle mentions, and where. `label` is what it is called in messages: variables by name. */
export interface Link {
  readonly to: string
  readonly label: string
  readonly place: Place
}

/** A particle as it is written, before anything is known of the others. */
export interface Draft {
  readonly id: ParticleId
  readonly label: string
  readonly name: string
  readonly place: Place
  readonly vocabulary: Vocabulary
  readonly parents: readonly Link[]
  readonly children: readonly Link[]
  /** Some of its parents cannot be read, so that nobody knows whether one is missing. */
  readonly misread: boolean
  readonly desired: { readonly state: DesiredState; readonly place: Place } | undefined
  readonly persistOnTermination: boolean
  readonly persistOnUpdate: boolean
  readonly region: string | undefined
  readonly options: Readonly<Record<string, unknown>>
  readonly definition: MapNode
  readonly origin: Origin
}

/** Where a particle comes from, when it is not a document of its own. */
export interface Origin {
  readonly quasi?: string
  /** It is one of so many copies of the member with this id. */
  readonly copy?: { readonly of: string; readonly label: string; readonly index: number; readonly count: number }
}

type Wrong = (place: Place, message: string) => void

/** What a reading of keys may say, and to whom. */
export const complain =
  (problems: Problem[]): Wrong =>
  (place, message) => {
    problems.push({ place, message })
  }

/** Every key that does not belong there, with the one that was meant. */
export function checkKeys(map: MapNode, keys: readonly string[], what: string, wrong: Wrong): void {
  for (const [key, { at }] of map.entries) {
    if (keys.includes(key)) continue
    if (Object.hasOwn(LEFT_BEHIND, key)) wrong(at, `${key} ${LEFT_BEHIND[key]}`)
    else if (KEYS.member.includes(key)) wrong(at, `${key} is for members of a quasiparticle; remove it`)
    else if (key === 'particles')
      wrong(at, `particles is for the flavor quasiparticle; remove it, or change the flavor`)
    else
      wrong(
        at,
        `${quote(key)} is not a key of ${what}${didYouMean(key, keys) || `; remove it, or move it into aws_resource`}`,
      )
  }
}

/** What says who a particle is, as far as it can be read. */
export interface Identified {
  readonly flavor: string | undefined
  readonly name: string | undefined
  readonly id: ParticleId | undefined
  readonly label: string
}

/** Flavor and name of a particle; a member without a name takes its quasiparticle's. */
export function identify(map: MapNode, fallback: ScalarNode | undefined, wrong: Wrong): Identified {
  const flavorNode = map.entries.get('flavor')?.node
  const flavor = textOf(flavorNode)
  if (!flavorNode) wrong(map.place, 'flavor is missing; say what this is: flavor: ecs_service, for instance')
  else if (!flavor) wrong(flavorNode.place, `flavor must be the name of a flavor, not ${kindOf(flavorNode)}`)
  const node = map.entries.get('pcf_name')?.node ?? fallback
  const name = textOf(node)
  if (!node) wrong(map.place, 'pcf_name is missing; give it a name, unique within its flavor')
  else if (!name) wrong(node.place, `pcf_name must be a name, not ${kindOf(node)}`)
  // A name becomes part of ids, comments and log lines.
  else if (!/^[^\s$\p{C}](?:[^$\p{C}]{0,253}[^\s$\p{C}])?$/u.test(name)) {
    wrong(node.place, 'pcf_name must be one line of at most 255 characters, without $ and without blanks around it')
    return { flavor, name: undefined, id: undefined, label: '' }
  }
  const shown = node?.kind === 'scalar' ? written(node) : ''
  const id = flavor && name ? (`${flavor}:${name}` as const) : undefined
  return { flavor, name, id, label: quote(`${flavor}:${shown}`) }
}

/** A particle from its map, patched and with its variables put in. */
export function readDraft(
  map: MapNode,
  who: { readonly id: ParticleId; readonly name: string; readonly label: string },
  vocabulary: Vocabulary,
  region: string | undefined,
  origin: Origin,
  problems: Problem[],
): Draft {
  const wrong = complain(problems)
  const resource = readResource(map, vocabulary, origin, wrong)
  const checked = checkDefinition(resource.definition, vocabulary)
  problems.push(...checked.problems)
  // A value that the model refuses is no name either; once is enough.
  const refused = new Set(checked.problems.map(problem => problem.place))
  if (resource.given)
    checkRequired(checked.node, vocabulary, (place, message) => {
      if (!refused.has(place)) wrong(place, message)
    })
  return {
    ...who,
    place: map.place,
    vocabulary,
    origin,
    ...readShared(map, wrong),
    region: resource.region ?? region,
    options: resource.options,
    definition: checked.node,
  }
}

/** What particles and quasiparticles say alike. */
export function readShared(map: MapNode, wrong: Wrong) {
  let misread = false
  const parents = readLinks(map, 'parents', (place, message) => {
    misread = true
    wrong(place, message)
  })
  return {
    parents,
    misread,
    children: readLinks(map, 'children', wrong),
    desired: readDesired(map.entries.get('desired_state')?.node, wrong),
    persistOnTermination: readFlag(map, 'persist_on_termination', wrong),
    persistOnUpdate: readFlag(map, 'persist_on_update', wrong),
  }
}

function readLinks(map: MapNode, key: string, wrong: Wrong): Link[] {
  const node = map.entries.get(key)?.node
  if (!node) return []
  if (node.kind !== 'list') {
    wrong(node.place, `${key} must be a list of ids such as ecs_cluster:main, not ${kindOf(node)}`)
    return []
  }
  return node.items.flatMap(item => {
    const to = textOf(item)
    if (item.kind === 'scalar' && to && /^[^:\s]+:./.test(to))
      return [{ to, label: quote(written(item)), place: item.place }]
    wrong(item.place, `${key} must hold ids, flavor:pcf_name such as ecs_cluster:main, not ${kindOf(item)}`)
    return []
  })
}

const STATES: readonly string[] = ['running', 'stopped', 'terminated']

function readDesired(node: Node | undefined, wrong: Wrong): Draft['desired'] {
  if (!node) return undefined
  // PCF takes the names of its enumeration as well.
  const state = textOf(node)?.replace(/^State\./, '')
  if (state && STATES.includes(state)) return { state: state as DesiredState, place: node.place }
  const meant = node.kind === 'scalar' ? didYouMean(written(node).toLowerCase(), STATES) : ''
  wrong(node.place, `desired_state must be running, stopped or terminated, not ${kindOf(node)}${meant}`)
  return undefined
}

function readFlag(map: MapNode, key: string, wrong: Wrong): boolean {
  const node = map.entries.get(key)?.node
  if (!node) return false
  const flag = asBoolean(node)
  if (flag === undefined) wrong(node.place, `${key} must be true or false, not ${kindOf(node)}`)
  return flag ?? false
}

// The text is what a variable makes of it.
function asBoolean(node: Node): boolean | undefined {
  if (node.kind !== 'scalar' || node.inherit) return undefined
  return node.value === true || node.value === 'true'
    ? true
    : node.value === false || node.value === 'false'
      ? false
      : undefined
}

/** A whole number, also one that a variable made. */
export function asWhole(node: Node): number | undefined {
  const text = textOf(node)
  const number = text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
  return number
}

interface Resource {
  /** False where there was nothing to read, which has been said already. */
  readonly given: boolean
  readonly definition: MapNode
  readonly options: Readonly<Record<string, unknown>>
  readonly region: string | undefined
}

/** `aws_resource` in the API's own words, without what is not sent. */
function readResource(map: MapNode, vocabulary: Vocabulary, { copy }: Origin, wrong: Wrong): Resource {
  const given = map.entries.get('aws_resource')
  const empty: MapNode = { kind: 'map', place: given?.node.place ?? map.place, entries: new Map() }
  if (given?.node.kind !== 'map') {
    if (given)
      wrong(given.node.place, `aws_resource must be a map, not ${kindOf(given.node)}; write {} for an empty one`)
    else wrong(map.place, 'aws_resource is missing; it holds the definition')
    return { given: false, definition: empty, options: {}, region: undefined }
  }
  const entries = new Map<string, { at: Place; node: Node }>()
  let region: string | undefined
  let options: Readonly<Record<string, unknown>> = {}
  for (const [key, entry] of given.node.entries) {
    if (key === 'region_name') {
      region = textOf(entry.node)
      if (!region || !/^[a-z]{2,}(-[a-z0-9]+)+$/.test(region)) {
        wrong(
          entry.node.place,
          `aws_resource.region_name must be a region such as us-east-1, not ${kindOf(entry.node)}`,
        )
        region = undefined
      }
    } else if (key === 'custom_config') options = readOptions(entry.node, vocabulary, wrong)
    else if (!Object.hasOwn(vocabulary.aliases, key)) entries.set(key, entry)
  }
  for (const [key, entry] of given.node.entries) {
    const name = Object.hasOwn(vocabulary.aliases, key) ? vocabulary.aliases[key] : undefined
    if (!name) continue
    const other = entries.get(name)
    if (!other) entries.set(name, entry)
    else if (!sameName(entry.node, other.node)) {
      wrong(
        entry.at,
        `aws_resource.${key} is PCF's name for ${name}, which says something else at ${lineOf(other.node.place)}; keep one of them`,
      )
    }
  }
  if (copy) {
    for (const name of namingMembers(vocabulary)) {
      const entry = entries.get(name)
      if (entry) entries.set(name, { at: entry.at, node: suffixed(entry.node, `-${copy.index}`, name, wrong) })
    }
  }
  return { given: true, definition: { kind: 'map', place: given.node.place, entries }, options, region }
}

/** Members that say which one a thing is, apart from where it is. The first is its name. */
export const namingMembers = (vocabulary: Vocabulary): readonly string[] =>
  vocabulary.required.filter(member => !member.includes('['))

const sameName = (left: Node, right: Node): boolean => {
  const [one, other] = [textOf(left), textOf(right)]
  if (one === undefined || other === undefined) return false
  return one === other || nameOf(one) === nameOf(other)
}

function suffixed(node: Node, suffix: string, name: string, wrong: Wrong): Node {
  const text = textOf(node)
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
  }
  return options
}

function readOption(node: Node, kind: Vocabulary['options'][string]): [value: unknown, due: string] {
  if (kind === 'boolean') return [asBoolean(node), 'true or false']
  if (kind === 'number') return [asWhole(node), 'a whole number']
  if (kind === 'strings') {
    const texts = node.kind === 'list' ? node.items.map(textOf) : [undefined]
    return [texts.includes(undefined) ? undefined : texts, 'a list of texts']
  }
  const text = textOf(node)
  return [text !== undefined && kind.includes(text) ? text : undefined, kind.join(' or ')]
}

/** The members that PCF calls unique keys: there, told apart by them, and known before AWS is asked. */
function checkRequired(definition: MapNode, vocabulary: Vocabulary, wrong: Wrong): void {
  for (const path of vocabulary.required) {
    const [list, member] = path.split('[].')
    if (!list) continue
    const node = definition.entries.get(list)?.node
    if (!member) {
      if (!isName(node)) wrong(node?.place ?? definition.place, missing(`aws_resource.${list}`, node, vocabulary))
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
      const text = textOf(name)
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
  node?.kind === 'scalar' && (node.inherit !== undefined || (textOf(node) ?? '') !== '')

function missing(path: string, node: Node | undefined, vocabulary: Vocabulary): string {
  const what = node
    ? `must be a name, not ${node.kind === 'scalar' && node.value === '' ? 'an empty text' : kindOf(node)}`
    : 'is missing'
  const remedy = vocabulary.open
    ? 'state it: it names one that is there, which is never started or changed here'
    : 'state it: it tells one from another'
  return `${path} ${what}; ${remedy}`
}
