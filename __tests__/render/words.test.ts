import { describe, expect, test } from '@jest/globals'
import { durationText } from '../../src/duration.ts'
import type { Plan, Report, Step, Transition } from '../../src/engine/document.ts'
import type { ParticleId } from '../../src/particle.ts'
import { type Context, marker } from '../../src/render/comment.ts'
import { dangerCounts, dependentsOf, whatHappens, why } from '../../src/render/explain.ts'
import { renderPlanText, renderReportText } from '../../src/render/log.ts'
import { planTitle } from '../../src/render/origin.ts'
import { renderPlan } from '../../src/render/plan.ts'
import { renderReport } from '../../src/render/report.ts'
import { count, doneCounts, listed, phraseText, reportTitle, took, wordOf } from '../../src/render/words.ts'

const step = (particle: ParticleId, transition: Transition, more: Partial<Step> = {}): Step => ({
  particle,
  transition,
  from: 'running',
  to: 'running',
  changes: [],
  dependsOn: [],
  risks: [],
  source: { file: 'a.yml', line: 1 },
  ...more,
})

const plan = (...steps: Step[]): Plan => ({
  version: 1,
  environment: 'production',
  region: 'us-east-1',
  digest: '',
  summary: { start: 0, update: 0, replace: 0, stop: 0, terminate: 0, wait: 0, unchanged: 0, protected: 0 },
  steps,
  unchanged: [],
})

test.each([
  [1, '1 task'],
  [2, '2 tasks'],
  [0, '0 tasks'],
  [1234567, '1,234,567 tasks'],
])('%d tasks', (number, text) => expect(count(number, 'task')).toBe(text))

test.each([
  [0, 'under 1 s'],
  [999, 'under 1 s'],
  [1000, '1 s'],
  [48_000, '48 s'],
  [59_999, '1 min'],
  [252_000, '4 min 12 s'],
  [3_600_000, '1 h'],
  [3_725_000, '1 h 2 min'],
])('%d ms', (milliseconds, text) => expect(durationText(milliseconds)).toBe(text))

test.each([
  ['a missing end', '2026-03-01T12:00:00Z', undefined, ''],
  ['no time', 'yesterday', '2026-03-01T12:00:00Z', ''],
  ['a clock that went back', '2026-03-01T12:00:01Z', '2026-03-01T12:00:00Z', ''],
])('%s takes no time', (_, from, to, text) => expect(took(from, to)).toBe(text))

test.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c'], 'a, b and c'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b, c and 2 more'],
])('%j as a list', (items, text) => expect(listed(items)).toBe(text))

describe('what a reviewer calls it', () => {
  test.each<[ParticleId, Transition, string, string]>([
    ['ecs_service:web', 'stop', 'delete', 'is deleted'],
    ['ecs_cluster:main', 'terminate', 'delete', 'is deleted'],
    ['ecs_task_definition:web', 'terminate', 'delete', 'every revision is deregistered'],
    ['ecs_task:worker', 'stop', 'stop', 'is stopped'],
    ['ecs_instance:i-0', 'terminate', 'stop', 'is drained'],
    ['ecs_service:web', 'start', 'start', 'is created'],
    ['ecs_instance:i-0', 'start', 'start', 'takes tasks again'],
    ['ecs_service:web', 'replace', 'replace', 'is deleted, then started anew'],
    ['ecs_service:web', 'wait', 'wait', 'waits'],
    ['something_new:x', 'start', 'start', 'is started'],
    ['something_new:x', 'terminate', 'delete', 'is stopped'],
  ])('%s %s', (particle, transition, word, happens) => {
    const one = step(particle, transition)
    expect(wordOf(one)).toBe(word)
    expect(phraseText(whatHappens(one))).toBe(happens)
  })
})

