import type { CallCounter } from '../ecs/calls.ts'
import { EcsError, isEcs } from '../ecs/errors.ts'
import type { DesiredState, Particle, ParticleId } from '../particle.ts'
import { defaultPhrases } from '../schema/vocabulary.ts'
import { withUnknownsOf } from './comeKnown.ts'
import { type Decision, decide } from './decide.ts'
import type { Answer, RanTasks, Step, Transition } from './document.ts'
import { difference } from './equivalence.ts'
import { type Diagnosis, nothingWaits, StepFailed } from './failure.ts'
import type { AnyFlavor, FlavorContext, TransitionContext } from './flavor.ts'
import type { Graph } from './graph.ts'
import type { Planned } from './plan.ts'
import { consistencyLag, pauseBeforeTry, poll, sleep } from './poll.ts'
import { type EngineContext, flavorOf, Refresh } from './refresh.ts'
import type { ApplySettings } from './settings.ts'
import { type Ended, settle, timedOut } from './settle.ts'

/** How often a transition is tried when its answer was lost. */
const tries = 3

/** What the steps of an apply share. */
export interface ApplyContext {
  readonly planned: Planned
  readonly graph: Graph
  readonly engine: EngineContext
  readonly settings: ApplySettings
  /** The current decisions: each step replaces its own when the step has ended well. */
  readonly decisions: Map<ParticleId, Decision>
  /** Memos of this apply's transitions, for every later description. */
  readonly memos: Map<ParticleId, unknown>
}

/** What a step of an apply may use. */
interface StepContext extends ApplyContext {
  readonly counter: CallCounter
  /** One sentence for the log. */
  say(sentence: string): void
}

/** How a step that succeeded has ended. */
export interface StepEnd {
  readonly decision: Decision
  readonly because: string
  readonly task?: RanTasks
}

/**
 * Carries out one step: transition, settle, describe again, compare. Throws what failed, `Cancelled` when the run is.
 */
export const runStep = (step: Step, context: StepContext): Promise<StepEnd> => new StepRun(step, context).run()

class StepRun {
  readonly #step: Step
  readonly #context: StepContext
  /** As the plan decided. */
  readonly #planned: Decision
  readonly #flavor: AnyFlavor
  readonly #begun: number
  /** The last sentence: the cause when the step's time is up. */
  #said = ''
  #flavorContext: FlavorContext | undefined

  constructor(step: Step, context: StepContext) {
    this.#step = step
    this.#context = context
    this.#planned = context.planned.decisions.get(step.particle) as Decision
    this.#flavor = flavorOf(context.engine, this.#planned.particle)
    this.#begun = context.engine.clock.now()
  }

  async run(): Promise<StepEnd> {
    const { particle: id, dependsOn } = this.#step
    // The step's needs have changed since the plan was made, or took their time.
    const decision = dependsOn.length > 0 ? await this.#decideAgain() : this.#planned
    if (!decision.transition) return nothingLeft(decision)
    this.#refuseUnseen(decision)
    const { answer } = this.#context.settings
    if (answer?.to.has(id)) {
      const because = await this.#answer(decision, answer.is)
      if (answer.is === 'rollback') return { decision, because }
    }
    const { progress, live } = await this.#carryOut(decision, decision.transition)
    const end = await this.#confirm(decision, live)
    return { decision: end, because: progress.because, ...(progress.task && { task: progress.task }) }
  }

