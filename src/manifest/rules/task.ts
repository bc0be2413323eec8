import type { MapNode } from '../../particle.ts'
import { checkLaunch } from './launch.ts'
import { elements, given, member, scalar } from './reading.ts'
import { jsonLength, root, type Say } from './say.ts'

/** ECS counts the JSON of the overrides, punctuation included. */
const longestOverrides = 8192

/** What RunTask adds to launch settings. */
export function checkTask(node: MapNode, sound: boolean, say: Say): void {
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
