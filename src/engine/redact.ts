import { type ParticleId, valueAt } from '../particle.ts'
import type { Decision } from './decide.ts'

/** Shorter values would be found in half of all sentences; hiding them there would tell more than it hides. */
const shortest = 5

/** The digest of a run, where `startedBy` or a tag names one: with it, hidden values could be guessed. */
const runDigest = /\b(particles\/[\w-]+\/[\w-]+|ecs-particles:run)\/[0-9a-f]{32}\b/g

/** Takes hidden values, stated and live, and digests of runs out of texts that others wrote: ECS repeats what it was sent. */
export function redactor(decisions: ReadonlyMap<ParticleId, Decision>): (text: string) => string {
  const values = new Set<string>()
  const add = (value: unknown) => {
    if (typeof value === 'string' && value.length >= shortest) values.add(value)
  }
  for (const { particle, hidden, changes, kept } of decisions.values()) {
    for (const key of hidden) add(valueAt(particle.definition, JSON.parse(key)))
    for (const { sensitive, live } of [...changes, ...kept]) if (sensitive) add(live)
  }
  // The longest first: a value may be a part of another.
  const longestFirst = [...values].sort((one, other) => other.length - one.length)
  return text => longestFirst.reduce((said, value) => said.replaceAll(value, '(hidden)'), text.replace(runDigest, '$1'))
}
