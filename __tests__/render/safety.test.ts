import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { marker } from '../../src/render/comment.ts'
import {
  code,
  cut,
  fence,
  fencedLine,
  logLine,
  mermaidLabel,
  prose,
  proseWithNames,
  visible,
  webAddress,
} from '../../src/render/escape.ts'
import { byteSize } from '../../src/render/fit.ts'
import { renderPlanText, renderReportText } from '../../src/render/log.ts'
import { renderPlan } from '../../src/render/plan.ts'
import { renderReport } from '../../src/render/report.ts'
import { runs } from '../runs.ts'
import { hostileContext, hostilePlan, hostileReport, hostileText } from './hostile.ts'
import { structure } from './structure.ts'

const texts = fc.array(hostileText, { minLength: 3, maxLength: 12 })
const harmless = ['harmless', 'words', 'alone']

describe('hostile text anywhere', () => {
  test('never changes what a plan is built of', () => {
    fc.assert(
      fc.property(texts, fc.nat(6), fc.nat(5), (hostile, steps, changes) => {
        const limit = 1 << 24
        const render = (words: readonly string[]) => {
          const { problems, skipped, ...context } = hostileContext(words, limit)
          return structure(renderPlan(hostilePlan(words, steps, changes), context).text)
        }
        const { links, ...found } = render(hostile)
        const { links: own, ...expected } = render(harmless)
        // Only the diffs of equal particles may differ in number of lines, and nothing else in anything.
        expect(found).toEqual(expected)
        expect(links.every(link => link.startsWith('https://github.com/'))).toBe(true)
        expect(own.length).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: runs(1000) },
    )
  })

  test('never changes what a report is built of', () => {
    fc.assert(
      fc.property(texts, fc.nat(6), fc.nat(5), fc.boolean(), (hostile, steps, result, planned) => {
        const render = (words: readonly string[]) =>
          structure(
            renderReport(
              hostileReport(words, steps, result),
              planned ? hostilePlan(words, steps, 2) : undefined,
              hostileContext(words, 1 << 24),
            ).text,
          )
        const { links, fences, ...found } = render(hostile)
        const { links: _, fences: __, ...expected } = render(harmless)
        expect(found).toEqual(expected)
        expect(links.every(link => link.startsWith('https://github.com/'))).toBe(true)
        expect(fences).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: runs(1000) },
    )
  })

  test('stays in its place on every rung, and under every limit', () => {
    fc.assert(
      fc.property(texts, fc.nat(8), fc.integer({ min: 0, max: 12_000 }), fc.nat(3), (hostile, steps, limit, kind) => {
        const plan = hostilePlan(hostile, steps, 4)
        const context = hostileContext(hostile, limit)
        const { problems, ...calm } = context
        const { text, leftOut } =
          kind === 0
            ? renderPlan(undefined, context)
            : kind === 1
              ? renderPlan(plan, context)
              : kind === 2
                ? renderPlan(plan, calm)
                : renderReport(hostileReport(hostile, steps, limit), plan, context)
        expect(byteSize(text)).toBeLessThanOrEqual(limit)
        expect(text.length).toBeLessThanOrEqual(limit)
        if (text !== '') structure(text)
        else expect(leftOut).not.toEqual([])
      }),
      { numRuns: runs(1000) },
    )
  })

  test('never commands the runner', () => {
    fc.assert(
      fc.property(texts, fc.nat(6), fc.nat(5), (hostile, steps, result) => {
        const plan = hostilePlan(hostile, steps, 3)
        for (const text of [
          renderPlanText(plan),
          renderReportText(hostileReport(hostile, steps, result), plan, hostileContext(hostile, 1)),
        ])
          for (const line of text.split('\n')) {
            const seen = line.replaceAll('\u200b', '')
            if (/^\s*::/.test(line) || line.includes('##[') || visible(seen) !== seen) expect(line).toBe('a safe line')
          }
      }),
      { numRuns: runs(1000) },
    )
  })

  test('never ends a marker', () => {
    fc.assert(
      fc.property(hostileText, text => expect(marker(text)).toMatch(/^<!-- ecs-particles:[^<>\n]* -->$/)),
      { numRuns: runs(1000) },
    )
  })

  test('never ends a fence', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 1 }), lines => {
        const [first, ...rest] = fence('text', lines.map(fencedLine)).split('\n')
        const bar = first?.slice(0, -'text'.length) ?? ''
        expect(rest).toHaveLength(lines.length + 1)
        expect(rest.findIndex(line => line.trim().startsWith(bar))).toBe(lines.length)
      }),
      { numRuns: runs(1000) },
    )
  })
})

