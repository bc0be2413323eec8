import { describe, expect, test } from '@jest/globals'
import { family, main, particle, serviceOf, stated } from '../../world/particles.ts'
import { Shop } from '../../world/shop.ts'

const minute = 60_000
const web = 'ecs_service:web'

const shopOf = (image: string, definition: object, wait?: string, ...more: object[]) =>
  stated(
    main,
    family('web', image),
    serviceOf('web', { ...definition }, wait ? { options: { wait } } : {}),
    ...(more as Record<string, unknown>[]),
  )

describe('a rollout that takes longer than it is waited for', () => {
  const linear = { strategy: 'LINEAR', linearConfiguration: { stepPercent: 25, stepBakeTimeInMinutes: 10 } }
  const deploymentConfiguration = { ...linear, bakeTimeInMinutes: 30 }
  const risks = async (waitTimeout: number, definition: object, wait?: string) => {
    const shop = await Shop.open()
    const { plan } = await shop.plan(shopOf('web:1', definition, wait), { waitTimeout })
    return plan.steps.flatMap(step => step.risks).filter(risk => /at least, longer/.test(risk))
  }

  test('than wait-timeout: the plan says that the apply ends as paused', async () => {
    await expect(risks(30 * minute, { deploymentConfiguration })).resolves.toEqual([
      'takes 1 h at least, longer than wait-timeout (30 min): the apply ends as paused, and a later one takes it up',
    ])
  })
  test('than a job may run: the plan says how to end before that', async () => {
    const long = { ...deploymentConfiguration, bakeTimeInMinutes: 400 }
    await expect(risks(600 * minute, { deploymentConfiguration: long })).resolves.toEqual([
      "takes 7 h 10 min at least, longer than a job of GitHub's runners may (6 h): lower wait-timeout, so that the apply ends as paused before it is cut off",
    ])
  })
  test.each<[string, number, object, string | undefined]>([
    ['it fits', 60 * minute, { deploymentConfiguration }, undefined],
    ['it is not waited for', 30 * minute, { deploymentConfiguration }, 'started'],
    ['it is rolling, with no bake', minute, {}, undefined],
  ])('nothing is said where %s', async (_, waitTimeout, definition, wait) => {
    await expect(risks(waitTimeout, definition, wait)).resolves.toEqual([])
  })
})

test('of an update too, and not where its tasks keep running', async () => {
  const shop = await Shop.open()
  const deploymentConfiguration = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 45 }
  await shop.apply(shopOf('web:1', {}))
  const risksOf = async (image: string, definition: object) =>
    (
      await shop.plan(shopOf(image, { deploymentConfiguration, ...definition }), { waitTimeout: 30 * minute })
    ).plan.steps
      .flatMap(step => step.risks)
      .filter(risk => /wait-timeout/.test(risk))
  await expect(risksOf('web:2', {})).resolves.toHaveLength(1)
  await expect(risksOf('web:1', { desiredCount: 2 })).resolves.toEqual([])
})

describe('wait: started', () => {
  const worker = particle(
    'ecs_service',
    'worker',
    {
      serviceName: 'worker',
      desiredCount: 1,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
    },
    { top: { parents: ['ecs_cluster:main', 'ecs_task_definition:web', web] } },
  )

  test('a service is done once ECS has accepted its deployment, and what depends on it follows at once', async () => {
    const shop = await Shop.open()
    await shop.apply(shopOf('web:1', {}, 'started', worker))
    shop.simulator.advance(300)
    const began = shop.clock.now()
    const { ended, step } = await shop.apply(shopOf('web:2', { desiredCount: 3 }, 'started', worker))
    expect(step(web).risks).toEqual(['restarts 1 task, never below 1 running', 'its rollout is not waited for'])
    expect(ended.result).toBe('succeeded')
    const steps = ended.steps.filter(({ particle }) => particle === web)
    expect(steps).toMatchObject([{ result: 'succeeded' }])
    expect(Date.parse(String(steps[0]?.finishedAt)) - began).toBeLessThan(5000)
  })

  test('a rollout under way is nothing to wait for, and one that ECS gave up is known', async () => {
    const shop = await Shop.open()
    await shop.apply(shopOf('web:1', {}, 'started'))
    shop.simulator.advance(300)
    const next = shopOf(
      'web:2-crash',
      { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } } },
      'started',
    )
    await shop.apply(next)
    expect((await shop.plan(next)).plan.steps).toEqual([])
    shop.simulator.advance(3600)
    expect((await shop.plan(next)).plan.unchanged).toContainEqual(
      expect.objectContaining({ particle: web, reason: 'failed' }),
    )
  })

  test('no other word is taken', async () => {
    const shop = await Shop.open()
    await expect(shop.plan(shopOf('web:1', {}, 'exit'))).rejects.toThrow(/wait/)
  })
})
