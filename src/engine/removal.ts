/** Resources whose manifests are gone: found by comparing two sets of particles, remembered, and planned for removal. Pure. */
import { holdsVariable } from '../compare/sensitivity.ts'
import { canonicalJson } from '../digest.ts'
import type { MapNode, Node, Particle, ParticleId, ScalarNode } from '../particle.ts'
import { addressOf, addressText, membersIn, parseAddress, type Vocabularies, vocabularyOf } from '../schema/address.ts'
import type { Source } from './document.ts'

/** A resource that was declared once: everything needed to find and delete it without its manifest. */
export interface Undeclared {
  /** `ecs_service us-east-1 shop/web` */
  readonly address: string
  /** Its `pcf_name`. */
  readonly name: string
  /** File and line at the last commit known to declare it. */
  readonly source: Source
  readonly commit: string
  /** Commit that removed the declaration, if known. */
  readonly since?: string | undefined
  /** Pull request that removed the declaration, if known. */
  readonly pullRequest?: number | undefined
  /** Addresses of declared parents; this resource goes before them. */
  readonly parents: readonly string[]
  /** Members and options that deleting takes, beside the identity: see `Vocabulary.neededToEnd`. */
  readonly members: Readonly<Record<string, string>>
  readonly options: Readonly<Record<string, boolean | number | string>>
  readonly persistOnTermination: boolean
  /** Address under which the same definition is declared now. */
  readonly renamedTo?: string | undefined
  /** Twelve digits. */
  readonly account?: string | undefined
  /** Identity members as the manifest writes them, when a secret variable is part of them: never shown. */
  readonly secret?: ReadonlyMap<string, Node>
}

/** Particles as a commit declared them. */
interface EarlierManifests {
  readonly commit: string
  readonly particles: readonly Particle[]
}

/** Resources that a commit declared and `now` does not. A resource under another particle id is still declared. */
export function undeclaredSince(
  { commit, particles }: EarlierManifests,
  now: readonly Particle[],
  vocabularies: Vocabularies,
  secretVariables: ReadonlySet<string>,
): Undeclared[] {
  const declared = new Set(now.map(particle => addressText(particle, vocabularies)))
  const before = new Map(particles.map(particle => [particle.id, particle]))
  const gone = particles.filter(particle => {
    const address = addressText(particle, vocabularies)
    return vocabularyOf(particle.flavor, vocabularies)?.open !== true && address !== undefined && !declared.has(address)
  })
  const secretIdentity = (particle: Particle) => secretMembers(particle, vocabularies, secretVariables)
  const renames = renamed(gone, before, now, vocabularies)
  return gone.map(particle => {
    const parents = particle.parents.flatMap(id => before.get(id) ?? []).filter(parent => !secretIdentity(parent))
    const renamedTo = renames.get(particle.id)
    const secret = secretIdentity(particle)
    return {
      address: addressText(particle, vocabularies) ?? '',
      name: particle.name,
      source: { file: particle.place.file, line: particle.place.line },
      commit,
      parents: parents.flatMap(parent => addressText(parent, vocabularies) ?? []).sort(),
      ...neededToEnd(particle, parents, vocabularies, secretVariables),
      persistOnTermination: particle.persistOnTermination,
      ...(renamedTo && !secretIdentity(renamedTo) && { renamedTo: addressText(renamedTo, vocabularies) ?? '' }),
      ...(secret && { secret }),
    }
  })
}

function isSecret({ source }: Particle, member: string, secretVariables: ReadonlySet<string>): boolean {
  const node = source.entries.get(member)?.node
  return node !== undefined && holdsVariable(node, secretVariables)
}

/** Whether the resource's name may be written nowhere. */
export const hasSecretIdentity = (
  particle: Particle,
  vocabularies: Vocabularies,
  secretVariables: ReadonlySet<string>,
): boolean => secretMembers(particle, vocabularies, secretVariables) !== undefined

/** Identity members as written, when one of them holds a secret variable. */
function secretMembers(
  particle: Particle,
  vocabularies: Vocabularies,
  secretVariables: ReadonlySet<string>,
): ReadonlyMap<string, Node> | undefined {
  const members = vocabularyOf(particle.flavor, vocabularies)?.identifiedBy ?? []
  if (!members.some(member => isSecret(particle, member, secretVariables))) return undefined
  const stated = [...particle.source.entries].filter(([member]) => members.includes(member))
  return new Map(stated.map(([member, { node }]) => [member, node]))
}

function neededToEnd(
  particle: Particle,
  parents: readonly Particle[],
  vocabularies: Vocabularies,
  secretVariables: ReadonlySet<string>,
): Pick<Undeclared, 'members' | 'options'> {
  const words = vocabularyOf(particle.flavor, vocabularies)
  const members: Record<string, string> = {}
  for (const member of words?.neededToEnd?.members ?? []) {
    const needed = Object.entries(words?.needs ?? {}).find(([, filled]) => filled === member)?.[0]
    const parent = parents.find(({ flavor }) => flavor === needed)
    const value = particle.definition[member] ?? (parent && addressOf(parent, vocabularies)?.identity)
    if (typeof value === 'string' && !isSecret(particle, member, secretVariables)) members[member] = value
  }
  const options: Record<string, boolean | number | string> = {}
  for (const option of words?.neededToEnd?.options ?? []) {
    const value = particle.options[option]
    if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') options[option] = value
  }
  return { members, options }
}

