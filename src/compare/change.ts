import { canonicalJson, withSortedKeys } from '../digest.ts'
import type { ParticleId, Path } from '../particle.ts'
import { isHiddenAt } from './hidden.ts'
import { type Normalized, normalForm, plainValues } from './normalize.ts'
import { displayPath, type StepPath } from './path.ts'
import { isMembers } from './schema.ts'
import type { Sensitivity } from './sensitivity.ts'

/** JSON, or `{unknown: id}`: a value known only after that particle has been started or changed. */
export type Value =
  | string
  | number
  | boolean
  | null
  | { readonly unknown: ParticleId }
  | readonly Value[]
  | { readonly [key: string]: Value }

/**
 * One difference between the definition and AWS, as a plan shows it. A missing side is none.
 *
 * `path` is dotted; named list elements `containerDefinitions[web]`, keys of string maps `dockerLabels[a.b]`, other
 * elements an index (the manifest's; for removed elements, the live one).
 */
export interface Change {
  readonly path: string
  readonly before?: Value
  readonly after?: Value
  /** Hidden: neither side is shown anywhere. */
  readonly sensitive?: true
  /** Of a hidden value, whether only one side has one: its missing sides do not tell. */
  readonly action?: ChangeAction
  /** Values that go with this change, and no digest or claim counts: the launch type, where a strategy comes. */
  readonly removes?: readonly Change[]
}

/** That a value comes, or goes. */
export type ChangeAction = 'add' | 'remove'

/** Whether a shown change adds or removes its value; undefined where both sides have one. */
export function actionOf({ before, after, sensitive, action }: Change): ChangeAction | undefined {
  if (sensitive) return action
  if (before === undefined) return 'add'
  return after === undefined ? 'remove' : undefined
}

/** A change in memory, with everything that claims are made from. Only the members of `Change` are ever shown. */
export interface FoundChange extends Change {
  /** The steps of `path`. */
  readonly steps: StepPath
  /** Path of the stated value in the particle's definition; undefined for removed values. */
  readonly at?: Path
  /** The live value, also when hidden: decisions compare it, and nothing shows it. */
  readonly live?: unknown
  /** The inputs name exactly this change, which needs no other review. */
  readonly requested?: true
  /** A replacement is under way: its claim covers the changes that prepared the deletion. */
  readonly replacing?: true
  /** Needs a review besides that of the whole definition: the change stops tasks, or declares a job done. */
  readonly reviewedApart?: true
  /** Its claim names the manifests of the particle and of these parents. */
  readonly states?: readonly ParticleId[]
}

/** A change at steps below the root, with the path that they display. */
export const changeAt = <Rest extends Omit<FoundChange, 'path' | 'steps'>>(steps: StepPath, rest: Rest) => ({
  path: displayPath(steps),
  steps,
  ...rest,
})

/** A change as plans show it: without places in manifests, and without AWS's side of hidden values. */
export function shownChange({ path, before, after, sensitive, at, live, removes }: FoundChange): Change {
  const also = removes && { removes }
  if (!sensitive)
    return { path, ...(before !== undefined && { before }), ...(after !== undefined && { after }), ...also }
  const action = at === undefined ? 'remove' : isNothing(live) ? 'add' : undefined
  return { path, sensitive, ...(action && { action }), ...also }
}

/** Whether AWS has no value. An empty list equals none. */
export const isNothing = (live: unknown): boolean => live === undefined || (Array.isArray(live) && live.length === 0)

/** The change from the live value to the stated one; either may be missing. Both are spelled the normal way. */
export function changeOf(
  stated: Normalized | undefined,
  live: Normalized | undefined,
  steps: StepPath,
  sensitivity: Sensitivity,
): FoundChange {
  const wasSecret = live !== undefined && isLiveSecret(live, steps, sensitivity)
  const isHidden = [stated, live].some(node => node && isSensitive(node, sensitivity)) || (wasSecret && !stated)
  const memory = { ...(stated && { at: stated.at }), ...(live && { live: live.raw }) }
  if (isHidden) return changeAt(steps, { sensitive: true, ...memory })
  // An empty list equals none, whether ECS answers it or not.
  const isEmpty = live?.kind === 'values' && !live.isSet
  // Of a value that is secret no more, only the new one is shown.
  const before = live && !isEmpty && !wasSecret && { before: displayed(live, stated) }
  return changeAt(steps, { ...before, ...(stated && { after: displayed(stated) }), ...memory })
}

function isSensitive({ context, at, raw }: Normalized, sensitivity: Sensitivity): boolean {
  if (isHiddenAt(context.root, at, sensitivity.revealed)) return true
  return context.side === 'stated' && holdsSecret(raw, at, sensitivity)
}

/** A list or a document is shown as one: a secret anywhere in it hides all of it. */
function holdsSecret(value: unknown, at: Path, sensitivity: Sensitivity): boolean {
  if (sensitivity.isSecret(at)) return true
  if (Array.isArray(value)) return value.some((inner, index) => holdsSecret(inner, [...at, index], sensitivity))
  return isMembers(value) && Object.entries(value).some(([key, inner]) => holdsSecret(inner, [...at, key], sensitivity))
}

/** Whether a secret variable made the live value, now or before. */
function isLiveSecret(live: Normalized, steps: StepPath, sensitivity: Sensitivity): boolean {
  // No secret variable may be in the members that name the cluster and the revision.
  const isReference = steps.length === 1 && (steps[0] === 'taskDefinition' || steps[0] === 'cluster')
  return (!isReference && sensitivity.wasSecret?.(steps) === true) || sensitivity.holdsSecret?.(live.raw) === true
}

/** The value in its normal spelling; of a live list without order, the values of both sides in the stated order. */
function displayed(node: Normalized, beside?: Normalized): Value {
  if (node.kind !== 'values') return normalForm(node) as Value
  if (!node.rule.unordered || node.context.side === 'stated') return node.values.map(withSortedKeys) as Value
  const order = beside?.kind === 'values' ? beside.values.map(canonicalJson) : []
  const position = (value: unknown): number => {
    const index = order.indexOf(canonicalJson(value))
    return index < 0 ? order.length : index
  }
  return plainValues(node).sort((one, other) => position(one) - position(other)) as Value
}
