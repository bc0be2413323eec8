import {
  DeleteServiceCommand,
  type Deployment,
  DescribeServicesCommand,
  type Service,
  TagResourceCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { service } from '../../src/flavors/service/index.ts'
import { whatHappens } from '../../src/render/explain.ts'
import { phraseText } from '../../src/render/words.ts'
import { family, main, network, particle, serviceOf, stated, told } from '../world/particles.ts'
import { read, Shop } from '../world/shop.ts'

const web = (definition = {}, around = {}, image = 'web:1') =>
  stated(main, family('web', image), serviceOf('web', definition, around))

/** The service as ECS has it. */
async function described(shop: Shop, name = 'web'): Promise<Service> {
  const { services } = await shop
    .somebody()
    .send(new DescribeServicesCommand({ cluster: 'main', services: [name], include: ['TAGS'] }))
  return services?.[0] as Service
}

const breaker = (rollback: boolean) => ({
  deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback } },
})

describe('a rollout', () => {
  const rolled = (options = {}) => Shop.running(web({ desiredCount: 2, ...options }))

  test('says how far it is, and how it ended', async () => {
    const shop = await Shop.open()
    shop.simulator.behave('web:*', { startSeconds: 20 })
    const { log, done } = await shop.apply(web({ desiredCount: 2 }))
    expect(log.filter(line => line.startsWith('ecs_service:web'))).toContainEqual(
      expect.stringMatching(/^ecs_service:web: 0 of 2 tasks running, deployment IN_PROGRESS, \d+ s$/),
    )
    expect(done('ecs_service:web')).toMatchObject({ result: 'succeeded', because: '2 of 2 tasks run web:1' })
  })

  test('follows a new revision, one step after the other', async () => {
    const shop = await rolled()
    const calls = shop.simulator.calls.length
    const { plan, report } = await shop.apply(web({ desiredCount: 2 }, {}, 'web:2'))
    expect(plan.steps.map(({ particle, transition, risks }) => [particle, transition, risks])).toEqual([
      ['ecs_task_definition:web', 'update', []],
      ['ecs_service:web', 'update', ['restarts 2 tasks, never below 2 running']],
    ])
    expect(report.result).toBe('succeeded')
    expect(shop.sent('UpdateService', calls)).toEqual([{ cluster: 'main', service: 'web', taskDefinition: 'web:2' }])
    expect(await described(shop)).toMatchObject({ runningCount: 2, taskDefinition: expect.stringMatching(/web:2$/) })
  })

  test('that ECS rolls back is a failure, in words of ECS, with what became of the tasks', async () => {
    const shop = await rolled(breaker(true))
    shop.simulator.behave('web:2', { startSeconds: 1, runSeconds: 1, exitCode: 7 })
    const { report, done } = await shop.apply(web({ desiredCount: 2, ...breaker(true) }, {}, 'web:2'))
    expect(report.result).toBe('failed')
    const { error } = done('ecs_service:web')
    expect(error).toMatchObject({
      code: 'RolledBack',
      message:
        'ecs_service:web was rolled back by ECS: 4 tasks of web:2 stopped, container web exited 7. web:1 runs again, 2 of 2 tasks.',
    })
    expect(error?.details).toContainEqual(expect.stringMatching(/deployment failed: tasks failed to start/))
    expect(error?.details).toContainEqual(expect.stringMatching(/circuit breaker 3 of 3 tasks failed/))
    expect(error?.details.join('\n')).not.toMatch(/exited 7/)
    expect((await described(shop)).taskDefinition).toMatch(/web:1$/)
  })

  test('that is forced and rolled back runs the same revision as before, and fails all the same', async () => {
    const shop = await rolled(breaker(true))
    shop.simulator.behave('web:1', { startSeconds: 1, runSeconds: 1, exitCode: 1 })
    const { plan, done } = await shop.apply(web({ desiredCount: 2, ...breaker(true) }), { asked: ['ecs_service:web'] })
    expect(plan.steps).toMatchObject([
      {
        particle: 'ecs_service:web',
        transition: 'update',
        changes: [{ path: 'forceNewDeployment', before: false, after: true }],
        risks: ['restarts 2 tasks, never below 2 running'],
      },
    ])
    expect(done('ecs_service:web').result).toBe('failed')
    expect(done('ecs_service:web').error?.message).toMatch(
      /^ecs_service:web was rolled back by ECS: 4 tasks of web:1 stopped, container web exited 1\. web:1 runs again/,
    )
  })

  test('that fails without rollback stays failed until it is changed or deployed again', async () => {
    const shop = await rolled(breaker(false))
    shop.simulator.behave('web:2', { startSeconds: 1, runSeconds: 1, exitCode: 1 })
    const bad = web({ desiredCount: 2, ...breaker(false) }, {}, 'web:2')
    const first = await shop.apply(bad)
    expect(first.done('ecs_service:web').error?.message).toBe(
      'ecs_service:web failed to deploy web:2: 4 tasks of web:2 stopped, container web exited 1.',
    )
    for (const _again of [1, 2]) {
      const { plan, report } = await shop.apply(bad)
      expect(plan.steps).toEqual([])
      expect(plan.unchanged.find(({ particle }) => particle === 'ecs_service:web')).toMatchObject({
        reason: 'failed',
        why: expect.stringMatching(
          /^its deployment of web:2 FAILED: .*; change it, or name ecs_service:web in redeploy$/,
        ),
      })
      expect(report.result).toBe('failed')
    }
    shop.simulator.behave('web:2', {})
    const again = await shop.apply(bad, { asked: ['ecs_service:web'] })
    expect(again.report.result).toBe('succeeded')
    expect((await shop.plan(bad)).plan.steps).toEqual([])
  })

  test('that fails from the start is a failure, and stays one', async () => {
    const shop = await Shop.open()
    shop.simulator.behave('web:1', { startSeconds: 1, runSeconds: 1, exitCode: 1 })
    const first = await shop.apply(web(breaker(true)))
    expect(first.done('ecs_service:web').error?.message).toMatch(
      /^ecs_service:web failed to deploy web:1: \d tasks of web:1 stopped/,
    )
    const again = await shop.apply(web(breaker(true)))
    expect([again.plan.steps, again.report.result]).toEqual([[], 'failed'])
  })

  test('never goes below what the manifest says of it', async () => {
    const shop = await rolled({ desiredCount: 4 })
    const half = { desiredCount: 4, deploymentConfiguration: { minimumHealthyPercent: 50 } }
    const { plan } = await shop.plan(web(half, {}, 'web:2'))
    expect(plan.steps[1]?.risks).toEqual(['restarts 4 tasks, never below 2 running'])
    const grown = await shop.plan(web({ desiredCount: 9 }, {}, 'web:2'))
    expect(grown.plan.steps[1]?.risks).toEqual(['restarts 4 tasks, never below 4 running'])
  })

  test('asked for beside a change is one update', async () => {
    const shop = await rolled()
    const calls = shop.simulator.calls.length
    await shop.apply(web({ desiredCount: 3 }), { asked: ['ecs_service:web'] })
    expect(shop.sent('UpdateService', calls)).toEqual([
      { cluster: 'main', service: 'web', desiredCount: 3, forceNewDeployment: true },
    ])
  })

  test('that fails is over with a change', async () => {
    const shop = await rolled(breaker(false))
    shop.simulator.behave('web:2', { startSeconds: 1, runSeconds: 1, exitCode: 1 })
    await shop.apply(web({ desiredCount: 2, ...breaker(false) }, {}, 'web:2'))
    const { report } = await shop.apply(web({ desiredCount: 2, ...breaker(false) }, {}, 'web:3'))
    expect(report.result).toBe('succeeded')
  })

  test('without a breaker ends at wait-timeout, explained', async () => {
    const shop = await rolled()
    shop.simulator.behave('web:2', { neverStarts: 'CannotPullContainerError: no such image' })
    const { done } = await shop.apply(web({ desiredCount: 2 }, {}, 'web:2'), { waitTimeout: 300_000 })
    const { error } = done('ecs_service:web')
    expect(error?.message).toMatch(
      /^ecs_service:web was not done after 5 min(?: \d+ s)? \(wait-timeout\): \d+ tasks of web:2 stopped, image web:2 could not be pulled \(CannotPullContainerError: no such image\)\. web:2: 0 of 2 running; web:1: 2 still running, deployment IN_PROGRESS\.$/,
    )
    expect(error?.details.join('\n')).not.toMatch(/CannotPullContainerError/)
  })

  test('that fails is put back when asked for, and fails all the same', async () => {
    const shop = await rolled(breaker(false))
    shop.simulator.behave('web:2', { startSeconds: 1, runSeconds: 1, exitCode: 1 })
    const calls = shop.simulator.calls.length
    const { report, done } = await shop.apply(
      web({ desiredCount: 3, enableExecuteCommand: true, ...breaker(false) }, {}, 'web:2'),
      { onFailure: 'rollback' },
    )
    expect(report.result).toBe('failed')
    expect(done('ecs_service:web').error?.message).toBe(
      'ecs_service:web failed to deploy web:2: 3 tasks of web:2 stopped, container web exited 1. It was put back: 2 of 2 tasks run web:1.',
    )
    const arn = (revision: number) => `arn:aws:ecs:us-east-1:123456789012:task-definition/web:${revision}`
    expect(shop.sent('UpdateService', calls)[1]).toEqual({
      cluster: 'main',
      service: 'web',
      taskDefinition: arn(1),
      desiredCount: 2,
      enableExecuteCommand: false,
    })
    expect(await described(shop)).toMatchObject({ runningCount: 2, taskDefinition: arn(1) })
  })

  test('that ECS has put back already is not put back again', async () => {
    const shop = await rolled(breaker(true))
    shop.simulator.behave('web:2', { startSeconds: 1, runSeconds: 1, exitCode: 1 })
    const calls = shop.simulator.calls.length
    const { done } = await shop.apply(web({ desiredCount: 2, ...breaker(true) }, {}, 'web:2'), {
      onFailure: 'rollback',
    })
    expect(done('ecs_service:web').error?.message).toMatch(/^ecs_service:web was rolled back by ECS: 4 tasks/)
    expect(shop.sent('UpdateService', calls)).toHaveLength(1)
  })

  test('what an update brought that was not there before is put back to nothing', async () => {
    const shop = await Shop.open()
    const connected = { serviceConnectConfiguration: { enabled: true, namespace: 'shop' } }
    const registries = {
      serviceRegistries: [{ registryArn: 'arn:aws:servicediscovery:us-east-1:123456789012:service/srv-1' }],
    }
    await shop.apply(web(breaker(false)))
    shop.simulator.behave('web:2', { startSeconds: 1, runSeconds: 1, exitCode: 1 })
    const calls = shop.simulator.calls.length
    await shop.apply(web({ ...breaker(false), ...connected, ...registries }, {}, 'web:2'), { onFailure: 'rollback' })
    expect(shop.sent('UpdateService', calls)[1]).toMatchObject({
      serviceConnectConfiguration: { enabled: false },
      serviceRegistries: [],
    })
    expect((await described(shop)).runningCount).toBe(1)
  })

  test('that is put back leaves a count to the autoscaler that owns it', async () => {
    const scaled = (image: string) =>
      web({ desiredCount: 2, ...breaker(false) }, { options: { ignore: ['desiredCount'] } }, image)
    const shop = await Shop.running(scaled('web:1'))
    shop.simulator.behave('web:2', { startSeconds: 1, runSeconds: 1, exitCode: 1 })
    const calls = shop.simulator.calls.length
    const { report } = await shop.apply(scaled('web:2'), {
      onFailure: 'rollback',
      onSay: (_id, sentence) => {
        if (!sentence.startsWith('web:2: ')) return
        shop.simulator.handle('us-east-1', 'UpdateService', { cluster: 'main', service: 'web', desiredCount: 4 })
      },
    })
    expect(report.result).toBe('failed')
    expect(shop.sent('UpdateService', calls).at(-1)).toEqual({
      cluster: 'main',
      service: 'web',
      taskDefinition: expect.stringMatching(/web:1$/),
    })
    expect((await described(shop)).desiredCount).toBe(4)
  })

  test('that somebody else replaces is no success', async () => {
    const shop = await rolled()
    await shop.apply(stated(family('other', 'other:1')))
    shop.simulator.behave('web:*', { startSeconds: 30 })
    let meddled = false
    const { done } = await shop.apply(web({ desiredCount: 2 }, {}, 'web:2'), {
      onFailure: 'rollback',
      onSay: (id, sentence) => {
        if (id !== 'ecs_service:web' || !sentence.includes('IN_PROGRESS') || meddled) return
        meddled = true
        const theirs = { cluster: 'main', service: 'web', taskDefinition: 'other:1' }
        shop.simulator.handle('us-east-1', 'UpdateService', theirs)
      },
    })
    expect(done('ecs_service:web').error?.message).toMatch(
      /^ecs_service:web was deployed by somebody else meanwhile: deployment ecs-svc\/\d+ of other:1 took its place\.$/,
    )
    // Theirs is not taken back.
    expect(shop.sent('UpdateService')).toHaveLength(2)
  })

  test('that another tool replaces, which decides on the revision, is not put back', async () => {
    const loose = (subnet: string) =>
      stated(
        main,
        serviceOf(
          'web',
          { taskDefinition: 'web', networkConfiguration: { awsvpcConfiguration: { subnets: [subnet] } } },
          { top: { parents: ['ecs_cluster:main'] } },
        ),
      )
    const shop = await Shop.running(stated(family('web', 'web:1')))
    await shop.apply(loose('subnet-1'))
    await shop.apply(stated(family('web', 'web:2')))
    shop.simulator.behave('web:*', { startSeconds: 30 })
    const calls = shop.simulator.calls.length
    const { done } = await shop.apply(loose('subnet-2'), {
      onFailure: 'rollback',
      onSay: (_id, sentence) => {
        if (!sentence.startsWith('web:1: 0 of 1 running')) return
        const theirs = { cluster: 'main', service: 'web', taskDefinition: 'web:2' }
        shop.simulator.handle('us-east-1', 'UpdateService', theirs)
      },
    })
    expect(done('ecs_service:web').error?.code).toBe('DeployedMeanwhile')
    // Ours, and theirs.
    expect(shop.sent('UpdateService', calls)).toHaveLength(2)
    expect((await described(shop)).taskDefinition).toMatch(/web:2$/)
  })

  test('under way with the same manifest is waited for, and its end is told', async () => {
    const shop = await rolled(breaker(true))
    shop.simulator.behave('web:2', { startSeconds: 30 })
    const next = web({ desiredCount: 2, ...breaker(true) }, {}, 'web:2')
    const cut = await shop.apply(next, { waitTimeout: 5_000 })
    expect(cut.done('ecs_service:web').result).toBe('failed')
    const calls = shop.simulator.calls.length
    const { plan, report } = await shop.apply(next)
    expect(plan.steps).toMatchObject([
      { particle: 'ecs_service:web', transition: 'wait', changes: [], why: expect.stringMatching(/IN_PROGRESS/) },
    ])
    expect(report.result).toBe('succeeded')
    expect(shop.modifying(calls)).toEqual([])
  })

  test('under way that is rolled back while it is waited for is a failure', async () => {
    const shop = await rolled(breaker(true))
    shop.simulator.behave('web:2', { startSeconds: 10, runSeconds: 1, exitCode: 1 })
    const next = web({ desiredCount: 2, ...breaker(true) }, {}, 'web:2')
    await shop.apply(next, { waitTimeout: 5_000 })
    const { plan, report, done } = await shop.apply(next)
    expect(plan.steps).toMatchObject([{ transition: 'wait' }])
    expect(report.result).toBe('failed')
    expect(done('ecs_service:web').error?.message).toMatch(/^ecs_service:web was rolled back by ECS: 4 tasks/)
  })

  test('under way with another manifest is superseded, never waited for first', async () => {
    const shop = await rolled()
    shop.simulator.behave('web:2', { neverStarts: 'CannotPullContainerError' })
    await shop.apply(web({ desiredCount: 2 }, {}, 'web:2'), { waitTimeout: 5_000 })
    const { plan, report } = await shop.apply(web({ desiredCount: 2 }, {}, 'web:3'))
    expect(plan.steps.map(({ transition }) => transition)).toEqual(['update', 'update'])
    expect(report.result).toBe('succeeded')
    expect((await described(shop)).taskDefinition).toMatch(/web:3$/)
  })

  test('asked for is not begun twice when its answer is lost', async () => {
    const shop = await rolled()
    const calls = shop.simulator.calls.length
    shop.simulator.inject({ operation: 'UpdateService', fault: { kind: 'lose' } })
    const { report } = await shop.apply(web({ desiredCount: 2 }), { asked: ['ecs_service:web'] })
    expect(report.result).toBe('succeeded')
    expect(shop.sent('UpdateService', calls)).toHaveLength(1)
  })

  test.each(['reset', 'lose', 'throttle', 'unavailable'] as const)('converges when its call meets a %s', async kind => {
    const shop = await rolled()
    shop.simulator.inject({ operation: 'UpdateService', fault: { kind } })
    const { report } = await shop.apply(web({ desiredCount: 2 }, {}, 'web:2'))
    expect(report.result).toBe('succeeded')
    const { deployments, taskDefinition } = await described(shop)
    expect(taskDefinition).toMatch(/web:2$/)
    expect(deployments).toHaveLength(1)
  })
})

