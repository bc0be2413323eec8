import { type MapNode, memberOf, type Node, type Particle, type ParticleId } from '../particle.ts'
import { identityOf } from '../schema/address.ts'
import type { Vocabulary } from '../schema/vocabulary.ts'
import type { ReportProblem } from './problems.ts'
import { lineOf } from './words.ts'

/** Members whose values name a resource, apart from its region and cluster. The first is its name. */
export const namingMembers = (vocabulary: Vocabulary): readonly string[] =>
  vocabulary.required.filter(member => !member.includes('['))

/** What a definition states as the name of its resource. */
export function nameNode(definition: MapNode, vocabulary: Vocabulary): Node | undefined {
  const [member] = namingMembers(vocabulary)
  return member === undefined ? undefined : memberOf(definition, member)
}

/** Members of definitions, in ECS's words and in PCF's, that identify a resource: their values are shown. */
export function shownMembers(vocabularies: Readonly<Record<string, Vocabulary>>): ReadonlySet<string> {
  const all = Object.values(vocabularies)
  const names = new Set(all.flatMap(one => [...namingMembers(one), ...Object.values(one.needs)]))
  const aliases = all.flatMap(one => Object.entries(one.aliases))
  return new Set([...names, ...aliases.flatMap(([alias, name]) => (names.has(name) ? alias : []))])
}

/** Reports particles that are one resource in AWS: they would undo each other. */
export function checkIdentities(
  particles: readonly Particle[],
  drafts: ReadonlyMap<ParticleId, { readonly label: string; readonly vocabulary: Vocabulary }>,
  report: ReportProblem,
): void {
  const seen = new Map<string, Particle>()
  for (const particle of particles) {
    const draft = drafts.get(particle.id)
    const identity = identityOf(particle, draft?.vocabulary)
    if (!draft || identity === undefined) continue
    const key = JSON.stringify([particle.region, particle.flavor, identity])
    const first = seen.get(key)
    if (!first) {
      seen.set(key, particle)
      continue
    }
    const { label, vocabulary } = draft
    const other = `${drafts.get(first.id)?.label} (${lineOf(first.place)})`
    const needs = Object.values(vocabulary.needs).filter(member => vocabulary.identifiedBy.includes(member))
    const same = ['region', ...namingMembers(vocabulary), ...needs]
    const both = `${same.slice(0, -1).join(', ')} and ${same.at(-1)}`
    const message = `${label} is the same resource in AWS as ${other}: both have the same ${both}; change one or remove it`
    report(particle.place, message)
  }
}
