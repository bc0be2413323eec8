import type { Sensitivity } from './sensitivity.ts'

/** A structure as it is read: members by name, whatever they hold. */
export type Members = Readonly<Record<string, unknown>>

/** What stands around a value, always on its own side of the comparison. */
export interface ValueContext {
  readonly side: 'stated' | 'live'
  /** The structure that holds the value, or the string map. Empty where the side has none. */
  readonly holder: Members
  /** What stands around the holder. Missing at the root. */
  readonly outer?: ValueContext
  /** The whole definition. */
  readonly root: Members
}

/**
 * What is known of one member beyond its type. Both sides of a comparison meet the same row; after that, equality is
 * strict. Everywhere and without a row: an empty list, map or structure equals none, `null` is none, and so is an empty
 * text, but in lists, in string maps and in members that the API requires.
 */
export interface Rule {
  /** What ECS takes when the member is left out. A function may look at the value: `undefined` means there is no default. */
  readonly default?: string | number | boolean | ((around: ValueContext, value: unknown) => unknown)
  /** An empty text is a value of its own: it is compared, shown and sent. */
  readonly emptyIsValue?: true
  /** What it means that an answer leaves the member out, where that is something else than the default of a new one. */
  readonly whenUnanswered?: string
  /** The one spelling of values that mean the same; for lists and maps, of each value. It is also what plans show. */
  readonly spelling?: (value: unknown, around: ValueContext) => unknown
  /** Two normal spellings that nobody can tell apart without asking another service. */
  readonly indistinguishable?: (stated: unknown, live: unknown) => boolean
  /** The order of a list means nothing; of plain values, neither does how often one stands there. */
  readonly unordered?: true
  /** The member that says which element of a list it is. Another value is another element. */
  readonly key?: string
  /** Members that tell elements apart most of the time: those that agree in them are compared with each other first. */
  readonly matchOn?: readonly string[]
  /** Elements that belong to somebody else, on either side. */
  readonly unowned?: (element: Members) => boolean
  /** An element that says nothing but its name and defaults equals none. */
  readonly omittable?: true
  /** A structure that is there says something, even when every member is left at its default. */
  readonly significantWhenEmpty?: true
  /** Left out means "not mine", also where everything else is stated whole. */
  readonly unmanagedWhenOmitted?: true
  /** Neither side is ever shown. `key` is that of a string map. */
  readonly hidden?: (around: ValueContext, key: string | undefined, sensitivity: Sensitivity) => boolean
}

/**
 * Rules by the path of a member in its request, dotted, without indices: `containerDefinitions.portMappings.protocol`.
 * Every member has its row, an empty one where the value speaks for itself, so that a member that is new in the API is noticed.
 */
export type Rules = Readonly<Record<string, Rule>>

/** A nested table under the path of the structure, or of the list of structures, that it belongs to. */
export function nested(path: string, own: Rule, rules: Rules): Rules {
  return {
    [path]: own,
    ...Object.fromEntries(Object.entries(rules).map(([member, rule]) => [`${path}.${member}`, rule])),
  }
}
