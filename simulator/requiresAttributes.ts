import type {
  Attribute,
  ContainerDefinition,
  RegisterTaskDefinitionRequest as Registration,
  Secret,
  Volume,
} from '@aws-sdk/client-ecs'

const old = (name: string) => `com.amazonaws.ecs.capability.${name}`
const capability = (name: string) => `ecs.capability.${name}`
const dockerApi = (version: string) => old(`docker-remote-api.${version}`)

/**
 * The attributes that an instance must have to run the definition. Names and reasons are those of answers of ECS that people
 * published and of the agent's list of its capabilities; ECS documents neither. What no such answer shows a reason for is left out.
 */
export function requiredAttributes(input: Registration): Attribute[] {
  const { containerDefinitions = [], volumes = [], executionRoleArn, taskRoleArn, networkMode } = input
  const names = [
    ...containerDefinitions.flatMap(container => ofContainer(container, Boolean(executionRoleArn))),
    ...volumes.flatMap(ofVolume),
    ...(taskRoleArn ? [old(networkMode === 'host' ? 'task-iam-role-network-host' : 'task-iam-role')] : []),
    ...(networkMode === 'awsvpc' ? [dockerApi('1.18'), capability('task-eni')] : []),
  ]
  return [...new Set(names)].map(name => ({ name }))
}

function ofContainer(container: ContainerDefinition, hasExecutionRole: boolean): string[] {
  const { image = '', dependsOn, healthCheck, memoryReservation, privileged, repositoryCredentials } = container
  const ecr = /^\d{12}\.dkr\.ecr\./.test(image)
  const ordered = dependsOn?.length || container.startTimeout || container.stopTimeout
  return [
    ...ofLog(container, hasExecutionRole),
    ...(ecr ? [old('ecr-auth'), ...(hasExecutionRole ? [capability('execution-role-ecr-pull')] : [])] : []),
    ...(repositoryCredentials ? [capability('private-registry-authentication.secretsmanager')] : []),
    ...ofSecrets(container.secrets, 'environment-variables'),
    ...(memoryReservation === undefined ? [] : [dockerApi('1.21')]),
    ...(privileged ? [old('privileged-container')] : []),
    ...(healthCheck ? [capability('container-health-check')] : []),
    ...(ordered ? [capability('container-ordering')] : []),
  ]
}

function ofLog({ logConfiguration }: ContainerDefinition, hasExecutionRole: boolean): string[] {
  if (!logConfiguration) return []
  const { logDriver, secretOptions } = logConfiguration
  const awslogs = logDriver === 'awslogs'
  return [
    old(`logging-driver.${logDriver}`),
    ...(awslogs ? [dockerApi('1.19')] : []),
    ...(awslogs && hasExecutionRole ? [capability('execution-role-awslogs')] : []),
    ...ofSecrets(secretOptions, 'bootstrap.log-driver'),
  ]
}

/** What is no ARN of Secrets Manager is the name or the ARN of a parameter. */
const ofSecrets = (secrets: readonly Secret[] = [], use: string): string[] =>
  secrets.map(({ valueFrom = '' }) =>
    capability(`secrets.${/^arn:[^:]*:secretsmanager:/.test(valueFrom) ? 'asm' : 'ssm'}.${use}`),
  )

function ofVolume({ efsVolumeConfiguration, dockerVolumeConfiguration: docker }: Volume): string[] {
  if (efsVolumeConfiguration) return [capability('efs'), dockerApi('1.25')]
  return docker ? [capability(`docker-plugin.${docker.driver ?? 'local'}`), dockerApi('1.25')] : []
}
