/** What a service keeps from AWS, held against the task definition and the launch that it goes to. Pure. */
import type { LaunchType, Service } from '@aws-sdk/client-ecs'
import type { FoundChange } from '../../compare/change.ts'
import { compare } from '../../compare/compare.ts'
import { ignoredPaths, isCoveredByAny } from '../../compare/path.ts'
import type { Sensitivity } from '../../compare/sensitivity.ts'
import type { Refusal } from '../../engine/flavor.ts'
import { holdsUnknown } from '../../particle.ts'
import { isFargateProvider } from '../rules/launchChecks.ts'
import { hasPort } from '../taskDefinition/checkChild.ts'
import {
  compareOptions,
  type LiveService,
  type NextDefinition,
  primaryDeployment,
  type ServiceParticle,
} from './live.ts'
import { strategiesOf } from './rules.ts'

/** A member that stays as AWS has it, and why the task definition has no place for it. */
type Incompatibility = readonly [member: string, what: string, lacks: string, remedy: string]

/**
 * Members that the manifest leaves to AWS and that the next task definition has no place for: UpdateService keeps them, and
 * is refused. Of members that the manifest states the same is checked before AWS is asked.
 */
export function incompatibleMembers(particle: ServiceParticle, live: LiveService): readonly Refusal[] {
  const { next } = live
  if (!next || !isKnown(next)) return []
  const { definition, id, options } = particle
  const ignored = ignoredPaths(options.ignore)
  const isKept = (member: string) =>
    definition[member as keyof typeof definition] === undefined || isCoveredByAny(ignored, [member])
  const found = [
    ...trafficTargets(live, next),
    ...named(live, next),
    ...network(live, next),
    ...launch(particle, live, next),
  ]
  return found
    .filter(([member]) => isKept(member))
    .map(([member, what, lacks, remedy]) => ({
      at: [member],
      message: `${id} keeps ${what}, which AWS has and the manifest leaves out, and ${next.label} ${lacks}; ${remedy}`,
    }))
}

/** Members of the next task definition that a service depends on may still be inherited. */
function isKnown({ definition }: NextDefinition): boolean {
  const { containerDefinitions, volumes, requiresCompatibilities } = definition
  const containers = Array.isArray(containerDefinitions)
    ? containerDefinitions.map(({ name, portMappings }) => [name, portMappings])
    : containerDefinitions
  return !holdsUnknown([containers, volumes, requiresCompatibilities])
}

/** The next network mode, where it leaves no room for a network configuration. */
function modeWithoutNetwork({ definition: { networkMode = 'bridge' } }: NextDefinition): string | undefined {
  return holdsUnknown(networkMode) || networkMode === 'awsvpc' ? undefined : networkMode
}

/** The removal of a network configuration that is in the way: only a replacement carries it out. */
export function networkInTheWay(
  { definition, options }: ServiceParticle,
  { service: { networkConfiguration }, next }: LiveService,
  sensitivity: Sensitivity,
): readonly FoundChange[] {
  const isAllowed = options.allow_replace === true && !definition.networkConfiguration
  if (!isAllowed || !next || !modeWithoutNetwork(next)) return []
  return compare({}, { networkConfiguration }, { ...compareOptions({ options }, sensitivity), whole: true })
}

function* network({ service }: LiveService, next: NextDefinition): Iterable<Incompatibility> {
  const mode = modeWithoutNetwork(next)
  if (!mode || !service.networkConfiguration?.awsvpcConfiguration) return
  const remedy = 'keep awsvpc, or set custom_config.allow_replace: true to delete the service and make it anew'
  yield ['networkConfiguration', 'a networkConfiguration that no update takes off', `has networkMode ${mode}`, remedy]
}

