import { join } from 'node:path'
import { sensitivityOf } from '../compare/sensitivity.ts'
import { flavors } from '../flavors/index.ts'
import type { Runner } from '../github/runner.ts'
import type { Inputs } from '../inputs.ts'
import { findManifests } from '../manifest/files.ts'
import { type Loaded, load } from '../manifest/load.ts'
import { quote } from '../manifest/words.ts'
import type { Particle } from '../particle.ts'
import { tuneV8 } from '../v8.ts'
import { plural } from '../wording.ts'
import { sensitivityPolicyOf } from './sensitivityPolicy.ts'

/** Reads every manifest of the checkout. Problems are collected, never thrown. */
export function readManifests(inputs: Inputs): Loaded {
  const directory = join(inputs.workspace, inputs.workingDirectory)
  const { texts, problems } = findManifests(inputs.manifests, directory, inputs.workspace)
  tuneV8(texts)
  const policy = sensitivityPolicyOf(inputs)
  const hides = (particle: Particle, path: readonly string[]) =>
    sensitivityOf(particle, policy).hidesAt?.(particle.definition, path) === true
  const loaded = load(texts, { ...inputs, hides, vocabularies: flavors })
  return { ...loaded, problems: [...problems, ...loaded.problems] }
}

/**
 * The command `validate`: counts what the manifests declare, or fails with their problems. Calls neither AWS nor
 * GitHub.
 */
export function validate(
  { particles, absent, problems, counts }: Loaded,
  { environment }: Inputs,
  runner: Runner,
): void {
  if (problems.length > 0) {
    runner.fail(problems)
    return
  }
  const byFlavor = new Map<string, number>()
  for (const { flavor } of particles) byFlavor.set(flavor, (byFlavor.get(flavor) ?? 0) + 1)
  runner.info(`${plural(counts.files, 'manifest')} read for the environment ${environment}:`)
  for (const [flavor, count] of [...byFlavor].sort()) runner.info(`  ${count} ${flavor}`)
  if (absent.size > 0) runner.info(`  ${absent.size} not in this environment`)
  if (counts.environments.length > 0) runner.info(`  environments: ${counts.environments.map(quote).join(', ')}`)
}
