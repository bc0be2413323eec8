import {
  type Cluster,
  type ContainerInstance,
  type DescribeTaskDefinitionCommandOutput,
  ECSClient,
  type Failure,
  type Service,
  type ServiceDeployment,
  type ServiceDeploymentBrief,
  type ServiceRevision,
  type Task,
} from '@aws-sdk/client-ecs'
import type { Clock } from '../clock.ts'
import { BatchLoader } from './batch.ts'
import {
  type Call,
  type CallCounter,
  type CallInput,
  type CallName,
  type CallOutput,
  calls,
  type InputOf,
  type OutputOf,
  type OwnCall,
} from './calls.ts'
import { doubted, EcsError, ecsErrorOf, isDenied, isEcs, isThrottled, isUnreached } from './errors.ts'
import { RateLimiter, Semaphore } from './rate.ts'
import { ServerTime } from './serverTime.ts'

export interface EcsSettings {
  readonly clock: Clock
  /** AWS calls under way at once, over all regions that are given the same settings. */
  readonly maxConcurrency: number
  /** Aborted when the run is cancelled: calls that wait for their turn are given up. */
  readonly signal?: AbortSignal
}

/** Milliseconds until we stop waiting for a connection, and for an answer. */
const connectionTimeout = 3_000
const answerTimeout = 10_000

/** Tries of one call: of one whose answer was lost or that never arrived, and of one that came too fast. */
const attempts = 4
const throttleAttempts = 8

/** Places for calls under way, by the settings that several regions share. */
const placesOf = new WeakMap<EcsSettings, Semaphore>()

/** ECS in one region: the calls we may make, and looks that are gathered into the fewest calls. */
export class Ecs {
  readonly region: string
  readonly #shared: Shared
  readonly #tally: CallCounter

  constructor(region: string, settings: EcsSettings, shared?: Shared, tally: CallCounter = { calls: 0 }) {
    this.region = region
    this.#shared = shared ?? new Shared(region, settings)
    this.#tally = tally
  }

