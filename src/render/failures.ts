/** What a person can do about a failure, for the comment and for annotations. */
import { failedBefore, type Plan, type Report, type ReportStep } from '../engine/document.ts'
import type { Fix, Remedy } from '../engine/remedy.ts'
import type { ParticleId, Place, Problem } from '../particle.ts'
import { capital, listed } from './words.ts'

/** How names and places are printed: as Markdown in a comment, as plain text in an annotation. */
export interface Setting {
  /** A name, a value or a piece of JSON that readers copy. */
  name(text: string): string
  /** A particle, and where its manifest is. */
  at(id: ParticleId): string
}

/** The remedy of a failed step, without a capital and a full stop; empty where the message of the failure has it. */
export function remedyText({ particle, error }: ReportStep, { name, at }: Setting): string {
  if (!error?.remedy) return changeText([at(particle)])
  const { remedy } = error
  const it = name(particle)
  switch (remedy.kind) {
    case 'release':
      return `${fixText(remedy.fix ?? { kind: 'change' }, particle, { name, at })} in a new pull request, or revert this one; where the cause was elsewhere and is gone, name ${it} in ${name('redeploy')}`
    case 'job': {
      const fix = remedy.fix ? fixText(remedy.fix, particle, { name, at }) : `fix and change what ${at(particle)} runs`
      return `${fix}, raise its ${name('custom_config.retry')}, or name ${it} in ${name('retry-tasks')}: a failed job does not run again by itself`
    }
    case 'rerun':
      return rerunText(remedy.fix, particle, { name, at })
    case 'wait':
      return `run the workflow again: the next apply waits for what ECS is still doing; or raise ${name('wait-timeout')}`
    case 'plan':
      return `plan again: the new plan shows what somebody else changed`
    case 'equivalence':
      return `state what AWS says where both mean the same, name the path in ${name('custom_config.ignore')} where somebody else owns it, or plan again where it was changed meanwhile`
    default:
      return ''
  }
}

/** True where the remedy's text names the revert. */
export const revertIsNamed = (remedy: Remedy | undefined): boolean =>
  remedy === undefined || remedy.kind === 'release' || (remedy.kind === 'rerun' && remedy.fix?.kind === 'change')

/** The remedy for failures whose manifests must change. */
export const changeText = (places: readonly string[]): string =>
  `change ${listed(places, 5)} in a new pull request, or revert this one`

function rerunText(fix: Fix | undefined, particle: ParticleId, setting: Setting): string {
  if (!fix) return 'remove the cause, then run the workflow again'
  const text = fixText(fix, particle, setting)
  if (fix.kind === 'change') return changeText([setting.at(fix.in ?? particle)])
  return fix.kind === 'allow' ? text : `${text}; then run the workflow again`
}

function fixText(fix: Fix, particle: ParticleId, { name, at }: Setting): string {
  switch (fix.kind) {
    case 'image':
      return `check that ${name(fix.image)} exists, that the execution role may pull it and that the tasks reach its registry, or change the image in ${at(fix.in ?? particle)}`
    case 'initialization':
      return `check that the execution role may read the secrets, the image and the log group that ${at(fix.in ?? particle)} names, and that the tasks reach these services`
    case 'memory':
      return `raise the memory of container ${name(fix.container)} in ${at(fix.in ?? particle)}`
    case 'change':
      return `change ${at(fix.in ?? particle)}`
    case 'capacity':
      return `add capacity to the cluster, or let the task ask for less ${name('cpu')} and ${name('memory')}`
    case 'placement':
      return 'change what the task asks for, or what its cluster has: waiting does not help'
    case 'denied':
      return `take the explicit deny of ${name(fix.action)} out of ${fix.policy}: a statement that allows the action does not help`
    case 'allow': {
      const statement = JSON.stringify({ Effect: 'Allow', Action: fix.action, Resource: fix.resource })
      const otherwise = fix.otherwise ? `, or set ${name(fix.otherwise)} if an hour's memory is enough` : ''
      return `add ${name(statement)} to the policy of the role that this workflow assumes${otherwise}, then run the workflow again`
    }
  }
}

/** One annotation for each failure of an apply, at the line of its manifest where that is known. */
export function failureAnnotations(
  { steps, error }: Report,
  plan: Plan,
  placeOf: (id: ParticleId) => Place | undefined,
): Problem[] {
  const at = (id: ParticleId, message: string): Problem => {
    const place = placeOf(id)
    return { ...(place && { place }), message }
  }
  // The annotation is at the line of `subject` already.
  const settingOf = (subject: ParticleId): Setting => ({
    name: text => text,
    at: id => {
      const place = id === subject ? undefined : placeOf(id)
      return place ? `${id} at ${place.file}:${place.line}` : id
    },
  })
  const failed = steps
    .filter(step => step.result === 'failed')
    .map(step => {
      const remedy = remedyText(step, settingOf(step.particle))
      return at(step.particle, [step.error?.message, remedy && `${capital(remedy)}.`].filter(Boolean).join(' '))
    })
  const earlier = failedBefore(plan)
  failed.push(...earlier.map(({ particle, why }) => at(particle, `${particle}: ${why ?? 'it has failed'}`)))
  if (error && earlier.length === 0) failed.push({ message: error.message })
  return failed
}
