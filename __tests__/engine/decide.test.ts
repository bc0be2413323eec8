import { describe, expect, test } from '@jest/globals'
import { cluster, definition, job, service } from '../world/manifests.ts'
import { type Asked, Shop } from '../world/shop.ts'

const shown: Asked = { revealed: () => true }

const environment = (value: string) => `      environment: [{name: FROM, value: "${value}"}]`

describe('what a particle inherits', () => {
  const inheriting = (value: string) =>
    cluster +
    definition() +
    service() +
    definition({ family: 'side', image: 'job:1', more: environment(value) }).replace(
      'pcf_name: side',
      'pcf_name: side\nparents: [ecs_service:web]',
    ) +
    job({ name: 'side', family: 'side' })

  test('from one that is yet to be made is known after apply, and then it is known', async () => {
    const manifests = inheriting('$inherit$ecs_service:web$serviceArn')
    const shop = await Shop.open()
    const first = await shop.apply(manifests, shown)
    expect(first.step('ecs_task_definition:side').changes).toContainEqual({
      path: 'containerDefinitions[side].environment[FROM].value',
      after: { unknown: 'ecs_service:web' },
    })
    expect(first.report.result).toBe('succeeded')
    expect((await shop.plan(manifests, shown)).plan.steps).toEqual([])
    shop.simulator.advance(7200)
    expect((await shop.plan(manifests, shown)).plan.steps).toEqual([])
    expect(shop.runs.size).toBe(1)
  })

  test('from a task definition is its revision in hand, and a new one makes a new one', async () => {
    const manifests = (image: string) =>
      cluster +
      definition({ image }) +
      definition({
        family: 'side',
        image: 'side:1',
        more: environment('$inherit$ecs_task_definition:web$taskDefinition'),
      }).replace('pcf_name: side', 'pcf_name: side\nparents: [ecs_task_definition:web]')
    const shop = await Shop.open()
    await shop.apply(manifests('web:1'), shown)
    const { step, report } = await shop.apply(manifests('web:2'), shown)
    expect(step('ecs_task_definition:side').changes).toEqual([
      {
        path: 'containerDefinitions[side].environment[FROM].value',
        before: 'web:1',
        after: { unknown: 'ecs_task_definition:web' },
      },
    ])
    expect(report.result).toBe('succeeded')
    expect((await shop.plan(manifests('web:2'), shown)).plan.steps).toEqual([])
  })

  test('and its parent changes is known after apply, and one apply is enough', async () => {
    const manifests = (count: string, tags = 'a: b') =>
      cluster.replace('clusterName: main', `clusterName: main\n  tags: {${tags}}`) +
      definition() +
      service({ count: Number(count) }) +
      service({
        name: 'side',
        parents: ['ecs_service:web'],
        more: '  tags: {first: "$inherit$ecs_cluster:main$tags.0.value", kept: "$inherit$ecs_cluster:main$clusterArn"}',
      }).replace('desiredCount: 1', 'desiredCount: $inherit$ecs_service:web$desiredCount')
    const shop = await Shop.running(manifests('1'))
    const { step, report } = await shop.apply(manifests('2'))
    expect(step('ecs_service:side').changes).toEqual([
      { path: 'desiredCount', before: 1, after: { unknown: 'ecs_service:web' } },
    ])
    expect(report.result).toBe('succeeded')
    expect((await shop.plan(manifests('2'))).plan.steps).toEqual([])
    const tagged = await shop.apply(manifests('2', 'a: b, c: b'))
    expect(tagged.report.result).toBe('succeeded')
    expect((await shop.plan(manifests('2', 'a: b, c: b'))).plan.steps).toEqual([])
  })

  test('becomes what the member takes', async () => {
    const manifests =
      cluster +
      definition() +
      service({
        more: '  tags: {revision: "$inherit$ecs_task_definition:web$revision", at: "$inherit$ecs_task_definition:web$registeredAt", essential: "$inherit$ecs_task_definition:web$containerDefinitions.0.essential"}',
      }).replace('desiredCount: 1', 'desiredCount: $inherit$ecs_task_definition:web$revision') +
      definition({
        family: 'side',
        more: '      cpu: $inherit$ecs_task_definition:web$cpu',
      }).replace('pcf_name: side', 'pcf_name: side\nparents: [ecs_task_definition:web]')
    const shop = await Shop.running(manifests)
    expect(shop.sent('CreateService')[0]).toMatchObject({
      desiredCount: 1,
      tags: [
        { key: 'revision', value: '1' },
        { key: 'at', value: '2026-01-02T03:04:05.000Z' },
        { key: 'essential', value: 'true' },
      ],
    })
    expect(shop.sent('RegisterTaskDefinition')[1]).toMatchObject({ containerDefinitions: [{ cpu: 256 }] })
    expect((await shop.plan(manifests)).plan.steps).toEqual([])
  })

  test('and is of another kind than the member is refused at its line, and never sent', async () => {
    const manifests = (key: string) =>
      cluster + definition() + service({ more: `  tags: {a: "$inherit$ecs_task_definition:web$${key}"}` })
    const shop = await Shop.running(cluster + definition())
    await expect(shop.plan(manifests('containerDefinitions'))).rejects.toThrow(
      /^shop\.yml:\d+:\d+ ecs_service:web inherits containerDefinitions from ecs_task_definition:web, which is a list, and a text is due; /,
    )
    expect(shop.sent('CreateService')).toEqual([])
  })

  test('that its parent does not have is refused at its line, and never sent', async () => {
    const manifests = (value: string) =>
      cluster +
      definition({ family: 'side', image: 'job:1', more: environment(value) }).replace(
        'pcf_name: side',
        'pcf_name: side\nparents: [ecs_cluster:main]',
      )
    const key = 'configuration.executeCommandConfiguration.kmsKeyId'
    const missing = manifests(`$inherit$ecs_cluster:main$${key}`)
    const shop = await Shop.open()
    await shop.apply(cluster)
    const line = missing.slice(0, missing.indexOf('$inherit$')).split('\n').length
    await expect(shop.plan(missing)).rejects.toThrow(
      new RegExp(
        `:${line}:\\d+ ecs_task_definition:side inherits ${key} from ecs_cluster:main, which has no such value in AWS; state the value, or inherit one that it has$`,
      ),
    )
    const fresh = await Shop.open()
    const { report } = await fresh.apply(missing)
    expect(report.steps.map(({ particle, result }) => [particle, result])).toContainEqual([
      'ecs_task_definition:side',
      'failed',
    ])
    expect(fresh.modifying()).not.toContain('RegisterTaskDefinition')
  })

  test('leaves a service in the cluster that its parent names', async () => {
    const manifests =
      cluster +
      definition() +
      service({ more: '  tags: [{key: cluster, value: "$inherit$ecs_cluster:main$clusterArn"}]' }) +
      job({
        name: 'later',
        family: 'web',
        options: 'wait: running',
        more: '  group: "$inherit$ecs_service:web$serviceName"',
        parents: ['ecs_service:web'],
      })
    const shop = await Shop.open()
    expect((await shop.apply(manifests)).report.result).toBe('succeeded')
    const main = shop.simulator.region().clusters.get('main')
    expect(main?.services.get('web')?.tags).toEqual([{ key: 'cluster', value: main?.arn }])
    expect((await shop.plan(manifests)).plan.steps).toEqual([])
  })
})

