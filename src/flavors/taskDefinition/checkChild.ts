import type { PortMapping } from '@aws-sdk/client-ecs'
import type { Particle, ScalarNode } from '../../particle.ts'
import type { Stated } from '../../schema/refusals.ts'
import type { Declared } from '../../schema/vocabulary.ts'
import { definitionOf } from '../containers.ts'
import { isFargateProvider } from '../rules/launchChecks.ts'
import { namesOf } from './checkContainers.ts'

/**
 * Checks a service or a task against its parent task definition: containers, ports and volumes that must exist, and
 * whether both can run in the same way. Only members that are known without AWS are checked.
 */
export function checkTaskDefinitionOf({ particle, stated }: Declared, parents: readonly Declared[]): void {
  const id = definitionOf(particle.parents)
  const declared = parents.find(each => each.particle.id === id)
  if (!declared && !id) checkAlone(stated, particle)
  if (!declared) return
  const parent = parentOf(declared)
  checkContainers(stated, parent)
  checkPortNames(stated, parent)
  checkNetwork(stated, particle, parent)
  checkLaunchOnFargate(stated, parent)
  checkVolumes(stated, parent)
}

type Parent = ReturnType<typeof parentOf>

/** A parent task definition as its manifest states it; inherited members are unknown. */
function parentOf({ particle: { id, place }, stated }: Declared) {
  const isKnown = stated.member('containerDefinitions')?.kind === 'list'
  return {
    stated,
    /** Id, file and line, for messages. */
    label: `${id} (${place.file}:${place.line})`,
    /** Undefined where only AWS knows the containers, as for a pinned revision that the manifest does not repeat. */
    containers: isKnown ? stated.elements('containerDefinitions') : undefined,
    networkMode: stated.given('networkMode') ? stated.text('networkMode') : isKnown ? 'bridge' : undefined,
    writtenMode: stated.written('networkMode') || 'bridge',
  }
}

function checkContainers(child: Stated, { stated, containers, label }: Parent): void {
  if (!containers || stated.partlyUnknown('containerDefinitions', 'name')) return
  const names = namesOf(containers)
  const message = `is no container of ${label}`
  for (const target of [...child.elements('loadBalancers'), ...child.elements('serviceRegistries')]) {
    target.reportUnknown('containerName', names, message)
    const wanted = target.text('containerName')
    const container = wanted === undefined ? undefined : containers.findLast(each => each.text('name') === wanted)
    if (container) checkPort(target, container, label)
  }
  for (const override of child.at('overrides')?.elements('containerOverrides') ?? [])
    override.reportUnknown('name', names, message)
}

function checkPort(target: Stated, container: Stated, label: string): void {
  const port = target.number('containerPort')
  const isUnknown = ['containerPort', 'containerPortRange'].some(each => container.partlyUnknown('portMappings', each))
  if (port === undefined || isUnknown) return
  const isMapped = container.elements('portMappings').some(mapping => {
    const [containerPort, containerPortRange] = [mapping.number('containerPort'), mapping.text('containerPortRange')]
    return hasPort({ containerPort, containerPortRange }, port)
  })
  if (isMapped) return
  const where = `portMappings of container ${container.written('name')} of ${label}`
  target.report('containerPort', `${target.written('containerPort')} is in no ${where}`)
}

/** Whether a port mapping, of one port or a range, has the port. */
export function hasPort({ containerPort, containerPortRange }: PortMapping, port: number): boolean {
  const [first, last] = (containerPortRange ?? '').split('-').map(Number)
  return first !== undefined && last !== undefined ? first <= port && port <= last : containerPort === port
}

function checkPortNames(child: Stated, { containers, label }: Parent): void {
  if (!containers || containers.some(container => container.partlyUnknown('portMappings', 'name'))) return
  const names = namesOf(containers.flatMap(container => container.elements('portMappings')))
  const endpoints = [
    ...(child.at('serviceConnectConfiguration')?.elements('services') ?? []),
    ...child.elements('vpcLatticeConfigurations'),
  ]
  for (const endpoint of endpoints)
    endpoint.reportUnknown('portName', names, `is the name of no port mapping of ${label}`)
}

