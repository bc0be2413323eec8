import { checkLength, checks } from '../../schema/refusals.ts'
import { containerRefusals } from './checkContainers.ts'
import { checkFargate } from './checkFargate.ts'
import { checkLogs } from './checkLogs.ts'
import { networkRefusals } from './checkNetwork.ts'
import { checkExecutionRole } from './checkRole.ts'
import { volumeRefusals } from './checkVolumes.ts'

/** What RegisterTaskDefinition would refuse, or only fail at once tasks start. A definition has at most 64 KiB. */
export const checkTaskDefinition = checks(
  containerRefusals,
  networkRefusals,
  volumeRefusals,
  checkLogs,
  checkFargate,
  checkExecutionRole,
  checkLength('', 65_536),
)
