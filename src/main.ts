import { join } from 'node:path'
import picomatch from 'picomatch'
import type { Clock } from './clock.ts'
import { baselineManifests, type ManifestReader, manifestReader } from './commands/baseline.ts'
import { cancellation, cancelledApply } from './commands/cancellation.ts'
import { fileName } from './commands/fileName.ts'
import { type FormerSecretsOf, formerSecretsIn } from './commands/formerSecrets.ts'
import { findOrphans, type Orphans } from './commands/orphans.ts'
import { type AffectedPullRequests, pullRequestsFor, reviewPlan, unreviewedInGroup } from './commands/review.ts'
import { type SensitivityPolicy, sensitivityOf } from './compare/sensitivity.ts'
import { Ecs } from './ecs/client.ts'
import { EcsError } from './ecs/errors.ts'
import { apply } from './engine/apply.ts'
import { claimsMade, claimsVersion, publishedClaims } from './engine/claims.ts'
import type { Plan, Report } from './engine/document.ts'
import { decideExamined } from './engine/examine.ts'
import { refusal } from './engine/failure.ts'
import { type Graph, graphOf } from './engine/graph.ts'
import { Journal } from './engine/journal.ts'
import { hasChanges, type Planned, planOf } from './engine/plan.ts'
import type { HandedOn } from './engine/posted.ts'
import { accountOf, claimContextOf, type EngineContext, Refresh, refreshAll } from './engine/refresh.ts'
import { flavors } from './flavors/index.ts'
import { vocabulary } from './flavors/vocabulary.ts'
import { applyBranches, whyNotAppliedFrom } from './github/branches.ts'
import { type Command, commandFor, EventError, type GitHubEvent, readEvent } from './github/event.ts'
import type { CommitManifests } from './github/manifestsAt.ts'
import { PullRequestReporter } from './github/reporter.ts'
import { type Runner, redactingRunner } from './github/runner.ts'
import { Supersession } from './github/supersede.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { findManifests } from './manifest/files.ts'
import { type Loaded, load } from './manifest/load.ts'
import { quote } from './manifest/words.ts'
import type { Particle, ParticleId, Problem } from './particle.ts'
import { Redactor } from './redact/redactor.ts'
import { failures } from './render/failures.ts'
import { renderPlanText, renderReportText } from './render/text.ts'
import { untrusted } from './untrusted.ts'

/** What the program touches of the world around it. */
export interface Host {
  readonly env: NodeJS.ProcessEnv
  readonly runner: Runner
  readonly clock: Clock
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal
}

/** One run: what was asked for, and where to say what came of it. */
interface Invocation extends Host {
  readonly inputs: Inputs
  readonly event: GitHubEvent
  readonly conversation: PullRequestReporter
  /** Everything that leaves goes through it, once. */
  readonly redactor: Redactor
  readonly before: ManifestReader
  /** The report as it was written last, for a run that ends in the middle. */
  readonly written: { report?: Report }
}

/** Manifests in; a plan, or an apply, out. */
export async function main(edge: Host): Promise<void> {
  const read = readInputs(edge.env)
  if ('problems' in read) return edge.runner.fail(read.problems)
  const { inputs } = read
  const redactor = new Redactor(sensitivityPolicyOf(inputs), [
    inputs.environment,
    ...(inputs.region ? [inputs.region] : []),
  ])
  try {
    await run({ ...edge, runner: redactingRunner(edge.runner, redactor) }, inputs, redactor)
  } catch (error) {
    // Whatever it is that nobody expected, it may repeat what it was given.
    throw new Error(redactor.sentence(untrusted(error instanceof Error ? error.message : String(error))), {
      cause: error,
    })
  }
}

