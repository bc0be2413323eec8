import type { MapNode, Node, ScalarNode } from '../particle.ts'

/** Names with the scalars that state them, where a manifest does. */
export type Names = ReadonlyMap<string, ScalarNode | undefined>

/**
 * A map of a checked definition, with its path. A member that is missing, of another type or still to be inherited reads as
 * undefined; an empty text reads as missing, because no check asks for a member whose empty text has a meaning.
 */
export interface Stated {
  readonly node: MapNode
  /** `aws_resource.containerDefinitions[web]`. */
  readonly path: string
  /** False where the definition does not fit the model: a member that seems to be missing may only be misspelt. */
  readonly wellFormed: boolean
  /** The whole definition. */
  readonly root: Stated
  member(name: string): Node | undefined
  /** Whether a member is stated that is neither null nor an empty list. */
  given(name: string): boolean
  /** Whether `custom_config.ignore` gives a member of the whole definition to another owner. */
  ignores(name: string): boolean
  scalar(name: string): ScalarNode | undefined
  text(name: string): string | undefined
  number(name: string): number | undefined
  flag(name: string): boolean | undefined
  /** A member that is a map. */
  at(name: string): Stated | undefined
  /** The elements of a list that are maps. */
  elements(name: string): readonly Stated[]
  /** The scalars of a list whose values are known. */
  scalars(name: string): readonly (readonly [node: ScalarNode, text: string])[]
  /** Whether a list, or `member` of one of its elements, is still to be inherited; without `member`, an element itself. */
  partlyUnknown(list: string, member?: string): boolean
  /** A scalar as a manifest writes the scalar, for the middle of a sentence; empty for a member that is missing. */
  written(of: string | ScalarNode): string
  /** A value as the manifest writes it, in quotes where it is a text; empty for a member that is missing. */
  quoted(of: string | Node): string
  /** Reports a problem of a member, or with an empty name of this map. */
  report(name: string, message: string, at?: Node): void
  /** Reports a member that is none of the known names. No name is guessed from a variable's value, and none that holds one. */
  reportUnknown(name: string, known: Names, message: string, wanted?: ScalarNode, otherwise?: string): void
}

/** Reports definitions that ECS would refuse, beyond types, enums and limits, as far as one definition shows that. */
export type Check = (definition: Stated) => void

type Condition = (holder: Stated) => boolean

/**
 * What ECS refuses of a member that is stated, or with an empty name of the map that holds the member. The message goes on
 * after the member's path; `{name}` in it is the holder's member as it is written, `{"name"}` the same in quotes, `{/name}`
 * a member of the whole definition. With `at: 'holder'` the problem stands at the holder, not at the member's value.
 */
export type RefusalRule = readonly [member: string, isBroken: Condition, message: string, at?: 'holder']

/**
 * Rules by the path of their holder: `loadBalancers[]` for each element, an empty path for the definition. A rule with
 * more than a condition and a sentence is a function of the holder.
 */
export type RefusalRules = Readonly<Record<string, readonly (RefusalRule | Check)[]>>

/** The rule holds in every definition. */
export const always: Condition = () => true

/** The member is stated. */
export const has =
  (member: string): Condition =>
  holder =>
    holder.given(member)

/** None of the members is stated. */
export const lacks =
  (...members: readonly string[]): Condition =>
  holder =>
    !members.some(member => holder.given(member))

/** The member is known and one of the values; never true of a member that is still to be inherited. */
export const is =
  (member: string, ...values: readonly string[]): Condition =>
  holder =>
    values.includes(holder.text(member) ?? '')

/** The member is known and none of the values. */
export const isNot =
  (member: string, ...values: readonly string[]): Condition =>
  holder =>
    !values.includes(holder.text(member) ?? values[0] ?? '')

/** Every condition holds. */
export const all =
  (...conditions: readonly Condition[]): Condition =>
  holder =>
    conditions.every(condition => condition(holder))

/** A member that seems to be missing may only be misspelt where a definition does not fit the model. */
export const wellFormed: Condition = holder => holder.wellFormed

/** The condition of the whole definition. */
export const whole =
  (condition: Condition): Condition =>
  holder =>
    condition(holder.root)

/** A check that goes through tables and functions in their order. */
export function checks(...parts: readonly (RefusalRules | Check)[]): Check {
  const all = parts.map(part => (typeof part === 'function' ? part : checkOf(part)))
  return definition => {
    for (const check of all) check(definition)
  }
}

/** A table as a function of the definition. */
function checkOf(rules: RefusalRules): Check {
  const all = Object.entries(rules).map(([path, rows]) => [path === '' ? [] : path.split('.'), rows] as const)
  return definition => {
    for (const [steps, rows] of all) {
      for (const holder of holdersAt(definition, steps)) {
        for (const row of rows) {
          if (typeof row === 'function') row(holder)
          else checkRule(holder, row)
        }
      }
    }
  }
}

function checkRule(holder: Stated, [member, isBroken, message, at]: RefusalRule): void {
  if ((member === '' || holder.given(member)) && isBroken(holder))
    holder.report(member, filledIn(message, holder), at && holder.node)
}

function holdersAt(definition: Stated, steps: readonly string[]): readonly Stated[] {
  let holders: readonly Stated[] = [definition]
  for (const step of steps) {
    holders = holders.flatMap(holder =>
      step.endsWith('[]') ? holder.elements(step.slice(0, -2)) : (holder.at(step) ?? []),
    )
  }
  return holders
}

const filledIn = (message: string, holder: Stated): string =>
  message.replace(/\{("?)(\/?)(\w+)"?\}/g, (_, quote: string, slash: string, name: string) => {
    const of = slash ? holder.root : holder
    return quote ? of.quoted(name) : of.written(name)
  })

/** Reports each element whose member has the value of an earlier element's. */
export function checkRepeated(elements: readonly Stated[], member: string, message = 'is there twice: keep one'): void {
  const seen = new Set<string>()
  for (const element of elements) {
    const value = element.scalar(member)
    if (!value) continue
    if (seen.has(String(value.value))) element.report(member, `${element.quoted(member)} ${message}`)
    seen.add(String(value.value))
  }
}

const keyBegins =
  (prefix: RegExp): Condition =>
  tag =>
    prefix.test(tag.text('key') ?? '')

/** Rules of the tags that a request takes. */
export const checkTags = checks(
  {
    'tags[]': [
      ['key', keyBegins(/^aws:/i), `must not begin with "aws:", which is AWS's own, like {"key"}`],
      [
        'key',
        keyBegins(/^ecs-particles:/i),
        `must not begin with "ecs-particles:", which is this tool's own, like {"key"}`,
      ],
    ],
  },
  definition => checkRepeated(definition.elements('tags'), 'key'),
)

/** Reports a member, or with an empty name the holder, whose JSON has more characters. */
export const checkLength =
  (member: string, most: number): Check =>
  holder => {
    const node = member === '' ? holder.node : holder.member(member)
    const length = node ? jsonLength(node) : 0
    if (length > most) holder.report(member, `must have at most ${most} characters as JSON, and has ${length}`)
  }

/** Characters of a value's JSON without spaces; an escaped character counts as one, so that the result is never too large. */
function jsonLength(node: Node): number {
  if (node.kind === 'scalar') return String(node.value).length + (typeof node.value === 'string' ? 2 : 0)
  let length = 1
  if (node.kind === 'list') for (const item of node.items) length += jsonLength(item) + 1
  else for (const [key, { node: value }] of node.entries) length += key.length + 4 + jsonLength(value)
  return Math.max(length, 2)
}
