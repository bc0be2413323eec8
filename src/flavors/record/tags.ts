/** Which records a revision holds, in the tags that it has room for. Pure. */

import type { Tag } from '@aws-sdk/client-ecs'
import { markKey } from './family.ts'
import { isRecordTag, packed, packTag, type RunRecord, recordTag } from './record.ts'

/** Tags that ECS takes for one resource. Its own, `aws:`, it does not count. */
export const mostTags = 50

/** Tags that a new revision gets from us at most, its mark included: more would crowd out a manifest's own (thirty at most). */
const mostCarried = 20

/** So many records keep a tag of their own, with all that is known of them, before older ones share one. */
const leastSingle = 10

/** Tags left free while records move together, so that each is written in its new place before it leaves the old one. */
const slack = 2

/** With less room than this, none is left free. */
const little = 6

/** How many records there is room for beside tags that are somebody else's and the mark. */
export const roomBeside = (tags: readonly Tag[]): number =>
  Math.max(0, mostTags - 1 - tags.filter(tag => !isRecordTag(tag) && tag.key !== markKey && !isAws(tag)).length)

const isAws = ({ key = '' }: Tag): boolean => key.startsWith('aws:')

export interface Layout {
  readonly tags: readonly Tag[]
  /** Digests of records that no room was left for: the oldest. */
  readonly left: readonly string[]
}

/** Records that must keep a tag of their own: those of declared jobs, and what is not known to have ended. */
const isHeld = ([digest, { status }]: readonly [string, RunRecord], declared: readonly string[]): boolean =>
  declared.includes(digest) || status === 'intent'

/** The tags of a new revision: no more than leaves a manifest its thirty, but for what must stay. */
export function carriedTags(
  records: ReadonlyMap<string, RunRecord>,
  beside: readonly Tag[],
  declared: readonly string[],
): readonly Tag[] {
  const held = [...records].filter(run => isHeld(run, declared)).length
  return layout(records, Math.min(roomBeside(beside), Math.max(held + slack, mostCarried - 1)), declared).tags
}

/** Records as tags: the newest each in one of its own, older ones together, the oldest left out where no room is left. */
export function layout(records: ReadonlyMap<string, RunRecord>, room: number, declared: readonly string[]): Layout {
  const byAge = [...records].sort(([one, { at: a }], [other, { at: b }]) => b - a || (one < other ? -1 : 1))
  const inOrder = [...byAge.filter(run => isHeld(run, declared)), ...byAge.filter(run => !isHeld(run, declared))]
  const held = inOrder.filter(run => isHeld(run, declared)).length
  const most = Math.min(room, Math.max(held, room > little ? room - slack : room))
  const least = Math.min(most, Math.max(held, leastSingle))
  const shared = Math.max(0, inOrder.length - most)
  // Each shared tag takes one from those with a tag of their own, whose records then share one too.
  const packs = shared === 0 ? 0 : Math.min(most - least, Math.ceil(shared / (packed - 1)))
  const single = inOrder.slice(0, most - packs)
  const together = inOrder.slice(single.length, single.length + packs * packed)
  const tags = single.map(([digest, record]) => recordTag(digest, record))
  for (let n = 0; n * packed < together.length; n++) tags.push(packTag(n, together.slice(n * packed, (n + 1) * packed)))
  return { tags, left: inOrder.slice(single.length + together.length).map(([digest]) => digest) }
}
