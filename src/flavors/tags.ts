import type { Tag } from '@aws-sdk/client-ecs'
import type { Ecs } from '../ecs/client.ts'

/** Tags that this tool writes for itself, beside those that a manifest owns. */
export const ownTagPrefix = 'ecs-particles:'

/** Not a manifest's to state or to take away: AWS's own tags, and ours. */
export const isReservedTag = (key: string): boolean => key.startsWith('aws:') || key.startsWith(ownTagPrefix)

/** Makes the tags of a resource those that are stated; reserved ones stay as they are. */
export async function setTags(ecs: Ecs, arn: string, stated: readonly Tag[], live: readonly Tag[]): Promise<void> {
  const wanted = new Map(stated.map(tag => [tag.key ?? '', tag.value ?? '']))
  const there = new Map(live.map(tag => [tag.key ?? '', tag.value ?? '']))
  const gone = [...there.keys()].filter(key => !wanted.has(key) && !isReservedTag(key))
  const set = [...wanted].filter(([key, value]) => there.get(key) !== value).map(([key, value]) => ({ key, value }))
  // Away first: a resource at its limit of fifty tags has no room for the new ones before.
  if (gone.length > 0) await ecs.call('UntagResource', { resourceArn: arn, tagKeys: gone })
  if (set.length > 0) await ecs.call('TagResource', { resourceArn: arn, tags: set })
}
