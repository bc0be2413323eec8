import { describe, expect, test } from '@jest/globals'
import { family, particle, serviceOf, stated } from '../../world/particles.ts'
import { Shop } from '../../world/shop.ts'

type Data = Readonly<Record<string, unknown>>

const spot = [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }]

/** A service in a cluster with a default strategy, which ECS stamps in where a service states neither. */
const web = (definition: Data, tags?: readonly Data[]) =>
  stated(
    particle('ecs_cluster', 'main', {
      clusterName: 'main',
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: spot,
      tags,
    }),
    family('web', 'web:1'),
    serviceOf('web', { launchType: undefined, tags, ...definition }),
  )

describe('an empty capacity provider strategy', () => {
  test('is refused before anything is made: it would mean one thing now and another later', async () => {
    const shop = await Shop.open()
    await expect(shop.apply(web({ capacityProviderStrategy: [] }))).rejects.toThrow(/is empty: leave it out/)
    expect(shop.modifying()).toEqual([])
  })

  test('beside a launch type is that launch type, from the start on', async () => {
    const shop = await Shop.open()
    const manifest = web({ capacityProviderStrategy: [], launchType: 'FARGATE' })
    expect((await shop.apply(manifest)).report.result).toBe('succeeded')
    expect(shop.sent('CreateService')).toMatchObject([{ launchType: 'FARGATE' }])
    expect(shop.sent('CreateService')[0]).not.toHaveProperty('capacityProviderStrategy')
    expect((await shop.plan(manifest)).plan.steps).toEqual([])
  })

  test('left out, the default of the cluster stays', async () => {
    const shop = await Shop.running(web({}))
    expect((await shop.plan(web({}))).plan.steps).toEqual([])
    expect((await shop.plan(web({ capacityProviderStrategy: spot }))).plan.steps).toEqual([])
  })
})

test('an empty list of tags is not sent to a create', async () => {
  const shop = await Shop.running(web({}, []))
  for (const call of ['CreateCluster', 'CreateService']) expect(shop.sent(call)[0]).not.toHaveProperty('tags')
  expect((await shop.plan(web({}, []))).plan.steps).toEqual([])
})
