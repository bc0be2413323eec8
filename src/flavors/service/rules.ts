import type { Members, Rule, Rules, ValueContext } from '../../compare/rules.ts'
import {
  capacityProviderItem,
  capacityProviderStrategy,
  elementsByName,
  managedVolume,
  placementConstraints,
  sharedRules,
  tags,
} from '../rules/shared.ts'
import { byName, sameNamespace } from '../rules/spelling.ts'

const isDaemon = ({ root }: ValueContext): boolean => root.schedulingStrategy === 'DAEMON'

const strategyOf = ({ root }: ValueContext): unknown =>
  (root.deploymentConfiguration as Members | null | undefined)?.strategy ?? 'ROLLING'

/** Members of a deployment configuration that ECS takes with some strategies alone. From their API reference. */
export const strategiesOf = {
  linearConfiguration: ['LINEAR'],
  canaryConfiguration: ['CANARY'],
  earlySuccessCriteria: ['ROLLING'],
  bakeTimeInMinutes: ['BLUE_GREEN', 'LINEAR', 'CANARY'],
  lifecycleHooks: ['BLUE_GREEN', 'LINEAR', 'CANARY'],
} as const

const only = (member: keyof typeof strategiesOf): Pick<Rule, 'fits'> => ({
  fits: ({ strategy }) => strategiesOf[member].some(one => one === (strategy ?? 'ROLLING')),
})

const deploymentRules: Rules = {
  DeploymentConfiguration: {
    maximumPercent: { default: context => (isDaemon(context) ? 100 : 200) },
    minimumHealthyPercent: { default: context => (isDaemon(context) ? 0 : 100) },
    strategy: { default: 'ROLLING' },
    // ECS chooses the bake time of a blue/green deployment that states none.
    bakeTimeInMinutes: {
      default: context => (strategyOf(context) === 'ROLLING' ? 0 : undefined),
      ...only('bakeTimeInMinutes'),
    },
    lifecycleHooks: { unordered: true, matchOn: ['targetType', 'hookTargetArn'], ...only('lifecycleHooks') },
    linearConfiguration: only('linearConfiguration'),
    canaryConfiguration: only('canaryConfiguration'),
    earlySuccessCriteria: only('earlySuccessCriteria'),
  },
  DeploymentCircuitBreaker: {
    enable: { default: false },
    rollback: { default: false },
    resetOnHealthyTask: { default: true },
  },
  ThresholdConfiguration: { type: { default: 'BOUNDED_PERCENT' }, value: { default: 50 } },
  DeploymentAlarms: { alarmNames: { unordered: true }, rollback: { default: false }, enable: { default: false } },
  DeploymentLifecycleHook: {
    targetType: { default: 'AWS_LAMBDA' },
    roleArn: { spelling: byName },
    lifecycleStages: { unordered: true },
  },
  DeploymentLifecycleHookTimeoutConfiguration: { timeoutInMinutes: { default: 1440 }, action: { default: 'ROLLBACK' } },
  LinearConfiguration: { stepPercent: { default: 10 }, stepBakeTimeInMinutes: { default: 6 } },
  CanaryConfiguration: { canaryPercent: { default: 5 }, canaryBakeTimeInMinutes: { default: 10 } },
  DeploymentEarlySuccessCriteria: {
    enable: { default: false },
    healthyPercent: { default: 100 },
    sourceServiceRevisionCleanup: { default: 'BLOCKING' },
  },
  DeploymentController: { type: { default: 'ECS' } },
}

/** The address that ECS makes of discovery name and namespace. An ARN does not hold its namespace's name. */
const dnsName = ({ side, outer }: ValueContext, value: unknown): unknown => {
  const service = outer?.holder
  const name = service?.discoveryName ?? service?.portName
  const namespace = outer?.outer?.holder.namespace
  if (typeof name !== 'string') return undefined
  if (typeof namespace === 'string' && !namespace.startsWith('arn:')) return `${name}.${namespace}`
  return side === 'live' && typeof value === 'string' && value.startsWith(`${name}.`) ? value : undefined
}

