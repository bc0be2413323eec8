/** The address of a resource in AWS, as people read and write it: `ecs_service us-east-1 shop/web`. */

import type { Particle } from '../particle.ts'
import { nameOf } from './arn.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Vocabularies by flavor. */
export type Vocabularies = Readonly<Record<string, Vocabulary>>

/** A resource in AWS, declared or not. */
interface ResourceAddress {
  readonly flavor: string
  readonly region: string
  /** `shop/web`: unique within flavor and region. */
  readonly identity: string
}

/** `shop/web`: which resource a definition means, apart from its region. Undefined while its name is missing. */
export function identityOf(
  { definition }: { readonly definition: object },
  words: Pick<Vocabulary, 'identifiedBy'> | undefined,
): string | undefined {
  const text = (member: string): string | undefined => {
    const value: unknown = (definition as Readonly<Record<string, unknown>>)[member]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const members = words?.identifiedBy ?? []
  const last = members.at(-1)
  const name = last && text(last)
  // A missing cluster is the cluster `default`. Source: API reference, CreateService.
  return name && [...members.slice(0, -1).map(member => nameOf(text(member) ?? 'default')), name].join('/')
}

/** The resource a particle is; undefined while its region or a part of its identity is unknown. */
export function addressOf(particle: Particle, vocabularies: Vocabularies): ResourceAddress | undefined {
  const { flavor, region } = particle
  const identity = identityOf(particle, vocabularyOf(flavor, vocabularies))
  return identity === undefined || region === '' ? undefined : { flavor, region, identity }
}

/** `ecs_service us-east-1 shop/web`; undefined like `addressOf`. */
export function addressText(particle: Particle, vocabularies: Vocabularies): string | undefined {
  const address = addressOf(particle, vocabularies)
  return address && `${address.flavor} ${address.region} ${address.identity}`
}

/** The vocabulary of a flavor; undefined for a name that is no flavor, `constructor` among them. */
export const vocabularyOf = (flavor: string, vocabularies: Vocabularies): Vocabulary | undefined =>
  Object.hasOwn(vocabularies, flavor) ? vocabularies[flavor] : undefined

/** Undefined when the text is no flavor, region and identity. */
export function parseAddress(text: string): ResourceAddress | undefined {
  const [, flavor, region, identity] = /^(\S+) (\S+) (\S(?:.*\S)?)$/su.exec(text) ?? []
  return flavor && region && identity ? { flavor, region, identity } : undefined
}

/** The members of a definition that an identity is made of; the last keeps further slashes. Undefined where one is missing. */
export function membersIn(
  identity: string,
  { identifiedBy }: Pick<Vocabulary, 'identifiedBy'>,
): Readonly<Record<string, string>> | undefined {
  const words = identity.split('/')
  const members = identifiedBy.map((name, index) => {
    const isLast = index === identifiedBy.length - 1
    return [name, words.slice(index, isLast ? undefined : index + 1).join('/')] as const
  })
  return members.every(([, value]) => value !== '') ? Object.fromEntries(members) : undefined
}
