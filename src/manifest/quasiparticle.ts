import { type MapNode, memberOf, type Node, valuesOf } from '../particle.ts'
import {
  checkKeys,
  type DeclaredName,
  identify,
  KEYS,
  type Lifecycle,
  type MemberOrigin,
  type ParticleDraft,
  readLifecycle,
} from './draft.ts'
import { inEnvironment, merge } from './patch.ts'
import type { ReportProblem } from './problems.ts'
import { didYouMean } from './suggest.ts'
import { asWhole, kindOf, lineOf, quote, scalarText, sourceText } from './words.ts'

/** A particle before it is read: its map, its name, and its quasiparticle. */
export interface Declaration {
  readonly map: MapNode
  readonly who: DeclaredName
  readonly origin: MemberOrigin
  /** Keys that the quasiparticle sets for all its members. */
  readonly shared?: Lifecycle
}

/** Copies that one member may have, and all members of all manifests: a few bytes could ask for millions. */
export const COPIES = { each: 1_000, all: 20_000 }

/**
 * The members of a quasiparticle, with their variables put in, as particles of their own. A member upon a base still has
 * its patch of the environment beside it, any other is patched.
 *
 * As in PCF a base is merged into the member with its parents and flags, not its definition alone; the base's name
 * and multiplier stay its own.
 */
export function expandQuasiparticle(
  map: MapNode,
  who: DeclaredName,
  environment: string,
  copies: { left: number },
  report: ReportProblem,
): Declaration[] {
  const shared = readLifecycle(map, report)
  const particles = map.entries.get('particles')
  if (particles?.node.kind !== 'list') {
    const what = particles ? `must be a list of particles, not ${kindOf(particles.node)}` : 'is missing'
    report(particles?.node.place ?? map.place, `particles ${what}; a quasiparticle is made of its members`)
    return []
  }
  const fallback = who.name ? memberOf(map, 'pcf_name') : undefined
  const bases = new Map<string, Base>()
  return particles.node.items.flatMap((item): Declaration[] => {
    if (item.kind !== 'map') {
      report(item.place, `particles must hold particles, each a map, not ${kindOf(item)}`)
      return []
    }
    const member = identify(item, fallback, report)
    if (member.flavor === 'quasiparticle') {
      const remedy = 'write its members here, or link the two by parents'
      report(item.place, `a quasiparticle cannot be a member of another; ${remedy}`)
      return []
    }
    checkKeys(item, KEYS.member, 'a member of a quasiparticle', report)
    const whole = uponBase(item, member, environment, bases, report)
    if (member.id && !bases.has(member.id))
      bases.set(member.id, { map: whole, name: member.label.slice(member.label.indexOf(':') + 1) })
    const count = readMultiplier(memberOf(whole, 'multiplier'), copies, report)
    return copiesOf(member, count).map(({ name, copy }) => ({
      map: whole,
      who: name,
      origin: { ...(who.id && { quasi: who.id }), ...(copy && { copy }) },
      shared,
    }))
  })
}

/** A member under its name, or so many copies of it with their numbers. */
function copiesOf(
  member: DeclaredName,
  count: number | undefined,
): { readonly name: DeclaredName; readonly copy?: NonNullable<MemberOrigin['copy']> }[] {
  const { flavor, name, id, label } = member
  if (count === undefined || !id || !name) return [{ name: member }]
  return Array.from({ length: count }, (_, index) => ({
    name: { flavor, name: `${name}-${index}`, id: `${id}-${index}` as const, label: quote(`${label}-${index}`) },
    copy: { of: id, label, index, count },
  }))
}

/** A member that another one may start from, and its name as it is written. */
interface Base {
  readonly map: MapNode
  readonly name: string
}

/** Whether a member, or a patch of it, names a base. */
export function namesBase(member: MapNode): boolean {
  const patches = memberOf(member, 'environments')
  const all = patches?.kind === 'map' ? [member, ...valuesOf(patches)] : [member]
  return all.some(node => memberOf(node, 'base_particle_config') !== undefined)
}

/** A member upon its base, the way a patch lies upon a particle, and its own patch of the environment upon both. */
function uponBase(
  item: MapNode,
  member: DeclaredName,
  environment: string,
  bases: ReadonlyMap<string, Base>,
  report: ReportProblem,
): MapNode {
  const patches = item.entries.get('environments')
  const patch = memberOf(patches?.node, environment)
  const node = memberOf(patch?.kind === 'map' ? merge(item, patch) : item, 'base_particle_config')
  const base = node && baseOf(node, member, bases, report)
  const whole = base ? merged(base, item) : item
  const entries = new Map([...whole.entries, ...(patches ? [['environments', patches] as const] : [])])
  return inEnvironment({ ...whole, entries, place: item.place }, environment, KEYS.member, report) ?? whole
}

/** A member upon its base, both without patches, and without what stays the base's own. */
function merged(base: MapNode, item: MapNode): MapNode {
  const [below, above] = [new Map(base.entries), new Map(item.entries)]
  for (const key of ['pcf_name', 'multiplier', 'base_particle_config']) below.delete(key)
  above.delete('environments')
  return merge({ ...base, entries: below }, { ...item, entries: above })
}

/** The base that a member names; undefined, and reported, where there is none. */
function baseOf(
  node: Node,
  member: DeclaredName,
  bases: ReadonlyMap<string, Base>,
  report: ReportProblem,
): MapNode | undefined {
  const name = scalarText(node)
  const base = name && member.flavor ? bases.get(`${member.flavor}:${name}`)?.map : undefined
  if (base) return base
  const same = [...bases].filter(([id]) => id.startsWith(`${member.flavor}:`)).map(([, { name }]) => name)
  const shown = node.kind === 'scalar' && name ? quote(sourceText(node)) : kindOf(node)
  const meant = didYouMean(shown, same) || '; name one that stands above this one'
  report(node.place, `base_particle_config must name an earlier member with the same flavor, not ${shown}${meant}`)
  return undefined
}

/** Number of copies; undefined for a member without a multiplier, which keeps its name. */
function readMultiplier(node: Node | undefined, copies: { left: number }, report: ReportProblem): number | undefined {
  if (!node) return undefined
  const count = asWhole(node)
  if (count === undefined || count < 1 || count > COPIES.each) {
    report(node.place, `multiplier must be a whole number from 1 to ${COPIES.each}, not ${kindOf(node)}`)
    return undefined
  }
  copies.left -= count
  if (copies.left >= 0) return count
  report(node.place, `multiplier: the members of all quasiparticles make more than ${COPIES.all} copies; lower it`)
  return undefined
}

/** A member with the keys that its quasiparticle sets for all. */
export function withShared(draft: ParticleDraft, shared: Lifecycle | undefined, report: ReportProblem): ParticleDraft {
  if (!shared) return draft
  if (shared.desired && draft.desired && shared.desired.state !== draft.desired.state) {
    const { state, place } = shared.desired
    const why = `desired_state of a quasiparticle is that of every member, and it is ${state} at ${lineOf(place)}`
    report(draft.desired.place, `${why}; remove one of them`)
  }
  return {
    ...draft,
    parents: [...draft.parents, ...shared.parents],
    children: [...draft.children, ...shared.children],
    misread: draft.misread || shared.misread,
    desired: shared.desired ?? draft.desired,
    persistOnTermination: draft.persistOnTermination || shared.persistOnTermination,
    persistOnUpdate: draft.persistOnUpdate || shared.persistOnUpdate,
  }
}
