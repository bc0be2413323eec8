/** What a claim is about: account, environment and resource. */
import { holdsVariable, type SensitivityPolicy, writtenText } from '../compare/sensitivity.ts'
import { sha256 } from '../digest.ts'
import type { Particle } from '../particle.ts'
import { identityOf } from '../schema/address.ts'
import type { Vocabulary } from '../schema/vocabulary.ts'

/**
 * Account, environment and vocabularies that all claims of a run are bound to. A particle's id is only a name in
 * manifests: without account, environment and identity, a review of one resource would allow the same change to
 * another.
 */
export interface ClaimContext {
  /** Twelve digits; missing only when no step acts. */
  readonly account: string | undefined
  readonly environment: string
  readonly sensitivity: SensitivityPolicy
  /** By flavor: the members that identify its resources. */
  readonly vocabularies: Readonly<Record<string, Pick<Vocabulary, 'identifiedBy'>>>
}

/** 128 bits as 32 hex digits: a second claim with the same hash cannot be found. */
export const claimHash = (claim: readonly unknown[]): string => sha256(JSON.stringify(claim)).slice(0, 32)

/**
 * `[account, environment, flavor, region, identity]`, with parents' members and variables filled in. An identity that
 * holds a secret variable is kept as the manifest writes it, so that the secret cannot be guessed.
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
  const asWritten = hidden.length > 0 ? { ...definition, ...Object.fromEntries(hidden) } : definition
  const identity = identityOf({ definition: asWritten }, vocabularies[flavor])
  return [account ?? null, environment, flavor, region, identity ?? null]
}
