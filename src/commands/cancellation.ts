/** Messages of a run that was cancelled: by a person, by a newer run of its group, or by the runner's time limit. */
import type { Report } from '../engine/document.ts'

const again = 'run the workflow again, unless a newer run has taken the place of this one'

/** An apply that was cut short in the middle of its steps. */
export const cancelledApply = `the run was cancelled in the middle of its apply; what ECS is doing goes on, and the next apply takes it up: ${again}`

/** The reason that a cancelled run's signal carries. Its own message is for runs that change nothing. */
export class CancelledRun extends Error {
  override readonly name = 'CancelledRun'

  /** @param signal `SIGTERM` or `SIGINT`: the runner sends both. */
  constructor(readonly signal: string) {
    super(`the run was cancelled (${signal}) before it was done; nothing was changed: ${again}`)
  }
}

/** Why the run ended, and what to do, in one sentence. Undefined where the report's own failure has said it already. */
export function cancellation(reason: unknown, report: Report | undefined): string | undefined {
  const signal = reason instanceof CancelledRun ? ` (${reason.signal})` : ''
  switch (report?.result) {
    case undefined:
    case 'running':
      return `the run was cancelled${signal} while it planned, before anything was changed: ${again}`
    case 'succeeded':
    case 'superseded':
    case 'paused':
      return `the run was cancelled${signal} after its apply had ended (${report.result}), while GitHub was told: run the workflow again, which changes nothing more and tells it`
    case 'rolled-back':
      // The same answer once more would be refused: nothing waits for it.
      return `the run was cancelled${signal} after the rollback had ended, while GitHub was told: the rollout is back, and the comment may still call it paused until the next apply`
    default:
      return undefined
  }
}
