import type { Service, ServiceRevision } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { compare } from '../../../src/compare/compare.ts'
import { schemaOf } from '../../../src/compare/schema.ts'
import { liveService } from '../../../src/flavors/service/live.ts'
import { fixed, restarts, serviceRules, updatable } from '../../../src/flavors/service/rules.ts'
import { frozen, lines, service as options } from '../../compare/kit.ts'

const arn = (rest: string) => `arn:aws:ecs:us-east-1:123456789012:${rest}`
const deployment = (deploymentConfiguration: object, root: object = {}) => ({ ...root, deploymentConfiguration })
const vpc = (awsvpcConfiguration: object) => ({ networkConfiguration: { awsvpcConfiguration } })
const connect = (members: object) => ({ serviceConnectConfiguration: { enabled: true, ...members } })
const alias = (members: object, root: object = {}) =>
  connect({ ...root, services: [{ portName: 'http', clientAliases: [{ port: 80, ...members }] }] })
const ebs = (members: object) => ({
  volumeConfigurations: [{ name: 'data', managedEBSVolume: { sizeInGiB: 10, ...members } }],
})
const hook = (members: object) =>
  deployment({
    lifecycleHooks: [{ hookTargetArn: 'arn:a', lifecycleStages: ['PRE_SCALE_UP', 'POST_SCALE_UP'], ...members }],
  })

