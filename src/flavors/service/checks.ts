import { all, checks, has, is, isNot, lacks, type Rules, type Stated, whole } from '../../schema/rules.ts'
import { checkStrategy, launchRules } from '../rules/launchChecks.ts'

const isDaemon = is('schedulingStrategy', 'DAEMON')

// From the API reference of CreateService and of the structures in the request.
const serviceRules: Rules = {
  '': [
    ['desiredCount', isDaemon, 'is not possible with schedulingStrategy DAEMON: leave it out'],
    [
      'schedulingStrategy',
      all(isDaemon, is('launchType', 'FARGATE')),
      'DAEMON is not possible with launchType FARGATE',
    ],
    checkController,
    ['placementStrategy', isDaemon, 'is not possible with schedulingStrategy DAEMON: leave it out'],
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
export const checkService = checks(checkStrategy('capacityProviderStrategy'), launchRules, serviceRules)
