import type { Clock } from '../clock.ts'
import type { Tally } from '../ecs/calls.ts'
import type { Ecs } from '../ecs/ecs.ts'
import type { AnyFlavor, Surroundings } from '../flavors/flavor.ts'
import { inheritsIn, type Particle, type ParticleId, Unknown, valueAt, withInherited } from '../particle.ts'
import { releaseSignature } from './claims.ts'
import type { Veil } from './curtain.ts'
import type { Graph } from './graph.ts'

/** What the engine acts in. */
export interface World {
  readonly flavors: Readonly<Record<string, AnyFlavor>>
  ecs(region: string): Ecs
  readonly clock: Clock
  readonly environment: string
  /** Ids that the inputs name: tasks to run again, services to deploy again. */
  readonly asked: ReadonlySet<ParticleId>
  readonly veil: Veil
}

/** The flavor of a particle. Manifests with any other were refused. */
export function flavorOf({ flavors }: World, { flavor }: Particle): AnyFlavor {
  const known = flavors[flavor]
  if (!known) throw new Error(`there is no flavor ${flavor}`)
  return known
}

/**
 * One look around: everything is asked for at most once, when somebody wants to know it, and what does not depend on
 * another answer is asked for at the same time.
 */
export class Pass {
  readonly #graph: Graph
  readonly #world: World
  readonly #tally: Tally | undefined
  readonly #lives = new Map<ParticleId, Promise<unknown>>()
  readonly #resolved = new Map<ParticleId, Promise<Particle>>()
  readonly #memos: ReadonlyMap<ParticleId, unknown>

  /** `known`: answers from before that need not be asked for again. `memos`: what transitions of this apply left to remember. */
  constructor(
    graph: Graph,
    world: World,
    tally?: Tally,
    known: ReadonlyMap<ParticleId, unknown> = new Map(),
    memos: ReadonlyMap<ParticleId, unknown> = new Map(),
  ) {
    this.#memos = memos
    this.#graph = graph
    this.#world = world
    this.#tally = tally
    for (const [id, live] of known) this.#lives.set(id, Promise.resolve(live))
  }

  /** AWS's answer for a particle; undefined when there is none. */
  live(id: ParticleId): Promise<unknown> {
    return remember(this.#lives, id, () => this.#look(id))
  }

  /** The particle with what it inherits filled in, as far as AWS can tell now. */
  resolved(id: ParticleId): Promise<Particle> {
    return remember(this.#resolved, id, () => this.#resolve(this.#particle(id)))
  }

  async #look(id: ParticleId): Promise<unknown> {
    const particle = await this.resolved(id)
    return flavorOf(this.#world, particle).look(particle, await this.around(id))
  }

  /** What a flavor may know of the neighbourhood. Parents are resolved before, so that their definitions can be read. */
  async around(id: ParticleId): Promise<Surroundings> {
    const particle = this.#particle(id)
    const { clock, environment, asked } = this.#world
    const neighbours = new Map<ParticleId, Particle>()
    for (const parent of particle.parents) neighbours.set(parent, await this.resolved(parent))
    const ecs = this.#world.ecs(particle.region)
    return {
      ecs: this.#tally ? ecs.countedBy(this.#tally) : ecs,
      clock,
      environment,
      children: this.#graph.children.get(id) ?? [],
      particle: wanted => neighbours.get(wanted) ?? this.#graph.particles.get(wanted),
      live: wanted => this.live(wanted),
      asked: asked.has(id),
      releaseSignature: releaseSignature(particle, [...neighbours.values()], this.#world.veil),
      memo: this.#memos.get(id),
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
    const current = new Map<ParticleId, Readonly<Record<string, unknown>> | undefined>()
    for (const { from } of inherits) {
      const parent = await this.resolved(from)
      current.set(from, flavorOf(this.#world, parent).current(parent, await this.live(from)))
    }
    return withInherited(particle, ({ from, key }) => valueAt(current.get(from), key.split('.')) ?? new Unknown(from))
  }
}

function remember<V>(map: Map<ParticleId, V>, id: ParticleId, make: () => V): V {
  const known = map.get(id)
  if (known !== undefined) return known
  const made = make()
  map.set(id, made)
  return made
}

/** Everything that the graph's particles look like. Every failure is told, the same sentence once. */
export async function observe(graph: Graph, pass: Pass): Promise<{ lives: Map<ParticleId, unknown>; errors: Error[] }> {
  const looked = await Promise.allSettled(graph.order.map(async id => [id, await pass.live(id)] as const))
  const errors = new Map<string, Error>()
  const lives = new Map<ParticleId, unknown>()
  for (const result of looked) {
    if (result.status === 'fulfilled') lives.set(...result.value)
    else errors.set(String(result.reason?.message ?? result.reason), result.reason)
  }
  return { lives, errors: [...errors.values()] }
}
