/** What was declared once and is not any more, from the lists that checks keep and from manifests as they were. */

import { type Undeclared, undeclaredSince } from '../engine/removal.ts'
import { vocabulary } from '../flavors/vocabulary.ts'
import type { GitHubEvent } from '../github/event.ts'
import { type EarlierCommit, findEarlierCommits } from '../github/past.ts'
import type { PullRequestReporter } from '../github/reporter.ts'
import type { Inputs } from '../inputs.ts'
import { load } from '../manifest/load.ts'
import { type Particle, type Problem, sayProblem } from '../particle.ts'
import { addressOf, formatAddress, vocabularyOf } from '../schema/address.ts'
import type { ManifestReader } from './baseline.ts'

/** Who asks, and for what. */
export interface DeclarationContext {
  readonly inputs: Inputs
  readonly event: GitHubEvent
  readonly conversation: PullRequestReporter
  readonly before: ManifestReader
}

/** Everything that was declared once and is not any more, by thing, and what could not be found out. */
interface KnownUndeclared {
  readonly entries: readonly Undeclared[]
  readonly warnings: readonly string[]
  readonly whole: boolean
}

/** Which thing it is, as people spell it. */
export function addressText(particle: Particle): string | undefined {
  const thing = addressOf(particle, vocabulary)
  return thing && formatAddress(thing)
}

export async function everUndeclared(question: DeclarationContext, now: readonly Particle[]): Promise<KnownUndeclared> {
  const { inputs, event, conversation } = question
  const { past, warnings, whole } = await findEarlierCommits(conversation, event, inputs.environment)
  const said = [...warnings]
  let known = whole
  const entries = new Map<string, Undeclared>()
  const add = (entry: Undeclared) => entries.set(entry.thing, entries.get(entry.thing) ?? entry)
  for (const { entries: remembered } of past) remembered.forEach(add)
  // The nearest first: it knows best when something went.
  for (const one of past) {
    if (!one.compares) continue
    const before = await declaredAt(question, one)
    said.push(...before.warnings)
    known &&= before.known
    const fresh = undeclaredSince(
      { commit: one.commit, particles: before.particles },
      now,
      vocabulary,
      inputs.secretVariables,
    )
    for (const entry of fresh)
      add({
        ...entry,
        ...(one.since && { since: one.since }),
        ...(one.pullRequest !== undefined && { pullRequest: one.pullRequest }),
      })
  }
  for (const particle of now) entries.delete(addressText(particle) ?? '')
  return { entries: [...entries.values()], warnings: said, whole: known }
}

/** What manifests declared at an earlier commit, as far as that can be read today. */
async function declaredAt(
  { inputs, before }: DeclarationContext,
  { commit }: EarlierCommit,
): Promise<{ particles: readonly Particle[]; warnings: string[]; known: boolean }> {
  const found = await before(commit)
  if ('why' in found)
    return { particles: [], warnings: [`what is not declared any more is not known: ${found.why}`], known: false }
  const { particles, problems } = load(found.texts, { ...inputs, vocabularies: vocabulary })
  const [first, ...more] = problems
  if (!first) return { particles, warnings: [], known: true }
  const rest = more.length > 0 ? `, and ${more.length} more` : ''
  const warning = `the manifests of commit ${commit.slice(0, 7)} cannot all be read today (${sayProblem(first)}${rest}): what only they declared is not told`
  return { particles: legible(particles, problems), warnings: [warning], known: true }
}

/** Those whose names are sure: neither they nor what they are in stand in a file with a problem. */
function legible(particles: readonly Particle[], problems: readonly Problem[]): Particle[] {
  const broken = new Set(problems.map(({ place }) => place?.file))
  const byId = new Map(particles.map(particle => [particle.id, particle]))
  const isSound = (particle: Particle | undefined): boolean =>
    particle !== undefined &&
    !broken.has(particle.place.file) &&
    // A parent in a file that cannot be read is not even linked: what it would fill is missing.
    (vocabularyOf(particle.flavor, vocabulary)?.identifiedBy ?? []).every(member => particle.definition[member]) &&
    particle.parents.every(id => isSound(byId.get(id)))
  return broken.has(undefined) ? [] : particles.filter(isSound)
}
