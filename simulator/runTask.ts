import type {
  DescribeTasksRequest,
  DescribeTasksResponse,
  Failure,
  ListTasksRequest,
  ListTasksResponse,
  RunTaskRequest,
  RunTaskResponse,
  StopTaskRequest,
  Tag,
  Task,
} from '@aws-sdk/client-ecs'
import { clientException, EcsError, invalidParameter, serviceNotFound } from './errors.ts'
import {
  capacityUnavailable,
  checkFit,
  fargateIsFull,
  isOwn,
  networkOf,
  nextProvider,
  runsOnFargate,
  whereTo,
} from './launching.ts'
import { shortName } from './names.ts'
import { page } from './paging.ts'
import { memberships, needsOf, place } from './placement.ts'
import { type ClusterRecord, pace, type Region, type RunRecord, type TaskRecord, tagsIf, within } from './region.ts'
import { checkTags, mergeTags } from './tags.ts'
import { launchable, withValues } from './taskDefinitions.ts'
import { launch, stop } from './tasks.ts'
import { canonical } from './wire.ts'

const dayMs = 24 * 3600 * 1000

export function runTask(region: Region, input: RunTaskRequest): RunTaskResponse {
  const cluster = region.cluster(input.cluster)
  check(input)
  const { clientToken, ...parameters } = input
  const known = clientToken === undefined ? undefined : knownRun(region, cluster, clientToken)
  if (known) {
    if (known.parameters !== canonical(parameters))
      throw new EcsError('ConflictException', 'The request used an existing client token with other parameters.', 400, {
        resourceIds: known.tasks.map(({ arn }) => arn),
      })
    return { tasks: known.tasks.map(task => described(task, ['TAGS'])), failures: [] }
  }
  const { tasks, failures } = start(region, cluster, input)
  // A run that started nothing is not remembered: the same token may try again.
  if (clientToken !== undefined && tasks.length > 0)
    cluster.runs.set(clientToken, { parameters: canonical(parameters), at: region.clock.now, tasks })
  return { tasks: tasks.map(task => described(task, ['TAGS'])), failures }
}

export function stopTask(region: Region, input: StopTaskRequest): { task: Task } {
  const cluster = region.cluster(input.cluster)
  const task = cluster.tasks.get(within(cluster, input.task ?? ''))
  if (!task) throw invalidParameter('The referenced task was not found.')
  stop(region, task, input.reason ?? 'Task stopped by user', 'UserInitiated')
  task.tags = []
  return { task: described(task) }
}

export function listTasks(region: Region, input: ListTasksRequest): ListTasksResponse {
  const cluster = region.cluster(input.cluster)
  const { containerInstance, family, serviceName, launchType, desiredStatus, startedBy } = input
  if (startedBy !== undefined && [containerInstance, family, serviceName, launchType, desiredStatus].some(Boolean))
    throw invalidParameter('cannot specify startedBy with other arguments')
  if (serviceName !== undefined) {
    const service = cluster.services.get(shortName(serviceName))
    if (!service || service.status === 'INACTIVE') throw serviceNotFound()
  }
  const found = [...cluster.tasks.values()]
    .filter(({ createdAt }) => region.visible(createdAt))
    .filter(({ wire }) => wire.desiredStatus === (desiredStatus ?? 'RUNNING'))
    .filter(({ instance }) => containerInstance === undefined || instance?.id === within(cluster, containerInstance))
    .filter(({ definition }) => family === undefined || definition.family === family)
    .filter(({ wire }) => serviceName === undefined || wire.group === `service:${shortName(serviceName)}`)
    .filter(({ wire }) => launchType === undefined || wire.launchType === launchType)
    .filter(({ wire }) => startedBy === undefined || wire.startedBy === startedBy)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  const { items, nextToken } = page(found, input)
  return { taskArns: items.map(({ arn }) => arn), nextToken }
}

export function describeTasks(region: Region, input: DescribeTasksRequest): DescribeTasksResponse {
  const cluster = region.cluster(input.cluster)
  if (!input.tasks?.length) throw invalidParameter('Tasks cannot be empty.')
  if (input.tasks.length > 100) throw invalidParameter('Tasks cannot have more than 100 elements.')
  const tasks: Task[] = []
  const failures: Failure[] = []
  for (const name of new Set(input.tasks)) {
    const id = within(cluster, name)
    const task = cluster.tasks.get(id)
    if (task && region.visible(task.createdAt)) tasks.push(described(task, input.include))
    else failures.push({ arn: region.arn(`task/${cluster.name}/${id}`), reason: 'MISSING' })
  }
  return { tasks, failures }
}

function described(task: TaskRecord, include: readonly string[] = []): Task {
  return { ...task.wire, containers: task.containers.map(({ wire }) => wire), tags: tagsIf(include, task.tags) ?? [] }
}

