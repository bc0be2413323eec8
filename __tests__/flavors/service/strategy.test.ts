import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { shiftingRisks } from '../../../src/flavors/service/strategy.ts'
import { family, main, serviceOf, stated } from '../../world/particles.ts'
import { Shop } from '../../world/shop.ts'

test.each<[string, DeploymentConfiguration, readonly string[] | undefined]>([
  ['rolling', { strategy: 'ROLLING', bakeTimeInMinutes: 5 }, undefined],
  ['nothing stated', {}, undefined],
  [
    'blue/green',
    { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 60 },
    [
      'restarts 2 tasks, blue/green: they run until a full set of the new revision has taken over, all traffic at once, 1 h at least, of which 1 h of bake',
    ],
  ],
  [
    'linear, by its defaults',
    { strategy: 'LINEAR' },
    [
      'restarts 2 tasks, linear: they run until a full set of the new revision has taken over, 10 steps of 10 % of traffic, 6 min apart, 54 min at least',
    ],
  ],
  [
    'linear, over more than an hour',
    { strategy: 'LINEAR', linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 90 } },
    [
      'restarts 2 tasks, linear: they run until a full set of the new revision has taken over, 2 steps of 50 % of traffic, 1 h 30 min apart, 1 h 30 min at least',
    ],
  ],
  [
    'linear, without a pause',
    { strategy: 'LINEAR', linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 0 } },
    [
      'restarts 2 tasks, linear: they run until a full set of the new revision has taken over, 2 steps of 50 % of traffic, one right after the other',
    ],
  ],
  [
    'canary, without a pause',
    { strategy: 'CANARY', canaryConfiguration: { canaryBakeTimeInMinutes: 0 } },
    [
      'restarts 2 tasks, canary: they run until a full set of the new revision has taken over, 5 % of traffic first, the rest at once',
    ],
  ],
  [
    'canary',
    {
      strategy: 'CANARY',
      bakeTimeInMinutes: 5,
      canaryConfiguration: { canaryPercent: 2.5, canaryBakeTimeInMinutes: 15 },
    },
    [
      'restarts 2 tasks, canary: they run until a full set of the new revision has taken over, 2.5 % of traffic first, the rest after 15 min, 20 min at least, of which 5 min of bake',
    ],
  ],
  [
    'hooks',
    {
      strategy: 'BLUE_GREEN',
      lifecycleHooks: [
        { targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] },
        {
          hookTargetArn: 'arn:a',
          lifecycleStages: ['PRE_SCALE_UP', 'POST_SCALE_UP'],
          timeoutConfiguration: { timeoutInMinutes: 30, action: 'CONTINUE' },
        },
      ],
    },
    [
      'restarts 2 tasks, blue/green: they run until a full set of the new revision has taken over, all traffic at once',
      'pauses at POST_TEST_TRAFFIC_SHIFT until a person says continue or rollback; after 24 h it rolls back by itself',
      'asks a function at PRE_SCALE_UP, POST_SCALE_UP whether to go on; after 30 min it goes on by itself',
    ],
  ],
])('%s', (_, configuration, expected) => {
  expect(shiftingRisks(configuration, 2)).toEqual(expected)
})

test('a new service starts with its strategy, and the plan says so', async () => {
  const deploymentConfiguration = {
    strategy: 'BLUE_GREEN',
    bakeTimeInMinutes: 5,
    lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] }],
  }
  const shop = await Shop.open()
  const { plan } = await shop.plan(stated(main, family('web', 'web:1'), serviceOf('web', { deploymentConfiguration })))
  expect(plan.steps.flatMap(({ risks = [] }) => risks)).toEqual([
    'starts blue/green, all traffic at once, 5 min at least, of which 5 min of bake',
    'pauses at POST_TEST_TRAFFIC_SHIFT until a person says continue or rollback; after 24 h it rolls back by itself',
  ])
})

test.each<[string, DeploymentConfiguration, DeploymentConfiguration, object, RegExp | undefined]>([
  [
    'what a partial block leaves to AWS',
    { strategy: 'LINEAR', linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 20 } },
    { linearConfiguration: { stepPercent: 25 } },
    {},
    /, 4 steps of 25 % of traffic, 20 min apart, 1 h at least$/,
  ],
  [
    'what is ignored',
    { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 20 },
    { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 },
    { ignore: ['deploymentConfiguration.bakeTimeInMinutes'] },
    /20 min at least, of which 20 min of bake$/,
  ],
  [
    'no bake time that goes with its strategy',
    { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 45 },
    { strategy: 'ROLLING' },
    {},
    undefined,
  ],
])('an update is said to take its time by %s', async (_, before, after, options, said) => {
  const web = (image: string, deploymentConfiguration: DeploymentConfiguration, around: object) =>
    stated(main, family('web', image), serviceOf('web', { deploymentConfiguration }, around))
  const shop = await Shop.running(web('web:1', {}, {}))
  const deploymentConfiguration = before
  shop.simulator.handle('us-east-1', 'UpdateService', { cluster: 'main', service: 'web', deploymentConfiguration })
  const { step } = await shop.plan(web('web:2', after, { options }), { waitTimeout: 1_800_000 })
  const { risks } = step('ecs_service:web')
  if (said) expect(risks[0]).toMatch(said)
  else expect(risks).toEqual(['restarts 1 task, never below 1 running'])
})

