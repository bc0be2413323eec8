import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  type ECSClient,
  ListClustersCommand,
  ListTagsForResourceCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateClusterCommand,
} from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { errorOf, openClient } from '../world/aws.ts'

const look = async (client: ECSClient) =>
  (
    await client.send(
      new DescribeClustersCommand({ clusters: ['main'], include: ['TAGS', 'SETTINGS', 'CONFIGURATIONS'] }),
    )
  ).clusters?.[0]

describe('a cluster', () => {
  test('that is there is answered unchanged', async () => {
    const { client } = await openClient()
    await client.send(new CreateClusterCommand({ clusterName: 'main' }))
    await client.send(
      new CreateClusterCommand({ clusterName: 'main', settings: [{ name: 'containerInsights', value: 'enabled' }] }),
    )
    expect((await look(client))?.settings).toEqual([{ name: 'containerInsights', value: 'disabled' }])
  })

  test('with capacity providers is PROVISIONING first', async () => {
    const { simulator, client } = await openClient()
    const { cluster } = await client.send(
      new CreateClusterCommand({ clusterName: 'main', capacityProviders: ['FARGATE'] }),
    )
    expect(cluster).toMatchObject({ status: 'PROVISIONING', attachmentsStatus: 'UPDATE_IN_PROGRESS' })
    simulator.advance(5)
    expect(await look(client)).toMatchObject({ status: 'ACTIVE', attachmentsStatus: 'UPDATE_COMPLETE' })
  })

  test('shows settings, configuration and tags only when asked for', async () => {
    const { client } = await openClient()
    await client.send(new CreateClusterCommand({ clusterName: 'main', tags: [{ key: 'a', value: 'b' }] }))
    await client.send(
      new UpdateClusterCommand({
        cluster: 'main',
        settings: [{ name: 'containerInsights', value: 'enhanced' }],
        configuration: { executeCommandConfiguration: { logging: 'NONE' } },
        serviceConnectDefaults: { namespace: 'ns' },
      }),
    )
    const { clusters } = await client.send(new DescribeClustersCommand({ clusters: ['main'] }))
    expect(clusters?.[0]).toMatchObject({ settings: [], tags: [] })
    expect(clusters?.[0]).not.toHaveProperty('configuration')
    expect(await look(client)).toMatchObject({
      settings: [{ name: 'containerInsights', value: 'enhanced' }],
      configuration: { executeCommandConfiguration: { logging: 'NONE' } },
      serviceConnectDefaults: { namespace: 'ns' },
      tags: [{ key: 'a', value: 'b' }],
    })
  })

  test('that is missing is a failure; one that was deleted is INACTIVE, not listed, and can be made again', async () => {
    const { client } = await openClient()
    await client.send(new CreateClusterCommand({ clusterName: 'main' }))
    await client.send(new DeleteClusterCommand({ cluster: 'main' }))
    const { clusters, failures } = await client.send(new DescribeClustersCommand({ clusters: ['main', 'nowhere'] }))
    expect(clusters?.[0]?.status).toBe('INACTIVE')
    expect(failures).toEqual([{ arn: 'arn:aws:ecs:us-east-1:123456789012:cluster/nowhere', reason: 'MISSING' }])
    expect((await client.send(new ListClustersCommand({}))).clusterArns).toEqual([])
    expect((await client.send(new CreateClusterCommand({ clusterName: 'main' }))).cluster?.status).toBe('ACTIVE')
  })

  test('takes capacity providers it can find, one change after the other', async () => {
    const { simulator, client } = await openClient()
    await client.send(new CreateClusterCommand({ clusterName: 'main' }))
    const put = (capacityProviders: string[], strategy = capacityProviders) =>
      client.send(
        new PutClusterCapacityProvidersCommand({
          cluster: 'main',
          capacityProviders,
          defaultCapacityProviderStrategy: strategy.map(capacityProvider => ({ capacityProvider })),
        }),
      )
    expect((await errorOf(put(['own']))).message).toMatch(/'own' was not found/)
    simulator.registerCapacityProvider('own')
    expect((await errorOf(put(['own'], ['FARGATE']))).message).toMatch(/not associated/)
    await put(['own'])
    expect((await errorOf(put(['FARGATE']))).name).toBe('UpdateInProgressException')
    simulator.advance(5)
    expect((await look(client))?.defaultCapacityProviderStrategy).toEqual([
      { capacityProvider: 'own', weight: 0, base: 0 },
    ])
    await client.send(new DeleteClusterCommand({ cluster: 'main' }))
    expect((await look(client))?.status).toBe('DEPROVISIONING')
    simulator.advance(5)
    expect((await look(client))?.status).toBe('INACTIVE')
  })

  test('keeps a Managed Instances provider, which its own creation associated', async () => {
    const { simulator, client } = await openClient()
    await client.send(new CreateClusterCommand({ clusterName: 'main' }))
    simulator.registerCapacityProvider('own')
    simulator.registerCapacityProvider('managed', undefined, 'main')
    const put = (capacityProviders: string[]) =>
      client.send(
        new PutClusterCapacityProvidersCommand({
          cluster: 'main',
          capacityProviders,
          defaultCapacityProviderStrategy: [{ capacityProvider: 'managed' }],
        }),
      )
    expect((await errorOf(put(['managed']))).message).toMatch(/^Cannot associate Managed Instances capacity provider/)
    await put(['own'])
    expect([...((await look(client))?.capacityProviders ?? [])].sort()).toEqual(['managed', 'own'])
    const { capacityProviders = [], failures } = await client.send(
      new DescribeCapacityProvidersCommand({ capacityProviders: ['FARGATE', 'managed', 'own', 'other'] }),
    )
    const kinds = capacityProviders.map(({ name, type, cluster }) => [name, type, cluster])
    expect(kinds).toContainEqual(['managed', 'MANAGED_INSTANCES', 'main'])
    expect(kinds).toContainEqual(['own', 'EC2_AUTOSCALING', undefined])
    expect(failures).toMatchObject([{ reason: 'MISSING' }])
    simulator.advance(5)
    expect((await errorOf(client.send(new DeleteClusterCommand({ cluster: 'main' })))).name).toBe(
      'ClusterContainsCapacityProviderException',
    )
  })

  test('cannot be deleted while something is in it', async () => {
    const { simulator, client } = await openClient()
    await client.send(new CreateClusterCommand({ clusterName: 'main' }))
    await client.send(
      new RegisterTaskDefinitionCommand({
        family: 'web',
        containerDefinitions: [{ name: 'a', image: 'a', memory: 64 }],
      }),
    )
    const remove = () => errorOf(client.send(new DeleteClusterCommand({ cluster: 'main' })))
    simulator.registerContainerInstance({ cluster: 'main' })
    await client.send(
      new CreateServiceCommand({ cluster: 'main', serviceName: 'web', taskDefinition: 'web', desiredCount: 1 }),
    )
    simulator.advance(30)
    expect((await remove()).name).toBe('ClusterContainsServicesException')
    await client.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }))
    expect((await remove()).name).toBe('ClusterContainsServicesException')
    simulator.advance(30)
    expect((await remove()).name).toBe('ClusterContainsContainerInstancesException')
  })
})

