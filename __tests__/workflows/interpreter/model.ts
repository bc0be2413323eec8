/** What a run begins with, and what comes of it. */
import type { Contexts, Json } from './language.ts'
import type { Permissions } from './permissions.ts'
import type { Occasion } from './trigger.ts'

export type Values = Readonly<Record<string, string>>

/** What a run begins with. */
export interface Start {
  readonly file: string
  readonly text: string
  readonly occasion: Occasion
  /** The context `github`, without `token`. */
  readonly github: Readonly<Record<string, Json>>
  readonly inputs?: Readonly<Record<string, Json>>
  readonly vars: Values
  /** Variables of environments, which take the place of the repository's in jobs that name one. */
  readonly environments: Readonly<Record<string, Values>>
  readonly secrets: Values
  /** Whether the token may only read: a fork's pull request. */
  readonly readsOnly: boolean
  /** The text of a workflow that is called. */
  readonly called: (uses: string) => string
  readonly steps: Steps
  /** Waits for a concurrency group, and answers how to leave it. Whatever is `cancel`led leaves it all the same. */
  readonly enter: (group: Concurrency | undefined, cancel: () => void) => Promise<() => void>
}

export interface RunEnd {
  /** `none`: the event starts nothing. */
  readonly conclusion: JobResult | 'startup_failure' | 'none'
  readonly problem?: string
  readonly jobs: readonly JobEnd[]
  /** Outputs of calling jobs. */
  readonly outputs: Readonly<Record<string, Values>>
  readonly concurrency: Concurrency | undefined
}

export interface Concurrency {
  readonly group: string
  readonly cancels: boolean
  readonly queue: string
}

export type JobResult = 'success' | 'failure' | 'skipped' | 'cancelled'

/** What an expression in a leg of a matrix may name. */
export type Leg = Readonly<Record<'matrix' | 'strategy', Json>>

export interface StepEnd {
  readonly name: string
  readonly outcome: JobResult
  /** The outcome, but for `continue-on-error`. */
  readonly conclusion: JobResult
  readonly outputs: Values
  readonly log: string
}

export interface JobEnd {
  readonly name: string
  readonly result: JobResult
  readonly outputs: Values
  readonly steps: readonly StepEnd[]
  /** Why it has no steps, or hands on no output. */
  readonly problem?: string
  readonly concurrency?: Concurrency | undefined
  readonly environment?: string
  readonly summary?: string
}

/** A step that uses an action. */
export interface Use {
  readonly uses: string
  readonly with: Values
  /** Environment variables of the process. */
  readonly env: Values
  readonly workspace: string
  readonly permissions: Permissions
  readonly job: string
  /** Is aborted when the job is cancelled. */
  readonly signal: AbortSignal
  /** The environment that the job names; empty where it names none. */
  readonly environment: string
  readonly contexts: Contexts
}

/** What the world outside of the workflow does. */
export interface Steps {
  /** The token of a job. */
  token(permissions: Permissions): string
  /** Environment variables of every step. */
  readonly env: Values
  /** Plays an action. */
  use(
    use: Use,
  ): Promise<{ readonly failed: boolean; readonly log: string; readonly env?: Values; readonly outputs?: Values }>
}
