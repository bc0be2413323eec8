import type { ParticleId } from '../particle.ts'
import type { Decision } from './decide.ts'
import type { Graph } from './graph.ts'
import { decideAll, type Planned, type PlanSettings, planOf } from './plan.ts'
import { accountOf, claimContextOf, type EngineContext, flavorOf, Refresh, refreshAll } from './refresh.ts'

/**
 * Describes every particle of the graph in AWS, decides for each and makes the plan.
 *
 * @throws AggregateError with every different failure when AWS could not be asked.
 */
export async function makePlan(
  graph: Graph,
  context: EngineContext,
  settings: Omit<PlanSettings, 'claimContext'>,
): Promise<Planned> {
  const refresh = new Refresh(graph, context)
  const lives = await refreshAll(graph, refresh)
  const decisions = await decideExamined(graph, lives, context, refresh)
  const acts = [...decisions.values()].some(({ transition }) => transition)
  const account = await accountOf(context, graph, acts)
  return planOf(graph, decisions, { ...settings, claimContext: claimContextOf(context, account) })
}

/**
 * Decides for every particle, examines those that would be updated, and decides again where an examination found more.
 * Throws `EcsError`.
 */
async function decideExamined(
  graph: Graph,
  lives: ReadonlyMap<ParticleId, unknown>,
  engine: EngineContext,
  refresh: Refresh,
): Promise<Map<ParticleId, Decision>> {
  const decisions = decideAll(graph, lives, engine)
  const closer = new Map(lives)
  await Promise.all(
    [...decisions].map(async ([id, { particle, live, transition, changes }]) => {
      const { examine } = flavorOf(engine, particle)
      if (examine && transition === 'update')
        closer.set(id, await examine(particle, live, changes, await refresh.context(id)))
    }),
  )
  const isCloser = [...closer].some(([id, live]) => live !== lives.get(id))
  return isCloser ? decideAll(graph, closer, engine, decisions) : decisions
}