  /** The step's needs have their own references and definitions now; others may have changed the particle itself. */
  #decideAgain(): Promise<Decision> {
    const { transition, live } = this.#planned
    const isMissing = transition === 'start' && live === undefined && this.#flavor.alreadyThere
    return isMissing ? this.#decideBy(this.#refresh(true, [])) : this.#decideNow(true)
  }

  /** A change that appeared between plan and step was in no plan, and is not carried out. */
  #refuseUnseen(decision: Decision): void {
    const { decisions, planned, engine } = this.#context
    refuseProblems(decision)
    if (!decision.transition || decision.transition === 'wait') return
    const shown = new Set(planned.claims.publishedFor(this.#planned).map(({ hash }) => hash))
    const unresolved = () => decide(decision.particle, decision.live, engine, planned.decisions)
    const claimed = withUnknownsOf(this.#planned, decision, unresolved)
    if (planned.claims.with(decisions).isCovered(claimed, shown)) return
    const paths = decision.changes.map(({ path }) => path).join(', ')
    throw new StepFailed({
      code: 'ChangedMeanwhile',
      cause: `somebody else changed it, and the step would ${decision.transition}${paths && ` ${paths}`}`,
      remedy: { kind: 'plan' },
    })
  }

  async #answer({ live, transition }: Decision, answer: Answer): Promise<string> {
    if (transition !== 'wait' || !this.#flavor.answerPause) throw nothingWaits()
    return this.#flavor.answerPause(live, answer, await this.#transitionContext())
  }

  async #carryOut(decision: Decision, transition: Transition): Promise<Ended> {
    const { particle } = decision
    const flavor = this.#flavor
    const context = await this.#transitionContext()
    if (transition === 'wait') {
      this.#say(`waits: ${decision.why ?? 'it has not settled yet'}`)
      return this.#settle(decision, particle.desired, context)
    }
    if (transition === 'replace') {
      this.#say('is deleted, to be made anew')
      const { memo } = await this.#certainly(decision, () => flavor.terminate(particle, decision.live, context))
      await this.#settle({ ...decision, memo }, 'terminated', context)
      return this.#makeAnew(context)
    }
    const { starts, ends } = flavor.phrases ?? defaultPhrases
    this.#say(transition === 'update' ? 'is updated' : transition === 'start' ? starts : ends)
    const carriedOut = await this.#certainly(decision, now => {
      if (transition === 'start') return flavor.start(particle, now.live, context)
      if (transition === 'update') return flavor.update(particle, now.live, now.changes, context, decision.live)
      return flavor.terminate(particle, now.live, context)
    })
    return this.#settle(carriedOut, particle.desired, context)
  }

  /** The second half of a replacement. A resource of that name that another tool has made meanwhile is not touched. */
  async #makeAnew(context: TransitionContext): Promise<Ended> {
    const now = await this.#decideNow(true)
    this.#refuseUnseen(now)
    if (now.transition !== 'start') return this.#settle(now, 'running', context)
    this.#say('is made anew')
    const anew = await this.#certainly(now, ({ particle, live }) => this.#flavor.start(particle, live, context))
    return this.#settle(anew, 'running', context)
  }

  /**
   * The decision with the transition's memo, and with AWS's answer before it. After a lost answer, describes before trying
   * again: the call may have been carried out, or another change came between.
   */
  async #certainly(decision: Decision, transition: (now: Decision) => Promise<unknown>): Promise<Decision> {
    let now = decision
    for (let attempt = 1; ; attempt++) {
      try {
        const memo = await transition(now)
        this.#context.memos.set(this.#step.particle, memo)
        return { ...decision, memo, live: now.live }
      } catch (error) {
        if (isEcs(error, this.#flavor.alreadyThere ?? '')) this.#refuseUnseen(await this.#decideNow(true))
        if (!(error instanceof EcsError) || !error.unsure || attempt >= tries) throw error
        this.#say(`${error.message}; it may have been carried out all the same, so look first`)
        await this.#pause(pauseBeforeTry(attempt))
        now = await this.#decideNow(true)
        if (now.transition !== decision.transition) return { ...decision, memo: now.memo, live: now.live }
        this.#refuseUnseen(now)
      }
    }
  }

  #settle({ particle, live, memo }: Decision, goal: DesiredState, context: TransitionContext): Promise<Ended> {
    const { settings, engine } = this.#context
    const flavor = this.#flavor
    const answered = flavor.answered?.(particle, live, memo)
    engine.learn?.({ particle, live: answered })
    return settle({
      particle,
      flavor,
      before: live,
      answered,
      memo,
      goal,
      context,
      settings,
      begun: this.#begun,
      isUpdate: this.#step.transition === 'update',
      describe: () => this.#refresh(false).live(particle.id),
    })
  }

  /** Only an equivalent particle lets its children go on. */
  #confirm({ particle }: Decision, live: unknown): Promise<Decision> {
    const { clock } = this.#context.engine
    const until = clock.now() + consistencyLag
    let polls = 0
    const pollOnce = async (): Promise<Decision | undefined> => {
      const isKnown = ++polls === 1 && live !== undefined
      const now = isKnown ? this.#decide(particle, live) : await this.#decideNow(false)
      const cause = difference(now)
      if (!cause) return now
      const isChange = now.changes.length > 0
      if (clock.now() >= until)
        throw new StepFailed({ code: 'NotEquivalent', cause, ...(isChange && { remedy: { kind: 'equivalence' } }) })
      // The first description is often outdated, and has nothing that the second lacks.
      if (polls > 1) this.#say(`looks different still (${isChange ? 'not equivalent: ' : ''}${cause}), looking again`)
      return undefined
    }
    const say = (sentence: string) => this.#say(sentence)
    return poll(pollOnce, { clock, signal: this.#context.settings.signal, say, isNear: () => true })
  }

  /** Describes the particle and decides again, with the plan's examination where there is one. */
  async #decideNow(requested: boolean): Promise<Decision> {
    const refresh = this.#refresh(requested)
    const decision = await this.#decideBy(refresh)
    const { particle, live, transition, changes } = decision
    const context = await refresh.context(particle.id)
    this.#flavorContext = context
    if (!this.#flavor.examine || transition !== 'update') return decision
    const closer = await this.#flavor.examine(particle, live, changes, context, this.#planned.live)
    return closer === live ? decision : this.#decide(await refresh.resolved(particle.id), closer)
  }

  async #decideBy(refresh: Refresh): Promise<Decision> {
    const { particle: id } = this.#step
    const live = await refresh.live(id)
    return this.#decide(await refresh.resolved(id), live)
  }

  /**
   * New answers of AWS for the particles in `anew`; for all others those of their steps, or of the plan. `requested`:
   * whether what the inputs ask for counts.
   */
  #refresh(requested: boolean, anew = this.#describedAnew()): Refresh {
    const { graph, engine, counter, decisions, memos } = this.#context
    const known = (id: ParticleId) => (anew.includes(id) ? undefined : decisions.get(id))
    return new Refresh(graph, requested ? engine : { ...engine, requested: new Set() }, { counter, known, memos })
  }

  #describedAnew(): readonly ParticleId[] {
    const { id, parents } = this.#planned.particle
    return this.#flavor.readsParents ? [id, ...parents] : [id]
  }

  #decide(particle: Particle, live: unknown): Decision {
    const { engine, decisions } = this.#context
    const decision = decide(particle, live, engine, decisions)
    engine.learn?.(decision)
    return decision
  }

  async #transitionContext(): Promise<TransitionContext> {
    this.#flavorContext ??= await this.#refresh(true).context(this.#step.particle)
    const random = Math.random().toString(36).slice(2, 8)
    return {
      ...this.#flavorContext,
      token: `ecs-particles-${this.#context.engine.clock.now()}-${random}`.slice(0, 36),
      say: sentence => this.#say(sentence),
      pause: (milliseconds, waitsFor) => this.#pause(milliseconds, waitsFor),
      ...(this.#context.settings.readLog && { readLog: this.#context.settings.readLog }),
    }
  }

  #say(sentence: string): void {
    this.#said = sentence
    this.#context.say(sentence)
  }

  async #pause(milliseconds: number, waitsFor?: Diagnosis): Promise<void> {
    const { clock } = this.#context.engine
    const { signal, waitTimeout } = this.#context.settings
    if (clock.now() >= this.#begun + waitTimeout)
      throw new StepFailed({ ...timedOut(waitTimeout, this.#said), ...waitsFor })
    await sleep(milliseconds, clock, signal)
  }
}

function nothingLeft(decision: Decision): StepEnd {
  if (decision.reason === 'failed')
    throw new StepFailed({ cause: decision.why ?? 'it has failed', remedy: { kind: 'said' } })
  refuseProblems(decision)
  return { decision, because: 'nothing was left to do' }
}

function refuseProblems({ problems: [problem] }: Decision): void {
  if (problem) throw new StepFailed({ code: 'Refused', cause: problem.cause, remedy: { kind: 'said' } })
}