  /** The same ECS, counting into another tally. */
  countedBy(tally: CallCounter): Ecs {
    return new Ecs(this.region, this.#shared.settings, this.#shared, tally)
  }

  /** Twelve digits, once any answer has named an ARN. */
  get account(): string | undefined {
    return this.#shared.account
  }

  /** Milliseconds since 1970 by AWS's clock; by the runner's until there is an answer. */
  get time(): number {
    return this.#shared.time.now
  }

  /** The account of the credentials: missing things are named by ARN too, so any cluster will do. */
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

  /** One call. Errors are `EcsError`s, one sentence each. */
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>>
  call<Own extends OwnCall>(row: Own, input: InputOf<Own['command']>): Promise<OutputOf<Own['command']>>
  call(call: CallName | OwnCall, input: object): Promise<object> {
    return this.#shared.call(call, input, this.#tally)
  }

  /** The cluster, or undefined when it is missing or INACTIVE. */
  async cluster(name: string): Promise<Cluster | undefined> {
    const cluster = await this.#shared.clusters.load(name, this.#tally)
    return cluster?.status === 'INACTIVE' ? undefined : cluster
  }

  /** The service, or undefined when it is missing, INACTIVE, or in a cluster that is not there. */
  async service(cluster: string, name: string): Promise<Service | undefined> {
    const service = await this.#shared.services(this.#short(cluster)).load(name, this.#tally)
    return service?.status === 'INACTIVE' ? undefined : service
  }

  serviceRevision(arn: string): Promise<ServiceRevision | undefined> {
    return this.#shared.serviceRevisions.load(arn, this.#tally)
  }

  /** A service deployment by its ARN; undefined when ECS has forgotten it, as it does after 90 days. */
  serviceDeployment(arn: string): Promise<ServiceDeployment | undefined> {
    return this.#shared.serviceDeployments.load(arn, this.#tally)
  }

  /** A service's deployments of the last 90 days, newest first. */
  async serviceDeployments(input: CallInput<'ListServiceDeployments'>): Promise<ServiceDeploymentBrief[]> {
    const all: ServiceDeploymentBrief[] = []
    let nextToken: string | undefined
    do {
      const page: CallOutput<'ListServiceDeployments'> = await this.call('ListServiceDeployments', {
        ...input,
        maxResults: 100,
        ...(nextToken && { nextToken }),
      })
      all.push(...(page.serviceDeployments ?? []))
      nextToken = page.nextToken
    } while (nextToken)
    const made = ({ createdAt }: ServiceDeploymentBrief) => createdAt?.getTime() ?? 0
    return all.sort((one, other) => made(other) - made(one))
  }

  /** What a call says that the role may have no right to: undefined then, it is not asked for again, and that is said once. */
  async ifAllowed<Answer>(
    name: CallName,
    ask: () => Promise<Answer>,
    say: (sentence: string) => void,
  ): Promise<Answer | undefined> {
    const { refused } = this.#shared
    if (refused.has(name)) return undefined
    try {
      return await ask()
    } catch (error) {
      // Another ECS than AWS's may not know the call at all, and says so in words of its own.
      if (!(error instanceof EcsError) || error.unsure || isThrottled(error) || isUnreached(error)) throw error
      if (!refused.has(name)) {
        const why = isDenied(error) ? `the policy of the role allows ecs:${name}` : `ECS answers ecs:${name}`
        say(`more is known of rollouts where ${why}`)
      }
      refused.add(name)
      return undefined
    }
  }

  /** A family's latest ACTIVE revision, or the revision that a `family:revision` or ARN names; undefined when missing. */
  taskDefinition(reference: string): Promise<DescribeTaskDefinitionCommandOutput | undefined> {
    return this.#shared.taskDefinitions.load(reference, this.#tally)
  }

  /** The container instance that an EC2 instance is registered as, or undefined. */
  instance(cluster: string, ec2InstanceId: string): Promise<ContainerInstance | undefined> {
    return this.#shared.instances(this.#short(cluster)).load(ec2InstanceId, this.#tally)
  }

  /** Tasks by ARN; those that ECS has forgotten are left out. */
  async tasks(cluster: string, arns: readonly string[]): Promise<Task[]> {
    const gather = this.#shared.tasks(this.#short(cluster))
    const tasks = await Promise.all(arns.map(arn => gather.load(arn, this.#tally)))
    return tasks.filter(task => task !== undefined)
  }

  /** Tasks that are meant to run and were started by this name. `startedBy` must be ListTasks' only filter. */
  async tasksStartedBy(cluster: string, startedBy: string): Promise<Task[]> {
    return this.tasks(cluster, await this.#list(cluster, { startedBy }))
  }

  /** A family's tasks that are meant to run, or those that have stopped within about the last hour. */
  async tasksOfFamily(cluster: string, family: string, desiredStatus: 'RUNNING' | 'STOPPED'): Promise<Task[]> {
    return this.tasks(cluster, await this.#list(cluster, { family, desiredStatus }))
  }

  /** Tasks on a container instance that are meant to run. */
  async tasksOnInstance(cluster: string, containerInstance: string): Promise<Task[]> {
    return this.tasks(cluster, await this.#list(cluster, { containerInstance }))
  }

  /** A service's tasks that have stopped within about the last hour. */
  async stoppedTasksOfService(cluster: string, serviceName: string): Promise<Task[]> {
    return this.tasks(cluster, await this.#list(cluster, { serviceName, desiredStatus: 'STOPPED' }))
  }

  async #list(cluster: string, filter: Readonly<Record<string, string>>): Promise<string[]> {
    const key = JSON.stringify({ cluster: this.#short(cluster), ...filter })
    const arns = await this.#shared.taskLists.load(key, this.#tally)
    return arns ?? []
  }

  /** One cluster, one batch, however it is called. An ARN of another account or region is ECS's to refuse. */
  #short(cluster: string): string {
    const prefix = `arn:aws:ecs:${this.region}:${this.account}:cluster/`
    const ours = cluster.replace(/^arn:[\w-]+:/, 'arn:aws:').startsWith(prefix)
    return ours ? cluster.slice(cluster.lastIndexOf('/') + 1) : cluster
  }

  /** One and the same object for every view of this region in this run, to remember something by. */
  get run(): object {
    return this.#shared
  }

  /** The number of a family's newest INACTIVE revision; 0 without any. One call, where the family's name is no prefix. */
  async newestInactive(family: string): Promise<number> {
    let nextToken: string | undefined
    do {
      const page: CallOutput<'ListTaskDefinitions'> = await this.call('ListTaskDefinitions', {
        familyPrefix: family,
        status: 'INACTIVE',
        sort: 'DESC',
        maxResults: 100,
        ...(nextToken && { nextToken }),
      })
      const newest = page.taskDefinitionArns?.find(arn => arn.includes(`:task-definition/${family}:`))
      if (newest) return Number(newest.slice(newest.lastIndexOf(':') + 1))
      nextToken = page.nextToken
    } while (nextToken)
    return 0
  }

  /** ARNs of a family's ACTIVE revisions, newest first. */
  async revisions(family: string): Promise<string[]> {
    const arns: string[] = []
    let nextToken: string | undefined
    do {
      const page: CallOutput<'ListTaskDefinitions'> = await this.call('ListTaskDefinitions', {
        familyPrefix: family,
        status: 'ACTIVE',
        sort: 'DESC',
        maxResults: 100,
        ...(nextToken && { nextToken }),
      })
      arns.push(...(page.taskDefinitionArns ?? []))
      nextToken = page.nextToken
    } while (nextToken)
    // `familyPrefix` is documented as the full name; being sure costs nothing.
    return arns.filter(arn => arn.includes(`:task-definition/${family}:`))
  }
}

/** What every view of a region shares: the clients, the pace, the batches. */
class Shared {
  readonly settings: EcsSettings
  readonly clusters: BatchLoader<Cluster>
  readonly serviceDeployments: BatchLoader<ServiceDeployment>
  readonly serviceRevisions: BatchLoader<ServiceRevision>
  /** Calls that the role has no right to. */
  readonly refused = new Set<CallName>()
  readonly taskDefinitions: BatchLoader<DescribeTaskDefinitionCommandOutput>
  readonly taskLists: BatchLoader<string[]>
  account: string | undefined
  readonly time: ServerTime
  readonly #region: string
  readonly #pace: RateLimiter
  readonly #client: ECSClient
  readonly #services = new Map<string, BatchLoader<Service>>()
  readonly #instances = new Map<string, BatchLoader<ContainerInstance>>()
  readonly #tasks = new Map<string, BatchLoader<Task>>()

  constructor(region: string, settings: EcsSettings) {
    this.settings = settings
    this.time = new ServerTime(settings.clock)
    this.#region = region
    const places = placesOf.get(settings) ?? new Semaphore(settings.maxConcurrency)
    placesOf.set(settings, places)
    this.#pace = new RateLimiter(settings.clock, places)
    this.#client = new ECSClient({
      region,
      // Repeating is our own business: it waits by our clock, draws its tokens, gives way to others meanwhile, and knows
      // which calls must not be repeated blindly.
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout,
        requestTimeout: answerTimeout,
        throwOnRequestTimeout: true,
        httpsAgent: { maxSockets: settings.maxConcurrency },
      },
    })

    // Below the deserializer, which turns answers with an error into exceptions.
    this.#client.middlewareStack.add(
      next => async args => {
        const result = await next(args)
        this.time.learn(result.response)
        return result
      },
      { step: 'deserialize', priority: 'low', name: 'learnServerTime' },
    )

    this.clusters = new BatchLoader(100, async (names, tally) => {
      const { clusters, failures } = await this.call(
        'DescribeClusters',
        { clusters: [...names], include: ['TAGS', 'SETTINGS', 'CONFIGURATIONS', 'ATTACHMENTS'] },
        tally,
      )
      onlyMissing('DescribeClusters', failures)
      return new Map(clusters?.map(cluster => [cluster.clusterName ?? '', cluster]))
    })
    this.serviceDeployments = new BatchLoader(20, async (arns, tally) => {
      const { serviceDeployments, failures } = await this.call(
        'DescribeServiceDeployments',
        { serviceDeploymentArns: [...arns] },
        tally,
      )
      onlyMissing('DescribeServiceDeployments', failures)
      return new Map(serviceDeployments?.map(deployment => [deployment.serviceDeploymentArn ?? '', deployment]))
    })
    this.serviceRevisions = new BatchLoader(20, async (arns, tally) => {
      const { serviceRevisions, failures } = await this.call(
        'DescribeServiceRevisions',
        { serviceRevisionArns: [...arns] },
        tally,
      )
      onlyMissing('DescribeServiceRevisions', failures)
      return new Map(serviceRevisions?.map(revision => [revision.serviceRevisionArn ?? '', revision]))
    })
    this.taskDefinitions = new BatchLoader(1, async ([reference = ''], tally) => {
      try {
        const answer = await this.call(
          'DescribeTaskDefinition',
          { taskDefinition: reference, include: ['TAGS'] },
          tally,
        )
        // A family is asked for its latest ACTIVE revision; one by its number is answered whatever its status.
        const isFamily = !/:\d+$/.test(reference)
        if (isFamily && answer.taskDefinition?.status !== 'ACTIVE') return new Map()
        return new Map([[reference, answer]])
      } catch (error) {
        if (isEcs(error, 'Unable to describe task definition')) return new Map()
        throw error
      }
    })
    this.taskLists = new BatchLoader(1, async ([key = '{}'], tally) => {
      const arns: string[] = []
      let nextToken: string | undefined
      try {
        do {
          const page: CallOutput<'ListTasks'> = await this.call(
            'ListTasks',
            { ...JSON.parse(key), maxResults: 100, ...(nextToken && { nextToken }) },
            tally,
          )
          arns.push(...(page.taskArns ?? []))
          nextToken = page.nextToken
        } while (nextToken)
      } catch (error) {
        // In a cluster, or of a service, that is not there, nothing runs.
        if (!isEcs(error, 'ClusterNotFoundException', 'ServiceNotFoundException')) throw error
      }
      return new Map([[key, arns]])
    })
  }

  services(cluster: string): BatchLoader<Service> {
    return remember(this.#services, cluster, () => {
      return new BatchLoader(10, async (names, tally) => {
        try {
          const { services, failures } = await this.call(
            'DescribeServices',
            { cluster, services: [...names], include: ['TAGS'] },
            tally,
          )
          onlyMissing('DescribeServices', failures)
          return new Map(services?.map(service => [service.serviceName ?? '', service]))
        } catch (error) {
          if (isEcs(error, 'ClusterNotFoundException')) return new Map()
          throw error
        }
      })
    })
  }

  tasks(cluster: string): BatchLoader<Task> {
    return remember(this.#tasks, cluster, () => {
      return new BatchLoader(100, async (arns, tally) => {
        try {
          const { tasks, failures } = await this.call(
            'DescribeTasks',
            { cluster, tasks: [...arns], include: ['TAGS'] },
            tally,
          )
          onlyMissing('DescribeTasks', failures)
          return new Map(tasks?.map(task => [task.taskArn ?? '', task]))
        } catch (error) {
          if (isEcs(error, 'ClusterNotFoundException')) return new Map()
          throw error
        }
      })
    })
  }

  instances(cluster: string): BatchLoader<ContainerInstance> {
    return remember(this.#instances, cluster, () => {
      return new BatchLoader(50, async (ids, tally) => {
        const found = new Map<string, ContainerInstance>()
        try {
          let nextToken: string | undefined
          do {
            const page: CallOutput<'ListContainerInstances'> = await this.call(
              'ListContainerInstances',
              {
                cluster,
                filter: ids.length === 1 ? `ec2InstanceId == ${ids[0]}` : `ec2InstanceId in [${ids.join(', ')}]`,
                maxResults: 100,
                ...(nextToken && { nextToken }),
              },
              tally,
            )
            const arns = page.containerInstanceArns ?? []
            if (arns.length > 0) {
              const { containerInstances, failures } = await this.call(
                'DescribeContainerInstances',
                { cluster, containerInstances: arns },
                tally,
              )
              onlyMissing('DescribeContainerInstances', failures)
              for (const instance of containerInstances ?? []) {
                const id = instance.ec2InstanceId ?? ''
                found.set(id, newer(found.get(id), instance))
              }
            }
            nextToken = page.nextToken
          } while (nextToken)
        } catch (error) {
          if (!isEcs(error, 'ClusterNotFoundException')) throw error
        }
        return found
      })
    })
  }

  call<Name extends CallName>(name: Name, input: CallInput<Name>, tally: CallCounter): Promise<CallOutput<Name>>
  call(call: CallName | OwnCall, input: object, tally: CallCounter): Promise<object>
  async call(call: CallName | OwnCall, input: object, tally: CallCounter): Promise<object> {
    const { name, bucket, command, modifies, repeatable }: OwnCall | (Call & { name: CallName }) =
      typeof call === 'string' ? { name: call, ...calls[call] } : call
    // The row pairs each name with its command, and `Ecs.call` holds the input to that.
    const Command = command as new (input: object) => Parameters<ECSClient['send']>[0]
    const { clock, signal } = this.settings
    let inDoubt = false
    for (let throttled = 0, troubled = 0; ; ) {
      try {
        const answer = await this.#pace.schedule(
          bucket,
          () => {
            tally.calls++
            return this.#client.send(new Command(input))
          },
          signal,
        )
        this.account ??= accountIn(answer, input)
        return answer
      } catch (thrown) {
        if (signal?.aborted) throw signal.reason
        const error = ecsErrorOf(
          thrown,
          name,
          this.#region,
          process.env.AWS_ENDPOINT_URL_ECS ?? process.env.AWS_ENDPOINT_URL,
        )
        if (isDenied(error)) this.account ??= accountOfCaller(error.said)
        let backoff: number
        if (isThrottled(error)) {
          // Throttled calls were not carried out, so any of them may be repeated.
          if (++throttled >= throttleAttempts) throw inDoubt ? doubted(error) : error
          backoff = Math.min(20_000, 500 * 2 ** throttled)
        } else {
          const harmless = isUnreached(error) || clockWasWrong(thrown) || (error.unsure && (!modifies || repeatable))
          // What was refused at last may have been carried out at first, when the answer was lost.
          if (!harmless || ++troubled >= attempts) throw inDoubt ? doubted(error) : error
          inDoubt ||= error.unsure && modifies === true
          backoff = 100 * 2 ** troubled
        }
        await clock.sleep(backoff / 2 + Math.random() * (backoff / 2), signal)
      }
    }
  }
}

