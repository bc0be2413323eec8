import type { Inherit, MapNode, ParticleId, Place, ScalarNode, TextPart } from '../particle.ts'
import type { ReportProblem } from './problems.ts'
import { closest } from './suggest.ts'
import { replaceScalars, type SayPath } from './walk.ts'
import { inQuotes, isHiddenPath } from './words.ts'

/** Variables for the manifests of an earlier commit: a variable that is not set any more has its own name as value. */
export class FormerVariables extends Map<string, string> {
  /** Names of variables that were asked for and are not set any more. */
  readonly unset = new Set<string>()
}

/** Names that a variable may have. */
export const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/
/** What is wrong with a key that names a variable. */
export const NO_VARIABLES = 'variables stand in values, never in keys; write the key out'
const INHERIT = '$inherit$'

const quotedText = /"(?:[^"\\]|\\.)*"/g

/**
 * Puts the values of variables into every string of a particle, and marks inherited values. Values are not expanded
 * again: a value that reads `${OTHER}` or `$inherit$…` stays that text.
 */
export function substitute(particle: MapNode, variables: ReadonlyMap<string, string>, report: ReportProblem): MapNode {
  const refuseAt =
    (place: Place, pathOf: SayPath): RefuseText =>
    (message, isUnset) => {
      const path = pathOf()
      // A key of a patch that is a path itself may say behind the cut that its value is hidden.
      const shown = isHiddenPath(pathOf(key => key)) ? message.replace(quotedText, '"…"') : message
      report(place, `${path}: ${shown}`, isUnset ? shown : undefined)
    }
  return replaceScalars(particle, '', {
    matters: ({ value }) => typeof value === 'string' && value.includes('$'),
    scalar: ({ place, value }, pathOf) => filled(String(value), place, variables, refuseAt(place, pathOf)),
    key: (key, at, pathOf) => {
      if (key.includes('${')) refuseAt(at, pathOf)(NO_VARIABLES)
    },
  })
}

/** `isUnset`: the message is about a variable that has no value, which it names. */
type RefuseText = (message: string, isUnset?: true) => void

function filled(text: string, place: Place, variables: ReadonlyMap<string, string>, refuse: RefuseText): ScalarNode {
  const parts = expand(text, variables, refuse)
  const value = parts.map(part => (typeof part === 'string' ? part : part.value)).join('')
  const inherit = parseInherit(parts, value, refuse)
  return {
    kind: 'scalar',
    place,
    value,
    ...(parts.some(part => typeof part !== 'string') && { parts }),
    ...(inherit && { inherit }),
  }
}

/** Literal text and variables, in order. */
function expand(text: string, variables: ReadonlyMap<string, string>, refuse: RefuseText): readonly TextPart[] {
  const parts: TextPart[] = []
  let literal = ''
  // `$${` is the text `${`; what opens without closing is the last token.
  for (const [token] of text.matchAll(/\$\$\{|\$\{[^}]*\}?|\$|[^$]+/g)) {
    if (token === '$${') literal += '${'
    else if (!token.startsWith('${')) literal += token
    else if (!token.endsWith('}')) {
      refuse(`${inQuotes(token.slice(0, 20))} is not closed; close it with }, or for the text itself write $\${`)
      literal += token
    } else {
      if (literal !== '') parts.push(literal)
      literal = ''
      const part = variable(token.slice(2, -1), variables, refuse)
      if (part) parts.push(part)
    }
  }
  if (literal !== '' || parts.length === 0) parts.push(literal)
  return parts
}

/** The text between the braces. As in a shell, `:-` and `:?` take an empty value for none. */
function variable(inside: string, variables: ReadonlyMap<string, string>, refuse: RefuseText): TextPart | undefined {
  const [, name = '', operator = '', rest = ''] = /^([^:]*)(:.?)?(.*)$/s.exec(inside) ?? []
  if (!variableName.test(name) || !['', ':-', ':?'].includes(operator)) {
    const forms = ['NAME', 'NAME:-default', 'NAME:?message'].map(braced).join(', ')
    refuse(`${inQuotes(braced(inside))} is no variable, which is one of ${forms}; for the text itself write $\${`)
    return undefined
  }
  if (rest.includes('${')) {
    refuse(`${inQuotes(braced(inside))}: one variable cannot stand in another; give ${name} the value that is meant`)
    return undefined
  }
  const value = variables.get(name)
  if (value !== undefined && (value !== '' || operator === '')) return { variable: name, value }
  if (operator === ':-') return { variable: name, value: rest }
  if (variables instanceof FormerVariables) {
    variables.unset.add(name)
    return { variable: name, value: name }
  }
  if (operator === ':?') {
    const said = rest === '' ? 'is not set, or empty' : inQuotes(rest).slice(1, -1)
    refuse(`${braced(name)}: ${said}; set it in the variables input`, true)
    return undefined
  }
  const near = closest(name, variables.keys())
  refuse(
    `${braced(name)} is not set${near ? ` (did you mean ${braced(near)}?)` : ''}; set it in the variables input, ` +
      `give a default with ${braced(`${name}:-default`)}, or write $${braced(name)} for the text itself`,
    true,
  )
  return undefined
}

const braced = (inside: string): string => `\${${inside}}`

/** `$inherit$flavor:pcf_name$key`, a whole value, written as such and not by way of a variable. */
function parseInherit(parts: readonly TextPart[], value: string, refuse: RefuseText): Inherit | undefined {
  const [first] = parts
  if (typeof first === 'string' && first.startsWith('$lookup$')) {
    refuse(`$lookup$ is not supported; write the value itself, or a variable such as ${braced('NAME')}`)
    return undefined
  }
  const literals = parts.filter(part => typeof part === 'string')
  if (!literals.some(part => part.includes(INHERIT))) return undefined
  const form = `${INHERIT}flavor:pcf_name$key`
  if (typeof first !== 'string' || !first.startsWith(INHERIT) || value.indexOf(INHERIT, 1) !== -1) {
    refuse(`${INHERIT} must be the whole value, as ${form}; write it without text around it`)
    return undefined
  }
  const [id = '', key = '', ...more] = value.slice(INHERIT.length).split('$')
  if (more.length > 0 || !/^[^:\s]+:./.test(id) || !/^[^.\s]+(\.[^.\s]+)*$/.test(key)) {
    refuse(`this is not of the form ${form}; name a parent's id and a key of its definition`)
    return undefined
  }
  return { from: id as ParticleId, key }
}
