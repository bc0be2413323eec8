import { shortestPath } from '../order.ts'
import { type MapNode, memberOf, nodeAt, type ParticleId, type Place, type ScalarNode, scalarsIn } from '../particle.ts'
import type { Linking, ParticleDraft } from './draft.ts'
import { inheritedKeyProblem } from './knownPaths.ts'
import { namingMembers } from './naming.ts'
import { closest } from './suggest.ts'
import { replaceScalars } from './walk.ts'
import { lineOf, quote, sourceText } from './words.ts'

/** The definition with inherited values: names at once, as the parents' own definitions state them; the rest by id. */
export function inherit(draft: ParticleDraft, linking: Linking): MapNode {
  const { made, report } = linking
  const source = replaceScalars(draft.definition, 'aws_resource', {
    matters: node => node.inherit !== undefined,
    scalar: (node, where) =>
      resolve(node, draft, linking, why => report(node.place, `${where()}: ${quote(sourceText(node))} ${why}`)),
  })
  for (const member of namingMembers(draft.vocabulary)) {
    const node = memberOf(source, member)
    // Of one that names no parent, worse has been said.
    if (node?.kind !== 'scalar' || !node.inherit || !made.has(node.inherit.from)) continue
    const message = `must be known before AWS is asked, and ${quote(sourceText(node))} is not; write it out`
    report(node.place, `aws_resource.${member} ${message}`)
  }
  return source
}

function resolve(node: ScalarNode, draft: ParticleDraft, linking: Linking, refuse: (why: string) => void): ScalarNode {
  if (!node.inherit) return node
  const { from, key } = node.inherit
  const [parent, another] = linking.find(from, draft) ?? []
  if (another) refuse('means several particles; name one of them')
  else if (!parent || !isAncestor(parent.id, draft.id, linking))
    refuse((parent && cycleThrough(parent, draft, linking)) ?? noParent(from, draft))
  else {
    const problem = leadsNowhere(key, parent)
    if (problem) refuse(`leads nowhere in ${parent.label}${node.parts ? '' : `: ${problem}`}`)
    const owner = linking.made.get(parent.id)
    if (owner && linking.hides(owner, key.split('.')))
      refuse(
        `takes what ${parent.label} (${lineOf(parent.place)}) hides; here it would be shown: state the value itself, or inherit something that may be shown`,
      )
    const name = namingMembers(parent.vocabulary).includes(key) ? memberOf(owner?.source, key) : undefined
    if (name?.kind === 'scalar' && !name.inherit) return { ...name, place: node.place }
    return { ...node, inherit: { from: parent.id, key } }
  }
  return node
}

/** Why AWS never answers such a key of a parent. The value would be known only after an apply that never comes. */
function leadsNowhere(key: string, { vocabulary, definition }: ParticleDraft): string | undefined {
  if (namingMembers(vocabulary).includes(key)) return undefined
  if (!vocabulary.open) return inheritedKeyProblem(key, vocabulary)
  // A particle that is only referred to has a reference and nothing else.
  return nodeAt(definition, key.split('.')) ? undefined : `${vocabulary.name} is not looked at; state it there`
}

/** Two particles that need each other before either can be known: to make one a parent of the other would not help. */
function cycleThrough(parent: ParticleDraft, draft: ParticleDraft, linking: Linking): string | undefined {
  if (parent === draft) return 'is a circle: nothing can inherit from itself; state the value'
  const links = needPath(parent.id, draft.id, linking)?.map(({ id, place }) => `${quote(id)} (${lineOf(place)})`)
  return (
    links &&
    `runs in a circle: it needs ${links.join(', which needs ')}, which needs ${draft.label}; take one of these links away`
  )
}

function noParent(id: string, draft: ParticleDraft): string {
  const labels = new Map(draft.parents.map(({ to, label }) => [to, label]))
  const near = labels.get(closest(id, labels.keys()) ?? '')
  return `names no parent of this particle${near ? ` (did you mean ${near}?)` : ''}; add it to parents`
}

/** Whether the first particle is a parent of the second, or a parent of one. */
const isAncestor = (id: ParticleId, of: ParticleId, { parents }: Linking): boolean =>
  shortestPath(of, id, child => parents.get(child)?.keys() ?? []) !== undefined

/**
 * The ids by which one particle needs another one, by links and by inherited members, each with the place of its need.
 */
function needPath(
  from: ParticleId,
  to: ParticleId,
  { drafts, parents, find }: Linking,
): readonly { readonly id: ParticleId; readonly place: Place }[] | undefined {
  const needs = (id: ParticleId): Map<ParticleId, Place> => {
    const draft = drafts.get(id)
    const all = new Map(parents.get(id))
    for (const { inherit, place } of draft ? scalarsIn(draft.definition) : [])
      for (const { id: parent } of (draft && inherit && find(inherit.from, draft)) ?? [])
        if (!all.has(parent)) all.set(parent, place)
    return all
  }
  const path = shortestPath(from, to, id => needs(id).keys())
  return path?.slice(0, -1).flatMap((id, index) => {
    const place = needs(id).get(path[index + 1] ?? to)
    return place ? [{ id, place }] : []
  })
}
