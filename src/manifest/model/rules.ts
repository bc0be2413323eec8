import type { MapNode, Node, Problem, ScalarNode } from '../../particle.ts'
import { didYouMean } from '../suggest.ts'
import { type Element, elements, flag, given, member, number, partlyUnknown, scalar, scalars, text } from './reading.ts'
import { sayText, sayValue } from './written.ts'

/**
 * What ECS would only say at run time, as far as one definition tells. The facts are those of the SDK's
 * documentation comments and of ECS's own refusals.
 *
 * `sound`: the definition fits the model. If it does not, nothing is said about what seems to be missing:
 * it may only be misspelt.
 */
export function checkRules(node: MapNode, flavor: string, sound: boolean, problems: Problem[]): void {
  const say: Say = (at, message) => problems.push({ place: at.place, message })
  const rules = byFlavor[flavor]
  if (!rules) return
  checkTags(node, say)
  rules(node, sound, say)
}

type Say = (at: Node, message: string) => void

const root = 'aws_resource'

const byFlavor: Readonly<Record<string, (node: MapNode, sound: boolean, say: Say) => void>> = {
  ecs_cluster: checkCluster,
  ecs_task_definition: checkTaskDefinition,
  ecs_service: checkService,
  ecs_task: checkTask,
}

/** What `didYouMean` may say of a reference: nothing that a variable's value would show through. */
const guess = (wanted: ScalarNode, candidates: Iterable<string>): string =>
  wanted.parts ? '' : didYouMean(String(wanted.value), candidates)

function checkTags(node: MapNode, say: Say): void {
  const seen = new Set<string>()
  for (const tag of elements(node, 'tags', root)) {
    const key = scalar(tag.node, 'key')
    if (!key) continue
    const value = String(key.value)
    const quoted = sayValue(key)
    if (/^aws:/i.test(value)) say(key, `${tag.path}.key must not begin with "aws:", which is AWS's own, like ${quoted}`)
    if (/^ecs-particles:/i.test(value)) {
      say(key, `${tag.path}.key must not begin with "ecs-particles:", which is this tool's own, like ${quoted}`)
    }
    if (seen.has(value)) say(key, `${tag.path}.key ${quoted} is there twice: keep one`)
    seen.add(value)
  }
}

// ---- Clusters

function checkCluster(node: MapNode, _sound: boolean, say: Say): void {
  const strategy = 'defaultCapacityProviderStrategy'
  checkStrategy(node, strategy, say)
  if (member(node, 'capacityProviders')?.kind === 'list' && !partlyUnknown(node, 'capacityProviders', '')) {
    const providers = scalars(node, 'capacityProviders').map(([, provider]) => provider)
    for (const item of elements(node, strategy, root)) {
      const provider = scalar(item.node, 'capacityProvider')
      if (provider && !providers.includes(String(provider.value))) {
        say(
          provider,
          `${item.path}.capacityProvider ${sayValue(provider)} is not among capacityProviders${guess(provider, providers)}`,
        )
      }
    }
  }
  const execute = member(member(node, 'configuration'), 'executeCommandConfiguration')
  if (execute && text(execute, 'logging') === 'OVERRIDE' && !given(execute, 'logConfiguration')) {
    say(
      execute,
      `${root}.configuration.executeCommandConfiguration.logging OVERRIDE needs a logConfiguration beside it`,
    )
  }
}

