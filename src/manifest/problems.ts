import { compareText } from '../order.ts'
import { type Place, type Problem, sayProblem } from '../particle.ts'

/** Notes something wrong in a manifest, and where. */
export type ReportProblem = (place: Place, message: string) => void

/** Appends to a list. */
export const reportTo =
  (problems: Problem[]): ReportProblem =>
  (place, message) => {
    problems.push({ place, message })
  }

/**
 * Problems by place, each once: a problem of a quasiparticle's member repeats in each of its copies. Where a value
 * could not be read, any other problem at its place follows from that.
 */
export function sortProblems(misread: readonly Problem[], problems: readonly Problem[]): Problem[] {
  const spot = ({ place }: Problem) => place && `${place.file}:${place.line}:${place.column}`
  const spots = new Set(misread.map(spot))
  const all = [...misread, ...problems.filter(problem => !problem.place || !spots.has(spot(problem)))]
  const once = new Map(all.map(problem => [sayProblem(problem), problem]))
  return [...once.values()].sort((a, b) => {
    const [one, other] = [a.place, b.place]
    if (!one || !other) return one ? 1 : other ? -1 : compareText(a.message, b.message)
    const byPlace = compareText(one.file, other.file) || one.line - other.line || one.column - other.column
    return byPlace || compareText(a.message, b.message)
  })
}