async function run(edge: Host, inputs: Inputs, redactor: Redactor): Promise<void> {
  const { env, runner, clock, signal } = edge
  const event = await readEvent(env)
  const command = chosen(event, inputs, runner)
  if (!command) return
  const loaded = readManifests(inputs)
  for (const particle of loaded.particles) redactor.learn({ particle })
  if (command === 'validate') return validate(loaded, inputs, runner)
  const conversation = new PullRequestReporter(event, inputs, clock, signal, text => runner.warn(text))
  const before = manifestReader(inputs, conversation)
  const job: Invocation = { ...edge, inputs, event, conversation, redactor, before, written: {} }
  try {
    if (command === 'plan') await plan(job, loaded)
    else await applyPlan(job, loaded)
  } catch (error) {
    if (!signal.aborted) throw error
    return sayCancelled(job, command)
  }
  if (conversation.commentUrl) runner.output('comment-url', conversation.commentUrl)
}

/** Waiting for AWS or GitHub was given up. A report is left whatever happened. */
async function sayCancelled(job: Invocation, command: 'plan' | 'apply'): Promise<void> {
  const { runner, signal, written, conversation } = job
  const message = cancellation(signal.reason, written.report)
  if (message) runner.fail([{ message }])
  if (command === 'plan' || !message || written.report?.finishedAt) return
  const report = journalOf(job).finish('cancelled', { code: 'Cancelled', message, details: [] })
  await runner.summary(conversation.reportSummary(report, undefined))
}

function chosen(event: GitHubEvent, inputs: Inputs, runner: Runner): Command | undefined {
  try {
    const branches = applyBranches(inputs.applyBranches, event.defaultBranch)
    const { command, because } = commandFor(event, inputs.command, branches)
    if (because) runner.info(`${command}: ${because}`)
    return command
  } catch (error) {
    if (!(error instanceof EventError)) throw error
    runner.fail([{ message: error.message }])
    return undefined
  }
}

function readManifests(inputs: Inputs): Loaded {
  const directory = join(inputs.workspace, inputs.workingDirectory)
  const { texts, problems } = findManifests(inputs.manifests, directory, inputs.workspace)
  const policy = sensitivityPolicyOf(inputs)
  const hides = (particle: Particle, path: readonly string[]) =>
    sensitivityOf(particle, policy).hidesAt?.(particle.definition, path) === true
  const loaded = load(texts, { ...inputs, hides, vocabularies: vocabulary })
  return { ...loaded, problems: [...problems, ...loaded.problems] }
}

function validate({ particles, problems, counts }: Loaded, { environment }: Inputs, runner: Runner): void {
  if (problems.length > 0) {
    runner.fail(problems)
    return
  }
  const byFlavor = new Map<string, number>()
  for (const { flavor } of particles) byFlavor.set(flavor, (byFlavor.get(flavor) ?? 0) + 1)
  runner.info(`${counts.files} manifest${counts.files === 1 ? '' : 's'} read for the environment ${environment}:`)
  for (const [flavor, count] of [...byFlavor].sort()) runner.info(`  ${count} ${flavor}`)
  if (counts.absent > 0) runner.info(`  ${counts.absent} not in this environment`)
  if (counts.environments.length > 0) runner.info(`  environments: ${counts.environments.map(quote).join(', ')}`)
}

async function plan(job: Invocation, loaded: Loaded): Promise<void> {
  const { inputs, runner, event, conversation, redactor } = job
  const made = await makePlan(job, loaded)
  if ('skipped' in made) {
    const { skipped } = made
    runner.info(`plan skipped: ${skipped}`)
    await runner.summary(conversation.planSummary({ skipped }))
    return conversation.showPlan({ skipped })
  }
  const problems = [...made.problems]
  const { planned, world: engine } = made
  if (!planned || !engine) return refuse(job, undefined, problems)
  if (event.mergeGroup) problems.push(...(await unreviewedInGroup(job, planned)))
  const claims = { version: claimsVersion, hashes: publishedClaims(planned.decisions, planned.claimContext) }
  const shown = redactor.data(planned.plan)
  // A plan that may not be applied shows nothing that somebody could take for reviewed.
  const handedOn = {
    ...claims,
    ...conversation.planned,
    made: redactor.data({ made: claimsMade(planned.decisions, planned.claimContext) }).made,
  }
  publishPlan(job, shown, problems.length > 0 ? undefined : handedOn)
  if (problems.length > 0) return refuse(job, shown, problems)
  await runner.summary(conversation.planSummary({ plan: shown }))
  await conversation.showPlan({ plan: shown, claims })
  if (inputs.failOnChanges && hasChanges(shown)) {
    runner.fail([
      { message: 'the plan has changes and fail-on-changes is set; apply them, or bring the manifests up to date' },
    ])
  }
}

