/** What was declared once and is not any more: told from two sets of particles, remembered, and planned to go. Pure. */

import { holdsVariable } from '../compare/sensitivity.ts'
import { compareText } from '../order.ts'
import type { MapNode, Node, Particle, ParticleId, ScalarNode } from '../particle.ts'
import {
  addressOf,
  formatAddress,
  membersIn,
  parseAddress,
  type Vocabularies,
  vocabularyOf,
} from '../schema/address.ts'
import type { Source } from './document.ts'

/** Something that was declared once: all that it takes to find it and to end it when its manifest is long gone. */
export interface Undeclared {
  /** `ecs_service us-east-1 shop/web` */
  readonly thing: string
  /** Its `pcf_name`. */
  readonly name: string
  /** Where it stood, at the last commit that is known to declare it. */
  readonly source: Source
  readonly commit: string
  /** The commit that took it away, where that is known. */
  readonly since?: string
  /** The pull request that took it away, where that is known. */
  readonly pullRequest?: number
  /** Other things that it was in or used, so that it goes before them. */
  readonly parents: readonly string[]
  /** Members, beside those that identify it, and options that its end takes. */
  readonly members: Readonly<Record<string, string>>
  readonly options: Readonly<Record<string, boolean | number | string>>
  /** `persist_on_termination` */
  readonly kept: boolean
  /** What the same definition is called now. */
  readonly renamedTo?: string
  /** Twelve digits. */
  readonly account?: string
  /** Members that say what it is called as the manifest writes them, where a secret variable went in: never to be shown. */
  readonly secret?: ReadonlyMap<string, Node>
}

/** Particles as they were declared at a commit. */
export interface EarlierManifests {
  readonly commit: string
  readonly particles: readonly Particle[]
}

/** What was declared at an earlier commit and is not any more. What merely got another id is still declared. */
export function undeclaredSince(
  { commit, particles }: EarlierManifests,
  now: readonly Particle[],
  vocabularies: Vocabularies,
  secretVariables: ReadonlySet<string>,
): Undeclared[] {
  const spelled = (particle: Particle) => {
    const thing = addressOf(particle, vocabularies)
    return thing && formatAddress(thing)
  }
  const declared = new Set(now.map(spelled))
  const before = new Map(particles.map(particle => [particle.id, particle]))
  const gone = particles.filter(particle => {
    const thing = spelled(particle)
    return vocabularyOf(particle.flavor, vocabularies)?.open !== true && thing !== undefined && !declared.has(thing)
  })
  const isSecret = (particle: Particle, member: string) => {
    const node = particle.source.entries.get(member)?.node
    return node !== undefined && holdsVariable(node, secretVariables)
  }
  const identifying = ({ flavor }: Particle) => vocabularyOf(flavor, vocabularies)?.identifiedBy ?? []
  const isSecretly = (particle: Particle) => identifying(particle).some(member => isSecret(particle, member))
  const renames = renamed(gone, before, now, vocabularies)
  return gone.map(particle => {
    const words = vocabularyOf(particle.flavor, vocabularies)
    const parents = particle.parents.flatMap(id => before.get(id) ?? []).filter(parent => !isSecretly(parent))
    const members: Record<string, string> = {}
    for (const member of words?.neededToEnd.members ?? []) {
      const needed = Object.entries(words?.needs ?? {}).find(([, filled]) => filled === member)?.[0]
      const parent = parents.find(({ flavor }) => flavor === needed)
      const value = particle.definition[member] ?? (parent && addressOf(parent, vocabularies)?.identity)
      if (typeof value === 'string' && !isSecret(particle, member)) members[member] = value
    }
    const options: Record<string, boolean | number | string> = {}
    for (const option of words?.neededToEnd.options ?? []) {
      const value = particle.options[option]
      if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') options[option] = value
    }
    const renamedTo = renames.get(particle.id)
    return {
      thing: spelled(particle) ?? '',
      name: particle.name,
      source: { file: particle.place.file, line: particle.place.line },
      commit,
      parents: parents.flatMap(parent => spelled(parent) ?? []).sort(),
      members,
      options,
      kept: particle.persistOnTermination,
      ...(renamedTo && !isSecretly(renamedTo) && { renamedTo: spelled(renamedTo) ?? '' }),
      ...(isSecretly(particle) && {
        secret: new Map(
          identifying(particle).flatMap(member => {
            const node = particle.source.entries.get(member)?.node
            return node ? [[member, node] as const] : []
          }),
        ),
      }),
    }
  })
}

