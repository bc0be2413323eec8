import type { DescribeTaskDefinitionResponse, TaskDefinition } from '@aws-sdk/client-ecs'
import { nested, type Rules, type ValueContext } from '../../compare/rules.ts'
import * as shared from '../rules/shared.ts'
import { byName, cpuUnits, mebibytes, rootDirectory } from '../rules/spelling.ts'

const { tags, environment, environmentFiles, resourceRequirements, logConfiguration } = shared

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

const container: Rules = {
  name: {},
  image: {},
  ...nested('repositoryCredentials', {}, { credentialsParameter: {} }),
  cpu: { default: 0 },
  memory: {},
  memoryReservation: {},
  links: { unordered: true },
  ...nested(
    'portMappings',
    { unordered: true, matchOn: ['containerPort', 'containerPortRange', 'protocol'] },
    {
      containerPort: {},
      hostPort: { default: hostPort, spelling: (value, around) => (value === 0 ? hostPort(around) : value) },
      protocol: { default: 'tcp' },
      name: {},
      appProtocol: {},
      containerPortRange: {},
    },
  ),
  essential: { default: true },
  ...nested(
    'restartPolicy',
    {},
    {
      enabled: { default: false },
      ignoredExitCodes: { unordered: true },
      restartAttemptPeriod: { default: 300 },
    },
  ),
  entryPoint: {},
  command: {},
  ...environment,
  ...environmentFiles,
  ...nested(
    'mountPoints',
    { unordered: true, matchOn: ['containerPath'] },
    { sourceVolume: {}, containerPath: {}, readOnly: { default: false } },
  ),
  ...nested(
    'volumesFrom',
    { unordered: true, matchOn: ['sourceContainer'] },
    { sourceContainer: {}, readOnly: { default: false } },
  ),
  ...nested(
    'linuxParameters',
    {},
    {
      capabilities: {},
      'capabilities.add': { unordered: true },
      'capabilities.drop': { unordered: true },
      ...nested(
        'devices',
        { unordered: true, matchOn: ['hostPath', 'containerPath'] },
        // A container sees a device where the host has it, unless it says otherwise.
        {
          hostPath: {},
          containerPath: { default: ({ holder }) => holder.hostPath },
          permissions: { unordered: true },
        },
      ),
      initProcessEnabled: { default: false },
      sharedMemorySize: {},
      // Of contradicting mount options the last one wins: their order counts.
      ...nested(
        'tmpfs',
        { unordered: true, matchOn: ['containerPath'] },
        { containerPath: {}, size: {}, mountOptions: {} },
      ),
      maxSwap: {},
      swappiness: { default: 60 },
    },
  ),
  ...nested('secrets', { unordered: true, key: 'name' }, { name: {}, valueFrom: {} }),
  ...nested('dependsOn', { unordered: true, matchOn: ['containerName'] }, { containerName: {}, condition: {} }),
  startTimeout: {},
  stopTimeout: {},
  versionConsistency: { default: 'enabled' },
  hostname: {},
  // A log router runs as root unless told otherwise, and ECS answers so.
  user: { default: ({ holder }) => (isRouter(holder.firelensConfiguration) ? '0' : undefined) },
  workingDirectory: {},
  disableNetworking: { default: false },
  privileged: { default: false },
  readonlyRootFilesystem: { default: false },
  // Resolvers are asked in order, and domains tried in order.
  dnsServers: {},
  dnsSearchDomains: {},
  ...nested('extraHosts', { unordered: true, matchOn: ['hostname', 'ipAddress'] }, { hostname: {}, ipAddress: {} }),
  dockerSecurityOptions: { unordered: true },
  interactive: { default: false },
  pseudoTerminal: { default: false },
  dockerLabels: {},
  ...nested('ulimits', { unordered: true, key: 'name' }, { name: {}, softLimit: {}, hardLimit: {} }),
  ...logConfiguration,
  ...nested(
    'healthCheck',
    {},
    {
      command: {},
      interval: { default: 30 },
      timeout: { default: 5 },
      retries: { default: 3 },
      startPeriod: { default: 0 },
    },
  ),
  // A kernel parameter such as net.ipv4.ip_local_reserved_ports is emptied by an empty text.
  ...nested(
    'systemControls',
    { unordered: true, matchOn: ['namespace'] },
    { namespace: {}, value: { emptyIsValue: true } },
  ),
  ...resourceRequirements,
  ...nested('firelensConfiguration', {}, { type: {}, options: { hidden: () => true } }),
  credentialSpecs: { unordered: true },
}

