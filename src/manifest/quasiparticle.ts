import type { MapNode, Node, Place, Problem } from '../particle.ts'
import {
  checkKeys,
  complain,
  type Identified,
  identify,
  KEYS,
  type Origin,
  type ParticleDraft,
  readShared,
} from './draft.ts'
import { merge } from './patch.ts'
import { didYouMean } from './suggest.ts'
import { asWhole, kindOf, lineOf, quote, scalarText, sourceText } from './words.ts'

/** A particle to be: its map, and where it comes from. */
export interface Seed {
  readonly map: MapNode
  readonly who: Identified
  readonly origin: Origin
  /** What the quasiparticle says for all its members. */
  readonly shared?: Shared
}

type Shared = Pick<
  ParticleDraft,
  'parents' | 'children' | 'misread' | 'desired' | 'persistOnTermination' | 'persistOnUpdate'
>

/** Copies that one member may have, and all members of all manifests. */
export const COPIES = { each: 1_000, all: 20_000 }

/** How many copies may still be made: a few bytes of manifest could ask for millions. */
export interface Copies {
  left: number
}

/**
 * The members of a quasiparticle, patched and with their variables put in, as particles of their own.
 *
 * As in PCF a base is merged into the member with its parents and flags, not its definition alone; the base's name
 * and multiplier stay its own.
 */
export function expandQuasiparticle(map: MapNode, who: Identified, copies: Copies, problems: Problem[]): Seed[] {
  const wrong = complain(problems)
  const shared: Shared = readShared(map, wrong)
  const particles = map.entries.get('particles')
  if (particles?.node.kind !== 'list') {
    const what = particles ? `must be a list of particles, not ${kindOf(particles.node)}` : 'is missing'
    wrong(particles?.node.place ?? map.place, `particles ${what}; a quasiparticle is made of its members`)
    return []
  }
  const nameNode = map.entries.get('pcf_name')?.node
  const fallback = nameNode?.kind === 'scalar' && who.name ? nameNode : undefined
  const earlier = new Map<string, Earlier>()
  const seeds: Seed[] = []
  for (const item of particles.node.items) {
    if (item.kind !== 'map') {
      wrong(item.place, `particles must hold particles, each a map, not ${kindOf(item)}`)
      continue
    }
    const member = identify(item, fallback, wrong)
    if (member.flavor === 'quasiparticle') {
      wrong(
        item.place,
        'a quasiparticle cannot be a member of another; write its members here, or link the two by parents',
      )
      continue
    }
    checkKeys(item, KEYS.member, 'a member of a quasiparticle', wrong)
    const whole = based(item, member, earlier, wrong)
    if (member.id && !earlier.has(member.id))
      earlier.set(member.id, { map: whole, name: member.label.slice(member.label.indexOf(':') + 1) })
    const quasi = who.id ? { quasi: who.id } : {}
    const count = multiplier(item.entries.get('multiplier')?.node, copies, wrong)
    if (count === undefined || !member.id || !member.name) {
      seeds.push({ map: whole, who: member, origin: quasi, shared })
      continue
    }
    for (let index = 0; index < count; index++) {
      const copy = { of: member.id, label: member.label, index, count }
      const numbered: Identified = {
        flavor: member.flavor,
        name: `${member.name}-${index}`,
        id: `${member.id}-${index}`,
        label: quote(`${member.label}-${index}`),
      }
      seeds.push({ map: whole, who: numbered, origin: { ...quasi, copy }, shared })
    }
  }
  return seeds
}

type Wrong = (place: Place, message: string) => void

/** A member that another one may start from, and its name as it is written. */
interface Earlier {
  readonly map: MapNode
  readonly name: string
}

/** A member upon its base, the way a patch lies upon a particle. */
function based(item: MapNode, member: Identified, earlier: ReadonlyMap<string, Earlier>, wrong: Wrong): MapNode {
  const node = item.entries.get('base_particle_config')?.node
  if (!node) return item
  const name = scalarText(node)
  const base = name && member.flavor ? earlier.get(`${member.flavor}:${name}`)?.map : undefined
  if (!base) {
    const same = [...earlier].filter(([id]) => id.startsWith(`${member.flavor}:`)).map(([, { name }]) => name)
    const shown = node.kind === 'scalar' && name ? quote(sourceText(node)) : kindOf(node)
    const meant = didYouMean(shown, same) || '; name one that stands above this one'
    wrong(node.place, `base_particle_config must name an earlier member with the same flavor, not ${shown}${meant}`)
    return item
  }
  const entries = new Map(base.entries)
  for (const key of ['pcf_name', 'multiplier', 'base_particle_config']) entries.delete(key)
  return { ...(merge({ ...base, entries }, item) as MapNode), place: item.place }
}

/** How many copies; undefined for a member that is there once, under its own name. */
function multiplier(node: Node | undefined, copies: Copies, wrong: Wrong): number | undefined {
  if (!node) return undefined
  const count = asWhole(node)
  if (count === undefined || count < 1 || count > COPIES.each) {
    wrong(node.place, `multiplier must be a whole number from 1 to ${COPIES.each}, not ${kindOf(node)}`)
    return undefined
  }
  copies.left -= count
  if (copies.left >= 0) return count
  wrong(node.place, `multiplier: the members of all quasiparticles make more than ${COPIES.all} copies; lower it`)
  return undefined
}

/** A member with what its quasiparticle says for all. */
export function withShared(draft: ParticleDraft, shared: Shared | undefined, problems: Problem[]): ParticleDraft {
  if (!shared) return draft
  const wrong = complain(problems)
  if (shared.desired && draft.desired && shared.desired.state !== draft.desired.state) {
    const other = lineOf(shared.desired.place)
    wrong(
      draft.desired.place,
      `desired_state of a quasiparticle is that of every member, and it is ${shared.desired.state} at ${other}; remove one of them`,
    )
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
