/** Who a particle is in AWS, over all regions and flavors. */
function identity(particle, vocabularies) {
    const who = vocabularies[particle.flavor]?.identity(particle) ?? particle.name;
    return [particle.flavor, particle.region, who].join(' ');
}
/**
 * What was declared before and is not any more, as particles that are to go. What merely got another name is still
 * declared. One whose id is taken by something else now is told apart by `-removed`.
 */
export function removedSince(before, now, vocabularies) {
    const declared = new Set(now.map(particle => identity(particle, vocabularies)));
    const taken = new Set(now.map(({ id }) => id));
    const gone = before.filter(particle => vocabularies[particle.flavor]?.open !== true && !declared.has(identity(particle, vocabularies)));
    const newId = new Map(gone.map(({ id }) => [id, taken.has(id) ? `${id}-removed` : id]));
    return gone.map(particle => ({
        ...particle,
        id: newId.get(particle.id) ?? particle.id,
        desired: 'terminated',
        desiredIsOwn: false,
        parents: particle.parents.map(id => newId.get(id) ?? id).filter(id => taken.has(id) || newId.has(id)),
    }));
}
