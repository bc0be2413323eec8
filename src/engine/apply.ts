import type { CallCounter } from '../ecs/calls.ts'
import { isGone, type ParticleId } from '../particle.ts'
import type { Decision } from './decide.ts'
import type { ContainerLog, Report, ReportError, Step } from './document.ts'
import { Cancelled, notCarriedOut, Paused, reportErrorOf, StepFailed } from './failure.ts'
import type { Graph } from './graph.ts'
import type { Journal } from './journal.ts'
import type { Planned } from './plan.ts'
import { type EngineContext, flavorOf, Refresh } from './refresh.ts'
import type { ApplySettings, Log } from './settings.ts'
import { type Found, runStep, type StepContext } from './step.ts'

type End = 'succeeded' | 'paused' | 'failed' | 'skipped' | 'cancelled' | 'superseded'

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
  readonly #engine: EngineContext
  readonly #journal: Journal
  readonly #settings: ApplySettings
  /** The current decisions: each step replaces its own when the step has ended well. */
  readonly #decisions: Map<ParticleId, Decision>
  readonly #ends = new Map<ParticleId, Promise<End>>()
  /** Memos of this apply's transitions. */
  readonly #memos = new Map<ParticleId, unknown>()
  /** Why no step begins any more. */
  #overtaken: string | undefined

  constructor(planned: Planned, graph: Graph, engine: EngineContext, journal: Journal, settings: ApplySettings) {
    this.#planned = planned
    this.#graph = graph
    this.#engine = engine
    this.#journal = journal
    this.#settings = settings
    this.#decisions = new Map(planned.decisions)
  }

  async run(): Promise<Report> {
    const { steps, unchanged } = this.#planned.plan
    // Steps are in an order in which they may run, so a step's needs have their promises already.
    for (const step of steps) this.#ends.set(step.particle, this.#whenReady(step))
    const ends = await Promise.all(this.#ends.values())
    if (ends.includes('cancelled')) return this.#journal.finish('cancelled')
    const failed = unchanged.filter(({ reason }) => reason === 'failed')
    if (failed.length > 0) {
      const message = failed.map(({ particle, why }) => `${particle}: ${why ?? 'it has failed'}`).join('; ')
      return this.#journal.finish('failed', { code: 'Failed', message, details: [] })
    }
    // A failed step of this apply is reported, also when a newer apply takes over.
    if (ends.includes('failed')) return this.#journal.finish('failed')
    // What a paused step holds back is skipped, which is no failure.
    if (ends.includes('paused')) return this.#journal.finish('paused')
    if (ends.includes('skipped')) return this.#journal.finish('failed')
    if (this.#overtaken) return this.#journal.finish('superseded', notCarriedOut('Superseded', this.#overtaken))
    return this.#journal.finish(this.#settings.answer?.is === 'rollback' ? 'rolled-back' : 'succeeded')
  }

  async #whenReady(step: Step): Promise<End> {
    const { dependsOn } = step
    const { signal } = this.#settings
    const blocked = this.#blockedBy(step)
    const ends = await Promise.all(dependsOn.map(async needed => [needed, await this.#ends.get(needed)] as const))
    if (signal.aborted) return this.#cancel(step)
    const because = blocked ?? this.#failedNeed(ends)
    if (because) return this.#pass(step, 'skipped', `skipped: ${because}`, notCarriedOut('Skipped', because))
    this.#overtaken ??= await this.#askToBegin(step)
    if (signal.aborted) return this.#cancel(step)
    if (!this.#overtaken) return this.#take(step)
    const superseded = notCarriedOut('Superseded', this.#overtaken, 'not begun')
    return this.#pass(step, 'superseded', `not begun: ${this.#overtaken}`, superseded)
  }

  #pass({ particle: id, transition }: Step, end: End, sentence: string, error: ReportError): End {
    this.#settings.log.say(id, sentence)
    this.#settings.log.close(id)
    this.#journal.pass(id, transition, 'skipped', error)
    return end
  }

  #cancel({ particle, transition }: Step): End {
    this.#journal.pass(particle, transition, 'cancelled', cancelledBefore)
    return 'cancelled'
  }

  async #askToBegin({ particle, transition }: Step): Promise<string | undefined> {
    const { mayBegin, signal, answer } = this.#settings
    try {
      return await mayBegin?.(transition !== 'wait' || answer?.to.has(particle) === true)
    } catch (error) {
      // A question under way is given up as well when the run is cancelled.
      if (signal.aborted) return undefined
      throw error
    }
  }

  /** A particle that failed in an earlier run holds back its dependants, though the plan has no step for it. */
  #blockedBy({ particle: id, to }: Step): string | undefined {
    if (isGone(to)) return undefined
    const seen = new Set<ParticleId>()
    const failedAbove = (from: ParticleId): ParticleId | undefined => {
      for (const parent of this.#graph.particles.get(from)?.parents ?? []) {
        if (seen.has(parent)) continue
        seen.add(parent)
        const decision = this.#planned.decisions.get(parent)
        if (decision?.reason === 'failed') return parent
        const further = decision?.transition ? undefined : failedAbove(parent)
        if (further) return further
      }
      return undefined
    }
    const failed = failedAbove(id)
    return failed && `needs ${failed}, which has failed`
  }

  #failedNeed(ends: readonly (readonly [ParticleId, End | undefined])[]): string | undefined {
    const bad = ends.find(([, end]) => end !== 'succeeded' && end !== 'superseded')
    if (!bad) return undefined
    const [needed, end] = bad
    const brief = this.#journal.report().steps.find(({ particle }) => particle === needed)?.error?.brief
    const became = { paused: 'is paused', skipped: 'was skipped', cancelled: 'was cancelled' }[String(end)] ?? 'failed'
    return `needs ${needed}, which ${became}${brief && brief !== end ? ` (${brief})` : ''}`
  }

  async #take(step: Step): Promise<End> {
    const { particle: id, transition } = step
    const { log, signal } = this.#settings
    const counter: CallCounter = { calls: 0 }
    const said = new Set<string>()
    this.#journal.begin(id, transition)
    try {
      const { decision, because, task } = await runStep(step, this.#context(id, counter, said))
      this.#decisions.set(id, decision)
      log.say(id, `done: ${because}`)
      this.#journal.end(id, { result: 'succeeded', calls: counter.calls, because, ...(task && { task }) })
      return 'succeeded'
    } catch (error) {
      // A call that waits for its turn is given up as well, with the signal's own reason.
      if (error instanceof Cancelled || signal.aborted) {
        this.#journal.end(id, { result: 'cancelled', calls: counter.calls, error: cancelled })
        return 'cancelled'
      }
      if (error instanceof Paused) {
        log.say(id, error.message)
        const { message: because, pause: paused } = error
        this.#journal.end(id, { result: 'paused', calls: counter.calls, because, paused })
        return 'paused'
      }
      this.#fail(id, error, counter.calls, said)
      return 'failed'
    } finally {
      log.close(id)
    }
  }

  /** The log has ECS's own words, each once: the sentence follows as an annotation. */
  #fail(id: ParticleId, thrown: unknown, calls: number, said: ReadonlySet<string>): void {
    const { log } = this.#settings
    const error = reportErrorOf(id, thrown)
    const task = thrown instanceof StepFailed ? thrown.task : undefined
    log.say(id, error.brief && error.brief !== 'failed' ? `failed: ${error.brief}` : 'failed')
    for (const line of [...error.details, ...(error.logs ?? []).flatMap(logLines)])
      if (!said.has(line)) log.say(id, `  ${line}`)
    this.#journal.end(id, { result: 'failed', calls, error, ...(task && { task }) })
  }

  #context(id: ParticleId, counter: CallCounter, said: Set<string>): StepContext {
    const particle = this.#graph.particles.get(id)
    const parents = particle && flavorOf(this.#engine, particle).readsParents ? particle.parents : []
    const refresh = (requested: boolean, described: readonly ParticleId[] = [id, ...parents]) => {
      const engine = requested ? this.#engine : { ...this.#engine, requested: new Set<ParticleId>() }
      // All others are known from their steps, or from the plan.
      const anew = new Set<ParticleId>(described)
      const known = new Map(
        [...this.#decisions].filter(([other]) => !anew.has(other)).map(([other, { live }]) => [other, live]),
      )
      return new Refresh(this.#graph, engine, counter, known, this.#memos)
    }
    const foundBy = async (fresh: Refresh): Promise<Found> => {
      const live = await fresh.live(id)
      return { live, particle: await fresh.resolved(id), context: await fresh.context(id) }
    }
    return {
      planned: this.#planned,
      decisions: this.#decisions,
      settings: { ...this.#settings, log: { ...this.#settings.log, say: remembered(this.#settings.log, said) } },
      engine: this.#engine,
      describe: requested => foundBy(refresh(requested)),
      missing: () => foundBy(refresh(true, [])),
      flavorContext: () => refresh(true).context(id),
      remember: memo => void this.#memos.set(id, memo),
    }
  }
}

const remembered =
  (log: Log, said: Set<string>): Log['say'] =>
  (particle, sentence) => {
    said.add(sentence)
    log.say(particle, sentence)
  }

/** A container's log: where it is, and its last lines. */
const logLines = ({ container, task, region, group, stream, lines = [], unread }: ContainerLog): string[] => [
  `log of container ${container} in task ${task}: group ${group}, stream ${stream} in ${region}${unread ? `, which could not be read (${unread})` : ''}`,
  ...lines.map(line => `  ${line}`),
]

const cancelled = notCarriedOut(
  'Cancelled',
  'the run was cancelled; what ECS is doing goes on, and the next apply takes it up',
  'begun, and what ECS is doing goes on',
)
const cancelledBefore = notCarriedOut('Cancelled', 'the run was cancelled before this step began', 'not begun')
