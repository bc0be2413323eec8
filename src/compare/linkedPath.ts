/** The way down to a place, kept as links: most of it is never told, and what is shared is made once. */
export interface Link<Step> {
  readonly up: Trail<Step>
  readonly step: Step
}

/** Undefined at the root. */
export type Trail<Step> = Link<Step> | undefined

/** From the root on. */
export function stepsOf<Step>(trail: Trail<Step>): Step[] {
  const steps: Step[] = []
  for (let link = trail; link; link = link.up) steps.push(link.step)
  return steps.reverse()
}
