import { apply } from './commands/apply.ts'
import { commitManifestReader } from './commands/baseline.ts'
import { cancellation } from './commands/cancellation.ts'
import { type Host, type Invocation, openJournal } from './commands/invocation.ts'
import { plan } from './commands/plan.ts'
import { sensitivityPolicyOf } from './commands/sensitivityPolicy.ts'
import { leaveLevels, levelsLeft } from './commands/tokenBuckets.ts'
import { readManifests, validate } from './commands/validate.ts'
import { revealEverything } from './compare/sensitivity.ts'
import { refusalError } from './engine/failure.ts'
import { applyBranches } from './github/branches.ts'
import { type Command, commandFor, EventError, type GitHubEvent, readEvent } from './github/event.ts'
import { PullRequestReporter } from './github/reporter.ts'
import { redactingRunner } from './github/runner.ts'
import { commands, defaults, type Inputs, readInputs } from './inputs.ts'
import { branchNames, isEnvironmentName, oneOf } from './inputValues.ts'
import type { Problem } from './particle.ts'
import { Redactor } from './redact/redactor.ts'
import { messageOf } from './thrown.ts'
import { untrusted } from './untrusted.ts'

/**
 * The action: reads inputs, event and manifests, and runs one command.
 *
 * Wrong inputs and manifests fail the step through `host.runner`.
 *
 * @throws Error for an unexpected failure; hidden values are redacted from its message.
 */
export async function main(host: Host): Promise<void> {
  const event = await readEvent(host.env)
  const read = readInputs(host.env, event.lacksSecrets)
  if ('problems' in read) return failUnbegun(host, event, intentOf(host.env), 'failed', read.problems)
  const { inputs } = read
  const names = [inputs.environment, ...(inputs.region ? [inputs.region] : [])]
  const redactor = new Redactor(sensitivityPolicyOf(inputs), names)
  try {
    await run({ ...host, runner: redactingRunner(host.runner, redactor) }, event, inputs, redactor)
  } catch (error) {
    const message = messageOf(error)
    throw new Error(redactor.sentence(untrusted(message)), { cause: error })
  }
}

async function run(host: Host, event: GitHubEvent, inputs: Inputs, redactor: Redactor): Promise<void> {
  const { runner, signal } = host
  const command = commandOf(host, event, inputs)
  if (!command) return
  const loaded = readManifests(inputs)
  for (const particle of loaded.particles) redactor.learn({ particle })
  if (command === 'validate') return validate(loaded, inputs, runner)
  const reporter = new PullRequestReporter(event, inputs, host)
  const manifestsAt = commitManifestReader(inputs, reporter)
  const invocation: Invocation = {
    ...host,
    inputs,
    event,
    reporter,
    redactor,
    manifestsAt,
    levels: levelsLeft(runner),
    last: {},
  }
  try {
    if (command === 'plan') await plan(invocation, loaded)
    else await apply(invocation, loaded, command === 'apply' ? undefined : command)
  } catch (error) {
    if (!signal.aborted) {
      reportUnexpected(invocation, command, error)
      throw error
    }
    return reportCancelled(invocation, command)
  } finally {
    leaveLevels(runner, invocation.levels)
  }
  if (reporter.commentUrl) runner.output('comment-url', reporter.commentUrl)
}

/** Fails the step of a cancelled run. An apply always leaves a finished report. */
async function reportCancelled(invocation: Invocation, command: Exclude<Command, 'validate'>): Promise<void> {
  const { runner, signal, last, reporter } = invocation
  const message = cancellation(signal.reason, last.report)
  if (message) runner.fail([{ message }])
  if (command === 'plan' || !message || last.report?.finishedAt) return
  const report = openJournal(invocation).finish('cancelled', { code: 'Cancelled', message, details: [] })
  await runner.summary(reporter.reportSummary(report, undefined))
}

/** A report that has begun stays as it is: what its steps came to is not known. */
function reportUnexpected(invocation: Invocation, command: Command, thrown: unknown): void {
  if (command === 'plan' || invocation.last.report) return
  const message = untrusted(messageOf(thrown))
  openJournal(invocation).finish('failed', { code: 'Error', message, details: [] })
}

/** The command for the event; undefined when the step has failed because there is none. */
function commandOf(host: Host, event: GitHubEvent, inputs: Inputs): Command | undefined {
  try {
    const { command, because } = commandOfRun(event, inputs)
    if (because) host.runner.info(`${command}: ${because}`)
    return command
  } catch (error) {
    if (!(error instanceof EventError)) throw error
    failUnbegun(host, event, inputs, 'refused', [{ message: error.message }])
    return undefined
  }
}

/** The inputs that tell whether a run was to apply, and which environment. */
type Intent = Pick<Inputs, 'command' | 'environment' | 'applyBranches'>

/** Fails the step. A run that was to apply leaves a report too. */
function failUnbegun(
  { runner, clock }: Host,
  event: GitHubEvent,
  inputs: Intent,
  result: 'failed' | 'refused',
  problems: readonly Problem[],
): void {
  runner.fail(problems)
  if (!wasToApply(event, inputs)) return
  const redactor = new Redactor(revealEverything)
  openJournal({ runner, clock, redactor, inputs, last: {} }).finish(result, refusalError(problems))
}

/** Of a run with wrong inputs: one that is wrong counts as its default. */
function intentOf(env: NodeJS.ProcessEnv): Intent {
  const given = (name: 'command' | 'environment' | 'apply-branches') =>
    env[`INPUT_${name.toUpperCase()}`]?.trim() || defaults[name]
  const passOver = () => undefined
  const environment = given('environment')
  return {
    command: oneOf(commands)(given('command'), passOver),
    environment: isEnvironmentName(environment) ? environment : defaults.environment,
    applyBranches: branchNames(given('apply-branches'), passOver),
  }
}

const commandOfRun = (event: GitHubEvent, { command, applyBranches: names }: Intent) =>
  commandFor(event, command, applyBranches(names, event.defaultBranch))

function wasToApply(event: GitHubEvent, intent: Intent): boolean {
  const applies = (command: string) => command === 'apply' || command === 'continue' || command === 'rollback'
  try {
    return applies(commandOfRun(event, intent).command)
  } catch (error) {
    if (!(error instanceof EventError)) throw error
    return applies(intent.command)
  }
}
