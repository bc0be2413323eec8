/** Task definitions of a service: the one that an update goes to, and the one that another tool is to release. */
import type { Service } from '@aws-sdk/client-ecs'
import type { FoundChange } from '../../compare/change.ts'
import { nothingSensitive } from '../../compare/sensitivity.ts'
import type { Ecs } from '../../ecs/client.ts'
import type { FlavorContext } from '../../engine/flavor.ts'
import { holdsUnknown, type ParticleId, valueAt } from '../../particle.ts'
import { familyOf, nameOf } from '../../schema/arn.ts'
import { definitionOf } from '../containers.ts'
import { differences, isTag, type TaskDefinitionParticle } from '../taskDefinition/revisions.ts'
import { isExternal, type NextDefinition, type ServiceParticle, taskSetOf } from './live.ts'

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
  const found = await revision(ecs, reference)
  return found?.taskDefinition && { label: nameOf(reference), definition: found.taskDefinition }
}

/**
 * The declared task definition that an EXTERNAL service does not run, though its task sets run a revision of the family.
 * Such a service has no task definition among its parents. Throws `EcsError`.
 */
export async function unreleasedDefinition(
  { region }: ServiceParticle,
  service: Service,
  { ecs, particles }: FlavorContext,
): Promise<ParticleId | undefined> {
  const reference = isExternal(service) ? taskSetOf(service)?.taskDefinition : undefined
  if (reference === undefined) return undefined
  const family = familyOf(reference)
  const declared = [...particles()].find(
    each => each.flavor === 'ecs_task_definition' && each.region === region && each.definition.family === family,
  ) as TaskDefinitionParticle | undefined
  if (declared?.desired !== 'running') return undefined
  const runs = await revision(ecs, reference)
  // Inherited values are not read here: they may come from this very service.
  const isInherited = ({ at }: FoundChange) => at !== undefined && holdsUnknown(valueAt(declared.definition, at))
  const found = runs ? differences(declared, runs, nothingSensitive) : []
  return found.every(change => isTag(change) || isInherited(change)) ? undefined : declared.id
}

const revision = (ecs: Ecs, reference: string) =>
  ecs.ifAllowed('DescribeTaskDefinition', () => ecs.taskDefinition(reference))
