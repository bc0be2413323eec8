import { cpuSize, memorySize } from './sizes.ts'

/** What the API documents of a member beside its type, in the keywords of JSON Schema where there is one. */
export interface Limit {
  readonly minimum?: number
  readonly maximum?: number
  /** Numbers may have a fraction; the SDK's model does not distinguish the two. */
  readonly fraction?: true
  readonly minLength?: number
  readonly maxLength?: number
  /** A text that the API requires, and that may be empty all the same. */
  readonly mayBeEmpty?: true
  readonly pattern?: RegExp
  /** Words for the pattern: `must be …`. */
  readonly form?: string
  /** Allowed texts, where the API has them only in its words. */
  readonly values?: readonly string[]
  /** The values that the SDK lists are not all. */
  readonly open?: true
  readonly minItems?: number
  readonly maxItems?: number
  /** Why, where the API allows more than this tool. */
  readonly because?: string
  /** The limit of every element of a list, or every value of a map. */
  readonly each?: Limit
}

const from = (minimum: number, maximum?: number): Limit => ({ minimum, ...(maximum !== undefined && { maximum }) })
const items = (maxItems: number): Limit => ({ maxItems })
const characters = (maxLength: number): Limit => ({ maxLength })

const atLeastZero = from(0)
const percent = from(0, 100)
const port = from(0, 65_535)
const minutesOfADay = from(0, 1440)
const notEmpty: Limit = { minLength: 1 }

// A missing name is reported where particles are compared by their names.
const nameLimit: Limit = { maxLength: 255, pattern: /^[A-Za-z0-9_-]*$/, form: 'made of letters, digits, "-" and "_"' }

/** Neither empty nor blank. */
const notBlank: Limit = { minLength: 1, pattern: /\S/, form: 'more than blanks' }

const taskSize = {
  cpu: { pattern: cpuSize.pattern, form: 'CPU units such as 512, or vCPUs such as .5 vCPU' },
  memory: { pattern: memorySize.pattern, form: 'MiB such as 1024, or GB such as 1 GB' },
}

const portName: Limit = {
  maxLength: 64,
  pattern: /^[a-z0-9_][a-z0-9_-]*$/,
  form: 'made of lower case letters, digits, "_" and "-", and not begin with "-"',
}

const tagText: Limit = {
  pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u,
  form: 'made of letters, digits, spaces and + - = . _ : / @',
}

const tagsLimit: Limit = { maxItems: 30, because: "this tool keeps the rest of AWS's 50 for its own records" }

/** Docker refuses less, older daemons below 4 MiB, newer ones below 6. */
const container = {
  name: nameLimit,
  cpu: atLeastZero,
  memory: from(4),
  memoryReservation: from(4),
  environmentFiles: items(10),
}

const launch = {
  capacityProviderStrategy: items(20),
  placementConstraints: items(10),
  placementStrategy: items(5),
  volumeConfigurations: items(1),
  tags: tagsLimit,
}

const managedVolumeLimits = {
  sizeInGiB: from(1),
  volumeType: { values: ['gp2', 'gp3', 'io1', 'io2', 'sc1', 'st1', 'standard'] },
}

/**
 * By shape and member. Only what the API reference and the service quotas document as fixed: a wrong refusal is worse than a
 * late answer from ECS, so that quotas that can be raised, and limits that have been raised before, are left out.
 */
