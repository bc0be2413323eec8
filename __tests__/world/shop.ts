import { expect } from '@jest/globals'
import type { RunningSimulator, ServerOptions } from '../../simulator/server.ts'
import type { Clock } from '../../src/clock.ts'
import type { SensitivityPolicy } from '../../src/compare/sensitivity.ts'
import { Ecs } from '../../src/ecs/client.ts'
import { applyPlan } from '../../src/engine/apply.ts'
import type { Plan, Report, ReportStep, Step } from '../../src/engine/document.ts'
import { type Graph, graphOf } from '../../src/engine/graph.ts'
import { Journal } from '../../src/engine/journal.ts'
import type { Planned, PlanSettings } from '../../src/engine/plan.ts'
import { makePlan } from '../../src/engine/plan.ts'
import type { EngineContext } from '../../src/engine/refresh.ts'
import { flavors } from '../../src/flavors/index.ts'
import { load } from '../../src/manifest/load.ts'
import { type Particle, type ParticleId, sayProblem } from '../../src/particle.ts'
import { Redactor } from '../../src/redact/redactor.ts'
import { Account, openEcs } from './aws.ts'
import { type KilledAt, Mortal } from './mortal.ts'

/** One text, or files by name. */
export type Manifests = string | Readonly<Record<string, string>>

/** What a user would set. */
export interface Asked {
  readonly environment?: string
  readonly variables?: Readonly<Record<string, string>>
  readonly release?: readonly string[]
  readonly secret?: readonly string[]
  readonly revealed?: (name: string) => boolean
  /** Milliseconds by which the runner's clock is ahead of AWS's. */
  readonly skew?: number
  /** GitHub's id of the repository; null where nobody knows it. */
  readonly repository?: string | null
  /** `retry-tasks` and `redeploy`. */
  readonly asked?: readonly string[]
  readonly maxTerminations?: PlanSettings['maxTerminations']
  readonly waitTimeout?: number
  readonly onFailure?: 'stop' | 'rollback'
  readonly signal?: AbortSignal
  readonly maxConcurrency?: number
  /** Particles that were declared before, to go. */
  readonly gone?: (particles: readonly Particle[]) => Particle[]
  /** Told of every sentence as it is said. */
  readonly onSay?: (particle: ParticleId, sentence: string) => void
  readonly killedAt?: KilledAt
}

export interface Made {
  readonly plan: Plan
  readonly planned: Planned
  readonly graph: Graph
  readonly context: EngineContext
  readonly redactor: Redactor
  readonly claims: readonly string[]
  step(particle: string): Step
  /** Steps that nobody reviewed, when these claims were. */
  unreviewed(claims: readonly string[]): ParticleId[]
}

export interface Applied extends Made {
  /** The last that was written; of a process that was killed, what is left of it. */
  readonly report: Report
  /** The report as the renderers are given it; of a process that was killed, the last that was written. */
  readonly ended: Report
  readonly written: readonly Report[]
  readonly log: readonly string[]
  readonly killed: boolean
  done(particle: string): ReportStep
}

/** An account, and one who plans and applies as the action would, without a GitHub: the engine itself. */
export class Shop extends Account {
  readonly #runs = new Set<string>()

  private constructor(simulator: RunningSimulator) {
    super(simulator)
    this.#watch('us-east-1')
  }

  /** Opens a shop that is closed after the test. */
  static async open(options: ServerOptions = {}): Promise<Shop> {
    return new Shop(await openEcs(options))
  }

  /** Opens a shop in which these manifests are applied, so that a test can begin in the middle of things. */
  static async running(manifests: Manifests, asked: Asked = {}): Promise<Shop> {
    const shop = await Shop.open()
    expect((await shop.apply(manifests, asked)).report.result).toBe('succeeded')
    return shop
  }