/** Nothing is done: every problem is said, on the pull request too. */
async function refuse(job: Invocation, plan: Plan | undefined, found: readonly Problem[]): Promise<void> {
  const { runner, conversation, redactor } = job
  const problems = found.map(problem => redactor.problem(problem))
  runner.fail(problems)
  const news = { ...(plan && { plan }), problems }
  await runner.summary(conversation.planSummary(news))
  await conversation.showPlan(news)
}

/** The plan in the log, in a file and in the outputs. The file has the claims too, for whoever posts what another job has planned. */
function publishPlan({ runner, inputs }: Invocation, plan: Plan, claims?: HandedOn): void {
  runner.info(renderPlanText(plan))
  // Where no pull request shows it, this is what a person hands on as approved-digest.
  if (hasChanges(plan)) runner.info(`\nDigest of this plan: ${plan.digest}`)
  for (const warning of plan.warnings ?? []) runner.warn(warning)
  runner.output('has-changes', hasChanges(plan))
  runner.output('digest', plan.digest)
  runner.output('summary', JSON.stringify(plan.summary))
  runner.output(
    'plan-file',
    runner.file(
      `${fileName(inputs)}.plan.json`,
      `${JSON.stringify({ ...plan, ...(claims && { claims }) }, null, 2)}\n`,
    ),
  )
}

interface PlanAttempt {
  /** Missing when AWS could not be looked at, or the manifests could not be read. */
  readonly planned?: Planned
  readonly graph?: Graph
  readonly world?: EngineContext
  readonly orphans?: Orphans
  readonly problems: readonly Problem[]
}

const SKIPPED_FORK = 'what a fork proposes is never planned, whatever credentials there are; its manifests are valid'

async function makePlan(job: Invocation, loaded: Loaded): Promise<PlanAttempt | { readonly skipped: string }> {
  const { inputs, event } = job
  // The step that fetches credentials sets the region too, and is skipped for a fork.
  const problems = [...loaded.problems, ...(event.fromFork ? [] : loaded.regionless)]
  if (problems.length > 0) return { problems }
  if (event.fromFork) return { skipped: SKIPPED_FORK }
  const unknown = unknownIds(loaded.particles, inputs)
  if (unknown.length > 0) return { problems: unknown }
  const earlier = await baselineManifests(event, job.conversation, inputs, job.before)
  const engine = engineContext(job, formerSecretsIn(earlier, loaded.particles, inputs))
  try {
    const stranger = await accountProblem(engine, inputs)
    if (stranger) return { problems: [stranger] }
    const orphans = await findOrphans(job, loaded, engine)
    const all = [...loaded.particles, ...orphans.particles]
    const graph = graphOf(all)
    const refresh = new Refresh(graph, engine)
    const { lives, errors } = await refreshAll(graph, refresh)
    if (errors.length > 0) throw errors
    const decisions = await decideExamined(graph, lives, engine, refresh)
    const acts = [...decisions.values()].some(({ transition }) => transition)
    const planned = planOf(graph, decisions, {
      region: regionOf(inputs, all),
      claimContext: claimContextOf(engine, await accountOf(engine, graph, acts)),
      maxTerminations: inputs.maxTerminations,
      removed: orphans.reported,
      remarks: orphans.remarks,
      warnings: [...orphans.warnings, ...unreadable(earlier)],
    })
    return { planned, graph, world: engine, orphans, problems: [...planned.problems, ...orphans.problems] }
  } catch (thrown) {
    const errors = Array.isArray(thrown) ? thrown : [thrown]
    if (!errors.every(error => error instanceof EcsError)) throw thrown
    // Calls that fail side by side for one reason, such as no credentials, are one problem.
    const different = new Map(errors.toReversed().map(error => [`${error.code}: ${error.said}`, error]))
    return { problems: [...different.values()].reverse().map(({ message }) => ({ message })) }
  }
}

