import type {
  CapacityProvider,
  CapacityProviderStrategyItem,
  Cluster,
  ClusterField,
  CreateClusterRequest,
  DeleteClusterRequest,
  DescribeCapacityProvidersRequest,
  DescribeCapacityProvidersResponse,
  DescribeClustersRequest,
  DescribeClustersResponse,
  Failure,
  ListClustersRequest,
  ListClustersResponse,
  PutClusterCapacityProvidersRequest,
  UpdateClusterRequest,
  UpdateClusterSettingsRequest,
} from '@aws-sdk/client-ecs'
import { clientException, clusterNotFound, EcsError, invalidParameter } from './errors.ts'
import { isOwn } from './launching.ts'
import { checkName, shortName } from './names.ts'
import { page } from './paging.ts'
import { type ClusterRecord, pace, type Region, tagsIf } from './region.ts'
import { checkTags } from './tags.ts'

interface ClusterAnswer {
  cluster: Cluster
}

export function createCluster(region: Region, input: CreateClusterRequest): ClusterAnswer {
  const name = input.clusterName ?? 'default'
  checkName('Cluster name', name)
  const existing = region.clusters.get(name)
  // ECS answers an existing cluster without applying the request to it.
  if (existing && existing.status !== 'INACTIVE') return { cluster: described(existing) }
  const capacityProviders = input.capacityProviders ?? []
  checkProviders(region, capacityProviders)
  const cluster: ClusterRecord = {
    name,
    arn: region.arn(`cluster/${name}`),
    status: capacityProviders.length > 0 ? 'PROVISIONING' : 'ACTIVE',
    tags: checkTags(input.tags),
    settings: input.settings ?? [{ name: 'containerInsights', value: 'disabled' }],
    configuration: input.configuration,
    serviceConnectDefaults: input.serviceConnectDefaults,
    capacityProviders,
    defaultStrategy: strategyOf(capacityProviders, input.defaultCapacityProviderStrategy ?? []),
    attachmentsStatus: undefined,
    services: new Map(),
    tasks: new Map(),
    instances: new Map(),
    runs: new Map(),
  }
  region.clusters.set(name, cluster)
  if (capacityProviders.length > 0) attach(region, cluster)
  return { cluster: described(cluster, ['TAGS', 'SETTINGS', 'CONFIGURATIONS']) }
}

export function updateCluster(region: Region, input: UpdateClusterRequest): ClusterAnswer {
  const cluster = activeCluster(region, input.cluster)
  if (input.settings) applySettings(cluster, input.settings)
  if (input.configuration) cluster.configuration = input.configuration
  // An empty namespace takes the default away.
  if (input.serviceConnectDefaults)
    cluster.serviceConnectDefaults = input.serviceConnectDefaults.namespace ? input.serviceConnectDefaults : undefined
  return { cluster: described(cluster, ['SETTINGS', 'CONFIGURATIONS']) }
}

export function updateClusterSettings(region: Region, input: UpdateClusterSettingsRequest): ClusterAnswer {
  const cluster = activeCluster(region, input.cluster)
  applySettings(cluster, input.settings ?? [])
  return { cluster: described(cluster, ['SETTINGS']) }
}

export function putClusterCapacityProviders(region: Region, input: PutClusterCapacityProvidersRequest): ClusterAnswer {
  const cluster = activeCluster(region, input.cluster)
  if (cluster.attachmentsStatus === 'UPDATE_IN_PROGRESS') throw updateInProgress()
  const providers = input.capacityProviders ?? []
  checkProviders(region, providers)
  const inUse = [...cluster.services.values()].some(
    ({ status, spec }) =>
      status === 'ACTIVE' &&
      spec.capacityProviderStrategy?.some(
        ({ capacityProvider = '' }) =>
          cluster.capacityProviders.includes(capacityProvider) &&
          !isScoped(region, capacityProvider) &&
          !providers.includes(capacityProvider),
      ),
  )
  if (inUse)
    throw new EcsError('ResourceInUseException', 'The specified capacity provider is in use and cannot be removed.')
  // Managed Instances providers stay, and the default strategy may name them.
  const scoped = cluster.capacityProviders.filter(name => isScoped(region, name))
  cluster.defaultStrategy = strategyOf([...providers, ...scoped], input.defaultCapacityProviderStrategy ?? [])
  cluster.capacityProviders = [...providers, ...scoped]
  attach(region, cluster)
  return { cluster: described(cluster) }
}