/** What goes and what comes instead, where only names differ: each new one is the new name of one at most. */
function renamed(
  gone: readonly Particle[],
  before: ReadonlyMap<ParticleId, Particle>,
  now: readonly Particle[],
  vocabularies: Vocabularies,
): Map<ParticleId, Particle> {
  const spelled = (particle: Particle) => {
    const thing = addressOf(particle, vocabularies)
    return thing && formatAddress(thing)
  }
  const known = new Set([...before.values()].map(spelled))
  const current = new Map(now.map(particle => [particle.id, particle]))
  const left = new Set(now.filter(particle => !known.has(spelled(particle))))
  const pairs = new Map<ParticleId, Particle>()
  /** Everything that it says but what it is called; parents that it uses count by what they are called now. */
  const nameless = ({ flavor, region, definition, options, parents }: Particle, past: boolean): string => {
    const words = vocabularyOf(flavor, vocabularies)
    const names = words?.identifiedBy ?? []
    const rest = Object.entries(definition).filter(([member]) => !names.includes(member))
    const used = parents.flatMap(id => {
      const parent = past ? (pairs.get(id) ?? before.get(id)) : current.get(id)
      const member = parent && words?.needs[parent.flavor]
      return parent && member && !names.includes(member) ? [spelled(parent)] : []
    })
    return JSON.stringify([
      flavor,
      region,
      rest.sort(([one], [other]) => compareText(one, other)),
      options,
      used.sort(),
    ])
  }
  const needy = ({ flavor }: Particle) => Object.keys(vocabularyOf(flavor, vocabularies)?.needs ?? {}).length > 0
  // What others use is paired before they are. Who kept its id comes first: of several alike, that one was meant.
  for (const later of [false, true]) {
    const these = gone.filter(particle => needy(particle) === later)
    for (const sameId of [true, false]) {
      for (const particle of these) {
        if (pairs.has(particle.id)) continue
        const said = nameless(particle, true)
        const next = [...left].find(one => (one.id === particle.id || !sameId) && nameless(one, false) === said)
        if (!next) continue
        pairs.set(particle.id, next)
        left.delete(next)
      }
    }
  }
  return pairs
}

/**
 * What is to go, as particles. An id that something declared has, or that two of them would have, is completed by the
 * thing itself behind a `$`, which no `pcf_name` may hold. Parents are those that go as well: an order is for them alone.
 */
export function particlesToGo(
  all: readonly Undeclared[],
  now: readonly Particle[],
  vocabularies: Vocabularies,
): Map<Undeclared, Particle> {
  const ids = idsOf(all, now)
  const going = new Map<string, ParticleId>()
  for (const one of now) {
    const thing = one.desired === 'running' ? undefined : addressOf(one, vocabularies)
    if (thing) going.set(formatAddress(thing), one.id)
  }
  for (const one of all) going.set(one.thing, ids.get(one) ?? idOf(one))
  const made = new Map<Undeclared, Particle>()
  for (const one of all) {
    const thing = parseAddress(one.thing)
    const words = thing && vocabularyOf(thing.flavor, vocabularies)
    const identity = words && membersIn(thing.identity, words)
    if (!identity) continue
    const place = { ...one.source, column: 1 }
    const definition = { ...identity, ...one.members }
    const scalar = (value: string): ScalarNode => ({ kind: 'scalar', place, value })
    const entries = new Map<string, { at: typeof place; node: Node }>(
      Object.entries(definition).map(([member, value]) => [
        member,
        { at: place, node: one.secret?.get(member) ?? scalar(value) },
      ]),
    )
    made.set(one, {
      id: ids.get(one) ?? idOf(one),
      flavor: thing.flavor,
      name: one.name,
      place,
      desired: 'terminated',
      desiredIsOwn: false,
      parents: one.parents.flatMap(parent => going.get(parent) ?? []),
      persistOnTermination: one.kept,
      persistOnUpdate: false,
      region: thing.region,
      definition,
      options: one.options,
      source: { kind: 'map', place, entries } satisfies MapNode,
    })
  }
  return made
}

const idOf = ({ thing, name }: Undeclared): ParticleId => `${thing.slice(0, thing.indexOf(' '))}:${name}`

function idsOf(all: readonly Undeclared[], now: readonly Particle[]): Map<Undeclared, ParticleId> {
  const taken = new Map<ParticleId, number>(now.map(({ id }) => [id, 1]))
  for (const one of all) taken.set(idOf(one), (taken.get(idOf(one)) ?? 0) + 1)
  let secrets = 0
  return new Map(
    all.map(one => {
      const id = idOf(one)
      if (taken.get(id) === 1) return [one, id]
      // What a secret variable went into must not be told by an id either.
      const which = one.secret ? `removed ${++secrets}` : one.thing.slice(one.thing.indexOf(' ') + 1)
      return [one, `${id}$${which}`]
    }),
  )
}