const regionOf = ({ region }: Inputs, particles: readonly Particle[]): string => region ?? particles[0]?.region ?? ''

/** Where nothing is known of before, nothing of before is shown. */
function unreadable(texts: readonly CommitManifests[]): string[] {
  const [first] = texts
  if (!first || !('why' in first) || !texts.every(found => 'why' in found)) return []
  return [`what values were before is not shown, as it is not known which were secret: ${first.why}`]
}

function engineContext(
  { inputs, event, clock, signal, redactor }: Invocation,
  formerly: FormerSecretsOf,
): EngineContext {
  const regions = new Map<string, Ecs>()
  const settings = { clock, signal, maxConcurrency: inputs.maxConcurrency }
  return {
    flavors,
    clock,
    environment: inputs.environment,
    ...(event.repositoryId !== undefined && { repository: event.repositoryId }),
    requested: new Set<ParticleId>([...inputs.retryTasks, ...inputs.redeploy]),
    sensitivity: { ...sensitivityPolicyOf(inputs), formerSecrets: formerly },
    learn: found => redactor.learn(found),
    ecs(region) {
      const known = regions.get(region) ?? new Ecs(region, settings)
      regions.set(region, known)
      return known
    },
  }
}

function sensitivityPolicyOf({
  variables,
  secretVariables,
  releaseVariables,
  revealEnvironment,
}: Inputs): SensitivityPolicy {
  // To the matcher, one excluded name among others would mean every name but that.
  const excludes = (glob: string) => glob.startsWith('!') && !glob.startsWith('!(')
  const shown = revealEnvironment.filter(glob => !excludes(glob))
  const excluded = revealEnvironment.filter(excludes).map(glob => glob.slice(1))
  const revealed = shown.length > 0 ? picomatch(shown, { ignore: excluded }) : () => false
  const secretValues = [...secretVariables].map(name => variables.get(name) ?? '').filter(value => value !== '')
  return { secretVariables, secretValues, releaseVariables, revealed: name => revealed(name) }
}

/** An id that an input names and nobody declares is a typo that would pass for "nothing to do". */
function unknownIds(particles: readonly Particle[], { retryTasks, redeploy }: Inputs): Problem[] {
  const declared = new Set<string>(particles.map(({ id }) => id))
  const missing = (input: string, ids: readonly ParticleId[]) =>
    ids.filter(id => !declared.has(id)).map(id => ({ message: `input ${input}: ${id} is not declared` }))
  return [...missing('retry-tasks', retryTasks), ...missing('redeploy', redeploy)]
}

async function accountProblem(engine: EngineContext, inputs: Inputs): Promise<Problem | undefined> {
  const { allowedAccountIds, region } = inputs
  if (allowedAccountIds.length === 0) return undefined
  const account = await engine.ecs(region ?? 'us-east-1').findAccount()
  if (account && allowedAccountIds.includes(account)) return undefined
  return {
    message: `these credentials are for the account ${account ?? '(unknown)'}, which is not among allowed-account-ids (${allowedAccountIds.join(', ')}); check the role that the workflow assumes`,
  }
}