/** Codes of a signature that was made too early or too late. Source: the SDK's classification of service errors. */
const refusesTime = new Set([
  'AuthFailure',
  'InvalidSignatureException',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
])

/**
 * ECS refused the signature's time, and the client has set its clock by ECS's since. The client marks any error that it
 * has set its clock by, so the mark alone does not say that nothing was done.
 */
const clockWasWrong = (thrown: unknown): boolean => {
  const { name = '', $metadata } = (thrown ?? {}) as {
    readonly name?: string
    readonly $metadata?: { readonly clockSkewCorrected?: boolean }
  }
  return refusesTime.has(name) && $metadata?.clockSkewCorrected === true
}

/** An instance that registered twice leaves a disconnected twin behind: the connected one counts, or the younger one. */
function newer(one: ContainerInstance | undefined, other: ContainerInstance): ContainerInstance {
  if (!one) return other
  if (one.agentConnected !== other.agentConnected) return one.agentConnected ? one : other
  const [ours, theirs] = [one, other].map(({ registeredAt }) => registeredAt?.getTime() ?? 0) as [number, number]
  if (ours !== theirs) return ours > theirs ? one : other
  return (one.containerInstanceArn ?? '') > (other.containerInstanceArn ?? '') ? one : other
}

function remember<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key)
  if (known) return known
  const made = make()
  map.set(key, made)
  return made
}

