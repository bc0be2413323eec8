import type { MapNode } from '../../particle.ts'
import { sayValue } from '../written.ts'
import type { TaskContext } from './containers.ts'
import { elements, given, member, number, scalar, text } from './reading.ts'
import { type Say, said } from './say.ts'

/** What a network mode makes of ports and names. */
export function checkNetwork({ node, containers, network, fargate, say }: TaskContext): void {
  const taken = new Map<string, string>()
  for (const container of containers) {
    const mappings = member(container.node, 'portMappings')
    if (network === 'none' && mappings && given(container.node, 'portMappings')) {
      say(mappings, `${container.path}.portMappings are not possible with networkMode none: leave them out`)
    }
    if (network === 'awsvpc') {
      for (const name of ['hostname', 'extraHosts']) {
        const at = member(container.node, name)
        if (at && given(container.node, name)) {
          say(at, `${container.path}.${name} is not possible with networkMode awsvpc: leave it out`)
        }
      }
    }
    for (const { node: mapping, path } of elements(container.node, 'portMappings', container.path)) {
      checkPortMapping(mapping, path, say)
      const inside = number(mapping, 'containerPort')
      const outside = number(mapping, 'hostPort') ?? 0
      const sameOutside = network === 'host' || network === 'awsvpc'
      const host = member(mapping, 'hostPort')
      // In awsvpc ECS refuses it on EC2 as well today, but definitions that say so are in use; there it is left to ECS.
      const must = network === 'host' || (network === 'awsvpc' && fargate)
      if (must && host && outside !== 0 && inside !== undefined && outside !== inside) {
        say(
          host,
          `${path}.hostPort must be the same as containerPort with networkMode ${said(node, 'networkMode')}: ${said(mapping, 'hostPort')} is not ${said(mapping, 'containerPort')}; leave it out`,
        )
      }
      const used = outside !== 0 ? outside : sameOutside ? inside : undefined
      if (used === undefined) continue
      const protocol = given(mapping, 'protocol') ? text(mapping, 'protocol') : 'tcp'
      const key = `${used}/${protocol}`
      const before = taken.get(key)
      if (before !== undefined && protocol !== undefined) {
        const name = outside !== 0 ? 'hostPort' : 'containerPort'
        say(member(mapping, name) ?? mapping, `${path}.${name} ${said(mapping, name)} is already taken by ${before}`)
      } else taken.set(key, path)
    }
  }
}

function checkPortMapping(mapping: MapNode, path: string, say: Say): void {
  const range = scalar(mapping, 'containerPortRange')
  const [, first, last] = /^(\d+)-(\d+)$/.exec(range ? String(range.value) : '') ?? []
  if (range && first !== undefined && last !== undefined) {
    if (Number(first) < 1 || Number(last) > 65_535 || Number(first) >= Number(last)) {
      say(
        range,
        `${path}.containerPortRange must go from a lower to a higher port, both between 1 and 65535, not ${sayValue(range)}`,
      )
    }
    const host = member(mapping, 'hostPort')
    if (host && number(mapping, 'hostPort') !== 0)
      say(host, `${path}.hostPort must be left out beside containerPortRange`)
  }
}