export function deleteCluster(region: Region, input: DeleteClusterRequest): ClusterAnswer {
  const cluster = region.clusters.get(shortName(input.cluster ?? ''))
  if (!cluster) throw clusterNotFound()
  if (cluster.status === 'INACTIVE') return { cluster: described(cluster) }
  if (cluster.attachmentsStatus === 'UPDATE_IN_PROGRESS') throw updateInProgress()
  if ([...cluster.services.values()].some(({ status }) => status !== 'INACTIVE'))
    throw new EcsError('ClusterContainsServicesException', 'The Cluster cannot be deleted while Services are active.')
  if (cluster.instances.size > 0)
    throw new EcsError(
      'ClusterContainsContainerInstancesException',
      'The Cluster cannot be deleted while Container Instances are active or draining.',
    )
  if ([...cluster.tasks.values()].some(({ wire }) => wire.lastStatus !== 'STOPPED'))
    throw new EcsError('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.')
  if (cluster.capacityProviders.some(name => isScoped(region, name)))
    throw new EcsError(
      'ClusterContainsCapacityProviderException',
      'The Cluster cannot be deleted while Capacity Providers are active.',
    )
  if (cluster.capacityProviders.some(isOwn)) {
    cluster.status = 'DEPROVISIONING'
    region.after(pace.clusterProvisioning, () => {
      cluster.status = 'INACTIVE'
    })
  } else cluster.status = 'INACTIVE'
  return { cluster: described(cluster) }
}

export function describeClusters(region: Region, input: DescribeClustersRequest): DescribeClustersResponse {
  const names = input.clusters?.length ? input.clusters : ['default']
  if (names.length > 100) throw invalidParameter('Clusters cannot have more than 100 elements.')
  const clusters: Cluster[] = []
  const failures: Failure[] = []
  for (const name of new Set(names)) {
    const cluster = region.clusters.get(shortName(name))
    if (cluster) clusters.push(described(cluster, input.include))
    else failures.push({ arn: region.arn(`cluster/${shortName(name)}`), reason: 'MISSING' })
  }
  return { clusters, failures }
}

export function listClusters(region: Region, input: ListClustersRequest): ListClustersResponse {
  const active = [...region.clusters.values()].filter(({ status }) => status !== 'INACTIVE')
  const { items, nextToken } = page(active, input)
  return { clusterArns: items.map(({ arn }) => arn), nextToken }
}

const updateInProgress = () =>
  new EcsError(
    'UpdateInProgressException',
    'The specified cluster is in a busy state. Cluster attachments are in an update in progress state.',
  )

/** ECS's words in public logs, of a cluster that is PROVISIONING. */
function activeCluster(region: Region, name: string | undefined): ClusterRecord {
  const cluster = region.cluster(name)
  if (cluster.status !== 'ACTIVE') throw clientException('Cluster was not ACTIVE.')
  return cluster
}

/** Capacity providers are tied to a cluster in the background; until then it is PROVISIONING, or busy. */
function attach(region: Region, cluster: ClusterRecord): void {
  cluster.attachmentsStatus = 'UPDATE_IN_PROGRESS'
  region.after(pace.clusterProvisioning, () => {
    cluster.attachmentsStatus = 'UPDATE_COMPLETE'
    if (cluster.status === 'PROVISIONING') cluster.status = 'ACTIVE'
  })
}

function applySettings(cluster: ClusterRecord, settings: ClusterRecord['settings']): void {
  const named = new Map([...cluster.settings, ...settings].map(setting => [setting.name, setting]))
  cluster.settings = [...named.values()]
}

