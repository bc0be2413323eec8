/** A nested table under the path of the structure, or of the list of structures, that it belongs to. */
export function under(path, own, rules) {
    return {
        [path]: own,
        ...Object.fromEntries(Object.entries(rules).map(([member, rule]) => [`${path}.${member}`, rule])),
    };
}
