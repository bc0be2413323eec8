import { nodeAt } from "../particle.js";
/** What is hidden of one particle: what a secret variable went into, also deep inside a value. */
export function curtainOf(particle, veil) {
    return {
        revealed: name => veil.revealed(name),
        secret(at) {
            const node = nodeAt(particle.source, at);
            return node !== undefined && holdsVariable(node, veil.secretVariables);
        },
    };
}
/** Whether one of these variables went into the value, or into anything inside it. */
export function holdsVariable(node, names) {
    if (names.size === 0)
        return false;
    if (node.kind === 'scalar')
        return (node.parts ?? []).some(part => typeof part !== 'string' && names.has(part.variable));
    const inside = node.kind === 'list' ? node.items : [...node.entries.values()].map(entry => entry.node);
    return inside.some(item => holdsVariable(item, names));
}
/** The text as the manifest writes it, where a variable is among those that stand by name; its value elsewhere. */
export function written(parts, byName) {
    return parts
        .map(part => {
        if (typeof part === 'string')
            return part;
        return byName(part.variable) ? `\${${part.variable}}` : part.value;
    })
        .join('');
}
