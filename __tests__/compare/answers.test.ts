import { readdirSync, readFileSync } from 'node:fs'
import type { ContainerDefinition, RegisterTaskDefinitionRequest, TaskDefinition } from '@aws-sdk/client-ecs'
import { describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { canonical, compare } from '../../src/compare/compare.ts'
import { lines, taskDefinition as options } from './kit.ts'

// Whole definitions by the hundred: a busy machine takes its time.
jest.setTimeout(60_000)

type Dice = () => number

const samples = new URL('../fixtures/task-definitions/', import.meta.url)

/**
 * What DescribeTaskDefinition answers for a definition: defaults filled in, sizes and roles in ECS's spelling, lists in
 * whatever order. Written without a look at the tables, from answers of ECS and its documentation.
 */
function answered(stated: RegisterTaskDefinitionRequest, dice: Dice): TaskDefinition {
  const shuffle = <T>(list: readonly T[] | undefined): T[] =>
    (list ?? [])
      .map(item => ({ item, at: dice() }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item)
  const often = () => dice() < 0.5
  const units = (size: string | undefined) => {
    const [, amount] = /^([\d.]+) ?(?:vcpu|gb)$/i.exec(size ?? '') ?? []
    return amount ? String(Number(amount) * 1024) : size
  }
  const role = (name: string | undefined) =>
    name === undefined || name.startsWith('arn:') ? name : `arn:aws:iam::123456789012:role/${name}`
  const ownNetwork = stated.networkMode === 'awsvpc' || stated.networkMode === 'host'

  const container = (one: ContainerDefinition): ContainerDefinition => ({
    ...one,
    cpu: one.cpu ?? 0,
    essential: one.essential ?? true,
    environment: shuffle(one.environment),
    mountPoints: shuffle(one.mountPoints).map(point => ({
      ...point,
      ...(often() && { readOnly: point.readOnly ?? false }),
    })),
    volumesFrom: shuffle(one.volumesFrom),
    systemControls: shuffle(one.systemControls),
    portMappings: shuffle(one.portMappings).map(mapping => ({
      ...mapping,
      protocol: mapping.protocol ?? 'tcp',
      hostPort: mapping.hostPort || (ownNetwork ? mapping.containerPort : 0),
    })),
    ...(often() && { ulimits: shuffle(one.ulimits), secrets: shuffle(one.secrets), links: shuffle(one.links) }),
    ...(often() && { dependsOn: shuffle(one.dependsOn), dockerLabels: one.dockerLabels ?? {} }),
    ...(one.healthCheck && { healthCheck: { interval: 30, timeout: 5, retries: 3, ...one.healthCheck } }),
    ...(one.linuxParameters && {
      linuxParameters: {
        ...one.linuxParameters,
        capabilities: {
          add: shuffle(one.linuxParameters.capabilities?.add),
          drop: shuffle(one.linuxParameters.capabilities?.drop),
        },
      },
    }),
    ...(one.logConfiguration && {
      logConfiguration: { ...one.logConfiguration, options: one.logConfiguration.options ?? {}, secretOptions: [] },
    }),
  })

  return {
    ...stated,
    taskDefinitionArn: `arn:aws:ecs:us-east-1:123456789012:task-definition/${stated.family}:7`,
    revision: 7,
    status: 'ACTIVE',
    compatibilities: ['EXTERNAL', 'EC2', 'FARGATE'],
    requiresAttributes: [{ name: 'com.amazonaws.ecs.capability.docker-remote-api.1.18' }],
    registeredAt: new Date(1_700_000_000_000),
    registeredBy: 'arn:aws:sts::123456789012:assumed-role/deploy/run',
    networkMode: stated.networkMode ?? 'bridge',
    ...(stated.cpu && { cpu: units(stated.cpu) }),
    ...(stated.memory && { memory: units(stated.memory) }),
    ...(stated.taskRoleArn && { taskRoleArn: role(stated.taskRoleArn) }),
    ...(stated.executionRoleArn && { executionRoleArn: role(stated.executionRoleArn) }),
    ...(stated.requiresCompatibilities && { requiresCompatibilities: shuffle(stated.requiresCompatibilities) }),
    placementConstraints: shuffle(stated.placementConstraints),
    volumes: shuffle(stated.volumes).map(volume =>
      volume.efsVolumeConfiguration
        ? { ...volume, efsVolumeConfiguration: { rootDirectory: '/', ...volume.efsVolumeConfiguration } }
        : { host: {}, ...volume },
    ),
    containerDefinitions: shuffle(stated.containerDefinitions).map(container),
  }
}

const name = fc.constantFrom('web', 'log', 'db', 'a.b', 'x')
const some = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined })
const present = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T
const byName = <T extends { name?: string | undefined }>(of: fc.Arbitrary<T>) =>
  fc.uniqueArray(of, { maxLength: 4, selector: ({ name }) => name })
const port = fc.constantFrom(80, 443, 8080, 9090)

