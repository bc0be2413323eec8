import type { Vocabulary } from '../flavors/flavor.ts'
import { nameOf } from '../flavors/vocabulary.ts'
import {
  type DesiredState,
  isGone,
  type MapNode,
  type Node,
  type Particle,
  type ParticleId,
  type Place,
  type Problem,
  plain,
  type ScalarNode,
} from '../particle.ts'
import { complain, type Draft, type Link, namingMembers } from './draft.ts'
import { elementLabel } from './model/written.ts'
import { order } from './order.ts'
import { closest, didYouMean } from './suggest.ts'
import { lineOf, quote, textOf, written } from './words.ts'

/** Everything that was declared, before it is linked. */
export interface Declared {
  readonly drafts: ReadonlyMap<ParticleId, Draft>
  /** Ids that stand for several particles: quasiparticles, and members with a multiplier. */
  readonly groups: ReadonlyMap<string, readonly Draft[]>
  /** Not in this environment, and where it says so. */
  readonly absent: ReadonlyMap<string, Place>
  /** Declared, but too wrong to become a particle: to name it is no second mistake. */
  readonly broken: ReadonlySet<string>
  /** Some file cannot be read, so that what is missing may stand there. */
  readonly incomplete: boolean
}

// To find what was meant costs a look at every id; where everything is wrong, some hints are enough.
const HINTS = 100

