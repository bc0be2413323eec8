/**
 * Reads what a family of task definitions records of jobs, from the newest revision down, until every job that is looked
 * for is found or no revision is left.
 *
 * A revision that carries the record has a marker, which ends the reading or names the older revision to go on at. A revision
 * without a marker, such as one with copied tags, is read for the records in its tags, and then the revision before it:
 * records of earlier releases are found that way.
 *
 * INACTIVE revisions "remain discoverable in your account indefinitely" (DeregisterTaskDefinition in the API reference).
 * Whether their tags can be written is documented nowhere, so the record goes to an ACTIVE revision wherever a newer one is.
 */

import type { Tag } from '@aws-sdk/client-ecs'
import type { Ecs, UnusedStatus } from '../../ecs/client.ts'
import { EcsError } from '../../ecs/errors.ts'
import { oneOrMany, plural } from '../../wording.ts'
import type { Revision } from '../taskDefinition/rules.ts'
import {
  addRecords,
  isRecordOrMarker,
  markerOf,
  type Records,
  type RunRecord,
  recordsIn,
  revisionsInMarker,
} from './tags.ts'

/** Revisions without a marker that one run reads at most. */
const maxUnmarked = 250

/** Of those at once: twice as many each time, as long as none carries the record. */
const maxAtOnce = 16

/** A revision that the record is on, or may be written to. */
export interface RecordRevision {
  readonly arn: string
  readonly revision: number
}

/** The records of a family, as far as they were read: from a revision downwards. Pure. */
export class FamilyRecord {
  readonly family: string
  /** Digests of the jobs whose records are wanted. */
  readonly digests: readonly string[]
  /** The latest ACTIVE revision. */
  readonly latest: RecordRevision | undefined
  readonly records = new Map<string, RunRecord>()
  /** The records on each revision that was read. */
  readonly byRevision = new Map<number, Records>()
  /** Runs recorded on a revision that carries the record: no other revision has a later record of them. */
  readonly confirmed = new Set<string>()
  /** Records on revisions that ECS is deleting: they stay only where another revision takes them over. */
  readonly vanishing = new Map<string, RunRecord>()
  /** The newest revision that carries the record, and is not being deleted. */
  carrier: RecordRevision | undefined
  /** The newest revision. */
  newest = 0
  /** The revision at which the reading would go on; 0 when everything was read. */
  next = 0
  /** The newest deleted revision, of those that may have had records. */
  deleted: number | undefined
  /** The reason why a run may have a record that was not found. */
  uncertain: string | undefined
  #hasRecords = false
  /** Revisions that ECS is deleting. */
  readonly #deleting = new Set<number>()
  /** Revisions that are known to have carried the record: those that markers name, copied ones too. */
  readonly #named = new Set<number>()

  constructor(family: string, digests: readonly string[], latest: RecordRevision | undefined) {
    this.family = family
    this.digests = digests
    this.latest = latest
  }

  /** Begins at the newest revision, or anew at a newer one. Records that were read stay. */
  begin(newest: number): void {
    this.newest = newest
    this.next = newest
    this.carrier = undefined
    this.deleted = undefined
    // A newer revision may have a later record.
    this.confirmed.clear()
    this.#hasRecords = false
  }

