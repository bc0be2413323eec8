/**
 * Batched reads: one loader for each kind of resource, with as many keys in a call as the ECS API reference allows. What
 * is missing has no answer; any other failure is thrown as an `EcsError`.
 */

import type * as sdk from '@aws-sdk/client-ecs'
import { type Answers, BatchLoader, type Send } from './batch.ts'
import type { CallName } from './calls.ts'
import { EcsError, isEcs, isNotFound } from './errors.ts'
import type { Transport } from './transport.ts'

type Connection = Pick<Transport, 'call'>

/** Clusters by name; INACTIVE ones as well. */
export const clusters = (ecs: Connection): BatchLoader<sdk.Cluster> =>
  new BatchLoader(100, async (names, counter) => {
    const include: sdk.ClusterField[] = ['TAGS', 'SETTINGS', 'CONFIGURATIONS', 'ATTACHMENTS']
    const answer = await ecs.call('DescribeClusters', { clusters: names, include }, counter)
    return found('DescribeClusters', answer, answer.clusters, ({ clusterName }) => clusterName)
  })

/** By name. An answer holds ten at most. */
export const capacityProviders = (ecs: Connection): BatchLoader<sdk.CapacityProvider> =>
  new BatchLoader(10, async (names, counter) => {
    const answer = await ecs.call('DescribeCapacityProviders', { capacityProviders: names }, counter)
    return found('DescribeCapacityProviders', answer, answer.capacityProviders, ({ name }) => name)
  })

/** By name; INACTIVE services as well. */
export const services = (ecs: Connection, cluster: string): BatchLoader<sdk.Service> =>
  inCluster(10, async (names, counter) => {
    const answer = await ecs.call('DescribeServices', { cluster, services: names, include: ['TAGS'] }, counter)
    return found('DescribeServices', answer, answer.services, ({ serviceName }) => serviceName)
  })

/** By ARN. ECS forgets them after 90 days. */
export const serviceDeployments = (ecs: Connection): BatchLoader<sdk.ServiceDeployment> =>
  ofServices(async (arns, counter) => {
    const answer = await ecs.call('DescribeServiceDeployments', { serviceDeploymentArns: arns }, counter)
    const keyOf = ({ serviceDeploymentArn }: sdk.ServiceDeployment) => serviceDeploymentArn
    return found('DescribeServiceDeployments', answer, answer.serviceDeployments, keyOf)
  })

/** By ARN. */
export const serviceRevisions = (ecs: Connection): BatchLoader<sdk.ServiceRevision> =>
  ofServices(async (arns, counter) => {
    const answer = await ecs.call('DescribeServiceRevisions', { serviceRevisionArns: arns }, counter)
    const keyOf = ({ serviceRevisionArn }: sdk.ServiceRevision) => serviceRevisionArn
    return found('DescribeServiceRevisions', answer, answer.serviceRevisions, keyOf)
  })

/** By family, for its latest ACTIVE revision, or by `family:revision` or ARN, for that revision in any status. */
export const taskDefinitions = (ecs: Connection): BatchLoader<sdk.DescribeTaskDefinitionCommandOutput> =>
  new BatchLoader(1, async ([reference = ''], counter) => {
    try {
      const answer = await ecs.call('DescribeTaskDefinition', { taskDefinition: reference, include: ['TAGS'] }, counter)
      const isFamily = !/:\d+$/.test(reference)
      if (isFamily && answer.taskDefinition?.status !== 'ACTIVE') return new Map()
      return new Map([[reference, answer]])
    } catch (error) {
      if (isEcs(error, 'Unable to describe task definition')) return new Map()
      throw error
    }
  })

/** By ARN. ECS forgets a stopped task after about an hour. */
export const tasks = (ecs: Connection, cluster: string): BatchLoader<sdk.Task> =>
  inCluster(100, async (arns, counter) => {
    const answer = await ecs.call('DescribeTasks', { cluster, tasks: arns, include: ['TAGS'] }, counter)
    return found('DescribeTasks', answer, answer.tasks, ({ taskArn }) => taskArn)
  })

