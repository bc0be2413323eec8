/** Every resource known to have been declared once: from the lists in checks of earlier commits, and from their manifests. */
import { join } from 'node:path'
import { holdsVariable } from '../compare/sensitivity.ts'
import { type Undeclared, undeclaredSince } from '../engine/removal.ts'
import type { RememberedMember } from '../engine/undeclaredMembers.ts'
import { flavors } from '../flavors/index.ts'
import { type EarlierCommit, findEarlierCommits } from '../github/earlierCommits.ts'
import { manifestFolder } from '../manifest/files.ts'
import { type Loaded, load } from '../manifest/load.ts'
import { FormerVariables } from '../manifest/variables.ts'
import { memberOf, type Particle, type Problem, sayProblem, scalarsIn } from '../particle.ts'
import { addressText, vocabularyOf } from '../schema/address.ts'
import type { Invocation } from './invocation.ts'

interface KnownUndeclared {
  readonly entries: readonly Undeclared[]
  /** Members of resources, as the lists have them: some may be declared again, or gone. */
  readonly members: readonly RememberedMember[]
  readonly warnings: readonly string[]
  /** False when some list or some earlier manifests could not be read. */
  readonly complete: boolean
}

/** Resources that were declared once and are not declared by `now`. A refusal of GitHub is a warning. */
export async function findUndeclared(invocation: Invocation, now: readonly Particle[]): Promise<KnownUndeclared> {
  const { inputs, event, reporter } = invocation
  const { environment, workspace, workingDirectory } = inputs
  const folder = manifestFolder(inputs.manifests, join(workspace, workingDirectory), workspace)
  const earlier = await findEarlierCommits(reporter, event, { environment, folder })
  const warnings = [...earlier.warnings]
  let { complete } = earlier
  const entries = new Map<string, Undeclared>()
  const add = (entry: Undeclared) => entries.set(entry.address, entries.get(entry.address) ?? entry)
  for (const commit of earlier.past) commit.entries.forEach(add)
  // The nearest commit comes first: it names the commit that removed a declaration best.
  for (const commit of earlier.past.filter(({ comparable }) => comparable)) {
    const before = await declaredAt(invocation, commit)
    warnings.push(...before.warnings)
    complete &&= before.known
    const manifests = { commit: commit.commit, particles: before.particles }
    for (const entry of undeclaredSince(manifests, now, flavors, inputs.secretVariables))
      add({ ...entry, since: commit.since, pullRequest: commit.pullRequest })
  }
  for (const particle of now) entries.delete(addressText(particle, flavors) ?? '')
  const members = earlier.past.flatMap(commit => commit.members)
  return { entries: [...entries.values()], members, warnings, complete }
}

/** Particles of an earlier commit, as far as this release can read its manifests. */
async function declaredAt(
  { inputs, manifestsAt }: Invocation,
  { commit }: EarlierCommit,
): Promise<{ particles: readonly Particle[]; warnings: string[]; known: boolean }> {
  const found = await manifestsAt(commit)
  if ('why' in found)
    return { particles: [], warnings: [`what is not declared any more is not known: ${found.why}`], known: false }
  const today = load(found.texts, { ...inputs, vocabularies: flavors })
  const [first, ...more] = today.problems
  if (!first) return { particles: today.particles, warnings: [], known: true }
  // A variable often goes with the manifest that it was for.
  const variables = new FormerVariables(inputs.variables)
  const former = load(found.texts, { ...inputs, variables, vocabularies: flavors })
  const particles = endable(former, variables.unset)
  if (particles.length === former.particles.length) return { particles, warnings: [], known: true }
  const rest = more.length > 0 ? `, and ${more.length} more` : ''
  const warning = `the manifests of commit ${commit.slice(0, 7)} cannot all be read today (${sayProblem(first)}${rest}): what only they declared is not told`
  return { particles, warnings: [warning], known: true }
}

/** Particles that can be found and ended although these variables have no value any more: nothing that this takes is made of them. */
function endable({ particles, problems }: Loaded, unset: ReadonlySet<string>): Particle[] {
  const placeholders = particles.flatMap(({ source }) => scalarsIn(source)).filter(node => holdsVariable(node, unset))
  const places = new Set(placeholders.map(({ place }) => JSON.stringify(place)))
  // The name of a variable in the place of its value is often of the wrong form.
  const rest = problems.filter(({ place }) => !places.has(JSON.stringify(place)))
  const isKnown = ({ flavor, source }: Particle) => {
    const { identifiedBy = [], neededToEnd } = vocabularyOf(flavor, flavors) ?? {}
    return [...identifiedBy, ...(neededToEnd?.members ?? [])].every(member => {
      const node = memberOf(source, member)
      return node === undefined || !holdsVariable(node, unset)
    })
  }
  return certain(particles.filter(isKnown), rest)
}

/** Particles whose identity, and whole definition, is certain: their own file and those of all their ancestors have no problem. */
export function certain(particles: readonly Particle[], problems: readonly Problem[]): Particle[] {
  const broken = new Set(problems.map(({ place }) => place?.file))
  const byId = new Map(particles.map(particle => [particle.id, particle]))
  const isSound = (particle: Particle | undefined): boolean =>
    particle !== undefined &&
    !broken.has(particle.place.file) &&
    // A parent in a broken file is not linked, so that the member it fills is missing.
    (vocabularyOf(particle.flavor, flavors)?.identifiedBy ?? []).every(member => particle.definition[member]) &&
    particle.parents.every(id => isSound(byId.get(id)))
  return broken.has(undefined) ? [] : particles.filter(isSound)
}
