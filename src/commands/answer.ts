/** The commands `continue` and `rollback`: a person's answer to paused rollouts. */
import type { Answer, Step } from '../engine/document.ts'
import type { Planned } from '../engine/plan.ts'
import type { ApplySettings } from '../engine/settings.ts'
import { unlessRefused } from '../github/apiErrors.ts'
import { findChecks, pausedCheck } from '../github/check.ts'
import type { ParticleId, Problem } from '../particle.ts'
import { nameOf } from '../schema/arn.ts'
import type { Invocation } from './invocation.ts'

/**
 * The services whose rollouts the input `deployment` names, or why nothing may be answered: nothing waits now, or no apply of
 * a reviewed commit has paused there. Reads GitHub.
 */
export async function answerTo(
  invocation: Invocation,
  { plan }: Planned,
  answer: Answer,
): Promise<{ readonly answer?: NonNullable<ApplySettings['answer']>; readonly problems: readonly Problem[] }> {
  const { inputs } = invocation
  const onRecord = inputs.requireReview ? await recorded(invocation) : undefined
  const problems: Problem[] = []
  const to = new Set<ParticleId>()
  if (typeof onRecord === 'string') return { problems: [{ message: `nothing was answered: ${onRecord}` }] }
  for (const given of inputs.deployments) {
    const step = plan.steps.find(({ paused }) => paused && nameOf(paused.deployment) === nameOf(given))
    const why = whyNot(step, answer, onRecord)
    if (step && !why) to.add(step.particle)
    else problems.push({ message: `nothing was answered: ${nameOf(given)} ${why}` })
  }
  return { answer: { is: answer, to }, problems }
}

function whyNot(step: Step | undefined, answer: Answer, onRecord: ReadonlySet<string> | undefined): string | undefined {
  if (!step?.paused)
    return 'is no rollout that is paused now of a service as it is declared here; plan again to see what each service waits for'
  if (answer === 'continue' && !step.paused.awaitsAnswer) return `waits for no answer: ${step.particle} is ${step.why}`
  if (onRecord && !onRecord.has(step.paused.deployment))
    return `was never reviewed: no apply of this commit, or of one back to the last applied, was paused there; apply the commit first`
  return undefined
}

/**
 * ARNs of the service deployments at which applies of this commit, or of those back to the last applied one, were paused; or why they
 * are unknown.
 */
async function recorded({ inputs, event, reporter }: Invocation): Promise<ReadonlySet<string> | string> {
  const { github } = reporter
  const { sha } = event
  if (!github || !sha) return 'there is no github-token to look up what was reviewed'
  const { commits, applied, problem } = await reporter.history(github, sha)
  if (problem) return problem
  const name = pausedCheck(inputs.environment)
  return unlessRefused(
    async () => {
      // A commit that is applied already is paused again where a person deploys a service again.
      const all = applied === undefined ? commits : [...commits, applied]
      const found = await Promise.all(all.map(commit => findChecks(github, commit, name, 'neutral')))
      const checks = found.flatMap(({ successful }) => successful)
      return new Set(checks.flatMap(({ text }) => (text ?? '').split('\n')))
    },
    why => why,
  )
}
