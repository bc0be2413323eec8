import type { Stated } from '../../schema/refusals.ts'

/**
 * Reports a size of the task that is less than its containers reserve together.
 *
 * @param members of a container: the first that is stated is what the container reserves
 */
export function checkReserved(
  definition: Stated,
  size: string,
  read: (text: string) => number | undefined,
  members: readonly string[],
  unit: string,
): void {
  const task = read(definition.text(size) ?? '')
  const containers = definition.elements('containerDefinitions')
  const reserved = (container: Stated) =>
    members.map(member => container.number(member)).find(each => each !== undefined)
  const sum = containers.reduce((total, container) => total + (reserved(container) ?? 0), 0)
  if (task === undefined || sum <= task) return
  // The sum would show the value of a variable that went into it.
  const isHidden = containers.some(container => members.some(member => container.scalar(member)?.parts))
  const message = `is less than its containers reserve${isHidden ? '' : `: ${sum} ${unit}`}`
  definition.report(size, `${definition.quoted(size)} ${message}`)
}
