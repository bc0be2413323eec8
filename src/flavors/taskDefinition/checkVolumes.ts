import { checkRepeated } from '../../manifest/rules/rows.ts'
import type { Stated } from '../../manifest/rules/stated.ts'
import { containersOf, namesOf } from './checkContainers.ts'

const kinds = [
  'dockerVolumeConfiguration',
  'efsVolumeConfiguration',
  's3filesVolumeConfiguration',
  'fsxWindowsFileServerVolumeConfiguration',
]

/** Volumes are of one kind each, and what is mounted is there. From the API reference of Volume and its members. */
export function checkVolumes(definition: Stated): void {
  const volumes = definition.elements('volumes')
  checkRepeated(volumes, 'name', 'is there twice: volume names must differ')
  let atLaunch: Stated | undefined
  for (const volume of volumes) {
    const [kind, another] = kinds.filter(each => volume.given(each))
    if (another !== undefined) volume.report(another, `is not possible beside ${kind}: a volume has one kind`)
    if (volume.flag('configuredAtLaunch')) {
      if (atLaunch) volume.report('configuredAtLaunch', 'is a second one: a task definition may have one such volume')
      if (kind !== undefined) volume.report('configuredAtLaunch', `is not possible beside ${kind}`)
      atLaunch = volume
    }
    checkEfs(volume.at('efsVolumeConfiguration'))
  }
  if (!definition.partlyUnknown('volumes', 'name')) checkMounts(definition)
}

function checkMounts(definition: Stated): void {
  const names = namesOf(definition.elements('volumes'))
  for (const mount of containersOf(definition).flatMap(container => container.elements('mountPoints'))) {
    const wanted = mount.scalar('sourceVolume')
    mount.reportUnknown('sourceVolume', names, 'is no volume of this definition', wanted, ': declare it in volumes')
  }
}

function checkEfs(efs: Stated | undefined): void {
  const authorization = efs?.at('authorizationConfig')
  if (!efs || !authorization) return
  const hasAccessPoint = authorization.given('accessPointId')
  const needs = hasAccessPoint ? 'accessPointId' : authorization.text('iam') === 'ENABLED' ? 'iam' : undefined
  if (needs && (!efs.given('transitEncryption') || efs.text('transitEncryption') === 'DISABLED'))
    authorization.report(needs, 'needs transitEncryption: ENABLED', authorization.node)
  if (hasAccessPoint && (efs.text('rootDirectory') ?? '/') !== '/') {
    const directory = efs.quoted('rootDirectory')
    efs.report('rootDirectory', `must be left out beside an access point, which has its own, not ${directory}`)
  }
}
