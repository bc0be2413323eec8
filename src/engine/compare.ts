import type { StaticStructureSchema } from '@smithy/types'
import type { Curtain } from '../flavors/flavor.ts'
import { type Path, Unknown } from '../particle.ts'
import type { FoundChange, Value } from './change.ts'
import { covers, display, type Step } from './ignore.ts'
import { pairsOf } from './pairing.ts'
import type { Around, Members, Rules } from './rules.ts'
import { type Shape, shapeOf } from './shape.ts'
import {
  defaultOf,
  type Element,
  type Elements,
  type Entries,
  isImplied,
  type Leaf,
  normalOf,
  read,
  type Structure,
  shown,
  type Tree,
  textOf,
  type Values,
  valuesOf,
} from './tree.ts'

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
  walk.structures(rootOf(stated, shape, 'stated'), rootOf(live, shape, 'live'), shape, undefined, [], options.whole)
  return walk.changes
}

/** What a start adds, leaf by leaf, as it is written: defaults that are stated too, ignored paths too. */
export function describe(stated: object, options: CompareOptions): FoundChange[] {
  const walk = new Walk({ ...options, ignore: [] })
  const root = rootOf(stated, shapeOf(options.schema, options.rules), 'stated')
  if (root) walk.add(root, [])
  return walk.changes
}

/** Of the form that `canonical` gives. A digest is only comparable with one of the same version. */
export const canonicalVersion = 1

/**
 * The stated definition in one normal spelling, with defaults and what is ignored left out, unordered lists and keys
 * sorted: equal definitions, equal text. Digests of jobs are made from it, and a digest that changes runs a job again:
 * what it gives for a definition must not change without a new version.
 */
export function canonical(stated: object, options: CompareOptions): unknown {
  const root = rootOf(stated, shapeOf(options.schema, options.rules), 'stated')
  if (!root) return {}
  if (options.ignore.length === 0) return normalOf(root)
  const ignored = new Set<string>()
  collect(root, [], options.ignore, ignored)
  return normalOf(root, at => !ignored.has(textOf(at)))
}

function rootOf(definition: object, shape: Shape, side: Around['side']): Structure | undefined {
  const root = definition as Members
  const tree = read(root, shape, { side, holder: root, root })
  return tree?.kind === 'structure' ? tree : undefined
}

/** Where ignored things stand in the stated definition. */
function collect(tree: Tree, steps: readonly Step[], ignore: readonly string[], found: Set<string>): void {
  if (ignore.some(pattern => covers(pattern, steps))) {
    found.add(textOf(tree.at))
    return
  }
  for (const [step, inner] of inside(tree)) collect(inner, [...steps, step], ignore, found)
}

/** What a tree holds, with the step that leads there. */
function* inside(tree: Tree): Generator<[Step, Tree]> {
  if (tree.kind === 'structure') yield* tree.members
  else if (tree.kind === 'entries') for (const [key, entry] of tree.entries) yield [{ in: key }, entry]
  else if (tree.kind === 'elements') {
    const labels = new Labels()
    for (const element of tree.elements) yield [labels.of(element), element.tree]
  }
}

/** What elements of one list are called: by name where they have one of their own, else by position. */
class Labels {
  readonly #taken = new Set<string>()

  of({ index, tree }: Element, hides?: (at: Path) => boolean): Step {
    const name = tree.kind === 'structure' ? tree.members.get(labelled(tree)) : undefined
    if (name?.kind !== 'leaf' || typeof name.value !== 'string' || name.value === '') return { in: index }
    // A secret in a path would be shown; a second one of the same name would be taken for the first.
    if (this.#taken.has(name.value) || (name.around.side === 'stated' && hides?.(name.at))) return { in: index }
    this.#taken.add(name.value)
    return { in: name.value }
  }
}

/** The member that an element is called by. */
const labelled = (tree: Structure): string => tree.rule.named ?? 'name'

/** One pass over two sides. */
class Walk {
  readonly changes: FoundChange[] = []
  readonly #options: CompareOptions

  constructor(options: CompareOptions) {
    this.#options = options
  }

