import type { FoundChange } from '../compare/change.ts'
import { Unknown, valueAt } from '../particle.ts'
import type { Decision } from './decide.ts'

/**
 * A step's decision, with the changes inside of each inherited value that its plan showed as one unknown as that one change
 * again, so that both have the same claims. `unresolved`: decides by the same answer of AWS with the parents that the plan
 * had; its change holds what AWS has now, and differs from the plan's where somebody else changed it meanwhile.
 */
export function withUnknownsOf(planned: Decision, now: Decision, unresolved: () => Decision): Decision {
  const unknown = planned.changes.filter(change => isUnknown(change, planned))
  const isResolved = (change: FoundChange) => unknown.some(whole => isBelow(change, whole))
  if (!now.changes.some(isResolved)) return now
  const decision = unresolved()
  const wholes = unknown.filter(whole => now.changes.some(change => isBelow(change, whole)))
  const again = wholes.flatMap(({ path }) =>
    decision.changes.filter(change => change.path === path && isUnknown(change, decision)),
  )
  // Without its counterpart, nothing tells that the plan showed the change.
  if (again.length < wholes.length) return now
  return { ...now, changes: [...now.changes.filter(change => !isResolved(change)), ...again] }
}

const isUnknown = ({ at }: FoundChange, { particle }: Decision): boolean =>
  at !== undefined && valueAt(particle.definition, at) instanceof Unknown

/** Whether a change is inside of the value that another one is about. */
const isBelow = ({ steps }: FoundChange, { steps: above }: FoundChange): boolean =>
  steps.length > above.length && JSON.stringify(steps.slice(0, above.length)) === JSON.stringify(above)
