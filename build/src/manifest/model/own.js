/** `PutAttributes`: names and values of attributes. */
const attributeName = {
    shortest: 1,
    longest: 128,
    pattern: /^[A-Za-z0-9_/\\.-]*$/,
    says: 'made of letters, digits, "-", "_", "/", "\\" and "."',
};
const attributeValue = {
    kind: 'attribute',
    limit: {
        shortest: 1,
        longest: 128,
        pattern: /^(?! )[A-Za-z0-9_.@/\\: -]*(?<! )$/,
        says: 'made of letters, digits, - _ . @ / \\ : and spaces, none at its ends',
    },
};
/** The types of the members that are this tool's own. */
export const own = {
    string: { kind: 'text' },
    number: { kind: 'number', whole: true, limit: { least: 1 } },
    attributes: {
        kind: 'attributes',
        name: attributeName,
        value: attributeValue,
        pair: {
            kind: 'struct',
            name: 'Attribute',
            union: false,
            required: ['name'],
            members: new Map([
                ['name', { kind: 'text', limit: attributeName }],
                ['value', attributeValue],
            ]),
        },
    },
};
