import type { StaticStructureSchema } from '@smithy/types'
import { canonicalJson } from '../digest.ts'
import { type Particle, Unknown } from '../particle.ts'
import { changeOf, type FoundChange } from './change.ts'
import { childrenOf, elementLabels, isIgnored, keyMember } from './children.ts'
import {
  defaultOf,
  type Element,
  type ElementList,
  type EntryMap,
  emptyStructure,
  isOmittable,
  type Leaf,
  type Normalized,
  normalForm,
  normalizeAsWritten,
  normalizeRoot,
  plainValues,
  type RequestModel,
  type Structure,
} from './normalize.ts'
import { type Pair, pairsOf } from './pairing.ts'
import { ignoredPaths, isCoveredByAny, type StepPath } from './path.ts'
import { mayStay, type Rules, type ValueContext } from './rules.ts'
import type { Sensitivity } from './sensitivity.ts'

/** How two definitions of one schema are compared. */
export interface CompareOptions extends RequestModel {
  /**
   * True: a live member that is no default and that the definition leaves out is a removal (task definitions).
   * False: only stated members are compared, and structures may be partial; lists, with their elements, and string maps
   * are whole all the same (clusters, services).
   */
  readonly whole: boolean
  /** `custom_config.ignore`: displayed paths, `[*]` for any element; each covers everything below it. */
  readonly ignore: readonly string[]
  readonly sensitivity: Sensitivity
  /** Members too that a definition does not manage when it leaves them out. */
  readonly unmanaged?: true
}

/** A particle's options of comparison, for definitions of this schema. `whole`: see `CompareOptions`. */
export const comparedBy =
  (schema: StaticStructureSchema, rules: Rules, whole = false) =>
  ({ options }: Pick<Particle, 'options'>, sensitivity: Sensitivity): CompareOptions => ({
    schema,
    rules,
    whole,
    ignore: ignoredPaths(options.ignore),
    sensitivity,
  })

/**
 * Changes that turn the live definition into the stated one, in the order of the definition, with removals last, in the
 * order of the API model. The order of the live answer never shows. Neither side is changed.
 */
export function compare(stated: object, live: object, options: CompareOptions): FoundChange[] {
  const comparison = new DefinitionComparison(options)
  const [wanted, there] = [normalizeRoot(stated, options, 'stated'), normalizeRoot(live, options, 'live')]
  comparison.structures(wanted, there, [], options.whole)
  return comparison.changes()
}

/**
 * Live values that the definition leaves out, that are no defaults, and that no update takes away, as removals. Of values in
 * lists and maps too: what a list holds goes with the list.
 */
export function unstated(stated: object, live: object, options: CompareOptions): FoundChange[] {
  const updated = new Set(compare(stated, live, options).map(({ path }) => path))
  return compare(stated, live, { ...options, whole: true, unmanaged: true }).filter(
    ({ at, path }) => !at && !updated.has(path),
  )
}

/** Changes that a start makes, one for each value that the definition states: stated defaults too, ignored paths too. */
export function additions(stated: object, options: CompareOptions): FoundChange[] {
  const comparison = new DefinitionComparison({ ...options, ignore: [] })
  comparison.add(normalizeRoot(stated, options, 'stated'), [])
  return comparison.changes()
}

/**
 * The stated definition in its normal spelling, without defaults and ignored values, unordered lists and keys sorted:
 * equal definitions, equal JSON. Digests of jobs are made from it, and a changed digest runs a job again: the form may
 * change only with a new `digestVersion`. For that reason alone an empty text, which is none everywhere else, is kept.
 */
export function canonical(stated: object, options: CompareOptions): unknown {
  const ignored = new Set<Normalized>()
  const collect = (node: Normalized, path: StepPath): void => {
    if (isCoveredByAny(options.ignore, path)) ignored.add(node)
    else for (const [step, inner] of childrenOf(node, path, options.sensitivity)) collect(inner, [...path, step])
  }
  const root = normalizeAsWritten(stated, options, 'stated')
  if (options.ignore.length > 0) collect(root, [])
  return normalForm(root, ignored)
}

/** The elements of two lists in pairs, with the path that displays the stated element, or else the live one. */
export function pairsWithPaths(
  stated: ElementList,
  live: ElementList | undefined,
  path: StepPath,
  options: CompareOptions,
): (Pair & { readonly path: StepPath })[] {
  const label = elementLabels(path, options.sensitivity)
  const changesBetween = (one: Element, other: Element): number => {
    const trial = new DefinitionComparison({ ...options, ignore: [] })
    trial.nodes(one.value, other.value, other.value.context, [], true)
    return trial.found.length
  }
  return pairsOf(stated, live, changesBetween).flatMap(pair => {
    const element = pair.stated ?? pair.live
    return element ? [{ ...pair, path: [...path, label(element)] }] : []
  })
}

type Difference = readonly [stated: Normalized | undefined, live: Normalized | undefined, path: StepPath]

class DefinitionComparison {
  readonly found: Difference[] = []
  readonly #options: CompareOptions

  constructor(options: CompareOptions) {
    this.#options = options
  }

