import type { Clock } from '../clock.ts'
import type { FoundChange } from '../compare/change.ts'
import type { Sensitivity } from '../compare/sensitivity.ts'
import type { CallName, OwnCall } from '../ecs/calls.ts'
import type { Ecs } from '../ecs/client.ts'
import type { DesiredState, Particle, ParticleId, Path, State, Unknown } from '../particle.ts'
import type { Vocabulary } from '../schema/vocabulary.ts'
import type { Answer, ContainerLog, Pause, RanTasks } from './document.ts'
import type { Diagnosis } from './failure.ts'
import type { JobContent, ReleaseSignatures } from './release.ts'

/** The state that AWS's answer shows, in the words of every flavor. */
export interface Observed {
  readonly state: State
  /** One sentence for people: what is under way, or why the particle failed. */
  readonly why?: string
  /** A job that has succeeded and is never to run again. */
  readonly done?: true
  /** The particle ended badly; every apply fails until something changes. */
  readonly failed?: true
  /** A part exists, and a start is needed to complete it: fewer tasks than `count`, or a service that is DRAINING. */
  readonly incomplete?: true
  /** No change is needed, and the goal is not reached yet: a rollout, a running job, an outcome not yet recorded. */
  readonly unsettled?: true
  /** A paused rollout. */
  readonly paused?: Pause
  /** Sentences that the plan shows with every decision. */
  readonly warnings?: readonly string[]
}

/** A statement that cannot be carried out. */
export interface Refusal {
  /** Into the definition. */
  readonly at: Path
  readonly message: string
  /** The message leaves out which particle it is about: the id is said before it, unless the sentence around it does. */
  readonly unnamed?: true
}

/** How a definition differs from AWS's answer, and which dangers a reviewer must know. */
export interface Comparison {
  /** Changes that the transition carries out. Empty when equivalent. */
  readonly changes: readonly FoundChange[]
  /** Differences that this tool may not carry out: shown, never applied. */
  readonly protected?: readonly FoundChange[]
  /** Changes of members that cannot change in place, so that the particle must be replaced. */
  readonly replaces?: readonly FoundChange[]
  /** Sentences for the reviewer, about dangers of the transition. `riskOf` words those whose steps a plan counts. */
  readonly risks?: readonly string[]
  /** Minutes that the transition takes at least and is waited for, where settings of the resource say so. */
  readonly leastMinutes?: number
  /** Ignored values that a new revision takes over from AWS against the manifest: each as it will be. */
  readonly kept?: readonly FoundChange[]
  /** Statements that cannot be carried out, refused in the plan. */
  readonly problems?: readonly Refusal[]
  readonly warnings?: readonly string[]
  /** Why none of the changes is carried out until the manifest changes or a person asks: they have failed before. */
  readonly heldBack?: string
  /** Equivalent because an existing revision is pinned. */
  readonly pinned?: true
  /** The changes make a new revision: children refer to the particle by another reference, known after the apply. */
  readonly newReference?: true
  /** The inputs name all changes, or they follow from release variables alone: no review is needed. */
  readonly preapproved?: true
  /** Why the particle cannot be started from here, where that is no error. */
  readonly absent?: string
}

/**
 * Everything that a decision needs to know of a particle and AWS's answer for it. Its functions compare only when
 * called.
 */
export interface Assessment<Memo = unknown> {
  readonly observed: Observed
  /** Value for the children's member that needs this particle (`web:42`), or Unknown until apply. */
  readonly reference: string | Unknown | undefined
  /** The definition that AWS has, for `$inherit$`. */
  readonly currentDefinition: Readonly<Record<string, unknown>> | undefined
  /** The memo by which a transition that is already under way is judged. */
  readonly memo: Memo
  /** Values that a start makes, leaf by leaf. */
  additions(): Comparison
  /** Changes of an update. Missing, as the two below, where AWS has no answer to compare with. */
  differences?(): Comparison
  /**
   * Live values that the manifest leaves out and that stay because of it, as removals. Missing where a manifest states
   * everything.
   */
  unstated?(): readonly FoundChange[]
  /** Sentences for the reviewer, about the end of the particle. */
  removalRisks?(): readonly string[]
  /** Revisions child services run that differ from the manifest, keyed `web:41`. */
  staleRevisions?(): ReadonlyMap<string, readonly FoundChange[]>
}

