import { describe, expect, test } from '@jest/globals'
import { family, main, particle, serviceOf, stated } from '../../world/particles.ts'
import { Shop } from '../../world/shop.ts'

type Data = Readonly<Record<string, unknown>>

const web = (definition: Data = {}, around = {}, image = 'web:1') =>
  stated(main, family('web', image), serviceOf('web', definition, around))

/** A service whose task sets somebody else makes. */
const external = (definition: Data = {}, top: Data = {}, ...more: readonly Data[]) =>
  stated(
    main,
    ...more,
    particle(
      'ecs_service',
      'web',
      { serviceName: 'web', desiredCount: 1, deploymentController: { type: 'EXTERNAL' }, ...definition },
      { top: { parents: ['ecs_cluster:main'], ...top } },
    ),
  )

describe('another controller', () => {
  test.each(['CODE_DEPLOY', 'EXTERNAL'])('%s keeps its part, and the rest is applied', async type => {
    const shop = await Shop.open()
    const controlled = (definition: Data, top: Data = {}) =>
      type === 'EXTERNAL' ? external(definition, top) : web({ deploymentController: { type }, ...definition }, { top })
    const made = await shop.apply(controlled({}))
    expect(made.report.steps.flatMap(({ error }) => error ?? [])).toEqual([])
    expect((await shop.plan(controlled({}))).plan.steps).toEqual([])
    const next = controlled({ desiredCount: 2, enableExecuteCommand: true, tags: [{ key: 'team', value: 'shop' }] })
    const calls = shop.simulator.calls.length
    const { plan, report } = await shop.apply(next)
    expect(plan.steps).toMatchObject([
      {
        transition: 'update',
        changes: [{ path: 'desiredCount' }, { path: 'tags[team].value' }],
        protected: [{ path: 'enableExecuteCommand', before: false, after: true }],
      },
    ])
    expect(plan.warnings).toEqual([
      `ecs_service:web is deployed by ${type}: UpdateService refuses enableExecuteCommand`,
    ])
    expect(report.result).toBe('succeeded')
    expect(shop.sent('UpdateService', calls)).toEqual([{ cluster: 'main', service: 'web', desiredCount: 2 }])
    const after = await shop.plan(next, { asked: ['ecs_service:web'] })
    expect(after.plan.steps).toEqual([])
    expect(after.plan.unchanged).toContainEqual({
      particle: 'ecs_service:web',
      state: 'running',
      reason: 'protected',
      changes: [
        { path: 'enableExecuteCommand', before: false, after: true },
        { path: 'forceNewDeployment', before: false, after: true },
      ],
    })
    expect((await shop.apply(controlled({}, { desired_state: 'stopped' }))).report.result).toBe('succeeded')
  })

  describe('EXTERNAL', () => {
    const released = (shop: Shop, taskDefinition: string) => {
      shop.simulator.makeTaskSet({ cluster: 'main', service: 'web', taskDefinition, launchType: 'FARGATE', ...awsvpc })
      shop.simulator.advance(120)
    }
    const awsvpc = { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } }
    const shopOf = (image: string, desiredCount = 2) => external({ desiredCount }, {}, family('web', image))

    test('a service without a task set is not unwell: its tool has made none yet', async () => {
      const shop = await Shop.open()
      const none = 'no task set of its external controller is there yet, and no task runs'
      const { report, done } = await shop.apply(shopOf('web:1'))
      expect([report.result, done('ecs_service:web').because]).toEqual(['succeeded', none])
      const { plan } = await shop.plan(shopOf('web:1'))
      expect([plan.steps, plan.warnings]).toEqual([
        [],
        [`ecs_service:web is deployed by EXTERNAL, not by this action: ${none}`],
      ])
      expect((await shop.apply(shopOf('web:1', 0))).done('ecs_service:web').because).toBe(none)
      expect((await shop.plan(shopOf('web:1', 0))).plan.warnings).toBeUndefined()
    })

    test('another count is for the task sets that are there', async () => {
      const shop = await Shop.running(shopOf('web:1'))
      released(shop, 'web:1')
      expect((await shop.plan(shopOf('web:1'))).plan.warnings).toBeUndefined()
      const { done } = await shop.apply(shopOf('web:1', 3))
      expect(done('ecs_service:web').because).toBe('2 of 3 tasks run web:1, in task sets of its external controller')
      const { plan } = await shop.plan(shopOf('web:1', 3))
      expect([plan.steps, plan.warnings]).toEqual([
        [],
        [
          'ecs_service:web is deployed by EXTERNAL, not by this action: 2 of 3 tasks run web:1, in task sets of its external controller',
        ],
      ])
      const accepted = external({ desiredCount: 4, custom_config: { wait: 'started' } }, {}, family('web', 'web:1'))
      expect((await shop.apply(accepted)).done('ecs_service:web').because).toMatch(
        /^\d of 4 tasks run web:1, in task sets/,
      )
    })

    test('another image does not go live, until its controller makes a task set of it', async () => {
      const shop = await Shop.running(shopOf('web:1'))
      released(shop, 'web:1')
      const behind =
        'ecs_service:web is deployed by EXTERNAL, not by this action: the revision that ecs_task_definition:web states does not go live, it runs web:1 until its controller makes a task set of it'
      const { plan, report } = await shop.apply(shopOf('web:2'))
      expect([report.result, plan.warnings]).toEqual(['succeeded', [behind]])
      const after = await shop.plan(shopOf('web:2'))
      expect([after.plan.steps, after.plan.warnings]).toEqual([[], [behind]])
      // What the definition leaves to somebody else, and what has another name, is not the service's.
      const other = external({ desiredCount: 2 }, {}, family('web', 'web:1'), family('other', 'other:1'))
      expect((await shop.plan(other)).plan.warnings).toBeUndefined()
      released(shop, 'web:2')
      expect((await shop.plan(shopOf('web:2'))).plan.warnings).toBeUndefined()
    })

    test('nor does one beside values that its task definition inherits, which are no difference of their own', async () => {
      const inheriting = (image: string) => {
        const environment = [{ name: 'CLUSTER', value: '$inherit$ecs_cluster:main$clusterArn' }]
        const containerDefinitions = [{ name: 'web', image, environment }]
        const more = { containerDefinitions, executionRoleArn: '$inherit$ecs_cluster:main$clusterName' }
        return external({ desiredCount: 2 }, {}, { ...family('web', image, more), parents: ['ecs_cluster:main'] })
      }
      const shop = await Shop.running(inheriting('web:1'))
      released(shop, 'web:1')
      expect((await shop.plan(inheriting('web:1'))).plan.warnings).toBeUndefined()
      expect((await shop.plan(inheriting('web:2'))).plan.warnings?.join()).toMatch(
        /the revision that ecs_task_definition:web states does not go live, it runs web:1 until/,
      )
    })
  })

  test('from CODE_DEPLOY to ECS the service moves in place, with all that changes besides', async () => {
    const shop = await Shop.running(web({ deploymentController: { type: 'CODE_DEPLOY' } }))
    const calls = shop.simulator.calls.length
    const now = web({ deploymentController: { type: 'ECS' }, enableExecuteCommand: true }, {}, 'web:2')
    const { plan, report } = await shop.apply(now)
    const step = plan.steps.find(({ particle }) => particle === 'ecs_service:web')
    expect(step).toMatchObject({ transition: 'update', risks: ['restarts 1 task, never below 1 running'] })
    expect(step?.changes).toContainEqual({ path: 'deploymentController.type', before: 'CODE_DEPLOY', after: 'ECS' })
    expect(step).not.toHaveProperty('protected')
    expect(plan.warnings).toBeUndefined()
    expect(report.result).toBe('succeeded')
    expect(shop.sent('UpdateService', calls)).toEqual([
      {
        cluster: 'main',
        service: 'web',
        deploymentController: { type: 'ECS' },
        enableExecuteCommand: true,
        taskDefinition: 'web:2',
      },
    ])
    expect((await shop.plan(now)).plan.steps).toEqual([])
  })

  test.each(['CODE_DEPLOY', 'EXTERNAL'] as const)('from %s to another one is not ours', async type => {
    const shop = await Shop.running(web())
    for (const { spec } of shop.simulator.region().cluster('main').services.values())
      spec.deploymentController = { type }
    const other = type === 'EXTERNAL' ? 'ECS' : 'EXTERNAL'
    const { plan } = await shop.plan(
      other === 'ECS' ? web({ deploymentController: { type: other } }) : external({}, {}, family('web', 'web:1')),
    )
    expect(plan.steps).toEqual([])
    expect(plan.warnings).toEqual([
      `ecs_service:web is deployed by ${type}: UpdateService refuses deploymentController.type`,
    ])
  })

  test('the platform version that LATEST was for a task set is no difference', async () => {
    const latest = (platformVersion: string) => web({ deploymentController: { type: 'CODE_DEPLOY' }, platformVersion })
    const shop = await Shop.running(latest('1.4.0'))
    const { plan } = await shop.plan(latest('LATEST'))
    expect([plan.steps, plan.warnings]).toEqual([[], undefined])
    expect((await shop.plan(latest('1.3.0'))).plan.warnings).toEqual([
      'ecs_service:web is deployed by CODE_DEPLOY: UpdateService refuses platformVersion',
    ])
  })
})
