import type { Limit } from './limits.ts'
import type { Type } from './types.ts'
import type { Vocabulary } from './vocabulary.ts'

/** `PutAttributes`: names and values of attributes. */
const attributeName = {
  shortest: 1,
  longest: 128,
  pattern: /^[A-Za-z0-9_/\\.-]*$/,
  says: 'made of letters, digits, "-", "_", "/", "\\" and "."',
} as const satisfies Limit

const attributeValue = {
  kind: 'attribute',
  limit: {
    shortest: 1,
    longest: 128,
    pattern: /^(?! )[A-Za-z0-9_.@/\\: -]*(?<! )$/,
    says: 'made of letters, digits, - _ . @ / \\ : and spaces, none at its ends',
  },
} as const satisfies Type

/** The types of the members that are this tool's own. */
export const own: Readonly<Record<Vocabulary['ownMembers'][string], Type>> = {
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
      members: new Map<string, Type>([
        ['name', { kind: 'text', limit: attributeName }],
        ['value', attributeValue],
      ]),
    },
  },
}