const serviceConnectRules: Rules = {
  ServiceConnectConfiguration: {
    enabled: { default: false },
    namespace: { indistinguishable: sameNamespace },
    services: { unordered: true, matchOn: ['portName'] },
    containerConfigurations: { unordered: true, matchOn: ['logLevel'] },
  },
  ServiceConnectService: {
    discoveryName: { default: ({ holder }) => holder.portName },
    clientAliases: { unordered: true, matchOn: ['port', 'dnsName'] },
  },
  ServiceConnectClientAlias: { dnsName: { default: dnsName } },
  ServiceConnectTlsConfiguration: { roleArn: { spelling: byName } },
  ServiceConnectAccessLogConfiguration: { includeQueryParameters: { default: 'DISABLED' } },
}

/** Rules for the structures of CreateService. */
export const serviceRules: Rules = {
  ...sharedRules,
  ...deploymentRules,
  ...serviceConnectRules,
  CapacityProviderStrategyItem: capacityProviderItem,
  CreateServiceRequest: {
    cluster: { spelling: byName },
    taskDefinition: { spelling: byName },
    // A service made without it gets ENABLED; a service that is older than it has none, which is DISABLED.
    availabilityZoneRebalancing: { default: 'ENABLED', whenUnanswered: 'DISABLED' },
    loadBalancers: {
      unordered: true,
      matchOn: ['targetGroupArn', 'loadBalancerName', 'containerName', 'containerPort'],
    },
    serviceRegistries: { unordered: true, matchOn: ['registryArn'] },
    capacityProviderStrategy,
    // Where tasks run on instances, the version has no meaning, and ECS answers none.
    platformVersion: {
      default: ({ side, root }) => (side === 'stated' || root.platformFamily ? 'LATEST' : undefined),
    },
    role: { spelling: byName },
    placementConstraints,
    healthCheckGracePeriodSeconds: { default: 0 },
    schedulingStrategy: { default: 'REPLICA' },
    tags,
    enableECSManagedTags: { default: false },
    propagateTags: { default: 'NONE' },
    enableExecuteCommand: { default: false },
    volumeConfigurations: elementsByName,
    vpcLatticeConfigurations: { unordered: true, matchOn: ['targetGroupArn', 'portName'] },
    gatewayConnectors: { unordered: true, matchOn: ['portName'] },
  },
  AdvancedConfiguration: { roleArn: { spelling: byName } },
  ServiceRegistry: { port: { default: 0 }, containerPort: { default: 0 } },
  ServiceManagedEBSVolumeConfiguration: managedVolume,
  VpcLatticeConfiguration: { roleArn: { spelling: byName } },
  GatewayConnectorFilters: { accessTypes: { unordered: true } },
  MonitoringConfiguration: { metricConfigurations: { unordered: true, matchOn: ['resolutionSeconds'] } },
  MetricConfiguration: { metricNames: { unordered: true } },
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

/** Members that DescribeServices leaves out and DescribeServiceRevisions shows. */
export const onRevisionOnly = ['gatewayConnectors', 'monitoring'] as const

/**
 * Members that need `forceNewDeployment` to take effect: UpdateService moves between launch type and capacity provider
 * strategy in place, and members of revisions come with a new revision.
 */
export const forcing: ReadonlySet<string> = new Set(['launchType', 'capacityProviderStrategy', ...onRevisionOnly])

/** Members whose change replaces the tasks of the service, by whatever deployment. */
export const deployedBy: readonly string[] = [...restarts, ...forcing, 'deploymentController', 'forceNewDeployment']

/**
 * Members that UpdateService cannot change. The launch type is none of them: going to a capacity provider strategy, or
 * from one, is an update with a forced deployment; the service flavor distinguishes the two.
 */
export const fixed: readonly string[] = ['serviceName', 'cluster', 'role', 'schedulingStrategy']

const updatableOfAny = [
  'desiredCount',
  'healthCheckGracePeriodSeconds',
  'placementConstraints',
  'placementStrategy',
  'enableECSManagedTags',
  'propagateTags',
  'tags',
]

/**
 * What UpdateService takes of a service whose deployments another controller makes; tags go another way, and always can.
 * From the API reference of UpdateService.
 */
export const updatable: Readonly<Record<'CODE_DEPLOY' | 'EXTERNAL', readonly string[]>> = {
  CODE_DEPLOY: [...updatableOfAny, 'deploymentConfiguration'],
  EXTERNAL: updatableOfAny,
}

/** Members that belong to task sets where another controller makes the deployments. From CreateTaskSet. */
export const onTaskSets = [
  'taskDefinition',
  'launchType',
  'capacityProviderStrategy',
  'platformVersion',
  'networkConfiguration',
  'loadBalancers',
  'serviceRegistries',
] as const
