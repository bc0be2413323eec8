import { join } from 'node:path'
import picomatch from 'picomatch'
import { type ReadBefore, readerBefore, textsBefore } from './before.ts'
import type { Clock } from './clock.ts'
import { Ecs } from './ecs/ecs.ts'
import { EcsError } from './ecs/errors.ts'
import { apply } from './engine/apply.ts'
import { claimsVersion, publishedClaims } from './engine/claims.ts'
import { curtainOf, type Veil } from './engine/curtain.ts'
import type { Plan, Removed, Report } from './engine/document.ts'
import { type Graph, graphOf } from './engine/graph.ts'
import { type Failure, Journal } from './engine/journal.ts'
import { observe, Pass, type World } from './engine/observe.ts'
import { decideAll, hasChanges, type Planned, planOf } from './engine/plan.ts'
import { Redactor } from './engine/redact.ts'
import { removedSince } from './engine/removed.ts'
import { flavors } from './flavors/index.ts'
import { vocabulary } from './flavors/vocabulary.ts'
import { formerlyIn, type Ways } from './formerly.ts'
import type { Claims } from './github/check.ts'
import { Conversation } from './github/conversation.ts'
import { type Command, commandFor, EventError, type GitHubEvent, readEvent } from './github/event.ts'
import type { Texts } from './github/removed.ts'
import { supersededBy } from './github/review.ts'
import { discreet, type Runner } from './github/runner.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { findManifests } from './manifest/files.ts'
import { type Loaded, load } from './manifest/load.ts'
import { quote } from './manifest/words.ts'
import { isGone, type Particle, type ParticleId, type Problem, sayProblem } from './particle.ts'
import { renderPlanText, renderReportText } from './render/text.ts'
import { held, judge, type Told, unshownInGroup } from './review.ts'
import { said } from './said.ts'

/** What the program touches of the world around it. */
export interface Edge {
  readonly env: NodeJS.ProcessEnv
  readonly runner: Runner
  readonly clock: Clock
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal
}

/** One run: what was asked for, and where to say what came of it. */
interface Job extends Edge {
  readonly inputs: Inputs
  readonly event: GitHubEvent
  readonly conversation: Conversation
  /** Everything that leaves goes through it, once. */
  readonly redactor: Redactor
  readonly before: ReadBefore
}

/** Manifests in; a plan, or an apply, out. */
export async function main(edge: Edge): Promise<void> {
  const read = readInputs(edge.env)
  if ('problems' in read) return edge.runner.fail(read.problems)
  const { inputs } = read
  const redactor = new Redactor(veilOf(inputs), [inputs.environment, ...(inputs.region ? [inputs.region] : [])])
  try {
    await run({ ...edge, runner: discreet(edge.runner, redactor) }, inputs, redactor)
  } catch (error) {
    // Whatever it is that nobody expected, it may repeat what it was given.
    throw new Error(redactor.sentence(said(error instanceof Error ? error.message : String(error))), { cause: error })
  }
}

async function run(edge: Edge, inputs: Inputs, redactor: Redactor): Promise<void> {
  const { env, runner, clock, signal } = edge
  const event = await readEvent(env)
  const command = chosen(event, inputs, runner)
  if (!command) return
  const loaded = readManifests(inputs)
  for (const particle of loaded.particles) redactor.learn({ particle })
  if (command === 'validate') return validate(loaded, inputs, runner)
  const conversation = new Conversation(event, inputs, clock, signal, text => runner.warn(text))
  const before = readerBefore(inputs, conversation)
  const job: Job = { ...edge, inputs, event, conversation, redactor, before }
  if (command === 'plan') await plan(job, loaded)
  else await applyPlan(job, loaded)
  if (conversation.commentUrl) runner.output('comment-url', conversation.commentUrl)
}

