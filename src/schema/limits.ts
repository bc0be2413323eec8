import { cpuSize, memorySize } from './sizes.ts'

/** What the API documents of a member beside its type. */
export interface Limit {
  /** Smallest and greatest number. */
  readonly least?: number
  readonly most?: number
  /** Numbers may have a fraction; the SDK's model does not tell. */
  readonly fraction?: true
  /** A text that the API requires, and that may be empty all the same. */
  readonly mayBeEmpty?: true
  /** Least and most characters of a text. */
  readonly shortest?: number
  readonly longest?: number
  /** What a text must look like, and the words for it: `must be …`. */
  readonly pattern?: RegExp
  readonly says?: string
  /** Allowed texts, where the API has them only in its words. */
  readonly oneOf?: readonly string[]
  /** Least and most elements of a list. */
  readonly fewest?: number
  readonly greatest?: number
  /** Why, where the API allows more than this tool. */
  readonly because?: string
  /** For every element of a list, every value of a map. */
  readonly each?: Limit
}

// Whether a name is there at all is asked where particles are told from each other.
const name = {
  longest: 255,
  pattern: /^[A-Za-z0-9_-]*$/,
  says: 'made of letters, digits, "-" and "_"',
} as const satisfies Limit

const optionalPortName = {
  longest: 64,
  pattern: /^[a-z0-9_][a-z0-9_-]*$/,
  says: 'made of lower case letters, digits, "_" and "-", and not begin with "-"',
} as const satisfies Limit

const port = { least: 0, most: 65_535 } as const satisfies Limit

const notEmpty = { shortest: 1 } as const satisfies Limit

const amount = { least: 0 } as const satisfies Limit

const minutesOfADay = { least: 0, most: 1440 } as const satisfies Limit

const tags = {
  greatest: 30,
  because: "this tool keeps the rest of AWS's 50 for its own records",
} as const satisfies Limit

const placementConstraints = { greatest: 10 } as const satisfies Limit

const placementStrategy = { greatest: 5 } as const satisfies Limit

const capacityProviderStrategy = { greatest: 20 } as const satisfies Limit

const volumeType = { oneOf: ['gp2', 'gp3', 'io1', 'io2', 'sc1', 'st1', 'standard'] } as const satisfies Limit

/** Docker refuses less, older daemons below 4 MiB, newer ones below 6. */
const containerMemory = { least: 4 } as const satisfies Limit

/**
 * By `Shape.member`. Only what the API reference and the service quotas document as fixed: a wrong refusal is worse than a
 * late answer from ECS, so that quotas that can be raised, and limits that have been raised before, are left out.
 */
