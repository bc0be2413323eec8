import {
  type DesiredState,
  inheritsWithPlaces,
  type Particle,
  type ParticleId,
  type Place,
  type Problem,
  plain,
} from '../particle.ts'
import { arnRegion, nameOf } from '../schema/arn.ts'
import { complain, type ParentLink, type ParticleDraft } from './draft.ts'
import { checkIdentities } from './identity.ts'
import { type Ancestors, inherit } from './inherit.ts'
import { desiredState, fillFromParents } from './needs.ts'
import { order } from './order.ts'
import { namingMembers } from './resource.ts'
import { closest } from './suggest.ts'
import { lineOf, quote, scalarText } from './words.ts'

/** Everything that was declared, before it is linked. */
export interface Declared {
  readonly drafts: ReadonlyMap<ParticleId, ParticleDraft>
  /** Ids that stand for several particles: quasiparticles, and members with a multiplier. */
  readonly groups: ReadonlyMap<string, readonly ParticleDraft[]>
  /** What ids are called in messages. */
  readonly labels: ReadonlyMap<string, string>
  /** Not in this environment, and where it says so. */
  readonly absent: ReadonlyMap<string, Place>
  /** Declared, but too wrong to become a particle: to name it is no second mistake. */
  readonly broken: ReadonlySet<string>
  /** Some file cannot be read, so that what is missing may stand there. */
  readonly incomplete: boolean
}

// To find what was meant costs a look at every id; where everything is wrong, some hints are enough.
const HINTS = 100

