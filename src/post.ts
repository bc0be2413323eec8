/** Shows on GitHub the plan of another job: that job needs no right to write there, and this one none in AWS. */
import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { planFileName } from './commands/fileName.ts'
import type { Host } from './commands/invocation.ts'
import { revealEverything } from './compare/sensitivity.ts'
import type { Pause, Plan, Removed, Step, Transition, UndeclaredMember } from './engine/document.ts'
import { type HandedOn, unfounded, unlikeShown } from './engine/posted.ts'
import { isClaim } from './github/claimText.ts'
import { type GitHubEvent, readEvent } from './github/event.ts'
import { type PlanOutcome, PullRequestReporter } from './github/reporter.ts'
import { redactingRunner } from './github/runner.ts'
import { type PostInputs, readPostInputs } from './inputs.ts'
import { isJsonObject, isText, parsedJson } from './json.ts'
import { Redactor } from './redact/redactor.ts'

/** A plan file in; the comment and the check of the pull request out. A refusal of GitHub is a warning. */
export async function post({ env, runner: plain, clock, signal }: Host): Promise<void> {
  // This job has no hidden value: the plan file holds none.
  const runner = redactingRunner(plain, new Redactor(revealEverything))
  const read = readPostInputs(env)
  if ('problems' in read) return runner.fail(read.problems)
  const { inputs } = read
  const event = await readEvent(env)
  if (event.name !== 'pull_request' && event.name !== 'merge_group')
    return runner.fail([
      {
        message: `a plan is posted on a pull request or in a merge group, not for ${event.name || 'a run without an event'}; use on: pull_request`,
      },
    ])
  const reporterInputs = { ...inputs, region: undefined, requireReview: true }
  const reporter = new PullRequestReporter(event, reporterInputs, { runner, clock, signal })
  const outcome = event.fromFork ? { skipped: skippedFork } : outcomeIn(inputs, event, reporter.planned)
  if (outcome.problems) runner.fail(outcome.problems)
  if (outcome.skipped) runner.info(`plan skipped: ${outcome.skipped}`)
  await reporter.showPlan(outcome)
  if (reporter.commentUrl) runner.output('comment-url', reporter.commentUrl)
}

/** A fork's run may have written any file. */
const skippedFork = 'what a fork proposes is never planned'

function outcomeIn(
  { workspace, planFile, environment }: PostInputs,
  { runUrl }: GitHubEvent,
  planned: PullRequestReporter['planned'],
): PlanOutcome {
  const found = planIn(resolve(workspace, planFile), environment, planned)
  if (typeof found !== 'string') return found
  return { problems: [{ message: `${found}; look at the job that plans${runUrl ? `: ${runUrl}` : ''}` }] }
}

/** The plan of a file, and the claims that it publishes for a review; or why it is not posted. */
function planIn(path: string, environment: string, planned: PullRequestReporter['planned']): PlanOutcome | string {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    const name = planFileName({ environment })
    const hint = basename(path) === name ? '' : `; the plan job calls the file of this environment ${name}`
    return `there is no plan file ${path}: nothing was planned, or it was not handed on${hint}`
  }
  const file = parsedJson(text)
  if (!isPlan(file)) return `${path} is no plan file of this release; plan and post with one release`
  const { claims, ...plan } = file
  if (plan.environment !== environment)
    return `${path} is the plan of the environment ${plan.environment}, not of ${environment}`
  // Without claims the file is the plan of a job that has failed, which must not be applied.
  if (!claims) return 'the plan has problems, so that nothing of it may be applied'
  if (claims.subject !== planned.subject || claims.commit !== planned.commit)
    return `${path} is the plan of ${claims.subject ?? 'no pull request'} at ${claims.commit}, not of ${planned.subject} at ${planned.commit}`
  const why = unfounded(plan, claims)
  if (why) return `${path} claims what it does not show: ${why}`
  const { version, hashes } = claims
  const warnings = [...(plan.warnings ?? []), ...unlikeShown(plan.steps, claims.made)]
  return { plan: { ...plan, ...(warnings.length > 0 && { warnings }) }, claims: { version, hashes } }
}

