import type { Clock } from '../clock.ts'
import { type SensitivityPolicy, sensitivityOf } from '../compare/sensitivity.ts'
import type { CallCounter } from '../ecs/calls.ts'
import type { Ecs } from '../ecs/client.ts'
import { memoized } from '../memoized.ts'
import {
  type Inherit,
  inheritsIn,
  type Particle,
  type ParticleId,
  Unknown,
  valueAt,
  withInherited,
} from '../particle.ts'
import type { Learnable } from '../redact/redactor.ts'
import type { ClaimContext } from './claimSubject.ts'
import type { AnyFlavor, FlavorContext } from './flavor.ts'
import type { Graph } from './graph.ts'
import { releaseSignatures } from './release.ts'

/** Everything that the engine is handed: flavors, AWS, clock, inputs. */
export interface EngineContext {
  readonly flavors: Readonly<Record<string, AnyFlavor>>
  ecs(region: string): Ecs
  readonly clock: Clock
  readonly environment: string
  /** GitHub's id of the repository; undefined where none is known. */
  readonly repository?: string
  /** Ids that the inputs name: tasks to run again, services to deploy again. */
  readonly requested: ReadonlySet<ParticleId>
  readonly sensitivity: SensitivityPolicy
  /** Called with each answer and decision before any word of it leaves, so that hidden values can be taken out. */
  learn?(found: Learnable): void
}

/** The flavor of a particle. Throws where there is none: manifests with an unknown flavor were refused. */
export function flavorOf({ flavors }: EngineContext, { flavor }: Particle): AnyFlavor {
  const known = flavors[flavor]
  if (!known) throw new Error(`there is no flavor ${flavor}`)
  return known
}

/** The account, environment and vocabularies that claims are bound to. */
export const claimContextOf = (
  { environment, sensitivity: policy, flavors }: Pick<EngineContext, 'environment' | 'sensitivity' | 'flavors'>,
  account: string | undefined,
): ClaimContext => ({ account, environment, sensitivity: policy, vocabularies: flavors })

/**
 * The account of the run, twelve digits, from ARNs in ECS's answers. Where no answer held one, one more call asks, if the
 * plan has steps that need it (`needed`). Throws `EcsError`.
 */
export async function accountOf(engine: EngineContext, graph: Graph, needed: boolean): Promise<string | undefined> {
  const regions = [...new Set([...graph.particles.values()].map(({ region }) => region))]
  const [known] = regions.flatMap(region => engine.ecs(region).account ?? [])
  const [first] = regions
  return known ?? (needed && first !== undefined ? engine.ecs(first).findAccount() : undefined)
}

/** What the step of an apply refreshes with. */
interface RefreshOfStep {
  readonly counter?: CallCounter
  /** An earlier answer for the particle that still holds; undefined where the particle is to be described. */
  readonly known?: (id: ParticleId) => { readonly live: unknown } | undefined
  /** Memos of this apply's transitions. */
  readonly memos?: ReadonlyMap<ParticleId, unknown>
}

/**
 * AWS's answers for the particles of a graph. Each particle is described once at most, on demand, and at the same time
 * as others that it does not depend on.
 */
export class Refresh {
  readonly #graph: Graph
  readonly #engine: EngineContext
  readonly #step: RefreshOfStep
  /** AWS's answer for a particle; undefined when there is none. Throws `EcsError`. */
  readonly live = memoized(async (id: ParticleId): Promise<unknown> => {
    const known = this.#step.known?.(id)
    return known ? known.live : this.#describe(id)
  })
  /** The particle with inherited members filled in, as far as AWS knows them now. Throws `EcsError`. */
  readonly resolved = memoized((id: ParticleId): Promise<Particle> => this.#resolve(this.#particle(id)))

  constructor(graph: Graph, engine: EngineContext, step: RefreshOfStep = {}) {
    this.#graph = graph
    this.#engine = engine
    this.#step = step
  }

  async #describe(id: ParticleId): Promise<unknown> {
    const stated = this.#particle(id)
    const flavor = flavorOf(this.#engine, stated)
    // A service inherits from its task definition, whose description reads what the service runs: a circle without
    // this.
    const particle = flavor.foundByName ? stated : await this.resolved(id)
    this.#engine.learn?.({ particle })
    const context = flavor.foundByName ? this.#contextWith(stated, new Map()) : await this.context(id)
    const live = await flavor.describe(particle, context)
    this.#engine.learn?.({ particle, live })
    return live
  }

  /** What a flavor may use. Parents are resolved first, so that their definitions can be read. Throws `EcsError`. */
  async context(id: ParticleId): Promise<FlavorContext> {
    const particle = this.#particle(id)
    const neighbours = new Map<ParticleId, Particle>()
    for (const parent of particle.parents) neighbours.set(parent, await this.resolved(parent))
    return this.#contextWith(particle, neighbours)
  }

  #contextWith(particle: Particle, neighbours: ReadonlyMap<ParticleId, Particle>): FlavorContext {
    const { id } = particle
    const { clock, environment, repository, requested } = this.#engine
    const { counter, memos } = this.#step
    const ecs = this.#engine.ecs(particle.region)
    return {
      ecs: counter ? ecs.countedBy(counter) : ecs,
      clock,
      environment,
      ...(repository !== undefined && { repository }),
      children: this.#graph.children.get(id) ?? [],
      particle: wanted => neighbours.get(wanted) ?? this.#graph.particles.get(wanted),
      particles: () => this.#graph.particles.values(),
      live: wanted => this.live(wanted),
      requested: requested.has(id),
      releaseSignatures: (job, content) =>
        releaseSignatures(job, content, [...neighbours.values()], claimContextOf(this.#engine, ecs.account)),
      memo: memos?.get(id),
    }
  }

  #particle(id: ParticleId): Particle {
    const particle = this.#graph.particles.get(id)
    if (!particle) throw new Error(`there is no particle ${id}`)
    return particle
  }

  async #resolve(particle: Particle): Promise<Particle> {
    const inherits = inheritsIn(particle.source)
    if (inherits.length === 0) return particle
    const values = new Map<Inherit, unknown>()
    for (const inherit of inherits) {
      const { from, key } = inherit
      const parent = await this.resolved(from)
      const sensitivity = sensitivityOf(parent, this.#engine.sensitivity)
      const assessment = flavorOf(this.#engine, parent).assess(parent, await this.live(from), sensitivity)
      const [now, path] = [assessment.currentDefinition, key.split('.')]
      if (!sensitivity.hidesAt?.(now, path)) values.set(inherit, valueAt(now, path))
    }
    return withInherited(particle, inherit => values.get(inherit) ?? new Unknown(inherit.from))
  }
}

/** AWS's answers for all particles of the graph. Throws an `AggregateError` of every different sentence. */
export async function refreshAll(graph: Graph, refresh: Refresh): Promise<Map<ParticleId, unknown>> {
  const answers = await Promise.allSettled(graph.order.map(async id => [id, await refresh.live(id)] as const))
  const errors = new Map<string, Error>()
  const lives = new Map<ParticleId, unknown>()
  for (const result of answers) {
    if (result.status === 'fulfilled') lives.set(...result.value)
    else errors.set(String(result.reason?.message ?? result.reason), result.reason)
  }
  if (errors.size > 0) throw new AggregateError(errors.values(), [...errors.keys()].join('\n'))
  return lives
}
