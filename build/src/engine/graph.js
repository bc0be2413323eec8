/** The graph of particles. The same particles in any order make the same graph. */
export function graphOf(particles) {
    const sorted = [...particles].sort((one, other) => compareIds(one.id, other.id));
    const byId = new Map(sorted.map(particle => [particle.id, particle]));
    const children = new Map(sorted.map(({ id }) => [id, []]));
    for (const { id, parents } of sorted)
        for (const parent of parents)
            children.get(parent)?.push(id);
    const before = new Map(sorted.map(({ id, parents }) => [id, parents.filter(parent => byId.has(parent))]));
    return { particles: byId, order: inOrder(before), children };
}
export const compareIds = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
/** An order in which everything comes after what stands before it; where there is a choice, by id. */
export function inOrder(before) {
    const missing = new Map([...before].map(([id, needed]) => [id, new Set(needed).size]));
    const after = new Map();
    for (const [id, needed] of before) {
        for (const one of new Set(needed))
            after.set(one, [...(after.get(one) ?? []), id]);
    }
    let ready = [...missing].filter(([, count]) => count === 0).map(([id]) => id);
    const order = [];
    while (ready.length > 0) {
        ready.sort(compareIds);
        order.push(...ready);
        const next = [];
        for (const id of ready) {
            for (const later of after.get(id) ?? []) {
                const left = (missing.get(later) ?? 0) - 1;
                missing.set(later, left);
                if (left === 0)
                    next.push(later);
            }
        }
        ready = next;
    }
    return order;
}
