import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseAny } from '../../src/manifest/parse.ts'
import { readSimple } from '../../src/manifest/simple.ts'
import { runs } from '../runs.ts'

/** A tree with its places and the order of its keys. */
const spell = (value: unknown): string =>
  JSON.stringify(value, (_, inside) => (inside instanceof Map ? [...inside] : inside))

const agree = (text: string): boolean => {
  const simple = readSimple('a.yml', text)
  if (!simple) return false
  expect(spell({ documents: simple, problems: [] })).toBe(spell(parseAny('a.yml', text)))
  return true
}

const MANIFEST = `# Two services
---
flavor: ecs_task_definition
pcf_name: web   # the first
aws_resource:
  family: web-\${ENVIRONMENT}
  cpu: 256
  requiresCompatibilities: [FARGATE, EC2]
  tags: []
  containerDefinitions:
    - name: app
      image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/web:\${TAG}
      essential: true
      command: ["sh"]

      environment:
      - name: "QUOTED: yes # no comment"
        value: 'single "and" double'
      - name: URL
        value: http://example.com:8080/a#b
      dockerLabels: {}
---
- flavor: ecs_service
  parents:
    - ecs_cluster:main
    - quasiparticle:all
  aws_resource:
    role: $inherit$ecs_cluster:main$clusterArn
- - nested
  - 0
- plain
---
`.replace('command: ["sh"]', 'command: [sh]')

describe('what is simple', () => {
  test.each([
    ['a manifest', MANIFEST],
    ['a key and a value', 'a: b'],
    ['numbers', 'a: 0\nb: 10\nc: 123456789012345\n'],
    ['what looks like a number', 'a: 10.0.0.0/8\nb: 256Mi\nc: 1.2.3-rc\n'],
    ['truth', 'a: true\nb: false\nc: truely\n'],
    ['a list of lists', '- - a\n  - b\n- - - c\n'],
    ['a list as deep as its key', 'a:\n- b\n- c\nd: e\n'],
    ['windows of blank lines', '\n\na: b\n\n   \n# c\n  # d\nb: c\n'],
    ['an empty map and list', 'a: {}\nb: []\n'],
  ])('%s is read as the parser reads it', (_, text) => {
    expect(agree(text)).toBe(true)
  })

  test.each([
    ['nothing', ''],
    ['a key without a value', 'a:\nb: c\n'],
    ['the last key without a value', 'a: b\nc:\n'],
    ['a text over two lines', 'a: b\n  c\n'],
    ['an element over two lines', '- b\n  c\n'],
    ['a block of text', 'a: |\n  b\n'],
    ['an anchor', 'a: &b c\n'],
    ['an alias', 'a: *b\n'],
    ['a tag', 'a: !!str 1\n'],
    ['a merge', '<<: {}\n'],
    ['a key twice', 'a: b\na: c\n'],
    ['a number as a key', '1: b\n'],
    ['null as a key', 'null: b\n'],
    ['null', 'a: null\n'],
    ['a float', 'a: 1.10\n'],
    ['an octal number', 'a: 012\n'],
    ['a number too large', 'a: 1234567890123456\n'],
    ['True', 'a: True\n'],
    ['two keys on a line', 'a: b: c\n'],
    ['crooked keys', 'a: b\n c: d\n'],
    ['crooked elements', 'a:\n  - b\n - c\n'],
    ['a list after a map', 'a: b\n- c\n'],
    ['a key after a list', '- c\na: b\n'],
    ['two blanks after a dash', '-  a\n'],
    ['a tab', 'a:\tb\n'],
    ['line ends of Windows', 'a: b\r\n'],
    ['letters beyond ASCII', 'a: ü\n'],
    ['a comment behind a quote', 'a: "b" # c\n'],
    ['an escape', 'a: "\\n"\n'],
    ['quotes within quotes', "a: 'it''s'\n"],
    ['an empty document', 'a: b\n---\n---\nc: d\n'],
    ['an end mark', 'a: b\n...\n'],
    ['a directive', '%YAML 1.2\n---\na: b\n'],
    ['a document on the line of its mark', '--- a\n'],
    ['a plain text', 'a\n'],
    ['JSON', '{"a": "b"}\n'],
    ['a colon at the end', 'a: b:\n'],
    ['a list without blanks', 'a: [b,c]\n'],
  ])('%s is not', (_, text) => {
    expect(readSimple('a.yml', text)).toBeUndefined()
  })
})

const BITS = [
  ' ',
  '  ',
  '\n',
  '- ',
  '-',
  ': ',
  ':',
  ',',
  ', ',
  '#',
  ' #',
  '"',
  "'",
  '[',
  ']',
  '{',
  '}',
  '[a, b]',
  '0',
  '1',
  '.',
  'e',
  'x',
  '$',
  '/',
  '&a ',
  '*a',
  '!a ',
  '|',
  '>',
  '%',
  '@',
  '?',
  '? ',
  '~',
  'null',
  'true',
  '---\n',
  '...\n',
  'a: b\n',
  '- c\n',
  '\\',
  '  - d: e\n',
]
const spot = fc.double({ min: 0, max: 1, noNaN: true })
const change = fc.oneof(
  fc.record({ kind: fc.constant('insert' as const), at: spot, bit: fc.constantFrom(...BITS) }),
  fc.record({ kind: fc.constant('remove' as const), at: spot, length: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ kind: fc.constant('indent' as const), at: spot, by: fc.constantFrom(-2, -1, 1, 2) }),
  fc.record({ kind: fc.constant('drop' as const), at: spot }),
)
type Change = typeof change extends fc.Arbitrary<infer Kind> ? Kind : never

function apply(text: string, one: Change): string {
  if (one.kind === 'insert' || one.kind === 'remove') {
    const at = Math.floor(one.at * text.length)
    return (
      text.slice(0, at) +
      (one.kind === 'insert' ? one.bit : '') +
      text.slice(at + (one.kind === 'remove' ? one.length : 0))
    )
  }
  const lines = text.split('\n')
  const at = Math.floor(one.at * lines.length)
  const line = lines[at] ?? ''
  if (one.kind === 'drop') lines.splice(at, 1)
  else lines[at] = one.by > 0 ? ' '.repeat(one.by) + line : line.replace(new RegExp(`^ {0,${-one.by}}`), '')
  return lines.join('\n')
}

// More of them find more: RUNS=100000 takes a minute.
const RUNS = runs(2_000)

test('whatever is read simply is what the parser reads, places and order included', () => {
  let simple = 0
  fc.assert(
    fc.property(fc.array(change, { maxLength: 4 }), fc.integer({ min: 0, max: 20 }), (changes, from) => {
      const lines = MANIFEST.split('\n').slice(from)
      if (agree(changes.reduce(apply, lines.join('\n')))) simple++
    }),
    { numRuns: RUNS },
  )
  // Otherwise this would say nothing.
  expect(simple).toBeGreaterThan(RUNS / 20)
}, 300_000)
