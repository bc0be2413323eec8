/** The way down to a place, kept as links: most of it is never told, and what is shared is made once. */
export interface PathLink<Step> {
  readonly up: LinkedPath<Step>
  readonly step: Step
}

/** Undefined at the root. */
export type LinkedPath<Step> = PathLink<Step> | undefined

/** From the root on. */
export function pathSteps<Step>(trail: LinkedPath<Step>): Step[] {
  const steps: Step[] = []
  for (let link = trail; link; link = link.up) steps.push(link.step)
  return steps.reverse()
}