function check(input: RunTaskRequest): void {
  const { count = 1, clientToken, startedBy, overrides, propagateTags } = input
  if (!Number.isInteger(count) || count < 1 || count > 10)
    throw invalidParameter('Number of tasks should be between 1 and 10.')
  if (clientToken !== undefined && !/^[!-~]{1,64}$/.test(clientToken))
    throw invalidParameter('clientToken must be up to 64 ASCII characters in the range of 33-126.')
  if (startedBy !== undefined && !/^[A-Za-z0-9\-_/]{0,128}$/.test(startedBy))
    throw invalidParameter('startedBy contains invalid characters, or more than 128 of them.')
  if (overrides && JSON.stringify(overrides).length > 8192)
    throw invalidParameter('Overrides length must be at most 8192.')
  if (propagateTags === 'NONE' || propagateTags === 'SERVICE')
    throw invalidParameter('propagateTags should be one of [TASK_DEFINITION]')
}

/** A token is remembered for a day, or for an hour after its last task has stopped, whichever is shorter. */
function knownRun(region: Region, cluster: ClusterRecord, token: string): RunRecord | undefined {
  const run = cluster.runs.get(token)
  if (!run) return undefined
  const now = region.clock.now
  const ended = run.tasks.every(({ stoppedAt }) => stoppedAt !== undefined && now >= stoppedAt + pace.remembered * 1000)
  return now >= run.at + dayMs || ended ? undefined : run
}

function start(
  region: Region,
  cluster: ClusterRecord,
  input: RunTaskRequest,
): { tasks: TaskRecord[]; failures: Failure[] } {
  const definition = launchable(region, input.taskDefinition ?? '')
  const known = new Set(definition.definition.containerDefinitions?.map(({ name }) => name))
  for (const { name = '' } of input.overrides?.containerOverrides ?? [])
    if (!known.has(name))
      throw invalidParameter(`Override for container named ${name} is not a container in the TaskDefinition.`)
  const overrides = input.overrides && {
    ...input.overrides,
    containerOverrides: input.overrides.containerOverrides?.map(one =>
      one.environment ? { ...one, environment: withValues(one.environment) } : one,
    ),
  }
  const where = whereTo(cluster, input)
  const network = networkOf(input.networkConfiguration)
  checkFit(definition, where, network)
  const onFargate = runsOnFargate(where)
  const eligible = [...cluster.instances.values()].filter(({ status }) => status === 'ACTIVE')
  if (!onFargate && eligible.length === 0) throw invalidParameter('No Container Instances were found in your cluster.')
  const tags = launchTags(cluster, checkTags(input.tags), input, definition.tags)
  const tasks: TaskRecord[] = []
  const failures = new Map<string, Failure>()
  const used = new Map<string, number>()
  for (let count = input.count ?? 1; count > 0; count--) {
    const provider = nextProvider(where.strategy, used)
    const base = {
      cluster,
      definition,
      capacityProviderName: provider,
      group: input.group ?? `family:${definition.family}`,
      startedBy: input.startedBy,
      deployment: undefined,
      networkConfiguration: network,
      overrides,
      platformVersion: input.platformVersion,
      enableExecuteCommand: input.enableExecuteCommand ?? false,
    }
    if (onFargate) {
      if (fargateIsFull(region)) {
        // With some tasks under way the rest is a failure; with none it is an error.
        if (tasks.length === 0) throw clientException(`${capacityUnavailable}`)
        failures.set('fargate', { reason: capacityUnavailable })
        break
      }
      tasks.push(launch(region, { ...base, instance: undefined, launchType: 'FARGATE', tags: [...tags] }))
    } else {
      const wish = {
        needs: needsOf(definition, input.overrides),
        constraints: [
          ...(input.placementConstraints ?? []),
          ...memberships(definition.definition.placementConstraints),
        ],
        strategy: input.placementStrategy ?? [],
        group: base.group,
        capacityProvider: provider !== undefined && isOwn(provider) ? provider : undefined,
      }
      const refusal = region.placementRefusal
      const placed =
        refusal === undefined
          ? place(cluster, wish)
          : { failures: eligible.map(instance => ({ instance, reason: refusal })) }
      if (placed.instance)
        tasks.push(launch(region, { ...base, instance: placed.instance, launchType: 'EC2', tags: [...tags] }))
      else for (const { instance, reason } of placed.failures) failures.set(instance.arn, { arn: instance.arn, reason })
    }
    if (provider) used.set(provider, (used.get(provider) ?? 0) + 1)
  }
  return { tasks, failures: [...failures.values()] }
}

function launchTags(cluster: ClusterRecord, own: Tag[], input: RunTaskRequest, ofDefinition: Tag[]): Tag[] {
  return mergeTags(
    input.propagateTags === 'TASK_DEFINITION' ? ofDefinition : [],
    own,
    input.enableECSManagedTags ? [{ key: 'aws:ecs:clusterName', value: cluster.name }] : [],
  )
}
