import { invalidParameter } from './errors.ts'

/** One page of a list; the token is where the next one begins. */
export function page<T>(
  items: readonly T[],
  input: { nextToken?: string | undefined; maxResults?: number | undefined },
  usual = 100,
): { items: T[]; nextToken: string | undefined } {
  const size = input.maxResults ?? usual
  if (!Number.isInteger(size) || size < 1 || size > 100)
    throw invalidParameter('maxResults should be greater than or equal to 1 and less than or equal to 100.')
  const start = input.nextToken === undefined ? 0 : offsetOf(input.nextToken)
  const end = start + size
  return {
    items: items.slice(start, end),
    nextToken: end < items.length ? Buffer.from(`from:${end}`).toString('base64') : undefined,
  }
}

function offsetOf(token: string): number {
  const match = /^from:(\d+)$/.exec(Buffer.from(token, 'base64').toString('utf8'))
  if (!match) throw invalidParameter('Invalid token')
  return Number(match[1])
}
