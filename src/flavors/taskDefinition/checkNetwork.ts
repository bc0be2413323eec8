import { all, lacks, type RefusalRules, type Stated, wellFormed } from '../../schema/refusals.ts'
import { containersOf } from './checkContainers.ts'
import { isForFargate } from './checkFargate.ts'

/** `bridge` where the member is left out; undefined while it is still to be inherited. */
const networkMode = ({ root }: Stated): string | undefined =>
  root.given('networkMode') ? root.text('networkMode') : 'bridge'

const inMode =
  (mode: string) =>
  (holder: Stated): boolean =>
    networkMode(holder) === mode

const inAwsvpc = 'is not possible with networkMode awsvpc: leave it out'

// From the API reference of ContainerDefinition and PortMapping, and from ECS's own refusals.
/** What RegisterTaskDefinition requires in each network mode. */
export const networkRefusals: RefusalRules = {
  '': [checkPorts],
  'containerDefinitions[]': [
    ['portMappings', inMode('none'), 'are not possible with networkMode none: leave them out'],
    ['hostname', inMode('awsvpc'), inAwsvpc],
    ['extraHosts', inMode('awsvpc'), inAwsvpc],
    [
      'links',
      container => (networkMode(container) ?? 'bridge') !== 'bridge',
      'only work with networkMode bridge, not {/networkMode}: leave them out',
    ],
  ],
  proxyConfiguration: [
    [
      '',
      proxy => isMesh(proxy) && (networkMode(proxy) ?? 'awsvpc') !== 'awsvpc',
      'of type APPMESH needs networkMode awsvpc in the task definition',
    ],
  ],
  'proxyConfiguration.properties[]': [
    ['', property => property.node.entries.get('value') === undefined, "lacks value: write '' for an empty one"],
  ],
  'containerDefinitions[].portMappings[]': [
    ['', all(wellFormed, lacks('containerPort', 'containerPortRange')), 'needs a containerPort'],
    [
      'containerPortRange',
      mapping => networkMode(mapping) === 'host',
      'is not possible with networkMode host: state each containerPort',
    ],
    [
      'containerPortRange',
      isNoRange,
      'must go from a lower to a higher port, both between 1 and 65535, not {"containerPortRange"}',
    ],
    [
      'hostPort',
      mapping => rangeOf(mapping) !== undefined && mapping.number('hostPort') !== 0,
      'must be left out beside containerPortRange',
    ],
    [
      'hostPort',
      mustBeTheSame,
      'must be the same as containerPort with networkMode {/networkMode}: {hostPort} is not {containerPort}; leave it out',
    ],
  ],
}

/** The one type there is, also where it is left out. */
const isMesh = (proxy: Stated): boolean => !proxy.given('type') || proxy.text('type') === 'APPMESH'

function rangeOf(mapping: Stated): readonly [first: number, last: number] | undefined {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(mapping.text('containerPortRange') ?? '') ?? []
  return first === undefined || last === undefined ? undefined : [Number(first), Number(last)]
}

function isNoRange(mapping: Stated): boolean {
  const [first, last] = rangeOf(mapping) ?? [1, 2]
  return first < 1 || last > 65_535 || first >= last
}

// In awsvpc ECS refuses another port on EC2 as well today, but definitions that have one are in use: they are left to ECS.
function mustBeTheSame(mapping: Stated): boolean {
  const [inside, outside = 0] = [mapping.number('containerPort'), mapping.number('hostPort')]
  const mode = networkMode(mapping)
  return (
    (mode === 'host' || (mode === 'awsvpc' && isForFargate(mapping.root))) &&
    outside !== 0 &&
    inside !== undefined &&
    outside !== inside
  )
}

/** No port of the host is taken twice. */
function checkPorts(definition: Stated): void {
  const taken = new Map<string, string>()
  const hasOwnPorts = /^(host|awsvpc)$/.test(networkMode(definition) ?? '')
  for (const mapping of containersOf(definition).flatMap(container => container.elements('portMappings'))) {
    const name = mapping.number('hostPort') ? 'hostPort' : 'containerPort'
    const port = name === 'hostPort' || hasOwnPorts ? mapping.number(name) : undefined
    if (port === undefined) continue
    const protocol = mapping.given('protocol') ? mapping.text('protocol') : 'tcp'
    const key = `${port}/${protocol}`
    const earlier = taken.get(key)
    if (earlier !== undefined && protocol !== undefined)
      mapping.report(name, `${mapping.written(name)} is already taken by ${earlier}`)
    else taken.set(key, mapping.path)
  }
}
