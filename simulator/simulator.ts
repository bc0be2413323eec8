import { Buckets } from './buckets.ts'
import { Clock } from './clock.ts'
import { accessDenied, EcsError, serverException, throttling } from './errors.ts'
import { type Fault, Faults, type Injection } from './faults.ts'
import { type Behaviour, Images } from './images.ts'
import { addInstance, type NewInstance } from './instances.ts'
import { ecsArn, partitionOf, shortName } from './names.ts'
import { operationOf } from './operations.ts'
import { type Capacity, type HookStatus, Region, type TaskRecord } from './region.ts'
import { reconcile, taskChanged, wakeServices } from './scheduler.ts'
import { makeTaskSet, type NewTaskSet } from './taskSets.ts'
import { exitContainer } from './tasks.ts'
import { operationExists, parseInput } from './validation.ts'
import { toWire } from './wire.ts'

export interface SimulatorOptions {
  /** 123456789012 by default. */
  readonly accountId?: string
  /** When virtual time begins: now by default. */
  readonly start?: Date
  /** Virtual seconds per real second. With 0, the default, time rests until `advance` or `sleep`. */
  readonly speed?: number
  /** Virtual seconds that pass with every request. */
  readonly stepSeconds?: number
  /** Whether the documented token buckets hold calls back: true by default. */
  readonly throttling?: boolean
  /** Virtual seconds for which reads still miss a service or task that was just made: 0 by default. */
  readonly consistencySeconds?: number
  /** Whether lists whose order means nothing are answered in another one: true by default. */
  readonly reorder?: boolean
}

/** One call and its answer. */
export interface Call {
  readonly operation: string
  readonly region: string
  /** As it came over the wire. */
  readonly input: unknown
  /** Virtual milliseconds since the epoch. */
  readonly at: number
  /** The HTTP status; 0 when the connection was cut or nothing was answered. */
  status: number
  /** The error's name, when it was no success. */
  error?: string
  /** The fault that was injected into it. */
  fault?: Fault['kind']
}

/** What to do with the connection. */
export type Reply =
  | { readonly status: number; readonly body: unknown; readonly text?: string; readonly delaySeconds?: number }
  | { readonly cut: true }
  | { readonly silent: true }

/** The control plane of one account: all its regions, its clock, and the ways to disturb it. */
export class Simulator {
  readonly accountId: string
  readonly clock: Clock
  /** Every call so far, oldest first. */
  readonly calls: Call[] = []
  readonly #options: SimulatorOptions
  readonly #regions = new Map<string, Region>()
  readonly #images = new Images()
  readonly #faults = new Faults()
  readonly #buckets = new Buckets()
  #denied: readonly string[] = []
  #throttling: boolean
  #consistencySeconds: number

  constructor(options: SimulatorOptions = {}) {
    this.#options = options
    this.accountId = options.accountId ?? '123456789012'
    this.clock = new Clock(options.start?.getTime() ?? Date.now(), options.speed ?? 0)
    this.#throttling = options.throttling ?? true
    this.#consistencySeconds = options.consistencySeconds ?? 0
  }

