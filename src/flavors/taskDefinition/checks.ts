import { checks, jsonLength } from '../../manifest/rules/rows.ts'
import type { Stated } from '../../manifest/rules/stated.ts'
import { checkContainers, checkMemory, containerRules } from './checkContainers.ts'
import { checkFargate } from './checkFargate.ts'
import { checkLogs } from './checkLogs.ts'
import { checkPorts, networkRules } from './checkNetwork.ts'
import { checkVolumes } from './checkVolumes.ts'

/** 64 KiB. From the service quotas of ECS. */
const longestDefinition = 65_536

function checkLength(definition: Stated): void {
  const length = jsonLength(definition.node)
  if (length > longestDefinition)
    definition.report('', `must have at most ${longestDefinition} characters as JSON, and has ${length}`)
}

/** What RegisterTaskDefinition would refuse, or only fail at once tasks start. */
export const checkTaskDefinition = checks(
  containerRules,
  checkContainers,
  checkMemory,
  networkRules,
  checkPorts,
  checkVolumes,
  checkLogs,
  checkFargate,
  checkLength,
)
