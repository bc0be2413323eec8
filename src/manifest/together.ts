import type { MapNode, Node, Particle, Problem, ScalarNode } from '../particle.ts'
import { elements, flag, given, member, number, partlyUnknown, scalar, scalars, text } from './rules/reading.ts'
import { didYouMean } from './suggest.ts'
import { sayText, sayValue } from './written.ts'

const root = 'aws_resource'

/**
 * What one definition says about another: containers, ports and volumes that a service or a task names in its parent task
 * definition, and whether both can run in the same way. Problems stand at the child's value and name
 * the parent's place. Only particles that are to run are looked at, and only what is known without AWS.
 */
export function checkTogether(particles: readonly Particle[]): Problem[] {
  const problems: Problem[] = []
  const byId = new Map(particles.map(particle => [particle.id, particle]))
  for (const particle of particles) {
    if (particle.desired !== 'running') continue
    const say: Say = (at, message) => problems.push({ place: at.place, message })
    if (particle.flavor !== 'ecs_service' && particle.flavor !== 'ecs_task') continue
    const [definition] = particle.parents.filter(id => id.startsWith('ecs_task_definition:'))
    const parent = definition && byId.get(definition)
    if (parent) checkAgainst(particle, new TaskDefinition(parent), say)
    else if (!definition) checkAlone(particle, say)
  }
  return problems
}

type Say = (at: Node, message: string) => void

/** What a parent task definition says, as far as it is known. */
class TaskDefinition {
  readonly source: MapNode
  /** What messages call it: id, file and line. */
  readonly called: string
  /** Name → container; undefined where that is AWS's knowledge. */
  readonly containers: ReadonlyMap<string, MapNode> | undefined
  /** Names of port mappings; undefined where that is AWS's knowledge. */
  readonly portNames: ReadonlyMap<string, ScalarNode> | undefined
  readonly networkMode: string | undefined
  /** The same as it is written. */
  readonly networkSaid: string

  constructor({ id, place, source }: Particle) {
    this.source = source
    this.called = `${id} (${place.file}:${place.line})`
    const known = member(source, 'containerDefinitions')?.kind === 'list'
    const containers = elements(source, 'containerDefinitions', root).map(({ node }) => node)
    this.containers =
      known && !partlyUnknown(source, 'containerDefinitions', 'name')
        ? new Map(containers.map(container => [text(container, 'name') ?? '', container]))
        : undefined
    const mappings = containers.flatMap(container => elements(container, 'portMappings', root))
    this.portNames =
      known && !containers.some(container => partlyUnknown(container, 'portMappings', 'name'))
        ? new Map(
            mappings.flatMap(({ node }) => {
              const name = scalar(node, 'name')
              return name ? [[String(name.value), name]] : []
            }),
          )
        : undefined
    // Of a pinned revision that is not repeated only AWS knows the mode.
    this.networkMode = given(source, 'networkMode') ? text(source, 'networkMode') : known ? 'bridge' : undefined
    const mode = scalar(source, 'networkMode')
    this.networkSaid = mode ? sayText(mode) : 'bridge'
  }
}

function checkAgainst({ source, options }: Particle, definition: TaskDefinition, say: Say): void {
  for (const list of ['loadBalancers', 'serviceRegistries']) {
    for (const { node, path } of elements(source, list, root)) {
      const container = mustBeContainer(scalar(node, 'containerName'), `${path}.containerName`, definition, say)
      const port = scalar(node, 'containerPort')
      if (container && port) checkPort(port, `${path}.containerPort`, container, definition, say)
    }
  }
  const connect = member(source, 'serviceConnectConfiguration')
  const named = [
    ...elements(connect, 'services', `${root}.serviceConnectConfiguration`),
    ...elements(source, 'vpcLatticeConfigurations', root),
  ]
  for (const { node, path } of named) mustBePort(scalar(node, 'portName'), `${path}.portName`, definition, say)
  const overrides = member(source, 'overrides')
  for (const { node, path } of elements(overrides, 'containerOverrides', `${root}.overrides`)) {
    mustBeContainer(scalar(node, 'name'), `${path}.name`, definition, say)
  }
  checkNetwork(source, ignores(options, 'networkConfiguration'), definition, say)
  checkFargate(source, definition, say)
  checkVolumes(source, definition, say)
}

/** No guess is made from, or to, what a variable went into. */
function guess(wanted: ScalarNode, candidates: Iterable<readonly [string, ScalarNode | undefined]>): string {
  if (wanted.parts) return ''
  return didYouMean(
    String(wanted.value),
    [...candidates].filter(([, node]) => !node?.parts).map(([name]) => name),
  )
}

function mustBeContainer(
  wanted: ScalarNode | undefined,
  path: string,
  { containers, called }: TaskDefinition,
  say: Say,
): MapNode | undefined {
  if (!wanted || !containers) return undefined
  const container = containers.get(String(wanted.value))
  if (!container) {
    const names = [...containers].map(([name, node]) => [name, scalar(node, 'name')] as const)
    say(wanted, `${path} ${sayValue(wanted)} is no container of ${called}${guess(wanted, names)}`)
  }
  return container
}

