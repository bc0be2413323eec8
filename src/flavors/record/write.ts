/**
 * Writing what a family remembers of jobs, before a run begins and after it ends.
 *
 * RegisterTaskDefinition does not know its number before it answers, so a new revision takes records along without a mark,
 * and is read as a copy: whatever happens next, the one that carried the record until then is read as well. With the first
 * run that is written to it, in one and the same call, it takes the record over.
 */

import type { Ecs } from '../../ecs/client.ts'
import { resourceName } from '../../schema/address.ts'
import { type FamilyRecord, forgetRead, type Holder, markOf, markTag } from './family.ts'
import { isRecordTag, later, type RunRecord, recordsIn, recordTag } from './record.ts'
import { layout, mostTags, roomBeside } from './tags.ts'

/**
 * The revision that the next record is written to: the one that carries the record, or the latest ACTIVE one, once it is
 * newer, which then takes all of it over. The newest that carries it is always the one that was written to last.
 */
export function holderFor({ head, latest }: FamilyRecord): Holder | undefined {
  return head && (!latest || latest.revision < head.revision) ? head : latest
}

/** The newest older revision that remembers all that is known of a run; 0 where none does. */
function elsewhere({ places, records }: FamilyRecord, digest: string, revision: number): number {
  const known = records.get(digest)
  const says = (run: RunRecord) => known !== undefined && later(run, known) === run
  const older = [...(places.get(digest) ?? [])].filter(([number, run]) => number < revision && says(run))
  return Math.max(0, ...older.map(([number]) => number))
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

/** Of each family of a run, the record that is being written: jobs that end at once write one after the other. */
const turns = new WeakMap<object, Map<string, Promise<unknown>>>()

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
  const families = turns.get(ecs.run) ?? new Map<string, Promise<unknown>>()
  turns.set(ecs.run, families)
  const before = families.get(record.family)
  const written = (before ?? Promise.resolve()).catch(() => {}).then(() => write(record, declared, digest, run, ecs))
  families.set(record.family, written)
  await written
}

async function write(
  record: FamilyRecord,
  declared: readonly string[],
  digest: string,
  run: RunRecord,
  ecs: Ecs,
): Promise<void> {
  const holder = holderFor(record)
  if (!holder) throw new Error('there is no task definition revision to record the run on')
  const { arn, revision } = holder
  // Another job may have written since it was read: what that one said must stay.
  const { tags = [] } = (await ecs.taskDefinition(resourceName(arn))) ?? {}
  const isHead = markOf(tags, revision) !== undefined
  const records = new Map(isHead ? [] : recordsOf(record))
  for (const [one, known] of recordsIn(tags)) records.set(one, later(known, records.get(one) ?? known))
  records.set(digest, run)
  const { tags: wanted, left } = layout(records, roomBeside(tags), [...declared, digest])
  if (left.some(one => elsewhere(record, one, revision) === 0)) {
    throw new Error(
      `${resourceName(arn)} has no room for the record of another run beside its tags: change the task definition, so that a new revision takes over, or let tags go`,
    )
  }
  // What has no room here stands at an older revision, and what was not read yet is read from there.
  const next = Math.max(markOf(tags, revision) ?? record.next, ...left.map(one => elsewhere(record, one, revision)))
  const mark = [markTag(revision, Math.min(next, revision - 1))]
  const there = new Map(tags.map(tag => [tag.key, tag.value]))
  const set = [...mark, ...wanted].filter(({ key, value }) => there.get(key) !== value)
  const keys = new Set(wanted.map(({ key }) => key))
  const gone = tags.filter(tag => isRecordTag(tag) && !keys.has(tag.key)).flatMap(({ key }) => key ?? [])
  const away = () => (gone.length > 0 ? ecs.call('UntagResource', { resourceArn: arn, tagKeys: gone }) : undefined)
  const counted = new Set([...tags, ...set].flatMap(({ key = '' }) => (key.startsWith('aws:') ? [] : [key])))
  // What moves is written before it goes, wherever there is room for both.
  if (counted.size > mostTags) await away()
  if (set.length > 0) await ecs.call('TagResource', { resourceArn: arn, tags: set })
  if (counted.size <= mostTags) await away()
  forgetRead(ecs, record.family, revision)
  await follow(record.family, revision, digest, run, ecs)
  if (!isHead && record.head) await catchUp(record.head, holder, records, ecs)
}

/** Somebody may have begun another run meanwhile, on the revision that carried the record until now. */
async function catchUp(
  before: Holder,
  { arn, tags }: Holder,
  written: ReadonlyMap<string, RunRecord>,
  ecs: Ecs,
): Promise<void> {
  const revision = await ecs.taskDefinition(resourceName(before.arn))
  const missed = [...recordsIn(revision?.tags ?? [])].filter(([digest, run]) => {
    const here = written.get(digest)
    return !here || later(here, run) !== here
  })
  if (missed.length === 0) return
  const more = missed.slice(0, roomBeside(tags)).map(([digest, run]) => recordTag(digest, run))
  await ecs.call('TagResource', { resourceArn: arn, tags: more })
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