  /** Either side may be missing. `context`: of the live side, because defaults may depend on it. */
  nodes(
    stated: Normalized | undefined,
    live: Normalized | undefined,
    context: ValueContext,
    path: StepPath,
    whole: boolean,
  ): void {
    if (isIgnored(this.#options.ignore, path)) return
    if (!stated) {
      if (live?.isSet && whole && (this.#options.unmanaged || !live.rule.unmanagedWhenOmitted)) this.#remove(live, path)
    } else if (live && live.kind !== stated.kind) {
      // An Unknown or a type that the model does not have: one change for the whole value.
      this.#emit(stated, live, path)
    } else if (stated.kind === 'structure') {
      if (live) this.structures(stated, live as Structure, path, whole)
      else if (stated.rule.significantWhenEmpty || this.#differsFromNone(stated, context, path)) this.add(stated, path)
    } else if (stated.kind === 'elements') this.#elements(stated, live as ElementList | undefined, context, path)
    else if (stated.kind === 'entries') this.#entries(stated, live as EntryMap | undefined, context, path)
    else if (!isSame(stated, live, context)) this.#emit(stated, live, path)
  }

  structures(stated: Structure, live: Structure, path: StepPath, whole: boolean): void {
    for (const [name, member] of stated.members)
      this.nodes(member, live.members.get(name), live.memberContext, [...path, name], whole)
    for (const name of live.schema.members.keys()) {
      const member = stated.members.has(name) ? undefined : live.members.get(name)
      if (member && (whole || isExcluded(member, stated, live)))
        this.nodes(undefined, member, live.memberContext, [...path, name], true)
    }
  }

  /** Whether a structure that ECS does not have differs from ECS's defaults. */
  #differsFromNone(stated: Structure, context: ValueContext, path: StepPath): boolean {
    const trial = new DefinitionComparison(this.#options)
    trial.structures(stated, emptyStructure(stated, context), path, false)
    return trial.found.length > 0
  }

  /** The elements of a list are always whole: ECS replaces the list. */
  #elements(stated: ElementList, live: ElementList | undefined, context: ValueContext, path: StepPath): void {
    for (const { stated: one, live: other, path: below } of pairsWithPaths(stated, live, path, this.#options)) {
      if (one && other) this.nodes(one.value, other.value, context, below, true)
      else if (one && !isOmittable(one)) this.add(one.value, below)
      else if (other && !isOmittable(other)) this.#remove(other.value, below)
    }
  }

  #entries(stated: EntryMap, live: EntryMap | undefined, context: ValueContext, path: StepPath): void {
    for (const [key, entry] of stated.members)
      this.nodes(entry, live?.members.get(key), context, [...path, { in: key }], true)
    for (const key of [...(live?.members.keys() ?? [])].sort()) {
      const entry = stated.members.has(key) ? undefined : live?.members.get(key)
      if (entry) this.#remove(entry, [...path, { in: key }])
    }
  }

  /** One change for each value of an added node, except for a name that the path shows. */
  add(node: Normalized, path: StepPath): void {
    for (const [value, at] of this.#valuesOf(node, path, false)) this.#emit(value, undefined, at)
  }

  /** One change for each value of a removed node. Defaults that ECS filled in are no loss. */
  #remove(node: Normalized, path: StepPath): void {
    for (const [value, at] of this.#valuesOf(node, path, true)) this.#emit(undefined, value, at)
  }

  #valuesOf(node: Normalized, path: StepPath, isRemoved: boolean): [Normalized, StepPath][] {
    if (isIgnored(this.#options.ignore, path, node)) return []
    if (node.kind === 'leaf' || node.kind === 'values')
      return node.isSet || (node.kind === 'leaf' && !isRemoved) ? [[node, path]] : []
    const last = path.at(-1)
    const isElement = node.kind === 'structure' && typeof last === 'object'
    const shown = isElement && typeof last.in === 'string' && last.as === undefined ? keyMember(node) : undefined
    const children = childrenOf(node, path, this.#options.sensitivity)
    const valuesIn = (inPath: boolean) =>
      children.flatMap(([step, inner]) =>
        (step === shown) === inPath ? this.#valuesOf(inner, [...path, step], isRemoved) : [],
      )
    const values = valuesIn(false)
    if (values.length > 0) return values
    if (children.some(([step]) => step === shown)) return valuesIn(true)
    // An element without values, or a structure whose presence has a meaning, is a value itself.
    return isElement || (node.kind === 'structure' && node.rule.significantWhenEmpty) ? [[node, path]] : []
  }

  #emit(stated: Normalized | undefined, live: Normalized | undefined, path: StepPath): void {
    this.found.push([stated, live, path])
  }

  changes(): FoundChange[] {
    return this.found.map(difference => changeOf(...difference, this.#options.sensitivity))
  }
}

/** Whether a live member fits its siblings now, and not any more beside the stated ones. */
const isExcluded = ({ rule }: Normalized, stated: Structure, live: Structure): boolean =>
  mayStay(rule, live.raw, undefined) && !mayStay(rule, stated.raw, live.raw)

/** Whether two plain values or lists of these mean the same. A missing live value is the default. */
function isSame(stated: Normalized, live: Normalized | undefined, context: ValueContext): boolean {
  if (stated.kind === 'values') {
    if (stated.values.some(value => value instanceof Unknown)) return false
    return JSON.stringify(plainValues(stated)) === JSON.stringify(live?.kind === 'values' ? plainValues(live) : [])
  }
  const { value, rule } = stated as Leaf
  if (value instanceof Unknown) return false
  const there = live ? (live as Leaf).value : (rule.whenUnanswered ?? defaultOf(rule, context))
  if (value === there) return true
  if (typeof value === 'object' && canonicalJson(value) === canonicalJson(there)) return true
  return live !== undefined && rule.indistinguishable?.(value, there) === true
}
