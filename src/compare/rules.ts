/** A structure as JSON holds it: members by name. */
export type Members = Readonly<Record<string, unknown>>

/** A value's holder and whatever is above, always of the same side of the comparison. */
export interface ValueContext {
  readonly side: 'stated' | 'live'
  /** The structure or string map that holds the value. Empty where the side has none. */
  readonly holder: Members
  /** The context of the holder. Missing at the root. */
  readonly outer?: ValueContext
  /** The whole definition. */
  readonly root: Members
}

/**
 * What the comparison knows of one member beyond its type. Both sides meet the same rule; after that, equality is strict.
 * For every member without a rule: an empty list, map or structure equals none, `null` is none, and so is an empty text,
 * but in lists, in string maps and in members that the API requires.
 */
export interface Rule {
  /**
   * The value that ECS assumes when the member is left out. A function gets the value; `undefined` means no default.
   */
  readonly default?: string | number | boolean | ((context: ValueContext, value: unknown) => unknown)
  /** An empty text is a value: it is compared, shown and sent. */
  readonly emptyIsValue?: true
  /** Value assumed when Describe omits the member, if not Create's default. */
  readonly whenUnanswered?: string
  /** The normal spelling of values that mean the same, which plans show too; for lists and maps, of each value. */
  readonly spelling?: (value: unknown, context: ValueContext) => unknown
  /** Whether two normal spellings may mean the same, which only another service than ECS knows. */
  readonly indistinguishable?: (stated: unknown, live: unknown) => boolean
  /** The order of a list has no meaning; of plain values, repetition has none either. */
  readonly unordered?: true
  /** The member that identifies an element of a list. Another value is another element. */
  readonly key?: string
  /** Members that mostly distinguish elements: elements that agree in them are compared with each other first. */
  readonly matchOn?: readonly string[]
  /** Elements of other owners, which the comparison passes over on either side. */
  readonly unowned?: (element: Members) => boolean
  /** An element with nothing but its key and defaults equals none. */
  readonly omittable?: true
  /** A structure differs from none even when every member is left at its default. */
  readonly significantWhenEmpty?: true
  /** A definition that leaves the member out does not manage it, also where everything else is stated whole. */
  readonly unmanagedWhenOmitted?: true
  /**
   * Whether ECS takes the member beside these siblings. A live value that a partial structure leaves out goes once the
   * stated siblings exclude it: it is shown as removed, and no update carries it over.
   */
  readonly fits?: (siblings: Members) => boolean
}

/** Whether a live member that the manifest leaves out may stay beside what the manifest states of the same structure. */
export const mayStay = ({ fits }: Rule, stated: unknown, live: unknown): boolean =>
  fits?.({ ...(live as Members | undefined), ...(stated as Members) }) !== false

/**
 * Rules by the API's structure and its member, as the SDK's model names them: `PortMapping`, `protocol`. A rule holds in
 * every request that the structure is a part of.
 */
export type Rules = Readonly<Record<string, Readonly<Record<string, Rule>>>>
