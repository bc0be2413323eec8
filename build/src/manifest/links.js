import { nameOf } from "../flavors/vocabulary.js";
import { isGone, plain, } from "../particle.js";
import { complain, namingMembers } from "./draft.js";
import { elementLabel } from "./model/written.js";
import { order } from "./order.js";
import { closest, didYouMean } from "./suggest.js";
import { lineOf, quote, textOf, written } from "./words.js";
// To find what was meant costs a look at every id; where everything is wrong, some hints are enough.
const HINTS = 100;
/** Links drafts with each other and makes particles of them, sorted by id. */
export function link(declared, problems) {
    const wrong = complain(problems);
    const { drafts } = declared;
    const find = finder(declared);
    const label = (id) => drafts.get(id)?.label ?? quote(id);
    const parents = new Map();
    for (const id of drafts.keys())
        parents.set(id, new Map());
    let hints = HINTS;
    const named = (key, link, from) => {
        const found = find(link.to, from);
        if (found)
            return found;
        const absent = declared.absent.get(link.to);
        if (absent) {
            wrong(link.place, `${key}: ${link.label} is not in this environment (${lineOf(absent)}); patch ${key} for this environment as well`);
        }
        else if (!declared.broken.has(link.to) && !declared.incomplete) {
            const meant = hints-- > 0 ? didYouMean(link.to, names(declared)) : '';
            wrong(link.place, `${key}: ${link.label} is not declared${meant || '; declare it, or remove it here'}`);
        }
        return [];
    };
    const join = (child, parent, key, place) => {
        if (child === parent)
            wrong(place, `${key}: ${child.label} cannot be its own parent; remove it`);
        else if (!parents.get(child.id)?.has(parent.id))
            parents.get(child.id)?.set(parent.id, place);
    };
    for (const draft of drafts.values()) {
        for (const link of draft.parents)
            for (const parent of named('parents', link, draft))
                join(draft, parent, 'parents', link.place);
    }
    for (const draft of drafts.values()) {
        for (const link of draft.children)
            for (const child of named('children', link, draft))
                join(child, draft, 'children', link.place);
    }
    for (const [draft, parent, place] of implied(drafts.values()))
        join(draft, parent, 'parents', place);
    const made = new Map();
    const states = new Map();
    for (const id of order(parents, label, problems)) {
        const draft = drafts.get(id);
        if (!draft)
            continue;
        const above = parents.get(id) ?? new Map();
        const inherited = inherit(draft, id => find(id, draft), id => isAbove(id, draft.id, parents), made, problems);
        const source = fill(inherited, draft, above, drafts, made, problems);
        const state = desiredState(draft, above, drafts, states, problems);
        states.set(id, state);
        made.set(id, {
            id,
            flavor: draft.vocabulary.name,
            name: draft.name,
            place: draft.place,
            desired: state.state,
            desiredIsOwn: draft.desired !== undefined,
            parents: [...above.keys()].sort(),
            persistOnTermination: draft.persistOnTermination,
            persistOnUpdate: draft.persistOnUpdate,
            region: draft.region ?? '',
            definition: plain(source),
            options: draft.options,
            source,
        });
    }
    const particles = [...made.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    checkIdentities(particles, drafts, problems);
    return particles;
}
function* names({ drafts, groups }) {
    yield* drafts.keys();
    yield* groups.keys();
}
/**
 * Whom an id means, seen from a particle. A quasiparticle means all its members, a multiplied member all its copies;
 * between two members of one quasiparticle with the same multiplier it means the copy with the same number.
 */
const finder = ({ drafts, groups }) => (id, from) => {
    const one = drafts.get(id);
    if (one)
        return [one];
    const group = groups.get(id);
    const { quasi, copy } = from.origin;
    const first = group?.[0]?.origin;
    if (!group || !copy || !quasi || first?.quasi !== quasi || first.copy?.count !== copy.count || id !== first.copy.of)
        return group;
    return group.filter(({ origin }) => origin.copy?.index === copy.index);
};
const regionOf = (arn) => /^arn:[^:]*:[^:]*:([^:]+):/.exec(arn)?.[1];
/** Links that follow from a definition that names what is declared here, so that it is there first. */
function* implied(drafts) {
    const all = [...drafts];
    const byName = new Map();
    for (const draft of all) {
        const [member] = namingMembers(draft.vocabulary);
        const name = member && textOf(draft.definition.entries.get(member)?.node);
        if (name)
            byName.set(`${draft.vocabulary.name} ${draft.region} ${name}`, draft);
    }
    for (const draft of all) {
        for (const [flavor, member] of Object.entries(draft.vocabulary.needs)) {
            const node = draft.definition.entries.get(member)?.node;
            const text = textOf(node);
            if (!node || !text || (regionOf(text) ?? draft.region) !== draft.region)
                continue;
            // A revision is in no name: who names one does not follow the family.
            const parent = byName.get(`${flavor} ${draft.region} ${nameOf(text)}`);
            if (parent)
                yield [draft, parent, node.place];
        }
    }
}
function isAbove(id, below, parents) {
    const seen = new Set([below]);
    for (const one of seen) {
        for (const parent of parents.get(one)?.keys() ?? []) {
            if (parent === id)
                return true;
            seen.add(parent);
        }
    }
    return false;
}
function inherits(node) {
    if (node.kind === 'scalar')
        return node.inherit !== undefined;
    if (node.kind === 'list')
        return node.items.some(inherits);
    for (const entry of node.entries.values())
        if (inherits(entry.node))
            return true;
    return false;
}
/** The definition with what is inherited: names at once, as the parents' own definitions say them; the rest by id. */
function inherit(draft, find, above, made, problems) {
    const path = ['aws_resource'];
    const wrong = (place, message) => problems.push({ place, message: `${path.join('')}: ${message}` });
    function scalar(node) {
        if (!node.inherit)
            return node;
        const shown = quote(written(node));
        const [parent, another] = find(node.inherit.from) ?? [];
        if (!parent || another || !above(parent.id)) {
            const near = another
                ? undefined
                : closest(node.inherit.from, draft.parents.map(({ to }) => to));
            const meant = near ? ` (did you mean ${quote(near)}?)` : '';
            const why = another
                ? 'means several particles; name one of them'
                : `names no parent of this particle${meant}; add it to parents`;
            wrong(node.place, `${shown} ${why}`);
            return node;
        }
        const { key } = node.inherit;
        const named = namingMembers(parent.vocabulary).includes(key)
            ? made.get(parent.id)?.source.entries.get(key)?.node
            : undefined;
        if (named?.kind !== 'scalar' || named.inherit)
            return { ...node, inherit: { from: parent.id, key } };
        return { ...named, place: node.place };
    }
    function walk(node) {
        if (node.kind === 'scalar')
            return scalar(node);
        if (node.kind === 'list') {
            let items;
            for (const [index, item] of node.items.entries()) {
                path.push(`[${elementLabel(item, index)}]`);
                const walked = walk(item);
                path.pop();
                if (walked === item)
                    continue;
                items ??= [...node.items];
                items[index] = walked;
            }
            return items ? { ...node, items } : node;
        }
        let entries;
        for (const [key, entry] of node.entries) {
            path.push(`.${quote(key)}`);
            const walked = walk(entry.node);
            path.pop();
            if (walked === entry.node)
                continue;
            entries ??= new Map(node.entries);
            entries.set(key, { at: entry.at, node: walked });
        }
        return entries ? { ...node, entries } : node;
    }
    // Hardly any definition inherits; a look is cheaper than a walk that keeps its path.
    const walked = inherits(draft.definition) ? walk(draft.definition) : draft.definition;
    for (const member of namingMembers(draft.vocabulary)) {
        const node = walked.entries.get(member)?.node;
        if (node?.kind !== 'scalar' || !node.inherit || !made.has(node.inherit.from))
            continue;
        const message = `aws_resource.${member} must be known before AWS is asked, and ${quote(written(node))} is not; write it out`;
        problems.push({ place: node.place, message });
    }
    return walked;
}
/** The definition with what its parents fill. A revision is left to the plan: only AWS knows it. */
function fill(source, draft, above, drafts, made, problems) {
    const wrong = complain(problems);
    const entries = new Map(source.entries);
    for (const [flavor, member] of Object.entries(draft.vocabulary.needs)) {
        const path = `aws_resource.${member}`;
        const stated = entries.get(member)?.node;
        const [first, second] = [...above.keys()].filter(id => drafts.get(id)?.vocabulary.name === flavor);
        const parent = first && drafts.get(first);
        const place = first && above.get(first);
        if (!parent || !place) {
            if (!stated || (stated.kind === 'scalar' && (stated.value === null || stated.value === ''))) {
                // A parent that is named but wrong has been spoken of.
                if (draft.misread || draft.parents.some(({ to }) => to.startsWith(`${flavor}:`)))
                    continue;
                const message = `${path} is missing; name one ${flavor} among the parents, or state ${member} in aws_resource`;
                wrong(stated?.place ?? draft.place, message);
            }
            else if (stated.kind === 'scalar' && stated.inherit && tells(draft.vocabulary, member)) {
                wrong(stated.place, `${path} must be known before AWS is asked; name the ${flavor} among the parents, or write ${member} out`);
            }
            continue;
        }
        if (second) {
            const places = [place, above.get(second)].filter(place => place !== undefined);
            const ids = [first, second].map(id => drafts.get(id)?.label).join(' and ');
            wrong(places[1] ?? place, `parents: ${ids} (${places.map(lineOf).join(', ')}) would both fill ${member}; keep one ${flavor}`);
            continue;
        }
        if (draft.region && parent.region && draft.region !== parent.region) {
            wrong(place, `parents: ${parent.label} is in ${parent.region} (${lineOf(parent.place)}), and this one in ${draft.region}; give both the same region_name`);
            continue;
        }
        const particle = made.get(first);
        const name = particle && nameNode(particle, parent.vocabulary);
        // Without a name, which has been said, nothing can be compared.
        if (!particle || !name)
            continue;
        const known = parent.vocabulary.nameFor(particle);
        const ofParent = !stated || (stated.kind === 'scalar' && stated.inherit?.from === first);
        if (!ofParent && !agrees(stated, name, particle, draft.region)) {
            const shown = stated.kind === 'scalar' ? quote(written(stated)) : `a ${stated.kind}`;
            const revision = known === undefined && /:\d+$/.test(textOf(stated) ?? '') ? ', a revision' : '';
            wrong(stated.place, `${path} is ${shown}${revision}, and the parent ${parent.label} (${lineOf(place)}) stands for ${quote(written(name))}; keep one of them`);
        }
        else if (known === undefined)
            entries.delete(member);
        else if (ofParent)
            entries.set(member, { at: place, node: { ...name, value: known, place } });
    }
    return { ...source, entries };
}
function nameNode(particle, vocabulary) {
    const [member] = namingMembers(vocabulary);
    const node = member ? particle.source.entries.get(member)?.node : undefined;
    return node?.kind === 'scalar' && textOf(node) ? node : undefined;
}
/** Whether a stated name or ARN means the parent. A revision agrees only with a parent that is pinned to it. */
function agrees(stated, name, parent, region) {
    const text = textOf(stated);
    if (text === undefined || (regionOf(text) ?? region) !== region)
        return false;
    const [family, revision] = nameOf(text).split(':');
    if (revision === undefined)
        return family === textOf(name);
    return family === textOf(name) && revision === String(parent.definition.revision ?? '');
}
/** Whether a member is part of who a particle is. */
function tells(vocabulary, member) {
    const names = Object.fromEntries(namingMembers(vocabulary).map(name => [name, 'name']));
    const probe = (value) => vocabulary.identity({ definition: { ...names, [member]: value } });
    return probe('one') !== probe('other');
}
/** Its own; without one that of its cluster when the cluster is to go; otherwise running. */
function desiredState(draft, above, drafts, states, problems) {
    const needed = [...above.keys()].flatMap(id => {
        const parent = drafts.get(id);
        const state = states.get(id);
        const member = parent && draft.vocabulary.needs[parent.vocabulary.name];
        return parent && state && member && isGone(state.state) ? [{ parent, member, ...state }] : [];
    });
    const cluster = needed.find(({ member }) => member === 'cluster');
    const state = draft.desired?.state ?? cluster?.state ?? 'running';
    const place = draft.desired?.place ?? cluster?.place ?? draft.place;
    if (isGone(state))
        return { state, place };
    for (const { parent, state: goes, place: where } of needed) {
        const message = `desired_state: ${draft.label} is to run under ${parent.label}, which is to be ${goes} (${lineOf(where)}); let both run or both go`;
        problems.push({ place, message });
    }
    return { state, place };
}
function checkIdentities(particles, drafts, problems) {
    const seen = new Map();
    for (const particle of particles) {
        const draft = drafts.get(particle.id);
        const identity = draft?.vocabulary.identity(particle);
        if (!draft || identity === undefined)
            continue;
        const key = JSON.stringify([particle.region, particle.flavor, identity]);
        const first = seen.get(key);
        if (!first) {
            seen.set(key, particle);
            continue;
        }
        const other = `${drafts.get(first.id)?.label} (${lineOf(first.place)})`;
        const same = ['region', ...namingMembers(draft.vocabulary), ...identifyingNeeds(draft.vocabulary)];
        const both = `${same.slice(0, -1).join(', ')} and ${same.at(-1)}`;
        const message = `${draft.label} is the same thing in AWS as ${other}: both have the same ${both}; change one or remove it`;
        problems.push({ place: particle.place, message });
    }
}
const identifyingNeeds = (vocabulary) => Object.values(vocabulary.needs).filter(member => tells(vocabulary, member));
