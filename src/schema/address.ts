/** The address of a resource in AWS, as people read and write it: `ecs_service us-east-1 shop/web`. */

import type { Particle } from '../particle.ts'
import type { Vocabulary } from './vocabulary.ts'

export type Vocabularies = Readonly<Record<string, Vocabulary>>

export interface ResourceAddress {
  readonly flavor: string
  readonly region: string
  /** `shop/web`: unique within flavor and region. */
  readonly identity: string
}

export const formatAddress = ({ flavor, region, identity }: ResourceAddress): string =>
  `${flavor} ${region} ${identity}`

/** The resource a particle is; undefined while its region or a part of its identity is unknown. */
export function addressOf(particle: Particle, vocabularies: Vocabularies): ResourceAddress | undefined {
  const { flavor, region } = particle
  const identity = vocabularyOf(flavor, vocabularies)?.identity(particle)
  return identity === undefined || region === '' ? undefined : { flavor, region, identity }
}

/** The address as text; undefined like `addressOf`. */
export function addressText(particle: Particle, vocabularies: Vocabularies): string | undefined {
  const address = addressOf(particle, vocabularies)
  return address && formatAddress(address)
}

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
  const values = identifiedBy.map((_, index) =>
    index === identifiedBy.length - 1 ? words.slice(index).join('/') : (words[index] ?? ''),
  )
  return values.includes('')
    ? undefined
    : Object.fromEntries(identifiedBy.map((name, index) => [name, values[index] ?? '']))
}
