/** The nouns that every room shares. Pure: nothing here reaches out. */
/** Stopped and terminated are equivalent for every flavor, running is neither (PCF's `equivalent_states`). */
export const isGone = (state) => state === 'stopped' || state === 'terminated';
/** `file:line:column message`, or the message alone where there is no place. */
export function sayProblem({ place, message }) {
    return place ? `${place.file}:${place.line}:${place.column} ${message}` : message;
}
/**
 * A value that only AWS can tell, once the particle that owns it has been started or changed.
 * It stands in definitions and plans; it is never sent.
 */
export class Unknown {
    unknown;
    constructor(unknown) {
        this.unknown = unknown;
    }
}
/** The node at a path, or undefined where the manifest says nothing. */
export function nodeAt(root, path) {
    let node = root;
    for (const step of path) {
        if (node?.kind === 'map')
            node = node.entries.get(String(step))?.node;
        else if (node?.kind === 'list')
            node = node.items[Number(step)];
        else
            return undefined;
    }
    return node;
}
/** The place of a path, or of the nearest thing around it that the manifest says. */
export function placeAt(root, path) {
    for (let length = path.length; length > 0; length--) {
        const node = nodeAt(root, path.slice(0, length));
        if (node)
            return node.place;
    }
    return root.place;
}
/** The value without its places. What is inherited is asked for; without an answer it is known only after apply. */
export function plain(node, inherited = ({ from }) => new Unknown(from), path = []) {
    if (node.kind === 'list')
        return node.items.map((item, index) => plain(item, inherited, [...path, index]));
    if (node.kind === 'scalar')
        return node.inherit ? inherited(node.inherit, path) : node.value;
    return Object.fromEntries([...node.entries].map(([key, { node: value }]) => [key, plain(value, inherited, [...path, key])]));
}
/** The value at a path of plain data, or undefined. Only what is there itself counts, nothing inherited from Object. */
export function valueAt(value, path) {
    return path.reduce((inside, step) => {
        if (typeof inside !== 'object' || inside === null || !Object.hasOwn(inside, step))
            return undefined;
        return inside[step];
    }, value);
}
/** Everything that a definition inherits, in its order. */
export function inheritsIn(node) {
    if (node.kind === 'scalar')
        return node.inherit ? [node.inherit] : [];
    const inside = node.kind === 'list' ? node.items : [...node.entries.values()].map(entry => entry.node);
    return inside.flatMap(inheritsIn);
}
/** The particle with other values for what it inherits. */
export function withInherited(particle, inherited) {
    return { ...particle, definition: plain(particle.source, inherited) };
}
/** A path as a key of sets. */
export const pathKey = (path) => JSON.stringify(path);
