/**
 * Writes what a family records of jobs, before a run begins and after it has ended.
 *
 * A new revision gets the records without a marker, because RegisterTaskDefinition does not tell the revision's number in
 * advance; it is read as a copy, beside the revision that carries the record. The first run that is recorded on the new
 * revision writes the marker in the same call, and the new revision carries the record from then on.
 */

import type { Tag } from '@aws-sdk/client-ecs'
import type { Ecs } from '../../ecs/client.ts'
import { EcsError, isDenied } from '../../ecs/errors.ts'
import { DiagnosedEcsError, missingRight } from '../../engine/failure.ts'
import { nameOf } from '../../schema/arn.ts'
import { untrusted } from '../../untrusted.ts'
import { type FamilyRecord, memoryOf, type RecordRevision } from './read.ts'
import {
  addRecords,
  isLater,
  isRecordTag,
  layout,
  markerOf,
  markerTag,
  maxTags,
  outlasts,
  type Records,
  type RunRecord,
  recordsIn,
  recordTag,
  roomBeside,
} from './tags.ts'

/** Where a job's runs are recorded. */
export interface RecordStore {
  readonly record: FamilyRecord
  /** Digests of all declared jobs of the family, whose records keep a tag of their own. */
  readonly declared: readonly string[]
}

/** Seconds since 1970 by AWS's clock: other runners, with clocks of their own, read the record. */
export const recordTime = (ecs: Ecs): number => Math.floor(ecs.time / 1000)

/**
 * The revision that the next record is written to: the latest ACTIVE one, or a newer one that carries the record. The newest
 * revision that carries the record is always the one that was written to last.
 */
export const revisionToWrite = ({ carrier, latest }: FamilyRecord): RecordRevision | undefined =>
  carrier && (!latest || latest.revision < carrier.revision) ? carrier : latest

/**
 * The records that a new revision gets. Where a deleted revision had records, the outcome of a declared job without one is
 * unknown: its record is an intent without a time, which a person has to settle.
 */
export function recordsToCarry({ records, hasGap, digests }: FamilyRecord): Records {
  if (!hasGap) return records
  const unknown: RunRecord = { status: 'intent', at: 0, attempt: 0, token: 0 }
  return new Map([...digests.map(digest => [digest, unknown] as const), ...records])
}

/**
 * Records one run. Throws an `EcsError` that names the consequence where ECS does not take a tag, and an Error where no
 * revision has room for the record, and before a start that another apply has gone on with: then no record has been lost.
 */
export async function recordRun(
  store: RecordStore | undefined,
  digest: string | undefined,
  run: RunRecord,
  ecs: Ecs,
): Promise<void> {
  const revision = store && revisionToWrite(store.record)
  if (!store || !revision || !digest) throw new Error('there is no task definition revision to record the run on')
  const { writes } = memoryOf(ecs)
  const { family } = store.record
  const before = writes.get(family) ?? Promise.resolve()
  const written = before.catch(() => {}).then(() => write(store, revision, digest, run, ecs))
  writes.set(family, written)
  try {
    await written
  } catch (error) {
    if (!(error instanceof EcsError)) throw error
    throw notRecorded(error, run.status, nameOf(revision.arn))
  }
}

function notRecorded(error: EcsError, status: RunRecord['status'], revision: string): EcsError {
  const where = `the run cannot be recorded on ${revision}`
  const follows = status === 'intent' ? 'so nothing was started' : `so its outcome (${status}) is not remembered`
  const fix = isDenied(error) ? missingRight(error, 'custom_config.record: false') : undefined
  return new DiagnosedEcsError(error, `${where}, ${follows}: ${error.message}`, {
    happened: status === 'intent' ? 'was not started' : `ended, and its outcome (${status}) is not remembered`,
    brief: 'not recorded',
    cause: `${where}: ${fix ? untrusted(error.said) : error.message}`,
    remedy: { kind: 'rerun', ...(fix && { fix }) },
  })
}