describe('why', () => {
  const changes = (...paths: string[]) => paths.map(path => ({ path, before: 1, after: 2 }))
  test.each<[string, Partial<Step>, string]>([
    ['a scalar', { changes: changes('desiredCount') }, 'desiredCount 1 → 2'],
    [
      'variables are counted',
      {
        changes: changes(
          'containerDefinitions[a].environment[A].value',
          'containerDefinitions[a].environment[B].value',
        ),
      },
      '2 variables',
    ],
    [
      'the container is named where there are two',
      { changes: changes('containerDefinitions[a].image', 'containerDefinitions[b].image') },
      'image of a 1 → 2, image of b 1 → 2',
    ],
    ['three and a count', { changes: changes('a', 'b', 'c', 'd', 'e') }, 'a 1 → 2, b 1 → 2, c 1 → 2 and 2 more'],
    [
      'an image is known by its tag',
      {
        changes: [
          { path: 'containerDefinitions[a].image', before: 'registry.example/a:1', after: 'registry.example/a:2' },
        ],
      },
      'image 1 → 2',
    ],
    [
      'another image is not',
      { changes: [{ path: 'image', before: 'r.example/a:1', after: 'r.example/b:1' }] },
      'image r.example/a:1 → r.example/b:1',
    ],
    ['long values stay out', { changes: [{ path: 'a', before: 'x'.repeat(50), after: 'y' }] }, 'a'],
    ['hidden values stay out', { changes: [{ path: 'a', sensitive: true }] }, 'a'],
    ['a wait says what for', { transition: 'wait', why: '1 of 2 tasks running' }, '1 of 2 tasks running'],
  ])('%s', (_, more, text) =>
    expect(phraseText(why(step('ecs_service:web', 'update', more), {}, 'merging'))).toBe(text),
  )
})

test('a definition names the revision that it is compared with, not the one that a service runs', () => {
  const definition = step('ecs_task_definition:web', 'update', {
    changes: [{ path: 'cpu', before: '256', after: '512' }],
    after: 'web:42',
  })
  const service = step('ecs_service:web', 'update', {
    changes: [{ path: 'taskDefinition', before: 'web:41', after: { unknown: definition.particle } }],
  })
  expect(phraseText(whatHappens(definition, dependentsOf([definition, service]).get(definition.particle)))).toBe(
    'new revision after web:42',
  )
})

describe('one line', () => {
  test('for a check run', () => {
    expect(planTitle(plan())).toBe('Nothing to do')
    expect(planTitle(plan(step('ecs_service:a', 'update'), step('ecs_service:b', 'terminate')))).toBe(
      '1 to change, 1 to delete',
    )
    expect(planTitle({ ...plan(), unchanged: [{ particle: 'ecs_task:a', state: 'stopped', reason: 'failed' }] })).toBe(
      '1 failed earlier',
    )
  })

  test('for dangers', () => {
    const restarts = step('ecs_service:a', 'update', { risks: ['restarts 4 tasks'] })
    const other = step('ecs_service:b', 'update', { risks: ['loses its load balancer'] })
    expect(dangerCounts(plan(restarts, other))).toBe('Restarts tasks of 1 service, 1 more to look at')
    expect(dangerCounts(plan(other))).toBe('1 particle to look at')
    const named = ['held back until ecs_task:restart has succeeded', 'loses its load balancer restart-tg:8080']
    for (const risk of named)
      expect(dangerCounts(plan(step('ecs_service:e', 'update', { risks: [risk] })))).toBe('1 particle to look at')
    expect(dangerCounts(plan(step('ecs_service:c', 'replace'), step('ecs_service:d', 'stop')))).toBe(
      'Deletes 1 particle, replaces 1',
    )
  })

  test('for the log', () => {
    const lines = (one: Step) => renderPlanText(plan(one)).split('\n')
    expect(lines(step('ecs_service:web', 'update', { changes: [{ path: 'a' }, { path: 'b' }] }))).toContain(
      'ecs_service:web update 2 changes',
    )
    expect(lines(step('ecs_service:web', 'stop'))).toContain('ecs_service:web delete')
    expect(lines(step('ecs_service:web', 'wait', { why: 'a rollout' }))).toContain('ecs_service:web wait: a rollout')
  })

  test('for a report', () => {
    const report: Report = {
      version: 1,
      environment: 'production',
      result: 'failed',
      startedAt: '2026-03-01T12:00:00Z',
      finishedAt: '2026-03-01T12:00:10Z',
      steps: [
        { particle: 'ecs_service:a', transition: 'update', result: 'failed', calls: 1 },
        { particle: 'ecs_service:b', transition: 'update', result: 'skipped', calls: 0 },
        { particle: 'ecs_service:c', transition: 'update', result: 'succeeded', calls: 1 },
      ],
    }
    expect(doneCounts(report)).toBe('1 of 3 done, 1 failed, 1 skipped')
    expect(reportTitle(report)).toBe('Failed after 10 s: 1 of 3 done, 1 failed, 1 skipped')
    expect(reportTitle({ ...report, finishedAt: report.startedAt, steps: [] })).toBe('Failed in under 1 s')
    expect(reportTitle({ ...report, result: 'superseded', steps: [] })).toBe('Superseded')
  })
})

