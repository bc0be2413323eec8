import type { FoundChange, Value } from '../compare/change.ts'
import { sensitivityOf } from '../compare/sensitivity.ts'
import type { CallCounter } from '../ecs/calls.ts'
import { EcsError } from '../ecs/errors.ts'
import { type DesiredState, isGone, type Particle, type ParticleId } from '../particle.ts'
import { claimsOf, isCovered, publishedFor } from './claims.ts'
import { type Decision, decide } from './decide.ts'
import type { Report, ReportStep, Step, Transition } from './document.ts'
import { reexamined } from './examine.ts'
import type { Progress, TransitionContext } from './flavor.ts'
import type { Graph } from './graph.ts'
import type { Failure, Journal } from './journal.ts'
import type { Planned } from './plan.ts'
import { type EngineContext, flavorOf, Refresh } from './refresh.ts'

/** Where an apply says what it is doing. */
export interface Log {
  /** One sentence about one particle. Lines of several particles may come in turns. */
  say(particle: ParticleId, sentence: string): void
  /** Nothing more will be said of it. */
  close(particle: ParticleId): void
}

export interface ApplySettings {
  /** Longest wait for one transition, in milliseconds. */
  readonly waitTimeout: number
  readonly onFailure: 'stop' | 'rollback'
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal
  readonly log: Log
  /** Asked before each step: why it must not begin any more, in one sentence, when a newer apply has taken over. */
  readonly mayBegin?: (modifies: boolean) => Promise<string | undefined>
}

/** The run was cancelled: what is under way in ECS goes on there, and the next apply takes it up. */
class Cancelled extends Error {}

/** A transition took longer than `wait-timeout`. */
class TimedOut extends Error {}

/** The step ended badly, in a way that has been explained already. */
class StepFailed extends Error {
  readonly failure: Failure
  constructor(code: string, message: string, details: readonly string[] = []) {
    super(message)
    this.failure = { code, message, details }
  }
}

type End = 'succeeded' | 'failed' | 'skipped' | 'cancelled' | 'superseded'

/** First, longest and growing pause between two looks at what settles, in milliseconds. */
const firstPause = 500
const longestPause = 10_000
/** Pauses end on a common grid, so that looks at different things meet in one call. */
const grid = 250
/** Unchanged, it is said again after so many milliseconds. */
const heartbeat = 10_000
/** A look may lag behind a transition for so long before it counts. */
const consistencyLag = 30_000
/** How often a transition is tried when its answer was lost. */
const tries = 3

/** Carries out a plan: as wide as the graph is, each step only after those it needs. Writes everything to the journal. */
export async function apply(
  planned: Planned,
  graph: Graph,
  engine: EngineContext,
  journal: Journal,
  settings: ApplySettings,
): Promise<Report> {
  return new Walk(planned, graph, engine, journal, settings).run()
}

class Walk {
  readonly #planned: Planned
  readonly #graph: Graph
  readonly #world: EngineContext
  readonly #journal: Journal
  readonly #settings: ApplySettings
  /** What is known now: each step replaces its own when it has ended well. */
  readonly #decisions: Map<ParticleId, Decision>
  readonly #ends = new Map<ParticleId, Promise<End>>()
  /** What transitions of this apply left to remember. */
  readonly #memos = new Map<ParticleId, unknown>()
  /** Why no step begins any more. */
  #overtaken: string | undefined

  constructor(planned: Planned, graph: Graph, engine: EngineContext, journal: Journal, settings: ApplySettings) {
    this.#planned = planned
    this.#graph = graph
    this.#world = engine
    this.#journal = journal
    this.#settings = settings
    this.#decisions = new Map(planned.decisions)
  }

  async run(): Promise<Report> {
    const { steps, unchanged } = this.#planned.plan
    // Steps stand in an order in which they may run: what a step needs has its promise already.
    for (const step of steps) this.#ends.set(step.particle, this.#whenReady(step))
    const ends = await Promise.all(this.#ends.values())
    if (ends.includes('cancelled')) return this.#journal.finish('cancelled')
    const failed = unchanged.filter(({ reason }) => reason === 'failed')
    const [first] = failed
    if (first) {
      return this.#journal.finish('failed', {
        code: 'Failed',
        message: failed.map(({ particle, why }) => `${particle}: ${why ?? 'it has failed'}`).join('; '),
        details: [],
      })
    }
    // Where a step of its own failed, that is the news, whoever takes over.
    if (ends.some(end => end === 'failed' || end === 'skipped')) return this.#journal.finish('failed')
    if (this.#overtaken) return this.#journal.finish('superseded', superseded(this.#overtaken))
    return this.#journal.finish('succeeded')
  }

