/** What is stated, laid over what is there: ECS replaces a structure as a whole. */
export function merged<T>(live: T | undefined, stated: T | undefined): T | undefined {
  if (
    stated === undefined ||
    live === undefined ||
    stated === null ||
    typeof stated !== 'object' ||
    Array.isArray(stated)
  ) {
    return stated ?? live
  }
  const both: Record<string, unknown> = { ...(live as Record<string, unknown>) }
  for (const [key, value] of Object.entries(stated)) both[key] = merged(both[key], value)
  return both as T
}
