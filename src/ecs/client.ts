import type * as sdk from '@aws-sdk/client-ecs'
import { memoized } from '../memoized.ts'
import type { CallCounter, CallInput, CallName, CallOutput, InputOf, OutputOf, OwnCall } from './calls.ts'
import * as describe from './describe.ts'
import { EcsError, isDenied, isNotFound, isPassing } from './errors.ts'
import { type EcsSettings, Transport } from './transport.ts'

/**
 * A filter of ListTasks, which takes no other beside `startedBy`. Without a desired status RUNNING ones are meant; ECS forgets
 * stopped ones after about an hour. Source: API reference, ListTasks.
 */
export type TaskFilter =
  | { readonly startedBy: string }
  | { readonly containerInstance: string }
  | { readonly family?: string; readonly desiredStatus: 'RUNNING' | 'STOPPED' }
  | { readonly serviceName: string; readonly desiredStatus: 'STOPPED' }

/** The status of a revision that starts no task any more; ECS deletes one when the last task of it has stopped. */
export type UnusedStatus = 'INACTIVE' | 'DELETE_IN_PROGRESS'

/**
 * ECS in one region: the calls that this program makes, and reads that share the fewest calls. Every method that calls ECS
 * throws `EcsError`, or the signal's reason once the run is cancelled.
 */
export class Ecs {
  readonly #region: Region
  readonly #counter: CallCounter

  constructor(
    name: string,
    settings: EcsSettings,
    region: Region = connect(name, settings),
    counter: CallCounter = { calls: 0 },
  ) {
    this.#region = region
    this.#counter = counter
  }