/** MISSING means absent. Any other reason is an error that must not read as "not there". */
function onlyMissing(call: CallName, failures: readonly Failure[] | undefined): void {
  const failure = failures?.find(({ reason }) => reason !== 'MISSING')
  if (!failure) return
  const said = [failure.reason, failure.detail].filter(Boolean).join(': ')
  throw new EcsError(
    call,
    failure.reason ?? 'Failure',
    said,
    `ecs:${call}: ${failure.arn ?? 'something'}: ${said}`,
    false,
  )
}

/** A refusal names who was refused: `User: arn:aws:sts::123456789012:assumed-role/… is not authorized to …`. */
function accountOfCaller(said: string): string | undefined {
  return /arn:[\w-]+:(?:sts|iam)::(\d{12}):/.exec(said)?.[1] ?? ecsArn.exec(said)?.[1]
}

const ecsArn = /arn:[\w-]+:ecs:[\w-]+:(\d{12}):/

/**
 * The account in the ARN of what was answered: missing things are named by ARN too. Only ECS's own members count, the
 * outermost first, as texts further inside, such as tags, are somebody's words; and what is missing and was asked for by
 * ARN is named as it was asked for.
 */
function accountIn(answer: object, input: object): string | undefined {
  const asked = JSON.stringify(input)
  let level: unknown[] = [answer]
  for (let depth = 0; depth < 3 && level.length > 0; depth++) {
    for (const item of level) {
      for (const [key, value] of membersOf(item)) {
        const arns = /arns?$/i.test(key) ? [value].flat() : []
        const own = arns.find(
          arn => typeof arn === 'string' && ecsArn.test(arn) && !(key === 'arn' && asked.includes(arn)),
        )
        if (typeof own === 'string') return ecsArn.exec(own)?.[1]
      }
    }
    level = level.flatMap(item => membersOf(item).map(([, value]) => value))
  }
  return undefined
}

const membersOf = (value: unknown): [string, unknown][] =>
  typeof value !== 'object' || value === null || value instanceof Date
    ? []
    : Object.entries(value).filter(([key]) => key !== '$metadata')
