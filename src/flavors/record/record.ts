import { createHash } from 'node:crypto'
import { RegisterTaskDefinitionRequest$, type RunTaskRequest, RunTaskRequest$, type Tag } from '@aws-sdk/client-ecs'
import { canonical } from '../../compare/compare.ts'
import { ignoredPaths } from '../../compare/path.ts'
import { nothingSensitive } from '../../compare/sensitivity.ts'
import type { ReleaseSignatures } from '../../engine/release.ts'
import { Unknown } from '../../particle.ts'
import { resourceName } from '../../schema/address.ts'
import { ownTagPrefix } from '../tags.ts'
import { taskRules } from '../task/rules.ts'
import { taskDefinitionRules } from '../taskDefinition/rules.ts'

/** The digest's form, that of `canonical` included: a later form keeps its own number, so that finished jobs stay finished. */
const digestVersion = 1

export const hash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

/** A job as far as it says what runs. */
interface Job {
  readonly definition: object
  readonly options: Readonly<Record<string, unknown>>
}

/**
 * Names what a job runs: everything that makes two runs different things, and nothing that does not. Undefined while
 * some of it is known only after apply.
 */
export function runDigest({ definition, options }: Job, taskDefinition: object, ignore: unknown): string | undefined {
  const { tags: _tags, ...stated } = taskDefinition as Readonly<Record<string, unknown>>
  const {
    cluster,
    taskName,
    count: _count,
    startedBy: _by,
    stopReason: _why,
    tags: _own,
    taskDefinition: _definition,
    ...launch
  } = definition as RunTaskRequest & { readonly taskName?: string; readonly stopReason?: string }
  if (holdsUnknown([cluster, taskName, stated, launch])) return undefined
  const what = {
    version: digestVersion,
    cluster: resourceName(cluster ?? 'default'),
    taskName,
    retry: options.retry ?? 0,
    definition: definitionContent(stated, ignore),
    launch: canonical(launch, {
      schema: RunTaskRequest$,
      rules: taskRules,
      whole: false,
      ignore: ignoredPaths(options.ignore),
      sensitivity: nothingSensitive,
    }),
  }
  // 128 bits: short enough for startedBy beside a name, long enough to be nobody else's.
  return hash(what).slice(0, 32)
}

/** What a task definition says, spelled the one way. */
export function definitionContent(taskDefinition: object, ignore: unknown): unknown {
  const { tags: _tags, ...stated } = taskDefinition as Readonly<Record<string, unknown>>
  return canonical(stated, {
    schema: RegisterTaskDefinitionRequest$,
    rules: taskDefinitionRules,
    whole: true,
    ignore: ignoredPaths(ignore),
    sensitivity: nothingSensitive,
  })
}

function holdsUnknown(value: unknown): boolean {
  if (value instanceof Unknown) return true
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsUnknown)
}

/**
 * How jobs ended, remembered in tags on their task definition's revision, because ECS forgets a stopped task after
 * about an hour. Key `ecs-particles:run/<digest>`, value `1 <status> <seconds since 1970> <attempt> <token> <claim>`.
 */
export interface RunRecord {
  /** `intent`: RunTask was about to be called. `refused`: ECS started nothing. */
  readonly status: 'intent' | 'refused' | 'done' | 'failed'
  /** Seconds since 1970. */
  readonly at: number
  /** How often a person asked for another run: the `retry-tasks` input counts it up. */
  readonly attempt: number
  /** Which client token of this attempt: counted up when ECS is known to have started nothing with the last one. */
  readonly token: number
  /**
   * What ran, with release variables by name: with other values of theirs it needs no new review. 32 hex digits, or the 16
   * that earlier releases wrote. Of a run that was assumed, whose it is.
   */
  readonly claim?: string
}

const prefix = `${ownTagPrefix}run/`

const tagKey = (digest: string): string => `${prefix}${digest}`

/** The record as a tag. Only characters that ECS allows in tag values. */
export const recordTag = (digest: string, record: RunRecord): Tag => ({
  key: tagKey(digest),
  value: ['1', record.status, record.at, record.attempt, record.token, record.claim]
    .filter(part => part !== undefined)
    .join(' '),
})

