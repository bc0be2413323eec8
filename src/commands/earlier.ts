/** Earlier manifests, held against AWS as it is now: where the differences of a plan come from. */
import type { Decision } from '../engine/decide.ts'
import type { Plan } from '../engine/document.ts'
import { graphOf } from '../engine/graph.ts'
import { withOrigins } from '../engine/origin.ts'
import { decideAll, type Planned } from '../engine/plan.ts'
import type { EngineContext } from '../engine/refresh.ts'
import { flavors } from '../flavors/index.ts'
import { unlessRefused } from '../github/apiErrors.ts'
import { mergedPulls } from '../github/reviewSearch.ts'
import { load } from '../manifest/load.ts'
import { FormerVariables } from '../manifest/variables.ts'
import type { Particle, ParticleId } from '../particle.ts'
import { addressText } from '../schema/address.ts'
import type { Baseline } from './baseline.ts'
import type { Invocation } from './invocation.ts'
import { sound } from './undeclared.ts'

/** So many commits are asked for their pull requests. */
const mostCommits = 10

/** The plan, with what earlier manifests tell of it. Without them nothing is told. A refusal of GitHub tells less. */
export async function withHistory(
  invocation: Invocation,
  baseline: Baseline,
  planned: Planned,
  context: EngineContext,
): Promise<Plan> {
  const { plan, decisions } = planned
  const { base, applied } = baseline
  if (plan.steps.length === 0 || (!base && !applied)) return plan
  const at = async (commit: string | undefined) =>
    commit === undefined ? undefined : decisionsBy(await particlesAt(invocation, commit), decisions, context)
  const [byApplied, byBase] = await Promise.all([at(applied), at(base === applied ? undefined : base)])
  // What was applied last is known to exist and cannot be read: nobody is blamed.
  if (applied && !byApplied) return plan
  const known = base === applied ? byApplied : byBase
  const { pullRequest, mergeGroup, push } = invocation.event
  const told = withOrigins(
    plan,
    decisions,
    {
      ...(byApplied && { applied: byApplied }),
      ...(known && { base: known }),
      isAllMerged: !pullRequest && !mergeGroup && !push,
    },
    flavors,
  )
  const isUnapplied = told.steps.some(step => [step, ...step.changes].some(({ origin }) => origin === 'unapplied'))
  const pulls = isUnapplied ? await unappliedPulls(invocation, baseline) : []
  return pulls.length > 0 ? { ...told, unapplied: pulls } : told
}

/** Pull requests that were merged since the last apply. */
async function unappliedPulls({ reporter: { github } }: Invocation, { unapplied }: Baseline): Promise<number[]> {
  if (!github) return []
  const commits = unapplied.slice(0, mostCommits)
  return unlessRefused<number[], number[]>(
    () => mergedPulls(github, commits),
    () => [],
  )
}

/** Particles of a commit's manifests, as far as they can be read today; undefined when none of them can. */
async function particlesAt(
  { inputs, manifestsAt }: Invocation,
  commit: string,
): Promise<readonly Particle[] | undefined> {
  const found = await manifestsAt(commit)
  if ('why' in found) return undefined
  const variables = new FormerVariables(inputs.variables)
  const { particles, problems } = load(found.texts, { ...inputs, variables, vocabularies: flavors })
  return sound(particles, problems)
}

/** What earlier manifests would have done to AWS as it is now: to the same things under the same ids. */
function decisionsBy(
  earlier: readonly Particle[] | undefined,
  decisions: ReadonlyMap<ParticleId, Decision>,
  { learn: _, ...context }: EngineContext,
): ReadonlyMap<ParticleId, Decision> | undefined {
  if (!earlier) return undefined
  const same = earlier.filter(particle => {
    const now = decisions.get(particle.id)?.particle
    return now && addressText(now, flavors) === addressText(particle, flavors)
  })
  const ids = new Set(same.map(({ id }) => id))
  const graph = graphOf(same.map(one => ({ ...one, parents: one.parents.filter(parent => ids.has(parent)) })))
  const lives = new Map([...decisions].map(([id, { live }]) => [id, live]))
  return decideAll(graph, lives, context)
}
