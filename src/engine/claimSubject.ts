/** Whom and what claims are about: the account, the environment, and which thing there. */
import { createHash } from 'node:crypto'
import { holdsVariable, type SensitivityPolicy, writtenText } from '../compare/sensitivity.ts'
import { type Particle, Unknown } from '../particle.ts'
import { identityOf } from '../schema/address.ts'
import type { Vocabulary } from '../schema/vocabulary.ts'

/**
 * What all claims of one run are bound to. A particle's id is a name that manifests give: without account, environment
 * and identity, what was reviewed for one thing in AWS would allow the same to be done to another.
 */
export interface ClaimContext {
  /** Twelve digits; missing only where nothing is to be done. */
  readonly account: string | undefined
  readonly environment: string
  readonly sensitivity: SensitivityPolicy
  /** By flavor: the members that identify its things. */
  readonly vocabularies: Readonly<Record<string, Pick<Vocabulary, 'identifiedBy'>>>
}

/** 128 bits in 32 hex digits: nobody finds a second thing with the claim of a first. */
export const claimHash = (claim: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(claim)).digest('hex').slice(0, 32)

/** JSON with sorted keys: the same value, the same text. */
export function withSortedKeys(value: unknown): unknown {
  if (value instanceof Unknown) return { unknown: value.unknown }
  if (Array.isArray(value)) return value.map(withSortedKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inside]) => [key, withSortedKeys(inside)]),
  )
}

/**
 * Account, environment, and which thing there: flavor, region, and what it is called with its parents' members filled in
 * and its variables put in. A name that a secret variable went into counts as the manifest writes it: from a claim nobody
 * may guess the secret.
 */
export function subjectOf(
  particle: Particle<object>,
  { account, environment, sensitivity: policy, vocabularies }: ClaimContext,
): unknown[] {
  const { flavor, region, definition, source } = particle
  const hidden = [...source.entries].flatMap(([member, { node }]) =>
    node.kind === 'scalar' && node.parts && holdsVariable(node, policy.secretVariables)
      ? [[member, writtenText(node.parts, name => policy.secretVariables.has(name))] as const]
      : [],
  )
  const named = hidden.length > 0 ? { ...definition, ...Object.fromEntries(hidden) } : definition
  const identity = identityOf({ definition: named }, vocabularies[flavor])
  return [account ?? null, environment, flavor, region, identity ?? null]
}
