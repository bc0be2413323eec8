/**
 * `custom_config.assume: done`: a person states that a job is done, which ECS does not know. The statement is recorded
 * for the definition beside it in the manifest, and is an error beside any other definition.
 */

import { changeAt } from '../../compare/change.ts'
import { displayPath } from '../../compare/path.ts'
import type { Comparison, TransitionContext } from '../../engine/flavor.ts'
import { nameOf } from '../../schema/arn.ts'
import { hash } from '../record/digest.ts'
import type { Records } from '../record/tags.ts'
import { recordRun, recordTime } from '../record/write.ts'
import { isAssumed, isRecorded, keptRunning, type LiveTask, runsByOutcome, type TaskParticle } from './runs.ts'

/**
 * In the place of the claim, in the record of an assumed job. Nothing ran, so the record allows no release without
 * review.
 */
const mark = ({ definition }: TaskParticle): string =>
  hash(['assumed', nameOf(definition.cluster ?? 'default'), definition.taskName]).slice(0, 16)

/** Records of this job by which the job was assumed to be done. */
export const assumedRecords = (particle: TaskParticle, records: Records): Records =>
  new Map([...records].filter(([, { claim }]) => claim === mark(particle)))

const option = ['custom_config', 'assume']
const path = displayPath(option)

/** Why the job cannot be assumed to be done, at the option's line. */
export function assumeProblems(particle: TaskParticle, live: LiveTask | undefined): Pick<Comparison, 'problems'> {
  if (!isAssumed(particle)) return {}
  const wrong = (message: string) => ({ problems: [{ at: option, message }] })
  if (keptRunning(particle)) return wrong(`${path} is for jobs, and ${particle.id} is kept running; take it out`)
  if (!isRecorded(particle)) {
    return wrong(`${path} is kept in the record of ${particle.id}, which record: false forgoes; take one of them out`)
  }
  // A digest that is known only after apply is compared then.
  if (!live?.digest || [...live.assumed.keys()].every(digest => digest === live.digest)) return {}
  return wrong(
    `${path}: done was stated for another definition of ${particle.id}, and would keep this one from running; take it out`,
  )
}

/** The change to record: that the job is done, or that the option was taken out. */
export function assumeChanges(particle: TaskParticle, live: LiveTask): Comparison {
  // A job that runs is waited for, whatever is assumed of it.
  if (runsByOutcome(live).running.length > 0) return { changes: [] }
  const isDone = live.record?.status === 'done'
  if (!isAssumed(particle)) {
    // An assumed job stays done, so there is nothing to review.
    return { changes: isDone && live.assumed.size > 0 ? [changeAt(option, { before: 'done', requested: true })] : [] }
  }
  if (isDone) return { changes: [] }
  const states = particle.parents.filter(id => id.startsWith('ecs_task_definition:'))
  return {
    changes: [changeAt(option, { after: 'done', reviewedApart: true, states })],
    risks: [`is put on record as done, and nothing runs; take ${path} out once this is applied`],
    ...assumeProblems(particle, live),
  }
}

/** Records that the job is done. Throws `EcsError`. */
export const assume = (particle: TaskParticle, live: LiveTask, context: TransitionContext): Promise<void> =>
  recordRun(
    live.store,
    live.digest,
    {
      status: 'done',
      at: recordTime(context.ecs),
      attempt: live.attempt,
      token: live.record?.token ?? 0,
      claim: mark(particle),
    },
    context.ecs,
  )

/**
 * Takes the mark out of records: the jobs stay done, and another definition may be assumed to be done. Throws
 * `EcsError`.
 */
export async function clearAssumed({ assumed, store }: LiveTask, context: TransitionContext): Promise<void> {
  for (const [digest, record] of assumed)
    await recordRun(store, digest, { ...record, claim: undefined, at: recordTime(context.ecs) }, context.ecs)
}
