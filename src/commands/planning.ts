/** From manifests to a plan: the half that the commands `plan` and `apply` share. */
import { Ecs } from '../ecs/client.ts'
import { EcsError } from '../ecs/errors.ts'
import { type Plan, pausedDeployments } from '../engine/document.ts'
import { type Graph, graphOf } from '../engine/graph.ts'
import { hasChanges, makePlan, type Planned } from '../engine/plan.ts'
import type { HandedOn } from '../engine/posted.ts'
import type { EngineContext } from '../engine/refresh.ts'
import { flavors } from '../flavors/index.ts'
import { originOf } from '../github/fork.ts'
import type { CommitManifests } from '../github/manifestsAt.ts'
import type { Inputs } from '../inputs.ts'
import type { Loaded } from '../manifest/load.ts'
import { didYouMean } from '../manifest/suggest.ts'
import { lineOf } from '../manifest/words.ts'
import { memoized } from '../memoized.ts'
import type { Particle, ParticleId, Problem } from '../particle.ts'
import { renderPlanText } from '../render/log.ts'
import { oneOrMany } from '../wording.ts'
import {
  type Baseline,
  baselineManifests,
  baselineOf,
  type FormerSecretsOf,
  formerSecretsIn,
  newEnvironment,
} from './baseline.ts'
import { withHistory } from './earlier.ts'
import { planFileName } from './fileName.ts'
import type { Invocation } from './invocation.ts'
import { findOrphans, type Orphans } from './orphans.ts'
import { sensitivityPolicyOf } from './sensitivityPolicy.ts'

/** A plan and everything an apply needs to carry it out. With problems the plan is shown and never applied. */
export interface Prepared {
  readonly planned: Planned
  readonly graph: Graph
  readonly context: EngineContext
  readonly orphans: Orphans
  readonly problems: readonly Problem[]
}

/** No plan: manifests are wrong, or ECS refused to describe. */
type Unplanned = { readonly planned?: undefined } & Pick<Prepared, 'problems'>

const forkSkipped = 'what a fork proposes is never planned, whatever credentials there are; its manifests are valid'

const withoutSecrets = (names: readonly string[]): string =>
  `Dependabot's runs get none of the repository's secrets, so ${names.join(', ')} ${oneOrMany(names.length, 'has', 'have')} no value; its manifests are valid. Add the secret to Dependabot's own, or plan from a branch of your own`

/**
 * Plans what the manifests declare. AWS and GitHub are read, nothing is changed, and calls that ECS refuses are
 * problems. `skipped` is the reason not to plan.
 */
export async function prepare(
  invocation: Invocation,
  loaded: Loaded,
): Promise<Prepared | Unplanned | { readonly skipped: string }> {
  const { inputs, event, reporter } = invocation
  const { particles } = loaded
  const origin = await originOf(event, reporter.github)
  // The step that fetches credentials sets the region too, and is skipped for a fork.
  const wrong = [...loaded.problems, ...(origin === 'fork' ? [] : loaded.regionless)]
  if (wrong.length > 0) return { problems: wrong }
  if (origin === 'fork') return { skipped: forkSkipped }
  if (origin !== 'own') return { problems: [{ message: origin.unknown }] }
  if (inputs.missingSecrets.length > 0) return { skipped: withoutSecrets(inputs.missingSecrets) }
  const idle = idleIds(loaded, inputs)
  if (idle.length > 0) return { problems: idle }
  const baseline = await baselineOf(invocation)
  const earlier = await baselineManifests(invocation, baseline)
  const context = engineContext(invocation, formerSecretsIn(earlier, particles, inputs))
  // Side by side: a plan for another account is thrown away, and every other one would have waited for a round more.
  const [refused, prepared] = await Promise.allSettled([
    accountProblem(context, inputs, particles[0]?.region),
    planDeclared(invocation, loaded, context, baseline, unreadable(earlier)),
  ])
  if (refused.status === 'rejected') return { problems: ecsProblems(refused.reason) }
  if (refused.value) return { problems: [refused.value] }
  return prepared.status === 'rejected' ? { problems: ecsProblems(prepared.reason) } : prepared.value
}

/** The plan of what is declared, and of what is not any more. Throws what the calls to ECS end with. */
async function planDeclared(
  invocation: Invocation,
  loaded: Loaded,
  context: EngineContext,
  baseline: Baseline,
  warnings: readonly string[],
): Promise<Prepared> {
  const { inputs } = invocation
  const orphans = await findOrphans(invocation, loaded, context)
  const all = [...loaded.particles, ...orphans.particles]
  const graph = graphOf(all)
  const unheardOf = newEnvironment(invocation, baseline, loaded.counts.environments)
  const planned = await makePlan(graph, context, {
    region: inputs.region ?? all[0]?.region ?? '',
    maxTerminations: inputs.maxTerminations,
    waitTimeout: inputs.waitTimeout,
    removed: orphans.reported,
    remarks: orphans.remarks,
    reasons: orphans.reasons,
    ...(unheardOf && { newEnvironment: unheardOf }),
    warnings: [...orphans.warnings, ...warnings],
  })
  const plan = await withHistory(invocation, baseline, planned, context, orphans.members)
  const problems = [...planned.problems, ...orphans.problems]
  return { planned: { ...planned, plan }, graph, context, orphans, problems }
}