/** Blocks of a deployment strategy beside a strategy that AWS has: the manifest states the block alone. */
export function blocksOfOtherStrategies(
  { definition: { deploymentConfiguration: stated }, id }: ServiceParticle,
  service?: Service,
): readonly Refusal[] {
  if (!stated || stated.strategy) return []
  const strategy = service?.deploymentConfiguration?.strategy ?? 'ROLLING'
  return (['linearConfiguration', 'canaryConfiguration', 'earlySuccessCriteria'] as const)
    .filter(name => stated[name] && (name !== 'earlySuccessCriteria' || stated[name]?.enable === true))
    .filter(name => !strategiesOf[name].some(one => one === strategy))
    .map(name => ({
      at: ['deploymentConfiguration', name],
      message: `${id} has the deployment strategy ${strategy}, and ${name} is only for ${strategiesOf[name].join(', ')}; state the strategy beside it`,
    }))
}

/** Load balancers and registries, which name a container and its port. */
function* trafficTargets({ service }: LiveService, { definition }: NextDefinition): Iterable<Incompatibility> {
  for (const member of ['loadBalancers', 'serviceRegistries'] as const) {
    const one = member === 'loadBalancers' ? 'a load balancer' : 'a registry'
    const remedy = `state ${member} with a container and port of it, or ${member}: [] to take them off`
    for (const { containerName, containerPort } of service[member] ?? []) {
      if (!containerName) continue
      const container = definition.containerDefinitions?.find(({ name }) => name === containerName)
      const what = `${one} for container ${containerName}${containerPort ? `, port ${containerPort}` : ''}`
      if (!container) yield [member, what, 'has no such container', remedy]
      else if (containerPort && !container.portMappings?.some(mapping => hasPort(mapping, containerPort)))
        yield [member, what, 'maps no such port', remedy]
    }
  }
}

/** Service Connect and VPC Lattice, which name a port mapping, and volumes that are configured at launch. */
function* named({ service }: LiveService, { definition }: NextDefinition): Iterable<Incompatibility> {
  const primary = primaryDeployment(service)
  const mappings = (definition.containerDefinitions ?? []).flatMap(({ portMappings = [] }) => portMappings)
  const ports = new Set(mappings.map(({ name }) => name))
  const atLaunch = new Set((definition.volumes ?? []).flatMap(each => (each.configuredAtLaunch ? each.name : [])))
  const noPort = 'has no port mapping of that name'
  const noVolume = 'has no such volume that is configured at launch'
  const instead = (member: string, off: string) => `state ${member} with the names that it has, or ${off}`
  const connect = primary?.serviceConnectConfiguration
  for (const { portName } of connect?.enabled ? (connect.services ?? []) : []) {
    const member = 'serviceConnectConfiguration'
    if (!ports.has(portName))
      yield [member, `a Service Connect service of port ${portName}`, noPort, instead(member, 'with enabled: false')]
  }
  for (const { portName } of primary?.vpcLatticeConfigurations ?? []) {
    const member = 'vpcLatticeConfigurations'
    const remedy = instead(member, `${member}: [] to take them off`)
    if (!ports.has(portName)) yield [member, `a VPC Lattice target of port ${portName}`, noPort, remedy]
  }
  const remedy = 'state volumeConfigurations for a volume that it has, or volumeConfigurations: [] to take them off'
  for (const { name } of primary?.volumeConfigurations ?? [])
    if (!atLaunch.has(name)) yield ['volumeConfigurations', `a configuration of volume ${name}`, noVolume, remedy]
}

/** The launch type, or Fargate by a capacity provider strategy, where the manifest states neither. */
function* launch(
  { definition }: ServiceParticle,
  { service }: LiveService,
  next: NextDefinition,
): Iterable<Incompatibility> {
  const compatible: readonly string[] = next.definition.requiresCompatibilities ?? []
  if (compatible.length === 0 || definition.launchType || definition.capacityProviderStrategy) return
  const strategy = service.capacityProviderStrategy ?? []
  const isOnFargate = strategy.some(({ capacityProvider }) => isFargateProvider(capacityProvider))
  const type: LaunchType | undefined = strategy.length === 0 ? service.launchType : isOnFargate ? 'FARGATE' : undefined
  if (!type || compatible.includes(type)) return
  const remedy = 'state a launchType or capacityProviderStrategy that goes with it'
  yield ['launchType', `its launch on ${type}`, `is for ${compatible.join(', ')} alone`, remedy]
}
