import type { Node } from '../../particle.ts'
import type { Check } from '../../schema/vocabulary.ts'
import { Stated } from './stated.ts'

type Condition = (holder: Stated) => boolean

/**
 * What ECS refuses of a member that is stated, or with an empty name of the map that holds the member. The message goes on
 * after the member's path; `{name}` in it is the holder's member as it is written, `{"name"}` the same in quotes, `{/name}`
 * a member of the whole definition. With `at: 'holder'` the problem stands at the holder, not at the member's value.
 */
export type Rule = readonly [member: string, isBroken: Condition, message: string, at?: 'holder']

type Part = (holder: Stated) => void

/**
 * Rules by the path of their holder: `loadBalancers[]` stands for each element, an empty path for the definition. What is
 * more than a condition and a sentence is a function of the holder.
 */
export type Rules = Readonly<Record<string, readonly (Rule | Part)[]>>

export const always: Condition = () => true

export const has =
  (member: string): Condition =>
  holder =>
    holder.given(member)

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

export const all =
  (...conditions: readonly Condition[]): Condition =>
  holder =>
    conditions.every(condition => condition(holder))

/** What seems to be missing may only be misspelt where a definition does not fit the model. */
export const sound: Condition = holder => holder.sound

/** The condition of the whole definition. */
export const whole =
  (condition: Condition): Condition =>
  holder =>
    condition(holder.root)

/** A check that goes through tables and functions in their order. */
export function checks(...parts: readonly (Rules | Part)[]): Check {
  const all = parts.map(part => (typeof part === 'function' ? part : table(part)))
  return (node, isSound, report) => {
    const definition = new Stated(node, isSound, report)
    for (const part of all) part(definition)
  }
}

/** A table as a function of the definition. */
export function table(rules: Rules): Part {
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

function checkRule(holder: Stated, [member, isBroken, message, at]: Rule): void {
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
  (member: string, most: number): Part =>
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
