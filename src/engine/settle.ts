import { durationText } from '../duration.ts'
import type { DesiredState, Particle } from '../particle.ts'
import { messageOf } from '../thrown.ts'
import { Cancelled, type Diagnosis, Paused, StepFailed } from './failure.ts'
import type { AnyFlavor, Failed, Progress, Settled, TransitionContext } from './flavor.ts'
import { heartbeat, poll } from './poll.ts'
import type { ApplySettings } from './settings.ts'

/** A transition that has been carried out, and is now to come to an end. */
interface Settling {
  readonly particle: Particle
  readonly flavor: AnyFlavor
  /** AWS's answer before the transition. */
  readonly before: unknown
  /** AWS's answer that the transition's own calls gave; undefined where they gave none. */
  readonly answered: unknown
  /** The transition's memo. */
  readonly memo: unknown
  readonly goal: DesiredState
  readonly context: TransitionContext
  readonly settings: ApplySettings
  /** When the step began, in milliseconds since 1970: its time counts from there. */
  readonly begun: number
  /** A failed update may be put back. */
  readonly isUpdate: boolean
  /** AWS's answer now. */
  describe(): Promise<unknown>
}

/** How a transition came to its end. `live`: AWS's answer then, where it shows the whole particle. */
export interface Ended<End = Settled> {
  readonly progress: End
  readonly live: unknown
}

/** Waits until the particle has reached its goal. Throws `StepFailed` when it has failed, or when the time is up, and `Paused`. */
export async function settle(settling: Settling): Promise<Ended> {
  const { particle, flavor, memo, goal, context } = settling
  const isPolled = flavor.poll !== undefined && goal === particle.desired
  const { progress, live } = await untilSettled(settling, isPolled)
  const onEnded = goal === particle.desired ? flavor.onEnded : undefined
  if (progress.is !== 'failed') {
    const record = async () => {
      await onEnded?.(particle, live, memo, progress, context)
      return true
    }
    await poll(record, { clock: context.clock, signal: settling.settings.signal, say: context.say })
    return { progress, live: isPolled || flavor.onEnded ? undefined : live }
  }
  // The failure is reported, whether or not it can be recorded.
  const unrecorded = await sentenceOfFailure(() => onEnded?.(particle, live, memo, progress, context))
  const diagnosis = await diagnosed(settling, progress.failure, live)
  const details = [...(diagnosis.details ?? []), ...unrecorded]
  const now = await putBack(settling, live)
  throw new StepFailed({ ...diagnosis, details, ...(now && { now }) }, progress.task)
}

function untilSettled(settling: Settling, isPolled: boolean): Promise<Ended<Settled | Failed>> {
  const { particle, flavor, memo, context, settings, begun } = settling
  const { clock } = context
  const since = clock.now()
  const deadline = begun + settings.waitTimeout
  let live = settling.before
  let answered = settling.answered
  let isNear = false
  const watch = flavor.watch?.(particle, live, memo, context)
  let said = { sentence: '', at: since }
  const pollOnce = async (): Promise<Ended<Settled | Failed> | undefined> => {
    live = answered ?? (isPolled ? await flavor.poll?.(particle, live, memo, context) : await settling.describe())
    answered = undefined
    const now = clock.now()
    const judged = await judge(settling, live, now - since)
    live = judged.live
    const { progress } = judged
    for (const line of (await watch?.eventLines(live)) ?? []) context.say(line)
    if (progress.is !== 'moving') return { progress, live }
    const { pause } = progress
    if (pause && (pause.awaitsAnswer || now >= deadline || Date.parse(pause.until ?? '') > deadline))
      throw new Paused(`paused ${progress.because}`, pause)
    isNear = progress.near ?? false
    if (now >= deadline) return { live, progress: { is: 'failed', failure: timedOut(now - begun, progress.because) } }
    if (progress.because !== said.sentence || now - said.at >= heartbeat) {
      context.say(`${progress.because}, ${durationText(now - since)}`)
      said = { sentence: progress.because, at: now }
    }
    return undefined
  }
  return poll(pollOnce, { clock, signal: settings.signal, say: context.say, deadline, isNear: () => isNear })
}

/** The step's time is up. `cause`: what the step still waited for. */
export const timedOut = (milliseconds: number, cause: string): Diagnosis => ({
  code: 'TimedOut',
  happened: `was not done after ${durationText(milliseconds)} (wait-timeout)`,
  cause,
  remedy: { kind: 'wait' },
})

/** Judges the answer, after `pollClosely` where the description alone is inconclusive. */
async function judge(
  { particle, flavor, memo, goal, context }: Settling,
  live: unknown,
  elapsed: number,
): Promise<Ended<Progress>> {
  const progress = flavor.progress(particle, live, goal, memo, elapsed)
  if (!progress.inconclusive || !flavor.pollClosely) return { progress, live }
  const closer = await flavor.pollClosely(particle, live, memo, context)
  return { progress: flavor.progress(particle, closer, goal, memo, elapsed), live: closer }
}

/** The failure with its cause, as far as ECS knows it. An error while diagnosing never hides the failure itself. */
async function diagnosed(
  { particle, flavor, memo, context }: Settling,
  failure: Diagnosis,
  live: unknown,
): Promise<Diagnosis> {
  try {
    return (await flavor.diagnose?.(particle, live, memo, failure, context)) ?? failure
  } catch {
    return failure
  }
}

/**
 * With `on-failure: rollback`, restores what ran before and waits for that. The sentence includes how the rollback
 * ended.
 */
async function putBack(settling: Settling, live: unknown): Promise<string | undefined> {
  const { particle, flavor, before, context, settings, isUpdate } = settling
  const { clock } = context
  if (settings.onFailure !== 'rollback' || !flavor.rollBack || !isUpdate) return undefined
  try {
    const memo = await flavor.rollBack(particle, before, live, context)
    if (memo === undefined) return undefined
    context.say('is put back to what it ran before')
    const since = clock.now()
    let isNear = false
    const pollOnce = async (): Promise<string | undefined> => {
      const back = await settling.describe()
      const { progress } = await judge({ ...settling, memo, goal: 'running' }, back, clock.now() - since)
      if (progress.is === 'settled') return `It was put back: ${progress.because}`
      if (progress.is === 'failed') return `Putting it back failed too: ${causeOf(progress)}`
      isNear = progress.near ?? false
      if (clock.now() - since <= settings.waitTimeout) return undefined
      return `Putting it back was not done in time: ${progress.because}`
    }
    const { say } = context
    return await poll(pollOnce, { clock, signal: settings.signal, say, pauseFirst: true, isNear: () => isNear })
  } catch (error) {
    if (error instanceof Cancelled) throw error
    return `Putting it back failed too: ${messageOf(error)}`
  }
}

const causeOf = ({ failure: { cause, happened, now } }: Failed): string =>
  [happened, cause, now].filter(Boolean).join(', ') || 'ECS gives no reason'

/** The sentence that the work failed with, if it did. */
async function sentenceOfFailure(work: () => Promise<void> | undefined): Promise<string[]> {
  try {
    await work()
    return []
  } catch (error) {
    if (error instanceof Cancelled) throw error
    return [messageOf(error)]
  }
}
