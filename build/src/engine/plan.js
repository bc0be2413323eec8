import { digestOf } from "./claims.js";
import { curtainOf } from "./curtain.js";
import { decide } from "./decide.js";
import { compareIds, inOrder } from "./graph.js";
import { flavorOf } from "./observe.js";
/** Decides for every particle, parents first. */
export function decideAll(graph, lives, world) {
    const decisions = new Map();
    for (const id of graph.order) {
        const particle = graph.particles.get(id);
        if (!particle)
            continue;
        decisions.set(id, decide(particle, lives.get(id), flavorOf(world, particle), decisions, resolved => curtainOf(resolved, world.veil)));
    }
    return decisions;
}
/** Makes the plan. The same decisions make the same bytes. */
export function planOf(graph, decisions, settings) {
    const acting = new Set([...decisions].filter(([, { transition }]) => transition).map(([id]) => id));
    const dependsOn = dependencies(graph, decisions, acting);
    const steps = inOrder(dependsOn).map(id => stepOf(decisions, id, dependsOn.get(id) ?? []));
    const unchanged = [...decisions]
        .filter(([id]) => !acting.has(id))
        .sort(([one], [other]) => compareIds(one, other))
        .map(([id, decision]) => unchangedOf(id, decision));
    const told = [...decisions.values()].flatMap(decision => decision.warnings).sort(compareIds);
    const warnings = [...told, ...(settings.warnings ?? [])];
    const problems = [...decisions.values()].flatMap(decision => decision.problems);
    const tooMany = terminations(decisions, settings);
    const plan = {
        version: 1,
        environment: settings.environment,
        region: settings.region,
        ...(settings.account && { account: settings.account }),
        digest: digestOf(steps, decisions, settings.veil),
        summary: summaryOf(steps, unchanged),
        steps,
        unchanged,
        ...(settings.removed && settings.removed.length > 0 && { removed: settings.removed }),
        ...(warnings.length > 0 && { warnings }),
    };
    return { plan, decisions, problems: tooMany ? [...problems, tooMany] : problems };
}
/**
 * Which steps come before which: parents before children on the way up, children before parents on the way down,
 * through particles that have no step themselves.
 */
function dependencies(graph, decisions, acting) {
    const leaves = (id) => decisions.get(id)?.particle.desired !== 'running';
    const upward = nearest(acting, id => graph.particles.get(id)?.parents ?? []);
    const downward = nearest(acting, id => graph.children.get(id) ?? []);
    return new Map([...acting].sort(compareIds).map(id => {
        const needed = leaves(id) ? downward(id).filter(leaves) : upward(id).filter(parent => !leaves(parent));
        return [id, needed.sort(compareIds)];
    }));
}
/** The nearest particles with a step, in one direction, looking through those without. */
function nearest(acting, next) {
    const known = new Map();
    const find = (id) => {
        const seen = known.get(id);
        if (seen)
            return seen;
        const found = new Set();
        for (const neighbour of next(id)) {
            if (acting.has(neighbour))
                found.add(neighbour);
            else
                for (const further of find(neighbour))
                    found.add(further);
        }
        known.set(id, found);
        return found;
    };
    return (id) => [...find(id)];
}
const source = ({ place }) => ({ file: place.file, line: place.line });
/** A change without what must never leave: where it was found, and what AWS holds behind a hidden value. */
export function shown({ path, before, after, sensitive }) {
    if (sensitive)
        return { path, sensitive };
    return { path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}
function stepOf(decisions, id, dependsOn) {
    const decision = decisions.get(id);
    const { particle, observed, transition, changes, risks, why } = decision;
    const held = particle.parents.filter(parent => decisions.get(parent)?.reason === 'failed');
    return {
        particle: id,
        transition: transition,
        from: observed.state,
        to: particle.desired,
        changes: changes.map(shown),
        dependsOn,
        risks: [...risks, ...held.map(parent => `held back until ${parent} has succeeded`)],
        ...(why && { why }),
        ...(decision.protected.length > 0 && { protected: decision.protected.map(shown) }),
        source: source(particle),
    };
}
function unchangedOf(id, decision) {
    const { observed, reason = 'equivalent', why } = decision;
    return {
        particle: id,
        state: observed.state,
        reason,
        ...(why && { why }),
        ...(decision.protected.length > 0 && { changes: decision.protected.map(shown) }),
    };
}
function summaryOf(steps, unchanged) {
    const count = (transition) => steps.filter(step => step.transition === transition).length;
    const guarded = unchanged.filter(({ reason }) => reason === 'protected').length;
    return {
        start: count('start'),
        update: count('update'),
        replace: count('replace'),
        stop: count('stop'),
        terminate: count('terminate'),
        wait: count('wait'),
        unchanged: unchanged.length - guarded,
        protected: guarded,
    };
}
/** A change that takes down more than anybody meant to is refused: by inheritance, removal or replacement. */
function terminations(decisions, { maxTerminations, removed = [] }) {
    const all = [...decisions.values()];
    const running = all.filter(({ observed, reason }) => reason !== 'reference' && (observed.state === 'running' || observed.state === 'pending'));
    const going = all.filter(({ particle, transition }) => transition === 'replace' || ((transition === 'stop' || transition === 'terminate') && !particle.desiredIsOwn));
    const total = running.length + removed.length;
    const most = 'count' in maxTerminations ? maxTerminations.count : Math.max(1, Math.floor(total * maxTerminations.share));
    if (going.length <= Math.max(1, most))
        return undefined;
    const names = going.map(({ particle }) => particle.id).sort(compareIds);
    return {
        message: `${going.length} of ${total} running particles would be terminated or replaced, more than max-terminations allows (${most}): ${names.slice(0, 10).join(', ')}${names.length > 10 ? ' and others' : ''}; give each its own desired_state, or raise max-terminations`,
    };
}
/** Whether carrying it out would change anything in AWS. */
export const hasChanges = ({ steps }) => steps.some(({ transition }) => transition !== 'wait');
