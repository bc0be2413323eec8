/** The two documents that leave the engine: the plan and the report. Plain data, the contract's words. */

import type { Change } from '../compare/change.ts'
import type { DesiredState, ParticleId, State } from '../particle.ts'
import type { Remedy } from './remedy.ts'

/** What a step does to a particle. `wait` calls nothing and waits until a transition under way has ended. */
export type Transition = 'start' | 'update' | 'replace' | 'stop' | 'terminate' | 'wait'

/** Whether the transition stops or terminates its particle. */
export const isEnd = ({ transition }: { readonly transition?: Transition }): boolean =>
  transition === 'stop' || transition === 'terminate'

/** Why the plan has no step for a particle. */
export type Reason = 'equivalent' | 'done' | 'failed' | 'protected' | 'pinned' | 'reference'

/** Where the manifest declares a particle. */
export interface Source {
  /** Relative to the workspace, with forward slashes. */
  readonly file: string
  readonly line: number
}

/** A paused rollout: it goes on, or back, when it is answered or its time is up. */
export interface Pause {
  /** ARN of the service deployment. */
  readonly deployment: string
  /** As ECS spells it: `POST_TEST_TRAFFIC_SHIFT`. */
  readonly stage: string
  /** When ECS no longer waits: ISO 8601, UTC. Missing where ECS does not say. */
  readonly until?: string
  /** What ECS does then. */
  readonly then: 'CONTINUE' | 'ROLLBACK'
  /** A lifecycle hook waits for an answer; otherwise it bakes. */
  readonly awaitsAnswer?: true
}

/** The answer of a person to a paused rollout. */
export type Answer = 'continue' | 'rollback'

/**
 * Where a difference comes from, if not from this run's manifests. `drift`: AWS differs from what was applied last.
 * `unapplied`: the manifests differ from it, and are merged already.
 */
export type Origin = 'drift' | 'unapplied'

/** A change of a step. */
export interface StepChange extends Change {
  readonly origin?: Origin
}

/** One line of the plan: a particle, its transition, and what changes by it. */
export interface Step {
  readonly particle: ParticleId
  readonly transition: Transition
  readonly from: State
  readonly to: DesiredState
  readonly changes: readonly StepChange[]
  /** Set when all of its changes have an origin: that of the first to be reviewed. */
  readonly origin?: Origin
  /** Steps that must have succeeded before this one begins. */
  readonly dependsOn: readonly ParticleId[]
  /** What a reviewer must know, each a sentence. */
  readonly risks: readonly string[]
  /** What a `wait` waits for, in one sentence; of a particle that is no longer declared, who removed it. */
  readonly why?: string
  /** With `wait`: the rollout is paused. */
  readonly paused?: Pause
  /** The revision that the changes are compared with, and that a new one follows: `web:41`. */
  readonly after?: string
  /**
   * Values that a new revision takes over from AWS against the manifest (`custom_config.ignore`): each as it will be.
   */
  readonly kept?: readonly Change[]
  /**
   * Changes of the definition that a service runs, where no step of its task definition shows them: between the old
   * revision and the new one.
   */
  readonly follows?: readonly Change[]
  /** Differences that this tool may not carry out, beside those that are carried out. */
  readonly protected?: readonly Change[]
  readonly source: Source
}

/** A particle for which the plan has no step. */
export interface Unchanged {
  readonly particle: ParticleId
  readonly state: State
  readonly reason: Reason
  /** With `failed`: what happened. */
  readonly why?: string
  /** With `protected`: the differences that are left alone. */
  readonly changes?: readonly Change[]
}

/** A resource that an earlier commit declared, today's manifests do not, and AWS still has. */
export interface Removed {
  readonly particle: ParticleId
  readonly state: State
  /** As a line of `unmanaged` spells it: `ecs_service us-east-1 shop/web`. Missing where a secret variable went into it. */
  readonly thing?: string
  /** The commit that removed the declaration, where that is known. */
  readonly since?: string
  /** The pull request that removed the declaration, where that is known; an open pull request names itself. */
  readonly pullRequest?: number
  /** The last commit that is known to declare it, and where. */
  readonly declared?: Source & { readonly commit: string }
  /** The particle that has the same definition now: ECS cannot rename, so there are two resources. */
  readonly renamedTo?: ParticleId
  /** `persist_on_termination`: the resource would not be terminated either. */
  readonly kept?: true
  /**
   * The `unmanaged` line that names the resource: its end is never planned, and it is dropped from the list by the next
   * apply.
   */
  readonly unmanaged?: Source
}

/** A member that earlier manifests stated, today's do not, and AWS still has: no apply takes it away. */
export interface UndeclaredMember {
  readonly particle: ParticleId
  /** As the changes of plans spell it: `deploymentConfiguration.alarms`. */
  readonly path: string
  /** Where it was declared, and in which commit. */
  readonly declared: Source & { readonly commit: string }
  /** What to state to remove it. Missing where AWS keeps some value in any case. */
  readonly toRemove?: string
}

