import type { MapNode, ScalarNode } from '../../particle.ts'
import { sayText, sayValue } from '../written.ts'
import { type Element, elements, flag, given, member, scalar, scalars } from './reading.ts'
import { guess, root, type Say, said } from './say.ts'

/** A container as it is stated. */
export interface Container extends Element {
  readonly name: string | undefined
}

/** A task definition as its rules see it. */
export interface TaskContext {
  readonly node: MapNode
  readonly containers: readonly Container[]
  readonly names: ReadonlyMap<string, Container>
  /** Some containers are not known yet, so that a name may still turn out to exist. */
  readonly open: boolean
  readonly fargate: boolean
  readonly network: string | undefined
  readonly sound: boolean
  readonly say: Say
}

/** Left out, a container is essential. */
export const isEssential = (container: Container): boolean =>
  given(container.node, 'essential') ? flag(container.node, 'essential') !== false : true

/** Says so when a scalar names no container. */
export function mustBeContainer(wanted: ScalarNode | undefined, path: string, { names, open, say }: TaskContext): void {
  if (!wanted || open || names.has(String(wanted.value))) return
  const known = [...names.values()].map(container => sayText(scalar(container.node, 'name') ?? wanted))
  const meant = guess(
    wanted,
    [...names].filter(([, { node }]) => !scalar(node, 'name')?.parts).map(([name]) => name),
  )
  say(
    wanted,
    `${path} ${sayValue(wanted)} is no container of this definition${meant || `, which has ${known.join(', ')}`}`,
  )
}

/** What names a container of the same definition names one that is there. */
export function checkReferences(context: TaskContext): void {
  const { node, containers, network, say } = context
  for (const container of containers) {
    for (const { node: item, path } of elements(container.node, 'volumesFrom', container.path)) {
      mustBeContainer(scalar(item, 'sourceContainer'), `${path}.sourceContainer`, context)
    }
    for (const [index, [item, value]] of scalars(container.node, 'links').entries()) {
      const [name = ''] = value.split(':')
      mustBeContainer(item.parts ? undefined : { ...item, value: name }, `${container.path}.links[${index}]`, context)
    }
    const links = member(container.node, 'links')
    if (links && given(container.node, 'links') && network !== undefined && network !== 'bridge') {
      say(
        links,
        `${container.path}.links only work with networkMode bridge, not ${said(context.node, 'networkMode')}: leave them out`,
      )
    }
  }
  const proxy = member(node, 'proxyConfiguration')
  mustBeContainer(scalar(proxy, 'containerName'), `${root}.proxyConfiguration.containerName`, context)
}
