/**
 * The record of how jobs ended. ECS forgets a stopped task after about an hour, so the outcome of each run is kept in tags
 * on the revisions of its task definition's family:
 *
 * - `ecs-particles:run/<digest>` = `1 <status> <seconds since 1970> <attempt> <token>[ <claim>]`: one run.
 * - `ecs-particles:runs/<n>` = `1 <status's initial><attempt>.<digest in base64url> …`: up to ten older runs.
 * - `ecs-particles:record` = `1 <revision>[ <older revision>]`: the marker of a revision that carries the record, with the
 *   revision's own number, and where the rest of the record is.
 *
 * A resource takes 50 tags; a key has at most 128 characters, a value 256, of letters, digits, spaces and `_.:/=+-@`
 * (TagResource and Tag in the API reference). Tags of AWS's own, `aws:`, do not count.
 */

import type { Tag } from '@aws-sdk/client-ecs'
import type { ReleaseSignatures } from '../../engine/release.ts'
import { ownTagPrefix } from '../tags.ts'

/** Tags that ECS takes for one resource. */
export const maxTags = 50

/** What became of a run, the most final last. `refused`: ECS started nothing. `intent`: RunTask was about to be called. */
const statuses = ['refused', 'intent', 'failed', 'done'] as const

/** What is recorded of one run. */
export interface RunRecord {
  readonly status: (typeof statuses)[number]
  /** Seconds since 1970; 0 where the time is not kept. */
  readonly at: number
  /** How often the `retry-tasks` input requested another run. */
  readonly attempt: number
  /** The number of this attempt's client token: one more after each token that ECS is known to have started nothing with. */
  readonly token: number
  /**
   * The release signature of the run: with other values of release variables the job needs no new review. 32 hex
   * digits, or the 16 that earlier releases wrote. `custom_config.assume` writes its mark here.
   */
  readonly claim?: string | undefined
}

/** Records by the digest of the run. */
export type Records = ReadonlyMap<string, RunRecord>

const runTagPrefix = `${ownTagPrefix}run/`
const sharedPrefix = `${ownTagPrefix}runs/`
const markerKey = `${ownTagPrefix}record`

/** The tag that records a run. The form has the version 1: `1 done <at> <attempt> <token> [<claim>]`. */
export const recordTag = (digest: string, { status, at, attempt, token, claim }: RunRecord): Tag => ({
  key: `${runTagPrefix}${digest}`,
  value: ['1', status, at, attempt, token, ...(claim === undefined ? [] : [claim])].join(' '),
})

function parseRecord(value: string): RunRecord | undefined {
  const match = /^1 (intent|refused|done|failed) (\d+) (\d+) (\d+)(?: ([0-9a-f]{32}|[0-9a-f]{16}))?$/.exec(value)
  if (!match) return undefined
  const [, status, at, attempt, token, claim] = match
  return {
    status: status as RunRecord['status'],
    at: Number(at),
    attempt: Number(attempt),
    token: Number(token),
    claim,
  }
}

/** How many records share one tag: 25 characters each of 256, with room for an attempt. */
const recordsPerTag = 10

/** A tag that several records share. Time, token and claim are left out: they matter for a short while only. */
export const sharedTag = (n: number, records: readonly (readonly [string, RunRecord])[]): Tag => ({
  key: `${sharedPrefix}${n}`,
  value: [
    '1',
    ...records.map(
      ([digest, { status, attempt }]) =>
        `${status[0]}${attempt || ''}.${Buffer.from(digest, 'hex').toString('base64url')}`,
    ),
  ].join(' '),
})

function parseShared(value: string): (readonly [string, RunRecord])[] {
  const [version, ...items] = value.split(' ')
  if (version !== '1') return []
  return items.flatMap(item => {
    const [, letter, attempt = '', short = ''] = /^([dfir])(\d*)\.([\w-]{22})$/.exec(item) ?? []
    const status = statuses.find(([first]) => first === letter)
    const digest = Buffer.from(short, 'base64url').toString('hex')
    return status ? [[digest, { status, at: 0, attempt: Number(attempt), token: 0 }] as const] : []
  })
}

/** A tag that holds a record, of this repository or shared. */
export const isRecordTag = ({ key = '' }: Tag): boolean => key.startsWith(runTagPrefix) || key.startsWith(sharedPrefix)

/** A tag of the record's, the marker included. */
export const isRecordOrMarker = (tag: Tag): boolean => isRecordTag(tag) || tag.key === markerKey

/** The records in a resource's tags. Tags of another form are skipped. */
export function recordsIn(tags: readonly Tag[]): Map<string, RunRecord> {
  const records = new Map<string, RunRecord>()
  for (const { key = '', value = '' } of tags) {
    if (key.startsWith(sharedPrefix)) addRecords(records, parseShared(value))
    const record = key.startsWith(runTagPrefix) ? parseRecord(value) : undefined
    if (record) addRecords(records, [[key.slice(runTagPrefix.length), record]])
  }
  return records
}

