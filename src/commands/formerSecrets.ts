/** What earlier manifests say of places that secret variables went into: what they made is in AWS still, whatever is declared now. */

import { type FormerSecrets, type SecretPath, secretPaths } from '../compare/sensitivity.ts'
import { vocabulary } from '../flavors/vocabulary.ts'
import type { CommitManifests } from '../github/manifestsAt.ts'
import type { Inputs } from '../inputs.ts'
import { load } from '../manifest/load.ts'
import { FormerVariables } from '../manifest/variables.ts'
import type { Node, Particle } from '../particle.ts'

/** Where secret variables stood, for each particle of now. */
export type FormerSecretsOf = (particle: Particle) => FormerSecrets

/** From the manifests of other commits. Where none of them can be read, a secret may have stood anywhere. */
export function formerSecretsIn(
  texts: readonly CommitManifests[],
  now: readonly Particle[],
  inputs: Inputs,
): FormerSecretsOf {
  const used = new Set(now.flatMap(({ source }) => variablesIn(source)))
  // A variable that is neither given nor used any more may have been a secret one.
  const isSecret = (name: string) => inputs.secretVariables.has(name) || !(inputs.variables.has(name) || used.has(name))
  const ways = new Map<string, SecretPath[]>()
  const add = (key: string, more: readonly SecretPath[]) => ways.set(key, [...(ways.get(key) ?? []), ...more])
  for (const found of texts) {
    if ('why' in found) continue
    const variables = new FormerVariables(inputs.variables)
    const { particles } = load(found.texts, { ...inputs, variables, vocabularies: vocabulary })
    for (const particle of particles) {
      const secret = secretPaths(particle.source, isSecret)
      if (secret.length > 0) for (const key of keysOf(particle)) add(key, secret)
    }
  }
  const unknown = texts.length > 0 && texts.every(found => 'why' in found)
  return particle => ({
    paths: keysOf(particle).flatMap(key => ways.get(key) ?? []),
    ...(unknown && { unknown: true as const }),
  })
}

/** What a particle is known by: its id, and who it is in AWS. */
function keysOf(particle: Particle): string[] {
  const words = Object.hasOwn(vocabulary, particle.flavor)
    ? vocabulary[particle.flavor as keyof typeof vocabulary]
    : undefined
  const who = words?.identity(particle)
  return [particle.id, ...(who === undefined ? [] : [`${particle.flavor} ${particle.region} ${who}`])]
}

function variablesIn(node: Node): string[] {
  if (node.kind === 'scalar') return (node.parts ?? []).flatMap(part => (typeof part === 'string' ? [] : part.variable))
  const inside = node.kind === 'list' ? node.items : [...node.entries.values()].map(entry => entry.node)
  return inside.flatMap(variablesIn)
}
