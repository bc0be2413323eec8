import {
  all,
  checkRepeated,
  has,
  isNot,
  lacks,
  type RefusalRules,
  type Stated,
  wellFormed,
} from '../../schema/refusals.ts'
import { namesOf } from './checkContainers.ts'

const kinds = [
  'dockerVolumeConfiguration',
  'efsVolumeConfiguration',
  's3filesVolumeConfiguration',
  'fsxWindowsFileServerVolumeConfiguration',
]

const ofAccessPoint = 'must be left out beside an access point, which has its own'

// From the API reference of Volume and of the structures in one.
/** What RegisterTaskDefinition requires of volumes and mount points. */
export const volumeRefusals: RefusalRules = {
  '': [checkVolumes],
  'volumes[]': [['', all(wellFormed, lacks('name'), needsName), 'lacks name, by which it is mounted']],
  'volumes[].efsVolumeConfiguration': [checkEfs],
  'volumes[].s3filesVolumeConfiguration': [
    [
      'rootDirectory',
      all(has('accessPointArn'), isNot('rootDirectory', '/')),
      `${ofAccessPoint}, not {"rootDirectory"}`,
    ],
  ],
  'containerDefinitions[].mountPoints[]': [checkMount],
}

/** A volume whose name the API requires; one of the host may have none. */
function needsName(volume: Stated): boolean {
  return volume.flag('configuredAtLaunch') === true || kinds.some(kind => volume.given(kind))
}

function checkVolumes(definition: Stated): void {
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
  }
}

function checkMount(mount: Stated): void {
  if (mount.root.partlyUnknown('volumes', 'name')) return
  const names = namesOf(mount.root.elements('volumes'))
  const wanted = mount.scalar('sourceVolume')
  mount.reportUnknown('sourceVolume', names, 'is no volume of this definition', wanted, ': declare it in volumes')
}

function checkEfs(efs: Stated): void {
  const authorization = efs.at('authorizationConfig')
  if (!authorization) return
  const hasAccessPoint = authorization.given('accessPointId')
  const needs = hasAccessPoint ? 'accessPointId' : authorization.text('iam') === 'ENABLED' ? 'iam' : undefined
  if (needs && (!efs.given('transitEncryption') || efs.text('transitEncryption') === 'DISABLED'))
    authorization.report(needs, 'needs transitEncryption: ENABLED', authorization.node)
  if (hasAccessPoint && (efs.text('rootDirectory') ?? '/') !== '/') {
    efs.report('rootDirectory', `${ofAccessPoint}, not ${efs.quoted('rootDirectory')}`)
  }
}
