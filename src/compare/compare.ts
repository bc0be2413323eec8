import type { StaticStructureSchema } from '@smithy/types'
import { Unknown } from '../particle.ts'
import type { FoundChange, Value } from './change.ts'
import { withoutEmpty } from './empty.ts'
import { stepsOf, type Trail } from './linkedPath.ts'
import {
  defaultOf,
  type Elements,
  type Entries,
  isImplied,
  isMembers,
  type Leaf,
  normalOf,
  read,
  type Spot,
  type Structure,
  shown,
  type Tree,
  textOf,
  type Values,
  valuesOf,
} from './normalize.ts'
import { type Distance, pairsOf } from './pairing.ts'
import { covered, display, inside, Labels, nameMember, type Step } from './path.ts'
import type { Around, Members, Rules } from './rules.ts'
import { type Shape, shapeOf } from './schema.ts'
import type { Curtain } from './sensitivity.ts'

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
  readonly curtain: Curtain
}

/**
 * What would make the live thing what is stated, in the order of the definition; what goes stands behind what stays, in
 * the order of the API model. The order of the live answer never shows. Neither side is changed.
 */
export function compare(stated: object, live: object, options: CompareOptions): FoundChange[] {
  const shape = shapeOf(options.schema, options.rules)
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
export function describe(stated: object, options: CompareOptions): FoundChange[] {
  const walk = new Walk({ ...options, ignore: [] })
  const shape = shapeOf(options.schema, options.rules)
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
  const root = rootOf(stated, shapeOf(options.schema, options.rules), 'stated')
  if (!root) return {}
  if (options.ignore.length === 0) return normalOf(root)
  const ignored = new Set<Tree>()
  collect(root, undefined, options.ignore, ignored)
  return normalOf(root, tree => !ignored.has(tree))
}

/** A definition as a tree. */
export function rootOf(definition: object, shape: Shape, side: Around['side']): Structure | undefined {
  const root = definition as Members
  const tree = read(root, shape, { side, holder: root, root })
  return tree?.kind === 'structure' ? tree : undefined
}

/** Where ignored things stand in the stated definition. */
function collect(tree: Tree, steps: Trail<Step>, ignore: readonly string[], found: Set<Tree>): void {
  if (covered(ignore, steps)) {
    found.add(tree)
    return
  }
  for (const [step, inner] of inside(tree)) collect(inner, { up: steps, step }, ignore, found)
}

/** How many changes would make one element the other. */
export function distanceOf(shape: Shape, options: CompareOptions): Distance {
  return (stated, live) => {
    const trial = new Walk({ ...options, ignore: [] })
    trial.trees(stated.tree, live.tree, shape, live.tree.around, undefined, true)
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
    stated: Tree | undefined,
    live: Tree | undefined,
    shape: Shape,
    around: Around,
    steps: Trail<Step>,
    whole: boolean,
  ): void {
    if (this.#ignored(steps)) return
    if (!stated) {
      if (live?.says && whole && !shape.rule.silent) this.#remove(live, steps)
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
        this.#values(stated, live as Values | undefined, steps)
        break
      case 'structure':
        if (live) this.structures(stated, live as Structure, shape, around, steps, whole)
        else if (stated.rule.presence || this.#differs(stated, shape, around, steps)) this.add(stated, steps)
        break
      case 'elements':
        this.#elements(stated, live as Elements | undefined, around, steps)
        break
      case 'entries':
        this.#entries(stated, live as Entries | undefined, around, steps)
    }
  }

  structures(
    stated: Structure | undefined,
    live: Structure | undefined,
    shape: Shape,
    around: Around | undefined,
    steps: Trail<Step>,
    whole: boolean,
  ): void {
    const root = live?.around.root ?? around?.root ?? {}
    const within: Around = live?.inside ?? { side: 'live', holder: {}, root, ...(around && { outer: around }) }
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
  #differs(stated: Structure, shape: Shape, around: Around, steps: Trail<Step>): boolean {
    const trial = new Walk(this.#options)
    trial.structures(stated, undefined, shape, around, steps, false)
    return trial.changes.length > 0
  }

  #leaves(stated: Leaf, live: Leaf | undefined, around: Around, steps: Trail<Step>): void {
    const { rule } = stated
    const there = live
      ? live.value
      : stated.key === undefined
        ? (rule.unanswered ?? defaultOf(rule, around))
        : undefined
    if (!(stated.value instanceof Unknown)) {
      if (stated.value === there) return
      if (typeof stated.value === 'object' && textOf(shown(stated.value)) === textOf(shown(there))) return
      if (live && rule.alike?.(stated.value, there)) return
    }
    this.#emit(stated, live, steps)
  }

  #values(stated: Values, live: Values | undefined, steps: Trail<Step>): void {
    const known = !stated.values.some(value => value instanceof Unknown)
    if (known && textOf(valuesOf(stated)) === textOf(live ? valuesOf(live) : [])) return
    this.#emit(stated, live, steps)
  }

  /** Within a list everything is whole: ECS replaces it as it is said. */
  #elements(stated: Elements, live: Elements | undefined, around: Around, steps: Trail<Step>): void {
    const { shape } = stated
    const pairs = pairsOf(stated, live, distanceOf(shape, this.#options))
    const labels = new Labels()
    const unnamed = this.#unnamed(steps)
    for (const { stated: one, live: other } of pairs) {
      if (one) {
        const path = { up: steps, step: labels.of(one, this.#secret) }
        if (other) this.trees(one.tree, other.tree, shape, around, path, true)
        else if (!isImplied(one)) this.add(one.tree, path)
      } else if (other && !isImplied(other))
        this.#remove(other.tree, { up: steps, step: labels.of(other, undefined, unnamed) })
    }
  }

  #entries(stated: Entries, live: Entries | undefined, around: Around, steps: Trail<Step>): void {
    for (const [key, entry] of stated.entries) {
      const path = { up: steps, step: { in: key } }
      if (!this.#ignored(path)) this.#leaf(entry, live?.entries.get(key), around, path)
    }
    for (const key of [...(live?.entries.keys() ?? [])].sort()) {
      const entry = live?.entries.get(key)
      if (entry && !stated.entries.has(key)) this.#remove(entry, { up: steps, step: { in: key } })
    }
  }

  #leaf(stated: Tree, live: Tree | undefined, around: Around, steps: Trail<Step>): void {
    if (stated.kind === 'leaf' && (!live || live.kind === 'leaf')) this.#leaves(stated, live, around, steps)
    else this.#emit(stated, live, steps)
  }

  /** What comes, leaf by leaf. The name that stands in the path needs no line of its own. */
  add(tree: Tree, steps: Trail<Step>): void {
    this.#each(tree, steps, false, (leaf, path) => this.#emit(leaf, undefined, path))
  }

  /** What goes, leaf by leaf: defaults that ECS filled in are no loss. */
  #remove(tree: Tree, steps: Trail<Step>): void {
    this.#each(tree, steps, true, (leaf, path) => this.#emit(undefined, leaf, path))
  }

  /** Visits leaves, without defaults where these mean nothing; true when there was one. */
  #each(tree: Tree, steps: Trail<Step>, sayingOnly: boolean, visit: (leaf: Tree, steps: Trail<Step>) => void): boolean {
    if (this.#ignored(steps)) return false
    if (tree.kind === 'leaf' || tree.kind === 'values') {
      if (!tree.says && (sayingOnly || tree.kind === 'values')) return false
      visit(tree, steps)
      return true
    }
    const last = steps?.step
    const isElement = tree.kind === 'structure' && typeof last === 'object'
    const inPath = isElement && typeof last.in === 'string' && last.as === undefined ? nameMember(tree) : undefined
    let any = false
    for (const [step, inner] of inside(tree, this.#secret, this.#unnamed(steps))) {
      if (step !== inPath) any = this.#each(inner, { up: steps, step }, sayingOnly, visit) || any
    }
    if (any) return true
    const name = tree.kind === 'structure' && inPath !== undefined ? tree.members.get(inPath) : undefined
    if (name && inPath !== undefined) return this.#each(name, { up: steps, step: inPath }, sayingOnly, visit)
    // Its being there is all that it says.
    if (!isElement && !(tree.rule.presence && tree.kind === 'structure')) return false
    visit(tree, steps)
    return true
  }

  #unnamed(steps: Trail<Step>): boolean {
    return this.#options.curtain.namesSecretly?.(stepsOf(steps)) === true
  }

  readonly #secret = (at: Spot): boolean => this.#options.curtain.secret(stepsOf(at))

  #ignored(steps: Trail<Step>): boolean {
    return covered(this.#options.ignore, steps)
  }

  #emit(stated: Tree | undefined, live: Tree | undefined, steps: Trail<Step>): void {
    const wasHidden = live !== undefined && this.#wasSecret(live, steps)
    const hidden = [stated, live].some(tree => tree && this.#hides(tree)) || (wasHidden && !stated)
    const at = stated && { at: stepsOf(stated.at) }
    const raw = live && { live: live.raw }
    const path = display(steps)
    if (hidden) this.changes.push({ path, sensitive: true, ...at, ...raw })
    else {
      // An empty list is none: that ECS answers it, or not, is no news.
      const empty = live?.kind === 'values' && !live.says
      // What becomes open is shown as it is to be; what it was is not.
      const before = live && !empty && !wasHidden && { before: displayed(live, stated) }
      const after = stated && { after: displayed(stated) }
      this.changes.push({ path, ...before, ...after, ...at, ...raw })
    }
  }

  #hides(tree: Tree): boolean {
    const { curtain } = this.#options
    if (tree.kind !== 'leaf' && tree.kind !== 'values') return [...inside(tree)].some(([, inner]) => this.#hides(inner))
    const { rule, around } = tree
    if (rule.hidden?.(around, tree.kind === 'leaf' ? tree.key : undefined, curtain)) return true
    return around.side === 'stated' && this.#secretWithin(tree.raw, tree.at)
  }

  /** Whether ECS holds what a secret variable made there, now or before. */
  #wasSecret(live: Tree, steps: Trail<Step>): boolean {
    const { curtain } = this.#options
    const way = stepsOf(steps)
    return (!isReference(way) && curtain.wasSecret?.(way) === true) || curtain.holdsSecret?.(live.raw) === true
  }

  /** A list or a document is shown as one: a secret anywhere in it hides all of it. */
  #secretWithin(value: unknown, at: Spot): boolean {
    if (this.#secret(at)) return true
    if (Array.isArray(value)) return value.some((inner, step) => this.#secretWithin(inner, { up: at, step }))
    if (!isMembers(value)) return false
    return Object.entries(value).some(([step, inner]) => this.#secretWithin(inner, { up: at, step }))
  }
}

/** Members that say which cluster and which revision: no secret variable may stand there. */
const isReference = ([member, ...below]: readonly Step[]): boolean =>
  below.length === 0 && (member === 'taskDefinition' || member === 'cluster')

/** As it is shown: spelled the normal way; of a list without order, what both sides have stands in the stated order. */
function displayed(tree: Tree, beside?: Tree): Value {
  if (tree.kind === 'leaf') return shown(tree.value) as Value
  if (tree.kind !== 'values') return normalOf(tree) as Value
  if (!tree.rule.unordered) return tree.values.map(shown) as Value
  if (tree.around.side === 'stated') return tree.values.map(shown) as Value
  const order = beside?.kind === 'values' ? beside.values.map(value => textOf(shown(value))) : []
  const position = (value: unknown): number => {
    const index = order.indexOf(textOf(value))
    return index < 0 ? order.length : index
  }
  return valuesOf(tree).sort((a, b) => position(a) - position(b)) as Value
}