  /** The same region; `counter` counts the calls. */
  countedBy(counter: CallCounter): Ecs {
    const { name, settings } = this.#region.transport
    return new Ecs(name, settings, this.#region, counter)
  }

  /** The region's name. */
  get region(): string {
    return this.#region.transport.name
  }

  /** One object for every view of this region in this run: the key of what is remembered until the run ends. */
  get run(): object {
    return this.#region
  }

  /** Twelve digits, once any answer has named an ARN. */
  get account(): string | undefined {
    return this.#region.transport.account
  }

  /** Milliseconds since 1970 by AWS's clock; by the runner's until there is an answer. */
  get time(): number {
    return this.#region.transport.time.now
  }

  /** The account of the credentials. Failures name missing clusters by ARN too, so any cluster will do. */
  async findAccount(): Promise<string | undefined> {
    if (this.account) return this.account
    try {
      await this.cluster('default')
    } catch (error) {
      // A refusal names the account too.
      if (!this.account) throw error
    }
    return this.account
  }

  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>>
  call<Own extends OwnCall>(row: Own, input: InputOf<Own['command']>): Promise<OutputOf<Own['command']>>
  call(call: CallName | OwnCall, input: object): Promise<object> {
    return this.#region.transport.call(call, input, this.#counter)
  }

  /** The cluster, or undefined when it is missing or INACTIVE. */
  async cluster(name: string): Promise<sdk.Cluster | undefined> {
    const cluster = await this.#region.clusters.load(name, this.#counter)
    return cluster?.status === 'INACTIVE' ? undefined : cluster
  }

  /** A capacity provider by its name. */
  capacityProvider(name: string): Promise<sdk.CapacityProvider | undefined> {
    return this.#region.capacityProviders.load(name, this.#counter)
  }

  /** The service, or undefined when it or its cluster is missing, or when it is INACTIVE. */
  async service(cluster: string, name: string): Promise<sdk.Service | undefined> {
    const service = await this.#region.services(cluster).load(name, this.#counter)
    return service?.status === 'INACTIVE' ? undefined : service
  }

  /** A service revision by its ARN. */
  serviceRevision(arn: string): Promise<sdk.ServiceRevision | undefined> {
    return this.#region.serviceRevisions.load(arn, this.#counter)
  }

  /** A service deployment by its ARN; undefined when ECS has forgotten it, as it does after 90 days. */
  serviceDeployment(arn: string): Promise<sdk.ServiceDeployment | undefined> {
    return this.#region.serviceDeployments.load(arn, this.#counter)
  }

  /** A service's deployments of the last 90 days, newest first. */
  async serviceDeployments(input: CallInput<'ListServiceDeployments'>): Promise<sdk.ServiceDeploymentBrief[]> {
    const all: sdk.ServiceDeploymentBrief[] = []
    const list = describe.pages(page => this.call('ListServiceDeployments', { ...input, ...page }))
    for await (const { serviceDeployments = [] } of list) all.push(...serviceDeployments)
    const createdAt = (deployment: sdk.ServiceDeploymentBrief) => deployment.createdAt?.getTime() ?? 0
    return all.sort((one, other) => createdAt(other) - createdAt(one))
  }

  /**
   * The answer to a call that the role may have no right to. When ECS refuses the call, the answer is undefined, the
   * log reports the refusal once, and the call is not made again.
   */
  async ifAllowed<Answer>(
    name: CallName,
    ask: () => Promise<Answer>,
    say: (sentence: string) => void = () => {},
  ): Promise<Answer | undefined> {
    const { refused } = this.#region
    if (refused.has(name)) return undefined
    try {
      return await ask()
    } catch (error) {
      // A service that only resembles ECS may not know the call, and has other error codes for that.
      if (!(error instanceof EcsError) || isPassing(error)) throw error
      // Of what has gone meanwhile nothing is known, and the call is good for others.
      if (isNotFound(error)) return undefined
      if (!refused.has(name)) {
        const why = isDenied(error) ? `the policy of the role allows ecs:${name}` : `ECS answers ecs:${name}`
        say(`more is known of rollouts where ${why}`)
      }
      refused.add(name)
      return undefined
    }
  }

  /** A family's latest ACTIVE revision, or the revision that `family:revision` or an ARN names; undefined when missing. */
  taskDefinition(reference: string): Promise<sdk.DescribeTaskDefinitionCommandOutput | undefined> {
    return this.#region.taskDefinitions.load(reference, this.#counter)
  }

  /** The container instance that an EC2 instance is registered as, or undefined. */
  instance(cluster: string, ec2InstanceId: string): Promise<sdk.ContainerInstance | undefined> {
    return this.#region.instances(cluster).load(ec2InstanceId, this.#counter)
  }

  /** Tasks by ARN; those that ECS has forgotten are left out. */
  async tasks(cluster: string, arns: readonly string[]): Promise<sdk.Task[]> {
    const loader = this.#region.tasks(cluster)
    const tasks = await Promise.all(arns.map(arn => loader.load(arn, this.#counter)))
    return tasks.filter(task => task !== undefined)
  }

  /** Tasks that ListTasks finds: none in a cluster, or of a service, that is not there. */
  async listedTasks(cluster: string, filter: TaskFilter): Promise<sdk.Task[]> {
    const key = JSON.stringify({ cluster: this.#region.shortName(cluster), ...filter })
    return this.tasks(cluster, (await this.#region.taskLists.load(key, this.#counter)) ?? [])
  }

  /** ARNs of a family's ACTIVE revisions, newest first. */
  async revisions(family: string): Promise<string[]> {
    const all: string[] = []
    for await (const arns of this.#revisionPages(family, 'ACTIVE')) all.push(...arns)
    return all
  }

  /** The number of a family's newest revision of this status; 0 without any. */
  async newestUnused(family: string, status: UnusedStatus): Promise<number> {
    for await (const [newest] of this.#revisionPages(family, status))
      if (newest) return Number(newest.slice(newest.lastIndexOf(':') + 1))
    return 0
  }

  /** Although `familyPrefix` is documented as the full family name, ARNs of other families are left out. */
  async *#revisionPages(family: string, status: 'ACTIVE' | UnusedStatus): AsyncGenerator<string[], void> {
    const input = { familyPrefix: family, status, sort: 'DESC' } as const
    for await (const { taskDefinitionArns = [] } of describe.pages(page =>
      this.call('ListTaskDefinitions', { ...input, ...page }),
    ))
      yield taskDefinitionArns.filter(arn => arn.includes(`:task-definition/${family}:`))
  }
}

/** The connection, and one loader for each kind of read: shared by all views of a region in a run. */
type Region = ReturnType<typeof connect>

function connect(name: string, settings: EcsSettings) {
  const transport = new Transport(name, settings)

  /** The name of a cluster in this region and account; any other ARN is left for ECS to refuse. */
  function shortName(cluster: string): string {
    const prefix = `arn:aws:ecs:${name}:${transport.account}:cluster/`
    const isOurs = cluster.replace(/^arn:[\w-]+:/, 'arn:aws:').startsWith(prefix)
    return isOurs ? cluster.slice(cluster.lastIndexOf('/') + 1) : cluster
  }

  /** One loader for each cluster, whether its name or its ARN is given. */
  function byCluster<Loader extends object>(
    make: (ecs: Transport, cluster: string) => Loader,
  ): (cluster: string) => Loader {
    const loaderOf = memoized((short: string) => make(transport, short))
    return cluster => loaderOf(shortName(cluster))
  }

  return {
    transport,
    shortName,
    /** Calls that the role has no right to. */
    refused: new Set<CallName>(),
    clusters: describe.clusters(transport),
    capacityProviders: describe.capacityProviders(transport),
    serviceDeployments: describe.serviceDeployments(transport),
    serviceRevisions: describe.serviceRevisions(transport),
    taskDefinitions: describe.taskDefinitions(transport),
    taskLists: describe.taskLists(transport),
    services: byCluster(describe.services),
    instances: byCluster(describe.instances),
    tasks: byCluster(describe.tasks),
  }
}
