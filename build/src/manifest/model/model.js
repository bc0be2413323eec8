import { NormalizedSchema } from '@smithy/core/schema';
import { enumOf, enumValues } from "./enums.js";
import { limits } from "./limits.js";
const compiled = new Map();
/**
 * A shape of the SDK's run-time schema, with the enums and limits that the schema does not know. Compiled when it is
 * first asked for, nested shapes when they are first reached.
 */
export function typeOf(schema) {
    return structOf(NormalizedSchema.of(schema));
}
function structOf(schema) {
    const shape = schema.getSchema();
    const name = shape[2];
    const known = compiled.get(name);
    if (known)
        return known;
    let members;
    const type = {
        kind: 'struct',
        name,
        union: schema.isUnionSchema(),
        required: shape[4].slice(0, shape[6] ?? 0),
        // Later, not now: shapes may contain themselves.
        get members() {
            members ??= new Map([...schema.structIterator()].map(([member, of]) => [member, typeFor(of, `${name}.${member}`)]));
            return members;
        },
    };
    compiled.set(name, type);
    return type;
}
function typeFor(schema, key, own) {
    const limit = own ?? limits[key];
    const limited = limit ? { limit } : {};
    if (schema.isStructSchema())
        return structOf(schema);
    if (schema.isListSchema())
        return { kind: 'list', of: typeFor(schema.getValueSchema(), key, limit?.each ?? {}), ...limited };
    if (schema.isMapSchema())
        return { kind: 'textMap', of: typeFor(schema.getValueSchema(), key, limit?.each ?? {}) };
    if (schema.isBooleanSchema())
        return { kind: 'flag' };
    if (schema.isNumericSchema())
        return { kind: 'number', whole: !limit?.fraction, ...limited };
    if (schema.isStringSchema()) {
        const values = enumValues[enumOf[key] ?? ''] ?? limit?.oneOf;
        return values ? { kind: 'text', values, ...limited } : { kind: 'text', ...limited };
    }
    return { kind: 'any' };
}
