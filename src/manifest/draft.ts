import {
  type DesiredState,
  type MapNode,
  memberOf,
  type Node,
  type Particle,
  type ParticleId,
  type Place,
} from '../particle.ts'
import type { Vocabulary } from '../schema/vocabulary.ts'
import { checkDefinition } from './definition.ts'
import type { ReportProblem } from './problems.ts'
import { checkRequired, type Resource, readResource } from './resource.ts'
import { didYouMean } from './suggest.ts'
import { withItems, withValues } from './walk.ts'
import { asBoolean, kindOf, lineOf, quote, scalarText, sourceText } from './words.ts'

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
/** The keys of a particle, of a quasiparticle, and of a quasiparticle's member. */
export const KEYS = {
  particle: [...COMMON, 'aws_resource'],
  quasiparticle: [...COMMON, 'particles'],
  member: [...COMMON, 'aws_resource', 'multiplier', 'base_particle_config'],
} as const

/** A name that a particle mentions, and where. `label` is the name in messages, with variables by name. */
export interface ParentLink {
  readonly to: string
  readonly label: string
  readonly place: Place
}

/** Keys that particles and quasiparticles have in common. */
export interface Lifecycle {
  readonly parents: readonly ParentLink[]
  readonly children: readonly ParentLink[]
  /** Some of its parents cannot be read, so that a missing parent cannot be reported. */
  readonly misread: boolean
  readonly desired: { readonly state: DesiredState; readonly place: Place } | undefined
  readonly persistOnTermination: boolean
  readonly persistOnUpdate: boolean
}

/** A particle as it is written, before it is linked to others. */
export interface ParticleDraft extends Lifecycle, Resource {
  readonly id: ParticleId
  /** The id as messages show it: variables by name. */
  readonly label: string
  readonly name: string
  readonly place: Place
  readonly vocabulary: Vocabulary
  readonly origin: MemberOrigin
}

/** The quasiparticle of a particle that is no document. */
export interface MemberOrigin {
  readonly quasi?: string
  /** Set for one of `count` copies of the member with the id `of`. */
  readonly copy?: { readonly of: string; readonly label: string; readonly index: number; readonly count: number }
}

/** Parents by child, and the place that names each. */
export type Parents = ReadonlyMap<ParticleId, ReadonlyMap<ParticleId, Place>>

/** The facts by which particles are made, parents before children. */
export interface Linking {
  readonly drafts: ReadonlyMap<ParticleId, ParticleDraft>
  /** A file cannot be read, so that missing particles may be declared there. */
  readonly incomplete: boolean
  readonly parents: Parents
  /** The particles that are made already, and the places that state their states. */
  readonly made: ReadonlyMap<ParticleId, Particle>
  readonly statePlaces: ReadonlyMap<ParticleId, Place>
  /** The drafts that an id means, seen from a particle. */
  readonly find: (id: string, from: ParticleDraft) => readonly ParticleDraft[] | undefined
  /** Whether a particle hides a path of its definition, or a value below it. */
  readonly hides: (particle: Particle, path: readonly string[]) => boolean
  readonly report: ReportProblem
}

/** Reports every key that does not belong there, with the one that was meant. */
export function checkKeys(map: MapNode, keys: readonly string[], what: string, report: ReportProblem): void {
  for (const [key, { at }] of map.entries) if (!keys.includes(key)) report(at, keyMessage(key, keys, what))
}

function keyMessage(key: string, keys: readonly string[], what: string): string {
  // Of PCF's own keys the one that a file can hold and that nothing can be done with here.
  if (key === 'callbacks')
    return 'callbacks are functions of a Python program, which a manifest cannot call; remove them, or do it in a job of the workflow'
  if (KEYS.member.includes(key)) return `${key} is for members of a quasiparticle; remove it`
  if (key === 'particles') return 'particles is for the flavor quasiparticle; remove it, or change the flavor'
  return `${quote(key)} is not a key of ${what}${didYouMean(key, keys) || '; remove it, or move it into aws_resource'}`
}

/** Keys of particles as PCF's documentation spells them too → the key. */
export const SPELLINGS: Readonly<Record<string, string>> = { persist_on_terminate: 'persist_on_termination' }

/** A particle with every key in one spelling, in its patches and members as well. Both spellings side by side are a problem. */
export function withOneSpelling(map: MapNode, report: ReportProblem): MapNode {
  const entries = new Map(map.entries)
  for (const [key, name] of Object.entries(SPELLINGS)) {
    const [other, known] = [entries.get(key), entries.get(name)]
    if (!other) continue
    entries.delete(key)
    if (!known) entries.set(name, other)
    else report(other.at, `${key} is another spelling of ${name} (${lineOf(known.at)}); keep one of them`)
  }
  const inMap = (node: Node): Node => (node.kind === 'map' ? withOneSpelling(node, report) : node)
  return withValues({ ...map, entries }, (value, key) => {
    if (key === 'environments' && value.kind === 'map') return withValues(value, inMap)
    return key === 'particles' && value.kind === 'list' ? withItems(value, inMap) : value
  })
}

