/** The example shop from its first plan to its end, as its owners would live it, by the bundle that they run. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { RunningSimulator } from '../../simulator/server.ts'
import type { Call } from '../../simulator/simulator.ts'
import type { ReportStep } from '../../src/engine/document.ts'
import { bundle } from '../world/bundle.ts'
import { Checkout, checkout, type Ended, errorsOf, expectRefusal, silentServer } from '../world/checkout.ts'

jest.setTimeout(30_000)

/** Takes as long as our patience with one call, so it is begun before the story and looked at after it. */
let hanging: Promise<Ended>

beforeAll(async () => {
  bundle()
  hanging = new Checkout(await silentServer()).copy('examples/shop').apply()
}, 240_000)

const nothing = { start: 0, update: 0, replace: 0, stop: 0, terminate: 0, wait: 0, protected: 0 }
const all = (parts: object) => ({ ...nothing, ...parts })

const stepOf = ({ report }: Ended, particle: string): ReportStep | undefined =>
  report?.steps.find(step => step.particle === particle)

const results = ({ report }: Ended) => Object.fromEntries(report?.steps.map(step => [step.particle, step.result]) ?? [])

function expectDone(ended: Ended): void {
  expect(errorsOf(ended)).toEqual([])
  expect(ended.stderr).toBe('')
  expect(ended.report?.result).toBe('succeeded')
  expect(ended.code).toBe(0)
}

async function expectNothingToDo(here: Checkout): Promise<Ended> {
  const ended = await here.plan({ 'fail-on-changes': 'true' })
  expect(errorsOf(ended)).toEqual([])
  expect(ended.plan?.steps).toEqual([])
  expect(ended.outputs['has-changes']).toBe('false')
  expect(ended.modifying).toEqual([])
  expect(ended.code).toBe(0)
  return ended
}

/** In virtual time, except where a test cuts a run short, or counts the calls that a moment gathers. */
const shop = async (options = {}) => {
  const { here, ecs } = await checkout({ speed: 0, ...options })
  return { here: here.copy('examples/shop'), ecs }
}

const web = 'particles/web.yml'
const image = (tag: string) => `registry.example/shop/web:${tag}`

/** A job that comes after the service. */
const smoke = `flavor: ecs_task_definition
pcf_name: smoke
aws_resource:
  family: shop-smoke
  requiresCompatibilities: [FARGATE]
  networkMode: awsvpc
  cpu: 256
  memory: 512
  containerDefinitions:
    - name: smoke
      image: registry.example/shop/smoke-job:1
---
flavor: ecs_task
pcf_name: smoke
parents: [ecs_cluster:shop, ecs_task_definition:smoke, ecs_service:web]
aws_resource:
  taskName: smoke
  launchType: FARGATE
  networkConfiguration:
    awsvpcConfiguration:
      subnets: [subnet-0a1b2c3d4e5f60718]
`

