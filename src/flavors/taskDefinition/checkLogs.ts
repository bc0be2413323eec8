import type { Stated } from '../../schema/refusals.ts'
import { containersOf, hasUnknownNames } from './checkContainers.ts'
import { isForFargate } from './checkFargate.ts'

/** What log drivers need, and log routers. From the API reference of LogConfiguration and FirelensConfiguration. */
export function checkLogs(definition: Stated): void {
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
