/** How to answer paused rollouts. A plan shows it as well as a report. */
import type { Pause } from '../engine/document.ts'
import type { ParticleId } from '../particle.ts'
import { nameOf } from '../schema/arn.ts'
import type { Rung } from './fit.ts'
import { bullets, particleCode, phraseMarkdown } from './markdown.ts'
import { name, type Phrase } from './words.ts'

/** What a person can do about a paused rollout, and what each answer leads to; without a full stop. */
export function answerPhrase({ deployment, awaitsAnswer }: Pause): Phrase {
  const run: Phrase = ['run the workflow with ', name(`deployment: ${nameOf(deployment)}`), ' and ']
  const back: Phrase = [
    name('command: rollback'),
    ' (ECS puts the earlier revision back, the result is ',
    name('rolled-back'),
    ', and the new revision is held back from then on)',
  ]
  if (!awaitsAnswer)
    return [
      'the rollout ends by itself; run the workflow again after that, since only a later apply begins what depends on the service and marks the commit as ',
      name('applied'),
      '. To go back instead, ',
      ...run,
      ...back,
    ]
  return [
    ...run,
    name('command: continue'),
    ' (traffic goes on; once the rollout has ended, what depends on the service follows, and the commit is ',
    name('applied'),
    '), or ',
    ...back,
  ]
}

/** In Markdown: one paragraph for a single paused rollout, an entry for each of several, or beside what has failed. */
export function answerNotes(
  steps: readonly { readonly particle: ParticleId; readonly paused?: Pause }[],
  rung: Rung,
  isAlone = true,
): string {
  const all = steps.flatMap(({ particle, paused }) => (paused ? [{ particle, paused }] : []))
  const [only] = all
  if (only && all.length === 1 && isAlone) return `**To go on:** ${phraseMarkdown(answerPhrase(only.paused))}.`
  return bullets(
    all.map(
      ({ particle, paused }) => `**To go on with ${particleCode(particle)}:** ${phraseMarkdown(answerPhrase(paused))}.`,
    ),
    rung.entries,
  )
}
