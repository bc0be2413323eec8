import { type Change, type FoundChange, shownChange } from '../compare/change.ts'
import { durationText } from '../duration.ts'
import { compareText } from '../order.ts'
import { inheritsIn, type ParticleId, type Problem } from '../particle.ts'
import type { ClaimContext } from './claimSubject.ts'
import { Claims } from './claims.ts'
import { type Decision, type Decisions, decide } from './decide.ts'
import { isEnd, type Plan, type Removed, type Step, type Summary, type Transition, type Unchanged } from './document.ts'
import { type Graph, inOrder, nearest } from './graph.ts'
import { accountOf, claimContextOf, type EngineContext, flavorOf, Refresh, refreshAll } from './refresh.ts'

/** Inputs of a plan beside manifests and AWS's answers. */
export interface PlanSettings {
  /** The region of particles that name none. */
  readonly region: string
  /** More ends of running particles than this, by inheritance, removal or replacement, are refused. A share allows one at least. */
  readonly maxTerminations: { readonly percent: number } | { readonly count: number }
  /** Milliseconds that an apply waits for one transition. */
  readonly waitTimeout?: number
  readonly removed?: readonly Removed[]
  /** Further risks by particle: that its manifest was removed, or renamed. */
  readonly remarks?: ReadonlyMap<ParticleId, readonly string[]>
  /** Why particles without a manifest go. */
  readonly reasons?: ReadonlyMap<ParticleId, string>
  readonly warnings?: readonly string[]
  readonly newEnvironment?: Plan['newEnvironment']
}

/** A plan, and what an apply needs to carry it out. */
export interface Planned {
  readonly plan: Plan
  readonly decisions: Decisions
  readonly claims: Claims
  /** Reasons to refuse the plan: with any of them, no step is taken. */
  readonly problems: readonly Problem[]
}

/** Decides for every particle, parents first. Decisions in `before` that rest on the same answers are not made again. */
export function decideAll(
  graph: Graph,
  lives: ReadonlyMap<ParticleId, unknown>,
  engine: EngineContext,
  before: Decisions = new Map(),
): Map<ParticleId, Decision> {
  const decisions = new Map<ParticleId, Decision>()
  for (const id of graph.order) {
    const particle = graph.particles.get(id)
    if (!particle) continue
    const known = before.get(id)
    const origins = [...particle.parents, ...inheritsIn(particle.source).map(({ from }) => from)]
    if (
      known &&
      known.live === lives.get(id) &&
      origins.every(origin => before.get(origin) === decisions.get(origin))
    ) {
      decisions.set(id, known)
      continue
    }
    const decision = decide(particle, lives.get(id), engine, decisions)
    decisions.set(id, decision)
    engine.learn?.(decision)
  }
  return decisions
}

/**
 * Describes every particle of the graph in AWS, decides for each and makes the plan.
 *
 * @throws AggregateError with every different failure when AWS could not be asked.
 */
