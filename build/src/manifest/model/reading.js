import { asText, elementLabel } from "./written.js";
/** The value of a member, whatever it is. */
export const member = (node, name) => node?.kind === 'map' ? node.entries.get(name)?.node : undefined;
/** A scalar whose value is known. */
export function scalar(node, name) {
    const value = member(node, name);
    return value?.kind === 'scalar' && !value.inherit && value.value !== null ? value : undefined;
}
export function text(node, name) {
    const value = scalar(node, name);
    return value && asText(value);
}
export function number(node, name) {
    const value = scalar(node, name)?.value;
    return typeof value === 'number' ? value : undefined;
}
export function flag(node, name) {
    const value = scalar(node, name)?.value;
    return typeof value === 'boolean' ? value : undefined;
}
/** The elements of a list that are maps, with their paths under `path`. */
export function elements(node, name, path) {
    const list = member(node, name);
    if (list?.kind !== 'list')
        return [];
    return list.items.flatMap((item, index) => item.kind === 'map' ? [{ node: item, path: `${path}.${name}[${elementLabel(item, index)}]` }] : []);
}
/** The scalars of a list whose values are known. */
export function scalars(node, name) {
    const list = member(node, name);
    if (list?.kind !== 'list')
        return [];
    return list.items.flatMap(item => {
        const value = item.kind === 'scalar' && !item.inherit ? asText(item) : undefined;
        return item.kind === 'scalar' && value !== undefined ? [[item, value]] : [];
    });
}
/** Whether something is stated that is not an empty list. */
export function given(node, name) {
    const value = member(node, name);
    return value !== undefined && !(value.kind === 'list' && value.items.length === 0);
}
/** Whether a list, or a name in it, is inherited, so that nobody knows yet what is in it. */
export function partlyUnknown(node, list, name) {
    const value = member(node, list);
    if (value?.kind === 'scalar')
        return value.inherit !== undefined;
    if (value?.kind !== 'list')
        return false;
    return value.items.some(item => {
        const named = item.kind === 'map' ? member(item, name) : item;
        return named?.kind === 'scalar' && named.inherit !== undefined;
    });
}
