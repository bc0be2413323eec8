import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Change, Value } from '../../src/compare/change.ts'
import { parsePath } from '../../src/compare/path.ts'
import type { Step } from '../../src/engine/document.ts'
import { aroundTheDifference, diffLines, stepDiff } from '../../src/render/diff.ts'
import { valueText } from '../../src/render/value.ts'
import { hostileText } from './hostile.ts'

const diff = (...changes: Change[]) => diffLines(changes, { particle: 'ecs_service:web', most: 400 })

describe('a step', () => {
  const step: Step = {
    particle: 'ecs_task_definition:web',
    transition: 'update',
    from: 'running',
    to: 'running',
    changes: [{ path: 'memory', before: '512', after: '1024' }],
    dependsOn: [],
    risks: [],
    source: { file: 'web.yml', line: 1 },
  }

  test('shows what it keeps from somebody else, and hides what is hidden of it', () => {
    const kept: Change[] = [
      { path: 'containerDefinitions[web].image', after: 'web:9' },
      { path: 'containerDefinitions[web].environment[A].value', sensitive: true },
      { path: 'containerDefinitions[web].user' },
    ]
    expect(stepDiff({ ...step, kept }, {}, 400)).toEqual([
      '! memory  "512" → "1024"',
      '  kept from what runs, because the manifest ignores it:',
      '  containerDefinitions[web].image           web:9',
      '  containerDefinitions[web].environment[A]  (hidden)',
      '  containerDefinitions[web].user            (left out)',
    ])
  })

  test('that ends what somebody started says so where no table does', () => {
    const end: Step = { ...step, transition: 'terminate', to: 'terminated', changes: [], origin: 'drift' }
    expect(stepDiff(end, {}, 400, 'an apply')).toEqual(['  drift: somebody started it in AWS; an apply ends it again'])
    expect(stepDiff(end, {}, 400)).toEqual([])
  })

  test('shows what changes in what runs', () => {
    const follows: Change[] = [{ path: 'containerDefinitions[web].image', before: 'web:1', after: 'web:4' }]
    expect(
      stepDiff({ ...step, changes: [{ path: 'taskDefinition', before: 'web:1', after: 'web:4' }], follows }, {}, 400),
    ).toEqual([
      '! taskDefinition  web:1 → web:4',
      '  what it runs changes with that:',
      '! containerDefinitions[web].image  web:1 → web:4',
    ])
  })
})

describe('a change', () => {
  test.each<[string, Change, string[]]>([
    ['of a number', { path: 'desiredCount', before: 4, after: 6 }, ['! desiredCount  4 → 6']],
    ['of text to nothing', { path: 'role', before: 'ecs' }, ['- role  ecs']],
    ['from nothing', { path: 'cpu', after: '256' }, ['+ cpu  "256"']],
    ['that is hidden', { path: 'environment[A].value', sensitive: true }, ['! environment[A]  (hidden, changes)']],
    [
      'to something hidden from nothing',
      { path: 'environment[A].value', sensitive: true, action: 'add' },
      ['+ environment[A]  (hidden)'],
    ],
    [
      'of something hidden to nothing',
      { path: 'environment[A].value', sensitive: true, action: 'remove' },
      ['- environment[A]'],
    ],
    [
      'that takes another member away',
      { path: 'launchType', after: 'FARGATE', removes: [{ path: 'capacityProviderStrategy', before: ['SPOT'] }] },
      ['+ launchType                FARGATE', '- capacityProviderStrategy  ["SPOT"]'],
    ],
    [
      'to a new revision',
      { path: 'taskDefinition', before: 'web:1', after: { unknown: 'ecs_task_definition:web' } },
      ['! taskDefinition  web:1 → the new revision of ecs_task_definition:web'],
    ],
    [
      'to what its own start tells',
      { path: 'arn', after: { unknown: 'ecs_service:web' } },
      ['+ arn  (known after apply)'],
    ],
    [
      'to what another start tells',
      { path: 'cluster', after: { unknown: 'ecs_cluster:main' } },
      ['+ cluster  (known after apply of ecs_cluster:main)'],
    ],
    ['of a list', { path: 'subnets', before: ['a'], after: ['a', 'b'] }, ['! subnets  ["a"] → ["a", "b"]']],
    ['to null', { path: 'role', before: 'x', after: null }, ['! role  x → null']],
    [
      'with a key that looks like more',
      { path: 'dockerLabels[a → b]', before: 'c', after: 'd' },
      ['! "dockerLabels[a → b]"  c → d'],
    ],
  ])('%s', (_, change, lines) => expect(diff(change)).toEqual(lines))

  test('too long for one line stands on two', () => {
    expect(diff({ path: 'command', before: 'a'.repeat(80), after: 'b'.repeat(80) })).toEqual([
      `- command  ${'a'.repeat(80)}`,
      `+ command  ${'b'.repeat(80)}`,
    ])
  })
})

