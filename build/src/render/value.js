import { isPlain, visible } from "./escape.js";
import { flavorOf } from "./words.js";
/** The particle whose start or change will tell the value, or undefined when the value is known. */
export function unknownOf(value) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
        return undefined;
    const keys = Object.keys(value);
    const id = value.unknown;
    return keys.length === 1 && typeof id === 'string' ? id : undefined;
}
function sayUnknown(id, step) {
    if (flavorOf(id) === 'ecs_task_definition' && step?.particle !== id)
        return `the new revision of ${bareName(id)}`;
    return step?.particle === id || step === undefined ? '(known after apply)' : `(known after apply of ${bareName(id)})`;
}
const bareName = (id) => (isBare(id) ? id : quoted(id));
/**
 * A value on one line. Text stands bare where nobody can take it for anything else, and between quotes otherwise: `"4"` is
 * text, 4 a number, and a text that says `(hidden)` is not hidden.
 */
export function say(value, of) {
    if (typeof value === 'string')
        return isBare(value) ? value : quoted(value);
    return sayNested(value, of);
}
function sayNested(value, of) {
    if (typeof value === 'string')
        return quoted(value);
    if (value === undefined)
        return '';
    if (value === null || typeof value !== 'object')
        return String(value);
    if (Array.isArray(value))
        return `[${value.map(each => sayNested(each, of)).join(', ')}]`;
    const unknown = unknownOf(value);
    if (unknown !== undefined)
        return sayUnknown(unknown, of);
    return `{${Object.entries(value)
        .map(([key, each]) => `${quoted(key)}: ${sayNested(each, of)}`)
        .join(', ')}}`;
}
const quoted = (text) => visible(JSON.stringify(text));
const isBare = (text) => /^[^\s"'([{\\](?:[^\\"]*[^\s\\"])?$/s.test(text) &&
    !/^(?:true|false|null|[-+]?[\d.]+(?:e[-+]?\d+)?|the new revision of .*)$/i.test(text) &&
    !/→|…| {2}/.test(text) &&
    isPlain(text);
