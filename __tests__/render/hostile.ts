import fc from 'fast-check'
import type { Change, Value } from '../../src/compare/change.ts'
import type { Plan, Reason, Report, Result, Step, StepResult, Transition } from '../../src/engine/document.ts'
import type { ParticleId, Problem, State } from '../../src/particle.ts'
import type { Context } from '../../src/render/comment.ts'

/** What somebody would write who wants a comment to do more than be read. */
const attacks = [
  '</details>',
  '</summary>',
  '</code></b>',
  '<details>',
  '<!--',
  '-->',
  '<img src=x onerror=alert(1)>',
  '<script>',
  '```',
  '`````',
  '~~~',
  '``',
  '`',
  '|',
  '\\|',
  '\\',
  '\n',
  '\r\n',
  '\n\n',
  '\n```\n',
  '\n| a | b |\n|---|---|\n',
  '\n- + ! ',
  '\t',
  '@octocat',
  '@acme/team',
  'a@b.example',
  '#123',
  'GH-12',
  'acme/shop#1',
  'CVE-2024-1234',
  'https://evil.example',
  'http://evil.example/a_b',
  'www.evil.example',
  '_www.evil.example',
  'mailto:a@b.example',
  '[Run](https://evil.example)',
  '![x](https://evil.example)',
  '[x]: https://evil.example',
  '[!WARNING]',
  '[^1]',
  '<https://evil.example>',
  'deadbeef',
  '3f2a9c1d5b7e8f0a1b2c3d4e5f60718293a4b5c6',
  ':tada:',
  '$x$',
  '$$',
  '$`x`$',
  '&lt;b&gt;',
  '&#96;',
  '&',
  '**',
  '__',
  '~~',
  '_',
  '# ',
  '> ',
  '1. ',
  '===',
  '---',
  ' → ',
  '(hidden)',
  'the new revision of x',
  '\u202e',
  '\u200b',
  '\u2066',
  '\ufeff',
  '\u00ad',
  '\u{e0041}',
  '\ud800',
  '\udfff',
  '\u0000',
  '\u0007',
  '\u0301\u0301\u0301\u0301',
  '\u00a0',
  '\u2028',
  '\u001b[31m',
  '\u001b]8;;https://evil.example\u0007x\u001b]8;;\u0007',
  '::error::x',
  '::set-output name=a::b',
  '##[error]x',
  '"];click n0 "https://evil.example"',
  '%%{init: {}}%%',
  '#quot;',
  ';',
  'end',
  '🔴 delete',
  '{"unknown":"x"}',
  '…',
  '/',
  ':',
  '.',
  '[',
  ']',
  ' ',
  '  ',
]

/** Any text at all, with attacks in it more often than not. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(fc.constantFrom(...attacks), { minLength: 1, maxLength: 6 }).map(all => all.join('')),
  },
  {
    weight: 3,
    arbitrary: fc
      .array(fc.oneof(fc.constantFrom(...attacks), fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 6 })
      .map(all => all.join('')),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
      .map(units => String.fromCharCode(...units)),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 200, maxLength: 1500 }) },
)

/** Texts one after another, so that every place where one can stand takes a new one. */
type Take = () => string

const takeFrom = (texts: readonly string[]): Take => {
  let next = 0
  return () => texts[next++ % texts.length] ?? ''
}

const id = (take: Take, flavor: string): ParticleId => `${flavor}:${take()}`

const value = (take: Take, kind: number): Value | undefined => {
  const values: (Value | undefined)[] = [
    take(),
    undefined,
    [take(), take()],
    { [take()]: take() },
    { unknown: `ecs_task_definition:${take()}` },
    4,
    null,
  ]
  return values[kind % values.length]
}

function change(take: Take, kind: number): Change {
  const path = kind % 2 ? take() : `containerDefinitions[${take()}].dockerLabels[${take()}]`
  if (kind % 5 === 0) return { path, sensitive: true }
  const [before, after] = [value(take, kind), value(take, kind * 3 + 1)]
  return { path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }
}

