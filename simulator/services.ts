import type {
  CapacityProviderStrategyItem,
  CreateServiceRequest,
  DeleteServiceRequest,
  Deployment,
  DescribeServicesRequest,
  DescribeServicesResponse,
  Failure,
  ListServicesRequest,
  ListServicesResponse,
  Service,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs'
import { checkDaemon, checkDaemonPlace } from './daemons.ts'
import { beginDeployment, deployed, pendingOf, runningOf, tasksOf } from './deployments.ts'
import { clientException, invalidParameter, serviceNotActive, serviceNotFound } from './errors.ts'
import { checkFit, checkParts, networkOf, runsOnFargate, type Where, whereTo } from './launching.ts'
import { checkName, partitionOf, shortName } from './names.ts'
import { page } from './paging.ts'
import {
  type ClusterRecord,
  type DeploymentRecord,
  primaryOf,
  type Region,
  type ServiceRecord,
  tagsIf,
  within,
} from './region.ts'
import { fillIn, mergeDeploymentConfiguration, placementOf, volumesOf } from './serviceDefaults.ts'
import { wake } from './serviceTasks.ts'
import { checkTags } from './tags.ts'
import { findRevision, launchable } from './taskDefinitions.ts'
import { describedTaskSet, isExternal } from './taskSets.ts'
import { resolvedPlatform } from './tasks.ts'
import { canonical } from './wire.ts'

interface ServiceAnswer {
  service: Service
}

export function createService(region: Region, input: CreateServiceRequest): ServiceAnswer {
  const cluster = region.cluster(input.cluster)
  const { cluster: _, clientToken, serviceName: name = '', tags, role, ...asked } = input
  const parameters = canonical({ ...asked, tags, role, name })
  checkCreate(input)
  const existing = cluster.services.get(name)
  if (existing?.status === 'ACTIVE') {
    if (existing.parameters === parameters) return { service: described(existing, ['TAGS']) }
    throw invalidParameter('Creation of service was not idempotent.')
  }
  if (existing?.status === 'DRAINING') throw invalidParameter('Unable to Start a service that is still Draining.')
  const sameToken = (known: ServiceRecord) => known.status === 'ACTIVE' && known.clientToken === clientToken
  if (clientToken !== undefined && [...cluster.services.values()].some(sameToken))
    throw invalidParameter('Creation of service was not idempotent.')
  const controller = asked.deploymentController?.type ?? 'ECS'
  if (controller === 'EXTERNAL') checkExternal(asked)
  else if (!asked.taskDefinition) throw invalidParameter('TaskDefinition can not be blank.')
  const definition = asked.taskDefinition ? launchable(region, asked.taskDefinition) : undefined
  const where = controller === 'EXTERNAL' ? nowhere : whereTo(cluster, asked)
  if (definition) {
    checkFit(definition, where, asked.networkConfiguration)
    checkParts(definition, asked)
  }
  if (asked.schedulingStrategy === 'DAEMON') checkDaemonPlace(where)
  const service: ServiceRecord = {
    name,
    arn: region.arn(`service/${cluster.name}/${name}`),
    cluster,
    createdAt: region.clock.date(),
    roleArn: roleArn(region, role),
    parameters,
    clientToken,
    spec: fillIn(asked, where, definition),
    status: 'ACTIVE',
    tags: checkTags(tags),
    deployments: [],
    rollouts: [],
    revisions: [],
    events: [],
    tick: undefined,
    complaint: undefined,
    steady: false,
  }
  cluster.services.set(name, service)
  if (definition) beginDeployment(region, service, definition)
  wake(region, service)
  return { service: described(service, ['TAGS']) }
}

export function updateService(region: Region, input: UpdateServiceRequest): ServiceAnswer {
  const cluster = region.cluster(input.cluster)
  const service = find(cluster, input.service ?? '')
  if (service.status !== 'ACTIVE') throw serviceNotActive()
  const { cluster: _, service: __, forceNewDeployment = false, ...asked } = input
  checkController(service, asked, forceNewDeployment)
  if (service.spec.schedulingStrategy === 'DAEMON') checkDaemon(asked)
  if ((asked.desiredCount ?? 0) < 0) throw invalidParameter('Desired count cannot be negative.')
  // Members that are left out are kept; an empty list removes.
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as typeof asked
  const definition = given.taskDefinition
    ? launchable(region, given.taskDefinition)
    : findRevision(region, service.spec.taskDefinition ?? '')
  const spec = { ...service.spec, ...given }
  spec.taskDefinition = definition?.arn ?? service.spec.taskDefinition
  if (given.capacityProviderStrategy) {
    const where = moveTo(service, given.capacityProviderStrategy)
    const before = { capacityProviderStrategy: service.spec.capacityProviderStrategy ?? [] }
    if (canonical(before) !== canonical({ capacityProviderStrategy: where.strategy }) && !forceNewDeployment)
      throw invalidParameter(
        'When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.',
      )
    spec.launchType = where.launchType
    spec.capacityProviderStrategy = where.strategy.length > 0 ? [...where.strategy] : undefined
    spec.platformVersion = runsOnFargate(where) ? (spec.platformVersion ?? 'LATEST') : undefined
  }
  if (given.networkConfiguration) spec.networkConfiguration = networkOf(given.networkConfiguration)
  if (given.placementStrategy) spec.placementStrategy = placementOf(given.placementStrategy)
  if (given.volumeConfigurations) spec.volumeConfigurations = volumesOf(given.volumeConfigurations)
  spec.deploymentConfiguration = mergeDeploymentConfiguration(
    service.spec.deploymentConfiguration,
    given.deploymentConfiguration,
    spec.schedulingStrategy,
  )
  const where = { launchType: spec.launchType, strategy: spec.capacityProviderStrategy ?? [] }
  // Members that are left out stay, and must fit a new task definition.
  if (definition) {
    checkFit(definition, where, spec.networkConfiguration)
    checkParts(definition, spec)
  }
  // A deployment takes the place of CodeDeploy's task set.
  const isTaken = given.deploymentController !== undefined && service.spec.deploymentController?.type !== 'ECS'
  const moved =
    isTaken ||
    deployed.some(member => canonical({ [member]: spec[member] }) !== canonical({ [member]: service.spec[member] }))
  service.spec = spec
  const primary = primaryOf(service)
  if (primary) primary.desiredCount = spec.desiredCount ?? 0
  service.steady = false
  if (definition && (moved || forceNewDeployment)) beginDeployment(region, service, definition)
  else if (primary) primary.updatedAt = region.clock.date()
  wake(region, service)
  return { service: described(service, ['TAGS']) }
}

export function deleteService(region: Region, input: DeleteServiceRequest): ServiceAnswer {
  const cluster = region.cluster(input.cluster)
  const service = find(cluster, input.service ?? '')
  if (service.status === 'INACTIVE') throw serviceNotFound()
  if (!input.force && service.status === 'ACTIVE') {
    if (service.spec.schedulingStrategy === 'DAEMON' || (service.spec.desiredCount ?? 0) > 0)
      throw invalidParameter('The service cannot be stopped while it is scaled above 0.')
    if (service.deployments.some(other => other.status === 'ACTIVE' && tasksOf(service, other).length > 0))
      throw invalidParameter('The service cannot be stopped while deployments are active.')
  }
  if (service.status === 'ACTIVE') {
    service.status = 'DRAINING'
    service.complaint = undefined
    service.spec = { ...service.spec, desiredCount: 0 }
    for (const deployment of service.deployments) deployment.desiredCount = 0
    wake(region, service)
  }
  return { service: described(service, ['TAGS']) }
}

export function describeServices(region: Region, input: DescribeServicesRequest): DescribeServicesResponse {
  const cluster = region.cluster(input.cluster)
  if (!input.services?.length) throw invalidParameter('Services cannot be empty.')
  if (input.services.length > 10) throw invalidParameter('Services cannot have more than 10 elements.')
  const services: Service[] = []
  const failures: Failure[] = []
  for (const nameOrArn of new Set(input.services)) {
    const name = within(cluster, nameOrArn)
    const service = cluster.services.get(name)
    if (service && region.visible(service.createdAt.getTime())) services.push(described(service, input.include))
    else failures.push({ arn: region.arn(`service/${cluster.name}/${name}`), reason: 'MISSING' })
  }
  return { services, failures }
}

/** DRAINING services are not listed any more, though they are still described. */
export function listServices(region: Region, input: ListServicesRequest): ListServicesResponse {
  const services = [...region.cluster(input.cluster).services.values()]
    .filter(({ status, createdAt }) => status === 'ACTIVE' && region.visible(createdAt.getTime()))
    .filter(({ spec }) => input.launchType === undefined || spec.launchType === input.launchType)
    .filter(
      ({ spec }) => input.schedulingStrategy === undefined || spec.schedulingStrategy === input.schedulingStrategy,
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const { items, nextToken } = page(services, input, 10)
  return { serviceArns: items.map(({ arn }) => arn), nextToken }
}

export function find(cluster: ClusterRecord, nameOrArn: string): ServiceRecord {
  const service = cluster.services.get(within(cluster, nameOrArn))
  if (!service) throw serviceNotFound()
  return service
}

function checkCreate(input: CreateServiceRequest): void {
  checkName('Service name', input.serviceName ?? '')
  if (input.clientToken !== undefined && !/^[!-~]{1,36}$/.test(input.clientToken))
    throw invalidParameter('clientToken must be up to 36 ASCII characters in the range of 33-126.')
  const daemon = input.schedulingStrategy === 'DAEMON'
  if (daemon) checkDaemon(input)
  if (!daemon && input.desiredCount === undefined) throw invalidParameter('DesiredCount cannot be null.')
  if ((input.desiredCount ?? 0) < 0) throw invalidParameter('Desired count cannot be negative.')
  if ((input.tags?.length ?? 0) > 50) throw clientException('Too many tags.')
}

/** Of a service without task sets. */
const nowhere: Where = { launchType: undefined, strategy: [] }

/** ECS's words are known for the task definition; those for the other members are made after them. */
function checkExternal(asked: Omit<CreateServiceRequest, 'serviceName'>): void {
  const members = [
    'taskDefinition',
    'launchType',
    'capacityProviderStrategy',
    'platformVersion',
    'networkConfiguration',
    'loadBalancers',
    'serviceRegistries',
  ] as const
  for (const member of members) {
    const value = asked[member]
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue
    throw invalidParameter(`${member.charAt(0).toUpperCase()}${member.slice(1)} must be blank`)
  }
}

/** What the other deployment controllers keep to themselves. */
const changeable: Readonly<Record<string, ReadonlySet<string>>> = {
  CODE_DEPLOY: new Set([
    'desiredCount',
    'deploymentConfiguration',
    'healthCheckGracePeriodSeconds',
    'placementConstraints',
    'placementStrategy',
    'enableECSManagedTags',
    'propagateTags',
  ]),
  EXTERNAL: new Set([
    'desiredCount',
    'healthCheckGracePeriodSeconds',
    'placementConstraints',
    'placementStrategy',
    'enableECSManagedTags',
    'propagateTags',
  ]),
}

function checkController(service: ServiceRecord, asked: Omit<UpdateServiceRequest, 'service'>, force: boolean): void {
  const type = service.spec.deploymentController?.type ?? 'ECS'
  if (type === 'CODE_DEPLOY' && asked.deploymentController?.type === 'ECS') return
  const allowed = changeable[type]
  if (!allowed) return
  const [refused] = Object.entries(asked)
    .filter(([member, value]) => value !== undefined && !allowed.has(member))
    .map(([member]) => member.replace(/[A-Z]/g, capital => ` ${capital.toLowerCase()}`))
  if (refused === undefined && !force) return
  const instead = type === 'CODE_DEPLOY' ? 'Use AWS CodeDeploy to trigger a new deployment.' : 'Use a task set instead.'
  throw invalidParameter(
    refused === undefined
      ? `Cannot force a new deployment on services with a ${type} deployment controller. ${instead}`
      : `Unable to update ${refused} on services with a ${type} deployment controller. ${instead}`,
  )
}

/** An empty list goes back from a strategy to the launch type of the same kind. */
function moveTo(service: ServiceRecord, strategy: CapacityProviderStrategyItem[]): Where {
  if (strategy.length > 0) return whereTo(service.cluster, { capacityProviderStrategy: strategy })
  const { launchType, capacityProviderStrategy = [] } = service.spec
  const fargate = runsOnFargate({ launchType, strategy: capacityProviderStrategy })
  return { launchType: launchType ?? (fargate ? 'FARGATE' : 'EC2'), strategy: [] }
}

function roleArn(region: Region, role: string | undefined): string {
  const arn = `arn:${partitionOf(region.name)}:iam::${region.accountId}:role/`
  if (role === undefined) return `${arn}aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`
  return role.startsWith('arn:') ? role : `${arn}${shortName(role)}`
}

/** A service as it is described: some of its settings are on its primary deployment only. */
function described(service: ServiceRecord, include: readonly string[] = []): Service {
  const {
    serviceConnectConfiguration: _,
    volumeConfigurations: __,
    vpcLatticeConfigurations: ___,
    gatewayConnectors: ____,
    monitoring: _____,
    ...spec
  } = service.spec
  const tasks = tasksOf(service)
  const primary = primaryOf(service)
  return {
    ...spec,
    desiredCount: spec.desiredCount ?? 0,
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.cluster.arn,
    status: service.status,
    runningCount: runningOf(tasks),
    pendingCount: pendingOf(tasks),
    platformFamily: spec.platformVersion === undefined ? undefined : 'Linux',
    deployments: isExternal(service) ? [] : service.deployments.map(describedDeployment),
    taskSets: isExternal(service) ? service.deployments.map(describedTaskSet) : undefined,
    roleArn: service.roleArn,
    events: service.events,
    createdAt: service.createdAt,
    createdBy: service.roleArn?.replace(/role\/.*/, 'role/simulated'),
    currentServiceDeployment: isExternal(service) ? undefined : primary?.rollout.serviceDeploymentArn,
    currentServiceRevisions: service.deployments.map(({ revision, desiredCount, ...deployment }) => {
      const own = tasks.filter(task => task.deployment?.id === deployment.id)
      return {
        arn: revision.serviceRevisionArn,
        requestedTaskCount: desiredCount,
        runningTaskCount: runningOf(own),
        pendingTaskCount: pendingOf(own),
      }
    }),
    tags: tagsIf(include, service.tags),
  }
}

function describedDeployment(deployment: DeploymentRecord): Deployment {
  const { spec } = deployment
  const tasks = tasksOf(deployment.service, deployment)
  const fargate = spec.platformVersion !== undefined
  // Documented for rolling updates of services without a Classic Load Balancer.
  const classic = spec.loadBalancers?.some(({ loadBalancerName }) => loadBalancerName !== undefined)
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: deployment.definition.arn,
    desiredCount: deployment.desiredCount,
    pendingCount: pendingOf(tasks),
    runningCount: runningOf(tasks),
    failedTasks: deployment.failedTasks,
    createdAt: deployment.createdAt,
    updatedAt: deployment.updatedAt,
    launchType: spec.launchType,
    capacityProviderStrategy: spec.capacityProviderStrategy,
    platformVersion: fargate ? resolvedPlatform(spec.platformVersion) : undefined,
    platformFamily: fargate ? 'Linux' : undefined,
    networkConfiguration: spec.networkConfiguration,
    rolloutState: classic ? undefined : deployment.rolloutState,
    rolloutStateReason: classic ? undefined : deployment.rolloutStateReason,
    serviceConnectConfiguration: spec.serviceConnectConfiguration,
    serviceConnectResources: spec.serviceConnectConfiguration?.services?.map(
      ({ portName, discoveryName = portName }) => ({
        discoveryName,
        discoveryArn: deployment.service.arn.replace(
          /:ecs:(.*):service\/.*/,
          `:servicediscovery:$1:service/srv-${discoveryName}`,
        ),
      }),
    ),
    volumeConfigurations: spec.volumeConfigurations,
    vpcLatticeConfigurations: spec.vpcLatticeConfigurations,
  }
}
