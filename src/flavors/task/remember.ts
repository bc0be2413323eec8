/** Writes down what became of a run, in the record of its task definition's family. */

import { EcsError } from '../../ecs/errors.ts'
import type { TransitionContext } from '../../engine/flavor.ts'
import { resourceName } from '../../schema/address.ts'
import type { RunRecord } from '../record/record.ts'
import { holderFor, writeRecord } from '../record/write.ts'
import type { LiveTask } from './runs.ts'

/** Seconds since 1970 by AWS's clock: records are read by other runners. */
export const seconds = ({ ecs }: Pick<TransitionContext, 'ecs'>): number => Math.floor(ecs.time / 1000)

/** Throws an `EcsError` that says what follows, when ECS does not take the record. */
export async function remember(
  live: Pick<LiveTask, 'digest' | 'holder'>,
  record: RunRecord,
  { ecs }: Pick<TransitionContext, 'ecs'>,
): Promise<void> {
  const { digest, holder } = live
  if (!holder || !digest) throw new Error('there is no task definition revision to record the run on')
  try {
    await writeRecord(holder.record, holder.declared, digest, record, ecs)
  } catch (error) {
    if (!(error instanceof EcsError)) throw error
    throw new EcsError(
      error.call,
      error.code,
      error.said,
      `the run cannot be recorded on ${resourceName(holderFor(holder.record)?.arn ?? holder.record.family)}, ${record.status === 'intent' ? 'so nothing was started' : `so its outcome (${record.status}) is not remembered`}: ${error.message}; allow it, or set custom_config.record: false if an hour's memory is enough`,
      error.unsure,
    )
  }
}