/** Adds records; of two of one run the later one is kept. */
export function addRecords(to: Map<string, RunRecord>, records: Iterable<readonly [string, RunRecord]>): void {
  for (const [digest, record] of records) if (isLater(record, to.get(digest))) to.set(digest, record)
}

/**
 * Whether a record is newer than the known one of the same run, if any: the later attempt, then the later token, then the
 * more final status, then the later time.
 */
export function isLater(record: RunRecord, known: RunRecord | undefined): boolean {
  if (!known) return true
  const order =
    record.attempt - known.attempt ||
    record.token - known.token ||
    statuses.indexOf(record.status) - statuses.indexOf(known.status) ||
    record.at - known.at
  return order > 0
}

/**
 * Whether a record stays, whatever else is to be recorded of the same run: one of a later attempt or token, or of an end
 * that would be taken back.
 */
export function outlasts(known: RunRecord, run: RunRecord): boolean {
  if (known.attempt !== run.attempt) return known.attempt > run.attempt
  if (known.token !== run.token) return known.token > run.token
  return known.status === 'done' ? run.status !== 'done' : known.status === 'failed' && run.status === 'intent'
}

/** Whether a job with the same release signature, of now or of earlier releases, has succeeded. */
export const hasRunBefore = ({ signature, former }: ReleaseSignatures, records: Records): boolean =>
  [...records.values()].some(
    ({ status, claim }) => status === 'done' && claim !== undefined && (claim === signature || claim === former),
  )

/** `older`: the revision that the reading goes on at; 0 for none. */
export const markerTag = (revision: number, older: number): Tag => ({
  key: markerKey,
  value: ['1', revision, ...(older > 0 ? [older] : [])].join(' '),
})

/** The revisions that a marker names: the one that the marker was written on, and the older one. */
export function revisionsInMarker(tags: readonly Tag[] | undefined): readonly number[] {
  const value = tags?.find(({ key }) => key === markerKey)?.value ?? ''
  const [, own, older = '0'] = /^1 (\d+)(?: (\d+))?$/.exec(value) ?? []
  return own === undefined ? [] : [Number(own), Number(older)]
}

/**
 * The older revision that a revision's marker names, 0 for none. Undefined without a marker, and with a copied one,
 * whose own number is another revision's.
 */
export function markerOf(tags: readonly Tag[] | undefined, revision: number): number | undefined {
  const [own, older = 0] = revisionsInMarker(tags)
  return own === revision && older < revision ? older : undefined
}

/** Tags that a new revision gets from the record at most, its marker included: at least thirty are left to a manifest. */
const maxCarried = 20

/** So many records keep a tag of their own before older ones share one. */
const minOwnTags = 10

/** Tags left free, so that a record that moves is written to its new tag before the old one is removed. */
const spareTags = 2

/** Where the record may have no more tags than these, none of them is left free. */
const littleRoom = 6

/** How many tags the record may have on a revision, beside its marker and the tags that are not the record's. */
export const roomBeside = (tags: readonly Tag[]): number =>
  Math.max(0, maxTags - 1 - tags.filter(tag => !isRecordOrMarker(tag) && !tag.key?.startsWith('aws:')).length)

/** Records that keep a tag of their own: those of declared jobs, and of runs that are not known to have ended. */
const keepsOwnTag = ([digest, { status }]: readonly [string, RunRecord], declared: readonly string[]): boolean =>
  declared.includes(digest) || status === 'intent'

/** The record's tags for a new revision. */
export function carriedTags(records: Records, beside: readonly Tag[], declared: readonly string[]): readonly Tag[] {
  const kept = [...records].filter(run => keepsOwnTag(run, declared)).length
  return layout(records, Math.min(roomBeside(beside), Math.max(kept + spareTags, maxCarried - 1)), declared).tags
}

/**
 * Records as tags: the newest each in one tag, older ones in shared tags. `omitted`: digests of the oldest, which have
 * no room.
 */
export function layout(
  records: Records,
  room: number,
  declared: readonly string[],
): { readonly tags: readonly Tag[]; readonly omitted: readonly string[] } {
  const byAge = [...records].sort(([one, { at: a }], [other, { at: b }]) => b - a || (one < other ? -1 : 1))
  const kept = byAge.filter(run => keepsOwnTag(run, declared))
  const inOrder = [...kept, ...byAge.filter(run => !keepsOwnTag(run, declared))]
  const most = Math.min(room, Math.max(kept.length, room > littleRoom ? room - spareTags : room))
  const least = Math.min(most, Math.max(kept.length, minOwnTags))
  const tooMany = Math.max(0, inOrder.length - most)
  // Each shared tag takes the place of one record's own tag, so that one more record has to share.
  const shared = Math.min(most - least, Math.ceil(tooMany / (recordsPerTag - 1)))
  const own = most - shared
  const tags = inOrder.slice(0, own).map(([digest, record]) => recordTag(digest, record))
  for (let n = 0; n < shared; n++) {
    const from = own + n * recordsPerTag
    tags.push(sharedTag(n, inOrder.slice(from, from + recordsPerTag)))
  }
  return { tags, omitted: inOrder.slice(own + shared * recordsPerTag).map(([digest]) => digest) }
}
