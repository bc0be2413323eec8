import type { Service, ServiceRevision } from '@aws-sdk/client-ecs'
import { type Members, nested, type Rules, type ValueContext } from '../../compare/rules.ts'
import {
  capacityProviderStrategy,
  logConfiguration,
  networkConfiguration,
  placementConstraints,
  placementStrategy,
  tags,
  volumeConfigurations,
} from '../rules/shared.ts'
import { byName, sameNamespace } from '../rules/spelling.ts'

const isDaemon = ({ root }: ValueContext): boolean => root.schedulingStrategy === 'DAEMON'

const strategyOf = ({ root }: ValueContext): unknown =>
  (root.deploymentConfiguration as Members | null | undefined)?.strategy ?? 'ROLLING'

const deploymentConfiguration: Rules = {
  ...nested(
    'deploymentCircuitBreaker',
    {},
    {
      enable: { default: false },
      rollback: { default: false },
      resetOnHealthyTask: { default: true },
      thresholdConfiguration: {},
      'thresholdConfiguration.type': { default: 'BOUNDED_PERCENT' },
      'thresholdConfiguration.value': { default: 50 },
    },
  ),
  maximumPercent: { default: around => (isDaemon(around) ? 100 : 200) },
  minimumHealthyPercent: { default: around => (isDaemon(around) ? 0 : 100) },
  ...nested(
    'alarms',
    {},
    { alarmNames: { unordered: true }, rollback: { default: false }, enable: { default: false } },
  ),
  strategy: { default: 'ROLLING' },
  // A blue/green deployment that is not told how long to wait has a time of its own.
  bakeTimeInMinutes: { default: around => (strategyOf(around) === 'ROLLING' ? 0 : undefined) },
  ...nested(
    'lifecycleHooks',
    { unordered: true, matchOn: ['targetType', 'hookTargetArn'] },
    {
      targetType: { default: 'AWS_LAMBDA' },
      hookTargetArn: {},
      roleArn: { spelling: byName },
      lifecycleStages: { unordered: true },
      hookDetails: {},
      timeoutConfiguration: {},
      'timeoutConfiguration.timeoutInMinutes': { default: 1440 },
      'timeoutConfiguration.action': { default: 'ROLLBACK' },
    },
  ),
  ...nested('linearConfiguration', {}, { stepPercent: { default: 10 }, stepBakeTimeInMinutes: { default: 6 } }),
  ...nested('canaryConfiguration', {}, { canaryPercent: { default: 5 }, canaryBakeTimeInMinutes: { default: 10 } }),
  ...nested(
    'earlySuccessCriteria',
    {},
    {
      enable: { default: false },
      healthyPercent: { default: 100 },
      sourceServiceRevisionCleanup: { default: 'BLOCKING' },
    },
  ),
}

/** The address that ECS makes of discovery name and namespace. An ARN does not say what its namespace is called. */
const dnsName = ({ side, outer }: ValueContext, value: unknown): unknown => {
  const service = outer?.holder
  const name = service?.discoveryName ?? service?.portName
  const namespace = outer?.outer?.holder.namespace
  if (typeof name !== 'string') return undefined
  if (typeof namespace === 'string' && !namespace.startsWith('arn:')) return `${name}.${namespace}`
  return side === 'live' && typeof value === 'string' && value.startsWith(`${name}.`) ? value : undefined
}

const serviceConnect: Rules = {
  enabled: { default: false },
  namespace: { indistinguishable: sameNamespace },
  ...nested(
    'services',
    { unordered: true, matchOn: ['portName'] },
    {
      portName: {},
      discoveryName: { default: ({ holder }) => holder.portName },
      ...nested(
        'clientAliases',
        { unordered: true, matchOn: ['port', 'dnsName'] },
        {
          port: {},
          dnsName: { default: dnsName },
          testTrafficRules: {},
          'testTrafficRules.header': {},
          'testTrafficRules.header.name': {},
          'testTrafficRules.header.value': {},
          'testTrafficRules.header.value.exact': {},
        },
      ),
      ingressPortOverride: {},
      timeout: {},
      'timeout.idleTimeoutSeconds': {},
      'timeout.perRequestTimeoutSeconds': {},
      tls: {},
      'tls.issuerCertificateAuthority': {},
      'tls.issuerCertificateAuthority.awsPcaAuthorityArn': {},
      'tls.kmsKey': {},
      'tls.roleArn': { spelling: byName },
    },
  ),
  ...logConfiguration,
  ...nested('accessLogConfiguration', {}, { format: {}, includeQueryParameters: { default: 'DISABLED' } }),
  ...nested('containerConfigurations', { unordered: true, matchOn: ['logLevel'] }, { logLevel: {} }),
}

const advancedConfiguration: Rules = {
  alternateTargetGroupArn: {},
  productionListenerRule: {},
  testListenerRule: {},
}