  /** Reads one revision, undefined for a deleted one. True when the revision carries the record. */
  read(number: number, revision: Revision | undefined): boolean {
    this.next = number - 1
    if (!revision) {
      // A deleted revision below one with records had no other records, unless a marker names it.
      if (!this.#hasRecords || this.#named.has(number)) this.deleted ??= number
      return false
    }
    const tags = revision.tags ?? []
    this.add(number, tags)
    const isVanishing = revision.taskDefinition?.status === 'DELETE_IN_PROGRESS'
    if (isVanishing) {
      addRecords(this.vanishing, recordsIn(tags))
      this.#deleting.add(number)
    }
    for (const named of revisionsInMarker(tags)) this.#named.add(named)
    const older = markerOf(tags, number)
    if (older === undefined) return false
    for (const digest of recordsIn(tags).keys()) this.confirmed.add(digest)
    this.next = older
    if (!isVanishing) this.carrier ??= recordRevision(revision)
    return true
  }

  /** Adds the records in a revision's tags. */
  add(number: number, tags: readonly Tag[]): void {
    const records = recordsIn(tags)
    addRecords(this.records, records)
    this.byRevision.set(number, records)
    if (tags.some(isRecordOrMarker)) this.#hasRecords = true
  }

  /**
   * A copy may be older than its original: a copied record is enough only with the status `done`, which never changes.
   */
  get hasAll(): boolean {
    return this.digests.every(digest => this.#isJobDone(digest) || this.confirmed.has(digest))
  }

  /** Every job is done, which no other record changes. */
  get isDone(): boolean {
    return this.digests.every(digest => this.#isJobDone(digest))
  }

  #isJobDone(digest: string): boolean {
    return this.records.get(digest)?.status === 'done'
  }

  /** The job is done, which only revisions remember that ECS is deleting. */
  isVanishing(digest: string): boolean {
    const remembers = ([number, records]: readonly [number, Records]) =>
      !this.#deleting.has(number) && records.get(digest)?.status === 'done'
    return this.vanishing.get(digest)?.status === 'done' && ![...this.byRevision].some(remembers)
  }

  /** A job would start: it has no record, or one of a start that ECS refused. */
  get mayStart(): boolean {
    return this.digests.some(digest => (this.records.get(digest)?.status ?? 'refused') === 'refused')
  }

  /** A revision that had records was deleted, so that they cannot be read. */
  get hasGap(): boolean {
    return this.deleted !== undefined && this.#hasRecords && !this.hasAll
  }

  /** No older revision can have more of what is wanted. */
  get isOver(): boolean {
    return this.next <= 0 || this.hasAll
  }
}

/** Facts about families that one run has learned. */
interface Memory {
  /** Revisions without a marker, by `family:revision`; undefined for deleted ones. */
  readonly unmarked: Map<string, Revision | undefined>
  /** The number of the newest revision by family and status: revisions that are not ACTIVE are listed once. */
  readonly newest: Map<string, number>
  /** The record that is being written, by family: jobs that end at once are recorded one after the other. */
  readonly writes: Map<string, Promise<unknown>>
}

const memories = new WeakMap<object, Memory>()

/** Facts about records that one run has learned, kept by its client. */
export function memoryOf(ecs: Ecs): Memory {
  const memory = memories.get(ecs.run) ?? { unmarked: new Map(), newest: new Map(), writes: new Map() }
  memories.set(ecs.run, memory)
  return memory
}

/** The number of the newest revision. A revision that was ACTIVE at the first reading, and is not now, was seen then. */
async function newestRevision(family: string, active: number, status: UnusedStatus, ecs: Ecs): Promise<number> {
  const { newest } = memoryOf(ecs)
  const key = `${family} ${status}`
  const number = Math.max(active, newest.get(key) ?? (await ecs.newestUnused(family, status)))
  newest.set(key, number)
  return number
}

function recordRevision(revision: Revision | undefined): RecordRevision | undefined {
  const { taskDefinitionArn: arn, revision: number } = revision?.taskDefinition ?? {}
  return arn && number ? { arn, revision: number } : undefined
}

/**
 * Reads a family's record, from `described` revisions and from ECS. Without digests no call is made. An `EcsError`
 * makes what was not found uncertain; a run that is cancelled throws the signal's reason.
 */
export async function readRecord(
  family: string,
  described: readonly Revision[],
  digests: readonly string[],
  ecs: Ecs,
): Promise<FamilyRecord> {
  const known = new Map(described.map(revision => [revision.taskDefinition?.revision ?? 0, revision]))
  const active = [...known].filter(([, { taskDefinition }]) => taskDefinition?.status === 'ACTIVE')
  const record = new FamilyRecord(family, digests, recordRevision(active.sort(([a], [b]) => b - a)[0]?.[1]))
  record.begin(Math.max(0, ...known.keys()))
  for (let at = known.get(record.next); at; at = known.get(record.next)) record.read(record.next, at)
  if (!record.isDone) {
    try {
      await beginAtNewest(record, 'INACTIVE', ecs)
      record.uncertain = await readOlder(record, known, ecs)
      // Another listing, which only a start is worth.
      if (record.mayStart && (await beginAtNewest(record, 'DELETE_IN_PROGRESS', ecs)))
        record.uncertain = await readOlder(record, known, ecs)
    } catch (error) {
      if (!(error instanceof EcsError)) throw error
      record.confirmed.clear()
      record.uncertain = `its family cannot be looked through: ${error.message}`
    }
  }
  // Described revisions that the reading has skipped.
  for (const [number, { tags = [] }] of known) record.add(number, tags)
  return record
}

/** Begins anew where a revision of this status is newer than those that were read; false where none is. */
async function beginAtNewest(record: FamilyRecord, status: UnusedStatus, ecs: Ecs): Promise<boolean> {
  const newest = await newestRevision(record.family, record.newest, status, ecs)
  if (newest <= record.newest) return false
  record.begin(newest)
  return true
}

/** Reads until the reading is over; otherwise the reason why it is not certain. */
async function readOlder(
  record: FamilyRecord,
  known: ReadonlyMap<number, Revision>,
  ecs: Ecs,
): Promise<string | undefined> {
  const { family } = record
  const { unmarked: seen } = memoryOf(ecs)
  const describe = async (number: number): Promise<Revision | undefined> => {
    const reference = `${family}:${number}`
    if (known.has(number)) return known.get(number)
    if (seen.has(reference)) return seen.get(reference)
    const revision = await ecs.taskDefinition(reference)
    if (markerOf(revision?.tags, number) === undefined) seen.set(reference, revision)
    return revision
  }
  for (let width = 1, unmarked = 0; !record.isOver; width = Math.min(width * 2, maxAtOnce)) {
    if (unmarked >= maxUnmarked) {
      const which = `${plural(record.next, 'older revision')} of ${family}`
      return `${which} ${oneOrMany(record.next, 'carries no record and was', 'carry no record and were')} not looked through, after ${unmarked} that were`
    }
    const from = record.next
    const numbers = Array.from({ length: Math.min(width, from) }, (_, n) => from - n)
    const described = await Promise.all(numbers.map(describe))
    for (const [n, number] of numbers.entries()) {
      if (record.next !== number || record.isOver) break
      if (record.read(number, described[n])) width = 1
      else unmarked++
    }
  }
  return record.hasGap ? `${family}:${record.deleted} is deleted and may have remembered it` : undefined
}
