/** The answer to a paused rollout: it goes on, or back. */
import type { Service, ServiceDeployment } from '@aws-sdk/client-ecs'
import { EcsError } from '../../ecs/errors.ts'
import type { Answer } from '../../engine/document.ts'
import { nothingWaits, StepFailed } from '../../engine/failure.ts'
import type { TransitionContext } from '../../engine/flavor.ts'
import { untrusted } from '../../untrusted.ts'
import { type LiveService, primaryDeployment, shortTaskDefinition } from './live.ts'
import { waitingHooks } from './pause.ts'

/** Milliseconds between two looks at what became of the answer. */
const pace = 2_000

/**
 * Answers the rollout that is described, once. After `rollback` it waits until ECS is back. Resolves to what became of it, in a
 * sentence. Throws `StepFailed` before any call where nothing waits for an answer, `EcsError` for what ECS refuses.
 */
export async function answerRollout(live: LiveService, answer: Answer, context: TransitionContext): Promise<string> {
  const { current } = live
  const arn = current?.serviceDeploymentArn
  if (!current || !arn) throw nothingWaits()
  return answer === 'continue' ? goOn(current, arn, context) : goBack(live.service, arn, context)
}

async function goOn(current: ServiceDeployment, arn: string, context: TransitionContext): Promise<string> {
  const hooks = waitingHooks(current)
  if (hooks.length === 0) throw nothingWaits()
  for (const hookId of hooks)
    await unlessLost(
      context.ecs.call('ContinueServiceDeployment', { serviceDeploymentArn: arn, hookId, action: 'CONTINUE' }),
    )
  context.say(`is answered: it goes on from ${current.lifecycleStage}`)
  for (;;) {
    // ECS shows the hook for a moment more, which must not read as another pause.
    const now = await context.ecs.serviceDeployment(arn)
    if (!now || !waitingHooks(now).some(hookId => hooks.includes(hookId))) return 'goes on'
    await context.pause(pace)
  }
}

async function goBack(service: Service, arn: string, context: TransitionContext): Promise<string> {
  await unlessLost(context.ecs.call('StopServiceDeployment', { serviceDeploymentArn: arn, stopType: 'ROLLBACK' }))
  context.say('is answered: it goes back to what ran before')
  for (;;) {
    const now = await context.ecs.serviceDeployment(arn)
    const { status = '', statusReason } = now ?? {}
    if (status === 'ROLLBACK_SUCCESSFUL') return ranBefore(service)
    if (now?.finishedAt) {
      const why = statusReason ? ` (${untrusted(statusReason)})` : ''
      throw new StepFailed({
        happened: 'was not rolled back',
        cause: `its service deployment ended as ${status}${why}`,
      })
    }
    context.say(`goes back, service deployment ${status || 'not visible'}`)
    await context.pause(pace)
  }
}

/** `web:41 runs again`, from the service as it was before the answer. */
function ranBefore(service: Service): string {
  const primary = primaryDeployment(service)
  const before = service.deployments?.find(({ id }) => id !== primary?.id)
  return before ? `${shortTaskDefinition(before)} runs again` : 'ECS is back to what ran before'
}

/** An answer that was lost is looked for: the call may have been carried out, and each hook is answered once. */
async function unlessLost(call: Promise<object>): Promise<void> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof EcsError) || !error.unsure) throw error
  }
}
