import type { Clock } from '../clock.ts'
import type { FoundChange } from '../compare/change.ts'
import type { Sensitivity } from '../compare/sensitivity.ts'
import type { Ecs } from '../ecs/client.ts'
import type { DesiredState, Particle, ParticleId, Path, State, Unknown } from '../particle.ts'
import type { Vocabulary } from '../schema/vocabulary.ts'
import type { JobContent, ReleaseSignatures } from './release.ts'

/** What a look at AWS amounts to, in the words of every flavor. */
export interface Observed {
  readonly state: State
  /** One sentence for people: what is under way, or why it failed. */
  readonly why?: string
  /** A job that has succeeded and is never to run again. */
  readonly done?: true
  /** It ended badly; every apply fails until something changes. */
  readonly failed?: true
  /** Something of it is there, and it is to be started all the same: fewer tasks than asked for, or one on its way out. */
  readonly incomplete?: true
  /** Nothing to change, and still not what it is to be: a rollout, a running job, an outcome not yet recorded. */
  readonly unsettled?: true
  /** What a plan must say of it, whatever is to happen: each a sentence. */
  readonly warnings?: readonly string[]
}

/** What stands between a definition and what is there. */
export interface Comparison {
  /** What an update would carry out. Empty when equivalent. */
  readonly changes: readonly FoundChange[]
  /** Differences that nobody may carry out this way: shown, never applied. */
  readonly protected?: readonly FoundChange[]
  /** Changes of members that cannot change in place, so that the whole must be replaced. */
  readonly replaces?: readonly FoundChange[]
  /** What a reviewer must know before it is carried out, each a sentence. */
  readonly risks?: readonly string[]
  /** What is kept from somebody else against what the manifest states, where the update makes something new: as it will be. */
  readonly kept?: readonly FoundChange[]
  /** What cannot be done, refused in the plan. `at` is a path into the definition. */
  readonly problems?: readonly { readonly at: Path; readonly message: string }[]
  readonly warnings?: readonly string[]
  /** Why nothing of it is carried out until it changes or a person asks for it: what it would bring has failed before. */
  readonly heldBack?: string
  /** Equivalent because an existing revision is pinned. */
  readonly pinned?: true
  /** A person asked for all of this in the inputs, or it follows from release variables alone: nothing is left to review. */
  readonly preapproved?: true
  /** It cannot be started from here, and that is no error: why. */
  readonly absent?: string
}

/** Is it there yet? A pure judgement with a sentence: `1 of 2 tasks running, deployment IN_PROGRESS`. */
export interface Progress {
  readonly is: 'moving' | 'settled' | 'failed'
  readonly because: string
  /** A closer look (`inquire`) would tell more: judge again after it. */
  readonly inconclusive?: true
  /** ECS's own words, oldest first: events, stopped reasons, exit codes. */
  readonly details?: readonly string[]
  /** For the report: which tasks ran, and how they ended. */
  readonly task?: { readonly arns: readonly string[]; readonly exitCodes: readonly Readonly<Record<string, number>>[] }
}

/** What is around a particle while it is looked at. Every fact is asked for once per pass. */
export interface FlavorContext {
  readonly ecs: Ecs
  readonly environment: string
  /** GitHub's id of the repository; undefined where nobody knows it. */
  readonly repository?: string
  readonly clock: Clock
  /** The particle with this id, of the whole graph, or undefined. */
  particle(id: ParticleId): Particle | undefined
  /** Ids of particles that name this one as a parent. */
  readonly children: readonly ParticleId[]
  /** AWS's answer for another particle, looked up in the same pass. */
  live(id: ParticleId): Promise<unknown>
  /** The inputs name this particle in `retry-tasks` or `redeploy`. */
  readonly requested: boolean
  /** What a job is known by in records, release variables aside; undefined without any. `job` is the one that is looked at. */
  releaseSignatures(job: Particle<object>, content: JobContent): ReleaseSignatures | undefined
  /** What this apply's own transition of the particle left to remember. */
  readonly memo?: unknown
}

/** What a transition may use, and say. */
export interface TransitionContext extends FlavorContext {
  /** One sentence for the log. */
  say(sentence: string): void
  /** Sleeps, unless the apply is cancelled or the step's time is up: then it throws. */
  pause(milliseconds: number): Promise<void>
}

