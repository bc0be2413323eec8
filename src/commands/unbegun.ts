/** Applies that end before anything of them begins: whatever keeps one from beginning stands in its report. */
import { revealEverything } from '../compare/sensitivity.ts'
import type { Result } from '../engine/document.ts'
import { refusalError } from '../engine/failure.ts'
import { applyBranches } from '../github/branches.ts'
import { commandFor, EventError, type GitHubEvent } from '../github/event.ts'
import { commands, defaults, type Inputs } from '../inputs.ts'
import { branchNames, isEnvironmentName, oneOf } from '../inputValues.ts'
import type { Problem } from '../particle.ts'
import { Redactor } from '../redact/redactor.ts'
import { type Host, openJournal } from './invocation.ts'

/** The inputs that tell whether a run was to apply, and which environment. */
type Intent = Pick<Inputs, 'command' | 'environment' | 'applyBranches'>

/** Fails the step. A run that was to apply leaves a report too. */
export function failUnbegun(
  { runner, clock }: Host,
  event: GitHubEvent,
  inputs: Intent,
  result: Extract<Result, 'failed' | 'refused'>,
  problems: readonly Problem[],
): void {
  runner.fail(problems)
  if (!wasToApply(event, inputs)) return
  const redactor = new Redactor(revealEverything)
  openJournal({ runner, clock, redactor, inputs, last: {} }).finish(result, refusalError(problems))
}

/** Of a run with wrong inputs: one that is wrong counts as its default. */
export function intentOf(env: NodeJS.ProcessEnv): Intent {
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

function wasToApply(event: GitHubEvent, { command: given, applyBranches: names }: Intent): boolean {
  const applies = (command: string) => command === 'apply' || command === 'continue' || command === 'rollback'
  try {
    return applies(commandFor(event, given, applyBranches(names, event.defaultBranch)).command)
  } catch (error) {
    if (!(error instanceof EventError)) throw error
    return applies(given)
  }
}
