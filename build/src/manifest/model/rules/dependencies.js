import { elements, given, scalar } from "../reading.js";
import { sayText } from "../written.js";
import { isEssential, mustBeContainer } from "./containers.js";
/** What containers wait for exists, can come about, and goes in no circle. */
export function checkDependencies(context) {
    const { containers, names, say } = context;
    const edges = new Map();
    for (const container of containers) {
        const own = [];
        for (const { node: item, path } of elements(container.node, 'dependsOn', container.path)) {
            const wanted = scalar(item, 'containerName');
            mustBeContainer(wanted, `${path}.containerName`, context);
            const other = wanted && names.get(String(wanted.value));
            if (!wanted || !other)
                continue;
            own.push({ to: String(wanted.value), at: wanted, path });
            const condition = scalar(item, 'condition');
            if (condition?.value === 'HEALTHY' && context.sound && !given(other.node, 'healthCheck')) {
                say(condition, `${path}.condition ${sayText(condition)} needs a healthCheck in ${other.path}; one in the image does not count`);
            }
            if ((condition?.value === 'COMPLETE' || condition?.value === 'SUCCESS') && isEssential(other) && context.sound) {
                say(condition, `${path}.condition ${sayText(condition)} needs essential: false in ${other.path}`);
            }
        }
        const named = scalar(container.node, 'name');
        if (named && container.name !== undefined)
            edges.set(container.name, { said: sayText(named), to: own });
    }
    sayCycles(edges, say);
}
/** One problem for each edge that closes a circle. */
function sayCycles(edges, say) {
    const done = new Set();
    const trail = [];
    const visit = (name) => {
        if (done.has(name))
            return;
        trail.push(name);
        for (const { to, at, path } of edges.get(name)?.to ?? []) {
            const start = trail.indexOf(to);
            if (start < 0) {
                visit(to);
                continue;
            }
            const circle = [...trail.slice(start), to].map(step => edges.get(step)?.said);
            say(at, `${path}.containerName closes a circle: ${circle.join(' → ')}; leave one of them out`);
        }
        trail.pop();
        done.add(name);
    };
    for (const name of edges.keys())
        visit(name);
}