/** Whether a transition has come to its end: a pure judgement. */
export type Progress = Moving | Settled | Failed

/** The transition is under way. */
export interface Moving {
  readonly is: 'moving'
  /** `1 of 2 tasks running, deployment IN_PROGRESS`. */
  readonly because: string
  /** `pollClosely` would find out more: judge again after it. */
  readonly inconclusive?: true
  /** Nothing moves until somebody answers, or until then: a wait that is shorter ends here. */
  readonly pause?: Pause
  /** The end can come within seconds: poll more often. */
  readonly near?: boolean
}

/** The transition has reached its goal. */
export interface Settled {
  readonly is: 'settled'
  /** `6 of 6 tasks run web:42`. */
  readonly because: string
  readonly inconclusive?: never
  readonly task?: RanTasks
}

/** The transition will not reach its goal. */
export interface Failed {
  readonly is: 'failed'
  /** As far as the last description shows the failure; `diagnose` finds the rest. */
  readonly failure: Diagnosis
  readonly inconclusive?: true
  readonly task?: RanTasks
}

/** What happens while a transition settles. */
export interface Watch<Live> {
  /** Given each answer of AWS in turn: sentences for the log about what has happened since the one before. */
  eventLines(live: Live | undefined): Promise<readonly string[]>
}

/** What a flavor may use to describe a particle. Every fact is read once in a refresh. */
export interface FlavorContext {
  readonly ecs: Ecs
  readonly environment: string
  /** GitHub's id of the repository; undefined where none is known. */
  readonly repository?: string
  readonly clock: Clock
  /** The particle with this id, of the whole graph, or undefined. */
  particle(id: ParticleId): Particle | undefined
  /** All particles of the graph. */
  particles(): Iterable<Particle>
  /** Ids of particles that name this one as a parent. */
  readonly children: readonly ParticleId[]
  /** AWS's answer for another particle, from the same refresh. */
  live(id: ParticleId): Promise<unknown>
  /** The inputs name this particle in `retry-tasks` or `redeploy`. */
  readonly requested: boolean
  /** Names of `job` in records that leave release variables out; undefined without any release variable. */
  releaseSignatures(job: Particle<object>, content: JobContent): ReleaseSignatures | undefined
  /** The memo of this apply's own transition of the particle. */
  readonly memo?: unknown
}

/** What a transition may use, and where it reports. */
export interface TransitionContext extends FlavorContext {
  /** Idempotency token of the step, the same for each of its tries: at most 36 ASCII characters. */
  readonly token: string
  /** One sentence for the log. */
  say(sentence: string): void
  /**
   * Sleeps. Throws when the apply is cancelled, and when the step's time is up: `waitsFor` is the cause then, or else the
   * last sentence that was said.
   */
  pause(milliseconds: number, waitsFor?: Diagnosis): Promise<void>
  /** The last lines of a container's log, oldest first; missing where the inputs want none. */
  readonly readLog?: (log: ContainerLog) => Promise<readonly string[]>
}

/**
 * One kind of resource. `Definition`: members that a manifest may state. `Live`: AWS's answer, untouched. `Memo`: facts
 * of a transition by which its end is judged; made of AWS's answers.
 */
export interface Flavor<Definition extends object, Live, Memo> extends Vocabulary {
  /** Other particles refer to it; no call describes or changes it. */
  readonly referenceOnly?: true
  /** Every call that its functions make, themselves or by a read of `Ecs`: the IAM policies are made from these. */
  readonly calls: readonly (CallName | OwnCall)[]
  /** `describe` needs nothing but the particle's identity: members that it inherits may be unknown still. */
  readonly foundByName?: true