describe('tags', () => {
  const arn = 'arn:aws:ecs:us-east-1:123456789012:cluster/main'

  test('are merged, read and removed by ARN', async () => {
    const { client } = await openClient()
    await client.send(new CreateClusterCommand({ clusterName: 'main', tags: [{ key: 'a', value: '1' }] }))
    await client.send(
      new TagResourceCommand({
        resourceArn: arn,
        tags: [
          { key: 'a', value: '2' },
          { key: 'b', value: '3' },
        ],
      }),
    )
    await client.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ['b', 'c'] }))
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn: arn }))).tags).toEqual([
      { key: 'a', value: '2' },
    ])
  })

  test.each([
    ['a reserved key', [{ key: 'aws:a', value: '' }], /reserved/],
    ['a long key', [{ key: 'a'.repeat(129), value: '' }], /128/],
    ['a long value', [{ key: 'a', value: 'b'.repeat(257) }], /256/],
    ['odd characters', [{ key: 'a*', value: '' }], /invalid characters/],
    ['too many', Array.from({ length: 51 }, (_, i) => ({ key: `k${i}`, value: '' })), /Too many/],
    [
      'one key twice',
      [
        { key: 'a', value: '1' },
        { key: 'a', value: '2' },
      ],
      /Duplicate/,
    ],
  ])('with %s are refused', async (_, tags, message) => {
    const { client } = await openClient()
    await client.send(new CreateClusterCommand({ clusterName: 'main' }))
    expect(await errorOf(client.send(new TagResourceCommand({ resourceArn: arn, tags })))).toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringMatching(message),
    })
  })

  test('of something that is not there cannot be read', async () => {
    const { client } = await openClient()
    expect((await errorOf(client.send(new ListTagsForResourceCommand({ resourceArn: arn })))).name).toBe(
      'ClusterNotFoundException',
    )
  })
})