describe('the count', () => {
  test('alone starts no deployment, and is waited for both ways', async () => {
    const shop = await Shop.open()
    await shop.apply(web({ desiredCount: 1 }))
    shop.simulator.behave('web:*', { startSeconds: 20 })
    const [before] = (await described(shop)).deployments ?? []
    for (const count of [4, 2]) {
      const { plan, done } = await shop.apply(web({ desiredCount: count }))
      expect(plan.steps).toMatchObject([{ transition: 'update', risks: [] }])
      expect(done('ecs_service:web').because).toBe(`${count} of ${count} tasks run web:1`)
      const now = await described(shop)
      expect([now.runningCount, now.pendingCount]).toEqual([count, 0])
      expect(now.deployments?.map(({ id }) => id)).toEqual([before?.id])
    }
  })

  test('is left to an autoscaler that nobody states it against', async () => {
    const shop = await Shop.open()
    const scaled = (image: string) => web({ desiredCount: undefined }, { options: { initial_desired_count: 2 } }, image)
    await shop.apply(scaled('web:1'))
    expect(shop.sent('CreateService')).toMatchObject([{ desiredCount: 2 }])
    await shop.somebody().send(new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount: 5 }))
    shop.simulator.advance(60)
    expect((await shop.plan(scaled('web:1'))).plan.steps).toEqual([])
    const calls = shop.simulator.calls.length
    expect((await shop.apply(scaled('web:2'))).report.result).toBe('succeeded')
    expect(shop.sent('UpdateService', calls)).toEqual([{ cluster: 'main', service: 'web', taskDefinition: 'web:2' }])
    expect((await described(shop)).desiredCount).toBe(5)
  })

  test('that is ignored is the one that ECS has, also in what is said of an update', async () => {
    const scaled = (image: string) => web({ desiredCount: 2 }, { options: { ignore: ['desiredCount'] } }, image)
    const shop = await Shop.running(scaled('web:1'))
    await shop.somebody().send(new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount: 5 }))
    shop.simulator.advance(60)
    const { step } = await shop.plan(scaled('web:2'))
    expect(step('ecs_service:web').risks).toEqual(['restarts 5 tasks, never below 5 running'])
  })

  test('that nobody gives is an error of a start, at its line', async () => {
    const shop = await Shop.open()
    await expect(shop.plan(web({ desiredCount: undefined }))).rejects.toThrow(
      /desiredCount is missing and the service does not exist yet; state it, or custom_config.initial_desired_count/,
    )
  })

  test('to begin with is an error of a DAEMON, at its line', async () => {
    const shop = await Shop.open()
    const daemon = { schedulingStrategy: 'DAEMON', launchType: 'EC2', desiredCount: undefined }
    await expect(shop.plan(web(daemon, { options: { initial_desired_count: 2 } }))).rejects.toThrow(
      /^shop\.yml:1:\d+ .*initial_desired_count is not possible with schedulingStrategy DAEMON: leave it out$/,
    )
  })

  test('of nothing keeps a service at rest', async () => {
    const shop = await Shop.open()
    await shop.apply(web({ desiredCount: 0 }))
    expect(await described(shop)).toMatchObject({ status: 'ACTIVE', runningCount: 0 })
    expect((await shop.plan(web({ desiredCount: 0 }))).plan.steps).toEqual([])
  })
})