  async #whenReady(step: Step): Promise<End> {
    const { particle: id, transition, dependsOn } = step
    const { log, signal } = this.#settings
    const blocked = this.#blockedBy(step)
    const ends = await Promise.all(dependsOn.map(async needed => [needed, await this.#ends.get(needed)] as const))
    if (signal.aborted) return this.#cancel(step)
    const because = blocked ?? this.#failedNeed(ends)
    if (because) {
      log.say(id, `skipped: ${because}`)
      log.close(id)
      this.#journal.pass(id, transition, 'skipped', { code: 'Skipped', message: because, details: [] })
      return 'skipped'
    }
    this.#overtaken ??= await this.#askToBegin(step)
    if (signal.aborted) return this.#cancel(step)
    if (this.#overtaken) {
      log.say(id, `not begun: ${this.#overtaken}`)
      log.close(id)
      this.#journal.pass(id, transition, 'skipped', superseded(this.#overtaken))
      return 'superseded'
    }
    return this.#take(step)
  }

  #cancel({ particle, transition }: Step): End {
    this.#journal.pass(particle, transition, 'cancelled', cancelled)
    return 'cancelled'
  }

  async #askToBegin({ transition }: Step): Promise<string | undefined> {
    const { mayBegin, signal } = this.#settings
    try {
      return await mayBegin?.(transition !== 'wait')
    } catch (error) {
      // Whoever is asked gives up as well when the run is cancelled.
      if (signal.aborted) return undefined
      throw error
    }
  }