function checkNetwork(child: Stated, particle: Particle, { networkMode, writtenMode, label }: Parent): void {
  if (networkMode === 'awsvpc') mustHaveNetwork(child, particle, undefined, `${label} has networkMode ${writtenMode}`)
  else if (networkMode !== undefined && child.at('networkConfiguration')?.given('awsvpcConfiguration')) {
    const message = `is only for networkMode awsvpc, and ${label} has ${writtenMode}: leave it out`
    child.report('networkConfiguration', message)
  }
}

/** Reports a network configuration that is missing, unless `custom_config.ignore` gives the member to another owner. */
function mustHaveNetwork(child: Stated, { options }: Particle, at: ScalarNode | undefined, because: string): void {
  const ignored = options.ignore
  const stated = child.member('networkConfiguration')
  if (Array.isArray(ignored) && ignored.includes('networkConfiguration')) return
  if (stated && (stated.kind !== 'map' || child.at('networkConfiguration')?.member('awsvpcConfiguration'))) return
  const what = `networkConfiguration${stated ? '.awsvpcConfiguration' : ''}`
  const remedy = 'state it, or name it in custom_config.ignore where somebody else owns it'
  child.report('', `needs ${what}: ${because}; ${remedy}`, stated ?? at)
}

/** Only AWS knows the network mode of a definition that is not declared, but Fargate has just one. */
function checkAlone(child: Stated, particle: Particle): void {
  const [holder, member] = fargateIn(child) ?? []
  if (!holder || !member) return
  const because = `${holder.path}.${member} ${holder.written(member)} has networkMode awsvpc alone`
  mustHaveNetwork(child, particle, holder.scalar(member), because)
}

/** The member by which a service or a task requests Fargate. */
function fargateIn(child: Stated): readonly [holder: Stated, member: string] | undefined {
  if (child.text('launchType') === 'FARGATE') return [child, 'launchType']
  const item = child.elements('capacityProviderStrategy').find(each => isFargateProvider(each.text('capacityProvider')))
  return item && [item, 'capacityProvider']
}

function checkLaunchOnFargate(child: Stated, { stated, networkMode, writtenMode, label }: Parent): void {
  const [holder, member] = fargateIn(child) ?? []
  if (!holder || !member) return
  const list = stated.member('requiresCompatibilities')
  const compatible = stated.scalars('requiresCompatibilities')
  const statement = holder.written(member)
  // Left out, ECS finds out itself what a definition is compatible with.
  if (list?.kind === 'list' && compatible.length === list.items.length && compatible.length > 0) {
    if (compatible.some(([, value]) => value === 'FARGATE')) return
    const others = compatible.map(([node]) => holder.written(node)).join(', ')
    holder.report(member, `${statement} needs FARGATE in requiresCompatibilities of ${label}, not ${others} alone`)
  } else if (networkMode !== undefined && networkMode !== 'awsvpc') {
    holder.report(member, `${statement} needs networkMode awsvpc, and ${label} has ${writtenMode}`)
  }
}

/** Volumes that are configured at launch. */
function checkVolumes(child: Stated, { stated, containers, label }: Parent): void {
  if (!containers || stated.partlyUnknown('containerDefinitions', 'name') || stated.partlyUnknown('volumes', 'name'))
    return
  const volumes = stated
    .elements('volumes')
    .filter(volume => volume.given('configuredAtLaunch') && volume.flag('configuredAtLaunch') !== false)
  for (const configuration of child.elements('volumeConfigurations'))
    configuration.reportUnknown('name', namesOf(volumes), `is no volume with configuredAtLaunch: true of ${label}`)
}