const container: fc.Arbitrary<ContainerDefinition> = fc
  .record({
    name,
    image: fc.constantFrom('nginx:1', 'envoy:2'),
    cpu: some(fc.nat({ max: 2 })),
    memory: some(fc.constantFrom(128, 512)),
    essential: some(fc.boolean()),
    command: some(fc.array(fc.constantFrom('run', '-v', '--all'), { maxLength: 3 })),
    environment: some(byName(fc.record({ name, value: fc.constantFrom('', '0', 'x') }))),
    secrets: some(byName(fc.record({ name, valueFrom: fc.constantFrom('arn:1', 'arn:2') }))),
    links: some(fc.uniqueArray(name)),
    ulimits: some(
      byName(fc.record({ name: fc.constantFrom('core', 'nofile'), softLimit: fc.nat(9), hardLimit: fc.nat(9) })),
    ),
    portMappings: some(
      fc.uniqueArray(
        fc
          .record({
            containerPort: port,
            protocol: some(fc.constantFrom('tcp', 'udp')),
            hostPort: some(fc.constantFrom(0)),
          })
          .map(present),
        { maxLength: 3, selector: ({ containerPort }) => containerPort },
      ),
    ),
    mountPoints: some(
      fc.uniqueArray(
        fc
          .record({ sourceVolume: name, containerPath: fc.constantFrom('/a', '/b'), readOnly: some(fc.boolean()) })
          .map(present),
        { selector: ({ containerPath }) => containerPath },
      ),
    ),
    dependsOn: some(
      fc.uniqueArray(fc.record({ containerName: name, condition: fc.constantFrom('START', 'HEALTHY') }), {
        selector: ({ containerName }) => containerName,
      }),
    ),
    healthCheck: some(
      fc
        .record({
          command: fc.constant(['CMD', 'true']),
          interval: some(fc.constantFrom(30, 10)),
          startPeriod: some(fc.nat(3)),
        })
        .map(present),
    ),
    linuxParameters: some(
      fc
        .record({
          initProcessEnabled: some(fc.boolean()),
          capabilities: some(fc.record({ drop: fc.uniqueArray(fc.constantFrom('ALL', 'CHOWN', 'KILL')) })),
        })
        .map(present),
    ),
    logConfiguration: some(
      fc
        .record({
          logDriver: fc.constantFrom('awslogs', 'splunk'),
          options: some(fc.dictionary(name, name, { maxKeys: 2 })),
        })
        .map(present),
    ),
    dockerLabels: some(fc.dictionary(name, name, { maxKeys: 2 })),
  })
  .map(one => present(one) as ContainerDefinition)

const definition: fc.Arbitrary<RegisterTaskDefinitionRequest> = fc
  .record({
    family: name,
    networkMode: some(fc.constantFrom('bridge', 'awsvpc', 'host')),
    cpu: some(fc.constantFrom('.5 vCPU', '512', '1 vcpu')),
    memory: some(fc.constantFrom('1 GB', '1024', '0.5 gb')),
    taskRoleArn: some(fc.constantFrom('run', 'arn:aws:iam::123456789012:role/run')),
    executionRoleArn: some(fc.constantFrom('pull', 'arn:aws:iam::123456789012:role/pull')),
    requiresCompatibilities: some(fc.uniqueArray(fc.constantFrom('EC2', 'FARGATE', 'EXTERNAL'))),
    volumes: some(
      byName(
        fc
          .record({
            name,
            host: some(fc.constantFrom({}, { sourcePath: '/x' })),
            efsVolumeConfiguration: some(fc.record({ fileSystemId: fc.constant('fs-1') })),
          })
          .map(present),
      ),
    ),
    containerDefinitions: byName(container),
  })
  .map(one => present(one) as RegisterTaskDefinitionRequest)

const dice = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })).map(
  (stream): Dice =>
    () =>
      stream.next().value,
)

test('what ECS answers for a definition is no difference to it', () => {
  fc.assert(
    fc.property(definition, dice, (stated, roll) => {
      const live = answered(stated, roll)
      expect(lines(compare(stated, live, options))).toEqual([])
      expect(JSON.stringify(canonical(live, options))).toBe(JSON.stringify(canonical(stated, options)))
    }),
    { numRuns: 300 },
  )
})

test('what was changed shows in the answer for what was before, and not in the one for what is now', () => {
  fc.assert(
    fc.property(definition, definition, dice, (before, after, roll) => {
      const changes = compare(after, answered(before, roll), options)
      const same = JSON.stringify(canonical(before, options)) === JSON.stringify(canonical(after, options))
      expect(changes.length === 0).toBe(same)
      expect(compare(after, answered(after, roll), options)).toEqual([])
    }),
    { numRuns: 150 },
  )
})

describe('task definitions from the field', () => {
  const files = readdirSync(samples).filter(file => file.endsWith('.json'))

  test.each(files)('%s', file => {
    const stated = JSON.parse(readFileSync(new URL(file, samples), 'utf8')) as RegisterTaskDefinitionRequest
    const rolls = [0.9, 0.1, 0.5, 0.7, 0.3]
    let next = 0
    const live = answered(stated, () => rolls[next++ % rolls.length] ?? 0)
    expect(lines(compare(stated, live, options))).toEqual([])
    const [first, ...others] = live.containerDefinitions ?? []
    const drifted = { ...live, containerDefinitions: [{ ...first, image: 'somebody:else' }, ...others] }
    expect(lines(compare(stated, drifted, options))).toEqual([
      `containerDefinitions[${first?.name}].image: "somebody:else" → "${first?.image}"`,
    ])
  })
})
