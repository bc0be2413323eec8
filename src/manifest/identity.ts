import type { Particle, ParticleId, Problem } from '../particle.ts'
import { identityOf } from '../schema/address.ts'
import type { Vocabulary } from '../schema/vocabulary.ts'
import type { ParticleDraft } from './draft.ts'
import { namingMembers } from './resource.ts'
import { lineOf } from './words.ts'

/** Two particles that are one thing in AWS would undo each other. */
export function checkIdentities(
  particles: readonly Particle[],
  drafts: ReadonlyMap<ParticleId, ParticleDraft>,
  problems: Problem[],
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
    const other = `${drafts.get(first.id)?.label} (${lineOf(first.place)})`
    const same = ['region', ...namingMembers(draft.vocabulary), ...identifyingNeeds(draft.vocabulary)]
    const both = `${same.slice(0, -1).join(', ')} and ${same.at(-1)}`
    const message = `${draft.label} is the same thing in AWS as ${other}: both have the same ${both}; change one or remove it`
    problems.push({ place: particle.place, message })
  }
}

const identifyingNeeds = (vocabulary: Vocabulary): string[] =>
  Object.values(vocabulary.needs).filter(member => vocabulary.identifiedBy.includes(member))