/** ARNs of tasks, by the JSON of ListTasks' input. */
export const taskLists = (ecs: Connection): BatchLoader<readonly string[]> =>
  new BatchLoader(1, async ([key = '{}'], counter) => {
    const arns: string[] = []
    try {
      for await (const { taskArns = [] } of pages(page =>
        ecs.call('ListTasks', { ...JSON.parse(key), ...page }, counter),
      ))
        arns.push(...taskArns)
    } catch (error) {
      // In a cluster, or of a service, that is not there, nothing runs.
      if (!isEcs(error, 'ClusterNotFoundException', 'ServiceNotFoundException')) throw error
    }
    return new Map([[key, arns]])
  })

/** Container instances by the ids of their EC2 instances. */
export const instances = (ecs: Connection, cluster: string): BatchLoader<sdk.ContainerInstance> =>
  inCluster(50, async (ids, counter) => {
    const filter = ids.length === 1 ? `ec2InstanceId == ${ids[0]}` : `ec2InstanceId in [${ids.join(', ')}]`
    const byId = new Map<string, sdk.ContainerInstance>()
    for await (const { containerInstanceArns: arns = [] } of pages(page =>
      ecs.call('ListContainerInstances', { cluster, filter, ...page }, counter),
    )) {
      if (arns.length === 0) continue
      const answer = await ecs.call('DescribeContainerInstances', { cluster, containerInstances: arns }, counter)
      const keyOf = ({ containerInstanceArn }: sdk.ContainerInstance) => containerInstanceArn
      const described = found('DescribeContainerInstances', answer, answer.containerInstances, keyOf)
      for (const instance of described.values()) {
        const id = instance.ec2InstanceId ?? ''
        byId.set(id, inUse(byId.get(id), instance))
      }
    }
    return byId
  })

/** An instance that registered twice has left a disconnected twin: the connected one counts, or the younger one. */
function inUse(one: sdk.ContainerInstance | undefined, other: sdk.ContainerInstance): sdk.ContainerInstance {
  if (!one) return other
  if (one.agentConnected !== other.agentConnected) return one.agentConnected ? one : other
  const age =
    (one.registeredAt?.getTime() ?? 0) - (other.registeredAt?.getTime() ?? 0) ||
    ((one.containerInstanceArn ?? '') > (other.containerInstanceArn ?? '') ? 1 : -1)
  return age > 0 ? one : other
}

/** Pages of a list, a hundred items each, which is the most that ECS's list calls answer. Throws what `list` throws. */
export async function* pages<Page extends { readonly nextToken?: string | undefined }>(
  list: (page: { readonly maxResults: number; readonly nextToken?: string }) => Promise<Page>,
): AsyncGenerator<Page, void> {
  let nextToken: string | undefined
  do {
    const page: Page = await list({ maxResults: 100, ...(nextToken && { nextToken }) })
    yield page
    nextToken = page.nextToken
  } while (nextToken)
}

/** Items by key. The reason MISSING means absent; a failure for any other reason must not read as "not there". */
function found<Item>(
  call: CallName,
  { failures }: { readonly failures?: readonly sdk.Failure[] | undefined },
  items: readonly Item[] | undefined,
  keyOf: (item: Item) => string | undefined,
): Answers<Item> {
  const failure = failures?.find(({ reason }) => reason !== 'MISSING')
  if (!failure) return new Map(items?.map(item => [keyOf(item) ?? '', item]))
  const { reason: code = 'Failure', detail, arn = 'something' } = failure
  const said = [failure.reason, detail].filter(Boolean).join(': ')
  throw new EcsError({ call, code, said, message: `ecs:${call}: ${arn}: ${said}`, unsure: false })
}

/** Reads what services leave behind. ECS refuses the others of a call with one whose cluster or service has gone. */
const ofServices = <Item>(read: Send<Item>): BatchLoader<Item> => new BatchLoader(20, read, isNotFound)

/** Reads what is in a cluster. A cluster that does not exist has no services, tasks or instances. */
const inCluster = <Item>(size: number, read: Send<Item>): BatchLoader<Item> =>
  new BatchLoader(size, async (keys, counter) => {
    try {
      return await read(keys, counter)
    } catch (error) {
      if (isEcs(error, 'ClusterNotFoundException')) return new Map()
      throw error
    }
  })
