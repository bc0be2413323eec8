/** Sentences of the contract that only show from outside: what a plan and a report say, and what they never say. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { bundle } from '../world/bundle.ts'
import { type Checkout, checkout, type Ended, errorsOf, expectRefusal } from '../world/checkout.ts'

jest.setTimeout(30_000)

beforeAll(() => {
  bundle()
}, 240_000)

const cluster = `flavor: ecs_cluster
pcf_name: main
aws_resource:
  clusterName: main
---
`

const definition = (image: string) => `flavor: ecs_task_definition
pcf_name: work
aws_resource:
  family: work
  networkMode: bridge
  requiresCompatibilities: [EC2]
  containerDefinitions:
    - name: work
      image: registry.example/${image}
      memory: 128
---
`

const task = (more = '') => `flavor: ecs_task
pcf_name: work
parents: [ecs_cluster:main, ecs_task_definition:work]
aws_resource:
  taskName: work
  launchType: EC2
${more}---
`

const host = (desired: string) => `flavor: ec2_instance
pcf_name: host
aws_resource:
  InstanceId: i-0a1b2c3d4e5f60718
---
flavor: ecs_instance
pcf_name: host
desired_state: ${desired}
parents: [ecs_cluster:main, ec2_instance:host]
aws_resource: {}
---
`

/** A cluster with a machine in it, in virtual time by default. */
async function withHost(manifests: string, speed = 0) {
  const { here, ecs } = await checkout({ speed })
  here.write({ 'particles/all.yml': cluster })
  expect((await here.apply()).code).toBe(0)
  ecs.registerContainerInstance({ cluster: 'main', ec2InstanceId: 'i-0a1b2c3d4e5f60718', cpu: 4096, memory: 8192 })
  here.write({ 'particles/all.yml': manifests })
  return { here, ecs }
}

const everything = ({ stdout, stderr, summary, planText, report, outputs }: Ended) =>
  [stdout, stderr, summary, planText, JSON.stringify(report), JSON.stringify(outputs)].join('\n')

const workOf = ({ report }: Ended) => report?.steps.find(({ particle }) => particle === 'ecs_task:work')

/** What a run was called, and the digest in it. */
function runIn({ calls }: Ended): { startedBy: string; digest: string } {
  const input: { startedBy?: string } = calls.find(({ operation }) => operation === 'RunTask')?.input ?? {}
  const { startedBy = '' } = input
  const digest = /[0-9a-f]{32}$/.exec(startedBy)?.[0]
  if (!digest) throw new Error('nothing was run')
  return { startedBy, digest }
}

describe('the digest of a run', () => {
  test('is not shown where a task of ours keeps an instance from draining', async () => {
    const { here, ecs } = await withHost(cluster + definition('daemon:1') + task())
    ecs.behave('registry.example/daemon:1', { runSeconds: 1_000_000, exitCode: 0 })
    const started = await here.apply({ 'wait-timeout': '2s' })
    const { digest } = runIn(started)
    here.write({ 'particles/all.yml': cluster + host('stopped') })
    const ended = await here.apply({ 'wait-timeout': '2s' })
    expect(ended.code).toBe(1)
    expect(everything(ended)).toContain('started by particles/production/work')
    expect(everything(ended)).not.toContain(digest)
  })

  test('is not shown where ECS repeats it', async () => {
    const { here, ecs } = await withHost(cluster + definition('job:1') + task())
    const refuse = (message: string) =>
      ecs.inject({
        operation: 'RunTask',
        fault: { kind: 'error', name: 'InvalidParameterException', message, status: 400 },
      })
    refuse('not now')
    const { startedBy, digest } = runIn(await here.apply())
    refuse(`startedBy ${startedBy} and the tag ecs-particles:run/${digest} are not welcome`)
    const ended = await here.apply()
    expect(ended.code).toBe(1)
    expect(everything(ended)).toContain('startedBy particles/production/work')
    expect(everything(ended)).not.toContain(digest)
  })
})

