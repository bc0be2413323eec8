import type {
  Compatibility,
  ContainerDefinition,
  DeleteTaskDefinitionsRequest,
  DeleteTaskDefinitionsResponse,
  DeregisterTaskDefinitionRequest,
  DescribeTaskDefinitionRequest,
  DescribeTaskDefinitionResponse,
  Failure,
  KeyValuePair,
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionFamiliesResponse,
  ListTaskDefinitionsRequest,
  ListTaskDefinitionsResponse,
  PortMapping,
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse,
  TaskDefinition,
  Volume,
} from '@aws-sdk/client-ecs'
import { clientException } from './errors.ts'
import { shortName } from './names.ts'
import { page } from './paging.ts'
import { type Region, type RevisionRecord, tagsIf } from './region.ts'
import { requiredAttributes } from './requiresAttributes.ts'
import { checkTags } from './tags.ts'
import { checkRegistration, fitsFargate, units } from './taskDefinitionChecks.ts'

export function registerTaskDefinition(
  region: Region,
  input: RegisterTaskDefinitionRequest,
): RegisterTaskDefinitionResponse {
  checkRegistration(input)
  const family = input.family ?? ''
  const revisions = region.families.get(family) ?? []
  region.families.set(family, revisions)
  const revision = (revisions.at(-1)?.revision ?? 0) + 1
  const arn = region.arn(`task-definition/${family}:${revision}`)
  const record: RevisionRecord = {
    arn,
    family,
    revision,
    status: 'ACTIVE',
    tags: checkTags(input.tags, clientException),
    definition: {
      ...fillIn(input),
      taskDefinitionArn: arn,
      revision,
      registeredAt: region.clock.date(),
      registeredBy: `arn:aws:sts::${region.accountId}:assumed-role/simulated/session`,
    },
  }
  revisions.push(record)
  return { taskDefinition: described(record), ...(record.tags.length > 0 && { tags: record.tags }) }
}

export function describeTaskDefinition(
  region: Region,
  input: DescribeTaskDefinitionRequest,
): DescribeTaskDefinitionResponse {
  const record = findRevision(region, input.taskDefinition ?? '')
  if (!record) throw clientException('Unable to describe task definition.')
  return { taskDefinition: described(record), tags: tagsIf(input.include, record.tags) }
}

/** The revision stays to be described; what runs from it goes on. */
export function deregisterTaskDefinition(region: Region, input: DeregisterTaskDefinitionRequest): object {
  const name = shortName(input.taskDefinition ?? '')
  if (!name.includes(':')) throw clientException('Revision is missing.')
  const record = findRevision(region, name)
  if (!record) throw clientException('The specified task definition does not exist.')
  if (record.status === 'ACTIVE') {
    record.status = 'INACTIVE'
    record.deregisteredAt = region.clock.date()
  }
  return { taskDefinition: described(record) }
}

export function deleteTaskDefinitions(
  region: Region,
  input: DeleteTaskDefinitionsRequest,
): DeleteTaskDefinitionsResponse {
  const taskDefinitions: TaskDefinition[] = []
  const failures: Failure[] = []
  if ((input.taskDefinitions?.length ?? 0) > 10)
    throw clientException('Size of TaskDefinition references list cannot exceed 10')
  for (const name of input.taskDefinitions ?? []) {
    const record = findRevision(region, name)
    if (!record || !shortName(name).includes(':'))
      failures.push({
        arn: name,
        reason:
          'The specified task definition does not exist. Specify a valid account, family, revision and try again.',
      })
    else if (record.status === 'ACTIVE')
      failures.push({
        arn: record.arn,
        reason: 'The specified task definition is still in ACTIVE status. Please deregister the target and try again.',
      })
    else {
      record.status = 'DELETE_IN_PROGRESS'
      taskDefinitions.push(described(record))
    }
  }
  return { taskDefinitions, failures }
}

export function listTaskDefinitions(region: Region, input: ListTaskDefinitionsRequest): ListTaskDefinitionsResponse {
  const records = [...region.families]
    .filter(([family]) => input.familyPrefix === undefined || family === input.familyPrefix)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, revisions]) => revisions)
    .filter(({ status }) => status === (input.status ?? 'ACTIVE'))
  if (input.sort === 'DESC') records.reverse()
  const { items, nextToken } = page(records, input)
  return { taskDefinitionArns: items.map(({ arn }) => arn), nextToken }
}

export function listTaskDefinitionFamilies(
  region: Region,
  input: ListTaskDefinitionFamiliesRequest,
): ListTaskDefinitionFamiliesResponse {
  const active = (revisions: RevisionRecord[]) => revisions.some(({ status }) => status === 'ACTIVE')
  const families = [...region.families]
    .filter(([family]) => family.startsWith(input.familyPrefix ?? ''))
    .filter(([, revisions]) =>
      input.status === undefined || input.status === 'ALL' ? true : active(revisions) === (input.status === 'ACTIVE'),
    )
    .map(([family]) => family)
    .sort()
  const { items, nextToken } = page(families, input)
  return { families: items, nextToken }
}

