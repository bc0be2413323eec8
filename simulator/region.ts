import type {
  Attribute,
  CapacityProviderStrategyItem,
  Cluster,
  ClusterSetting,
  Container,
  CreateServiceRequest,
  Deployment,
  DeploymentLifecycleHookStage,
  ServiceDeployment,
  ServiceDeploymentLifecycleStage,
  ServiceEvent,
  ServiceRevision,
  Tag,
  Task,
  TaskDefinition,
} from '@aws-sdk/client-ecs'
import type { Clock, Scheduled } from './clock.ts'
import { clusterNotFound, invalidParameter } from './errors.ts'
import type { Behaviour, Images } from './images.ts'
import { ecsArn, Ids, shortName } from './names.ts'

/** Durations in ECS, in virtual seconds, unless an image has others. */
export const pace = {
  clusterProvisioning: 3,
  taskProvisioning: 3,
  fargateStart: 10,
  instanceStart: 3,
  activating: 4,
  deactivating: 4,
  stopping: 2,
  deprovisioning: 3,
  /** A task that has run this long counts as healthy when it has no health check. */
  steady: 5,
  scheduler: 1,
  longestBackoff: 60,
  placementRetry: 15,
  draining: 5,
  /** How long the old tasks stay after an early success whose clean-up is deferred. */
  deferredCleanUp: 300,
  /** How long a shift of traffic takes, and how long a function that a lifecycle hook calls. */
  trafficShift: 5,
  lambda: 5,
  remembered: 3600,
} as const

/** Every resource that carries tags. */
export interface Tagged {
  tags: Tag[]
}

/** One revision of a task definition. */
export interface RevisionRecord extends Tagged {
  readonly arn: string
  readonly family: string
  readonly revision: number
  readonly definition: TaskDefinition
  status: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS'
  deregisteredAt?: Date
}

/** A capacity provider of container instances. */
interface ProviderRecord {
  /** The cluster that a Managed Instances provider was made in, and is associated with until it is deleted. */
  readonly cluster: string | undefined
  /** A request has associated it, which works for providers of Auto Scaling groups alone. */
  isAutoScaling: boolean
}

export interface ClusterRecord extends Tagged {
  readonly name: string
  readonly arn: string
  status: 'PROVISIONING' | 'ACTIVE' | 'DEPROVISIONING' | 'INACTIVE'
  settings: ClusterSetting[]
  configuration: Cluster['configuration']
  serviceConnectDefaults: Cluster['serviceConnectDefaults']
  capacityProviders: string[]
  defaultStrategy: CapacityProviderStrategyItem[]
  attachmentsStatus: string | undefined
  readonly services: Map<string, ServiceRecord>
  readonly tasks: Map<string, TaskRecord>
  readonly instances: Map<string, InstanceRecord>
  readonly runs: Map<string, RunRecord>
}

export interface InstanceRecord extends Tagged {
  readonly id: string
  readonly arn: string
  readonly ec2InstanceId: string
  readonly cluster: ClusterRecord
  readonly cpu: number
  readonly memory: number
  readonly registeredAt: Date
  readonly capacityProviderName: string | undefined
  status: 'REGISTERING' | 'REGISTRATION_FAILED' | 'ACTIVE' | 'DRAINING' | 'INACTIVE'
  statusReason?: string
  agentConnected: boolean
  attributes: Attribute[]
  version: number
}

/** What a RunTask with a clientToken started. */
export interface RunRecord {
  readonly parameters: string
  readonly at: number
  readonly tasks: readonly TaskRecord[]
}

export interface ContainerRecord {
  readonly wire: Container
  readonly essential: boolean
  readonly behaviour: Behaviour
  exit?: Scheduled
}

export interface TaskRecord extends Tagged {
  readonly id: string
  readonly arn: string
  readonly cluster: ClusterRecord
  readonly definition: RevisionRecord
  readonly instance: InstanceRecord | undefined
  readonly containers: readonly ContainerRecord[]
  /** The deployment that this task counts for. */
  readonly deployment: DeploymentRecord | undefined
  readonly createdAt: number
  /** The task as ECS describes it: statuses, times, reasons. */
  readonly wire: Task
  /** The next step of its life. */
  next: Scheduled | undefined
  /** Has run long enough, or has passed its health check. */
  healthy: boolean
  stoppedAt: number | undefined
}

export type ServiceSpec = Omit<CreateServiceRequest, 'cluster' | 'serviceName' | 'clientToken' | 'tags' | 'role'>

/** The reference of ServiceDeployment lists PRE_PRODUCTION_TRAFFIC_SHIFT too, which the SDK's type leaves out. */
export type StageName = ServiceDeploymentLifecycleStage | DeploymentLifecycleHookStage

/** One stage of a deployment that shifts traffic. */
export interface Stage {
  readonly name: StageName
  /** How long it lasts at least, in virtual seconds; its hooks may make it longer. */
  readonly seconds: number
  /** The shares of traffic that the new revision gets when the stage begins; undefined: as before. */
  readonly test?: number | undefined
  readonly production?: number | undefined
}

