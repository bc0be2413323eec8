import type { Inherit, MapNode, Part, ParticleId, Place, Problem, ScalarNode } from '../particle.ts'
import { closest } from './suggest.ts'
import { replaceScalars, type Where } from './walk.ts'
import { inQuotes } from './words.ts'

/** Variables that manifests of another time are read with: one that is not given any more stands for its own name. */
export class FormerVariables extends Map<string, string> {}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const INHERIT = '$inherit$'

/** Places whose values are hidden: what is wrong there is said without a word of it. */
const hidden = /\.(?:environment[.[]|(?:log|firelens)Configuration\.options\.)/
const quoted = /"(?:[^"\\]|\\.)*"/g

/**
 * Puts the values of variables into every string of a particle, and marks what is inherited. What is put in is never
 * looked at again: a value that reads `${OTHER}` or `$inherit$…` stays that text.
 */
export function substitute(particle: MapNode, variables: ReadonlyMap<string, string>, problems: Problem[]): MapNode {
  const wrong = (place: Place, where: Where) => (message: string) => {
    const at = where()
    problems.push({ place, message: `${at}: ${hidden.test(at) ? message.replace(quoted, '"…"') : message}` })
  }
  return replaceScalars(particle, '', {
    matters: ({ value }) => typeof value === 'string' && value.includes('$'),
    scalar: ({ place, value }, where) => filled(String(value), place, variables, wrong(place, where)),
    key: (key, at, where) => {
      if (key.includes('${')) wrong(at, where)('variables stand in values, never in keys; write the key out')
    },
  })
}

function filled(
  text: string,
  place: Place,
  variables: ReadonlyMap<string, string>,
  wrong: (message: string) => void,
): ScalarNode {
  const parts = text.includes('${') ? expand(text, variables, wrong) : [text]
  const value = parts.map(part => (typeof part === 'string' ? part : part.value)).join('')
  const inherit = inheritance(parts, value, wrong)
  return {
    kind: 'scalar',
    place,
    value,
    ...(parts.some(part => typeof part !== 'string') ? { parts } : {}),
    ...(inherit ? { inherit } : {}),
  }
}

/** Literal text and variables, in order. */
function expand(
  text: string,
  variables: ReadonlyMap<string, string>,
  wrong: (message: string) => void,
): readonly Part[] {
  const parts: Part[] = []
  let literal = ''
  let at = 0
  while (at < text.length) {
    const dollar = text.indexOf('$', at)
    if (dollar === -1) break
    literal += text.slice(at, dollar)
    at = dollar
    if (text.startsWith('$${', at)) {
      literal += '${'
      at += 3
    } else if (text.startsWith('${', at)) {
      const close = text.indexOf('}', at)
      if (close === -1) {
        wrong(`${inQuotes(text.slice(at, at + 20))} is not closed; close it with }, or for the text itself write $\${`)
        break
      }
      if (literal !== '') parts.push(literal)
      literal = ''
      const part = variable(text.slice(at + 2, close), variables, wrong)
      if (part) parts.push(part)
      at = close + 1
    } else {
      literal += '$'
      at++
    }
  }
  literal += text.slice(at)
  if (literal !== '' || parts.length === 0) parts.push(literal)
  return parts
}

/** What stands between the braces. As in a shell, `:-` and `:?` take an empty value for none. */
function variable(
  inside: string,
  variables: ReadonlyMap<string, string>,
  wrong: (message: string) => void,
): Part | undefined {
  const colon = inside.indexOf(':')
  const name = colon === -1 ? inside : inside.slice(0, colon)
  const how = colon === -1 ? '' : inside.slice(colon, colon + 2)
  const rest = colon === -1 ? '' : inside.slice(colon + 2)
  if (!NAME.test(name) || !['', ':-', ':?'].includes(how)) {
    const forms = ['NAME', 'NAME:-default', 'NAME:?message'].map(braced).join(', ')
    wrong(`${inQuotes(braced(inside))} is no variable, which is one of ${forms}; for the text itself write $\${`)
    return undefined
  }
  if (rest.includes('${')) {
    wrong(`${inQuotes(braced(inside))}: one variable cannot stand in another; give ${name} the value that is meant`)
    return undefined
  }
  const value = variables.get(name)
  if (value !== undefined && (value !== '' || how === '')) return { variable: name, value }
  if (how === ':-') return { variable: name, value: rest }
  if (variables instanceof FormerVariables) return { variable: name, value: name }
  if (how === ':?') {
    const said = rest === '' ? 'is not set, or empty' : inQuotes(rest).slice(1, -1)
    wrong(`${braced(name)}: ${said}; set it in the variables input`)
    return undefined
  }
  const near = closest(name, variables.keys())
  wrong(
    `${braced(name)} is not set${near ? ` (did you mean ${braced(near)}?)` : ''}; set it in the variables input, ` +
      `give a default with ${braced(`${name}:-default`)}, or write $${braced(name)} for the text itself`,
  )
  return undefined
}

const braced = (inside: string): string => `\${${inside}}`

/** `$inherit$flavor:pcf_name$key`, a whole value, written as such and not by way of a variable. */
function inheritance(parts: readonly Part[], value: string, wrong: (message: string) => void): Inherit | undefined {
  const [first] = parts
  if (typeof first === 'string' && first.startsWith('$lookup$')) {
    wrong(`$lookup$ is not supported; write the value itself, or a variable such as ${braced('NAME')}`)
    return undefined
  }
  const literals = parts.filter(part => typeof part === 'string')
  if (!literals.some(part => part.includes(INHERIT))) return undefined
  const form = `${INHERIT}flavor:pcf_name$key`
  if (typeof first !== 'string' || !first.startsWith(INHERIT) || value.indexOf(INHERIT, 1) !== -1) {
    wrong(`${INHERIT} must be the whole value, as ${form}; write it without text around it`)
    return undefined
  }
  const [id = '', key = '', ...more] = value.slice(INHERIT.length).split('$')
  if (more.length > 0 || !/^[^:\s]+:./.test(id) || !/^[^.\s]+(\.[^.\s]+)*$/.test(key)) {
    wrong(`this is not of the form ${form}; name a parent's id and a key of its definition`)
    return undefined
  }
  return { from: id as ParticleId, key }
}
