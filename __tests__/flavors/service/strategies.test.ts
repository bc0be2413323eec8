import type { DeploymentConfiguration, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { family, main, serviceOf, stated } from '../../world/particles.ts'
import { Shop } from '../../world/shop.ts'

const targetGroup = (name: string) => `arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/${name}/1`
const role = 'arn:aws:iam::123456789012:role/infra'

const loadBalancers = [
  {
    targetGroupArn: targetGroup('blue'),
    containerName: 'web',
    containerPort: 80,
    advancedConfiguration: {
      alternateTargetGroupArn: targetGroup('green'),
      productionListenerRule: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/x/1/2/3',
      roleArn: role,
    },
  },
]

const containerDefinitions = [{ name: 'web', image: 'web:1', portMappings: [{ containerPort: 80 }] }]

const web = (deploymentConfiguration: DeploymentConfiguration) =>
  stated(
    main,
    family('web', 'web:1', { containerDefinitions }),
    serviceOf('web', { loadBalancers, deploymentConfiguration }),
  )

const canary: DeploymentConfiguration = {
  strategy: 'CANARY',
  canaryConfiguration: { canaryPercent: 20, canaryBakeTimeInMinutes: 2 },
}
const linear: DeploymentConfiguration = {
  strategy: 'LINEAR',
  linearConfiguration: { stepPercent: 25, stepBakeTimeInMinutes: 1 },
}
const early: DeploymentConfiguration = {
  strategy: 'ROLLING',
  earlySuccessCriteria: { enable: true, healthyPercent: 90, sourceServiceRevisionCleanup: 'DEFERRED' },
}
const blueGreen: DeploymentConfiguration = {
  strategy: 'BLUE_GREEN',
  bakeTimeInMinutes: 1,
  lifecycleHooks: [
    {
      hookTargetArn: 'arn:aws:lambda:us-east-1:123456789012:function:f',
      roleArn: role,
      lifecycleStages: ['POST_SCALE_UP'],
    },
  ],
}

describe('from one strategy to another', () => {
  test.each<[string, DeploymentConfiguration, DeploymentConfiguration, string[]]>([
    ['CANARY to LINEAR', canary, linear, ['canaryConfiguration.canaryPercent']],
    ['LINEAR to BLUE_GREEN', linear, { strategy: 'BLUE_GREEN' }, ['linearConfiguration.stepPercent']],
    ['CANARY to ROLLING', canary, { strategy: 'ROLLING' }, ['canaryConfiguration.canaryPercent']],
    ['early success to BLUE_GREEN', early, { strategy: 'BLUE_GREEN' }, ['earlySuccessCriteria.enable']],
    ['BLUE_GREEN to ROLLING', blueGreen, { strategy: 'ROLLING' }, ['bakeTimeInMinutes', 'lifecycleHooks[0].roleArn']],
  ])('%s: what the new one excludes goes, and is shown', async (_name, before, after, gone) => {
    const shop = await Shop.running(web(before))
    const calls = shop.simulator.calls.length
    const { plan, report } = await shop.apply(web(after))
    const changes = plan.steps.flatMap(step => step.changes)
    for (const path of gone) {
      const removed = changes.find(change => change.path === `deploymentConfiguration.${path}`)
      expect(removed).toMatchObject({ before: expect.anything() })
      expect(removed).not.toHaveProperty('after')
    }
    expect(report.result).toBe('succeeded')
    const [sent] = shop.sent('UpdateService', calls) as Partial<UpdateServiceRequest>[]
    const blocks = [...Object.keys(before), ...gone.map(path => path.replace(/[.[].*/, ''))]
    const kept = Object.keys(sent?.deploymentConfiguration ?? {}).filter(name => blocks.includes(name))
    expect(kept).toEqual(['strategy'])
    expect((await shop.plan(web(after))).plan.steps).toEqual([])
  })

  test('a hook and a bake time stay where the new strategy has them as well', async () => {
    const shop = await Shop.running(web(blueGreen))
    const calls = shop.simulator.calls.length
    const { plan, report } = await shop.apply(web(linear))
    expect(report.result).toBe('succeeded')
    const removed = plan.steps.flatMap(({ changes }) => changes.filter(change => !('after' in change)))
    expect(removed).toEqual([])
    const [sent] = shop.sent('UpdateService', calls) as Partial<UpdateServiceRequest>[]
    expect(sent?.deploymentConfiguration).toMatchObject({ ...linear, bakeTimeInMinutes: 1, lifecycleHooks: [{}] })
  })

  test('a circuit breaker that is off is not sent with another member', async () => {
    const shop = await Shop.running(web({ maximumPercent: 150 }))
    const calls = shop.simulator.calls.length
    expect((await shop.apply(web({ maximumPercent: 175 }))).report.result).toBe('succeeded')
    const [sent] = shop.sent('UpdateService', calls) as Partial<UpdateServiceRequest>[]
    expect(sent?.deploymentConfiguration).toMatchObject({ maximumPercent: 175 })
    expect(sent?.deploymentConfiguration).not.toHaveProperty('deploymentCircuitBreaker')
  })

  test('a block beside a strategy that AWS has, and not the manifest, is refused where it is another one', async () => {
    const { strategy: _, ...alone } = linear
    const fresh = await Shop.open()
    await expect(fresh.plan(web(alone))).rejects.toThrow(
      /has the deployment strategy ROLLING, and linearConfiguration is only for LINEAR; state the strategy beside it/,
    )
    const shop = await Shop.running(web(canary))
    await expect(shop.plan(web(alone))).rejects.toThrow(/has the deployment strategy CANARY, and linearConfiguration/)
    const { canaryConfiguration } = canary
    expect(
      (await shop.plan(web({ canaryConfiguration: { ...canaryConfiguration, canaryPercent: 30 } }))).plan.steps,
    ).toMatchObject([{ transition: 'update' }])
  })
})
