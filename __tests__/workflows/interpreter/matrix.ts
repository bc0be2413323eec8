/** The legs of a matrix. https://docs.github.com/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations */

import { type Contexts, type Json, type Token, text, valueIn } from './language.ts'
import type { Leg } from './model.ts'

/** @throws Error in GitHub's words, for which the job fails before it begins */
export function legsOf(strategy: Token | undefined, contexts: Contexts): Leg[] {
  const { matrix } = (valueIn(strategy, contexts) ?? {}) as { readonly matrix?: Json }
  if (matrix === undefined || matrix === null) return [{ matrix: null, strategy: { 'job-index': 0, 'job-total': 1 } }]
  const vectors = Object.entries(matrix as Readonly<Record<string, Json>>)
  for (const [name, values] of vectors) {
    if (!Array.isArray(values))
      throw new Error(`Error when evaluating 'strategy': a sequence was expected for ${name}, not '${text(values)}'`)
    if (values.length === 0)
      throw new Error(`Error when evaluating 'strategy': Matrix vector '${name}' does not contain any values`)
  }
  const all = vectors.reduce<Record<string, Json>[]>(
    (made, [name, values]) =>
      made.flatMap(one => (values as readonly Json[]).map(value => ({ ...one, [name]: value }))),
    [{}],
  )
  if (all.length > 256) throw new Error(`Error when evaluating 'strategy': ${all.length} jobs are more than 256`)
  return all.map((one, index) => ({ matrix: one, strategy: { 'job-index': index, 'job-total': all.length } }))
}
