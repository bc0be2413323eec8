import type { ParticleId } from '../particle.ts'
import type { Decision } from './decide.ts'
import type { AnyFlavor, FlavorContext } from './flavor.ts'
import type { Graph } from './graph.ts'
import { decideAll } from './plan.ts'
import { type EngineContext, flavorOf, type Refresh } from './refresh.ts'

/**
 * Decides for every particle, examines those that would be updated, and decides again where an examination found more.
 * Throws `EcsError`.
 */
export async function decideExamined(
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

/** The decision at the time of its step, with the plan's examination where there is one. Throws `EcsError`. */
export async function reexamined(
  decision: Decision,
  { examine }: AnyFlavor,
  { context }: { readonly context: FlavorContext },
  planned: ReadonlyMap<ParticleId, Decision>,
  decideWith: (live: unknown) => Decision,
): Promise<Decision> {
  const { particle, live, transition, changes } = decision
  if (!examine || transition !== 'update') return decision
  const closer = await examine(particle, live, changes, context, planned.get(particle.id)?.live)
  return closer === live ? decision : decideWith(closer)
}