  /** Either side may be missing. `around` stands around the live one, for what its defaults depend on. */
  #trees(
    stated: Tree | undefined,
    live: Tree | undefined,
    shape: Shape,
    around: Around,
    steps: readonly Step[],
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
        return this.#leaves(stated, live as Leaf | undefined, around, steps)
      case 'values':
        return this.#values(stated, live as Values | undefined, steps)
      case 'structure':
        if (!live && stated.says) return this.add(stated, steps)
        return this.structures(stated, live as Structure | undefined, shape, around, steps, whole)
      case 'elements':
        return this.#elements(stated, live as Elements | undefined, around, steps)
      case 'entries':
        return this.#entries(stated, live as Entries | undefined, around, steps)
    }
  }

  structures(
    stated: Structure | undefined,
    live: Structure | undefined,
    shape: Shape,
    around: Around | undefined,
    steps: readonly Step[],
    whole: boolean,
  ): void {
    const root = live?.around.root ?? around?.root ?? {}
    const within: Around = live?.inside ?? { side: 'live', holder: {}, root, ...(around && { outer: around }) }
    for (const [name, member] of stated?.members ?? []) {
      const inner = shape.members.get(name)
      if (inner) this.#trees(member, live?.members.get(name), inner, within, [...steps, name], whole)
    }
    if (!whole || !live) return
    for (const [name, inner] of shape.members) {
      const member = stated?.members.has(name) ? undefined : live.members.get(name)
      if (member) this.#trees(undefined, member, inner, within, [...steps, name], whole)
    }
  }

  #leaves(stated: Leaf, live: Leaf | undefined, around: Around, steps: readonly Step[]): void {
    const { rule } = stated
    const there = live
      ? live.value
      : stated.key === undefined
        ? (rule.unanswered ?? defaultOf(rule, around, stated.value))
        : undefined
    if (!(stated.value instanceof Unknown)) {
      if (stated.value === there) return
      if (typeof stated.value === 'object' && textOf(shown(stated.value)) === textOf(shown(there))) return
      if (live && rule.alike?.(stated.value, there)) return
    }
    this.#emit(stated, live, steps)
  }

  #values(stated: Values, live: Values | undefined, steps: readonly Step[]): void {
    const known = !stated.values.some(value => value instanceof Unknown)
    if (known && textOf(valuesOf(stated)) === textOf(live ? valuesOf(live) : [])) return
    this.#emit(stated, live, steps)
  }

  /** Within a list everything is whole: ECS replaces it as it is said. */
  #elements(stated: Elements, live: Elements | undefined, around: Around, steps: readonly Step[]): void {
    const { shape } = stated
    const pairs = pairsOf(stated, live, (one, other) => {
      const trial = new Walk({ ...this.#options, ignore: [] })
      trial.#trees(one.tree, other.tree, shape, around, [], true)
      return trial.changes.length
    })
    const labels = new Labels()
    for (const { stated: one, live: other } of pairs) {
      if (one) {
        const path = [...steps, labels.of(one, at => this.#options.curtain.secret(at))]
        if (other) this.#trees(one.tree, other.tree, shape, around, path, true)
        else if (!isImplied(one)) this.add(one.tree, path)
      } else if (other && !isImplied(other)) this.#remove(other.tree, [...steps, labels.of(other)])
    }
  }

  #entries(stated: Entries, live: Entries | undefined, around: Around, steps: readonly Step[]): void {
    for (const [key, entry] of stated.entries) {
      const path = [...steps, { in: key }]
      if (!this.#ignored(path)) this.#leaf(entry, live?.entries.get(key), around, path)
    }
    for (const key of [...(live?.entries.keys() ?? [])].sort()) {
      const entry = live?.entries.get(key)
      if (entry && !stated.entries.has(key)) this.#remove(entry, [...steps, { in: key }])
    }
  }

  #leaf(stated: Tree, live: Tree | undefined, around: Around, steps: readonly Step[]): void {
    if (stated.kind === 'leaf' && (!live || live.kind === 'leaf')) this.#leaves(stated, live, around, steps)
    else this.#emit(stated, live, steps)
  }

  /** What comes, leaf by leaf. The name that stands in the path needs no line of its own. */
  add(tree: Tree, steps: readonly Step[]): void {
    this.#each(
      tree,
      steps,
      () => true,
      leaf => this.#emit(leaf.tree, undefined, leaf.steps),
    )
  }

  /** What goes, leaf by leaf: defaults that ECS filled in are no loss. */
  #remove(tree: Tree, steps: readonly Step[]): void {
    this.#each(
      tree,
      steps,
      ({ says }) => says,
      leaf => this.#emit(undefined, leaf.tree, leaf.steps),
    )
  }

  #each(
    tree: Tree,
    steps: readonly Step[],
    worth: (tree: Tree) => boolean,
    visit: (leaf: { readonly tree: Tree; readonly steps: readonly Step[] }) => void,
  ): boolean {
    if (this.#ignored(steps)) return false
    if (tree.kind === 'leaf' || tree.kind === 'values') {
      if (!worth(tree) || (tree.kind === 'values' && !tree.says)) return false
      visit({ tree, steps })
      return true
    }
    let any = false
    const labels = new Labels()
    if (tree.kind === 'elements') {
      const hides = (at: Path) => this.#options.curtain.secret(at)
      for (const element of tree.elements) {
        any = this.#each(element.tree, [...steps, labels.of(element, hides)], worth, visit) || any
      }
      return any
    }
    const last = steps.at(-1)
    let named: [Step, Tree] | undefined
    for (const [step, inner] of inside(tree)) {
      const isName =
        tree.kind === 'structure' && step === labelled(tree) && typeof last === 'object' && typeof last.in === 'string'
      if (isName) named = [step, inner]
      else any = this.#each(inner, [...steps, step], worth, visit) || any
    }
    if (!any && named) any = this.#each(named[1], [...steps, named[0]], worth, visit)
    // An element or structure whose being there is all it says.
    const element = typeof last === 'object' && tree.kind === 'structure'
    if (!any && (element || tree.rule.presence) && steps.length > 0) {
      visit({ tree, steps })
      any = true
    }
    return any
  }

  #ignored(steps: readonly Step[]): boolean {
    return this.#options.ignore.length > 0 && this.#options.ignore.some(pattern => covers(pattern, steps))
  }

  #emit(stated: Tree | undefined, live: Tree | undefined, steps: readonly Step[]): void {
    const hidden = [stated, live].some(tree => tree && this.#hides(tree))
    const at = stated && { at: stated.at }
    const raw = live && { live: live.raw }
    const path = display(steps)
    if (hidden) this.changes.push({ path, sensitive: true, ...at, ...raw })
    else {
      const before = live && { before: displayed(live, stated) }
      const after = stated && { after: displayed(stated) }
      this.changes.push({ path, ...before, ...after, ...at, ...raw })
    }
  }

  #hides(tree: Tree): boolean {
    const { curtain } = this.#options
    if (tree.kind !== 'leaf' && tree.kind !== 'values') return [...inside(tree)].some(([, inner]) => this.#hides(inner))
    const { rule, around } = tree
    if (rule.hidden?.(around, tree.kind === 'leaf' ? tree.key : undefined, curtain)) return true
    if (around.side === 'live') return false
    if (curtain.secret(tree.at)) return true
    return tree.kind === 'values' && tree.values.some((_, index) => curtain.secret([...tree.at, index]))
  }
}

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