test('what differs in long values stands where it is seen', () => {
  const command = (workers: number) => [
    ...Array.from({ length: 40 }, (_, index) => `--option-${index}`),
    `--workers=${workers}`,
  ]
  const lines = diffLines([{ path: 'command', before: command(4), after: command(8) }], {
    particle: 'ecs_service:web',
    most: 2000,
  })
  expect(lines).toEqual([
    '- command  … 562 equal characters …--option-38", "--option-39", "--workers=4"]',
    '+ command  … 562 equal characters …--option-38", "--option-39", "--workers=8"]',
  ])
})

test('what lies under one path is grouped', () => {
  expect(
    diff(
      { path: 'containerDefinitions[web].image', before: 'a', after: 'b' },
      { path: 'containerDefinitions[web].healthCheck.startPeriod', after: 30 },
      { path: 'containerDefinitions[web].healthCheck.retries', after: 3 },
      { path: 'tags[com.example.x].value', before: 'y' },
    ),
  ).toEqual([
    '  containerDefinitions[web]',
    '!   image              a → b',
    '    healthCheck',
    '+     startPeriod      30',
    '+     retries          3',
    '- tags[com.example.x]  y',
  ])
})

test.each([
  ['a.b', ['a', 'b']],
  ['a[b.c].d', ['a[b.c]', 'd']],
  ['a[b[c].d].e', ['a[b[c].d]', 'e']],
  ['', ['']],
  ['a]b.c', ['a]b', 'c']],
])('%s is taken apart', (path, steps) => expect(parsePath(path).map(({ text }) => text)).toEqual(steps))

describe('a value cannot be taken for another', () => {
  test.each<[Value, string]>([
    ['web:41', 'web:41'],
    ['two words', 'two words'],
    ['4', '"4"'],
    ['true', '"true"'],
    ['null', '"null"'],
    ['1e3', '"1e3"'],
    ['', '""'],
    [' a', '" a"'],
    ['(hidden)', '"(hidden)"'],
    ['the new revision of x', '"the new revision of x"'],
    ['a → b', '"a → b"'],
    ['["a"]', '"[\\"a\\"]"'],
    ['a\nb', '"a\\nb"'],
    ['a\u202eb', '"a\\u202eb"'],
    ['\\u202e', '"\\\\u202e"'],
    [['a', 4, null, true], '["a", 4, null, true]'],
    [{ a: { b: 'c' } }, '{"a": {"b": "c"}}'],
  ])('%j', (value, text) => expect(valueText(value)).toBe(text))

  test('different texts look different', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (a, b) => {
        fc.pre(a !== b)
        expect(valueText(a)).not.toBe(valueText(b))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('two long texts', () => {
  test('are cut where they are equal', () => {
    const [was, is] = aroundTheDifference(
      `${'a'.repeat(5000)}x${'b'.repeat(5000)}`,
      `${'a'.repeat(5000)}y${'b'.repeat(5000)}`,
      400,
    )
    expect(was).toBe(`… 4,960 equal characters …${'a'.repeat(40)}x${'b'.repeat(40)}… 4,960 equal characters …`)
    expect(is).toBe(was.replace('x', 'y'))
  })

  test('that differ stay different, and short', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 2000 }),
        fc.string({ maxLength: 2000 }),
        fc.string({ minLength: 1, maxLength: 5 }),
        (start, end, middle) => {
          const [was, is] = aroundTheDifference(`${start}${end}`, `${start}${middle}${end}`, 300)
          expect(was).not.toBe(is)
          expect(Math.max(was.length, is.length)).toBeLessThanOrEqual(400)
        },
      ),
    )
  })
})
