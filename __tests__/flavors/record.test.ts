import { describe, expect, test } from '@jest/globals'
import {
  carriedForward,
  hasRunBefore,
  type RunRecord,
  recordOf,
  recordTag,
  runDigest,
  surplus,
} from '../../src/flavors/record.ts'
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
    expect(recordOf(digest(1), [[tag]])).toEqual(written)
    expect(tag.key).toHaveLength('ecs-particles:run/'.length + 32)
    expect(tag.value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u)
  })

  test.each(['', '2 done 1 0 0', 'done', '1 done 1 0', '1 done 1 0 0 xyz', '1 gone 1 0 0'])(
    'of another form is none: %j',
    value => {
      expect(recordOf(digest(1), [[{ key: `ecs-particles:run/${digest(1)}`, value }]])).toBeUndefined()
    },
  )

  test('of another run is none', () => {
    expect(recordOf(digest(1), [[recordTag(digest(2), record())]])).toBeUndefined()
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
      expect(
        recordOf(
          digest(1),
          lists.map(one => [recordTag(digest(1), one)]),
        ),
      ).toEqual(more)
  })
})

describe('records that are carried forward', () => {
  const many = Array.from({ length: 30 }, (_, n) => recordTag(digest(n), record({ at: 1000 + n })))

  test('are the newest twenty of all revisions, each once', () => {
    const carried = carriedForward([many.slice(0, 20), many.slice(10)])
    expect(carried).toEqual(many.slice(10).reverse())
  })

  test('are no other tags', () => {
    expect(carriedForward([[...plain(3), { key: 'ecs-particles:other', value: 'x' }]])).toEqual([])
  })

  test('find room beside other tags, fifty in all; those of AWS do not count', () => {
    expect(carriedForward([many], plain(30))).toHaveLength(20)
    expect(carriedForward([many], plain(45))).toEqual(many.slice(25).reverse())
    expect(carriedForward([many], plain(50))).toEqual([])
    expect(carriedForward([many], [...plain(30), { key: 'aws:x', value: 'y' }])).toHaveLength(20)
  })

  test('make room for one more by letting the oldest go', () => {
    const full = many.slice(10)
    expect(surplus(digest(99), full)).toEqual([full[0]?.key])
    expect(surplus(digest(15), full)).toEqual([])
    expect(surplus(digest(99), full.slice(1))).toEqual([])
    expect(surplus(digest(99), [...plain(45), ...full.slice(15)])).toEqual([full[15]?.key])
  })

  test('never lose a run that is declared, however old', () => {
    const declared = [digest(0), digest(3)]
    const carried = carriedForward([many], [], declared).map(({ key }) => key)
    expect(carried).toHaveLength(20)
    expect(carried.slice(-2)).toEqual([many[3]?.key, many[0]?.key])
    expect(surplus(digest(99), many, declared)).toEqual(
      many.filter((_, n) => n !== 0 && n !== 3 && n < 13).map(({ key }) => key),
    )
    const all = many.map((_, n) => digest(n))
    expect(carriedForward([many], [], all)).toHaveLength(30)
    expect(surplus(digest(99), many, all)).toEqual([])
  })
})

describe('a release', () => {
  test('has run before when something of the same text has succeeded', () => {
    const claim = '0123456789abcdef0123456789abcdef'
    const signatures = { signature: claim, former: '0123456789abcdef' }
    const lists = (status: RunRecord['status']) => [[recordTag(digest(1), record({ status, claim }))]]
    expect(hasRunBefore(signatures, lists('done'))).toBe(true)
    for (const status of ['intent', 'refused', 'failed'] as const)
      expect(hasRunBefore(signatures, lists(status))).toBe(false)
    const former = [[recordTag(digest(1), record({ status: 'done', claim: '0123456789abcdef' }))]]
    expect(hasRunBefore(signatures, former)).toBe(true)
    for (const other of [{ signature: claim }, { signature: claim, former: 'fedcba9876543210' }, {}])
      expect(hasRunBefore(other, former)).toBe(false)
    expect(hasRunBefore({ signature: 'f'.repeat(32), former: '0123456789abcdef' }, lists('done'))).toBe(false)
    expect(hasRunBefore({}, [[recordTag(digest(1), { status: 'done', at: 1, attempt: 0, token: 0 })]])).toBe(false)
  })
})
