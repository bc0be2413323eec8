import { ownTagPrefix } from "./tags.js";
const prefix = `${ownTagPrefix}run/`;
/** Records that new revisions carry: more would crowd out a manifest's own tags (fifty in all, thirty its own). */
const newest = 20;
const tagKey = (digest) => `${prefix}${digest}`;
/** The record as a tag. Only characters that ECS allows in tag values. */
export const recordTag = (digest, record) => ({
    key: tagKey(digest),
    value: ['1', record.status, record.at, record.attempt, record.token, record.claim]
        .filter(part => part !== undefined)
        .join(' '),
});
function parse(value) {
    const match = /^1 (intent|refused|done|failed) (\d+) (\d+) (\d+)(?: ([0-9a-f]{16}))?$/.exec(value);
    if (!match)
        return undefined;
    return {
        status: match[1],
        at: Number(match[2]),
        attempt: Number(match[3]),
        token: Number(match[4]),
        ...(match[5] && { claim: match[5] }),
    };
}
const rank = { refused: 0, intent: 1, failed: 2, done: 3 };
/** Of two records of one run the later attempt counts, then the later token, then the later word. */
const later = (one, other) => {
    const order = one.attempt - other.attempt || one.token - other.token || rank[one.status] - rank[other.status] || one.at - other.at;
    return order >= 0 ? one : other;
};
/** What is remembered of one run, over the tags of several revisions. */
export function recordOf(digest, tagLists) {
    const records = tagLists
        .flat()
        .filter(({ key }) => key === tagKey(digest))
        .map(({ value }) => parse(value ?? ''))
        .filter(record => record !== undefined);
    return records.length > 0 ? records.reduce(later) : undefined;
}
/** Whether something that states the same, release variables aside, has succeeded before. */
export const hasRunBefore = (claim, tagLists) => tagLists.flat().some(({ key = '', value = '' }) => {
    const record = key.startsWith(prefix) ? parse(value) : undefined;
    return record?.claim === claim && record.status === 'done';
});
/** The newest records of several revisions, for the tags of a new one. */
export function carriedForward(tagLists) {
    const records = new Map();
    for (const { key = '', value = '' } of tagLists.flat()) {
        const record = key.startsWith(prefix) ? parse(value) : undefined;
        if (!record)
            continue;
        const digest = key.slice(prefix.length);
        const known = records.get(digest);
        records.set(digest, known ? later(known, record) : record);
    }
    return [...records]
        .sort(([one, { at: a }], [other, { at: b }]) => b - a || (one < other ? -1 : 1))
        .slice(0, newest)
        .map(([digest, record]) => recordTag(digest, record));
}
/** Keys of the records that a revision would hold too many of, should one more be written. */
export function surplus(digest, tags) {
    const kept = new Set(carriedForward([tags])
        .slice(0, newest - 1)
        .map(({ key }) => key));
    return tags
        .map(({ key = '' }) => key)
        .filter(key => key.startsWith(prefix) && !kept.has(key) && key !== tagKey(digest));
}