  #watch(name: string): void {
    const region = this.simulator.region(name)
    const told = region.taskChanged
    region.taskChanged = task => {
      if (!task.deployment) this.#runs.add(task.arn)
      told(task)
    }
  }

  /** ARNs of every task that was ever run on its own, not by a service. */
  get runs(): ReadonlySet<string> {
    // One that was only just made has not taken a step that could be told.
    for (const { tasks } of this.simulator.region().clusters.values())
      for (const { arn, deployment } of tasks.values()) if (!deployment) this.#runs.add(arn)
    return this.#runs
  }

  async plan(manifests: Manifests, asked: Asked = {}): Promise<Made> {
    const made = await this.#make(manifests, asked, new Mortal(asked.killedAt))
    const [problem] = made.planned.problems
    if (problem) throw new Error(made.planned.problems.map(sayProblem).join('\n'))
    return made
  }

  async apply(manifests: Manifests, asked: Asked = {}): Promise<Applied> {
    const life = new Mortal(asked.killedAt)
    const written: Report[] = []
    const log: string[] = []
    const living = this.#apply(manifests, asked, life, written, log)
    const ended = await Promise.race([living, life.death])
    const done = (particle: string) => {
      const step = (written.at(-1)?.steps ?? []).find(step => step.particle === particle)
      if (!step) throw new Error(`no step of ${particle} in the report`)
      return step
    }
    const report = written.at(-1) as Report
    return {
      ...(ended as Made),
      report,
      ended: ended?.ended ?? report,
      written,
      log,
      killed: ended === undefined,
      done,
    }
  }

  async #apply(
    manifests: Manifests,
    asked: Asked,
    life: Mortal,
    written: Report[],
    log: string[],
  ): Promise<Made & { readonly ended: Report }> {
    const made = await this.#make(manifests, asked, life)
    if (made.planned.problems.length > 0) throw new Error(made.planned.problems.map(sayProblem).join('\n'))
    const { redactor } = made
    const write = (report: Report) => {
      if (!life.dead) written.push(redactor.data(report))
    }
    const journal = new Journal(asked.environment ?? 'default', this.#clockOf(asked), write)
    const ended = await applyPlan(made.planned, made.graph, made.context, journal, {
      waitTimeout: asked.waitTimeout ?? 30 * 60_000,
      onFailure: asked.onFailure ?? 'stop',
      signal: asked.signal ?? new AbortController().signal,
      log: {
        say: (particle, sentence) => {
          log.push(`${particle}: ${redactor.sentence(sentence)}`)
          asked.onSay?.(particle, sentence)
        },
        close: () => {},
      },
    })
    return { ...made, ended }
  }

  async #make(manifests: Manifests, asked: Asked, life: Mortal): Promise<Made> {
    const particles = read(manifests, asked)
    const policy = policyOf(asked)
    const redactor = new Redactor(policy)
    const context = this.#context(asked, life, policy, redactor)
    const graph = graphOf([...particles, ...(asked.gone?.(particles) ?? [])])
    const settings = {
      region: 'us-east-1',
      maxTerminations: asked.maxTerminations ?? { percent: 100 },
      ...(asked.waitTimeout !== undefined && { waitTimeout: asked.waitTimeout }),
    }
    const planned = await makePlan(graph, context, settings).catch(error => {
      throw new Error(redactor.sentence(error.message))
    })
    const plan = redactor.data(planned.plan)
    return {
      plan,
      redactor,
      planned,
      graph,
      context,
      claims: planned.claims.published(),
      step(particle) {
        const step = plan.steps.find(step => step.particle === particle)
        if (!step) throw new Error(`no step of ${particle} in the plan`)
        return step
      },
      unreviewed: claims => planned.claims.unreviewed(plan.steps, new Set(claims)).map(({ particle }) => particle),
    }
  }

  #clockOf({ skew = 0 }: Asked): Clock {
    return { now: () => this.clock.now() + skew, sleep: this.clock.sleep }
  }

  #context(asked: Asked, life: Mortal, policy: SensitivityPolicy, redactor: Redactor): EngineContext {
    const clock = this.#clockOf(asked)
    const regions = new Map<string, Ecs>()
    return {
      flavors,
      clock,
      environment: asked.environment ?? 'default',
      ...(asked.repository !== null && { repository: asked.repository ?? '1' }),
      requested: new Set(asked.asked as ParticleId[] | undefined),
      sensitivity: policy,
      learn: found => redactor.learn(found),
      ecs: name => {
        const known = regions.get(name)
        if (known) return known
        const settings = { clock, maxConcurrency: asked.maxConcurrency ?? 10 }
        const ecs = life.over(new Ecs(name, { ...settings, ...(asked.signal && { signal: asked.signal }) }))
        regions.set(name, ecs)
        return ecs
      },
    }
  }
}

const policyOf = ({ release, secret, variables = {}, revealed = () => false }: Asked): SensitivityPolicy => ({
  releaseVariables: new Set(release),
  secretVariables: new Set(secret),
  secretValues: (secret ?? []).flatMap(name => variables[name] ?? []),
  revealed,
})

/** The particles of manifests that are right. */
export function read(manifests: Manifests, asked: Asked = {}): readonly Particle[] {
  const files = typeof manifests === 'string' ? { 'shop.yml': manifests } : manifests
  const environment = asked.environment ?? 'default'
  const { particles, problems } = load(
    Object.entries(files).map(([file, text]) => ({ file, text })),
    {
      environment,
      variables: new Map(Object.entries({ ENVIRONMENT: environment, ...asked.variables })),
      region: 'us-east-1',
      vocabularies: flavors,
    },
  )
  if (problems.length > 0) throw new Error(problems.map(sayProblem).join('\n'))
  return particles
}
