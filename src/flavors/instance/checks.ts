import { checkRepeated, checks } from '../../manifest/rules/rows.ts'

/** Attributes as a list may name one twice; as a map they cannot. */
export const checkInstance = checks(instance => checkRepeated(instance.elements('attributes'), 'name'))