/** Links drafts with each other and makes particles of them, sorted by id. */
export function link(declared: Declared, problems: Problem[]): Particle[] {
  const wrong = complain(problems)
  const { drafts } = declared
  const find = finder(declared)
  const label = (id: ParticleId) => drafts.get(id)?.label ?? quote(id)
  const parents = new Map<ParticleId, Map<ParticleId, Place>>()
  for (const id of drafts.keys()) parents.set(id, new Map())
  let hints = HINTS

  const named = (key: string, link: Link, from: Draft): readonly Draft[] => {
    const found = find(link.to, from)
    if (found) return found
    const absent = declared.absent.get(link.to)
    if (absent) {
      wrong(
        link.place,
        `${key}: ${link.label} is not in this environment (${lineOf(absent)}); patch ${key} for this environment as well`,
      )
    } else if (!declared.broken.has(link.to) && !declared.incomplete) {
      const meant = hints-- > 0 ? didYouMean(link.to, names(declared)) : ''
      wrong(link.place, `${key}: ${link.label} is not declared${meant || '; declare it, or remove it here'}`)
    }
    return []
  }
  const join = (child: Draft, parent: Draft, key: string, place: Place) => {
    if (child === parent) wrong(place, `${key}: ${child.label} cannot be its own parent; remove it`)
    else if (!parents.get(child.id)?.has(parent.id)) parents.get(child.id)?.set(parent.id, place)
  }
  for (const draft of drafts.values()) {
    for (const link of draft.parents)
      for (const parent of named('parents', link, draft)) join(draft, parent, 'parents', link.place)
  }
  for (const draft of drafts.values()) {
    for (const link of draft.children)
      for (const child of named('children', link, draft)) join(child, draft, 'children', link.place)
  }
  for (const [draft, parent, place] of implied(drafts.values())) join(draft, parent, 'parents', place)

  const made = new Map<ParticleId, Particle>()
  const states = new Map<ParticleId, { readonly state: DesiredState; readonly place: Place }>()
  for (const id of order(parents, label, problems)) {
    const draft = drafts.get(id)
    if (!draft) continue
    const above = parents.get(id) ?? new Map<ParticleId, Place>()
    const inherited = inherit(
      draft,
      id => find(id, draft),
      id => isAbove(id, draft.id, parents),
      made,
      problems,
    )
    const source = fill(inherited, draft, above, drafts, made, problems)
    const state = desiredState(draft, above, drafts, states, problems)
    states.set(id, state)
    made.set(id, {
      id,
      flavor: draft.vocabulary.name,
      name: draft.name,
      place: draft.place,
      desired: state.state,
      desiredIsOwn: draft.desired !== undefined,
      parents: [...above.keys()].sort(),
      persistOnTermination: draft.persistOnTermination,
      persistOnUpdate: draft.persistOnUpdate,
      region: draft.region ?? '',
      definition: plain(source) as Particle['definition'],
      options: draft.options,
      source,
    })
  }
  const particles = [...made.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  checkIdentities(particles, drafts, problems)
  return particles
}

function* names({ drafts, groups }: Declared): Iterable<string> {
  yield* drafts.keys()
  yield* groups.keys()
}

/**
 * Whom an id means, seen from a particle. A quasiparticle means all its members, a multiplied member all its copies;
 * between two members of one quasiparticle with the same multiplier it means the copy with the same number.
 */
const finder =
  ({ drafts, groups }: Declared) =>
  (id: string, from: Draft): readonly Draft[] | undefined => {
    const one = drafts.get(id as ParticleId)
    if (one) return [one]
    const group = groups.get(id)
    const { quasi, copy } = from.origin
    const first = group?.[0]?.origin
    if (!group || !copy || !quasi || first?.quasi !== quasi || first.copy?.count !== copy.count || id !== first.copy.of)
      return group
    return group.filter(({ origin }) => origin.copy?.index === copy.index)
  }

const regionOf = (arn: string): string | undefined => /^arn:[^:]*:[^:]*:([^:]+):/.exec(arn)?.[1]

/** Links that follow from a definition that names what is declared here, so that it is there first. */
function* implied(drafts: Iterable<Draft>): Iterable<[Draft, Draft, Place]> {
  const all = [...drafts]
  const byName = new Map<string, Draft>()
  for (const draft of all) {
    const [member] = namingMembers(draft.vocabulary)
    const name = member && textOf(draft.definition.entries.get(member)?.node)
    if (name) byName.set(`${draft.vocabulary.name} ${draft.region} ${name}`, draft)
  }
  for (const draft of all) {
    for (const [flavor, member] of Object.entries(draft.vocabulary.needs)) {
      const node = draft.definition.entries.get(member)?.node
      const text = textOf(node)
      if (!node || !text || (regionOf(text) ?? draft.region) !== draft.region) continue
      // A revision is in no name: who names one does not follow the family.
      const parent = byName.get(`${flavor} ${draft.region} ${nameOf(text)}`)
      if (parent) yield [draft, parent, node.place]
    }
  }
}

type Above = ReadonlyMap<ParticleId, ReadonlyMap<ParticleId, Place>>

function isAbove(id: ParticleId, below: ParticleId, parents: Above): boolean {
  const seen = new Set<ParticleId>([below])
  for (const one of seen) {
    for (const parent of parents.get(one)?.keys() ?? []) {
      if (parent === id) return true
      seen.add(parent)
    }
  }
  return false
}

function inherits(node: Node): boolean {
  if (node.kind === 'scalar') return node.inherit !== undefined
  if (node.kind === 'list') return node.items.some(inherits)
  for (const entry of node.entries.values()) if (inherits(entry.node)) return true
  return false
}

/** The definition with what is inherited: names at once, as the parents' own definitions say them; the rest by id. */
function inherit(
  draft: Draft,
  find: (id: string) => readonly Draft[] | undefined,
  above: (id: ParticleId) => boolean,
  made: ReadonlyMap<ParticleId, Particle>,
  problems: Problem[],
): MapNode {
  const path = ['aws_resource']
  const wrong = (place: Place, message: string) => problems.push({ place, message: `${path.join('')}: ${message}` })

  function scalar(node: ScalarNode): ScalarNode {
    if (!node.inherit) return node
    const shown = quote(written(node))
    const [parent, another] = find(node.inherit.from) ?? []
    if (!parent || another || !above(parent.id)) {
      const near = another
        ? undefined
        : closest(
            node.inherit.from,
            draft.parents.map(({ to }) => to),
          )
      const meant = near ? ` (did you mean ${quote(near)}?)` : ''
      const why = another
        ? 'means several particles; name one of them'
        : `names no parent of this particle${meant}; add it to parents`
      wrong(node.place, `${shown} ${why}`)
      return node
    }
    const { key } = node.inherit
    const named = namingMembers(parent.vocabulary).includes(key)
      ? made.get(parent.id)?.source.entries.get(key)?.node
      : undefined
    if (named?.kind !== 'scalar' || named.inherit) return { ...node, inherit: { from: parent.id, key } }
    return { ...named, place: node.place }
  }
  function walk<Kind extends Node>(node: Kind): Kind
  function walk(node: Node): Node {
    if (node.kind === 'scalar') return scalar(node)
    if (node.kind === 'list') {
      let items: Node[] | undefined
      for (const [index, item] of node.items.entries()) {
        path.push(`[${elementLabel(item, index)}]`)
        const walked = walk(item)
        path.pop()
        if (walked === item) continue
        items ??= [...node.items]
        items[index] = walked
      }
      return items ? { ...node, items } : node
    }
    let entries: Map<string, { at: Place; node: Node }> | undefined
    for (const [key, entry] of node.entries) {
      path.push(`.${quote(key)}`)
      const walked = walk(entry.node)
      path.pop()
      if (walked === entry.node) continue
      entries ??= new Map(node.entries)
      entries.set(key, { at: entry.at, node: walked })
    }
    return entries ? { ...node, entries } : node
  }
  // Hardly any definition inherits; a look is cheaper than a walk that keeps its path.
  const walked = inherits(draft.definition) ? walk(draft.definition) : draft.definition
  for (const member of namingMembers(draft.vocabulary)) {
    const node = walked.entries.get(member)?.node
    if (node?.kind !== 'scalar' || !node.inherit || !made.has(node.inherit.from)) continue
    const message = `aws_resource.${member} must be known before AWS is asked, and ${quote(written(node))} is not; write it out`
    problems.push({ place: node.place, message })
  }
  return walked
}

/** The definition with what its parents fill. A revision is left to the plan: only AWS knows it. */
function fill(
  source: MapNode,
  draft: Draft,
  above: ReadonlyMap<ParticleId, Place>,
  drafts: ReadonlyMap<ParticleId, Draft>,
  made: ReadonlyMap<ParticleId, Particle>,
  problems: Problem[],
): MapNode {
  const wrong = complain(problems)
  const entries = new Map(source.entries)
  for (const [flavor, member] of Object.entries(draft.vocabulary.needs)) {
    const path = `aws_resource.${member}`
    const stated = entries.get(member)?.node
    const [first, second] = [...above.keys()].filter(id => drafts.get(id)?.vocabulary.name === flavor)
    const parent = first && drafts.get(first)
    const place = first && above.get(first)
    if (!parent || !place) {
      if (!stated || (stated.kind === 'scalar' && (stated.value === null || stated.value === ''))) {
        // A parent that is named but wrong has been spoken of.
        if (draft.misread || draft.parents.some(({ to }) => to.startsWith(`${flavor}:`))) continue
        const message = `${path} is missing; name one ${flavor} among the parents, or state ${member} in aws_resource`
        wrong(stated?.place ?? draft.place, message)
      } else if (stated.kind === 'scalar' && stated.inherit && tells(draft.vocabulary, member)) {
        wrong(
          stated.place,
          `${path} must be known before AWS is asked; name the ${flavor} among the parents, or write ${member} out`,
        )
      }
      continue
    }
    if (second) {
      const places = [place, above.get(second)].filter(place => place !== undefined)
      const ids = [first, second].map(id => drafts.get(id)?.label).join(' and ')
      wrong(
        places[1] ?? place,
        `parents: ${ids} (${places.map(lineOf).join(', ')}) would both fill ${member}; keep one ${flavor}`,
      )
      continue
    }
    if (draft.region && parent.region && draft.region !== parent.region) {
      wrong(
        place,
        `parents: ${parent.label} is in ${parent.region} (${lineOf(parent.place)}), and this one in ${draft.region}; give both the same region_name`,
      )
      continue
    }
    const particle = made.get(first)
    const name = particle && nameNode(particle, parent.vocabulary)
    // Without a name, which has been said, nothing can be compared.
    if (!particle || !name) continue
    const known = parent.vocabulary.nameFor(particle)
    const ofParent = !stated || (stated.kind === 'scalar' && stated.inherit?.from === first)
    if (!ofParent && !agrees(stated, name, particle, draft.region)) {
      const shown = stated.kind === 'scalar' ? quote(written(stated)) : `a ${stated.kind}`
      const revision = known === undefined && /:\d+$/.test(textOf(stated) ?? '') ? ', a revision' : ''
      wrong(
        stated.place,
        `${path} is ${shown}${revision}, and the parent ${parent.label} (${lineOf(place)}) stands for ${quote(written(name))}; keep one of them`,
      )
    } else if (known === undefined) entries.delete(member)
    else if (ofParent) entries.set(member, { at: place, node: { ...name, value: known, place } })
  }
  return { ...source, entries }
}

function nameNode(particle: Particle, vocabulary: Vocabulary): ScalarNode | undefined {
  const [member] = namingMembers(vocabulary)
  const node = member ? particle.source.entries.get(member)?.node : undefined
  return node?.kind === 'scalar' && textOf(node) ? node : undefined
}

/** Whether a stated name or ARN means the parent. A revision agrees only with a parent that is pinned to it. */
function agrees(stated: Node, name: ScalarNode, parent: Particle, region: string | undefined): boolean {
  const text = textOf(stated)
  if (text === undefined || (regionOf(text) ?? region) !== region) return false
  const [family, revision] = nameOf(text).split(':')
  if (revision === undefined) return family === textOf(name)
  return family === textOf(name) && revision === String(parent.definition.revision ?? '')
}

/** Whether a member is part of who a particle is. */
function tells(vocabulary: Vocabulary, member: string): boolean {
  const names = Object.fromEntries(namingMembers(vocabulary).map(name => [name, 'name']))
  const probe = (value: string) =>
    vocabulary.identity({ definition: { ...names, [member]: value } } as unknown as Particle)
  return probe('one') !== probe('other')
}

/** Its own; without one that of its cluster when the cluster is to go; otherwise running. */
function desiredState(
  draft: Draft,
  above: ReadonlyMap<ParticleId, Place>,
  drafts: ReadonlyMap<ParticleId, Draft>,
  states: ReadonlyMap<ParticleId, { readonly state: DesiredState; readonly place: Place }>,
  problems: Problem[],
): { state: DesiredState; place: Place } {
  const needed = [...above.keys()].flatMap(id => {
    const parent = drafts.get(id)
    const state = states.get(id)
    const member = parent && draft.vocabulary.needs[parent.vocabulary.name]
    return parent && state && member && isGone(state.state) ? [{ parent, member, ...state }] : []
  })
  const cluster = needed.find(({ member }) => member === 'cluster')
  const state = draft.desired?.state ?? cluster?.state ?? 'running'
  const place = draft.desired?.place ?? cluster?.place ?? draft.place
  if (isGone(state)) return { state, place }
  for (const { parent, state: goes, place: where } of needed) {
    const message = `desired_state: ${draft.label} is to run under ${parent.label}, which is to be ${goes} (${lineOf(where)}); let both run or both go`
    problems.push({ place, message })
  }
  return { state, place }
}

function checkIdentities(
  particles: readonly Particle[],
  drafts: ReadonlyMap<ParticleId, Draft>,
  problems: Problem[],
): void {
  const seen = new Map<string, Particle>()
  for (const particle of particles) {
    const draft = drafts.get(particle.id)
    const identity = draft?.vocabulary.identity(particle)
    if (!draft || identity === undefined) continue
    const key = JSON.stringify([particle.region, particle.flavor, identity])
    const first = seen.get(key)
    if (!first) {
      seen.set(key, particle)
      continue
    }
    const other = `${drafts.get(first.id)?.label} (${lineOf(first.place)})`
    const same = ['region', ...namingMembers(draft.vocabulary), ...identifyingNeeds(draft.vocabulary)]
    const both = `${same.slice(0, -1).join(', ')} and ${same.at(-1)}`
    const message = `${draft.label} is the same thing in AWS as ${other}: both have the same ${both}; change one or remove it`
    problems.push({ place: particle.place, message })
  }
}

const identifyingNeeds = (vocabulary: Vocabulary): string[] =>
  Object.values(vocabulary.needs).filter(member => tells(vocabulary, member))
