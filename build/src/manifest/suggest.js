import { quote } from "./words.js";
// Nobody mistypes more than two letters and still recognises the word.
const FARTHEST = 2;
/** Letters to insert, remove, replace or swap with their neighbour; anything beyond `limit` is `limit + 1`. */
export function distance(left, right, limit = FARTHEST) {
    if (Math.abs(left.length - right.length) > limit)
        return limit + 1;
    let before = [];
    let above = Array.from({ length: right.length + 1 }, (_, column) => column);
    for (let row = 1; row <= left.length; row++) {
        const current = [row];
        let least = row;
        for (let column = 1; column <= right.length; column++) {
            const same = left[row - 1] === right[column - 1];
            let cost = Math.min((above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (above[column - 1] ?? 0) + (same ? 0 : 1));
            const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
            if (row > 1 && column > 1 && swapped)
                cost = Math.min(cost, (before[column - 2] ?? 0) + 1);
            current.push(cost);
            least = Math.min(least, cost);
        }
        if (least > limit)
            return limit + 1;
        before = above;
        above = current;
    }
    return Math.min(above[right.length] ?? 0, limit + 1);
}
/** The candidate nearest to a word, of several equally near the first in the alphabet; undefined when none is near. */
export function closest(word, candidates) {
    // In a short word two letters are most of it.
    const limit = word.length < 4 ? 1 : FARTHEST;
    let best;
    let least = limit;
    for (const candidate of candidates) {
        if (candidate === word)
            continue;
        const far = candidate.toLowerCase() === word.toLowerCase() ? 0 : distance(word, candidate, least);
        if (far < least || (far === least && (best === undefined || candidate < best))) {
            best = candidate;
            least = far;
        }
    }
    return best;
}
/** `; did you mean X?`, or nothing. */
export function didYouMean(word, candidates) {
    const best = closest(word, candidates);
    return best === undefined ? '' : `; did you mean ${quote(best)}?`;
}
