/** Values on one line, so that none can be taken for another. */
import type { Value } from '../compare/change.ts'
import type { ParticleId } from '../particle.ts'
import { isPlain, visible } from './escape.ts'
import { phrasesOf } from './phrases.ts'

/** The particle whose start or change will tell the value, or undefined when the value is known. */
export function unknownOf(value: Value | undefined): ParticleId | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const keys = Object.keys(value)
  const id = (value as { readonly unknown?: unknown }).unknown
  return keys.length === 1 && typeof id === 'string' ? (id as ParticleId) : undefined
}

function sayUnknown(id: ParticleId, step?: Place): string {
  if (phrasesOf(id).revisedUnless && step?.particle !== id) return `the new revision of ${bareName(id)}`
  return step?.particle === id || step === undefined ? '(known after apply)' : `(known after apply of ${bareName(id)})`
}

const bareName = (id: string): string => (isBare(id) ? id : quoted(id))

/** Where a value stands: whose it is. */
interface Place {
  readonly particle: ParticleId
}

/**
 * A value on one line. Text stands bare where nobody can take it for anything else, and between quotes otherwise: `"4"` is
 * text, 4 a number, and a text that says `(hidden)` is not hidden.
 */
export function say(value: Value | undefined, of?: Place): string {
  if (typeof value === 'string') return isBare(value) ? value : quoted(value)
  return sayNested(value, of)
}

function sayNested(value: Value | undefined, of?: Place): string {
  if (typeof value === 'string') return quoted(value)
  if (value === undefined) return ''
  if (value === null || typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[${value.map(each => sayNested(each, of)).join(', ')}]`
  const unknown = unknownOf(value)
  if (unknown !== undefined) return sayUnknown(unknown, of)
  return `{${Object.entries(value)
    .map(([key, each]) => `${quoted(key)}: ${sayNested(each, of)}`)
    .join(', ')}}`
}

const quoted = (text: string): string => visible(JSON.stringify(text))

const isBare = (text: string): boolean =>
  /^[^\s"'([{\\](?:[^\\"]*[^\s\\"])?$/s.test(text) &&
  !/^(?:true|false|null|[-+]?[\d.]+(?:e[-+]?\d+)?|the new revision of .*)$/i.test(text) &&
  !/→|…| {2}/.test(text) &&
  isPlain(text)