export async function makePlan(graph: Graph, context: EngineContext, settings: PlanSettings): Promise<Planned> {
  const refresh = new Refresh(graph, context)
  const lives = await refreshAll(graph, refresh)
  const decisions = await decideExamined(graph, lives, context, refresh)
  const acts = [...decisions.values()].some(({ transition }) => transition)
  const account = await accountOf(context, graph, acts)
  return planOf(graph, decisions, claimContextOf(context, account), settings)
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

/** The plan of these decisions. Pure: the same decisions, the same bytes. */
function planOf(graph: Graph, decisions: Decisions, claimContext: ClaimContext, settings: PlanSettings): Planned {
  const acting = new Set([...decisions].filter(([, { transition }]) => transition).map(([id]) => id))
  const dependsOn = dependencies(graph, decisions, acting)
  const steps = inOrder(dependsOn).map(id =>
    remarked(stepOf(decisions, id, dependsOn.get(id) ?? [], settings), settings),
  )
  const unchanged = [...decisions]
    .filter(([id]) => !acting.has(id))
    .sort(([one], [other]) => compareText(one, other))
    .map(([id, decision]) => unchangedOf(id, decision))
  const ofDecisions = [...decisions.values()].flatMap(decision => decision.warnings).sort(compareText)
  const warnings = [...ofDecisions, ...(settings.warnings ?? [])]
  const claims = new Claims(claimContext, decisions)
  const { account, environment } = claimContext
  const problems = [
    ...[...decisions.values()].flatMap(decision => decision.problems),
    ...keptInGoing(graph, decisions),
    ...(account === undefined && hasChanges({ steps }) ? [unknownAccount] : []),
    ...terminations(decisions, settings),
  ]
  const plan: Plan = {
    version: 1,
    environment,
    region: settings.region,
    ...(account && { account }),
    digest: claims.digest(steps),
    summary: summaryOf(steps, unchanged),
    steps,
    unchanged,
    ...(settings.removed && settings.removed.length > 0 && { removed: settings.removed }),
    ...(settings.newEnvironment && steps.length > 0 && { newEnvironment: settings.newEnvironment }),
    ...(warnings.length > 0 && { warnings }),
  }
  return { plan, decisions, claims, problems }
}

/** Without an account, a review would hold for every account. */
const unknownAccount: Problem = {
  message:
    'the AWS account is not known, as no answer of ECS names it, so that nothing can be reviewed for it; allow ecs:DescribeClusters, or look at what answers at AWS_ENDPOINT_URL_ECS',
}

/**
 * Which steps come before which: parents before children on the way up, children before parents on the way down,
 * through particles that have no step themselves.
 */
function dependencies(
  graph: Graph,
  decisions: Decisions,
  acting: ReadonlySet<ParticleId>,
): Map<ParticleId, ParticleId[]> {
  const leaves = (id: ParticleId) => decisions.get(id)?.particle.desired !== 'running'
  const isActing = (id: ParticleId) => acting.has(id)
  const upward = nearest(isActing, id => graph.particles.get(id)?.parents ?? [])
  const downward = nearest(isActing, id => graph.children.get(id) ?? [])
  return new Map(
    [...acting].sort(compareText).map(id => {
      const needed = leaves(id) ? downward(id).filter(leaves) : upward(id).filter(parent => !leaves(parent))
      return [id, needed.sort(compareText)]
    }),
  )
}

/** A live value that stays, against the manifest: nothing of it comes or goes. */
function keptValue(change: FoundChange): Change {
  const { action: _none, ...kept } = shownChange(change)
  return kept
}

function stepOf(
  decisions: Decisions,
  id: ParticleId,
  dependsOn: readonly ParticleId[],
  { waitTimeout }: PlanSettings,
): Step {
  const decision = decisions.get(id) as Decision
  const { particle, observed, transition, changes, risks, why, previousReference, reference } = decision
  const failedParents = particle.parents.filter(parent => decisions.get(parent)?.reason === 'failed')
  return {
    particle: id,
    transition: transition as Transition,
    from: observed.state,
    to: particle.desired,
    changes: changes.map(shownChange),
    dependsOn,
    risks: [
      ...risks,
      ...longerThanWaits(decision, waitTimeout),
      ...failedParents.map(parent => `held back until ${parent} has succeeded`),
    ],
    ...(why && { why }),
    ...(transition === 'wait' && observed.paused && { paused: observed.paused }),
    ...(typeof previousReference === 'string' && previousReference !== reference && { after: previousReference }),
    ...(decision.kept.length > 0 && { kept: decision.kept.map(keptValue) }),
    ...followed(decision, decisions),
    ...(decision.protected.length > 0 && { protected: decision.protected.map(shownChange) }),
    source: { file: particle.place.file, line: particle.place.line },
  }
}

/** Minutes that a job on GitHub's own runners may run. https://docs.github.com/en/actions/reference/limits */
const longestJob = 360

/** A transition that outlasts the wait for it ends the apply as paused. One that outlasts the job ends with the job. */
function longerThanWaits({ leastMinutes }: Decision, waitTimeout = Number.POSITIVE_INFINITY): string[] {
  const least = durationText(leastMinutes * 60_000)
  if (leastMinutes > waitTimeout / 60_000)
    return [
      `takes ${least} at least, longer than wait-timeout (${durationText(waitTimeout)}): the apply ends as paused, and a later one takes it up`,
    ]
  if (leastMinutes <= longestJob) return []
  return [
    `takes ${least} at least, longer than a job of GitHub's runners may (6 h): lower wait-timeout, so that the apply ends as paused before it is cut off`,
  ]
}

/** Changes of a revision that a service follows, unless the revision's own step starts from the same and shows them. */
function followed(decision: Decision, decisions: Decisions): Pick<Step, 'follows'> {
  const follows = decision.changes.flatMap(change => {
    const parent = decisions.get(decision.filled.get(change.path) ?? decision.particle.id)
    if (!parent || parent === decision || typeof change.before !== 'string') return []
    if (change.before === parent.previousReference) return []
    return parent.staleRevisions.get(change.before) ?? []
  })
  return follows.length > 0 ? { follows: follows.map(shownChange) } : {}
}

/** An update or a wait needs no remark on where its name came from: the resource is there already. */
function remarked(step: Step, { remarks, reasons }: PlanSettings): Step {
  if (step.transition === 'update' || step.transition === 'wait') return step
  const [more, why] = [remarks?.get(step.particle) ?? [], reasons?.get(step.particle)]
  return more.length > 0 || why ? { ...step, ...(why && { why }), risks: [...step.risks, ...more] } : step
}

function unchangedOf(id: ParticleId, decision: Decision): Unchanged {
  const { observed, reason = 'equivalent', why } = decision
  return {
    particle: id,
    state: observed.state,
    reason,
    ...(why && { why }),
    ...(decision.protected.length > 0 && { changes: decision.protected.map(shownChange) }),
  }
}

function summaryOf(steps: readonly Step[], unchanged: readonly Unchanged[]): Summary {
  const count = { start: 0, update: 0, replace: 0, stop: 0, terminate: 0, wait: 0, unchanged: 0, protected: 0 }
  for (const { transition } of steps) count[transition]++
  for (const { reason } of unchanged) count[reason === 'protected' ? 'protected' : 'unchanged']++
  return count
}

/** A protected particle keeps its parents: a cluster with a service in it cannot be deleted. */
function keptInGoing(graph: Graph, decisions: Decisions): Problem[] {
  const problems: Problem[] = []
  for (const [id, decision] of decisions) {
    if (!isEnd(decision)) continue
    for (const child of graph.children.get(id) ?? []) {
      const kept = decisions.get(child)
      if (kept?.reason !== 'protected' || kept.particle.desired === 'running') continue
      const { file, line } = kept.particle.place
      problems.push({
        place: decision.particle.place,
        message: `${id} is to go, but ${child} (${file}:${line}) is kept by persist_on_termination; keep both, or let both go`,
      })
    }
  }
  return problems
}

/** Refuses plans that end more running particles than `max-terminations` allows, where no manifest names each. */
function terminations(decisions: Decisions, { maxTerminations, removed = [] }: PlanSettings): Problem[] {
  const all = [...decisions.values()]
  const running = all.filter(
    ({ observed, reason }) => reason !== 'reference' && (observed.state === 'running' || observed.state === 'pending'),
  )
  const going = all.filter(one => one.transition === 'replace' || (isEnd(one) && !one.particle.desiredIsOwn))
  const total = running.length + removed.filter(({ unmanaged }) => !unmanaged).length
  const most =
    'count' in maxTerminations
      ? maxTerminations.count
      : Math.max(1, Math.floor((total * maxTerminations.percent) / 100))
  if (going.length <= most) return []
  const names = going.map(({ particle }) => particle.id).sort(compareText)
  const message = `${going.length} of ${total} running particles would be terminated or replaced, more than max-terminations allows (${most}): ${names.slice(0, 10).join(', ')}${names.length > 10 ? ' and others' : ''}; give each its own desired_state, or raise max-terminations`
  return [{ ...(going[0] && { place: going[0].particle.place }), message }]
}

/** Whether an apply would change anything in AWS. */
export const hasChanges = ({ steps }: Pick<Plan, 'steps'>): boolean =>
  steps.some(({ transition }) => transition !== 'wait')
