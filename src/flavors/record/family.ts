/**
 * What a family of task definitions remembers of jobs, over all its revisions: read from the newest down, until every job
 * that is asked for is found or nothing is left to read.
 *
 * A revision that carries the record says so in a tag that names its own number, so that a copy of its tags is recognised
 * as one. Such a tag ends the reading, or names the older revision to go on at. A revision without it is read for what it
 * holds, and the one before it after that: that is how records of earlier releases are found.
 *
 * INACTIVE revisions are described as well, for as long as they are there ("remain discoverable in your account
 * indefinitely", DeregisterTaskDefinition in the API reference). Whether their tags can be written is said nowhere: the
 * record is never left to that, but goes to an ACTIVE revision wherever a newer one is.
 */

import type { Tag } from '@aws-sdk/client-ecs'
import type { Ecs } from '../../ecs/client.ts'
import { EcsError } from '../../ecs/errors.ts'
import { ownTagPrefix } from '../tags.ts'
import type { Revision } from '../taskDefinition/revisions.ts'
import { isRecordTag, later, type RunRecord, recordsIn } from './record.ts'

export const markKey = `${ownTagPrefix}record`

/** Revisions without a mark that one run looks through at most; the next run goes on behind them. */
const mostUnmarked = 250

/** Of those at once: twice as many each time, as long as none carries the record. */
const mostAtOnce = 16

/** `1 <its own number>`, and the older revision to go on at, where the rest of the record stands there. */
export const markTag = (revision: number, next: number): Tag => ({
  key: markKey,
  value: ['1', revision, ...(next > 0 ? [next] : [])].join(' '),
})

/** The numbers that a mark names: that of the revision that it was written on, and the one to go on at. */
function numbersIn(tags: readonly Tag[] | undefined): readonly number[] {
  const value = tags?.find(({ key }) => key === markKey)?.value ?? ''
  const [, own, next = '0'] = /^1 (\d+)(?: (\d+))?$/.exec(value) ?? []
  return own === undefined ? [] : [Number(own), Number(next)]
}

/** Where a revision that carries the record says to go on, 0 for nowhere; undefined without a mark, or with a copied one. */
export function markOf(tags: readonly Tag[] | undefined, revision: number): number | undefined {
  const [own, next = 0] = numbersIn(tags)
  return own === revision && next < revision ? next : undefined
}

/** A revision that the record stands on, or may be written to. */
export interface Holder {
  readonly arn: string
  readonly revision: number
  readonly tags: readonly Tag[]
}

/** What was read of a family. */
export interface FamilyRecord {
  readonly family: string
  readonly records: ReadonlyMap<string, RunRecord>
  /** By digest, what each revision that remembers the run says of it. */
  readonly places: ReadonlyMap<string, ReadonlyMap<number, RunRecord>>
  /** The newest revision that carries the record. */
  readonly head?: Holder
  /** The latest ACTIVE revision. */
  readonly latest?: Holder
  /** The number of the newest revision, ACTIVE or not, as far as was looked. */
  readonly top: number
  /** Where the reading would go on; 0 when everything was read. */
  readonly next: number
  /** Jobs that were looked for, by their digests. */
  readonly digests: readonly string[]
  /** Runs whose record stands on a revision that carries it: no other says more. */
  readonly believed: ReadonlySet<string>
  /** Why another run may have a record that was not found. */
  readonly uncertain?: string
  /** A revision that remembered something was deleted: there is nothing left to read it from. */
  readonly lost?: true
}

/** Revisions that carry no record, read once a run: one that we write to is forgotten. */
const readBefore = new WeakMap<object, Map<string, Revision | undefined>>()

/** Has a revision read again, because it was written to. */
export const forgetRead = (ecs: Ecs, family: string, revision: number): void => {
  readBefore.get(ecs.run)?.delete(`${family}:${revision}`)
}

/** By family, the number of the newest revision that this run has seen: INACTIVE ones are listed once a run. */
const seenBefore = new WeakMap<object, Map<string, number>>()

/** The newest revision, ACTIVE or not. What was ACTIVE before and is not any more was seen then. */
async function topOf(family: string, active: number, ecs: Ecs): Promise<number> {
  const seen = seenBefore.get(ecs.run) ?? new Map<string, number>()
  seenBefore.set(ecs.run, seen)
  const top = Math.max(active, seen.get(family) ?? (await ecs.newestInactive(family)))
  seen.set(family, top)
  return top
}

function holderOf(revision: Revision | undefined): Holder | undefined {
  const { taskDefinitionArn: arn, revision: number } = revision?.taskDefinition ?? {}
  return arn && number ? { arn, revision: number, tags: revision?.tags ?? [] } : undefined
}

/**
 * Reads a family's record. Without digests nothing is asked for that is not in `seen`. Errors of ECS make what was not
 * found uncertain; a run that is cancelled throws.
 */
