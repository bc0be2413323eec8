/** Lists whose order ECS does not keep, or whose order means nothing. */
const unordered = new Set([
  'add',
  'capacityProviders',
  'capacityProviderStrategy',
  'containerDefinitions',
  'defaultCapacityProviderStrategy',
  'drop',
  'environment',
  'extraHosts',
  'loadBalancers',
  'mountPoints',
  'placementConstraints',
  'portMappings',
  'requiresCompatibilities',
  'secrets',
  'securityGroups',
  'settings',
  'subnets',
  'systemControls',
  'tags',
  'ulimits',
  'volumes',
  'volumesFrom',
])

/**
 * An answer in the form of the wire: times are seconds since the epoch, undefined members are left out, and with
 * `reorder` every list whose order means nothing is answered reversed, so that naive comparisons fail.
 */
export function toWire(value: unknown, reorder: boolean, name = ''): unknown {
  if (value instanceof Date) return value.getTime() / 1000
  if (Array.isArray(value)) {
    const items = value.map(item => toWire(item, reorder))
    return reorder && unordered.has(name) ? items.reverse() : items
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(entries.map(([key, member]) => [key, toWire(member, reorder, key)]))
}

/** The same text for the same content in any order that means nothing: ECS compares "other parameters" that way. */
export function canonical(value: unknown, name = ''): string {
  if (Array.isArray(value)) {
    const items = value.map(item => canonical(item))
    return `[${unordered.has(name) ? items.sort() : items}]`
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return JSON.stringify(value) ?? ''
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member, key)}`)
  return `{${members.sort()}}`
}