function chosen(event: GitHubEvent, inputs: Inputs, runner: Runner): Command | undefined {
  try {
    const { command, because } = commandFor(event, inputs.command)
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
  const veil = veilOf(inputs)
  const hides = (particle: Particle, path: readonly string[]) =>
    curtainOf(particle, veil).hidesAt?.(particle.definition, path) === true
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

async function plan(job: Job, loaded: Loaded): Promise<void> {
  const { inputs, runner, event, conversation, redactor } = job
  const made = await makePlan(job, loaded)
  if ('skipped' in made) {
    const { skipped } = made
    runner.info(`plan skipped: ${skipped}`)
    await runner.summary(conversation.planSummary({ skipped }))
    return conversation.showPlan({ skipped })
  }
  const problems = [...made.problems]
  const { planned, world } = made
  if (!planned || !world) return refuse(job, undefined, problems)
  if (event.mergeGroup) problems.push(...(await unshownInGroup(job, planned, world)))
  const claims = { version: claimsVersion, hashes: publishedClaims(planned.decisions, world.veil) }
  const shown = redactor.data(planned.plan)
  // A plan that may not be applied shows nothing that somebody could take for reviewed.
  tell(job, shown, problems.length > 0 ? undefined : claims)
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
async function refuse(job: Job, plan: Plan | undefined, found: readonly Problem[]): Promise<void> {
  const { runner, conversation, redactor } = job
  const problems = found.map(problem => redactor.problem(problem))
  runner.fail(problems)
  const news = { ...(plan && { plan }), problems }
  await runner.summary(conversation.planSummary(news))
  await conversation.showPlan(news)
}

/** The plan in the log, in a file and in the outputs. The file has the claims too, for whoever posts what another job has planned. */
function tell({ runner, inputs }: Job, plan: Plan, claims?: Claims): void {
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

const fileName = ({ environment }: Inputs): string => environment.replace(/[^A-Za-z0-9._-]/g, '-')

interface Made {
  /** Missing when AWS could not be looked at, or the manifests could not be read. */
  readonly planned?: Planned
  readonly graph?: Graph
  readonly world?: World
  readonly problems: readonly Problem[]
}

const SKIPPED_FORK = 'a pull request from a fork gets no AWS credentials; its manifests are valid'

async function makePlan(job: Job, loaded: Loaded): Promise<Made | { readonly skipped: string }> {
  const { inputs, event } = job
  const fork = event.pullRequest?.fromFork === true
  // The step that fetches credentials sets the region too, and is skipped with them.
  const problems = [...loaded.problems, ...(fork ? [] : loaded.regionless)]
  if (problems.length > 0) return { problems }
  if (loaded.regionless.length > 0) return { skipped: SKIPPED_FORK }
  const unknown = unknownIds(loaded.particles, inputs)
  if (unknown.length > 0) return { problems: unknown }
  const earlier = await textsBefore(event, job.conversation, inputs, job.before)
  const world = worldOf(job, formerlyIn(earlier, loaded.particles, inputs))
  try {
    const stranger = await strangeAccount(world, inputs)
    if (stranger) return { problems: [stranger] }
    const removed = await findRemoved(job, loaded.particles, world)
    const all = inputs.onRemoved === 'terminate' ? [...loaded.particles, ...removed.particles] : loaded.particles
    const graph = graphOf(all)
    const { lives, errors } = await observe(graph, new Pass(graph, world))
    if (errors.length > 0) throw errors
    const account = world.ecs(regionOf(inputs, all)).account
    const planned = planOf(graph, decideAll(graph, lives, world), {
      environment: inputs.environment,
      region: regionOf(inputs, all),
      veil: world.veil,
      maxTerminations: inputs.maxTerminations,
      removed: removed.reported,
      warnings: [...removed.warnings, ...unreadable(earlier)],
      ...(account && { account }),
    })
    return { planned, graph, world, problems: planned.problems }
  } catch (thrown) {
    const errors = Array.isArray(thrown) ? thrown : [thrown]
    if (!errors.every(error => error instanceof EcsError)) throw thrown
    if (fork && errors.every(({ code }) => code === 'NoCredentials')) return { skipped: SKIPPED_FORK }
    // Calls that fail side by side for one reason, such as no credentials, are one problem.
    const different = new Map(errors.toReversed().map(error => [`${error.code}: ${error.said}`, error]))
    return { problems: [...different.values()].reverse().map(({ message }) => ({ message })) }
  }
}

const regionOf = ({ region }: Inputs, particles: readonly Particle[]): string => region ?? particles[0]?.region ?? ''

/** Where nothing is known of before, nothing of before is shown. */
function unreadable(texts: readonly Texts[]): string[] {
  const [first] = texts
  if (!first || !('why' in first) || !texts.every(found => 'why' in found)) return []
  return [`what values were before is not shown, as it is not known which were secret: ${first.why}`]
}

function worldOf({ inputs, clock, signal, redactor }: Job, formerly: Ways): World {
  const regions = new Map<string, Ecs>()
  const settings = { clock, signal, maxConcurrency: inputs.maxConcurrency }
  return {
    flavors,
    clock,
    environment: inputs.environment,
    asked: new Set<ParticleId>([...inputs.retryTasks, ...inputs.redeploy]),
    veil: { ...veilOf(inputs), formerly },
    learn: found => redactor.learn(found),
    ecs(region) {
      const known = regions.get(region) ?? new Ecs(region, settings)
      regions.set(region, known)
      return known
    },
  }
}

function veilOf({ variables, secretVariables, releaseVariables, revealEnvironment }: Inputs): Veil {
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

async function strangeAccount(world: World, inputs: Inputs): Promise<Problem | undefined> {
  const { allowedAccountIds, region } = inputs
  if (allowedAccountIds.length === 0) return undefined
  const account = await world.ecs(region ?? 'us-east-1').findAccount()
  if (account && allowedAccountIds.includes(account)) return undefined
  return {
    message: `these credentials are for the account ${account ?? '(unknown)'}, which is not among allowed-account-ids (${allowedAccountIds.join(', ')}); check the role that the workflow assumes`,
  }
}

/** What was declared at the last applied commit, or at a pull request's base, is not any more, and is still there. */
async function findRemoved(
  { inputs, event, conversation, before: read }: Job,
  particles: readonly Particle[],
  world: World,
): Promise<{ particles: Particle[]; reported: Removed[]; warnings: string[] }> {
  const none = { particles: [], reported: [], warnings: [] }
  const since = await declaredBefore(event, conversation)
  if (!since) return none
  const found = await read(since)
  if ('why' in found) return { ...none, warnings: [`what is not declared any more is not known: ${found.why}`] }
  // What could not be read then is not declared before; a pull request may well be there to mend it.
  const before = load(found.texts, { ...inputs, vocabularies: vocabulary }).particles
  const gone = removedSince(before, particles, vocabulary)
  if (gone.length === 0) return none
  const graph = graphOf([...before.filter(({ id }) => !gone.some(one => one.id === id)), ...gone])
  const pass = new Pass(graph, world)
  const looked = await Promise.all(
    gone.map(async particle => {
      const flavor = flavors[particle.flavor]
      const state = flavor?.read(particle, await pass.live(particle.id)).state ?? 'terminated'
      return { particle, state }
    }),
  )
  const there = looked.filter(({ state }) => !isGone(state))
  const reported = there.map(({ particle, state }) => ({ particle: particle.id, state }))
  return {
    particles: there.map(({ particle }) => particle),
    reported: inputs.onRemoved === 'report' ? reported : [],
    warnings: [],
  }
}

async function declaredBefore(
  { name, pullRequest, sha, push }: GitHubEvent,
  conversation: Conversation,
): Promise<string | undefined> {
  if (pullRequest) return pullRequest.baseSha
  const { github } = conversation
  if (name !== 'push' || !sha || !github) return undefined
  const { applied } = await conversation.history(github, sha)
  return applied === sha ? undefined : (applied ?? push?.before)
}

async function applyPlan(job: Job, loaded: Loaded): Promise<void> {
  const { runner, inputs, conversation, redactor } = job
  const superseded = await supersedes(job)
  if (superseded) {
    const journal = journalOf(job)
    const why = `commit ${superseded.slice(0, 7)}, which is newer, is applied already: nothing is done`
    const report = journal.finish('superseded', { code: 'Superseded', message: why, details: [] })
    runner.info(why)
    await runner.summary(conversation.reportSummary(report, undefined))
    return
  }
  const made = await makePlan(job, loaded)
  if ('skipped' in made) return runner.fail([{ message: made.skipped }])
  const { planned, world, graph } = made
  const problems = made.problems.map(problem => redactor.problem(problem))
  const shown = planned && redactor.data(planned.plan)
  if (shown) tell(job, shown)
  if (!planned || !shown || !world || !graph || problems.length > 0) {
    const report = journalOf(job).finish('failed', refusalOf(problems))
    runner.fail(problems)
    await runner.summary(conversation.planSummary({ ...(shown && { plan: shown }), problems, merges: false }))
    return conversation.showReport(redactor.data(report), shown, await held(job), false)
  }
  const review = await judge(job, planned, world)
  if (review.problems.length > 0) {
    const refused = review.problems.map(problem => redactor.problem(problem))
    const report = journalOf(job).finish('refused', refusalOf(refused))
    runner.fail(refused)
    await runner.summary(conversation.planSummary({ plan: shown, problems: refused, merges: false }))
    await conversation.showRefusal(shown, refused)
    return conversation.showReport(redactor.data(report), shown, review.told, false)
  }
  const report = await apply(planned, graph, world, journalOf(job), {
    waitTimeout: inputs.waitTimeout,
    onFailure: inputs.onFailure,
    signal: job.signal,
    log: runner.log,
  })
  await conclude(job, report, planned.plan, graph, review.told)
}

async function conclude(job: Job, report: Report, plan: Plan, graph: Graph, told: Told): Promise<void> {
  const { runner, event, conversation, redactor } = job
  const [shown, shownPlan] = [redactor.data(report), redactor.data(plan)]
  runner.info(renderReportText(shown, shownPlan))
  if (report.result !== 'succeeded') runner.fail(failures(shown, shownPlan, graph))
  await runner.summary(conversation.reportSummary(shown, shownPlan))
  await conversation.showReport(shown, shownPlan, told, isOnDefaultBranch(event))
}

const isOnDefaultBranch = ({ ref, defaultBranch }: GitHubEvent): boolean =>
  defaultBranch !== undefined && ref === `refs/heads/${defaultBranch}`

/** Problems as a report has them: what sums them up, and each at its place. */
function refusalOf(problems: readonly Problem[]): Failure {
  const [only, ...more] = problems
  if (only && more.length === 0) return { code: 'Refused', message: sayProblem(only), details: [] }
  const sum = problems.findLast(({ place }) => !place)
  const details = problems.filter(problem => problem !== sum).map(sayProblem)
  return { code: 'Refused', message: sum?.message ?? `${problems.length} problems must be solved first`, details }
}

/** What failed, each at its manifest's line. All that ECS said stands in the log; its last words go along. */
function failures({ steps, error, result }: Report, { unchanged }: Plan, { particles }: Graph): Problem[] {
  const at = (particle: ParticleId, message: string): Problem => {
    const place = particles.get(particle)?.place
    return { ...(place && { place }), message: `${particle}${message}` }
  }
  const failed = steps
    .filter(step => step.result === 'failed')
    .map(({ particle, error: its }) =>
      at(particle, ` failed: ${[its?.message, its?.details.at(-1)].filter(Boolean).join('; ')}`),
    )
  const earlier = unchanged.filter(({ reason }) => reason === 'failed')
  failed.push(...earlier.map(({ particle, why }) => at(particle, `: ${why ?? 'it has failed'}`)))
  if (error && earlier.length === 0) failed.push({ message: error.message })
  if (failed.length > 0) return failed
  return [{ message: result === 'cancelled' ? 'the run was cancelled' : 'the apply failed' }]
}

function journalOf({ runner, inputs, clock, redactor }: Job): Journal {
  const name = `${fileName(inputs)}.report.json`
  let told = false
  return new Journal(inputs.environment, clock, report => {
    const path = runner.file(name, `${JSON.stringify(redactor.data(report), null, 2)}\n`)
    // At once: outputs of a step that is killed are those that it has written.
    if (!told) runner.output('report-file', path)
    told = true
  })
}

async function supersedes({ event, inputs, conversation, runner }: Job): Promise<string | undefined> {
  const { sha, defaultBranch } = event
  // Also by hand: whoever runs an old run again gets its old commit again.
  if (!conversation.github || !sha || !defaultBranch || !isOnDefaultBranch(event)) return undefined
  const { by, warning } = await supersededBy(conversation.github, inputs.environment, sha, defaultBranch)
  if (warning) runner.warn(warning)
  return by
}