describe('what stands around a service', () => {
  test.each<[string, object]>([
    ['tags', { tags: { team: 'shop' } }],
    ['a member that starts no task', { enableExecuteCommand: true }],
  ])('%s of one that is unwell wait for no task, and the plan says that it is unwell', async (_name, more) => {
    const shop = await Shop.running(web({ desiredCount: 2 }))
    shop.simulator.behave('web:1', { neverStarts: 'CannotPullContainerError' })
    const [task] = shop.simulator.region().clusters.get('main')?.tasks.keys() ?? []
    shop.simulator.handle('us-east-1', 'StopTask', { cluster: 'main', task })
    shop.simulator.advance(120)
    const { plan, report, done } = await shop.apply(web({ desiredCount: 2, ...more }))
    expect(plan.steps).toMatchObject([{ transition: 'update', risks: [] }])
    expect(plan.warnings).toEqual([expect.stringMatching(/^ecs_service:web is unwell: 1 of 2 tasks running/)])
    expect(report.result).toBe('succeeded')
    expect(done('ecs_service:web').because).toBe('1 of 2 tasks run web:1')
  })

  test('tags of one that is being deployed wait for the rollout', async () => {
    const shop = await Shop.running(web({ desiredCount: 2 }))
    shop.simulator.behave('web:1', { startSeconds: 30 })
    shop.simulator.handle('us-east-1', 'UpdateService', { cluster: 'main', service: 'web', forceNewDeployment: true })
    const began = shop.clock.now()
    const { plan, report } = await shop.apply(web({ desiredCount: 2, tags: { team: 'shop' } }))
    expect([plan.warnings ?? [], report.result]).toEqual([[], 'succeeded'])
    expect(shop.clock.now() - began).toBeGreaterThan(30_000)
  })

  test('a load balancer and its grace period come one after the other where ECS refuses both at once', async () => {
    const portMappings = [{ containerPort: 80 }]
    const shopOf = (definition: object) =>
      stated(
        main,
        family('web', 'web:1', { containerDefinitions: [{ name: 'web', image: 'web:1', portMappings }] }),
        serviceOf('web', { ...definition }),
      )
    const shop = await Shop.running(shopOf({}))
    const targetGroupArn = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/1'
    const loadBalancers = [{ targetGroupArn, containerName: 'web', containerPort: 80 }]
    const next = shopOf({ loadBalancers, healthCheckGracePeriodSeconds: 30 })
    const message = 'Health check grace period is only valid for services configured to use load balancers'
    const fault = { kind: 'error', name: 'InvalidParameterException', message } as const
    shop.simulator.inject({ operation: 'UpdateService', fault })
    const { report } = await shop.apply(next)
    expect(report.result).toBe('succeeded')
    const named = { cluster: 'main', service: 'web' }
    expect(shop.sent('UpdateService').slice(-2)).toEqual([
      { ...named, loadBalancers },
      { ...named, healthCheckGracePeriodSeconds: 30 },
    ])
    expect((await described(shop)).deployments).toHaveLength(1)
    expect((await shop.plan(next)).plan.steps).toEqual([])
  })

  test('tags go their own way, and reserved ones stay', async () => {
    const shop = await Shop.open()
    const tagged = (tags: unknown) => web({ tags })
    await shop.apply(
      tagged([
        { key: 'team', value: 'shop' },
        { key: 'old', value: 'yes' },
      ]),
    )
    const { serviceArn } = await described(shop)
    const calls = shop.simulator.calls.length
    await shop
      .somebody()
      .send(new TagResourceCommand({ resourceArn: serviceArn, tags: [{ key: 'ecs-particles:x', value: '1' }] }))
    const next = tagged([
      { key: 'team', value: 'store' },
      { key: 'new', value: '' },
    ])
    const { plan, report } = await shop.apply(next)
    expect(plan.steps).toMatchObject([{ transition: 'update', risks: [] }])
    expect(report.result).toBe('succeeded')
    expect(shop.modifying(calls)).toEqual(['TagResource', 'UntagResource', 'TagResource'])
    expect(shop.sent('UntagResource', calls)).toEqual([{ resourceArn: serviceArn, tagKeys: ['old'] }])
    expect((await described(shop)).tags).toHaveLength(3)
    expect((await shop.plan(next)).plan.steps).toEqual([])
    expect((await shop.plan(web())).plan.steps).toEqual([])
  })

  test('tags and a member at once are one call each', async () => {
    const shop = await Shop.open()
    await shop.apply(web())
    const calls = shop.simulator.calls.length
    await shop.apply(web({ enableExecuteCommand: true, tags: [{ key: 'team', value: 'shop' }] }))
    expect(shop.modifying(calls)).toEqual(['UpdateService', 'TagResource'])
  })

  test('a cluster strategy that ECS stamps in is no difference', async () => {
    const shop = await Shop.open()
    const manifest = stated(
      particle('ecs_cluster', 'main', {
        clusterName: 'main',
        capacityProviders: ['FARGATE'],
        defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
      }),
      family('web', 'web:1'),
      serviceOf('web', { launchType: undefined }),
    )
    expect((await shop.apply(manifest)).report.result).toBe('succeeded')
    expect((await described(shop)).capacityProviderStrategy).toHaveLength(1)
    expect((await shop.plan(manifest)).plan.steps).toEqual([])
  })

  test.each([
    ['a family', 'web'],
    ['the ARN of a family', 'arn:aws:ecs:us-east-1:123456789012:task-definition/web'],
  ])('%s without a revision means any of it', async (_name, taskDefinition) => {
    const shop = await Shop.open()
    await shop.apply(stated(main, family('web', 'web:1')))
    const loose = stated(main, serviceOf('web', { taskDefinition }, { top: { parents: ['ecs_cluster:main'] } }))
    expect((await shop.apply(loose)).report.result).toBe('succeeded')
    await shop.apply(stated(family('web', 'web:2')))
    expect((await shop.plan(loose)).plan.steps).toEqual([])
    await shop.somebody().send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web:2' }))
    shop.simulator.advance(300)
    expect((await shop.plan(loose)).plan.steps).toEqual([])
    await shop.apply(stated(family('other', 'other:1')))
    const other = stated(
      main,
      serviceOf('web', { taskDefinition: 'other' }, { top: { parents: ['ecs_cluster:main'] } }),
    )
    const { plan, report } = await shop.apply(other)
    expect(plan.steps).toMatchObject([{ changes: [{ path: 'taskDefinition', before: 'web:2', after: 'other' }] }])
    expect(report.result).toBe('succeeded')
  })

  test.each([
    ['names', 'main', 'web:1'],
    [
      'ARNs',
      'arn:aws:ecs:us-east-1:123456789012:cluster/main',
      'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
    ],
  ])('cluster and task definition go by %s', async (_name, cluster, taskDefinition) => {
    const shop = await Shop.open()
    await shop.apply(stated(main, family('web', 'web:1')))
    const named = stated(serviceOf('web', { cluster, taskDefinition }, { top: { parents: [] } }))
    expect((await shop.apply(named)).report.result).toBe('succeeded')
    expect((await shop.plan(named)).plan.steps).toEqual([])
    const more = stated(serviceOf('web', { cluster, taskDefinition, desiredCount: 2 }, { top: { parents: [] } }))
    expect((await shop.apply(more)).report.result).toBe('succeeded')
    const gone = stated(
      serviceOf('web', { cluster, taskDefinition }, { top: { parents: [], desired_state: 'terminated' } }),
    )
    expect((await shop.apply(gone)).report.result).toBe('succeeded')
    expect((await described(shop)).status).toBe('INACTIVE')
  })

  test('a cluster whose ARN only an apply will tell leaves it absent in the plan', async () => {
    const shop = await Shop.open()
    const inherited = stated(
      main,
      family('web', 'web:1'),
      serviceOf('web', { cluster: '$inherit$ecs_cluster:main$clusterArn' }),
    )
    const { plan, report } = await shop.apply(inherited)
    expect(plan.steps.map(({ transition }) => transition)).toEqual(['start', 'start', 'start'])
    expect(report.result).toBe('succeeded')
    expect((await shop.plan(inherited)).plan.steps).toEqual([])
  })

  test('a cluster that is not there leaves it absent in the plan', async () => {
    const shop = await Shop.open()
    const manifest = stated(serviceOf('web', { cluster: 'nowhere', taskDefinition: 'web:1' }, { top: { parents: [] } }))
    const { plan } = await shop.plan(manifest)
    expect(plan.steps).toMatchObject([{ transition: 'start', from: 'terminated' }])
    const { done } = await shop.apply(manifest)
    expect(done('ecs_service:web').error?.message).toMatch(/ClusterNotFoundException/)
    // It is not waited for as long as something that will come.
    expect(shop.clock.now()).toBeLessThan(new Date('2026-01-02T03:06:00Z').getTime())
  })

  test('what is ignored keeps its live value, also inside of what is sent whole', async () => {
    const shop = await Shop.open()
    const options = {
      ignore: [
        'deploymentConfiguration.maximumPercent',
        'networkConfiguration.awsvpcConfiguration.securityGroups',
        'desiredCount',
      ],
    }
    const manifest = (minimumHealthyPercent: number, assignPublicIp: string) =>
      web(
        {
          desiredCount: 1,
          deploymentConfiguration: { minimumHealthyPercent, maximumPercent: 200 },
          networkConfiguration: { awsvpcConfiguration: { ...network.awsvpcConfiguration, assignPublicIp } },
        },
        { options },
      )
    await shop.apply(manifest(100, 'DISABLED'))
    const { awsvpcConfiguration } = network
    await shop.somebody().send(
      new UpdateServiceCommand({
        cluster: 'main',
        service: 'web',
        desiredCount: 3,
        deploymentConfiguration: { maximumPercent: 150, minimumHealthyPercent: 100 },
        networkConfiguration: { awsvpcConfiguration: { ...awsvpcConfiguration, securityGroups: ['sg-9'] } },
      }),
    )
    shop.simulator.advance(300)
    expect((await shop.plan(manifest(100, 'DISABLED'))).plan.steps).toEqual([])
    expect((await shop.apply(manifest(50, 'ENABLED'))).report.result).toBe('succeeded')
    expect(await described(shop)).toMatchObject({
      desiredCount: 3,
      deploymentConfiguration: { maximumPercent: 150, minimumHealthyPercent: 50 },
      networkConfiguration: { awsvpcConfiguration: { securityGroups: ['sg-9'], assignPublicIp: 'ENABLED' } },
    })
  })

  test('protected from updates, differences are shown and left', async () => {
    const shop = await Shop.open()
    await shop.apply(web())
    const calls = shop.simulator.calls.length
    const { plan, report } = await shop.apply(web({ desiredCount: 5 }, { top: { persist_on_update: true } }))
    expect(plan.steps).toEqual([])
    expect(plan.unchanged).toContainEqual({
      particle: 'ecs_service:web',
      state: 'running',
      reason: 'protected',
      changes: [{ path: 'desiredCount', before: 1, after: 5 }],
    })
    expect(report.result).toBe('succeeded')
    expect(shop.modifying(calls)).toEqual([])
  })

  test('protected from termination, it stays', async () => {
    const shop = await Shop.open()
    await shop.apply(web())
    const { plan } = await shop.apply(web({}, { top: { persist_on_termination: true, desired_state: 'terminated' } }))
    expect(plan.unchanged).toContainEqual({ particle: 'ecs_service:web', state: 'running', reason: 'protected' })
    expect((await described(shop)).status).toBe('ACTIVE')
  })
})