const volume: Rules = {
  name: {},
  // `host: {}` is what ECS answers for a volume that says nothing but its name.
  ...nested('host', {}, { sourcePath: {} }),
  ...nested(
    'dockerVolumeConfiguration',
    { significantWhenEmpty: true },
    {
      scope: { default: 'task' },
      autoprovision: { default: false },
      driver: { default: 'local' },
      driverOpts: {},
      labels: {},
    },
  ),
  ...nested(
    'efsVolumeConfiguration',
    {},
    {
      fileSystemId: {},
      rootDirectory: { default: '/', spelling: rootDirectory },
      transitEncryption: { default: 'DISABLED' },
      transitEncryptionPort: { default: 0 },
      authorizationConfig: {},
      'authorizationConfig.accessPointId': {},
      'authorizationConfig.iam': { default: 'DISABLED' },
    },
  ),
  ...nested(
    's3filesVolumeConfiguration',
    {},
    {
      fileSystemArn: {},
      rootDirectory: { default: '/', spelling: rootDirectory },
      transitEncryptionPort: { default: 0 },
      accessPointArn: {},
    },
  ),
  ...nested(
    'fsxWindowsFileServerVolumeConfiguration',
    {},
    {
      fileSystemId: {},
      rootDirectory: {},
      authorizationConfig: {},
      'authorizationConfig.credentialsParameter': {},
      'authorizationConfig.domain': {},
    },
  ),
  configuredAtLaunch: { default: false },
}

/** What is known of the members of RegisterTaskDefinition. */
export const taskDefinitionRules: Rules = {
  family: {},
  ...nested('containerDefinitions', { unordered: true, key: 'name' }, container),
  taskRoleArn: { spelling: byName },
  executionRoleArn: { spelling: byName },
  // On Windows, the mode that is left out is called `default`.
  networkMode: { default: around => (forWindows(around) ? 'default' : 'bridge') },
  ...nested('volumes', { unordered: true, key: 'name' }, volume),
  ...shared.placementConstraints,
  requiresCompatibilities: { unordered: true },
  cpu: { spelling: cpuUnits },
  memory: { spelling: mebibytes },
  ...tags,
  pidMode: {},
  ipcMode: {},
  ...nested(
    'proxyConfiguration',
    {},
    {
      containerName: {},
      type: { default: 'APPMESH' },
      ...nested(
        'properties',
        { unordered: true, key: 'name' },
        { name: {}, value: { default: '', emptyIsValue: true } },
      ),
    },
  ),
  ...nested('inferenceAccelerators', { unordered: true, matchOn: ['deviceName'] }, { deviceName: {}, deviceType: {} }),
  ...nested('ephemeralStorage', {}, { sizeInGiB: {} }),
  ...nested(
    'runtimePlatform',
    {},
    {
      // On EC2 a platform that is stated binds tasks to instances of it, one that is left out does not.
      cpuArchitecture: { default: around => (onFargate(around) ? 'X86_64' : undefined) },
      operatingSystemFamily: { default: around => (onFargate(around) ? 'LINUX' : undefined) },
    },
  ),
  enableFaultInjection: { default: false },
}

/** A revision with its tags, as DescribeTaskDefinition answers. */
export type Revision = Pick<DescribeTaskDefinitionResponse, 'taskDefinition' | 'tags'>

/** A revision laid out like RegisterTaskDefinition's input: with its tags beside the definition. */
export const liveTaskDefinition = ({ taskDefinition, tags }: Revision): TaskDefinition & Pick<Revision, 'tags'> => ({
  ...taskDefinition,
  ...(tags && { tags }),
})
