/** How often a property is tried: a tenth in the quick run of `script/test`, all where nobody waits, and RUNS where that is set. */
export const runs = (all: number): number =>
  Number(process.env.RUNS ?? (process.env.QUICK_TESTS ? Math.ceil(all / 10) : all))