  /** Something that failed in an earlier run holds back what comes after it, though it has no step of its own. */
  #blockedBy({ particle: id, to }: Step): string | undefined {
    if (isGone(to)) return undefined
    const seen = new Set<ParticleId>()
    const look = (from: ParticleId): string | undefined => {
      for (const parent of this.#graph.particles.get(from)?.parents ?? []) {
        if (seen.has(parent)) continue
        seen.add(parent)
        const decision = this.#planned.decisions.get(parent)
        if (decision?.reason === 'failed') return `needs ${parent}, which has failed: ${decision.why ?? 'see above'}`
        const further = decision?.transition ? undefined : look(parent)
        if (further) return further
      }
      return undefined
    }
    return look(id)
  }

  #failedNeed(ends: readonly (readonly [ParticleId, End | undefined])[]): string | undefined {
    const bad = ends.find(([, end]) => end !== 'succeeded' && end !== 'superseded')
    if (!bad) return undefined
    const [needed, end] = bad
    const step = this.#journal.report().steps.find(({ particle }) => particle === needed)
    const why = step?.error?.message
    return `needs ${needed}, which ${end === 'skipped' ? 'was skipped' : end === 'cancelled' ? 'was cancelled' : 'failed'}${why ? ` (${why})` : ''}`
  }

  async #take(step: Step): Promise<End> {
    const { particle: id, transition } = step
    const { log } = this.#settings
    const tally: CallCounter = { calls: 0 }
    this.#journal.begin(id, transition)
    try {
      const end = await new StepRun(step, this.#context(id, tally)).run()
      this.#decisions.set(id, end.decision)
      log.say(id, `done: ${end.because}`)
      this.#journal.end(id, {
        result: 'succeeded',
        calls: tally.calls,
        because: end.because,
        ...(end.task && { task: end.task }),
      })
      return 'succeeded'
    } catch (error) {
      // A call that waits for its turn is given up as well, with the signal's own reason.
      if (error instanceof Cancelled || this.#settings.signal.aborted) {
        this.#journal.end(id, { result: 'cancelled', calls: tally.calls, error: cancelled })
        return 'cancelled'
      }
      const failure = failureOf(error)
      log.say(id, `failed: ${failure.message}`)
      for (const detail of failure.details) log.say(id, `  ${detail}`)
      const task = error instanceof StepFailed ? taskOf.get(error) : undefined
      this.#journal.end(id, { result: 'failed', calls: tally.calls, error: failure, ...(task && { task }) })
      return 'failed'
    } finally {
      log.close(id)
    }
  }

  #context(id: ParticleId, tally: CallCounter): StepContext {
    // What is further away is known from its own step, or from the plan.
    const passWith = (asked: boolean) => {
      const engine = asked ? this.#world : { ...this.#world, requested: new Set<ParticleId>() }
      // Parents are looked at anew: a run writes its record on its task definition.
      const anew = new Set<ParticleId>([id, ...(this.#graph.particles.get(id)?.parents ?? [])])
      const known = new Map(
        [...this.#decisions].filter(([other]) => !anew.has(other)).map(([other, { live }]) => [other, live]),
      )
      return new Refresh(this.#graph, engine, tally, known, this.#memos)
    }
    return {
      planned: this.#planned,
      decisions: this.#decisions,
      settings: this.#settings,
      world: this.#world,
      look: async asked => {
        const refresh = passWith(asked)
        const live = await refresh.live(id)
        return { live, particle: await refresh.resolved(id), around: await refresh.context(id) }
      },
      around: () => passWith(true).context(id),
      remember: memo => void this.#memos.set(id, memo),
    }
  }
}

const cancelled: Failure = {
  code: 'Cancelled',
  message: 'the run was cancelled; what ECS is doing goes on, and the next apply takes it up',
  details: [],
}

const superseded = (message: string): Failure => ({ code: 'Superseded', message, details: [] })

/** Which tasks a failed step ran: the report names them too. */
const taskOf = new WeakMap<StepFailed, ReportStep['task']>()

function failureOf(error: unknown): Failure {
  if (error instanceof StepFailed) return error.failure
  if (error instanceof EcsError) return { code: error.code, message: error.message, details: [] }
  if (error instanceof TimedOut) return { code: 'TimedOut', message: error.message, details: [] }
  return { code: 'Error', message: error instanceof Error ? error.message : String(error), details: [] }
}

interface Looked {
  readonly live: unknown
  readonly particle: Particle
  readonly around: Omit<TransitionContext, 'say' | 'pause'>
}

interface StepContext {
  readonly planned: Planned
  readonly decisions: ReadonlyMap<ParticleId, Decision>
  readonly settings: ApplySettings
  readonly world: EngineContext
  look(asked: boolean): Promise<Looked>
  /** What a transition acts in, where nothing needs to be looked at before. */
  around(): Promise<Looked['around']>
  /** What the transition left to remember, for every later look. */
  remember(memo: unknown): void
}

interface StepEnd {
  readonly decision: Decision
  readonly because: string
  readonly task?: ReportStep['task']
}

/** One step: transition, settle, look again, compare. */
class StepRun {
  readonly #step: Step
  readonly #context: StepContext
  readonly #since: number
  readonly #deadline: number
  /** The last sentence, which tells what it was about when the time is up. */
  #said = ''
  #around: Looked['around'] | undefined

  constructor(step: Step, context: StepContext) {
    this.#step = step
    this.#context = context
    this.#since = context.world.clock.now()
    this.#deadline = this.#since + context.settings.waitTimeout
  }

  async run(): Promise<StepEnd> {
    const { particle: id, dependsOn } = this.#step
    const planned = this.#context.planned.decisions.get(id) as Decision
    // What it needs has changed since the plan was made, or took its time: look again before doing anything.
    const decision = dependsOn.length > 0 ? await this.#decideNow(true) : planned
    if (!decision.transition) return this.#nothingLeft(decision)
    this.#refuseWhatIsNew(decision)
    const { verdict, live } = await this.#carryOut(decision, decision.transition)
    const end = await this.#confirm(decision, live)
    return { decision: end, because: verdict.because, ...(verdict.task && { task: verdict.task }) }
  }

  #nothingLeft(decision: Decision): StepEnd {
    if (decision.reason === 'failed') throw new StepFailed('Failed', decision.why ?? 'it has failed')
    const [problem] = decision.problems
    if (problem) throw new StepFailed('Refused', problem.message)
    return { decision, because: 'nothing was left to do' }
  }

  /** Somebody else changed something between plan and step: what nobody has seen is not carried out. */
  #refuseWhatIsNew(decision: Decision): void {
    const { decisions, planned: all } = this.#context
    const [problem] = decision.problems
    if (problem) throw new StepFailed('Refused', problem.message)
    if (!decision.transition || decision.transition === 'wait') return
    const planned = all.decisions.get(this.#step.particle) as Decision
    const shown = publishedFor(claimsOf(planned, all.claimContext, all.decisions), planned.transition)
    const claims = claimsOf(decision, all.claimContext, decisions)
    if (isCovered(claims, decision.transition, new Set(shown))) return
    const paths = decision.changes.map(({ path }) => path).join(', ')
    throw new StepFailed(
      'ChangedMeanwhile',
      `it is not what the plan showed any more (${decision.transition}${paths ? `: ${paths}` : ''}): somebody else changed it; plan again`,
    )
  }

  async #carryOut(decision: Decision, transition: Transition): Promise<{ verdict: Progress; live: unknown }> {
    const { particle } = decision
    const flavor = flavorOf(this.#context.world, particle)
    const context = await this.#act()
    if (transition === 'wait') {
      this.#say(`waits: ${decision.why ?? 'it has not settled yet'}`)
      return this.#settle(decision, decision.memo, particle.desired, context)
    }
    if (transition === 'replace') {
      this.#say('is deleted, to be made anew')
      const gone = await this.#sure(decision, () => flavor.terminate(particle, decision.live, context))
      await this.#settle(decision, gone.memo, 'terminated', context)
      return this.#makeAnew(context)
    }
    this.#say(sentences[transition])
    const { memo, live } = await this.#sure(decision, now => {
      if (transition === 'start') return flavor.start(particle, now.live, context)
      if (transition === 'update') return flavor.update(particle, now.live, now.changes, context)
      return flavor.terminate(particle, now.live, context)
    })
    return this.#settle({ ...decision, live }, memo, particle.desired, context)
  }

  /** What was deleted to be made anew. Whatever somebody else has made of that name meanwhile is not touched. */
  async #makeAnew(context: TransitionContext): Promise<{ verdict: Progress; live: unknown }> {
    const now = await this.#decideNow(true)
    const { particle } = now
    const flavor = flavorOf(this.#context.world, particle)
    this.#refuseWhatIsNew(now)
    if (now.transition !== 'start') return this.#settle(now, now.memo, 'running', context)
    this.#say('is made anew')
    const anew = await this.#sure(now, ({ particle: desired, live }) => flavor.start(desired, live, context))
    return this.#settle({ ...now, live: anew.live }, anew.memo, 'running', context)
  }

  /** After an unsure answer, look before trying again: it may have been carried out, or somebody else may have come in between. */
  async #sure(
    decision: Decision,
    transition: (now: Decision) => Promise<unknown>,
  ): Promise<{ memo: unknown; live: unknown }> {
    let now = decision
    for (let attempt = 1; ; attempt++) {
      try {
        const memo = await transition(now)
        this.#context.remember(memo)
        return { memo, live: now.live }
      } catch (error) {
        if (!(error instanceof EcsError) || !error.unsure || attempt >= tries) throw error
        this.#say(`${error.message}; it may have been carried out all the same, so look first`)
        await this.#pause(firstPause * 2 ** attempt)
        now = await this.#decideNow(true)
        if (now.transition !== decision.transition) {
          return { memo: now.memo, live: now.live }
        }
        this.#refuseWhatIsNew(now)
      }
    }
  }

  /** Waits until it is what it is to be, or has failed, or the time is up. */
  async #settle(
    decision: Decision,
    memo: unknown,
    goal: DesiredState,
    context: TransitionContext,
  ): Promise<{ verdict: Progress; live: unknown }> {
    const { particle } = decision
    const flavor = flavorOf(this.#context.world, particle)
    const { clock } = this.#context.world
    const since = clock.now()
    let live = decision.live
    let told = { sentence: '', at: since }
    for (let pause = 0; ; pause = Math.min(Math.max(firstPause, pause * 1.5), longestPause)) {
      if (pause > 0) await this.#pause(Math.min(pause, Math.max(grid, this.#deadline - clock.now())), true)
      const watched = flavor.poll && goal === particle.desired
      live = watched ? await flavor.poll?.(particle, live, memo, context) : (await this.#context.look(false)).live
      const now = clock.now()
      const judged = await this.#judge(particle, live, goal, memo, now - since, context)
      live = judged.live
      let { verdict } = judged
      if (verdict.is === 'moving' && now >= this.#deadline) {
        verdict = { is: 'failed', because: `not settled after ${duration(now - this.#since)}: ${verdict.because}` }
      }
      if (verdict.is !== 'moving') {
        const concluded = flavor.onEnded && goal === particle.desired
        if (verdict.is === 'failed') {
          // That it failed is the news, whether or not it can be written down.
          const unsaid = concluded
            ? await this.#try(() => flavor.onEnded?.(particle, live, memo, verdict, context))
            : []
          await this.#fail(decision, verdict, live, memo, context, unsaid)
        }
        if (concluded) await flavor.onEnded?.(particle, live, memo, verdict, context)
        return { verdict, live: watched || flavor.onEnded ? undefined : live }
      }
      if (verdict.because !== told.sentence || now - told.at >= heartbeat) {
        this.#say(`${verdict.because}, ${duration(now - since)}`)
        told = { sentence: verdict.because, at: now }
      }
    }
  }

  /** Judges what was seen, after a closer look where the first one does not tell enough. */
  async #judge(
    particle: Particle,
    live: unknown,
    goal: DesiredState,
    memo: unknown,
    elapsed: number,
    context: TransitionContext,
  ): Promise<{ verdict: Progress; live: unknown }> {
    const flavor = flavorOf(this.#context.world, particle)
    const verdict = flavor.progress(particle, live, goal, memo, elapsed)
    if (!verdict.inconclusive || !flavor.pollClosely) return { verdict, live }
    const closer = await flavor.pollClosely(particle, live, memo, context)
    return { verdict: flavor.progress(particle, closer, goal, memo, elapsed), live: closer }
  }

  /** The sentence that it failed with, if it did. */
  async #try(work: () => Promise<void> | undefined): Promise<string[]> {
    try {
      await work()
      return []
    } catch (error) {
      if (error instanceof Cancelled) throw error
      return [error instanceof Error ? error.message : String(error)]
    }
  }

  async #fail(
    decision: Decision,
    verdict: Progress,
    live: unknown,
    memo: unknown,
    context: TransitionContext,
    unsaid: readonly string[],
  ): Promise<never> {
    const { particle } = decision
    const flavor = flavorOf(this.#context.world, particle)
    const details = [...(verdict.details ?? [])]
    // What ECS has to say is worth a try, and never worth losing the failure itself.
    const explained = await flavor.diagnose?.(particle, live, memo, context).catch(() => [])
    details.push(...(explained ?? []).filter(line => !details.includes(line)), ...unsaid)
    let because = verdict.because
    if (this.#context.settings.onFailure === 'rollback' && flavor.rollBack && this.#step.transition === 'update') {
      because += await this.#rollBack(decision, live, context)
    }
    const failed = new StepFailed('NotSettled', because, details)
    taskOf.set(failed, verdict.task)
    throw failed
  }

  /** Puts back what ran before. The step fails either way; this says how the attempt ended. */
  async #rollBack(decision: Decision, live: unknown, context: TransitionContext): Promise<string> {
    const { particle } = decision
    const flavor = flavorOf(this.#context.world, particle)
    try {
      const memo = await flavor.rollBack?.(particle, decision.live, live, context)
      if (memo === undefined) return ''
      this.#say('is put back to what it ran before')
      const { clock } = this.#context.world
      const since = clock.now()
      for (let pause = firstPause; ; pause = Math.min(pause * 1.5, longestPause)) {
        await this.#pause(pause, true)
        const back = (await this.#context.look(false)).live
        const { verdict } = await this.#judge(particle, back, 'running', memo, clock.now() - since, context)
        if (verdict.is === 'settled') return `; put back: ${verdict.because}`
        if (verdict.is === 'failed') return `; putting it back failed too: ${verdict.because}`
        if (clock.now() - since > this.#context.settings.waitTimeout) return `; putting it back: ${verdict.because}`
      }
    } catch (error) {
      if (error instanceof Cancelled) throw error
      return `; putting it back failed too: ${error instanceof Error ? error.message : String(error)}`
    }
  }

  /** Only an equivalent particle lets its children go on. A look may lag behind for a while. */
  async #confirm(decision: Decision, live: unknown): Promise<Decision> {
    const { clock } = this.#context.world
    const until = clock.now() + consistencyLag
    for (let looks = 1, pause = firstPause; ; looks++, pause = Math.min(pause * 1.5, longestPause)) {
      const known = looks === 1 && live !== undefined
      const now = known ? this.#decide({ particle: decision.particle, live }) : await this.#decideNow(false)
      const left = different(now)
      if (!left) return now
      if (clock.now() >= until) {
        const remedy = now.changes.length > 0 ? `; ${whatToDo}` : ''
        throw new StepFailed('NotEquivalent', `${left}${remedy}`)
      }
      // The first look lags often, and says nothing that the second does not.
      if (looks > 1) this.#say(`looks different still (${left}), looking again`)
      await this.#pause(pause, true)
    }
  }

  async #decideNow(asked: boolean): Promise<Decision> {
    const looked = await this.#context.look(asked)
    this.#around = looked.around
    const decision = this.#decide(looked)
    const { world: engine, planned } = this.#context
    return reexamined(decision, flavorOf(engine, decision.particle), looked, planned.decisions, live =>
      this.#decide({ ...looked, live }),
    )
  }

  #decide({ particle, live }: Pick<Looked, 'particle' | 'live'>): Decision {
    const { world: engine, decisions } = this.#context
    const sensitivityFor = (resolved: Particle) => sensitivityOf(resolved, engine.sensitivity)
    const decision = decide(particle, live, flavorOf(engine, particle), decisions, sensitivityFor)
    engine.learn?.(decision)
    return decision
  }

  async #act(): Promise<TransitionContext> {
    this.#around ??= await this.#context.around()
    return {
      ...this.#around,
      say: sentence => this.#say(sentence),
      pause: milliseconds => this.#pause(milliseconds),
    }
  }

  #say(sentence: string): void {
    this.#said = sentence
    this.#context.settings.log.say(this.#step.particle, sentence)
  }

  /** Sleeps. `checked` pauses belong to a loop that watches the time itself. */
  async #pause(milliseconds: number, checked = false): Promise<void> {
    const { clock } = this.#context.world
    const { signal, waitTimeout } = this.#context.settings
    const now = clock.now()
    if (!checked && now >= this.#deadline) {
      const last = this.#said && `: ${this.#said}`
      throw new TimedOut(`not done after ${duration(waitTimeout)} (wait-timeout)${last}`)
    }
    const end = Math.ceil((now + milliseconds) / grid) * grid
    try {
      await clock.sleep(end - now, signal)
    } catch {
      throw new Cancelled()
    }
  }
}