test.each<[name: string, stated: object, live: object]>([
  ['cluster by name', { cluster: 'main' }, { cluster: arn('cluster/main') }],
  ['cluster by ARN', { cluster: arn('cluster/main') }, { cluster: 'main' }],
  ['task definition by name', { taskDefinition: 'web:7' }, { taskDefinition: arn('task-definition/web:7') }],
  [
    'task definition by ARN',
    { taskDefinition: arn('task-definition/web:7') },
    { taskDefinition: arn('task-definition/web:7') },
  ],
  [
    'role by name',
    { role: 'AWSServiceRoleForECS' },
    { role: 'arn:aws:iam::1:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS' },
  ],
  ['scheduling strategy', { schedulingStrategy: 'REPLICA' }, {}],
  ['controller', { deploymentController: { type: 'ECS' } }, {}],
  ['platform version on Fargate', { platformVersion: 'LATEST' }, { platformFamily: 'Linux' }],
  ['public address', vpc({ subnets: ['a'], assignPublicIp: 'DISABLED' }), vpc({ subnets: ['a'] })],
  [
    'subnets and groups in any order',
    vpc({ subnets: ['a', 'b'], securityGroups: ['c', 'd'] }),
    vpc({ subnets: ['b', 'a'], securityGroups: ['d', 'c'] }),
  ],
  ['grace period', { healthCheckGracePeriodSeconds: 0 }, {}],
  ['tags from nowhere', { propagateTags: 'NONE', enableECSManagedTags: false, enableExecuteCommand: false }, {}],
  ['rebalancing that was never set', { availabilityZoneRebalancing: 'DISABLED' }, {}],
  ['percentages of a replica service', deployment({ maximumPercent: 200, minimumHealthyPercent: 100 }), {}],
  [
    'percentages of a daemon service',
    deployment({ maximumPercent: 100, minimumHealthyPercent: 0 }),
    { schedulingStrategy: 'DAEMON' },
  ],
  [
    'percentages of a daemon service, elsewhere said',
    deployment({ minimumHealthyPercent: 0 }),
    deployment({ maximumPercent: 110 }, { schedulingStrategy: 'DAEMON' }),
  ],
  ['circuit breaker that is off', deployment({ deploymentCircuitBreaker: { enable: false, rollback: false } }), {}],
  [
    'circuit breaker with its defaults',
    deployment({ deploymentCircuitBreaker: { enable: true, rollback: true } }),
    deployment({
      deploymentCircuitBreaker: {
        enable: true,
        rollback: true,
        resetOnHealthyTask: true,
        thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
      },
    }),
  ],
  [
    'circuit breaker that says its defaults',
    deployment({
      deploymentCircuitBreaker: {
        enable: true,
        rollback: true,
        resetOnHealthyTask: true,
        thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
      },
    }),
    deployment({ deploymentCircuitBreaker: { enable: true, rollback: true } }),
  ],
  ['alarms that are off', deployment({ alarms: { enable: false, rollback: false, alarmNames: [] } }), {}],
  [
    'alarms in any order',
    deployment({ alarms: { enable: true, rollback: true, alarmNames: ['a', 'b'] } }),
    deployment({ alarms: { enable: true, rollback: true, alarmNames: ['b', 'a'] } }),
  ],
  ['rolling strategy', deployment({ strategy: 'ROLLING', bakeTimeInMinutes: 0 }), {}],
  [
    'early success that is off',
    deployment({ earlySuccessCriteria: { enable: false } }),
    deployment({
      earlySuccessCriteria: { enable: false, healthyPercent: 100, sourceServiceRevisionCleanup: 'BLOCKING' },
    }),
  ],
  [
    'early success with its defaults',
    deployment({
      earlySuccessCriteria: { enable: false, healthyPercent: 100, sourceServiceRevisionCleanup: 'BLOCKING' },
    }),
    {},
  ],
  [
    'hooks',
    hook({}),
    hook({ targetType: 'AWS_LAMBDA', timeoutConfiguration: { timeoutInMinutes: 1440, action: 'ROLLBACK' } }),
  ],
  ['hook: role by name', hook({ roleArn: 'hooks' }), hook({ roleArn: 'arn:aws:iam::1:role/hooks' })],
  ['hook: stages in any order', hook({}), hook({ lifecycleStages: ['POST_SCALE_UP', 'PRE_SCALE_UP'] })],
  [
    'hook: details, whatever the order of keys',
    hook({ hookDetails: { a: 1, b: [{ c: 2, d: 3 }] } }),
    hook({ hookDetails: { b: [{ d: 3, c: 2 }], a: 1 } }),
  ],
  ['linear', deployment({ linearConfiguration: { stepPercent: 10, stepBakeTimeInMinutes: 6 } }), {}],
  [
    'canary',
    deployment({ canaryConfiguration: { canaryPercent: 5 } }),
    deployment({ canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: 10 } }),
  ],
  [
    'placement: host is instanceId',
    { placementStrategy: [{ type: 'spread', field: 'host' }] },
    { placementStrategy: [{ type: 'spread', field: 'instanceId' }] },
  ],
  [
    'placement: in any case',
    { placementStrategy: [{ type: 'binpack', field: 'memory' }] },
    { placementStrategy: [{ type: 'binpack', field: 'MEMORY' }] },
  ],
  [
    'providers in any order',
    { capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }, { capacityProvider: 'FARGATE_SPOT' }] },
    {
      capacityProviderStrategy: [
        { capacityProvider: 'FARGATE_SPOT', weight: 0, base: 0 },
        { capacityProvider: 'FARGATE', weight: 1, base: 0 },
      ],
    },
  ],
  [
    'load balancers in any order',
    {
      loadBalancers: [
        { targetGroupArn: 'a', containerName: 'web', containerPort: 80 },
        { targetGroupArn: 'b', containerName: 'web', containerPort: 80 },
      ],
    },
    {
      loadBalancers: [
        { targetGroupArn: 'b', containerName: 'web', containerPort: 80 },
        { targetGroupArn: 'a', containerName: 'web', containerPort: 80 },
      ],
    },
  ],
  [
    'registries',
    { serviceRegistries: [{ registryArn: 'a' }] },
    { serviceRegistries: [{ registryArn: 'a', port: 0, containerPort: 0 }] },
  ],
  ['Service Connect that is off', { serviceConnectConfiguration: { enabled: false } }, {}],
  [
    'Service Connect: a namespace by name or ARN',
    connect({ namespace: 'internal' }),
    connect({ namespace: 'arn:aws:servicediscovery:us-east-1:1:namespace/ns-1' }),
  ],
  ['Service Connect: a namespace that the cluster gave', connect({}), connect({ namespace: 'internal' })],
  [
    'Service Connect: discovery name',
    connect({ services: [{ portName: 'http' }] }),
    connect({ services: [{ portName: 'http', discoveryName: 'http' }] }),
  ],
  [
    'Service Connect: address',
    alias({}, { namespace: 'internal' }),
    alias({ dnsName: 'http.internal' }, { namespace: 'internal' }),
  ],
  [
    'Service Connect: address of a namespace without a name',
    alias({}),
    alias({ dnsName: 'http.internal' }, { namespace: 'arn:aws:servicediscovery:us-east-1:1:namespace/ns-1' }),
  ],
  [
    'Service Connect: services in any order',
    connect({ services: [{ portName: 'a' }, { portName: 'b' }] }),
    connect({ services: [{ portName: 'b' }, { portName: 'a' }] }),
  ],
  [
    'Service Connect: access log',
    connect({ accessLogConfiguration: { format: 'JSON', includeQueryParameters: 'DISABLED' } }),
    connect({ accessLogConfiguration: { format: 'JSON' } }),
  ],
  [
    'Service Connect: proxy settings in any order',
    connect({ containerConfigurations: [{ logLevel: 'INFO' }] }),
    connect({ containerConfigurations: [{ logLevel: 'INFO' }] }),
  ],
  ['EBS', ebs({}), ebs({ encrypted: true, filesystemType: 'xfs' })],
  ['EBS: role by name', ebs({ roleArn: 'arn:aws:iam::1:role/ebs' }), ebs({ roleArn: 'ebs' })],
  [
    'EBS: tags in any order',
    ebs({
      tagSpecifications: [
        {
          resourceType: 'volume',
          tags: [
            { key: 'a', value: '1' },
            { key: 'b', value: '2' },
          ],
        },
      ],
    }),
    ebs({
      tagSpecifications: [
        {
          resourceType: 'volume',
          propagateTags: 'NONE',
          tags: [
            { key: 'b', value: '2' },
            { key: 'a', value: '1' },
          ],
        },
      ],
    }),
  ],
  [
    'gateway',
    { gatewayConnectors: [{ portName: 'http', filters: { accessTypes: ['PUBLIC', 'PRIVATE'] } }] },
    { gatewayConnectors: [{ portName: 'http', filters: { accessTypes: ['PRIVATE', 'PUBLIC'] } }] },
  ],
  [
    'monitoring',
    { monitoring: { metricConfigurations: [{ metricNames: ['a', 'b'], resolutionSeconds: 20 }] } },
    { monitoring: { metricConfigurations: [{ metricNames: ['b', 'a'], resolutionSeconds: 20 }] } },
  ],
])('no difference: %s', (_name, stated, live) => {
  expect(lines(compare(frozen(stated), frozen(live), options))).toEqual([])
})

