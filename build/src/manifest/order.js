import { lineOf } from "./words.js";
const CYCLES = 20;
const STEPS = 12;
/**
 * All ids, parents before children. A cycle is a problem that names the whole of it; its last link is then passed
 * over, so that the rest can still be looked at. Iterative: a chain may be longer than the stack is deep.
 */
export function order(parents, label, problems) {
    const done = [];
    const seen = new Set();
    const path = [];
    const onPath = new Set();
    let cycles = 0;
    const enter = (id) => {
        seen.add(id);
        onPath.add(id);
        // Taken from the end, so that the smallest comes first.
        path.push({ id, left: [...(parents.get(id)?.keys() ?? [])].sort().reverse() });
    };
    for (const start of [...parents.keys()].sort()) {
        if (!seen.has(start))
            enter(start);
        for (let top = path.at(-1); top; top = path.at(-1)) {
            const next = top.left.pop();
            if (next === undefined) {
                path.pop();
                onPath.delete(top.id);
                done.push(top.id);
            }
            else if (onPath.has(next)) {
                const ids = path.slice(path.findIndex(step => step.id === next)).map(step => step.id);
                if (cycles++ < CYCLES)
                    problems.push(cycle(ids, parents, label));
            }
            else if (!seen.has(next))
                enter(next);
        }
    }
    return done;
}
function cycle(ids, parents, label) {
    const links = ids.map((id, index) => {
        const parent = ids[(index + 1) % ids.length] ?? id;
        const place = parents.get(id)?.get(parent);
        return { place, text: `${label(parent)}${place ? ` (${lineOf(place)})` : ''}` };
    });
    const shown = links.slice(0, STEPS).map(link => link.text);
    if (links.length > STEPS)
        shown.push(`${links.length - STEPS} more and back`);
    const place = links[0]?.place;
    const message = `parents: ${label(ids[0] ?? ':')} needs ${shown.join(', which needs ')}: a cycle, so none can be first; remove one of these links`;
    return place ? { place, message } : { message };
}
