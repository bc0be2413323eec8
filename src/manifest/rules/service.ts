import type { MapNode, Node } from '../../particle.ts'
import { sayText } from '../written.ts'
import { checkLaunch } from './launch.ts'
import { elements, given, member, number, scalars, text } from './reading.ts'
import { root, type Say, said } from './say.ts'

/** What services add to launch settings. */
export function checkService(node: MapNode, _sound: boolean, say: Say): void {
  checkLaunch(node, say)
  const controller = text(member(node, 'deploymentController'), 'type')
  if (text(node, 'schedulingStrategy') === 'DAEMON') {
    const at = member(node, 'schedulingStrategy') ?? node
    const count = member(node, 'desiredCount')
    if (count) say(count, `${root}.desiredCount is not possible with schedulingStrategy DAEMON: leave it out`)
    if (text(node, 'launchType') === 'FARGATE')
      say(at, `${root}.schedulingStrategy DAEMON is not possible with launchType FARGATE`)
    if (controller === 'CODE_DEPLOY' || controller === 'EXTERNAL') {
      say(
        at,
        `${root}.schedulingStrategy DAEMON is not possible with deploymentController ${said(member(node, 'deploymentController') ?? node, 'type')}`,
      )
    }
  }
  const role = member(node, 'role')
  const balancers = member(node, 'loadBalancers')
  if (role && (!balancers || (balancers.kind === 'list' && balancers.items.length === 0))) {
    say(role, `${root}.role is only for services with loadBalancers: leave it out`)
  }
  for (const { node: balancer, path } of elements(node, 'loadBalancers', root)) {
    const name = member(balancer, 'loadBalancerName')
    if (name && member(balancer, 'targetGroupArn')) {
      say(name, `${path}.loadBalancerName and targetGroupArn exclude each other: leave one out`)
    }
  }
  for (const { node: registry, path } of elements(node, 'serviceRegistries', root)) {
    const port = member(registry, 'port')
    if (port && (member(registry, 'containerName') || member(registry, 'containerPort'))) {
      say(port, `${path}.port is not possible beside containerName and containerPort: leave one out`)
    }
  }
  const connect = member(node, 'serviceConnectConfiguration')
  if (connect && member(connect, 'accessLogConfiguration') && !member(connect, 'logConfiguration')) {
    say(connect, `${root}.serviceConnectConfiguration.accessLogConfiguration needs a logConfiguration beside it`)
  }
  checkDeployment(member(node, 'deploymentConfiguration'), say)
}

function checkDeployment(node: Node | undefined, say: Say): void {
  if (!node) return
  const path = `${root}.deploymentConfiguration`
  const strategy = text(node, 'strategy')
  const most = member(node, 'maximumPercent')
  if (most && number(node, 'maximumPercent') === 100 && number(node, 'minimumHealthyPercent') === 100) {
    say(most, `${path}.maximumPercent and minimumHealthyPercent cannot both be 100: no task could be replaced`)
  }
  for (const [name, needed] of [
    ['linearConfiguration', 'LINEAR'],
    ['canaryConfiguration', 'CANARY'],
  ] as const) {
    const at = member(node, name)
    if (at && strategy !== undefined && strategy !== needed) {
      say(at, `${path}.${name} is only for strategy ${needed}, not ${said(node, 'strategy')}: leave it out`)
    }
  }
  for (const { node: hook, path: at } of elements(node, 'lifecycleHooks', path)) {
    const type = given(hook, 'targetType') ? text(hook, 'targetType') : 'AWS_LAMBDA'
    if (type === 'AWS_LAMBDA' && !given(hook, 'hookTargetArn'))
      say(hook, `${at} needs a hookTargetArn, the function to call`)
    for (const [stage, value] of scalars(hook, 'lifecycleStages')) {
      if (type === 'PAUSE' && (value === 'TEST_TRAFFIC_SHIFT' || value === 'PRODUCTION_TRAFFIC_SHIFT')) {
        say(stage, `${at}.lifecycleStages ${sayText(stage)} is not possible for a PAUSE hook`)
      }
    }
  }
}