describe('what cannot change in place', () => {
  const balancer = {
    targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/1',
    containerName: 'web',
    containerPort: 80,
  }
  const instances = (shop: Shop, count = 2) => {
    for (let index = 0; index < count; index++) {
      shop.simulator.registerContainerInstance({
        cluster: 'main',
        ec2InstanceId: `i-${index}`,
        cpu: 4096,
        memory: 8192,
      })
    }
  }
  const onBoth = (definition: object, around = {}) =>
    stated(
      main,
      family('web', 'web:1', {
        requiresCompatibilities: ['EC2', 'FARGATE'],
        containerDefinitions: [{ name: 'web', image: 'web:1', portMappings: [{ containerPort: 80 }] }],
      }),
      serviceOf('web', { ...definition }, around),
    )

  test.each([
    ['role', { role: 'other', loadBalancers: [balancer] }, 'role'],
    ['launchType', { launchType: 'EC2' }, 'launchType'],
    ['schedulingStrategy', { launchType: 'EC2', schedulingStrategy: 'DAEMON', desiredCount: undefined }, 'launchType'],
  ])('%s is refused, then replaced when allowed', async (_name, change, path) => {
    const shop = await Shop.open()
    await shop.apply(stated(main))
    instances(shop)
    await shop.apply(onBoth({ role: 'first', loadBalancers: [balancer] }))
    const next = { loadBalancers: [], ...change }
    await expect(shop.plan(onBoth(next))).rejects.toThrow(
      new RegExp(`ecs_service:web: .*${path}.* cannot change in place; .*allow_replace: true`),
    )
    if ('role' in change) {
      const uncounted = onBoth({ ...next, desiredCount: undefined }, { options: { allow_replace: true } })
      await expect(shop.plan(uncounted)).rejects.toThrow(
        /desiredCount is missing and the service is made anew; state it/,
      )
    }
    const kept = { options: { allow_replace: true }, top: { persist_on_termination: true } }
    await expect(shop.plan(onBoth(next, kept))).rejects.toThrow(
      / cannot change in place; .*take persist_on_termination out/,
    )
    const calls = shop.simulator.calls.length
    const { plan, report } = await shop.apply(onBoth(next, { options: { allow_replace: true } }))
    expect(plan.steps).toMatchObject([
      { transition: 'replace', risks: ['1 running task stops before it is made anew'] },
    ])
    expect(report.result).toBe('succeeded')
    expect(shop.modifying(calls)).toEqual(['UpdateService', 'DeleteService', 'CreateService'])
    expect((await shop.plan(onBoth(next))).plan.steps).toEqual([])
  })

  test('of a service that may be down names what must stay, and what may not', async () => {
    const daring = { desiredCount: 2, deploymentConfiguration: { minimumHealthyPercent: 0 } }
    const shop = await Shop.running(web(daring))
    const { step } = await shop.plan(web(daring, {}, 'web:2'))
    expect(step('ecs_service:web').risks).toEqual(['restarts 2 tasks, may be down: 0 of 2 tasks must stay'])
  })

  test('a strategy that states its provider by ARN, which ECS answers by name, is no change', async () => {
    const byProvider = (capacityProvider: string) =>
      stated(
        particle('ecs_cluster', 'main', { clusterName: 'main', capacityProviders: ['FARGATE_SPOT'] }),
        family('web', 'web:1'),
        serviceOf('web', { launchType: undefined, capacityProviderStrategy: [{ capacityProvider, weight: 1 }] }),
      )
    const shop = await Shop.running(byProvider('FARGATE_SPOT'))
    const byArn = byProvider('arn:aws:ecs:us-east-1:123456789012:capacity-provider/FARGATE_SPOT')
    expect((await shop.plan(byArn)).plan.steps).toEqual([])
  })

  test('launch type and strategy change into each other in place', async () => {
    const shop = await Shop.open()
    const cluster = particle('ecs_cluster', 'main', {
      clusterName: 'main',
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    })
    const manifest = (definition: Readonly<Record<string, unknown>>) =>
      stated(cluster, family('web', 'web:1'), serviceOf('web', definition))
    const spot = {
      launchType: undefined,
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    }
    await shop.apply(manifest({}))
    const { capacityProviderStrategy } = spot
    for (const [definition, strategy, gone] of [
      [spot, capacityProviderStrategy, { path: 'launchType', before: 'FARGATE' }],
      [{}, [], { path: 'capacityProviderStrategy', before: [{ base: 0, ...capacityProviderStrategy[0] }] }],
    ] as const) {
      const calls = shop.simulator.calls.length
      const { plan, report } = await shop.apply(manifest(definition))
      expect(plan.steps).toMatchObject([{ transition: 'update', risks: ['restarts 1 task, never below 1 running'] }])
      expect(plan.steps.map(step => phraseText(whatHappens(step)))).toEqual(['new deployment'])
      expect(plan.steps[0]?.changes.flatMap(({ removes = [] }) => removes)).toEqual([gone])
      expect(report.result).toBe('succeeded')
      expect(shop.sent('UpdateService', calls)).toEqual([
        { cluster: 'main', service: 'web', capacityProviderStrategy: strategy, forceNewDeployment: true },
      ])
      expect((await shop.plan(manifest(definition))).plan.steps).toEqual([])
    }
  })

  test('a DAEMON has no count, and goes by force', async () => {
    const shop = await Shop.open()
    await shop.apply(stated(main))
    instances(shop, 3)
    const daemon = (around = {}) =>
      onBoth({ launchType: 'EC2', schedulingStrategy: 'DAEMON', desiredCount: undefined }, around)
    expect((await shop.apply(daemon())).report.result).toBe('succeeded')
    expect((await described(shop)).runningCount).toBe(3)
    expect((await shop.plan(daemon())).plan.steps).toEqual([])
    const calls = shop.simulator.calls.length
    expect((await shop.apply(daemon({ top: { desired_state: 'terminated' } }))).report.result).toBe('succeeded')
    expect(shop.sent('DeleteService', calls)).toEqual([{ cluster: 'main', service: 'web', force: true }])
    expect(shop.modifying(calls)).toEqual(['DeleteService'])
  })
})

