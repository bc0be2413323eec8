import type { Node } from '../../particle.ts'
import { checkLength, checks, type Stated } from '../../schema/refusals.ts'
import { containerRefusals, containersOf, hasUnknownNames } from './checkContainers.ts'
import { checkFargate, isForFargate } from './checkFargate.ts'
import { networkRefusals } from './checkNetwork.ts'
import { volumeRefusals } from './checkVolumes.ts'

/** What RegisterTaskDefinition would refuse, or only fail at once tasks start. A definition has at most 64 KiB. */
export const checkTaskDefinition = checks(
  containerRefusals,
  networkRefusals,
  volumeRefusals,
  checkLogs,
  checkFargate,
  checkExecutionRole,
  checkLength('', 65_536),
)

/** What log drivers need, and log routers. From the API reference of LogConfiguration and FirelensConfiguration. */
function checkLogs(definition: Stated): void {
  const containers = containersOf(definition)
  const [router, second] = containers.filter(container => container.given('firelensConfiguration'))
  second?.report('firelensConfiguration', 'is a second one: one container routes the logs of a task', second.node)
  const isWhole = definition.wellFormed && !hasUnknownNames(definition)
  let isRouted = false
  for (const container of containers) {
    const log = container.at('logConfiguration')
    const driver = log?.text('logDriver')
    // A driver that is still to be inherited may turn out to be the router's.
    if (driver === 'awsfirelens' || (driver === undefined && log?.member('logDriver'))) isRouted = true
    if (driver === 'awsfirelens' && !router && isWhole)
      log?.report('logDriver', 'awsfirelens needs a container with a firelensConfiguration in this definition')
    if (log && driver === 'awslogs') checkOptions(log)
  }
  if (router && !isRouted && isWhole)
    router.report('firelensConfiguration', 'needs a container whose logDriver is awsfirelens', router.node)
}

function checkOptions(log: Stated): void {
  const patterns = ['awslogs-datetime-format', 'awslogs-multiline-pattern']
  if (patterns.every(option => log.at('options')?.given(option)))
    log.report('options', `cannot have both ${patterns.join(' and ')}: leave one out`)
  if (!log.wellFormed || log.member('options')?.kind === 'scalar') return
  const isOnFargate = isForFargate(log.root)
  const needed = ['awslogs-group', 'awslogs-region', ...(isOnFargate ? ['awslogs-stream-prefix'] : [])]
  const missing = needed.filter(option => !log.at('options')?.given(option))
  if (missing.length === 0) return
  const where = isOnFargate ? ' on Fargate' : ''
  log.report('options', `lacks ${missing.join(', ')}, which awslogs needs${where}`, log.node)
}

/** A private repository of ECR, in the words of any partition; the public gallery needs no role. */
const ecrImage = /^\d{12}\.dkr(\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com|-ecr(-fips)?\.[a-z0-9-]+\.on\.)/

/**
 * What ECS does with the execution role, and refuses to do without. From ECS's own refusals, and for `secretOptions` from
 * "Amazon ECS task execution IAM role" in the developer guide.
 */
function checkExecutionRole(definition: Stated): void {
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
