/** Earlier manifests compared with AWS as it is now: where the differences of a plan come from. */

import { nothingSensitive } from '../compare/sensitivity.ts'
import type { Decision, Decisions } from '../engine/decide.ts'
import type { Plan, UndeclaredMember } from '../engine/document.ts'
import { graphOf } from '../engine/graph.ts'
import { comesFrom, withOrigins } from '../engine/origin.ts'
import { decideAll, type Planned } from '../engine/plan.ts'
import { type EngineContext, flavorOf } from '../engine/refresh.ts'
import { hasSecretIdentity } from '../engine/removal.ts'
import { type RememberedMember, stayingMembers, stillStaying } from '../engine/undeclaredMembers.ts'
import { flavors } from '../flavors/index.ts'
import { unlessRefused } from '../github/apiErrors.ts'
import { mergedPulls } from '../github/pulls.ts'
import { load } from '../manifest/load.ts'
import { FormerVariables } from '../manifest/variables.ts'
import { compareText } from '../order.ts'
import type { Particle, ParticleId } from '../particle.ts'
import { addressText } from '../schema/address.ts'
import type { Baseline } from './baseline.ts'
import type { Invocation } from './invocation.ts'
import { certain } from './undeclared.ts'

/** How many commits are looked up for their pull requests. */
const mostCommits = 10

/** Manifests of an earlier commit, and what they would have done to AWS as it is now. */
interface Earlier {
  readonly commit: string
  readonly particles: ReadonlyMap<ParticleId, Particle>
  readonly decisions: Decisions
}

/**
 * The plan with the origins of its differences and with members that stay undeclared, both by earlier manifests: without
 * these the plan as it is. A refusal of GitHub leaves out pull requests.
 */
export async function withHistory(
  invocation: Invocation,
  baseline: Baseline,
  planned: Planned,
  context: EngineContext,
  remembered: readonly RememberedMember[],
): Promise<Plan> {
  const { base, applied, further } = baseline
  const at = async (commit: string | undefined) =>
    commit === undefined ? undefined : earlierAt(invocation, commit, planned.decisions, context)
  const byApplied = await at(applied)
  const byBase = base === applied ? byApplied : await at(base)
  const byFurther = await Promise.all(further.filter(commit => commit !== base).map(at))
  const undeclared = undeclaredMembers([byBase, ...byFurther, byApplied], remembered, planned.decisions, context)
  const plan = { ...planned.plan, ...(undeclared.length > 0 && { undeclared }) }
  // What was applied last is known to exist and cannot be read: nobody is blamed.
  if (applied ? !byApplied : !byBase) return plan
  const { pullRequest, mergeGroup, push } = invocation.event
  const earlier = {
    decisions: planned.decisions,
    ...(byApplied && { applied: byApplied.decisions }),
    ...(byBase && { base: byBase.decisions }),
    further: byFurther.map(one => one?.decisions ?? new Map()),
    isAllMerged: !pullRequest && !mergeGroup && !push,
    vocabularies: flavors,
  }
  const traced = withOrigins(plan, earlier)
  const pulls = comesFrom('unapplied', traced.steps) ? await unappliedPulls(invocation, baseline) : []
  return pulls.length > 0 ? { ...traced, unapplied: pulls } : traced
}

/** Members that one of the commits declared, and that AWS still has although today's manifests leave them out. */
function undeclaredMembers(
  commits: readonly (Earlier | undefined)[],
  remembered: readonly RememberedMember[],
  decisions: Decisions,
  context: EngineContext,
): UndeclaredMember[] {
  const found = new Map<string, UndeclaredMember>()
  const add = (member: UndeclaredMember) => {
    const key = `${member.particle} ${member.path}`
    if (!found.has(key)) found.set(key, member)
  }
  const unstatedOf = ({ particle, live }: Decision) =>
    flavorOf(context, particle).assess(particle, live, nothingSensitive).unstated?.() ?? []
  for (const { commit, particles } of commits.flatMap(earlier => earlier ?? []))
    for (const [id, earlier] of particles) {
      const decision = decisions.get(id)
      if (decision?.particle.desired !== 'running' || earlier.desired !== 'running') continue
      const { particle } = decision
      const staying = stayingMembers(particle, earlier, unstatedOf(decision), flavorOf(context, particle).toRemove)
      for (const { path, place, toRemove } of staying) {
        const declared = { file: place.file, line: place.line, commit }
        add({ particle: id, path, declared, ...(toRemove && { toRemove }) })
      }
    }
  const byAddress = new Map([...decisions.values()].map(one => [addressText(one.particle, flavors), one]))
  for (const { address, path, declared } of remembered) {
    const decision = byAddress.get(address)
    if (decision?.particle.desired !== 'running') continue
    const { particle } = decision
    const staying = stillStaying(particle, path, unstatedOf(decision), flavorOf(context, particle).toRemove)
    if (staying) add({ particle: particle.id, path, declared, ...staying })
  }
  return [...found].sort(([one], [other]) => compareText(one, other)).map(([, member]) => member)
}

/** The members of a plan, as the next runs are to remember them. A name with a secret in it is written nowhere. */
export const membersToRemember = (
  { undeclared = [] }: Plan,
  decisions: Decisions,
  secretVariables: ReadonlySet<string>,
): RememberedMember[] =>
  undeclared.flatMap(({ particle: id, path, declared }) => {
    const particle = decisions.get(id)?.particle
    const address = particle && addressText(particle, flavors)
    if (!address || hasSecretIdentity(particle, flavors, secretVariables)) return []
    return [{ address, path, declared }]
  })

/** Pull requests that were merged since the last apply. */
async function unappliedPulls({ reporter: { github } }: Invocation, { unapplied }: Baseline): Promise<number[]> {
  if (!github) return []
  const commits = unapplied.slice(0, mostCommits)
  return unlessRefused(
    () => mergedPulls(github, commits),
    () => [],
  )
}

/** Undefined when the commit's manifests cannot be read. Only the same resources are compared, whatever their ids were. */
async function earlierAt(
  { inputs, manifestsAt }: Invocation,
  commit: string,
  decisions: Decisions,
  { learn: _, ...context }: EngineContext,
): Promise<Earlier | undefined> {
  const found = await manifestsAt(commit)
  if ('why' in found) return undefined
  const variables = new FormerVariables(inputs.variables)
  const { particles, problems } = load(found.texts, { ...inputs, variables, vocabularies: flavors })
  const graph = graphOf(underIdsOfNow(certain(particles, problems), decisions))
  const lives = new Map([...decisions].map(([id, { live }]) => [id, live]))
  return { commit, particles: graph.particles, decisions: decideAll(graph, lives, context) }
}

/** Earlier particles whose resources are declared now, under the ids of now: another `pcf_name` makes no other resource. */
function underIdsOfNow(earlier: readonly Particle[], decisions: Decisions): Particle[] {
  const byAddress = new Map([...decisions].map(([id, { particle }]) => [addressText(particle, flavors), id]))
  const ids = new Map(
    earlier.flatMap(particle => {
      const address = addressText(particle, flavors)
      // A particle without an address is nothing but its id.
      const id = address === undefined ? particle.id : byAddress.get(address)
      const now = id && decisions.get(id)?.particle
      return now && addressText(now, flavors) === address ? [[particle.id, id] as const] : []
    }),
  )
  return earlier.flatMap(particle => {
    const id = ids.get(particle.id)
    return id ? { ...particle, id, parents: particle.parents.flatMap(parent => ids.get(parent) ?? []) } : []
  })
}
