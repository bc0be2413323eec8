/** JSON that is the same text for equal values, and its hash: claims, digests of jobs and comparisons are made from them. */
import { createHash } from 'node:crypto'
import { compareText } from './order.ts'
import { Unknown } from './particle.ts'

/**
 * The value with the keys of every object sorted by code units, and with `{unknown: id}` for values known only after
 * apply.
 */
export function withSortedKeys(value: unknown): unknown {
  if (value instanceof Unknown) return { unknown: value.unknown }
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(withSortedKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([one], [other]) => compareText(one, other))
  return Object.fromEntries(entries.map(([key, inside]) => [key, withSortedKeys(inside)]))
}

/** JSON with sorted keys: equal values have the same text. */
export const canonicalJson = (value: unknown): string => JSON.stringify(withSortedKeys(value)) ?? 'undefined'

/** 64 hex digits. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
