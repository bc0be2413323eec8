import type { Particle, Problem } from '../particle.ts'
import { type Vocabularies, vocabularyOf } from '../schema/address.ts'
import type { Declared } from '../schema/vocabulary.ts'
import { reportTo } from './problems.ts'
import { StatedMap } from './statedMap.ts'

/** Problems between particles that are to run and their declared parents. Each is at the child's value. */
export function checkTogether(particles: readonly Particle[], vocabularies: Vocabularies): Problem[] {
  const problems: Problem[] = []
  const byId = new Map(particles.map(particle => [particle.id, particle]))
  const declared = (particle: Particle): Declared => ({
    particle,
    stated: new StatedMap(particle.source, true, reportTo(problems)),
  })
  for (const particle of particles) {
    if (particle.desired !== 'running') continue
    const parents = particle.parents.flatMap(id => byId.get(id) ?? [])
    vocabularyOf(particle.flavor, vocabularies)?.checkParents?.(declared(particle), parents.map(declared))
  }
  return problems
}