test.each<[name: string, stated: object, live: object, ...expected: string[]]>([
  [
    'task definition',
    { taskDefinition: 'web:8' },
    { taskDefinition: arn('task-definition/web:7') },
    'taskDefinition: "web:7" → "web:8"',
  ],
  ['role', { role: 'a' }, { role: 'arn:aws:iam::1:role/b' }, 'role: "b" → "a"'],
  [
    'scheduling strategy',
    { schedulingStrategy: 'DAEMON' },
    { schedulingStrategy: 'REPLICA' },
    'schedulingStrategy: "REPLICA" → "DAEMON"',
  ],
  [
    'controller',
    { deploymentController: { type: 'EXTERNAL' } },
    { deploymentController: { type: 'ECS' } },
    'deploymentController.type: "ECS" → "EXTERNAL"',
  ],
  [
    'platform version',
    { platformVersion: 'LATEST' },
    { platformVersion: '1.3.0', platformFamily: 'Linux' },
    'platformVersion: "1.3.0" → "LATEST"',
  ],
  [
    'platform version without Fargate',
    { platformVersion: 'LATEST' },
    { launchType: 'EC2' },
    'platformVersion: ∅ → "LATEST"',
  ],
  [
    'launch type for a strategy',
    { launchType: 'FARGATE' },
    { capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] },
    'launchType: ∅ → "FARGATE"',
  ],
  [
    'a strategy for the launch type',
    { capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] },
    { launchType: 'FARGATE' },
    'capacityProviderStrategy[0].capacityProvider: ∅ → "FARGATE"',
    'capacityProviderStrategy[0].weight: ∅ → 1',
  ],
  ['launch type', { launchType: 'FARGATE' }, { launchType: 'EC2' }, 'launchType: "EC2" → "FARGATE"'],
  [
    'weight',
    { capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] },
    { capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 0 }] },
    'capacityProviderStrategy[0].weight: 0 → 1',
  ],
  [
    'public address',
    vpc({ subnets: ['a'], assignPublicIp: 'DISABLED' }),
    vpc({ subnets: ['a'], assignPublicIp: 'ENABLED' }),
    'networkConfiguration.awsvpcConfiguration.assignPublicIp: "ENABLED" → "DISABLED"',
  ],
  [
    'subnets',
    vpc({ subnets: ['c', 'a'] }),
    vpc({ subnets: ['a', 'b'] }),
    'networkConfiguration.awsvpcConfiguration.subnets: ["a","b"] → ["c","a"]',
  ],
  [
    'rebalancing that was never set',
    { availabilityZoneRebalancing: 'ENABLED' },
    {},
    'availabilityZoneRebalancing: ∅ → "ENABLED"',
  ],
  [
    'rebalancing',
    { availabilityZoneRebalancing: 'ENABLED' },
    { availabilityZoneRebalancing: 'DISABLED' },
    'availabilityZoneRebalancing: "DISABLED" → "ENABLED"',
  ],
  ['percentages', deployment({ maximumPercent: 150 }), {}, 'deploymentConfiguration.maximumPercent: ∅ → 150'],
  [
    'percentages of a daemon service',
    deployment({ maximumPercent: 200 }),
    { schedulingStrategy: 'DAEMON' },
    'deploymentConfiguration.maximumPercent: ∅ → 200',
  ],
  [
    'circuit breaker',
    deployment({ deploymentCircuitBreaker: { enable: true, rollback: true } }),
    deployment({ deploymentCircuitBreaker: { enable: false, rollback: false } }),
    'deploymentConfiguration.deploymentCircuitBreaker.enable: false → true',
    'deploymentConfiguration.deploymentCircuitBreaker.rollback: false → true',
  ],
  [
    'circuit breaker that goes off',
    deployment({ deploymentCircuitBreaker: { enable: false, rollback: false } }),
    deployment({ deploymentCircuitBreaker: { enable: true, rollback: false } }),
    'deploymentConfiguration.deploymentCircuitBreaker.enable: true → false',
  ],
  [
    'alarms',
    deployment({ alarms: { enable: true, rollback: false, alarmNames: ['a'] } }),
    deployment({ alarms: { enable: false, rollback: false, alarmNames: [] } }),
    'deploymentConfiguration.alarms.enable: false → true',
    'deploymentConfiguration.alarms.alarmNames: ∅ → ["a"]',
  ],
  [
    'strategy',
    deployment({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 15 }),
    deployment({ strategy: 'ROLLING', bakeTimeInMinutes: 0 }),
    'deploymentConfiguration.strategy: "ROLLING" → "BLUE_GREEN"',
    'deploymentConfiguration.bakeTimeInMinutes: 0 → 15',
  ],
  [
    'bake time of 0, blue and green',
    deployment({ bakeTimeInMinutes: 0 }),
    deployment({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5 }),
    'deploymentConfiguration.bakeTimeInMinutes: 5 → 0',
  ],
  [
    'hooks that go',
    deployment({ lifecycleHooks: [] }),
    hook({ targetType: 'AWS_LAMBDA' }),
    'deploymentConfiguration.lifecycleHooks[0].hookTargetArn: "arn:a" → ∅',
    'deploymentConfiguration.lifecycleHooks[0].lifecycleStages: ["POST_SCALE_UP","PRE_SCALE_UP"] → ∅',
  ],
  [
    'hook: details',
    hook({ hookDetails: { a: 1 } }),
    hook({ hookDetails: { a: 2 } }),
    'deploymentConfiguration.lifecycleHooks[0].hookDetails: {"a":2} → {"a":1}',
  ],
  [
    'hook: details of another type',
    hook({ hookDetails: [1] }),
    hook({ hookDetails: { 0: 1 } }),
    'deploymentConfiguration.lifecycleHooks[0].hookDetails: {"0":1} → [1]',
  ],
  [
    'hook: timeout',
    hook({}),
    hook({ timeoutConfiguration: { timeoutInMinutes: 5, action: 'ROLLBACK' } }),
    'deploymentConfiguration.lifecycleHooks[0].timeoutConfiguration.timeoutInMinutes: 5 → ∅',
  ],
  [
    'placement in order',
    {
      placementStrategy: [
        { type: 'spread', field: 'host' },
        { type: 'binpack', field: 'cpu' },
      ],
    },
    {
      placementStrategy: [
        { type: 'binpack', field: 'CPU' },
        { type: 'spread', field: 'instanceId' },
      ],
    },
    'placementStrategy[0].type: "binpack" → "spread"',
    'placementStrategy[0].field: "cpu" → "instanceId"',
    'placementStrategy[1].type: "spread" → "binpack"',
    'placementStrategy[1].field: "instanceId" → "cpu"',
  ],
  [
    'placement that goes',
    { placementStrategy: [] },
    { placementStrategy: [{ type: 'random' }] },
    'placementStrategy[0].type: "random" → ∅',
  ],
  [
    'target group',
    { loadBalancers: [{ targetGroupArn: 'a', containerName: 'web', containerPort: 80 }] },
    { loadBalancers: [{ targetGroupArn: 'b', containerName: 'web', containerPort: 80 }] },
    'loadBalancers[0].targetGroupArn: "b" → "a"',
  ],
  [
    'port of the target group',
    { loadBalancers: [{ targetGroupArn: 'a', containerName: 'web', containerPort: 80 }] },
    { loadBalancers: [{ targetGroupArn: 'a', containerName: 'web', containerPort: 81 }] },
    'loadBalancers[0].containerPort: 81 → 80',
  ],
  [
    'registry',
    { serviceRegistries: [] },
    { serviceRegistries: [{ registryArn: 'a', containerPort: 0 }] },
    'serviceRegistries[0].registryArn: "a" → ∅',
  ],
  [
    'grace period',
    { healthCheckGracePeriodSeconds: 0 },
    { healthCheckGracePeriodSeconds: 60 },
    'healthCheckGracePeriodSeconds: 60 → 0',
  ],
  [
    'Service Connect',
    connect({ namespace: 'internal' }),
    {},
    'serviceConnectConfiguration.enabled: ∅ → true',
    'serviceConnectConfiguration.namespace: ∅ → "internal"',
  ],
  [
    'Service Connect that goes off',
    { serviceConnectConfiguration: { enabled: false } },
    connect({}),
    'serviceConnectConfiguration.enabled: true → false',
  ],
  [
    'Service Connect: another name',
    connect({ namespace: 'a' }),
    connect({ namespace: 'b' }),
    'serviceConnectConfiguration.namespace: "b" → "a"',
  ],
  [
    'Service Connect: another ARN',
    connect({ namespace: 'arn:a' }),
    connect({ namespace: 'arn:b' }),
    'serviceConnectConfiguration.namespace: "arn:b" → "arn:a"',
  ],
  [
    'Service Connect: address',
    alias({ dnsName: 'api' }),
    alias({}),
    'serviceConnectConfiguration.services[0].clientAliases[0].dnsName: ∅ → "api"',
  ],
  [
    'Service Connect: address that goes',
    alias({}),
    alias({ dnsName: 'api' }),
    'serviceConnectConfiguration.services[0].clientAliases[0].dnsName: "api" → ∅',
  ],
  [
    'Service Connect: timeout that goes',
    connect({ services: [{ portName: 'a' }] }),
    connect({ services: [{ portName: 'a', timeout: { idleTimeoutSeconds: 0 } }] }),
    'serviceConnectConfiguration.services[0].timeout.idleTimeoutSeconds: 0 → ∅',
  ],
  [
    'Service Connect: log options',
    connect({ logConfiguration: { logDriver: 'splunk', options: { 'splunk-token': 'a' } } }),
    connect({ logConfiguration: { logDriver: 'splunk', options: { 'splunk-token': 'b' } } }),
    'serviceConnectConfiguration.logConfiguration.options[splunk-token]: hidden',
  ],
  [
    'EBS: not encrypted',
    ebs({ encrypted: false }),
    ebs({}),
    'volumeConfigurations[data].managedEBSVolume.encrypted: ∅ → false',
  ],
  ['EBS: size', ebs({ sizeInGiB: 20 }), ebs({}), 'volumeConfigurations[data].managedEBSVolume.sizeInGiB: 10 → 20'],
  [
    'lattice',
    { vpcLatticeConfigurations: [{ roleArn: 'a', targetGroupArn: 'tg', portName: 'http' }] },
    { vpcLatticeConfigurations: [{ roleArn: 'arn:aws:iam::1:role/b', targetGroupArn: 'tg', portName: 'http' }] },
    'vpcLatticeConfigurations[0].roleArn: "b" → "a"',
  ],
  [
    'monitoring',
    { monitoring: { metricConfigurations: [{ metricNames: ['a'], resolutionSeconds: 20 }] } },
    { monitoring: { metricConfigurations: [{ metricNames: ['a'], resolutionSeconds: 60 }] } },
    'monitoring.metricConfigurations[0].resolutionSeconds: 60 → 20',
  ],
])('a difference: %s', (_name, stated, live, ...expected) => {
  expect(lines(compare(frozen(stated), frozen(live), options))).toEqual(expected)
})