const flavors = ['ecs_service', 'ecs_task', 'ecs_cluster', 'ecs_task_definition', 'ecs_instance']
const transitions: readonly Transition[] = ['start', 'update', 'replace', 'stop', 'terminate', 'wait']
const results: readonly Result[] = ['running', 'succeeded', 'failed', 'refused', 'cancelled', 'superseded']
const stepResults: readonly StepResult[] = ['running', 'succeeded', 'failed', 'skipped', 'cancelled']
const reasons: readonly Reason[] = ['equivalent', 'done', 'failed', 'protected', 'pinned', 'reference']

const at = <T>(list: readonly T[], index: number, otherwise: T): T => list[index % list.length] ?? otherwise

/** A plan with hostile text wherever text can stand. The shape depends on the numbers alone, never on the text. */
export function hostilePlan(texts: readonly string[], steps: number, changes: number): Plan {
  const take = takeFrom(texts)
  const all: Step[] = Array.from({ length: steps }, (_, index) => ({
    particle: id(take, at(flavors, index, 'ecs_service')),
    transition: at(transitions, index, 'update'),
    from: 'running',
    to: 'running',
    changes: Array.from({ length: changes }, (_, kind) => change(take, kind + index)),
    dependsOn: [id(take, 'ecs_cluster')],
    risks: index % 2 ? [take(), take()] : [],
    ...(index % 6 === 5 ? { why: take() } : {}),
    ...(index % 4 === 1 ? { protected: [change(take, index)] } : {}),
    source: { file: take(), line: index },
  }))
  return {
    version: 1,
    environment: take(),
    region: take(),
    account: take(),
    digest: take(),
    summary: { start: 0, update: 0, replace: 0, stop: 0, terminate: 0, wait: 0, unchanged: 0, protected: 0 },
    steps: all,
    unchanged: reasons.map(reason => ({
      particle: id(take, 'ecs_service'),
      state: take() as State,
      reason,
      why: take(),
      changes: [change(take, 3)],
    })),
    removed: [
      {
        particle: id(take, 'ecs_service'),
        state: take() as State,
        thing: take(),
        since: take(),
        pullRequest: 7,
        renamedTo: id(take, 'ecs_service'),
        kept: true,
      },
      { particle: id(take, 'ecs_task'), state: take() as State, declared: { file: take(), line: 3, commit: take() } },
      { particle: id(take, 'ecs_cluster'), state: take() as State, unmanaged: { file: take(), line: 4 } },
    ],
    warnings: [take(), take()],
  }
}

export function hostileReport(texts: readonly string[], steps: number, result: number): Report {
  const take = takeFrom(texts)
  const error = () => ({ code: take(), message: take(), details: [take(), take()] })
  return {
    version: 1,
    environment: take(),
    result: at(results, result, 'failed'),
    startedAt: result % 2 ? take() : '2026-03-01T12:00:00Z',
    finishedAt: '2026-03-01T12:05:00Z',
    steps: Array.from({ length: steps }, (_, index) => ({
      particle: id(take, at(flavors, index, 'ecs_service')),
      transition: at(transitions, index, 'update'),
      result: at(stepResults, index, 'failed'),
      calls: 1,
      ...(index % 2 ? { because: take() } : {}),
      ...(index % 3 === 2 ? { error: error() } : {}),
      task: { arns: [take()], exitCodes: [{ [take()]: 1, [take()]: 2 }] },
    })),
    error: error(),
  }
}

export function hostileContext(texts: readonly string[], limit: number): Context {
  const take = takeFrom([...texts].reverse())
  const problems: Problem[] = [{ place: { file: take(), line: 1, column: 1 }, message: take() }, { message: take() }]
  return {
    environment: take(),
    region: take(),
    head: take(),
    runId: take(),
    attempt: take(),
    runUrl: `https://github.com/${take()}`,
    mergeCommit: take(),
    carries: { pullRequests: [3, 4], merged: 4, here: 3 },
    skipped: take(),
    sourceUrl: `https://github.com/acme/shop/blob/${take()}`,
    problems,
    limit,
    merges: true,
    reviewed: true,
  }
}
