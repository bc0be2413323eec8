import { didYouMean } from "./suggest.js";
import { dotted, kindOf, quote } from "./words.js";
/**
 * A patch upon a value: maps deeply, lists and plain values replaced, `null` removes. What comes from the patch
 * keeps the patch's places.
 */
export function merge(base, patch) {
    if (patch.kind !== 'map')
        return patch;
    const below = base?.kind === 'map' ? base : undefined;
    const entries = new Map(below?.entries);
    for (const [key, { at, node }] of patch.entries) {
        if (node.kind === 'scalar' && node.value === null)
            entries.delete(key);
        else {
            const old = entries.get(key);
            const merged = merge(old?.node, node);
            // Two maps become one: its place stays where it began.
            entries.set(key, merged.kind === 'map' && old?.node.kind === 'map' ? { at: old.at, node: merged } : { at, node: merged });
        }
    }
    return { kind: 'map', place: below?.place ?? patch.place, entries };
}
/** Keys of a particle that say what it is: an environment may leave it out, not make another one of it. */
const FIXED = ['flavor', 'pcf_name', 'environments'];
/** The particle as it is in an environment: patched, without `environments`; undefined where it is not in it. */
export function inEnvironment(particle, environment, keys, problems) {
    const given = particle.entries.get('environments');
    if (!given)
        return particle;
    const entries = new Map(particle.entries);
    entries.delete('environments');
    const rest = { ...particle, entries };
    const wrong = (place, message) => problems.push({ place, message });
    if (given.node.kind !== 'map') {
        wrong(given.node.place, `environments must be a map of environments, not ${kindOf(given.node)}`);
        return rest;
    }
    // Every patch is looked at, so that a mistake for production is found before production.
    for (const [name, { node }] of given.node.entries) {
        if (node.kind === 'scalar' && node.value === false)
            continue;
        const path = dotted(['environments', name]);
        if (node.kind !== 'map') {
            wrong(node.place, `${path} must be a map to be merged into the particle, or false, not ${kindOf(node)}`);
            continue;
        }
        for (const [key, { at }] of node.entries) {
            if (FIXED.includes(key)) {
                wrong(at, `${path}.${key} cannot differ between environments; write a second particle, and false where it is not to be`);
            }
            else if (!keys.includes(key)) {
                wrong(at, `${path}.${quote(key)} is not a key of a particle${didYouMean(key, keys)}`);
            }
        }
    }
    const patch = given.node.entries.get(environment)?.node;
    if (patch?.kind === 'scalar' && patch.value === false)
        return undefined;
    if (patch?.kind !== 'map')
        return rest;
    const allowed = new Map([...patch.entries].filter(([key]) => keys.includes(key) && !FIXED.includes(key)));
    return merge(rest, { ...patch, entries: allowed });
}
