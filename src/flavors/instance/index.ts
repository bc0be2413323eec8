import type { Attribute, ContainerInstance, Task } from '@aws-sdk/client-ecs'
import { changeAt, type FoundChange } from '../../compare/change.ts'
import { ignoredPaths } from '../../compare/path.ts'
import type { Sensitivity } from '../../compare/sensitivity.ts'
import type { Ecs } from '../../ecs/client.ts'
import type { Diagnosis } from '../../engine/failure.ts'
import type { Comparison, Flavor, Observed } from '../../engine/flavor.ts'
import { type Particle, type Path, Unknown } from '../../particle.ts'
import { nameOf } from '../../schema/arn.ts'
import { untrusted } from '../../untrusted.ts'
import { plural } from '../../wording.ts'
import { vocabulary } from './vocabulary.ts'

/** A container instance as a manifest states it. An attribute whose value is null is to be removed. */
export interface InstanceDefinition {
  readonly cluster?: string
  readonly ec2InstanceId?: string
  readonly attributes?:
    | Readonly<Record<string, string | null>>
    | { readonly name: string; readonly value?: string | null }[]
}

type InstanceParticle = Particle<InstanceDefinition>

/** Attributes that ECS and its agent own: never compared, never written. */
const isProtected = (name: string): boolean =>
  name === 'instance-id' || name.startsWith('ecs.') || name.startsWith('com.amazonaws.ecs.')

/** PutAttributes and DeleteAttributes take ten at most. */
const attributesAtOnce = 10

interface StatedAttribute {
  readonly name: string
  /** null removes the attribute. */
  readonly value: string | null
  readonly at: Path
}

/** The attributes that a manifest may own, from a list or a map. */
function statedAttributes({ definition: { attributes } }: InstanceParticle): StatedAttribute[] {
  if (attributes instanceof Unknown) return []
  const all: StatedAttribute[] = Array.isArray(attributes)
    ? attributes.map(({ name, value = '' }, index) => ({ name, value, at: ['attributes', index, 'value'] }))
    : Object.entries(attributes ?? {}).map(([name, value]) => ({ name, value, at: ['attributes', name] }))
  return all.filter(({ name }) => !isProtected(name))
}

function differences(
  particle: InstanceParticle,
  live: ContainerInstance | undefined,
  sensitivity?: Sensitivity,
): FoundChange[] {
  const there = new Map(live?.attributes?.map(({ name = '', value = '' }) => [name, value]))
  const ignored = new Set(ignoredPaths(particle.options.ignore))
  const { attributes } = particle.definition
  // Which attributes are inherited from a particle that is yet to come is known only after apply.
  if (attributes instanceof Unknown && !ignored.has('attributes'))
    return [changeAt(['attributes'], { after: { ...attributes }, at: ['attributes'] })]
  return statedAttributes(particle).flatMap(({ name, value, at }): FoundChange[] => {
    if (ignored.has(`attributes[${name}]`) || ignored.has('attributes')) return []
    const before = there.get(name)
    if (value === null ? before === undefined : before === value) return []
    const [, index = ''] = at
    // A secret in a path would be shown.
    const steps = ['attributes', { in: sensitivity?.isSecret(['attributes', index, 'name']) ? index : name }]
    const wasSecret = sensitivity?.holdsSecret?.(before) || sensitivity?.wasSecret?.(['attributes', { in: name }])
    if (sensitivity?.isSecret(at) || (wasSecret && value === null))
      return [changeAt(steps, { sensitive: true, ...(value !== null && { at }), live: before })]
    const shown = before !== undefined && { ...(!wasSecret && { before }), live: before }
    return [changeAt(steps, { ...shown, ...(value !== null && { after: value, at }) })]
  })
}

/** Attributes that the manifest does not name are left alone. */
function unstatedAttributes(particle: InstanceParticle, { attributes = [] }: ContainerInstance): FoundChange[] {
  const named = new Set(statedAttributes(particle).map(({ name }) => name))
  return attributes.flatMap(({ name = '', value }) =>
    isProtected(name) || named.has(name) ? [] : [changeAt(['attributes', { in: name }], { live: value })],
  )
}

/** Why no task is placed on the instance and none can be drained from it: it can only be deregistered. */
function whyUnreachable({ agentConnected, status, statusReason }: ContainerInstance): string | undefined {
  if (agentConnected === false) return 'its agent is not connected'
  if (status !== 'REGISTRATION_FAILED') return undefined
  return `its registration failed${statusReason ? ` (${untrusted(statusReason)})` : ''}`
}

