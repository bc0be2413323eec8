import type {
  Attribute,
  DeleteAttributesRequest,
  DeleteAttributesResponse,
  ListAttributesRequest,
  ListAttributesResponse,
  PutAttributesRequest,
  PutAttributesResponse,
} from '@aws-sdk/client-ecs'
import { EcsError, invalidParameter, targetNotFound } from './errors.ts'
import { page } from './paging.ts'
import { type ClusterRecord, type InstanceRecord, type Region, within } from './region.ts'

const mostInACall = 10
const mostOfAResource = 50

export function putAttributes(region: Region, input: PutAttributesRequest): PutAttributesResponse {
  const cluster = region.cluster(input.cluster)
  const changes = addressed(cluster, input.attributes)
  for (const { attribute } of changes) check(attribute)
  for (const { instance, attribute } of changes) {
    const own = instance.attributes.filter(({ name }) => !isReserved(name ?? '') && name !== attribute.name)
    if (own.length >= mostOfAResource)
      throw new EcsError('AttributeLimitExceededException', `You can have at most ${mostOfAResource} attributes.`)
    instance.attributes = instance.attributes.filter(({ name }) => name !== attribute.name)
    instance.attributes.push({ name: attribute.name, ...(attribute.value !== undefined && { value: attribute.value }) })
  }
  return { attributes: changes.map(full) }
}

export function deleteAttributes(region: Region, input: DeleteAttributesRequest): DeleteAttributesResponse {
  const cluster = region.cluster(input.cluster)
  const changes = addressed(cluster, input.attributes)
  for (const { attribute } of changes)
    if (isReserved(attribute.name ?? '')) throw invalidParameter('Reserved attributes cannot be deleted.')
  for (const { instance, attribute } of changes)
    instance.attributes = instance.attributes.filter(
      ({ name, value }) => name !== attribute.name || (attribute.value !== undefined && value !== attribute.value),
    )
  return { attributes: changes.map(full) }
}

export function listAttributes(region: Region, input: ListAttributesRequest): ListAttributesResponse {
  if (input.targetType !== 'container-instance')
    throw invalidParameter('target-type should be one of [container-instance]')
  const found = [...region.cluster(input.cluster).instances.values()]
    .flatMap(instance => instance.attributes.map(attribute => full({ instance, attribute })))
    .filter(({ name }) => input.attributeName === undefined || name === input.attributeName)
    .filter(({ value }) => input.attributeValue === undefined || value === input.attributeValue)
  const { items, nextToken } = page(found, input)
  return { attributes: items, nextToken }
}

interface Addressed {
  readonly instance: InstanceRecord
  readonly attribute: Attribute
}

function addressed(cluster: ClusterRecord, attributes: readonly Attribute[] | undefined): Addressed[] {
  if (!attributes?.length) throw invalidParameter('attributes cannot be empty.')
  if (attributes.length > mostInACall) throw invalidParameter(`attributes can have at most ${mostInACall} items.`)
  return attributes.map(attribute => {
    if (attribute.targetId === undefined) throw invalidParameter('targetId cannot be empty.')
    const instance = cluster.instances.get(within(cluster, attribute.targetId))
    // A short id does not show its kind; an ARN does.
    if (!instance || (attribute.targetType === undefined && !attribute.targetId.startsWith('arn:')))
      throw targetNotFound(attribute.targetId)
    return { instance, attribute }
  })
}

function check({ name = '', value = '' }: Attribute): void {
  if (!/^[A-Za-z0-9\-_./\\]{1,128}$/.test(name))
    throw invalidParameter(`Attribute name ${name} contains invalid characters.`)
  if (value.length > 128 || !/^[A-Za-z0-9\-_.@:/\\ ]*$/.test(value) || value !== value.trim())
    throw invalidParameter(`Attribute value ${value} contains invalid characters.`)
  if (isReserved(name)) throw invalidParameter(`Attribute name ${name} is reserved.`)
}

const isReserved = (name: string) =>
  name === 'instance-id' || name.startsWith('ecs.') || name.startsWith('com.amazonaws.ecs.')

const full = ({ instance, attribute }: Addressed): Attribute => ({
  name: attribute.name,
  ...(attribute.value !== undefined && { value: attribute.value }),
  targetType: 'container-instance',
  targetId: instance.arn,
})
