import {
  type MapNode,
  nodeAt,
  type Particle,
  type ParticleId,
  type Place,
  type Problem,
  type ScalarNode,
} from '../particle.ts'
import { complain, type ParticleDraft } from './draft.ts'
import { inheritedAstray } from './knownPaths.ts'
import { namingMembers } from './resource.ts'
import { closest } from './suggest.ts'
import { replaceScalars } from './walk.ts'
import { lineOf, quote, sourceText } from './words.ts'

/** Whom a particle may inherit from. */
export interface Ancestors {
  /** Whom an id means, seen from the particle. */
  find(id: string): readonly ParticleDraft[] | undefined
  /** Whether it is a parent, or a parent of one. */
  has(id: ParticleId): boolean
  /** Those that are particles already. */
  readonly made: ReadonlyMap<ParticleId, Particle>
  /** Whether a particle hides what stands at a path of its definition, or something in it. */
  readonly hides: (particle: Particle, path: readonly string[]) => boolean
  /** The way on which one particle needs another one, each link with its place; undefined when it does not. */
  readonly circle: (
    from: ParticleId,
    back: ParticleId,
  ) => readonly { readonly id: ParticleId; readonly place: Place }[] | undefined
}

/** The definition with what is inherited: names at once, as the parents' own definitions say them; the rest by id. */
export function inherit(draft: ParticleDraft, ancestors: Ancestors, problems: Problem[]): MapNode {
  const { find, has, made, hides } = ancestors
  const wrong = complain(problems)
  const source = replaceScalars(draft.definition, 'aws_resource', {
    matters: node => node.inherit !== undefined,
    scalar: (node, where) => {
      if (!node.inherit) return node
      const [parent, another] = find(node.inherit.from) ?? []
      if (parent && !another && has(parent.id)) {
        const astray = nowhere(node.inherit.key, parent)
        if (astray) {
          const why = node.parts ? '' : `: ${astray}`
          wrong(node.place, `${where()}: ${quote(sourceText(node))} leads nowhere in ${parent.label}${why}`)
        }
        const owner = made.get(parent.id)
        if (owner && hides(owner, node.inherit.key.split('.'))) {
          const message = `${where()}: ${quote(sourceText(node))} takes what ${parent.label} (${lineOf(parent.place)}) hides; here it would be shown: state the value itself, or inherit something that may be shown`
          wrong(node.place, message)
        }
        return inherited(node, node.inherit.key, parent, made)
      }
      const why = another
        ? 'means several particles; name one of them'
        : ((parent && circle(parent, draft, ancestors)) ?? noParent(node.inherit.from, draft))
      wrong(node.place, `${where()}: ${quote(sourceText(node))} ${why}`)
      return node
    },
  })
  for (const member of namingMembers(draft.vocabulary)) {
    const node = source.entries.get(member)?.node
    // Of one that names no parent, worse has been said.
    if (node?.kind !== 'scalar' || !node.inherit || !made.has(node.inherit.from)) continue
    const message = `must be known before AWS is asked, and ${quote(sourceText(node))} is not; write it out`
    wrong(node.place, `aws_resource.${member} ${message}`)
  }
  return source
}

/** Why a key is none of what AWS will say of a parent. It would be known only after an apply that never comes. */
function nowhere(key: string, { vocabulary, definition }: ParticleDraft): string | undefined {
  if (namingMembers(vocabulary).includes(key)) return undefined
  if (!vocabulary.open) return inheritedAstray(key, vocabulary)
  // A reference is all that is known of what is only referred to.
  return nodeAt(definition, key.split('.')) ? undefined : `${vocabulary.name} is not looked at; state it there`
}

function inherited(node: ScalarNode, key: string, parent: ParticleDraft, made: Ancestors['made']): ScalarNode {
  const isName = namingMembers(parent.vocabulary).includes(key)
  const stated = isName ? made.get(parent.id)?.source.entries.get(key)?.node : undefined
  if (stated?.kind === 'scalar' && !stated.inherit) return { ...stated, place: node.place }
  return { ...node, inherit: { from: parent.id, key } }
}

/** Two that need each other before either can be known. To name the one as a parent of the other would not help. */
function circle(parent: ParticleDraft, draft: ParticleDraft, ancestors: Ancestors): string | undefined {
  if (parent === draft) return 'is a circle: nothing can inherit from itself; state the value'
  const way = ancestors.circle(parent.id, draft.id)
  if (!way) return undefined
  const links = way.map(({ id, place }) => `${quote(id)} (${lineOf(place)})`)
  return `runs in a circle: it needs ${links.join(', which needs ')}, which needs ${draft.label}; take one of these links away`
}

function noParent(id: string, draft: ParticleDraft): string {
  const labels = new Map(draft.parents.map(({ to, label }) => [to, label]))
  const near = labels.get(closest(id, labels.keys()) ?? '')
  return `names no parent of this particle${near ? ` (did you mean ${near}?)` : ''}; add it to parents`
}
