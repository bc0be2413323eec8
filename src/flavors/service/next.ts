/** The task definition that an update goes to. */
import type { FoundChange } from '../../compare/change.ts'
import type { FlavorContext } from '../../engine/flavor.ts'
import { nameOf } from '../../schema/arn.ts'
import { definitionOf } from '../containers.ts'
import type { NextDefinition, ServiceParticle } from './live.ts'

/** The task definition that a change goes to: its parent's, or for one that is registered already, AWS's. Throws `EcsError`. */
export async function nextDefinition(
  { parents }: ServiceParticle,
  changes: readonly FoundChange[],
  { ecs, particle }: FlavorContext,
): Promise<NextDefinition | undefined> {
  const change = changes.find(({ path }) => path === 'taskDefinition')
  if (!change) return undefined
  const id = definitionOf(parents)
  const parent = id && particle(id)
  if (parent && parent.definition.revision === undefined) {
    const { place, definition } = parent
    return { label: `${id} (${place.file}:${place.line})`, definition }
  }
  const reference = change.after
  if (typeof reference !== 'string') return undefined
  const found = await ecs.ifAllowed(
    'DescribeTaskDefinition',
    () => ecs.taskDefinition(reference),
    () => {},
  )
  return found?.taskDefinition && { label: nameOf(reference), definition: found.taskDefinition }
}
