import type { TaskContext } from './containers.ts'
import { given, member, scalar } from './reading.ts'

const awslogsOptions = ['awslogs-group', 'awslogs-region']

/** What log drivers need, and log routers. */
export function checkLogs({ containers, fargate, open, sound, say }: TaskContext): void {
  const routers = containers.filter(container => given(container.node, 'firelensConfiguration'))
  const [, second] = routers
  if (second)
    say(second.node, `${second.path}.firelensConfiguration is a second one: one container routes the logs of a task`)
  let routed = false
  for (const container of containers) {
    const log = member(container.node, 'logConfiguration')
    const driver = scalar(log, 'logDriver')
    const path = `${container.path}.logConfiguration`
    if (!driver) {
      if (member(log, 'logDriver')) routed = true
      continue
    }
    if (driver.value === 'awsfirelens') {
      routed = true
      if (routers.length === 0 && !open && sound) {
        say(driver, `${path}.logDriver awsfirelens needs a container with a firelensConfiguration in this definition`)
      }
    }
    const options = member(log, 'options')
    if (driver.value === 'awslogs' && log && sound && options?.kind !== 'scalar') {
      const needed = fargate ? [...awslogsOptions, 'awslogs-stream-prefix'] : awslogsOptions
      const missing = needed.filter(option => !given(options, option))
      if (missing.length > 0) {
        say(log, `${path}.options lacks ${missing.join(', ')}, which awslogs needs${fargate ? ' on Fargate' : ''}`)
      }
    }
  }
  const [router] = routers
  if (router && !routed && !open && sound) {
    say(router.node, `${router.path}.firelensConfiguration needs a container whose logDriver is awsfirelens`)
  }
}
