import type { StaticStructureSchema } from '@smithy/types'
import { Unknown } from '../particle.ts'
import type { FoundChange, Value } from './change.ts'
import { withoutEmpty } from './empty.ts'
import { type LinkedPath, pathSteps } from './linkedPath.ts'
import {
  defaultOf,
  type ElementList,
  type EntryMap,
  isMembers,
  isOmittable,
  type Leaf,
  type Normalized,
  normalForm,
  normalize,
  plainValues,
  printable,
  type SourcePath,
  type Structure,
  textOf,
  type ValueList,
} from './normalize.ts'
import { type Distance, pairsOf } from './pairing.ts'
import { childrenOf, displayPath, ElementLabels, isCoveredByAny, keyMember, type PathStep } from './path.ts'
import type { Members, Rules, ValueContext } from './rules.ts'
import { type Schema, schemaOf } from './schema.ts'
import type { Sensitivity } from './sensitivity.ts'

export interface CompareOptions {
  /** The request that the definition becomes. */
  readonly schema: StaticStructureSchema
  readonly rules: Rules
  /**
   * True: a live member that is no default and that the definition leaves out is a change to nothing (task definitions).
   * False: only what is stated is compared, structures may be partial; lists, with their elements, and string maps are
   * whole all the same (clusters, services).
   */
  readonly whole: boolean
  /** `custom_config.ignore`: paths as plans show them, `[*]` for any element; each covers everything below it. */
  readonly ignore: readonly string[]
  readonly sensitivity: Sensitivity
}

/**
 * What would make the live thing what is stated, in the order of the definition; what goes stands behind what stays, in
 * the order of the API model. The order of the live answer never shows. Neither side is changed.
 */
export function compare(stated: object, live: object, options: CompareOptions): FoundChange[] {
  const shape = schemaOf(options.schema, options.rules)
  const walk = new Walk(options)
  walk.structures(
    rootOf(withoutEmpty(stated, shape), shape, 'stated'),
    rootOf(withoutEmpty(live, shape), shape, 'live'),
    shape,
    undefined,
    undefined,
    options.whole,
  )
  return walk.changes
}

/** What a start adds, leaf by leaf, as it is written: defaults that are stated too, ignored paths too. */
export function additions(stated: object, options: CompareOptions): FoundChange[] {
  const walk = new Walk({ ...options, ignore: [] })
  const shape = schemaOf(options.schema, options.rules)
  const root = rootOf(withoutEmpty(stated, shape), shape, 'stated')
  if (root) walk.add(root, undefined)
  return walk.changes
}

/**
 * The stated definition in one normal spelling, with defaults and what is ignored left out, unordered lists and keys
 * sorted: equal definitions, equal text. Digests of jobs are made from it, and a digest that changes runs a job again:
 * what it gives for a definition must not change without a new version. For that reason alone an empty text, which is
 * none everywhere else, stands in it as it is stated.
 */
export function canonical(stated: object, options: CompareOptions): unknown {
  const root = rootOf(stated, schemaOf(options.schema, options.rules), 'stated')
  if (!root) return {}
  if (options.ignore.length === 0) return normalForm(root)
  const ignored = new Set<Normalized>()
  collect(root, undefined, options.ignore, ignored)
  return normalForm(root, tree => !ignored.has(tree))
}

/** A definition as a tree. */
export function rootOf(definition: object, shape: Schema, side: ValueContext['side']): Structure | undefined {
  const root = definition as Members
  const tree = normalize(root, shape, { side, holder: root, root })
  return tree?.kind === 'structure' ? tree : undefined
}

/** Where ignored things stand in the stated definition. */
function collect(
  tree: Normalized,
  steps: LinkedPath<PathStep>,
  ignore: readonly string[],
  found: Set<Normalized>,
): void {
  if (isCoveredByAny(ignore, steps)) {
    found.add(tree)
    return
  }
  for (const [step, inner] of childrenOf(tree)) collect(inner, { up: steps, step }, ignore, found)
}

/** How many changes would make one element the other. */
export function distanceOf(shape: Schema, options: CompareOptions): Distance {
  return (stated, live) => {
    const trial = new Walk({ ...options, ignore: [] })
    trial.trees(stated.value, live.value, shape, live.value.around, undefined, true)
    return trial.changes.length
  }
}

/** One pass over two sides. */
class Walk {
  readonly changes: FoundChange[] = []
  readonly #options: CompareOptions

  constructor(options: CompareOptions) {
    this.#options = options
  }