  /** `describe` reads AWS's answers for parents, which earlier steps of an apply change: the record of jobs. */
  readonly readsParents?: true
  /**
   * ECS's words when it refuses a start because the resource is there already: what the plan found missing is started
   * without being described again.
   */
  readonly alreadyThere?: string

  /** Pure: the same answer of AWS, the same assessment. `live`: undefined where AWS has none. */
  assess(particle: Particle<Definition>, live: Live | undefined, sensitivity: Sensitivity): Assessment<Memo>
  /** Pure. `elapsed`: milliseconds since the transition, for what ECS may not show at once. */
  progress(
    particle: Particle<Definition>,
    live: Live | undefined,
    goal: DesiredState,
    memo: Memo,
    elapsed: number,
  ): Progress

  // Only the functions below call ECS. Each throws EcsError for a call that ECS refuses.
  describe(particle: Particle<Definition>, context: FlavorContext): Promise<Live | undefined>
  /**
   * Reads facts that matter only before an update, such as whether the deployment that it makes has failed before. The
   * particle is assessed again with the answer. `known`: AWS's answer for the plan of the same run, whose examination
   * still holds.
   */
  examine?(
    particle: Particle<Definition>,
    live: Live,
    changes: readonly FoundChange[],
    context: FlavorContext,
    known?: Live,
  ): Promise<Live>
  /** Reads what settles an inconclusive progress and no description shows. */
  pollClosely?(
    particle: Particle<Definition>,
    live: Live | undefined,
    memo: Memo,
    context: TransitionContext,
  ): Promise<Live | undefined>
  /** A cheaper `describe` while a transition settles, from the answer before. */
  poll?(
    particle: Particle<Definition>,
    live: Live | undefined,
    memo: Memo,
    context: TransitionContext,
  ): Promise<Live | undefined>
  /**
   * AWS's answer as the transition's own calls gave it: judged before anything is described again. Undefined where those
   * calls do not answer with the whole resource. `before`: AWS's answer before the transition.
   */
  answered?(particle: Particle<Definition>, before: Live | undefined, memo: Memo): Live | undefined
  start(particle: Particle<Definition>, live: Live | undefined, context: TransitionContext): Promise<Memo>
  update(
    particle: Particle<Definition>,
    live: Live,
    changes: readonly FoundChange[],
    context: TransitionContext,
    /** AWS's answer before the step's first try: a try whose answer was lost may have changed more since. */
    before: Live,
  ): Promise<Memo>
  terminate(particle: Particle<Definition>, live: Live, context: TransitionContext): Promise<Memo>
  /** Watches a transition that settles. `before`: AWS's answer before it. */
  watch?(particle: Particle<Definition>, before: Live | undefined, memo: Memo, context: TransitionContext): Watch<Live>
  /** Answers a paused transition: see `Pause`. Resolves to what became of it, in a sentence; after `rollback`, at its end. */
  answerPause?(live: Live, answer: Answer, context: TransitionContext): Promise<string>
  /**
   * Finds the cause of a transition that failed or never settled, with ECS's own words, before a sentence is made of
   * it.
   */
  diagnose?(
    particle: Particle<Definition>,
    live: Live | undefined,
    memo: Memo,
    failure: Diagnosis,
    context: TransitionContext,
  ): Promise<Diagnosis>
  /** After the particle has settled or failed: records facts that ECS forgets (how a job ended). */
  onEnded?(
    particle: Particle<Definition>,
    live: Live | undefined,
    memo: Memo,
    progress: Progress,
    context: TransitionContext,
  ): Promise<void>
  /**
   * After a failed rollout, with `on-failure: rollback`: restores what ran before; undefined when that runs already.
   */
  rollBack?(
    particle: Particle<Definition>,
    before: Live,
    now: Live | undefined,
    context: TransitionContext,
  ): Promise<Memo | undefined>
}

/** A flavor as the engine sees it: definition, answers and memos are handed from one method to the next, unread. */
export type AnyFlavor = Flavor<object, unknown, unknown>