test('of a controller that makes task sets, these tell what runs', () => {
  const controlled = read(web({ deploymentController: { type: 'CODE_DEPLOY' }, launchType: 'FARGATE' })).find(
    ({ flavor }) => flavor === 'ecs_service',
  ) as unknown as Parameters<typeof service.assess>[0]
  const described: Service = {
    deploymentController: { type: 'CODE_DEPLOY' },
    desiredCount: 1,
    loadBalancers: [],
    taskSets: [
      { status: 'ACTIVE', taskDefinition: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1' },
      {
        status: 'PRIMARY',
        taskDefinition: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:2',
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { ...network.awsvpcConfiguration, assignPublicIp: 'DISABLED' } },
      },
    ],
  }
  const particle = {
    ...controlled,
    definition: { ...controlled.definition, serviceName: undefined, taskDefinition: 'web:2' },
  }
  const sensitivity = { isSecret: () => false, revealed: () => false }
  const live = { service: { ...described, clusterArn: 'main' }, redeploy: false }
  const differences = service.assess(particle, live, sensitivity).differences?.()
  expect(differences).toMatchObject({ changes: [] })
  expect(differences?.protected).toBeUndefined()
})

describe('a service that goes', () => {
  test.each(['UpdateService', 'DeleteService'])(
    'is deleted by force where its target group has gone before it: %s is refused',
    async operation => {
      const shop = await Shop.running(web())
      const message = 'The target group arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/web/1 does not exist.'
      shop.simulator.inject({ operation, fault: { kind: 'error', name: 'InvalidParameterException', message } })
      const { report } = await shop.apply(web({}, { top: { desired_state: 'terminated' } }))
      expect(report.result).toBe('succeeded')
      expect(shop.sent('DeleteService').at(-1)).toEqual({ cluster: 'main', service: 'web', force: true })
      expect((await described(shop)).status).toBe('INACTIVE')
    },
  )

  test('is deleted when it is to be stopped, and the plan says so', async () => {
    const shop = await Shop.open()
    await shop.apply(web({ desiredCount: 2 }))
    const calls = shop.simulator.calls.length
    const stopped = web({ desiredCount: 2 }, { top: { desired_state: 'stopped' } })
    const { plan, report } = await shop.apply(stopped)
    expect(plan.steps).toMatchObject([
      {
        transition: 'stop',
        risks: ['a service that is to be stopped is deleted, and 2 running tasks stop'],
      },
    ])
    expect(report.result).toBe('succeeded')
    expect(shop.sent('UpdateService', calls)).toEqual([{ cluster: 'main', service: 'web', desiredCount: 0 }])
    expect((await described(shop)).status).toBe('INACTIVE')
    expect((await shop.plan(stopped)).plan.steps).toEqual([])
  })

  test('is told to stop again when an autoscaler is faster, and waits for deployments', async () => {
    const shop = await Shop.open()
    await shop.apply(web())
    const refuse = (nth: number, message: string) =>
      shop.simulator.inject({
        operation: 'DeleteService',
        nth,
        fault: { kind: 'error', name: 'InvalidParameterException', message },
      })
    refuse(1, 'The service cannot be stopped while it is scaled above 0.')
    refuse(2, 'The service cannot be stopped while deployments are active.')
    const calls = shop.simulator.calls.length
    const { report } = await shop.apply(web({}, { top: { desired_state: 'terminated' } }))
    expect(report.result).toBe('succeeded')
    expect(shop.modifying(calls, 200)).toEqual(['UpdateService', 'UpdateService', 'DeleteService'])
    expect(shop.sent('DeleteService', calls)).toHaveLength(3)
  })

  test.each(['right away', 'long ago'])('that somebody has deleted meanwhile, %s, is gone as well', async when => {
    const shop = await Shop.open()
    await shop.apply(web())
    const { report } = await shop.apply(web({}, { top: { desired_state: 'terminated' } }), {
      onSay: (_id, sentence) => {
        if (sentence !== 'is deleted') return
        shop.simulator.handle('us-east-1', 'DeleteService', { cluster: 'main', service: 'web', force: true })
        if (when === 'long ago') shop.simulator.advance(24 * 3600)
      },
    })
    expect(report.steps.map(({ error }) => error)).toEqual([undefined])
    expect(report.result).toBe('succeeded')
  })

  test('and is still DRAINING under a name that is to run is waited for, then made anew', async () => {
    const shop = await Shop.open()
    await shop.apply(web())
    await shop.somebody().send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }))
    const { plan, report, log } = await shop.apply(web())
    expect(plan.steps).toMatchObject([
      {
        transition: 'start',
        from: 'pending',
        risks: ['the service of this name is still draining: it is waited for'],
      },
    ])
    expect(report.result).toBe('succeeded')
    expect(log).toContainEqual(
      'ecs_service:web: the service of this name is still draining: Unable to Start a service that is still Draining.',
    )
    expect(await described(shop)).toMatchObject({ status: 'ACTIVE', runningCount: 1 })
  })

  test('and was INACTIVE is made anew', async () => {
    const shop = await Shop.open()
    await shop.apply(web())
    await shop.apply(web({}, { top: { desired_state: 'terminated' } }))
    const { plan, report } = await shop.apply(web())
    expect(plan.steps).toMatchObject([{ transition: 'start', from: 'terminated' }])
    expect(report.result).toBe('succeeded')
  })
})

