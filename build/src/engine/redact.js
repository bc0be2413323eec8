import { valueAt } from "../particle.js";
/** Shorter values would be found in half of all sentences; hiding them there would tell more than it hides. */
const shortest = 5;
/** Takes hidden values, stated and live, out of texts that others wrote: ECS repeats in errors what it was sent. */
export function redactor(decisions) {
    const values = new Set();
    const add = (value) => {
        if (typeof value === 'string' && value.length >= shortest)
            values.add(value);
    };
    for (const { particle, hidden, changes } of decisions.values()) {
        for (const key of hidden)
            add(valueAt(particle.definition, JSON.parse(key)));
        for (const { sensitive, live } of changes)
            if (sensitive)
                add(live);
    }
    if (values.size === 0)
        return text => text;
    // The longest first: a value may be a part of another.
    const longestFirst = [...values].sort((one, other) => other.length - one.length);
    return text => longestFirst.reduce((said, value) => said.replaceAll(value, '(hidden)'), text);
}