function checkStrategy(node: MapNode, name: string, say: Say): void {
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

// ---- Task definitions

interface Container extends Element {
  readonly name: string | undefined
}

function checkTaskDefinition(node: MapNode, sound: boolean, say: Say): void {
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

interface TaskContext {
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
const isEssential = (container: Container): boolean =>
  given(container.node, 'essential') ? flag(container.node, 'essential') !== false : true

function checkEssential({ node, containers, open, say }: TaskContext): void {
  const list = member(node, 'containerDefinitions')
  if (list && containers.length > 0 && !open && !containers.some(isEssential)) {
    say(list, `${root}.containerDefinitions needs at least one essential container: all say essential: false`)
  }
}

/** Says so when a scalar names no container. */
function mustBeContainer(wanted: ScalarNode | undefined, path: string, { names, open, say }: TaskContext): void {
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

function checkReferences(context: TaskContext): void {
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

function checkDependencies(context: TaskContext): void {
  const { containers, names, say } = context
  const edges = new Map<string, Edges>()
  for (const container of containers) {
    const own: { to: string; at: ScalarNode; path: string }[] = []
    for (const { node: item, path } of elements(container.node, 'dependsOn', container.path)) {
      const wanted = scalar(item, 'containerName')
      mustBeContainer(wanted, `${path}.containerName`, context)
      const other = wanted && names.get(String(wanted.value))
      if (!wanted || !other) continue
      own.push({ to: String(wanted.value), at: wanted, path })
      const condition = scalar(item, 'condition')
      if (condition?.value === 'HEALTHY' && context.sound && !given(other.node, 'healthCheck')) {
        say(
          condition,
          `${path}.condition ${sayText(condition)} needs a healthCheck in ${other.path}; one in the image does not count`,
        )
      }
      if ((condition?.value === 'COMPLETE' || condition?.value === 'SUCCESS') && isEssential(other) && context.sound) {
        say(condition, `${path}.condition ${sayText(condition)} needs essential: false in ${other.path}`)
      }
    }
    const named = scalar(container.node, 'name')
    if (named && container.name !== undefined) edges.set(container.name, { said: sayText(named), to: own })
  }
  sayCycles(edges, say)
}

/** What one container waits for. */
interface Edges {
  /** Its name as it is written. */
  readonly said: string
  readonly to: readonly { readonly to: string; readonly at: ScalarNode; readonly path: string }[]
}

/** One problem for each edge that closes a circle. */
function sayCycles(edges: ReadonlyMap<string, Edges>, say: Say): void {
  const done = new Set<string>()
  const trail: string[] = []
  const visit = (name: string): void => {
    if (done.has(name)) return
    trail.push(name)
    for (const { to, at, path } of edges.get(name)?.to ?? []) {
      const start = trail.indexOf(to)
      if (start < 0) {
        visit(to)
        continue
      }
      const circle = [...trail.slice(start), to].map(step => edges.get(step)?.said)
      say(at, `${path}.containerName closes a circle: ${circle.join(' → ')}; leave one of them out`)
    }
    trail.pop()
    done.add(name)
  }
  for (const name of edges.keys()) visit(name)
}

function checkMemory({ node, containers, fargate, sound, say }: TaskContext): void {
  const task = mebibytes(text(node, 'memory'))
  for (const { node: container, path } of containers) {
    const hard = number(container, 'memory')
    const soft = number(container, 'memoryReservation')
    const at = member(container, 'memory')
    if (at && hard !== undefined && soft !== undefined && hard < soft) {
      say(
        at,
        `${path}.memory must not be below memoryReservation: ${said(container, 'memory')} is less than ${said(container, 'memoryReservation')}`,
      )
    }
    if (
      sound &&
      !given(node, 'memory') &&
      !given(container, 'memory') &&
      !given(container, 'memoryReservation') &&
      !fargate
    ) {
      say(container, `${path} needs memory or memoryReservation: the task definition has no memory of its own`)
    }
  }
  const at = member(node, 'memory')
  if (!at || task === undefined) return
  const reserved = containers.map(({ node: each }) => number(each, 'memoryReservation') ?? number(each, 'memory') ?? 0)
  const sum = reserved.reduce((total, each) => total + each, 0)
  if (sum > task) {
    // The sum would tell the value of a variable that went into it.
    const told = containers.some(
      ({ node: each }) => scalar(each, 'memory')?.parts || scalar(each, 'memoryReservation')?.parts,
    )
    say(at, `${root}.memory ${sayValue(at)} is less than its containers reserve${told ? '' : `: ${sum} MiB`}`)
  }
}

/** A scalar member as it was written. */
const said = (node: Node, name: string): string => {
  const value = scalar(node, name)
  return value ? sayText(value) : ''
}

/** MiB of `1024`, `1GB` or `.5 GB`. */
function mebibytes(value: string | undefined): number | undefined {
  const [, whole, parts] = /^(?:(\d+)|(\d+\.?\d*|\.\d+)\s*gb)$/i.exec(value ?? '') ?? []
  if (whole !== undefined) return Number(whole)
  return parts === undefined ? undefined : Number(parts) * 1024
}

/** CPU units of `512`, `.5 vCPU` or `0.5vcpu`. */
function cpuUnits(value: string | undefined): number | undefined {
  const [, whole, parts] = /^(?:(\d+)|(\d+\.?\d*|\.\d+)\s*vcpu)$/i.exec(value ?? '') ?? []
  if (whole !== undefined) return Number(whole)
  return parts === undefined ? undefined : Number(parts) * 1024
}

function checkNetwork({ node, containers, network, fargate, say }: TaskContext): void {
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

const volumeKinds = [
  'dockerVolumeConfiguration',
  'efsVolumeConfiguration',
  's3filesVolumeConfiguration',
  'fsxWindowsFileServerVolumeConfiguration',
]

function checkVolumes({ node, containers, say }: TaskContext): void {
  const volumes = new Map<string, MapNode>()
  let atLaunch: Element | undefined
  for (const volume of elements(node, 'volumes', root)) {
    const name = scalar(volume.node, 'name')
    if (name) {
      if (volumes.has(String(name.value)))
        say(name, `${volume.path}.name ${sayValue(name)} is there twice: volume names must differ`)
      volumes.set(String(name.value), volume.node)
    }
    const kinds = volumeKinds.filter(kind => given(volume.node, kind))
    const [kind, another] = kinds
    if (kind !== undefined && another !== undefined) {
      say(
        member(volume.node, another) ?? volume.node,
        `${volume.path}.${another} is not possible beside ${kind}: a volume has one kind`,
      )
    }
    if (flag(volume.node, 'configuredAtLaunch')) {
      const at = member(volume.node, 'configuredAtLaunch') ?? volume.node
      if (atLaunch)
        say(at, `${volume.path}.configuredAtLaunch is a second one: a task definition may have one such volume`)
      if (kind !== undefined) say(at, `${volume.path}.configuredAtLaunch is not possible beside ${kind}`)
      atLaunch = volume
    }
    checkEfs(volume, say)
  }
  if (partlyUnknown(node, 'volumes', 'name')) return
  for (const container of containers) {
    for (const { node: mount, path } of elements(container.node, 'mountPoints', container.path)) {
      const wanted = scalar(mount, 'sourceVolume')
      if (!wanted || volumes.has(String(wanted.value))) continue
      const names = [...volumes].filter(([, volume]) => !scalar(volume, 'name')?.parts).map(([name]) => name)
      say(
        wanted,
        `${path}.sourceVolume ${sayValue(wanted)} is no volume of this definition${guess(wanted, names) || ': declare it in volumes'}`,
      )
    }
  }
}

function checkEfs(volume: Element, say: Say): void {
  const efs = member(volume.node, 'efsVolumeConfiguration')
  const authorization = member(efs, 'authorizationConfig')
  if (!efs || !authorization) return
  const path = `${volume.path}.efsVolumeConfiguration`
  const accessPoint = given(authorization, 'accessPointId')
  const needs = accessPoint ? 'accessPointId' : text(authorization, 'iam') === 'ENABLED' ? 'iam' : undefined
  if (needs && (!given(efs, 'transitEncryption') || text(efs, 'transitEncryption') === 'DISABLED')) {
    say(authorization, `${path}.authorizationConfig.${needs} needs transitEncryption: ENABLED`)
  }
  const directory = scalar(efs, 'rootDirectory')
  if (accessPoint && directory && directory.value !== '/') {
    say(
      directory,
      `${path}.rootDirectory must be left out beside an access point, which has its own, not ${sayValue(directory)}`,
    )
  }
}

const awslogsOptions = ['awslogs-group', 'awslogs-region']

function checkLogs({ containers, fargate, open, sound, say }: TaskContext): void {
  const routers = containers.filter(container => given(container.node, 'firelensConfiguration'))
  const [, second] = routers
  if (second)
    say(second.node, `${second.path}.firelensConfiguration is a second one: one container routes the logs of a task`)
  let routed = false
  for (const container of containers) {
    const log = member(container.node, 'logConfiguration')
    const driver = scalar(log, 'logDriver')
    const path = `${container.path}.logConfiguration`
    if (!driver) {
      if (member(log, 'logDriver')) routed = true
      continue
    }
    if (driver.value === 'awsfirelens') {
      routed = true
      if (routers.length === 0 && !open && sound) {
        say(driver, `${path}.logDriver awsfirelens needs a container with a firelensConfiguration in this definition`)
      }
    }
    const options = member(log, 'options')
    if (driver.value === 'awslogs' && log && sound && options?.kind !== 'scalar') {
      const needed = fargate ? [...awslogsOptions, 'awslogs-stream-prefix'] : awslogsOptions
      const missing = needed.filter(option => !given(options, option))
      if (missing.length > 0) {
        say(log, `${path}.options lacks ${missing.join(', ')}, which awslogs needs${fargate ? ' on Fargate' : ''}`)
      }
    }
  }
  const [router] = routers
  if (router && !routed && !open && sound) {
    say(router.node, `${router.path}.firelensConfiguration needs a container whose logDriver is awsfirelens`)
  }
}

function checkContainerRest({ containers, sound, say }: TaskContext): void {
  for (const container of containers) {
    const variables = new Set(elements(container.node, 'environment', '').map(({ node }) => text(node, 'name')))
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

/** Fargate's sizes: CPU units → MiB from, to, in steps of. */
const fargateSizes: ReadonlyMap<number, readonly [from: number, to: number, step: number]> = new Map([
  [256, [512, 2048, 512]],
  [512, [1024, 4096, 1024]],
  [1024, [2048, 8192, 1024]],
  [2048, [4096, 16_384, 1024]],
  [4096, [8192, 30_720, 1024]],
  [8192, [16_384, 61_440, 4096]],
  [16_384, [32_768, 122_880, 8192]],
])

function checkFargate({ node, containers, sound, say }: TaskContext): void {
  checkFargateSize(node, sound, say)
  const mode = member(node, 'networkMode')
  if (!mode && sound) {
    say(node, `${root}.networkMode must be awsvpc for FARGATE: left out it is bridge`)
  } else if (mode && text(node, 'networkMode') !== undefined && text(node, 'networkMode') !== 'awsvpc') {
    say(mode, `${root}.networkMode must be awsvpc for FARGATE, not ${sayValue(mode)}`)
  }
  const pid = scalar(node, 'pidMode')
  if (pid && pid.value !== 'task') say(pid, `${root}.pidMode must be task for FARGATE, not ${sayValue(pid)}`)
  for (const name of ['ipcMode', 'placementConstraints']) notOnFargate(node, name, root, say)
  for (const volume of elements(node, 'volumes', root)) {
    notOnFargate(volume.node, 'dockerVolumeConfiguration', volume.path, say)
    notOnFargate(member(volume.node, 'host'), 'sourcePath', `${volume.path}.host`, say)
  }
  for (const { node: container, path } of containers) {
    const privileged = member(container, 'privileged')
    if (privileged && flag(container, 'privileged'))
      say(privileged, `${path}.privileged is not possible on FARGATE: leave it out`)
    notOnFargate(container, 'dockerSecurityOptions', path, say)
    const linux = member(container, 'linuxParameters')
    for (const name of ['devices', 'sharedMemorySize', 'maxSwap', 'swappiness']) {
      notOnFargate(linux, name, `${path}.linuxParameters`, say)
    }
    for (const name of ['startTimeout', 'stopTimeout']) {
      const seconds = number(container, name)
      const at = member(container, name)
      if (at && seconds !== undefined && (seconds < 2 || seconds > 120)) {
        say(at, `${path}.${name} must be between 2 and 120 on FARGATE, not ${sayValue(at)}`)
      }
    }
    const driver = scalar(member(container, 'logConfiguration'), 'logDriver')
    if (driver && sound && !['awslogs', 'splunk', 'awsfirelens'].includes(String(driver.value))) {
      say(
        driver,
        `${path}.logConfiguration.logDriver must be one of awslogs, splunk, awsfirelens on FARGATE, not ${sayValue(driver)}`,
      )
    }
  }
}

function notOnFargate(node: Node | undefined, name: string, path: string, say: Say): void {
  const at = member(node, name)
  if (at && given(node, name)) say(at, `${path}.${name} is not possible on FARGATE: leave it out`)
}

function checkFargateSize(node: MapNode, sound: boolean, say: Say): void {
  const missing = ['cpu', 'memory'].filter(name => !given(node, name))
  if (sound && missing.length > 0) say(node, `${root} needs ${missing.join(' and ')} for FARGATE`)
  const cpu = scalar(node, 'cpu')
  const units = cpuUnits(text(node, 'cpu'))
  if (!cpu || units === undefined) return
  const size = fargateSizes.get(units)
  if (!size) {
    // Larger sizes than these have come before.
    if (units < 16_384) {
      say(cpu, `${root}.cpu must be one of ${[...fargateSizes.keys()].join(', ')} for FARGATE, not ${sayValue(cpu)}`)
    }
    return
  }
  const memory = scalar(node, 'memory')
  const mib = mebibytes(text(node, 'memory'))
  const [from, to, step] = size
  // 512 MiB is the one size below the steps of its row.
  const fits = mib !== undefined && mib >= from && mib <= to && mib % step === 0 && !(units === 256 && mib === 1536)
  if (memory && mib !== undefined && !fits) {
    const sizes = units === 256 ? '512, 1024 or 2048' : `${from} to ${to} in steps of ${step}`
    say(memory, `${root}.memory must be ${sizes} MiB with cpu ${sayText(cpu)} for FARGATE, not ${sayValue(memory)}`)
  }
}

// ---- Services and tasks

/** Launch settings that services and tasks share. */
function checkLaunch(node: MapNode, say: Say): void {
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

function checkService(node: MapNode, _sound: boolean, say: Say): void {
  checkLaunch(node, say)
  const controller = text(member(node, 'deploymentController'), 'type')
  if (text(node, 'schedulingStrategy') === 'DAEMON') {
    const at = member(node, 'schedulingStrategy') ?? node
    const count = member(node, 'desiredCount')
    if (count) say(count, `${root}.desiredCount is not possible with schedulingStrategy DAEMON: leave it out`)
    if (text(node, 'launchType') === 'FARGATE')
      say(at, `${root}.schedulingStrategy DAEMON is not possible with launchType FARGATE`)
    if (controller === 'CODE_DEPLOY' || controller === 'EXTERNAL') {
      say(
        at,
        `${root}.schedulingStrategy DAEMON is not possible with deploymentController ${said(member(node, 'deploymentController') ?? node, 'type')}`,
      )
    }
  }
  const role = member(node, 'role')
  const balancers = member(node, 'loadBalancers')
  if (role && (!balancers || (balancers.kind === 'list' && balancers.items.length === 0))) {
    say(role, `${root}.role is only for services with loadBalancers: leave it out`)
  }
  for (const { node: balancer, path } of elements(node, 'loadBalancers', root)) {
    const name = member(balancer, 'loadBalancerName')
    if (name && member(balancer, 'targetGroupArn')) {
      say(name, `${path}.loadBalancerName and targetGroupArn exclude each other: leave one out`)
    }
  }
  for (const { node: registry, path } of elements(node, 'serviceRegistries', root)) {
    const port = member(registry, 'port')
    if (port && (member(registry, 'containerName') || member(registry, 'containerPort'))) {
      say(port, `${path}.port is not possible beside containerName and containerPort: leave one out`)
    }
  }
  const connect = member(node, 'serviceConnectConfiguration')
  if (connect && member(connect, 'accessLogConfiguration') && !member(connect, 'logConfiguration')) {
    say(connect, `${root}.serviceConnectConfiguration.accessLogConfiguration needs a logConfiguration beside it`)
  }
  checkDeployment(member(node, 'deploymentConfiguration'), say)
}

function checkDeployment(node: Node | undefined, say: Say): void {
  if (!node) return
  const path = `${root}.deploymentConfiguration`
  const strategy = text(node, 'strategy')
  for (const [name, needed] of [
    ['linearConfiguration', 'LINEAR'],
    ['canaryConfiguration', 'CANARY'],
  ] as const) {
    const at = member(node, name)
    if (at && strategy !== undefined && strategy !== needed) {
      say(at, `${path}.${name} is only for strategy ${needed}, not ${said(node, 'strategy')}: leave it out`)
    }
  }
  for (const { node: hook, path: at } of elements(node, 'lifecycleHooks', path)) {
    const type = given(hook, 'targetType') ? text(hook, 'targetType') : 'AWS_LAMBDA'
    if (type === 'AWS_LAMBDA' && !given(hook, 'hookTargetArn'))
      say(hook, `${at} needs a hookTargetArn, the function to call`)
    for (const [stage, value] of scalars(hook, 'lifecycleStages')) {
      if (type === 'PAUSE' && (value === 'TEST_TRAFFIC_SHIFT' || value === 'PRODUCTION_TRAFFIC_SHIFT')) {
        say(stage, `${at}.lifecycleStages ${sayText(stage)} is not possible for a PAUSE hook`)
      }
    }
  }
}

/** ECS counts the JSON of the overrides, punctuation included. */
const longestOverrides = 8192

/** 64 KiB. */
const longestDefinition = 65_536

function checkTask(node: MapNode, sound: boolean, say: Say): void {
  checkLaunch(node, say)
  const propagate = scalar(node, 'propagateTags')
  if (propagate?.value === 'NONE') {
    say(propagate, `${root}.propagateTags NONE is refused by RunTask: leave it out`)
  }
  if (propagate?.value === 'SERVICE') {
    say(
      propagate,
      `${root}.propagateTags SERVICE is refused by RunTask: a task has no service; say TASK_DEFINITION or leave it out`,
    )
  }
  const overrides = member(node, 'overrides')
  for (const { node: container, path } of elements(overrides, 'containerOverrides', `${root}.overrides`)) {
    if (sound && !given(container, 'name')) say(container, `${path} lacks name: which container it overrides`)
  }
  if (overrides && jsonLength(overrides) > longestOverrides) {
    say(
      overrides,
      `${root}.overrides must have at most ${longestOverrides} characters as JSON, and has ${jsonLength(overrides)}`,
    )
  }
}

/** Characters of a value's JSON without spaces; what must be escaped counts as one, so that it is never too many. */
function jsonLength(node: Node): number {
  if (node.kind === 'scalar') return String(node.value).length + (typeof node.value === 'string' ? 2 : 0)
  let length = 1
  if (node.kind === 'list') for (const item of node.items) length += jsonLength(item) + 1
  else for (const [key, { node: value }] of node.entries) length += key.length + 4 + jsonLength(value)
  return Math.max(length, 2)
}
