/** Tags that a task gets from its task definition. */

import type { RunTaskRequest } from '@aws-sdk/client-ecs'
import type { Ecs } from '../../ecs/client.ts'
import { nameOf } from '../../schema/arn.ts'
import { isReservedTag } from '../tags.ts'

/**
 * RunTask's input with the definition's tags in the place of `propagateTags`: ECS would propagate the record of jobs too, and a
 * task has fifty tags at most. Tags of the task win. Throws `EcsError`.
 */
export async function withPropagatedTags(input: RunTaskRequest, ecs: Ecs): Promise<RunTaskRequest> {
  const { propagateTags, tags: stated = [], taskDefinition, ...rest } = input
  const revision =
    propagateTags === 'TASK_DEFINITION' && taskDefinition ? await ecs.taskDefinition(nameOf(taskDefinition)) : undefined
  if (!revision) return input
  const propagated = (revision.tags ?? []).filter(({ key = '' }) => !isReservedTag(key))
  const tags = [...new Map([...propagated, ...stated].map(tag => [tag.key, tag])).values()]
  return { ...rest, taskDefinition, ...(tags.length > 0 && { tags }) }
}
