/** Values on one line, so that none can be taken for another. */
import type { Value } from '../compare/change.ts'
import type { ParticleId } from '../particle.ts'
import { cut, isPlain, visible } from './escape.ts'
import { phrasesOf } from './words.ts'

/** A path without the `.value` of a named element, cut to `most` characters. */
export const shortPath = (path: string, most: number): string => cut(path.replace(/(?<=\])\.value$/, ''), most)

/** The particle whose start or change makes the value; undefined for a known value. */
export function unknownOf(value: Value | undefined): ParticleId | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const keys = Object.keys(value)
  const id = (value as { readonly unknown?: unknown }).unknown
  return keys.length === 1 && typeof id === 'string' ? (id as ParticleId) : undefined
}

function unknownText(id: ParticleId, owner: ParticleId | undefined): string {
  if (phrasesOf(id).revisedUnless && owner !== id) return `the new revision of ${valueText(id)}`
  return owner === id || owner === undefined ? '(known after apply)' : `(known after apply of ${valueText(id)})`
}

/**
 * A value on one line. Text is between quotes where a reader could take it for another value: `"4"` is text, 4 a number, and
 * the text `"(hidden)"` is not hidden. `owner`: the particle that the value belongs to.
 */
export function valueText(value: Value | undefined, owner?: ParticleId): string {
  if (typeof value === 'string') return isBare(value) ? value : quoted(value)
  return nestedText(value, owner)
}

function nestedText(value: Value | undefined, owner?: ParticleId): string {
  if (typeof value === 'string') return quoted(value)
  if (value === undefined) return ''
  if (value === null || typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[${value.map(each => nestedText(each, owner)).join(', ')}]`
  const unknown = unknownOf(value)
  if (unknown !== undefined) return unknownText(unknown, owner)
  return `{${Object.entries(value)
    .map(([key, each]) => `${quoted(key)}: ${nestedText(each, owner)}`)
    .join(', ')}}`
}

const quoted = (text: string): string => visible(JSON.stringify(text))

const isBare = (text: string): boolean =>
  /^[^\s"'([{\\](?:[^\\"]*[^\s\\"])?$/s.test(text) &&
  !/^(?:true|false|null|[-+]?[\d.]+(?:e[-+]?\d+)?|the new revision of .*)$/i.test(text) &&
  !/→|…| {2}/.test(text) &&
  isPlain(text)
