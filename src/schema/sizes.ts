/** A way to state an amount: as a whole number of small units, or as a decimal number of large ones. */
interface Size {
  /** A size as a manifest may state it. */
  readonly pattern: RegExp
  /** The size in whole small units; undefined for a text that is no size. */
  read(text: string): number | undefined
  /** A text of large units in the spelling that ECS answers, small units; any other value is returned unchanged. */
  normalize(value: unknown): unknown
}

// ECS ignores the case of the unit and any number of blanks before it, and answers whole small units: API reference of
// RegisterTaskDefinition (cpu, memory), and what the authors of cfn-lint measured (its issue 3514). A number that ends with
// a point (`1. vCPU`) stands nowhere in the documentation, nor do leading zeros (`0512`): ECS may refuse such a text or answer
// the text as it is, which would differ from the number that it means.
function sizeIn(unit: string): Size {
  const large = new RegExp(`^(\\d+|\\d*\\.\\d+)\\s*${unit}$`, 'i')
  const inSmallUnits = (text: string): number | undefined => {
    const [, amount] = large.exec(text) ?? []
    return amount === undefined ? undefined : Math.round(Number(amount) * 1024)
  }
  const pattern = new RegExp(`^([1-9]\\d*|([1-9]\\d*|(0|[1-9]\\d*)?\\.\\d+)\\s*${unit})$`, 'i')
  return {
    pattern,
    read: text => (pattern.test(text) ? (inSmallUnits(text) ?? Number(text)) : undefined),
    normalize: value => (typeof value === 'string' ? String(inSmallUnits(value.trim()) ?? value) : value),
  }
}

/** CPU of a task: `512` CPU units are `.5 vCPU`. */
export const cpuSize = sizeIn('vcpu')

/** Memory of a task: `512` MiB are `.5 GB`. */
export const memorySize = sizeIn('gb')
