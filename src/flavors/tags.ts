import type { Tag } from '@aws-sdk/client-ecs'
import type { Ecs } from '../ecs/client.ts'

/** Tags that this tool writes for itself, beside those that a manifest owns. */
export const ownTagPrefix = 'ecs-particles:'

/** Tags that no manifest may state or remove: AWS's and this tool's. */
export const isReservedTag = (key: string): boolean => key.startsWith('aws:') || key.startsWith(ownTagPrefix)

/**
 * Sets and removes tags of a resource until they are these; reserved tags stay. `merged`: the stated tags, and those of other
 * owners as they are. Throws `EcsError`.
 */
export async function setTags(
  ecs: Ecs,
  arn: string,
  merged: readonly Tag[] = [],
  live: readonly Tag[] = [],
): Promise<void> {
  const wanted = new Map(merged.map(tag => [tag.key ?? '', tag.value ?? '']))
  const there = new Map(live.map(tag => [tag.key ?? '', tag.value ?? '']))
  const gone = [...there.keys()].filter(key => !wanted.has(key) && !isReservedTag(key))
  const set = [...wanted].filter(([key, value]) => there.get(key) !== value).map(([key, value]) => ({ key, value }))
  // Removed first: a resource has at most fifty tags.
  if (gone.length > 0) await ecs.call('UntagResource', { resourceArn: arn, tagKeys: gone })
  if (set.length > 0) await ecs.call('TagResource', { resourceArn: arn, tags: set })
}
