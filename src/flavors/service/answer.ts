/** The answer to a paused rollout: it goes on, or back. */
import type { Service, ServiceDeployment } from '@aws-sdk/client-ecs'
import { EcsError } from '../../ecs/errors.ts'
import type { Answer } from '../../engine/document.ts'
import { nothingWaits, StepFailed } from '../../engine/failure.ts'
import type { TransitionContext } from '../../engine/flavor.ts'
import { consistencyLag, heartbeat } from '../../engine/poll.ts'
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
  const since = context.clock.now()
  let lost: string | undefined
  for (const hookId of hooks) {
    const input = { serviceDeploymentArn: arn, hookId, action: 'CONTINUE' } as const
    lost = (await unlessLost(context.ecs.call('ContinueServiceDeployment', input))) ?? lost
  }
  context.say(
    lost ? `${lost}; whether it goes on is looked for` : `is answered: it goes on from ${current.lifecycleStage}`,
  )
  for (;;) {
    // ECS shows the hook for a moment more, which must not read as another pause.
    const now = await context.ecs.serviceDeployment(arn)
    if (!now || !waitingHooks(now).some(hookId => hooks.includes(hookId))) return 'goes on'
    if (lost && context.clock.now() >= since + consistencyLag) throw unanswered(current, lost)
    await context.pause(pace)
  }
}

async function goBack(service: Service, arn: string, context: TransitionContext): Promise<string> {
  const since = context.clock.now()
  const input = { serviceDeploymentArn: arn, stopType: 'ROLLBACK' } as const
  const lost = await unlessLost(context.ecs.call('StopServiceDeployment', input))
  context.say(lost ? `${lost}; whether it goes back is looked for` : 'is answered: it goes back to what ran before')
  let said = { status: 'none', at: since }
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
    const isOpen = status === 'PENDING' || status === 'IN_PROGRESS'
    if (lost && isOpen && context.clock.now() >= since + consistencyLag) throw unanswered(now, lost)
    if (status !== said.status || context.clock.now() >= said.at + heartbeat) {
      said = { status, at: context.clock.now() }
      context.say(`goes back, service deployment ${status || 'not visible'}`)
    }
    await context.pause(pace)
  }
}

const unanswered = (rollout: ServiceDeployment | undefined, lost: string): StepFailed =>
  new StepFailed({
    happened: 'was not answered',
    cause: `it waits still at ${rollout?.lifecycleStage}: ${lost}`,
    remedy: { kind: 'rerun' },
  })

/** `web:41 runs again`, from the service as it was before the answer. */
function ranBefore(service: Service): string {
  const primary = primaryDeployment(service)
  const before = service.deployments?.find(({ id }) => id !== primary?.id)
  return before ? `${shortTaskDefinition(before)} runs again` : 'ECS is back to what ran before'
}

/**
 * What is said of a call whose answer was lost: it may have been carried out. Its effect is looked for, and it is not made again,
 * since each hook is answered once.
 */
async function unlessLost(call: Promise<object>): Promise<string | undefined> {
  try {
    await call
    return undefined
  } catch (error) {
    if (!(error instanceof EcsError) || !error.unsure) throw error
    return error.message
  }
}