/** The keys that identify a particle, as far as they can be read. */
export interface DeclaredName {
  readonly flavor: string | undefined
  readonly name: string | undefined
  readonly id: ParticleId | undefined
  readonly label: string
}

/** Flavor and name of a particle; a member without a name takes its quasiparticle's. */
export function identify(map: MapNode, fallback: Node | undefined, report: ReportProblem): DeclaredName {
  const flavorNode = memberOf(map, 'flavor')
  const flavor = scalarText(flavorNode)
  if (!flavorNode) report(map.place, 'flavor is missing; say what this is: flavor: ecs_service, for instance')
  else if (!flavor) report(flavorNode.place, `flavor must be the name of a flavor, not ${kindOf(flavorNode)}`)
  const node = memberOf(map, 'pcf_name') ?? fallback
  const name = scalarText(node)
  if (!node) report(map.place, 'pcf_name is missing; give it a name, unique within its flavor')
  else if (!name) report(node.place, `pcf_name must be a name, not ${kindOf(node)}`)
  // A name becomes part of ids, comments and log lines.
  else if (name !== name.trim() || /[$\p{C}]/u.test(name) || [...name].length > 255) {
    report(node.place, 'pcf_name must be one line of at most 255 characters, without $ and without blanks around it')
    return { flavor, name: undefined, id: undefined, label: '' }
  }
  const shown = node?.kind === 'scalar' ? sourceText(node) : ''
  const id = flavor && name ? (`${flavor}:${name}` as const) : undefined
  return { flavor, name, id, label: quote(`${flavor}:${shown}`) }
}

/** A particle from its map, patched and with its variables put in. */
export function readDraft(
  map: MapNode,
  who: Pick<ParticleDraft, 'id' | 'name' | 'label'>,
  vocabulary: Vocabulary,
  region: string | undefined,
  origin: MemberOrigin,
  report: ReportProblem,
): ParticleDraft {
  const resource = readResource(map, who.name, vocabulary, region, origin.copy?.index, report)
  const { ignore = [] } = resource.options as { readonly ignore?: readonly string[] }
  const checked = checkDefinition(resource.definition, vocabulary, ignore)
  for (const { place = map.place, message } of checked.problems) report(place, message)
  // A value that the model refuses is no name either: one problem is enough.
  const refused = new Set(checked.problems.map(problem => problem.place))
  if (memberOf(map, 'aws_resource')?.kind === 'map')
    checkRequired(checked.node, vocabulary, (place, message) => {
      if (!refused.has(place)) report(place, message)
    })
  const lifecycle = readLifecycle(map, report)
  const definition = checked.node
  return { ...who, ...lifecycle, ...resource, definition, place: map.place, vocabulary, origin }
}

/** The keys that particles and quasiparticles have in common. */
export function readLifecycle(map: MapNode, report: ReportProblem): Lifecycle {
  let misread = false
  const parents = readLinks(map, 'parents', (place, message) => {
    misread = true
    report(place, message)
  })
  return {
    parents,
    misread,
    children: readLinks(map, 'children', report),
    desired: readDesired(memberOf(map, 'desired_state'), report),
    persistOnTermination: readFlag(map, 'persist_on_termination', report),
    persistOnUpdate: readFlag(map, 'persist_on_update', report),
  }
}

function readLinks(map: MapNode, key: string, report: ReportProblem): ParentLink[] {
  const node = memberOf(map, key)
  if (!node) return []
  if (node.kind !== 'list') {
    report(node.place, `${key} must be a list of ids such as ecs_cluster:main, not ${kindOf(node)}`)
    return []
  }
  return node.items.flatMap(item => {
    const to = scalarText(item)
    if (item.kind === 'scalar' && to && /^[^:\s]+:./.test(to))
      return [{ to, label: quote(sourceText(item)), place: item.place }]
    report(item.place, `${key} must hold ids, flavor:pcf_name such as ecs_cluster:main, not ${kindOf(item)}`)
    return []
  })
}

const STATES: readonly DesiredState[] = ['running', 'stopped', 'terminated']

function readDesired(node: Node | undefined, report: ReportProblem): ParticleDraft['desired'] {
  if (!node) return undefined
  // PCF takes the names of its enumeration as well.
  const text = scalarText(node)?.replace(/^State\./, '')
  const state = STATES.find(known => known === text)
  if (state) return { state, place: node.place }
  const meant = node.kind === 'scalar' ? didYouMean(sourceText(node), STATES) : ''
  report(node.place, `desired_state must be running, stopped or terminated, not ${kindOf(node)}${meant}`)
  return undefined
}

function readFlag(map: MapNode, key: string, report: ReportProblem): boolean {
  const node = memberOf(map, key)
  const flag = node ? asBoolean(node) : false
  if (node && flag === undefined) report(node.place, `${key} must be true or false, not ${kindOf(node)}`)
  return flag ?? false
}
