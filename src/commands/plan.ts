import { claimsVersion } from '../engine/claims.ts'
import type { Plan } from '../engine/document.ts'
import { hasChanges } from '../engine/plan.ts'
import type { Loaded } from '../manifest/load.ts'
import type { Problem } from '../particle.ts'
import { renderAnswersText } from '../render/log.ts'
import type { Invocation } from './invocation.ts'
import { prepare, publishPlan } from './planning.ts'
import { unreviewedInGroup } from './review.ts'

/**
 * The command `plan`: shows on the pull request what an apply would do. Refusals of AWS are problems, of GitHub
 * warnings.
 */
export async function plan(invocation: Invocation, loaded: Loaded): Promise<void> {
  const { inputs, runner, event, reporter, redactor } = invocation
  const prepared = await prepare(invocation, loaded)
  if ('skipped' in prepared) {
    runner.info(`plan skipped: ${prepared.skipped}`)
    await runner.summary(reporter.planSummary(prepared))
    return reporter.showPlan(prepared)
  }
  if (!prepared.planned) return refuse(invocation, undefined, prepared.problems)
  const { planned } = prepared
  const problems = [...prepared.problems]
  if (event.mergeGroup) problems.push(...(await unreviewedInGroup(invocation, planned)))
  const claims = { version: claimsVersion, hashes: planned.claims.published() }
  const shown = redactor.data(planned.plan)
  const { made } = redactor.data({ made: planned.claims.beforeHashing() })
  // A plan with problems publishes no claims, so that it never counts as reviewed.
  publishPlan(invocation, shown, problems.length > 0 ? undefined : { ...claims, ...reporter.planned, made })
  const answers = renderAnswersText(shown)
  if (answers) runner.info(`\n${answers}`)
  if (problems.length > 0) return refuse(invocation, shown, problems)
  await runner.summary(reporter.planSummary({ plan: shown }))
  await reporter.showPlan({ plan: shown, claims })
  if (inputs.failOnChanges && hasChanges(shown)) {
    const message = 'the plan has changes and fail-on-changes is set; apply them, or bring the manifests up to date'
    runner.fail([{ message }])
  }
}

/** Fails the step; every problem is shown on the pull request too. */
async function refuse(
  { runner, reporter, redactor }: Invocation,
  plan: Plan | undefined,
  found: readonly Problem[],
): Promise<void> {
  const problems = found.map(problem => redactor.problem(problem))
  runner.fail(problems)
  await runner.summary(reporter.planSummary({ plan, problems }))
  await reporter.showPlan({ plan, problems })
}