test.each([
  ['production', '<!-- ecs-particles:production -->'],
  ['eu/prod-2_a.b', '<!-- ecs-particles:eu/prod-2_a.b -->'],
  ['two words', '<!-- ecs-particles:two words -->'],
  ['a --> b', '<!-- ecs-particles:a --%3E b -->'],
])('the marker of %s', (environment, text) => expect(marker(environment)).toBe(text))

const contextOf = (limit: number, problems?: Context['problems']): Context => ({
  environment: 'production',
  head: '',
  runId: 1,
  attempt: 1,
  limit,
  merges: true,
  reviewed: true,
  problems,
})

const reportOf = (result: Report['result'], more: Partial<Report>): Report => ({
  version: 1,
  environment: 'production',
  result,
  startedAt: '2026-03-01T12:00:00Z',
  steps: [],
  ...more,
})

describe('one thing is one', () => {
  const numbered = <T>(number: number, make: (index: number) => T) =>
    Array.from({ length: number }, (_, index) => make(index))
  const member = (index: number) => ({ path: `member${index}`, before: 1, after: 'x'.repeat(index === 3 ? 500 : 1) })
  const protectedOnly: Plan = {
    ...plan(),
    unchanged: [{ particle: 'ecs_service:web', state: 'running', reason: 'protected', changes: numbered(40, member) }],
  }
  const services = plan(
    ...numbered(40, index => step(`ecs_service:web-${index}`, 'update', { changes: numbered(4, member) })),
  )
  const refused = reportOf('refused', { error: { code: 'E', message: 'm', details: numbered(101, String) } })
  const failed = reportOf('failed', {
    steps: numbered(31, index => ({
      particle: `ecs_service:web-${index}`,
      transition: 'update',
      calls: 1,
      ...(index === 0
        ? { result: 'succeeded' }
        : { result: 'failed', error: { code: 'E', message: `${index} ${'fails '.repeat(40)}`, details: [] } }),
    })),
  })

  test.each<[string, (limit: number) => string, string]>([
    [
      'problem',
      limit =>
        renderPlan(
          undefined,
          contextOf(
            limit,
            numbered(1001, index => ({ message: `wrong ${index}` })),
          ),
        ).text,
      '1 problem.',
    ],
    ['line of what is protected', limit => renderPlan(protectedOnly, contextOf(limit)).text, '1 more line\n'],
    ['line of a step', limit => renderPlan(services, contextOf(limit)).text, '1 more line is left out'],
    ['line of ECS', () => renderReportText(refused, plan(), { head: '' }), '(1 earlier line)'],
    [
      'step that is done',
      limit => renderReport(failed, undefined, contextOf(limit)).text,
      '1 of 31 steps, which is done',
    ],
  ])('%s', (_, text, one) => {
    const texts = numbered(80, index => text(2_000 + index * 200)).join('\n\n')
    expect(texts).toContain(one)
    expect(texts).not.toMatch(/(?<![\d,])1 (?:more |earlier )?(?:lines|problems)|(?<![\d,])1 of \d+ steps, all/)
  })
})

test.each([
  ['us-east-1', 'https://us-east-1.console.aws.amazon.com'],
  ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn'],
  ['us-gov-west-1', 'https://console.amazonaws-us-gov.com'],
  ['eusc-de-east-1', 'https://eusc-de-east-1.console.amazonaws-eusc.eu'],
])('the console of %s', (region, address) => {
  const logs = [{ container: 'web', task: 'a1', group: '/shop', stream: 'web/a1', region }]
  const failed: Report['steps'] = [
    {
      particle: 'ecs_service:web',
      transition: 'update',
      result: 'failed',
      calls: 1,
      error: { code: 'E', message: 'm', details: [], logs },
    },
  ]
  const { text } = renderReport(reportOf('failed', { steps: failed }), undefined, contextOf(65_536))
  expect(text).toContain(`(${address}/cloudwatch/home?region=${region}#logsV2:log-groups/`)
})
