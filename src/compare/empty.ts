import { isMembers } from './normalize.ts'
import type { Schema } from './schema.ts'

/**
 * A definition without the members whose empty text says nothing: ECS takes `taskRoleArn: ""` for none, and some servers
 * answer it for none. Elements of lists and values of string maps stay. What has no such member is returned as the same object.
 */
export function withoutEmpty<Definition extends object>(definition: Definition, shape: Schema): Definition {
  return pruned(definition, shape) as Definition
}

function pruned(value: unknown, shape: Schema): unknown {
  if (shape.kind === 'list' && shape.element && Array.isArray(value)) {
    const { element: of } = shape
    if (of.kind === 'value') return value
    const items = value.map(item => pruned(item, of))
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  if (shape.kind !== 'structure' || !isMembers(value)) return value
  let kept: Record<string, unknown> | undefined
  for (const [name, member] of shape.members) {
    const held = value[name]
    const inner = held === '' && !member.keepsEmpty ? undefined : pruned(held, member)
    if (inner === held) continue
    kept ??= { ...value }
    if (inner === undefined) delete kept[name]
    else kept[name] = inner
  }
  return kept ?? value
}