  /** Answers one request. `body` is the parsed JSON of the wire. */
  handle(region: string, operation: string, body: unknown): Reply {
    this.clock.catchUp()
    if (this.#options.stepSeconds) this.clock.advance(this.#options.stepSeconds * 1000)
    const call: Call = { operation, region, input: body, at: this.clock.now, status: 0 }
    this.calls.push(call)
    const fault = this.#faults.strike(region, operation, body)
    if (fault) call.fault = fault.kind
    if (fault?.kind === 'reset') return { cut: true }
    if (fault?.kind === 'hang') return { silent: true }
    const answer = this.#answer(call, fault)
    call.status = answer.status
    if (fault?.kind === 'lose') return { cut: true }
    if (fault?.kind === 'garble') return { ...answer, text: fault.body }
    return fault?.kind === 'delay' ? { ...answer, delaySeconds: fault.seconds } : answer
  }

  #answer(call: Call, fault: Fault | undefined): { status: number; body: unknown } {
    try {
      const answer = this.#work(call, fault)
      return { status: 200, body: toWire(answer, this.#options.reorder ?? true) }
    } catch (error) {
      if (!(error instanceof EcsError)) throw error
      call.error = error.name
      return { status: error.status, body: { __type: error.name, message: error.message, ...error.members } }
    }
  }

  #work({ operation, region: regionName, input: body }: Call, fault: Fault | undefined): object {
    if (fault?.kind === 'throttle') throw throttling()
    if (fault?.kind === 'unavailable') throw serverException(fault.status)
    if (fault?.kind === 'error') throw new EcsError(fault.name, fault.message ?? '', fault.status, fault.members)
    if (!operationExists(operation)) throw new EcsError('UnknownOperationException', '')
    if (this.#throttling && !this.#buckets.take(regionName, operation, this.clock.now)) throw throttling()
    if (fault?.kind === 'deny' || this.#denies(operation)) throw this.#refusal(regionName, operation, body)
    const run = operationOf(operation)
    if (!run) throw new EcsError('UnknownOperationException', `${operation} is not simulated.`)
    return run(this.region(regionName), parseInput(operation, body))
  }

  region(name = 'us-east-1'): Region {
    const known = this.#regions.get(name)
    if (known) return known
    const region = new Region({
      name,
      accountId: this.accountId,
      clock: this.clock,
      images: this.#images,
      consistencySeconds: () => this.#consistencySeconds,
    })
    region.taskChanged = task => taskChanged(region, task)
    region.reconcile = service => reconcile(region, service)
    this.#regions.set(name, region)
    return region
  }

  /** Lets virtual seconds pass, with everything that happens in them. */
  advance(seconds: number): void {
    this.clock.catchUp()
    this.clock.advance(seconds * 1000)
  }

  /** How containers of matching images behave from now on. `*` stands for anything. */
  behave(image: string | RegExp, behaviour: Behaviour | readonly Behaviour[]): void {
    this.#images.behave(image, behaviour)
  }

  registerContainerInstance(instance: NewInstance): { containerInstanceArn: string; ec2InstanceId: string } {
    const { arn, ec2InstanceId } = addInstance(this.region(instance.region), instance)
    return { containerInstanceArn: arn, ec2InstanceId }
  }

  /** Connects or disconnects an instance's agent, by its id or ARN. */
  setAgentConnected(instance: string, connected: boolean, region?: string): void {
    for (const cluster of this.region(region).clusters.values())
      for (const record of cluster.instances.values())
        if (record.id === shortName(instance) || record.ec2InstanceId === instance) {
          record.agentConnected = connected
          wakeServices(this.region(region), cluster)
        }
  }

  /**
   * A capacity provider of container instances that clusters may use, besides FARGATE and FARGATE_SPOT. With a `cluster`
   * one of Managed Instances in that cluster; else of an Auto Scaling group, as which it is described once a cluster
   * associates it.
   */
  registerCapacityProvider(name: string, region?: string, cluster?: string): void {
    const { capacityProviders, clusters } = this.region(region)
    capacityProviders.set(name, { cluster, isAutoScaling: false })
    if (cluster === undefined) return
    const record = clusters.get(cluster)
    if (!record) throw new Error(`There is no cluster ${cluster}`)
    record.capacityProviders = [...record.capacityProviders, name]
  }

  /** How many tasks Fargate can hold. */
  setCapacity(capacity: Partial<Capacity>, region?: string): void {
    Object.assign(this.region(region).capacity, capacity)
  }

  /** Why no container instance of the region may take another task, such as `ATTRIBUTE`; undefined: they may. */
  refusePlacement(reason: string | undefined, region?: string): void {
    this.region(region).placementRefusal = reason
  }

  /** Makes a running task's first essential container, or the named one, exit now. */
  exitTask(task: string, exitCode = 0, options: { container?: string; reason?: string; region?: string } = {}): void {
    const record = this.findTask(task, options.region)
    if (!record) throw new Error(`There is no task ${task}`)
    exitContainer(this.region(options.region), record, exitCode, options.container, options.reason)
  }

  findTask(task: string, region?: string): TaskRecord | undefined {
    for (const { tasks } of this.region(region).clusters.values()) {
      const found = tasks.get(shortName(task))
      if (found) return found
    }
    return undefined
  }

  /** Another tool makes a task set of a service with the deployment controller EXTERNAL, and makes it the primary one. */
  makeTaskSet(taskSet: NewTaskSet, region?: string): void {
    makeTaskSet(this.region(region), taskSet)
  }

  /** A CloudWatch alarm goes off, or calms down. */
  setAlarm(name: string, on: boolean, region?: string): void {
    const { alarms, clusters } = this.region(region)
    if (on) alarms.add(name)
    else alarms.delete(name)
    for (const cluster of clusters.values()) wakeServices(this.region(region), cluster)
  }

  /** What a function that lifecycle hooks call answers from now on. */
  setHookStatus(functionArn: string, status: HookStatus, region?: string): void {
    this.region(region).hookStatuses.set(functionArn, status)
  }

  inject(injection: Injection): void {
    this.#faults.inject(injection)
  }

  clearFaults(): void {
    this.#faults.clear()
  }

  /** The actions that the caller has no right to, such as `ecs:RunTask`, `ecs:Describe*` or `*`; replaces the list before. */
  deny(actions: readonly string[]): void {
    this.#denied = actions
  }

  setThrottling(on: boolean): void {
    this.#throttling = on
  }

  setConsistencySeconds(seconds: number): void {
    this.#consistencySeconds = seconds
  }

  #denies(operation: string): boolean {
    return this.#denied.some(action => {
      const pattern = action
        .replace(/^ecs:/, '')
        .split('*')
        .map(part => part.replace(/\W/g, ''))
      return new RegExp(`^${pattern.join('.*')}$`).test(operation)
    })
  }

  #refusal(region: string, operation: string, body: unknown): EcsError {
    const principal = `arn:${partitionOf(region)}:sts::${this.accountId}:assumed-role/simulated/session`
    const { cluster } = (body ?? {}) as { cluster?: unknown }
    const resource = typeof cluster === 'string' ? ecsArn(region, this.accountId, `cluster/${shortName(cluster)}`) : '*'
    return accessDenied(principal, operation, resource)
  }
}
