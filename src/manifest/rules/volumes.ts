import type { MapNode } from '../../particle.ts'
import { sayValue } from '../written.ts'
import type { TaskContext } from './containers.ts'
import { type Element, elements, flag, given, member, partlyUnknown, scalar, text } from './reading.ts'
import { guess, root, type Say } from './say.ts'

const volumeKinds = [
  'dockerVolumeConfiguration',
  'efsVolumeConfiguration',
  's3filesVolumeConfiguration',
  'fsxWindowsFileServerVolumeConfiguration',
]

/** Volumes are of one kind each, and what is mounted is there. */
export function checkVolumes({ node, containers, say }: TaskContext): void {
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
