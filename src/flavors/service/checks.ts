import { type MapNode, nodeAt } from '../../particle.ts'
import {
  all,
  checks,
  has,
  is,
  isNot,
  lacks,
  type RefusalRule,
  type RefusalRules,
  type Stated,
  whole,
} from '../../schema/refusals.ts'
import type { Declared } from '../../schema/vocabulary.ts'
import { definitionOf } from '../containers.ts'
import { checkStrategy, launchRefusals } from '../rules/launchChecks.ts'
import { checkTaskDefinitionOf } from '../taskDefinition/checkChild.ts'
import { onTaskSets } from './rules.ts'

/** Whether task sets of another controller run the service. */
export function statesExternal(service: MapNode): boolean {
  const type = nodeAt(service, ['deploymentController', 'type'])
  return type?.kind === 'scalar' && type.value === 'EXTERNAL'
}

const isDaemon = is('schedulingStrategy', 'DAEMON')

// From the API reference of CreateService and of the structures in the request.
const serviceRefusals: RefusalRules = {
  '': [
    ['desiredCount', isDaemon, 'is not possible with schedulingStrategy DAEMON: leave it out'],
    [
      'schedulingStrategy',
      all(isDaemon, is('launchType', 'FARGATE')),
      'DAEMON is not possible with launchType FARGATE',
    ],
    checkController,
    ...onTaskSets.map(
      (member): RefusalRule => [
        member,
        service => statesExternal(service.node),
        'is not possible with deploymentController EXTERNAL, whose task sets state it: leave it out',
      ],
    ),
    ['placementStrategy', isDaemon, 'is not possible with schedulingStrategy DAEMON: leave it out'],
    [
      'capacityProviderStrategy',
      isDaemon,
      'is not possible with schedulingStrategy DAEMON: leave it out, and state launchType EC2',
    ],
    ['role', lacks('loadBalancers'), 'is only for services with loadBalancers: leave it out'],
  ],
  'loadBalancers[]': [
    ['loadBalancerName', has('targetGroupArn'), 'and targetGroupArn exclude each other: leave one out'],
  ],
  'serviceRegistries[]': [
    [
      'port',
      registry => registry.given('containerName') || registry.given('containerPort'),
      'is not possible beside containerName and containerPort: leave one out',
    ],
  ],
  serviceConnectConfiguration: [
    ['accessLogConfiguration', lacks('logConfiguration'), 'needs a logConfiguration beside it', 'holder'],
  ],
  deploymentConfiguration: [
    [
      'maximumPercent',
      deployment => ['maximumPercent', 'minimumHealthyPercent'].every(name => deployment.number(name) === 100),
      'and minimumHealthyPercent cannot both be 100: no task could be replaced',
    ],
    [
      'maximumPercent',
      all(whole(isDaemon), deployment => (deployment.number('maximumPercent') ?? 0) > 100),
      'must be at most 100 with schedulingStrategy DAEMON, not {maximumPercent}',
    ],
    ['linearConfiguration', isNot('strategy', 'LINEAR'), 'is only for strategy LINEAR, not {strategy}: leave it out'],
    ['canaryConfiguration', isNot('strategy', 'CANARY'), 'is only for strategy CANARY, not {strategy}: leave it out'],
    [
      'earlySuccessCriteria',
      all(isNot('strategy', 'ROLLING'), deployment => deployment.at('earlySuccessCriteria')?.flag('enable') === true),
      'is only for strategy ROLLING, not {strategy}: leave it out',
    ],
  ],
  'deploymentConfiguration.lifecycleHooks[]': [checkHook],
}

function checkController(service: Stated): void {
  const controller = service.at('deploymentController')
  if (!isDaemon(service) || !controller || !is('type', 'CODE_DEPLOY', 'EXTERNAL')(controller)) return
  const type = controller.written('type')
  service.report('schedulingStrategy', `DAEMON is not possible with deploymentController ${type}`)
}

/** A hook of no type calls a function. From the API reference of DeploymentLifecycleHook. */
function checkHook(hook: Stated): void {
  const type = hook.given('targetType') ? hook.text('targetType') : 'AWS_LAMBDA'
  if (type === 'AWS_LAMBDA' && !hook.given('hookTargetArn'))
    hook.report('', 'needs a hookTargetArn, the function to call')
  for (const [stage, value] of type === 'PAUSE' ? hook.scalars('lifecycleStages') : []) {
    if (value === 'TEST_TRAFFIC_SHIFT' || value === 'PRODUCTION_TRAFFIC_SHIFT')
      hook.report('lifecycleStages', `${hook.written(stage)} is not possible for a PAUSE hook`, stage)
  }
}

/** What CreateService would refuse. */
export const checkService = checks(checkStrategy('capacityProviderStrategy'), launchRefusals, serviceRefusals)

/** A task definition among the parents fills a member that an EXTERNAL service may not have; of others it is checked. */
export function checkServiceParents(child: Declared, parents: readonly Declared[]): void {
  const { particle, stated } = child
  checkDaemonIn(child, parents)
  const isExternal = statesExternal(stated.node)
  if (!isExternal) checkTaskDefinitionOf(child, parents)
  const id = definitionOf(particle.parents)
  if (!isExternal || !id || stated.given('taskDefinition')) return
  const because = 'EXTERNAL takes no task definition, its task sets state one'
  stated.at('deploymentController')?.report('type', `${because}: remove ${id} from its parents`)
}

/** CreateService takes the cluster's default strategy where none is stated, and then refuses it to a DAEMON service. */
function checkDaemonIn({ stated }: Declared, parents: readonly Declared[]): void {
  if (!isDaemon(stated) || stated.given('launchType') || stated.given('capacityProviderStrategy')) return
  const cluster = parents.find(
    parent => parent.particle.flavor === 'ecs_cluster' && parent.stated.given('defaultCapacityProviderStrategy'),
  )
  if (!cluster) return
  const because = `the defaultCapacityProviderStrategy of ${cluster.particle.id} is not possible with it`
  stated.report('schedulingStrategy', `DAEMON needs launchType EC2 beside it: ${because}`)
}
