import type { Clock } from '../clock.ts'
import type { ParticleId } from '../particle.ts'
import { fileForm, type Report, type ReportError, type ReportStep, type Result, type Transition } from './document.ts'

/**
 * The record of an apply, written when a step begins and when it ends, so that a crash loses nothing: in the report of
 * a dead run the result is `running`. Reports are made from the journal and from nothing else.
 */
export class Journal {
  readonly #clock: Clock
  readonly #write: (report: Report) => void
  readonly #steps = new Map<ParticleId, ReportStep>()
  #head: Omit<Report, 'steps' | 'error'>
  #error: ReportError | undefined

  /** `write` must have stored the report when it returns. Others' words in the report are marked: see `untrusted`. */
  constructor(environment: string, clock: Clock, write: (report: Report) => void) {
    this.#clock = clock
    this.#write = write
    this.#head = { version: 1, environment, result: 'running', startedAt: this.#time() }
    this.#store()
  }

  begin(particle: ParticleId, transition: Transition): void {
    this.#note({ particle, transition, result: 'running', startedAt: this.#time(), calls: 0 })
  }

  end(particle: ParticleId, end: Partial<ReportStep> & Pick<ReportStep, 'result'>): void {
    const step = this.#steps.get(particle)
    if (!step) return
    this.#note({ ...step, ...end, finishedAt: this.#time() })
  }

  /** A step that never began: something it needs failed, or the run was cancelled. */
  skip(particle: ParticleId, transition: Transition, result: 'skipped' | 'cancelled', error: ReportError): void {
    this.#note({ particle, transition, result, calls: 0, error })
  }

  finish(result: Result, error?: ReportError): Report {
    this.#head = { ...this.#head, result, finishedAt: this.#time() }
    this.#error = error
    return this.#store()
  }

  report(): Report {
    return { ...this.#head, steps: [...this.#steps.values()], ...(this.#error && { error: this.#error }) }
  }

  #note(step: ReportStep): void {
    this.#steps.set(step.particle, step)
    this.#store()
  }

  #store(): Report {
    const report = this.report()
    this.#write(fileForm(report))
    return report
  }

  #time(): string {
    return new Date(this.#clock.now()).toISOString()
  }
}
