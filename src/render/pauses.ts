/** How to answer rollouts that rest, in Markdown. A plan shows it as well as a report. */
import type { Pause } from '../engine/document.ts'
import type { ParticleId } from '../particle.ts'
import { answerPhrase } from './carried.ts'
import type { Rung } from './fit.ts'
import { bullets, particleCode, phraseMarkdown } from './markdown.ts'

/** One paragraph for a single rollout that rests, an entry for each of several. */
export function answerNotes(
  steps: readonly { readonly particle: ParticleId; readonly paused?: Pause }[],
  rung: Rung,
): string {
  const resting = steps.flatMap(({ particle, paused }) => (paused ? [{ particle, paused }] : []))
  const [only] = resting
  if (only && resting.length === 1) return `**To go on:** ${phraseMarkdown(answerPhrase(only.paused))}.`
  return bullets(
    resting.map(
      ({ particle, paused }) => `**To go on with ${particleCode(particle)}:** ${phraseMarkdown(answerPhrase(paused))}.`,
    ),
    rung.entries,
  )
}
