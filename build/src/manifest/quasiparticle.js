import { asWhole, checkKeys, complain, identify, KEYS, readShared, } from "./draft.js";
import { merge } from "./patch.js";
import { didYouMean } from "./suggest.js";
import { kindOf, lineOf, quote, textOf, written } from "./words.js";
/** Copies that one member may have, and all members of all manifests. */
export const COPIES = { each: 1_000, all: 20_000 };
/**
 * The members of a quasiparticle, patched and with their variables put in, as particles of their own.
 *
 * As in PCF a base is merged into the member with its parents and flags, not its definition alone; the base's name
 * and multiplier stay its own.
 */
export function expandQuasiparticle(map, who, copies, problems) {
    const wrong = complain(problems);
    const shared = readShared(map, wrong);
    const particles = map.entries.get('particles');
    if (particles?.node.kind !== 'list') {
        const what = particles ? `must be a list of particles, not ${kindOf(particles.node)}` : 'is missing';
        wrong(particles?.node.place ?? map.place, `particles ${what}; a quasiparticle is made of its members`);
        return [];
    }
    const nameNode = map.entries.get('pcf_name')?.node;
    const fallback = nameNode?.kind === 'scalar' && who.name ? nameNode : undefined;
    const earlier = new Map();
    const seeds = [];
    for (const item of particles.node.items) {
        if (item.kind !== 'map') {
            wrong(item.place, `particles must hold particles, each a map, not ${kindOf(item)}`);
            continue;
        }
        const member = identify(item, fallback, wrong);
        if (member.flavor === 'quasiparticle') {
            wrong(item.place, 'a quasiparticle cannot be a member of another; write its members here, or link the two by parents');
            continue;
        }
        checkKeys(item, KEYS.member, 'a member of a quasiparticle', wrong);
        const whole = based(item, member, earlier, wrong);
        if (member.id && !earlier.has(member.id))
            earlier.set(member.id, whole);
        const quasi = who.id ? { quasi: who.id } : {};
        const count = multiplier(item.entries.get('multiplier')?.node, copies, wrong);
        if (count === undefined || !member.id || !member.name) {
            seeds.push({ map: whole, who: member, origin: quasi, shared });
            continue;
        }
        for (let index = 0; index < count; index++) {
            const copy = { of: member.id, index, count };
            const numbered = {
                flavor: member.flavor,
                name: `${member.name}-${index}`,
                id: `${member.id}-${index}`,
                label: quote(`${member.label}-${index}`),
            };
            seeds.push({ map: whole, who: numbered, origin: { ...quasi, copy }, shared });
        }
    }
    return seeds;
}
/** A member upon its base, the way a patch lies upon a particle. */
function based(item, member, earlier, wrong) {
    const node = item.entries.get('base_particle_config')?.node;
    if (!node)
        return item;
    const name = textOf(node);
    const base = name && member.flavor ? earlier.get(`${member.flavor}:${name}`) : undefined;
    if (!base) {
        const same = [...earlier.keys()]
            .filter(id => id.startsWith(`${member.flavor}:`))
            .map(id => id.slice(id.indexOf(':') + 1));
        const shown = node.kind === 'scalar' && name ? quote(written(node)) : kindOf(node);
        const meant = didYouMean(name ?? '', same) || '; name one that stands above this one';
        wrong(node.place, `base_particle_config must name an earlier member with the same flavor, not ${shown}${meant}`);
        return item;
    }
    const entries = new Map(base.entries);
    for (const key of ['pcf_name', 'multiplier', 'base_particle_config'])
        entries.delete(key);
    return { ...merge({ ...base, entries }, item), place: item.place };
}
/** How many copies; undefined for a member that is there once, under its own name. */
function multiplier(node, copies, wrong) {
    if (!node)
        return undefined;
    const count = asWhole(node);
    if (count === undefined || count < 1 || count > COPIES.each) {
        wrong(node.place, `multiplier must be a whole number from 1 to ${COPIES.each}, not ${kindOf(node)}`);
        return undefined;
    }
    copies.left -= count;
    if (copies.left >= 0)
        return count;
    wrong(node.place, `multiplier: the members of all quasiparticles make more than ${COPIES.all} copies; lower it`);
    return undefined;
}
/** A member with what its quasiparticle says for all. */
export function withShared(draft, shared, problems) {
    if (!shared)
        return draft;
    const wrong = complain(problems);
    if (shared.desired && draft.desired && shared.desired.state !== draft.desired.state) {
        const other = lineOf(shared.desired.place);
        wrong(draft.desired.place, `desired_state of a quasiparticle is that of every member, and it is ${shared.desired.state} at ${other}; remove one of them`);
    }
    return {
        ...draft,
        parents: [...draft.parents, ...shared.parents],
        children: [...draft.children, ...shared.children],
        misread: draft.misread || shared.misread,
        desired: shared.desired ?? draft.desired,
        persistOnTermination: draft.persistOnTermination || shared.persistOnTermination,
        persistOnUpdate: draft.persistOnUpdate || shared.persistOnUpdate,
    };
}