export async function readRecord(
  family: string,
  seen: readonly Revision[],
  digests: readonly string[],
  ecs: Ecs,
): Promise<FamilyRecord> {
  const known = new Map(seen.map(revision => [revision.taskDefinition?.revision ?? 0, revision]))
  const latest = holderOf(
    [...known]
      .filter(([, { taskDefinition }]) => taskDefinition?.status === 'ACTIVE')
      .sort(([a], [b]) => b - a)[0]?.[1],
  )
  const reading = new Reading(digests, Math.max(0, ...known.keys()))
  let uncertain: string | undefined
  reading.takeKnown(known)
  if (!reading.hasAll) {
    try {
      const top = await topOf(family, reading.top, ecs)
      if (top > reading.top) reading.restart(top)
      uncertain = await readOn(family, known, reading, ecs)
    } catch (error) {
      if (!(error instanceof EcsError)) throw error
      uncertain = `its family cannot be looked through: ${error.message}`
    }
  }
  // What stands in the newest revisions alone is remembered whichever of them was read.
  for (const revision of known.values()) reading.remember(revision.taskDefinition?.revision ?? 0, revision.tags ?? [])
  return {
    family,
    records: reading.records,
    places: reading.places,
    ...(reading.head && { head: reading.head }),
    ...(latest && { latest }),
    top: reading.top,
    next: reading.next,
    digests,
    believed: reading.believed,
    ...(uncertain && { uncertain }),
    ...(reading.isLost && { lost: true }),
  }
}

/** Reads until it is over; otherwise why it is not certain. */
async function readOn(
  family: string,
  known: ReadonlyMap<number, Revision>,
  reading: Reading,
  ecs: Ecs,
): Promise<string | undefined> {
  const before = readBefore.get(ecs.run) ?? new Map<string, Revision | undefined>()
  readBefore.set(ecs.run, before)
  const describe = async (number: number): Promise<Revision | undefined> => {
    const reference = `${family}:${number}`
    const there = known.get(number)
    if (there) return there
    if (before.has(reference)) return before.get(reference)
    const revision = await ecs.taskDefinition(reference)
    if (markOf(revision?.tags, number) === undefined) before.set(reference, revision)
    return revision
  }
  for (let width = 1, unmarked = 0; !reading.isOver; width = Math.min(width * 2, mostAtOnce)) {
    if (unmarked >= mostUnmarked) {
      return `${reading.next} older revisions of ${family} carry no record and were not looked through, after ${unmarked} that were`
    }
    const from = reading.next
    const numbers = Array.from({ length: Math.min(width, from) }, (_, n) => from - n)
    const described = await Promise.all(numbers.map(describe))
    for (const [n, number] of numbers.entries()) {
      if (reading.next !== number || reading.isOver) break
      if (reading.take(number, described[n])) width = 1
      else unmarked++
    }
  }
  return reading.isLost ? `${family}:${reading.missing} is deleted and may have remembered it` : undefined
}

/** Reading a family from a number downwards. Pure. */
class Reading {
  readonly records = new Map<string, RunRecord>()
  readonly places = new Map<string, Map<number, RunRecord>>()
  top: number
  next: number
  head: Holder | undefined
  /** The newest revision that is gone, of those above everything that remembers something. */
  missing: number | undefined
  remembers = false
  /** Revisions that are known to have carried the record: those that marks name, copied ones too. */
  readonly #named = new Set<number>()
  /** Runs that a revision which carries the record remembers. */
  readonly believed = new Set<string>()
  readonly #digests: readonly string[]

  constructor(digests: readonly string[], top: number) {
    this.#digests = digests
    this.top = top
    this.next = top
  }

  /** Begins anew at a newer revision; what was read stays known. */
  restart(top: number): void {
    this.top = top
    this.next = top
    this.head = undefined
    this.missing = undefined
    this.remembers = false
  }

  takeKnown(known: ReadonlyMap<number, Revision>): void {
    for (let at = known.get(this.next); at; at = known.get(this.next)) this.take(this.next, at)
  }

  /** True for a revision that carries the record. */
  take(number: number, revision: Revision | undefined): boolean {
    this.next = number - 1
    if (!revision) {
      // What is deleted below the record was in it, but for what it names itself.
      if (!this.remembers || this.#named.has(number)) this.missing ??= number
      return false
    }
    this.remember(number, revision.tags ?? [])
    for (const named of numbersIn(revision.tags)) this.#named.add(named)
    const next = markOf(revision.tags, number)
    if (next === undefined) return false
    for (const digest of recordsIn(revision.tags ?? []).keys()) this.believed.add(digest)
    this.next = next
    this.head ??= holderOf(revision)
    return true
  }

  remember(number: number, tags: readonly Tag[]): void {
    for (const [digest, record] of recordsIn(tags)) {
      const known = this.records.get(digest)
      this.records.set(digest, known ? later(known, record) : record)
      const places = this.places.get(digest) ?? new Map<number, RunRecord>()
      this.places.set(digest, places.set(number, record))
    }
    if (tags.some(tag => isRecordTag(tag) || tag.key === markKey)) this.remembers = true
  }

  /** A copy may be older than what was copied: but for what is done for ever, only what carries the record is believed. */
  get hasAll(): boolean {
    return this.#digests.every(digest => this.records.get(digest)?.status === 'done' || this.believed.has(digest))
  }

  get isLost(): boolean {
    return this.missing !== undefined && this.remembers && !this.hasAll
  }

  get isOver(): boolean {
    return this.next <= 0 || this.hasAll
  }
}
