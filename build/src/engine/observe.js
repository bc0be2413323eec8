import { inheritsIn, Unknown, valueAt, withInherited } from "../particle.js";
import { releaseSignature } from "./claims.js";
/** The flavor of a particle. Manifests with any other were refused. */
export function flavorOf({ flavors }, { flavor }) {
    const known = flavors[flavor];
    if (!known)
        throw new Error(`there is no flavor ${flavor}`);
    return known;
}
/**
 * One look around: everything is asked for at most once, when somebody wants to know it, and what does not depend on
 * another answer is asked for at the same time.
 */
export class Pass {
    #graph;
    #world;
    #tally;
    #lives = new Map();
    #resolved = new Map();
    /** `known`: answers from before that need not be asked for again. */
    constructor(graph, world, tally, known = new Map()) {
        this.#graph = graph;
        this.#world = world;
        this.#tally = tally;
        for (const [id, live] of known)
            this.#lives.set(id, Promise.resolve(live));
    }
    /** AWS's answer for a particle; undefined when there is none. */
    live(id) {
        return remember(this.#lives, id, () => this.#look(id));
    }
    /** The particle with what it inherits filled in, as far as AWS can tell now. */
    resolved(id) {
        return remember(this.#resolved, id, () => this.#resolve(this.#particle(id)));
    }
    async #look(id) {
        const particle = await this.resolved(id);
        return flavorOf(this.#world, particle).look(particle, await this.around(id));
    }
    /** What a flavor may know of the neighbourhood. Parents are resolved before, so that their definitions can be read. */
    async around(id) {
        const particle = this.#particle(id);
        const { clock, environment, asked } = this.#world;
        const neighbours = new Map();
        for (const parent of particle.parents)
            neighbours.set(parent, await this.resolved(parent));
        const ecs = this.#world.ecs(particle.region);
        return {
            ecs: this.#tally ? ecs.countedBy(this.#tally) : ecs,
            clock,
            environment,
            children: this.#graph.children.get(id) ?? [],
            particle: wanted => neighbours.get(wanted) ?? this.#graph.particles.get(wanted),
            live: wanted => this.live(wanted),
            asked: asked.has(id),
            releaseSignature: releaseSignature(particle, [...neighbours.values()], this.#world.veil),
        };
    }
    #particle(id) {
        const particle = this.#graph.particles.get(id);
        if (!particle)
            throw new Error(`there is no particle ${id}`);
        return particle;
    }
    async #resolve(particle) {
        const inherits = inheritsIn(particle.source);
        if (inherits.length === 0)
            return particle;
        const current = new Map();
        for (const { from } of inherits) {
            const parent = await this.resolved(from);
            current.set(from, flavorOf(this.#world, parent).current(parent, await this.live(from)));
        }
        return withInherited(particle, ({ from, key }) => valueAt(current.get(from), key.split('.')) ?? new Unknown(from));
    }
}
function remember(map, id, make) {
    const known = map.get(id);
    if (known !== undefined)
        return known;
    const made = make();
    map.set(id, made);
    return made;
}
/** Everything that the graph's particles look like. Every failure is told, the same sentence once. */
export async function observe(graph, pass) {
    const looked = await Promise.allSettled(graph.order.map(async (id) => [id, await pass.live(id)]));
    const errors = new Map();
    const lives = new Map();
    for (const result of looked) {
        if (result.status === 'fulfilled')
            lives.set(...result.value);
        else
            errors.set(String(result.reason?.message ?? result.reason), result.reason);
    }
    return { lives, errors: [...errors.values()] };
}