/** Number of particles by transition. */
export type Summary = Readonly<Record<Transition | 'unchanged' | 'protected', number>>

/** The plan file, version 1: the same bytes for the same manifests and the same answers of AWS. */
export interface Plan {
  readonly version: 1
  readonly environment: string
  readonly region: string
  /** Twelve digits, from the ARNs that AWS answered; missing while nothing exists. */
  readonly account?: string
  readonly digest: string
  readonly summary: Summary
  readonly steps: readonly Step[]
  readonly unchanged: readonly Unchanged[]
  readonly removed?: readonly Removed[]
  /** Members that are no longer declared and stay in AWS. */
  readonly undeclared?: readonly UndeclaredMember[]
  /** Pull requests that are merged and not applied yet, where a step comes from one of them. */
  readonly unapplied?: readonly number[]
  /** No manifest names this environment, and no earlier apply is known. `meant`: a name that is known and much like it. */
  readonly newEnvironment?: { readonly meant?: string }
  readonly warnings?: readonly string[]
}

/** How far a step has come. */
export type StepResult = 'running' | 'succeeded' | 'paused' | 'failed' | 'skipped' | 'cancelled'

/** How far an apply has come. */
export type Result =
  | 'running'
  | 'succeeded'
  | 'paused'
  | 'rolled-back'
  | 'failed'
  | 'refused'
  | 'cancelled'
  | 'superseded'

/** Where a failed container wrote its output, in CloudWatch Logs. */
export interface ContainerLog {
  readonly container: string
  /** The task's id. */
  readonly task: string
  readonly region: string
  readonly group: string
  readonly stream: string
  /** Its last lines, oldest first, where the inputs want some. */
  readonly lines?: readonly string[]
  /** Why its lines could not be read. */
  readonly unread?: string
}

/** A failure as the report file has it, and beside that what comment, log and annotations are made from. */
export interface ReportError {
  readonly code: string
  /** The whole sentence: who, what happened, the cause, and what runs now. */
  readonly message: string
  /** ECS's own words that the sentence does not repeat, oldest first. */
  readonly details: readonly string[]
  readonly logs?: readonly ContainerLog[]
  /**
   * Not in the file. The parts of `message` after its subject: what happened, then the cause and what runs now; where nothing was
   * done, the cause alone.
   */
  readonly happened?: string
  readonly rest?: string
  /** Not in the file. What happened in a word or two, for a table: `rolled back`. */
  readonly brief?: string
  /** Not in the file. */
  readonly remedy?: Remedy
}

/** The tasks that a step ran. */
export interface RanTasks {
  readonly arns: readonly string[]
  /** By container, in the order of the ARNs. */
  readonly exitCodes: readonly Readonly<Record<string, number>>[]
}

/** The outcome of a step of the plan. */
export interface ReportStep {
  readonly particle: ParticleId
  readonly transition: Transition
  readonly result: StepResult
  /** ISO 8601, UTC. Missing for a step that never began. */
  readonly startedAt?: string
  readonly finishedAt?: string
  /** Calls made to AWS for this step. */
  readonly calls: number
  /** How the step ended, in one sentence: `6 of 6 tasks run web:42`. */
  readonly because?: string
  /** With the result `paused`. */
  readonly paused?: Pause
  readonly error?: ReportError
  readonly task?: RanTasks
}

/** The report file, version 1, rewritten as the apply goes on. */
export interface Report {
  readonly version: 1
  readonly environment: string
  readonly result: Result
  readonly startedAt: string
  readonly finishedAt?: string
  readonly steps: readonly ReportStep[]
  /** Why nothing was done, or what failed outside of any step. */
  readonly error?: ReportError
}

/** Particles that ended badly in an earlier apply. */
export const failedBefore = ({ unchanged }: Pick<Plan, 'unchanged'>): readonly Unchanged[] =>
  unchanged.filter(({ reason }) => reason === 'failed')

/** Nothing was to be done, and nothing was wrong. */
export const hadNothingToDo = ({ result, steps }: Pick<Report, 'result' | 'steps'>): boolean =>
  result === 'succeeded' && steps.length === 0

/** Steps whose rollout is paused. */
export const pausedSteps = ({ steps }: Report): readonly ReportStep[] => steps.filter(({ paused }) => paused)

/** ARNs of the paused service deployments, in a report or a plan. */
export const pausedDeployments = ({ steps }: { readonly steps: readonly { readonly paused?: Pause }[] }): string[] =>
  steps.flatMap(({ paused }) => paused?.deployment ?? [])

/** The report as its file has it. */
export const fileForm = (report: Report): Report => ({
  ...withFileError(report),
  steps: report.steps.map(withFileError),
})

function withFileError<T extends { readonly error?: ReportError }>(part: T): T {
  if (!part.error) return part
  const { code, message, details, logs } = part.error
  return { ...part, error: { code, message, details, ...(logs && { logs }) } }
}