describe('what is there', () => {
  test('and on its way out is started again once it is gone', async () => {
    const manifests = cluster + definition() + service()
    const shop = await Shop.open()
    shop.simulator.behave('web:1', { stopSeconds: 60 })
    await shop.apply(manifests)
    const gone = cluster + definition() + service({ top: 'desired_state: terminated' })
    await shop.apply(gone, { waitTimeout: 5_000 })
    const back = await shop.apply(manifests)
    expect(back.step('ecs_service:web')).toMatchObject({ transition: 'start', from: 'pending' })
    expect(back.report.result).toBe('succeeded')
    expect((await shop.plan(manifests)).plan.steps).toEqual([])
  })

  test('and has failed fails every apply, until it changes', async () => {
    const failing = (image: string) =>
      cluster +
      definition({ image }) +
      service({ more: '  deploymentConfiguration: {deploymentCircuitBreaker: {enable: true, rollback: false}}' })
    const shop = await Shop.open()
    await shop.apply(failing('crash:1'), { waitTimeout: 3_600_000 })
    const next = await shop.apply(failing('crash:1'))
    expect(next.plan.unchanged).toContainEqual({
      particle: 'ecs_service:web',
      state: 'running',
      reason: 'failed',
      why: expect.stringContaining('FAILED'),
    })
    expect(next.report).toMatchObject({ result: 'failed', steps: [] })
    expect((await shop.apply(failing('web:1'))).report.result).toBe('succeeded')
  })
})