function observe(particle: InstanceParticle, live: ContainerInstance | undefined): Observed {
  if (!live) return { state: 'stopped' }
  const leaving = particle.desired !== 'running'
  const isDeregistered = leaving && deregisters(particle)
  if (whyUnreachable(live)) return { state: isDeregistered ? 'pending' : 'stopped' }
  if (live.status === 'DRAINING') {
    // Deregistering is a change in the plan, as waiting for drained tasks alone would not show it.
    if (isDeregistered) return { state: 'pending' }
    const left = tasksOn(live)
    return leaving && left > 0 ? { state: 'pending', unsettled: true, why: drains(left) } : { state: 'stopped' }
  }
  if (live.status === 'ACTIVE' || live.status === undefined) return { state: 'running' }
  // It can be drained only once it is registered: no mere wait for the registration brings it to its end.
  if (leaving && live.status === 'REGISTERING') return { state: 'pending' }
  return { state: 'pending', unsettled: true, why: `the instance is ${live.status}` }
}

/** An instance that is not there is no error: whether its agent joins is not up to an apply. */
function additions(
  particle: InstanceParticle,
  live: ContainerInstance | undefined,
  sensitivity: Sensitivity,
): Comparison {
  const { cluster, ec2InstanceId } = particle.definition
  const why = live && whyUnreachable(live)
  const absent = !live
    ? `${ec2InstanceId} is not registered in the cluster ${cluster}: nothing can be done until its agent joins`
    : live.agentConnected === false
      ? `the agent of ${ec2InstanceId} is not connected: nothing can be done until it is`
      : why && `${why}: nothing can be done until ${ec2InstanceId} is registered anew`
  if (absent) return { changes: [], absent }
  const status = changeAt(['status'], { before: live?.status ?? 'DRAINING', after: 'ACTIVE' })
  return { changes: [status, ...differences(particle, live, sensitivity)] }
}

function removalRisks(particle: InstanceParticle, live: ContainerInstance): string[] {
  const left = tasksOn(live)
  const why = whyUnreachable(live)
  if (why) return [`${why}: it is deregistered with ${plural(left, 'task')} that nobody can reach`]
  return [
    `it is drained, ${plural(left, 'running task')} must end or move`,
    ...(deregisters(particle) ? ['then it is deregistered'] : []),
  ]
}

/**
 * `ecs_instance`: an EC2 machine that has registered itself in a cluster. It can be drained and described by attributes.
 * Its status shows the end of each transition: it needs no memo.
 */
