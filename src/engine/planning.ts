import { decideExamined } from './examine.ts'
import type { Graph } from './graph.ts'
import { type Planned, type PlanSettings, planOf } from './plan.ts'
import { accountOf, claimContextOf, type EngineContext, Refresh, refreshAll } from './refresh.ts'

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
  const { lives, errors } = await refreshAll(graph, refresh)
  if (errors.length > 0) throw new AggregateError(errors, errors.map(({ message }) => message).join('\n'))
  const decisions = await decideExamined(graph, lives, context, refresh)
  const acts = [...decisions.values()].some(({ transition }) => transition)
  const account = await accountOf(context, graph, acts)
  return planOf(graph, decisions, { ...settings, claimContext: claimContextOf(context, account) })
}