  /** Either side may be missing. `around` stands around the live one, for what its defaults depend on. */
  trees(
    stated: Normalized | undefined,
    live: Normalized | undefined,
    shape: Schema,
    around: ValueContext,
    steps: LinkedPath<PathStep>,
    whole: boolean,
  ): void {
    if (this.#ignored(steps)) return
    if (!stated) {
      if (live?.isSet && whole && !shape.rule.unmanagedWhenOmitted) this.#remove(live, steps)
      return
    }
    if (live && live.kind !== stated.kind) {
      // Something that only an apply will tell, or a type that the model does not know: one change for all of it.
      this.#emit(stated, live, steps)
      return
    }
    switch (stated.kind) {
      case 'leaf':
        this.#leaves(stated, live as Leaf | undefined, around, steps)
        break
      case 'values':
        this.#values(stated, live as ValueList | undefined, steps)
        break
      case 'structure':
        if (live) this.structures(stated, live as Structure, shape, around, steps, whole)
        else if (stated.rule.significantWhenEmpty || this.#differs(stated, shape, around, steps))
          this.add(stated, steps)
        break
      case 'elements':
        this.#elements(stated, live as ElementList | undefined, around, steps)
        break
      case 'entries':
        this.#entries(stated, live as EntryMap | undefined, around, steps)
    }
  }

  structures(
    stated: Structure | undefined,
    live: Structure | undefined,
    shape: Schema,
    around: ValueContext | undefined,
    steps: LinkedPath<PathStep>,
    whole: boolean,
  ): void {
    const root = live?.around.root ?? around?.root ?? {}
    const within: ValueContext = live?.memberContext ?? {
      side: 'live',
      holder: {},
      root,
      ...(around && { outer: around }),
    }
    for (const [name, member] of stated?.members ?? []) {
      const inner = shape.members.get(name)
      if (inner) this.trees(member, live?.members.get(name), inner, within, { up: steps, step: name }, whole)
    }
    if (!whole || !live) return
    for (const [name, inner] of shape.members) {
      const member = stated?.members.has(name) ? undefined : live.members.get(name)
      if (member) this.trees(undefined, member, inner, within, { up: steps, step: name }, whole)
    }
  }

  /** Whether a structure that is not there says something else than ECS takes without it. */
  #differs(stated: Structure, shape: Schema, around: ValueContext, steps: LinkedPath<PathStep>): boolean {
    const trial = new Walk(this.#options)
    trial.structures(stated, undefined, shape, around, steps, false)
    return trial.changes.length > 0
  }

  #leaves(stated: Leaf, live: Leaf | undefined, around: ValueContext, steps: LinkedPath<PathStep>): void {
    const { rule } = stated
    const there = live
      ? live.value
      : stated.key === undefined
        ? (rule.whenUnanswered ?? defaultOf(rule, around))
        : undefined
    if (!(stated.value instanceof Unknown)) {
      if (stated.value === there) return
      if (typeof stated.value === 'object' && textOf(printable(stated.value)) === textOf(printable(there))) return
      if (live && rule.indistinguishable?.(stated.value, there)) return
    }
    this.#emit(stated, live, steps)
  }

  #values(stated: ValueList, live: ValueList | undefined, steps: LinkedPath<PathStep>): void {
    const known = !stated.values.some(value => value instanceof Unknown)
    if (known && textOf(plainValues(stated)) === textOf(live ? plainValues(live) : [])) return
    this.#emit(stated, live, steps)
  }