describe('members that a service yet to come hands down', () => {
  const blueGreen = {
    strategy: 'BLUE_GREEN',
    bakeTimeInMinutes: 1,
    lifecycleHooks: [{ hookTargetArn: 'arn:f', roleArn: 'arn:r', lifecycleStages: ['POST_SCALE_UP'] }],
  }
  const inherited = '$inherit$ecs_service:base$'
  const ofConfiguration = `${inherited}deploymentConfiguration`
  const manifest = (definition: Readonly<Record<string, unknown>>, image: string) =>
    stated(
      main,
      family('base', 'base:1'),
      serviceOf('base', { deploymentConfiguration: blueGreen }),
      family('web', image),
      serviceOf('web', definition, {
        top: { parents: ['ecs_cluster:main', 'ecs_task_definition:web', 'ecs_service:base'] },
      }),
    )
  const {
    lifecycleHooks: [hook],
  } = blueGreen

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['a configuration', { deploymentConfiguration: ofConfiguration }],
    ['hooks', { deploymentConfiguration: { ...blueGreen, lifecycleHooks: `${ofConfiguration}.lifecycleHooks` } }],
    [
      'stages of a hook',
      {
        deploymentConfiguration: {
          ...blueGreen,
          lifecycleHooks: [{ ...hook, lifecycleStages: `${ofConfiguration}.lifecycleHooks.0.lifecycleStages` }],
        },
      },
    ],
    [
      'a bake time',
      { deploymentConfiguration: { ...blueGreen, bakeTimeInMinutes: `${ofConfiguration}.bakeTimeInMinutes` } },
    ],
    ['a count', { desiredCount: `${inherited}desiredCount` }],
  ])('%s: the plan claims no steps and times of a rollout', async (_name, definition) => {
    const shop = await Shop.open()
    const risks = async (image: string) => (await shop.plan(manifest(definition, image))).step('ecs_service:web').risks
    expect(await risks('web:1')).toEqual([])
    await shop.apply(stated(main, family('web', 'web:1'), serviceOf('web')))
    expect(await risks('web:2')).toEqual(['restarts 1 task, how many of them stay is known only after apply'])
  })

  test('a launch type: whether it can change in place is seen once it is known', async () => {
    const shop = await Shop.running(stated(main, family('web', 'web:1'), serviceOf('web')))
    const same = manifest({ launchType: `${inherited}launchType` }, 'web:1')
    expect((await shop.plan(same)).step('ecs_service:web').transition).toBe('update')
    expect((await shop.apply(same)).report.result).toBe('succeeded')
    expect(shop.sent('UpdateService')).toEqual([])
  })

  const took = (shop: Shop) => shop.sent('UpdateService').map(({ deploymentConfiguration }) => deploymentConfiguration)
  const before = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 2 }

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['a configuration', { deploymentConfiguration: ofConfiguration }],
    ['hooks', { deploymentConfiguration: { ...blueGreen, lifecycleHooks: `${ofConfiguration}.lifecycleHooks` } }],
    ['a hook', { deploymentConfiguration: { ...blueGreen, lifecycleHooks: [`${ofConfiguration}.lifecycleHooks.0`] } }],
  ])('%s: the step takes what the plan showed as unknown, and nothing is left', async (_name, definition) => {
    const shop = await Shop.running(
      stated(main, family('web', 'web:1'), serviceOf('web', { deploymentConfiguration: before })),
    )
    const { done } = await shop.apply(manifest(definition, 'web:1'))
    expect(done('ecs_service:web').error).toBeUndefined()
    expect(took(shop)).toMatchObject([blueGreen])
    expect((await shop.plan(manifest(definition, 'web:1'))).plan.steps).toEqual([])
  })

  test('a configuration that somebody else changes meanwhile is not what the plan showed', async () => {
    const shop = await Shop.running(
      stated(main, family('web', 'web:1'), serviceOf('web', { deploymentConfiguration: before })),
    )
    let changed = false
    const { done } = await shop.apply(manifest({ deploymentConfiguration: ofConfiguration }, 'web:1'), {
      onSay: id => {
        if (id !== 'ecs_service:base' || changed) return
        changed = true
        shop.simulator.handle('us-east-1', 'UpdateService', {
          cluster: 'main',
          service: 'web',
          deploymentConfiguration: { ...before, bakeTimeInMinutes: 3 },
        })
      },
    })
    expect(changed).toBe(true)
    expect(done('ecs_service:web').error?.code).toBe('ChangedMeanwhile')
    expect(took(shop)).toHaveLength(1)
  })
})
