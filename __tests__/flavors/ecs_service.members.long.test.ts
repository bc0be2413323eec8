/** Every member of a service, created and changed one by one. */
import { CreateServiceRequest$, RegisterTaskDefinitionCommand, UpdateServiceRequest$ } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { fixed } from '../../src/flavors/service/rules.ts'
import { particle, stated } from '../world/particles.ts'
import { Shop } from '../world/shop.ts'

describe('every member', () => {
  /** Two families that somebody else looks after: services name a revision. */
  async function open(): Promise<Shop> {
    const shop = await Shop.open()
    for (const name of ['web', 'other']) {
      await shop.somebody().send(
        new RegisterTaskDefinitionCommand({
          family: name,
          networkMode: 'awsvpc',
          requiresCompatibilities: ['EC2', 'FARGATE'],
          cpu: '256',
          memory: '512',
          containerDefinitions: [
            { name: 'web', image: `${name}:1`, portMappings: [{ containerPort: 80, name: 'http' }] },
          ],
          volumes: [{ name: 'data', configuredAtLaunch: true }],
        }),
      )
    }
    return shop
  }

  const cluster = particle('ecs_cluster', 'main', {
    clusterName: 'main',
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
  })
  const targetGroup = (name: string) => `arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/${name}/1`
  const role = 'arn:aws:iam::123456789012:role/ecs'
  const listener = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/web/1/2/3'

  const full = {
    serviceName: 'web',
    cluster: 'main',
    taskDefinition: 'web:1',
    availabilityZoneRebalancing: 'DISABLED',
    loadBalancers: [
      {
        targetGroupArn: targetGroup('web'),
        containerName: 'web',
        containerPort: 80,
        advancedConfiguration: {
          alternateTargetGroupArn: targetGroup('web-green'),
          productionListenerRule: listener,
          testListenerRule: listener,
          roleArn: role,
        },
      },
    ],
    serviceRegistries: [{ registryArn: 'arn:aws:servicediscovery:us-east-1:123456789012:service/srv-1', port: 80 }],
    desiredCount: 2,
    capacityProviderStrategy: [
      { capacityProvider: 'FARGATE', base: 1, weight: 1 },
      { capacityProvider: 'FARGATE_SPOT', weight: 3 },
    ],
    platformVersion: '1.4.0',
    role: 'ecs',
    deploymentConfiguration: {
      deploymentCircuitBreaker: {
        enable: true,
        rollback: true,
        resetOnHealthyTask: false,
        thresholdConfiguration: { type: 'COUNT', value: 4 },
      },
      maximumPercent: 150,
      minimumHealthyPercent: 50,
      alarms: { alarmNames: ['errors', 'latency'], rollback: true, enable: true },
      strategy: 'BLUE_GREEN',
      bakeTimeInMinutes: 1,
      lifecycleHooks: [
        {
          targetType: 'AWS_LAMBDA',
          hookTargetArn: 'arn:aws:lambda:us-east-1:123456789012:function:check',
          roleArn: role,
          lifecycleStages: ['PRE_SCALE_UP', 'POST_SCALE_UP'],
          hookDetails: { level: 'high' },
          timeoutConfiguration: { timeoutInMinutes: 10, action: 'CONTINUE' },
        },
      ],
      earlySuccessCriteria: { enable: false, healthyPercent: 80, sourceServiceRevisionCleanup: 'DEFERRED' },
    },
    placementConstraints: [{ type: 'memberOf', expression: 'attribute:stack == blue' }],
    placementStrategy: [
      { type: 'spread', field: 'host' },
      { type: 'binpack', field: 'memory' },
    ],
    networkConfiguration: {
      awsvpcConfiguration: { subnets: ['subnet-1', 'subnet-2'], securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' },
    },
    healthCheckGracePeriodSeconds: 30,
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    tags: [
      { key: 'team', value: 'shop' },
      { key: 'empty', value: '' },
    ],
    enableECSManagedTags: true,
    propagateTags: 'SERVICE',
    enableExecuteCommand: true,
    serviceConnectConfiguration: {
      enabled: true,
      namespace: 'shop',
      services: [
        {
          portName: 'http',
          discoveryName: 'web-http',
          clientAliases: [
            {
              port: 80,
              dnsName: 'web',
              testTrafficRules: { header: { name: 'x-test', value: { exact: 'yes' } } },
            },
          ],
          ingressPortOverride: 8080,
          timeout: { idleTimeoutSeconds: 60, perRequestTimeoutSeconds: 15 },
          tls: {
            issuerCertificateAuthority: { awsPcaAuthorityArn: 'arn:aws:acm-pca:…' },
            kmsKey: 'key',
            roleArn: role,
          },
        },
      ],
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-group': 'connect' },
        secretOptions: [{ name: 'token', valueFrom: 'arn:aws:ssm:…' }],
      },
      accessLogConfiguration: { format: 'JSON', includeQueryParameters: 'ENABLED' },
    },
    volumeConfigurations: [
      {
        name: 'data',
        managedEBSVolume: {
          roleArn: role,
          encrypted: true,
          volumeType: 'gp3',
          sizeInGiB: 20,
          iops: 3000,
          throughput: 125,
          tagSpecifications: [
            { resourceType: 'volume', tags: [{ key: 'team', value: 'shop' }], propagateTags: 'SERVICE' },
          ],
          filesystemType: 'ext4',
        },
      },
    ],
    vpcLatticeConfigurations: [{ roleArn: role, targetGroupArn: targetGroup('lattice'), portName: 'http' }],
    gatewayConnectors: [{ portName: 'http', healthCheck: { healthCheckPath: '/', matcher: { httpCode: '200' } } }],
    monitoring: { metricConfigurations: [{ metricNames: ['CPUUtilization'], resolutionSeconds: 20 }] },
  } satisfies Record<string, unknown>

  const manifest = (definitionOfWeb: Readonly<Record<string, unknown>>, options = {}) =>
    stated(
      cluster,
      particle('ecs_service', 'web', definitionOfWeb, { options, top: { parents: ['ecs_cluster:main'] } }),
    )

  test('of CreateService is known here', () => {
    const elsewhere = ['clientToken', 'launchType']
    expect([...Object.keys(full), ...elsewhere].sort()).toEqual([...CreateServiceRequest$[4]].sort())
  })

  test('of CreateService is either updated, fixed, or goes another way', () => {
    const otherwise = ['clientToken', 'launchType', 'tags', 'cluster']
    const known = [...UpdateServiceRequest$[4], ...fixed, ...otherwise]
    expect(CreateServiceRequest$[4].filter(name => !known.includes(name))).toEqual([])
    expect(UpdateServiceRequest$[4].filter(name => name !== 'cluster' && fixed.includes(name))).toEqual([])
  })

  test('is created, and then there is nothing left to do', async () => {
    const shop = await open()
    const made = await shop.apply(manifest(full))
    expect(made.report.steps.map(({ error }) => error)).toEqual([undefined, undefined])
    const [input] = shop.sent('CreateService')
    expect(input).toEqual({ ...full, clientToken: expect.stringMatching(/^[!-~]{1,36}$/) })
    expect((await shop.plan(manifest(full))).plan.steps).toEqual([])
  })

  const { networkConfiguration, serviceConnectConfiguration } = full
  // Early success belongs to ROLLING: it is not said again with BLUE_GREEN.
  const { earlySuccessCriteria: _, ...kept } = full.deploymentConfiguration
  const deploymentConfiguration = { ...kept, bakeTimeInMinutes: 0 }
  // What the manifest says instead, what UpdateService is then told, and whether a deployment must be forced.
  const updates: Record<string, [stated: object, told?: object | undefined, forced?: true]> = {
    desiredCount: [{ desiredCount: 3 }],
    taskDefinition: [{ taskDefinition: 'other:1' }],
    availabilityZoneRebalancing: [{ availabilityZoneRebalancing: 'ENABLED' }],
    'loadBalancers to none': [{ loadBalancers: [] }],
    'loadBalancers with less': [
      { loadBalancers: [{ targetGroupArn: targetGroup('web'), containerName: 'web', containerPort: 80 }] },
    ],
    'serviceRegistries to none': [{ serviceRegistries: [] }],
    capacityProviderStrategy: [
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }], networkConfiguration },
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] },
      true,
    ],
    'capacityProviderStrategy to none': [
      { capacityProviderStrategy: [], launchType: 'FARGATE', networkConfiguration },
      { capacityProviderStrategy: [] },
      true,
    ],
    platformVersion: [{ platformVersion: 'LATEST' }],
    'a part of deploymentConfiguration': [
      { deploymentConfiguration: { maximumPercent: 200 } },
      { deploymentConfiguration: { ...deploymentConfiguration, maximumPercent: 200 } },
    ],
    'deploymentCircuitBreaker off': [
      { deploymentConfiguration: { deploymentCircuitBreaker: { enable: false, rollback: true } } },
      {
        deploymentConfiguration: {
          ...deploymentConfiguration,
          deploymentCircuitBreaker: { ...deploymentConfiguration.deploymentCircuitBreaker, enable: false },
        },
      },
    ],
    'lifecycleHooks to none': [
      { deploymentConfiguration: { lifecycleHooks: [] } },
      { deploymentConfiguration: { ...deploymentConfiguration, lifecycleHooks: [] } },
    ],
    'placementConstraints to none': [{ placementConstraints: [] }],
    'placementStrategy in another order': [{ placementStrategy: [...full.placementStrategy].reverse() }],
    'a part of networkConfiguration': [
      {
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-2', 'subnet-1'], securityGroups: ['sg-2'] } },
      },
      {
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: ['subnet-2', 'subnet-1'],
            securityGroups: ['sg-2'],
            assignPublicIp: networkConfiguration.awsvpcConfiguration.assignPublicIp,
          },
        },
      },
    ],
    healthCheckGracePeriodSeconds: [{ healthCheckGracePeriodSeconds: 0 }],
    enableECSManagedTags: [{ enableECSManagedTags: false }],
    propagateTags: [{ propagateTags: 'TASK_DEFINITION' }],
    enableExecuteCommand: [{ enableExecuteCommand: false }],
    'a part of serviceConnectConfiguration': [
      { serviceConnectConfiguration: { enabled: true, namespace: 'store' } },
      { serviceConnectConfiguration: { ...serviceConnectConfiguration, namespace: 'store' } },
    ],
    'serviceConnectConfiguration off': [{ serviceConnectConfiguration: { enabled: false } }],
    'volumeConfigurations to none': [{ volumeConfigurations: [] }],
    'vpcLatticeConfigurations to none': [{ vpcLatticeConfigurations: [] }],
    'gatewayConnectors to none': [{ gatewayConnectors: [] }, undefined, true],
    monitoring: [
      { monitoring: { metricConfigurations: [{ metricNames: ['MemoryUtilization'], resolutionSeconds: 20 }] } },
      undefined,
      true,
    ],
  }

  test.each([
    ['LINEAR', { linearConfiguration: { stepPercent: 20, stepBakeTimeInMinutes: 3 } }],
    ['CANARY', { canaryConfiguration: { canaryPercent: 7, canaryBakeTimeInMinutes: 4 } }],
  ])('of a %s deployment', async (strategy, more) => {
    const shop = await open()
    const now = manifest({ ...full, deploymentConfiguration: { strategy, bakeTimeInMinutes: 1, ...more } })
    expect((await shop.apply(now)).report.result).toBe('succeeded')
    expect((await shop.plan(now)).plan.steps).toEqual([])
  })

  test.each(Object.entries(updates))('%s: only that is sent', async (_name, [change, told = change, forced]) => {
    const shop = await open()
    // Without the time to bake, which would only take time.
    const baked = { ...full, deploymentConfiguration }
    expect((await shop.apply(manifest(baked))).report.result).toBe('succeeded')
    const before = shop.simulator.calls.length
    const now = manifest({ serviceName: 'web', cluster: 'main', taskDefinition: 'web', ...change })
    const changed = await shop.apply(now)
    expect(changed.done('ecs_service:web')).toMatchObject({ result: 'succeeded' })
    const [input, ...more] = shop.sent('UpdateService', before)
    expect(more).toEqual([])
    expect(input).toEqual({ cluster: 'main', service: 'web', ...told, ...(forced && { forceNewDeployment: true }) })
    expect(shop.modifying(before)).toEqual(['UpdateService'])
    expect((await shop.plan(now)).plan.steps).toEqual([])
  })
})