const sentences: Record<Exclude<Transition, 'wait' | 'replace'>, string> = {
  start: 'is started',
  update: 'is updated',
  stop: 'is stopped',
  terminate: 'is terminated',
}

/** What a look finds different after a step that settled, in words; undefined when it is equivalent. */
function different({ particle, observed, transition, changes, reason, why, problems }: Decision): string | undefined {
  const [problem] = problems
  if (problem) return problem.message
  if (reason === 'failed') return why ?? 'it has failed'
  if (!transition) return undefined
  if (transition === 'wait') return why ?? 'it has not settled'
  if (particle.desired !== 'running') return `it is ${observed.state}, not ${particle.desired}`
  if (changes.length === 0) return `it is ${observed.state}`
  const more = changes.length - changesSaid
  const said = changes.slice(0, changesSaid).map(inWords).join(', ')
  return `not equivalent: ${said}${more > 0 ? ` and ${more} more` : ''}`
}

/** Differences that one sentence names. */
const changesSaid = 10

const whatToDo =
  'state what AWS says where both mean the same, name the path in custom_config.ignore where somebody else owns it, or plan again where it was changed meanwhile'

/** `pidMode is declared "task" and "host" in AWS`. */
function inWords({ path, before, after, sensitive }: FoundChange): string {
  if (sensitive) return `${path} is declared (hidden) and (hidden) in AWS`
  const declared = after === undefined ? 'not declared' : `declared ${inShort(after)}`
  return `${path} is ${declared} and ${before === undefined ? 'missing' : inShort(before)} in AWS`
}

/** A value that is longer is cut: it stands in a sentence. */
const longest = 100

function inShort(value: Value): string {
  const text = JSON.stringify(value)
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}

/** `40 s`, `4 min 12 s`. */
function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
