import type { Tag } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import type { Ecs } from '../../src/ecs/client.ts'
import { runDigest } from '../../src/flavors/record/digest.ts'
import { FamilyRecord } from '../../src/flavors/record/read.ts'
import {
  carriedTags,
  hasRunBefore,
  layout,
  markerOf,
  markerTag,
  type RunRecord,
  recordsIn,
  recordTag,
  roomBeside,
  sharedTag,
} from '../../src/flavors/record/tags.ts'
import { recordRun } from '../../src/flavors/record/write.ts'
import { Unknown } from '../../src/particle.ts'

const digest = (n: number) => n.toString(16).padStart(32, '0')

const record = (more: Partial<RunRecord> = {}): RunRecord => ({
  status: 'done',
  at: 1000,
  attempt: 0,
  token: 0,
  ...more,
})

const plain = (count: number) => Array.from({ length: count }, (_, n) => ({ key: `t${n}`, value: 'v' }))

describe('the digest of a run', () => {
  const definition = {
    family: 'migrate',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '.25 vCPU',
    memory: '512',
    containerDefinitions: [
      {
        name: 'migrate',
        image: 'shop/migrate:1',
        environment: [
          { name: 'B', value: '2' },
          { name: 'A', value: '1' },
        ],
      },
      { name: 'proxy', image: 'proxy', essential: false, portMappings: [{ containerPort: 80 }] },
    ],
  }
  const launch = {
    taskName: 'migrate',
    cluster: 'main',
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-2', 'subnet-1'] } },
    overrides: { containerOverrides: [{ name: 'migrate', command: ['up', '--all'] }] },
  } as const

  test('is what it was in every release: another one would run every job again', () => {
    expect(runDigest({ definition: launch, options: {} }, definition, undefined)).toBe(
      '80f5b784863fa6332b315b3ae4380d48',
    )
    expect(runDigest({ definition: launch, options: { retry: 2, ignore: ['overrides'] } }, definition, ['cpu'])).toBe(
      '78373d1924b82cea99e4664f80f44cb7',
    )
  })

  test.each([
    [
      'defaults that are said',
      launch,
      {
        ...definition,
        containerDefinitions: [
          { ...definition.containerDefinitions[0], essential: true, cpu: 0 },
          definition.containerDefinitions[1],
        ],
      },
    ],
    ['spelling', launch, { ...definition, cpu: '256', memory: '0.5 GB' }],
    [
      'order',
      { ...launch, networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2'] } } },
      { ...definition, containerDefinitions: [...definition.containerDefinitions].reverse() },
    ],
    ['a name as an ARN', { ...launch, cluster: 'arn:aws:ecs:us-east-1:123456789012:cluster/main' }, definition],
    [
      'tags, count, startedBy, stopReason',
      { ...launch, tags: [{ key: 'a', value: 'b' }], count: 3, startedBy: 'me', stopReason: 'x' },
      { ...definition, tags: [{ key: 'c', value: 'd' }] },
    ],
  ])('does not depend on %s', (_what, job, said) => {
    expect(
      runDigest({ definition: job, options: { wait: 'exit', record: true, assume: 'done' } }, said, undefined),
    ).toBe(runDigest({ definition: launch, options: {} }, definition, undefined))
  })

  test('is not known while something in it is known only after apply', () => {
    const unknown = { ...launch, group: new Unknown('ecs_service:web') }
    expect(runDigest({ definition: unknown, options: {} }, definition, undefined)).toBeUndefined()
  })
})

describe('a record', () => {
  test.each([
    [record()],
    [record({ status: 'intent', token: 3 })],
    [record({ status: 'failed', attempt: 2, claim: '0123456789abcdef' })],
    [record({ status: 'refused' })],
  ])('reads as it was written: %j', written => {
    const tag = recordTag(digest(1), written)
    expect(recordsIn([tag]).get(digest(1))).toEqual(written)
    expect(tag.key).toHaveLength('ecs-particles:run/'.length + 32)
    expect(tag.value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u)
  })

  test.each(['', '2 done 1 0 0', 'done', '1 done 1 0', '1 done 1 0 0 xyz', '1 gone 1 0 0'])(
    'of another form is none: %j',
    value => {
      expect(recordsIn([{ key: `ecs-particles:run/${digest(1)}`, value }]).get(digest(1))).toBeUndefined()
    },
  )

  test('of another run is none', () => {
    expect(recordsIn([recordTag(digest(2), record())]).get(digest(1))).toBeUndefined()
  })

  test.each([
    ['a later attempt', record({ status: 'done' }), record({ status: 'intent', attempt: 1 })],
    ['a later token', record({ status: 'refused', token: 0 }), record({ status: 'intent', token: 1 })],
    ['an outcome before an intent', record({ status: 'intent', at: 2000 }), record({ status: 'failed', at: 1000 })],
    ['a done before a failed', record({ status: 'failed', at: 2000 }), record({ status: 'done', at: 1000 })],
    ['an intent before a refusal', record({ status: 'refused', at: 1000 }), record({ status: 'intent', at: 900 })],
  ])('of which there are several is the one with %s', (_what, less, more) => {
    for (const lists of [
      [less, more],
      [more, less],
    ])
      expect(recordsIn(lists.map(one => recordTag(digest(1), one))).get(digest(1))).toEqual(more)
  })
})

describe('records as tags', () => {
  const many = Array.from({ length: 30 }, (_, n) => [digest(n), record({ at: 1000 + n })] as const)
  const all = new Map(many)
  const keys = (tags: readonly { readonly key?: string | undefined }[]) => tags.map(({ key }) => key)

  test('share tags where there are more of them than room, and none is lost', () => {
    const { tags, omitted } = layout(all, 20, [])
    expect(omitted).toEqual([])
    expect(tags.length).toBeLessThanOrEqual(18)
    const read = recordsIn(tags)
    expect([...read.keys()].sort()).toEqual([...all.keys()].sort())
    expect([...read.values()].every(({ status }) => status === 'done')).toBe(true)
    // The newest keep all that is known of them.
    expect(read.get(digest(29))).toEqual(all.get(digest(29)))
    for (const { value = '' } of tags) {
      expect(value.length).toBeLessThanOrEqual(256)
      expect(value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u)
    }
  })

  test('that share one keep how they ended, and which attempt it was', () => {
    const mixed = new Map([
      [digest(1), record({ status: 'failed', attempt: 12 })],
      [digest(2), record({ status: 'refused', attempt: 1 })],
      [digest(3), record({ status: 'done' })],
    ])
    const read = recordsIn([sharedTag(0, [...mixed])])
    for (const [name, { status, attempt }] of mixed) expect(read.get(name)).toMatchObject({ status, attempt })
  })

  test.each(['', '2 d.AAAAAAAAAAAAAAAAAAAAAA', '1 d.short', '1 x.AAAAAAAAAAAAAAAAAAAAAA'])(
    'that share one of another form are none: %j',
    value => expect(recordsIn([{ key: 'ecs-particles:runs/0', value }]).size).toBe(0),
  )

  test('that have no room anywhere are the oldest, and named', () => {
    const few = layout(all, 3, [])
    expect(few.omitted).toEqual(
      many
        .slice(0, 27)
        .map(([name]) => name)
        .reverse(),
    )
    expect(layout(all, 0, []).omitted).toHaveLength(30)
  })

  test('of declared jobs, and of runs that are not known to have ended, keep a tag of their own, however old', () => {
    const open = new Map(all).set(digest(1), record({ status: 'intent', at: 1 }))
    const { tags } = layout(open, 13, [digest(0), digest(3)])
    expect(keys(tags)).toEqual(expect.arrayContaining([0, 1, 3].map(n => `ecs-particles:run/${digest(n)}`)))
    expect(layout(all, 48, [...all.keys()]).tags).toHaveLength(30)
  })

  test('of a new revision leave a manifest the room for its thirty tags', () => {
    expect(carriedTags(all, [], []).length).toBeLessThanOrEqual(19)
    expect(recordsIn(carriedTags(all, [], [])).size).toBe(30)
    expect(carriedTags(all, plain(30), []).length).toBeLessThanOrEqual(19)
    expect(carriedTags(all, plain(49), [])).toEqual([])
    expect(carriedTags(all, [], [...all.keys()])).toHaveLength(30)
  })

  test('find room beside other tags and the mark, fifty in all; those of AWS do not count', () => {
    expect(roomBeside([])).toBe(49)
    expect(roomBeside(plain(30))).toBe(19)
    expect(roomBeside([...plain(30), { key: 'aws:x', value: 'y' }, markerTag(3, 0)])).toBe(19)
    expect(roomBeside(plain(50))).toBe(0)
  })
})

describe('the mark of a revision that carries the record', () => {
  test.each([
    ['its own number', [markerTag(7, 0)], 7, 0],
    ['where to go on', [markerTag(7, 4)], 7, 4],
    ['another number, copied', [markerTag(6, 0)], 7, undefined],
    ['a newer one to go on at', [markerTag(7, 9)], 7, undefined],
    ['no mark', plain(2), 7, undefined],
    ['another form', [{ key: 'ecs-particles:record', value: '2 7' }], 7, undefined],
  ])('with %s', (_what, tags, revision, next) => {
    expect(markerOf(tags, revision)).toBe(next)
  })
})

describe('a release', () => {
  test('has run before when something of the same text has succeeded', () => {
    const claim = '0123456789abcdef0123456789abcdef'
    const signatures = { signature: claim, former: '0123456789abcdef' }
    const lists = (status: RunRecord['status']) => recordsIn([recordTag(digest(1), record({ status, claim }))])
    expect(hasRunBefore(signatures, lists('done'))).toBe(true)
    for (const status of ['intent', 'refused', 'failed'] as const)
      expect(hasRunBefore(signatures, lists(status))).toBe(false)
    const former = recordsIn([recordTag(digest(1), record({ status: 'done', claim: '0123456789abcdef' }))])
    expect(hasRunBefore(signatures, former)).toBe(true)
    for (const other of [{ signature: claim }, { signature: claim, former: 'fedcba9876543210' }, {}])
      expect(hasRunBefore(other, former)).toBe(false)
    expect(hasRunBefore({ signature: 'f'.repeat(32), former: '0123456789abcdef' }, lists('done'))).toBe(false)
    expect(hasRunBefore({}, recordsIn([recordTag(digest(1), { status: 'done', at: 1, attempt: 0, token: 0 })]))).toBe(
      false,
    )
  })
})

describe('another apply', () => {
  /** Revisions of one family, whose tags TagResource writes. */
  const described = (number: number, tags: readonly Tag[]) => ({
    taskDefinition: { family: 'a', revision: number, taskDefinitionArn: `arn:a:${number}`, status: 'ACTIVE' as const },
    tags: [...tags],
    $metadata: {},
  })

  test.each([
    [40, 0],
    [46, 1],
    [48, 1],
  ])('writes three records while one is written beside %i other tags: all of them are found', async (others, next) => {
    const [older, newer] = [described(1, [markerTag(1, 0)]), described(2, plain(others))]
    const family = new FamilyRecord('a', [digest(9)], { arn: 'arn:a:2', revision: 2 })
    family.begin(2)
    family.read(2, newer)
    family.read(1, older)
    older.tags.push(...[1, 2, 3].map(n => recordTag(digest(n), record())))
    const ecs = {
      run: {},
      taskDefinition: async (reference: string) => (/1$/.test(reference) ? older : newer),
      async call(name: string, { resourceArn, tags }: { resourceArn: string; tags: Tag[] }) {
        expect([name, resourceArn]).toEqual(['TagResource', 'arn:a:2'])
        const keys = new Set(tags.map(({ key }) => key))
        newer.tags = [...newer.tags.filter(({ key }) => !keys.has(key)), ...tags]
        expect(newer.tags.length).toBeLessThanOrEqual(50)
      },
    }
    await recordRun({ record: family, declared: [] }, digest(9), record(), ecs as unknown as Ecs)
    expect(markerOf(newer.tags, 2)).toBe(next)
    const all = recordsIn(next === 1 ? [...newer.tags, ...older.tags] : newer.tags)
    expect([...all.keys()].sort()).toEqual([1, 2, 3, 9].map(digest))
  })

  const intent = record({ status: 'intent' })
  test.each<[what: string, meanwhile: RunRecord, run: RunRecord, stays: boolean]>([
    ['asked for another attempt', record({ attempt: 1 }), record({ status: 'failed' }), true],
    ['went on with the next token', record({ token: 1 }), record({ status: 'refused' }), true],
    ['has run the job', record(), record({ status: 'refused' }), true],
    ['has only begun', intent, record({ status: 'refused' }), false],
    ['has seen it fail', record({ status: 'failed' }), record({ at: 2000 }), false],
    ['started nothing', record({ status: 'refused' }), record({ status: 'intent', token: 1 }), false],
  ])('%s: what it has recorded is not taken back', async (_what, meanwhile, run, stays) => {
    const only = described(1, [markerTag(1, 0), recordTag(digest(9), meanwhile)])
    const family = new FamilyRecord('a', [digest(9)], { arn: 'arn:a:1', revision: 1 })
    family.begin(1)
    family.read(1, described(1, [markerTag(1, 0)]))
    const ecs = {
      run: {},
      taskDefinition: async () => only,
      async call(_name: string, { tags }: { tags: Tag[] }) {
        only.tags = [...only.tags.filter(({ key }) => !tags.some(tag => tag.key === key)), ...tags]
      },
    }
    const write = (one: RunRecord) => recordRun({ record: family, declared: [] }, digest(9), one, ecs as unknown as Ecs)
    if (stays) await expect(write(intent)).rejects.toThrow('another apply has taken this run over meanwhile')
    await write(run)
    expect(recordsIn(only.tags).get(digest(9))).toMatchObject(stays ? meanwhile : run)
  })
})
