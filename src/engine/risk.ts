/**
 * Risks by which a plan counts its steps. A plan file has each risk as a sentence and nothing else, so that the kind is the words
 * that the sentence begins with: they are written here, and recognized here.
 */
import type { Step } from './document.ts'

/** A service's tasks are replaced; a job runs, and never again. */
type RiskKind = 'restarts' | 'runs once'

/** `restarts 4 tasks, never below 3 running`. `rest`: what follows the words of the kind. */
export const riskOf = (kind: RiskKind, rest = ''): string => (rest === '' ? kind : `${kind} ${rest}`)

/** Whether a risk of the step is of this kind. */
export const hasRisk = ({ risks }: Pick<Step, 'risks'>, kind: RiskKind): boolean =>
  risks.some(risk => risk === kind || risk.startsWith(`${kind} `))
