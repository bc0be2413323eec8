import { NormalizedSchema } from '@smithy/core/schema';
const none = new Map();
const strict = {};
const compiled = new WeakMap();
/** The model with its table, walked once: schemas of the SDK are compact, but slow to read. */
export function shapeOf(schema, rules) {
    let byRules = compiled.get(schema);
    if (!byRules) {
        byRules = new WeakMap();
        compiled.set(schema, byRules);
    }
    let shape = byRules.get(rules);
    if (!shape) {
        shape = compile(NormalizedSchema.of(schema), '', rules);
        byRules.set(rules, shape);
    }
    return shape;
}
function compile(schema, path, rules) {
    const rule = rules[path] ?? strict;
    if (schema.isListSchema()) {
        return { kind: 'list', rule, members: none, of: compile(schema.getValueSchema(), path, rules) };
    }
    if (schema.isMapSchema()) {
        return { kind: 'map', rule, members: none, of: compile(schema.getValueSchema(), path, rules) };
    }
    if (!schema.isStructSchema())
        return { kind: 'value', rule, members: none };
    const members = new Map();
    for (const [name, member] of schema.structIterator()) {
        members.set(name, compile(member, path === '' ? name : `${path}.${name}`, rules));
    }
    return { kind: 'structure', rule, members };
}
/** Every member of a request, nested ones too, as tables name them. */
export function pathsOf(schema) {
    const paths = [];
    const visit = (shape, path) => {
        if (shape.of)
            visit(shape.of, path);
        for (const [name, member] of shape.members) {
            const at = path === '' ? name : `${path}.${name}`;
            paths.push(at);
            visit(member, at);
        }
    };
    visit(shapeOf(schema, {}), '');
    return paths;
}