describe('what a reader sees', () => {
  test.each([
    ['a right-to-left override', 'a\u202eb', 'a\\u202eb'],
    ['a zero-width space', 'a\u200bb', 'a\\u200bb'],
    ['a tag character', 'a\u{e0041}', 'a\\u{e0041}'],
    ['half of a pair', 'a\ud83d', 'a\\ud83d'],
    ['a whole pair', '🔴', '🔴'],
    ['a no-break space', 'a\u00a0b', 'a\\u00a0b'],
    ['line ends', 'a\r\nb\tc', 'a\\r\\nb\\tc'],
    ['marks in a pile', 'e\u0301\u0301\u0301', 'e\u0301\u0301\\u0301'],
    ['a mark with nothing under it', '\u0338x', '\\u0338x'],
    ['other alphabets', 'Übergröße Ελλάδα 日本', 'Übergröße Ελλάδα 日本'],
  ])('%s', (_, text, seen) => expect(visible(text)).toBe(seen))

  test.each([
    ['a mention', 'thanks @octocat', 'thanks @&#8203;octocat'],
    ['an issue', 'see #12 and acme/shop#3', 'see #&#8288;12 and acme/shop#&#8288;3'],
    ['an advisory', 'GH-1 CVE-2024-1', 'GH-&#8203;1 CVE-&#8203;2024-1'],
    ['an address', 'at https://a.example, www.b.example', 'at https:&#8203;//a.example, www&#8203;.b.example'],
    ['a link', '[a](b)', '&#91;a&#93;(b)'],
    ['a tag', '<b>&', '&lt;b&gt;&amp;'],
    ['a table', 'a|b\\|c', 'a&#124;b&#92;&#124;c'],
    ['names', 'ecs_service:web_1, _not_', 'ecs_service:web_1, &#95;not&#95;'],
    ['an ARN', 'arn:aws:ecs:us-east-1:123456789012:cluster/main', 'arn:aws:ecs:us-east-1:123456789012:cluster/main'],
    ['a commit', 'of 3f2a9c1d5b', 'of 3f2a9c&#8203;1d5b'],
    ['two lines', 'a\n  # b', 'a # b'],
    ['a heading', '# a', '&#35; a'],
    ['a list', '1. a', '&#49;. a'],
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['an emoji', ':tada:', ':&#8203;tada:'],
    ['a formula', '$x$', '<span>$</span>x<span>$</span>'],
  ])('%s in a paragraph', (_, text, markdown) => expect(prose(text)).toBe(markdown))

  test.each([
    ['a particle', 'needs ecs_task:migrate.', 'needs `ecs_task:migrate`.'],
    ['an instance', 'i-0a1b2c3d4e5f67890 is lost', '`i-0a1b2c3d4e5f67890` is lost'],
    ['a task', 'task 0123456789abcdef0123456789abcdef stopped', 'task `0123456789abcdef0123456789abcdef` stopped'],
    ['a revision', '6 of 6 tasks run web:42', '6 of 6 tasks run `web:42`'],
    ['a time', 'at 12:04:11, 2026-03-01T12:00:00Z', 'at 12:04:11, 2026-03-01T12:00:00Z'],
    ['an image', 'pulls r.example:5000/a/web:1.9@sha256:0a1b2c3d', 'pulls `r.example:5000/a/web:1.9@sha256:0a1b2c3d`'],
    [
      'an ARN',
      'User: arn:aws:sts::123456789012:assumed-role/a/b.',
      'User: `arn:aws:sts::123456789012:assumed-role/a/b`.',
    ],
    ['an action', 'perform: ecs:RunTask on it', 'perform: `ecs:RunTask` on it'],
    [
      'a member',
      'say custom_config.allow_replace: true; launchType',
      'say `custom_config.allow_replace: true`; `launchType`',
    ],
    ['a variable', '${HOST} is not set', '<code><span>$</span>{HOST}</code> is not set'],
    ['a variable with a default', 'or ${A:-b}', 'or <code><span>$</span>{A:-b}</code>'],
    ['an address', 'https://a.example/b/c:1', 'https:&#8203;//a.example/b/c:1'],
    ['a block', '1. ecs_task:a', '&#49;. `ecs_task:a`'],
    ['words alone', 'and/or: @octocat, #12', 'and/or: @&#8203;octocat, #&#8288;12'],
  ])('%s in a sentence can be copied', (_, text, markdown) => expect(proseWithNames(text)).toBe(markdown))

  test.each([
    ['a name', 'ecs_service:web', '`ecs_service:web`'],
    ['a path', 'settings[containerInsights].value', '`settings[containerInsights].value`'],
    ['a backtick', 'a`b', '<code>a&#96;b</code>'],
    ['a bar', 'a|b', '<code>a&#124;b</code>'],
    ['nothing', '', '<code></code>'],
    ['what cannot be seen', 'a\u200b', '<code>a&#92;u200b</code>'],
  ])('%s as code', (_, text, markdown) => expect(code(text)).toBe(markdown))

  test.each([
    ['quotes', '"]; click', '#34;#93;#59; click'],
    ['a name', 'task definition web-1', 'task definition web-1'],
    ['a long one', 'x'.repeat(100), `${'x'.repeat(20)}#8230; 70 characters #8230;${'x'.repeat(10)}`],
  ])('%s in a picture', (_, text, label) => expect(mermaidLabel(text)).toBe(label))

  test.each([
    ['a command', '::error::x', ':::error::x'],
    ['a command after spaces', '  ::error::x', '  :::error::x'],
    ['an old command', 'a ##[error]x', 'a ##[error]x'],
    ['colours', '\u001b[31mred', 'red'],
    ['a second line', 'a\n::error::x', 'a\\n::error::x'],
  ])('%s in the log', (_, text, line) => {
    const plain = logLine(text)
    expect(plain.trimStart().startsWith('::')).toBe(false)
    expect(plain).not.toContain('##[')
    expect(plain.replaceAll('\u200b', '')).toBe(line.replace(/^(\s*):::/, '$1::'))
  })

  test('long text is cut in the middle, with a count, between characters', () => {
    expect(cut('a'.repeat(2000), 100)).toBe(`${'a'.repeat(47)}… 1,930 characters …${'a'.repeat(23)}`)
    expect(cut('short', 5)).toBe('short')
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 60, maxLength: 200 }),
        fc.integer({ min: 40, max: 60 }),
        (text, most) => {
          expect(cut(text, most)).not.toMatch(/\p{Cs}/u)
          expect(cut(text, most).length).toBeLessThanOrEqual(most)
        },
      ),
    )
  })

  test('only addresses of the web become links', () => {
    expect(webAddress('https://github.com/acme/shop/actions/runs/1')).toBe(
      'https://github.com/acme/shop/actions/runs/1',
    )
    expect(webAddress('https://github.com/a b)](x "y')).toBe('https://github.com/a%20b%29%5D%28x%20%22y')
    for (const address of ['javascript:alert(1)', 'https://a@evil.example', '//evil.example', 'https://', ''])
      expect(webAddress(address)).toBeUndefined()
  })
})