describe('a creation', () => {
  test.each(['lose', 'reset', 'unavailable', 'throttle'] as const)('that meets a %s makes one service', async kind => {
    const shop = await Shop.open()
    shop.simulator.inject({ operation: 'CreateService', times: 2, fault: { kind } })
    expect((await shop.apply(web())).report.result).toBe('succeeded')
    const tokens = new Set(shop.sent('CreateService').map(({ clientToken }) => clientToken))
    expect(shop.sent('CreateService')).toHaveLength(3)
    expect(tokens.size).toBe(1)
    expect((await described(shop)).deployments).toHaveLength(1)
  })

  test('that nobody answers for a while keeps its token while it looks in between', async () => {
    const shop = await Shop.open()
    shop.simulator.inject({ operation: 'CreateService', times: 5, fault: { kind: 'unavailable' } })
    expect((await shop.apply(web())).report.result).toBe('succeeded')
    const tokens = shop.sent('CreateService').map(({ clientToken }) => clientToken)
    expect([tokens.length, new Set(tokens).size]).toEqual([6, 1])
  })

  test('waits until ECS sees the role', async () => {
    const shop = await Shop.open()
    shop.simulator.inject({
      operation: 'CreateService',
      times: 3,
      fault: {
        kind: 'error',
        name: 'InvalidParameterException',
        message: 'Unable to assume the service linked role. Please verify that the ECS service linked role exists.',
      },
    })
    expect((await shop.apply(web())).report.result).toBe('succeeded')
  })

  test('as an update, waits until ECS sees the load balancer of a new target group', async () => {
    const shop = await Shop.running(web())
    const message =
      'The target group with targetGroupArn arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/web/1 does not have an associated load balancer.'
    const fault = { kind: 'error', name: 'InvalidParameterException', message } as const
    shop.simulator.inject({ operation: 'UpdateService', times: 3, fault })
    const { report, log } = await shop.apply(web({ enableExecuteCommand: true }))
    expect(report.result).toBe('succeeded')
    expect(log).toContain(`ecs_service:web: ECS does not see yet what the service needs: ${message}`)
  })

  test('is not mistaken for a failure while reads lag behind', async () => {
    const shop = await Shop.open({ consistencySeconds: 20 })
    expect((await shop.apply(web())).report.result).toBe('succeeded')
  })
})

