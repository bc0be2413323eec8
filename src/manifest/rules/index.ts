import type { MapNode, Problem } from '../../particle.ts'
import { sayValue } from '../written.ts'
import { checkCluster } from './cluster.ts'
import { elements, scalar } from './reading.ts'
import { root, type Say } from './say.ts'
import { checkService } from './service.ts'
import { checkTask } from './task.ts'
import { checkTaskDefinition } from './taskDefinition.ts'

/**
 * What ECS would only say at run time, as far as one definition tells. The facts are those of the SDK's
 * documentation comments and of ECS's own refusals.
 *
 * `sound`: the definition fits the model. If it does not, nothing is said about what seems to be missing:
 * it may only be misspelt.
 */
export function checkRules(node: MapNode, flavor: string, sound: boolean, problems: Problem[]): void {
  const say: Say = (at, message) => problems.push({ place: at.place, message })
  if (flavor === 'ecs_instance') checkAttributes(node, say)
  const rules = byFlavor[flavor]
  if (!rules) return
  checkTags(node, say)
  rules(node, sound, say)
}

const byFlavor: Readonly<Record<string, (node: MapNode, sound: boolean, say: Say) => void>> = {
  ecs_cluster: checkCluster,
  ecs_task_definition: checkTaskDefinition,
  ecs_service: checkService,
  ecs_task: checkTask,
}

/** A map cannot name an attribute twice, a list can. */
function checkAttributes(node: MapNode, say: Say): void {
  const seen = new Set<string>()
  for (const { node: attribute, path } of elements(node, 'attributes', root)) {
    const name = scalar(attribute, 'name')
    if (!name) continue
    if (seen.has(String(name.value))) say(name, `${path}.name ${sayValue(name)} is there twice: keep one`)
    seen.add(String(name.value))
  }
}

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