async function applyPlan(job: Invocation, loaded: Loaded): Promise<void> {
  const { runner, inputs, conversation, redactor } = job
  const elsewhere = fromElsewhere(job)
  if (elsewhere) {
    const problems = [{ message: elsewhere }]
    journalOf(job).finish('refused', refusal(problems))
    runner.fail(problems)
    return runner.summary(conversation.planSummary({ problems, merges: false }))
  }
  const turn = turnOf(job)
  // Also by hand: whoever runs an old run again gets its old commit again.
  const superseded = await turn?.overtaken()
  if (superseded) {
    const journal = journalOf(job)
    const why = `${superseded}: nothing is done`
    const report = journal.finish('superseded', { code: 'Superseded', message: why, details: [] })
    runner.info(why)
    await runner.summary(conversation.reportSummary(report, undefined))
    return
  }
  const made = await makePlan(job, loaded)
  if ('skipped' in made) return runner.fail([{ message: made.skipped }])
  const { planned, world: engine, graph, orphans } = made
  const problems = made.problems.map(problem => redactor.problem(problem))
  const shown = planned && redactor.data(planned.plan)
  if (shown) publishPlan(job, shown)
  if (!planned || !shown || !engine || !graph || !orphans || problems.length > 0) {
    const report = journalOf(job).finish('failed', refusal(problems))
    runner.fail(problems)
    await runner.summary(conversation.planSummary({ ...(shown && { plan: shown }), problems, merges: false }))
    return conversation.showReport(redactor.data(report), shown, await pullRequestsFor(job), false)
  }
  const review = await reviewPlan(job, planned)
  if (review.problems.length > 0) {
    const refused = review.problems.map(problem => redactor.problem(problem))
    const report = journalOf(job).finish('refused', refusal(refused))
    runner.fail(refused)
    await runner.summary(conversation.planSummary({ plan: shown, problems: refused, merges: false }))
    await conversation.showRefusal(shown, refused, orphans.refusedTexts)
    return conversation.showReport(redactor.data(report), shown, review.told, false)
  }
  const report = await apply(planned, graph, engine, journalOf(job), {
    waitTimeout: inputs.waitTimeout,
    onFailure: inputs.onFailure,
    signal: job.signal,
    ...(turn && { mayBegin: modifies => turn.mayBegin(modifies) }),
    log: runner.log,
  })
  await conclude(job, report, planned.plan, graph, review.told, orphans)
}

async function conclude(
  job: Invocation,
  report: Report,
  plan: Plan,
  graph: Graph,
  told: AffectedPullRequests,
  orphans: Orphans,
): Promise<void> {
  const { runner, conversation, redactor } = job
  const [shown, shownPlan] = [redactor.data(report), redactor.data(plan)]
  runner.info(renderReportText(shown, shownPlan))
  // What a newer apply has taken over did not fail: that one says how it ends.
  if (report.result !== 'succeeded' && report.result !== 'superseded') {
    const problems = failures(shown, shownPlan, id => graph.particles.get(id)?.place)
    const unnamed = { message: report.result === 'cancelled' ? cancelledApply : 'the apply failed' }
    runner.fail(problems.length > 0 ? problems : [unnamed])
  }
  await runner.summary(conversation.reportSummary(shown, shownPlan))
  const lists = orphans.appliedTexts(report, told.merged)
  await conversation.showReport(shown, shownPlan, told, conversation.branch !== undefined, lists)
}

/** Why nothing may be applied from where this run stands, if so. */
function fromElsewhere({ inputs, event, conversation }: Invocation): string | undefined {
  const { branches } = conversation
  // Outside of GitHub nobody says which branch is the default one: then nothing counts as reviewed, and nothing is elsewhere.
  if (!branches) return undefined
  // Without a review, and where nobody has named branches, any may be tried out.
  return inputs.requireReview || branches.chosen ? whyNotAppliedFrom(event.ref, branches) : undefined
}

function journalOf({ runner, inputs, clock, redactor, written }: Invocation): Journal {
  const name = `${fileName(inputs)}.report.json`
  let told = false
  return new Journal(inputs.environment, clock, report => {
    written.report = report
    const path = runner.file(name, `${JSON.stringify(redactor.data(report), null, 2)}\n`)
    // At once: outputs of a step that is killed are those that it has written.
    if (!told) runner.output('report-file', path)
    told = true
  })
}

/** Its place among the applies of its branch; undefined where GitHub cannot be asked, or the branch is none that is applied. */
function turnOf({ event, inputs, conversation, runner, clock }: Invocation): Supersession | undefined {
  const { github, branch } = conversation
  const { sha: commit } = event
  if (!github || !commit || !branch) return undefined
  const { environment } = inputs
  const [begin, warn] = [() => conversation.showBegun(), (text: string) => runner.warn(text)]
  return new Supersession({ github, environment, commit, branch, clock, begin, warn })
}