/** What is known of the members of CreateService. */
export const serviceRules: Rules = {
  serviceName: {},
  cluster: { spelling: byName },
  taskDefinition: { spelling: byName },
  // A service made without it gets ENABLED; one that is older than it has none, which is DISABLED.
  availabilityZoneRebalancing: { default: 'ENABLED', whenUnanswered: 'DISABLED' },
  ...nested(
    'loadBalancers',
    { unordered: true, matchOn: ['targetGroupArn', 'loadBalancerName', 'containerName', 'containerPort'] },
    {
      targetGroupArn: {},
      loadBalancerName: {},
      containerName: {},
      containerPort: {},
      ...nested('advancedConfiguration', {}, { ...advancedConfiguration, roleArn: { spelling: byName } }),
    },
  ),
  ...nested(
    'serviceRegistries',
    { unordered: true, matchOn: ['registryArn'] },
    { registryArn: {}, port: { default: 0 }, containerName: {}, containerPort: { default: 0 } },
  ),
  desiredCount: {},
  clientToken: {},
  launchType: {},
  ...capacityProviderStrategy('capacityProviderStrategy'),
  // Without meaning where tasks run on instances: there ECS answers none.
  platformVersion: {
    default: ({ side, root }) => (side === 'stated' || root.platformFamily ? 'LATEST' : undefined),
  },
  role: { spelling: byName },
  ...nested('deploymentConfiguration', {}, deploymentConfiguration),
  ...placementConstraints,
  ...placementStrategy,
  ...networkConfiguration,
  healthCheckGracePeriodSeconds: { default: 0 },
  schedulingStrategy: { default: 'REPLICA' },
  ...nested('deploymentController', {}, { type: { default: 'ECS' } }),
  ...tags,
  enableECSManagedTags: { default: false },
  propagateTags: { default: 'NONE' },
  enableExecuteCommand: { default: false },
  ...nested('serviceConnectConfiguration', {}, serviceConnect),
  ...volumeConfigurations(),
  ...nested(
    'vpcLatticeConfigurations',
    { unordered: true, matchOn: ['targetGroupArn', 'portName'] },
    {
      roleArn: { spelling: byName },
      targetGroupArn: {},
      portName: {},
      ...nested('advancedConfiguration', {}, advancedConfiguration),
    },
  ),
  ...nested(
    'gatewayConnectors',
    { unordered: true, matchOn: ['portName'] },
    {
      portName: {},
      healthCheck: {},
      'healthCheck.healthCheckProtocol': {},
      'healthCheck.healthCheckPort': {},
      'healthCheck.healthCheckPath': {},
      'healthCheck.healthCheckTimeoutSeconds': {},
      'healthCheck.healthCheckIntervalSeconds': {},
      'healthCheck.healthyThresholdCount': {},
      'healthCheck.unhealthyThresholdCount': {},
      'healthCheck.matcher': {},
      'healthCheck.matcher.httpCode': {},
      'healthCheck.matcher.grpcCode': {},
      filters: {},
      'filters.accessTypes': { unordered: true },
    },
  ),
  monitoring: {},
  ...nested(
    'monitoring.metricConfigurations',
    { unordered: true, matchOn: ['resolutionSeconds'] },
    { metricNames: { unordered: true }, resolutionSeconds: {} },
  ),
}

/** Members whose change starts a deployment: new tasks, in the order that the deployment configuration allows. */
export const restarts: readonly string[] = [
  'taskDefinition',
  'networkConfiguration',
  'platformVersion',
  'loadBalancers',
  'serviceRegistries',
  'serviceConnectConfiguration',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
]

/**
 * Members that UpdateService cannot change. The launch type is none of them: going to a capacity provider strategy, or
 * from one, is an update with a forced deployment; the service flavor tells the two apart.
 */
export const fixed: readonly string[] = ['serviceName', 'cluster', 'role', 'schedulingStrategy']

/**
 * What UpdateService takes of a service whose deployments another controller makes; tags go another way, and always can.
 * From the API reference of UpdateService.
 */
export const updatable: Readonly<Record<'CODE_DEPLOY' | 'EXTERNAL', readonly string[]>> = {
  CODE_DEPLOY: [
    'desiredCount',
    'deploymentConfiguration',
    'healthCheckGracePeriodSeconds',
    'placementConstraints',
    'placementStrategy',
    'enableECSManagedTags',
    'propagateTags',
    'tags',
  ],
  EXTERNAL: [
    'desiredCount',
    'placementConstraints',
    'placementStrategy',
    'healthCheckGracePeriodSeconds',
    'enableECSManagedTags',
    'propagateTags',
    'tags',
  ],
}

/**
 * A described service, laid out like the request that would make it: what only its deployments show is taken from the
 * primary one, what only its revisions show from `revision`, where that is given.
 */
export function liveService(service: Service, revision?: ServiceRevision): Members {
  const primary = service.deployments?.find(({ status }) => status === 'PRIMARY')
  return {
    ...service,
    ...present('cluster', service.clusterArn),
    ...present('role', service.roleArn),
    ...present('serviceConnectConfiguration', primary?.serviceConnectConfiguration),
    ...present('volumeConfigurations', primary?.volumeConfigurations),
    ...present('vpcLatticeConfigurations', primary?.vpcLatticeConfigurations),
    ...present('gatewayConnectors', revision?.gatewayConnectors),
    ...present('monitoring', revision?.monitoring),
  }
}

const present = (member: string, value: unknown): Members => (value === undefined ? {} : { [member]: value })
