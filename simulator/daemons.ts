import type { CreateServiceRequest } from '@aws-sdk/client-ecs'
import { invalidParameter } from './errors.ts'
import { runsOnFargate, type Where } from './launching.ts'

type Asked = Pick<CreateServiceRequest, 'desiredCount' | 'placementStrategy' | 'deploymentConfiguration'>

const daemon = 'The daemon scheduling strategy does not support'

/**
 * What a request may not ask of a DAEMON service. In ECS's words, from the issues ecspresso 20 (count), ecspresso 402 (placement)
 * and aws-cdk 2209 (percentage).
 */
export function checkDaemon({ desiredCount, placementStrategy, deploymentConfiguration }: Asked): void {
  if (desiredCount !== undefined)
    throw invalidParameter(`${daemon} a desired count for services. Remove the desired count value and try again`)
  if (placementStrategy?.length)
    throw invalidParameter(`${daemon} placement strategies. Remove the placement strategy and try again`)
  if ((deploymentConfiguration?.maximumPercent ?? 0) > 100)
    throw invalidParameter(
      `${daemon} values above 100 for maximumPercent on a deployment configuration. Change the maximumPercent value to 100, and try again`,
    )
}

/** Where a new DAEMON service may not run. The words of the strategy, the cluster's default one too, are from the issue containers-roadmap 692. */
export function checkDaemonPlace(where: Where): void {
  if (where.strategy.length > 0)
    throw invalidParameter(
      'Specifying a capacity provider strategy is not supported when you create a service using the DAEMON scheduling strategy.',
    )
  if (runsOnFargate(where)) throw invalidParameter('The daemon scheduling strategy is not supported on Fargate.')
}