/** Pairs of removed and added particles that differ in nothing but their names. Each added one is paired once. */
function renamed(
  gone: readonly Particle[],
  before: ReadonlyMap<ParticleId, Particle>,
  now: readonly Particle[],
  vocabularies: Vocabularies,
): ReadonlyMap<ParticleId, Particle> {
  if (gone.length === 0) return new Map()
  const known = new Set([...before.values()].map(particle => addressText(particle, vocabularies)))
  const current = new Map(now.map(particle => [particle.id, particle]))
  const isAdded = (particle: Particle) => !known.has(addressText(particle, vocabularies))
  const present = (particle: Particle) => nameless(particle, id => current.get(id), vocabularies)
  const added = new Map(now.filter(isAdded).map(particle => [particle, present(particle)]))
  const pairs = new Map<ParticleId, Particle>()
  const hasNeeds = ({ flavor }: Particle) => Object.keys(vocabularyOf(flavor, vocabularies)?.needs ?? {}).length > 0
  // Parents are paired before their children; of several alike, the one that kept its id is the renamed one.
  for (const needs of [false, true]) {
    const these = gone.filter(particle => hasNeeds(particle) === needs)
    for (const sameId of [true, false]) {
      for (const particle of these) {
        if (pairs.has(particle.id)) continue
        const past = nameless(particle, id => pairs.get(id) ?? before.get(id), vocabularies)
        const next = [...added].find(([{ id }, rest]) => (id === particle.id || !sameId) && rest === past)
        if (!next) continue
        pairs.set(particle.id, next[0])
        added.delete(next[0])
      }
    }
  }
  return pairs
}

/** All of a particle but its name, as text. Parents that its name does not hold count by their addresses. */
function nameless(
  { flavor, region, definition, options, parents }: Particle,
  parentAt: (id: ParticleId) => Particle | undefined,
  vocabularies: Vocabularies,
): string {
  const words = vocabularyOf(flavor, vocabularies)
  const names = words?.identifiedBy ?? []
  const rest = Object.entries(definition).filter(([member]) => !names.includes(member))
  const used = parents.flatMap(id => {
    const parent = parentAt(id)
    const member = parent && words?.needs[parent.flavor]
    return parent && member && !names.includes(member) ? [addressText(parent, vocabularies)] : []
  })
  return canonicalJson([flavor, region, Object.fromEntries(rest), options, used.sort()])
}

/**
 * Undeclared resources as particles to terminate. An id that is taken, or shared by two of them, is completed by `$` and
 * the address; no `pcf_name` holds a `$`. Only parents that go as well are linked, for the order alone.
 */
export function particlesToRemove(
  all: readonly Undeclared[],
  now: readonly Particle[],
  vocabularies: Vocabularies,
): Map<Undeclared, Particle> {
  const withIds = idsToRemove(all, now)
  const going = new Map<string, ParticleId>()
  for (const one of now) {
    const address = one.desired === 'running' ? undefined : addressText(one, vocabularies)
    if (address) going.set(address, one.id)
  }
  for (const [one, id] of withIds) going.set(one.address, id)
  return new Map(
    withIds.flatMap(([one, id]) => {
      const particle = particleOf(one, id, going, vocabularies)
      return particle ? [[one, particle] as const] : []
    }),
  )
}

/** Undefined when this release cannot read the address. */
function particleOf(
  one: Undeclared,
  id: ParticleId,
  going: ReadonlyMap<string, ParticleId>,
  vocabularies: Vocabularies,
): Particle | undefined {
  const address = parseAddress(one.address)
  const words = address && vocabularyOf(address.flavor, vocabularies)
  const identity = words && membersIn(address.identity, words)
  if (!identity) return undefined
  const place = { ...one.source, column: 1 }
  const definition = { ...identity, ...one.members }
  const scalar = (value: string): ScalarNode => ({ kind: 'scalar', place, value })
  const entries = new Map<string, { at: typeof place; node: Node }>(
    Object.entries(definition).map(([member, value]) => [
      member,
      { at: place, node: one.secret?.get(member) ?? scalar(value) },
    ]),
  )
  return {
    id,
    flavor: address.flavor,
    name: one.name,
    place,
    desired: 'terminated',
    desiredIsOwn: false,
    parents: one.parents.flatMap(parent => going.get(parent) ?? []),
    persistOnTermination: one.persistOnTermination,
    persistOnUpdate: false,
    region: address.region,
    definition,
    options: one.options,
    source: { kind: 'map', place, entries } satisfies MapNode,
  }
}

const idOf = ({ address, name }: Undeclared): ParticleId => `${address.slice(0, address.indexOf(' '))}:${name}`

function idsToRemove(all: readonly Undeclared[], now: readonly Particle[]): [Undeclared, ParticleId][] {
  const taken = new Map<ParticleId, number>(now.map(({ id }) => [id, 1]))
  for (const one of all) taken.set(idOf(one), (taken.get(idOf(one)) ?? 0) + 1)
  let secrets = 0
  return all.map(one => {
    const id = idOf(one)
    if (taken.get(id) === 1) return [one, id]
    // An id must not reveal an identity that holds a secret.
    const which = one.secret ? `removed ${++secrets}` : one.address.slice(one.address.indexOf(' ') + 1)
    return [one, `${id}$${which}`]
  })
}
