/** Writing what a family remembers of jobs: on a new revision, and when a run begins and ends. */

import type { Tag } from '@aws-sdk/client-ecs'
import type { Ecs } from '../ecs/ecs.ts'
import { type FamilyRecord, forgetRead, type Holder, markOf, markTag } from './familyRecord.ts'
import { isRecordTag, later, type RunRecord, recordsIn, recordTag } from './record.ts'
import { layout, mostTags, roomBeside } from './recordTags.ts'
import { nameOf } from './vocabulary.ts'

/**
 * The revision that the next record is written to: the one that carries the record, or the latest ACTIVE one, once it is
 * newer, which then takes all of it over. The newest that carries it is always the one that was written to last.
 */
export function holderFor({ head, latest }: FamilyRecord): Holder | undefined {
  return head && (!latest || latest.revision < head.revision) ? head : latest
}

/** What of the record is not on a revision stands at this older one, or at those below it. */
function nextFrom({ next, foundAt }: FamilyRecord, left: readonly string[], revision: number): number {
  return Math.min(Math.max(next, ...left.map(digest => foundAt.get(digest) ?? 0)), revision - 1)
}

/**
 * Records, and of declared jobs that are lost with a deleted revision that nobody knows what became of them: an intent
 * without a time, which a person answers for.
 */
export function recordsOf({ records, lost, digests }: FamilyRecord): ReadonlyMap<string, RunRecord> {
  if (!lost) return records
  const unknown: RunRecord = { status: 'intent', at: 0, attempt: 0, token: 0 }
  return new Map([...digests.map(digest => [digest, unknown] as const), ...records])
}

/**
 * Writes one run's record. `declared`: digests whose records keep a tag of their own. Throws EcsError where a tag cannot be
 * written, and an Error where there is no room for it: then nothing of the record has been lost.
 */
export async function writeRecord(
  record: FamilyRecord,
  declared: readonly string[],
  digest: string,
  run: RunRecord,
  ecs: Ecs,
): Promise<void> {
  const holder = holderFor(record)
  if (!holder) throw new Error('there is no task definition revision to record the run on')
  const { arn, revision, tags } = holder
  const isHead = markOf(tags, revision) !== undefined
  const records = new Map(isHead ? recordsIn(tags) : recordsOf(record)).set(digest, run)
  const { tags: wanted, left } = layout(records, roomBeside(tags), [...declared, digest])
  const own = recordsIn(tags)
  if (left.some(one => own.has(one))) {
    throw new Error(
      `${nameOf(arn)} has no room for the record of another run beside its tags: change the task definition, so that a new revision takes over, or let tags go`,
    )
  }
  const mark = isHead ? [] : [markTag(revision, nextFrom(record, left, revision))]
  const there = new Map(tags.map(tag => [tag.key, tag.value]))
  const set = [...mark, ...wanted].filter(({ key, value }) => there.get(key) !== value)
  const keys = new Set(wanted.map(({ key }) => key))
  const gone = tags.filter(tag => isRecordTag(tag) && !keys.has(tag.key)).flatMap(({ key }) => key ?? [])
  const write = () => ecs.call('TagResource', { resourceArn: arn, tags: set })
  const away = () => (gone.length > 0 ? ecs.call('UntagResource', { resourceArn: arn, tagKeys: gone }) : undefined)
  const counted = new Set([...tags, ...set].flatMap(({ key = '' }) => (key.startsWith('aws:') ? [] : [key])))
  // What moves is written before it goes, wherever there is room for both.
  if (counted.size > mostTags) await away()
  await write()
  if (counted.size <= mostTags) await away()
  forgetRead(ecs, record.family, revision)
  await follow(record.family, revision, digest, run, ecs)
}

/** Somebody has registered a revision that took the record over meanwhile: the run is remembered there as well. */
async function follow(family: string, written: number, digest: string, run: RunRecord, ecs: Ecs): Promise<void> {
  const latest = await ecs.taskDefinition(family)
  const { revision = 0, taskDefinitionArn: arn } = latest?.taskDefinition ?? {}
  const tags = latest?.tags ?? []
  if (revision <= written || !arn || markOf(tags, revision) === undefined) return
  const known = recordsIn(tags).get(digest)
  if (known && later(known, run) === known) return
  await ecs.call('TagResource', { resourceArn: arn, tags: [recordTag(digest, run)] })
}

/**
 * Marks a new revision as the one that carries the record. RegisterTaskDefinition does not know its number before it
 * answers: until it is marked, it is read as a copy, and the one before it after that, so that nothing is lost when this is
 * never called. `tags`: those that it was registered with; `left`: what they had no room for.
 */
export async function markRevision(
  record: FamilyRecord,
  arn: string,
  revision: number,
  tags: readonly Tag[],
  left: readonly string[],
  ecs: Ecs,
): Promise<void> {
  // Somebody else's revision came in between: it is read first, whatever it carries.
  const next = revision - 1 > record.top ? revision - 1 : nextFrom(record, left, revision)
  await ecs.call('TagResource', { resourceArn: arn, tags: [markTag(revision, next)] })
  // Whoever began a run before this mark wrote it to the revision that carried the record until now.
  const before = record.head && (await ecs.taskDefinition(nameOf(record.head.arn)))
  const carried = recordsIn(tags)
  const known = recordsIn(record.head?.tags ?? [])
  const missed = [...recordsIn(before?.tags ?? [])].filter(([digest, run]) => {
    const here = carried.get(digest) ?? known.get(digest)
    return !here || later(here, run) !== here
  })
  if (missed.length === 0) return
  await ecs.call('TagResource', {
    resourceArn: arn,
    tags: missed.slice(0, roomBeside(tags)).map(([digest, run]) => recordTag(digest, run)),
  })
}