/** `family` is its latest ACTIVE revision, `family:revision` or the ARN that very one. */
export function findRevision(region: Region, name: string): RevisionRecord | undefined {
  const [family = '', revision] = shortName(name).split(':')
  const revisions = region.families.get(family) ?? []
  return revision === undefined
    ? revisions.findLast(({ status }) => status === 'ACTIVE')
    : revisions.find(known => known.revision === Number(revision))
}

/** The revision that something new is to run from. */
export function launchable(region: Region, name: string): RevisionRecord {
  const record = findRevision(region, name)
  if (!record) throw clientException('TaskDefinition not found.')
  if (record.status !== 'ACTIVE') throw clientException('TaskDefinition is inactive')
  return record
}

function described(record: RevisionRecord): TaskDefinition {
  return { ...record.definition, status: record.status, deregisteredAt: record.deregisteredAt }
}

/** The definition as ECS keeps it: with its defaults. */
function fillIn({ tags: _, ...input }: RegisterTaskDefinitionRequest): TaskDefinition {
  return {
    ...structuredClone(input),
    taskRoleArn: input.taskRoleArn || undefined,
    executionRoleArn: input.executionRoleArn || undefined,
    cpu: units(input.cpu, 'vCPU', 1024),
    memory: units(input.memory, 'GB', 1024),
    // Left out, a task definition for EC2 runs in bridge mode without saying so.
    networkMode: input.networkMode,
    containerDefinitions: (input.containerDefinitions ?? []).map(container =>
      fillInContainer(container, input.networkMode),
    ),
    volumes: (input.volumes ?? []).map(fillInVolume),
    placementConstraints: input.placementConstraints ?? [],
    compatibilities: compatibilitiesOf(input),
    requiresCompatibilities: input.requiresCompatibilities ?? [],
    requiresAttributes: requiredAttributes(input),
    ...(input.runtimePlatform && {
      runtimePlatform: {
        operatingSystemFamily: 'LINUX',
        cpuArchitecture: 'X86_64',
        ...input.runtimePlatform,
      },
    }),
    ...(input.proxyConfiguration && { proxyConfiguration: { type: 'APPMESH', ...input.proxyConfiguration } }),
  }
}

/** Where the definition can run, whatever it requires: instances of one's own have no network interface to give away. */
function compatibilitiesOf(input: RegisterTaskDefinitionRequest): Compatibility[] {
  if (input.networkMode !== 'awsvpc') return ['EC2', 'EXTERNAL']
  return fitsFargate(input) ? ['EC2', 'FARGATE', 'MANAGED_INSTANCES'] : ['EC2']
}

function fillInContainer(container: ContainerDefinition, networkMode: string | undefined): ContainerDefinition {
  const { healthCheck, linuxParameters } = container
  return {
    cpu: 0,
    essential: true,
    mountPoints: [],
    volumesFrom: [],
    systemControls: [],
    ...structuredClone(container),
    environment: withValues(container.environment),
    portMappings: (container.portMappings ?? []).map(mapping => fillInPort(mapping, networkMode)),
    ...(healthCheck && { healthCheck: { interval: 30, timeout: 5, retries: 3, ...healthCheck } }),
    ...(linuxParameters?.capabilities && {
      linuxParameters: { ...linuxParameters, capabilities: { add: [], drop: [], ...linuxParameters.capabilities } },
    }),
  }
}

/** A variable that is sent without a value is dropped, without a word. */
export const withValues = (variables: readonly KeyValuePair[] = []): KeyValuePair[] =>
  variables.filter(({ value }) => value !== undefined)

function fillInPort(mapping: PortMapping, networkMode: string | undefined): PortMapping {
  const same = networkMode === 'awsvpc' || networkMode === 'host'
  return {
    protocol: 'tcp',
    ...(mapping.containerPort !== undefined && { hostPort: same ? mapping.containerPort : 0 }),
    ...mapping,
  }
}

function fillInVolume(volume: Volume): Volume {
  const { efsVolumeConfiguration: efs, dockerVolumeConfiguration: docker } = volume
  return {
    ...structuredClone(volume),
    ...(efs && { efsVolumeConfiguration: { rootDirectory: '/', ...efs } }),
    ...(docker && { dockerVolumeConfiguration: dockerVolume(docker) }),
    // A volume that is nothing but a name lives on the host.
    ...(Object.keys(volume).length === 1 && { host: {} }),
  }
}

function dockerVolume(docker: NonNullable<Volume['dockerVolumeConfiguration']>) {
  const scope = docker.scope ?? 'task'
  return {
    driver: 'local',
    ...docker,
    scope,
    ...(scope === 'shared' && { autoprovision: docker.autoprovision ?? false }),
  }
}