async function write(
  { record, declared }: RecordStore,
  { arn, revision }: RecordRevision,
  digest: string,
  run: RunRecord,
  ecs: Ecs,
): Promise<void> {
  // Another job may have been recorded since the family was read.
  const { tags = [] } = (await ecs.taskDefinition(nameOf(arn))) ?? {}
  const older = markerOf(tags, revision)
  const records = recordsIn(tags)
  addRecords(records, older === undefined ? recordsToCarry(record) : record.vanishing)
  const known = records.get(digest)
  if (known && outlasts(known, run)) {
    if (run.status === 'intent') throw takenOver()
    return
  }
  records.set(digest, run)
  const { tags: wanted, omitted } = layout(records, roomBeside(tags), [...declared, digest])
  const omittedOn = omitted.map(one => olderRevisionOf(record, one, revision))
  if (omittedOn.includes(0)) {
    throw new Error(
      `${nameOf(arn)} has no room for the record of another run beside its tags: change the task definition, so that a new revision takes over, or let tags go`,
    )
  }
  // The marker names the revision of an omitted record, and of what was not read yet.
  const next = Math.max(older ?? record.next, ...omittedOn)
  await replaceRecordTags(arn, tags, [markerTag(revision, Math.min(next, revision - 1)), ...wanted], ecs)
  memoryOf(ecs).unmarked.delete(`${record.family}:${revision}`)
  await recordOnNewer(record.family, revision, digest, run, ecs)
  const room = roomBeside(tags) - wanted.length
  if (older === undefined && record.carrier) await copyMissed(record.carrier, { arn, revision, room }, records, ecs)
}

/** Nothing may be started for a run that has gone on since its record was read. */
export const takenOver = (): Error =>
  new Error('another apply has taken this run over meanwhile; see what came of it, and apply again')

/** The newest older revision that has the latest record of a run; 0 where none has. */
function olderRevisionOf({ byRevision, records }: FamilyRecord, digest: string, revision: number): number {
  const latest = records.get(digest)
  const older = [...byRevision].filter(
    ([number, recorded]) => number < revision && latest !== undefined && !isLater(latest, recorded.get(digest)),
  )
  return Math.max(0, ...older.map(([number]) => number))
}

/** A record that moves is in its new tag before the old one is removed, wherever there is room for both. */
async function replaceRecordTags(arn: string, tags: readonly Tag[], wanted: readonly Tag[], ecs: Ecs): Promise<void> {
  const values = new Map(tags.map(({ key, value }) => [key, value]))
  const set = wanted.filter(({ key, value }) => values.get(key) !== value)
  const keys = new Set(wanted.map(({ key }) => key))
  const gone = tags.filter(tag => isRecordTag(tag) && !keys.has(tag.key)).flatMap(({ key }) => key ?? [])
  const untag = () => (gone.length > 0 ? ecs.call('UntagResource', { resourceArn: arn, tagKeys: gone }) : undefined)
  const counted = new Set([...tags, ...set].flatMap(({ key = '' }) => (key.startsWith('aws:') ? [] : [key])))
  if (counted.size > maxTags) await untag()
  if (set.length > 0) await ecs.call('TagResource', { resourceArn: arn, tags: set })
  if (counted.size <= maxTags) await untag()
}

/**
 * Copies records that another apply has written meanwhile to the revision that carried the record until now. Without room for all of
 * them the marker leads there.
 */
async function copyMissed(
  from: RecordRevision,
  to: { readonly arn: string; readonly revision: number; readonly room: number },
  written: Records,
  ecs: Ecs,
): Promise<void> {
  const revision = await ecs.taskDefinition(nameOf(from.arn))
  const missed = [...recordsIn(revision?.tags ?? [])].filter(([digest, run]) => isLater(run, written.get(digest)))
  if (missed.length === 0) return
  const copied = missed.slice(0, to.room).map(([digest, run]) => recordTag(digest, run))
  const tags = copied.length < missed.length ? [...copied, markerTag(to.revision, from.revision)] : copied
  await ecs.call('TagResource', { resourceArn: to.arn, tags })
}

/** Records the run on a newer revision as well, where another apply has let one carry the record meanwhile. */
async function recordOnNewer(family: string, written: number, digest: string, run: RunRecord, ecs: Ecs): Promise<void> {
  const latest = await ecs.taskDefinition(family)
  const { revision = 0, taskDefinitionArn: arn } = latest?.taskDefinition ?? {}
  const tags = latest?.tags ?? []
  if (revision <= written || !arn || markerOf(tags, revision) === undefined) return
  if (!isLater(run, recordsIn(tags).get(digest))) return
  await ecs.call('TagResource', { resourceArn: arn, tags: [recordTag(digest, run)] })
}