export const limits: Readonly<Record<string, Limit>> = {
  'CreateClusterRequest.clusterName': name,
  'CreateClusterRequest.defaultCapacityProviderStrategy': capacityProviderStrategy,
  'CreateClusterRequest.tags': tags,
  // Empty, it takes a cluster's default namespace away.
  'ClusterServiceConnectDefaultsRequest.namespace': { longest: 1024, mayBeEmpty: true },
  'ClusterSetting.value': { oneOf: ['disabled', 'enabled', 'enhanced'] },

  'RegisterTaskDefinitionRequest.family': name,
  'RegisterTaskDefinitionRequest.containerDefinitions': { greatest: 10 },
  'RegisterTaskDefinitionRequest.cpu': {
    pattern: cpuSize.pattern,
    says: 'CPU units such as 512, or vCPUs such as .5 vCPU',
  },
  'RegisterTaskDefinitionRequest.memory': {
    pattern: memorySize.pattern,
    says: 'MiB such as 1024, or GB such as 1 GB',
  },
  'RegisterTaskDefinitionRequest.placementConstraints': placementConstraints,
  'RegisterTaskDefinitionRequest.tags': tags,
  'ContainerDefinition.name': name,
  'ContainerDefinition.image': notEmpty,
  'ContainerDefinition.cpu': amount,
  'ContainerDefinition.memory': containerMemory,
  'ContainerDefinition.memoryReservation': containerMemory,
  'ContainerDefinition.startTimeout': amount,
  'ContainerDefinition.stopTimeout': amount,
  'ContainerDefinition.environmentFiles': { greatest: 10 },
  'ContainerDefinition.credentialSpecs': { greatest: 1 },
  'ContainerRestartPolicy.ignoredExitCodes': { greatest: 50 },
  'ContainerRestartPolicy.restartAttemptPeriod': { least: 60, most: 1800 },
  'PortMapping.containerPort': port,
  'PortMapping.hostPort': port,
  'PortMapping.name': optionalPortName,
  'PortMapping.containerPortRange': { pattern: /^\d{1,5}-\d{1,5}$/, says: 'a range of ports such as 8000-8010' },
  'HealthCheck.command': { fewest: 1 },
  'HealthCheck.interval': { least: 5, most: 300 },
  // The SDK's words say 60, newer ones of the API reference 120.
  'HealthCheck.timeout': { least: 2, most: 120 },
  'HealthCheck.retries': { least: 1, most: 10 },
  'HealthCheck.startPeriod': { least: 0, most: 300 },
  'LinuxParameters.sharedMemorySize': amount,
  'LinuxParameters.maxSwap': amount,
  'LinuxParameters.swappiness': { least: 0, most: 100 },
  'Tmpfs.size': amount,
  'NvidiaMpsAllocation.memory': amount,
  'NvidiaMpsAllocation.maxComputePercent': { least: 0, most: 100 },
  'EphemeralStorage.sizeInGiB': { least: 21, most: 200 },
  'Volume.name': name,
  'EFSVolumeConfiguration.transitEncryptionPort': port,
  'S3FilesVolumeConfiguration.transitEncryptionPort': port,
  'FSxWindowsFileServerVolumeConfiguration.rootDirectory': { mayBeEmpty: true },

  'CreateServiceRequest.serviceName': name,
  'CreateServiceRequest.desiredCount': amount,
  'CreateServiceRequest.healthCheckGracePeriodSeconds': { least: 0, most: 2_147_483_647 },
  'CreateServiceRequest.capacityProviderStrategy': capacityProviderStrategy,
  'CreateServiceRequest.placementConstraints': placementConstraints,
  'CreateServiceRequest.placementStrategy': placementStrategy,
  'CreateServiceRequest.serviceRegistries': { greatest: 1 },
  'CreateServiceRequest.volumeConfigurations': { greatest: 1 },
  'CreateServiceRequest.gatewayConnectors': { greatest: 1 },
  'CreateServiceRequest.tags': tags,
  'LoadBalancer.containerPort': port,
  'ServiceRegistry.port': port,
  'ServiceRegistry.containerPort': port,
  'DeploymentConfiguration.maximumPercent': amount,
  'DeploymentConfiguration.minimumHealthyPercent': { least: 0, most: 100 },
  'DeploymentConfiguration.bakeTimeInMinutes': amount,
  'DeploymentEarlySuccessCriteria.healthyPercent': { least: 0, most: 100 },
  'DeploymentLifecycleHookTimeoutConfiguration.timeoutInMinutes': amount,
  'LinearConfiguration.stepPercent': { least: 3, most: 100, fraction: true },
  'LinearConfiguration.stepBakeTimeInMinutes': minutesOfADay,
  'CanaryConfiguration.canaryPercent': { least: 0.1, most: 100, fraction: true },
  'CanaryConfiguration.canaryBakeTimeInMinutes': minutesOfADay,
  'ThresholdConfiguration.value': amount,
  'ServiceConnectConfiguration.namespace': { longest: 1024 },
  'ServiceConnectService.discoveryName': optionalPortName,
  'ServiceConnectService.clientAliases': { greatest: 1 },
  'ServiceConnectService.ingressPortOverride': port,
  'ServiceConnectClientAlias.port': port,
  'ServiceConnectTestTrafficHeaderMatchRules.exact': { mayBeEmpty: true },
  'ServiceConnectClientAlias.dnsName': { longest: 127 },
  'TimeoutConfiguration.idleTimeoutSeconds': amount,
  'TimeoutConfiguration.perRequestTimeoutSeconds': amount,
  'MetricConfiguration.metricNames': { each: { oneOf: ['CPUUtilization', 'MemoryUtilization'] } },
  'MetricConfiguration.resolutionSeconds': { least: 20, most: 60 },
  'GatewayConnectorHealthCheck.healthCheckPort': port,
  'ServiceManagedEBSVolumeConfiguration.sizeInGiB': { least: 1 },
  'ServiceManagedEBSVolumeConfiguration.volumeType': volumeType,

  'RunTaskRequest.count': { least: 1, most: 10 },
  'RunTaskRequest.startedBy': {
    shortest: 1,
    longest: 128,
    pattern: /^[A-Za-z0-9/_-]*$/,
    says: 'made of letters, digits, "-", "/" and "_"',
  },
  'RunTaskRequest.capacityProviderStrategy': capacityProviderStrategy,
  'RunTaskRequest.placementConstraints': placementConstraints,
  'RunTaskRequest.placementStrategy': placementStrategy,
  'RunTaskRequest.volumeConfigurations': { greatest: 1 },
  'RunTaskRequest.tags': tags,
  'ContainerOverride.name': name,
  'ContainerOverride.cpu': amount,
  'ContainerOverride.memory': containerMemory,
  'ContainerOverride.memoryReservation': containerMemory,
  'ContainerOverride.environmentFiles': { greatest: 10 },
  'TaskManagedEBSVolumeConfiguration.sizeInGiB': { least: 1 },
  'TaskManagedEBSVolumeConfiguration.volumeType': volumeType,

  'AwsVpcConfiguration.subnets': { fewest: 1, greatest: 16 },
  'AwsVpcConfiguration.securityGroups': { greatest: 5 },
  'CapacityProviderStrategyItem.capacityProvider': notEmpty,
  'CapacityProviderStrategyItem.weight': { least: 0, most: 1000 },
  'CapacityProviderStrategyItem.base': { least: 0, most: 100_000 },
  'PlacementConstraint.expression': { longest: 2000 },
  'TaskDefinitionPlacementConstraint.expression': { longest: 2000 },
  'EBSTagSpecification.tags': { greatest: 50 },
  'Tag.key': {
    shortest: 1,
    longest: 128,
    pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u,
    says: 'made of letters, digits, spaces and + - = . _ : / @',
  },
  'Tag.value': {
    longest: 256,
    pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u,
    says: 'made of letters, digits, spaces and + - = . _ : / @',
  },
}