export const instance: Flavor<InstanceDefinition, ContainerInstance, void> = {
  ...vocabulary,

  calls: [
    'ListContainerInstances',
    'DescribeContainerInstances',
    'ListTasks',
    'DescribeTasks',
    'UpdateContainerInstancesState',
    'PutAttributes',
    'DeleteAttributes',
    'DeregisterContainerInstance',
  ],

  foundByName: true,

  assess: (particle, live, sensitivity) => ({
    observed: observe(particle, live),
    reference: particle.definition.ec2InstanceId,
    currentDefinition: live && { ...live },
    memo: undefined,
    additions: () => additions(particle, live, sensitivity),
    ...(live && {
      differences: () => ({ changes: differences(particle, live, sensitivity) }),
      unstated: () => unstatedAttributes(particle, live),
      removalRisks: () => removalRisks(particle, live),
    }),
  }),

  progress(particle, live, goal) {
    const status = `the instance is ${live?.status}`
    if (goal === 'running') {
      if (!live) return { is: 'failed', failure: goneMeanwhile }
      if (live.status === 'REGISTRATION_FAILED')
        return { is: 'failed', failure: { cause: whyUnreachable(live) ?? status } }
      return live.status === 'ACTIVE'
        ? { is: 'settled', because: status }
        : { is: 'moving', because: status, near: true }
    }
    if (!live) return { is: 'settled', because: 'no longer registered' }
    const why = whyUnreachable(live)
    if (why) return { is: 'settled', because: `${why}: nothing to drain` }
    if (live.status !== 'DRAINING') return { is: 'moving', because: status, near: true }
    const left = tasksOn(live)
    if (left > 0) return { is: 'moving', because: drains(left) }
    return { is: 'settled', because: deregisters(particle) ? 'drained and deregistered' : 'drained: no task is left' }
  },

  async describe({ definition: { cluster = 'default', ec2InstanceId } }, { ecs }) {
    // Nothing is registered under a name that is unknown until apply.
    if (typeof cluster !== 'string' || typeof ec2InstanceId !== 'string') return undefined
    return ecs.instance(cluster, ec2InstanceId)
  },

  async start(particle, live, context) {
    if (!live) throw new Error(`${particle.definition.ec2InstanceId} is not registered in the cluster`)
    if (live.status !== 'ACTIVE') await setStatus(particle, live, 'ACTIVE', context.ecs)
    await putAttributes(particle, live, differences(particle, live), context.ecs)
  },

  async update(particle, live, _changes, context) {
    // Compared again, as a hidden change holds no value to write.
    await putAttributes(particle, live, differences(particle, live), context.ecs)
  },

  async terminate(particle, live, { ecs, say, pause }) {
    const { cluster = 'default', ec2InstanceId = '' } = particle.definition
    let now: ContainerInstance | undefined = live
    if (now.status === 'REGISTERING') say('the instance is REGISTERING: it is drained after that')
    while (now?.status === 'REGISTERING') {
      await pause(2_000)
      now = await ecs.instance(cluster, ec2InstanceId)
    }
    // Only an ACTIVE instance can be set to DRAINING, and one without an agent has nothing to drain.
    if (now?.status === 'ACTIVE' && now.agentConnected !== false) await setStatus(particle, now, 'DRAINING', ecs)
  },

  async diagnose({ definition }, live, _memo, failure, { ecs }) {
    if (!live?.containerInstanceArn) return failure
    const filter = { containerInstance: live.containerInstanceArn }
    const tasks = await ecs.listedTasks(definition.cluster ?? 'default', filter)
    const details = tasks.map(task => {
      const who = task.group?.startsWith('service:') ? `of ${task.group}` : `that no service runs, ${startedBy(task)}`
      return `${nameOf(task.taskArn ?? '')} of ${nameOf(task.taskDefinitionArn ?? '')} is ${task.lastStatus}, ${who}`
    })
    return { ...failure, details }
  },

  async onEnded(particle, live, _memo, progress, context) {
    if (!live || particle.desired === 'running' || progress.is !== 'settled' || !deregisters(particle)) return
    const { cluster = 'default', ec2InstanceId = '' } = particle.definition
    try {
      await context.ecs.call('DeregisterContainerInstance', {
        cluster,
        containerInstance: live.containerInstanceArn,
        // ECS may still count tasks of an instance whose agent is lost, and would refuse without `force`.
        force: live.agentConnected === false,
      })
    } catch (error) {
      // An earlier try whose answer was lost, or someone else, may have deregistered the instance.
      const still = await context.ecs.instance(cluster, ec2InstanceId)
      if (still?.containerInstanceArn === live.containerInstanceArn) throw error
    }
  },
}

const deregisters = ({ options }: InstanceParticle): boolean => options.deregister === true

const goneMeanwhile: Diagnosis = {
  code: 'GoneMeanwhile',
  happened: 'is not registered any more',
  remedy: { kind: 'plan' },
}

/** Running and pending tasks of the instance. */
const tasksOn = (live: ContainerInstance): number => (live.runningTasksCount ?? 0) + (live.pendingTasksCount ?? 0)

const drains = (left: number): string =>
  `draining, ${plural(left, 'task')} left (those of services move, others stay until they end or are stopped)`

const startedBy = (task: Task): string => (task.startedBy ? `started by ${task.startedBy}` : 'started by hand')

async function setStatus(
  { definition }: InstanceParticle,
  live: ContainerInstance,
  status: 'ACTIVE' | 'DRAINING',
  ecs: Ecs,
): Promise<void> {
  const { failures = [] } = await ecs.call('UpdateContainerInstancesState', {
    cluster: definition.cluster ?? 'default',
    containerInstances: [live.containerInstanceArn ?? ''],
    status,
  })
  const [failure] = failures
  if (failure)
    throw new Error(
      `ECS did not set ${definition.ec2InstanceId} to ${status}: ${failure.reason ? untrusted(failure.reason) : 'no reason given'}`,
    )
}

async function putAttributes(
  { definition: { cluster = 'default' } }: InstanceParticle,
  live: ContainerInstance,
  changes: readonly FoundChange[],
  ecs: Ecs,
): Promise<void> {
  const attributeOf = ({ path, after }: FoundChange): Attribute => ({
    targetType: 'container-instance',
    targetId: live.containerInstanceArn,
    name: path.slice('attributes['.length, -1),
    ...(after !== undefined && after !== '' && { value: String(after) }),
  })
  const batches = (isPut: boolean): Attribute[][] => {
    const all = changes.filter(({ after }) => (after !== undefined) === isPut).map(attributeOf)
    const count = Math.ceil(all.length / attributesAtOnce)
    return Array.from({ length: count }, (_, n) => all.slice(n * attributesAtOnce, (n + 1) * attributesAtOnce))
  }
  for (const attributes of batches(true)) await ecs.call('PutAttributes', { cluster, attributes })
  for (const attributes of batches(false)) await ecs.call('DeleteAttributes', { cluster, attributes })
}
