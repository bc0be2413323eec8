import { type MapEntry, type MapNode, memberOf, type Node, type Place } from '../particle.ts'
import { changedAt, isPath } from './patchPath.ts'
import type { ReportProblem } from './problems.ts'
import { didYouMean } from './suggest.ts'
import { NO_VARIABLES } from './variables.ts'
import { withValues } from './walk.ts'
import { inQuotes, kindOf, quote } from './words.ts'

/**
 * A patch upon a map: maps deeply, lists and plain values replaced, `null` removes. Values of the patch keep their
 * places; `mark` may note of a value which one it replaces.
 */
export function merge(
  base: MapNode | undefined,
  patch: MapNode,
  mark: (node: Node, old: Node | undefined) => Node = node => node,
): MapNode {
  const entries = new Map(base?.entries)
  for (const [key, { at, node }] of patch.entries) {
    const old = entries.get(key)
    const below = old?.node.kind === 'map' ? old.node : undefined
    if (node.kind === 'scalar' && node.value === null) entries.delete(key)
    // Two maps become one, whose place stays where it began.
    else if (node.kind === 'map') entries.set(key, { at: below && old ? old.at : at, node: merge(below, node, mark) })
    else entries.set(key, { at, node: mark(node, old?.node) })
  }
  return { kind: 'map', place: base?.place ?? patch.place, entries }
}

/** Keys that identify a particle: an environment may leave the particle out, not make another one of it. */
const FIXED = ['flavor', 'pcf_name', 'environments']

const patchPath = (environment: string): string => `environments.${quote(environment)}`

const isLeftOut = (patch: Node | undefined): boolean => patch?.kind === 'scalar' && patch.value === false

/**
 * The particle of an environment with its patch still beside it, for one that lies upon a base: a patch may remove what the
 * base states, and lead into that. Undefined where the environment leaves the particle out. Paths of other environments'
 * patches are not checked.
 */
export function beforePatch(
  particle: MapNode,
  environment: string,
  keys: readonly string[],
  report: ReportProblem,
): MapNode | undefined {
  const all = memberOf(particle, 'environments')
  if (all?.kind !== 'map') return inEnvironment(particle, environment, keys, report)
  for (const [name, entry] of all.entries) checkPatch(patchPath(name), entry, keys, report)
  const own = all.entries.get(environment)
  if (isLeftOut(own?.node)) return undefined
  const patches = own?.node.kind === 'map' ? { ...all, entries: new Map([[environment, own]]) } : undefined
  return withValues(particle, (node, key) => (key === 'environments' ? patches : node))
}

/** The particle of an environment: patched, without `environments`; undefined where the environment leaves it out. */
export function inEnvironment(
  particle: MapNode,
  environment: string,
  keys: readonly string[],
  report: ReportProblem,
): MapNode | undefined {
  const given = memberOf(particle, 'environments')
  if (!given) return particle
  const entries = new Map(particle.entries)
  entries.delete('environments')
  const rest: MapNode = { ...particle, entries }
  if (given.kind !== 'map') {
    report(given.place, `environments must be a map of environments, not ${kindOf(given)}`)
    return rest
  }
  // Every patch is checked, so that a mistake for production is found before production.
  let present: MapNode | undefined = rest
  for (const [name, entry] of given.entries) {
    const patch = entry.node
    const path = patchPath(name)
    checkPatch(path, entry, keys, report)
    const patched = isLeftOut(patch)
      ? undefined
      : patch.kind === 'map'
        ? patchedWith(rest, patch, keys, path, report)
        : rest
    if (name === environment) present = patched
  }
  return present
}

/** A list that stands for another one remembers it: what the other one said is gone, which is easily overlooked. */
const noteReplaced = (node: Node, old: Node | undefined): Node =>
  node.kind === 'list' && old?.kind === 'list' ? { ...node, replaces: old.place } : node

/** Whole values first, then paths into the definition that they make. */
function patchedWith(
  particle: MapNode,
  patch: MapNode,
  keys: readonly string[],
  path: string,
  report: ReportProblem,
): MapNode {
  const entries = new Map([...patch.entries].filter(([key]) => keys.includes(key) && !FIXED.includes(key)))
  const paths: { readonly key: string; readonly at: Place; readonly value: Node }[] = []
  const whole = inDefinition({ ...patch, entries }, definition =>
    withValues(definition, (value, key, at) => {
      if (!isPath(key)) return value
      paths.push({ key, at, value })
      return undefined
    }),
  )
  return inDefinition(merge(particle, whole, noteReplaced), definition =>
    paths.reduce((made, { key, at, value }) => {
      const changed = changedAt(made, key, { value, at, combine })
      if (typeof changed !== 'string') return changed
      report(at, `${path}.aws_resource: ${inQuotes(key)} ${changed}`)
      return made
    }, definition),
  )
}

/** A particle with another definition. */
const inDefinition = (particle: MapNode, made: (definition: MapNode) => MapNode): MapNode =>
  withValues(particle, (node, key) => (key === 'aws_resource' && node.kind === 'map' ? made(node) : node))

const combine = (there: Node | undefined, value: Node): Node =>
  value.kind === 'map'
    ? merge(there?.kind === 'map' ? there : undefined, value, noteReplaced)
    : noteReplaced(value, there)

function checkPatch(path: string, { at, node: patch }: MapEntry, keys: readonly string[], report: ReportProblem): void {
  if (path.includes('${')) report(at, `${path}: ${NO_VARIABLES}`)
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
