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
import type { Ecs } from '../../ecs/client.ts'
import { EcsError } from '../../ecs/errors.ts'
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
  readonly tags: readonly Tag[]
}

/** The records of a family, as far as they were read. */
export interface FamilyRecord {
  readonly family: string
  readonly records: Records
  /** The record of a run on each revision that has one, by the run's digest. */
  readonly byRevision: ReadonlyMap<string, ReadonlyMap<number, RunRecord>>
  /** The newest revision that carries the record. */
  readonly carrier?: RecordRevision
  /** The latest ACTIVE revision. */
  readonly latest?: RecordRevision
  /** The revision at which the reading would go on; 0 when everything was read. */
  readonly next: number
  /** Digests of the jobs whose records are wanted. */
  readonly digests: readonly string[]
  /** Runs recorded on a revision that carries the record: no other revision has a later record of them. */
  readonly confirmed: ReadonlySet<string>
  /** The reason why a run may have a record that was not found. */
  readonly uncertain?: string
  /** A revision that had records was deleted, so that they cannot be read. */
  readonly hasGap?: true
}

/** Facts about families that one run has learned. */
interface Memory {
  /** Revisions without a marker, by `family:revision`; undefined for deleted ones. */
  readonly unmarked: Map<string, Revision | undefined>
  /** The number of the newest revision by family: INACTIVE revisions are listed once. */
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
async function newestRevision(family: string, active: number, ecs: Ecs): Promise<number> {
  const { newest } = memoryOf(ecs)
  const number = Math.max(active, newest.get(family) ?? (await ecs.newestInactive(family)))
  newest.set(family, number)
  return number
}

function recordRevision(revision: Revision | undefined): RecordRevision | undefined {
  const { taskDefinitionArn: arn, revision: number } = revision?.taskDefinition ?? {}
  return arn && number ? { arn, revision: number, tags: revision?.tags ?? [] } : undefined
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
  const latest = recordRevision(active.sort(([a], [b]) => b - a)[0]?.[1])
  const reading = new Reading(digests, Math.max(0, ...known.keys()))
  for (let at = known.get(reading.next); at; at = known.get(reading.next)) reading.read(reading.next, at)
  let uncertain: string | undefined
  if (!reading.hasAll) {
    try {
      const newest = await newestRevision(family, reading.from, ecs)
      if (newest > reading.from) reading.restart(newest)
      uncertain = await readOlder(family, known, reading, ecs)
    } catch (error) {
      if (!(error instanceof EcsError)) throw error
      uncertain = `its family cannot be looked through: ${error.message}`
    }
  }
  // Described revisions that the reading has skipped.
  for (const revision of known.values()) reading.add(revision.taskDefinition?.revision ?? 0, revision.tags ?? [])
  const { records, byRevision, carrier, next, confirmed } = reading
  return {
    family,
    records,
    byRevision,
    ...(carrier && { carrier }),
    ...(latest && { latest }),
    next,
    digests,
    confirmed,
    ...(uncertain && { uncertain }),
    ...(reading.hasGap && { hasGap: true }),
  }
}

/** Reads until the reading is over; otherwise the reason why it is not certain. */
async function readOlder(
  family: string,
  known: ReadonlyMap<number, Revision>,
  reading: Reading,
  ecs: Ecs,
): Promise<string | undefined> {
  const { unmarked: seen } = memoryOf(ecs)
  const describe = async (number: number): Promise<Revision | undefined> => {
    const reference = `${family}:${number}`
    if (known.has(number)) return known.get(number)
    if (seen.has(reference)) return seen.get(reference)
    const revision = await ecs.taskDefinition(reference)
    if (markerOf(revision?.tags, number) === undefined) seen.set(reference, revision)
    return revision
  }
  for (let width = 1, unmarked = 0; !reading.isOver; width = Math.min(width * 2, maxAtOnce)) {
    if (unmarked >= maxUnmarked) {
      return `${reading.next} older revisions of ${family} carry no record and were not looked through, after ${unmarked} that were`
    }
    const from = reading.next
    const numbers = Array.from({ length: Math.min(width, from) }, (_, n) => from - n)
    const described = await Promise.all(numbers.map(describe))
    for (const [n, number] of numbers.entries()) {
      if (reading.next !== number || reading.isOver) break
      if (reading.read(number, described[n])) width = 1
      else unmarked++
    }
  }
  return reading.hasGap ? `${family}:${reading.deleted} is deleted and may have remembered it` : undefined
}

/** Reading a family from a revision downwards. Pure. */
class Reading {
  readonly records = new Map<string, RunRecord>()
  readonly byRevision = new Map<string, Map<number, RunRecord>>()
  readonly confirmed = new Set<string>()
  /** The newest revision. */
  from: number
  next: number
  carrier: RecordRevision | undefined
  /** The newest deleted revision, of those that may have had records. */
  deleted: number | undefined
  #hasRecords = false
  /** Revisions that are known to have carried the record: those that markers name, copied ones too. */
  readonly #named = new Set<number>()
  readonly #digests: readonly string[]

  constructor(digests: readonly string[], from: number) {
    this.#digests = digests
    this.from = from
    this.next = from
  }

  /** Begins anew at a newer revision. Records that were read stay. */
  restart(from: number): void {
    this.from = from
    this.next = from
    this.carrier = undefined
    this.deleted = undefined
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
    for (const named of revisionsInMarker(tags)) this.#named.add(named)
    const older = markerOf(tags, number)
    if (older === undefined) return false
    for (const digest of recordsIn(tags).keys()) this.confirmed.add(digest)
    this.next = older
    this.carrier ??= recordRevision(revision)
    return true
  }

  /** Adds the records in a revision's tags. */
  add(number: number, tags: readonly Tag[]): void {
    const records = recordsIn(tags)
    addRecords(this.records, records)
    for (const [digest, record] of records) {
      const byRevision = this.byRevision.get(digest) ?? new Map<number, RunRecord>()
      this.byRevision.set(digest, byRevision.set(number, record))
    }
    if (tags.some(isRecordOrMarker)) this.#hasRecords = true
  }

  /**
   * A copy may be older than its original: a copied record is enough only with the status `done`, which never changes.
   */
  get hasAll(): boolean {
    return this.#digests.every(digest => this.records.get(digest)?.status === 'done' || this.confirmed.has(digest))
  }

  get hasGap(): boolean {
    return this.deleted !== undefined && this.#hasRecords && !this.hasAll
  }

  get isOver(): boolean {
    return this.next <= 0 || this.hasAll
  }
}
