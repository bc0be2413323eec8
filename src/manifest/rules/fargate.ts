import type { MapNode, Node } from '../../particle.ts'
import { cpuSize, memorySize } from '../../schema/sizes.ts'
import { sayText, sayValue } from '../written.ts'
import type { TaskContext } from './containers.ts'
import { elements, flag, given, member, number, scalar, text } from './reading.ts'
import { root, type Say } from './say.ts'

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

/** What Fargate does not have, and the sizes that it has. Only where a definition says that it is for Fargate. */
export function checkFargate({ node, containers, sound, say }: TaskContext): void {
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
  const units = cpuSize.read(text(node, 'cpu') ?? '')
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
  const mib = memorySize.read(text(node, 'memory') ?? '')
  const [from, to, step] = size
  // 512 MiB is the one size below the steps of its row.
  const fits = mib !== undefined && mib >= from && mib <= to && mib % step === 0 && !(units === 256 && mib === 1536)
  if (memory && mib !== undefined && !fits) {
    const sizes = units === 256 ? '512, 1024 or 2048' : `${from} to ${to} in steps of ${step}`
    say(memory, `${root}.memory must be ${sizes} MiB with cpu ${sayText(cpu)} for FARGATE, not ${sayValue(memory)}`)
  }
}
