import { actionOf, type FoundChange, shownChange, type Value } from '../compare/change.ts'
import { shortened } from '../wording.ts'
import type { Decision } from './decide.ts'

/** Differences that one sentence names, and the characters that one value may take of it. */
const mostChanges = 10
const longestValue = 100

/** How a particle differs from its definition after a step that settled; undefined when it is equivalent. */
export function difference(decision: Decision): string | undefined {
  const { particle, observed, transition, changes, reason, why, problems } = decision
  const [problem] = problems
  if (problem) return problem.cause
  if (reason === 'failed') return why ?? 'it has failed'
  if (!transition) return undefined
  if (transition === 'wait') return why ?? 'it has not settled'
  if (particle.desired !== 'running') return `it is ${observed.state}, not ${particle.desired}`
  if (changes.length === 0) return `it is ${observed.state}`
  const more = changes.length - mostChanges
  return `${changes.slice(0, mostChanges).map(inWords).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** `pidMode is declared "task" and "host" in AWS`. */
function inWords(change: FoundChange): string {
  const { path, before, after, sensitive } = change
  const action = actionOf(shownChange(change))
  const text = (value: Value | undefined) => (sensitive ? '(hidden)' : inShort(value))
  const declared = action === 'remove' ? 'not declared' : `declared ${text(after)}`
  return `${path} is ${declared} and ${action === 'add' ? 'missing' : text(before)} in AWS`
}

const inShort = (value: Value | undefined): string => shortened(JSON.stringify(value) ?? 'nothing', longestValue)
