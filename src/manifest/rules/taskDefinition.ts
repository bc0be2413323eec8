import type { MapNode } from '../../particle.ts'
import { sayValue } from '../written.ts'
import { type Container, checkReferences, isEssential, type TaskContext } from './containers.ts'
import { checkDependencies } from './dependencies.ts'
import { checkFargate } from './fargate.ts'
import { checkLogs } from './logs.ts'
import { checkMemory } from './memory.ts'
import { checkNetwork } from './network.ts'
import { elements, given, member, partlyUnknown, scalar, scalars, text } from './reading.ts'
import { jsonLength, root, type Say } from './say.ts'
import { checkVolumes } from './volumes.ts'

/** 64 KiB. */
const longestDefinition = 65_536

/** All that a task definition says of itself. */
export function checkTaskDefinition(node: MapNode, sound: boolean, say: Say): void {
  const containers: readonly Container[] = elements(node, 'containerDefinitions', root).map(element => ({
    ...element,
    name: text(element.node, 'name'),
  }))
  const names = new Map<string, Container>()
  for (const container of containers) {
    const { node: definition, name, path } = container
    if (sound && !given(definition, 'image')) say(definition, `${path} lacks image: ECS needs one for every container`)
    // Names that are missing, or there twice, are said where particles are told from each other.
    if (name !== undefined && !names.has(name)) names.set(name, container)
  }
  const context: TaskContext = {
    node,
    containers,
    names,
    open: partlyUnknown(node, 'containerDefinitions', 'name'),
    fargate: scalars(node, 'requiresCompatibilities').some(([, value]) => value === 'FARGATE'),
    // Left out it is bridge, but what an inherited mode will be nobody knows.
    network: given(node, 'networkMode') ? text(node, 'networkMode') : 'bridge',
    sound,
    say,
  }
  checkEssential(context)
  checkReferences(context)
  checkDependencies(context)
  checkMemory(context)
  checkNetwork(context)
  checkVolumes(context)
  checkLogs(context)
  checkContainerRest(context)
  if (context.fargate) checkFargate(context)
  const length = jsonLength(node)
  if (length > longestDefinition) {
    context.say(node, `${root} must have at most ${longestDefinition} characters as JSON, and has ${length}`)
  }
}

function checkEssential({ node, containers, open, say }: TaskContext): void {
  const list = member(node, 'containerDefinitions')
  if (list && containers.length > 0 && !open && !containers.some(isEssential)) {
    say(list, `${root}.containerDefinitions needs at least one essential container: all say essential: false`)
  }
}

function checkContainerRest({ containers, sound, say }: TaskContext): void {
  for (const container of containers) {
    const variables = new Set<string>()
    for (const { node: variable, path } of elements(container.node, 'environment', container.path)) {
      const name = scalar(variable, 'name')
      if (!name) continue
      // ECS keeps one of them, so that the definition would never be what it registered.
      if (variables.has(String(name.value))) say(name, `${path}.name ${sayValue(name)} is set twice: keep one`)
      variables.add(String(name.value))
    }
    for (const { node: secret, path } of elements(container.node, 'secrets', container.path)) {
      const name = scalar(secret, 'name')
      if (name && variables.has(String(name.value))) {
        say(name, `${path}.name ${sayValue(name)} is set twice: by an environment variable or another secret as well`)
      }
      if (name) variables.add(String(name.value))
    }
    const check = member(container.node, 'healthCheck')
    const command = member(check, 'command')
    const first = command?.kind === 'list' ? command.items[0] : undefined
    if (sound && first?.kind === 'scalar' && !first.inherit && !/^(CMD|CMD-SHELL|NONE)$/.test(String(first.value))) {
      say(first, `${container.path}.healthCheck.command must begin with CMD or CMD-SHELL, not ${sayValue(first)}`)
    }
    for (const { node: requirement, path } of elements(container.node, 'resourceRequirements', container.path)) {
      if (sound && !given(requirement, 'value') && !given(requirement, 'sharingStrategy')) {
        say(requirement, `${path} needs a value`)
      }
    }
  }
}
