import type { ScalarNode } from '../../particle.ts'
import {
  all,
  checkRepeated,
  is,
  isNot,
  lacks,
  type RefusalRules,
  type Stated,
  wellFormed,
  whole,
} from '../../schema/refusals.ts'
import { memorySize } from '../../schema/sizes.ts'
import { isForFargate } from './checkFargate.ts'
import { checkReserved } from './checkReserved.ts'

// From the API reference of ContainerDefinition, and from ECS's own refusals.

/** The stated containers. */
export const containersOf = (definition: Stated): readonly Stated[] => definition.elements('containerDefinitions')

/** Some containers are still to be inherited, so that a name may yet turn out to exist. */
export const hasUnknownNames = (definition: Stated): boolean => definition.partlyUnknown('containerDefinitions', 'name')

/** Left out, a container is essential. */
const isEssential = (container: Stated): boolean => container.flag('essential') !== false

/** What RegisterTaskDefinition requires of containers and of references between them. */
export const containerRefusals: RefusalRules = {
  '': [
    [
      'containerDefinitions',
      definition => {
        const containers = containersOf(definition)
        return containers.length > 0 && !hasUnknownNames(definition) && !containers.some(isEssential)
      },
      'needs at least one essential container: all say essential: false',
    ],
    checkMemory,
    checkCircles,
  ],
  'containerDefinitions[]': [
    ['', all(wellFormed, lacks('image')), 'lacks image: ECS needs one for every container'],
    [
      '',
      all(wellFormed, whole(lacks('memory')), lacks('memory', 'memoryReservation'), ({ root }) => !isForFargate(root)),
      'needs memory or memoryReservation: the task definition has no memory of its own',
    ],
    ['memory', isBelowReservation, 'must not be below memoryReservation: {memory} is less than {memoryReservation}'],
    checkLinks,
    checkVariables,
    checkHealthCommand,
  ],
  'containerDefinitions[].resourceRequirements[]': [
    ['', all(wellFormed, lacks('value', 'sharingStrategy')), 'needs a value'],
    [
      'value',
      all(is('type', 'NeuronDevice'), isNot('value', 'ALL')),
      'must be ALL with type NeuronDevice, not {"value"}',
    ],
  ],
  'containerDefinitions[].environmentFiles[]': [
    [
      'value',
      file => !/\.env$/.test(file.text('value') ?? '.env'),
      'must end with .env, the extension that ECS requires',
    ],
  ],
  'containerDefinitions[].volumesFrom[]': [volume => checkName(volume, 'sourceContainer')],
  'containerDefinitions[].dependsOn[]': [checkDependency],
  proxyConfiguration: [proxy => checkName(proxy, 'containerName')],
}

function isBelowReservation(container: Stated): boolean {
  const [hard, soft] = [container.number('memory'), container.number('memoryReservation')]
  return hard !== undefined && soft !== undefined && hard < soft
}

function checkHealthCommand(container: Stated): void {
  const command = container.at('healthCheck')?.member('command')
  const [first] = command?.kind === 'list' ? command.items : []
  if (!container.wellFormed || first?.kind !== 'scalar' || first.inherit) return
  if (!/^(CMD|CMD-SHELL|NONE)$/.test(String(first.value)))
    container.report('healthCheck.command', `must begin with CMD or CMD-SHELL, not ${container.quoted(first)}`, first)
}

/** Reports a member that is the name of no container. */
function checkName(holder: Stated, member: string, wanted: ScalarNode | undefined = holder.scalar(member)): void {
  if (!wanted || hasUnknownNames(holder.root)) return
  const names = namesOf(containersOf(holder.root))
  const otherwise = `, which has ${[...names.values()].map(name => holder.written(name)).join(', ')}`
  holder.reportUnknown(member, names, 'is no container of this definition', wanted, otherwise)
}

/** Names that are there, with the scalars that state them. */
export const namesOf = (elements: readonly Stated[], member = 'name'): ReadonlyMap<string, ScalarNode> =>
  new Map(
    elements.flatMap(element => {
      const name = element.scalar(member)
      return name ? [[String(name.value), name] as const] : []
    }),
  )

function checkLinks(container: Stated): void {
  for (const [index, [node, value]] of container.scalars('links').entries()) {
    const [name = ''] = value.split(':')
    if (!node.parts) checkName(container, `links[${index}]`, { ...node, value: name })
  }
}

const containerNamed = (definition: Stated, name: string | undefined): Stated | undefined =>
  name === undefined ? undefined : containersOf(definition).find(container => container.text('name') === name)

/** The container that is waited for exists, and the condition can come about. */
function checkDependency(dependency: Stated): void {
  checkName(dependency, 'containerName')
  const other = containerNamed(dependency.root, dependency.text('containerName'))
  if (!other || !dependency.wellFormed) return
  const condition = dependency.text('condition')
  const needs = `${dependency.written('condition')} needs`
  if (condition === 'HEALTHY' && !other.given('healthCheck'))
    dependency.report('condition', `${needs} a healthCheck in ${other.path}; one in the image does not count`)
  if ((condition === 'COMPLETE' || condition === 'SUCCESS') && isEssential(other))
    dependency.report('condition', `${needs} essential: false in ${other.path}`)
}

/** One problem for each dependency that closes a circle. */
function checkCircles(definition: Stated): void {
  const done = new Set<Stated>()
  const way: Stated[] = []
  const visit = (container: Stated): void => {
    if (done.has(container)) return
    way.push(container)
    for (const dependency of container.elements('dependsOn')) {
      const next = containerNamed(definition, dependency.text('containerName'))
      const start = next ? way.indexOf(next) : -1
      if (next && start < 0) visit(next)
      else if (next) {
        const circle = [...way.slice(start), next].map(each => each.written('name')).join(' → ')
        dependency.report('containerName', `closes a circle: ${circle}; leave one of them out`)
      }
    }
    way.pop()
    done.add(container)
  }
  for (const container of containersOf(definition)) {
    if (containerNamed(definition, container.text('name')) === container) visit(container)
  }
}

/** ECS keeps one of two variables with one name, so that a definition that has both would never be what it registered. */
function checkVariables(container: Stated): void {
  const variables = container.elements('environment')
  checkRepeated(variables, 'name', 'is set twice: keep one')
  const seen = new Set(namesOf(variables).keys())
  for (const secret of container.elements('secrets')) {
    const name = secret.scalar('name')
    if (!name) continue
    if (seen.has(String(name.value)))
      secret.report('name', `${secret.quoted(name)} is set twice: by an environment variable or another secret as well`)
    seen.add(String(name.value))
  }
}

/** All containers together reserve no more than the task has. */
function checkMemory(definition: Stated): void {
  checkReserved(definition, 'memory', memorySize.read, ['memoryReservation', 'memory'], 'MiB')
}
