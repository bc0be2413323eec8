import type { Clock } from '../clock.ts'
import type { ParticleId } from '../particle.ts'
import type { Report, ReportStep, Result, Transition } from './document.ts'

export interface Failure {
  readonly code: string
  readonly message: string
  readonly details: readonly string[]
}

/**
 * What has been done, written down when a step begins and when it ends, so that a crash loses nothing: what is left
 * of a run that died says `running`. The report is made from it and from nothing else.
 */
export class Journal {
  readonly #environment: string
  readonly #clock: Clock
  readonly #write: (report: Report) => void
  readonly #startedAt: string
  readonly #steps = new Map<ParticleId, ReportStep>()
  #result: Result = 'running'
  #finishedAt: string | undefined
  #error: Failure | undefined

  /** `write` must have stored the report when it returns. Others' words in it are marked: see `Redactor`. */
  constructor(environment: string, clock: Clock, write: (report: Report) => void) {
    this.#environment = environment
    this.#clock = clock
    this.#write = write
    this.#startedAt = this.#time()
    this.#write(this.report())
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
  pass(particle: ParticleId, transition: Transition, result: 'skipped' | 'cancelled', error: Failure): void {
    this.#note({ particle, transition, result, calls: 0, error })
  }

  finish(result: Result, error?: Failure): Report {
    this.#result = result
    this.#error = error
    this.#finishedAt = this.#time()
    const report = this.report()
    this.#write(report)
    return report
  }

  report(): Report {
    return {
      version: 1,
      environment: this.#environment,
      result: this.#result,
      startedAt: this.#startedAt,
      ...(this.#finishedAt && { finishedAt: this.#finishedAt }),
      steps: [...this.#steps.values()],
      ...(this.#error && { error: this.#error }),
    }
  }

  #note(step: ReportStep): void {
    this.#steps.set(step.particle, step)
    this.#write(this.report())
  }

  #time(): string {
    return new Date(this.#clock.now()).toISOString()
  }
}