function checkProviders(region: Region, providers: readonly string[]): void {
  const unknown = providers.find(provider => isOwn(provider) && !region.capacityProviders.has(shortName(provider)))
  if (unknown !== undefined)
    throw invalidParameter(
      `The specified capacity provider '${unknown}' was not found. Specify a valid name or ARN of an ACTIVE capacity provider and try again.`,
    )
  if (providers.some(provider => isScoped(region, provider)))
    throw invalidParameter(
      'Cannot associate Managed Instances capacity provider to clusters using this API. Managed Instances capacity providers are already associated',
    )
  for (const provider of providers) {
    const own = region.capacityProviders.get(shortName(provider))
    if (own) own.isAutoScaling = true
  }
}

/** Whether it is one of Managed Instances, which belongs to one cluster from its creation on. */
const isScoped = (region: Region, provider: string): boolean =>
  region.capacityProviders.get(shortName(provider))?.cluster !== undefined

export function describeCapacityProviders(
  region: Region,
  input: DescribeCapacityProvidersRequest,
): DescribeCapacityProvidersResponse {
  const all = ['FARGATE', 'FARGATE_SPOT', ...region.capacityProviders.keys()]
  const names = input.capacityProviders?.map(shortName) ?? all
  return {
    capacityProviders: names.filter(name => all.includes(name)).map(name => describedProvider(region, name)),
    failures: names
      .filter(name => !all.includes(name))
      .map(name => ({ arn: region.arn(`capacity-provider/${name}`), reason: 'MISSING' })),
  }
}

function describedProvider(region: Region, name: string): CapacityProvider {
  const { cluster, isAutoScaling } = region.capacityProviders.get(name) ?? {}
  const group = `arn:aws:autoscaling:${region.name}:${region.accountId}:autoScalingGroup::autoScalingGroupName/${name}`
  return {
    capacityProviderArn: region.arn(`capacity-provider/${name}`),
    name,
    status: 'ACTIVE',
    ...(isAutoScaling && { type: 'EC2_AUTOSCALING', autoScalingGroupProvider: { autoScalingGroupArn: group } }),
    ...(cluster !== undefined && { type: 'MANAGED_INSTANCES', cluster, managedInstancesProvider: {} }),
  }
}

function strategyOf(
  providers: readonly string[],
  strategy: readonly CapacityProviderStrategyItem[],
): CapacityProviderStrategyItem[] {
  for (const { capacityProvider = '' } of strategy)
    if (!providers.includes(capacityProvider))
      throw invalidParameter(
        `The specified capacity provider '${capacityProvider}' is not associated with the cluster. Specify a valid name or ARN and try again.`,
      )
  return strategy.map(item => ({ weight: 0, base: 0, ...item }))
}

function described(cluster: ClusterRecord, include: readonly ClusterField[] = []): Cluster {
  const tasks = [...cluster.tasks.values()]
  const services = [...cluster.services.values()]
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: cluster.instances.size,
    runningTasksCount: tasks.filter(({ wire }) => wire.lastStatus === 'RUNNING').length,
    pendingTasksCount: tasks.filter(({ wire }) => wire.lastStatus === 'PENDING').length,
    activeServicesCount: services.filter(({ status }) => status !== 'INACTIVE').length,
    statistics: include.includes('STATISTICS') ? statistics(cluster) : [],
    tags: tagsIf(include, cluster.tags) ?? [],
    settings: include.includes('SETTINGS') ? cluster.settings : [],
    configuration: include.includes('CONFIGURATIONS') ? cluster.configuration : undefined,
    capacityProviders: cluster.capacityProviders,
    defaultCapacityProviderStrategy: cluster.defaultStrategy,
    attachmentsStatus: cluster.attachmentsStatus,
    serviceConnectDefaults: cluster.serviceConnectDefaults,
  }
}

function statistics(cluster: ClusterRecord): { name: string; value: string }[] {
  const count = (launchType: string, status: string) =>
    [...cluster.tasks.values()].filter(({ wire }) => wire.launchType === launchType && wire.lastStatus === status)
      .length
  return [
    { name: 'runningEC2TasksCount', value: String(count('EC2', 'RUNNING')) },
    { name: 'runningFargateTasksCount', value: String(count('FARGATE', 'RUNNING')) },
    { name: 'pendingEC2TasksCount', value: String(count('EC2', 'PENDING')) },
    { name: 'pendingFargateTasksCount', value: String(count('FARGATE', 'PENDING')) },
  ]
}
