import type { Particle, Problem } from '../particle.ts'
import { type Vocabularies, vocabularyOf } from '../schema/address.ts'

/** Problems between particles that are to run and their declared parents. Each stands at the child's value. */
export function checkTogether(particles: readonly Particle[], vocabularies: Vocabularies): Problem[] {
  const problems: Problem[] = []
  const byId = new Map(particles.map(particle => [particle.id, particle]))
  for (const particle of particles) {
    if (particle.desired !== 'running') continue
    const parents = particle.parents.flatMap(id => byId.get(id) ?? [])
    vocabularyOf(particle.flavor, vocabularies)?.checkParents?.(particle, parents, ({ place }, message) =>
      problems.push({ place, message }),
    )
  }
  return problems
}