describe('what a look may show', () => {
  const arn = 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1'
  const [ours, theirs] = ['ecs-svc/2', 'ecs-svc/1']
  const particleOf = read(web({ desiredCount: 1 })).find(({ flavor }) => flavor === 'ecs_service')
  const verdict = (described: Partial<Service>, { elapsed = 0, goal = 'running' as const } = {}) =>
    service.progress(
      particleOf as unknown as Parameters<typeof service.progress>[0],
      { service: { status: 'ACTIVE', desiredCount: 1, runningCount: 1, ...described }, redeploy: false },
      goal,
      { deployment: ours, since: 0 },
      elapsed,
    )
  const before: Deployment = { id: theirs, status: 'PRIMARY', rolloutState: 'COMPLETED', taskDefinition: arn }

  test('is older than our deployment for a while, then it is not ours any more', () => {
    expect(verdict({ deployments: [before] })).toEqual({
      is: 'moving',
      because: 'the deployment is not visible yet',
      inconclusive: true,
    })
    expect(verdict({ deployments: [before] }, { elapsed: 30_000 })).toMatchObject({
      is: 'failed',
      failure: { code: 'DeployedMeanwhile', cause: expect.stringMatching(/took its place/) },
    })
  })

  test.each<[string, Partial<Service>, 'moving' | 'settled' | 'failed', RegExp]>([
    [
      'ours, on its way',
      { deployments: [{ ...before, id: ours, rolloutState: 'IN_PROGRESS' }], runningCount: 0 },
      'moving',
      /^0 of 1 task running, deployment IN_PROGRESS$/,
    ],
    [
      'ours, complete, with too few tasks again',
      { deployments: [{ ...before, id: ours }], runningCount: 0 },
      'moving',
      /^0 of 1 task running/,
    ],
    [
      'ours, complete, with tasks too many',
      { deployments: [{ ...before, id: ours }], runningCount: 2 },
      'moving',
      /^2 of 1 task running/,
    ],
    ['ours, complete', { deployments: [{ ...before, id: ours }] }, 'settled', /^1 of 1 task run web:1$/],
    [
      'the one before, on its way back',
      {
        deployments: [
          { ...before, rolloutState: 'IN_PROGRESS' },
          { id: ours, status: 'ACTIVE', rolloutState: 'FAILED', rolloutStateReason: 'too many failed' },
        ],
      },
      'moving',
      /^ECS is rolling back to web:1/,
    ],
    [
      'the one before, back',
      { deployments: [{ ...before, rolloutStateReason: 'rolling back to deploymentId ecs-svc/1.' }] },
      'failed',
      /^RolledBack: rolling back to deploymentId ecs-svc\/1\.; web:1 runs again, 1 of 1 task$/,
    ],
    [
      'the one before, failed as well',
      {
        deployments: [
          { ...before, rolloutState: 'FAILED' },
          { id: ours, status: 'ACTIVE', rolloutState: 'FAILED', rolloutStateReason: 'too many failed' },
        ],
      },
      'failed',
      /^RolledBack: too many failed; The rollback failed too: web:1 runs, 1 of 1 task$/,
    ],
    ['a service on its way out', { status: 'DRAINING' }, 'failed', /is being deleted by somebody else$/],
  ])('is %s', (_name, described, is, because) => {
    const found = verdict(described, { elapsed: 60_000 })
    expect(found.is).toBe(is)
    expect(told(found)).toMatch(because)
  })
})

