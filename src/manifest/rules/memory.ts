import { memorySize } from '../../schema/sizes.ts'
import { sayValue } from '../written.ts'
import type { TaskContext } from './containers.ts'
import { given, member, number, scalar, text } from './reading.ts'
import { root, said } from './say.ts'

/** Every container has some memory, and all together no more than the task. */
export function checkMemory({ node, containers, fargate, sound, say }: TaskContext): void {
  const task = memorySize.read(text(node, 'memory') ?? '')
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