function parse(value: string): RunRecord | undefined {
  const match = /^1 (intent|refused|done|failed) (\d+) (\d+) (\d+)(?: ([0-9a-f]{32}|[0-9a-f]{16}))?$/.exec(value)
  if (!match) return undefined
  return {
    status: match[1] as RunRecord['status'],
    at: Number(match[2]),
    attempt: Number(match[3]),
    token: Number(match[4]),
    ...(match[5] && { claim: match[5] }),
  }
}

const rank = { refused: 0, intent: 1, failed: 2, done: 3 } as const

/** Of two records of one run the later attempt counts, then the later token, then the later word. */
export const later = (one: RunRecord, other: RunRecord): RunRecord => {
  const order =
    one.attempt - other.attempt || one.token - other.token || rank[one.status] - rank[other.status] || one.at - other.at
  return order >= 0 ? one : other
}

/** Digests of the runs that something is remembered of. */
export const digestsIn = (tagLists: readonly (readonly Tag[])[]): ReadonlySet<string> =>
  new Set(tagLists.flat().flatMap(({ key = '' }) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : [])))
/** What tags remember, by the digest of the run. */
export function recordsIn(tags: readonly Tag[]): Map<string, RunRecord> {
  const records = new Map<string, RunRecord>()
  const add = (digest: string, record: RunRecord) => {
    const known = records.get(digest)
    records.set(digest, known ? later(known, record) : record)
  }
  for (const { key = '', value = '' } of tags) {
    if (key.startsWith(packPrefix)) for (const [digest, record] of unpacked(value)) add(digest, record)
    const record = key.startsWith(prefix) ? parse(value) : undefined
    if (record) add(key.slice(prefix.length), record)
  }
  return records
}

export const isRecordTag = ({ key = '' }: Tag): boolean => key.startsWith(prefix) || key.startsWith(packPrefix)

/**
 * Older records share a tag, ten a tag: of each its status, its attempt unless that is 0, and its digest in base64url,
 * which has only characters that tags allow. Key `ecs-particles:runs/<n>`.
 */
const packPrefix = `${ownTagPrefix}runs/`

/** How many records share one tag: 25 characters each of 256, with room for an attempt. */
export const packed = 10

const letters = { intent: 'i', refused: 'r', done: 'd', failed: 'f' } as const

const statuses = new Map(Object.entries(letters).map(([status, letter]) => [letter, status as RunRecord['status']]))

export const packTag = (n: number, records: readonly (readonly [string, RunRecord])[]): Tag => ({
  key: `${packPrefix}${n}`,
  value: [
    '1',
    ...records.map(([digest, { status, attempt }]) => {
      const short = Buffer.from(digest, 'hex').toString('base64url')
      return `${letters[status]}${attempt || ''}.${short}`
    }),
  ].join(' '),
})

/** When it ended, with which token and for which claim it ran is not kept: all of that matters for a short while only. */
function unpacked(value: string): (readonly [string, RunRecord])[] {
  const [version, ...items] = value.split(' ')
  if (version !== '1') return []
  return items.flatMap(item => {
    const [, letter = '', attempt = '', short = ''] = /^([dfir])(\d*)\.([\w-]{22})$/.exec(item) ?? []
    const status = statuses.get(letter as (typeof letters)[RunRecord['status']])
    if (!status) return []
    const digest = Buffer.from(short, 'base64url').toString('hex')
    return [[digest, { status, at: 0, attempt: Number(attempt), token: 0 }] as const]
  })
}

/** What is remembered of one run, over the tags of several revisions. */
export function recordOf(digest: string, tagLists: readonly (readonly Tag[])[]): RunRecord | undefined {
  const records = tagLists
    .flat()
    .filter(({ key }) => key === tagKey(digest))
    .map(({ value }) => parse(value ?? ''))
    .filter(record => record !== undefined)
  return records.length > 0 ? records.reduce(later) : undefined
}

/** Whether something that states the same, release variables aside, has succeeded before: in the form of now, or the former. */
export const hasRunBefore = (
  { signature, former }: ReleaseSignatures,
  tagLists: readonly (readonly Tag[])[],
): boolean =>
  tagLists.flat().some(({ key = '', value = '' }) => {
    const record = key.startsWith(prefix) ? parse(value) : undefined
    if (record?.claim === undefined || record.status !== 'done') return false
    return record.claim === signature || record.claim === former
  })
