/** Writes down what became of a run, in the record of its task definition's family. */

import { EcsError, isDenied } from '../../ecs/errors.ts'
import { DiagnosedEcsError, missingRight } from '../../engine/failure.ts'
import type { TransitionContext } from '../../engine/flavor.ts'
import { untrusted } from '../../untrusted.ts'
import type { RunRecord } from '../record/record.ts'
import { holderFor, writeRecord } from '../record/write.ts'
import { nameOf } from '../vocabulary.ts'
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
    throw notRecorded(error, record.status, nameOf(holderFor(holder.record)?.arn ?? holder.record.family))
  }
}

function notRecorded(error: EcsError, status: RunRecord['status'], revision: string): EcsError {
  const where = `the run cannot be recorded on ${revision}`
  const consequence = status === 'intent' ? 'so nothing was started' : `so its outcome (${status}) is not remembered`
  const fix = isDenied(error) ? missingRight(error, 'custom_config.record: false') : undefined
  return new DiagnosedEcsError(error, `${where}, ${consequence}: ${error.message}`, {
    happened: status === 'intent' ? 'was not started' : `ended, and its outcome (${status}) is not remembered`,
    brief: 'not recorded',
    cause: `${where}: ${fix ? untrusted(error.said) : error.message}`,
    remedy: { kind: 'rerun', ...(fix && { fix }) },
  })
}