describe('a task that is kept running', () => {
  const kept = '  custom_config: {wait: running}\n'

  test('comes from terminated when there never was one, and from stopped when one stopped', async () => {
    const { here, ecs } = await withHost(cluster + definition('daemon:1') + task(kept))
    const first = await here.apply()
    expect(first.plan?.steps.find(({ particle }) => particle === 'ecs_task:work')).toMatchObject({ from: 'terminated' })
    ecs.exitTask(workOf(first)?.task?.arns[0] ?? '', 0)
    ecs.advance(30)
    const second = await here.plan()
    expect(second.plan?.steps).toMatchObject([{ particle: 'ecs_task:work', transition: 'start', from: 'stopped' }])
  })

  test('is reported with one map of exit codes per ARN, also when it stops', async () => {
    // So fast that the task has stopped before the run looks at it again.
    const { here, ecs } = await withHost(cluster + definition('daemon:1') + task(kept), 600)
    expect(workOf(await here.apply())?.task).toEqual({ arns: [expect.any(String)], exitCodes: [{}] })
    ecs.behave('registry.example/daemon:2', { runSeconds: 1, exitCode: 3 })
    here.write({ 'particles/all.yml': cluster + definition('daemon:2') + task(kept) })
    const ended = await here.apply()
    expect(ended.code).toBe(1)
    expect(workOf(ended)?.task).toEqual({ arns: [expect.any(String)], exitCodes: [{ work: 3 }] })
  })
})

describe('a job without a record', () => {
  const job = (count: number) => task(`  count: ${count}\n  custom_config: {record: false}\n`)

  test('of which more succeeded than its count is an error', async () => {
    const { here } = await withHost(cluster + definition('job:1') + job(3))
    expect((await here.apply()).code).toBe(0)
    here.write({ 'particles/all.yml': cluster + definition('job:1') + job(2) })
    const ended = await here.apply()
    expect(ended.code).toBe(1)
    expect(errorsOf(ended)[0]?.message).toMatch(
      /3 tasks of this run are running or have succeeded, more than aws_resource.count \(2\)/,
    )
    expect(ended.modifying).toEqual([])
  })
})

describe('a hidden value', () => {
  const secret = { variables: 'TOKEN=correct-horse', 'secret-variables': 'TOKEN' }

  test('that is taken out of the manifest is not shown on its way out', async () => {
    const { here } = await checkout({ speed: 0 })
    const labelled = definition('app:1').replace('memory: 128', 'memory: 128\n      dockerLabels: {a: "x-${TOKEN}"}')
    here.write({ 'particles/all.yml': labelled })
    expect((await here.apply(secret)).code).toBe(0)
    here.write({ 'particles/all.yml': definition('app:1') })
    const ended = await here.plan(secret)
    const { changes } = ended.plan?.steps[0] ?? {}
    expect(changes).toEqual([{ path: 'containerDefinitions[work].dockerLabels[a]', sensitive: true, action: 'remove' }])
    expect(everything(ended).replace(/^::add-mask::.*$/gm, '')).not.toContain('correct-horse')
  })

  test('in an attribute of an instance is written, and not shown', async () => {
    const attributed = host('running').replace('aws_resource: {}', 'aws_resource: {attributes: {a: "${TOKEN}"}}')
    const { here } = await withHost(cluster + attributed)
    const ended = await here.apply(secret)
    expect(ended.plan?.steps[0]?.changes).toEqual([{ path: 'attributes[a]', sensitive: true, action: 'add' }])
    expect(everything(ended).replace(/^::add-mask::.*$/gm, '')).not.toContain('correct-horse')
    expect(ended.modifying).toEqual(['PutAttributes'])
    expect((await here.plan(secret)).plan?.steps).toEqual([])
  })

  test('is not revealed by a name that is excluded', async () => {
    const { here } = await checkout({ speed: 0 })
    const variables = '[{name: LOG_LEVEL, value: info-1}, {name: LOG_KEY, value: key-1}, {name: OTHER, value: other-1}]'
    const manifest = definition('app:1').replace('memory: 128', `memory: 128\n      environment: ${variables}`)
    here.write({ 'particles/all.yml': manifest })
    const ended = await here.plan({ 'reveal-environment': 'LOG_*\n!LOG_KEY' })
    expect(everything(ended)).toContain('info-1')
    expect(everything(ended)).not.toContain('key-1')
    expect(everything(ended)).not.toContain('other-1')
  })
})

