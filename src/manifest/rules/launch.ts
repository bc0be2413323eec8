import type { MapNode } from '../../particle.ts'
import { sayText, sayValue } from '../written.ts'
import { type Element, elements, given, member, number, scalar, text } from './reading.ts'
import { root, type Say } from './say.ts'

/** A capacity provider strategy, of a cluster, a service or a task. */
export function checkStrategy(node: MapNode, name: string, say: Say): void {
  const items = elements(node, name, root)
  const seen = new Set<string>()
  let base: Element | undefined
  for (const item of items) {
    const provider = scalar(item.node, 'capacityProvider')
    if (provider) {
      if (seen.has(String(provider.value)))
        say(provider, `${item.path}.capacityProvider ${sayValue(provider)} is there twice: keep one`)
      seen.add(String(provider.value))
    }
    if ((number(item.node, 'base') ?? 0) === 0) continue
    if (base)
      say(item.node, `${item.path}.base is a second one: only one capacity provider of a strategy may have a base`)
    base = item
  }
  const list = member(node, name)
  const weightless = items.every(item => !given(item.node, 'weight') || number(item.node, 'weight') === 0)
  if (list && items.length > 1 && weightless) {
    say(list, `${root}.${name} needs a weight above 0 for at least one of its capacity providers: left out it is 0`)
  }
}

/** Launch settings that services and tasks share. */
export function checkLaunch(node: MapNode, say: Say): void {
  checkStrategy(node, 'capacityProviderStrategy', say)
  const launch = scalar(node, 'launchType')
  const strategy = member(node, 'capacityProviderStrategy')
  if (member(node, 'launchType') && strategy && given(node, 'capacityProviderStrategy')) {
    say(strategy, `${root}.capacityProviderStrategy and launchType exclude each other: leave one out`)
  }
  if (launch?.value === 'FARGATE') {
    for (const name of ['placementStrategy', 'placementConstraints']) {
      const at = member(node, name)
      if (at && given(node, name)) say(at, `${root}.${name} is not possible with launchType FARGATE: leave it out`)
    }
  }
  const version = member(node, 'platformVersion')
  if (version && (launch?.value === 'EC2' || launch?.value === 'EXTERNAL')) {
    say(version, `${root}.platformVersion is only for Fargate, not for launchType ${sayText(launch)}: leave it out`)
  }
  for (const { node: constraint, path } of elements(node, 'placementConstraints', root)) {
    const type = text(constraint, 'type')
    const expression = member(constraint, 'expression')
    if (type === 'distinctInstance' && expression) {
      say(expression, `${path}.expression is not possible with type distinctInstance: leave it out`)
    }
    if (type === 'memberOf' && !expression) say(constraint, `${path} needs an expression: type is memberOf`)
  }
  for (const { node: rule, path } of elements(node, 'placementStrategy', root)) {
    const field = scalar(rule, 'field')
    if (text(rule, 'type') === 'binpack' && field && !/^(cpu|memory)$/i.test(String(field.value))) {
      say(field, `${path}.field must be cpu or memory with type binpack, not ${sayValue(field)}`)
    }
  }
  for (const { node: volume, path } of elements(node, 'volumeConfigurations', root)) {
    const ebs = member(volume, 'managedEBSVolume')
    if (ebs?.kind === 'map' && !given(ebs, 'sizeInGiB') && !given(ebs, 'snapshotId')) {
      say(ebs, `${path}.managedEBSVolume needs sizeInGiB or snapshotId`)
    }
  }
}
