import type {
  CapacityProviderStrategyItem,
  ContainerDefinition,
  CreateServiceRequest,
  LaunchType,
  NetworkConfiguration,
} from '@aws-sdk/client-ecs'
import { invalidParameter } from './errors.ts'
import { type ClusterRecord, type Region, type RevisionRecord, wanted } from './region.ts'

/** Where something is to run: by launch type or by capacity provider strategy, one of the two. */
export interface Where {
  readonly launchType: LaunchType | undefined
  readonly strategy: readonly CapacityProviderStrategyItem[]
}

interface Asked {
  launchType?: LaunchType | undefined
  capacityProviderStrategy?: CapacityProviderStrategyItem[] | undefined
  networkConfiguration?: NetworkConfiguration | undefined
}

/** Whether a capacity provider is one of container instances rather than of Fargate. */
export const isOwn = (provider: string) => provider !== 'FARGATE' && provider !== 'FARGATE_SPOT'

/** The requested strategy, else the cluster's default strategy, else EC2. */
export function whereTo(cluster: ClusterRecord, asked: Asked): Where {
  if (asked.launchType && asked.capacityProviderStrategy?.length)
    throw invalidParameter(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    )
  for (const { capacityProvider = '' } of asked.capacityProviderStrategy ?? [])
    if (!cluster.capacityProviders.includes(capacityProvider))
      throw invalidParameter(
        `The specified capacity provider '${capacityProvider}' is not associated with the cluster. Specify a valid name or ARN and try again.`,
      )
  if (asked.launchType) return { launchType: asked.launchType, strategy: [] }
  const strategy = asked.capacityProviderStrategy?.length ? asked.capacityProviderStrategy : cluster.defaultStrategy
  if (strategy.length > 0)
    return { launchType: undefined, strategy: strategy.map(item => ({ weight: 0, base: 0, ...item })) }
  return { launchType: 'EC2', strategy: [] }
}

export function runsOnFargate({ launchType, strategy }: Where): boolean {
  return launchType === 'FARGATE' || strategy.some(({ capacityProvider = '' }) => !isOwn(capacityProvider))
}

/** What of a definition, a network and a place does not go together. */
export function checkFit(definition: RevisionRecord, where: Where, network: NetworkConfiguration | undefined): void {
  const { networkMode, requiresCompatibilities = [] } = definition.definition
  if (runsOnFargate(where) && !requiresCompatibilities.includes('FARGATE'))
    throw invalidParameter('Task definition does not support launch_type FARGATE.')
  if (where.launchType === 'EC2' && requiresCompatibilities.length > 0 && !requiresCompatibilities.includes('EC2'))
    throw invalidParameter('Task definition does not support launch_type EC2.')
  if (networkMode === 'awsvpc' && !network?.awsvpcConfiguration)
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
  if (networkMode !== 'awsvpc' && network?.awsvpcConfiguration)
    throw invalidParameter('Network Configuration is not valid for the given networkMode of this task definition.')
}

/**
 * What of a service names a part of its task definition that is not there. The words for the port names of Service Connect
 * and VPC Lattice are made after the others.
 */
export function checkParts(definition: RevisionRecord, service: ServiceParts): void {
  const { containerDefinitions = [], volumes = [] } = definition.definition
  for (const { name } of service.volumeConfigurations ?? [])
    if (!volumes.some(volume => volume.name === name && volume.configuredAtLaunch))
      throw invalidParameter(
        'Volume configuration provided but no matching configuredAtLaunch volume found in task definition',
      )
  for (const { containerName, containerPort } of [
    ...(service.loadBalancers ?? []),
    ...(service.serviceRegistries ?? []),
  ]) {
    if (!containerName) continue
    const container = containerDefinitions.find(({ name }) => name === containerName)
    if (!container) throw invalidParameter(`The container ${containerName} does not exist in the task definition.`)
    if (containerPort && !maps(container, containerPort))
      throw invalidParameter(`The container ${containerName} did not have a container port ${containerPort} defined.`)
  }
  const connect = service.serviceConnectConfiguration
  const endpoints = [...((connect?.enabled && connect.services) || []), ...(service.vpcLatticeConfigurations ?? [])]
  const names = containerDefinitions.flatMap(({ portMappings = [] }) => portMappings.map(({ name }) => name))
  for (const { portName } of endpoints)
    if (!names.includes(portName))
      throw invalidParameter(`The port name ${portName} does not exist in the task definition.`)
}

type ServiceParts = Pick<
  CreateServiceRequest,
  | 'loadBalancers'
  | 'serviceRegistries'
  | 'serviceConnectConfiguration'
  | 'volumeConfigurations'
  | 'vpcLatticeConfigurations'
>

const maps = ({ portMappings = [] }: ContainerDefinition, port: number): boolean =>
  portMappings.some(({ containerPort, containerPortRange }) => {
    const [first = 0, last = 0] = (containerPortRange ?? `${containerPort}-${containerPort}`).split('-').map(Number)
    return first <= port && port <= last
  })

/** The network as ECS keeps it. */
export function networkOf(network: NetworkConfiguration | undefined): NetworkConfiguration | undefined {
  const vpc = network?.awsvpcConfiguration
  return vpc && { awsvpcConfiguration: { securityGroups: [], assignPublicIp: 'DISABLED', ...vpc } }
}

/** The next task's capacity provider: bases first, then by weight. */
export function nextProvider(strategy: Where['strategy'], sofar: ReadonlyMap<string, number>): string | undefined {
  const count = (item: CapacityProviderStrategyItem) => sofar.get(item.capacityProvider ?? '') ?? 0
  const based = strategy.find(item => count(item) < (item.base ?? 0))
  if (based) return based.capacityProvider
  const weighed = strategy.filter(({ weight = 0 }) => weight > 0)
  const load = (item: CapacityProviderStrategyItem) => (count(item) - (item.base ?? 0)) / (item.weight ?? 1)
  return (weighed.sort((a, b) => load(a) - load(b))[0] ?? strategy[0])?.capacityProvider
}

export function fargateIsFull(region: Region): boolean {
  if (region.capacity.fargate === Number.POSITIVE_INFINITY) return false
  const tasks = [...region.clusters.values()].flatMap(({ tasks }) => [...tasks.values()])
  return tasks.filter(task => task.instance === undefined && wanted(task)).length >= region.capacity.fargate
}

export const capacityUnavailable =
  'Capacity is unavailable at this time. Please try again later or in a different availability zone'
