import { applyPlan } from '../engine/apply.ts'
import type { Answer, Plan, Report, Result } from '../engine/document.ts'
import { refusalError } from '../engine/failure.ts'
import type { Planned } from '../engine/plan.ts'
import type { ApplySettings } from '../engine/settings.ts'
import { whyNotAppliedFrom } from '../github/branches.ts'
import type { AffectedPullRequests } from '../github/reviewSearch.ts'
import { Supersession } from '../github/supersede.ts'
import { logReader } from '../logs/cloudWatch.ts'
import type { Loaded } from '../manifest/load.ts'
import type { ParticleId, Problem } from '../particle.ts'
import { failureAnnotations } from '../render/failures.ts'
import { answerTo } from './answer.ts'
import { cancelledApply } from './cancellation.ts'
import { membersToRemember } from './earlier.ts'
import { type Invocation, openJournal } from './invocation.ts'
import type { Orphans } from './orphans.ts'
import { type Prepared, prepare, publishPlan } from './planning.ts'
import { pullRequestsFor, recordedOn, reviewPlan } from './review.ts'

/**
 * The command `apply`: plans again, and carries the plan out when everything in it was reviewed. Failures are in the
 * report. With an answer to paused rollouts, these are answered first; a rollback is all that is done.
 */
export async function apply(invocation: Invocation, loaded: Loaded, is?: Answer): Promise<void> {
  const { inputs, reporter, redactor } = invocation
  const elsewhere = whyElsewhere(invocation)
  if (elsewhere) return refuseUnplanned(invocation, elsewhere)
  const supersession = supersessionOf(invocation)
  // Runs by hand count as well: a second attempt of an old workflow run would apply its old commit again.
  const superseded = await supersession?.overtaken()
  if (superseded && is) return refuseUnplanned(invocation, `nothing was answered: ${superseded}`)
  if (superseded) return doNothing(invocation, superseded)
  const prepared = await prepare(invocation, loaded)
  if ('skipped' in prepared) return refuseUnplanned(invocation, prepared.skipped)
  // A rollback carries out nothing that the plan could be wrong about.
  const wrong = is === 'rollback' && prepared.planned ? [] : prepared.problems
  const problems = wrong.map(problem => redactor.problem(problem))
  const shown = prepared.planned && redactor.data(prepared.planned.plan)
  if (shown) publishPlan(invocation, shown)
  if (!prepared.planned || !shown || problems.length > 0) {
    const report = await refuse(invocation, 'failed', problems, shown)
    return reporter.showReport(redactor.data(report), shown, await pullRequestsFor(invocation))
  }
  const { planned, graph, context, orphans } = prepared
  const members = membersToRemember(shown, planned.decisions, inputs.secretVariables)
  const review = await reviewPlan(invocation, planned, is)
  const answered = is ? await answerTo(invocation, planned, is) : { problems: [] }
  const refused = [...review.problems, ...answered.problems].map(problem => redactor.problem(problem))
  if (refused.length > 0) {
    const report = await refuse(invocation, 'refused', refused, shown)
    // An answer that comes too late says nothing of the commit.
    if (review.problems.length > 0) await reporter.showRefusal(shown, refused, orphans.refusedTexts(members))
    return reporter.showReport(redactor.data(report), shown, review.affected)
  }
  const { answer } = answered
  const carried = answer?.is === 'rollback' ? only(planned, answer.to) : planned
  const settings = settingsOf(invocation, supersession, answer)
  const report = await applyPlan(carried, graph, context, openJournal(invocation), settings)
  const lists = orphans.appliedTexts(report, review.affected.merged, members)
  await showResult(invocation, report, prepared, await recordedOn(invocation, report, review.affected), lists)
}

