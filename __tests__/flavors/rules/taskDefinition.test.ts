import { describe, expect, test } from '@jest/globals'
import { canonical, compare } from '../../../src/compare/compare.ts'
import { liveTaskDefinition } from '../../../src/flavors/taskDefinition/rules.ts'
import { frozen, lines, taskDefinition as options } from '../../compare/kit.ts'

const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`
const container = (members: object) => ({ containerDefinitions: [{ name: 'web', image: 'nginx', ...members }] })
const volume = (members: object) => ({ volumes: [{ name: 'data', ...members }] })
const port = (mapping: object, root: object = {}) => ({ ...root, ...container({ portMappings: [mapping] }) })
const linux = (linuxParameters: object) => container({ linuxParameters })
const efs = (members: object) => volume({ efsVolumeConfiguration: { fileSystemId: 'fs-1', ...members } })
const docker = (members: object) => volume({ dockerVolumeConfiguration: members })
const check = (members: object) => container({ healthCheck: { command: ['CMD', 'true'], ...members } })
const restart = (members: object) => container({ restartPolicy: { enabled: true, ...members } })
const fargate = (members: object) => ({ requiresCompatibilities: ['FARGATE'], ...members })
const proxy = (members: object) => ({ proxyConfiguration: { containerName: 'envoy', ...members } })

const web = 'containerDefinitions[web]'

test.each<[name: string, one: object, other: object]>([
  ['sizes: .5 vCPU', { cpu: '.5 vCPU' }, { cpu: '512' }],
  ['sizes: 0.5 vCPU', { cpu: '0.5 vCPU' }, { cpu: '512' }],
  ['sizes: 1vcpu', { cpu: '1vcpu' }, { cpu: '1024' }],
  ['sizes: 16 VCPU', { cpu: '16 VCPU' }, { cpu: '16384' }],
  ['sizes: 0.25 and .25', { cpu: '0.25 vCPU' }, { cpu: '.25 vCPU' }],
  ['sizes: 0.5 GB', { memory: '0.5 GB' }, { memory: '512' }],
  ['sizes: 2gb', { memory: '2gb' }, { memory: '2048' }],
  ['sizes: 30 Gb', { memory: ' 30 Gb ' }, { memory: '30720' }],
  [
    'roles by name or ARN',
    { taskRoleArn: 'run', executionRoleArn: role('pull') },
    { taskRoleArn: role('run'), executionRoleArn: 'pull' },
  ],
  ['roles with a path', { taskRoleArn: role('team/app/run') }, { taskRoleArn: 'run' }],
  ['network mode: bridge', {}, { networkMode: 'bridge' }],
  [
    'network mode: on Windows',
    { runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } },
    { networkMode: 'default', runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } },
  ],
  [
    'platform on Fargate',
    fargate({}),
    fargate({ runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' } }),
  ],
  ['fault injection', {}, { enableFaultInjection: false }],
  [
    'compatibilities in any order',
    { requiresCompatibilities: ['EC2', 'FARGATE'] },
    { requiresCompatibilities: ['FARGATE', 'EC2'] },
  ],
  [
    'placement constraints in any order',
    {
      placementConstraints: [
        { type: 'memberOf', expression: 'a' },
        { type: 'memberOf', expression: 'b' },
      ],
    },
    {
      placementConstraints: [
        { type: 'memberOf', expression: 'b' },
        { type: 'memberOf', expression: 'a' },
      ],
    },
  ],
  [
    'accelerators in any order',
    {
      inferenceAccelerators: [
        { deviceName: 'a', deviceType: 'x' },
        { deviceName: 'b', deviceType: 'x' },
      ],
    },
    {
      inferenceAccelerators: [
        { deviceName: 'b', deviceType: 'x' },
        { deviceName: 'a', deviceType: 'x' },
      ],
    },
  ],
  [
    'what ECS fills in',
    container({}),
    {
      ...container({
        cpu: 0,
        essential: true,
        portMappings: [],
        environment: [],
        environmentFiles: [],
        mountPoints: [],
        volumesFrom: [],
        systemControls: [],
        secrets: [],
        links: [],
        entryPoint: [],
        command: [],
        dependsOn: [],
        dnsServers: [],
        dnsSearchDomains: [],
        extraHosts: [],
        dockerSecurityOptions: [],
        dockerLabels: {},
        ulimits: [],
        resourceRequirements: [],
        credentialSpecs: [],
      }),
      volumes: [],
      placementConstraints: [],
      inferenceAccelerators: [],
    },
  ],
  [
    'flags that are off',
    container({}),
    container({
      privileged: false,
      readonlyRootFilesystem: false,
      interactive: false,
      pseudoTerminal: false,
      disableNetworking: false,
    }),
  ],
  ['version consistency', container({}), container({ versionConsistency: 'enabled' })],
  [
    'a log router runs as root',
    container({ firelensConfiguration: { type: 'fluentbit' } }),
    container({ firelensConfiguration: { type: 'fluentbit' }, user: '0' }),
  ],
  ['port: protocol', port({ containerPort: 80 }), port({ containerPort: 80, protocol: 'tcp' })],
  ['port: host chooses', port({ containerPort: 80 }), port({ containerPort: 80, hostPort: 0 })],
  [
    'port: host chooses, in bridge mode',
    port({ containerPort: 80 }, { networkMode: 'bridge' }),
    port({ containerPort: 80, hostPort: 0 }, { networkMode: 'bridge' }),
  ],
  [
    'port: awsvpc',
    port({ containerPort: 80 }, { networkMode: 'awsvpc' }),
    port({ containerPort: 80, hostPort: 80 }, { networkMode: 'awsvpc' }),
  ],
  [
    'port: 0 in awsvpc mode',
    port({ containerPort: 80, hostPort: 0 }, { networkMode: 'awsvpc' }),
    port({ containerPort: 80, hostPort: 80 }, { networkMode: 'awsvpc' }),
  ],
  [
    'port: host',
    port({ containerPort: 80 }, { networkMode: 'host' }),
    port({ containerPort: 80, hostPort: 80 }, { networkMode: 'host' }),
  ],
  [
    'port: a range',
    port({ containerPortRange: '80-90' }, { networkMode: 'awsvpc' }),
    port({ containerPortRange: '80-90', protocol: 'tcp', hostPort: 0 }, { networkMode: 'awsvpc' }),
  ],
  ['health check: timings', check({}), check({ interval: 30, timeout: 5, retries: 3 })],
  ['health check: no start period', check({}), check({ startPeriod: 0 })],
  ['restart policy: off', container({}), container({ restartPolicy: { enabled: false } })],
  ['restart policy: period', restart({}), restart({ restartAttemptPeriod: 300, ignoredExitCodes: [] })],
  [
    'restart policy: exit codes in any order',
    restart({ ignoredExitCodes: [0, 143] }),
    restart({ ignoredExitCodes: [143, 0] }),
  ],
  [
    'environment in any order',
    container({
      environment: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    }),
    container({
      environment: [
        { name: 'B', value: '2' },
        { name: 'A', value: '1' },
      ],
    }),
  ],
  [
    'environment without a value',
    container({ environment: [{ name: 'A' }] }),
    container({ environment: [{ name: 'A', value: '' }] }),
  ],
  [
    'environment file of type s3',
    container({ environmentFiles: [{ value: 'arn:a' }] }),
    container({ environmentFiles: [{ value: 'arn:a', type: 's3' }] }),
  ],
  [
    'secrets in any order',
    container({
      secrets: [
        { name: 'A', valueFrom: '1' },
        { name: 'B', valueFrom: '2' },
      ],
    }),
    container({
      secrets: [
        { name: 'B', valueFrom: '2' },
        { name: 'A', valueFrom: '1' },
      ],
    }),
  ],
  [
    'mount points in any order, writable',
    container({
      mountPoints: [
        { sourceVolume: 'a', containerPath: '/a' },
        { sourceVolume: 'b', containerPath: '/b' },
      ],
    }),
    container({
      mountPoints: [
        { sourceVolume: 'b', containerPath: '/b', readOnly: false },
        { sourceVolume: 'a', containerPath: '/a', readOnly: false },
      ],
    }),
  ],
  [
    'volumes from, in any order, writable',
    container({ volumesFrom: [{ sourceContainer: 'a' }, { sourceContainer: 'b' }] }),
    container({ volumesFrom: [{ sourceContainer: 'b', readOnly: false }, { sourceContainer: 'a' }] }),
  ],
  [
    'dependencies in any order',
    container({
      dependsOn: [
        { containerName: 'a', condition: 'START' },
        { containerName: 'b', condition: 'HEALTHY' },
      ],
    }),
    container({
      dependsOn: [
        { containerName: 'b', condition: 'HEALTHY' },
        { containerName: 'a', condition: 'START' },
      ],
    }),
  ],
  ['links in any order', container({ links: ['a', 'b'] }), container({ links: ['b', 'a'] })],
  [
    'ulimits in any order',
    container({
      ulimits: [
        { name: 'nofile', softLimit: 1, hardLimit: 2 },
        { name: 'core', softLimit: 0, hardLimit: 0 },
      ],
    }),
    container({
      ulimits: [
        { name: 'core', softLimit: 0, hardLimit: 0 },
        { name: 'nofile', softLimit: 1, hardLimit: 2 },
      ],
    }),
  ],
  [
    'extra hosts in any order',
    container({
      extraHosts: [
        { hostname: 'a', ipAddress: '1' },
        { hostname: 'a', ipAddress: '2' },
      ],
    }),
    container({
      extraHosts: [
        { hostname: 'a', ipAddress: '2' },
        { hostname: 'a', ipAddress: '1' },
      ],
    }),
  ],
  [
    'system controls in any order',
    container({
      systemControls: [
        { namespace: 'a', value: '1' },
        { namespace: 'b', value: '2' },
      ],
    }),
    container({
      systemControls: [
        { namespace: 'b', value: '2' },
        { namespace: 'a', value: '1' },
      ],
    }),
  ],
  [
    'resource requirements in any order',
    container({
      resourceRequirements: [
        { type: 'GPU', value: '1' },
        { type: 'InferenceAccelerator', value: 'a' },
      ],
    }),
    container({
      resourceRequirements: [
        { type: 'InferenceAccelerator', value: 'a' },
        { type: 'GPU', value: '1' },
      ],
    }),
  ],
  [
    'security options in any order',
    container({ dockerSecurityOptions: ['a', 'b'] }),
    container({ dockerSecurityOptions: ['b', 'a'] }),
  ],
  [
    'credential specs in any order',
    container({ credentialSpecs: ['a', 'b'] }),
    container({ credentialSpecs: ['b', 'a'] }),
  ],
  [
    'log secrets in any order',
    container({
      logConfiguration: {
        logDriver: 'splunk',
        secretOptions: [
          { name: 'a', valueFrom: '1' },
          { name: 'b', valueFrom: '2' },
        ],
      },
    }),
    container({
      logConfiguration: {
        logDriver: 'splunk',
        options: {},
        secretOptions: [
          { name: 'b', valueFrom: '2' },
          { name: 'a', valueFrom: '1' },
        ],
      },
    }),
  ],
  [
    'capabilities in any order',
    linux({ capabilities: { drop: ['ALL', 'CHOWN'] } }),
    linux({ capabilities: { add: [], drop: ['CHOWN', 'ALL'] } }),
  ],
  [
    'linux parameters that say nothing',
    container({}),
    linux({ capabilities: { add: [], drop: [] }, devices: [], tmpfs: [], initProcessEnabled: false }),
  ],
  [
    'devices in any order, at the same path',
    linux({ devices: [{ hostPath: '/dev/a' }, { hostPath: '/dev/b', permissions: ['read', 'write'] }] }),
    linux({
      devices: [
        { hostPath: '/dev/b', containerPath: '/dev/b', permissions: ['write', 'read'] },
        { hostPath: '/dev/a', containerPath: '/dev/a', permissions: [] },
      ],
    }),
  ],
  [
    'tmpfs in any order',
    linux({
      tmpfs: [
        { containerPath: '/a', size: 1 },
        { containerPath: '/b', size: 2 },
      ],
    }),
    linux({
      tmpfs: [
        { containerPath: '/b', size: 2, mountOptions: [] },
        { containerPath: '/a', size: 1 },
      ],
    }),
  ],
  ['swappiness', linux({ maxSwap: 10 }), linux({ maxSwap: 10, swappiness: 60 })],
  ['volumes in any order', { volumes: [{ name: 'a' }, { name: 'b' }] }, { volumes: [{ name: 'b' }, { name: 'a' }] }],
  ['a volume of the host', volume({}), volume({ host: {} })],
  ['a volume that is not made at launch', volume({}), volume({ configuredAtLaunch: false })],
  [
    'docker volume',
    docker({}),
    docker({ scope: 'task', driver: 'local', autoprovision: false, driverOpts: {}, labels: {} }),
  ],
  [
    'EFS',
    efs({}),
    efs({
      rootDirectory: '/',
      transitEncryption: 'DISABLED',
      transitEncryptionPort: 0,
      authorizationConfig: { iam: 'DISABLED' },
    }),
  ],
  ['EFS: no root directory', efs({ rootDirectory: '' }), efs({ rootDirectory: '/' })],
  [
    'S3 Files',
    volume({ s3filesVolumeConfiguration: { fileSystemArn: 'a' } }),
    volume({ s3filesVolumeConfiguration: { fileSystemArn: 'a', rootDirectory: '/', transitEncryptionPort: 0 } }),
  ],
  ['proxy: type', proxy({}), proxy({ type: 'APPMESH', properties: [] })],
  [
    'proxy: properties are a map',
    proxy({
      properties: [
        { name: 'AppPorts', value: '80' },
        { name: 'IgnoredUID', value: '1337' },
      ],
    }),
    proxy({
      properties: [
        { name: 'IgnoredUID', value: '1337' },
        { name: 'AppPorts', value: '80' },
      ],
    }),
  ],
  [
    'proxy: a property that is empty',
    proxy({ properties: [{ name: 'EgressIgnoredIPs' }] }),
    proxy({ properties: [{ name: 'EgressIgnoredIPs', value: '' }] }),
  ],
])('no difference: %s', (_name, one, other) => {
  expect(lines(compare(frozen(one), frozen(other), options))).toEqual([])
  expect(lines(compare(other, one, options))).toEqual([])
  expect(canonical(one, options)).toEqual(canonical(other, options))
})

test.each<[name: string, stated: object, live: object, ...expected: string[]]>([
  ['family', { family: 'a' }, { family: 'b' }, 'family: "b" → "a"'],
  ['size, in one spelling', { cpu: '1 vCPU' }, { cpu: '512' }, 'cpu: "512" → "1024"'],
  ['memory, in one spelling', { memory: '1 GB' }, { memory: '512' }, 'memory: "512" → "1024"'],
  ['a size that is none', { cpu: 'a lot' }, { cpu: '512' }, 'cpu: "512" → "a lot"'],
  ['a unit that ECS does not know', { memory: '1 GiB' }, { memory: '1024' }, 'memory: "1024" → "1 GiB"'],
  ['no size', {}, { memory: '512' }, 'memory: "512" → ∅'],
  ['role', { taskRoleArn: 'a' }, { taskRoleArn: role('b') }, 'taskRoleArn: "b" → "a"'],
  ['no role', {}, { executionRoleArn: role('b') }, 'executionRoleArn: "b" → ∅'],
  ['network mode', { networkMode: 'awsvpc' }, { networkMode: 'bridge' }, 'networkMode: "bridge" → "awsvpc"'],
  ['network mode left out', {}, { networkMode: 'host' }, 'networkMode: "host" → ∅'],
  [
    'platform on EC2',
    { runtimePlatform: { cpuArchitecture: 'X86_64' } },
    {},
    'runtimePlatform.cpuArchitecture: ∅ → "X86_64"',
  ],
  [
    'platform on Fargate',
    fargate({}),
    fargate({ runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' } }),
    'runtimePlatform.cpuArchitecture: "ARM64" → ∅',
  ],
  [
    'fault injection',
    { enableFaultInjection: true },
    { enableFaultInjection: false },
    'enableFaultInjection: false → true',
  ],
  ['compatibilities', fargate({}), {}, 'requiresCompatibilities: ∅ → ["FARGATE"]'],
  ['storage', { ephemeralStorage: { sizeInGiB: 21 } }, {}, 'ephemeralStorage.sizeInGiB: ∅ → 21'],
  ['process namespace', { pidMode: 'host' }, {}, 'pidMode: ∅ → "host"'],
  [
    'placement',
    { placementConstraints: [{ type: 'memberOf', expression: 'a' }] },
    { placementConstraints: [{ type: 'memberOf', expression: 'b' }] },
    'placementConstraints[0].expression: "b" → "a"',
  ],
  ['image', container({ image: 'nginx:1' }), container({ image: 'nginx:2' }), `${web}.image: "nginx:2" → "nginx:1"`],
  ['cpu', container({ cpu: 10 }), container({ cpu: 0 }), `${web}.cpu: 0 → 10`],
  ['essential', container({ essential: false }), container({ essential: true }), `${web}.essential: true → false`],
  ['essential left out', container({}), container({ essential: false }), `${web}.essential: false → ∅`],
  [
    'version consistency',
    container({}),
    container({ versionConsistency: 'disabled' }),
    `${web}.versionConsistency: "disabled" → ∅`,
  ],
  ['a user, without a log router', container({}), container({ user: '0' }), `${web}.user: "0" → ∅`],
  [
    'a log router of another user',
    container({ firelensConfiguration: { type: 'fluentbit' }, user: '1' }),
    container({ firelensConfiguration: { type: 'fluentbit' }, user: '0' }),
    `${web}.user: "0" → "1"`,
  ],
  [
    'protocol',
    port({ containerPort: 80 }),
    port({ containerPort: 80, protocol: 'udp' }),
    `${web}.portMappings[0].protocol: "udp" → ∅`,
  ],
  [
    'host port',
    port({ containerPort: 80 }),
    port({ containerPort: 80, hostPort: 80 }),
    `${web}.portMappings[0].hostPort: 80 → ∅`,
  ],
  ['health check', check({ interval: 10 }), check({ interval: 30 }), `${web}.healthCheck.interval: 30 → 10`],
  [
    'health check that comes',
    check({ retries: 3 }),
    container({}),
    `${web}.healthCheck.command: ∅ → ["CMD","true"]`,
    `${web}.healthCheck.retries: ∅ → 3`,
  ],
  [
    'health check that goes',
    container({}),
    check({ interval: 30, timeout: 6 }),
    `${web}.healthCheck.command: ["CMD","true"] → ∅`,
    `${web}.healthCheck.timeout: 6 → ∅`,
  ],
  [
    'order of a command',
    check({ command: ['a', 'b'] }),
    check({ command: ['b', 'a'] }),
    `${web}.healthCheck.command: ["b","a"] → ["a","b"]`,
  ],
  ['restart policy', restart({}), container({}), `${web}.restartPolicy.enabled: ∅ → true`],
  [
    'resolvers in order',
    container({ dnsServers: ['1', '2'] }),
    container({ dnsServers: ['2', '1'] }),
    `${web}.dnsServers: ["2","1"] → ["1","2"]`,
  ],
  [
    'domains in order',
    container({ dnsSearchDomains: ['a', 'b'] }),
    container({ dnsSearchDomains: ['b', 'a'] }),
    `${web}.dnsSearchDomains: ["b","a"] → ["a","b"]`,
  ],
  [
    'mount options in order',
    linux({ tmpfs: [{ containerPath: '/a', size: 1, mountOptions: ['rw', 'ro'] }] }),
    linux({ tmpfs: [{ containerPath: '/a', size: 1, mountOptions: ['ro', 'rw'] }] }),
    `${web}.linuxParameters.tmpfs[0].mountOptions: ["ro","rw"] → ["rw","ro"]`,
  ],
  [
    'init process',
    linux({ initProcessEnabled: true }),
    container({}),
    `${web}.linuxParameters.initProcessEnabled: ∅ → true`,
  ],
  ['swap of nothing', linux({ maxSwap: 0 }), container({}), `${web}.linuxParameters.maxSwap: ∅ → 0`],
  [
    'a device elsewhere',
    linux({ devices: [{ hostPath: '/dev/a', containerPath: '/dev/b' }] }),
    linux({ devices: [{ hostPath: '/dev/a', containerPath: '/dev/a' }] }),
    `${web}.linuxParameters.devices[0].containerPath: "/dev/a" → "/dev/b"`,
  ],
  [
    'read only',
    container({ mountPoints: [{ containerPath: '/a', readOnly: true }] }),
    container({ mountPoints: [{ containerPath: '/a', readOnly: false }] }),
    `${web}.mountPoints[0].readOnly: false → true`,
  ],
  [
    'mounted from',
    container({ volumesFrom: [{ sourceContainer: 'a', readOnly: true }] }),
    container({ volumesFrom: [{ sourceContainer: 'b', readOnly: true }] }),
    `${web}.volumesFrom[0].sourceContainer: "b" → "a"`,
  ],
  [
    'ulimit',
    container({ ulimits: [{ name: 'core', softLimit: 0, hardLimit: 0 }] }),
    container({ ulimits: [{ name: 'core', softLimit: 0, hardLimit: 1 }] }),
    `${web}.ulimits[core].hardLimit: 1 → 0`,
  ],
  [
    'dependency',
    container({ dependsOn: [{ containerName: 'a', condition: 'START' }] }),
    container({ dependsOn: [{ containerName: 'a', condition: 'HEALTHY' }] }),
    `${web}.dependsOn[0].condition: "HEALTHY" → "START"`,
  ],
  [
    'a share of a GPU',
    container({ resourceRequirements: [{ type: 'GPU', value: '1', sharingStrategy: { nvidiaMps: { memory: 1 } } }] }),
    container({ resourceRequirements: [{ type: 'GPU', value: '1' }] }),
    `${web}.resourceRequirements[0].sharingStrategy.nvidiaMps.memory: ∅ → 1`,
  ],
  [
    'log driver',
    container({ logConfiguration: { logDriver: 'awslogs' } }),
    container({ logConfiguration: { logDriver: 'splunk' } }),
    `${web}.logConfiguration.logDriver: "splunk" → "awslogs"`,
  ],
  [
    'registry credentials',
    container({ repositoryCredentials: { credentialsParameter: 'arn:a' } }),
    container({}),
    `${web}.repositoryCredentials.credentialsParameter: ∅ → "arn:a"`,
  ],
  [
    'a volume of the host',
    volume({ host: { sourcePath: '/a' } }),
    volume({ host: {} }),
    'volumes[data].host.sourcePath: ∅ → "/a"',
  ],
  [
    'a docker volume for one of the host',
    docker({}),
    volume({ host: {} }),
    'volumes[data].dockerVolumeConfiguration: ∅ → {}',
  ],
  [
    'a docker volume that says its defaults',
    docker({ scope: 'task' }),
    volume({}),
    'volumes[data].dockerVolumeConfiguration.scope: ∅ → "task"',
  ],
  [
    'a docker volume that goes',
    volume({}),
    docker({ scope: 'task', driver: 'local' }),
    'volumes[data].dockerVolumeConfiguration: {} → ∅',
  ],
  [
    'a driver option',
    docker({ driverOpts: { type: 'nfs' } }),
    docker({}),
    'volumes[data].dockerVolumeConfiguration.driverOpts[type]: ∅ → "nfs"',
  ],
  [
    'EFS encryption',
    efs({ transitEncryption: 'ENABLED' }),
    efs({ transitEncryption: 'DISABLED' }),
    'volumes[data].efsVolumeConfiguration.transitEncryption: "DISABLED" → "ENABLED"',
  ],
  [
    'EFS directory',
    efs({}),
    efs({ rootDirectory: '/data' }),
    'volumes[data].efsVolumeConfiguration.rootDirectory: "/data" → ∅',
  ],
  [
    'EFS access point',
    efs({ authorizationConfig: { accessPointId: 'a', iam: 'ENABLED' } }),
    efs({}),
    'volumes[data].efsVolumeConfiguration.authorizationConfig.accessPointId: ∅ → "a"',
    'volumes[data].efsVolumeConfiguration.authorizationConfig.iam: ∅ → "ENABLED"',
  ],
  [
    'proxy property',
    proxy({ properties: [{ name: 'AppPorts', value: '80' }] }),
    proxy({ properties: [{ name: 'AppPorts', value: '81' }] }),
    'proxyConfiguration.properties[AppPorts].value: "81" → "80"',
  ],
  ['proxy that goes', {}, proxy({ type: 'APPMESH' }), 'proxyConfiguration.containerName: "envoy" → ∅'],
])('a difference: %s', (_name, stated, live, ...expected) => {
  expect(lines(compare(frozen(stated), frozen(live), options))).toEqual(expected)
  expect(canonical(stated, options)).not.toEqual(canonical(live, options))
})

describe('a described revision', () => {
  test('has its tags beside it', () => {
    const taskDefinition = { family: 'web', revision: 3 }
    const tags = [{ key: 'team', value: 'a' }]
    expect(liveTaskDefinition({ taskDefinition, tags })).toEqual({ family: 'web', revision: 3, tags })
    expect(liveTaskDefinition({ taskDefinition })).toEqual({ family: 'web', revision: 3 })
  })
})
