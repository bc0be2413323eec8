import type { Node } from '../../particle.ts'
import type { Stated } from '../../schema/refusals.ts'
import { containersOf } from './checkContainers.ts'
import { isForFargate } from './checkFargate.ts'

/** A private repository of ECR, in the words of any partition; the public gallery needs no role. */
const ecrImage = /^\d{12}\.dkr(\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com|-ecr(-fips)?\.[a-z0-9-]+\.on\.)/

/**
 * What ECS does with the execution role, and refuses to do without. From ECS's own refusals, and for `secretOptions` from
 * "Amazon ECS task execution IAM role" in the developer guide.
 */
export function checkExecutionRole(definition: Stated): void {
  if (!definition.wellFormed || definition.given('executionRoleArn') || definition.ignores('executionRoleArn')) return
  const needs = containersOf(definition).flatMap(container => needsOf(container, isForFargate(definition)))
  const [first] = needs
  if (!first) return
  const why = [...new Set(needs.map(([what]) => what))].join(', ')
  definition.report('executionRoleArn', `is missing, and ECS needs the role for ${why}`, first[1])
}

function needsOf(container: Stated, isOnFargate: boolean): (readonly [what: string, at: Node])[] {
  const need = (what: string, holder: Stated | undefined, member: string) => {
    const node = holder?.given(member) ? holder.member(member) : undefined
    return node ? [[what, node] as const] : []
  }
  const log = container.at('logConfiguration')
  const pulls = isOnFargate && ecrImage.test(container.text('image') ?? '')
  return [
    ...(pulls ? need('an image of ECR on Fargate', container, 'image') : []),
    ...need('repositoryCredentials', container, 'repositoryCredentials'),
    ...need('secrets', container, 'secrets'),
    ...(isOnFargate && log?.text('logDriver') === 'awslogs' ? need('awslogs on Fargate', log, 'logDriver') : []),
    ...need('secretOptions', log, 'secretOptions'),
  ]
}
