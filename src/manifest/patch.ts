import type { MapNode, Node } from '../particle.ts'
import type { ReportProblem } from './problems.ts'
import { didYouMean } from './suggest.ts'
import { dotted, kindOf, quote } from './words.ts'

/**
 * A patch upon a map: maps deeply, lists and plain values replaced, `null` removes. Values of the patch keep their
 * places.
 */
export function merge(base: MapNode | undefined, patch: MapNode): MapNode {
  const entries = new Map(base?.entries)
  for (const [key, { at, node }] of patch.entries) {
    const old = entries.get(key)
    const below = old?.node.kind === 'map' ? old.node : undefined
    if (node.kind === 'scalar' && node.value === null) entries.delete(key)
    // Two maps become one, whose place stays where it began.
    else if (node.kind === 'map') entries.set(key, { at: below && old ? old.at : at, node: merge(below, node) })
    else entries.set(key, { at, node })
  }
  return { kind: 'map', place: base?.place ?? patch.place, entries }
}

/** Keys that identify a particle: an environment may leave the particle out, not make another one of it. */
const FIXED = ['flavor', 'pcf_name', 'environments']

const isLeftOut = (patch: Node | undefined): boolean => patch?.kind === 'scalar' && patch.value === false

/** The particle of an environment: patched, without `environments`; undefined where the environment leaves it out. */
export function inEnvironment(
  particle: MapNode,
  environment: string,
  keys: readonly string[],
  report: ReportProblem,
): MapNode | undefined {
  const given = particle.entries.get('environments')?.node
  if (!given) return particle
  const entries = new Map(particle.entries)
  entries.delete('environments')
  const rest: MapNode = { ...particle, entries }
  if (given.kind !== 'map') {
    report(given.place, `environments must be a map of environments, not ${kindOf(given)}`)
    return rest
  }
  // Every patch is checked, so that a mistake for production is found before production.
  for (const [name, { node }] of given.entries) checkPatch(dotted(['environments', name]), node, keys, report)
  const patch = given.entries.get(environment)?.node
  if (isLeftOut(patch)) return undefined
  if (patch?.kind !== 'map') return rest
  const allowed = new Map([...patch.entries].filter(([key]) => keys.includes(key) && !FIXED.includes(key)))
  return merge(rest, { ...patch, entries: allowed })
}

function checkPatch(path: string, patch: Node, keys: readonly string[], report: ReportProblem): void {
  if (isLeftOut(patch)) return
  if (patch.kind !== 'map') {
    report(patch.place, `${path} must be a map to be merged into the particle, or false, not ${kindOf(patch)}`)
    return
  }
  for (const [key, { at }] of patch.entries) {
    if (FIXED.includes(key)) {
      const remedy = 'write a second particle, and false where it is not to be'
      report(at, `${path}.${key} cannot differ between environments; ${remedy}`)
    } else if (!keys.includes(key)) {
      report(at, `${path}.${quote(key)} is not a key of a particle${didYouMean(key, keys)}`)
    }
  }
}
