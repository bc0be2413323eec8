/** Failures as data, and the one sentence that is made of each. */

import { EcsError, isDenied, isRefusal } from '../ecs/errors.ts'
import { type ParticleId, type Problem, sayProblem } from '../particle.ts'
import { messageOf } from '../thrown.ts'
import { untrusted, withoutFullStop } from '../untrusted.ts'
import type { ContainerLog, Pause, RanTasks, ReportError } from './document.ts'
import type { Fix, Remedy } from './remedy.ts'

/** Wording by the report's code: the predicate of the sentence, and the table's word. */
const happenings = {
  Failed: ['failed', 'failed'],
  RolledBack: ['was rolled back by ECS', 'rolled back'],
  DeploymentFailed: ['failed', 'deployment failed'],
  JobFailed: ['failed', 'failed'],
  NotStarted: ['did not start', 'never started'],
  TimedOut: ['was not done in time', 'timed out'],
  ChangedMeanwhile: ['is not what the plan showed any more', 'changed meanwhile'],
  DeployedMeanwhile: ['was deployed by somebody else meanwhile', 'deployed by somebody else'],
  GoneMeanwhile: ['was taken away by somebody else meanwhile', 'gone meanwhile'],
  NotEquivalent: ['is not equivalent to what is declared', 'not equivalent'],
  Refused: ['was refused', 'refused'],
} as const satisfies Readonly<Record<string, readonly [happened: string, brief: string]>>

/** The kinds of failure that have words of their own. */
type FailureCode = keyof typeof happenings

/** A failure before a sentence is made of it. The flavor finds the cause. */
export interface Diagnosis {
  /** `Failed` where nothing else is known. */
  readonly code?: FailureCode
  /** The predicate of the sentence, where the code's own is too general: `failed to deploy web:42`. */
  readonly happened?: string
  /** The table's word, where the code's own is too general: `exit code 1`. */
  readonly brief?: string
  /** `4 tasks of web:42 stopped, container web exited 137`, without a full stop. */
  readonly cause?: string
  /** The state after the failure: `web:41 runs again, 6 of 6 tasks`, without a full stop. */
  readonly now?: string
  /** ECS's own words that the sentence does not repeat, oldest first: events, stopped reasons. */
  readonly details?: readonly string[]
  readonly logs?: readonly ContainerLog[]
  readonly remedy?: Remedy
}

/** The step failed. Holds the failure and the tasks that ran. */
export class StepFailed extends Error {
  readonly diagnosis: Diagnosis
  readonly task: RanTasks | undefined

  constructor(diagnosis: Diagnosis, task?: RanTasks) {
    super([diagnosis.happened, diagnosis.cause].filter(Boolean).join(': '))
    this.diagnosis = diagnosis
    this.task = task
  }
}

/** A refusal of ECS, and its consequence for the particle: nothing was started, or nothing was recorded. */
export class DiagnosedEcsError extends EcsError {
  readonly diagnosis: Diagnosis

  constructor(error: EcsError, message: string, diagnosis: Diagnosis) {
    super({ ...error, message })
    this.diagnosis = diagnosis
  }
}

/** The transition is paused: it goes on when somebody answers, or when its time is up. Neither success nor failure. */
export class Paused extends Error {
  readonly pause: Pause

  /** @param because `paused at POST_TEST_TRAFFIC_SHIFT, …`: where, until when, and what happens then. */
  constructor(because: string, pause: Pause) {
    super(because)
    this.pause = pause
  }
}

/** An answer that finds no paused rollout: nothing was called. */
export const nothingWaits = (): StepFailed =>
  new StepFailed({ cause: 'nothing waits for an answer any more', remedy: { kind: 'plan' } })

/** The run was cancelled: transitions under way in ECS go on there, and the next apply takes them up. */
export class Cancelled extends Error {}

/** The report's error: who, what happened, the cause and what runs now in one sentence, and what to do. */
export function reportError(subject: ParticleId, diagnosis: Diagnosis, code?: string): ReportError {
  const [happened, brief] = happenings[diagnosis.code ?? 'Failed']
  const { cause, now, details = [], logs = [], remedy } = diagnosis
  const predicate = diagnosis.happened ?? happened
  const rest = [cause, now].flatMap(text => (text ? `${withoutFullStop(text)}.` : [])).join(' ')
  return {
    code: code ?? diagnosis.code ?? 'Failed',
    message: [`${subject} ${predicate}${cause ? ':' : '.'}`, rest].filter(Boolean).join(' '),
    details,
    ...(logs.length > 0 && { logs }),
    happened: predicate,
    rest,
    brief: diagnosis.brief ?? brief,
    ...(remedy && { remedy }),
  }
}

/** A report's error for any value that was thrown. */
export function reportErrorOf(subject: ParticleId, error: unknown): ReportError {
  if (error instanceof StepFailed) return reportError(subject, error.diagnosis)
  if (error instanceof DiagnosedEcsError) return reportError(subject, error.diagnosis, error.code)
  if (error instanceof EcsError && isDenied(error)) return reportError(subject, deniedDiagnosis(error), error.code)
  if (error instanceof EcsError) {
    const { code, message: cause } = error
    return reportError(subject, { brief: code, cause, ...(!isRefusal(error) && { remedy: { kind: 'rerun' } }) }, code)
  }
  return reportError(subject, { cause: messageOf(error) }, 'Error')
}

/** Why nothing may be applied: the sum of the problems, and each at its place. */
export function refusalError(problems: readonly Problem[]): ReportError {
  const [only, ...more] = problems
  const reviewed = problems.find(({ cause }) => cause !== undefined)
  const sum = only && more.length === 0 ? only : (reviewed ?? problems.findLast(({ place }) => !place))
  return {
    code: 'Refused',
    message: sum ? sayProblem(sum) : `${problems.length} problems must be solved first`,
    details: problems.filter(problem => problem !== sum).map(sayProblem),
    ...(sum?.cause && { rest: sum.cause }),
  }
}

/** The report's entry for a step that is not carried out: the reason, and the table's word. */
export const notCarriedOut = (code: string, message: string, brief = message): ReportError => ({
  code,
  message,
  details: [],
  brief,
})

/**
 * `User: … is not authorized to perform: ACTION on resource: ARN because …`, where a statement is missing; `with an explicit
 * deny in a service control policy`, where one forbids it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
const unauthorized = /is not authorized to perform: ([\w-]+:\w+)(?: on resource: (\S+))?/
const explicitDeny = /with an explicit deny in (an? [\w -]*?policy)/

function deniedDiagnosis(error: EcsError): Diagnosis {
  const fix = missingRight(error)
  return {
    happened: `was denied ${fix.action} by AWS`,
    brief: 'access denied',
    ...(error.said && { cause: untrusted(error.said) }),
    remedy: { kind: 'rerun', fix },
  }
}

/** The action that a refused call lacks. A role that is passed on needs an action for itself. */
export function missingRight({ call, said }: EcsError, otherwise?: string): Extract<Fix, { readonly action: string }> {
  const [, action = `ecs:${call}`, resource = '*'] = unauthorized.exec(said) ?? []
  const policy = explicitDeny.exec(said)?.[1]
  if (policy) return { kind: 'denied', action, policy }
  return { kind: 'allow', action, resource: untrusted(resource), ...(otherwise && { otherwise }) }
}
