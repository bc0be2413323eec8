import type { PlacementConstraint, PlacementStrategy, Resource, TaskOverride } from '@aws-sdk/client-ecs'
import { matchesQuery, tasksOn } from './query.ts'
import type { ClusterRecord, InstanceRecord, RevisionRecord, TaskRecord } from './region.ts'

/** What a task takes from the instance it runs on. */
export interface Needs {
  readonly cpu: number
  readonly memory: number
  readonly ports: readonly string[]
  readonly udpPorts: readonly string[]
}

export interface Wish {
  readonly needs: Needs
  readonly constraints: readonly PlacementConstraint[]
  readonly strategy: readonly PlacementStrategy[]
  readonly group: string
  readonly capacityProvider: string | undefined
}

export type Placed =
  | { readonly instance: InstanceRecord; readonly failures?: undefined }
  | { readonly instance?: undefined; readonly failures: readonly { instance: InstanceRecord; reason: string }[] }

export function needsOf({ definition }: RevisionRecord, overrides?: TaskOverride): Needs {
  const containers = definition.containerDefinitions ?? []
  const sum = (amounts: readonly (number | undefined)[]) =>
    amounts.reduce<number>((all, amount) => all + (amount ?? 0), 0)
  const fixed = (protocol: string) =>
    definition.networkMode === 'awsvpc'
      ? []
      : containers
          .flatMap(({ portMappings }) => portMappings ?? [])
          .filter(mapping => (mapping.hostPort ?? 0) > 0 && mapping.protocol === protocol)
          .map(({ hostPort }) => String(hostPort))
  return {
    cpu: Number(overrides?.cpu ?? definition.cpu ?? sum(containers.map(({ cpu }) => cpu))),
    memory: Number(
      overrides?.memory ??
        definition.memory ??
        sum(containers.map(({ memory, memoryReservation }) => memoryReservation ?? memory)),
    ),
    ports: fixed('tcp'),
    udpPorts: fixed('udp'),
  }
}

/** What an instance has in all, or has left: the four resources that ECS lists. */
export function resourcesOf(instance: InstanceRecord, left: boolean): Resource[] {
  const tasks = left ? tasksOn(instance).map(needsOfTask) : []
  const used = (of: (needs: Needs) => number) => tasks.reduce((all, needs) => all + of(needs), 0)
  return [
    { name: 'CPU', type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue: instance.cpu - used(({ cpu }) => cpu) },
    {
      name: 'MEMORY',
      type: 'INTEGER',
      doubleValue: 0,
      longValue: 0,
      integerValue: instance.memory - used(({ memory }) => memory),
    },
    {
      name: 'PORTS',
      type: 'STRINGSET',
      doubleValue: 0,
      longValue: 0,
      integerValue: 0,
      // What the host itself listens on.
      stringSetValue: ['22', '2375', '2376', '51678', '51679', ...tasks.flatMap(({ ports }) => ports)],
    },
    {
      name: 'PORTS_UDP',
      type: 'STRINGSET',
      doubleValue: 0,
      longValue: 0,
      integerValue: 0,
      stringSetValue: tasks.flatMap(({ udpPorts }) => udpPorts),
    },
  ]
}

/** The instance for one more task, or the reason why each does not fit. */
export function place(cluster: ClusterRecord, wish: Wish, on?: InstanceRecord): Placed {
  const candidates = [...cluster.instances.values()].filter(
    instance =>
      instance.status === 'ACTIVE' &&
      (on === undefined || instance === on) &&
      (wish.capacityProvider === undefined || instance.capacityProviderName === wish.capacityProvider),
  )
  const judged = candidates.map(instance => ({ instance, reason: objection(instance, wish) }))
  const free = judged.filter(({ reason }) => reason === undefined).map(({ instance }) => instance)
  const [best] = free.sort(better(wish))
  if (best) return { instance: best }
  return { failures: judged.map(({ instance, reason = '' }) => ({ instance, reason })) }
}

/** A task definition's own constraints are all of the kind memberOf. */
export function memberships(constraints: readonly { expression?: string | undefined }[] | undefined) {
  return (constraints ?? []).map(({ expression }) => ({ type: 'memberOf' as const, expression }))
}

function needsOfTask(task: TaskRecord): Needs {
  return needsOf(task.definition, task.wire.overrides)
}

function objection(instance: InstanceRecord, wish: Wish): string | undefined {
  if (!instance.agentConnected) return 'AGENT'
  const [cpu, memory, ports, udpPorts] = resourcesOf(instance, true)
  if ((cpu?.integerValue ?? 0) < wish.needs.cpu) return 'RESOURCE:CPU'
  if ((memory?.integerValue ?? 0) < wish.needs.memory) return 'RESOURCE:MEMORY'
  if (wish.needs.ports.some(port => ports?.stringSetValue?.includes(port))) return 'RESOURCE:PORTS'
  if (wish.needs.udpPorts.some(port => udpPorts?.stringSetValue?.includes(port))) return 'RESOURCE:PORTS_UDP'
  for (const { type, expression = '' } of wish.constraints) {
    if (type === 'memberOf' && !matchesQuery(instance, expression)) return 'MemberOf placement constraint unsatisfied.'
    if (type === 'distinctInstance' && tasksOn(instance).some(({ wire }) => wire.group === wish.group))
      return 'DistinctInstance placement constraint unsatisfied.'
  }
  return undefined
}

/** Fullest first for binpack, emptiest first otherwise; of equals the one registered first. */
function better(wish: Wish): (a: InstanceRecord, b: InstanceRecord) => number {
  const [first] = wish.strategy
  if (first?.type === 'binpack') {
    const index = first.field?.toLowerCase() === 'cpu' ? 0 : 1
    const left = (instance: InstanceRecord) => resourcesOf(instance, true)[index]?.integerValue ?? 0
    return (a, b) => left(a) - left(b)
  }
  const load = (instance: InstanceRecord) => tasksOn(instance).filter(({ wire }) => wire.group === wish.group).length
  return (a, b) => load(a) - load(b) || tasksOn(a).length - tasksOn(b).length
}
