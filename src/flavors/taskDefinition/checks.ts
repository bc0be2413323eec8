import { checkLength, checks } from '../../schema/rules.ts'
import { containerRules } from './checkContainers.ts'
import { checkFargate } from './checkFargate.ts'
import { checkLogs } from './checkLogs.ts'
import { networkRules } from './checkNetwork.ts'
import { checkExecutionRole } from './checkRole.ts'
import { volumeRules } from './checkVolumes.ts'

/** What RegisterTaskDefinition would refuse, or only fail at once tasks start. A definition has at most 64 KiB. */
export const checkTaskDefinition = checks(
  containerRules,
  networkRules,
  volumeRules,
  checkLogs,
  checkFargate,
  checkExecutionRole,
  checkLength('', 65_536),
)
