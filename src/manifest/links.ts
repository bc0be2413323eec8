import { compareText, waves } from '../order.ts'
import { memberOf, type Particle, type ParticleId, type Place, plain } from '../particle.ts'
import { arnRegion, nameOf } from '../schema/arn.ts'
import type { Linking, ParentLink, Parents, ParticleDraft } from './draft.ts'
import { inherit } from './inherit.ts'
import { checkIdentities, nameNode } from './naming.ts'
import { desiredState, fillFromParents } from './needs.ts'
import type { ManifestReader } from './read.ts'
import { closest } from './suggest.ts'
import { lineOf, quote, scalarText } from './words.ts'

/** Links drafts with each other and makes particles of them, sorted by id. */
export function linkParticles(declared: ManifestReader, hides: Linking['hides'] = () => false): Particle[] {
  const { drafts, incomplete, report } = declared
  const find = finder(declared)
  const parents = parentsOf(declared, find)
  const made = new Map<ParticleId, Particle>()
  const statePlaces = new Map<ParticleId, Place>()
  const linking: Linking = { drafts, incomplete, parents, made, statePlaces, find, hides, report }
  for (const id of orderOf(parents, declared)) {
    const draft = drafts.get(id)
    if (!draft) continue
    const source = fillFromParents(inherit(draft, linking), draft, linking)
    const { state, place } = desiredState(draft, linking)
    statePlaces.set(id, place)
    made.set(id, {
      id,
      flavor: draft.vocabulary.name,
      name: draft.name,
      place: draft.place,
      desired: state,
      desiredIsOwn: draft.desired !== undefined,
      parents: [...(parents.get(id)?.keys() ?? [])].sort(),
      persistOnTermination: draft.persistOnTermination,
      persistOnUpdate: draft.persistOnUpdate,
      region: draft.region ?? '',
      definition: plain(source) as Particle['definition'],
      options: draft.options,
      optionPlaces: draft.optionPlaces,
      source,
    })
  }
  const particles = [...made.values()].sort((a, b) => compareText(a.id, b.id))
  checkIdentities(particles, drafts, report)
  return particles
}

/**
 * Finds the drafts that an id means, seen from a particle. A quasiparticle means all its members, a multiplied member all
 * its copies; between two members of one quasiparticle with the same multiplier it means the copy with the same number.
 */
const finder =
  ({ drafts, groups }: ManifestReader): Linking['find'] =>
  (id, from) => {
    const one = drafts.get(id as ParticleId)
    if (one) return [one]
    const group = groups.get(id)
    const { quasi, copy } = from.origin
    const first = group?.[0]?.origin
    if (!group || !copy || !quasi || first?.quasi !== quasi || first.copy?.count !== copy.count || id !== first.copy.of)
      return group
    return group.filter(({ origin }) => origin.copy?.index === copy.index)
  }

/** Links by `parents` come first, then those by `children`, then what definitions name: the first place is kept. */
function parentsOf(declared: ManifestReader, find: Linking['find']): Parents {
  const { report } = declared
  const drafts = [...declared.drafts.values()]
  const parents = new Map(drafts.map(({ id }) => [id, new Map<ParticleId, Place>()]))
  const reportMissing = missingReporter(declared)
  const join = (child: ParticleDraft, parent: ParticleDraft, key: string, place: Place) => {
    const above = parents.get(child.id)
    if (child === parent) report(place, `${key}: ${child.label} cannot be its own parent; remove it`)
    else if (!above?.has(parent.id)) above?.set(parent.id, place)
  }
  for (const key of ['parents', 'children'] as const) {
    for (const draft of drafts) {
      for (const link of draft[key]) {
        const found = find(link.to, draft)
        if (!found) reportMissing(key, link)
        for (const other of found ?? []) {
          if (key === 'parents') join(draft, other, key, link.place)
          else join(other, draft, key, link.place)
        }
      }
    }
  }
  for (const [draft, parent, place] of impliedLinks(drafts)) join(draft, parent, 'parents', place)
  return parents
}

// A hint costs a comparison with every id; where everything is wrong, some hints are enough.
const HINTS = 100

/** Reports links to particles that are not declared. */
function missingReporter({ drafts, groups, labels, absent, broken, incomplete, report }: ManifestReader) {
  const labelOf = (id: string) => labels.get(id) ?? quote(id)
  let hints = HINTS
  return (key: string, { to, label, place }: ParentLink): void => {
    const absentAt = absent.get(to)
    if (absentAt) {
      report(
        place,
        `${key}: ${label} is not in this environment (${lineOf(absentAt)}); patch ${key} for this environment as well`,
      )
    } else if (!broken.has(to) && !incomplete) {
      const near = hints-- > 0 ? closest(to, [...drafts.keys(), ...groups.keys()]) : undefined
      const remedy = near ? `did you mean ${labelOf(near)}?` : 'declare it, or remove it here'
      report(place, `${key}: ${label} is not declared; ${remedy}`)
    }
  }
}

/** Links that follow from a definition that names a declared resource, so that the resource exists first. */
function* impliedLinks(drafts: readonly ParticleDraft[]): Iterable<[ParticleDraft, ParticleDraft, Place]> {
  const byName = new Map<string, ParticleDraft>()
  for (const draft of drafts) {
    const name = scalarText(nameNode(draft.definition, draft.vocabulary))
    if (name) byName.set(`${draft.vocabulary.name} ${draft.region} ${name}`, draft)
  }
  for (const draft of drafts) {
    for (const [flavor, member] of Object.entries(draft.vocabulary.needs)) {
      const node = memberOf(draft.definition, member)
      const text = scalarText(node)
      if (!node || !text || (arnRegion(text) ?? draft.region) !== draft.region) continue
      // A draft's name has no revision, so that a definition that names a revision does not follow the family.
      const parent = byName.get(`${flavor} ${draft.region} ${nameOf(text)}`)
      if (parent) yield [draft, parent, node.place]
    }
  }
}

const CYCLES = 20
const LINKS = 12

/**
 * All ids, parents before children. A cycle is a problem that names all of its ids, and its last link is passed over.
 */
function orderOf(parents: Parents, { labels, report }: ManifestReader): ParticleId[] {
  const label = (id: ParticleId) => labels.get(id) ?? quote(id)
  let cycles = 0
  const needs = new Map([...parents].map(([id, above]) => [id, above.keys()]))
  return waves(needs, ids => {
    const [first] = ids
    const place = first && parents.get(first)?.get(ids[1] ?? first)
    if (!place || cycles++ >= CYCLES) return
    const links = ids.map((id, index) => {
      const parent = ids[index + 1] ?? first
      const at = parents.get(id)?.get(parent)
      return `${label(parent)}${at ? ` (${lineOf(at)})` : ''}`
    })
    const shown = links.slice(0, LINKS)
    if (links.length > LINKS) shown.push(`${links.length - LINKS} more and back`)
    report(
      place,
      `parents: ${label(first)} needs ${shown.join(', which needs ')}: a cycle, so none can be first; remove one of these links`,
    )
  }).flat()
}