describe('an apply that ends before it begins', () => {
  const from = (headRepository: object | null) => ({
    name: 'pull_request',
    payload: {
      pull_request: {
        number: 1,
        head: { sha: 'a'.repeat(40), repo: headRepository },
        base: { sha: 'b'.repeat(40), ref: 'main', repo: { id: 1 } },
      },
    },
  })
  const refused = 'refused'
  const failed = 'failed'

  test.each<[string, Record<string, string>, Parameters<Checkout['step']>[1], string]>([
    ['for a wrong input', { 'wait-timeout': 'soon' }, {}, failed],
    ['for pull_request_target', {}, { event: { name: 'pull_request_target' } }, refused],
    ['for a fork', {}, { event: from({ id: 2 }) }, refused],
    [
      'for an answer that is no answer of a person',
      { command: 'continue', deployment: 'abc' },
      { event: { name: 'push' } },
      refused,
    ],
    ['for an event that cannot be told', { command: 'continue' }, { event: { name: 'push' } }, failed],
  ])('leaves a report all the same: %s', async (_name, inputs, more, result) => {
    const { here } = await checkout()
    here.write({ 'particles/all.yml': cluster })
    const ended = await here.step({ command: 'apply', 'require-review': 'false', ...inputs }, more)
    const [{ message } = { message: '' }] = errorsOf(ended)
    expect(message).not.toBe('')
    expect([ended.code, ended.outputs.result, ended.modifying]).toEqual([1, result, []])
    expect(ended.report).toMatchObject({ environment: 'production', result, steps: [], error: { message } })
  })

  test('and a plan that ends so leaves none', async () => {
    const { here } = await checkout()
    const ended = await here.plan({ 'wait-timeout': 'soon' })
    expect([ended.code, ended.report, ended.outputs.result]).toEqual([1, undefined, undefined])
  })
})

test('an apply whose job summary cannot be written has succeeded all the same, and says so', async () => {
  const { here } = await checkout()
  here.write({ 'particles/all.yml': cluster })
  const ended = await here.step(
    { command: 'apply', 'require-review': 'false' },
    { env: { GITHUB_STEP_SUMMARY: '/nowhere/summary' } },
  )
  expect([ended.code, ended.outputs.result]).toEqual([0, 'succeeded'])
  expect(ended.stdout).toMatch(/^::warning::the job summary was not written: /m)
})

describe('the folder RUNNER_TEMP', () => {
  test('that vanishes in the middle of an apply: what was begun is waited for, and the log says why there is no report', async () => {
    const { here, ecs } = await checkout()
    const temp = mkdtempSync(join(tmpdir(), 'vanishing-'))
    here.write({ 'particles/all.yml': cluster })
    const vanishes = () => {
      rmSync(temp, { recursive: true, force: true })
      writeFileSync(temp, '')
      return false
    }
    ecs.inject({ operation: 'CreateCluster', always: true, fault: { kind: 'deny' }, when: vanishes })
    const ended = await here.step({ command: 'apply', 'require-review': 'false' }, { env: { RUNNER_TEMP: temp } })
    rmSync(temp)
    expect([ended.code, ended.outputs.result, ended.modifying]).toEqual([0, 'succeeded', ['CreateCluster']])
    expect(ended.stdout).toMatch(/^ecs_cluster:\S+ done: /m)
    const [warning, ...more] = [...ended.stdout.matchAll(/^::warning::(.*report.*)$/gm)].map(([, text]) => text)
    expect(warning).toMatch(
      /^the apply goes on without its report: \S+\.report\.json cannot be written, check the space/,
    )
    expect(more).toEqual([])
  })

  test('that nobody has made yet is made', async () => {
    const { here } = await checkout()
    const temp = join(mkdtempSync(join(tmpdir(), 'missing-')), 'not', 'there')
    here.write({ 'particles/all.yml': cluster })
    const ended = await here.step({ command: 'plan' }, { env: { RUNNER_TEMP: temp } })
    expect([ended.code, ended.outputs['plan-file']]).toEqual([0, expect.stringContaining(temp)])
    rmSync(join(temp, '../..'), { recursive: true })
  })

  test.each([
    ['/dev/null', 'ENOTDIR'],
    ['/proc/nowhere', 'ENOENT'],
  ])('%s, which is none: nothing is planned or changed, and the step says which folder', async (temp, code) => {
    const { here } = await checkout()
    here.write({ 'particles/all.yml': cluster })
    const ended = await here.step({ command: 'apply', 'require-review': 'false' }, { env: { RUNNER_TEMP: temp } })
    expect(expectRefusal(ended)[0]?.message).toMatch(
      new RegExp(`\\.plan\\.json cannot be written, check .* RUNNER_TEMP: ${code}`),
    )
    expect(ended.modifying).toEqual([])
  })
})