/** Links drafts with each other and makes particles of them, sorted by id. */
export function link(declared: Declared, problems: Problem[], hides: Ancestors['hides'] = () => false): Particle[] {
  const wrong = complain(problems)
  const { drafts } = declared
  const find = finder(declared)
  const label = (id: ParticleId) => declared.labels.get(id) ?? quote(id)
  const parents = new Map<ParticleId, Map<ParticleId, Place>>()
  for (const id of drafts.keys()) parents.set(id, new Map())
  let hints = HINTS

  const named = (key: string, link: ParentLink, from: ParticleDraft): readonly ParticleDraft[] => {
    const found = find(link.to, from)
    if (found) return found
    const absent = declared.absent.get(link.to)
    if (absent) {
      wrong(
        link.place,
        `${key}: ${link.label} is not in this environment (${lineOf(absent)}); patch ${key} for this environment as well`,
      )
    } else if (!declared.broken.has(link.to) && !declared.incomplete) {
      const near = hints-- > 0 ? closest(link.to, names(declared)) : undefined
      const remedy = near
        ? `did you mean ${declared.labels.get(near) ?? quote(near)}?`
        : 'declare it, or remove it here'
      wrong(link.place, `${key}: ${link.label} is not declared; ${remedy}`)
    }
    return []
  }
  const join = (child: ParticleDraft, parent: ParticleDraft, key: string, place: Place) => {
    if (child === parent) wrong(place, `${key}: ${child.label} cannot be its own parent; remove it`)
    else if (!parents.get(child.id)?.has(parent.id)) parents.get(child.id)?.set(parent.id, place)
  }
  for (const draft of drafts.values()) {
    for (const link of draft.parents)
      for (const parent of named('parents', link, draft)) join(draft, parent, 'parents', link.place)
  }
  for (const draft of drafts.values()) {
    for (const link of draft.children)
      for (const child of named('children', link, draft)) join(child, draft, 'children', link.place)
  }
  for (const [draft, parent, place] of implied(drafts.values())) join(draft, parent, 'parents', place)

  const circle = circlesOf(drafts, parents, find)
  const made = new Map<ParticleId, Particle>()
  const states = new Map<ParticleId, { readonly state: DesiredState; readonly place: Place }>()
  for (const id of order(parents, label, problems)) {
    const draft = drafts.get(id)
    if (!draft) continue
    const above = parents.get(id) ?? new Map<ParticleId, Place>()
    const has = (ancestor: ParticleId) => isAbove(ancestor, id, parents)
    const inherited = inherit(draft, { find: name => find(name, draft), has, made, hides, circle }, problems)
    const source = fillFromParents(inherited, draft, above, drafts, made, declared.incomplete, problems)
    const state = desiredState(draft, above, drafts, states, problems)
    states.set(id, state)
    made.set(id, {
      id,
      flavor: draft.vocabulary.name,
      name: draft.name,
      place: draft.place,
      desired: state.state,
      desiredIsOwn: draft.desired !== undefined,
      parents: [...above.keys()].sort(),
      persistOnTermination: draft.persistOnTermination,
      persistOnUpdate: draft.persistOnUpdate,
      region: draft.region ?? '',
      definition: plain(source) as Particle['definition'],
      options: draft.options,
      optionPlaces: draft.optionPlaces,
      source,
    })
  }
  const particles = [...made.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  checkIdentities(particles, drafts, problems)
  return particles
}

function* names({ drafts, groups }: Declared): Iterable<string> {
  yield* drafts.keys()
  yield* groups.keys()
}

/**
 * Whom an id means, seen from a particle. A quasiparticle means all its members, a multiplied member all its copies;
 * between two members of one quasiparticle with the same multiplier it means the copy with the same number.
 */
const finder =
  ({ drafts, groups }: Declared) =>
  (id: string, from: ParticleDraft): readonly ParticleDraft[] | undefined => {
    const one = drafts.get(id as ParticleId)
    if (one) return [one]
    const group = groups.get(id)
    const { quasi, copy } = from.origin
    const first = group?.[0]?.origin
    if (!group || !copy || !quasi || first?.quasi !== quasi || first.copy?.count !== copy.count || id !== first.copy.of)
      return group
    return group.filter(({ origin }) => origin.copy?.index === copy.index)
  }

/** Links that follow from a definition that names what is declared here, so that it is there first. */
function* implied(drafts: Iterable<ParticleDraft>): Iterable<[ParticleDraft, ParticleDraft, Place]> {
  const all = [...drafts]
  const byName = new Map<string, ParticleDraft>()
  for (const draft of all) {
    const [member] = namingMembers(draft.vocabulary)
    const name = member && scalarText(draft.definition.entries.get(member)?.node)
    if (name) byName.set(`${draft.vocabulary.name} ${draft.region} ${name}`, draft)
  }
  for (const draft of all) {
    for (const [flavor, member] of Object.entries(draft.vocabulary.needs)) {
      const node = draft.definition.entries.get(member)?.node
      const text = scalarText(node)
      if (!node || !text || (arnRegion(text) ?? draft.region) !== draft.region) continue
      // A revision is in no name: who names one does not follow the family.
      const parent = byName.get(`${flavor} ${draft.region} ${nameOf(text)}`)
      if (parent) yield [draft, parent, node.place]
    }
  }
}

/** Who needs whom, by links and by what is inherited: the way back from a particle to one that inherits from it, in words. */
function circlesOf(
  drafts: ReadonlyMap<ParticleId, ParticleDraft>,
  parents: Above,
  find: (id: string, from: ParticleDraft) => readonly ParticleDraft[] | undefined,
): Ancestors['circle'] {
  const needs = (id: ParticleId): Map<ParticleId, Place> => {
    const draft = drafts.get(id)
    const all = new Map(parents.get(id))
    for (const { inherit, place } of draft ? inheritsWithPlaces(draft.definition) : [])
      for (const { id: from } of (draft && find(inherit.from, draft)) ?? []) if (!all.has(from)) all.set(from, place)
    return all
  }
  return (from, back) => {
    const before = new Map<ParticleId, { readonly id: ParticleId; readonly place: Place } | undefined>([
      [from, undefined],
    ])
    for (const id of before.keys()) {
      for (const [next, place] of needs(id)) {
        if (next !== back) {
          if (!before.has(next)) before.set(next, { id, place })
          continue
        }
        const way = [{ id, place }]
        for (let link = before.get(id); link; link = before.get(link.id)) way.unshift(link)
        return way
      }
    }
    return undefined
  }
}

type Above = ReadonlyMap<ParticleId, ReadonlyMap<ParticleId, Place>>

function isAbove(id: ParticleId, below: ParticleId, parents: Above): boolean {
  const seen = new Set<ParticleId>([below])
  for (const one of seen) {
    for (const parent of parents.get(one)?.keys() ?? []) {
      if (parent === id) return true
      seen.add(parent)
    }
  }
  return false
}