/**
 * One kind of ECS thing. `Definition`: what a manifest may say. `Live`: AWS's answer, untouched.
 * `Memo`: what a transition must remember so that its end can be judged; made of AWS's answers.
 */
export interface Flavor<Definition extends object, Live, Memo> extends Vocabulary {
  /** Others refer to it; nobody looks at it, nobody changes it. */
  readonly referenceOnly?: true
  /** A look needs nothing but who the particle is, which is known without AWS: what it inherits may be found out later. */
  readonly foundByName?: true

  // Pure: tables in, tables out.
  read(particle: Particle<Definition>, live: Live | undefined): Observed
  compare(particle: Particle<Definition>, live: Live, sensitivity: Sensitivity): Comparison
  /** A start, leaf by leaf, with what must be known of it. */
  additions(particle: Particle<Definition>, live: Live | undefined, sensitivity: Sensitivity): Comparison
  /** What must be known before it goes, each a sentence. */
  removalRisks(particle: Particle<Definition>, live: Live): readonly string[]
  /** What children put into the member that they need this particle for: a value, or that only an apply will tell. */
  reference(
    particle: Particle<Definition>,
    live: Live | undefined,
    changes: readonly FoundChange[],
  ): string | Unknown | undefined
  /** What children run that is not what is stated, by their reference, and how it differs. */
  staleRevisions?(
    particle: Particle<Definition>,
    live: Live,
    sensitivity: Sensitivity,
  ): ReadonlyMap<string, readonly FoundChange[]>
  /** The definition as it is in AWS, for `$inherit$`. */
  currentDefinition(
    particle: Particle<Definition>,
    live: Live | undefined,
  ): Readonly<Record<string, unknown>> | undefined
  /** What a transition that is already under way is judged by. */
  adopt(particle: Particle<Definition>, live: Live | undefined): Memo
  /** `elapsed`: milliseconds since the transition, for what ECS may not show at once. */
  progress(
    particle: Particle<Definition>,
    live: Live | undefined,
    goal: DesiredState,
    memo: Memo,
    elapsed: number,
  ): Progress

  // I/O: the only code that calls ECS.
  describe(particle: Particle<Definition>, around: FlavorContext): Promise<Live | undefined>
  /**
   * Before an update: what is worth asking only then, such as whether what it would bring has failed before. With it the
   * particle is compared again. `known` was found by an earlier look of the same run, and is not asked for again.
   */
  examine?(
    particle: Particle<Definition>,
    live: Live,
    changes: readonly FoundChange[],
    around: FlavorContext,
    known?: Live,
  ): Promise<Live>
  /** What settles an `unclear` verdict: asked for rarely, because a look does not show it. */
  pollClosely?(
    particle: Particle<Definition>,
    live: Live | undefined,
    memo: Memo,
    context: TransitionContext,
  ): Promise<Live | undefined>
  /** A cheaper look while a transition settles, from what was seen last. Without it, `look` is used. */
  poll?(
    particle: Particle<Definition>,
    live: Live | undefined,
    memo: Memo,
    context: TransitionContext,
  ): Promise<Live | undefined>
  start(particle: Particle<Definition>, live: Live | undefined, context: TransitionContext): Promise<Memo>
  update(
    particle: Particle<Definition>,
    live: Live,
    changes: readonly FoundChange[],
    context: TransitionContext,
  ): Promise<Memo>
  terminate(particle: Particle<Definition>, live: Live, context: TransitionContext): Promise<Memo>
  /** After it failed, or never settled: what ECS has to say about it. */
  diagnose?(
    particle: Particle<Definition>,
    live: Live | undefined,
    memo: Memo,
    context: TransitionContext,
  ): Promise<readonly string[]>
  /** After it has settled, whatever the verdict: what must outlive ECS's memory (how a job ended). */
  onEnded?(
    particle: Particle<Definition>,
    live: Live | undefined,
    memo: Memo,
    verdict: Progress,
    context: TransitionContext,
  ): Promise<void>
  /** After a failed rollout, with `on-failure: rollback`: back to what ran before; undefined when it is back already. */
  rollBack?(
    particle: Particle<Definition>,
    before: Live,
    now: Live | undefined,
    context: TransitionContext,
  ): Promise<Memo | undefined>
}
/** A flavor whose definition and answers nobody looks into: the engine hands them from one method to the next. */
export type AnyFlavor = Flavor<Readonly<Record<string, unknown>>, unknown, unknown>
