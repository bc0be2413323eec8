import type { ContainerDefinition, RegisterTaskDefinitionRequest as Registration } from '@aws-sdk/client-ecs'
import { clientException } from './errors.ts'

const mostBytes = 64 * 1024
const mostContainers = 10

/** What RegisterTaskDefinition refuses, in the words of ECS where they are known. */
export function checkRegistration(input: Registration): void {
  const containers = input.containerDefinitions ?? []
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(input.family ?? '')) throw clientException('Family contains invalid characters.')
  if (input.tags?.length === 0) throw clientException('Tags can not be empty.')
  if (containers.length === 0) throw clientException('Container list cannot be empty.')
  if (containers.length > mostContainers)
    throw clientException(`Task definition can have at most ${mostContainers} containers.`)
  if (Buffer.byteLength(JSON.stringify(input)) > mostBytes)
    throw clientException('Actual length exceeds the maximum task definition size of 64 KB.')
  const names = new Set<string>()
  for (const container of containers) {
    const { name = '', image = '', memory, memoryReservation } = container
    if (!name) throw clientException('Container.name should not be null or empty.')
    if (!image) throw clientException('Container.image should not be null or empty.')
    if (names.has(name)) throw clientException(`Container name should be unique. Duplicate: ${name}`)
    names.add(name)
    if (memory === undefined && memoryReservation === undefined && input.memory === undefined)
      throw clientException(
        `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
      )
    checkContainer(container)
  }
  checkRole(input)
  checkProxy(input)
  if (input.volumes?.some(({ host }) => host?.sourcePath?.trim() === ''))
    throw clientException('host.sourcePath should not be blank.')
  if (containers.every(({ essential }) => essential === false))
    throw clientException('Task definition does not have any essential container.')
  if (input.requiresCompatibilities?.includes('FARGATE')) checkFargate(input)
}

function checkContainer({ name, environment, portMappings, repositoryCredentials }: ContainerDefinition): void {
  if (environment?.some(variable => !variable.name?.trim()))
    throw clientException('Environment variable name cannot be null or blank.')
  if (portMappings?.some(mapping => mapping.containerPort === undefined && !mapping.containerPortRange))
    throw clientException(`Invalid 'containerPort' setting for container '${name}'.`)
  if (repositoryCredentials?.credentialsParameter === '')
    throw clientException('RepositoryCredentials.credentialsParameter should not be null or empty.')
}

function checkRole({ executionRoleArn, containerDefinitions = [], requiresCompatibilities }: Registration): void {
  if (executionRoleArn) return
  if (containerDefinitions.some(({ secrets }) => secrets?.length))
    throw clientException(
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    )
  if (containerDefinitions.some(({ repositoryCredentials }) => repositoryCredentials))
    throw clientException(
      'Private repository authentication requires that the task definition specify a value for executionRoleArn.',
    )
  if (!requiresCompatibilities?.includes('FARGATE')) return
  const needs = 'Fargate requires task definition to have execution role ARN to support'
  if (containerDefinitions.some(({ image }) => /^\d{12}\.dkr\.ecr\./.test(image ?? '')))
    throw clientException(`${needs} ECR images.`)
  if (containerDefinitions.some(({ logConfiguration }) => logConfiguration?.logDriver === 'awslogs'))
    throw clientException(`${needs} log driver awslogs.`)
}

function checkProxy({ proxyConfiguration: proxy, networkMode }: Registration): void {
  if (proxy && networkMode !== 'awsvpc')
    throw clientException('APPMESH proxy configuration is only supported in networkMode=awsvpc.')
  if (proxy?.properties?.some(({ value }) => value === undefined))
    throw clientException('ProxyConfiguration properties value cannot be null.')
}

function checkFargate(input: Registration): void {
  if (input.networkMode !== 'awsvpc') throw clientException('Fargate only supports network mode ‘awsvpc’.')
  const { cpu, memory } = sizesOf(input)
  if (!cpu || !memory) throw clientException("Fargate requires that 'cpu' and 'memory' be defined at the task level.")
  if (!fitsFargate(input))
    throw clientException(
      `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`,
    )
}

const sizesOf = ({ cpu, memory }: Registration) => ({
  cpu: Number(units(cpu, 'vCPU', 1024)),
  memory: Number(units(memory, 'GB', 1024)),
})

/** Whether a definition's network and sizes are among those that Fargate has, required or not. */
export function fitsFargate(input: Registration): boolean {
  const { cpu, memory } = sizesOf(input)
  const memories: Readonly<Record<number, readonly [least: number, most: number]>> = {
    256: [512, 2048],
    512: [1024, 4096],
    1024: [2048, 8192],
    2048: [4096, 16384],
    4096: [8192, 30720],
    8192: [16384, 61440],
    16384: [32768, 122880],
    32768: [61440, 249856],
  }
  const [least, most] = memories[cpu] ?? [1, 0]
  return input.networkMode === 'awsvpc' && memory >= least && memory <= most
}

/** `.5 vCPU` is 512 units, `1 GB` is 1024 MiB; a plain number stays. */
export function units(text: string | undefined, unit: string, each: number): string | undefined {
  if (text === undefined) return undefined
  const [, amount, named] = /^\s*([\d.]+)\s*([a-z]*)\s*$/i.exec(text) ?? []
  if (amount === undefined)
    throw clientException(`Invalid value '${text}' specified for ${unit === 'GB' ? 'memory' : 'cpu'}.`)
  return named && named.toLowerCase() === unit.toLowerCase() ? String(Math.round(Number(amount) * each)) : amount
}
