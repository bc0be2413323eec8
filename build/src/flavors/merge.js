/** What is stated, laid over what is there: ECS replaces a structure as a whole. */
export function merged(live, stated) {
    if (stated === undefined ||
        live === undefined ||
        stated === null ||
        typeof stated !== 'object' ||
        Array.isArray(stated)) {
        return stated ?? live;
    }
    const both = { ...live };
    for (const [key, value] of Object.entries(stated))
        both[key] = merged(both[key], value);
    return both;
}