describe('the shop', () => {
  let here: Checkout
  let ecs: RunningSimulator
  let first: Ended

  beforeAll(async () => {
    const world = await shop()
    here = world.here.edit(web, 'value: info', 'value: between-us')
    ecs = world.ecs
  })

  test('the first plan only reads, and says everything in its outputs, its file and its summary', async () => {
    first = await here.plan()
    expect(first.code).toBe(0)
    expect(first.modifying).toEqual([])
    expect(Object.keys(first.outputs).sort()).toEqual(['digest', 'has-changes', 'plan-file', 'summary'])
    expect(first.outputs['has-changes']).toBe('true')
    expect(first.outputs.digest).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(first.plan).toMatchObject({ version: 1, environment: 'production', region: 'us-east-1' })
    expect(first.plan?.digest).toBe(first.outputs.digest)
    expect(first.plan?.summary).toEqual(all({ start: 5, unchanged: 2 }))
    expect(JSON.parse(first.outputs.summary ?? '')).toEqual(first.plan?.summary)
    for (const { particle } of first.plan?.steps ?? []) {
      expect(first.stdout).toContain(particle)
      expect(first.summary).toContain(particle)
    }
    expect(first.stdout).toContain(first.outputs.digest)
  })

  test('its steps have the shape that the plan file promises', () => {
    const service = first.plan?.steps.find(({ particle }) => particle === 'ecs_service:web')
    expect(service).toMatchObject({
      particle: 'ecs_service:web',
      transition: 'start',
      from: 'terminated',
      to: 'running',
      dependsOn: ['ecs_cluster:shop', 'ecs_task:migrate', 'ecs_task_definition:web'],
      source: { file: web, line: 25 },
    })
    expect(service?.changes).toContainEqual({ path: 'desiredCount', after: 2 })
    expect(service?.changes).toContainEqual({ path: 'taskDefinition', after: { unknown: 'ecs_task_definition:web' } })
    const definition = first.plan?.steps.find(({ particle }) => particle === 'ecs_task_definition:web')
    expect(definition?.changes).toContainEqual({
      path: 'containerDefinitions[web].environment[LOG_LEVEL].value',
      sensitive: true,
      action: 'add',
    })
    expect(first.plan?.unchanged).toContainEqual({
      particle: 'ec2_instance:reports',
      state: 'running',
      reason: 'reference',
    })
    const seen = new Set<string>()
    for (const { particle, dependsOn } of first.plan?.steps ?? []) {
      for (const needed of dependsOn) expect(seen).toContain(needed)
      seen.add(particle)
    }
  })

  test('a hidden value stands nowhere', () => {
    for (const text of [first.stdout, first.summary, first.planText, JSON.stringify(first.outputs)])
      expect(text).not.toContain('between-us')
  })

  test('another plan is the same byte for byte', async () => {
    const second = await here.plan()
    expect(second.planText).toBe(first.planText)
    expect(second.stdout.replace(second.outputs['plan-file'] ?? '', '')).toBe(
      first.stdout.replace(first.outputs['plan-file'] ?? '', ''),
    )
    expect(second.summary).toBe(first.summary)
  })

  test('fail-on-changes fails a plan with changes', async () => {
    const ended = await here.plan({ 'fail-on-changes': 'true' })
    expect(errorsOf(ended)).toEqual([
      { message: expect.stringMatching(/the plan has changes and fail-on-changes is set/) },
    ])
    expect(ended.outputs['has-changes']).toBe('true')
    expect(ended.code).toBe(1)
  })

  test('another digest than the approved one is refused before anything is changed', async () => {
    const ended = await here.step({ command: 'apply', 'approved-digest': `sha256:${'0'.repeat(64)}` })
    expect(errorsOf(ended)).toEqual([
      { message: expect.stringMatching(/not the approved one any more: its digest is sha256:/) },
    ])
    expect(ended.report?.result).toBe('refused')
    expect(ended.modifying).toEqual([])
    expect(ended.code).toBe(1)
  })

  test('the approved digest is applied, parents first', async () => {
    const ended = await here.step({ command: 'apply', 'approved-digest': first.outputs.digest ?? '' })
    expectDone(ended)
    expect(ended.outputs.digest).toBe(first.outputs.digest)
    expect(ended.modifying.slice().sort()).toEqual(
      [
        'CreateCluster',
        'CreateService',
        'RegisterTaskDefinition',
        'RegisterTaskDefinition',
        'RunTask',
        'TagResource',
        'TagResource',
      ].sort(),
    )
    expect(ended.modifying.indexOf('CreateCluster')).toBeLessThan(ended.modifying.indexOf('RunTask'))
    expect(ended.modifying.indexOf('RunTask')).toBeLessThan(ended.modifying.indexOf('CreateService'))
    expect(ended.report).toMatchObject({ version: 1, environment: 'production', result: 'succeeded' })
    expect(ended.report?.steps).toHaveLength(5)
    for (const step of ended.report?.steps ?? []) {
      expect(step).toMatchObject({ transition: 'start', result: 'succeeded' })
      expect(step.calls).toBeGreaterThan(0)
      expect(Date.parse(step.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(step.startedAt ?? ''))
    }
    expect(stepOf(ended, 'ecs_task:migrate')?.task).toEqual({
      arns: [expect.stringMatching(/^arn:aws:ecs:us-east-1:123456789012:task\/shop\/[0-9a-f]{32}$/)],
      exitCodes: [{ migrate: 0 }],
    })
    for (const text of [ended.stdout, ended.summary, JSON.stringify(ended.report)])
      expect(text).not.toContain('between-us')
  })

  test('then there is nothing to do', async () => {
    const ended = await expectNothingToDo(here)
    expect(ended.plan?.unchanged).toContainEqual({ particle: 'ecs_task:migrate', state: 'stopped', reason: 'done' })
    expect(ended.plan?.unchanged).toContainEqual({
      particle: 'ecs_service:web',
      state: 'running',
      reason: 'equivalent',
    })
  })

  test('an apply with nothing to do changes nothing and succeeds', async () => {
    const ended = await here.apply()
    expectDone(ended)
    expect(ended.modifying).toEqual([])
    expect(ended.report?.steps).toEqual([])
  })

  test('an instance that has joined gets its attribute', async () => {
    ecs.registerContainerInstance({ cluster: 'shop', ec2InstanceId: 'i-0a1b2c3d4e5f60718' })
    const ended = await here.apply()
    expectDone(ended)
    expect(ended.modifying).toEqual(['PutAttributes'])
    await expectNothingToDo(here)
  })

  test('another image and one task more: a revision, and a rollout', async () => {
    here.edit(web, image('1.8.2'), image('1.9.0')).edit(web, 'desiredCount: 2', 'desiredCount: 3')
    const planned = await here.plan()
    expect(planned.plan?.summary).toEqual(all({ update: 2, unchanged: 5 }))
    const service = planned.plan?.steps.find(({ particle }) => particle === 'ecs_service:web')
    expect(service?.changes).toEqual([
      { path: 'desiredCount', before: 2, after: 3 },
      { path: 'taskDefinition', before: 'shop-web:1', after: { unknown: 'ecs_task_definition:web' } },
    ])
    const ended = await here.apply()
    expectDone(ended)
    expect(ended.modifying).toEqual(['RegisterTaskDefinition', 'UpdateService'])
    expect(ecs.region().clusters.get('shop')?.services.get('web')?.spec.desiredCount).toBe(3)
    await expectNothingToDo(here)
  })

  test('a rollout that ECS takes back is a failure, and what depends on it is skipped', async () => {
    here.edit(web, image('1.9.0'), image('1.10.0-crash')).write({ 'particles/smoke.yml': smoke })
    const ended = await here.apply()
    expect(ended.code).toBe(1)
    expect(ended.report?.result).toBe('failed')
    expect(results(ended)).toEqual({
      'ecs_task_definition:smoke': 'succeeded',
      'ecs_task_definition:web': 'succeeded',
      'ecs_service:web': 'failed',
      'ecs_task:smoke': 'skipped',
    })
    const { error } = stepOf(ended, 'ecs_service:web') ?? {}
    expect(error?.message).toMatch(
      /^ecs_service:web was rolled back by ECS: \d tasks of shop-web:3 stopped, container web exited 1\. shop-web:2 runs again/,
    )
    expect(error?.details.join('\n')).toMatch(/deployment failed: tasks failed to start/)
    expect(error?.details.join('\n')).not.toMatch(/Scaling activity/)
    expect(stepOf(ended, 'ecs_task:smoke')?.error?.message).toMatch(/^needs ecs_service:web, which failed/)
    const [problem] = errorsOf(ended)
    expect(problem).toMatchObject({
      file: web,
      line: 25,
      message: expect.stringMatching(
        /ecs_service:web was rolled back by ECS: \d tasks of shop-web:3 stopped, container web exited 1\. .* Change ecs_task_definition:web at particles\/web\.yml:\d+ in a new pull request, or revert this one; /,
      ),
    })
    expect(ended.summary).toMatch(/\*\*`ecs_service:web` was rolled back by ECS\*\*: \d tasks of `?shop-web:3/)
    expect(ended.modifying).not.toContain('RunTask')
  })

  test('it does not turn into a success by being looked at twice', async () => {
    const planned = await here.plan()
    expect(planned.plan?.unchanged).toContainEqual(
      expect.objectContaining({ particle: 'ecs_service:web', reason: 'failed' }),
    )
    const ended = await here.apply()
    expect(ended.code).toBe(1)
    // What ECS rolled back is not tried again, and what depends on it waits for the fix.
    expect(results(ended)).toEqual({ 'ecs_task:smoke': 'skipped' })
    expect(ended.modifying).toEqual([])
  })

  test('the fix goes through, and what was held back follows', async () => {
    here.edit(web, image('1.10.0-crash'), image('1.10.1'))
    const ended = await here.apply()
    expectDone(ended)
    expect(stepOf(ended, 'ecs_task:smoke')?.task?.exitCodes).toEqual([{ smoke: 0 }])
    await expectNothingToDo(here)
  })

  test('redeploy deploys again what is equivalent', async () => {
    const ended = await here.apply({ redeploy: 'ecs_service:web' })
    expectDone(ended)
    expect(ended.modifying).toEqual(['UpdateService'])
    expect(ended.calls.find(({ operation }) => operation === 'UpdateService')?.input).toMatchObject({
      forceNewDeployment: true,
    })
    await expectNothingToDo(here)
  })

  test('a cluster that takes too much with it is refused', async () => {
    const path = join(here.workspace, 'particles/cluster.yml')
    const before = readFileSync(path, 'utf8')
    here.edit('particles/cluster.yml', 'pcf_name: shop', 'pcf_name: shop\ndesired_state: terminated')
    const ended = await here.apply()
    expect(errorsOf(ended)).toContainEqual(
      expect.objectContaining({ file: 'particles/reports.yml', message: expect.stringMatching(/max-terminations/) }),
    )
    expect(ended.modifying).toEqual([])
    expect(ended.code).toBe(1)
    writeFileSync(path, before)
  })

  test('the end: children first, the instance drained and deregistered', async () => {
    const folder = join(here.workspace, 'particles')
    for (const file of readdirSync(folder)) {
      const text = readFileSync(join(folder, file), 'utf8')
      const ending = text.replace(/^(flavor: ecs_.*\npcf_name: .*)$/gm, '$1\ndesired_state: terminated')
      writeFileSync(join(folder, file), ending)
    }
    here.edit('particles/reports.yml', '  attributes:', '  custom_config:\n    deregister: true\n  attributes:')
    const planned = await here.plan()
    expect(planned.plan?.summary).toEqual(all({ terminate: 6, unchanged: 3 }))
    const ended = await here.apply()
    expectDone(ended)
    const at = (operation: string) => ended.modifying.indexOf(operation)
    expect(at('UpdateContainerInstancesState')).toBeLessThan(at('DeregisterContainerInstance'))
    expect(at('DeregisterContainerInstance')).toBeLessThan(at('DeleteCluster'))
    expect(at('DeleteService')).toBeLessThan(at('DeleteCluster'))
    const ofWeb = ({ operation, input }: Call) =>
      operation === 'DeregisterTaskDefinition' && JSON.stringify(input).includes('shop-web:')
    const served = ended.calls.slice(ended.calls.findIndex(({ operation }) => operation === 'DeleteService'))
    expect(served.filter(ofWeb)).toHaveLength(4)
    // Every revision of every family, the ones that failed too.
    const families = [...ecs.region().families.values()].flat()
    expect(families.map(({ family, revision, status }) => `${family}:${revision} ${status}`).sort()).toEqual([
      'shop-migrate:1 INACTIVE',
      'shop-smoke:1 INACTIVE',
      'shop-web:1 INACTIVE',
      'shop-web:2 INACTIVE',
      'shop-web:3 INACTIVE',
      'shop-web:4 INACTIVE',
    ])
    await expectNothingToDo(here)
  })
})

describe('a breaker without rollback', () => {
  test('leaves a failure that every apply finds again, until the service is deployed again', async () => {
    const { here, ecs } = await shop()
    ecs.behave('*shop/web:*', { exitCode: 1, runSeconds: 1 })
    here.edit(web, 'rollback: true', 'rollback: false')
    const ended = await here.apply()
    expect(ended.code).toBe(1)
    expect(stepOf(ended, 'ecs_service:web')?.error?.message).toMatch(/failed to deploy/)
    const planned = await here.plan()
    expect(planned.plan?.unchanged).toContainEqual(
      expect.objectContaining({ particle: 'ecs_service:web', reason: 'failed', why: expect.any(String) }),
    )
    const again = await here.apply()
    expect(again.code).toBe(1)
    expect(again.report?.result).toBe('failed')
    expect(again.modifying).toEqual([])
    expect(errorsOf(again)).toEqual([
      {
        file: web,
        line: 25,
        message: expect.stringMatching(/ecs_service:web: .*FAILED.*name ecs_service:web in redeploy/),
      },
    ])
    ecs.behave('*shop/web:*', {})
    expectDone(await here.apply({ redeploy: 'ecs_service:web' }))
    await expectNothingToDo(here)
  })

  test('on-failure: rollback puts back what ran before, and fails', async () => {
    const { here } = await shop()
    here.edit(web, 'rollback: true', 'rollback: false')
    expectDone(await here.apply())
    here.edit(web, image('1.8.2'), image('1.9.0-crash'))
    const ended = await here.apply({ 'on-failure': 'rollback' })
    expect(ended.code).toBe(1)
    expect(stepOf(ended, 'ecs_service:web')?.error?.message).toMatch(/It was put back: /)
    // The tag keeps the next apply from deploying it again.
    expect(ended.modifying).toEqual(['RegisterTaskDefinition', 'UpdateService', 'UpdateService', 'TagResource'])
  })
})

describe('a job', () => {
  const runs = (ecs: RunningSimulator) =>
    [...(ecs.region().clusters.get('shop')?.tasks.values() ?? [])].filter(
      ({ definition }) => definition.family === 'shop-migrate',
    )

  test('that failed is not run again by itself, holds back its dependants, and is run again by hand', async () => {
    const { here, ecs } = await shop()
    ecs.behave('*migrate*', [{ exitCode: 3 }, { exitCode: 0 }])
    const ended = await here.apply()
    expect(ended.code).toBe(1)
    expect(stepOf(ended, 'ecs_task:migrate')).toMatchObject({ result: 'failed', task: { exitCodes: [{ migrate: 3 }] } })
    expect(stepOf(ended, 'ecs_service:web')?.result).toBe('skipped')
    expect(errorsOf(ended)[0]).toMatchObject({ file: 'particles/migrate.yml', line: 18 })

    const again = await here.apply()
    expect(again.code).toBe(1)
    expect(again.report?.result).toBe('failed')
    expect(stepOf(again, 'ecs_service:web')?.result).toBe('skipped')
    expect(again.modifying).toEqual([])
    expect(errorsOf(again)).toEqual([
      {
        file: 'particles/migrate.yml',
        line: 18,
        message: expect.stringMatching(/migrate exited 3.*name ecs_task:migrate in retry-tasks/),
      },
    ])
    expect(runs(ecs)).toHaveLength(1)

    const retried = await here.apply({ 'retry-tasks': 'ecs_task:migrate' })
    expectDone(retried)
    expect(stepOf(retried, 'ecs_task:migrate')?.task?.exitCodes).toEqual([{ migrate: 0 }])
    expect(runs(ecs)).toHaveLength(2)
    await expectNothingToDo(here)
  })

  test('that is done is not run again when ECS has forgotten it, nor when a change is taken back', async () => {
    const { here, ecs } = await shop()
    expectDone(await here.apply())
    ecs.advance(3 * 3600)
    expect(runs(ecs)).toHaveLength(0)
    await expectNothingToDo(here)
    here.edit('particles/migrate.yml', 'migrate:1.8.2', 'migrate:1.9.0')
    expectDone(await here.apply())
    here.edit('particles/migrate.yml', 'migrate:1.9.0', 'migrate:1.8.2')
    const back = await here.apply()
    expectDone(back)
    expect(back.modifying).not.toContain('RunTask')
    await expectNothingToDo(here)
  })
})

describe('an apply that is cut short', () => {
  /** Starts an apply and waits until ECS has been asked for so many runs of an operation. */
  async function startUntil(here: Checkout, ecs: RunningSimulator, operation: string) {
    const started = await here.start({ command: 'apply', 'require-review': 'false' })
    for (let waited = 0; !ecs.calls.some(call => call.operation === operation && call.status === 200); waited++) {
      if (waited > 1000) throw new Error(`${operation} was never called`)
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    return started
  }

  const tasksStarted = (ecs: RunningSimulator) =>
    [...(ecs.region().clusters.get('shop')?.tasks.values() ?? [])].filter(
      ({ definition }) => definition.family === 'shop-migrate',
    )

  test.each(['RegisterTaskDefinition', 'RunTask', 'CreateService'])(
    'killed after %s: the report says running, and the next apply finishes',
    async operation => {
      const { here, ecs } = await shop({ speed: 40 })
      const { process, finished } = await startUntil(here, ecs, operation)
      process.kill('SIGKILL')
      const ended = await finished
      expect(ended.code).toBeNull()
      expect(ended.report?.result).toBe('running')
      expect(ended.report?.steps.map(({ result }) => result)).toContain('running')
      expectDone(await here.apply())
      expect(tasksStarted(ecs)).toHaveLength(1)
      await expectNothingToDo(here)
    },
  )

  test.each(['plan', 'apply'])(
    'cancelled while it plans, %s: one sentence, and a report of an apply',
    async command => {
      const { here, ecs } = await shop({ speed: 40 })
      ecs.inject({ operation: 'DescribeClusters', always: true, fault: { kind: 'hang' } })
      const { process, finished } = await here.start({ command, 'require-review': 'false' })
      for (let waited = 0; !ecs.calls.some(({ operation }) => operation === 'DescribeClusters'); waited++) {
        if (waited > 1000) throw new Error('DescribeClusters was never called')
        await new Promise(resolve => setTimeout(resolve, 10))
      }
      process.kill('SIGTERM')
      const ended = await finished
      expect(ended.code).toBe(1)
      expect(errorsOf(ended).map(({ message }) => message)).toEqual([
        expect.stringMatching(/^the run was cancelled \(SIGTERM\) while it planned, before anything was changed: run/),
      ])
      expect(ended.report?.result).toBe(command === 'apply' ? 'cancelled' : undefined)
      expect(ended.modifying).toEqual([])
    },
  )

  test('cancelled: the report says so, and the next apply finishes', async () => {
    const { here, ecs } = await shop({ speed: 40 })
    const { process, finished } = await startUntil(here, ecs, 'RunTask')
    process.kill('SIGTERM')
    const ended = await finished
    expect(ended.code).toBe(1)
    expect(ended.report?.result).toBe('cancelled')
    expect(stepOf(ended, 'ecs_service:web')?.result).toBe('cancelled')
    expect(ended.report?.steps.map(({ result }) => result)).not.toContain('running')
    expect(
      errorsOf(ended)
        .map(({ message }) => message)
        .join(),
    ).toMatch(/cancelled/)
    expectDone(await here.apply())
    expect(tasksStarted(ecs)).toHaveLength(1)
    await expectNothingToDo(here)
  })
})

test('sixteen services side by side, waited for without a word on the side', async () => {
  const { here } = await shop({ speed: 80 })
  const service = (index: number) => `flavor: ecs_service
pcf_name: web-${index}
parents: [ecs_cluster:shop, ecs_task_definition:web]
aws_resource:
  serviceName: web-${index}
  desiredCount: 1
  launchType: FARGATE
  networkConfiguration:
    awsvpcConfiguration:
      subnets: [subnet-0a1b2c3d4e5f60718]
`
  here.write(Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`particles/${index}.yml`, service(index)])))
  const ended = await here.apply()
  expectDone(ended)
  expect(ended.modifying.filter(operation => operation === 'CreateService')).toHaveLength(17)
  // Waited for together: each would ask for itself otherwise.
  expect(ended.calls.filter(({ operation }) => operation === 'DescribeServices').length).toBeLessThan(34)
})

test('a right that is missing half way is named at the line that needs it, and the next apply goes on from there', async () => {
  const { here, ecs } = await shop()
  ecs.deny(['ecs:CreateService'])
  const ended = await here.apply()
  expect(errorsOf(ended)).toEqual([
    {
      file: web,
      line: 25,
      message: expect.stringMatching(
        /Add \{"Effect":"Allow","Action":"ecs:CreateService","Resource":.*\} to the policy/,
      ),
    },
  ])
  expect(ended.code).toBe(1)
  ecs.deny([])
  const next = await here.apply()
  expectDone(next)
  expect(next.modifying).toEqual(['CreateService'])
})

test('what does not settle in time fails with what it was waiting for', async () => {
  const { here } = await shop({ speed: 1 })
  const ended = await here.apply({ 'wait-timeout': '2s' })
  expect(ended.code).toBe(1)
  expect(stepOf(ended, 'ecs_task:migrate')?.error?.message).toMatch(
    /^ecs_task:migrate was not done after \d s \(wait-timeout\): the task is (PROVISIONING|PENDING)/,
  )
  expect(stepOf(ended, 'ecs_service:web')?.result).toBe('skipped')
})

test('validate reads the manifests and asks nobody', async () => {
  const { here } = await shop()
  const ended = await here.step(
    { command: 'validate', 'aws-region': '' },
    { env: { AWS_ACCESS_KEY_ID: '', AWS_REGION: '', AWS_DEFAULT_REGION: '' } },
  )
  expect(ended.stdout).toMatch(
    /4 manifests read for the environment production:\n {2}1 ec2_instance\n {2}1 ecs_cluster[\s\S]*\n {2}environments: staging\n/,
  )
  expect(ended.calls).toEqual([])
  expect(ended.code).toBe(0)
})

test('an ECS that accepts and says nothing is given up, in one line', async () => {
  const ended = await hanging
  const [error, ...others] = expectRefusal(ended)
  expect(error?.message).toMatch(/no answer from http:\/\/127\.0\.0\.1:\d+ .*check the region, the network/)
  expect(others).toEqual([])
  expect(ended.report?.result).toBe('failed')
  expect(ended.milliseconds).toBeLessThan(60_000)
}, 70_000)