function checkPort(port: ScalarNode, path: string, container: MapNode, { called }: TaskDefinition, say: Say): void {
  if (
    partlyUnknown(container, 'portMappings', 'containerPort') ||
    partlyUnknown(container, 'portMappings', 'containerPortRange')
  ) {
    return
  }
  const wanted = Number(port.value)
  const mapped = elements(container, 'portMappings', root).some(({ node }) => {
    const [first, last] = (text(node, 'containerPortRange') ?? '').split('-').map(Number)
    if (first !== undefined && last !== undefined) return wanted >= first && wanted <= last
    return number(node, 'containerPort') === wanted
  })
  const name = scalar(container, 'name')
  if (!mapped) {
    say(port, `${path} ${sayText(port)} is in no portMappings of container ${name ? sayText(name) : ''} of ${called}`)
  }
}

function mustBePort(
  wanted: ScalarNode | undefined,
  path: string,
  { portNames, called }: TaskDefinition,
  say: Say,
): void {
  if (!wanted || !portNames || portNames.has(String(wanted.value))) return
  say(wanted, `${path} ${sayValue(wanted)} is the name of no port mapping of ${called}${guess(wanted, portNames)}`)
}

/** Whether `custom_config.ignore` says that the whole member is somebody else's. */
const ignores = ({ ignore }: Particle['options'], member: string): boolean =>
  Array.isArray(ignore) && ignore.includes(member)

function checkNetwork(
  source: MapNode,
  ignored: boolean,
  { networkMode, networkSaid, called }: TaskDefinition,
  say: Say,
): void {
  if (networkMode === undefined) return
  const at = member(source, 'networkConfiguration')
  if (networkMode !== 'awsvpc' && at && given(at, 'awsvpcConfiguration')) {
    say(
      at,
      `${root}.networkConfiguration is only for networkMode awsvpc, and ${called} has ${networkSaid}: leave it out`,
    )
  }
  if (networkMode === 'awsvpc' && !ignored) {
    mustHaveNetwork(source, source, `${called} has networkMode ${networkSaid}`, say)
  }
}

/** Says so where a network configuration is missing, or says nothing. */
function mustHaveNetwork(source: MapNode, at: Node, because: string, say: Say): void {
  const stated = member(source, 'networkConfiguration')
  if (stated && (stated.kind !== 'map' || member(stated, 'awsvpcConfiguration'))) return
  say(
    stated ?? at,
    `${root} needs networkConfiguration${stated ? '.awsvpcConfiguration' : ''}: ${because}; state it, or name it in custom_config.ignore where somebody else owns it`,
  )
}

/** Of a task definition that is not declared here only AWS knows the network mode, but on Fargate there is just one. */
function checkAlone({ source, options }: Particle, say: Say): void {
  const fargate = onFargate(source)
  if (!fargate || ignores(options, 'networkConfiguration')) return
  mustHaveNetwork(source, fargate.at, `${fargate.said} has networkMode awsvpc alone`, say)
}

/** Where a service or a task asks for Fargate, and in which words. */
function onFargate(source: MapNode): { readonly at: ScalarNode; readonly said: string } | undefined {
  const launch = scalar(source, 'launchType')
  if (launch?.value === 'FARGATE') return { at: launch, said: `${root}.launchType ${sayText(launch)}` }
  for (const { node, path } of elements(source, 'capacityProviderStrategy', root)) {
    const provider = scalar(node, 'capacityProvider')
    if (provider && /^FARGATE(_SPOT)?$/.test(String(provider.value))) {
      return { at: provider, said: `${path}.capacityProvider ${sayText(provider)}` }
    }
  }
  return undefined
}

function checkFargate(source: MapNode, definition: TaskDefinition, say: Say): void {
  const fargate = onFargate(source)
  if (!fargate) return
  const { at, said } = fargate
  const parent = definition.source
  const stated = member(parent, 'requiresCompatibilities')
  const compatible = scalars(parent, 'requiresCompatibilities')
  // Left out, ECS finds out itself what a definition is compatible with.
  if (stated?.kind === 'list' && compatible.length === stated.items.length && compatible.length > 0) {
    if (!compatible.some(([, value]) => value === 'FARGATE')) {
      say(
        at,
        `${said} needs FARGATE in requiresCompatibilities of ${definition.called}, not ${compatible.map(([node]) => sayText(node)).join(', ')} alone`,
      )
    }
  } else if (definition.networkMode !== undefined && definition.networkMode !== 'awsvpc') {
    say(at, `${said} needs networkMode awsvpc, and ${definition.called} has ${definition.networkSaid}`)
  }
}

function checkVolumes(source: MapNode, { source: parent, containers, called }: TaskDefinition, say: Say): void {
  if (!containers || partlyUnknown(parent, 'volumes', 'name')) return
  const volumes = new Map(
    elements(parent, 'volumes', root)
      .filter(({ node }) => flag(node, 'configuredAtLaunch') !== false && given(node, 'configuredAtLaunch'))
      .map(({ node }) => [text(node, 'name') ?? '', scalar(node, 'name')]),
  )
  for (const { node, path } of elements(source, 'volumeConfigurations', root)) {
    const wanted = scalar(node, 'name')
    if (!wanted || volumes.has(String(wanted.value))) continue
    say(
      wanted,
      `${path}.name ${sayValue(wanted)} is no volume with configuredAtLaunch: true of ${called}${guess(wanted, volumes)}`,
    )
  }
}
