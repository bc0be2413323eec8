import type { DesiredState, MapNode, Node, ParticleId, Place, Problem, ScalarNode } from '../particle.ts'
import type { Vocabulary } from '../schema/vocabulary.ts'
import { checkDefinition } from './definition.ts'
import { checkRequired, readResource } from './resource.ts'
import { didYouMean } from './suggest.ts'
import { asBoolean, kindOf, quote, scalarText, sourceText } from './words.ts'

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
export interface ParentLink {
  readonly to: string
  readonly label: string
  readonly place: Place
}

/** A particle as it is written, before anything is known of the others. */
export interface ParticleDraft {
  readonly id: ParticleId
  readonly label: string
  readonly name: string
  readonly place: Place
  readonly vocabulary: Vocabulary
  readonly parents: readonly ParentLink[]
  readonly children: readonly ParentLink[]
  /** Some of its parents cannot be read, so that nobody knows whether one is missing. */
  readonly misread: boolean
  readonly desired: { readonly state: DesiredState; readonly place: Place } | undefined
  readonly persistOnTermination: boolean
  readonly persistOnUpdate: boolean
  readonly region: string | undefined
  readonly options: Readonly<Record<string, unknown>>
  readonly optionPlaces: ReadonlyMap<string, Place>
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
  const flavor = scalarText(flavorNode)
  if (!flavorNode) wrong(map.place, 'flavor is missing; say what this is: flavor: ecs_service, for instance')
  else if (!flavor) wrong(flavorNode.place, `flavor must be the name of a flavor, not ${kindOf(flavorNode)}`)
  const node = map.entries.get('pcf_name')?.node ?? fallback
  const name = scalarText(node)
  if (!node) wrong(map.place, 'pcf_name is missing; give it a name, unique within its flavor')
  else if (!name) wrong(node.place, `pcf_name must be a name, not ${kindOf(node)}`)
  // A name becomes part of ids, comments and log lines.
  else if (!/^[^\s$\p{C}](?:[^$\p{C}]{0,253}[^\s$\p{C}])?$/u.test(name)) {
    wrong(node.place, 'pcf_name must be one line of at most 255 characters, without $ and without blanks around it')
    return { flavor, name: undefined, id: undefined, label: '' }
  }
  const shown = node?.kind === 'scalar' ? sourceText(node) : ''
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
): ParticleDraft {
  const wrong = complain(problems)
  const resource = readResource(map, who.name, vocabulary, origin.copy?.index, wrong)
  const checked = checkDefinition(resource.definition, vocabulary)
  for (const problem of checked.problems) problems.push(problem)
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
    optionPlaces: resource.optionPlaces,
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

function readLinks(map: MapNode, key: string, wrong: Wrong): ParentLink[] {
  const node = map.entries.get(key)?.node
  if (!node) return []
  if (node.kind !== 'list') {
    wrong(node.place, `${key} must be a list of ids such as ecs_cluster:main, not ${kindOf(node)}`)
    return []
  }
  return node.items.flatMap(item => {
    const to = scalarText(item)
    if (item.kind === 'scalar' && to && /^[^:\s]+:./.test(to))
      return [{ to, label: quote(sourceText(item)), place: item.place }]
    wrong(item.place, `${key} must hold ids, flavor:pcf_name such as ecs_cluster:main, not ${kindOf(item)}`)
    return []
  })
}

const STATES: readonly string[] = ['running', 'stopped', 'terminated']

function readDesired(node: Node | undefined, wrong: Wrong): ParticleDraft['desired'] {
  if (!node) return undefined
  // PCF takes the names of its enumeration as well.
  const state = scalarText(node)?.replace(/^State\./, '')
  if (state && STATES.includes(state)) return { state: state as DesiredState, place: node.place }
  const meant = node.kind === 'scalar' ? didYouMean(sourceText(node).toLowerCase(), STATES) : ''
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