describe('sixty services in three clusters', () => {
  const clusters = ['a', 'b', 'c']
  const manifest = (count: number) =>
    stated(
      ...clusters.flatMap(name => [
        particle('ecs_cluster', name, { clusterName: name }),
        ...Array.from({ length: 20 }, (_, index) =>
          serviceOf(
            `${name}-${index}`,
            { desiredCount: count },
            { top: { parents: [`ecs_cluster:${name}`, 'ecs_task_definition:web'] } },
          ),
        ),
      ]),
      family('web', 'web:1'),
    )

  test('take the fewest calls', async () => {
    const shop = await Shop.open()
    const first = await shop.apply(manifest(1))
    expect(first.report.result).toBe('succeeded')
    const { DescribeServices: looks = 0, ...started } = shop.counted()
    expect(started).toEqual({
      DescribeClusters: 2,
      DescribeTaskDefinition: 1,
      CreateCluster: 3,
      RegisterTaskDefinition: 1,
      CreateService: 60,
    })
    // Alone, each of sixty would look a dozen times; a busy machine tears a few batches, held for real milliseconds, in two.
    expect(looks).toBeLessThan(120)
    const calls = shop.simulator.calls.length
    expect((await shop.plan(manifest(1))).plan.steps).toEqual([])
    expect(shop.counted(calls)).toEqual({ DescribeClusters: 1, DescribeServices: 6, DescribeTaskDefinition: 1 })
    const before = shop.simulator.calls.length
    expect((await shop.apply(manifest(2))).report.result).toBe('succeeded')
    const { DescribeServices: again = 0, ...updated } = shop.counted(before)
    expect(updated).toEqual({ DescribeClusters: 1, DescribeTaskDefinition: 1, UpdateService: 60 })
    expect(again).toBeLessThan(75)
    expect(shop.simulator.calls.filter(({ error }) => error === 'ThrottlingException')).toEqual([])
  })
})
