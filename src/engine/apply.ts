import type { CallCounter } from '../ecs/calls.ts'
import { isGone, type ParticleId } from '../particle.ts'
import { type ContainerLog, failedBefore, type Report, type ReportError, type Step } from './document.ts'
import { Cancelled, notCarriedOut, Paused, reportErrorOf, StepFailed } from './failure.ts'
import { type Graph, nearest } from './graph.ts'
import type { Journal } from './journal.ts'
import type { Planned } from './plan.ts'
import type { EngineContext } from './refresh.ts'
import type { ApplySettings } from './settings.ts'
import { type ApplyContext, runStep } from './step.ts'

type End = 'succeeded' | 'paused' | 'failed' | 'skipped' | 'cancelled' | 'superseded'

/** Carries out a plan: as wide as the graph is, each step only after those it needs. Writes everything to the journal. */
export async function applyPlan(
  planned: Planned,
  graph: Graph,
  engine: EngineContext,
  journal: Journal,
  settings: ApplySettings,
): Promise<Report> {
  const decisions = new Map(planned.decisions)
  return new ApplyRun({ planned, graph, engine, settings, decisions, memos: new Map() }, journal).run()
}

class ApplyRun {
  readonly #context: ApplyContext
  readonly #journal: Journal
  readonly #ends = new Map<ParticleId, Promise<End>>()
  /** The nearest ancestors that have a step, or have failed. */
  readonly #above: (id: ParticleId) => ParticleId[]
  /** Why no step begins any more. */
  #overtaken: string | undefined

  constructor(context: ApplyContext, journal: Journal) {
    this.#context = context
    this.#journal = journal
    const { planned, graph } = context
    this.#above = nearest(
      id => this.#hasFailed(id) || planned.decisions.get(id)?.transition !== undefined,
      id => graph.particles.get(id)?.parents ?? [],
    )
  }

  async run(): Promise<Report> {
    const { plan } = this.#context.planned
    // Steps are in an order in which they may run, so a step's needs have their promises already.
    for (const step of plan.steps) this.#ends.set(step.particle, this.#whenReady(step))
    const ends = await Promise.all(this.#ends.values())
    if (ends.includes('cancelled')) return this.#journal.finish('cancelled')
    const failed = failedBefore(plan)
    if (failed.length > 0) {
      const message = failed.map(({ particle, why }) => `${particle}: ${why ?? 'it has failed'}`).join('; ')
      return this.#journal.finish('failed', { code: 'Failed', message, details: [] })
    }
    // A failed step of this apply is reported, also when a newer apply takes over.
    if (ends.includes('failed')) return this.#journal.finish('failed')
    // What a paused step holds back is skipped, which is no failure.
    if (ends.includes('paused')) return this.#journal.finish('paused')
    if (ends.includes('skipped')) return this.#journal.finish('failed')
    const { answer } = this.#context.settings
    const answered = await Promise.all([...(answer?.to ?? [])].map(id => this.#ends.get(id)))
    // A newer apply goes on with the release, but gives no answer in a person's place.
    if (answered.includes('superseded'))
      return this.#journal.finish('failed', notCarriedOut('Superseded', `nothing was answered: ${this.#overtaken}`))
    if (this.#overtaken) return this.#journal.finish('superseded', notCarriedOut('Superseded', this.#overtaken))
    return this.#journal.finish(answer?.is === 'rollback' ? 'rolled-back' : 'succeeded')
  }

  async #whenReady(step: Step): Promise<End> {
    const { dependsOn } = step
    const { signal } = this.#context.settings
    const blocked = this.#blockedBy(step)
    const ends = await Promise.all(dependsOn.map(async needed => [needed, await this.#ends.get(needed)] as const))
    if (signal.aborted) return this.#cancel(step)
    const because = blocked ?? this.#failedNeed(ends)
    if (because) return this.#skip(step, 'skipped', `skipped: ${because}`, notCarriedOut('Skipped', because))
    this.#overtaken ??= await this.#askToBegin(step)
    if (signal.aborted) return this.#cancel(step)
    if (!this.#overtaken) return this.#run(step)
    const superseded = notCarriedOut('Superseded', this.#overtaken, 'not begun')
    return this.#skip(step, 'superseded', `not begun: ${this.#overtaken}`, superseded)
  }

  #skip({ particle: id, transition }: Step, end: End, sentence: string, error: ReportError): End {
    this.#context.settings.log.say(id, sentence)
    this.#context.settings.log.close(id)
    this.#journal.skip(id, transition, 'skipped', error)
    return end
  }

  #cancel({ particle, transition }: Step): End {
    this.#journal.skip(particle, transition, 'cancelled', cancelledBefore)
    return 'cancelled'
  }

  async #askToBegin({ particle, transition }: Step): Promise<string | undefined> {
    const { mayBegin, signal, answer } = this.#context.settings
    try {
      return await mayBegin?.(transition !== 'wait' || answer?.to.has(particle) === true)
    } catch (error) {
      // A question under way is given up as well when the run is cancelled.
      if (signal.aborted) return undefined
      throw error
    }
  }

  /** A particle that failed in an earlier run holds back its dependants, though the plan has no step for it; never a rollback. */
  #blockedBy({ particle, to }: Step): string | undefined {
    const isBack = isGone(to) || this.#context.settings.answer?.is === 'rollback'
    const failed = isBack ? undefined : this.#above(particle).find(id => this.#hasFailed(id))
    return failed && `needs ${failed}, which has failed`
  }

  #hasFailed(id: ParticleId): boolean {
    return this.#context.planned.decisions.get(id)?.reason === 'failed'
  }

  #failedNeed(ends: readonly (readonly [ParticleId, End | undefined])[]): string | undefined {
    const bad = ends.find(([, end]) => end !== 'succeeded' && end !== 'superseded')
    if (!bad) return undefined
    const [needed, end] = bad
    const brief = this.#journal.report().steps.find(({ particle }) => particle === needed)?.error?.brief
    const became = { paused: 'is paused', skipped: 'was skipped', cancelled: 'was cancelled' }[String(end)] ?? 'failed'
    return `needs ${needed}, which ${became}${brief && brief !== end ? ` (${brief})` : ''}`
  }

  async #run(step: Step): Promise<End> {
    const { particle: id, transition } = step
    const { log, signal } = this.#context.settings
    const counter: CallCounter = { calls: 0 }
    const said = new Set<string>()
    const say = (sentence: string) => {
      said.add(sentence)
      log.say(id, sentence)
    }
    this.#journal.begin(id, transition)
    try {
      const { decision, because, task } = await runStep(step, { ...this.#context, counter, say })
      this.#context.decisions.set(id, decision)
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
    const { log } = this.#context.settings
    const error = reportErrorOf(id, thrown)
    const task = thrown instanceof StepFailed ? thrown.task : undefined
    log.say(id, error.brief && error.brief !== 'failed' ? `failed: ${error.brief}` : 'failed')
    for (const line of [...error.details, ...(error.logs ?? []).flatMap(logLines)])
      if (!said.has(line)) log.say(id, `  ${line}`)
    this.#journal.end(id, { result: 'failed', calls, error, ...(task && { task }) })
  }
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
