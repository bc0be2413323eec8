import type { Limit } from '../../schema/limits.ts'
import { checkRepeated, checks } from '../../schema/refusals.ts'
import type { MapType, TextType } from '../../schema/types.ts'

// Names and values of attributes: API reference of Attribute.
const attributeName: Limit = {
  minLength: 1,
  maxLength: 128,
  pattern: /^[A-Za-z0-9_/\\.-]*$/,
  form: 'made of letters, digits, "-", "_", "/", "\\" and "."',
}

/** Null removes an attribute. */
const value: TextType = {
  kind: 'text',
  nullable: true,
  limit: {
    minLength: 1,
    maxLength: 128,
    pattern: /^(?! )[A-Za-z0-9_.@/\\: -]*(?<! )$/,
    form: 'made of letters, digits, - _ . @ / \\ : and spaces, none at its ends',
  },
}

/** What PutAttributes takes, also as a map of names to values. */
export const attributes: MapType = {
  kind: 'map',
  of: value,
  keys: attributeName,
  pairs: {
    kind: 'struct',
    name: 'Attribute',
    union: false,
    required: ['name'],
    members: new Map([
      ['name', { kind: 'text', limit: attributeName }],
      ['value', value],
    ]),
  },
}

/** Attributes as a list may name one twice; as a map they cannot. */
export const checkInstance = checks(instance => checkRepeated(instance.elements('attributes'), 'name'))