type Form = (value: unknown) => boolean

const isNumber: Form = value => typeof value === 'number'
const isTrue: Form = value => value === true
const maybe =
  (check: Form): Form =>
  value =>
    value === undefined || check(value)
const every =
  (check: Form): Form =>
  value =>
    Array.isArray(value) && value.every(check)
const hasMembers =
  (members: Readonly<Record<string, Form>>): Form =>
  value =>
    isJsonObject(value) && Object.entries(members).every(([name, check]) => check(value[name]))

const transitions = ['start', 'update', 'replace', 'stop', 'terminate', 'wait'] satisfies Transition[]
const isAction: Form = value => value === 'add' || value === 'remove'
const shownValue = { path: isText, action: maybe(isAction) }
const changeMembers = { ...shownValue, removes: maybe(every(hasMembers(shownValue))) }
const changeForm = hasMembers(changeMembers)
const pauseForm = hasMembers({
  deployment: isText,
  stage: isText,
  until: maybe(isText),
  // biome-ignore lint/suspicious/noThenProperty: a member of the plan file, and no function anybody awaits.
  then: isText,
  awaitsAnswer: maybe(isTrue),
} satisfies Record<keyof Pause, Form>)
const placeForm = hasMembers({ file: isText, line: isNumber })
const declaredForm = hasMembers({ file: isText, line: isNumber, commit: isText })
const isOrigin: Form = value => value === 'drift' || value === 'unapplied'
const stepForm = hasMembers({
  particle: isText,
  transition: value => transitions.some(one => one === value),
  from: isText,
  to: isText,
  changes: every(hasMembers({ ...changeMembers, origin: maybe(isOrigin) })),
  origin: maybe(isOrigin),
  dependsOn: every(isText),
  risks: every(isText),
  why: maybe(isText),
  paused: maybe(pauseForm),
  after: maybe(isText),
  kept: maybe(every(changeForm)),
  follows: maybe(every(changeForm)),
  protected: maybe(every(changeForm)),
  source: placeForm,
} satisfies Record<keyof Step, Form>)

const removedForm = hasMembers({
  particle: isText,
  state: isText,
  thing: maybe(isText),
  since: maybe(isText),
  pullRequest: maybe(isNumber),
  declared: maybe(declaredForm),
  renamedTo: maybe(isText),
  kept: maybe(isTrue),
  unmanaged: maybe(placeForm),
} satisfies Record<keyof Removed, Form>)

const undeclaredForm = hasMembers({
  particle: isText,
  path: isText,
  declared: declaredForm,
  toRemove: maybe(isText),
} satisfies Record<keyof UndeclaredMember, Form>)

const planForm = hasMembers({
  version: value => value === 1,
  environment: isText,
  region: isText,
  account: maybe(isText),
  digest: value => typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value),
  summary: value => isJsonObject(value) && Object.values(value).every(isNumber),
  steps: every(stepForm),
  unchanged: every(
    hasMembers({
      particle: isText,
      state: isText,
      reason: isText,
      why: maybe(isText),
      changes: maybe(every(changeForm)),
    }),
  ),
  removed: maybe(every(removedForm)),
  undeclared: maybe(every(undeclaredForm)),
  unapplied: maybe(every(isNumber)),
  newEnvironment: maybe(hasMembers({ meant: maybe(isText) })),
  warnings: maybe(every(isText)),
} satisfies Record<keyof Plan, Form>)

const claimsForm = hasMembers({
  version: isNumber,
  hashes: every(value => typeof value === 'string' && isClaim(value)),
  subject: maybe(isText),
  commit: isText,
  made: value => isJsonObject(value) && Object.values(value).every(every(Array.isArray)),
} satisfies Record<keyof HandedOn, Form>)

/** A file may have been written by any release, or by no release at all. */
const isPlan = (value: unknown): value is Plan & { readonly claims?: HandedOn } =>
  isJsonObject(value) && planForm(value) && maybe(claimsForm)(value.claims)