export interface DeploymentRecord {
  readonly id: string
  readonly service: ServiceRecord
  readonly definition: RevisionRecord
  /** The service's settings as this deployment started with. */
  readonly spec: ServiceSpec
  readonly revision: ServiceRevision
  status: 'PRIMARY' | 'ACTIVE' | 'INACTIVE'
  desiredCount: number
  failedTasks: number
  /** Failures since a task was last healthy: what trips the circuit breaker, and slows the scheduler down. */
  failuresInARow: number
  rolloutState: NonNullable<Deployment['rolloutState']>
  rolloutStateReason: string
  readonly createdAt: Date
  updatedAt: Date
  /** Once completed, the deployment that a rollback returns to. */
  completed: boolean
  rollout: ServiceDeployment
  /** Where traffic is shifted: the stage that it is in, and those to come. */
  readonly stages: Stage[]
  /** When that stage began. */
  stageBegan: number
  /** When its bake time is over, once that has begun. */
  bakedAt: number | undefined
  /** Before this it leaves the tasks of those before it alone. */
  cleanUpAt: number
  /** Before this it starts no task. */
  retryAt: number
}

export interface ServiceRecord extends Tagged {
  readonly name: string
  readonly arn: string
  readonly cluster: ClusterRecord
  readonly createdAt: Date
  readonly roleArn: string | undefined
  /** The create request, to judge whether another one is the same. */
  readonly parameters: string
  readonly clientToken: string | undefined
  spec: ServiceSpec
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE'
  deployments: DeploymentRecord[]
  readonly rollouts: ServiceDeployment[]
  readonly revisions: ServiceRevision[]
  events: ServiceEvent[]
  /** The scheduler's next run, if one is due. */
  tick: Scheduled | undefined
  /** What it last complained about, so that it does not repeat itself. */
  complaint: string | undefined
  steady: boolean
}

/** The answer of a function that a lifecycle hook calls; while it is IN_PROGRESS it is called again. */
export type HookStatus = 'SUCCEEDED' | 'FAILED' | 'IN_PROGRESS'

/** How much there is to place tasks on. */
export interface Capacity {
  /** Tasks that Fargate can hold in this region. */
  fargate: number
}

export interface RegionOptions {
  readonly name: string
  readonly accountId: string
  readonly clock: Clock
  readonly images: Images
  /** Virtual seconds for which what was just created is not to be seen. */
  readonly consistencySeconds: () => number
}

/** Everything that ECS knows in one region of one account. */
export class Region {
  readonly name: string
  readonly accountId: string
  readonly clock: Clock
  readonly images: Images
  readonly ids: Ids
  readonly clusters = new Map<string, ClusterRecord>()
  /** By family, oldest revision first. */
  readonly families = new Map<string, RevisionRecord[]>()
  /** Capacity providers besides FARGATE and FARGATE_SPOT, all of them of container instances. */
  /** Capacity providers of instances, by name. */
  readonly capacityProviders = new Map<string, ProviderRecord>()
  /** CloudWatch alarms that are in ALARM. */
  readonly alarms = new Set<string>()
  /** By the ARN of a function that lifecycle hooks call: its answer, SUCCEEDED by default. */
  readonly hookStatuses = new Map<string, HookStatus>()
  readonly capacity: Capacity = { fargate: Number.POSITIVE_INFINITY }
  /** Why no container instance may take another task. */
  placementRefusal: string | undefined
  /** Called at every step in a task's life; the scheduler listens. */
  taskChanged: (task: TaskRecord) => void = () => {}
  /** One run of the scheduler for a service. */
  reconcile: (service: ServiceRecord) => void = () => {}
  readonly #consistencySeconds: () => number

  constructor(options: RegionOptions) {
    this.name = options.name
    this.accountId = options.accountId
    this.clock = options.clock
    this.images = options.images
    this.#consistencySeconds = options.consistencySeconds
    this.ids = new Ids(`${options.accountId}/${options.name}`)
  }

  arn(resource: string): string {
    return ecsArn(this.name, this.accountId, resource)
  }

  after(seconds: number, run: () => void): Scheduled {
    return this.clock.schedule(seconds * 1000, run)
  }

  /** False while a read may still miss what was made at this moment. */
  visible(createdAt: number): boolean {
    return this.clock.now >= createdAt + this.#consistencySeconds() * 1000
  }

  cluster(nameOrArn = 'default'): ClusterRecord {
    const cluster = this.clusters.get(shortName(nameOrArn))
    if (!cluster || cluster.status === 'INACTIVE') throw clusterNotFound()
    return cluster
  }
}

/** The id in a task's, service's or instance's name or ARN; an ARN must name the request's cluster. */
export function within(cluster: ClusterRecord, nameOrArn: string): string {
  const [, named] = /^arn:[^/]+\/([^/]+)\/[^/]+$/.exec(nameOrArn) ?? []
  if (named !== undefined && named !== cluster.name)
    throw invalidParameter(`Identifier is for ${named}. Your cluster is ${cluster.name}`)
  return shortName(nameOrArn)
}

export function primaryOf(service: ServiceRecord): DeploymentRecord | undefined {
  return service.deployments.find(({ status }) => status === 'PRIMARY')
}

/** Tasks that count: neither stopped nor stopping. */
export function wanted(task: TaskRecord): boolean {
  return task.wire.desiredStatus !== 'STOPPED'
}

export function tagsIf(include: readonly string[] | undefined, tags: Tag[]): Tag[] | undefined {
  return include?.includes('TAGS') ? tags : undefined
}
