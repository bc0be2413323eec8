import { all, checkRepeated, lacks, type Rules, sound, whole } from '../../manifest/rules/rows.ts'
import type { Stated } from '../../manifest/rules/stated.ts'
import { sayText, sayValue } from '../../manifest/written.ts'
import type { ScalarNode } from '../../particle.ts'
import { memorySize } from '../../schema/sizes.ts'
import { isForFargate } from './checkFargate.ts'

// From the API reference of ContainerDefinition, and from ECS's own refusals.

export const containersOf = (definition: Stated): readonly Stated[] => definition.elements('containerDefinitions')

/** Some containers are still to be inherited, so that a name may yet turn out to exist. */
export const hasUnknownNames = (definition: Stated): boolean => definition.partlyUnknown('containerDefinitions', 'name')

/** Left out, a container is essential. */
const isEssential = (container: Stated): boolean =>
  !container.given('essential') || container.flag('essential') !== false

export const containerRules: Rules = {
  'containerDefinitions[]': [
    ['', all(sound, lacks('image')), 'lacks image: ECS needs one for every container'],
    [
      '',
      all(sound, whole(lacks('memory')), lacks('memory', 'memoryReservation'), whole(isNotForFargate)),
      'needs memory or memoryReservation: the task definition has no memory of its own',
    ],
    ['memory', isBelowReservation, 'must not be below memoryReservation: {memory} is less than {memoryReservation}'],
  ],
  'containerDefinitions[].resourceRequirements[]': [
    ['', all(sound, lacks('value', 'sharingStrategy')), 'needs a value'],
  ],
}

function isNotForFargate(definition: Stated): boolean {
  return !isForFargate(definition)
}

function isBelowReservation(container: Stated): boolean {
  const [hard, soft] = [container.number('memory'), container.number('memoryReservation')]
  return hard !== undefined && soft !== undefined && hard < soft
}

export function checkContainers(definition: Stated): void {
  const containers = containersOf(definition)
  if (containers.length > 0 && !hasUnknownNames(definition) && !containers.some(isEssential))
    definition.report('containerDefinitions', 'needs at least one essential container: all say essential: false')
  checkReferences(definition)
  checkDependencies(definition)
  for (const container of containers) {
    checkVariables(container)
    const command = container.at('healthCheck')?.member('command')
    const first = command?.kind === 'list' ? command.items[0] : undefined
    if (
      definition.sound &&
      first?.kind === 'scalar' &&
      !first.inherit &&
      !/^(CMD|CMD-SHELL|NONE)$/.test(String(first.value))
    ) {
      const message = `must begin with CMD or CMD-SHELL, not ${sayValue(first)}`
      container.report('healthCheck.command', message, first)
    }
  }
}

/** Reports a member that is the name of no container. */
function checkName(holder: Stated, member: string, wanted: ScalarNode | undefined = holder.scalar(member)): void {
  if (!wanted || hasUnknownNames(holder.root)) return
  const names = namesOf(containersOf(holder.root))
  const otherwise = `, which has ${[...names.values()].map(name => sayText(name)).join(', ')}`
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

function checkReferences(definition: Stated): void {
  for (const container of containersOf(definition)) {
    for (const volume of container.elements('volumesFrom')) checkName(volume, 'sourceContainer')
    for (const [index, [node, value]] of container.scalars('links').entries()) {
      const [name = ''] = value.split(':')
      if (!node.parts) checkName(container, `links[${index}]`, { ...node, value: name })
    }
  }
  const proxy = definition.at('proxyConfiguration')
  if (proxy) checkName(proxy, 'containerName')
}

/** What containers wait for exists, can come about, and goes in no circle. */
function checkDependencies(definition: Stated): void {
  const byName = new Map<string, Stated>()
  for (const container of containersOf(definition)) {
    const name = container.text('name')
    if (name !== undefined && !byName.has(name)) byName.set(name, container)
  }
  for (const dependency of containersOf(definition).flatMap(container => container.elements('dependsOn'))) {
    checkName(dependency, 'containerName')
    const other = byName.get(dependency.text('containerName') ?? '')
    if (!other || !definition.sound) continue
    const condition = dependency.text('condition')
    const needs = `${dependency.written('condition')} needs`
    if (condition === 'HEALTHY' && !other.given('healthCheck'))
      dependency.report('condition', `${needs} a healthCheck in ${other.path}; one in the image does not count`)
    if ((condition === 'COMPLETE' || condition === 'SUCCESS') && isEssential(other))
      dependency.report('condition', `${needs} essential: false in ${other.path}`)
  }
  checkCircles(byName)
}

/** One problem for each dependency that closes a circle. */
function checkCircles(byName: ReadonlyMap<string, Stated>): void {
  const done = new Set<Stated>()
  const way: Stated[] = []
  const visit = (container: Stated): void => {
    if (done.has(container)) return
    way.push(container)
    for (const dependency of container.elements('dependsOn')) {
      const next = byName.get(dependency.text('containerName') ?? '')
      if (!next) continue
      const start = way.indexOf(next)
      if (start < 0) visit(next)
      else {
        const circle = [...way.slice(start), next].map(each => each.written('name')).join(' → ')
        dependency.report('containerName', `closes a circle: ${circle}; leave one of them out`)
      }
    }
    way.pop()
    done.add(container)
  }
  for (const container of byName.values()) visit(container)
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
      secret.report('name', `${sayValue(name)} is set twice: by an environment variable or another secret as well`)
    seen.add(String(name.value))
  }
}

/** All containers together reserve no more than the task has. */
export function checkMemory(definition: Stated): void {
  const task = memorySize.read(definition.text('memory') ?? '')
  const containers = containersOf(definition)
  const sum = containers
    .map(container => container.number('memoryReservation') ?? container.number('memory') ?? 0)
    .reduce((total, each) => total + each, 0)
  if (task === undefined || sum <= task) return
  // The sum would tell the value of a variable that went into it.
  const isHidden = containers.some(
    container => container.scalar('memory')?.parts || container.scalar('memoryReservation')?.parts,
  )
  const message = `is less than its containers reserve${isHidden ? '' : `: ${sum} MiB`}`
  definition.report('memory', `${definition.quoted('memory')} ${message}`)
}
