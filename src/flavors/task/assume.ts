/**
 * `custom_config.assume: done`: a person says that a job is done, which ECS does not know. It holds for the definition
 * that it was stated for, because it is put on record there, and is an error beside any other.
 */

import type { Tag } from '@aws-sdk/client-ecs'
import type { Comparison, TransitionContext } from '../../engine/flavor.ts'
import { resourceName } from '../../schema/address.ts'
import { digestsIn, hash, type RunRecord, recordOf } from '../record/record.ts'
import { remember, seconds } from './remember.ts'
import { isAssumed, isRecorded, keptRunning, type LiveTask, type TaskParticle } from './runs.ts'

/**
 * What the record of an assumed run has in place of a claim: whose it is. Nothing ran, so nothing answers for a release
 * without review.
 */
const mark = ({ definition }: TaskParticle): string =>
  hash(['assumed', resourceName(definition.cluster ?? 'default'), definition.taskName]).slice(0, 16)

/** Records of this job that say that it was assumed, by the digest of what it was stated for. */
export function assumedRuns(
  particle: TaskParticle,
  tagLists: readonly (readonly Tag[])[],
): ReadonlyMap<string, RunRecord> {
  const marked = new Map<string, RunRecord>()
  for (const digest of digestsIn(tagLists)) {
    const record = recordOf(digest, tagLists)
    if (record?.claim === mark(particle)) marked.set(digest, record)
  }
  return marked
}

const option = ['custom_config', 'assume']
const path = option.join('.')

/** Why it cannot be assumed, at its line. */
export function assumedWrongly(particle: TaskParticle, live: LiveTask | undefined): Pick<Comparison, 'problems'> {
  if (!isAssumed(particle)) return {}
  const wrong = (message: string) => ({ problems: [{ at: option, message }] })
  if (keptRunning(particle)) return wrong(`${path} is for jobs, and ${particle.id} is kept running; take it out`)
  if (!isRecorded(particle)) {
    return wrong(`${path} is kept in the record of ${particle.id}, which record: false forgoes; take one of them out`)
  }
  // What is known only after apply is asked about again then.
  if (!live?.digest || [...live.assumed.keys()].every(digest => digest === live.digest)) return {}
  return wrong(
    `${path}: done was stated for another definition of ${particle.id}, and would keep this one from running; take it out`,
  )
}

/** What is to be put on record: that a person says it is done, or that nobody says so any more. */
export function assumption(particle: TaskParticle, live: LiveTask): Comparison {
  if (!isAssumed(particle)) {
    // What was assumed stays done, so there is nothing to review.
    return {
      changes:
        live.record?.status === 'done' && live.assumed.size > 0 ? [{ path, before: 'done', requested: true }] : [],
    }
  }
  if (live.record?.status === 'done') return { changes: [] }
  const states = particle.parents.filter(id => id.startsWith('ecs_task_definition:'))
  return {
    changes: [{ path, after: 'done', reviewedApart: true, states }],
    risks: [`is put on record as done, and nothing runs; take ${path} out once this is applied`],
    ...assumedWrongly(particle, live),
  }
}

/** Puts on record that it is done. */
export const assume = (particle: TaskParticle, live: LiveTask, context: TransitionContext): Promise<void> =>
  remember(
    live,
    {
      status: 'done',
      at: seconds(context),
      attempt: live.attempt,
      token: live.record?.token ?? 0,
      claim: mark(particle),
    },
    context,
  )

/** What was assumed before stays done, and is no hindrance to what a person assumes later. */
export async function clearAssumed({ assumed, holder }: LiveTask, context: TransitionContext): Promise<void> {
  for (const [digest, { claim: _mark, ...record }] of assumed)
    await remember({ digest, ...(holder && { holder }) }, { ...record, at: seconds(context) }, context)
}