/** Failed calls as problems: calls that fail side by side for one reason, such as missing credentials, are one problem. */
function ecsProblems(thrown: unknown): Problem[] {
  const errors: unknown[] = thrown instanceof AggregateError ? thrown.errors : [thrown]
  if (!errors.every(error => error instanceof EcsError)) throw thrown
  const different = new Map(errors.toReversed().map(error => [`${error.code}: ${error.said}`, error]))
  return [...different.values()].reverse().map(({ message }) => ({ message }))
}

/** Without all earlier manifests every earlier value is hidden, and this warning names the reason. */
function unreadable(baseline: readonly CommitManifests[]): string[] {
  const first = baseline.find(found => 'why' in found)
  if (!first) return []
  return [`what values were before is not shown, as it is not known which were secret: ${first.why}`]
}

function engineContext(
  { inputs, event, clock, signal, redactor, levels }: Invocation,
  formerSecrets: FormerSecretsOf,
): EngineContext {
  const settings = { clock, signal, maxConcurrency: inputs.maxConcurrency, levels }
  return {
    flavors,
    clock,
    environment: inputs.environment,
    ...(event.repositoryId !== undefined && { repository: event.repositoryId }),
    requested: new Set<ParticleId>([...inputs.retryTasks, ...inputs.redeploy]),
    sensitivity: { ...sensitivityPolicyOf(inputs), formerSecrets },
    learn: found => redactor.learn(found),
    ecs: memoized(region => new Ecs(region, settings)),
  }
}

/** Ids in inputs of which nothing would come: each is a mistake, and would pass for "nothing to do". */
function idleIds({ particles, absent }: Loaded, { retryTasks, redeploy }: Inputs): Problem[] {
  const declared = new Map<string, Particle>(particles.map(particle => [particle.id, particle]))
  const alike = (id: ParticleId) => particles.flatMap(one => (id.startsWith(`${one.flavor}:`) ? one.id : []))
  const whyIdle = (id: ParticleId, again: string): string | undefined => {
    const leftOut = absent.get(id)
    if (leftOut) return `is not in this environment (${lineOf(leftOut)})`
    const particle = declared.get(id)
    if (!particle) return `is not declared${didYouMean(id, alike(id))}`
    const { desired, persistOnUpdate, flavor, place } = particle
    if (desired !== 'running') return `is to be ${desired} (${lineOf(place)}), so that it is not ${again}`
    const isKept = persistOnUpdate && flavor === 'ecs_service'
    return isKept ? `has persist_on_update (${lineOf(place)}), so that it is not ${again}` : undefined
  }
  const problemsIn = (input: string, ids: readonly ParticleId[], again: string) =>
    ids.flatMap(id => {
      const why = whyIdle(id, again)
      return why ? [{ message: `input ${input}: ${id} ${why}` }] : []
    })
  return [...problemsIn('retry-tasks', retryTasks, 'run again'), ...problemsIn('redeploy', redeploy, 'deployed again')]
}

/** `elsewhere`: the region to ask where the inputs name none. Credentials are good for one partition only. */
async function accountProblem(
  context: EngineContext,
  { allowedAccountIds, region }: Inputs,
  elsewhere = 'us-east-1',
): Promise<Problem | undefined> {
  if (allowedAccountIds.length === 0) return undefined
  const account = await context.ecs(region ?? elsewhere).findAccount()
  if (account && allowedAccountIds.includes(account)) return undefined
  return {
    message: `these credentials are for the account ${account ?? '(unknown)'}, which is not among allowed-account-ids (${allowedAccountIds.join(', ')}); check the role that the workflow assumes`,
  }
}

/** Writes the plan to log, file and outputs. The file carries the claims for a job that posts this plan. */
export function publishPlan({ runner, inputs, reporter }: Invocation, plan: Plan, claims?: HandedOn): void {
  runner.info(renderPlanText(plan, reporter.neverApplied))
  // Without a pull request the log is where a person finds the value for approved-digest.
  if (hasChanges(plan)) runner.info(`\nDigest of this plan: ${plan.digest}`)
  for (const warning of plan.warnings ?? []) runner.warn(warning)
  const text = `${JSON.stringify({ ...plan, ...(claims && { claims }) }, null, 2)}\n`
  runner.output('has-changes', hasChanges(plan))
  runner.output('digest', plan.digest)
  const paused = pausedDeployments(plan)
  if (paused.length > 0) runner.output('deployment', paused.join('\n'))
  runner.output('summary', JSON.stringify(plan.summary))
  runner.output('plan-file', runner.file(planFileName(inputs), text))
}