export const limits: Readonly<Record<string, Readonly<Record<string, Limit>>>> = {
  CreateClusterRequest: {
    clusterName: nameLimit,
    defaultCapacityProviderStrategy: launch.capacityProviderStrategy,
    tags: tagsLimit,
  },
  ClusterServiceConnectDefaultsRequest: {
    // An empty text takes a cluster's default namespace away.
    namespace: { maxLength: 1024, mayBeEmpty: true },
  },
  ClusterSetting: { value: { values: ['disabled', 'enabled', 'enhanced'] } },
  RegisterTaskDefinitionRequest: {
    family: nameLimit,
    containerDefinitions: items(10),
    ...taskSize,
    placementConstraints: launch.placementConstraints,
    tags: tagsLimit,
  },
  ContainerDefinition: {
    ...container,
    image: notEmpty,
    startTimeout: atLeastZero,
    stopTimeout: atLeastZero,
    credentialSpecs: items(1),
  },
  ContainerRestartPolicy: { ignoredExitCodes: items(50), restartAttemptPeriod: from(60, 1800) },
  PortMapping: {
    containerPort: port,
    hostPort: port,
    name: portName,
    containerPortRange: { pattern: /^\d{1,5}-\d{1,5}$/, form: 'a range of ports such as 8000-8010' },
  },
  KeyValuePair: { name: notBlank },
  // On EC2 any driver that the instance has, a plugin of Docker among them; only Fargate has a closed list.
  LogConfiguration: { logDriver: { open: true } },
  HealthCheck: {
    command: { minItems: 1 },
    interval: from(5, 300),
    // The SDK's documentation comments say 60, the newer API reference 120.
    timeout: from(2, 120),
    retries: from(1, 10),
    startPeriod: from(0, 300),
  },
  LinuxParameters: { sharedMemorySize: atLeastZero, maxSwap: atLeastZero, swappiness: percent },
  Tmpfs: { size: atLeastZero },
  NvidiaMpsAllocation: { memory: atLeastZero, maxComputePercent: percent },
  EphemeralStorage: { sizeInGiB: from(21, 200) },
  Volume: { name: nameLimit },
  // Documented as the host's choice; ECS refuses it: "host.sourcePath should not be blank."
  HostVolumeProperties: { sourcePath: notBlank },
  EFSVolumeConfiguration: { transitEncryptionPort: port },
  S3FilesVolumeConfiguration: { transitEncryptionPort: port },
  FSxWindowsFileServerVolumeConfiguration: { rootDirectory: { mayBeEmpty: true } },
  CreateServiceRequest: {
    serviceName: nameLimit,
    desiredCount: atLeastZero,
    healthCheckGracePeriodSeconds: from(0, 2_147_483_647),
    ...launch,
    serviceRegistries: items(1),
    gatewayConnectors: items(1),
  },
  LoadBalancer: { containerPort: port },
  ServiceRegistry: { port, containerPort: port },
  DeploymentConfiguration: {
    maximumPercent: atLeastZero,
    minimumHealthyPercent: percent,
    bakeTimeInMinutes: atLeastZero,
  },
  DeploymentEarlySuccessCriteria: { healthyPercent: percent },
  DeploymentLifecycleHookTimeoutConfiguration: { timeoutInMinutes: atLeastZero },
  LinearConfiguration: {
    stepPercent: { minimum: 3, maximum: 100, fraction: true },
    stepBakeTimeInMinutes: minutesOfADay,
  },
  CanaryConfiguration: {
    canaryPercent: { minimum: 0.1, maximum: 100, fraction: true },
    canaryBakeTimeInMinutes: minutesOfADay,
  },
  ThresholdConfiguration: { value: atLeastZero },
  ServiceConnectConfiguration: { namespace: characters(1024) },
  ServiceConnectService: { discoveryName: portName, clientAliases: items(1), ingressPortOverride: port },
  ServiceConnectClientAlias: { port, dnsName: characters(127) },
  ServiceConnectTestTrafficHeaderMatchRules: { exact: { mayBeEmpty: true } },
  TimeoutConfiguration: { idleTimeoutSeconds: atLeastZero, perRequestTimeoutSeconds: atLeastZero },
  MetricConfiguration: {
    metricNames: { each: { values: ['CPUUtilization', 'MemoryUtilization'] } },
    resolutionSeconds: from(20, 60),
  },
  GatewayConnectorHealthCheck: { healthCheckPort: port },
  ServiceManagedEBSVolumeConfiguration: managedVolumeLimits,
  RunTaskRequest: {
    count: from(1, 10),
    startedBy: {
      minLength: 1,
      maxLength: 128,
      pattern: /^[A-Za-z0-9/_-]*$/,
      form: 'made of letters, digits, "-", "/" and "_"',
    },
    ...launch,
  },
  TaskOverride: taskSize,
  ContainerOverride: container,
  TaskManagedEBSVolumeConfiguration: managedVolumeLimits,
  AwsVpcConfiguration: { subnets: { minItems: 1, maxItems: 16 }, securityGroups: items(5) },
  CapacityProviderStrategyItem: { capacityProvider: notEmpty, weight: from(0, 1000), base: from(0, 100_000) },
  PlacementConstraint: { expression: characters(2000) },
  TaskDefinitionPlacementConstraint: { expression: characters(2000) },
  EBSTagSpecification: { tags: items(50) },
  Tag: { key: { minLength: 1, maxLength: 128, ...tagText }, value: { maxLength: 256, ...tagText } },
}

/**
 * Members that the SDK's model calls optional and ECS requires, by shape. From "Required: Yes, when … are used" in "Amazon ECS
 * task definition parameters" of the developer guide, and from ECS's own refusals.
 */
export const required: Readonly<Record<string, readonly string[]>> = {
  KeyValuePair: ['name'],
  MountPoint: ['sourceVolume', 'containerPath'],
  VolumeFrom: ['sourceContainer'],
  Tag: ['key'],
}
