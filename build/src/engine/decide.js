import { inheritsIn, isGone, pathKey, placeAt, Unknown, valueAt, withInherited, } from "../particle.js";
/** Decides from what is stated and what is there. Pure: the same answers, the same decision. */
export function decide(stated, live, flavor, parents, curtainFor) {
    const { particle, filled } = withNeeds(withUnsettledInherits(stated, parents), flavor, parents);
    const observed = flavor.read(particle, live);
    const curtain = curtainFor(particle);
    const { transition, reason, why, comparison } = choose(particle, live, flavor, observed, curtain);
    const problems = (comparison.problems ?? []).map(({ at, message }) => ({
        place: placeAt(particle.source, at),
        message,
    }));
    const changes = transition && transition !== 'wait' ? comparison.changes : [];
    return {
        particle,
        live,
        observed,
        ...(transition && { transition }),
        ...(reason && { reason }),
        ...(why && { why }),
        changes,
        protected: [...(comparison.protected ?? []), ...(reason === 'protected' ? comparison.changes : [])],
        risks: comparison.risks ?? [],
        warnings: comparison.warnings ?? [],
        problems,
        hidden: new Set(changes.length > 0 ? hiddenPlaces(flavor.describe(particle, live, curtain).changes) : []),
        filled,
        sanctioned: comparison.sanctioned === true,
        behind: (live !== undefined && flavor.behind?.(particle, live, curtain)) || new Map(),
        reference: flavor.reference(particle, live, changes),
    };
}
const hiddenPlaces = (changes) => changes.flatMap(({ sensitive, at }) => (sensitive && at ? [pathKey(at)] : []));
const nothing = { changes: [] };
function choose(particle, live, flavor, observed, curtain) {
    if (flavor.referenceOnly)
        return { reason: 'reference', comparison: nothing };
    if (particle.desired !== 'running')
        return chooseLeaving(particle, live, flavor, observed);
    if (observed.done)
        return { reason: 'done', comparison: nothing };
    if (isGone(observed.state) && !observed.failed && !observed.unsettled) {
        return chooseStart(particle, live, flavor, curtain);
    }
    if (observed.incomplete)
        return chooseStart(particle, live, flavor, curtain);
    return chooseUpdate(particle, live, flavor, observed, curtain);
}
function chooseLeaving(particle, live, flavor, observed) {
    if (isGone(observed.state) && !observed.unsettled)
        return { reason: 'equivalent', comparison: nothing };
    if (particle.persistOnTermination)
        return { reason: 'protected', comparison: nothing };
    if (observed.unsettled) {
        return { transition: 'wait', ...(observed.why && { why: observed.why }), comparison: nothing };
    }
    const transition = particle.desired === 'stopped' ? 'stop' : 'terminate';
    return { transition, comparison: { changes: [], risks: flavor.goodbye(particle, live) } };
}
function chooseStart(particle, live, flavor, curtain) {
    const comparison = flavor.describe(particle, live, curtain);
    if (comparison.absent === undefined)
        return { transition: 'start', comparison };
    const warnings = [`${particle.id}: ${comparison.absent}`, ...(comparison.warnings ?? [])];
    return { reason: 'reference', why: comparison.absent, comparison: { ...nothing, warnings } };
}
function chooseUpdate(particle, live, flavor, observed, curtain) {
    const comparison = flavor.compare(particle, live, curtain);
    const why = observed.why && { why: observed.why };
    if (comparison.replaces && comparison.replaces.length > 0 && !particle.persistOnUpdate) {
        if (particle.options.allow_replace === true)
            return { transition: 'replace', comparison };
        const paths = comparison.replaces.join(', ');
        const refusal = {
            at: [comparison.replaces[0]?.split(/[.[]/, 1)[0] ?? ''],
            message: `${particle.id}: ${paths} cannot change in place; state what is there, or set custom_config.allow_replace: true to delete it and make it anew`,
        };
        return { transition: 'replace', comparison: { ...comparison, problems: [...(comparison.problems ?? []), refusal] } };
    }
    if (comparison.changes.length > 0) {
        return particle.persistOnUpdate ? { reason: 'protected', comparison } : { transition: 'update', comparison };
    }
    if (observed.failed)
        return { reason: 'failed', ...why, comparison };
    if (observed.unsettled)
        return { transition: 'wait', ...why, comparison };
    if (comparison.protected && comparison.protected.length > 0)
        return { reason: 'protected', comparison };
    return { reason: comparison.pinned ? 'pinned' : 'equivalent', comparison };
}
/** A parent that is yet to be made, or made anew, cannot be inherited from before. */
function withUnsettledInherits(particle, parents) {
    const inherits = inheritsIn(particle.source);
    const unsettled = new Set(inherits.map(({ from }) => from).filter(from => isUnsettled(parents.get(from))));
    if (unsettled.size === 0)
        return particle;
    // The others were filled in when the particle was looked at.
    return withInherited(particle, ({ from }, path) => unsettled.has(from) ? new Unknown(from) : valueAt(particle.definition, path));
}
function isUnsettled(decision) {
    if (!decision)
        return false;
    const { transition, reference } = decision;
    return transition === 'start' || transition === 'replace' || reference instanceof Unknown;
}
/** Fills the members that parents are there for, unless the manifest states them itself. */
function withNeeds(particle, flavor, parents) {
    const filled = new Map();
    const members = {};
    for (const [needed, member] of Object.entries(flavor.needs)) {
        if (particle.definition[member] !== undefined)
            continue;
        const id = particle.parents.find(parent => parent.startsWith(`${needed}:`));
        const reference = id && parents.get(id)?.reference;
        if (!id || reference === undefined)
            continue;
        filled.set(member, id);
        members[member] = reference;
    }
    return { particle: { ...particle, definition: { ...particle.definition, ...members } }, filled };
}
