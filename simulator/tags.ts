import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  Tag,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-ecs'
import { clientException, clusterNotFound, invalidParameter, serviceNotFound } from './errors.ts'
import type { Region, Tagged } from './region.ts'

const limit = 50
const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/** ECS's checks of tags. */
export function checkTags(tags: readonly Tag[] | undefined, refuse = invalidParameter): Tag[] {
  const seen = new Set<string>()
  for (const { key = '', value = '' } of tags ?? []) {
    if (key.length < 1 || key.length > 128) throw refuse('Tag key must be between 1 and 128 characters long.')
    if (value.length > 256) throw refuse('Tag value must be at most 256 characters long.')
    if (!allowed.test(key) || !allowed.test(value))
      throw refuse(
        'Some tags contain invalid characters. Valid characters are UTF-8 letters, spaces, numbers and _ . / = + - : @',
      )
    if (/^aws:/i.test(key)) throw refuse('Tag keys must not start with the reserved prefix aws:')
    if (seen.has(key)) throw refuse('Duplicate tag keys are not allowed.')
    seen.add(key)
  }
  if (seen.size > limit) throw refuse(`Too many tags. The limit is ${limit} tags for each resource.`)
  return structuredClone(tags ? [...tags] : [])
}

/** The newer tags win. */
export function mergeTags(...lists: ReadonlyArray<readonly Tag[] | undefined>): Tag[] {
  const merged = new Map<string, Tag>()
  for (const list of lists) for (const tag of list ?? []) merged.set(tag.key ?? '', { ...tag })
  return [...merged.values()]
}

export function tagResource(region: Region, input: TagResourceRequest): object {
  const resource = find(region, input.resourceArn ?? '')
  const merged = mergeTags(resource.tags, checkTags(input.tags))
  if (merged.filter(({ key }) => !key?.startsWith('aws:')).length > limit)
    throw invalidParameter(`Too many tags. The limit is ${limit} tags for each resource.`)
  resource.tags = merged
  return {}
}

export function untagResource(region: Region, input: UntagResourceRequest): object {
  const resource = find(region, input.resourceArn ?? '')
  resource.tags = resource.tags.filter(({ key }) => !input.tagKeys?.includes(key ?? ''))
  return {}
}

export function listTagsForResource(region: Region, input: ListTagsForResourceRequest): ListTagsForResourceResponse {
  return { tags: find(region, input.resourceArn ?? '').tags }
}

function find(region: Region, arn: string): Tagged {
  const [, kind = '', path = ''] = /^arn:[^:]+:ecs:[^:]+:\d{12}:([a-z-]+)\/(.+)$/.exec(arn) ?? []
  const [cluster = '', name = ''] = path.split('/')
  switch (kind) {
    case 'cluster': {
      const found = region.clusters.get(cluster)
      if (!found || found.status === 'INACTIVE') throw clusterNotFound()
      return found
    }
    case 'service': {
      const found = region.clusters.get(cluster)?.services.get(name)
      if (!found || found.status === 'INACTIVE') throw serviceNotFound()
      return found
    }
    case 'task': {
      const found = region.clusters.get(cluster)?.tasks.get(name)
      if (!found) throw invalidParameter('The specified task does not exist. Specify a valid task and try again.')
      return found
    }
    case 'container-instance': {
      const found = region.clusters.get(cluster)?.instances.get(name)
      if (!found)
        throw invalidParameter(
          'The specified container instance does not exist. Specify a valid container instance and try again.',
        )
      return found
    }
    case 'task-definition': {
      const [family = '', revision] = path.split(':')
      const found = region.families.get(family)?.find(known => known.revision === Number(revision))
      if (!found)
        throw clientException(
          'The specified task definition does not exist. Specify a valid account, family, revision and try again.',
        )
      return found
    }
  }
  throw invalidParameter('Invalid identifier: Unexpected number of separators')
}