const settingsOf = (
  { inputs, runner, signal }: Invocation,
  supersession: Supersession | undefined,
  answer: ApplySettings['answer'],
): ApplySettings => ({
  waitTimeout: inputs.waitTimeout,
  onFailure: inputs.onFailure,
  signal,
  ...(supersession && { mayBegin: modifies => supersession.mayBegin(modifies) }),
  log: runner.log,
  ...(answer && { answer }),
  ...(inputs.logTail > 0 && { readLog: logReader(inputs.logTail) }),
})

/** The plan without what a rollback leaves alone, and so waits for nothing of it. */
const only = (planned: Planned, particles: ReadonlySet<ParticleId>): Planned => ({
  ...planned,
  plan: {
    ...planned.plan,
    steps: planned.plan.steps.flatMap(step => (particles.has(step.particle) ? { ...step, dependsOn: [] } : [])),
    unchanged: [],
  },
})

/** Fails the step before anything was changed; the report holds the reason. */
async function refuse(
  invocation: Invocation,
  result: 'failed' | 'refused',
  problems: readonly Problem[],
  plan?: Plan,
): Promise<Report> {
  const { runner, reporter } = invocation
  const report = openJournal(invocation).finish(result, refusalError(problems))
  runner.fail(problems)
  await runner.summary(reporter.planSummary({ plan, problems, merges: false }))
  return report
}

/** Refuses, for one reason, before there is a plan to show. */
async function refuseUnplanned(invocation: Invocation, message: string): Promise<void> {
  await refuse(invocation, 'refused', [{ message }])
}

async function doNothing(invocation: Invocation, superseded: string): Promise<void> {
  const { runner, reporter } = invocation
  const message = `${superseded}: nothing is done`
  const error = { code: 'Superseded', message, details: [], rest: superseded }
  const report = openJournal(invocation).finish('superseded', error)
  runner.info(message)
  await runner.summary(reporter.reportSummary(report, undefined))
}

/** Ends of an apply that are no failure: a newer one reports how the release ends; a pause waits for an answer. */
const passes: ReadonlySet<Result> = new Set(['succeeded', 'superseded', 'paused', 'rolled-back'])

async function showResult(
  { runner, reporter, redactor }: Invocation,
  report: Report,
  { planned, graph }: Prepared,
  affected: AffectedPullRequests,
  lists: ReturnType<Orphans['appliedTexts']>,
): Promise<void> {
  const [shown, shownPlan] = [redactor.data(report), redactor.data(planned.plan)]
  runner.info(reporter.reportLog(shown, shownPlan, affected))
  if (!passes.has(report.result)) {
    const annotations = failureAnnotations(shown, shownPlan, id => graph.particles.get(id)?.place)
    const unnamed = { message: report.result === 'cancelled' ? cancelledApply : 'the apply failed' }
    runner.fail(annotations.length > 0 ? annotations : [unnamed])
  }
  await runner.summary(reporter.reportSummary(shown, shownPlan, affected))
  await reporter.showReport(shown, shownPlan, affected, lists)
}

/** Why this run's branch must not be applied; undefined when it may be. */
function whyElsewhere({ inputs, event, reporter }: Invocation): string | undefined {
  const { branches } = reporter
  // Outside of GitHub no default branch is known: nothing counts as reviewed, and every branch may be applied.
  if (!branches) return undefined
  // Without a required review and without apply-branches, any branch may be tried out.
  return inputs.requireReview || branches.chosen ? whyNotAppliedFrom(event.ref, branches) : undefined
}

/**
 * Watches for newer applies of this branch; undefined without a token for GitHub, and where the branch is never
 * applied.
 */
function supersessionOf({ event, inputs, reporter, runner }: Invocation): Supersession | undefined {
  const { github, branch } = reporter
  const { sha: commit } = event
  if (!github || !commit || !branch) return undefined
  const { environment } = inputs
  const [begin, warn] = [() => reporter.showBegun(), (text: string) => runner.warn(text)]
  return new Supersession({ github, environment, commit, branch, begin, warn })
}
