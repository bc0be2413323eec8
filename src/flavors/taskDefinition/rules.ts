import type { DescribeTaskDefinitionResponse, TaskDefinition } from '@aws-sdk/client-ecs'
import type { Rules, ValueContext } from '../../compare/rules.ts'
import {
  elementsByName,
  inferenceAccelerators,
  placementConstraints,
  resourceRequirements,
  sharedRules,
  tags,
} from '../rules/shared.ts'
import { byName, cpuUnits, mebibytes, rootDirectory } from '../rules/spelling.ts'

const forWindows = ({ root }: ValueContext): boolean => {
  const platform = root.runtimePlatform as { readonly operatingSystemFamily?: unknown } | null | undefined
  return typeof platform?.operatingSystemFamily === 'string' && platform.operatingSystemFamily.startsWith('WINDOWS')
}

const onFargate = ({ root }: ValueContext): boolean => {
  const launchTypes = root.requiresCompatibilities
  return Array.isArray(launchTypes) && launchTypes.includes('FARGATE')
}

/** With a network of its own a port is the container's; in bridge mode 0 lets the host choose. */
const hostPort = ({ root, holder }: ValueContext): unknown =>
  root.networkMode === 'awsvpc' || root.networkMode === 'host' ? (holder.containerPort ?? 0) : 0

const isRouter = (firelens: unknown): boolean => typeof (firelens as { type?: unknown } | undefined)?.type === 'string'

const containerRules: Rules = {
  ContainerDefinition: {
    cpu: { default: 0 },
    links: { unordered: true },
    portMappings: { unordered: true, matchOn: ['containerPort', 'containerPortRange', 'protocol'] },
    essential: { default: true },
    environment: elementsByName,
    mountPoints: { unordered: true, matchOn: ['containerPath'] },
    volumesFrom: { unordered: true, matchOn: ['sourceContainer'] },
    secrets: elementsByName,
    dependsOn: { unordered: true, matchOn: ['containerName'] },
    versionConsistency: { default: 'enabled' },
    // ECS runs a log router as root unless the definition names a user, and answers that user.
    user: { default: ({ holder }) => (isRouter(holder.firelensConfiguration) ? '0' : undefined) },
    disableNetworking: { default: false },
    privileged: { default: false },
    readonlyRootFilesystem: { default: false },
    extraHosts: { unordered: true, matchOn: ['hostname', 'ipAddress'] },
    dockerSecurityOptions: { unordered: true },
    interactive: { default: false },
    pseudoTerminal: { default: false },
    ulimits: elementsByName,
    systemControls: { unordered: true, matchOn: ['namespace'] },
    resourceRequirements,
    credentialSpecs: { unordered: true },
  },
  PortMapping: {
    hostPort: { default: hostPort, spelling: (value, context) => (value === 0 ? hostPort(context) : value) },
    protocol: { default: 'tcp' },
  },
  ContainerRestartPolicy: {
    enabled: { default: false },
    ignoredExitCodes: { unordered: true },
    restartAttemptPeriod: { default: 300 },
  },
  MountPoint: { readOnly: { default: false } },
  VolumeFrom: { readOnly: { default: false } },
  // The mount options of a tmpfs keep their order: of contradicting options the last one wins.
  LinuxParameters: {
    devices: { unordered: true, matchOn: ['hostPath', 'containerPath'] },
    initProcessEnabled: { default: false },
    tmpfs: { unordered: true, matchOn: ['containerPath'] },
    swappiness: { default: 60 },
  },
  KernelCapabilities: { add: { unordered: true }, drop: { unordered: true } },
  // A container sees a device at the host's path, unless the definition names another.
  Device: { containerPath: { default: ({ holder }) => holder.hostPath }, permissions: { unordered: true } },
  HealthCheck: {
    interval: { default: 30 },
    timeout: { default: 5 },
    retries: { default: 3 },
    startPeriod: { default: 0 },
  },
  // A kernel parameter such as net.ipv4.ip_local_reserved_ports is emptied by an empty text.
  SystemControl: { value: { emptyIsValue: true } },
}

const volumeRules: Rules = {
  Volume: { dockerVolumeConfiguration: { significantWhenEmpty: true }, configuredAtLaunch: { default: false } },
  DockerVolumeConfiguration: {
    scope: { default: 'task' },
    autoprovision: { default: false },
    driver: { default: 'local' },
  },
  EFSVolumeConfiguration: {
    rootDirectory: { default: '/', spelling: rootDirectory },
    transitEncryption: { default: 'DISABLED' },
    transitEncryptionPort: { default: 0 },
  },
  EFSAuthorizationConfig: { iam: { default: 'DISABLED' } },
  S3FilesVolumeConfiguration: {
    rootDirectory: { default: '/', spelling: rootDirectory },
    transitEncryptionPort: { default: 0 },
  },
}

/** Rules for the structures of RegisterTaskDefinition. */
export const taskDefinitionRules: Rules = {
  ...sharedRules,
  ...containerRules,
  ...volumeRules,
  RegisterTaskDefinitionRequest: {
    containerDefinitions: elementsByName,
    taskRoleArn: { spelling: byName },
    executionRoleArn: { spelling: byName },
    // On Windows, the mode that is left out is called `default`.
    networkMode: { default: context => (forWindows(context) ? 'default' : 'bridge') },
    volumes: elementsByName,
    placementConstraints,
    requiresCompatibilities: { unordered: true },
    cpu: { spelling: cpuUnits },
    memory: { spelling: mebibytes },
    tags,
    inferenceAccelerators,
    enableFaultInjection: { default: false },
  },
  ProxyConfiguration: { type: { default: 'APPMESH' }, properties: elementsByName },
  // On EC2 a stated platform binds tasks to instances of it, and one that is left out does not.
  RuntimePlatform: {
    cpuArchitecture: { default: context => (onFargate(context) ? 'X86_64' : undefined) },
    operatingSystemFamily: { default: context => (onFargate(context) ? 'LINUX' : undefined) },
  },
}

/** A revision with its tags, as DescribeTaskDefinition answers. */
export type Revision = Pick<DescribeTaskDefinitionResponse, 'taskDefinition' | 'tags'>

/** A revision laid out like RegisterTaskDefinition's input: with its tags beside the definition. */
export const liveTaskDefinition = ({ taskDefinition, tags }: Revision): TaskDefinition & Pick<Revision, 'tags'> => ({
  ...taskDefinition,
  ...(tags && { tags }),
})