  /** Within a list everything is whole: ECS replaces it as it is said. */
  #elements(
    stated: ElementList,
    live: ElementList | undefined,
    around: ValueContext,
    steps: LinkedPath<PathStep>,
  ): void {
    const { schema: shape } = stated
    const pairs = pairsOf(stated, live, distanceOf(shape, this.#options))
    const labels = new ElementLabels()
    const unnamed = this.#unnamed(steps)
    for (const { stated: one, live: other } of pairs) {
      if (one) {
        const path = { up: steps, step: labels.of(one, this.#secret) }
        if (other) this.trees(one.value, other.value, shape, around, path, true)
        else if (!isOmittable(one)) this.add(one.value, path)
      } else if (other && !isOmittable(other))
        this.#remove(other.value, { up: steps, step: labels.of(other, undefined, unnamed) })
    }
  }

  #entries(stated: EntryMap, live: EntryMap | undefined, around: ValueContext, steps: LinkedPath<PathStep>): void {
    for (const [key, entry] of stated.entries) {
      const path = { up: steps, step: { in: key } }
      if (!this.#ignored(path)) this.#leaf(entry, live?.entries.get(key), around, path)
    }
    for (const key of [...(live?.entries.keys() ?? [])].sort()) {
      const entry = live?.entries.get(key)
      if (entry && !stated.entries.has(key)) this.#remove(entry, { up: steps, step: { in: key } })
    }
  }

  #leaf(stated: Normalized, live: Normalized | undefined, around: ValueContext, steps: LinkedPath<PathStep>): void {
    if (stated.kind === 'leaf' && (!live || live.kind === 'leaf')) this.#leaves(stated, live, around, steps)
    else this.#emit(stated, live, steps)
  }

  /** What comes, leaf by leaf. The name that stands in the path needs no line of its own. */
  add(tree: Normalized, steps: LinkedPath<PathStep>): void {
    this.#each(tree, steps, false, (leaf, path) => this.#emit(leaf, undefined, path))
  }

  /** What goes, leaf by leaf: defaults that ECS filled in are no loss. */
  #remove(tree: Normalized, steps: LinkedPath<PathStep>): void {
    this.#each(tree, steps, true, (leaf, path) => this.#emit(undefined, leaf, path))
  }

  /** Visits leaves, without defaults where these mean nothing; true when there was one. */
  #each(
    tree: Normalized,
    steps: LinkedPath<PathStep>,
    sayingOnly: boolean,
    visit: (leaf: Normalized, steps: LinkedPath<PathStep>) => void,
  ): boolean {
    if (this.#ignored(steps)) return false
    if (tree.kind === 'leaf' || tree.kind === 'values') {
      if (!tree.isSet && (sayingOnly || tree.kind === 'values')) return false
      visit(tree, steps)
      return true
    }
    const last = steps?.step
    const isElement = tree.kind === 'structure' && typeof last === 'object'
    const inPath = isElement && typeof last.in === 'string' && last.as === undefined ? keyMember(tree) : undefined
    let any = false
    for (const [step, inner] of childrenOf(tree, this.#secret, this.#unnamed(steps))) {
      if (step !== inPath) any = this.#each(inner, { up: steps, step }, sayingOnly, visit) || any
    }
    if (any) return true
    const name = tree.kind === 'structure' && inPath !== undefined ? tree.members.get(inPath) : undefined
    if (name && inPath !== undefined) return this.#each(name, { up: steps, step: inPath }, sayingOnly, visit)
    // Its being there is all that it says.
    if (!isElement && !(tree.rule.significantWhenEmpty && tree.kind === 'structure')) return false
    visit(tree, steps)
    return true
  }

  #unnamed(steps: LinkedPath<PathStep>): boolean {
    return this.#options.sensitivity.hasSecretNames?.(pathSteps(steps)) === true
  }

  readonly #secret = (at: SourcePath): boolean => this.#options.sensitivity.isSecret(pathSteps(at))

  #ignored(steps: LinkedPath<PathStep>): boolean {
    return isCoveredByAny(this.#options.ignore, steps)
  }

  #emit(stated: Normalized | undefined, live: Normalized | undefined, steps: LinkedPath<PathStep>): void {
    const wasHidden = live !== undefined && this.#wasSecret(live, steps)
    const hidden = [stated, live].some(tree => tree && this.#hides(tree)) || (wasHidden && !stated)
    const at = stated && { at: pathSteps(stated.at) }
    const raw = live && { live: live.raw }
    const path = displayPath(steps)
    if (hidden) this.changes.push({ path, sensitive: true, ...at, ...raw })
    else {
      // An empty list is none: that ECS answers it, or not, is no news.
      const empty = live?.kind === 'values' && !live.isSet
      // What becomes open is shown as it is to be; what it was is not.
      const before = live && !empty && !wasHidden && { before: displayed(live, stated) }
      const after = stated && { after: displayed(stated) }
      this.changes.push({ path, ...before, ...after, ...at, ...raw })
    }
  }

  #hides(tree: Normalized): boolean {
    const { sensitivity } = this.#options
    if (tree.kind !== 'leaf' && tree.kind !== 'values')
      return [...childrenOf(tree)].some(([, inner]) => this.#hides(inner))
    const { rule, around } = tree
    if (rule.hidden?.(around, tree.kind === 'leaf' ? tree.key : undefined, sensitivity)) return true
    return around.side === 'stated' && this.#secretWithin(tree.raw, tree.at)
  }

  /** Whether ECS holds what a secret variable made there, now or before. */
  #wasSecret(live: Normalized, steps: LinkedPath<PathStep>): boolean {
    const { sensitivity } = this.#options
    const way = pathSteps(steps)
    return (!isReference(way) && sensitivity.wasSecret?.(way) === true) || sensitivity.holdsSecret?.(live.raw) === true
  }

  /** A list or a document is shown as one: a secret anywhere in it hides all of it. */
  #secretWithin(value: unknown, at: SourcePath): boolean {
    if (this.#secret(at)) return true
    if (Array.isArray(value)) return value.some((inner, step) => this.#secretWithin(inner, { up: at, step }))
    if (!isMembers(value)) return false
    return Object.entries(value).some(([step, inner]) => this.#secretWithin(inner, { up: at, step }))
  }
}

/** Members that say which cluster and which revision: no secret variable may stand there. */
const isReference = ([member, ...below]: readonly PathStep[]): boolean =>
  below.length === 0 && (member === 'taskDefinition' || member === 'cluster')

/** As it is shown: spelled the normal way; of a list without order, what both sides have stands in the stated order. */
function displayed(tree: Normalized, beside?: Normalized): Value {
  if (tree.kind === 'leaf') return printable(tree.value) as Value
  if (tree.kind !== 'values') return normalForm(tree) as Value
  if (!tree.rule.unordered) return tree.values.map(printable) as Value
  if (tree.around.side === 'stated') return tree.values.map(printable) as Value
  const order = beside?.kind === 'values' ? beside.values.map(value => textOf(printable(value))) : []
  const position = (value: unknown): number => {
    const index = order.indexOf(textOf(value))
    return index < 0 ? order.length : index
  }
  return plainValues(tree).sort((a, b) => position(a) - position(b)) as Value
}