describe('a described service', () => {
  const service: Service = {
    serviceName: 'web',
    clusterArn: arn('cluster/main'),
    roleArn: 'arn:aws:iam::1:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS',
    taskDefinition: arn('task-definition/web:7'),
    desiredCount: 2,
    deployments: [
      {
        status: 'ACTIVE',
        serviceConnectConfiguration: { enabled: false },
        taskDefinition: arn('task-definition/web:6'),
      },
      {
        status: 'PRIMARY',
        serviceConnectConfiguration: { enabled: true, namespace: 'internal' },
        volumeConfigurations: [{ name: 'data' }],
        vpcLatticeConfigurations: [{ roleArn: 'r', targetGroupArn: 'tg', portName: 'http' }],
      },
    ],
  }
  const revision: ServiceRevision = {
    gatewayConnectors: [{ portName: 'http' }],
    monitoring: { metricConfigurations: [{ metricNames: ['CPUUtilization'], resolutionSeconds: 20 }] },
  }

  test('is laid out like the request that made it', () => {
    const stated = {
      serviceName: 'web',
      cluster: 'main',
      role: 'AWSServiceRoleForECS',
      taskDefinition: 'web:7',
      desiredCount: 2,
      serviceConnectConfiguration: { enabled: true, namespace: 'internal' },
      volumeConfigurations: [{ name: 'data' }],
      vpcLatticeConfigurations: [{ roleArn: 'r', targetGroupArn: 'tg', portName: 'http' }],
      gatewayConnectors: [{ portName: 'http' }],
      monitoring: { metricConfigurations: [{ metricNames: ['CPUUtilization'], resolutionSeconds: 20 }] },
    }
    expect(compare(stated, liveService({ service: frozen(service), revision: frozen(revision) }), options)).toEqual([])
  })

  test('without its revision', () => {
    expect(liveService({ service })).not.toHaveProperty('gatewayConnectors')
  })

  test('without deployments', () => {
    expect(liveService({ service: { serviceName: 'web' } })).toEqual({ serviceName: 'web' })
  })
})

test('tables name members of the request', () => {
  const members = [...schemaOf(options.schema, serviceRules).members.keys()]
  for (const member of [...restarts, ...fixed, ...updatable.CODE_DEPLOY, ...updatable.EXTERNAL]) {
    expect(members).toContain(member)
  }
  expect(fixed.filter(member => restarts.includes(member))).toEqual([])
})
