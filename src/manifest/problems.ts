import { compareText } from '../order.ts'
import { type Place, type Problem, sayProblem } from '../particle.ts'
import { plural } from '../wording.ts'
import { lineOf } from './words.ts'

/** Notes something wrong in a manifest, and where. */
export type ReportProblem = (place: Place, message: string, unset?: Problem['unset']) => void

/** Appends to a list. */
export const reportTo =
  (problems: Problem[]): ReportProblem =>
  (place, message, unset) => {
    problems.push({ place, message, ...(unset && { unset }) })
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
  return oneForEachVariable([...once.values()].sort(byPlace))
}

/** By file, line and column, then by message; problems without a place come first. */
export function byPlace({ place: one, message }: Problem, { place: other, message: others }: Problem): number {
  if (!one || !other) return one ? 1 : other ? -1 : compareText(message, others)
  const order = compareText(one.file, other.file) || one.line - other.line || one.column - other.column
  return order || compareText(message, others)
}

/** Lines that the problem of an unset variable names. */
const linesNamed = 10

/** An unset variable is one problem, at the first of its places: one input mends them all. */
function oneForEachVariable(sorted: readonly Problem[]): Problem[] {
  const same = new Map<string, Problem[]>()
  for (const problem of sorted) {
    const { unset } = problem
    if (unset) same.set(unset, [...(same.get(unset) ?? []), problem])
  }
  return sorted.flatMap(problem => {
    const { unset, ...shown } = problem
    const all = same.get(unset ?? '') ?? []
    if (!unset || all.length === 1) return [shown]
    if (all[0] !== problem) return []
    const lines = [...new Set(all.flatMap(({ place }) => (place ? lineOf(place) : [])))]
    const more = lines.length > linesNamed ? ` and ${plural(lines.length - linesNamed, 'more line')}` : ''
    const places = `${all.length} values need it: ${lines.slice(0, linesNamed).join(', ')}${more}`
    return [{ ...shown, message: `${unset} (${places})` }]
  })
}
