import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isRelease } from '../../src/engine/release.ts'
import type { ScalarNode, TextPart } from '../../src/particle.ts'

const place = { file: 'a.yml', line: 1, column: 1 }
const policy = {
  releaseVariables: new Set(['TAG', 'BUILD']),
  secretVariables: new Set<string>(),
  revealed: () => true,
}
const text = (...parts: TextPart[]): ScalarNode => ({
  kind: 'scalar',
  place,
  value: parts.map(part => (typeof part === 'string' ? part : part.value)).join(''),
  parts,
})
const tag: TextPart = { variable: 'TAG', value: '1.0' }
const build: TextPart = { variable: 'BUILD', value: '7' }
const other: TextPart = { variable: 'STAGE', value: 'prod' }

/** The same question, asked of a regular expression. */
function byPattern({ parts = [] }: ScalarNode, live: string): boolean {
  if (!parts.some(part => typeof part !== 'string' && policy.releaseVariables.has(part.variable))) return false
  const pattern = parts
    .map(part => {
      if (typeof part !== 'string' && policy.releaseVariables.has(part.variable)) return '.*'
      return (typeof part === 'string' ? part : part.value).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    })
    .join('')
  return new RegExp(`^${pattern}$`, 's').test(live)
}

describe('a live value that a text with release variables can produce', () => {
  test.each<[string, ScalarNode, unknown, boolean]>([
    ['another value', text('web:', tag), 'web:2', true],
    ['no value at all', text('web:', tag), 'web:', true],
    ['another text before', text('web:', tag), 'api:2', false],
    ['another text behind', text(tag, '-arm'), '2-x86', false],
    ['before and behind, over each other', text('ab', tag, 'bc'), 'abc', false],
    ['two values', text('v', tag, '-', build), 'v2-3-4', true],
    ['without what stands between', text('v', tag, '-', build), 'v23', false],
    ['the end that stands in the middle too', text(tag, 'a', build, 'a'), 'a', false],
    ['another variable by its value', text('web-', other, ':', tag), 'web-prod:2', true],
    ['another value of another variable', text('web-', other, ':', tag), 'web-test:2', false],
    ['several lines', text('a', tag, 'z'), 'a\n\nz', true],
    ['a number', text(tag), 42, true],
    ['something else', text(tag), { a: 1 }, false],
    ['nothing', text(tag), undefined, false],
    ['no release variable', text('web'), 'web', false],
  ])('%s', (_, node, live, is) => {
    expect(isRelease(node, live, policy)).toBe(is)
  })

  test('is the same as a pattern says', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n'), maxLength: 3 })
    const part = fc.oneof(
      letters,
      fc.constantFrom(tag, build),
      fc.constant<TextPart>({ variable: 'STAGE', value: 'ab' }),
    )
    const live = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n'), maxLength: 12 })
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 7 }), live, (parts, value) => {
        const node = text(...parts)
        expect(isRelease(node, value, policy)).toBe(byPattern(node, value))
      }),
      { numRuns: 3_000 },
    )
  })
})
